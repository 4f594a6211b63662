/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-archive-async.h"
#include "sockarch/archive/sa-archive-feed-private.h"
#include "sockarch/sa-again-private.h"
#include "sockarch/sa-debug-private.h"
#include "sockarch/sa-i18n-private.h"

/* How the main loop gets bytes into an archive, and when it tells of them.  */

static void feed_emit (SaArchiveFeed *feed);

static SaArchiveFeed *
feed_ref (SaArchiveFeed *feed)
{
  feed->references++;
  return feed;
}

static void
feed_unref (gpointer data)
{
  SaArchiveFeed *feed = data;

  if (--feed->references > 0)
    return;

  g_assert (feed->fill == NULL && feed->watch == NULL);
  g_clear_object (&feed->cancellable);
  g_clear_error (&feed->error);
  g_clear_pointer (&feed->context, g_main_context_unref);
  g_free (feed->chunk);
  g_free (feed);
}

SaArchiveFeed *
sa_archive_feed_get (SaArchive *self)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  if (priv->feed == NULL)
    {
      priv->feed = g_new0 (SaArchiveFeed, 1);
      priv->feed->references = 1;
      priv->feed->owner = self;
      priv->feed->context = g_main_context_ref_thread_default ();
      priv->feed->await = priv->input != NULL ? sa_await_lookup (priv->input) : NULL;
    }

  return priv->feed;
}

/* Takes the fill out, so that whatever its callback does meets an archive without one.  */
static SaStreamResult *
feed_steal_fill (SaArchiveFeed *feed)
{
  /* A handler that just runs may still cancel what it was given: the next read has another.  */
  if (feed->fill_cancel.cancellable != NULL && !feed->reading)
    g_clear_object (&feed->cancellable);
  sa_cancel_clear (&feed->fill_cancel);

  return g_steal_pointer (&feed->fill);
}

/* Ends a fill, and calls back from here; takes @error, or drops it if there is no fill.  */
static void
return_fill (SaArchive *self,
             SaStreamResult *fill,
             gssize count,
             GError *error)
{
  if (fill != NULL)
    sa_stream_result_return (fill, &sa_archive_get_priv (self)->free_fill, error == NULL ? count : -1, error);
  else
    g_clear_error (&error);
}

/* Parts the feed from its archive. A wait leaves the stream as it was; a read that is under way is cancelled,
 * and what it brings all the same is lost, as it is when one closes a stream.  */
void
sa_archive_feed_stop (SaArchive *self)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  SaArchiveFeed *feed = g_steal_pointer (&priv->feed);
  SaStreamResult *fill;

  if (feed == NULL)
    return;

  feed->owner = NULL;
  sa_drop_source (&feed->again);
  sa_drop_source (&feed->quiet);
  if (feed->awaiting)
    feed->await->end (priv->input);
  else if (feed->watch != NULL)
    sa_drop_source (&feed->watch);
  else if (feed->reading)
    g_cancellable_cancel (feed->cancellable);

  fill = feed_steal_fill (feed);
  if (fill != NULL)
    sa_stream_result_return_later (fill, -1,
                                   g_error_new_literal (SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED,
                                                        _("The archive was closed meanwhile")));

  feed_unref (feed);
}

void
sa_archive_feed_release (SaArchiveFeed *feed)
{
  if (sa_archive_feed_is_taking (feed))
    {
      sa_drop_source (&feed->again);
      sa_drop_source (&feed->quiet);
      g_cancellable_cancel (feed->cancellable);
    }
  else
    {
      sa_archive_feed_stop (feed->owner);
    }
}

gboolean
sa_archive_feed_check_idle (SaArchive *self,
                            GError **error)
{
  if (!sa_archive_feed_is_taking (sa_archive_get_priv (self)->feed))
    return TRUE;

  return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_BUSY,
                               _("A read of the stream is under way, and may bring more; end reading "
                                 "ahead, and try again in a later turn of the main loop"));
}

