/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-archive-async.h"
#include "sockarch/archive/sa-archive-private.h"
#include "sockarch/sa-i18n-private.h"

/* Flushing and closing an archive without waiting.  */

/* The bytes that a flush_async sends, which belong to it meanwhile.  */
typedef struct
{
  guint8 *data;
  gsize size;
  gsize capacity;
  /* How many of them the stream has.  */
  gsize sent;
  /* Kept alive, since the archive may be closed before all is sent.  */
  GObject *stream;
  GOutputStream *output;
  /* Close the archive afterwards.  */
  gboolean closing;
} FlushOperation;

static void
flush_operation_free (gpointer data)
{
  FlushOperation *operation = data;

  sa_archive_free_buffer (operation->data, operation->capacity);
  g_clear_object (&operation->stream);
  g_free (operation);
}

static void send_output (GTask *task);

static gboolean
check_no_flush (SaArchivePrivate *priv,
                GError **error)
{
  if (priv->flush_task == NULL)
    return TRUE;

  g_set_error_literal (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BUSY, _("A flush is under way already"));

  return FALSE;
}

/* Closes behind the flush. What was stored while that was under way is sent before, without waiting either:
 * FALSE then.  */
static gboolean
finish_close (SaArchive *self,
              GTask *task,
              GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  /* Objects that go with a transaction may close the archive, or begin another flush.  */
  sa_archive_forget_transactions (self);
  if (priv->closed)
    {
      sa_archive_check_not_lost (priv, error);
      return TRUE;
    }
  if (!check_no_flush (priv, error))
    return TRUE;

  if (sa_archive_get_buffered (self) > 0)
    {
      send_output (task);
      return FALSE;
    }

  sa_archive_detach (self);
  return TRUE;
}

