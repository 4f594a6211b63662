/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-hex.h"
#include "test-vectors.h"

#include <sys/mman.h>

/* CString in both forms and every tier of its length, and the other kinds of text.  */

/* Makes the two functions of a vector of text, of a form.  */
#define VECTOR(id, what, form, text) \
  static gboolean \
  store_##id (SaArchive *archive, GError **error) \
  { \
    sa_archive_set_string_form (archive, form); \
    return sa_archive_write_##what (archive, text, error); \
  } \
  static void \
  load_##id (SaArchive *archive, GError **error) \
  { \
    g_autofree char *loaded = NULL; \
    sa_archive_set_string_form (archive, form); \
    loaded = sa_archive_read_##what (archive, error); \
    if (loaded != NULL) \
      g_assert_cmpstr (loaded, ==, text); \
  }

VECTOR (narrow, string, SA_STRING_NARROW, "name")
VECTOR (narrow_empty, string, SA_STRING_NARROW, "")
VECTOR (narrow_accents, string, SA_STRING_NARROW, "Zoë – 5 €")
VECTOR (wide, string, SA_STRING_WIDE, "name")
VECTOR (wide_empty, string, SA_STRING_WIDE, "")
VECTOR (wide_accents, string, SA_STRING_WIDE, "é€")
VECTOR (wide_pair, string, SA_STRING_WIDE, "a😀b")
VECTOR (counted_narrow, counted_text, SA_STRING_NARROW, "ab\r\nc")
VECTOR (counted_wide, counted_text, SA_STRING_WIDE, "ab")
VECTOR (utf8, utf8, SA_STRING_WIDE, "é😀")

static gboolean
store_blob (SaArchive *archive, GError **error)
{
  g_autoptr (GBytes) blob = g_bytes_new_static ("\0\1\2", 3);

  return sa_archive_write_blob (archive, blob, error);
}

static void
load_blob (SaArchive *archive, GError **error)
{
  g_autoptr (GBytes) blob = sa_archive_read_blob (archive, error);

  if (blob != NULL)
    g_assert_cmpmem (g_bytes_get_data (blob, NULL), g_bytes_get_size (blob), "\0\1\2", 3);
}

static gboolean
store_bytes_wide (SaArchive *archive, GError **error)
{
  g_autoptr (GBytes) characters = test_from_hex ("00 00 3D D8");

  return sa_archive_write_string_bytes (archive, SA_STRING_WIDE, characters, error);
}

static void
load_bytes_wide (SaArchive *archive, GError **error)
{
  SaStringForm form = SA_STRING_NARROW;
  g_autoptr (GBytes) loaded = sa_archive_read_string_bytes (archive, &form, error);

  if (loaded != NULL)
    {
      g_assert_cmpint (form, ==, SA_STRING_WIDE);
      g_assert_cmpmem (g_bytes_get_data (loaded, NULL), g_bytes_get_size (loaded), "\0\0\x3d\xd8", 4);
    }
}

static const TestVector vectors[] = {
  { "narrow", "04 6E 61 6D 65", store_narrow, load_narrow },
  { "narrow/empty", "00", store_narrow_empty, load_narrow_empty },
  { "narrow/accents", "09 5A 6F EB 20 96 20 35 20 80", store_narrow_accents, load_narrow_accents },
  { "wide", "FF FE FF 04 6E 00 61 00 6D 00 65 00", store_wide, load_wide },
  { "wide/empty", "FF FE FF 00", store_wide_empty, load_wide_empty },
  { "wide/accents", "FF FE FF 02 E9 00 AC 20", store_wide_accents, load_wide_accents },
  { "wide/pair", "FF FE FF 04 61 00 3D D8 00 DE 62 00", store_wide_pair, load_wide_pair },
  { "wide/as-bytes", "FF FE FF 02 00 00 3D D8", store_bytes_wide, load_bytes_wide },
  { "counted/narrow", "05 00 00 00 61 62 0D 0A 63", store_counted_narrow, load_counted_narrow },
  { "counted/wide", "02 00 00 00 61 00 62 00", store_counted_wide, load_counted_wide },
  { "utf8", "06 C3 A9 F0 9F 98 80", store_utf8, load_utf8 },
  { "blob", "03 00 01 02", store_blob, load_blob },
};

