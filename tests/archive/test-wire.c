/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sockarch/archive/sa-wire-private.h"
#include "test-utils.h"

/* The codec alone: lengths, counts, tags and text, and that no parser looks past the bytes that it was
 * given.  */

/* Copies to memory of exactly that size, so that a checker of memory sees every step too far.  */
static guint8 *
copy (const guint8 *data, gsize size)
{
  return g_memdup2 (data, size);
}

static void
assert_bytes (const guint8 *data, gsize size, const char *hex)
{
  g_autoptr (GBytes) expected = test_from_hex (hex);

  g_assert_cmpmem (data, size, g_bytes_get_data (expected, NULL), g_bytes_get_size (expected));
}

static void
check_string_length (guint64 number, gboolean wide, const char *hex)
{
  guint8 data[SA_WIRE_MAX_PREFIX];
  gsize size = sa_wire_put_string_length (data, number, wide, FALSE);
  SaWireLength length;

  assert_bytes (data, size, hex);
  for (gsize part = 0; part < size; part++)
    {
      g_autofree guint8 *cut = copy (data, part);

      g_assert_false (sa_wire_parse_string_length (cut, part, FALSE, &length));
      g_assert_cmpuint (length.needed, >, part);
      g_assert_cmpuint (length.needed, <=, size);
    }

  g_assert_true (sa_wire_parse_string_length (data, size, FALSE, &length));
  g_assert_cmpuint (length.length, ==, number);
  g_assert_cmpuint (length.size, ==, size);
  g_assert_cmpint (length.wide, ==, wide);
}

static void
test_string_length (void)
{
  check_string_length (0, FALSE, "00");
  check_string_length (254, FALSE, "FE");
  check_string_length (255, FALSE, "FF FF 00");
  check_string_length (65533, FALSE, "FF FD FF");
  check_string_length (65534, FALSE, "FF FF FF FE FF 00 00");
  check_string_length (65535, FALSE, "FF FF FF FF FF 00 00");
  check_string_length (G_MAXUINT32 - 1, FALSE, "FF FF FF FE FF FF FF");
  check_string_length (G_MAXUINT32, FALSE, "FF FF FF FF FF FF FF FF FF FF FF 00 00 00 00");
  check_string_length (0, TRUE, "FF FE FF 00");
  check_string_length (255, TRUE, "FF FE FF FF FF 00");
  check_string_length (65534, TRUE, "FF FE FF FF FF FF FE FF 00 00");
  check_string_length (G_MAXUINT32, TRUE, "FF FE FF FF FF FF FF FF FF FF FF FF FF FF 00 00 00 00");
}

/* Whether more bytes than needed are there makes no difference.  */
static void
test_string_length_surplus (void)
{
  static const guint8 data[] = { 0xff, 0xfe, 0xff, 0x01, 0x61, 0x00, 0x07 };
  SaWireLength length;

  for (gsize size = 4; size <= sizeof data; size++)
    {
      g_assert_true (sa_wire_parse_string_length (data, size, FALSE, &length));
      g_assert_true (length.wide);
      g_assert_cmpuint (length.length, ==, 1);
      g_assert_cmpuint (length.size, ==, 4);
    }
}

static void
check_count (guint64 number, const char *hex)
{
  guint8 data[SA_WIRE_MAX_COUNT];
  gsize size = sa_wire_put_count (data, number, FALSE);
  SaWireLength count;

  assert_bytes (data, size, hex);
  for (gsize part = 0; part < size; part++)
    {
      g_autofree guint8 *cut = copy (data, part);

      g_assert_false (sa_wire_parse_count (cut, part, FALSE, &count));
    }

  g_assert_true (sa_wire_parse_count (data, size, FALSE, &count));
  g_assert_cmpuint (count.length, ==, number);
  g_assert_cmpuint (count.size, ==, size);
}

static void
test_count (void)
{
  check_count (0, "00 00");
  check_count (65534, "FE FF");
  check_count (65535, "FF FF FF FF 00 00");
  check_count (G_MAXUINT32 - 1, "FF FF FE FF FF FF");
  check_count (G_MAXUINT32, "FF FF FF FF FF FF FF FF FF FF 00 00 00 00");
  check_count (G_MAXUINT64, "FF FF FF FF FF FF FF FF FF FF FF FF FF FF");
}

static void
check_tag (SaWireTagKind kind, guint32 index, const char *hex)
{
  g_autoptr (GBytes) expected = test_from_hex (hex);
  gsize size;
  const guint8 *data = g_bytes_get_data (expected, &size);
  guint8 put[SA_WIRE_MAX_TAG];
  SaWireTag tag;

  for (gsize part = 0; part < size; part++)
    {
      g_autofree guint8 *cut = copy (data, part);

      g_assert_false (sa_wire_parse_tag (cut, part, FALSE, &tag));
      g_assert_cmpint (tag.kind, ==, SA_WIRE_TAG_SHORT);
      g_assert_cmpuint (tag.needed, >, part);
    }

  g_assert_true (sa_wire_parse_tag (data, size, FALSE, &tag));
  g_assert_cmpint (tag.kind, ==, kind);
  g_assert_cmpuint (tag.index, ==, index);
  g_assert_cmpuint (tag.size, ==, size);

  if (kind == SA_WIRE_TAG_OBJECT)
    assert_bytes (put, sa_wire_put_object_tag (put, index, FALSE), hex);
  if (kind == SA_WIRE_TAG_CLASS && index > 0)
    assert_bytes (put, sa_wire_put_class_tag (put, index, FALSE), hex);
}

