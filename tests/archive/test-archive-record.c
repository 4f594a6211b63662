/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-vectors.h"

/* Several values in one call, from C and from lists of values.  */

#define FORMAT "bBynqiuxtfdsc"
#define HEX \
  "01 01000000 80 FEFF 3412 FEFFFFFF 78563412 FEFFFFFFFFFFFFFF FFFFFFFFFFFFFFFF 0000C03F 000000000000F83F " \
  "FFFEFF02 E900 6100 FEFF"

static gboolean
store_record (SaArchive *archive, GError **error)
{
  return sa_archive_write (archive, error, FORMAT, TRUE, TRUE, 0x80, -2, 0x1234, -2, 0x12345678, (gint64) -2,
                           G_MAXUINT64, 1.5, 1.5, "éa", (guint64) 65534);
}

static void
load_record (SaArchive *archive, GError **error)
{
  gboolean b = 7;
  gboolean bb = 7;
  guint8 y = 7;
  gint16 n = 7;
  guint16 q = 7;
  gint32 i = 7;
  guint32 u = 7;
  gint64 x = 7;
  guint64 t = 7;
  float f = 7;
  double d = 7;
  g_autofree char *s = NULL;
  guint64 c = 7;

  if (!sa_archive_read (archive, error, FORMAT, &b, &bb, &y, &n, &q, &i, &u, &x, &t, &f, &d, &s, &c))
    {
      /* Nothing of it is left.  */
      g_assert_true (b == 0 && bb == 0 && y == 0 && n == 0 && q == 0 && i == 0 && u == 0 && x == 0 && t == 0);
      g_assert_true (f == 0 && d == 0 && s == NULL && c == 0);
      return;
    }

  g_assert_cmpint (b, ==, TRUE);
  g_assert_cmpint (bb, ==, TRUE);
  g_assert_cmpuint (y, ==, 0x80);
  g_assert_cmpint (n, ==, -2);
  g_assert_cmpuint (q, ==, 0x1234);
  g_assert_cmpint (i, ==, -2);
  g_assert_cmpuint (u, ==, 0x12345678);
  g_assert_cmpint (x, ==, -2);
  g_assert_cmpuint (t, ==, G_MAXUINT64);
  g_assert_cmpfloat (f, ==, 1.5f);
  g_assert_cmpfloat (d, ==, 1.5);
  g_assert_cmpstr (s, ==, "éa");
  g_assert_cmpuint (c, ==, 65534);
}

static void
load_values (SaArchive *archive, GError **error)
{
  static const char *const expected[] = {
    "TRUE", "TRUE", "128", "-2", "4660", "-2", "305419896", "-2", NULL, NULL, NULL, NULL, "65534",
  };
  g_autoptr (GArray) values = sa_archive_read_values (archive, FORMAT, error);

  if (values == NULL)
    return;

  g_assert_cmpuint (values->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < values->len; i++)
    {
      const GValue *value = &g_array_index (values, GValue, i);
      g_autofree char *contents = g_strdup_value_contents (value);

      if (G_VALUE_HOLDS_STRING (value))
        g_assert_cmpstr (g_value_get_string (value), ==, "éa");
      else if (G_VALUE_HOLDS_UINT64 (value) && expected[i] == NULL)
        g_assert_cmpuint (g_value_get_uint64 (value), ==, G_MAXUINT64);
      else if (G_VALUE_HOLDS_FLOAT (value) || G_VALUE_HOLDS_DOUBLE (value))
        g_assert_true (g_str_has_prefix (contents, "1.5"));
      else
        g_assert_cmpstr (contents, ==, expected[i]);
    }
}

static const TestVector vectors[] = {
  { "arguments", HEX, store_record, load_record },
  { "values", HEX, NULL, load_values },
};

/* What is not wanted is passed over.  */
static void
test_unwanted (void)
{
  g_autoptr (GBytes) bytes = test_from_hex ("01 02 02 61 62 03");
  g_autoptr (SaArchive) archive = sa_archive_new_load_bytes (bytes);
  guint8 first = 0;
  guint8 last = 0;

  g_assert_true (sa_archive_read (archive, NULL, "yysy", &first, NULL, NULL, &last));
  g_assert_cmpuint (first, ==, 1);
  g_assert_cmpuint (last, ==, 3);
}

/* A record that fails in the middle leaves nothing behind.  */
static void
test_write_fails (void)
{
  g_autoptr (SaArchive) archive = sa_archive_new_store_bytes ();
  g_autoptr (GError) error = NULL;

  sa_archive_write_uint8 (archive, 1, NULL);
  g_assert_false (sa_archive_write (archive, &error, "uus", 1, 2, "\xff"));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
  g_clear_error (&error);
  g_assert_cmpuint (sa_archive_get_offset (archive), ==, 1);
  g_assert_true (sa_archive_write_uint8 (archive, 2, &error));
  g_assert_cmpuint (sa_archive_get_offset (archive), ==, 2);
}

