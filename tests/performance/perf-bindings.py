# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a value costs from Python: by a call each, by one call for a list, and as raw bytes.

    ./dev shell python3 tests/performance/perf-bindings.py

Beside it stands Python's own struct. Nearly all of the time is the binding's, which makes each value an
object.
"""
import struct
import time

import gi

gi.require_version("Sockarch", "1.0")
from gi.repository import Sockarch  # noqa: E402

COUNT = 100000
ROUNDS = 7
VALUES = list(range(COUNT))
RAW = struct.pack(f"<{COUNT}I", *VALUES)


def measure(what, function):
    """The best of some rounds, in nanoseconds a value."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter_ns()
        function()
        best = min(best, time.perf_counter_ns() - start)
    print(f"{what:28} {best / COUNT:7.2f} ns a value")


def load():
    return Sockarch.Archive.new_load_bytes(BYTES)


def write_each():
    archive = Sockarch.Archive.new_store_bytes()
    for value in VALUES:
        archive.write_uint32(value)


def read_each():
    archive = load()
    for _ in VALUES:
        archive.read_uint32()


def write_list():
    archive = Sockarch.Archive.new_store_bytes()
    archive.write_uint32_array(VALUES)
    return archive


BYTES = write_list().steal_bytes()
measure("write, a call each", write_each)
measure("read, a call each", read_each)
measure("write a list", write_list)
measure("read a list", lambda: load().read_uint32_array(COUNT))
measure("write bytes", lambda: Sockarch.Archive.new_store_bytes().write_data(RAW))
measure("read bytes", lambda: load().read_data(len(RAW)))
measure("struct.pack", lambda: struct.pack(f"<{COUNT}I", *VALUES))
measure("struct.unpack, to a list", lambda: list(struct.unpack(f"<{COUNT}I", RAW)))
