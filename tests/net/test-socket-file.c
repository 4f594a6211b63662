/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-one-byte.h"
#include "test-file-utils.h"

/* Making one */

static void
assert_refused (SaSocket *socket,
                GIOErrorEnum code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (sa_socket_file_new (socket, &error));
  g_assert_error (error, G_IO_ERROR, (int) code);
}

static void
test_refuses_unconnected (void)
{
  g_autoptr (SaSocket) fresh = sa_socket_new ();
  g_autoptr (SaSocket) listener = sa_socket_new ();
  g_autoptr (GError) error = NULL;

  assert_refused (fresh, G_IO_ERROR_NOT_CONNECTED);
  sa_socket_create (listener, 0, G_SOCKET_TYPE_STREAM, "127.0.0.1", &error);
  g_assert_no_error (error);
  sa_socket_listen (listener, &error);
  g_assert_no_error (error);
  assert_refused (listener, G_IO_ERROR_NOT_CONNECTED);
  sa_socket_close (listener, NULL);
  assert_refused (listener, G_IO_ERROR_CLOSED);
}

static void
test_refuses_datagrams (void)
{
  g_autoptr (SaSocket) socket = sa_socket_new ();
  g_autoptr (SaSocket) other = sa_socket_new ();
  g_autoptr (GError) error = NULL;

  sa_socket_create (other, 0, G_SOCKET_TYPE_DATAGRAM, "127.0.0.1", &error);
  g_assert_no_error (error);
  sa_socket_create (socket, 0, G_SOCKET_TYPE_DATAGRAM, "127.0.0.1", &error);
  g_assert_no_error (error);
  sa_socket_connect_to_host (socket, "127.0.0.1", sa_socket_get_local_port (other), NULL, &error);
  g_assert_no_error (error);
  assert_refused (socket, G_IO_ERROR_NOT_SUPPORTED);
  sa_socket_close (socket, NULL);
  sa_socket_close (other, NULL);
}

static void
test_refuses_second (Fixture *fixture,
                     gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  assert_refused (fixture->socket, G_IO_ERROR_BUSY);

  /* When the first is gone the socket may have another.  */
  g_assert_finalize_object (g_steal_pointer (&fixture->file));
  fixture->file = sa_socket_file_new (fixture->socket, &error);
  g_assert_no_error (error);
}

static void
assert_dead (SaSocketFile *file,
             GIOErrorEnum code)
{
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (file));
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (file));
  GError *errors[7] = { NULL, };
  Result result = { 0, };
  Result written = { 0, };
  char byte = 0;

  g_assert_false (g_initable_init (G_INITABLE (file), NULL, &errors[0]));
  g_assert_cmpint (g_input_stream_read (input, &byte, 1, NULL, &errors[1]), ==, -1);
  g_assert_cmpint (g_output_stream_write (output, &byte, 1, NULL, &errors[2]), ==, -1);
  g_assert_cmpint (g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (input), &byte, 1, NULL,
                                                             &errors[3]), ==, -1);
  g_assert_cmpint (g_pollable_output_stream_write_nonblocking (G_POLLABLE_OUTPUT_STREAM (output), &byte, 1,
                                                               NULL, &errors[4]),
                   ==, -1);
  g_assert_cmpint (g_input_stream_skip (input, 1, NULL, &errors[5]), ==, -1);
  g_assert_false (sa_socket_file_unread (file, (const guint8 *) "x", 1, &errors[6]));
  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_assert_error (errors[i], G_IO_ERROR, (int) code);
      g_clear_error (&errors[i]);
    }

  g_input_stream_read_async (input, &byte, 1, 0, NULL, on_read, &result);
  g_output_stream_write_async (output, &byte, 1, 0, NULL, on_written, &written);
  test_wait_until (&result.done);
  test_wait_until (&written.done);
  g_assert_error (result.error, G_IO_ERROR, (int) code);
  g_assert_error (written.error, G_IO_ERROR, (int) code);
  result_clear (&result);
  result_clear (&written);

  sa_socket_file_abort (file);
  g_assert_true (g_io_stream_close (G_IO_STREAM (file), NULL, NULL));
}

