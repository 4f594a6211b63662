/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-archive-exchange.h"

#include "sockarch/archive/sa-archive-collection.h"
#include "sockarch/archive/sa-archive-object.h"
#include "sockarch/archive/sa-archive-private.h"
#include "sockarch/archive/sa-archive-scalar.h"
#include "sockarch/archive/sa-archive-string.h"
#include "sockarch/archive/sa-collection-private.h"
#include "sockarch/sa-error.h"
#include "sockarch/sa-i18n-private.h"

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

/* What would not be taken when it is loaded is not stored either.  */
static gboolean
check_type (SaArchive *self,
            gpointer object,
            GType expected_type,
            GError **error)
{
  if (object == NULL || G_OBJECT_TYPE (object) == expected_type || g_type_is_a (G_OBJECT_TYPE (object),
      expected_type))
    return TRUE;

  return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_BAD_CLASS,
                               _("An object of type %s is to be stored where %s is wanted"),
                               G_OBJECT_TYPE_NAME (object), g_type_name (expected_type));
}

static gboolean
store_object (SaArchive *self,
              gpointer object,
              GType expected_type,
              GError **error)
{
  if (sa_graph_store_reference (self, object, expected_type))
    return TRUE;

  return check_type (self, object, expected_type, error) && sa_archive_write_object (self, object, error);
}

static gboolean
store_object_array (SaArchive *self,
                    GPtrArray *objects,
                    GType expected_type,
                    GError **error)
{
  for (guint i = 0; objects != NULL && i < objects->len; i++)
    if (!check_type (self, g_ptr_array_index (objects, i), expected_type, error))
      return FALSE;

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
 * @expected_type: the type that each object must be of, when storing as when loading
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
  g_autoptr (SaArchive) hold = NULL;
  gpointer *place = value;
  gpointer loaded;

  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (value != NULL);

  if (sa_archive_is_storing (self))
    {
      sa_look_ahead_note (&sa_graph_get (self)->look_ahead, place);
      store_object (self, *place, expected_type, error);
      return;
    }

  /* The code of objects may drop the last reference.  */
  hold = g_object_ref (self);
  loaded = sa_archive_read_object (self, expected_type, error);
  if (sa_archive_went_well (self, error))
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
 * @expected_type: the type that each object must be of, when storing as when loading
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

  return store_object (self, value, expected_type, error) && value != NULL ? g_object_ref (value) : NULL;
}

/**
 * sa_archive_exchange_object_array: (skip)
 * @self: a #SaArchive
 * @value: pointer to a #GPtrArray of objects, which is replaced and unreferenced when loading
 * @expected_type: the type that each object must be of, when storing as when loading
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
      store_object_array (self, *value, expected_type, error);
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
 * @expected_type: the type that each object must be of, when storing as when loading
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

  return store_object_array (self, value, expected_type, error) ? ref_array (value) : NULL;
}

/**
 * sa_archive_exchange_object_list:
 * @self: a #SaArchive
 * @list: the list
 * @expected_type: the type that each object must be of, when storing as when loading
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

  item_type = g_list_model_get_item_type (G_LIST_MODEL (list));
  g_return_if_fail (g_type_is_a (expected_type, item_type));

  if (sa_archive_is_storing (self))
    {
      items = sa_collection_from_list (G_LIST_MODEL (list));
      for (guint i = 0; i < items->len; i++)
        if (!check_type (self, g_ptr_array_index (items, i), expected_type, error))
          return;
      sa_archive_write_object_list (self, G_LIST_MODEL (list), error);
      return;
    }

  loaded = sa_archive_read_object_list (self, expected_type, error);
  if (loaded == NULL)
    return;

  items = sa_collection_from_list (G_LIST_MODEL (loaded));
  g_list_store_splice (list, 0, g_list_model_get_n_items (G_LIST_MODEL (list)), items->pdata, items->len);
}
