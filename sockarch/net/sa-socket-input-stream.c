/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-input-stream-private.h"

#include "sockarch/sa-stream-result-private.h"
#include "sockarch/net/sa-stream-source-private.h"
#include "sockarch/sa-await-private.h"
#include "sockarch/sa-i18n-private.h"
#include "sockarch/sa-unread-private.h"

#include <string.h>

/* What is skipped has to be received somewhere.  */
#define SKIP_SIZE 16384

struct _SaSocketInputStream
{
  GInputStream parent;

  SaSocketLink *link;          /* the way to the socket; has the pending read */
  GByteArray *unread;          /* bytes that were put back, to be read before the socket's; NULL if none */
  SaStreamResult *result;      /* of the pending read, or NULL */
  SaStreamResult *free_result; /* one that can be used again, or NULL */
  SaAwaitFunc await;           /* instead of a read: who wants to know when bytes come; NULL if nobody does */
  gpointer await_data;         /* what to give to it */
  void *buffer;                /* where the pending read goes; NULL: nowhere, the bytes are skipped */
  gsize size;                  /* how much is wanted at most */
  SaTimer *timer;              /* ends the pending read after SaSocket:timeout; NULL: none had one */
  SaCancel cancel;             /* ends it when its cancellable is cancelled */
  gboolean letting_go;         /* GInputStream closes itself when it goes: the socket stays */
};

static void sa_socket_input_stream_pollable_iface_init (GPollableInputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SaSocketInputStream, sa_socket_input_stream, G_TYPE_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                                                      sa_socket_input_stream_pollable_iface_init))

/* Bytes put back are kept in reverse, so that putting back and taking are both at the end of the array.  */
static void
reverse (guint8 *bytes,
         gsize length)
{
  for (gsize i = 0; i < length / 2; i++)
    {
      guint8 byte = bytes[i];

      bytes[i] = bytes[length - 1 - i];
      bytes[length - 1 - i] = byte;
    }
}

static gboolean
has_unread (gpointer self)
{
  return ((SaSocketInputStream *) self)->unread != NULL;
}

static gsize
take_unread (SaSocketInputStream *self,
             void *buffer,
             gsize size)
{
  gsize n = MIN (size, self->unread->len);
  gsize left = self->unread->len - n;

  if (buffer != NULL && n > 0)
    {
      memcpy (buffer, self->unread->data + left, n);
      reverse (buffer, n);
    }
  g_byte_array_set_size (self->unread, (guint) left);
  if (left == 0)
    g_clear_pointer (&self->unread, g_byte_array_unref);

  return n;
}

gboolean
sa_socket_input_stream_unread (SaSocketInputStream *self,
                               const guint8 *data,
                               gsize length,
                               GError **error)
{
  gsize old = self->unread != NULL ? self->unread->len : 0;

  if (!sa_socket_link_check (self->link, error))
    return FALSE;

  if (g_input_stream_is_closed (G_INPUT_STREAM (self)))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, _("The input of the socket file is closed"));
      return FALSE;
    }

  if (g_input_stream_has_pending (G_INPUT_STREAM (self)))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PENDING,
                           _("Bytes cannot be put back while a read is pending: wait for its end"));
      return FALSE;
    }

  if (length > G_MAXUINT - old)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                   _("Cannot put %zu bytes back: there would be more than 4 GiB of them"), length);
      return FALSE;
    }

  if (length == 0)
    return TRUE;

  if (self->unread == NULL)
    self->unread = g_byte_array_new ();
  g_byte_array_append (self->unread, data, (guint) length);
  reverse (self->unread->data + old, length);

  return TRUE;
}

/* The contract of sa-unread-private.h.  */
static gboolean
unread_func (GInputStream *stream,
             const guint8 *data,
             gsize length)
{
  return sa_socket_input_stream_unread (SA_SOCKET_INPUT_STREAM (stream), data, length, NULL);
}

/* Waiting calls */

static gssize
sa_socket_input_stream_read (GInputStream *stream,
                             void *buffer,
                             gsize count,
                             GCancellable *cancellable,
                             GError **error)
{
  SaSocketInputStream *self = SA_SOCKET_INPUT_STREAM (stream);

  if (!sa_socket_link_check (self->link, error))
    return -1;

  if (self->unread != NULL)
    return (gssize) take_unread (self, buffer, count);

  return sa_socket_receive (self->link->socket, buffer, count, cancellable, error);
}

