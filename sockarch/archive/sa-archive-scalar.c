/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

/* The exported functions are defined here under the names that the inline ones hide behind.  */
#define SA_NO_INLINE

#include "sockarch/archive/sa-archive-private.h"
#include "sockarch/archive/sa-archive-scalar.h"
#include "sockarch/archive/sa-learn-private.h"
#include "sockarch/archive/sa-wire-private.h"
#include "sockarch/sa-i18n-private.h"

#include <string.h>

/**
 * SECTION:sa-archive-scalar
 * @title: Numbers
 * @short_description: Numbers, structures of numbers, and counts
 *
 * The operators << and >> of CArchive, under names that say how wide a value is on the wire. A function that
 * reads returns the value, and 0 if there is an error; one that writes returns whether it could.
 *
 * |[<!-- language="plain" -->
 * MFC                                   sockarch      bytes
 * bool                                  boolean       1
 * BOOL                                  boolean32     4
 * char                                  int8          1
 * BYTE                                  uint8         1
 * short                                 int16         2
 * WORD, wchar_t                         uint16        2
 * int, LONG, an enum                    int32         4
 * unsigned, UINT, DWORD, COLORREF       uint32        4
 * LONGLONG                              int64         8
 * ULONGLONG                             uint64        8
 * float                                 float         4
 * double                                double        8
 * CPoint                                point         8
 * CSize                                 size          8
 * CRect                                 rect          16
 * ReadCount, WriteCount                 count         2, 6 or 14
 * ]|
 *
 * In C these functions are inline as long as the value is in the buffer. A chain of them may pass %NULL for
 * the error: what goes wrong first is kept, what follows does nothing and returns 0, and sa_archive_check()
 * at the end tells.
 *
 * All of them fail as the section on errors of #SaArchive says. A number has no wrong values, so beside what
 * the stream below reports these errors can come:
 *
 * - %SA_ARCHIVE_ERROR_END_OF_FILE: the stream ended before or inside the value
 * - %SA_ARCHIVE_ERROR_NEED_MORE: the value is not there yet, and the archive or the stream may not wait
 * - %SA_ARCHIVE_ERROR_LIMIT: the message has become too long
 * - %SA_ARCHIVE_ERROR_READ_ONLY, %SA_ARCHIVE_ERROR_WRITE_ONLY: the archive has the other direction
 * - %SA_ARCHIVE_ERROR_BUSY, %SA_ARCHIVE_ERROR_CLOSED: see #SaArchive
 */

/* The function that reads and the one that writes a number; @swap is what the other byte order does to
 * it.  */
#define SA_DEFINE_SCALAR(name, type, wire_type, swap, from_wire, to_wire) \
  type \
  sa_archive_read_##name (SaArchive *self, \
                          GError **error) \
  { \
    wire_type wire; \
\
    g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), 0); \
\
    if (G_UNLIKELY (self->read_end - self->cur < (gssize) sizeof wire)) \
      { \
        if (!sa_archive_ensure (self, sizeof wire, error)) \
          return 0; \
        memcpy (&wire, self->cur, sizeof wire); \
        if (sa_archive_get_priv (self)->byte_order == SA_BYTE_ORDER_BIG_ENDIAN) \
          wire = swap (wire); \
      } \
    else \
      { \
        memcpy (&wire, self->cur, sizeof wire); \
      } \
\
    self->cur += sizeof wire; \
    return from_wire (wire); \
  } \
\
  gboolean \
  sa_archive_write_##name (SaArchive *self, \
                           type value, \
                           GError **error) \
  { \
    wire_type wire = to_wire (value); \
\
    g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE); \
\
    if (G_UNLIKELY (self->write_end - self->cur < (gssize) sizeof wire)) \
      { \
        if (!sa_archive_reserve (self, sizeof wire, error)) \
          return FALSE; \
        if (sa_archive_get_priv (self)->byte_order == SA_BYTE_ORDER_BIG_ENDIAN) \
          wire = swap (wire); \
      } \
\
    memcpy (self->cur, &wire, sizeof wire); \
    self->cur += sizeof wire; \
    return TRUE; \
  }

#define SA_SWAP_NOTHING(value) (value)
#define SA_BOOLEAN_TO_WIRE(value) ((value) != 0)
#define SA_BOOLEAN32_TO_WIRE(value) (GUINT32_TO_LE ((value) != 0))

/**
 * sa_archive_read_boolean:
 * @self: a loading archive
 * @error: return location for an error
 *
 * Reads a bool: one byte. It is %TRUE for any byte but 0.
 *
 * Returns: the value, or %FALSE on error
 * Since: 1.0
 */

