/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-one-byte.h"
#include "test-socket-utils.h"
#include "test-utils.h"

/* Programs without sense, in several threads: random calls of SA_WAIT_BLOCK on sockets that they share, while
 * the loop has the same sockets' events and asynchronous calls. Each call has to end, and to say so.
 * test-monkey.c is the one in a single thread. `-m slow` makes a long run.  */

#define N_SOCKETS 3
#define N_THREADS 4

/* How long a call waits, in milliseconds.  */
#define PATIENCE 3

static SaSocket *shared[N_SOCKETS]; /* each is connected again and again */
static SaSocket *datagrams;
static SaSocket *listener;          /* of the threads; the other one is of the loop */
static int port;                    /* of the loop's listener */
static int datagram_port;           /* atomic */
static int n_calls[3];              /* atomic: sends, receives, connects that went well */
static int n_running;               /* atomic: threads */

typedef struct
{
  guint number;
  guint steps; /* left */
  GRand *rand;
  guint8 bytes[20000];
} Monkey;

static guint
dice (Monkey *monkey,
      guint sides)
{
  return (guint) g_rand_int_range (monkey->rand, 0, (gint32) sides);
}

static void
check_result (gboolean success,
              GError **error,
              int *count)
{
  g_assert_true (success == (*error == NULL));
  if (success && count != NULL)
    g_atomic_int_inc (count);
  g_clear_error (error);
}

/* The loop's side */

static void
on_shared_ready (SaSocket *socket)
{
  char bytes[100];

  sa_socket_receive (socket, bytes, sizeof bytes, NULL, NULL);
  if (g_random_int_range (0, 4) == 0)
    sa_socket_send (socket, (const guint8 *) bytes, sizeof bytes, NULL, NULL);
  if (g_random_int_range (0, 60) == 0)
    sa_socket_close (socket, NULL);
  if (g_random_int_range (0, 30) == 0)
    g_main_context_iteration (NULL, FALSE);
}

static void
on_shared_event (SaSocket *socket)
{
  if (g_random_int_range (0, 10) == 0)
    g_main_context_iteration (NULL, FALSE);
  if (g_random_int_range (0, 60) == 0)
    sa_socket_abort (socket);
}

static void
echo (SaSocket *peer)
{
  guint8 bytes[5000];
  gssize n = sa_socket_receive (peer, bytes, sizeof bytes, NULL, NULL);

  if (n > 0 && g_random_int_range (0, 3) != 0)
    sa_socket_send (peer, bytes, (gsize) n, NULL, NULL);
  if (g_random_int_range (0, 200) == 0)
    sa_socket_abort (peer);
}

static void
close_peer (SaSocket *peer)
{
  sa_socket_close (peer, NULL);
}

static void
accept_peer (SaSocket *server)
{
  g_autoptr (SaSocket) peer = sa_socket_accept (server, NULL, NULL);

  if (peer == NULL)
    return;

  g_signal_connect (peer, "receive-ready", G_CALLBACK (echo), NULL);
  g_signal_connect (peer, "receive-ended", G_CALLBACK (close_peer), NULL);
}

static void
on_sent (GObject *source,
         GAsyncResult *result,
         gpointer unused)
{
  GError *error = NULL;
  gssize n = sa_socket_send_finish (SA_SOCKET (source), result, &error);

  check_result (n >= 0, &error, NULL);
}

static void
on_received (GObject *source,
             GAsyncResult *result,
             gpointer unused)
{
  GError *error = NULL;
  gsize length;
  g_autofree guint8 *bytes = sa_socket_receive_finish (SA_SOCKET (source), result, &length, &error);

  check_result (length > 0 || error == NULL, &error, NULL);
}

