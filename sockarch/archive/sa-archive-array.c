/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-archive-array.h"
#include "sockarch/archive/sa-archive-private.h"
#include "sockarch/archive/sa-wire-private.h"
#include "sockarch/sa-error.h"
#include "sockarch/sa-i18n-private.h"

/**
 * SECTION:sa-archive-array
 * @title: Arrays of numbers
 * @short_description: Many numbers in one call
 *
 * Numbers one behind the other, as SerializeElements writes them, in one call: at the speed of a copy, and
 * from Python and JavaScript some hundred times faster than one by one.
 *
 * No count is written. The reader must know it, or it goes before: see sa_archive_write_count(), and the
 * collections that have one.
 *
 * The functions that read are all or nothing: if not all elements are there, none is consumed. Memory grows
 * no faster than bytes arrive. They fail as described in the section on errors of #SaArchive.
 */

/* What is turned round in one piece when an array goes through the buffer.  */
#define CHUNK_SIZE (SA_ARCHIVE_BUFFER_SIZE / 2)

#if G_BYTE_ORDER == G_LITTLE_ENDIAN
#define WIRE_IS_FOREIGN(self) sa_archive_is_swapped (self)
#else
#define WIRE_IS_FOREIGN(self) (!sa_archive_is_swapped (self))
#endif

static void
swap_copy (void *values,
           gconstpointer source,
           gsize count,
           gsize element)
{
  if (element == 2)
    sa_wire_swap16 (values, source, count);
  else if (element == 4)
    sa_wire_swap32 (values, source, count);
  else
    sa_wire_swap64 (values, source, count);
}

static void
swap_in_place (void *values,
               gsize count,
               gsize element)
{
  if (element == 2)
    sa_wire_swap16_in_place (values, count);
  else if (element == 4)
    sa_wire_swap32_in_place (values, count);
  else
    sa_wire_swap64_in_place (values, count);
}

/* Finds how many bytes the elements take.  */
static gboolean
multiply (SaArchive *self,
          gsize count,
          gsize element,
          gsize *size,
          GError **error)
{
  if (g_size_checked_mul (size, count, element))
    return TRUE;

  return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_LIMIT,
                               _("An array of %zu elements is too long for any memory"), count);
}

static gboolean
read_into (SaArchive *self,
           void *values,
           gsize count,
           gsize element,
           GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  gboolean foreign = element > 1 && WIRE_IS_FOREIGN (self);
  gsize size;

  if (!multiply (self, count, element, &size, error))
    return FALSE;

  /* What lies in memory as a whole is turned round on the way, in one pass.  */
  if (foreign && (priv->bytes != NULL || size <= sa_archive_get_buffered (self)))
    {
      if (!sa_archive_ensure (self, size, error))
        return FALSE;
      swap_copy (values, self->cur, count, element);
      self->cur += size;
      return TRUE;
    }

  if (sa_archive_take_data (self, values, size, FALSE, error) < 0)
    return FALSE;
  if (foreign)
    swap_in_place (values, count, element);

  return TRUE;
}

static void *
read_new (SaArchive *self,
          gsize count,
          gsize element,
          gsize *length,
          GError **error)
{
  gsize size;
  void *values;

  *length = 0;
  if (!multiply (self, count, element, &size, error))
    return NULL;

  values = sa_archive_take_new_data (self, size, FALSE, &size, error);
  if (values == NULL)
    return NULL;

  if (element > 1 && WIRE_IS_FOREIGN (self))
    swap_in_place (values, count, element);
  *length = count;
  return values;
}

/* Stores elements that must be turned round, a piece at a time. Once a piece may have been sent, a stream
 * that takes nothing more does not fail the call: the rest waits in the buffer, for a flush.  */
static gboolean
write_swapped (SaArchive *self,
               const guint8 *values,
               gsize size,
               gsize element,
               GError **error)
{
  gsize done = 0;

  while (done < size)
    {
      gsize piece = MIN (size - done, CHUNK_SIZE);
      g_autoptr (GError) failure = NULL;

      if (!sa_archive_reserve (self, piece, done == 0 ? error : &failure))
        {
          if (done > 0)
            g_propagate_error (error, g_steal_pointer (&failure));
          if (done == 0 || sa_archive_get_priv (self)->error != NULL || !sa_archive_grow (self, size - done))
            return FALSE;

          g_clear_error (error);
          piece = size - done;
        }

      swap_copy (self->cur, values + done, piece / element, element);
      self->cur += piece;
      done += piece;
    }

  return TRUE;
}

static gboolean
write_all (SaArchive *self,
           gconstpointer values,
           gsize count,
           gsize element,
           GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  gsize size;

  if (!multiply (self, count, element, &size, error))
    return FALSE;

  if (element == 1 || size == 0 || !WIRE_IS_FOREIGN (self))
    return sa_archive_put_data (self, values, size, error);

  /* What must stay together anyway is stored in one piece, so that it is all or nothing.  */
  if (priv->output == NULL || priv->keep_offset != G_MAXUINT64)
    {
      if (!sa_archive_reserve (self, size, error))
        return FALSE;
      swap_copy (self->cur, values, count, element);
      self->cur += size;
      return TRUE;
    }

  return write_swapped (self, values, size, element, error);
}

