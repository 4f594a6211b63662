/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-archive-async.h"
#include "sockarch/archive/sa-archive-private.h"
#include "sockarch/sa-await-private.h"
#include "sockarch/sa-cancel-private.h"
#include "sockarch/sa-debug-private.h"
#include "sockarch/sa-i18n-private.h"
#include "sockarch/sa-stream-result-private.h"

/**
 * SECTION:sa-archive-async
 * @title: Without waiting
 * @short_description: Filling, flushing and closing an archive from the main loop
 *
 * The calls that move bytes, for programs that must not wait. The values themselves are read and written by
 * the same functions as everywhere: what is in the buffer needs no waiting.
 *
 * A program that reacts to whatever comes sets #SaArchive:read-ahead and connects to #SaArchive::load-ready.
 * One that wants the next message now and not later calls sa_archive_fill_async(), tries to read it, and
 * fills again for as long as that says %SA_ARCHIVE_ERROR_NEED_MORE.
 */

/* What one asynchronous read may bring. Where the stream can be asked for more without waiting, a few bytes
 * are enough: an idle connection then costs those few, and no buffer.  */
#define PROBE_SIZE 256

/* What the main loop does for an archive: one read that is under way, and who wants to know when it ends. It
 * may outlive the archive, since a read that is cancelled ends later.  */
struct _SaArchiveFeed
{
  /* One for the archive, one for the read, one for the turn of the loop that is to come.  */
  int references;
  /* Whose feed it is; NULL when that does not want it any more.  */
  SaArchive *owner;
  /* Where signals are emitted and reads end.  */
  GMainContext *context;
  /* Ends the read that is under way, or NULL if none ever was.  */
  GCancellable *cancellable;
  /* Where the read puts its bytes, and how many there is room for.  */
  guint8 *chunk;
  gsize chunk_size;
  /* The fill_async that waits, and how it hears that it is cancelled.  */
  SaStreamResult *fill;
  SaCancel fill_cancel;
  /* Why the stream gave nothing more.  */
  GError *error;
  /* Emits load-ready again in the next turn of the loop.  */
  GSource *again;
  /* How the stream is waited for without a read; NULL if it has no such way.  */
  const SaAwaitFuncs *await;
  /* A read is under way, or the wait for one.  */
  gboolean reading;
  gboolean awaiting;
  /* A handler of load-ready is running, and something came meanwhile that it has to be told afterwards.  */
  gboolean emitting;
  gboolean missed;
};

static void feed_read (SaArchiveFeed *feed);
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

  g_assert (feed->fill == NULL);
  g_clear_object (&feed->cancellable);
  g_clear_error (&feed->error);
  g_clear_pointer (&feed->context, g_main_context_unref);
  g_free (feed->chunk);
  g_free (feed);
}

/* Returns the feed of an archive, made for the main context of now if there was none.  */
static SaArchiveFeed *
feed_get (SaArchive *self)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  if (priv->feed == NULL)
    {
      priv->feed = g_new0 (SaArchiveFeed, 1);
      priv->feed->references = 1;
      priv->feed->owner = self;
      priv->feed->context = g_main_context_ref_thread_default ();
      priv->feed->await = priv->input != NULL ? sa_await_lookup (priv->input) : NULL;
      priv->feed->chunk_size = priv->may_need_more ? PROBE_SIZE : SA_ARCHIVE_BUFFER_SIZE;
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

/* Parts the feed from its archive. A read that is under way is cancelled; what it brings all the same is
 * lost, as it is when one closes a stream.  */
void
sa_archive_feed_stop (SaArchive *self)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  SaArchiveFeed *feed = g_steal_pointer (&priv->feed);
  SaStreamResult *fill;

  if (feed == NULL)
    return;

  feed->owner = NULL;
  if (feed->again != NULL)
    g_source_destroy (feed->again);
  g_clear_pointer (&feed->again, g_source_unref);
  if (feed->awaiting)
    feed->await->end (priv->input);
  else if (feed->reading)
    g_cancellable_cancel (feed->cancellable);

  fill = feed_steal_fill (feed);
  if (fill != NULL)
    sa_stream_result_return_later (fill, -1,
                                   g_error_new_literal (SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED,
                                                        _("The archive was closed meanwhile")));

  feed_unref (feed);
}

const GError *
sa_archive_feed_get_error (SaArchive *self)
{
  return sa_archive_get_priv (self)->feed->error;
}

/* A value was not there as a whole. Inside of a handler, reading goes on when that has returned.  */
void
sa_archive_feed_want_more (SaArchive *self)
{
  SaArchiveFeed *feed = sa_archive_get_priv (self)->feed;

  if (!feed->emitting)
    feed_read (feed);
}

