#!/usr/bin/python3
"""Sessions of `aws login`: the cache file as the AWS CLI writes it, renewed at a Sign-In that verifies every proof."""

import datetime
import hashlib
import json
import stat
import unittest

import understudy
from understudy import eventually, get, request

try:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from signin import CLIENT_ID, SignIn
except ImportError:
    SignIn = None

ME = "arn:aws:iam::111122223333:user/me"
CONFIG = f"""region: us-east-1
listen: {{containers: 127.0.0.1:0}}
roles: {{me: {{login: {ME}}}}}
containers: {{credentials: {{me: {{role: me}}}}}}
"""
FILE = f".aws/login/cache/{hashlib.sha256(ME.encode()).hexdigest()}.json"
ROLE = "/v2/credentials/me"


def pem_of(key, form):
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def in_minutes(minutes):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


@unittest.skipUnless(SignIn, "cryptography is not installed (Debian: python3-cryptography)")
class Login(understudy.TestCase):
    def setUp(self):
        super().setUp()
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.signin = SignIn().__enter__()
        self.addCleanup(self.signin.__exit__)
        self.config = self.write("understudy.yaml", CONFIG)
        self.environment = {"AWS_ENDPOINT_URL_SIGNIN": f"http://{self.signin.address}", "AWS_MAX_ATTEMPTS": "1"}

    def tearDown(self):
        self.secrets |= self.signin.secrets

    def log_in(self, minutes, key=None, form=None):
        """What `aws login` leaves behind: credentials that still last so many minutes, and what renews them."""
        pem = pem_of(key or self.key, form or serialization.PrivateFormat.TraditionalOpenSSL)
        self.secrets |= {"an-old-secret", "an-old-token", *pem.splitlines()[1:-1]}
        session = {"accessToken": {"accessKeyId": "ASIAOLDSESSION000000", "secretAccessKey": "an-old-secret",
                                   "sessionToken": "an-old-token", "accountId": "111122223333", "expiresAt": in_minutes(minutes)},
                   "tokenType": "aws_sigv4", "clientId": CLIENT_ID, "refreshToken": self.signin.session(self.key),
                   "idToken": "an-id-token", "dpopKey": pem, "later": {"unknown": [1, 2]}}
        self.write(FILE, json.dumps(session))
        return session

    def saved(self):
        return json.loads((self.folder / FILE).read_text())

    def credentials_command(self):
        return self.run_command("credentials", "--config", self.config, "me", shows_secrets=True, **self.environment)

    def printed(self):
        done = self.credentials_command()
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_a_good_session_is_played_without_a_call(self):
        session = self.log_in(14)["accessToken"]
        self.assertEqual(self.printed(), {
            "Version": 1, "AccessKeyId": session["accessKeyId"], "SecretAccessKey": session["secretAccessKey"],
            "SessionToken": session["sessionToken"], "Expiration": session["expiresAt"], "AccountId": session["accountId"]})
        self.assertEqual(self.signin.calls, [])

    def test_an_ending_session_is_renewed_and_saved_as_the_cli_reads_it(self):
        for form in (serialization.PrivateFormat.TraditionalOpenSSL, serialization.PrivateFormat.PKCS8):
            with self.subTest(form=str(form)):
                before, calls = self.log_in(4, form=form), len(self.signin.calls)
                document, after = self.printed(), self.saved()
                self.assertEqual(document["AccessKeyId"], f"ASIASIGNIN{self.signin.granted:010}")
                self.assertEqual(document["AccountId"], "111122223333")
                token = {"accessKeyId": document["AccessKeyId"], "secretAccessKey": document["SecretAccessKey"],
                         "sessionToken": document["SessionToken"], "accountId": "111122223333",
                         "expiresAt": document["Expiration"]}
                self.assertNotEqual(after["refreshToken"], before["refreshToken"])
                self.assertEqual(after, {**before, "accessToken": token, "refreshToken": after["refreshToken"]})
                self.assertRegex(token["expiresAt"], r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")
                self.assertGreater(token["expiresAt"], in_minutes(13))
                file = self.folder / FILE
                self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
                self.assertEqual(list(file.parent.iterdir()), [file])
                # It is the next program's as well: nobody asks again.
                self.assertEqual(self.printed(), document)
                self.assertEqual(len(self.signin.calls), calls + 1)

    def test_a_server_renews_again_and_again_each_time_with_the_newest_token(self):
        self.log_in(-60)
        self.signin.life = 6
        server = self.serve(CONFIG, **self.environment)
        eventually(lambda: self.signin.granted >= 3, "three renewals")
        status, text = eventually(lambda: (answer := get(server["containers"], ROLE))[0] == 200 and answer, "credentials")
        self.assertIn(json.loads(text)["SecretAccessKey"], self.signin.secrets, status)
        server.stop()
        eventually(lambda: len(self.signin.calls) == self.signin.granted, "every call to have been granted")

    def test_a_login_during_the_run_mends_the_role(self):
        server = self.serve(CONFIG, **self.environment)
        status, text = get(server["containers"], ROLE)
        self.assertEqual(status, 503)
        self.assertIn(f"there is no login session of {ME}; run: aws login --profile NAME", json.loads(text)["message"])
        self.log_in(14)
        eventually(lambda: get(server["containers"], ROLE)[0] == 200, "credentials after the login")

    def test_the_key_of_another_is_refused(self):
        self.log_in(-1, key=ec.generate_private_key(ec.SECP256R1()))
        before = self.saved()
        done = self.credentials_command()
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("(TOKEN_EXPIRED: The refresh token has expired.)", done.stderr)
        self.assertIn("run: aws login --profile NAME", done.stderr)
        self.assertEqual(self.saved(), before)
        server = self.serve(CONFIG, **self.environment)
        status, text = get(server["containers"], ROLE)
        self.assertEqual(status, 503)
        self.assertIn("run: aws login", json.loads(text)["message"])

    def test_the_service_of_this_test_takes_no_proof_twice_and_none_that_was_changed(self):
        self.log_in(1)
        self.printed()
        call = self.signin.calls[-1]
        body = json.dumps({**json.loads(call.body), "refreshToken": self.signin.session(self.key)})
        proof = call.headers["DPoP"]
        changed = proof[:-4] + ("AAAA" if proof[-4:] != "AAAA" else "BBBB")
        for header, why in ((proof, "another time"), (changed, "InvalidSignature"), ("", "JSONDecodeError")):
            status, text, _ = request(self.signin.address, "POST", "/v1/token", {"DPoP": header}, body)
            self.assertEqual(status, 400)
            self.assertIn(why, text)


if __name__ == "__main__":
    understudy.main()
