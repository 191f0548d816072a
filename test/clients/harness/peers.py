"""The tests against peers other than clients: scripts that say a JSON line a test, most in a virtual environment."""

import json
import subprocess
from dataclasses import dataclass
from typing import Callable

from . import aemm, builds, clients

TIMEOUT = 120  # seconds
AEMM_TIMEOUT = 900  # its scripts sleep


@dataclass(frozen=True)
class Peer:
    packages: str | None  # its environment: a folder with requirements.txt; None: Debian's Python
    script: str  # is called with the path of understudy,
    program: Callable[[], clients.Program] | None = None  # and the command of this one
    timeout: int = TIMEOUT
    by_name: bool = False  # runs where --only names it: not every machine that has the rest can have its program


def oidc_provider():
    return clients.node_program("oidc", "provider.mjs", "oidc-provider")


PEERS = {
    "moto": Peer("python", "moto/checks.py"),
    "sessions": Peer("python", "moto/sessions.py"),
    "oidc": Peer("python", "moto/web_identity.py", oidc_provider),
    "proofs": Peer("proofs", "proofs/checks.py"),
    "aemm": Peer(None, "aemm/suite.py", aemm.suite, AEMM_TIMEOUT, by_name=True),
}


def wanted(only, quick):
    """The keys of the peers that a run with --only (a list, or None) and --quick takes, in their order."""
    if only:
        return [key for key in PEERS if key in only]
    return [] if quick else [key for key, peer in PEERS.items() if not peer.by_name]


def run(key, binary, results):
    peer = PEERS[key]
    try:
        python = clients.python_environment(peer.packages) / "venv/bin/python" if peer.packages else "/usr/bin/python3"
        program = peer.program().command if peer.program else ()
    except builds.Unavailable as error:
        results.add(key, "skipped", str(error))
        return
    except builds.BuildFailed as error:
        results.add(key, "failed", str(error))
        return
    command = [str(python), "-B", str(builds.SOURCES / peer.script), str(binary), *program]
    # Nothing of the caller's: neither profiles nor proxies.
    environment = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}
    with subprocess.Popen(command, env=environment, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as process:
        try:
            output, errors = process.communicate(timeout=peer.timeout)
        except subprocess.TimeoutExpired:
            process.terminate()
            output, errors = process.communicate()
            errors = f"did not end within {peer.timeout} s\n{errors}"
        except BaseException:
            process.terminate()  # not kill: it has servers of its own to end
            raise
    for line in output.splitlines():
        results.add(**json.loads(line))
    if process.returncode != 0:
        results.add(f"{key}, the run itself", "failed", f"ended with status {process.returncode}\n{errors.strip()}")
