/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-output-stream-private.h"

#include "sockarch/sa-stream-result-private.h"
#include "sockarch/net/sa-stream-source-private.h"
#include "sockarch/sa-i18n-private.h"

struct _SaSocketOutputStream
{
  GOutputStream parent;

  SaSocketLink *link;          /* the way to the socket; has the pending write */
  SaStreamResult *result;      /* of the pending write, or NULL */
  SaStreamResult *free_result; /* one that can be used again, or NULL */
  GOutputVector one;           /* the bytes of a write that has not got vectors of its own */
  SaTimer timer;               /* ends the pending write after SaSocket:timeout */
  SaCancel cancel;             /* ends it when its cancellable is cancelled */
  gboolean letting_go;         /* GOutputStream closes itself when it goes: the socket stays */
};

static void sa_socket_output_stream_pollable_iface_init (GPollableOutputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SaSocketOutputStream, sa_socket_output_stream, G_TYPE_OUTPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM,
                                                      sa_socket_output_stream_pollable_iface_init))

/* Waiting calls */

static gboolean
sa_socket_output_stream_writev (GOutputStream *stream,
                                const GOutputVector *vectors,
                                gsize n_vectors,
                                gsize *bytes_written,
                                GCancellable *cancellable,
                                GError **error)
{
  SaSocketOutputStream *self = SA_SOCKET_OUTPUT_STREAM (stream);
  GError *failure = NULL;
  gsize sent = 0;

  if (!sa_socket_link_check (self->link, error))
    return FALSE;

  if (!sa_socket_send_vectors (self->link->socket, vectors, n_vectors, &sent, cancellable, &failure))
    {
      gboolean passing = g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) ||
                         g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CANCELLED);

      /* A wait that was ended in the middle: the caller has to know where. The next call will say why.  */
      if (!passing || sent == 0)
        {
          g_propagate_error (error, failure);
          return FALSE;
        }
      g_error_free (failure);
    }
  else
    {
      sent = sa_send_vectors_length (vectors, n_vectors);
    }

  if (bytes_written != NULL)
    *bytes_written = sent;

  return TRUE;
}

static gssize
sa_socket_output_stream_write (GOutputStream *stream,
                               const void *buffer,
                               gsize count,
                               GCancellable *cancellable,
                               GError **error)
{
  GOutputVector vector = { buffer, count };
  gsize written;

  if (!sa_socket_output_stream_writev (stream, &vector, 1, &written, cancellable, error))
    return -1;

  return (gssize) written;
}

/* The FIN follows what is queued; nothing waits for it.  */
static gboolean
sa_socket_output_stream_close (GOutputStream *stream,
                               GCancellable *cancellable,
                               GError **error)
{
  SaSocketOutputStream *self = SA_SOCKET_OUTPUT_STREAM (stream);

  if (self->letting_go || !sa_socket_link_is_open (self->link))
    return TRUE;

  return sa_socket_end_sending (self->link->socket, error);
}

/* Asynchronous calls */

/* Ends the pending write, and calls back from here.  */
static void
complete (SaSocketOutputStream *self,
          GError *error)
{
  gssize sent = error != NULL ? -1 : (gssize) self->link->write->entry.sent;

  sa_timer_stop (&self->timer);
  self->link->writer = NULL;
  sa_stream_result_return (g_steal_pointer (&self->result), &self->free_result, sent, error);
}

static void
on_sent (SaSendEntry *entry,
         const GError *error)
{
  SaSocketLink *link = ((SaSocketLinkWrite *) (gpointer) entry)->link;
  GError *failure = error != NULL ? g_error_copy (error) : NULL;

  if (failure != NULL && entry->sent > 0)
    g_prefix_error (&failure, _("After %zu of %zu bytes were sent: "), entry->sent,
                    entry->length);

  complete (link->writer, failure);
}

static void
start_timer (SaSocketOutputStream *self)
{
  guint timeout = sa_socket_get_timeout (self->link->socket);
  SaPoller *poller = sa_socket_get_poller (self->link->socket);

  if (timeout > 0 && poller != NULL)
    sa_timer_start (&self->timer, poller, g_get_monotonic_time () + (gint64) timeout * 1000);
}

/* Bytes that were sent cannot be taken back, and those behind them belong to them: such a write goes on.  */
static void
on_timeout (SaTimer *timer)
{
  SaSocketOutputStream *self =
    (SaSocketOutputStream *) (gpointer) ((char *) timer - G_STRUCT_OFFSET (SaSocketOutputStream, timer));

  if (self->result == NULL)
    return;

  if (!sa_socket_remove_entry (self->link->socket, &self->link->write->entry))
    {
      sa_socket_put_off (self->link->socket, &self->link->write->entry, timer);
      return;
    }

  complete (self, g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                               _("There was no room to send for %u milliseconds"),
                               sa_socket_get_timeout (self->link->socket)));
}

