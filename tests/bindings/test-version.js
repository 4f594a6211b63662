// SPDX-FileCopyrightText: 2026 The sockarch authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import Sockarch from 'gi://Sockarch?version=1.0';

import {assertEqual, finish, test} from './harness.js';

await test('headers and library agree', () => {
    assertEqual(Sockarch.get_major_version(), Sockarch.MAJOR_VERSION);
    assertEqual(Sockarch.get_minor_version(), Sockarch.MINOR_VERSION);
    assertEqual(Sockarch.get_micro_version(), Sockarch.MICRO_VERSION);
});

await test('namespace', () => {
    assertEqual(Sockarch.WaitPolicy.$gtype.name, 'SaWaitPolicy');
});

finish();
