"""A moto server that verifies signatures, and what a test puts into it."""

import base64
import json
import os
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import boto3

ACCOUNT = "123456789012"  # moto's own
REGION = "us-east-1"
START_TIMEOUT = 30  # seconds


@dataclass(frozen=True)
class Recorded:
    """A call as it reached moto."""

    form: dict  # its parameters, "Action" among them; not "Version"
    key_id: str | None  # that signed it; None: nobody
    session_token: str | None  # that came with that key


class Moto:
    """`with Moto(folder) as moto:`; `moto.url` is its address, for every AWS service alike."""

    def __init__(self, folder):
        self._log = Path(folder) / "moto.log"
        self._recording = Path(folder) / "moto.recording"

    def __enter__(self):
        environment = {**os.environ, "MOTO_ENABLE_RECORDING": "true", "MOTO_RECORDER_FILEPATH": str(self._recording)}
        with open(self._log, "wb") as log:
            command = [str(Path(sys.executable).parent / "moto_server"), "-H", "127.0.0.1", "-p", "0"]
            self._process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            self.url = self._wait_for_address()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()

    def client(self, service, keys):
        """A boto3 client with (access key id, secret[, session token])."""
        return boto3.client(service, REGION, endpoint_url=self.url, aws_access_key_id=keys[0],
                            aws_secret_access_key=keys[1], aws_session_token=keys[2] if len(keys) > 2 else None)

    def verify_after(self, calls):
        """Takes so many calls (or math.inf: all) as they come, then verifies. It begins by taking all, because the first user
        must be made by nobody; and verifying, it refuses what goes unsigned by its nature too."""
        request = urllib.request.Request(f"{self.url}/moto-api/reset-auth", data=str(calls).encode(),
                                         headers={"Content-Type": "text/plain"})
        urllib.request.urlopen(request, timeout=10).read()

    def recorded(self, action):
        """The calls of that action from the start on, taken and refused ones."""
        whole_lines = self._recording.read_text().rpartition("\n")[0].splitlines()
        calls = [_as_recorded(json.loads(line)) for line in whole_lines]
        return [call for call in calls if call.form.get("Action") == action]

    def _wait_for_address(self):
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline and self._process.poll() is None:
            found = re.search(r"Running on (http://127\.0\.0\.1:\d+)", self._log.read_text())
            if found:
                return found.group(1)
            time.sleep(0.05)
        raise RuntimeError(f"moto did not start:\n{self._log.read_text()}")


def _as_recorded(entry):
    form = dict(urllib.parse.parse_qsl(base64.b64decode(entry["body"]).decode()))
    form.pop("Version", None)
    signer = re.search(r"Credential=([^/]+)/", entry["headers"].get("Authorization", ""))
    return Recorded(form, signer and signer.group(1), entry["headers"].get("X-Amz-Security-Token"))


def make_user(moto, name, action="sts:AssumeRole"):
    """A user who may do `action` on everything; its (access key id, secret)."""
    iam = moto.client("iam", ("nobody", "nothing"))
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=_allow(action))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]


def make_role(moto, name, trusted, external_id=None):
    """A role that `trusted` (an ARN) may assume, with the external id where one is given; its ARN."""
    iam = moto.client("iam", ("nobody", "nothing"))
    statement = {"Effect": "Allow", "Principal": {"AWS": trusted}, "Action": "sts:AssumeRole"}
    if external_id:
        statement["Condition"] = {"StringEquals": {"sts:ExternalId": external_id}}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="assume", PolicyDocument=_allow("sts:AssumeRole"))
    return arn


def _allow(action):
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
