/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-poller-backend-private.h"
#include "sockarch/sa-debug-private.h"
#include "sockarch/sa-i18n-private.h"

/* A callback on the stack. What stops the watch clears the field, since the watch may be freed then.  */
struct _SaPollerFrame
{
  SaWatch *watch;          /* NULL: stopped meanwhile */
  SaPollerFrame *previous; /* the callback around this one, in which a nested loop runs */
};

/* All pollers, by context and priority. A poller's own lock is never held when this one is taken.  */
static GMutex pollers_lock;
static GHashTable *pollers;
static const SaPollerBackend *default_backend;

/* Lists */

static SaWatchList *
get_list (SaPoller *self,
          guint8 name)
{
  return name == SA_WATCH_LIST_READY ? &self->ready : &self->next;
}

static void
append (SaPoller *self,
        SaWatch *watch,
        SaWatchListName name)
{
  SaWatchList *list = get_list (self, name);

  watch->list = name;
  watch->next = NULL;
  watch->previous = list->last;
  if (list->last != NULL)
    list->last->next = watch;
  else
    list->first = watch;
  list->last = watch;
}

static void
unlink_watch (SaPoller *self,
              SaWatch *watch)
{
  SaWatchList *list = get_list (self, watch->list);

  if (watch->list == SA_WATCH_LIST_NONE)
    return;

  if (watch->previous != NULL)
    watch->previous->next = watch->next;
  else
    list->first = watch->next;
  if (watch->next != NULL)
    watch->next->previous = watch->previous;
  else
    list->last = watch->previous;

  watch->list = SA_WATCH_LIST_NONE;
}

/* Those that asked for another turn have it now, after those that never had one.  */
static void
begin_round (SaPoller *self)
{
  SaWatch *watch;

  while ((watch = self->next.first) != NULL)
    {
      unlink_watch (self, watch);
      append (self, watch, SA_WATCH_LIST_READY);
    }
}

static gboolean
has_work (SaPoller *self)
{
  return self->ready.first != NULL || self->next.first != NULL;
}

static void
give_turn (SaPoller *self,
           SaWatch *watch,
           SaWatchListName name)
{
  if (watch->running > 0 && !watch->can_recurse)
    watch->wanted = TRUE;
  else if (watch->list == SA_WATCH_LIST_NONE)
    append (self, watch, name);
}

void
sa_poller_add_event (SaPoller *self,
                     SaWatch *watch,
                     SaPollEvents events)
{
  watch->pending |= (guint8) events;
  if ((events & SA_POLL_IN) != 0)
    watch->told_at = self->stats.polls;
  give_turn (self, watch, SA_WATCH_LIST_READY);
}

/* Dispatch */

/* FALSE if the owner just loses its last reference, in another thread: then it has no callbacks any more. The
 * reference is to be released; *@owner is NULL where there is no owner.  */
static gboolean
hold_owner (GObject *known,
            SaWatch *watch,
            GObject **owner)
{
  if (known == NULL || watch == NULL)
    *owner = known != NULL ? g_object_ref (known) : NULL;
  else
    *owner = g_weak_ref_get (&watch->reference);

  return *owner != NULL || known == NULL;
}

/* Lets go of the lock while the owner may go too.  */
static void
release_owner (SaPoller *self,
               GObject *owner)
{
  if (owner == NULL)
    return;

  g_mutex_unlock (&self->lock);
  g_object_unref (owner);
  g_mutex_lock (&self->lock);
}

static void
run_watch (SaPoller *self,
           SaWatch *watch)
{
  SaPollerFrame frame = { watch, self->frames };
  SaPollEvents events = watch->pending;
  GObject *owner;

  unlink_watch (self, watch);
  if (!hold_owner (watch->owner, watch, &owner))
    return;

  watch->pending = 0;
  watch->running++;
  self->frames = &frame;
  SA_POLLER_COUNT (self, callbacks, 1);
  g_mutex_unlock (&self->lock);

  gboolean again = watch->func (watch, events);

  g_mutex_lock (&self->lock);
  self->frames = frame.previous;
  if (frame.watch != NULL)
    {
      watch->running--;
      again = again || watch->wanted || watch->pending != 0;
      watch->wanted = FALSE;
      if (again)
        give_turn (self, watch, SA_WATCH_LIST_NEXT);
    }
  release_owner (self, owner);
}

