/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/net/sa-socket.h"

G_BEGIN_DECLS

/* What a SaSocketFile and its two halves share: the claim on a socket. It is given up when all three are
 * gone, or when the file is closed, since a half may outlive its file inside a filter stream.  */
typedef struct
{
  SaSocket *socket;   /* NULL if no file could be made of it */
  GError *error;      /* why not: what every call gives */
  int ref_count;      /* the file and its halves */
  gboolean is_closed; /* by the file: the halves do not touch the socket any more */
} SaSocketLink;

SaSocketLink *sa_socket_link_new (SaSocket *socket, GError *refusal);
SaSocketLink *sa_socket_link_ref (SaSocketLink *self);
void sa_socket_link_unref (SaSocketLink *self);

/* Whether the link leads to a socket that the file has not closed.  */
gboolean sa_socket_link_is_open (const SaSocketLink *self);

/* FALSE with the error of a file that never had a socket.  */
gboolean sa_socket_link_check_usable (const SaSocketLink *self, GError **error);

/* FALSE with the reason why nothing can be read or written.  */
gboolean sa_socket_link_check (const SaSocketLink *self, GError **error);

void sa_socket_link_close (SaSocketLink *self);

G_END_DECLS
