"""The tests against peers other than clients: scripts that run in a virtual environment and say a JSON line a test."""

import json
import subprocess

from . import builds, clients

# By key: the environment (a folder with requirements.txt), and the script, which is called with the path of understudy.
PEERS = {"moto": ("python", "moto/checks.py"), "sessions": ("python", "moto/sessions.py"),
         "proofs": ("proofs", "proofs/checks.py")}
TIMEOUT = 120  # seconds


def run(key, binary, results):
    packages, script = PEERS[key]
    try:
        python = clients.python_environment(packages) / "venv/bin/python"
    except builds.Unavailable as error:
        results.add(key, "skipped", str(error))
        return
    except builds.BuildFailed as error:
        results.add(key, "failed", str(error))
        return
    command = [str(python), "-B", str(builds.SOURCES / script), str(binary)]
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
        results.add(f"{key}, the run itself", "failed", f"ended with status {process.returncode}\n{errors.strip()}")
