/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-archive-object.h"

#include "sockarch/archive/sa-archive-async.h"
#include "sockarch/archive/sa-archive-feed-private.h"
#include "sockarch/archive/sa-graph-private.h"
#include "sockarch/sa-cancel-private.h"
#include "sockarch/sa-debug-private.h"
#include "sockarch/sa-i18n-private.h"

/* An object is read by trying: with what is buffered, the object is loaded as far as it goes. A try costs
 * as much as has to be read once more: nothing to speak of where layouts and collections go on, but all
 * there is of an object that has a `serialize`. So tries must be rare when bytes come in drops: one is
 * made when at least as many bytes are there as the last one was known to lack, and when what must be
 * read again has doubled, or nothing has come for a while. That while
 * becomes longer the more has been tried in vain, and all of it together is limited. An object that goes on
 * deep inside of others reads nothing again, but goes down to there each time, which is set against what has
 * come.  */

/* So few bytes are read once more without a thought.  */
#define FREE_BYTES 16

typedef struct
{
  GType expected_type;
  /* How many bytes were there at the last sign of life.  */
  gsize seen;
  /* How many bytes have been tried in vain.  */
  guint64 work;
  /* For how many bytes it counts that tries went down to where the last one stopped.  */
  guint64 descents;
  /* Ends the fill that is under way; not the caller's cancellable, as the object may come in another way
   * first.  */
  GCancellable *filling;
  SaCancel cancel;
  /* A fill has ended with bytes where the next one could not be begun.  */
  gboolean refill;
  /* Fires when the stream was quiet for a while.  */
  GSource *quiet;
  /* An object is being tried, and its code may run a main loop.  */
  gboolean trying;
  /* The last fill has ended with nothing, and why, meanwhile.  */
  gboolean ended;
  GError *end_error;
  /* The outcome, which waits for the fill to end so that the stream is idle when the caller hears of it.  */
  gboolean done;
  GObject *object;
  GError *error;
} ReadOperation;

static void on_filled (GObject *source, GAsyncResult *result, gpointer user_data);
static void start_quiet (GTask *task);
static void end_without_bytes (GTask *task);

static void
read_operation_free (gpointer data)
{
  ReadOperation *operation = data;

  g_clear_object (&operation->filling);
  g_clear_object (&operation->object);
  g_clear_error (&operation->end_error);
  g_clear_error (&operation->error);
  g_free (operation);
}

/* Hands the outcome over; no fill is under way.  */
static void
finish (GTask *task)
{
  SaArchive *self = g_task_get_source_object (task);
  ReadOperation *operation = g_task_get_task_data (task);

  sa_drop_source (&operation->quiet);
  sa_cancel_clear (&operation->cancel);
  sa_graph_get (self)->read_task = NULL;

  if (operation->error != NULL)
    g_task_return_error (task, g_steal_pointer (&operation->error));
  else
    g_task_return_pointer (task, g_steal_pointer (&operation->object), g_object_unref);
}

/* Whether there is an outcome now. An object that is NULL is one.  */
static gboolean
attempt (GTask *task)
{
  SaArchive *self = g_task_get_source_object (task);
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  ReadOperation *operation = g_task_get_task_data (task);
  const SaGraph *graph = sa_graph_get (self);
  guint64 limit = sa_archive_get_limit_values (self)->message_bytes;
  g_autoptr (GError) error = NULL;

  operation->trying = TRUE;
  priv->no_wait = TRUE;
  operation->object = sa_archive_read_object (self, operation->expected_type, &error);
  priv->no_wait = FALSE;
  operation->trying = FALSE;

  if (!g_error_matches (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE))
    {
      operation->error = g_steal_pointer (&error);
      operation->done = TRUE;
      return TRUE;
    }

  operation->work += graph->in_vain;
  if (sa_resume_is_going_on (&graph->resume))
    operation->descents += SA_LEVEL_WORK * (guint64) graph->resume.frames->len;
  SA_NOTE (ARCHIVE, self, "an object is not complete with %zu bytes", sa_archive_get_buffered (self));
  if (operation->work / SA_MAX_WORK_FACTOR > limit)
    {
      sa_archive_set_error (self, &operation->error, SA_ARCHIVE_ERROR_LIMIT,
                            _("An object comes in such small pieces that it was tried in vain too often"));
      operation->done = TRUE;
    }

  return operation->done;
}

