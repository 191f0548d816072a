"""What the scripts of the peers have in common: they run checks and say a JSON line {"name", "outcome", "note"} of each."""

import json
import traceback


def expect(actual, wanted):
    if actual != wanted:
        raise AssertionError(f"{actual!r} instead of {wanted!r}")


def run_check(name, check, *arguments, log_tail=lambda: ""):
    """Calls check(*arguments) and prints its line; a failed one's note ends with log_tail()."""
    print(json.dumps({"name": name, **_outcome(check, arguments, log_tail)}), flush=True)


def _outcome(check, arguments, log_tail):
    try:
        check(*arguments)
    except Exception as error:  # whatever goes wrong fails this test alone
        where = traceback.extract_tb(error.__traceback__)[-1]
        note = f"{type(error).__name__}: {error} ({where.name}, line {where.lineno})\n{log_tail()}"
        return {"outcome": "failed", "note": note.rstrip()}
    return {"outcome": "passed"}
