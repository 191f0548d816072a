#!/usr/bin/python3
"""docs/promises.md and the tests say the same: each test that it names is there, and each test of test/hold is named in it."""

import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# | 7 | what is promised | `file: name of the test`<br>`file: another` | figure |
ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| ((?:`[^`|]+: [^`|]+`(?:<br>)?)+) \|([^|]*)\|$")
TESTS = {".cpp": r'TEST_CASE\("([^"]+)"(?:\)| \*)', ".py": r"def (test_\w+)\("}


def rows(text):
    """(number, promise, [(file, test)], figure) of each row below the table's head."""
    table = [line for line in text.splitlines() if line.startswith("| ")][1:]
    for line in table:
        match = ROW.match(line)
        assert match, f"not a row of the table: {line}"
        named = [tuple(each.split(": ", 1)) for each in re.findall(r"`([^`]+)`", match[3])]
        yield match[1], match[2], named, match[4].strip()


def tests_in(file):
    return set(re.findall(TESTS[file.suffix], file.read_text()))


class Promises(unittest.TestCase):
    def setUp(self):
        self.rows = list(rows((ROOT / "docs" / "promises.md").read_text()))

    def test_every_test_that_is_named_is_there(self):
        self.assertGreater(len(self.rows), 20)
        for _, promise, named, _ in self.rows:
            for file, test in named:
                with self.subTest(promise):
                    self.assertIn(test, tests_in(ROOT / file))

    def test_every_test_of_this_folder_is_named(self):
        named = {each for _, _, tests, _ in self.rows for each in tests}
        for file in (ROOT / "test" / "hold").glob("*_hold.py"):
            for test in tests_in(file):
                self.assertIn((str(file.relative_to(ROOT)), test), named)

    def test_a_row_that_is_none_is_told(self):
        for line in ("| 1 | a | b | c |", "| 1 | a | `b` | c |", "| 1 | `a: b` | c |"):
            with self.assertRaises(AssertionError):
                list(rows(f"| # | promise | shown by | figure |\n{line}\n"))


if __name__ == "__main__":
    unittest.main()
