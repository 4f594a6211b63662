// SPDX-FileCopyrightText: 2026 The sockarch authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The smallest harness: `await test('name', () => { … })` answers in TAP, `finish()` ends the program.

import GLib from 'gi://GLib';
import System from 'system';

let count = 0;
let failed = false;

export class Skip extends Error {}

export async function test(name, body) {
    count++;
    try {
        await body();
        print(`ok ${count} ${name}`);
    } catch (error) {
        if (error instanceof Skip) {
            print(`ok ${count} ${name} # SKIP ${error.message}`);
            return;
        }
        failed = true;
        print(`not ok ${count} ${name}`);
        // Not as a comment of TAP: those meson does not show.
        printerr(`${name}: ${error}\n${error.stack}`);
    }
}

export function finish() {
    print(`1..${count}`);
    System.exit(failed ? 1 : 0);
}

export function assert(condition, message = 'the condition does not hold') {
    if (!condition)
        throw new Error(message);
}

export function assertEqual(actual, expected) {
    const [got, wanted] = [actual, expected].map(
        value => typeof value === 'bigint' ? `${value}` : JSON.stringify(value));
    if (!Object.is(actual, expected) && got !== wanted)
        throw new Error(`got ${got}, wanted ${wanted}`);
}

// Calls body, which has to throw, and gives what it threw.
export function assertThrows(body, domain = null, code = null) {
    try {
        body();
    } catch (error) {
        if (domain !== null && !error.matches?.(domain, code))
            throw new Error(`threw ${error}, wanted another error`);
        return error;
    }
    throw new Error('nothing was thrown');
}

// Calls body, in which GJS may print exceptions that nobody catches, as it does with those of handlers: as
// criticals, which end a test otherwise.
export function allowUncaught(body) {
    const fatal = GLib.log_set_always_fatal(GLib.LogLevelFlags.LEVEL_ERROR);
    try {
        body();
    } finally {
        GLib.log_set_always_fatal(fatal);
    }
}

// Runs what is due in the main context, as often as that.
export function spin(turns) {
    for (let i = 0; i < turns; i++)
        GLib.MainContext.default().iteration(false);
}

// Iterates the main context until condition () is true; fails at the deadline, in seconds.
export function waitUntil(condition, deadline = 20) {
    let late = false;
    const timer = GLib.timeout_add_seconds(GLib.PRIORITY_DEFAULT, deadline, () => {
        late = true;
        return GLib.SOURCE_REMOVE;
    });
    while (!condition() && !late)
        GLib.MainContext.default().iteration(true);
    if (late)
        throw new Error(`not within ${deadline} seconds: ${condition}`);
    GLib.source_remove(timer);
}