/**
 * sa_archive_write_boolean:
 * @self: a storing archive
 * @value: the value
 * @error: return location for an error
 *
 * Writes a bool: one byte. It is 1 for %TRUE and 0 for %FALSE.
 *
 * Returns: %TRUE if the archive took the value
 * Since: 1.0
 */
SA_DEFINE_SCALAR (boolean, gboolean, guint8, SA_SWAP_NOTHING, SA_BOOLEAN_TO_WIRE, SA_BOOLEAN_TO_WIRE)

/**
 * sa_archive_read_boolean32:
 * @self: a loading archive
 * @error: return location for an error
 *
 * Reads a BOOL, which is an int: four bytes. It is %TRUE for any number but 0.
 *
 * Returns: the value, or %FALSE on error
 * Since: 1.0
 */

/**
 * sa_archive_write_boolean32:
 * @self: a storing archive
 * @value: the value
 * @error: return location for an error
 *
 * Writes a BOOL, which is an int: four bytes. It is 1 for %TRUE and 0 for %FALSE.
 *
 * Returns: %TRUE if the archive took the value
 * Since: 1.0
 */
SA_DEFINE_SCALAR (boolean32, gboolean, guint32, GUINT32_SWAP_LE_BE, SA_BOOLEAN_TO_WIRE, SA_BOOLEAN32_TO_WIRE)

/**
 * sa_archive_read_int8:
 * @self: a loading archive
 * @error: return location for an error
 *
 * Reads a char: one byte.
 *
 * Returns: the value, or 0 on error
 * Since: 1.0
 */

/**
 * sa_archive_write_int8:
 * @self: a storing archive
 * @value: the value
 * @error: return location for an error
 *
 * Writes a char: one byte.
 *
 * Returns: %TRUE if the archive took the value
 * Since: 1.0
 */
SA_DEFINE_SCALAR (int8, gint8, gint8, SA_SWAP_NOTHING, , )

/**
 * sa_archive_read_uint8:
 * @self: a loading archive
 * @error: return location for an error
 *
 * Reads a BYTE: one byte.
 *
 * Returns: the value, or 0 on error
 * Since: 1.0
 */

/**
 * sa_archive_write_uint8:
 * @self: a storing archive
 * @value: the value
 * @error: return location for an error
 *
 * Writes a BYTE: one byte.
 *
 * Returns: %TRUE if the archive took the value
 * Since: 1.0
 */
SA_DEFINE_SCALAR (uint8, guint8, guint8, SA_SWAP_NOTHING, , )

/**
 * sa_archive_read_int16:
 * @self: a loading archive
 * @error: return location for an error
 *
 * Reads a short: two bytes.
 *
 * Returns: the value, or 0 on error
 * Since: 1.0
 */

/**
 * sa_archive_write_int16:
 * @self: a storing archive
 * @value: the value
 * @error: return location for an error
 *
 * Writes a short: two bytes.
 *
 * Returns: %TRUE if the archive took the value
 * Since: 1.0
 */
SA_DEFINE_SCALAR (int16, gint16, gint16, GUINT16_SWAP_LE_BE, GINT16_FROM_LE, GINT16_TO_LE)

/**
 * sa_archive_read_uint16:
 * @self: a loading archive
 * @error: return location for an error
 *
 * Reads a WORD, or a wchar_t: two bytes.
 *
 * Returns: the value, or 0 on error
 * Since: 1.0
 */

/**
 * sa_archive_write_uint16:
 * @self: a storing archive
 * @value: the value
 * @error: return location for an error
 *
 * Writes a WORD, or a wchar_t: two bytes.
 *
 * Returns: %TRUE if the archive took the value
 * Since: 1.0
 */
SA_DEFINE_SCALAR (uint16, guint16, guint16, GUINT16_SWAP_LE_BE, GUINT16_FROM_LE, GUINT16_TO_LE)

/**
 * sa_archive_read_int32:
 * @self: a loading archive
 * @error: return location for an error
 *
 * Reads an int or LONG: four bytes.
 *
 * Returns: the value, or 0 on error
 * Since: 1.0
 */

/**
 * sa_archive_write_int32:
 * @self: a storing archive
 * @value: the value
 * @error: return location for an error
 *
 * Writes an int or LONG: four bytes.
 *
 * Returns: %TRUE if the archive took the value
 * Since: 1.0
 */
SA_DEFINE_SCALAR (int32, gint32, gint32, GUINT32_SWAP_LE_BE, GINT32_FROM_LE, GINT32_TO_LE)

