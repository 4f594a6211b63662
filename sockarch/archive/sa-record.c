/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-record-private.h"

#include "sockarch/archive/sa-class-registry-private.h"
#include "sockarch/archive/sa-layout-value-private.h"
#include "sockarch/sa-error.h"
#include "sockarch/sa-i18n-private.h"

/* How many records may be freed inside of each other, before the rest waits for its turn: records can refer
 * to each other in a chain as long as the stream, and the stack is not.  */
#define MAX_NESTED_FREE 64

/**
 * SECTION:sa-record
 * @title: SaRecord
 * @short_description: an object with named fields, for classes without code
 *
 * A #SaRecord is what a #SaArchive makes for a class that was registered with a layout but without a #GType:
 * see sa_class_registry_add_record(). It has the fields of the layout, in that order. It is what a script or
 * a tool wants that looks into the document of some program.
 *
 * |[<!-- language="Python" -->
 * registry.add_record ('CStudent', 0, 'name:cstring grade:i32')
 * archive.set_registry (registry)
 * student = archive.read_object (Sockarch.Record)
 * print (student.get_field ('name'), student.get_field ('grade'))
 * ]|
 *
 * Which #GType the value of a field has depends on its wire type: the table is in the description of
 * #SaClassRegistry. sa_record_list_fields() and sa_record_get_field_type() say which fields there are.
 *
 * A record that was loaded, or made by sa_class_registry_create_record(), knows its class: a value that is
 * set is converted to the type of the field, and it is an error at once if that cannot be, as in
 *
 * |[<!-- language="Python" -->
 * student = registry.create_record ('CStudent')
 * student.set_field ('name', 'Lisa')
 * student.set_int64 ('grade', 3000000000)   # an error: an i32 cannot be that
 * ]|
 *
 * sa_record_set_field() takes any #GValue, and so in Python and JavaScript whatever they can make one of;
 * sa_record_set_uint64(), sa_record_set_bytes() and the like say which type is meant.
 *
 * A record that was loaded in an older schema has the fields of that; stored in the schema of now, it gets
 * for the others what a new record has.
 *
 * A record made by sa_record_new() has only the name of its class; whether its fields are right is found out
 * when it is stored.
 */

/**
 * SaRecord:
 *
 * An object with named fields.
 *
 * Since: 1.0
 */
typedef struct
{
  /* Interned, since every record of a class has the same names: a comparison of pointers finds most of
   * them.  */
  const char *name;
  /* Of the type that the wire type of the field calls for, when it was loaded.  */
  GValue value;
} SaRecordField;

struct _SaRecord
{
  GObject parent_instance;

  /* The wire name, by which the archive finds the layout to store the record with; interned.  */
  const char *class_name;
  /* Where that class is, and which it is; NULL if only the name is known. The reference keeps the class.  */
  SaClassRegistry *registry;
  const SaWireClass *klass;
  /* In the order in which they were set; NULL if there are none. An array: layouts are short, and their
   * order is worth keeping.  */
  GArray *fields;
};

/* What is done in this thread of freeing records in records, and what of it has to wait.  */
static __thread guint n_nested_free;
static __thread GPtrArray *waiting_to_free;

