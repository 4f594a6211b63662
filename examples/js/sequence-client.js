#!/usr/bin/env -S gjs -m
// SPDX-FileCopyrightText: 2026 The sockarch authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The client's column of the sequence of operations. Usage: sequence-client.js HOST PORT TEXT-FILE

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Sockarch from 'gi://Sockarch?version=1.0';
import System from 'system';

import {NARROW, SCALARS, WIDE, Row, literal, show} from './sequence.js';

function sendValues(outgoing) {
    SCALARS.forEach(([name, value], index) => {
        outgoing[`write_${name}`](value);
        show(Row.SCALARS + index, `out.write_${name} (${literal(value)})`);
    });

    outgoing.set_string_form(Sockarch.StringForm.NARROW);
    outgoing.write_string(NARROW);
    show(Row.NARROW, `out.write_string ("${NARROW}") narrow`);
    outgoing.set_string_form(Sockarch.StringForm.WIDE);
    outgoing.write_string(WIDE);
    show(Row.WIDE, `out.write_string ("${WIDE}") wide`);
    outgoing.flush();
}

function checkValues(incoming) {
    for (const [name, value] of SCALARS) {
        const got = incoming[`read_${name}`]();
        if (got !== value)
            throw new Error(`${name}: sent ${value}, came back as ${got}`);
    }
    if (incoming.read_string() !== NARROW || incoming.read_string() !== WIDE)
        throw new Error('the strings came back changed');
    show(Row.ANSWER, `in.read_… (): ${SCALARS.length + 2} values, all equal`);
}

function sendText(incoming, outgoing, path) {
    const [, bytes] = GLib.file_get_contents(path);
    const text = new TextDecoder().decode(bytes);
    const name = GLib.path_get_basename(path);
    const lines = text.split('\n');
    outgoing.write_count(lines.length);
    for (const line of lines)
        outgoing.write_string(line);
    outgoing.flush();
    show(Row.TEXT, `out.write_string (line) × ${lines.length} of ${name}`);

    if (incoming.read_string() !== GLib.compute_checksum_for_string(GLib.ChecksumType.SHA256, text, -1))
        throw new Error(`${name} arrived as another text`);
    show(Row.CHECKSUM, 'in.read_string (): the same SHA-256');
}

if (ARGV.length !== 3) {
    printerr('usage: sequence-client.js HOST PORT TEXT-FILE');
    System.exit(1);
}

const [host, port, path] = ARGV;
const client = new Sockarch.Socket();
show(Row.SOCKET, 'client = Socket ()');
client.create(0, Gio.SocketType.STREAM, null);
show(Row.CREATE, 'client.create (0)');
client.connect_to_host(host, Number(port), null);
show(Row.CONNECT, `client.connect_to_host ("${host}", ${port})`);
const file = Sockarch.SocketFile.new(client);
show(Row.FILE, 'file = SocketFile (client)');
const incoming = Sockarch.Archive.new(file, Sockarch.ArchiveMode.LOAD);
const outgoing = Sockarch.Archive.new(file, Sockarch.ArchiveMode.STORE);
show(Row.ARCHIVES, 'in, out = Archive (file, LOAD), Archive (file, STORE)');

sendValues(outgoing);
checkValues(incoming);
sendText(incoming, outgoing, path);
show(Row.END, 'out.close (); client.close ()');
outgoing.close();
client.close();
