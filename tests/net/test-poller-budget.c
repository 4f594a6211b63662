/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define _GNU_SOURCE

#include "sockarch/net/sa-poller-backend-private.h"
#include "test-probe.h"

#include <glib-unix.h>

/* However busy the sockets are, a source of lower priority (the redraw of a window) runs after each hit of
 * the budget, before a socket is served again.  */

#define MANY 20
#define HITS 20

typedef struct
{
  SaPoller *poller;
  guint64 hits_seen; /* when the last redraw came */
  guint turns;
} Redraw;

typedef struct
{
  Redraw redraw;
  Probe probes[MANY];
  guint n;
  GSource *source; /* the redraw's */
} Crowd;

static gboolean
on_redraw (gpointer data)
{
  Redraw *redraw = data;

  redraw->turns++;
  redraw->hits_seen = sa_poller_get_stats (redraw->poller)->budget_hits;

  return G_SOURCE_CONTINUE;
}

static gboolean
on_redraw_fd (int fd,
              GIOCondition condition,
              gpointer data)
{
  return on_redraw (data);
}

/* Every turn of a watch or a timer comes after a redraw that saw the last hit, and never behind a shut
 * gate.  */
static void
assert_redrawn (Crowd *crowd)
{
  g_assert_false (crowd->redraw.poller->gate.shut);
  g_assert_cmpuint (sa_poller_get_stats (crowd->redraw.poller)->budget_hits, ==, crowd->redraw.hits_seen);
}

static void
on_crowded (Probe *probe)
{
  probe->inside = FALSE;
  assert_redrawn (probe->data);
}

static void
on_pass (Probe *probe)
{
  probe->inside = FALSE;
}

static void
crowd_add_redraw (Crowd *crowd,
                  Fixture *fixture,
                  GSource *source)
{
  crowd->redraw.poller = fixture->poller;
  crowd->source = source;
  g_source_set_priority (source, G_PRIORITY_HIGH_IDLE + 20);
  g_source_set_callback (source, G_SOURCE_FUNC (on_redraw), &crowd->redraw, NULL);
  g_source_attach (source, fixture->context);
}

/* @n watches that always have work.  */
static void
crowd_start (Crowd *crowd,
             Fixture *fixture,
             guint n,
             gint64 budget,
             ProbeHook hook)
{
  *crowd = (Crowd) { .n = n };
  crowd_add_redraw (crowd, fixture, g_idle_source_new ());
  sa_poller_set_budget (fixture->poller, budget);
  for (guint i = 0; i < n; i++)
    {
      probe_start (&crowd->probes[i], fixture, SA_POLL_IN, SA_POLL_LEVEL);
      crowd->probes[i].hook = hook;
      crowd->probes[i].data = crowd;
      crowd->probes[i].again = TRUE;
      probe_poke (&crowd->probes[i]);
    }
}

static void
crowd_end (Crowd *crowd)
{
  for (guint i = 0; i < crowd->n; i++)
    probe_close (&crowd->probes[i]);
  g_source_destroy (crowd->source);
  g_source_unref (crowd->source);
}

static gboolean
has_hits (gpointer data)
{
  Crowd *crowd = data;

  return sa_poller_get_stats (crowd->redraw.poller)->budget_hits >= HITS;
}

/* The loop comes to @hits hits, and the redraw to as many turns.  */
static void
assert_hits_and_redraws (Fixture *fixture,
                         Crowd *crowd)
{
  test_wait_in (fixture->context, has_hits, crowd);
  test_spin (fixture->context, 2);
  g_assert_cmpuint (crowd->redraw.turns, >=, HITS);
  g_assert_cmpuint (sa_poller_get_stats (fixture->poller)->gave_up, ==, 0);
}

