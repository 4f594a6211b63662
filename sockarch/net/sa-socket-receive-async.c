/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-impl-private.h"

/* sa_socket_receive_async () and sa_socket_receive_from_async (): an operation that ends a task.  */

/* What sa_socket_receive_from_finish () gives.  */
typedef struct
{
  GBytes *bytes;
  GSocketAddress *address; /* NULL: the sender has none */
} SaDatagram;

typedef struct
{
  SaSocketOp op;       /* what stands in the socket's list */
  SaTimer timer;       /* SaSocket:timeout */
  GTask *task;         /* holds the socket */
  gsize size;          /* how much to receive at most; memory is made when something is there */
  gulong cancelled_id; /* the handler of GCancellable::cancelled */
  gboolean from;       /* the sender's address is wanted too */
} SaReceiveCall;

static void
datagram_free (gpointer data)
{
  SaDatagram *datagram = data;

  g_clear_pointer (&datagram->bytes, g_bytes_unref);
  g_clear_object (&datagram->address);
  g_free (datagram);
}

/* Both results are taken.  */
static void
finish_call (SaReceiveCall *call,
             GBytes *bytes,
             GSocketAddress *address,
             const GError *error)
{
  gboolean from = call->from;

  /* First, since it waits for a handler in another thread, which still looks at the call.  */
  g_cancellable_disconnect (g_task_get_cancellable (call->task), call->cancelled_id);
  sa_timer_stop (&call->timer);

  g_autoptr (GTask) task = g_steal_pointer (&call->task);

  g_free (call);

  if (error != NULL)
    {
      g_task_return_error (task, g_error_copy (error));
    }
  else if (from)
    {
      SaDatagram *datagram = g_new (SaDatagram, 1);

      *datagram = (SaDatagram){ bytes, address };
      g_task_return_pointer (task, datagram, datagram_free);
    }
  else
    {
      g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
    }
}

static gboolean
on_receivable (SaSocket *self,
               SaSocketOp *op,
               const GError *error)
{
  SaReceiveCall *call = (SaReceiveCall *) (void *) op;
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) local = NULL;
  gssize size, n;
  guint8 *data;

  if (error != NULL)
    {
      finish_call (call, NULL, NULL, error);
      return TRUE;
    }

  size = sa_socket_find_room_now (self, call->size);
  data = g_malloc ((gsize) MAX (size, 1));
  n = call->from ? sa_socket_try_receive_from (self, data, (gsize) size, &address, &local)
                 : sa_socket_try_receive (self, data, (gsize) size, &local);
  if (n < 0)
    {
      g_free (data);
      if (n == SA_SOCKET_WOULD_BLOCK)
        return FALSE;

      finish_call (call, NULL, NULL, local);
      return TRUE;
    }

  if (n < size / 2)
    data = g_realloc (data, (gsize) MAX (n, 1));
  finish_call (call, g_bytes_new_take (data, (gsize) n), g_steal_pointer (&address), NULL);

  return TRUE;
}

static void
on_timer (SaTimer *timer)
{
  SaReceiveCall *call = (SaReceiveCall *) (void *) ((char *) timer - G_STRUCT_OFFSET (SaReceiveCall, timer));
  SaSocket *self = SA_SOCKET (timer->owner);
  g_autoptr (GError) error = NULL;

  if (!sa_socket_remove_op (self, &call->op))
    return;

  error = g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, _("Nothing came for %u milliseconds"),
                       sa_socket_private (self)->settings.timeout);
  finish_call (call, NULL, NULL, error);
}

static void
on_cancelled (GCancellable *cancellable,
              gpointer data)
{
  SaReceiveCall *call = data;

  sa_socket_cancel_op (SA_SOCKET (g_task_get_source_object (call->task)), &call->op);
}

