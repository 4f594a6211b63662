/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-archive-object-private.h"

#include "sockarch/archive/sa-archive-private.h"
#include "sockarch/archive/sa-archive-scalar.h"
#include "sockarch/archive/sa-archive-string.h"
#include "sockarch/archive/sa-object-table-private.h"
#include "sockarch/archive/sa-record-private.h"
#include "sockarch/archive/sa-serializable.h"
#include "sockarch/sa-error.h"
#include "sockarch/sa-i18n-private.h"

/**
 * SECTION:sa-archive-object
 * @title: Objects in an archive
 * @short_description: object graphs with identity, classes, and schemas
 *
 * An object is stored once: the first sa_archive_write_object() of it writes its class and its fields, every
 * later
 * one only a reference. So shared objects are still shared after loading, cycles close, and %NULL stays
 * %NULL. Classes
 * and objects are numbered by one counter, an object before its fields, as MFC's CArchive does.
 *
 * The classes an archive may write, and above all create, are those in its #SaArchive:registry and no others.
 *
 * Errors of these calls, besides those of every archive call:
 *
 * - %SA_ARCHIVE_ERROR_BAD_INDEX: a tag names an entry that does not exist, or a class where an object must be
 * - %SA_ARCHIVE_ERROR_BAD_CLASS: the class is not registered, or not of the expected type
 * - %SA_ARCHIVE_ERROR_BAD_SCHEMA: the schema number is not one that the registered class reads
 * - %SA_ARCHIVE_ERROR_NOT_SUPPORTED: an object to be stored is of no registered class
 * - %SA_ARCHIVE_ERROR_LIMIT: too deep, or too many objects for the #SaArchive:limits
 * - %SA_ARCHIVE_ERROR_NEED_MORE: the object is not complete yet; nothing was consumed
 *
 * After a failure in the middle of an object the archive keeps the error and refuses further work (unless a
 * transaction is open, which can be rolled back); what it was storing is not sent, not even in part.
 */

/* The tags of mfc's format */
#define TAG_NULL 0x0000
#define TAG_NEW_CLASS 0xffff
#define TAG_BIG 0x7fff
#define TAG_CLASS_BIT 0x8000
#define TAG_BIG_CLASS_BIT 0x80000000u
/* The most that any table may hold, by the format.  */
#define MAX_NUMBER 0x3ffffffd

typedef struct
{
  SaObjectTable table;
  /* Objects whose `loaded` is to be called when the outermost object is complete, in this order; NULL if none.  */
  GPtrArray *loaded;
  /* What sa_archive_get_object_schema () says: that of the innermost object.  */
  guint schema;
  gboolean reset_per_message;
  GObject *document;
  /* The registry of the classes in the table, which must outlive them even if the archive is given another one.  */
  SaClassRegistry *registry;
  /* Former ones of these; NULL as a rule.  */
  GPtrArray *former_registries;
  /* The class of the object that was stored last: often it is that of the next one.  */
  GType last_type;
  const SaWireClass *last_class;
} SaArchiveObjects;

static void
objects_save (gpointer data,
              SaTablesMark *mark)
{
  SaArchiveObjects *objects = data;

  mark->word[0] = objects->table.n_entries;
  mark->word[1] = objects->table.first;
  mark->word[2] = objects->loaded != NULL ? objects->loaded->len : 0;
  mark->word[3] = objects->schema;
}

static void
objects_restore (gpointer data,
                 const SaTablesMark *mark)
{
  SaArchiveObjects *objects = data;

  objects->schema = (guint) mark->word[3];
  if (objects->loaded != NULL && objects->loaded->len > mark->word[2])
    g_ptr_array_set_size (objects->loaded, (int) mark->word[2]);
  sa_object_table_restore (&objects->table, (guint) mark->word[0], (guint) mark->word[1]);
}

static void
objects_release (gpointer data,
                 const SaTablesMark *mark)
{
}

static void
objects_message_end (gpointer data)
{
  SaArchiveObjects *objects = data;

  sa_object_table_purge (&objects->table);
}

static void
objects_clear (gpointer data)
{
  SaArchiveObjects *objects = data;

  g_clear_pointer (&objects->loaded, g_ptr_array_unref);
  sa_object_table_clear (&objects->table);
  g_clear_pointer (&objects->former_registries, g_ptr_array_unref);
  objects->last_type = G_TYPE_INVALID;
  g_clear_object (&objects->registry);
  g_clear_object (&objects->document);
}

static void
objects_free (gpointer data)
{
  objects_clear (data);
  g_free (data);
}

