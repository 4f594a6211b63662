/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sockarch/net/sa-socket-private.h"

#include "test-one-byte.h"
#include "test-socket-utils.h"
#include "test-utils.h"

/* Signals are facts: when they come, how often, and in which order.  */

typedef struct
{
  SaSocket *client;
  SaSocket *peer;
  GString *log; /* of the peer */
} Fixture;

static void
set_up (Fixture *f,
        gconstpointer data)
{
  test_connect_never (&f->client, &f->peer);
  f->log = test_log_connected (f->peer);
}

static void
tear_down (Fixture *f,
           gconstpointer data)
{
  g_object_unref (f->client);
  g_object_unref (f->peer);
  test_spin (NULL, 5);
  g_string_free (f->log, TRUE);
}

static void
send_text (SaSocket *socket,
           const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (sa_socket_send (socket, (const guint8 *) text, strlen (text), NULL, &error), ==,
                   (gssize) strlen (text));
  g_assert_no_error (error);
}

/* send-ready comes once after the connection was made.  */
static void
test_send_ready_once (Fixture *f,
                      gconstpointer data)
{
  test_spin (NULL, 20);
  g_assert_cmpstr (f->log->str, ==, "");
}

/* A handler that receives nothing is called once, and again when more arrives.  */
static void
test_reading_nothing (Fixture *f,
                      gconstpointer data)
{
  if (g_strcmp0 (g_getenv ("SA_POLLER"), "sources") == 0)
    {
      g_test_skip ("poll () knows levels only: it cannot tell more bytes from those that nobody received");
      return;
    }

  send_text (f->client, "one");
  test_wait_for_log (f->log, "r");
  test_spin (NULL, 20);
  g_assert_cmpstr (f->log->str, ==, "r");

  if (!g_str_equal (sa_poller_get_backend_name (sa_socket_get_poller (f->peer)), "epoll"))
    {
      g_test_skip ("poll () cannot tell that more has arrived where something was");
      return;
    }

  send_text (f->client, "two");
  test_wait_for_log (f->log, "rr");
  test_spin (NULL, 20);
  g_assert_cmpstr (f->log->str, ==, "rr");
}

static void
receive_one (SaSocket *socket,
             GString *received)
{
  char byte;
  gssize n = sa_socket_receive (socket, &byte, 1, NULL, NULL);

  if (n == 1)
    g_string_append_c (received, byte);
  else
    g_string_append_c (received, '!');
}

/* A handler that receives a part comes again until nothing is left, and not once more.  */
static void
test_reading_part (Fixture *f,
                   gconstpointer data)
{
  g_autoptr (GString) received = g_string_new (NULL);

  g_signal_connect (f->peer, "receive-ready", G_CALLBACK (receive_one), received);
  send_text (f->client, "abcdef");
  test_wait_for_log (f->log, "rrrrrr");
  test_spin (NULL, 20);
  g_assert_cmpstr (received->str, ==, "abcdef");
  g_assert_cmpstr (f->log->str, ==, "rrrrrr");
}

/* Two receives in one handler do no harm: the second finds nothing, and no event is left over.  */
static void
receive_twice (SaSocket *socket,
               GString *received)
{
  char text[16];

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      gssize n = sa_socket_receive (socket, text, sizeof text, NULL, &error);

      if (n > 0)
        g_string_append_len (received, text, n);
      else
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
    }
}

static void
test_reading_twice (Fixture *f,
                    gconstpointer data)
{
  g_autoptr (GString) received = g_string_new (NULL);

  g_signal_connect (f->peer, "receive-ready", G_CALLBACK (receive_twice), received);
  send_text (f->client, "abc");
  test_wait_for_log (f->log, test_is_one_byte () ? "rr" : "r");
  test_spin (NULL, 20);
  g_assert_cmpstr (received->str, ==, "abc");
  g_assert_cmpstr (f->log->str, ==, test_is_one_byte () ? "rr" : "r");
}

/* A receive outside of any handler, that leaves something, is followed by an event; one that leaves nothing
 * is not.  */
