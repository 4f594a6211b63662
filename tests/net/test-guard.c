/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sockarch/net/sa-socket-private.h"

#include "test-one-byte.h"
#include "test-socket-utils.h"
#include "test-utils.h"

#include <sys/socket.h>

/* A thread that waits in a call of SA_WAIT_BLOCK keeps the main loop out: that tells nothing of the socket
 * meanwhile, and all of it afterwards.  */

/* Until a send blocks.  */
#define BULK (32 * 1024 * 1024)

typedef struct
{
  SaSocket *client;
  SaSocket *socket; /* what a thread and the loop share */
  GString *log;
  GThread *thread;
  int is_over; /* atomic: the thread's call has ended */
  gssize result;
  GError *error;
} Fixture;

static void
set_up (Fixture *f,
        gconstpointer data)
{
  g_autoptr (SaSocket) server = test_listener ();

  test_connect (server, &f->client, &f->socket);
  sa_socket_set_wait_policy (f->client, SA_WAIT_NEVER);
  sa_socket_set_timeout (f->socket, 0);
  f->log = test_log_connected (f->socket);
}

static void
tear_down (Fixture *f,
           gconstpointer data)
{
  g_signal_handlers_disconnect_by_data (f->socket, f->log);
  sa_socket_abort (f->socket);
  g_object_unref (f->client);
  g_object_unref (f->socket);
  test_spin (NULL, 5);
  g_string_free (f->log, TRUE);
  g_clear_error (&f->error);
}

/* Lets a thread call, and waits until it waits there.  */
static void
begin (Fixture *f,
       GThreadFunc func)
{
  g_atomic_int_set (&f->is_over, FALSE);
  f->thread = g_thread_new ("call", func, f);
  for (guint i = 0; !sa_socket_is_blocking (f->socket); i++)
    {
      g_assert_cmpuint (i, <, TEST_DEADLINE * 1000);
      g_usleep (1000);
    }
}

static gpointer
say_over (Fixture *f)
{
  g_atomic_int_set (&f->is_over, TRUE);
  g_main_context_wakeup (NULL);

  return NULL;
}

static gboolean
is_over (gpointer data)
{
  return g_atomic_int_get (&((Fixture *) data)->is_over);
}

/* The same, and receives whatever has come to the client.  */
static gboolean
is_over_or_drains (gpointer data)
{
  Fixture *f = data;
  g_autofree guint8 *block = g_malloc (65536);

  while (sa_socket_receive (f->client, block, 65536, NULL, NULL) > 0)
    continue;

  return is_over (f);
}

static void
drain_until_over (Fixture *f)
{
  test_wait_in (NULL, is_over_or_drains, f);
  g_thread_join (f->thread);
}

static gpointer
send_bulk (gpointer data)
{
  Fixture *f = data;
  g_autofree guint8 *bulk = g_malloc0 (BULK);

  f->result = sa_socket_send (f->socket, bulk, BULK, NULL, &f->error);

  return say_over (f);
}

static gpointer
send_bulk_with_flags (gpointer data)
{
  Fixture *f = data;
  g_autofree guint8 *bulk = g_malloc0 (BULK);

  f->result = sa_socket_send_with_flags (f->socket, bulk, BULK, 0, NULL, &f->error);

  return say_over (f);
}

/* Bytes for the loop come while the thread sends.  */
static void
check_send (Fixture *f,
            GThreadFunc func)
{
  begin (f, func);
  g_assert_cmpint (sa_socket_send (f->client, (const guint8 *) "x", 1, NULL, NULL), ==, 1);
  test_spin (NULL, 50);
  g_assert_cmpstr (f->log->str, ==, "");
  drain_until_over (f);
  g_assert_no_error (f->error);
  g_assert_cmpint (f->result, ==, BULK);
  test_wait_for_log (f->log, "r");
}

static void
test_send (Fixture *f,
           gconstpointer data)
{
  check_send (f, send_bulk);
}

static void
test_send_with_flags (Fixture *f,
                      gconstpointer data)
{
  check_send (f, send_bulk_with_flags);
}

/* So does an urgent byte, of which the kernel speaks once.  */
static void
test_urgent (Fixture *f,
             gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  begin (f, send_bulk);
  sa_socket_send_with_flags (f->client, (const guint8 *) "!", 1, G_SOCKET_MSG_OOB, NULL, &error);
  g_assert_no_error (error);
  test_spin (NULL, 50);
  g_assert_cmpstr (f->log->str, ==, "");
  drain_until_over (f);
  test_wait_for_log (f->log, "o");
}

static void
on_sent (GObject *source,
         GAsyncResult *result,
         gpointer user_data)
{
  sa_socket_send_finish (SA_SOCKET (source), result, NULL);
}

/* Puts more into the queue than the kernel takes.  */
static void
queue_bulk (Fixture *f)
{
  g_autofree guint8 *bulk = g_malloc0 (BULK);

  sa_socket_send_async (f->socket, bulk, BULK, NULL, on_sent, NULL);
  test_spin (NULL, 5);
}