static const SaTablesFuncs objects_funcs = {
  objects_save, objects_restore, objects_release, objects_message_end, objects_clear, objects_free,
};

static SaArchiveObjects *
get_objects (SaArchive *self)
{
  SaArchiveObjects *objects = sa_archive_get_tables (self);

  if (objects == NULL)
    {
      objects = g_new0 (SaArchiveObjects, 1);
      objects->schema = SA_SCHEMA_UNKNOWN;
      sa_object_table_init (&objects->table, sa_archive_is_storing (self));
      sa_archive_set_tables (self, objects, &objects_funcs);
    }

  return objects;
}

/* The registry that the archive has now, which is kept as long as the table may have classes of it.  */
static SaClassRegistry *
get_registry (SaArchive *self,
              SaArchiveObjects *objects)
{
  SaClassRegistry *registry = sa_archive_get_priv (self)->registry;

  if (G_LIKELY (objects->registry == registry))
    return registry;

  if (objects->registry != NULL)
    {
      if (objects->former_registries == NULL)
        objects->former_registries = g_ptr_array_new_with_free_func (g_object_unref);
      g_ptr_array_add (objects->former_registries, g_steal_pointer (&objects->registry));
    }

  objects->last_type = G_TYPE_INVALID;
  g_set_object (&objects->registry, registry);

  return registry;
}

/* Enters @pointer under the next number.  */
static gboolean
add_entry (SaArchive *self,
           SaEntryKind kind,
           gpointer pointer,
           guint schema,
           GError **error)
{
  SaArchiveObjects *objects = get_objects (self);
  guint count = sa_object_table_get_count (&objects->table);
  guint limit = sa_archive_get_limit_values (self)->objects;

  if (G_UNLIKELY (count >= limit))
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_LIMIT,
                                 _("There are more than %u objects and classes; raise the limit “objects” if that is "
                                   "right, or reset the objects between messages"),
                                 limit);

  if (G_UNLIKELY (count >= MAX_NUMBER))
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_BAD_INDEX,
                                 _("The table of objects and classes is full"));

  sa_object_table_add (&objects->table, kind, pointer, schema);

  return TRUE;
}

/* Whether going back is still possible to before now.  */
static gboolean
has_marks (SaArchive *self)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  return priv->marks != NULL && priv->marks->len > 0;
}

static void
reset_objects (SaArchive *self)
{
  SaArchiveObjects *objects = sa_archive_get_tables (self);

  if (objects == NULL)
    return;

  sa_object_table_reset (&objects->table);
  if (!has_marks (self))
    sa_object_table_purge (&objects->table);
}

/* Objects that failed to load and that nobody has seen: they may point at each other in circles, which only their
 * dispose opens.  */
static void
dispose_objects (SaArchive *self,
                 guint n_before)
{
  SaArchiveObjects *objects = get_objects (self);
  g_autoptr (GPtrArray) doomed = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = n_before; i < objects->table.n_entries; i++)
    if (objects->table.entries[i].kind == SA_ENTRY_OBJECT)
      g_ptr_array_add (doomed, g_object_ref (objects->table.entries[i].pointer));

  for (guint i = 0; i < doomed->len; i++)
    g_object_run_dispose (g_ptr_array_index (doomed, i));
}

static void
call_loaded (SaArchive *self)
{
  SaArchiveObjects *objects = get_objects (self);
  g_autoptr (GPtrArray) loaded = g_steal_pointer (&objects->loaded);

  for (guint i = 0; loaded != NULL && i < loaded->len; i++)
    sa_serializable_loaded (g_ptr_array_index (loaded, i), self);
}

static void
add_loaded (SaArchive *self,
            GObject *object)
{
  SaArchiveObjects *objects = get_objects (self);

  if (SA_SERIALIZABLE_GET_IFACE (object)->loaded == NULL)
    return;

  if (objects->loaded == NULL)
    objects->loaded = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (objects->loaded, g_object_ref (object));
}

gboolean
sa_archive_begin_message (SaArchive *self,
                          SaMessage *message,
                          GError **error)
{
  message->outermost = sa_archive_get_depth (self) == 0;
  if (!message->outermost)
    return TRUE;

  message->n_entries = get_objects (self)->table.n_entries;

  return sa_archive_begin_composite (self, error);
}

