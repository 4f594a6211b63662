/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-utils.h"

#include <sockarch/sockarch.h>

typedef struct
{
  SaOleVt vt;
  const char *value;
  const char *hex;
} OleCase;

static const OleCase ole_cases[] = {
  { SA_OLE_VT_EMPTY, "()", "00 00" },
  { SA_OLE_VT_NULL, "()", "01 00" },
  { SA_OLE_VT_I2, "int16 -2", "02 00 FE FF" },
  { SA_OLE_VT_I4, "-1", "03 00 FF FF FF FF" },
  { SA_OLE_VT_R4, "1.5", "04 00 00 00 C0 3F" },
  { SA_OLE_VT_R8, "1.5", "05 00 00 00 00 00 00 00 F8 3F" },
  { SA_OLE_VT_CY, "int64 -15000", "06 00 68 C5 FF FF FF FF FF FF" },
  { SA_OLE_VT_DATE, "36526.0", "07 00 00 00 00 00 C0 D5 E1 40" },
  { SA_OLE_VT_BSTR, "''", "08 00 00 00 00 00" },
  { SA_OLE_VT_BSTR, "'h\303\251'", "08 00 04 00 00 00 68 00 E9 00" },
  { SA_OLE_VT_ERROR, "-2147352572", "0A 00 04 00 02 80" },
  { SA_OLE_VT_BOOL, "true", "0B 00 FF FF" },
  { SA_OLE_VT_BOOL, "false", "0B 00 00 00" },
  { SA_OLE_VT_I1, "int16 -1", "10 00 FF" },
  { SA_OLE_VT_UI1, "byte 0xff", "11 00 FF" },
  { SA_OLE_VT_UI2, "uint16 65535", "12 00 FF FF" },
  { SA_OLE_VT_UI4, "uint32 7", "13 00 07 00 00 00" },
  { SA_OLE_VT_I8, "int64 -1", "14 00 FF FF FF FF FF FF FF FF" },
  { SA_OLE_VT_UI8, "uint64 18446744073709551615", "15 00 FF FF FF FF FF FF FF FF" },
  { SA_OLE_VT_INT, "-1", "16 00 FF FF FF FF" },
  { SA_OLE_VT_UINT, "uint32 1", "17 00 01 00 00 00" },
};

static void
test_ole (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ole_cases); i++)
    {
      g_autoptr (GBytes) bytes = test_from_hex (ole_cases[i].hex);
      g_autoptr (SaArchive) load = sa_archive_new_load_bytes (bytes);
      g_autoptr (SaArchive) store = sa_archive_new_store_bytes ();
      g_autoptr (GVariant) value = NULL;
      g_autoptr (GBytes) stored = NULL;
      g_autofree char *text = NULL;
      g_autoptr (GError) error = NULL;
      SaOleVt vt = SA_OLE_VT_EMPTY;

      value = sa_archive_read_ole_variant (load, &vt, &error);
      g_assert_no_error (error);
      g_assert_false (g_variant_is_floating (value));
      g_assert_cmpint (vt, ==, ole_cases[i].vt);
      text = g_variant_print (value, TRUE);
      g_assert_cmpstr (text, ==, ole_cases[i].value);

      g_assert_true (sa_archive_write_ole_variant (store, vt, value, &error));
      stored = sa_archive_steal_bytes (store, NULL);
      g_assert_true (g_bytes_equal (stored, bytes));
    }
}

static void
test_ole_cut (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ole_cases); i++)
    {
      g_autoptr (GBytes) bytes = test_from_hex (ole_cases[i].hex);

      for (gsize length = 0; length < g_bytes_get_size (bytes); length++)
        {
          g_autoptr (GBytes) cut = g_bytes_new_from_bytes (bytes, 0, length);
          g_autoptr (SaArchive) load = sa_archive_new_load_bytes (cut);
          g_autoptr (GError) error = NULL;

          g_assert_null (sa_archive_read_ole_variant (load, NULL, &error));
          g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE);
          g_assert_cmpuint (sa_archive_get_offset (load), ==, 0);
        }
    }
}

