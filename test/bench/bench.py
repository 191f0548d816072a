#!/usr/bin/env python3
"""Measures understudy beside nginx; `./dev bench` builds it and calls this.

The whole takes about ten minutes and writes docs/benchmarks.md; --quick takes about one and only prints.
"""

import argparse
import datetime
import resource
import socket
import statistics
import sys
import time
from pathlib import Path

from counting import CountingForwarder
from load import Load, compare_paths, interleave, measure
from machines import PATH, TREE_PATHS, Nginx, Understudy, fetch, shape
from report import Memory, Results, aims, markdown, replace_figures

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"
LOADS = [Load(connections, keep_alive) for keep_alive in (True, False) for connections in (1, 16, 64, 256, 1000)]
MANY_ROLES = 10000
TREE_LOADS = [Load(connections, True) for connections in (64, 256)]


def progress(text):
    print(f"  {text}", file=sys.stderr, flush=True)


def time_to_first_credential(binary, roles=1):
    """Milliseconds from just before exec to the end of the first good answer."""
    server = Understudy(binary, roles=roles)
    started = time.perf_counter()
    with server:
        server.wait()
        return (time.perf_counter() - started) * 1000


def resident_with_connections(server, count):
    """KiB while `count` connections are open that have each had an answer."""
    request = f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode()
    connections = []
    try:
        for _ in range(count):
            connection = socket.create_connection(("127.0.0.1", server.port), timeout=5)
            connections.append(connection)
            connection.sendall(request)
            if not connection.recv(65536).startswith(b"HTTP/1.1 200"):
                raise RuntimeError(f"{server.name} did not answer on connection {len(connections)}")
        return server.resident_kib()
    finally:
        for connection in connections:
            connection.close()


def compare_roles(binary, rounds, seconds):
    """A server of 10,000 roles beside one of ten, and the milliseconds that the first starts in."""
    with Understudy(binary, roles=MANY_ROLES) as many, Understudy(binary, roles=10) as few:
        many.wait()
        few.wait()
        comparison = interleave(many, few, [Load(64, True)], rounds, seconds, progress)[0]
    return comparison, statistics.median(time_to_first_credential(binary, MANY_ROLES) for _ in range(rounds))


def count_sts_calls(binary, seconds):
    """(requests answered, STS calls) of a fresh server under load, its STS being another's embedded one."""
    with Understudy(binary) as upstream:
        upstream.wait()
        with CountingForwarder(upstream.sts_address()) as counter:
            with Understudy(binary, counter.endpoint) as server:
                server.wait()
                return measure(server.port, Load(256, True), seconds).requests, counter.calls


def beside_nginx(options, rounds, seconds):
    """(comparisons, memory, the tree's comparisons, bytes of the body) of a server with ten roles."""
    # Which thread a connection falls to is chance, and moves the tail of few connections: more rounds for one figure.
    tree_rounds = 3 * rounds if rounds > 1 else 1
    with Understudy(options.understudy, roles=10) as ours:
        body = ours.wait()
        with Nginx(body) as theirs:
            if theirs.wait() != body or fetch(ours.port)[1] != body:
                raise RuntimeError("the two servers do not answer the same bytes")
            # Memory first: what load leaves behind in the heap is not rest.
            rest, nginx_rest = ours.resident_kib(), theirs.resident_kib()
            busy, nginx_busy = resident_with_connections(ours, 1000), resident_with_connections(theirs, 1000)
            comparisons = interleave(ours, theirs, LOADS, rounds, seconds, progress)
        loaded = ours.resident_kib()
        further = measure(ours.port, Load(64, True), 2 * seconds).requests
        memory = Memory(rest, busy, nginx_rest, nginx_busy, ours.resident_kib() - loaded, further)
        tree = compare_paths(ours.imds_port, TREE_LOADS, tree_rounds, seconds, TREE_PATHS, progress)
    return comparisons, memory, tree, len(body)


def everything(options):
    rounds, seconds, starts = (1, 2, 5) if options.quick else (3, 5, 20)
    comparisons, memory, tree, size = beside_nginx(options, rounds, seconds)
    progress("10,000 roles")
    roles, roles_start = compare_roles(options.understudy, rounds, seconds)
    progress(f"{starts} starts")
    first = statistics.median(time_to_first_credential(options.understudy) for _ in range(starts))
    requests, calls = count_sts_calls(options.understudy, seconds)
    method = f"Medians of {rounds} interleaved rounds of {seconds} s (of the tree: three times as many); a body of {size} bytes."
    return Results(datetime.date.today().isoformat(), shape(), method, comparisons, tree, roles, roles_start, first, starts, memory,
                   requests, calls)


def main():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("--understudy", required=True, metavar="PATH", help="the release build")
    parser.add_argument("--quick", action="store_true", help="one short round; nothing is written")
    parser.add_argument("--check", action="store_true", help="exit with 1 if an aim is missed")
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard != resource.RLIM_INFINITY and hard < 4096:
        parser.error(f"a thousand connections need 4096 open files; the hard limit is {hard} (ulimit -Hn)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, hard))
    results = everything(options)
    print(markdown(results))
    if not options.quick:
        DOCUMENT.write_text(replace_figures(DOCUMENT.read_text(), markdown(results)))
        progress(f"written to {DOCUMENT}")
    return 1 if options.check and not all(met for _, _, met in aims(results)) else 0


if __name__ == "__main__":
    sys.exit(main())
