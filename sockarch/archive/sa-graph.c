/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-graph-private.h"

#include "sockarch/archive/sa-serializable.h"
#include "sockarch/sa-i18n-private.h"

/* The most that any table may hold, by the format.  */
#define MAX_NUMBER 0x3ffffffd

/* Gives up what waits for a message to go on: the objects made so far may point at each other in circles,
 * which only their dispose opens.  */
static void
graph_forget (SaGraph *graph)
{
  SaResume *resume = &graph->resume;
  guint n_entries = graph->table.n_entries;
  GArray *frames;

  if (!resume->parked)
    return;

  /* What goes may call the archive: it finds nothing of it any more.  */
  frames = g_steal_pointer (&resume->frames);
  resume->parked = FALSE;
  graph->table.n_entries += resume->n_kept;
  resume->n_kept = 0;
  sa_graph_drop_entries (graph, n_entries, 0);
  g_array_unref (frames);
}

void
sa_graph_forget (SaArchive *self)
{
  SaGraph *graph = sa_archive_get_tables (self);

  if (graph != NULL)
    graph_forget (graph);
}

static void
graph_settle (gpointer data)
{
  SaGraph *graph = data;

  if (G_UNLIKELY (graph->resume.parked && !graph->resume.starting))
    graph_forget (graph);
}

static void
graph_save (gpointer data,
            SaTablesMark *mark)
{
  SaGraph *graph = data;

  mark->word[0] = graph->table.n_entries;
  mark->word[1] = graph->table.first;
  mark->word[2] = (guint64) graph->n_embedded << 32 | (graph->loaded != NULL ? graph->loaded->len : 0);
  mark->word[3] = (guint64) graph->passed_schema << 32 | graph->schema;
}

/* Takes out what is not to be loaded any more. What comes of it may call the archive.  */
static GPtrArray *
take_loaded (SaGraph *graph,
             guint n_loaded)
{
  GPtrArray *taken = g_ptr_array_new_with_free_func (g_object_unref);

  while (graph->loaded != NULL && graph->loaded->len > n_loaded)
    g_ptr_array_add (taken, g_ptr_array_steal_index_fast (graph->loaded, graph->loaded->len - 1));

  return taken;
}

static void
graph_restore (gpointer data,
               const SaTablesMark *mark)
{
  SaGraph *graph = data;
  g_autoptr (GPtrArray) loaded = NULL;

  /* What was missing in a part that is undone need not come.  */
  graph->pending = 0;
  graph->schema = (guint32) mark->word[3];
  graph->passed_schema = (guint32) (mark->word[3] >> 32);
  /* What is going on later stays where it is, out of sight.  */
  if (graph->resume.parked)
    {
      graph->resume.n_kept = graph->table.n_entries - (guint) mark->word[0];
      graph->table.n_entries = (guint) mark->word[0];
      return;
    }

  graph->n_embedded = (guint) (mark->word[2] >> 32);
  loaded = take_loaded (graph, (guint) (guint32) mark->word[2]);
  sa_object_table_restore (&graph->table, (guint) mark->word[0], (guint) mark->word[1]);
}

static void
graph_release (gpointer data,
               const SaTablesMark *mark)
{
}

static void
graph_message_end (gpointer data)
{
  SaGraph *graph = data;

  sa_object_table_purge (&graph->table);
}

/* For objects that failed to load and that nobody has seen.  */
static GPtrArray *
dup_objects (SaGraph *graph,
             guint n_before)
{
  GPtrArray *objects = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = n_before; i < graph->table.n_entries; i++)
    if (graph->table.entries[i].kind == SA_ENTRY_OBJECT)
      g_ptr_array_add (objects, g_object_ref (graph->table.entries[i].pointer));

  return objects;
}

static void
dispose_objects (GPtrArray *objects)
{
  for (guint i = 0; i < objects->len; i++)
    g_object_run_dispose (g_ptr_array_index (objects, i));

  g_ptr_array_unref (objects);
}

