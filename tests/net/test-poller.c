/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define _GNU_SOURCE

#include "test-probe.h"
#include "test-tcp-pair.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>

/* Events */

static void
test_level (Fixture *fixture,
            gconstpointer backend)
{
  Probe probe;

  probe_start (&probe, fixture, SA_POLL_IN, SA_POLL_LEVEL);
  test_spin (fixture->context, 3);
  g_assert_cmpuint (probe.calls, ==, 0);

  /* As long as the byte lies there, the callback comes each turn.  */
  probe_poke (&probe);
  test_spin (fixture->context, 5);
  g_assert_cmpuint (probe.calls, ==, 5);
  g_assert_cmphex (probe.seen, ==, SA_POLL_IN);

  probe.drain = TRUE;
  test_spin (fixture->context, 5);
  g_assert_cmpuint (probe.calls, ==, 6);
  probe_close (&probe);
}

static void
test_edge (Fixture *fixture,
           gconstpointer backend)
{
  Probe probe;

  probe_start (&probe, fixture, SA_POLL_IN | SA_POLL_END, SA_POLL_EDGE);
  probe_poke (&probe);
  test_spin (fixture->context, 5);
  g_assert_cmpuint (probe.calls, ==, 1);
  g_assert_cmphex (probe.seen, ==, SA_POLL_IN);

  /* Read to the end outside of a dispatch; the next byte is news again.  */
  char byte;
  g_assert_cmpint (read (probe.fd, &byte, 1), ==, 1);
  g_assert_cmpint (read (probe.fd, &byte, 1), ==, -1);
  sa_watch_rearm (&probe.watch, SA_POLL_IN);
  test_spin (fixture->context, 5);
  g_assert_cmpuint (probe.calls, ==, 1);
  probe_poke (&probe);
  test_spin (fixture->context, 5);
  g_assert_cmpuint (probe.calls, ==, 2);
  probe_close (&probe);
}

static void
test_out (Fixture *fixture,
          gconstpointer backend)
{
  Probe probe;
  char block[4096] = { 0, };

  probe_start (&probe, fixture, SA_POLL_OUT, SA_POLL_EDGE);
  test_spin (fixture->context, 3);
  g_assert_cmpuint (probe.calls, ==, 1);
  g_assert_cmphex (probe.seen, ==, SA_POLL_OUT);

  while (write (probe.fd, block, sizeof block) > 0)
    continue;
  g_assert_cmpint (errno, ==, EAGAIN);
  sa_watch_rearm (&probe.watch, SA_POLL_OUT);
  test_spin (fixture->context, 3);
  g_assert_cmpuint (probe.calls, ==, 1);

  while (read (probe.peer, block, sizeof block) > 0)
    continue;
  test_spin (fixture->context, 3);
  g_assert_cmpuint (probe.calls, ==, 2);
  probe_close (&probe);
}

static void
test_end (Fixture *fixture,
          gconstpointer backend)
{
  Probe probe;

  probe_start (&probe, fixture, SA_POLL_IN | SA_POLL_END, SA_POLL_EDGE);
  shutdown (probe.peer, SHUT_WR);
  wait_called (fixture, &probe);
  g_assert_cmphex (probe.seen & SA_POLL_END, ==, SA_POLL_END);
  g_assert_cmphex (probe.seen & SA_POLL_HANGUP, ==, 0);

  /* A fact once told does not turn the loop.  */
  guint calls = probe.calls;
  test_spin (fixture->context, 5);
  g_assert_cmpuint (probe.calls, ==, calls);

  close (g_steal_fd (&probe.peer));
  test_spin (fixture->context, 5);
  g_assert_cmpuint (probe.calls, ==, calls + 1);
  g_assert_cmphex (probe.seen & SA_POLL_HANGUP, ==, SA_POLL_HANGUP);
  probe_close (&probe);
}

