// SPDX-FileCopyrightText: 2026 The sockarch authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Sockets from JavaScript: native bytes, signals, overrides, datagrams, promises, collection.

import Gio from 'gi://Gio';
import GObject from 'gi://GObject';
import Sockarch from 'gi://Sockarch?version=1.0';
import System from 'system';

import {allowUncaught, assert, assertEqual, finish, spin, test, waitUntil} from './harness.js';

function text(bytes) {
    return new TextDecoder().decode(bytes);
}

function bytes(string) {
    return new TextEncoder().encode(string);
}

function makeListener(properties = {}) {
    const listener = new Sockarch.Socket(properties);
    listener.create(0, Gio.SocketType.STREAM, '127.0.0.1');
    listener.listen();
    return listener;
}

function makePair() {
    const listener = makeListener();
    const client = new Sockarch.Socket();
    client.connect_to_host('127.0.0.1', listener.get_local_port(), null);
    return [client, listener.accept(null)];
}

const Echo = GObject.registerClass({GTypeName: 'TestEcho'}, class Echo extends Sockarch.Socket {
    vfunc_receive_ready() {
        const data = this.receive(4096, null);
        if (data.length > 0)
            this.send(data, null);
    }

    vfunc_receive_ended() {
        this.close();
    }
});

await test('native bytes', () => {
    const [client, peer] = makePair();
    assertEqual(client.send(bytes('hello'), null), 5);
    const got = peer.receive(100, null);
    assert(got instanceof Uint8Array, 'a Uint8Array');
    assertEqual(text(got), 'hello');
});

await test('end is empty', () => {
    const [client, peer] = makePair();
    client.close();
    assertEqual(peer.receive(100, null).length, 0);
});

await test('signals', () => {
    const events = [];
    const never = {wait_policy: Sockarch.WaitPolicy.NEVER};
    const listener = makeListener({...never, keep_accepted: true});
    listener.connect('accept-ready', () => {
        const peer = listener.accept(null);
        peer.connect('receive-ready', () => events.push(text(peer.receive(100, null))));
        peer.connect('receive-ended', () => {
            events.push('ended');
            peer.close();
        });
        peer.connect('closed', (_, error) => events.push(`closed ${error}`));
    });
    const client = new Sockarch.Socket(never);
    client.connect('connected', (_, error) => {
        events.push(`connected ${error}`);
        client.send(bytes('hi'), null);
        client.close();
    });
    client.connect_to_host('127.0.0.1', listener.get_local_port(), null);
    waitUntil(() => events.includes('closed null'));
    assertEqual(events.join(), 'connected null,hi,ended,closed null');
});

await test('overrides', () => {
    const never = {wait_policy: Sockarch.WaitPolicy.NEVER};
    const listener = makeListener({...never, keep_accepted: true, accept_type: Echo.$gtype});
    listener.connect('accept-ready', () => {
        listener.accept(null);
        System.gc();
    });
    const got = [];
    const client = new Sockarch.Socket(never);
    client.connect('connected', () => client.send(bytes('echo'), null));
    client.connect('receive-ready', () => got.push(text(client.receive(100, null))));
    client.connect_to_host('127.0.0.1', listener.get_local_port(), null);
    waitUntil(() => got.length > 0);
    assertEqual(got[0], 'echo');
});

await test('datagrams', () => {
    const first = new Sockarch.Socket();
    const second = new Sockarch.Socket();
    first.create(0, Gio.SocketType.DATAGRAM, '127.0.0.1');
    second.create(0, Gio.SocketType.DATAGRAM, '127.0.0.1');
    first.send_to_host('127.0.0.1', second.get_local_port(), bytes('ping'), null);
    const [data, address] = second.receive_from(100, null);
    assertEqual(text(data), 'ping');
    assertEqual(address.get_port(), first.get_local_port());
});

await test('datagrams without waiting', async () => {
    for (const name of ['send_to_async', 'send_to_host_async', 'receive_from_async'])
        Gio._promisify(Sockarch.Socket.prototype, name);
    const first = new Sockarch.Socket();
    const second = new Sockarch.Socket();
    first.create(0, Gio.SocketType.DATAGRAM, '127.0.0.1');
    second.create(0, Gio.SocketType.DATAGRAM, '127.0.0.1');
    await first.send_to_host_async('localhost', second.get_local_port(), bytes('ping'), null);
    const [data, address] = await second.receive_from_async(100, null);
    assertEqual(text(data), 'ping');
    assertEqual(await second.send_to_async(address, bytes('pong'), null), 4);
    assertEqual(text((await first.receive_from_async(100, null))[0]), 'pong');
});

