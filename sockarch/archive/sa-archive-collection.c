/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-collection-private.h"

#include "sockarch/archive/sa-archive-array.h"
#include "sockarch/archive/sa-archive-scalar.h"
#include "sockarch/archive/sa-archive-string.h"
#include "sockarch/archive/sa-string-hash-private.h"
#include "sockarch/archive/sa-map-pairs-private.h"
#include "sockarch/sa-i18n-private.h"

/**
 * SECTION:sa-archive-collection
 * @title: Collections in an archive
 * @short_description: MFC's collection classes as containers of GLib
 *
 * These calls read and write what the `Serialize` of MFC's collection classes does: a count, then the
 * elements. They are for collections that are members of something; a collection that MFC stored through a
 * pointer has a class tag in front, and can be registered like any class (`CObArray` with schema 0).
 *
 * The count is checked against the archive's limits, and against what can still come, before anything is
 * made; memory grows with the elements that really arrive. What was read before a failure is freed. Reading
 * gives a new container and never merges into an existing one.
 *
 * A collection is read or written whole or not at all, and %SA_ARCHIVE_ERROR_NEED_MORE consumes nothing of
 * it.
 */

/* The public functions: the same in a message of their own.  */

/* @name is MFC's name of the class, for the path of errors; @type is that of the elements.  */
static gboolean
begin_load (SaArchive *self,
            const char *name,
            GType type,
            SaMessage *message,
            GError **error)
{
  if (!sa_archive_check_loading (self, error) || !sa_archive_begin_message (self, name, type, message, error))
    return FALSE;

  sa_archive_push_path (self, name);

  return TRUE;
}

static gboolean
begin_store (SaArchive *self,
             const char *name,
             SaMessage *message,
             GError **error)
{
  if (!sa_archive_check_storing (self, error)
      || !sa_archive_begin_message (self, name, G_TYPE_NONE, message, error))
    return FALSE;

  sa_archive_push_path (self, name);

  return TRUE;
}

static gboolean
end (SaArchive *self,
     const SaMessage *message,
     gboolean success,
     GError **error)
{
  sa_archive_pop_path (self);

  return sa_archive_end_message (self, message, success, error);
}

/* Keys in an order that does not depend on where they lie in memory.  */
static int
compare_strings (gconstpointer a,
                 gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static int
compare_words (gconstpointer a,
               gconstpointer b)
{
  guint x = GPOINTER_TO_UINT (*(const gpointer *) a);
  guint y = GPOINTER_TO_UINT (*(const gpointer *) b);

  return (x > y) - (x < y);
}

static gboolean
store_word_key (SaArchive *self,
                gconstpointer key,
                GError **error)
{
  guint word = GPOINTER_TO_UINT (key);

  if (word > G_MAXUINT16)
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                                 _("The key %u does not fit in a WORD"), word);

  return sa_archive_write_uint16 (self, (guint16) word, error);
}

/* What a map consists of.  */
typedef enum
{
  MAP_STRING_TO_STRING,
  MAP_STRING_TO_OBJECT,
  MAP_WORD_TO_OBJECT,
} MapKind;

static const char *const map_names[] = { "CMapStringToString", "CMapStringToOb", "CMapWordToOb" };

static gboolean
store_map (SaArchive *self,
           GHashTable *map,
           MapKind kind,
           GError **error)
{
  gboolean waits = sa_archive_get_priv (self)->output != NULL;
  SaMapHold text = waits || kind != MAP_STRING_TO_STRING ? SA_MAP_TEXT : SA_MAP_BORROWED;
  SaMessage message;
  SaMapPairs pairs;
  gboolean success;

  if (!begin_store (self, map_names[kind], &message, error))
    return FALSE;

  sa_map_pairs_init (&pairs, map, kind == MAP_WORD_TO_OBJECT ? compare_words : compare_strings,
                     kind == MAP_WORD_TO_OBJECT ? SA_MAP_BORROWED : text,
                     kind == MAP_STRING_TO_STRING ? text : SA_MAP_OBJECT);
  success = sa_archive_write_count (self, pairs.count, error);
  for (guint i = 0; success && i < pairs.count; i++)
    success = (kind == MAP_WORD_TO_OBJECT ? store_word_key (self, pairs.keys[i], error)
                                          : sa_archive_write_string (self, pairs.keys[i], error))
              && (kind == MAP_STRING_TO_STRING
                      ? sa_archive_write_string (self, pairs.values[i], error)
                      : sa_archive_store_object (self, pairs.values[i], NULL, error));
  success = end (self, &message, success, error);
  sa_map_pairs_clear (&pairs);

  return success;
}

