"""Runs amazon-ec2-metadata-mock's own end-to-end tests against `understudy ec2-mock`.

    suite.py UNDERSTUDY MODULE

MODULE is the folder of that project's module. Prints a JSON line {"name", "outcome", "note"} per test. Run by
test/clients/run, with Debian's Python. The suite opens fixed ports and ends processes by their name, so it runs in a network
and a PID namespace of its own.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from harness import aemm, namespace  # noqa: E402

# Under the names that its scripts have called the program by.
NAMES = ("ec2-metadata-mock", "amazon-ec2-metadata-mock")


def stand_in(build, understudy):
    build.mkdir(exist_ok=True)
    for name in NAMES:
        program = build / name
        program.write_text(f'#!/bin/sh\nexec {understudy} ec2-mock "$@"\n')
        program.chmod(0o755)


def run(understudy, module, folder):
    checkout = folder / "aemm"
    aemm.copy_of(module, checkout)
    stand_in(checkout / "build", understudy)
    # tput wants to know a terminal.
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "TERM": "xterm", "BIN": NAMES[0]}
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    with namespace.Namespace([]) as prefix:
        return subprocess.run([*prefix, "unshare", *user, "--pid", "--fork", "--kill-child", "--mount-proc",
                               str(checkout / "test/e2e/run-tests")], cwd=checkout, env=environment, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # its folders go with it
    understudy, module = Path(sys.argv[1]), Path(sys.argv[2])
    with tempfile.TemporaryDirectory(prefix="understudy-aemm-") as folder:
        done = run(understudy, module, Path(folder))
    for name, outcome, note in aemm.outcomes(done.stdout):
        print(json.dumps({"name": f"aemm, {name}", "outcome": outcome, "note": note}), flush=True)
    if done.returncode != 0:
        sys.exit("\n".join(done.stdout.splitlines()[-15:]))


if __name__ == "__main__":
    main()
