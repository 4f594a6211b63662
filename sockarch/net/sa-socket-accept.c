/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-call-private.h"
#include "sockarch/net/sa-socket-impl-private.h"

#include <unistd.h>

/* Servers.  */

/* How long to leave connections waiting when there are no descriptors left, in milliseconds: doubled from
 * the one to the other.  */
#define BACK_OFF_MIN 10
#define BACK_OFF_MAX 1000

static void
on_back_off (SaTimer *timer)
{
  SaSocket *self = SA_SOCKET (timer->owner);
  SaSocketPrivate *priv = sa_socket_private (self);

  priv->receivable = TRUE;
  sa_socket_look_again (self);
}

/* Of what listeners hold, and what is held by whom: a listener and the sockets that it accepted may go in
 * different threads. Nothing is dropped under it.  */
static GMutex keep_lock;

/* What a socket needs to be a server.  */
void
sa_socket_make_listener (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  if (priv->listener == NULL)
    {
      priv->listener = g_new0 (SaListener, 1);
      sa_timer_init_beside (&priv->listener->back_off, &priv->watch, on_back_off);
    }

  priv->listener->is_open = TRUE;
  priv->listener->delay = 0;
}

/* Lets go of the sockets that keep-accepted holds.  */
void
sa_socket_release_accepted (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  g_autoptr (GHashTable) accepted = NULL;
  GHashTableIter iter;
  gpointer peer;

  if (priv->listener == NULL || priv->listener->accepted == NULL)
    return;

  g_mutex_lock (&keep_lock);
  accepted = g_steal_pointer (&priv->listener->accepted);
  g_hash_table_iter_init (&iter, accepted);
  while (g_hash_table_iter_next (&iter, &peer, NULL))
    sa_socket_private (peer)->kept_by = NULL;
  g_mutex_unlock (&keep_lock);
}

/* The socket is not a server any more. The sockets that it accepted stay held until they close, or it
 * goes.  */
void
sa_socket_forget_listener (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  if (priv->listener == NULL)
    return;

  priv->listener->is_open = FALSE;
  sa_timer_stop (&priv->listener->back_off);
  if (priv->listener->accepted == NULL)
    g_clear_pointer (&priv->listener, g_free);
}

static void
keep (SaSocket *self,
      SaSocket *peer)
{
  SaListener *listener = sa_socket_private (self)->listener;

  g_mutex_lock (&keep_lock);
  if (listener->accepted == NULL)
    listener->accepted = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);

  g_hash_table_add (listener->accepted, g_object_ref (peer));
  sa_socket_private (peer)->kept_by = self;
  g_mutex_unlock (&keep_lock);
}

/* The socket is closed: its listener need not hold it any longer. The caller holds a reference.  */
void
sa_socket_leave_listener (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  SaSocket *listener;

  g_mutex_lock (&keep_lock);
  listener = g_steal_pointer (&priv->kept_by);
  if (listener != NULL)
    g_hash_table_steal (sa_socket_private (listener)->listener->accepted, self);
  g_mutex_unlock (&keep_lock);

  if (listener != NULL)
    g_object_unref (self);
}

/* No descriptors: the connection stays in the kernel's queue, which would make an event again and again.  */
static void
back_off (SaSocket *self,
          int errsv)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  SaListener *listener = priv->listener;

  if (listener->delay == 0)
    g_warning ("No connection can be accepted: %s. Trying again until it gets better.", g_strerror (errsv));

  listener->delay = CLAMP (listener->delay * 2, BACK_OFF_MIN, BACK_OFF_MAX);
  priv->receivable = FALSE;
  priv->due &= (guint8) ~DUE_ACCEPT;
  sa_timer_start (&listener->back_off, priv->poller,
                  g_get_monotonic_time () + (gint64) listener->delay * 1000);
}

static gboolean
is_shortage (int errsv)
{
  return errsv == EMFILE || errsv == ENFILE || errsv == ENOBUFS || errsv == ENOMEM;
}

