/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sockarch/sockarch.h"
#include "test-streams.h"
#include "test-utils.h"

#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <glib-unix.h>

/* How the buffer meets the stream: its edges, short reads and writes, and all the ways in which a stream
 * can refuse.  */

static const gsize edges[] = { 1, 127, 128, 129, 4095, 4096, 4097, 65535, 65536, 65537, 200000 };

static GBytes *
make_bytes (gsize size)
{
  guint8 *data = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    data[i] = (guint8) (i * 31 + i / 251);

  return g_bytes_new_take (data, size);
}

/* Loading */

/* Numbers that lie across every edge, in reads of every awkward size.  */
static void
test_load_edges (void)
{
  static const gsize pieces[] = { 1, 3, 4093, 65535, 65536, 65537, G_MAXSIZE };
  g_autoptr (SaArchive) out = sa_archive_new_store_bytes ();

  sa_archive_write_uint8 (out, 0, NULL);
  for (guint i = 0; i < 50000; i++)
    sa_archive_write_uint32 (out, i, NULL);

  g_autoptr (GBytes) bytes = sa_archive_steal_bytes (out, NULL);

  for (gsize p = 0; p < G_N_ELEMENTS (pieces); p++)
    {
      g_autoptr (TestInput) input = test_input_new (bytes, pieces[p]);
      g_autoptr (SaArchive) in = sa_archive_new_load (G_INPUT_STREAM (input));
      g_autoptr (GError) error = NULL;

      sa_archive_read_uint8 (in, &error);
      for (guint i = 0; i < 50000; i++)
        g_assert_cmpuint (sa_archive_read_uint32 (in, &error), ==, i);

      g_assert_no_error (error);
      g_assert_cmpuint (sa_archive_get_offset (in), ==, 200001);
      sa_archive_read_uint8 (in, &error);
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE);
    }
}

/* A read takes all that is there, not what the value needs.  */
static void
test_load_takes_all (void)
{
  g_autoptr (GBytes) bytes = make_bytes (60000);
  g_autoptr (TestInput) input = test_input_new (bytes, G_MAXSIZE);
  g_autoptr (SaArchive) archive = sa_archive_new_load (G_INPUT_STREAM (input));

  for (guint i = 0; i < 60000; i++)
    sa_archive_read_uint8 (archive, NULL);

  g_assert_true (sa_archive_check (archive, NULL));
  g_assert_cmpuint (input->n_reads, ==, 1);
}

/* Raw bytes of every size at every place, some of which go past the buffer.  */
static void
test_load_data (void)
{
  g_autoptr (GBytes) bytes = make_bytes (200001);
  const guint8 *all = g_bytes_get_data (bytes, NULL);

  for (gsize e = 0; e < G_N_ELEMENTS (edges); e++)
    {
      g_autoptr (TestInput) input = test_input_new (bytes, 40000);
      g_autoptr (SaArchive) archive = sa_archive_new_load (G_INPUT_STREAM (input));
      g_autofree guint8 *data = g_malloc (edges[e]);
      g_autoptr (GError) error = NULL;

      g_assert_cmpuint (sa_archive_read_uint8 (archive, &error), ==, all[0]);
      g_assert_true (sa_archive_ensure_read (archive, data, edges[e], &error));
      g_assert_no_error (error);
      g_assert_cmpmem (data, edges[e], all + 1, edges[e]);
      g_assert_cmpuint (sa_archive_get_offset (archive), ==, edges[e] + 1);
    }
}

static void
test_load_data_new (void)
{
  g_autoptr (GBytes) bytes = make_bytes (200000);
  const guint8 *all = g_bytes_get_data (bytes, NULL);

  for (gsize e = 0; e < G_N_ELEMENTS (edges); e++)
    {
      g_autoptr (TestInput) input = test_input_new (bytes, 70000);
      g_autoptr (SaArchive) archive = sa_archive_new_load (G_INPUT_STREAM (input));
      g_autoptr (GError) error = NULL;
      gsize length;
      g_autofree guint8 *data = sa_archive_dup_data_exactly (archive, edges[e], &length, &error);

      g_assert_no_error (error);
      g_assert_cmpmem (data, length, all, edges[e]);
    }
}

