# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a Python user sees when things go wrong: one clear GLib.Error each."""

import socket
import threading
import unittest

import gi

gi.require_version("Sockarch", "1.0")
from gi.repository import Gio, GLib, Sockarch


def serve_once(data):
    """A plain listener that sends data to its first client and goes; returns the port and the thread."""
    listener = socket.create_server(("127.0.0.1", 0))

    def run():
        with listener:
            peer, _ = listener.accept()
            with peer:
                peer.sendall(data)

    thread = threading.Thread(target=run)
    thread.start()
    return listener.getsockname()[1], thread


def load_from(port):
    client = Sockarch.Socket(timeout=10000)
    client.connect_to_host("127.0.0.1", port)
    return Sockarch.Archive.new(Sockarch.SocketFile.new(client), Sockarch.ArchiveMode.LOAD)


class Errors(unittest.TestCase):
    def assert_error(self, call, quark, code, *words):
        with self.assertRaises(GLib.Error) as caught:
            call()
        error = caught.exception
        self.assertTrue(error.matches(quark, code), f"{error.domain} {error.code}: {error.message}")
        for word in words:
            self.assertIn(word, error.message)

    def test_bad_port(self):
        sock = Sockarch.Socket()
        self.assert_error(
            lambda: sock.create(70000, Gio.SocketType.STREAM, None),
            Gio.io_error_quark(), Gio.IOErrorEnum.INVALID_ARGUMENT, "70000")
        self.assert_error(
            lambda: sock.connect_to_host("localhost", 70000),
            Gio.io_error_quark(), Gio.IOErrorEnum.INVALID_ARGUMENT, "70000")

    def test_refused(self):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
            sock = Sockarch.Socket(timeout=10000)
            self.assert_error(
                lambda: sock.connect_to_host("127.0.0.1", port),
                Gio.io_error_quark(), Gio.IOErrorEnum.CONNECTION_REFUSED, "127.0.0.1", str(port))

    def test_unknown_host(self):
        sock = Sockarch.Socket(timeout=20000)
        with self.assertRaises(GLib.Error) as caught:
            sock.connect_to_host("no-such-host.invalid", 7)
        self.assertEqual(caught.exception.domain, "g-resolver-error-quark")
        self.assertIn("no-such-host.invalid", caught.exception.message)

    def test_vanishes_in_mid_string(self):
        port, thread = serve_once(bytes([11]) + b"half")
        archive = load_from(port)
        self.assert_error(
            archive.read_string,
            Sockarch.archive_error_quark(), Sockarch.ArchiveError.END_OF_FILE)
        thread.join()

    def test_not_an_archive(self):
        port, thread = serve_once(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        archive = load_from(port)
        self.assert_error(
            lambda: archive.read_object(Sockarch.Record),
            Sockarch.archive_error_quark(), Sockarch.ArchiveError.BAD_INDEX)
        thread.join()

    def test_lying_length(self):
        port, thread = serve_once(bytes([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]) + b"x")
        archive = load_from(port)
        self.assert_error(
            archive.read_string,
            Sockarch.archive_error_quark(), Sockarch.ArchiveError.LIMIT)
        thread.join()

    def test_wrong_direction(self):
        archive = Sockarch.Archive.new_store_bytes()
        self.assert_error(
            archive.read_uint8,
            Sockarch.archive_error_quark(), Sockarch.ArchiveError.WRITE_ONLY)

    def test_datagram_and_file(self):
        sock = Sockarch.Socket()
        sock.create(0, Gio.SocketType.DATAGRAM, "127.0.0.1")
        self.assert_error(
            lambda: Sockarch.SocketFile.new(sock),
            Gio.io_error_quark(), Gio.IOErrorEnum.NOT_SUPPORTED)

    def test_would_block(self):
        listener = Sockarch.Socket(wait_policy=Sockarch.WaitPolicy.NEVER)
        listener.create(0, Gio.SocketType.STREAM, "127.0.0.1")
        listener.listen()
        self.assert_error(
            listener.accept,
            Gio.io_error_quark(), Gio.IOErrorEnum.WOULD_BLOCK)
