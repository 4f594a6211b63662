/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sockarch/sockarch.h"
#include "test-streams.h"
#include "test-utils.h"

#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <glib-unix.h>

/* An archive on the main loop, where nobody waits: load-ready, fill_async, flush_async, close_async.  */

typedef struct
{
  GInputStream *input;
  GOutputStream *output;
  SaArchive *archive;
  /* How often load-ready came, and the messages that were read in it.  */
  guint n_ready;
  GPtrArray *messages;
  /* What the handler met at the end.  */
  GError *error;
  gboolean ended;
  /* What a handler does after reading, if anything.  */
  void (*after) (gpointer fixture);
  /* How many messages a handler reads at most.  */
  guint most;
} Fixture;

static Fixture *
fixture_new (void)
{
  Fixture *f = g_new0 (Fixture, 1);
  g_autoptr (GError) error = NULL;
  int fds[2];

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, &error));
  f->input = g_unix_input_stream_new (fds[0], TRUE);
  f->output = g_unix_output_stream_new (fds[1], TRUE);
  f->archive = sa_archive_new_load (f->input);
  f->messages = g_ptr_array_new_with_free_func (g_free);
  f->most = 1;
  return f;
}

static void
fixture_free (Fixture *f)
{
  g_clear_object (&f->archive);
  g_object_unref (f->input);
  g_object_unref (f->output);
  g_ptr_array_unref (f->messages);
  g_clear_error (&f->error);
  g_free (f);
}

/* The five lines that any program needs.  */
static gboolean
read_message (SaArchive *archive, Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (!sa_archive_begin_transaction (archive, &error))
    g_error ("%s", error->message);
  sa_archive_read_uint32 (archive, NULL);
  text = sa_archive_read_string (archive, NULL);
  if (sa_archive_commit_transaction (archive, &error))
    {
      g_ptr_array_add (f->messages, g_steal_pointer (&text));
      return TRUE;
    }

  if (!g_error_matches (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE))
    {
      f->error = g_steal_pointer (&error);
      f->ended = TRUE;
    }
  return FALSE;
}

static void
on_load_ready (SaArchive *archive, Fixture *f)
{
  f->n_ready++;
  for (guint i = 0; i < f->most && read_message (archive, f); i++)
    ;
  if (f->after != NULL)
    f->after (f);
}

/* Three messages in wire form.  */
static GBytes *
make_messages (guint count, gsize length)
{
  g_autoptr (SaArchive) archive = sa_archive_new_store_bytes ();
  g_autofree char *filling = g_strnfill (length, 'x');

  for (guint i = 0; i < count; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u%s", i, filling);

      sa_archive_write_uint32 (archive, i, NULL);
      sa_archive_write_string (archive, text, NULL);
    }

  return sa_archive_steal_bytes (archive, NULL);
}

static void
send_bytes (Fixture *f, GBytes *bytes)
{
  g_autoptr (GError) error = NULL;

  g_output_stream_write_all (f->output, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL, NULL,
                             &error);
  g_assert_no_error (error);
}

static gboolean
has_three (gpointer data)
{
  return ((Fixture *) data)->messages->len >= 3;
}

/* A message a turn, as long as there are any, though they came all at once; then the end.  */
static void
test_ready (void)
{
  Fixture *f = fixture_new ();
  g_autoptr (GBytes) bytes = make_messages (3, 5);

  g_signal_connect (f->archive, "load-ready", G_CALLBACK (on_load_ready), f);
  sa_archive_set_read_ahead (f->archive, TRUE);
  send_bytes (f, bytes);
  test_wait_in (NULL, has_three, f);
  g_assert_cmpuint (f->n_ready, ==, 3);
  g_assert_cmpstr (g_ptr_array_index (f->messages, 2), ==, "2xxxxx");

  /* With nothing to read there is nothing to tell.  */
  test_spin (NULL, 20);
  g_assert_cmpuint (f->n_ready, ==, 3);

  g_output_stream_close (f->output, NULL, NULL);
  test_wait_until (&f->ended);
  g_assert_error (f->error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE);
  g_assert_cmpuint (f->n_ready, ==, 4);
  test_spin (NULL, 20);
  g_assert_cmpuint (f->n_ready, ==, 4);
  fixture_free (f);
}

