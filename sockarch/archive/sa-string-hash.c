/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-string-hash-private.h"

#include <string.h>

/* Keys of maps come from the stream. Whoever knows how they are hashed can send as many as he likes that all
 * fall into one place of the table, where finding one of them takes as long as all of them are; GLib's own
 * function for strings is known to everybody. SipHash-2-4, with a key of the process, is not foreseen.  */

#define ROTATE(x, bits) ((x) << (bits) | (x) >> (64 - (bits)))

static void
mix (guint64 v[4],
     int rounds)
{
  for (int i = 0; i < rounds; i++)
    {
      v[0] += v[1];
      v[2] += v[3];
      v[1] = ROTATE (v[1], 13) ^ v[0];
      v[3] = ROTATE (v[3], 16) ^ v[2];
      v[0] = ROTATE (v[0], 32);
      v[2] += v[1];
      v[0] += v[3];
      v[1] = ROTATE (v[1], 17) ^ v[2];
      v[3] = ROTATE (v[3], 21) ^ v[0];
      v[2] = ROTATE (v[2], 32);
    }
}

static void
absorb (guint64 v[4],
        guint64 word)
{
  v[3] ^= word;
  mix (v, 2);
  v[0] ^= word;
}

guint64
sa_string_hash_keyed (const guint64 key[2],
                      const char *data,
                      gsize length)
{
  guint64 v[4] = { key[0] ^ G_GUINT64_CONSTANT (0x736f6d6570736575),
                   key[1] ^ G_GUINT64_CONSTANT (0x646f72616e646f6d),
                   key[0] ^ G_GUINT64_CONSTANT (0x6c7967656e657261),
                   key[1] ^ G_GUINT64_CONSTANT (0x7465646279746573) };
  guint64 last = (guint64) length << 56;
  gsize i;

  for (i = 0; i + 8 <= length; i += 8)
    {
      guint64 word;

      memcpy (&word, data + i, sizeof word);
      absorb (v, GUINT64_FROM_LE (word));
    }

  for (int shift = 0; i < length; i++, shift += 8)
    last |= (guint64) (guint8) data[i] << shift;
  absorb (v, last);
  v[2] ^= 0xff;
  mix (v, 4);

  return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* For g_hash_table_new ().  */
guint
sa_string_hash (gconstpointer string)
{
  static gsize initialized;
  static guint64 key[2];
  guint64 hash;

  if (g_once_init_enter (&initialized))
    {
      for (int i = 0; i < 2; i++)
        key[i] = (guint64) g_random_int () << 32 | g_random_int ();
      g_once_init_leave (&initialized, 1);
    }

  hash = sa_string_hash_keyed (key, string, strlen (string));

  return (guint) (hash ^ hash >> 32);
}
