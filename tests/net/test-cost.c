/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sockarch/net/sa-socket-private.h"
#include "sockarch/net/sa-socket-system-private.h"
#include "sockarch/sockarch.h"
#include "test-allocations.h"
#include "test-tcp-pair.h"

#include <time.h>

/* What a message costs, in things that can be counted: system calls, turns of the loop, allocations. Times
 * are the business of the benchmarks.  */

#define N_MESSAGES 100
#define MESSAGE 64

/* The library's looks at the clock come here; GLib's own do not.  */
static guint n_looks;

gint64
g_get_monotonic_time (void)
{
  struct timespec now;

  n_looks++;
  clock_gettime (CLOCK_MONOTONIC, &now);

  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static guint n_receives;
static guint n_sends;
static guint n_polls;
static SaSocketSystem counting;

static ssize_t
count_recv (int fd,
            void *buffer,
            size_t size,
            int flags)
{
  n_receives++;
  return recv (fd, buffer, size, flags);
}

static ssize_t
count_send (int fd,
            const void *data,
            size_t length,
            int flags)
{
  n_sends++;
  return send (fd, data, length, flags);
}

/* The loop's own question to the kernel.  */
static int
count_poll (GPollFD *fds,
            guint n_fds,
            int timeout)
{
  n_polls++;
  return g_poll (fds, n_fds, timeout);
}

typedef struct
{
  SaSocket *socket; /* what echoes */
  int peer;         /* the other end */
} Fixture;

static Fixture *
fixture_new (void)
{
  Fixture *f = g_new0 (Fixture, 1);
  g_autoptr (GError) error = NULL;
  int fd = test_open_tcp_pair (&f->peer);
  int on = 1;

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, &error);
  g_assert_no_error (error);
  f->socket = g_object_new (SA_TYPE_SOCKET, "wait-policy", SA_WAIT_NEVER, NULL);
  sa_socket_attach (f->socket, socket, &error);
  g_assert_no_error (error);

  /* Turns of the loop are counted, which must not depend on time.  */
  sa_socket_set_dispatch_budget (f->socket, G_MAXUINT);

  return f;
}

static void
fixture_free (Fixture *f)
{
  sa_socket_abort (f->socket);
  g_object_unref (f->socket);
  close (f->peer);
  g_free (f);
}

/* One message there and back; returns how many turns of the loop it took.  */
static guint
make_round_trip (Fixture *f)
{
  char message[MESSAGE] = "";
  guint turns = 0;
  gssize n;

  g_assert_cmpint (send (f->peer, message, sizeof message, MSG_NOSIGNAL), ==, MESSAGE);
  for (n = -1; n < 0; turns++)
    {
      g_main_context_iteration (NULL, TRUE);
      n = recv (f->peer, message, sizeof message, MSG_DONTWAIT);
    }
  g_assert_cmpint (n, ==, MESSAGE);

  return turns;
}

/* What each message may cost: one poll (), one epoll_wait () where there is one, one recv () and one
 * send (), allocations and looks at the clock as said. A few turns more are allowed for: the kernel says
 * now and then that there is room to send.  */
static void
assert_cost (Fixture *f,
             guint allocations,
             guint looks)
{
  const SaPollerStats *stats = sa_poller_get_stats (sa_socket_get_poller (f->socket));
  gboolean is_epoll = g_str_equal (sa_poller_get_backend_name (sa_socket_get_poller (f->socket)), "epoll");
  gboolean counts = can_count_allocations ();
  guint turns = 0;

  for (guint i = 0; i < 10; i++)
    make_round_trip (f);

  SaPollerStats before = *stats;
  guint allocated = n_allocations;
  n_receives = n_sends = n_polls = n_looks = 0;
  for (guint i = 0; i < N_MESSAGES; i++)
    turns += make_round_trip (f);
  allocated = n_allocations - allocated;

  guint questions = n_polls;
  if (is_epoll)
    questions += stats->polls - before.polls;

  g_assert_cmpuint (n_receives, ==, N_MESSAGES);
  g_assert_cmpuint (n_sends, ==, N_MESSAGES);
  /* Of four turns one is looked at for the budget.  */
  g_assert_cmpuint (n_looks, <=, looks * turns + turns / 4 + 1);
  g_assert_cmpuint (turns, <=, N_MESSAGES + N_MESSAGES / 10);
  g_assert_cmpuint (questions, <=, (is_epoll ? 2 : 1) * (N_MESSAGES + N_MESSAGES / 10));
  g_assert_cmpuint (stats->callbacks - before.callbacks, <=, N_MESSAGES + N_MESSAGES / 10);
  if (is_epoll)
    g_assert_cmpuint (stats->updates - before.updates, ==, 0);
  if (counts)
    g_assert_cmpuint (allocated, <=, allocations * N_MESSAGES + N_MESSAGES / 20);
  else
    g_test_message ("allocations cannot be counted here");
}

