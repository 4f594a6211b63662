/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-pipe.h"

#include <sys/ioctl.h>

/* What the main loop reads ahead, and when load-ready tells of it.  */

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

/* Writes them one at a time, each when the one before has been taken.  */
static void
drip (Fixture *f, gconstpointer data, gsize length)
{
  int fd = g_unix_input_stream_get_fd (G_UNIX_INPUT_STREAM (f->input));

  for (gsize i = 0; i < length; i++)
    {
      int left = 1;

      g_assert_cmpint (g_output_stream_write (f->output, (const char *) data + i, 1, NULL, NULL), ==, 1);
      while (left > 0)
        {
          g_main_context_iteration (NULL, TRUE);
          g_assert_cmpint (ioctl (fd, FIONREAD, &left), ==, 0);
        }
    }
}

/* The same, coming a byte at a time: no handler waits, and none is called before there is what it is known to
 * need.  */
static void
test_ready_dribble (void)
{
  Fixture *f = fixture_new ();
  g_autoptr (GBytes) bytes = make_messages (3, 100);

  g_signal_connect (f->archive, "load-ready", G_CALLBACK (on_load_ready), f);
  sa_archive_set_read_ahead (f->archive, TRUE);
  drip (f, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  test_wait_in (NULL, has_three, f);
  /* For its first byte, and the number, the parts of the prefix, and the text when they are there.  */
  g_assert_cmpuint (f->n_ready, <=, 3 * 7);
  fixture_free (f);
}

#define TEST_TYPE_FIELDS (test_fields_get_type ())
G_DECLARE_FINAL_TYPE (TestFields, test_fields, TEST, FIELDS, GObject)

/* So many fields of one byte, in a `serialize` that begins anew each time.  */
struct _TestFields
{
  GObject parent_instance;

  guint count;
  /* How many fields all tries have read.  */
  guint64 n_read;
};

static gboolean
test_fields_serialize (SaSerializable *serializable, SaArchive *archive, GError **error)
{
  TestFields *self = TEST_FIELDS (serializable);
  gboolean success = TRUE;

  for (guint i = 0; i < self->count && success; i++)
    {
      g_autoptr (GError) failure = NULL;

      sa_archive_read_uint8 (archive, &failure);
      success = failure == NULL;
      self->n_read += success;
      if (!success)
        g_propagate_error (error, g_steal_pointer (&failure));
    }

  return success;
}

static void
test_fields_iface_init (SaSerializableInterface *iface)
{
  iface->serialize = test_fields_serialize;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestFields, test_fields, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SA_TYPE_SERIALIZABLE, test_fields_iface_init))

static void
test_fields_class_init (TestFieldsClass *klass)
{
}

static void
test_fields_init (TestFields *self)
{
}

static void
on_fields_ready (SaArchive *archive, TestFields *fields)
{
  Fixture *f = g_object_get_data (G_OBJECT (archive), "fixture");

  f->n_ready++;
  if (sa_archive_serialize_embedded (archive, fields, &f->error))
    f->ended = TRUE;
  else if (g_error_matches (f->error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE))
    g_clear_error (&f->error);
}

static TestFields *
expect_fields (Fixture *f, guint count)
{
  TestFields *fields = g_object_new (TEST_TYPE_FIELDS, NULL);

  fields->count = count;
  g_object_set_data (G_OBJECT (f->archive), "fixture", f);
  g_signal_connect (f->archive, "load-ready", G_CALLBACK (on_fields_ready), fields);
  sa_archive_set_read_ahead (f->archive, TRUE);
  return fields;
}

/* However many drops a message comes in, reading it costs at most nine times what it has.  */
static void
test_ready_drops (void)
{
  const guint count = 100000;
  Fixture *f = fixture_new ();
  g_autoptr (TestFields) fields = expect_fields (f, count);
  g_autofree guint8 *data = g_malloc0 (count);
  guint before;

  drip (f, data, count - 1);
  g_assert_cmpuint (fields->n_read, >, count);
  g_assert_cmpuint (fields->n_read, <=, 4096 + 9 * (guint64) count);

  /* When nothing more comes, it tries once without any drop; and no more after that.  */
  if (fields->n_read % (count - 1) != 0)
    {
      before = f->n_ready;
      while (f->n_ready == before)
        g_main_context_iteration (NULL, TRUE);
      g_assert_cmpuint (f->n_ready, ==, before + 1);
    }

  g_assert_cmpint (g_output_stream_write (f->output, data, 1, NULL, NULL), ==, 1);
  test_wait_until (&f->ended);
  g_assert_no_error (f->error);
  fixture_free (f);
}

