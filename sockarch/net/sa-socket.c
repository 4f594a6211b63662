/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket.h"

typedef struct
{
  GMainContext *context;
} SaSocketPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (SaSocket, sa_socket, G_TYPE_OBJECT)

static void
sa_socket_class_init (SaSocketClass *klass)
{
}

static void
sa_socket_init (SaSocket *self)
{
}
