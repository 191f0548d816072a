"""What the tests of the image share: a container engine in their folder, and Docker's commands, which all engines understand.

A test file ends with `engine.main()`; test/docker/run calls it with its folder, and names the engine and its socket.
"""

import os
import subprocess
import sys
import time
import unittest
from pathlib import Path

from daemons import ENGINES, PATIENCE

CHECKOUT = Path(__file__).resolve().parents[2]
CLIENT = "amazon/aws-cli"
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


def keep_images(folder, *images):
    """For engines that have not built them: provide_images."""
    docker("save", "--output", folder.parent / "images.tar", *images)


def provide_images():
    """Those that image_test.py has kept."""
    if not docker("images", "--quiet", CLIENT):
        docker("load", "--input", Path(sys.argv[1]).parent / "images.tar")


def version():
    """The project's, as meson.build says it."""
    line, = [line for line in (CHECKOUT / "meson.build").read_text().splitlines() if line.startswith("  version: ")]
    return line.split("'")[1]


def main():
    folder = Path(sys.argv[1])
    with ENGINES[os.environ["UNDERSTUDY_ENGINE"]](folder):
        done = unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2, failfast=False, exit=False).result
    sys.exit(not done.wasSuccessful())