/* The same, coming a byte at a time: no handler waits, and none is called for nothing.  */
static void
test_ready_dribble (void)
{
  Fixture *f = fixture_new ();
  g_autoptr (GBytes) bytes = make_messages (3, 5);
  const char *data = g_bytes_get_data (bytes, NULL);

  g_signal_connect (f->archive, "load-ready", G_CALLBACK (on_load_ready), f);
  sa_archive_set_read_ahead (f->archive, TRUE);
  for (gsize i = 0; i < g_bytes_get_size (bytes); i++)
    {
      guint before = f->n_ready;

      g_assert_cmpint (g_output_stream_write (f->output, data + i, 1, NULL, NULL), ==, 1);
      while (f->n_ready == before)
        g_main_context_iteration (NULL, TRUE);
      g_assert_cmpuint (f->n_ready, ==, before + 1);
    }

  g_assert_cmpuint (f->messages->len, ==, 3);
  fixture_free (f);
}

/* Messages that are longer than any buffer, or than what one read brings.  */
static void
test_ready_large (void)
{
  Fixture *f = fixture_new ();
  g_autoptr (GBytes) bytes = make_messages (3, 150000);

  g_signal_connect (f->archive, "load-ready", G_CALLBACK (on_load_ready), f);
  sa_archive_set_read_ahead (f->archive, TRUE);
  g_unix_set_fd_nonblocking (g_unix_output_stream_get_fd (G_UNIX_OUTPUT_STREAM (f->output)), TRUE, NULL);
  g_output_stream_write_all_async (f->output, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                                   G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  test_wait_in (NULL, has_three, f);
  g_assert_cmpuint (strlen (g_ptr_array_index (f->messages, 2)), ==, 150001);
  test_spin (NULL, 10);
  fixture_free (f);
}

/* A handler that reads nothing is not called again until more comes.  */
static void
test_ready_ignored (void)
{
  Fixture *f = fixture_new ();
  g_autoptr (GBytes) bytes = make_messages (1, 5);

  f->most = 0;
  g_signal_connect (f->archive, "load-ready", G_CALLBACK (on_load_ready), f);
  sa_archive_set_read_ahead (f->archive, TRUE);
  send_bytes (f, bytes);
  while (f->n_ready == 0)
    g_main_context_iteration (NULL, TRUE);
  test_spin (NULL, 20);
  g_assert_cmpuint (f->n_ready, ==, 1);

  send_bytes (f, bytes);
  while (f->n_ready == 1)
    g_main_context_iteration (NULL, TRUE);
  test_spin (NULL, 20);
  g_assert_cmpuint (f->n_ready, ==, 2);
  fixture_free (f);
}

/* Nobody who reads, no memory that grows: the pipe fills up instead.  */
static void
test_ready_backs_up (void)
{
  Fixture *f = fixture_new ();
  g_autoptr (GBytes) bytes = make_messages (1, 400000);
  g_autoptr (GBytes) ahead = NULL;
  GPollableOutputStream *pollable = G_POLLABLE_OUTPUT_STREAM (f->output);
  gconstpointer data = g_bytes_get_data (bytes, NULL);
  gboolean is_full = FALSE;

  f->most = 0;
  g_signal_connect (f->archive, "load-ready", G_CALLBACK (on_load_ready), f);
  sa_archive_set_read_ahead (f->archive, TRUE);
  while (!is_full)
    {
      is_full = g_pollable_output_stream_write_nonblocking (pollable, data, 4096, NULL, NULL) < 0;
      test_spin (NULL, 5);
    }

  ahead = sa_archive_steal_buffered (f->archive, NULL);
  g_assert_cmpuint (g_bytes_get_size (ahead), >=, 65536);
  g_assert_cmpuint (g_bytes_get_size (ahead), <=, 2 * 65536);
  fixture_free (f);
}

/* While it is fed, a call from anywhere says NEED_MORE instead of waiting.  */
static void
test_ready_never_waits (void)
{
  Fixture *f = fixture_new ();
  g_autoptr (GError) error = NULL;

  sa_archive_set_read_ahead (f->archive, TRUE);
  g_assert_cmpuint (sa_archive_read_uint32 (f->archive, &error), ==, 0);
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE);
  fixture_free (f);
}

static void
close_archive (gpointer data)
{
  Fixture *f = data;

  g_assert_true (sa_archive_close (f->archive, NULL));
}

static void
drop_archive (gpointer data)
{
  Fixture *f = data;

  g_clear_object (&f->archive);
}