static void
test_reading_outside (Fixture *f,
                      gconstpointer data)
{
  char byte;

  send_text (f->client, "ab");
  test_wait_for_log (f->log, "r");
  g_assert_cmpint (sa_socket_receive (f->peer, &byte, 1, NULL, NULL), ==, 1);
  test_wait_for_log (f->log, "rr");
  test_spin (NULL, 20);
  g_assert_cmpstr (f->log->str, ==, "rr");
  g_assert_cmpint (sa_socket_receive (f->peer, &byte, 1, NULL, NULL), ==, 1);
  test_spin (NULL, 20);
  g_assert_cmpstr (f->log->str, ==, "rr");
}

static void
receive_from_other (SaSocket *socket,
                    SaSocket *other)
{
  char text[16];

  sa_socket_receive (other, text, sizeof text, NULL, NULL);
}

static gboolean
on_before (gpointer data)
{
  SaSocket **socket = data;
  char text[16];

  if (*socket != NULL && sa_socket_receive (*socket, text, sizeof text, NULL, NULL) > 0)
    *socket = NULL;

  return G_SOURCE_CONTINUE;
}

/* What another source has taken, between the question to the kernel and the turn of the sockets, is not
 * announced either.  */
static void
test_taken_before (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  GSource *before = g_idle_source_new ();
  SaSocket *reader = NULL;

  g_main_context_push_thread_default (context);
  g_source_set_priority (before, G_PRIORITY_DEFAULT);
  g_source_set_callback (before, on_before, &reader, NULL);
  g_source_attach (before, context);
  {
    g_autoptr (SaSocket) client = NULL;
    g_autoptr (SaSocket) peer = NULL;
    g_autoptr (GString) log = NULL;

    test_connect_never (&client, &peer);
    log = test_log (peer);
    test_wait_in (context, test_log_has, (&(TestLogWait){ log, "s" }));
    g_string_truncate (log, 0);
    for (int i = 0; i < 10; i++)
      {
        send_text (client, "a");
        reader = peer;
        test_spin (context, 5);
        g_assert_null (reader);
      }
    g_assert_cmpstr (log->str, ==, "");
    g_signal_handlers_disconnect_by_data (peer, log);
  }
  g_source_destroy (before);
  g_source_unref (before);
  g_main_context_pop_thread_default (context);
}

/* What another handler of the same turn has taken is not announced any more.  */
static void
test_stale (void)
{
  SaSocket *clients[2];
  SaSocket *peers[2];
  GString *logs[2];

  for (int i = 0; i < 2; i++)
    {
      test_connect_never (&clients[i], &peers[i]);
      logs[i] = test_log (peers[i]);
    }
  for (int i = 0; i < 2; i++)
    {
      test_wait_for_log (logs[i], "s");
      g_string_truncate (logs[i], 0);
      g_signal_connect (peers[i], "receive-ready", G_CALLBACK (receive_from_other), peers[1 - i]);
    }

  /* Both are ready in one turn; the first to be told takes the other's bytes.  */
  send_text (clients[0], "a");
  send_text (clients[1], "b");
  test_spin (NULL, 20);
  g_assert_cmpuint (logs[0]->len + logs[1]->len, ==, 1);

  for (int i = 0; i < 2; i++)
    {
      g_object_unref (peers[i]);
      g_string_free (logs[i], TRUE);
      g_clear_object (&clients[i]);
    }
}

/* The end comes after the last byte was received, and closed after both sides have finished.  */
static void
test_end (Fixture *f,
          gconstpointer data)
{
  g_autoptr (GString) received = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  char byte;

  g_signal_connect (f->peer, "receive-ready", G_CALLBACK (receive_one), received);
  send_text (f->client, "abc");
  g_assert_true (sa_socket_shutdown (f->client, SA_SHUTDOWN_SENDS, &error));
  test_wait_for_log (f->log, "e");
  g_assert_cmpstr (received->str, ==, "abc");
  g_assert_cmpstr (f->log->str, ==, "rrre");
  g_assert_cmpint (sa_socket_receive (f->peer, &byte, 1, NULL, &error), ==, 0);
  g_assert_no_error (error);

  /* The other half works still.  */
  send_text (f->peer, "xyz");
  g_assert_true (sa_socket_shutdown (f->peer, SA_SHUTDOWN_SENDS, &error));
  test_wait_for_log (f->log, "x");
  g_assert_cmpstr (f->log->str, ==, "rrrex");
  g_assert_cmpint (sa_socket_get_state (f->peer), ==, SA_SOCKET_STATE_CLOSED);
  g_assert_cmpint (sa_socket_receive (f->peer, &byte, 1, NULL, &error), ==, 0);
  g_assert_no_error (error);
}

