#!/usr/bin/env python3
"""Sums up a run of `meson test`: the last line of `./dev test`.

usage: summary.py TESTLOG STATUS     meson's meson-logs/testlog.json and the exit status of `meson test`

Counts cases, not programs, wherever a program says how many it ran: doctest's "test cases: 12 | 11 passed | 1 failed |",
unittest's "Ran 8 tests" or a last line "N passed, N failed, N skipped". A program that says nothing is one case, and one
that meson calls failed (it crashed, hung or ended early) counts at least one failure whatever it printed. What a program
skipped is named as it names it itself, in lines "skipped: NAME".
"""

import json
import re
import sys

DOCTEST = re.compile(r"^\[doctest\] test cases:\s*\d+\s*\|\s*(\d+) passed\s*\|\s*(\d+) failed\s*\|", re.MULTILINE)
SKIPPED = re.compile(r"^skipped: (.+)$", re.MULTILINE)
UNITTEST = re.compile(r"^Ran (\d+) tests? in ", re.MULTILINE)
UNITTEST_COUNTS = re.compile(r"\b(failures|errors|skipped|unexpected successes)=(\d+)")
PLAIN = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", re.MULTILINE)
# A terminal's colours, which doctest may write.
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
GOOD = {"OK", "EXPECTEDFAIL"}


def counted(output):
    """(passed, failed, skipped) as the program itself tells; None if it tells nothing."""
    output = COLOURS.sub("", output)
    if found := DOCTEST.findall(output):
        passed, failed = found[-1]
        return int(passed), int(failed), len(SKIPPED.findall(output))
    if found := UNITTEST.findall(output):
        counts = {name: int(number) for name, number in UNITTEST_COUNTS.findall(output)}
        failed = counts.get("failures", 0) + counts.get("errors", 0) + counts.get("unexpected successes", 0)
        skipped = counts.get("skipped", 0)
        return int(found[-1]) - failed - skipped, failed, skipped
    if found := PLAIN.findall(output):
        return tuple(int(number or 0) for number in found[-1])
    return None


def printed(test):
    return test.get("stdout", "") + "\n" + test.get("stderr", "")


def skips(test):
    """What was skipped, by name, of one line of meson's log."""
    if test["result"] == "SKIP":
        return [test["name"]]
    return [f"{test['name']}: {what}" for what in SKIPPED.findall(printed(test))]


def cases(test):
    """(passed, failed, skipped) of one line of meson's log."""
    if test["result"] == "SKIP":
        return 0, 0, 1
    passed, failed, skipped = counted(printed(test)) or (
        (1, 0, 0) if test["result"] in GOOD else (0, 1, 0))
    if test["result"] not in GOOD:
        failed = max(failed, 1)
    return passed, failed, skipped


def main():
    path, status = sys.argv[1], int(sys.argv[2])
    try:
        with open(path, encoding="utf-8") as log:
            tests = [json.loads(line) for line in log if line.strip()]
    except FileNotFoundError:
        tests = []
    totals = [sum(column) for column in zip(*map(cases, tests))] or [0, 0, 0]
    failing = [test["name"] for test in tests if test["result"] not in GOOD | {"SKIP"}]
    for what in sorted(what for test in tests for what in skips(test)):
        print("skipped: " + what)
    if failing:
        print("failed: " + ", ".join(failing))
    print(f"{totals[0]} passed, {totals[1]} failed" + (f", {totals[2]} skipped" if totals[2] else ""), flush=True)
    return 1 if status or totals[1] or not totals[0] else 0


if __name__ == "__main__":
    sys.exit(main())
