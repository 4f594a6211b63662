/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-class-registry-private.h"

#include "sockarch/archive/sa-record-private.h"
#include "sockarch/archive/sa-serializable.h"
#include "sockarch/sa-error.h"
#include "sockarch/sa-i18n-private.h"

/**
 * SECTION:sa-class-registry
 * @title: SaClassRegistry
 * @short_description: the classes that an archive may create, and how their fields go over the wire
 *
 * A stream names the classes of its objects. An archive makes objects only of classes that are in the
 * registry it was given with sa_archive_set_registry(), and an archive without a registry makes none: no
 * stream can choose among all the types of the process. One registry can serve any number of archives, in
 * any number of threads; classes can be added while archives have it, and are never removed. While a class
 * is being added no other thread may use the registry or an archive that has it.
 *
 * A class has a wire name, which is what the stream has (MFC's name of the C++ class) and need not be the
 * name of the #GType; a schema number, which says which version of the class stored an object; and a way to
 * store and load its fields, of which there are three:
 *
 * - sa_class_registry_add_class(): the #GType implements #SaSerializable
 * - sa_class_registry_add_layout(): a text says which properties of the #GType are stored, and as what
 * - sa_class_registry_add_record(): the same text without any #GType; the objects are #SaRecord
 *
 * To find out which classes a stream has, set the environment variable `SA_LEARN` to the name of a file: each
 * loading archive that met objects, counts or texts appends to it, when it is closed, the classes and schemas
 * that came, also that one which is not in the registry and ended the loading, and what #SaLimits would have
 * had to allow, also where that was too much:
 *
 * |[<!-- language="plain" -->
 * class CStroke schema 1 objects 12
 * embedded-class CPen objects 12
 * unknown-class CText schema 3 objects 0
 * limits depth 3 objects 14 count 97 string-bytes 8 message-bytes 4210
 * ]|
 *
 * # Layouts # {#layouts}
 *
 * A layout lists fields as `name:type`, separated by blanks, in the order of the wire:
 *
 * |[<!-- language="plain" -->
 * expanded:u16 key:cstring text:cstring image:u16 children:oblist(CServerNode)
 * ]|
 *
 * The name is that of a property (where `_` may stand for `-`) or of a field of the record. `@2` behind the
 * type says that the field exists from schema 2 on, and `@1-3` that it exists in the schemas 1 to 3; other
 * fields keep their value when an older object is loaded. A field whose type was changed stands there once
 * for each, as in `image:u16@0-1 image:u32@2`. Without a name, `base(CBase)` stands for the fields of a
 * class that was registered before with a layout, and makes it the base class.
 *
 * The types, with the type of a field in a #SaRecord, and what else a property may be:
 *
 * |[<!-- language="plain" -->
 * type                      on the wire                    in a SaRecord          or, as a property
 * u8 i8 u16 i16 i32         a number                       gint                   any integer, enum, flags
 * u32                       a number                       guint                  any integer, enum, flags
 * i64 u64                   a number                       gint64, guint64        any integer
 * f32                       a number                       gfloat                 gdouble
 * f64                       a number                       gdouble
 * bool1 bool4               bool, BOOL                     gboolean
 * cstring                   CString, the archive's form    string
 * narrow wide               CString, this form             string
 * time                      CTime                          gint64: Unix seconds   any integer, GDateTime
 * timespan                  CTimeSpan                      gint64: seconds        any integer
 * oledatetime               COleDateTime                   GDateTime, or NULL
 * oledatetimespan           COleDateTimeSpan               gdouble: days, or NaN
 * currency                  COleCurrency                   string, or NULL        gint64: ten-thousandths
 * variant                   COleVariant                    GVariant "(qv)"
 * point size                two LONGs                      GVariant "(ii)"
 * rect                      four LONGs                     GVariant "(iiii)"
 * bytes[n]                  n bytes                        GBytes
 * bytearray                 CByteArray                     GBytes
 * wordarray dwordarray      CWordArray, CDWordArray        GVariant "aq", "au"
 * array(u8) ... array(f64)  CArray of a number             GVariant, an array
 * stringarray stringlist    CStringArray, CStringList      GStrv
 * mapstrstr                 CMapStringToString             GVariant "a{ss}"
 * embed(C)                  the fields of a C, no tag      object
 * object(C) object(*)       a pointer to a C, to anything  object
 * obarray(C) oblist(C)      CObArray, CObList              GListStore             GPtrArray
 * array(embed(C))           CArray of a class              GListStore             GPtrArray
 * mapwordob(C) mapstrob(C)  CMapWordToOb, CMapStringToOb   GListStore of entries
 * ]|
 *
 * The three classes of OLE give %NULL, or NaN, for a value whose status is not valid; GObject does not let a
 * property be NaN, so that loading one is an error there. A `currency` is text such as "12.5"; a `variant`
 * is a #SaOleVt and the value; a `mapstrstr` has the order of the wire. What stands in the last column may
 * be the type of the property instead.
 *
 * An entry of a map is a #SaRecord with the fields `key` and `value`. The class of an array of objects in
 * place must have at least one byte on the wire.
 *
 * A class that a layout names in `object`, `obarray`, `oblist`, and the maps need not be registered when the
 * layout is added, so that classes can refer to each other; in `base` and `embed` it must be.
 *
 * A number that the property cannot hold (its range counts), or the wire type cannot, is an error and never
 * cut. What cannot work for any object is refused when the class is registered: a property that there is not,
 * that cannot be read, or set after construction (unless it is a #GListStore, which is then filled), or whose
 * type has no place for what the wire type has; and fields that one schema would have twice.
 */

