/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-hex.h"
#include "test-pipe.h"

/* How an archive ends, and how bytes get out of one that goes on: what is sent, given back, given out, and
 * lost.  */

static void
test_close (void)
{
  g_autoptr (TestOutput) output = test_output_new ();
  g_autoptr (SaArchive) archive = sa_archive_new_store (G_OUTPUT_STREAM (output));
  g_autoptr (GError) error = NULL;

  sa_archive_write_uint16 (archive, 1, &error);
  g_assert_cmpuint (output->n_writes, ==, 0);
  g_assert_true (sa_archive_close (archive, &error));
  g_assert_cmpuint (output->n_writes, ==, 1);
  g_assert_cmpmem (output->taken->data, output->taken->len, "\1\0", 2);

  g_assert_true (sa_archive_is_closed (archive));
  g_assert_null (sa_archive_get_stream (archive));
  g_assert_cmpuint (sa_archive_get_offset (archive), ==, 2);
  g_assert_false (g_output_stream_is_closed (G_OUTPUT_STREAM (output)));

  /* Again does nothing, and every call says what is the matter.  */
  g_assert_true (sa_archive_close (archive, &error));
  g_assert_false (sa_archive_write_uint16 (archive, 1, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_false (sa_archive_flush (archive, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_false (sa_archive_begin_transaction (archive, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_null (sa_archive_steal_bytes (archive, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED);
}

static void
test_close_late_read (void)
{
  g_autoptr (SaArchive) archive = new_from_hex ("01 02 03 04 05 06 07 08");
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (sa_archive_read_uint8 (archive, &error), ==, 1);
  g_assert_true (sa_archive_close (archive, &error));
  g_assert_cmpuint (sa_archive_read_uint8 (archive, &error), ==, 0);
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_null (sa_archive_read_string (archive, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_null (sa_archive_read_bytes (archive, 2, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED);
}

static void
test_close_fails (void)
{
  g_autoptr (TestOutput) output = test_output_new ();
  g_autoptr (SaArchive) archive = sa_archive_new_store (G_OUTPUT_STREAM (output));
  g_autoptr (GError) error = NULL;

  output->room = 1;
  sa_archive_write_uint16 (archive, 1, NULL);
  g_assert_false (sa_archive_close (archive, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_assert_true (sa_archive_is_closed (archive));
}

static void
test_abort (void)
{
  g_autoptr (TestOutput) output = test_output_new ();
  g_autoptr (SaArchive) archive = sa_archive_new_store (G_OUTPUT_STREAM (output));
  g_autoptr (GError) error = NULL;

  sa_archive_write_uint16 (archive, 1, NULL);
  sa_archive_abort (archive);
  sa_archive_abort (archive);
  g_assert_true (sa_archive_is_closed (archive));
  g_assert_false (sa_archive_write_uint16 (archive, 1, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED);
  g_assert_cmpuint (output->n_writes, ==, 0);
}

/* What a file can take back it gets back, so that another reader goes on there.  */
static void
test_close_gives_back (void)
{
  g_autoptr (GBytes) bytes = test_from_hex ("01 02 03 04");
  g_autoptr (GInputStream) memory = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr (SaArchive) first = sa_archive_new_load (memory);
  g_autoptr (SaArchive) second = sa_archive_new_load (memory);
  g_autoptr (SaArchive) third = NULL;

  g_assert_cmpuint (sa_archive_read_uint8 (first, NULL), ==, 1);
  g_assert_false (sa_archive_is_buffer_empty (first));
  g_assert_true (sa_archive_close (first, NULL));

  g_assert_cmpuint (sa_archive_read_uint8 (second, NULL), ==, 2);
  g_assert_true (sa_archive_flush (second, NULL));
  g_assert_true (sa_archive_is_buffer_empty (second));
  third = sa_archive_new_load (memory);
  g_assert_cmpuint (sa_archive_read_uint16 (third, NULL), ==, 0x0403);
}

static void
test_steal_buffered (void)
{
  g_autoptr (GBytes) bytes = test_from_hex ("01 02 03 04");
  g_autoptr (TestInput) input = test_input_new (bytes, 3);
  g_autoptr (SaArchive) archive = sa_archive_new_load (G_INPUT_STREAM (input));
  g_autoptr (GBytes) ahead = NULL;
  g_autoptr (GBytes) none = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (sa_archive_read_uint8 (archive, NULL), ==, 1);
  g_assert_false (sa_archive_flush (archive, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NOT_SUPPORTED);
  g_clear_error (&error);

  ahead = sa_archive_steal_buffered (archive, &error);
  g_assert_cmpmem (g_bytes_get_data (ahead, NULL), g_bytes_get_size (ahead), "\2\3", 2);
  none = sa_archive_steal_buffered (archive, &error);
  g_assert_cmpuint (g_bytes_get_size (none), ==, 0);
  g_assert_cmpuint (sa_archive_get_offset (archive), ==, 3);

  /* The archive goes on behind it.  */
  g_assert_cmpuint (sa_archive_read_uint8 (archive, NULL), ==, 4);
  g_assert_cmpuint (sa_archive_get_offset (archive), ==, 4);
}

static void
test_steal_bytes (void)
{
  g_autoptr (SaArchive) archive = sa_archive_new_store_bytes ();
  g_autoptr (TestOutput) output = test_output_new ();
  g_autoptr (SaArchive) stream = sa_archive_new_store (G_OUTPUT_STREAM (output));
  g_autoptr (GError) error = NULL;

  assert_stored (archive, "");
  sa_archive_write_uint8 (archive, 1, NULL);
  assert_stored (archive, "01");
  sa_archive_write_uint8 (archive, 2, NULL);
  assert_stored (archive, "02");
  g_assert_cmpuint (sa_archive_get_offset (archive), ==, 2);

  g_assert_true (sa_archive_begin_transaction (archive, NULL));
  g_assert_null (sa_archive_steal_bytes (archive, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_null (sa_archive_steal_bytes (stream, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NOT_SUPPORTED);
}

static void
test_drop_sends (void)
{
  g_autoptr (TestOutput) output = test_output_new ();
  SaArchive *archive = sa_archive_new_store (G_OUTPUT_STREAM (output));

  sa_archive_write_uint8 (archive, 1, NULL);
  g_object_unref (archive);
  g_assert_cmpmem (output->taken->data, output->taken->len, "\1", 1);
}

static void
test_drop_warns (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (TestOutput) output = test_output_new ();
      SaArchive *archive = sa_archive_new_store (G_OUTPUT_STREAM (output));

      output->room = 0;
      sa_archive_write_uint8 (archive, 1, NULL);
      g_object_unref (archive);
      return;
    }

  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*sa_archive_close*");
}

/* What was complete before a transaction is sent all the same.  */
static void
test_drop_transaction (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (TestOutput) output = test_output_new ();
      SaArchive *archive = sa_archive_new_store (G_OUTPUT_STREAM (output));

      g_log_set_always_fatal (G_LOG_LEVEL_ERROR);
      sa_archive_write_uint8 (archive, 1, NULL);
      g_assert_true (sa_archive_begin_transaction (archive, NULL));
      sa_archive_write_uint8 (archive, 2, NULL);
      g_object_unref (archive);
      g_assert_cmpmem (output->taken->data, output->taken->len, "\1", 1);
      return;
    }

  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*inside of a transaction*");
}

/* A read that is under way may bring more, behind what is taken out now: whoever takes that would miss
 * it.  */
static void
test_taken_while_reading (void)
{
  Fixture *f = fixture_new_thread ("\1\2\3\4", 4);
  g_autoptr (GBytes) ahead = NULL;
  g_autoptr (GError) error = NULL;

  sa_archive_set_read_ahead (f->archive, TRUE);
  let_read (f);
  sa_archive_set_read_ahead (f->archive, FALSE);
  g_assert_false (sa_archive_flush (f->archive, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BUSY);
  g_clear_error (&error);
  while ((ahead = sa_archive_steal_buffered (f->archive, &error)) == NULL)
    {
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BUSY);
      g_clear_error (&error);
      g_main_context_iteration (NULL, TRUE);
    }

  /* It is all that is out of the stream: the stream goes on where it ends.  */
  g_assert_cmpmem (g_bytes_get_data (ahead, NULL), g_bytes_get_size (ahead), "\1\2", 2);
  g_assert_cmpuint (TEST_INPUT (f->input)->position, ==, 2);
  g_assert_cmpuint (sa_archive_read_uint16 (f->archive, &error), ==, 0x0403);
  g_assert_no_error (error);
  fixture_free (f);
}

static void
on_filled (GObject *source,
           GAsyncResult *result,
           gpointer user_data)
{
  *(gssize *) user_data = sa_archive_fill_finish (SA_ARCHIVE (source), result, NULL);
}

static gssize
fill (SaArchive *archive)
{
  gssize count = -2;

  sa_archive_fill_async (archive, NULL, on_filled, &count);
  while (count == -2)
    g_main_context_iteration (NULL, TRUE);

  return count;
}

/* What was given back after the end was seen comes again, by calls that wait and by those that do not.  */
static void
test_given_back_at_end (void)
{
  g_autoptr (GInputStream) memory = g_memory_input_stream_new_from_data ("\1\2", 2, NULL);
  g_autoptr (SaArchive) archive = sa_archive_new_load (memory);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (fill (archive), ==, 2);
  g_assert_cmpint (fill (archive), ==, 0);
  g_assert_true (sa_archive_flush (archive, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_seekable_tell (G_SEEKABLE (memory)), ==, 0);

  g_assert_cmpint (fill (archive), ==, 2);
  g_assert_cmpuint (sa_archive_read_uint16 (archive, &error), ==, 0x0201);
  g_assert_no_error (error);
  g_assert_cmpint (fill (archive), ==, 0);
}

#define TEST_TYPE_LAST (test_last_get_type ())
G_DECLARE_FINAL_TYPE (TestLast, test_last, TEST, LAST, GObject)

/* An object that ends the archive when it goes.  */
struct _TestLast
{
  GObject parent_instance;
  SaArchive *archive;
  void (*end) (SaArchive *archive);
};

static gboolean
test_last_serialize (SaSerializable *serializable,
                     SaArchive *archive,
                     GError **error)
{
  return sa_archive_write_uint8 (archive, 7, error);
}

static void
test_last_init_serializable (SaSerializableInterface *iface)
{
  iface->serialize = test_last_serialize;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestLast, test_last, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SA_TYPE_SERIALIZABLE, test_last_init_serializable))

static void
test_last_finalize (GObject *object)
{
  TestLast *self = TEST_LAST (object);

  self->end (self->archive);
  G_OBJECT_CLASS (test_last_parent_class)->finalize (object);
}

static void
test_last_class_init (TestLastClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_last_finalize;
}

static void
test_last_init (TestLast *self)
{
}

static void
close_it (SaArchive *archive)
{
  g_assert_true (sa_archive_close (archive, NULL));
}

static guint n_flushed;

static void
on_flushed (GObject *source,
            GAsyncResult *result,
            gpointer data)
{
  if (sa_archive_flush_finish (SA_ARCHIVE (source), result, NULL))
    n_flushed++;
}

static void
flush_it (SaArchive *archive)
{
  sa_archive_flush_async (archive, NULL, on_flushed, NULL);
}

static gboolean
has_flushed (gpointer unused)
{
  return n_flushed == 1;
}

static gboolean
has_closed (SaArchive *archive,
            GAsyncResult **result,
            GError **error)
{
  test_wait_in (NULL, test_has_result, result);

  return sa_archive_close_finish (archive, *result, error);
}

static void
assert_flush_goes_first (SaArchive *archive,
                         GAsyncResult **result)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (has_closed (archive, result, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BUSY);
  test_wait_in (NULL, has_flushed, NULL);
}

/* A byte before, and an object in a transaction that is open, of which the archive has the last
 * reference.  */
static SaArchive *
begin_last (void (*end) (SaArchive *archive))
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (SaArchive) archive = sa_archive_new_store (stream);
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (TestLast) last = g_object_new (TEST_TYPE_LAST, NULL);

  last->archive = archive;
  last->end = end;
  n_flushed = 0;
  g_assert_true (sa_class_registry_add_class (registry, "CLast", TEST_TYPE_LAST, 1, NULL));
  sa_archive_set_registry (archive, registry);
  g_assert_true (sa_archive_write_uint8 (archive, 1, NULL));
  g_assert_true (sa_archive_begin_transaction (archive, NULL));
  g_assert_true (sa_archive_write_object (archive, last, NULL));

  return g_steal_pointer (&archive);
}

/* An object that goes with the transaction closes the archive that is being closed.  */
static void
test_close_by_last (void)
{
  g_autoptr (SaArchive) archive = begin_last (close_it);
  g_autoptr (GOutputStream) stream = g_object_ref (G_OUTPUT_STREAM (sa_archive_get_stream (archive)));
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_archive_close (archive, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (stream)), ==, 1);
}

static void
test_close_async_by_last (void)
{
  g_autoptr (SaArchive) archive = begin_last (close_it);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  sa_archive_close_async (archive, NULL, test_on_result, &result);
  g_assert_true (has_closed (archive, &result, &error));
  g_assert_no_error (error);
  g_assert_true (sa_archive_is_closed (archive));
}

/* One that aborts it has lost what was whole before the transaction, and whoever closes is told.  */
static void
test_abort_by_last (void)
{
  g_autoptr (SaArchive) archive = begin_last (sa_archive_abort);
  g_autoptr (GError) error = NULL;

  g_assert_false (sa_archive_close (archive, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED);
  g_assert_true (sa_archive_is_closed (archive));
  g_assert_true (sa_archive_close (archive, NULL));
}

static void
test_abort_async_by_last (void)
{
  g_autoptr (SaArchive) archive = begin_last (sa_archive_abort);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  sa_archive_close_async (archive, NULL, test_on_result, &result);
  g_assert_false (has_closed (archive, &result, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED);
}

/* Also one that comes while the close is sending.  */
static void
test_abort_behind_close (void)
{
  g_autoptr (SaArchive) archive = begin_last (sa_archive_abort);
  g_autoptr (TestLast) other = g_object_new (TEST_TYPE_LAST, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  other->archive = archive;
  other->end = sa_archive_abort;
  g_assert_true (sa_archive_commit_transaction (archive, NULL));
  sa_archive_close_async (archive, NULL, test_on_result, &result);
  g_assert_true (sa_archive_write_uint8 (archive, 2, NULL));
  g_assert_true (sa_archive_begin_transaction (archive, NULL));
  g_assert_true (sa_archive_write_object (archive, other, NULL));
  g_clear_object (&other);
  g_assert_false (has_closed (archive, &result, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED);
}

/* Or begins a flush, for which the close does not wait.  */
static void
test_flush_by_last (void)
{
  g_autoptr (SaArchive) archive = begin_last (flush_it);
  g_autoptr (GAsyncResult) result = NULL;

  sa_archive_close_async (archive, NULL, test_on_result, &result);
  assert_flush_goes_first (archive, &result);
  g_assert_true (sa_archive_close (archive, NULL));
}

/* The same while the close is sending already.  */
static void
test_flush_behind_close (void)
{
  g_autoptr (SaArchive) archive = begin_last (flush_it);
  g_autoptr (TestLast) other = g_object_new (TEST_TYPE_LAST, NULL);
  g_autoptr (GAsyncResult) result = NULL;

  other->archive = archive;
  other->end = flush_it;
  g_assert_true (sa_archive_commit_transaction (archive, NULL));
  sa_archive_close_async (archive, NULL, test_on_result, &result);
  g_assert_true (sa_archive_begin_transaction (archive, NULL));
  g_assert_true (sa_archive_write_object (archive, other, NULL));
  g_clear_object (&other);
  assert_flush_goes_first (archive, &result);
  sa_archive_abort (archive);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/archive/close", test_close);
  g_test_add_func ("/archive/close/late-read", test_close_late_read);
  g_test_add_func ("/archive/close/fails", test_close_fails);
  g_test_add_func ("/archive/close/gives-back", test_close_gives_back);
  g_test_add_func ("/archive/close/by-last", test_close_by_last);
  g_test_add_func ("/archive/close/async-by-last", test_close_async_by_last);
  g_test_add_func ("/archive/close/abort-by-last", test_abort_by_last);
  g_test_add_func ("/archive/close/abort-async-by-last", test_abort_async_by_last);
  g_test_add_func ("/archive/close/abort-behind", test_abort_behind_close);
  g_test_add_func ("/archive/close/flush-by-last", test_flush_by_last);
  g_test_add_func ("/archive/close/flush-behind", test_flush_behind_close);
  g_test_add_func ("/archive/abort", test_abort);
  g_test_add_func ("/archive/steal-buffered", test_steal_buffered);
  g_test_add_func ("/archive/steal-bytes", test_steal_bytes);
  g_test_add_func ("/archive/drop/sends", test_drop_sends);
  g_test_add_func ("/archive/drop/warns", test_drop_warns);
  g_test_add_func ("/archive/drop/transaction", test_drop_transaction);
  g_test_add_func ("/archive/steal-buffered/reading", test_taken_while_reading);
  g_test_add_func ("/archive/flush-loading/at-end", test_given_back_at_end);

  return g_test_run ();
}
