/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sockarch/net/sa-socket-private.h"

#include "test-one-byte.h"
#include "test-socket-utils.h"
#include "test-utils.h"

/* A handler that leaves all of what it was told of: when receive-ready comes to it again, and when not.  */

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
  g_signal_handlers_disconnect_by_data (f->peer, f->log);
  g_object_unref (f->client);
  g_object_unref (f->peer);
  test_spin (NULL, 5);
  g_string_free (f->log, TRUE);
}

/* poll () knows levels only: it cannot tell more bytes from those that nobody received.  */
static gboolean
knows_more (Fixture *f)
{
  if (g_str_equal (sa_poller_get_backend_name (sa_socket_get_poller (f->peer)), "epoll"))
    return TRUE;

  g_test_skip ("poll () cannot tell that more has arrived where something was");
  return FALSE;
}

static void
send_text (SaSocket *socket,
           const char *text)
{
  for (gsize sent = 0; sent < strlen (text);)
    {
      gssize n = sa_socket_send (socket, (const guint8 *) text + sent, strlen (text) - sent, NULL, NULL);

      g_assert_cmpint (n, >, 0);
      sent += (gsize) n;
    }
}

/* Sends until it would block, and has the other end receive all of it.  */
static void
fill_and_drain (SaSocket *from,
                SaSocket *to)
{
  g_autofree guint8 *block = g_malloc0 (65536);
  gsize sent = 0;
  gsize received = 0;
  gssize n;

  while ((n = sa_socket_send (from, block, 65536, NULL, NULL)) > 0)
    sent += (gsize) n;
  while (received < sent)
    {
      n = sa_socket_receive (to, block, 65536, NULL, NULL);
      if (n > 0)
        received += (gsize) n;
      g_main_context_iteration (NULL, n <= 0);
    }
}

/* That there is room to send again is no reason.  */
static void
test_room (Fixture *f,
           gconstpointer data)
{
  send_text (f->client, "one");
  test_wait_for_log (f->log, "r");
  test_spin (NULL, 5);
  for (int i = 0; i < 2; i++)
    {
      fill_and_drain (f->peer, f->client);
      test_wait_for_log (f->log, "s");
      test_spin (NULL, 20);
      g_assert_cmpstr (f->log->str, ==, i == 0 ? "rs" : "rss");
    }

  /* More bytes are one.  */
  if (knows_more (f))
    {
      send_text (f->client, "two");
      test_wait_for_log (f->log, "rssr");
    }
}

/* Nor does the loop turn for it.  */
static void
test_sleeps (Fixture *f,
             gconstpointer data)
{
  SaPoller *poller = sa_socket_get_poller (f->peer);
  gsize dispatches;

  send_text (f->client, "one");
  test_wait_for_log (f->log, "r");
  test_spin (NULL, 5);
  dispatches = SA_POLLER_STAT (poller, dispatches);
  test_spin (NULL, 20);
  g_assert_cmpuint (SA_POLLER_STAT (poller, dispatches), ==, dispatches);
  g_assert_cmpstr (f->log->str, ==, "r");
}

/* More comes while the handler runs: it may have been there before the handler looked, or not.  */
static void
send_more_once (SaSocket *peer,
                SaSocket **client)
{
  if (*client == NULL)
    return;

  send_text (*client, "more");
  *client = NULL;
}

static void
test_meanwhile (Fixture *f,
                gconstpointer data)
{
  SaSocket *sender = f->client;

  if (!knows_more (f))
    return;

  g_signal_connect (f->peer, "receive-ready", G_CALLBACK (send_more_once), &sender);
  send_text (f->client, "one");
  test_wait_for_log (f->log, "rr");
  test_spin (NULL, 20);
  g_assert_cmpstr (f->log->str, ==, "rr");
}

static void
spin_and_send_once (SaSocket *peer,
                    SaSocket **client)
{
  SaSocket *sender = g_steal_pointer (client);

  if (sender == NULL)
    return;

  send_text (sender, "more");
  test_spin (NULL, 20);
}

/* The same, and the loop that runs in the handler hears of it first.  */
static void
test_meanwhile_nested (Fixture *f,
                       gconstpointer data)
{
  SaSocket *sender = f->client;

  if (!knows_more (f))
    return;

  g_signal_connect (f->peer, "receive-ready", G_CALLBACK (spin_and_send_once), &sender);
  send_text (f->client, "one");
  test_wait_for_log (f->log, "rr");
  test_spin (NULL, 20);
  g_assert_cmpstr (f->log->str, ==, "rr");
}

