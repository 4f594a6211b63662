/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-item.h"
#include "test-node.h"
#include "test-streams.h"
#include "test-utils.h"

/* Messages that come in pieces, and go on where they stopped. What is counted here is how often something is
 * done: once for each field, whatever the pieces.  */

static SaClassRegistry *
new_registry (const char *layout)
{
  SaClassRegistry *registry = sa_class_registry_new ();
  g_autoptr (GError) error = NULL;

  sa_class_registry_add_layout (registry, "CItem", TEST_TYPE_ITEM, 1, layout, &error);
  g_assert_no_error (error);
  sa_class_registry_add_class (registry, "CNode", TEST_TYPE_NODE, 1, NULL);

  return registry;
}

/* A stream of which nothing has come, and an archive that loads from it.  */
typedef struct
{
  TestInput *drip;
  SaArchive *archive;
  gsize size;
} Dripping;

static void
dripping_init (Dripping *self,
               SaClassRegistry *registry,
               GBytes *bytes)
{
  self->drip = test_input_new_dripping (bytes);
  self->archive = sa_archive_new_load (G_INPUT_STREAM (self->drip));
  self->size = g_bytes_get_size (bytes);
  sa_archive_set_registry (self->archive, registry);
}

static void
dripping_clear (Dripping *self)
{
  g_clear_object (&self->archive);
  g_clear_object (&self->drip);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Dripping, dripping_clear)

typedef gpointer (*ReadFunc) (SaArchive *archive, GError **error);

/* Lets all but the last @n_left bytes come, one at a time, and tries in vain each time.  */
static void
drip_in_vain (Dripping *self,
              ReadFunc read,
              gsize n_left)
{
  while (self->drip->end < self->size - n_left)
    {
      g_autoptr (GError) error = NULL;

      self->drip->end++;
      g_assert_null (read (self->archive, &error));
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE);
      g_assert_cmpuint (sa_archive_get_offset (self->archive), ==, 0);
    }
}

static gpointer
drip_all (Dripping *self,
          ReadFunc read)
{
  g_autoptr (GError) error = NULL;
  gpointer result;

  drip_in_vain (self, read, 1);
  self->drip->end++;
  result = read (self->archive, &error);
  g_assert_no_error (error);
  g_assert_nonnull (result);
  g_assert_cmpuint (sa_archive_get_offset (self->archive), ==, self->size);

  return result;
}

static gpointer
read_item (SaArchive *archive,
           GError **error)
{
  return sa_archive_read_object (archive, TEST_TYPE_ITEM, error);
}

static gpointer
read_any (SaArchive *archive,
          GError **error)
{
  return sa_archive_read_object (archive, G_TYPE_OBJECT, error);
}

static GBytes *
store_object (SaClassRegistry *registry,
              gpointer object)
{
  g_autoptr (SaArchive) store = sa_archive_new_store_bytes ();
  g_autoptr (GError) error = NULL;

  sa_archive_set_registry (store, registry);
  sa_archive_write_object (store, object, &error);
  g_assert_no_error (error);

  return sa_archive_steal_bytes (store, NULL);
}

/* The numbers of a large message */

#define N_ITEMS 20000
#define ITEM_LAYOUT "value:u8 name:cstring items:oblist(CItem) other:object(CItem)"

/* Each of the items is set one field after the other, once, although it is tried for every byte. That the
 * same item is in the list twice survives.  */
