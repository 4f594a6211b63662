/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-one-byte.h"
#include "test-file-utils.h"
#include "test-socket-utils.h"

#include <errno.h>

/* Writing */

static void
test_write (Fixture *fixture,
            gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_output_stream_write (fixture->output, "hello", 5, NULL, &error), ==, 5);
  g_assert_no_error (error);
  assert_peer_gets (fixture, "hello");
  g_assert_true (g_output_stream_flush (fixture->output, NULL, &error));
  g_assert_no_error (error);
}

static void
test_writev (Fixture *fixture,
             gconstpointer data)
{
  GOutputVector vectors[] = { { "one ", 4 }, { "", 0 }, { "two ", 4 }, { "three", 5 } };
  g_autoptr (GError) error = NULL;
  Result result = { 0, };
  gsize written = 0;

  g_assert_true (g_output_stream_writev (fixture->output, vectors,
                 G_N_ELEMENTS (vectors), &written, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (written, ==, 13);
  assert_peer_gets (fixture, "one two three");
  if (!test_is_one_byte ())
    g_assert_cmpuint (sa_socket_get_send_calls (fixture->socket), ==, 1);

  g_output_stream_writev_all_async (fixture->output, vectors, G_N_ELEMENTS (vectors), 0, NULL,
                                    on_vectors_written, &result);
  test_wait_until (&result.done);
  g_assert_no_error (result.error);
  g_assert_cmpint (result.n, ==, 13);
  assert_peer_gets (fixture, "one two three");
  result_clear (&result);
}

static gboolean
write_nonblocking (GObject *stream,
                   gpointer data)
{
  guint *n_tries = data;
  GPollableOutputStream *output = G_POLLABLE_OUTPUT_STREAM (stream);
  gssize n = g_pollable_output_stream_write_nonblocking (output, "x", 1, NULL, NULL);

  g_assert_cmpuint (++*n_tries, <, 1000);
  if (n == 1)
    *n_tries = 0;

  return n < 0;
}

/* A source of the stream that goes before the socket's own makes room itself, instead of being called for
 * ever.  */
static void
test_source_before (Fixture *fixture,
                    gconstpointer data)
{
  g_autofree char *bulk = g_malloc0 (300000);
  g_autoptr (GSource) source = NULL;
  guint n_tries = 1;

  sa_socket_set_high_water_mark (fixture->socket, 1000);
  sa_socket_set_wait_policy (fixture->socket, SA_WAIT_NEVER);
  while (sa_socket_send (fixture->socket, (const guint8 *) bulk, 300000, NULL, NULL) > 0)
    continue;
  source = g_pollable_output_stream_create_source (G_POLLABLE_OUTPUT_STREAM (fixture->output), NULL);
  g_source_set_callback (source, G_SOURCE_FUNC (write_nonblocking), &n_tries, NULL);
  g_source_set_priority (source, G_PRIORITY_HIGH);
  g_source_attach (source, NULL);
  while (n_tries != 0)
    {
      while (recv (fixture->peer, bulk, 300000, MSG_DONTWAIT) > 0)
        continue;
      g_main_context_iteration (NULL, FALSE);
    }
}

/* More pieces than one call takes, some of them empty, whatever a call that cannot go on does.  */
static void
test_writev_many (Fixture *fixture,
                  gconstpointer data)
{
  static const SaWaitPolicy policies[] = { SA_WAIT_NEVER, SA_WAIT_BLOCK, SA_WAIT_DISPATCH };
  GOutputVector vectors[40];
  gsize n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    vectors[i] = (GOutputVector) { &"0123456789"[i % 10], i % 5 == 0 ? 0 : 1 };

  for (guint i = 0; i < G_N_ELEMENTS (policies); i++)
    {
      g_autoptr (GError) error = NULL;
      guint64 n_calls = sa_socket_get_send_calls (fixture->socket);

      sa_socket_set_wait_policy (fixture->socket, policies[i]);
      g_assert_true (g_output_stream_writev (fixture->output, vectors, G_N_ELEMENTS (vectors), &n, NULL,
                                             &error));
      g_assert_no_error (error);
      g_assert_cmpuint (n, ==, 32);
      assert_peer_gets (fixture, "12346789123467891234678912346789");
      if (!test_is_one_byte ())
        g_assert_cmpuint (sa_socket_get_send_calls (fixture->socket) - n_calls, ==, 3);
      g_assert_true (g_output_stream_writev (fixture->output, vectors, 1, &n, NULL, &error));
      g_assert_cmpuint (n, ==, 0);
    }
}

static void
test_write_async (Fixture *fixture,
                  gconstpointer data)
{
  Result result = { 0, };

  g_output_stream_write_async (fixture->output, "hello", 5, 0, NULL, on_written, &result);
  g_assert_false (result.done);
  test_wait_until (&result.done);
  g_assert_no_error (result.error);
  g_assert_cmpint (result.n, ==, 5);
  g_assert_cmpstr (result.source, ==, "sockarch poller");
  assert_peer_gets (fixture, "hello");
  result_clear (&result);
}

/* More than the kernel takes: the rest goes as the peer reads, and the bytes of a later send come behind.  */
static void
test_write_async_large (Fixture *fixture,
                        gconstpointer data)
{
  guint sum = 0;
  g_autofree guint8 *block = make_block (&sum);
  Drain drain = { .fd = fixture->peer };
  Result result = { 0, };
  g_autoptr (GError) error = NULL;

  sa_socket_set_wait_policy (fixture->socket, SA_WAIT_NEVER);
  sa_socket_set_high_water_mark (fixture->socket, 2 * BLOCK);
  g_output_stream_write_async (fixture->output, block, BLOCK, 0, NULL, on_written, &result);
  g_assert_cmpint (sa_socket_send (fixture->socket, (const guint8 *) "end", 3, NULL, &error), ==, 3);
  g_assert_no_error (error);
  test_spin (NULL, 5);
  g_assert_false (result.done);

  g_autoptr (GThread) thread = g_thread_new ("drain", drain_in_thread, &drain);
  test_wait_until (&result.done);
  g_assert_no_error (result.error);
  g_assert_cmpint (result.n, ==, BLOCK);
  g_assert_true (g_output_stream_close (fixture->output, NULL, &error));
  g_assert_no_error (error);
  g_thread_join (g_steal_pointer (&thread));
  g_assert_cmpuint (drain.length, ==, BLOCK + 3);
  for (guint i = 0; i < 3; i++)
    sum = sum * 31 + (guint8) "end"[i];
  g_assert_cmpuint (drain.sum, ==, sum);
  result_clear (&result);
}

static void
test_write_block_large (Fixture *fixture,
                        gconstpointer data)
{
  guint sum = 0;
  g_autofree guint8 *block = make_block (&sum);
  Drain drain = { .fd = fixture->peer };
  g_autoptr (GThread) thread = g_thread_new ("drain", drain_in_thread, &drain);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_output_stream_write (fixture->output, block, BLOCK, NULL, &error), ==, BLOCK);
  g_assert_no_error (error);
  g_assert_true (g_output_stream_close (fixture->output, NULL, &error));
  g_thread_join (g_steal_pointer (&thread));
  g_assert_cmpuint (drain.length, ==, BLOCK);
  g_assert_cmpuint (drain.sum, ==, sum);
}

/* A wait that ends in the middle says how far it came.  */
static void
test_write_timeout (Fixture *fixture,
                    gconstpointer data)
{
  guint sum = 0;
  g_autofree guint8 *block = make_block (&sum);
  g_autoptr (GError) error = NULL;
  gsize written = 0;

  sa_socket_set_timeout (fixture->socket, 20);
  g_assert_false (g_output_stream_write_all (fixture->output, block, BLOCK, &written, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_cmpuint (written, >, 0);
  g_assert_cmpuint (written, <, BLOCK);
  g_assert_cmpuint (written, ==, sa_socket_get_bytes_sent (fixture->socket));
}

/* All that it was given, or nothing.  */
static void
test_write_never (Fixture *fixture,
                  gconstpointer data)
{
  guint sum = 0;
  g_autofree guint8 *block = make_block (&sum);
  Drain drain = { .fd = fixture->peer };
  g_autoptr (GError) error = NULL;
  gsize total = 0;
  gssize n;

  sa_socket_set_wait_policy (fixture->socket, SA_WAIT_NEVER);
  while ((n = g_output_stream_write (fixture->output, block, 100000, NULL, &error)) > 0)
    {
      g_assert_cmpint (n, ==, 100000);
      total += (gsize) n;
    }
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_assert_cmpuint (sa_socket_get_bytes_sent (fixture->socket) + sa_socket_get_queued_bytes (fixture->socket),
                    ==, total);
  g_clear_error (&error);
  g_assert_false (g_pollable_output_stream_is_writable (G_POLLABLE_OUTPUT_STREAM (fixture->output)));
  n = g_pollable_output_stream_write_nonblocking (G_POLLABLE_OUTPUT_STREAM (fixture->output), block, 1, NULL,
                                                  &error);
  g_assert_cmpint (n, ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_clear_error (&error);

  /* The FIN comes behind what is queued.  */
  g_assert_true (g_output_stream_close (fixture->output, NULL, &error));
  g_assert_no_error (error);
  g_autoptr (GThread) thread = g_thread_new ("drain", drain_in_thread, &drain);
  test_wait_in (NULL, is_all_sent, fixture->socket);
  g_thread_join (g_steal_pointer (&thread));
  g_assert_cmpuint (drain.length, ==, total);
}

/* What waits behind a full queue can be called back; what is half sent cannot.  */
static void
test_write_async_cancel (Fixture *fixture,
                         gconstpointer data)
{
  guint sum = 0;
  g_autofree guint8 *block = make_block (&sum);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Drain drain = { .fd = fixture->peer };
  Result result = { 0, };

  sa_socket_set_wait_policy (fixture->socket, SA_WAIT_NEVER);
  sa_socket_set_high_water_mark (fixture->socket, 2 * BLOCK);
  g_assert_cmpint (sa_socket_send (fixture->socket, block, BLOCK, NULL, NULL), ==, BLOCK);
  g_assert_cmpuint (sa_socket_get_queued_bytes (fixture->socket), >, 0);
  g_output_stream_write_async (fixture->output, "never", 5, 0, cancellable, on_written, &result);
  g_cancellable_cancel (cancellable);
  test_wait_until (&result.done);
  g_assert_error (result.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  result_clear (&result);

  g_assert_true (g_output_stream_close (fixture->output, NULL, NULL));
  g_autoptr (GThread) thread = g_thread_new ("drain", drain_in_thread, &drain);
  test_wait_in (NULL, is_all_sent, fixture->socket);
  g_thread_join (g_steal_pointer (&thread));
  g_assert_cmpuint (drain.length, ==, BLOCK);
  g_assert_cmpuint (drain.sum, ==, sum);
}

static void
test_write_async_timeout (Fixture *fixture,
                          gconstpointer data)
{
  guint sum = 0;
  g_autofree guint8 *block = make_block (&sum);
  Result result = { 0, };

  sa_socket_set_wait_policy (fixture->socket, SA_WAIT_NEVER);
  sa_socket_set_high_water_mark (fixture->socket, 2 * BLOCK);
  g_assert_cmpint (sa_socket_send (fixture->socket, block, BLOCK, NULL, NULL), ==, BLOCK);
  sa_socket_set_timeout (fixture->socket, 10);
  g_output_stream_write_async (fixture->output, "never", 5, 0, NULL, on_written, &result);
  test_wait_until (&result.done);
  g_assert_error (result.error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  result_clear (&result);
}

/* Ends */

static void
test_half_close (Fixture *fixture,
                 gconstpointer data)
{
  char answer[6];
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_output_stream_write (fixture->output, "question", 8, NULL, NULL), ==, 8);
  g_assert_true (g_output_stream_close (fixture->output, NULL, &error));
  g_assert_no_error (error);
  assert_peer_gets (fixture, "question");
  assert_peer_gets_end (fixture);

  /* The peer goes on.  */
  peer_send (fixture, "answer");
  g_assert_true (g_input_stream_read_all (fixture->input, answer, 6, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (answer, 6, "answer", 6);
  g_assert_cmpint (g_output_stream_write (fixture->output, "x", 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  close (g_steal_fd (&fixture->peer));
  assert_read (fixture, 10, "");
}

static gboolean
is_closed (gpointer socket)
{
  return sa_socket_get_state (socket) == SA_SOCKET_STATE_CLOSED;
}

static void
test_half_close_async (Fixture *fixture,
                       gconstpointer data)
{
  Result result = { 0, };
  guint closed = 0;

  g_signal_connect (fixture->socket, "closed", G_CALLBACK (count_closed), &closed);

  g_output_stream_close_async (fixture->output, 0, NULL, on_output_closed, &result);
  test_wait_until (&result.done);
  g_assert_no_error (result.error);
  assert_peer_gets_end (fixture);
  result_clear (&result);

  /* With both halves the connection is over.  */
  g_assert_cmpuint (closed, ==, 0);
  g_input_stream_close_async (fixture->input, 0, NULL, on_input_closed, &result);
  test_wait_until (&result.done);
  g_assert_no_error (result.error);
  result_clear (&result);
  test_wait_in (NULL, is_closed, fixture->socket);
  g_assert_cmpuint (closed, ==, 1);
}

/* Nothing more is read here, but the peer hears what there is to say.  */
static void
test_close_input (Fixture *fixture,
                  gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  char byte;

  g_assert_true (g_input_stream_close (fixture->input, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_input_stream_read (fixture->input, &byte, 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_assert_cmpint (g_output_stream_write (fixture->output, "still", 5, NULL, NULL), ==, 5);
  assert_peer_gets (fixture, "still");
}

static void
test_close (Fixture *fixture,
            gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Result result = { 0, };
  guint closed = 0;
  char byte;

  g_signal_connect (fixture->socket, "closed", G_CALLBACK (count_closed), &closed);
  g_assert_cmpint (g_output_stream_write (fixture->output, "bye", 3, NULL, NULL), ==, 3);
  g_input_stream_read_async (fixture->input, &byte, 1, 0, NULL, on_read, &result);
  g_assert_true (g_io_stream_close (G_IO_STREAM (fixture->file), NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (closed, ==, 1);
  g_assert_cmpint (sa_socket_get_state (fixture->socket), ==, SA_SOCKET_STATE_CLOSED);
  test_wait_until (&result.done);
  g_assert_error (result.error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  assert_peer_gets (fixture, "bye");
  assert_peer_gets_end (fixture);

  g_assert_cmpint (g_output_stream_write (fixture->output, "x", 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_cmpint (g_input_stream_read (fixture->input, &byte, 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_assert_true (g_io_stream_close (G_IO_STREAM (fixture->file), NULL, NULL));
  g_assert_cmpuint (closed, ==, 1);
  g_clear_error (&error);
  g_assert_null (sa_socket_file_new (fixture->socket, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  result_clear (&result);
}

/* A close that is asked for in the callback of a read.  */
static void
on_read_close (GObject *object,
               GAsyncResult *res,
               gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_input_stream_read_finish (G_INPUT_STREAM (object), res, &error), ==, 1);
  g_assert_no_error (error);
  g_assert_true (g_io_stream_close (G_IO_STREAM (fixture->file), NULL, &error));
  g_assert_no_error (error);
  g_clear_object (&fixture->file);
  sa_socket_close (fixture->socket, NULL);
  g_clear_object (&fixture->socket);
}

static void
test_close_in_callback (Fixture *fixture,
                        gconstpointer data)
{
  char byte;

  g_input_stream_read_async (fixture->input, &byte, 1, 0, NULL, on_read_close, fixture);
  peer_send (fixture, "x");
  test_wait_in (NULL, is_socket_gone, fixture);
  assert_peer_gets_end (fixture);
}

static void
test_close_async (Fixture *fixture,
                  gconstpointer data)
{
  Result result = { 0, };
  guint closed = 0;

  g_signal_connect (fixture->socket, "closed", G_CALLBACK (count_closed), &closed);
  g_io_stream_close_async (G_IO_STREAM (fixture->file), 0, NULL, on_file_closed, &result);
  test_wait_until (&result.done);
  g_assert_no_error (result.error);
  g_assert_cmpuint (closed, ==, 1);
  assert_peer_gets_end (fixture);
  result_clear (&result);
}

/* The peer reads nothing: what is queued is dropped when linger is over.  */
static void
test_close_async_timeout (Fixture *fixture,
                          gconstpointer data)
{
  guint sum = 0;
  g_autofree guint8 *block = make_block (&sum);
  Result result = { 0, };
  Result written = { 0, };

  sa_socket_set_linger (fixture->socket, 10);
  g_output_stream_write_async (fixture->output, block, BLOCK, 0, NULL, on_written, &written);
  g_io_stream_close_async (G_IO_STREAM (fixture->file), 0, NULL, on_file_closed, &result);
  test_wait_until (&result.done);
  test_wait_until (&written.done);
  g_assert_error (result.error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_error (written.error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_assert_cmpint (sa_socket_get_state (fixture->socket), ==, SA_SOCKET_STATE_CLOSED);
  result_clear (&result);
  result_clear (&written);
}

/* The socket was closed without the file: every operation says so.  */
static void
test_socket_closed (Fixture *fixture,
                    gconstpointer data)
{
  Result result = { 0, };
  Result written = { 0, };
  char byte;

  sa_socket_close (fixture->socket, NULL);
  g_input_stream_read_async (fixture->input, &byte, 1, 0, NULL, on_read, &result);
  g_output_stream_write_async (fixture->output, "x", 1, 0, NULL, on_written, &written);
  test_wait_until (&result.done);
  test_wait_until (&written.done);
  g_assert_error (result.error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_assert_error (written.error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_assert_true (g_io_stream_close (G_IO_STREAM (fixture->file), NULL, NULL));
  result_clear (&result);
  result_clear (&written);
}

/* An asynchronous close waits for what is queued without stopping the loop.  */
static void
test_close_async_queued (Fixture *fixture,
                         gconstpointer data)
{
  guint sum = 0;
  g_autofree guint8 *block = make_block (&sum);
  Drain drain = { .fd = fixture->peer };
  Result result = { 0, };
  Result written = { 0, };
  guint closed = 0;

  g_signal_connect (fixture->socket, "closed", G_CALLBACK (count_closed), &closed);
  sa_socket_set_linger (fixture->socket, TEST_DEADLINE * 1000);
  g_output_stream_write_async (fixture->output, block, BLOCK, 0, NULL, on_written, &written);
  g_io_stream_close_async (G_IO_STREAM (fixture->file), 0, NULL, on_file_closed, &result);
  test_spin (NULL, 5);
  g_assert_false (result.done);
  g_assert_cmpuint (closed, ==, 0);

  g_autoptr (GThread) thread = g_thread_new ("drain", drain_in_thread, &drain);
  test_wait_until (&result.done);
  test_wait_until (&written.done);
  g_assert_no_error (result.error);
  g_assert_no_error (written.error);
  g_assert_cmpuint (closed, ==, 1);
  g_thread_join (g_steal_pointer (&thread));
  g_assert_cmpuint (drain.length, ==, BLOCK);
  g_assert_cmpuint (drain.sum, ==, sum);
  result_clear (&result);
  result_clear (&written);
}

typedef struct
{
  SaSocket *socket;
  SaSocket *server;
  gboolean done;
} Anew;

static void
on_written_connect_anew (GObject *source,
                         GAsyncResult *result,
                         gpointer data)
{
  Anew *anew = data;
  g_autoptr (GError) error = NULL;

  g_output_stream_write_finish (G_OUTPUT_STREAM (source), result, NULL);
  sa_socket_abort (anew->socket);
  sa_socket_set_wait_policy (anew->socket, SA_WAIT_BLOCK);
  sa_socket_connect_to_host (anew->socket, "127.0.0.1", sa_socket_get_local_port (anew->server), NULL,
                             &error);
  g_assert_no_error (error);
  anew->done = TRUE;
}

/* The socket is at another connection when the close of its former file ends, which that does not touch.  */
static void
test_close_async_anew (Fixture *fixture,
                       gconstpointer data)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autofree guint8 *block = make_block (&(guint){ 0 });
  Anew anew = { fixture->socket, server, FALSE };
  Drain drain = { .fd = fixture->peer };
  Result result = { 0, };

  sa_socket_set_linger (fixture->socket, TEST_DEADLINE * 1000);
  g_output_stream_write_async (fixture->output, block, BLOCK, 0, NULL, on_written_connect_anew, &anew);
  g_io_stream_close_async (G_IO_STREAM (fixture->file), 0, NULL, on_file_closed, &result);
  test_spin (NULL, 5);
  g_assert_false (result.done);

  g_autoptr (GThread) thread = g_thread_new ("drain", drain_in_thread, &drain);
  test_wait_until (&anew.done);
  test_wait_until (&result.done);
  g_thread_join (g_steal_pointer (&thread));
  test_spin (NULL, 5);
  g_assert_cmpint (sa_socket_get_state (fixture->socket), ==, SA_SOCKET_STATE_CONNECTED);
  result_clear (&result);
}

/* When the connection is gone there is nothing to wait for: each call says so at once.  */
static void
test_gone (Fixture *fixture,
           gconstpointer data)
{
  g_assert_false (g_pollable_input_stream_is_readable (G_POLLABLE_INPUT_STREAM (fixture->input)));
  sa_socket_abort (fixture->socket);
  g_assert_true (g_pollable_input_stream_is_readable (G_POLLABLE_INPUT_STREAM (fixture->input)));
  g_assert_true (g_pollable_output_stream_is_writable (G_POLLABLE_OUTPUT_STREAM (fixture->output)));
}

static void
test_abort (Fixture *fixture,
            gconstpointer data)
{
  guint closed = 0;
  char byte;

  g_signal_connect (fixture->socket, "closed", G_CALLBACK (count_closed), &closed);
  sa_socket_file_abort (fixture->file);
  sa_socket_file_abort (fixture->file);
  g_assert_true (g_io_stream_is_closed (G_IO_STREAM (fixture->file)));
  g_assert_cmpuint (closed, ==, 1);
  g_assert_cmpint (recv (fixture->peer, &byte, 1, 0), ==, -1);
  g_assert_cmpint (errno, ==, ECONNRESET);
}

#define ADD(path, func) g_test_add ("/socket-file/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_use_one_byte ();

  ADD ("write/plain", test_write);
  ADD ("write/vectors", test_writev);
  ADD ("write/vectors/many", test_writev_many);
  ADD ("write/source-before", test_source_before);
  ADD ("write/async", test_write_async);
  ADD ("write/async-large", test_write_async_large);
  ADD ("write/block-large", test_write_block_large);
  ADD ("write/timeout", test_write_timeout);
  ADD ("write/never", test_write_never);
  ADD ("write/async-cancel", test_write_async_cancel);
  ADD ("write/async-timeout", test_write_async_timeout);
  ADD ("close/output", test_half_close);
  ADD ("close/async-halves", test_half_close_async);
  ADD ("close/input", test_close_input);
  ADD ("close/both", test_close);
  ADD ("close/in-callback", test_close_in_callback);
  ADD ("close/async", test_close_async);
  ADD ("close/async-queued", test_close_async_queued);
  ADD ("close/async-timeout", test_close_async_timeout);
  ADD ("close/async-anew", test_close_async_anew);
  ADD ("pollable/gone", test_gone);
  ADD ("close/socket", test_socket_closed);
  ADD ("close/abort", test_abort);

  return g_test_run ();
}
