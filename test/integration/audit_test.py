#!/usr/bin/python3
"""The search for secrets in logs and outputs, which every whole-program test ends with, finds those that are there."""

import unittest
import urllib.parse

import secrecy
import understudy
from understudy import CHAIN, get

APP = "/v2/credentials/app"
ROLE = "/latest/meta-data/iam/security-credentials/app"
WITH_TOKEN = CHAIN.replace("app: {role: app, path: /creds}", "app: {role: app, token_file: FOLDER/app.token}")


def document_of(test, server):
    """The secret key and the session token, as a client reads them."""
    return sorted(secrecy.in_text(get(server["imds"], ROLE, test.imds_token(server["imds"]))[1]), key=len)


# What a log must not tell; no test names any of it as a secret.
LEAKS = {
    "a configured key": lambda test, server: understudy.SECRET,
    "a played role's secret key": lambda test, server: document_of(test, server)[0],
    "a session token": lambda test, server: document_of(test, server)[1],
    "a session token, encoded": lambda test, server: urllib.parse.quote(document_of(test, server)[1], safe=""),
    "a part of a session token": lambda test, server: document_of(test, server)[1][10:-10],
    "a metadata token": lambda test, server: test.imds_token(server["imds"])["X-aws-ec2-metadata-token"],
    "a token file": lambda test, server: (test.folder / "app.token").read_text(),
    "a client's wrong proof": lambda test, server: get(server["containers"], APP, {"Authorization": "w" * 30}) and "w" * 30,
}
HARMLESS = ["nothing", "key ...MPLE", "AWS4-HMAC-SHA256 Credential=x", "wwww"]


class Leaking(understudy.TestCase):
    """Not found by itself: a test whose server's log tells what `leaks` makes of what it has handed out."""

    leaks = {}
    tells_on_purpose = True

    def runTest(self):
        server = self.serve(WITH_TOKEN.replace("FOLDER", str(self.folder)))
        document_of(self, server)
        with open(server._log, "a") as log:
            for name, leak in self.leaks.items():
                log.write(f"{name} is told: {leak(self, server)}\n")


def failures_of(leaks):
    test, result = Leaking(), unittest.TestResult()
    test.leaks = leaks
    test.run(result)
    assert not result.errors, result.errors
    return [text for _, text in result.failures]


class Audit(unittest.TestCase):
    def test_a_log_that_tells_secrets_fails_its_test(self):
        failures = failures_of(LEAKS)
        self.assertEqual(len(failures), 1)
        for name in LEAKS:
            self.assertIn(f"{name} is told: ", failures[0])
        self.assertNotIn(understudy.SECRET, failures[0])

    def test_a_log_that_tells_none_does_not(self):
        self.assertEqual(failures_of({words: lambda *_, words=words: words for words in HARMLESS}), [])

    def test_the_search_of_the_whole_suite_finds_what_that_of_one_test_does(self):
        secret = "".join(map(chr, range(ord("0"), ord("z"))))
        encoded = urllib.parse.quote(secret, safe="")
        for telling in (secret, f"a {secret} b\n", f"\n{encoded}", f"x{secret[10:-10]}"):
            found = secrecy.told({"another-secret-of-a-test", secret, "wrong"}, [("one", "nothing\nwrong"), ("two", telling)])
            self.assertEqual([name for name, _ in found], ["two"], telling)
            self.assertNotIn(secret[30:50], found[0][1])
        self.assertEqual(secrecy.told({secret}, [("one", secret[:30]), ("two", "")]), [])

    def test_secrets_are_found_by_their_places(self):
        secret = "s" * 30
        for text in (f'{{"SecretAccessKey" : "{secret}"}}', f"<SessionToken>{secret}</SessionToken>",
                     f"export AWS_SESSION_TOKEN='{secret}'", f"aws_secret_access_key = {secret}\n",
                     f"Action=AssumeRoleWithWebIdentity&WebIdentityToken={secret}&Version=2011-06-15"):
            self.assertEqual(secrecy.in_text(text), {secret}, text)
        for headers in ({"Authorization": f"Bearer {secret}"}, {"X-Amz-Security-Token": secret}):
            self.assertEqual(secrecy.in_headers(headers), {secret})


if __name__ == "__main__":
    understudy.main()
