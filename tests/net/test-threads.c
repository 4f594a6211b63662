/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-one-byte.h"
#include "test-socket-utils.h"
#include "test-utils.h"

/* Sockets in threads: each belongs to the context that was its thread's default, signals there and nowhere
 * else, and moves to another thread by detach and attach.  */

/* A thread with a main context of its own, which it runs until told to end.  */
typedef struct
{
  GMainContext *context;
  GThread *thread;
  int is_over;         /* atomic */
  SaSocket *socket;    /* made and used in the thread only */
  GSocket *connection; /* what it is made over, or what it left */
  GString *received;   /* in the thread, until it has ended */
  int n_received;      /* atomic: bytes */
  int is_idle;         /* atomic: what was asked for last is done */
} Worker;

static gpointer
run_worker (gpointer data)
{
  Worker *worker = data;

  g_main_context_push_thread_default (worker->context);
  while (!g_atomic_int_get (&worker->is_over))
    g_main_context_iteration (worker->context, TRUE);
  g_clear_object (&worker->socket);
  while (g_main_context_iteration (worker->context, FALSE))
    ;
  g_main_context_pop_thread_default (worker->context);

  return NULL;
}

static Worker *
worker_new (const char *name)
{
  Worker *worker = g_new0 (Worker, 1);

  worker->context = g_main_context_new ();
  worker->received = g_string_new (NULL);
  worker->thread = g_thread_new (name, run_worker, worker);

  return worker;
}

static void
worker_end (Worker *worker)
{
  g_atomic_int_set (&worker->is_over, TRUE);
  g_main_context_wakeup (worker->context);
  g_thread_join (g_steal_pointer (&worker->thread));
}

static void
worker_free (Worker *worker)
{
  g_main_context_unref (worker->context);
  g_clear_object (&worker->connection);
  g_string_free (worker->received, TRUE);
  g_free (worker);
}

static gboolean
is_idle (gpointer data)
{
  return g_atomic_int_get (&((Worker *) data)->is_idle);
}

static void
worker_do (Worker *worker,
           GSourceFunc func)
{
  g_atomic_int_set (&worker->is_idle, FALSE);
  g_main_context_invoke (worker->context, func, worker);
  test_wait_in (NULL, is_idle, worker);
}

static gboolean
say_done (Worker *worker)
{
  g_atomic_int_set (&worker->is_idle, TRUE);
  g_main_context_wakeup (NULL);

  return G_SOURCE_REMOVE;
}

static void
on_receive_ready (SaSocket *socket,
                  Worker *worker)
{
  char byte = 0;

  g_assert_true (g_thread_self () == worker->thread);
  g_assert_true (g_main_context_is_owner (worker->context));
  /* One at a time, so that some are left when the socket moves.  */
  if (sa_socket_receive (socket, &byte, 1, NULL, NULL) == 1)
    {
      g_string_append_c (worker->received, byte);
      g_atomic_int_inc (&worker->n_received);
      g_main_context_wakeup (NULL);
    }
  if (byte == '|')
    {
      worker->connection = sa_socket_detach (socket, NULL);
      g_assert_nonnull (worker->connection);
      say_done (worker);
    }
}

static gboolean
attach (gpointer data)
{
  Worker *worker = data;
  g_autoptr (GSocket) connection = g_steal_pointer (&worker->connection);

  g_assert_true (g_thread_self () == worker->thread);
  if (worker->socket == NULL)
    {
      worker->socket = sa_socket_new ();
      sa_socket_set_wait_policy (worker->socket, SA_WAIT_NEVER);
      g_signal_connect (worker->socket, "receive-ready", G_CALLBACK (on_receive_ready), worker);
    }
  g_assert_true (sa_socket_get_context (worker->socket) == worker->context);
  g_assert_true (sa_socket_attach (worker->socket, connection, NULL));

  return say_done (worker);
}

typedef struct
{
  Worker *worker;
  int wanted;
} BytesWait;

static gboolean
has_bytes (gpointer data)
{
  BytesWait *wait = data;

  return g_atomic_int_get (&wait->worker->n_received) >= wait->wanted;
}

/* A socket that a worker made over a connection from here.  */
static Worker *
worker_new_with_connection (const char *name,
                            SaSocket *peer)
{
  Worker *worker = worker_new (name);
  g_autoptr (GError) error = NULL;

  worker->connection = sa_socket_detach (peer, &error);
  g_assert_no_error (error);
  worker_do (worker, attach);

  return worker;
}

