/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-archive-exchange.h"

#include "sockarch/archive/sa-archive-object.h"
#include "sockarch/archive/sa-archive-scalar.h"
#include "sockarch/archive/sa-archive-string.h"
#include "sockarch/archive/sa-archive-time.h"
#include "sockarch/archive/sa-collection-private.h"
#include "sockarch/sa-i18n-private.h"

/**
 * SECTION:sa-archive-exchange
 * @title: Exchange
 * @short_description: one line a field for both directions
 *
 * An exchange stores the value it is given when the archive stores, and replaces it by a loaded one when the
 * archive
 * loads; so one `serialize` serves both directions and cannot get them out of step.
 *
 * In C, exchanges of one object are written one after another with %NULL for the error, and the last line is
 * `return sa_archive_check (archive, error);`: after a failure all further calls do nothing. When an exchange
 * fails,
 * the value stays as it was.
 *
 * In bindings an exchange takes the value and gives the new one: `self.id = archive.exchange_uint32
 * (self.id)`.
 */

/* Whether what was read just now is a value. Whoever passes NULL for @error relies on the archive to keep
 * it; only that the archive is shut for the moment or for good is not kept.  */
static gboolean
went_well (SaArchive *self,
           GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  if (error != NULL)
    return *error == NULL;

  return priv->error == NULL && !priv->closed && !priv->busy;
}

/**
 * sa_archive_exchange_boolean:
 * @self: a #SaArchive
 * @value: (inout): the value
 * @error: return location for a #GError
 *
 * Stores or loads a `bool` of one byte.
 *
 * Since: 1.0
 */
void
sa_archive_exchange_boolean (SaArchive *self,
                             gboolean *value,
                             GError **error)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (value != NULL);

  if (sa_archive_is_storing (self))
    sa_archive_write_boolean (self, *value, error);
  else
    {
      gboolean loaded = sa_archive_read_boolean (self, error);

      if (went_well (self, error))
        *value = loaded;
    }
}

/**
 * sa_archive_exchange_boolean32:
 * @self: a #SaArchive
 * @value: (inout): the value
 * @error: return location for a #GError
 *
 * Stores or loads a BOOL of four bytes.
 *
 * Since: 1.0
 */
void
sa_archive_exchange_boolean32 (SaArchive *self,
                               gboolean *value,
                               GError **error)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (value != NULL);

  if (sa_archive_is_storing (self))
    sa_archive_write_boolean32 (self, *value, error);
  else
    {
      gboolean loaded = sa_archive_read_boolean32 (self, error);

      if (went_well (self, error))
        *value = loaded;
    }
}

/**
 * sa_archive_exchange_int8:
 * @self: a #SaArchive
 * @value: (inout): the value
 * @error: return location for a #GError
 *
 * Stores or loads a signed 8-bit number.
 *
 * Since: 1.0
 */
void
sa_archive_exchange_int8 (SaArchive *self,
                          gint8 *value,
                          GError **error)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (value != NULL);

  if (sa_archive_is_storing (self))
    sa_archive_write_int8 (self, *value, error);
  else
    {
      gint8 loaded = sa_archive_read_int8 (self, error);

      if (went_well (self, error))
        *value = loaded;
    }
}

/**
 * sa_archive_exchange_uint8:
 * @self: a #SaArchive
 * @value: (inout): the value
 * @error: return location for a #GError
 *
 * Stores or loads an unsigned 8-bit number (BYTE).
 *
 * Since: 1.0
 */
void
sa_archive_exchange_uint8 (SaArchive *self,
                           guint8 *value,
                           GError **error)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (value != NULL);

  if (sa_archive_is_storing (self))
    sa_archive_write_uint8 (self, *value, error);
  else
    {
      guint8 loaded = sa_archive_read_uint8 (self, error);

      if (went_well (self, error))
        *value = loaded;
    }
}

