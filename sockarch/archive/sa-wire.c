/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-wire-private.h"

/* What stands before a number that needs a wider form, and before the length of a wide string.  */
#define ESCAPE_BYTE 0xff
#define ESCAPE_WORD 0xffff
#define ESCAPE_DWORD 0xffffffff
#define WIDE_MARK 0xfffe

/* What a class tag is marked with, in a WORD and in a DWORD.  */
#define CLASS_BIT 0x8000
#define BIG_CLASS_BIT 0x80000000
#define NEW_CLASS_TAG 0xffff

/* The forms from a WORD at @offset on, which strings and counts share: WORD, escape and DWORD, escapes and
 * QWORD.  */
static gboolean
parse_wide_forms (const guint8 *data,
                  gsize size,
                  gsize offset,
                  gboolean swap,
                  SaWireLength *length)
{
  length->needed = offset + 2;
  if (size < length->needed)
    return FALSE;

  length->length = sa_wire_get_uint16 (data + offset, swap);
  length->size = length->needed;
  if (length->length != ESCAPE_WORD)
    return TRUE;

  length->needed = offset + 6;
  if (size < length->needed)
    return FALSE;

  length->length = sa_wire_get_uint32 (data + offset + 2, swap);
  length->size = length->needed;
  if (length->length != ESCAPE_DWORD)
    return TRUE;

  length->needed = offset + 14;
  if (size < length->needed)
    return FALSE;

  length->length = sa_wire_get_uint64 (data + offset + 6, swap);
  length->size = length->needed;
  return TRUE;
}

/* The prefix of a CString: the form and the number of its characters. A second mark of a wide string inside
 * the first is told by a length of G_MAXUINT64, which no limit lets pass.  */
gboolean
sa_wire_parse_string_length (const guint8 *data,
                             gsize size,
                             gboolean swap,
                             SaWireLength *length)
{
  gsize offset = 0;

  length->wide = FALSE;
  if (size >= 3 && data[0] == ESCAPE_BYTE && sa_wire_get_uint16 (data + 1, swap) == WIDE_MARK)
    {
      length->wide = TRUE;
      offset = 3;
    }

  length->needed = offset + 1;
  if (size < length->needed)
    return FALSE;

  length->length = data[offset];
  length->size = offset + 1;
  if (length->length != ESCAPE_BYTE)
    return TRUE;

  if (!parse_wide_forms (data, size, offset + 1, swap, length))
    return FALSE;

  if (length->wide && length->size == offset + 3 && length->length == WIDE_MARK)
    length->length = G_MAXUINT64;

  return TRUE;
}

/* As many escapes as needed, and the number; returns how many bytes that took. A WORD holds less than
 * @word_end.  */
static gsize
put_wide_forms (guint8 *data,
                guint64 number,
                guint word_end,
                gboolean swap)
{
  if (number < word_end)
    {
      sa_wire_put_uint16 (data, (guint16) number, swap);
      return 2;
    }

  sa_wire_put_uint16 (data, ESCAPE_WORD, swap);
  if (number < ESCAPE_DWORD)
    {
      sa_wire_put_uint32 (data + 2, (guint32) number, swap);
      return 6;
    }

  sa_wire_put_uint32 (data + 2, ESCAPE_DWORD, swap);
  sa_wire_put_uint64 (data + 6, number, swap);
  return 14;
}

/* The prefix of a CString of @length characters.  */
gsize
sa_wire_put_string_length (guint8 *data,
                           guint64 length,
                           gboolean wide,
                           gboolean swap)
{
  gsize offset = 0;

  if (wide)
    {
      data[0] = ESCAPE_BYTE;
      sa_wire_put_uint16 (data + 1, WIDE_MARK, swap);
      offset = 3;
    }

  if (length < ESCAPE_BYTE)
    {
      data[offset] = (guint8) length;
      return offset + 1;
    }

  /* FFFE in the WORD means a wide string, so a length of 65534 goes to the DWORD.  */
  data[offset] = ESCAPE_BYTE;
  return offset + 1 + put_wide_forms (data + offset + 1, length, WIDE_MARK, swap);
}

gboolean
sa_wire_parse_count (const guint8 *data,
                     gsize size,
                     gboolean swap,
                     SaWireLength *count)
{
  return parse_wide_forms (data, size, 0, swap, count);
}

/* Unlike the length of a string, a count of 65534 fits the WORD.  */
gsize
sa_wire_put_count (guint8 *data,
                   guint64 count,
                   gboolean swap)
{
  return put_wide_forms (data, count, ESCAPE_WORD, swap);
}

