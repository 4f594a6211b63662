# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Ctrl-C ends a Python script that waits, whatever it waits for."""

import signal
import subprocess
import sys
import textwrap
import unittest

DEADLINE = 30

PROLOGUE = """
    import socket, sys
    import gi
    gi.require_version("Sockarch", "1.0")
    from gi.repository import Gio, Sockarch
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    sock = Sockarch.Socket()
"""

WAITS = {
    "accept": """
    sock.create(0, Gio.SocketType.STREAM, "127.0.0.1")
    sock.listen()
    print("waiting", flush=True)
    sock.accept()
    """,
    "receive": """
    sock.connect_to_host("127.0.0.1", port)
    print("waiting", flush=True)
    sock.receive(10)
    """,
    "archive": """
    sock.connect_to_host("127.0.0.1", port)
    archive = Sockarch.Archive.new(Sockarch.SocketFile.new(sock), Sockarch.ArchiveMode.LOAD)
    print("waiting", flush=True)
    archive.read_uint32()
    """,
}


class Interrupt(unittest.TestCase):
    def run_and_interrupt(self, script):
        source = textwrap.dedent(PROLOGUE) + textwrap.dedent(script) + "\nprint('not reached')\n"
        with subprocess.Popen(
            [sys.executable, "-c", source], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            self.assertEqual(process.stdout.readline(), "waiting\n")
            # The script may be on its way into the wait: the signal is repeated until it ends.
            for _ in range(DEADLINE * 10):
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(0.1)
                    break
                except subprocess.TimeoutExpired:
                    continue
            else:
                process.kill()
            output, errors = process.communicate()
        self.assertNotIn("not reached", output)
        self.assertNotEqual(process.returncode, -signal.SIGKILL, "the script did not end")
        self.assertTrue("KeyboardInterrupt" in errors or "signal" in errors, errors)

    def test_accept(self):
        self.run_and_interrupt(WAITS["accept"])

    def test_receive(self):
        self.run_and_interrupt(WAITS["receive"])

    def test_archive(self):
        self.run_and_interrupt(WAITS["archive"])
