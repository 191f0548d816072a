"""unittest's run of a file, which says at its end what it skipped: test/summary.py gathers that of all files."""

import sys
import unittest


def told_at_the_end(result):
    """The last lines of a run: what was skipped, by name and reason, and how many did what."""
    failed, skipped = len(result.failures) + len(result.errors), len(result.skipped)
    return [*(f"skipped: {test.id().rpartition('.')[2]}: {reason}" for test, reason in result.skipped),
            f"{result.testsRun - failed - skipped} passed, {failed} failed" + (f", {skipped} skipped" if skipped else "")]


def main(arguments):
    """Runs the tests of the file that was started, or those that the arguments name, and ends the process."""
    result = unittest.main(argv=[sys.argv[0], *arguments], exit=False).result
    print(*told_at_the_end(result), sep="\n", flush=True)
    sys.exit(0 if result.wasSuccessful() and result.testsRun else 1)
