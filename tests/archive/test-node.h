/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <sockarch/sockarch.h>

/* CNode { WORD id; CNode *next; } of the manual: an object that serialises itself. It counts how many
 * there are, so that tests can tell that none is left behind.  */

static int n_nodes;

#define TEST_TYPE_NODE (test_node_get_type ())
G_DECLARE_FINAL_TYPE (TestNode, test_node, TEST, NODE, GObject)

struct _TestNode
{
  GObject parent_instance;
  guint16 id;
  TestNode *next;
  /* What sa_archive_get_object_schema () said.  */
  guint schema;
  /* How often, and as which in the whole program, `loaded` was called.  */
  int n_loaded;
  int loaded_order;
};

static int n_loaded;

static gboolean
test_node_serialize (SaSerializable *serializable,
                     SaArchive *archive,
                     GError **error)
{
  TestNode *self = TEST_NODE (serializable);

  self->schema = sa_archive_get_object_schema (archive);
  sa_archive_exchange_uint16 (archive, &self->id, NULL);
  sa_archive_exchange_object (archive, &self->next, TEST_TYPE_NODE, NULL);

  return sa_archive_check (archive, error);
}

static void
test_node_loaded (SaSerializable *serializable,
                  SaArchive *archive)
{
  TestNode *self = TEST_NODE (serializable);

  self->n_loaded++;
  self->loaded_order = g_atomic_int_add (&n_loaded, 1) + 1;
}

static void
test_node_init_serializable (SaSerializableInterface *iface)
{
  iface->serialize = test_node_serialize;
  iface->loaded = test_node_loaded;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestNode, test_node, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SA_TYPE_SERIALIZABLE, test_node_init_serializable))

static void
test_node_dispose (GObject *object)
{
  g_clear_object (&TEST_NODE (object)->next);

  G_OBJECT_CLASS (test_node_parent_class)->dispose (object);
}

static void
test_node_finalize (GObject *object)
{
  g_atomic_int_add (&n_nodes, -1);

  G_OBJECT_CLASS (test_node_parent_class)->finalize (object);
}

static void
test_node_class_init (TestNodeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = test_node_dispose;
  G_OBJECT_CLASS (klass)->finalize = test_node_finalize;
}

static void
test_node_init (TestNode *self)
{
  g_atomic_int_inc (&n_nodes);
}

static inline TestNode *
test_node_new (guint16 id)
{
  TestNode *node = g_object_new (TEST_TYPE_NODE, NULL);

  node->id = id;

  return node;
}
