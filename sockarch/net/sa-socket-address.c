/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-impl-private.h"

/**
 * sa_socket_create:
 * @self: a new #SaSocket
 * @port: the port to be bound to, or 0 for one that the system chooses
 * @type: %G_SOCKET_TYPE_STREAM or %G_SOCKET_TYPE_DATAGRAM
 * @address: (nullable): the local address to be bound to, as a numeric IPv4 or IPv6 address, or %NULL for any
 *   address of both families
 * @error: return location for a #GError
 *
 * Says what kind of socket it shall be and where it shall be bound (MFC's Create).
 *
 * A datagram socket is bound at once. A stream socket only notes what is wanted: it is bound by
 * sa_socket_listen() or by the connect, which knows the address family; a taken port shows there. A client
 * that does not care for its local port need not call this at all.
 *
 * Fails with %G_IO_ERROR_INVALID_ARGUMENT if @port is above 65535, or @address is not an address, or @type is
 * neither of the two; and for datagrams with the errors of sa_socket_bind().
 *
 * Returns: %TRUE if the values are good
 * Since: 1.0
 */

/**
 * sa_socket_bind:
 * @self: a #SaSocket that is not bound yet
 * @address: the local address: a #GInetSocketAddress, or a #GUnixSocketAddress
 * @error: return location for a #GError
 *
 * Binds the socket to a local address (MFC's Bind). If sa_socket_create() was not called it becomes a stream
 * socket.
 *
 * Fails with %G_IO_ERROR_ADDRESS_IN_USE if another socket has that address, %G_IO_ERROR_PERMISSION_DENIED for
 * a port or path that this user may not have, %G_IO_ERROR_NOT_SUPPORTED for an address family that the system
 * does not have, and %G_IO_ERROR_INVALID_ARGUMENT for a socket that is bound or connected already.
 *
 * Returns: %TRUE if the socket is bound
 * Since: 1.0
 */

/**
 * sa_socket_get_local_address:
 * @self: a #SaSocket
 *
 * The address of this end of the socket (MFC's GetSockName).
 *
 * Returns: (transfer full) (nullable): the address, or %NULL if the socket is not bound
 * Since: 1.0
 */

/**
 * sa_socket_get_remote_address:
 * @self: a #SaSocket
 *
 * The address of the peer (MFC's GetPeerName).
 *
 * Returns: (transfer full) (nullable): the address, or %NULL if the socket is not connected
 * Since: 1.0
 */

/**
 * sa_socket_get_local_port:
 * @self: a #SaSocket
 *
 * The port of this end of the socket: what a client of this server has to connect to.
 *
 * Returns: the port, or 0 if there is none
 * Since: 1.0
 */

/**
 * sa_socket_get_remote_port:
 * @self: a #SaSocket
 *
 * The port of the peer.
 *
 * Returns: the port, or 0 if there is none
 * Since: 1.0
 */

/**
 * sa_socket_dup_local_host:
 * @self: a #SaSocket
 *
 * The address of this end of the socket as text: a numeric IPv4 or IPv6 address, the path of a Unix socket,
 * or an abstract name after an `@`.
 *
 * Returns: (transfer full) (nullable): the address, or %NULL if there is none
 * Since: 1.0
 */

/**
 * sa_socket_dup_remote_host:
 * @self: a #SaSocket
 *
 * The address of the peer as text, as in sa_socket_dup_local_host().
 *
 * Returns: (transfer full) (nullable): the address, or %NULL if there is none
 * Since: 1.0
 */

/**
 * sa_socket_get_credentials:
 * @self: a #SaSocket that is connected to a Unix address
 * @error: return location for a #GError
 *
 * Which process and user the peer was when the connection was made.
 *
 * Fails with %G_IO_ERROR_NOT_SUPPORTED for other kinds of sockets.
 *
 * Returns: (transfer full): the credentials of the peer
 * Since: 1.0
 */
