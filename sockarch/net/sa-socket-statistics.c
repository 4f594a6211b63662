/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-impl-private.h"

/**
 * sa_socket_get_state:
 * @self: a #SaSocket
 *
 * Where the socket is in its life.
 *
 * Returns: the state
 * Since: 1.0
 */
SaSocketState
sa_socket_get_state (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), SA_SOCKET_STATE_CLOSED);

  return (SaSocketState) sa_socket_private (self)->state;
}

/**
 * sa_socket_get_context:
 * @self: a #SaSocket
 *
 * The main context that the socket belongs to: where its signals come and its asynchronous calls finish.
 *
 * Returns: (transfer none): the main context
 * Since: 1.0
 */
GMainContext *
sa_socket_get_context (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), NULL);

  return sa_socket_private (self)->context;
}

/**
 * sa_socket_get_bytes_sent:
 * @self: a #SaSocket
 *
 * How many bytes the kernel has taken from this socket.
 *
 * Returns: the number of bytes
 * Since: 1.0
 */
guint64
sa_socket_get_bytes_sent (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), 0);

  return sa_socket_private (self)->bytes_sent;
}

/**
 * sa_socket_get_bytes_received:
 * @self: a #SaSocket
 *
 * How many bytes were received on this socket.
 *
 * Returns: the number of bytes
 * Since: 1.0
 */
guint64
sa_socket_get_bytes_received (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), 0);

  return sa_socket_private (self)->bytes_received;
}

/**
 * sa_socket_get_send_calls:
 * @self: a #SaSocket
 *
 * How many times the kernel was asked to send.
 *
 * Returns: the number of calls
 * Since: 1.0
 */
guint64
sa_socket_get_send_calls (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), 0);

  return sa_socket_private (self)->send_calls;
}

/**
 * sa_socket_get_receive_calls:
 * @self: a #SaSocket
 *
 * How many times the kernel was asked to receive.
 *
 * Returns: the number of calls
 * Since: 1.0
 */
guint64
sa_socket_get_receive_calls (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), 0);

  return sa_socket_private (self)->receive_calls;
}

/**
 * sa_socket_get_queued_bytes:
 * @self: a #SaSocket
 *
 * How many bytes wait inside the library to be sent.
 *
 * Returns: the number of bytes
 * Since: 1.0
 */
gsize
sa_socket_get_queued_bytes (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), 0);

  return sa_socket_private (self)->queue.bytes;
}

/**
 * sa_socket_get_budget_hits:
 * @self: a #SaSocket
 *
 * How often the sockets of this context and priority used up their #SaSocket:dispatch-budget and had to wait
 * with more to do, so that sources of lower priority had their turn first.
 *
 * Returns: the number
 * Since: 1.0
 */
guint64
sa_socket_get_budget_hits (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  g_return_val_if_fail (SA_IS_SOCKET (self), 0);

  return priv->poller != NULL ? SA_POLLER_STAT (priv->poller, budget_hits) : 0;
}

/**
 * sa_socket_get_last_error:
 * @self: a #SaSocket
 *
 * What ended the connection or the last connect, if it was an error (MFC's GetLastError, for this socket
 * only).
 *
 * Returns: (transfer none) (nullable): the error, valid until the next one; or %NULL
 * Since: 1.0
 */
const GError *
sa_socket_get_last_error (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), NULL);

  return sa_socket_private (self)->last_error;
}
