/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-utils.h"

#include <sockarch/sockarch.h>

/* A document of MFC's HIERSVR sample: raw bytes of a LOGFONT, the name of the font, a DWORD, then the root
 * of a tree of CServerNode in place. It is read into objects and must be written back as it was.  */
#define FILE_NAME "mfcclass.hie"
#define N_NODES 137
#define LOGFONT_HEAD 28

/* The class by hand: one `serialize` for both directions.  */
#define TEST_TYPE_SERVER_NODE (test_server_node_get_type ())
G_DECLARE_FINAL_TYPE (TestServerNode, test_server_node, TEST, SERVER_NODE, GObject)

struct _TestServerNode
{
  GObject parent_instance;
  guint16 expanded;
  char *key;
  char *text;
  guint16 image;
  GPtrArray *children;
};

static gboolean
test_server_node_serialize (SaSerializable *serializable,
                            SaArchive *archive,
                            GError **error)
{
  TestServerNode *self = TEST_SERVER_NODE (serializable);

  sa_archive_exchange_uint16 (archive, &self->expanded, NULL);
  sa_archive_exchange_string (archive, &self->key, NULL);
  sa_archive_exchange_string (archive, &self->text, NULL);
  sa_archive_exchange_uint16 (archive, &self->image, NULL);
  sa_archive_exchange_object_array (archive, &self->children, TEST_TYPE_SERVER_NODE, NULL);

  return sa_archive_check (archive, error);
}

static void
test_server_node_init_serializable (SaSerializableInterface *iface)
{
  iface->serialize = test_server_node_serialize;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestServerNode,
                               test_server_node,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SA_TYPE_SERIALIZABLE,
                                                      test_server_node_init_serializable))

static void
test_server_node_finalize (GObject *object)
{
  TestServerNode *self = TEST_SERVER_NODE (object);

  g_free (self->key);
  g_free (self->text);
  g_clear_pointer (&self->children, g_ptr_array_unref);

  G_OBJECT_CLASS (test_server_node_parent_class)->finalize (object);
}

static void
test_server_node_class_init (TestServerNodeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_server_node_finalize;
}

static void
test_server_node_init (TestServerNode *self)
{
}

/* The file, or NULL after a skip with the reason.  */
static GBytes *
load_file (void)
{
  const char *folder = g_getenv ("SA_MFC_FILES");
  g_autofree char *path = NULL;
  char *data;
  gsize size;

  if (folder == NULL || *folder == '\0')
    {
      g_test_skip ("no MFC files: neither SA_MFC_FILES nor the option mfc_files says where they are");
      return NULL;
    }

  path = g_build_filename (folder, FILE_NAME, NULL);
  if (!g_file_get_contents (path, &data, &size, NULL))
    {
      g_autofree char *reason = g_strdup_printf ("%s cannot be read", path);

      g_test_skip (reason);
      return NULL;
    }

  return g_bytes_new_take (data, size);
}

static SaClassRegistry *
new_registry (gboolean by_layout)
{
  SaClassRegistry *registry = sa_class_registry_new ();
  g_autoptr (GError) error = NULL;

  if (by_layout)
    sa_class_registry_add_record (
        registry, "CServerNode", 0,
        "expanded:u16 key:cstring text:cstring image:u16 children:oblist(CServerNode)", &error);
  else
    sa_class_registry_add_class (registry, "CServerNode", TEST_TYPE_SERVER_NODE, 0, &error);
  g_assert_no_error (error);

  return registry;
}