/* The prefixes of every tier.  */
static const struct
{
  gsize length;
  const char *narrow;
  const char *wide;
} tiers[] = {
  { 0, "00", "FF FE FF 00" },
  { 1, "01", "FF FE FF 01" },
  { 127, "7F", "FF FE FF 7F" },
  { 128, "80", "FF FE FF 80" },
  { 129, "81", "FF FE FF 81" },
  { 254, "FE", "FF FE FF FE" },
  { 255, "FF FF 00", "FF FE FF FF FF 00" },
  { 256, "FF 00 01", "FF FE FF FF 00 01" },
  { 4095, "FF FF 0F", "FF FE FF FF FF 0F" },
  { 4096, "FF 00 10", "FF FE FF FF 00 10" },
  { 4097, "FF 01 10", "FF FE FF FF 01 10" },
  { 65533, "FF FD FF", "FF FE FF FF FD FF" },
  { 65534, "FF FF FF FE FF 00 00", "FF FE FF FF FF FF FE FF 00 00" },
  { 65535, "FF FF FF FF FF 00 00", "FF FE FF FF FF FF FF FF 00 00" },
  { 65536, "FF FF FF 00 00 01 00", "FF FE FF FF FF FF 00 00 01 00" },
  { 65537, "FF FF FF 01 00 01 00", "FF FE FF FF FF FF 01 00 01 00" },
};

static void
check_tier (SaStringForm form, gsize length, const char *prefix)
{
  g_autoptr (SaArchive) out = sa_archive_new_store_bytes ();
  g_autofree char *text = g_strnfill (length, 'x');
  g_autoptr (GBytes) expected = test_from_hex (prefix);
  g_autoptr (GError) error = NULL;
  gsize prefix_size = g_bytes_get_size (expected);
  const guint8 *data;
  gsize size;

  sa_archive_set_string_form (out, form);
  g_assert_true (sa_archive_write_string (out, text, &error));
  g_assert_true (sa_archive_write_uint32 (out, 0x12345678, &error));

  g_autoptr (GBytes) bytes = sa_archive_steal_bytes (out, &error);

  data = g_bytes_get_data (bytes, &size);
  g_assert_cmpuint (size, ==, prefix_size + length * (form == SA_STRING_WIDE ? 2 : 1) + 4);
  g_assert_cmpmem (data, prefix_size, g_bytes_get_data (expected, NULL), prefix_size);

  /* From bytes, and by pieces that cut it somewhere.  */
  g_autoptr (TestInput) input = test_input_new (bytes, 4093);
  g_autoptr (SaArchive) in = sa_archive_new_load_bytes (bytes);
  g_autoptr (SaArchive) pieces = sa_archive_new_load (G_INPUT_STREAM (input));
  g_autofree char *loaded = sa_archive_read_string (in, &error);
  g_autofree char *again = sa_archive_read_string (pieces, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (loaded, ==, text);
  g_assert_cmpstr (again, ==, text);
  g_assert_cmpuint (sa_archive_read_uint32 (in, &error), ==, 0x12345678);
  g_assert_cmpuint (sa_archive_read_uint32 (pieces, &error), ==, 0x12345678);
}

static void
test_tiers_narrow (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (tiers); i++)
    check_tier (SA_STRING_NARROW, tiers[i].length, tiers[i].narrow);
}

static void
test_tiers_wide (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (tiers); i++)
    check_tier (SA_STRING_WIDE, tiers[i].length, tiers[i].wide);
}

/* The tier of 64 bits is understood, whoever wrote it for whatever length.  */
static void
test_length_64bit (void)
{
  g_autoptr (SaArchive) archive = new_from_hex ("FF FF FF FF FF FF FF 02 00 00 00 00 00 00 00 61 62");
  g_autofree char *text = sa_archive_read_string (archive, NULL);

  g_assert_cmpstr (text, ==, "ab");
}

