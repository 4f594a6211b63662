/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-archive-private.h"
#include "sockarch/archive/sa-archive-record.h"
#include "sockarch/archive/sa-archive-scalar.h"
#include "sockarch/archive/sa-archive-string.h"
#include "sockarch/archive/sa-layout-value-private.h"
#include "sockarch/archive/sa-text-private.h"
#include "sockarch/sa-i18n-private.h"

#include <stdarg.h>
#include <string.h>

/**
 * SECTION:sa-archive-record
 * @title: Records
 * @short_description: Several values in one call
 *
 * A record is some values one behind the other, named by a format of one letter each. A record is loaded
 * whole or not at all, and stored whole or not at all, so that it needs no transaction. From Python and
 * JavaScript one call for a record is also much faster than one for each value.
 *
 * |[<!-- language="plain" -->
 * letter   on the wire              in C
 * b        bool, 1 byte             gboolean
 * B        BOOL, 4 bytes            gboolean
 * y        BYTE                     guint8
 * n        short                    gint16
 * q        WORD                     guint16
 * i        int                      gint32
 * u        DWORD                    guint32
 * x        LONGLONG                 gint64
 * t        ULONGLONG                guint64
 * f        float                    double to store, float to load
 * d        double                   double
 * s        CString                  UTF-8 text
 * c        count of a collection    guint64
 * ]|
 */

/* The letters, for messages, and as bits counted from B, the first of them.  */
#define LETTERS "bBynqiuxtfdsc"
#define BIT(letter) (G_GUINT64_CONSTANT (1) << ((letter) - 'B'))
#define LETTER_BITS \
  (BIT ('b') | BIT ('B') | BIT ('y') | BIT ('n') | BIT ('q') | BIT ('i') | BIT ('u') | BIT ('x') | \
   BIT ('t') | BIT ('f') | BIT ('d') | BIT ('s') | BIT ('c'))

/* The place to which a record that fails goes back.  */
typedef struct
{
  guint64 offset;
  guint64 keep_offset;
  gboolean outermost;  /* its values share a time limit of their own */
} RecordStart;

static gboolean
check_format (SaArchive *self,
              const char *format,
              GError **error)
{
  for (const char *letter = format; *letter != '\0'; letter++)
    {
      guint bit = (guint) *letter - 'B';

      if (bit >= 64 || (LETTER_BITS >> bit & 1) == 0)
        return sa_archive_set_error (
            self, error, SA_ARCHIVE_ERROR_NOT_SUPPORTED,
            _("“%s” is not the format of a record: it has a “%c”, which is none of %s"), format, *letter,
            LETTERS);
    }

  return TRUE;
}

/* Makes the buffer keep everything from here on.  */
static void
begin_record (SaArchive *self,
              RecordStart *start)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  start->offset = sa_archive_get_offset (self);
  start->keep_offset = priv->keep_offset;
  priv->keep_offset = MIN (priv->keep_offset, start->offset);
  start->outermost = sa_archive_begin_pieces (priv);
}

/* Goes back to the beginning if the record did not work out.  */
static gboolean
end_record (SaArchive *self,
            const RecordStart *start,
            gboolean success)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  sa_archive_end_pieces (priv, start->outermost);
  if (priv->closed)
    return FALSE;

  priv->keep_offset = start->keep_offset;
  if (!success && priv->buffer != NULL)
    self->cur = priv->buffer + (gsize) (start->offset - priv->base_offset);
  sa_archive_update_ends (self);

  return success;
}

static gboolean
write_next (SaArchive *self,
            char letter,
            va_list *args,
            GError **error)
{
  switch (letter)
    {
    case 'b':
      return sa_archive_write_boolean (self, va_arg (*args, gboolean), error);
    case 'B':
      return sa_archive_write_boolean32 (self, va_arg (*args, gboolean), error);
    case 'y':
      return sa_archive_write_uint8 (self, (guint8) va_arg (*args, guint), error);
    case 'n':
      return sa_archive_write_int16 (self, (gint16) va_arg (*args, int), error);
    case 'q':
      return sa_archive_write_uint16 (self, (guint16) va_arg (*args, guint), error);
    case 'i':
      return sa_archive_write_int32 (self, va_arg (*args, gint32), error);
    case 'u':
      return sa_archive_write_uint32 (self, va_arg (*args, guint32), error);
    case 'x':
      return sa_archive_write_int64 (self, va_arg (*args, gint64), error);
    case 't':
      return sa_archive_write_uint64 (self, va_arg (*args, guint64), error);
    case 'f':
      return sa_archive_write_float (self, (float) va_arg (*args, double), error);
    case 'd':
      return sa_archive_write_double (self, va_arg (*args, double), error);
    case 's':
      return sa_archive_write_string (self, va_arg (*args, const char *), error);
    default:
      return sa_archive_write_count (self, va_arg (*args, guint64), error);
    }
}

