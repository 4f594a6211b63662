/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What an object of a graph costs: nodes of a number, a double and two references to earlier nodes, by a
 * `serialize` in C, stored to memory and loaded again. Beside it stands what the same bytes cost a loop that
 * is written by hand for this one type and checks nothing, and what the objects alone cost, since neither can
 * avoid to make them.
 *
 * Each figure is the time that the one thread of a process of its own has worked, so that none finds a heap
 * that another one has left. The process touches its memory first: fresh pages are the kernel's cost.
 *
 *   perf-graph [NODES]
 */
#include <sockarch/sockarch.h>

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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

/* The nanoseconds that this thread has worked.  */
static gint64
get_work (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);

  return now.tv_sec * G_GINT64_CONSTANT (1000000000) + now.tv_nsec;
}

/* Nanoseconds for each of @count since @start.  */
static double
nanoseconds_each (gint64 start,
                  guint count)
{
  return (double) (get_work () - start) / count;
}

/* By hand */

typedef struct
{
  const PerfNode *node;
  guint number;
} Slot;

static inline Slot *
find (Slot *slots,
      guint bits,
      const PerfNode *node)
{
  guint i = (guint) ((GPOINTER_TO_SIZE (node) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)) >> (64 - bits));

  while (slots[i].node != NULL && slots[i].node != node)
    i = (i + 1) & ((1u << bits) - 1);

  return &slots[i];
}

static inline guint8 *
put (guint8 *out,
     const void *value,
     gsize size)
{
  memcpy (out, value, size);

  return out + size;
}

static inline guint8 *
put_tag (guint8 *out,
         guint number,
         gboolean is_class)
{
  guint16 word = (guint16) (number < 0x7fff ? number | (is_class ? 0x8000 : 0) : 0x7fff);

  out = put (out, &word, sizeof word);
  if (number >= 0x7fff)
    out = put (out, &number, sizeof number);

  return out;
}

/* The body of the archive's bytes, from the second node on: the class has the number 1.  */
static GBytes *
store_by_hand (GPtrArray *nodes,
               double *result)
{
  gint64 start = get_work ();
  guint bits = 5;
  guint8 *buffer = g_malloc ((gsize) nodes->len * 32);
  Slot *slots;
  guint8 *out = buffer;

  while ((1u << bits) < 2 * nodes->len)
    bits++;
  slots = g_new0 (Slot, (gsize) 1 << bits);

  for (guint i = 0; i < nodes->len; i++)
    {
      PerfNode *node = nodes->pdata[i];

      *find (slots, bits, node) = (Slot) { g_object_ref (node), i + 2 };
      if (i > 0)
        out = put_tag (out, 1, TRUE);
      out = put (out, &node->number, sizeof node->number);
      out = put (out, &node->weight, sizeof node->weight);
      out = put_tag (out, node->left != NULL ? find (slots, bits, node->left)->number : 0, FALSE);
      out = put_tag (out, node->right != NULL ? find (slots, bits, node->right)->number : 0, FALSE);
    }
  *result = nanoseconds_each (start, nodes->len);

  return g_bytes_new_take (buffer, (gsize) (out - buffer));
}

static inline const guint8 *
take_tag (const guint8 *in,
          guint *number)
{
  guint16 word;

  memcpy (&word, in, sizeof word);
  *number = word & 0x7fff;
  if (word != 0x7fff)
    return in + sizeof word;

  memcpy (number, in + sizeof word, sizeof *number);

  return in + sizeof word + sizeof *number;
}

static double
load_by_hand (const guint8 *in,
              guint count)
{
  gint64 start = get_work ();
  GPtrArray *nodes = g_ptr_array_new_full (count, g_object_unref);
  guint number;

  for (guint i = 0; i < count; i++)
    {
      PerfNode *node = g_object_new (PERF_TYPE_NODE, NULL);

      g_ptr_array_add (nodes, node);
      if (i > 0)
        in = take_tag (in, &number);
      memcpy (&node->number, in, sizeof node->number);
      memcpy (&node->weight, in + 4, sizeof node->weight);
      in = take_tag (in + 12, &number);
      if (number != 0)
        node->left = g_object_ref (nodes->pdata[number - 2]);
      in = take_tag (in, &number);
      if (number != 0)
        node->right = g_object_ref (nodes->pdata[number - 2]);
    }

  return nanoseconds_each (start, count);
}

