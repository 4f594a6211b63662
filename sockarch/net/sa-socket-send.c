/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-impl-private.h"

/**
 * sa_socket_send:
 * @self: a connected #SaSocket
 * @data: (array length=length) (element-type guint8): the bytes
 * @length: how many bytes
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Sends bytes (MFC's Send), or one datagram. All of @data is sent or queued: when the function returns
 * without an error it returns @length, and under %SA_WAIT_BLOCK and %SA_WAIT_DISPATCH the kernel has
 * everything.
 *
 * Fails with %G_IO_ERROR_WOULD_BLOCK, having sent nothing, if #SaSocket:wait-policy is %SA_WAIT_NEVER and
 * #SaSocket:high-water-mark bytes are queued already; then #SaSocket::send-ready says when to try again.
 * Fails with %G_IO_ERROR_TIMED_OUT after #SaSocket:timeout and with %G_IO_ERROR_CANCELLED, and then the
 * message says how many bytes were sent; %G_IO_ERROR_CONNECTION_CLOSED if the peer is gone (also known as
 * %G_IO_ERROR_BROKEN_PIPE), %G_IO_ERROR_CLOSED if the socket was closed or its sending half shut down,
 * %G_IO_ERROR_NOT_CONNECTED, and %G_IO_ERROR_MESSAGE_TOO_LARGE for a datagram that cannot be sent whole.
 *
 * Returns: @length, or -1 on error
 * Since: 1.0
 */

/**
 * sa_socket_send_async:
 * @self: a connected #SaSocket
 * @data: (array length=length) (element-type guint8): the bytes, copied if they cannot be sent at once
 * @length: how many bytes
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @callback: (scope async) (nullable): called when the call is done
 * @user_data: data for @callback
 *
 * Sends bytes without waiting; @callback is called when the kernel has all of them. Several such calls may be
 * begun, and are served in order; #SaSocket:high-water-mark does not limit them. A call that is cancelled
 * before its first byte was sent sends nothing; later it cannot be cancelled, since half a message would be
 * sent.
 *
 * Since: 1.0
 */

/**
 * sa_socket_send_finish:
 * @self: a #SaSocket
 * @result: the #GAsyncResult that the callback was given
 * @error: return location for a #GError
 *
 * Ends sa_socket_send_async().
 *
 * Returns: the number of bytes, all that were given, or -1 on error
 * Since: 1.0
 */

/**
 * sa_socket_send_bytes:
 * @self: a connected #SaSocket
 * @bytes: the bytes
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Sends bytes as sa_socket_send() does, but if they must be queued they are referenced and not copied.
 *
 * Returns: the size of @bytes, or -1 on error
 * Since: 1.0
 */

/**
 * sa_socket_send_with_flags:
 * @self: a connected #SaSocket
 * @data: (array length=length) (element-type guint8): the bytes
 * @length: how many bytes
 * @flags: #GSocketMsgFlags: %G_SOCKET_MSG_OOB marks the last byte as urgent, %G_SOCKET_MSG_DONTROUTE stays in
 *   the local network
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Sends bytes with flags, straight from @data, after all that is queued. Under %SA_WAIT_NEVER it may send
 * fewer bytes than asked, and fails with %G_IO_ERROR_WOULD_BLOCK if anything is queued; otherwise it is as
 * sa_socket_send().
 *
 * Returns: how many bytes were sent, or -1 on error
 * Since: 1.0
 */