/* Without any budget there is a hit after each turn of a watch, and all share the turns.  */
static void
test_each_turn (Fixture *fixture,
                gconstpointer backend)
{
  const SaPollerStats *stats = sa_poller_get_stats (fixture->poller);
  Crowd crowd;

  crowd_start (&crowd, fixture, MANY, 0, on_crowded);
  test_spin (fixture->context, 300);
  g_assert_cmpuint (stats->dispatches, ==, 100);
  g_assert_cmpuint (stats->callbacks, ==, 100);
  g_assert_cmpuint (stats->budget_hits, ==, 100);
  g_assert_cmpuint (stats->sat_out, ==, 200);
  g_assert_cmpuint (crowd.redraw.turns, ==, 200);
  for (guint i = 1; i < MANY; i++)
    g_assert_cmpuint (ABS ((int) crowd.probes[i].calls - (int) crowd.probes[0].calls), <=, 1);
  crowd_end (&crowd);
}

/* Few watches never use a budget up in one dispatch; all their dispatches together do. They have work, or
 * the kernel says so each time.  */
static void
test_few (Fixture *fixture,
          gconstpointer backend)
{
  for (guint n = 1; n <= 6; n++)
    for (guint again = 0; again < 2; again++)
      {
        guint64 hits = sa_poller_get_stats (fixture->poller)->budget_hits;
        Crowd crowd;

        crowd_start (&crowd, fixture, n, 200, on_crowded);
        crowd.redraw.hits_seen = hits;
        for (guint i = 0; i < n; i++)
          crowd.probes[i].again = again;
        for (guint turns = 0; crowd.redraw.turns < HITS; turns++)
          {
            g_main_context_iteration (fixture->context, FALSE);
            g_assert_cmpuint (turns, <, 1000000);
          }
        g_assert_cmpuint (sa_poller_get_stats (fixture->poller)->budget_hits, >=, hits + HITS / 2 - 1);
        crowd_end (&crowd);
      }
}

static void
test_many (Fixture *fixture,
           gconstpointer backend)
{
  Crowd crowd;

  crowd_start (&crowd, fixture, MANY, 50, on_crowded);
  assert_hits_and_redraws (fixture, &crowd);
  crowd_end (&crowd);
}

/* What waits may be a descriptor: then nothing shows before the loop has polled it.  */
static void
test_descriptor_waits (Fixture *fixture,
                       gconstpointer backend)
{
  Crowd crowd;
  int ends[2];

  crowd_start (&crowd, fixture, 2, 200, on_crowded);
  g_source_destroy (crowd.source);
  g_source_unref (crowd.source);
  g_assert_true (g_unix_open_pipe (ends, FD_CLOEXEC, NULL));
  g_assert_cmpint (write (ends[1], "x", 1), ==, 1);
  crowd_add_redraw (&crowd, fixture, g_unix_fd_source_new (ends[0], G_IO_IN));
  g_source_set_callback (crowd.source, G_SOURCE_FUNC (on_redraw_fd), &crowd.redraw, NULL);
  assert_hits_and_redraws (fixture, &crowd);
  crowd_end (&crowd);
  close (ends[0]);
  close (ends[1]);
}

/* A program that asks whether there is anything to do before it does it.  */
static void
test_pending (Fixture *fixture,
              gconstpointer backend)
{
  Crowd crowd;

  crowd_start (&crowd, fixture, 2, 200, on_crowded);
  while (!has_hits (&crowd) && g_main_context_pending (fixture->context))
    g_main_context_iteration (fixture->context, FALSE);
  g_assert_true (has_hits (&crowd));
  g_assert_cmpuint (crowd.redraw.turns, >=, HITS - 1);
  crowd_end (&crowd);
}

typedef struct
{
  Crowd crowd;
  SaTimer timer;
  guint fired;
} Clock;

static void
on_clock (SaTimer *timer)
{
  Clock *clock = (Clock *) (void *) ((char *) timer - G_STRUCT_OFFSET (Clock, timer));

  clock->fired++;
  assert_redrawn (&clock->crowd);
  sa_timer_start (timer, clock->crowd.redraw.poller, 0);
}

