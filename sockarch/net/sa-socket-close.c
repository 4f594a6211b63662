/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-impl-private.h"

/* The end of a connection, from this side.  */

/* Sends the FIN that follows the queue, once that is empty.  */
void
sa_socket_send_fin (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  if (priv->queue.head != NULL || priv->send_ended || priv->fd < 0)
    return;

  shutdown (priv->fd, SHUT_WR);
  priv->send_ended = TRUE;
  SA_NOTE (SOCKET, self, "finished sending");
  if (priv->receive_ended && !priv->dispatching)
    sa_watch_wake (&priv->watch);
}

gboolean
sa_socket_end_sending (SaSocket *self,
                       GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  if (priv->state != SA_SOCKET_STATE_CONNECTED)
    {
      gboolean closed = priv->state == SA_SOCKET_STATE_CLOSED;

      g_set_error_literal (error, G_IO_ERROR, closed ? G_IO_ERROR_CLOSED : G_IO_ERROR_NOT_CONNECTED,
                           closed ? _("The socket is closed") : _("The socket is not connected"));
      return FALSE;
    }

  priv->fin_wanted = TRUE;
  sa_socket_send_fin (self);

  return TRUE;
}

/* Waits until nothing is queued.  */
static gboolean
wait_until_flushed (SaSocket *self,
                    SaSocketWait *wait,
                    GCancellable *cancellable,
                    GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  guint epoch = priv->epoch;

  while (priv->queue.head != NULL && epoch == priv->epoch)
    {
      if (priv->broken)
        {
          g_propagate_error (error, priv->last_error != NULL ? g_error_copy (priv->last_error) : NULL);
          return FALSE;
        }
      if (!sa_socket_wait (self, SA_POLL_OUT, wait, cancellable, error))
        return FALSE;

      sa_socket_flush (self);
    }

  return TRUE;
}

/**
 * sa_socket_shutdown:
 * @self: a connected #SaSocket
 * @how: which half to end
 * @error: return location for a #GError
 *
 * Ends one half of the connection (MFC's ShutDown), or both. The sending half ends after all that is queued
 * was sent: under %SA_WAIT_BLOCK and %SA_WAIT_DISPATCH before the function returns, under %SA_WAIT_NEVER
 * later. When both sides have finished, #SaSocket::closed comes.
 *
 * Fails with %G_IO_ERROR_NOT_CONNECTED, %G_IO_ERROR_CLOSED, and while it waits as sa_socket_send().
 *
 * Returns: %TRUE if the half has ended or will end
 * Since: 1.0
 */
