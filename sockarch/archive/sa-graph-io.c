/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-graph-private.h"

#include "sockarch/archive/sa-archive-scalar.h"
#include "sockarch/archive/sa-archive-string.h"
#include "sockarch/archive/sa-record-private.h"
#include "sockarch/archive/sa-serializable-private.h"
#include "sockarch/sa-i18n-private.h"

/* The tags of the format */
#define TAG_NULL 0x0000
#define TAG_NEW_CLASS 0xffff
#define TAG_BIG 0x7fff
#define TAG_CLASS_BIT 0x8000
#define TAG_BIG_CLASS_BIT 0x80000000u
#define MAX_TAG_SIZE 6

/* What nested objects may take of the stack of the thread, in bytes: half of what threads have as a rule.  */
#define MAX_STACK (4 * 1024 * 1024)

/* Storing tags */

/* Stores a tag where there is room for any in the buffer.  */
static inline gboolean
put_number (SaArchive *self,
            guint number,
            guint class_bit)
{
  guint16 word = GUINT16_TO_LE (TAG_BIG);
  guint32 big = GUINT32_TO_LE (number | class_bit);

  if (G_LIKELY (number < TAG_BIG))
    {
      word = GUINT16_TO_LE ((guint16) (number | (class_bit != 0 ? TAG_CLASS_BIT : 0)));
      memcpy (self->cur, &word, sizeof word);
      self->cur += sizeof word;
      return TRUE;
    }

  memcpy (self->cur, &word, sizeof word);
  memcpy (self->cur + sizeof word, &big, sizeof big);
  self->cur += MAX_TAG_SIZE;

  return TRUE;
}

static inline gboolean
write_number (SaArchive *self,
              guint number,
              guint class_bit,
              GError **error)
{
  gboolean is_big = number >= TAG_BIG;

  if (is_big && !sa_archive_get_priv (self)->allow_big_tags)
    return sa_archive_set_error (
        self, error, SA_ARCHIVE_ERROR_NOT_SUPPORTED,
        _("Object or class number %u needs a tag of six bytes, which “allow-big-tags” "
          "forbids because the peer cannot read them"),
        number);

  /* There is room before the end only if nothing forbids to store and the byte order is MFC's.  */
  if (G_LIKELY (self->write_end - self->cur >= MAX_TAG_SIZE))
    return put_number (self, number, class_bit);

  if (!is_big)
    return sa_archive_write_uint16 (self, (guint16) (number | (class_bit != 0 ? TAG_CLASS_BIT : 0)), error);

  return sa_archive_write_uint16 (self, TAG_BIG, error)
         && sa_archive_write_uint32 (self, number | class_bit, error);
}

/* By the class that an object was stored with: its own header would mostly have to come from memory. FALSE
 * if that class is not known.  */
static inline gboolean
is_stored_as (const SaGraph *graph,
              guint class_number,
              GType type)
{
  const SaTableEntry *entry;
  const SaWireClass *klass;

  if (type == G_TYPE_OBJECT)
    return TRUE;

  entry = sa_object_table_get (&graph->table, class_number);
  if (entry == NULL)
    return FALSE;

  klass = entry->pointer;

  return klass->type == type || g_type_is_a (klass->type, type);
}

gboolean
sa_graph_store_reference (SaArchive *self,
                          gconstpointer object,
                          GType expected_type)
{
  const SaGraph *graph = sa_archive_get_tables (self);
  guint number = TAG_NULL;
  guint class_number;

  if (graph == NULL || sa_archive_get_depth (self) == 0 || self->write_end - self->cur < MAX_TAG_SIZE)
    return FALSE;

  if (object != NULL)
    {
      number = sa_object_table_lookup_detail (&graph->table, object, &class_number);
      if (number == 0 || (number >= TAG_BIG && !sa_archive_get_priv (self)->allow_big_tags)
          || !is_stored_as (graph, class_number, expected_type))
        return FALSE;
    }

  return put_number (self, number, 0);
}

