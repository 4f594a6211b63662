/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-one-byte.h"
#include "test-socket-utils.h"
#include "test-utils.h"

#include <gio/gunixsocketaddress.h>

/* Every call that waits x every wait policy x everything that can end the wait.  */

#define BLOCK_LENGTH (12 * 1024 * 1024)

typedef enum
{
  CALL_CONNECT,
  CALL_ACCEPT,
  CALL_ACCEPT_INTO,
  CALL_RECEIVE,
  CALL_RECEIVE_DATA,
  CALL_RECEIVE_FROM,
  CALL_SEND,
  CALL_SEND_WITH_FLAGS,
  CALL_SEND_TO,
  CALL_CLOSE,
  CALL_SHUTDOWN,
  CALL_CLOSE_GRACEFULLY,
  CALL_READ,
  CALL_WRITE,
  N_CALLS
} CallName;

static const char *const call_names[N_CALLS] = {
  "connect", "accept",          "accept-into", "receive", "receive-data", "receive-from",     "send",
  "send-with-flags", "send-to", "close",       "shutdown", "close-gracefully", "read", "write",
};

typedef enum
{
  END_RESULT,
  END_TIMEOUT,
  END_CANCELLABLE,
  END_CANCEL_CALL,
  END_FINISH,
  END_RESET,
  END_CLOSE,
  N_ENDS
} EndName;

static const char *const end_names[N_ENDS] = {
  "result", "timeout", "cancellable", "cancel-blocking-call", "finish", "reset", "close",
};

typedef struct
{
  CallName call;
  EndName end;
  SaWaitPolicy policy;
  SaSocket *self;        /* the one that waits */
  SaSocket *other;       /* who ends it from the other end, in another thread */
  SaSocket *server;      /* of both */
  SaSocketFile *file;    /* over self */
  GSocketAddress *address; /* of other, for datagrams */
  GPtrArray *crowd;      /* who fills the queue of a server that answers nobody */
  GCancellable *cancellable;
  guint8 *block;         /* more than anybody takes at once */
  GString *log;          /* what self told */
  GCancellable *returned; /* cancelled when the call has ended */
} Story;

/* Two sockets of Unix datagrams: the kernel holds only a few for somebody who does not read.  */
static void
set_up_datagrams (Story *story)
{
  static int n;
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 2; i++)
    {
      g_autofree char *name = g_strdup_printf ("sockarch-policies-%d-%d", (int) getpid (), n++);
      g_autoptr (GSocketAddress) address =
          g_unix_socket_address_new_with_type (name, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);
      g_autoptr (GSocket) socket =
          g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT, &error);
      SaSocket *end = sa_socket_new ();

      g_assert_no_error (error);
      g_assert_true (g_socket_bind (socket, address, FALSE, &error));
      g_assert_true (sa_socket_attach (end, socket, &error));
      g_assert_no_error (error);
      if (i == 0)
        story->self = end;
      else
        story->other = end;
      g_set_object (&story->address, address);
    }
}

static void
set_up_crowd (Story *story)
{
  g_autoptr (GError) error = NULL;

  story->server = sa_socket_new ();
  sa_socket_set_backlog (story->server, 1);
  g_assert_true (sa_socket_create (story->server, 0, G_SOCKET_TYPE_STREAM, "127.0.0.1", &error));
  g_assert_true (sa_socket_listen (story->server, &error));
  story->crowd = g_ptr_array_new_with_free_func (g_object_unref);
  for (int i = 0; i < 8; i++)
    {
      SaSocket *client = sa_socket_new ();

      sa_socket_set_wait_policy (client, SA_WAIT_NEVER);
      sa_socket_connect_to_host (client, "127.0.0.1", sa_socket_get_local_port (story->server), NULL, NULL);
      g_ptr_array_add (story->crowd, client);
    }
  test_spin (NULL, 50);
  story->self = sa_socket_new ();
}

static gboolean
sends (CallName call)
{
  return call == CALL_SEND || call == CALL_SEND_WITH_FLAGS || call == CALL_WRITE;
}

/* Bytes that wait in the queue, for the calls that wait for those.  */
static void
queue_much (Story *story)
{
  sa_socket_set_wait_policy (story->self, SA_WAIT_NEVER);
  sa_socket_set_high_water_mark (story->self, G_MAXUINT);
  g_assert_cmpint (sa_socket_send (story->self, story->block, BLOCK_LENGTH, NULL, NULL), ==, BLOCK_LENGTH);
  g_assert_cmpuint (sa_socket_get_queued_bytes (story->self), >, 0);
}

