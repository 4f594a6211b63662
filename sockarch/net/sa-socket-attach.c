/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-impl-private.h"

#include <unistd.h>

/* Making sockets, and handing over those of others.  */

/**
 * sa_socket_new:
 *
 * Makes a socket that has no descriptor yet. It belongs to the thread-default main context of this thread.
 *
 * Returns: (transfer full): a new #SaSocket
 * Since: 1.0
 */
SaSocket *
sa_socket_new (void)
{
  return g_object_new (SA_TYPE_SOCKET, NULL);
}

/* Makes the descriptor of a connected stream or datagram socket ours and watches it. On failure it stays the
 * caller's.  */
gboolean
sa_socket_start_connected (SaSocket *self,
                           int fd,
                           int family,
                           GSocketType type,
                           GSocket *socket,
                           GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  /* Handlers of notify::state may let go of it.  */
  g_autoptr (SaSocket) hold = g_object_ref (self);
  SaEntered entered = sa_socket_enter_elsewhere (self);
  gboolean success;

  sa_socket_take_fd (self, fd, family);
  priv->type = (guint8) type;
  sa_socket_begin_connection (self);
  g_clear_error (&priv->last_error);
  success = sa_socket_start_watch (self, error);
  if (success)
    {
      if (socket != NULL)
        priv->socket = g_object_ref (socket);
      priv->epoch++;
      sa_socket_remember_peer (self);
      sa_socket_set_state (self, SA_SOCKET_STATE_CONNECTED);
      sa_socket_restart_idle_timer (self);
    }
  else
    {
      priv->fd = -1;
      priv->type = G_SOCKET_TYPE_STREAM;
    }
  sa_socket_leave (self, entered);

  return success;
}

/**
 * sa_socket_new_pair:
 * @first: (out) (transfer full): return location for one end
 * @second: (out) (transfer full): return location for the other end
 * @error: return location for a #GError
 *
 * Makes two stream sockets that are connected to each other and to nobody else.
 *
 * Fails with %G_IO_ERROR_TOO_MANY_OPEN_FILES if the process has no descriptors left.
 *
 * Returns: %TRUE if both were made
 * Since: 1.0
 */
gboolean
sa_socket_new_pair (SaSocket **first,
                    SaSocket **second,
                    GError **error)
{
  g_autoptr (SaSocket) a = NULL;
  g_autoptr (SaSocket) b = NULL;
  int fds[2];

  g_return_val_if_fail (first != NULL && second != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) < 0)
    {
      g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (errno),
                   _("Could not make a pair of sockets: %s"), g_strerror (errno));
      return FALSE;
    }

  a = sa_socket_new ();
  b = sa_socket_new ();
  if (!sa_socket_start_connected (a, fds[0], AF_UNIX, G_SOCKET_TYPE_STREAM, NULL, error))
    {
      close (fds[0]);
      close (fds[1]);
      return FALSE;
    }
  if (!sa_socket_start_connected (b, fds[1], AF_UNIX, G_SOCKET_TYPE_STREAM, NULL, error))
    {
      close (fds[1]);
      return FALSE;
    }

  *first = g_steal_pointer (&a);
  *second = g_steal_pointer (&b);

  return TRUE;
}

