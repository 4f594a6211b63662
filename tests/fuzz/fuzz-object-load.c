/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sockarch/archive/sa-graph-private.h"

#include <sockarch/sockarch.h>

#include "fuzz-input.h"
#include "fuzz-thing.h"
#include "fuzz-value.h"

/* Objects from strangers, with a registry of classes that have every type of field. The first byte
 * says which calls read.
 *
 * What was read is stored again and loaded again, which must go well and give the same bytes. Each input is
 * read three times: from bytes, from a stream that has all of them, and from one that gives them in pieces
 * and nothing in between, where a call that wants more is made again, and others are made meanwhile. All must
 * give the same.  */

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

/* Everything is there by now, whatever points at what.  */
static void
fuzz_node_loaded (SaSerializable *serializable,
                  SaArchive *archive)
{
  FuzzNode *self = FUZZ_NODE (serializable);

  g_assert_true (self->name != NULL && self->others != NULL);
  g_assert_true (self->next == NULL || !FUZZ_IS_NODE (self->next) || FUZZ_NODE (self->next)->name != NULL);
}

static void
fuzz_node_init_serializable (SaSerializableInterface *iface)
{
  iface->serialize = fuzz_node_serialize;
  iface->loaded = fuzz_node_loaded;
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
      sa_class_registry_add_layout (registry, "CO", FUZZ_TYPE_THING, 3, FUZZ_THING_LAYOUT, &error);
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

/* Objects may point at each other in circles, and a fuzzer wants to see real leaks only. Gives those that
 * have come into the table after the first @n_before.  */
static GPtrArray *
list_objects (SaArchive *archive,
              guint n_before)
{
  SaGraph *graph = sa_archive_get_tables (archive);
  GPtrArray *objects = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = n_before; graph != NULL && i < graph->table.n_entries; i++)
    if (graph->table.entries[i].kind != SA_ENTRY_CLASS)
      g_ptr_array_add (objects, g_object_ref (graph->table.entries[i].pointer));

  return objects;
}

static guint
count_entries (SaArchive *archive)
{
  SaGraph *graph = sa_archive_get_tables (archive);

  return graph != NULL ? graph->table.n_entries : 0;
}

static void
dispose_objects (GPtrArray *objects)
{
  for (guint i = 0; i < objects->len; i++)
    g_object_run_dispose (g_ptr_array_index (objects, i));
}

static void
tear_down (SaArchive *archive)
{
  g_autoptr (GPtrArray) objects = list_objects (archive, 0);

  dispose_objects (objects);
  g_object_unref (archive);
}

/* How often @archive is read, and how: what an input begins with.  */
#define N_READS 8
#define READ_VALUES 7

typedef struct
{
  FuzzKind kind;
  /* For those that need one.  */
  GType type;
  const char *class_name;
} Call;

static gboolean
get_call (guint8 selector,
          guint step,
          Call *call)
{
  guint variant = selector / N_READS;
  const GType types[] = { G_TYPE_OBJECT, FUZZ_TYPE_NODE, SA_TYPE_RECORD };

  *call = (Call) { FUZZ_OBJECT, G_TYPE_OBJECT, NULL };
  if (selector % N_READS == READ_VALUES)
    {
      guint n_values = FUZZ_N_KINDS - FUZZ_OLE_DATE_TIME;

      call->kind = FUZZ_OLE_DATE_TIME + (step + variant) % n_values;
      return step < n_values;
    }

  call->kind = selector % N_READS;
  call->class_name = records[variant % G_N_ELEMENTS (records)].name;
  call->type = types[variant % G_N_ELEMENTS (types)];

  return step < 4;
}

/* The bytes of @value. What was loaded can be stored, but for a record of a schema that lacks a field.  */
static GBytes *
store (const FuzzValue *value)
{
  SaArchive *archive = set_up (sa_archive_new_store_bytes ());
  g_autoptr (GError) error = NULL;
  GBytes *bytes = NULL;

  if (fuzz_value_store (value, archive, &error))
    bytes = sa_archive_steal_bytes (archive, &error);
  if (error != NULL && !g_str_has_prefix (error->message, "The record has no field"))
    g_error ("what was loaded cannot be stored: %s", error->message);

  /* Without its objects being disposed: they are wanted still.  */
  g_object_unref (archive);

  return bytes;
}

/* What could be stored can be loaded, and is the same when stored again. Returns its bytes, if any.  */
static GBytes *
check_round_trip (const FuzzValue *value,
                  const Call *call)
{
  g_autoptr (GBytes) first = store (value);
  g_autoptr (GBytes) second = NULL;
  g_auto (FuzzValue) loaded = { .kind = value->kind };
  g_autoptr (GError) error = NULL;
  SaArchive *archive;

  if (first == NULL)
    return NULL;

  archive = set_up (sa_archive_new_load_bytes (first));
  if (!fuzz_value_load (&loaded, archive, call->class_name, call->type, &error))
    g_error ("what was stored cannot be loaded: %s", error->message);

  second = store (&loaded);
  g_assert_cmpmem (g_bytes_get_data (first, NULL), g_bytes_get_size (first),
                   g_bytes_get_data (second, NULL), g_bytes_get_size (second));
  tear_down (archive);

  return g_steal_pointer (&first);
}

/* Does something else at a place where something is to be read again: whatever comes of it, nothing has
 * happened when the transaction is rolled back.  */
