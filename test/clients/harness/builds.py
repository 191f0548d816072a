"""Builds of the client programs, kept outside the checkout.

A build lives in ${XDG_CACHE_HOME:-~/.cache}/understudy/clients/<name>-<hash of its sources and toolchain>. Its sources are
copied there first, because cargo, npm and maven all write beside their manifests.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

SOURCES = Path(__file__).resolve().parent.parent
BUILD_TIMEOUT = 900  # seconds


class Unavailable(Exception):
    """This machine cannot have the client: something is missing or too old. The text says what."""


class BuildFailed(Exception):
    """The toolchain is there and the build failed. The text is the end of what the build said."""


def tool(name, hint):
    """The absolute path of a program on PATH; `hint` is the Debian package that brings it."""
    path = shutil.which(name)
    if path is None:
        raise Unavailable(f"{name} is not on PATH (apt-get install {hint})")
    return path


def version_of(*command):
    """The first dotted number that a command prints: ("go", "version") gives "1.24.1"."""
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)
    found = re.search(r"\d+(\.\d+)+", done.stdout + done.stderr)
    if done.returncode != 0 or found is None:
        raise Unavailable(f"`{' '.join(command)}` gives no version")
    return found.group()


def numbers(version):
    """"1.26.27" as (1, 26, 27), for comparing."""
    return tuple(int(part) for part in re.findall(r"\d+", version))


def demand_version(name, have, need):
    if numbers(have) < numbers(need):
        raise Unavailable(f"{name} {have} is too old, the SDK needs {need}")


def stated(path, pattern):
    """The first group of `pattern` in a manifest: the least toolchain version stands there and nowhere else."""
    found = re.search(pattern, (SOURCES / path).read_text(), re.MULTILINE)
    if found is None:
        raise ValueError(f"{path} does not match {pattern}")
    return found.group(1)


def run(command, cwd, **environment):
    """One build step; its output is shown only when it fails."""
    done = subprocess.run(command, cwd=cwd, env={**os.environ, **environment}, text=True, timeout=BUILD_TIMEOUT,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        tail = "\n".join(done.stdout.strip().splitlines()[-15:])
        raise BuildFailed(f"`{' '.join(map(str, command))}` ended with status {done.returncode}:\n{tail}")


def cached(name, toolchain, steps):
    """The folder of a finished build of SOURCES/name; `steps(folder)` makes it where there is none yet.

    Runs at the same time wait for one another; a build that was broken off starts anew.
    """
    folder = _cache_folder() / f"{name}-{_fingerprint(SOURCES / name, toolchain)}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{folder}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = folder / ".complete"
        if not done.exists():
            print(f"building {name} in {folder}", flush=True)
            started = time.monotonic()
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(SOURCES / name, folder, ignore=shutil.ignore_patterns("__pycache__"))
            steps(folder)
            done.touch()
            print(f"built {name} in {time.monotonic() - started:.0f} s", flush=True)
    return folder


def _cache_folder():
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "understudy" / "clients"


def _fingerprint(source, toolchain):
    digest = hashlib.sha256(toolchain.encode())
    for path in sorted(source.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"\0{path.relative_to(source)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]
