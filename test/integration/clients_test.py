#!/usr/bin/python3
"""Clients that behave badly, and the end of the server: nobody else loses anything."""

import http.client
import random
import signal
import socket
import threading
import time

import understudy
from understudy import CHAIN, get

APP = "/v2/credentials/app"
RUBBISH = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)),  # TLS
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"SSH-2.0-OpenSSH_9.2\r\n",
    b"GET /v2/credentials/app HTTP/1.1\r\n\r\n",
    b"GET /v2/credentials/app HTTP/1.1\nHost: a\n\n",
    b"GET /v2/credentials/app HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"POST /v2/credentials/app HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST /v2/credentials/app HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"GET /v2/credentials/app HTTP/9.9\r\nHost: a\r\n\r\n",
    b"GET " + b"/" * 100_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 10_000 + b"\r\n",
    b"\r\n" * 5000,
    b"\x00" * 5000,
]


def connect(server):
    host, port = server["containers"].split(":")
    return socket.create_connection((host, int(port)), timeout=understudy.PATIENCE)


def is_refused(server):
    try:
        connect(server).close()
        return False
    except ConnectionRefusedError:
        return True


def answer_to(server, data):
    """Everything that comes back, and whether the server closes without a reset."""
    with connect(server) as client:
        try:
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
            parts = []
            while part := client.recv(65536):
                parts.append(part)
            return b"".join(parts)
        except (ConnectionResetError, BrokenPipeError):
            return b""


class Rubbish(understudy.TestCase):
    def test_what_one_client_sends_costs_the_others_nothing(self):
        server = self.serve(CHAIN)
        honest = http.client.HTTPConnection(server["containers"], timeout=understudy.PATIENCE)
        self.addCleanup(honest.close)
        expected = self.credentials(server["containers"], APP)
        dice = random.Random(2026)
        noise = [dice.randbytes(dice.randrange(1, 3000)) for _ in range(50)]
        for data in RUBBISH + noise:
            answer = answer_to(server, data)
            self.assertNotIn(expected["SecretAccessKey"].encode(), answer)
            self.assertNotIn(b" 200 ", answer[:20])
            # Still the connection that was open before.
            honest.request("GET", APP)
            answer = honest.getresponse()
            self.assertEqual(answer.status, 200)
            self.assertIn(expected["AccessKeyId"], answer.read().decode())
        self.assertIsNone(server.process.poll())

    def test_a_thousand_refusals_are_few_lines_in_the_log(self):
        server = self.serve(CHAIN)
        for _ in range(1000):
            answer_to(server, b"rubbish\r\n\r\n")
        self.assertLess(len(server.log().splitlines()), 50)


class End(understudy.TestCase):
    def assert_ends(self, server, number=signal.SIGTERM):
        before = time.monotonic()
        server.process.send_signal(number)
        self.assertEqual(server.process.wait(understudy.PATIENCE), 0)
        self.assertLess(time.monotonic() - before, 3)

    def test_either_signal_ends_it_with_success(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            self.assert_ends(self.serve(CHAIN), number)

    def test_a_hang_up_does_not_end_it(self):
        server = self.serve(CHAIN)
        server.process.send_signal(signal.SIGHUP)
        self.assertEqual(get(server["containers"], APP)[0], 200)
        self.assert_ends(server)

    def test_idle_connections_do_not_hold_it(self):
        server = self.serve(CHAIN)
        with connect(server) as silent, connect(server) as kept:
            kept.sendall(b"GET /v2/credentials/app HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            self.assertTrue(kept.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n"))
            before = time.monotonic()
            self.assert_ends(server)
            self.assertLess(time.monotonic() - before, 2)
            self.assertEqual(silent.recv(1), b"")
            self.assertEqual(kept.recv(1), b"")

    def test_a_client_that_drips_does_not_hold_it(self):
        server = self.serve(CHAIN)
        over = threading.Event()
        with connect(server) as client:
            client.sendall(b"GET /v2/credentials/app HTTP/1.1\r\n")

            def drip():
                try:
                    while not over.wait(0.1):
                        client.sendall(b"X-Drip: 1\r\n")
                except OSError:
                    pass

            thread = threading.Thread(target=drip)
            thread.start()
            try:
                self.assert_ends(server)
            finally:
                over.set()
                thread.join()

    def test_a_request_that_has_begun_is_answered(self):
        server = self.serve(CHAIN)
        with connect(server) as client:
            client.sendall(b"GET /v2/credentials/app HTTP/1.1\r\nHost: 127.0.0.1\r\n")
            # The server has read the beginning once a later connection has been answered on each of its threads.
            for _ in range(20):
                get(server["containers"], APP)
            server.process.send_signal(signal.SIGTERM)
            understudy.eventually(lambda: is_refused(server), "closed listeners")
            client.sendall(b"\r\n")
            answer = client.recv(65536)
            self.assertTrue(answer.startswith(b"HTTP/1.1 200 OK\r\n"), answer[:40])
            self.assertIn(b"\r\nConnection: close\r\n", answer)
            self.assertEqual(client.recv(1), b"")
        self.assertEqual(server.process.wait(understudy.PATIENCE), 0)


if __name__ == "__main__":
    understudy.main()