gboolean
sa_archive_end_message (SaArchive *self,
                        const SaMessage *message,
                        gboolean success,
                        GError **error)
{
  if (!message->outermost)
    return success;

  if (!success && sa_archive_is_loading (self))
    dispose_objects (self, message->n_entries);

  if (!sa_archive_end_composite (self, success, error))
    return FALSE;

  call_loaded (self);
  if (get_objects (self)->reset_per_message)
    reset_objects (self);

  return TRUE;
}

/* Storing tags */

static gboolean
write_number (SaArchive *self,
              guint number,
              guint class_bit,
              GError **error)
{
  if (number < TAG_BIG)
    return sa_archive_write_uint16 (self, (guint16) (number | (class_bit != 0 ? TAG_CLASS_BIT : 0)), error);

  if (!sa_archive_get_priv (self)->allow_big_tags)
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_NOT_SUPPORTED,
                                 _("Object or class number %u needs a tag of six bytes, which “allow-big-tags” "
                                   "forbids because the peer cannot read them"),
                                 number);

  return sa_archive_write_uint16 (self, TAG_BIG, error)
         && sa_archive_write_uint32 (self, number | class_bit, error);
}

static gboolean
write_class_tag (SaArchive *self,
                 const SaWireClass *klass,
                 GError **error)
{
  guint number = sa_object_table_lookup (&get_objects (self)->table, klass);
  gsize length = strlen (klass->name);

  if (number != 0)
    return write_number (self, number, TAG_BIG_CLASS_BIT, error);

  return sa_archive_write_uint16 (self, TAG_NEW_CLASS, error)
         && sa_archive_write_uint16 (self, klass->schema, error)
         && sa_archive_write_uint16 (self, (guint16) length, error)
         && sa_archive_write_data (self, (const guint8 *) klass->name, length, error)
         && add_entry (self, SA_ENTRY_CLASS, (gpointer) klass, klass->schema, error);
}

static const SaWireClass *
find_class_of (SaArchive *self,
               GObject *object,
               GError **error)
{
  SaArchiveObjects *objects = get_objects (self);
  SaClassRegistry *registry = get_registry (self, objects);
  GType type = G_OBJECT_TYPE (object);
  const SaWireClass *klass;

  if (type == objects->last_type)
    return objects->last_class;

  klass = sa_class_registry_lookup_object (registry, object);
  if (klass == NULL)
    {
      const char *name = SA_IS_RECORD (object) ? sa_record_get_class_name (SA_RECORD (object)) : NULL;

      sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_NOT_SUPPORTED,
                            name != NULL ? _("An object cannot be stored: the class %s is not registered as a record")
                                         : _("An object cannot be stored: its type %s is not registered with the "
                                             "archive's class registry"),
                            name != NULL ? name : g_type_name (type));
      return NULL;
    }

  if (!klass->is_record)
    {
      objects->last_type = type;
      objects->last_class = klass;
    }

  return klass;
}

/* Errors of the archive name the place already; one that a `serialize` made up itself does not.  */
static gboolean
serialize_object (SaArchive *self,
                  GObject *object,
                  GError **error)
{
  GError *local_error = NULL;

  if (sa_serializable_serialize (SA_SERIALIZABLE (object), self, &local_error))
    return TRUE;

  return sa_archive_take_error (self, error, local_error);
}

/* Stores or loads the fields of @object, with the path and the schema that its code may ask for.  */
static gboolean
run_body (SaArchive *self,
          const SaWireClass *klass,
          GObject *object,
          guint schema,
          GError **error)
{
  SaArchiveObjects *objects = get_objects (self);
  guint outer_schema = objects->schema;
  gboolean named = sa_archive_get_depth (self) == 1;
  gboolean success;

  objects->schema = schema;
  if (named)
    sa_archive_push_path (self, klass != NULL ? klass->name : G_OBJECT_TYPE_NAME (object));

  if (klass == NULL || klass->layout == NULL)
    success = serialize_object (self, object, error);
  else if (sa_archive_is_loading (self))
    success = sa_layout_load (klass->layout, self, object, schema != SA_SCHEMA_UNKNOWN ? schema : klass->schema,
                              error);
  else
    success = sa_layout_store (klass->layout, self, object, klass->schema, error);

  if (named)
    sa_archive_pop_path (self);
  objects->schema = outer_schema;

  if (success && sa_archive_is_loading (self) && (klass != NULL ? klass->is_serializable : SA_IS_SERIALIZABLE (object)))
    add_loaded (self, object);

  return success;
}

/* A body counts for the depth, unless the message that it is has been counted.  */
static gboolean
run_nested_body (SaArchive *self,
                 const SaWireClass *klass,
                 GObject *object,
                 guint schema,
                 gboolean counted,
                 GError **error)
{
  if (counted)
    return run_body (self, klass, object, schema, error);

  if (!sa_archive_begin_composite (self, error))
    return FALSE;

  return sa_archive_end_composite (self, run_body (self, klass, object, schema, error), error);
}