static void
test_linear (void)
{
  g_autoptr (SaClassRegistry) registry = new_registry (ITEM_LAYOUT);
  g_autoptr (TestItem) list = new_item (1);
  g_autoptr (TestItem) loaded = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_auto (Dripping) dripping = { NULL };
  TestItem *last;

  list->items = g_ptr_array_new_with_free_func (g_object_unref);
  for (int i = 0; i < N_ITEMS; i++)
    g_ptr_array_add (list->items, new_item (i % 256));
  g_ptr_array_add (list->items, g_object_ref (g_ptr_array_index (list->items, 7)));
  bytes = store_object (registry, list);

  dripping_init (&dripping, registry, bytes);
  n_sets = n_made = 0;
  loaded = drip_all (&dripping, read_item);
  g_assert_cmpuint (n_made, ==, N_ITEMS + 1);
  g_assert_cmpuint (n_sets, ==, 4 * (N_ITEMS + 1));
  g_assert_cmpuint (loaded->items->len, ==, N_ITEMS + 1);
  last = g_ptr_array_index (loaded->items, N_ITEMS);
  g_assert_true (last == g_ptr_array_index (loaded->items, 7));
  for (int i = 0; i < N_ITEMS; i++)
    g_assert_cmpint (TEST_ITEM (g_ptr_array_index (loaded->items, i))->value, ==, i % 256);
}

/* Objects in objects as deep as they may lie.  */
static void
test_deep (void)
{
  g_autoptr (SaClassRegistry) registry = new_registry ("value:u8 other:object(CItem)");
  g_autoptr (TestItem) root = new_item (0);
  g_autoptr (TestItem) loaded = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_auto (Dripping) dripping = { NULL };
  TestItem *tail = root;

  for (int i = 1; i < 100; i++)
    {
      tail->other = new_item (i);
      tail = tail->other;
    }
  tail->other = g_object_ref (root);
  bytes = store_object (registry, root);

  dripping_init (&dripping, registry, bytes);
  n_sets = n_made = 0;
  loaded = drip_all (&dripping, read_item);
  g_assert_cmpuint (n_made, ==, 100);
  g_assert_cmpuint (n_sets, ==, 200);

  tail = loaded;
  for (int i = 0; i < 100; i++, tail = tail->other)
    g_assert_cmpint (tail->value, ==, i);
  g_assert_true (tail == loaded);

  g_clear_object (&tail->other);
  g_clear_object (&root->other->other);
}

/* Every type of field */

static void
write_inner (SaArchive *store,
             int value)
{
  g_autoptr (SaRecord) inner = sa_record_new ("CInner");
  g_auto (GValue) number = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;

  g_value_init (&number, G_TYPE_INT);
  g_value_set_int (&number, value);
  sa_record_set_field (inner, "n", &number, NULL);
  sa_archive_write_object (store, inner, &error);
  g_assert_no_error (error);
}

static const char all_types[] =
    "a:u8 b:i16 c:u32 d:u64 e:f32 f:f64 g:bool1 h:bool4 s:cstring n:narrow w:wide t:time ts:timespan "
    "od:oledatetime os:oledatetimespan cu:currency v:variant p:point z:size r:rect by:bytes[5] ba:bytearray "
    "wa:wordarray da:array(f64) ia:array(i8) sl:stringlist ms:mapstrstr em:embed(CInner) ob:object(CInner) "
    "ol:oblist(CInner) oa:obarray(CInner) ea:array(embed(CInner)) mw:mapwordob(CInner) mo:mapstrob(CInner)";

static void
write_scalars (SaArchive *store)
{
  sa_archive_write_uint8 (store, 1, NULL);
  sa_archive_write_int16 (store, -2, NULL);
  sa_archive_write_uint32 (store, 3, NULL);
  sa_archive_write_uint64 (store, 4, NULL);
  sa_archive_write_float (store, 5.5f, NULL);
  sa_archive_write_double (store, 6.5, NULL);
  sa_archive_write_boolean (store, TRUE, NULL);
  sa_archive_write_boolean32 (store, TRUE, NULL);
  sa_archive_write_string (store, "string", NULL);
  sa_archive_set_string_form (store, SA_STRING_NARROW);
  sa_archive_write_string (store, "narrow", NULL);
  sa_archive_set_string_form (store, SA_STRING_WIDE);
  sa_archive_write_string (store, "wide", NULL);
  sa_archive_write_time (store, 1000000, NULL);
  sa_archive_write_time_span (store, -60, NULL);
}

