// SPDX-FileCopyrightText: 2026 The sockarch authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// TAP for GJS: test() runs one story at once, finish() prints the plan and sets the exit status.

import System from 'system';

let count = 0;
let failures = 0;

export function test(name, story) {
    count++;
    try {
        story();
        print(`ok ${count} ${name}`);
    } catch (error) {
        failures++;
        print(`not ok ${count} ${name}`);
        print(`# ${error}\n# ${(error.stack ?? '').trim().replace(/\n/g, '\n# ')}`);
    }
}

export function assertTrue(value, what) {
    if (!value)
        throw new Error(`expected: ${what}`);
}

export function assertEqual(got, expected, what = 'value') {
    if (got !== expected)
        throw new Error(`${what}: got ${got}, expected ${expected}`);
}

export function finish() {
    print(`1..${count}`);
    if (failures > 0)
        System.exit(1);
}
