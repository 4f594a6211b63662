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

/* What keeps the poller from starving sources of lower priority: see sa-poller-budget.c.  */
typedef struct
{
  GSource *probe;   /* finds out when the others had their chance; NULL while they are known to have it */
  gint64 since;     /* when they had it last, as far as is known */
  gint64 sent;      /* when the probe was attached */
  gint64 shut_at;   /* when the gate was shut */
  gint64 looked;    /* when the clock was looked at */
  guint turns;      /* given since then */
  guint stride;     /* turns until the next look */
  guint held;       /* turns of the loop in which work had to wait, since the gate was shut */
  guint chances;    /* times that the probe was asked, since then */
  gboolean curious; /* the probe is new: the loop should not sleep before it was asked */
  gboolean shut;    /* the budget was used up */
  gboolean closed;  /* the poller is going: leave the context alone */
} SaPollerGate;

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
  gint64 budget;                  /* microseconds until sources of lower priority must have a chance */
  gboolean timers_last;           /* timers used the budget up: the watches have the next dispatch first */
  SaPollerGate gate;              /* shut when the budget was used up */
  SaPollerStats stats;            /* for tests and statistics */
};

/* Counts @n more; the lock is held, so that only those who read have to be thought of.  */
#define SA_POLLER_COUNT(self, name, n) \
  __atomic_store_n (&(self)->stats.name, (self)->stats.name + (gsize) (n), __ATOMIC_RELAXED)

/* For backends: the kernel says @events of @watch.  */
void sa_poller_add_event (SaPoller *self, SaWatch *watch, SaPollEvents events);

/* The heap of timers, in sa-poller-timers.c; the lock is held. The first of the heap is moved to where it
 * belongs before it is looked at.  */
SaTimer *sa_poller_first_timer (SaPoller *self, gint64 now);
void sa_poller_remove_timer (SaPoller *self, SaTimer *timer);

/* The gate, in sa-poller-budget.c; the lock is held, but for the last one.  */
gboolean sa_poller_spend_turn (SaPoller *self, gint64 start);
gboolean sa_poller_hold_back (SaPoller *self);
void sa_poller_close_gate (SaPoller *self);

/* Locks and references the poller that *@field points to, whichever thread may be changing it; NULL if
 * there is none.  */
SaPoller *sa_poller_lock_field (SaPoller **field);
void sa_poller_unlock_field (SaPoller *self);

G_END_DECLS