GError *
sa_archive_feed_take_error (SaArchive *self)
{
  SaArchiveFeed *feed = sa_archive_get_priv (self)->feed;
  GError *error;

  if (feed->error == NULL)
    return NULL;
  if (!sa_archive_error_is_passing (feed->error))
    return g_error_copy (feed->error);

  /* Whoever is told of it may try again.  */
  error = g_steal_pointer (&feed->error);
  if (!feed->emitting)
    sa_archive_feed_read (feed);

  return error;
}

/* Inside of a handler, reading goes on when that has returned.  */
gboolean
sa_archive_feed_want_more (SaArchive *self,
                           gsize count)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  SaArchiveFeed *feed = priv->feed;
  guint64 offset = sa_archive_get_offset (self);
  guint64 bound = offset + count;
  guint64 start = offset;
  guint64 tried = 0;

  if (priv->marks != NULL && priv->marks->len > 0)
    {
      start = g_array_index (priv->marks, SaArchiveMark, 0).offset;
      tried = offset - priv->tried_from;
    }
  if (start != feed->start)
    feed->vain = 0;

  feed->bound = feed->bound == 0 || start != feed->start ? bound : MIN (feed->bound, bound);
  feed->start = start;
  if (priv->tried_from != G_MAXUINT64)
    feed->vain += tried + sa_archive_get_buffered (self) + SA_LEVEL_WORK * (guint64) priv->depth;
  if (feed->vain > SA_FREE_WORK &&
      (feed->vain - SA_FREE_WORK) / SA_MAX_WORK_FACTOR > priv->limit->message_bytes)
    return FALSE;

  if (!feed->emitting)
    sa_archive_feed_read (feed);

  return TRUE;
}

/* Where the bytes end that the archive has.  */
static guint64
feed_get_end (SaArchiveFeed *feed)
{
  return sa_archive_get_offset (feed->owner) + sa_archive_get_buffered (feed->owner);
}

/* Whether the archive has no room for more that it could use.  */
static gboolean
feed_is_full (SaArchiveFeed *feed)
{
  return sa_archive_get_buffered (feed->owner) >= SA_ARCHIVE_BUFFER_SIZE &&
         feed_get_end (feed) >= feed->bound;
}

/* Reads what is there now; negative without an error if there is nothing.  */
static gssize
feed_read_now (SaArchiveFeed *feed,
               guint8 *room,
               gsize size,
               GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (feed->owner);
  gssize count;

  if (feed->await != NULL)
    return feed->await->read (priv->input, room, size, error);

  count = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (priv->input), room, size, NULL,
                                                    error);
  if (g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    g_clear_error (error);

  return count;
}

/* Takes what is there, as far as a buffer goes, from a stream that can be polled. FALSE if there is nothing
 * now.  */
static gboolean
feed_top_up (SaArchiveFeed *feed)
{
  SaArchivePrivate *priv = sa_archive_get_priv (feed->owner);
  GError *error = NULL;
  guint8 *room;
  gsize size;
  gssize count;

  room = sa_archive_get_input_room (feed->owner, &size);
  if (room == NULL)
    return TRUE;

  count = feed_read_now (feed, room, size, &error);
  if (count > 0)
    sa_archive_add_input (feed->owner, (gsize) count);
  else if (count == 0)
    priv->at_end = TRUE;
  else
    feed->error = error;

  return count >= 0 || error != NULL;
}

static gboolean
on_feed_quiet (gpointer user_data)
{
  SaArchiveFeed *feed = user_data;

  g_clear_pointer (&feed->quiet, g_source_unref);
  feed_emit (feed);

  return G_SOURCE_REMOVE;
}

static void
feed_wait_for_quiet (SaArchiveFeed *feed)
{
  guint milliseconds = sa_get_quiet_time (feed->vain);

  if (feed->quiet == NULL)
    {
      feed->quiet = g_timeout_source_new (milliseconds);
      g_source_set_priority (feed->quiet, SA_QUIET_PRIORITY);
      g_source_set_static_name (feed->quiet, "[sockarch] message tried again");
      g_source_set_callback (feed->quiet, on_feed_quiet, feed_ref (feed), feed_unref);
      g_source_attach (feed->quiet, feed->context);
    }
  else
    {
      g_source_set_ready_time (feed->quiet, g_get_monotonic_time () + (gint64) milliseconds * 1000);
    }
}