static gboolean
store_pointer (SaArchive *self,
               GObject *object,
               const SaWireClass *expected_class,
               gboolean counted,
               GError **error)
{
  SaArchiveObjects *objects = get_objects (self);
  const SaWireClass *klass;
  guint number;

  if (object == NULL)
    return sa_archive_write_uint16 (self, TAG_NULL, error);

  number = sa_object_table_lookup (&objects->table, object);
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

  return write_class_tag (self, klass, error) && add_entry (self, SA_ENTRY_OBJECT, object, 0, error)
         && run_nested_body (self, klass, object, klass->schema, counted, error);
}

gboolean
sa_archive_store_object (SaArchive *self,
                         GObject *object,
                         const SaWireClass *expected_class,
                         GError **error)
{
  return store_pointer (self, object, expected_class, FALSE, error);
}

/* Loading tags */

typedef struct
{
  /* The tag was that of a class; then @schema is the one that the stream gave it.  */
  const SaWireClass *klass;
  guint schema;
  /* Otherwise: the object that it refers to, or NULL.  */
  GObject *object;
} Tag;

static gboolean
read_new_class (SaArchive *self,
                Tag *tag,
                GError **error)
{
  SaClassRegistry *registry = get_registry (self, get_objects (self));
  guint max_length = MIN (sa_archive_get_limit_values (self)->class_name_length, SA_CLASS_NAME_MAX);
  char name[SA_CLASS_NAME_MAX + 1];
  guint length;

  if (!sa_archive_ensure (self, 4, error))
    return FALSE;

  tag->schema = sa_archive_read_uint16 (self, NULL);
  length = sa_archive_read_uint16 (self, NULL);
  if (length == 0 || length > max_length)
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_BAD_CLASS,
                                 _("A class name of %u characters cannot be right; the longest allowed has %u"), length,
                                 max_length);

  if (!sa_archive_ensure_read (self, name, length, error))
    return FALSE;

  name[length] = '\0';
  if (!sa_class_name_is_valid (name, length))
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_BAD_CLASS,
                                 _("A class name has other characters than letters, digits and “_”"));

  tag->klass = sa_class_registry_lookup_name (registry, name);
  if (tag->klass == NULL)
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_BAD_CLASS,
                                 _("The class %s, schema %u, is not in the archive's class registry"), name,
                                 tag->schema);

  if (tag->schema < tag->klass->min_schema || tag->schema > tag->klass->max_schema)
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_BAD_SCHEMA,
                                 _("Schema %u of class %s cannot be loaded: the registered one loads %u to %u"),
                                 tag->schema, name, tag->klass->min_schema, tag->klass->max_schema);

  return add_entry (self, SA_ENTRY_CLASS, (gpointer) tag->klass, tag->schema, error);
}

/* Looks a number up, and makes sure that it is of the kind that the tag says.  */
static gboolean
resolve_number (SaArchive *self,
                guint number,
                gboolean is_class,
                Tag *tag,
                GError **error)
{
  const SaObjectTable *table = &get_objects (self)->table;
  const SaTableEntry *entry = sa_object_table_get (table, number);

  if (entry == NULL)
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_BAD_INDEX,
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
      tag->schema = entry->schema;
    }
  else
    tag->object = entry->pointer;

  return TRUE;
}

static gboolean
read_tag (SaArchive *self,
          Tag *tag,
          GError **error)
{
  guint word;
  guint big;

  *tag = (Tag) { NULL, 0, NULL };
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

static gboolean
check_class (SaArchive *self,
             const SaWireClass *klass,
             GType expected_type,
             const SaWireClass *expected_class,
             GError **error)
{
  if (expected_class != NULL && !sa_wire_class_is_a (klass, expected_class))
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_BAD_CLASS,
                                 _("The stream has an object of class %s where %s is wanted"), klass->name,
                                 expected_class->name);

  if (!g_type_is_a (klass->type, expected_type))
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_BAD_CLASS,
                                 _("The stream has an object of class %s, whose type is %s, where %s is wanted"),
                                 klass->name, g_type_name (klass->type), g_type_name (expected_type));

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
      const SaWireClass *klass = sa_class_registry_lookup_object (get_registry (self, get_objects (self)), object);

      if (klass != NULL)
        return check_class (self, klass, expected_type, expected_class, error);
      /* Entered by sa_archive_map_object (), so it may be of no registered class.  */
      expected_type = expected_class->type;
    }

  if (g_type_is_a (G_OBJECT_TYPE (object), expected_type))
    return TRUE;

  return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_BAD_CLASS,
                               _("The stream refers to an object of type %s where %s is wanted"),
                               G_OBJECT_TYPE_NAME (object), g_type_name (expected_type));
}