static void
test_urgent (Fixture *fixture,
             gconstpointer backend)
{
  Probe probe = { .peer = -1 };
  g_autoptr (GError) error = NULL;

  probe.fd = test_open_tcp_pair (&probe.peer);
  sa_watch_init (&probe.watch, NULL, on_probe);
  sa_watch_start (&probe.watch, fixture->poller, probe.fd, SA_POLL_URGENT, SA_POLL_EDGE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (send (probe.peer, "!", 1, MSG_OOB), ==, 1);
  wait_called (fixture, &probe);
  g_assert_cmphex (probe.seen, ==, SA_POLL_URGENT);
  probe_close (&probe);
}

static void
test_reset (Fixture *fixture,
            gconstpointer backend)
{
  Probe probe = { .peer = -1 };
  struct linger hard = { .l_onoff = 1 };
  g_autoptr (GError) error = NULL;

  probe.fd = test_open_tcp_pair (&probe.peer);
  sa_watch_init (&probe.watch, NULL, on_probe);
  sa_watch_start (&probe.watch, fixture->poller, probe.fd, SA_POLL_IN, SA_POLL_EDGE, &error);
  g_assert_no_error (error);
  setsockopt (probe.peer, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  close (g_steal_fd (&probe.peer));
  wait_called (fixture, &probe);
  g_assert_cmphex (probe.seen & SA_POLL_ERROR, ==, SA_POLL_ERROR);

  guint calls = probe.calls;
  test_spin (fixture->context, 5);
  g_assert_cmpuint (probe.calls, ==, calls);
  probe_close (&probe);
}

static void
test_pause (Fixture *fixture,
            gconstpointer backend)
{
  Probe probe;
  g_autoptr (GError) error = NULL;

  probe_start (&probe, fixture, SA_POLL_IN, SA_POLL_EDGE);
  sa_watch_set_interest (&probe.watch, 0, &error);
  g_assert_no_error (error);

  /* Neither bytes nor a hang-up are told of: the descriptor is not in the set.  */
  probe_poke (&probe);
  close (g_steal_fd (&probe.peer));
  guint64 dispatches = sa_poller_get_stats (fixture->poller)->dispatches;
  test_spin (fixture->context, 5);
  g_assert_cmpuint (probe.calls, ==, 0);
  g_assert_cmpuint (sa_poller_get_stats (fixture->poller)->dispatches, ==, dispatches);

  sa_watch_set_interest (&probe.watch, SA_POLL_IN, &error);
  g_assert_no_error (error);
  test_spin (fixture->context, 5);
  g_assert_cmpuint (probe.calls, ==, 1);
  g_assert_cmphex (probe.seen & SA_POLL_IN, ==, SA_POLL_IN);
  probe_close (&probe);
}

static void
on_set_no_interest (Probe *probe)
{
  Probe *other = probe->data;

  probe->inside = FALSE;
  g_assert_true (sa_watch_set_interest (&other->watch, 0, NULL));
}

/* What the kernel reported in this batch is forgotten with the interest in it.  */
static void
test_pause_in_batch (Fixture *fixture,
                     gconstpointer backend)
{
  Probe probes[2];

  for (guint i = 0; i < 2; i++)
    {
      probe_start (&probes[i], fixture, SA_POLL_IN, SA_POLL_LEVEL);
      probes[i].drain = TRUE;
      probes[i].hook = on_set_no_interest;
      probes[i].data = &probes[1 - i];
      probe_poke (&probes[i]);
    }

  test_spin (fixture->context, 5);
  g_assert_cmpuint (probes[0].calls + probes[1].calls, ==, 2);
  g_assert_cmphex (probes[0].seen | probes[1].seen, ==, SA_POLL_IN);
  g_assert_cmphex (probes[0].seen & probes[1].seen, ==, 0);
  probe_close (&probes[0]);
  probe_close (&probes[1]);
}

static void
test_not_pollable (Fixture *fixture,
                   gconstpointer backend)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  SaWatch watch;
  int fd = g_file_open_tmp ("sockarch-XXXXXX", &path, &error);

  g_assert_no_error (error);
  sa_watch_init (&watch, NULL, on_probe);
  g_assert_false (sa_watch_start (&watch, fixture->poller, fd, SA_POLL_IN, SA_POLL_LEVEL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_assert_false (sa_watch_is_started (&watch));
  close (fd);
  unlink (path);
}

static void
test_no_descriptors (Fixture *fixture,
                     gconstpointer backend)
{
  g_autoptr (GError) error = NULL;
  struct rlimit old;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &old), ==, 0);
  struct rlimit none = { .rlim_cur = 0, .rlim_max = old.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none), ==, 0);
  SaPoller *poller = sa_poller_get (fixture->context, G_PRIORITY_LOW, &error);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &old), ==, 0);

  g_assert_null (poller);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TOO_MANY_OPEN_FILES);
}

