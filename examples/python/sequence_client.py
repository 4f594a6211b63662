#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The client's column of the sequence of operations. Usage: sequence_client.py HOST PORT TEXT-FILE"""

import hashlib
import pathlib
import sys

import gi

gi.require_version("Sockarch", "1.0")
from gi.repository import Gio, GLib, Sockarch

from sequence import NARROW, SCALARS, WIDE, Row, literal, show


def send_values(outgoing):
    for index, (name, value) in enumerate(SCALARS):
        getattr(outgoing, "write_" + name)(value)
        show(Row.SCALARS + index, f"out.write_{name} ({literal(value)})")

    outgoing.set_string_form(Sockarch.StringForm.NARROW)
    outgoing.write_string(NARROW)
    show(Row.NARROW, f'out.write_string ("{NARROW}") narrow')
    outgoing.set_string_form(Sockarch.StringForm.WIDE)
    outgoing.write_string(WIDE)
    show(Row.WIDE, f'out.write_string ("{WIDE}") wide')
    outgoing.flush()


def check_values(incoming):
    for name, value in SCALARS:
        got = getattr(incoming, "read_" + name)()
        if got != value:
            sys.exit(f"{name}: sent {value}, came back as {got}")
    if (incoming.read_string(), incoming.read_string()) != (NARROW, WIDE):
        sys.exit("the strings came back changed")
    show(Row.ANSWER, f"in.read_… (): {len(SCALARS) + 2} values, all equal")


def send_text(incoming, outgoing, path):
    text = path.read_bytes()
    lines = text.decode().split("\n")
    outgoing.write_count(len(lines))
    for line in lines:
        outgoing.write_string(line)
    outgoing.flush()
    show(Row.TEXT, f"out.write_string (line) × {len(lines)} of {path.name}")

    if incoming.read_string() != hashlib.sha256(text).hexdigest():
        sys.exit(f"{path.name} arrived as another text")
    show(Row.CHECKSUM, "in.read_string (): the same SHA-256")


def main():
    if len(sys.argv) != 4:
        sys.exit("usage: sequence_client.py HOST PORT TEXT-FILE")
    host, port, path = sys.argv[1], int(sys.argv[2]), pathlib.Path(sys.argv[3])

    client = Sockarch.Socket()
    show(Row.SOCKET, "client = Socket ()")
    client.create(0, Gio.SocketType.STREAM, None)
    show(Row.CREATE, "client.create (0)")
    client.connect_to_host(host, port)
    show(Row.CONNECT, f'client.connect_to_host ("{host}", {port})')
    file = Sockarch.SocketFile.new(client)
    show(Row.FILE, "file = SocketFile (client)")
    incoming = Sockarch.Archive.new(file, Sockarch.ArchiveMode.LOAD)
    outgoing = Sockarch.Archive.new(file, Sockarch.ArchiveMode.STORE)
    show(Row.ARCHIVES, "in, out = Archive (file, LOAD), Archive (file, STORE)")

    send_values(outgoing)
    check_values(incoming)
    send_text(incoming, outgoing, path)
    show(Row.END, "out.close (); client.close ()")
    outgoing.close()
    client.close()


if __name__ == "__main__":
    try:
        main()
    except (GLib.Error, OSError, ValueError) as error:
        sys.exit(f"sequence_client.py: {error}")
