"""The figures as Markdown, and their place in docs/benchmarks.md."""

from dataclasses import dataclass

BEGIN = "<!-- figures: written by ./dev bench -->"
END = "<!-- end of figures -->"


@dataclass(frozen=True)
class Results:
    date: str
    shape: str
    method: str
    comparisons: list
    tree: list
    first_credential_ms: float
    starts: int
    rest_kib: int
    busy_kib: int
    nginx_rest_kib: int
    nginx_busy_kib: int
    sts_requests: int
    sts_calls: int


def aims(results):
    """(what, figure, met) for each aim that the project has set itself."""
    loaded = [one for one in results.comparisons if one.load.keep_alive and one.load.connections >= 16]
    rate = min((one.rate_ratio for one in loaded), default=0.0)
    p99 = max((one.p99_ratio for one in loaded), default=float("inf"))
    tree = max((one.p99_ratio for one in results.tree), default=float("inf"))
    return [
        ("at least 0.7 of nginx's requests/s at 16..1000 keep-alive connections", f"{rate:.2f}", rate >= 0.7),
        ("p99 within 1.5 of nginx's there", f"{p99:.2f}", p99 <= 1.5),
        ("p99 of a value of the metadata tree within 1.5 of the credentials' over IMDS", f"{tree:.2f}", tree <= 1.5),
        ("first credential within 30 ms of exec", f"{results.first_credential_ms:.1f} ms", results.first_credential_ms <= 30),
        ("under 12 MiB resident at rest", f"{results.rest_kib / 1024:.1f} MiB", results.rest_kib < 12 * 1024),
    ]


def markdown(results):
    lines = [f"{results.date}: {results.shape}. {results.method}", "",
             "| connections | requests/s | of nginx's | p99 | of nginx's | failed |",
             "|---|---|---|---|---|---|"]
    for one in results.comparisons:
        lines.append(f"| {one.load} | {one.rate:.0f} | {one.rate_ratio:.2f} | {one.p99:.2f} ms | {one.p99_ratio:.2f} | {one.bad} |")
    lines += ["", "| over IMDS, without a token | requests/s of a value | of the credentials' | p99 | of the credentials' | failed |",
              "|---|---|---|---|---|---|"]
    for one in results.tree:
        lines.append(f"| {one.load} | {one.rate:.0f} | {one.rate_ratio:.2f} | {one.p99:.2f} ms | {one.p99_ratio:.2f} | {one.bad} |")
    lines += ["", "| figure | understudy | nginx |", "|---|---|---|",
              f"| resident at rest | {results.rest_kib / 1024:.1f} MiB | {results.nginx_rest_kib / 1024:.1f} MiB |",
              f"| resident with 1000 open connections | {results.busy_kib / 1024:.1f} MiB | {results.nginx_busy_kib / 1024:.1f} MiB |",
              f"| exec to first credential, embedded STS, median of {results.starts} | {results.first_credential_ms:.1f} ms | |",
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
