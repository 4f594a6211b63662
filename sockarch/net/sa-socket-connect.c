/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-impl-private.h"

/**
 * sa_socket_connect_to_host:
 * @self: a #SaSocket that is not connected
 * @host: a host name, or a numeric IPv4 or IPv6 address
 * @port: the port
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Connects to a server (MFC's Connect). If the name has several addresses they are tried in turn, each with a
 * short head start over the next, and the first that answers is taken.
 *
 * Under %SA_WAIT_NEVER the connect is only begun: the function returns %TRUE, #SaSocket:state is
 * %SA_SOCKET_STATE_CONNECTING, and #SaSocket::connected tells the result.
 *
 * Fails with %G_IO_ERROR_CONNECTION_REFUSED if nobody listens there, %G_IO_ERROR_HOST_UNREACHABLE or
 * %G_IO_ERROR_NETWORK_UNREACHABLE, a %G_RESOLVER_ERROR if the name is not known, %G_IO_ERROR_TIMED_OUT after
 * #SaSocket:timeout, %G_IO_ERROR_CANCELLED, %G_IO_ERROR_ADDRESS_IN_USE if the local port that was asked for
 * is taken, and %G_IO_ERROR_INVALID_ARGUMENT for a socket that is connected or listens, or a port above
 * 65535. The message names host and port. After a failure the socket may try again.
 *
 * Returns: %TRUE if the socket is connected, or under %SA_WAIT_NEVER if the connect has begun
 * Since: 1.0
 */

/**
 * sa_socket_connect_to_host_async:
 * @self: a #SaSocket that is not connected
 * @host: a host name, or a numeric IPv4 or IPv6 address
 * @port: the port
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @callback: (scope async) (nullable): called when the call is done
 * @user_data: data for @callback
 *
 * Connects to a server without waiting; see sa_socket_connect_to_host(). #SaSocket::connected is not emitted.
 *
 * Since: 1.0
 */

/**
 * sa_socket_connect_to_host_finish:
 * @self: a #SaSocket
 * @result: the #GAsyncResult that the callback was given
 * @error: return location for a #GError
 *
 * Ends sa_socket_connect_to_host_async().
 *
 * Returns: %TRUE if the socket is connected
 * Since: 1.0
 */

/**
 * sa_socket_connect_to_address:
 * @self: a #SaSocket that is not connected
 * @address: a #GSocketAddress, or another #GSocketConnectable as #GNetworkAddress or #GNetworkService
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Connects to an address, which may be a #GUnixSocketAddress; see sa_socket_connect_to_host(). A datagram
 * socket may be connected too: it then sends to that address and receives from no other.
 *
 * Fails with %G_IO_ERROR_CONNECTION_REFUSED if nobody listens there, %G_IO_ERROR_HOST_UNREACHABLE or
 * %G_IO_ERROR_NETWORK_UNREACHABLE, a %G_RESOLVER_ERROR if the name is not known, %G_IO_ERROR_TIMED_OUT after
 * #SaSocket:timeout, %G_IO_ERROR_CANCELLED, %G_IO_ERROR_ADDRESS_IN_USE if the local port that was asked for
 * is taken, and %G_IO_ERROR_INVALID_ARGUMENT for a socket that is connected or listens, or a port above
 * 65535. The message names host and port. After a failure the socket may try again.
 *
 * Returns: %TRUE if the socket is connected, or under %SA_WAIT_NEVER if the connect has begun
 * Since: 1.0
 */

/**
 * sa_socket_connect_to_address_async:
 * @self: a #SaSocket that is not connected
 * @address: a #GSocketAddress, or another #GSocketConnectable as #GNetworkAddress or #GNetworkService
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @callback: (scope async) (nullable): called when the call is done
 * @user_data: data for @callback
 *
 * Connects to an address without waiting; see sa_socket_connect_to_address(). #SaSocket::connected is not
 * emitted.
 *
 * Since: 1.0
 */

/**
 * sa_socket_connect_to_address_finish:
 * @self: a #SaSocket
 * @result: the #GAsyncResult that the callback was given
 * @error: return location for a #GError
 *
 * Ends sa_socket_connect_to_address_async().
 *
 * Returns: %TRUE if the socket is connected
 * Since: 1.0
 */