/* What a binding makes with Sockarch.SocketFile (socket=s) was never initialised: it must say what is
 * wrong.  */
static void
test_properties_alone (Fixture *fixture,
                       gconstpointer data)
{
  g_autoptr (SaSocket) socket = sa_socket_new ();
  g_autoptr (SaSocketFile) unconnected = g_object_new (SA_TYPE_SOCKET_FILE, "socket", socket, NULL);
  g_autoptr (SaSocketFile) empty = g_object_new (SA_TYPE_SOCKET_FILE, NULL);
  g_autoptr (SaSocketFile) second = g_object_new (SA_TYPE_SOCKET_FILE, "socket", fixture->socket, NULL);

  assert_dead (unconnected, G_IO_ERROR_NOT_CONNECTED);
  assert_dead (empty, G_IO_ERROR_INVALID_ARGUMENT);
  assert_dead (second, G_IO_ERROR_BUSY);
  g_assert_true (sa_socket_file_get_socket (unconnected) == socket);
  g_assert_null (sa_socket_file_get_socket (empty));

  /* Closing those left the socket of the first alone.  */
  peer_send (fixture, "here");
  assert_read (fixture, 10, "here");
}

static void
test_properties_alone_works (void)
{
  Fixture fixture = { 0, };

  fixture.socket = new_connected (&fixture.peer);
  fixture.file = g_object_new (SA_TYPE_SOCKET_FILE, "socket", fixture.socket, NULL);
  fixture.input = g_io_stream_get_input_stream (G_IO_STREAM (fixture.file));
  peer_send (&fixture, "here");
  assert_read (&fixture, 10, "here");
  tear_down (&fixture, NULL);
}

static void
test_not_seekable (Fixture *fixture,
                   gconstpointer data)
{
  g_assert_false (G_IS_SEEKABLE (fixture->input));
  g_assert_false (G_IS_SEEKABLE (fixture->output));
  g_assert_false (G_IS_SEEKABLE (fixture->file));
}

/* Reading */

static void
test_read_short (Fixture *fixture,
                 gconstpointer data)
{
  peer_send (fixture, "one");
  assert_read (fixture, 10, "one");
  peer_send (fixture, "two");
  assert_read (fixture, 2, "tw");
  assert_read (fixture, 10, "o");
}

static void
test_read_end (Fixture *fixture,
               gconstpointer data)
{
  peer_send (fixture, "last");
  shutdown (fixture->peer, SHUT_WR);
  assert_read (fixture, 10, "last");
  assert_read (fixture, 10, "");
  assert_read (fixture, 10, "");
}