/* Whether the handler is not to be told yet of what came. It has tried a message that was not complete, and
 * begins with it anew each time: that is of no use before the bytes are there that it is known to need, and
 * must not cost more than a few times what comes, however small the drops are in which it does.  */
static gboolean
feed_holds_back (SaArchiveFeed *feed)
{
  SaArchivePrivate *priv = sa_archive_get_priv (feed->owner);
  gsize buffered = sa_archive_get_buffered (feed->owner);

  if (feed->emitting || feed->bound == 0 || feed->start != sa_archive_get_offset (feed->owner) ||
      priv->at_end || feed->error != NULL || priv->error != NULL)
    return FALSE;

  if (feed_get_end (feed) < feed->bound)
    {
      sa_drop_source (&feed->quiet);
      return TRUE;
    }

  if (feed->vain <= SA_FREE_WORK + SA_WORK_FACTOR * (guint64) buffered)
    return FALSE;

  feed_wait_for_quiet (feed);
  return TRUE;
}

/* Tells whoever waited that something has happened: more bytes, the end, or an error.  */
static void
feed_tell (SaArchiveFeed *feed)
{
  g_autoptr (SaArchive) self = g_object_ref (feed->owner);
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  SaStreamResult *fill = feed_steal_fill (feed);
  gssize count = priv->at_end ? 0 : (gssize) sa_archive_get_buffered (self);
  GError *error = feed->error != NULL ? g_error_copy (feed->error) : NULL;

  feed_ref (feed);

  /* Without read-ahead the archive is as any other from here on, and its calls wait again.  */
  if (!priv->read_ahead)
    sa_archive_feed_stop (self);

  return_fill (self, fill, count, error);
  if (feed->owner != NULL && priv->read_ahead)
    {
      if (feed_holds_back (feed))
        sa_archive_feed_read (feed);
      else
        feed_emit (feed);
    }

  feed_unref (feed);
}

/* The read was cancelled; the stream is as it was. Either the fill_async that waited is cancelled, or the
 * read was meant that went on when reading ahead was switched off.  */
static void
feed_cancel_fill (SaArchiveFeed *feed,
                  GError *error)
{
  g_autoptr (SaArchive) self = g_object_ref (feed->owner);
  SaStreamResult *fill = NULL;

  if (feed->fill != NULL && g_cancellable_is_cancelled (feed->fill_cancel.cancellable))
    fill = feed_steal_fill (feed);

  g_clear_object (&feed->cancellable);
  if (feed->fill != NULL || sa_archive_get_priv (self)->read_ahead)
    sa_archive_feed_read (feed);
  else
    sa_archive_feed_stop (self);

  return_fill (self, fill, -1, error);
}

static void
on_feed_read (GObject *source,
              GAsyncResult *result,
              gpointer user_data)
{
  SaArchiveFeed *feed = user_data;
  g_autoptr (GError) error = NULL;
  gssize count;

  /* What was read before it was cancelled is out of the stream, and must not be dropped.  */
  if (G_IS_TASK (result))
    g_task_set_check_cancellable (G_TASK (result), FALSE);
  count = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  feed->reading = FALSE;
  if (feed->owner != NULL)
    {
      if (count > 0)
        sa_archive_append_input (feed->owner, feed->chunk, (gsize) count);
      g_clear_pointer (&feed->chunk, g_free);

      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          feed_cancel_fill (feed, g_steal_pointer (&error));
        }
      else
        {
          if (count == 0)
            sa_archive_get_priv (feed->owner)->at_end = TRUE;
          else if (count < 0)
            feed->error = g_steal_pointer (&error);
          feed_tell (feed);
        }
    }

  feed_unref (feed);
}

/* Bytes have come, or the end, or the wait for them is over. The stream alone does not keep the feed alive:
 * whoever parts it from its archive ends the wait.  */
static void
on_feed_awaited (gpointer data,
                 const GError *error)
{
  SaArchiveFeed *feed = data;

  feed->reading = FALSE;
  feed->awaiting = FALSE;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      feed_cancel_fill (feed, g_error_copy (error));
      return;
    }

  if (error != NULL)
    feed->error = g_error_copy (error);
  else if (!feed_top_up (feed))
    {
      sa_archive_feed_read (feed);
      return;
    }

  feed_tell (feed);
}

