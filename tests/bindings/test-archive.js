// SPDX-FileCopyrightText: 2026 The sockarch authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import GLib from 'gi://GLib';
import Sockarch from 'gi://Sockarch?version=1.0';

import {allowUncaught, assertEqual, finish, spin, test, waitUntil} from './harness.js';

function load(data) {
    return Sockarch.Archive.new_load_bytes(new GLib.Bytes(data));
}

function codeOf(call) {
    try {
        call();
    } catch (error) {
        return error.matches(Sockarch.archive_error_quark(), error.code) ? error.code : error.message;
    }
    return 'no error';
}

await test('numbers', () => {
    const out = Sockarch.Archive.new_store_bytes();
    const values = [['int8', -2], ['uint8', 255], ['int16', -2], ['uint16', 65535], ['int32', -2],
        ['uint32', 4294967295], ['int64', -2], ['uint64', 2 ** 40], ['float', 1.5], ['double', 0.1],
        ['boolean', true], ['boolean32', true], ['count', 65535], ['varint', 300]];

    for (const [kind, value] of values)
        assertEqual(out[`write_${kind}`](value), true);

    const archive = Sockarch.Archive.new_load_bytes(out.steal_bytes());

    for (const [kind, value] of values)
        assertEqual(archive[`read_${kind}`](), value);
});

await test('strings and raw bytes', () => {
    const out = Sockarch.Archive.new_store_bytes();

    out.write_string('Zoë – 日本 😀');
    out.write_data(new Uint8Array([1, 2, 3]));

    const archive = Sockarch.Archive.new_load_bytes(out.steal_bytes());

    assertEqual(archive.read_string(), 'Zoë – 日本 😀');
    assertEqual(Array.from(archive.read_data(100)).join(), '1,2,3');
    assertEqual(archive.read_data(100).length, 0);
});

await test('arrays', () => {
    const out = Sockarch.Archive.new_store_bytes();

    out.write_uint32_array([1, 2, 4294967295]);

    const archive = Sockarch.Archive.new_load_bytes(out.steal_bytes());

    assertEqual(archive.read_uint32_array(3).join(), '1,2,4294967295');
});

await test('records', () => {
    const out = Sockarch.Archive.new_store_bytes();

    out.write('unsdbt', [4294967295, -3, 'Fisher, Lon', 67.5, true, 2 ** 40]);
    out.write('uu', [1, 2]);

    const archive = Sockarch.Archive.new_load_bytes(out.steal_bytes());

    assertEqual(JSON.stringify(archive.read('unsdbt')),
        '[4294967295,-3,"Fisher, Lon",67.5,true,1099511627776]');

    const [first, second] = archive.read('uu');

    assertEqual(first + second, 3);
    assertEqual(codeOf(() => out.write('y', [256])), Sockarch.ArchiveError.INVALID_DATA);
    assertEqual(codeOf(() => out.write('u', [1.5])), Sockarch.ArchiveError.INVALID_DATA);
});

await test('errors', () => {
    const closed = load([1]);

    closed.close();
    assertEqual(codeOf(() => load([1, 2]).read_uint32()), Sockarch.ArchiveError.END_OF_FILE);
    assertEqual(codeOf(() => closed.read_uint8()), Sockarch.ArchiveError.CLOSED);
    assertEqual(codeOf(() => load([1]).write_uint8(1)), Sockarch.ArchiveError.READ_ONLY);
});

await test('load-ready over a socket', () => {
    const [, ours, theirs] = Sockarch.Socket.new_pair();
    const stream = Sockarch.SocketFile.new(ours);
    const peer = Sockarch.SocketFile.new(theirs);
    const archive = Sockarch.Archive.new(stream, Sockarch.ArchiveMode.LOAD);
    const out = Sockarch.Archive.new(peer, Sockarch.ArchiveMode.STORE);
    const loop = new GLib.MainLoop(null, false);
    const messages = [];

    archive.connect('load-ready', () => {
        try {
            messages.push(archive.read('us').join(' '));
        } catch (error) {
            if (error.code === Sockarch.ArchiveError.NEED_MORE)
                return;
            messages.push(error.code);
            loop.quit();
        }
    });
    archive.set_read_ahead(true);
    out.write('us', [1, 'one']);
    out.write('us', [2, 'two']);
    out.flush();
    theirs.shutdown(Sockarch.Shutdown.SENDS);

    const deadline = GLib.timeout_add_seconds(GLib.PRIORITY_DEFAULT, 20, () => {
        loop.quit();
        return GLib.SOURCE_CONTINUE;
    });

    loop.run();
    GLib.source_remove(deadline);
    assertEqual(messages.join(), `1 one,2 two,${Sockarch.ArchiveError.END_OF_FILE}`);
});

