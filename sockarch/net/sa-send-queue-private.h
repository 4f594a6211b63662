/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The bytes that the kernel did not take yet, in the order in which they were given.  */

typedef struct _SaSendEntry SaSendEntry;

/* Says that the kernel has all bytes of the entry, or that it never will (@error). The entry may be freed.  */
typedef void (*SaSendFunc) (SaSendEntry *entry, const GError *error);

/* One message. Owners embed it, or let sa_send_entry_new () make one that frees itself.  */
struct _SaSendEntry
{
  SaSendEntry *next;            /* the entry behind this one */
  SaSendFunc func;              /* set by the owner; NULL if nobody wants to know */
  const GOutputVector *vectors; /* set by the owner: the bytes */
  guint n_vectors;              /* set by the owner */
  guint vector;                 /* the first vector that is not sent whole */
  gsize offset;                 /* how much of it was sent */
  gsize sent;                   /* how much of the entry was sent */
  gsize length;                 /* set by sa_send_queue_push (): of all vectors together */
  GBytes *bytes;                /* what keeps the bytes of a self-freeing entry */
  GOutputVector own;            /* the vector of a self-freeing entry */
};

typedef struct
{
  SaSendEntry *head;  /* the next to be sent */
  SaSendEntry *tail;  /* where to append */
  SaSendEntry *done;  /* sent whole: their owners are told in the main context */
  SaSendEntry **last; /* where to append to that list; NULL stands for its head */
  gsize bytes;        /* queued and not sent */
} SaSendQueue;

/* An entry that owns its bytes, and is freed when it is sent or failed; nobody is told.  */
SaSendEntry *sa_send_entry_new (GBytes *bytes);

gsize sa_send_vectors_length (const GOutputVector *vectors, gsize n_vectors);

void sa_send_queue_push (SaSendQueue *queue, SaSendEntry *entry);
gboolean sa_send_queue_remove (SaSendQueue *queue, SaSendEntry *entry);

/* Gives the kernel what it takes. Returns 0 when the queue is empty, otherwise an errno: EAGAIN when the kernel is full.
 * Adds to *@sent and *@calls.  */
int sa_send_queue_flush (SaSendQueue *queue, int fd, guint64 *sent, guint64 *calls);

/* Counts @n bytes of the entry at the head as sent, which is not more than it has.  */
void sa_send_entry_advance (SaSendEntry *entry, gsize n);

/* Tells the owners of the entries that are done.  */
void sa_send_queue_deliver (SaSendQueue *queue);

/* Fails all that is queued.  */
void sa_send_queue_fail (SaSendQueue *queue, const GError *error);

G_END_DECLS