/* Skips what is there, as a read does: GInputStream's own function would wait for all of it.  */
static gssize
sa_socket_input_stream_skip (GInputStream *stream,
                             gsize count,
                             GCancellable *cancellable,
                             GError **error)
{
  char dropped[SKIP_SIZE];

  return sa_socket_input_stream_read (stream, dropped, MIN (count, sizeof dropped), cancellable, error);
}

static gboolean
sa_socket_input_stream_close (GInputStream *stream,
                              GCancellable *cancellable,
                              GError **error)
{
  SaSocketInputStream *self = SA_SOCKET_INPUT_STREAM (stream);

  g_clear_pointer (&self->unread, g_byte_array_unref);
  if (!self->letting_go && sa_socket_link_is_open (self->link))
    sa_socket_shutdown (self->link->socket, SA_SHUTDOWN_RECEIVES, NULL);

  return TRUE;
}

/* Asynchronous calls */

static void
stop_timer (SaSocketInputStream *self)
{
  if (self->timer != NULL)
    sa_timer_stop (self->timer);
}

/* Ends the pending read, and calls back from here.  */
static void
complete (SaSocketInputStream *self,
          gssize n,
          GError *error)
{
  stop_timer (self);
  self->link->reader = NULL;
  self->buffer = NULL;
  sa_stream_result_return (g_steal_pointer (&self->result), &self->free_result, n, error);
}

static gboolean
on_readable (SaSocket *socket,
             SaSocketOp *op,
             const GError *error)
{
  SaSocketLink *link = (SaSocketLink *) (gpointer) ((char *) op - G_STRUCT_OFFSET (SaSocketLink, read));
  SaSocketInputStream *self = link->reader;
  GError *failure = error != NULL ? g_error_copy (error) : NULL;
  char dropped[SKIP_SIZE];
  gssize n = SA_SOCKET_FAILED;

  if (failure == NULL && self->buffer != NULL)
    n = sa_socket_try_receive (socket, self->buffer, self->size, &failure);
  else if (failure == NULL)
    n = sa_socket_try_receive (socket, dropped, MIN (self->size, sizeof dropped), &failure);

  if (n == SA_SOCKET_WOULD_BLOCK)
    return FALSE;

  complete (self, n, failure);

  return TRUE;
}

/* Ends the wait for bytes; what is called may begin another one, or drop the stream.  */
static void
tell_awaiting (SaSocketInputStream *self,
               const GError *error)
{
  SaAwaitFunc await = g_steal_pointer (&self->await);

  stop_timer (self);
  self->link->reader = NULL;
  g_input_stream_clear_pending (G_INPUT_STREAM (self));
  await (self->await_data, error);
}

static gboolean
on_awaited (SaSocket *socket,
            SaSocketOp *op,
            const GError *error)
{
  SaSocketLink *link = (SaSocketLink *) (gpointer) ((char *) op - G_STRUCT_OFFSET (SaSocketLink, read));

  tell_awaiting (link->reader, error);

  return TRUE;
}

static void
on_timeout (SaTimer *timer)
{
  SaSocketInputStream *self = SA_SOCKET_INPUT_STREAM (timer->owner);

  if (self->link->reader != self || !sa_socket_remove_op (self->link->socket, &self->link->read))
    return;

  g_autoptr (GError) error =
    g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, _("Nothing came for %u milliseconds"),
                 sa_socket_get_timeout (self->link->socket));

  if (self->await != NULL)
    tell_awaiting (self, error);
  else
    complete (self, -1, g_steal_pointer (&error));
}

static void
start_timer (SaSocketInputStream *self)
{
  guint timeout = sa_socket_get_timeout (self->link->socket);
  SaPoller *poller = sa_socket_get_poller (self->link->socket);

  if (timeout == 0 || poller == NULL)
    return;

  if (self->timer == NULL)
    {
      self->timer = g_new (SaTimer, 1);
      sa_timer_init (self->timer, G_OBJECT (self), on_timeout);
    }
  sa_timer_start (self->timer, poller, g_get_monotonic_time () + (gint64) timeout * 1000);
}