/* Waits for the task, which is taken.  */
static void
receive_for_task (SaSocket *self,
                  GTask *task,
                  gsize size,
                  gboolean from)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;
  SaReceiveCall *call;

  g_task_set_priority (task, priv->priority);
  /* What was received must reach the caller, whatever was cancelled since.  */
  g_task_set_check_cancellable (task, FALSE);
  if (g_cancellable_set_error_if_cancelled (cancellable, &error) ||
      !(from ? sa_socket_check_datagram (self, &error) : sa_socket_check_receive (self, &error)))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }

  call = g_new0 (SaReceiveCall, 1);
  call->op.func = on_receivable;
  call->size = size;
  call->from = from;
  call->task = task;
  sa_timer_init (&call->timer, G_OBJECT (self), on_timer);
  if (priv->settings.timeout > 0)
    sa_timer_start (&call->timer, priv->poller, sa_socket_deadline (self));
  if (cancellable != NULL)
    call->cancelled_id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), call, NULL);

  sa_socket_add_op (self, &call->op);
}

/**
 * sa_socket_receive_async:
 * @self: a connected #SaSocket
 * @size: how many bytes at most
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @callback: (scope async) (nullable): called when the call is done
 * @user_data: data for @callback
 *
 * Receives without waiting: @callback is called when there is at least one byte, or the end. Several such
 * calls may be begun, and are served in order. One that is cancelled has received nothing.
 *
 * Since: 1.0
 */
void
sa_socket_receive_async (SaSocket *self,
                         gsize size,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SA_IS_SOCKET (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sa_socket_receive_async);
  receive_for_task (self, task, size, FALSE);
}

/**
 * sa_socket_receive_finish:
 * @self: a #SaSocket
 * @result: the #GAsyncResult that the callback was given
 * @length: (out): return location for how many bytes were received
 * @error: return location for a #GError
 *
 * Ends sa_socket_receive_async().
 *
 * Returns: (array length=length) (element-type guint8) (transfer full): the bytes; none if the peer has
 *   finished sending. Free them with g_free().
 * Since: 1.0
 */
guint8 *
sa_socket_receive_finish (SaSocket *self,
                          GAsyncResult *result,
                          gsize *length,
                          GError **error)
{
  GBytes *bytes;

  g_return_val_if_fail (SA_IS_SOCKET (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (length != NULL, NULL);

  *length = 0;
  bytes = g_task_propagate_pointer (G_TASK (result), error);

  return bytes != NULL ? g_bytes_unref_to_data (bytes, length) : NULL;
}

/**
 * sa_socket_receive_from_async:
 * @self: a datagram #SaSocket
 * @size: how many bytes at most
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @callback: (scope async) (nullable): called when the call is done
 * @user_data: data for @callback
 *
 * Receives one datagram without waiting, and tells who sent it: @callback is called when one is there.
 * Several such calls, and those of sa_socket_receive_async(), may be begun, and are served in order. One that
 * is cancelled has received nothing.
 *
 * Since: 1.0
 */
void
sa_socket_receive_from_async (SaSocket *self,
                              gsize size,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SA_IS_SOCKET (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sa_socket_receive_from_async);
  receive_for_task (self, task, size, TRUE);
}

/**
 * sa_socket_receive_from_finish:
 * @self: a #SaSocket
 * @result: the #GAsyncResult that the callback was given
 * @length: (out): return location for how many bytes were received
 * @address: (out) (transfer full) (optional) (nullable): return location for the sender's address; %NULL if
 *   the sender has none, as a Unix socket that was not bound
 * @error: return location for a #GError
 *
 * Ends sa_socket_receive_from_async(), and fails as sa_socket_receive_from().
 *
 * Returns: (array length=length) (element-type guint8) (transfer full): the bytes, which may be none. Free
 *   them with g_free().
 * Since: 1.0
 */
guint8 *
sa_socket_receive_from_finish (SaSocket *self,
                               GAsyncResult *result,
                               gsize *length,
                               GSocketAddress **address,
                               GError **error)
{
  SaDatagram *datagram;
  guint8 *data;

  g_return_val_if_fail (SA_IS_SOCKET (self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, sa_socket_receive_from_async), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (length != NULL, NULL);

  *length = 0;
  if (address != NULL)
    *address = NULL;
  datagram = g_task_propagate_pointer (G_TASK (result), error);
  if (datagram == NULL)
    return NULL;

  data = g_bytes_unref_to_data (g_steal_pointer (&datagram->bytes), length);
  if (address != NULL)
    *address = g_steal_pointer (&datagram->address);
  datagram_free (datagram);

  return data;
}