/* Those who load them are still at it: they are disposed of when the message ends.  */
static void
graph_abandon (gpointer data)
{
  SaGraph *graph = data;

  if (graph->abandoned == NULL)
    graph->abandoned = dup_objects (graph, graph->n_before);
}

static void
dispose_abandoned (SaGraph *graph)
{
  if (G_UNLIKELY (graph->abandoned != NULL))
    dispose_objects (g_steal_pointer (&graph->abandoned));
}

static void
graph_clear (gpointer data)
{
  SaGraph *graph = data;

  graph_forget (graph);
  sa_resume_drop_frames (&graph->resume);
  g_clear_pointer (&graph->learn, sa_learn_finish);
  g_clear_pointer (&graph->loaded, g_ptr_array_unref);
  sa_object_table_clear (&graph->table);
  graph->last_type = G_TYPE_INVALID;
  g_clear_object (&graph->document);
}

/* The classes of the registries live until now: code of an object that closes the archive returns to where
 * they are used.  */
static void
graph_free (gpointer data)
{
  SaGraph *graph = data;

  graph_clear (graph);
  dispose_abandoned (graph);
  g_clear_pointer (&graph->former_registries, g_ptr_array_unref);
  g_clear_object (&graph->registry);
  g_free (graph);
}

static const SaTablesFuncs graph_funcs = {
  graph_settle, graph_save, graph_restore, graph_release, graph_message_end, graph_clear, graph_free,
  graph_abandon,
};

SaGraph *
sa_graph_make_tables (SaArchive *self)
{
  SaGraph *graph = g_new0 (SaGraph, 1);

  graph->schema = SA_SCHEMA_UNKNOWN;
  graph->passed_schema = SA_SCHEMA_UNKNOWN;
  sa_object_table_init (&graph->table, sa_archive_is_storing (self));
  if (sa_archive_get_priv (self)->learning)
    graph->learn = sa_learn_new ();
  sa_archive_set_tables (self, graph, &graph_funcs);

  return graph;
}

/* The registry that the archive has now, which is kept as long as the table may have classes of it.  */
SaClassRegistry *
sa_graph_get_registry (SaArchive *self,
                       SaGraph *graph)
{
  SaClassRegistry *registry = sa_archive_get_priv (self)->registry;

  if (G_LIKELY (graph->registry == registry))
    return registry;

  if (graph->registry != NULL)
    {
      if (graph->former_registries == NULL)
        graph->former_registries = g_ptr_array_new_with_free_func (g_object_unref);
      g_ptr_array_add (graph->former_registries, g_steal_pointer (&graph->registry));
    }

  graph->last_type = G_TYPE_INVALID;
  g_set_object (&graph->registry, registry);

  return registry;
}

/* Enters @pointer under the next number.  */
gboolean
sa_graph_add (SaArchive *self,
              SaEntryKind kind,
              gpointer pointer,
              guint detail,
              GError **error)
{
  SaGraph *graph = sa_graph_get (self);
  guint count = sa_object_table_get_count (&graph->table);
  guint limit = sa_archive_get_limit_values (self)->objects;

  sa_learn_limit (graph->learn, SA_LEARN_OBJECTS, (guint64) count + 1);
  if (G_UNLIKELY (count >= limit))
    return sa_archive_set_error (
        self, error, SA_ARCHIVE_ERROR_LIMIT,
        _("There are more than %u objects and classes; raise the limit “objects” if that is "
          "right, or reset the objects between messages"),
        limit);

  if (G_UNLIKELY (count >= MAX_NUMBER))
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_BAD_INDEX,
                                 _("The table of objects and classes is full"));

  sa_object_table_add (&graph->table, kind, pointer, detail);

  return TRUE;
}

/* Whether going back is still possible to before now.  */
static gboolean
has_marks (SaArchive *self)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  return priv->marks != NULL && priv->marks->len > 0;
}

