# SPDX-FileCopyrightText: 2026 The sockarch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Objects of Python classes in an archive: by their own serialize, by a layout, and when that goes wrong."""

import gc
import os
import unittest

import gi

gi.require_version("Sockarch", "1.0")
from gi.repository import Gio, GLib, GObject, Sockarch

# A(10) -> B(20) -> A, as in the manual.
CYCLE = bytes.fromhex("FFFF0100 0500 434E6F6465 0A00 0180 1400 0200")


class Node(GObject.Object, Sockarch.Serializable):
    __gtype_name__ = "PyNode"

    def __init__(self, ident=0, next_node=None):
        super().__init__()
        self.ident = ident
        self.next = next_node
        self.was_loaded = 0

    def do_serialize(self, archive):
        gc.collect()
        self.ident = archive.exchange_uint16(self.ident)
        self.next = archive.exchange_object(self.next, Node)
        return True

    def do_loaded(self, archive):
        self.was_loaded += 1


class Everything(GObject.Object, Sockarch.Serializable):
    __gtype_name__ = "PyEverything"

    def __init__(self):
        super().__init__()
        self.flag = self.flag32 = False
        self.time = self.count = 0
        self.narrow = ""
        self.node = None
        self.i8 = self.u8 = self.i16 = self.u16 = self.i32 = self.u32 = self.i64 = self.u64 = 0
        self.f32 = self.f64 = 0.0
        self.text = ""
        self.raw = self.counted = None
        self.names = []
        self.nodes = []
        self.listed = Gio.ListStore(item_type=Node)

    def do_serialize(self, archive):
        self.flag = archive.exchange_boolean(self.flag)
        self.flag32 = archive.exchange_boolean32(self.flag32)
        self.time = archive.exchange_time(self.time)
        self.count = archive.exchange_count(self.count)
        archive.set_string_form(Sockarch.StringForm.NARROW)
        self.narrow = archive.exchange_string(self.narrow)
        archive.set_string_form(Sockarch.StringForm.WIDE)
        self.node = archive.exchange_object(self.node, Node)
        self.i8 = archive.exchange_int8(self.i8)
        self.u8 = archive.exchange_uint8(self.u8)
        self.i16 = archive.exchange_int16(self.i16)
        self.u16 = archive.exchange_uint16(self.u16)
        self.i32 = archive.exchange_int32(self.i32)
        self.u32 = archive.exchange_uint32(self.u32)
        self.i64 = archive.exchange_int64(self.i64)
        self.u64 = archive.exchange_uint64(self.u64)
        self.f32 = archive.exchange_float(self.f32)
        self.f64 = archive.exchange_double(self.f64)
        self.text = archive.exchange_string(self.text)
        self.raw = archive.exchange_bytes(self.raw, 3)
        self.counted = archive.exchange_byte_array(self.counted)
        self.names = archive.exchange_string_array(self.names)
        self.nodes = archive.exchange_object_array(self.nodes, Node)
        archive.exchange_object_list(self.listed, Node)
        return True


class Leaf(Node, Sockarch.Serializable):
    """A derived class names the interface again, or PyGObject gives its do_serialize to the base too."""

    __gtype_name__ = "PyLeaf"
    weight = 0

    def do_serialize(self, archive):
        Node.do_serialize(self, archive)
        self.weight = archive.exchange_uint8(self.weight)
        return True


class Person(GObject.Object):
    """No code for archives: one line of layout says it all."""

    __gtype_name__ = "PyPerson"
    name = GObject.Property(type=str, default="")
    grade = GObject.Property(type=int, default=0, minimum=0, maximum=100)
    partner = GObject.Property(type=GObject.Object)
    children = GObject.Property(type=Gio.ListStore)
    tags = GObject.Property(type=GObject.TYPE_STRV)
    born = GObject.Property(type=GLib.DateTime)


class Picky(GObject.Object):
    """Its setter refuses what its type allows."""

    __gtype_name__ = "PyPicky"

    def __init__(self):
        super().__init__()
        self.stored = 0

    @GObject.Property(type=int)
    def number(self):
        return self.stored

    @number.setter
    def number(self, value):
        if value == 7:
            raise ValueError("this is printed, and nobody else is told")
        self.stored = value


