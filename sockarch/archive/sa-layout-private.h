/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/sa-types.h"

/* A layout says which fields a class has on the wire. It is compiled once, when the class is registered:
 * names are looked up, properties found and their types checked; an object then takes no look-up at all.  */

struct _SaWireClass;

/* What a field is on the wire; the table is in the description of SaClassRegistry.  */
typedef enum
{
  SA_FIELD_U8,
  SA_FIELD_I8,
  SA_FIELD_U16,
  SA_FIELD_I16,
  SA_FIELD_U32,
  SA_FIELD_I32,
  SA_FIELD_U64,
  SA_FIELD_I64,
  SA_FIELD_F32,
  SA_FIELD_F64,
  SA_FIELD_BOOL1,
  SA_FIELD_BOOL4,
  SA_FIELD_CSTRING,
  SA_FIELD_NARROW,
  SA_FIELD_WIDE,
  SA_FIELD_TIME,
  SA_FIELD_TIME_SPAN,
  SA_FIELD_OLE_DATE_TIME,
  SA_FIELD_OLE_DATE_TIME_SPAN,
  SA_FIELD_CURRENCY,
  SA_FIELD_VARIANT,
  SA_FIELD_POINT,
  SA_FIELD_SIZE,
  SA_FIELD_RECT,
  SA_FIELD_BYTES,
  SA_FIELD_BYTE_ARRAY,
  SA_FIELD_NUMBER_ARRAY,
  SA_FIELD_STRING_ARRAY,
  SA_FIELD_MAP_STRING_STRING,
  SA_FIELD_EMBED,
  SA_FIELD_OBJECT,
  SA_FIELD_OBJECT_ARRAY,
  SA_FIELD_EMBED_ARRAY,
  SA_FIELD_MAP_WORD_OBJECT,
  SA_FIELD_MAP_STRING_OBJECT,
} SaFieldType;

typedef struct
{
  /* As the layout spells it, interned: the field of a record, and what errors say.  */
  const char *name;
  /* The property of the same name; NULL in the layout of a record.  */
  GParamSpec *property;
  SaFieldType type;
  /* As the layout spells it, interned, for whoever lists the fields.  */
  const char *wire_type;
  /* Of what SA_FIELD_NUMBER_ARRAY is an array.  */
  SaFieldType element;
  /* How many bytes SA_FIELD_BYTES has.  */
  guint size;
  /* The schemas in which the field exists.  */
  guint16 min_schema;
  guint16 max_schema;
  /* The class of the objects, interned, or NULL for any. The class itself is found at the first use and
   * kept, since classes may refer to each other; archives in several threads may do so at once, with the
   * same result.  */
  const char *class_name;
  const struct _SaWireClass *klass;
} SaLayoutField;

typedef struct
{
  /* What it was made of, for sa_class_registry_get_class_layout ().  */
  char *text;
  /* Which it is part of, and where the classes are that its fields name.  */
  SaClassRegistry *registry;
  /* Of base (), whose fields are the first ones here; or NULL.  */
  const struct _SaWireClass *base;
  guint n_fields;
  SaLayoutField *fields;
  /* How many there are with those of embedded classes, and how deep these are in each other: limited.  */
  guint n_total;
  guint depth;
  /* The fewest bytes that they take on the wire, in the schema that is stored.  */
  gsize min_size;
} SaLayout;

SaLayout *sa_layout_new (SaClassRegistry *registry, const char *class_name, guint schema,
                         GObjectClass *object_class, const char *text, GError **error);
void sa_layout_free (SaLayout *layout);
GType sa_layout_field_get_value_type (const SaLayoutField *field);
const char *sa_field_type_get_variant_type (SaFieldType element);

static inline const char *
sa_layout_get_text (const SaLayout *layout)
{
  return layout->text;
}

static inline const struct _SaWireClass *
sa_layout_get_base (const SaLayout *layout)
{
  return layout->base;
}

/* Finds the property that @field stands for, and makes sure that it can serve for both directions:
 * sa-layout-property.c */
gboolean sa_layout_bind_property (SaLayoutField *field, SaClassRegistry *registry, const char *class_name,
                                  GObjectClass *object_class, GError **error);

/* Running one: sa-layout-load.c, sa-layout-store.c */
gboolean sa_layout_load (const SaLayout *layout, SaArchive *archive, GObject *object, guint schema,
                         GError **error);
gboolean sa_layout_store (const SaLayout *layout, SaArchive *archive, GObject *object, guint schema,
                          GError **error);
