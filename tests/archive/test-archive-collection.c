/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-item.h"
#include "test-node.h"
#include "test-utils.h"

static SaArchive *
with_registry (SaArchive *archive)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();

  g_assert_true (sa_class_registry_add_class (registry, "CNode", TEST_TYPE_NODE, 1, NULL));
  sa_archive_set_registry (archive, registry);
  sa_archive_set_string_form (archive, SA_STRING_NARROW);

  return archive;
}

static SaArchive *
new_store (void)
{
  return with_registry (sa_archive_new_store_bytes ());
}

static SaArchive *
new_load (const char *hex)
{
  g_autoptr (GBytes) bytes = test_from_hex (hex);

  return with_registry (sa_archive_new_load_bytes (bytes));
}

static void
assert_stored (SaArchive *archive,
               const char *hex)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) wanted = test_from_hex (hex);
  g_autoptr (GError) error = NULL;

  sa_archive_check (archive, &error);
  g_assert_no_error (error);
  bytes = sa_archive_steal_bytes (archive, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), g_bytes_get_data (wanted, NULL),
                   g_bytes_get_size (wanted));
}

static void
test_bytes (void)
{
  g_autoptr (SaArchive) store = new_store ();
  g_autoptr (SaArchive) load = new_load ("03 00 61 62 63 00 00");
  g_autoptr (GBytes) bytes = g_bytes_new_static ("abc", 3);
  g_autoptr (GBytes) none = g_bytes_new_static (NULL, 0);
  g_autoptr (GBytes) loaded = NULL;
  g_autoptr (GBytes) loaded_none = NULL;

  g_assert_true (sa_archive_write_byte_array (store, bytes, NULL));
  g_assert_true (sa_archive_write_byte_array (store, none, NULL));
  assert_stored (store, "03 00 61 62 63 00 00");

  loaded = sa_archive_read_byte_array (load, NULL);
  g_assert_true (g_bytes_equal (loaded, bytes));
  loaded_none = sa_archive_read_byte_array (load, NULL);
  g_assert_cmpuint (g_bytes_get_size (loaded_none), ==, 0);
}