static void
write_ole (SaArchive *store)
{
  g_autoptr (GDateTime) date = g_date_time_new_utc (1998, 2, 3, 4, 5, 6);

  sa_archive_write_ole_date_time (store, date, SA_OLE_VALID, NULL);
  sa_archive_write_ole_date_time_span (store, 1.5, SA_OLE_VALID, NULL);
  sa_archive_write_ole_currency (store, 12345, SA_OLE_VALID, NULL);
  sa_archive_write_ole_variant (store, SA_OLE_VT_I4, g_variant_new_int32 (7), NULL);
  sa_archive_write_point (store, 1, 2, NULL);
  sa_archive_write_size (store, 3, 4, NULL);
  sa_archive_write_rect (store, 5, 6, 7, 8, NULL);
}

static void
write_collections (SaArchive *store)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("bytes", 5);
  const double doubles[] = { 1, 2, 3 };
  const char *const strings[] = { "one", "two", "", NULL };

  sa_archive_write_data (store, (const guint8 *) "fixed", 5, NULL);
  sa_archive_write_byte_array (store, bytes, NULL);
  sa_archive_write_count (store, 2, NULL);
  sa_archive_write_uint32 (store, 0x00020001, NULL);
  sa_archive_write_count (store, 3, NULL);
  sa_archive_write_double_array (store, doubles, 3, NULL);
  sa_archive_write_count (store, 3, NULL);
  sa_archive_write_data (store, (const guint8 *) "abc", 3, NULL);
  sa_archive_write_string_array (store, strings, NULL);
  sa_archive_write_count (store, 1, NULL);
  sa_archive_write_string (store, "key", NULL);
  sa_archive_write_string (store, "value", NULL);
}

static void
write_objects (SaArchive *store)
{
  sa_archive_write_uint8 (store, 10, NULL);
  write_inner (store, 11);
  for (int i = 0; i < 2; i++)
    {
      sa_archive_write_count (store, 2, NULL);
      write_inner (store, 12 + 2 * i);
      write_inner (store, 13 + 2 * i);
    }
  sa_archive_write_count (store, 3, NULL);
  sa_archive_write_data (store, (const guint8 *) "xyz", 3, NULL);
  sa_archive_write_count (store, 2, NULL);
  sa_archive_write_uint16 (store, 300, NULL);
  write_inner (store, 16);
  sa_archive_write_uint16 (store, 301, NULL);
  sa_archive_write_object (store, NULL, NULL);
  sa_archive_write_count (store, 2, NULL);
  sa_archive_write_string (store, "first", NULL);
  write_inner (store, 17);
  sa_archive_write_string (store, "second", NULL);
  write_inner (store, 18);
}

static gpointer
read_record (SaArchive *archive,
             GError **error)
{
  return sa_archive_read_embedded (archive, "CAll", error);
}