enum
{
  PROP_CLASS_NAME = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (SaRecord, sa_record, G_TYPE_OBJECT)

static void
sa_record_set_property (GObject *object,
                        guint property_id,
                        const GValue *value,
                        GParamSpec *pspec)
{
  SaRecord *self = SA_RECORD (object);

  switch (property_id)
    {
    case PROP_CLASS_NAME:
      self->class_name = g_intern_string (g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
sa_record_get_property (GObject *object,
                        guint property_id,
                        GValue *value,
                        GParamSpec *pspec)
{
  SaRecord *self = SA_RECORD (object);

  switch (property_id)
    {
    case PROP_CLASS_NAME:
      g_value_set_string (value, self->class_name);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
free_nested (GArray *fields)
{
  n_nested_free++;
  g_array_unref (fields);
  n_nested_free--;
}

static void
free_fields (GArray *fields)
{
  if (n_nested_free >= MAX_NESTED_FREE)
    {
      if (waiting_to_free == NULL)
        waiting_to_free = g_ptr_array_new ();
      g_ptr_array_add (waiting_to_free, fields);
      return;
    }

  free_nested (fields);
  if (n_nested_free > 0 || waiting_to_free == NULL)
    return;

  while (waiting_to_free->len > 0)
    free_nested (g_ptr_array_steal_index_fast (waiting_to_free, waiting_to_free->len - 1));
  g_clear_pointer (&waiting_to_free, g_ptr_array_unref);
}

/* Fields may point at other records, and these back at this one.  */
static void
sa_record_dispose (GObject *object)
{
  SaRecord *self = SA_RECORD (object);

  g_clear_pointer (&self->fields, free_fields);

  G_OBJECT_CLASS (sa_record_parent_class)->dispose (object);
}

static void
sa_record_finalize (GObject *object)
{
  SaRecord *self = SA_RECORD (object);

  g_clear_pointer (&self->fields, free_fields);
  g_clear_object (&self->registry);

  G_OBJECT_CLASS (sa_record_parent_class)->finalize (object);
}

static void
sa_record_class_init (SaRecordClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = sa_record_set_property;
  object_class->get_property = sa_record_get_property;
  object_class->dispose = sa_record_dispose;
  object_class->finalize = sa_record_finalize;

  /**
   * SaRecord:class-name:
   *
   * The wire name of the class that the record is an object of.
   *
   * Since: 1.0
   */
  properties[PROP_CLASS_NAME] =
    g_param_spec_string ("class-name", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
clear_field (gpointer data)
{
  SaRecordField *field = data;

  g_value_unset (&field->value);
}

static void
sa_record_init (SaRecord *self)
{
}

static SaRecordField *
find_field (SaRecord *self,
            const char *name)
{
  for (guint i = 0; self->fields != NULL && i < self->fields->len; i++)
    {
      SaRecordField *field = &g_array_index (self->fields, SaRecordField, i);

      if (field->name == name || g_str_equal (field->name, name))
        return field;
    }

  return NULL;
}

/* A new field, with an unset value, if there is none of this name yet. There are no two pointers for one
 * interned name, and loading a record with many fields comes by here for each of them.  */
static SaRecordField *
obtain_field (SaRecord *self,
              const char *interned_name)
{
  SaRecordField *field = NULL;

  for (guint i = 0; field == NULL && self->fields != NULL && i < self->fields->len; i++)
    if (g_array_index (self->fields, SaRecordField, i).name == interned_name)
      field = &g_array_index (self->fields, SaRecordField, i);

  if (self->fields == NULL)
    {
      self->fields = g_array_new (FALSE, TRUE, sizeof (SaRecordField));
      g_array_set_clear_func (self->fields, clear_field);
    }

  if (field == NULL)
    {
      g_array_set_size (self->fields, self->fields->len + 1);
      field = &g_array_index (self->fields, SaRecordField, self->fields->len - 1);
      field->name = interned_name;
    }

  return field;
}

/**
 * sa_record_new:
 * @class_name: the wire name of the class, as in sa_class_registry_add_record()
 *
 * Makes a record without fields.
 *
 * Returns: (transfer full): a new #SaRecord
 * Since: 1.0
 */
SaRecord *
sa_record_new (const char *class_name)
{
  g_return_val_if_fail (class_name != NULL, NULL);

  return g_object_new (SA_TYPE_RECORD, "class-name", class_name, NULL);
}

/* What a loading archive uses: setting properties would cost more than all the rest. An entry of a map has
 * no class.  */
SaRecord *
sa_record_new_of_class (const SaWireClass *klass)
{
  SaRecord *self = g_object_new (SA_TYPE_RECORD, NULL);

  if (klass != NULL)
    {
      self->class_name = klass->name;
      self->registry = g_object_ref (klass->layout->registry);
      self->klass = klass;
    }

  return self;
}

/* The field of that name in the layout of the class; if it was another one in other schemas, that of the
 * schema that is stored.  */
const SaLayoutField *
sa_record_find_layout_field (SaRecord *self,
                             const char *name)
{
  const SaLayout *layout = self->klass != NULL ? self->klass->layout : NULL;
  const SaLayoutField *found = NULL;

  for (guint i = 0; layout != NULL && i < layout->n_fields; i++)
    {
      const SaLayoutField *field = &layout->fields[i];

      if (field->name != name && !g_str_equal (field->name, name))
        continue;
      if (sa_field_is_in_schema (field, self->klass->schema))
        return field;
      if (found == NULL)
        found = field;
    }

  return found;
}

/**
 * sa_record_get_class_name:
 * @self: a #SaRecord
 *
 * Gets the wire name of the class that the record is an object of.
 *
 * Returns: (transfer none) (nullable): the name; %NULL only if the record was made without one
 * Since: 1.0
 */
const char *
sa_record_get_class_name (SaRecord *self)
{
  g_return_val_if_fail (SA_IS_RECORD (self), NULL);

  return self->class_name;
}

/**
 * sa_record_list_fields:
 * @self: a #SaRecord
 *
 * Lists the names of the fields, in the order in which they were loaded or set.
 *
 * Returns: (transfer full) (array zero-terminated=1): the names
 * Since: 1.0
 */
char **
sa_record_list_fields (SaRecord *self)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  g_return_val_if_fail (SA_IS_RECORD (self), NULL);

  for (guint i = 0; self->fields != NULL && i < self->fields->len; i++)
    g_strv_builder_add (names, g_array_index (self->fields, SaRecordField, i).name);

  return g_strv_builder_end (names);
}

/**
 * sa_record_has_field:
 * @self: a #SaRecord
 * @name: the name of a field
 *
 * Tells whether the record has a field of that name.
 *
 * Returns: %TRUE if there is one
 * Since: 1.0
 */
gboolean
sa_record_has_field (SaRecord *self,
                     const char *name)
{
  g_return_val_if_fail (SA_IS_RECORD (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  return find_field (self, name) != NULL;
}

/**
 * sa_record_get_field:
 * @self: a #SaRecord
 * @name: the name of a field
 *
 * Gets the value of a field. Bindings give the value itself, such as a number or a string.
 *
 * Returns: (transfer none) (nullable): the value, valid until a field is set; %NULL if there is no such field
 * Since: 1.0
 */
const GValue *
sa_record_get_field (SaRecord *self,
                     const char *name)
{
  SaRecordField *field;

  g_return_val_if_fail (SA_IS_RECORD (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  field = find_field (self, name);

  return field != NULL ? &field->value : NULL;
}

/**
 * sa_record_get_field_type:
 * @self: a #SaRecord
 * @name: the name of a field
 *
 * Gets the wire type of a field, as the layout of the class spells it, such as "u16" or "oblist(CNode)": for
 * tools that print what they found.
 *
 * Returns: (transfer none) (nullable): the type; %NULL if the class has no such field, or is not known
 *   because the record was made by sa_record_new()
 * Since: 1.0
 */
const char *
sa_record_get_field_type (SaRecord *self,
                          const char *name)
{
  const SaLayoutField *field;

  g_return_val_if_fail (SA_IS_RECORD (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  field = sa_record_find_layout_field (self, name);

  return field != NULL ? field->wire_type : NULL;
}

/**
 * sa_record_set_field:
 * @self: a #SaRecord
 * @name: the name of the field, which is added if there is none
 * @value: the value, which is converted to the type of the field if the class of the record is known
 * @error: return location for a #GError
 *
 * Sets a field.
 *
 * Returns: %TRUE if the field was set; %FALSE with @error set otherwise: %SA_ARCHIVE_ERROR_INVALID_DATA if
 *   the class has no such field, or the value does not fit in its wire type; %SA_ARCHIVE_ERROR_BAD_CLASS if
 *   an object is not of the class that the layout names. If the class of the record is not known, anything
 *   can be set, and fails only when the record is stored
 * Since: 1.0
 */
gboolean
sa_record_set_field (SaRecord *self,
                     const char *name,
                     const GValue *value,
                     GError **error)
{
  const SaLayoutField *field = NULL;
  GValue copy = G_VALUE_INIT;

  g_return_val_if_fail (SA_IS_RECORD (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (G_IS_VALUE (value), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (self->klass == NULL)
    {
      g_value_init (&copy, G_VALUE_TYPE (value));
      g_value_copy (value, &copy);
      sa_record_take_field (self, g_intern_string (name), &copy);
      return TRUE;
    }

  field = sa_record_find_layout_field (self, name);
  if (field == NULL)
    {
      g_set_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA, _("The class %s has no field %s"),
                   self->class_name, name);
      return FALSE;
    }

  g_value_init (&copy, sa_layout_field_get_value_type (field));
  if (!sa_record_convert (self->klass, field, value, &copy, error))
    {
      g_value_unset (&copy);
      return FALSE;
    }

  sa_record_take_field (self, field->name, &copy);

  return TRUE;
}

/* Moves @value into the field and leaves it unset.  */
void
sa_record_take_field (SaRecord *self,
                      const char *name,
                      GValue *value)
{
  SaRecordField *field = obtain_field (self, name);
  GValue old = field->value;

  field->value = *value;
  *value = (GValue) G_VALUE_INIT;
  /* Last, as the old value may be an object whose end runs foreign code.  */
  if (G_IS_VALUE (&old))
    g_value_unset (&old);
}
