"""Shows that the services by which the integration tests judge our proofs of possession judge those of others alike.

    checks.py UNDERSTUDY

prints a JSON line {"name", "outcome", "note"} per test. Run by test/clients/run in its virtual environment.
"""

import json
import signal
import sys
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "integration"))

import login  # noqa: E402
import roles_anywhere  # noqa: E402


def run_check(name, check, understudy):
    try:
        check(understudy)
    except Exception as error:  # whatever goes wrong fails this test alone
        where = traceback.extract_tb(error.__traceback__)[-1]
        return {"name": name, "outcome": "failed", "note": f"{type(error).__name__}: {error} (line {where.lineno})"}
    return {"name": name, "outcome": "passed"}


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # its folders go with it
    for module in (login, roles_anywhere):
        for name, check in module.checks():
            print(json.dumps(run_check(name, check, sys.argv[1])), flush=True)


if __name__ == "__main__":
    main()
