/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-archive-collection.h"

/**
 * SECTION:sa-archive-collection
 * @title: Collections in an archive
 * @short_description: MFC's collection classes as containers of GLib
 *
 * These calls read and write what the `Serialize` of MFC's collection classes does: a count, then the
 * elements. They
 * are for collections that are members of something; a collection that MFC stored through a pointer has a
 * class tag
 * in front, and can be registered like any class (`CObArray` with schema 0).
 *
 * The count is checked against the archive's limits, and against what can still come, before anything is
 * made; memory
 * grows with the elements that really arrive. What was read before a failure is freed. Reading gives a new
 * container
 * and never merges into an existing one.
 *
 * A collection is read or written whole or not at all, and %SA_ARCHIVE_ERROR_NEED_MORE consumes nothing of
 * it.
 */

/**
 * sa_archive_read_byte_array:
 * @self: a #SaArchive that loads
 * @error: return location for a #GError
 *
 * Reads a CByteArray.
 *
 * Returns: (transfer full): the bytes, or %NULL with @error set
 * Since: 1.0
 */
GBytes *
sa_archive_read_byte_array (SaArchive *self,
                            GError **error)
{
  return NULL;
}

/**
 * sa_archive_write_byte_array:
 * @self: a #SaArchive that stores
 * @bytes: the bytes
 * @error: return location for a #GError
 *
 * Writes a CByteArray.
 *
 * Returns: %TRUE on success, %FALSE with @error set otherwise
 * Since: 1.0
 */
gboolean
sa_archive_write_byte_array (SaArchive *self,
                             GBytes *bytes,
                             GError **error)
{
  return FALSE;
}

/**
 * sa_archive_read_word_array:
 * @self: a #SaArchive that loads
 * @length: (out): return location for the number of values
 * @error: return location for a #GError
 *
 * Reads a CWordArray.
 *
 * Returns: (transfer full) (array length=length) (nullable): the values, to be freed with g_free(); %NULL if
 *   there are none, or with @error set
 * Since: 1.0
 */
guint16 *
sa_archive_read_word_array (SaArchive *self,
                            gsize *length,
                            GError **error)
{
  return NULL;
}

/**
 * sa_archive_write_word_array:
 * @self: a #SaArchive that stores
 * @values: (array length=length) (nullable): the values
 * @length: how many there are
 * @error: return location for a #GError
 *
 * Writes a CWordArray.
 *
 * Returns: %TRUE on success, %FALSE with @error set otherwise
 * Since: 1.0
 */
gboolean
sa_archive_write_word_array (SaArchive *self,
                             const guint16 *values,
                             gsize length,
                             GError **error)
{
  return FALSE;
}

/**
 * sa_archive_read_dword_array:
 * @self: a #SaArchive that loads
 * @length: (out): return location for the number of values
 * @error: return location for a #GError
 *
 * Reads a CDWordArray.
 *
 * Returns: (transfer full) (array length=length) (nullable): the values, to be freed with g_free(); %NULL if
 *   there are none, or with @error set
 * Since: 1.0
 */
guint32 *
sa_archive_read_dword_array (SaArchive *self,
                             gsize *length,
                             GError **error)
{
  return NULL;
}

/**
 * sa_archive_write_dword_array:
 * @self: a #SaArchive that stores
 * @values: (array length=length) (nullable): the values
 * @length: how many there are
 * @error: return location for a #GError
 *
 * Writes a CDWordArray.
 *
 * Returns: %TRUE on success, %FALSE with @error set otherwise
 * Since: 1.0
 */
gboolean
sa_archive_write_dword_array (SaArchive *self,
                              const guint32 *values,
                              gsize length,
                              GError **error)
{
  return FALSE;
}

/**
 * sa_archive_read_string_array:
 * @self: a #SaArchive that loads
 * @error: return location for a #GError
 *
 * Reads a CStringArray, a CStringList, or a CArray of CString: they are the same on the wire.
 *
 * Returns: (transfer full) (array zero-terminated=1): the strings, or %NULL with @error set
 * Since: 1.0
 */
char **
sa_archive_read_string_array (SaArchive *self,
                              GError **error)
{
  return NULL;
}

/**
 * sa_archive_write_string_array:
 * @self: a #SaArchive that stores
 * @strings: (array zero-terminated=1): the strings
 * @error: return location for a #GError
 *
 * Writes a CStringArray or a CStringList.
 *
 * Returns: %TRUE on success, %FALSE with @error set otherwise
 * Since: 1.0
 */
gboolean
sa_archive_write_string_array (SaArchive *self,
                               const char *const *strings,
                               GError **error)
{
  return FALSE;
}

/**
 * sa_archive_read_object_array:
 * @self: a #SaArchive that loads
 * @expected_type: the type that each object must be of
 * @error: return location for a #GError
 *
 * Reads a CObArray or a CObList into an array, in which a %NULL that was stored stays %NULL.
 *
 * Returns: (transfer full) (element-type GObject): the objects, or %NULL with @error set
 * Since: 1.0
 */
