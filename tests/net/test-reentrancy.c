/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-one-byte.h"
#include "test-socket-utils.h"
#include "test-utils.h"

/* Every signal and every asynchronous callback x everything that may be done to the socket inside of it, and
 * what comes afterwards: which signals, how often, and whether the socket still works.
 *
 * Letters of the log: those of test_log (), n (notify::state).  */

/* What has to hold after an action.  */
typedef enum
{
  AFTER_GOES_ON,   /* the socket works as before */
  AFTER_CLOSED,    /* one closed signal, without an error, and nothing else ever */
  AFTER_GONE,      /* the object is freed, and nothing is told */
  AFTER_SHUT_DOWN, /* both halves have ended */
  AFTER_CONNECTED, /* another connection was begun */
  AFTER_SILENT,    /* nothing is told before somebody asks for it */
} After;

typedef struct
{
  const char *cause;   /* the signal or the call in which it happens */
  const char *action;  /* what is done there */
  SaSocket *server;    /* accepts for `other`, and is the socket itself for accept-ready */
  SaSocket *second;    /* where another connection goes */
  SaSocket *self;      /* the socket whose handlers act */
  SaSocket *other;     /* the other end of it */
  SaSocketFile *file;  /* over self, for the calls of streams */
  GWeakRef weak;       /* to self */
  GString *log;        /* what was told since the action began, or since the beginning */
  GString *received;   /* what self received */
  char buffer[16];     /* for reads of the stream */
  int depth[128];      /* of each signal: none is emitted inside itself */
  gboolean acted;      /* the action was begun */
  gboolean done;       /* the action has ended, and the handler with it */
  gboolean silent;     /* no signal may come */
} Story;

static void
receive_all (Story *story)
{
  char text[64];
  gssize n;

  while ((n = sa_socket_receive (story->self, text, sizeof text, NULL, NULL)) > 0)
    g_string_append_len (story->received, text, n);
}

static void
begin_connection (Story *story,
                  SaSocket *socket)
{
  g_autoptr (GError) error = NULL;

  sa_socket_connect_to_host (socket, "127.0.0.1", sa_socket_get_local_port (story->second), NULL, &error);
  if (g_str_equal (story->cause, "notify-closed"))
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  else
    g_assert_no_error (error);
}

static void
act_connect_anew (Story *story)
{
  sa_socket_close (story->self, NULL);
  g_string_truncate (story->log, 0);
  begin_connection (story, story->self);
}

static void
act_detach_attach (Story *story)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = sa_socket_detach (story->self, &error);

  /* Where there is nothing to detach, or the call that is being told of is not over.  */
  if (socket == NULL)
    return;

  g_assert_cmpint (sa_socket_get_state (story->self), ==, SA_SOCKET_STATE_NEW);
  sa_socket_attach (story->self, socket, &error);
  g_assert_no_error (error);
}

static void
act_wait_dispatching (Story *story)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SaSocket) peer = NULL;
  char text[64];
  gssize n;

  sa_socket_set_wait_policy (story->self, SA_WAIT_DISPATCH);
  sa_socket_set_timeout (story->self, 20);
  story->silent = TRUE;
  if (sa_socket_get_state (story->self) == SA_SOCKET_STATE_LISTENING)
    {
      while ((peer = sa_socket_accept (story->self, NULL, &error)) != NULL)
        g_clear_object (&peer);
    }
  else
    {
      while ((n = sa_socket_receive (story->self, text, sizeof text, NULL, &error)) > 0)
        g_string_append_len (story->received, text, n);
      if (sa_socket_get_state (story->self) == SA_SOCKET_STATE_CONNECTED && error != NULL)
        g_assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) ||
                       sa_socket_get_last_error (story->self) != NULL);
    }
  story->silent = FALSE;
  sa_socket_set_timeout (story->self, 0);
  sa_socket_set_wait_policy (story->self, SA_WAIT_NEVER);
}

static void
act_simply (Story *story)
{
  const char *action = story->action;
  char byte;

  if (g_str_equal (action, "close"))
    sa_socket_close (story->self, NULL);
  else if (g_str_equal (action, "abort"))
    sa_socket_abort (story->self);
  else if (g_str_equal (action, "shutdown"))
    sa_socket_shutdown (story->self, SA_SHUTDOWN_BOTH, NULL);
  else if (g_str_equal (action, "mask"))
    sa_socket_set_event_mask (story->self, SA_SOCKET_EVENT_NONE);
  else if (g_str_equal (action, "priority"))
    sa_socket_set_priority (story->self, G_PRIORITY_LOW);
  else if (g_str_equal (action, "nested-loop"))
    test_spin (NULL, 10);
  else if (g_str_equal (action, "send"))
    sa_socket_send (story->self, (const guint8 *) "+", 1, NULL, NULL);
  else if (sa_socket_receive (story->self, &byte, 1, NULL, NULL) == 1)
    g_string_append_c (story->received, byte);
}