static void
set_up (Story *story)
{
  story->cancellable = g_cancellable_new ();
  story->returned = g_cancellable_new ();
  story->block = calloc (1, BLOCK_LENGTH);
  switch (story->call)
    {
    case CALL_CONNECT:
      if (story->end == END_RESULT)
        {
          story->server = test_listener ();
          story->self = sa_socket_new ();
        }
      else
        {
          set_up_crowd (story);
        }
      break;
    case CALL_ACCEPT:
    case CALL_ACCEPT_INTO:
      story->self = test_listener ();
      break;
    case CALL_RECEIVE_FROM:
    case CALL_SEND_TO:
      set_up_datagrams (story);
      break;
    default:
      story->server = test_listener ();
      test_connect (story->server, &story->other, &story->self);
      break;
    }

  if (story->call == CALL_CLOSE || story->call == CALL_SHUTDOWN)
    queue_much (story);
  if (story->call == CALL_SEND_TO)
    {
      /* Until no more fits.  */
      sa_socket_set_wait_policy (story->self, SA_WAIT_NEVER);
      while (sa_socket_send_to (story->self, story->address, story->block, 1000, NULL, NULL) > 0)
        ;
    }
  if (story->call == CALL_READ || story->call == CALL_WRITE)
    story->file = sa_socket_file_new (story->self, NULL);
  sa_socket_set_wait_policy (story->self, story->policy);
  sa_socket_set_timeout (story->self, story->end == END_TIMEOUT ? 30 : 20000);
  sa_socket_set_linger (story->self, story->end == END_TIMEOUT ? 30 : 20000);
  if (story->other != NULL)
    sa_socket_set_timeout (story->other, 20000);
  story->log = test_log (story->self);
}

static void
tear_down (Story *story)
{
  g_cancellable_cancel (story->returned);
  sa_socket_set_wait_policy (story->self, SA_WAIT_NEVER);
  sa_socket_abort (story->self);
  g_clear_object (&story->file);
  g_clear_object (&story->self);
  g_clear_object (&story->other);
  g_clear_object (&story->server);
  g_clear_object (&story->address);
  g_clear_object (&story->cancellable);
  g_clear_object (&story->returned);
  g_clear_pointer (&story->crowd, g_ptr_array_unref);
  g_string_free (story->log, TRUE);
  free (story->block);
  test_spin (NULL, 10);
}

/* Makes the call. TRUE if it gave what it is for: some bytes, all of them sent, a connection.  */
static gboolean
call (Story *story,
      gsize *length,
      GError **error)
{
  g_autoptr (SaSocket) peer = NULL;
  g_autofree guint8 *data = NULL;
  char bytes[64];
  gssize n = -1;

  *length = 0;
  switch (story->call)
    {
    case CALL_CONNECT:
      return sa_socket_connect_to_host (story->self, "127.0.0.1", sa_socket_get_local_port (story->server),
                                        story->cancellable, error);
    case CALL_ACCEPT:
      peer = sa_socket_accept (story->self, story->cancellable, error);
      return peer != NULL;
    case CALL_ACCEPT_INTO:
      peer = sa_socket_new ();
      return sa_socket_accept_into (story->self, peer, story->cancellable, error);
    case CALL_RECEIVE:
      n = sa_socket_receive (story->self, bytes, sizeof bytes, story->cancellable, error);
      break;
    case CALL_RECEIVE_DATA:
      data = sa_socket_receive_data (story->self, sizeof bytes, length, story->cancellable, error);
      n = data != NULL ? (gssize) *length : -1;
      break;
    case CALL_RECEIVE_FROM:
      n = sa_socket_receive_from (story->self, bytes, sizeof bytes, NULL, story->cancellable, error);
      break;
    case CALL_SEND:
      n = sa_socket_send (story->self, story->block, BLOCK_LENGTH, story->cancellable, error);
      break;
    case CALL_SEND_WITH_FLAGS:
      n = sa_socket_send_with_flags (story->self, story->block, BLOCK_LENGTH, 0, story->cancellable, error);
      break;
    case CALL_SEND_TO:
      n = sa_socket_send_to (story->self, story->address, story->block, 1000, story->cancellable, error);
      break;
    case CALL_CLOSE:
      return sa_socket_close (story->self, error);
    case CALL_SHUTDOWN:
      return sa_socket_shutdown (story->self, SA_SHUTDOWN_SENDS, error);
    case CALL_CLOSE_GRACEFULLY:
      return sa_socket_close_gracefully (story->self, story->cancellable, error);
    case CALL_READ:
      n = g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (story->file)), bytes, sizeof bytes,
                               story->cancellable, error);
      break;
    case CALL_WRITE:
      /* A part that was written is what it gives, as GIO's streams do.  */
      n = g_output_stream_write (g_io_stream_get_output_stream (G_IO_STREAM (story->file)), story->block,
                                 BLOCK_LENGTH, story->cancellable, error);
      *length = (gsize) MAX (n, 0);
      return n == BLOCK_LENGTH;
    default:
      g_assert_not_reached ();
    }

  *length = (gsize) MAX (n, 0);

  return n > 0;
}

