#!/usr/bin/env python3
"""Every C++ file is as clang-format-19 would write it; prints each place that is not, as `file:line: ..`."""

import re
import subprocess
import sys
from pathlib import Path

from include_table import files

TOOL = "clang-format-19"


def main():
    root = Path(__file__).parents[2]
    names = [str(path) for path in files(root)]
    try:
        run = subprocess.run([TOOL, "--dry-run", "--Werror", *names], cwd=root, capture_output=True, text=True)
    except FileNotFoundError:
        print(f"{TOOL} is not installed (./dev lint installs it)")
        return 1
    places = re.findall(r"^(.+?:\d+):\d+: (?:error|warning): .*", run.stderr, re.MULTILINE)
    for place in places:
        print(f"{place}: not as {TOOL} would write it (./dev format)")
    if run.returncode and not places:
        print(run.stderr)
    print(f"{len(names)} files, {len(places)} places")
    return 1 if run.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