/* The tag of an object or of a class. Whether the index is one that the tables have is not known here.  */
gboolean
sa_wire_parse_tag (const guint8 *data,
                   gsize size,
                   gboolean swap,
                   SaWireTag *tag)
{
  guint32 index;

  tag->kind = SA_WIRE_TAG_SHORT;
  tag->needed = 2;
  if (size < tag->needed)
    return FALSE;

  index = sa_wire_get_uint16 (data, swap);
  tag->index = 0;
  tag->size = 2;

  if (index == SA_WIRE_BIG_TAG)
    {
      tag->needed = 6;
      if (size < tag->needed)
        return FALSE;

      index = sa_wire_get_uint32 (data + 2, swap);
      tag->size = 6;
      tag->kind = (index & BIG_CLASS_BIT) != 0 ? SA_WIRE_TAG_CLASS : SA_WIRE_TAG_OBJECT;
      tag->index = index & ~BIG_CLASS_BIT;
    }
  else if (index == 0)
    {
      tag->kind = SA_WIRE_TAG_NULL;
    }
  else if (index == NEW_CLASS_TAG)
    {
      tag->kind = SA_WIRE_TAG_NEW_CLASS;
    }
  else
    {
      tag->kind = (index & CLASS_BIT) != 0 ? SA_WIRE_TAG_CLASS : SA_WIRE_TAG_OBJECT;
      tag->index = index & ~CLASS_BIT;
    }

  return TRUE;
}

gsize
sa_wire_put_object_tag (guint8 *data,
                        guint32 index,
                        gboolean swap)
{
  if (index < SA_WIRE_BIG_TAG)
    {
      sa_wire_put_uint16 (data, (guint16) index, swap);
      return 2;
    }

  sa_wire_put_uint16 (data, SA_WIRE_BIG_TAG, swap);
  sa_wire_put_uint32 (data + 2, index, swap);
  return 6;
}

gsize
sa_wire_put_class_tag (guint8 *data,
                       guint32 index,
                       gboolean swap)
{
  if (index < SA_WIRE_BIG_TAG)
    {
      sa_wire_put_uint16 (data, (guint16) (index | CLASS_BIT), swap);
      return 2;
    }

  sa_wire_put_uint16 (data, SA_WIRE_BIG_TAG, swap);
  sa_wire_put_uint32 (data + 2, index | BIG_CLASS_BIT, swap);
  return 6;
}

/* Returns how many bytes the number takes, 0 if more are needed, or -1 if it cannot be one.  */
gssize
sa_wire_parse_varint (const guint8 *data,
                      gsize size,
                      guint64 *value)
{
  guint64 sum = 0;

  for (gsize i = 0; i < size && i < SA_WIRE_MAX_VARINT; i++)
    {
      guint64 bits = data[i] & 0x7f;

      /* The tenth byte has room for one bit only.  */
      if (i == SA_WIRE_MAX_VARINT - 1 && data[i] > 1)
        return -1;

      sum |= bits << (7 * i);
      if ((data[i] & 0x80) == 0)
        {
          *value = sum;
          return (gssize) i + 1;
        }
    }

  return 0;
}

gsize
sa_wire_put_varint (guint8 *data,
                    guint64 value)
{
  gsize size = 0;

  while (value >= 0x80)
    {
      data[size++] = (guint8) (value | 0x80);
      value >>= 7;
    }

  data[size++] = (guint8) value;
  return size;
}

/* Counts the UTF-16 units of UTF-8 text, which is checked on the way: returns where it is wrong, if it
 * is.  */
gsize
sa_wire_utf16_length (const char *text,
                      gsize length,
                      gsize *units)
{
  const char *end;
  gsize count = length;

  if (sa_wire_is_ascii ((const guint8 *) text, length))
    {
      *units = length;
      return SA_WIRE_TEXT_GOOD;
    }

  if (!g_utf8_validate_len (text, length, &end))
    return (gsize) (end - text);

  /* Of a sequence of two, three or four bytes come one, one or two units.  */
  for (gsize i = 0; i < length; i++)
    {
      guint8 byte = (guint8) text[i];

      if (byte >= 0xe0)
        count -= 2;
      else if (byte >= 0xc0)
        count -= 1;
    }

  *units = count;
  return SA_WIRE_TEXT_GOOD;
}