/* Whether a try with what is there now will get further than the last one, at a price that is right.  */
static gboolean
is_worth_a_try (GTask *task)
{
  SaArchive *self = g_task_get_source_object (task);
  const ReadOperation *operation = g_task_get_task_data (task);
  const SaGraph *graph = sa_graph_get (self);
  gsize buffered = sa_archive_get_buffered (self);

  if (buffered < graph->wanted)
    return FALSE;
  if (operation->descents > SA_FREE_WORK + SA_WORK_FACTOR * (guint64) buffered)
    return FALSE;

  return graph->in_vain <= FREE_BYTES || buffered - sa_graph_get_done (graph) >= 2 * graph->in_vain;
}

/* Whether the archive is inside of an object, from which a main loop has called back.  */
static gboolean
is_inside (GTask *task)
{
  ReadOperation *operation = g_task_get_task_data (task);

  return operation->trying || sa_archive_get_depth (g_task_get_source_object (task)) > 0;
}

/* Whether bytes wait in the stream: then it is this loop that is late, and not the peer that is quiet.  */
static gboolean
is_readable (SaArchive *self)
{
  GInputStream *input = sa_archive_get_priv (self)->input;

  return sa_archive_get_priv (self)->may_need_more && input != NULL
         && g_pollable_input_stream_is_readable (G_POLLABLE_INPUT_STREAM (input));
}

static void
fill (GTask *task)
{
  ReadOperation *operation = g_task_get_task_data (task);

  sa_archive_fill_async (g_task_get_source_object (task), operation->filling, on_filled, g_object_ref (task));
}

/* Inside of a try, or of another call, a fill has ended with bytes: the next one was not begun there.  */
static void
fill_again (GTask *task)
{
  SaArchive *self = g_task_get_source_object (task);
  ReadOperation *operation = g_task_get_task_data (task);

  operation->refill = FALSE;
  operation->seen = sa_archive_get_buffered (self);
  if (operation->seen >= sa_graph_get (self)->wanted)
    start_quiet (task);
  fill (task);
}

/* Tries with what is there, while a fill is under way.  */
static void
try_while_quiet (GTask *task)
{
  ReadOperation *operation = g_task_get_task_data (task);
  gboolean done = attempt (task);

  if (operation->ended)
    end_without_bytes (task);
  else if (done && operation->refill)
    finish (task);
  /* The fill that is under way is stopped first, and reports.  */
  else if (done)
    g_cancellable_cancel (operation->filling);
  else if (operation->refill)
    fill_again (task);
}

static gboolean
on_quiet (gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  ReadOperation *operation = g_task_get_task_data (task);

  sa_drop_source (&operation->quiet);
  /* The fill that is being cancelled reports.  */
  if (operation->done && !operation->ended)
    return G_SOURCE_REMOVE;

  if (is_inside (task))
    start_quiet (task);
  else if (operation->refill)
    fill_again (task);
  else if (!operation->ended && is_readable (g_task_get_source_object (task)))
    start_quiet (task);
  else if (operation->ended)
    end_without_bytes (task);
  else
    try_while_quiet (task);

  return G_SOURCE_REMOVE;
}

static void
start_quiet (GTask *task)
{
  ReadOperation *operation = g_task_get_task_data (task);

  sa_drop_source (&operation->quiet);
  operation->quiet = g_timeout_source_new (sa_get_quiet_time (operation->work));
  g_source_set_static_name (operation->quiet, "[sockarch] object tried again");
  g_source_set_priority (operation->quiet, SA_QUIET_PRIORITY);
  /* There may be no fill any more that keeps the task.  */
  g_source_set_callback (operation->quiet, on_quiet, g_object_ref (task), g_object_unref);
  g_source_attach (operation->quiet, g_task_get_context (task));
}

/* The last fill has ended with nothing: the stream is at its end or broken, or the caller has had enough.  */
static void
end_without_bytes (GTask *task)
{
  ReadOperation *operation = g_task_get_task_data (task);

  if (!operation->done && operation->end_error != NULL)
    operation->error = g_steal_pointer (&operation->end_error);
  else if (!operation->done && !attempt (task))
    operation->error = g_error_new_literal (SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE,
                                            _("The stream ended inside an object"));

  finish (task);
}

