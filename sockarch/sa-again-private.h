/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Calls @func once, in the next turn of @context and at the default priority: for who has more to do. One
 * that does so turn after turn would starve sources of lower priority, such as the redraw of a window. So
 * *@since, 0 at the beginning of such a chain, says when it began, or when those had a turn; after
 * SA_AGAIN_BUDGET microseconds the call comes when they had another.
 *
 * Returns: the attached source (transfer full)  */
#define SA_AGAIN_BUDGET 16000
GSource *sa_again_attach (GMainContext *context, gint64 *since, GSourceFunc func, gpointer data,
                          GDestroyNotify notify) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
