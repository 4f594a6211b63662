/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sockarch/sockarch.h"

#include "fuzz-input.h"

#include <string.h>

/* What a stranger may send to a program that loads numbers, strings, counts, arrays and records, in any
 * order, with and without transactions. The first byte says how many calls there are, each of the next
 * ones which; the rest is the stream.
 *
 * Each input is loaded three times: from bytes, from a stream that gives one byte at a time, and from one
 * that gives nothing every other time. All three must load the same values, and end at the same place
 * with the same error.  */

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* What was loaded, so that it can be compared.  */
static void
note (GChecksum *sum,
      gconstpointer data,
      gsize size)
{
  g_checksum_update (sum, data, (gssize) size);
}

static void
note_text (GChecksum *sum,
           char *text)
{
  if (text != NULL)
    note (sum, text, strlen (text) + 1);
  g_free (text);
}

static void
note_bytes (GChecksum *sum,
            GBytes *bytes)
{
  if (bytes == NULL)
    return;

  note (sum, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_bytes_unref (bytes);
}

#define NOTE(type, value) \
  G_STMT_START \
  { \
    type noted = (value); \
    if (*error == NULL) \
      note (sum, &noted, sizeof noted); \
  } \
  G_STMT_END

/* Calls of which a part may have been done when they fail are not among these.  */
static void
load_text (SaArchive *archive,
           guint8 which,
           GChecksum *sum,
           GError **error)
{
  SaStringForm form;
  char buffer[16];

  switch (which % 7)
    {
    case 0:
      note_text (sum, sa_archive_read_string (archive, error));
      break;
    case 1:
      note_bytes (sum, sa_archive_read_string_bytes (archive, &form, error));
      break;
    case 2:
      note_text (sum, sa_archive_read_line (archive, error));
      break;
    case 3:
      note_text (sum, sa_archive_read_counted_text (archive, error));
      break;
    case 4:
      note_text (sum, sa_archive_read_utf8 (archive, error));
      break;
    case 5:
      note_bytes (sum, sa_archive_read_blob (archive, error));
      break;
    default:
      sa_archive_read_string_into (archive, buffer, sizeof buffer, error);
    }
}

/* What the program knows of the stream. There is a code page with two bytes a character, and two with
 * shifts.  */
static void
choose (SaArchive *archive,
        guint8 which)
{
  static const char *const pages[] = { "CP932", "ISO-2022-JP", "UTF-7" };

  sa_archive_set_string_form (archive, which & 1 ? SA_STRING_NARROW : SA_STRING_WIDE);
  sa_archive_set_byte_order (archive, which & 2 ? SA_BYTE_ORDER_BIG_ENDIAN : SA_BYTE_ORDER_LITTLE_ENDIAN);
  sa_archive_set_code_page (archive, pages[which / 4 % G_N_ELEMENTS (pages)], NULL);
}

static void
load_many (SaArchive *archive,
           guint8 which,
           GChecksum *sum,
           GError **error)
{
  guint count = which >> 3;
  gsize length = 0;
  g_autofree void *values = NULL;
  g_autoptr (GArray) record = NULL;

  switch (which % 5)
    {
    case 0:
      values = sa_archive_read_uint16_array (archive, count, &length, error);
      note (sum, values, length * 2);
      break;
    case 1:
      values = sa_archive_read_double_array (archive, count, &length, error);
      note (sum, values, length * 8);
      break;
    case 2:
      note_bytes (sum, sa_archive_read_bytes (archive, count * 1000, error));
      break;
    case 3:
      values = sa_archive_dup_data (archive, count, &length, error);
      note (sum, values, length);
      break;
    default:
      record = sa_archive_read_values (archive, "yqsc", error);
      for (guint i = 0; record != NULL && i < record->len; i++)
        note_text (sum, g_strdup_value_contents (&g_array_index (record, GValue, i)));
    }
}

static void
load_one (SaArchive *archive,
          guint8 which,
          GChecksum *sum,
          GError **error)
{
  switch (which % 11)
    {
    case 0:
      NOTE (guint8, sa_archive_read_uint8 (archive, error));
      break;
    case 1:
      NOTE (gint16, sa_archive_read_int16 (archive, error));
      break;
    case 2:
      NOTE (guint32, sa_archive_read_uint32 (archive, error));
      break;
    case 3:
      NOTE (guint64, sa_archive_read_uint64 (archive, error));
      break;
    case 4:
      NOTE (double, sa_archive_read_double (archive, error));
      break;
    case 5:
      NOTE (gboolean, sa_archive_read_boolean32 (archive, error));
      break;
    case 6:
      NOTE (guint64, sa_archive_read_count (archive, error));
      break;
    case 7:
      NOTE (guint64, sa_archive_read_varint (archive, error));
      break;
    case 8:
      load_many (archive, which / 11 * 7, sum, error);
      break;
    case 9:
      load_text (archive, which / 11, sum, error);
      break;
    default:
      choose (archive, which / 11);
    }
}

/* Makes one call until it is not for want of bytes that it fails.  */
static gboolean
call (SaArchive *archive,
      guint8 which,
      GChecksum *sum,
      GError **error)
{
  while (TRUE)
    {
      guint64 before = sa_archive_get_offset (archive);
      gboolean transaction = (which & 0x80) != 0;
      g_autoptr (GError) failure = NULL;

      if (transaction && !sa_archive_begin_transaction (archive, error))
        return FALSE;

      load_one (archive, which & 0x7f, sum, &failure);
      if (transaction)
        {
          g_clear_error (&failure);
          sa_archive_commit_transaction (archive, &failure);
        }
      if (failure == NULL)
        return TRUE;

      g_assert_cmpuint (sa_archive_get_offset (archive), ==, before);
      if (!g_error_matches (failure, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
    }
}

/* Loads everything; returns what came out as text.  */
static char *
load_all (SaArchive *archive,
          const guint8 *calls,
          gsize n_calls)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA1);
  g_autoptr (GError) error = NULL;

  sa_archive_set_limits (archive, sa_archive_get_limits (archive));
  sa_limits_set_string_bytes (sa_archive_get_limits (archive), 4096);
  for (gsize i = 0; i < n_calls && error == NULL; i++)
    call (archive, calls[i], sum, &error);

  return g_strdup_printf ("%s at %" G_GUINT64_FORMAT ": %d", g_checksum_get_string (sum),
                          sa_archive_get_offset (archive), error != NULL ? error->code : 0);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  gsize n_calls = size > 0 ? MIN (size - 1, data[0]) : 0;
  gsize skip = MIN (size, 1 + n_calls);
  g_autoptr (GBytes) bytes = g_bytes_new (data + skip, size - skip);
  g_autoptr (SaArchive) from_bytes = sa_archive_new_load_bytes (bytes);
  g_autoptr (SaArchive) from_stream = fuzz_archive_new (data + skip, size - skip, 1, 0, FALSE);
  g_autoptr (SaArchive) from_stutter = fuzz_archive_new (data + skip, size - skip, 1, 0, TRUE);
  g_autofree char *first = load_all (from_bytes, data + 1, n_calls);
  g_autofree char *second = load_all (from_stream, data + 1, n_calls);
  g_autofree char *third = load_all (from_stutter, data + 1, n_calls);

  g_assert_cmpstr (second, ==, first);
  g_assert_cmpstr (third, ==, first);
  return 0;
}