static void
act (Story *story)
{
  SaSocket *self = story->self;

  story->acted = TRUE;
  g_string_truncate (story->log, 0);
  if (g_str_equal (story->action, "unref"))
    {
      g_clear_object (&story->file);
      story->self = NULL;
      g_object_unref (self);
    }
  else if (g_str_equal (story->action, "unref-all"))
    {
      g_clear_object (&story->file);
      if (story->server == self)
        story->server = NULL;
      story->self = NULL;
      g_object_unref (self);
      g_clear_object (&story->other);
      g_clear_object (&story->server);
    }
  else if (g_str_equal (story->action, "connect-anew"))
    act_connect_anew (story);
  else if (g_str_equal (story->action, "detach-attach"))
    act_detach_attach (story);
  else if (g_str_equal (story->action, "nested-dispatch"))
    act_wait_dispatching (story);
  else
    act_simply (story);
}

static void
hear (Story *story,
      SaSocket *socket,
      const char *name,
      char letter)
{
  /* A call that notifies holds the socket until it is over.  */
  g_assert_true (socket == story->self || g_str_has_prefix (story->cause, "notify-"));
  g_assert_true (letter == 'n' || !story->silent);
  g_assert_cmpint (story->depth[(int) letter]++, ==, 0);
  g_string_append_c (story->log, letter);
  if (!story->acted && g_str_equal (story->cause, name))
    {
      act (story);
      story->done = TRUE;
    }
  else if (letter == 'r')
    receive_all (story);
  if (story->self != NULL && letter == 'r' && sa_socket_get_state (socket) == SA_SOCKET_STATE_CONNECTED)
    receive_all (story);
  story->depth[(int) letter]--;
}

static void on_accept_ready (SaSocket *s, Story *story) { hear (story, s, "accept-ready", 'a'); }
static void on_receive_ready (SaSocket *s, Story *story) { hear (story, s, "receive-ready", 'r'); }
static void on_send_ready (SaSocket *s, Story *story) { hear (story, s, "send-ready", 's'); }
static void on_out_of_band_ready (SaSocket *s, Story *story) { hear (story, s, "out-of-band-ready", 'o'); }
static void on_receive_ended (SaSocket *s, Story *story) { hear (story, s, "receive-ended", 'e'); }

static void
on_connected (SaSocket *self,
              const GError *error,
              Story *story)
{
  hear (story, self, "connected", error == NULL ? 'c' : 'C');
}

static void
on_closed (SaSocket *self,
           const GError *error,
           Story *story)
{
  hear (story, self, g_str_equal (story->cause, "closed-here") ? "closed-here" : "closed",
        error == NULL ? 'x' : 'X');
}

static void
on_state (SaSocket *self,
          GParamSpec *pspec,
          Story *story)
{
  SaSocketState state = sa_socket_get_state (self);

  /* States change inside of each other's notification, when a handler closes.  */
  story->depth['n'] = 0;
  hear (story, self,
        state == SA_SOCKET_STATE_CONNECTED ? "notify-connected"
        : state == SA_SOCKET_STATE_CLOSED  ? "notify-closed"
                                           : "notify",
        'n');
  story->depth['n'] = 0;
}

static void
listen_to (Story *story,
           SaSocket *self)
{
  sa_socket_set_wait_policy (self, SA_WAIT_NEVER);
  story->self = self;
  g_weak_ref_init (&story->weak, self);
  g_signal_connect (self, "accept-ready", G_CALLBACK (on_accept_ready), story);
  g_signal_connect (self, "receive-ready", G_CALLBACK (on_receive_ready), story);
  g_signal_connect (self, "send-ready", G_CALLBACK (on_send_ready), story);
  g_signal_connect (self, "out-of-band-ready", G_CALLBACK (on_out_of_band_ready), story);
  g_signal_connect (self, "receive-ended", G_CALLBACK (on_receive_ended), story);
  g_signal_connect (self, "connected", G_CALLBACK (on_connected), story);
  g_signal_connect (self, "closed", G_CALLBACK (on_closed), story);
  g_signal_connect (self, "notify::state", G_CALLBACK (on_state), story);
}

