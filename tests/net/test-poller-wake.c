/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-probe.h"

/* What calls a watch beside the kernel: the library itself, other threads, and the clock.  */

/* Waking */

static void
test_wake (Fixture *fixture,
           gconstpointer backend)
{
  Probe probe;

  probe_start (&probe, fixture, SA_POLL_IN, SA_POLL_EDGE);
  sa_watch_wake (&probe.watch);
  sa_watch_wake (&probe.watch);
  test_spin (fixture->context, 3);
  g_assert_cmpuint (probe.calls, ==, 1);
  g_assert_cmphex (probe.seen, ==, 0);

  sa_watch_wake (&probe.watch);
  sa_watch_stop (&probe.watch);
  sa_watch_wake (&probe.watch);
  test_spin (fixture->context, 3);
  g_assert_cmpuint (probe.calls, ==, 1);
  probe_close (&probe);
}

static void
on_wake_self (Probe *probe)
{
  probe->inside = FALSE;
  if (probe->calls < 3)
    sa_watch_wake (&probe->watch);
}

static void
test_wake_in_callback (Fixture *fixture,
                       gconstpointer backend)
{
  Probe probe;

  probe_start (&probe, fixture, SA_POLL_IN, SA_POLL_EDGE);
  probe.hook = on_wake_self;
  probe_poke (&probe);
  test_spin (fixture->context, 1);
  g_assert_cmpuint (probe.calls, ==, 1);
  test_spin (fixture->context, 5);
  g_assert_cmpuint (probe.calls, ==, 3);
  probe_close (&probe);
}

/* Without a descriptor, for what has a turn to ask for before it is connected.  */
static void
test_wake_without_descriptor (Fixture *fixture,
                              gconstpointer backend)
{
  Probe probe = { .fd = -1, .peer = -1 };
  g_autoptr (GError) error = NULL;

  sa_watch_init (&probe.watch, NULL, on_probe);
  sa_watch_start (&probe.watch, fixture->poller, -1, 0, SA_POLL_EDGE, &error);
  g_assert_no_error (error);
  test_spin (fixture->context, 3);
  g_assert_cmpuint (probe.calls, ==, 0);
  sa_watch_wake (&probe.watch);
  test_spin (fixture->context, 3);
  g_assert_cmpuint (probe.calls, ==, 1);
  sa_watch_stop (&probe.watch);
}

static gpointer
wake_in_thread (gpointer probe)
{
  sa_watch_wake (&((Probe *) probe)->watch);

  return NULL;
}

static void
test_wake_from_thread (Fixture *fixture,
                       gconstpointer backend)
{
  Probe probe;

  probe_start (&probe, fixture, SA_POLL_IN, SA_POLL_EDGE);
  for (guint i = 1; i <= 20; i++)
    {
      g_autoptr (GThread) thread = g_thread_new ("waker", wake_in_thread, &probe);

      probe.calls = 0;
      wait_called (fixture, &probe);
      g_thread_join (g_steal_pointer (&thread));
    }
  probe_close (&probe);
}

static void
on_cancelled (GCancellable *cancellable,
              Probe *probe)
{
  sa_watch_wake (&probe->watch);
}

static gpointer
cancel_in_thread (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);

  return NULL;
}

static void
test_wake_from_cancellable (Fixture *fixture,
                            gconstpointer backend)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Probe probe;

  probe_start (&probe, fixture, SA_POLL_IN, SA_POLL_EDGE);
  gulong id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), &probe, NULL);
  g_autoptr (GThread) thread = g_thread_new ("canceller", cancel_in_thread, cancellable);
  wait_called (fixture, &probe);
  g_cancellable_disconnect (cancellable, id);
  probe_close (&probe);
  g_thread_join (g_steal_pointer (&thread));
}

typedef struct
{
  Fixture *fixture;
  guint left; /* threads that still work */
} Workers;

