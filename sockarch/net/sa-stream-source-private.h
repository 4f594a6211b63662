/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/net/sa-socket-link-private.h"

G_BEGIN_DECLS

/* A GSource of a pollable half, for those that know no other way (GTlsConnection). It is ready when the
 * descriptor says so, when @is_ready (@stream) says so without it, and for ever once the socket has no
 * descriptor any more.  */
typedef gboolean (*SaStreamReadyFunc) (gpointer stream);

GSource *sa_stream_source_new (GObject *stream, SaSocketLink *link, GIOCondition condition,
                               SaStreamReadyFunc is_ready, GCancellable *cancellable);

G_END_DECLS
