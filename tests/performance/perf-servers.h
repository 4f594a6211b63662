/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

/* So many connections are busy where others are idle: the first that come.  */
#define PERF_ACTIVE 16

/* Serves as @kind until it is ended: "raw", "sockarch", "gio" and so on echo what they get. Of "sockarch",
 * "-idle-timeout" sets a timeout on every connection, "-idle-fill" has the pending fill of an archive on all
 * but the first PERF_ACTIVE, and "-fill" on those too, so that each request goes through an archive. A kind
 * that ends in "-sink" counts what it gets and answers one byte at the end; for "-read" and "-write" see
 * perf_serve_records (). Prints its port first.  */
int perf_serve (const char *kind);

/* Reads or writes records of so many bytes over one connection, as @kind, which may be "sockarch-calls" too:
 * by the functions that the library exports, not those of its headers.  */
#define PERF_RECORD 16

int perf_serve_records (const char *kind, gboolean writes);