/* What a value other than a string takes of the buffer at most, unless it is a count that is longer.  */
#define MAX_VALUE_SIZE 8
#define MIN_LONG_COUNT 0xffff

#define PUT(type, value) \
  G_STMT_START \
    { \
      type wire = (value); \
\
      memcpy (self->cur, &wire, sizeof wire); \
      self->cur += sizeof wire; \
    } \
  G_STMT_END

/* Stores one value if it certainly fits into the buffer. There is only room if the byte order is MFC's.  */
static inline gboolean
put_next (SaArchive *self,
          char letter,
          va_list *args)
{
  const char *text;
  guint64 count;

  if (G_UNLIKELY (self->write_end - self->cur < MAX_VALUE_SIZE))
    return FALSE;

  switch (letter)
    {
    case 'b':
      PUT (guint8, va_arg (*args, gboolean) != 0);
      return TRUE;
    case 'B':
      PUT (guint32, GUINT32_TO_LE (va_arg (*args, gboolean) != 0));
      return TRUE;
    case 'y':
      PUT (guint8, (guint8) va_arg (*args, guint));
      return TRUE;
    case 'n':
      PUT (gint16, GINT16_TO_LE ((gint16) va_arg (*args, int)));
      return TRUE;
    case 'q':
      PUT (guint16, GUINT16_TO_LE ((guint16) va_arg (*args, guint)));
      return TRUE;
    case 'i':
      PUT (gint32, GINT32_TO_LE (va_arg (*args, gint32)));
      return TRUE;
    case 'u':
      PUT (guint32, GUINT32_TO_LE (va_arg (*args, guint32)));
      return TRUE;
    case 'x':
      PUT (gint64, GINT64_TO_LE (va_arg (*args, gint64)));
      return TRUE;
    case 't':
      PUT (guint64, GUINT64_TO_LE (va_arg (*args, guint64)));
      return TRUE;
    case 'f':
      return sa_archive_write_float (self, (float) va_arg (*args, double), NULL);
    case 'd':
      return sa_archive_write_double (self, va_arg (*args, double), NULL);
    case 's':
      text = va_arg (*args, const char *);
      return sa_text_put_short (self, text != NULL ? text : "");
    case 'c':
      count = va_arg (*args, guint64);
      if (count >= MIN_LONG_COUNT)
        return FALSE;
      PUT (guint16, GUINT16_TO_LE ((guint16) count));
      return TRUE;
    default:
      return FALSE;
    }
}

#undef PUT

/* Stores a record that fits into the buffer as it is. FALSE says that something else must be looked at, be it
 * an error, and that nothing was stored: where nothing is sent on the way, going back is to move the
 * cursor.  */
static gboolean
put_record (SaArchive *self,
            const char *format,
            va_list *args)
{
  guint8 *begin = self->cur;

  for (const char *letter = format; *letter != '\0'; letter++)
    {
      if (G_UNLIKELY (!put_next (self, *letter, args)))
        {
          self->cur = begin;
          return FALSE;
        }
    }

  return self->cur != begin;
}

/**
 * sa_archive_write:
 * @self: a storing archive
 * @error: return location for an error
 * @format: the letters of the values
 * @...: the values
 *
 * Writes a record: `sa_archive_write (ar, &error, "uqsd", id, flags, name, weight)`. The letters are in the
 * description of this section.
 *
 * Fails as the functions for the single values do, and with %SA_ARCHIVE_ERROR_NOT_SUPPORTED for an unknown
 * letter. Then nothing is stored.
 *
 * Returns: %TRUE if the archive took all the values
 * Since: 1.0
 */
gboolean
sa_archive_write (SaArchive *self,
                  GError **error,
                  const char *format,
                  ...)
{
  gboolean success;
  RecordStart start;
  va_list args;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (format != NULL, FALSE);

  va_start (args, format);
  success = put_record (self, format, &args);
  va_end (args);
  if (success)
    return TRUE;

  if (!check_format (self, format, error) || !sa_archive_check_storing (self, error))
    return FALSE;

  success = TRUE;
  begin_record (self, &start);
  va_start (args, format);
  for (const char *letter = format; success && *letter != '\0'; letter++)
    success = write_next (self, *letter, &args, error);
  va_end (args);

  return end_record (self, &start, success);
}

