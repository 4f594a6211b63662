# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The chat examples speak the protocol of MFC's CHATTER and CHATSRVR, byte for byte."""

import os
import pathlib
import socket
import subprocess
import sys
import unittest

EXAMPLES = pathlib.Path(os.environ["SA_SOURCE_ROOT"]) / "examples" / "python"
DEADLINE = 30


def receive(peer, length):
    data = b""
    while len(data) < length:
        piece = peer.recv(length - len(data))
        if not piece:
            break
        data += piece
    return data


class Chatter(unittest.TestCase):
    def setUp(self):
        self.server = subprocess.Popen(
            [sys.executable, str(EXAMPLES / "chatsrvr.py"), "--port", "0"], stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.stop)
        self.port = int(self.server.stdout.readline().split()[-1])

    def stop(self):
        self.server.terminate()
        self.server.wait()
        self.server.stdout.close()

    def join(self):
        peer = socket.create_connection(("localhost", self.port), DEADLINE)
        self.addCleanup(peer.close)
        return peer

    def test_recorded_bytes(self):
        """What an ANSI and a Unicode build of CHATTER send, and what CHATSRVR answers."""
        bob = self.join()
        bob.sendall(bytes.fromhex("00 00 07 42 6F 62 3A 20 68 69 00 00"))
        self.assertEqual(receive(bob, 13), bytes.fromhex("00 00 00 01 00 07 42 6F 62 3A 20 68 69"))
        bob.sendall(bytes.fromhex(
            "00 00 FF FE FF 07 42 00 6F 00 62 00 3A 00 20 00 68 00 69 00 00 00"))
        self.assertEqual(receive(bob, 13), bytes.fromhex("00 00 00 01 00 07 42 6F 62 3A 20 68 69"))

    def test_two_lines_in_one_packet(self):
        bob = self.join()
        al = self.join()
        # Byte by byte, so that every part of a message has to wait for the rest.
        for byte in bytes.fromhex("00 00 07 42 6F 62 3A 20 68 69 00 00"):
            bob.sendall(bytes([byte]))
        self.assertEqual(receive(al, 13), bytes.fromhex("00 00 00 01 00 07 42 6F 62 3A 20 68 69"))
        self.assertEqual(receive(bob, 13), bytes.fromhex("00 00 00 01 00 07 42 6F 62 3A 20 68 69"))
        al.sendall(bytes.fromhex("00 00 06 41 6C 3A 20 79 6F 00 00") * 2)
        self.assertEqual(receive(bob, 24), bytes.fromhex("00 00 00 01 00 06 41 6C 3A 20 79 6F") * 2)

    def test_leaving(self):
        bob = self.join()
        bob.sendall(bytes.fromhex("01 00 0D 42 6F 62 3A 20 68 61 73 20 6C 65 66 74 00 00"))
        self.assertEqual(receive(bob, 1), b"")

    def test_client(self):
        bob = self.join()
        client = subprocess.run(
            [sys.executable, str(EXAMPLES / "chatter.py"), "Al", "localhost", "--port", str(self.port)],
            input="yo\n", capture_output=True, text=True, timeout=DEADLINE)
        self.assertEqual(client.returncode, 0, client.stderr)
        self.assertEqual(client.stdout, "Al: yo\n")
        self.assertEqual(receive(bob, 12), bytes.fromhex("00 00 00 01 00 06 41 6C 3A 20 79 6F"))
