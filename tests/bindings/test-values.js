// SPDX-FileCopyrightText: 2026 The sockarch authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Collections, times, money and COleVariant from JavaScript's values to their bytes, and back.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import Sockarch from 'gi://Sockarch?version=1.0';

import {assert, assertEqual, assertThrows, finish, test} from './harness.js';

const {VALID, NULL} = Sockarch.OleStatus;
const VT = Sockarch.OleVt;

const Node = GObject.registerClass({
    GTypeName: 'JsValueNode',
    Implements: [Sockarch.Serializable],
}, class extends GObject.Object {
    vfunc_serialize(archive) {
        this.ident = archive.exchange_uint16(this.ident ?? 0);
        return true;
    }
});

function bytesOf(text) {
    return text.trim().split(' ').map(byte => parseInt(byte, 16));
}

const registry = Sockarch.ClassRegistry.new();
registry.add_class('CNode', Node.$gtype, 1);

function load(text) {
    const archive = Sockarch.Archive.new_load_bytes(new GLib.Bytes(Uint8Array.from(bytesOf(text))));
    archive.set_registry(registry);
    return archive;
}

function stored(write) {
    const archive = Sockarch.Archive.new_store_bytes();
    archive.set_registry(registry);
    archive.set_string_form(Sockarch.StringForm.NARROW);
    write(archive);
    return Array.from(archive.steal_bytes().toArray());
}

const node = new Node();
node.ident = 10;
const list = new Gio.ListStore({item_type: Node.$gtype});
list.append(node);
const NEW_NODE = 'ff ff 01 00 05 00 43 4e 6f 64 65 0a 00';

// The calls, the value, its bytes, and what it looks like when it comes back.
const COLLECTIONS = [
    ['byte_array', new GLib.Bytes([1, 2]), '02 00 01 02', [], bytes => Array.from(bytes.toArray()), [1, 2]],
    ['word_array', [1, 2], '02 00 01 00 02 00', [], words => words, [1, 2]],
    ['word_array', [], '00 00', [], words => words, []],
    ['dword_array', [2 ** 32 - 1], '01 00 ff ff ff ff', [], words => words, [2 ** 32 - 1]],
    ['string_array', ['a', ''], '02 00 01 61 00', [], strings => strings, ['a', '']],
    ['object_array', [node, node], `02 00 ${NEW_NODE} 02 00`, [Node.$gtype],
        all => all.map(n => n.ident), [10, 10]],
    ['object_list', list, `01 00 ${NEW_NODE}`, [Node.$gtype], all => all.get_item(0).ident, 10],
    ['map_string_to_string', {a: '1', b: ''}, '02 00 01 61 01 31 01 62 00', [], map => map, {a: '1', b: ''}],
    ['map_string_to_object', {k: node}, `01 00 01 6b ${NEW_NODE}`, [Node.$gtype], map => map['k'].ident, 10],
];

await test('collections', () => {
    for (const [name, value, text, args, check, expected] of COLLECTIONS) {
        assertEqual([name, stored(archive => archive[`write_${name}`](value))], [name, bytesOf(text)]);
        const archive = load(text);
        const loaded = check(archive[`read_${name}`](...args));
        if (name === 'map_string_to_string')
            assertEqual(Object.entries(loaded).sort(), Object.entries(expected));
        else
            assertEqual([name, loaded], [name, expected]);
        assert(archive.is_buffer_empty(), name);
        assertThrows(() => load(text.slice(0, -3))[`read_${name}`](...args),
            Sockarch.ArchiveError, Sockarch.ArchiveError.END_OF_FILE);
    }
});

await test('times', () => {
    for (const [form, seconds, text] of [
        ['MARKED', 0x5d960a1b, '0a 00 00 80 1b 0a 96 5d 00 00 00 00'],
        ['PLAIN_32', -1, 'ff ff ff ff'],
        ['PLAIN_64', 0x5d960a1b, '1b 0a 96 5d 00 00 00 00'],
    ]) {
        const write = archive => {
            archive.set_time_form(Sockarch.TimeForm[form]);
            archive.write_time(seconds);
        };
        assertEqual(stored(write), bytesOf(text));
        const archive = load(text);
        if (form === 'PLAIN_64')
            archive.set_time_form(Sockarch.TimeForm[form]);
        assertEqual(archive.read_time(), seconds);
    }
    assertEqual(stored(archive => archive.write_time_span(-1)), [255, 255, 255, 255]);
    assertEqual(load('10 0e 00 00').read_time_span(), 3600);
});

await test('dates and money', () => {
    const date = GLib.DateTime.new_utc(2000, 1, 1, 0, 0, 0);
    const text = '00 00 00 00 00 00 00 00 c0 d5 e1 40';
    assertEqual(stored(archive => archive.write_ole_date_time(date, VALID)), bytesOf(text));
    const [loaded, status] = load(text).read_ole_date_time();
    assertEqual([loaded.format_iso8601(), status], ['2000-01-01T00:00:00Z', VALID]);
    assertEqual(load('02 00 00 00 00 00 00 00 00 00 00 00').read_ole_date_time(), [null, NULL]);
    assertEqual(load('00 00 00 00 00 00 00 00 00 00 f8 3f').read_ole_date_time_span(), [1.5, VALID]);

    const amount = Sockarch.currency_from_string('-1.5');
    const money = '00 00 00 00 ff ff ff ff 68 c5 ff ff';
    assertEqual(stored(archive => archive.write_ole_currency(amount, VALID)), bytesOf(money));
    assertEqual(load(money).read_ole_currency(), [-15000, VALID]);
    assertEqual(Sockarch.currency_to_string(-15000), '-1.5');
});

await test('variants', () => {
    for (const [vt, type, value, text] of [
        [VT.EMPTY, '()', [], '00 00'],
        [VT.I2, 'n', -2, '02 00 fe ff'],
        [VT.I4, 'i', -1, '03 00 ff ff ff ff'],
        [VT.R4, 'd', 1.5, '04 00 00 00 c0 3f'],
        [VT.R8, 'd', 1.5, '05 00 00 00 00 00 00 00 f8 3f'],
        [VT.BSTR, 's', 'h\u20ac', '08 00 04 00 00 00 68 00 ac 20'],
        [VT.BOOL, 'b', true, '0b 00 ff ff'],
        [VT.I1, 'n', -128, '10 00 80'],
        [VT.UI1, 'y', 255, '11 00 ff'],
        [VT.UI4, 'u', 2 ** 32 - 1, '13 00 ff ff ff ff'],
        [VT.UI8, 't', 2 ** 53 - 1, '15 00 ff ff ff ff ff ff 1f 00'],
    ]) {
        const written = stored(archive => archive.write_ole_variant(vt, new GLib.Variant(type, value)));
        assertEqual(written, bytesOf(text));
        const [variant, loadedVt] = load(text).read_ole_variant();
        assertEqual([variant.get_type_string(), variant.deepUnpack(), loadedVt], [type, value, vt]);
    }
    assertThrows(() => load('0d 00 00 00').read_ole_variant(),
        Sockarch.ArchiveError, Sockarch.ArchiveError.NOT_SUPPORTED);
});

finish();