/* Called by every asynchronous call: the result is looked at as a program would.  */
static void
on_called (GObject *source,
           GAsyncResult *result,
           gpointer data)
{
  Story *story = data;
  SaSocket *self = SA_IS_SOCKET (source) ? SA_SOCKET (source) : NULL;
  g_autoptr (SaSocket) peer = NULL;
  g_autofree guint8 *bytes = NULL;
  gsize length;

  if (g_str_equal (story->cause, "accept-async"))
    peer = sa_socket_accept_finish (self, result, NULL);
  else if (g_str_equal (story->cause, "receive-async"))
    bytes = sa_socket_receive_finish (self, result, &length, NULL);
  if (story->acted)
    return;

  if (bytes != NULL)
    g_string_append_len (story->received, (const char *) bytes, (gssize) length);
  if (g_str_equal (story->cause, "stream-read"))
    {
      gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

      if (n > 0)
        g_string_append_len (story->received, story->buffer, n);
    }
  g_clear_object (&peer);
  act (story);
  story->done = TRUE;
}

/* Begins the call of that name; FALSE if the cause is a signal.  */
static gboolean
call_on_connection (Story *story)
{
  SaSocket *self = story->self;
  GInputStream *input = NULL;
  GOutputStream *output = NULL;

  if (g_str_has_prefix (story->cause, "stream-"))
    {
      story->file = sa_socket_file_new (self, NULL);
      input = g_io_stream_get_input_stream (G_IO_STREAM (story->file));
      output = g_io_stream_get_output_stream (G_IO_STREAM (story->file));
    }
  if (g_str_equal (story->cause, "receive-async"))
    sa_socket_receive_async (self, 64, NULL, on_called, story);
  else if (g_str_equal (story->cause, "send-async"))
    sa_socket_send_async (self, (const guint8 *) "+", 1, NULL, on_called, story);
  else if (g_str_equal (story->cause, "close-async"))
    sa_socket_close_gracefully_async (self, NULL, on_called, story);
  else if (g_str_equal (story->cause, "stream-read"))
    g_input_stream_read_async (input, story->buffer, 16, G_PRIORITY_DEFAULT, NULL, on_called, story);
  else if (g_str_equal (story->cause, "stream-skip"))
    g_input_stream_skip_async (input, 1, G_PRIORITY_DEFAULT, NULL, on_called, story);
  else if (g_str_equal (story->cause, "stream-write"))
    g_output_stream_write_async (output, "+", 1, G_PRIORITY_DEFAULT, NULL, on_called, story);
  else if (g_str_equal (story->cause, "stream-flush"))
    g_output_stream_flush_async (output, G_PRIORITY_DEFAULT, NULL, on_called, story);
  else if (g_str_equal (story->cause, "stream-close"))
    g_io_stream_close_async (G_IO_STREAM (story->file), G_PRIORITY_DEFAULT, NULL, on_called, story);
  else
    return FALSE;

  return TRUE;
}

/* What the other end does, so that the signal comes or the call ends.  */
static void
provoke_from_other (Story *story)
{
  const char *cause = story->cause;
  g_autoptr (GError) error = NULL;

  if (g_str_equal (cause, "receive-ready") || g_str_equal (cause, "receive-async") ||
      g_str_equal (cause, "stream-read") || g_str_equal (cause, "stream-skip"))
    sa_socket_send (story->other, (const guint8 *) "abc", 3, NULL, &error);
  else if (g_str_equal (cause, "out-of-band-ready"))
    sa_socket_send_with_flags (story->other, (const guint8 *) "!", 1, G_SOCKET_MSG_OOB, NULL, &error);
  else if (g_str_equal (cause, "receive-ended") || g_str_equal (cause, "close-async"))
    sa_socket_shutdown (story->other, SA_SHUTDOWN_SENDS, &error);
  else if (g_str_equal (cause, "closed"))
    sa_socket_abort (story->other);
  else if (g_str_equal (cause, "closed-here") || g_str_equal (cause, "notify-closed"))
    sa_socket_close (story->self, &error);
  g_assert_no_error (error);
}

