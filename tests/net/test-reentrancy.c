/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-one-byte.h"
#include "test-socket-utils.h"
#include "test-utils.h"

/* Every signal x everything a handler may do to the socket that emits it.  */

typedef struct
{
  SaSocket *server;
  SaSocket *client;
  SaSocket *peer;
  const char *action;
  int called;
} Story;

static void
act (Story *story,
     SaSocket *self)
{
  char byte;

  if (story->called++ > 0)
    return;

  if (g_str_equal (story->action, "unref"))
    {
      if (self == story->client)
        g_clear_object (&story->client);
      else if (self == story->peer)
        g_clear_object (&story->peer);
      else
        g_clear_object (&story->server);
    }
  else if (g_str_equal (story->action, "close"))
    {
      sa_socket_close (self, NULL);
    }
  else if (g_str_equal (story->action, "abort"))
    {
      sa_socket_abort (self);
    }
  else if (g_str_equal (story->action, "send"))
    {
      sa_socket_send (self, (const guint8 *) "x", 1, NULL, NULL);
    }
  else if (g_str_equal (story->action, "receive"))
    {
      sa_socket_receive (self, &byte, 1, NULL, NULL);
    }
  else if (g_str_equal (story->action, "shutdown"))
    {
      sa_socket_shutdown (self, SA_SHUTDOWN_BOTH, NULL);
    }
  else if (g_str_equal (story->action, "free-all"))
    {
      g_clear_object (&story->client);
      g_clear_object (&story->peer);
      g_clear_object (&story->server);
    }
  else if (g_str_equal (story->action, "reuse"))
    {
      sa_socket_close (self, NULL);
      sa_socket_create (self, 0, G_SOCKET_TYPE_DATAGRAM, NULL, NULL);
    }
  else
    {
      g_assert_cmpstr (story->action, ==, "nested-loop");
      for (int i = 0; i < 10; i++)
        g_main_context_iteration (NULL, FALSE);
    }
}

static void
on_plain_signal (SaSocket *self,
                 Story *story)
{
  act (story, self);
}

static void
on_error_signal (SaSocket *self,
                 const GError *error,
                 Story *story)
{
  act (story, self);
}

static gboolean
is_called (gpointer data)
{
  return ((Story *) data)->called > 0;
}

static void
watch (Story *story,
       SaSocket *socket,
       const char *signal)
{
  gboolean with_error = g_str_equal (signal, "closed") || g_str_equal (signal, "connected");

  g_signal_connect (socket, signal, with_error ? G_CALLBACK (on_error_signal) : G_CALLBACK (on_plain_signal),
                    story);
}

/* Makes the signal come.  */
static void
provoke (Story *story,
         const char *signal)
{
  g_autoptr (GError) error = NULL;

  story->server = test_listener ();
  if (g_str_equal (signal, "connected") || g_str_equal (signal, "accept-ready"))
    {
      story->client = sa_socket_new ();
      sa_socket_set_wait_policy (story->client, SA_WAIT_NEVER);
      sa_socket_set_wait_policy (story->server, SA_WAIT_NEVER);
      watch (story, g_str_equal (signal, "connected") ? story->client : story->server, signal);
      sa_socket_connect_to_host (story->client, "127.0.0.1", sa_socket_get_local_port (story->server), NULL,
                                 &error);
      g_assert_no_error (error);
      return;
    }

  test_connect (story->server, &story->client, &story->peer);
  sa_socket_set_wait_policy (story->client, SA_WAIT_NEVER);
  sa_socket_set_wait_policy (story->peer, SA_WAIT_NEVER);
  watch (story, story->peer, signal);
  if (g_str_equal (signal, "receive-ready"))
    sa_socket_send (story->client, (const guint8 *) "abc", 3, NULL, &error);
  else if (g_str_equal (signal, "out-of-band-ready"))
    sa_socket_send_with_flags (story->client, (const guint8 *) "!", 1, G_SOCKET_MSG_OOB, NULL, &error);
  else if (g_str_equal (signal, "receive-ended"))
    sa_socket_shutdown (story->client, SA_SHUTDOWN_SENDS, &error);
  else if (g_str_equal (signal, "closed"))
    sa_socket_abort (story->client);
  g_assert_no_error (error);
}

static void
test_story (gconstpointer data)
{
  g_auto (GStrv) words = g_strsplit (data, "/", 2);
  Story story = { .action = words[1] };

  provoke (&story, words[0]);
  test_wait_in (NULL, is_called, &story);
  test_spin (NULL, 20);
  g_clear_object (&story.client);
  g_clear_object (&story.peer);
  g_clear_object (&story.server);
  test_spin (NULL, 20);
  g_assert_cmpint (story.called, >=, 1);
}

/* The same from inside a wait: notify::state is emitted by calls, not by the loop.  */
static void
on_state (SaSocket *self,
          GParamSpec *pspec,
          Story *story)
{
  if (sa_socket_get_state (self) == SA_SOCKET_STATE_CONNECTED)
    sa_socket_close (self, NULL);
}

static void
test_close_in_notify (gconstpointer policy)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = sa_socket_new ();

  sa_socket_set_wait_policy (client, (SaWaitPolicy) GPOINTER_TO_INT (policy));
  g_signal_connect (client, "notify::state", G_CALLBACK (on_state), NULL);
  sa_socket_connect_to_host (client, "127.0.0.1", sa_socket_get_local_port (server), NULL, NULL);
  test_spin (NULL, 20);
  g_assert_cmpint (sa_socket_get_state (client), !=, SA_SOCKET_STATE_CONNECTED);
}

int
main (int argc,
      char **argv)
{
  static const char *const signals[] = {
    "accept-ready",      "connected",     "receive-ready", "send-ready",
    "out-of-band-ready", "receive-ended", "closed",
  };
  static const char *const actions[] = {
    "unref", "close", "abort", "send", "receive", "shutdown", "free-all", "reuse", "nested-loop",
  };
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  g_test_init (&argc, &argv, NULL);
  test_use_one_byte ();

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    for (guint j = 0; j < G_N_ELEMENTS (actions); j++)
      {
        char *name = g_strconcat (signals[i], "/", actions[j], NULL);
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