/**
 * sa_archive_exchange_int16:
 * @self: a #SaArchive
 * @value: (inout): the value
 * @error: return location for a #GError
 *
 * Stores or loads a signed 16-bit number.
 *
 * Since: 1.0
 */
void
sa_archive_exchange_int16 (SaArchive *self,
                           gint16 *value,
                           GError **error)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (value != NULL);

  if (sa_archive_is_storing (self))
    sa_archive_write_int16 (self, *value, error);
  else
    {
      gint16 loaded = sa_archive_read_int16 (self, error);

      if (went_well (self, error))
        *value = loaded;
    }
}

/**
 * sa_archive_exchange_uint16:
 * @self: a #SaArchive
 * @value: (inout): the value
 * @error: return location for a #GError
 *
 * Stores or loads an unsigned 16-bit number (WORD).
 *
 * Since: 1.0
 */
void
sa_archive_exchange_uint16 (SaArchive *self,
                            guint16 *value,
                            GError **error)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (value != NULL);

  if (sa_archive_is_storing (self))
    sa_archive_write_uint16 (self, *value, error);
  else
    {
      guint16 loaded = sa_archive_read_uint16 (self, error);

      if (went_well (self, error))
        *value = loaded;
    }
}

/**
 * sa_archive_exchange_int32:
 * @self: a #SaArchive
 * @value: (inout): the value
 * @error: return location for a #GError
 *
 * Stores or loads a signed 32-bit number (int, LONG).
 *
 * Since: 1.0
 */
void
sa_archive_exchange_int32 (SaArchive *self,
                           gint32 *value,
                           GError **error)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (value != NULL);

  if (sa_archive_is_storing (self))
    sa_archive_write_int32 (self, *value, error);
  else
    {
      gint32 loaded = sa_archive_read_int32 (self, error);

      if (went_well (self, error))
        *value = loaded;
    }
}

/**
 * sa_archive_exchange_uint32:
 * @self: a #SaArchive
 * @value: (inout): the value
 * @error: return location for a #GError
 *
 * Stores or loads an unsigned 32-bit number (UINT, DWORD).
 *
 * Since: 1.0
 */
void
sa_archive_exchange_uint32 (SaArchive *self,
                            guint32 *value,
                            GError **error)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (value != NULL);

  if (sa_archive_is_storing (self))
    sa_archive_write_uint32 (self, *value, error);
  else
    {
      guint32 loaded = sa_archive_read_uint32 (self, error);

      if (went_well (self, error))
        *value = loaded;
    }
}

/**
 * sa_archive_exchange_int64:
 * @self: a #SaArchive
 * @value: (inout): the value
 * @error: return location for a #GError
 *
 * Stores or loads a signed 64-bit number (LONGLONG).
 *
 * Since: 1.0
 */
void
sa_archive_exchange_int64 (SaArchive *self,
                           gint64 *value,
                           GError **error)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (value != NULL);

  if (sa_archive_is_storing (self))
    sa_archive_write_int64 (self, *value, error);
  else
    {
      gint64 loaded = sa_archive_read_int64 (self, error);

      if (went_well (self, error))
        *value = loaded;
    }
}

/**
 * sa_archive_exchange_uint64:
 * @self: a #SaArchive
 * @value: (inout): the value
 * @error: return location for a #GError
 *
 * Stores or loads an unsigned 64-bit number (ULONGLONG).
 *
 * Since: 1.0
 */
void
sa_archive_exchange_uint64 (SaArchive *self,
                            guint64 *value,
                            GError **error)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (value != NULL);

  if (sa_archive_is_storing (self))
    sa_archive_write_uint64 (self, *value, error);
  else
    {
      guint64 loaded = sa_archive_read_uint64 (self, error);

      if (went_well (self, error))
        *value = loaded;
    }
}

/**
 * sa_archive_exchange_float:
 * @self: a #SaArchive
 * @value: (inout): the value
 * @error: return location for a #GError
 *
 * Stores or loads a float of four bytes.
 *
 * Since: 1.0
 */