/* Stopping and freeing */

static void
on_stop_other (Probe *probe)
{
  Probe *other = probe->data;

  probe->inside = FALSE;
  sa_watch_stop (&other->watch);
}

static void
test_stop_in_batch (Fixture *fixture,
                    gconstpointer backend)
{
  Probe probes[2];

  for (guint i = 0; i < 2; i++)
    {
      probe_start (&probes[i], fixture, SA_POLL_IN, SA_POLL_LEVEL);
      probes[i].hook = on_stop_other;
      probes[i].data = &probes[1 - i];
      probe_poke (&probes[i]);
    }

  test_spin (fixture->context, 1);
  g_assert_cmpuint (probes[0].calls + probes[1].calls, ==, 1);
  probe_close (&probes[0]);
  probe_close (&probes[1]);
}

static void
on_stop_self (Probe *probe)
{
  probe->inside = FALSE;
  sa_watch_stop (&probe->watch);
}

static void
test_stop_self (Fixture *fixture,
                gconstpointer backend)
{
  Probe probe;

  probe_start (&probe, fixture, SA_POLL_IN, SA_POLL_LEVEL);
  probe.hook = on_stop_self;
  probe.again = TRUE;
  probe_poke (&probe);
  test_spin (fixture->context, 5);
  g_assert_cmpuint (probe.calls, ==, 1);
  g_assert_false (sa_watch_is_started (&probe.watch));
  probe_close (&probe);
}

static void
on_restart_self (Probe *probe)
{
  SaPoller *poller = sa_poller_ref (probe->data);

  probe->inside = FALSE;
  probe->hook = NULL;
  sa_watch_stop (&probe->watch);
  g_assert_true (sa_watch_start (&probe->watch, poller, probe->fd, SA_POLL_IN, SA_POLL_EDGE, NULL));
  sa_poller_unref (poller);
}

/* The value returned by a callback belongs to the watch that was, not to the one started in it.  */
static void
test_restart_self (Fixture *fixture,
                   gconstpointer backend)
{
  Probe probe;
  char byte;

  probe_start (&probe, fixture, SA_POLL_IN, SA_POLL_EDGE);
  probe.hook = on_restart_self;
  probe.data = fixture->poller;
  probe.again = TRUE;
  probe_poke (&probe);
  test_spin (fixture->context, 1);
  g_assert_cmpuint (probe.calls, ==, 1);
  g_assert_cmpint (read (probe.fd, &byte, 1), ==, 1);
  probe.again = FALSE;
  test_spin (fixture->context, 5);
  g_assert_cmpuint (probe.calls, ==, 1);
  probe_close (&probe);
}

/* The first of two ready watches ends the other, closes its descriptor, and starts a third one on a new
 * socket that gets the same number.  */
typedef struct
{
  Fixture *fixture;
  Probe probes[2];
  Probe heir;
} Reuse;