static GObject *
make_object (const SaWireClass *klass)
{
  GObject *object;

  if (klass->is_record)
    return G_OBJECT (sa_record_new_interned (klass->name));

  object = g_object_new (klass->type, NULL);

  return g_object_is_floating (object) ? g_object_ref_sink (object) : object;
}

static gboolean
load_pointer (SaArchive *self,
              GType expected_type,
              const SaWireClass *expected_class,
              gboolean counted,
              GObject **object,
              GError **error)
{
  g_autoptr (GObject) made = NULL;
  Tag tag;

  if (!read_tag (self, &tag, error))
    return FALSE;

  if (tag.klass == NULL)
    {
      if (tag.object != NULL && !check_reference (self, tag.object, expected_type, expected_class, error))
        return FALSE;

      *object = tag.object != NULL ? g_object_ref (tag.object) : NULL;
      return TRUE;
    }

  if (!check_class (self, tag.klass, expected_type, expected_class, error))
    return FALSE;

  made = make_object (tag.klass);
  if (!add_entry (self, SA_ENTRY_OBJECT, made, 0, error)
      || !run_nested_body (self, tag.klass, made, tag.schema, counted, error))
    return FALSE;

  *object = g_steal_pointer (&made);

  return TRUE;
}

gboolean
sa_archive_load_object (SaArchive *self,
                        GType expected_type,
                        const SaWireClass *expected_class,
                        GObject **object,
                        GError **error)
{
  return load_pointer (self, expected_type, expected_class, FALSE, object, error);
}

GObject *
sa_archive_load_embedded (SaArchive *self,
                          const SaWireClass *klass,
                          GError **error)
{
  g_autoptr (GObject) object = make_object (klass);

  if (!run_nested_body (self, klass, object, SA_SCHEMA_UNKNOWN, FALSE, error))
    return NULL;

  return g_steal_pointer (&object);
}

gboolean
sa_archive_store_embedded (SaArchive *self,
                           const SaWireClass *klass,
                           GObject *object,
                           GError **error)
{
  return run_nested_body (self, klass, object, SA_SCHEMA_UNKNOWN, FALSE, error);
}

/* Classes without objects */

static const SaWireClass *
find_class (SaArchive *self,
            const char *name,
            GError **error)
{
  const SaWireClass *klass = sa_class_registry_lookup_name (get_registry (self, get_objects (self)), name);

  if (klass == NULL)
    sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_BAD_CLASS,
                          _("The class %s is not in the archive's class registry"), name);

  return klass;
}

/* A class is whole or not at all, but not a message: nothing is reset after it.  */
static gboolean
begin_class (SaArchive *self,
             SaMessage *message,
             GError **error)
{
  message->outermost = sa_archive_get_depth (self) == 0;

  return !message->outermost || sa_archive_begin_composite (self, error);
}

static gboolean
end_class (SaArchive *self,
           const SaMessage *message,
           gboolean success,
           GError **error)
{
  return message->outermost ? sa_archive_end_composite (self, success, error) : success;
}

static gboolean
read_class_tag (SaArchive *self,
                const char *expected_name,
                Tag *tag,
                GError **error)
{
  const SaWireClass *expected = NULL;

  if (expected_name != NULL)
    {
      expected = find_class (self, expected_name, error);
      if (expected == NULL)
        return FALSE;
    }

  if (!read_tag (self, tag, error))
    return FALSE;

  if (tag->klass == NULL)
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_BAD_INDEX,
                                 _("The stream has an object where a class is wanted"));

  return expected == NULL || check_class (self, tag->klass, G_TYPE_OBJECT, expected, error);
}

/* For what works in both directions.  */
static gboolean
check_open (SaArchive *self,
            GError **error)
{
  return sa_archive_is_loading (self) ? sa_archive_check_loading (self, error)
                                      : sa_archive_check_storing (self, error);
}

