/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-poller-backend-private.h"
#include "sockarch/sa-debug-private.h"

/* The budget of a poller, and the gate that it shuts when that is used up.
 *
 * GLib dispatches what is ready at the highest priority, and nothing else: sources of lower priority (the
 * redraw of a window) wait for as long as this one is ready in every turn of the loop, be it for one socket
 * that never pauses or for thousands. So the budget is for as many dispatches as it takes. When it is used
 * up the gate shuts: the source says that it is not ready, whatever it has to do, until those of lower
 * priority had their chance.
 *
 * To know that, a second source, the probe, is attached one priority lower. GLib asks sources in the order
 * of their priority, and asks none after those that are ready: when the probe is asked, whatever is ready
 * below is dispatched in the same turn. It is never ready itself.
 *
 * The probe comes when nothing is known of the others for as long as the budget, and goes as soon as they
 * had a chance: where the loop has time to sleep that is in the next turn, and all that it costs. If they
 * had none for as long again, or if one dispatch alone used the budget up, the gate shuts. It opens when
 * the probe was asked twice, since g_main_context_pending () asks and does not dispatch. Otherwise there is
 * nothing but a look at the clock, once in a few turns of watches and timers.
 *
 * Sources of others, of the same priority or above, can keep the chance from coming: that is not for the
 * sockets to make good, and they get in again after a while.  */

/* The clock is looked at once in so many turns: a look costs as much as a small part of one.  */
#define TURNS_PER_LOOK 4

/* The probe is asked so often before the gate opens.  */
#define CHANCES 2

/* How many times the budget the gate may stay shut while only sources of others are dispatched.  */
#define PATIENCE 4

typedef struct
{
  GSource source;
  SaPoller *poller; /* as the source that it is, it is referenced */
} SaPollerProbe;

/* Sources of lower priority had their chance, or will not get any.  */
static void
open_gate (SaPoller *self,
           gint64 now)
{
  GSource *probe = g_steal_pointer (&self->gate.probe);

  self->gate.since = now;
  self->gate.shut = FALSE;
  g_source_destroy (probe);
  g_source_unref (probe);
}

static gboolean
probe_check (GSource *source)
{
  SaPoller *self = ((SaPollerProbe *) source)->poller;
  SaPollerGate *gate = &self->gate;

  g_mutex_lock (&self->lock);
  if (gate->probe == source && (!gate->shut || gate->held == 0 || ++gate->chances >= CHANCES))
    open_gate (self, g_get_monotonic_time ());
  g_mutex_unlock (&self->lock);

  return FALSE;
}

static gboolean
probe_dispatch (GSource *source,
                GSourceFunc callback,
                gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
probe_finalize (GSource *source)
{
  g_source_unref (&((SaPollerProbe *) source)->poller->source);
}

static GSourceFuncs probe_funcs = {
  .check = probe_check,
  .dispatch = probe_dispatch,
  .finalize = probe_finalize,
};

static void
send_probe (SaPoller *self,
            gint64 now)
{
  if (self->gate.probe != NULL || self->gate.closed)
    return;

  GSource *probe = g_source_new (&probe_funcs, sizeof (SaPollerProbe));

  g_source_ref (&self->source);
  ((SaPollerProbe *) probe)->poller = self;
  g_source_set_static_name (probe, "sockarch gate");
  g_source_set_priority (probe, self->priority < G_MAXINT ? self->priority + 1 : G_MAXINT);
  g_source_attach (probe, self->context);
  self->gate.probe = probe;
  self->gate.sent = now;
  self->gate.curious = TRUE;
}

static void
shut_gate (SaPoller *self,
           gint64 now)
{
  send_probe (self, now);
  if (self->gate.probe == NULL || self->gate.shut)
    return;

  self->gate.shut = TRUE;
  self->gate.shut_at = now;
  self->gate.held = 0;
  self->gate.chances = 0;
}

/* A watch or a timer had its turn in a dispatch that began at @start, or 0. TRUE ends the dispatch.  */
gboolean
sa_poller_spend_turn (SaPoller *self,
                      gint64 start)
{
  SaPollerGate *gate = &self->gate;

  if (++gate->turns < gate->stride || self->budget == G_MAXINT64)
    return gate->shut;

  gint64 now = g_get_monotonic_time ();
  gboolean over = start == 0 ? self->budget == 0 : now - start >= self->budget;

  /* Turns that last long are looked at one by one.  */
  gate->stride = now - gate->looked >= self->budget / TURNS_PER_LOOK ? 1 : TURNS_PER_LOOK;
  gate->looked = now;
  gate->turns = 0;
  if (over || (gate->probe != NULL && now - gate->sent >= self->budget))
    shut_gate (self, now);
  else if (now - gate->since >= self->budget)
    send_probe (self, now);

  return gate->shut;
}

/* The gate is shut, and there is something to do. TRUE: it has to wait for a turn of the loop.  */
gboolean
sa_poller_hold_back (SaPoller *self)
{
  SaPollerGate *gate = &self->gate;

  if (gate->held == 0)
    {
      SA_POLLER_COUNT (self, budget_hits, 1);
      SA_NOTE (POLLER, self, "budget of %" G_GINT64_FORMAT " us used up", self->budget);
    }
  else if (gate->held >= CHANCES)
    {
      gint64 now = g_get_monotonic_time ();

      if ((now - gate->shut_at) / PATIENCE >= self->budget)
        {
          SA_POLLER_COUNT (self, gave_up, 1);
          open_gate (self, now);
          return FALSE;
        }
    }

  gate->held++;
  SA_POLLER_COUNT (self, sat_out, 1);

  return TRUE;
}

/* The poller goes: whoever runs the loop shuts no gate any more.  */
void
sa_poller_close_gate (SaPoller *self)
{
  g_mutex_lock (&self->lock);
  GSource *probe = g_steal_pointer (&self->gate.probe);
  self->gate.closed = TRUE;
  self->gate.shut = FALSE;
  g_mutex_unlock (&self->lock);

  if (probe == NULL)
    return;

  g_source_destroy (probe);
  g_source_unref (probe);
}
