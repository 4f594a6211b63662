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

/* What a collection goes on with, or begins with when its count says that it can.  */
static gboolean
begin_load (SaArchive *archive,
            gsize min_size,
            SaFrame *frame,
            GError **error)
{
  if (sa_resume_take (&sa_graph_get (archive)->resume, SA_FRAME_COLLECTION, frame))
    return TRUE;

  *frame = (SaFrame) { SA_FRAME_COLLECTION };

  return sa_collection_load_count (archive, min_size, &frame->count, error);
}

/* The element of which @start is the place has failed, and so do those of @pending bytes that come after
 * it.  */
static gpointer
leave_at (SaArchive *archive,
          guint64 start,
          guint64 pending,
          SaFrame *frame)
{
  sa_graph_add_pending (archive, pending);
  sa_resume_leave (&sa_graph_get (archive)->resume, archive, start, frame);

  return NULL;
}

/* Those in place take no number, so that nothing else would limit objects of which only code knows the
 * size.  */
static gboolean
check_embedded (SaArchive *archive,
                guint64 count,
                GError **error)
{
  guint limit = sa_archive_get_limit_values (archive)->objects;

  if (count <= limit)
    return TRUE;

  return sa_archive_set_error (archive, error, SA_ARCHIVE_ERROR_LIMIT,
                               _("There are more than %u objects in a collection"), limit);
}

GPtrArray *
sa_collection_load_objects (SaArchive *archive,
                            GType expected_type,
                            const SaWireClass *expected_class,
                            gboolean embedded,
                            GError **error)
{
  gsize min_size = embedded ? sa_wire_class_get_min_size (expected_class) : MIN_OBJECT_SIZE;
  SaFrame frame;

  if (!begin_load (archive, min_size, &frame, error)
      || (embedded && !check_embedded (archive, frame.count, error)))
    return NULL;

  if (frame.target == NULL)
    {
      frame.target = new_array (frame.count, sa_collection_unref_element);
      frame.free_target = (GDestroyNotify) g_ptr_array_unref;
    }

  for (; frame.index < frame.count; frame.index++)
    {
      guint64 start = sa_archive_get_offset (archive);
      GObject *object = NULL;
      gboolean success;

      sa_archive_set_path_index (archive, (gssize) frame.index);
      if (embedded)
        success = (object = sa_archive_load_embedded (archive, expected_class, error)) != NULL;
      else
        success = sa_archive_load_object (archive, expected_type, expected_class, &object, error);

      if (!success)
        return leave_at (archive, start, (frame.count - frame.index - 1) * min_size, &frame);

      g_ptr_array_add (frame.target, object);
    }

  sa_archive_set_path_index (archive, -1);

  return frame.target;
}

/* What has a number the table holds; an object in place may be taken out of the array by its own code.  */
static gboolean
store_element (SaArchive *archive,
               GObject *object,
               const SaWireClass *expected_class,
               gboolean embedded,
               GError **error)
{
  g_autoptr (GObject) held = NULL;

  if (!embedded)
    return sa_archive_store_object (archive, object, expected_class, error);

  held = object != NULL ? g_object_ref (object) : NULL;

  return sa_archive_store_embedded (archive, expected_class, object, error);
}

/* The first elements of a long array.  */
static gboolean
store_watched (SaArchive *archive,
               GObject *object,
               const SaWireClass *expected_class,
               gboolean embedded,
               GError **error)
{
  SaLookAhead *look_ahead = &sa_graph_get (archive)->look_ahead;
  gconstpointer outer = sa_look_ahead_watch (look_ahead, object);
  gboolean success = store_element (archive, object, expected_class, embedded, error);

  look_ahead->watched = outer;

  return success;
}