static void
disturb (SaArchive *archive,
         guint32 random)
{
  guint n_before = count_entries (archive);
  g_autoptr (GPtrArray) objects = NULL;
  g_auto (FuzzValue) value = { .kind = random / 8 % FUZZ_N_KINDS };
  g_autoptr (GError) error = NULL;

  if (random % 8 > 1 || !sa_archive_begin_transaction (archive, &error))
    return;

  if (random % 8 == 0)
    sa_archive_read_uint8 (archive, NULL);
  else
    fuzz_value_load (&value, archive, "CP", G_TYPE_OBJECT, NULL);

  objects = list_objects (archive, n_before);
  sa_archive_rollback_transaction (archive);
  dispose_objects (objects);
}

/* Makes one call until it is not for want of bytes that it fails. With @random that is in a transaction at
 * times.  */
static gboolean
load_one (SaArchive *archive,
          const Call *call,
          guint32 *random,
          FuzzValue *value,
          GError **error)
{
  while (TRUE)
    {
      guint64 before = sa_archive_get_offset (archive);
      guint n_before = count_entries (archive);
      gboolean transaction = *random != 0 && fuzz_next (random) % 4 == 0;
      g_autoptr (GError) failure = NULL;

      if (transaction && !sa_archive_begin_transaction (archive, error))
        return FALSE;

      *value = (FuzzValue) { .kind = call->kind };
      fuzz_value_load (value, archive, call->class_name, call->type, &failure);
      if (transaction)
        {
          g_clear_error (&failure);
          sa_archive_commit_transaction (archive, &failure);
        }
      if (failure == NULL)
        return TRUE;

      if (!g_error_matches (failure, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }

      g_assert_cmpint (*random, !=, 0);
      g_assert_cmpuint (sa_archive_get_offset (archive), ==, before);
      g_assert_cmpuint (count_entries (archive), ==, n_before);
      disturb (archive, fuzz_next (random));
    }
}

/* Reads all that @selector says, and what comes after as a number; returns the bytes that what was read is
 * stored as, and the error that ended it.  */
static GPtrArray *
load_all (SaArchive *archive,
          guint8 selector,
          guint32 random,
          gboolean round_trip,
          GError **error)
{
  GPtrArray *loaded = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  Call call;

  for (guint step = 0; get_call (selector, step, &call); step++)
    {
      g_auto (FuzzValue) value = { .kind = call.kind };

      if (!load_one (archive, &call, &random, &value, error))
        break;

      g_ptr_array_add (loaded, round_trip ? check_round_trip (&value, &call) : store (&value));
    }

  return loaded;
}

static const char *
get_message (const GError *error)
{
  return error != NULL ? error->message : "no error";
}

/* A stream that must know of its end first finds out later than bytes what cannot come, and may stumble over
 * something else before, or the other way round.  */
static void
compare (GPtrArray *first,
         const GError *first_error,
         GPtrArray *second,
         const GError *second_error,
         gboolean pieces)
{
  if (first->len != second->len)
    g_error ("%u were read, then %u: %s; %s", first->len, second->len, get_message (first_error),
             get_message (second_error));
  for (guint i = 0; i < first->len; i++)
    {
      GBytes *a = g_ptr_array_index (first, i);
      GBytes *b = g_ptr_array_index (second, i);

      g_assert_true (a != NULL ? b != NULL && g_bytes_equal (a, b) : b == NULL);
    }

  g_assert_true ((first_error == NULL) == (second_error == NULL));
  if (first_error == NULL ||
      g_error_matches (first_error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE) ||
      g_error_matches (second_error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE))
    return;

  if (pieces)
    g_assert_cmpstr (second_error->message, ==, first_error->message);
  g_assert_cmpint (second_error->code, ==, first_error->code);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GPtrArray) from_bytes = NULL;
  g_autoptr (GPtrArray) from_stream = NULL;
  g_autoptr (GPtrArray) from_pieces = NULL;
  g_autoptr (GError) bytes_error = NULL;
  g_autoptr (GError) stream_error = NULL;
  g_autoptr (GError) pieces_error = NULL;
  SaArchive *archives[3];
  guint32 random = 1;

  if (size == 0)
    return 0;

  /* What depends on chance must be the same the next time.  */
  for (gsize i = 0; i < size; i++)
    random = random * 31 + data[i];
  random |= 1;

  bytes = g_bytes_new_static (data + 1, size - 1);
  archives[0] = set_up (sa_archive_new_load_bytes (bytes));
  archives[1] = set_up (fuzz_archive_new (data + 1, size - 1, G_MAXSIZE, 0, FALSE));
  archives[2] = set_up (fuzz_archive_new (data + 1, size - 1, 1 + random % 16, random, TRUE));

  from_bytes = load_all (archives[0], data[0], 0, TRUE, &bytes_error);
  from_stream = load_all (archives[1], data[0], 0, FALSE, &stream_error);
  from_pieces = load_all (archives[2], data[0], random, FALSE, &pieces_error);

  compare (from_bytes, bytes_error, from_stream, stream_error, FALSE);
  compare (from_stream, stream_error, from_pieces, pieces_error, TRUE);
  if (bytes_error == NULL)
    g_assert_cmpuint (sa_archive_get_offset (archives[2]), ==, sa_archive_get_offset (archives[0]));

  for (guint i = 0; i < G_N_ELEMENTS (archives); i++)
    tear_down (archives[i]);

  return 0;
}