gboolean
sa_graph_write_class (SaArchive *self,
                      const SaWireClass *klass,
                      GError **error)
{
  SaGraph *graph = sa_graph_get (self);
  const SaTableEntry *entry = sa_object_table_get (&graph->table, graph->last_class_number);
  gsize length;

  /* The class that was stored last is as a rule that of this object too.  */
  if (entry == NULL || entry->pointer != (gpointer) klass)
    graph->last_class_number = sa_object_table_lookup (&graph->table, klass);

  if (graph->last_class_number != 0)
    return write_number (self, graph->last_class_number, TAG_BIG_CLASS_BIT, error);

  length = strlen (klass->name);
  if (!sa_archive_write_uint16 (self, TAG_NEW_CLASS, error)
      || !sa_archive_write_uint16 (self, klass->schema, error)
      || !sa_archive_write_uint16 (self, (guint16) length, error)
      || !sa_archive_write_data (self, (const guint8 *) klass->name, length, error)
      || !sa_graph_add (self, SA_ENTRY_CLASS, (gpointer) klass, klass->schema, error))
    return FALSE;

  graph->last_class_number = sa_object_table_get_count (&graph->table);

  return TRUE;
}

static const SaWireClass *
find_class_of (SaArchive *self,
               GObject *object,
               GError **error)
{
  SaGraph *graph = sa_graph_get (self);
  SaClassRegistry *registry = sa_graph_get_registry (self, graph);
  GType type = G_OBJECT_TYPE (object);
  const SaWireClass *klass;

  if (type == graph->last_type)
    return graph->last_class;

  klass = sa_class_registry_lookup_object (registry, object);
  if (klass == NULL)
    {
      const char *name = SA_IS_RECORD (object) ? sa_record_get_class_name (SA_RECORD (object)) : NULL;

      sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_NOT_SUPPORTED,
                            name != NULL
                                ? _("An object cannot be stored: the class %s is not registered as a record")
                                : _("An object cannot be stored: its type %s is not registered with the "
                                    "archive's class registry"),
                            name != NULL ? name : g_type_name (type));
      return NULL;
    }

  if (!klass->is_record)
    {
      graph->last_type = type;
      graph->last_class = klass;
    }

  return klass;
}

/* Errors of the archive name the place already, and are kept there but for refusals; one that a `serialize`
 * made up itself does not.  */
static inline gboolean
serialize_object (SaArchive *self,
                  const SaSerializableInterface *iface,
                  GObject *object,
                  GError **error)
{
  GError *local_error = NULL;

  if (G_LIKELY (sa_serializable_run (iface, (SaSerializable *) object, self, &local_error)))
    return TRUE;
  if (sa_archive_error_is_refusal (local_error))
    return sa_archive_hand_over (self, error, local_error);

  return sa_archive_take_error (self, error, local_error);
}

static gboolean
check_schema (SaArchive *self,
              const SaWireClass *klass,
              guint schema,
              GError **error)
{
  if (schema >= klass->min_schema && schema <= klass->max_schema)
    return TRUE;

  return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_BAD_SCHEMA,
                               _("Schema %u of class %s cannot be loaded: the registered one loads %u to %u"),
                               schema, klass->name, klass->min_schema, klass->max_schema);
}

/* Stores or loads the fields of @object, with the path and the schema that its code may ask for.  */
static inline gboolean
run_body (SaArchive *self,
          const SaWireClass *klass,
          GObject *object,
          guint schema,
          GError **error)
{
  SaGraph *graph = sa_graph_get (self);
  guint outer_schema = graph->schema;
  guint outer_passed = graph->passed_schema;
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  const char *outer_class = priv->inner_class;
  const char *name = klass != NULL ? klass->name : G_OBJECT_TYPE_NAME (object);
  gboolean embedded = schema == SA_SCHEMA_UNKNOWN;
  gboolean named = sa_archive_get_depth (self) == 1;
  const SaSerializableInterface *iface;
  gboolean success;

  if (klass != NULL)
    iface = klass->iface;
  else
    iface = g_type_interface_peek (G_OBJECT_GET_CLASS (object), SA_TYPE_SERIALIZABLE);

  if (embedded)
    schema = outer_passed;
  graph->schema = schema;
  graph->passed_schema = SA_SCHEMA_UNKNOWN;
  if (G_UNLIKELY (graph->learn != NULL && klass != NULL && !sa_resume_is_going_on (&graph->resume)))
    sa_learn_object (graph->learn, klass->name, embedded, sa_archive_get_offset (self),
                     sa_archive_get_depth (self),
                     sa_object_table_get_count (&graph->table));
  if (named)
    sa_archive_push_path (self, name);
  else
    priv->inner_class = name;

  if (klass == NULL || klass->layout == NULL)
    success = serialize_object (self, iface, object, error);
  else if (sa_archive_is_loading (self))
    success = (schema == SA_SCHEMA_UNKNOWN || check_schema (self, klass, schema, error))
              && sa_layout_load (klass->layout, self, object,
                                 schema != SA_SCHEMA_UNKNOWN ? schema : klass->schema, error);
  else
    success = sa_layout_store (klass->layout, self, object, klass->schema, error);

  if (named)
    sa_archive_pop_path (self);
  priv->inner_class = outer_class;
  graph->schema = outer_schema;
  graph->passed_schema = outer_passed;

  if (success && iface != NULL && iface->loaded != NULL && sa_archive_is_loading (self))
    sa_graph_add_loaded (self, object);

  return success;
}

