/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-impl-private.h"

/**
 * sa_socket_new:
 *
 * Makes a socket that has no descriptor yet. It belongs to the thread-default main context of this thread.
 *
 * Returns: (transfer full): a new #SaSocket
 * Since: 1.0
 */

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

/**
 * sa_socket_attach:
 * @self: a new #SaSocket
 * @socket: a #GSocket
 * @error: return location for a #GError
 *
 * Takes over a socket that was made elsewhere (MFC's Attach): bound, listening or connected, stream or
 * datagram. Its options stay as they are. Nobody else should use @socket afterwards.
 *
 * Fails with %G_IO_ERROR_INVALID_ARGUMENT if @self has a socket already, and %G_IO_ERROR_CLOSED if @socket is
 * closed.
 *
 * Returns: %TRUE if @self has the socket now
 * Since: 1.0
 */

/**
 * sa_socket_detach:
 * @self: a #SaSocket
 * @error: return location for a #GError
 *
 * Gives the socket away (MFC's Detach), to be used otherwise or to be attached to a #SaSocket of another
 * thread. Nothing is closed and no signal comes; @self is as new.
 *
 * Fails with %G_IO_ERROR_NOT_INITIALIZED if there is no descriptor, and with %G_IO_ERROR_PENDING, changing
 * nothing, while bytes are queued to be sent, a call waits, or a connect is under way.
 *
 * Returns: (transfer full): the #GSocket
 * Since: 1.0
 */

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
