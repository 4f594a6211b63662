# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Times, money and COleVariant from Python's values to their bytes, and back."""

import unittest

import gi

gi.require_version("Sockarch", "1.0")
from gi.repository import GLib, Sockarch

VALID, INVALID, NULL = Sockarch.OleStatus.VALID, Sockarch.OleStatus.INVALID, Sockarch.OleStatus.NULL
VT = Sockarch.OleVt

TIMES = [
    (Sockarch.TimeForm.MARKED, 0x5D960A1B, "0A 00 00 80 1B 0A 96 5D 00 00 00 00"),
    (Sockarch.TimeForm.MARKED, -(2**40), "0A 00 00 80 00 00 00 00 00 FF FF FF"),
    (Sockarch.TimeForm.PLAIN_32, 0x5D960A1B, "1B 0A 96 5D"),
    (Sockarch.TimeForm.PLAIN_32, -1, "FF FF FF FF"),
    (Sockarch.TimeForm.PLAIN_64, 0x5D960A1B, "1B 0A 96 5D 00 00 00 00"),
]

DATES = [
    ((2000, 1, 1, 0, 0, 0), "00 00 00 00 00 00 00 00 C0 D5 E1 40"),
    ((1899, 12, 30, 0, 0, 0), "00 00 00 00 00 00 00 00 00 00 00 00"),
    ((1899, 12, 29, 6, 0, 0), "00 00 00 00 00 00 00 00 00 00 F4 BF"),
    ((100, 1, 1, 0, 0, 0), "00 00 00 00 00 00 00 00 34 10 24 C1"),
    ((9999, 12, 31, 12, 0, 0), "00 00 00 00 00 00 00 C0 40 92 46 41"),
]

AMOUNTS = [
    ("1234.56", "00 00 00 00 00 00 00 00 00 61 BC 00"),
    ("-1.5", "00 00 00 00 FF FF FF FF 68 C5 FF FF"),
    ("0.0001", "00 00 00 00 00 00 00 00 01 00 00 00"),
    ("922337203685477.5807", "00 00 00 00 FF FF FF 7F FF FF FF FF"),
    ("-922337203685477.5808", "00 00 00 00 00 00 00 80 00 00 00 00"),
]

VARIANTS = [
    (VT.EMPTY, "()", (), "00 00"),
    (VT.NULL, "()", (), "01 00"),
    (VT.I2, "n", -2, "02 00 FE FF"),
    (VT.I4, "i", -1, "03 00 FF FF FF FF"),
    (VT.R4, "d", 1.5, "04 00 00 00 C0 3F"),
    (VT.R8, "d", 1.5, "05 00 00 00 00 00 00 00 F8 3F"),
    (VT.CY, "x", -15000, "06 00 68 C5 FF FF FF FF FF FF"),
    (VT.DATE, "d", 36526.0, "07 00 00 00 00 00 C0 D5 E1 40"),
    (VT.BSTR, "s", "", "08 00 00 00 00 00"),
    (VT.BSTR, "s", "h\u20ac", "08 00 04 00 00 00 68 00 AC 20"),
    (VT.ERROR, "i", -2147352572, "0A 00 04 00 02 80"),
    (VT.BOOL, "b", True, "0B 00 FF FF"),
    (VT.BOOL, "b", False, "0B 00 00 00"),
    (VT.I1, "n", -128, "10 00 80"),
    (VT.UI1, "y", 255, "11 00 FF"),
    (VT.UI2, "q", 65535, "12 00 FF FF"),
    (VT.UI4, "u", 2**32 - 1, "13 00 FF FF FF FF"),
    (VT.I8, "x", -(2**63), "14 00 00 00 00 00 00 00 00 80"),
    (VT.UI8, "t", 2**64 - 1, "15 00 FF FF FF FF FF FF FF FF"),
    (VT.INT, "i", -2, "16 00 FE FF FF FF"),
    (VT.UINT, "u", 2, "17 00 02 00 00 00"),
]


def load(text):
    return Sockarch.Archive.new_load_bytes(GLib.Bytes.new(bytes.fromhex(text)))


