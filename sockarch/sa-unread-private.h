/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gio/gio.h>

/* How an archive that is closed gives the bytes it read ahead back to the stream they came from, without
 * knowing what kind of stream that is: the type of the stream carries a pointer to such a function as its
 * "sa-unread" data.
 *
 * The function puts @length bytes before whatever @stream would deliver next, and returns FALSE if it
 * cannot.  */
typedef gboolean (*SaUnreadFunc) (GInputStream *stream, const guint8 *data, gsize length);

static inline GQuark
sa_unread_quark (void)
{
  return g_quark_from_static_string ("sa-unread");
}

static inline void
sa_unread_install (GType stream_type,
                   SaUnreadFunc func)
{
  g_type_set_qdata (stream_type, sa_unread_quark (), (gpointer) func);
}

static inline SaUnreadFunc
sa_unread_lookup (GInputStream *stream)
{
  return (SaUnreadFunc) g_type_get_qdata (G_OBJECT_TYPE (stream), sa_unread_quark ());
}
