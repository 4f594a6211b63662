/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-record-private.h"

#include "sockarch/archive/sa-archive-time.h"
#include "sockarch/archive/sa-archive-variant.h"
#include "sockarch/archive/sa-graph-private.h"
#include "sockarch/archive/sa-layout-value-private.h"
#include "sockarch/sa-i18n-private.h"

#include <gio/gio.h>
#include <math.h>

/* What the fields of a record are made of. A value that does not fit is found when it is set, where the
 * script is at fault, and not when it is stored, where nobody knows any more.  */

/* A field that is being set.  */
typedef struct
{
  const SaWireClass *klass;
  const SaLayoutField *field;
} Place;

static gboolean fail (const Place *place, GError **error, SaArchiveError code, const char *format, ...)
  G_GNUC_PRINTF (4, 5);

static gboolean
fail (const Place *place,
      GError **error,
      SaArchiveError code,
      const char *format,
      ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);

  g_set_error (error, SA_ARCHIVE_ERROR, code, _("Field %s of class %s, which is %s on the wire: %s"),
               place->field->name, place->klass->name, place->field->wire_type, message);

  return FALSE;
}

static gboolean
fail_type (const Place *place,
           const GValue *value,
           GError **error)
{
  return fail (place, error, SA_ARCHIVE_ERROR_INVALID_DATA, _("it cannot be made of a value of type %s"),
               G_VALUE_TYPE_NAME (value));
}

/* The numbers that an integer of a wire type can be.  */
static void
get_range (SaFieldType type,
           gint64 *min,
           guint64 *max)
{
  static const struct
  {
    gint64 min;
    guint64 max;
  } ranges[] = {
    [SA_FIELD_U8] = { 0, G_MAXUINT8 },
    [SA_FIELD_I8] = { G_MININT8, G_MAXINT8 },
    [SA_FIELD_U16] = { 0, G_MAXUINT16 },
    [SA_FIELD_I16] = { G_MININT16, G_MAXINT16 },
    [SA_FIELD_U32] = { 0, G_MAXUINT32 },
    [SA_FIELD_I32] = { G_MININT32, G_MAXINT32 },
    [SA_FIELD_U64] = { 0, G_MAXUINT64 },
    [SA_FIELD_I64] = { G_MININT64, G_MAXINT64 },
  };
  SaFieldType known = type <= SA_FIELD_I64 ? type : SA_FIELD_I64;

  *min = ranges[known].min;
  *max = ranges[known].max;
}

static gboolean
convert_integer (const Place *place,
                 const GValue *from,
                 GValue *to,
                 GError **error)
{
  gboolean negative;
  guint64 bits;
  gint64 min;
  guint64 max;

  if (place->field->type == SA_FIELD_TIME && G_VALUE_HOLDS (from, G_TYPE_DATE_TIME)
      && g_value_get_boxed (from) != NULL)
    {
      g_value_set_int64 (to, g_date_time_to_unix (g_value_get_boxed (from)));
      return TRUE;
    }

  if (!sa_value_get_integer (from, &negative, &bits))
    return fail_type (place, from, error);

  get_range (place->field->type, &min, &max);
  if (negative ? (gint64) bits < min : bits > max)
    {
      g_autofree char *number = negative ? g_strdup_printf ("%" PRId64, (gint64) bits)
                                         : g_strdup_printf ("%" PRIu64, bits);

      return fail (place, error, SA_ARCHIVE_ERROR_INVALID_DATA, _("the number %s does not fit"), number);
    }

  return sa_value_set_integer (to, negative, bits);
}

static gboolean
convert_real (const Place *place,
              const GValue *from,
              GValue *to,
              GError **error)
{
  double real;

  if (!sa_value_get_real (from, &real))
    return fail_type (place, from, error);

  if (!G_VALUE_HOLDS_FLOAT (to))
    g_value_set_double (to, real);
  else if (sa_real_fits_float (real))
    g_value_set_float (to, (float) real);
  else
    return fail (place, error, SA_ARCHIVE_ERROR_INVALID_DATA, _("the number %g does not fit"), real);

  return TRUE;
}