/* One value that was read, whatever its kind.  */
typedef union
{
  gboolean boolean;
  guint8 u8;
  gint16 i16;
  guint16 u16;
  gint32 i32;
  guint32 u32;
  gint64 i64;
  guint64 u64;
  float f;
  double d;
  char *s;
} RecordValue;

/* Reads one value; whether that went well is said by *@error, which is not NULL.  */
static gboolean
read_next (SaArchive *self,
           char letter,
           RecordValue *value,
           GError **error)
{
  switch (letter)
    {
    case 'b':
      value->boolean = sa_archive_read_boolean (self, error);
      break;
    case 'B':
      value->boolean = sa_archive_read_boolean32 (self, error);
      break;
    case 'y':
      value->u8 = sa_archive_read_uint8 (self, error);
      break;
    case 'n':
      value->i16 = sa_archive_read_int16 (self, error);
      break;
    case 'q':
      value->u16 = sa_archive_read_uint16 (self, error);
      break;
    case 'i':
      value->i32 = sa_archive_read_int32 (self, error);
      break;
    case 'u':
      value->u32 = sa_archive_read_uint32 (self, error);
      break;
    case 'x':
      value->i64 = sa_archive_read_int64 (self, error);
      break;
    case 't':
      value->u64 = sa_archive_read_uint64 (self, error);
      break;
    case 'f':
      value->f = sa_archive_read_float (self, error);
      break;
    case 'd':
      value->d = sa_archive_read_double (self, error);
      break;
    case 's':
      value->s = sa_archive_read_string (self, error);
      break;
    default:
      value->u64 = sa_archive_read_count (self, error);
      break;
    }

  return *error == NULL;
}

/* Puts a value where the caller wants it, if anywhere.  */
static void
hand_out (char letter,
          RecordValue *value,
          void *target)
{
  switch (letter)
    {
    case 'b':
    case 'B':
      *(gboolean *) target = value->boolean;
      break;
    case 'y':
      *(guint8 *) target = value->u8;
      break;
    case 'n':
    case 'q':
      *(guint16 *) target = value->u16;
      break;
    case 'i':
    case 'u':
      *(guint32 *) target = value->u32;
      break;
    case 'f':
      *(float *) target = value->f;
      break;
    case 'd':
      *(double *) target = value->d;
      break;
    case 's':
      *(char **) target = g_steal_pointer (&value->s);
      break;
    default:
      *(guint64 *) target = value->u64;
    }
}

/* Leaves nothing of a record that could not be read as a whole.  */
static void
clear_all (const char *format,
           const char *end,
           va_list *args)
{
  for (const char *letter = format; *letter != '\0'; letter++)
    {
      RecordValue nothing = { .u64 = 0 };
      void *target = va_arg (*args, void *);

      if (target == NULL)
        continue;
      if (*letter == 's' && letter < end)
        g_free (*(char **) target);
      hand_out (*letter, &nothing, target);
    }
}

/**
 * sa_archive_read:
 * @self: a loading archive
 * @error: return location for an error
 * @format: the letters of the values
 * @...: where to put the values; %NULL for those that are not wanted
 *
 * Reads a record: `sa_archive_read (ar, &error, "uqsd", &id, &flags, &name, &weight)`. The letters are in the
 * description of this section. A string must be freed with g_free().
 *
 * Fails as the functions for the single values do, and with %SA_ARCHIVE_ERROR_NOT_SUPPORTED for an unknown
 * letter. Then nothing is consumed, and all the values are 0 or %NULL.
 *
 * Returns: %TRUE if all the values were read
 * Since: 1.0
 */
gboolean
sa_archive_read (SaArchive *self,
                 GError **error,
                 const char *format,
                 ...)
{
  GError *failure = NULL;
  const char *letter;
  RecordStart start;
  va_list args;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (format != NULL, FALSE);

  if (!check_format (self, format, error))
    return FALSE;

  begin_record (self, &start);
  va_start (args, format);
  for (letter = format; *letter != '\0'; letter++)
    {
      void *target = va_arg (args, void *);
      RecordValue value;

      if (!read_next (self, *letter, &value, &failure))
        break;
      if (target != NULL)
        hand_out (*letter, &value, target);
      else if (*letter == 's')
        g_free (value.s);
    }
  va_end (args);

  if (end_record (self, &start, failure == NULL))
    return TRUE;

  va_start (args, format);
  clear_all (format, letter, &args);
  va_end (args);

  return sa_archive_hand_over (self, error, failure);
}

