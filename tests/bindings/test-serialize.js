// SPDX-FileCopyrightText: 2026 The sockarch authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Objects of JavaScript classes in an archive: by their own serialize, by a layout, and when that goes wrong.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import System from 'system';
import Sockarch from 'gi://Sockarch?version=1.0';

import {allowUncaught, assert, assertEqual, assertThrows, finish, test} from './harness.js';

// A(10) -> B(20) -> A, as in the manual.
const CYCLE = [0xff, 0xff, 1, 0, 5, 0, 0x43, 0x4e, 0x6f, 0x64, 0x65, 10, 0, 1, 0x80, 20, 0, 2, 0];

const Node = GObject.registerClass({
    GTypeName: 'JsNode',
    Implements: [Sockarch.Serializable],
}, class extends GObject.Object {
    _init(ident = 0) {
        super._init();
        this.ident = ident;
        this.next = null;
        this.wasLoaded = 0;
    }

    vfunc_serialize(archive) {
        System.gc();
        this.ident = archive.exchange_uint16(this.ident);
        this.next = archive.exchange_object(this.next, Node.$gtype);
        return true;
    }

    vfunc_loaded() {
        this.wasLoaded++;
    }
});

const Everything = GObject.registerClass({
    GTypeName: 'JsEverything',
    Implements: [Sockarch.Serializable],
}, class extends GObject.Object {
    _init() {
        super._init();
        this.flag = this.flag32 = false;
        this.time = this.count = this.u64 = 0;
        this.narrow = '';
        this.node = this.raw = null;
        this.i8 = this.u8 = this.i16 = this.u16 = this.i32 = this.u32 = this.i64 = 0;
        this.f32 = this.f64 = 0;
        this.text = '';
        this.counted = null;
        this.names = [];
        this.nodes = [];
    }

    vfunc_serialize(archive) {
        this.flag = archive.exchange_boolean(this.flag);
        this.flag32 = archive.exchange_boolean32(this.flag32);
        this.time = archive.exchange_time(this.time);
        this.count = archive.exchange_count(this.count);
        this.u64 = archive.exchange_uint64(this.u64);
        archive.set_string_form(Sockarch.StringForm.NARROW);
        this.narrow = archive.exchange_string(this.narrow);
        archive.set_string_form(Sockarch.StringForm.WIDE);
        this.node = archive.exchange_object(this.node, Node.$gtype);
        this.raw = archive.exchange_bytes(this.raw, 2);
        this.i8 = archive.exchange_int8(this.i8);
        this.u8 = archive.exchange_uint8(this.u8);
        this.i16 = archive.exchange_int16(this.i16);
        this.u16 = archive.exchange_uint16(this.u16);
        this.i32 = archive.exchange_int32(this.i32);
        this.u32 = archive.exchange_uint32(this.u32);
        this.i64 = archive.exchange_int64(this.i64);
        this.f32 = archive.exchange_float(this.f32);
        this.f64 = archive.exchange_double(this.f64);
        this.text = archive.exchange_string(this.text);
        this.counted = archive.exchange_byte_array(this.counted);
        this.names = archive.exchange_string_array(this.names);
        this.nodes = archive.exchange_object_array(this.nodes, Node.$gtype);
        return true;
    }
});

const Person = GObject.registerClass({
    GTypeName: 'JsPerson',
    Properties: {
        'name': GObject.ParamSpec.string('name', '', '', GObject.ParamFlags.READWRITE, ''),
        'grade': GObject.ParamSpec.int('grade', '', '', GObject.ParamFlags.READWRITE, 0, 100, 0),
        'partner': GObject.ParamSpec.object('partner', '', '', GObject.ParamFlags.READWRITE,
            GObject.Object.$gtype),
        'children': GObject.ParamSpec.object('children', '', '', GObject.ParamFlags.READWRITE,
            Gio.ListStore.$gtype),
    },
}, class extends GObject.Object {});

function serializable(name, serialize) {
    const klass = class extends GObject.Object {};
    klass.prototype.vfunc_serialize = serialize;
    return GObject.registerClass({GTypeName: name, Implements: [Sockarch.Serializable]}, klass);
}

