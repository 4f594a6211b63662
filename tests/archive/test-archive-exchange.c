/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-node.h"
#include "test-utils.h"

/* One of everything; the same function stores and loads it.  */
typedef struct
{
  gboolean flag;
  gboolean flag32;
  gint8 i8;
  guint8 u8;
  gint16 i16;
  guint16 u16;
  gint32 i32;
  guint32 u32;
  gint64 i64;
  guint64 u64;
  float f32;
  double f64;
  gint64 time;
  guint64 count;
  char *string;
  GBytes *bytes;
  GBytes *byte_array;
  char **strings;
  TestNode *node;
  GPtrArray *nodes;
  GListStore *list;
} Everything;

static gboolean
exchange (Everything *all,
          SaArchive *archive,
          GError **error)
{
  sa_archive_exchange_boolean (archive, &all->flag, NULL);
  sa_archive_exchange_boolean32 (archive, &all->flag32, NULL);
  sa_archive_exchange_int8 (archive, &all->i8, NULL);
  sa_archive_exchange_uint8 (archive, &all->u8, NULL);
  sa_archive_exchange_int16 (archive, &all->i16, NULL);
  sa_archive_exchange_uint16 (archive, &all->u16, NULL);
  sa_archive_exchange_int32 (archive, &all->i32, NULL);
  sa_archive_exchange_uint32 (archive, &all->u32, NULL);
  sa_archive_exchange_int64 (archive, &all->i64, NULL);
  sa_archive_exchange_uint64 (archive, &all->u64, NULL);
  sa_archive_exchange_float (archive, &all->f32, NULL);
  sa_archive_exchange_double (archive, &all->f64, NULL);
  sa_archive_exchange_time (archive, &all->time, NULL);
  sa_archive_exchange_count (archive, &all->count, NULL);
  sa_archive_exchange_string (archive, &all->string, NULL);
  sa_archive_exchange_bytes (archive, &all->bytes, 3, NULL);
  sa_archive_exchange_byte_array (archive, &all->byte_array, NULL);
  sa_archive_exchange_string_array (archive, &all->strings, NULL);
  sa_archive_exchange_object (archive, &all->node, TEST_TYPE_NODE, NULL);
  sa_archive_exchange_object_array (archive, &all->nodes, TEST_TYPE_NODE, NULL);
  sa_archive_exchange_object_list (archive, all->list, TEST_TYPE_NODE, NULL);

  return sa_archive_check (archive, error);
}

static void
clear (Everything *all)
{
  g_free (all->string);
  g_clear_pointer (&all->bytes, g_bytes_unref);
  g_clear_pointer (&all->byte_array, g_bytes_unref);
  g_strfreev (all->strings);
  g_clear_object (&all->node);
  g_clear_pointer (&all->nodes, g_ptr_array_unref);
  g_clear_object (&all->list);
}

static Everything
new_example (void)
{
  Everything all = { TRUE,       TRUE,       -1,          255, -2,   65535, -3,
                     0xffffffff, G_MININT64, G_MAXUINT64, 1.5, -2.5, -7,    70000 };

  all.string = g_strdup ("h\303\251");
  all.bytes = g_bytes_new_static ("abc", 3);
  all.byte_array = g_bytes_new_static ("defg", 4);
  all.strings = g_strsplit ("one two", " ", 0);
  all.node = test_node_new (5);
  all.nodes = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (all.nodes, g_object_ref (all.node));
  all.list = g_list_store_new (TEST_TYPE_NODE);
  g_list_store_append (all.list, all.node);

  return all;
}

static SaArchive *
with_registry (SaArchive *archive)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();

  sa_class_registry_add_class (registry, "CNode", TEST_TYPE_NODE, 1, NULL);
  sa_archive_set_registry (archive, registry);

  return archive;
}

static GBytes *
store (Everything *all)
{
  g_autoptr (SaArchive) archive = with_registry (sa_archive_new_store_bytes ());
  g_autoptr (GError) error = NULL;

  g_assert_true (exchange (all, archive, &error));
  g_assert_no_error (error);

  return sa_archive_steal_bytes (archive, NULL);
}

static void
test_round_trip (void)
{
  Everything all = new_example ();
  Everything loaded = new_example ();
  g_autoptr (GBytes) bytes = store (&all);
  g_autoptr (SaArchive) archive = with_registry (sa_archive_new_load_bytes (bytes));
  g_autoptr (GBytes) again = NULL;
  g_autoptr (TestNode) item = NULL;
  g_autoptr (GError) error = NULL;

  loaded.u8 = 0;
  loaded.i64 = 0;
  g_assert_true (exchange (&loaded, archive, &error));
  g_assert_no_error (error);
  g_assert_true (sa_archive_is_buffer_empty (archive));
  g_assert_cmpuint (loaded.u8, ==, 255);
  g_assert_cmpint (loaded.i64, ==, G_MININT64);
  g_assert_cmpstr (loaded.string, ==, "h\303\251");
  g_assert_cmpstrv (loaded.strings, all.strings);
  g_assert_true (loaded.node != all.node);
  g_assert_true (g_ptr_array_index (loaded.nodes, 0) == loaded.node);
  item = g_list_model_get_item (G_LIST_MODEL (loaded.list), 0);
  g_assert_true (item == loaded.node);

  again = store (&loaded);
  g_assert_true (g_bytes_equal (again, bytes));
  clear (&all);
  clear (&loaded);
}

