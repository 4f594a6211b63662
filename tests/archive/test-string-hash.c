/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-utils.h"

#include "sockarch/archive/sa-string-hash-private.h"

/* From the paper that describes SipHash: the bytes 0 to 14, with a key of the bytes 0 to 15.  */
static void
test_vector (void)
{
  static const guint64 key[2] = { G_GUINT64_CONSTANT (0x0706050403020100),
                                  G_GUINT64_CONSTANT (0x0f0e0d0c0b0a0908) };
  char data[15];

  for (gsize i = 0; i < sizeof data; i++)
    data[i] = (char) i;

  g_assert_cmphex (sa_string_hash_keyed (key, data, sizeof data), ==,
                   G_GUINT64_CONSTANT (0xa129ca6149be45e5));
}

#define N_PAIRS 12

/* "Az" and "BY" are the same to GLib, and so is everything that is made of them.  */
static char *
new_twin (guint number)
{
  GString *text = g_string_new (NULL);

  for (int i = 0; i < N_PAIRS; i++)
    g_string_append (text, (number >> i & 1) != 0 ? "Az" : "BY");

  return g_string_free (text, FALSE);
}

static void
test_twins (void)
{
  g_autoptr (GHashTable) hashes = g_hash_table_new (NULL, NULL);
  g_autofree char *first = new_twin (0);

  for (guint i = 0; i < 1 << N_PAIRS; i++)
    {
      g_autofree char *twin = new_twin (i);
      g_autofree char *same = g_strdup (twin);

      g_assert_cmpuint (g_str_hash (twin), ==, g_str_hash (first));
      g_assert_cmpuint (sa_string_hash (twin), ==, sa_string_hash (same));
      g_hash_table_add (hashes, GUINT_TO_POINTER (sa_string_hash (twin)));
    }

  /* Of 4096 in 2^32 places, two in one are rare, and three pairs of them next to impossible.  */
  g_assert_cmpuint (g_hash_table_size (hashes), >, (1 << N_PAIRS) - 4);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/string-hash/vector", test_vector);
  g_test_add_func ("/string-hash/twins", test_twins);

  return g_test_run ();
}