const Silent = serializable('JsSilent', archive => {
    archive.exchange_uint16(0); // and no return
});
const Raising = serializable('JsRaising', () => {
    throw new Error('this becomes an error');
});

// Fails after it has read, in one way or another.
const Moody = GObject.registerClass({
    GTypeName: 'JsMoody',
    Implements: [Sockarch.Serializable],
}, class extends GObject.Object {
    vfunc_serialize(archive) {
        this.number = archive.exchange_uint16(0);
        if (this.number === 1)
            throw new Error('an error of its own');
        if (this.number === 2)
            throw new GLib.Error(Gio.IOErrorEnum, Gio.IOErrorEnum.NOT_FOUND, 'an error of GLib');
        if (this.number === 3)
            throw 'no error at all'; // eslint-disable-line no-throw-literal
        return true;
    }

    vfunc_loaded() {
        if (this.number === 4)
            throw new Error('this is printed, and nobody else is told');
        this.wasLoaded = true;
    }
});
// Two objects, the first with this number; then a number.
const moodyBytes = number => Uint8Array.from([0xff, 0xff, 1, 0, 6, 0, 0x43, 0x4d, 0x6f, 0x6f, 0x64, 0x79,
    number, 0, 1, 0x80, 5, 0, 6, 0]);

// Its setter refuses what its type allows.
const Picky = GObject.registerClass({
    GTypeName: 'JsPicky',
    Properties: {
        'number': GObject.ParamSpec.int('number', '', '', GObject.ParamFlags.READWRITE, 0, 255, 0),
    },
}, class extends GObject.Object {
    get number() {
        return this.stored ?? 0;
    }

    set number(value) {
        if (value === 7)
            throw new Error('this is printed, and nobody else is told');
        this.stored = value;
    }
});

function newRegistry(classes = {}) {
    const registry = Sockarch.ClassRegistry.new();
    for (const [name, klass] of Object.entries(classes))
        registry.add_class(name, klass.$gtype, 1);
    return registry;
}

function newStore(registry) {
    const archive = Sockarch.Archive.new_store_bytes();
    archive.set_registry(registry);
    return archive;
}

function newLoad(registry, data) {
    const archive = Sockarch.Archive.new_load_bytes(data instanceof GLib.Bytes ? data : new GLib.Bytes(data));
    archive.set_registry(registry);
    return archive;
}

await test('cycle', () => {
    const registry = newRegistry({CNode: Node});
    const first = newLoad(registry, Uint8Array.from(CYCLE)).read_object(Node.$gtype);
    assertEqual([first.ident, first.next.ident], [10, 20]);
    assert(first.next.next === first);
    assertEqual([first.wasLoaded, first.next.wasLoaded], [1, 1]);

    const store = newStore(registry);
    store.write_object(first);
    assertEqual(Array.from(store.steal_bytes().toArray()), CYCLE);
    first.next.next = null;
});

await test('every kind', () => {
    const registry = newRegistry({CNode: Node, CEverything: Everything});
    const one = new Everything();
    Object.assign(one, {
        flag: true, flag32: true, time: -(2 ** 40), count: 70000, u64: 2 ** 53 - 1, narrow: '\u20ac',
        raw: new GLib.Bytes([8, 9]),
        i8: -1, u8: 255, i16: -2, u16: 65535, i32: -3, u32: 2 ** 32 - 1, i64: -(2 ** 53) + 1,
        f32: 1.5, f64: -2.5, text: 'h\u00e9', counted: new GLib.Bytes([1, 2]), names: ['a', 'b'],
        nodes: [new Node(1), new Node(2)],
    });
    const store = newStore(registry);
    store.write_object(one);

    const other = newLoad(registry, store.steal_bytes()).read_object(Everything.$gtype);
    assertEqual(Array.from(other.raw.toArray()), [8, 9]);
    for (const name of ['flag', 'flag32', 'time', 'count', 'u64', 'narrow', 'node'])
        assertEqual(other[name], one[name]);
    for (const name of ['flag', 'i8', 'u8', 'i16', 'u16', 'i32', 'u32', 'i64', 'f32', 'f64', 'text', 'names'])
        assertEqual(other[name], one[name]);
    assertEqual(Array.from(other.counted.toArray()), [1, 2]);
    assertEqual(other.nodes.map(node => node.ident), [1, 2]);
});

