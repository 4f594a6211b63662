/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-impl-private.h"

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

/**
 * sa_socket_close:
 * @self: a #SaSocket
 * @error: return location for a #GError
 *
 * Closes the socket (MFC's Close): ends waiting and asynchronous calls with %G_IO_ERROR_CLOSED, sends what is
 * queued, and closes. #SaSocket::closed has been emitted when the function returns. Calling it again does
 * nothing.
 *
 * Under %SA_WAIT_BLOCK and %SA_WAIT_DISPATCH the function waits for queued bytes, at most #SaSocket:linger
 * milliseconds; under %SA_WAIT_NEVER they are sent in the background within that time, by the main loop.
 *
 * When it is called while a %SA_WAIT_DISPATCH call of this socket waits, further up the stack, the signal
 * comes after that call has returned.
 *
 * Fails with %G_IO_ERROR_TIMED_OUT if queued bytes were dropped, or with the error that kept them from being
 * sent; the socket is closed all the same.
 *
 * Returns: %TRUE if nothing that was queued was lost
 * Since: 1.0
 */

/**
 * sa_socket_abort:
 * @self: a #SaSocket
 *
 * Closes the socket at once: drops what is queued and, on TCP, resets the connection, so that the peer knows
 * that it did not end well. #SaSocket::closed is emitted as by sa_socket_close().
 *
 * Since: 1.0
 */

/**
 * sa_socket_close_gracefully:
 * @self: a #SaSocket
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Ends a connection so that neither side loses anything: sends what is queued, ends the sending half,
 * receives and drops until the peer has finished too, and closes.
 *
 * Under %SA_WAIT_NEVER this is begun here, and goes on in the background until #SaSocket::closed.
 *
 * Fails with %G_IO_ERROR_TIMED_OUT if the peer does not finish within #SaSocket:timeout,
 * %G_IO_ERROR_CANCELLED, or the error that broke the connection; the socket is closed all the same.
 *
 * Returns: %TRUE if both sides finished
 * Since: 1.0
 */

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