/* Watches come and go in four threads on one poller, while this thread iterates: its structures must hold. */
static gpointer
start_and_stop (gpointer data)
{
  Workers *workers = data;

  for (guint i = 0; i < 200; i++)
    {
      Probe probe;

      probe_start (&probe, workers->fixture, SA_POLL_IN, SA_POLL_EDGE);
      sa_watch_wake (&probe.watch);
      sa_watch_set_interest (&probe.watch, SA_POLL_IN | SA_POLL_OUT, NULL);
      sa_watch_set_interest (&probe.watch, 0, NULL);

      /* A callback may be under way with this watch, which has no owner to keep it.  */
      while (probe.calls == 0 || sa_watch_is_running (&probe.watch))
        g_thread_yield ();
      probe_close (&probe);
    }

  g_atomic_int_add (&workers->left, -1);
  g_main_context_wakeup (workers->fixture->context);

  return NULL;
}

static gboolean
all_stopped (gpointer workers)
{
  return g_atomic_int_get (&((Workers *) workers)->left) == 0;
}

static void
test_start_from_threads (Fixture *fixture,
                         gconstpointer backend)
{
  GThread *threads[4];
  Workers workers = { fixture, G_N_ELEMENTS (threads) };

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("starter", start_and_stop, &workers);
  test_wait_in (fixture->context, all_stopped, &workers);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (sa_poller_get_stats (fixture->poller)->callbacks, >=, 800);
}

/* Timers */

typedef struct
{
  SaTimer timer;
  GArray *order;
  guint number;
  guint fired;
  guint restarts;
  SaPoller *poller;
  SaTimer *victim;
} Alarm;

static void
on_alarm (SaTimer *timer)
{
  Alarm *alarm = (Alarm *) timer;

  g_assert_false (sa_timer_is_started (timer));
  g_assert_cmpint (g_get_monotonic_time (), >=, timer->at);
  alarm->fired++;
  if (alarm->order != NULL)
    g_array_append_val (alarm->order, alarm->number);
  if (alarm->victim != NULL)
    sa_timer_stop (alarm->victim);
  if (alarm->restarts > 0)
    {
      alarm->restarts--;
      sa_timer_start (timer, alarm->poller, g_get_monotonic_time ());
    }
}

static gboolean
has_fired (gpointer alarm)
{
  return ((Alarm *) alarm)->fired > 0;
}

static void
alarm_init (Alarm *alarm,
            Fixture *fixture)
{
  *alarm = (Alarm) { .poller = fixture->poller };
  sa_timer_init (&alarm->timer, NULL, on_alarm);
}

static void
test_timer_order (Fixture *fixture,
                  gconstpointer backend)
{
  static const guint shuffled[] = { 5, 2, 9, 0, 7, 3, 8, 1, 6, 4 };
  g_autoptr (GArray) order = g_array_new (FALSE, FALSE, sizeof (guint));
  Alarm alarms[10];
  gint64 now = g_get_monotonic_time ();

  for (guint i = 0; i < 10; i++)
    {
      alarm_init (&alarms[i], fixture);
      alarms[i].number = shuffled[i];
      alarms[i].order = order;
      sa_timer_start (&alarms[i].timer, fixture->poller, now + 1000 * shuffled[i]);
    }

  test_wait_in (fixture->context, has_fired, &alarms[2]);
  g_assert_cmpuint (order->len, ==, 10);
  for (guint i = 0; i < 10; i++)
    g_assert_cmpuint (g_array_index (order, guint, i), ==, i);
}