class Holder(GObject.Object):
    """A property for whatever a field can be."""

    __gtype_name__ = "PyHolder"
    int32 = GObject.Property(type=int)
    uint32 = GObject.Property(type=GObject.TYPE_UINT)
    int64 = GObject.Property(type=GObject.TYPE_INT64)
    uint64 = GObject.Property(type=GObject.TYPE_UINT64)
    float32 = GObject.Property(type=GObject.TYPE_FLOAT)
    double = GObject.Property(type=float)
    boolean = GObject.Property(type=bool, default=False)
    string = GObject.Property(type=str)
    date_time = GObject.Property(type=GLib.DateTime)
    raw = GObject.Property(type=GLib.Bytes)
    strings = GObject.Property(type=GObject.TYPE_STRV)
    variant = GObject.Property(type=GObject.TYPE_VARIANT)
    thing = GObject.Property(type=GObject.Object)
    listed = GObject.Property(type=Gio.ListStore)
    form = GObject.Property(type=Sockarch.StringForm, default=Sockarch.StringForm.WIDE)


INNER = "FF FF 00 00 06 00 43 49 6E 6E 65 72 07"
# Wire type, bytes, property, and what a record gives for it, or how to make that out of it.
WIRE_TYPES = [
    ("u8", "FF", "int32", 255),
    ("i8", "80", "int32", -128),
    ("u16", "FF FF", "int32", 65535),
    ("i16", "00 80", "int32", -32768),
    ("u32", "FF FF FF FF", "uint32", 2**32 - 1),
    ("i32", "00 00 00 80", "int32", -(2**31)),
    ("u64", "FF FF FF FF FF FF FF FF", "uint64", 2**64 - 1),
    ("i64", "00 00 00 00 00 00 00 80", "int64", -(2**63)),
    ("u8", "01", "form", 1),
    ("f32", "00 00 C0 3F", "float32", 1.5),
    ("f64", "00 00 00 00 00 00 F8 BF", "double", -1.5),
    ("bool1", "01", "boolean", True),
    ("bool4", "01 00 00 00", "boolean", True),
    ("cstring", "02 68 E9", "string", "h\u00e9"),
    ("narrow", "00", "string", ""),
    ("wide", "FF FE FF 01 AC 20", "string", "\u20ac"),
    ("time", "0A 00 00 80 1B 0A 96 5D 00 00 00 00", "int64", 1570114075),
    ("timespan", "F0 F1 FF FF", "int64", -3600),
    ("oledatetime", "00 00 00 00 00 00 00 00 C0 D5 E1 40", "date_time", "2000-01-01T00:00:00Z"),
    ("oledatetime", "02 00 00 00 00 00 00 00 00 00 00 00", "date_time", None),
    ("oledatetimespan", "00 00 00 00 00 00 00 00 00 00 F8 3F", "double", 1.5),
    ("currency", "00 00 00 00 FF FF FF FF 68 C5 FF FF", "string", "-1.5"),
    ("variant", "0B 00 FF FF", "variant", (11, True)),
    ("point", "01 00 00 00 FF FF FF FF", "variant", (1, -1)),
    ("size", "01 00 00 00 FF FF FF FF", "variant", (1, -1)),
    ("rect", "01 00 00 00 02 00 00 00 03 00 00 00 04 00 00 00", "variant", (1, 2, 3, 4)),
    ("bytes[2]", "00 FF", "raw", b"\0\xff"),
    ("bytearray", "02 00 00 FF", "raw", b"\0\xff"),
    ("wordarray", "01 00 34 12", "variant", [0x1234]),
    ("dwordarray", "01 00 78 56 34 12", "variant", [0x12345678]),
    ("array(u8)", "02 00 01 FF", "variant", [1, 255]),
    ("array(i8)", "02 00 01 80", "variant", [1, -128]),
    ("array(f32)", "01 00 00 00 C0 3F", "variant", [1.5]),
    ("array(u64)", "01 00 FF FF FF FF FF FF FF FF", "variant", [2**64 - 1]),
    ("stringarray", "02 00 01 61 00", "strings", ["a", ""]),
    ("stringlist", "00 00", "strings", []),
    ("mapstrstr", "01 00 01 61 01 31", "variant", {"a": "1"}),
    ("embed(CInner)", "07", "thing", 7),
    ("object(CInner)", INNER, "thing", 7),
    ("object(*)", "00 00", "thing", None),
    ("oblist(CInner)", "02 00" + INNER + "02 00", "listed", [7, 7]),
    ("obarray(*)", "00 00", "listed", []),
    ("array(embed(CInner))", "02 00 01 02", "listed", [1, 2]),
    ("mapwordob(CInner)", "01 00 05 00" + INNER, "listed", [(5, 7)]),
    ("mapstrob(*)", "01 00 01 6B 00 00", "listed", [("k", None)]),
]