/* In any thread, and perhaps when nothing is pending any more.  */
static void
on_cancelled (GCancellable *cancellable,
              gpointer data)
{
  SaSocketLink *link = data;

  sa_socket_cancel_op (link->socket, &link->read);
}

/* GIO sees to it that nothing else is pending. What was received is never thrown away because a
 * cancellation followed it. There is no io_priority: the priority is the socket's.  */
static void
begin (SaSocketInputStream *self,
       void *buffer,
       gsize size,
       GCancellable *cancellable,
       GAsyncReadyCallback callback,
       gpointer user_data)
{
  SaSocketLink *link = self->link;
  GMainContext *context = link->socket != NULL ? sa_socket_get_context (link->socket) : NULL;
  SaStreamResult *result = sa_stream_result_begin (&self->free_result, self, context, callback, user_data);
  GError *error = NULL;

  sa_cancel_keep (&self->cancel, cancellable);
  link->read = (SaSocketOp) { .func = on_readable };
  if (!sa_socket_link_check (link, &error) || g_cancellable_set_error_if_cancelled (cancellable, &error))
    {
      sa_stream_result_return_later (result, -1, error);
      return;
    }

  if (self->unread != NULL)
    {
      sa_stream_result_return_later (result, (gssize) take_unread (self, buffer, size), NULL);
      return;
    }

  self->result = result;
  self->buffer = buffer;
  self->size = size;
  link->reader = self;
  start_timer (self);
  sa_cancel_set (&self->cancel, cancellable, G_CALLBACK (on_cancelled), link, sa_socket_link_ref,
                 sa_socket_link_unref);
  sa_socket_add_op (link->socket, &link->read);
}

static void
sa_socket_input_stream_read_async (GInputStream *stream,
                                   void *buffer,
                                   gsize count,
                                   int priority,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  begin (SA_SOCKET_INPUT_STREAM (stream), buffer, count, cancellable, callback, user_data);
}

static gssize
sa_socket_input_stream_read_finish (GInputStream *stream,
                                    GAsyncResult *result,
                                    GError **error)
{
  return sa_stream_result_propagate (result, stream, error);
}

static void
sa_socket_input_stream_skip_async (GInputStream *stream,
                                   gsize count,
                                   int priority,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  begin (SA_SOCKET_INPUT_STREAM (stream), NULL, count, cancellable, callback, user_data);
}

/* The contract of sa-await-private.h. Who waits holds the stream.  */

static gboolean
await_begin (GInputStream *stream,
             SaAwaitFunc func,
             gpointer data)
{
  SaSocketInputStream *self = SA_SOCKET_INPUT_STREAM (stream);
  SaSocketLink *link = self->link;
  GMainContext *context = g_main_context_get_thread_default ();

  if (self->unread != NULL || !sa_socket_link_check (link, NULL) ||
      sa_socket_get_context (link->socket) != (context != NULL ? context : g_main_context_default ()) ||
      !g_input_stream_set_pending (stream, NULL))
    return FALSE;

  sa_cancel_clear (&self->cancel);
  self->await = func;
  self->await_data = data;
  link->reader = self;
  link->read = (SaSocketOp) { .func = on_awaited };
  start_timer (self);
  sa_socket_add_op (link->socket, &link->read);

  return TRUE;
}

static gssize
await_read (GInputStream *stream,
            void *buffer,
            gsize size,
            GError **error)
{
  SaSocketInputStream *self = SA_SOCKET_INPUT_STREAM (stream);

  if (!sa_socket_link_check (self->link, error))
    return -1;

  return self->unread != NULL ? (gssize) take_unread (self, buffer, size)
                              : sa_socket_try_receive (self->link->socket, buffer, size, error);
}

static void
await_end (GInputStream *stream)
{
  SaSocketInputStream *self = SA_SOCKET_INPUT_STREAM (stream);

  stop_timer (self);
  sa_socket_remove_op (self->link->socket, &self->link->read);
  self->link->reader = NULL;
  self->await = NULL;
  g_input_stream_clear_pending (stream);
}

static void
await_cancel (GInputStream *stream)
{
  on_cancelled (NULL, SA_SOCKET_INPUT_STREAM (stream)->link);
}

static const SaAwaitFuncs await_funcs = { await_begin, await_read, await_end, await_cancel };

