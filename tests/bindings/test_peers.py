# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Conversations with the tools that everyone has: nc and socat, over every kind of address."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import gi

gi.require_version("Sockarch", "1.0")
from gi.repository import Gio, GLib, Sockarch

DEADLINE = 20  # seconds
LINE = b"a line for the other side\n"
GROUP = "239.255.77.7"


def needs(tool):
    return unittest.skipUnless(shutil.which(tool), f"{tool} is not installed")


def make_socket(**properties):
    return Sockarch.Socket(timeout=DEADLINE * 1000, **properties)


def make_listener():
    listener = make_socket()
    listener.create(0, Gio.SocketType.STREAM, "127.0.0.1")
    listener.listen()
    return listener


def make_unix_listener(address):
    listener = make_socket()
    listener.bind(address)
    listener.listen()
    return listener


def receive_all(sock):
    data = bytearray()
    while part := sock.receive(65536):
        data += part
    return bytes(data)


def receive_length(sock, length):
    data = b""
    while len(data) < length:
        part = sock.receive(length - len(data))
        if not part:
            break
        data += part
    return data


class Peers(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="sockarch-")
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def spawn(self, *arguments):
        process = subprocess.Popen(
            arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        self.addCleanup(self.end, process)
        return process

    def end(self, process):
        # Pipes that communicate () has closed stay closed.
        if process.poll() is None:
            process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            pipe.close()

    def say(self, process, data):
        process.stdin.write(data)
        process.stdin.flush()

    def connect_when_listening(self, process, connect):
        """Try until the program listens, or has ended."""
        for _ in range(DEADLINE * 50):
            try:
                return connect()
            except GLib.Error as error:
                if process.poll() is not None:
                    raise AssertionError(process.stderr.read().decode()) from error
                # Not for the time, but so as to let the program run.
                try:
                    process.wait(0.02)
                except subprocess.TimeoutExpired:
                    pass
        self.fail("nobody listens")

    def assert_conversation(self, process, peer):
        """A line there, a line back, the end there, and the end back."""
        self.say(process, LINE)
        self.assertEqual(receive_length(peer, len(LINE)), LINE)
        peer.send(b"and back\n")
        self.assertEqual(process.stdout.readline(), b"and back\n")
        process.stdin.close()
        self.assertEqual(receive_all(peer), b"")
        peer.send(b"after the end\n")
        self.assertEqual(process.stdout.readline(), b"after the end\n")
        peer.close()
        self.assertEqual(process.wait(DEADLINE), 0)


@needs("nc")
class Netcat(Peers):
    def test_client(self):
        listener = make_listener()
        process = self.spawn("nc", "-N", "127.0.0.1", str(listener.get_local_port()))
        self.assert_conversation(process, listener.accept())

    def test_server(self):
        # nc takes no port 0: one that was free a moment ago.
        port = make_listener().get_local_port()
        process = self.spawn("nc", "-N", "-l", "127.0.0.1", str(port))

        def connect():
            sock = make_socket()
            sock.connect_to_host("127.0.0.1", port)
            return sock

        self.assert_conversation(process, self.connect_when_listening(process, connect))

    def test_unix(self):
        path = os.path.join(self.directory, "socket")
        listener = make_unix_listener(Gio.UnixSocketAddress.new(path))
        process = self.spawn("nc", "-N", "-U", path)
        self.assert_conversation(process, listener.accept())

    def test_much(self):
        """More than all buffers between hold, all the way to the end."""
        listener = make_listener()
        data = os.urandom(1 << 20) * 8
        path = os.path.join(self.directory, "data")
        with open(path, "wb") as out:
            out.write(data)
        with open(path, "rb") as source:
            process = subprocess.Popen(
                ["nc", "-N", "127.0.0.1", str(listener.get_local_port())],
                stdin=source,
                stdout=subprocess.DEVNULL,
            )
        peer = listener.accept()
        peer.props.wait_policy = Sockarch.WaitPolicy.DISPATCH
        self.assertTrue(receive_all(peer) == data)
        peer.close()
        self.assertEqual(process.wait(DEADLINE), 0)

    def test_datagrams(self):
        sock = make_socket()
        sock.create(0, Gio.SocketType.DATAGRAM, "127.0.0.1")
        process = self.spawn("nc", "-u", "127.0.0.1", str(sock.get_local_port()))
        self.say(process, LINE)
        data, sender = sock.receive_from(100)
        self.assertEqual(data, LINE)
        sock.send_to(sender, b"and back\n")
        self.assertEqual(process.stdout.readline(), b"and back\n")


@needs("socat")
class Socat(Peers):
    def test_abstract_client(self):
        name = b"sockarch-test-%d" % os.getpid()
        address = Gio.UnixSocketAddress.new_with_type(list(name), Gio.UnixSocketAddressType.ABSTRACT)
        listener = make_unix_listener(address)
        process = self.spawn("socat", "-t", str(DEADLINE), "-", "ABSTRACT-CONNECT:" + name.decode())
        self.assert_conversation(process, listener.accept())

    def test_abstract_server(self):
        name = b"sockarch-peer-%d" % os.getpid()
        address = Gio.UnixSocketAddress.new_with_type(list(name), Gio.UnixSocketAddressType.ABSTRACT)
        process = self.spawn("socat", "-t", str(DEADLINE), "-", "ABSTRACT-LISTEN:" + name.decode())

        def connect():
            sock = make_socket()
            sock.connect_to_address(address)
            return sock

        self.assert_conversation(process, self.connect_when_listening(process, connect))

    def test_ipv6(self):
        listener = make_socket()
        listener.create(0, Gio.SocketType.STREAM, "::1")
        try:
            listener.listen()
        except GLib.Error as error:
            self.skipTest(f"no IPv6 here: {error.message}")
        process = self.spawn("socat", "-t", str(DEADLINE), "-", f"TCP6:[::1]:{listener.get_local_port()}")
        self.assert_conversation(process, listener.accept())

    def test_dual_stack(self):
        """A listener without an address serves clients of both families."""
        listener = make_socket()
        listener.create(0, Gio.SocketType.STREAM, None)
        listener.listen()
        port = listener.get_local_port()
        for address in (f"TCP4:127.0.0.1:{port}", f"TCP6:[::1]:{port}"):
            if address.startswith("TCP6") and not os.path.exists("/proc/net/if_inet6"):
                continue
            with self.subTest(address):
                process = self.spawn("socat", "-t", str(DEADLINE), "-", address)
                self.assert_conversation(process, listener.accept())

    def test_archive_through_relay(self):
        """socat stands between two archives, and cuts the stream where it likes."""
        listener = make_listener()
        process = self.spawn(
            "socat", "-b", "13", "-", f"TCP:127.0.0.1:{listener.get_local_port()}"
        )
        archive = Sockarch.Archive.new_store_bytes()
        for number in range(200):
            archive.write_uint32(number)
            archive.write_string(f"message number {number}")
        self.say(process, archive.steal_bytes().get_data())
        process.stdin.close()

        source = Sockarch.Archive.new(Sockarch.SocketFile.new(listener.accept()), Sockarch.ArchiveMode.LOAD)
        for number in range(200):
            self.assertEqual(source.read_uint32(), number)
            self.assertEqual(source.read_string(), f"message number {number}")
        with self.assertRaises(GLib.Error) as caught:
            source.read_uint8()
        self.assertTrue(
            caught.exception.matches(Sockarch.archive_error_quark(), Sockarch.ArchiveError.END_OF_FILE)
        )

    def join(self):
        """A socket that hears the group on loopback, or a skip."""
        sock = make_socket()
        sock.create(0, Gio.SocketType.DATAGRAM, "0.0.0.0")
        try:
            sock.join_multicast_group(Gio.InetAddress.new_from_string(GROUP), None, "lo")
        except GLib.Error as error:
            self.skipTest(f"no multicast on loopback: {error.message}")
        return sock

    def test_multicast_from(self):
        sock = self.join()
        sock.props.timeout = 3000
        process = self.spawn(
            "socat", "-u", "-",
            f"UDP4-DATAGRAM:{GROUP}:{sock.get_local_port()},ip-multicast-if=127.0.0.1,ip-multicast-loop=1",
        )
        self.say(process, LINE)
        try:
            self.assertEqual(sock.receive(100), LINE)
        except GLib.Error:
            process.stdin.close()
            process.wait(DEADLINE)
            reason = process.stderr.read().decode().strip()
            if not reason:
                raise
            self.skipTest(f"socat cannot send to the group: {reason}")


# A TLS server that is not GLib's: it gives back what it gets, until the end.
TLS_SERVER = """
import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
peer = context.wrap_socket(listener.accept()[0], server_side=True)
while data := peer.recv(4096):
    peer.sendall(data)
peer.unwrap()
"""


@needs("openssl")
@unittest.skipUnless(Gio.TlsBackend.get_default().supports_tls(), "glib-networking is not installed")
class ArchiveOverTls(Peers):
    def setUp(self):
        super().setUp()
        certificate = os.path.join(self.directory, "cert.pem")
        key = os.path.join(self.directory, "key.pem")
        subprocess.run(
            [
                "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost",
                "-addext", "subjectAltName=DNS:localhost", "-days", "2", "-keyout", key, "-out", certificate,
            ],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        server = self.spawn(sys.executable, "-c", TLS_SERVER, certificate, key)
        self.sock = make_socket()
        self.sock.connect_to_host("127.0.0.1", int(server.stdout.readline()))
        identity = Gio.NetworkAddress.new("localhost", 0)
        self.tls = Gio.TlsClientConnection.new(Sockarch.SocketFile.new(self.sock), identity)
        self.tls.set_database(Gio.TlsFileDatabase.new(certificate))
        self.source = Sockarch.Archive.new(self.tls, Sockarch.ArchiveMode.LOAD)
        self.target = Sockarch.Archive.new(self.tls, Sockarch.ArchiveMode.STORE)

    def write(self, number):
        self.target.write_uint32(number)
        self.target.write_string(f"message {number}")
        self.target.write_blob(GLib.Bytes.new(bytes([number]) * number * 999))

    def assert_read(self, number):
        self.assertEqual(self.source.read_uint32(), number)
        self.assertEqual(self.source.read_string(), f"message {number}")
        self.assertEqual(self.source.read_blob().get_data() or b"", bytes([number]) * number * 999)

    def test_waiting(self):
        for number in range(40):
            self.write(number)
            self.target.flush()
            self.assert_read(number)
        self.target.close()
        self.source.close()
        self.assertTrue(self.tls.close())

    def test_main_loop(self):
        """Message after message with fill_async and flush_async; a message may come in several pieces."""
        loop = GLib.MainLoop()
        problems = []
        numbers = iter(range(40))
        self.number = -1

        def protect(function):
            def protected(*arguments):
                try:
                    function(*arguments)
                except Exception as error:
                    problems.append(error)
                    loop.quit()

            return protected

        def send_next():
            self.number = next(numbers, None)
            if self.number is None:
                loop.quit()
                return
            self.write(self.number)
            self.target.flush_async(None, on_flushed)

        @protect
        def on_flushed(archive, result):
            archive.flush_finish(result)
            self.source.fill_async(None, on_filled)

        @protect
        def on_filled(archive, result):
            self.assertGreater(archive.fill_finish(result), 0)
            archive.begin_transaction()
            try:
                self.assert_read(self.number)
            except GLib.Error as error:
                archive.rollback_transaction()
                passing = error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.WOULD_BLOCK) or error.matches(
                    Sockarch.archive_error_quark(), Sockarch.ArchiveError.NEED_MORE
                )
                if not passing:
                    raise
                archive.fill_async(None, on_filled)
                return
            archive.commit_transaction()
            send_next()

        expired = []
        deadline = GLib.timeout_add_seconds(DEADLINE, lambda: expired.append(True) or loop.quit())
        # GIO shakes hands in a thread of its own, which may wait; from then on nothing does.
        self.tls.handshake_async(GLib.PRIORITY_DEFAULT, None, protect(self.on_shaken(send_next)))
        loop.run()
        if not expired:
            GLib.source_remove(deadline)
        self.assertEqual(expired, [])
        self.assertEqual(problems, [])
        self.assertIsNone(self.number)

    def on_shaken(self, then):
        def callback(tls, result):
            tls.handshake_finish(result)
            self.sock.props.wait_policy = Sockarch.WaitPolicy.NEVER
            then()

        return callback