def plain(value):
    """What Python has for the value of a field."""
    if isinstance(value, Sockarch.Record):
        if value.get_class_name() is None:
            return value.get_field("key"), plain(value.get_field("value"))
        return value.get_field("n")
    if isinstance(value, Gio.ListModel):
        return [plain(item) for item in value]
    if isinstance(value, GLib.Bytes):
        return value.get_data() or b""
    if isinstance(value, GLib.DateTime):
        return value.format_iso8601()
    return value.unpack() if isinstance(value, GLib.Variant) else value


class Silent(GObject.Object, Sockarch.Serializable):
    __gtype_name__ = "PySilent"

    def do_serialize(self, archive):
        archive.exchange_uint16(0)  # and no return


class Raising(GObject.Object, Sockarch.Serializable):
    __gtype_name__ = "PyRaising"

    def do_serialize(self, archive):
        raise ValueError("this is printed, and then it is an error")


class RaisingNode(Node, Sockarch.Serializable):
    __gtype_name__ = "PyRaisingNode"

    def do_serialize(self, archive):
        gc.collect()
        raise RuntimeError("this is printed, and then it is an error")


class RaisingError(GObject.Object, Sockarch.Serializable):
    __gtype_name__ = "PyRaisingError"

    def do_serialize(self, archive):
        raise GLib.Error.new_literal(Gio.io_error_quark(), "disc on fire", Gio.IOErrorEnum.FAILED)


class RaisingLoaded(GObject.Object, Sockarch.Serializable):
    __gtype_name__ = "PyRaisingLoaded"

    def do_serialize(self, archive):
        self.number = archive.exchange_uint16(0)
        return True

    def do_loaded(self, archive):
        raise ValueError("this is printed, and nobody else is told")


class Swallowing(GObject.Object, Sockarch.Serializable):
    __gtype_name__ = "PySwallowing"

    def do_serialize(self, archive):
        try:
            archive.exchange_uint64(0)
        except GLib.Error:
            pass
        return True


class Keeping(GObject.Object, Sockarch.Serializable):
    __gtype_name__ = "PyKeeping"
    kept = None

    def do_serialize(self, archive):
        Keeping.kept = archive
        return True


def new_registry(**classes):
    registry = Sockarch.ClassRegistry.new()
    for name, kind in classes.items():
        registry.add_class(name, kind, 1)
    return registry


def new_store(registry):
    return Sockarch.Archive(mode=Sockarch.ArchiveMode.STORE, registry=registry)


def new_load(registry, data):
    archive = Sockarch.Archive.new_load_bytes(GLib.Bytes.new(data))
    archive.set_registry(registry)
    return archive


