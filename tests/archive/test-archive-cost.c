/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <sockarch/sockarch.h>

#include "test-allocations.h"
#include "test-node.h"

/* What values and objects cost in allocations, which can be counted. Times are the business of the
 * benchmarks.  */

#define N_VALUES 1000

/* Without, the test says why it does not run.  */
static gboolean
needs_allocations (void)
{
  if (can_count_allocations ())
    return TRUE;

  g_test_skip ("allocations cannot be counted here");
  return FALSE;
}

static SaArchive *
prepare (SaArchive *archive)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (GError) error = NULL;

  sa_class_registry_add_class (registry, "CNode", TEST_TYPE_NODE, 1, &error);
  g_assert_no_error (error);
  sa_archive_set_registry (archive, registry);
  sa_archive_set_string_form (archive, SA_STRING_NARROW);

  return archive;
}

/* Over a stream, where the buffer has its whole size from the first value on: all that these tests store fits
 * into it.  */
static SaArchive *
new_store (void)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();

  return prepare (sa_archive_new_store (stream));
}

/* Numbers, and records with text in them, which all go straight into the buffer.  */
static void
test_values_stored (void)
{
  g_autoptr (SaArchive) archive = new_store ();
  g_autoptr (GError) error = NULL;
  guint before;

  if (!needs_allocations ())
    return;

  /* The first value gets the buffer.  */
  sa_archive_write_uint8 (archive, 1, &error);
  before = n_allocations;
  for (guint i = 0; i < N_VALUES; i++)
    {
      sa_archive_write_uint32 (archive, i, NULL);
      (sa_archive_write_double) (archive, i, NULL);
      sa_archive_write_string (archive, "twelve chars", NULL);
      sa_archive_write (archive, NULL, "uqsd", i, 1, "twelve chars", 0.5);
    }

  g_assert_cmpuint (n_allocations - before, ==, 0);
  sa_archive_check (archive, &error);
  g_assert_no_error (error);
}

/* What is read into memory of the caller costs none, and a string that the caller gets costs one.  */
static void
test_values_loaded (void)
{
  g_autoptr (SaArchive) writer = prepare (sa_archive_new_store_bytes ());
  g_autoptr (SaArchive) reader = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  guint before;

  if (!needs_allocations ())
    return;

  for (guint i = 0; i < N_VALUES; i++)
    sa_archive_write (writer, NULL, "uqsdu", i, 1, "twelve chars", 0.5, i);
  bytes = sa_archive_steal_bytes (writer, &error);
  g_assert_no_error (error);
  reader = sa_archive_new_load_bytes (bytes);

  before = n_allocations;
  for (guint i = 0; i < N_VALUES / 2; i++)
    {
      char text[32];
      double real;
      guint32 number;

      g_assert_cmpuint (sa_archive_read_uint32 (reader, NULL), ==, i);
      sa_archive_read_uint16 (reader, NULL);
      sa_archive_read_string_into (reader, text, sizeof text, NULL);
      sa_archive_read (reader, NULL, "du", &real, &number);
      g_assert_cmpuint (number, ==, i);
    }
  g_assert_cmpuint (n_allocations - before, ==, 0);

  before = n_allocations;
  for (guint i = 0; i < N_VALUES / 2; i++)
    {
      char *text = NULL;

      sa_archive_read (reader, NULL, "uqsdu", NULL, NULL, &text, NULL, NULL);
      g_free (text);
    }
  g_assert_cmpuint (n_allocations - before, ==, N_VALUES / 2);
  sa_archive_check (reader, &error);
  g_assert_no_error (error);
}

/* Nodes of which each points at the one before.  */
static GPtrArray *
make_nodes (guint count)
{
  GPtrArray *nodes = g_ptr_array_new_full (count, g_object_unref);

  for (guint i = 0; i < count; i++)
    {
      TestNode *node = test_node_new ((guint16) i);

      if (i > 0)
        node->next = g_object_ref (nodes->pdata[i - 1]);
      g_ptr_array_add (nodes, node);
    }

  return nodes;
}

/* An archive that has been used: what it needs once is there.  */
static SaArchive *
new_used_store (guint reserve)
{
  SaArchive *archive = new_store ();
  g_autoptr (TestNode) first = test_node_new (0);
  g_autoptr (GError) error = NULL;

  sa_archive_reserve_objects (archive, reserve);
  sa_archive_write_object (archive, first, &error);
  g_assert_no_error (error);

  return archive;
}

/* With room in the table an object costs nothing, and neither does a reference to it.  */
static void
test_objects_stored (void)
{
  g_autoptr (SaArchive) archive = new_used_store (N_VALUES + 2);
  g_autoptr (GPtrArray) nodes = make_nodes (N_VALUES);
  g_autoptr (GError) error = NULL;
  guint before;

  if (!needs_allocations ())
    return;

  before = n_allocations;
  sa_archive_write_object_array (archive, nodes, &error);
  for (guint i = 0; i < N_VALUES; i++)
    sa_archive_write_object (archive, nodes->pdata[i], &error);

  g_assert_cmpuint (n_allocations - before, ==, 0);
  g_assert_no_error (error);
}

/* Without, the table doubles: it is two blocks each time.  */
static void
test_table_grows (void)
{
  g_autoptr (SaArchive) archive = new_used_store (0);
  g_autoptr (GPtrArray) nodes = make_nodes (N_VALUES);
  g_autoptr (GError) error = NULL;
  guint before;

  if (!needs_allocations ())
    return;

  before = n_allocations;
  sa_archive_write_object_array (archive, nodes, &error);

  g_assert_cmpuint (n_allocations - before, <=, 2 * 10);
  g_assert_no_error (error);
}

/* How many allocations it takes to load @count nodes, beside the nodes.  */
static guint
count_for_loading (guint count)
{
  g_autoptr (SaArchive) writer = prepare (sa_archive_new_store_bytes ());
  g_autoptr (SaArchive) reader = NULL;
  g_autoptr (GPtrArray) nodes = make_nodes (count);
  g_autoptr (GPtrArray) loaded = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  guint before;

  sa_archive_write_object_array (writer, nodes, &error);
  g_assert_no_error (error);
  bytes = sa_archive_steal_bytes (writer, &error);
  g_assert_no_error (error);

  reader = prepare (sa_archive_new_load_bytes (bytes));
  sa_archive_reserve_objects (reader, count + 1);
  before = n_allocations;
  loaded = sa_archive_read_object_array (reader, TEST_TYPE_NODE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (loaded->len, ==, count);

  return n_allocations - before;
}

/* The objects that are to be told at the end are in an array, which doubles as well.  */
static void
test_objects_loaded (void)
{
  guint for_few;
  guint for_many;

  if (!needs_allocations ())
    return;

  count_for_loading (1);
  for_few = count_for_loading (N_VALUES);
  for_many = count_for_loading (2 * N_VALUES);

  g_assert_cmpuint (for_few, <=, 20);
  g_assert_cmpuint (for_many, <=, for_few + 2);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/archive-cost/values-stored", test_values_stored);
  g_test_add_func ("/archive-cost/values-loaded", test_values_loaded);
  g_test_add_func ("/archive-cost/objects-stored", test_objects_stored);
  g_test_add_func ("/archive-cost/table-grows", test_table_grows);
  g_test_add_func ("/archive-cost/objects-loaded", test_objects_loaded);

  return g_test_run ();
}
