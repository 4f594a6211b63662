/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What an object of a graph costs: nodes of a number, a double and two references to earlier nodes, by a
 * `serialize` in C, stored to memory and loaded again. Making the objects is measured alone, since no archive
 * can avoid it.
 *
 *   perf-graph [NODES]
 */
#include <sockarch/sockarch.h>

#include <stdio.h>
#include <stdlib.h>

#define ROUNDS 5

#define PERF_TYPE_NODE (perf_node_get_type ())
G_DECLARE_FINAL_TYPE (PerfNode, perf_node, PERF, NODE, GObject)

struct _PerfNode
{
  GObject parent_instance;

  guint32 number;
  double weight;
  PerfNode *left;
  PerfNode *right;
};

static void perf_node_serializable_init (SaSerializableInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PerfNode, perf_node, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SA_TYPE_SERIALIZABLE, perf_node_serializable_init))

static gboolean
perf_node_serialize (SaSerializable *serializable,
                     SaArchive *archive,
                     GError **error)
{
  PerfNode *self = (PerfNode *) serializable;

  sa_archive_exchange_uint32 (archive, &self->number, NULL);
  sa_archive_exchange_double (archive, &self->weight, NULL);
  sa_archive_exchange_object (archive, &self->left, PERF_TYPE_NODE, NULL);
  sa_archive_exchange_object (archive, &self->right, PERF_TYPE_NODE, NULL);

  return sa_archive_check (archive, error);
}

static void
perf_node_serializable_init (SaSerializableInterface *iface)
{
  iface->serialize = perf_node_serialize;
}

static void
perf_node_dispose (GObject *object)
{
  PerfNode *self = PERF_NODE (object);

  g_clear_object (&self->left);
  g_clear_object (&self->right);

  G_OBJECT_CLASS (perf_node_parent_class)->dispose (object);
}

static void
perf_node_class_init (PerfNodeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = perf_node_dispose;
}

static void
perf_node_init (PerfNode *self)
{
}

static GPtrArray *
make_nodes (guint count)
{
  GPtrArray *nodes = g_ptr_array_new_full (count, g_object_unref);
  GRand *random = g_rand_new_with_seed (1);

  for (guint i = 0; i < count; i++)
    {
      PerfNode *node = g_object_new (PERF_TYPE_NODE, NULL);

      node->number = i;
      node->weight = i / 3.0;
      if (i > 0)
        {
          node->left = g_object_ref (nodes->pdata[g_rand_int_range (random, 0, (gint32) i)]);
          node->right = g_object_ref (nodes->pdata[g_rand_int_range (random, 0, (gint32) i)]);
        }
      g_ptr_array_add (nodes, node);
    }
  g_rand_free (random);

  return nodes;
}

static SaArchive *
prepare (SaArchive *archive,
         guint count)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (SaLimits) limits = sa_limits_new (SA_LIMITS_TRUSTED_FILE);
  g_autoptr (GError) error = NULL;

  if (!sa_class_registry_add_class (registry, "CNode", PERF_TYPE_NODE, 1, &error))
    g_error ("%s", error->message);
  sa_archive_set_registry (archive, registry);
  sa_archive_set_limits (archive, limits);
  sa_archive_reserve_objects (archive, count);

  return archive;
}

/* Nanoseconds for each of @count since @start.  */
static double
nanoseconds_each (gint64 start,
                  guint count)
{
  return 1000.0 * (double) (g_get_monotonic_time () - start) / count;
}

static double
measure_new (guint count)
{
  g_autofree GObject **objects = g_new (GObject *, count);
  gint64 start = g_get_monotonic_time ();
  double result;

  for (guint i = 0; i < count; i++)
    objects[i] = g_object_new (PERF_TYPE_NODE, NULL);
  result = nanoseconds_each (start, count);
  for (guint i = 0; i < count; i++)
    g_object_unref (objects[i]);

  return result;
}

static GBytes *
measure_store (GPtrArray *nodes,
               double *result)
{
  g_autoptr (SaArchive) archive = prepare (sa_archive_new_store_bytes (), nodes->len);
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();

  if (!sa_archive_write_object_array (archive, nodes, &error))
    g_error ("%s", error->message);
  *result = nanoseconds_each (start, nodes->len);

  return sa_archive_steal_bytes (archive, NULL);
}

static void
measure_load (GBytes *bytes,
              guint count,
              double *result)
{
  g_autoptr (SaArchive) archive = prepare (sa_archive_new_load_bytes (bytes), count);
  g_autoptr (GPtrArray) nodes = NULL;
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();

  nodes = sa_archive_read_object_array (archive, PERF_TYPE_NODE, &error);
  *result = nanoseconds_each (start, count);
  if (nodes == NULL || nodes->len != count || PERF_NODE (nodes->pdata[count - 1])->number != count - 1)
    g_error ("the graph came back changed: %s", error != NULL ? error->message : "another number of nodes");
}

int
main (int argc,
      char **argv)
{
  guint count = argc > 1 ? (guint) atoi (argv[1]) : 1000000;
  g_autoptr (GPtrArray) nodes = make_nodes (MAX (count, 1));

  for (int round = 0; round < ROUNDS; round++)
    {
      g_autoptr (GBytes) bytes = NULL;
      double made = measure_new (nodes->len), stored, loaded;

      bytes = measure_store (nodes, &stored);
      measure_load (bytes, nodes->len, &loaded);
      printf ("%u nodes: g_object_new %.0f ns, store %.0f ns, load %.0f ns, beside g_object_new %.0f ns\n",
              nodes->len, made, stored, loaded, loaded - made);
      fflush (stdout);
    }

  return 0;
}