class Values(unittest.TestCase):
    def assert_stored(self, store, text):
        self.assertEqual(store.steal_bytes().get_data(), bytes.fromhex(text))

    def assert_error(self, call, code):
        with self.assertRaises(GLib.Error) as caught:
            call()
        error = caught.exception
        self.assertTrue(error.matches(Sockarch.archive_error_quark(), code), error.message)

    def test_times(self):
        for form, seconds, text in TIMES:
            with self.subTest(form=form, seconds=seconds):
                store, archive = Sockarch.Archive.new_store_bytes(), load(text)
                store.set_time_form(form)
                store.write_time(seconds)
                self.assert_stored(store, text)
                # The first two tell themselves apart.
                if form == Sockarch.TimeForm.PLAIN_64:
                    archive.set_time_form(form)
                self.assertEqual(archive.read_time(), seconds)
                self.assertTrue(archive.is_buffer_empty())

    def test_times_that_do_not_fit(self):
        for seconds in (2**31, -(2**31) - 1, 0x8000000A - 2**32):
            store = Sockarch.Archive.new_store_bytes()
            store.set_time_form(Sockarch.TimeForm.PLAIN_32)
            self.assert_error(lambda: store.write_time(seconds), Sockarch.ArchiveError.INVALID_DATA)

    def test_time_spans(self):
        store = Sockarch.Archive.new_store_bytes()
        store.write_time_span(3600)
        store.set_time_form(Sockarch.TimeForm.PLAIN_64)
        store.write_time_span(-1)
        self.assert_stored(store, "10 0E 00 00 FF FF FF FF FF FF FF FF")
        self.assertEqual(load("10 0E 00 00").read_time_span(), 3600)

    def test_dates(self):
        for fields, text in DATES:
            with self.subTest(date=fields):
                date = GLib.DateTime.new_utc(*fields)
                store, archive = Sockarch.Archive.new_store_bytes(), load(text)
                store.write_ole_date_time(date, VALID)
                self.assert_stored(store, text)
                loaded, status = archive.read_ole_date_time()
                self.assertEqual((loaded.format_iso8601(), status), (date.format_iso8601(), VALID))

    def test_no_dates(self):
        for status in (INVALID, NULL):
            store = Sockarch.Archive.new_store_bytes()
            store.write_ole_date_time(None, status)
            text = f"{int(status):02X} 00 00 00" + " 00" * 8
            self.assert_stored(store, text)
            self.assertEqual(load(text).read_ole_date_time(), (None, status))
        # Beyond the last day, and before the first.
        for text in ("00 00 00 00 00 00 00 00 41 92 46 41", "00 00 00 00 00 00 00 00 36 10 24 C1"):
            self.assertEqual(load(text).read_ole_date_time(), (None, INVALID))

    def test_date_spans(self):
        store = Sockarch.Archive.new_store_bytes()
        store.write_ole_date_time_span(1.5, VALID)
        self.assert_stored(store, "00 00 00 00 00 00 00 00 00 00 F8 3F")
        self.assertEqual(load("00 00 00 00 00 00 00 00 00 00 F8 3F").read_ole_date_time_span(), (1.5, VALID))
        self.assertEqual(load("02 00 00 00 00 00 00 00 00 00 00 00").read_ole_date_time_span(), (0, NULL))

    def test_money(self):
        for amount, text in AMOUNTS:
            with self.subTest(amount=amount):
                store = Sockarch.Archive.new_store_bytes()
                store.write_ole_currency(Sockarch.currency_from_string(amount), VALID)
                self.assert_stored(store, text)
                loaded, status = load(text).read_ole_currency()
                self.assertEqual((Sockarch.currency_to_string(loaded), status), (amount, VALID))

    def test_variants(self):
        for vt, kind, value, text in VARIANTS:
            with self.subTest(vt=vt, value=value):
                store, archive = Sockarch.Archive.new_store_bytes(), load(text)
                store.write_ole_variant(vt, GLib.Variant(kind, value))
                self.assert_stored(store, text)
                loaded, loaded_vt = archive.read_ole_variant()
                self.assertEqual((loaded.get_type_string(), loaded.unpack(), loaded_vt), (kind, value, vt))
                self.assertTrue(archive.is_buffer_empty())
                size = len(bytes.fromhex(text))
                for cut in range(size):
                    self.assert_error(
                        lambda: load(bytes.fromhex(text)[:cut].hex()).read_ole_variant(),
                        Sockarch.ArchiveError.END_OF_FILE)

    def test_variants_that_are_none(self):
        error = Sockarch.ArchiveError
        # An interface, an array, a reference, and a type that there is not.
        for text in ("09 00", "0D 00", "02 20", "02 40", "FF FF"):
            self.assert_error(lambda: load(text + " 00" * 16).read_ole_variant(), error.NOT_SUPPORTED)
        # Half a character, a NUL in the middle, and half of a pair.
        for text in ("03 00 00 00 68 00 00", "04 00 00 00 68 00 00 00", "02 00 00 00 00 D8"):
            self.assert_error(lambda: load("08 00 " + text).read_ole_variant(), error.INVALID_DATA)
        self.assert_error(lambda: load("08 00 FF FF FF FF 68 00").read_ole_variant(), error.LIMIT)
        store = Sockarch.Archive.new_store_bytes()
        for vt, value in ((VT.I2, GLib.Variant("i", 1)), (VT.I1, GLib.Variant("n", 128)),
                          (VT.R4, GLib.Variant("d", 1e39)), (VT.I4, None)):
            self.assert_error(lambda: store.write_ole_variant(vt, value), error.INVALID_DATA)
