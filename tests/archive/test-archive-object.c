/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-node-archive.h"
#include "test-streams.h"

#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <glib/gstdio.h>

/* Every prefix is the end of the stream, and never an object; what was made of it is gone.  */
static void
test_cut (void)
{
  g_autoptr (GBytes) bytes = test_from_hex (CYCLE);

  for (gsize i = 0; i < g_bytes_get_size (bytes) - 4; i++)
    {
      g_autoptr (GBytes) cut = g_bytes_new_from_bytes (bytes, 0, i);
      g_autoptr (SaArchive) archive = new_load (cut);
      g_autoptr (GError) error = NULL;

      g_assert_null (sa_archive_read_object (archive, TEST_TYPE_NODE, &error));
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE);
      g_clear_object (&archive);
      g_assert_cmpint (n_nodes, ==, 0);
    }
}

static void
test_loaded (void)
{
  g_autoptr (SaArchive) archive = new_load_hex ("FF FF 01 00 05 00 43 4E 6F 64 65 0A 00 01 80 14 00 00 00");
  g_autoptr (TestNode) a = NULL;

  n_loaded = 0;
  a = sa_archive_read_object (archive, TEST_TYPE_NODE, NULL);
  g_assert_cmpint (a->n_loaded, ==, 1);
  g_assert_cmpint (a->next->n_loaded, ==, 1);
  /* The one that is pointed at comes first.  */
  g_assert_cmpint (a->next->loaded_order, ==, 1);
  g_assert_cmpint (a->loaded_order, ==, 2);
}

static void
test_bad_class (void)
{
  /* Not registered; registered but not what is wanted; names of no class.  */
  assert_fails ("FF FF 00 00 05 00 43 4E 6F 6E 65", G_TYPE_OBJECT, SA_ARCHIVE_ERROR_BAD_CLASS);
  assert_fails ("FF FF 02 00 05 00 43 4C 65 61 66", TEST_TYPE_NODE, SA_ARCHIVE_ERROR_BAD_CLASS);
  assert_fails ("FF FF 00 00 00 00", G_TYPE_OBJECT, SA_ARCHIVE_ERROR_BAD_CLASS);
  assert_fails ("FF FF 00 00 40 00", G_TYPE_OBJECT, SA_ARCHIVE_ERROR_BAD_CLASS);
  assert_fails ("FF FF 00 00 FF FF", G_TYPE_OBJECT, SA_ARCHIVE_ERROR_BAD_CLASS);
  assert_fails ("FF FF 00 00 03 00 43 2F 41", G_TYPE_OBJECT, SA_ARCHIVE_ERROR_BAD_CLASS);
  assert_fails ("FF FF 00 00 03 00 43 00 41", G_TYPE_OBJECT, SA_ARCHIVE_ERROR_BAD_CLASS);
  /* A type of the process that nobody registered.  */
  assert_fails ("FF FF 00 00 08 00 54 65 73 74 4E 6F 64 65", G_TYPE_OBJECT, SA_ARCHIVE_ERROR_BAD_CLASS);
}

/* CPtr { CNode { CNode { a wrong class } } }, where no layout says what the fields of CNode are called; and
 * what is wrong in the outermost object after that.  */
static void
test_bad_nested (void)
{
  static const struct
  {
    const char *hex;
    const char *place;
  } cases[] = {
    { "FF FF 00 00 04 00 43 50 74 72 FF FF 01 00 05 00 43 4E 6F 64 65 0A 00 03 80 0B 00 FF FF 00 00 01 00 44",
      ", in CPtr.p, class CNode)" },
    { "FF FF 00 00 04 00 43 50 74 72 01 80 FF FF 00 00 01 00 44", ", in CPtr.p.p, class CPtr)" },
    { "FF FF 00 00 04 00 43 50 74 72 FF FF 00 00 01 00 44", ", in CPtr.p)" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SaArchive) archive = new_load_hex (cases[i].hex);
      g_autoptr (GError) error = NULL;

      g_assert_null (sa_archive_read_object (archive, G_TYPE_OBJECT, &error));
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_CLASS);
      g_test_message ("%s", error->message);
      g_assert_true (g_str_has_suffix (error->message, cases[i].place));
    }
}

static void
test_bad_schema (void)
{
  assert_fails ("FF FF 02 00 05 00 43 4E 6F 64 65 0A 00 00 00", TEST_TYPE_NODE, SA_ARCHIVE_ERROR_BAD_SCHEMA);
}

