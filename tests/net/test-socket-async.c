/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-one-byte.h"
#include "test-socket-utils.h"
#include "test-utils.h"

/* The calls that never wait: order, ends, cancellation, and that they hold what they need.  */

typedef struct
{
  SaSocket *client;
  SaSocket *peer;
} Fixture;

static void
set_up (Fixture *f,
        gconstpointer data)
{
  test_connect_never (&f->client, &f->peer);
}

static void
tear_down (Fixture *f,
           gconstpointer data)
{
  g_clear_object (&f->client);
  g_clear_object (&f->peer);
  test_spin (NULL, 5);
}

static GAsyncResult *
wait_for_result (GAsyncResult **place)
{
  test_wait_in (NULL, test_has_result, place);

  return *place;
}

static char *
finish_text (SaSocket *socket,
             GAsyncResult **place,
             GError **error)
{
  gsize length;
  g_autofree guint8 *data = sa_socket_receive_finish (socket, wait_for_result (place), &length, error);
  char *text = data != NULL ? g_strndup ((char *) data, length) : NULL;

  g_clear_object (place);

  return text;
}

/* A receive may give less than is there.  */
static void
assert_beginning (const char *text)
{
  g_assert_cmpstr (text, !=, "");
  g_assert_true (g_str_has_prefix ("abc", text));
}

static void
test_receive (Fixture *f,
              gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  GAsyncResult *result = NULL;

  sa_socket_receive_async (f->peer, 100, NULL, test_on_result, &result);
  test_spin (NULL, 10);
  g_assert_null (result);
  sa_socket_send (f->client, (const guint8 *) "abc", 3, NULL, NULL);
  text = finish_text (f->peer, &result, &error);
  g_assert_no_error (error);
  assert_beginning (text);
}

/* Several receives are served in order, and no signal is emitted for what they get.  */
static void
test_receive_order (Fixture *f,
                    gconstpointer data)
{
  g_autoptr (GString) log = test_log (f->peer);
  GAsyncResult *results[3] = { NULL };

  for (int i = 0; i < 3; i++)
    sa_socket_receive_async (f->peer, 1, NULL, test_on_result, &results[i]);
  sa_socket_send (f->client, (const guint8 *) "abcd", 4, NULL, NULL);
  for (int i = 0; i < 3; i++)
    {
      g_autofree char *text = finish_text (f->peer, &results[i], NULL);

      g_assert_cmpint (text[0], ==, "abc"[i]);
    }

  /* The byte that is left is announced.  */
  test_wait_for_log (log, "r");
  g_signal_handlers_disconnect_by_data (f->peer, log);
}

/* What is there already is found too.  */
static void
test_receive_late (Fixture *f,
                   gconstpointer data)
{
  g_autoptr (GString) log = test_log (f->peer);
  g_autofree char *text = NULL;
  GAsyncResult *result = NULL;

  sa_socket_send (f->client, (const guint8 *) "abc", 3, NULL, NULL);
  test_wait_for_log (log, "r");
  test_spin (NULL, 10);
  sa_socket_receive_async (f->peer, 100, NULL, test_on_result, &result);
  g_assert_null (result);
  text = finish_text (f->peer, &result, NULL);
  assert_beginning (text);
  g_signal_handlers_disconnect_by_data (f->peer, log);
}

