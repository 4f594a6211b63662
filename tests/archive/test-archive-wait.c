/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sockarch/sockarch.h"
#include "test-utils.h"

#include <glib-unix.h>
#include <gio/gunixinputstream.h>
#include <unistd.h>

/* What is done to an archive, and to what it stores, while it waits for its stream; and between two
 * tries.  */

/* A stream that runs a main loop while it writes, as a socket does under SA_WAIT_DISPATCH.  */

#define TEST_TYPE_LOOPING (test_looping_get_type ())
G_DECLARE_FINAL_TYPE (TestLooping, test_looping, TEST, LOOPING, GOutputStream)

struct _TestLooping
{
  GOutputStream parent_instance;
  GSourceFunc func;
  gpointer data;
};

G_DEFINE_FINAL_TYPE (TestLooping, test_looping, G_TYPE_OUTPUT_STREAM)

static gssize
test_looping_write (GOutputStream *stream,
                    const void *buffer,
                    gsize count,
                    GCancellable *cancellable,
                    GError **error)
{
  TestLooping *self = TEST_LOOPING (stream);

  g_idle_add (self->func, self->data);
  test_spin (NULL, 5);

  return (gssize) count;
}

static void
test_looping_class_init (TestLoopingClass *klass)
{
  G_OUTPUT_STREAM_CLASS (klass)->write_fn = test_looping_write;
}

static void
test_looping_init (TestLooping *self)
{
}

static SaArchive *
new_looping (GSourceFunc func,
             gpointer data)
{
  g_autoptr (TestLooping) stream = g_object_new (TEST_TYPE_LOOPING, NULL);

  stream->func = func;
  stream->data = data;

  return sa_archive_new_store (G_OUTPUT_STREAM (stream));
}

/* A handler drops the last reference while a value waits for room.  */
static gboolean
drop (gpointer place)
{
  g_clear_object ((SaArchive **) place);

  return G_SOURCE_REMOVE;
}

static void
test_dropped (void)
{
  SaArchive *archive = NULL;
  SaArchive *used = archive = new_looping (drop, &archive);
  g_autoptr (GError) error = NULL;
  guint n = 0;

  for (; archive != NULL && n < 1000000; n++)
    g_assert_true (sa_archive_write_uint32 (used, n, &error));
  g_assert_no_error (error);
  g_assert_null (archive);
  test_spin (NULL, 5);
}

/* Or changes the map that is being stored.  */
static gboolean
empty_map (gpointer map)
{
  g_hash_table_remove_all (map);

  return G_SOURCE_REMOVE;
}