/* One that is tried in vain ever again is given up: the pauses alone would only make it last.  */
static void
test_ready_too_often (void)
{
  Fixture *f = fixture_new ();
  g_autoptr (TestFields) fields = expect_fields (f, 5000);
  guint8 data[1000] = { 0 };
  guint sent = 0;

  sa_limits_set_message_bytes (sa_archive_get_limits (f->archive), 1000);
  drip (f, data, 900);
  while (f->error == NULL)
    {
      guint before = f->n_ready;

      g_assert_cmpuint (sent++, <, 99);
      drip (f, data, 1);
      while (f->n_ready == before)
        g_main_context_iteration (NULL, TRUE);
    }

  g_assert_error (f->error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_LIMIT);
  g_assert_cmpuint (fields->n_read, <=, 4096 + 17 * 1000);
  g_assert_false (sa_archive_check (f->archive, NULL));
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

/* Nor does switching off lose what a read that is under way brings; until that has ended nobody can wait.  */
static void
test_ready_off_thread (void)
{
  Fixture *f = fixture_new_thread ("\1\2\3\4", 4);
  g_autoptr (GError) error = NULL;

  sa_archive_set_read_ahead (f->archive, TRUE);
  let_read (f);
  sa_archive_set_read_ahead (f->archive, FALSE);
  while (sa_archive_read_uint32 (f->archive, &error) == 0)
    {
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE);
      g_clear_error (&error);
      g_main_context_iteration (NULL, TRUE);
    }
  g_assert_cmpuint (sa_archive_get_offset (f->archive), ==, 4);
  fixture_free (f);
}

/* Taking a message of a number and so many bytes, in a transaction.  */
static void
on_blob_ready (SaArchive *archive, Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *data = NULL;
  gsize length;

  f->n_ready++;
  g_assert_true (sa_archive_begin_transaction (archive, NULL));
  length = sa_archive_read_uint32 (archive, NULL);
  data = sa_archive_dup_data_exactly (archive, length, &length, NULL);
  f->ended = sa_archive_commit_transaction (archive, &error);
  if (!f->ended)
    g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE);
}

/* Bytes of known length are not tried before all of them are there.  */
static void
test_ready_data (void)
{
  Fixture *f = fixture_new ();
  const guint32 size = 200000;
  g_autofree guint8 *data = g_malloc0 (4 + size);

  memcpy (data, &(guint32){ GUINT32_TO_LE (size) }, 4);
  g_signal_connect (f->archive, "load-ready", G_CALLBACK (on_blob_ready), f);
  sa_archive_set_read_ahead (f->archive, TRUE);
  for (guint32 i = 0; i < 4 + size; i += 1000)
    {
      g_output_stream_write_all (f->output, data + i, MIN (1000, 4 + size - i), NULL, NULL, NULL);
      test_spin (NULL, 1);
    }
  test_wait_until (&f->ended);
  g_assert_cmpuint (f->n_ready, <=, 3);
  fixture_free (f);
}

/* An object whose class is there already, with as many in it as that.  */
static void
append_branch (GByteArray *bytes, guint16 n_children)
{
  guint16 words[] = { GUINT16_TO_LE (0x8001), GUINT16_TO_LE (n_children) };

  g_byte_array_append (bytes, (const guint8 *) words, sizeof words);
}

static void
append_tree (GByteArray *bytes, guint height)
{
  append_branch (bytes, height > 0 ? 2 : 0);
  for (guint i = 0; i < 2 && height > 0; i++)
    append_tree (bytes, height - 1);
}

static void
on_tree_ready (SaArchive *archive, Fixture *f)
{
  g_autoptr (GObject) tree = sa_archive_read_object (archive, SA_TYPE_RECORD, &f->error);

  f->n_ready++;
  f->ended = tree != NULL;
  if (g_error_matches (f->error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE))
    g_clear_error (&f->error);
  g_assert_no_error (f->error);
}

#define DEPTH 200

/* A message that goes on where it stopped reads no byte twice, but goes down to there each time: that counts,
 * too, or a tree that hangs deep would cost its depth for every byte.  */
static void
test_ready_deep (void)
{
  Fixture *f = fixture_new ();
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  g_assert_true (sa_class_registry_add_record (registry, "C", 0, "children:oblist(*)", NULL));
  sa_archive_set_registry (f->archive, registry);
  g_byte_array_append (bytes, (const guint8 *) "\xff\xff\0\0\1\0C\1", 9);
  for (guint i = 1; i < DEPTH; i++)
    append_branch (bytes, 1);
  append_tree (bytes, 9);

  g_signal_connect (f->archive, "load-ready", G_CALLBACK (on_tree_ready), f);
  sa_archive_set_read_ahead (f->archive, TRUE);
  drip (f, bytes->data, bytes->len);
  test_wait_until (&f->ended);
  /* On the way down it tries more often.  */
  g_assert_cmpuint (f->n_ready, <=, DEPTH / 2 + 9 * bytes->len / (16 * DEPTH));
  fixture_free (f);
}