static gboolean
begin_calls (gpointer unused)
{
  for (guint i = 0; i < N_SOCKETS; i++)
    {
      if (sa_socket_get_state (shared[i]) != SA_SOCKET_STATE_CONNECTED)
        continue;
      if (g_random_boolean ())
        sa_socket_send_async (shared[i], (const guint8 *) "ahoy", 4, NULL, on_sent, NULL);
      else
        sa_socket_receive_async (shared[i], 10, NULL, on_received, NULL);
    }

  return G_SOURCE_CONTINUE;
}

/* The threads */

static void
move_bytes (Monkey *monkey,
            SaSocket *socket)
{
  gsize size = 1 + dice (monkey, sizeof monkey->bytes);
  GError *error = NULL;

  if (dice (monkey, 2) == 0)
    check_result (sa_socket_send (socket, monkey->bytes, size, NULL, &error) >= 0, &error, &n_calls[0]);
  else
    check_result (sa_socket_receive (socket, monkey->bytes, size, NULL, &error) >= 0, &error, &n_calls[1]);
}

static void
end_somehow (Monkey *monkey,
             SaSocket *socket)
{
  g_autoptr (GSocket) inner = NULL;
  GError *error = NULL;

  switch (dice (monkey, 6))
    {
    case 0:
      check_result (sa_socket_close (socket, &error), &error, NULL);
      break;
    case 1:
      sa_socket_abort (socket);
      break;
    case 2:
      check_result (sa_socket_shutdown (socket, (SaShutdown) dice (monkey, 3), &error), &error, NULL);
      break;
    case 3:
      check_result (sa_socket_close_gracefully (socket, NULL, &error), &error, NULL);
      break;
    case 4:
      inner = sa_socket_detach (socket, &error);
      check_result (inner != NULL, &error, NULL);
      break;
    default:
      sa_socket_cancel_blocking_call (socket);
    }
}

static void
do_datagram (Monkey *monkey)
{
  GError *error = NULL;
  guint to = (guint) g_atomic_int_get (&datagram_port);

  if (monkey->number == 0 && dice (monkey, 20) == 0)
    {
      sa_socket_close (datagrams, NULL);
      check_result (sa_socket_create (datagrams, 0, G_SOCKET_TYPE_DATAGRAM, "127.0.0.1", &error), &error,
                    NULL);
      g_atomic_int_set (&datagram_port, (int) sa_socket_get_local_port (datagrams));
    }
  else if (dice (monkey, 2) == 0)
    {
      gssize n = sa_socket_send_to_host (datagrams, "127.0.0.1", to, monkey->bytes, 100, NULL, &error);

      check_result (n >= 0, &error, NULL);
    }
  else
    {
      gssize n = sa_socket_receive_from (datagrams, monkey->bytes, 200, NULL, NULL, &error);

      check_result (n >= 0, &error, NULL);
    }
}

static void
do_listener (Monkey *monkey)
{
  g_autoptr (SaSocket) peer = NULL;
  GError *error = NULL;

  if (monkey->number == 1 && dice (monkey, 4) == 0)
    {
      sa_socket_close (listener, NULL);
      if (sa_socket_create (listener, 0, G_SOCKET_TYPE_STREAM, "127.0.0.1", NULL))
        sa_socket_listen (listener, NULL);
      return;
    }

  peer = sa_socket_accept (listener, NULL, &error);
  check_result (peer != NULL, &error, NULL);
}

static gpointer
run_monkey (gpointer data)
{
  Monkey *monkey = data;

  for (; monkey->steps > 0; monkey->steps--)
    {
      SaSocket *socket = shared[dice (monkey, N_SOCKETS)];
      guint what = dice (monkey, 40);
      GError *error = NULL;

      if (what < 28)
        move_bytes (monkey, socket);
      else if (what < 32)
        end_somehow (monkey, socket);
      else if (what == 32)
        do_datagram (monkey);
      else if (what == 33)
        do_listener (monkey);
      else if (monkey->number == 0)
        check_result (sa_socket_connect_to_host (socket, "127.0.0.1", (guint) port, NULL, &error), &error,
                      &n_calls[2]);
      else
        g_usleep (dice (monkey, 300));
    }
  g_atomic_int_add (&n_running, -1);
  g_main_context_wakeup (NULL);

  return NULL;
}

