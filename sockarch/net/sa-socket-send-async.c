/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-impl-private.h"

/* sa_socket_send_async (): an entry of the queue that ends a task.  */

typedef struct
{
  SaSendEntry entry;   /* what stands in the queue */
  SaTimer timer;       /* SaSocket:timeout */
  GOutputVector vector; /* the copied bytes */
  struct sockaddr *receiver; /* whom a datagram goes to, or NULL: the peer */
  GTask *task;         /* holds the socket */
  gulong cancelled_id; /* the handler of GCancellable::cancelled */
} SaSendCall;

static void
finish_call (SaSendCall *call,
             const GError *error)
{
  /* First, since it waits for a handler in another thread, which still looks at the call.  */
  g_cancellable_disconnect (g_task_get_cancellable (call->task), call->cancelled_id);
  sa_timer_stop (&call->timer);

  g_autoptr (GTask) task = g_steal_pointer (&call->task);

  if (error == NULL)
    g_task_return_int (task, (gssize) call->vector.size);
  else
    g_task_return_error (task, g_error_copy (error));

  g_free ((gpointer) call->vector.buffer);
  g_free (call->receiver);
  g_free (call);
}

static void
on_entry_done (SaSendEntry *entry,
               const GError *error)
{
  SaSendCall *call = (SaSendCall *) (void *) ((char *) entry - G_STRUCT_OFFSET (SaSendCall, entry));
  g_autoptr (GError) local = NULL;

  if (error != NULL && entry->sent > 0)
    {
      local = g_error_copy (error);
      g_prefix_error (&local, _("After %zu of %zu bytes were sent: "),
                      entry->sent, entry->length);
    }

  finish_call (call, local != NULL ? local : error);
}

static void
on_timer (SaTimer *timer)
{
  SaSendCall *call = (SaSendCall *) (void *) ((char *) timer - G_STRUCT_OFFSET (SaSendCall, timer));
  SaSocket *self = SA_SOCKET (timer->owner);
  g_autoptr (GError) error = NULL;

  /* Half a message would be worse than a late one.  */
  if (!sa_socket_remove_entry (self, &call->entry))
    return;

  error = g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, _("Nothing happened for %u milliseconds"),
                       sa_socket_private (self)->settings.timeout);
  finish_call (call, error);
}

static void
on_cancelled (GCancellable *cancellable,
              gpointer data)
{
  SaSendCall *call = data;

  sa_socket_cancel_entry (SA_SOCKET (g_task_get_source_object (call->task)), &call->entry);
}

static SaSendCall *
make_call (SaSocket *self,
           GSocketAddress *address,
           const guint8 *data,
           gsize length,
           GError **error)
{
  gssize size = address != NULL ? g_socket_address_get_native_size (address) : 0;
  g_autofree struct sockaddr *receiver = size > 0 ? g_malloc0 ((gsize) size) : NULL;
  SaSendCall *call;

  if (size > 0 && !g_socket_address_to_native (address, receiver, (gsize) size, error))
    return NULL;

  call = g_new0 (SaSendCall, 1);
  call->receiver = g_steal_pointer (&receiver);
  call->vector.buffer = g_memdup2 (data, length);
  call->vector.size = length;
  call->entry.func = on_entry_done;
  call->entry.vectors = &call->vector;
  call->entry.n_vectors = 1;
  call->entry.receiver = call->receiver;
  call->entry.receiver_size = (socklen_t) size;
  sa_timer_init (&call->timer, G_OBJECT (self), on_timer);

  return call;
}

/* Begins to send for the task, which is taken. @address may be NULL: the peer.  */
void
sa_socket_send_for_task (SaSocket *self,
                         GTask *task,
                         GSocketAddress *address,
                         const guint8 *data,
                         gsize length)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;
  SaSendCall *call = NULL;

  g_task_set_priority (task, priv->priority);
  /* What was sent was sent, whatever was cancelled since.  */
  g_task_set_check_cancellable (task, FALSE);
  if (!g_cancellable_set_error_if_cancelled (cancellable, &error) &&
      (address == NULL || sa_socket_check_receiver (self, address, &error)) &&
      sa_socket_check_send (self, &error))
    call = make_call (self, address, data, length, &error);
  if (call == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }

  call->task = task;
  if (priv->settings.timeout > 0)
    sa_timer_start (&call->timer, priv->poller, sa_socket_deadline (self));

  sa_socket_queue_entry (self, &call->entry);
  if (cancellable != NULL)
    call->cancelled_id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), call, NULL);
}

/**
 * sa_socket_send_async:
 * @self: a connected #SaSocket
 * @data: (array length=length) (element-type guint8): the bytes, copied if they cannot be sent at once
 * @length: how many bytes
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @callback: (scope async) (nullable): called when the call is done
 * @user_data: data for @callback
 *
 * Sends bytes without waiting; @callback is called when the kernel has all of them. Several such calls may be
 * begun, and are served in order; #SaSocket:high-water-mark does not limit them. A call that is cancelled
 * before its first byte was sent sends nothing; later it cannot be cancelled, since half a message would be
 * sent.
 *
 * Since: 1.0
 */
void
sa_socket_send_async (SaSocket *self,
                      const guint8 *data,
                      gsize length,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SA_IS_SOCKET (self));
  g_return_if_fail (data != NULL || length == 0);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sa_socket_send_async);
  sa_socket_send_for_task (self, task, NULL, data, length);
}

/**
 * sa_socket_send_finish:
 * @self: a #SaSocket
 * @result: the #GAsyncResult that the callback was given
 * @error: return location for a #GError
 *
 * Ends sa_socket_send_async().
 *
 * Returns: the number of bytes, all that were given, or -1 on error
 * Since: 1.0
 */
gssize
sa_socket_send_finish (SaSocket *self,
                       GAsyncResult *result,
                       GError **error)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), -1);
  g_return_val_if_fail (g_task_is_valid (result, self), -1);

  return g_task_propagate_int (G_TASK (result), error);
}
