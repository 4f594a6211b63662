/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/net/sa-socket-private.h"

G_BEGIN_DECLS

/* What a SaSocketFile and its two halves share: the claim on a socket. It is given up when all three are
 * gone, or when the file is closed, since a half may outlive its file inside a filter stream.
 *
 * What can be cancelled is here too: a handler of GCancellable::cancelled that just runs in another
 * thread may outlive the half, and holds the link.  */
typedef struct
{
  SaSocket *socket;   /* NULL if no file could be made of it */
  GError *error;      /* why not: what every call gives */
  int ref_count;      /* the file, its halves, and handlers on cancellables */
  gboolean is_closed; /* by the file: the halves do not touch the socket any more */
  gpointer reader;    /* the input half, while a read is pending */
  SaSocketOp read;    /* that read: GIO allows one at a time, so that nothing need be allocated for it */
  gpointer writer;    /* the output half, while a write is pending */
  SaSendEntry write;  /* that write */
} SaSocketLink;

/* A handler on the cancellable of an operation. It stays for the next operation, which mostly has the
 * same one: connecting and disconnecting cost more than a read.  */
typedef struct
{
  GCancellable *cancellable; /* holds a reference; NULL if there is none */
  gulong id;                 /* of the handler */
} SaLinkCancel;

/* @cancellable may be NULL. The handler is called at once if it is cancelled already.  */
void sa_link_cancel_set (SaLinkCancel *self, GCancellable *cancellable, GCallback handler,
                         SaSocketLink *link);

SaSocketLink *sa_socket_link_new (SaSocket *socket, GError *refusal);
SaSocketLink *sa_socket_link_ref (SaSocketLink *self);
void sa_socket_link_unref (SaSocketLink *self);

/* Whether the link leads to a socket that the file has not closed, and that is not used for another
 * connection since.  */
gboolean sa_socket_link_is_open (const SaSocketLink *self);

/* FALSE with the error of a file that never had a socket.  */
gboolean sa_socket_link_check_usable (const SaSocketLink *self, GError **error);

/* FALSE with the reason why nothing can be read or written.  */
gboolean sa_socket_link_check (const SaSocketLink *self, GError **error);

void sa_socket_link_close (SaSocketLink *self);

G_END_DECLS
