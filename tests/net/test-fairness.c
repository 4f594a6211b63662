/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sockarch/net/sa-poller-private.h"
#include "sockarch/net/sa-socket-private.h"
#include "test-one-byte.h"
#include "test-socket-utils.h"
#include "test-utils.h"

#include <sys/resource.h>
#include <sys/socket.h>

/* A thousand sockets that all have something to receive, all the time, or a few: each has its turn, and the
 * window is drawn.  */

#define N_SOCKETS 1000
#define N_ROUNDS 40

typedef struct _Crowd Crowd;

typedef struct
{
  Crowd *crowd;
  SaSocket *socket;
  int peer;    /* the other end */
  guint turns; /* that it had */
} Member;

struct _Crowd
{
  Member *members;
  guint n;
  guint64 total; /* turns of all */
  SaPoller *poller;
  guint redraws;
  guint64 hits_seen; /* budget hits when the last redraw came */
};

/* Sockets that this process may have, at two descriptors each.  */
static guint
scale (guint wanted)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  if (limit.rlim_cur < limit.rlim_max)
    {
      limit.rlim_cur = limit.rlim_max;
      setrlimit (RLIMIT_NOFILE, &limit);
      getrlimit (RLIMIT_NOFILE, &limit);
    }

  return (guint) MIN (wanted, (limit.rlim_cur - 64) / 2);
}

static void
on_receive_ready (SaSocket *socket,
                  Member *member)
{
  Crowd *crowd = member->crowd;
  const SaPollerStats *stats = sa_poller_get_stats (crowd->poller);
  char byte;

  /* The rest stays, so that it is ready again.  */
  g_assert_cmpint (sa_socket_receive (socket, &byte, 1, NULL, NULL), ==, 1);

  /* From the first round on nobody has a turn before all others had as many.  */
  g_assert_cmpuint (member->turns, ==, crowd->total / crowd->n);
  member->turns++;
  crowd->total++;

  /* If the budget was hit, there was a redraw since.  */
  g_assert_cmpuint (stats->budget_hits, ==, crowd->hits_seen);
}

static gboolean
on_redraw (gpointer data)
{
  Crowd *crowd = data;

  crowd->redraws++;
  crowd->hits_seen = sa_poller_get_stats (crowd->poller)->budget_hits;

  return G_SOURCE_CONTINUE;
}

/* @n sockets that have something to receive, or as many as the process may have.  */
static Crowd *
crowd_new (guint n)
{
  Crowd *crowd = g_new0 (Crowd, 1);
  static const char bytes[N_ROUNDS] = "";

  crowd->poller = sa_poller_get (NULL, G_PRIORITY_DEFAULT, NULL);
  /* Thousands are for epoll; everything else asks about each of them, each time.  */
  crowd->n = scale (strcmp (sa_poller_get_backend_name (crowd->poller), "epoll") == 0 ? n : MIN (n, 100));
  crowd->members = g_new0 (Member, crowd->n);
  for (guint i = 0; i < crowd->n; i++)
    {
      Member *member = &crowd->members[i];
      g_autoptr (GSocket) end = NULL;
      int ends[2];

      g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
      end = g_socket_new_from_fd (ends[0], NULL);
      member->crowd = crowd;
      member->peer = ends[1];
      member->socket = g_object_new (SA_TYPE_SOCKET, "wait-policy", SA_WAIT_NEVER, NULL);
      g_assert_true (sa_socket_attach (member->socket, end, NULL));
      g_signal_connect (member->socket, "receive-ready", G_CALLBACK (on_receive_ready), member);
      g_assert_cmpint (write (ends[1], bytes, sizeof bytes), ==, sizeof bytes);
    }
  g_assert_true (sa_socket_get_poller (crowd->members[0].socket) == crowd->poller);

  return crowd;
}