static void
insert_object (gpointer map,
               gpointer key,
               GObject *value)
{
  g_hash_table_replace (map, key, value);
}

static gpointer
new_word_map (void)
{
  return g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, sa_collection_unref_element);
}

static gpointer
new_string_map (void)
{
  return g_hash_table_new_full (sa_string_hash, g_str_equal, g_free, sa_collection_unref_element);
}

static void
free_map (gpointer map)
{
  g_hash_table_unref (map);
}

static const SaMapFuncs word_map = { TRUE, new_word_map, insert_object, free_map, FALSE };
static const SaMapFuncs string_map = { FALSE, new_string_map, insert_object, free_map, FALSE };

static GHashTable *
load_object_map (SaArchive *self,
                 gboolean with_words,
                 GType expected_type,
                 GError **error)
{
  g_autoptr (GHashTable) map = NULL;
  SaMessage message;

  if (!begin_load (self, with_words ? "CMapWordToOb" : "CMapStringToOb", expected_type, &message, error))
    return NULL;

  map = sa_collection_load_map (self, with_words ? &word_map : &string_map, expected_type, NULL, error);
  if (!end (self, &message, map != NULL, error))
    return NULL;

  return g_steal_pointer (&map);
}

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
  g_autoptr (GBytes) bytes = NULL;
  SaMessage message;
  guint64 count;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!begin_load (self, "CByteArray", G_TYPE_NONE, &message, error))
    return NULL;

  if (sa_collection_load_count (self, 1, &count, error))
    bytes = sa_archive_read_bytes (self, count, error);
  if (!end (self, &message, bytes != NULL, error))
    return NULL;

  return g_steal_pointer (&bytes);
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
  SaMessage message;
  gboolean success;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (bytes != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!begin_store (self, "CByteArray", &message, error))
    return FALSE;

  success = sa_archive_write_count (self, g_bytes_get_size (bytes), error)
            && sa_archive_write_bytes (self, bytes, error);

  return end (self, &message, success, error);
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
  GError *local_error = NULL;
  guint16 *values = NULL;
  SaMessage message;
  guint64 count;
  gboolean success;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);
  g_return_val_if_fail (length != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  *length = 0;
  if (!begin_load (self, "CWordArray", G_TYPE_NONE, &message, error))
    return NULL;

  if (sa_collection_load_count (self, sizeof (guint16), &count, &local_error) && count > 0)
    values = sa_archive_read_uint16_array (self, count, length, &local_error);
  success = local_error == NULL;
  if (!success)
    g_propagate_error (error, local_error);

  if (!end (self, &message, success, error))
    {
      *length = 0;
      g_clear_pointer (&values, g_free);
    }

  return values;
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
  SaMessage message;
  gboolean success;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (values != NULL || length == 0, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!begin_store (self, "CWordArray", &message, error))
    return FALSE;

  success = sa_archive_write_count (self, length, error)
            && (length == 0 || sa_archive_write_uint16_array (self, values, length, error));

  return end (self, &message, success, error);
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
  GError *local_error = NULL;
  guint32 *values = NULL;
  SaMessage message;
  guint64 count;
  gboolean success;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);
  g_return_val_if_fail (length != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  *length = 0;
  if (!begin_load (self, "CDWordArray", G_TYPE_NONE, &message, error))
    return NULL;

  if (sa_collection_load_count (self, sizeof (guint32), &count, &local_error) && count > 0)
    values = sa_archive_read_uint32_array (self, count, length, &local_error);
  success = local_error == NULL;
  if (!success)
    g_propagate_error (error, local_error);

  if (!end (self, &message, success, error))
    {
      *length = 0;
      g_clear_pointer (&values, g_free);
    }

  return values;
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
  SaMessage message;
  gboolean success;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (values != NULL || length == 0, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!begin_store (self, "CDWordArray", &message, error))
    return FALSE;

  success = sa_archive_write_count (self, length, error)
            && (length == 0 || sa_archive_write_uint32_array (self, values, length, error));

  return end (self, &message, success, error);
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
  g_autoptr (GPtrArray) strings = NULL;
  SaMessage message;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!begin_load (self, "CStringArray", G_TYPE_NONE, &message, error))
    return NULL;

  strings = sa_collection_load_strings (self, 1, error);
  if (!end (self, &message, strings != NULL, error))
    return NULL;

  return (char **) g_ptr_array_steal (strings, NULL);
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
  guint count;
  SaMessage message;
  gboolean success;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (strings != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!begin_store (self, "CStringArray", &message, error))
    return FALSE;

  count = g_strv_length ((char **) strings);
  success = sa_archive_write_count (self, count, error);
  for (guint i = 0; success && i < count; i++)
    success = sa_archive_write_string (self, strings[i], error);

  return end (self, &message, success, error);
}

