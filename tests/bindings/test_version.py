# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The namespace loads, and knows its version."""

import unittest

from gi.repository import Sockarch


class Version(unittest.TestCase):
    def test_headers_and_library_agree(self) -> None:
        self.assertEqual(Sockarch.get_major_version(), Sockarch.MAJOR_VERSION)
        self.assertEqual(Sockarch.get_minor_version(), Sockarch.MINOR_VERSION)
        self.assertEqual(Sockarch.get_micro_version(), Sockarch.MICRO_VERSION)

    def test_namespace(self) -> None:
        self.assertEqual(Sockarch._version, "1.0")
        self.assertEqual(Sockarch.Socket.__gtype__.name, "SaSocket")
