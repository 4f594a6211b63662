#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Print a document of MFC's HIERSVR sample as JSON, without a line of C++: mfc-to-json.py FILE"""

import json
import sys

import gi

gi.require_version("Sockarch", "1.0")
from gi.repository import Gio, Sockarch


def plain(value):
    if isinstance(value, Sockarch.Record):
        return {name: plain(value.get_field(name)) for name in value.list_fields()}
    return [plain(item) for item in value] if isinstance(value, Gio.ListModel) else value


registry = Sockarch.ClassRegistry.new()
registry.add_record(
    "CServerNode", 0, "expanded:u16 key:cstring text:cstring image:u16 children:oblist(CServerNode)")
archive = Sockarch.Archive.new_load(Gio.File.new_for_path(sys.argv[1]).read(None))
archive.set_registry(registry)
archive.read_bytes(28)  # the head of a LOGFONT
document = {"font": archive.read_string(), "size": archive.read_uint32()}
document["root"] = plain(archive.read_embedded("CServerNode"))
json.dump(document, sys.stdout, indent=1, ensure_ascii=False)
print()