void
sa_graph_reset (SaArchive *self)
{
  SaGraph *graph = sa_archive_get_tables (self);

  if (graph == NULL)
    return;

  graph_forget (graph);
  sa_object_table_reset (&graph->table);
  if (!has_marks (self))
    sa_object_table_purge (&graph->table);
}

void
sa_graph_drop_entries (SaGraph *graph,
                       guint n_entries,
                       guint n_loaded)
{
  GPtrArray *doomed = dup_objects (graph, n_entries);
  g_autoptr (GPtrArray) loaded = take_loaded (graph, n_loaded);

  sa_object_table_restore (&graph->table, n_entries, graph->table.first);
  dispose_objects (doomed);
}

static void
sa_graph_call_loaded (SaArchive *self)
{
  SaGraph *graph = sa_graph_get (self);
  g_autoptr (GPtrArray) loaded = g_steal_pointer (&graph->loaded);

  for (guint i = 0; loaded != NULL && i < loaded->len; i++)
    sa_serializable_loaded (g_ptr_array_index (loaded, i), self);
}

void
sa_graph_add_loaded (SaArchive *self,
                     GObject *object)
{
  SaGraph *graph = sa_graph_get (self);

  if (graph->loaded == NULL)
    graph->loaded = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (graph->loaded, g_object_ref (object));
}

/* Whether there is anything new to try a message with that was not complete. That there will be no more is
 * new, too: then it is the value that is cut off that says so.  */
static gboolean
has_wanted (SaArchive *self,
            const SaMessage *message,
            GError **error)
{
  SaGraph *graph = sa_graph_get (self);
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  SaFillResult result;

  if (graph->wanted == 0 || !sa_resume_key_equal (&graph->resume.key, &message->key))
    return TRUE;

  graph->in_vain = 0;
  priv->tried_from = G_MAXUINT64;
  result = sa_archive_try_ensure (self, graph->wanted, error);
  priv->tried_from = message->key.offset;

  return result != SA_FILL_FAILED;
}

/* Whether what waits is this message, and still to be read in the same way.  */
static gboolean
can_go_on (SaArchive *self,
           const SaMessage *message)
{
  const SaArchivePrivate *priv = sa_archive_get_priv (self);
  const SaResume *resume = &sa_graph_get (self)->resume;

  return resume->parked && sa_resume_key_equal (&resume->key, &message->key)
         && (priv->marks == NULL || priv->marks->len == 0);
}

/* Goes on where the message stopped, if it did.  */
static gboolean
begin_outermost (SaArchive *self,
                 const SaMessage *message,
                 GError **error)
{
  SaGraph *graph = sa_graph_get (self);
  SaResume *resume = &graph->resume;
  gboolean success;

  resume->starting = can_go_on (self, message);
  success = sa_archive_begin_composite (self, error);
  resume->starting = FALSE;
  if (!success)
    return FALSE;

  resume->allowed = error != NULL && sa_archive_can_go_back (self);
  resume->n_nested = 0;
  if (!resume->parked)
    {
      graph->n_embedded = 0;
      return TRUE;
    }

  resume->parked = FALSE;
  graph->table.n_entries += resume->n_kept;
  resume->n_kept = 0;
  sa_archive_go_to (self, resume->offset);

  return TRUE;
}

static SaResumeKey
make_key (SaArchive *self,
          gconstpointer kind,
          GType type)
{
  return (SaResumeKey) { sa_archive_get_offset (self), kind, type, sa_archive_get_priv (self)->n_choices };
}