static void
provoke_on_listener (Story *story)
{
  const char *cause = story->cause;

  listen_to (story, g_object_ref (story->server));
  story->other = sa_socket_new ();
  if (g_str_equal (cause, "accept-async"))
    {
      sa_socket_accept_async (story->self, NULL, on_called, story);
    }
  else if (g_str_equal (cause, "accept-into-async"))
    {
      g_autoptr (SaSocket) peer = sa_socket_new ();

      sa_socket_accept_into_async (story->self, peer, NULL, on_called, story);
    }
  sa_socket_set_wait_policy (story->other, SA_WAIT_NEVER);
  sa_socket_connect_to_host (story->other, "127.0.0.1", sa_socket_get_local_port (story->server), NULL, NULL);
  g_clear_object (&story->server);
}

static void
provoke_on_client (Story *story)
{
  guint port = sa_socket_get_local_port (story->server);

  listen_to (story, sa_socket_new ());
  sa_socket_set_timeout (story->server, 20000);
  if (g_str_equal (story->cause, "connect-async"))
    sa_socket_connect_to_host_async (story->self, "127.0.0.1", port, NULL, on_called, story);
  else
    sa_socket_connect_to_host (story->self, "127.0.0.1", port, NULL, NULL);
}

static void
provoke (Story *story)
{
  const char *cause = story->cause;
  SaSocket *self;

  story->server = test_listener ();
  story->second = test_listener ();
  sa_socket_set_timeout (story->second, 20000);
  if (g_str_has_prefix (cause, "accept-"))
    {
      provoke_on_listener (story);
      return;
    }
  if (g_str_has_prefix (cause, "connect") || g_str_equal (cause, "notify-connected"))
    {
      provoke_on_client (story);
      return;
    }

  test_connect (story->server, &story->other, &self);
  listen_to (story, self);
  call_on_connection (story);
  provoke_from_other (story);
}

