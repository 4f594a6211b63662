#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Write the sections file of gtk-doc: one section for each public header, its symbols in the header's order.

gtk-doc can do so by itself, but does not find the macros that G_DECLARE_FINAL_TYPE() makes, and shows them.
"""

import re
import sys
from pathlib import Path
from typing import Dict, Iterator, List

DECLARE = re.compile(r"^G_DECLARE_(\w+?)(?:_TYPE)? \(\s*(\w+),\s*(\w+),\s*(\w+),\s*(\w+),", re.MULTILINE)
PUBLIC = (
    # A function or a variable that is exported; a type; a macro.
    re.compile(r"^SA_AVAILABLE_IN_\w+\s+(?!G_DECLARE)[^;{(]*?\b(\w+)(?: \(|;|\[)", re.MULTILINE),
    re.compile(r"^\} (Sa\w+);", re.MULTILINE),
    re.compile(r"^struct _(Sa\w+)\s*\{", re.MULTILINE),
    re.compile(r"^typedef struct _(Sa\w+) \1;", re.MULTILINE),
    re.compile(r"^typedef [^;{]*\(\*(Sa\w+)\)", re.MULTILINE),
    re.compile(r"^# *define (SA_\w+)", re.MULTILINE),
)
# The umbrella and the forward declarations have nothing of their own to tell.
LEFT_OUT = ("sockarch", "sa-types")
SHOWN_WITH = {"sa-version-macros": "sa-version"}
INLINE = re.compile(r"^static inline [^;{]*?\b(sa_\w+) \(", re.MULTILINE)


class Section:
    def __init__(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        self.name = SHOWN_WITH.get(path.stem, path.stem)
        self.documented = set(re.findall(r"^ *\* (\w+):", text, re.MULTILINE))
        code = re.sub(r"/\*.*?\*/", lambda comment: re.sub(r"[^\n]", " ", comment[0]), text, flags=re.DOTALL)
        self.types: List[str] = []
        self.standard: List[str] = []
        positions: Dict[str, int] = {}
        for match in DECLARE.finditer(code):
            self.declare(*match.groups())
            positions.setdefault(match[2], match.start())
        for pattern in PUBLIC:
            for match in pattern.finditer(code):
                positions.setdefault(match[1], match.start())
        found = sorted(positions, key=positions.get)
        self.public = [name for name in found if self.is_public(name)]
        self.private = [name for name in [*found, *INLINE.findall(code)]
                        if name not in self.public and name not in self.standard]

    def declare(self, kind: str, camel: str, lower: str, module: str, upper: str) -> None:
        self.types.append(camel)
        names = [f"{module}_TYPE_{upper}", f"{module}_{upper}", f"{module}_IS_{upper}", f"{lower}_get_type"]
        if kind == "DERIVABLE":
            names += [f"{module}_{upper}_CLASS", f"{module}_IS_{upper}_CLASS", f"{module}_{upper}_GET_CLASS"]
        if kind == "INTERFACE":
            names.append(f"{module}_{upper}_GET_IFACE")
        self.standard += names

    def is_public(self, name: str) -> bool:
        if name in self.standard:
            return False
        plain_struct = name.endswith(("Class", "Interface"))
        return (not plain_struct and not name.startswith("SA_")) or name in self.documented

    def add(self, other: "Section") -> None:
        self.types += other.types
        self.public += other.public
        self.standard += other.standard
        self.private += other.private

    def lines(self) -> Iterator[str]:
        yield from ("<SECTION>", f"<FILE>{self.name}</FILE>")
        if len(self.types) == 1:
            yield f"<TITLE>{self.types[0]}</TITLE>"
        yield from self.public
        if self.standard:
            yield from ("<SUBSECTION Standard>", *self.standard)
        if self.private:
            yield from ("<SUBSECTION Private>", *dict.fromkeys(self.private))
        yield from ("</SECTION>", "")


def main() -> None:
    output, *headers = sys.argv[1:]
    sections: Dict[str, Section] = {}
    for path in map(Path, headers):
        section = Section(path)
        if path.stem in LEFT_OUT or not (section.public or section.standard):
            continue
        if section.name in sections:
            sections[section.name].add(section)
        else:
            sections[section.name] = section
    with open(output, "w", encoding="utf-8") as file:
        for section in sections.values():
            file.write("\n".join(section.lines()) + "\n")


if __name__ == "__main__":
    main()
