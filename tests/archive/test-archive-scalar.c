/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-hex.h"
#include "test-vectors.h"

/* Numbers: each width, each direction, each end of the range, however the bytes come.  */

/* Makes the two functions of a vector.  */
#define VECTOR(id, name, value, check) \
  static gboolean \
  store_##id (SaArchive *archive, GError **error) \
  { \
    return sa_archive_write_##name (archive, value, error); \
  } \
  static void \
  load_##id (SaArchive *archive, GError **error) \
  { \
    GError *failure = NULL; \
    __auto_type loaded = sa_archive_read_##name (archive, &failure); \
    if (failure == NULL) \
      check (loaded, value); \
    else \
      g_propagate_error (error, failure); \
  }

#define SAME_INT(a, b) g_assert_cmpint (a, ==, b)
#define SAME_UINT(a, b) g_assert_cmpuint (a, ==, b)
#define SAME_REAL(a, b) g_assert_cmpfloat (a, ==, b)

VECTOR (boolean_true, boolean, TRUE, SAME_INT)
VECTOR (boolean_false, boolean, FALSE, SAME_INT)
VECTOR (boolean32_true, boolean32, TRUE, SAME_INT)
VECTOR (boolean32_false, boolean32, FALSE, SAME_INT)
VECTOR (int8, int8, -2, SAME_INT)
VECTOR (uint8, uint8, 0x80, SAME_UINT)
VECTOR (int16, int16, -2, SAME_INT)
VECTOR (uint16, uint16, 0x1234, SAME_UINT)
VECTOR (wchar, uint16, 0xe9, SAME_UINT)
VECTOR (int32, int32, -2, SAME_INT)
VECTOR (uint32, uint32, 0x12345678, SAME_UINT)
VECTOR (int64, int64, 1, SAME_INT)
VECTOR (int64_least, int64, G_MININT64, SAME_INT)
VECTOR (uint64, uint64, G_GUINT64_CONSTANT (0x0123456789abcdef), SAME_UINT)
VECTOR (float, float, 1.5f, SAME_REAL)
VECTOR (double, double, 1.5, SAME_REAL)
VECTOR (count_word, count, 2, SAME_UINT)
VECTOR (count_65534, count, 65534, SAME_UINT)
VECTOR (count_65535, count, 65535, SAME_UINT)
VECTOR (count_65536, count, 65536, SAME_UINT)
VECTOR (varint_zero, varint, 0, SAME_UINT)
VECTOR (varint_127, varint, 127, SAME_UINT)
VECTOR (varint_128, varint, 128, SAME_UINT)
VECTOR (varint_300, varint, 300, SAME_UINT)
VECTOR (varint_most, varint, G_MAXUINT64, SAME_UINT)

static gboolean
store_point (SaArchive *archive, GError **error)
{
  return sa_archive_write_point (archive, 1, -2, error);
}

static void
load_point (SaArchive *archive, GError **error)
{
  gint32 x = 7;
  gint32 y = 7;

  if (sa_archive_read_point (archive, &x, &y, error))
    {
      g_assert_cmpint (x, ==, 1);
      g_assert_cmpint (y, ==, -2);
    }
  else
    {
      g_assert_cmpint (x, ==, 0);
      g_assert_cmpint (y, ==, 0);
    }
}

static gboolean
store_size (SaArchive *archive, GError **error)
{
  return sa_archive_write_size (archive, 800, 900, error);
}

static void
load_size (SaArchive *archive, GError **error)
{
  gint32 width;
  gint32 height;

  if (sa_archive_read_size (archive, &width, &height, error))
    {
      g_assert_cmpint (width, ==, 800);
      g_assert_cmpint (height, ==, 900);
    }
}

static gboolean
store_rect (SaArchive *archive, GError **error)
{
  return sa_archive_write_rect (archive, 207, -165, 212, -169, error);
}

static void
load_rect (SaArchive *archive, GError **error)
{
  gint32 left;
  gint32 top;
  gint32 right;
  gint32 bottom;

  if (sa_archive_read_rect (archive, &left, &top, &right, &bottom, error))
    {
      g_assert_cmpint (left, ==, 207);
      g_assert_cmpint (top, ==, -165);
      g_assert_cmpint (right, ==, 212);
      g_assert_cmpint (bottom, ==, -169);
    }
}