static void
test_every_type (void)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (SaArchive) store = sa_archive_new_store_bytes ();
  g_autoptr (SaArchive) again = sa_archive_new_store_bytes ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) bytes_again = NULL;
  g_autoptr (SaRecord) record = NULL;
  g_auto (Dripping) dripping = { NULL };

  sa_class_registry_add_record (registry, "CInner", 0, "n:u8", &error);
  g_assert_no_error (error);
  sa_class_registry_add_record (registry, "CAll", 0, all_types, &error);
  g_assert_no_error (error);
  sa_archive_set_registry (store, registry);
  write_scalars (store);
  write_ole (store);
  write_collections (store);
  write_objects (store);
  sa_archive_check (store, &error);
  g_assert_no_error (error);
  bytes = sa_archive_steal_bytes (store, NULL);

  dripping_init (&dripping, registry, bytes);
  record = drip_all (&dripping, read_record);

  sa_archive_set_registry (again, registry);
  sa_archive_serialize_embedded (again, record, &error);
  g_assert_no_error (error);
  bytes_again = sa_archive_steal_bytes (again, NULL);
  g_assert_cmpmem (g_bytes_get_data (bytes_again, NULL), g_bytes_get_size (bytes_again),
                   g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* Collections that are messages */

static GBytes *
store_items (SaClassRegistry *registry)
{
  g_autoptr (SaArchive) store = sa_archive_new_store_bytes ();
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (int i = 0; i < 100; i++)
    g_ptr_array_add (items, new_item (i));
  sa_archive_set_registry (store, registry);
  sa_archive_write_object_array (store, items, NULL);

  return sa_archive_steal_bytes (store, NULL);
}

static gpointer
read_array (SaArchive *archive,
            GError **error)
{
  return sa_archive_read_object_array (archive, TEST_TYPE_ITEM, error);
}

static gpointer
read_list (SaArchive *archive,
           GError **error)
{
  return sa_archive_read_object_list (archive, TEST_TYPE_ITEM, error);
}

static void
test_array (void)
{
  g_autoptr (SaClassRegistry) registry = new_registry ("value:u8");
  g_autoptr (GBytes) bytes = store_items (registry);
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GListStore) list = NULL;
  g_auto (Dripping) first = { NULL };
  g_auto (Dripping) second = { NULL };

  n_made = n_sets = 0;
  dripping_init (&first, registry, bytes);
  items = drip_all (&first, read_array);
  g_assert_cmpuint (items->len, ==, 100);
  g_assert_cmpint (TEST_ITEM (g_ptr_array_index (items, 99))->value, ==, 99);
  g_assert_cmpuint (n_made, ==, 100);
  g_assert_cmpuint (n_sets, ==, 100);

  dripping_init (&second, registry, bytes);
  list = drip_all (&second, read_list);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 100);
  g_assert_cmpuint (n_made, ==, 200);
}

static gpointer
read_word_map (SaArchive *archive,
               GError **error)
{
  return sa_archive_read_map_word_to_object (archive, TEST_TYPE_ITEM, error);
}

static gpointer
read_string_map (SaArchive *archive,
                 GError **error)
{
  return sa_archive_read_map_string_to_object (archive, TEST_TYPE_ITEM, error);
}

static void
test_maps (void)
{
  g_autoptr (SaClassRegistry) registry = new_registry ("value:u8 name:cstring");
  g_autoptr (GHashTable) words = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  g_autoptr (GHashTable) strings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  g_autoptr (GHashTable) loaded_words = NULL;
  g_autoptr (GHashTable) loaded_strings = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) string_bytes = NULL;
  g_autoptr (SaArchive) store = sa_archive_new_store_bytes ();
  g_autoptr (SaArchive) string_store = sa_archive_new_store_bytes ();
  g_auto (Dripping) first = { NULL };
  g_auto (Dripping) second = { NULL };

  for (int i = 0; i < 50; i++)
    {
      g_hash_table_insert (words, GINT_TO_POINTER (i), new_item (i));
      g_hash_table_insert (strings, g_strdup_printf ("key %d", i), new_item (i));
    }

  sa_archive_set_registry (store, registry);
  sa_archive_write_map_word_to_object (store, words, NULL);
  bytes = sa_archive_steal_bytes (store, NULL);
  sa_archive_set_registry (string_store, registry);
  sa_archive_write_map_string_to_object (string_store, strings, NULL);
  string_bytes = sa_archive_steal_bytes (string_store, NULL);

  n_made = 0;
  dripping_init (&first, registry, bytes);
  loaded_words = drip_all (&first, read_word_map);
  dripping_init (&second, registry, string_bytes);
  loaded_strings = drip_all (&second, read_string_map);
  g_assert_cmpuint (n_made, ==, 100);
  g_assert_cmpuint (g_hash_table_size (loaded_words), ==, 50);
  g_assert_cmpint (TEST_ITEM (g_hash_table_lookup (loaded_words, GINT_TO_POINTER (42)))->value, ==, 42);
  g_assert_cmpuint (g_hash_table_size (loaded_strings), ==, 50);
  g_assert_cmpint (TEST_ITEM (g_hash_table_lookup (loaded_strings, "key 42"))->value, ==, 42);
}

static gpointer
read_strings (SaArchive *archive,
              GError **error)
{
  return sa_archive_read_string_array (archive, error);
}