/* Ends a flush. What was not sent goes back before what was stored meanwhile.  */
static void
finish_flush (GTask *task,
              gsize sent,
              GError *error)
{
  SaArchive *self = g_task_get_source_object (task);
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  FlushOperation *operation = g_task_get_task_data (task);

  priv->flush_task = NULL;
  if (sent < operation->size && !priv->closed)
    sa_archive_unsend (self, operation->data + sent, operation->size - sent);

  if (operation->closing && !priv->closed)
    {
      if (error == NULL)
        sa_archive_check_error (self, &error);
      if (error != NULL)
        sa_archive_abort (self);
      else if (!finish_close (self, task, &error))
        return;
    }

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_stream_flushed (GObject *source,
                   GAsyncResult *result,
                   gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  FlushOperation *operation = g_task_get_task_data (task);
  GError *error = NULL;

  g_output_stream_flush_finish (G_OUTPUT_STREAM (source), result, &error);
  finish_flush (task, operation->size, error);
}

static void
flush_stream (GTask *task)
{
  FlushOperation *operation = g_task_get_task_data (task);

  g_output_stream_flush_async (operation->output, g_task_get_priority (task), g_task_get_cancellable (task),
                               on_stream_flushed, g_object_ref (task));
}

static void write_rest (GTask *task);

static void
on_written (GObject *source,
            GAsyncResult *result,
            gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  FlushOperation *operation = g_task_get_task_data (task);
  GError *error = NULL;
  gssize n;

  /* What was sent before it was cancelled must not be sent again.  */
  if (G_IS_TASK (result))
    g_task_set_check_cancellable (G_TASK (result), FALSE);
  n = g_output_stream_write_finish (G_OUTPUT_STREAM (source), result, &error);
  if (n < 0)
    {
      finish_flush (task, operation->sent, error);
      return;
    }

  operation->sent += (gsize) n;
  if (operation->sent < operation->size)
    write_rest (task);
  else
    flush_stream (task);
}

/* g_output_stream_write_all_async () does not know what the write that was cancelled has sent.  */
static void
write_rest (GTask *task)
{
  FlushOperation *operation = g_task_get_task_data (task);

  g_output_stream_write_async (operation->output, operation->data + operation->sent,
                               operation->size - operation->sent, g_task_get_priority (task),
                               g_task_get_cancellable (task), on_written, g_object_ref (task));
}

/* Sends what there is, as the operation of @task.  */
static void
send_output (GTask *task)
{
  SaArchive *self = g_task_get_source_object (task);
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  FlushOperation *operation = g_task_get_task_data (task);

  sa_archive_free_buffer (operation->data, operation->capacity);
  operation->data = sa_archive_lend_output (self, &operation->size, &operation->capacity);
  operation->sent = 0;

  priv->flush_task = task;
  if (operation->size == 0)
    flush_stream (task);
  else
    write_rest (task);
}

/* Begins a flush, and the close after it. @task says how it went.  */
static void
start_flush (SaArchive *self,
             GTask *task,
             gboolean closing)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  FlushOperation *operation;
  GError *error = NULL;

  if (!check_no_flush (priv, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  operation = g_new0 (FlushOperation, 1);
  operation->closing = closing;
  operation->output = priv->output;
  operation->stream = g_object_ref (priv->stream);
  g_task_set_task_data (task, operation, flush_operation_free);
  send_output (task);
}

/**
 * sa_archive_flush_async:
 * @self: an archive
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @callback: (scope async): what to call when it is done
 * @user_data: (closure): what to give to @callback
 *
 * Sends all that is in the buffer, without waiting; see sa_archive_flush(). Values can be stored meanwhile:
 * they are for the next flush. Only one flush can be under way.
 *
 * Since: 1.0
 */
void
sa_archive_flush_async (SaArchive *self,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  SaArchivePrivate *priv;
  GError *error = NULL;

  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sa_archive_flush_async);
  g_task_set_check_cancellable (task, FALSE);

  priv = sa_archive_get_priv (self);
  if (priv->mode == SA_ARCHIVE_STORE && priv->output != NULL && sa_archive_check_storing (self, &error))
    start_flush (self, task, FALSE);
  else if (error == NULL && sa_archive_flush (self, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * sa_archive_flush_finish:
 * @self: an archive
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Ends what sa_archive_flush_async() began.
 *
 * Fails as sa_archive_flush(), with %G_IO_ERROR_CANCELLED, and with %SA_ARCHIVE_ERROR_BUSY if a flush was
 * under way already. What was not sent is in the buffer again.
 *
 * Returns: %TRUE if all was sent
 * Since: 1.0
 */
gboolean
sa_archive_flush_finish (SaArchive *self,
                         GAsyncResult *result,
                         GError **error)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Whether closing the archive has to send something first, and can.  */
static gboolean
can_flush (const SaArchivePrivate *priv)
{
  return priv->output != NULL && !priv->closed && !priv->busy && priv->error == NULL;
}

/**
 * sa_archive_close_async:
 * @self: an archive
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @callback: (scope async): what to call when it is done
 * @user_data: (closure): what to give to @callback
 *
 * Flushes and ends the archive, without waiting; see sa_archive_close(). What is stored before that is done
 * is sent too.
 *
 * Since: 1.0
 */
void
sa_archive_close_async (SaArchive *self,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  SaArchivePrivate *priv;
  GError *error = NULL;

  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sa_archive_close_async);
  g_task_set_check_cancellable (task, FALSE);

  priv = sa_archive_get_priv (self);
  if (can_flush (priv) && priv->flush_task == NULL)
    {
      if (priv->depth > 0)
        {
          /* The rest of the object would go without its beginning.  */
          g_task_return_new_error (task, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BUSY,
                                   _("An object is being stored: close the archive when that is done"));
          return;
        }

      /* What objects that go with a transaction do to the archive is seen below.  */
      sa_archive_forget_transactions (self);
      sa_archive_check_not_lost (priv, &error);
    }

  if (can_flush (priv))
    {
      start_flush (self, task, TRUE);
    }
  else if (error == NULL && sa_archive_close (self, &error))
    {
      g_task_return_boolean (task, TRUE);
    }
  else
    {
      g_task_return_error (task, error);
    }
}

/**
 * sa_archive_close_finish:
 * @self: an archive
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Ends what sa_archive_close_async() began. The archive is closed in any case, but for
 * %SA_ARCHIVE_ERROR_BUSY, which says that a flush is under way, or that the call came from the code of an
 * object that is being stored.
 *
 * Returns: %TRUE if nothing was lost
 * Since: 1.0
 */
gboolean
sa_archive_close_finish (SaArchive *self,
                         GAsyncResult *result,
                         GError **error)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