/* The three functions of a type.  */
#define SA_DEFINE_ARRAY(name, type) \
  type * \
  sa_archive_read_##name##_array (SaArchive *self, \
                                  gsize count, \
                                  gsize *length, \
                                  GError **error) \
  { \
    g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL); \
    g_return_val_if_fail (length != NULL, NULL); \
\
    return read_new (self, count, sizeof (type), length, error); \
  } \
\
  gboolean \
  sa_archive_read_##name##_array_into (SaArchive *self, \
                                       type *values, \
                                       gsize count, \
                                       GError **error) \
  { \
    g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE); \
    g_return_val_if_fail (values != NULL || count == 0, FALSE); \
\
    return read_into (self, values, count, sizeof (type), error); \
  } \
\
  gboolean \
  sa_archive_write_##name##_array (SaArchive *self, \
                                   const type *values, \
                                   gsize count, \
                                   GError **error) \
  { \
    g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE); \
    g_return_val_if_fail (values != NULL || count == 0, FALSE); \
\
    return write_all (self, values, count, sizeof (type), error); \
  }

/**
 * sa_archive_read_int8_array:
 * @self: a loading archive
 * @count: how many to read
 * @length: (out): return location for how many there are, which is @count
 * @error: return location for an error
 *
 * Reads chars.
 *
 * Returns: (transfer full) (array length=length): the values, or %NULL on error
 * Since: 1.0
 */

/**
 * sa_archive_read_int8_array_into: (skip)
 * @self: a loading archive
 * @values: (array length=count): where to put the values
 * @count: how many to read
 * @error: return location for an error
 *
 * Reads chars into memory of the caller.
 *
 * Returns: %TRUE if all were read
 * Since: 1.0
 */

/**
 * sa_archive_write_int8_array:
 * @self: a storing archive
 * @values: (array length=count): the values
 * @count: how many there are
 * @error: return location for an error
 *
 * Writes chars.
 *
 * Returns: %TRUE if the archive took the values
 * Since: 1.0
 */
SA_DEFINE_ARRAY (int8, gint8)

/**
 * sa_archive_read_int16_array:
 * @self: a loading archive
 * @count: how many to read
 * @length: (out): return location for how many there are, which is @count
 * @error: return location for an error
 *
 * Reads shorts.
 *
 * Returns: (transfer full) (array length=length): the values, or %NULL on error
 * Since: 1.0
 */

/**
 * sa_archive_read_int16_array_into: (skip)
 * @self: a loading archive
 * @values: (array length=count): where to put the values
 * @count: how many to read
 * @error: return location for an error
 *
 * Reads shorts into memory of the caller.
 *
 * Returns: %TRUE if all were read
 * Since: 1.0
 */

/**
 * sa_archive_write_int16_array:
 * @self: a storing archive
 * @values: (array length=count): the values
 * @count: how many there are
 * @error: return location for an error
 *
 * Writes shorts.
 *
 * Returns: %TRUE if the archive took the values
 * Since: 1.0
 */
SA_DEFINE_ARRAY (int16, gint16)

/**
 * sa_archive_read_uint16_array:
 * @self: a loading archive
 * @count: how many to read
 * @length: (out): return location for how many there are, which is @count
 * @error: return location for an error
 *
 * Reads WORDs.
 *
 * Returns: (transfer full) (array length=length): the values, or %NULL on error
 * Since: 1.0
 */

/**
 * sa_archive_read_uint16_array_into: (skip)
 * @self: a loading archive
 * @values: (array length=count): where to put the values
 * @count: how many to read
 * @error: return location for an error
 *
 * Reads WORDs into memory of the caller.
 *
 * Returns: %TRUE if all were read
 * Since: 1.0
 */

/**
 * sa_archive_write_uint16_array:
 * @self: a storing archive
 * @values: (array length=count): the values
 * @count: how many there are
 * @error: return location for an error
 *
 * Writes WORDs.
 *
 * Returns: %TRUE if the archive took the values
 * Since: 1.0
 */
SA_DEFINE_ARRAY (uint16, guint16)

/**
 * sa_archive_read_int32_array:
 * @self: a loading archive
 * @count: how many to read
 * @length: (out): return location for how many there are, which is @count
 * @error: return location for an error
 *
 * Reads ints.
 *
 * Returns: (transfer full) (array length=length): the values, or %NULL on error
 * Since: 1.0
 */

/**
 * sa_archive_read_int32_array_into: (skip)
 * @self: a loading archive
 * @values: (array length=count): where to put the values
 * @count: how many to read
 * @error: return location for an error
 *
 * Reads ints into memory of the caller.
 *
 * Returns: %TRUE if all were read
 * Since: 1.0
 */

/**
 * sa_archive_write_int32_array:
 * @self: a storing archive
 * @values: (array length=count): the values
 * @count: how many there are
 * @error: return location for an error
 *
 * Writes ints.
 *
 * Returns: %TRUE if the archive took the values
 * Since: 1.0
 */
