/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sockarch/archive/sa-graph-private.h"

#include <sockarch/sockarch.h>

/* Objects from strangers, with a registry of ten classes that have every type of field. The first byte
 * says which call reads; what was read is stored again and loaded again, which must go well and give the
 * same bytes.  */

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define FUZZ_TYPE_NODE (fuzz_node_get_type ())
G_DECLARE_FINAL_TYPE (FuzzNode, fuzz_node, FUZZ, NODE, GObject)

struct _FuzzNode
{
  GObject parent_instance;
  guint16 id;
  char *name;
  GObject *next;
  GPtrArray *others;
};

static gboolean
fuzz_node_serialize (SaSerializable *serializable,
                     SaArchive *archive,
                     GError **error)
{
  FuzzNode *self = FUZZ_NODE (serializable);

  sa_archive_exchange_uint16 (archive, &self->id, NULL);
  sa_archive_exchange_string (archive, &self->name, NULL);
  sa_archive_exchange_object (archive, &self->next, G_TYPE_OBJECT, NULL);
  sa_archive_exchange_object_array (archive, &self->others, FUZZ_TYPE_NODE, NULL);

  return sa_archive_check (archive, error);
}

static void
fuzz_node_init_serializable (SaSerializableInterface *iface)
{
  iface->serialize = fuzz_node_serialize;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FuzzNode, fuzz_node, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SA_TYPE_SERIALIZABLE, fuzz_node_init_serializable))

static void
fuzz_node_dispose (GObject *object)
{
  FuzzNode *self = FUZZ_NODE (object);

  g_clear_pointer (&self->name, g_free);
  g_clear_object (&self->next);
  g_clear_pointer (&self->others, g_ptr_array_unref);

  G_OBJECT_CLASS (fuzz_node_parent_class)->dispose (object);
}

static void
fuzz_node_class_init (FuzzNodeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = fuzz_node_dispose;
}

static void
fuzz_node_init (FuzzNode *self)
{
}

static const struct
{
  const char *name;
  const char *layout;
} records[] = {
  { "CE", "" },
  { "CN", "a:u8 b:i8 c:u16 d:i16 e:u32 f:i32 g:u64 h:i64 i:f32 j:f64 k:bool1 l:bool4" },
  { "CS", "a:cstring b:narrow c:wide d:stringarray e:mapstrstr" },
  { "CT", "a:time b:timespan c:oledatetime d:oledatetimespan e:currency f:variant" },
  { "CG", "a:point b:size c:rect d:bytes[5] e:bytearray" },
  { "CA", "a:wordarray b:dwordarray c:array(u8) d:array(i8) e:array(f32) f:array(f64) g:array(i64)" },
  { "CP", "a:object(*) b:object(CNode) c:object(CP)" },
  { "CL", "a:oblist(*) b:obarray(CL) c:array(embed(CG)) d:array(embed(CP))" },
  { "CM", "base(CP) d:mapwordob(*) e:mapstrob(CNode) f:u8@2-3" },
};

static SaClassRegistry *
get_registry (void)
{
  static SaClassRegistry *registry;

  if (registry == NULL)
    {
      g_autoptr (GError) error = NULL;

      registry = sa_class_registry_new ();
      sa_class_registry_add_class (registry, "CNode", FUZZ_TYPE_NODE, 1, &error);
      for (gsize i = 0; i < G_N_ELEMENTS (records); i++)
        sa_class_registry_add_record (registry, records[i].name, 2, records[i].layout, &error);
      sa_class_registry_set_versionable (registry, "CM", 0, 9, &error);
      g_assert_no_error (error);
    }

  return registry;
}

static SaArchive *
set_up (SaArchive *archive)
{
  g_autoptr (SaLimits) limits = sa_limits_new (SA_LIMITS_INTERNET);

  sa_limits_set_objects (limits, 5000);
  sa_archive_set_limits (archive, limits);
  sa_archive_set_registry (archive, get_registry ());

  return archive;
}