/* Reads a string that must fail, and says with which code.  */
static void
assert_fails (SaArchive *archive, SaArchiveError code)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = sa_archive_read_string (archive, &error);

  g_assert_null (text);
  g_assert_error (error, SA_ARCHIVE_ERROR, (int) code);
  g_assert_cmpuint (sa_archive_get_offset (archive), ==, 0);
}

static void
test_bad_text (void)
{
  g_autoptr (SaArchive) narrow_nul = new_from_hex ("03 61 00 62");
  g_autoptr (SaArchive) wide_nul = new_from_hex ("FF FE FF 02 61 00 00 00");
  g_autoptr (SaArchive) high = new_from_hex ("FF FE FF 02 3D D8 61 00");
  g_autoptr (SaArchive) high_at_end = new_from_hex ("FF FE FF 01 3D D8");
  g_autoptr (SaArchive) low = new_from_hex ("FF FE FF 01 00 DE");
  g_autoptr (SaArchive) mark_again = new_from_hex ("FF FE FF FF FE FF 01 61 00");

  assert_fails (narrow_nul, SA_ARCHIVE_ERROR_INVALID_DATA);
  assert_fails (wide_nul, SA_ARCHIVE_ERROR_INVALID_DATA);
  assert_fails (high, SA_ARCHIVE_ERROR_INVALID_DATA);
  assert_fails (high_at_end, SA_ARCHIVE_ERROR_INVALID_DATA);
  assert_fails (low, SA_ARCHIVE_ERROR_INVALID_DATA);
  assert_fails (mark_again, SA_ARCHIVE_ERROR_INVALID_DATA);
}

/* What is no text can be read as bytes after all, in a transaction.  */
static void
test_bad_text_as_bytes (void)
{
  g_autoptr (SaArchive) archive = new_from_hex ("03 61 00 62 07");
  g_autoptr (GBytes) bytes = NULL;
  SaStringForm form = SA_STRING_WIDE;

  g_assert_true (sa_archive_begin_transaction (archive, NULL));
  g_assert_null (sa_archive_read_string (archive, NULL));
  sa_archive_rollback_transaction (archive);

  bytes = sa_archive_read_string_bytes (archive, &form, NULL);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "a\0b", 3);
  g_assert_cmpint (form, ==, SA_STRING_NARROW);
  g_assert_cmpuint (sa_archive_read_uint8 (archive, NULL), ==, 7);
}