static void
run_loop (gpointer data)
{
  Fixture *f = data;
  guint before = f->n_ready;

  f->after = NULL;
  test_spin (NULL, 10);
  /* Not told about itself while it is being told.  */
  g_assert_cmpuint (f->n_ready, ==, before);
}

static void
check_handler (void (*after) (gpointer fixture), guint n_messages)
{
  Fixture *f = fixture_new ();
  g_autoptr (GBytes) bytes = make_messages (3, 5);

  f->after = after;
  g_signal_connect (f->archive, "load-ready", G_CALLBACK (on_load_ready), f);
  sa_archive_set_read_ahead (f->archive, TRUE);
  send_bytes (f, bytes);
  while (f->n_ready == 0)
    g_main_context_iteration (NULL, TRUE);
  test_spin (NULL, 20);
  g_assert_cmpuint (f->messages->len, ==, n_messages);
  fixture_free (f);
}

static void
test_ready_close (void)
{
  check_handler (close_archive, 1);
}

static void
test_ready_drop (void)
{
  check_handler (drop_archive, 1);
}

static void
test_ready_nested_loop (void)
{
  check_handler (run_loop, 3);
}

/* Dropping it ends the read that is under way, and with it everything.  */
static void
test_ready_drop_idle (void)
{
  Fixture *f = fixture_new ();
  gpointer watched = f->archive;

  g_object_add_weak_pointer (G_OBJECT (f->archive), &watched);
  sa_archive_set_read_ahead (f->archive, TRUE);
  test_spin (NULL, 3);
  g_clear_object (&f->archive);
  g_assert_null (watched);
  test_spin (NULL, 3);
  fixture_free (f);
}

/* The same over a stream that cannot be polled, which a thread reads.  */
static void
test_ready_file (void)
{
  Fixture *f = fixture_new ();
  g_autoptr (GBytes) bytes = make_messages (3, 100000);
  g_autoptr (GFileIOStream) stream = NULL;
  g_autoptr (GFile) file = g_file_new_tmp ("sockarch-XXXXXX", &stream, NULL);
  g_autoptr (GFileInputStream) input = NULL;

  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (stream)),
                             g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL, NULL, NULL);
  g_io_stream_close (G_IO_STREAM (stream), NULL, NULL);
  input = g_file_read (file, NULL, NULL);
  g_object_unref (f->archive);
  f->archive = sa_archive_new_load (G_INPUT_STREAM (input));
  g_signal_connect (f->archive, "load-ready", G_CALLBACK (on_load_ready), f);
  sa_archive_set_read_ahead (f->archive, TRUE);
  test_wait_until (&f->ended);
  g_assert_error (f->error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE);
  g_assert_cmpuint (f->messages->len, ==, 3);
  g_file_delete (file, NULL, NULL);
  fixture_free (f);
}

/* And over bytes, which are all there.  */
static void
test_ready_bytes (void)
{
  Fixture *f = fixture_new ();
  g_autoptr (GBytes) bytes = make_messages (3, 5);

  g_object_unref (f->archive);
  f->archive =
      g_object_new (SA_TYPE_ARCHIVE, "mode", SA_ARCHIVE_LOAD, "bytes", bytes, "read-ahead", TRUE, NULL);
  g_signal_connect (f->archive, "load-ready", G_CALLBACK (on_load_ready), f);
  test_wait_until (&f->ended);
  g_assert_cmpuint (f->messages->len, ==, 3);
  g_assert_cmpuint (f->n_ready, ==, 4);
  fixture_free (f);
}

/* What was buffered before it was switched on is told too.  */
static void
test_ready_buffered_before (void)
{
  Fixture *f = fixture_new ();
  g_autoptr (GBytes) bytes = make_messages (3, 5);

  send_bytes (f, bytes);
  g_assert_true (read_message (f->archive, f));
  g_signal_connect (f->archive, "load-ready", G_CALLBACK (on_load_ready), f);
  sa_archive_set_read_ahead (f->archive, TRUE);
  test_wait_in (NULL, has_three, f);

  /* Switched off, calls wait again.  */
  sa_archive_set_read_ahead (f->archive, FALSE);
  test_spin (NULL, 5);
  send_bytes (f, bytes);
  g_assert_true (read_message (f->archive, f));
  fixture_free (f);
}

