/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-socket-utils.h"
#include "test-utils.h"

#include <sys/socket.h>

/* Whoever is told that a cancellable was cancelled may close what it cancels, there and then: in the handler
 * of GCancellable::cancelled, or in another thread while that handler runs. What waits for such handlers
 * waits for ever: an alarm ends it.  */

typedef struct
{
  SaSocket *server;
  SaSocket *client;
  SaSocket *peer;
  SaSocketFile *file; /* over the client */
  SaArchive *in;      /* over the file */
  SaArchive *out;     /* likewise */
  GCancellable *cancellable;
  GString *outcome; /* a letter for each callback: c(ancelled), x (closed), or something else */
  char buffer[16];
} Fixture;

typedef void (*Begin) (Fixture *f);

static void
set_up (Fixture *f,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->server = test_listener ();
  test_connect (f->server, &f->client, &f->peer);
  sa_socket_set_wait_policy (f->client, SA_WAIT_NEVER);
  sa_socket_set_wait_policy (f->server, SA_WAIT_NEVER);
  f->file = sa_socket_file_new (f->client, &error);
  g_assert_no_error (error);
  f->in = sa_archive_new (G_IO_STREAM (f->file), SA_ARCHIVE_LOAD);
  f->out = sa_archive_new (G_IO_STREAM (f->file), SA_ARCHIVE_STORE);
  f->cancellable = g_cancellable_new ();
  f->outcome = g_string_new (NULL);
  alarm (TEST_DEADLINE);
}

static void
tear_down (Fixture *f,
           gconstpointer data)
{
  alarm (0);
  sa_archive_abort (f->in);
  sa_archive_abort (f->out);
  g_object_unref (f->in);
  g_object_unref (f->out);
  g_object_unref (f->file);
  test_spin (NULL, 5);
  g_assert_finalize_object (f->client);
  g_object_unref (f->peer);
  g_assert_finalize_object (f->server);
  g_assert_finalize_object (f->cancellable);
  g_string_free (f->outcome, TRUE);
}

static void
note (Fixture *f,
      const GError *error)
{
  gboolean cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  /* What was queued when the socket was closed is tried for a while.  */
  gboolean closed = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED) ||
                    g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) ||
                    g_error_matches (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED);

  if (!cancelled && !closed)
    g_test_message ("%s", error != NULL ? error->message : "no error");
  g_string_append_c (f->outcome, cancelled ? 'c' : closed ? 'x' : '?');
}

/* The ends of all calls, which fail.  */
static void
on_received (GObject *object,
             GAsyncResult *result,
             gpointer data)
{
  g_autoptr (GError) error = NULL;
  gsize length;

  g_assert_null (sa_socket_receive_finish (SA_SOCKET (object), result, &length, &error));
  note (data, error);
}

static void
begin_receive (Fixture *f)
{
  sa_socket_receive_async (f->client, 10, f->cancellable, on_received, f);
}

static void
on_sent (GObject *object,
         GAsyncResult *result,
         gpointer data)
{
  g_autoptr (GError) error = NULL;

  sa_socket_send_finish (SA_SOCKET (object), result, &error);
  note (data, error);
}

static void
fill_kernel (Fixture *f)
{
  static const guint8 bytes[65536];

  sa_socket_set_linger (f->client, 100);
  while (sa_socket_get_queued_bytes (f->client) == 0)
    g_assert_cmpint (sa_socket_send (f->client, bytes, sizeof bytes, NULL, NULL), ==, sizeof bytes);
}

static void
begin_send (Fixture *f)
{
  fill_kernel (f);
  sa_socket_send_async (f->client, (const guint8 *) "late", 4, f->cancellable, on_sent, f);
}

/* What was cancelled before its first byte is not sent, though there is room by the time that the loop finds
 * out.  */
static void
test_not_sent (Fixture *f,
               gconstpointer data)
{
  g_autofree char *block = g_malloc (65536);
  int fd = g_socket_get_fd (sa_socket_get_socket (f->peer));
  gssize n;

  begin_send (f);
  g_cancellable_cancel (f->cancellable);
  for (guint idle = 0; idle < 50; idle++)
    {
      while ((n = recv (fd, block, 65536, MSG_DONTWAIT)) > 0)
        {
          g_assert_null (memchr (block, 'l', (gsize) n));
          idle = 0;
        }
      g_main_context_iteration (NULL, FALSE);
    }
  g_assert_cmpstr (f->outcome->str, ==, "c");
  g_assert_cmpuint (sa_socket_get_queued_bytes (f->client), ==, 0);
}

static void
on_accepted (GObject *object,
             GAsyncResult *result,
             gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (sa_socket_accept_finish (SA_SOCKET (object), result, &error));
  note (data, error);
}

static void
begin_accept (Fixture *f)
{
  sa_socket_accept_async (f->server, f->cancellable, on_accepted, f);
}