/* The whole numbers that a letter can have.  */
static void
get_range (char letter,
           gint64 *least,
           guint64 *most)
{
  static const struct
  {
    char letter;
    gint64 least;
    guint64 most;
  } ranges[] = {
    { 'y', 0, G_MAXUINT8 },         { 'n', G_MININT16, G_MAXINT16 }, { 'q', 0, G_MAXUINT16 },
    { 'i', G_MININT32, G_MAXINT32 }, { 'u', 0, G_MAXUINT32 },         { 'x', G_MININT64, G_MAXINT64 },
    { 't', 0, G_MAXUINT64 },        { 'c', 0, G_MAXUINT64 },
  };

  *least = 0;
  *most = 1;
  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++)
    {
      if (ranges[i].letter == letter)
        {
          *least = ranges[i].least;
          *most = ranges[i].most;
        }
    }
}

/* JavaScript has large numbers as doubles. The bounds are those of 64 bits, both of which a double can
 * express.  */
static gboolean
get_integer_of_real (double real,
                     gboolean *negative,
                     guint64 *number)
{
  if (!(real >= -9223372036854775808.0 && real < 18446744073709551616.0))
    return FALSE;

  *negative = real < 0;
  *number = *negative ? (guint64) (gint64) real : (guint64) real;

  return (*negative ? (double) (gint64) *number : (double) *number) == real;
}

/* Gets a whole number out of a value of any numeric type, if it is one that @letter can have.  */
static gboolean
get_integer (char letter,
             const GValue *value,
             guint64 *number)
{
  gboolean negative = FALSE;
  gboolean is_whole = TRUE;
  gint64 least;
  guint64 most;

  if (G_VALUE_HOLDS_BOOLEAN (value))
    *number = g_value_get_boolean (value) ? 1 : 0;
  else if (G_VALUE_HOLDS_DOUBLE (value))
    is_whole = get_integer_of_real (g_value_get_double (value), &negative, number);
  else if (G_VALUE_HOLDS_FLOAT (value))
    is_whole = get_integer_of_real (g_value_get_float (value), &negative, number);
  else
    is_whole = sa_value_get_integer (value, &negative, number);

  get_range (letter, &least, &most);

  return is_whole && (negative ? (gint64) *number >= least : *number <= most);
}

static gboolean
write_integer (SaArchive *self,
               char letter,
               guint64 number,
               GError **error)
{
  switch (letter)
    {
    case 'b':
      return sa_archive_write_boolean (self, number != 0, error);
    case 'B':
      return sa_archive_write_boolean32 (self, number != 0, error);
    case 'y':
      return sa_archive_write_uint8 (self, (guint8) number, error);
    case 'n':
    case 'q':
      return sa_archive_write_uint16 (self, (guint16) number, error);
    case 'i':
    case 'u':
      return sa_archive_write_uint32 (self, (guint32) number, error);
    case 'c':
      return sa_archive_write_count (self, number, error);
    default:
      return sa_archive_write_uint64 (self, number, error);
    }
}

/* Stores a value of any type that has the sense of @letter.  */
static gboolean
write_value (SaArchive *self,
             char letter,
             const GValue *value,
             GError **error)
{
  guint64 number;
  double real;

  if (letter == 's' && G_VALUE_HOLDS_STRING (value))
    return sa_archive_write_string (self, g_value_get_string (value), error);
  if (letter == 'f' && sa_value_get_real (value, &real) && sa_real_fits_float (real))
    return sa_archive_write_float (self, (float) real, error);
  if (letter == 'd' && sa_value_get_real (value, &real))
    return sa_archive_write_double (self, real, error);
  if (strchr ("sfd", letter) == NULL && get_integer (letter, value, &number))
    return write_integer (self, letter, number, error);

  return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                               _("A %s that was given for a “%c” is not one, or is out of its range"),
                               G_VALUE_TYPE_NAME (value), letter);
}

/**
 * sa_archive_write_values: (rename-to sa_archive_write)
 * @self: a storing archive
 * @format: the letters of the values
 * @values: (array length=n_values): the values
 * @n_values: how many there are
 * @error: return location for an error
 *
 * Writes a record from a list: `archive.write ("uqsd", [7, 3, "Fisher, Lon", 67.5])`. The letters are in
 * the description of this section.
 *
 * Python's bindings take a number in a list for one of 32 bits with a sign, and refuse a larger one: give
 * that as `GObject.Value (GObject.TYPE_UINT64, number)`. No element may be `None`, which no letter can have:
 * PyGObject 3.42 ends the process over that, before the call comes here.
 *
 * A value that its letter cannot have fails with %SA_ARCHIVE_ERROR_INVALID_DATA, as does a list that has
 * not as many values as there are letters. Otherwise this fails as the functions for the single values
 * do. Then nothing is stored.
 *
 * Returns: %TRUE if the archive took all the values
 * Since: 1.0
 */
