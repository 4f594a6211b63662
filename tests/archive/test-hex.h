/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "test-utils.h"

#include <sockarch/sockarch.h>

/* Archives that load bytes which a test writes down, and whether what one has stored is such bytes.  */

static inline SaArchive *
new_from_hex (const char *hex)
{
  g_autoptr (GBytes) bytes = test_from_hex (hex);

  return sa_archive_new_load_bytes (bytes);
}

static inline void
assert_stored (SaArchive *archive,
               const char *hex)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = sa_archive_steal_bytes (archive, &error);
  g_autoptr (GBytes) wanted = test_from_hex (hex);
  g_autofree char *have_text = NULL;
  g_autofree char *want_text = NULL;

  g_assert_no_error (error);
  have_text = test_to_hex (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  want_text = test_to_hex (g_bytes_get_data (wanted, NULL), g_bytes_get_size (wanted));
  g_assert_cmpstr (have_text, ==, want_text);
}
