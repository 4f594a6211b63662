/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/net/sa-socket-private.h"
#include "sockarch/sa-cancel-private.h"

G_BEGIN_DECLS

/* An asynchronous call of a socket: what sa_socket_receive_async () and the others begin. Each embeds it as
 * its first field. It waits in the list of the socket's operations, or in the send queue, and is ended by
 * what it waits for, by SaSocket:timeout, by its GCancellable, or by the end of the socket.  */

typedef struct _SaSocketCall SaSocketCall;

/* What kind of call it is.  */
typedef struct
{
  gsize size;          /* of the struct that embeds it */
  SaSocketOpFunc func; /* called when there may be something; NULL: it is in the send queue */
  SaSendFunc sent;     /* called when it was sent or not, if it is in the send queue */
  /* Ends the call, which was taken out of where it waited: @error is not NULL.  */
  void (*fail) (SaSocketCall *call, const GError *error);
  /* Frees what the kind has besides; NULL: nothing. Perhaps in the thread that cancels.  */
  void (*clear) (SaSocketCall *call);
  const char *timed_out; /* the message, for translation: with the number of milliseconds */
} SaSocketCallClass;

struct _SaSocketCall
{
  const SaSocketCallClass *klass;
  int ref_count;     /* atomic: the call itself, and a handler of GCancellable::cancelled */
  SaSocket *socket;  /* held */
  GTask *task;       /* whom to tell; NULL: it is over */
  SaTimer timer;     /* SaSocket:timeout */
  SaCancel cancel;   /* the handler of GCancellable::cancelled */
  union
  {
    SaSocketOp op;     /* what stands in the socket's list */
    SaSendEntry entry; /* or in its queue */
  };
};

/* Takes @task. The rest is for the caller to fill in, before sa_socket_call_wait ().  */
gpointer sa_socket_call_new (const SaSocketCallClass *klass, SaSocket *socket, GTask *task);

/* Begins to wait.  */
void sa_socket_call_wait (SaSocketCall *call);

/* The call is over: gives its task back, for its result. The call is gone afterwards.  */
GTask *sa_socket_call_end (SaSocketCall *call);

static inline gpointer
sa_socket_call_from_op (SaSocketOp *op)
{
  return (char *) op - G_STRUCT_OFFSET (SaSocketCall, op);
}

static inline gpointer
sa_socket_call_from_entry (SaSendEntry *entry)
{
  return (char *) entry - G_STRUCT_OFFSET (SaSocketCall, entry);
}

G_END_DECLS