/* Signals come in the thread of the context, while this one's context is run as well.  */
static void
test_worker (void)
{
  g_autoptr (SaSocket) client = NULL;
  g_autoptr (SaSocket) peer = NULL;
  Worker *worker;

  test_connect_never (&client, &peer);
  worker = worker_new_with_connection ("worker", peer);
  g_assert_cmpint (sa_socket_get_state (peer), !=, SA_SOCKET_STATE_CONNECTED);
  sa_socket_send (client, (const guint8 *) "to the worker", 13, NULL, NULL);
  test_wait_in (NULL, has_bytes, (&(BytesWait){ worker, 13 }));
  worker_end (worker);
  g_assert_cmpstr (worker->received->str, ==, "to the worker");
  worker_free (worker);
}

/* A connection that goes from one thread to the next with bytes that nobody took yet.  */
static void
test_move (void)
{
  g_autoptr (SaSocket) client = NULL;
  g_autoptr (SaSocket) peer = NULL;
  Worker *first;
  Worker *second = worker_new ("second");

  test_connect_never (&client, &peer);
  first = worker_new_with_connection ("first", peer);
  g_atomic_int_set (&first->is_idle, FALSE);
  sa_socket_send (client, (const guint8 *) "first|second", 12, NULL, NULL);
  test_wait_in (NULL, is_idle, first);
  second->connection = g_steal_pointer (&first->connection);
  worker_do (second, attach);
  test_wait_in (NULL, has_bytes, (&(BytesWait){ second, 6 }));
  worker_end (first);
  worker_end (second);
  g_assert_cmpstr (first->received->str, ==, "first|");
  g_assert_cmpstr (second->received->str, ==, "second");
  worker_free (first);
  worker_free (second);
}

/* And back again, many times, with bytes in between.  */
static void
test_ping_pong (void)
{
  g_autoptr (SaSocket) client = NULL;
  g_autoptr (SaSocket) peer = NULL;
  Worker *first;
  Worker *second = worker_new ("second");
  Worker *current;

  test_connect_never (&client, &peer);
  first = worker_new_with_connection ("first", peer);
  current = first;
  for (guint i = 0; i < 50; i++)
    {
      Worker *next = current == first ? second : first;

      g_atomic_int_set (&current->is_idle, FALSE);
      sa_socket_send (client, (const guint8 *) "ab|", 3, NULL, NULL);
      test_wait_in (NULL, is_idle, current);
      next->connection = g_steal_pointer (&current->connection);
      worker_do (next, attach);
      current = next;
    }
  worker_end (first);
  worker_end (second);
  g_assert_cmpuint (first->received->len, ==, 75);
  g_assert_cmpuint (second->received->len, ==, 75);
  worker_free (first);
  worker_free (second);
}

/* Two threads wait under SA_WAIT_DISPATCH for each other, in contexts of their own.  */
static gpointer
wait_dispatching (gpointer data)
{
  guint port = GPOINTER_TO_UINT (data);
  g_autoptr (GMainContext) context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (SaSocket) socket = sa_socket_new ();
      g_autoptr (GError) error = NULL;
      char byte = 0;

      sa_socket_set_wait_policy (socket, SA_WAIT_DISPATCH);
      sa_socket_set_timeout (socket, TEST_DEADLINE * 1000);
      sa_socket_connect_to_host (socket, "127.0.0.1", port, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (sa_socket_receive (socket, &byte, 1, NULL, &error), ==, 1);
      g_assert_no_error (error);
      g_assert_cmpint (sa_socket_send (socket, (const guint8 *) &byte, 1, NULL, &error), ==, 1);
      g_assert_true (sa_socket_close (socket, NULL));
    }
  g_main_context_pop_thread_default (context);

  return NULL;
}

static void
test_two_dispatch (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  GThread *threads[2];
  gpointer port = GUINT_TO_POINTER (sa_socket_get_local_port (server));

  sa_socket_set_wait_policy (server, SA_WAIT_DISPATCH);
  sa_socket_set_timeout (server, TEST_DEADLINE * 1000);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("client", wait_dispatching, port);
  for (guint8 i = 0; i < 40; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SaSocket) peer = sa_socket_accept (server, NULL, &error);
      guint8 byte = 255;

      g_assert_no_error (error);
      g_assert_cmpint (sa_socket_send (peer, &i, 1, NULL, &error), ==, 1);
      g_assert_cmpint (sa_socket_receive (peer, &byte, 1, NULL, &error), ==, 1);
      g_assert_no_error (error);
      g_assert_cmpuint (byte, ==, i);
    }
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

/* A loop in a thread, and a socket that belongs to it.  */
static gpointer
run_loop (gpointer loop)
{
  g_main_loop_run (loop);

  return NULL;
}

static gboolean
set_flag (gpointer flag)
{
  g_atomic_int_set ((int *) flag, TRUE);

  return G_SOURCE_REMOVE;
}

static gboolean
quit (gpointer loop)
{
  g_main_loop_quit (loop);

  return G_SOURCE_REMOVE;
}