static void
test_receive_end (Fixture *f,
                  gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  GAsyncResult *result = NULL;

  sa_socket_receive_async (f->peer, 100, NULL, test_on_result, &result);
  sa_socket_close (f->client, NULL);
  for (int i = 0; i < 2; i++)
    {
      g_autofree char *text = finish_text (f->peer, &result, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (text, ==, "");
      sa_socket_receive_async (f->peer, 100, NULL, test_on_result, &result);
    }
  wait_for_result (&result);
  g_clear_object (&result);
}

static void
test_receive_reset (Fixture *f,
                    gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  GAsyncResult *result = NULL;

  sa_socket_receive_async (f->peer, 100, NULL, test_on_result, &result);
  sa_socket_abort (f->client);
  g_assert_null (finish_text (f->peer, &result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
}

static gpointer
cancel_in_thread (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);

  return NULL;
}

/* A cancelled receive has taken nothing; those behind it go on.  */
static void
test_receive_cancelled (Fixture *f,
                        gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  GAsyncResult *results[2] = { NULL };

  sa_socket_receive_async (f->peer, 100, cancellable, test_on_result, &results[0]);
  sa_socket_receive_async (f->peer, 100, NULL, test_on_result, &results[1]);
  g_thread_join (g_thread_new ("canceller", cancel_in_thread, cancellable));
  g_assert_null (finish_text (f->peer, &results[0], &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  sa_socket_send (f->client, (const guint8 *) "abc", 3, NULL, NULL);
  text = finish_text (f->peer, &results[1], &error);
  g_assert_no_error (error);
  assert_beginning (text);
}

static void
test_receive_timeout (Fixture *f,
                      gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  GAsyncResult *result = NULL;

  sa_socket_set_timeout (f->peer, 20);
  sa_socket_receive_async (f->peer, 100, NULL, test_on_result, &result);
  g_assert_null (finish_text (f->peer, &result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

static void
test_receive_closed (Fixture *f,
                     gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  GAsyncResult *result = NULL;

  sa_socket_receive_async (f->peer, 100, NULL, test_on_result, &result);
  sa_socket_close (f->peer, NULL);
  g_assert_null (finish_text (f->peer, &result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

/* A pending call holds the socket.  */
static void
test_receive_holds (Fixture *f,
                    gconstpointer data)
{
  g_autofree char *text = NULL;
  GAsyncResult *result = NULL;
  SaSocket *peer = f->peer;

  sa_socket_receive_async (f->peer, 100, NULL, test_on_result, &result);
  g_clear_object (&f->peer);
  sa_socket_send (f->client, (const guint8 *) "abc", 3, NULL, NULL);
  text = finish_text (peer, &result, NULL);
  assert_beginning (text);
}

/* What has to be queued of a GBytes is not copied: it is let go when all is sent.  */
static void
set_flag (gpointer flag)
{
  *(gboolean *) flag = TRUE;
}

static gboolean
is_sent_or_drains (gpointer data)
{
  Fixture *f = data;
  char block[65536];

  while (sa_socket_receive (f->peer, block, sizeof block, NULL, NULL) > 0)
    continue;

  return sa_socket_get_queued_bytes (f->client) == 0;
}

static void
test_send_bytes (Fixture *f,
                 gconstpointer data)
{
  const gsize size = 8 * 1024 * 1024;
  g_autofree guint8 *bulk = g_malloc0 (size);
  gboolean is_free = FALSE;
  GBytes *bytes = g_bytes_new_with_free_func (bulk, size, set_flag, &is_free);

  sa_socket_set_high_water_mark (f->client, G_MAXUINT);
  g_assert_cmpint (sa_socket_send_bytes (f->client, bytes, NULL, NULL), ==, (gssize) size);
  g_bytes_unref (bytes);
  g_assert_cmpuint (sa_socket_get_queued_bytes (f->client), >, 0);
  g_assert_false (is_free);
  test_wait_in (NULL, is_sent_or_drains, f);
  g_assert_true (is_free);
  g_assert_cmpuint (sa_socket_get_bytes_sent (f->client), ==, size);
}

/* Sends of every kind arrive in the order of the calls.  */
static void
test_send_order (Fixture *f,
                 gconstpointer data)
{
  const gsize block = 512 * 1024;
  g_autofree guint8 *buffer = g_malloc (block);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *results[6] = { NULL };
  gsize received = 0;

  sa_socket_set_high_water_mark (f->client, G_MAXUINT);
  for (int i = 0; i < 6; i++)
    {
      memset (buffer, 'a' + i, block);
      if (i % 3 == 0)
        sa_socket_send_async (f->client, buffer, block, NULL, test_on_result, &results[i]);
      else if (i % 3 == 1)
        g_assert_cmpint (sa_socket_send (f->client, buffer, block, NULL, &error), ==, (gssize) block);
      else
        {
          g_autoptr (GBytes) copy = g_bytes_new (buffer, block);

          g_assert_cmpint (sa_socket_send_bytes (f->client, copy, NULL, &error), ==, (gssize) block);
        }
      g_assert_no_error (error);
    }

  while (received < 6 * block)
    {
      gssize n = sa_socket_receive (f->peer, buffer, block, NULL, NULL);

      for (gssize i = 0; i < n; i++)
        g_assert_cmpint (buffer[i], ==, 'a' + (int) ((received + (gsize) i) / block));
      if (n > 0)
        received += (gsize) n;
      g_main_context_iteration (NULL, n <= 0);
    }

  for (int i = 0; i < 6; i += 3)
    {
      g_assert_cmpint (sa_socket_send_finish (f->client, wait_for_result (&results[i]), &error), ==,
                       (gssize) block);
      g_clear_object (&results[i]);
    }
}

/* A send that was not begun can be cancelled, one that was cannot.  */
static void
test_send_cancelled (Fixture *f,
                     gconstpointer data)
{
  const gsize block = 8 * 1024 * 1024;
  g_autofree guint8 *buffer = g_malloc0 (block);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GAsyncResult *results[2] = { NULL };
  gsize received = 0;

  for (int i = 0; i < 2; i++)
    sa_socket_send_async (f->client, buffer, block, cancellable, test_on_result, &results[i]);
  g_cancellable_cancel (cancellable);
  g_assert_cmpint (sa_socket_send_finish (f->client, wait_for_result (&results[1]), &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (results[0]);

  while (received < block)
    {
      gssize n = sa_socket_receive (f->peer, buffer, block, NULL, NULL);

      if (n > 0)
        received += (gsize) n;
      g_main_context_iteration (NULL, n <= 0);
    }
  g_assert_cmpint (sa_socket_send_finish (f->client, wait_for_result (&results[0]), &error), ==,
                   (gssize) block);
  g_assert_no_error (error);
  g_clear_object (&results[0]);
  g_clear_object (&results[1]);
}

static void
test_send_reset (Fixture *f,
                 gconstpointer data)
{
  const gsize block = 8 * 1024 * 1024;
  g_autofree guint8 *buffer = g_malloc0 (block);
  g_autoptr (GError) error = NULL;
  GAsyncResult *result = NULL;

  sa_socket_send_async (f->client, buffer, block, NULL, test_on_result, &result);
  sa_socket_abort (f->peer);
  g_assert_cmpint (sa_socket_send_finish (f->client, wait_for_result (&result), &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  g_clear_object (&result);
}

static void
test_connect_accept (gconstpointer unused)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GString) log = test_log (server);
  g_autoptr (GString) client_log = test_log (client);
  g_autoptr (GError) error = NULL;
  GAsyncResult *results[2] = { NULL };

  sa_socket_accept_async (server, NULL, test_on_result, &results[0]);
  sa_socket_connect_to_host_async (client, "localhost", sa_socket_get_local_port (server), NULL,
                                   test_on_result, &results[1]);
  g_assert_cmpint (sa_socket_get_state (client), ==, SA_SOCKET_STATE_CONNECTING);
  g_assert_true (sa_socket_connect_to_host_finish (client, wait_for_result (&results[1]), &error));
  g_assert_no_error (error);
  peer = sa_socket_accept_finish (server, wait_for_result (&results[0]), &error);
  g_assert_no_error (error);
  test_spin (NULL, 10);
  test_assert_exchange (client, peer);
  g_assert_cmpstr (log->str, ==, "");
  g_assert_null (strchr (client_log->str, 'c'));
  g_clear_object (&results[0]);
  g_clear_object (&results[1]);
}

static void
test_connect_errors (gconstpointer unused)
{
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GAsyncResult *result = NULL;

  sa_socket_connect_to_host_async (client, "127.0.0.1", test_unused_port (), NULL, test_on_result, &result);
  g_assert_false (sa_socket_connect_to_host_finish (client, wait_for_result (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  g_clear_error (&error);
  g_clear_object (&result);

  sa_socket_connect_to_host_async (client, "127.0.0.1", 70000, NULL, test_on_result, &result);
  g_assert_false (sa_socket_connect_to_host_finish (client, wait_for_result (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_clear_object (&result);

  sa_socket_connect_to_host_async (client, "no-such-host.invalid", 7, cancellable, test_on_result, &result);
  g_cancellable_cancel (cancellable);
  g_assert_false (sa_socket_connect_to_host_finish (client, wait_for_result (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_object (&result);
}

static void
test_accept_into (gconstpointer unused)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (SaSocket) peer = sa_socket_new ();
  g_autoptr (GError) error = NULL;
  GAsyncResult *result = NULL;

  sa_socket_set_event_mask (server, SA_SOCKET_EVENT_RECEIVE);
  sa_socket_accept_into_async (server, peer, NULL, test_on_result, &result);
  g_assert_true (
      sa_socket_connect_to_host (client, "127.0.0.1", sa_socket_get_local_port (server), NULL, &error));
  g_assert_true (sa_socket_accept_into_finish (server, wait_for_result (&result), &error));
  g_clear_object (&result);
  g_assert_cmpint (sa_socket_get_event_mask (peer), ==, SA_SOCKET_EVENT_RECEIVE);
  test_assert_exchange (client, peer);

  g_assert_false (sa_socket_accept_into (server, peer, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

/* Calls that follow each other, each from the callback of the one before; the last one leaves the rest.  */
typedef struct
{
  SaSocket *socket;
  guint n_left;
} Chain;

static void
on_link (GObject *source,
         GAsyncResult *result,
         gpointer data)
{
  Chain *chain = data;
  gsize length;
  g_autofree guint8 *bytes = sa_socket_receive_finish (chain->socket, result, &length, NULL);

  g_assert_cmpuint (length, ==, 1);
  if (--chain->n_left > 0)
    sa_socket_receive_async (chain->socket, 1, NULL, on_link, chain);
}

/* What they leave is told by the signal, which was silent for them.  */
static void
test_receive_chain (Fixture *f,
                    gconstpointer data)
{
  g_autoptr (GString) log = test_log (f->peer);

  for (guint n = 1; n <= 3; n++)
    {
      Chain chain = { f->peer, n };
      g_autofree char *text = g_strnfill (n + 1, 'x');
      char byte;

      g_string_truncate (log, 0);
      sa_socket_receive_async (f->peer, 1, NULL, on_link, &chain);
      test_spin (NULL, 5);
      sa_socket_send (f->client, (const guint8 *) text, n + 1, NULL, NULL);
      test_wait_for_log (log, "r");
      g_assert_cmpuint (chain.n_left, ==, 0);
      g_assert_cmpint (sa_socket_receive (f->peer, &byte, 1, NULL, NULL), ==, 1);
    }
  g_signal_handlers_disconnect_by_data (f->peer, log);
}

static void
on_accepted (GObject *source,
             GAsyncResult *result,
             gpointer data)
{
  Chain *chain = data;
  g_autoptr (SaSocket) peer = sa_socket_accept_finish (chain->socket, result, NULL);

  g_assert_nonnull (peer);
  if (--chain->n_left > 0)
    sa_socket_accept_async (chain->socket, NULL, on_accepted, chain);
}

static void
test_accept_chain (gconstpointer unused)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (GString) log = test_log (server);
  Chain chain = { server, 2 };
  SaSocket *clients[3];

  sa_socket_set_wait_policy (server, SA_WAIT_NEVER);
  sa_socket_accept_async (server, NULL, on_accepted, &chain);
  test_spin (NULL, 5);
  for (int i = 0; i < 3; i++)
    {
      clients[i] = sa_socket_new ();
      g_assert_true (sa_socket_connect_to_host (clients[i], "127.0.0.1", sa_socket_get_local_port (server),
                                                NULL, NULL));
    }
  test_wait_for_log (log, "a");
  g_assert_cmpuint (chain.n_left, ==, 0);
  for (int i = 0; i < 3; i++)
    g_object_unref (clients[i]);
  g_signal_handlers_disconnect_by_data (server, log);
}

static gpointer
drain (gpointer data)
{
  g_autofree guint8 *block = g_malloc (65536);
  gsize total = 0;
  gssize n;

  while ((n = sa_socket_receive (data, block, 65536, NULL, NULL)) > 0)
    total += (gsize) n;

  return GSIZE_TO_POINTER (total);
}

/* The peer has finished before: what is queued is sent all the same.  */
static void
test_close_gracefully_late (Fixture *f,
                            gconstpointer data)
{
  gsize length = 8 * 1024 * 1024;
  g_autofree guint8 *block = g_malloc0 (length);
  g_autoptr (GString) log = test_log (f->peer);
  g_autoptr (GError) error = NULL;
  GAsyncResult *result = NULL;
  GThread *thread;

  g_assert_cmpint (sa_socket_send (f->peer, block, length, NULL, NULL), ==, (gssize) length);
  g_assert_true (sa_socket_shutdown (f->client, SA_SHUTDOWN_SENDS, NULL));
  test_wait_for_log (log, "e");
  sa_socket_set_wait_policy (f->client, SA_WAIT_BLOCK);
  sa_socket_close_gracefully_async (f->peer, NULL, test_on_result, &result);
  test_spin (NULL, 5);
  g_assert_null (result);
  thread = g_thread_new ("drain", drain, f->client);
  g_assert_true (sa_socket_close_gracefully_finish (f->peer, wait_for_result (&result), &error));
  g_assert_no_error (error);
  g_assert_cmpuint (GPOINTER_TO_SIZE (g_thread_join (thread)), ==, length);
  g_clear_object (&result);
  g_signal_handlers_disconnect_by_data (f->peer, log);
}

static void
test_close_gracefully (Fixture *f,
                       gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  GAsyncResult *result = NULL;

  sa_socket_send (f->client, (const guint8 *) "unread", 6, NULL, NULL);
  sa_socket_close_gracefully_async (f->peer, NULL, test_on_result, &result);
  test_spin (NULL, 10);
  g_assert_null (result);
  g_assert_true (sa_socket_shutdown (f->client, SA_SHUTDOWN_SENDS, NULL));
  g_assert_true (sa_socket_close_gracefully_finish (f->peer, wait_for_result (&result), &error));
  g_assert_no_error (error);
  g_clear_object (&result);
  g_assert_cmpint (sa_socket_get_state (f->peer), ==, SA_SOCKET_STATE_CLOSED);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_use_one_byte ();

#define ADD(name, func) g_test_add ("/socket/async/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("receive", test_receive);
  ADD ("receive/order", test_receive_order);
  ADD ("receive/late", test_receive_late);
  ADD ("receive/end", test_receive_end);
  ADD ("receive/reset", test_receive_reset);
  ADD ("receive/cancelled", test_receive_cancelled);
  ADD ("receive/timeout", test_receive_timeout);
  ADD ("receive/closed", test_receive_closed);
  ADD ("receive/holds", test_receive_holds);
  ADD ("receive/chain", test_receive_chain);
  ADD ("send/bytes", test_send_bytes);
  ADD ("send/order", test_send_order);
  ADD ("send/cancelled", test_send_cancelled);
  ADD ("send/reset", test_send_reset);
  ADD ("close-gracefully", test_close_gracefully);
  ADD ("close-gracefully/late", test_close_gracefully_late);
  g_test_add_data_func ("/socket/async/accept-chain", NULL, test_accept_chain);
  g_test_add_data_func ("/socket/async/connect-accept", NULL, test_connect_accept);
  g_test_add_data_func ("/socket/async/connect-errors", NULL, test_connect_errors);
  g_test_add_data_func ("/socket/async/accept-into", NULL, test_accept_into);

  return g_test_run ();
}
