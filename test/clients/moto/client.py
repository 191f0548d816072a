"""The clients of a server under test: boto3 as it comes, and a bare request."""

import json
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

WHOAMI = Path(__file__).resolve().parent.parent / "python/whoami.py"
TIMEOUT = 60  # seconds


def boto3_whoami(credentials, sts):
    """The ARN that boto3 is told by `sts`, with what its default chain takes from the container endpoint `credentials`."""
    with tempfile.TemporaryDirectory(prefix="understudy-home-") as home:
        environment = {"PATH": "/usr/bin:/bin", "HOME": home, "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1",
                       "AWS_CONTAINER_CREDENTIALS_FULL_URI": credentials, "AWS_EC2_METADATA_DISABLED": "true"}
        done = subprocess.run([sys.executable, "-B", str(WHOAMI), sts], env=environment, cwd=home, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT)
    if done.returncode != 0:
        raise AssertionError(f"boto3 ended with status {done.returncode}: {done.stderr.strip().splitlines()[-1]}")
    return done.stdout.strip()


def fetch(request):
    """Status and JSON body (text where it is none)."""
    try:
        answer = urllib.request.urlopen(request, timeout=10)
        status, body = answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        status, body = error.code, error.read().decode()
    try:
        return status, json.loads(body)
    except json.JSONDecodeError:
        return status, body