/* Signals and reads belong to the context in which it was switched on.  */
static void
test_ready_context (void)
{
  Fixture *f = fixture_new ();
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GBytes) bytes = make_messages (3, 5);

  g_main_context_push_thread_default (context);
  sa_archive_set_read_ahead (f->archive, TRUE);
  g_main_context_pop_thread_default (context);
  g_signal_connect (f->archive, "load-ready", G_CALLBACK (on_load_ready), f);
  send_bytes (f, bytes);
  test_spin (NULL, 10);
  g_assert_cmpuint (f->n_ready, ==, 0);
  test_wait_in (context, has_three, f);
  g_clear_object (&f->archive);
  test_spin (context, 5);
  fixture_free (f);
}

/* fill_async */

typedef struct
{
  gboolean done;
  GAsyncResult *result;
} Outcome;

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  Outcome *outcome = data;

  outcome->done = TRUE;
  outcome->result = g_object_ref (result);
}

static gssize
finish_fill (Fixture *f, Outcome *outcome, GError **error)
{
  gssize count;

  test_wait_until (&outcome->done);
  count = sa_archive_fill_finish (f->archive, outcome->result, error);
  g_clear_object (&outcome->result);
  outcome->done = FALSE;
  return count;
}

static void
test_fill (void)
{
  Fixture *f = fixture_new ();
  g_autoptr (GError) error = NULL;
  Outcome outcome = { 0 };

  sa_archive_fill_async (f->archive, NULL, on_done, &outcome);
  g_assert_cmpuint (sa_archive_read_uint16 (f->archive, &error), ==, 0);
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE);
  g_clear_error (&error);

  g_assert_cmpint (g_output_stream_write (f->output, "\1\2\3", 3, NULL, NULL), ==, 3);
  g_assert_cmpint (finish_fill (f, &outcome, &error), ==, 3);
  g_assert_no_error (error);
  g_assert_cmpuint (sa_archive_read_uint16 (f->archive, &error), ==, 0x0201);

  /* It waits for what is new, not for what is there.  */
  sa_archive_fill_async (f->archive, NULL, on_done, &outcome);
  test_spin (NULL, 10);
  g_assert_false (outcome.done);
  g_assert_cmpint (g_output_stream_write (f->output, "\4", 1, NULL, NULL), ==, 1);
  g_assert_cmpint (finish_fill (f, &outcome, &error), ==, 2);

  g_output_stream_close (f->output, NULL, NULL);
  sa_archive_fill_async (f->archive, NULL, on_done, &outcome);
  g_assert_cmpint (finish_fill (f, &outcome, &error), ==, 0);
  g_assert_no_error (error);
  g_assert_cmpuint (sa_archive_read_uint16 (f->archive, &error), ==, 0x0403);
  fixture_free (f);
}

static void
test_fill_large (void)
{
  Fixture *f = fixture_new ();
  g_autofree guint8 *data = g_malloc0 (20000);
  g_autoptr (GError) error = NULL;
  Outcome outcome = { 0 };

  g_output_stream_write_all (f->output, data, 20000, NULL, NULL, NULL);
  sa_archive_fill_async (f->archive, NULL, on_done, &outcome);
  g_assert_cmpint (finish_fill (f, &outcome, &error), ==, 20000);
  fixture_free (f);
}

static void
test_fill_cancel (void)
{
  Fixture *f = fixture_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Outcome outcome = { 0 };

  sa_archive_fill_async (f->archive, cancellable, on_done, &outcome);
  test_spin (NULL, 3);
  g_cancellable_cancel (cancellable);
  g_assert_cmpint (finish_fill (f, &outcome, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  /* Nothing was lost, and one may wait again.  */
  g_assert_cmpint (g_output_stream_write (f->output, "\1\2", 2, NULL, NULL), ==, 2);
  g_assert_cmpuint (sa_archive_read_uint16 (f->archive, &error), ==, 0x0201);
  fixture_free (f);
}

static void
test_fill_twice (void)
{
  Fixture *f = fixture_new ();
  g_autoptr (GError) error = NULL;
  Outcome first = { 0 };
  Outcome second = { 0 };

  sa_archive_fill_async (f->archive, NULL, on_done, &first);
  sa_archive_fill_async (f->archive, NULL, on_done, &second);
  g_assert_cmpint (finish_fill (f, &second, &error), ==, -1);
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BUSY);
  g_clear_error (&error);

  g_assert_true (sa_archive_close (f->archive, NULL));
  g_assert_cmpint (finish_fill (f, &first, &error), ==, -1);
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED);
  test_spin (NULL, 5);
  fixture_free (f);
}

