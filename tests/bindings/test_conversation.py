# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The sequence of operations between all nine pairs of C, Python and JavaScript, as separate processes."""

import os
import pathlib
import subprocess
import sys
import unittest

SOURCE = pathlib.Path(os.environ["SA_SOURCE_ROOT"])
BUILD = pathlib.Path(os.environ["SA_BUILD_ROOT"])
LANGUAGES = ["c", "python", "js"]


class Conversation(unittest.TestCase):
    def converse(self, server):
        run = subprocess.run(
            [sys.executable, str(SOURCE / "examples" / "run-demo"), "--server", server,
             "--clients", ",".join(LANGUAGES), "--build", str(BUILD)],
            capture_output=True, text=True, timeout=100,
            env={**os.environ, "SA_PYTHON": sys.executable})
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        self.assertIn(f"{len(LANGUAGES)} conversations, 0 failed", run.stdout)
        # Each client saw its values and the text come back unchanged.
        self.assertEqual(run.stdout.count("14 values, all equal"), len(LANGUAGES), run.stdout)
        self.assertEqual(run.stdout.count("the same SHA-256"), len(LANGUAGES), run.stdout)
        narrow = 'in.read_string () = "Café crème à 10 €"'
        self.assertEqual(run.stdout.count(narrow), len(LANGUAGES), run.stdout)

    def test_c_server(self):
        self.converse("c")

    def test_python_server(self):
        self.converse("python")

    def test_js_server(self):
        self.converse("js")