static gboolean
convert_currency (const Place *place,
                  const GValue *from,
                  GValue *to,
                  GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (G_VALUE_HOLDS_INT64 (from))
    {
      g_value_take_string (to, sa_currency_to_string (g_value_get_int64 (from)));
      return TRUE;
    }

  if (!G_VALUE_HOLDS_STRING (from))
    return fail_type (place, from, error);

  if (g_value_get_string (from) != NULL)
    sa_currency_from_string (g_value_get_string (from), &local_error);
  if (local_error != NULL)
    return fail (place, error, SA_ARCHIVE_ERROR_INVALID_DATA, "%s", local_error->message);

  g_value_copy (from, to);

  return TRUE;
}

static gboolean
convert_string (const Place *place,
                const GValue *from,
                GValue *to,
                GError **error)
{
  const char *text;

  if (!G_VALUE_HOLDS_STRING (from))
    return fail_type (place, from, error);

  text = g_value_get_string (from);
  if (text != NULL && !g_utf8_validate (text, -1, NULL))
    return fail (place, error, SA_ARCHIVE_ERROR_INVALID_DATA, _("the text is not valid UTF-8"));

  g_value_set_string (to, text != NULL ? text : "");

  return TRUE;
}

/* The type of the GVariant that a field has, and the one that a new record has.  */
static char *
print_empty_variant (const SaLayoutField *field)
{
  switch (field->type)
    {
    case SA_FIELD_VARIANT:
      return g_strdup ("(@q 0, <()>)");
    case SA_FIELD_RECT:
      return g_strdup ("(0, 0, 0, 0)");
    case SA_FIELD_NUMBER_ARRAY:
      return g_strdup_printf ("@a%s []", sa_field_type_get_variant_type (field->element));
    case SA_FIELD_MAP_STRING_STRING:
      return g_strdup ("@a{ss} {}");
    default:
      return g_strdup ("(0, 0)");
    }
}

static GVariant *
new_empty_variant (const SaLayoutField *field)
{
  g_autofree char *text = print_empty_variant (field);

  return g_variant_parse (NULL, text, NULL, NULL, NULL);
}

/* GVariant has no integers of 8 bits with a sign and no floats, so theirs can be too large.  */
static gboolean
check_widened (const Place *place,
               GVariant *variant,
               GError **error)
{
  GVariantIter iter;
  gint16 integer;
  double real;

  g_variant_iter_init (&iter, variant);
  if (place->field->element == SA_FIELD_I8)
    {
      while (g_variant_iter_next (&iter, "n", &integer))
        if (integer < G_MININT8 || integer > G_MAXINT8)
          return fail (place, error, SA_ARCHIVE_ERROR_INVALID_DATA, _("the number %d does not fit"), integer);
    }
  else if (place->field->element == SA_FIELD_F32)
    {
      while (g_variant_iter_next (&iter, "d", &real))
        if (!sa_real_fits_float (real))
          return fail (place, error, SA_ARCHIVE_ERROR_INVALID_DATA, _("the number %g does not fit"), real);
    }

  return TRUE;
}

static gboolean
convert_variant (const Place *place,
                 const GValue *from,
                 GValue *to,
                 GError **error)
{
  g_autoptr (GVariant) empty = new_empty_variant (place->field);
  GVariant *variant;

  if (!G_VALUE_HOLDS_VARIANT (from))
    return fail_type (place, from, error);

  variant = g_value_get_variant (from);
  if (variant != NULL && !g_variant_is_of_type (variant, g_variant_get_type (empty)))
    return fail (place, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                 _("it cannot be made of a GVariant of type “%s”, only of one of type “%s”"),
                 g_variant_get_type_string (variant), g_variant_get_type_string (empty));

  if (variant != NULL && place->field->type == SA_FIELD_NUMBER_ARRAY
      && !check_widened (place, variant, error))
    return FALSE;

  g_value_set_variant (to, variant != NULL ? variant : empty);

  return TRUE;
}

static GBytes *
new_zeros (gsize size)
{
  return g_bytes_new_take (g_malloc0 (size), size);
}

