"""A moto server that verifies signatures, and what a test puts into it."""

import json
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import boto3

ACCOUNT = "123456789012"  # moto's own
REGION = "us-east-1"
START_TIMEOUT = 30  # seconds


class Moto:
    """`with Moto(folder) as moto:`; `moto.url` is its address, for every AWS service alike."""

    def __init__(self, folder):
        self._log = Path(folder) / "moto.log"

    def __enter__(self):
        with open(self._log, "wb") as log:
            command = [str(Path(sys.executable).parent / "moto_server"), "-H", "127.0.0.1", "-p", "0"]
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
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

    def verify_from_now_on(self):
        """Until this call moto takes everything: the first user must be made by nobody."""
        request = urllib.request.Request(f"{self.url}/moto-api/reset-auth", data=b"0",
                                         headers={"Content-Type": "text/plain"})
        urllib.request.urlopen(request, timeout=10).read()

    def _wait_for_address(self):
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline and self._process.poll() is None:
            found = re.search(r"Running on (http://127\.0\.0\.1:\d+)", self._log.read_text())
            if found:
                return found.group(1)
            time.sleep(0.05)
        raise RuntimeError(f"moto did not start:\n{self._log.read_text()}")


def make_user(moto, name):
    """A user who may assume every role that trusts it; its (access key id, secret)."""
    iam = moto.client("iam", ("nobody", "nothing"))
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="assume", PolicyDocument=_allow_assume())
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
    iam.put_role_policy(RoleName=name, PolicyName="assume", PolicyDocument=_allow_assume())
    return arn


def _allow_assume():
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
