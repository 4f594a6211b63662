#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Check that po/POTFILES.in lists exactly the sources with messages, and that the catalogues are sound."""

import re
import shutil
import tempfile
from pathlib import Path
from typing import Iterator, List

from tap import ROOT, Report, project_files, read, run

MARKED = re.compile(r'\b(?:_|N_|Q_|C_|NC_|(?:g_d?n?p?|n)gettext)\s*\(\s*"')
# xgettext ends a message at such a name, so that it would never be found in a catalogue.
CUT = re.compile(r'\b_\s*\((?:\s*"(?:\\.|[^"\\])*")+\s*G_\w+')


def listed() -> List[str]:
    lines = (line.strip() for line in read(Path("po/POTFILES.in")).splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def difference() -> Iterator[str]:
    names = listed()
    marked = {path.as_posix() for path in project_files()
              if path.suffix == ".c" and path.parts[0] == "sockarch" and MARKED.search(read(path))}
    for name in sorted(marked - set(names)):
        yield f"{name} has messages and is not in po/POTFILES.in"
    for name in sorted(set(names) - marked):
        yield f"{name} is in po/POTFILES.in and has no messages"
    if names != sorted(names):
        yield "po/POTFILES.in is not in the order of the alphabet"


def cut_short() -> Iterator[str]:
    for name in listed():
        text = read(Path(name)) if (ROOT / name).exists() else ""
        for match in CUT.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            yield f"{name}:{line}: a macro of GLib cuts the message short: use PRIu64 and its like, or %zu"


def extraction() -> Iterator[str]:
    if not listed():
        return
    with tempfile.NamedTemporaryFile(suffix=".pot") as catalogue:
        done = run("xgettext", "--from-code=UTF-8", "--keyword=_", "--keyword=N_", "--force-po",
                   "--output", catalogue.name, *listed())
        if done.returncode != 0 or done.stdout:
            yield done.stdout or "xgettext failed"


def translation(path: Path) -> Iterator[str]:
    done = run("msgfmt", "--check", "--output-file=/dev/null", path)
    if done.returncode != 0:
        yield done.stdout


def main() -> None:
    report = Report()
    report.result("POTFILES.in is complete", difference())
    report.result("messages are whole", cut_short())
    if shutil.which("xgettext") is None:
        report.skip("messages can be extracted", "xgettext is not installed")
        report.end()
    report.result("messages can be extracted", extraction())
    for path in sorted((ROOT / "po").glob("*.po")):
        report.result(f"{path.name} is sound", translation(path))
    report.end()


if __name__ == "__main__":
    main()
