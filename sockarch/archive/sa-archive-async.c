/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-archive-async.h"
#include "sockarch/archive/sa-archive-feed-private.h"
#include "sockarch/sa-i18n-private.h"

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
        sa_archive_feed_release (priv->feed);
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

  *error = sa_archive_feed_take_error (self);
  return *error == NULL;
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

  feed = sa_archive_feed_get (self);
  feed->fill = fill;
  sa_archive_feed_read (feed);
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
 * already, %SA_ARCHIVE_ERROR_CLOSED, or the error that sticks. Nothing is lost by any of them: a fill that
 * was cancelled when its bytes had come already succeeds.
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