static void
test_read_never (Fixture *fixture,
                 gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  char byte;

  sa_socket_set_wait_policy (fixture->socket, SA_WAIT_NEVER);
  g_assert_cmpint (g_input_stream_read (fixture->input, &byte, 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
}

static void
test_read_timeout (Fixture *fixture,
                   gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  char byte;

  sa_socket_set_timeout (fixture->socket, 10);
  g_assert_cmpint (g_input_stream_read (fixture->input, &byte, 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  peer_send (fixture, "late");
  assert_read (fixture, 10, "late");
}

static void
test_read_async (Fixture *fixture,
                 gconstpointer data)
{
  Result result = { 0, };
  char buffer[10];

  g_input_stream_read_async (fixture->input, buffer, sizeof buffer, 0, NULL, on_read, &result);
  test_spin (NULL, 5);
  g_assert_false (result.done);
  peer_send (fixture, "abc");
  test_wait_until (&result.done);
  g_assert_no_error (result.error);
  g_assert_cmpmem (buffer, result.n, "abc", test_at_once (3));

  /* No source of its own: the callback comes from the one that all sockets share.  */
  g_assert_cmpstr (result.source, ==, "sockarch poller");
  result_clear (&result);
}

static void
test_read_async_at_once (Fixture *fixture,
                         gconstpointer data)
{
  Result result = { 0, };
  char buffer[2];

  peer_send (fixture, "abcd");
  for (int i = 0; i < 4; i += test_at_once (2))
    {
      g_input_stream_read_async (fixture->input, buffer, sizeof buffer, 0, NULL, on_read, &result);
      g_assert_false (result.done);
      test_wait_until (&result.done);
      g_assert_no_error (result.error);
      g_assert_cmpmem (buffer, result.n, &"abcd"[i], test_at_once (2));
      result_clear (&result);
    }

  shutdown (fixture->peer, SHUT_WR);
  g_input_stream_read_async (fixture->input, buffer, sizeof buffer, 0, NULL, on_read, &result);
  test_wait_until (&result.done);
  g_assert_no_error (result.error);
  g_assert_cmpint (result.n, ==, 0);
  result_clear (&result);
}

/* Each read is begun in the callback of the one before.  */
typedef struct
{
  Fixture *fixture;
  GString *text;
  GCancellable *cancellable;
  char buffer[3];
  guint results; /* different ones */
  gboolean ended;
} Chain;

static void
on_chain_read (GObject *object,
               GAsyncResult *res,
               gpointer data)
{
  Chain *chain = data;
  g_autoptr (GError) error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (object), res, &error);

  if (g_object_get_data (G_OBJECT (res), "seen") == NULL)
    chain->results++;
  g_object_set_data (G_OBJECT (res), "seen", chain);
  g_assert_no_error (error);
  g_string_append_len (chain->text, chain->buffer, n);
  if (n == 0)
    chain->ended = TRUE;
  else
    g_input_stream_read_async (chain->fixture->input, chain->buffer, 3, 0, chain->cancellable, on_chain_read,
                               chain);
}

static void
test_read_async_chain (Fixture *fixture,
                       gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Chain chain = { .fixture = fixture, .text = g_string_new (NULL), .cancellable = cancellable };

  gulong before = next_handler_id (cancellable);

  g_input_stream_read_async (fixture->input, chain.buffer, 3, 0, cancellable, on_chain_read, &chain);
  peer_send (fixture, "The quick brown fox jumps over the lazy dog");
  shutdown (fixture->peer, SHUT_WR);
  test_wait_until (&chain.ended);
  g_assert_cmpstr (chain.text->str, ==, "The quick brown fox jumps over the lazy dog");
  g_string_free (chain.text, TRUE);

  /* Fifteen reads share two results, one in its callback and one that is pending, and one handler.  */
  g_assert_cmpuint (chain.results, ==, 2);
  g_assert_cmpuint (next_handler_id (cancellable) - before, ==, 2);
}

static void
on_read_keep (GObject *object,
              GAsyncResult *res,
              gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (res);
}

static gboolean
is_kept (gpointer result)
{
  return *(GAsyncResult **) result != NULL;
}

/* Who keeps a result and asks later is told of its own operation, not of the next.  */
static void
test_read_async_kept (Fixture *fixture,
                      gconstpointer data)
{
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GError) error = NULL;
  char buffer[10];

  g_input_stream_read_async (fixture->input, buffer, sizeof buffer, 0, NULL, on_read_keep, &first);
  peer_send (fixture, test_is_one_byte () ? "a" : "abc");
  test_wait_in (NULL, is_kept, &first);
  g_input_stream_read_async (fixture->input, buffer, sizeof buffer, 0, NULL, on_read_keep, &second);
  shutdown (fixture->peer, SHUT_WR);
  test_wait_in (NULL, is_kept, &second);
  g_assert_true (first != second);
  g_assert_cmpint (g_input_stream_read_finish (fixture->input, first, &error), ==, test_at_once (3));
  g_assert_no_error (error);
  g_assert_cmpint (g_input_stream_read_finish (fixture->input, second, &error), ==, 0);
  g_assert_no_error (error);
  g_autoptr (GObject) source = g_async_result_get_source_object (first);
  g_assert_true (source == G_OBJECT (fixture->input));
}

/* The callback comes in the context that was the caller's, as GIO promises.  */
static void
test_read_async_context (Fixture *fixture,
                         gconstpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Result result = { 0, };
  char buffer[10];

  g_main_context_push_thread_default (context);
  g_input_stream_read_async (fixture->input, buffer, sizeof buffer, 0, NULL, on_read, &result);
  g_main_context_pop_thread_default (context);
  peer_send (fixture, "abc");
  while (!g_main_context_pending (context))
    g_main_context_iteration (NULL, FALSE);
  g_assert_false (result.done);
  test_wait_in (context, test_is_set, &result.done);
  g_assert_cmpint (result.n, ==, test_at_once (3));
  result_clear (&result);
}

static gpointer
read_in_worker (gpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Fixture fixture = { NULL, };
  Result result = { 0, };
  char buffer[10];

  g_main_context_push_thread_default (context);
  set_up (&fixture, NULL);
  g_input_stream_read_async (fixture.input, buffer, sizeof buffer, 0, NULL, on_read, &result);
  peer_send (&fixture, "abc");
  test_wait_in (context, test_is_set, &result.done);
  g_assert_cmpmem (buffer, result.n, "abc", test_at_once (3));
  g_assert_cmpstr (result.source, ==, "sockarch poller");
  result_clear (&result);
  tear_down (&fixture, NULL);
  g_main_context_pop_thread_default (context);

  return NULL;
}

/* Four threads, each with a context of its own.  */
static void
test_read_async_workers (void)
{
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("worker", read_in_worker, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

static void
on_cancelled_drop (GCancellable *cancellable,
                   Fixture *fixture)
{
  g_clear_object (&fixture->file);
  g_clear_object (&fixture->socket);
}

/* The last reference goes inside of the cancellation that the stream listens to.  */
static void
test_drop_in_cancel (Fixture *fixture,
                     gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Result result = { 0, };
  char buffer[10];

  g_input_stream_read_async (fixture->input, buffer, sizeof buffer, 0, cancellable, on_read, &result);
  peer_send (fixture, "a");
  test_wait_until (&result.done);
  result_clear (&result);
  test_spin (NULL, 5);
  g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled_drop), fixture, NULL);
  g_cancellable_cancel (cancellable);
  g_assert_null (fixture->file);
  assert_peer_gets_end (fixture);
}

static gpointer
cancel_in_thread (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);

  return NULL;
}

static void
test_read_async_cancel (Fixture *fixture,
                        gconstpointer data)
{
  Result result = { 0, };
  char buffer[10];

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GThread) thread = NULL;

      /* Before the read, after it, and from another thread.  */
      if (i == 0)
        g_cancellable_cancel (cancellable);
      g_input_stream_read_async (fixture->input, buffer, sizeof buffer, 0, cancellable, on_read, &result);
      if (i == 1)
        g_cancellable_cancel (cancellable);
      if (i == 2)
        thread = g_thread_new ("canceller", cancel_in_thread, cancellable);
      test_wait_until (&result.done);
      g_assert_error (result.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      if (thread != NULL)
        g_thread_join (g_steal_pointer (&thread));
      result_clear (&result);
    }

  /* Nothing is lost, and the next read knows nothing of the cancelled ones.  */
  g_autoptr (GCancellable) unused = g_cancellable_new ();

  peer_send (fixture, "kept");
  g_input_stream_read_async (fixture->input, buffer, sizeof buffer, 0, unused, on_read, &result);
  test_wait_until (&result.done);
  g_assert_no_error (result.error);
  g_assert_cmpmem (buffer, result.n, "kept", test_at_once (4));
  result_clear (&result);
}