await test('load-ready in drops', () => {
    const [, ours, theirs] = Sockarch.Socket.new_pair();
    const stream = Sockarch.SocketFile.new(ours);
    const peer = Sockarch.SocketFile.new(theirs);
    const archive = Sockarch.Archive.new(stream, Sockarch.ArchiveMode.LOAD);
    const out = Sockarch.Archive.new(peer, Sockarch.ArchiveMode.STORE);
    const loop = new GLib.MainLoop(null, false);
    const messages = [];

    archive.connect('load-ready', () => {
        archive.begin_transaction();
        try {
            messages.push(`${archive.read_uint32()} ${archive.read_string()}`);
            archive.commit_transaction();
        } catch (error) {
            archive.rollback_transaction();
            if (error.code === Sockarch.ArchiveError.NEED_MORE)
                return;
            messages.push(error.code);
            loop.quit();
        }
    });
    archive.set_read_ahead(true);

    const store = Sockarch.Archive.new_store_bytes();
    for (const [number, text] of ['one', 'two', 'three'].entries())
        store.write('us', [number, text]);

    const bytes = store.steal_bytes().get_data();
    let sent = 0;

    GLib.timeout_add(GLib.PRIORITY_DEFAULT, 1, () => {
        out.write_data(bytes.slice(sent, ++sent));
        out.flush();
        if (sent < bytes.length)
            return GLib.SOURCE_CONTINUE;
        theirs.shutdown(Sockarch.Shutdown.SENDS);
        return GLib.SOURCE_REMOVE;
    });

    const deadline = GLib.timeout_add_seconds(GLib.PRIORITY_DEFAULT, 20, () => {
        loop.quit();
        return GLib.SOURCE_CONTINUE;
    });

    loop.run();
    GLib.source_remove(deadline);
    assertEqual(messages.join(), `0 one,1 two,2 three,${Sockarch.ArchiveError.END_OF_FILE}`);
});

// An archive that is fed, and one that feeds it.
function makePair() {
    const [, ours, theirs] = Sockarch.Socket.new_pair();
    return [Sockarch.Archive.new(Sockarch.SocketFile.new(ours), Sockarch.ArchiveMode.LOAD),
        Sockarch.Archive.new(Sockarch.SocketFile.new(theirs), Sockarch.ArchiveMode.STORE)];
}

await test('exception in load-ready', () => {
    const [archive, out] = makePair();
    const numbers = [];
    archive.connect('load-ready', () => {
        numbers.push(archive.read_uint16());
        if (numbers.length === 2)
            throw new Error('this is printed, and the next number is read');
    });
    archive.set_read_ahead(true);
    out.write_uint16_array([1, 2, 3]);
    out.flush();
    allowUncaught(() => waitUntil(() => numbers.length === 3));
    spin(20);
    assertEqual(numbers, [1, 2, 3]);
});

// Nobody could end the transaction any more: it is rolled back, and the next call tells.
await test('exception in a transaction of load-ready', () => {
    const [archive, out] = makePair();
    const outcome = [];
    archive.connect('load-ready', () => {
        try {
            archive.begin_transaction();
        } catch (error) {
            outcome.push(error.code);
            archive.abort();
            return;
        }
        outcome.push(archive.read_uint16());
        if (outcome.length === 2)
            throw new Error('this is printed, and the transaction is rolled back');
        archive.commit_transaction();
    });
    archive.set_read_ahead(true);
    out.write_uint16_array([1, 2, 3]);
    out.flush();
    allowUncaught(() => waitUntil(() => outcome.length === 3));
    assertEqual(outcome, [1, 2, Sockarch.ArchiveError.FAILED]);
});

// A handler that catches nothing, not even that a message is not complete, gets it when it is.
await test('incomplete, and not caught', () => {
    const [archive, out] = makePair();
    const messages = [];
    let tries = 0;
    archive.connect('load-ready', () => {
        tries++;
        archive.begin_transaction();
        const message = [archive.read_uint16(), archive.read_string()];
        archive.commit_transaction();
        messages.push(message.join(' '));
    });
    archive.set_read_ahead(true);
    allowUncaught(() => {
        for (const byte of [1, 0, 2, 0x61, 0x62, 2, 0, 1, 0x63]) {
            out.write_uint8(byte);
            out.flush();
            spin(10);
        }
        waitUntil(() => messages.length === 2);
    });
    assertEqual([messages, tries > 2], [['1 ab', '2 c'], true]);
});

finish();