/**
 * sa_archive_read_object:
 * @self: a #SaArchive that loads
 * @expected_type: the type that the object must be of, or derive from; %G_TYPE_OBJECT for any registered
 *   class, #SA_TYPE_RECORD for any registered record
 * @error: return location for a #GError
 *
 * Reads an object, or a reference to one that was read before (CArchive::ReadObject). Name, schema, and type
 * of the
 * class are checked before anything is created.
 *
 * %NULL is a value: in C, check @error (or sa_archive_check()) and not the result to know of a failure.
 *
 * Returns: (type GObject) (transfer full) (nullable): the object, or %NULL if that is what was stored, or on
 *   error
 * Since: 1.0
 */
gpointer
sa_archive_read_object (SaArchive *self,
                        GType expected_type,
                        GError **error)
{
  SaMessage message;
  GObject *object = NULL;
  gboolean success;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);
  g_return_val_if_fail (g_type_is_a (expected_type, G_TYPE_OBJECT) || G_TYPE_IS_INTERFACE (expected_type), NULL);

  if (!sa_archive_check_loading (self, error) || !sa_archive_begin_message (self, &message, error))
    return NULL;

  success = load_pointer (self, expected_type, NULL, message.outermost, &object, error);
  if (!sa_archive_end_message (self, &message, success, error))
    g_clear_object (&object);

  return object;
}

/**
 * sa_archive_write_object:
 * @self: a #SaArchive that stores
 * @object: (type GObject) (nullable): the object, whose type is in the #SaArchive:registry, or %NULL
 * @error: return location for a #GError
 *
 * Writes an object with all that it points at, or a reference if this archive wrote it before
 * (CArchive::WriteObject). The archive holds a reference on it until sa_archive_reset_objects(), so that a
 * new object
 * cannot be mistaken for one that has gone.
 *
 * The type must itself be registered: a type derived from a registered one is refused, as its own fields
 * would be
 * lost.
 *
 * Returns: %TRUE if the object was stored, or %FALSE with @error set, and then nothing of it is sent
 * Since: 1.0
 */
gboolean
sa_archive_write_object (SaArchive *self,
                         gpointer object,
                         GError **error)
{
  SaMessage message;
  gboolean success;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (object == NULL || G_IS_OBJECT (object), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!sa_archive_check_storing (self, error) || !sa_archive_begin_message (self, &message, error))
    return FALSE;

  success = store_pointer (self, object, NULL, message.outermost, error);

  return sa_archive_end_message (self, &message, success, error);
}

/**
 * sa_archive_serialize_embedded:
 * @self: a #SaArchive
 * @object: (type GObject): an object that exists in both directions
 * @error: return location for a #GError
 *
 * Stores or loads the fields of @object in place, without a tag: what `member.Serialize (ar)` does in MFC,
 * for an
 * object that is part of another one or is a whole message. It takes no number; objects it points at do.
 *
 * The fields are those of the layout registered for the type of @object, if there is one, and otherwise what
 * its
 * `serialize` exchanges; it does not have to be registered then.
 *
 * Returns: %TRUE if the fields were stored or loaded, or %FALSE with @error set
 * Since: 1.0
 */
gboolean
sa_archive_serialize_embedded (SaArchive *self,
                               gpointer object,
                               GError **error)
{
  const SaWireClass *klass;
  SaMessage message;
  gboolean success;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (G_IS_OBJECT (object), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!check_open (self, error))
    return FALSE;

  klass = sa_class_registry_lookup_object (get_registry (self, get_objects (self)), object);
  if (klass == NULL && !SA_IS_SERIALIZABLE (object))
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_NOT_SUPPORTED,
                                 _("The type %s neither implements SaSerializable nor has a layout in the archive's "
                                   "class registry"),
                                 G_OBJECT_TYPE_NAME (object));

  if (!sa_archive_begin_message (self, &message, error))
    return FALSE;

  success = run_nested_body (self, klass, object, SA_SCHEMA_UNKNOWN, message.outermost, error);

  return sa_archive_end_message (self, &message, success, error);
}

/**
 * sa_archive_read_embedded:
 * @self: a #SaArchive that loads
 * @class_name: the wire name of a registered class
 * @error: return location for a #GError
 *
 * Makes an object of the class and loads its fields without a tag, as sa_archive_serialize_embedded() does
 * for an
 * object that exists.
 *
 * Returns: (type GObject) (transfer full): the object, or %NULL with @error set
 * Since: 1.0
 */
gpointer
sa_archive_read_embedded (SaArchive *self,
                          const char *class_name,
                          GError **error)
{
  const SaWireClass *klass;
  g_autoptr (GObject) object = NULL;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);
  g_return_val_if_fail (class_name != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!sa_archive_check_loading (self, error))
    return NULL;

  klass = find_class (self, class_name, error);
  if (klass == NULL)
    return NULL;

  object = make_object (klass);
  if (!sa_archive_serialize_embedded (self, object, error))
    return NULL;

  return g_steal_pointer (&object);
}

