#!/usr/bin/env python3
"""What the benchmark makes of its tools' output."""

import http.client
import threading
import unittest
from http.server import BaseHTTPRequestHandler, HTTPServer

from counting import CountingForwarder
from load import Comparison, Figures, Load, compare, parse
from report import BEGIN, END, Memory, Results, aims, markdown, replace_figures

WRK = """Running 2s test @ http://127.0.0.1:1339/v2/credentials/app
  2 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   210.00us  100.00us   4.00ms   90.00%
  Latency Distribution
     50%  190.00us
     99%    1.25ms
  120000 requests in 2.00s, 150.00MB read
Requests/sec:  60000.50
Transfer/sec:     75.00MB
"""


def results(comparisons, first=20.0, rest=8192, tree=1.2, roles=1.0, roles_start=500.0, busy=9000, growth=0):
    values = [Comparison(Load(64, True), 5, 1, 1.0, tree, 0)]
    many = Comparison(Load(64, True), 5, 1, roles, 1.0, 0)
    return Results("2026-01-01", "2 cores", "Medians.", comparisons, values, many, roles_start, first, 20,
                   Memory(rest, busy, 5000, 6000, growth, 1000000), 1000, 1)


def missed(measured):
    return [number for number, (_, _, met) in enumerate(aims(measured)) if not met]


class Load_(unittest.TestCase):
    def test_wrks_report_is_read_in_requests_and_milliseconds(self):
        self.assertEqual(parse(WRK), Figures(60000.5, 1.25, 120000, 0))

    def test_failures_are_counted_whatever_their_kind(self):
        text = WRK + "  Socket errors: connect 1, read 2, write 0, timeout 4\n  Non-2xx or 3xx responses: 10\n"
        self.assertEqual(parse(text).bad, 17)

    def test_something_else_than_a_report_is_refused(self):
        with self.assertRaises(ValueError):
            parse("unable to connect to 127.0.0.1:1 Connection refused")

    def test_ratios_are_medians_of_the_rounds_own(self):
        ours = [Figures(100, 2, 1, 0), Figures(300, 1, 1, 1), Figures(200, 3, 1, 0)]
        theirs = [Figures(100, 1, 1, 0), Figures(600, 1, 1, 0), Figures(100, 1, 1, 0)]
        self.assertEqual(compare(Load(16, True), ours, theirs), Comparison(Load(16, True), 200, 2, 1.0, 2.0, 1))


class Report(unittest.TestCase):
    GOOD = [Comparison(Load(count, keep_alive), 1, 1, 0.95, 1.1, 0) for count in (16, 64, 256, 1000) for keep_alive in (True, False)]

    def test_good_figures_miss_nothing_and_one_connection_is_no_load(self):
        self.assertEqual(missed(results([*self.GOOD, Comparison(Load(1, True), 1, 1, 0.1, 9, 0)])), [])

    def test_each_aim_looks_at_the_worst_of_its_loads(self):
        for load, rate, p99, expected in ((Load(64, True), 0.74, 1.0, [0]), (Load(1000, True), 0.89, 1.0, [1]),
                                          (Load(16, False), 0.74, 9.0, [2]), (Load(1000, True), 1.0, 1.21, [3])):
            with self.subTest(load=load):
                self.assertEqual(missed(results([*self.GOOD, Comparison(load, 1, 1, rate, p99, 0)])), expected)

    def test_the_other_aims_look_at_a_figure_each(self):
        for number, figure in enumerate(({"tree": 1.6}, {"roles": 0.89}, {"roles_start": 1001}, {"first": 31},
                                         {"rest": 12 * 1024}, {"busy": 40 * 1024}, {"growth": 257}), start=4):
            with self.subTest(figure=figure):
                self.assertEqual(missed(results(self.GOOD, **figure)), [number])

    def test_nothing_measured_meets_no_aim_on_load(self):
        self.assertEqual(missed(results([])), [0, 1, 2, 3])

    def test_the_table_has_a_line_a_load(self):
        text = markdown(results([Comparison(Load(16, False), 1234.4, 1.5, 0.756, 1.2, 3)]))
        self.assertIn("| 16 close | 1234 | 0.76 | 1.50 ms | 1.20 | 3 |", text)
        self.assertIn("STS calls for 1000 requests from a cold start | 1 |", text)

    def test_figures_replace_what_stood_between_the_markers(self):
        self.assertEqual(replace_figures(f"a\n{BEGIN}\nold\n{END}\nb\n", "new"), f"a\n{BEGIN}\nnew\n{END}\nb\n")
        for document in ("no markers", f"{END}{BEGIN}", f"{BEGIN}{END}{BEGIN}{END}"):
            with self.subTest(document=document), self.assertRaises(ValueError):
                replace_figures(document, "new")


class Counting(unittest.TestCase):
    def test_a_request_passes_as_it_came_and_is_counted(self):
        seen = []

        class Upstream(BaseHTTPRequestHandler):
            def do_POST(self):
                seen.append((self.headers.get_all("Host"), self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(403)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"no")

            def log_message(self, *_):
                pass

        with HTTPServer(("127.0.0.1", 0), Upstream) as upstream:
            threading.Thread(target=upstream.serve_forever, daemon=True).start()
            with CountingForwarder(f"127.0.0.1:{upstream.server_address[1]}") as counter:
                for _ in range(2):
                    connection = http.client.HTTPConnection(counter.endpoint.removeprefix("http://"), timeout=5)
                    connection.request("POST", "/", b"Action=X", {"Host": "sts.example"})
                    answer = connection.getresponse()
                    self.assertEqual((answer.status, answer.read()), (403, b"no"))
                    connection.close()
                self.assertEqual(counter.calls, 2)
            upstream.shutdown()
        self.assertEqual(seen, [(["sts.example"], b"Action=X")] * 2)


if __name__ == "__main__":
    unittest.main()
