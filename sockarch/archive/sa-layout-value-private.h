/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/archive/sa-class-registry-private.h"
#include "sockarch/sa-error.h"

/* Between the values of fields and the properties that stand for them, whose types differ within reason.  */

/* One field on its way, in either direction.  */
typedef struct
{
  SaArchive *archive;
  const SaLayout *layout;
  /* Not const, as its class is remembered in it.  */
  SaLayoutField *field;
} SaFieldContext;

gboolean sa_field_get_class (SaFieldContext *c, const SaWireClass **klass, GError **error);
gsize sa_field_type_get_size (SaFieldType element);
gsize sa_field_get_min_size (const SaLayoutField *field);
gsize sa_wire_class_get_min_size (const SaWireClass *klass);
/* Gives @value, which is as a record has it, to the property.  */
gboolean sa_field_set_property (SaFieldContext *c, GObject *object, const GValue *value, GError **error);
/* Whether objects of this schema have the field.  */
static inline gboolean
sa_field_is_in_schema (const SaLayoutField *field,
                       guint schema)
{
  return schema >= field->min_schema && schema <= field->max_schema;
}

/* An integer from any type of value that can hold one; @negative says how to read the bits.  */
gboolean sa_value_get_integer (const GValue *value, gboolean *negative, guint64 *bits);
gboolean sa_value_set_integer (GValue *value, gboolean negative, guint64 bits);
gboolean sa_value_get_real (const GValue *value, double *real);
gboolean sa_real_fits_float (double real);
