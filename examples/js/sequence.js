// SPDX-FileCopyrightText: 2026 The sockarch authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What the two sides of the conversation agree on, and the rows of the page's table.

export const SCALARS = [
    ['boolean', true],
    ['boolean32', true],
    ['int8', -8],
    ['uint8', 200],
    ['int16', -12345],
    ['uint16', 54321],
    ['int32', -123456789],
    ['uint32', 3123456789],
    ['int64', -1234567890123456],
    ['uint64', 9007199254740991],
    ['float', 1.5],
    ['double', 3.141592653589793],
];
export const NARROW = 'Café crème à 10 €';
export const WIDE = 'Ελληνικά, 日本語, 😀';

export const Row = {
    SOCKET: 10,
    CREATE: 20,
    LISTEN: 30,
    CONNECT: 40,
    ACCEPT: 50,
    FILE: 60,
    ARCHIVES: 70,
    SCALARS: 100,
    NARROW: 150,
    WIDE: 151,
    ANSWER: 200,
    TEXT: 300,
    CHECKSUM: 310,
    END: 400,
};

// Says what was done; the row tells where it stands in the two columns.
export function show(row, text) {
    print(`${row}\t${text}`);
}

export function literal(value) {
    return typeof value === 'boolean' ? `${Number(value)}` : `${value}`;
}