/**
 * sa_archive_read_uint32:
 * @self: a loading archive
 * @error: return location for an error
 *
 * Reads a DWORD or UINT: four bytes.
 *
 * Returns: the value, or 0 on error
 * Since: 1.0
 */

/**
 * sa_archive_write_uint32:
 * @self: a storing archive
 * @value: the value
 * @error: return location for an error
 *
 * Writes a DWORD or UINT: four bytes.
 *
 * Returns: %TRUE if the archive took the value
 * Since: 1.0
 */
SA_DEFINE_SCALAR (uint32, guint32, guint32, GUINT32_SWAP_LE_BE, GUINT32_FROM_LE, GUINT32_TO_LE)

/**
 * sa_archive_read_int64:
 * @self: a loading archive
 * @error: return location for an error
 *
 * Reads a LONGLONG: eight bytes.
 *
 * Returns: the value, or 0 on error
 * Since: 1.0
 */

/**
 * sa_archive_write_int64:
 * @self: a storing archive
 * @value: the value
 * @error: return location for an error
 *
 * Writes a LONGLONG: eight bytes.
 *
 * Returns: %TRUE if the archive took the value
 * Since: 1.0
 */
SA_DEFINE_SCALAR (int64, gint64, gint64, GUINT64_SWAP_LE_BE, GINT64_FROM_LE, GINT64_TO_LE)

/**
 * sa_archive_read_uint64:
 * @self: a loading archive
 * @error: return location for an error
 *
 * Reads a ULONGLONG: eight bytes.
 *
 * Returns: the value, or 0 on error
 * Since: 1.0
 */

/**
 * sa_archive_write_uint64:
 * @self: a storing archive
 * @value: the value
 * @error: return location for an error
 *
 * Writes a ULONGLONG: eight bytes.
 *
 * Returns: %TRUE if the archive took the value
 * Since: 1.0
 */
SA_DEFINE_SCALAR (uint64, guint64, guint64, GUINT64_SWAP_LE_BE, GUINT64_FROM_LE, GUINT64_TO_LE)

/**
 * sa_archive_read_float:
 * @self: a loading archive
 * @error: return location for an error
 *
 * Reads a float: four bytes, IEEE 754.
 *
 * Returns: the value, or 0 on error
 * Since: 1.0
 */

/**
 * sa_archive_write_float:
 * @self: a storing archive
 * @value: the value
 * @error: return location for an error
 *
 * Writes a float: four bytes, IEEE 754.
 *
 * Returns: %TRUE if the archive took the value
 * Since: 1.0
 */
SA_DEFINE_SCALAR (float, float, guint32, GUINT32_SWAP_LE_BE, sa_wire_to_float, sa_wire_from_float)

/**
 * sa_archive_read_double:
 * @self: a loading archive
 * @error: return location for an error
 *
 * Reads a double: eight bytes, IEEE 754.
 *
 * Returns: the value, or 0 on error
 * Since: 1.0
 */

/**
 * sa_archive_write_double:
 * @self: a storing archive
 * @value: the value
 * @error: return location for an error
 *
 * Writes a double: eight bytes, IEEE 754.
 *
 * Returns: %TRUE if the archive took the value
 * Since: 1.0
 */
SA_DEFINE_SCALAR (double, double, guint64, GUINT64_SWAP_LE_BE, sa_wire_to_double, sa_wire_from_double)

/* Reads @count LONGs at once, so that all of them or none are consumed.  */
static gboolean
sa_archive_read_longs (SaArchive *self,
                       gint32 *values,
                       guint count,
                       GError **error)
{
  gboolean swap;

  for (guint i = 0; i < count; i++)
    values[i] = 0;

  if (!sa_archive_ensure (self, count * sizeof (gint32), error))
    return FALSE;

  swap = sa_archive_get_priv (self)->byte_order == SA_BYTE_ORDER_BIG_ENDIAN;
  for (guint i = 0; i < count; i++)
    values[i] = (gint32) sa_wire_get_uint32 (self->cur + i * sizeof (gint32), swap);

  self->cur += count * sizeof (gint32);
  return TRUE;
}

static gboolean
sa_archive_write_longs (SaArchive *self,
                        const gint32 *values,
                        guint count,
                        GError **error)
{
  gboolean swap;

  if (!sa_archive_reserve (self, count * sizeof (gint32), error))
    return FALSE;

  swap = sa_archive_get_priv (self)->byte_order == SA_BYTE_ORDER_BIG_ENDIAN;
  for (guint i = 0; i < count; i++)
    sa_wire_put_uint32 (self->cur + i * sizeof (gint32), (guint32) values[i], swap);

  self->cur += count * sizeof (gint32);
  return TRUE;
}