static void
on_gone (GObject *object,
         GAsyncResult *result,
         gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (sa_socket_close_gracefully_finish (SA_SOCKET (object), result, &error));
  note (data, error);
}

static void
begin_goodbye (Fixture *f)
{
  sa_socket_close_gracefully_async (f->client, f->cancellable, on_gone, f);
}

static void
on_connected (GObject *object,
              GAsyncResult *result,
              gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (sa_socket_connect_to_host_finish (SA_SOCKET (object), result, &error));
  note (data, error);
}

static void
begin_connect (Fixture *f)
{
  sa_archive_abort (f->in);
  sa_archive_abort (f->out);
  sa_socket_abort (f->client);
  sa_socket_connect_to_host_async (f->client, "127.0.0.1", sa_socket_get_local_port (f->server),
                                   f->cancellable, on_connected, f);
}

static void
on_read (GObject *object,
         GAsyncResult *result,
         gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_input_stream_read_finish (G_INPUT_STREAM (object), result, &error), ==, -1);
  note (data, error);
}

static void
begin_read (Fixture *f)
{
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (f->file)), f->buffer,
                             sizeof f->buffer, 0, f->cancellable, on_read, f);
}

static void
on_written (GObject *object,
            GAsyncResult *result,
            gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_output_stream_write_finish (G_OUTPUT_STREAM (object), result, &error), ==, -1);
  note (data, error);
}

static void
begin_write (Fixture *f)
{
  fill_kernel (f);
  g_output_stream_write_async (g_io_stream_get_output_stream (G_IO_STREAM (f->file)), "late", 4, 0,
                               f->cancellable, on_written, f);
}

static void
on_filled (GObject *object,
           GAsyncResult *result,
           gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (sa_archive_fill_finish (SA_ARCHIVE (object), result, &error), ==, -1);
  note (data, error);
}

static void
begin_fill (Fixture *f)
{
  sa_archive_fill_async (f->in, f->cancellable, on_filled, f);
}

static void
on_object (GObject *object,
           GAsyncResult *result,
           gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (sa_archive_read_object_finish (SA_ARCHIVE (object), result, &error));
  note (data, error);
}

static void
begin_object (Fixture *f)
{
  sa_archive_read_object_async (f->in, G_TYPE_OBJECT, f->cancellable, on_object, f);
}

static void
on_flushed (GObject *object,
            GAsyncResult *result,
            gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (sa_archive_flush_finish (SA_ARCHIVE (object), result, &error));
  note (data, error);
}

static void
begin_flush (Fixture *f)
{
  fill_kernel (f);
  sa_archive_write_uint32 (f->out, 1, NULL);
  sa_archive_flush_async (f->out, f->cancellable, on_flushed, f);
}

static void
close_all (Fixture *f)
{
  sa_archive_close (f->in, NULL);
  sa_archive_abort (f->out);
  g_io_stream_close (G_IO_STREAM (f->file), NULL, NULL);
  sa_socket_close (f->client, NULL);
  sa_socket_close (f->server, NULL);
}

static gboolean
is_told (gpointer data)
{
  return ((Fixture *) data)->outcome->len > 0;
}

static void
assert_told_once (Fixture *f)
{
  test_wait_in (NULL, is_told, f);
  test_spin (NULL, 5);
  g_assert_cmpuint (f->outcome->len, ==, 1);
  g_assert_cmpint (f->outcome->str[0], !=, '?');
}

static void
on_cancelled (GCancellable *cancellable,
              gpointer data)
{
  close_all (data);
}

static void
test_close_in_handler (Fixture *f,
                       gconstpointer begin)
{
  gulong id;

  ((Begin) begin) (f);
  id = g_cancellable_connect (f->cancellable, G_CALLBACK (on_cancelled), f, NULL);
  g_cancellable_cancel (f->cancellable);
  assert_told_once (f);
  g_cancellable_disconnect (f->cancellable, id);
}

/* The handler that closes comes before the one of the call.  */
static void
test_close_before_handler (Fixture *f,
                           gconstpointer begin)
{
  gulong id = g_cancellable_connect (f->cancellable, G_CALLBACK (on_cancelled), f, NULL);

  ((Begin) begin) (f);
  g_cancellable_cancel (f->cancellable);
  assert_told_once (f);
  g_cancellable_disconnect (f->cancellable, id);
}

static GAsyncQueue *to_thread;
static GAsyncQueue *from_thread;

static void
on_cancelled_waiting (GCancellable *cancellable,
                      gpointer data)
{
  g_async_queue_push (from_thread, data);
  g_async_queue_pop (to_thread);
}

static gpointer
cancel_in_thread (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);

  return NULL;
}

