/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-one-byte.h"
#include "test-socket-utils.h"
#include "test-utils.h"

/* Every change of the state x everything that a handler of notify::state may do. Nobody else holds a
 * reference, not even who called.  */

typedef enum
{
  CHANGE_CREATE,
  CHANGE_LISTEN,
  CHANGE_CONNECT,
  CHANGE_CONNECT_LATER,
  CHANGE_CONNECT_ASYNC,
  CHANGE_REFUSED,
  CHANGE_REFUSED_LATER,
  CHANGE_REFUSED_ASYNC,
  CHANGE_CLOSE,
  CHANGE_ABORT,
  CHANGE_CLOSE_GRACEFULLY,
  CHANGE_CLOSE_QUEUED,
  CHANGE_PEER_CLOSES,
  CHANGE_PEER_RESETS,
  CHANGE_DETACH,
  N_CHANGES
} Change;

static const char *const change_names[N_CHANGES] = {
  "create",  "listen",        "connect",       "connect-later", "connect-async",
  "refused", "refused-later", "refused-async", "close",         "abort",
  "close-gracefully", "close-queued", "peer-closes", "peer-resets", "detach",
};

typedef enum
{
  ACT_DROP,
  ACT_LOOP,
  ACT_DROP_AND_LOOP,
  ACT_LOOP_AND_DROP,
  ACT_CLOSE,
  ACT_ABORT,
  ACT_CLOSE_AND_DROP,
  N_ACTS
} Act;

static const char *const act_names[N_ACTS] = {
  "drop", "loop", "drop-and-loop", "loop-and-drop", "close", "abort", "close-and-drop",
};

typedef struct
{
  Change change;
  Act act;
  SaSocket *socket; /* the only reference */
  SaSocket *server;
  SaSocket *peer;
  guint n_acts;
  gboolean acting;
  gboolean done; /* the asynchronous call has ended */
} Story;

