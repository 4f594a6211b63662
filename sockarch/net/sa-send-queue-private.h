/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gio/gio.h>
#include <sys/socket.h>

G_BEGIN_DECLS

/* The bytes that the kernel did not take yet, in the order in which they were given.  */

typedef struct _SaSendEntry SaSendEntry;

/* Says that the kernel has all bytes of the entry, or never will (@error). The entry may be freed.  */
typedef void (*SaSendFunc) (SaSendEntry *entry, const GError *error);

/* One message. Owners embed it, or let sa_send_entry_new () make one that frees itself.  */
struct _SaSendEntry
{
  SaSendEntry *next;            /* the entry behind this one */
  SaSendFunc func;              /* set by the owner; NULL if the owner looks at @finished and @sent itself */
  const GOutputVector *vectors; /* set by the owner: the bytes */
  gsize n_vectors;              /* set by the owner */
  gsize length;                 /* of all vectors together; set when queued */
  gsize sent;                   /* how much of that the kernel has */
  gsize vector;                 /* the first vector that is not sent whole */
  gsize offset;                 /* how much of that one was sent */
  GBytes *bytes;                /* what keeps the bytes of an entry that frees itself; otherwise NULL */
  GOutputVector own;            /* the vector of an entry that frees itself */
  const struct sockaddr *receiver; /* set by the owner: where a datagram goes; NULL: to the peer */
  socklen_t receiver_size;      /* of that address */
  GError *error;                /* why this datagram alone could not be sent */
  int cancelled;                /* atomic: its owner does not want it sent any more, if nothing was sent */
  gboolean finished;            /* sent whole or failed: not in the queue any more */
};

typedef struct
{
  SaSendEntry *head;      /* the next to be sent */
  SaSendEntry *tail;      /* where to append */
  SaSendEntry *done;      /* finished: their owners are told in the main context. A ring: this is the last */
  gsize bytes;            /* queued and not sent */
} SaSendQueue;

/* An entry that owns its bytes, and is freed when it is sent or failed; nobody is told.  */
SaSendEntry *sa_send_entry_new (GBytes *bytes);

static inline gsize
sa_send_vectors_length (const GOutputVector *vectors,
                        gsize n_vectors)
{
  gsize length = 0;

  for (gsize i = 0; i < n_vectors; i++)
    length += vectors[i].size;

  return length;
}

/* Counts @n bytes more of the entry as sent, which is not more than it has.  */
void sa_send_entry_advance (SaSendEntry *entry, gsize n);

/* What sendmsg () needs to send the rest of the entry: fills @vectors, and says how many it used.  */
gsize sa_send_entry_fill (const SaSendEntry *entry, GOutputVector *vectors, gsize n_vectors);

void sa_send_queue_push (SaSendQueue *queue, SaSendEntry *entry);
gboolean sa_send_queue_remove (SaSendQueue *queue, SaSendEntry *entry);

/* Notes that the entry is sent, so that its owner is told: see sa_send_queue_take_done (). It is not
 * queued.  */
void sa_send_queue_finish (SaSendQueue *queue, SaSendEntry *entry);

/* The first entry, a datagram, is sent whole, or is lost for the reason that is given, which is taken.  */
void sa_send_queue_finish_head (SaSendQueue *queue, GError *error);

/* Counts @n bytes as sent, from the head on.  */
void sa_send_queue_advance (SaSendQueue *queue, gsize n);

/* As sa_send_entry_fill (), over entries.  */
gsize sa_send_queue_fill (const SaSendQueue *queue, GOutputVector *vectors, gsize n_vectors);

/* Takes out the first entry that was cancelled and of which nothing was sent.  */
SaSendEntry *sa_send_queue_take_cancelled (SaSendQueue *queue);

/* Fails all of those, whose owners are told with what was sent: they must not be sent, even if there is room
 * now. Whether there was one.  */
gboolean sa_send_queue_drop_cancelled (SaSendQueue *queue);

/* Moves to @rest what cannot outlive the calls that wait for it, whose entries are on the stack: those of
 * which nothing was sent, and, from half a message on, everything. So it does what was cancelled in time.  */
void sa_send_queue_split (SaSendQueue *queue, SaSendQueue *rest);

/* Ends what calls wait for, whose entries are on the stack: they find them finished, and not sent.  */
void sa_send_queue_release_calls (SaSendQueue *queue);

/* Takes out the first entry that is done, or NULL; its owner is to be told.  */
SaSendEntry *sa_send_queue_take_done (SaSendQueue *queue);
guint sa_send_queue_count_done (const SaSendQueue *queue);

/* The same, or the first of those that wait if none is done.  */
SaSendEntry *sa_send_queue_take (SaSendQueue *queue);

/* Tells the owner of an entry that was taken out what has become of it; @error is for one that was not done.
 * It may free the entry, and whatever held the queue.  */
void sa_send_entry_tell (SaSendEntry *entry, const GError *error);

G_END_DECLS
