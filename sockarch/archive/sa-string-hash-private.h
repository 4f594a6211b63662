/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

/* Hashes of strings that a stranger chose.  */

guint sa_string_hash (gconstpointer string);
guint64 sa_string_hash_keyed (const guint64 key[2], const char *data, gsize length);
