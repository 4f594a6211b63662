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
        self.flag = False
        self.i8 = self.u8 = self.i16 = self.u16 = self.i32 = self.u32 = self.i64 = self.u64 = 0
        self.f32 = self.f64 = 0.0
        self.text = ""
        self.raw = self.counted = None
        self.names = []
        self.nodes = []
        self.listed = Gio.ListStore(item_type=Node)

    def do_serialize(self, archive):
        self.flag = archive.exchange_boolean(self.flag)
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


class Silent(GObject.Object, Sockarch.Serializable):
    __gtype_name__ = "PySilent"

    def do_serialize(self, archive):
        archive.exchange_uint16(0)  # and no return


class Raising(GObject.Object, Sockarch.Serializable):
    __gtype_name__ = "PyRaising"

    def do_serialize(self, archive):
        raise ValueError("this is printed, and then it is an error")


class RaisingError(GObject.Object, Sockarch.Serializable):
    __gtype_name__ = "PyRaisingError"

    def do_serialize(self, archive):
        raise GLib.Error.new_literal(Gio.io_error_quark(), "disc on fire", Gio.IOErrorEnum.FAILED)


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
        one.i8, one.u8, one.i16, one.u16, one.i32, one.u32 = -1, 255, -2, 65535, -3, 2**32 - 1
        one.i64, one.u64, one.f32, one.f64 = -(2**63), 2**64 - 1, 1.5, -2.5
        one.raw, one.counted = GLib.Bytes.new(b"abc"), GLib.Bytes.new(b"defg")
        one.nodes = [Node(1), Node(2)]
        one.listed.append(one.nodes[1])
        store = new_store(registry)
        store.write_object(one)

        other = new_load(registry, store.steal_bytes().get_data()).read_object(Everything)
        for name in (
            "flag", "i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "f32", "f64", "text", "names"):
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
