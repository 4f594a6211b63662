#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Print the totals of single results in the log that `meson test` has left: N passed, N failed, N skipped.

Meson itself counts programs. A TAP program counts here with each of its results; one that fails although none
of its results did (a crash, a time-out, a plan that was not kept) counts as one more failure.
"""

import json
import re
import sys
from collections import Counter
from typing import Iterator

PLAN = re.compile(r"^1\.\.\d+", re.MULTILINE)
RESULT = re.compile(r"^(?P<not>not )?ok\b[^#\n]*(?:#\s*(?P<directive>SKIP|TODO)?)?", re.M | re.I)
SOUND = ("OK", "EXPECTEDFAIL")


def results(test: dict) -> Iterator[str]:
    """Give the results of one program."""
    output = test.get("stdout") or ""
    found = 0
    if PLAN.search(output) or RESULT.search(output):
        for match in RESULT.finditer(output):
            found += 1
            directive = (match["directive"] or "").upper()
            if directive == "SKIP":
                yield "skipped"
            elif match["not"] and directive != "TODO":
                yield "failed"
            else:
                yield "passed"
    if test["result"] == "SKIP":
        if not found:
            yield "skipped"
    elif test["result"] not in SOUND:
        yield "failed program"
    elif not found:
        yield "passed"


def main() -> int:
    totals: Counter = Counter()
    try:
        with open(sys.argv[1], encoding="utf-8") as log:
            tests = [json.loads(line) for line in log]
    except (OSError, IndexError):
        print("no test was run", file=sys.stderr)
        return 1
    for test in tests:
        counts = Counter(results(test))
        # The program's own failure is told by its results, when one of them failed.
        if counts.pop("failed program", 0) and not counts["failed"]:
            counts["failed"] = 1
        totals += counts
    print(f"{totals['passed']} passed, {totals['failed']} failed, {totals['skipped']} skipped")
    return 1 if totals["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
