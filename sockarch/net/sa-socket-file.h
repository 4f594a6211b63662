/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#if !defined(SA_INSIDE) && !defined(SA_COMPILATION)
#error "Only <sockarch/sockarch.h> can be included directly."
#endif

#include <sockarch/net/sa-socket.h>

G_BEGIN_DECLS

#define SA_TYPE_SOCKET_FILE (sa_socket_file_get_type ())

SA_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (SaSocketFile, sa_socket_file, SA, SOCKET_FILE, GIOStream)

SA_AVAILABLE_IN_1_0
SaSocketFile *sa_socket_file_new (SaSocket *socket, GError **error) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
SaSocket *sa_socket_file_get_socket (SaSocketFile *self);
SA_AVAILABLE_IN_1_0
gboolean sa_socket_file_unread (SaSocketFile *self, const guint8 *data, gsize length, GError **error);
SA_AVAILABLE_IN_1_0
void sa_socket_file_abort (SaSocketFile *self);

G_END_DECLS
