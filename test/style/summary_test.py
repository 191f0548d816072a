#!/usr/bin/env python3
"""What the last line of a test run counts."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from summary import cases, counted  # noqa: E402 (found through the line above)


class Summary(unittest.TestCase):
    def test_doctest_unittest_and_plain_counts_are_read(self):
        for output, expected in (
            ("[doctest] test cases:  12 |  11 passed | 1 failed | 0 skipped\n[doctest] assertions: 9 | 9 passed", (11, 1, 0)),
            ("\x1b[0;36m[doctest] \x1b[0mtest cases: 3 | 3 passed | 0 failed | 2 skipped", (3, 0, 2)),
            ("Ran 8 tests in 0.1s\n\nOK (skipped=2)", (6, 0, 2)),
            ("Ran 8 tests in 0.1s\n\nFAILED (failures=1, errors=2)", (5, 3, 0)),
            ("cell a\n7 passed, 1 failed, 2 skipped", (7, 1, 2)),
            ("7 passed, 0 failed\n", (7, 0, 0)),
            ("nothing to say", None),
        ):
            with self.subTest(output=output):
                self.assertEqual(counted(output), expected)

    def test_a_program_that_says_nothing_is_one_case(self):
        self.assertEqual(cases({"result": "OK", "stdout": ""}), (1, 0, 0))
        self.assertEqual(cases({"result": "FAIL"}), (0, 1, 0))
        self.assertEqual(cases({"result": "SKIP", "stdout": "Ran 8 tests in 1s"}), (0, 0, 1))

    def test_a_crash_after_good_news_is_a_failure(self):
        for result in ("FAIL", "TIMEOUT", "ERROR", "INTERRUPT", "UNEXPECTEDPASS"):
            with self.subTest(result=result):
                self.assertEqual(cases({"result": result, "stdout": "7 passed, 0 failed"}), (7, 1, 0))


if __name__ == "__main__":
    unittest.main()