/* Writes text that sa_wire_utf16_length () found good.  */
void
sa_wire_put_utf16 (guint8 *data,
                   const char *text,
                   gsize length,
                   gboolean swap)
{
  const char *end = text + length;

  while (text < end)
    {
      gunichar c = (guint8) *text;

      if (c < 0x80)
        {
          text++;
        }
      else
        {
          c = g_utf8_get_char (text);
          text = g_utf8_next_char (text);
        }

      if (c >= 0x10000)
        {
          sa_wire_put_uint16 (data, (guint16) (0xd800 + ((c - 0x10000) >> 10)), swap);
          data += 2;
          c = 0xdc00 + ((c - 0x10000) & 0x3ff);
        }

      sa_wire_put_uint16 (data, (guint16) c, swap);
      data += 2;
    }
}

/* Counts the bytes that UTF-16 takes as UTF-8; returns the unit where there is a NUL or half of a pair, if
 * any.  */
gsize
sa_wire_utf8_length (const guint8 *data,
                     gsize units,
                     gboolean swap,
                     gsize *length)
{
  gsize count = 0;

  for (gsize i = 0; i < units; i++)
    {
      guint c = sa_wire_get_uint16 (data + 2 * i, swap);

      if (c < 0x80)
        {
          if (c == 0)
            return i;
          count += 1;
        }
      else if (c < 0x800)
        {
          count += 2;
        }
      else if (c < 0xd800 || c > 0xdfff)
        {
          count += 3;
        }
      else
        {
          guint low = i + 1 < units ? sa_wire_get_uint16 (data + 2 * i + 2, swap) : 0;

          if (c > 0xdbff || low < 0xdc00 || low > 0xdfff)
            return i;
          count += 4;
          i++;
        }
    }

  *length = count;
  return SA_WIRE_TEXT_GOOD;
}

/* Writes text that sa_wire_utf8_length () found good; no NUL at the end.  */
void
sa_wire_put_utf8 (char *text,
                  const guint8 *data,
                  gsize units,
                  gboolean swap)
{
  for (gsize i = 0; i < units; i++)
    {
      gunichar c = sa_wire_get_uint16 (data + 2 * i, swap);

      if (c < 0x80)
        {
          *text++ = (char) c;
          continue;
        }

      if (c >= 0xd800 && c <= 0xdbff)
        {
          i++;
          c = 0x10000 + ((c - 0xd800) << 10) + (sa_wire_get_uint16 (data + 2 * i, swap) - 0xdc00u);
        }

      text += g_unichar_to_utf8 (c, text);
    }
}

/* The loops that turn arrays round (at any place, the ones in place but aligned) are worth the widest
 * registers there are; which, is found when the program starts. The sanitizers do not know about such
 * functions.  */
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__) && !defined(__clang__) && defined(SA_HAVE_TARGET_CLONES)
#define SA_FAST_LOOP __attribute__ ((target_clones ("avx2", "default"), optimize ("O3")))
#else
#define SA_FAST_LOOP
#endif

/* GLib's own macros are assembler on some machines, through which no compiler sees.  */
#ifdef __GNUC__
#define SWAP16(value) __builtin_bswap16 (value)
#define SWAP32(value) __builtin_bswap32 (value)
#define SWAP64(value) __builtin_bswap64 (value)
#else
#define SWAP16(value) GUINT16_SWAP_LE_BE (value)
#define SWAP32(value) GUINT32_SWAP_LE_BE (value)
#define SWAP64(value) GUINT64_SWAP_LE_BE (value)
#endif

/* In place needs a loop of its own: the compiler would have to expect the two to overlap. The loops are
 * static, since a function with clones is exported whatever its visibility.  */
#define SA_DEFINE_SWAP(bits) \
  SA_FAST_LOOP static void \
  swap##bits (void *restrict values, \
              gconstpointer restrict source, \
              gsize count) \
  { \
    guint8 *to = values; \
    const guint8 *from = source; \
\
    for (gsize i = 0; i < count; i++) \
      { \
        guint##bits value; \
\
        memcpy (&value, from + i * sizeof value, sizeof value); \
        value = SWAP##bits (value); \
        memcpy (to + i * sizeof value, &value, sizeof value); \
      } \
  } \
\
  SA_FAST_LOOP static void \
  swap##bits##_in_place (void *values, \
                         gsize count) \
  { \
    guint##bits *value = values; \
\
    for (gsize i = 0; i < count; i++) \
      value[i] = SWAP##bits (value[i]); \
  } \
\
  void \
  sa_wire_swap##bits (void *values, \
                      gconstpointer source, \
                      gsize count) \
  { \
    swap##bits (values, source, count); \
  } \
\
  void \
  sa_wire_swap##bits##_in_place (void *values, \
                                 gsize count) \
  { \
    swap##bits##_in_place (values, count); \
  }

SA_DEFINE_SWAP (16)
SA_DEFINE_SWAP (32)
SA_DEFINE_SWAP (64)