/* Closing does not wait: no thread is needed.  */
static void
sa_socket_input_stream_close_async (GInputStream *stream,
                                    int priority,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);

  g_task_set_source_tag (task, sa_socket_input_stream_close_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_return_boolean (task, sa_socket_input_stream_close (stream, cancellable, NULL));
}

static gboolean
sa_socket_input_stream_close_finish (GInputStream *stream,
                                     GAsyncResult *result,
                                     GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, stream), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Pollable */

static gboolean
sa_socket_input_stream_is_readable (GPollableInputStream *stream)
{
  SaSocketInputStream *self = SA_SOCKET_INPUT_STREAM (stream);

  return self->unread != NULL || !sa_socket_link_is_open (self->link) ||
         sa_socket_is_readable (self->link->socket);
}

static gssize
sa_socket_input_stream_read_nonblocking (GPollableInputStream *stream,
                                         void *buffer,
                                         gsize count,
                                         GError **error)
{
  SaSocketInputStream *self = SA_SOCKET_INPUT_STREAM (stream);

  if (!sa_socket_link_check (self->link, error))
    return -1;

  if (self->unread != NULL)
    return (gssize) take_unread (self, buffer, count);

  gssize n = sa_socket_try_receive (self->link->socket, buffer, count, error);
  if (n != SA_SOCKET_WOULD_BLOCK)
    return n;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, _("Nothing is there yet"));

  return -1;
}

static GSource *
sa_socket_input_stream_create_source (GPollableInputStream *stream,
                                      GCancellable *cancellable)
{
  SaSocketInputStream *self = SA_SOCKET_INPUT_STREAM (stream);

  return sa_stream_source_new (G_OBJECT (stream), self->link, G_IO_IN, has_unread, cancellable);
}

static void
sa_socket_input_stream_pollable_iface_init (GPollableInputStreamInterface *iface)
{
  iface->is_readable = sa_socket_input_stream_is_readable;
  iface->read_nonblocking = sa_socket_input_stream_read_nonblocking;
  iface->create_source = sa_socket_input_stream_create_source;
}

/* The object */

static void
sa_socket_input_stream_dispose (GObject *object)
{
  SaSocketInputStream *self = SA_SOCKET_INPUT_STREAM (object);

  self->letting_go = TRUE;
  G_OBJECT_CLASS (sa_socket_input_stream_parent_class)->dispose (object);
}

static void
sa_socket_input_stream_finalize (GObject *object)
{
  SaSocketInputStream *self = SA_SOCKET_INPUT_STREAM (object);

  g_clear_pointer (&self->unread, g_byte_array_unref);
  g_clear_object (&self->free_result);
  g_clear_pointer (&self->timer, g_free);
  sa_cancel_clear (&self->cancel);
  sa_socket_link_unref (self->link);

  G_OBJECT_CLASS (sa_socket_input_stream_parent_class)->finalize (object);
}

static void
sa_socket_input_stream_class_init (SaSocketInputStreamClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GInputStreamClass *stream_class = G_INPUT_STREAM_CLASS (klass);

  object_class->dispose = sa_socket_input_stream_dispose;
  object_class->finalize = sa_socket_input_stream_finalize;
  sa_await_install (G_TYPE_FROM_CLASS (klass), &await_funcs);
  sa_unread_install (G_TYPE_FROM_CLASS (klass), unread_func);
  stream_class->read_fn = sa_socket_input_stream_read;
  stream_class->skip = sa_socket_input_stream_skip;
  stream_class->close_fn = sa_socket_input_stream_close;
  stream_class->read_async = sa_socket_input_stream_read_async;
  stream_class->read_finish = sa_socket_input_stream_read_finish;
  stream_class->skip_async = sa_socket_input_stream_skip_async;
  stream_class->skip_finish = sa_socket_input_stream_read_finish;
  stream_class->close_async = sa_socket_input_stream_close_async;
  stream_class->close_finish = sa_socket_input_stream_close_finish;
}

static void
sa_socket_input_stream_init (SaSocketInputStream *self)
{
}

GInputStream *
sa_socket_input_stream_new (SaSocketLink *link)
{
  SaSocketInputStream *self = g_object_new (SA_TYPE_SOCKET_INPUT_STREAM, NULL);

  self->link = sa_socket_link_ref (link);

  return G_INPUT_STREAM (self);
}