static void
run_timer (SaPoller *self,
           SaTimer *timer)
{
  GObject *owner;
  gboolean is_held = hold_owner (timer->owner, timer->watch, &owner);

  sa_poller_remove_timer (self, timer);
  SA_POLLER_COUNT (self, timers, 1);
  g_mutex_unlock (&self->lock);

  if (is_held)
    timer->func (timer);

  /* The reference that the started timer held; GLib's own keeps the source until the end of the dispatch.  */
  sa_poller_unref (self);
  g_mutex_lock (&self->lock);
  release_owner (self, owner);
}

/* TRUE if the budget was used up. A timer that starts itself again, with a time that has passed, waits for
 * the next dispatch.  */
static gboolean
run_timers (SaPoller *self,
            gint64 start)
{
  guint left = self->timers->len;
  SaTimer *timer;

  /* The clock was read for them: it is now.  */
  while (left-- > 0 && (timer = sa_poller_first_timer (self, start)) != NULL && timer->key <= start)
    {
      run_timer (self, timer);
      if (sa_poller_spend_turn (self, start))
        return TRUE;
    }

  return FALSE;
}

static gboolean
run_watches (SaPoller *self,
             gint64 start)
{
  while (self->ready.first != NULL)
    {
      run_watch (self, self->ready.first);
      if (sa_poller_spend_turn (self, start))
        return TRUE;
    }

  return FALSE;
}

static gboolean
sa_poller_dispatch (GSource *source,
                    GSourceFunc callback,
                    gpointer user_data)
{
  SaPoller *self = (SaPoller *) source;
  gint64 start = 0;

  g_mutex_lock (&self->lock);

  /* GLib found the source ready before a dispatch that went on around this one shut the gate.  */
  if (self->gate.shut)
    {
      g_mutex_unlock (&self->lock);
      return G_SOURCE_CONTINUE;
    }

  SA_POLLER_COUNT (self, dispatches, 1);
  begin_round (self);
  self->backend->collect (self);

  /* A single watch needs no clock.  */
  if (self->ready.first != self->ready.last || self->timers->len > 0)
    start = g_get_monotonic_time ();

  /* Timers that used the budget up have the next dispatch behind the watches: neither starves the other.  */
  gboolean timers_last = self->timers_last;

  self->timers_last = FALSE;
  if (timers_last && !run_watches (self, start))
    run_timers (self, start);
  else if (!timers_last && !(self->timers_last = run_timers (self, start)))
    run_watches (self, start);
  g_mutex_unlock (&self->lock);

  return G_SOURCE_CONTINUE;
}

/* How long the loop may sleep, in milliseconds, rounded up: a timer is never early.  */
static int
get_timeout (SaPoller *self)
{
  if (has_work (self))
    return 0;
  if (self->timers->len == 0)
    return -1;

  gint64 now = g_source_get_time (&self->source);
  const SaTimer *timer = sa_poller_first_timer (self, now);

  return timer->key <= now ? 0 : (int) MIN ((timer->key - now + 999) / 1000, G_MAXINT);
}

static gboolean
sa_poller_prepare (GSource *source,
                   int *timeout)
{
  SaPoller *self = (SaPoller *) source;

  g_mutex_lock (&self->lock);
  *timeout = get_timeout (self);

  /* With a timeout of 0 and nothing ready, GLib looks at all sources.  */
  gboolean ready = *timeout == 0 && !self->gate.shut;
  if (self->gate.shut || self->gate.curious)
    *timeout = 0;
  g_mutex_unlock (&self->lock);

  return ready;
}

static gboolean
sa_poller_check (GSource *source)
{
  SaPoller *self = (SaPoller *) source;

  g_mutex_lock (&self->lock);
  gboolean ready = self->backend->check (self) || get_timeout (self) == 0;
  self->gate.curious = FALSE;
  if (self->gate.shut && ready)
    ready = !sa_poller_hold_back (self);
  g_mutex_unlock (&self->lock);

  return ready;
}

static void
sa_poller_finalize (GSource *source)
{
  SaPoller *self = (SaPoller *) source;

  self->backend->close (self);
  g_clear_pointer (&self->timers, g_ptr_array_unref);
  g_clear_pointer (&self->slots, g_free);
  g_mutex_clear (&self->lock);
}