static void
test_tag (void)
{
  check_tag (SA_WIRE_TAG_NULL, 0, "00 00");
  check_tag (SA_WIRE_TAG_NEW_CLASS, 0, "FF FF");
  check_tag (SA_WIRE_TAG_CLASS, 0, "00 80");
  check_tag (SA_WIRE_TAG_CLASS, 1, "01 80");
  check_tag (SA_WIRE_TAG_CLASS, 0x7ffe, "FE FF");
  check_tag (SA_WIRE_TAG_CLASS, 0x7fff, "FF 7F FF 7F 00 80");
  check_tag (SA_WIRE_TAG_CLASS, 0x12345, "FF 7F 45 23 01 80");
  check_tag (SA_WIRE_TAG_OBJECT, 2, "02 00");
  check_tag (SA_WIRE_TAG_OBJECT, 0x7ffe, "FE 7F");
  check_tag (SA_WIRE_TAG_OBJECT, 0x7fff, "FF 7F FF 7F 00 00");
  check_tag (SA_WIRE_TAG_OBJECT, 0x8000, "FF 7F 00 80 00 00");
  check_tag (SA_WIRE_TAG_OBJECT, 0x12345, "FF 7F 45 23 01 00");
}

static void
test_ascii (void)
{
  guint8 text[40];

  for (gsize size = 0; size <= sizeof text; size++)
    {
      memset (text, 'a', sizeof text);
      g_assert_true (sa_wire_is_ascii (text, size));
      for (gsize i = 0; i < size; i++)
        {
          static const guint8 wrong[] = { 0x00, 0x80, 0xff };

          for (gsize w = 0; w < G_N_ELEMENTS (wrong); w++)
            {
              text[i] = wrong[w];
              g_assert_false (sa_wire_is_ascii (text, size));
            }
          text[i] = 0x7f;
          g_assert_true (sa_wire_is_ascii (text, size));
          text[i] = 0x01;
          g_assert_true (sa_wire_is_ascii (text, size));
        }
    }
}

/* Every character there is goes to UTF-16 and back as GLib does it.  */
static void
test_utf16 (void)
{
  for (gunichar c = 1; c < 0x110000; c++)
    {
      char text[8];
      guint8 wire[4];
      gunichar2 same[2];
      gsize length;
      gsize units;
      gsize back;

      if (c >= 0xd800 && c < 0xe000)
        continue;

      length = (gsize) g_unichar_to_utf8 (c, text);
      if (sa_wire_utf16_length (text, length, &units) != SA_WIRE_TEXT_GOOD || units != (c < 0x10000 ? 1 : 2))
        g_error ("U+%04X has %" G_GSIZE_FORMAT " units", c, units);

      sa_wire_put_utf16 (wire, text, length, FALSE);
      same[0] = c < 0x10000 ? (gunichar2) c : (gunichar2) (0xd800 + ((c - 0x10000) >> 10));
      same[1] = (gunichar2) (0xdc00 + ((c - 0x10000) & 0x3ff));
      for (gsize i = 0; i < units; i++)
        g_assert_cmpuint (sa_wire_get_uint16 (wire + 2 * i, FALSE), ==, same[i]);

      if (sa_wire_utf8_length (wire, units, FALSE, &back) != SA_WIRE_TEXT_GOOD || back != length)
        g_error ("U+%04X has %" G_GSIZE_FORMAT " bytes", c, back);

      char again[8] = { 0 };

      sa_wire_put_utf8 (again, wire, units, FALSE);
      g_assert_cmpmem (again, back, text, length);
    }
}

static void
test_utf16_bad (void)
{
  gsize units;

  g_assert_cmpuint (sa_wire_utf16_length ("ab\xff", 3, &units), ==, 2);
  g_assert_cmpuint (sa_wire_utf16_length ("a\xc3", 2, &units), ==, 1);
  g_assert_cmpuint (sa_wire_utf16_length ("a\0b", 3, &units), ==, 1);
  /* Half of a pair, written as if it were a character.  */
  g_assert_cmpuint (sa_wire_utf16_length ("\xed\xa0\x80", 3, &units), ==, 0);
}

static void
test_swap (void)
{
  guint8 data[67];
  guint16 w[33];
  guint32 d[16];
  guint64 q[8];

  for (guint i = 0; i < sizeof data; i++)
    data[i] = (guint8) i;

  /* From any place, as the buffer has it.  */
  for (guint from = 0; from < 3; from++)
    {
      sa_wire_swap16 (w, data + from, 32);
      sa_wire_swap32 (d, data + from, 16);
      sa_wire_swap64 (q, data + from, 8);
      for (guint i = 0; i < 32; i++)
        g_assert_cmpuint (w[i], ==, sa_wire_get_uint16 (data + from + 2 * i, TRUE));
      for (guint i = 0; i < 16; i++)
        g_assert_cmpuint (d[i], ==, sa_wire_get_uint32 (data + from + 4 * i, TRUE));
      for (guint i = 0; i < 8; i++)
        g_assert_cmpuint (q[i], ==, sa_wire_get_uint64 (data + from + 8 * i, TRUE));
    }

  sa_wire_swap16_in_place (w, 32);
  sa_wire_swap32_in_place (d, 16);
  sa_wire_swap64_in_place (q, 8);
  g_assert_cmpmem (w, 64, data + 2, 64);
  g_assert_cmpmem (d, 64, data + 2, 64);
  g_assert_cmpmem (q, 64, data + 2, 64);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/wire/string-length", test_string_length);
  g_test_add_func ("/wire/string-length/surplus", test_string_length_surplus);
  g_test_add_func ("/wire/count", test_count);
  g_test_add_func ("/wire/tag", test_tag);
  g_test_add_func ("/wire/ascii", test_ascii);
  g_test_add_func ("/wire/utf16", test_utf16);
  g_test_add_func ("/wire/utf16/bad", test_utf16_bad);
  g_test_add_func ("/wire/swap", test_swap);

  return g_test_run ();
}
