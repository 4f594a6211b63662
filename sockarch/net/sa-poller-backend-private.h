/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/net/sa-poller-private.h"

G_BEGIN_DECLS

/* Seen by sa-poller*.c only: what the shared part and a backend know of each other.  */

typedef struct _SaPollerBackend SaPollerBackend;
typedef struct _SaPollerFrame SaPollerFrame;

/* Every function is called with the poller's lock held.  */
struct _SaPollerBackend
{
  const char *name;

  gboolean (*open) (SaPoller *self, GError **error);
  void (*close) (SaPoller *self);
  /* Makes the kernel's set agree with @interest, which is not yet watch->interest.  */
  gboolean (*update) (SaPoller *self, SaWatch *watch, SaPollEvents interest, GError **error);
  /* TRUE if collect () would find something: what GLib's own poll () said.  */
  gboolean (*check) (SaPoller *self);
  /* Gives every new event to sa_poller_add_event ().  */
  void (*collect) (SaPoller *self);
  /* NULL where the kernel sees by itself that a condition began anew.  */
  void (*rearm) (SaPoller *self, SaWatch *watch, SaPollEvents events);
};

#ifdef SA_POLLER_EPOLL
extern const SaPollerBackend sa_poller_backend_epoll;
#endif
extern const SaPollerBackend sa_poller_backend_sources;

typedef enum
{
  SA_WATCH_LIST_NONE,
  SA_WATCH_LIST_READY,
  SA_WATCH_LIST_NEXT,
} SaWatchListName;

typedef struct
{
  SaWatch *first;
  SaWatch *last;
} SaWatchList;

/* A place for a watch: the kernel is told its index and generation, never a pointer or a descriptor.  */
typedef struct
{
  SaWatch *watch;     /* NULL: free */
  guint32 generation; /* counts the watches that had this place, so that late news of an old one is known as
                         such */
  guint32 next_free;  /* the free places form a list; SA_POLLER_NO_SLOT ends it */
} SaPollerSlot;

#define SA_POLLER_NO_SLOT G_MAXUINT32

/* The poller is itself the GSource: GLib's references then keep it alive while a callback of GLib runs in
 * it, whichever thread drops the last watch.  */
struct _SaPoller
{
  GSource source;
  const SaPollerBackend *backend; /* how the kernel is asked */
  GMainContext *context;          /* holds a reference until the last reference to the poller goes */
  int priority;                   /* with the context: what the poller is found by */
  int ref_count;                  /* started watches, started timers, and who asked for the poller */
  GMutex lock;                    /* of everything below, and of the fields of watches and timers */
  GPollFD poll;                   /* the one descriptor that GLib polls for all (epoll) */
  SaPollerSlot *slots;            /* all started watches */
  guint n_slots;                  /* length of @slots */
  guint free_slot;                /* head of the list of free places */
  SaWatchList ready;              /* have a turn in this dispatch */
  SaWatchList next;               /* have a turn in the next dispatch */
  SaPollerFrame *frames;          /* the callbacks on the stack, innermost first */
  GPtrArray *timers;              /* (element-type SaTimer): a heap, ordered by key */
  gint64 budget;                  /* microseconds that one dispatch may last */
  guint waits;                    /* nested waits, during which the source does not sit out */
  gboolean sit_out;               /* the budget was hit: let one turn of the loop pass */
  SaPollerStats stats;            /* for tests and statistics */
};

/* For backends: the kernel says @events of @watch.  */
void sa_poller_add_event (SaPoller *self, SaWatch *watch, SaPollEvents events);

/* The heap of timers, in sa-poller-timers.c; the lock is held. The first of the heap is moved to where it
 * belongs before it is looked at.  */
SaTimer *sa_poller_first_timer (SaPoller *self, gint64 now);
void sa_poller_remove_timer (SaPoller *self, SaTimer *timer);

/* Locks and references the poller that *@field points to, whichever thread may be changing it; NULL if
 * there is none.  */
SaPoller *sa_poller_lock_field (SaPoller **field);
void sa_poller_unlock_field (SaPoller *self);

G_END_DECLS