static void
test_timer_stop (Fixture *fixture,
                 gconstpointer backend)
{
  Alarm alarms[3];
  gint64 now = g_get_monotonic_time ();

  for (guint i = 0; i < 3; i++)
    {
      alarm_init (&alarms[i], fixture);
      sa_timer_start (&alarms[i].timer, fixture->poller, now + 1000 * i);
    }
  alarms[0].victim = &alarms[1].timer;
  sa_timer_stop (&alarms[1].timer);
  sa_timer_start (&alarms[1].timer, fixture->poller, now + 1);
  sa_timer_stop (&alarms[0].timer);
  sa_timer_stop (&alarms[0].timer);
  sa_timer_start (&alarms[0].timer, fixture->poller, now);

  /* All are due; the first stops the second.  */
  test_wait_in (fixture->context, has_fired, &alarms[2]);
  g_assert_cmpuint (alarms[0].fired, ==, 1);
  g_assert_cmpuint (alarms[1].fired, ==, 0);
  g_assert_false (sa_timer_is_started (&alarms[1].timer));
}

/* A timer that is always due does not keep the dispatch from ending.  */
static void
test_timer_restart (Fixture *fixture,
                    gconstpointer backend)
{
  Alarm alarm;

  alarm_init (&alarm, fixture);
  alarm.restarts = 3;
  sa_timer_start (&alarm.timer, fixture->poller, 0);
  test_spin (fixture->context, 1);
  g_assert_cmpuint (alarm.fired, ==, 1);
  test_spin (fixture->context, 10);
  g_assert_cmpuint (alarm.fired, ==, 4);
}

/* Idle timeouts of many connections are pushed on with every byte: that moves nothing in the heap.  */
static void
test_timer_push_on (Fixture *fixture,
                    gconstpointer backend)
{
  const SaPollerStats *stats = sa_poller_get_stats (fixture->poller);
  g_autofree Alarm *alarms = g_new (Alarm, 1000);
  gint64 far = g_get_monotonic_time () + G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC;

  for (guint i = 0; i < 1000; i++)
    {
      alarm_init (&alarms[i], fixture);
      sa_timer_start (&alarms[i].timer, fixture->poller, far + i);
    }
  guint64 moves = stats->moves;
  for (guint i = 0; i < 100 * 1000; i++)
    sa_timer_start (&alarms[i % 1000].timer, fixture->poller, far + 1000 + i);
  test_spin (fixture->context, 5);
  g_assert_cmpuint (stats->moves, ==, moves);

  /* One that was pushed on comes at its last time, not at the first.  */
  sa_timer_start (&alarms[7].timer, fixture->poller, g_get_monotonic_time () + 1000);
  sa_timer_start (&alarms[7].timer, fixture->poller, g_get_monotonic_time () + 3000);
  test_wait_in (fixture->context, has_fired, &alarms[7]);
  g_assert_cmpuint (stats->timers, ==, 1);
  for (guint i = 0; i < 1000; i++)
    sa_timer_stop (&alarms[i].timer);
}

static gpointer
start_timer_in_thread (gpointer data)
{
  Alarm *alarm = data;

  sa_timer_start (&alarm->timer, alarm->poller, g_get_monotonic_time () + 1000);

  return NULL;
}

/* A thread that sleeps without a deadline learns of one set by another thread.  */
static void
test_timer_from_thread (Fixture *fixture,
                        gconstpointer backend)
{
  Alarm alarm;

  alarm_init (&alarm, fixture);
  g_autoptr (GThread) thread = g_thread_new ("timer", start_timer_in_thread, &alarm);
  test_wait_in (fixture->context, has_fired, &alarm);
  g_thread_join (g_steal_pointer (&thread));
}

static const PollerCase cases[] = {
  { "wake/plain", test_wake },
  { "wake/in-callback", test_wake_in_callback },
  { "wake/without-descriptor", test_wake_without_descriptor },
  { "wake/from-thread", test_wake_from_thread },
  { "wake/from-cancellable", test_wake_from_cancellable },
  { "thread/start-and-stop", test_start_from_threads },
  { "timer/order", test_timer_order },
  { "timer/stop", test_timer_stop },
  { "timer/restart", test_timer_restart },
  { "timer/push-on", test_timer_push_on },
  { "timer/from-thread", test_timer_from_thread },
};

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add_poller_cases (cases, G_N_ELEMENTS (cases));

  return g_test_run ();
}
