/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-call-private.h"
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
  if (priv->receive_ended)
    priv->receivable = TRUE;
  if (priv->receive_ended && !sa_socket_is_in_turn (priv))
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
          sa_socket_set_broken (self, error);
          return FALSE;
        }
      if (!sa_socket_wait (self, SA_POLL_OUT, wait, cancellable, error))
        return FALSE;

      sa_socket_flush (self);
    }

  return TRUE;
}

static gboolean
shut_sends (SaSocket *self,
            GError **error)
{
  SaSocketWait wait = { 0 };

  return sa_socket_end_sending (self, error) &&
         (sa_socket_private (self)->wait_policy == SA_WAIT_NEVER ||
          wait_until_flushed (self, &wait, NULL, error));
}

static void
shut_receives (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  if (priv->fd < 0)
    return;

  shutdown (priv->fd, SHUT_RD);
  if (!priv->receive_ended)
    {
      priv->receive_ended = TRUE;
      priv->receivable = TRUE;
      priv->due = (guint8) ((priv->due & ~DUE_RECEIVE) | DUE_RECEIVE_ENDED);
    }
  sa_watch_wake (&priv->watch);
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
  g_autoptr (SaSocket) hold = NULL;
  SaEntered entered;
  gboolean success;

  g_return_val_if_fail (SA_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (how <= SA_SHUTDOWN_BOTH, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  hold = g_object_ref (self);
  if (!sa_socket_enter_call (self, &entered, NULL, error))
    return FALSE;
  success = how == SA_SHUTDOWN_RECEIVES ? sa_socket_check_receive (self, error) : shut_sends (self, error);
  if (success && how != SA_SHUTDOWN_SENDS)
    shut_receives (self);
  sa_socket_leave (self, entered);

  return success;
}

/* Sends what is queued, as the wait policy allows. FALSE: something will be lost.  */
static gboolean
flush_for_close (SaSocket *self,
                 GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  SaSocketWait wait = { g_get_monotonic_time () + (gint64) priv->settings->linger * 1000,
                        sa_socket_get_cancels (priv), FALSE };
  g_autoptr (GError) local = NULL;

  if (priv->wait_policy == SA_WAIT_NEVER && priv->queue.head != NULL && !priv->broken)
    {
      sa_socket_flush (self);
      if (!priv->broken)
        return TRUE;
    }
  if (priv->queue.head == NULL)
    return TRUE;

  if (priv->broken)
    sa_socket_set_broken (self, &local);
  else if (wait_until_flushed (self, &wait, NULL, &local))
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
      SaSendQueue rest = { NULL };

      sa_send_queue_split (&priv->queue, &rest);
      if (priv->queue.head != NULL)
        {
          sa_linger_start (priv->poller, priv->fd, g_steal_pointer (&priv->socket), &priv->queue,
                           priv->settings->linger);
          priv->fd = -1;
        }
      priv->queue.head = rest.head;
      priv->queue.tail = rest.tail;
      priv->queue.bytes = rest.bytes;
    }

  sa_socket_drop_fd (self);
}

/* How a descriptor goes.  */
typedef enum
{
  SA_FAREWELL_DROP,  /* what is queued is dropped */
  SA_FAREWELL_SEND,  /* it is sent in the background */
  SA_FAREWELL_RESET, /* and the connection is reset */
} SaFarewell;

/* Lets go of the connection, while no turn of the loop and no call in another thread touches the socket;
 * those that sleep find out that it is over. Returns those who wait otherwise, and *@connecting waits for a
 * connect, or NULL.  */
static SaEnding *
end_connection (SaSocket *self,
                SaFarewell farewell,
                const GError *closed,
                GTask **connecting)
{
  static const struct linger reset = { 1, 0 };
  SaSocketPrivate *priv = sa_socket_private (self);
  SaEntered entered = sa_socket_enter_to_end (self);
  /* Whatever the policy is by now.  */
  gboolean locked = sa_socket_lock_calls (priv);
  SaEnding *ending;

  priv->closing = TRUE;
  priv->epoch++;
  priv->closed_here = TRUE;
  priv->due = 0;
  priv->receivable = FALSE;
  g_clear_error (&priv->error);
  *connecting = sa_socket_stop_connect (self, closed);
  if (farewell == SA_FAREWELL_RESET && priv->fd >= 0 && sa_socket_is_inet (priv) &&
      priv->type == G_SOCKET_TYPE_STREAM)
    setsockopt (priv->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  release_descriptor (self, farewell == SA_FAREWELL_SEND);
  ending = sa_socket_begin_ending (self, closed);
  sa_socket_wake_sleepers (self);
  sa_socket_unlock_calls (priv, locked);
  sa_socket_leave (self, entered);

  return ending;
}

/* Ends everything that goes on, closes, and tells. Whoever is called on the way, by SaSocket:state or the end
 * of an asynchronous call, finds a closed socket that cannot be used anew before its end was told.  */
static void
finish_close (SaSocket *self,
              SaFarewell farewell)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  g_autoptr (GError) closed = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED, _("The socket was closed"));
  gboolean was_told = priv->told_closed || (priv->state == SA_SOCKET_STATE_NEW);
  g_autoptr (GTask) connecting = NULL;
  SaEnding *ending = end_connection (self, farewell, closed, &connecting);

  sa_socket_forget_listener (self);
  sa_socket_set_state (self, SA_SOCKET_STATE_CLOSED);
  if (connecting != NULL)
    g_task_return_error (connecting, g_error_copy (closed));
  sa_ending_finish (ending);
  sa_socket_leave_listener (self);

  /* A handler may use the socket anew, and close that too.  */
  priv->closing = FALSE;
  if (was_told)
    return;
  if (priv->held > 0)
    {
      priv->due |= DUE_CLOSED;
      return;
    }

  /* Whoever closes holds the socket until this is over.  */
  priv->emissions++;
  sa_socket_emit_closed (self, NULL);
  priv->emissions--;
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
 * milliseconds; under %SA_WAIT_NEVER they are sent in the background within that time, by the main loop. It
 * also bounds asynchronous sends that are queued then, in the place of #SaSocket:timeout.
 *
 * When it is called while a %SA_WAIT_DISPATCH call of this socket waits, further up the stack, the signal
 * comes after that call has returned. A call of %SA_WAIT_BLOCK that waits in another thread ends with
 * %G_IO_ERROR_CLOSED, and a connect there with %G_IO_ERROR_CANCELLED. A handler that runs in another thread
 * is waited for; a call in which it waits itself ends with %G_IO_ERROR_CANCELLED. Under %SA_WAIT_BLOCK the
 * callbacks of asynchronous calls come from the main context, unless the function was called there.
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
  SaEntered entered;
  guint epoch;
  gboolean success;

  g_return_val_if_fail (SA_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  hold = g_object_ref (self);
  entered = sa_socket_enter_to_end (self);
  if (priv->closing || priv->state == SA_SOCKET_STATE_NEW ||
      (priv->state == SA_SOCKET_STATE_CLOSED && priv->fd < 0))
    {
      sa_socket_leave (self, entered);
      return TRUE;
    }

  epoch = priv->epoch;
  priv->closing = TRUE;
  success = flush_for_close (self, error);
  if (epoch == priv->epoch)
    sa_watch_stop (&priv->watch);
  sa_socket_leave (self, entered);

  /* Otherwise somebody has aborted it during the wait, and perhaps connected it anew.  */
  if (epoch == priv->epoch || (priv->state == SA_SOCKET_STATE_CLOSED && priv->fd >= 0))
    finish_close (self, priv->wait_policy == SA_WAIT_NEVER ? SA_FAREWELL_SEND : SA_FAREWELL_DROP);

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
  SaSocketPrivate *priv = sa_socket_private (self);
  g_autoptr (SaSocket) hold = NULL;
  SaEntered entered;
  gboolean is_over;

  g_return_if_fail (SA_IS_SOCKET (self));
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  hold = g_object_ref (self);
  entered = sa_socket_enter_to_end (self);
  is_over = priv->state == SA_SOCKET_STATE_NEW || (priv->state == SA_SOCKET_STATE_CLOSED && priv->fd < 0);
  sa_socket_leave (self, entered);
  if (!is_over)
    finish_close (self, SA_FAREWELL_RESET);
}

/* The last reference is going: nothing is waited for and nobody is told.  */
void
sa_socket_let_go (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  SaSendEntry *entry;

  release_descriptor (self, TRUE);
  /* A broken connection takes nothing more. Nobody is told: whoever waits for an entry would hold the
   * socket.  */
  while ((entry = sa_send_queue_take (&priv->queue)) != NULL)
    sa_send_entry_tell (entry, NULL);
  sa_socket_release_accepted (self);
  sa_socket_forget_listener (self);
  if (priv->origin != NULL)
    g_clear_object (&priv->origin->bind_to);
  g_clear_error (&priv->error);
}

/* An end without losses: waits for the peer's, and drops what comes before it. Then it closes, and does not
 * wait under any policy.  */
static void
finish_goodbye (SaSocketCall *call,
                GError *error)
{
  g_autoptr (GTask) task = sa_socket_call_end (call);
  SaSocket *self = SA_SOCKET (g_task_get_source_object (task));
  SaSocketPrivate *priv = sa_socket_private (self);

  if (!priv->closing && priv->state == SA_SOCKET_STATE_CONNECTED)
    finish_close (self, SA_FAREWELL_SEND);

  if (error == NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
fail_goodbye (SaSocketCall *call,
              const GError *error)
{
  finish_goodbye (call, g_error_copy (error));
}

static gboolean
on_goodbye_bytes (SaSocket *self,
                  SaSocketOp *op,
                  const GError *error)
{
  GError *local = NULL;
  char dropped[16384];
  gssize n;

  if (error != NULL)
    {
      fail_goodbye (sa_socket_call_from_op (op), error);
      return TRUE;
    }

  n = sa_socket_try_receive (self, dropped, sizeof dropped, &local);
  if (n > 0 || n == SA_SOCKET_WOULD_BLOCK)
    return FALSE;
  if (n == 0 && sa_socket_private (self)->queue.head != NULL)
    {
      /* The peer has finished first: sa_socket_send_fin () says when we have.  */
      sa_socket_private (self)->receivable = FALSE;
      return FALSE;
    }

  if (n == 0 && sa_socket_private (self)->broken)
    sa_socket_set_broken (self, &local);

  finish_goodbye (sa_socket_call_from_op (op), local);

  return TRUE;
}

static const SaSocketCallClass goodbye_class = {
  .size = sizeof (SaSocketCall),
  .func = on_goodbye_bytes,
  .fail = fail_goodbye,
  .timed_out = N_("The peer did not finish within %u milliseconds"),
};

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

  g_return_if_fail (SA_IS_SOCKET (self));
  SA_SOCKET_CHECK_THREAD (self);

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

  sa_socket_call_wait (sa_socket_call_new (&goodbye_class, self, g_steal_pointer (&task)));
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
  SaEntered entered;
  gboolean success;

  g_return_val_if_fail (SA_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  if (!sa_socket_is_stream (self))
    return sa_socket_close (self, error);
  if (priv->wait_policy == SA_WAIT_NEVER)
    {
      if (priv->state != SA_SOCKET_STATE_CONNECTED)
        {
          hold = g_object_ref (self);
          sa_socket_end_sending (self, error);
          sa_socket_close (self, NULL);
          return FALSE;
        }

      sa_socket_close_gracefully_async (self, cancellable, NULL, NULL);
      return TRUE;
    }

  hold = g_object_ref (self);
  sa_socket_begin_wait (self, &wait);
  if (!sa_socket_enter_call (self, &entered, cancellable, error))
    {
      sa_socket_close (self, NULL);
      return FALSE;
    }
  success = sa_socket_end_sending (self, &local) && wait_until_flushed (self, &wait, cancellable, &local);
  while (success)
    {
      gssize n = sa_socket_try_receive (self, dropped, sizeof dropped, &local);

      if (n == 0)
        break;
      /* A peer that never stops sending is not waited for.  */
      if (n == SA_SOCKET_FAILED || !sa_socket_check_wait (self, &wait, cancellable, &local) ||
          (n == SA_SOCKET_WOULD_BLOCK && !sa_socket_wait (self, SA_POLL_IN, &wait, cancellable, &local)))
        success = FALSE;
    }
  sa_socket_leave (self, entered);

  if (!success)
    g_propagate_error (error, g_steal_pointer (&local));
  sa_socket_close (self, NULL);

  return success;
}