/* Whether the archive has no room for more that it could use.  */
static gboolean
feed_is_full (SaArchiveFeed *feed)
{
  SaArchivePrivate *priv = sa_archive_get_priv (feed->owner);
  gsize buffered = sa_archive_get_buffered (feed->owner);

  return buffered >= SA_ARCHIVE_BUFFER_SIZE && buffered >= priv->wanted;
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
  if (fill != NULL && !priv->read_ahead)
    sa_archive_feed_stop (self);

  return_fill (self, fill, count, error);
  if (feed->owner != NULL && priv->read_ahead)
    feed_emit (feed);

  feed_unref (feed);
}

/* The fill_async that waited was cancelled, and the read with it; the stream is as it was.  */
static void
feed_cancel_fill (SaArchiveFeed *feed,
                  GError *error)
{
  g_autoptr (SaArchive) self = g_object_ref (feed->owner);
  SaStreamResult *fill = feed_steal_fill (feed);

  g_clear_object (&feed->cancellable);
  if (sa_archive_get_priv (self)->read_ahead)
    feed_read (feed);
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
  gssize count = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  feed->reading = FALSE;
  if (feed->owner != NULL)
    {
      SaArchivePrivate *priv = sa_archive_get_priv (feed->owner);

      if (count > 0)
        sa_archive_append_input (feed->owner, feed->chunk, (gsize) count);

      if (feed->chunk_size > PROBE_SIZE)
        g_clear_pointer (&feed->chunk, g_free);
      else if ((gsize) MAX (count, 0) == feed->chunk_size)
        feed_top_up (feed);

      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          feed_cancel_fill (feed, g_steal_pointer (&error));
        }
      else
        {
          if (count == 0)
            priv->at_end = TRUE;
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
      feed_read (feed);
      return;
    }

  feed_tell (feed);
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

  if (feed->chunk == NULL)
    feed->chunk = g_malloc (feed->chunk_size);
  if (feed->cancellable == NULL)
    feed->cancellable = g_cancellable_new ();
  g_input_stream_read_async (priv->input, feed->chunk, feed->chunk_size, G_PRIORITY_DEFAULT,
                             feed->cancellable, on_feed_read, feed_ref (feed));
}

/* Begins a read, unless one is under way or there is nothing to read any more.  */
static void
feed_read (SaArchiveFeed *feed)
{
  SaArchivePrivate *priv = sa_archive_get_priv (feed->owner);
  GMainContext *context = g_main_context_get_thread_default ();
  gboolean push = feed->context != (context != NULL ? context : g_main_context_default ());

  if (feed->reading || priv->at_end || feed->error != NULL)
    return;

  if (sa_archive_get_buffered (feed->owner) == 0)
    sa_archive_drop_empty_buffer (feed->owner);

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
    feed_emit (feed);

  return G_SOURCE_REMOVE;
}

static void
feed_emit_later (SaArchiveFeed *feed)
{
  if (feed->again != NULL)
    return;

  feed->again = g_idle_source_new ();
  g_source_set_priority (feed->again, G_PRIORITY_DEFAULT);
  g_source_set_static_name (feed->again, "[sockarch] load-ready");
  g_source_set_callback (feed->again, on_feed_again, feed_ref (feed), feed_unref);
  g_source_attach (feed->again, feed->context);
}

/* Emits load-ready, and sees to what comes next: another turn if the handler got on and there is more, and
 * another read if there is room for it.  */
static void
feed_emit (SaArchiveFeed *feed)
{
  g_autoptr (SaArchive) self = g_object_ref (feed->owner);
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  guint64 before = sa_archive_get_offset (self);
  gboolean got_on;
  gboolean ended;

  if (feed->emitting)
    {
      feed->missed = TRUE;
      return;
    }

  feed_ref (feed);
  feed->emitting = TRUE;
  feed->missed = FALSE;
  priv->wanted = 0;
  SA_NOTE (ARCHIVE, self, "load-ready, %zu bytes", sa_archive_get_buffered (self));
  g_signal_emit (self, sa_archive_load_ready_signal, 0);
  feed->emitting = FALSE;

  if (feed->owner != NULL && priv->read_ahead)
    {
      got_on = sa_archive_get_offset (self) != before;
      ended = (priv->at_end || feed->error != NULL) && !priv->end_reported && priv->error == NULL;

      if (feed->missed || (got_on && (sa_archive_get_buffered (self) > 0 || ended)))
        feed_emit_later (feed);
      if (!feed_is_full (feed))
        feed_read (feed);
    }

  feed_unref (feed);
}

/**
 * sa_archive_get_read_ahead:
 * @self: an archive
 *
 * Gets whether the archive reads by itself on the main loop. See #SaArchive:read-ahead.
 *
 * Returns: %TRUE if it does
 * Since: 1.0
 */