static void
test_bad_utf8 (void)
{
  g_autoptr (SaArchive) archive = sa_archive_new_store_bytes ();
  g_autoptr (GError) error = NULL;

  g_assert_false (sa_archive_write_string (archive, "a\xff", &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
  g_clear_error (&error);

  /* An error that was taken is over: nothing was stored.  */
  g_assert_true (sa_archive_write_string (archive, "b", &error));
  g_assert_cmpuint (sa_archive_get_offset (archive), ==, 6);
}

static void
test_utf8_bad_on_wire (void)
{
  g_autoptr (SaArchive) cut = new_from_hex ("01 C3");
  g_autoptr (SaArchive) nul = new_from_hex ("01 00");
  g_autoptr (GError) error = NULL;

  g_assert_null (sa_archive_read_utf8 (cut, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
  g_clear_error (&error);
  g_assert_null (sa_archive_read_utf8 (nul, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
}

/* NULL is the empty string.  */
static void
test_null (void)
{
  g_autoptr (SaArchive) archive = sa_archive_new_store_bytes ();

  g_assert_true (sa_archive_write_string (archive, NULL, NULL));
  g_assert_cmpuint (sa_archive_get_offset (archive), ==, 4);
}

static void
check_code_page (const char *code_page, const char *text, const char *hex)
{
  g_autoptr (SaArchive) out = sa_archive_new_store_bytes ();
  g_autoptr (GBytes) expected = test_from_hex (hex);
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_archive_set_code_page (out, code_page, &error));
  g_assert_no_error (error);
  sa_archive_set_string_form (out, SA_STRING_NARROW);
  g_assert_true (sa_archive_write_string (out, text, &error));
  g_assert_no_error (error);

  g_autoptr (GBytes) bytes = sa_archive_steal_bytes (out, NULL);
  g_autoptr (SaArchive) in = sa_archive_new_load_bytes (bytes);

  g_assert_true (g_bytes_equal (bytes, expected));
  g_assert_true (sa_archive_set_code_page (in, code_page, &error));

  g_autofree char *loaded = sa_archive_read_string (in, &error);

  g_assert_cmpstr (loaded, ==, text);
}

static void
test_code_pages (void)
{
  check_code_page ("WINDOWS-1251", "Мир", "03 CC E8 F0");
  check_code_page ("CP932", "日本", "04 93 FA 96 7B");
  check_code_page ("ISO-8859-1", "é", "01 E9");
  /* The yen sign is where ASCII has the backslash, so this one cannot be copied.  */
  check_code_page ("SHIFT_JIS", "¥1", "02 5C 31");
  /* All 256 bytes of the default one are characters, as on Windows.  */
  check_code_page ("WINDOWS-1252", "\xc2\x81", "01 81");
  /* With shifts, where bytes of ASCII are half a character.  */
  check_code_page ("ISO-2022-JP", "F|日本", "0C 46 7C 1B 24 42 46 7C 4B 5C 1B 28 42");
  check_code_page ("UTF-7", "+é", "07 2B 2D 2B 41 4F 6B 2D");
}

/* Half a character at the end, and a byte that is none.  */
static void
test_code_page_bad_bytes (void)
{
  static const struct
  {
    const char *code_page;
    const char *hex;
  } bad[] = {
    { "CP932", "03 61 62 93" },
    { "CP932", "02 A0 FF" },
    { "UTF-8", "02 61 C3" },
    /* The name that leaves the holes of the code page as holes.  */
    { "CP1252", "01 81" },
    { "ISO-2022-JP", "04 1B 24 42 46" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (SaArchive) archive = new_from_hex (bad[i].hex);

      g_assert_true (sa_archive_set_code_page (archive, bad[i].code_page, NULL));
      assert_fails (archive, SA_ARCHIVE_ERROR_INVALID_DATA);
    }
}

/* What remains of a text that failed in the middle does not shift the next one.  */
static void
test_code_page_with_shifts (void)
{
  g_autoptr (SaArchive) out = sa_archive_new_store_bytes ();
  g_autoptr (SaArchive) in = new_from_hex ("04 1B 24 42 46  02 46 7C");
  g_autoptr (GBytes) expected = test_from_hex ("0A 1B 24 42 46 7C 4B 5C 1B 28 42");
  g_autoptr (GBytes) stored = NULL;
  g_autoptr (GBytes) raw = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_assert_true (sa_archive_set_code_page (out, "ISO-2022-JP", NULL));
  sa_archive_set_string_form (out, SA_STRING_NARROW);
  g_assert_false (sa_archive_write_string (out, "日😀", &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
  g_assert_true (sa_archive_write_string (out, "日本", NULL));
  stored = sa_archive_steal_bytes (out, NULL);
  g_assert_true (g_bytes_equal (stored, expected));

  g_assert_true (sa_archive_set_code_page (in, "ISO-2022-JP", NULL));
  g_assert_true (sa_archive_begin_transaction (in, NULL));
  g_assert_null (sa_archive_read_string (in, NULL));
  sa_archive_rollback_transaction (in);
  raw = sa_archive_read_string_bytes (in, NULL, NULL);
  g_assert_cmpuint (g_bytes_get_size (raw), ==, 4);
  text = sa_archive_read_string (in, NULL);
  g_assert_cmpstr (text, ==, "F|");
}

static void
test_code_page_lacks (void)
{
  g_autoptr (SaArchive) archive = sa_archive_new_store_bytes ();
  g_autoptr (GError) error = NULL;

  sa_archive_set_string_form (archive, SA_STRING_NARROW);
  g_assert_false (sa_archive_write_string (archive, "日本", &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
  g_assert_nonnull (strstr (error->message, "WINDOWS-1252"));
  g_assert_cmpuint (sa_archive_get_offset (archive), ==, 0);
}

static void
test_code_page_unknown (void)
{
  g_autoptr (SaArchive) archive = sa_archive_new_store_bytes ();
  g_autoptr (SaArchive) by_property = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (sa_archive_set_code_page (archive, "no-such-page", &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NOT_SUPPORTED);
  g_assert_cmpstr (sa_archive_get_code_page (archive), ==, "WINDOWS-1252");
  g_clear_error (&error);

  by_property = g_object_new (SA_TYPE_ARCHIVE, "code-page", "no-such-page", NULL);
  g_assert_false (sa_archive_write_uint8 (by_property, 1, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NOT_SUPPORTED);
}

/* A length that lies takes no memory, and is found out where the end is known.  */
static void
test_length_lies (void)
{
  g_autoptr (SaArchive) archive = new_from_hex ("FF FF FF 00 00 40 00 61");
  g_autoptr (SaArchive) above = new_from_hex ("FF FF FF 01 00 00 01 61");
  g_autoptr (SaArchive) huge = new_from_hex ("FF FF FF FF FF FF FF FE FF FF FF FF FF FF FF");

  assert_fails (archive, SA_ARCHIVE_ERROR_END_OF_FILE);
  assert_fails (above, SA_ARCHIVE_ERROR_LIMIT);
  assert_fails (huge, SA_ARCHIVE_ERROR_LIMIT);
}

/* Without any limit there still are lengths that no memory has.  */
static void
test_length_no_limit (void)
{
  static const char *const lengths[] = {
    "FF FF FF FF FF FF FF F1 FF FF FF FF FF FF FF 61 62",
    "FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF 61 62",
    "FF FE FF FF FF FF FF FF FF FF FB FF FF FF FF FF FF 7F 61 62",
    "FF FE FF FF FF FF FF FF FF FF 00 00 00 00 00 00 00 80 61 62",
  };
  g_autoptr (SaLimits) limits = sa_limits_new (SA_LIMITS_TRUSTED_FILE);
  g_autoptr (GBytes) blob = test_from_hex ("FB FF FF FF FF FF FF FF FF 01 61 62 63");
  g_autoptr (TestInput) input = test_input_new (blob, 100);
  g_autoptr (SaArchive) from_bytes = sa_archive_new_load_bytes (blob);
  g_autoptr (SaArchive) from_stream = sa_archive_new_load (G_INPUT_STREAM (input));
  g_autoptr (GError) error = NULL;

  sa_limits_set_string_bytes (limits, G_MAXUINT64);
  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (SaArchive) archive = new_from_hex (lengths[i]);

      sa_archive_set_limits (archive, limits);
      assert_fails (archive, i == 1 ? SA_ARCHIVE_ERROR_INVALID_DATA : SA_ARCHIVE_ERROR_LIMIT);
    }

  sa_archive_set_limits (from_bytes, limits);
  g_assert_null (sa_archive_read_blob (from_bytes, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_LIMIT);
  g_clear_error (&error);
  sa_archive_set_limits (from_stream, limits);
  g_assert_null (sa_archive_read_utf8 (from_stream, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_LIMIT);
}

/* The tier of 64 bits is written only to those who know it. The zeros are never looked at.  */
static void
test_length_64bit_to_store (void)
{
#if GLIB_SIZEOF_SIZE_T > 4
  gsize size = G_MAXUINT32;
  void *zeros = mmap (NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  g_autoptr (SaArchive) archive = sa_archive_new_store_bytes ();
  g_autoptr (SaLimits) limits = sa_limits_new (SA_LIMITS_TRUSTED_FILE);
  g_autoptr (GBytes) characters = NULL;
  g_autoptr (GError) error = NULL;

  if (zeros == MAP_FAILED)
    {
      g_test_skip ("there are no 4 GiB of addresses");
      return;
    }

  characters = g_bytes_new_static (zeros, size);
  sa_limits_set_string_bytes (limits, G_MAXUINT64);
  sa_archive_set_limits (archive, limits);
  g_assert_false (sa_archive_write_string_bytes (archive, SA_STRING_NARROW, characters, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NOT_SUPPORTED);
  g_assert_cmpuint (sa_archive_get_offset (archive), ==, 0);
  munmap (zeros, size);
#else
  g_test_skip ("needs 64-bit addresses");
#endif
}

static void
test_limit_to_store (void)
{
  g_autoptr (SaArchive) archive = sa_archive_new_store_bytes ();
  g_autoptr (GError) error = NULL;

  sa_limits_set_string_bytes (sa_archive_get_limits (archive), 4);
  g_assert_true (sa_archive_write_string (archive, "ab", &error));
  g_assert_false (sa_archive_write_string (archive, "abc", &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_LIMIT);
}

static void
test_into (void)
{
  g_autoptr (SaArchive) archive = new_from_hex ("04 6E 61 6D 65  FF FE FF 01 E9 00  02 61 62");
  g_autoptr (GError) error = NULL;
  char buffer[5];

  g_assert_cmpint (sa_archive_read_string_into (archive, buffer, sizeof buffer, &error), ==, 4);
  g_assert_cmpstr (buffer, ==, "name");
  g_assert_cmpint (sa_archive_read_string_into (archive, buffer, sizeof buffer, &error), ==, 2);
  g_assert_cmpstr (buffer, ==, "é");

  /* One that does not fit is still there.  */
  g_assert_cmpint (sa_archive_read_string_into (archive, buffer, 2, &error), ==, -1);
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BUFFER_FULL);
  g_assert_cmpstr (buffer, ==, "");
  g_clear_error (&error);
  g_assert_cmpint (sa_archive_read_string_into (archive, buffer, sizeof buffer, &error), ==, 2);
  g_assert_cmpstr (buffer, ==, "ab");
}

static void
assert_line (SaArchive *archive, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = sa_archive_read_line (archive, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (line, ==, expected);
}

static void
test_lines (void)
{
  static const char text[] = "one\r\ntwo\n\nf\xfcr\rx\nlast";
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));

  for (gsize most = 1; most <= 8; most++)
    {
      g_autoptr (TestInput) input = test_input_new (bytes, most);
      g_autoptr (SaArchive) archive = sa_archive_new_load (G_INPUT_STREAM (input));

      sa_archive_set_string_form (archive, SA_STRING_NARROW);
      assert_line (archive, "one");
      assert_line (archive, "two");
      assert_line (archive, "");
      assert_line (archive, "für\rx");
      assert_line (archive, "last");
      assert_line (archive, NULL);
      assert_line (archive, NULL);
      g_assert_true (sa_archive_check (archive, NULL));
    }
}

static void
test_lines_wide (void)
{
  g_autoptr (SaArchive) archive = new_from_hex ("0A 0D 0D 00 0A 00 61 00");

  assert_line (archive, "\u0d0a");
  assert_line (archive, "a");
  assert_line (archive, NULL);
}

/* A line without an end is not read for ever.  */
static void
test_line_limit (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("aaaaaaaaaaaaaaaa", 16);
  g_autoptr (TestInput) input = test_input_new (bytes, 1);
  g_autoptr (SaArchive) archive = sa_archive_new_load (G_INPUT_STREAM (input));
  g_autoptr (GError) error = NULL;

  sa_archive_set_string_form (archive, SA_STRING_NARROW);
  sa_limits_set_string_bytes (sa_archive_get_limits (archive), 4);
  g_assert_null (sa_archive_read_line (archive, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_LIMIT);
  /* Five characters could have been four and a carriage return.  */
  g_assert_cmpuint (input->n_reads, ==, 6);
}

/* The limit is for the line, not for what has come: one that lies in memory as a whole is not let
 * through.  */
static void
test_line_limit_in_memory (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("aaaa\r\nbbbbb\n", 12);
  g_autoptr (SaArchive) archive = sa_archive_new_load_bytes (bytes);
  g_autoptr (TestInput) input = test_input_new (bytes, 1);
  g_autoptr (SaArchive) pieces = sa_archive_new_load (G_INPUT_STREAM (input));
  SaArchive *archives[] = { archive, pieces };

  for (gsize i = 0; i < G_N_ELEMENTS (archives); i++)
    {
      g_autoptr (GError) error = NULL;

      sa_archive_set_string_form (archives[i], SA_STRING_NARROW);
      sa_limits_set_string_bytes (sa_archive_get_limits (archives[i]), 4);
      assert_line (archives[i], "aaaa");
      g_assert_null (sa_archive_read_line (archives[i], &error));
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_LIMIT);
    }
}

/* Lines whose ends lie on and around the end of the buffer.  */
static void
check_long_line (SaStringForm form, gsize length, const char *end, gsize most)
{
  g_autoptr (SaArchive) out = sa_archive_new_store_bytes ();
  g_autofree char *line = g_strnfill (length, 'x');

  sa_archive_set_string_form (out, form);
  g_assert_true (sa_archive_write_text (out, line, NULL));
  g_assert_true (sa_archive_write_text (out, end, NULL));
  g_assert_true (sa_archive_write_text (out, "last", NULL));

  g_autoptr (GBytes) bytes = sa_archive_steal_bytes (out, NULL);
  g_autoptr (TestInput) input = test_input_new (bytes, most);
  g_autoptr (SaArchive) in = sa_archive_new_load (G_INPUT_STREAM (input));

  sa_archive_set_string_form (in, form);
  assert_line (in, line);
  assert_line (in, "last");
  assert_line (in, NULL);
}

static void
test_lines_long (void)
{
  static const gsize lengths[] = { 4096, 32766, 32767, 32768, 65533, 65534, 65535, 65536, 65537, 200000 };

  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      check_long_line (SA_STRING_NARROW, lengths[i], "\r\n", G_MAXSIZE);
      check_long_line (SA_STRING_NARROW, lengths[i], "\n", 4093);
      check_long_line (SA_STRING_WIDE, lengths[i], "\r\n", 4093);
      check_long_line (SA_STRING_WIDE, lengths[i], "\n", G_MAXSIZE);
    }
}

/* Half a character is not dropped, at the end or anywhere.  */
static void
test_lines_wide_odd (void)
{
  g_autoptr (SaArchive) archive = new_from_hex ("61 00 0A 00 62");
  g_autoptr (SaArchive) alone = new_from_hex ("61");
  g_autoptr (GError) error = NULL;

  assert_line (archive, "a");
  g_assert_null (sa_archive_read_line (archive, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
  g_assert_cmpuint (sa_archive_get_offset (archive), ==, 4);
  g_clear_error (&error);
  g_assert_null (sa_archive_read_line (alone, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
}

/* The characters and nothing else.  */
static void
test_text (void)
{
  g_autoptr (SaArchive) archive = sa_archive_new_store_bytes ();

  g_assert_true (sa_archive_write_text (archive, "aé", NULL));
  sa_archive_set_string_form (archive, SA_STRING_NARROW);
  g_assert_true (sa_archive_write_text (archive, "aé", NULL));
  g_assert_true (sa_archive_write_text (archive, "", NULL));

  g_autoptr (GBytes) bytes = sa_archive_steal_bytes (archive, NULL);

  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "a\0\xe9\0a\xe9", 6);
}

/* Text to the end is for streams that have one.  */
static void
test_text_to_end (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("some text", 9);
  g_autoptr (GInputStream) memory = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr (TestInput) connection = test_input_new (bytes, 100);
  g_autoptr (SaArchive) from_file = sa_archive_new_load (memory);
  g_autoptr (SaArchive) from_peer = sa_archive_new_load (G_INPUT_STREAM (connection));
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  sa_archive_set_string_form (from_file, SA_STRING_NARROW);
  text = sa_archive_read_text_to_end (from_file, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "some text");

  g_assert_null (sa_archive_read_text_to_end (from_peer, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NOT_SUPPORTED);
  g_assert_cmpuint (connection->n_reads, ==, 0);
}

static void
test_odd_wide_bytes (void)
{
  g_autoptr (SaArchive) archive = sa_archive_new_store_bytes ();
  g_autoptr (GBytes) odd = g_bytes_new_static ("abc", 3);
  g_autoptr (GError) error = NULL;

  g_assert_false (sa_archive_write_string_bytes (archive, SA_STRING_WIDE, odd, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
}

/* What a try to read a line has searched holds for the form in which it searched.  */
static void
test_line_again (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("ab\ncde\nf\n", 9);
  g_autoptr (TestInput) drip = test_input_new_dripping (bytes);
  g_autoptr (SaArchive) archive = sa_archive_new_load (G_INPUT_STREAM (drip));
  g_autoptr (GString) lines = g_string_new (NULL);
  guint n_wide = 0;

  for (guint i = 0; i < 100 && lines->len < 9; i++)
    {
      /* The second line is tried as wide text first, in which there is no newline.  */
      gboolean wide = lines->len == 3 && n_wide++ < 4;
      g_autoptr (GError) error = NULL;
      g_autofree char *line = NULL;

      drip->end = MIN (drip->end + 1, g_bytes_get_size (bytes));
      sa_archive_set_string_form (archive, wide ? SA_STRING_WIDE : SA_STRING_NARROW);
      line = sa_archive_read_line (archive, &error);
      if (line != NULL)
        g_string_append_printf (lines, "%s|", line);
      else
        g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE);
    }
  g_assert_cmpstr (lines->str, ==, "ab|cde|f|");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  test_vectors_add ("/archive/string", vectors, G_N_ELEMENTS (vectors));
  g_test_add_func ("/archive/string/tiers/narrow", test_tiers_narrow);
  g_test_add_func ("/archive/string/tiers/wide", test_tiers_wide);
  g_test_add_func ("/archive/string/tiers/64bit", test_length_64bit);
  g_test_add_func ("/archive/string/bad-text", test_bad_text);
  g_test_add_func ("/archive/string/bad-text/as-bytes", test_bad_text_as_bytes);
  g_test_add_func ("/archive/string/bad-utf8", test_bad_utf8);
  g_test_add_func ("/archive/string/utf8/bad-on-wire", test_utf8_bad_on_wire);
  g_test_add_func ("/archive/string/null", test_null);
  g_test_add_func ("/archive/string/code-pages", test_code_pages);
  g_test_add_func ("/archive/string/code-page/lacks", test_code_page_lacks);
  g_test_add_func ("/archive/string/code-page/unknown", test_code_page_unknown);
  g_test_add_func ("/archive/string/code-page/bad-bytes", test_code_page_bad_bytes);
  g_test_add_func ("/archive/string/code-page/with-shifts", test_code_page_with_shifts);
  g_test_add_func ("/archive/string/length-lies", test_length_lies);
  g_test_add_func ("/archive/string/length/no-limit", test_length_no_limit);
  g_test_add_func ("/archive/string/length/64bit-to-store", test_length_64bit_to_store);
  g_test_add_func ("/archive/string/limit-to-store", test_limit_to_store);
  g_test_add_func ("/archive/string/into", test_into);
  g_test_add_func ("/archive/string/lines", test_lines);
  g_test_add_func ("/archive/string/lines/wide", test_lines_wide);
  g_test_add_func ("/archive/string/lines/wide/odd", test_lines_wide_odd);
  g_test_add_func ("/archive/string/lines/long", test_lines_long);
  g_test_add_func ("/archive/string/line/again", test_line_again);
  g_test_add_func ("/archive/string/line/limit", test_line_limit);
  g_test_add_func ("/archive/string/line/limit-in-memory", test_line_limit_in_memory);
  g_test_add_func ("/archive/string/text", test_text);
  g_test_add_func ("/archive/string/text-to-end", test_text_to_end);
  g_test_add_func ("/archive/string/odd-wide-bytes", test_odd_wide_bytes);

  return g_test_run ();
}