/* Even if the buffer ran over in the middle, nothing of it was sent.  */
static void
test_write_fails_late (void)
{
  g_autoptr (TestOutput) output = test_output_new ();
  g_autoptr (SaArchive) archive = sa_archive_new_store (G_OUTPUT_STREAM (output));
  g_autofree char *text = g_strnfill (40000, 'x');
  g_autoptr (GError) error = NULL;

  sa_archive_write_uint8 (archive, 1, NULL);
  g_assert_false (sa_archive_write (archive, &error, "ssss", text, text, text, "\xff"));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
  g_assert_true (sa_archive_close (archive, NULL));
  g_assert_cmpmem (output->taken->data, output->taken->len, "\1", 1);
}

static void
test_bad_format (void)
{
  g_autoptr (SaArchive) archive = sa_archive_new_store_bytes ();
  g_autoptr (GError) error = NULL;

  g_assert_false (sa_archive_write (archive, &error, "uk", 1, 2));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NOT_SUPPORTED);
  g_assert_cmpuint (sa_archive_get_offset (archive), ==, 0);
}

/* An error that nobody took is kept.  */
static void
test_untaken (void)
{
  g_autoptr (GBytes) bytes = test_from_hex ("01 02");
  g_autoptr (TestInput) input = test_input_new (bytes, 1);
  g_autoptr (SaArchive) archive = sa_archive_new_load (G_INPUT_STREAM (input));
  g_autoptr (GError) error = NULL;
  guint8 byte;
  guint32 number;

  input->blocks = TRUE;
  g_assert_false (sa_archive_read (archive, NULL, "yu", &byte, &number));
  g_assert_cmpuint (sa_archive_read_uint8 (archive, NULL), ==, 0);
  g_assert_false (sa_archive_check (archive, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE);
  g_assert_cmpuint (sa_archive_read_uint8 (archive, NULL), ==, 1);
}

/* Stores one value by its letter; returns whether that went, and that the bytes are right if it did.  */
static gboolean
try_value (const char *letter, GValue *value, const char *hex)
{
  g_autoptr (SaArchive) archive = sa_archive_new_store_bytes ();
  g_autoptr (GBytes) expected = test_from_hex (hex);
  g_autoptr (GError) error = NULL;
  gboolean stored = sa_archive_write_values (archive, letter, value, 1, &error);

  g_value_unset (value);
  if (!stored)
    {
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
      return FALSE;
    }

  g_autoptr (GBytes) bytes = sa_archive_steal_bytes (archive, NULL);

  g_assert_true (g_bytes_equal (bytes, expected));
  return TRUE;
}

static gboolean
try_int (const char *letter, int number, const char *hex)
{
  GValue value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_INT);
  g_value_set_int (&value, number);
  return try_value (letter, &value, hex);
}

static gboolean
try_double (const char *letter, double number, const char *hex)
{
  GValue value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_DOUBLE);
  g_value_set_double (&value, number);
  return try_value (letter, &value, hex);
}

static gboolean
try_float (const char *letter, float number, const char *hex)
{
  GValue value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_FLOAT);
  g_value_set_float (&value, number);
  return try_value (letter, &value, hex);
}

static gboolean
try_uint64 (const char *letter, guint64 number, const char *hex)
{
  GValue value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_UINT64);
  g_value_set_uint64 (&value, number);
  return try_value (letter, &value, hex);
}

static void
test_values_ranges (void)
{
  g_assert_true (try_int ("y", 255, "FF"));
  g_assert_false (try_int ("y", 256, ""));
  g_assert_false (try_int ("y", -1, ""));
  g_assert_true (try_int ("n", -32768, "00 80"));
  g_assert_false (try_int ("n", -32769, ""));
  g_assert_false (try_int ("q", 65536, ""));
  g_assert_true (try_int ("i", G_MININT32, "00 00 00 80"));
  g_assert_false (try_int ("u", -1, ""));
  g_assert_true (try_int ("x", -1, "FF FF FF FF FF FF FF FF"));
  g_assert_false (try_int ("t", -1, ""));
  g_assert_true (try_int ("d", 2, "00 00 00 00 00 00 00 40"));
  g_assert_true (try_int ("b", 1, "01"));
  g_assert_false (try_int ("b", 2, ""));
  g_assert_false (try_int ("s", 2, ""));
  g_assert_true (try_uint64 ("t", G_MAXUINT64, "FF FF FF FF FF FF FF FF"));
  g_assert_false (try_uint64 ("x", G_MAXUINT64, ""));
}

