#!/usr/bin/python3
"""usage: suite_secrecy_test.py FOLDER

What all whole-program tests left there (understudy.py): no output of any of them tells a secret of any of them. Meson runs
this when they have all ended.
"""

import json
import sys
from pathlib import Path

import secrecy

SKIPPED = 77


def main():
    files = [json.loads(file.read_text()) for file in Path(sys.argv[1]).glob("*.json")]
    secrets = {secret for file in files for secret in file["secrets"]}
    outputs = [output for file in files for output in file["outputs"]]
    if not secrets or not outputs:
        print("no test has left anything")
        sys.exit(SKIPPED)
    telling = secrecy.told(secrets, outputs)
    for test, line in telling:
        print(f"{test}: {line}")
    print(f"{len(outputs)} outputs were searched for {len(secrets)} secrets, {len(telling)} lines tell one")
    sys.exit(1 if telling else 0)


if __name__ == "__main__":
    main()