static void
assert_ole_fails (const char *hex,
                  int code)
{
  g_autoptr (GBytes) bytes = test_from_hex (hex);
  g_autoptr (SaArchive) load = sa_archive_new_load_bytes (bytes);
  g_autoptr (GError) error = NULL;

  g_assert_null (sa_archive_read_ole_variant (load, NULL, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, code);
}

static void
test_ole_bad (void)
{
  /* An interface pointer, an array, no type at all; odd text, text with a NUL, a lone surrogate, a lying
   * length.  */
  assert_ole_fails ("09 00", SA_ARCHIVE_ERROR_NOT_SUPPORTED);
  assert_ole_fails ("03 20", SA_ARCHIVE_ERROR_NOT_SUPPORTED);
  assert_ole_fails ("FF FF", SA_ARCHIVE_ERROR_NOT_SUPPORTED);
  assert_ole_fails ("08 00 03 00 00 00 68 00 E9", SA_ARCHIVE_ERROR_INVALID_DATA);
  assert_ole_fails ("08 00 04 00 00 00 68 00 00 00", SA_ARCHIVE_ERROR_INVALID_DATA);
  assert_ole_fails ("08 00 02 00 00 00 00 D8", SA_ARCHIVE_ERROR_INVALID_DATA);
  assert_ole_fails ("08 00 FE FF FF FF 68 00", SA_ARCHIVE_ERROR_LIMIT);
}

static void
test_ole_no_fit (void)
{
  g_autoptr (SaArchive) store = sa_archive_new_store_bytes ();
  g_autoptr (GError) error = NULL;

  g_assert_false (sa_archive_write_ole_variant (store, SA_OLE_VT_I2, g_variant_new_int32 (1), &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
  g_clear_error (&error);
  g_assert_false (sa_archive_write_ole_variant (store, SA_OLE_VT_I1, g_variant_new_int16 (200), &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
  g_clear_error (&error);
  g_assert_false (sa_archive_write_ole_variant (store, SA_OLE_VT_R4, g_variant_new_double (1e300), &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
  g_clear_error (&error);
  g_assert_false (sa_archive_write_ole_variant (store, SA_OLE_VT_I4, NULL, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
  g_assert_true (sa_archive_write_ole_variant (store, SA_OLE_VT_NULL, NULL, NULL));
}

static void
test_variant (void)
{
  static const char *const texts[] = { "('a', uint32 7, [1, 2, 3])", "{'x': <1.5>, 'y': <'z'>}", "()",
                                       "@ay []", "true" };
  g_autoptr (SaArchive) store = sa_archive_new_store_bytes ();
  g_autoptr (SaArchive) load = NULL;
  g_autoptr (GBytes) bytes = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_true (sa_archive_write_variant (store, g_variant_new_parsed (texts[i]), NULL));

  bytes = sa_archive_steal_bytes (store, NULL);
  load = sa_archive_new_load_bytes (bytes);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GVariant) wanted = g_variant_ref_sink (g_variant_new_parsed (texts[i]));
      g_autoptr (GVariant) variant = sa_archive_read_variant (load, i == 0 ? "(suai)" : NULL, NULL);

      g_assert_nonnull (variant);
      g_assert_false (g_variant_is_floating (variant));
      g_assert_true (g_variant_equal (variant, wanted));
    }
}

static void
assert_variant_fails (const char *hex,
                      const char *type)
{
  g_autoptr (GBytes) bytes = test_from_hex (hex);
  g_autoptr (SaArchive) load = sa_archive_new_load_bytes (bytes);
  g_autoptr (GError) error = NULL;

  g_assert_null (sa_archive_read_variant (load, type, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
}

static void
test_variant_bad (void)
{
  /* No type; an indefinite one; not the wanted one; data that is not in normal form.  */
  assert_variant_fails ("01 7A 00", NULL);
  assert_variant_fails ("01 2A 00", NULL);
  assert_variant_fails ("01 62 01 01", "s");
  assert_variant_fails ("01 62 01 02", NULL);
  assert_variant_fails ("01 73 01 61", NULL);
}

/* A type that costs far more than the bytes it comes in.  */
static void
test_variant_long_type (void)
{
  g_autoptr (SaArchive) store = sa_archive_new_store_bytes ();
  g_autoptr (SaArchive) load = NULL;
  g_autofree char *type = g_strnfill (70000, 'y');
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  type[0] = '(';
  type[69999] = ')';
  sa_archive_write_utf8 (store, type, NULL);
  sa_archive_write_blob (store, nothing, NULL);
  bytes = sa_archive_steal_bytes (store, &error);
  g_assert_no_error (error);
  load = sa_archive_new_load_bytes (bytes);
  g_assert_null (sa_archive_read_variant (load, NULL, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_LIMIT);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/archive-variant/ole", test_ole);
  g_test_add_func ("/archive-variant/ole/cut", test_ole_cut);
  g_test_add_func ("/archive-variant/ole/bad", test_ole_bad);
  g_test_add_func ("/archive-variant/ole/no-fit", test_ole_no_fit);
  g_test_add_func ("/archive-variant/variant", test_variant);
  g_test_add_func ("/archive-variant/variant/bad", test_variant_bad);
  g_test_add_func ("/archive-variant/variant/long-type", test_variant_long_type);

  return g_test_run ();
}
