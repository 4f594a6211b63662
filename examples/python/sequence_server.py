#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The server's column of the sequence of operations. Usage: sequence_server.py [CLIENTS]"""

import hashlib
import sys

import gi

gi.require_version("Sockarch", "1.0")
from gi.repository import Gio, GLib, Sockarch

from sequence import SCALARS, Row, literal, show


def answer_values(incoming, outgoing):
    for index, (name, _) in enumerate(SCALARS):
        value = getattr(incoming, "read_" + name)()
        show(Row.SCALARS + index, f"in.read_{name} () = {literal(value)}")
        getattr(outgoing, "write_" + name)(value)

    narrow = incoming.read_string()
    show(Row.NARROW, f'in.read_string () = "{narrow}"')
    wide = incoming.read_string()
    show(Row.WIDE, f'in.read_string () = "{wide}"')
    outgoing.set_string_form(Sockarch.StringForm.NARROW)
    outgoing.write_string(narrow)
    outgoing.set_string_form(Sockarch.StringForm.WIDE)
    outgoing.write_string(wide)
    show(Row.ANSWER, "out.write_… () the same; out.flush ()")
    outgoing.flush()


def answer_text(incoming, outgoing):
    lines = [incoming.read_string() for _ in range(incoming.read_count())]
    checksum = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    show(Row.TEXT, f"in.read_string () × {len(lines)}")
    show(Row.CHECKSUM, f'out.write_string ("{checksum[:16]}…")')
    outgoing.write_string(checksum)
    outgoing.flush()


def serve(peer):
    file = Sockarch.SocketFile.new(peer)
    show(Row.FILE, "file = SocketFile (peer)")
    incoming = Sockarch.Archive.new(file, Sockarch.ArchiveMode.LOAD)
    outgoing = Sockarch.Archive.new(file, Sockarch.ArchiveMode.STORE)
    show(Row.ARCHIVES, "in, out = Archive (file, LOAD), Archive (file, STORE)")

    answer_values(incoming, outgoing)
    answer_text(incoming, outgoing)
    try:
        incoming.read_uint8()
    except GLib.Error as error:
        if not error.matches(Sockarch.archive_error_quark(), Sockarch.ArchiveError.END_OF_FILE):
            raise
        show(Row.END, "in: end of file; peer.close ()")
    outgoing.close()
    peer.close()


def main():
    server = Sockarch.Socket()
    show(Row.SOCKET, "server = Socket ()")
    server.create(0, Gio.SocketType.STREAM, None)
    show(Row.CREATE, "server.create (0)")
    server.listen()
    show(Row.LISTEN, "server.listen ()")
    print(f"port\t{server.get_local_port()}", flush=True)

    for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 1):
        peer = server.accept()
        show(Row.ACCEPT, "peer = server.accept ()")
        serve(peer)


if __name__ == "__main__":
    try:
        main()
    except (GLib.Error, ValueError) as error:
        sys.exit(f"sequence_server.py: {error}")