static void
on_reuse (Probe *probe)
{
  Reuse *reuse = probe->data;
  Probe *other = probe == &reuse->probes[0] ? &reuse->probes[1] : &reuse->probes[0];
  int number = other->fd;
  int fds[2];

  probe->inside = FALSE;
  probe->hook = NULL;
  sa_watch_stop (&other->watch);
  close (other->fd);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), ==, 0);
  if (fds[0] != number)
    {
      g_assert_cmpint (dup2 (fds[0], number), ==, number);
      close (fds[0]);
    }
  other->fd = -1;
  reuse->heir = (Probe) { .fd = number, .peer = fds[1] };
  sa_watch_init (&reuse->heir.watch, NULL, on_probe);
  g_assert_true (
      sa_watch_start (&reuse->heir.watch, reuse->fixture->poller, number, SA_POLL_IN, SA_POLL_LEVEL, NULL));
}

static void
test_descriptor_reused (Fixture *fixture,
                        gconstpointer backend)
{
  Reuse reuse = { .fixture = fixture };

  for (guint i = 0; i < 2; i++)
    {
      probe_start (&reuse.probes[i], fixture, SA_POLL_IN, SA_POLL_LEVEL);
      reuse.probes[i].hook = on_reuse;
      reuse.probes[i].data = &reuse;
      reuse.probes[i].drain = TRUE;
      probe_poke (&reuse.probes[i]);
    }

  test_spin (fixture->context, 5);
  g_assert_cmpuint (reuse.probes[0].calls + reuse.probes[1].calls, ==, 1);
  g_assert_cmpuint (reuse.heir.calls, ==, 0);
  probe_poke (&reuse.heir);
  wait_called (fixture, &reuse.heir);
  probe_close (&reuse.heir);
  probe_close (&reuse.probes[0]);
  probe_close (&reuse.probes[1]);
}

/* A copy of the descriptor keeps the kernel's entry alive: it must not turn the loop for ever.  */
static void
test_closed_too_early (Fixture *fixture,
                       gconstpointer backend)
{
  Probe zombie;
  Probe other;

  probe_start (&zombie, fixture, SA_POLL_IN, SA_POLL_LEVEL);
  probe_start (&other, fixture, SA_POLL_IN, SA_POLL_EDGE);
  int copy = dup (zombie.fd);
  close (g_steal_fd (&zombie.fd));
  sa_watch_stop (&zombie.watch);

  probe_poke (&zombie);
  test_spin (fixture->context, 3);
  g_assert_cmpuint (zombie.calls, ==, 0);
  g_assert_cmpuint (sa_poller_get_stats (fixture->poller)->stale, ==, 1);
  guint64 dispatches = sa_poller_get_stats (fixture->poller)->dispatches;
  test_spin (fixture->context, 5);
  g_assert_cmpuint (sa_poller_get_stats (fixture->poller)->dispatches, ==, dispatches);

  probe_poke (&other);
  wait_called (fixture, &other);
  close (copy);
  probe_close (&zombie);
  probe_close (&other);
}

static void
on_free_self (Probe *probe)
{
  *(gboolean *) probe->data = TRUE;
  probe_close (probe);
  g_free (probe);
}

static void
test_free_in_callback (Fixture *fixture,
                       gconstpointer backend)
{
  Probe *probe = g_new (Probe, 1);
  gboolean freed = FALSE;

  probe_start (probe, fixture, SA_POLL_IN, SA_POLL_LEVEL);
  probe->hook = on_free_self;
  probe->data = &freed;
  probe->again = TRUE;
  probe_poke (probe);
  test_spin (fixture->context, 3);
  g_assert_true (freed);
}

static void
on_drop_poller (Probe *probe)
{
  Fixture *fixture = probe->data;

  probe->inside = FALSE;
  sa_watch_stop (&probe->watch);
  sa_poller_unref (g_steal_pointer (&fixture->poller));
  g_assert_cmpuint (sa_poller_count (), ==, 0);
}

static void
test_last_watch_in_callback (Fixture *fixture,
                             gconstpointer backend)
{
  Probe probe;

  probe_start (&probe, fixture, SA_POLL_IN, SA_POLL_LEVEL);
  probe.hook = on_drop_poller;
  probe.data = fixture;
  probe_poke (&probe);
  test_spin (fixture->context, 3);
  g_assert_null (fixture->poller);
  probe_close (&probe);
  fixture->poller = sa_poller_get (fixture->context, G_PRIORITY_DEFAULT, NULL);
}