/* A timer that is always due; and watches, which are not kept waiting by it either.  */
static void
test_timer (Fixture *fixture,
            gconstpointer backend)
{
  for (guint n = 0; n <= 2; n++)
    {
      Clock clock = { .fired = 0 };

      crowd_start (&clock.crowd, fixture, n, 0, on_crowded);
      clock.crowd.redraw.hits_seen = sa_poller_get_stats (fixture->poller)->budget_hits;
      sa_timer_init (&clock.timer, NULL, on_clock);
      sa_timer_start (&clock.timer, fixture->poller, 0);
      for (guint i = 0; i < 200; i++)
        g_main_context_iteration (fixture->context, FALSE);
      g_assert_cmpuint (clock.fired, >=, 20);
      g_assert_cmpuint (clock.crowd.redraw.turns, >=, 100);
      for (guint i = 0; i < n; i++)
        g_assert_cmpuint (clock.crowd.probes[i].calls, >=, 10);
      sa_timer_stop (&clock.timer);
      crowd_end (&clock.crowd);
    }
}

static void
on_nesting (Probe *probe)
{
  Crowd *crowd = probe->data;
  GMainContext *context = sa_poller_get_context (crowd->redraw.poller);
  guint turns = crowd->redraw.turns;

  probe->hook = NULL;
  probe->inside = FALSE;
  for (guint i = 0; crowd->redraw.turns < turns + HITS; i++)
    {
      g_main_context_iteration (context, FALSE);
      g_assert_cmpuint (i, <, 1000000);
    }
}

/* In a loop inside a handler the others are as busy.  */
static void
test_nested (Fixture *fixture,
             gconstpointer backend)
{
  Crowd crowd;

  crowd_start (&crowd, fixture, 4, 200, on_crowded);
  crowd.probes[1].hook = on_nesting;
  assert_hits_and_redraws (fixture, &crowd);
  g_assert_null (crowd.probes[1].hook);
  crowd_end (&crowd);
}

static void
on_nesting_until_shut (Probe *probe)
{
  Crowd *crowd = probe->data;
  SaPoller *poller = crowd->redraw.poller;

  probe->inside = FALSE;
  assert_redrawn (crowd);
  for (guint i = 0; !poller->gate.shut; i++)
    {
      g_main_context_iteration (sa_poller_get_context (poller), FALSE);
      g_assert_cmpuint (i, <, 1000000);
    }
}

/* The loop inside shuts the gate, and ends: the dispatch around it does not go on.  */
static void
test_nested_shuts (Fixture *fixture,
                   gconstpointer backend)
{
  Crowd crowd;

  crowd_start (&crowd, fixture, 8, 200, on_crowded);
  crowd.probes[0].hook = on_nesting_until_shut;
  assert_hits_and_redraws (fixture, &crowd);
  crowd_end (&crowd);
}

static gboolean
on_urgent (int fd,
           GIOCondition condition,
           gpointer data)
{
  (*(guint *) data)++;

  return G_SOURCE_REMOVE;
}

/* A loop inside finds the poller ready, and dispatches something else; then the gate shuts. GLib does not
 * ask again, and dispatches the poller all the same.  */
static void
on_ready_before_shut (Probe *probe)
{
  Crowd *crowd = probe->data;
  SaPoller *poller = crowd->redraw.poller;
  guint turns = 0;
  GSource *urgent = g_unix_fd_source_new (probe->fd, G_IO_IN);
  gint64 end = g_get_monotonic_time () + 2 * sa_poller_get_budget (poller);

  probe->inside = FALSE;
  assert_redrawn (crowd);
  g_source_set_priority (urgent, G_PRIORITY_HIGH);
  g_source_set_callback (urgent, G_SOURCE_FUNC (on_urgent), &turns, NULL);
  g_source_attach (urgent, sa_poller_get_context (poller));
  g_source_unref (urgent);
  g_main_context_iteration (sa_poller_get_context (poller), FALSE);
  g_assert_cmpuint (turns, ==, 1);
  while (g_get_monotonic_time () < end)
    continue;
}

static void
test_ready_before_shut (Fixture *fixture,
                        gconstpointer backend)
{
  Crowd crowd;

  crowd_start (&crowd, fixture, 4, 200, on_crowded);
  crowd.probes[0].hook = on_ready_before_shut;
  assert_hits_and_redraws (fixture, &crowd);
  crowd_end (&crowd);
}