static void
test_numbers (void)
{
  static const guint16 words[] = { 1, 2 };
  static const guint32 dwords[] = { 7 };
  g_autoptr (SaArchive) store = new_store ();
  g_autoptr (SaArchive) load = new_load ("02 00 01 00 02 00 01 00 07 00 00 00 00 00");
  g_autofree guint16 *loaded_words = NULL;
  g_autofree guint32 *loaded_dwords = NULL;
  g_autofree guint16 *none = NULL;
  g_autoptr (GError) error = NULL;
  gsize length = 9;

  g_assert_true (sa_archive_write_word_array (store, words, 2, NULL));
  g_assert_true (sa_archive_write_dword_array (store, dwords, 1, NULL));
  g_assert_true (sa_archive_write_word_array (store, NULL, 0, NULL));
  assert_stored (store, "02 00 01 00 02 00 01 00 07 00 00 00 00 00");

  loaded_words = sa_archive_read_word_array (load, &length, NULL);
  g_assert_cmpmem (loaded_words, length * 2, words, sizeof words);
  loaded_dwords = sa_archive_read_dword_array (load, &length, NULL);
  g_assert_cmpmem (loaded_dwords, length * 4, dwords, sizeof dwords);
  none = sa_archive_read_word_array (load, &length, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (length, ==, 0);
}

static void
test_strings (void)
{
  g_autoptr (SaArchive) store = new_store ();
  g_autoptr (SaArchive) load = new_load ("02 00 01 61 00 00 00");
  g_auto (GStrv) strings = NULL;
  g_auto (GStrv) none = NULL;

  g_assert_true (sa_archive_write_string_array (store, ((const char *const[]){ "a", "", NULL }), NULL));
  assert_stored (store, "02 00 01 61 00");

  strings = sa_archive_read_string_array (load, NULL);
  g_assert_cmpstrv (strings, ((const char *const[]){ "a", "", NULL }));
  none = sa_archive_read_string_array (load, NULL);
  g_assert_cmpuint (g_strv_length (none), ==, 0);
}

#define TWO_NODES "03 00 FF FF 01 00 05 00 43 4E 6F 64 65 0A 00 00 00 01 80 14 00 02 00 02 00"

static void
test_objects (void)
{
  g_autoptr (SaArchive) store = new_store ();
  g_autoptr (SaArchive) load = new_load (TWO_NODES);
  g_autoptr (GPtrArray) nodes = NULL;
  g_autoptr (GError) error = NULL;

  nodes = sa_archive_read_object_array (load, TEST_TYPE_NODE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (nodes->len, ==, 3);
  g_assert_true (g_ptr_array_index (nodes, 0) == g_ptr_array_index (nodes, 2));
  g_assert_true (((TestNode *) g_ptr_array_index (nodes, 1))->next == g_ptr_array_index (nodes, 0));

  g_assert_true (sa_archive_write_object_array (store, nodes, NULL));
  assert_stored (store, TWO_NODES);
}

static void
test_list (void)
{
  g_autoptr (SaArchive) store = new_store ();
  g_autoptr (SaArchive) load = new_load (TWO_NODES);
  g_autoptr (GListStore) list = NULL;
  g_autoptr (GError) error = NULL;

  list = sa_archive_read_object_list (load, TEST_TYPE_NODE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 3);
  g_assert_cmpuint (g_list_model_get_item_type (G_LIST_MODEL (list)), ==, TEST_TYPE_NODE);
  g_assert_true (sa_archive_write_object_list (store, G_LIST_MODEL (list), NULL));
  assert_stored (store, TWO_NODES);
}

/* An array has NULL, and a list model cannot.  */
static void
test_null (void)
{
  g_autoptr (SaArchive) load = new_load ("01 00 00 00 01 00 00 00");
  g_autoptr (GPtrArray) nodes = NULL;
  g_autoptr (GError) error = NULL;

  nodes = sa_archive_read_object_array (load, TEST_TYPE_NODE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (nodes->len, ==, 1);
  g_assert_null (g_ptr_array_index (nodes, 0));
  g_assert_null (sa_archive_read_object_list (load, TEST_TYPE_NODE, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
}

static void
test_map_strings (void)
{
  g_autoptr (SaArchive) store = new_store ();
  g_autoptr (SaArchive) load = new_load ("03 00 01 62 00 01 61 01 31 01 62 01 32");
  g_autoptr (GHashTable) map = NULL;

  map = sa_archive_read_map_string_to_string (load, NULL);
  g_assert_cmpuint (g_hash_table_size (map), ==, 2);
  g_assert_cmpstr (g_hash_table_lookup (map, "a"), ==, "1");
  g_assert_cmpstr (g_hash_table_lookup (map, "b"), ==, "2");
  g_assert_true (sa_archive_write_map_string_to_string (store, map, NULL));
  assert_stored (store, "02 00 01 61 01 31 01 62 01 32");
}

static void
test_map_objects (void)
{
  g_autoptr (SaArchive) store = new_store ();
  g_autoptr (SaArchive) load =
      new_load ("02 00 07 00 FF FF 01 00 05 00 43 4E 6F 64 65 0A 00 00 00 05 00 00 00"
                "01 00 01 6B 02 00");
  g_autoptr (GHashTable) words = NULL;
  g_autoptr (GHashTable) strings = NULL;
  g_autoptr (GError) error = NULL;

  words = sa_archive_read_map_word_to_object (load, TEST_TYPE_NODE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_hash_table_size (words), ==, 2);
  g_assert_true (g_hash_table_contains (words, GUINT_TO_POINTER (5)));
  g_assert_null (g_hash_table_lookup (words, GUINT_TO_POINTER (5)));
  g_assert_cmpuint (((TestNode *) g_hash_table_lookup (words, GUINT_TO_POINTER (7)))->id, ==, 10);
  strings = sa_archive_read_map_string_to_object (load, TEST_TYPE_NODE, &error);
  g_assert_no_error (error);
  g_assert_true (g_hash_table_lookup (strings, "k") == g_hash_table_lookup (words, GUINT_TO_POINTER (7)));

  /* In the order of the keys.  */
  g_assert_true (sa_archive_write_map_word_to_object (store, words, NULL));
  g_assert_true (sa_archive_write_map_string_to_object (store, strings, NULL));
  assert_stored (store,
                 "02 00 05 00 00 00 07 00 FF FF 01 00 05 00 43 4E 6F 64 65 0A 00 00 00 01 00 01 6B 02 00");
}

static void
test_map_big_key (void)
{
  g_autoptr (SaArchive) store = new_store ();
  g_autoptr (GHashTable) map = g_hash_table_new (NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_hash_table_insert (map, GUINT_TO_POINTER (65536), NULL);
  g_assert_false (sa_archive_write_map_word_to_object (store, map, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
}

/* Each of these cut at each byte fails as cut off, and leaves nothing.  */
static void
test_cut (void)
{
  g_autoptr (GBytes) bytes = test_from_hex (TWO_NODES);

  for (gsize i = 0; i < g_bytes_get_size (bytes); i++)
    {
      g_autoptr (GBytes) cut = g_bytes_new_from_bytes (bytes, 0, i);
      g_autoptr (SaArchive) load = with_registry (sa_archive_new_load_bytes (cut));
      g_autoptr (GError) error = NULL;

      g_assert_null (sa_archive_read_object_list (load, TEST_TYPE_NODE, &error));
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE);
      g_clear_object (&load);
      g_assert_cmpint (n_nodes, ==, 0);
    }
}

/* A count above the limit, and one that the stream is too short for.  */
static void
test_counts (void)
{
  g_autoptr (SaArchive) large = new_load ("FF FF FF FF FF 7F");
  g_autoptr (SaArchive) lying = new_load ("FF FF 00 00 01 00 00 00");
  g_autoptr (GError) error = NULL;

  g_assert_null (sa_archive_read_string_array (large, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_LIMIT);
  g_clear_error (&error);
  g_assert_null (sa_archive_read_string_array (lying, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE);
}

/* Which element is bad, and of what.  */
static void
test_path (void)
{
  g_autoptr (SaArchive) load = new_load ("02 00 00 00 09 00");
  g_autoptr (GError) error = NULL;

  g_assert_null (sa_archive_read_object_array (load, TEST_TYPE_NODE, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_INDEX);
  g_assert_nonnull (strstr (error->message, "CObArray[1]"));
}

/* Empties what it is in while it is stored.  */
#define TEST_TYPE_SPOILER (test_spoiler_get_type ())
G_DECLARE_FINAL_TYPE (TestSpoiler, test_spoiler, TEST, SPOILER, GObject)

struct _TestSpoiler
{
  GObject parent_instance;
  GPtrArray *array;
  GHashTable *map;
};

static gboolean
test_spoiler_serialize (SaSerializable *serializable,
                        SaArchive *archive,
                        GError **error)
{
  TestSpoiler *self = TEST_SPOILER (serializable);
  guint8 byte = 1;

  if (self->array != NULL)
    g_ptr_array_set_size (self->array, 0);
  if (self->map != NULL)
    g_hash_table_remove_all (self->map);
  sa_archive_exchange_uint8 (archive, &byte, NULL);
  self->array = NULL;
  self->map = NULL;

  return sa_archive_check (archive, error);
}

static void
test_spoiler_init_serializable (SaSerializableInterface *iface)
{
  iface->serialize = test_spoiler_serialize;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestSpoiler, test_spoiler, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SA_TYPE_SERIALIZABLE, test_spoiler_init_serializable))

static void
test_spoiler_class_init (TestSpoilerClass *klass)
{
}

static void
test_spoiler_init (TestSpoiler *self)
{
}

static void
check_spoiled (const char *layout)
{
  g_autoptr (SaArchive) store = sa_archive_new_store_bytes ();
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (TestItem) item = g_object_new (TEST_TYPE_ITEM, NULL);
  g_autoptr (GError) error = NULL;

  sa_class_registry_add_class (registry, "CSpoiler", TEST_TYPE_SPOILER, 0, NULL);
  sa_class_registry_add_layout (registry, "CItem", TEST_TYPE_ITEM, 0, layout, &error);
  g_assert_no_error (error);
  sa_archive_set_registry (store, registry);

  item->items = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < 20; i++)
    {
      TestSpoiler *spoiler = g_object_new (TEST_TYPE_SPOILER, NULL);

      spoiler->array = item->items;
      g_ptr_array_add (item->items, spoiler);
    }

  g_assert_false (sa_archive_write_object (store, item, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_FAILED);
}

static void
test_spoiled (void)
{
  check_spoiled ("items:obarray(CSpoiler)");
  check_spoiled ("items:array(embed(CSpoiler))");
}

/* A layout makes an object of each entry.  */
static void
test_map_limit (void)
{
  for (guint limit = 3; limit <= 4; limit++)
    {
      g_autoptr (GBytes) bytes = test_from_hex ("03 00 01 00 00 00 02 00 00 00 03 00 00 00");
      g_autoptr (SaArchive) archive = sa_archive_new_load_bytes (bytes);
      g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
      g_autoptr (SaLimits) limits = sa_limits_new (SA_LIMITS_INTERNET);
      g_autoptr (GObject) object = NULL;
      g_autoptr (GError) error = NULL;

      sa_class_registry_add_record (registry, "CMap", 0, "m:mapwordob(*)", NULL);
      sa_archive_set_registry (archive, registry);
      sa_limits_set_objects (limits, limit);
      sa_archive_set_limits (archive, limits);
      object = sa_archive_read_embedded (archive, "CMap", &error);
      /* The map's own object is one of them.  */
      if (limit == 4)
        g_assert_no_error (error);
      else
        g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_LIMIT);
    }
}

/* A map is stored as it was at first.  */
static void
test_spoiled_map (void)
{
  g_autoptr (SaArchive) store = sa_archive_new_store_bytes ();
  g_autoptr (SaArchive) load = NULL;
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (GHashTable) map = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  g_autoptr (GHashTable) loaded = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  static const char *const keys[] = { "a", "b", "c" };

  sa_class_registry_add_class (registry, "CSpoiler", TEST_TYPE_SPOILER, 0, NULL);
  sa_archive_set_registry (store, registry);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      TestSpoiler *spoiler = g_object_new (TEST_TYPE_SPOILER, NULL);

      spoiler->map = map;
      g_hash_table_insert (map, g_strdup (keys[i]), spoiler);
    }

  g_assert_true (sa_archive_write_map_string_to_object (store, map, &error));
  g_assert_no_error (error);
  bytes = sa_archive_steal_bytes (store, &error);
  g_assert_no_error (error);
  load = sa_archive_new_load_bytes (bytes);
  sa_archive_set_registry (load, registry);
  loaded = sa_archive_read_map_string_to_object (load, TEST_TYPE_SPOILER, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    g_assert_nonnull (g_hash_table_lookup (loaded, keys[i]));
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/archive-collection/bytes", test_bytes);
  g_test_add_func ("/archive-collection/numbers", test_numbers);
  g_test_add_func ("/archive-collection/strings", test_strings);
  g_test_add_func ("/archive-collection/objects", test_objects);
  g_test_add_func ("/archive-collection/list", test_list);
  g_test_add_func ("/archive-collection/null", test_null);
  g_test_add_func ("/archive-collection/map/strings", test_map_strings);
  g_test_add_func ("/archive-collection/map/objects", test_map_objects);
  g_test_add_func ("/archive-collection/map/big-key", test_map_big_key);
  g_test_add_func ("/archive-collection/cut", test_cut);
  g_test_add_func ("/archive-collection/counts", test_counts);
  g_test_add_func ("/archive-collection/path", test_path);
  g_test_add_func ("/archive-collection/spoiled", test_spoiled);
  g_test_add_func ("/archive-collection/map/spoiled", test_spoiled_map);
  g_test_add_func ("/archive-collection/map/limit", test_map_limit);

  return g_test_run ();
}
