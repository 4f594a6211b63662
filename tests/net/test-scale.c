/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sockarch/net/sa-poller-private.h"
#include "sockarch/net/sa-socket-private.h"
#include "test-socket-utils.h"
#include "test-tcp-pair.h"
#include "test-utils.h"

#include <stdlib.h>
#include <sys/resource.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

/* What a request costs beside ten thousand connections that say nothing: the same as alone. Counted, not
 * timed. The clients are a second process, since descriptors are counted by process.  */

#define N_IDLE 10000
#define N_REQUESTS 100

/* What idle connections have besides being there.  */
typedef enum
{
  IDLE_PLAIN,   /* signals, nothing else */
  IDLE_FILL,    /* an archive over a file, with a fill that waits */
  IDLE_TIMEOUT, /* an idle timeout that is an hour away */
} IdleKind;

static const char *program;

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

  return (guint) MIN (wanted, limit.rlim_cur - 64);
}

/* The second process: so many connections, kept until its standard input ends.  */
static int
run_clients (guint port,
             guint n)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  char byte;

  scale (n);
  address.sin_port = htons ((guint16) port);
  for (guint i = 0; i < n; i++)
    {
      int fd = socket (AF_INET, SOCK_STREAM, 0);

      if (fd < 0 || connect (fd, (struct sockaddr *) (gpointer) &address, sizeof address) < 0)
        {
          g_printerr ("connection %u: %s\n", i, g_strerror (errno));
          return 1;
        }
    }

  return read (0, &byte, 1) == 0 ? 0 : 1;
}

typedef struct
{
  IdleKind kind;
  SaSocket *server;
  GPtrArray *held;      /* sockets and archives of the idle connections */
  guint wanted;         /* idle connections that shall be there */
  guint n;              /* those that are */
  GSubprocess *clients; /* the second process */
  SaSocket *socket;     /* what answers the requests */
  int peer;             /* who makes them */
} Crowd;

static void
on_filled (GObject *source,
           GAsyncResult *result,
           gpointer data)
{
  sa_archive_fill_finish (SA_ARCHIVE (source), result, NULL);
}

static void
on_accept_ready (SaSocket *server,
                 Crowd *crowd)
{
  SaSocket *peer = sa_socket_accept (server, NULL, NULL);

  if (peer == NULL)
    return;

  crowd->n++;
  g_ptr_array_add (crowd->held, peer);
  if (crowd->kind == IDLE_TIMEOUT)
    sa_socket_set_idle_timeout (peer, 3600 * 1000);
  if (crowd->kind == IDLE_FILL)
    {
      g_autoptr (SaSocketFile) file = sa_socket_file_new (peer, NULL);
      SaArchive *in = sa_archive_new (G_IO_STREAM (file), SA_ARCHIVE_LOAD);

      sa_archive_fill_async (in, NULL, on_filled, NULL);
      g_ptr_array_add (crowd->held, in);
    }
}

static void
on_receive_ready (SaSocket *socket)
{
  char buffer[256];
  gssize n = sa_socket_receive (socket, buffer, sizeof buffer, NULL, NULL);

  if (n > 0)
    sa_socket_send (socket, (const guint8 *) buffer, (gsize) n, NULL, NULL);
}

static gboolean
is_complete (gpointer data)
{
  Crowd *crowd = data;

  return crowd->n == crowd->wanted;
}

static Crowd *
crowd_new (IdleKind kind)
{
  Crowd *crowd = g_new0 (Crowd, 1);
  g_autoptr (GSocket) end = g_socket_new_from_fd (test_open_tcp_pair (&crowd->peer), NULL);

  crowd->kind = kind;
  crowd->held = g_ptr_array_new_with_free_func (g_object_unref);
  crowd->server = sa_socket_new ();
  sa_socket_set_backlog (crowd->server, 4096);
  g_assert_true (sa_socket_create (crowd->server, 0, G_SOCKET_TYPE_STREAM, "127.0.0.1", NULL));
  g_assert_true (sa_socket_listen (crowd->server, NULL));
  sa_socket_set_wait_policy (crowd->server, SA_WAIT_NEVER);
  g_signal_connect (crowd->server, "accept-ready", G_CALLBACK (on_accept_ready), crowd);

  crowd->socket = g_object_new (SA_TYPE_SOCKET, "wait-policy", SA_WAIT_NEVER, NULL);
  g_assert_true (sa_socket_attach (crowd->socket, end, NULL));
  g_signal_connect (crowd->socket, "receive-ready", G_CALLBACK (on_receive_ready), NULL);

  return crowd;
}

/* Lets the idle ones come; returns what one of them takes, in bytes.  */
static gsize
crowd_gather (Crowd *crowd,
              guint n)
{
  g_autofree char *port = g_strdup_printf ("%u", sa_socket_get_local_port (crowd->server));
  g_autofree char *number = g_strdup_printf ("%u", n);
  g_autoptr (GError) error = NULL;
  gsize before = 0;
  gsize after = 0;

#ifdef __GLIBC__
  before = mallinfo2 ().uordblks + mallinfo2 ().hblkhd;
#endif
  crowd->wanted = n;
  crowd->clients = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE, &error, program, "--clients", port,
                                     number, NULL);
  g_assert_no_error (error);
  test_wait_in (NULL, is_complete, crowd);
  test_spin (NULL, 100);
