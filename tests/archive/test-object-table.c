/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-node-archive.h"

/* Which numbers objects and classes have, and what they refer to.  */

static void
test_cycle_store (void)
{
  g_autoptr (SaArchive) archive = new_store ();
  g_autoptr (TestNode) a = test_node_new (10);
  g_autoptr (GError) error = NULL;

  a->next = test_node_new (20);
  a->next->next = g_object_ref (a);

  g_assert_true (sa_archive_write_object (archive, a, &error));
  g_assert_true (sa_archive_write_object (archive, a, &error));
  g_assert_true (sa_archive_write_object (archive, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (a->schema, ==, 1);

  assert_stored (archive, CYCLE);
  g_clear_object (&a->next->next);
  g_clear_object (&archive);
  g_clear_object (&a);
  g_assert_cmpint (n_nodes, ==, 0);
}

static void
test_cycle_load (void)
{
  g_autoptr (SaArchive) archive = new_load_hex (CYCLE);
  g_autoptr (GError) error = NULL;
  g_autoptr (TestNode) a = NULL;
  g_autoptr (TestNode) again = NULL;

  a = sa_archive_read_object (archive, TEST_TYPE_NODE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (a->id, ==, 10);
  g_assert_cmpuint (a->schema, ==, 1);
  g_assert_cmpuint (a->next->id, ==, 20);
  g_assert_true (a->next->next == a);

  again = sa_archive_read_object (archive, G_TYPE_OBJECT, &error);
  g_assert_no_error (error);
  g_assert_true (again == a);

  g_assert_null (sa_archive_read_object (archive, TEST_TYPE_NODE, &error));
  g_assert_no_error (error);
  g_assert_true (sa_archive_is_buffer_empty (archive));

  g_clear_object (&a->next->next);
  g_clear_object (&again);
  g_clear_object (&archive);
  g_clear_object (&a);
  g_assert_cmpint (n_nodes, ==, 0);
}

/* The other class of the example: numbers go on where they were.  */
static void
test_common_counter (void)
{
  g_autoptr (SaArchive) archive = new_store ();
  g_autoptr (TestNode) a = test_node_new (10);
  g_autoptr (SaRecord) leaf = sa_record_new ("CLeaf");
  g_autoptr (SaRecord) other_leaf = sa_record_new ("CLeaf");

  a->next = test_node_new (20);
  g_assert_true (sa_archive_write_object (archive, a, NULL));
  g_assert_true (sa_archive_write_object (archive, leaf, NULL));
  g_assert_true (sa_archive_write_object (archive, other_leaf, NULL));
  g_assert_true (sa_archive_write_object (archive, other_leaf, NULL));
  assert_stored (archive, "FF FF 01 00 05 00 43 4E 6F 64 65 0A 00 01 80 14 00 00 00"
                          "FF FF 02 00 05 00 43 4C 65 61 66 04 80 06 00");
}

static void
test_write_class (void)
{
  g_autoptr (SaArchive) archive = new_store ();
  g_autoptr (TestNode) a = test_node_new (10);
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_archive_write_class (archive, "CNode", &error));
  g_assert_true (sa_archive_write_class (archive, "CNode", &error));
  g_assert_true (sa_archive_write_object (archive, a, &error));
  g_assert_true (sa_archive_write_object (archive, a, &error));
  g_assert_true (sa_archive_serialize_class (archive, "CLeaf", &error));
  g_assert_false (sa_archive_write_class (archive, "CNone", &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_CLASS);
}

#define CLASSES                                                                                              \
  "FF FF 01 00 05 00 43 4E 6F 64 65 01 80 01 80 0A 00 00 00 02 00 FF FF 02 00 05 00 43 4C 65 61 66"

static void
test_read_class (void)
{
  g_autoptr (SaArchive) archive = new_load_hex (CLASSES);
  g_autoptr (GError) error = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autoptr (TestNode) a = NULL;
  g_autoptr (TestNode) again = NULL;
  guint schema = 0;

  first = sa_archive_read_class (archive, NULL, &schema, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (first, ==, "CNode");
  g_assert_cmpuint (schema, ==, 1);
  second = sa_archive_read_class (archive, "CNode", NULL, &error);
  g_assert_cmpstr (second, ==, "CNode");
  a = sa_archive_read_object (archive, TEST_TYPE_NODE, &error);
  again = sa_archive_read_object (archive, TEST_TYPE_NODE, &error);
  g_assert_no_error (error);
  g_assert_true (a == again);
  g_assert_false (sa_archive_serialize_class (archive, "CNode", &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_CLASS);
}

static void
test_read_class_of_object (void)
{
  g_autoptr (SaArchive) archive = new_load_hex ("FF FF 01 00 05 00 43 4E 6F 64 65 0A 00 00 00 02 00");
  g_autoptr (TestNode) a = sa_archive_read_object (archive, TEST_TYPE_NODE, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (a);
  g_assert_null (sa_archive_read_class (archive, NULL, NULL, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_INDEX);
}

/* A document takes a number and no byte, and what it has points back at it.  */
static void
test_map_object (void)
{
  g_autoptr (SaArchive) store = new_store ();
  g_autoptr (SaArchive) load = NULL;
  g_autoptr (TestNode) document = test_node_new (1);
  g_autoptr (TestNode) loaded_document = test_node_new (2);
  g_autoptr (TestNode) child = test_node_new (3);
  g_autoptr (TestNode) loaded_child = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  child->next = g_object_ref (document);
  g_assert_true (sa_archive_map_object (store, document, &error));
  g_assert_true (sa_archive_map_object (store, document, &error));
  g_assert_true (sa_archive_write_object (store, child, &error));
  g_assert_no_error (error);
  bytes = sa_archive_steal_bytes (store, NULL);

  load = new_load (bytes);
  g_assert_true (sa_archive_map_object (load, loaded_document, &error));
  g_assert_true (sa_archive_map_object (load, loaded_document, &error));
  loaded_child = sa_archive_read_object (load, TEST_TYPE_NODE, &error);
  g_assert_no_error (error);
  g_assert_true (loaded_child->next == loaded_document);
}

static void
test_bad_index (void)
{
  /* 8000 is no class; the table is empty; an object where a class must be, and the opposite; both in big
   * form.  */
  assert_fails ("00 80", G_TYPE_OBJECT, SA_ARCHIVE_ERROR_BAD_INDEX);
  assert_fails ("01 00", G_TYPE_OBJECT, SA_ARCHIVE_ERROR_BAD_INDEX);
  assert_fails ("FF 7F 00 00 00 00", G_TYPE_OBJECT, SA_ARCHIVE_ERROR_BAD_INDEX);
  assert_fails ("FF 7F FF FF FF FF", G_TYPE_OBJECT, SA_ARCHIVE_ERROR_BAD_INDEX);
  assert_fails ("FF FF 01 00 05 00 43 4E 6F 64 65 0A 00 02 80", TEST_TYPE_NODE, SA_ARCHIVE_ERROR_BAD_INDEX);
  assert_fails ("FF FF 01 00 05 00 43 4E 6F 64 65 0A 00 01 00", TEST_TYPE_NODE, SA_ARCHIVE_ERROR_BAD_INDEX);
  assert_fails ("FF FF 01 00 05 00 43 4E 6F 64 65 0A 00 03 00", TEST_TYPE_NODE, SA_ARCHIVE_ERROR_BAD_INDEX);
  assert_fails ("FF FF 01 00 05 00 43 4E 6F 64 65 0A 00 FF 7F 02 00 00 80", TEST_TYPE_NODE,
                SA_ARCHIVE_ERROR_BAD_INDEX);
}

/* A reference to an object of another class than the one that is wanted there.  */
static void
test_bad_reference (void)
{
  g_autoptr (SaArchive) archive = new_load_hex ("FF FF 02 00 05 00 43 4C 65 61 66 02 00");
  g_autoptr (GObject) leaf = sa_archive_read_object (archive, SA_TYPE_RECORD, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (leaf);
  g_assert_null (sa_archive_read_object (archive, TEST_TYPE_NODE, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_CLASS);
}

/* While the archive knows an object it keeps it, so that no other can come to lie where it was and be taken
 * for it.  */
static void
test_kept (void)
{
  g_autoptr (SaArchive) store = new_store ();
  TestNode *node = test_node_new (10);

  g_object_add_weak_pointer (G_OBJECT (node), (gpointer *) &node);
  g_assert_true (sa_archive_write_object (store, node, NULL));
  g_object_unref (node);
  g_assert_nonnull (node);
  g_assert_true (sa_archive_reset_objects (store, NULL));
  g_assert_null (node);
}

static void
test_reset (void)
{
  g_autoptr (SaArchive) store = new_store ();
  g_autoptr (TestNode) node = test_node_new (10);
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_archive_write_object (store, node, NULL));
  node->id = 11;
  g_assert_true (sa_archive_reset_objects (store, &error));
  g_assert_no_error (error);
  g_assert_true (sa_archive_write_object (store, node, NULL));
  assert_stored (store,
                 "FF FF 01 00 05 00 43 4E 6F 64 65 0A 00 00 00 FF FF 01 00 05 00 43 4E 6F 64 65 0B 00 00 00");
}

/* A reset inside of a transaction is undone with it: numbers go on as if it had never been.  */
static void
test_reset_undone (void)
{
  g_autoptr (SaArchive) store = new_store ();
  g_autoptr (TestNode) node = test_node_new (10);
  g_autoptr (TestNode) other = test_node_new (11);

  g_assert_true (sa_archive_write_object (store, node, NULL));
  g_assert_true (sa_archive_begin_transaction (store, NULL));
  g_assert_true (sa_archive_write_object (store, other, NULL));
  g_assert_true (sa_archive_reset_objects (store, NULL));
  g_assert_true (sa_archive_write_object (store, node, NULL));
  sa_archive_rollback_transaction (store);
  g_assert_true (sa_archive_write_object (store, node, NULL));
  g_assert_true (sa_archive_write_object (store, other, NULL));
  assert_stored (store, "FF FF 01 00 05 00 43 4E 6F 64 65 0A 00 00 00 02 00 01 80 0B 00 00 00");
}

static void
test_reset_per_message (void)
{
  g_autoptr (SaArchive) store = new_store ();
  g_autoptr (TestNode) node = test_node_new (10);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (SaArchive) load = NULL;
  g_autoptr (TestNode) first = NULL;
  g_autoptr (TestNode) second = NULL;

  sa_archive_set_reset_per_message (store, TRUE);
  g_assert_true (sa_archive_write_object (store, node, NULL));
  /* Nobody holds it any more but the test.  */
  g_assert_cmpuint (G_OBJECT (node)->ref_count, ==, 1);
  node->id = 11;
  g_assert_true (sa_archive_write_object (store, node, NULL));
  bytes = sa_archive_steal_bytes (store, NULL);

  load = new_load (bytes);
  g_object_set (load, "reset-per-message", TRUE, NULL);
  first = sa_archive_read_object (load, TEST_TYPE_NODE, NULL);
  second = sa_archive_read_object (load, TEST_TYPE_NODE, NULL);
  g_assert_cmpuint (first->id, ==, 10);
  g_assert_cmpuint (second->id, ==, 11);
  g_assert_cmpuint (G_OBJECT (first)->ref_count, ==, 1);
}

static void
test_rollback_load (void)
{
  g_autoptr (SaArchive) load = new_load_hex (CYCLE);
  g_autoptr (TestNode) first = NULL;
  g_autoptr (TestNode) second = NULL;
  g_autoptr (TestNode) again = NULL;

  g_assert_true (sa_archive_begin_transaction (load, NULL));
  first = sa_archive_read_object (load, TEST_TYPE_NODE, NULL);
  sa_archive_rollback_transaction (load);
  /* It belongs to whoever read it, and was not torn apart.  */
  g_assert_true (first->next->next == first);

  second = sa_archive_read_object (load, TEST_TYPE_NODE, NULL);
  again = sa_archive_read_object (load, TEST_TYPE_NODE, NULL);
  g_assert_true (first != second);
  g_assert_true (second == again);
  g_clear_object (&first->next->next);
  g_clear_object (&second->next->next);
}

/* More numbers than short tags have, with shared objects and circles on both sides of the boundary.  */
#define N_MANY 70000

/* To which node the one with this number points: backwards to any of those before, and so to both sides of
 * the boundary; to itself; or to the one behind it, which points back.  */
static guint
get_target (guint i)
{
  if (i == 0 || i % 1000 == 999)
    return i;
  if (i % 1000 == 500)
    return i + 1;
  if (i % 1000 == 501)
    return i - 1;

  return (i * 2654435761u) % i;
}

static void
open_circles (GPtrArray *nodes)
{
  for (guint i = 0; i < nodes->len; i++)
    g_clear_object (&((TestNode *) g_ptr_array_index (nodes, i))->next);
}

static void
test_many (void)
{
  g_autoptr (SaArchive) store = new_store ();
  g_autoptr (SaLimits) limits = sa_limits_new (SA_LIMITS_TRUSTED_FILE);
  g_autoptr (GPtrArray) nodes = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) loaded = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) again = NULL;
  g_autoptr (SaArchive) load = NULL;
  g_autoptr (SaArchive) restore = new_store ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < N_MANY; i++)
    g_ptr_array_add (nodes, test_node_new ((guint16) i));
  for (guint i = 0; i < N_MANY; i++)
    ((TestNode *) g_ptr_array_index (nodes, i))->next =
        g_object_ref (g_ptr_array_index (nodes, get_target (i)));

  sa_archive_set_limits (store, limits);
  sa_archive_set_limits (restore, limits);
  g_assert_true (sa_archive_write_object_array (store, nodes, &error));
  g_assert_no_error (error);
  bytes = sa_archive_steal_bytes (store, NULL);

  load = new_load (bytes);
  sa_archive_set_limits (load, limits);
  loaded = sa_archive_read_object_array (load, TEST_TYPE_NODE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (loaded->len, ==, N_MANY);

  for (guint i = 0; i < N_MANY; i++)
    {
      TestNode *node = g_ptr_array_index (loaded, i);

      g_assert_cmpuint (node->id, ==, i & 0xffff);
      g_assert_true (node->next == g_ptr_array_index (loaded, get_target (i)));
    }

  g_assert_true (sa_archive_write_object_array (restore, loaded, &error));
  again = sa_archive_steal_bytes (restore, NULL);
  g_assert_true (g_bytes_equal (bytes, again));

  open_circles (nodes);
  open_circles (loaded);
}

/* Where short tags end: the last short and the first big numbers, of objects and of classes.  */
static void
test_big_tags (void)
{
  g_autoptr (SaArchive) store = new_store ();
  g_autoptr (SaLimits) limits = sa_limits_new (SA_LIMITS_TRUSTED_FILE);
  g_autoptr (GPtrArray) leaves = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (TestNode) node = test_node_new (1);
  g_autoptr (GBytes) bytes = NULL;
  const guint8 *data;
  gsize size;
  gsize start;

  sa_archive_set_limits (store, limits);
  /* Class 1, objects 2 to 0x7fff; then class 0x8000 and object 0x8001.  */
  for (guint i = 2; i <= 0x7fff; i++)
    {
      SaRecord *leaf = sa_record_new ("CLeaf");

      g_ptr_array_add (leaves, leaf);
      g_assert_true (sa_archive_write_object (store, leaf, NULL));
    }
  g_assert_true (sa_archive_write_object (store, node, NULL));
  start = sa_archive_get_offset (store);
  g_assert_true (sa_archive_write_object (store, g_ptr_array_index (leaves, 0x7ffe - 2), NULL));
  g_assert_true (sa_archive_write_object (store, g_ptr_array_index (leaves, 0x7fff - 2), NULL));
  g_assert_true (sa_archive_write_object (store, node, NULL));
  g_assert_true (sa_archive_write_class (store, "CNode", NULL));

  bytes = sa_archive_steal_bytes (store, NULL);
  data = g_bytes_get_data (bytes, &size);
  g_autofree char *tail = test_to_hex (data + start, size - start);
  g_assert_cmpstr (tail, ==, "FE 7F FF 7F FF 7F 00 00 FF 7F 01 80 00 00 FF 7F 00 80 00 80");
}

static void
test_big_tags_forbidden (void)
{
  g_autoptr (SaArchive) store = new_store ();
  g_autoptr (SaLimits) limits = sa_limits_new (SA_LIMITS_TRUSTED_FILE);
  g_autoptr (TestNode) node = test_node_new (1);
  g_autoptr (GError) error = NULL;

  sa_archive_set_limits (store, limits);
  sa_archive_set_allow_big_tags (store, FALSE);
  for (guint i = 2; i <= 0x7ffe; i++)
    {
      g_autoptr (SaRecord) leaf = sa_record_new ("CLeaf");

      g_assert_true (sa_archive_write_object (store, leaf, NULL));
    }
  g_assert_true (sa_archive_write_object (store, node, &error));
  g_assert_no_error (error);
  g_assert_false (sa_archive_write_object (store, node, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NOT_SUPPORTED);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/object-table/cycle/store", test_cycle_store);
  g_test_add_func ("/object-table/cycle/load", test_cycle_load);
  g_test_add_func ("/object-table/common-counter", test_common_counter);
  g_test_add_func ("/object-table/class/write", test_write_class);
  g_test_add_func ("/object-table/class/read", test_read_class);
  g_test_add_func ("/object-table/class/object", test_read_class_of_object);
  g_test_add_func ("/object-table/map-object", test_map_object);
  g_test_add_func ("/object-table/bad/index", test_bad_index);
  g_test_add_func ("/object-table/bad/reference", test_bad_reference);
  g_test_add_func ("/object-table/kept", test_kept);
  g_test_add_func ("/object-table/reset", test_reset);
  g_test_add_func ("/object-table/reset/undone", test_reset_undone);
  g_test_add_func ("/object-table/reset/per-message", test_reset_per_message);
  g_test_add_func ("/object-table/rollback", test_rollback_load);
  g_test_add_func ("/object-table/many", test_many);
  g_test_add_func ("/object-table/big-tags", test_big_tags);
  g_test_add_func ("/object-table/big-tags/forbidden", test_big_tags_forbidden);

  return g_test_run ();
}
