/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/net/sa-socket-link-private.h"

G_BEGIN_DECLS

/* The half of a SaSocketFile that writes.  */

#define SA_TYPE_SOCKET_OUTPUT_STREAM (sa_socket_output_stream_get_type ())
G_DECLARE_FINAL_TYPE (SaSocketOutputStream, sa_socket_output_stream, SA, SOCKET_OUTPUT_STREAM, GOutputStream)

GOutputStream *sa_socket_output_stream_new (SaSocketLink *link);

G_END_DECLS
