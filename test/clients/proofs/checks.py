"""Shows that the services by which the integration tests judge our proofs of possession judge those of others alike.

    checks.py UNDERSTUDY

prints a JSON line {"name", "outcome", "note"} per test. Run by test/clients/run in its virtual environment.
"""

import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "integration"))

import login  # noqa: E402
import roles_anywhere  # noqa: E402
from harness.checking import run_check  # noqa: E402


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # its folders go with it
    for module in (login, roles_anywhere):
        for name, check in module.checks():
            run_check(name, check, sys.argv[1])


if __name__ == "__main__":
    main()