/* Errors of a connection that went before it was accepted: the next one may be good.  */
static gboolean
is_gone (int errsv)
{
  return errsv == ECONNABORTED || errsv == EINTR || errsv == EPROTO || errsv == ENETDOWN ||
         errsv == EHOSTDOWN || errsv == EHOSTUNREACH || errsv == ENETUNREACH || errsv == EOPNOTSUPP ||
         errsv == ENOPROTOOPT;
}

/* The next connection, or SA_SOCKET_WOULD_BLOCK or SA_SOCKET_FAILED. *@shortage: it would have worked with
 * more descriptors.  */
static int
accept_now (SaSocket *self,
            gboolean *shortage,
            GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  g_autofree char *name = NULL;
  g_autoptr (GSocketAddress) address = NULL;
  int errsv;
  int fd;

  *shortage = FALSE;
  if (priv->state != SA_SOCKET_STATE_LISTENING)
    {
      gboolean closed = priv->state == SA_SOCKET_STATE_CLOSED;

      g_set_error_literal (error, G_IO_ERROR, closed ? G_IO_ERROR_CLOSED : G_IO_ERROR_NOT_INITIALIZED,
                           closed ? _("The socket is closed") : _("The socket does not listen"));
      return SA_SOCKET_FAILED;
    }

  do
    {
      priv->receive_calls++;
      fd = sa_socket_system->accept (priv->fd);
    }
  while (fd < 0 && is_gone (errno));

  errsv = errno;
  sa_socket_note_taking (self);
  if (fd >= 0)
    {
      priv->listener->delay = 0;
      priv->receivable = TRUE;
      sa_socket_note_rest (self);
      return fd;
    }
  if (sa_socket_is_would_block (errsv))
    {
      sa_socket_note_drained (self);
      return SA_SOCKET_WOULD_BLOCK;
    }

  *shortage = is_shortage (errsv);
  address = sa_socket_get_local_address (self);
  name = sa_socket_describe_address (address);
  g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (errsv),
               _("Could not accept a connection at %s: %s"), name, g_strerror (errsv));
  if (*shortage)
    back_off (self, errsv);

  return SA_SOCKET_FAILED;
}

/* Makes @peer of the descriptor, which is ours from here on.  */
static gboolean
fill_peer (SaSocket *self,
           SaSocket *peer,
           int fd,
           GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  SaSocketPrivate *peer_priv = sa_socket_private (peer);

  /* First: handlers of notify::state may close either of them. Whoever made @peer may have closed the
   * listener already.  */
  peer_priv->event_mask = priv->event_mask;
  if (priv->keep_accepted && priv->listener != NULL && priv->listener->is_open)
    keep (self, peer);
  SA_NOTE (SOCKET, self, "accepted %p, fd %d", (gpointer) peer, fd);
  if (sa_socket_start_connected (peer, fd, priv->family, G_SOCKET_TYPE_STREAM, NULL, error))
    return TRUE;

  sa_socket_leave_listener (peer);
  close (fd);

  return FALSE;
}

/* A socket for the next connection, as like its listener as can be. The kernel has given it the listener's
 * options already.  */
static SaSocket *
make_peer (SaSocket *self,
           int fd,
           GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  g_autoptr (SaSocket) peer = g_object_new (sa_socket_get_accept_type (self), NULL);
  SaSocketPrivate *peer_priv = sa_socket_private (peer);

  if (peer_priv->context != priv->context)
    {
      g_main_context_unref (peer_priv->context);
      peer_priv->context = g_main_context_ref (priv->context);
      g_clear_pointer (&peer_priv->poller, sa_poller_unref);
    }
  sa_socket_share_settings (peer, priv->settings);
  peer_priv->wait_policy = priv->wait_policy;
  peer_priv->idle_timeout = priv->idle_timeout;
  peer_priv->event_mask = priv->event_mask;
  peer_priv->keep_accepted = FALSE;
  peer_priv->priority = priv->priority;
  if (peer_priv->poller == NULL)
    peer_priv->poller = sa_poller_ref (priv->poller);

  return fill_peer (self, peer, fd, error) ? g_steal_pointer (&peer) : NULL;
}

