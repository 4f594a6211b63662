# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sockets from Python: native bytes, signals, overrides, datagrams, cancellation, collection."""

import gc
import socket
import threading
import unittest
import weakref

import gi

gi.require_version("Sockarch", "1.0")
from gi.repository import Gio, GLib, GObject, Sockarch

DEADLINE = 20  # seconds


def run_until(condition):
    """Iterate the main context until condition () holds; a story that would hang fails instead."""
    expired = []
    deadline = GLib.timeout_add_seconds(DEADLINE, lambda: expired.append(True) or GLib.SOURCE_CONTINUE)
    context = GLib.MainContext.default()
    while not condition() and not expired:
        context.iteration(True)
    GLib.source_remove(deadline)
    if expired:
        raise AssertionError("the deadline passed")


def make_listener(**properties):
    listener = Sockarch.Socket(**properties)
    listener.create(0, Gio.SocketType.STREAM, "127.0.0.1")
    listener.listen()
    return listener


def make_pair(**properties):
    listener = make_listener()
    client = Sockarch.Socket(**properties)
    client.connect_to_host("127.0.0.1", listener.get_local_port())
    return client, listener.accept()


class Echo(Sockarch.Socket):
    """What a listener with accept-type makes of each client."""

    __gtype_name__ = "TestEcho"

    def do_receive_ready(self):
        data = self.receive(4096)
        if data:
            self.send(data)

    def do_receive_ended(self):
        self.close()


