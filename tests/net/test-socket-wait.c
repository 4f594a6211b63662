/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-one-byte.h"
#include "test-socket-utils.h"
#include "test-utils.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

/* The three wait policies: what ends a wait, and what it leaves behind.  */

typedef struct
{
  SaSocket *client;
  SaSocket *peer;
} Fixture;

static void
set_up (Fixture *f,
        gconstpointer policy)
{
  g_autoptr (SaSocket) server = test_listener ();

  test_connect (server, &f->client, &f->peer);
  sa_socket_set_wait_policy (f->peer, (SaWaitPolicy) GPOINTER_TO_INT (policy));
}

static void
tear_down (Fixture *f,
           gconstpointer data)
{
  g_object_unref (f->client);
  g_object_unref (f->peer);
  test_spin (NULL, 5);
}

static void
test_timeout (Fixture *f,
              gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  char byte;

  sa_socket_set_timeout (f->peer, 20);
  g_assert_cmpint (sa_socket_receive (f->peer, &byte, 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_false (sa_socket_is_blocking (f->peer));
  test_assert_exchange (f->client, f->peer);
}

static void
test_cancelled_before (Fixture *f,
                       gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  char byte;

  g_cancellable_cancel (cancellable);
  g_assert_cmpint (sa_socket_receive (f->peer, &byte, 1, cancellable, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_cmpint (sa_socket_send (f->peer, (const guint8 *) "x", 1, cancellable, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Does something to a socket as soon as it waits.  */
typedef struct
{
  SaSocket *socket;
  GCancellable *cancellable; /* cancelled, if set */
  pthread_t signalled;       /* gets SIGINT, if interrupt is set */
  gboolean interrupt;
} Helper;

static gpointer
help (gpointer data)
{
  Helper *helper = data;

  while (!sa_socket_is_blocking (helper->socket))
    g_thread_yield ();

  /* A signal that comes before the thread sleeps is lost: it comes again.  */
  while (sa_socket_is_blocking (helper->socket))
    {
      if (helper->cancellable != NULL)
        g_cancellable_cancel (helper->cancellable);
      else if (helper->interrupt)
        pthread_kill (helper->signalled, SIGINT);
      else
        sa_socket_cancel_blocking_call (helper->socket);
      g_usleep (1000);
    }

  return NULL;
}

static void
test_cancelled (Fixture *f,
                gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Helper helper = { f->peer, cancellable, 0, FALSE };
  GThread *thread = g_thread_new ("helper", help, &helper);
  char byte;

  g_assert_cmpint (sa_socket_receive (f->peer, &byte, 1, cancellable, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  test_assert_exchange (f->client, f->peer);
}

static void
test_cancel_blocking_call (Fixture *f,
                           gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Helper helper = { f->peer, NULL, 0, FALSE };
  GThread *thread = g_thread_new ("helper", help, &helper);
  char byte;

  g_assert_cmpint (sa_socket_receive (f->peer, &byte, 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);

  /* It counts for that call only.  */
  test_assert_exchange (f->client, f->peer);
}

static void
on_sigint (int number)
{
}

static void
test_interrupted (Fixture *f,
                  gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Helper helper = { f->peer, NULL, pthread_self (), TRUE };
  GThread *thread;
  char byte;
  struct sigaction action = { .sa_handler = on_sigint };
  struct sigaction old;

  sigaction (SIGINT, &action, &old);
  thread = g_thread_new ("helper", help, &helper);
  g_assert_cmpint (sa_socket_receive (f->peer, &byte, 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  g_clear_error (&error);

  sa_socket_set_interruptible (f->peer, FALSE);
  sa_socket_set_timeout (f->peer, 200);
  thread = g_thread_new ("helper", help, &helper);
  g_assert_cmpint (sa_socket_receive (f->peer, &byte, 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_thread_join (thread);
  sigaction (SIGINT, &old, NULL);
}

/* A connect that gets no answer: a listener whose queue is full.  */
static SaSocket *
make_deaf_server (GPtrArray *clients)
{
  SaSocket *server = sa_socket_new ();
  g_autoptr (GError) error = NULL;

  sa_socket_set_backlog (server, 1);
  g_assert_true (sa_socket_create (server, 0, G_SOCKET_TYPE_STREAM, "127.0.0.1", &error));
  g_assert_true (sa_socket_listen (server, &error));
  for (int i = 0; i < 8; i++)
    {
      SaSocket *client = sa_socket_new ();

      sa_socket_set_wait_policy (client, SA_WAIT_NEVER);
      sa_socket_connect_to_host (client, "127.0.0.1", sa_socket_get_local_port (server), NULL, NULL);
      g_ptr_array_add (clients, client);
    }
  test_spin (NULL, 50);

  return server;
}

static void
close_and_unref (gpointer socket)
{
  sa_socket_close (socket, NULL);
  g_object_unref (socket);
}

static void
test_connect_timeout (gconstpointer policy)
{
  g_autoptr (GPtrArray) clients = g_ptr_array_new_with_free_func (close_and_unref);
  g_autoptr (SaSocket) server = make_deaf_server (clients);
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (GError) error = NULL;

  sa_socket_set_wait_policy (client, (SaWaitPolicy) GPOINTER_TO_INT (policy));
  sa_socket_set_timeout (client, 50);
  g_assert_false (
      sa_socket_connect_to_host (client, "127.0.0.1", sa_socket_get_local_port (server), NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (error->message, "127.0.0.1"));
  g_assert_cmpint (sa_socket_get_state (client), ==, SA_SOCKET_STATE_NEW);
}

static void
test_connect_cancelled (gconstpointer policy)
{
  g_autoptr (GPtrArray) clients = g_ptr_array_new_with_free_func (close_and_unref);
  g_autoptr (SaSocket) server = make_deaf_server (clients);
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Helper helpers[2] = { { client, cancellable, 0, FALSE }, { client, NULL, 0, FALSE } };

  sa_socket_set_wait_policy (client, (SaWaitPolicy) GPOINTER_TO_INT (policy));
  for (int i = 0; i < 2; i++)
    {
      GThread *thread = g_thread_new ("helper", help, &helpers[i]);

      g_assert_false (sa_socket_connect_to_host (client, "127.0.0.1", sa_socket_get_local_port (server),
                                                 i == 0 ? cancellable : NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_error (&error);
      g_thread_join (thread);
    }
}

static void
test_accept_timeout (gconstpointer policy)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (GError) error = NULL;

  sa_socket_set_wait_policy (server, (SaWaitPolicy) GPOINTER_TO_INT (policy));
  sa_socket_set_timeout (server, 20);
  g_assert_null (sa_socket_accept (server, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

/* Connecting, sending and receiving under SA_WAIT_DISPATCH against a server in the same main loop.  */
static void
echo (SaSocket *peer)
{
  char text[65536];
  gssize n = sa_socket_receive (peer, text, sizeof text, NULL, NULL);

  if (n > 0)
    sa_socket_send (peer, (const guint8 *) text, (gsize) n, NULL, NULL);
}

static void
accept_echo (SaSocket *server)
{
  SaSocket *peer = sa_socket_accept (server, NULL, NULL);

  g_signal_connect (peer, "receive-ready", G_CALLBACK (echo), NULL);
  g_object_set_data_full (G_OBJECT (server), "peer", peer, g_object_unref);
}

static void
test_dispatch_echo (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (GError) error = NULL;

  sa_socket_set_wait_policy (server, SA_WAIT_NEVER);
  sa_socket_set_high_water_mark (server, G_MAXUINT);
  g_signal_connect (server, "accept-ready", G_CALLBACK (accept_echo), NULL);
  sa_socket_set_wait_policy (client, SA_WAIT_DISPATCH);
  g_assert_true (
      sa_socket_connect_to_host (client, "127.0.0.1", sa_socket_get_local_port (server), NULL, &error));
  g_assert_no_error (error);
  for (int i = 0; i < 10; i++)
    test_assert_exchange (client, client);
}

/* All of a large send is with the kernel when the call returns, also when the peer takes it slowly.  */
static gpointer
drain (gpointer data)
{
  SaSocket *socket = data;
  gsize total = 0;
  char buffer[8192];
  gssize n;

  while ((n = sa_socket_receive (socket, buffer, sizeof buffer, NULL, NULL)) > 0)
    total += (gsize) n;

  return GSIZE_TO_POINTER (total);
}

static void
test_send_all (Fixture *f,
               gconstpointer data)
{
  gsize length = 8 * 1024 * 1024;
  g_autofree guint8 *block = g_malloc0 (length);
  g_autoptr (GError) error = NULL;
  GThread *thread = g_thread_new ("drain", drain, f->client);

  g_assert_cmpint (sa_socket_send (f->peer, block, length, NULL, &error), ==, (gssize) length);
  g_assert_no_error (error);
  g_assert_cmpuint (sa_socket_get_queued_bytes (f->peer), ==, 0);
  g_assert_true (sa_socket_close (f->peer, &error));
  g_assert_cmpuint (GPOINTER_TO_SIZE (g_thread_join (thread)), ==, length);
}

/* A send that is ended half-way says how much went.  */
static void
test_send_timeout (Fixture *f,
                   gconstpointer data)
{
  gsize length = 32 * 1024 * 1024;
  g_autofree guint8 *block = g_malloc0 (length);
  g_autoptr (GError) error = NULL;
  g_autofree char *count = NULL;

  sa_socket_set_timeout (f->peer, 50);
  g_assert_cmpint (sa_socket_send (f->peer, block, length, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  count = g_strdup_printf ("%" G_GUINT64_FORMAT " of %" G_GSIZE_FORMAT, sa_socket_get_bytes_sent (f->peer),
                           length);
  g_assert_nonnull (strstr (error->message, count));
  g_assert_cmpuint (sa_socket_get_queued_bytes (f->peer), ==, 0);
}

/* A window stays alive while a call waits: sources of any priority run.  */
typedef struct
{
  SaSocket *client;
  SaSocket *peer;
  GString *log;
  int turns;
  GThread *drain;
} Window;

static gboolean
on_redraw (gpointer data)
{
  Window *window = data;

  if (++window->turns == 5)
    sa_socket_send (window->client, (const guint8 *) "abc", 3, NULL, NULL);

  return G_SOURCE_CONTINUE;
}

static void
test_dispatch_window (Fixture *f,
                      gconstpointer data)
{
  g_autoptr (GString) log = test_log (f->peer);
  Window window = { f->client, f->peer, log, 0 };
  guint id = g_idle_add_full (G_PRIORITY_LOW, on_redraw, &window, NULL);
  g_autoptr (GError) error = NULL;
  char byte;

  g_assert_cmpint (sa_socket_receive (f->peer, &byte, 1, NULL, &error), ==, 1);
  g_assert_no_error (error);
  g_assert_cmpint (window.turns, >=, 5);
  g_source_remove (id);

  /* The signals of this socket were held back, and come now.  */
  g_assert_cmpstr (log->str, ==, "");
  test_wait_for_log (log, "rs");
  g_assert_cmpstr (log->str, ==, "rs");
}

static gboolean
receive_nested (gpointer data)
{
  Window *window = data;
  g_autoptr (GError) error = NULL;
  char byte;

  g_assert_true (sa_socket_is_blocking (window->peer));
  g_assert_cmpint (sa_socket_receive (window->peer, &byte, 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PENDING);
  sa_socket_send (window->client, (const guint8 *) "a", 1, NULL, NULL);

  return G_SOURCE_REMOVE;
}

/* A socket waits once in each direction.  */
static void
test_dispatch_twice (Fixture *f,
                     gconstpointer data)
{
  Window window = { f->client, f->peer, NULL, 0 };
  char byte;

  g_idle_add (receive_nested, &window);
  g_assert_cmpint (sa_socket_receive (f->peer, &byte, 1, NULL, NULL), ==, 1);
}

static gboolean
close_nested (gpointer data)
{
  Window *window = data;

  sa_socket_close (window->peer, NULL);
  g_assert_cmpstr (window->log->str, ==, "");

  return G_SOURCE_REMOVE;
}

/* Closing from inside ends the wait, and is told after it.  */
static void
test_dispatch_close (Fixture *f,
                     gconstpointer data)
{
  g_autoptr (GString) log = test_log (f->peer);
  Window window = { f->client, f->peer, log, 0 };
  g_autoptr (GError) error = NULL;
  char byte;

  g_idle_add (close_nested, &window);
  g_assert_cmpint (sa_socket_receive (f->peer, &byte, 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  test_wait_for_log (log, "x");
  g_assert_cmpstr (log->str, ==, "x");
}

static gboolean
send_nested (gpointer data)
{
  Window *window = data;
  g_autoptr (GError) error = NULL;

  sa_socket_set_wait_policy (window->peer, SA_WAIT_NEVER);
  g_assert_cmpint (sa_socket_send (window->peer, (const guint8 *) "last", 4, NULL, &error), ==, 4);
  g_assert_no_error (error);
  sa_socket_set_wait_policy (window->peer, SA_WAIT_DISPATCH);
  window->drain = g_thread_new ("drain", drain, window->client);

  return G_SOURCE_REMOVE;
}

/* What a handler sends during a wait comes after the message that is being sent.  */
static void
test_dispatch_order (Fixture *f,
                     gconstpointer data)
{
  gsize length = 64 * 1024 * 1024;
  g_autofree guint8 *block = g_malloc0 (length + 5);
  Window window = { f->client, f->peer, NULL, 0 };
  g_autoptr (GError) error = NULL;
  gsize total;

  /* Nothing is received before the handler has sent, so the call has to wait for it.  */
  g_idle_add_full (G_PRIORITY_HIGH, send_nested, &window, NULL);
  sa_socket_set_high_water_mark (f->peer, G_MAXUINT);
  g_assert_cmpint (sa_socket_send (f->peer, block, length, NULL, &error), ==, (gssize) length);
  g_assert_no_error (error);
  g_assert_true (sa_socket_shutdown (f->peer, SA_SHUTDOWN_SENDS, &error));
  g_assert_nonnull (window.drain);
  total = GPOINTER_TO_SIZE (g_thread_join (window.drain));
  g_assert_cmpuint (total, ==, length + 4);
}

static gpointer
receive_in_thread (gpointer data)
{
  GError *error = NULL;
  char byte;

  g_assert_cmpint (sa_socket_receive (data, &byte, 1, NULL, &error), ==, -1);

  return error;
}

/* A thread that cannot run the context gets an error at once.  */
static void
test_dispatch_thread (Fixture *f,
                      gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (g_main_context_acquire (NULL));
  error = g_thread_join (g_thread_new ("other", receive_in_thread, f->peer));
  g_main_context_release (NULL);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
}

/* MFC's OnMessagePending.  */
typedef SaSocket TestCancelSocket;
typedef SaSocketClass TestCancelSocketClass;

GType test_cancel_socket_get_type (void);

G_DEFINE_TYPE (TestCancelSocket, test_cancel_socket, SA_TYPE_SOCKET)

static void
test_cancel_socket_message_pending (SaSocket *self)
{
  sa_socket_cancel_blocking_call (self);
}

static void
test_cancel_socket_class_init (TestCancelSocketClass *klass)
{
  klass->message_pending = test_cancel_socket_message_pending;
}

static void
test_cancel_socket_init (TestCancelSocket *self)
{
}

static void
test_message_pending (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GError) error = NULL;
  char byte;

  sa_socket_connect_to_host (client, "127.0.0.1", sa_socket_get_local_port (server), NULL, NULL);
  sa_socket_set_accept_type (server, test_cancel_socket_get_type ());
  peer = sa_socket_accept (server, NULL, NULL);
  g_assert_true (G_TYPE_CHECK_INSTANCE_TYPE (peer, test_cancel_socket_get_type ()));
  sa_socket_set_wait_policy (peer, SA_WAIT_DISPATCH);
  g_assert_cmpint (sa_socket_receive (peer, &byte, 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

#define LITTLE (256 * 1024)

/* Receives so much that the kernel takes what is left, and too little for it to say that there is room; then
 * something else gives the socket a turn.  */
static gboolean
make_little_room (gpointer data)
{
  Fixture *f = data;
  g_autofree guint8 *block = g_malloc (65536);
  int fd = g_socket_get_fd (sa_socket_get_socket (f->client));

  for (gssize n, total = 0; total < LITTLE; total += MAX (n, 0))
    {
      g_assert_cmpint (poll (&(struct pollfd){ .fd = fd, .events = POLLIN }, 1, TEST_DEADLINE * 1000), ==, 1);
      n = recv (fd, block, (size_t) MIN (65536, LITTLE - total), 0);
    }
  g_assert_cmpint (send (fd, "x", 1, MSG_NOSIGNAL), ==, 1);

  return G_SOURCE_REMOVE;
}

/* The loop has sent what a call waits for: the call does not wait until there is room for more.  */
static void
test_sent_by_loop (Fixture *f,
                   gconstpointer data)
{
  g_autofree guint8 *block = g_malloc0 (65536);
  g_autoptr (GError) error = NULL;

  sa_socket_set_wait_policy (f->peer, SA_WAIT_NEVER);
  while (sa_socket_get_queued_bytes (f->peer) == 0)
    g_assert_cmpint (sa_socket_send (f->peer, block, 65536, NULL, NULL), ==, 65536);

  sa_socket_set_wait_policy (f->peer, SA_WAIT_DISPATCH);
  sa_socket_set_timeout (f->peer, TEST_DEADLINE * 1000);
  g_idle_add (make_little_room, f);
  g_assert_cmpint (sa_socket_send (f->peer, block, 1, NULL, &error), ==, 1);
  g_assert_no_error (error);
}

static SaSocket *to_cancel;
static SaSocket *to_send;
static guint n_polls;

static int
poll_and_cancel (struct pollfd *fds,
                 nfds_t n_fds,
                 int timeout)
{
  int n;

  g_assert_cmpuint (n_polls++, <, 20);
  if (to_cancel != NULL)
    sa_socket_send (to_send, (const guint8 *) "x", 1, NULL, NULL);
  n = poll (fds, n_fds, timeout);
  if (to_cancel != NULL)
    sa_socket_cancel_blocking_call (g_steal_pointer (&to_cancel));

  return n;
}

/* A wait that was cancelled as it ended by itself leaves nothing to the next one.  */
static void
test_cancelled_late (Fixture *f,
                     gconstpointer data)
{
  const SaSocketSystem *system = sa_socket_system;
  SaSocketSystem late = *system;
  g_autoptr (GError) error = NULL;
  char byte;

  late.poll = poll_and_cancel;
  sa_socket_system = &late;
  n_polls = 0;
  to_cancel = f->peer;
  to_send = f->client;
  g_assert_cmpint (sa_socket_receive (f->peer, &byte, 1, NULL, &error), ==, 1);
  g_assert_no_error (error);
  sa_socket_set_timeout (f->peer, 20);
  g_assert_cmpint (sa_socket_receive (f->peer, &byte, 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  sa_socket_system = system;
}

static void
test_never (Fixture *f,
            gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  char byte;

  g_assert_cmpint (sa_socket_receive (f->peer, &byte, 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
}

/* A script without a main loop may send asynchronously and then wait for the answer: what is queued goes
 * out.  */
static void
test_block_flushes (Fixture *f,
                    gconstpointer data)
{
  gsize length = 8 * 1024 * 1024;
  g_autofree guint8 *block = g_malloc0 (length);
  g_autoptr (GError) error = NULL;
  gsize received = 0;
  GThread *thread;
  char byte;

  sa_socket_send_async (f->peer, block, length, NULL, NULL, NULL);
  g_assert_cmpuint (sa_socket_get_queued_bytes (f->peer), >, 0);
  sa_socket_set_timeout (f->peer, 0);
  thread = g_thread_new ("waiter", receive_in_thread, f->peer);
  while (received < length)
    {
      gssize n = sa_socket_receive (f->client, block, length, NULL, &error);

      g_assert_no_error (error);
      received += (gsize) n;
    }
  sa_socket_cancel_blocking_call (f->peer);
  error = g_thread_join (thread);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (sa_socket_get_queued_bytes (f->peer), ==, 0);
  g_assert_cmpint (sa_socket_send (f->client, (const guint8 *) "x", 1, NULL, NULL), ==, 1);
  g_assert_cmpint (sa_socket_receive (f->peer, &byte, 1, NULL, NULL), ==, 1);
}

/* A thread may block on a socket whose loop another thread runs.  */
typedef struct
{
  SaSocket *socket;
  gsize length;
  int done;
} Sender;

static gpointer
send_in_thread (gpointer data)
{
  Sender *sender = data;
  g_autofree guint8 *block = g_malloc0 (sender->length);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (sa_socket_send (sender->socket, block, sender->length, NULL, &error), ==,
                   (gssize) sender->length);
  g_assert_no_error (error);
  g_atomic_int_set (&sender->done, TRUE);

  return NULL;
}

static void
test_block_beside_loop (Fixture *f,
                        gconstpointer data)
{
  Sender sender = { f->peer, 4 * 1024 * 1024, FALSE };
  g_autofree guint8 *block = g_malloc0 (65536);
  GThread *thread = g_thread_new ("sender", send_in_thread, &sender);
  gsize received = 0;

  sa_socket_set_wait_policy (f->client, SA_WAIT_NEVER);
  while (received < sender.length)
    {
      gssize n = sa_socket_receive (f->client, block, 65536, NULL, NULL);

      if (n > 0)
        received += (gsize) n;
      g_main_context_iteration (NULL, FALSE);
    }
  g_thread_join (thread);
  g_assert_true (sender.done);
  g_assert_cmpuint (sa_socket_get_bytes_sent (f->peer), ==, sender.length);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_use_one_byte ();

#define ADD(policy, name, func) \
  g_test_add ("/socket/wait/" name, Fixture, GINT_TO_POINTER (policy), set_up, func, tear_down)
#define ADD_DATA(policy, name, func) \
  g_test_add_data_func ("/socket/wait/" name, GINT_TO_POINTER (policy), func)
  ADD (SA_WAIT_BLOCK, "block/timeout", test_timeout);
  ADD (SA_WAIT_BLOCK, "block/cancelled-before", test_cancelled_before);
  ADD (SA_WAIT_BLOCK, "block/cancelled", test_cancelled);
  ADD (SA_WAIT_BLOCK, "block/cancel-blocking-call", test_cancel_blocking_call);
  ADD (SA_WAIT_BLOCK, "block/interrupted", test_interrupted);
  ADD (SA_WAIT_BLOCK, "block/send-all", test_send_all);
  ADD (SA_WAIT_BLOCK, "block/send-timeout", test_send_timeout);
  ADD (SA_WAIT_BLOCK, "block/flushes", test_block_flushes);
  ADD (SA_WAIT_BLOCK, "block/beside-loop", test_block_beside_loop);
  ADD_DATA (SA_WAIT_BLOCK, "block/connect-timeout", test_connect_timeout);
  ADD_DATA (SA_WAIT_BLOCK, "block/connect-cancelled", test_connect_cancelled);
  ADD_DATA (SA_WAIT_BLOCK, "block/accept-timeout", test_accept_timeout);
  ADD (SA_WAIT_DISPATCH, "dispatch/timeout", test_timeout);
  ADD (SA_WAIT_DISPATCH, "dispatch/cancelled-before", test_cancelled_before);
  ADD (SA_WAIT_DISPATCH, "dispatch/cancelled", test_cancelled);
  ADD (SA_WAIT_DISPATCH, "dispatch/cancel-blocking-call", test_cancel_blocking_call);
  ADD (SA_WAIT_BLOCK, "block/cancelled-late", test_cancelled_late);
  ADD (SA_WAIT_DISPATCH, "dispatch/send-all", test_send_all);
  ADD (SA_WAIT_DISPATCH, "dispatch/send-timeout", test_send_timeout);
  ADD (SA_WAIT_DISPATCH, "dispatch/sent-by-loop", test_sent_by_loop);
  ADD (SA_WAIT_DISPATCH, "dispatch/window", test_dispatch_window);
  ADD (SA_WAIT_DISPATCH, "dispatch/twice", test_dispatch_twice);
  ADD (SA_WAIT_DISPATCH, "dispatch/close", test_dispatch_close);
  ADD (SA_WAIT_DISPATCH, "dispatch/order", test_dispatch_order);
  ADD (SA_WAIT_DISPATCH, "dispatch/thread", test_dispatch_thread);
  ADD_DATA (SA_WAIT_DISPATCH, "dispatch/connect-timeout", test_connect_timeout);
  ADD_DATA (SA_WAIT_DISPATCH, "dispatch/connect-cancelled", test_connect_cancelled);
  ADD_DATA (SA_WAIT_DISPATCH, "dispatch/accept-timeout", test_accept_timeout);
  g_test_add_func ("/socket/wait/dispatch/echo", test_dispatch_echo);
  g_test_add_func ("/socket/wait/dispatch/message-pending", test_message_pending);
  ADD (SA_WAIT_NEVER, "never", test_never);

  return g_test_run ();
}
