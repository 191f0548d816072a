#!/usr/bin/python3
"""STS that refuses, is not there, hangs or answers rubbish: the start is not stopped, clients hear why, and it mends
by itself."""

import json
import socket
import time

import understudy
from understudy import APP_ARN, BASE, CHAIN, get
from upstream import DENIED, RUBBISH, Upstream

CREDENTIALS = "/latest/meta-data/iam/security-credentials/app"
APP = "/v2/credentials/app"
ONCE = {"AWS_MAX_ATTEMPTS": "1"}


def served_from(address):
    """The role app through the STS at that address."""
    return (f"region: us-east-1\nlisten: {{imds: 127.0.0.1:0, containers: 127.0.0.1:0}}\nsts: {{endpoint: 'http://{address}'}}\n"
            f"roles:\n{BASE}  app: {{assume_role: {APP_ARN}, source: base}}\n"
            "imds: {role: app, tokens: optional}\ncontainers: {credentials: {app: {role: app}}}\n")


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Failing(understudy.TestCase):
    def assert_unavailable(self, server, reason=""):
        """503 on both endpoints: empty for an instance, with the reason for a container."""
        self.assertEqual(get(server["imds"], CREDENTIALS), (503, ""))
        status, text = get(server["containers"], APP)
        self.assertEqual(status, 503, text)
        error = json.loads(text)
        self.assertEqual(error["code"], "CredentialsUninitialized")
        self.assertEqual(error["HTTPErrorCode"], 503)
        self.assertIn(reason, error["message"])

    def assert_recovers(self, server):
        understudy.eventually(lambda: get(server["containers"], APP)[0] == 200, "credentials after STS has come back")
        self.credentials(server["containers"], APP)
        self.assertIn('"Code" : "Success"', get(server["imds"], CREDENTIALS)[1])

    def test_an_sts_that_is_not_there_and_then_comes(self):
        port = free_port()
        server = self.serve(served_from(f"127.0.0.1:{port}"), **ONCE)
        self.assert_unavailable(server, f"http://127.0.0.1:{port}")
        self.serve(f"roles:\n{BASE}", "--listen", f"127.0.0.1:{port}", command="sts")
        self.assert_recovers(server)

    def test_an_sts_that_answers_rubbish_and_then_sense(self):
        sts = self.serve(f"roles:\n{BASE}", "--listen", "127.0.0.1:0", command="sts")["sts"]
        with Upstream() as upstream:
            for name, answer in RUBBISH.items():
                with self.subTest(name):
                    upstream.answer = answer
                    server = self.serve(served_from(upstream.address), **ONCE)
                    self.assert_unavailable(server)
            upstream.answer = sts
            self.assert_recovers(server)

    def test_an_sts_that_refuses_and_then_does_not(self):
        sts = self.serve(f"roles:\n{BASE}", "--listen", "127.0.0.1:0", command="sts")["sts"]
        with Upstream((403, "text/xml", DENIED)) as upstream:
            server = self.serve(served_from(upstream.address), **ONCE)
            self.assert_refused(server)
            upstream.answer = sts
            self.assert_recovers(server)

    def assert_refused(self, server):
        status, text = get(server["containers"], APP)
        self.assertEqual(status, 403, text)
        error = json.loads(text)
        self.assertEqual(error["code"], "AccessDenied")
        self.assertIn("is not authorized", error["message"])
        status, text = get(server["imds"], CREDENTIALS)
        self.assertEqual(status, 200)
        document = json.loads(text)
        self.assertEqual(document["Code"], "AssumeRoleUnauthorizedAccess")
        self.assertNotIn("AccessKeyId", document)

    def test_what_an_sts_says_is_one_line_on_the_terminal(self):
        config = ["--config", self.folder / "understudy.yaml"]
        with Upstream((403, "text/xml", DENIED.replace("not authorized", "not\x1b[2J&#10;authorized"))) as upstream:
            self.write("understudy.yaml", served_from(upstream.address))
            for command in (["credentials", "app", *config], ["exec", "--role", "app", *config, "--", "true"]):
                with self.subTest(command[0]):
                    done = self.run_command(*command, **ONCE)
                    self.assertEqual(done.returncode, 1)
                    self.assertIn("AccessDenied: User: arn:aws:iam::111122223333:user/x is not\\x1B[2J\\x0Aauthorized\n",
                                  done.stderr)
                    self.assertNotIn("\x1b", done.stderr)

    def test_the_embedded_one_refuses_by_its_trust_table(self):
        trust = f"trust: {{'{APP_ARN}': {{external_id: a-secret-handshake}}}}"
        text = CHAIN.replace("endpoint: embedded", f"endpoint: embedded, {trust}")
        server = self.serve(text, UNDERSTUDY_IMDS_TOKENS="optional")
        self.assert_refused(server)
        # The operator is told the rule, and how to change it.
        self.assert_logged(server, "the role demands another external id; change it under sts.trust")

    def test_an_sts_that_says_nothing_hinders_neither_the_start_nor_the_end(self):
        with Upstream(Upstream.SILENCE) as upstream:
            before = time.monotonic()
            server = self.serve(served_from(upstream.address))
            self.assertLess(time.monotonic() - before, 5 + 3)
            before = time.monotonic()
            self.assert_unavailable(server, "still being fetched")
            self.assertLess(time.monotonic() - before, 2 * 0.8 + 1)
            with socket.create_connection(server["containers"].split(":"), timeout=5) as client:
                client.sendall(f"GET {APP} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
                # It waits for the role by now, for others have come and gone behind it on every thread of the server.
                for _ in range(20):
                    self.assertEqual(get(server["containers"], "/nothing")[0], 404)
                before = time.monotonic()
                self.assertEqual(server.stop(), 0)
                self.assertLess(time.monotonic() - before, 3)
                self.assertTrue(client.recv(4096).startswith(b"HTTP/1.1 503 "))

    def test_many_questions_to_a_failing_role_are_no_many_calls(self):
        with Upstream(RUBBISH["an error without a form"]) as upstream:
            server = self.serve(served_from(upstream.address), **ONCE)
            for _ in range(200):
                self.assertEqual(get(server["containers"], APP)[0], 503)
            self.assertLess(upstream.calls, 10)


if __name__ == "__main__":
    understudy.main()
