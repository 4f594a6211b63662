/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-one-byte.h"
#include "test-socket-utils.h"
#include "test-utils.h"

/* How sockets end, and who holds what until then.  */

static void
send_text (SaSocket *socket,
           const char *text)
{
  g_assert_cmpint (sa_socket_send (socket, (const guint8 *) text, strlen (text), NULL, NULL), ==,
                   (gssize) strlen (text));
}

/* close () tells before it returns, once.  */
static void
test_close (void)
{
  g_autoptr (SaSocket) client = NULL;
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GString) log = NULL;
  g_autoptr (GError) error = NULL;
  char byte;

  test_connect_never (&client, &peer);
  log = test_log (client);
  g_assert_true (sa_socket_close (client, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (log->str, ==, "x");
  g_assert_true (sa_socket_close (client, &error));
  test_spin (NULL, 20);
  g_assert_cmpstr (log->str, ==, "x");
  g_assert_null (sa_socket_get_socket (client));

  g_assert_cmpint (sa_socket_send (client, (const guint8 *) "x", 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_cmpint (sa_socket_receive (client, &byte, 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

/* A socket without a descriptor has nothing to close, and tells nothing.  */
static void
test_close_new (void)
{
  g_autoptr (SaSocket) socket = sa_socket_new ();
  g_autoptr (GString) log = test_log (socket);

  g_assert_true (sa_socket_close (socket, NULL));
  g_assert_cmpstr (log->str, ==, "");
}

/* A connect that is under way is given up.  */
static void
test_close_connecting (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (GString) log = test_log (client);

  sa_socket_set_wait_policy (client, SA_WAIT_NEVER);
  g_assert_true (
      sa_socket_connect_to_host (client, "127.0.0.1", sa_socket_get_local_port (server), NULL, NULL));
  g_assert_true (sa_socket_close (client, NULL));
  test_spin (NULL, 20);
  g_assert_cmpstr (log->str, ==, "x");
}

/* A reader at its own pace, in a thread: how much came.  */
static gpointer
drain (gpointer data)
{
  SaSocket *socket = data;
  gsize total = 0;
  char buffer[8192];
  gssize n;

  sa_socket_set_wait_policy (socket, SA_WAIT_BLOCK);
  while ((n = sa_socket_receive (socket, buffer, sizeof buffer, NULL, NULL)) > 0)
    total += (gsize) n;

  return GSIZE_TO_POINTER (total);
}

static gboolean
is_done (gpointer done)
{
  return g_atomic_int_get ((int *) done);
}

typedef struct
{
  SaSocket *socket;
  gsize total;
  int done;
} Reader;

static gpointer
drain_and_tell (gpointer data)
{
  Reader *reader = data;

  reader->total = GPOINTER_TO_SIZE (drain (reader->socket));
  g_atomic_int_set (&reader->done, TRUE);
  g_main_context_wakeup (NULL);

  return NULL;
}

/* What was queued is sent after close (), after the last reference is dropped, and before shutdown ()'s
 * end.  */
static void
test_queued_is_sent (gconstpointer how)
{
  /* More than the kernel takes, which is several megabytes once it remembers how fast the loopback is.  */
  gsize length = 16 * 1024 * 1024;
  g_autofree guint8 *block = g_malloc0 (length);
  g_autoptr (SaSocket) client = NULL;
  SaSocket *peer;
  Reader reader = { NULL };
  GThread *thread;

  test_connect_never (&client, &peer);
  reader.socket = client;
  g_assert_cmpint (sa_socket_send (peer, block, length, NULL, NULL), ==, (gssize) length);
  g_assert_cmpuint (sa_socket_get_queued_bytes (peer), >, 0);
  if (g_str_equal (how, "close"))
    g_assert_true (sa_socket_close (peer, NULL));
  if (g_str_equal (how, "shutdown"))
    g_assert_true (sa_socket_shutdown (peer, SA_SHUTDOWN_SENDS, NULL));
  else
    g_clear_object (&peer);

  thread = g_thread_new ("drain", drain_and_tell, &reader);
  test_wait_in (NULL, is_done, &reader.done);
  g_thread_join (thread);
  g_assert_cmpuint (reader.total, ==, length);
  g_clear_object (&peer);
}

/* A close that may wait does so, at most for linger.  */
static void
test_linger (void)
{
  gsize length = 32 * 1024 * 1024;
  g_autofree guint8 *block = g_malloc0 (length);
  g_autoptr (SaSocket) client = NULL;
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GString) log = NULL;
  g_autoptr (GError) error = NULL;

  test_connect_never (&client, &peer);
  log = test_log (peer);
  g_assert_cmpint (sa_socket_send (peer, block, length, NULL, NULL), ==, (gssize) length);
  sa_socket_set_wait_policy (peer, SA_WAIT_BLOCK);
  sa_socket_set_linger (peer, 20);
  g_assert_false (sa_socket_close (peer, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_cmpstr (log->str, ==, "x");
}

/* The peer of an aborted connection knows that it did not end well.  */
static void
test_abort (void)
{
  g_autoptr (SaSocket) client = NULL;
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GString) log = NULL;
  g_autoptr (GError) error = NULL;
  char byte;

  test_connect_never (&client, &peer);
  log = test_log (client);
  sa_socket_abort (client);
  g_assert_cmpstr (log->str, ==, "x");
  sa_socket_set_wait_policy (peer, SA_WAIT_BLOCK);
  g_assert_cmpint (sa_socket_receive (peer, &byte, 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
}

/* Neither side loses anything, whatever the other still sends.  */
static gpointer
answer_and_end (gpointer data)
{
  SaSocket *socket = data;
  gsize total = GPOINTER_TO_SIZE (drain (socket));

  g_assert_cmpint (sa_socket_send (socket, (const guint8 *) "late", 4, NULL, NULL), ==, 4);
  g_assert_true (sa_socket_close (socket, NULL));

  return GSIZE_TO_POINTER (total);
}

static void
test_gracefully (gconstpointer policy)
{
  gsize length = 4 * 1024 * 1024;
  g_autofree guint8 *block = g_malloc0 (length);
  g_autoptr (SaSocket) client = NULL;
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GString) log = NULL;
  g_autoptr (GError) error = NULL;
  GThread *thread;

  test_connect_never (&client, &peer);
  log = test_log (peer);
  sa_socket_send (client, (const guint8 *) "unread", 6, NULL, NULL);
  g_assert_cmpint (sa_socket_send (peer, block, length, NULL, NULL), ==, (gssize) length);
  sa_socket_set_wait_policy (peer, (SaWaitPolicy) GPOINTER_TO_INT (policy));
  thread = g_thread_new ("peer", answer_and_end, client);
  g_assert_true (sa_socket_close_gracefully (peer, NULL, &error));
  g_assert_no_error (error);
  if (GPOINTER_TO_INT (policy) == SA_WAIT_NEVER)
    test_wait_for_log (log, "x");
  g_assert_cmpuint (GPOINTER_TO_SIZE (g_thread_join (thread)), ==, length);
  test_wait_for_log (log, "x");
}

/* What has no end to be waited for is closed all the same, under each policy.  */
static void
test_gracefully_not_connected (gconstpointer policy)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (GError) error = NULL;

  sa_socket_set_wait_policy (server, (SaWaitPolicy) GPOINTER_TO_INT (policy));
  g_assert_false (sa_socket_close_gracefully (server, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED);
  g_assert_cmpint (sa_socket_get_state (server), ==, SA_SOCKET_STATE_CLOSED);
}

static void
test_gracefully_timeout (void)
{
  g_autoptr (SaSocket) client = NULL;
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GString) log = NULL;
  g_autoptr (GError) error = NULL;

  test_connect_never (&client, &peer);
  sa_socket_set_wait_policy (peer, SA_WAIT_BLOCK);
  sa_socket_set_timeout (peer, 20);
  log = test_log (peer);
  g_assert_false (sa_socket_close_gracefully (peer, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_cmpstr (log->str, ==, "x");
}

/* Dropping the last reference closes, and tells nobody.  */
static void
test_unref (void)
{
  g_autoptr (SaSocket) client = NULL;
  SaSocket *peer;
  g_autoptr (GString) log = NULL;
  g_autoptr (GString) client_log = NULL;

  test_connect_never (&client, &peer);
  log = test_log (peer);
  client_log = test_log (client);
  g_object_unref (peer);
  test_wait_for_log (client_log, "e");
  g_assert_cmpstr (log->str, ==, "");
}

/* keep-accepted: the listener holds what nobody else does, until it closes.  */
static void
test_keep_accepted (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = NULL;
  SaSocket *peer;
  gpointer weak;
  char byte;

  sa_socket_set_keep_accepted (server, TRUE);
  test_connect (server, &client, &peer);
  weak = peer;
  g_object_add_weak_pointer (G_OBJECT (peer), &weak);
  g_object_unref (peer);
  g_assert_nonnull (weak);
  send_text (client, "abc");
  g_assert_cmpint (sa_socket_receive (weak, &byte, 1, NULL, NULL), ==, 1);
  g_assert_true (sa_socket_close (weak, NULL));
  g_assert_null (weak);

  /* A connection that ends by itself is let go as well.  */
  g_clear_object (&client);
  test_connect (server, &client, &peer);
  weak = peer;
  g_object_add_weak_pointer (G_OBJECT (peer), &weak);
  g_object_unref (peer);
  sa_socket_abort (client);
  while (weak != NULL)
    g_main_context_iteration (NULL, TRUE);

  /* The listener's end lets go of all.  */
  g_clear_object (&client);
  test_connect (server, &client, &peer);
  weak = peer;
  g_object_add_weak_pointer (G_OBJECT (peer), &weak);
  g_object_unref (peer);
  g_assert_nonnull (weak);
  g_clear_object (&server);
  g_assert_null (weak);
}

static void
close_other (SaSocket *peer,
             GParamSpec *property,
             SaSocket *other)
{
  sa_socket_abort (other);
}

/* Whoever is told that a socket is connected may close its listener, or the socket itself, before the accept
 * has returned.  */
static void
test_keep_accepted_closed (gconstpointer closes_listener)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = sa_socket_new ();
  SaSocket *peer = sa_socket_new ();
  gpointer weak = peer;

  sa_socket_set_keep_accepted (server, TRUE);
  sa_socket_connect_to_host (client, "127.0.0.1", sa_socket_get_local_port (server), NULL, NULL);
  g_signal_connect (peer, "notify::state", G_CALLBACK (close_other),
                    closes_listener != NULL ? server : peer);
  sa_socket_accept_into (server, peer, NULL, NULL);
  g_object_add_weak_pointer (G_OBJECT (peer), &weak);
  g_object_unref (peer);
  /* A listener that is closed holds what it has accepted, and a socket that is closed is not held.  */
  g_assert_true ((weak != NULL) == (closes_listener != NULL));
  g_clear_object (&server);
  g_assert_null (weak);
}

/* A socket that is its listener's end: it closes that one as soon as it is made.  */
#define TEST_TYPE_LAST (test_last_get_type ())
G_DECLARE_FINAL_TYPE (TestLast, test_last, TEST, LAST, SaSocket)

struct _TestLast
{
  SaSocket parent_instance;
};

G_DEFINE_FINAL_TYPE (TestLast, test_last, SA_TYPE_SOCKET)

static SaSocket *last_listener;

static void
test_last_class_init (TestLastClass *klass)
{
}

static void
test_last_init (TestLast *self)
{
  sa_socket_close (last_listener, NULL);
}

static void
test_keep_accepted_last (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = NULL;
  SaSocket *peer;
  gpointer weak;

  last_listener = server;
  sa_socket_set_keep_accepted (server, TRUE);
  sa_socket_set_accept_type (server, TEST_TYPE_LAST);
  test_connect (server, &client, &peer);
  g_assert_cmpint (sa_socket_get_state (server), ==, SA_SOCKET_STATE_CLOSED);
  g_assert_cmpint (sa_socket_get_state (peer), ==, SA_SOCKET_STATE_CONNECTED);
  weak = peer;
  g_object_add_weak_pointer (G_OBJECT (peer), &weak);
  g_object_unref (peer);
  g_assert_null (weak);
}

/* Datagrams have no connection that could be idle.  */
static void
test_idle_timeout_datagram (void)
{
  g_autoptr (SaSocket) datagram = sa_socket_new ();
  g_autoptr (SaSocket) client = NULL;
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GString) log = NULL;
  g_autoptr (GError) error = NULL;

  sa_socket_create (datagram, 0, G_SOCKET_TYPE_DATAGRAM, "127.0.0.1", &error);
  g_assert_no_error (error);
  sa_socket_connect_to_host (datagram, "127.0.0.1", sa_socket_get_local_port (datagram), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sa_socket_get_state (datagram), ==, SA_SOCKET_STATE_CONNECTED);
  sa_socket_set_idle_timeout (datagram, 1);
  test_connect_never (&client, &peer);
  sa_socket_set_idle_timeout (peer, 5);
  log = test_log (peer);
  test_wait_for_log (log, "X");
  g_assert_cmpint (sa_socket_get_state (datagram), ==, SA_SOCKET_STATE_CONNECTED);
  g_assert_no_error (sa_socket_get_last_error (datagram));
  g_signal_handlers_disconnect_by_data (peer, log);
}

/* An idle connection runs out; one that is used does not.  */
static void
test_idle_timeout (void)
{
  g_autoptr (SaSocket) client = NULL;
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GString) log = NULL;
  g_autoptr (GString) client_log = NULL;

  test_connect_never (&client, &peer);
  log = test_log (peer);
  client_log = test_log (client);
  sa_socket_set_idle_timeout (peer, 50);
  test_wait_for_log (log, "X");
  g_assert_error (sa_socket_get_last_error (peer), G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_null (sa_socket_get_socket (peer));
  test_wait_for_log (client_log, "e");
}

/* What was a server is as good a client as any, while it still holds what it accepted.  */
static void
test_listener_anew (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) second = test_listener ();
  g_autoptr (GError) error = NULL;
  SaSocket *client;
  SaSocket *peer;
  GString *log;

  sa_socket_set_keep_accepted (server, TRUE);
  test_connect (server, &client, &peer);
  g_object_unref (peer);
  g_assert_true (sa_socket_close (server, &error));
  sa_socket_set_wait_policy (server, SA_WAIT_NEVER);
  log = test_log (server);
  g_assert_true (
      sa_socket_connect_to_host (server, "127.0.0.1", sa_socket_get_local_port (second), NULL, &error));
  g_assert_no_error (error);
  test_wait_for_log (log, "cs");
  peer = sa_socket_accept (second, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (sa_socket_shutdown (peer, SA_SHUTDOWN_SENDS, &error));
  test_wait_for_log (log, "e");
  g_object_unref (peer);
  g_object_unref (client);
  g_clear_object (&server);
  g_string_free (log, TRUE);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_use_one_byte ();

  g_test_add_func ("/socket/close/close", test_close);
  g_test_add_func ("/socket/close/new", test_close_new);
  g_test_add_func ("/socket/close/connecting", test_close_connecting);
  g_test_add_data_func ("/socket/close/queued-is-sent/close", "close", test_queued_is_sent);
  g_test_add_data_func ("/socket/close/queued-is-sent/unref", "unref", test_queued_is_sent);
  g_test_add_data_func ("/socket/close/queued-is-sent/shutdown", "shutdown", test_queued_is_sent);
  g_test_add_func ("/socket/close/linger", test_linger);
  g_test_add_func ("/socket/close/abort", test_abort);
  g_test_add_data_func ("/socket/close/gracefully/block", GINT_TO_POINTER (SA_WAIT_BLOCK), test_gracefully);
  g_test_add_data_func ("/socket/close/gracefully/dispatch", GINT_TO_POINTER (SA_WAIT_DISPATCH),
                        test_gracefully);
  g_test_add_data_func ("/socket/close/gracefully/never", GINT_TO_POINTER (SA_WAIT_NEVER), test_gracefully);
  g_test_add_data_func ("/socket/close/gracefully/not-connected/block", GINT_TO_POINTER (SA_WAIT_BLOCK),
                        test_gracefully_not_connected);
  g_test_add_data_func ("/socket/close/gracefully/not-connected/never", GINT_TO_POINTER (SA_WAIT_NEVER),
                        test_gracefully_not_connected);
  g_test_add_func ("/socket/close/gracefully/timeout", test_gracefully_timeout);
  g_test_add_func ("/socket/close/unref", test_unref);
  g_test_add_func ("/socket/close/keep-accepted", test_keep_accepted);
  g_test_add_data_func ("/socket/close/keep-accepted/listener", "listener", test_keep_accepted_closed);
  g_test_add_data_func ("/socket/close/keep-accepted/itself", NULL, test_keep_accepted_closed);
  g_test_add_func ("/socket/close/keep-accepted/last", test_keep_accepted_last);
  g_test_add_func ("/socket/close/idle-timeout", test_idle_timeout);
  g_test_add_func ("/socket/close/idle-timeout/datagram", test_idle_timeout_datagram);
  g_test_add_func ("/socket/close/listener-anew", test_listener_anew);

  return g_test_run ();
}
