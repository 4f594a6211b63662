#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Check the texts of the project: width, white space, length, and words that do not belong in them."""

import re
from pathlib import Path
from typing import Callable, Iterator, List

from tap import ROOT, Report, project_files, read

WIDTH = 110
# A file of the library is read from top to bottom; the stories of a test program are read one by one.
LENGTH = 800
TEST_LENGTH = 1500

CODE = {".c", ".h", ".cc", ".in", ".py", ".js", ".vala", ".sh", ".build"}
NOT_OURS = ("COPYING", "LICENSES/", "tests/fuzz/corpus/")

MACHINE_PATH = re.compile(r"(?<![\w./<>-])/(?:work|root|home|Users)/\w")
PLAIN_TYPES = re.compile(r"\bg(?:char|int|short|long|float|double)\b")


def is_text(path: Path) -> bool:
    name = path.as_posix()
    if name.startswith(NOT_OURS) or "/data/" in name or path.suffix in (".po", ".bin"):
        return False
    return b"\0" not in (ROOT / path).read_bytes()


def without_comments(text: str) -> str:
    """Blank C comments and strings, and keep the lines where they are."""
    pattern = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', re.DOTALL)
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def lines_where(paths: List[Path], wrong: Callable[[str], object], clean: bool = False) -> Iterator[str]:
    for path in paths:
        text = without_comments(read(path)) if clean else read(path)
        for number, line in enumerate(text.split("\n"), 1):
            if wrong(line):
                yield f"{path}:{number}: {line.strip()[:80]}"


def first_include(path: Path) -> str:
    found = re.search(r"^#\s*include\s+(\S+)", read(path), re.MULTILINE)
    return found[1] if found else ""


def deaf_programs() -> Iterator[str]:
    """Programs that are run by single bytes, and do not know."""
    table = read(Path("tests/net/meson.build"))
    for name, rest in re.findall(r"\{'name': '([^']+)'(.*)\}", table):
        path = Path("tests/net") / f"test-{name}.c"
        if "'one_byte': false" not in rest and "test_use_one_byte ()" not in read(path):
            yield f"{path}: neither calls test_use_one_byte () nor has 'one_byte': false in meson.build"


def main() -> None:
    report = Report()
    texts = [path for path in project_files() if is_text(path)]
    code = [path for path in texts if path.suffix in CODE or path.as_posix() in ("dev", ".ci/run")]
    c_code = [path for path in texts if path.suffix in (".c", ".h")]
    library = [path for path in c_code if path.parts[0] == "sockarch"]

    report.result("no tabs", lines_where(texts, lambda line: "\t" in line))
    report.result("no white space at the end of a line",
                  lines_where(texts, lambda line: line != line.rstrip()))
    report.result("one new line at the end of a file",
                  (path for path in texts if not re.search(r"[^\n]\n\Z", read(path) or "x\n")))
    report.result(f"at most {WIDTH} columns", lines_where(code, lambda line: len(line) > WIDTH))
    report.result(f"at most {LENGTH} lines in a file, {TEST_LENGTH} in a test",
                  (f"{path}: {read(path).count(chr(10))} lines" for path in c_code
                   if read(path).count("\n") > (TEST_LENGTH if path.parts[0] == "tests" else LENGTH)))
    report.result("no marks of a merge", lines_where(texts, re.compile(r"^(<{7}|>{7}) ").match))
    report.result("no goto", lines_where(c_code, re.compile(r"\bgoto\b").search, clean=True))
    report.result("char and int, not gchar and gint", lines_where(c_code, PLAIN_TYPES.search, clean=True))
    report.result("no paths of somebody's machine", lines_where(texts, MACHINE_PATH.search))
    report.result("#pragma once in each header",
                  (path for path in c_code if path.suffix == ".h" and "#pragma once" not in read(path)))
    report.result("config.h first in each source of the library",
                  (path for path in library if path.suffix == ".c" and first_include(path) != '"config.h"'))
    report.result("each program of sockets runs by single bytes, or says why not", deaf_programs())
    report.end()


if __name__ == "__main__":
    main()
