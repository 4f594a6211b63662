#!/usr/bin/env -S gjs -m
// SPDX-FileCopyrightText: 2026 The sockarch authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The server's column of the sequence of operations. Usage: sequence-server.js [CLIENTS]

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Sockarch from 'gi://Sockarch?version=1.0';

import {SCALARS, Row, literal, show} from './sequence.js';

function answerValues(incoming, outgoing) {
    SCALARS.forEach(([name], index) => {
        const value = incoming[`read_${name}`]();
        show(Row.SCALARS + index, `in.read_${name} () = ${literal(value)}`);
        outgoing[`write_${name}`](value);
    });

    const narrow = incoming.read_string();
    show(Row.NARROW, `in.read_string () = "${narrow}"`);
    const wide = incoming.read_string();
    show(Row.WIDE, `in.read_string () = "${wide}"`);
    outgoing.set_string_form(Sockarch.StringForm.NARROW);
    outgoing.write_string(narrow);
    outgoing.set_string_form(Sockarch.StringForm.WIDE);
    outgoing.write_string(wide);
    show(Row.ANSWER, 'out.write_… () the same; out.flush ()');
    outgoing.flush();
}

function answerText(incoming, outgoing) {
    const count = incoming.read_count();
    const lines = [];
    while (lines.length < count)
        lines.push(incoming.read_string());
    const checksum = GLib.compute_checksum_for_string(GLib.ChecksumType.SHA256, lines.join('\n'), -1);
    show(Row.TEXT, `in.read_string () × ${lines.length}`);
    show(Row.CHECKSUM, `out.write_string ("${checksum.slice(0, 16)}…")`);
    outgoing.write_string(checksum);
    outgoing.flush();
}

function serve(peer) {
    const file = Sockarch.SocketFile.new(peer);
    show(Row.FILE, 'file = SocketFile (peer)');
    const incoming = Sockarch.Archive.new(file, Sockarch.ArchiveMode.LOAD);
    const outgoing = Sockarch.Archive.new(file, Sockarch.ArchiveMode.STORE);
    show(Row.ARCHIVES, 'in, out = Archive (file, LOAD), Archive (file, STORE)');

    answerValues(incoming, outgoing);
    answerText(incoming, outgoing);
    try {
        incoming.read_uint8();
    } catch (error) {
        if (!error.matches(Sockarch.ArchiveError, Sockarch.ArchiveError.END_OF_FILE))
            throw error;
        show(Row.END, 'in: end of file; peer.close ()');
    }
    outgoing.close();
    peer.close();
}

const server = new Sockarch.Socket();
show(Row.SOCKET, 'server = Socket ()');
server.create(0, Gio.SocketType.STREAM, null);
show(Row.CREATE, 'server.create (0)');
server.listen();
show(Row.LISTEN, 'server.listen ()');
print(`port\t${server.get_local_port()}`);

for (let clients = Number(ARGV[0] ?? 1); clients > 0; clients--) {
    const peer = server.accept(null);
    show(Row.ACCEPT, 'peer = server.accept ()');
    serve(peer);
}