/**
 * sa_archive_read_object_array:
 * @self: a #SaArchive that loads
 * @expected_type: the type that each object must be of
 * @error: return location for a #GError
 *
 * Reads a CObArray or a CObList into an array, in which a %NULL that was stored stays %NULL.
 *
 * Returns: (transfer container) (element-type GObject): the objects, or %NULL with @error set
 * Since: 1.0
 */
GPtrArray *
sa_archive_read_object_array (SaArchive *self,
                              GType expected_type,
                              GError **error)
{
  g_autoptr (GPtrArray) objects = NULL;
  SaMessage message;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);
  g_return_val_if_fail (SA_IS_OBJECT_TYPE (expected_type), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!begin_load (self, "CObArray", expected_type, &message, error))
    return NULL;

  objects = sa_collection_load_objects (self, expected_type, NULL, FALSE, error);
  if (!end (self, &message, objects != NULL, error))
    return NULL;

  return g_steal_pointer (&objects);
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
  SaMessage message;
  gboolean success;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (objects != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!begin_store (self, "CObArray", &message, error))
    return FALSE;

  success = sa_collection_store_objects (self, objects, NULL, FALSE, error);

  return end (self, &message, success, error);
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
  g_autoptr (GPtrArray) objects = NULL;
  g_autoptr (GListStore) list = NULL;
  SaMessage message;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);
  g_return_val_if_fail (SA_IS_OBJECT_TYPE (expected_type), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!begin_load (self, "CObList", expected_type, &message, error))
    return NULL;

  objects = sa_collection_load_objects (self, expected_type, NULL, FALSE, error);
  if (objects != NULL)
    list = sa_collection_to_list (self, objects, expected_type, error);
  if (!end (self, &message, list != NULL, error))
    return NULL;

  return g_steal_pointer (&list);
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
  g_autoptr (GPtrArray) array = NULL;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (G_IS_LIST_MODEL (objects), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  array = sa_collection_from_list (objects);

  return sa_archive_write_object_array (self, array, error);
}

/**
 * sa_archive_read_map_string_to_string:
 * @self: a #SaArchive that loads
 * @error: return location for a #GError
 *
 * Reads a CMapStringToString. The order on the wire is not kept, as it has no meaning. Of equal keys the last
 * one counts.
 *
 * Returns: (transfer container) (element-type utf8 utf8): the map, or %NULL with @error set
 * Since: 1.0
 */
GHashTable *
sa_archive_read_map_string_to_string (SaArchive *self,
                                      GError **error)
{
  g_autoptr (GPtrArray) strings = NULL;
  GHashTable *map;
  SaMessage message;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!begin_load (self, "CMapStringToString", G_TYPE_NONE, &message, error))
    return NULL;

  strings = sa_collection_load_strings (self, 2, error);
  if (!end (self, &message, strings != NULL, error))
    return NULL;

  map = g_hash_table_new_full (sa_string_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i + 1 < strings->len; i += 2)
    g_hash_table_replace (map, g_steal_pointer (&strings->pdata[i]),
                          g_steal_pointer (&strings->pdata[i + 1]));

  return map;
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
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (map != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return store_map (self, map, MAP_STRING_TO_STRING, error);
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
 * Returns: (transfer container) (element-type guint GObject): the map, or %NULL with @error set
 * Since: 1.0
 */
GHashTable *
sa_archive_read_map_word_to_object (SaArchive *self,
                                    GType expected_type,
                                    GError **error)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);
  g_return_val_if_fail (SA_IS_OBJECT_TYPE (expected_type), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return load_object_map (self, TRUE, expected_type, error);
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
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (map != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return store_map (self, map, MAP_WORD_TO_OBJECT, error);
}

/**
 * sa_archive_read_map_string_to_object:
 * @self: a #SaArchive that loads
 * @expected_type: the type that each object must be of
 * @error: return location for a #GError
 *
 * Reads a CMapStringToOb. Of equal keys the last one counts.
 *
 * Returns: (transfer container) (element-type utf8 GObject): the map, or %NULL with @error set
 * Since: 1.0
 */
GHashTable *
sa_archive_read_map_string_to_object (SaArchive *self,
                                      GType expected_type,
                                      GError **error)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);
  g_return_val_if_fail (SA_IS_OBJECT_TYPE (expected_type), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return load_object_map (self, FALSE, expected_type, error);
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
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (map != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return store_map (self, map, MAP_STRING_TO_OBJECT, error);
}