static const TestVector vectors[] = {
  { "boolean/true", "01", store_boolean_true, load_boolean_true },
  { "boolean/false", "00", store_boolean_false, load_boolean_false },
  { "boolean32/true", "01 00 00 00", store_boolean32_true, load_boolean32_true },
  { "boolean32/false", "00 00 00 00", store_boolean32_false, load_boolean32_false },
  { "int8", "FE", store_int8, load_int8 },
  { "uint8", "80", store_uint8, load_uint8 },
  { "int16", "FE FF", store_int16, load_int16 },
  { "uint16", "34 12", store_uint16, load_uint16 },
  { "wchar", "E9 00", store_wchar, load_wchar },
  { "int32", "FE FF FF FF", store_int32, load_int32 },
  { "uint32", "78 56 34 12", store_uint32, load_uint32 },
  { "int64", "01 00 00 00 00 00 00 00", store_int64, load_int64 },
  { "int64/least", "00 00 00 00 00 00 00 80", store_int64_least, load_int64_least },
  { "uint64", "EF CD AB 89 67 45 23 01", store_uint64, load_uint64 },
  { "float", "00 00 C0 3F", store_float, load_float },
  { "double", "00 00 00 00 00 00 F8 3F", store_double, load_double },
  { "count/word", "02 00", store_count_word, load_count_word },
  { "count/65534", "FE FF", store_count_65534, load_count_65534 },
  { "count/65535", "FF FF FF FF 00 00", store_count_65535, load_count_65535 },
  { "count/65536", "FF FF 00 00 01 00", store_count_65536, load_count_65536 },
  { "varint/zero", "00", store_varint_zero, load_varint_zero },
  { "varint/127", "7F", store_varint_127, load_varint_127 },
  { "varint/128", "80 01", store_varint_128, load_varint_128 },
  { "varint/300", "AC 02", store_varint_300, load_varint_300 },
  { "varint/most", "FF FF FF FF FF FF FF FF FF 01", store_varint_most, load_varint_most },
  { "point", "01 00 00 00 FE FF FF FF", store_point, load_point },
  { "size", "20 03 00 00 84 03 00 00", store_size, load_size },
  { "rect", "CF 00 00 00 5B FF FF FF D4 00 00 00 57 FF FF FF", store_rect, load_rect },
};

/* Any byte but 0 is true.  */
static void
test_boolean_any (void)
{
  g_autoptr (SaArchive) archive = new_from_hex ("02 80 00 00 01 00");
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (sa_archive_read_boolean (archive, &error), ==, TRUE);
  g_assert_cmpint (sa_archive_read_boolean (archive, &error), ==, TRUE);
  g_assert_cmpint (sa_archive_read_boolean32 (archive, &error), ==, TRUE);
  g_assert_no_error (error);
}

/* What is stored for a true value is 1, whatever the value.  */
static void
test_boolean_one (void)
{
  g_autoptr (SaArchive) archive = sa_archive_new_store_bytes ();
  g_autoptr (GBytes) expected = test_from_hex ("01 01 00 00 00");

  g_assert_true (sa_archive_write_boolean (archive, 0x100, NULL));
  g_assert_true (sa_archive_write_boolean32 (archive, -1, NULL));

  g_autoptr (GBytes) bytes = sa_archive_steal_bytes (archive, NULL);

  g_assert_true (g_bytes_equal (bytes, expected));
}

/* The other byte order turns every number round, and nothing else.  */
static void
test_big_endian (void)
{
  g_autoptr (SaArchive) out = sa_archive_new_store_bytes ();
  g_autoptr (GBytes) expected = test_from_hex ("12 34 12 34 56 78 01 3F C0 00 00 3F F8 00 00 00 00 00 00 "
                                               "00 00 00 01 FF FF FF FE FF FF 00 01 00 00");
  g_autoptr (GError) error = NULL;

  sa_archive_set_byte_order (out, SA_BYTE_ORDER_BIG_ENDIAN);
  sa_archive_write_uint16 (out, 0x1234, NULL);
  sa_archive_write_uint32 (out, 0x12345678, NULL);
  sa_archive_write_uint8 (out, 1, NULL);
  sa_archive_write_float (out, 1.5f, NULL);
  sa_archive_write_double (out, 1.5, NULL);
  sa_archive_write_point (out, 1, -2, NULL);
  sa_archive_write_count (out, 65536, NULL);
  g_assert_true (sa_archive_check (out, &error));

  g_autoptr (GBytes) bytes = sa_archive_steal_bytes (out, NULL);

  g_assert_true (g_bytes_equal (bytes, expected));

  g_autoptr (SaArchive) in = sa_archive_new_load_bytes (bytes);
  gint32 y;

  sa_archive_set_byte_order (in, SA_BYTE_ORDER_BIG_ENDIAN);
  g_assert_cmpuint (sa_archive_read_uint16 (in, NULL), ==, 0x1234);
  g_assert_cmpuint (sa_archive_read_uint32 (in, NULL), ==, 0x12345678);
  g_assert_cmpuint (sa_archive_read_uint8 (in, NULL), ==, 1);
  g_assert_cmpfloat (sa_archive_read_float (in, NULL), ==, 1.5f);
  g_assert_cmpfloat (sa_archive_read_double (in, NULL), ==, 1.5);
  g_assert_true (sa_archive_read_point (in, NULL, &y, NULL));
  g_assert_cmpint (y, ==, -2);
  g_assert_cmpuint (sa_archive_read_count (in, NULL), ==, 65536);
  g_assert_true (sa_archive_check (in, &error));
}