void
sa_archive_exchange_float (SaArchive *self,
                           float *value,
                           GError **error)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (value != NULL);

  if (sa_archive_is_storing (self))
    sa_archive_write_float (self, *value, error);
  else
    {
      float loaded = sa_archive_read_float (self, error);

      if (went_well (self, error))
        *value = loaded;
    }
}

/**
 * sa_archive_exchange_double:
 * @self: a #SaArchive
 * @value: (inout): the value
 * @error: return location for a #GError
 *
 * Stores or loads a double of eight bytes.
 *
 * Since: 1.0
 */
void
sa_archive_exchange_double (SaArchive *self,
                            double *value,
                            GError **error)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (value != NULL);

  if (sa_archive_is_storing (self))
    sa_archive_write_double (self, *value, error);
  else
    {
      double loaded = sa_archive_read_double (self, error);

      if (went_well (self, error))
        *value = loaded;
    }
}

/**
 * sa_archive_exchange_time:
 * @self: a #SaArchive
 * @unix_seconds: (inout): seconds since 1970-01-01 00:00 UTC
 * @error: return location for a #GError
 *
 * Stores or loads a CTime: see sa_archive_write_time().
 *
 * Since: 1.0
 */
void
sa_archive_exchange_time (SaArchive *self,
                          gint64 *unix_seconds,
                          GError **error)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (unix_seconds != NULL);

  if (sa_archive_is_storing (self))
    sa_archive_write_time (self, *unix_seconds, error);
  else
    {
      gint64 loaded = sa_archive_read_time (self, error);

      if (went_well (self, error))
        *unix_seconds = loaded;
    }
}

/**
 * sa_archive_exchange_count:
 * @self: a #SaArchive
 * @count: (inout): the number of elements that follow
 * @error: return location for a #GError
 *
 * Stores or loads the count of a collection: see sa_archive_write_count().
 *
 * Since: 1.0
 */
void
sa_archive_exchange_count (SaArchive *self,
                           guint64 *count,
                           GError **error)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (count != NULL);

  if (sa_archive_is_storing (self))
    sa_archive_write_count (self, *count, error);
  else
    {
      guint64 loaded = sa_archive_read_count (self, error);

      if (went_well (self, error))
        *count = loaded;
    }
}

/* The containers may be NULL, in which case there is nothing in them.  */

static GBytes *
ref_bytes (GBytes *bytes)
{
  return bytes != NULL ? g_bytes_ref (bytes) : NULL;
}

static void
unref_bytes (GBytes *bytes)
{
  g_clear_pointer (&bytes, g_bytes_unref);
}

static GPtrArray *
ref_array (GPtrArray *array)
{
  return array != NULL ? g_ptr_array_ref (array) : NULL;
}

static void
unref_array (GPtrArray *array)
{
  g_clear_pointer (&array, g_ptr_array_unref);
}

static gboolean
store_bytes (SaArchive *self,
             GBytes *bytes,
             gsize count,
             GError **error)
{
  g_autoptr (GBytes) zeros = NULL;

  if (bytes == NULL)
    bytes = zeros = g_bytes_new_take (g_malloc0 (count), count);

  if (g_bytes_get_size (bytes) != count)
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                                 _("There are %zu bytes to be stored where %zu"
                                   " are wanted"),
                                 g_bytes_get_size (bytes), count);

  return sa_archive_write_bytes (self, bytes, error);
}

static gboolean
store_byte_array (SaArchive *self,
                  GBytes *bytes,
                  GError **error)
{
  return bytes != NULL ? sa_archive_write_byte_array (self, bytes, error) : sa_archive_write_count (self, 0,
                                                      error);
}

static gboolean
store_string_array (SaArchive *self,
                    const char *const *strings,
                    GError **error)
{
  return strings != NULL ? sa_archive_write_string_array (self, strings, error)
                         : sa_archive_write_count (self, 0, error);
}