#ifdef __GLIBC__
  after = mallinfo2 ().uordblks + mallinfo2 ().hblkhd;
#endif

  return (after - before) / n;
}

/* A fill that waits holds its archive, so connections end at their time, not with our reference.  */
static gboolean
is_alone (gpointer data)
{
  Crowd *crowd = data;

  return sa_poller_get_stats (sa_socket_get_poller (crowd->socket))->watches == 2;
}

static void
crowd_free (Crowd *crowd)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < crowd->held->len; i++)
    if (SA_IS_SOCKET (crowd->held->pdata[i]))
      sa_socket_close (crowd->held->pdata[i], NULL);
  g_ptr_array_set_size (crowd->held, 0);
  test_wait_in (NULL, is_alone, crowd);
  g_output_stream_close (g_subprocess_get_stdin_pipe (crowd->clients), NULL, &error);
  g_assert_no_error (error);
  g_subprocess_wait (crowd->clients, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_subprocess_get_exit_status (crowd->clients), ==, 0);
  g_object_unref (crowd->clients);
  g_ptr_array_unref (crowd->held);
  g_object_unref (crowd->server);
  g_object_unref (crowd->socket);
  close (crowd->peer);
  g_free (crowd);
}

/* What N_REQUESTS requests make the poller do.  */
static SaPollerStats
count_work (Crowd *crowd)
{
  const SaPollerStats *stats = sa_poller_get_stats (sa_socket_get_poller (crowd->socket));
  SaPollerStats before;
  char message[64] = "";

  test_spin (NULL, 10);
  before = *stats;
  for (guint i = 0; i < N_REQUESTS; i++)
    {
      gssize n = -1;

      g_assert_cmpint (send (crowd->peer, message, sizeof message, MSG_NOSIGNAL), ==, sizeof message);
      while (n < 0)
        {
          g_main_context_iteration (NULL, TRUE);
          n = recv (crowd->peer, message, sizeof message, MSG_DONTWAIT);
        }
      g_assert_cmpint (n, ==, sizeof message);
    }

  return (SaPollerStats){
    .polls = stats->polls - before.polls,
    .visits = stats->visits - before.visits,
    .callbacks = stats->callbacks - before.callbacks,
    .updates = stats->updates - before.updates,
    .timers = stats->timers - before.timers,
    .moves = stats->moves - before.moves,
    .dispatches = stats->dispatches - before.dispatches,
  };
}

static void
test_idle (gconstpointer data)
{
  static const gsize most[] = { [IDLE_PLAIN] = 528, [IDLE_FILL] = 1472, [IDLE_TIMEOUT] = 608 };
  Crowd *crowd = crowd_new ((IdleKind) GPOINTER_TO_INT (data));
  gboolean is_epoll =
      strcmp (sa_poller_get_backend_name (sa_socket_get_poller (crowd->socket)), "epoll") == 0;
  guint n = scale (is_epoll ? N_IDLE : 200);
  SaPollerStats alone = count_work (crowd);
  gsize memory = crowd_gather (crowd, n);
  SaPollerStats crowded = count_work (crowd);

  g_test_message ("%u idle connections of %zu bytes; for %u requests %" G_GUINT64_FORMAT " polls, %"
                  G_GUINT64_FORMAT " visits, %" G_GUINT64_FORMAT " turns; alone %" G_GUINT64_FORMAT ", %"
                  G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT, n, memory, N_REQUESTS, crowded.polls,
                  crowded.visits, crowded.callbacks, alone.polls, alone.visits, alone.callbacks);
  g_assert_cmpuint (crowded.callbacks, ==, N_REQUESTS);
  g_assert_cmpuint (crowded.callbacks, ==, alone.callbacks);
  g_assert_cmpuint (crowded.polls, <=, alone.polls + N_REQUESTS / 20);
  g_assert_cmpuint (crowded.updates, ==, 0);
  g_assert_cmpuint (crowded.timers, ==, 0);
  g_assert_cmpuint (crowded.moves, ==, 0);
  /* The other way of asking the kernel has to look at each connection.  */
  if (is_epoll)
    g_assert_cmpuint (crowded.visits, ==, alone.visits);
  /* All that a connection is to a program, and a file, its input, an archive and what feeds it beside it. The
   * sizes are those of a machine whose pointers have eight bytes.  */
  if (sizeof (gpointer) == 8 && is_epoll)
    g_assert_cmpuint (memory, <=, most[crowd->kind]);
  crowd_free (crowd);
}

int
main (int argc,
      char **argv)
{
  program = argv[0];
  if (argc == 4 && strcmp (argv[1], "--clients") == 0)
    return run_clients ((guint) atoi (argv[2]), (guint) atoi (argv[3]));

  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/scale/plain", GINT_TO_POINTER (IDLE_PLAIN), test_idle);
  g_test_add_data_func ("/scale/fill", GINT_TO_POINTER (IDLE_FILL), test_idle);
  g_test_add_data_func ("/scale/idle-timeout", GINT_TO_POINTER (IDLE_TIMEOUT), test_idle);

  return g_test_run ();
}