static void
on_drop_owner (Probe *probe)
{
  GObject *owner = g_steal_pointer (&probe->data);

  probe->inside = FALSE;
  g_object_unref (owner);

  /* Another reference keeps it while the callback runs.  */
  g_assert_cmpuint (owner->ref_count, ==, 1);
}

static void
test_owner_kept (Fixture *fixture,
                 gconstpointer backend)
{
  GObject *owner = g_object_new (G_TYPE_OBJECT, NULL);
  Probe probe;

  probe_open (&probe);
  sa_watch_init (&probe.watch, owner, on_probe);
  g_assert_true (sa_watch_start (&probe.watch, fixture->poller, probe.fd, SA_POLL_IN, SA_POLL_EDGE, NULL));
  g_object_add_weak_pointer (owner, (gpointer *) &owner);
  probe.hook = on_drop_owner;
  probe.data = owner;
  probe_poke (&probe);
  test_spin (fixture->context, 3);
  g_assert_null (owner);
  probe_close (&probe);
}

/* Turns */

static void
test_again (Fixture *fixture,
            gconstpointer backend)
{
  Probe busy;
  Probe other;

  probe_start (&busy, fixture, SA_POLL_IN, SA_POLL_EDGE);
  probe_start (&other, fixture, SA_POLL_IN, SA_POLL_EDGE);
  busy.again = TRUE;
  other.again = TRUE;
  probe_poke (&busy);
  probe_poke (&other);

  /* One turn each in each dispatch, whatever is left to do.  */
  test_spin (fixture->context, 7);
  g_assert_cmpuint (busy.calls, ==, 7);
  g_assert_cmpuint (other.calls, ==, 7);
  busy.again = FALSE;
  other.again = FALSE;
  test_spin (fixture->context, 7);
  g_assert_cmpuint (busy.calls, ==, 8);
  g_assert_cmpuint (other.calls, ==, 8);
  probe_close (&busy);
  probe_close (&other);
}

/* Nested loops */

typedef struct
{
  Fixture *fixture;
  Probe outer;
  Probe inner;
} Nest;

static void
on_nest (Probe *probe)
{
  Nest *nest = probe->data;

  probe->hook = NULL;
  if (probe == &nest->outer)
    wait_called (nest->fixture, &nest->inner);
  else
    wait_called (nest->fixture, &nest->outer);

  /* More for the one whose callback runs: it must wait.  */
  probe_poke (probe);
  test_spin (nest->fixture->context, 3);
  g_assert_cmpuint (probe->calls, ==, 1);
  probe->inside = FALSE;
}

/* Both are in one batch; the first runs a nested loop, which has to serve the second.  */
static void
test_nested (Fixture *fixture,
             gconstpointer backend)
{
  Nest nest = { .fixture = fixture };

  probe_start (&nest.outer, fixture, SA_POLL_IN, SA_POLL_EDGE);
  probe_start (&nest.inner, fixture, SA_POLL_IN, SA_POLL_EDGE);
  nest.outer.hook = nest.inner.hook = on_nest;
  nest.outer.data = nest.inner.data = &nest;
  nest.outer.drain = nest.inner.drain = TRUE;
  probe_poke (&nest.outer);
  probe_poke (&nest.inner);
  test_spin (fixture->context, 5);

  /* Whichever nested was called again afterwards; the other nested too, when it was called inside.  */
  g_assert_cmpuint (nest.outer.calls + nest.inner.calls, ==, 4);
  g_assert_cmpuint (nest.outer.entered + nest.inner.entered, ==, 0);
  probe_close (&nest.outer);
  probe_close (&nest.inner);
}

