"""Plays a role for the tokens of an OpenID Connect provider, with moto as STS.

    web_identity.py UNDERSTUDY PROVIDER..

PROVIDER.. is the command that runs oidc/provider.mjs. Prints a JSON line {"name", "outcome", "note"} per test. Run by
test/clients/run in its virtual environment.
"""

import json
import math
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from base64 import b64encode
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import KeySet

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "integration"))

from client import boto3_whoami, fetch  # noqa: E402
from harness.checking import expect, run_check  # noqa: E402
from harness.server import Server  # noqa: E402
from peer import ACCOUNT, REGION, Moto  # noqa: E402
from upstream import Upstream  # noqa: E402

ACTION = "AssumeRoleWithWebIdentity"
ROTATION_TIMEOUT = 30  # seconds


class Provider:
    """`with Provider(command) as provider:`; a client of a running provider."""

    def __init__(self, command):
        self._command = command
        self._secret = secrets.token_urlsafe()

    def __enter__(self):
        environment = {"PATH": "/usr/bin:/bin", "OIDC_CLIENT_SECRET": self._secret}
        self._process = subprocess.Popen(self._command, env=environment, text=True, stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE)
        self.issuer = self._process.stdout.readline().strip()
        if not self.issuer:
            self.__exit__()
            raise RuntimeError(f"the provider ended with status {self._process.returncode}")
        _, self._metadata = fetch(f"{self.issuer}/.well-known/openid-configuration")
        return self

    def __exit__(self, *_):
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            stream.close()
        self._process.wait()

    def renew(self, token_file):
        """Issues a token and puts it into the file at once; that token."""
        authorization = b64encode(f"ci:{self._secret}".encode()).decode()
        _, answer = fetch(urllib.request.Request(self._metadata["token_endpoint"], b"grant_type=client_credentials",
                                                 {"Authorization": f"Basic {authorization}"}))
        new = token_file.with_suffix(".new")
        new.write_text(answer["access_token"] + "\n")
        os.replace(new, token_file)
        return answer["access_token"]

    def claims(self, token):
        """What the token says; raises where it is not signed by a key that the provider publishes."""
        _, keys = fetch(self._metadata["jwks_uri"])
        return jwt.decode(token, KeySet.import_key_set(keys), algorithms=["RS256"]).claims


class ShortSessions(Upstream):
    """Between understudy and moto: what was asked for 15 minutes lasts one, of which understudy waits a few seconds."""

    def say(self, handler, body):
        # Of the same length, which the headers tell.
        return super().say(handler, body.replace(b"DurationSeconds=900", b"DurationSeconds=060"))


class Stage:
    """A server that plays the role `ci` by the token in a file."""

    def __init__(self, moto, provider, server, token_file):
        self.moto, self.provider, self.server, self.token_file = moto, provider, server, token_file

    @property
    def credentials(self):
        return f"{self.server.url('containers')}/v2/credentials/ci"

    def tokens(self):
        """Those which reached STS, in their order."""
        return [call.form["WebIdentityToken"] for call in self.moto.recorded(ACTION)]


def a_token_is_played_to_boto3(stage):
    stage.moto.verify_after(0)
    expect(boto3_whoami(stage.credentials, stage.moto.url), f"arn:aws:sts::{ACCOUNT}:assumed-role/ci/builder")


def it_reaches_sts_as_its_issuer_signed_it(stage):
    first = stage.moto.recorded(ACTION)[0]
    claims = stage.provider.claims(first.form["WebIdentityToken"])
    expect((claims["iss"], claims["aud"], claims["sub"]), (stage.provider.issuer, "sts.amazonaws.com", "ci"))
    expect(first.key_id, None)


def a_rotated_one_is_read_by_the_running_server(stage):
    _, before = fetch(stage.credentials)
    old = stage.tokens()[-1]
    stage.moto.verify_after(math.inf)
    new = stage.provider.renew(stage.token_file)
    if new == old:
        raise AssertionError("the provider issued the same token twice")
    deadline = time.monotonic() + ROTATION_TIMEOUT
    while fetch(stage.credentials)[1]["AccessKeyId"] == before["AccessKeyId"] or stage.tokens()[-1] != new:
        if time.monotonic() > deadline:
            raise AssertionError(f"no call with the new token within {ROTATION_TIMEOUT} s")
        time.sleep(0.1)
    a_token_is_played_to_boto3(stage)


CHECKS = (a_token_is_played_to_boto3, it_reaches_sts_as_its_issuer_signed_it, a_rotated_one_is_read_by_the_running_server)


def configuration(sts, token_file):
    role = {"role_arn": f"arn:aws:iam::{ACCOUNT}:role/ci", "session_name": "builder", "token_file": str(token_file),
            "duration": "15m"}
    return json.dumps({"region": REGION, "listen": {"containers": "127.0.0.1:0"}, "sts": {"endpoint": f"http://{sts}"},
                       "roles": {"ci": {"web_identity": role}}, "containers": {"credentials": {"ci": {"role": "ci"}}}})


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # its servers end with it
    understudy, *command = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="understudy-oidc-") as folder, Moto(folder) as moto, \
            Provider(command) as provider, ShortSessions(moto.url.removeprefix("http://")) as sts:
        token_file = Path(folder) / "token"
        provider.renew(token_file)
        with Server(understudy, configuration(sts.address, token_file), folder) as server:
            for check in CHECKS:
                run_check(f"oidc, {check.__name__.replace('_', ' ')}", check, Stage(moto, provider, server, token_file),
                          log_tail=server.log_tail)


if __name__ == "__main__":
    main()