/* The socket gets what the other end sends, and the other way round.  */
static void
assert_talks (Story *story)
{
  char text[8] = "";
  g_autoptr (GError) error = NULL;

  if (strchr (story->log->str, 'e') == NULL && !g_str_equal (story->cause, "receive-ended") &&
      !g_str_equal (story->cause, "close-async"))
    {
      gsize before = story->received->len;

      g_assert_cmpint (sa_socket_send (story->other, (const guint8 *) "ping", 4, NULL, &error), ==, 4);
      g_assert_no_error (error);
      while (g_strrstr (story->received->str, "ping") == NULL)
        g_main_context_iteration (NULL, TRUE);
      g_assert_cmpuint (story->received->len, >=, before + 4);
    }

  g_assert_cmpint (sa_socket_send (story->self, (const guint8 *) "pong", 4, NULL, &error), ==, 4);
  g_assert_no_error (error);
  sa_socket_set_timeout (story->other, 20000);
  while (g_strrstr (text, "pong") == NULL)
    {
      gsize length = strlen (text);
      gssize n = sa_socket_receive (story->other, text + length, 7 - length, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpint (n, >, 0);
      test_spin (NULL, 5);
    }
}

static void
assert_listens (Story *story)
{
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (SaSocket) peer = NULL;

  /* What came before is accepted first, so that the signal has to come for this one.  */
  while ((peer = sa_socket_accept (story->self, NULL, NULL)) != NULL)
    g_clear_object (&peer);
  test_spin (NULL, 10);
  g_string_truncate (story->log, 0);
  sa_socket_connect_to_host (client, "127.0.0.1", sa_socket_get_local_port (story->self), NULL, &error);
  g_assert_no_error (error);
  test_wait_for_log (story->log, "a");
  peer = sa_socket_accept (story->self, NULL, &error);
  g_assert_no_error (error);
}

/* Closing is told once, at once.  */
static void
assert_closes (Story *story)
{
  g_string_truncate (story->log, 0);
  g_assert_true (sa_socket_close (story->self, NULL));
  g_assert_nonnull (strchr (story->log->str, 'x'));
  test_spin (NULL, 10);
  g_assert_true (sa_socket_close (story->self, NULL));
  g_assert_cmpint (strchr (story->log->str, 'x') - strrchr (story->log->str, 'x'), ==, 0);
}

static void
assert_works (Story *story)
{
  switch (sa_socket_get_state (story->self))
    {
    case SA_SOCKET_STATE_CONNECTED:
      g_assert_null (strpbrk (story->log->str, "xXC"));
      assert_talks (story);
      assert_closes (story);
      break;
    case SA_SOCKET_STATE_LISTENING:
      g_assert_null (strpbrk (story->log->str, "xXC"));
      assert_listens (story);
      assert_closes (story);
      break;
    case SA_SOCKET_STATE_CLOSED:
      g_string_truncate (story->log, 0);
      g_assert_true (sa_socket_close (story->self, NULL));
      g_assert_cmpstr (story->log->str, ==, "");
      break;
    default:
      g_assert_not_reached ();
    }
}

/* Whether the socket is closed already when the action begins.  */
static gboolean
ends_first (Story *story)
{
  return g_str_equal (story->cause, "closed") || g_str_equal (story->cause, "closed-here") ||
         g_str_equal (story->cause, "close-async") || g_str_equal (story->cause, "stream-close");
}

static guint
count (const GString *log,
       char letter)
{
  guint n = 0;

  for (const char *p = log->str; *p != '\0'; p++)
    n += *p == letter;

  return n;
}

static void
assert_closed (Story *story)
{
  char byte;

  g_assert_cmpint (sa_socket_get_state (story->self), ==, SA_SOCKET_STATE_CLOSED);
  g_assert_cmpuint (count (story->log, 'x'), ==, ends_first (story) ? 0 : 1);
  g_assert_null (strpbrk (story->log->str, "XCcrseoa"));
  g_assert_cmpint (sa_socket_receive (story->self, &byte, 1, NULL, NULL), <, 1);
  g_assert_cmpint (sa_socket_send (story->self, (const guint8 *) "x", 1, NULL, NULL), ==, -1);
  g_assert_true (sa_socket_close (story->self, NULL));
}

static void
assert_shut_down (Story *story)
{
  g_autoptr (GError) error = NULL;
  char byte;

  if (sa_socket_get_state (story->self) != SA_SOCKET_STATE_CONNECTED)
    {
      assert_works (story);
      return;
    }

  g_assert_cmpuint (count (story->log, 'e'), ==, g_str_equal (story->cause, "receive-ended") ? 0 : 1);
  g_assert_null (strpbrk (story->log->str, "Xxr"));
  sa_socket_set_timeout (story->other, 20000);
  while (sa_socket_receive (story->other, &byte, 1, NULL, &error) > 0)
    test_spin (NULL, 5);
  sa_socket_close (story->other, NULL);
  assert_closes (story);
}

static void
assert_connected_anew (Story *story)
{
  g_autoptr (GError) error = NULL;

  if (g_str_equal (story->cause, "notify-closed"))
    {
      g_assert_cmpstr (story->log->str, ==, "x");
      return;
    }

  /* The first connection is over.  */
  g_clear_object (&story->other);
  test_wait_for_log (story->log, "s");
  g_assert_cmpuint (count (story->log, 'c'), ==, 1);
  g_assert_cmpuint (count (story->log, 's'), ==, 1);
  g_assert_null (strpbrk (story->log->str, "XCxe"));
  g_string_truncate (story->received, 0);
  story->other = sa_socket_accept (story->second, NULL, &error);
  g_assert_no_error (error);
  story->cause = "a new connection";
  assert_talks (story);
  assert_closes (story);
}

static void
assert_silent (Story *story)
{
  gsize before = story->received->len;

  g_assert_cmpuint (story->log->len, ==, count (story->log, 'n'));
  if (sa_socket_get_state (story->self) == SA_SOCKET_STATE_CONNECTED && !ends_first (story))
    {
      if (!g_str_equal (story->cause, "receive-ended"))
        sa_socket_send (story->other, (const guint8 *) "ping", 4, NULL, NULL);
      test_spin (NULL, 20);
      g_assert_cmpuint (story->received->len, ==, before);
      g_assert_cmpuint (story->log->len, ==, count (story->log, 'n'));
    }
  sa_socket_set_event_mask (story->self, SA_SOCKET_EVENT_ALL);
  assert_works (story);
}

static After
expect (Story *story)
{
  const char *action = story->action;

  if (g_str_equal (action, "close") || g_str_equal (action, "abort"))
    return AFTER_CLOSED;
  if (g_str_has_prefix (action, "unref"))
    return AFTER_GONE;
  if (g_str_equal (action, "shutdown"))
    return AFTER_SHUT_DOWN;
  if (g_str_equal (action, "connect-anew"))
    return AFTER_CONNECTED;

  return g_str_equal (action, "mask") ? AFTER_SILENT : AFTER_GOES_ON;
}

static void
assert_after (Story *story)
{
  g_autoptr (GObject) alive = NULL;

  if (story->other == NULL && story->server != NULL)
    story->other = sa_socket_accept (story->server, NULL, NULL);
  switch (expect (story))
    {
    case AFTER_GOES_ON:
      assert_works (story);
      break;
    case AFTER_CLOSED:
      assert_closed (story);
      break;
    case AFTER_GONE:
      alive = g_weak_ref_get (&story->weak);
      g_assert_null (alive);
      if (!g_str_has_prefix (story->cause, "notify-"))
        g_assert_cmpstr (story->log->str, ==, "");
      break;
    case AFTER_SHUT_DOWN:
      assert_shut_down (story);
      break;
    case AFTER_CONNECTED:
      assert_connected_anew (story);
      break;
    case AFTER_SILENT:
      assert_silent (story);
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
test_story (gconstpointer data)
{
  g_auto (GStrv) words = g_strsplit (data, "/", 2);
  Story story = { .cause = words[0], .action = words[1] };

  story.log = g_string_new (NULL);
  story.received = g_string_new (NULL);
  provoke (&story);
  test_wait_until (&story.done);
  test_spin (NULL, 30);
  assert_after (&story);
  g_clear_object (&story.file);
  g_clear_object (&story.other);
  g_clear_object (&story.self);
  g_clear_object (&story.server);
  g_clear_object (&story.second);
  test_spin (NULL, 20);
  g_weak_ref_clear (&story.weak);
  g_string_free (story.log, TRUE);
  g_string_free (story.received, TRUE);
}

/* The same from inside a call that waits.  */
static void
close_when_connected (SaSocket *self,
                      GParamSpec *pspec,
                      GString *log)
{
  if (sa_socket_get_state (self) == SA_SOCKET_STATE_CONNECTED)
    sa_socket_close (self, NULL);
}

static void
test_close_in_notify (gconstpointer policy)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = sa_socket_new ();
  GString *log = test_log (client);
  g_autoptr (GError) error = NULL;
  gboolean connected;

  sa_socket_set_wait_policy (client, (SaWaitPolicy) GPOINTER_TO_INT (policy));
  g_signal_connect (client, "notify::state", G_CALLBACK (close_when_connected), NULL);
  connected =
      sa_socket_connect_to_host (client, "127.0.0.1", sa_socket_get_local_port (server), NULL, &error);
  if (GPOINTER_TO_INT (policy) != SA_WAIT_NEVER)
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
      g_assert_false (connected);
    }
  test_wait_for_log (log, "x");
  test_spin (NULL, 20);
  g_assert_cmpint (sa_socket_get_state (client), ==, SA_SOCKET_STATE_CLOSED);
  g_assert_cmpstr (log->str, ==, "x");
  g_clear_object (&client);
  g_string_free (log, TRUE);
}

int
main (int argc,
      char **argv)
{
  static const char *const causes[] = {
    "accept-ready",  "connected",         "receive-ready", "send-ready",       "out-of-band-ready",
    "receive-ended", "closed",            "closed-here",   "notify-connected", "notify-closed",
    "accept-async",  "accept-into-async", "connect-async", "receive-async",    "send-async",
    "close-async",   "stream-read",       "stream-skip",   "stream-write",     "stream-flush",
    "stream-close",
  };
  static const char *const actions[] = {
    "close",       "abort",           "unref", "unref-all", "shutdown",      "connect-anew",
    "nested-loop", "nested-dispatch", "mask",  "priority",  "detach-attach", "send",
    "receive",
  };
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  g_test_init (&argc, &argv, NULL);
  test_use_one_byte ();

  for (guint i = 0; i < G_N_ELEMENTS (causes); i++)
    for (guint j = 0; j < G_N_ELEMENTS (actions); j++)
      {
        char *name = g_strconcat (causes[i], "/", actions[j], NULL);
        g_autofree char *path = g_strconcat ("/reentrancy/", name, NULL);

        g_ptr_array_add (names, name);
        g_test_add_data_func (path, name, test_story);
      }

  g_test_add_data_func ("/reentrancy/notify/never", GINT_TO_POINTER (SA_WAIT_NEVER), test_close_in_notify);
  g_test_add_data_func ("/reentrancy/notify/block", GINT_TO_POINTER (SA_WAIT_BLOCK), test_close_in_notify);
  g_test_add_data_func ("/reentrancy/notify/dispatch", GINT_TO_POINTER (SA_WAIT_DISPATCH),
                        test_close_in_notify);

  return g_test_run ();
}