static void
on_recurse (Probe *probe)
{
  Fixture *fixture = probe->data;

  if (probe->calls > 1)
    return;

  sa_watch_set_can_recurse (&probe->watch, TRUE);
  probe_poke (probe);
  test_spin (fixture->context, 3);
  sa_watch_set_can_recurse (&probe->watch, FALSE);
}

static void
test_recurse_when_asked (Fixture *fixture,
                         gconstpointer backend)
{
  Probe probe;

  probe_start (&probe, fixture, SA_POLL_IN, SA_POLL_EDGE);
  probe.hook = on_recurse;
  probe.data = fixture;
  probe.drain = TRUE;
  probe_poke (&probe);
  test_spin (fixture->context, 3);
  g_assert_cmpuint (probe.calls, ==, 2);
  g_assert_cmpuint (probe.entered, ==, 1);
  probe_close (&probe);
}

/* What a nested loop stops is gone for the dispatch around it.  */
static void
on_nest_and_stop (Probe *probe)
{
  Nest *nest = probe->data;
  Probe *other = probe == &nest->outer ? &nest->inner : &nest->outer;

  probe->inside = FALSE;
  if (probe->calls > 1 || other->calls > 0)
    {
      sa_watch_stop (&nest->outer.watch);
      sa_watch_stop (&nest->inner.watch);
      return;
    }

  test_spin (nest->fixture->context, 3);
  g_assert_false (sa_watch_is_started (&probe->watch));
}

static void
test_stop_in_nested (Fixture *fixture,
                     gconstpointer backend)
{
  Nest nest = { .fixture = fixture };

  probe_start (&nest.outer, fixture, SA_POLL_IN, SA_POLL_LEVEL);
  probe_start (&nest.inner, fixture, SA_POLL_IN, SA_POLL_LEVEL);
  nest.outer.hook = nest.inner.hook = on_nest_and_stop;
  nest.outer.data = nest.inner.data = &nest;
  nest.outer.again = nest.inner.again = TRUE;
  probe_poke (&nest.outer);
  probe_poke (&nest.inner);
  test_spin (fixture->context, 3);
  g_assert_cmpuint (nest.outer.calls, ==, 1);
  g_assert_cmpuint (nest.inner.calls, ==, 1);
  probe_close (&nest.outer);
  probe_close (&nest.inner);
}

/* Numbers */

static guint
raise_descriptor_limit (guint wanted)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  if (limit.rlim_cur < wanted && limit.rlim_cur < limit.rlim_max)
    {
      limit.rlim_cur = MIN (wanted, limit.rlim_max);
      setrlimit (RLIMIT_NOFILE, &limit);
      getrlimit (RLIMIT_NOFILE, &limit);
    }

  return (guint) MIN (limit.rlim_cur, wanted);
}

/* Two thousand idle watches and one that works: each event costs one look at one watch, and one question.  */
static void
test_scale (Fixture *fixture,
            gconstpointer backend)
{
  const SaPollerStats *stats = sa_poller_get_stats (fixture->poller);
  guint n = (raise_descriptor_limit (2000 * 2 + 100) - 100) / 2;
  g_autofree Probe *probes = g_new (Probe, n);

  g_test_message ("%u watches", n);
  for (guint i = 0; i < n; i++)
    {
      probe_start (&probes[i], fixture, SA_POLL_IN | SA_POLL_END, SA_POLL_EDGE);
      probes[i].drain = TRUE;
    }

  SaPollerStats before = *stats;
  for (guint i = 0; i < 100; i++)
    {
      Probe *probe = &probes[i * 17 % n];

      probe->calls = 0;
      probe_poke (probe);
      wait_called (fixture, probe);
    }
  g_assert_cmpuint (stats->events - before.events, ==, 100);
  g_assert_cmpuint (stats->visits - before.visits, ==, 100);
  g_assert_cmpuint (stats->callbacks - before.callbacks, ==, 100);
  g_assert_cmpuint (stats->dispatches - before.dispatches, ==, 100);
  g_assert_cmpuint (stats->polls - before.polls, ==, 100);
  g_assert_cmpuint (stats->updates - before.updates, ==, 0);

  for (guint i = 0; i < n; i++)
    probe_close (&probes[i]);
}

