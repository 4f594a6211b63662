#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Print a document of MFC's HIERSVR sample as JSON, without a line of C++. Usage: mfc-to-json.py FILE"""

import json
import pathlib
import sys

import gi

gi.require_version("Sockarch", "1.0")
from gi.repository import Gio, GLib, Sockarch


def load(path):
    registry = Sockarch.ClassRegistry.new()
    registry.add_record(
        "CServerNode", 0, "expanded:u16 key:cstring text:cstring image:u16 children:oblist(CServerNode)")
    archive = Sockarch.Archive.new_load_bytes(GLib.Bytes.new(pathlib.Path(path).read_bytes()))
    archive.set_registry(registry)
    document = {"logfont": archive.read_bytes(28), "font": archive.read_string()}
    document["size"] = archive.read_uint32()
    document["root"] = archive.read_embedded("CServerNode")
    if not archive.is_buffer_empty():
        raise ValueError(f"the document ends at byte {archive.get_offset()}, but the file does not")
    return document


class Plain:
    """What JSON has for a value. An object that comes again (it may be part of itself) is a "$ref"."""

    def __init__(self):
        self.seen = {}

    def __call__(self, value):
        if isinstance(value, Sockarch.Record):
            return self.record(value)
        if isinstance(value, Gio.ListModel):
            return [self(item) for item in value]
        return value.get_data().hex(" ") if isinstance(value, GLib.Bytes) else value

    def record(self, record):
        if record in self.seen:
            first = self.seen[record]
            return {"$ref": first.setdefault("$id", 1 + sum("$id" in other for other in self.seen.values()))}
        fields = self.seen[record] = {}
        for name in record.list_fields():
            fields[name] = self(record.get_field(name))
        return fields


def main():
    if len(sys.argv) != 2:
        sys.exit("Usage: mfc-to-json.py FILE")
    try:
        document = load(sys.argv[1])
    except (OSError, ValueError) as error:
        sys.exit(f"mfc-to-json.py: {sys.argv[1]}: {error}")
    except GLib.Error as error:
        sys.exit(f"mfc-to-json.py: {sys.argv[1]}: {error.message}")
    # Objects lie at most 256 deep in each other (SaLimits:depth), and each takes Python a few calls.
    sys.setrecursionlimit(10000)
    plain = Plain()
    document = {name: plain(value) for name, value in document.items()}
    print(json.dumps(document, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
