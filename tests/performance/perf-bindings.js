// SPDX-FileCopyrightText: 2026 The sockarch authors
// SPDX-License-Identifier: LGPL-2.1-or-later

/* What a value costs from JavaScript: by a call each, by one call for an array, and as raw bytes.
 *
 *   ./dev shell gjs tests/performance/perf-bindings.js
 *
 * Nearly all of the time is that of GJS, which makes each value a JavaScript one.  */

imports.gi.versions.Sockarch = '1.0';

const {GLib, Sockarch} = imports.gi;

const COUNT = 100000;
const ROUNDS = 15;
const values = Array.from({length: COUNT}, (_, i) => i);
const raw = new Uint8Array(new Uint32Array(values).buffer);

/* The best of some rounds, in nanoseconds a value.  */
function measure(what, func) {
    let best = Infinity;

    for (let i = 0; i < ROUNDS; i++) {
        const start = GLib.get_monotonic_time();

        func();
        best = Math.min(best, GLib.get_monotonic_time() - start);
    }
    print(`${what.padEnd(28)} ${(1000 * best / COUNT).toFixed(2).padStart(7)} ns a value`);
}

function writeArray() {
    const archive = Sockarch.Archive.new_store_bytes();

    archive.write_uint32_array(values);
    return archive;
}

const bytes = writeArray().steal_bytes();

measure('write, a call each', () => {
    const archive = Sockarch.Archive.new_store_bytes();

    for (const value of values)
        archive.write_uint32(value);
});
measure('read, a call each', () => {
    const archive = Sockarch.Archive.new_load_bytes(bytes);

    for (let i = 0; i < COUNT; i++)
        archive.read_uint32();
});
measure('write an array', writeArray);
measure('read an array', () => Sockarch.Archive.new_load_bytes(bytes).read_uint32_array(COUNT));
measure('write bytes', () => Sockarch.Archive.new_store_bytes().write_data(raw));
measure('read bytes', () => Sockarch.Archive.new_load_bytes(bytes).read_data(raw.length));
