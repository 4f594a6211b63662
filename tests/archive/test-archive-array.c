/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sockarch/sockarch.h"
#include "test-streams.h"
#include "test-utils.h"

/* Arrays of every number, in both byte orders, of every awkward length.  */

static const gsize lengths[] = { 0, 1, 3, 127, 128, 129, 4095, 4096, 4097, 16383, 16384, 16385, 65537 };

/* Stores and loads arrays of one type over bytes and over a stream; what the bytes are is compared with what
 * the function for one number writes.  */
#define DEFINE_TEST(name, type, make) \
  static void \
  check_##name (gsize count, SaByteOrder order) \
  { \
    g_autoptr (SaArchive) single = sa_archive_new_store_bytes (); \
    g_autoptr (SaArchive) many = sa_archive_new_store_bytes (); \
    g_autoptr (TestOutput) output = test_output_new (); \
    g_autoptr (SaArchive) streamed = sa_archive_new_store (G_OUTPUT_STREAM (output)); \
    g_autofree type *values = g_new (type, count + 1); \
    g_autofree type *into = g_new (type, count + 1); \
    g_autoptr (GError) error = NULL; \
    gsize length = 7; \
\
    sa_archive_set_byte_order (single, order); \
    sa_archive_set_byte_order (many, order); \
    sa_archive_set_byte_order (streamed, order); \
    for (gsize i = 0; i < count; i++) \
      { \
        values[i] = (type) (make); \
        sa_archive_write_##name (single, values[i], NULL); \
      } \
    sa_archive_write_uint8 (streamed, 7, NULL); \
    g_assert_true (sa_archive_write_##name##_array (many, values, count, &error)); \
    g_assert_true (sa_archive_write_##name##_array (streamed, values, count, &error)); \
    g_assert_true (sa_archive_close (streamed, &error)); \
\
    g_autoptr (GBytes) expected = sa_archive_steal_bytes (single, &error); \
    g_autoptr (GBytes) bytes = sa_archive_steal_bytes (many, &error); \
\
    g_assert_true (g_bytes_equal (bytes, expected)); \
    g_assert_cmpmem (output->taken->data + 1, output->taken->len - 1, g_bytes_get_data (bytes, NULL), \
                     g_bytes_get_size (bytes)); \
\
    g_autoptr (GBytes) all = g_bytes_new (output->taken->data, output->taken->len); \
    g_autoptr (TestInput) input = test_input_new (all, 50001); \
    g_autoptr (SaArchive) in = sa_archive_new_load_bytes (bytes); \
    g_autoptr (SaArchive) in_stream = sa_archive_new_load (G_INPUT_STREAM (input)); \
\
    sa_archive_set_byte_order (in, order); \
    sa_archive_set_byte_order (in_stream, order); \
    g_autofree type *loaded = sa_archive_read_##name##_array (in, count, &length, &error); \
    g_assert_no_error (error); \
    g_assert_nonnull (loaded); \
    g_assert_cmpmem (loaded, length * sizeof (type), values, count * sizeof (type)); \
    g_assert_cmpuint (sa_archive_read_uint8 (in_stream, &error), ==, 7); \
    g_assert_true (sa_archive_read_##name##_array_into (in_stream, into, count, &error)); \
    g_assert_cmpmem (into, count * sizeof (type), values, count * sizeof (type)); \
    g_assert_true (sa_archive_is_buffer_empty (in_stream)); \
  } \
\
  static void \
  test_##name (void) \
  { \
    for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++) \
      { \
        check_##name (lengths[i], SA_BYTE_ORDER_LITTLE_ENDIAN); \
        check_##name (lengths[i], SA_BYTE_ORDER_BIG_ENDIAN); \
      } \
  }

DEFINE_TEST (int8, gint8, i * 7)
DEFINE_TEST (int16, gint16, i * 7919)
DEFINE_TEST (uint16, guint16, i * 7919)
DEFINE_TEST (int32, gint32, i * 2654435761u)
DEFINE_TEST (uint32, guint32, i * 2654435761u)
DEFINE_TEST (int64, gint64, i * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15))
DEFINE_TEST (uint64, guint64, i * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15))
DEFINE_TEST (float, float, (float) i / 3)
DEFINE_TEST (double, double, (double) i / 3)