/**
 * sa_archive_read_point:
 * @self: a loading archive
 * @x: (out) (optional): return location for the first number; 0 on error
 * @y: (out) (optional): return location for the second number; 0 on error
 * @error: return location for an error
 *
 * Reads a CPoint: two LONGs.
 *
 * Returns: %TRUE if the values were read
 * Since: 1.0
 */
gboolean
sa_archive_read_point (SaArchive *self,
                       gint32 *x,
                       gint32 *y,
                       GError **error)
{
  gint32 values[2];

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);

  gboolean done = sa_archive_read_longs (self, values, G_N_ELEMENTS (values), error);

  if (x != NULL)
    *x = values[0];
  if (y != NULL)
    *y = values[1];

  return done;
}

/**
 * sa_archive_write_point:
 * @self: a storing archive
 * @x: the first number
 * @y: the second number
 * @error: return location for an error
 *
 * Writes a CPoint: two LONGs.
 *
 * Returns: %TRUE if the archive took the values
 * Since: 1.0
 */
gboolean
sa_archive_write_point (SaArchive *self,
                        gint32 x,
                        gint32 y,
                        GError **error)
{
  const gint32 values[] = { x, y };

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);

  return sa_archive_write_longs (self, values, G_N_ELEMENTS (values), error);
}

/**
 * sa_archive_read_size:
 * @self: a loading archive
 * @width: (out) (optional): return location for the first number; 0 on error
 * @height: (out) (optional): return location for the second number; 0 on error
 * @error: return location for an error
 *
 * Reads a CSize: two LONGs.
 *
 * Returns: %TRUE if the values were read
 * Since: 1.0
 */
gboolean
sa_archive_read_size (SaArchive *self,
                      gint32 *width,
                      gint32 *height,
                      GError **error)
{
  gint32 values[2];

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);

  gboolean done = sa_archive_read_longs (self, values, G_N_ELEMENTS (values), error);

  if (width != NULL)
    *width = values[0];
  if (height != NULL)
    *height = values[1];

  return done;
}

/**
 * sa_archive_write_size:
 * @self: a storing archive
 * @width: the first number
 * @height: the second number
 * @error: return location for an error
 *
 * Writes a CSize: two LONGs.
 *
 * Returns: %TRUE if the archive took the values
 * Since: 1.0
 */
gboolean
sa_archive_write_size (SaArchive *self,
                       gint32 width,
                       gint32 height,
                       GError **error)
{
  const gint32 values[] = { width, height };

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);

  return sa_archive_write_longs (self, values, G_N_ELEMENTS (values), error);
}

/**
 * sa_archive_read_rect:
 * @self: a loading archive
 * @left: (out) (optional): return location for the left edge; 0 on error
 * @top: (out) (optional): return location for the upper edge; 0 on error
 * @right: (out) (optional): return location for the right edge; 0 on error
 * @bottom: (out) (optional): return location for the lower edge; 0 on error
 * @error: return location for an error
 *
 * Reads a CRect: four LONGs.
 *
 * Returns: %TRUE if the values were read
 * Since: 1.0
 */
gboolean
sa_archive_read_rect (SaArchive *self,
                      gint32 *left,
                      gint32 *top,
                      gint32 *right,
                      gint32 *bottom,
                      GError **error)
{
  gint32 values[4];

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);

  gboolean done = sa_archive_read_longs (self, values, G_N_ELEMENTS (values), error);

  if (left != NULL)
    *left = values[0];
  if (top != NULL)
    *top = values[1];
  if (right != NULL)
    *right = values[2];
  if (bottom != NULL)
    *bottom = values[3];

  return done;
}

/**
 * sa_archive_write_rect:
 * @self: a storing archive
 * @left: the left edge
 * @top: the upper edge
 * @right: the right edge
 * @bottom: the lower edge
 * @error: return location for an error
 *
 * Writes a CRect: four LONGs.
 *
 * Returns: %TRUE if the archive took the values
 * Since: 1.0
 */
gboolean
sa_archive_write_rect (SaArchive *self,
                       gint32 left,
                       gint32 top,
                       gint32 right,
                       gint32 bottom,
                       GError **error)
{
  const gint32 values[] = { left, top, right, bottom };

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);

  return sa_archive_write_longs (self, values, G_N_ELEMENTS (values), error);
}

/* Makes a whole count readable.  */
static gboolean
ensure_count (SaArchive *self,
              SaWireLength *count,
              GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  gboolean swapped = sa_archive_is_swapped (self);
  gboolean outermost = sa_archive_begin_pieces (priv);
  gboolean there;

  do
    there = sa_archive_ensure (self, count->needed, error);
  while (there && !sa_wire_parse_count (self->cur, count->needed, swapped, count));
  sa_archive_end_pieces (priv, outermost);

  return there;
}