static void
drain_other (Story *story)
{
  g_autofree char *bytes = g_malloc (65536);

  while (sa_socket_receive (story->other, bytes, 65536, story->returned, NULL) > 0)
    continue;
}

/* What makes the call succeed, from the other end.  */
static void
give_result (Story *story)
{
  switch (story->call)
    {
    case CALL_CONNECT:
      break;
    case CALL_ACCEPT:
    case CALL_ACCEPT_INTO:
      {
        g_autoptr (GMainContext) context = g_main_context_new ();
        g_autoptr (SaSocket) client = NULL;

        g_main_context_push_thread_default (context);
        client = sa_socket_new ();
        sa_socket_connect_to_host (client, "127.0.0.1", sa_socket_get_local_port (story->self), NULL, NULL);
        g_main_context_pop_thread_default (context);
      }
      break;
    case CALL_RECEIVE_FROM:
      {
        g_autoptr (GSocketAddress) address = sa_socket_get_local_address (story->self);

        sa_socket_send_to (story->other, address, (const guint8 *) "x", 1, NULL, NULL);
      }
      break;
    case CALL_CLOSE_GRACEFULLY:
      sa_socket_shutdown (story->other, SA_SHUTDOWN_SENDS, NULL);
      break;
    case CALL_RECEIVE:
    case CALL_RECEIVE_DATA:
    case CALL_READ:
      sa_socket_send (story->other, (const guint8 *) "x", 1, NULL, NULL);
      break;
    default:
      drain_other (story);
      break;
    }
}

static gboolean
close_from_loop (gpointer data)
{
  Story *story = data;

  g_assert_cmpstr (story->log->str, ==, "");
  if (story->call == CALL_CLOSE)
    sa_socket_abort (story->self);
  else
    {
      sa_socket_set_wait_policy (story->self, SA_WAIT_NEVER);
      sa_socket_close (story->self, NULL);
    }

  return G_SOURCE_REMOVE;
}

/* Ends the wait, once there is one. Where the other end waits itself then, `returned` ends that.  */
static gpointer
intervene (gpointer data)
{
  Story *story = data;

  while (!sa_socket_is_blocking (story->self) && !g_cancellable_is_cancelled (story->returned))
    g_thread_yield ();
  switch (story->end)
    {
    case END_RESULT:
      give_result (story);
      break;
    case END_CANCELLABLE:
      g_cancellable_cancel (story->cancellable);
      break;
    case END_CANCEL_CALL:
      sa_socket_cancel_blocking_call (story->self);
      break;
    case END_FINISH:
      sa_socket_shutdown (story->other, SA_SHUTDOWN_SENDS, NULL);
      break;
    case END_RESET:
      sa_socket_abort (story->other);
      break;
    case END_CLOSE:
      g_idle_add (close_from_loop, story);
      break;
    default:
      break;
    }

  return NULL;
}

/* Whether a wait of that call can end so.  */
static gboolean
applies (CallName name,
         EndName end,
         SaWaitPolicy policy)
{
  gboolean is_connection = name != CALL_CONNECT && name != CALL_ACCEPT && name != CALL_ACCEPT_INTO &&
                           name != CALL_RECEIVE_FROM && name != CALL_SEND_TO;
  gboolean has_cancellable = name != CALL_CLOSE && name != CALL_SHUTDOWN;

  switch (end)
    {
    case END_CANCELLABLE:
      return has_cancellable;
    case END_FINISH:
      return name == CALL_RECEIVE || name == CALL_RECEIVE_DATA || name == CALL_READ;
    case END_RESET:
      return is_connection;
    case END_CLOSE:
      /* In the thread of the loop, which only that policy runs.  */
      return policy == SA_WAIT_DISPATCH;
    default:
      return TRUE;
    }
}