/* What is not loaded stays as it was.  */
static void
test_failure_keeps (void)
{
  Everything all = new_example ();
  g_autoptr (GBytes) bytes = store (&all);

  for (gsize i = 0; i < g_bytes_get_size (bytes); i++)
    {
      Everything loaded = new_example ();
      g_autoptr (GBytes) cut = g_bytes_new_from_bytes (bytes, 0, i);
      g_autoptr (SaArchive) archive = with_registry (sa_archive_new_load_bytes (cut));
      g_autoptr (GError) error = NULL;

      g_assert_false (exchange (&loaded, archive, &error));
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE);
      /* All was the same before, and what failed was not touched.  */
      g_assert_cmpuint (loaded.u32, ==, all.u32);
      g_assert_cmpstr (loaded.string, ==, all.string);
      g_assert_nonnull (loaded.node);
      g_assert_cmpuint (loaded.node->id, ==, 5);
      clear (&loaded);
    }

  clear (&all);
  g_assert_cmpint (n_nodes, ==, 0);
}

static void
test_closed_keeps (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\1\2\3\4", 4);
  g_autoptr (SaArchive) archive = sa_archive_new_load_bytes (bytes);
  guint32 value = 9;

  sa_archive_close (archive, NULL);
  sa_archive_exchange_uint32 (archive, &value, NULL);
  g_assert_cmpuint (value, ==, 9);
}

/* Once it has failed, an archive takes and gives nothing more, whatever it is asked.  */
static void
test_failed_keeps (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\377\377\0\0\1\0C", 7);
  g_autoptr (SaArchive) load = with_registry (sa_archive_new_load_bytes (bytes));
  g_autoptr (SaArchive) store = with_registry (sa_archive_new_store_bytes ());
  g_autoptr (GObject) stranger = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (GError) error = NULL;
  Everything all = new_example ();
  Everything same = new_example ();
  guint64 offset;

  g_assert_null (sa_archive_read_object (load, TEST_TYPE_NODE, NULL));
  offset = sa_archive_get_offset (load);
  g_assert_false (exchange (&all, load, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_CLASS);
  g_clear_error (&error);
  g_assert_cmpuint (sa_archive_get_offset (load), ==, offset);
  g_assert_true (all.flag && all.flag32);
  g_assert_cmpint (all.i8, ==, same.i8);
  g_assert_cmpuint (all.u16, ==, same.u16);
  g_assert_cmpint (all.i32, ==, same.i32);
  g_assert_cmpuint (all.u64, ==, same.u64);
  g_assert_cmpfloat (all.f32, ==, same.f32);
  g_assert_cmpfloat (all.f64, ==, same.f64);
  g_assert_cmpint (all.time, ==, same.time);
  g_assert_cmpuint (all.count, ==, same.count);
  g_assert_cmpstr (all.string, ==, same.string);
  g_assert_cmpuint (all.node->id, ==, 5);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (all.list)), ==, 1);

  g_assert_false (sa_archive_write_object (store, stranger, NULL));
  g_assert_false (exchange (&all, store, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NOT_SUPPORTED);
  g_assert_cmpuint (sa_archive_get_offset (store), ==, 0);
  clear (&all);
  clear (&same);
}

/* What would not be taken when it is loaded is not stored either.  */
static void
test_wrong_type (void)
{
  g_autoptr (GObject) stranger = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (GPtrArray) array = g_ptr_array_new ();
  g_autoptr (GListStore) list = g_list_store_new (G_TYPE_OBJECT);
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (array, stranger);
  g_list_store_append (list, stranger);
  for (int i = 0; i < 4; i++)
    {
      g_autoptr (SaArchive) archive = with_registry (sa_archive_new_store_bytes ());
      GObject *object = stranger;

      if (i == 0)
        sa_archive_exchange_object (archive, &object, TEST_TYPE_NODE, &error);
      else if (i == 1)
        g_assert_null (sa_archive_exchange_object_value (archive, object, TEST_TYPE_NODE, &error));
      else if (i == 2)
        sa_archive_exchange_object_array (archive, &array, TEST_TYPE_NODE, &error);
      else
        g_assert_null (sa_archive_exchange_object_array_value (archive, array, TEST_TYPE_NODE, &error));
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_CLASS);
      g_assert_nonnull (strstr (error->message, "TestNode"));
      g_assert_cmpuint (sa_archive_get_offset (archive), ==, 0);
      g_clear_error (&error);
    }
}