static gboolean
convert_bytes (const Place *place,
               const GValue *from,
               GValue *to,
               GError **error)
{
  gboolean is_fixed = place->field->type == SA_FIELD_BYTES;
  GBytes *bytes;

  if (!G_VALUE_HOLDS (from, G_TYPE_BYTES))
    return fail_type (place, from, error);

  bytes = g_value_get_boxed (from);
  if (bytes != NULL && is_fixed && g_bytes_get_size (bytes) != place->field->size)
    return fail (place, error, SA_ARCHIVE_ERROR_INVALID_DATA, _("there are %zu bytes"),
                 g_bytes_get_size (bytes));

  if (bytes != NULL)
    g_value_set_boxed (to, bytes);
  else
    g_value_take_boxed (to, new_zeros (is_fixed ? place->field->size : 0));

  return TRUE;
}

/* Whether @object can be where the layout names a class, as far as that class is known by now.  */
static gboolean
check_object (const Place *place,
              GObject *object,
              GError **error)
{
  SaClassRegistry *registry = place->klass->layout->registry;
  const SaWireClass *expected = place->field->class_name != NULL
                                    ? sa_class_registry_lookup_name (registry, place->field->class_name)
                                    : NULL;
  const SaWireClass *klass;

  if (object == NULL || expected == NULL)
    return TRUE;

  klass = sa_class_registry_lookup_object (registry, object);
  if (klass != NULL && sa_wire_class_is_a (klass, expected))
    return TRUE;

  return fail (place, error, SA_ARCHIVE_ERROR_BAD_CLASS, _("an object of %s cannot be there"),
               klass != NULL ? klass->name : G_OBJECT_TYPE_NAME (object));
}

static gboolean
holds_object (const GValue *value)
{
  return g_type_is_a (G_VALUE_TYPE (value), G_TYPE_OBJECT) || G_TYPE_IS_INTERFACE (G_VALUE_TYPE (value));
}

static gboolean
convert_object (const Place *place,
                const GValue *from,
                GValue *to,
                GError **error)
{
  GObject *object;

  if (!holds_object (from))
    return fail_type (place, from, error);

  object = g_value_get_object (from);
  if (object == NULL && place->field->type == SA_FIELD_EMBED)
    return fail (place, error, SA_ARCHIVE_ERROR_BAD_CLASS, _("there must be an object"));
  if (!check_object (place, object, error))
    return FALSE;

  g_value_set_object (to, object);

  return TRUE;
}

/* A list of whatever kind becomes a GListStore of its own; one that is a GListStore stays itself, so that
 * the script can go on filling it.  */
static gboolean
convert_list (const Place *place,
              const GValue *from,
              GValue *to,
              GError **error)
{
  gpointer container = NULL;
  g_autoptr (GListStore) list = g_list_store_new (G_TYPE_OBJECT);
  guint count;

  if (G_VALUE_HOLDS (from, G_TYPE_PTR_ARRAY))
    {
      GPtrArray *array = g_value_get_boxed (from);

      for (guint i = 0; array != NULL && i < array->len; i++)
        {
          if (!G_IS_OBJECT (g_ptr_array_index (array, i)))
            return fail (place, error, SA_ARCHIVE_ERROR_BAD_CLASS, _("element %u is no object"), i);
          g_list_store_append (list, g_ptr_array_index (array, i));
        }
      g_value_set_object (to, list);
      return TRUE;
    }

  if (holds_object (from))
    container = g_value_get_object (from);
  if (!holds_object (from) || (container != NULL && !G_IS_LIST_MODEL (container)))
    return fail_type (place, from, error);

  if (container != NULL && G_IS_LIST_STORE (container))
    {
      g_value_set_object (to, container);
      return TRUE;
    }

  count = container != NULL ? g_list_model_get_n_items (container) : 0;
  for (guint i = 0; i < count; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (container, i);

      g_list_store_append (list, item);
    }
  g_value_set_object (to, list);

  return TRUE;
}

static gboolean
convert_same (const Place *place,
              const GValue *from,
              GValue *to,
              GError **error)
{
  if (G_VALUE_TYPE (from) != G_VALUE_TYPE (to))
    return fail_type (place, from, error);

  g_value_copy (from, to);

  return TRUE;
}