/**
 * SaClassRegistry:
 *
 * The classes that an archive may create.
 *
 * Since: 1.0
 */
struct _SaClassRegistry
{
  GObject parent_instance;

  /* Wire name to SaWireClass, which it owns: what a loading archive asks.  */
  GHashTable *by_name;
  /* GType to SaWireClass, for all but records: what a storing archive asks.  */
  GHashTable *by_type;
  /* In the order of registration, which is the order that users expect in lists.  */
  GPtrArray *in_order;
};

G_DEFINE_FINAL_TYPE (SaClassRegistry, sa_class_registry, G_TYPE_OBJECT)

static void
sa_class_registry_finalize (GObject *object)
{
  SaClassRegistry *self = SA_CLASS_REGISTRY (object);

  g_hash_table_unref (self->by_type);
  g_hash_table_unref (self->by_name);
  g_ptr_array_unref (self->in_order);

  G_OBJECT_CLASS (sa_class_registry_parent_class)->finalize (object);
}

static void
sa_class_registry_class_init (SaClassRegistryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = sa_class_registry_finalize;
}

static void
sa_wire_class_free (gpointer data)
{
  SaWireClass *klass = data;

  g_clear_pointer (&klass->layout, sa_layout_free);
  g_clear_pointer (&klass->gobject_class, g_type_class_unref);
  g_free (klass);
}

static void
sa_class_registry_init (SaClassRegistry *self)
{
  self->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, sa_wire_class_free);
  self->by_type = g_hash_table_new (g_direct_hash, g_direct_equal);
  self->in_order = g_ptr_array_new ();
}

/**
 * sa_class_registry_new:
 *
 * Makes a registry without classes.
 *
 * Returns: (transfer full): a new #SaClassRegistry
 * Since: 1.0
 */
SaClassRegistry *
sa_class_registry_new (void)
{
  return g_object_new (SA_TYPE_CLASS_REGISTRY, NULL);
}

/* What C++ allows as the name of a class, with its namespaces left out: a stream is as strict.  */
gboolean
sa_class_name_is_valid (const char *name,
                        gsize length)
{
  if (length == 0 || length > SA_CLASS_NAME_MAX || g_ascii_isdigit (name[0]))
    return FALSE;

  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (name[i]) && name[i] != '_')
      return FALSE;

  return TRUE;
}