/* The depth is limited, but how much of the stack a level takes is the business of each `serialize`.  */
static gboolean
check_stack (SaArchive *self,
             GError **error)
{
  const char *here = __builtin_frame_address (0);
  const char *base = sa_graph_get (self)->stack_base;

  if (G_LIKELY (ABS (base - here) < MAX_STACK))
    return TRUE;

  return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_LIMIT,
                               _("Objects lie too deep in objects for the stack of the thread"));
}

/* Whether sa_archive_begin_composite () would do no more than count the depth: inside of a message, as long
 * as nothing is wrong.  */
static inline gboolean
is_plain (const SaArchivePrivate *priv)
{
  return priv->depth > 0 && priv->depth < priv->limit->depth && priv->marks->len > 0 && priv->error == NULL
         && !priv->closed && !priv->busy && !priv->learning;
}

/* A body counts for the depth, unless the message that it is has been counted.  */
gboolean
sa_graph_run (SaArchive *self,
              const SaWireClass *klass,
              GObject *object,
              guint schema,
              gboolean counted,
              GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  gboolean plain = !counted && is_plain (priv);
  guint n_marks = plain ? priv->marks->len : 0;
  gboolean success;

  if (!counted && !check_stack (self, error))
    return FALSE;

  if (G_LIKELY (plain))
    priv->depth++;
  else if (!counted && !sa_archive_begin_composite (self, error))
    return FALSE;

  success = run_body (self, klass, object, schema, error);
  if (counted)
    return success;

  if (G_UNLIKELY (!plain || !success || priv->error != NULL || priv->closed || priv->marks->len != n_marks))
    return sa_archive_end_composite (self, success, error);

  priv->depth--;
  return TRUE;
}

gboolean
sa_graph_store (SaArchive *self,
                GObject *object,
                const SaWireClass *expected_class,
                gboolean counted,
                GError **error)
{
  SaGraph *graph = sa_graph_get (self);
  const SaWireClass *klass;
  guint number;

  if (object == NULL)
    return sa_archive_write_uint16 (self, TAG_NULL, error);

  number = sa_object_table_lookup (&graph->table, object);
  if (number != 0 && expected_class == NULL)
    return write_number (self, number, 0, error);

  klass = find_class_of (self, object, error);
  if (klass == NULL)
    return FALSE;

  if (expected_class != NULL && !sa_wire_class_is_a (klass, expected_class))
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_BAD_CLASS,
                                 _("An object of class %s is where the layout wants %s"), klass->name,
                                 expected_class->name);

  if (number != 0)
    return write_number (self, number, 0, error);

  return sa_graph_write_class (self, klass, error)
         && sa_graph_add (self, SA_ENTRY_OBJECT, object, graph->last_class_number, error)
         && sa_graph_run (self, klass, object, klass->schema, counted, error);
}

gboolean
sa_archive_store_object (SaArchive *self,
                         GObject *object,
                         const SaWireClass *expected_class,
                         GError **error)
{
  return sa_graph_store (self, object, expected_class, FALSE, error);
}

/* Loading tags */