/* A handler that does not come to its commit, as one of a binding in which an exception was thrown.  */
static void
on_ready_leaving (SaArchive *archive, Fixture *f)
{
  f->n_ready++;
  f->ended = !sa_archive_begin_transaction (archive, &f->error);
  if (!f->ended && f->most > 0)
    g_free (sa_archive_read_string (archive, NULL));
  else if (!f->ended)
    g_assert_null (sa_archive_read_object (archive, G_TYPE_OBJECT, NULL));
}

static Fixture *
fixture_new_leaving (void)
{
  Fixture *f = fixture_new ();

  g_signal_connect (f->archive, "load-ready", G_CALLBACK (on_ready_leaving), f);
  sa_archive_set_read_ahead (f->archive, TRUE);
  return f;
}

/* The program is told at once, and the place is where the transaction was begun.  */
static void
test_left_open (void)
{
  Fixture *f = fixture_new_leaving ();

  g_assert_cmpint (g_output_stream_write (f->output, "\1x\1y", 4, NULL, NULL), ==, 4);
  test_wait_until (&f->ended);
  g_assert_error (f->error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_FAILED);
  g_assert_nonnull (strstr (f->error->message, "at byte 0"));
  g_assert_cmpuint (f->n_ready, ==, 2);
  g_assert_cmpuint (sa_archive_get_offset (f->archive), ==, 0);
  test_spin (NULL, 20);
  g_assert_cmpuint (f->n_ready, ==, 2);
  fixture_free (f);
}

/* What was only not complete is there once more when it is.  */
static void
test_left_open_incomplete (void)
{
  Fixture *f = fixture_new_leaving ();

  g_assert_cmpint (g_output_stream_write (f->output, "\2x", 2, NULL, NULL), ==, 2);
  while (f->n_ready == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (sa_archive_check (f->archive, NULL));
  g_assert_cmpuint (sa_archive_get_offset (f->archive), ==, 0);

  g_signal_handlers_disconnect_by_func (f->archive, on_ready_leaving, f);
  g_assert_cmpint (g_output_stream_write (f->output, "y", 1, NULL, NULL), ==, 1);
  sa_archive_set_read_ahead (f->archive, FALSE);
  g_autofree char *text = sa_archive_read_string (f->archive, &f->error);
  g_assert_no_error (f->error);
  g_assert_cmpstr (text, ==, "xy");
  fixture_free (f);
}

/* An error of its own is what is told, and not what came of it.  */
static void
test_left_open_wrong (void)
{
  Fixture *f = fixture_new_leaving ();

  f->most = 0;
  g_assert_cmpint (g_output_stream_write (f->output, "\5\0", 2, NULL, NULL), ==, 2);
  test_wait_until (&f->ended);
  g_assert_error (f->error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_INDEX);
  fixture_free (f);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/archive/feed", test_ready);
  g_test_add_func ("/archive/feed/dribble", test_ready_dribble);
  g_test_add_func ("/archive/feed/drops", test_ready_drops);
  g_test_add_func ("/archive/feed/too-often", test_ready_too_often);
  g_test_add_func ("/archive/feed/large", test_ready_large);
  g_test_add_func ("/archive/feed/ignored", test_ready_ignored);
  g_test_add_func ("/archive/feed/backs-up", test_ready_backs_up);
  g_test_add_func ("/archive/feed/never-waits", test_ready_never_waits);
  g_test_add_func ("/archive/feed/close", test_ready_close);
  g_test_add_func ("/archive/feed/drop", test_ready_drop);
  g_test_add_func ("/archive/feed/nested-loop", test_ready_nested_loop);
  g_test_add_func ("/archive/feed/drop-idle", test_ready_drop_idle);
  g_test_add_func ("/archive/feed/file", test_ready_file);
  g_test_add_func ("/archive/feed/bytes", test_ready_bytes);
  g_test_add_func ("/archive/feed/buffered-before", test_ready_buffered_before);
  g_test_add_func ("/archive/feed/context", test_ready_context);
  g_test_add_func ("/archive/feed/off/thread", test_ready_off_thread);
  g_test_add_func ("/archive/feed/data", test_ready_data);
  g_test_add_func ("/archive/feed/deep", test_ready_deep);
  g_test_add_func ("/archive/feed/left-open", test_left_open);
  g_test_add_func ("/archive/feed/left-open/incomplete", test_left_open_incomplete);
  g_test_add_func ("/archive/feed/left-open/wrong", test_left_open_wrong);

  return g_test_run ();
}