/* Objects may point at each other in circles, and a fuzzer wants to see real leaks only.  */
static void
tear_down (SaArchive *archive)
{
  SaGraph *graph = sa_archive_get_tables (archive);
  g_autoptr (GPtrArray) objects = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; graph != NULL && i < graph->table.n_entries; i++)
    if (graph->table.entries[i].kind != SA_ENTRY_CLASS)
      g_ptr_array_add (objects, g_object_ref (graph->table.entries[i].pointer));
  for (guint i = 0; i < objects->len; i++)
    g_object_run_dispose (g_ptr_array_index (objects, i));

  g_object_unref (archive);
}

/* What an input is read as.  */
enum
{
  READ_OBJECT,
  READ_EMBEDDED,
  READ_ARRAY,
  READ_LIST,
  READ_WORD_MAP,
  READ_STRING_MAP,
  READ_CLASS,
  READ_VALUES,
  N_READS
};

static void
read_values (SaArchive *archive)
{
  g_autoptr (GDateTime) date_time = sa_archive_read_ole_date_time (archive, NULL, NULL);
  g_autoptr (GVariant) ole = sa_archive_read_ole_variant (archive, NULL, NULL);
  g_autoptr (GVariant) variant = sa_archive_read_variant (archive, NULL, NULL);
  g_autoptr (GHashTable) map = sa_archive_read_map_string_to_string (archive, NULL);

  sa_archive_read_ole_currency (archive, NULL, NULL);
}

static void
read_other (SaArchive *archive,
            guint8 selector)
{
  g_autoptr (GPtrArray) array = NULL;
  g_autoptr (GListStore) list = NULL;
  g_autoptr (GHashTable) map = NULL;
  g_autoptr (GObject) object = NULL;
  g_autofree char *name = NULL;

  switch (selector % N_READS)
    {
    case READ_EMBEDDED:
      object = sa_archive_read_embedded (archive, records[selector / N_READS % G_N_ELEMENTS (records)].name,
                                         NULL);
      break;
    case READ_ARRAY:
      array = sa_archive_read_object_array (archive, G_TYPE_OBJECT, NULL);
      break;
    case READ_LIST:
      list = sa_archive_read_object_list (archive, FUZZ_TYPE_NODE, NULL);
      break;
    case READ_WORD_MAP:
      map = sa_archive_read_map_word_to_object (archive, SA_TYPE_RECORD, NULL);
      break;
    case READ_STRING_MAP:
      map = sa_archive_read_map_string_to_object (archive, G_TYPE_OBJECT, NULL);
      break;
    case READ_CLASS:
      name = sa_archive_read_class (archive, NULL, NULL, NULL);
      break;
    default:
      read_values (archive);
    }
}

/* The bytes of @object, or NULL: text of one form may not exist in another.  */
static GBytes *
store (GObject *object)
{
  SaArchive *archive = set_up (sa_archive_new_store_bytes ());
  GBytes *bytes = NULL;

  if (sa_archive_write_object (archive, object, NULL))
    bytes = sa_archive_steal_bytes (archive, NULL);

  /* Without its objects being disposed: they are wanted still.  */
  g_object_unref (archive);

  return bytes;
}

/* What could be stored can be loaded, and is the same when stored again.  */
static void
check_round_trip (GObject *object)
{
  g_autoptr (GBytes) first = store (object);
  g_autoptr (GBytes) second = NULL;
  g_autoptr (GObject) loaded = NULL;
  g_autoptr (GError) error = NULL;
  SaArchive *archive;

  if (first == NULL)
    return;

  archive = set_up (sa_archive_new_load_bytes (first));
  loaded = sa_archive_read_object (archive, G_TYPE_OBJECT, &error);
  if (error != NULL)
    g_error ("what was stored cannot be loaded: %s", error->message);

  second = store (loaded);
  g_assert_true (second != NULL && g_bytes_equal (first, second));
  tear_down (archive);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  g_autoptr (GBytes) bytes = NULL;
  SaArchive *archive;

  if (size == 0)
    return 0;

  bytes = g_bytes_new_static (data + 1, size - 1);
  archive = set_up (sa_archive_new_load_bytes (bytes));

  for (int i = 0; i < 4 && sa_archive_check (archive, NULL); i++)
    if (data[0] % N_READS == READ_OBJECT)
      {
        g_autoptr (GObject) object = sa_archive_read_object (archive, G_TYPE_OBJECT, NULL);

        if (object != NULL)
          check_round_trip (object);
      }
    else
      read_other (archive, data[0]);

  tear_down (archive);

  return 0;
}