gboolean
sa_socket_shutdown (SaSocket *self,
                    SaShutdown how,
                    GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  g_autoptr (SaSocket) hold = NULL;
  SaSocketWait wait = { 0 };

  g_return_val_if_fail (SA_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (how <= SA_SHUTDOWN_BOTH, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  hold = g_object_ref (self);
  if (how != SA_SHUTDOWN_RECEIVES)
    {
      if (!sa_socket_end_sending (self, error))
        return FALSE;
      if (priv->settings.wait_policy != SA_WAIT_NEVER && !wait_until_flushed (self, &wait, NULL, error))
        return FALSE;
    }
  else if (!sa_socket_check_receive (self, error))
    {
      return FALSE;
    }

  if (how != SA_SHUTDOWN_SENDS && priv->fd >= 0)
    {
      shutdown (priv->fd, SHUT_RD);
      if (!priv->receive_ended)
        {
          priv->receive_ended = TRUE;
          priv->receivable = TRUE;
          priv->due = (guint8) ((priv->due & ~DUE_RECEIVE) | DUE_RECEIVE_ENDED);
        }
      sa_watch_wake (&priv->watch);
    }

  return TRUE;
}

/* Sends what is queued, as the wait policy allows. FALSE: something will be lost.  */
static gboolean
flush_for_close (SaSocket *self,
                 GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  SaSocketWait wait = { g_get_monotonic_time () + (gint64) priv->settings.linger * 1000,
                        g_atomic_int_get (&priv->cancels) };
  g_autoptr (GError) local = NULL;

  if (priv->queue.head == NULL || priv->broken)
    return TRUE;

  if (priv->settings.wait_policy == SA_WAIT_NEVER)
    {
      sa_socket_flush (self);
      return TRUE;
    }

  if (wait_until_flushed (self, &wait, NULL, &local))
    return TRUE;

  g_propagate_prefixed_error (error, g_steal_pointer (&local),
                              _("%zu queued bytes were not sent: "), priv->queue.bytes);

  return FALSE;
}

/* Lets the descriptor go: into the background if something is queued and @send it, otherwise closed.  */
static void
release_descriptor (SaSocket *self,
                    gboolean send)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  sa_watch_stop (&priv->watch);
  if (send && priv->queue.head != NULL && !priv->broken && priv->fd >= 0)
    {
      sa_linger_start (priv->poller, priv->fd, g_steal_pointer (&priv->socket), &priv->queue,
                       priv->settings.linger);
      priv->fd = -1;
    }

  sa_socket_drop_fd (self);
}

/* Ends everything that goes on, closes, and tells. Whoever is called on the way, by SaSocket:state or the end
 * of an asynchronous call, finds a closed socket that cannot be used anew before its end was told.  */
static void
finish_close (SaSocket *self,
              gboolean send)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  g_autoptr (GError) closed = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED, _("The socket was closed"));
  gboolean was_told = priv->told_closed || (priv->state == SA_SOCKET_STATE_NEW);

  priv->epoch++;
  priv->closed_here = TRUE;
  priv->due = 0;
  priv->receivable = FALSE;
  g_clear_error (&priv->error);
  sa_socket_cancel_connect (self, closed);
  release_descriptor (self, send);
  sa_socket_forget_listener (self);
  sa_socket_set_state (self, SA_SOCKET_STATE_CLOSED);
  sa_socket_fail_ops (self, closed);
  sa_send_queue_deliver (&priv->queue);
  sa_send_queue_fail (&priv->queue, closed);
  sa_socket_leave_listener (self);

  /* A handler may use the socket anew, and close that too.  */
  priv->closing = FALSE;
  if (was_told)
    return;
  if (priv->held == 0)
    sa_socket_emit_closed (self, NULL);
  else
    priv->due |= DUE_CLOSED;
}

/**
 * sa_socket_close:
 * @self: a #SaSocket
 * @error: return location for a #GError
 *
 * Closes the socket (MFC's Close): ends calls that wait, and asynchronous receives and accepts, with
 * %G_IO_ERROR_CLOSED, sends what is queued, and closes. #SaSocket::closed has been emitted when the function
 * returns. Calling it again does nothing.
 *
 * Under %SA_WAIT_BLOCK and %SA_WAIT_DISPATCH the function waits for queued bytes, at most #SaSocket:linger
 * milliseconds; under %SA_WAIT_NEVER they are sent in the background within that time, by the main loop.
 *
 * When it is called while a %SA_WAIT_DISPATCH call of this socket waits, further up the stack, the signal
 * comes after that call has returned.
 *
 * Fails with %G_IO_ERROR_TIMED_OUT if queued bytes were dropped, or with the error that kept them from being
 * sent; the socket is closed all the same.
 *
 * Returns: %TRUE if nothing that was queued was lost
 * Since: 1.0
 */