static void
crowd_free (Crowd *crowd)
{
  for (guint i = 0; i < crowd->n; i++)
    {
      g_object_unref (crowd->members[i].socket);
      close (crowd->members[i].peer);
    }
  sa_poller_unref (crowd->poller);
  g_free (crowd->members);
  g_free (crowd);
}

static gboolean
is_all_served (gpointer data)
{
  Crowd *crowd = data;

  return crowd->total == (guint64) crowd->n * N_ROUNDS;
}

/* @data: the budget of a dispatch in microseconds, as a number.  */
static void
test_round_robin (gconstpointer data)
{
  Crowd *crowd = crowd_new (N_SOCKETS);
  const SaPollerStats *stats = sa_poller_get_stats (crowd->poller);
  guint redraw = g_idle_add_full (G_PRIORITY_LOW, on_redraw, crowd, NULL);

  sa_socket_set_dispatch_budget (crowd->members[0].socket, GPOINTER_TO_UINT (data));
  test_wait_in (NULL, is_all_served, crowd);
  g_source_remove (redraw);
  for (guint i = 0; i < crowd->n; i++)
    g_assert_cmpuint (crowd->members[i].turns, ==, N_ROUNDS);

  g_test_message ("%u sockets, %" G_GUINT64_FORMAT " turns in %zu dispatches, %zu hits, %u redraws",
                  crowd->n, crowd->total, stats->dispatches, stats->budget_hits, crowd->redraws);
  g_assert_cmpuint (crowd->redraws + 1, >=, stats->budget_hits);
  crowd_free (crowd);
}

/* Without any budget every dispatch is cut short: the redraws are many, and still everyone is served.  */
static void
test_no_budget (void)
{
  Crowd *crowd = crowd_new (N_SOCKETS);
  guint redraw = g_idle_add_full (G_PRIORITY_LOW, on_redraw, crowd, NULL);

  sa_socket_set_dispatch_budget (crowd->members[0].socket, 0);
  test_wait_in (NULL, is_all_served, crowd);
  g_source_remove (redraw);
  g_assert_cmpuint (sa_poller_get_stats (crowd->poller)->budget_hits, >, N_ROUNDS);
  g_assert_cmpuint (sa_socket_get_budget_hits (crowd->members[0].socket), >, N_ROUNDS);
  g_assert_cmpuint (crowd->redraws, >, N_ROUNDS);
  crowd_free (crowd);
}

/* There is always one byte more to receive.  */
static void
on_receive_ready_for_ever (SaSocket *socket,
                           Member *member)
{
  on_receive_ready (socket, member);
  g_assert_cmpint (write (member->peer, "x", 1), ==, 1);
}

static gboolean
is_redrawn (gpointer data)
{
  return ((Crowd *) data)->redraws >= 10;
}

static Crowd *
crowd_new_for_ever (guint n)
{
  Crowd *crowd = crowd_new (n);

  for (guint i = 0; i < n; i++)
    {
      SaSocket *socket = crowd->members[i].socket;

      g_signal_handlers_disconnect_by_func (socket, on_receive_ready, &crowd->members[i]);
      g_signal_connect (socket, "receive-ready", G_CALLBACK (on_receive_ready_for_ever), &crowd->members[i]);
    }

  return crowd;
}

/* One socket that always has something to receive is enough to keep a window from being drawn; or would
 * be.  */
static void
test_few (void)
{
  for (guint n = 1; n <= 4; n++)
    {
      Crowd *crowd = crowd_new_for_ever (n);
      guint redraw = g_idle_add_full (G_PRIORITY_LOW, on_redraw, crowd, NULL);

      test_wait_in (NULL, is_redrawn, crowd);
      g_source_remove (redraw);
      g_assert_cmpuint (crowd->total, >=, n);
      crowd_free (crowd);
    }
}

typedef struct
{
  Crowd *crowd;
  int peer;
} Answer;

static gboolean
on_redraw_and_answer (gpointer data)
{
  Answer *answer = data;

  on_redraw (answer->crowd);
  if (answer->crowd->redraws == 10)
    g_assert_cmpint (write (answer->peer, "x", 1), ==, 1);

  return G_SOURCE_CONTINUE;
}

