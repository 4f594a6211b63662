/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>
#include <string.h>

/* The wire format as functions from bytes to values and back: no stream, no object, no memory.
 *
 * A parser is given the @size bytes that are there. It says how many bytes the value takes once it knows, and
 * how many must be there before it can say more; it never looks past @size.  */

/* The longest forms of a string's prefix, a count, a tag and a variable-length number.  */
#define SA_WIRE_MAX_PREFIX 18
#define SA_WIRE_MAX_COUNT 14
#define SA_WIRE_MAX_TAG 6
#define SA_WIRE_MAX_VARINT 10

/* The first index that needs a big tag, and the last that there may be.  */
#define SA_WIRE_BIG_TAG 0x7fff
#define SA_WIRE_MAX_INDEX 0x3ffffffe

/* The length of a string or a count of elements.  */
typedef struct
{
  /* The number: characters, or elements.  */
  guint64 length;
  /* How many bytes it takes itself.  */
  gsize size;
  /* How many bytes must be there for the next try.  */
  gsize needed;
  /* The string is of UTF-16 units.  */
  gboolean wide;
} SaWireLength;

typedef enum
{
  /* More bytes are needed.  */
  SA_WIRE_TAG_SHORT,
  /* No object.  */
  SA_WIRE_TAG_NULL,
  /* A class that was not named before, and an object of it: schema, length of the name and name follow.  */
  SA_WIRE_TAG_NEW_CLASS,
  /* An object of a class that the index names.  */
  SA_WIRE_TAG_CLASS,
  /* The object that the index names.  */
  SA_WIRE_TAG_OBJECT,
} SaWireTagKind;

typedef struct
{
  SaWireTagKind kind;
  /* The class or object, which may be out of range.  */
  guint32 index;
  /* How many bytes the tag takes.  */
  gsize size;
  /* How many bytes must be there for the next try.  */
  gsize needed;
} SaWireTag;

/* Numbers in the byte order of the wire, or swapped */

static inline guint16
sa_wire_get_uint16 (const guint8 *data,
                    gboolean swap)
{
  guint16 value;

  memcpy (&value, data, sizeof value);
  return swap ? GUINT16_FROM_BE (value) : GUINT16_FROM_LE (value);
}

static inline guint32
sa_wire_get_uint32 (const guint8 *data,
                    gboolean swap)
{
  guint32 value;

  memcpy (&value, data, sizeof value);
  return swap ? GUINT32_FROM_BE (value) : GUINT32_FROM_LE (value);
}

static inline guint64
sa_wire_get_uint64 (const guint8 *data,
                    gboolean swap)
{
  guint64 value;

  memcpy (&value, data, sizeof value);
  return swap ? GUINT64_FROM_BE (value) : GUINT64_FROM_LE (value);
}

static inline void
sa_wire_put_uint16 (guint8 *data,
                    guint16 value,
                    gboolean swap)
{
  value = swap ? GUINT16_TO_BE (value) : GUINT16_TO_LE (value);
  memcpy (data, &value, sizeof value);
}

static inline void
sa_wire_put_uint32 (guint8 *data,
                    guint32 value,
                    gboolean swap)
{
  value = swap ? GUINT32_TO_BE (value) : GUINT32_TO_LE (value);
  memcpy (data, &value, sizeof value);
}

static inline void
sa_wire_put_uint64 (guint8 *data,
                    guint64 value,
                    gboolean swap)
{
  value = swap ? GUINT64_TO_BE (value) : GUINT64_TO_LE (value);
  memcpy (data, &value, sizeof value);
}

static inline float
sa_wire_to_float (guint32 wire)
{
  float value;

  wire = GUINT32_FROM_LE (wire);
  memcpy (&value, &wire, sizeof value);
  return value;
}

static inline guint32
sa_wire_from_float (float value)
{
  guint32 wire;

  memcpy (&wire, &value, sizeof wire);
  return GUINT32_TO_LE (wire);
}

static inline double
sa_wire_to_double (guint64 wire)
{
  double value;

  wire = GUINT64_FROM_LE (wire);
  memcpy (&value, &wire, sizeof value);
  return value;
}

static inline guint64
sa_wire_from_double (double value)
{
  guint64 wire;

  memcpy (&wire, &value, sizeof wire);
  return GUINT64_TO_LE (wire);
}

/* Whether all bytes are from 1 to 127: text that is the same in every code page that matters.  */
static inline gboolean
sa_wire_is_ascii (const guint8 *text,
                  gsize length)
{
  const guint64 ones = G_GUINT64_CONSTANT (0x0101010101010101);
  const guint64 tops = G_GUINT64_CONSTANT (0x8080808080808080);
  guint64 word;

  if (length < sizeof word)
    {
      for (gsize i = 0; i < length; i++)
        {
          if (text[i] == 0 || text[i] > 0x7f)
            return FALSE;
        }
      return TRUE;
    }

  /* A byte of zero borrows from its neighbour, which sets its top bit. The last word overlaps the one
   * before.  */
  for (gsize i = 0; i < length - sizeof word; i += sizeof word)
    {
      memcpy (&word, text + i, sizeof word);
      if (((word | (word - ones)) & tops) != 0)
        return FALSE;
    }

  memcpy (&word, text + length - sizeof word, sizeof word);
  return ((word | (word - ones)) & tops) == 0;
}

/* Lengths, counts, tags. The parsers return whether they are done; the put functions how many bytes they
 * wrote.  */

gboolean sa_wire_parse_string_length (const guint8 *data, gsize size, gboolean swap, SaWireLength *length);
gsize sa_wire_put_string_length (guint8 *data, guint64 length, gboolean wide, gboolean swap);
gboolean sa_wire_parse_count (const guint8 *data, gsize size, gboolean swap, SaWireLength *count);
gsize sa_wire_put_count (guint8 *data, guint64 count, gboolean swap);
gboolean sa_wire_parse_tag (const guint8 *data, gsize size, gboolean swap, SaWireTag *tag);
gsize sa_wire_put_object_tag (guint8 *data, guint32 index, gboolean swap);
gsize sa_wire_put_class_tag (guint8 *data, guint32 index, gboolean swap);
gssize sa_wire_parse_varint (const guint8 *data, gsize size, guint64 *value);
gsize sa_wire_put_varint (guint8 *data, guint64 value);

/* Text */

/* Where something is wrong with a text; all went well if it is this.  */
#define SA_WIRE_TEXT_GOOD G_MAXSIZE

gsize sa_wire_utf16_length (const char *text, gsize length, gsize *units);
void sa_wire_put_utf16 (guint8 *data, const char *text, gsize length, gboolean swap);
gsize sa_wire_utf8_length (const guint8 *data, gsize units, gboolean swap, gsize *length);
void sa_wire_put_utf8 (char *text, const guint8 *data, gsize units, gboolean swap);

/* Arrays: turns the bytes of each element round. @values is aligned, @source need not be and does not overlap
 * it.  */

void sa_wire_swap16 (void *restrict values, gconstpointer restrict source, gsize count);
void sa_wire_swap32 (void *restrict values, gconstpointer restrict source, gsize count);
void sa_wire_swap64 (void *restrict values, gconstpointer restrict source, gsize count);
void sa_wire_swap16_in_place (void *values, gsize count);
void sa_wire_swap32_in_place (void *values, gsize count);
void sa_wire_swap64_in_place (void *values, gsize count);