/* Reads the document from @load and writes it to @store; the root goes to @root.  */
static void
copy_document (SaArchive *load,
               SaArchive *store,
               gpointer *root)
{
  g_autoptr (GBytes) font = NULL;
  g_autofree char *font_name = NULL;
  guint32 number;
  g_autoptr (GError) error = NULL;

  font = sa_archive_read_bytes (load, LOGFONT_HEAD, &error);
  g_assert_no_error (error);
  font_name = sa_archive_read_string (load, &error);
  number = sa_archive_read_uint32 (load, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (font_name, ==, "Arial");
  g_assert_cmpuint (number, ==, 9);
  *root = sa_archive_read_embedded (load, "CServerNode", &error);
  g_assert_no_error (error);

  sa_archive_set_string_form (store, SA_STRING_NARROW);
  sa_archive_write_bytes (store, font, NULL);
  sa_archive_write_string (store, font_name, NULL);
  sa_archive_write_uint32 (store, number, NULL);
  sa_archive_serialize_embedded (store, *root, NULL);
  sa_archive_check (store, &error);
  g_assert_no_error (error);
}

static gpointer
round_trip (GBytes *bytes,
            gboolean by_layout)
{
  g_autoptr (SaClassRegistry) registry = new_registry (by_layout);
  g_autoptr (SaArchive) load = sa_archive_new_load_bytes (bytes);
  g_autoptr (SaArchive) store = sa_archive_new_store_bytes ();
  g_autoptr (GBytes) stored = NULL;
  gpointer root;

  sa_archive_set_registry (load, registry);
  sa_archive_set_registry (store, registry);
  copy_document (load, store, &root);
  g_assert_true (sa_archive_is_buffer_empty (load));
  stored = sa_archive_steal_bytes (store, NULL);
  g_assert_cmpmem (g_bytes_get_data (stored, NULL), g_bytes_get_size (stored), g_bytes_get_data (bytes, NULL),
                   g_bytes_get_size (bytes));

  return root;
}

static guint
count_nodes (TestServerNode *node)
{
  guint count = 1;

  for (guint i = 0; i < node->children->len; i++)
    count += count_nodes (g_ptr_array_index (node->children, i));

  return count;
}

static void
test_serialize (void)
{
  g_autoptr (GBytes) bytes = load_file ();
  g_autoptr (TestServerNode) root = NULL;

  if (bytes == NULL)
    return;

  root = round_trip (bytes, FALSE);
  g_assert_cmpstr (root->key, ==, "%ROOT%");
  g_assert_cmpstr (root->text, ==, "MFC Class Hierarchy");
  g_assert_cmpuint (root->children->len, ==, 26);
  g_assert_cmpuint (count_nodes (root), ==, N_NODES);
}

static guint
count_records (SaRecord *record)
{
  GListModel *children = g_value_get_object (sa_record_get_field (record, "children"));
  guint count = 1;

  for (guint i = 0; i < g_list_model_get_n_items (children); i++)
    {
      g_autoptr (SaRecord) child = g_list_model_get_item (children, i);

      count += count_records (child);
    }

  return count;
}

static void
test_layout (void)
{
  g_autoptr (GBytes) bytes = load_file ();
  g_autoptr (SaRecord) root = NULL;

  if (bytes == NULL)
    return;

  root = round_trip (bytes, TRUE);
  g_assert_cmpstr (g_value_get_string (sa_record_get_field (root, "key")), ==, "%ROOT%");
  g_assert_cmpuint (count_records (root), ==, N_NODES);
}

/* Every prefix is cut off, and says so.  */
static void
test_cut (void)
{
  g_autoptr (GBytes) bytes = load_file ();
  g_autoptr (SaClassRegistry) registry = new_registry (TRUE);

  if (bytes == NULL)
    return;

  for (gsize i = LOGFONT_HEAD + 10; i < g_bytes_get_size (bytes); i += 7)
    {
      g_autoptr (GBytes) cut = g_bytes_new_from_bytes (bytes, LOGFONT_HEAD + 10, i - LOGFONT_HEAD - 10);
      g_autoptr (SaArchive) load = sa_archive_new_load_bytes (cut);
      g_autoptr (GError) error = NULL;

      sa_archive_set_registry (load, registry);
      g_assert_null (sa_archive_read_embedded (load, "CServerNode", &error));
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE);
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/mfc-file/hierarchy/serialize", test_serialize);
  g_test_add_func ("/mfc-file/hierarchy/layout", test_layout);
  g_test_add_func ("/mfc-file/hierarchy/cut", test_cut);

  return g_test_run ();
}