/* A handler in another thread waits for this one, which ends the call meanwhile.  */
static void
test_close_beside_handler (Fixture *f,
                           gconstpointer begin)
{
  gulong id = g_cancellable_connect (f->cancellable, G_CALLBACK (on_cancelled_waiting), f, NULL);
  GThread *thread;

  to_thread = g_async_queue_new ();
  from_thread = g_async_queue_new ();
  ((Begin) begin) (f);
  thread = g_thread_new ("cancel", cancel_in_thread, f->cancellable);
  g_async_queue_pop (from_thread);
  close_all (f);
  assert_told_once (f);
  g_async_queue_push (to_thread, f);
  g_thread_join (thread);
  g_cancellable_disconnect (f->cancellable, id);
  g_async_queue_unref (to_thread);
  g_async_queue_unref (from_thread);
}

/* Cancelled by one thread while the other completes what was begun, over and over.  */
static void
test_race (Fixture *f,
           gconstpointer begin)
{
  for (int i = 0; i < 200; i++)
    {
      GThread *thread;

      ((Begin) begin) (f);
      thread = g_thread_new ("cancel", cancel_in_thread, f->cancellable);
      if (i % 2 == 0)
        sa_socket_send (f->peer, (const guint8 *) "now", 3, NULL, NULL);
      test_wait_in (NULL, is_told, f);
      g_thread_join (thread);
      g_string_truncate (f->outcome, 0);
      g_set_object (&f->cancellable, NULL);
      f->cancellable = g_cancellable_new ();
    }
}

static void
on_raced (GObject *object,
          GAsyncResult *result,
          gpointer data)
{
  g_autofree guint8 *bytes = NULL;
  gsize length;

  bytes = sa_socket_receive_finish (SA_SOCKET (object), result, &length, NULL);
  g_string_append_c (((Fixture *) data)->outcome, bytes != NULL ? 'r' : 'c');
}

static void
begin_raced_receive (Fixture *f)
{
  sa_socket_receive_async (f->client, 10, f->cancellable, on_raced, f);
}

static gboolean
cancel_on_idle (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);

  return G_SOURCE_REMOVE;
}

/* A wait that runs the loop, and in which everything is closed by a handler.  */
static void
test_close_in_wait (Fixture *f,
                    gconstpointer data)
{
  gulong id = g_cancellable_connect (f->cancellable, G_CALLBACK (on_cancelled), f, NULL);
  g_autoptr (GError) error = NULL;

  sa_socket_set_wait_policy (f->client, SA_WAIT_DISPATCH);
  g_idle_add (cancel_on_idle, f->cancellable);
  g_assert_cmpint (sa_socket_receive (f->client, f->buffer, sizeof f->buffer, f->cancellable, &error), ==,
                   -1);
  note (f, error);
  assert_told_once (f);
  g_cancellable_disconnect (f->cancellable, id);
}

static void
on_cancelled_read_again (GCancellable *cancellable,
                         gpointer data)
{
  Fixture *f = data;

  sa_archive_read_uint32 (f->in, NULL);
  close_all (f);
}

/* The same for an archive whose calls have a time limit, and so a cancellable of their own.  */
static void
test_archive_in_wait (Fixture *f,
                      gconstpointer data)
{
  gulong id = g_cancellable_connect (f->cancellable, G_CALLBACK (on_cancelled_read_again), f, NULL);
  g_autoptr (GError) error = NULL;

  sa_socket_set_wait_policy (f->client, SA_WAIT_DISPATCH);
  sa_archive_set_timeout (f->in, TEST_DEADLINE * 1000);
  sa_archive_set_cancellable (f->in, f->cancellable);
  g_idle_add (cancel_on_idle, f->cancellable);
  sa_archive_read_uint32 (f->in, &error);
  note (f, error);
  assert_told_once (f);
  g_cancellable_disconnect (f->cancellable, id);
}

#define ADD(path, func, begin) \
  g_test_add ("/cancel/" path, Fixture, (gconstpointer) (begin), set_up, func, tear_down)
#define ADD_ALL(path, begin) \
  G_STMT_START \
  { \
    ADD (path "/in-handler", test_close_in_handler, begin); \
    ADD (path "/before-handler", test_close_before_handler, begin); \
    ADD (path "/beside-handler", test_close_beside_handler, begin); \
  } \
  G_STMT_END

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD_ALL ("receive", begin_receive);
  ADD_ALL ("send", begin_send);
  ADD_ALL ("accept", begin_accept);
  ADD_ALL ("goodbye", begin_goodbye);
  ADD_ALL ("connect", begin_connect);
  ADD_ALL ("read", begin_read);
  ADD_ALL ("write", begin_write);
  ADD_ALL ("fill", begin_fill);
  ADD_ALL ("object", begin_object);
  ADD_ALL ("flush", begin_flush);
  ADD ("send/not-sent", test_not_sent, NULL);
  ADD ("wait/socket", test_close_in_wait, NULL);
  ADD ("wait/archive", test_archive_in_wait, NULL);
  ADD ("race", test_race, begin_raced_receive);

  return g_test_run ();
}
