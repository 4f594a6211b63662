#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Read the introspection data as bindings do, and find what would be unusable, unfinished or unsaid in them.

Arguments: the GIR file, the shared library, and the version of the project.
"""

import keyword
import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Iterable, Iterator, List, Set

from tap import Report, project_files, read, run

CORE = "{http://www.gtk.org/introspection/core/1.0}"
C = "{http://www.gtk.org/introspection/c/1.0}"
GLIB = "{http://www.gtk.org/introspection/glib/1.0}"

CALLABLES = [CORE + kind for kind in ("constructor", "function", "method")]
TYPES = [CORE + kind for kind in ("class", "interface", "record", "enumeration", "bitfield", "callback")]

# Members that GObject has in Python or GJS: a method of such a name hides one of these, and then `connect`
# swallows signal handlers without a word.
RESERVED = set("""connect connect_after connect_object connect_data disconnect emit notify set get_property
  set_property props ref unref ref_count qdata chain newv getv bind_property freeze_notify thaw_notify
  handler_block handler_unblock handler_disconnect stop_emission watch_closure weak_ref is_floating
  find_property list_properties install_property override_property run_dispose steal_data set_data get_data
  block_signal_handler constructor toString valueOf hasOwnProperty print exec""".split())
RESERVED |= set(keyword.kwlist)

# Exported on purpose without being in the GIR.
EXTRA_EXPORTS: Set[str] = set()
# In the GIR as functions, and inline in the headers on purpose: there is nothing to export.
INLINE: Set[str] = set()


class Gir:
    def __init__(self, path: str) -> None:
        self.namespace = ElementTree.parse(path).getroot().find(CORE + "namespace")
        self.types = [node for node in self.namespace
                      if node.tag in TYPES and node.get(GLIB + "is-gtype-struct-for") is None]
        self.containers = [self.namespace, *self.types]
        self.objects = [node for node in self.types if node.tag in (CORE + "class", CORE + "interface")]

    def callables(self) -> Iterator[ElementTree.Element]:
        for container in self.containers:
            yield from members(container, CALLABLES)

    def symbols(self) -> Set[str]:
        types = {node.get(GLIB + "get-type") for node in self.types} - {None, "intern"}
        return types | {node.get(C + "identifier") for node in self.callables()}


def members(node: ElementTree.Element, tags: Iterable[str]) -> List[ElementTree.Element]:
    return [child for child in node if child.tag in tags]


def names(node: ElementTree.Element, *tags: str) -> Set[str]:
    """Give the names of members as bindings see them: a function that shadows another takes its name."""
    found = members(node, tags)
    return {(child.get("shadows") or child.get("name")).replace("-", "_")
            for child in found if child.get("shadowed-by") is None}


def label(node: ElementTree.Element, container: ElementTree.Element) -> str:
    return node.get(C + "identifier") or f"{container.get('name')}:{node.get('name')}"


def reserved(gir: Gir) -> Iterator[str]:
    for node in gir.objects:
        for name in sorted(names(node, *CALLABLES, CORE + "property", GLIB + "signal") & RESERVED):
            yield f"{node.get('name')}.{name} hides a member that every object has, or is a word of Python"


def clashes(gir: Gir) -> Iterator[str]:
    for node in gir.objects:
        methods = names(node, *CALLABLES)
        properties = names(node, CORE + "property")
        signals = names(node, GLIB + "signal")
        for kinds, both in (("method and property", methods & properties),
                            ("method and signal", methods & signals),
                            ("property and signal", properties & signals)):
            for name in sorted(both):
                yield f"{node.get('name')}.{name} is both {kinds}"


def unspeakable(gir: Gir) -> Iterator[str]:
    """Find values of enumerations that a program in Python or JavaScript cannot name."""
    for node in gir.types:
        for member in members(node, [CORE + "member"]):
            if not member.get("name").isidentifier() or keyword.iskeyword(member.get("name")):
                yield f"{member.get(C + 'identifier')} is “{member.get('name')}” in bindings, no name"


def unfinished(gir: Gir) -> Iterator[str]:
    """Find halves of asynchronous calls."""
    for container in gir.containers:
        have = names(container, *CALLABLES)
        for name in sorted(have):
            if name.endswith("_async") and name[:-6] + "_finish" not in have:
                yield f"{container.get('name')}.{name} has no {name[:-6]}_finish"
            if name.endswith("_finish") and name[:-7] + "_async" not in have:
                yield f"{container.get('name')}.{name} has no {name[:-7]}_async"


def exported(library: str) -> Set[str]:
    done = run("nm", "-D", "--defined-only", library)
    if done.returncode:
        sys.exit(f"Bail out! {done.stdout}")
    return {line.split()[-1].split("@")[0] for line in done.stdout.splitlines() if line.strip()}


def undocumented(gir: Gir) -> Iterator[str]:
    said = [CORE + "property", GLIB + "signal", *CALLABLES, CORE + "constant", CORE + "function-macro"]
    for container in gir.containers:
        for node in members(container, said):
            yield from unsaid(node, label(node, container))
    for node in gir.types:
        yield from unsaid(node, node.get("name"))
        for member in members(node, [CORE + "member"]):
            if member.find(CORE + "doc") is None:
                yield f"{member.get(C + 'identifier')} is not described"


def unsaid(node: ElementTree.Element, name: str) -> Iterator[str]:
    if node.find(CORE + "doc") is None:
        yield f"{name} is not described"
    elif node.get("version") is None:
        yield f"{name} does not say since when it is there"


def from_the_future(gir: Gir, version: str) -> Iterator[str]:
    now = tuple(int(part) for part in version.split(".")[:2])
    for node in gir.namespace.iter():
        since = node.get("version")
        if since is None or node is gir.namespace:
            continue
        if not re.fullmatch(r"\d+\.\d+", since) or tuple(map(int, since.split("."))) > now:
            name = node.get(C + "identifier") or node.get("name")
            yield f"{name} is there since {since}, and this is {version}"


def lost(gir: Gir) -> Iterator[str]:
    """Find functions that bindings do not see although nobody has said (skip)."""
    comments = "\n".join(read(path) for path in project_files()
                         if path.parts[0] == "sockarch" and path.suffix in (".c", ".h"))
    skipped = set(re.findall(r"^ \* (\w+):[^\n]*\(skip\)", comments, re.MULTILINE))
    for node in gir.callables():
        if node.get("introspectable") != "0" or node.get(C + "identifier") in skipped:
            continue
        if node.find(f"{CORE}parameters/{CORE}parameter/{CORE}varargs") is None:
            yield f"{node.get(C + 'identifier')} cannot be called from bindings, and is not marked (skip)"


def main() -> None:
    path, library, version = sys.argv[1:4]
    gir = Gir(path)
    report = Report()
    report.result("there is something in it", [] if len(gir.types) > 3 else [f"{Path(path).name} is empty"])
    report.result("no reserved names", reserved(gir))
    report.result("no name is two things", clashes(gir))
    report.result("every value can be named", unspeakable(gir))
    report.result("each _async has its _finish", unfinished(gir))
    symbols, exports = gir.symbols(), exported(library)
    report.result("what is exported is in the GIR", sorted(exports - symbols - EXTRA_EXPORTS))
    report.result("what is in the GIR is exported", sorted(symbols - exports - INLINE))
    report.result("everything is described, with its version", undocumented(gir))
    report.result("nothing is newer than the project", from_the_future(gir, version))
    report.result("nothing is lost to bindings unsaid", lost(gir))
    report.end()


if __name__ == "__main__":
    main()
