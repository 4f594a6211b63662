/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-impl-private.h"

/**
 * sa_socket_is_blocking:
 * @self: a #SaSocket
 *
 * Whether a call on this socket is waiting now (MFC's IsBlocking): further up the stack, or in another
 * thread.
 *
 * Returns: %TRUE if a call waits
 * Since: 1.0
 */

/**
 * sa_socket_cancel_blocking_call:
 * @self: a #SaSocket
 *
 * Ends the calls that wait on this socket now, with %G_IO_ERROR_CANCELLED (MFC's CancelBlockingCall). It may
 * be called from any thread. If no call waits nothing happens; asynchronous calls are not touched.
 *
 * Since: 1.0
 */