/* The same for a stream that can be polled.  */
static gboolean
on_feed_watched (GObject *stream,
                 gpointer user_data)
{
  SaArchiveFeed *feed = feed_ref (user_data);
  g_autoptr (GError) error = NULL;

  sa_drop_source (&feed->watch);
  feed->reading = FALSE;
  if (g_cancellable_set_error_if_cancelled (feed->cancellable, &error))
    feed_cancel_fill (feed, g_steal_pointer (&error));
  else if (feed_top_up (feed))
    feed_tell (feed);
  else
    sa_archive_feed_read (feed);

  feed_unref (feed);
  return G_SOURCE_REMOVE;
}

static gboolean
on_feed_had_some (gpointer user_data)
{
  SaArchiveFeed *feed = feed_ref (user_data);

  sa_drop_source (&feed->watch);
  feed->reading = FALSE;
  feed_tell (feed);

  feed_unref (feed);
  return G_SOURCE_REMOVE;
}

/* Waits for a stream that can be polled, after a look whether it has something: a TLS connection may hold
 * bytes of which nothing below it knows any more. Unlike a read that is cancelled, this never drops what
 * came.  */
static void
feed_watch (SaArchiveFeed *feed)
{
  GPollableInputStream *pollable = G_POLLABLE_INPUT_STREAM (sa_archive_get_priv (feed->owner)->input);

  if (feed_top_up (feed))
    {
      feed->watch = g_idle_source_new ();
      g_source_set_priority (feed->watch, G_PRIORITY_DEFAULT);
      g_source_set_callback (feed->watch, on_feed_had_some, feed_ref (feed), feed_unref);
    }
  else
    {
      sa_archive_drop_empty_input (feed->owner);
      feed->watch = g_pollable_input_stream_create_source (pollable, feed->cancellable);
      g_source_set_callback (feed->watch, G_SOURCE_FUNC (on_feed_watched), feed_ref (feed), feed_unref);
    }

  g_source_set_static_name (feed->watch, "[sockarch] archive waits for bytes");
  g_source_attach (feed->watch, feed->context);
}

/* Begins to read what comes: a wait that costs nothing where there is one, and a read with its buffer where
 * not.  */
static void
feed_begin (SaArchiveFeed *feed)
{
  SaArchivePrivate *priv = sa_archive_get_priv (feed->owner);

  feed->reading = TRUE;
  feed->awaiting = feed->await != NULL && feed->await->begin (priv->input, on_feed_awaited, feed);
  if (feed->awaiting)
    return;

  /* One that was cancelled when its read was over already is of no use any more.  */
  if (feed->cancellable != NULL && g_cancellable_is_cancelled (feed->cancellable))
    g_clear_object (&feed->cancellable);
  if (feed->cancellable == NULL)
    feed->cancellable = g_cancellable_new ();

  if (priv->may_need_more && feed->await == NULL)
    {
      feed_watch (feed);
      return;
    }

  feed->chunk = g_malloc (SA_ARCHIVE_BUFFER_SIZE);
  g_input_stream_read_async (priv->input, feed->chunk, SA_ARCHIVE_BUFFER_SIZE, G_PRIORITY_DEFAULT,
                             feed->cancellable, on_feed_read, feed_ref (feed));
}

void
sa_archive_feed_read (SaArchiveFeed *feed)
{
  SaArchivePrivate *priv = sa_archive_get_priv (feed->owner);
  GMainContext *context = g_main_context_get_thread_default ();
  gboolean push = feed->context != (context != NULL ? context : g_main_context_default ());

  if (feed->reading || priv->at_end || feed->error != NULL)
    return;

  sa_archive_drop_empty_input (feed->owner);

  if (push)
    g_main_context_push_thread_default (feed->context);
  feed_begin (feed);
  if (push)
    g_main_context_pop_thread_default (feed->context);
}