/* An end without a byte before it, to a program that never receives.  */
static void
test_end_unasked (Fixture *f,
                  gconstpointer data)
{
  g_assert_true (sa_socket_close (f->client, NULL));
  test_wait_for_log (f->log, "e");
  test_spin (NULL, 20);
  g_assert_cmpstr (f->log->str, ==, "e");
  g_assert_true (sa_socket_close (f->peer, NULL));
  g_assert_cmpstr (f->log->str, ==, "ex");
}

/* A reset is told apart from an end, also if nobody receives.  */
static void
test_reset (Fixture *f,
            gconstpointer data)
{
  char byte;
  g_autoptr (GError) error = NULL;

  sa_socket_abort (f->client);
  test_wait_for_log (f->log, "X");
  g_assert_cmpstr (f->log->str, ==, "X");
  g_assert_error (sa_socket_get_last_error (f->peer), G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  g_assert_cmpint (sa_socket_receive (f->peer, &byte, 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
}

/* What was received before the reset is offered first.  */
static void
test_reset_after_bytes (Fixture *f,
                        gconstpointer data)
{
  g_autoptr (GString) received = g_string_new (NULL);

  g_signal_connect (f->peer, "receive-ready", G_CALLBACK (receive_one), received);
  send_text (f->client, "abc");
  sa_socket_abort (f->client);
  test_wait_for_log (f->log, "X");
  g_assert_cmpstr (received->str, ==, "abc");
  g_assert_cmpstr (f->log->str, ==, "rrrX");
}

/* The mask: what is not wanted does not come, and comes later if it is wanted then.  */
static void
test_mask (Fixture *f,
           gconstpointer data)
{
  sa_socket_set_event_mask (f->peer, SA_SOCKET_EVENT_ALL & ~SA_SOCKET_EVENT_RECEIVE);
  send_text (f->client, "abc");
  test_spin (NULL, 20);
  g_assert_cmpstr (f->log->str, ==, "");
  sa_socket_set_event_mask (f->peer, SA_SOCKET_EVENT_ALL);
  test_wait_for_log (f->log, "r");
}

/* Nobody tells of a handler that is connected when the bytes are there already: setting the mask does.  */
static void
test_mask_again (Fixture *f,
                 gconstpointer data)
{
  g_autoptr (GString) received = g_string_new (NULL);

  send_text (f->client, "abc");
  test_wait_for_log (f->log, "r");
  g_string_truncate (f->log, 0);
  g_signal_connect (f->peer, "receive-ready", G_CALLBACK (receive_one), received);
  test_spin (NULL, 20);
  g_assert_cmpstr (f->log->str, ==, "");
  sa_socket_set_event_mask (f->peer, sa_socket_get_event_mask (f->peer));
  test_wait_for_log (f->log, "r");
  test_spin (NULL, 20);
  g_assert_cmpstr (received->str, ==, "abc");
}

static void
receive_urgent (SaSocket *socket,
                char *byte)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (sa_socket_receive_with_flags (socket, byte, 1, G_SOCKET_MSG_OOB, NULL, &error), ==, 1);
  g_assert_no_error (error);
}

/* Urgent data: its own signal, and the bytes before and after it are not forgotten.  */
static void
test_out_of_band (Fixture *f,
                  gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) received = g_string_new (NULL);
  char byte = 0;

  g_signal_connect (f->peer, "receive-ready", G_CALLBACK (receive_one), received);
  g_signal_connect (f->peer, "out-of-band-ready", G_CALLBACK (receive_urgent), &byte);
  send_text (f->client, "ab");
  sa_socket_send_with_flags (f->client, (const guint8 *) "!", 1, G_SOCKET_MSG_OOB, NULL, &error);
  g_assert_no_error (error);
  send_text (f->client, "cd");
  test_wait_for_log (f->log, "o");
  test_spin (NULL, 20);
  g_assert_cmpint (byte, ==, '!');
  g_assert_cmpstr (received->str, ==, "abcd");
  g_assert_cmpint (sa_socket_receive_with_flags (f->peer, &byte, 1, G_SOCKET_MSG_OOB, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
}

/* Each of them is told.  */
static void
test_out_of_band_again (Fixture *f,
                        gconstpointer data)
{
  char byte = 0;

  g_signal_connect (f->peer, "out-of-band-ready", G_CALLBACK (receive_urgent), &byte);
  for (char c = '1'; c <= '3'; c++)
    {
      g_string_truncate (f->log, 0);
      sa_socket_send_with_flags (f->client, (const guint8 *) &c, 1, G_SOCKET_MSG_OOB, NULL, NULL);
      test_wait_for_log (f->log, "o");
      g_assert_cmpint (byte, ==, c);
    }
}

static void
test_peek (Fixture *f,
           gconstpointer data)
{
  char text[8] = "";

  send_text (f->client, "abc");
  test_wait_for_log (f->log, "r");
  g_assert_cmpint (sa_socket_get_available_bytes (f->peer, NULL), ==, 3);
  g_assert_cmpint (sa_socket_receive_with_flags (f->peer, text, 1, G_SOCKET_MSG_PEEK, NULL, NULL), ==, 1);
  g_assert_cmpint (sa_socket_get_available_bytes (f->peer, NULL), ==, 3);
  g_assert_cmpint (sa_socket_receive (f->peer, text, 1, NULL, NULL), ==, 1);
  g_assert_cmpint (sa_socket_get_available_bytes (f->peer, NULL), ==, 2);
  g_assert_cmpstr (text, ==, "a");
}

/* A send that would have blocked is followed by send-ready when there is room, once.  */
static void
test_send_ready_again (Fixture *f,
                       gconstpointer data)
{
  g_autofree guint8 *block = g_malloc0 (65536);
  g_autoptr (GString) log = test_log (f->client);
  g_autoptr (GError) error = NULL;
  gsize sent = 0;
  gsize received = 0;

  test_spin (NULL, 20);
  g_string_truncate (log, 0);
  while (sa_socket_send (f->client, block, 65536, NULL, &error) > 0)
    sent += 65536;
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_assert_cmpuint (sa_socket_get_queued_bytes (f->client), >=, sa_socket_get_high_water_mark (f->client));

  while (received < sent)
    {
      gssize n = sa_socket_receive (f->peer, block, 65536, NULL, NULL);

      if (n > 0)
        received += (gsize) n;
      g_main_context_iteration (NULL, n <= 0);
    }
  test_wait_for_log (log, "s");
  test_spin (NULL, 20);
  g_assert_cmpstr (log->str, ==, "s");
  g_assert_cmpuint (sa_socket_get_queued_bytes (f->client), ==, 0);
  g_assert_cmpuint (sa_socket_get_bytes_sent (f->client), ==, sent);
  g_assert_cmpuint (sa_socket_get_bytes_received (f->peer), ==, sent);
  g_signal_handlers_disconnect_by_data (f->client, log);
}

/* A connect under SA_WAIT_NEVER: begun, and then told.  */
static void
test_connected (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (GString) log = test_log (client);
  g_autoptr (GString) server_log = test_log (server);
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GError) error = NULL;

  sa_socket_set_wait_policy (client, SA_WAIT_NEVER);
  sa_socket_set_wait_policy (server, SA_WAIT_NEVER);
  g_assert_true (
      sa_socket_connect_to_host (client, "127.0.0.1", sa_socket_get_local_port (server), NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (sa_socket_get_state (client), ==, SA_SOCKET_STATE_CONNECTING);
  test_wait_for_log (log, "cs");
  g_assert_cmpint (sa_socket_get_state (client), ==, SA_SOCKET_STATE_CONNECTED);
  test_wait_for_log (server_log, "a");
  peer = sa_socket_accept (server, NULL, &error);
  g_assert_no_error (error);
  test_spin (NULL, 20);
  g_assert_cmpstr (server_log->str, ==, "a");
  g_assert_null (sa_socket_accept (server, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
}

static void
test_connected_error (void)
{
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (GString) log = test_log (client);
  g_autoptr (GError) error = NULL;

  sa_socket_set_wait_policy (client, SA_WAIT_NEVER);
  g_assert_true (sa_socket_connect_to_host (client, "127.0.0.1", test_unused_port (), NULL, &error));
  g_assert_no_error (error);
  test_wait_for_log (log, "C");
  g_assert_cmpstr (log->str, ==, "C");
  g_assert_cmpint (sa_socket_get_state (client), ==, SA_SOCKET_STATE_NEW);
}

static void
accept_one (SaSocket *server,
            GPtrArray *peers)
{
  SaSocket *peer = sa_socket_accept (server, NULL, NULL);

  g_assert_nonnull (peer);
  g_ptr_array_add (peers, peer);
}

/* One accept in each accept-ready is enough to serve a crowd.  */
static void
test_accept_crowd (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (GPtrArray) peers = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GString) log = test_log (server);
  SaSocket *clients[10];

  sa_socket_set_wait_policy (server, SA_WAIT_NEVER);
  for (int i = 0; i < 10; i++)
    {
      clients[i] = sa_socket_new ();
      sa_socket_connect_to_host (clients[i], "127.0.0.1", sa_socket_get_local_port (server), NULL, NULL);
    }
  g_signal_connect (server, "accept-ready", G_CALLBACK (accept_one), peers);
  test_wait_for_log (log, "aaaaaaaaaa");
  test_spin (NULL, 20);
  g_assert_cmpuint (peers->len, ==, 10);
  g_assert_cmpuint (log->len, ==, 10);
  for (int i = 0; i < 10; i++)
    g_object_unref (clients[i]);
}

/* Signals come in the context that was the thread's default when the socket was made.  */
static void
test_context (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = NULL;
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GString) log = NULL;

  g_main_context_push_thread_default (context);
  test_connect (server, &client, &peer);
  g_main_context_pop_thread_default (context);
  g_assert_true (sa_socket_get_context (client) == context);
  /* An accepted socket belongs where its listener does.  */
  g_assert_true (sa_socket_get_context (peer) == g_main_context_default ());

  log = test_log (client);
  test_spin (NULL, 20);
  g_assert_cmpstr (log->str, ==, "");
  test_wait_in (context, test_log_has, (&(TestLogWait){ log, "s" }));
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_use_one_byte ();

#define ADD(name, func) g_test_add ("/socket/events/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("send-ready-once", test_send_ready_once);
  ADD ("reading-nothing", test_reading_nothing);
  ADD ("reading-part", test_reading_part);
  ADD ("reading-twice", test_reading_twice);
  ADD ("reading-outside", test_reading_outside);
  ADD ("end", test_end);
  ADD ("end-unasked", test_end_unasked);
  ADD ("reset", test_reset);
  ADD ("reset-after-bytes", test_reset_after_bytes);
  ADD ("mask", test_mask);
  ADD ("mask-again", test_mask_again);
  ADD ("out-of-band", test_out_of_band);
  ADD ("out-of-band-again", test_out_of_band_again);
  ADD ("peek", test_peek);
  ADD ("send-ready-again", test_send_ready_again);
  g_test_add_func ("/socket/events/stale", test_stale);
  g_test_add_func ("/socket/events/taken-before", test_taken_before);
  g_test_add_func ("/socket/events/connected", test_connected);
  g_test_add_func ("/socket/events/connected-error", test_connected_error);
  g_test_add_func ("/socket/events/accept-crowd", test_accept_crowd);
  g_test_add_func ("/socket/events/context", test_context);

  return g_test_run ();
}