static gboolean
check_new_name (SaClassRegistry *self,
                const char *name,
                guint schema,
                GError **error)
{
  if (!sa_class_name_is_valid (name, strlen (name)))
    {
      g_set_error (
          error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_CLASS,
          _("“%s” cannot be the wire name of a class: it must be 1 to %d letters, digits and “_”, and must "
            "not begin with a digit"),
          name, SA_CLASS_NAME_MAX);
      return FALSE;
    }

  if (g_hash_table_contains (self->by_name, name))
    {
      g_set_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_CLASS,
                   _("The class %s is registered already"), name);
      return FALSE;
    }

  if (schema >= SA_SCHEMA_NOT_SERIAL)
    {
      g_set_error (
          error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_SCHEMA,
          _("The schema %u of class %s is not between 0 and 65534; for VERSIONABLE_SCHEMA, give the number "
            "without it and call set_versionable"),
          schema, name);
      return FALSE;
    }

  return TRUE;
}

static gboolean
check_new_type (SaClassRegistry *self,
                const char *name,
                GType type,
                GError **error)
{
  SaWireClass *other;

  if (!g_type_is_a (type, G_TYPE_OBJECT) || !G_TYPE_IS_INSTANTIATABLE (type) || G_TYPE_IS_ABSTRACT (type))
    {
      g_set_error (
          error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_CLASS,
          _("The type %s cannot be registered as class %s: it is not a GObject type of which objects can be "
            "made"),
          g_type_name (type) != NULL ? g_type_name (type) : "(invalid)", name);
      return FALSE;
    }

  if (type == SA_TYPE_RECORD)
    {
      g_set_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_CLASS,
                   _("The class %s is to be a record: register it with add_record"), name);
      return FALSE;
    }

  other = g_hash_table_lookup (self->by_type, GSIZE_TO_POINTER (type));
  if (other != NULL)
    {
      g_set_error (
          error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_CLASS,
          _("The type %s is registered already, as class %s: it would not be known which of the names to "
            "store for it. Derive a type for %s"),
          g_type_name (type), other->name, name);
      return FALSE;
    }

  return TRUE;
}

/* The class of a type that may be added. Its initialisation is foreign code, which may add classes too: the
 * registry is looked at behind it.  */
static GTypeClass *
ref_new_class (SaClassRegistry *self,
               const char *name,
               GType type,
               guint schema,
               GError **error)
{
  g_autoptr (GTypeClass) gobject_class = NULL;

  if (!check_new_type (self, name, type, error))
    return NULL;

  gobject_class = g_type_class_ref (type);
  if (!check_new_name (self, name, schema, error) || !check_new_type (self, name, type, error))
    return NULL;

  return g_steal_pointer (&gobject_class);
}

static SaWireClass *
add (SaClassRegistry *self,
     const char *name,
     GType type,
     guint schema,
     SaLayout *layout)
{
  SaWireClass *klass = g_new0 (SaWireClass, 1);

  klass->name = g_intern_string (name);
  klass->type = type;
  klass->schema = (guint16) schema;
  klass->min_schema = (guint16) schema;
  klass->max_schema = (guint16) schema;
  klass->layout = layout;
  klass->base = layout != NULL ? sa_layout_get_base (layout) : NULL;
  klass->gobject_class = g_type_class_ref (type);
  klass->is_record = type == SA_TYPE_RECORD;
  klass->iface = g_type_interface_peek (klass->gobject_class, SA_TYPE_SERIALIZABLE);

  g_hash_table_insert (self->by_name, (gpointer) klass->name, klass);
  g_ptr_array_add (self->in_order, klass);
  if (!klass->is_record)
    g_hash_table_insert (self->by_type, GSIZE_TO_POINTER (type), klass);

  return klass;
}

/**
 * sa_class_registry_add_class:
 * @self: a #SaClassRegistry
 * @name: the wire name: at most 63 letters, digits and `_`
 * @type: a type that implements #SaSerializable, and of which g_object_new() makes objects without arguments
 * @schema: the schema number that is stored, and required when loading; at most 65534
 * @error: return location for a #GError
 *
 * Adds a class whose objects store and load themselves.
 *
 * Returns: %TRUE if the class was added; %FALSE with @error set otherwise: %SA_ARCHIVE_ERROR_BAD_CLASS if the
 *   name is not a valid one, or the name or the type is registered already, or the type cannot serve;
 *   %SA_ARCHIVE_ERROR_BAD_SCHEMA if the schema is out of range
 * Since: 1.0
 */