static gboolean
on_feed_again (gpointer user_data)
{
  SaArchiveFeed *feed = user_data;

  g_clear_pointer (&feed->again, g_source_unref);
  if (feed->owner != NULL)
    {
      feed->in_again = TRUE;
      feed_emit (feed);
      feed->in_again = FALSE;
    }

  return G_SOURCE_REMOVE;
}

static void
feed_emit_later (SaArchiveFeed *feed)
{
  if (feed->again != NULL)
    return;

  if (!feed->in_again)
    feed->rested = 0;
  feed->again = sa_again_attach (feed->context, &feed->rested, on_feed_again, feed_ref (feed), feed_unref);
}

static guint
count_marks (const SaArchivePrivate *priv)
{
  return priv->marks != NULL ? priv->marks->len : 0;
}

/* Goes back to where the outermost transaction was begun that a handler has left open. Whether there was
 * one.  */
static gboolean
roll_back_to (SaArchive *self,
              guint n_before)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  gboolean was_open = FALSE;

  while (count_marks (priv) > n_before && !priv->busy)
    {
      const SaArchiveMark *mark = &g_array_index (priv->marks, SaArchiveMark, priv->marks->len - 1);

      if (mark->implicit || mark->depth != priv->depth)
        break;

      sa_archive_rollback_transaction (self);
      was_open = TRUE;
    }

  return was_open;
}

/* Ends the transactions that handlers have begun and not ended, as by an exception of a binding: the next one
 * would be begun inside of them, and what is read there would never be given up. A message that was only not
 * complete is tried again; otherwise the program is told in the next turn, by whatever it calls then.  */
static void
feed_end_transactions (SaArchiveFeed *feed,
                       SaArchive *self,
                       guint n_before)
{
  const GError *error = sa_archive_get_priv (self)->error;
  g_autoptr (GError) failure = error != NULL ? g_error_copy (error) : NULL;

  if (!roll_back_to (self, n_before) || sa_archive_error_is_passing (failure))
    return;

  if (failure == NULL)
    g_set_error_literal (&failure, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_FAILED,
                         _("A transaction was begun in a handler of load-ready and not ended there"));
  sa_archive_fail (self, failure);
  feed->missed = TRUE;
}

/* Emits load-ready, and sees to what comes next: another turn if the handler got on and there is more, and
 * another read if there is room for it.  */
static void
feed_emit (SaArchiveFeed *feed)
{
  g_autoptr (SaArchive) self = g_object_ref (feed->owner);
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  guint64 before = sa_archive_get_offset (self);
  guint n_marks = count_marks (priv);
  gboolean got_on;
  gboolean ended;

  if (!priv->read_ahead)
    return;
  if (feed->emitting)
    {
      feed->missed = TRUE;
      return;
    }

  feed_ref (feed);
  feed->emitting = TRUE;
  feed->missed = FALSE;
  feed->bound = 0;
  sa_drop_source (&feed->quiet);
  SA_NOTE (ARCHIVE, self, "load-ready, %zu bytes", sa_archive_get_buffered (self));
  g_signal_emit (self, sa_archive_load_ready_signal, 0);
  if (G_UNLIKELY (count_marks (priv) > n_marks))
    feed_end_transactions (feed, self, n_marks);
  feed->emitting = FALSE;

  if (feed->owner != NULL && priv->read_ahead)
    {
      got_on = sa_archive_get_offset (self) != before;
      ended = (priv->at_end || feed->error != NULL) && !priv->end_reported && priv->error == NULL;

      if (feed->missed || (got_on && (sa_archive_get_buffered (self) > 0 || ended)))
        feed_emit_later (feed);
      if (!feed_is_full (feed))
        sa_archive_feed_read (feed);
    }

  feed_unref (feed);
}

/* Lets the main loop feed the archive. What is there already is announced in the next turn.  */
void
sa_archive_feed_start (SaArchive *self)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  SaArchiveFeed *feed = sa_archive_feed_get (self);

  if (priv->input == NULL)
    priv->at_end = TRUE;

  if (sa_archive_get_buffered (self) > 0 || priv->at_end)
    feed_emit_later (feed);
  sa_archive_feed_read (feed);
}
