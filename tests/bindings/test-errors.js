// SPDX-FileCopyrightText: 2026 The sockarch authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What a JavaScript user sees when things go wrong: one clear error each.

import Gio from 'gi://Gio';
import Sockarch from 'gi://Sockarch?version=1.0';

import {assert, assertThrows, finish, test} from './harness.js';

function assertError(call, domain, code, ...words) {
    const error = assertThrows(call, domain, code);
    for (const word of words)
        assert(error.message.includes(word), `"${word}" is not in: ${error.message}`);
}

// A listener and its first peer: what is sent here arrives there, then the connection ends.
function loadFrom(bytes) {
    const listener = new Sockarch.Socket();
    listener.create(0, Gio.SocketType.STREAM, '127.0.0.1');
    listener.listen();
    const client = new Sockarch.Socket({timeout: 10000});
    client.connect_to_host('127.0.0.1', listener.get_local_port(), null);
    const peer = listener.accept(null);
    peer.send(bytes, null);
    peer.close();
    return Sockarch.Archive.new(Sockarch.SocketFile.new(client), Sockarch.ArchiveMode.LOAD);
}

await test('bad port', () => {
    const sock = new Sockarch.Socket();
    assertError(() => sock.create(70000, Gio.SocketType.STREAM, null),
        Gio.IOErrorEnum, Gio.IOErrorEnum.INVALID_ARGUMENT, '70000');
});

await test('refused', () => {
    const listener = new Sockarch.Socket();
    listener.create(0, Gio.SocketType.STREAM, '127.0.0.1');
    listener.listen();
    const port = listener.get_local_port();
    listener.close();
    const sock = new Sockarch.Socket({timeout: 10000});
    assertError(() => sock.connect_to_host('127.0.0.1', port, null),
        Gio.IOErrorEnum, Gio.IOErrorEnum.CONNECTION_REFUSED, '127.0.0.1', `${port}`);
});

await test('unknown host', () => {
    const sock = new Sockarch.Socket({timeout: 20000});
    const error = assertThrows(() => sock.connect_to_host('no-such-host.invalid', 7, null));
    assert(error instanceof Gio.ResolverError, `a resolver error, not: ${error}`);
    assert(error.message.includes('no-such-host.invalid'), error.message);
});

await test('vanishes in mid-string', () => {
    const archive = loadFrom(Uint8Array.of(11, 104, 97, 108, 102));
    assertError(() => archive.read_string(),
        Sockarch.ArchiveError, Sockarch.ArchiveError.END_OF_FILE);
});

await test('not an archive', () => {
    const archive = loadFrom(new TextEncoder().encode('HTTP/1.1 400 Bad Request\r\n\r\n'));
    assertError(() => archive.read_object(Sockarch.Record.$gtype),
        Sockarch.ArchiveError, Sockarch.ArchiveError.BAD_INDEX);
});

await test('lying length', () => {
    const archive = loadFrom(Uint8Array.of(255, 255, 255, 255, 255, 255, 127, 120));
    assertError(() => archive.read_string(),
        Sockarch.ArchiveError, Sockarch.ArchiveError.LIMIT);
});

await test('wrong direction', () => {
    const archive = Sockarch.Archive.new_store_bytes();
    assertError(() => archive.read_uint8(),
        Sockarch.ArchiveError, Sockarch.ArchiveError.WRITE_ONLY);
});

await test('datagram and file', () => {
    const sock = new Sockarch.Socket();
    sock.create(0, Gio.SocketType.DATAGRAM, '127.0.0.1');
    assertError(() => Sockarch.SocketFile.new(sock),
        Gio.IOErrorEnum, Gio.IOErrorEnum.NOT_SUPPORTED);
});

finish();