static gboolean
read_new_class (SaArchive *self,
                SaGraphTag *tag,
                GError **error)
{
  SaClassRegistry *registry = sa_graph_get_registry (self, sa_graph_get (self));
  guint max_length = MIN (sa_archive_get_limit_values (self)->class_name_length, SA_CLASS_NAME_MAX);
  char name[SA_CLASS_NAME_MAX + 1];
  guint length;

  if (!sa_archive_ensure (self, 4, error))
    return FALSE;

  tag->schema = sa_archive_read_uint16 (self, NULL);
  length = sa_archive_read_uint16 (self, NULL);
  if (length == 0 || length > max_length)
    return sa_archive_set_error (
        self, error, SA_ARCHIVE_ERROR_BAD_CLASS,
        _("A class name of %u characters cannot be right; the longest allowed has %u"), length, max_length);

  if (!sa_archive_ensure_read (self, name, length, error))
    return FALSE;

  name[length] = '\0';
  if (!sa_class_name_is_valid (name, length))
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_BAD_CLASS,
                                 _("A class name has other characters than letters, digits and “_”"));

  tag->klass = sa_class_registry_lookup_name (registry, name);
  sa_learn_class (sa_graph_get (self)->learn, name, tag->schema, tag->klass != NULL);
  if (tag->klass == NULL)
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_BAD_CLASS,
                                 _("The class %s, schema %u, is not in the archive's class registry"), name,
                                 tag->schema);

  if (!check_schema (self, tag->klass, tag->schema, error))
    return FALSE;

  return sa_graph_add (self, SA_ENTRY_CLASS, (gpointer) tag->klass, tag->schema, error);
}

/* Looks a number up, and makes sure that it is of the kind that the tag says.  */
static gboolean
resolve_number (SaArchive *self,
                guint number,
                gboolean is_class,
                SaGraphTag *tag,
                GError **error)
{
  const SaObjectTable *table = &sa_graph_get (self)->table;
  const SaTableEntry *entry = sa_object_table_get (table, number);

  if (entry == NULL)
    return sa_archive_set_error (
        self, error, SA_ARCHIVE_ERROR_BAD_INDEX,
        _("A tag names number %u, but there are only %u objects and classes so far"), number,
        sa_object_table_get_count (table));

  if (is_class != (entry->kind == SA_ENTRY_CLASS))
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_BAD_INDEX,
                                 is_class ? _("A tag wants a class, but number %u is an object")
                                          : _("A tag wants an object, but number %u is a class"),
                                 number);

  if (is_class)
    {
      tag->klass = entry->pointer;
      tag->schema = entry->detail;
    }
  else
    tag->object = entry->pointer;

  return TRUE;
}

gboolean
sa_graph_read_tag (SaArchive *self,
                   SaGraphTag *tag,
                   GError **error)
{
  guint word;
  guint big;

  *tag = (SaGraphTag) { NULL, 0, NULL };
  if (!sa_archive_ensure (self, 2, error))
    return FALSE;

  word = sa_archive_read_uint16 (self, NULL);
  if (word == TAG_NULL)
    return TRUE;
  if (word == TAG_NEW_CLASS)
    return read_new_class (self, tag, error);
  if (word != TAG_BIG)
    return resolve_number (self, word & ~TAG_CLASS_BIT, (word & TAG_CLASS_BIT) != 0, tag, error);

  if (!sa_archive_ensure (self, 4, error))
    return FALSE;

  big = sa_archive_read_uint32 (self, NULL);

  return resolve_number (self, big & ~TAG_BIG_CLASS_BIT, (big & TAG_BIG_CLASS_BIT) != 0, tag, error);
}

/* The number of the object that the tag at the cursor refers to, 0 for NULL, or G_MAXUINT for another tag or
 * none.  */
static inline guint
peek_reference (SaArchive *self,
                gsize *size)
{
  guint16 word;
  guint32 big;

  if (self->read_end - self->cur < MAX_TAG_SIZE)
    return G_MAXUINT;

  memcpy (&word, self->cur, sizeof word);
  word = GUINT16_FROM_LE (word);
  *size = sizeof word;
  if (word != TAG_BIG)
    return (word & TAG_CLASS_BIT) == 0 ? word : G_MAXUINT;

  memcpy (&big, self->cur + sizeof word, sizeof big);
  big = GUINT32_FROM_LE (big);
  *size = MAX_TAG_SIZE;

  /* A big tag that says 0 is no NULL.  */
  return big != 0 && (big & TAG_BIG_CLASS_BIT) == 0 ? big : G_MAXUINT;
}

