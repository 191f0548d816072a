"""What the tests of the image share: a Docker engine in their folder, and its commands.

A test file ends with `engine.main()`; test/docker/run calls it with its folder and names the engine's socket.
"""

import os
import shutil
import subprocess
import sys
import time
import unittest
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
CLIENT = "amazon/aws-cli"
PATIENCE = 90  # seconds, for what should take one or two
UNPRIVILEGED = ["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]


def run(*command, status=0, timeout=PATIENCE, **more):
    """What a command prints to standard output; fails with all of its output where its status is another."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL,
                          check=False, **more)
    if done.returncode != status:
        raise AssertionError(f"status {done.returncode} of {' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}"[-6000:])
    return done.stdout if status == 0 else done.stdout + done.stderr


def docker(*arguments, **more):
    return run("docker", *arguments, **more)


def inspect(name, form):
    return docker("inspect", "--format", form, name).strip()


def eventually(condition, what):
    """Waits until `condition()` is true and returns its value; `what` says what it was for, or is asked for that."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.2)
    raise AssertionError(f"waited {PATIENCE} s in vain: {what() if callable(what) else what}")


def version():
    """The project's, as meson.build says it."""
    line, = [line for line in (CHECKOUT / "meson.build").read_text().splitlines() if line.startswith("  version: ")]
    return line.split("'")[1]


class Engine:
    """`with Engine(folder):` dockerd in this process's network namespace, with neither bridge nor rules of its own: builds use
    the network as it is, and nothing of the machine's is changed."""

    def __init__(self, folder):
        self._folder = folder
        data = os.environ.get("UNDERSTUDY_DOCKER_DATA") or folder / "data"
        self._command = ["dockerd", "--host", os.environ["DOCKER_HOST"], "--data-root", str(data),
                         "--exec-root", str(folder / "exec"), "--pidfile", str(folder / "dockerd.pid"), "--bridge", "none",
                         "--iptables=false", "--ip-forward=false", "--cgroup-parent", f"/{folder.name}"]

    def __enter__(self):
        with open(self._folder / "dockerd.log", "ab") as log:
            self._daemon = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            eventually(self._answers, "dockerd does not start")
        except BaseException:
            self.__exit__()
            sys.stderr.write("".join((self._folder / "dockerd.log").read_text().splitlines(keepends=True)[-30:]))
            raise
        return self

    def __exit__(self, *_):
        self._daemon.terminate()
        self._daemon.wait()

    def _answers(self):
        if self._daemon.poll() is not None:
            raise AssertionError(f"dockerd ended with status {self._daemon.returncode}")
        return subprocess.run(["docker", "version"], capture_output=True, check=False).returncode == 0


def compose_program():
    """docker-compose, or the client's own command."""
    return ["docker-compose"] if shutil.which("docker-compose") else ["docker", "compose"]


def main():
    folder = Path(sys.argv[1])
    with Engine(folder):
        done = unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2, failfast=False, exit=False).result
    sys.exit(not done.wasSuccessful())