// Whether it has received already or not: the next event comes as if nothing had been, and no byte is lost.
await test('exception in receive-ready', () => {
    const [client, peer] = makePair();
    const got = [];
    let calls = 0;
    client.set_wait_policy(Sockarch.WaitPolicy.NEVER);
    client.connect('receive-ready', () => {
        if (++calls === 1)
            throw new Error('before it has received');
        got.push(text(client.receive(1, null)));
        if (calls === 2)
            throw new Error('after it has received');
    });
    allowUncaught(() => {
        peer.send(bytes('ab'), null);
        waitUntil(() => calls === 1);
        spin(20);
        assertEqual(calls, 1);
        peer.send(bytes('c'), null);
        waitUntil(() => got.length === 3);
    });
    assertEqual([got.join(''), calls], ['abc', 4]);
});

await test('promises', async () => {
    Gio._promisify(Sockarch.Socket.prototype, 'connect_to_host_async');
    Gio._promisify(Sockarch.Socket.prototype, 'receive_async');
    const listener = makeListener();
    const client = new Sockarch.Socket();
    await client.connect_to_host_async('127.0.0.1', listener.get_local_port(), null);
    const peer = listener.accept(null);
    peer.send(bytes('promised'), null);
    assertEqual(text(await client.receive_async(100, null)), 'promised');
});

await test('collection of a live listener', () => {
    const got = [];
    const never = {wait_policy: Sockarch.WaitPolicy.NEVER};
    const listener = makeListener({...never, keep_accepted: true});
    listener.connect('accept-ready', server => {
        server.accept(null).connect('receive-ready', peer => peer.send(peer.receive(100, null), null));
    });
    const client = new Sockarch.Socket(never);
    client.connect('receive-ready', () => got.push(text(client.receive(100, null))));
    client.connect('connected', () => {
        System.gc();
        client.send(bytes('still there?'), null);
        System.gc();
    });
    client.connect_to_host('127.0.0.1', listener.get_local_port(), null);
    waitUntil(() => got.length > 0);
    assertEqual(got[0], 'still there?');
});

await test('cancellation', async () => {
    const [client, peer] = makePair();
    const cancellable = new Gio.Cancellable();
    let caught = null;
    const received = client.receive_async(100, cancellable).catch(error => (caught = error));
    cancellable.cancel();
    await received;
    assert(caught.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED), 'it was cancelled');
    peer.send(bytes('x'), null);
    assertEqual(text(client.receive(1, null)), 'x');
});

await test('accept into a subclass', () => {
    const listener = makeListener();
    const client = new Sockarch.Socket();
    client.connect_to_host('127.0.0.1', listener.get_local_port(), null);
    const peer = new Echo({wait_policy: Sockarch.WaitPolicy.NEVER});
    assert(listener.accept_into(peer, null), 'it was filled');
    client.set_wait_policy(Sockarch.WaitPolicy.NEVER);
    const got = [];
    client.connect('receive-ready', () => got.push(text(client.receive(100, null))));
    client.send(bytes('echo'), null);
    waitUntil(() => got.length > 0);
    assertEqual(got[0], 'echo');
    client.close();
    waitUntil(() => peer.get_state() === Sockarch.SocketState.CLOSED);
});

await test('a dropped socket closes', () => {
    const [kept, peer] = makePair();
    kept.close();
    assertEqual(peer.receive(1, null).length, 0);
    const other = (() => makePair()[0])();
    assertEqual(other.get_state(), Sockarch.SocketState.CONNECTED);
    other.set_timeout(20000);
    // Its other end was dropped: the collector closes it, sooner or later.
    System.gc();
    System.gc();
    assertEqual(other.receive(1, null).length, 0);
});

await test('a file holds its socket', () => {
    let [client, peer] = makePair();
    const file = Sockarch.SocketFile.new(client);
    client = null;
    System.gc();
    file.get_output_stream().write(bytes('held'), null);
    assertEqual(text(peer.receive(100, null)), 'held');
    file.close(null);
    assertEqual(peer.receive(1, null).length, 0);
});

finish();