/* JavaScript has whole numbers as doubles.  */
static void
test_values_doubles (void)
{
  g_assert_true (try_double ("u", 4294967295.0, "FF FF FF FF"));
  g_assert_false (try_double ("u", 4294967296.0, ""));
  g_assert_false (try_double ("u", 1.5, ""));
  g_assert_true (try_double ("x", -4294967296.0, "00 00 00 00 FF FF FF FF"));
  g_assert_false (try_double ("x", 9223372036854775808.0, ""));
  g_assert_true (try_double ("t", 9223372036854775808.0, "00 00 00 00 00 00 00 80"));
  g_assert_false (try_double ("t", 18446744073709551616.0, ""));
  g_assert_false (try_double ("t", __builtin_nan (""), ""));
  g_assert_true (try_double ("f", 1.5, "00 00 C0 3F"));
}

/* What a letter cannot have without a loss is refused, whatever GObject would make of it.  */
static void
test_values_loss (void)
{
  g_assert_false (try_double ("f", 1e300, ""));
  g_assert_false (try_double ("f", -1e39, ""));
  g_assert_true (try_double ("f", __builtin_inf (), "00 00 80 7F"));
  g_assert_false (try_uint64 ("d", G_MAXUINT64, ""));
  g_assert_false (try_uint64 ("f", (G_GUINT64_CONSTANT (1) << 53) + 1, ""));
  g_assert_true (try_float ("u", 2, "02 00 00 00"));
  g_assert_false (try_float ("u", 2.5f, ""));
  g_assert_false (try_float ("i", 3e9f, ""));
}

static void
test_values_number (void)
{
  g_autoptr (SaArchive) archive = sa_archive_new_store_bytes ();
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_archive_write_values (archive, "", NULL, 0, &error));
  g_assert_false (sa_archive_write_values (archive, "u", NULL, 0, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
}

/* One after another in the same archive, by one call each or by one call for each value.  */
static GBytes *
store_many (SaStringForm form,
            gboolean by_value)
{
  static const char *const texts[] = { "", NULL, "a", "seven c", "eight ch", "twelve chars", "naïve" };
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (SaArchive) archive = sa_archive_new_store (stream);
  g_autoptr (GError) error = NULL;

  sa_archive_set_string_form (archive, form);
  for (guint i = 0; i < 5000; i++)
    {
      const char *text = texts[i % G_N_ELEMENTS (texts)];
      guint64 count = i % 100 == 99 ? 0x12345 : i;

      if (by_value)
        {
          sa_archive_write_boolean (archive, 2, NULL);
          sa_archive_write_boolean32 (archive, 2, NULL);
          sa_archive_write_uint8 (archive, (guint8) i, NULL);
          sa_archive_write_int16 (archive, (gint16) -(int) i, NULL);
          sa_archive_write_uint16 (archive, (guint16) i, NULL);
          sa_archive_write_int32 (archive, -(gint32) i, NULL);
          sa_archive_write_uint32 (archive, i, NULL);
          sa_archive_write_int64 (archive, -(gint64) i, NULL);
          sa_archive_write_uint64 (archive, i, NULL);
          sa_archive_write_float (archive, (float) i / 2, NULL);
          sa_archive_write_double (archive, (double) i / 3, NULL);
          sa_archive_write_string (archive, text, NULL);
          sa_archive_write_count (archive, count, NULL);
        }
      else
        {
          sa_archive_write (archive, NULL, FORMAT, 2, 2, i & 0xff, -(int) i, i, -(gint32) i, i, -(gint64) i,
                            (guint64) i, (double) i / 2, (double) i / 3, text, count);
        }
    }

  sa_archive_close (archive, &error);
  g_assert_no_error (error);
  g_assert_true (g_output_stream_close (stream, NULL, NULL));

  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (stream));
}

/* Wherever in the buffer a record begins, and whatever its text needs, it is what its values are.  */
static void
test_same_as_values (void)
{
  for (SaStringForm form = SA_STRING_WIDE; form <= SA_STRING_NARROW; form++)
    {
      g_autoptr (GBytes) records = store_many (form, FALSE);
      g_autoptr (GBytes) values = store_many (form, TRUE);

      g_assert_cmpuint (g_bytes_get_size (records), >, 3 * 65536);
      g_assert_true (g_bytes_equal (records, values));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  test_vectors_add ("/archive/record", vectors, G_N_ELEMENTS (vectors));
  g_test_add_func ("/archive/record/unwanted", test_unwanted);
  g_test_add_func ("/archive/record/same-as-values", test_same_as_values);
  g_test_add_func ("/archive/record/write-fails", test_write_fails);
  g_test_add_func ("/archive/record/write-fails/late", test_write_fails_late);
  g_test_add_func ("/archive/record/bad-format", test_bad_format);
  g_test_add_func ("/archive/record/untaken", test_untaken);
  g_test_add_func ("/archive/record/values/ranges", test_values_ranges);
  g_test_add_func ("/archive/record/values/doubles", test_values_doubles);
  g_test_add_func ("/archive/record/values/loss", test_values_loss);
  g_test_add_func ("/archive/record/values/number", test_values_number);

  return g_test_run ();
}