gboolean
sa_graph_load_reference (SaArchive *self,
                         GType expected_type,
                         gpointer *object)
{
  const SaGraph *graph = sa_archive_get_tables (self);
  const SaTableEntry *entry;
  guint number;
  gsize size;

  if (graph == NULL || graph->expected_type != expected_type || sa_archive_get_depth (self) == 0)
    return FALSE;

  number = peek_reference (self, &size);
  *object = NULL;
  if (number != TAG_NULL)
    {
      entry = sa_object_table_get (&graph->table, number);
      if (entry == NULL || entry->kind == SA_ENTRY_CLASS ||
          (G_OBJECT_TYPE (entry->pointer) != expected_type &&
           !g_type_is_a (G_OBJECT_TYPE (entry->pointer), expected_type)))
        return FALSE;

      *object = g_object_ref (entry->pointer);
    }

  self->cur += size;

  return TRUE;
}

gboolean
sa_graph_check_class (SaArchive *self,
                      const SaWireClass *klass,
                      GType expected_type,
                      const SaWireClass *expected_class,
                      GError **error)
{
  if (expected_class != NULL && !sa_wire_class_is_a (klass, expected_class))
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_BAD_CLASS,
                                 _("The stream has an object of class %s where %s is wanted"), klass->name,
                                 expected_class->name);

  if (klass->type != expected_type && !g_type_is_a (klass->type, expected_type))
    return sa_archive_set_error (
        self, error, SA_ARCHIVE_ERROR_BAD_CLASS,
        _("The stream has an object of class %s, whose type is %s, where %s is wanted"), klass->name,
        g_type_name (klass->type), g_type_name (expected_type));

  return TRUE;
}

static gboolean
check_reference (SaArchive *self,
                 GObject *object,
                 GType expected_type,
                 const SaWireClass *expected_class,
                 GError **error)
{
  if (expected_class != NULL)
    {
      const SaWireClass *klass = sa_class_registry_lookup_object (sa_graph_get_registry (self,
                                                                  sa_graph_get (self)), object);

      if (klass != NULL)
        return sa_graph_check_class (self, klass, expected_type, expected_class, error);
      /* Entered by sa_archive_map_object (), so it may be of no registered class; it has to be of both
       * types.  */
      if (!g_type_is_a (G_OBJECT_TYPE (object), expected_class->type))
        expected_type = expected_class->type;
    }

  if (G_OBJECT_TYPE (object) == expected_type || g_type_is_a (G_OBJECT_TYPE (object), expected_type))
    return TRUE;

  return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_BAD_CLASS,
                               _("The stream refers to an object of type %s where %s is wanted"),
                               G_OBJECT_TYPE_NAME (object), g_type_name (expected_type));
}

GObject *
sa_graph_make (const SaWireClass *klass)
{
  GObject *object;

  if (klass->is_record)
    return G_OBJECT (sa_record_new_of_class (klass));

  object = g_object_new (klass->type, NULL);

  return g_object_is_floating (object) ? g_object_ref_sink (object) : object;
}

static SaFrame
make_frame (SaGraph *graph)
{
  return (SaFrame) {
    .kind = SA_FRAME_OBJECT,
    .free_target = g_object_unref,
    .n_entries = graph->table.n_entries,
    .n_loaded = graph->loaded != NULL ? graph->loaded->len : 0,
    .n_embedded = graph->n_embedded,
  };
}

/* Loads the fields of the object of @frame, and gives it out.  */
static GObject *
load_body (SaArchive *self,
           SaFrame *frame,
           gboolean counted,
           GError **error)
{
  SaGraph *graph = sa_graph_get (self);

  if (sa_graph_run (self, frame->klass, frame->target, frame->schema, counted, error))
    return frame->target;

  if (frame->klass->layout != NULL)
    {
      sa_resume_leave (&graph->resume, self, sa_archive_get_offset (self), frame);
      return NULL;
    }

  /* It is begun anew at its tag. What it has brought into the table meanwhile would be there twice.  */
  g_object_unref (frame->target);
  if (sa_resume_is_possible (&graph->resume, self))
    {
      sa_graph_drop_entries (graph, frame->n_entries, frame->n_loaded);
      graph->n_embedded = frame->n_embedded;
    }

  return NULL;
}

