/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-impl-private.h"

/**
 * sa_socket_send_to:
 * @self: a datagram #SaSocket
 * @address: the address of the receiver
 * @data: (array length=length) (element-type guint8): the bytes
 * @length: how many bytes
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Sends one datagram to an address (MFC's SendTo). A broadcast address needs #SaSocket:broadcast. Datagrams
 * are not queued: under %SA_WAIT_NEVER the function fails with %G_IO_ERROR_WOULD_BLOCK if the kernel has no
 * room.
 *
 * Fails with %G_IO_ERROR_MESSAGE_TOO_LARGE, %G_IO_ERROR_PERMISSION_DENIED for a broadcast that was not
 * allowed, %G_IO_ERROR_NETWORK_UNREACHABLE, %G_IO_ERROR_CONNECTION_REFUSED for a Unix address where nobody
 * receives, %G_IO_ERROR_TIMED_OUT after #SaSocket:timeout, %G_IO_ERROR_CANCELLED and %G_IO_ERROR_CLOSED.
 *
 * Returns: @length, or -1 on error
 * Since: 1.0
 */

/**
 * sa_socket_send_to_host:
 * @self: a datagram #SaSocket
 * @host: (nullable): a host name or a numeric address, or %NULL to broadcast in the local network
 * @port: the port
 * @data: (array length=length) (element-type guint8): the bytes
 * @length: how many bytes
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Sends one datagram to a host; see sa_socket_send_to(). The name of a host is looked up in the calling
 * thread, which may take time under any policy; a numeric address never does.
 *
 * Fails as sa_socket_send_to(), with a %G_RESOLVER_ERROR if the name is not known, and with
 * %G_IO_ERROR_INVALID_ARGUMENT if @port is above 65535.
 *
 * Returns: @length, or -1 on error
 * Since: 1.0
 */

/**
 * sa_socket_receive_from: (skip)
 * @self: a datagram #SaSocket
 * @buffer: (out caller-allocates) (array length=size) (element-type guint8): where the bytes go
 * @size: how many bytes at most
 * @address: (out) (transfer full) (optional) (nullable): return location for the sender's address
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Receives one datagram and tells who sent it (MFC's ReceiveFrom). What does not fit into @buffer is lost.
 *
 * Fails as sa_socket_receive().
 *
 * Returns: how many bytes were received, which may be 0, or -1 on error
 * Since: 1.0
 */

/**
 * sa_socket_receive_data_from: (rename-to sa_socket_receive_from)
 * @self: a datagram #SaSocket
 * @size: how many bytes at most
 * @length: (out): return location for how many bytes were received
 * @address: (out) (transfer full) (optional) (nullable): return location for the sender's address
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Receives one datagram and tells who sent it (MFC's ReceiveFrom). What is longer than @size is lost.
 *
 * Fails as sa_socket_receive().
 *
 * Returns: (array length=length) (element-type guint8) (transfer full): the bytes, which may be none. Free
 *   them with g_free().
 * Since: 1.0
 */

/**
 * sa_socket_join_multicast_group:
 * @self: a datagram #SaSocket that is bound
 * @group: the address of the group
 * @source: (nullable): receive only what this address sends, or %NULL for all
 * @interface_name: (nullable): the network interface, or %NULL for the system's choice
 * @error: return location for a #GError
 *
 * Receives what is sent to a multicast group from now on.
 *
 * Fails with %G_IO_ERROR_INVALID_ARGUMENT if @group is no multicast address, %G_IO_ERROR_NOT_FOUND or
 * %G_IO_ERROR_FAILED if there is no such interface, %G_IO_ERROR_NOT_SUPPORTED for sockets without multicast,
 * and %G_IO_ERROR_CLOSED.
 *
 * Returns: %TRUE if the group was joined
 * Since: 1.0
 */

/**
 * sa_socket_leave_multicast_group:
 * @self: a datagram #SaSocket
 * @group: the address of the group
 * @source: (nullable): the source given when the group was joined
 * @interface_name: (nullable): the interface given when the group was joined
 * @error: return location for a #GError
 *
 * Receives no more of what is sent to a multicast group.
 *
 * Fails as sa_socket_join_multicast_group(), and with %G_IO_ERROR_FAILED if the group was not joined.
 *
 * Returns: %TRUE if the group was left
 * Since: 1.0
 */
