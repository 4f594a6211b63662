# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""An archive from Python: values, arrays, records, transactions, and a main loop that never waits."""

import os
import subprocess
import sys
import textwrap
import unittest

from gi.repository import GLib, GObject, Sockarch


def load(data: bytes) -> Sockarch.Archive:
    return Sockarch.Archive.new_load_bytes(GLib.Bytes.new(data))


def code(error: GLib.Error) -> int:
    assert error.matches(Sockarch.archive_error_quark(), error.code), error
    return error.code


class Values(unittest.TestCase):
    def setUp(self) -> None:
        self.out = Sockarch.Archive.new_store_bytes()

    def stored(self) -> bytes:
        return self.out.steal_bytes().get_data() or b""

    def test_numbers(self) -> None:
        values = [("int8", -2), ("uint8", 255), ("int16", -2), ("uint16", 65535), ("int32", -2),
                  ("uint32", 2**32 - 1), ("int64", -2), ("uint64", 2**64 - 1), ("float", 1.5),
                  ("double", 0.1), ("boolean", True), ("boolean32", True), ("count", 65535), ("varint", 300)]
        for kind, value in values:
            self.assertTrue(getattr(self.out, f"write_{kind}")(value))
        archive = load(self.stored())
        for kind, value in values:
            self.assertEqual(getattr(archive, f"read_{kind}")(), value)

    def test_strings(self) -> None:
        self.out.write_string("Zoë – 日本 😀")
        self.out.set_string_form(Sockarch.StringForm.NARROW)
        self.out.write_string("Zoë")
        data = self.stored()
        self.assertTrue(data.endswith(b"\x03Zo\xeb"))
        archive = load(data)
        self.assertEqual(archive.read_string(), "Zoë – 日本 😀")
        characters, form = archive.read_string_bytes()
        self.assertEqual((characters.get_data(), form), (b"Zo\xeb", Sockarch.StringForm.NARROW))

    def test_raw_bytes_are_bytes(self) -> None:
        self.out.write_data(b"hello\0")
        self.out.write_data(b"")
        archive = load(self.stored())
        self.assertEqual(archive.ensure_read(5), b"hello")
        self.assertEqual(archive.read_data(100), b"\0")
        self.assertEqual(archive.read_data(100), b"")

    def test_arrays(self) -> None:
        self.out.write_uint32_array([1, 2, 2**32 - 1])
        self.out.write_double_array([0.5, -1])
        archive = load(self.stored())
        self.assertEqual(list(archive.read_uint32_array(3)), [1, 2, 2**32 - 1])
        self.assertEqual(list(archive.read_double_array(2)), [0.5, -1])

    def test_structures(self) -> None:
        self.out.write_point(1, -2)
        archive = load(self.stored())
        self.assertEqual(archive.read_point(), (True, 1, -2))

    def test_record(self) -> None:
        record = [7, -3, "Fisher, Lon", 67.5, True, 2**40]
        wrapped = record[:5] + [GObject.Value(GObject.TYPE_UINT64, record[5])]
        self.out.write("unsdbt", wrapped)
        self.assertEqual(load(self.stored()).read("unsdbt"), record)

    def test_record_out_of_range(self) -> None:
        for letter, value in (("y", 256), ("u", -1), ("q", 65536), ("s", 3), ("u", "three")):
            with self.subTest(letter=letter), self.assertRaises(GLib.Error) as caught:
                self.out.write(letter, [value])
            self.assertEqual(code(caught.exception), Sockarch.ArchiveError.INVALID_DATA)
        self.assertEqual(self.stored(), b"")


class Errors(unittest.TestCase):
    def test_end(self) -> None:
        with self.assertRaises(GLib.Error) as caught:
            load(b"\1\2").read_uint32()
        self.assertEqual(code(caught.exception), Sockarch.ArchiveError.END_OF_FILE)

    def test_closed(self) -> None:
        archive = load(b"\1\2")
        archive.close()
        with self.assertRaises(GLib.Error) as caught:
            archive.read_uint8()
        self.assertEqual(code(caught.exception), Sockarch.ArchiveError.CLOSED)

    def test_wrong_direction(self) -> None:
        with self.assertRaises(GLib.Error) as caught:
            load(b"\1\2").write_uint8(1)
        self.assertEqual(code(caught.exception), Sockarch.ArchiveError.READ_ONLY)

    def test_without_a_stream(self) -> None:
        archive = Sockarch.Archive(mode=Sockarch.ArchiveMode.LOAD)
        with self.assertRaises(GLib.Error) as caught:
            archive.read_uint8()
        self.assertEqual(code(caught.exception), Sockarch.ArchiveError.NOT_SUPPORTED)

    def test_limit(self) -> None:
        archive = load(b"\5hello")
        archive.get_limits().set_string_bytes(4)
        with self.assertRaises(GLib.Error) as caught:
            archive.read_string()
        self.assertEqual(code(caught.exception), Sockarch.ArchiveError.LIMIT)

    def test_rollback(self) -> None:
        archive = load(b"\1\2")
        archive.begin_transaction()
        with self.assertRaises(GLib.Error):
            archive.read_uint32()
        archive.rollback_transaction()
        self.assertEqual(archive.read_uint16(), 0x0201)