static void
test_read_async_timeout (Fixture *fixture,
                         gconstpointer data)
{
  Result result = { 0, };
  char buffer[10];

  sa_socket_set_timeout (fixture->socket, 10);
  g_input_stream_read_async (fixture->input, buffer, sizeof buffer, 0, NULL, on_read, &result);
  test_wait_until (&result.done);
  g_assert_error (result.error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  result_clear (&result);
  peer_send (fixture, "late");
  assert_read (fixture, 10, "late");
}

static void
test_read_reset (Fixture *fixture,
                 gconstpointer data)
{
  struct linger hard = { .l_onoff = 1 };
  Result result = { 0, };
  char buffer[10];

  g_input_stream_read_async (fixture->input, buffer, sizeof buffer, 0, NULL, on_read, &result);
  setsockopt (fixture->peer, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  close (g_steal_fd (&fixture->peer));
  test_wait_until (&result.done);
  g_assert_error (result.error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  result_clear (&result);
}

static void
test_skip (Fixture *fixture,
           gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Result result = { 0, };

  peer_send (fixture, "0123456789");
  g_assert_cmpint (g_input_stream_skip (fixture->input, 3, NULL, &error), ==, test_at_once (3));
  g_assert_no_error (error);
  g_input_stream_skip_async (fixture->input, 4, 0, NULL, on_skipped, &result);
  test_wait_until (&result.done);
  g_assert_no_error (result.error);
  g_assert_cmpint (result.n, ==, test_at_once (4));
  result_clear (&result);
  assert_read (fixture, 10, &"0123456789"[test_at_once (3) + test_at_once (4)]);
}

/* Putting back */

static void
unread (Fixture *fixture,
        const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_socket_file_unread (fixture->file, (const guint8 *) text, strlen (text), &error));
  g_assert_no_error (error);
}

static void
test_unread (Fixture *fixture,
             gconstpointer data)
{
  Result result = { 0, };
  char buffer[10];

  peer_send (fixture, "socket");
  unread (fixture, "third");
  unread (fixture, "");
  unread (fixture, "second ");
  unread (fixture, "first ");
  assert_read (fixture, 4, "firs");
  assert_read (fixture, 5, "t sec");
  g_assert_cmpint (g_input_stream_skip (fixture->input, 2, NULL, NULL), ==, 2);
  g_input_stream_read_async (fixture->input, buffer, 4, 0, NULL, on_read, &result);
  test_wait_until (&result.done);
  g_assert_no_error (result.error);
  g_assert_cmpmem (buffer, result.n, "d th", 4);
  result_clear (&result);

  /* What was put back and what comes from the socket are never mixed in one read.  */
  assert_read (fixture, 10, "ird");
  assert_read (fixture, 10, "socket");
}

static void
test_unread_refused (Fixture *fixture,
                     gconstpointer data)
{
  g_autoptr (GError) pending = NULL;
  g_autoptr (GError) closed = NULL;
  Result result = { 0, };
  char byte;

  g_input_stream_read_async (fixture->input, &byte, 1, 0, NULL, on_read, &result);
  g_assert_false (sa_socket_file_unread (fixture->file, (const guint8 *) "x", 1, &pending));
  g_assert_error (pending, G_IO_ERROR, G_IO_ERROR_PENDING);
  peer_send (fixture, "y");
  test_wait_until (&result.done);
  result_clear (&result);

  g_assert_true (g_input_stream_close (fixture->input, NULL, NULL));
  g_assert_false (sa_socket_file_unread (fixture->file, (const guint8 *) "x", 1, &closed));
  g_assert_error (closed, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

/* Pollable */

static gboolean
on_pollable (GObject *stream,
             gpointer count)
{
  (*(guint *) count)++;

  return G_SOURCE_CONTINUE;
}

static gboolean
is_counted (gpointer count)
{
  return *(guint *) count > 0;
}

static GSource *
attach_source (GInputStream *input,
               guint *count)
{
  GSource *source = g_pollable_input_stream_create_source (G_POLLABLE_INPUT_STREAM (input), NULL);

  g_source_set_callback (source, G_SOURCE_FUNC (on_pollable), count, NULL);
  g_source_attach (source, NULL);

  return source;
}

static void
test_pollable_read (Fixture *fixture,
                    gconstpointer data)
{
  GPollableInputStream *input = G_POLLABLE_INPUT_STREAM (fixture->input);
  g_autoptr (GError) error = NULL;
  guint count = 0;
  g_autoptr (GSource) source = attach_source (fixture->input, &count);
  char buffer[10];

  g_assert_true (g_pollable_input_stream_can_poll (input));
  g_assert_false (g_pollable_input_stream_is_readable (input));
  g_assert_cmpint (g_pollable_input_stream_read_nonblocking (input, buffer, 10, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_clear_error (&error);
  test_spin (NULL, 5);
  g_assert_cmpuint (count, ==, 0);

  peer_send (fixture, "abc");
  test_wait_in (NULL, is_counted, &count);
  g_assert_true (g_pollable_input_stream_is_readable (input));
  for (int left = 3; left > 0; left -= test_at_once (left))
    {
      g_assert_cmpint (g_pollable_input_stream_read_nonblocking (input, buffer, 10, NULL, &error), ==,
                       test_at_once (left));
      g_assert_no_error (error);
    }
  test_spin (NULL, 5);
  count = 0;
  test_spin (NULL, 5);
  g_assert_cmpuint (count, ==, 0);

  /* Bytes that were put back are there too.  */
  unread (fixture, "xy");
  test_wait_in (NULL, is_counted, &count);
  g_assert_true (g_pollable_input_stream_is_readable (input));
  g_assert_cmpint (g_pollable_input_stream_read_nonblocking (input, buffer, 10, NULL, &error), ==, 2);
  count = 0;
  test_spin (NULL, 5);
  g_assert_cmpuint (count, ==, 0);
  g_source_destroy (source);
}

/* The descriptor is closed under the source: it must not poll a number that may be another's.  */
static void
test_pollable_closed (Fixture *fixture,
                      gconstpointer data)
{
  guint count = 0;
  g_autoptr (GSource) source = attach_source (fixture->input, &count);
  g_autoptr (GError) error = NULL;
  char byte;

  test_spin (NULL, 2);
  sa_socket_close (fixture->socket, NULL);
  test_wait_in (NULL, is_counted, &count);
  g_assert_cmpint (g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (fixture->input), &byte,
                                                             1, NULL, &error),
                   ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_source_destroy (source);
}

static void
test_pollable_write (Fixture *fixture,
                     gconstpointer data)
{
  GPollableOutputStream *output = G_POLLABLE_OUTPUT_STREAM (fixture->output);
  GOutputVector vectors[] = { { "ab", 2 }, { "cd", 2 } };
  g_autoptr (GSource) source = g_pollable_output_stream_create_source (output, NULL);
  g_autoptr (GError) error = NULL;
  guint count = 0;
  gsize written = 0;

  g_source_set_callback (source, G_SOURCE_FUNC (on_pollable), &count, NULL);
  g_source_attach (source, NULL);
  test_wait_in (NULL, is_counted, &count);
  g_source_destroy (source);
  g_assert_true (g_pollable_output_stream_is_writable (output));
  g_assert_cmpint (g_pollable_output_stream_writev_nonblocking (output, vectors, 2, &written, NULL, &error),
                   ==, G_POLLABLE_RETURN_OK);
  g_assert_no_error (error);
  g_assert_cmpuint (written, ==, 4);
  assert_peer_gets (fixture, "abcd");
}

/* Foreign users */

static void
test_data_streams (Fixture *fixture,
                   gconstpointer data)
{
  g_autoptr (GDataInputStream) in = g_data_input_stream_new (fixture->input);
  g_autoptr (GDataOutputStream) out = g_data_output_stream_new (fixture->output);
  g_autoptr (GError) error = NULL;

  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (in), FALSE);
  g_filter_output_stream_set_close_base_stream (G_FILTER_OUTPUT_STREAM (out), FALSE);
  peer_send (fixture, "first line\nsecond line\n");
  g_autofree char *first = g_data_input_stream_read_line (in, NULL, NULL, &error);
  g_autofree char *second = g_data_input_stream_read_line (in, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (first, ==, "first line");
  g_assert_cmpstr (second, ==, "second line");
  g_assert_true (g_data_output_stream_put_string (out, "done", NULL, &error));
  assert_peer_gets (fixture, "done");
}

static void
on_spliced (GObject *object,
            GAsyncResult *res,
            gpointer data)
{
  Result *result = data;

  result->n = g_output_stream_splice_finish (G_OUTPUT_STREAM (object), res, &result->error);
  note (result);
}

static void
test_splice (Fixture *fixture,
             gconstpointer data)
{
  guint sum = 0;
  /* GIO writes small pieces, of which such a kernel takes single bytes.  */
  gsize length = test_is_one_byte () ? BLOCK / 128 : BLOCK;
  g_autofree guint8 *block = make_block_of (length, &sum);
  g_autoptr (GInputStream) source = g_memory_input_stream_new_from_data (block, (gssize) length, NULL);
  Drain drain = { .fd = fixture->peer };
  g_autoptr (GThread) thread = g_thread_new ("drain", drain_in_thread, &drain);
  Result result = { 0, };

  g_output_stream_splice_async (fixture->output, source, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, 0, NULL,
                                on_spliced, &result);
  test_wait_until (&result.done);
  g_assert_no_error (result.error);
  g_assert_cmpint (result.n, ==, (gssize) length);
  g_thread_join (g_steal_pointer (&thread));
  g_assert_cmpuint (drain.length, ==, length);
  g_assert_cmpuint (drain.sum, ==, sum);
  result_clear (&result);
}

#define ADD(path, func) g_test_add ("/socket-file/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_use_one_byte ();

  g_test_add_func ("/socket-file/new/refuses-unconnected", test_refuses_unconnected);
  g_test_add_func ("/socket-file/new/refuses-datagrams", test_refuses_datagrams);
  ADD ("new/refuses-second", test_refuses_second);
  ADD ("new/properties-alone", test_properties_alone);
  g_test_add_func ("/socket-file/new/properties-alone-works", test_properties_alone_works);
  ADD ("new/not-seekable", test_not_seekable);
  ADD ("read/short", test_read_short);
  ADD ("read/end", test_read_end);
  ADD ("read/never", test_read_never);
  ADD ("read/timeout", test_read_timeout);
  ADD ("read/async", test_read_async);
  ADD ("read/async-at-once", test_read_async_at_once);
  ADD ("read/async-chain", test_read_async_chain);
  ADD ("read/async-kept", test_read_async_kept);
  ADD ("read/async-context", test_read_async_context);
  g_test_add_func ("/socket-file/read/async-workers", test_read_async_workers);
  ADD ("read/drop-in-cancel", test_drop_in_cancel);
  ADD ("read/async-cancel", test_read_async_cancel);
  ADD ("read/async-timeout", test_read_async_timeout);
  ADD ("read/reset", test_read_reset);
  ADD ("read/skip", test_skip);
  ADD ("unread/order", test_unread);
  ADD ("unread/refused", test_unread_refused);
  ADD ("pollable/read", test_pollable_read);
  ADD ("pollable/closed", test_pollable_closed);
  ADD ("pollable/write", test_pollable_write);
  ADD ("foreign/data-streams", test_data_streams);
  ADD ("foreign/splice", test_splice);

  return g_test_run ();
}
