# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The examples that are programs of their own, run as a new user runs them."""

import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import unittest

EXAMPLES = pathlib.Path(os.environ["SA_SOURCE_ROOT"]) / "examples" / "python"

BUILD = pathlib.Path(os.environ["SA_BUILD_ROOT"]) / "examples"


class Programs(unittest.TestCase):
    """What goes wrong at the beginning is one line on the standard error, not a page from the inside."""

    def assert_fails(self, command, *words):
        run = subprocess.run(
            command, capture_output=True, encoding="utf-8", timeout=60, stdin=subprocess.DEVNULL)
        self.assertNotEqual(run.returncode, 0, run.stdout)
        self.assertNotIn("Traceback", run.stderr)
        self.assertEqual(len(run.stderr.splitlines()), 1, run.stderr)
        for word in words:
            self.assertIn(word, run.stderr)

    def test_sequence_usage(self):
        self.assert_fails([sys.executable, str(EXAMPLES / "sequence_client.py")], "usage:", "TEXT-FILE")
        self.assert_fails([str(BUILD / "sequence-client")], "usage:", "TEXT-FILE")
        if os.environ.get("SA_GJS"):
            script = EXAMPLES.parent / "js" / "sequence-client.js"
            self.assert_fails([os.environ["SA_GJS"], "-m", str(script)], "usage:", "TEXT-FILE")

    def test_nobody_listens(self):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = str(unused.getsockname()[1])
            python, chatter = sys.executable, str(EXAMPLES / "chatter.py")
            self.assert_fails([python, chatter, "me", "127.0.0.1", "--port", port], "chatter.py", port)
            for client in [python, str(EXAMPLES / "sequence_client.py")], [str(BUILD / "sequence-client")]:
                self.assert_fails([*client, "127.0.0.1", port, __file__], port)

    def test_port_taken(self):
        with socket.socket() as other:
            other.bind(("", 0))
            other.listen()
            port = str(other.getsockname()[1])
            self.assert_fails(
                [sys.executable, str(EXAMPLES / "chatsrvr.py"), "--port", port], "chatsrvr.py", "--port")


# The head of a LOGFONT, the name and the size of the font.
HEAD = bytes(28) + b"\5Arial" + bytes([9, 0, 0, 0])
NEW_NODE = b"\xff\xff\0\0\x0b\0CServerNode"


def node(key, *children, text=b"", expanded=0):
    """The fields of a node; its children are tags with what follows them."""
    return (bytes([expanded, 0, len(key)]) + key + bytes([len(text)]) + text + bytes(2)
            + bytes([len(children), 0]) + b"".join(children))


# The first child contains itself (object 2) and a second one (3), which the root has as well.
CIRCLE = HEAD + node(
    b"%ROOT%", NEW_NODE + node(b"a", b"\2\0", b"\1\x80" + node(b"b")), b"\3\0", text=b"caf\xe9", expanded=1)


class MfcToJson(unittest.TestCase):
    def run_it(self, *arguments):
        return subprocess.run(
            [sys.executable, str(EXAMPLES / "mfc-to-json.py"), *arguments],
            capture_output=True, encoding="utf-8", timeout=60,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"})

    def run_on(self, data):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "document.hie"
            path.write_bytes(data)
            return self.run_it(str(path))

    def assert_fails(self, run, *words):
        self.assertEqual((run.returncode, run.stdout), (1, ""), run.stderr)
        self.assertEqual(len(run.stderr.splitlines()), 1, run.stderr)
        for word in words:
            self.assertIn(word, run.stderr)

    def test_document(self):
        run = self.run_on(CIRCLE)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        plain = {"expanded": 0, "text": "", "image": 0}
        second = {**plain, "key": "b", "children": [], "$id": 2}
        first = {**plain, "key": "a", "children": [{"$ref": 1}, second], "$id": 1}
        root = {**plain, "expanded": 1, "key": "%ROOT%", "text": "café", "children": [first, {"$ref": 2}]}
        self.assertEqual(
            json.loads(run.stdout), {"logfont": bytes(28).hex(" "), "font": "Arial", "size": 9, "root": root})

    def test_deep_file(self):
        """As deep as an archive lets it be by default, and one more."""
        text = node(b"")
        for i in range(253):
            text = node(b"", (b"\1\x80" if i < 252 else NEW_NODE) + text)
        run = self.run_on(HEAD + text)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertEqual(run.stdout.count('"children"'), 254)
        for i in range(10):
            text = node(b"", NEW_NODE + text)
        self.assert_fails(self.run_on(HEAD + text), "256 deep")

    def test_usage(self):
        self.assert_fails(self.run_it(), "Usage:", "FILE")
        self.assert_fails(self.run_it("one", "two"), "Usage:")

    def test_no_file(self):
        self.assert_fails(self.run_it("/nowhere/at-all.hie"), "/nowhere/at-all.hie")

    def test_cut_file(self):
        self.assert_fails(self.run_on(CIRCLE[:-3]), "document.hie", "CServerNode.children")

    def test_other_file(self):
        self.assert_fails(self.run_on(HEAD + node(b"", b"\xff\xff\0\0\6\0COther")), "COther")

    def test_longer_file(self):
        self.assert_fails(self.run_on(CIRCLE + b"\0"), f"byte {len(CIRCLE)}")

    def test_real_file(self):
        path = os.path.join(os.environ.get("SA_MFC_FILES", ""), "mfcclass.hie")
        if not os.path.exists(path):
            self.skipTest("no MFC files: neither SA_MFC_FILES nor the option mfc_files says where they are")
        run = self.run_it(path)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        document = json.loads(run.stdout)
        self.assertEqual((document["font"], document["size"]), ("Arial", 9))
        self.assertEqual(document["root"]["text"], "MFC Class Hierarchy")

        def count(fields):
            return 1 + sum(count(child) for child in fields["children"])

        self.assertEqual((len(document["root"]["children"]), count(document["root"])), (26, 137))