static gboolean
has_ended (gpointer unused)
{
  return g_atomic_int_get (&n_running) == 0;
}

static SaSocket *
make_shared (void)
{
  SaSocket *socket = sa_socket_new ();

  sa_socket_set_timeout (socket, PATIENCE);
  sa_socket_set_linger (socket, PATIENCE);
  g_signal_connect (socket, "accept-ready", G_CALLBACK (on_shared_event), NULL);
  g_signal_connect (socket, "receive-ready", G_CALLBACK (on_shared_ready), NULL);
  g_signal_connect (socket, "send-ready", G_CALLBACK (on_shared_event), NULL);
  g_signal_connect (socket, "receive-ended", G_CALLBACK (on_shared_event), NULL);

  return socket;
}

static void
let_go (SaSocket *socket)
{
  sa_socket_abort (socket);
  test_spin (NULL, 20);
  g_assert_finalize_object (socket);
}

static void
test_threads (gconstpointer steps)
{
  g_autoptr (SaSocket) server = test_listener ();
  GThread *threads[N_THREADS];
  Monkey *monkeys[N_THREADS];
  guint timer;

  sa_socket_set_wait_policy (server, SA_WAIT_NEVER);
  sa_socket_set_keep_accepted (server, TRUE);
  g_signal_connect (server, "accept-ready", G_CALLBACK (accept_peer), NULL);
  port = (int) sa_socket_get_local_port (server);
  for (guint i = 0; i < N_SOCKETS; i++)
    shared[i] = make_shared ();
  listener = make_shared ();
  g_assert_true (sa_socket_create (listener, 0, G_SOCKET_TYPE_STREAM, "127.0.0.1", NULL));
  g_assert_true (sa_socket_listen (listener, NULL));
  datagrams = make_shared ();
  g_assert_true (sa_socket_create (datagrams, 0, G_SOCKET_TYPE_DATAGRAM, "127.0.0.1", NULL));
  datagram_port = (int) sa_socket_get_local_port (datagrams);

  n_running = N_THREADS;
  for (guint i = 0; i < N_THREADS; i++)
    {
      monkeys[i] = g_new0 (Monkey, 1);
      monkeys[i]->number = i;
      monkeys[i]->steps = GPOINTER_TO_UINT (steps);
      monkeys[i]->rand = g_rand_new_with_seed ((guint32) g_test_rand_int ());
      threads[i] = g_thread_new ("monkey", run_monkey, monkeys[i]);
    }
  timer = g_timeout_add (3, begin_calls, NULL);
  test_wait_in (NULL, has_ended, NULL);
  g_source_remove (timer);
  for (guint i = 0; i < N_THREADS; i++)
    {
      g_thread_join (threads[i]);
      g_rand_free (monkeys[i]->rand);
      g_free (monkeys[i]);
    }

  for (guint i = 0; i < N_SOCKETS; i++)
    let_go (shared[i]);
  let_go (listener);
  let_go (datagrams);
  sa_socket_close (server, NULL);
  g_assert_cmpint (n_calls[0], >, 0);
  g_assert_cmpint (n_calls[1], >, 0);
  g_assert_cmpint (n_calls[2], >, 0);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_use_one_byte ();

  g_test_add_data_func ("/thread-monkey/short", GUINT_TO_POINTER (test_is_one_byte () ? 300 : 3000),
                        test_threads);
  if (g_test_slow ())
    for (guint i = 0; i < 20; i++)
      {
        g_autofree char *path = g_strdup_printf ("/thread-monkey/long/%u", i);

        g_test_add_data_func (path, GUINT_TO_POINTER (test_is_one_byte () ? 1000 : 10000),
                              test_threads);
      }

  return g_test_run ();
}