static int
accept_until_there (SaSocket *self,
                    GCancellable *cancellable,
                    GError **error)
{
  SaSocketWait wait = { 0 };

  if (cancellable != NULL && g_cancellable_set_error_if_cancelled (cancellable, error))
    return -1;

  while (TRUE)
    {
      gboolean shortage;
      int fd = accept_now (self, &shortage, error);

      if (fd != SA_SOCKET_WOULD_BLOCK)
        return fd;

      if (!sa_socket_wait (self, SA_POLL_IN, &wait, cancellable, error))
        return -1;
    }
}

/* Accepts as the wait policy says. Returns a descriptor or -1.  */
static int
accept_waiting (SaSocket *self,
                GCancellable *cancellable,
                GError **error)
{
  SaEntered entered;
  int fd;

  if (!sa_socket_enter_call (self, &entered, cancellable, error))
    return -1;

  fd = accept_until_there (self, cancellable, error);
  sa_socket_leave (self, entered);

  return fd;
}

static gboolean
start_listening (SaSocket *self,
                 GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  sa_socket_begin_connection (self);
  sa_socket_apply_options (self, priv->fd, TRUE);
  sa_socket_make_listener (self);
  if (listen (priv->fd, (int) priv->settings->backlog) < 0 || !sa_socket_start_watch (self, error))
    {
      if (error != NULL && *error == NULL)
        {
          int errsv = errno;
          g_autoptr (GSocketAddress) address = sa_socket_get_local_address (self);
          g_autofree char *name = sa_socket_describe_address (address);

          g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (errsv),
                       _("Could not listen at %s: %s"), name, g_strerror (errsv));
        }
      sa_socket_drop_fd (self);
      sa_socket_forget_listener (self);
      sa_socket_set_state (self, SA_SOCKET_STATE_NEW);
      return FALSE;
    }

  sa_socket_set_state (self, SA_SOCKET_STATE_LISTENING);

  return TRUE;
}

/**
 * sa_socket_listen:
 * @self: a stream #SaSocket that was created with sa_socket_create(), or bound
 * @error: return location for a #GError
 *
 * Becomes a server that accepts connections (MFC's Listen), at most #SaSocket:backlog of them waiting. Unless
 * it was bound to one address it serves IPv4 and IPv6.
 *
 * Fails with %G_IO_ERROR_ADDRESS_IN_USE if the port is taken, %G_IO_ERROR_PERMISSION_DENIED if this user may
 * not have it, and %G_IO_ERROR_INVALID_ARGUMENT for a socket that is connected or is for datagrams.
 *
 * Returns: %TRUE if the socket listens
 * Since: 1.0
 */
gboolean
sa_socket_listen (SaSocket *self,
                  GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  g_autoptr (SaSocket) hold = NULL;
  SaEntered entered;
  gboolean success;

  g_return_val_if_fail (SA_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  if (priv->type != G_SOCKET_TYPE_STREAM ||
      (priv->state != SA_SOCKET_STATE_BOUND && !sa_socket_check_fresh (self, error)))
    {
      g_clear_error (error);
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           _("Only a stream socket that is not connected can listen"));
      return FALSE;
    }
  if (priv->fd < 0 && !sa_socket_bind_as_created (self, error))
    return FALSE;

  /* Handlers of notify::state may let go of it.  */
  hold = g_object_ref (self);
  entered = sa_socket_enter_elsewhere (self);
  success = start_listening (self, error);
  sa_socket_leave (self, entered);

  return success;
}