static gboolean
store_object_array (SaArchive *self,
                    GPtrArray *objects,
                    GError **error)
{
  return objects != NULL ? sa_archive_write_object_array (self, objects, error)
                         : sa_archive_write_count (self, 0, error);
}

/**
 * sa_archive_exchange_string: (skip)
 * @self: a #SaArchive
 * @value: pointer to a string that g_free() can free, which is replaced and freed when loading
 * @error: return location for a #GError
 *
 * Stores or loads a CString; %NULL is stored as the empty one.
 *
 * Since: 1.0
 */
void
sa_archive_exchange_string (SaArchive *self,
                            char **value,
                            GError **error)
{
  char *loaded;

  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (value != NULL);

  if (sa_archive_is_storing (self))
    {
      sa_archive_write_string (self, *value != NULL ? *value : "", error);
      return;
    }

  loaded = sa_archive_read_string (self, error);
  if (loaded != NULL)
    {
      g_free (*value);
      *value = loaded;
    }
}

/**
 * sa_archive_exchange_string_value: (rename-to sa_archive_exchange_string)
 * @self: a #SaArchive
 * @value: (nullable): the string
 * @error: return location for a #GError
 *
 * Stores @value, or loads a new one: sa_archive_exchange_string() for bindings.
 *
 * Returns: (transfer full) (nullable): @value when storing, the loaded one when loading; %NULL with @error
 *   set on failure
 * Since: 1.0
 */
char *
sa_archive_exchange_string_value (SaArchive *self,
                                  const char *value,
                                  GError **error)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);

  if (sa_archive_is_loading (self))
    return sa_archive_read_string (self, error);

  return sa_archive_write_string (self, value != NULL ? value : "", error) ? g_strdup (value) : NULL;
}

/**
 * sa_archive_exchange_bytes: (skip)
 * @self: a #SaArchive
 * @value: pointer to a #GBytes, or to %NULL, which stands for zeros when storing, which is replaced and
 *   unreferenced when loading
 * @count: how many bytes there are, in both directions
 * @error: return location for a #GError
 *
 * Stores or loads @count raw bytes.
 *
 * Since: 1.0
 */
void
sa_archive_exchange_bytes (SaArchive *self,
                           GBytes **value,
                           gsize count,
                           GError **error)
{
  GBytes *loaded;

  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (value != NULL);

  if (sa_archive_is_storing (self))
    {
      store_bytes (self, *value, count, error);
      return;
    }

  loaded = sa_archive_read_bytes (self, count, error);
  if (loaded != NULL)
    {
      unref_bytes (*value);
      *value = loaded;
    }
}

/**
 * sa_archive_exchange_bytes_value: (rename-to sa_archive_exchange_bytes)
 * @self: a #SaArchive
 * @value: (nullable): the bytes; %NULL stands for zeros
 * @count: how many bytes there are, in both directions
 * @error: return location for a #GError
 *
 * Stores @value, or loads a new one: sa_archive_exchange_bytes() for bindings.
 *
 * Returns: (transfer full) (nullable): @value when storing, the loaded one when loading; %NULL with @error
 *   set on failure
 * Since: 1.0
 */
GBytes *
sa_archive_exchange_bytes_value (SaArchive *self,
                                 GBytes *value,
                                 gsize count,
                                 GError **error)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);

  if (sa_archive_is_loading (self))
    return sa_archive_read_bytes (self, count, error);

  return store_bytes (self, value, count, error) ? ref_bytes (value) : NULL;
}

/**
 * sa_archive_exchange_byte_array: (skip)
 * @self: a #SaArchive
 * @value: pointer to a #GBytes, which is replaced and unreferenced when loading
 * @error: return location for a #GError
 *
 * Stores or loads a CByteArray; %NULL is stored as an empty one.
 *
 * Since: 1.0
 */