await test('layout', () => {
    const registry = newRegistry();
    registry.add_layout('CPerson', Person.$gtype, 0,
        'name:cstring grade:u8 partner:object(CPerson) children:oblist(CPerson)');
    const ada = new Person({name: 'Ada', grade: 90});
    ada.children = new Gio.ListStore({item_type: Person.$gtype});
    ada.children.append(new Person({name: 'Bob', partner: ada}));
    const store = newStore(registry);
    store.write_object(ada);

    const other = newLoad(registry, store.steal_bytes()).read_object(Person.$gtype);
    assertEqual([other.name, other.grade], ['Ada', 90]);
    assert(other.children.get_item(0).partner === other);
    ada.children.remove_all();
    other.children.remove_all();
});

await test('record', () => {
    const registry = newRegistry();
    registry.add_record('CStudent', 0, 'name:cstring grade:i32 corner:point');
    const record = Sockarch.Record.new('CStudent');
    record.set_field('name', 'Lisa');
    record.set_field('grade', 80);
    record.set_field('corner', new GLib.Variant('(ii)', [3, -4]));
    const store = newStore(registry);
    store.write_object(record);

    const other = newLoad(registry, store.steal_bytes()).read_object(Sockarch.Record.$gtype);
    assertEqual(other.list_fields(), ['name', 'grade', 'corner']);
    assertEqual([other.get_field('name'), other.get_field('grade')], ['Lisa', 80]);
    assertEqual(other.get_field('corner').deepUnpack(), [3, -4]);
});

const INNER = 'ff ff 00 00 06 00 43 49 6e 6e 65 72 07';
// Wire type, bytes, property, and what a record gives for it, as plain () shows it.
const WIRE_TYPES = [
    ['u8', 'ff', 'int', 255],
    ['i8', '80', 'int', -128],
    ['u16', 'ff ff', 'int', 65535],
    ['i16', '00 80', 'int', -32768],
    ['u32', 'ff ff ff ff', 'uint', 2 ** 32 - 1],
    ['i32', '00 00 00 80', 'int', -(2 ** 31)],
    ['u64', 'ff ff ff ff ff ff 1f 00', 'uint64', 2 ** 53 - 1],
    ['i64', '01 00 00 00 00 00 e0 ff', 'int64', -(2 ** 53) + 1],
    ['f32', '00 00 c0 3f', 'float', 1.5],
    ['f64', '00 00 00 00 00 00 f8 bf', 'double', -1.5],
    ['bool1', '01', 'boolean', true],
    ['bool4', '01 00 00 00', 'boolean', true],
    ['cstring', '02 68 e9', 'string', 'h\u00e9'],
    ['narrow', '00', 'string', ''],
    ['wide', 'ff fe ff 01 ac 20', 'string', '\u20ac'],
    ['time', '0a 00 00 80 1b 0a 96 5d 00 00 00 00', 'int64', 1570114075],
    ['timespan', 'f0 f1 ff ff', 'int64', -3600],
    ['oledatetime', '00 00 00 00 00 00 00 00 c0 d5 e1 40', 'date', '2000-01-01T00:00:00Z'],
    ['oledatetime', '02 00 00 00 00 00 00 00 00 00 00 00', 'date', null],
    ['oledatetimespan', '00 00 00 00 00 00 00 00 00 00 f8 3f', 'double', 1.5],
    ['currency', '00 00 00 00 ff ff ff ff 68 c5 ff ff', 'string', '-1.5'],
    ['variant', '0b 00 ff ff', 'variant', [11, true]],
    ['point', '01 00 00 00 ff ff ff ff', 'variant', [1, -1]],
    ['size', '01 00 00 00 ff ff ff ff', 'variant', [1, -1]],
    ['rect', '01 00 00 00 02 00 00 00 03 00 00 00 04 00 00 00', 'variant', [1, 2, 3, 4]],
    ['bytes[2]', '00 ff', 'bytes', [0, 255]],
    ['bytearray', '02 00 00 ff', 'bytes', [0, 255]],
    ['wordarray', '01 00 34 12', 'variant', [0x1234]],
    ['dwordarray', '01 00 78 56 34 12', 'variant', [0x12345678]],
    ['array(i8)', '02 00 01 80', 'variant', [1, -128]],
    ['array(f32)', '01 00 00 00 c0 3f', 'variant', [1.5]],
    ['stringarray', '02 00 01 61 00', 'strings', ['a', '']],
    ['stringlist', '00 00', 'strings', []],
    ['mapstrstr', '01 00 01 61 01 31', 'variant', {a: '1'}],
    ['embed(CInner)', '07', 'object', 7],
    ['object(CInner)', INNER, 'object', 7],
    ['object(*)', '00 00', 'object', null],
    ['oblist(CInner)', `02 00 ${INNER} 02 00`, 'store', [7, 7]],
    ['array(embed(CInner))', '02 00 01 02', 'store', [1, 2]],
    ['mapwordob(CInner)', `01 00 05 00 ${INNER}`, 'store', [[5, 7]]],
    ['mapstrob(*)', '01 00 01 6b 00 00', 'store', [['k', null]]],
];

