"""What SDKs' own IMDS clients read beside credentials: a line for each SDK and reading."""

import contextlib
import json
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from .server import Server, ServerFailed

TIMEOUT = 30  # seconds
USER_DATA = "#!/bin/sh\necho hello\n"
CONFIGURATION = """\
region: eu-west-1
listen: {imds: "127.0.0.1:0"}
roles:
  app: {static: {access_key_id: ASIAIOSFODNN7EXAMPLE, secret_access_key: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY,
                 session_token: example, expiration: 2099-01-01T00:00:00Z}}
imds:
  role: app
  instance: {id: i-0123456789abcdef0, type: m7g.large, private_ip: 10.0.12.7, account_id: "111122223333", product_codes: [abc],
             tags: {"team:a": blue}, user_data: "#!/bin/sh\\necho hello\\n"}
"""
DOCUMENT = {"instanceId": "i-0123456789abcdef0", "instanceType": "m7g.large", "privateIp": "10.0.12.7", "architecture": "arm64",
            "accountId": "111122223333", "region": "eu-west-1", "availabilityZone": "eu-west-1a",
            "marketplaceProductCodes": ["abc"], "version": "2017-09-30"}


@dataclass(frozen=True)
class Read:
    what: str  # the reader's argument
    title: str
    is_right: Callable[[str], bool]


def _is_document(text):
    document = json.loads(text)
    return {name: document[name] for name in DOCUMENT} == DOCUMENT


READS = (
    Read("document", "identity document", _is_document),
    Read("region", "region", "eu-west-1".__eq__),
    Read("tags/instance/team:a", "a tag", "blue".__eq__),
    Read("user-data", "user data", USER_DATA.__eq__),
)


def run(clients, programs, missing, binary, results):
    """Every read by every client that has a reader. `programs` and `missing` are by key, as for the matrix."""
    readers = [client for client in clients if client.reads]
    for client in readers:
        if client.key in missing:
            for read in READS:
                results.add(f"{client.title}, {read.title}", *missing[client.key])
    ready = [client for client in readers if client.key in programs]
    if not ready:
        return
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="understudy-clients-")))
        try:
            server = stack.enter_context(Server(binary, CONFIGURATION, folder))
        except ServerFailed as error:
            results.add("reads of metadata", "failed", str(error))
            return
        for client in ready:
            for read in READS:
                _run_one(client.title, programs[client.key].reader, read, server, results)


def _run_one(title, reader, read, server, results):
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="understudy-home-") as home:
        environment = {"PATH": "/usr/bin:/bin", "HOME": home, "AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url("imds") + "/"}
        try:
            done = subprocess.run([*reader, read.what], env=environment, cwd=home, text=True, capture_output=True,
                                  stdin=subprocess.DEVNULL, timeout=TIMEOUT)
            wrong = wrong_with(read, done.returncode, done.stdout, done.stderr)
        except subprocess.TimeoutExpired:
            wrong = f"did not end within {TIMEOUT} s"
    results.add(f"{title}, {read.title}", "failed" if wrong else "passed", wrong or "", time.monotonic() - started)


def wrong_with(read, status, output, errors):
    """What is wrong with what a reader printed, or None."""
    if status != 0:
        return f"ended with status {status}\n{errors.strip()}"
    try:
        return None if read.is_right(output) else f"printed {output!r}"
    except (ValueError, KeyError):
        return f"printed {output!r}"
