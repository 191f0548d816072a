#!/usr/bin/python3
"""Holds a running server under load, faults and rude clients: every promise of docs/promises.md that takes a whole program.

    hold.py UNDERSTUDY [TEST..]

Tests are named after their promise; TEST is as unittest wants it: Clients.test_promise_09_.. The last lines say what was
skipped, and how many did what.
"""

import holding  # noqa: F401 (finds understudy)
import understudy
from clients_hold import Clients  # noqa: F401
from tls_hold import CrowdsOverTls  # noqa: F401
from upstream_hold import WhileStsFails  # noqa: F401

if __name__ == "__main__":
    understudy.main()
