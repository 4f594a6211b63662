/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What GIO's proxies talk over: the stream, with its end as an error. Some of them would otherwise ask for
 * the rest of an answer for ever.  */
GIOStream *sa_tunnel_stream_new (GIOStream *base);

G_END_DECLS