/* In any thread, and perhaps when nothing is pending any more.  */
static void
on_cancelled (GCancellable *cancellable,
              gpointer data)
{
  SaSocketLink *link = data;

  sa_socket_cancel_entry (link->socket, &link->write->entry);
}

/* GIO sees to it that nothing else is pending. The vectors stay the caller's until the callback, as its
 * contract says. What was sent is not untold because a cancellation followed it. There is no io_priority:
 * the priority is the socket's.  */
static void
begin (SaSocketOutputStream *self,
       const GOutputVector *vectors,
       gsize n_vectors,
       GCancellable *cancellable,
       GAsyncReadyCallback callback,
       gpointer user_data)
{
  SaSocketLink *link = self->link;
  GMainContext *context = link->socket != NULL ? sa_socket_get_context (link->socket) : NULL;
  SaStreamResult *result = sa_stream_result_begin (&self->free_result, self, context, callback, user_data);
  GError *error = NULL;

  if (link->write == NULL)
    link->write = g_new (SaSocketLinkWrite, 1);
  sa_cancel_keep (&self->cancel, cancellable);
  *link->write = (SaSocketLinkWrite) {
    { .func = on_sent, .vectors = vectors, .n_vectors = n_vectors }, link
  };

  /* Sending nothing tells whether anything can be sent.  */
  if (!sa_socket_link_check (link, &error) || g_cancellable_set_error_if_cancelled (cancellable, &error) ||
      !sa_socket_try_send_vectors (link->socket, NULL, 0, &error))
    {
      sa_stream_result_return_later (result, -1, error);
      return;
    }

  self->result = result;
  link->writer = self;
  start_timer (self);
  sa_cancel_set (&self->cancel, cancellable, G_CALLBACK (on_cancelled), link, sa_socket_link_ref,
                 sa_socket_link_unref);
  sa_socket_queue_entry (link->socket, &link->write->entry);
}

static void
sa_socket_output_stream_write_async (GOutputStream *stream,
                                     const void *buffer,
                                     gsize count,
                                     int priority,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  SaSocketOutputStream *self = SA_SOCKET_OUTPUT_STREAM (stream);

  self->one = (GOutputVector) { buffer, count };
  begin (self, &self->one, 1, cancellable, callback, user_data);
}

static gssize
sa_socket_output_stream_write_finish (GOutputStream *stream,
                                      GAsyncResult *result,
                                      GError **error)
{
  return sa_stream_result_propagate (result, stream, error);
}

static void
sa_socket_output_stream_writev_async (GOutputStream *stream,
                                      const GOutputVector *vectors,
                                      gsize n_vectors,
                                      int priority,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  begin (SA_SOCKET_OUTPUT_STREAM (stream), vectors, n_vectors, cancellable, callback, user_data);
}

static gboolean
sa_socket_output_stream_writev_finish (GOutputStream *stream,
                                       GAsyncResult *result,
                                       gsize *bytes_written,
                                       GError **error)
{
  gssize sent = sa_stream_result_propagate (result, stream, error);

  if (bytes_written != NULL)
    *bytes_written = (gsize) MAX (sent, 0);

  return sent >= 0;
}

/* Nothing is held back that would have to be flushed: without this function GIO would start a thread to
 * find out.  */
static void
sa_socket_output_stream_flush_async (GOutputStream *stream,
                                     int priority,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);

  g_task_set_source_tag (task, sa_socket_output_stream_flush_async);
  g_task_return_boolean (task, TRUE);
}