static gboolean
is_listening (int fd)
{
  int listening = 0;
  socklen_t size = sizeof listening;

  return getsockopt (fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening != 0;
}

/**
 * sa_socket_attach:
 * @self: a new #SaSocket
 * @socket: a #GSocket
 * @error: return location for a #GError
 *
 * Takes over a socket that was made elsewhere (MFC's Attach): bound, listening or connected, stream or
 * datagram. Its options stay as they are, and the properties of @self tell them. Nobody else should use
 * @socket afterwards.
 *
 * Fails with %G_IO_ERROR_INVALID_ARGUMENT if @self has a socket already, and %G_IO_ERROR_CLOSED if @socket is
 * closed.
 *
 * Returns: %TRUE if @self has the socket now
 * Since: 1.0
 */
gboolean
sa_socket_attach (SaSocket *self,
                  GSocket *socket,
                  GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  SaSocketState state = SA_SOCKET_STATE_BOUND;

  g_return_val_if_fail (SA_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (G_IS_SOCKET (socket), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  if (!sa_socket_check_fresh (self, error))
    return FALSE;
  if (g_socket_is_closed (socket))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, _("The socket to be attached is closed"));
      return FALSE;
    }

  if (g_socket_is_connected (socket))
    {
      if (!sa_socket_start_connected (self, g_socket_get_fd (socket), (int) g_socket_get_family (socket),
                                      g_socket_get_socket_type (socket), socket, error))
        return FALSE;

      sa_socket_read_options (self, priv->fd);
      return TRUE;
    }

  if (is_listening (g_socket_get_fd (socket)))
    state = SA_SOCKET_STATE_LISTENING;
  sa_socket_take_fd (self, g_socket_get_fd (socket), (int) g_socket_get_family (socket));
  priv->type = (guint8) g_socket_get_socket_type (socket);
  sa_socket_begin_connection (self);
  if (state == SA_SOCKET_STATE_LISTENING)
    sa_socket_make_listener (self);
  if ((state == SA_SOCKET_STATE_LISTENING || priv->type == G_SOCKET_TYPE_DATAGRAM) &&
      !sa_socket_start_watch (self, error))
    {
      priv->fd = -1;
      priv->type = G_SOCKET_TYPE_STREAM;
      sa_socket_forget_listener (self);
      return FALSE;
    }

  priv->socket = g_object_ref (socket);
  sa_socket_read_options (self, priv->fd);
  sa_socket_set_state (self, state);

  return TRUE;
}

/* Lets go of the descriptor, while no turn of the loop and no other call touches the socket.  */
static GSocket *
steal_socket (SaSocket *self,
              GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  GSocket *socket;

  if (priv->queue.head != NULL || priv->queue.done != NULL || priv->ops != NULL || priv->waiting != 0 ||
      sa_socket_origin (priv)->connector != NULL)
    {
      g_set_error_literal (
          error, G_IO_ERROR, G_IO_ERROR_PENDING,
          _("The socket is busy: let its calls end and its bytes be sent before detaching it"));
      return NULL;
    }
  if (sa_socket_get_socket (self) == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_INITIALIZED, _("There is no socket to detach"));
      return NULL;
    }

  sa_watch_stop (&priv->watch);
  socket = g_steal_pointer (&priv->socket);
  priv->fd = -1;
  priv->epoch++;

  return socket;
}

/**
 * sa_socket_detach:
 * @self: a #SaSocket
 * @error: return location for a #GError
 *
 * Gives the socket away (MFC's Detach), to be used otherwise or to be attached to a #SaSocket of another
 * thread. Nothing is closed and no signal comes; @self is as new.
 *
 * Fails with %G_IO_ERROR_NOT_INITIALIZED if there is no descriptor, and with %G_IO_ERROR_PENDING, changing
 * nothing, while bytes are queued to be sent, a call waits, or a connect is under way. Under %SA_WAIT_BLOCK a
 * handler that runs in another thread is waited for, at most #SaSocket:timeout milliseconds
 * (%G_IO_ERROR_TIMED_OUT).
 *
 * Returns: (transfer full): the #GSocket
 * Since: 1.0
 */
GSocket *
sa_socket_detach (SaSocket *self,
                  GError **error)
{
  g_autoptr (SaSocket) hold = NULL;
  SaEntered entered;
  GSocket *socket;

  g_return_val_if_fail (SA_IS_SOCKET (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  /* Handlers of notify::state, and the listener, may let go of it.  */
  hold = g_object_ref (self);
  if (!sa_socket_enter_call (self, &entered, NULL, error))
    return NULL;
  socket = steal_socket (self, error);
  sa_socket_leave (self, entered);
  if (socket == NULL)
    return NULL;

  sa_socket_forget_listener (self);
  sa_socket_forget (self);
  sa_socket_set_state (self, SA_SOCKET_STATE_NEW);
  sa_socket_leave_listener (self);

  return socket;
}

/**
 * sa_socket_get_socket:
 * @self: a #SaSocket
 *
 * The socket of GIO below, for options that #SaSocket does not have. Its blocking mode, timeout and
 * descriptor belong to @self: do not change them, and do not close it.
 *
 * Returns: (transfer none) (nullable): the #GSocket, or %NULL if there is no descriptor
 * Since: 1.0
 */
GSocket *
sa_socket_get_socket (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  g_return_val_if_fail (SA_IS_SOCKET (self), NULL);
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  /* Most sockets are never asked for it: ten thousand accepted ones are spared an object and its system
   * calls.  */
  if (priv->socket == NULL && priv->fd >= 0)
    priv->socket = g_socket_new_from_fd (priv->fd, NULL);

  return priv->socket;
}