static GSourceFuncs sa_poller_funcs = {
  .prepare = sa_poller_prepare,
  .check = sa_poller_check,
  .dispatch = sa_poller_dispatch,
  .finalize = sa_poller_finalize,
};

/* The poller */

static guint
sa_poller_hash (gconstpointer data)
{
  const SaPoller *self = data;

  return g_direct_hash (self->context) ^ (guint) self->priority;
}

static gboolean
sa_poller_equal (gconstpointer a,
                 gconstpointer b)
{
  const SaPoller *first = a;
  const SaPoller *second = b;

  return first->context == second->context && first->priority == second->priority;
}

static const SaPollerBackend *
find_backend (const char *name)
{
#ifdef SA_POLLER_EPOLL
  if (name == NULL || g_str_equal (name, "epoll"))
    return &sa_poller_backend_epoll;
#endif
  if (name == NULL || g_str_equal (name, "sources"))
    return &sa_poller_backend_sources;

  return NULL;
}

/* Pollers made from now on ask the kernel in the way called @name ("epoll", "sources", NULL: as SA_POLLER
 * in the environment says, or the best there is); FALSE where the build has no such way.  */
gboolean
sa_poller_set_default_backend (const char *name)
{
  const SaPollerBackend *backend = find_backend (name != NULL ? name : g_getenv ("SA_POLLER"));

  if (backend == NULL && name != NULL)
    return FALSE;

  g_mutex_lock (&pollers_lock);
  default_backend = backend != NULL ? backend : find_backend (NULL);
  g_mutex_unlock (&pollers_lock);

  return TRUE;
}

static SaPoller *
sa_poller_new (GMainContext *context,
               int priority,
               GError **error)
{
  GSource *source = g_source_new (&sa_poller_funcs, sizeof (SaPoller));
  SaPoller *self = (SaPoller *) source;

  if (default_backend == NULL)
    {
      const SaPollerBackend *asked = find_backend (g_getenv ("SA_POLLER"));

      default_backend = asked != NULL ? asked : find_backend (NULL);
    }

  self->backend = default_backend;
  self->priority = priority;
  self->ref_count = 1;
  g_mutex_init (&self->lock);
  self->poll.fd = -1;
  self->poll.events = G_IO_IN;
  self->free_slot = SA_POLLER_NO_SLOT;
  self->timers = g_ptr_array_new ();
  self->budget = SA_POLLER_DEFAULT_BUDGET;
  if (!self->backend->open (self, error))
    {
      g_source_unref (source);
      return NULL;
    }

  g_source_set_static_name (source, "sockarch poller");
  g_source_set_priority (source, priority);
  /* Otherwise GLib takes the descriptor out of its set around each dispatch: three system calls more. The
   * poller sees to re-entrance itself.  */
  g_source_set_can_recurse (source, TRUE);
  if (self->poll.fd >= 0)
    g_source_add_poll (source, &self->poll);
  self->context = g_main_context_ref (context);
  g_source_attach (source, context);
  SA_NOTE (POLLER, self, "new, by %s, context %p, priority %d", self->backend->name, (gpointer) context,
           priority);

  return self;
}

SaPoller *
sa_poller_get (GMainContext *context,
               int priority,
               GError **error)
{
  SaPoller key = { .context = context != NULL ? context : g_main_context_default (), .priority = priority };

  g_mutex_lock (&pollers_lock);
  if (pollers == NULL)
    pollers = g_hash_table_new (sa_poller_hash, sa_poller_equal);

  SaPoller *self = g_hash_table_lookup (pollers, &key);
  if (self != NULL)
    sa_poller_ref (self);
  else if ((self = sa_poller_new (key.context, priority, error)) != NULL)
    g_hash_table_add (pollers, self);
  g_mutex_unlock (&pollers_lock);

  return self;
}

SaPoller *
sa_poller_ref (SaPoller *poller)
{
  g_atomic_int_inc (&poller->ref_count);

  return poller;
}