class Waiting(unittest.TestCase):
    def test_native_bytes(self):
        client, peer = make_pair()
        self.assertEqual(client.send(b"hello"), 5)
        self.assertEqual(peer.receive(100), b"hello")
        self.assertEqual(peer.send(bytearray(b"\0\xff")), 2)
        self.assertEqual(client.receive(1), b"\0")
        self.assertEqual(client.receive_bytes(100).get_data(), b"\xff")

    def test_end_is_empty(self):
        client, peer = make_pair()
        client.send(b"last")
        client.close()
        self.assertEqual(peer.receive(100), b"last")
        self.assertEqual(peer.receive(100), b"")

    def test_timeout(self):
        client, peer = make_pair(timeout=50)
        with self.assertRaises(GLib.Error) as caught:
            client.receive(1)
        self.assertTrue(caught.exception.matches(Gio.io_error_quark(), Gio.IOErrorEnum.TIMED_OUT))
        peer.send(b"x")
        self.assertEqual(client.receive(1), b"x")

    def test_cancel(self):
        client, peer = make_pair()
        cancellable = Gio.Cancellable()
        timer = threading.Timer(0.05, cancellable.cancel)
        timer.start()
        with self.assertRaises(GLib.Error) as caught:
            client.receive(1, cancellable)
        timer.join()
        self.assertTrue(caught.exception.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))
        peer.send(b"x")
        self.assertEqual(client.receive(1), b"x")

    def test_threads_share(self):
        """One thread receives while this one sends, both ways at once; closing ends the one that waits."""
        client, peer = make_pair(timeout=DEADLINE * 1000)
        peer.set_timeout(DEADLINE * 1000)
        bulk = bytes(range(256)) * 8192
        received = {client: b"", peer: b""}
        complete = threading.Semaphore(0)
        ends = []

        def receive_all(end):
            try:
                while len(received[end]) < len(bulk):
                    received[end] += end.receive(100000)
                complete.release()
                end.receive(1)
            except GLib.Error as error:
                ends.append(error)

        def echo():
            for start in range(0, len(bulk), 70000):
                peer.send(bulk[start:start + 70000])

        threads = [threading.Thread(target=receive_all, args=(end,)) for end in (client, peer)]
        threads.append(threading.Thread(target=echo))
        for thread in threads:
            thread.start()
        client.send(bulk)
        threads[2].join()
        self.assertTrue(complete.acquire(timeout=DEADLINE) and complete.acquire(timeout=DEADLINE))
        client.close()
        peer.close()
        for thread in threads:
            thread.join()
        self.assertEqual(received, {client: bulk, peer: bulk})
        # Whose socket was not closed in time has seen the end of the other one.
        for error in ends:
            self.assertTrue(error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CLOSED), error.message)
        self.assertTrue(ends)

    def test_real_peer(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            client = Sockarch.Socket()
            client.connect_to_host("localhost", server.getsockname()[1])
            peer, address = server.accept()
            with peer:
                self.assertEqual(client.get_local_port(), address[1])
                peer.sendall(b"from the other side")
                self.assertEqual(client.receive(100), b"from the other side")


class Signals(unittest.TestCase):
    def test_events(self):
        events = []
        listener = make_listener(wait_policy=Sockarch.WaitPolicy.NEVER, keep_accepted=True)

        def on_accept_ready(server):
            peer = server.accept()
            peer.connect("receive-ready", lambda s: events.append(("receive", s.receive(100))))
            peer.connect("receive-ended", lambda s: (events.append("ended"), s.close()))
            peer.connect("closed", lambda s, error: events.append(("closed", error)))

        listener.connect("accept-ready", on_accept_ready)
        client = Sockarch.Socket(wait_policy=Sockarch.WaitPolicy.NEVER)
        client.connect(
            "connected", lambda s, error: (events.append(("connected", error)), s.send(b"hi"), s.close()))
        self.assertTrue(client.connect_to_host("127.0.0.1", listener.get_local_port()))
        self.assertEqual(client.get_state(), Sockarch.SocketState.CONNECTING)
        run_until(lambda: ("closed", None) in events)
        self.assertEqual(events, [("connected", None), ("receive", b"hi"), "ended", ("closed", None)])

    def test_connect_fails(self):
        listener = make_listener()
        port = listener.get_local_port()
        listener.close()
        results = []
        client = Sockarch.Socket(wait_policy=Sockarch.WaitPolicy.NEVER)
        client.connect("connected", lambda s, error: results.append(error))
        client.connect_to_host("127.0.0.1", port)
        run_until(lambda: results)
        self.assertTrue(results[0].matches(Gio.io_error_quark(), Gio.IOErrorEnum.CONNECTION_REFUSED))

    def test_state_notifies(self):
        states = []
        listener = make_listener()
        client = Sockarch.Socket()
        client.connect("notify::state", lambda s, _: states.append(s.get_state()))
        client.connect_to_host("127.0.0.1", listener.get_local_port())
        client.close()
        self.assertEqual(states[-2:], [Sockarch.SocketState.CONNECTED, Sockarch.SocketState.CLOSED])

    def test_exception_in_handler(self):
        client, peer = make_pair()
        seen = []

        def on_receive_ready(sock):
            seen.append(sock.receive(1))
            if len(seen) == 1:
                raise ValueError("on purpose")

        self.expects_uncaught = True
        client.connect("receive-ready", on_receive_ready)
        peer.send(b"ab")
        run_until(lambda: len(seen) == 2)
        self.assertEqual(seen, [b"a", b"b"])


class Overrides(unittest.TestCase):
    def test_accept_type(self):
        listener = make_listener(
            wait_policy=Sockarch.WaitPolicy.NEVER, keep_accepted=True, accept_type=Echo.__gtype__)
        listener.connect("accept-ready", lambda s: s.accept())
        client = Sockarch.Socket(wait_policy=Sockarch.WaitPolicy.NEVER)
        got = []
        client.connect("connected", lambda s, error: s.send(b"echo"))
        client.connect("receive-ready", lambda s: got.append(s.receive(100)))
        client.connect_to_host("127.0.0.1", listener.get_local_port())
        run_until(lambda: got)
        self.assertEqual(got, [b"echo"])
        closed = []
        client.connect("closed", lambda s, error: closed.append(error))
        client.shutdown(Sockarch.Shutdown.SENDS)
        run_until(lambda: closed)

    def test_accept_into(self):
        listener = make_listener()
        client = Sockarch.Socket()
        client.connect_to_host("127.0.0.1", listener.get_local_port())
        peer = Echo()
        self.assertTrue(listener.accept_into(peer))
        self.assertEqual(peer.get_remote_port(), client.get_local_port())


class Ownership(unittest.TestCase):
    def test_dropped_socket_closes(self):
        client, peer = make_pair()
        del client
        gc.collect()
        self.assertEqual(peer.receive(1), b"")

    def test_keep_accepted(self):
        """A handler that keeps nothing does not lose its connection to the collector."""
        listener = make_listener(wait_policy=Sockarch.WaitPolicy.NEVER, keep_accepted=True)
        refs = []

        def on_accept_ready(server):
            peer = server.accept()
            peer.connect("receive-ready", lambda s: s.send(s.receive(100)))
            refs.append(weakref.ref(peer))

        listener.connect("accept-ready", on_accept_ready)
        client = Sockarch.Socket(wait_policy=Sockarch.WaitPolicy.NEVER)
        got = []
        client.connect("receive-ready", lambda s: got.append(s.receive(100)))
        client.connect_to_host("127.0.0.1", listener.get_local_port())
        run_until(lambda: refs)
        gc.collect()
        client.send(b"still there?")
        run_until(lambda: got)
        self.assertEqual(got, [b"still there?"])

    def test_file_holds_socket(self):
        client, peer = make_pair()
        stream = Sockarch.SocketFile.new(client)
        del client
        gc.collect()
        stream.get_output_stream().write(b"held")
        self.assertEqual(peer.receive(100), b"held")
        self.assertEqual(stream.get_socket().get_state(), Sockarch.SocketState.CONNECTED)

    def test_dropped_file_leaves_socket(self):
        client, peer = make_pair()
        stream = Sockarch.SocketFile.new(client)
        stream.get_output_stream().write(b"by file, ")
        del stream
        gc.collect()
        self.assertEqual(client.get_state(), Sockarch.SocketState.CONNECTED)
        client.send(b"by socket")
        client.close()
        got = b""
        while data := peer.receive(100):
            got += data
        self.assertEqual(got, b"by file, by socket")

    def test_closed_file_closes_socket(self):
        client, peer = make_pair()
        Sockarch.SocketFile.new(client).close()
        gc.collect()
        self.assertEqual(client.get_state(), Sockarch.SocketState.CLOSED)
        self.assertEqual(peer.receive(1), b"")

    def test_archive_holds_stream_and_leaves_it_open(self):
        client, peer = make_pair()
        store = Sockarch.Archive.new(Sockarch.SocketFile.new(client), Sockarch.ArchiveMode.STORE)
        del client
        gc.collect()
        store.write_uint32(7)
        stream = store.get_stream()
        store.close()
        del store
        gc.collect()
        stream.get_output_stream().write(b"!")
        load = Sockarch.Archive.new(Sockarch.SocketFile.new(peer), Sockarch.ArchiveMode.LOAD)
        self.assertEqual((load.read_uint32(), load.read_uint8()), (7, ord("!")))

    def test_dropped_socket_sends_what_is_queued(self):
        client, peer = make_pair(high_water_mark=GLib.MAXUINT32)
        client.set_wait_policy(Sockarch.WaitPolicy.NEVER)
        length = 16 * 1024 * 1024
        client.send(bytes(length))
        self.assertGreater(client.props.queued_bytes, 0)
        del client
        gc.collect()
        peer.set_wait_policy(Sockarch.WaitPolicy.NEVER)
        got = []
        ended = []
        peer.connect("receive-ready", lambda s: got.append(len(s.receive(1 << 20))))
        peer.connect("receive-ended", lambda s: ended.append(True))
        run_until(lambda: ended)
        self.assertEqual(sum(got), length)

    def test_pending_call_holds_socket(self):
        client, peer = make_pair()
        got = []
        client.receive_async(100, None, lambda s, result: got.append(s.receive_finish(result)))
        del client
        gc.collect()
        peer.send(b"for nobody's sake")
        run_until(lambda: got)
        self.assertEqual(got, [b"for nobody's sake"])

    def test_dropped_in_handler(self):
        """The last reference goes in the handler: nothing is told afterwards."""
        client, peer = make_pair()
        client.set_wait_policy(Sockarch.WaitPolicy.NEVER)
        held = [client]
        told = []

        def on_receive_ready(sock):
            told.append("receive")
            held.clear()

        client.connect("receive-ready", on_receive_ready)
        client.connect("closed", lambda s, error: told.append("closed"))
        del client
        gc.collect()
        peer.send(b"x")
        run_until(lambda: told)
        gc.collect()
        self.assertRaises(GLib.Error, lambda: [peer.receive(1), peer.receive(1)])
        self.assertEqual(told, ["receive"])


class Datagrams(unittest.TestCase):
    def test_send_to_receive_from(self):
        first, second = Sockarch.Socket(), Sockarch.Socket()
        for sock in (first, second):
            sock.create(0, Gio.SocketType.DATAGRAM, "127.0.0.1")
        self.assertEqual(first.send_to_host("127.0.0.1", second.get_local_port(), b"ping"), 4)
        data, address = second.receive_from(100)
        self.assertEqual(data, b"ping")
        self.assertEqual(address.get_port(), first.get_local_port())
        second.send_to(address, b"pong")
        self.assertEqual(first.receive_from(100)[0], b"pong")

    def test_signal(self):
        sock = Sockarch.Socket(wait_policy=Sockarch.WaitPolicy.NEVER)
        sock.create(0, Gio.SocketType.DATAGRAM, "127.0.0.1")
        got = []
        sock.connect("receive-ready", lambda s: got.append(s.receive_from(100)[0]))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.sendto(b"one", ("127.0.0.1", sock.get_local_port()))
            peer.sendto(b"two", ("127.0.0.1", sock.get_local_port()))
            run_until(lambda: len(got) == 2)
        self.assertEqual(got, [b"one", b"two"])

    def test_async(self):
        first, second = Sockarch.Socket(), Sockarch.Socket()
        for sock in (first, second):
            sock.create(0, Gio.SocketType.DATAGRAM, "127.0.0.1")
        done = {}
        second.receive_from_async(100, None, lambda s, result: done.update(got=s.receive_from_finish(result)))
        first.send_to_host_async("localhost", second.get_local_port(), b"ping", None,
                                 lambda s, result: done.update(host=s.send_to_host_finish(result)))
        run_until(lambda: len(done) == 2)
        data, address = done["got"]
        self.assertEqual((data, done["host"]), (b"ping", 4))
        second.send_to_async(address, b"pong", None,
                             lambda s, result: done.update(sent=s.send_to_finish(result)))
        run_until(lambda: "sent" in done)
        self.assertEqual(first.receive_from(100)[0], b"pong")

    def test_cut(self):
        first, second = Sockarch.Socket(), Sockarch.Socket()
        for sock in (first, second):
            sock.create(0, Gio.SocketType.DATAGRAM, "127.0.0.1")
        for _ in range(2):
            first.send_to_host("127.0.0.1", second.get_local_port(), b"too long")
        with self.assertRaises(GLib.Error) as raised:
            second.receive_from(3)
        self.assertTrue(raised.exception.matches(Gio.io_error_quark(), Gio.IOErrorEnum.MESSAGE_TOO_LARGE))
        # Whatever is asked for, memory is taken for what comes.
        self.assertEqual(second.receive_from(1 << 50)[0], b"too long")


class Async(unittest.TestCase):
    def test_sequence(self):
        listener = make_listener()
        client = Sockarch.Socket()
        done = {}
        listener.accept_async(None, lambda s, result: done.update(peer=s.accept_finish(result)))
        client.connect_to_host_async(
            "127.0.0.1", listener.get_local_port(), None,
            lambda s, result: done.update(connected=s.connect_to_host_finish(result)))
        run_until(lambda: "peer" in done and "connected" in done)
        self.assertTrue(done["connected"])

        done["peer"].receive_async(100, None, lambda s, result: done.update(data=s.receive_finish(result)))
        client.send_async(b"async", None, lambda s, result: done.update(sent=s.send_finish(result)))
        run_until(lambda: "data" in done and "sent" in done)
        self.assertEqual((done["data"], done["sent"]), (b"async", 5))

    def test_cancelled(self):
        client, peer = make_pair()
        cancellable = Gio.Cancellable()
        errors = []

        def on_received(sock, result):
            try:
                sock.receive_finish(result)
            except GLib.Error as error:
                errors.append(error)

        client.receive_async(100, cancellable, on_received)
        cancellable.cancel()
        run_until(lambda: errors)
        self.assertTrue(errors[0].matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))
        peer.send(b"x")
        self.assertEqual(client.receive(1), b"x")