/* The count, and the first tag of the class with its schema and name.  */
static gsize
get_header_size (guint count)
{
  return (count < 0xffff ? 2 : 6) + 2 + 2 + 2 + strlen ("CNode");
}

/* By the archive */

static double
measure_new (guint count)
{
  GObject **objects = g_new (GObject *, count);
  gint64 start = get_work ();

  for (guint i = 0; i < count; i++)
    objects[i] = g_object_new (PERF_TYPE_NODE, NULL);

  return nanoseconds_each (start, count);
}

static GBytes *
measure_store (GPtrArray *nodes,
               double *result)
{
  g_autoptr (SaArchive) archive = prepare (sa_archive_new_store_bytes (), nodes->len);
  g_autoptr (GError) error = NULL;
  gint64 start = get_work ();

  if (!sa_archive_write_object_array (archive, nodes, &error))
    g_error ("%s", error->message);
  *result = nanoseconds_each (start, nodes->len);

  return sa_archive_steal_bytes (archive, NULL);
}

static double
measure_load (GBytes *bytes,
              guint count)
{
  SaArchive *archive = prepare (sa_archive_new_load_bytes (bytes), count);
  g_autoptr (GError) error = NULL;
  gint64 start = get_work ();
  GPtrArray *nodes = sa_archive_read_object_array (archive, PERF_TYPE_NODE, &error);
  double result = nanoseconds_each (start, count);

  if (nodes == NULL || nodes->len != count || PERF_NODE (nodes->pdata[count - 1])->number != count - 1)
    g_error ("the graph came back changed: %s", error != NULL ? error->message : "another number of nodes");

  return result;
}

/* In a process that ends then, so nothing is freed.  */
static double
measure (const char *step,
         guint count)
{
  gsize warm = (gsize) count * 600;
  void *memory;
  GPtrArray *nodes;
  GBytes *by_hand = NULL, *bytes, *body;
  double by_hand_result = 0, stored;

  mallopt (M_MMAP_MAX, 0);
  mallopt (M_TRIM_THRESHOLD, G_MAXINT);
  memory = g_malloc (warm);
  memset (memory, 1, warm);
  g_free (memory);

  if (g_str_equal (step, "new"))
    return measure_new (count);

  nodes = make_nodes (count);
  if (g_str_equal (step, "store-by-hand"))
    by_hand = store_by_hand (nodes, &by_hand_result);
  bytes = measure_store (nodes, &stored);
  body = g_bytes_new_from_bytes (bytes, get_header_size (count),
                                 g_bytes_get_size (bytes) - get_header_size (count));

  if (by_hand != NULL && !g_bytes_equal (by_hand, body))
    g_error ("the bytes by hand are others than those of the archive");
  if (by_hand != NULL)
    return by_hand_result;
  if (g_str_equal (step, "store"))
    return stored;
  if (g_str_equal (step, "load"))
    return measure_load (bytes, count);

  return load_by_hand (g_bytes_get_data (body, NULL), count);
}

static double
spawn (const char *program,
       guint count,
       const char *step)
{
  g_autofree char *number = g_strdup_printf ("%u", count);
  char *arguments[] = { (char *) program, number, (char *) step, NULL };
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_spawn_sync (NULL, arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL, NULL, &error))
    g_error ("%s", error->message);

  return g_ascii_strtod (output, NULL);
}

int
main (int argc,
      char **argv)
{
  guint count = argc > 1 ? (guint) MAX (1, atoi (argv[1])) : 1000000;

  if (argc > 2)
    {
      printf ("%f\n", measure (argv[2], count));
      return 0;
    }

  for (int round = 0; round < ROUNDS; round++)
    {
      double made = spawn (argv[0], count, "new");
      double store = spawn (argv[0], count, "store"), store_hand = spawn (argv[0], count, "store-by-hand");
      double load = spawn (argv[0], count, "load"), load_hand = spawn (argv[0], count, "load-by-hand");

      printf ("%u nodes, ns each: g_object_new %.0f; store %.0f, by hand %.0f (%.2fx); "
              "load beside g_object_new %.0f, by hand %.0f; load in all %.2fx\n",
              count, made, store, store_hand, store / store_hand, load - made, load_hand - made,
              load / load_hand);
      fflush (stdout);
    }

  return 0;
}
