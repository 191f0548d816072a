"""Sessions of `aws login`, shared with botocore: each reads, and renews, what the other has written. AWS Sign-In is played
by the service of the integration tests, which verifies botocore's proofs as it does ours."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from login_test import CONFIG, FILE, ME, in_minutes, pem_of
from signin import CLIENT_ID, SignIn

TIMEOUT = 60  # seconds
BOTOCORE = """
import botocore.session
credentials = botocore.session.Session().get_credentials()
print(credentials.get_frozen_credentials().access_key, credentials.method)
"""


class Stage:
    """A home with a session that is about to end, the service that renews it, and the two that play it."""

    def __init__(self, understudy, signin, home, form):
        self._understudy, self._signin, self._home = understudy, signin, home
        key = ec.generate_private_key(ec.SECP256R1())
        keys = {"accessKeyId": "ASIAOLDSESSION000000", "secretAccessKey": "s", "sessionToken": "t",
                "accountId": "111122223333", "expiresAt": in_minutes(1)}
        self._write(FILE, json.dumps({"accessToken": keys, "tokenType": "aws_sigv4", "clientId": CLIENT_ID,
                                      "refreshToken": signin.session(key), "dpopKey": pem_of(key, form)}))
        self._write(".aws/config", f"[default]\nregion = us-east-1\nlogin_session = {ME}\n")
        self._config = self._write("understudy.yaml", CONFIG)

    @property
    def renewals(self):
        return self._signin.granted

    def ours(self):
        return json.loads(self._run([self._understudy, "credentials", "--config", self._config, "me"]))["AccessKeyId"]

    def botocore_s(self):
        key, method = self._run([sys.executable, "-c", BOTOCORE]).split()
        assert method == "login", method
        return key

    def age(self):
        """The session is about to end again."""
        session = json.loads((self._home / FILE).read_text())
        session["accessToken"]["expiresAt"] = in_minutes(1)
        self._write(FILE, json.dumps(session))

    def _run(self, command):
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(self._home),
                       "AWS_ENDPOINT_URL_SIGNIN": f"http://{self._signin.address}"}
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=TIMEOUT)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _write(self, name, text):
        path = self._home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o600)
        return path


def botocore_reads_and_renews_what_understudy_wrote(stage):
    key = stage.ours()
    assert stage.botocore_s() == key, "botocore does not read it"
    stage.age()
    assert stage.botocore_s() != key, "botocore does not renew it"
    assert stage.renewals == 2, stage.renewals


def understudy_reads_and_renews_what_botocore_wrote(stage):
    key = stage.botocore_s()
    assert stage.ours() == key, "understudy does not read it"
    stage.age()
    assert stage.ours() != key, "understudy does not renew it"
    assert stage.renewals == 2, stage.renewals


CHECKS = (botocore_reads_and_renews_what_understudy_wrote, understudy_reads_and_renews_what_botocore_wrote)
FORMS = {"SEC 1": serialization.PrivateFormat.TraditionalOpenSSL, "PKCS#8": serialization.PrivateFormat.PKCS8}


def on_a_stage(check, understudy, form):
    with tempfile.TemporaryDirectory(prefix="understudy-login-") as home, SignIn() as signin:
        check(Stage(understudy, signin, Path(home), FORMS[form]))


def checks():
    for check in CHECKS:
        for form in FORMS:
            yield (f"login, {check.__name__.replace('_', ' ')}, key in {form}",
                   lambda understudy, check=check, form=form: on_a_stage(check, understudy, form))
