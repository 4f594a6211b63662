/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-impl-private.h"

/**
 * sa_socket_receive: (skip)
 * @self: a connected #SaSocket
 * @buffer: (out caller-allocates) (array length=size) (element-type guint8): where the bytes go
 * @size: how many bytes at most
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Receives what is there, at least one byte (MFC's Receive), or one datagram.
 *
 * Fails with %G_IO_ERROR_WOULD_BLOCK if there is nothing and #SaSocket:wait-policy is %SA_WAIT_NEVER,
 * %G_IO_ERROR_TIMED_OUT after #SaSocket:timeout, %G_IO_ERROR_CANCELLED, %G_IO_ERROR_PENDING if another
 * receive is waiting, %G_IO_ERROR_CONNECTION_CLOSED if the connection was reset, %G_IO_ERROR_CLOSED if the
 * socket was closed here, and %G_IO_ERROR_NOT_CONNECTED.
 *
 * Returns: how many bytes were received, 0 if the peer has finished sending, or -1 on error
 * Since: 1.0
 */

/**
 * sa_socket_receive_data: (rename-to sa_socket_receive)
 * @self: a connected #SaSocket
 * @size: how many bytes at most
 * @length: (out): return location for how many bytes were received
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Receives what is there, at least one byte (MFC's Receive), or one datagram.
 *
 * Fails with %G_IO_ERROR_WOULD_BLOCK if there is nothing and #SaSocket:wait-policy is %SA_WAIT_NEVER,
 * %G_IO_ERROR_TIMED_OUT after #SaSocket:timeout, %G_IO_ERROR_CANCELLED, %G_IO_ERROR_PENDING if another
 * receive is waiting, %G_IO_ERROR_CONNECTION_CLOSED if the connection was reset, %G_IO_ERROR_CLOSED if the
 * socket was closed here, and %G_IO_ERROR_NOT_CONNECTED.
 *
 * Returns: (array length=length) (element-type guint8) (transfer full): the bytes; none if the peer has
 *   finished sending. Free them with g_free().
 * Since: 1.0
 */

/**
 * sa_socket_receive_bytes:
 * @self: a connected #SaSocket
 * @size: how many bytes at most
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Receives as sa_socket_receive() does.
 *
 * Returns: (transfer full): the bytes; none if the peer has finished sending
 * Since: 1.0
 */

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

/**
 * sa_socket_receive_with_flags: (skip)
 * @self: a connected #SaSocket
 * @buffer: (out caller-allocates) (array length=size) (element-type guint8): where the bytes go
 * @size: how many bytes at most
 * @flags: #GSocketMsgFlags: %G_SOCKET_MSG_PEEK leaves the bytes where they are, %G_SOCKET_MSG_OOB receives
 *   the urgent byte
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Receives as sa_socket_receive() does, with flags. With %G_SOCKET_MSG_OOB it never waits, and fails with
 * %G_IO_ERROR_WOULD_BLOCK if there is no urgent byte, or it has not come yet.
 *
 * Returns: how many bytes were received, 0 if the peer has finished sending, or -1 on error
 * Since: 1.0
 */

/**
 * sa_socket_receive_data_with_flags: (rename-to sa_socket_receive_with_flags)
 * @self: a connected #SaSocket
 * @size: how many bytes at most
 * @flags: #GSocketMsgFlags: %G_SOCKET_MSG_PEEK leaves the bytes where they are, %G_SOCKET_MSG_OOB receives
 *   the urgent byte
 * @length: (out): return location for how many bytes were received
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Receives as sa_socket_receive() does, with flags. With %G_SOCKET_MSG_OOB it never waits, and fails with
 * %G_IO_ERROR_WOULD_BLOCK if there is no urgent byte, or it has not come yet.
 *
 * Returns: (array length=length) (element-type guint8) (transfer full): the bytes; none if the peer has
 *   finished sending. Free them with g_free().
 * Since: 1.0
 */

/**
 * sa_socket_get_available_bytes:
 * @self: a connected #SaSocket
 * @error: return location for a #GError
 *
 * How many bytes can be received now, or how large the next datagram is (`FIONREAD`).
 *
 * Fails with %G_IO_ERROR_CLOSED or %G_IO_ERROR_NOT_CONNECTED.
 *
 * Returns: the number of bytes, or -1 on error
 * Since: 1.0
 */

/**
 * sa_socket_is_at_mark:
 * @self: a connected #SaSocket
 * @error: return location for a #GError
 *
 * Whether the next byte to be received is the one before which an urgent byte was sent (`SIOCATMARK`).
 *
 * Fails with %G_IO_ERROR_CLOSED or %G_IO_ERROR_NOT_CONNECTED, and %G_IO_ERROR_NOT_SUPPORTED where the
 * protocol has no urgent data.
 *
 * Returns: %TRUE if it is; %FALSE if not, or on error
 * Since: 1.0
 */
