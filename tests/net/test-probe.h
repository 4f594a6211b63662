/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/net/sa-poller-private.h"
#include "test-utils.h"

#include <sys/socket.h>
#include <unistd.h>

/* What tests of the poller begin with: a context with a poller, and watches that note what they were told.
 * Each test runs once for each way of asking the kernel.  */

/* One end of a pair of connected sockets under a watch, which notes what it was told.  */
typedef struct _Probe Probe;
typedef void (*ProbeHook) (Probe *probe);

struct _Probe
{
  SaWatch watch; /* first: the callback casts */
  int fd;        /* the watched end */
  int peer;      /* the other end */
  guint calls;
  SaPollEvents seen;
  gboolean again;
  gboolean drain;
  ProbeHook hook;
  gpointer data;
  gboolean inside;
  guint entered;
};

typedef struct
{
  GMainContext *context;
  SaPoller *poller;
} Fixture;

static inline void
set_up (Fixture *fixture,
        gconstpointer backend)
{
  g_autoptr (GError) error = NULL;

  if (!sa_poller_set_default_backend (backend))
    g_error ("no backend \"%s\"", (const char *) backend);
  fixture->context = g_main_context_new ();
  g_main_context_push_thread_default (fixture->context);
  fixture->poller = sa_poller_get (fixture->context, G_PRIORITY_DEFAULT, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (sa_poller_get_backend_name (fixture->poller), ==, backend);
  /* Turns are counted here, which must not depend on time.  */
  sa_poller_set_budget (fixture->poller, G_MAXINT64);
}

/* Every test ends with the proof that nothing keeps a poller or a context alive.  */
static inline void
tear_down (Fixture *fixture,
           gconstpointer backend)
{
  g_assert_cmpuint (sa_poller_get_stats (fixture->poller)->watches, ==, 0);
  sa_poller_unref (fixture->poller);
  g_assert_cmpuint (sa_poller_count (), ==, 0);
  g_main_context_pop_thread_default (fixture->context);
  g_main_context_unref (fixture->context);
}

static inline gboolean
on_probe (SaWatch *watch,
          SaPollEvents events)
{
  Probe *probe = (Probe *) watch;
  char buffer[4096];

  probe->calls++;
  probe->seen |= events;
  probe->entered += probe->inside;
  probe->inside = TRUE;
  if (probe->drain && (events & SA_POLL_IN))
    {
      while (read (probe->fd, buffer, sizeof buffer) > 0)
        continue;
      sa_watch_rearm (watch, SA_POLL_IN);
    }
  gboolean again = probe->again;
  if (probe->hook != NULL)
    probe->hook (probe);
  else
    probe->inside = FALSE;

  return again;
}

static inline void
probe_open (Probe *probe)
{
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), ==, 0);
  *probe = (Probe) { .fd = fds[0], .peer = fds[1] };
  sa_watch_init (&probe->watch, NULL, on_probe);
}

static inline void
probe_start (Probe *probe,
             Fixture *fixture,
             SaPollEvents interest,
             SaPollMode mode)
{
  g_autoptr (GError) error = NULL;

  probe_open (probe);
  sa_watch_start (&probe->watch, fixture->poller, probe->fd, interest, mode, &error);
  g_assert_no_error (error);
  g_assert_true (sa_watch_is_started (&probe->watch));
}

static inline void
probe_poke (Probe *probe)
{
  g_assert_cmpint (write (probe->peer, "x", 1), ==, 1);
}

static inline void
probe_close (Probe *probe)
{
  sa_watch_stop (&probe->watch);
  close (probe->fd);
  if (probe->peer >= 0)
    close (probe->peer);
}

static inline gboolean
was_called (gpointer probe)
{
  return ((Probe *) probe)->calls > 0;
}

static inline void
wait_called (Fixture *fixture,
             Probe *probe)
{
  test_wait_in (fixture->context, was_called, probe);
}

typedef struct
{
  const char *path;
  void (*func) (Fixture *fixture, gconstpointer backend);
  gboolean epoll_only;
} PollerCase;

static inline void
add_poller_cases (const PollerCase *cases,
                  guint n)
{
  gboolean has_epoll = sa_poller_set_default_backend ("epoll");

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *epoll = g_strdup_printf ("/poller/epoll/%s", cases[i].path);
      g_autofree char *sources = g_strdup_printf ("/poller/sources/%s", cases[i].path);

      if (has_epoll)
        g_test_add (epoll, Fixture, "epoll", set_up, cases[i].func, tear_down);
      if (!cases[i].epoll_only)
        g_test_add (sources, Fixture, "sources", set_up, cases[i].func, tear_down);
    }
}
