/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

/* Serves as @kind until it is ended: "raw", "sockarch", "gio" and so on echo what they get; a kind that
 * ends in "-sink" counts what it gets and answers one byte at the end. Prints its port first.  */
int perf_serve (const char *kind);