const RW = GObject.ParamFlags.READWRITE;
const Holder = GObject.registerClass({
    GTypeName: 'JsHolder',
    Properties: {
        'int': GObject.ParamSpec.int('int', '', '', RW, -(2 ** 31), 2 ** 31 - 1, 0),
        'uint': GObject.ParamSpec.uint('uint', '', '', RW, 0, 2 ** 32 - 1, 0),
        'int64': GObject.ParamSpec.int64('int64', '', '', RW, -(2 ** 53), 2 ** 53, 0),
        'uint64': GObject.ParamSpec.uint64('uint64', '', '', RW, 0, 2 ** 53, 0),
        'float': GObject.ParamSpec.float('float', '', '', RW, -1e30, 1e30, 0),
        'double': GObject.ParamSpec.double('double', '', '', RW, -1e300, 1e300, 0),
        'boolean': GObject.ParamSpec.boolean('boolean', '', '', RW, false),
        'string': GObject.ParamSpec.string('string', '', '', RW, null),
        'date': GObject.ParamSpec.boxed('date', '', '', RW, GLib.DateTime.$gtype),
        'bytes': GObject.ParamSpec.boxed('bytes', '', '', RW, GLib.Bytes.$gtype),
        'strings': GObject.ParamSpec.boxed('strings', '', '', RW, GObject.type_from_name('GStrv')),
        'variant': GObject.param_spec_variant('variant', '', '', new GLib.VariantType('*'), null, RW),
        'object': GObject.ParamSpec.object('object', '', '', RW, GObject.Object.$gtype),
        'store': GObject.ParamSpec.object('store', '', '', RW, Gio.ListStore.$gtype),
    },
}, class extends GObject.Object {});

function plain(value) {
    if (value instanceof Sockarch.Record) {
        return value.get_class_name() === null
            ? [value.get_field('key'), plain(value.get_field('value'))] : value.get_field('n');
    }
    if (value instanceof Gio.ListStore)
        return Array.from({length: value.get_n_items()}, (_, i) => plain(value.get_item(i)));
    if (value instanceof GLib.Bytes)
        return Array.from(value.toArray());
    if (value instanceof GLib.DateTime)
        return value.format_iso8601();
    return value instanceof GLib.Variant ? value.recursiveUnpack() : value;
}

