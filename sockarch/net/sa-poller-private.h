/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The poller: what stands between the sockets and the main loop.
 *
 * Each (GMainContext, priority) that has sockets gets one SaPoller: one GSource which owns one epoll
 * instance. An owner (a socket) embeds a SaWatch for its descriptor and a SaTimer for each of its deadlines,
 * and is called back in the thread that iterates the context. Nothing is allocated per event, and a turn of
 * the loop costs the same with one watch and with ten thousand.
 *
 * A turn. The poller asks the kernel once, adds what it said to the watches' pending events, and links those
 * watches to its ready list; then it runs the timers that are due; then it gives every watch of the list one
 * turn, in order. A watch that says that work is left gets another turn in the next dispatch, after all
 * others. When the time budget is used up, be it in one dispatch or in many that followed each other, the
 * rest stays for later, and the source is not ready until sources of lower priority (the redraw of a window)
 * had their chance.
 *
 * Re-entrance. A callback may do anything: stop, restart or free its own watch and any other, run a nested
 * main loop, drop the last reference to the poller. A nested loop serves the rest of the ready list. A watch
 * whose callback is running is not called from the nested loop, its events are kept for afterwards, unless
 * sa_watch_set_can_recurse () was set.
 *
 * Threads. The poller's own structures are safe from every thread, and callbacks run in the thread of the
 * context. A watch's owner is referenced while the callback runs. An owner may lose its last reference
 * in another thread: from then on no callback begins, and it stops its watches and timers in dispose.
 */

typedef struct _SaPoller SaPoller;
typedef struct _SaWatch SaWatch;
typedef struct _SaTimer SaTimer;

/* HANGUP and ERROR come unasked, as from poll ().  */
typedef enum
{
  SA_POLL_IN = 1 << 0,     /* there is something to read, or to accept */
  SA_POLL_OUT = 1 << 1,    /* there is room to write, or a connect ended */
  SA_POLL_URGENT = 1 << 2, /* urgent (out of band) data came */
  SA_POLL_END = 1 << 3,    /* the peer finished its half: unread bytes may be left (EPOLLRDHUP) */
  SA_POLL_HANGUP = 1 << 4, /* both halves are finished */
  SA_POLL_ERROR = 1 << 5,  /* an error waits in SO_ERROR */
} SaPollEvents;

typedef enum
{
  SA_POLL_LEVEL, /* the callback comes each turn while the condition holds: listeners, datagrams */
  SA_POLL_EDGE,  /* the callback comes when a condition begins anew: connected streams */
} SaPollMode;

/* @events is what the kernel said since the last call, 0 if the watch was merely woken. It can be out of
 * date: what was read or written outside of a dispatch is not taken back. Returns TRUE if work is left, to
 * get another turn in the next dispatch; the value counts for nothing if the watch was stopped meanwhile.  */
typedef gboolean (*SaWatchFunc) (SaWatch *watch, SaPollEvents events);
typedef void (*SaTimerFunc) (SaTimer *timer);

/* The fields are the poller's own: owners embed the struct, and call the functions below.  */
struct _SaWatch
{
  SaWatchFunc func;      /* called when the watch has its turn */
  GObject *owner;        /* referenced around the callback; not held otherwise */
  GWeakRef reference;    /* to the owner, which may just be going in another thread */
  SaPoller *poller;      /* NULL when stopped; changed under the lock of all pollers */
  SaWatch *previous;     /* links of the ready list */
  SaWatch *next;
  GPollFD poll;          /* the descriptor; GLib polls it itself where the backend is "sources" */
  guint64 told_at;       /* the poller's count of polls when SA_POLL_IN was last reported */
  guint slot;            /* index into the poller's table: what the kernel remembers instead of a pointer */
  guint8 interest;       /* SaPollEvents asked for */
  guint8 pending;        /* SaPollEvents that the kernel reported and the callback was not told yet */
  guint8 armed;          /* backend "sources", edge mode: SaPollEvents not reported since the last rearm */
  guint8 mode;           /* SaPollMode */
  guint8 list;           /* the list the links belong to, if any */
  guint8 running;        /* callbacks on the stack */
  guint8 wanted : 1;     /* a turn is due as soon as the running callback has returned */
  guint8 can_recurse : 1; /* may be called while its callback runs */
  guint8 registered : 1; /* the backend has the descriptor in its set */
};

struct _SaTimer
{
  SaTimerFunc func;  /* called once per start */
  GObject *owner;    /* referenced around the callback; not held otherwise */
  SaWatch *watch;    /* of the same owner, by which a reference is had; NULL: somebody holds one */
  SaPoller *poller;  /* NULL when stopped */
  gint64 at;         /* when the callback is wanted, in the time of g_get_monotonic_time () */
  gint64 key;        /* the time that the heap is ordered by: never later than @at */
  guint position;    /* index into the heap, so that stopping needs no search */
};

/* What the poller did, for tests and statistics. Never reset. They are written under the poller's lock;
 * SA_POLLER_STAT () reads one of them in any thread.  */
