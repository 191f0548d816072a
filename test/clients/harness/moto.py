"""The tests against moto: they run in the virtual environment, which has boto3 and moto, and say a JSON line each."""

import json
import subprocess

from . import builds, clients

KEY = "moto"
TIMEOUT = 120  # seconds


def run(binary, results):
    try:
        python = clients.python_environment() / "venv/bin/python"
    except builds.Unavailable as error:
        results.add("moto", "skipped", str(error))
        return
    except builds.BuildFailed as error:
        results.add("moto", "failed", str(error))
        return
    command = [str(python), "-B", str(builds.SOURCES / "moto/checks.py"), str(binary)]
    # Nothing of the caller's: neither profiles nor proxies.
    environment = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}
    try:
        done = subprocess.run(command, env=environment, text=True, capture_output=True, stdin=subprocess.DEVNULL,
                              timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        results.add("moto", "failed", f"did not end within {TIMEOUT} s")
        return
    for line in done.stdout.splitlines():
        results.add(**json.loads(line))
    if done.returncode != 0:
        results.add("moto, the run itself", "failed", f"ended with status {done.returncode}\n{done.stderr.strip()}")
