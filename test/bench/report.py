"""The figures as Markdown, and their place in docs/benchmarks.md."""

from dataclasses import dataclass

from load import Comparison, Load

BEGIN = "<!-- figures: written by ./dev bench -->"
END = "<!-- end of figures -->"


@dataclass(frozen=True)
class Memory:
    """Resident KiB."""
    rest: int
    busy: int  # with 1000 open connections
    nginx_rest: int
    nginx_busy: int
    growth: int  # over the last `growth_requests` of the load
    growth_requests: int


@dataclass(frozen=True)
class Results:
    date: str
    shape: str
    method: str
    comparisons: list
    tree: list
    roles: Comparison  # a server of 10,000 roles beside one of ten
    roles_start_ms: float
    first_credential_ms: float
    starts: int
    memory: Memory
    sts_requests: int
    sts_calls: int


def slowest(comparisons, connections, keep_alive=True):
    """The least ratio of requests/s at so many connections; 0 where nothing was measured."""
    return min((one.rate_ratio for one in comparisons if one.load in [Load(number, keep_alive) for number in connections]),
               default=0.0)


def aims(results):
    """(what, figure, met) for each aim that the project has set itself."""
    every, memory = results.comparisons, results.memory
    some, thousand, close = slowest(every, (16, 64, 256)), slowest(every, (1000,)), slowest(every, (16, 64, 256, 1000), False)
    loaded = [one for one in every if one.load.keep_alive and one.load.connections >= 16]
    p99 = max((one.p99_ratio for one in loaded), default=float("inf"))
    tree = max((one.p99_ratio for one in results.tree), default=float("inf"))
    return [
        ("at least 0.75 of nginx's requests/s at 16..256 keep-alive connections", f"{some:.2f}", some >= 0.75),
        ("at least 0.9 of them at 1000", f"{thousand:.2f}", thousand >= 0.9),
        ("at least 0.75 of them with a connection a request, 16..1000 at a time", f"{close:.2f}", close >= 0.75),
        ("p99 within 1.2 of nginx's at 16..1000 keep-alive connections", f"{p99:.2f}", p99 <= 1.2),
        ("p99 of a value of the metadata tree within 1.5 of the credentials' over IMDS", f"{tree:.2f}", tree <= 1.5),
        ("10,000 roles: at least 0.9 of ten roles' requests/s", f"{results.roles.rate_ratio:.2f}", results.roles.rate_ratio >= 0.9),
        ("10,000 roles: first credential within 1 s of exec", f"{results.roles_start_ms:.0f} ms", results.roles_start_ms <= 1000),
        ("first credential within 30 ms of exec", f"{results.first_credential_ms:.1f} ms", results.first_credential_ms <= 30),
        ("under 12 MiB resident at rest, with 10 roles", f"{memory.rest / 1024:.1f} MiB", memory.rest < 12 * 1024),
        ("under 40 MiB with 1000 connections", f"{memory.busy / 1024:.1f} MiB", memory.busy < 40 * 1024),
        (f"no more memory after {memory.growth_requests} further requests", f"{memory.growth} KiB", memory.growth <= 256),
    ]


def compared(comparisons, columns):
    lines = [f"| {' | '.join(columns)} |", "|" + "---|" * len(columns)]
    for one in comparisons:
        lines.append(f"| {one.load} | {one.rate:.0f} | {one.rate_ratio:.2f} | {one.p99:.2f} ms | {one.p99_ratio:.2f} | {one.bad} |")
    return [*lines, ""]


def markdown(results):
    memory = results.memory
    lines = [f"{results.date}: {results.shape}. {results.method}", "",
             *compared(results.comparisons, ["connections", "requests/s", "of nginx's", "p99", "of nginx's", "failed"]),
             *compared(results.tree, ["over IMDS, without a token", "requests/s of a value", "of the credentials'", "p99",
                                      "of the credentials'", "failed"]),
             *compared([results.roles], ["of 10,000 roles", "requests/s", "of ten roles'", "p99", "of ten roles'", "failed"]),
             "| figure | understudy | nginx |", "|---|---|---|",
             f"| resident at rest | {memory.rest / 1024:.1f} MiB | {memory.nginx_rest / 1024:.1f} MiB |",
             f"| resident with 1000 open connections | {memory.busy / 1024:.1f} MiB | {memory.nginx_busy / 1024:.1f} MiB |",
             f"| growth over {memory.growth_requests} requests after the load | {memory.growth} KiB | |",
             f"| exec to first credential, embedded STS, median of {results.starts} | {results.first_credential_ms:.1f} ms | |",
             f"| the same with 10,000 roles | {results.roles_start_ms:.0f} ms | |",
             f"| STS calls for {results.sts_requests} requests from a cold start | {results.sts_calls} | |",
             "", "| aim | figure | |", "|---|---|---|"]
    lines += [f"| {what} | {figure} | {'met' if met else '**missed**'} |" for what, figure, met in aims(results)]
    return "\n".join(lines)


def replace_figures(document, figures):
    """The document with what stands between the markers replaced; ValueError if they are not there, in order, once."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end or BEGIN in after or END in after:
        raise ValueError("the document lacks the markers that say where the figures go")
    return f"{before}{BEGIN}\n{figures}\n{END}{after}"