/* A call in the thread that the socket does not belong to.  */
typedef struct
{
  const char *path;
  SaWaitPolicy policy;
  void (*call) (SaSocket *socket);
  const char *name; /* as the warning has it; NULL: there is none */
} WrongCall;

static void
call_send (SaSocket *socket)
{
  sa_socket_send (socket, (const guint8 *) "x", 1, NULL, NULL);
}

static void
call_receive_with_flags (SaSocket *socket)
{
  char byte;

  sa_socket_receive_with_flags (socket, &byte, 1, G_SOCKET_MSG_PEEK, NULL, NULL);
}

static void
call_set_no_delay (SaSocket *socket)
{
  sa_socket_set_no_delay (socket, FALSE);
}

static void
call_send_to_host_async (SaSocket *socket)
{
  sa_socket_send_to_host_async (socket, "127.0.0.1", 1, (const guint8 *) "x", 1, NULL, NULL, NULL);
}

static void
call_set_wait_policy (SaSocket *socket)
{
  sa_socket_set_wait_policy (socket, SA_WAIT_DISPATCH);
}

static void
call_set_timeout (SaSocket *socket)
{
  sa_socket_set_timeout (socket, 1000);
}

static void
call_set_linger (SaSocket *socket)
{
  sa_socket_set_linger (socket, 1000);
}

static const WrongCall wrong_calls[] = {
  { "/threads/wrong/send", SA_WAIT_NEVER, call_send, "sa_socket_send" },
  { "/threads/wrong/receive-with-flags", SA_WAIT_NEVER, call_receive_with_flags,
    "sa_socket_receive_with_flags" },
  { "/threads/wrong/set-no-delay", SA_WAIT_DISPATCH, call_set_no_delay, "sa_socket_set_no_delay" },
  { "/threads/wrong/send-to-host-async", SA_WAIT_BLOCK, call_send_to_host_async,
    "sa_socket_send_to_host_async" },
  { "/threads/wrong/set-wait-policy", SA_WAIT_NEVER, call_set_wait_policy, "sa_socket_set_wait_policy" },
  { "/threads/wrong/set-timeout", SA_WAIT_DISPATCH, call_set_timeout, "sa_socket_set_timeout" },
  { "/threads/wrong/set-linger", SA_WAIT_NEVER, call_set_linger, "sa_socket_set_linger" },
  { "/threads/blocking/send", SA_WAIT_BLOCK, call_send, NULL },
  { "/threads/blocking/set-no-delay", SA_WAIT_BLOCK, call_set_no_delay, NULL },
};

static void
use_in_wrong_thread (const WrongCall *wrong)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (context, FALSE);
  g_autoptr (SaSocket) socket = NULL;
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GError) error = NULL;
  GThread *thread;
  int is_running = FALSE;

  g_main_context_push_thread_default (context);
  sa_socket_new_pair (&socket, &peer, &error);
  g_assert_no_error (error);
  sa_socket_set_wait_policy (socket, wrong->policy);
  test_assert_exchange (socket, peer);
  g_main_context_pop_thread_default (context);

  thread = g_thread_new ("looper", run_loop, loop);
  g_main_context_invoke (context, set_flag, &is_running);
  while (!g_atomic_int_get (&is_running))
    g_thread_yield ();
  wrong->call (socket);
  wrong->call (socket);

  g_main_context_invoke (context, quit, loop);
  g_thread_join (thread);
  sa_socket_close (socket, NULL);
}

static void
test_wrong_thread (gconstpointer data)
{
  const WrongCall *wrong = data;
  g_autofree char *pattern = NULL;

  if (g_test_subprocess ())
    {
      g_setenv ("SA_DEBUG", "threads", TRUE);
      use_in_wrong_thread (wrong);
      return;
    }

  g_test_trap_subprocess (NULL, TEST_DEADLINE * G_USEC_PER_SEC, 0);
  if (wrong->name == NULL)
    {
      g_test_trap_assert_passed ();
      g_test_trap_assert_stderr_unmatched ("*main context*");
    }
  else
    {
      g_test_trap_assert_failed ();
      pattern = g_strdup_printf ("*%s() was called in thread 0x*another thread runs the main context 0x*"
                                 "made in thread 0x*sa_socket_detach()*",
                                 wrong->name);
      g_test_trap_assert_stderr (pattern);
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_use_one_byte ();

  g_test_add_func ("/threads/worker", test_worker);
  g_test_add_func ("/threads/move", test_move);
  g_test_add_func ("/threads/ping-pong", test_ping_pong);
  g_test_add_func ("/threads/two-dispatch", test_two_dispatch);
  for (guint i = 0; i < G_N_ELEMENTS (wrong_calls); i++)
    g_test_add_data_func (wrong_calls[i].path, &wrong_calls[i], test_wrong_thread);

  return g_test_run ();
}