static gpointer
shut_down (gpointer data)
{
  Fixture *f = data;

  f->result = sa_socket_shutdown (f->socket, SA_SHUTDOWN_SENDS, &f->error);

  return say_over (f);
}

static void
test_shutdown (Fixture *f,
               gconstpointer data)
{
  queue_bulk (f);
  begin (f, shut_down);
  g_assert_cmpint (sa_socket_send (f->client, (const guint8 *) "x", 1, NULL, NULL), ==, 1);
  test_spin (NULL, 50);
  g_assert_cmpstr (f->log->str, ==, "");
  drain_until_over (f);
  g_assert_no_error (f->error);
  g_assert_true (f->result);
  test_wait_for_log (f->log, "r");
}

static gpointer
close_gracefully (gpointer data)
{
  Fixture *f = data;

  f->result = sa_socket_close_gracefully (f->socket, NULL, &f->error);

  return say_over (f);
}

static void
test_close_gracefully (Fixture *f,
                       gconstpointer data)
{
  queue_bulk (f);
  begin (f, close_gracefully);
  g_assert_cmpint (sa_socket_send (f->client, (const guint8 *) "x", 1, NULL, NULL), ==, 1);
  test_spin (NULL, 50);
  g_assert_cmpstr (f->log->str, ==, "");
  sa_socket_shutdown (f->client, SA_SHUTDOWN_SENDS, NULL);
  drain_until_over (f);
  g_assert_no_error (f->error);
  g_assert_true (f->result);
  g_assert_null (strchr (f->log->str, 'r'));
}

/* Nothing is lost at the moment in which a call ends, however often that is: what comes to the loop is
 * answered by the loop, while a thread sends.  */
#define N_BYTES 1000

static gpointer
send_many (gpointer data)
{
  Fixture *f = data;

  while (!g_atomic_int_get (&f->is_over))
    {
      if (sa_socket_send (f->socket, (const guint8 *) "t", 1, NULL, NULL) != 1)
        break;
      /* The loop has its turns between the calls, also where threads take turns (valgrind).  */
      g_usleep (1);
    }

  return NULL;
}

static void
receive_one (SaSocket *socket,
             guint *n_received)
{
  char byte;

  if (sa_socket_receive (socket, &byte, 1, NULL, NULL) == 1)
    (*n_received)++;
}

static void
test_race (Fixture *f,
           gconstpointer data)
{
  g_autofree guint8 *block = g_malloc (65536);
  guint n_received = 0;

  g_signal_connect (f->socket, "receive-ready", G_CALLBACK (receive_one), &n_received);
  f->thread = g_thread_new ("send", send_many, f);
  for (guint i = 0; i < N_BYTES; i++)
    {
      gint64 deadline = g_get_monotonic_time () + TEST_DEADLINE * G_USEC_PER_SEC;

      g_assert_cmpint (sa_socket_send (f->client, (const guint8 *) "x", 1, NULL, NULL), ==, 1);
      while (n_received <= i)
        {
          while (sa_socket_receive (f->client, block, 65536, NULL, NULL) > 0)
            continue;
          g_main_context_iteration (NULL, FALSE);
          g_assert_cmpint (g_get_monotonic_time (), <, deadline);
        }
    }
  g_atomic_int_set (&f->is_over, TRUE);
  drain_until_over (f);
}

static gpointer
receive_byte (gpointer data)
{
  Fixture *f = data;
  char byte;

  f->result = sa_socket_receive (f->socket, &byte, 1, NULL, &f->error);

  return say_over (f);
}

typedef struct
{
  SaPoller *poller;
  gsize wanted;
} TimersWait;

static gboolean
have_come (gpointer data)
{
  const TimersWait *wait = data;

  return SA_POLLER_STAT (wait->poller, timers) >= wait->wanted;
}

/* SaSocket:idle-timeout is for the loop: how long a thread waits is for SaSocket:timeout to say.  */
static void
test_idle_timeout (Fixture *f,
                   gconstpointer data)
{
  SaPoller *poller = sa_socket_get_poller (f->socket);

  sa_socket_set_idle_timeout (f->socket, 1);
  begin (f, receive_byte);
  test_wait_in (NULL, have_come, (&(TimersWait){ poller, SA_POLLER_STAT (poller, timers) + 5 }));
  g_assert_cmpint (sa_socket_get_state (f->socket), ==, SA_SOCKET_STATE_CONNECTED);
  g_assert_cmpint (sa_socket_send (f->client, (const guint8 *) "x", 1, NULL, NULL), ==, 1);
  drain_until_over (f);
  g_assert_no_error (f->error);
  g_assert_cmpint (f->result, ==, 1);
}

/* What the loop missed of a connection is not told of the next one.  */

static SaSocketSystem slow_thread;
static GThread *loop_thread;
static guint n_receives; /* of the other thread */
static int is_woken;     /* atomic: that thread goes on, and waits for the loop first */
static int has_missed;   /* atomic: the loop had its turn */
static guint new_port;