/* Closing does not wait: no thread is needed.  */
static void
sa_socket_output_stream_close_async (GOutputStream *stream,
                                     int priority,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);
  GError *error = NULL;

  g_task_set_source_tag (task, sa_socket_output_stream_close_async);
  g_task_set_check_cancellable (task, FALSE);
  if (sa_socket_output_stream_close (stream, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static gboolean
finish_boolean (GOutputStream *stream,
                GAsyncResult *result,
                GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, stream), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Pollable */

static gboolean
sa_socket_output_stream_is_writable (GPollableOutputStream *stream)
{
  SaSocketOutputStream *self = SA_SOCKET_OUTPUT_STREAM (stream);

  return !sa_socket_link_is_open (self->link) || sa_socket_is_writable (self->link->socket);
}

static GPollableReturn
sa_socket_output_stream_writev_nonblocking (GPollableOutputStream *stream,
                                            const GOutputVector *vectors,
                                            gsize n_vectors,
                                            gsize *bytes_written,
                                            GError **error)
{
  SaSocketOutputStream *self = SA_SOCKET_OUTPUT_STREAM (stream);
  g_autoptr (GError) failure = NULL;

  if (bytes_written != NULL)
    *bytes_written = 0;
  if (!sa_socket_link_check (self->link, error))
    return G_POLLABLE_RETURN_FAILED;

  if (sa_socket_try_send_vectors (self->link->socket, vectors, n_vectors, &failure))
    {
      if (bytes_written != NULL)
        *bytes_written = sa_send_vectors_length (vectors, n_vectors);
      return G_POLLABLE_RETURN_OK;
    }

  if (g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_POLLABLE_RETURN_WOULD_BLOCK;

  g_propagate_error (error, g_steal_pointer (&failure));

  return G_POLLABLE_RETURN_FAILED;
}

static gssize
sa_socket_output_stream_write_nonblocking (GPollableOutputStream *stream,
                                           const void *buffer,
                                           gsize count,
                                           GError **error)
{
  SaSocketOutputStream *self = SA_SOCKET_OUTPUT_STREAM (stream);
  GOutputVector vector = { buffer, count };

  if (!sa_socket_link_check (self->link, error) ||
      !sa_socket_try_send_vectors (self->link->socket, &vector, 1, error))
    return -1;

  return (gssize) count;
}

/* The descriptor alone says when there is room.  */
static gboolean
is_ready (gpointer stream)
{
  return FALSE;
}

static GSource *
sa_socket_output_stream_create_source (GPollableOutputStream *stream,
                                       GCancellable *cancellable)
{
  SaSocketOutputStream *self = SA_SOCKET_OUTPUT_STREAM (stream);

  return sa_stream_source_new (G_OBJECT (stream), self->link, G_IO_OUT, is_ready, cancellable);
}

static void
sa_socket_output_stream_pollable_iface_init (GPollableOutputStreamInterface *iface)
{
  iface->is_writable = sa_socket_output_stream_is_writable;
  iface->write_nonblocking = sa_socket_output_stream_write_nonblocking;
  iface->writev_nonblocking = sa_socket_output_stream_writev_nonblocking;
  iface->create_source = sa_socket_output_stream_create_source;
}

/* The object */

static void
sa_socket_output_stream_dispose (GObject *object)
{
  SaSocketOutputStream *self = SA_SOCKET_OUTPUT_STREAM (object);

  self->letting_go = TRUE;
  G_OBJECT_CLASS (sa_socket_output_stream_parent_class)->dispose (object);
}

static void
sa_socket_output_stream_finalize (GObject *object)
{
  SaSocketOutputStream *self = SA_SOCKET_OUTPUT_STREAM (object);

  g_clear_object (&self->free_result);
  sa_cancel_clear (&self->cancel);
  sa_socket_link_unref (self->link);

  G_OBJECT_CLASS (sa_socket_output_stream_parent_class)->finalize (object);
}

static void
sa_socket_output_stream_class_init (SaSocketOutputStreamClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GOutputStreamClass *stream_class = G_OUTPUT_STREAM_CLASS (klass);

  object_class->dispose = sa_socket_output_stream_dispose;
  object_class->finalize = sa_socket_output_stream_finalize;
  stream_class->write_fn = sa_socket_output_stream_write;
  stream_class->writev_fn = sa_socket_output_stream_writev;
  stream_class->close_fn = sa_socket_output_stream_close;
  stream_class->write_async = sa_socket_output_stream_write_async;
  stream_class->write_finish = sa_socket_output_stream_write_finish;
  stream_class->writev_async = sa_socket_output_stream_writev_async;
  stream_class->writev_finish = sa_socket_output_stream_writev_finish;
  stream_class->flush_async = sa_socket_output_stream_flush_async;
  stream_class->flush_finish = finish_boolean;
  stream_class->close_async = sa_socket_output_stream_close_async;
  stream_class->close_finish = finish_boolean;
}

static void
sa_socket_output_stream_init (SaSocketOutputStream *self)
{
  sa_timer_init (&self->timer, G_OBJECT (self), on_timeout);
}

GOutputStream *
sa_socket_output_stream_new (SaSocketLink *link)
{
  SaSocketOutputStream *self = g_object_new (SA_TYPE_SOCKET_OUTPUT_STREAM, NULL);

  self->link = sa_socket_link_ref (link);

  return G_OUTPUT_STREAM (self);
}
