/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-record-private.h"

#include "sockarch/archive/sa-layout-value-private.h"
#include "sockarch/sa-i18n-private.h"

/* The getters and setters for each type that a field can have.  */

static gboolean
fail_get (SaRecord *self,
          const char *name,
          GError **error,
          const char *wanted)
{
  const GValue *value = sa_record_get_field (self, name);
  const char *class_name = sa_record_get_class_name (self);

  if (value == NULL)
    g_set_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA,
                 _("The record of class %s has no field %s"), class_name != NULL ? class_name : "?", name);
  else
    g_set_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA,
                 _("Field %s of class %s has a value of type %s, which is not %s"), name,
                 class_name != NULL ? class_name : "?", G_VALUE_TYPE_NAME (value), wanted);

  return FALSE;
}

/* The value of the field if it is of this type or derives from it; NULL after an error.  */
static const GValue *
get_typed (SaRecord *self,
           const char *name,
           GType type,
           GError **error)
{
  const GValue *value = sa_record_get_field (self, name);

  if (value != NULL && G_VALUE_HOLDS (value, type))
    return value;

  fail_get (self, name, error, g_type_name (type));

  return NULL;
}

static gboolean
set_and_unset (SaRecord *self,
               const char *name,
               GValue *value,
               GError **error)
{
  gboolean success = sa_record_set_field (self, name, value, error);

  g_value_unset (value);

  return success;
}

/**
 * sa_record_get_boolean:
 * @self: a #SaRecord
 * @name: the name of a field
 * @error: return location for a #GError
 *
 * Gets a field that is `bool1` or `bool4`.
 *
 * Returns: the value, or %FALSE with @error set: %SA_ARCHIVE_ERROR_INVALID_DATA if the
 *   record has no such field, or one of another type
 * Since: 1.0
 */