/* More at once than one question to the kernel answers: all are served, each once.  */
static void
test_many_at_once (Fixture *fixture,
                   gconstpointer backend)
{
  guint n = (raise_descriptor_limit (700 * 2 + 100) - 100) / 2;
  g_autofree Probe *probes = g_new (Probe, n);

  g_test_message ("%u watches", n);
  for (guint i = 0; i < n; i++)
    {
      probe_start (&probes[i], fixture, SA_POLL_IN, SA_POLL_EDGE);
      probe_poke (&probes[i]);
    }
  test_spin (fixture->context, 10);
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpuint (probes[i].calls, ==, 1);
      probe_close (&probes[i]);
    }
}

static void
test_one_per_context_and_priority (Fixture *fixture,
                                   gconstpointer backend)
{
  g_autoptr (SaPoller) same = sa_poller_get (fixture->context, G_PRIORITY_DEFAULT, NULL);
  g_autoptr (SaPoller) lower = sa_poller_get (fixture->context, G_PRIORITY_LOW, NULL);
  g_autoptr (SaPoller) elsewhere = sa_poller_get (NULL, G_PRIORITY_DEFAULT, NULL);

  g_assert_true (same == fixture->poller);
  g_assert_true (lower != fixture->poller);
  g_assert_true (elsewhere != fixture->poller);
  g_assert_true (sa_poller_get_context (elsewhere) == g_main_context_default ());
  g_assert_cmpint (sa_poller_get_priority (lower), ==, G_PRIORITY_LOW);
  g_assert_cmpuint (sa_poller_count (), ==, 3);
}

/* The source has no descriptor in the set that a child process would inherit.  */
static void
test_close_on_exec (Fixture *fixture,
                    gconstpointer backend)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  const char *name;
  guint found = 0;

  if (dir == NULL)
    {
      g_test_skip ("no /proc here");
      return;
    }

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_strdup_printf ("/proc/self/fd/%s", name);
      g_autofree char *target = g_file_read_link (path, NULL);

      if (g_strcmp0 (target, "anon_inode:[eventpoll]") != 0)
        continue;
      found++;
      g_assert_cmpint (fcntl (atoi (name), F_GETFD) & FD_CLOEXEC, ==, FD_CLOEXEC);
    }
  g_assert_cmpuint (found, ==, 1);
}

static const PollerCase cases[] = {
  { "event/level", test_level },
  { "event/edge", test_edge },
  { "event/out", test_out },
  { "event/end", test_end },
  { "event/urgent", test_urgent },
  { "event/reset", test_reset },
  { "interest/pause", test_pause },
  { "interest/pause-in-batch", test_pause_in_batch },
  { "error/not-pollable", test_not_pollable, TRUE },
  { "error/no-descriptors", test_no_descriptors, TRUE },
  { "stop/in-batch", test_stop_in_batch },
  { "stop/self", test_stop_self },
  { "stop/restart-self", test_restart_self },
  { "stop/descriptor-reused", test_descriptor_reused },
  { "stop/closed-too-early", test_closed_too_early, TRUE },
  { "free/in-callback", test_free_in_callback },
  { "free/last-watch-in-callback", test_last_watch_in_callback },
  { "free/owner-kept", test_owner_kept },
  { "turn/again", test_again },
  { "nested/batch-survives", test_nested },
  { "nested/recurse-when-asked", test_recurse_when_asked },
  { "nested/stop", test_stop_in_nested },
  { "number/scale", test_scale, TRUE },
  { "number/many-at-once", test_many_at_once },
  { "number/one-per-context-and-priority", test_one_per_context_and_priority },
  { "number/close-on-exec", test_close_on_exec, TRUE },
};

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add_poller_cases (cases, G_N_ELEMENTS (cases));

  return g_test_run ();
}
