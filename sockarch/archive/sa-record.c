/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-record-private.h"

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
 * #SaClassRegistry.
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
  /* In the order in which they were set. An array: layouts are short, and their order is worth keeping.  */
  GArray *fields;
};

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

/* Fields may point at other records, and these back at this one.  */
static void
sa_record_dispose (GObject *object)
{
  SaRecord *self = SA_RECORD (object);

  g_array_set_size (self->fields, 0);

  G_OBJECT_CLASS (sa_record_parent_class)->dispose (object);
}

static void
sa_record_finalize (GObject *object)
{
  SaRecord *self = SA_RECORD (object);

  g_array_unref (self->fields);

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
   * SaRecord:class-name: (getter get_class_name)
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
  self->fields = g_array_new (FALSE, TRUE, sizeof (SaRecordField));
  g_array_set_clear_func (self->fields, clear_field);
}

static SaRecordField *
find_field (SaRecord *self,
            const char *name)
{
  for (guint i = 0; i < self->fields->len; i++)
    {
      SaRecordField *field = &g_array_index (self->fields, SaRecordField, i);

      if (field->name == name || g_str_equal (field->name, name))
        return field;
    }

  return NULL;
}

/* A new field, with an unset value, if there is none of this name yet.  */
static SaRecordField *
obtain_field (SaRecord *self,
              const char *interned_name)
{
  SaRecordField *field = find_field (self, interned_name);

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

/* What a loading archive uses: setting properties would cost more than all the rest.  */
SaRecord *
sa_record_new_interned (const char *class_name)
{
  SaRecord *self = g_object_new (SA_TYPE_RECORD, NULL);

  self->class_name = class_name;

  return self;
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

  for (guint i = 0; i < self->fields->len; i++)
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
 * Returns: (transfer none) (nullable): the value, valid until the field is set again; %NULL if there is no
 *   such field
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
 * sa_record_set_field:
 * @self: a #SaRecord
 * @name: the name of the field, which is added if there is none
 * @value: the value; when the record is stored, one that the wire type of the field can be made of
 *
 * Sets a field.
 *
 * Since: 1.0
 */
void
sa_record_set_field (SaRecord *self,
                     const char *name,
                     const GValue *value)
{
  GValue copy = G_VALUE_INIT;

  g_return_if_fail (SA_IS_RECORD (self));
  g_return_if_fail (name != NULL);
  g_return_if_fail (G_IS_VALUE (value));

  g_value_init (&copy, G_VALUE_TYPE (value));
  g_value_copy (value, &copy);
  sa_record_take_field (self, g_intern_string (name), &copy);
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