static gpointer
read_map_of_strings (SaArchive *archive,
                     GError **error)
{
  return sa_archive_read_map_string_to_string (archive, error);
}

static void
test_strings (void)
{
  const char *const strings[] = { "key", "value", "", "empty", NULL };
  g_autoptr (SaArchive) store = sa_archive_new_store_bytes ();
  g_autoptr (SaArchive) map_store = sa_archive_new_store_bytes ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) map_bytes = NULL;
  g_auto (GStrv) loaded = NULL;
  g_autoptr (GHashTable) map = NULL;
  g_auto (Dripping) first = { NULL };
  g_auto (Dripping) second = { NULL };

  sa_archive_write_string_array (store, strings, NULL);
  bytes = sa_archive_steal_bytes (store, NULL);
  sa_archive_write_count (map_store, 2, NULL);
  for (int i = 0; i < 4; i++)
    sa_archive_write_string (map_store, strings[i], NULL);
  map_bytes = sa_archive_steal_bytes (map_store, NULL);

  dripping_init (&first, NULL, bytes);
  loaded = drip_all (&first, read_strings);
  g_assert_cmpstrv (loaded, strings);
  dripping_init (&second, NULL, map_bytes);
  map = drip_all (&second, read_map_of_strings);
  g_assert_cmpuint (g_hash_table_size (map), ==, 2);
  g_assert_cmpstr (g_hash_table_lookup (map, ""), ==, "empty");
}

/* What has a `serialize` */

/* In a list of a layout it begins anew at its tag, and what it has entered by then is taken back; those
 * before it stay.  */
static void
test_serialize_inside (void)
{
  g_autoptr (SaClassRegistry) registry = new_registry ("value:u8 items:oblist(*)");
  g_autoptr (TestItem) list = new_item (1);
  g_autoptr (TestItem) loaded = NULL;
  g_autoptr (GBytes) bytes = NULL;
  TestNode *shared;

  list->items = g_ptr_array_new_with_free_func (g_object_unref);
  for (int i = 0; i < 10; i++)
    {
      TestNode *node = test_node_new ((guint16) i);

      node->next = test_node_new ((guint16) (100 + i));
      g_ptr_array_add (list->items, node);
      g_ptr_array_add (list->items, new_item (i));
      g_ptr_array_add (list->items, g_object_ref (node->next));
    }
  bytes = store_object (registry, list);
  g_ptr_array_set_size (list->items, 0);

  {
    g_auto (Dripping) dripping = { NULL };

    dripping_init (&dripping, registry, bytes);
    n_made = 0;
    loaded = drip_all (&dripping, read_item);
  }
  g_assert_cmpuint (n_made, ==, 11);
  g_assert_cmpuint (loaded->items->len, ==, 30);
  g_assert_cmpint (n_nodes, ==, 20);
  for (int i = 0; i < 10; i++)
    {
      TestNode *node = g_ptr_array_index (loaded->items, 3 * i);

      shared = g_ptr_array_index (loaded->items, 3 * i + 2);
      g_assert_cmpuint (node->id, ==, i);
      g_assert_true (node->next == shared);
      g_assert_cmpint (node->n_loaded, ==, 1);
      g_assert_cmpint (shared->n_loaded, ==, 1);
      g_assert_cmpint (shared->loaded_order, <, node->loaded_order);
    }
  g_clear_object (&loaded);
  g_assert_cmpint (n_nodes, ==, 0);
}

/* Places that nobody goes on from */

static void
do_nothing (Dripping *self)
{
}

static void
read_as_another_type (Dripping *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GObject) object = read_any (self->archive, &error);

  g_assert_null (object);
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE);
}

static void
open_transaction (Dripping *self)
{
  g_assert_true (sa_archive_begin_transaction (self->archive, NULL));
  sa_archive_read_uint8 (self->archive, NULL);
  sa_archive_rollback_transaction (self->archive);
}

static void
read_in_transaction (Dripping *self)
{
  g_assert_true (sa_archive_begin_transaction (self->archive, NULL));
  g_assert_null (read_item (self->archive, NULL));
  sa_archive_rollback_transaction (self->archive);
}

