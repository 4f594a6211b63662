/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/net/sa-poller-private.h"
#include "sockarch/net/sa-send-queue-private.h"
#include "sockarch/net/sa-socket.h"

G_BEGIN_DECLS

/* What other classes of the library (SaSocketFile) need of a SaSocket beyond its public face.
 *
 * Blocking reads of a stream half are sa_socket_receive (), and blocking writes sa_socket_send_vectors ():
 * both obey the wait policy, the timeout, the cancellable and the one send queue. Asynchronous ones are an
 * operation that is part of the caller's own memory: no GSource, no GTask, nothing allocated here. /
 */

/* What a call that never waits gives when it has no bytes to give.  */
enum
{
  SA_SOCKET_FAILED = -1,
  SA_SOCKET_WOULD_BLOCK = -2,
};

typedef struct _SaSocketOp SaSocketOp;

/* Called in the socket's main context, with the socket referenced, when something can be received (or
 * accepted), the end or an error included: find out with sa_socket_try_receive (). Returns TRUE if the
 * operation is done and may be freed: it was taken off the list before the call. FALSE leaves it at the head
 * of the list.
 *
 * @error is set when the operation is over without that: it was cancelled, or the socket was closed here. It
 * is done then, whatever is returned.  */
typedef gboolean (*SaSocketOpFunc) (SaSocket *socket, SaSocketOp *op, const GError *error);

/* Waits for bytes, in the order of sa_socket_add_op ().  */
struct _SaSocketOp
{
  SaSocketOp *next;    /* the operation that waits behind this one */
  SaSocketOpFunc func; /* set by the owner; the rest is the socket's */
  int cancelled;       /* atomic: see sa_socket_cancel_op () */
  gboolean over;       /* its connection is: it will be called with that error, and nothing else */
};

/* The socket does not hold a reference for the operation: its owner does. An operation added while bytes are
 * there is called in the next turn of the loop, never from inside sa_socket_add_op (). While operations
 * wait, SaSocket::receive-ready is not emitted.  */
void sa_socket_add_op (SaSocket *self, SaSocketOp *op);

/* Takes an operation off the list without a call (it timed out); FALSE if it is not in it. In the socket's
 * thread only.  */
gboolean sa_socket_remove_op (SaSocket *self, SaSocketOp *op);

/* For GCancellable::cancelled: the operation is called with G_IO_ERROR_CANCELLED in its context, if it waits
 * then. From any thread, while a reference on the socket is held.  */
void sa_socket_cancel_op (SaSocket *self, SaSocketOp *op);

/* Makes the socket look at its operations and its queue again, in its main context. From any thread.  */
void sa_socket_wake (SaSocket *self);

/* Receives what is there: bytes, 0 at the end, SA_SOCKET_WOULD_BLOCK or SA_SOCKET_FAILED, with @error set
 * only for the last.  */
gssize sa_socket_try_receive (SaSocket *self, void *buffer, gsize size, GError **error);

/* Sends all of the vectors or nothing, as sa_socket_send () does: SA_WAIT_NEVER queues what the kernel does
 * not take, and fails with G_IO_ERROR_WOULD_BLOCK above the high-water mark. The other policies return when
 * the kernel has everything. On failure *@bytes_written says how many bytes were sent.  */
gboolean sa_socket_send_vectors (SaSocket *self, const GOutputVector *vectors, gsize n_vectors,
                                 gsize *bytes_written, GCancellable *cancellable, GError **error);

/* The same without waiting under any policy: for g_pollable_output_stream_write_nonblocking ().  */
gboolean sa_socket_try_send_vectors (SaSocket *self, const GOutputVector *vectors, gsize n_vectors,
                                     GError **error);

/* Sends what the kernel takes now and queues the rest behind what is queued. The entry and the bytes it
 * points to stay the caller's until its func was called, in the main context and never from inside this
 * function; the caller holds a reference on the socket as long. High-water marks do not count here.  */
void sa_socket_queue_entry (SaSocket *self, SaSendEntry *entry);

/* Takes an entry out of the queue without a call, if none of its bytes was sent (it timed out); TRUE if so.
 * In the socket's thread only. FALSE while another thread blocks in a call, too: then the timer is put
 * off.  */
gboolean sa_socket_remove_entry (SaSocket *self, SaSendEntry *entry);
void sa_socket_put_off (SaSocket *self, const SaSendEntry *entry, SaTimer *timer);

/* For GCancellable::cancelled: the entry's func is called with G_IO_ERROR_CANCELLED in its context, if none
 * of its bytes is sent then; otherwise it goes on. From any thread, while a reference on the socket is
 * held.  */
void sa_socket_cancel_entry (SaSocket *self, SaSendEntry *entry);

/* Whether a call would find something now: costs a system call, for the pollable interfaces.  */
gboolean sa_socket_is_readable (SaSocket *self);
gboolean sa_socket_is_writable (SaSocket *self);

/* The descriptor, for foreign sources; -1 when there is none.  */
int sa_socket_get_fd (SaSocket *self);

gboolean sa_socket_is_stream (SaSocket *self);

/* How the stream halves end: see sa_socket_shutdown (). Never waits: the FIN follows what is queued.  */
gboolean sa_socket_end_sending (SaSocket *self, GError **error);

/* At most one SaSocketFile at a time; FALSE if there is one already. The claim ends when it is released, and
 * when the socket is detached, or used for another connection.  */
gboolean sa_socket_claim_file (SaSocket *self, gpointer file);
gboolean sa_socket_has_file (SaSocket *self, gconstpointer file);
void sa_socket_release_file (SaSocket *self, gpointer file);

/* For SaSocketFile: tells its connection from later ones; and that nobody reads the rest of it.  */
guint sa_socket_get_epoch (SaSocket *self);
void sa_socket_drop_rest (SaSocket *self);

/* The poller that serves the socket, for the timers of its owner's operations; NULL without a descriptor.  */
SaPoller *sa_socket_get_poller (SaSocket *self);

G_END_DECLS