/**
 * sa_archive_read_class:
 * @self: a #SaArchive that loads
 * @expected_name: (nullable): the wire name of the class that it must be or derive from, or %NULL for any
 * @schema: (out) (optional): return location for the schema that was stored
 * @error: return location for a #GError
 *
 * Reads a class without an object (CArchive::ReadClass), as sa_archive_write_class() writes it. A tag of an
 * object is
 * %SA_ARCHIVE_ERROR_BAD_INDEX here.
 *
 * Returns: (transfer full): the wire name, or %NULL with @error set
 * Since: 1.0
 */
char *
sa_archive_read_class (SaArchive *self,
                       const char *expected_name,
                       guint *schema,
                       GError **error)
{
  SaMessage message;
  Tag tag = { NULL, 0, NULL };
  gboolean success;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!sa_archive_check_loading (self, error) || !begin_class (self, &message, error))
    return NULL;

  success = read_class_tag (self, expected_name, &tag, error);
  if (!end_class (self, &message, success, error))
    return NULL;

  if (schema != NULL)
    *schema = tag.schema;

  return g_strdup (tag.klass->name);
}

/**
 * sa_archive_write_class:
 * @self: a #SaArchive that stores
 * @class_name: the wire name of a registered class
 * @error: return location for a #GError
 *
 * Writes a class without an object (CArchive::WriteClass): its name and schema the first time, a reference
 * later.
 *
 * Returns: %TRUE on success, %FALSE with @error set otherwise
 * Since: 1.0
 */
gboolean
sa_archive_write_class (SaArchive *self,
                        const char *class_name,
                        GError **error)
{
  const SaWireClass *klass;
  SaMessage message;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (class_name != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!sa_archive_check_storing (self, error))
    return FALSE;

  klass = find_class (self, class_name, error);
  if (klass == NULL || !begin_class (self, &message, error))
    return FALSE;

  return end_class (self, &message, write_class_tag (self, klass, error), error);
}

/**
 * sa_archive_serialize_class:
 * @self: a #SaArchive
 * @class_name: the wire name of a registered class
 * @error: return location for a #GError
 *
 * Writes the class, or reads one and checks that it is this one (CArchive::SerializeClass).
 *
 * Returns: %TRUE on success, %FALSE with @error set otherwise
 * Since: 1.0
 */
gboolean
sa_archive_serialize_class (SaArchive *self,
                            const char *class_name,
                            GError **error)
{
  g_autofree char *name = NULL;
  GError *local_error = NULL;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (class_name != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (sa_archive_is_storing (self))
    return sa_archive_write_class (self, class_name, error);

  name = sa_archive_read_class (self, class_name, NULL, &local_error);
  if (name == NULL)
    {
      g_propagate_error (error, local_error);
      return FALSE;
    }

  return TRUE;
}

/**
 * sa_archive_map_object:
 * @self: a #SaArchive
 * @object: (type GObject): the object
 * @error: return location for a #GError
 *
 * Gives @object the next number without writing or reading anything (CArchive::MapObject), so that objects
 * can point
 * at it: typically the document that they belong to. Both sides must do so at the same place. An object that
 * already has a number keeps it.
 *
 * Returns: %TRUE on success, %FALSE with @error set otherwise: %SA_ARCHIVE_ERROR_LIMIT if there are too many
 *   objects, %SA_ARCHIVE_ERROR_CLOSED
 * Since: 1.0
 */
gboolean
sa_archive_map_object (SaArchive *self,
                       gpointer object,
                       GError **error)
{
  SaArchiveObjects *objects;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (G_IS_OBJECT (object), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!check_open (self, error))
    return FALSE;

  objects = get_objects (self);
  if (sa_object_table_lookup (&objects->table, object) != 0)
    return TRUE;

  return add_entry (self, SA_ENTRY_MAPPED, object, 0, error);
}

/**
 * sa_archive_get_object_schema:
 * @self: a #SaArchive
 *
 * The schema of the object whose `serialize` is running: the number that was stored with its class when the
 * archive
 * loads, and the registered one when it stores, so that one line serves both directions. Unlike
 * CArchive::GetObjectSchema it can be called any number of times.
 *
 * Returns: the schema, or %SA_SCHEMA_UNKNOWN outside of a `serialize` that was called for a tag
 * Since: 1.0
 */
guint
sa_archive_get_object_schema (SaArchive *self)
{
  SaArchiveObjects *objects;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), SA_SCHEMA_UNKNOWN);

  objects = sa_archive_get_tables (self);

  return objects != NULL ? objects->schema : SA_SCHEMA_UNKNOWN;
}

