#!/usr/bin/env python3
"""What the last line of a test run counts."""

import sys
import unittest
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "integration")]
from summary import cases, counted, skips  # noqa: E402 (found through the line above)
from telling import told_at_the_end  # noqa: E402


class Summary(unittest.TestCase):
    def test_doctest_unittest_and_plain_counts_are_read(self):
        for output, expected in (
            ("[doctest] test cases:  12 |  11 passed | 1 failed |\n[doctest] assertions: 9 | 9 passed", (11, 1, 0)),
            ("skipped: a\nskipped: b\n\x1b[0;36m[doctest] \x1b[0mtest cases: 3 | 3 passed | 0 failed |", (3, 0, 2)),
            ("Ran 8 tests in 0.1s\n\nOK (skipped=2)\nskipped: a: b\nskipped: c: d\n6 passed, 0 failed, 2 skipped", (6, 0, 2)),
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

    def test_what_is_skipped_is_named(self):
        self.assertEqual(skips({"result": "OK", "name": "crawl", "stdout": "skipped: test_a: no ohai\n1 passed, 0 failed, 1 skipped"}),
                         ["crawl: test_a: no ohai"])
        self.assertEqual(skips({"result": "SKIP", "name": "tidy"}), ["tidy"])
        self.assertEqual(skips({"result": "OK", "name": "a", "stdout": "7 passed, 0 failed"}), [])

    def test_a_file_of_tests_tells_at_its_end_what_it_skipped(self):
        class Some(unittest.TestCase):
            def test_one(self):
                pass

            def test_another(self):
                self.skipTest("it is Sunday")
        result = unittest.TestResult()
        unittest.defaultTestLoader.loadTestsFromTestCase(Some).run(result)
        self.assertEqual(told_at_the_end(result), ["skipped: test_another: it is Sunday", "1 passed, 0 failed, 1 skipped"])

    def test_a_crash_after_good_news_is_a_failure(self):
        for result in ("FAIL", "TIMEOUT", "ERROR", "INTERRUPT", "UNEXPECTEDPASS"):
            with self.subTest(result=result):
                self.assertEqual(cases({"result": result, "stdout": "7 passed, 0 failed"}), (7, 1, 0))


if __name__ == "__main__":
    unittest.main()
