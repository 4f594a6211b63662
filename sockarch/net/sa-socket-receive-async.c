/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-call-private.h"
#include "sockarch/net/sa-socket-impl-private.h"

/* sa_socket_receive_async (): an operation that ends a task.  */

typedef struct
{
  SaSocketCall call;
  gsize size; /* how much to receive at most; memory is made when something is there */
} SaReceiveCall;

static void
fail (SaSocketCall *call,
      const GError *error)
{
  g_autoptr (GTask) task = sa_socket_call_end (call);

  g_task_return_error (task, g_error_copy (error));
}

static gboolean
on_receivable (SaSocket *self,
               SaSocketOp *op,
               const GError *error)
{
  SaReceiveCall *receive = sa_socket_call_from_op (op);
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) local = NULL;
  gsize size = receive->size;
  guint8 *data;
  gssize n;

  if (error != NULL)
    {
      fail (&receive->call, error);
      return TRUE;
    }

  data = g_malloc (MAX (size, 1));
  n = sa_socket_try_receive (self, data, size, &local);
  if (n < 0)
    {
      g_free (data);
      if (n == SA_SOCKET_WOULD_BLOCK)
        return FALSE;

      fail (&receive->call, local);
      return TRUE;
    }

  if ((gsize) n < size / 2)
    data = g_realloc (data, (gsize) MAX (n, 1));
  task = sa_socket_call_end (&receive->call);
  g_task_return_pointer (task, g_bytes_new_take (data, (gsize) n), (GDestroyNotify) g_bytes_unref);

  return TRUE;
}

static const SaSocketCallClass receive_class = {
  .size = sizeof (SaReceiveCall),
  .func = on_receivable,
  .fail = fail,
  .timed_out = N_("Nothing came for %u milliseconds"),
};

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
  SaSocketPrivate *priv = sa_socket_private (self);
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;
  SaReceiveCall *receive;

  g_return_if_fail (SA_IS_SOCKET (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));
  SA_SOCKET_CHECK_THREAD (self);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sa_socket_receive_async);
  g_task_set_priority (task, priv->priority);
  /* What was received must reach the caller, whatever was cancelled since.  */
  g_task_set_check_cancellable (task, FALSE);
  if (g_cancellable_set_error_if_cancelled (cancellable, &error) || !sa_socket_check_receive (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  receive = sa_socket_call_new (&receive_class, self, g_steal_pointer (&task));
  receive->size = size;
  sa_socket_call_wait (&receive->call);
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