static void
test_map_changed (void)
{
  g_autoptr (GHashTable) map = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (SaArchive) archive = new_looping (empty_map, map);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 20000; i++)
    g_hash_table_insert (map, g_strdup_printf ("key %u", i), g_strdup ("value"));
  sa_archive_write_uint32 (archive, 1, NULL);
  g_assert_true (sa_archive_write_map_string_to_string (archive, map, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (g_hash_table_size (map), ==, 0);
  g_assert_true (sa_archive_close (archive, NULL));
}

/* An object is interrupted in its middle, and what was read goes back to the stream: it begins anew.  */
#define TEST_TYPE_FILE (test_file_get_type ())
G_DECLARE_FINAL_TYPE (TestFile, test_file, TEST, FILE, GMemoryInputStream)

/* A file that gives little at once.  */
struct _TestFile
{
  GMemoryInputStream parent_instance;
  GCancellable *cancellable;
  guint n_reads;
};

G_DEFINE_FINAL_TYPE (TestFile, test_file, G_TYPE_MEMORY_INPUT_STREAM)

static gssize
test_file_read (GInputStream *stream,
                void *buffer,
                gsize count,
                GCancellable *cancellable,
                GError **error)
{
  TestFile *self = TEST_FILE (stream);

  if (++self->n_reads == 4)
    g_cancellable_cancel (self->cancellable);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return -1;

  return G_INPUT_STREAM_CLASS (test_file_parent_class)->read_fn (stream, buffer, MIN (count, 64), cancellable,
                                                                 error);
}

static void
test_file_class_init (TestFileClass *klass)
{
  G_INPUT_STREAM_CLASS (klass)->read_fn = test_file_read;
}

static void
test_file_init (TestFile *self)
{
}

static void
test_given_back (void)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (SaArchive) store = sa_archive_new_store_bytes ();
  g_autoptr (SaRecord) record = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (TestFile) file = g_object_new (TEST_TYPE_FILE, NULL);
  g_autoptr (SaArchive) archive = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GObject) object = NULL;
  g_autoptr (GError) error = NULL;
  const char *names[101] = { NULL };

  for (guint i = 0; i < 100; i++)
    names[i] = "a name";
  g_assert_true (sa_class_registry_add_record (registry, "CNames", 1, "names:stringarray last:u32", NULL));
  sa_archive_set_registry (store, registry);
  record = sa_class_registry_create_record (registry, "CNames", NULL);
  g_assert_true (sa_record_set_strings (record, "names", names, NULL));
  g_assert_true (sa_archive_write_object (store, record, NULL));
  bytes = sa_archive_steal_bytes (store, NULL);
  g_memory_input_stream_add_bytes (G_MEMORY_INPUT_STREAM (file), bytes);

  file->cancellable = cancellable;
  archive = sa_archive_new_load (G_INPUT_STREAM (file));
  sa_archive_set_registry (archive, registry);
  sa_archive_set_cancellable (archive, cancellable);
  g_assert_null (sa_archive_read_object (archive, SA_TYPE_RECORD, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_cancellable_reset (cancellable);
  g_assert_true (sa_archive_flush (archive, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_seekable_tell (G_SEEKABLE (file)), ==, 0);
  object = sa_archive_read_object (archive, SA_TYPE_RECORD, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (sa_record_get_strings (SA_RECORD (object), "names", NULL)[99], ==, "a name");
}

/* The code of an object that is not complete runs a loop, in which the rest comes.  */

#define TEST_TYPE_PATIENT (test_patient_get_type ())
G_DECLARE_FINAL_TYPE (TestPatient, test_patient, TEST, PATIENT, GObject)

struct _TestPatient
{
  GObject parent_instance;
};

static int writing_end;
static guint n_tries;

static gboolean
send_zeros (gpointer count)
{
  static const char zeros[64];
  gsize n = GPOINTER_TO_UINT (count);

  g_assert_cmpint (write (writing_end, zeros, n), ==, (gssize) n);

  return G_SOURCE_REMOVE;
}

static gboolean
set_flag (gpointer flag)
{
  *(gboolean *) flag = TRUE;

  return G_SOURCE_REMOVE;
}

static gboolean
test_patient_serialize (SaSerializable *serializable,
                        SaArchive *archive,
                        GError **error)
{
  gboolean is_over = FALSE;

  n_tries++;
  for (guint i = 0; i < 20; i++)
    sa_archive_read_uint32 (archive, NULL);
  if (sa_archive_check (archive, error))
    return TRUE;

  if (n_tries == 1)
    {
      g_timeout_add (5, send_zeros, GUINT_TO_POINTER (4));
    }
  else if (n_tries == 2)
    {
      send_zeros (GUINT_TO_POINTER (40));
      g_timeout_add (50, set_flag, &is_over);
      test_wait_until (&is_over);
    }

  return FALSE;
}

static void
test_patient_init_serializable (SaSerializableInterface *iface)
{
  iface->serialize = test_patient_serialize;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestPatient, test_patient, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SA_TYPE_SERIALIZABLE, test_patient_init_serializable))

static void
test_patient_class_init (TestPatientClass *klass)
{
}

static void
test_patient_init (TestPatient *self)
{
}

static void
test_filled_inside (void)
{
  static const char head[46] = "\xff\xff\x01\x00\x08\x00" "CPatient";
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (GInputStream) input = NULL;
  g_autoptr (SaArchive) archive = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GObject) object = NULL;
  g_autoptr (GError) error = NULL;
  int fds[2];

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  writing_end = fds[1];
  n_tries = 0;
  input = g_unix_input_stream_new (fds[0], TRUE);
  g_assert_true (sa_class_registry_add_class (registry, "CPatient", TEST_TYPE_PATIENT, 1, NULL));
  archive = sa_archive_new_load (input);
  sa_archive_set_registry (archive, registry);
  g_assert_cmpint (write (fds[1], head, sizeof head), ==, sizeof head);
  send_zeros (GUINT_TO_POINTER (4));
  sa_archive_read_object_async (archive, TEST_TYPE_PATIENT, NULL, test_on_result, &result);
  test_wait_in (NULL, test_has_result, &result);
  object = sa_archive_read_object_finish (archive, result, &error);
  g_assert_no_error (error);
  g_assert_nonnull (object);
  g_assert_cmpuint (n_tries, >, 2);
  close (fds[1]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/archive/wait/dropped", test_dropped);
  g_test_add_func ("/archive/wait/map-changed", test_map_changed);
  g_test_add_func ("/archive/wait/given-back", test_given_back);
  g_test_add_func ("/archive/wait/filled-inside", test_filled_inside);

  return g_test_run ();
}