static void
on_receive_ready (SaSocket *socket)
{
  char message[MESSAGE];
  gssize n = sa_socket_receive (socket, message, sizeof message, NULL, NULL);

  if (n > 0)
    sa_socket_send (socket, (const guint8 *) message, n, NULL, NULL);
}

static void
on_receive_ready_large (SaSocket *socket)
{
  char message[4 * MESSAGE];
  gssize n = sa_socket_receive (socket, message, sizeof message, NULL, NULL);

  if (n > 0)
    sa_socket_send (socket, (const guint8 *) message, n, NULL, NULL);
}

/* A signal, a receive and a send allocate nothing.  */
static void
test_cost_signal (void)
{
  Fixture *f = fixture_new ();

  g_signal_connect (f->socket, "receive-ready", G_CALLBACK (on_receive_ready_large), NULL);
  assert_cost (f, 0, 0);
  fixture_free (f);
}

/* An idle timeout is pushed on by what comes and by what goes, once for both: of the two looks at the clock
 * the other one is for the timers that may be due.  */
static void
test_cost_idle_timeout (void)
{
  Fixture *f = fixture_new ();

  sa_socket_set_idle_timeout (f->socket, 3600 * 1000);
  g_signal_connect (f->socket, "receive-ready", G_CALLBACK (on_receive_ready_large), NULL);
  assert_cost (f, 0, 2);
  fixture_free (f);
}

/* A receive that got all that it asked for cannot know that nothing is left: one look of the kernel
 * more.  */
static void
test_cost_signal_full (void)
{
  Fixture *f = fixture_new ();

  g_signal_connect (f->socket, "receive-ready", G_CALLBACK (on_receive_ready), NULL);
  for (guint i = 0; i < 10; i++)
    make_round_trip (f);
  n_receives = n_sends = 0;
  for (guint i = 0; i < N_MESSAGES; i++)
    make_round_trip (f);
  g_assert_cmpuint (n_receives, <=, 2 * N_MESSAGES);
  g_assert_cmpuint (n_sends, ==, N_MESSAGES);
  fixture_free (f);
}

#define N_PIECES 64

static void
on_receive_ready_count (SaSocket *socket,
                        guint *n_pieces)
{
  char message[MESSAGE];

  g_assert_cmpint (sa_socket_receive (socket, message, sizeof message, NULL, NULL), ==, MESSAGE);
  ++*n_pieces;
}

/* What comes in bulk, and is taken in pieces, does not need a turn of the loop for each, but for eight; and
 * epoll is asked only when there is news.  */
static void
test_cost_bulk (void)
{
  Fixture *f = fixture_new ();
  SaPoller *poller = sa_socket_get_poller (f->socket);
  gsize polls;
  char bulk[N_PIECES * MESSAGE] = "";
  guint n_pieces = 0;
  guint turns = 0;

  g_signal_connect (f->socket, "receive-ready", G_CALLBACK (on_receive_ready_count), &n_pieces);
  test_spin (NULL, 3);
  n_receives = 0;
  polls = SA_POLLER_STAT (poller, polls);
  g_assert_cmpint (send (f->peer, bulk, sizeof bulk, MSG_NOSIGNAL), ==, sizeof bulk);
  for (; n_pieces < N_PIECES; turns++)
    g_main_context_iteration (NULL, TRUE);

  g_assert_cmpuint (turns, <=, N_PIECES / 8 + 2);
  g_assert_cmpuint (turns, >=, 4);
  if (g_str_equal (sa_poller_get_backend_name (poller), "epoll"))
    g_assert_cmpuint (SA_POLLER_STAT (poller, polls) - polls, <=, 2);
  g_assert_cmpuint (n_receives, <=, 2 * N_PIECES + 1);
  fixture_free (f);
}

static void
on_filled (GObject *source,
           GAsyncResult *result,
           gpointer stream)
{
  SaArchive *in = SA_ARCHIVE (source);
  char message[4 * MESSAGE];
  gssize n = sa_archive_fill_finish (in, result, NULL);

  if (n <= 0)
    return;

  sa_archive_read_data (in, message, (gsize) n, NULL);
  g_output_stream_write_all (g_io_stream_get_output_stream (stream), message, (gsize) n, NULL, NULL, NULL);
  sa_archive_fill_async (in, NULL, on_filled, stream);
}