/* A large array goes from the stream straight to where it is wanted.  */
static void
test_past_buffer (void)
{
  g_autofree guint32 *values = g_new0 (guint32, 1000000);
  g_autoptr (GBytes) bytes = g_bytes_new_static (values, 4000000);
  g_autoptr (TestInput) input = test_input_new (bytes, G_MAXSIZE);
  g_autoptr (SaArchive) in = sa_archive_new_load (G_INPUT_STREAM (input));
  g_autoptr (TestOutput) output = test_output_new ();
  g_autoptr (SaArchive) out = sa_archive_new_store (G_OUTPUT_STREAM (output));
  g_autofree guint32 *into = g_new (guint32, 1000000);

  g_assert_true (sa_archive_read_uint32_array_into (in, into, 1000000, NULL));
  g_assert_cmpuint (input->n_reads, ==, 1);
  g_assert_true (sa_archive_write_uint32_array (out, values, 1000000, NULL));
  g_assert_cmpuint (output->n_writes, ==, 1);
  g_assert_true (sa_archive_is_buffer_empty (out));
}

/* All or nothing, in the other byte order too.  */
static void
test_need_more (void)
{
  g_autofree guint8 *data = g_malloc0 (300000);
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, 300000);

  for (guint i = 0; i < 300000; i++)
    data[i] = (guint8) (i / 3);

  for (guint order = 0; order < 2; order++)
    {
      g_autoptr (TestInput) input = test_input_new (bytes, 50000);
      g_autoptr (SaArchive) archive = sa_archive_new_load (G_INPUT_STREAM (input));
      g_autofree guint32 *into = g_new (guint32, 75000);
      g_autoptr (GError) error = NULL;
      gsize length;

      input->blocks = TRUE;
      sa_archive_set_byte_order (archive, (SaByteOrder) order);
      for (input->end = 1; input->end < 300000; input->end += 29999)
        {
          g_assert_false (sa_archive_read_uint32_array_into (archive, into, 75000, &error));
          g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE);
          g_clear_error (&error);
          g_assert_null (sa_archive_read_uint32_array (archive, 75000, &length, &error));
          g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE);
          g_clear_error (&error);
          g_assert_cmpuint (sa_archive_get_offset (archive), ==, 0);
        }

      input->end = 300000;
      g_assert_true (sa_archive_read_uint32_array_into (archive, into, 75000, &error));
      g_assert_cmpuint (order == 0 ? GUINT32_TO_LE (into[70000]) : GUINT32_TO_BE (into[70000]), ==,
                        *(guint32 *) (gpointer) (data + 280000));
    }
}

/* Swapped elements that a stream took in part are stored once, and what is left waits for the flush.  */
static void
test_swapped_would_block (void)
{
  g_autoptr (TestOutput) output = test_output_new ();
  g_autoptr (SaArchive) archive = sa_archive_new_store (G_OUTPUT_STREAM (output));
  g_autofree guint32 *values = g_new (guint32, 100000);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 100000; i++)
    values[i] = i;

  output->room = 70000;
  sa_archive_set_byte_order (archive, SA_BYTE_ORDER_BIG_ENDIAN);
  g_assert_true (sa_archive_write_uint32_array (archive, values, 100000, &error));
  output->room = G_MAXSIZE;
  g_assert_true (sa_archive_close (archive, &error));
  g_assert_cmpuint (output->taken->len, ==, 400000);
  for (guint i = 0; i < 100000; i++)
    g_assert_cmpuint (GUINT32_FROM_BE (((guint32 *) (gpointer) output->taken->data)[i]), ==, i);
}

/* A count for which there is no memory is refused, not multiplied.  */
static void
test_absurd (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("abc", 3);
  g_autoptr (SaArchive) archive = sa_archive_new_load_bytes (bytes);
  g_autoptr (GError) error = NULL;
  gsize length = 7;

  g_assert_null (sa_archive_read_uint64_array (archive, G_MAXSIZE / 4, &length, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_LIMIT);
  g_assert_cmpuint (length, ==, 0);
}

static void
test_wrong_direction (void)
{
  g_autoptr (SaArchive) archive = sa_archive_new_store_bytes ();
  g_autoptr (GError) error = NULL;
  gsize length;

  g_assert_null (sa_archive_read_uint16_array (archive, 0, &length, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_WRITE_ONLY);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/archive/array/int8", test_int8);
  g_test_add_func ("/archive/array/int16", test_int16);
  g_test_add_func ("/archive/array/uint16", test_uint16);
  g_test_add_func ("/archive/array/int32", test_int32);
  g_test_add_func ("/archive/array/uint32", test_uint32);
  g_test_add_func ("/archive/array/int64", test_int64);
  g_test_add_func ("/archive/array/uint64", test_uint64);
  g_test_add_func ("/archive/array/float", test_float);
  g_test_add_func ("/archive/array/double", test_double);
  g_test_add_func ("/archive/array/past-buffer", test_past_buffer);
  g_test_add_func ("/archive/array/need-more", test_need_more);
  g_test_add_func ("/archive/array/swapped-would-block", test_swapped_would_block);
  g_test_add_func ("/archive/array/absurd", test_absurd);
  g_test_add_func ("/archive/array/wrong-direction", test_wrong_direction);

  return g_test_run ();
}