class Ready(unittest.TestCase):
    def test_exception(self) -> None:
        """One that leaves a transaction open: that is rolled back, and the next call tells."""
        self.expects_uncaught = True
        _, ours, theirs = Sockarch.Socket.new_pair()
        archive = Sockarch.Archive.new(Sockarch.SocketFile.new(ours), Sockarch.ArchiveMode.LOAD)
        loop = GLib.MainLoop()
        outcome = []

        def on_ready(ready: Sockarch.Archive) -> None:
            try:
                ready.begin_transaction()
            except GLib.Error as error:
                outcome.append(code(error))
                loop.quit()
                return
            outcome.append(ready.read_uint8())
            if outcome[-1] == 2:
                raise ValueError("this is printed")
            ready.commit_transaction()

        archive.connect("load-ready", on_ready)
        archive.set_read_ahead(True)
        theirs.send(b"\1\2\3")
        deadline = GLib.timeout_add_seconds(20, loop.quit)
        loop.run()
        GLib.source_remove(deadline)
        self.assertEqual(outcome, [1, 2, Sockarch.ArchiveError.FAILED])
        self.assertEqual(archive.get_offset(), 1)

    def test_messages(self) -> None:
        done, ours, theirs = Sockarch.Socket.new_pair()
        self.assertTrue(done)
        stream, peer = Sockarch.SocketFile.new(ours), Sockarch.SocketFile.new(theirs)
        archive = Sockarch.Archive.new(stream, Sockarch.ArchiveMode.LOAD)
        out = Sockarch.Archive.new(peer, Sockarch.ArchiveMode.STORE)
        loop = GLib.MainLoop()
        messages = []

        def on_ready(ready: Sockarch.Archive) -> None:
            try:
                messages.append(ready.read("us"))
            except GLib.Error as error:
                if code(error) != Sockarch.ArchiveError.NEED_MORE:
                    messages.append(code(error))
                    loop.quit()

        def send_part(data: bytes) -> bool:
            out.write_data(data)
            out.flush()
            return GLib.SOURCE_REMOVE

        archive.connect("load-ready", on_ready)
        archive.set_read_ahead(True)
        store = Sockarch.Archive.new_store_bytes()
        for number, text in enumerate(("one", "two", "three")):
            store.write("us", [number, text])
        data = store.steal_bytes().get_data()
        for i, byte in enumerate(data[:20]):
            GLib.timeout_add(i, send_part, bytes([byte]))
        GLib.timeout_add(20, send_part, data[20:])
        GLib.timeout_add(25, lambda: theirs.shutdown(Sockarch.Shutdown.SENDS) and False)
        GLib.timeout_add_seconds(20, loop.quit)
        loop.run()
        self.assertEqual(messages, [[0, "one"], [1, "two"], [2, "three"], Sockarch.ArchiveError.END_OF_FILE])


class Waiting(unittest.TestCase):
    SCRIPT = """
        import gi
        gi.require_version("Sockarch", "1.0")
        from gi.repository import GLib, Sockarch
        _, ours, theirs = Sockarch.Socket.new_pair()
        ours.set_timeout(1)
        archive = Sockarch.Archive.new(Sockarch.SocketFile.new(ours), Sockarch.ArchiveMode.LOAD)
        loop = GLib.MainLoop()

        def on_idle():
            for _ in range(2):
                try:
                    archive.read_uint8()
                except GLib.Error as error:
                    print(error.message)
            loop.quit()

        GLib.idle_add(on_idle)
        loop.run()
        """

    def test_in_the_main_loop(self) -> None:
        """A call that blocks the loop it runs in is allowed; SA_DEBUG says so, once."""
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(self.SCRIPT)], env={**os.environ, "SA_DEBUG": "socket"},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=20, check=True)
        self.assertEqual(len(done.stdout.splitlines()), 2)
        self.assertEqual(done.stderr.count("blocks the main loop"), 1)