static void
map_and_reset (Dripping *self)
{
  g_autoptr (TestNode) node = test_node_new (1);

  g_assert_true (sa_archive_map_object (self->archive, node, NULL));
  g_assert_true (sa_archive_reset_objects (self->archive, NULL));
}

static void
reset (Dripping *self)
{
  g_assert_true (sa_archive_reset_objects (self->archive, NULL));
}

static void
change_byte_order (Dripping *self)
{
  sa_archive_set_byte_order (self->archive, SA_BYTE_ORDER_BIG_ENDIAN);
  sa_archive_set_byte_order (self->archive, SA_BYTE_ORDER_LITTLE_ENDIAN);
}

static void
change_registry (Dripping *self)
{
  g_autoptr (SaClassRegistry) registry = new_registry ("value:u8 items:oblist(CItem)");

  sa_archive_set_registry (self->archive, registry);
}

static void
forget_error (Dripping *self)
{
  g_autoptr (GError) error = NULL;

  /* One that nobody took sticks, until somebody asks.  */
  g_assert_null (read_item (self->archive, NULL));
  g_assert_false (sa_archive_check (self->archive, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE);
}

typedef struct
{
  const char *name;
  void (*disturb) (Dripping *self);
  /* Whether the message goes on after it.  */
  gboolean goes_on;
} Disturbance;

static const Disturbance disturbances[] = {
  { "none", do_nothing, TRUE },
  { "another-type", read_as_another_type, FALSE },
  { "transaction", open_transaction, FALSE },
  { "in-transaction", read_in_transaction, FALSE },
  { "map-object", map_and_reset, FALSE },
  { "reset", reset, FALSE },
  { "byte-order", change_byte_order, FALSE },
  { "registry", change_registry, FALSE },
  { "error-not-taken", forget_error, TRUE },
};

/* Whatever happens in between, the message comes out right, and nothing is left of what was begun.  */
static void
test_disturbed (gconstpointer data)
{
  const Disturbance *disturbance = data;
  g_autoptr (SaClassRegistry) registry = new_registry ("value:u8 items:oblist(CItem)");
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  TestItem *loaded;
  gsize size;

  {
    g_autoptr (TestItem) list = new_item (1);

    list->items = g_ptr_array_new_with_free_func (g_object_unref);
    for (int i = 0; i < 10; i++)
      g_ptr_array_add (list->items, new_item (i));
    bytes = store_object (registry, list);
  }
  g_assert_cmpuint (n_alive, ==, 0);
  size = g_bytes_get_size (bytes);

  for (gsize n_left = 1; n_left < size; n_left++)
    {
      g_auto (Dripping) dripping = { NULL };
      guint n_before;

      dripping_init (&dripping, registry, bytes);
      drip_in_vain (&dripping, read_item, n_left);
      n_before = n_alive;
      disturbance->disturb (&dripping);
      if (disturbance->goes_on)
        g_assert_cmpuint (n_alive, ==, n_before);

      dripping.drip->end = size;
      n_made = 0;
      loaded = read_item (dripping.archive, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (n_made, ==, disturbance->goes_on ? 11 - n_before : 11);
      g_assert_cmpuint (loaded->items->len, ==, 10);
      g_assert_cmpuint (n_alive, ==, 11);
      g_assert_true (sa_archive_close (dripping.archive, NULL));
      g_object_unref (loaded);
      g_assert_cmpuint (n_alive, ==, 0);
    }
}

/* Objects in a circle that are not complete when the archive goes.  */
static void
test_close (void)
{
  g_autoptr (SaClassRegistry) registry = new_registry ("other:object(CItem) value:u8");
  g_autoptr (TestItem) first = new_item (1);
  g_autoptr (GBytes) bytes = NULL;

  first->other = new_item (2);
  first->other->other = g_object_ref (first);
  bytes = store_object (registry, first);
  g_clear_object (&first->other->other);
  g_clear_object (&first);
  g_assert_cmpuint (n_alive, ==, 0);

  for (int close = 0; close < 2; close++)
    {
      g_auto (Dripping) dripping = { NULL };

      dripping_init (&dripping, registry, bytes);
      drip_in_vain (&dripping, read_item, 1);
      g_assert_cmpuint (n_alive, ==, 2);
      if (close)
        {
          g_assert_true (sa_archive_close (dripping.archive, NULL));
          g_assert_cmpuint (n_alive, ==, 0);
        }
      dripping_clear (&dripping);
      g_assert_cmpuint (n_alive, ==, 0);
    }
}

/* The stream ends, or goes on with what cannot be: as if it had been read at once.  */
static void
test_bad_end (void)
{
  g_autoptr (SaClassRegistry) registry = new_registry ("value:u8 items:oblist(CItem)");
  g_autoptr (GBytes) bytes = test_from_hex ("FF FF 01 00 05 00 43 49 74 65 6D 07 02 00 01 80 08 00 00 05 00");

  for (int ends = 0; ends < 2; ends++)
    {
      g_auto (Dripping) dripping = { NULL };
      g_autoptr (GError) error = NULL;

      dripping_init (&dripping, registry, bytes);
      drip_in_vain (&dripping, read_item, 1);
      if (ends)
        dripping.drip->blocks = FALSE;
      else
        dripping.drip->end++;
      g_assert_null (read_item (dripping.archive, &error));
      if (ends)
        g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE);
      else
        g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_INDEX);
      g_assert_nonnull (strstr (error->message, "CItem.items[1]"));
      g_assert_cmpuint (n_alive, ==, 0);
    }
}