void
sa_poller_unref (SaPoller *poller)
{
  int count = g_atomic_int_get (&poller->ref_count);

  /* Only the last reference needs the lock, without which sa_poller_get () could hand out a dying poller.  */
  while (count > 1)
    {
      if (g_atomic_int_compare_and_exchange (&poller->ref_count, count, count - 1))
        return;
      count = g_atomic_int_get (&poller->ref_count);
    }

  g_mutex_lock (&pollers_lock);
  gboolean last = g_atomic_int_dec_and_test (&poller->ref_count);
  if (last)
    g_hash_table_remove (pollers, poller);
  g_mutex_unlock (&pollers_lock);

  if (!last)
    return;

  sa_poller_close_gate (poller);
  GMainContext *context = g_steal_pointer (&poller->context);

  SA_NOTE (POLLER, poller, "gone");
  g_source_destroy (&poller->source);
  g_source_unref (&poller->source);
  g_main_context_unref (context);
}

SaPoller *
sa_poller_lock_field (SaPoller **field)
{
  g_mutex_lock (&pollers_lock);
  SaPoller *self = g_atomic_pointer_get (field);
  if (self != NULL)
    sa_poller_ref (self);
  g_mutex_unlock (&pollers_lock);

  if (self == NULL)
    return NULL;

  g_mutex_lock (&self->lock);
  if (g_atomic_pointer_get (field) == self)
    return self;

  sa_poller_unlock_field (self);

  return NULL;
}

void
sa_poller_unlock_field (SaPoller *self)
{
  g_mutex_unlock (&self->lock);
  sa_poller_unref (self);
}

GMainContext *
sa_poller_get_context (SaPoller *poller)
{
  return poller->context;
}

int
sa_poller_get_priority (SaPoller *poller)
{
  return poller->priority;
}

gint64
sa_poller_get_budget (SaPoller *poller)
{
  g_mutex_lock (&poller->lock);
  gint64 budget = poller->budget;
  g_mutex_unlock (&poller->lock);

  return budget;
}

void
sa_poller_set_budget (SaPoller *poller,
                      gint64 microseconds)
{
  g_return_if_fail (microseconds >= 0);

  g_mutex_lock (&poller->lock);
  poller->budget = microseconds;
  g_mutex_unlock (&poller->lock);
}

const SaPollerStats *
sa_poller_get_stats (SaPoller *poller)
{
  return &poller->stats;
}

const char *
sa_poller_get_backend_name (SaPoller *poller)
{
  return poller->backend->name;
}

/* How many pollers there are in the process.  */
guint
sa_poller_count (void)
{
  g_mutex_lock (&pollers_lock);
  guint count = pollers != NULL ? g_hash_table_size (pollers) : 0;
  g_mutex_unlock (&pollers_lock);

  return count;
}

/* Watches */

static void
take_slot (SaPoller *self,
           SaWatch *watch)
{
  if (self->free_slot == SA_POLLER_NO_SLOT)
    {
      guint old = self->n_slots;

      self->n_slots = MAX (8, old + old / 2);
      self->slots = g_renew (SaPollerSlot, self->slots, self->n_slots);
      for (guint i = old; i < self->n_slots; i++)
        self->slots[i] = (SaPollerSlot) { .next_free = i + 1 < self->n_slots ? i + 1 : SA_POLLER_NO_SLOT };
      self->free_slot = old;
    }

  watch->slot = self->free_slot;
  self->free_slot = self->slots[watch->slot].next_free;
  self->slots[watch->slot].watch = watch;
  SA_POLLER_COUNT (self, watches, 1);
}

static void
give_slot_back (SaPoller *self,
                SaWatch *watch)
{
  SaPollerSlot *slot = &self->slots[watch->slot];

  slot->watch = NULL;
  slot->generation++;
  slot->next_free = self->free_slot;
  self->free_slot = watch->slot;
  SA_POLLER_COUNT (self, watches, -1);
}

void
sa_watch_init (SaWatch *watch,
               GObject *owner,
               SaWatchFunc func)
{
  *watch = (SaWatch) { .func = func, .owner = owner, .poll.fd = -1 };
  if (owner != NULL)
    g_weak_ref_init (&watch->reference, owner);
}

gboolean
sa_watch_start (SaWatch *watch,
                SaPoller *poller,
                int fd,
                SaPollEvents interest,
                SaPollMode mode,
                GError **error)
{
  g_return_val_if_fail (watch->poller == NULL, FALSE);
  g_return_val_if_fail (fd >= 0 || interest == 0, FALSE);

  g_mutex_lock (&poller->lock);
  watch->poll = (GPollFD) { .fd = fd };
  watch->mode = (guint8) mode;
  watch->interest = 0;
  watch->pending = 0;
  watch->running = 0;
  watch->wanted = FALSE;
  watch->registered = FALSE;
  take_slot (poller, watch);
  gboolean done = interest == 0 || poller->backend->update (poller, watch, interest, error);

  if (done)
    {
      watch->interest = (guint8) interest;
      g_atomic_pointer_set (&watch->poller, sa_poller_ref (poller));
    }
  else
    {
      give_slot_back (poller, watch);
    }
  g_mutex_unlock (&poller->lock);

  return done;
}