gboolean
sa_class_registry_add_class (SaClassRegistry *self,
                             const char *name,
                             GType type,
                             guint schema,
                             GError **error)
{
  g_autoptr (GTypeClass) gobject_class = NULL;

  g_return_val_if_fail (SA_IS_CLASS_REGISTRY (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  gobject_class = ref_new_class (self, name, type, schema, error);
  if (gobject_class == NULL)
    return FALSE;

  if (!g_type_is_a (type, SA_TYPE_SERIALIZABLE))
    {
      g_set_error (
          error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_CLASS,
          _("The type %s cannot be registered as class %s: it does not implement SaSerializable. Implement "
            "it, or register the class with add_layout"),
          g_type_name (type), name);
      return FALSE;
    }

  add (self, name, type, schema, NULL);

  return TRUE;
}

/**
 * sa_class_registry_add_layout:
 * @self: a #SaClassRegistry
 * @name: the wire name: at most 63 letters, digits and `_`
 * @type: a type that has the properties which @layout names
 * @schema: the schema number that is stored, and required when loading; at most 65534
 * @layout: the fields; see [layouts][layouts]
 * @error: return location for a #GError
 *
 * Adds a class whose fields are properties, so that it needs no `serialize`. If @type implements
 * #SaSerializable all the same, its `serialize` is not called, but `loaded` is.
 *
 * Returns: %TRUE if the class was added; %FALSE with @error set otherwise: %SA_ARCHIVE_ERROR_BAD_CLASS if the
 *   name is not a valid one, or the name or the type is registered already, or the type cannot serve, or
 *   lacks a property, or has one that does not fit its wire type; %SA_ARCHIVE_ERROR_BAD_SCHEMA if the schema
 *   is out of range; %SA_ARCHIVE_ERROR_INVALID_DATA if the layout cannot be understood, with the column
 * Since: 1.0
 */
gboolean
sa_class_registry_add_layout (SaClassRegistry *self,
                              const char *name,
                              GType type,
                              guint schema,
                              const char *layout,
                              GError **error)
{
  g_autoptr (GTypeClass) gobject_class = NULL;
  SaLayout *compiled;

  g_return_val_if_fail (SA_IS_CLASS_REGISTRY (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (layout != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  gobject_class = ref_new_class (self, name, type, schema, error);
  if (gobject_class == NULL)
    return FALSE;

  compiled = sa_layout_new (self, name, schema, G_OBJECT_CLASS (gobject_class), layout, error);
  if (compiled == NULL)
    return FALSE;

  add (self, name, type, schema, compiled);

  return TRUE;
}

/**
 * sa_class_registry_add_record:
 * @self: a #SaClassRegistry
 * @name: the wire name: at most 63 letters, digits and `_`
 * @schema: the schema number that is stored, and required when loading; at most 65534
 * @layout: the fields; see [layouts][layouts]
 * @error: return location for a #GError
 *
 * Adds a class whose objects are #SaRecord, with the fields of the layout.
 *
 * Returns: %TRUE if the class was added; %FALSE with @error set otherwise: %SA_ARCHIVE_ERROR_BAD_CLASS if the
 *   name is not a valid one or is registered already; %SA_ARCHIVE_ERROR_BAD_SCHEMA if the schema is out of
 *   range; %SA_ARCHIVE_ERROR_INVALID_DATA if the layout cannot be understood, with the column
 * Since: 1.0
 */
gboolean
sa_class_registry_add_record (SaClassRegistry *self,
                              const char *name,
                              guint schema,
                              const char *layout,
                              GError **error)
{
  SaLayout *compiled;

  g_return_val_if_fail (SA_IS_CLASS_REGISTRY (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (layout != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!check_new_name (self, name, schema, error))
    return FALSE;

  compiled = sa_layout_new (self, name, schema, NULL, layout, error);
  if (compiled == NULL)
    return FALSE;

  add (self, name, SA_TYPE_RECORD, schema, compiled);

  return TRUE;
}

/**
 * sa_class_registry_set_versionable:
 * @self: a #SaClassRegistry
 * @name: the wire name of a class that was added
 * @min_schema: the oldest schema that it can load
 * @max_schema: the newest schema that it can load; at most 65534
 * @error: return location for a #GError
 *
 * Lets the class load objects of other schemas than the one it stores (MFC's VERSIONABLE_SCHEMA). Its
 * `serialize` asks sa_archive_get_object_schema() which one it has before it; a layout marks fields with the
 * schemas that have them.
 *
 * Returns: %TRUE on success; %FALSE with @error set otherwise: %SA_ARCHIVE_ERROR_BAD_CLASS if there is no
 *   such class, %SA_ARCHIVE_ERROR_BAD_SCHEMA if the range does not contain the schema that the class stores
 * Since: 1.0
 */
gboolean
sa_class_registry_set_versionable (SaClassRegistry *self,
                                   const char *name,
                                   guint min_schema,
                                   guint max_schema,
                                   GError **error)
{
  SaWireClass *klass;

  g_return_val_if_fail (SA_IS_CLASS_REGISTRY (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  klass = g_hash_table_lookup (self->by_name, name);
  if (klass == NULL)
    {
      g_set_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_CLASS, _("The class %s is not registered"),
                   name);
      return FALSE;
    }

  if (min_schema > klass->schema || max_schema < klass->schema || max_schema >= SA_SCHEMA_NOT_SERIAL)
    {
      g_set_error (
          error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_SCHEMA,
          _("The schemas %u to %u that class %s is to load must include %u, the one it stores, and end "
            "before 65535"),
          min_schema, max_schema, name, klass->schema);
      return FALSE;
    }

  klass->min_schema = (guint16) min_schema;
  klass->max_schema = (guint16) max_schema;

  return TRUE;
}

/**
 * sa_class_registry_contains:
 * @self: a #SaClassRegistry
 * @name: a wire name
 *
 * Tells whether there is a class of that name.
 *
 * Returns: %TRUE if there is
 * Since: 1.0
 */
gboolean
sa_class_registry_contains (SaClassRegistry *self,
                            const char *name)
{
  g_return_val_if_fail (SA_IS_CLASS_REGISTRY (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  return g_hash_table_contains (self->by_name, name);
}

/**
 * sa_class_registry_list_names:
 * @self: a #SaClassRegistry
 *
 * Lists the wire names of all classes, in the order in which they were added.
 *
 * Returns: (transfer full) (array zero-terminated=1): the names
 * Since: 1.0
 */
char **
sa_class_registry_list_names (SaClassRegistry *self)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  g_return_val_if_fail (SA_IS_CLASS_REGISTRY (self), NULL);

  for (guint i = 0; i < self->in_order->len; i++)
    {
      SaWireClass *klass = g_ptr_array_index (self->in_order, i);

      g_strv_builder_add (names, klass->name);
    }

  return g_strv_builder_end (names);
}

/**
 * sa_class_registry_get_class_type:
 * @self: a #SaClassRegistry
 * @name: a wire name
 *
 * Gets the type of which an archive makes objects for a class.
 *
 * Returns: the type, #SA_TYPE_RECORD for a record, or %G_TYPE_INVALID if there is no such class
 * Since: 1.0
 */
GType
sa_class_registry_get_class_type (SaClassRegistry *self,
                                  const char *name)
{
  SaWireClass *klass;

  g_return_val_if_fail (SA_IS_CLASS_REGISTRY (self), G_TYPE_INVALID);
  g_return_val_if_fail (name != NULL, G_TYPE_INVALID);

  klass = g_hash_table_lookup (self->by_name, name);

  return klass != NULL ? klass->type : G_TYPE_INVALID;
}

/**
 * sa_class_registry_get_class_schema:
 * @self: a #SaClassRegistry
 * @name: a wire name
 *
 * Gets the schema number that an archive stores for a class.
 *
 * Returns: the schema, or %SA_SCHEMA_UNKNOWN if there is no such class
 * Since: 1.0
 */
guint
sa_class_registry_get_class_schema (SaClassRegistry *self,
                                    const char *name)
{
  SaWireClass *klass;

  g_return_val_if_fail (SA_IS_CLASS_REGISTRY (self), G_MAXUINT);
  g_return_val_if_fail (name != NULL, G_MAXUINT);

  klass = g_hash_table_lookup (self->by_name, name);

  return klass != NULL ? klass->schema : G_MAXUINT;
}

/**
 * sa_class_registry_get_class_layout:
 * @self: a #SaClassRegistry
 * @name: a wire name
 *
 * Gets the layout that a class was added with.
 *
 * Returns: (transfer none) (nullable): the layout, or %NULL if there is no such class, or it has none
 * Since: 1.0
 */
const char *
sa_class_registry_get_class_layout (SaClassRegistry *self,
                                    const char *name)
{
  SaWireClass *klass;

  g_return_val_if_fail (SA_IS_CLASS_REGISTRY (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  klass = g_hash_table_lookup (self->by_name, name);

  return klass != NULL && klass->layout != NULL ? sa_layout_get_text (klass->layout) : NULL;
}

/**
 * sa_class_registry_get_class_name:
 * @self: a #SaClassRegistry
 * @type: a type
 *
 * Gets the wire name under which an archive stores objects of a type.
 *
 * Returns: (transfer none) (nullable): the name, or %NULL if the type is not registered itself
 * Since: 1.0
 */
const char *
sa_class_registry_get_class_name (SaClassRegistry *self,
                                  GType type)
{
  SaWireClass *klass;

  g_return_val_if_fail (SA_IS_CLASS_REGISTRY (self), NULL);

  klass = g_hash_table_lookup (self->by_type, GSIZE_TO_POINTER (type));

  return klass != NULL ? klass->name : NULL;
}

/**
 * sa_class_registry_create_record:
 * @self: a #SaClassRegistry
 * @name: the wire name of a class that was added by sa_class_registry_add_record()
 * @error: return location for a #GError
 *
 * Makes a record with all the fields that the class has in the schema that is stored: numbers are 0, texts
 * and collections empty, what is embedded is made in the same way, and objects and OLE dates are %NULL.
 *
 * Returns: (transfer full): a new #SaRecord, or %NULL with @error set: %SA_ARCHIVE_ERROR_BAD_CLASS if there
 *   is no such class, or it is not one of records
 * Since: 1.0
 */
SaRecord *
sa_class_registry_create_record (SaClassRegistry *self,
                                 const char *name,
                                 GError **error)
{
  SaWireClass *klass;

  g_return_val_if_fail (SA_IS_CLASS_REGISTRY (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  klass = g_hash_table_lookup (self->by_name, name);
  if (klass == NULL || !klass->is_record)
    {
      g_set_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_CLASS,
                   klass == NULL ? _("The class %s is not registered")
                                 : _("The class %s is not one of records, but has a type of its own"),
                   name);
      return NULL;
    }

  return sa_record_new_filled (klass);
}

const SaWireClass *
sa_class_registry_lookup_name (SaClassRegistry *self,
                               const char *name)
{
  return self != NULL ? g_hash_table_lookup (self->by_name, name) : NULL;
}

/* The class that @object is stored as: that of its own type, never of one it derives from.  */
const SaWireClass *
sa_class_registry_lookup_object (SaClassRegistry *self,
                                 GObject *object)
{
  const SaWireClass *klass;

  if (self == NULL)
    return NULL;

  if (!SA_IS_RECORD (object))
    return g_hash_table_lookup (self->by_type, GSIZE_TO_POINTER (G_OBJECT_TYPE (object)));

  if (sa_record_get_class_name (SA_RECORD (object)) == NULL)
    return NULL;

  klass = g_hash_table_lookup (self->by_name, sa_record_get_class_name (SA_RECORD (object)));

  return klass != NULL && klass->is_record ? klass : NULL;
}

/* Whether an object of @klass is one of @expected: by base () of the layouts, or by their types.  */
gboolean
sa_wire_class_is_a (const SaWireClass *klass,
                    const SaWireClass *expected)
{
  for (const SaWireClass *k = klass; k != NULL; k = k->base)
    if (k == expected)
      return TRUE;

  return !klass->is_record && !expected->is_record && g_type_is_a (klass->type, expected->type);
}