gboolean
sa_socket_close (SaSocket *self,
                 GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  g_autoptr (SaSocket) hold = NULL;
  guint epoch = priv->epoch;
  gboolean entered;
  gboolean success;

  g_return_val_if_fail (SA_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (priv->closing || priv->state == SA_SOCKET_STATE_NEW ||
      (priv->state == SA_SOCKET_STATE_CLOSED && priv->fd < 0))
    return TRUE;

  hold = g_object_ref (self);
  entered = sa_socket_enter (self);
  priv->closing = TRUE;
  success = flush_for_close (self, error);
  if (epoch == priv->epoch)
    sa_watch_stop (&priv->watch);
  sa_socket_leave (self, entered);

  /* Otherwise somebody has aborted it during the wait, and perhaps connected it anew.  */
  if (epoch == priv->epoch || (priv->state == SA_SOCKET_STATE_CLOSED && priv->fd >= 0))
    finish_close (self, priv->settings.wait_policy == SA_WAIT_NEVER);

  return success;
}

/**
 * sa_socket_abort:
 * @self: a #SaSocket
 *
 * Closes the socket at once: drops what is queued and, on TCP, resets the connection, so that the peer knows
 * that it did not end well. #SaSocket::closed is emitted as by sa_socket_close().
 *
 * Since: 1.0
 */
void
sa_socket_abort (SaSocket *self)
{
  static const struct linger reset = { 1, 0 };
  SaSocketPrivate *priv = sa_socket_private (self);
  g_autoptr (SaSocket) hold = NULL;

  g_return_if_fail (SA_IS_SOCKET (self));

  if (priv->state == SA_SOCKET_STATE_NEW || (priv->state == SA_SOCKET_STATE_CLOSED && priv->fd < 0))
    return;

  hold = g_object_ref (self);
  priv->closing = TRUE;
  if (priv->fd >= 0 && sa_socket_is_inet (priv) && priv->type == G_SOCKET_TYPE_STREAM)
    setsockopt (priv->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  finish_close (self, FALSE);
}

/* The last reference is going: nothing is waited for and nobody is told.  */
void
sa_socket_let_go (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  g_autoptr (GError) gone = NULL;

  release_descriptor (self, TRUE);
  if (priv->queue.head != NULL || priv->queue.done != NULL)
    {
      /* A broken connection takes nothing more, and whoever waits for an entry would hold the socket.  */
      gone = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED, _("The socket was closed"));
      sa_send_queue_deliver (&priv->queue);
      sa_send_queue_fail (&priv->queue, gone);
    }
  sa_socket_release_accepted (self);
  sa_socket_forget_listener (self);
  g_clear_object (&priv->bind_to);
  g_clear_error (&priv->error);
}

/* An end without losses: waits for the peer's, and drops what comes before it.  */
typedef struct
{
  SaSocketOp op;       /* waits for bytes to drop, and the end */
  SaTimer timer;       /* SaSocket:timeout */
  GTask *task;         /* holds the socket */
  gulong cancelled_id; /* the handler of GCancellable::cancelled */
} SaGoodbye;

static void
finish_goodbye (SaGoodbye *goodbye,
                GError *error)
{
  /* First, since it waits for a handler in another thread, which still looks at the call.  */
  g_cancellable_disconnect (g_task_get_cancellable (goodbye->task), goodbye->cancelled_id);
  sa_timer_stop (&goodbye->timer);

  g_autoptr (GTask) task = g_steal_pointer (&goodbye->task);
  SaSocket *self = SA_SOCKET (g_task_get_source_object (task));

  g_free (goodbye);

  sa_socket_close (self, error == NULL ? &error : NULL);
  if (error == NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static gboolean
on_goodbye_bytes (SaSocket *self,
                  SaSocketOp *op,
                  const GError *error)
{
  SaGoodbye *goodbye = (SaGoodbye *) (void *) op;
  GError *local = NULL;
  char dropped[16384];
  gssize n;

  if (error != NULL)
    {
      finish_goodbye (goodbye, g_error_copy (error));
      return TRUE;
    }

  n = sa_socket_try_receive (self, dropped, sizeof dropped, &local);
  if (n > 0 || n == SA_SOCKET_WOULD_BLOCK)
    return FALSE;

  finish_goodbye (goodbye, local);

  return TRUE;
}

static void
on_goodbye_timer (SaTimer *timer)
{
  SaGoodbye *goodbye = (SaGoodbye *) (void *) ((char *) timer - G_STRUCT_OFFSET (SaGoodbye, timer));

  if (sa_socket_remove_op (SA_SOCKET (timer->owner), &goodbye->op))
    finish_goodbye (goodbye, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                                                  _("The peer did not finish in time")));
}

static void
on_goodbye_cancelled (GCancellable *cancellable,
                      gpointer data)
{
  SaGoodbye *goodbye = data;

  sa_socket_cancel_op (SA_SOCKET (g_task_get_source_object (goodbye->task)), &goodbye->op);
}

/**
 * sa_socket_close_gracefully_async:
 * @self: a #SaSocket
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @callback: (scope async) (nullable): called when the call is done
 * @user_data: data for @callback
 *
 * Ends a connection so that neither side loses anything; see sa_socket_close_gracefully().
 *
 * Since: 1.0
 */
void
sa_socket_close_gracefully_async (SaSocket *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;
  SaGoodbye *goodbye;

  g_return_if_fail (SA_IS_SOCKET (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sa_socket_close_gracefully_async);
  g_task_set_priority (task, priv->priority);
  g_task_set_check_cancellable (task, FALSE);
  if (!sa_socket_is_stream (self))
    {
      if (sa_socket_close (self, &error))
        g_task_return_boolean (task, TRUE);
      else
        g_task_return_error (task, error);
      return;
    }
  if (!sa_socket_end_sending (self, &error))
    {
      sa_socket_close (self, NULL);
      g_task_return_error (task, error);
      return;
    }

  goodbye = g_new0 (SaGoodbye, 1);
  goodbye->op.func = on_goodbye_bytes;
  goodbye->task = g_steal_pointer (&task);
  sa_timer_init (&goodbye->timer, G_OBJECT (self), on_goodbye_timer);
  if (priv->settings.timeout > 0)
    sa_timer_start (&goodbye->timer, priv->poller, sa_socket_deadline (self));
  if (cancellable != NULL)
    goodbye->cancelled_id =
        g_cancellable_connect (cancellable, G_CALLBACK (on_goodbye_cancelled), goodbye, NULL);

  sa_socket_add_op (self, &goodbye->op);
}

/**
 * sa_socket_close_gracefully_finish:
 * @self: a #SaSocket
 * @result: the #GAsyncResult that the callback was given
 * @error: return location for a #GError
 *
 * Ends sa_socket_close_gracefully_async().
 *
 * Returns: %TRUE if both sides finished
 * Since: 1.0
 */
gboolean
sa_socket_close_gracefully_finish (SaSocket *self,
                                   GAsyncResult *result,
                                   GError **error)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * sa_socket_close_gracefully:
 * @self: a #SaSocket
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Ends a connection so that neither side loses anything: sends what is queued, ends the sending half,
 * receives and drops until the peer has finished too, and closes. Datagrams have no end: there it is
 * sa_socket_close().
 *
 * Under %SA_WAIT_NEVER this is begun here, and goes on in the background until #SaSocket::closed.
 *
 * Fails with %G_IO_ERROR_TIMED_OUT if the peer does not finish within #SaSocket:timeout,
 * %G_IO_ERROR_CANCELLED, or the error that broke the connection; the socket is closed all the same.
 *
 * Returns: %TRUE if both sides finished
 * Since: 1.0
 */
gboolean
sa_socket_close_gracefully (SaSocket *self,
                            GCancellable *cancellable,
                            GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  g_autoptr (SaSocket) hold = NULL;
  g_autoptr (GError) local = NULL;
  SaSocketWait wait = { 0 };
  char dropped[16384];
  gboolean success;

  g_return_val_if_fail (SA_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!sa_socket_is_stream (self))
    return sa_socket_close (self, error);
  if (priv->settings.wait_policy == SA_WAIT_NEVER)
    {
      if (priv->state != SA_SOCKET_STATE_CONNECTED)
        return sa_socket_end_sending (self, error);

      sa_socket_close_gracefully_async (self, cancellable, NULL, NULL);
      return TRUE;
    }

  hold = g_object_ref (self);
  success = sa_socket_end_sending (self, &local) && wait_until_flushed (self, &wait, cancellable, &local);
  while (success)
    {
      gssize n = sa_socket_try_receive (self, dropped, sizeof dropped, &local);

      if (n == 0)
        break;
      if (n == SA_SOCKET_FAILED ||
          (n == SA_SOCKET_WOULD_BLOCK && !sa_socket_wait (self, SA_POLL_IN, &wait, cancellable, &local)))
        success = FALSE;
    }

  if (!success)
    g_propagate_error (error, g_steal_pointer (&local));
  sa_socket_close (self, NULL);

  return success;
}