await test('wire types', () => {
    for (const [wireType, text, property, expected] of WIRE_TYPES) {
        const data = text.split(' ').map(byte => parseInt(byte, 16));
        for (const [klass, name] of [[null, 'v'], [Holder, property]]) {
            const registry = newRegistry();
            registry.add_record('CInner', 0, 'n:u8');
            if (klass)
                registry.add_layout('C', klass.$gtype, 0, `${name}:${wireType}`);
            else
                registry.add_record('C', 0, `${name}:${wireType}`);
            const load = newLoad(registry, Uint8Array.from(data));
            const loaded = load.read_embedded('C');
            assert(load.is_buffer_empty(), wireType);
            const value = klass ? loaded[name] : loaded.get_field(name);
            assertEqual([wireType, plain(value)], [wireType, expected]);
            const store = newStore(registry);
            store.set_string_form(Sockarch.StringForm.NARROW);
            store.serialize_embedded(loaded);
            assertEqual([wireType, Array.from(store.steal_bytes().toArray())], [wireType, data]);
        }
    }
});

await test('record setters', () => {
    const registry = newRegistry();
    registry.add_record('CInner', 0, 'n:u8');
    registry.add_record('C', 0, 'a:u8 b:u64 c:f32 d:cstring e:bytes[2] f:stringlist g:wordarray ' +
        'h:object(CInner) i:bool1 j:oblist(*)');
    const record = registry.create_record('C');
    assertEqual(record.get_field_type('h'), 'object(CInner)');
    const inner = registry.create_record('CInner');
    inner.set_field('n', 7);
    record.set_field('a', 255);
    record.set_uint64('b', 2 ** 53 - 1);
    record.set_field('c', 2);
    record.set_field('d', 'text');
    record.set_bytes('e', new GLib.Bytes([1, 2]));
    record.set_strings('f', ['x', 'y']);
    record.set_variant('g', new GLib.Variant('aq', [1]));
    record.set_object('h', inner);
    record.set_boolean('i', true);
    record.get_object('j').append(inner);

    const store = newStore(registry);
    store.write_object(record);
    const other = newLoad(registry, store.steal_bytes()).read_object(Sockarch.Record.$gtype);
    assertEqual([other.get_int64('a'), other.get_uint64('b'), other.get_double('c')], [255, 2 ** 53 - 1, 2]);
    assertEqual([other.get_string('d'), other.get_strings('f')], ['text', ['x', 'y']]);
    assertEqual(Array.from(other.get_bytes('e').toArray()), [1, 2]);
    assertEqual(other.get_variant('g').deepUnpack(), [1]);
    assert(other.get_object('j').get_item(0) === other.get_object('h'));
    assertEqual(other.get_boolean('i'), true);

    for (const call of [
        () => record.set_field('a', 256),
        () => record.set_field('a', 1.5),
        () => record.set_field('d', 5),
        () => record.set_double('c', 1e39),
        () => record.set_field('none', 1),
        () => record.get_int64('d'),
    ])
        assertThrows(call, Sockarch.ArchiveError, Sockarch.ArchiveError.INVALID_DATA);
    assertThrows(() => record.set_object('h', record),
        Sockarch.ArchiveError, Sockarch.ArchiveError.BAD_CLASS);
});

await test('collections', () => {
    const registry = newRegistry({CNode: Node});
    const store = newStore(registry);
    const node = new Node(7);
    store.write_object_array([node, node]);
    store.write_map_string_to_string({b: '2', a: '1'});
    store.write_map_string_to_object({k: node});
    store.write_word_array([1, 65535]);
    store.write_string_array(['x']);

    const load = newLoad(registry, store.steal_bytes());
    const nodes = load.read_object_array(Node.$gtype);
    assertEqual(nodes.map(n => n.ident), [7, 7]);
    assert(nodes[0] === nodes[1]);
    assertEqual(Object.entries(load.read_map_string_to_string()).sort(), [['a', '1'], ['b', '2']]);
    assert(load.read_map_string_to_object(Node.$gtype)['k'] === nodes[0]);
    assertEqual(load.read_word_array(), [1, 65535]);
    assertEqual(load.read_string_array(), ['x']);
});

await test('forgotten return', () => {
    const error = assertThrows(
        () => newStore(newRegistry({CSilent: Silent})).write_object(new Silent()),
        Sockarch.ArchiveError, Sockarch.ArchiveError.FAILED);
    assert(error.message.includes('JsSilent'), error.message);
});