gboolean
sa_archive_begin_message (SaArchive *self,
                          gconstpointer kind,
                          GType type,
                          SaMessage *message,
                          GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  SaGraph *graph = sa_graph_get (self);
  gboolean outermost;
  gboolean begun;

  message->outermost = sa_archive_get_depth (self) == 0;
  if (!message->outermost)
    {
      message->n_entries = graph->table.n_entries;
      graph->resume.n_nested++;
      return TRUE;
    }

  /* The code of objects may drop the last reference.  */
  g_object_ref (self);
  message->key = make_key (self, kind, type);
  if (G_UNLIKELY (graph->resume.parked) && !can_go_on (self, message))
    {
      /* What goes may call the archive.  */
      graph_forget (graph);
      message->key = make_key (self, kind, type);
    }
  message->n_entries = graph->table.n_entries;
  graph->n_before = message->n_entries;
  graph->stack_base = __builtin_frame_address (0);
  graph->pending = 0;

  /* The wait for what was missing the last time is one of the message's own.  */
  outermost = sa_archive_begin_pieces (priv);
  begun = has_wanted (self, message, error) && begin_outermost (self, message, error);
  sa_archive_end_pieces (priv, outermost);
  if (!begun)
    g_object_unref (self);

  return begun;
}

/* Remembers how many bytes the message needs at least, if that is what it failed for: those up to the value
 * that was not there, that value, and what collections and layouts know to come after it.  */
static void
note_wanted (SaArchive *self,
             const SaMessage *message)
{
  SaGraph *graph = sa_graph_get (self);
  guint64 limit = sa_archive_get_limit_values (self)->message_bytes;
  guint64 offset = sa_archive_get_offset (self);

  graph->wanted = 0;
  if (!g_error_matches (sa_archive_get_priv (self)->error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE))
    return;

  graph->wanted = MIN (offset - message->key.offset + sa_archive_get_wanted (self) + graph->pending, limit);
  graph->in_vain = offset - (graph->resume.parked ? graph->resume.offset : message->key.offset);
}

/* What is done of a message that failed is kept if it can go on there, and dropped otherwise.  */
static void
park_or_drop (SaArchive *self,
              const SaMessage *message)
{
  SaGraph *graph = sa_graph_get (self);
  SaResume *resume = &graph->resume;

  /* What the message has chosen itself is how it is read.  */
  resume->key = message->key;
  resume->key.n_choices = sa_archive_get_priv (self)->n_choices;
  if (sa_resume_is_going_on (resume) && sa_resume_is_possible (resume, self))
    {
      resume->parked = TRUE;
    }
  else
    {
      sa_resume_drop_frames (resume);
      dispose_objects (dup_objects (graph, message->n_entries));
    }
}

static gboolean
end_outermost (SaArchive *self,
               const SaMessage *message,
               gboolean success,
               GError **error)
{
  SaGraph *graph = sa_graph_get (self);

  dispose_abandoned (graph);
  if (success && sa_archive_is_loading (self))
    success = sa_archive_check_error (self, error);
  if (!success && sa_archive_is_loading (self))
    {
      park_or_drop (self, message);
      note_wanted (self, message);
    }

  graph->resume.allowed = FALSE;
  if (!sa_archive_end_composite (self, success, error))
    return FALSE;

  /* A `serialize` has closed the archive, which has dropped what was not complete then.  */
  if (sa_archive_get_priv (self)->closed)
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_CLOSED,
                                 _("The archive was closed in the middle of an object"));

  graph->wanted = 0;
  sa_learn_limit (graph->learn, SA_LEARN_MESSAGE_BYTES, sa_archive_get_offset (self) - message->key.offset);
  sa_graph_call_loaded (self);
  if (graph->reset_per_message)
    sa_graph_reset (self);

  return TRUE;
}

gboolean
sa_archive_end_message (SaArchive *self,
                        const SaMessage *message,
                        gboolean success,
                        GError **error)
{
  SaGraph *graph = sa_graph_get (self);

  if (!message->outermost)
    {
      graph->resume.n_nested--;
      /* A `serialize` may roll back, and go on: what points at itself would stay for ever.  */
      if (!success && sa_archive_is_loading (self))
        dispose_objects (dup_objects (graph, message->n_entries));
      return success;
    }

  success = end_outermost (self, message, success, error);
  g_object_unref (self);

  return success;
}