static void
act (Story *story,
     SaSocket *socket)
{
  switch (story->act)
    {
    case ACT_DROP:
      g_clear_object (&story->socket);
      break;
    case ACT_LOOP:
      test_spin (NULL, 5);
      break;
    case ACT_DROP_AND_LOOP:
      g_clear_object (&story->socket);
      test_spin (NULL, 5);
      break;
    case ACT_LOOP_AND_DROP:
      test_spin (NULL, 5);
      g_clear_object (&story->socket);
      break;
    case ACT_CLOSE:
    case ACT_CLOSE_AND_DROP:
      sa_socket_set_wait_policy (socket, SA_WAIT_NEVER);
      sa_socket_close (socket, NULL);
      if (story->act == ACT_CLOSE_AND_DROP)
        g_clear_object (&story->socket);
      break;
    case ACT_ABORT:
      sa_socket_abort (socket);
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
on_state (SaSocket *socket,
          GParamSpec *pspec,
          Story *story)
{
  story->n_acts++;
  if (story->acting)
    return;

  story->acting = TRUE;
  act (story, socket);
  story->acting = FALSE;
}

static void
on_connected (GObject *source,
              GAsyncResult *result,
              gpointer data)
{
  sa_socket_connect_to_host_finish (SA_SOCKET (source), result, NULL);
  *(gboolean *) data = TRUE;
}

static void
connect_somehow (Story *story,
                 SaWaitPolicy policy,
                 gboolean async,
                 guint port)
{
  sa_socket_set_wait_policy (story->socket, policy);
  if (async)
    sa_socket_connect_to_host_async (story->socket, "127.0.0.1", port, NULL, on_connected, &story->done);
  else
    sa_socket_connect_to_host (story->socket, "127.0.0.1", port, NULL, NULL);
  if (async)
    test_wait_until (&story->done);
}

static void
set_up (Story *story)
{
  story->server = test_listener ();
  if (story->change >= CHANGE_CLOSE)
    {
      test_connect (story->server, &story->socket, &story->peer);
      sa_socket_set_wait_policy (story->peer, SA_WAIT_NEVER);
      sa_socket_set_wait_policy (story->socket, SA_WAIT_NEVER);
    }
  else
    {
      story->socket = sa_socket_new ();
    }
  sa_socket_set_timeout (story->socket, 20000);
  g_signal_connect (story->socket, "notify::state", G_CALLBACK (on_state), story);
}

static void
queue_much (SaSocket *socket)
{
  g_autofree guint8 *bytes = g_malloc0 (4 * 1024 * 1024);

  /* A kernel left to itself may take all of it.  */
  sa_socket_set_send_buffer_size (socket, 65536);
  sa_socket_set_high_water_mark (socket, G_MAXUINT);
  sa_socket_send (socket, bytes, 4 * 1024 * 1024, NULL, NULL);
  g_assert_cmpuint (sa_socket_get_queued_bytes (socket), >, 0);
}

static void
change_connection (Story *story)
{
  guint port = sa_socket_get_local_port (story->server);
  gboolean refused = story->change >= CHANGE_REFUSED;

  if (refused)
    port = test_unused_port ();
  switch (story->change)
    {
    case CHANGE_CREATE:
      sa_socket_create (story->socket, 0, G_SOCKET_TYPE_DATAGRAM, "127.0.0.1", NULL);
      break;
    case CHANGE_LISTEN:
      g_assert_true (sa_socket_create (story->socket, 0, G_SOCKET_TYPE_STREAM, "127.0.0.1", NULL));
      sa_socket_listen (story->socket, NULL);
      break;
    case CHANGE_CONNECT:
    case CHANGE_REFUSED:
      connect_somehow (story, SA_WAIT_BLOCK, FALSE, port);
      break;
    case CHANGE_CONNECT_LATER:
    case CHANGE_REFUSED_LATER:
      connect_somehow (story, SA_WAIT_NEVER, FALSE, port);
      break;
    default:
      connect_somehow (story, SA_WAIT_NEVER, TRUE, port);
      break;
    }
}

static void
change_end (Story *story)
{
  switch (story->change)
    {
    case CHANGE_CLOSE:
      sa_socket_close (story->socket, NULL);
      break;
    case CHANGE_ABORT:
      sa_socket_abort (story->socket);
      break;
    case CHANGE_CLOSE_GRACEFULLY:
      sa_socket_close (story->peer, NULL);
      sa_socket_set_wait_policy (story->socket, SA_WAIT_BLOCK);
      sa_socket_close_gracefully (story->socket, NULL, NULL);
      break;
    case CHANGE_CLOSE_QUEUED:
      queue_much (story->socket);
      sa_socket_close (story->socket, NULL);
      break;
    case CHANGE_PEER_CLOSES:
      sa_socket_shutdown (story->socket, SA_SHUTDOWN_SENDS, NULL);
      sa_socket_close (story->peer, NULL);
      break;
    case CHANGE_PEER_RESETS:
      sa_socket_abort (story->peer);
      break;
    case CHANGE_DETACH:
      {
        g_autoptr (GSocket) socket = sa_socket_detach (story->socket, NULL);

        g_assert_nonnull (socket);
      }
      break;
    default:
      g_assert_not_reached ();
    }
}

static gboolean
has_acted (gpointer data)
{
  return ((Story *) data)->n_acts > 0;
}

static void
test_change (gconstpointer data)
{
  int number = GPOINTER_TO_INT (data);
  Story story = { .change = (Change) (number / N_ACTS), .act = (Act) (number % N_ACTS) };
  GWeakRef reference;

  set_up (&story);
  g_weak_ref_init (&reference, story.socket);
  if (story.change < CHANGE_CLOSE)
    change_connection (&story);
  else
    change_end (&story);
  test_wait_in (NULL, has_acted, &story);
  test_spin (NULL, 20);

  g_clear_object (&story.socket);
  g_clear_object (&story.peer);
  g_clear_object (&story.server);
  test_spin (NULL, 20);
  g_assert_null (g_weak_ref_get (&reference));
  g_weak_ref_clear (&reference);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_use_one_byte ();

  for (int change = 0; change < N_CHANGES; change++)
    for (int i = 0; i < N_ACTS; i++)
      {
        g_autofree char *path = g_strdup_printf ("/state/%s/%s", change_names[change], act_names[i]);

        g_test_add_data_func (path, GINT_TO_POINTER (change * N_ACTS + i), test_change);
      }

  return g_test_run ();
}