gboolean
sa_graph_load (SaArchive *self,
               GType expected_type,
               const SaWireClass *expected_class,
               gboolean counted,
               GObject **object,
               GError **error)
{
  SaGraph *graph = sa_graph_get (self);
  SaFrame frame;
  SaGraphTag tag;

  if (sa_resume_take (&graph->resume, SA_FRAME_OBJECT, &frame))
    return (*object = load_body (self, &frame, counted, error)) != NULL;

  frame = make_frame (graph);
  if (!sa_graph_read_tag (self, &tag, error))
    return FALSE;

  if (tag.klass == NULL)
    {
      if (tag.object != NULL && !check_reference (self, tag.object, expected_type, expected_class, error))
        return FALSE;

      *object = tag.object != NULL ? g_object_ref (tag.object) : NULL;
      return TRUE;
    }

  if (!sa_graph_check_class (self, tag.klass, expected_type, expected_class, error))
    return FALSE;

  frame.target = sa_graph_make (tag.klass);
  frame.klass = tag.klass;
  frame.schema = tag.schema;
  if (!sa_graph_add (self, SA_ENTRY_OBJECT, frame.target, 0, error))
    {
      g_object_unref (frame.target);
      return FALSE;
    }

  return (*object = load_body (self, &frame, counted, error)) != NULL;
}

gboolean
sa_archive_load_object (SaArchive *self,
                        GType expected_type,
                        const SaWireClass *expected_class,
                        GObject **object,
                        GError **error)
{
  return sa_graph_load (self, expected_type, expected_class, FALSE, object, error);
}

/* What stands for an object in place may be no byte at all, so that nothing else would limit those in a
 * collection of collections.  */
gboolean
sa_graph_count_embedded (SaArchive *self,
                         GError **error)
{
  SaGraph *graph = sa_graph_get (self);
  guint limit = sa_archive_get_limit_values (self)->objects;

  sa_learn_limit (graph->learn, SA_LEARN_OBJECTS, (guint64) graph->n_embedded + 1);
  if (G_UNLIKELY (graph->n_embedded >= limit))
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_LIMIT,
                                 _("There are more than %u objects in place in a message; raise the limit "
                                   "“objects” if that is right"),
                                 limit);

  graph->n_embedded++;

  return TRUE;
}

GObject *
sa_graph_load_embedded (SaArchive *self,
                        const SaWireClass *klass,
                        gboolean counted,
                        GError **error)
{
  SaGraph *graph = sa_graph_get (self);
  SaFrame frame;

  if (!sa_resume_take (&graph->resume, SA_FRAME_OBJECT, &frame))
    {
      frame = make_frame (graph);
      if (!sa_graph_count_embedded (self, error))
        return NULL;
      frame.target = sa_graph_make (klass);
      frame.klass = klass;
      frame.schema = SA_SCHEMA_UNKNOWN;
    }

  return load_body (self, &frame, counted, error);
}

GObject *
sa_archive_load_embedded (SaArchive *self,
                          const SaWireClass *klass,
                          GError **error)
{
  return sa_graph_load_embedded (self, klass, FALSE, error);
}

gboolean
sa_archive_store_embedded (SaArchive *self,
                           const SaWireClass *klass,
                           GObject *object,
                           GError **error)
{
  if (object == NULL || !g_type_is_a (G_OBJECT_TYPE (object), klass->type))
    return sa_archive_set_error (
        self, error, SA_ARCHIVE_ERROR_BAD_CLASS,
        _("An object of type %s cannot be embedded where class %s, whose type is %s, is "
          "wanted"),
        object != NULL ? G_OBJECT_TYPE_NAME (object) : "NULL", klass->name, g_type_name (klass->type));

  /* All records are of one type; what they have is told by the class.  */
  if (klass->is_record)
    {
      const SaWireClass *own = sa_class_registry_lookup_object (klass->layout->registry, object);

      if (own != NULL && !sa_wire_class_is_a (own, klass))
        return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_BAD_CLASS,
                                     _("A record of class %s cannot be embedded where class %s is wanted"),
                                     own->name, klass->name);
    }

  return sa_graph_run (self, klass, object, SA_SCHEMA_UNKNOWN, FALSE, error);
}
