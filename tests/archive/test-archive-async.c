/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-pipe.h"

/* What an archive does on the main loop when it is asked: fill_async, flush_async, close_async.  */

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

/* What comes with the end is told before the end, however much it is.  */
static void
test_fill_then_end (void)
{
  static const gsize sizes[] = { 1, 255, 256, 257, 4096, 60000 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      Fixture *f = fixture_new ();
      g_autofree guint8 *data = g_malloc0 (sizes[i]);
      g_autoptr (GError) error = NULL;
      Outcome outcome = { 0 };

      g_output_stream_write_all (f->output, data, sizes[i], NULL, NULL, NULL);
      g_output_stream_close (f->output, NULL, NULL);
      sa_archive_fill_async (f->archive, NULL, on_done, &outcome);
      g_assert_cmpint (finish_fill (f, &outcome, &error), ==, sizes[i]);
      sa_archive_fill_async (f->archive, NULL, on_done, &outcome);
      g_assert_cmpint (finish_fill (f, &outcome, &error), ==, 0);
      g_assert_no_error (error);
      fixture_free (f);
    }
}

/* A fill that is cancelled when its bytes have come already does not lose them: not over a stream that can be
 * polled, and not over one that a thread reads.  */
static void
test_fill_cancel_late (void)
{
  Fixture *f = fixture_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Outcome outcome = { 0 };

  g_assert_cmpint (g_output_stream_write (f->output, "\1\2", 2, NULL, NULL), ==, 2);
  sa_archive_fill_async (f->archive, cancellable, on_done, &outcome);
  g_cancellable_cancel (cancellable);
  finish_fill (f, &outcome, NULL);
  g_assert_cmpuint (sa_archive_read_uint16 (f->archive, &error), ==, 0x0201);
  g_assert_no_error (error);
  fixture_free (f);
}

static void
test_fill_cancel_thread (void)
{
  Fixture *f = fixture_new_thread ("\1\2\3\4", 4);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Outcome outcome = { 0 };

  sa_archive_fill_async (f->archive, cancellable, on_done, &outcome);
  let_read (f);
  g_cancellable_cancel (cancellable);
  finish_fill (f, &outcome, NULL);
  g_assert_cmpuint (sa_archive_read_uint32 (f->archive, &error), ==, 0x04030201);
  g_assert_no_error (error);
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

/* What is stored before closing is done is sent too, and nobody waits for it: here nobody could.  */
static void
test_close_stored_meanwhile (void)
{
  Fixture *f = fixture_new ();
  g_autoptr (SaArchive) out = sa_archive_new_store (f->output);
  g_autofree guint8 *data = g_malloc0 (300000);
  g_autoptr (GError) error = NULL;
  Outcome outcome = { 0 };
  gsize total = 0;

  g_unix_set_fd_nonblocking (g_unix_output_stream_get_fd (G_UNIX_OUTPUT_STREAM (f->output)), TRUE, NULL);
  sa_archive_write_uint8 (out, 1, NULL);
  sa_archive_close_async (out, NULL, on_done, &outcome);
  g_assert_true (sa_archive_begin_transaction (out, NULL));
  g_assert_true (sa_archive_write_data (out, data, 300000, NULL));
  g_assert_true (sa_archive_commit_transaction (out, NULL));
  g_assert_true (sa_archive_begin_transaction (out, NULL));
  g_assert_true (sa_archive_write_data (out, data, 300000, NULL));

  while (!outcome.done)
    {
      g_main_context_iteration (NULL, FALSE);
      if (g_pollable_input_stream_is_readable (G_POLLABLE_INPUT_STREAM (f->input)))
        total += (gsize) g_input_stream_read (f->input, data, 300000, NULL, NULL);
    }
  g_assert_true (sa_archive_close_finish (out, outcome.result, &error));
  g_assert_no_error (error);
  g_clear_object (&outcome.result);
  g_assert_true (sa_archive_is_closed (out));
  while (total < 300001)
    total += (gsize) g_input_stream_read (f->input, data, 300000, NULL, NULL);
  g_assert_cmpuint (total, ==, 300001);
  fixture_free (f);
}

/* Closing while a flush is under way: that goes on, and tells.  */
static void
test_close_flushing (void)
{
  g_autoptr (TestOutput) output = test_output_new ();
  g_autoptr (SaArchive) out = sa_archive_new_store (G_OUTPUT_STREAM (output));
  g_autoptr (GError) error = NULL;
  Outcome outcome = { 0 };

  sa_archive_write_uint8 (out, 5, NULL);
  sa_archive_flush_async (out, NULL, on_done, &outcome);
  g_assert_true (sa_archive_close (out, &error));
  g_assert_no_error (error);
  test_wait_until (&outcome.done);
  g_assert_true (sa_archive_flush_finish (out, outcome.result, &error));
  g_clear_object (&outcome.result);
  g_assert_cmpmem (output->taken->data, output->taken->len, "\5", 1);
}

/* A close that is refused changes nothing.  */
static void
test_close_busy (void)
{
  g_autoptr (TestOutput) output = test_output_new ();
  g_autoptr (SaArchive) out = sa_archive_new_store (G_OUTPUT_STREAM (output));
  g_autoptr (GError) error = NULL;
  Outcome first = { 0 };
  Outcome second = { 0 };

  sa_archive_write_uint8 (out, 5, NULL);
  sa_archive_flush_async (out, NULL, on_done, &first);
  g_assert_true (sa_archive_begin_transaction (out, NULL));
  sa_archive_write_uint8 (out, 6, NULL);
  sa_archive_close_async (out, NULL, on_done, &second);
  test_wait_until (&second.done);
  g_assert_false (sa_archive_close_finish (out, second.result, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_true (sa_archive_commit_transaction (out, &error));
  test_wait_until (&first.done);
  g_assert_true (sa_archive_close (out, &error));
  g_assert_cmpmem (output->taken->data, output->taken->len, "\5\6", 2);
  g_clear_object (&first.result);
  g_clear_object (&second.result);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/archive/async/fill", test_fill);
  g_test_add_func ("/archive/async/fill/large", test_fill_large);
  g_test_add_func ("/archive/async/fill/cancel", test_fill_cancel);
  g_test_add_func ("/archive/async/fill/cancel/late", test_fill_cancel_late);
  g_test_add_func ("/archive/async/fill/cancel/thread", test_fill_cancel_thread);
  g_test_add_func ("/archive/async/fill/then-end", test_fill_then_end);
  g_test_add_func ("/archive/async/fill/twice", test_fill_twice);
  g_test_add_func ("/archive/async/flush", test_flush);
  g_test_add_func ("/archive/async/flush/fails", test_flush_fails);
  g_test_add_func ("/archive/async/close", test_close);
  g_test_add_func ("/archive/async/close/stored-meanwhile", test_close_stored_meanwhile);
  g_test_add_func ("/archive/async/close/flushing", test_close_flushing);
  g_test_add_func ("/archive/async/close/busy", test_close_busy);

  return g_test_run ();
}
