/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/net/sa-socket-private.h"
#include "sockarch/sa-cancel-private.h"

G_BEGIN_DECLS

/* What a SaSocketFile and its two halves share: the claim on a socket. It is given up when all three are
 * gone, or when the file is closed, since a half may outlive its file inside a filter stream.
 *
 * What can be cancelled is here too: a handler of GCancellable::cancelled that just runs in another
 * thread may outlive the half, and holds the link. The handler stays for the next operation, which mostly
 * has the same cancellable: connecting and disconnecting cost more than a read.  */
typedef struct _SaSocketLink SaSocketLink;

/* A pending write. Many files are only read from: they have none.  */
typedef struct
{
  SaSendEntry entry;
  SaSocketLink *link; /* not held */
} SaSocketLinkWrite;

struct _SaSocketLink
{
  SaSocket *socket;   /* NULL if no file could be made of it */
  GError *error;      /* why not: what every call gives */
  int ref_count;      /* the file, its halves, and handlers on cancellables */
  gboolean is_closed; /* by the file: the halves do not touch the socket any more */
  gpointer reader;    /* the input half, while a read is pending */
  SaSocketOp read;    /* that read: GIO allows one at a time, so that nothing need be allocated for it */
  gpointer writer;    /* the output half, while a write is pending */
  SaSocketLinkWrite *write; /* that write, or an earlier one; made for the first */
};

SaSocketLink *sa_socket_link_new (SaSocket *socket, GError *refusal);
gpointer sa_socket_link_ref (gpointer self);
void sa_socket_link_unref (gpointer self);

/* Whether the link leads to a socket that the file has not closed, and that is not used for another
 * connection since.  */
gboolean sa_socket_link_is_open (const SaSocketLink *self);

/* FALSE with the error of a file that never had a socket.  */
gboolean sa_socket_link_check_usable (const SaSocketLink *self, GError **error);

/* FALSE with the reason why nothing can be read or written.  */
gboolean sa_socket_link_check (const SaSocketLink *self, GError **error);

void sa_socket_link_close (SaSocketLink *self);

G_END_DECLS