gboolean
sa_archive_get_read_ahead (SaArchive *self)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);

  return sa_archive_get_priv (self)->read_ahead;
}

/* Lets the main loop feed the archive. What is there already is announced in the next turn.  */
void
sa_archive_feed_start (SaArchive *self)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  SaArchiveFeed *feed = feed_get (self);

  if (priv->input == NULL)
    priv->at_end = TRUE;

  if (sa_archive_get_buffered (self) > 0 || priv->at_end)
    feed_emit_later (feed);
  feed_read (feed);
}

/**
 * sa_archive_set_read_ahead:
 * @self: an archive
 * @read_ahead: whether to read ahead
 *
 * Sets whether the archive reads by itself on the thread-default main context of now, and emits
 * #SaArchive::load-ready. See #SaArchive:read-ahead. An archive that stores takes no notice.
 *
 * Since: 1.0
 */
void
sa_archive_set_read_ahead (SaArchive *self,
                           gboolean read_ahead)
{
  SaArchivePrivate *priv;

  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));

  priv = sa_archive_get_priv (self);
  read_ahead = read_ahead != FALSE;
  if (priv->read_ahead == read_ahead)
    return;

  priv->read_ahead = read_ahead;
  if (priv->constructed && priv->mode == SA_ARCHIVE_LOAD && !priv->closed)
    {
      /* While a call reads, it has the buffer: reading ahead begins when that is done.  */
      if (read_ahead && !priv->busy)
        sa_archive_feed_start (self);
      else if (!read_ahead && priv->feed != NULL && priv->feed->fill == NULL)
        sa_archive_feed_stop (self);
    }

  g_object_notify (G_OBJECT (self), "read-ahead");
}

/* The read under way is what can be cancelled, or the wait for one; from any thread.  */
static void
on_fill_cancelled (GCancellable *cancellable,
                   gpointer reading)
{
  if (G_IS_CANCELLABLE (reading))
    g_cancellable_cancel (reading);
  else
    sa_await_lookup (reading)->cancel (reading);
}

/* Whether a fill may begin.  */
static gboolean
check_fill (SaArchive *self,
            GCancellable *cancellable,
            GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  if (g_cancellable_set_error_if_cancelled (cancellable, error) || !sa_archive_check_loading (self, error))
    return FALSE;

  if (priv->feed == NULL)
    return TRUE;

  if (priv->feed->fill != NULL)
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_BUSY,
                                 _("The archive is being filled already"));

  if (priv->feed->error != NULL && error != NULL)
    *error = g_error_copy (priv->feed->error);

  return priv->feed->error == NULL;
}

/**
 * sa_archive_fill_async:
 * @self: a loading archive
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @callback: (scope async): what to call when it is done
 * @user_data: (closure): what to give to @callback
 *
 * Reads more into the buffer, without waiting: as much as comes at once. Until that is done, values that are
 * not in the buffer are %SA_ARCHIVE_ERROR_NEED_MORE. Only one fill can be under way.
 *
 * Since: 1.0
 */
void
sa_archive_fill_async (SaArchive *self,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  SaArchivePrivate *priv;
  SaArchiveFeed *feed;
  SaStreamResult *fill;
  GError *error = NULL;

  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));

  priv = sa_archive_get_priv (self);
  fill = sa_stream_result_begin (&priv->free_fill, self, priv->feed != NULL ? priv->feed->context : NULL,
                                 callback, user_data);
  if (!check_fill (self, cancellable, &error) || priv->input == NULL || priv->at_end)
    {
      sa_stream_result_return_later (fill, error == NULL ? 0 : -1, error);
      return;
    }

  feed = feed_get (self);
  feed->fill = fill;
  feed_read (feed);
  sa_cancel_set (&feed->fill_cancel, cancellable, G_CALLBACK (on_fill_cancelled),
                 feed->awaiting ? (gpointer) priv->input : feed->cancellable, (GBoxedCopyFunc) g_object_ref,
                 g_object_unref);
}

/**
 * sa_archive_fill_finish:
 * @self: a loading archive
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Ends what sa_archive_fill_async() began.
 *
 * Fails with the error of the stream, %G_IO_ERROR_CANCELLED, %SA_ARCHIVE_ERROR_BUSY if a fill was under way
 * already, %SA_ARCHIVE_ERROR_CLOSED, or the error that sticks. Nothing is lost by any of them.
 *
 * Returns: how many bytes are in the buffer now, 0 if the stream has ended, or -1 on error
 * Since: 1.0
 */
gssize
sa_archive_fill_finish (SaArchive *self,
                        GAsyncResult *result,
                        GError **error)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), -1);

  return sa_stream_result_propagate (result, self, error);
}