void
sa_watch_stop (SaWatch *watch)
{
  SaPoller *poller = sa_poller_lock_field (&watch->poller);

  if (poller == NULL)
    return;

  poller->backend->update (poller, watch, 0, NULL);
  unlink_watch (poller, watch);
  give_slot_back (poller, watch);
  watch->interest = 0;
  watch->pending = 0;
  watch->running = 0;
  watch->wanted = FALSE;
  for (SaPollerFrame *frame = poller->frames; frame != NULL; frame = frame->previous)
    if (frame->watch == watch)
      frame->watch = NULL;
  g_atomic_pointer_set (&watch->poller, NULL);
  sa_poller_unlock_field (poller);
  sa_poller_unref (poller);
}

gboolean
sa_watch_is_started (const SaWatch *watch)
{
  return g_atomic_pointer_get ((SaPoller **) &watch->poller) != NULL;
}

gboolean
sa_watch_set_interest (SaWatch *watch,
                       SaPollEvents interest,
                       GError **error)
{
  SaPoller *poller = watch->poller;

  g_return_val_if_fail (poller != NULL, FALSE);
  g_return_val_if_fail (watch->poll.fd >= 0 || interest == 0, FALSE);

  if (interest == watch->interest)
    return TRUE;

  g_mutex_lock (&poller->lock);
  gboolean done = poller->backend->update (poller, watch, interest, error);
  if (done)
    {
      watch->interest = (guint8) interest;
      watch->pending &= interest != 0 ? (guint8) (interest | SA_POLL_HANGUP | SA_POLL_ERROR) : 0;
    }
  g_mutex_unlock (&poller->lock);

  return done;
}

void
sa_watch_rearm (SaWatch *watch,
                SaPollEvents events)
{
  SaPoller *poller = watch->poller;

  if (poller == NULL || poller->backend->rearm == NULL)
    return;

  g_mutex_lock (&poller->lock);
  poller->backend->rearm (poller, watch, events);
  g_mutex_unlock (&poller->lock);
}

void
sa_watch_wake (SaWatch *watch)
{
  SaPoller *poller = sa_poller_lock_field (&watch->poller);

  if (poller == NULL)
    return;

  gboolean idle = !has_work (poller);

  give_turn (poller, watch, SA_WATCH_LIST_NEXT);

  /* If there was work already, nobody sleeps.  */
  if (idle && !g_main_context_is_owner (poller->context))
    g_main_context_wakeup (poller->context);
  sa_poller_unlock_field (poller);
}

void
sa_watch_set_can_recurse (SaWatch *watch,
                          gboolean can_recurse)
{
  SaPoller *poller = sa_poller_lock_field (&watch->poller);

  watch->can_recurse = can_recurse != FALSE;
  if (poller == NULL)
    return;

  if (can_recurse)
    {
      if (watch->wanted || watch->pending != 0)
        give_turn (poller, watch, SA_WATCH_LIST_NEXT);
      watch->wanted = FALSE;
    }
  sa_poller_unlock_field (poller);
}

gboolean
sa_watch_is_running (const SaWatch *watch)
{
  return watch->running > 0;
}

static gboolean
is_empty_but_for (const SaWatchList *list,
                  const SaWatch *watch)
{
  return list->first == NULL || (list->first == watch && list->last == watch);
}

/* Whether no other watch waits for its turn.  */
gboolean
sa_watch_is_alone (const SaWatch *watch)
{
  SaPoller *poller = watch->poller;

  if (poller == NULL)
    return FALSE;

  g_mutex_lock (&poller->lock);
  gboolean alone = is_empty_but_for (&poller->ready, watch) && is_empty_but_for (&poller->next, watch);
  g_mutex_unlock (&poller->lock);

  return alone;
}

SaPoller *
sa_watch_get_poller (const SaWatch *watch)
{
  return watch->poller;
}