static void
assert_error_of (Story *story,
                 const GError *error)
{
  switch (story->end)
    {
    case END_TIMEOUT:
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
      break;
    case END_CANCELLABLE:
    case END_CANCEL_CALL:
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      break;
    case END_RESET:
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
      break;
    case END_CLOSE:
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
      break;
    default:
      g_assert_no_error (error);
      break;
    }
}

/* A call that was ended before its time says how much of it was done, and can be made again.  */
static void
assert_defined (Story *story,
                gsize length,
                const GError *error)
{
  guint64 sent = sa_socket_get_bytes_sent (story->self);

  if (sends (story->call))
    {
      g_autofree char *count = g_strdup_printf ("%" G_GUINT64_FORMAT " of %d", sent, BLOCK_LENGTH);

      g_assert_cmpuint (sent, >, 0);
      if (story->call == CALL_WRITE)
        g_assert_cmpuint (length, ==, sent);
      else
        g_assert_nonnull (strstr (error->message, count));
      g_assert_cmpuint (sa_socket_get_queued_bytes (story->self), ==, 0);
      g_assert_cmpint (sa_socket_get_state (story->self), ==, SA_SOCKET_STATE_CONNECTED);
    }
  if (story->call == CALL_CLOSE || story->call == CALL_CLOSE_GRACEFULLY)
    g_assert_cmpint (sa_socket_get_state (story->self), ==, SA_SOCKET_STATE_CLOSED);
  if (story->call == CALL_CONNECT)
    g_assert_cmpint (sa_socket_get_state (story->self), ==, SA_SOCKET_STATE_NEW);
}

static void
assert_again (Story *story)
{
  g_autoptr (GError) error = NULL;
  GThread *thread;
  gsize length;
  gboolean success;

  if (sends (story->call) || story->call == CALL_CLOSE || story->call == CALL_SHUTDOWN ||
      story->call == CALL_CLOSE_GRACEFULLY || story->call == CALL_CONNECT)
    return;

  g_cancellable_reset (story->cancellable);
  sa_socket_set_timeout (story->self, 20000);
  story->end = END_RESULT;
  g_cancellable_reset (story->returned);
  thread = g_thread_new ("again", intervene, story);
  success = call (story, &length, &error);
  g_cancellable_cancel (story->returned);
  g_thread_join (thread);
  g_assert_no_error (error);
  g_assert_true (success);
}

static void
test_wait (gconstpointer data)
{
  int number = GPOINTER_TO_INT (data);
  Story story = { .call = (CallName) (number / 100), .end = (EndName) (number / 10 % 10),
                  .policy = (SaWaitPolicy) (number % 10) };
  g_autoptr (GError) error = NULL;
  GThread *thread;
  gsize length;
  gboolean success;

  set_up (&story);
  thread = g_thread_new ("intervene", intervene, &story);
  success = call (&story, &length, &error);
  g_cancellable_cancel (story.returned);
  g_assert_false (sa_socket_is_blocking (story.self));
  if (story.policy == SA_WAIT_DISPATCH && story.call != CALL_CLOSE && story.call != CALL_CLOSE_GRACEFULLY)
    g_assert_cmpstr (story.log->str, ==, "");
  g_thread_join (thread);
  if (story.call == CALL_WRITE && length > 0)
    g_assert_no_error (error);
  else
    assert_error_of (&story, error);
  g_assert_true (success == (story.end == END_RESULT));
  if (story.end == END_FINISH)
    g_assert_cmpuint (length, ==, 0);
  if (story.end == END_TIMEOUT || story.end == END_CANCELLABLE || story.end == END_CANCEL_CALL)
    {
      assert_defined (&story, length, error);
      assert_again (&story);
    }
  if (story.end == END_CLOSE)
    {
      /* Once, after the wait.  */
      test_wait_for_log (story.log, "x");
      g_assert_cmpstr (story.log->str, ==, "x");
    }
  tear_down (&story);
}

