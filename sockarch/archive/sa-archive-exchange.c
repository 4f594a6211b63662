/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-archive-exchange.h"

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
  return NULL;
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
  return NULL;
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
  return NULL;
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
  return NULL;
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
  return NULL;
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
 * Returns: (transfer full) (nullable) (element-type GObject): @value when storing, the loaded one when
 *   loading; %NULL with @error set on failure
 * Since: 1.0
 */
GPtrArray *
sa_archive_exchange_object_array_value (SaArchive *self,
                                        GPtrArray *value,
                                        GType expected_type,
                                        GError **error)
{
  return NULL;
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
}