static gboolean
on_nesting_redraw (gpointer data)
{
  Crowd *crowd = data;
  guint calls = crowd->probes[0].calls;

  crowd->redraw.turns++;
  while (crowd->probes[0].calls < calls + 100)
    g_main_context_iteration (sa_poller_get_context (crowd->redraw.poller), TRUE);

  return G_SOURCE_CONTINUE;
}

static gboolean
has_hits_and_redraws (gpointer data)
{
  return has_hits (data) && ((Crowd *) data)->redraw.turns > 1;
}

/* A redraw that itself waits for sockets: nothing else is there to wait for, and they go on.  */
static void
test_nested_in_redraw (Fixture *fixture,
                       gconstpointer backend)
{
  Crowd crowd;

  crowd_start (&crowd, fixture, 2, 100, on_pass);
  g_source_set_callback (crowd.source, on_nesting_redraw, &crowd, NULL);
  test_wait_in (fixture->context, has_hits_and_redraws, &crowd);
  g_assert_cmpuint (sa_poller_get_stats (fixture->poller)->gave_up, ==, 0);
  crowd_end (&crowd);
}

typedef struct
{
  Crowd crowds[2];
  GMainContext *context;
} Rivals;

static gboolean
have_both_hits (gpointer data)
{
  Rivals *rivals = data;

  return has_hits (&rivals->crowds[0]) && has_hits (&rivals->crowds[1]);
}

/* Sockets of two priorities, which must not take the turns in which the others hold back: the redraw is
 * below both.  */
static void
test_two_priorities (Fixture *fixture,
                     gconstpointer backend)
{
  Fixture high = { .context = fixture->context };
  Rivals rivals;

  high.poller = sa_poller_get (fixture->context, G_PRIORITY_HIGH, NULL);
  crowd_start (&rivals.crowds[0], fixture, 2, 100, on_crowded);
  crowd_start (&rivals.crowds[1], &high, 2, 100, on_pass);
  test_wait_in (fixture->context, have_both_hits, &rivals);
  g_assert_cmpuint (rivals.crowds[0].redraw.turns, >=, HITS - 1);
  g_assert_cmpuint (rivals.crowds[1].redraw.turns, >=, HITS - 1);
  crowd_end (&rivals.crowds[0]);
  crowd_end (&rivals.crowds[1]);
  sa_poller_unref (high.poller);
}

typedef struct
{
  Crowd crowd;
  guint turns;
} Relay;

static gboolean
on_relay (gpointer data)
{
  Relay *relay = data;

  relay->turns++;
  sa_watch_wake (&relay->crowd.probes[0].watch);

  return G_SOURCE_REMOVE;
}

static void
on_relayed (Probe *probe)
{
  Relay *relay = probe->data;
  g_autoptr (GSource) source = g_idle_source_new ();

  probe->inside = FALSE;
  assert_redrawn (&relay->crowd);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_relay, relay, NULL);
  g_source_attach (source, sa_poller_get_context (relay->crowd.redraw.poller));
}

/* What GIO calls back from sources of its own, for the sake of the sockets: no single source is ready all
 * the time, and together they are.  */
static void
test_relay (Fixture *fixture,
            gconstpointer backend)
{
  Relay relay = { .turns = 0 };
  Probe *probe = &relay.crowd.probes[0];

  crowd_start (&relay.crowd, fixture, 0, 200, NULL);
  relay.crowd.n = 1;
  probe_start (probe, fixture, 0, SA_POLL_EDGE);
  probe->hook = on_relayed;
  probe->data = &relay;
  sa_watch_wake (&probe->watch);
  for (guint i = 0; relay.crowd.redraw.turns < HITS; i++)
    {
      g_main_context_iteration (fixture->context, FALSE);
      g_assert_cmpuint (i, <, 1000000);
    }
  g_assert_cmpuint (relay.turns, >=, HITS);
  crowd_end (&relay.crowd);
  test_spin (fixture->context, 2);
}

static gboolean
on_foreign (gpointer data)
{
  (*(guint *) data)++;

  return G_SOURCE_CONTINUE;
}

/* A source of others that leaves no chance to those of lower priority: the sockets do not starve with
 * them.  */