void
sa_archive_exchange_byte_array (SaArchive *self,
                                GBytes **value,
                                GError **error)
{
  GBytes *loaded;

  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (value != NULL);

  if (sa_archive_is_storing (self))
    {
      store_byte_array (self, *value, error);
      return;
    }

  loaded = sa_archive_read_byte_array (self, error);
  if (loaded != NULL)
    {
      unref_bytes (*value);
      *value = loaded;
    }
}

/**
 * sa_archive_exchange_byte_array_value: (rename-to sa_archive_exchange_byte_array)
 * @self: a #SaArchive
 * @value: (nullable): the bytes
 * @error: return location for a #GError
 *
 * Stores @value, or loads a new one: sa_archive_exchange_byte_array() for bindings.
 *
 * Returns: (transfer full) (nullable): @value when storing, the loaded one when loading; %NULL with @error
 *   set on failure
 * Since: 1.0
 */
GBytes *
sa_archive_exchange_byte_array_value (SaArchive *self,
                                      GBytes *value,
                                      GError **error)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);

  if (sa_archive_is_loading (self))
    return sa_archive_read_byte_array (self, error);

  return store_byte_array (self, value, error) ? ref_bytes (value) : NULL;
}

/**
 * sa_archive_exchange_string_array: (skip)
 * @self: a #SaArchive
 * @value: pointer to an array of strings that g_strfreev() can free, which is replaced and freed when loading
 * @error: return location for a #GError
 *
 * Stores or loads a CStringArray or CStringList; %NULL is stored as an empty one.
 *
 * Since: 1.0
 */
void
sa_archive_exchange_string_array (SaArchive *self,
                                  char ***value,
                                  GError **error)
{
  char **loaded;

  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (value != NULL);

  if (sa_archive_is_storing (self))
    {
      store_string_array (self, (const char *const *) *value, error);
      return;
    }

  loaded = sa_archive_read_string_array (self, error);
  if (loaded != NULL)
    {
      g_strfreev (*value);
      *value = loaded;
    }
}

/**
 * sa_archive_exchange_string_array_value: (rename-to sa_archive_exchange_string_array)
 * @self: a #SaArchive
 * @value: (nullable) (array zero-terminated=1): the strings
 * @error: return location for a #GError
 *
 * Stores @value, or loads a new one: sa_archive_exchange_string_array() for bindings.
 *
 * Returns: (transfer full) (nullable) (array zero-terminated=1): @value when storing, the loaded one when
 *   loading; %NULL with @error set on failure
 * Since: 1.0
 */
char **
sa_archive_exchange_string_array_value (SaArchive *self,
                                        const char *const *value,
                                        GError **error)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);

  if (sa_archive_is_loading (self))
    return sa_archive_read_string_array (self, error);

  return store_string_array (self, (const char *const *) value, error) ? g_strdupv ((char **) value) : NULL;
}

/**
 * sa_archive_exchange_object: (skip)
 * @self: a #SaArchive
 * @value: pointer to a pointer to a #GObject (such as `&self->next`), which is replaced and unreferenced when
 *   loading
 * @expected_type: the type that each object must be of
 * @error: return location for a #GError
 *
 * Stores or loads an object or %NULL.
 *
 * Since: 1.0
 */
void
sa_archive_exchange_object (SaArchive *self,
                            gpointer value,
                            GType expected_type,
                            GError **error)
{
  gpointer *place = value;
  gpointer loaded;

  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (value != NULL);

  if (sa_archive_is_storing (self))
    {
      sa_archive_write_object (self, *place, error);
      return;
    }

  loaded = sa_archive_read_object (self, expected_type, error);
  if (went_well (self, error))
    {
      gpointer old = *place;

      *place = loaded;
      g_clear_object (&old);
    }
}

