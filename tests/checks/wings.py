#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Check that the two wings, net/ and archive/, never look at each other, and who may include what."""

import re
from pathlib import Path
from typing import Iterator, List, Tuple

from source import without_comments
from tap import Report, project_files, read

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+([<"])([^>"]+)[>"]', re.MULTILINE)
OURS = re.compile(r"(?:config\.h|sockarch/(?:net/|archive/)?sa-[a-z0-9-]+\.h)")
ARCHIVE_NAMES = re.compile(r"\b(?:sa_(?:archive|wire|class_registry|serializable|limits|record)_|"
                           r"SA_(?:IS_)?ARCHIVE\b|Sa(?:Archive|ClassRegistry|Serializable|Limits|Record))")
NET_NAMES = re.compile(r"\b(?:sa_(?:socket|poller)_|SA_(?:IS_)?SOCKET|Sa(?:Socket|Poller))")


def includes(path: Path) -> List[Tuple[str, str]]:
    return INCLUDE.findall(re.sub(r"/\*.*?\*/", "", read(path), flags=re.DOTALL))


def wing(path: Path) -> str:
    return path.parts[1] if len(path.parts) == 3 else "ground"


def foreign_includes(paths: List[Path], forbidden: str) -> Iterator[str]:
    for path in paths:
        for _, name in includes(path):
            if name.startswith(f"sockarch/{forbidden}/") or f"../{forbidden}/" in name:
                yield f"{path} includes {name}"


def foreign_names(paths: List[Path], names: re.Pattern) -> Iterator[str]:
    for path in paths:
        for number, line in enumerate(without_comments(read(path)).split("\n"), 1):
            if names.search(line):
                yield f"{path}:{number}: {line.strip()}"


def strange_includes(paths: List[Path]) -> Iterator[str]:
    """Quoted: the library's own, by the path from the root. In angles: the system's too."""
    for path in paths:
        for mark, name in includes(path):
            own = OURS.fullmatch(name)
            if (mark == '"' and not own) or (mark == "<" and name.startswith(("sockarch/", ".")) and not own):
                yield f"{path} includes {name}"


def private_includes(headers: List[Path]) -> Iterator[str]:
    for path in headers:
        for _, name in includes(path):
            if name == "config.h" or name.endswith("-private.h"):
                yield f"{path}, which is installed, includes {name}"


def main() -> None:
    report = Report()
    paths = [path for path in project_files() if path.parts[0] == "sockarch" and path.suffix in (".c", ".h")]
    inside = [path for path in paths if path.name != "sockarch.h"]
    rooms = {name: [path for path in inside if wing(path) == name] for name in ("ground", "net", "archive")}
    public = [path for path in paths if path.suffix == ".h" and not path.name.endswith("-private.h")]

    report.result("each wing has files", (name for name, files in rooms.items() if not files))
    report.result("net/ does not include archive/", foreign_includes(rooms["net"], "archive"))
    report.result("archive/ does not include net/", foreign_includes(rooms["archive"], "net"))
    report.result("net/ does not name what is in archive/", foreign_names(rooms["net"], ARCHIVE_NAMES))
    report.result("archive/ does not name what is in net/", foreign_names(rooms["archive"], NET_NAMES))
    for room in ("net", "archive"):
        report.result(f"the ground floor does not include {room}/", foreign_includes(rooms["ground"], room))
    report.result("only the library's own headers and the system's", strange_includes(inside))
    report.result("public headers include no private ones", private_includes(public))
    report.result("the umbrella includes every public header",
                  umbrella(next(path for path in paths if path.name == "sockarch.h"), public))
    report.end()


def umbrella(path: Path, public: List[Path]) -> Iterator[str]:
    named = [name for _, name in includes(path)]
    wanted = {header.as_posix(): header for header in public}
    # A header may also be there because another one includes it.
    reached = {path.as_posix()}
    waiting = [path]
    while waiting:
        for _, name in includes(waiting.pop()):
            if name in wanted and name not in reached:
                reached.add(name)
                waiting.append(wanted[name])
    for name in sorted(set(wanted) - reached):
        yield f"{name} is missing"
    for name in sorted({name for name in named if named.count(name) > 1}):
        yield f"{name} is there more than once"


if __name__ == "__main__":
    main()