class Serialize(unittest.TestCase):
    def assert_error(self, call, quark, code, *words):
        with self.assertRaises(GLib.Error) as caught:
            call()
        error = caught.exception
        self.assertTrue(error.matches(quark, code), f"{error.domain} {error.code}: {error.message}")
        for word in words:
            self.assertIn(word, error.message)

    def test_cycle(self):
        registry = new_registry(CNode=Node)
        archive = new_load(registry, CYCLE)
        first = archive.read_object(Node)
        self.assertEqual((first.ident, first.next.ident), (10, 20))
        self.assertIs(first.next.next, first)
        self.assertEqual((first.was_loaded, first.next.was_loaded), (1, 1))

        store = new_store(registry)
        store.write_object(first)
        self.assertEqual(store.steal_bytes().get_data(), CYCLE)
        first.next.next = None

    def test_null(self):
        archive = new_load(new_registry(CNode=Node), bytes(2))
        self.assertIsNone(archive.read_object(Node))

    def test_derived(self):
        registry = new_registry(CNode=Node, CLeaf=Leaf)
        leaf = Leaf(5)
        leaf.weight = 200
        store = new_store(registry)
        store.write_object(Node(4, leaf))
        node = new_load(registry, store.steal_bytes().get_data()).read_object(Node)
        self.assertEqual((node.ident, node.next.ident, node.next.weight), (4, 5, 200))
        self.assertIsInstance(node.next, Leaf)

    def test_every_kind(self):
        registry = new_registry(CNode=Node, CEverything=Everything)
        one = Everything()
        one.flag, one.text, one.names = True, "h\u00e9", ["a", "b"]
        one.flag32, one.time, one.count, one.narrow = True, -(2**40), 70000, "\u20ac"
        one.i8, one.u8, one.i16, one.u16, one.i32, one.u32 = -1, 255, -2, 65535, -3, 2**32 - 1
        one.i64, one.u64, one.f32, one.f64 = -(2**63), 2**64 - 1, 1.5, -2.5
        one.raw, one.counted = GLib.Bytes.new(b"abc"), GLib.Bytes.new(b"defg")
        one.nodes = [Node(1), Node(2)]
        one.listed.append(one.nodes[1])
        store = new_store(registry)
        store.write_object(one)

        other = new_load(registry, store.steal_bytes().get_data()).read_object(Everything)
        for name in (
            "flag", "flag32", "time", "count", "narrow", "node",
            "i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "f32", "f64", "text", "names"):
            self.assertEqual(getattr(other, name), getattr(one, name), name)
        self.assertEqual(other.raw.get_data(), b"abc")
        self.assertEqual(other.counted.get_data(), b"defg")
        self.assertEqual([node.ident for node in other.nodes], [1, 2])
        self.assertIs(other.listed[0], other.nodes[1])

    def test_layout(self):
        registry = Sockarch.ClassRegistry.new()
        registry.add_layout(
            "CPerson", Person, 0,
            "name:cstring grade:u8 partner:object(CPerson) children:oblist(CPerson) tags:stringarray "
            "born:oledatetime")
        ada = Person(name="Ada", grade=90, tags=["x", "y"], born=GLib.DateTime.new_utc(1815, 12, 10, 0, 0, 0))
        bob = Person(name="Bob", partner=ada)
        ada.children = Gio.ListStore(item_type=Person)
        ada.children.append(bob)
        store = new_store(registry)
        store.write_object(ada)

        other = new_load(registry, store.steal_bytes().get_data()).read_object(Person)
        self.assertEqual((other.name, other.grade, other.tags), ("Ada", 90, ["x", "y"]))
        self.assertEqual(other.born.format_iso8601(), "1815-12-10T00:00:00Z")
        self.assertEqual(len(other.children), 1)
        self.assertIs(other.children[0].partner, other)
        self.assertIsNone(other.children[0].born)
        other.children.remove_all()
        ada.children.remove_all()

    def test_layout_out_of_range(self):
        registry = Sockarch.ClassRegistry.new()
        registry.add_layout("CPerson", Person, 0, "grade:u8")
        self.assert_error(
            lambda: new_load(registry, b"\x65").read_embedded("CPerson"),
            Sockarch.archive_error_quark(), Sockarch.ArchiveError.INVALID_DATA, "CPerson.grade")

    def test_setter_raises(self):
        """The archive cannot know; the place in the stream stays right."""
        self.expects_uncaught = True
        registry = Sockarch.ClassRegistry.new()
        registry.add_layout("CPicky", Picky, 0, "number:u8")
        archive = new_load(registry, b"\x07\x08\x09")
        self.assertEqual(archive.read_embedded("CPicky").number, 0)
        self.assertEqual(archive.read_embedded("CPicky").number, 8)
        self.assertEqual(archive.read_uint8(), 9)

    def test_record(self):
        registry = Sockarch.ClassRegistry.new()
        registry.add_record(
            "CStudent", 0, "name:cstring grade:i32 words:wordarray corner:point things:obarray(*)")
        record = Sockarch.Record.new("CStudent")
        record.set_field("name", "Lisa")
        record.set_field("grade", 80)
        record.set_field("words", GLib.Variant("aq", [1, 2]))
        record.set_field("corner", GLib.Variant("(ii)", (3, -4)))
        record.set_field("things", Gio.ListStore(item_type=GObject.Object))
        store = new_store(registry)
        store.write_object(record)

        other = new_load(registry, store.steal_bytes().get_data()).read_object(Sockarch.Record)
        self.assertEqual(other.get_class_name(), "CStudent")
        self.assertEqual(other.list_fields(), ["name", "grade", "words", "corner", "things"])
        self.assertEqual((other.get_field("name"), other.get_field("grade")), ("Lisa", 80))
        self.assertEqual(other.get_field("words").unpack(), [1, 2])
        self.assertEqual(other.get_field("corner").unpack(), (3, -4))
        self.assertEqual(len(other.get_field("things")), 0)
        self.assertIsNone(other.get_field("none"))

    def new_wire_registry(self, kind, layout):
        registry = Sockarch.ClassRegistry.new()
        registry.add_record("CInner", 0, "n:u8")
        if kind is None:
            registry.add_record("C", 0, layout)
        else:
            registry.add_layout("C", kind, 0, layout)
        return registry

    def test_wire_types(self):
        """Every wire type through a record and through a property, and back to the same bytes."""
        for wire_type, text, prop, expected in WIRE_TYPES:
            data = bytes.fromhex(text)
            for kind, name in ((None, "v"), (Holder, prop)):
                with self.subTest(wire_type=wire_type, kind=kind):
                    registry = self.new_wire_registry(kind, f"{name}:{wire_type}")
                    load = new_load(registry, data)
                    loaded = load.read_embedded("C")
                    self.assertTrue(load.is_buffer_empty())
                    value = loaded.get_field(name) if kind is None else loaded.get_property(name)
                    self.assertEqual(plain(value), expected)
                    store = new_store(registry)
                    store.set_string_form(Sockarch.StringForm.NARROW)
                    store.serialize_embedded(loaded)
                    self.assertEqual(store.steal_bytes().get_data(), data)

    def test_record_setters(self):
        """What a script sets is checked at once; what it sets right is what is stored."""
        registry = Sockarch.ClassRegistry.new()
        registry.add_record("CInner", 0, "n:u8")
        registry.add_record(
            "C", 0, "a:u8 b:u64 c:f32 d:cstring e:bytes[2] f:stringlist g:oledatetime h:wordarray "
                    "i:object(CInner) j:bool1 k:currency l:oblist(*)")
        record = registry.create_record("C")
        self.assertEqual(record.get_field_type("i"), "object(CInner)")
        types = [record.get_field_type(name) for name in record.list_fields()]
        self.assertEqual(types[:3], ["u8", "u64", "f32"])
        inner = registry.create_record("CInner")
        inner.set_field("n", 7)

        record.set_field("a", 255)
        record.set_uint64("b", 2**64 - 1)
        record.set_field("c", 1.5)
        record.set_field("d", "text")
        record.set_bytes("e", GLib.Bytes.new(b"ab"))
        record.set_strings("f", ["x", "y"])
        record.set_date_time("g", GLib.DateTime.new_utc(2000, 1, 1, 0, 0, 0))
        record.set_variant("h", GLib.Variant("aq", [1]))
        record.set_object("i", inner)
        record.set_boolean("j", True)
        record.set_string("k", "12.5")
        record.get_object("l").append(inner)

        store = new_store(registry)
        store.write_object(record)
        other = new_load(registry, store.steal_bytes().get_data()).read_object(Sockarch.Record)
        self.assertEqual((other.get_int64("a"), other.get_uint64("b")), (255, 2**64 - 1))
        self.assertEqual(other.get_double("c"), 1.5)
        self.assertEqual((other.get_string("d"), other.get_strings("f")), ("text", ["x", "y"]))
        self.assertEqual(other.get_bytes("e").get_data(), b"ab")
        self.assertEqual(other.get_date_time("g").get_year(), 2000)
        self.assertEqual(other.get_variant("h").unpack(), [1])
        self.assertEqual(other.get_object("i").get_int64("n"), 7)
        self.assertIs(other.get_object("l")[0], other.get_object("i"))
        self.assertEqual((other.get_boolean("j"), other.get_string("k")), (True, "12.5"))

        quark, error = Sockarch.archive_error_quark(), Sockarch.ArchiveError
        for call, code, *words in [
                (lambda: record.set_field("a", 256), error.INVALID_DATA, "Field a", "256"),
                (lambda: record.set_field("a", -1), error.INVALID_DATA, "-1"),
                (lambda: record.set_field("a", "1"), error.INVALID_DATA, "gchararray"),
                (lambda: record.set_int64("b", -1), error.INVALID_DATA, "u64"),
                (lambda: record.set_double("c", 1e39), error.INVALID_DATA, "1e+39"),
                (lambda: record.set_bytes("e", GLib.Bytes.new(b"abc")), error.INVALID_DATA, "bytes[2]"),
                (lambda: record.set_variant("h", GLib.Variant("ai", [1])), error.INVALID_DATA, "aq"),
                (lambda: record.set_object("i", record), error.BAD_CLASS, "CInner"),
                (lambda: record.set_string("k", "1.00001"), error.INVALID_DATA, "1.00001"),
                (lambda: record.set_field("none", 1), error.INVALID_DATA, "none"),
                (lambda: record.get_int64("d"), error.INVALID_DATA, "gchararray"),
                (lambda: registry.create_record("CNone"), error.BAD_CLASS, "CNone")]:
            self.assert_error(call, quark, code, *words)
        self.assertEqual(record.get_int64("a"), 255)

    def test_collections(self):
        registry = new_registry(CNode=Node)
        store = new_store(registry)
        node = Node(7)
        store.write_object_array([node, node])
        store.write_map_string_to_string({"b": "2", "a": "1"})
        store.write_map_string_to_object({"k": node})
        store.write_map_word_to_object({5: node})
        store.write_word_array([1, 65535])
        store.write_string_array(["x"])
        load = new_load(registry, store.steal_bytes().get_data())
        nodes = load.read_object_array(Node)
        self.assertEqual([n.ident for n in nodes], [7, 7])
        self.assertIs(nodes[0], nodes[1])
        self.assertEqual(load.read_map_string_to_string(), {"a": "1", "b": "2"})
        self.assertIs(load.read_map_string_to_object(Node)["k"], nodes[0])
        self.assertIs(load.read_map_word_to_object(Node)[5], nodes[0])
        self.assertEqual(list(load.read_word_array()), [1, 65535])
        self.assertEqual(load.read_string_array(), ["x"])

    def test_collection_bytes(self):
        """Each class of MFC's collections from Python's containers to its bytes, and back."""
        registry = new_registry(CNode=Node)
        node = Node(10)
        listed = Gio.ListStore(item_type=Node)
        listed.append(node)
        new_node = "FF FF 01 00 05 00 43 4E 6F 64 65 0A 00 00 00"

        def first_item(nodes):
            return [None if item is None else item.ident for item in nodes]

        def by_key(nodes):
            return {key: None if item is None else item.ident for key, item in nodes.items()}

        for name, value, text, arguments, check, expected in [
                ("byte_array", GLib.Bytes.new(b"abc"), "03 00 61 62 63", (), lambda b: b.get_data(), b"abc"),
                ("byte_array", GLib.Bytes.new(b""), "00 00", (), lambda b: b.get_size(), 0),
                ("word_array", [1, 2], "02 00 01 00 02 00", (), list, [1, 2]),
                ("word_array", [], "00 00", (), list, []),
                ("dword_array", [7, 2**32 - 1], "02 00 07 00 00 00 FF FF FF FF", (), list, [7, 2**32 - 1]),
                ("string_array", ["a", ""], "02 00 01 61 00", (), list, ["a", ""]),
                ("string_array", [], "00 00", (), list, []),
                ("object_array", [node, None, node], "03 00" + new_node + "00 00 02 00", (Node,), first_item,
                 [10, None, 10]),
                ("object_list", listed, "01 00" + new_node, (Node,), first_item, [10]),
                ("map_string_to_string", {"a": "1", "b": ""}, "02 00 01 61 01 31 01 62 00", (), dict,
                 {"a": "1", "b": ""}),
                ("map_word_to_object", {5: None, 7: node}, "02 00 05 00 00 00 07 00" + new_node, (Node,),
                 by_key, {5: None, 7: 10}),
                ("map_string_to_object", {"k": node}, "01 00 01 6B" + new_node, (Node,), by_key, {"k": 10})]:
            with self.subTest(name=name, value=value):
                store = new_store(registry)
                store.set_string_form(Sockarch.StringForm.NARROW)
                getattr(store, "write_" + name)(value)
                data = store.steal_bytes().get_data()
                self.assertEqual(data, bytes.fromhex(text))
                load = new_load(registry, data)
                self.assertEqual(check(getattr(load, "read_" + name)(*arguments)), expected)
                self.assertTrue(load.is_buffer_empty())
                cut = new_load(registry, data[:-1])
                self.assert_error(
                    lambda: getattr(cut, "read_" + name)(*arguments),
                    Sockarch.archive_error_quark(), Sockarch.ArchiveError.END_OF_FILE)

    def test_values(self):
        store = Sockarch.Archive.new_store_bytes()
        store.write_time(-5)
        store.write_ole_date_time(GLib.DateTime.new_utc(2000, 1, 1, 0, 0, 0), Sockarch.OleStatus.VALID)
        store.write_ole_currency(Sockarch.currency_from_string("-1.5"), Sockarch.OleStatus.VALID)
        store.write_ole_variant(Sockarch.OleVt.BSTR, GLib.Variant("s", "text"))
        store.write_variant(GLib.Variant("a{sv}", {"x": GLib.Variant("u", 1)}))
        load = Sockarch.Archive.new_load_bytes(store.steal_bytes())
        self.assertEqual(load.read_time(), -5)
        date, status = load.read_ole_date_time()
        self.assertEqual((date.format_iso8601(), status), ("2000-01-01T00:00:00Z", Sockarch.OleStatus.VALID))
        amount, status = load.read_ole_currency()
        self.assertEqual(Sockarch.currency_to_string(amount), "-1.5")
        value, kind = load.read_ole_variant()
        self.assertEqual((value.unpack(), kind), ("text", Sockarch.OleVt.BSTR))
        self.assertEqual(load.read_variant("a{sv}").unpack(), {"x": 1})

    def test_forgotten_return(self):
        self.assert_error(
            lambda: new_store(new_registry(CSilent=Silent)).write_object(Silent()),
            Sockarch.archive_error_quark(), Sockarch.ArchiveError.FAILED, "PySilent")

    def test_exception(self):
        self.expects_uncaught = True
        self.assert_error(
            lambda: new_store(new_registry(CRaising=Raising)).write_object(Raising()),
            Sockarch.archive_error_quark(), Sockarch.ArchiveError.FAILED, "PyRaising")

    def test_wrong_values(self):
        """What is no number of that size, or no value at all: the class and the place are in the error."""
        self.expects_uncaught = True
        for value in ("text", None, 65536, -1, object()):
            with self.subTest(value=value):
                self.assert_error(
                    lambda: new_store(new_registry(CNode=Node)).write_object(Node(1, Node(value))),
                    Sockarch.archive_error_quark(), Sockarch.ArchiveError.FAILED, "PyNode", "CNode")

    def test_wrong_object(self):
        self.assert_error(
            lambda: new_store(new_registry(CNode=Node, CSilent=Silent)).write_object(Node(1, Silent())),
            Sockarch.archive_error_quark(), Sockarch.ArchiveError.BAD_CLASS, "PySilent", "PyNode")

    def test_raises_in_loading(self):
        """An exception deep in what is being loaded: the place is in the error, and nothing is left."""
        self.expects_uncaught = True
        data = bytes.fromhex("FFFF0100 0500 434E6F6465 0A00 FFFF0100 0800 4352616973696E67")
        self.assert_error(
            lambda: new_load(new_registry(CNode=Node, CRaising=RaisingNode), data).read_object(Node),
            Sockarch.archive_error_quark(), Sockarch.ArchiveError.FAILED, "PyRaisingNode", "byte 27")

    def test_loaded_raises(self):
        """The archive cannot know; the object is given out as it is, and the place stays right."""
        self.expects_uncaught = True
        archive = new_load(
            new_registry(CLate=RaisingLoaded), bytes.fromhex("FFFF0100 0500 434C617465 0700 0180 0800 0900"))
        self.assertEqual([archive.read_object(RaisingLoaded).number for _ in range(2)], [7, 8])
        self.assertEqual(archive.read_uint16(), 9)

    def test_error(self):
        self.assert_error(
            lambda: new_store(new_registry(CRaising=RaisingError)).write_object(RaisingError()),
            Gio.io_error_quark(), Gio.IOErrorEnum.FAILED, "disc on fire")

    def test_swallowed(self):
        """What a serialize catches and forgets is still an error: the fields behind it would be wrong."""
        data = bytes.fromhex("FFFF0100 0100 43 0102")
        self.assert_error(
            lambda: new_load(new_registry(C=Swallowing), data).read_object(Swallowing),
            Sockarch.archive_error_quark(), Sockarch.ArchiveError.END_OF_FILE)

    def test_late(self):
        """An archive that was kept is closed, and says so."""
        store = new_store(new_registry(CKeeping=Keeping))
        store.write_object(Keeping())
        store.close()
        del store
        self.assert_error(
            lambda: Keeping.kept.exchange_uint16(1),
            Sockarch.archive_error_quark(), Sockarch.ArchiveError.CLOSED)
        self.assert_error(
            lambda: Keeping.kept.write_object(Node()),
            Sockarch.archive_error_quark(), Sockarch.ArchiveError.CLOSED)

    def test_async(self):
        """One message after another from the main loop, in a handler of a few lines."""
        archive = Sockarch.Archive.new_load(Gio.MemoryInputStream.new_from_data(CYCLE + b"\2\0"))
        archive.set_registry(new_registry(CNode=Node))
        loop, nodes, errors = GLib.MainLoop(), [], []

        def on_object(source, result):
            try:
                nodes.append(source.read_object_finish(result))
                source.read_object_async(Node, None, on_object)
            except GLib.Error as error:
                errors.append(error)
                loop.quit()

        archive.read_object_async(Node, None, on_object)
        deadline = GLib.timeout_add_seconds(20, loop.quit)
        loop.run()
        GLib.source_remove(deadline)
        self.assertEqual([node.ident for node in nodes], [10, 10])
        self.assertIs(nodes[0], nodes[1])
        self.assertTrue(errors[0].matches(Sockarch.archive_error_quark(), Sockarch.ArchiveError.END_OF_FILE))
        nodes[0].next.next = None

    def test_registration(self):
        registry = new_registry(CNode=Node)
        self.assert_error(
            lambda: registry.add_class("COther", Node, 0),
            Sockarch.archive_error_quark(), Sockarch.ArchiveError.BAD_CLASS, "CNode")
        self.assert_error(
            lambda: registry.add_layout("CPerson", Person, 0, "name:u8"),
            Sockarch.archive_error_quark(), Sockarch.ArchiveError.BAD_CLASS, "name")
        self.assert_error(
            lambda: registry.add_record("CBad", 0, "a:u8 b:nonsense"),
            Sockarch.archive_error_quark(), Sockarch.ArchiveError.INVALID_DATA, "column 8")
        self.assertEqual(registry.list_names(), ["CNode"])

    def test_mfc_file(self):
        folder = os.environ.get("SA_MFC_FILES", "")
        path = os.path.join(folder, "mfcclass.hie")
        if not folder or not os.path.exists(path):
            self.skipTest("no MFC files: neither SA_MFC_FILES nor the option mfc_files says where they are")
        with open(path, "rb") as file:
            data = file.read()
        registry = new_registry()
        registry.add_class("CServerNode", ServerNode, 0)
        load, store = new_load(registry, data), new_store(registry)
        store.set_string_form(Sockarch.StringForm.NARROW)
        font, name, number = load.read_bytes(28), load.read_string(), load.read_uint32()
        root = load.read_embedded("CServerNode")
        self.assertTrue(load.is_buffer_empty())
        self.assertEqual((root.key, root.text, len(root.children)), ("%ROOT%", "MFC Class Hierarchy", 26))
        self.assertEqual(sum(1 for _ in root.walk()), 137)

        store.write_bytes(font)
        store.write_string(name)
        store.write_uint32(number)
        store.serialize_embedded(root)
        self.assertEqual(store.steal_bytes().get_data(), data)


class ServerNode(GObject.Object, Sockarch.Serializable):
    __gtype_name__ = "PyServerNode"
    expanded, key, text, image, children = 0, "", "", 0, []

    def do_serialize(self, archive):
        self.expanded = archive.exchange_uint16(self.expanded)
        self.key = archive.exchange_string(self.key)
        self.text = archive.exchange_string(self.text)
        self.image = archive.exchange_uint16(self.image)
        self.children = archive.exchange_object_array(self.children, ServerNode)
        return True

    def walk(self):
        yield self
        for child in self.children:
            yield from child.walk()