typedef struct
{
  gsize dispatches;  /* turns of the loop in which the source was dispatched */
  gsize polls;       /* times the kernel was asked what is ready */
  gsize events;      /* events that the kernel reported */
  gsize stale;       /* of them, those whose watch was gone */
  gsize visits;      /* watches looked at to find those with events */
  gsize updates;     /* changes to the kernel's set */
  gsize callbacks;   /* turns given to watches */
  gsize timers;      /* timers that expired */
  gsize moves;       /* steps made to keep the timers in order */
  gsize budget_hits; /* times that work was held back because the budget was used up */
  gsize sat_out;     /* turns of the loop that it was held back for */
  gsize gave_up;     /* hits after which sources of others left no chance to those of lower priority */
  gsize watches;     /* started now */
} SaPollerStats;

/* Finds or makes the poller of a context (NULL: the default one; the poller holds a reference to it) and
 * priority. Fails with a #GIOErrorEnum when the process is out of descriptors. A poller goes with its last
 * reference; each started watch and timer holds one.  */
SaPoller *sa_poller_get (GMainContext *context, int priority, GError **error) G_GNUC_WARN_UNUSED_RESULT;
SaPoller *sa_poller_ref (SaPoller *poller);
void sa_poller_unref (SaPoller *poller);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SaPoller, sa_poller_unref)

GMainContext *sa_poller_get_context (SaPoller *poller);
int sa_poller_get_priority (SaPoller *poller);

/* How long dispatches may keep sources of lower priority waiting, in microseconds; looked at every few
 * watches. 0: only one watch has its turn at a time; G_MAXINT64: for ever. The default is
 * SA_POLLER_DEFAULT_BUDGET. Nested loops (SA_WAIT_DISPATCH) keep it as well.  */
#define SA_POLLER_DEFAULT_BUDGET 4000
gint64 sa_poller_get_budget (SaPoller *poller);
void sa_poller_set_budget (SaPoller *poller, gint64 microseconds);

/* Owner may be NULL: then the callback must see to its own life. Call once, before anything else.  */
void sa_watch_init (SaWatch *watch, GObject *owner, SaWatchFunc func);

/* Starts to watch @fd; -1 with no interest makes a watch that is only ever woken. The watch must be
 * stopped. The mode holds until it is stopped. An interest of 0 keeps the descriptor out of the kernel's
 * set. Fails with a #GIOErrorEnum (NO_SPACE at the user's limit of watches, NOT_SUPPORTED for a descriptor
 * that cannot be polled).  */
gboolean sa_watch_start (SaWatch *watch, SaPoller *poller, int fd, SaPollEvents interest, SaPollMode mode,
                         GError **error);

/* Harmless on a stopped watch. From here on the callback does not come, whatever was pending; if it runs
 * just now, in this thread, its return value is ignored. Stop before the descriptor is closed.  */
void sa_watch_stop (SaWatch *watch);
gboolean sa_watch_is_started (const SaWatch *watch);

/* Pending events that are not of interest any more are forgotten; in edge mode what holds already is
 * reported anew. Nothing of interest takes the descriptor out of the kernel's set.  */
gboolean sa_watch_set_interest (SaWatch *watch, SaPollEvents interest, GError **error);

/* Edge mode: the owner has seen the end of these conditions (EAGAIN, or what counts as such), and wants to
 * be told when they begin again. The kernel knows by itself with epoll, where this costs a test; other
 * backends do not.  */
void sa_watch_rearm (SaWatch *watch, SaPollEvents events);

/* Gives the watch a turn even if the kernel has nothing to say. To be called from any thread while the
 * watch's memory lives; ignored on a stopped watch. What may call it from another thread
 * (GCancellable::cancelled) therefore holds a reference on whatever the watch is a part of: see
 * sa-cancel-private.h.  */
void sa_watch_wake (SaWatch *watch);

/* TRUE: may be called from a nested loop while its callback runs (a wait inside a handler needs this).  */
void sa_watch_set_can_recurse (SaWatch *watch, gboolean can_recurse);
gboolean sa_watch_is_running (const SaWatch *watch);
gboolean sa_watch_is_alone (const SaWatch *watch);

SaPoller *sa_watch_get_poller (const SaWatch *watch); /* (transfer none), NULL when stopped */

/* Timers are one shot, and stopped before their callback comes. Starting a started timer moves it; moving
 * it to a later time costs next to nothing, so that an idle timeout may be pushed on with every byte. The
 * time is g_get_monotonic_time (); a callback comes up to a millisecond late, never early.  */
void sa_timer_init (SaTimer *timer, GObject *owner, SaTimerFunc func);

/* The same for the owner of a watch, which nobody need hold while the timer runs.  */
void sa_timer_init_beside (SaTimer *timer, SaWatch *watch, SaTimerFunc func);
void sa_timer_start (SaTimer *timer, SaPoller *poller, gint64 at);
void sa_timer_stop (SaTimer *timer);
gboolean sa_timer_is_started (const SaTimer *timer);

/* For tests and statistics.  */
const SaPollerStats *sa_poller_get_stats (SaPoller *poller);
#define SA_POLLER_STAT(poller, name) __atomic_load_n (&sa_poller_get_stats (poller)->name, __ATOMIC_RELAXED)
const char *sa_poller_get_backend_name (SaPoller *poller);
guint sa_poller_count (void);
gboolean sa_poller_set_default_backend (const char *name);

G_END_DECLS