/**
 * sa_socket_accept:
 * @self: a #SaSocket that listens
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Takes the next connection (MFC's Accept). The new socket is of #SaSocket:accept-type, belongs to the main
 * context of @self, and starts with its settings.
 *
 * Fails with %G_IO_ERROR_WOULD_BLOCK if no connection waits and #SaSocket:wait-policy is %SA_WAIT_NEVER,
 * %G_IO_ERROR_TIMED_OUT after #SaSocket:timeout, %G_IO_ERROR_CANCELLED, %G_IO_ERROR_CLOSED,
 * %G_IO_ERROR_TOO_MANY_OPEN_FILES if there are no descriptors left (the connection keeps waiting), and
 * %G_IO_ERROR_NOT_INITIALIZED if @self does not listen.
 *
 * Returns: (transfer full): the new #SaSocket
 * Since: 1.0
 */
SaSocket *
sa_socket_accept (SaSocket *self,
                  GCancellable *cancellable,
                  GError **error)
{
  int fd;

  g_return_val_if_fail (SA_IS_SOCKET (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  fd = accept_waiting (self, cancellable, error);

  return fd >= 0 ? make_peer (self, fd, error) : NULL;
}

/* The same for one that the program made, with settings of its own.  */
static gboolean
fill_given_peer (SaSocket *self,
                 SaSocket *peer,
                 int fd,
                 GError **error)
{
  sa_socket_apply_early_options (peer, fd);
  sa_socket_apply_options (peer, fd, FALSE);

  return fill_peer (self, peer, fd, error);
}

/**
 * sa_socket_accept_into:
 * @self: a #SaSocket that listens
 * @peer: a new #SaSocket
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Takes the next connection into a socket that the caller made (MFC's way of Accept). @peer keeps its main
 * context and its settings, except that it gets the #SaSocket:event-mask of @self. What is 0 among the sizes
 * of buffers and the numbers of #SaSocket:keepalive, for the system's value, has the value of the listener.
 *
 * Fails as sa_socket_accept(), and with %G_IO_ERROR_INVALID_ARGUMENT if @peer is not new.
 *
 * Returns: %TRUE if @peer is connected
 * Since: 1.0
 */
gboolean
sa_socket_accept_into (SaSocket *self,
                       SaSocket *peer,
                       GCancellable *cancellable,
                       GError **error)
{
  int fd;

  g_return_val_if_fail (SA_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (SA_IS_SOCKET (peer) && peer != self, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  if (!sa_socket_check_fresh (peer, error))
    return FALSE;

  fd = accept_waiting (self, cancellable, error);
  if (fd < 0)
    return FALSE;

  /* A wait may have run handlers that used it otherwise.  */
  if (!sa_socket_check_fresh (peer, error))
    {
      close (fd);
      return FALSE;
    }

  return fill_given_peer (self, peer, fd, error);
}

/* An asynchronous accept: an operation in the list of the listener.  */
typedef struct
{
  SaSocketCall call;
  SaSocket *peer; /* to be filled; NULL: one is made */
} SaAcceptCall;

static void
clear (SaSocketCall *call)
{
  g_clear_object (&((SaAcceptCall *) (void *) call)->peer);
}

static void
fail (SaSocketCall *call,
      const GError *error)
{
  g_autoptr (GTask) task = sa_socket_call_end (call);

  g_task_return_error (task, g_error_copy (error));
}

static gboolean
on_acceptable (SaSocket *self,
               SaSocketOp *op,
               const GError *error)
{
  SaAcceptCall *accept = sa_socket_call_from_op (op);
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) local = NULL;
  SaSocket *peer = NULL;
  gboolean shortage;
  int fd;

  if (error != NULL || (accept->peer != NULL && !sa_socket_check_fresh (accept->peer, &local)))
    {
      fail (&accept->call, error != NULL ? error : local);
      return TRUE;
    }

  fd = accept_now (self, &shortage, &local);
  if (fd == SA_SOCKET_WOULD_BLOCK || shortage)
    {
      /* When descriptors are back the timer of the listener says so.  */
      return FALSE;
    }

  if (fd >= 0 && accept->peer == NULL)
    peer = make_peer (self, fd, &local);
  else if (fd >= 0 && fill_given_peer (self, accept->peer, fd, &local))
    peer = g_object_ref (accept->peer);

  if (peer == NULL)
    {
      fail (&accept->call, local);
      return TRUE;
    }

  task = sa_socket_call_end (&accept->call);
  g_task_return_pointer (task, peer, g_object_unref);

  return TRUE;
}

static const SaSocketCallClass accept_class = {
  .size = sizeof (SaAcceptCall),
  .func = on_acceptable,
  .fail = fail,
  .clear = clear,
  .timed_out = N_("Nobody connected for %u milliseconds"),
};

static void
begin_accept (SaSocket *self,
              SaSocket *peer,
              GTask *task)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  SaAcceptCall *accept;

  g_task_set_priority (task, priv->priority);
  g_task_set_check_cancellable (task, FALSE);
  if (priv->state != SA_SOCKET_STATE_LISTENING)
    {
      gboolean closed = priv->state == SA_SOCKET_STATE_CLOSED;

      g_task_return_new_error (task, G_IO_ERROR, closed ? G_IO_ERROR_CLOSED : G_IO_ERROR_NOT_INITIALIZED,
                               "%s", closed ? _("The socket is closed") : _("The socket does not listen"));
      g_object_unref (task);
      return;
    }

  accept = sa_socket_call_new (&accept_class, self, task);
  accept->peer = peer != NULL ? g_object_ref (peer) : NULL;
  sa_socket_call_wait (&accept->call);
}

/**
 * sa_socket_accept_async:
 * @self: a #SaSocket that listens
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @callback: (scope async) (nullable): called when the call is done
 * @user_data: data for @callback
 *
 * Takes the next connection without waiting; see sa_socket_accept(). While such a call waits,
 * #SaSocket::accept-ready is not emitted for the connection it will get.
 *
 * Since: 1.0
 */
void
sa_socket_accept_async (SaSocket *self,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SA_IS_SOCKET (self));
  SA_SOCKET_CHECK_THREAD (self);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sa_socket_accept_async);
  begin_accept (self, NULL, task);
}