/* The byte order may change between values.  */
static void
test_byte_order_changes (void)
{
  g_autoptr (SaArchive) archive = new_from_hex ("01 00 00 01 01 00");

  g_assert_cmpuint (sa_archive_read_uint16 (archive, NULL), ==, 1);
  sa_archive_set_byte_order (archive, SA_BYTE_ORDER_BIG_ENDIAN);
  g_assert_cmpuint (sa_archive_read_uint16 (archive, NULL), ==, 1);
  sa_archive_set_byte_order (archive, SA_BYTE_ORDER_LITTLE_ENDIAN);
  g_assert_cmpuint (sa_archive_read_uint16 (archive, NULL), ==, 1);
  g_assert_true (sa_archive_check (archive, NULL));
}

/* NaN goes through with all its bits.  */
static void
test_nan (void)
{
  g_autoptr (SaArchive) in = new_from_hex ("01 00 00 00 00 00 F8 7F");
  g_autoptr (SaArchive) out = sa_archive_new_store_bytes ();
  g_autoptr (GBytes) expected = test_from_hex ("01 00 00 00 00 00 F8 7F");

  sa_archive_write_double (out, sa_archive_read_double (in, NULL), NULL);

  g_autoptr (GBytes) bytes = sa_archive_steal_bytes (out, NULL);

  g_assert_true (g_bytes_equal (bytes, expected));
}

/* A count of 64 bits is stored only if that is allowed, and loaded as long as the limit allows it.  */
static void
test_count_64bit (void)
{
  g_autoptr (SaArchive) out = sa_archive_new_store_bytes ();
  g_autoptr (SaArchive) in = new_from_hex ("FF FF FF FF FF FF 00 00 00 00 01 00 00 00");
  g_autoptr (SaLimits) limits = sa_limits_new (SA_LIMITS_TRUSTED_FILE);
  g_autoptr (GBytes) expected = test_from_hex ("FF FF FF FF FF FF 00 00 00 00 01 00 00 00");
  g_autoptr (GError) error = NULL;

  g_assert_false (sa_archive_write_count (out, G_GUINT64_CONSTANT (0x100000000), &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NOT_SUPPORTED);
  g_clear_error (&error);

  sa_archive_set_allow_64bit (out, TRUE);
  g_assert_true (sa_archive_write_count (out, G_GUINT64_CONSTANT (0x100000000), &error));

  g_autoptr (GBytes) bytes = sa_archive_steal_bytes (out, NULL);

  g_assert_true (g_bytes_equal (bytes, expected));

  sa_limits_set_count (limits, G_MAXUINT64);
  sa_archive_set_limits (in, limits);
  g_assert_cmpuint (sa_archive_read_count (in, &error), ==, G_GUINT64_CONSTANT (0x100000000));
  g_assert_no_error (error);
}

/* What would be 2^32 - 1 in 32 bits is the escape to 64.  */
static void
test_count_escape (void)
{
  g_autoptr (SaArchive) archive = new_from_hex ("FF FF FF FF FF FF");
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (sa_archive_read_count (archive, &error), ==, 0);
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE);
}

static void
test_count_limit (void)
{
  g_autoptr (SaArchive) archive = new_from_hex ("0B 00");
  g_autoptr (GError) error = NULL;

  sa_limits_set_count (sa_archive_get_limits (archive), 10);
  g_assert_cmpuint (sa_archive_read_count (archive, &error), ==, 0);
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_LIMIT);
  g_assert_cmpuint (sa_archive_get_offset (archive), ==, 0);
}

/* The bits behind the 64th, or an eleventh byte, are no number.  */
static void
test_varint_too_long (void)
{
  g_autoptr (SaArchive) wide = new_from_hex ("FF FF FF FF FF FF FF FF FF 02");
  g_autoptr (SaArchive) long_one = new_from_hex ("80 80 80 80 80 80 80 80 80 80 01");
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (sa_archive_read_varint (wide, &error), ==, 0);
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
  g_clear_error (&error);
  g_assert_cmpuint (sa_archive_read_varint (long_one, &error), ==, 0);
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
}