/* An object of the caller's goes on, another one begins from the begin; and the archive keeps the first one
 * as long as it may go on.  */
static void
test_in_place (void)
{
  g_autoptr (SaClassRegistry) registry = new_registry ("value:u8 name:cstring items:oblist(CItem)");
  g_autoptr (GBytes) bytes = test_from_hex ("07 03 61 62 63 00 00 08 02 64 65 00 00");
  g_autoptr (TestItem) first = new_item (0);
  g_autoptr (TestItem) second = new_item (0);
  g_autoptr (GError) error = NULL;
  g_auto (Dripping) dripping = { NULL };

  dripping_init (&dripping, registry, bytes);
  n_sets = 0;
  for (dripping.drip->end = 0; dripping.drip->end < 7; dripping.drip->end++)
    {
      g_assert_false (sa_archive_serialize_embedded (dripping.archive, first, &error));
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE);
      g_clear_error (&error);
    }
  g_assert_true (sa_archive_serialize_embedded (dripping.archive, first, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_sets, ==, 3);
  g_assert_cmpstr (first->name, ==, "abc");

  dripping.drip->end = 12;
  g_assert_false (sa_archive_serialize_embedded (dripping.archive, first, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE);
  g_clear_error (&error);
  g_clear_object (&first);
  dripping.drip->end = 13;
  n_sets = 0;
  g_assert_true (sa_archive_serialize_embedded (dripping.archive, second, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_sets, ==, 3);
  g_assert_cmpint (second->value, ==, 8);
  g_assert_cmpuint (n_alive, ==, 1);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/resume/linear", test_linear);
  g_test_add_func ("/resume/deep", test_deep);
  g_test_add_func ("/resume/every-type", test_every_type);
  g_test_add_func ("/resume/array", test_array);
  g_test_add_func ("/resume/maps", test_maps);
  g_test_add_func ("/resume/strings", test_strings);
  g_test_add_func ("/resume/serialize-inside", test_serialize_inside);
  for (gsize i = 0; i < G_N_ELEMENTS (disturbances); i++)
    {
      g_autofree char *path = g_strconcat ("/resume/disturbed/", disturbances[i].name, NULL);

      g_test_add_data_func (path, &disturbances[i], test_disturbed);
    }
  g_test_add_func ("/resume/close", test_close);
  g_test_add_func ("/resume/bad-end", test_bad_end);
  g_test_add_func ("/resume/in-place", test_in_place);

  return g_test_run ();
}