/* The same while a call waits in the loop: the answer comes after ten redraws.  */
static void
test_dispatch_wait (void)
{
  Crowd *crowd = crowd_new_for_ever (2);
  g_autoptr (SaSocket) waiting = sa_socket_new ();
  g_autoptr (GSocket) end = NULL;
  g_autoptr (GError) error = NULL;
  Answer answer = { .crowd = crowd };
  int ends[2];
  char byte;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
  end = g_socket_new_from_fd (ends[0], NULL);
  answer.peer = ends[1];
  sa_socket_attach (waiting, end, &error);
  g_assert_no_error (error);
  sa_socket_set_wait_policy (waiting, SA_WAIT_DISPATCH);
  sa_socket_set_timeout (waiting, 20000);
  guint redraw = g_idle_add_full (G_PRIORITY_LOW, on_redraw_and_answer, &answer, NULL);
  g_assert_cmpint (sa_socket_receive (waiting, &byte, 1, NULL, &error), ==, 1);
  g_assert_no_error (error);
  g_assert_cmpuint (crowd->redraws, >=, 10);
  g_assert_cmpuint (crowd->total, >, 0);
  g_source_remove (redraw);
  close (answer.peer);
  crowd_free (crowd);
}

typedef struct
{
  Crowd crowd;
  int peer;
  guint values;
} Flood;

static void
on_load_ready (SaArchive *in,
               Flood *flood)
{
  static const char more[4096];
  g_autoptr (GError) error = NULL;

  sa_archive_read_uint32 (in, &error);
  g_assert_no_error (error);
  if (flood->values++ % 1024 == 0)
    g_assert_cmpint (write (flood->peer, more, sizeof more), ==, sizeof more);
}

/* Small values that an archive hands out one a turn, and never runs out of.  */
static void
test_archive (void)
{
  static const char first[32768];
  Flood flood = { .values = 0 };
  g_autoptr (SaSocket) socket = g_object_new (SA_TYPE_SOCKET, "wait-policy", SA_WAIT_NEVER, NULL);
  g_autoptr (GSocket) end = NULL;
  g_autoptr (GError) error = NULL;
  int ends[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
  end = g_socket_new_from_fd (ends[0], NULL);
  flood.peer = ends[1];
  sa_socket_attach (socket, end, &error);
  g_assert_no_error (error);
  flood.crowd.poller = sa_socket_get_poller (socket);
  g_autoptr (SaSocketFile) file = sa_socket_file_new (socket, &error);
  g_assert_no_error (error);
  g_autoptr (SaArchive) in = sa_archive_new (G_IO_STREAM (file), SA_ARCHIVE_LOAD);
  g_assert_cmpint (write (flood.peer, first, sizeof first), ==, sizeof first);
  g_signal_connect (in, "load-ready", G_CALLBACK (on_load_ready), &flood);
  sa_archive_set_read_ahead (in, TRUE);
  guint redraw = g_idle_add_full (G_PRIORITY_LOW, on_redraw, &flood.crowd, NULL);
  test_wait_in (NULL, is_redrawn, &flood.crowd);
  g_source_remove (redraw);
  g_assert_cmpuint (flood.values, >, 0);
  sa_archive_close (in, NULL);
  close (flood.peer);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_use_one_byte ();

  g_test_add_data_func ("/fairness/round-robin/short", GUINT_TO_POINTER (100), test_round_robin);
  g_test_add_data_func ("/fairness/round-robin/default", GUINT_TO_POINTER (SA_POLLER_DEFAULT_BUDGET),
                        test_round_robin);
  g_test_add_func ("/fairness/no-budget", test_no_budget);

  g_test_add_func ("/fairness/few", test_few);
  g_test_add_func ("/fairness/dispatch-wait", test_dispatch_wait);
  g_test_add_func ("/fairness/archive", test_archive);

  return g_test_run ();
}