/**
 * sa_archive_set_object_schema:
 * @self: a #SaArchive
 * @schema: what sa_archive_get_object_schema() shall return until the `serialize` that is running ends
 *
 * Passes a schema on to the `serialize` of a base class or of an embedded object (CArchive::SetObjectSchema).
 *
 * Since: 1.0
 */
void
sa_archive_set_object_schema (SaArchive *self,
                              guint schema)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));

  get_objects (self)->schema = schema;
}

/**
 * sa_archive_reserve_objects:
 * @self: a #SaArchive
 * @n_objects: how many objects and classes are expected
 *
 * Makes room in the table of objects ahead of time (CArchive::SetStoreParams and SetLoadParams). Only speed
 * depends
 * on it. What the #SaArchive:limits do not permit is not reserved.
 *
 * Since: 1.0
 */
void
sa_archive_reserve_objects (SaArchive *self,
                            guint n_objects)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));

  sa_object_table_reserve (&get_objects (self)->table, MIN (n_objects, sa_archive_get_limit_values (self)->objects));
}

/**
 * sa_archive_reset_objects:
 * @self: a #SaArchive
 * @error: return location for a #GError
 *
 * Forgets all classes and objects: numbers begin at 1 again, and an object that was stored before is stored
 * whole,
 * with the state it has by then. Both sides must do so at the same place. MFC has no such call; its peers
 * make a new archive instead.
 *
 * Returns: %TRUE on success; %FALSE with %SA_ARCHIVE_ERROR_BUSY in the middle of an object
 * Since: 1.0
 */
gboolean
sa_archive_reset_objects (SaArchive *self,
                          GError **error)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (sa_archive_get_depth (self) > 0)
    {
      g_set_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BUSY,
                   _("The objects cannot be reset in the middle of an object"));
      return FALSE;
    }

  reset_objects (self);

  return TRUE;
}

/**
 * sa_archive_get_reset_per_message:
 * @self: a #SaArchive
 *
 * Whether classes and objects are forgotten after each outermost object.
 *
 * Returns: the property #SaArchive:reset-per-message
 * Since: 1.0
 */
gboolean
sa_archive_get_reset_per_message (SaArchive *self)
{
  SaArchiveObjects *objects;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);

  objects = sa_archive_get_tables (self);

  return objects != NULL && objects->reset_per_message;
}

/**
 * sa_archive_set_reset_per_message:
 * @self: a #SaArchive
 * @reset: whether to forget classes and objects after each outermost object
 *
 * Makes each outermost object (one that is not written or read by the `serialize` or layout of another) a
 * message of
 * its own, as by sa_archive_reset_objects() after it. It keeps a long-lived connection from holding every
 * object that ever went through, and lets an object that has changed be sent again. The peer must do the
 * same, which
 * MFC's does not; so it is %FALSE by default.
 *
 * Since: 1.0
 */
void
sa_archive_set_reset_per_message (SaArchive *self,
                                  gboolean reset)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));

  if (sa_archive_get_reset_per_message (self) == !!reset)
    return;

  get_objects (self)->reset_per_message = !!reset;
  g_object_notify (G_OBJECT (self), "reset-per-message");
}

/**
 * sa_archive_get_document:
 * @self: a #SaArchive
 *
 * The object that the program set as the one being stored or loaded (CArchive::m_pDocument).
 *
 * Returns: (type GObject) (transfer none) (nullable): the property #SaArchive:document
 * Since: 1.0
 */
gpointer
sa_archive_get_document (SaArchive *self)
{
  SaArchiveObjects *objects;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);

  objects = sa_archive_get_tables (self);

  return objects != NULL ? objects->document : NULL;
}

/**
 * sa_archive_set_document:
 * @self: a #SaArchive
 * @document: (type GObject) (nullable): any object, which the archive keeps alive
 *
 * Sets an object for every `serialize` to see. It is not written, nor numbered: see sa_archive_map_object().
 *
 * Since: 1.0
 */
void
sa_archive_set_document (SaArchive *self,
                         gpointer document)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (document == NULL || G_IS_OBJECT (document));

  if (sa_archive_get_document (self) == document)
    return;

  g_set_object (&get_objects (self)->document, document);
  g_object_notify (G_OBJECT (self), "document");
}