/* Only the end makes raw bytes short.  */
static void
test_load_data_short (void)
{
  g_autoptr (GBytes) bytes = make_bytes (100000);
  g_autoptr (TestInput) input = test_input_new (bytes, 7000);
  g_autoptr (SaArchive) archive = sa_archive_new_load (G_INPUT_STREAM (input));
  g_autofree guint8 *data = g_malloc (200000);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (sa_archive_read_data (archive, data, 90000, &error), ==, 90000);
  g_assert_cmpint (sa_archive_read_data (archive, data, 200000, &error), ==, 10000);
  g_assert_cmpint (sa_archive_read_data (archive, data, 200000, &error), ==, 0);
  g_assert_no_error (error);

  /* That was no failure, but this one is.  */
  g_assert_false (sa_archive_ensure_read (archive, data, 1, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE);
}

/* What went past the buffer comes back when the rest of it does not come.  */
static void
test_load_data_need_more (void)
{
  g_autoptr (GBytes) bytes = make_bytes (200000);
  g_autoptr (TestInput) input = test_input_new (bytes, 40000);
  g_autoptr (SaArchive) archive = sa_archive_new_load (G_INPUT_STREAM (input));
  g_autofree guint8 *data = g_malloc (200000);
  g_autoptr (GError) error = NULL;

  input->blocks = TRUE;
  for (input->end = 0; input->end < 200000; input->end += 20000)
    {
      g_assert_false (sa_archive_ensure_read (archive, data, 200000, &error));
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE);
      g_assert_cmpuint (sa_archive_get_offset (archive), ==, 0);
      g_clear_error (&error);
    }

  input->end = 200000;
  g_assert_true (sa_archive_ensure_read (archive, data, 200000, &error));
  g_assert_cmpmem (data, 200000, g_bytes_get_data (bytes, NULL), 200000);
}