/* As many come as were taken in between: they are others.  */
static void
test_same_number (Fixture *f,
                  gconstpointer data)
{
  char text[8] = "";
  gsize done = 0;

  send_text (f->client, "one");
  test_wait_for_log (f->log, "r");
  test_spin (NULL, 5);
  while (done < 3)
    {
      gssize n = sa_socket_receive (f->peer, text + done, 3 - done, NULL, NULL);

      g_assert_cmpint (n, >, 0);
      done += (gsize) n;
    }
  test_spin (NULL, 5);
  g_string_truncate (f->log, 0);
  send_text (f->client, "two");
  test_wait_for_log (f->log, "r");
}

static void
peek (SaSocket *socket,
      guint *n_peeks)
{
  char byte;

  g_assert_cmpint (sa_socket_receive_with_flags (socket, &byte, 1, G_SOCKET_MSG_PEEK, NULL, NULL), ==, 1);
  (*n_peeks)++;
}

/* To look is not to take: who waits for a message to be whole is not asked all the time.  */
static void
test_peek (Fixture *f,
           gconstpointer data)
{
  guint n_peeks = 0;

  g_signal_connect (f->peer, "receive-ready", G_CALLBACK (peek), &n_peeks);
  send_text (f->client, "one");
  test_wait_for_log (f->log, "r");
  test_spin (NULL, 20);
  g_assert_cmpuint (n_peeks, <=, test_is_one_byte () ? 3 : 1);
}

/* Who asks anew is told anew.  */
static void
test_mask (Fixture *f,
           gconstpointer data)
{
  send_text (f->client, "one");
  test_wait_for_log (f->log, "r");
  test_spin (NULL, 5);
  sa_socket_set_event_mask (f->peer, SA_SOCKET_EVENT_SEND);
  test_spin (NULL, 5);
  sa_socket_set_event_mask (f->peer, SA_SOCKET_EVENT_ALL);
  test_wait_for_log (f->log, "rr");
  test_spin (NULL, 20);
  g_assert_cmpstr (f->log->str, ==, "rr");
}

static void
receive_all (SaSocket *socket,
             GString *received)
{
  char text[64];
  gssize n;

  while ((n = sa_socket_receive (socket, text, sizeof text, NULL, NULL)) > 0)
    g_string_append_len (received, text, n);
}

/* The end is told when the bytes before it are taken, though they were left first.  */
static void
test_end (Fixture *f,
          gconstpointer data)
{
  g_autoptr (GString) received = g_string_new (NULL);

  send_text (f->client, "one");
  test_wait_for_log (f->log, "r");
  test_spin (NULL, 5);
  sa_socket_shutdown (f->client, SA_SHUTDOWN_SENDS, NULL);
  test_spin (NULL, 20);
  g_assert_null (strchr (f->log->str, 'e'));
  receive_all (f->peer, received);
  g_assert_cmpstr (received->str, ==, "one");
  test_wait_for_log (f->log, "e");
}

/* The kernel does not count what is behind an urgent byte.  */
static void
test_urgent (Fixture *f,
             gconstpointer data)
{
  if (!knows_more (f))
    return;

  send_text (f->client, "one");
  test_wait_for_log (f->log, "r");
  sa_socket_send_with_flags (f->client, (const guint8 *) "!", 1, G_SOCKET_MSG_OOB, NULL, NULL);
  test_wait_for_log (f->log, "o");
  test_spin (NULL, 20);
  for (guint i = 0; i < 3; i++)
    {
      g_string_truncate (f->log, 0);
      send_text (f->client, "more");
      test_wait_for_log (f->log, "r");
      test_spin (NULL, 20);
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_use_one_byte ();

#define ADD(name, func) g_test_add ("/declined/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("room", test_room);
  ADD ("sleeps", test_sleeps);
  ADD ("meanwhile", test_meanwhile);
  ADD ("meanwhile-nested", test_meanwhile_nested);
  ADD ("same-number", test_same_number);
  ADD ("peek", test_peek);
  ADD ("mask", test_mask);
  ADD ("end", test_end);
  ADD ("urgent", test_urgent);

  return g_test_run ();
}
