/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/net/sa-socket-link-private.h"

G_BEGIN_DECLS

/* The half of a SaSocketFile that reads.  */

#define SA_TYPE_SOCKET_INPUT_STREAM (sa_socket_input_stream_get_type ())
G_DECLARE_FINAL_TYPE (SaSocketInputStream, sa_socket_input_stream, SA, SOCKET_INPUT_STREAM, GInputStream)

GInputStream *sa_socket_input_stream_new (SaSocketLink *link);
gboolean sa_socket_input_stream_unread (SaSocketInputStream *self, const guint8 *data, gsize length,
                                        GError **error);

G_END_DECLS