/* flush_async and close_async */

static void
test_flush (void)
{
  Fixture *f = fixture_new ();
  g_autoptr (SaArchive) out = sa_archive_new_store (f->output);
  g_autoptr (GError) error = NULL;
  Outcome outcome = { 0 };

  sa_archive_write_uint16 (out, 1, NULL);
  sa_archive_flush_async (out, NULL, on_done, &outcome);

  /* What is stored meanwhile is for the next one.  */
  sa_archive_write_uint16 (out, 2, NULL);
  g_assert_false (sa_archive_flush (out, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BUSY);
  g_clear_error (&error);

  test_wait_until (&outcome.done);
  g_assert_true (sa_archive_flush_finish (out, outcome.result, &error));
  g_clear_object (&outcome.result);
  g_assert_cmpuint (sa_archive_read_uint16 (f->archive, NULL), ==, 1);
  g_assert_true (sa_archive_close (out, &error));
  g_assert_cmpuint (sa_archive_read_uint16 (f->archive, NULL), ==, 2);
  fixture_free (f);
}

static void
test_flush_fails (void)
{
  g_autoptr (TestOutput) output = test_output_new ();
  g_autoptr (SaArchive) out = sa_archive_new_store (G_OUTPUT_STREAM (output));
  g_autoptr (GError) error = NULL;
  Outcome outcome = { 0 };

  output->room = 3;
  sa_archive_write_uint32 (out, 0x04030201, NULL);
  sa_archive_flush_async (out, NULL, on_done, &outcome);
  sa_archive_write_uint8 (out, 5, NULL);
  test_wait_until (&outcome.done);
  g_assert_false (sa_archive_flush_finish (out, outcome.result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_clear_object (&outcome.result);
  g_clear_error (&error);

  /* What was not sent is there again, before what came after.  */
  output->room = 100;
  g_assert_true (sa_archive_flush (out, &error));
  g_assert_cmpmem (output->taken->data, output->taken->len, "\1\2\3\4\5", 5);
}

static void
test_close (void)
{
  g_autoptr (TestOutput) output = test_output_new ();
  g_autoptr (SaArchive) out = sa_archive_new_store (G_OUTPUT_STREAM (output));
  g_autoptr (GError) error = NULL;
  Outcome outcome = { 0 };

  sa_archive_write_uint8 (out, 5, NULL);
  sa_archive_close_async (out, NULL, on_done, &outcome);
  test_wait_until (&outcome.done);
  g_assert_true (sa_archive_close_finish (out, outcome.result, &error));
  g_clear_object (&outcome.result);
  g_assert_true (sa_archive_is_closed (out));
  g_assert_cmpmem (output->taken->data, output->taken->len, "\5", 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/archive/async/ready", test_ready);
  g_test_add_func ("/archive/async/ready/dribble", test_ready_dribble);
  g_test_add_func ("/archive/async/ready/large", test_ready_large);
  g_test_add_func ("/archive/async/ready/ignored", test_ready_ignored);
  g_test_add_func ("/archive/async/ready/backs-up", test_ready_backs_up);
  g_test_add_func ("/archive/async/ready/never-waits", test_ready_never_waits);
  g_test_add_func ("/archive/async/ready/close", test_ready_close);
  g_test_add_func ("/archive/async/ready/drop", test_ready_drop);
  g_test_add_func ("/archive/async/ready/nested-loop", test_ready_nested_loop);
  g_test_add_func ("/archive/async/ready/drop-idle", test_ready_drop_idle);
  g_test_add_func ("/archive/async/ready/file", test_ready_file);
  g_test_add_func ("/archive/async/ready/bytes", test_ready_bytes);
  g_test_add_func ("/archive/async/ready/buffered-before", test_ready_buffered_before);
  g_test_add_func ("/archive/async/ready/context", test_ready_context);
  g_test_add_func ("/archive/async/fill", test_fill);
  g_test_add_func ("/archive/async/fill/large", test_fill_large);
  g_test_add_func ("/archive/async/fill/cancel", test_fill_cancel);
  g_test_add_func ("/archive/async/fill/twice", test_fill_twice);
  g_test_add_func ("/archive/async/flush", test_flush);
  g_test_add_func ("/archive/async/flush/fails", test_flush_fails);
  g_test_add_func ("/archive/async/close", test_close);

  return g_test_run ();
}