/* The inline functions and the exported ones are the same.  */
static void
test_inline (void)
{
  g_autoptr (SaArchive) out = sa_archive_new_store_bytes ();

  for (guint i = 0; i < 20000; i++)
    {
      if (i % 2 == 0)
        g_assert_true (sa_archive_write_uint32 (out, i, NULL));
      else
        g_assert_true ((sa_archive_write_uint32) (out, i, NULL));
    }

  g_autoptr (GBytes) bytes = sa_archive_steal_bytes (out, NULL);
  g_autoptr (SaArchive) in = sa_archive_new_load_bytes (bytes);

  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 80000);
  for (guint i = 0; i < 20000; i++)
    {
      if (i % 3 == 0)
        g_assert_cmpuint (sa_archive_read_uint32 (in, NULL), ==, i);
      else
        g_assert_cmpuint ((sa_archive_read_uint32) (in, NULL), ==, i);
    }
}

/* One that fails leaves the value as it was, and the place where it is.  */
static void
check_inline_failure (SaArchive *in)
{
  g_autoptr (GError) error = NULL;
  gint16 number = -1;

  sa_archive_exchange_int16 (in, &number, &error);
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE);
  g_assert_cmpint (number, ==, -1);
}

/* The same for both directions in one, with pieces of which none fits the buffer evenly.  */
static void
test_inline_exchange (void)
{
  g_autoptr (SaArchive) out = sa_archive_new_store_bytes ();

  for (guint i = 0; i < 20000; i++)
    {
      guint8 small = (guint8) i;
      double number = i / 3.0;
      guint32 big_endian = i;

      sa_archive_set_byte_order (out, SA_BYTE_ORDER_LITTLE_ENDIAN);
      sa_archive_exchange_uint8 (out, &small, NULL);
      if (i % 2 == 0)
        sa_archive_exchange_double (out, &number, NULL);
      else
        (sa_archive_exchange_double) (out, &number, NULL);
      sa_archive_set_byte_order (out, SA_BYTE_ORDER_BIG_ENDIAN);
      sa_archive_exchange_uint32 (out, &big_endian, NULL);
      g_assert_cmpuint (big_endian, ==, i);
    }

  g_autoptr (GBytes) bytes = sa_archive_steal_bytes (out, NULL);
  g_autoptr (SaArchive) in = sa_archive_new_load_bytes (bytes);

  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 20000 * 13);
  for (guint i = 0; i < 20000; i++)
    {
      guint8 small = 0;
      double number = 0;
      guint32 big_endian = 0;

      sa_archive_set_byte_order (in, SA_BYTE_ORDER_LITTLE_ENDIAN);
      sa_archive_exchange_uint8 (in, &small, NULL);
      if (i % 3 == 0)
        sa_archive_exchange_double (in, &number, NULL);
      else
        (sa_archive_exchange_double) (in, &number, NULL);
      sa_archive_set_byte_order (in, SA_BYTE_ORDER_BIG_ENDIAN);
      sa_archive_exchange_uint32 (in, &big_endian, NULL);
      g_assert_cmpuint (small, ==, (guint8) i);
      g_assert_cmpfloat (number, ==, i / 3.0);
      g_assert_cmpuint (big_endian, ==, i);
    }
  check_inline_failure (in);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  test_vectors_add ("/archive/scalar", vectors, G_N_ELEMENTS (vectors));
  g_test_add_func ("/archive/scalar/boolean/any-byte-is-true", test_boolean_any);
  g_test_add_func ("/archive/scalar/boolean/true-is-one", test_boolean_one);
  g_test_add_func ("/archive/scalar/big-endian", test_big_endian);
  g_test_add_func ("/archive/scalar/byte-order-changes", test_byte_order_changes);
  g_test_add_func ("/archive/scalar/nan", test_nan);
  g_test_add_func ("/archive/scalar/count/64bit", test_count_64bit);
  g_test_add_func ("/archive/scalar/count/escape", test_count_escape);
  g_test_add_func ("/archive/scalar/count/limit", test_count_limit);
  g_test_add_func ("/archive/scalar/varint/too-long", test_varint_too_long);
  g_test_add_func ("/archive/scalar/inline", test_inline);
  g_test_add_func ("/archive/scalar/inline-exchange", test_inline_exchange);

  return g_test_run ();
}