static void
on_filled (GObject *source,
           GAsyncResult *result,
           gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SaArchive *self = SA_ARCHIVE (source);
  ReadOperation *operation = g_task_get_task_data (task);
  gssize count = sa_archive_fill_finish (self, result, &operation->end_error);
  gsize buffered = sa_archive_get_buffered (self);

  operation->ended = count <= 0;
  if (is_inside (task))
    {
      /* Whoever is inside goes on when he is out again: the try that is under way, or the timer.  */
      operation->refill = !operation->ended;
      if (!operation->trying)
        start_quiet (task);
      return;
    }

  if (operation->ended || operation->done)
    {
      end_without_bytes (task);
      return;
    }

  if (buffered < sa_graph_get (self)->wanted)
    sa_drop_source (&operation->quiet);
  else if (is_worth_a_try (task) && attempt (task))
    {
      finish (task);
      return;
    }
  else if (operation->quiet == NULL || buffered != operation->seen)
    start_quiet (task);

  operation->seen = buffered;
  fill (task);
}

/* In whatever thread the caller cancels.  */
static void
on_cancelled (GCancellable *cancellable,
              gpointer filling)
{
  g_cancellable_cancel (filling);
}

/**
 * sa_archive_read_object_async:
 * @self: a #SaArchive that loads
 * @expected_type: the type that the object must be of; see sa_archive_read_object()
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @callback: (scope async): what to call when the object is there
 * @user_data: (closure): what to give to @callback
 *
 * Reads an object as sa_archive_read_object() does, without waiting: @callback is called from the main
 * context when all of the object has come. To read one object after another, call this again from
 * @callback.
 *
 * Layouts and collections go on where they stopped. A `serialize` that is not given all it wants is run
 * again, on a fresh object, when more has come. That is not done for every byte, so that a peer who
 * sends one at a time costs no more than a few times what it sends.
 *
 * Only one such read can be under way, and no other call may read from the archive meanwhile.
 *
 * Since: 1.0
 */
void
sa_archive_read_object_async (SaArchive *self,
                              GType expected_type,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  ReadOperation *operation;
  GError *error = NULL;

  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (SA_IS_OBJECT_TYPE (expected_type));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sa_archive_read_object_async);
  g_task_set_check_cancellable (task, FALSE);

  if (g_task_return_error_if_cancelled (task))
    return;

  if (!sa_archive_check_loading (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  if (sa_graph_get (self)->read_task != NULL)
    {
      g_task_return_new_error (task, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BUSY,
                               _("An object is being read already"));
      return;
    }

  operation = g_new0 (ReadOperation, 1);
  operation->expected_type = expected_type;
  operation->filling = g_cancellable_new ();
  g_task_set_task_data (task, operation, read_operation_free);
  sa_graph_get (self)->read_task = task;

  if (attempt (task))
    {
      finish (task);
      return;
    }

  sa_cancel_set (&operation->cancel, cancellable, G_CALLBACK (on_cancelled), operation->filling,
                 (GBoxedCopyFunc) g_object_ref, g_object_unref);
  fill (task);
}

/**
 * sa_archive_read_object_finish:
 * @self: a #SaArchive that loads
 * @result: the result that the callback was given
 * @error: return location for a #GError
 *
 * Ends what sa_archive_read_object_async() began.
 *
 * The errors are those of sa_archive_read_object() and of the stream, but for %SA_ARCHIVE_ERROR_NEED_MORE;
 * %G_IO_ERROR_CANCELLED, which consumes nothing; %SA_ARCHIVE_ERROR_BUSY if an object was being read already;
 * and %SA_ARCHIVE_ERROR_LIMIT if it came in so many pieces that it was tried in vain too often.
 *
 * Returns: (type GObject) (transfer full) (nullable): the object, or %NULL if that is what was stored, or on
 *   error
 * Since: 1.0
 */
gpointer
sa_archive_read_object_finish (SaArchive *self,
                               GAsyncResult *result,
                               GError **error)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
