/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-call-private.h"
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
  SaSocketCall call;
  gsize size;    /* how much to receive at most; memory is made when something is there */
  gboolean from; /* the sender's address is wanted too */
} SaReceiveCall;

static void
datagram_free (gpointer data)
{
  SaDatagram *datagram = data;

  g_clear_pointer (&datagram->bytes, g_bytes_unref);
  g_clear_object (&datagram->address);
  g_free (datagram);
}

static void
fail (SaSocketCall *call,
      const GError *error)
{
  g_autoptr (GTask) task = sa_socket_call_end (call);

  g_task_return_error (task, g_error_copy (error));
}

/* Takes both results.  */
static void
succeed (SaReceiveCall *receive,
         GBytes *bytes,
         GSocketAddress *address)
{
  gboolean from = receive->from;
  g_autoptr (GTask) task = sa_socket_call_end (&receive->call);
  SaDatagram *datagram;

  if (!from)
    {
      g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
      return;
    }

  datagram = g_new (SaDatagram, 1);
  *datagram = (SaDatagram){ bytes, address };
  g_task_return_pointer (task, datagram, datagram_free);
}

static gboolean
on_receivable (SaSocket *self,
               SaSocketOp *op,
               const GError *error)
{
  SaReceiveCall *receive = sa_socket_call_from_op (op);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) local = NULL;
  gssize size, n;
  guint8 *data;

  if (error != NULL)
    {
      fail (&receive->call, error);
      return TRUE;
    }

  size = sa_socket_find_room_now (self, receive->size);
  data = g_malloc ((gsize) MAX (size, 1));
  n = receive->from ? sa_socket_try_receive_from (self, data, (gsize) size, &address, &local)
                    : sa_socket_try_receive (self, data, (gsize) size, &local);
  if (n < 0)
    {
      g_free (data);
      if (n == SA_SOCKET_WOULD_BLOCK)
        return FALSE;

      fail (&receive->call, local);
      return TRUE;
    }

  if (n < size / 2)
    data = g_realloc (data, (gsize) MAX (n, 1));
  succeed (receive, g_bytes_new_take (data, (gsize) n), g_steal_pointer (&address));

  return TRUE;
}

static const SaSocketCallClass receive_class = {
  .size = sizeof (SaReceiveCall),
  .func = on_receivable,
  .fail = fail,
  .timed_out = N_("Nothing came for %u milliseconds"),
};

/* Waits for the task, which is taken.  */
static void
receive_for_task (SaSocket *self,
                  GTask *task,
                  gsize size,
                  gboolean from)
{
  GError *error = NULL;
  SaReceiveCall *receive;

  g_task_set_priority (task, sa_socket_private (self)->priority);
  /* What was received must reach the caller, whatever was cancelled since.  */
  g_task_set_check_cancellable (task, FALSE);
  if (g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), &error) ||
      !(from ? sa_socket_check_datagram (self, &error) : sa_socket_check_receive (self, &error)))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }

  receive = sa_socket_call_new (&receive_class, self, task);
  receive->size = size;
  receive->from = from;
  sa_socket_call_wait (&receive->call);
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
  SA_SOCKET_CHECK_THREAD (self);

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
  SA_SOCKET_CHECK_THREAD (self);

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