/**
 * sa_archive_read_count:
 * @self: a loading archive
 * @error: return location for an error
 *
 * Reads the count of a collection, as CArchive::ReadCount: a WORD, or an escape and more for larger ones.
 *
 * A count above #SaLimits:count fails with %SA_ARCHIVE_ERROR_LIMIT. A count is a claim: take memory for
 * elements as they arrive, not for the count.
 *
 * Returns: the count, or 0 on error
 * Since: 1.0
 */
guint64
sa_archive_read_count (SaArchive *self,
                       GError **error)
{
  SaWireLength count = { .needed = 2 };

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), 0);

  if (!ensure_count (self, &count, error))
    return 0;

  if (G_UNLIKELY (sa_archive_get_priv (self)->learning))
    sa_archive_learn_limit (self, SA_LEARN_COUNT, count.length);
  if (count.length > sa_archive_get_limit_values (self)->count)
    {
      sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_LIMIT,
                            _("A count of %" PRIu64 " exceeds the limit of %" PRIu64
                              "; raise SaLimits:count if the stream may be trusted"),
                            count.length, sa_archive_get_limit_values (self)->count);
      return 0;
    }

  self->cur += count.size;
  return count.length;
}

/**
 * sa_archive_write_count:
 * @self: a storing archive
 * @count: the count
 * @error: return location for an error
 *
 * Writes the count of a collection, as CArchive::WriteCount. One of 4 294 967 295 or more needs a form that
 * only 64-bit programs read, and fails with %SA_ARCHIVE_ERROR_NOT_SUPPORTED unless #SaArchive:allow-64bit is
 * set.
 *
 * Returns: %TRUE if the archive took the count
 * Since: 1.0
 */
gboolean
sa_archive_write_count (SaArchive *self,
                        guint64 count,
                        GError **error)
{
  guint8 wire[SA_WIRE_MAX_COUNT];

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);

  if (count >= G_MAXUINT32 && !sa_archive_get_priv (self)->allow_64bit)
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_NOT_SUPPORTED,
                                 _("A count of %" PRIu64 " needs 64 bits; set SaArchive:allow-64bit "
                                   "if the reader knows that form"),
                                 count);

  return sa_archive_append (self, wire, sa_wire_put_count (wire, count, sa_archive_is_swapped (self)), error);
}

/* Makes a whole number readable. Returns its size, -1 if it is none, 0 on error.  */
static gssize
ensure_varint (SaArchive *self,
               guint64 *value,
               GError **error)
{
  gssize size = 0;

  for (gsize needed = 1; size == 0; needed++)
    {
      if (!sa_archive_ensure (self, needed, error))
        return 0;

      size = sa_wire_parse_varint (self->cur, needed, value);
    }

  return size;
}

/**
 * sa_archive_read_varint:
 * @self: a loading archive
 * @error: return location for an error
 *
 * Reads an unsigned number of variable length (LEB128): seven bits a byte, the lowest first, the eighth bit
 * set in all but the last byte. Not MFC.
 *
 * A number that does not fit 64 bits fails with %SA_ARCHIVE_ERROR_INVALID_DATA.
 *
 * Returns: the number, or 0 on error
 * Since: 1.0
 */
guint64
sa_archive_read_varint (SaArchive *self,
                        GError **error)
{
  SaArchivePrivate *priv;
  gboolean outermost;
  guint64 value = 0;
  gssize size;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), 0);

  priv = sa_archive_get_priv (self);
  outermost = sa_archive_begin_pieces (priv);
  size = ensure_varint (self, &value, error);
  sa_archive_end_pieces (priv, outermost);
  if (size == 0)
    return 0;

  if (size < 0)
    {
      sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                            _("A variable-length number does not fit 64 bits: this is not one"));
      return 0;
    }

  self->cur += size;
  return value;
}

/**
 * sa_archive_write_varint:
 * @self: a storing archive
 * @value: the number
 * @error: return location for an error
 *
 * Writes an unsigned number in as few bytes as it needs, 1 to 10; see sa_archive_read_varint(). Not MFC.
 *
 * Returns: %TRUE if the archive took the number
 * Since: 1.0
 */
gboolean
sa_archive_write_varint (SaArchive *self,
                         guint64 value,
                         GError **error)
{
  guint8 wire[SA_WIRE_MAX_VARINT];

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);

  return sa_archive_append (self, wire, sa_wire_put_varint (wire, value), error);
}
