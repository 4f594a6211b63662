/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-layout-value-private.h"

#include "sockarch/archive/sa-archive-private.h"
#include "sockarch/archive/sa-archive-time.h"
#include "sockarch/sa-i18n-private.h"

#include <math.h>

/* The class that the layout names, which need not have been registered before it; NULL if any will do.  */
gboolean
sa_field_get_class (SaFieldContext *c,
           const SaWireClass **klass,
           GError **error)
{
  *klass = g_atomic_pointer_get (&c->field->klass);
  if (*klass != NULL || c->field->class_name == NULL)
    return TRUE;

  *klass = sa_class_registry_lookup_name (c->layout->registry, c->field->class_name);
  if (*klass == NULL)
    return sa_archive_set_error (c->archive, error, SA_ARCHIVE_ERROR_BAD_CLASS,
                                 _("The layout wants an object of class %s, which is not registered"),
                                 c->field->class_name);

  g_atomic_pointer_set (&c->field->klass, *klass);

  return TRUE;
}

/* How many bytes a number takes on the wire.  */
gsize
sa_field_type_get_size (SaFieldType element)
{
  switch (element)
    {
    case SA_FIELD_U8:
    case SA_FIELD_I8:
      return 1;
    case SA_FIELD_U16:
    case SA_FIELD_I16:
      return 2;
    case SA_FIELD_U32:
    case SA_FIELD_I32:
    case SA_FIELD_F32:
      return 4;
    default:
      return 8;
    }
}

gboolean
sa_value_get_integer (const GValue *value,
                      gboolean *negative,
                      guint64 *bits)
{
  gint64 number;

  switch (G_TYPE_FUNDAMENTAL (G_VALUE_TYPE (value)))
    {
    case G_TYPE_CHAR:
      number = g_value_get_schar (value);
      break;
    case G_TYPE_INT:
      number = g_value_get_int (value);
      break;
    case G_TYPE_LONG:
      number = g_value_get_long (value);
      break;
    case G_TYPE_INT64:
      number = g_value_get_int64 (value);
      break;
    case G_TYPE_ENUM:
      number = g_value_get_enum (value);
      break;
    case G_TYPE_UCHAR:
      number = g_value_get_uchar (value);
      break;
    case G_TYPE_UINT:
      number = g_value_get_uint (value);
      break;
    case G_TYPE_FLAGS:
      number = g_value_get_flags (value);
      break;
    case G_TYPE_ULONG:
    case G_TYPE_UINT64:
      *negative = FALSE;
      *bits = G_VALUE_HOLDS_ULONG (value) ? g_value_get_ulong (value) : g_value_get_uint64 (value);
      return TRUE;
    case G_TYPE_DOUBLE:
      /* What JavaScript has for a number.  */
      if (trunc (g_value_get_double (value)) != g_value_get_double (value)
          || fabs (g_value_get_double (value)) > (double) (G_GUINT64_CONSTANT (1) << 53))
        return FALSE;
      number = (gint64) g_value_get_double (value);
      break;
    default:
      return FALSE;
    }

  *negative = number < 0;
  *bits = (guint64) number;

  return TRUE;
}

/* A real number from any type of value that has one without a loss.  */
gboolean
sa_value_get_real (const GValue *value,
                   double *real)
{
  gboolean negative;
  guint64 bits;

  if (G_VALUE_HOLDS_DOUBLE (value))
    *real = g_value_get_double (value);
  else if (G_VALUE_HOLDS_FLOAT (value))
    *real = g_value_get_float (value);
  else if (!sa_value_get_integer (value, &negative, &bits)
           || (negative ? -bits : bits) > G_GUINT64_CONSTANT (1) << 53)
    return FALSE;
  else
    *real = negative ? (double) (gint64) bits : (double) bits;

  return TRUE;
}

/* What is too large for a float becomes infinite, which it was not.  */
gboolean
sa_real_fits_float (double real)
{
  return isfinite ((float) real) || !isfinite (real);
}

static gboolean
is_in_range (gboolean negative,
             guint64 bits,
             gint64 min,
             guint64 max)
{
  return negative ? (gint64) bits >= min : bits <= max;
}

/* FALSE if the number is out of the range of the type.  */
gboolean
sa_value_set_integer (GValue *value,
                      gboolean negative,
                      guint64 bits)
{
  switch (G_TYPE_FUNDAMENTAL (G_VALUE_TYPE (value)))
    {
    case G_TYPE_CHAR:
      g_value_set_schar (value, (gint8) bits);
      return is_in_range (negative, bits, G_MININT8, G_MAXINT8);
    case G_TYPE_UCHAR:
      g_value_set_uchar (value, (guint8) bits);
      return is_in_range (negative, bits, 0, G_MAXUINT8);
    case G_TYPE_INT:
      g_value_set_int (value, (int) bits);
      return is_in_range (negative, bits, G_MININT, G_MAXINT);
    case G_TYPE_ENUM:
      g_value_set_enum (value, (int) bits);
      return is_in_range (negative, bits, G_MININT, G_MAXINT);
    case G_TYPE_UINT:
      g_value_set_uint (value, (guint) bits);
      return is_in_range (negative, bits, 0, G_MAXUINT);
    case G_TYPE_FLAGS:
      g_value_set_flags (value, (guint) bits);
      return is_in_range (negative, bits, 0, G_MAXUINT);
    case G_TYPE_LONG:
      g_value_set_long (value, (long) bits);
      return is_in_range (negative, bits, G_MINLONG, G_MAXLONG);
    case G_TYPE_ULONG:
      g_value_set_ulong (value, (gulong) bits);
      return is_in_range (negative, bits, 0, G_MAXULONG);
    case G_TYPE_INT64:
      g_value_set_int64 (value, (gint64) bits);
      return is_in_range (negative, bits, G_MININT64, G_MAXINT64);
    case G_TYPE_UINT64:
      g_value_set_uint64 (value, bits);
      return is_in_range (negative, bits, 0, G_MAXUINT64);
    default:
      return FALSE;
    }
}