/* The same calls where nothing waits.  */
static void
test_never (gconstpointer data)
{
  Story story = { .call = (CallName) GPOINTER_TO_INT (data), .policy = SA_WAIT_NEVER };
  g_autoptr (GError) error = NULL;
  gboolean success;
  gsize length;

  story.end = END_TIMEOUT;
  set_up (&story);
  success = call (&story, &length, &error);
  g_assert_false (sa_socket_is_blocking (story.self));
  switch (story.call)
    {
    case CALL_CONNECT:
      g_assert_true (success);
      g_assert_cmpint (sa_socket_get_state (story.self), ==, SA_SOCKET_STATE_CONNECTING);
      break;
    case CALL_SEND:
    case CALL_WRITE:
      /* It is queued; above the mark nothing more is.  */
      g_assert_true (success);
      g_assert_cmpuint (sa_socket_get_queued_bytes (story.self), >, 0);
      g_assert_false (call (&story, &length, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
      break;
    case CALL_SEND_WITH_FLAGS:
      /* As much as the kernel takes.  */
      g_assert_true (success);
      g_assert_cmpuint (length, <, BLOCK_LENGTH);
      break;
    case CALL_CLOSE:
    case CALL_SHUTDOWN:
    case CALL_CLOSE_GRACEFULLY:
      g_assert_true (success);
      break;
    default:
      g_assert_false (success);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
      break;
    }
  tear_down (&story);
}

/* Waits of SA_WAIT_DISPATCH inside of each other end from the inside, whichever is ready first.  */
typedef struct
{
  SaSocket *outer;
  SaSocket *inner;
  SaSocket *outer_client;
  SaSocket *inner_client;
  GString *order;
} Nest;

static gboolean
answer_inner (gpointer data)
{
  Nest *nest = data;

  g_assert_cmpstr (nest->order->str, ==, "");
  sa_socket_send (nest->inner_client, (const guint8 *) "i", 1, NULL, NULL);

  return G_SOURCE_REMOVE;
}

static gboolean
wait_inside (gpointer data)
{
  Nest *nest = data;
  g_autoptr (GError) error = NULL;
  char byte;

  sa_socket_send (nest->outer_client, (const guint8 *) "o", 1, NULL, NULL);
  g_timeout_add (20, answer_inner, nest);
  g_assert_cmpint (sa_socket_receive (nest->inner, &byte, 1, NULL, &error), ==, 1);
  g_assert_no_error (error);
  g_string_append_c (nest->order, byte);

  return G_SOURCE_REMOVE;
}

static void
test_nested (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (GString) order = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  Nest nest = { .order = order };
  char byte;

  test_connect (server, &nest.outer_client, &nest.outer);
  test_connect (server, &nest.inner_client, &nest.inner);
  sa_socket_set_wait_policy (nest.outer, SA_WAIT_DISPATCH);
  sa_socket_set_wait_policy (nest.inner, SA_WAIT_DISPATCH);
  g_idle_add (wait_inside, &nest);
  g_assert_cmpint (sa_socket_receive (nest.outer, &byte, 1, NULL, &error), ==, 1);
  g_assert_no_error (error);
  g_string_append_c (order, byte);
  g_assert_cmpstr (order->str, ==, "io");

  /* A deadline bounds the wait, not the return: the inner one comes first again.  */
  g_string_truncate (order, 0);
  sa_socket_set_timeout (nest.outer, 1);
  sa_socket_receive (nest.outer, &byte, 1, NULL, NULL);
  g_idle_add (wait_inside, &nest);
  if (sa_socket_receive (nest.outer, &byte, 1, NULL, &error) < 0)
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  if (order->len == 0)
    test_wait_for_log (order, "i");
  g_assert_cmpstr (order->str, ==, "i");
  g_object_unref (nest.outer);
  g_object_unref (nest.inner);
  g_object_unref (nest.outer_client);
  g_object_unref (nest.inner_client);
  test_spin (NULL, 10);
}

int
main (int argc,
      char **argv)
{
  static const char *const policies[] = { "never", "block", "dispatch" };

  g_test_init (&argc, &argv, NULL);
  test_use_one_byte ();

  for (int name = 0; name < N_CALLS; name++)
    {
      g_autofree char *never = g_strdup_printf ("/policies/never/%s", call_names[name]);

      g_test_add_data_func (never, GINT_TO_POINTER (name), test_never);
      for (int policy = SA_WAIT_BLOCK; policy <= SA_WAIT_DISPATCH; policy++)
        for (int end = 0; end < N_ENDS; end++)
          {
            g_autofree char *path =
                g_strdup_printf ("/policies/%s/%s/%s", policies[policy], call_names[name], end_names[end]);

            if (applies ((CallName) name, (EndName) end, (SaWaitPolicy) policy))
              g_test_add_data_func (path, GINT_TO_POINTER (name * 100 + end * 10 + policy), test_wait);
          }
    }
  g_test_add_func ("/policies/dispatch/nested", test_nested);

  return g_test_run ();
}
