/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-node.h"
#include "test-utils.h"

/* Large graphs through real sockets: objects with numbers on both sides of where tags become long, shared
 * ones and circles, read by a thread while another one writes.  */
#define N_NODES 70000
#define N_DRIPPED 70000

/* A stream that gives one byte for each read, whatever is asked.  */
#define TEST_TYPE_DRIP (test_drip_get_type ())
G_DECLARE_FINAL_TYPE (TestDrip, test_drip, TEST, DRIP, GFilterInputStream)

struct _TestDrip
{
  GFilterInputStream parent_instance;
};

G_DEFINE_FINAL_TYPE (TestDrip, test_drip, G_TYPE_FILTER_INPUT_STREAM)

static gssize
test_drip_read (GInputStream *stream,
                void *buffer,
                gsize count,
                GCancellable *cancellable,
                GError **error)
{
  GInputStream *base = g_filter_input_stream_get_base_stream (G_FILTER_INPUT_STREAM (stream));

  return g_input_stream_read (base, buffer, MIN (count, 1), cancellable, error);
}

static void
test_drip_class_init (TestDripClass *klass)
{
  G_INPUT_STREAM_CLASS (klass)->read_fn = test_drip_read;
}

static void
test_drip_init (TestDrip *self)
{
}

typedef struct
{
  guint16 port;
  guint n_nodes;
} Writer;

static void
set_up_archive (SaArchive *archive)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (SaLimits) limits = sa_limits_new (SA_LIMITS_TRUSTED_FILE);

  sa_class_registry_add_class (registry, "CNode", TEST_TYPE_NODE, 1, NULL);
  sa_archive_set_registry (archive, registry);
  sa_archive_set_limits (archive, limits);
}

/* To which node the one with this number points: to any of those before, to itself, or to the one behind
 * it, which points back.  */
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

/* Connects, writes a graph, and closes.  */
static gpointer
write_graph (gpointer data)
{
  const Writer *writer = data;
  g_autoptr (SaSocket) socket = sa_socket_new ();
  g_autoptr (SaSocketFile) file = NULL;
  g_autoptr (SaArchive) archive = NULL;
  g_autoptr (GPtrArray) nodes = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < writer->n_nodes; i++)
    g_ptr_array_add (nodes, test_node_new ((guint16) i));
  for (guint i = 0; i < writer->n_nodes; i++)
    ((TestNode *) g_ptr_array_index (nodes, i))->next =
        g_object_ref (g_ptr_array_index (nodes, get_target (i)));

  sa_socket_connect_to_host (socket, "127.0.0.1", writer->port, NULL, &error);
  g_assert_no_error (error);
  file = sa_socket_file_new (socket, &error);
  g_assert_no_error (error);
  archive = sa_archive_new (G_IO_STREAM (file), SA_ARCHIVE_STORE);
  set_up_archive (archive);
  sa_archive_write_object_array (archive, nodes, NULL);
  sa_archive_close (archive, &error);
  g_assert_no_error (error);
  open_circles (nodes);
  sa_socket_close (socket, NULL);

  return NULL;
}

static void
check_graph (GPtrArray *nodes,
             guint n_nodes_wanted)
{
  g_assert_cmpuint (nodes->len, ==, n_nodes_wanted);
  for (guint i = 0; i < nodes->len; i++)
    {
      TestNode *node = g_ptr_array_index (nodes, i);

      g_assert_cmpuint (node->id, ==, i & 0xffff);
      g_assert_true (node->next == g_ptr_array_index (nodes, get_target (i)));
    }
}

static void
run (guint n_nodes_wanted,
     gboolean dripping)
{
  g_autoptr (SaSocket) listener = sa_socket_new ();
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (SaSocketFile) file = NULL;
  g_autoptr (GInputStream) drip = NULL;
  g_autoptr (SaArchive) archive = NULL;
  g_autoptr (GPtrArray) nodes = NULL;
  g_autoptr (GError) error = NULL;
  Writer writer = { 0, n_nodes_wanted };
  GThread *thread;

  sa_socket_create (listener, 0, G_SOCKET_TYPE_STREAM, "127.0.0.1", &error);
  g_assert_no_error (error);
  sa_socket_listen (listener, &error);
  g_assert_no_error (error);
  writer.port = (guint16) sa_socket_get_local_port (listener);
  thread = g_thread_new ("writer", write_graph, &writer);

  g_object_set (listener, "timeout", 1000 * TEST_DEADLINE, NULL);
  peer = sa_socket_accept (listener, NULL, &error);
  g_assert_no_error (error);
  file = sa_socket_file_new (peer, &error);
  g_assert_no_error (error);
  if (dripping)
    {
      drip = g_object_new (TEST_TYPE_DRIP,
                           "base-stream", g_io_stream_get_input_stream (G_IO_STREAM (file)),
                           NULL);
      archive = sa_archive_new_load (drip);
    }
  else
    archive = sa_archive_new (G_IO_STREAM (file), SA_ARCHIVE_LOAD);
  set_up_archive (archive);

  nodes = sa_archive_read_object_array (archive, TEST_TYPE_NODE, &error);
  g_assert_no_error (error);
  check_graph (nodes, n_nodes_wanted);
  open_circles (nodes);
  g_thread_join (thread);
  sa_socket_close (peer, NULL);
  sa_socket_close (listener, NULL);
}

static void
test_many (void)
{
  run (N_NODES, FALSE);
}

static void
test_dripping (void)
{
  run (N_DRIPPED, TRUE);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/archive-object-socket/many", test_many);
  g_test_add_func ("/archive-object-socket/dripping", test_dripping);

  return g_test_run ();
}
