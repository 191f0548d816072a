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
    with subprocess.Popen(command, env=environment, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as process:
        try:
            output, errors = process.communicate(timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            process.terminate()
            output, errors = process.communicate()
            errors = f"did not end within {TIMEOUT} s\n{errors}"
        except BaseException:
            process.terminate()  # not kill: it has servers of its own to end
            raise
    for line in output.splitlines():
        results.add(**json.loads(line))
    if process.returncode != 0:
        results.add("moto, the run itself", "failed", f"ended with status {process.returncode}\n{errors.strip()}")