await test('exception', () => {
    const error = assertThrows(() => newStore(newRegistry({CRaising: Raising})).write_object(new Raising()));
    assert(error.message.includes('this becomes an error'), error.message);
});

await test('wrong values', () => {
    for (const value of [65536, -1]) {
        const error = assertThrows(() => {
            const node = new Node(1);
            node.next = new Node(value);
            newStore(newRegistry({CNode: Node})).write_object(node);
        });
        assert(error.message.includes('out of range'), error.message);
    }
    const error = assertThrows(() => {
        const node = new Node(1);
        node.next = new Silent();
        newStore(newRegistry({CNode: Node, CSilent: Silent})).write_object(node);
    }, Sockarch.ArchiveError, Sockarch.ArchiveError.BAD_CLASS);
    assert(error.message.includes('JsSilent') && error.message.includes('JsNode'), error.message);
});

await test('exception while loading', () => {
    const registry = newRegistry({CNode: Node, CRaising: Raising});
    const data = [0xff, 0xff, 1, 0, 8, 0, 0x43, 0x52, 0x61, 0x69, 0x73, 0x69, 0x6e, 0x67];
    const error = assertThrows(() => newLoad(registry, Uint8Array.from(data)).read_object(Raising.$gtype));
    for (const word of ['this becomes an error', 'CRaising'])
        assert(error.message.includes(word), error.message);
});

await test('exception after reading', () => {
    const registry = newRegistry({CMoody: Moody});
    for (const [number, message] of [[1, 'an error of its own'], [2, 'an error of GLib'],
        [3, 'no error at all']]) {
        const load = newLoad(registry, moodyBytes(number));
        load.begin_transaction();
        const error = assertThrows(() => load.read_object(Moody.$gtype));
        for (const word of [message, 'CMoody', 'at byte 14'])
            assert(error.message.includes(word), error.message);
        // It sticks, so that nobody reads on from there; going back is still possible.
        assert(assertThrows(() => load.read_uint8()).message.includes(message));
        load.rollback_transaction();
        assertEqual([load.get_offset(), load.read_uint16()], [0, 0xffff]);

        const other = newLoad(registry, moodyBytes(number));
        assertThrows(() => other.read_object(Moody.$gtype));
        assert(assertThrows(() => other.read_object(Moody.$gtype)).message.includes(message));
    }
    assertThrows(() => newLoad(registry, moodyBytes(2)).read_object(Moody.$gtype),
        Gio.IOErrorEnum, Gio.IOErrorEnum.NOT_FOUND);
});

// The archive cannot know; the object is given out as it is, and the place in the stream stays right.
await test('exception in loaded', () => {
    const load = newLoad(newRegistry({CMoody: Moody}), moodyBytes(4));
    allowUncaught(() => {
        const moody = load.read_object(Moody.$gtype);
        assertEqual([moody.number, moody.wasLoaded], [4, undefined]);
    });
    const other = load.read_object(Moody.$gtype);
    assertEqual([other.number, other.wasLoaded, load.read_uint16()], [5, true, 6]);
});

await test('exception in a setter', () => {
    const registry = newRegistry();
    registry.add_layout('CPicky', Picky.$gtype, 0, 'number:u8');
    const load = newLoad(registry, Uint8Array.from([7, 8, 9]));
    allowUncaught(() => assertEqual(load.read_embedded('CPicky').number, 0));
    assertEqual([load.read_embedded('CPicky').number, load.read_uint8()], [8, 9]);
});

await test('late', () => {
    let kept = null;
    const Keeping = serializable('JsKeeping', archive => {
        kept = archive;
        return true;
    });
    const store = newStore(newRegistry({CKeeping: Keeping}));
    store.write_object(new Keeping());
    store.close();
    assertThrows(() => kept.exchange_uint16(1), Sockarch.ArchiveError, Sockarch.ArchiveError.CLOSED);
});

await test('bad class', () => {
    const registry = newRegistry({CNone: Node});
    assertThrows(() => newLoad(registry, Uint8Array.from(CYCLE)).read_object(Node.$gtype),
        Sockarch.ArchiveError, Sockarch.ArchiveError.BAD_CLASS);
});

finish();