SA_DEFINE_ARRAY (int32, gint32)

/**
 * sa_archive_read_uint32_array:
 * @self: a loading archive
 * @count: how many to read
 * @length: (out): return location for how many there are, which is @count
 * @error: return location for an error
 *
 * Reads DWORDs.
 *
 * Returns: (transfer full) (array length=length): the values, or %NULL on error
 * Since: 1.0
 */

/**
 * sa_archive_read_uint32_array_into: (skip)
 * @self: a loading archive
 * @values: (array length=count): where to put the values
 * @count: how many to read
 * @error: return location for an error
 *
 * Reads DWORDs into memory of the caller.
 *
 * Returns: %TRUE if all were read
 * Since: 1.0
 */

/**
 * sa_archive_write_uint32_array:
 * @self: a storing archive
 * @values: (array length=count): the values
 * @count: how many there are
 * @error: return location for an error
 *
 * Writes DWORDs.
 *
 * Returns: %TRUE if the archive took the values
 * Since: 1.0
 */
SA_DEFINE_ARRAY (uint32, guint32)

/**
 * sa_archive_read_int64_array:
 * @self: a loading archive
 * @count: how many to read
 * @length: (out): return location for how many there are, which is @count
 * @error: return location for an error
 *
 * Reads LONGLONGs.
 *
 * Returns: (transfer full) (array length=length): the values, or %NULL on error
 * Since: 1.0
 */

/**
 * sa_archive_read_int64_array_into: (skip)
 * @self: a loading archive
 * @values: (array length=count): where to put the values
 * @count: how many to read
 * @error: return location for an error
 *
 * Reads LONGLONGs into memory of the caller.
 *
 * Returns: %TRUE if all were read
 * Since: 1.0
 */

/**
 * sa_archive_write_int64_array:
 * @self: a storing archive
 * @values: (array length=count): the values
 * @count: how many there are
 * @error: return location for an error
 *
 * Writes LONGLONGs.
 *
 * Returns: %TRUE if the archive took the values
 * Since: 1.0
 */
SA_DEFINE_ARRAY (int64, gint64)

/**
 * sa_archive_read_uint64_array:
 * @self: a loading archive
 * @count: how many to read
 * @length: (out): return location for how many there are, which is @count
 * @error: return location for an error
 *
 * Reads ULONGLONGs.
 *
 * Returns: (transfer full) (array length=length): the values, or %NULL on error
 * Since: 1.0
 */

/**
 * sa_archive_read_uint64_array_into: (skip)
 * @self: a loading archive
 * @values: (array length=count): where to put the values
 * @count: how many to read
 * @error: return location for an error
 *
 * Reads ULONGLONGs into memory of the caller.
 *
 * Returns: %TRUE if all were read
 * Since: 1.0
 */

/**
 * sa_archive_write_uint64_array:
 * @self: a storing archive
 * @values: (array length=count): the values
 * @count: how many there are
 * @error: return location for an error
 *
 * Writes ULONGLONGs.
 *
 * Returns: %TRUE if the archive took the values
 * Since: 1.0
 */
SA_DEFINE_ARRAY (uint64, guint64)

/**
 * sa_archive_read_float_array:
 * @self: a loading archive
 * @count: how many to read
 * @length: (out): return location for how many there are, which is @count
 * @error: return location for an error
 *
 * Reads floats.
 *
 * Returns: (transfer full) (array length=length): the values, or %NULL on error
 * Since: 1.0
 */

/**
 * sa_archive_read_float_array_into: (skip)
 * @self: a loading archive
 * @values: (array length=count): where to put the values
 * @count: how many to read
 * @error: return location for an error
 *
 * Reads floats into memory of the caller.
 *
 * Returns: %TRUE if all were read
 * Since: 1.0
 */

/**
 * sa_archive_write_float_array:
 * @self: a storing archive
 * @values: (array length=count): the values
 * @count: how many there are
 * @error: return location for an error
 *
 * Writes floats.
 *
 * Returns: %TRUE if the archive took the values
 * Since: 1.0
 */
SA_DEFINE_ARRAY (float, float)

/**
 * sa_archive_read_double_array:
 * @self: a loading archive
 * @count: how many to read
 * @length: (out): return location for how many there are, which is @count
 * @error: return location for an error
 *
 * Reads doubles.
 *
 * Returns: (transfer full) (array length=length): the values, or %NULL on error
 * Since: 1.0
 */

/**
 * sa_archive_read_double_array_into: (skip)
 * @self: a loading archive
 * @values: (array length=count): where to put the values
 * @count: how many to read
 * @error: return location for an error
 *
 * Reads doubles into memory of the caller.
 *
 * Returns: %TRUE if all were read
 * Since: 1.0
 */

/**
 * sa_archive_write_double_array:
 * @self: a storing archive
 * @values: (array length=count): the values
 * @count: how many there are
 * @error: return location for an error
 *
 * Writes doubles.
 *
 * Returns: %TRUE if the archive took the values
 * Since: 1.0
 */
SA_DEFINE_ARRAY (double, double)