/* A claim that the stream cannot keep is found out before memory is taken for it.  */
static void
test_load_data_lies (void)
{
  g_autoptr (GBytes) bytes = make_bytes (100);
  g_autoptr (GInputStream) memory = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr (SaArchive) archive = sa_archive_new_load (memory);
  g_autoptr (GError) error = NULL;
  gsize length;

  g_assert_null (sa_archive_dup_data_exactly (archive, G_MAXSIZE / 4, &length, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE);
  g_assert_cmpuint (length, ==, 0);
}

/* Storing */

/* One flush is one write, of everything.  */
static void
test_store_one_write (void)
{
  g_autoptr (TestOutput) output = test_output_new ();
  g_autoptr (SaArchive) archive = sa_archive_new_store (G_OUTPUT_STREAM (output));

  for (guint i = 0; i < 10000; i++)
    sa_archive_write_uint32 (archive, i, NULL);

  g_assert_cmpuint (output->n_writes, ==, 0);
  g_assert_true (sa_archive_flush (archive, NULL));
  g_assert_cmpuint (output->n_writes, ==, 1);
  g_assert_cmpuint (output->taken->len, ==, 40000);
  g_assert_true (sa_archive_is_buffer_empty (archive));
  g_assert_true (sa_archive_flush (archive, NULL));
  g_assert_cmpuint (output->n_writes, ==, 1);
}

/* Every number arrives once and in its place, however little the stream takes at once.  */
static void
test_store_edges (void)
{
  static const gsize pieces[] = { 1, 3, 4093, 65535, 65536, 65537, G_MAXSIZE };

  for (gsize p = 0; p < G_N_ELEMENTS (pieces); p++)
    {
      g_autoptr (TestOutput) output = test_output_new ();
      g_autoptr (SaArchive) archive = sa_archive_new_store (G_OUTPUT_STREAM (output));

      output->most = pieces[p];
      sa_archive_write_uint8 (archive, 0, NULL);
      for (guint i = 0; i < 50000; i++)
        g_assert_true (sa_archive_write_uint32 (archive, i, NULL));

      g_assert_true (sa_archive_close (archive, NULL));
      g_assert_cmpuint (output->taken->len, ==, 200001);
      for (guint i = 0; i < 50000; i++)
        {
          guint32 value;

          memcpy (&value, output->taken->data + 1 + 4 * i, sizeof value);
          g_assert_cmpuint (GUINT32_FROM_LE (value), ==, i);
        }
    }
}

static void
test_store_data (void)
{
  for (gsize e = 0; e < G_N_ELEMENTS (edges); e++)
    {
      g_autoptr (TestOutput) output = test_output_new ();
      g_autoptr (SaArchive) archive = sa_archive_new_store (G_OUTPUT_STREAM (output));
      g_autoptr (GBytes) bytes = make_bytes (edges[e]);

      output->most = 50000;
      sa_archive_write_uint8 (archive, 7, NULL);
      g_assert_true (sa_archive_write_bytes (archive, bytes, NULL));
      sa_archive_write_uint8 (archive, 8, NULL);
      g_assert_true (sa_archive_close (archive, NULL));

      g_assert_cmpuint (output->taken->data[0], ==, 7);
      g_assert_cmpmem (output->taken->data + 1, output->taken->len - 2, g_bytes_get_data (bytes, NULL),
                       edges[e]);
      g_assert_cmpuint (output->taken->data[edges[e] + 1], ==, 8);
    }
}

/* A flush that gets stuck in the middle goes on from there.  */
static void
test_store_would_block (void)
{
  g_autoptr (TestOutput) output = test_output_new ();
  g_autoptr (SaArchive) archive = sa_archive_new_store (G_OUTPUT_STREAM (output));
  g_autoptr (GBytes) bytes = make_bytes (1000);
  g_autoptr (GError) error = NULL;

  sa_archive_write_bytes (archive, bytes, NULL);
  for (guint i = 0; i < 9; i++)
    {
      output->room = 100;
      g_assert_false (sa_archive_flush (archive, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
      g_assert_cmpuint (output->taken->len, ==, 100 * (i + 1));
      g_clear_error (&error);
    }

  output->room = G_MAXSIZE;
  g_assert_true (sa_archive_flush (archive, &error));
  g_assert_cmpmem (output->taken->data, output->taken->len, g_bytes_get_data (bytes, NULL), 1000);
}

/* While the stream takes nothing, values wait in the buffer, up to a limit.  */
static void
test_store_held (void)
{
  g_autoptr (TestOutput) output = test_output_new ();
  g_autoptr (SaArchive) archive = sa_archive_new_store (G_OUTPUT_STREAM (output));
  g_autoptr (GError) error = NULL;
  guint count = 0;

  output->room = 0;
  sa_limits_set_message_bytes (sa_archive_get_limits (archive), 200000);
  while (sa_archive_write_uint64 (archive, count, &error))
    count++;

  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_clear_error (&error);
  g_assert_cmpuint (count * 8, >, 100000);
  g_assert_cmpuint (count * 8, <=, 262144);

  /* The value that failed was not stored, and nothing of the others was lost.  */
  output->room = G_MAXSIZE;
  g_assert_true (sa_archive_close (archive, &error));
  g_assert_cmpuint (output->taken->len, ==, count * 8);
}

/* Bytes that a stream took in part are not stored again: what is left waits for the flush.  */
static void
test_store_data_would_block (void)
{
  g_autoptr (TestOutput) output = test_output_new ();
  g_autoptr (SaArchive) archive = sa_archive_new_store (G_OUTPUT_STREAM (output));
  g_autoptr (GBytes) bytes = make_bytes (200000);
  g_autoptr (GError) error = NULL;

  output->room = 0;
  sa_archive_write_uint8 (archive, 7, NULL);
  g_assert_false (sa_archive_write_bytes (archive, bytes, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_assert_cmpuint (sa_archive_get_offset (archive), ==, 1);
  g_clear_error (&error);

  output->room = 1000;
  g_assert_true (sa_archive_write_bytes (archive, bytes, &error));
  g_assert_cmpuint (output->taken->len, ==, 1000);
  g_assert_cmpuint (sa_archive_get_offset (archive), ==, 200001);

  output->room = G_MAXSIZE;
  g_assert_true (sa_archive_flush (archive, &error));
  g_assert_cmpuint (output->taken->len, ==, 200001);
  g_assert_cmpmem (output->taken->data + 1, 200000, g_bytes_get_data (bytes, NULL), 200000);
}

/* A broken stream breaks the archive, once for all.  */
static void
test_store_broken (void)
{
  g_autoptr (TestOutput) output = test_output_new ();
  g_autoptr (SaArchive) archive = sa_archive_new_store (G_OUTPUT_STREAM (output));
  g_autoptr (GError) error = NULL;

  output->room = 0;
  output->error = G_IO_ERROR_BROKEN_PIPE;
  sa_archive_write_uint8 (archive, 1, NULL);
  g_assert_false (sa_archive_flush (archive, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE);
  g_clear_error (&error);
  g_assert_false (sa_archive_write_uint8 (archive, 1, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE);
  g_clear_error (&error);
  g_assert_false (sa_archive_close (archive, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE);
}

/* Waiting */

typedef struct
{
  GInputStream *input;
  GOutputStream *output;
} Pipe;

static Pipe
make_pipe (void)
{
  g_autoptr (GError) error = NULL;
  int fds[2];

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, &error));
  return (Pipe){ g_unix_input_stream_new (fds[0], TRUE), g_unix_output_stream_new (fds[1], TRUE) };
}

static void
free_pipe (Pipe *ends)
{
  g_object_unref (ends->input);
  g_object_unref (ends->output);
}

static void
test_timeout_load (void)
{
  Pipe ends = make_pipe ();
  g_autoptr (SaArchive) archive = sa_archive_new_load (ends.input);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_output_stream_write (ends.output, "\1\2", 2, NULL, NULL), ==, 2);
  sa_archive_set_timeout (archive, 20);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpuint (sa_archive_read_uint32 (archive, &error), ==, 0);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
      g_clear_error (&error);
    }

  /* Nothing was consumed, and it does not stick.  */
  g_assert_cmpint (g_output_stream_write (ends.output, "\3\4", 2, NULL, NULL), ==, 2);
  g_assert_cmpuint (sa_archive_read_uint32 (archive, &error), ==, 0x04030201);
  g_assert_no_error (error);
  free_pipe (&ends);
}

#define N_TEXTS 100

/* A record of short texts, a byte now and then.  */
static gpointer
drip (gpointer output)
{
  guint8 bytes[13 + 2 * N_TEXTS] = "\377\377\0\0\5\0CText";

  bytes[11] = N_TEXTS;
  for (guint i = 0; i < N_TEXTS; i++)
    {
      bytes[13 + 2 * i] = 1;
      bytes[14 + 2 * i] = 'a';
    }
  for (guint i = 0; i < sizeof bytes; i++)
    {
      g_assert_cmpint (g_output_stream_write (output, bytes + i, 1, NULL, NULL), ==, 1);
      g_usleep (4000);
    }

  return NULL;
}

/* What drips runs into the time limit, at least once, and comes whole in the end.  */
static void
read_in_tries (SaArchive *archive,
               void (*read) (SaArchive *archive, GError **error))
{
  g_autoptr (GError) error = NULL;
  guint n_timeouts = 0;

  for (read (archive, &error); error != NULL; read (archive, &error))
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
      g_clear_error (&error);
      g_assert_cmpuint (++n_timeouts, <, 1000);
    }

  g_assert_cmpuint (n_timeouts, >, 0);
}

static void
read_texts (SaArchive *archive,
            GError **error)
{
  g_autoptr (GObject) object = sa_archive_read_object (archive, SA_TYPE_RECORD, error);

  g_assert_true ((object != NULL) == (*error == NULL));
}

/* Whoever drips does not get the time anew with every value of an object.  */
static void
test_timeout_object (void)
{
  Pipe ends = make_pipe ();
  g_autoptr (SaArchive) archive = sa_archive_new_load (ends.input);
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  GThread *thread;

  g_assert_true (sa_class_registry_add_record (registry, "CText", 0, "items:stringarray", NULL));
  sa_archive_set_registry (archive, registry);
  sa_archive_set_timeout (archive, 100);
  thread = g_thread_new ("drip", drip, ends.output);
  read_in_tries (archive, read_texts);
  g_thread_join (thread);
  free_pipe (&ends);
}

/* Nor for what was known to be missing.  */
static void
test_timeout_again (void)
{
  g_autoptr (GBytes) bytes = test_from_hex ("ff ff 00 00 05 00 43 54 65 78 74 02 00 01 61 01 62");
  g_autoptr (TestInput) input = test_input_new_dripping (bytes);
  g_autoptr (SaArchive) archive = sa_archive_new_load (G_INPUT_STREAM (input));
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (GObject) object = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_class_registry_add_record (registry, "CText", 0, "items:stringarray", NULL));
  sa_archive_set_registry (archive, registry);
  input->end = 13;
  g_assert_null (sa_archive_read_object (archive, SA_TYPE_RECORD, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE);
  g_clear_error (&error);

  /* Each of two reads has the time, but not both together.  */
  input->end = g_bytes_get_size (bytes);
  input->most = 2;
  input->delay = 60000;
  sa_archive_set_timeout (archive, 100);
  g_assert_null (sa_archive_read_object (archive, SA_TYPE_RECORD, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&error);

  input->delay = 0;
  object = sa_archive_read_object (archive, SA_TYPE_RECORD, &error);
  g_assert_no_error (error);
  g_assert_nonnull (object);
}

/* Nor with every piece of a value.  */
typedef struct
{
  const char *hex;
  void (*read) (SaArchive *archive, GError **error);
  GOutputStream *output;
} Dripped;

static gpointer
drip_value (gpointer data)
{
  const Dripped *dripped = data;
  g_autoptr (GBytes) bytes = test_from_hex (dripped->hex);
  const guint8 *begin = g_bytes_get_data (bytes, NULL);

  for (gsize i = 0; i < g_bytes_get_size (bytes); i++)
    {
      g_assert_cmpint (g_output_stream_write (dripped->output, begin + i, 1, NULL, NULL), ==, 1);
      g_usleep (12000);
    }

  return NULL;
}

static void
read_varint (SaArchive *archive,
             GError **error)
{
  sa_archive_read_varint (archive, error);
}

static void
read_count (SaArchive *archive,
            GError **error)
{
  sa_archive_read_count (archive, error);
}

static void
read_time (SaArchive *archive,
           GError **error)
{
  sa_archive_read_time (archive, error);
}

static void
read_bstr (SaArchive *archive,
           GError **error)
{
  g_autoptr (GVariant) value = sa_archive_read_ole_variant (archive, NULL, error);
}

static void
read_string (SaArchive *archive,
             GError **error)
{
  g_autofree char *text = sa_archive_read_string (archive, error);
}

static void
read_line (SaArchive *archive,
           GError **error)
{
  g_autofree char *line = sa_archive_read_line (archive, error);
}

static void
read_record (SaArchive *archive,
             GError **error)
{
  guint8 b[8];

  sa_archive_read (archive, error, "yyyyyyyy", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5], &b[6], &b[7]);
}

static void
test_timeout_value (void)
{
  Dripped values[] = {
    { "80 80 80 80 80 80 80 80 80 01", read_varint, NULL },
    { "FF FF FF FF FF FF 05 00 00 00 00 00 00 00", read_count, NULL },
    { "0A 00 00 80 01 00 00 00 00 00 00 00", read_time, NULL },
    { "08 00 04 00 00 00 61 00 62 00", read_bstr, NULL },
    { "08 61 62 63 64 65 66 67 68", read_string, NULL },
    { "61 00 62 00 63 00 64 00 0A 00", read_line, NULL },
    { "01 02 03 04 05 06 07 08", read_record, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      Pipe ends = make_pipe ();
      g_autoptr (SaArchive) archive = sa_archive_new_load (ends.input);
      GThread *thread;

      values[i].output = ends.output;
      sa_archive_set_timeout (archive, 40);
      thread = g_thread_new ("drip", drip_value, &values[i]);
      read_in_tries (archive, values[i].read);
      g_thread_join (thread);
      free_pipe (&ends);
    }
}

static void
test_timeout_store (void)
{
  Pipe ends = make_pipe ();
  g_autoptr (SaArchive) archive = sa_archive_new_store (ends.output);
  g_autoptr (GBytes) bytes = make_bytes (1000000);
  g_autofree guint8 *taken = g_malloc (1000000);
  g_autoptr (GError) error = NULL;
  gsize total = 0;

  /* In a transaction it stays together, so that the flush has all of it.  */
  g_assert_true (sa_archive_begin_transaction (archive, NULL));
  sa_archive_write_bytes (archive, bytes, NULL);
  g_assert_true (sa_archive_commit_transaction (archive, NULL));

  sa_archive_set_timeout (archive, 20);
  g_unix_set_fd_nonblocking (g_unix_output_stream_get_fd (G_UNIX_OUTPUT_STREAM (ends.output)), TRUE, NULL);
  g_unix_set_fd_nonblocking (g_unix_input_stream_get_fd (G_UNIX_INPUT_STREAM (ends.input)), TRUE, NULL);
  while (!sa_archive_flush (archive, &error))
    {
      gssize count;

      g_assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) ||
                     g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK));
      g_clear_error (&error);
      count = g_input_stream_read (ends.input, taken + total, 1000000 - total, NULL, &error);
      g_assert_no_error (error);
      total += (gsize) count;
    }

  while (total < 1000000)
    total += (gsize) g_input_stream_read (ends.input, taken + total, 1000000 - total, NULL, NULL);
  g_assert_cmpmem (taken, total, g_bytes_get_data (bytes, NULL), 1000000);
  free_pipe (&ends);
}

#define TEST_TYPE_STUCK (test_stuck_get_type ())
G_DECLARE_FINAL_TYPE (TestStuck, test_stuck, TEST, STUCK, GOutputStream)

/* A stream that takes everything and then waits in its flush until it is cancelled, as one may that has a
 * buffer of its own.  */
struct _TestStuck
{
  GOutputStream parent_instance;
};

G_DEFINE_FINAL_TYPE (TestStuck, test_stuck, G_TYPE_OUTPUT_STREAM)

static gssize
test_stuck_write (GOutputStream *stream, const void *buffer, gsize count, GCancellable *cancellable,
                  GError **error)
{
  return (gssize) count;
}

static gboolean
test_stuck_flush (GOutputStream *stream, GCancellable *cancellable, GError **error)
{
  GPollFD poll;

  /* Closing flushes once more.  */
  if (cancellable == NULL)
    return TRUE;

  g_assert_true (g_cancellable_make_pollfd (cancellable, &poll));
  g_assert_cmpint (g_poll (&poll, 1, TEST_DEADLINE * 1000), ==, 1);
  g_cancellable_release_fd (cancellable);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static void
test_stuck_class_init (TestStuckClass *klass)
{
  G_OUTPUT_STREAM_CLASS (klass)->write_fn = test_stuck_write;
  G_OUTPUT_STREAM_CLASS (klass)->flush = test_stuck_flush;
}

static void
test_stuck_init (TestStuck *self)
{
}

static void
test_timeout_flush (void)
{
  g_autoptr (GOutputStream) output = g_object_new (TEST_TYPE_STUCK, NULL);
  g_autoptr (SaArchive) archive = sa_archive_new_store (output);
  g_autoptr (GError) error = NULL;

  sa_archive_set_timeout (archive, 20);
  sa_archive_write_uint8 (archive, 1, NULL);
  g_assert_false (sa_archive_flush (archive, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  sa_archive_abort (archive);
}

static gpointer
cancel_later (gpointer cancellable)
{
  g_usleep (10000);
  g_cancellable_cancel (cancellable);
  return NULL;
}

static void
check_cancel (guint timeout)
{
  Pipe ends = make_pipe ();
  g_autoptr (SaArchive) archive = sa_archive_new_load (ends.input);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GThread *thread;

  sa_archive_set_cancellable (archive, cancellable);
  sa_archive_set_timeout (archive, timeout);
  thread = g_thread_new ("cancel", cancel_later, cancellable);
  g_assert_cmpuint (sa_archive_read_uint32 (archive, &error), ==, 0);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_thread_join (thread);

  sa_archive_set_cancellable (archive, NULL);
  g_assert_cmpint (g_output_stream_write (ends.output, "\1\2\3\4", 4, NULL, NULL), ==, 4);
  g_assert_cmpuint (sa_archive_read_uint32 (archive, &error), ==, 0x04030201);
  g_assert_no_error (error);
  free_pipe (&ends);
}

static void
test_cancel (void)
{
  check_cancel (0);
}

static void
test_cancel_with_timeout (void)
{
  check_cancel (TEST_DEADLINE * 1000);
}

/* Values that are there need no stream, so nothing can cancel them.  */
static void
test_cancelled_before (void)
{
  g_autoptr (GBytes) bytes = make_bytes (8);
  g_autoptr (TestInput) input = test_input_new (bytes, G_MAXSIZE);
  g_autoptr (SaArchive) archive = sa_archive_new_load (G_INPUT_STREAM (input));
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  sa_archive_set_cancellable (archive, cancellable);
  sa_archive_read_uint32 (archive, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  sa_archive_set_cancellable (archive, NULL);
  sa_archive_read_uint32 (archive, &error);
  sa_archive_set_cancellable (archive, cancellable);
  sa_archive_read_uint32 (archive, &error);
  g_assert_no_error (error);
}

/* Calls from inside */

#define TEST_TYPE_NESTING (test_nesting_get_type ())
G_DECLARE_FINAL_TYPE (TestNesting, test_nesting, TEST, NESTING, GInputStream)

/* A stream whose read calls back into the archive, as one does that runs a nested main loop.  */
struct _TestNesting
{
  GInputStream parent_instance;

  SaArchive *archive;
  void (*inside) (SaArchive *archive);
};

G_DEFINE_FINAL_TYPE (TestNesting, test_nesting, G_TYPE_INPUT_STREAM)

static gssize
test_nesting_read (GInputStream *stream, void *buffer, gsize count, GCancellable *cancellable, GError **error)
{
  TestNesting *self = TEST_NESTING (stream);

  self->inside (self->archive);
  memset (buffer, 7, 4);
  return 4;
}

static void
test_nesting_class_init (TestNestingClass *klass)
{
  G_INPUT_STREAM_CLASS (klass)->read_fn = test_nesting_read;
}

static void
test_nesting_init (TestNesting *self)
{
}

static SaArchive *
new_nesting (void (*inside) (SaArchive *archive))
{
  g_autoptr (TestNesting) stream = g_object_new (TEST_TYPE_NESTING, NULL);

  stream->archive = sa_archive_new_load (G_INPUT_STREAM (stream));
  stream->inside = inside;
  return stream->archive;
}

static void
read_inside (SaArchive *archive)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (sa_archive_read_uint8 (archive, &error), ==, 0);
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BUSY);
  g_assert_cmpuint (sa_archive_read_uint8 (archive, NULL), ==, 0);
  g_assert_null (sa_archive_steal_buffered (archive, NULL));
  g_clear_error (&error);
  g_assert_false (sa_archive_check (archive, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BUSY);
}

static void
test_busy (void)
{
  g_autoptr (SaArchive) archive = new_nesting (read_inside);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (sa_archive_read_uint32 (archive, &error), ==, 0x07070707);
  g_assert_no_error (error);
  g_assert_cmpuint (sa_archive_read_uint16 (archive, &error), ==, 0x0707);
  g_assert_true (sa_archive_check (archive, &error));
}

static void
let_go_inside (SaArchive *archive)
{
  gpointer cancellable = sa_archive_get_cancellable (archive);

  g_object_add_weak_pointer (cancellable, &cancellable);
  sa_archive_set_cancellable (archive, NULL);
  g_assert_nonnull (cancellable);
  g_object_remove_weak_pointer (cancellable, &cancellable);
}

/* The call that waits still uses what the archive is told to use no more.  */
static void
test_busy_cancellable (void)
{
  g_autoptr (SaArchive) archive = new_nesting (let_go_inside);
  g_autoptr (GError) error = NULL;
  GCancellable *cancellable = g_cancellable_new ();

  sa_archive_set_cancellable (archive, cancellable);
  g_object_unref (cancellable);
  g_assert_cmpuint (sa_archive_read_uint32 (archive, &error), ==, 0x07070707);
  g_assert_no_error (error);
}

static void
close_inside (SaArchive *archive)
{
  g_assert_true (sa_archive_close (archive, NULL));
  g_assert_true (sa_archive_is_closed (archive));
}

static void
test_busy_close (void)
{
  g_autoptr (SaArchive) archive = new_nesting (close_inside);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (sa_archive_read_uint32 (archive, &error), ==, 0);
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED);
  g_assert_null (sa_archive_get_stream (archive));
}

static void
test_busy_abort (void)
{
  g_autoptr (SaArchive) archive = new_nesting (sa_archive_abort);
  g_autofree guint8 *data = g_malloc (100000);
  g_autoptr (GError) error = NULL;

  g_assert_false (sa_archive_ensure_read (archive, data, 100000, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED);
  g_assert_true (sa_archive_is_closed (archive));
}

static gboolean dropped_archive_is_gone;

static void
on_dropped (gpointer data, GObject *archive)
{
  dropped_archive_is_gone = TRUE;
}

static void
drop_inside (SaArchive *archive)
{
  g_object_weak_ref (G_OBJECT (archive), on_dropped, NULL);
  g_object_unref (archive);
}

/* The last reference goes while a call waits: the call ends well, and the archive with the next turn.  */
static void
test_busy_drop (void)
{
  SaArchive *archive = new_nesting (drop_inside);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (sa_archive_read_uint32 (archive, &error), ==, 0x07070707);
  g_assert_no_error (error);
  g_assert_false (dropped_archive_is_gone);
  test_wait_until (&dropped_archive_is_gone);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/archive/stream/load/edges", test_load_edges);
  g_test_add_func ("/archive/stream/load/takes-all", test_load_takes_all);
  g_test_add_func ("/archive/stream/load/data", test_load_data);
  g_test_add_func ("/archive/stream/load/data/new", test_load_data_new);
  g_test_add_func ("/archive/stream/load/data/short", test_load_data_short);
  g_test_add_func ("/archive/stream/load/data/need-more", test_load_data_need_more);
  g_test_add_func ("/archive/stream/load/data/lies", test_load_data_lies);
  g_test_add_func ("/archive/stream/store/one-write", test_store_one_write);
  g_test_add_func ("/archive/stream/store/edges", test_store_edges);
  g_test_add_func ("/archive/stream/store/data", test_store_data);
  g_test_add_func ("/archive/stream/store/would-block", test_store_would_block);
  g_test_add_func ("/archive/stream/store/held", test_store_held);
  g_test_add_func ("/archive/stream/store/data/would-block", test_store_data_would_block);
  g_test_add_func ("/archive/stream/store/broken", test_store_broken);
  g_test_add_func ("/archive/stream/timeout/load", test_timeout_load);
  g_test_add_func ("/archive/stream/timeout/object", test_timeout_object);
  g_test_add_func ("/archive/stream/timeout/again", test_timeout_again);
  g_test_add_func ("/archive/stream/timeout/value", test_timeout_value);
  g_test_add_func ("/archive/stream/timeout/store", test_timeout_store);
  g_test_add_func ("/archive/stream/timeout/flush", test_timeout_flush);
  g_test_add_func ("/archive/stream/busy/cancellable", test_busy_cancellable);
  g_test_add_func ("/archive/stream/cancel", test_cancel);
  g_test_add_func ("/archive/stream/cancel/with-timeout", test_cancel_with_timeout);
  g_test_add_func ("/archive/stream/cancel/before", test_cancelled_before);
  g_test_add_func ("/archive/stream/busy", test_busy);
  g_test_add_func ("/archive/stream/busy/close", test_busy_close);
  g_test_add_func ("/archive/stream/busy/abort", test_busy_abort);
  g_test_add_func ("/archive/stream/busy/drop", test_busy_drop);

  return g_test_run ();
}
