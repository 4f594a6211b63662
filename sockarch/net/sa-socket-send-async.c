/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-call-private.h"
#include "sockarch/net/sa-socket-impl-private.h"

/* sa_socket_send_async (): an entry of the queue that ends a task.  */

typedef struct
{
  SaSocketCall call;
  GOutputVector vector;      /* the copied bytes */
  struct sockaddr *receiver; /* whom a datagram goes to, or NULL: the peer */
} SaSendCall;

static void
clear (SaSocketCall *call)
{
  SaSendCall *send = (SaSendCall *) (void *) call;

  g_free ((gpointer) send->vector.buffer);
  g_free (send->receiver);
}

static void
fail (SaSocketCall *call,
      const GError *error)
{
  const SaSendEntry *entry = &call->entry;
  GError *copy = g_error_copy (error);
  g_autoptr (GTask) task = NULL;

  if (entry->sent > 0)
    g_prefix_error (&copy, _("After %zu of %zu bytes were sent: "), entry->sent, entry->length);
  task = sa_socket_call_end (call);
  g_task_return_error (task, copy);
}

static void
on_entry_done (SaSendEntry *entry,
               const GError *error)
{
  SaSendCall *send = sa_socket_call_from_entry (entry);
  gsize size = send->vector.size;
  g_autoptr (GTask) task = NULL;

  if (error != NULL)
    {
      fail (&send->call, error);
      return;
    }

  task = sa_socket_call_end (&send->call);
  g_task_return_int (task, (gssize) size);
}

static const SaSocketCallClass send_class = {
  .size = sizeof (SaSendCall),
  .sent = on_entry_done,
  .fail = fail,
  .clear = clear,
  .timed_out = N_("Nothing happened for %u milliseconds"),
};

/* Begins to send for the task, which is taken. @address may be NULL: the peer.  */
void
sa_socket_send_for_task (SaSocket *self,
                         GTask *task,
                         GSocketAddress *address,
                         const guint8 *data,
                         gsize length)
{
  gssize size = address != NULL ? g_socket_address_get_native_size (address) : 0;
  g_autofree struct sockaddr *receiver = size > 0 ? g_malloc0 ((gsize) size) : NULL;
  GError *error = NULL;
  SaSendCall *send;

  g_task_set_priority (task, sa_socket_private (self)->priority);
  /* What was sent was sent, whatever was cancelled since.  */
  g_task_set_check_cancellable (task, FALSE);
  if (g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), &error) ||
      (address != NULL && !sa_socket_check_receiver (self, address, &error)) ||
      !sa_socket_check_send (self, &error) ||
      (size > 0 && !g_socket_address_to_native (address, receiver, (gsize) size, &error)))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }

  send = sa_socket_call_new (&send_class, self, task);
  send->receiver = g_steal_pointer (&receiver);
  send->vector.buffer = g_memdup2 (data, length);
  send->vector.size = length;
  send->call.entry.vectors = &send->vector;
  send->call.entry.n_vectors = 1;
  send->call.entry.receiver = send->receiver;
  send->call.entry.receiver_size = (socklen_t) size;
  sa_socket_call_wait (&send->call);
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
  SA_SOCKET_CHECK_THREAD (self);

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
