/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-impl-private.h"

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

/**
 * sa_socket_accept_into:
 * @self: a #SaSocket that listens
 * @peer: a new #SaSocket
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Takes the next connection into a socket that the caller made (MFC's way of Accept). @peer keeps its main
 * context and its settings, except that it gets the #SaSocket:event-mask of @self.
 *
 * Fails as sa_socket_accept(), and with %G_IO_ERROR_INVALID_ARGUMENT if @peer is not new.
 *
 * Returns: %TRUE if @peer is connected
 * Since: 1.0
 */

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