gboolean
sa_record_get_boolean (SaRecord *self,
                       const char *name,
                       GError **error)
{
  const GValue *value;

  g_return_val_if_fail (SA_IS_RECORD (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  value = get_typed (self, name, G_TYPE_BOOLEAN, error);

  return value != NULL && g_value_get_boolean (value);
}

/**
 * sa_record_set_boolean:
 * @self: a #SaRecord
 * @name: the name of the field
 * @value: the value
 * @error: return location for a #GError
 *
 * Sets a field that is `bool1` or `bool4`.
 *
 * Returns: %TRUE if the field was set; %FALSE with @error set otherwise, as from sa_record_set_field()
 * Since: 1.0
 */
gboolean
sa_record_set_boolean (SaRecord *self,
                       const char *name,
                       gboolean value,
                       GError **error)
{
  GValue boxed = G_VALUE_INIT;

  g_return_val_if_fail (SA_IS_RECORD (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  g_value_init (&boxed, G_TYPE_BOOLEAN);
  g_value_set_boolean (&boxed, value);

  return set_and_unset (self, name, &boxed, error);
}

static gboolean
get_integer (SaRecord *self,
             const char *name,
             gboolean *negative,
             guint64 *bits,
             GError **error)
{
  const GValue *value = sa_record_get_field (self, name);

  if (value != NULL && sa_value_get_integer (value, negative, bits))
    return TRUE;

  return fail_get (self, name, error, _("an integer"));
}

/**
 * sa_record_get_int64:
 * @self: a #SaRecord
 * @name: the name of a field
 * @error: return location for a #GError
 *
 * Gets a field that is an integer, or a `time` or `timespan`, which are seconds. In JavaScript numbers beyond
 * 2^53 lose their last digits.
 *
 * Returns: the value, or 0 with @error set: %SA_ARCHIVE_ERROR_INVALID_DATA if the
 *   record has no such field, or one of another type
 * Since: 1.0
 */
gint64
sa_record_get_int64 (SaRecord *self,
                     const char *name,
                     GError **error)
{
  gboolean negative;
  guint64 bits;

  g_return_val_if_fail (SA_IS_RECORD (self), 0);
  g_return_val_if_fail (name != NULL, 0);
  g_return_val_if_fail (error == NULL || *error == NULL, 0);

  if (!get_integer (self, name, &negative, &bits, error))
    return 0;

  if (!negative && bits > G_MAXINT64)
    return fail_get (self, name, error, _("an integer below 2^63"));

  return (gint64) bits;
}

/**
 * sa_record_set_int64:
 * @self: a #SaRecord
 * @name: the name of the field
 * @value: the value
 * @error: return location for a #GError
 *
 * Sets a field that is an integer, a `time` or `timespan`, which are seconds, or a `currency`, which is
 * ten-thousandths here.
 *
 * Returns: %TRUE if the field was set; %FALSE with @error set otherwise, as from sa_record_set_field()
 * Since: 1.0
 */
gboolean
sa_record_set_int64 (SaRecord *self,
                     const char *name,
                     gint64 value,
                     GError **error)
{
  GValue boxed = G_VALUE_INIT;

  g_return_val_if_fail (SA_IS_RECORD (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  g_value_init (&boxed, G_TYPE_INT64);
  g_value_set_int64 (&boxed, value);

  return set_and_unset (self, name, &boxed, error);
}

/**
 * sa_record_get_uint64:
 * @self: a #SaRecord
 * @name: the name of a field
 * @error: return location for a #GError
 *
 * Gets a field that is an integer and not negative. In JavaScript numbers beyond 2^53 lose their last digits.
 *
 * Returns: the value, or 0 with @error set: %SA_ARCHIVE_ERROR_INVALID_DATA if the
 *   record has no such field, or one of another type
 * Since: 1.0
 */
guint64
sa_record_get_uint64 (SaRecord *self,
                      const char *name,
                      GError **error)
{
  gboolean negative;
  guint64 bits;

  g_return_val_if_fail (SA_IS_RECORD (self), 0);
  g_return_val_if_fail (name != NULL, 0);
  g_return_val_if_fail (error == NULL || *error == NULL, 0);

  if (!get_integer (self, name, &negative, &bits, error))
    return 0;

  if (negative)
    return fail_get (self, name, error, _("an integer from 0 on"));

  return bits;
}

/**
 * sa_record_set_uint64:
 * @self: a #SaRecord
 * @name: the name of the field
 * @value: the value
 * @error: return location for a #GError
 *
 * Sets a field that is an integer.
 *
 * Returns: %TRUE if the field was set; %FALSE with @error set otherwise, as from sa_record_set_field()
 * Since: 1.0
 */
gboolean
sa_record_set_uint64 (SaRecord *self,
                      const char *name,
                      guint64 value,
                      GError **error)
{
  GValue boxed = G_VALUE_INIT;

  g_return_val_if_fail (SA_IS_RECORD (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  g_value_init (&boxed, G_TYPE_UINT64);
  g_value_set_uint64 (&boxed, value);

  return set_and_unset (self, name, &boxed, error);
}

/**
 * sa_record_get_double:
 * @self: a #SaRecord
 * @name: the name of a field
 * @error: return location for a #GError
 *
 * Gets a field that is a number.
 *
 * Returns: the value, or 0 with @error set: %SA_ARCHIVE_ERROR_INVALID_DATA if the
 *   record has no such field, or one of another type
 * Since: 1.0
 */
double
sa_record_get_double (SaRecord *self,
                      const char *name,
                      GError **error)
{
  const GValue *value;
  double real;

  g_return_val_if_fail (SA_IS_RECORD (self), 0);
  g_return_val_if_fail (name != NULL, 0);
  g_return_val_if_fail (error == NULL || *error == NULL, 0);

  value = sa_record_get_field (self, name);
  if (value == NULL || !sa_value_get_real (value, &real))
    return fail_get (self, name, error, _("a number that a double can be"));

  return real;
}

/**
 * sa_record_set_double:
 * @self: a #SaRecord
 * @name: the name of the field
 * @value: the value
 * @error: return location for a #GError
 *
 * Sets a field that is a number; one that is an integer only to what is an integer. In an `oledatetimespan`
 * NaN stands for none.
 *
 * Returns: %TRUE if the field was set; %FALSE with @error set otherwise, as from sa_record_set_field()
 * Since: 1.0
 */
gboolean
sa_record_set_double (SaRecord *self,
                      const char *name,
                      double value,
                      GError **error)
{
  GValue boxed = G_VALUE_INIT;

  g_return_val_if_fail (SA_IS_RECORD (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  g_value_init (&boxed, G_TYPE_DOUBLE);
  g_value_set_double (&boxed, value);

  return set_and_unset (self, name, &boxed, error);
}

/**
 * sa_record_get_string:
 * @self: a #SaRecord
 * @name: the name of a field
 * @error: return location for a #GError
 *
 * Gets a field that is a text, or a `currency`.
 *
 * Returns: (transfer none) (nullable): the text, valid until a field is set; %NULL for a `currency` that is
 *   not valid, or with @error set: %SA_ARCHIVE_ERROR_INVALID_DATA if the record has no such field, or one of
 *   another type
 * Since: 1.0
 */
const char *
sa_record_get_string (SaRecord *self,
                      const char *name,
                      GError **error)
{
  const GValue *value;

  g_return_val_if_fail (SA_IS_RECORD (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  value = get_typed (self, name, G_TYPE_STRING, error);

  return value != NULL ? g_value_get_string (value) : NULL;
}

/**
 * sa_record_set_string:
 * @self: a #SaRecord
 * @name: the name of the field
 * @value: (nullable): the text; %NULL stands for an empty one, or for a `currency` that there is not
 * @error: return location for a #GError
 *
 * Sets a field that is a text, or a `currency`, such as "12.5".
 *
 * Returns: %TRUE if the field was set; %FALSE with @error set otherwise, as from sa_record_set_field()
 * Since: 1.0
 */
gboolean
sa_record_set_string (SaRecord *self,
                      const char *name,
                      const char *value,
                      GError **error)
{
  GValue boxed = G_VALUE_INIT;

  g_return_val_if_fail (SA_IS_RECORD (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  g_value_init (&boxed, G_TYPE_STRING);
  g_value_set_string (&boxed, value);

  return set_and_unset (self, name, &boxed, error);
}

/**
 * sa_record_get_strings:
 * @self: a #SaRecord
 * @name: the name of a field
 * @error: return location for a #GError
 *
 * Gets a field that is a `stringarray` or `stringlist`.
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): the texts, valid until a field is set;
 *   %NULL with @error set: %SA_ARCHIVE_ERROR_INVALID_DATA if the record has no such field, or one of another
 *   type
 * Since: 1.0
 */
const char *const *
sa_record_get_strings (SaRecord *self,
                       const char *name,
                       GError **error)
{
  const GValue *value;

  g_return_val_if_fail (SA_IS_RECORD (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  value = get_typed (self, name, G_TYPE_STRV, error);

  return value != NULL ? g_value_get_boxed (value) : NULL;
}

/**
 * sa_record_set_strings:
 * @self: a #SaRecord
 * @name: the name of the field
 * @value: (nullable) (array zero-terminated=1): the texts; %NULL stands for none
 * @error: return location for a #GError
 *
 * Sets a field that is a `stringarray` or `stringlist`.
 *
 * Returns: %TRUE if the field was set; %FALSE with @error set otherwise, as from sa_record_set_field()
 * Since: 1.0
 */
gboolean
sa_record_set_strings (SaRecord *self,
                       const char *name,
                       const char *const *value,
                       GError **error)
{
  GValue boxed = G_VALUE_INIT;

  g_return_val_if_fail (SA_IS_RECORD (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  g_value_init (&boxed, G_TYPE_STRV);
  g_value_set_boxed (&boxed, value);

  return set_and_unset (self, name, &boxed, error);
}

/**
 * sa_record_get_bytes:
 * @self: a #SaRecord
 * @name: the name of a field
 * @error: return location for a #GError
 *
 * Gets a field that is `bytes[n]` or a `bytearray`.
 *
 * Returns: (transfer none) (nullable): the bytes, valid until a field is set; %NULL with @error set:
 *   %SA_ARCHIVE_ERROR_INVALID_DATA if the record has no such field, or one of another type
 * Since: 1.0
 */
GBytes *
sa_record_get_bytes (SaRecord *self,
                     const char *name,
                     GError **error)
{
  const GValue *value;

  g_return_val_if_fail (SA_IS_RECORD (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  value = get_typed (self, name, G_TYPE_BYTES, error);

  return value != NULL ? g_value_get_boxed (value) : NULL;
}

/**
 * sa_record_set_bytes:
 * @self: a #SaRecord
 * @name: the name of the field
 * @value: (nullable): the bytes; %NULL stands for zeros in `bytes[n]`, and for none in a `bytearray`
 * @error: return location for a #GError
 *
 * Sets a field that is `bytes[n]` or a `bytearray`.
 *
 * Returns: %TRUE if the field was set; %FALSE with @error set otherwise, as from sa_record_set_field()
 * Since: 1.0
 */
gboolean
sa_record_set_bytes (SaRecord *self,
                     const char *name,
                     GBytes *value,
                     GError **error)
{
  GValue boxed = G_VALUE_INIT;

  g_return_val_if_fail (SA_IS_RECORD (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  g_value_init (&boxed, G_TYPE_BYTES);
  g_value_set_boxed (&boxed, value);

  return set_and_unset (self, name, &boxed, error);
}

/**
 * sa_record_get_date_time:
 * @self: a #SaRecord
 * @name: the name of a field
 * @error: return location for a #GError
 *
 * Gets a field that is an `oledatetime`, or a `time`.
 *
 * Returns: (transfer full) (nullable): the date and time in UTC; %NULL if an `oledatetime` is not valid, or
 *   with @error set: %SA_ARCHIVE_ERROR_INVALID_DATA if the record has no such field, or one of another type,
 *   or the seconds are beyond the year 9999
 * Since: 1.0
 */
GDateTime *
sa_record_get_date_time (SaRecord *self,
                         const char *name,
                         GError **error)
{
  const GValue *value;
  GDateTime *date_time;

  g_return_val_if_fail (SA_IS_RECORD (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  value = sa_record_get_field (self, name);
  if (value != NULL && G_VALUE_HOLDS_INT64 (value))
    {
      date_time = g_date_time_new_from_unix_utc (g_value_get_int64 (value));
      if (date_time == NULL)
        fail_get (self, name, error, _("a date of the years 1 to 9999"));
      return date_time;
    }

  value = get_typed (self, name, G_TYPE_DATE_TIME, error);

  return value != NULL ? g_value_dup_boxed (value) : NULL;
}

/**
 * sa_record_set_date_time:
 * @self: a #SaRecord
 * @name: the name of the field
 * @value: (nullable): the date and time; %NULL for an `oledatetime` that there is not
 * @error: return location for a #GError
 *
 * Sets a field that is an `oledatetime`, where the calendar and the clock of @value's own time zone count,
 * or a `time`, which is cut to whole seconds.
 *
 * Returns: %TRUE if the field was set; %FALSE with @error set otherwise, as from sa_record_set_field()
 * Since: 1.0
 */
gboolean
sa_record_set_date_time (SaRecord *self,
                         const char *name,
                         GDateTime *value,
                         GError **error)
{
  GValue boxed = G_VALUE_INIT;

  g_return_val_if_fail (SA_IS_RECORD (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  g_value_init (&boxed, G_TYPE_DATE_TIME);
  g_value_set_boxed (&boxed, value);

  return set_and_unset (self, name, &boxed, error);
}

/**
 * sa_record_get_variant:
 * @self: a #SaRecord
 * @name: the name of a field
 * @error: return location for a #GError
 *
 * Gets a field that is a `variant`, an array of numbers, a `point`, `size`, `rect` or `mapstrstr`.
 *
 * Returns: (transfer none) (nullable): the value, valid until a field is set; %NULL with @error set:
 *   %SA_ARCHIVE_ERROR_INVALID_DATA if the record has no such field, or one of another type
 * Since: 1.0
 */
GVariant *
sa_record_get_variant (SaRecord *self,
                       const char *name,
                       GError **error)
{
  const GValue *value;

  g_return_val_if_fail (SA_IS_RECORD (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  value = get_typed (self, name, G_TYPE_VARIANT, error);

  return value != NULL ? g_value_get_variant (value) : NULL;
}

/**
 * sa_record_set_variant:
 * @self: a #SaRecord
 * @name: the name of the field
 * @value: (nullable): the value, consumed if it is floating; %NULL stands for what is empty
 * @error: return location for a #GError
 *
 * Sets a field that is a `variant`, an array of numbers, a `point`, `size`, `rect` or `mapstrstr`, to a
 * #GVariant of the type in the table of [layouts][layouts].
 *
 * Returns: %TRUE if the field was set; %FALSE with @error set otherwise, as from sa_record_set_field()
 * Since: 1.0
 */
gboolean
sa_record_set_variant (SaRecord *self,
                       const char *name,
                       GVariant *value,
                       GError **error)
{
  GValue boxed = G_VALUE_INIT;

  g_return_val_if_fail (SA_IS_RECORD (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  g_value_init (&boxed, G_TYPE_VARIANT);
  g_value_set_variant (&boxed, value);

  return set_and_unset (self, name, &boxed, error);
}

/**
 * sa_record_get_object:
 * @self: a #SaRecord
 * @name: the name of a field
 * @error: return location for a #GError
 *
 * Gets a field that is an object, or a list of objects.
 *
 * Returns: (transfer none) (nullable) (type GObject): the object, valid until a field is set; %NULL if there
 *   is none, or with @error set: %SA_ARCHIVE_ERROR_INVALID_DATA if the record has no such field, or one of
 *   another type
 * Since: 1.0
 */
gpointer
sa_record_get_object (SaRecord *self,
                      const char *name,
                      GError **error)
{
  const GValue *value;

  g_return_val_if_fail (SA_IS_RECORD (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  value = get_typed (self, name, G_TYPE_OBJECT, error);

  return value != NULL ? g_value_get_object (value) : NULL;
}

/**
 * sa_record_set_object:
 * @self: a #SaRecord
 * @name: the name of the field
 * @value: (nullable) (type GObject): the object, or a #GListModel of objects
 * @error: return location for a #GError
 *
 * Sets a field that is an object, or a list of objects. A #GListStore is not copied, so that it can be filled
 * afterwards.
 *
 * Returns: %TRUE if the field was set; %FALSE with @error set otherwise, as from sa_record_set_field()
 * Since: 1.0
 */
gboolean
sa_record_set_object (SaRecord *self,
                      const char *name,
                      gpointer value,
                      GError **error)
{
  GValue boxed = G_VALUE_INIT;

  g_return_val_if_fail (SA_IS_RECORD (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (value == NULL || G_IS_OBJECT (value), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  g_value_init (&boxed, G_TYPE_OBJECT);
  g_value_set_object (&boxed, value);

  return set_and_unset (self, name, &boxed, error);
}
