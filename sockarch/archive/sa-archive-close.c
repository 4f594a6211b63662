/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-archive-private.h"
#include "sockarch/sa-error.h"
#include "sockarch/sa-i18n-private.h"

/* The ways out of an archive: closing it, and taking bytes out of its buffer.  */

/* Ends the archive's life over its stream. What is in the buffer is gone.  */
void
sa_archive_detach (SaArchive *self)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  /* Objects that go may drop the last reference.  */
  g_object_ref (self);
  priv->lost = priv->output != NULL && sa_archive_get_buffered (self) > 0;
  priv->closed = TRUE;
  priv->close_pending = FALSE;
  sa_archive_feed_stop (self);
  sa_archive_forget_transactions (self);
  sa_archive_drop_buffer (self);
  g_clear_error (&priv->error);

  if (priv->tables != NULL)
    priv->tables_funcs->clear (priv->tables);

  priv->input = NULL;
  priv->output = NULL;
  g_clear_object (&priv->stream);
  g_object_unref (self);
}

/* For a close on whose way somebody was called, and has ended the archive.  */
gboolean
sa_archive_check_not_lost (const SaArchivePrivate *priv,
                           GError **error)
{
  if (!priv->lost)
    return TRUE;

  g_set_error_literal (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED,
                       _("The archive was ended while it was being closed, and what it held was not sent"));

  return FALSE;
}

/**
 * sa_archive_close:
 * @self: an archive
 * @error: return location for an error
 *
 * Ends the archive. Storing, what is buffered is flushed first; loading, what was read ahead is given back to
 * the stream if that can take it (a file, a #SaSocketFile), and dropped otherwise:
 * sa_archive_steal_buffered() gives it out before. The stream remains open.
 *
 * The archive is closed in any case; an error says that not all could be sent, or is the one that stuck. An
 * open transaction is forgotten. Closing again does nothing. A call from inside of another one, by way of a
 * nested main loop, closes the archive when that one returns. A sa_archive_flush_async() that is under way
 * goes on; what was stored after it began is lost then, and the error is %SA_ARCHIVE_ERROR_BUSY. An object
 * that goes with an open transaction may abort the archive: %SA_ARCHIVE_ERROR_CLOSED, if anything was lost.
 *
 * Returns: %TRUE if nothing was lost
 * Since: 1.0
 */
gboolean
sa_archive_close (SaArchive *self,
                  GError **error)
{
  g_autoptr (SaArchive) hold = NULL;
  SaArchivePrivate *priv;
  g_autoptr (GError) failure = NULL;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);

  hold = g_object_ref (self);
  priv = sa_archive_get_priv (self);
  if (priv->closed)
    return TRUE;

  if (priv->busy)
    {
      priv->close_pending = TRUE;
      return TRUE;
    }

  priv->close_pending = FALSE;
  /* Objects that go with a transaction may close the archive. A read that is pending would keep the stream
   * from taking bytes back.  */
  sa_archive_forget_transactions (self);
  if (!priv->closed)
    sa_archive_feed_stop (self);
  if (priv->closed)
    return sa_archive_check_not_lost (priv, error);

  if (sa_archive_check_error (self, &failure))
    {
      /* What a flush_async took it sends by itself, and tells.  */
      if (priv->mode == SA_ARCHIVE_STORE && (priv->flush_task == NULL || sa_archive_get_buffered (self) > 0))
        sa_archive_flush (self, &failure);
      else
        sa_archive_give_back (self);
    }

  /* The flush may have run a nested loop that closed it.  */
  if (!priv->closed)
    sa_archive_detach (self);

  if (failure == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/**
 * sa_archive_abort:
 * @self: an archive
 *
 * Ends the archive at once, without an error and without waiting: what is buffered is dropped. The stream
 * remains open.
 *
 * Since: 1.0
 */
void
sa_archive_abort (SaArchive *self)
{
  SaArchivePrivate *priv;

  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));

  priv = sa_archive_get_priv (self);
  if (priv->closed)
    return;

  if (priv->busy)
    {
      /* The buffer is lent to the stream; an error keeps the close that follows from sending it.  */
      if (priv->error == NULL)
        priv->error = g_error_new (SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED, _("The archive was aborted"));
      priv->close_pending = TRUE;
      return;
    }

  sa_archive_detach (self);
}

/**
 * sa_archive_steal_bytes:
 * @self: an archive that stores in memory
 * @error: return location for an error
 *
 * Takes out what was stored so far; the archive goes on empty.
 *
 * Fails with %SA_ARCHIVE_ERROR_NOT_SUPPORTED if the archive is not one of sa_archive_new_store_bytes(), with
 * %SA_ARCHIVE_ERROR_BUSY in a transaction, and with the error that sticks, if there is one.
 *
 * Returns: (transfer full): the bytes, or %NULL on error
 * Since: 1.0
 */
GBytes *
sa_archive_steal_bytes (SaArchive *self,
                        GError **error)
{
  SaArchivePrivate *priv;
  gsize size;
  guint8 *data;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);

  priv = sa_archive_get_priv (self);
  if (!sa_archive_check_storing (self, error))
    return NULL;

  if (priv->stream != NULL)
    {
      sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_NOT_SUPPORTED,
                            _("This archive stores to a stream; flush it instead"));
      return NULL;
    }

  if (priv->marks != NULL && priv->marks->len > 0)
    {
      sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_BUSY,
                            _("A transaction is open; commit it or roll it back before"));
      return NULL;
    }

  size = sa_archive_get_buffered (self);
  data = size > 0 ? g_memdup2 (priv->buffer, size) : NULL;
  sa_archive_drop_buffer (self);

  return g_bytes_new_take (data, size);
}

/**
 * sa_archive_steal_buffered:
 * @self: a loading archive
 * @error: return location for an error
 *
 * Takes out what was read ahead and not consumed, for whoever reads the stream from here on: a TLS connection
 * that is started in the middle of a stream, or raw data. The archive goes on behind it.
 *
 * While #SaArchive:read-ahead is set the archive would go on reading what belongs to somebody else: set it to
 * %FALSE before.
 *
 * Fails with %SA_ARCHIVE_ERROR_WRITE_ONLY if the archive stores, with %SA_ARCHIVE_ERROR_BUSY in a
 * transaction, with %SA_ARCHIVE_ERROR_CLOSED, and with the error that sticks, if there is one.
 * %SA_ARCHIVE_ERROR_BUSY also says that a read is under way which may bring more: try again in a later turn
 * of the main loop. That can only be where the stream cannot be polled, after reading ahead was ended or
 * during a fill.
 *
 * Returns: (transfer full): the bytes, which may be none, or %NULL on error
 * Since: 1.0
 */
GBytes *
sa_archive_steal_buffered (SaArchive *self,
                           GError **error)
{
  SaArchivePrivate *priv;
  GBytes *bytes;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);

  priv = sa_archive_get_priv (self);
  if (!sa_archive_check_loading (self, error))
    return NULL;

  if (priv->marks != NULL && priv->marks->len > 0)
    {
      sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_BUSY,
                            _("A transaction is open; commit it or roll it back before"));
      return NULL;
    }

  if (!sa_archive_feed_check_idle (self, error))
    return NULL;

  bytes = g_bytes_new (self->cur, sa_archive_get_buffered (self));
  self->cur = priv->data_end;
  sa_archive_drop_buffer (self);

  return bytes;
}
