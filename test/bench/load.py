"""Load by wrk: running it, reading what it prints, comparing two servers in interleaved rounds."""

import re
import statistics
import subprocess
from dataclasses import dataclass

from machines import PATH

UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60000.0}


@dataclass(frozen=True)
class Load:
    connections: int
    keep_alive: bool

    def __str__(self):
        return f"{self.connections} {'keep-alive' if self.keep_alive else 'close'}"


@dataclass(frozen=True)
class Figures:
    rate: float  # requests/s
    p99: float  # ms
    requests: int
    bad: int  # answers other than 2xx, and failed connections or reads


def parse(output):
    """What wrk prints with --latency; ValueError for anything else."""
    rate = re.search(r"^Requests/sec:\s+([\d.]+)", output, re.MULTILINE)
    p99 = re.search(r"^\s+99%\s+([\d.]+)(us|ms|s|m)$", output, re.MULTILINE)
    requests = re.search(r"^\s+(\d+) requests in ", output, re.MULTILINE)
    if not (rate and p99 and requests):
        raise ValueError(f"not wrk's report: {output}")
    errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", output)
    others = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    bad = sum(map(int, errors.groups())) if errors else 0
    return Figures(float(rate[1]), float(p99[1]) * UNITS[p99[2]], int(requests[1]), bad + (int(others[1]) if others else 0))


def measure(port, load, seconds, path=PATH):
    command = ["wrk", "--latency", f"-t{min(2, load.connections)}", f"-c{load.connections}", f"-d{seconds}s"]
    if not load.keep_alive:
        command += ["-H", "Connection: close"]
    run = subprocess.run([*command, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True)
    return parse(run.stdout)


@dataclass(frozen=True)
class Comparison:
    """Medians over the rounds; the ratios are medians of each round's ratio, ours to theirs."""
    load: Load
    rate: float
    p99: float
    rate_ratio: float
    p99_ratio: float
    bad: int


def compare(load, ours, theirs):
    """Of a load's figures, round by round."""
    pairs = list(zip(ours, theirs, strict=True))
    return Comparison(load, statistics.median(our.rate for our in ours), statistics.median(our.p99 for our in ours),
                      statistics.median(our.rate / their.rate for our, their in pairs),
                      statistics.median(our.p99 / their.p99 for our, their in pairs), sum(our.bad for our in ours))


def interleave(ours, theirs, loads, rounds, seconds, progress):
    """Measures each load once a round on both servers, one after the other, the first one changing by round."""
    figures = {(server, load): [] for server in (ours, theirs) for load in loads}
    for number in range(rounds):
        for load in loads:
            for server in (ours, theirs) if number % 2 == 0 else (theirs, ours):
                figures[server, load].append(measure(server.port, load, seconds))
            progress(f"round {number + 1} of {rounds}: {load}: {figures[ours, load][-1].rate:.0f}/s beside "
                     f"{figures[theirs, load][-1].rate:.0f}/s")
    return [compare(load, figures[ours, load], figures[theirs, load]) for load in loads]


def compare_paths(port, loads, rounds, seconds, paths, progress):
    """As interleave, for two paths of one server: the ratios are the first path's figures to the second's."""
    figures = {(path, load): [] for path in paths for load in loads}
    for number in range(rounds):
        for load in loads:
            for path in paths if number % 2 == 0 else reversed(paths):
                figures[path, load].append(measure(port, load, seconds, path))
            progress(f"round {number + 1} of {rounds}: {load}: {paths[0]} beside {paths[1]}")
    return [compare(load, figures[paths[0], load], figures[paths[1], load]) for load in loads]