/* An archive over a file over the socket: what feeds it meanwhile is allocated, and nothing else.  */
static void
test_cost_fill (void)
{
  Fixture *f = fixture_new ();
  g_autoptr (SaSocketFile) file = sa_socket_file_new (f->socket, NULL);
  g_autoptr (SaArchive) in = sa_archive_new (G_IO_STREAM (file), SA_ARCHIVE_LOAD);

  sa_archive_fill_async (in, NULL, on_filled, file);
  assert_cost (f, 1, 0);
  sa_archive_close (in, NULL);
  test_spin (NULL, 3);
  fixture_free (f);
}

/* Waiting costs no buffer: nothing that is large is held for a connection that says nothing.  */
static void
test_cost_idle (void)
{
  Fixture *f = fixture_new ();
  const SaPollerStats *stats = sa_poller_get_stats (sa_socket_get_poller (f->socket));
  g_autoptr (SaSocketFile) file = sa_socket_file_new (f->socket, NULL);
  g_autoptr (SaArchive) in = sa_archive_new (G_IO_STREAM (file), SA_ARCHIVE_LOAD);
  guint64 updates = stats->updates;

  n_receives = 0;
  sa_archive_fill_async (in, NULL, on_filled, file);
  test_spin (NULL, 10);
  g_assert_cmpuint (n_receives, ==, 0);
  g_assert_cmpuint (stats->updates, ==, updates);
  sa_archive_close (in, NULL);
  test_spin (NULL, 3);
  fixture_free (f);
}

#define N_RECORDS 4096

/* Records of sixteen bytes, three values each: what counts is that they travel by the buffer, not one by
 * one.  */
static void
test_cost_records (void)
{
  Fixture *f = fixture_new ();
  g_autofree char *bytes = g_malloc (16 * N_RECORDS);
  g_autoptr (GError) error = NULL;

  sa_socket_set_wait_policy (f->socket, SA_WAIT_BLOCK);
  g_autoptr (SaSocketFile) file = sa_socket_file_new (f->socket, NULL);
  g_autoptr (SaArchive) out = sa_archive_new (G_IO_STREAM (file), SA_ARCHIVE_STORE);
  g_autoptr (SaArchive) in = sa_archive_new (G_IO_STREAM (file), SA_ARCHIVE_LOAD);

  n_sends = n_receives = 0;
  for (guint i = 0; i < N_RECORDS; i++)
    {
      sa_archive_write_uint32 (out, i, NULL);
      sa_archive_write_uint32 (out, ~i, NULL);
      sa_archive_write_uint64 (out, (guint64) i * i, NULL);
    }
  g_assert_true (sa_archive_flush (out, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_sends, <=, 2);

  for (gssize n = 0, done = 0; done < 16 * N_RECORDS; done += n)
    {
      n = recv (f->peer, bytes + done, 16 * N_RECORDS - (size_t) done, 0);
      g_assert_cmpint (n, >, 0);
    }
  g_assert_cmpint (send (f->peer, bytes, 16 * N_RECORDS, MSG_NOSIGNAL), ==, 16 * N_RECORDS);
  for (guint i = 0; i < N_RECORDS; i++)
    {
      g_assert_cmpuint (sa_archive_read_uint32 (in, &error), ==, i);
      g_assert_cmpuint (sa_archive_read_uint32 (in, &error), ==, ~i);
      g_assert_cmpuint (sa_archive_read_uint64 (in, &error), ==, (guint64) i * i);
    }
  g_assert_no_error (error);
  g_assert_cmpuint (n_receives, <=, 4);
  sa_archive_close (in, NULL);
  sa_archive_close (out, NULL);
  fixture_free (f);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  counting = sa_socket_kernel;
  counting.recv = count_recv;
  counting.send = count_send;
  sa_socket_system = &counting;
  g_main_context_set_poll_func (NULL, count_poll);

  g_test_add_func ("/cost/signal", test_cost_signal);
  g_test_add_func ("/cost/idle-timeout", test_cost_idle_timeout);
  g_test_add_func ("/cost/signal-full", test_cost_signal_full);
  g_test_add_func ("/cost/bulk", test_cost_bulk);
  g_test_add_func ("/cost/fill", test_cost_fill);
  g_test_add_func ("/cost/idle", test_cost_idle);
  g_test_add_func ("/cost/records", test_cost_records);

  return g_test_run ();
}