#define EXPECT_CRITICAL() \
  g_test_expect_message ("Sockarch", G_LOG_LEVEL_CRITICAL, "*assertion*")

#define CHECK_NULL(name, type) \
  G_STMT_START \
  { \
    type value = 7; \
\
    /* The header's own, and the exported one behind it.  */ \
    EXPECT_CRITICAL (); \
    sa_archive_exchange_##name (no_archive, &value, NULL); \
    g_test_assert_expected_messages (); \
    EXPECT_CRITICAL (); \
    (sa_archive_exchange_##name) (no_archive, &value, NULL); \
    g_test_assert_expected_messages (); \
    g_assert_true (value == 7); \
    EXPECT_CRITICAL (); \
    g_assert_true (sa_archive_read_##name (no_archive, NULL) == 0); \
    g_test_assert_expected_messages (); \
    EXPECT_CRITICAL (); \
    g_assert_true ((sa_archive_read_##name) (no_archive, NULL) == 0); \
    g_test_assert_expected_messages (); \
    EXPECT_CRITICAL (); \
    g_assert_false (sa_archive_write_##name (no_archive, value, NULL)); \
    g_test_assert_expected_messages (); \
    EXPECT_CRITICAL (); \
    g_assert_false ((sa_archive_write_##name) (no_archive, value, NULL)); \
    g_test_assert_expected_messages (); \
  } \
  G_STMT_END

/* No archive at all: a complaint, and nothing else, from the inline functions as from the exported ones.  */
static void
test_no_archive (void)
{
  SaArchive *volatile no_archive = NULL;
  Everything all = new_example ();

  CHECK_NULL (boolean, gboolean);
  CHECK_NULL (boolean32, gboolean);
  CHECK_NULL (int8, gint8);
  CHECK_NULL (uint8, guint8);
  CHECK_NULL (int16, gint16);
  CHECK_NULL (uint16, guint16);
  CHECK_NULL (int32, gint32);
  CHECK_NULL (uint32, guint32);
  CHECK_NULL (int64, gint64);
  CHECK_NULL (uint64, guint64);
  CHECK_NULL (float, float);
  CHECK_NULL (double, double);

  EXPECT_CRITICAL ();
  sa_archive_exchange_string (no_archive, &all.string, NULL);
  EXPECT_CRITICAL ();
  sa_archive_exchange_bytes (no_archive, &all.bytes, 3, NULL);
  EXPECT_CRITICAL ();
  sa_archive_exchange_object (no_archive, &all.node, TEST_TYPE_NODE, NULL);
  EXPECT_CRITICAL ();
  sa_archive_exchange_object_list (no_archive, all.list, TEST_TYPE_NODE, NULL);
  g_test_assert_expected_messages ();
  g_assert_cmpstr (all.string, ==, "h\303\251");
  g_assert_nonnull (all.node);
  clear (&all);
}

/* NULL stands for what is empty.  */
static void
test_null (void)
{
  g_autoptr (SaArchive) archive = with_registry (sa_archive_new_store_bytes ());
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;
  GBytes *no_bytes = NULL;
  char *no_string = NULL;
  char **no_strings = NULL;
  TestNode *no_node = NULL;
  GPtrArray *no_nodes = NULL;

  sa_archive_set_string_form (archive, SA_STRING_NARROW);
  sa_archive_exchange_string (archive, &no_string, NULL);
  sa_archive_exchange_bytes (archive, &no_bytes, 2, NULL);
  sa_archive_exchange_byte_array (archive, &no_bytes, NULL);
  sa_archive_exchange_string_array (archive, &no_strings, NULL);
  sa_archive_exchange_object (archive, &no_node, TEST_TYPE_NODE, NULL);
  sa_archive_exchange_object_array (archive, &no_nodes, TEST_TYPE_NODE, NULL);
  g_assert_true (sa_archive_check (archive, NULL));
  bytes = sa_archive_steal_bytes (archive, NULL);
  text = test_to_hex (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_assert_cmpstr (text, ==, "00 00 00 00 00 00 00 00 00 00 00");
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/archive-exchange/round-trip", test_round_trip);
  g_test_add_func ("/archive-exchange/failure-keeps", test_failure_keeps);
  g_test_add_func ("/archive-exchange/closed-keeps", test_closed_keeps);
  g_test_add_func ("/archive-exchange/failed-keeps", test_failed_keeps);
  g_test_add_func ("/archive-exchange/wrong-type", test_wrong_type);
  g_test_add_func ("/archive-exchange/no-archive", test_no_archive);
  g_test_add_func ("/archive-exchange/null", test_null);

  return g_test_run ();
}