/* Fails with a circle of objects already made, which nothing but their dispose can open.  */
static void
test_circle_fails (void)
{
  g_autoptr (SaArchive) archive = new_load_hex ("02 00 FF FF 01 00 05 00 43 4E 6F 64 65 0A 00 02 00 05 00");
  g_autoptr (GError) error = NULL;

  g_assert_null (sa_archive_read_object_array (archive, TEST_TYPE_NODE, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_INDEX);
  g_assert_nonnull (strstr (error->message, "CObArray[1]"));
  g_clear_object (&archive);
  g_assert_cmpint (n_nodes, ==, 0);
}

static void
test_not_registered (void)
{
  g_autoptr (SaArchive) archive = new_store ();
  g_autoptr (SaArchive) bare = sa_archive_new_store_bytes ();
  g_autoptr (GSimpleAction) action = g_simple_action_new ("a", NULL);
  g_autoptr (TestNode) node = test_node_new (1);
  g_autoptr (GError) error = NULL;

  g_assert_false (sa_archive_write_object (archive, action, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (error->message, "GSimpleAction"));
  g_clear_error (&error);

  /* Without a registry there is no class.  */
  g_assert_false (sa_archive_write_object (bare, node, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NOT_SUPPORTED);
}

/* Half of the objects were stored when one cannot be: nothing of them is left, neither bytes nor numbers.  */
static void
test_store_fails_whole (void)
{
  g_autoptr (SaArchive) archive = new_store ();
  g_autoptr (SaRecord) pointer = sa_record_new ("CPtr");
  g_autoptr (SaRecord) inner = sa_record_new ("CPtr");
  g_autoptr (SaRecord) stranger = sa_record_new ("CStranger");
  g_autoptr (SaRecord) leaf = sa_record_new ("CLeaf");
  g_auto (GValue) value = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;

  g_value_init (&value, G_TYPE_OBJECT);
  g_value_set_object (&value, inner);
  sa_record_set_field (pointer, "p", &value, NULL);
  g_value_set_object (&value, stranger);
  sa_record_set_field (inner, "p", &value, NULL);

  g_assert_true (sa_archive_begin_transaction (archive, NULL));
  g_assert_false (sa_archive_write_object (archive, pointer, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (error->message, "CPtr.p.p"));
  sa_archive_rollback_transaction (archive);

  g_clear_error (&error);
  g_assert_true (sa_archive_write_object (archive, leaf, &error));
  g_assert_no_error (error);
  assert_stored (archive, "FF FF 02 00 05 00 43 4C 65 61 66");
}

/* An archive over a stream, and a list that is longer than any buffer and ends with @last.  */
static SaArchive *
new_store_to (TestOutput *output)
{
  g_autoptr (SaClassRegistry) registry = new_registry ();
  SaArchive *archive = sa_archive_new_store (G_OUTPUT_STREAM (output));

  sa_class_registry_add_record (registry, "CList", 0, "objects:obarray(*)", NULL);
  sa_archive_set_registry (archive, registry);
  return archive;
}

#define N_LONG 20000

static SaRecord *
new_long_list (SaArchive *archive,
               gpointer last)
{
  SaRecord *list = sa_class_registry_create_record (sa_archive_get_registry (archive), "CList", NULL);
  GListStore *objects = G_LIST_STORE (sa_record_get_object (list, "objects", NULL));

  for (guint i = 0; i < N_LONG; i++)
    {
      g_autoptr (TestNode) node = test_node_new (1);

      g_list_store_append (objects, node);
    }
  g_list_store_append (objects, last);
  return list;
}

/* Nothing of an outermost object goes out before it is complete, though no buffer holds it; then it does at
 * once.  */
static void
test_held (void)
{
  g_autoptr (TestOutput) output = test_output_new ();
  g_autoptr (SaArchive) archive = new_store_to (output);
  g_autoptr (TestNode) node = test_node_new (1);
  g_autoptr (SaRecord) list = new_long_list (archive, node);
  g_autoptr (GSimpleAction) stranger = g_simple_action_new ("a", NULL);
  g_autoptr (SaRecord) bad_list = new_long_list (archive, stranger);
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_archive_write_object (archive, list, &error));
  g_assert_true (sa_archive_flush (archive, &error));
  g_assert_cmpuint (output->n_writes, ==, 1);
  g_assert_cmpuint (output->taken->len, >, N_LONG * 6);

  g_byte_array_set_size (output->taken, 0);
  g_assert_false (sa_archive_write_object (archive, bad_list, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NOT_SUPPORTED);
  g_assert_cmpuint (output->taken->len, ==, 0);
  g_assert_false (sa_archive_close (archive, NULL));
  g_assert_cmpuint (output->taken->len, ==, 0);
}

/* What is held is limited.  */
static void
test_held_limit (void)
{
  g_autoptr (TestOutput) output = test_output_new ();
  g_autoptr (SaArchive) archive = new_store_to (output);
  g_autoptr (TestNode) node = test_node_new (1);
  g_autoptr (SaRecord) list = new_long_list (archive, node);
  g_autoptr (GError) error = NULL;

  sa_limits_set_message_bytes (sa_archive_get_limits (archive), N_LONG);
  g_assert_false (sa_archive_write_object (archive, list, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_LIMIT);
  sa_archive_close (archive, NULL);
  g_assert_cmpuint (output->taken->len, ==, 0);
}

static void
test_depth (void)
{
  g_autoptr (SaArchive) store = new_store ();
  g_autoptr (SaLimits) limits = sa_limits_new (SA_LIMITS_LAN);
  g_autoptr (TestNode) list = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (SaArchive) load = NULL;
  g_autoptr (TestNode) loaded = NULL;

  for (guint16 i = 0; i < 5; i++)
    {
      TestNode *node = test_node_new (i);

      node->next = g_steal_pointer (&list);
      list = node;
    }

  sa_limits_set_depth (limits, 5);
  sa_archive_set_limits (store, limits);
  g_assert_true (sa_archive_write_object (store, list, &error));
  g_assert_no_error (error);
  bytes = sa_archive_steal_bytes (store, NULL);

  load = new_load (bytes);
  sa_archive_set_limits (load, limits);
  loaded = sa_archive_read_object (load, TEST_TYPE_NODE, &error);
  g_assert_no_error (error);
  g_assert_nonnull (loaded);

  g_clear_object (&load);
  load = new_load (bytes);
  sa_limits_set_depth (limits, 4);
  sa_archive_set_limits (load, limits);
  g_assert_null (sa_archive_read_object (load, TEST_TYPE_NODE, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_LIMIT);
}

/* However high the limit is, the stack is not exhausted.  */
static void
test_stack (void)
{
  g_autoptr (SaLimits) limits = sa_limits_new (SA_LIMITS_TRUSTED_FILE);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GBytes) first = test_from_hex ("FF FF 01 00 05 00 43 4E 6F 64 65 0A 00");
  g_autoptr (GBytes) all = NULL;
  g_autoptr (SaArchive) load = NULL;
  g_autoptr (GError) error = NULL;

  g_byte_array_append (bytes, g_bytes_get_data (first, NULL), (guint) g_bytes_get_size (first));
  for (int i = 0; i < 200000; i++)
    g_byte_array_append (bytes, (const guint8 *) "\x01\x80\x0a", 4);
  all = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));

  sa_limits_set_depth (limits, G_MAXUINT);
  load = new_load (all);
  sa_archive_set_limits (load, limits);
  g_assert_null (sa_archive_read_object (load, TEST_TYPE_NODE, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_LIMIT);
  g_clear_object (&load);
  g_assert_cmpint (n_nodes, ==, 0);
}

static void
test_object_limit (void)
{
  g_autoptr (SaArchive) archive = new_load_hex ("FF FF 02 00 05 00 43 4C 65 61 66 01 80 01 80");
  g_autoptr (SaLimits) limits = sa_limits_new (SA_LIMITS_LAN);
  g_autoptr (GObject) first = NULL;
  g_autoptr (GObject) second = NULL;
  g_autoptr (GError) error = NULL;

  sa_limits_set_objects (limits, 3);
  sa_archive_set_limits (archive, limits);
  first = sa_archive_read_object (archive, G_TYPE_OBJECT, &error);
  second = sa_archive_read_object (archive, G_TYPE_OBJECT, &error);
  g_assert_no_error (error);
  g_assert_null (sa_archive_read_object (archive, G_TYPE_OBJECT, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_LIMIT);
}

/* Objects in place take no number, and count for themselves: those of one message, in whatever collections
 * they are.  */
static void
test_embedded_limit (void)
{
  static const char grid[] = "02 00 03 00 01 02 03 02 00 04 05";
  g_autofree char *two = g_strdup_printf ("FF FF 00 00 05 00 43 47 72 69 64 %s 01 80 %s", grid, grid);

  for (guint limit = 6; limit <= 7; limit++)
    {
      g_autoptr (SaArchive) archive = new_load_hex (two);
      g_autoptr (SaLimits) limits = sa_limits_new (SA_LIMITS_LAN);
      g_autoptr (GError) error = NULL;
      SaClassRegistry *registry = sa_archive_get_registry (archive);

      sa_class_registry_add_record (registry, "CCell", 0, "a:u8", NULL);
      sa_class_registry_add_record (registry, "CRow", 0, "cells:array(embed(CCell))", NULL);
      sa_class_registry_add_record (registry, "CGrid", 0, "rows:array(embed(CRow))", NULL);
      sa_limits_set_objects (limits, limit);
      sa_archive_set_limits (archive, limits);

      for (guint i = 0; i < 2 && error == NULL; i++)
        {
          g_autoptr (GObject) object = sa_archive_read_object (archive, G_TYPE_OBJECT, &error);

          g_assert_true ((object != NULL) == (limit == 7));
        }

      if (limit == 7)
        g_assert_no_error (error);
      else
        g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_LIMIT);
    }
}

/* A wait inside of an object that ended for nothing but the time, or because it was cancelled: the object can
 * be read again, also from a stream that cannot be polled.  */
static void
check_interrupted (guint timeout,
                   GCancellable *cancellable,
                   GIOErrorEnum code)
{
  g_autoptr (GBytes) bytes = test_from_hex (CYCLE);
  const guint8 *data = g_bytes_get_data (bytes, NULL);
  g_autoptr (SaClassRegistry) registry = new_registry ();
  g_autoptr (GInputStream) pipe_end = NULL;
  g_autoptr (GInputStream) input = NULL;
  g_autoptr (SaArchive) archive = NULL;
  g_autoptr (TestNode) node = NULL;
  g_autoptr (GError) error = NULL;
  int fds[2];

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  pipe_end = g_unix_input_stream_new (fds[0], TRUE);
  input = g_buffered_input_stream_new (pipe_end);
  archive = sa_archive_new_load (input);
  sa_archive_set_registry (archive, registry);
  sa_archive_set_timeout (archive, timeout);
  sa_archive_set_cancellable (archive, cancellable);

  g_assert_cmpint (write (fds[1], data, 15), ==, 15);
  g_assert_null (sa_archive_read_object (archive, TEST_TYPE_NODE, &error));
  g_assert_error (error, G_IO_ERROR, (int) code);
  g_clear_error (&error);
  g_assert_cmpuint (sa_archive_get_offset (archive), ==, 0);
  sa_archive_set_cancellable (archive, NULL);

  g_assert_cmpint (write (fds[1], data + 15, g_bytes_get_size (bytes) - 15), >, 0);
  node = sa_archive_read_object (archive, TEST_TYPE_NODE, &error);
  g_assert_no_error (error);
  g_assert_true (node->next->next == node);
  g_clear_object (&node->next->next);
  close (fds[1]);
}

static gpointer
cancel (gpointer cancellable)
{
  g_usleep (10000);
  g_cancellable_cancel (cancellable);

  return NULL;
}

static void
test_interrupted (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GThread *thread;

  check_interrupted (20, NULL, G_IO_ERROR_TIMED_OUT);
  thread = g_thread_new ("cancel", cancel, cancellable);
  check_interrupted (0, cancellable, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
}

static void
test_versionable (void)
{
  g_autoptr (SaArchive) archive = new_load_hex ("FF FF 08 00 05 00 43 4E 6F 64 65 0A 00 00 00");
  g_autoptr (TestNode) node = NULL;

  g_assert_true (sa_class_registry_set_versionable (sa_archive_get_registry (archive), "CNode", 0, 8, NULL));
  node = sa_archive_read_object (archive, TEST_TYPE_NODE, NULL);
  g_assert_cmpuint (node->schema, ==, 8);
  g_assert_cmpuint (sa_archive_get_object_schema (archive), ==, SA_SCHEMA_UNKNOWN);
}

static void
test_embedded (void)
{
  g_autoptr (SaArchive) store = new_store ();
  g_autoptr (TestNode) node = test_node_new (10);
  g_autoptr (SaArchive) load = NULL;
  g_autoptr (TestNode) loaded = test_node_new (0);
  g_autoptr (TestNode) made = NULL;
  g_autoptr (GError) error = NULL;

  node->next = test_node_new (20);
  g_assert_true (sa_archive_serialize_embedded (store, node, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (node->schema, ==, SA_SCHEMA_UNKNOWN);
  /* It takes no number itself, but its child does: class 1, object 2.  */
  assert_stored (store, "0A 00 FF FF 01 00 05 00 43 4E 6F 64 65 14 00 00 00");

  load = new_load_hex ("0A 00 FF FF 01 00 05 00 43 4E 6F 64 65 14 00 00 00 0B 00 00 00");
  g_assert_true (sa_archive_serialize_embedded (load, loaded, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (loaded->id, ==, 10);
  g_assert_cmpuint (loaded->next->id, ==, 20);
  g_assert_cmpint (loaded->n_loaded, ==, 1);
  made = sa_archive_read_embedded (load, "CNode", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (made->id, ==, 11);
}

static void
test_late (void)
{
  g_autoptr (SaArchive) load = new_load_hex (CYCLE);
  g_autoptr (SaArchive) store = new_store ();
  g_autoptr (TestNode) node = test_node_new (1);
  g_autoptr (GError) error = NULL;

  sa_archive_close (load, NULL);
  sa_archive_close (store, NULL);
  g_assert_null (sa_archive_read_object (load, TEST_TYPE_NODE, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_false (sa_archive_write_object (store, node, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_false (sa_archive_serialize_embedded (load, node, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED);
}

static void
test_wrong_direction (void)
{
  g_autoptr (SaArchive) load = new_load_hex (CYCLE);
  g_autoptr (SaArchive) store = new_store ();
  g_autoptr (TestNode) node = test_node_new (1);
  g_autoptr (GError) error = NULL;

  g_assert_null (sa_archive_read_object (store, TEST_TYPE_NODE, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_WRITE_ONLY);
  g_clear_error (&error);
  g_assert_false (sa_archive_write_object (load, node, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_READ_ONLY);
}

static void
test_document (void)
{
  g_autoptr (SaArchive) store = new_store ();
  g_autoptr (TestNode) node = test_node_new (1);

  g_assert_null (sa_archive_get_document (store));
  sa_archive_set_document (store, node);
  g_assert_true (sa_archive_get_document (store) == (gpointer) node);
  g_assert_cmpuint (G_OBJECT (node)->ref_count, ==, 2);
  sa_archive_close (store, NULL);
  g_assert_cmpuint (G_OBJECT (node)->ref_count, ==, 1);
}

/* What a `serialize` may do that nobody hopes for.  */
#define TEST_TYPE_ROGUE (test_rogue_get_type ())
G_DECLARE_FINAL_TYPE (TestRogue, test_rogue, TEST, ROGUE, GObject)

struct _TestRogue
{
  GObject parent_instance;
};

static gboolean (*rogue) (SaArchive *archive, GError **error);

static gboolean
test_rogue_serialize (SaSerializable *serializable,
                      SaArchive *archive,
                      GError **error)
{
  guint16 number = 0;

  sa_archive_exchange_uint16 (archive, &number, NULL);

  return rogue (archive, error);
}

static void
test_rogue_init_serializable (SaSerializableInterface *iface)
{
  iface->serialize = test_rogue_serialize;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestRogue, test_rogue, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SA_TYPE_SERIALIZABLE, test_rogue_init_serializable))

static void
test_rogue_class_init (TestRogueClass *klass)
{
}

static void
test_rogue_init (TestRogue *self)
{
}

static void
assert_rogue_fails (gboolean (*func) (SaArchive *archive, GError **error),
                    GQuark domain,
                    int code)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (GBytes) bytes = test_from_hex ("FF FF 00 00 01 00 43 01 00 02 00");
  g_autoptr (SaArchive) load = sa_archive_new_load_bytes (bytes);
  g_autoptr (SaArchive) store = sa_archive_new_store_bytes ();
  g_autoptr (TestRogue) object = g_object_new (TEST_TYPE_ROGUE, NULL);
  g_autoptr (GError) error = NULL;

  rogue = func;
  sa_class_registry_add_class (registry, "C", TEST_TYPE_ROGUE, 0, NULL);
  sa_archive_set_registry (load, registry);
  sa_archive_set_registry (store, registry);
  g_assert_null (sa_archive_read_object (load, TEST_TYPE_ROGUE, &error));
  g_assert_error (error, domain, code);
  g_clear_error (&error);
  g_assert_false (sa_archive_write_object (store, object, &error));
  g_assert_error (error, domain, code);
  g_assert_cmpuint (G_OBJECT (object)->ref_count, ==, 1);
}

static gboolean
close_inside (SaArchive *archive,
              GError **error)
{
  sa_archive_close (archive, NULL);

  return TRUE;
}

static gboolean
reset_inside (SaArchive *archive,
              GError **error)
{
  return sa_archive_reset_objects (archive, error);
}

static gboolean
fail_silently (SaArchive *archive,
               GError **error)
{
  return FALSE;
}

static gboolean
fail_and_lie (SaArchive *archive,
              GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "no");

  return TRUE;
}

static gboolean
poison (SaArchive *archive,
        GError **error)
{
  g_autoptr (GError) reason = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "no");

  sa_archive_fail (archive, reason);

  return TRUE;
}

static gboolean
abort_inside (SaArchive *archive,
              GError **error)
{
  sa_archive_abort (archive);
  sa_archive_set_object_schema (archive, 5);

  return sa_archive_check (archive, error);
}

static gboolean
recurse (SaArchive *archive,
         GError **error)
{
  g_autoptr (TestRogue) object = g_object_new (TEST_TYPE_ROGUE, NULL);

  return sa_archive_serialize_embedded (archive, object, error);
}

static void
test_rogues (void)
{
  assert_rogue_fails (close_inside, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED);
  assert_rogue_fails (abort_inside, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED);
  assert_rogue_fails (reset_inside, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BUSY);
  assert_rogue_fails (fail_silently, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_FAILED);
  assert_rogue_fails (fail_and_lie, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  assert_rogue_fails (poison, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
}

/* The object itself, which has the number 2, among others so that what was expected is known already.  */
static gboolean
read_itself (SaArchive *archive,
             GType type,
             GError **error)
{
  g_autoptr (GObject) nothing = sa_archive_read_object (archive, type, error);
  g_autoptr (GObject) itself = NULL;

  g_assert_null (nothing);
  if (!sa_archive_check (archive, error))
    return FALSE;

  itself = sa_archive_read_object (archive, type, error);
  g_assert_true (itself == NULL || TEST_IS_ROGUE (itself));

  return itself != NULL;
}

static gboolean
read_itself_as_node (SaArchive *archive,
                     GError **error)
{
  return read_itself (archive, TEST_TYPE_NODE, error);
}

static gboolean
read_itself_as_object (SaArchive *archive,
                       GError **error)
{
  return read_itself (archive, TEST_TYPE_ROGUE, error) && read_itself (archive, G_TYPE_OBJECT, error);
}

/* A reference in the middle of an object is looked at as closely as any.  */
static void
test_inner_reference (void)
{
  static const struct
  {
    gboolean (*func) (SaArchive *archive, GError **error);
    const char *hex;
    int code;
  } cases[] = {
    { read_itself_as_object, "00 00 02 00 00 00 02 00 00 00 00 00 00 00", -1 },
    { read_itself_as_object, "00 00 FF 7F 02 00 00 00 00 00 02 00 00 00 00 00 00 00", -1 },
    { read_itself_as_object, "00 00 02 00 00 00 02 00", -1 },
    { read_itself_as_node, "00 00 02 00 00 00 00 00 00 00", SA_ARCHIVE_ERROR_BAD_CLASS },
    { read_itself_as_object, "00 00 01 00 00 00 00 00 00 00", SA_ARCHIVE_ERROR_BAD_INDEX },
    { read_itself_as_object, "00 00 03 00 00 00 00 00 00 00", SA_ARCHIVE_ERROR_BAD_INDEX },
    { read_itself_as_object, "00 00 FF 7F 00 00 00 00 00 00", SA_ARCHIVE_ERROR_BAD_INDEX },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
      g_autofree char *hex = g_strconcat ("FF FF 00 00 01 00 43 07 00 ", cases[i].hex, NULL);
      g_autoptr (GBytes) bytes = test_from_hex (hex);
      g_autoptr (SaArchive) load = sa_archive_new_load_bytes (bytes);
      g_autoptr (GObject) object = NULL;
      g_autoptr (GError) error = NULL;

      rogue = cases[i].func;
      sa_class_registry_add_class (registry, "C", TEST_TYPE_ROGUE, 0, NULL);
      sa_archive_set_registry (load, registry);
      object = sa_archive_read_object (load, TEST_TYPE_ROGUE, &error);
      if (cases[i].code >= 0)
        {
          g_assert_error (error, SA_ARCHIVE_ERROR, cases[i].code);
          continue;
        }

      g_assert_no_error (error);
      g_assert_cmpuint (object->ref_count, ==, 2);
      g_clear_object (&load);
      g_assert_cmpuint (object->ref_count, ==, 1);
    }
}

/* Without a byte in the stream that asks for it, and so without an end on the storing side.  */
static void
test_recursion (void)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (SaArchive) store = sa_archive_new_store_bytes ();
  g_autoptr (TestRogue) object = g_object_new (TEST_TYPE_ROGUE, NULL);
  g_autoptr (GError) error = NULL;

  rogue = recurse;
  sa_class_registry_add_class (registry, "C", TEST_TYPE_ROGUE, 0, NULL);
  sa_archive_set_registry (store, registry);
  g_assert_false (sa_archive_write_object (store, object, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_LIMIT);
}

/* What the stream needed is written down: the class that is known, the one that is not, and the numbers.  */
static void
test_learn (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  g_autoptr (SaArchive) load = NULL;
  g_autoptr (GPtrArray) nodes = NULL;
  int fd = g_file_open_tmp ("sockarch-XXXXXX", &path, &error);

  g_assert_no_error (error);
  g_setenv ("SA_LEARN", path, TRUE);
  load = new_load_hex ("02 00 FF FF 01 00 05 00 43 4E 6F 64 65 0A 00 01 80 14 00 00 00 02 00"
                       "FF FF 03 00 05 00 43 4E 6F 6E 65");
  nodes = sa_archive_read_object_array (load, TEST_TYPE_NODE, NULL);
  g_assert_cmpuint (nodes->len, ==, 2);
  g_assert_null (sa_archive_read_object (load, TEST_TYPE_NODE, NULL));
  g_clear_object (&load);
  g_unsetenv ("SA_LEARN");

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "class CNode schema 1 objects 2\nunknown-class CNone schema 3 objects 0\n"
                             "limits depth 3 objects 3 count 2 string-bytes 0 message-bytes 23\n\n");
  g_unlink (path);
  g_close (fd, NULL);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/archive-object/cut", test_cut);
  g_test_add_func ("/archive-object/loaded", test_loaded);
  g_test_add_func ("/archive-object/bad/class", test_bad_class);
  g_test_add_func ("/archive-object/bad/nested", test_bad_nested);
  g_test_add_func ("/archive-object/bad/schema", test_bad_schema);
  g_test_add_func ("/archive-object/bad/circle", test_circle_fails);
  g_test_add_func ("/archive-object/not-registered", test_not_registered);
  g_test_add_func ("/archive-object/store-fails-whole", test_store_fails_whole);
  g_test_add_func ("/archive-object/held", test_held);
  g_test_add_func ("/archive-object/held/limit", test_held_limit);
  g_test_add_func ("/archive-object/limit/depth", test_depth);
  g_test_add_func ("/archive-object/limit/stack", test_stack);
  g_test_add_func ("/archive-object/limit/objects", test_object_limit);
  g_test_add_func ("/archive-object/limit/embedded", test_embedded_limit);
  g_test_add_func ("/archive-object/interrupted", test_interrupted);
  g_test_add_func ("/archive-object/versionable", test_versionable);
  g_test_add_func ("/archive-object/embedded", test_embedded);
  g_test_add_func ("/archive-object/late", test_late);
  g_test_add_func ("/archive-object/wrong-direction", test_wrong_direction);
  g_test_add_func ("/archive-object/document", test_document);
  g_test_add_func ("/archive-object/rogues", test_rogues);
  g_test_add_func ("/archive-object/inner-reference", test_inner_reference);
  g_test_add_func ("/archive-object/recursion", test_recursion);
  g_test_add_func ("/archive-object/learn", test_learn);

  return g_test_run ();
}
