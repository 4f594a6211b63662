/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-collection-private.h"

#include "sockarch/archive/sa-archive-scalar.h"
#include "sockarch/archive/sa-archive-string.h"
#include "sockarch/archive/sa-layout-value-private.h"
#include "sockarch/sa-i18n-private.h"

/* The most elements that memory is set aside for before any of them has come.  */
#define MAX_TRUSTED_COUNT 1024
/* The bytes of the shortest tag.  */
#define MIN_OBJECT_SIZE 2

static GPtrArray *
new_array (guint64 count,
           GDestroyNotify free_func)
{
  return g_ptr_array_new_full ((guint) MIN (count, MAX_TRUSTED_COUNT), free_func);
}

/* For containers of objects, in which NULL is an element.  */
void
sa_collection_unref_element (gpointer object)
{
  if (object != NULL)
    g_object_unref (object);
}

/* A count of elements of at least @min_size bytes each, which the stream can still have.  */
gboolean
sa_collection_load_count (SaArchive *archive,
                          gsize min_size,
                          guint64 *count,
                          GError **error)
{
  GError *local_error = NULL;

  *count = sa_archive_read_count (archive, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, local_error);
      return FALSE;
    }

  if (*count > G_MAXUINT / 2)
    return sa_archive_set_error (archive, error, SA_ARCHIVE_ERROR_LIMIT,
                                 _("A collection of %" PRIu64 " elements is more than memory can hold"),
                                 *count);

  return sa_archive_check_available (archive, *count * min_size, error);
}

GPtrArray *
sa_collection_load_objects (SaArchive *archive,
                            GType expected_type,
                            const SaWireClass *expected_class,
                            gboolean embedded,
                            GError **error)
{
  g_autoptr (GPtrArray) objects = NULL;
  gsize min_size = embedded ? sa_wire_class_get_min_size (expected_class) : MIN_OBJECT_SIZE;
  guint64 count;

  if (!sa_collection_load_count (archive, min_size, &count, error))
    return NULL;

  /* Those in place take no number, so that nothing else would limit objects of which only code knows the
   * size.  */
  if (embedded && count > sa_archive_get_limit_values (archive)->objects)
    {
      sa_archive_set_error (archive, error, SA_ARCHIVE_ERROR_LIMIT,
                            _("There are more than %u objects in a collection"),
                            sa_archive_get_limit_values (archive)->objects);
      return NULL;
    }

  objects = new_array (count, sa_collection_unref_element);
  for (guint64 i = 0; i < count; i++)
    {
      GObject *object = NULL;

      sa_archive_set_path_index (archive, (gssize) i);
      if (embedded)
        {
          object = sa_archive_load_embedded (archive, expected_class, error);
          if (object == NULL)
            {
              sa_graph_add_pending (archive, (count - i - 1) * min_size);
              return NULL;
            }
        }
      else if (!sa_archive_load_object (archive, expected_type, expected_class, &object, error))
        {
          sa_graph_add_pending (archive, (count - i - 1) * min_size);
          return NULL;
        }

      g_ptr_array_add (objects, object);
    }

  sa_archive_set_path_index (archive, -1);

  return g_steal_pointer (&objects);
}

gboolean
sa_collection_store_objects (SaArchive *archive,
                             GPtrArray *objects,
                             const SaWireClass *expected_class,
                             gboolean embedded,
                             GError **error)
{
  guint count = objects != NULL ? objects->len : 0;

  if (!sa_archive_write_count (archive, count, error))
    return FALSE;

  for (guint i = 0; i < count; i++)
    {
      GObject *object = g_ptr_array_index (objects, i);

      sa_archive_set_path_index (archive, i);
      if (!(embedded ? sa_archive_store_embedded (archive, expected_class, object, error)
                     : sa_archive_store_object (archive, object, expected_class, error)))
        return FALSE;
    }

  sa_archive_set_path_index (archive, -1);

  return TRUE;
}

GListStore *
sa_collection_to_list (SaArchive *archive,
                       GPtrArray *objects,
                       GType item_type,
                       GError **error)
{
  GListStore *list;

  for (guint i = 0; i < objects->len; i++)
    if (g_ptr_array_index (objects, i) == NULL)
      {
        sa_archive_set_error (
            archive, error, SA_ARCHIVE_ERROR_INVALID_DATA,
            _("Element %u of the list is NULL, which a list model cannot hold; use an array"), i);
        return NULL;
      }

  /* An interface may be of more than objects.  */
  list = g_list_store_new (g_type_is_a (item_type, G_TYPE_OBJECT) ? item_type : G_TYPE_OBJECT);
  g_list_store_splice (list, 0, 0, objects->pdata, objects->len);

  return list;
}

GPtrArray *
sa_collection_from_list (GListModel *list)
{
  guint count = list != NULL ? g_list_model_get_n_items (list) : 0;
  GPtrArray *objects = g_ptr_array_new_full (count, g_object_unref);

  for (guint i = 0; i < count; i++)
    {
      gpointer object = g_list_model_get_item (list, i);

      if (object != NULL)
        g_ptr_array_add (objects, object);
    }

  return objects;
}

gboolean
sa_collection_load_map (SaArchive *archive,
                        gboolean with_words,
                        GType expected_type,
                        const SaWireClass *expected_class,
                        SaMapFunc func,
                        gpointer map,
                        GError **error)
{
  guint64 count;

  if (!sa_collection_load_count (archive, with_words ? 4 : 3, &count, error))
    return FALSE;

  for (guint64 i = 0; i < count; i++)
    {
      GError *local_error = NULL;
      g_autofree char *key = NULL;
      guint word = 0;
      GObject *value = NULL;

      sa_archive_set_path_index (archive, (gssize) i);
      if (with_words)
        word = sa_archive_read_uint16 (archive, &local_error);
      else
        key = sa_archive_read_string (archive, &local_error);
      if (local_error != NULL)
        {
          g_propagate_error (error, local_error);
          return FALSE;
        }

      if (!sa_archive_load_object (archive, expected_type, expected_class, &value, error))
        return sa_graph_add_pending (archive, (count - i - 1) * (with_words ? 4 : 3));

      func (map, with_words ? GUINT_TO_POINTER (word) : g_steal_pointer (&key), value);
    }

  sa_archive_set_path_index (archive, -1);

  return TRUE;
}

/* An array of char *, which ends with NULL.  */
GPtrArray *
sa_collection_load_strings (SaArchive *archive,
                            gsize strings_per_element,
                            GError **error)
{
  g_autoptr (GPtrArray) strings = NULL;
  guint64 count;

  if (!sa_collection_load_count (archive, strings_per_element, &count, error))
    return NULL;

  strings = new_array (count * strings_per_element + 1, g_free);
  for (guint64 i = 0; i < count * strings_per_element; i++)
    {
      char *string;

      sa_archive_set_path_index (archive, (gssize) (i / strings_per_element));
      string = sa_archive_read_string (archive, error);
      if (string == NULL)
        {
          sa_graph_add_pending (archive, count * strings_per_element - i - 1);
          return NULL;
        }

      g_ptr_array_add (strings, string);
    }

  sa_archive_set_path_index (archive, -1);
  g_ptr_array_add (strings, NULL);

  return g_steal_pointer (&strings);
}