gboolean
sa_archive_write_values (SaArchive *self,
                         const char *format,
                         const GValue *values,
                         gsize n_values,
                         GError **error)
{
  gboolean success = TRUE;
  RecordStart start;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (format != NULL, FALSE);
  g_return_val_if_fail (values != NULL || n_values == 0, FALSE);

  if (!check_format (self, format, error) || !sa_archive_check_storing (self, error))
    return FALSE;
  if (strlen (format) != n_values)
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                                 _("The format “%s” wants %zu values and was given %zu"),
                                 format, strlen (format), n_values);

  begin_record (self, &start);
  for (gsize i = 0; success && i < n_values; i++)
    success = write_value (self, format[i], &values[i], error);

  return end_record (self, &start, success);
}

/* The value as bindings know it.  */
static void
set_value (GValue *target,
           char letter,
           RecordValue *value)
{
  static const GType types[] = {
    ['b'] = G_TYPE_BOOLEAN, ['B'] = G_TYPE_BOOLEAN, ['y'] = G_TYPE_UINT,   ['n'] = G_TYPE_INT,
    ['q'] = G_TYPE_UINT,    ['i'] = G_TYPE_INT,     ['u'] = G_TYPE_UINT,   ['x'] = G_TYPE_INT64,
    ['t'] = G_TYPE_UINT64,  ['f'] = G_TYPE_FLOAT,   ['d'] = G_TYPE_DOUBLE, ['s'] = G_TYPE_STRING,
    ['c'] = G_TYPE_UINT64,
  };

  g_value_init (target, types[(guint8) letter]);
  switch (letter)
    {
    case 'b':
    case 'B':
      g_value_set_boolean (target, value->boolean);
      break;
    case 'y':
      g_value_set_uint (target, value->u8);
      break;
    case 'n':
      g_value_set_int (target, value->i16);
      break;
    case 'q':
      g_value_set_uint (target, value->u16);
      break;
    case 'i':
      g_value_set_int (target, value->i32);
      break;
    case 'u':
      g_value_set_uint (target, value->u32);
      break;
    case 'x':
      g_value_set_int64 (target, value->i64);
      break;
    case 'f':
      g_value_set_float (target, value->f);
      break;
    case 'd':
      g_value_set_double (target, value->d);
      break;
    case 's':
      g_value_take_string (target, g_steal_pointer (&value->s));
      break;
    default:
      g_value_set_uint64 (target, value->u64);
    }
}

/**
 * sa_archive_read_values: (rename-to sa_archive_read)
 * @self: a loading archive
 * @format: the letters of the values
 * @error: return location for an error
 *
 * Reads a record as a list: `ident, flags, name, weight = archive.read ("uqsd")` in Python, `const
 * [ident, flags, name, weight] = archive.read ("uqsd")` in JavaScript. The letters are in the description
 * of this section.
 *
 * Fails as the functions for the single values do, and with %SA_ARCHIVE_ERROR_NOT_SUPPORTED for an
 * unknown letter. Then nothing is consumed.
 *
 * Returns: (transfer full) (element-type GValue): the values, or %NULL on error
 * Since: 1.0
 */
GArray *
sa_archive_read_values (SaArchive *self,
                        const char *format,
                        GError **error)
{
  g_autoptr (GArray) values = NULL;
  GError *failure = NULL;
  RecordStart start;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);
  g_return_val_if_fail (format != NULL, NULL);

  if (!check_format (self, format, error))
    return NULL;

  /* Of the containers that bindings turn into a list, this is the one that all of them free with its
   * contents.  */
  values = g_array_sized_new (FALSE, TRUE, sizeof (GValue), (guint) strlen (format));
  g_array_set_clear_func (values, (GDestroyNotify) g_value_unset);

  begin_record (self, &start);
  for (const char *letter = format; *letter != '\0'; letter++)
    {
      RecordValue value;

      if (!read_next (self, *letter, &value, &failure))
        break;
      g_array_set_size (values, values->len + 1);
      set_value (&g_array_index (values, GValue, values->len - 1), *letter, &value);
    }

  if (end_record (self, &start, failure == NULL))
    return g_steal_pointer (&values);

  sa_archive_hand_over (self, error, failure);
  return NULL;
}