/**
 * sa_socket_accept_finish:
 * @self: a #SaSocket
 * @result: the #GAsyncResult that the callback was given
 * @error: return location for a #GError
 *
 * Ends sa_socket_accept_async().
 *
 * Returns: (transfer full): the new #SaSocket
 * Since: 1.0
 */
SaSocket *
sa_socket_accept_finish (SaSocket *self,
                         GAsyncResult *result,
                         GError **error)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * sa_socket_accept_into_async:
 * @self: a #SaSocket that listens
 * @peer: a new #SaSocket
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @callback: (scope async) (nullable): called when the call is done
 * @user_data: data for @callback
 *
 * Takes the next connection into @peer without waiting; see sa_socket_accept_into().
 *
 * Since: 1.0
 */
void
sa_socket_accept_into_async (SaSocket *self,
                             SaSocket *peer,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SA_IS_SOCKET (self));
  g_return_if_fail (SA_IS_SOCKET (peer) && peer != self);
  SA_SOCKET_CHECK_THREAD (self);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sa_socket_accept_into_async);
  begin_accept (self, peer, task);
}

/**
 * sa_socket_accept_into_finish:
 * @self: a #SaSocket
 * @result: the #GAsyncResult that the callback was given
 * @error: return location for a #GError
 *
 * Ends sa_socket_accept_into_async().
 *
 * Returns: %TRUE if the peer is connected
 * Since: 1.0
 */
gboolean
sa_socket_accept_into_finish (SaSocket *self,
                              GAsyncResult *result,
                              GError **error)
{
  g_autoptr (SaSocket) peer = NULL;

  g_return_val_if_fail (SA_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  peer = g_task_propagate_pointer (G_TASK (result), error);

  return peer != NULL;
}