/* From the type that a record has to the type of the property, which sa_layout_new () found to fit.  */
static gboolean
convert (const GValue *from,
         GValue *to)
{
  gboolean negative;
  guint64 bits;
  gint64 amount;
  GError *error = NULL;

  if (g_type_is_a (G_VALUE_TYPE (from), G_TYPE_OBJECT))
    {
      g_value_set_object (to, g_value_get_object (from));
      return TRUE;
    }

  if (G_VALUE_TYPE (to) == G_TYPE_DATE_TIME && G_VALUE_HOLDS_INT64 (from))
    {
      g_value_take_boxed (to, g_date_time_new_from_unix_utc (g_value_get_int64 (from)));
      return g_value_get_boxed (to) != NULL;
    }

  if (G_VALUE_HOLDS_INT64 (to) && G_VALUE_HOLDS_STRING (from))
    {
      amount =
          g_value_get_string (from) != NULL ? sa_currency_from_string (g_value_get_string (from), &error) : 0;
      g_clear_error (&error);
      g_value_set_int64 (to, amount);
      return g_value_get_string (from) != NULL;
    }

  if (sa_value_get_integer (from, &negative, &bits) && !G_VALUE_HOLDS_DOUBLE (to) &&
      !G_VALUE_HOLDS_FLOAT (to))
    return sa_value_set_integer (to, negative, bits);

  return g_value_transform (from, to);
}

static gboolean
fill_list (SaFieldContext *c,
           GObject *object,
           GListModel *from,
           GError **error)
{
  g_autoptr (GListStore) list = NULL;
  GType item_type;

  g_object_get (object, c->field->property->name, &list, NULL);
  if (list == NULL)
    return sa_archive_set_error (c->archive, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                                 _("The list is NULL and cannot be set"));

  item_type = g_list_model_get_item_type (G_LIST_MODEL (list));
  for (guint i = 0; i < g_list_model_get_n_items (from); i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (from, i);

      if (!g_type_is_a (G_OBJECT_TYPE (item), item_type))
        return sa_archive_set_error (c->archive, error, SA_ARCHIVE_ERROR_BAD_CLASS,
                                     _("An object of type %s does not fit in a list of %s"),
                                     G_OBJECT_TYPE_NAME (item), g_type_name (item_type));
    }

  g_list_store_remove_all (list);
  for (guint i = 0; i < g_list_model_get_n_items (from); i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (from, i);

      g_list_store_append (list, item);
    }

  return TRUE;
}

gboolean
sa_field_set_property (SaFieldContext *c,
                       GObject *object,
                       const GValue *value,
                       GError **error)
{
  GParamSpec *property = c->field->property;
  g_auto (GValue) converted = G_VALUE_INIT;

  if ((property->flags & G_PARAM_WRITABLE) == 0 || (property->flags & G_PARAM_CONSTRUCT_ONLY) != 0)
    return fill_list (c, object, g_value_get_object (value), error);

  g_value_init (&converted, property->value_type);
  if (G_VALUE_TYPE (value) == property->value_type)
    g_value_copy (value, &converted);
  else if (!convert (value, &converted))
    return sa_archive_set_error (c->archive, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                                 _("The value does not fit in the property “%s” of type %s"), property->name,
                                 g_type_name (property->value_type));

  /* To set it would cut it silently to what the property allows.  */
  if (g_param_value_validate (property, &converted))
    return sa_archive_set_error (c->archive, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                                 _("The value is out of the range of the property “%s”"), property->name);

  g_object_set_property (object, property->name, &converted);

  return TRUE;
}

/* The fewest bytes that a field can have on the wire.  */
gsize
sa_field_get_min_size (const SaLayoutField *field)
{
  switch (field->type)
    {
    case SA_FIELD_U8 ... SA_FIELD_F64:
      return sa_field_type_get_size (field->type);
    case SA_FIELD_BOOL1:
    case SA_FIELD_CSTRING:
    case SA_FIELD_NARROW:
    case SA_FIELD_WIDE:
      return 1;
    case SA_FIELD_BOOL4:
    case SA_FIELD_TIME:
    case SA_FIELD_TIME_SPAN:
      return 4;
    case SA_FIELD_OLE_DATE_TIME:
    case SA_FIELD_OLE_DATE_TIME_SPAN:
    case SA_FIELD_CURRENCY:
      return 12;
    case SA_FIELD_POINT:
    case SA_FIELD_SIZE:
      return 8;
    case SA_FIELD_RECT:
      return 16;
    case SA_FIELD_BYTES:
      return field->size;
    case SA_FIELD_EMBED:
      return sa_wire_class_get_min_size (field->klass);
    default:
      return 2;
    }
}

/* The fewest bytes that the fields of @klass take in place; 0 if only its code knows.  */
gsize
sa_wire_class_get_min_size (const SaWireClass *klass)
{
  return klass->layout != NULL ? klass->layout->min_size : 0;
}