GPtrArray *
sa_archive_read_object_array (SaArchive *self,
                              GType expected_type,
                              GError **error)
{
  return NULL;
}

/**
 * sa_archive_write_object_array:
 * @self: a #SaArchive that stores
 * @objects: (element-type GObject): the objects, among which %NULL is allowed in C
 * @error: return location for a #GError
 *
 * Writes a CObArray or a CObList.
 *
 * Returns: %TRUE on success, %FALSE with @error set otherwise
 * Since: 1.0
 */
gboolean
sa_archive_write_object_array (SaArchive *self,
                               GPtrArray *objects,
                               GError **error)
{
  return FALSE;
}

/**
 * sa_archive_read_object_list:
 * @self: a #SaArchive that loads
 * @expected_type: the type that each object must be of
 * @error: return location for a #GError
 *
 * Reads a CObList or a CObArray into a list model, which cannot hold %NULL.
 *
 * Returns: (transfer full): the objects, or %NULL with @error set: %SA_ARCHIVE_ERROR_INVALID_DATA if one of
 *   them is %NULL
 * Since: 1.0
 */
GListStore *
sa_archive_read_object_list (SaArchive *self,
                             GType expected_type,
                             GError **error)
{
  return NULL;
}

/**
 * sa_archive_write_object_list:
 * @self: a #SaArchive that stores
 * @objects: the objects
 * @error: return location for a #GError
 *
 * Writes a CObList or a CObArray.
 *
 * Returns: %TRUE on success, %FALSE with @error set otherwise
 * Since: 1.0
 */
gboolean
sa_archive_write_object_list (SaArchive *self,
                              GListModel *objects,
                              GError **error)
{
  return FALSE;
}

/**
 * sa_archive_read_map_string_to_string:
 * @self: a #SaArchive that loads
 * @error: return location for a #GError
 *
 * Reads a CMapStringToString. The order on the wire is not kept, as it has no meaning. Of equal keys the last
 * one
 * counts.
 *
 * Returns: (transfer full) (element-type utf8 utf8): the map, or %NULL with @error set
 * Since: 1.0
 */
GHashTable *
sa_archive_read_map_string_to_string (SaArchive *self,
                                      GError **error)
{
  return NULL;
}

/**
 * sa_archive_write_map_string_to_string:
 * @self: a #SaArchive that stores
 * @map: (element-type utf8 utf8): the map
 * @error: return location for a #GError
 *
 * Writes a CMapStringToString, in the order of the keys, so that equal maps give equal bytes.
 *
 * Returns: %TRUE on success, %FALSE with @error set otherwise
 * Since: 1.0
 */
gboolean
sa_archive_write_map_string_to_string (SaArchive *self,
                                       GHashTable *map,
                                       GError **error)
{
  return FALSE;
}

/**
 * sa_archive_read_map_word_to_object:
 * @self: a #SaArchive that loads
 * @expected_type: the type that each object must be of
 * @error: return location for a #GError
 *
 * Reads a CMapWordToOb. In C the keys are unpacked with GPOINTER_TO_UINT(). Of equal keys the last one
 * counts.
 *
 * Returns: (transfer full) (element-type guint GObject): the map, or %NULL with @error set
 * Since: 1.0
 */
GHashTable *
sa_archive_read_map_word_to_object (SaArchive *self,
                                    GType expected_type,
                                    GError **error)
{
  return NULL;
}

/**
 * sa_archive_write_map_word_to_object:
 * @self: a #SaArchive that stores
 * @map: (element-type guint GObject): the map; in C the keys are packed with GUINT_TO_POINTER(), and a value
 *   may be %NULL
 * @error: return location for a #GError
 *
 * Writes a CMapWordToOb, in the order of the keys.
 *
 * Returns: %TRUE on success, %FALSE with @error set otherwise: %SA_ARCHIVE_ERROR_INVALID_DATA if a key is
 *   above 65535
 * Since: 1.0
 */
gboolean
sa_archive_write_map_word_to_object (SaArchive *self,
                                     GHashTable *map,
                                     GError **error)
{
  return FALSE;
}

/**
 * sa_archive_read_map_string_to_object:
 * @self: a #SaArchive that loads
 * @expected_type: the type that each object must be of
 * @error: return location for a #GError
 *
 * Reads a CMapStringToOb. Of equal keys the last one counts.
 *
 * Returns: (transfer full) (element-type utf8 GObject): the map, or %NULL with @error set
 * Since: 1.0
 */
GHashTable *
sa_archive_read_map_string_to_object (SaArchive *self,
                                      GType expected_type,
                                      GError **error)
{
  return NULL;
}

/**
 * sa_archive_write_map_string_to_object:
 * @self: a #SaArchive that stores
 * @map: (element-type utf8 GObject): the map; a value may be %NULL in C
 * @error: return location for a #GError
 *
 * Writes a CMapStringToOb, in the order of the keys.
 *
 * Returns: %TRUE on success, %FALSE with @error set otherwise
 * Since: 1.0
 */
gboolean
sa_archive_write_map_string_to_object (SaArchive *self,
                                       GHashTable *map,
                                       GError **error)
{
  return FALSE;
}