/* @to is of the type that a record has for the field.  */
gboolean
sa_record_convert (const SaWireClass *klass,
                   const SaLayoutField *field,
                   const GValue *from,
                   GValue *to,
                   GError **error)
{
  Place place = { klass, field };

  switch (field->type)
    {
    case SA_FIELD_U8 ... SA_FIELD_I64:
    case SA_FIELD_TIME:
    case SA_FIELD_TIME_SPAN:
      return convert_integer (&place, from, to, error);
    case SA_FIELD_F32:
    case SA_FIELD_F64:
    case SA_FIELD_OLE_DATE_TIME_SPAN:
      return convert_real (&place, from, to, error);
    case SA_FIELD_CSTRING:
    case SA_FIELD_NARROW:
    case SA_FIELD_WIDE:
      return convert_string (&place, from, to, error);
    case SA_FIELD_CURRENCY:
      return convert_currency (&place, from, to, error);
    case SA_FIELD_VARIANT:
    case SA_FIELD_POINT:
    case SA_FIELD_SIZE:
    case SA_FIELD_RECT:
    case SA_FIELD_NUMBER_ARRAY:
    case SA_FIELD_MAP_STRING_STRING:
      return convert_variant (&place, from, to, error);
    case SA_FIELD_BYTES:
    case SA_FIELD_BYTE_ARRAY:
      return convert_bytes (&place, from, to, error);
    case SA_FIELD_EMBED:
    case SA_FIELD_OBJECT:
      return convert_object (&place, from, to, error);
    case SA_FIELD_OBJECT_ARRAY ... SA_FIELD_MAP_STRING_OBJECT:
      return convert_list (&place, from, to, error);
    default:
      return convert_same (&place, from, to, error);
    }
}

/* What is nothing on the wire.  */
static void
fill (const SaLayoutField *field,
      GValue *value)
{
  switch (field->type)
    {
    case SA_FIELD_CSTRING:
    case SA_FIELD_NARROW:
    case SA_FIELD_WIDE:
      g_value_set_static_string (value, "");
      break;
    case SA_FIELD_CURRENCY:
      g_value_set_static_string (value, "0");
      break;
    case SA_FIELD_VARIANT:
    case SA_FIELD_POINT:
    case SA_FIELD_SIZE:
    case SA_FIELD_RECT:
    case SA_FIELD_NUMBER_ARRAY:
    case SA_FIELD_MAP_STRING_STRING:
      g_value_take_variant (value, new_empty_variant (field));
      break;
    case SA_FIELD_BYTES:
    case SA_FIELD_BYTE_ARRAY:
      g_value_take_boxed (value, new_zeros (field->type == SA_FIELD_BYTES ? field->size : 0));
      break;
    case SA_FIELD_STRING_ARRAY:
      g_value_take_boxed (value, g_new0 (char *, 1));
      break;
    case SA_FIELD_EMBED:
      g_value_take_object (value, field->klass->is_record ? (gpointer) sa_record_new_filled (field->klass)
                                                          : sa_graph_make (field->klass));
      break;
    case SA_FIELD_OBJECT_ARRAY ... SA_FIELD_MAP_STRING_OBJECT:
      g_value_take_object (value, g_list_store_new (G_TYPE_OBJECT));
      break;
    default:
      break;
    }
}

void
sa_record_get_empty (const SaLayoutField *field,
                     GValue *value)
{
  g_value_init (value, sa_layout_field_get_value_type (field));
  fill (field, value);
}

SaRecord *
sa_record_new_filled (const SaWireClass *klass)
{
  SaRecord *self = sa_record_new_of_class (klass);

  for (guint i = 0; i < klass->layout->n_fields; i++)
    {
      const SaLayoutField *field = &klass->layout->fields[i];
      GValue value = G_VALUE_INIT;

      if (!sa_field_is_in_schema (field, klass->schema))
        continue;

      sa_record_get_empty (field, &value);
      sa_record_take_field (self, field->name, &value);
    }

  return self;
}