gboolean
sa_collection_store_objects (SaArchive *archive,
                             GPtrArray *objects,
                             const SaWireClass *expected_class,
                             gboolean embedded,
                             GError **error)
{
  guint count = objects != NULL ? objects->len : 0;
  SaGraph *graph = sa_graph_get (archive);

  if (!sa_archive_write_count (archive, count, error))
    return FALSE;

  if (count > SA_LOOK_AHEAD)
    sa_look_ahead_begin (&graph->look_ahead, g_ptr_array_index (objects, 0));

  for (guint i = 0; i < count; i++)
    {
      GObject *object;

      if (G_UNLIKELY (objects->len != count))
        return sa_archive_set_error (archive, error, SA_ARCHIVE_ERROR_FAILED,
                                     _("An array was changed by the code of an object that is stored in it"));

      object = g_ptr_array_index (objects, i);
      if (count - i > SA_LOOK_AHEAD)
        sa_look_ahead_announce (&graph->look_ahead, &graph->table,
                                g_ptr_array_index (objects, i + SA_LOOK_AHEAD));

      sa_archive_set_path_index (archive, i);
      if (!(i < SA_LOOK_AHEAD ? store_watched (archive, object, expected_class, embedded, error)
                              : store_element (archive, object, expected_class, embedded, error)))
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

static gboolean
load_key (SaArchive *archive,
          gboolean with_words,
          SaFrame *frame,
          GError **error)
{
  GError *local_error = NULL;

  if (with_words)
    frame->word = sa_archive_read_uint16 (archive, &local_error);
  else
    frame->key = sa_archive_read_string (archive, &local_error);

  frame->has_key = local_error == NULL;
  if (local_error != NULL)
    g_propagate_error (error, local_error);

  return frame->has_key;
}

static gpointer
take_key (SaFrame *frame)
{
  frame->has_key = FALSE;

  return frame->key != NULL ? (gpointer) g_steal_pointer (&frame->key) : GUINT_TO_POINTER (frame->word);
}

gpointer
sa_collection_load_map (SaArchive *archive,
                        const SaMapFuncs *funcs,
                        GType expected_type,
                        const SaWireClass *expected_class,
                        GError **error)
{
  gsize min_size = (funcs->with_words ? 2 : 1) + MIN_OBJECT_SIZE;
  SaFrame frame;

  if (!begin_load (archive, min_size, &frame, error))
    return NULL;

  if (frame.target == NULL)
    {
      frame.target = funcs->make ();
      frame.free_target = funcs->free;
    }

  for (; frame.index < frame.count; frame.index++)
    {
      guint64 start = sa_archive_get_offset (archive);
      guint64 pending = (frame.count - frame.index - 1) * min_size;
      GObject *value = NULL;

      sa_archive_set_path_index (archive, (gssize) frame.index);
      if (!frame.has_key && !load_key (archive, funcs->with_words, &frame, error))
        return leave_at (archive, start, MIN_OBJECT_SIZE + pending, &frame);

      start = sa_archive_get_offset (archive);
      if (!sa_archive_load_object (archive, expected_type, expected_class, &value, error))
        return leave_at (archive, start, pending, &frame);
      if (funcs->makes_objects && !sa_graph_count_embedded (archive, error))
        {
          g_clear_object (&value);
          return leave_at (archive, start, pending, &frame);
        }

      funcs->insert (frame.target, take_key (&frame), value);
    }

  sa_archive_set_path_index (archive, -1);

  return frame.target;
}

/* An array of char *, which ends with NULL.  */
GPtrArray *
sa_collection_load_strings (SaArchive *archive,
                            gsize strings_per_element,
                            GError **error)
{
  SaFrame frame;
  guint64 n_strings;

  if (!begin_load (archive, strings_per_element, &frame, error))
    return NULL;

  n_strings = frame.count * strings_per_element;
  if (frame.target == NULL)
    {
      frame.target = new_array (n_strings + 1, g_free);
      frame.free_target = (GDestroyNotify) g_ptr_array_unref;
    }

  for (; frame.index < n_strings; frame.index++)
    {
      guint64 start = sa_archive_get_offset (archive);
      char *string;

      sa_archive_set_path_index (archive, (gssize) (frame.index / strings_per_element));
      string = sa_archive_read_string (archive, error);
      if (string == NULL)
        return leave_at (archive, start, n_strings - frame.index - 1, &frame);

      g_ptr_array_add (frame.target, string);
    }

  sa_archive_set_path_index (archive, -1);
  g_ptr_array_add (frame.target, NULL);

  return frame.target;
}
