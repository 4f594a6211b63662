# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What sockarch writes, the implementation that was written from the manual reads, and the other way
round; and both write the same bytes."""

import datetime
import os
import sys
import unittest
from typing import Any, Callable

import mfcwire
from gi.repository import Gio, GLib, GObject, Sockarch

ORDERS = {"<": Sockarch.ByteOrder.LITTLE_ENDIAN, ">": Sockarch.ByteOrder.BIG_ENDIAN}
LENGTHS = [0, 1, 127, 128, 129, 254, 255, 256, 4095, 4096, 4097, 65533, 65534, 65535, 65536, 65537]
COUNTS = [0, 1, 65533, 65534, 65535, 65536, 2**32 - 2]
LAYOUT = "ident:u16 text:cstring next:object(*) others:obarray(*)"
NODE, LEAF = "CNode", "CLeaf"


class Node(GObject.Object):
    __gtype_name__ = "WireNode"
    ident = GObject.Property(type=int)
    text = GObject.Property(type=str, default="")
    next = GObject.Property(type=GObject.Object)
    others = GObject.Property(type=Gio.ListStore)

    def __init__(self, ident: int = 0, text: str = "") -> None:
        super().__init__()
        self.ident, self.text = ident, text


class Leaf(Node):
    __gtype_name__ = "WireLeaf"


def body(wire: Any, schema: int, thing: mfcwire.Thing) -> None:
    """The fields of a node in the other implementation: by the layout."""
    if isinstance(wire, mfcwire.Reader):
        thing.ident, thing.text = wire.number("u16"), wire.string()
        thing.next, thing.others = wire.pointer(), wire.array(wire.pointer)
    else:
        wire.number("u16", thing.ident)
        wire.string(thing.text)
        wire.pointer(thing.next)
        wire.array(thing.others, wire.pointer)


CLASSES = {NODE: (range(1, 2), body), LEAF: (range(2, 3), body)}


def thing(ident: int, text: str = "", klass: str = NODE) -> mfcwire.Thing:
    return mfcwire.Thing(klass, ident=ident, text=text, next=None, others=[])


def registry() -> Sockarch.ClassRegistry:
    classes = Sockarch.ClassRegistry()
    classes.add_layout(NODE, Node, 1, LAYOUT)
    classes.add_layout(LEAF, Leaf, 2, LAYOUT)
    return classes


def load(data: bytes, order: str = "<") -> Sockarch.Archive:
    archive = Sockarch.Archive.new_load_bytes(GLib.Bytes.new(data))
    archive.set_byte_order(ORDERS[order])
    archive.set_registry(registry())
    return archive


def python_date(date: GLib.DateTime) -> datetime.datetime:
    return datetime.datetime(*date.get_ymd(), date.get_hour(), date.get_minute(), date.get_second())


def shape(start: Any) -> list[Any]:
    """A graph as data: all its objects in the order in which one comes to them, and their pointers as
    numbers. For the objects of both sides."""
    numbers: dict[Any, int] = {}
    todo, result = [start], []

    def number(one: Any) -> int:
        if one is None:
            return -1
        if one not in numbers:
            numbers[one] = len(numbers)
            todo.append(one)
        return numbers[one]

    number(todo.pop())
    while todo:
        one = todo.pop(0)
        klass = one.klass if isinstance(one, mfcwire.Thing) else LEAF if isinstance(one, Leaf) else NODE
        result.append((klass, one.ident, one.text, number(one.next),
                       [number(each) for each in one.others or ()]))
    return result


class Wire(unittest.TestCase):
    maxDiff = 1000

    def store(self, order: str, write: Callable[[Sockarch.Archive], Any]) -> bytes:
        archive = Sockarch.Archive.new_store_bytes()
        archive.set_byte_order(ORDERS[order])
        archive.set_registry(registry())
        write(archive)
        return archive.steal_bytes().get_data() or b""

    def check(self, name: str, value: Any, ours: Callable[[mfcwire.Writer], Any],
              theirs: Callable[[Sockarch.Archive], Any], read_ours: Callable[[mfcwire.Reader], Any],
              read_theirs: Callable[[Sockarch.Archive], Any]) -> None:
        for order in ORDERS:
            with self.subTest(name=name, order=order):
                writer = mfcwire.Writer(CLASSES, order)
                ours(writer)
                data = self.store(order, theirs)
                self.assertEqual(bytes(writer.data), data)
                reader = mfcwire.Reader(data, CLASSES, order)
                self.assertEqual(read_ours(reader), value)
                self.assertEqual(reader.position, len(data))
                archive = load(data, order)
                self.assertEqual(read_theirs(archive), value)
                self.assertTrue(archive.is_buffer_empty())
                for cut in range(min(len(data), 40)):
                    with self.assertRaises(mfcwire.NeedMore):
                        read_ours(mfcwire.Reader(data[:cut], CLASSES, order))
                    with self.assertRaises(GLib.Error) as caught:
                        read_theirs(load(data[:cut], order))
                    self.assertEqual(caught.exception.code, Sockarch.ArchiveError.END_OF_FILE)


class Values(Wire):
    def test_numbers(self) -> None:
        names = [("i8", "int8", -2), ("u8", "uint8", 255), ("i16", "int16", -2), ("u16", "uint16", 0x1234),
                 ("i32", "int32", -2), ("u32", "uint32", 2**32 - 1), ("i64", "int64", -(2**63)),
                 ("u64", "uint64", 2**64 - 1), ("f32", "float", 1.5), ("f64", "double", 0.1)]
        for kind, name, value in names:
            self.check(name, value, lambda w: w.number(kind, value),
                       lambda a: getattr(a, "write_" + name)(value), lambda r: r.number(kind),
                       lambda a: getattr(a, "read_" + name)())

    def test_truth(self) -> None:
        for value in (False, True):
            self.check("bool", value, lambda w: w.number("u8", value), lambda a: a.write_boolean(value),
                       lambda r: r.bool1(), lambda a: a.read_boolean())
            self.check("BOOL", value, lambda w: w.number("u32", value), lambda a: a.write_boolean32(value),
                       lambda r: r.bool4(), lambda a: a.read_boolean32())

    def test_structures(self) -> None:
        for name, values in (("point", (1, -2)), ("size", (800, 900)), ("rect", (207, -165, 212, -169))):
            self.check(name, values, lambda w: [w.number("i32", value) for value in values],
                       lambda a: getattr(a, "write_" + name)(*values),
                       lambda r: tuple(r.number("i32") for _ in values),
                       lambda a: getattr(a, "read_" + name)()[1:])

    def test_counts(self) -> None:
        for value in COUNTS:
            def read(archive: Sockarch.Archive) -> int:
                archive.get_limits().set_count(2**32)
                return archive.read_count()

            self.check(f"count {value}", value, lambda w: w.count(value), lambda a: a.write_count(value),
                       lambda r: r.count(), read)

    def test_varints(self) -> None:
        for value in (0, 127, 128, 300, 2**64 - 1):
            self.check(f"varint {value}", value, lambda w: w.varint(value), lambda a: a.write_varint(value),
                       lambda r: r.varint(), lambda a: a.read_varint())

    def test_times(self) -> None:
        for value in (0, -1, 0x5D960A1B, 2**40):
            self.check(f"time {value}", value, lambda w: w.time(value), lambda a: a.write_time(value),
                       lambda r: r.time(), lambda a: a.read_time())

        def short(archive: Sockarch.Archive) -> None:
            archive.props.time_form = Sockarch.TimeForm.PLAIN_32
            archive.write_time(-5)

        self.check("time in 32 bits", -5, lambda w: w.number("i32", -5), short, lambda r: r.time(),
                   lambda a: a.read_time())
        self.check("span", -3600, lambda w: w.number("i32", -3600), lambda a: a.write_time_span(-3600),
                   lambda r: r.number("i32"), lambda a: a.read_time_span())

    def test_ole(self) -> None:
        valid = Sockarch.OleStatus.VALID
        for text in ("2000-01-01T00:00:00", "1899-12-30T06:00:00", "1899-12-29T06:00:00",
                     "1899-12-28T18:30:00", "0100-01-01T00:00:00", "2026-07-14T18:00:00"):
            date = GLib.DateTime.new_from_iso8601(text, GLib.TimeZone.new_utc())
            python = datetime.datetime.fromisoformat(text)
            self.check(text, python, lambda w: w.ole("date", python),
                       lambda a: a.write_ole_date_time(date, valid), lambda r: r.ole("date"),
                       lambda a: python_date(a.read_ole_date_time()[0]))
        for value in (12345600, -15000, 0, 2**63 - 1, -(2**63)):
            self.check(f"currency {value}", value, lambda w: w.ole("currency", value),
                       lambda a: a.write_ole_currency(value, valid), lambda r: r.ole("currency"),
                       lambda a: a.read_ole_currency()[0])
        self.check("span", 1.5, lambda w: w.ole("span", 1.5),
                   lambda a: a.write_ole_date_time_span(1.5, valid), lambda r: r.ole("span"),
                   lambda a: a.read_ole_date_time_span()[0])
        self.check("none", 2, lambda w: w.ole("span", 0, 2),
                   lambda a: a.write_ole_date_time(None, Sockarch.OleStatus.NULL), lambda r: r.ole("date"),
                   lambda a: int(a.read_ole_date_time()[1]))

    def test_variants(self) -> None:
        values = {0: None, 1: None, 2: -2, 3: -1, 4: 1.5, 5: 0.1, 6: -15000, 7: 36526.5, 8: "é😀", 10: -3,
                  11: True, 16: -128, 17: 255, 18: 65535, 19: 2**32 - 1, 20: -(2**63), 21: 2**64 - 1, 22: -7,
                  23: 7}
        types = {2: "n", 3: "i", 4: "d", 5: "d", 6: "x", 7: "d", 8: "s", 10: "i", 11: "b", 16: "n", 17: "y",
                 18: "q", 19: "u", 20: "x", 21: "t", 22: "i", 23: "u"}
        self.assertEqual(set(values), set(mfcwire.VARIANTS) | {mfcwire.VT_BOOL, mfcwire.VT_BSTR})
        for kind, value in values.items():
            variant = GLib.Variant(types[kind], value) if kind in types else None

            def read(archive: Sockarch.Archive) -> tuple[int, Any]:
                loaded, vt = archive.read_ole_variant()
                return int(vt), loaded.unpack() if kind in types else None

            self.check(f"variant {kind}", (kind, value), lambda w: w.variant(kind, value),
                       lambda a: a.write_ole_variant(Sockarch.OleVt(kind), variant), lambda r: r.variant(),
                       read)

    def test_not_mfc(self) -> None:
        self.check("blob", b"\0\1\2", lambda w: w.blob(b"\0\1\2"),
                   lambda a: a.write_blob(GLib.Bytes.new(b"\0\1\2")), lambda r: r.blob(),
                   lambda a: a.read_blob().get_data())
        self.check("UTF-8", "é😀", lambda w: w.blob("é😀".encode()), lambda a: a.write_utf8("é😀"),
                   lambda r: r.blob().decode(), lambda a: a.read_utf8())
        def parts(value: GLib.Variant) -> tuple[str, bytes]:
            return value.get_type_string(), value.get_data_as_bytes().get_data()

        # A GVariant is its type and its bytes, always with the least significant byte first.
        variant = GLib.Variant("(su)", ("é", 7))
        raw = parts(variant)[1]
        if sys.byteorder == "little":
            self.check("GVariant", ("(su)", raw), lambda w: (w.blob(b"(su)"), w.blob(raw)),
                       lambda a: a.write_variant(variant), lambda r: (r.blob().decode(), r.blob()),
                       lambda a: parts(a.read_variant(None)))


class Strings(Wire):
    def check_text(self, name: str, text: str, wide: bool) -> None:
        def write(archive: Sockarch.Archive) -> None:
            archive.set_string_form(Sockarch.StringForm.WIDE if wide else Sockarch.StringForm.NARROW)
            archive.write_string(text)

        self.check(name, text, lambda w: w.string(text, wide), write, lambda r: r.string(),
                   lambda a: a.read_string())

    def test_lengths(self) -> None:
        for length in LENGTHS:
            for wide in (False, True):
                self.check_text(f"{length} {wide}", "x" * length, wide)

    def test_texts(self) -> None:
        self.check_text("narrow", "Zoë – 5 €", False)
        self.check_text("wide", "日本 a😀b", True)

    def test_any_characters(self) -> None:
        def characters(data: GLib.Bytes, form: Sockarch.StringForm) -> tuple[bool, bytes]:
            return form == Sockarch.StringForm.WIDE, data.get_data()

        for form, wide, raw in ((Sockarch.StringForm.WIDE, True, b"\0\0\x3d\xd8"),
                                (Sockarch.StringForm.NARROW, False, b"a\0\x81")):
            self.check("bytes", (wide, raw), lambda w: w.string_bytes(wide, raw),
                       lambda a: a.write_string_bytes(form, GLib.Bytes.new(raw)), lambda r: r.string_bytes(),
                       lambda a: characters(*a.read_string_bytes()))

    def test_longest_form(self) -> None:
        """Lengths in a longer form than they need are read all the same."""
        for prefix in ("FF 02 00", "FF FFFF 02000000", "FF FFFF FFFFFFFF 0200000000000000"):
            for mark, characters in (("", b"ab"), ("FFFEFF", b"a\0b\0")):
                data = bytes.fromhex(mark + prefix) + characters
                self.assertEqual(mfcwire.Reader(data).string(), "ab")
                self.assertEqual(load(data).read_string(), "ab")

    def test_counted(self) -> None:
        for wide, form in ((True, Sockarch.StringForm.WIDE), (False, Sockarch.StringForm.NARROW)):
            def read(archive: Sockarch.Archive) -> str:
                archive.set_string_form(form)
                return archive.read_counted_text()

            def write(archive: Sockarch.Archive) -> None:
                archive.set_string_form(form)
                archive.write_counted_text("ab\r\né")

            self.check("counted", "ab\r\né", lambda w: w.counted(wide, "ab\r\né"), write,
                       lambda r: r.counted(wide), read)

    def test_lines(self) -> None:
        for order in ORDERS:
            for wide, form in ((True, Sockarch.StringForm.WIDE), (False, Sockarch.StringForm.NARROW)):
                def write(archive: Sockarch.Archive) -> None:
                    archive.set_string_form(form)
                    archive.write_text("one\r\n\ntw\ro\nlast")

                data = self.store(order, write)
                reader, archive = mfcwire.Reader(data, order=order), load(data, order)
                archive.set_string_form(form)
                for expected in ("one", "", "tw\ro", "last", None, None):
                    self.assertEqual(reader.line(wide), expected)
                    self.assertEqual(archive.read_line(), expected)


class Collections(Wire):
    def test_numbers(self) -> None:
        for values in ([], [1, 2, 255]):
            for name, kind in (("word", "u16"), ("dword", "u32")):
                self.check(name, values, lambda w: w.array(values, lambda v: w.number(kind, v)),
                           lambda a: getattr(a, f"write_{name}_array")(values),
                           lambda r: r.array(lambda: r.number(kind)),
                           lambda a: list(getattr(a, f"read_{name}_array")()))
            self.check("byte", values, lambda w: w.array(values, lambda v: w.number("u8", v)),
                       lambda a: a.write_byte_array(GLib.Bytes.new(bytes(values))),
                       lambda r: r.array(lambda: r.number("u8")),
                       lambda a: list(a.read_byte_array().get_data() or b""))

    def test_strings(self) -> None:
        values = ["a", "", "é"]
        self.check("strings", values, lambda w: w.array(values, w.string),
                   lambda a: a.write_string_array(values), lambda r: r.array(r.string),
                   lambda a: a.read_string_array())

    def test_maps(self) -> None:
        pairs = {"a": "1", "b": ""}
        self.check("strings", pairs,
                   lambda w: w.array(sorted(pairs.items()), lambda p: list(map(w.string, p))),
                   lambda a: a.write_map_string_to_string(pairs), lambda r: dict(r.pairs(r.string, r.string)),
                   lambda a: a.read_map_string_to_string())

        # Maps to objects are fields of layouts, too.
        first, second = thing(1), thing(2)
        writer = mfcwire.Writer(CLASSES)
        writer.count(2)
        for key, value in ((7, first), (9, None)):
            writer.number("u16", key)
            writer.pointer(value)
        writer.count(2)
        for name, value in (("one", first), ("two", second)):
            writer.string(name)
            writer.pointer(value)
        archive = load(bytes(writer.data))
        words = archive.read_map_word_to_object(GObject.Object)
        names = archive.read_map_string_to_object(GObject.Object)
        self.assertTrue(archive.is_buffer_empty())
        self.assertEqual((words[7].ident, words[9]), (1, None))
        self.assertEqual(names["two"].ident, 2)
        self.assertIs(names["one"], words[7])

        store = Sockarch.Archive.new_store_bytes()
        store.set_registry(registry())
        store.write_map_string_to_object(names)
        reader = mfcwire.Reader(store.steal_bytes().get_data(), CLASSES)
        self.assertEqual([(key, value.ident) for key, value in reader.pairs(reader.string, reader.pointer)],
                         [("one", 1), ("two", 2)])


class Objects(Wire):
    def graphs(self) -> tuple[mfcwire.Thing, Node]:
        """The same graph twice: a cycle, sharing, NULL, two classes, and a pointer to itself."""
        ours = [thing(i, f"n{i}") for i in range(4)] + [thing(4, "leaf", LEAF), thing(5, "", LEAF)]
        theirs = [Node(i, f"n{i}") for i in range(4)] + [Leaf(4, "leaf"), Leaf(5)]
        for side in (ours, theirs):
            for i, next_one in ((0, 1), (1, 0), (2, 2), (3, 4), (5, 0)):
                side[i].next = side[next_one]
            for i, others in ((0, [2, 3, 2, 4, 5, 0]), (1, []), (4, [5])):
                if side is ours:
                    side[i].others = [side[j] for j in others]
                else:
                    store = Gio.ListStore(item_type=GObject.Object)
                    for j in others:
                        store.append(side[j])
                    side[i].others = store
        return ours[0], theirs[0]

    def test_graph(self) -> None:
        ours, theirs = self.graphs()
        self.assertEqual(shape(ours), shape(theirs))
        self.check("graph", shape(ours), lambda w: w.pointer(ours), lambda a: a.write_object(theirs),
                   lambda r: shape(r.pointer()), lambda a: shape(a.read_object(GObject.Object)))

    def test_null(self) -> None:
        self.check("NULL", None, lambda w: w.pointer(None), lambda a: a.write_object(None),
                   lambda r: r.pointer(), lambda a: a.read_object(GObject.Object))

    def test_classes_and_mapped_objects(self) -> None:
        ours, theirs = thing(1), Node(1)
        document, gdocument = thing(9), Node(9)
        ours.next, theirs.next = document, gdocument

        def write_ours(writer: mfcwire.Writer) -> None:
            writer.klass(LEAF, 2)
            writer.map(document)
            writer.pointer(ours)
            writer.klass(LEAF, 2)
            writer.klass(NODE, 1)
            writer.pointer(document)

        def write_theirs(archive: Sockarch.Archive) -> None:
            archive.write_class(LEAF)
            archive.map_object(gdocument)
            archive.write_object(theirs)
            archive.write_class(LEAF)
            archive.write_class(NODE)
            archive.write_object(gdocument)

        def read_ours(reader: mfcwire.Reader) -> Any:
            first = reader.klass()
            reader.map(document)
            node = reader.pointer()
            return [first, node.next is document, reader.klass(), reader.klass(),
                    reader.pointer() is document]

        def read_theirs(archive: Sockarch.Archive) -> Any:
            first = archive.read_class(None)
            archive.map_object(gdocument)
            node = archive.read_object(GObject.Object)
            return [tuple(first), node.next is gdocument, tuple(archive.read_class(None)),
                    tuple(archive.read_class(None)), archive.read_object(GObject.Object) is gdocument]

        self.check("classes", [(LEAF, 2), True, (LEAF, 2), (NODE, 1), True], write_ours, write_theirs,
                   read_ours, read_theirs)

    def test_big_tags(self) -> None:
        """More objects than the short tags reach, then a class and objects behind the boundary."""
        ours = [thing(i & 0xFFFF) for i in range(0x8010)]
        theirs = [Node(i & 0xFFFF) for i in range(0x8010)]
        leaf, gleaf = thing(1, "", LEAF), Leaf(1)
        again, gagain = thing(2, "", LEAF), Leaf(2)
        # Node i has number i + 2: the last short one, the first big one, and the first and last of all.
        picks = [0x7FFE - 2, 0x7FFF - 2, 0, 0x800F]
        ours += [leaf, again, leaf] + [ours[i] for i in picks] + [thing(3)]
        theirs += [gleaf, gagain, gleaf] + [theirs[i] for i in picks] + [Node(3)]
        writer = mfcwire.Writer(CLASSES)
        writer.array(ours, writer.pointer)
        data = self.store("<", lambda archive: archive.write_object_array(theirs))
        self.assertEqual(bytes(writer.data), data)

        expected = [shape(one) for one in ours]
        reader = mfcwire.Reader(data, CLASSES)
        loaded = reader.array(reader.pointer)
        self.assertEqual([shape(one) for one in loaded], expected)
        self.assertEqual(reader.position, len(data))
        loaded = load(data).read_object_array(GObject.Object)
        self.assertEqual([shape(one) for one in loaded], expected)
        end = len(loaded) - 1
        self.assertIs(loaded[end - 7], loaded[end - 5])
        for i, pick in enumerate(picks):
            self.assertIs(loaded[end - 4 + i], loaded[pick])

    def test_strangers(self) -> None:
        """What one refuses the other refuses."""
        name = "0500 434E6F6465"
        bad = ["0080", "0100", "0180", "FF7F 01000000", "FF7F 00000000", "FF7F 00000080", "FFFF 0100 0000",
               "FFFF 0100 0500 434E6F642E", "FFFF 0900 " + name, "FFFF 0100 0500 434E6F6466",
               "FFFF 0100 4000 " + "41" * 64, f"FFFF 0100 {name} 0A00 00 0100",
               f"FFFF 0100 {name} 0A00 00 0280", f"FFFF 0100 {name} 0A00 00 0300",
               f"FFFF 0100 {name} 0A00 FFFEFFFFFEFF01 6100"]
        for text in bad:
            data = bytes.fromhex(text)
            with self.subTest(data=text):
                with self.assertRaises(mfcwire.Bad):
                    mfcwire.Reader(data, CLASSES).pointer()
                with self.assertRaises(GLib.Error) as caught:
                    load(data).read_object(GObject.Object)
                self.assertNotEqual(caught.exception.code, Sockarch.ArchiveError.END_OF_FILE)


class Files(unittest.TestCase):
    """A file that a program of MFC wrote."""

    @staticmethod
    def node(wire: Any, schema: int, one: mfcwire.Thing) -> None:
        if isinstance(wire, mfcwire.Reader):
            one.expanded, one.key, one.text = wire.number("u16"), wire.string(), wire.string()
            one.image, one.children = wire.number("u16"), wire.array(wire.pointer)
        else:
            wire.number("u16", one.expanded)
            wire.string(one.key)
            wire.string(one.text)
            wire.number("u16", one.image)
            wire.array(one.children, wire.pointer)

    def test_hierarchy(self) -> None:
        path = os.path.join(os.environ.get("SA_MFC_FILES", ""), "mfcclass.hie")
        if not os.path.exists(path):
            self.skipTest(f"there is no {path}: set SA_MFC_FILES, or the option mfc_files, to its folder")
        with open(path, "rb") as file:
            data = file.read()
        classes = {"CServerNode": (range(0, 1), self.node)}
        reader, root = mfcwire.Reader(data, classes), mfcwire.Thing("CServerNode")
        font, name, number = reader.raw(28), reader.string(), reader.number("u32")
        self.node(reader, 0, root)
        self.assertEqual((reader.position, name, root.text), (len(data), "Arial", "MFC Class Hierarchy"))
        writer = mfcwire.Writer(classes, wide=False)
        writer.data += font
        writer.string(name)
        writer.number("u32", number)
        self.node(writer, 0, root)
        self.assertEqual(bytes(writer.data), data)