/**
 * sa_archive_exchange_object_value: (rename-to sa_archive_exchange_object)
 * @self: a #SaArchive
 * @value: (type GObject) (nullable): the object
 * @expected_type: the type that each object must be of
 * @error: return location for a #GError
 *
 * Stores @value, or loads a new one: sa_archive_exchange_object() for bindings.
 *
 * Returns: (transfer full) (nullable) (type GObject): @value when storing, the loaded one when loading; %NULL
 *   with @error set on failure
 * Since: 1.0
 */
gpointer
sa_archive_exchange_object_value (SaArchive *self,
                                  gpointer value,
                                  GType expected_type,
                                  GError **error)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);
  g_return_val_if_fail (value == NULL || G_IS_OBJECT (value), NULL);

  if (sa_archive_is_loading (self))
    return sa_archive_read_object (self, expected_type, error);

  return sa_archive_write_object (self, value, error) && value != NULL ? g_object_ref (value) : NULL;
}

/**
 * sa_archive_exchange_object_array: (skip)
 * @self: a #SaArchive
 * @value: pointer to a #GPtrArray of objects, which is replaced and unreferenced when loading
 * @expected_type: the type that each object must be of
 * @error: return location for a #GError
 *
 * Stores or loads a CObArray or CObList; %NULL is stored as an empty one.
 *
 * Since: 1.0
 */
void
sa_archive_exchange_object_array (SaArchive *self,
                                  GPtrArray **value,
                                  GType expected_type,
                                  GError **error)
{
  GPtrArray *loaded;

  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (value != NULL);

  if (sa_archive_is_storing (self))
    {
      store_object_array (self, *value, error);
      return;
    }

  loaded = sa_archive_read_object_array (self, expected_type, error);
  if (loaded != NULL)
    {
      unref_array (*value);
      *value = loaded;
    }
}

/**
 * sa_archive_exchange_object_array_value: (rename-to sa_archive_exchange_object_array)
 * @self: a #SaArchive
 * @value: (nullable) (element-type GObject): the objects
 * @expected_type: the type that each object must be of
 * @error: return location for a #GError
 *
 * Stores @value, or loads a new one: sa_archive_exchange_object_array() for bindings.
 *
 * Returns: (transfer container) (nullable) (element-type GObject): @value when storing, the loaded one when
 *   loading; %NULL with @error set on failure
 * Since: 1.0
 */
GPtrArray *
sa_archive_exchange_object_array_value (SaArchive *self,
                                        GPtrArray *value,
                                        GType expected_type,
                                        GError **error)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);

  if (sa_archive_is_loading (self))
    return sa_archive_read_object_array (self, expected_type, error);

  return store_object_array (self, value, error) ? ref_array (value) : NULL;
}

/**
 * sa_archive_exchange_object_list:
 * @self: a #SaArchive
 * @list: the list
 * @expected_type: the type that each object must be of
 * @error: return location for a #GError
 *
 * Stores the objects of a list as a CObList, or loads one and puts its objects in place of those in @list.
 *
 * Since: 1.0
 */
void
sa_archive_exchange_object_list (SaArchive *self,
                                 GListStore *list,
                                 GType expected_type,
                                 GError **error)
{
  g_autoptr (GListStore) loaded = NULL;
  g_autoptr (GPtrArray) items = NULL;
  GType item_type;

  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (G_IS_LIST_STORE (list));

  if (sa_archive_is_storing (self))
    {
      sa_archive_write_object_list (self, G_LIST_MODEL (list), error);
      return;
    }

  item_type = g_list_model_get_item_type (G_LIST_MODEL (list));
  g_return_if_fail (g_type_is_a (expected_type, item_type));

  loaded = sa_archive_read_object_list (self, expected_type, error);
  if (loaded == NULL)
    return;

  items = sa_collection_from_list (G_LIST_MODEL (loaded));
  g_list_store_splice (list, 0, g_list_model_get_n_items (G_LIST_MODEL (list)), items->pdata, items->len);
}
