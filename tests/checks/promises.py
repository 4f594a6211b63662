#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Check that every test that tests/README.md names is there, and that each promise names one.

promises.py FOLDER, where the programs of the tests were built.
"""

import re
import sys
from pathlib import Path
from typing import Iterator, List, Set

from tap import ROOT, Report, read, run

README = Path("tests/README.md")
CASE = re.compile(r"`(/[\w/*-]+|test[\w-]+\.(?:py|js):[^`]+)`")


def built_cases(folder: Path) -> Set[str]:
    """Give the paths that the programs of C list."""
    cases: Set[str] = set()
    for program in sorted(folder.glob("test-*")):
        if program.is_file() and not program.suffix:
            cases.update(line for line in run(program, "-l").stdout.splitlines() if line.startswith("/"))
    return cases


def script_cases(name: str) -> List[str]:
    """Give the names of the tests in a script of the bindings."""
    path = Path("tests/bindings") / name
    if not (ROOT / path).is_file():
        return []
    if path.suffix == ".py":
        return re.findall(r"^    def (test_\w+)", read(path), re.MULTILINE)
    return re.findall(r"^await test\('([^']+)'", read(path), re.MULTILINE)


def has(cases: Set[str], wanted: str) -> bool:
    if wanted.endswith("*"):
        return any(case.startswith(wanted[:-1]) for case in cases)
    return wanted in cases


def missing(names: List[str], cases: Set[str]) -> Iterator[str]:
    for name in names:
        script, _, case = name.partition(":")
        there = has(cases, name) if name.startswith("/") else has(set(script_cases(script)), case)
        if not there:
            yield f"{README}: there is no test {name}"


def without_case(table: str) -> Iterator[str]:
    for line in table.splitlines():
        if line.startswith("| ") and not line.startswith("| promise |") and not CASE.search(line):
            yield f"{README}: no case proves this: {line}"


def main() -> None:
    report = Report()
    cases = built_cases(Path(sys.argv[1]))
    table = read(README).partition("## What proves what")[2]
    names = CASE.findall(table)
    report.result("the programs list their cases", [] if cases else ["no program was built"])
    report.result("the table names cases", [] if len(names) > 50 else [f"only {len(names)} of them"])
    report.result("each promise has a case", without_case(table))
    report.result("each of them is there", missing(names, cases))
    report.end()


if __name__ == "__main__":
    main()