static ssize_t
receive_after_loop (int fd,
                    void *buffer,
                    size_t size,
                    int flags)
{
  if (g_thread_self () != loop_thread && ++n_receives == 2)
    {
      gint64 deadline = g_get_monotonic_time () + TEST_DEADLINE * G_USEC_PER_SEC;

      g_atomic_int_set (&is_woken, TRUE);
      g_main_context_wakeup (NULL);
      while (!g_atomic_int_get (&has_missed) && g_get_monotonic_time () < deadline)
        g_usleep (100);
    }

  return recv (fd, buffer, size, flags);
}

static gpointer
connect_anew (gpointer data)
{
  Fixture *f = data;
  char byte;

  f->result = sa_socket_receive (f->socket, &byte, 1, NULL, NULL);
  sa_socket_close (f->socket, NULL);
  sa_socket_connect_to_host (f->socket, "127.0.0.1", new_port, NULL, &f->error);

  return say_over (f);
}

static gboolean
is_set (gpointer data)
{
  return g_atomic_int_get ((int *) data);
}

static void
test_anew (Fixture *f,
           gconstpointer data)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GError) error = NULL;
  const SaSocketSystem *system = sa_socket_system;

  loop_thread = g_thread_self ();
  n_receives = 0;
  is_woken = has_missed = FALSE;
  new_port = sa_socket_get_local_port (server);
  slow_thread = *system;
  slow_thread.recv = receive_after_loop;
  sa_socket_system = &slow_thread;

  begin (f, connect_anew);
  sa_socket_abort (f->client);
  test_wait_in (NULL, is_set, &is_woken);
  test_spin (NULL, 20);
  g_atomic_int_set (&has_missed, TRUE);
  g_thread_join (f->thread);
  g_assert_cmpint (f->result, ==, -1);
  g_assert_no_error (f->error);

  peer = sa_socket_accept (server, NULL, &error);
  g_assert_no_error (error);
  test_spin (NULL, 20);
  test_assert_exchange (f->socket, peer);
  sa_socket_system = system;
}

/* Datagrams */

static void
set_up_datagram (Fixture *f,
                 int *peer)
{
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) error = NULL;
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  *peer = fds[1];
  socket = g_socket_new_from_fd (fds[0], &error);
  g_assert_no_error (error);
  f->socket = sa_socket_new ();
  g_assert_true (sa_socket_attach (f->socket, socket, &error));
  g_assert_no_error (error);
  f->log = test_log (f->socket);
}

static void
tear_down_datagram (Fixture *f,
                    int peer)
{
  g_signal_handlers_disconnect_by_data (f->socket, f->log);
  g_object_unref (f->socket);
  close (peer);
  g_string_free (f->log, TRUE);
}

static gpointer
receive_from (gpointer data)
{
  Fixture *f = data;
  char text[8];

  f->result = sa_socket_receive_from (f->socket, text, sizeof text, NULL, NULL, &f->error);

  return say_over (f);
}

static void
wait_for_thread (Fixture *f)
{
  test_wait_in (NULL, is_over, f);
  g_thread_join (f->thread);
  g_assert_no_error (f->error);
}

/* That it can send is told when it has received.  */
static void
test_receive_from (void)
{
  Fixture f = { 0 };
  int peer;

  set_up_datagram (&f, &peer);
  begin (&f, receive_from);
  test_spin (NULL, 50);
  g_assert_cmpstr (f.log->str, ==, "");
  g_assert_cmpint (send (peer, "x", 1, 0), ==, 1);
  wait_for_thread (&f);
  g_assert_cmpint (f.result, ==, 1);
  test_wait_for_log (f.log, "s");
  tear_down_datagram (&f, peer);
}

#define N_DATAGRAMS 1000
#define DATAGRAM 4096

static gpointer
send_datagrams (gpointer data)
{
  Fixture *f = data;
  guint8 text[DATAGRAM] = { 0 };

  for (guint i = 0; i < N_DATAGRAMS && f->error == NULL; i++)
    sa_socket_send (f->socket, text, sizeof text, NULL, &f->error);

  return say_over (f);
}

static void
test_send_datagram (void)
{
  Fixture f = { 0 };
  char text[DATAGRAM];
  int peer;

  set_up_datagram (&f, &peer);
  test_wait_for_log (f.log, "s");
  begin (&f, send_datagrams);
  g_assert_cmpint (send (peer, "x", 1, 0), ==, 1);
  test_spin (NULL, 50);
  g_assert_null (strchr (f.log->str, 'r'));
  for (guint i = 0; i < N_DATAGRAMS; i++)
    g_assert_cmpint (recv (peer, text, sizeof text, 0), ==, DATAGRAM);
  wait_for_thread (&f);
  test_wait_for_log (f.log, "r");
  tear_down_datagram (&f, peer);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_use_one_byte ();

#define ADD(name, func) g_test_add ("/guard/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("send", test_send);
  ADD ("send-with-flags", test_send_with_flags);
  ADD ("urgent", test_urgent);
  ADD ("shutdown", test_shutdown);
  ADD ("close-gracefully", test_close_gracefully);
  ADD ("race", test_race);
  ADD ("idle-timeout", test_idle_timeout);
  ADD ("anew", test_anew);
  g_test_add_func ("/guard/receive-from", test_receive_from);
  g_test_add_func ("/guard/send-datagram", test_send_datagram);

  return g_test_run ();
}
