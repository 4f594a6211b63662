/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-poller-backend-private.h"

/* A binary heap of the poller's timers. One that is moved to a later time stays where it is, with its old
 * key, until that time has come, and only then sinks: pushing an idle timeout on with every byte costs one
 * store.  */

static SaTimer *
timer_at (SaPoller *self,
          guint position)
{
  return g_ptr_array_index (self->timers, position);
}

static void
place (SaPoller *self,
       SaTimer *timer,
       guint position)
{
  self->timers->pdata[position] = timer;
  timer->position = position;
  SA_POLLER_COUNT (self, moves, 1);
}

static void
rise (SaPoller *self,
      SaTimer *timer)
{
  guint position = timer->position;

  while (position > 0 && timer_at (self, (position - 1) / 2)->key > timer->key)
    {
      place (self, timer_at (self, (position - 1) / 2), position);
      position = (position - 1) / 2;
    }

  place (self, timer, position);
}

static void
sink (SaPoller *self,
      SaTimer *timer)
{
  guint position = timer->position;
  guint child;

  while ((child = 2 * position + 1) < self->timers->len)
    {
      if (child + 1 < self->timers->len && timer_at (self, child + 1)->key < timer_at (self, child)->key)
        child++;
      if (timer_at (self, child)->key >= timer->key)
        break;
      place (self, timer_at (self, child), position);
      position = child;
    }

  place (self, timer, position);
}

void
sa_poller_remove_timer (SaPoller *self,
                        SaTimer *timer)
{
  SaTimer *last = timer_at (self, self->timers->len - 1);

  g_ptr_array_set_size (self->timers, (int) self->timers->len - 1);
  g_atomic_pointer_set (&timer->poller, NULL);
  if (last == timer)
    return;

  place (self, last, timer->position);
  rise (self, last);
  sink (self, last);
}

/* The timer that expires first; at the time @now its key is true.  */
SaTimer *
sa_poller_first_timer (SaPoller *self,
                       gint64 now)
{
  while (self->timers->len > 0)
    {
      SaTimer *timer = timer_at (self, 0);

      if (timer->key > now || timer->key == timer->at)
        return timer;

      timer->key = timer->at;
      sink (self, timer);
    }

  return NULL;
}

void
sa_timer_init (SaTimer *timer,
               GObject *owner,
               SaTimerFunc func)
{
  *timer = (SaTimer) { .func = func, .owner = owner };
}

void
sa_timer_init_beside (SaTimer *timer,
                      SaWatch *watch,
                      SaTimerFunc func)
{
  *timer = (SaTimer) { .func = func, .owner = watch->owner, .watch = watch };
}

void
sa_timer_start (SaTimer *timer,
                SaPoller *poller,
                gint64 at)
{
  if (timer->poller != poller)
    sa_timer_stop (timer);

  g_mutex_lock (&poller->lock);
  timer->at = at;
  if (timer->poller == NULL)
    {
      g_atomic_pointer_set (&timer->poller, sa_poller_ref (poller));
      timer->key = at;
      timer->position = poller->timers->len;
      g_ptr_array_add (poller->timers, timer);
      rise (poller, timer);
    }
  else if (at < timer->key)
    {
      timer->key = at;
      rise (poller, timer);
    }

  /* A thread that is just polling would wait for a later one.  */
  gboolean first = timer->position == 0;
  g_mutex_unlock (&poller->lock);

  if (first && !g_main_context_is_owner (poller->context))
    g_main_context_wakeup (poller->context);
}

void
sa_timer_stop (SaTimer *timer)
{
  SaPoller *poller = sa_poller_lock_field (&timer->poller);

  if (poller == NULL)
    return;

  sa_poller_remove_timer (poller, timer);
  sa_poller_unlock_field (poller);
  sa_poller_unref (poller);
}

gboolean
sa_timer_is_started (const SaTimer *timer)
{
  return g_atomic_pointer_get ((SaPoller **) &timer->poller) != NULL;
}