static void
test_foreign (Fixture *fixture,
              gconstpointer backend)
{
  const SaPollerStats *stats = sa_poller_get_stats (fixture->poller);
  GSource *foreign = g_idle_source_new ();
  guint turns = 0;
  Crowd crowd;

  crowd_start (&crowd, fixture, 2, 100, on_pass);
  g_source_set_priority (foreign, G_PRIORITY_DEFAULT);
  g_source_set_callback (foreign, on_foreign, &turns, NULL);
  g_source_attach (foreign, fixture->context);
  test_wait_in (fixture->context, has_hits, &crowd);
  g_assert_cmpuint (stats->gave_up, >=, HITS - 1);
  g_assert_cmpuint (crowd.redraw.turns, ==, 0);
  g_assert_cmpuint (crowd.probes[0].calls, >=, HITS);
  g_assert_cmpuint (turns, >=, HITS);
  g_source_destroy (foreign);
  g_source_unref (foreign);
  crowd_end (&crowd);
}

/* A large budget serves all that is ready at once.  */
static void
test_within_budget (Fixture *fixture,
                    gconstpointer backend)
{
  const SaPollerStats *stats = sa_poller_get_stats (fixture->poller);
  Crowd crowd;

  crowd_start (&crowd, fixture, MANY, G_MAXINT64, on_pass);
  test_spin (fixture->context, 1);
  g_assert_cmpuint (stats->callbacks, ==, MANY);
  test_spin (fixture->context, 100);
  g_assert_cmpuint (stats->dispatches, ==, 101);
  g_assert_cmpuint (stats->budget_hits, ==, 0);
  crowd_end (&crowd);
}

/* One event now and then is no hit, however small the budget is, and costs one dispatch.  */
static void
test_calm (Fixture *fixture,
           gconstpointer backend)
{
  const SaPollerStats *stats = sa_poller_get_stats (fixture->poller);
  Probe probe;

  sa_poller_set_budget (fixture->poller, 0);
  probe_start (&probe, fixture, SA_POLL_IN, SA_POLL_EDGE);
  probe.drain = TRUE;
  for (guint i = 0; i < 100; i++)
    {
      probe_poke (&probe);
      test_spin (fixture->context, 2);
    }
  g_assert_cmpuint (probe.calls, ==, 100);
  g_assert_cmpuint (stats->dispatches, ==, 100);
  g_assert_cmpuint (stats->budget_hits, ==, 0);
  g_assert_cmpuint (stats->sat_out, ==, 0);
  probe_close (&probe);
}

/* The poller goes while its gate is shut: by the end of the test nothing is left.  */
static void
test_gone_while_shut (Fixture *fixture,
                      gconstpointer backend)
{
  Fixture other = { .context = fixture->context };
  Probe probe;

  other.poller = sa_poller_get (fixture->context, G_PRIORITY_LOW, NULL);
  sa_poller_set_budget (other.poller, 0);
  probe_start (&probe, &other, SA_POLL_IN, SA_POLL_LEVEL);
  probe_poke (&probe);
  test_spin (fixture->context, 1);
  g_assert_cmpuint (probe.calls, ==, 1);
  probe_close (&probe);
  sa_poller_unref (other.poller);
  g_assert_cmpuint (sa_poller_count (), ==, 1);
  test_spin (fixture->context, 3);
}

static const PollerCase cases[] = {
  { "budget/each-turn", test_each_turn },
  { "budget/few", test_few },
  { "budget/many", test_many },
  { "budget/descriptor-waits", test_descriptor_waits },
  { "budget/pending", test_pending },
  { "budget/timer", test_timer },
  { "budget/nested", test_nested },
  { "budget/nested-shuts", test_nested_shuts },
  { "budget/ready-before-shut", test_ready_before_shut },
  { "budget/nested-in-redraw", test_nested_in_redraw },
  { "budget/two-priorities", test_two_priorities },
  { "budget/relay", test_relay },
  { "budget/foreign", test_foreign },
  { "budget/within", test_within_budget },
  { "budget/calm", test_calm },
  { "budget/gone-while-shut", test_gone_while_shut },
};

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add_poller_cases (cases, G_N_ELEMENTS (cases));

  return g_test_run ();
}
