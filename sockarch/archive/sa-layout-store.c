/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-layout-private.h"

#include "sockarch/archive/sa-archive-array.h"
#include "sockarch/archive/sa-archive-scalar.h"
#include "sockarch/archive/sa-archive-string.h"
#include "sockarch/archive/sa-archive-time.h"
#include "sockarch/archive/sa-archive-variant.h"
#include "sockarch/archive/sa-collection-private.h"
#include "sockarch/archive/sa-layout-value-private.h"
#include "sockarch/archive/sa-record-private.h"
#include "sockarch/sa-i18n-private.h"

#include <math.h>

/* Storing takes whatever type a value has that can mean the field: properties have been checked when the
 * class was registered, but a script may put anything into a record.  */

static gboolean
fail_type (SaFieldContext *c,
           const GValue *value,
           GError **error)
{
  return sa_archive_set_error (c->archive, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                               _("A value of type %s cannot be stored as this field"),
                               G_VALUE_TYPE_NAME (value));
}

static gboolean
fail_range (SaFieldContext *c,
            gboolean negative,
            guint64 bits,
            GError **error)
{
  g_autofree char *number = negative ? g_strdup_printf ("%" PRId64, (gint64) bits)
                                     : g_strdup_printf ("%" PRIu64, bits);

  return sa_archive_set_error (c->archive, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                               _("The number %s does not fit in the wire type of the field"), number);
}

static gboolean
store_integer (SaFieldContext *c,
               const GValue *value,
               GError **error)
{
  SaArchive *archive = c->archive;
  gboolean negative;
  guint64 bits;
  gint64 number;

  if (!sa_value_get_integer (value, &negative, &bits))
    return fail_type (c, value, error);

  number = (gint64) bits;
  switch (c->field->type)
    {
    case SA_FIELD_U8:
      if (!negative && bits <= G_MAXUINT8)
        return sa_archive_write_uint8 (archive, (guint8) bits, error);
      break;
    case SA_FIELD_I8:
      if (negative ? number >= G_MININT8 : bits <= G_MAXINT8)
        return sa_archive_write_int8 (archive, (gint8) number, error);
      break;
    case SA_FIELD_U16:
      if (!negative && bits <= G_MAXUINT16)
        return sa_archive_write_uint16 (archive, (guint16) bits, error);
      break;
    case SA_FIELD_I16:
      if (negative ? number >= G_MININT16 : bits <= G_MAXINT16)
        return sa_archive_write_int16 (archive, (gint16) number, error);
      break;
    case SA_FIELD_U32:
      if (!negative && bits <= G_MAXUINT32)
        return sa_archive_write_uint32 (archive, (guint32) bits, error);
      break;
    case SA_FIELD_I32:
      if (negative ? number >= G_MININT32 : bits <= G_MAXINT32)
        return sa_archive_write_int32 (archive, (gint32) number, error);
      break;
    case SA_FIELD_U64:
      if (!negative)
        return sa_archive_write_uint64 (archive, bits, error);
      break;
    case SA_FIELD_I64:
      if (negative || bits <= G_MAXINT64)
        return sa_archive_write_int64 (archive, number, error);
      break;
    case SA_FIELD_TIME:
      if (negative || bits <= G_MAXINT64)
        return sa_archive_write_time (archive, number, error);
      break;
    default:
      if (negative || bits <= G_MAXINT64)
        return sa_archive_write_time_span (archive, number, error);
    }

  return fail_range (c, negative, bits, error);
}

static gboolean
write_float (SaFieldContext *c,
             double real,
             GError **error)
{
  if (!sa_real_fits_float (real))
    return sa_archive_set_error (c->archive, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                                 _("The number %g does not fit in the wire type of the field"), real);

  return sa_archive_write_float (c->archive, (float) real, error);
}

static gboolean
store_real (SaFieldContext *c,
            const GValue *value,
            GError **error)
{
  double days;

  if (!sa_value_get_real (value, &days))
    return fail_type (c, value, error);

  if (c->field->type == SA_FIELD_F32)
    return write_float (c, days, error);
  if (c->field->type == SA_FIELD_F64)
    return sa_archive_write_double (c->archive, days, error);

  return sa_archive_write_ole_date_time_span (c->archive, isnan (days) ? 0 : days,
                                              isnan (days) ? SA_OLE_NULL : SA_OLE_VALID, error);
}

/* narrow and wide are what the field is, whatever the archive's form is at the moment.  */
static gboolean
store_string (SaFieldContext *c,
              const GValue *value,
              GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (c->archive);
  SaStringForm outer_form = priv->string_form;
  const char *string;
  gboolean success;

  if (!G_VALUE_HOLDS_STRING (value))
    return fail_type (c, value, error);

  if (c->field->type != SA_FIELD_CSTRING)
    priv->string_form = c->field->type == SA_FIELD_NARROW ? SA_STRING_NARROW : SA_STRING_WIDE;

  string = g_value_get_string (value);
  success = sa_archive_write_string (c->archive, string != NULL ? string : "", error);
  priv->string_form = outer_form;

  return success;
}

static gboolean
store_time (SaFieldContext *c,
            const GValue *value,
            GError **error)
{
  GDateTime *date_time;

  if (!G_VALUE_HOLDS (value, G_TYPE_DATE_TIME))
    return c->field->type == SA_FIELD_TIME ? store_integer (c, value, error) : fail_type (c, value, error);

  date_time = g_value_get_boxed (value);
  if (c->field->type == SA_FIELD_TIME)
    return sa_archive_write_time (c->archive, date_time != NULL ? g_date_time_to_unix (date_time) : 0, error);

  return sa_archive_write_ole_date_time (c->archive, date_time,
                                         date_time != NULL ? SA_OLE_VALID : SA_OLE_NULL, error);
}

static gboolean
store_currency (SaFieldContext *c,
                const GValue *value,
                GError **error)
{
  GError *local_error = NULL;
  const char *text;
  gint64 amount;

  if (G_VALUE_HOLDS_INT64 (value))
    return sa_archive_write_ole_currency (c->archive, g_value_get_int64 (value), SA_OLE_VALID, error);
  if (!G_VALUE_HOLDS_STRING (value))
    return fail_type (c, value, error);

  text = g_value_get_string (value);
  if (text == NULL)
    return sa_archive_write_ole_currency (c->archive, 0, SA_OLE_NULL, error);

  amount = sa_currency_from_string (text, &local_error);
  if (local_error != NULL)
    return sa_archive_take_error (c->archive, error, local_error);

  return sa_archive_write_ole_currency (c->archive, amount, SA_OLE_VALID, error);
}

/* The variant in @value, which must be of a type; NULL after an error.  */
static GVariant *
get_variant (SaFieldContext *c,
             const GValue *value,
             const char *type,
             GError **error)
{
  GVariant *variant = G_VALUE_HOLDS_VARIANT (value) ? g_value_get_variant (value) : NULL;

  if (variant != NULL && g_variant_is_of_type (variant, G_VARIANT_TYPE (type)))
    return variant;

  sa_archive_set_error (c->archive, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                        _("A GVariant of type “%s” is wanted for this field"), type);

  return NULL;
}

static gboolean
store_ole_variant (SaFieldContext *c,
                   const GValue *value,
                   GError **error)
{
  g_autoptr (GVariant) inner = NULL;
  GVariant *variant;
  guint16 vt;

  /* What an object has that was never given one.  */
  if (G_VALUE_HOLDS_VARIANT (value) && g_value_get_variant (value) == NULL)
    return sa_archive_write_ole_variant (c->archive, SA_OLE_VT_EMPTY, NULL, error);

  variant = get_variant (c, value, "(qv)", error);
  if (variant == NULL)
    return FALSE;

  g_variant_get (variant, "(qv)", &vt, &inner);

  return sa_archive_write_ole_variant (c->archive, (SaOleVt) vt, inner, error);
}

static gboolean
store_geometry (SaFieldContext *c,
                const GValue *value,
                GError **error)
{
  gboolean is_rect = c->field->type == SA_FIELD_RECT;
  GVariant *variant;
  gint32 v[4] = { 0 };

  if (!G_VALUE_HOLDS_VARIANT (value) || g_value_get_variant (value) != NULL)
    {
      variant = get_variant (c, value, is_rect ? "(iiii)" : "(ii)", error);
      if (variant == NULL)
        return FALSE;
      for (gsize i = 0; i < g_variant_n_children (variant); i++)
        g_variant_get_child (variant, i, "i", &v[i]);
    }

  return is_rect ? sa_archive_write_rect (c->archive, v[0], v[1], v[2], v[3], error)
         : c->field->type == SA_FIELD_POINT ? sa_archive_write_point (c->archive, v[0], v[1], error)
                                            : sa_archive_write_size (c->archive, v[0], v[1], error);
}

static gboolean
store_bytes (SaFieldContext *c,
             const GValue *value,
             GError **error)
{
  g_autoptr (GBytes) none = NULL;
  gboolean is_array = c->field->type == SA_FIELD_BYTE_ARRAY;
  GBytes *bytes;

  if (!G_VALUE_HOLDS (value, G_TYPE_BYTES))
    return fail_type (c, value, error);

  bytes = g_value_get_boxed (value);
  if (bytes == NULL)
    {
      gsize size = is_array ? 0 : c->field->size;

      bytes = none = g_bytes_new_take (g_malloc0 (size), size);
    }

  if (is_array)
    return sa_archive_write_byte_array (c->archive, bytes, error);

  if (g_bytes_get_size (bytes) != c->field->size)
    return sa_archive_set_error (c->archive, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                                 _("There are %zu bytes where the layout has %u"),
                                 g_bytes_get_size (bytes), c->field->size);

  return sa_archive_write_bytes (c->archive, bytes, error);
}

/* Numbers that GVariant has only wider: each one is checked, so that nothing is cut.  */
static gboolean
store_narrowed (SaFieldContext *c,
                gconstpointer values,
                gsize count,
                GError **error)
{
  for (gsize i = 0; i < count; i++)
    {
      if (c->field->element == SA_FIELD_I8)
        {
          gint16 number = ((const gint16 *) values)[i];

          if (number < G_MININT8 || number > G_MAXINT8)
            return fail_range (c, number < 0, (guint64) number, error);
          if (!sa_archive_write_int8 (c->archive, (gint8) number, error))
            return FALSE;
        }
      else if (!write_float (c, ((const double *) values)[i], error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
store_numbers (SaFieldContext *c,
               gconstpointer values,
               gsize count,
               GError **error)
{
  SaArchive *archive = c->archive;

  if (count == 0)
    return TRUE;

  switch (c->field->element)
    {
    case SA_FIELD_U8:
      return sa_archive_write_data (archive, values, count, error);
    case SA_FIELD_U16:
      return sa_archive_write_uint16_array (archive, values, count, error);
    case SA_FIELD_I16:
      return sa_archive_write_int16_array (archive, values, count, error);
    case SA_FIELD_U32:
      return sa_archive_write_uint32_array (archive, values, count, error);
    case SA_FIELD_I32:
      return sa_archive_write_int32_array (archive, values, count, error);
    case SA_FIELD_U64:
      return sa_archive_write_uint64_array (archive, values, count, error);
    case SA_FIELD_I64:
      return sa_archive_write_int64_array (archive, values, count, error);
    case SA_FIELD_F64:
      return sa_archive_write_double_array (archive, values, count, error);
    default:
      return store_narrowed (c, values, count, error);
    }
}

static gboolean
store_number_array (SaFieldContext *c,
                    const GValue *value,
                    GError **error)
{
  const char *element = sa_field_type_get_variant_type (c->field->element);
  g_autofree char *type = g_strconcat ("a", element, NULL);
  GVariant *variant;
  gconstpointer values;
  gsize size;
  gsize count;

  if (G_VALUE_HOLDS_VARIANT (value) && g_value_get_variant (value) == NULL)
    return sa_archive_write_count (c->archive, 0, error);

  variant = get_variant (c, value, type, error);
  if (variant == NULL)
    return FALSE;

  size = *element == 'y' ? 1 : strchr ("nq", *element) != NULL ? 2 : strchr ("iu", *element) != NULL ? 4 : 8;
  values = g_variant_get_fixed_array (variant, &count, size);

  return sa_archive_write_count (c->archive, count, error) && store_numbers (c, values, count, error);
}

static gboolean
store_string_map (SaFieldContext *c,
                  const GValue *value,
                  GError **error)
{
  GVariant *variant;
  GVariantIter iter;
  const char *key;
  const char *text;

  if (G_VALUE_HOLDS_VARIANT (value) && g_value_get_variant (value) == NULL)
    return sa_archive_write_count (c->archive, 0, error);

  variant = get_variant (c, value, "a{ss}", error);
  if (variant == NULL || !sa_archive_write_count (c->archive, g_variant_iter_init (&iter, variant), error))
    return FALSE;

  while (g_variant_iter_next (&iter, "{&s&s}", &key, &text))
    if (!sa_archive_write_string (c->archive, key, error) ||
        !sa_archive_write_string (c->archive, text, error))
      return FALSE;

  return TRUE;
}

static gboolean
store_strings (SaFieldContext *c,
               const GValue *value,
               GError **error)
{
  static const char *const none[] = { NULL };

  if (!G_VALUE_HOLDS (value, G_TYPE_STRV))
    return fail_type (c, value, error);

  return sa_archive_write_string_array (
      c->archive, g_value_get_boxed (value) != NULL ? g_value_get_boxed (value) : none, error);
}

static gboolean
store_object (SaFieldContext *c,
              const GValue *value,
              GError **error)
{
  g_autoptr (GObject) held = NULL;
  const SaWireClass *klass;
  GObject *object;

  if (!g_type_is_a (G_VALUE_TYPE (value), G_TYPE_OBJECT) && !G_TYPE_IS_INTERFACE (G_VALUE_TYPE (value)))
    return fail_type (c, value, error);
  if (!sa_field_get_class (c, &klass, error))
    return FALSE;

  /* Held, since its own code may take it out of the field.  */
  object = g_value_get_object (value);
  held = object != NULL ? g_object_ref (object) : NULL;
  if (c->field->type == SA_FIELD_OBJECT)
    return sa_archive_store_object (c->archive, object, klass, error);

  return sa_archive_store_embedded (c->archive, klass, object, error);
}

/* The objects in @value, which is one of the kinds of list; NULL if it is not.  */
static GPtrArray *
get_objects (const GValue *value)
{
  gpointer container = NULL;

  if (G_VALUE_HOLDS (value, G_TYPE_PTR_ARRAY))
    {
      container = g_value_get_boxed (value);
      return container != NULL ? g_ptr_array_ref (container) : g_ptr_array_new ();
    }

  if (!g_type_is_a (G_VALUE_TYPE (value), G_TYPE_OBJECT) && !G_TYPE_IS_INTERFACE (G_VALUE_TYPE (value)))
    return NULL;

  container = g_value_get_object (value);

  return container == NULL || G_IS_LIST_MODEL (container) ? sa_collection_from_list (container) : NULL;
}

static gboolean
store_objects (SaFieldContext *c,
               const GValue *value,
               GError **error)
{
  g_autoptr (GPtrArray) objects = get_objects (value);
  const SaWireClass *klass;

  if (objects == NULL)
    return fail_type (c, value, error);

  return sa_field_get_class (c, &klass, error)
         && sa_collection_store_objects (c->archive, objects, klass, c->field->type == SA_FIELD_EMBED_ARRAY,
                                         error);
}

static gboolean
store_map_entry (SaFieldContext *c,
                 SaRecord *entry,
                 const SaWireClass *klass,
                 GError **error)
{
  const GValue *key = sa_record_get_field (entry, "key");
  const GValue *value = sa_record_get_field (entry, "value");
  gboolean negative;
  guint64 bits;

  if (key == NULL || value == NULL || !g_type_is_a (G_VALUE_TYPE (value), G_TYPE_OBJECT))
    return sa_archive_set_error (c->archive, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                                 _("An entry of a map is not a record with the fields “key” and “value”"));

  if (c->field->type == SA_FIELD_MAP_STRING_OBJECT)
    {
      if (!G_VALUE_HOLDS_STRING (key) || g_value_get_string (key) == NULL)
        return fail_type (c, key, error);
      if (!sa_archive_write_string (c->archive, g_value_get_string (key), error))
        return FALSE;
    }
  else
    {
      if (!sa_value_get_integer (key, &negative, &bits))
        return fail_type (c, key, error);
      if (negative || bits > G_MAXUINT16)
        return fail_range (c, negative, bits, error);
      if (!sa_archive_write_uint16 (c->archive, (guint16) bits, error))
        return FALSE;
    }

  return sa_archive_store_object (c->archive, g_value_get_object (value), klass, error);
}

static gboolean
store_map (SaFieldContext *c,
           const GValue *value,
           GError **error)
{
  g_autoptr (GPtrArray) entries = get_objects (value);
  const SaWireClass *klass;

  if (entries == NULL)
    return fail_type (c, value, error);
  if (!sa_field_get_class (c, &klass, error) || !sa_archive_write_count (c->archive, entries->len, error))
    return FALSE;

  for (guint i = 0; i < entries->len; i++)
    {
      SaRecord *entry = g_ptr_array_index (entries, i);

      if (!SA_IS_RECORD (entry))
        return sa_archive_set_error (
            c->archive, error, SA_ARCHIVE_ERROR_INVALID_DATA,
            _("An entry of a map is not a record with the fields “key” and “value”"));
      sa_archive_set_path_index (c->archive, i);
      if (!store_map_entry (c, entry, klass, error))
        return FALSE;
    }

  sa_archive_set_path_index (c->archive, -1);

  return TRUE;
}

static gboolean
store_field (SaFieldContext *c,
             const GValue *value,
             GError **error)
{
  switch (c->field->type)
    {
    case SA_FIELD_U8 ... SA_FIELD_I64:
    case SA_FIELD_TIME_SPAN:
      return store_integer (c, value, error);
    case SA_FIELD_F32:
    case SA_FIELD_F64:
    case SA_FIELD_OLE_DATE_TIME_SPAN:
      return store_real (c, value, error);
    case SA_FIELD_BOOL1:
      return G_VALUE_HOLDS_BOOLEAN (value)
                 ? sa_archive_write_boolean (c->archive, g_value_get_boolean (value), error)
                 : fail_type (c, value, error);
    case SA_FIELD_BOOL4:
      return G_VALUE_HOLDS_BOOLEAN (value)
                 ? sa_archive_write_boolean32 (c->archive, g_value_get_boolean (value), error)
                 : fail_type (c, value, error);
    case SA_FIELD_CSTRING:
    case SA_FIELD_NARROW:
    case SA_FIELD_WIDE:
      return store_string (c, value, error);
    case SA_FIELD_TIME:
    case SA_FIELD_OLE_DATE_TIME:
      return store_time (c, value, error);
    case SA_FIELD_CURRENCY:
      return store_currency (c, value, error);
    case SA_FIELD_VARIANT:
      return store_ole_variant (c, value, error);
    case SA_FIELD_POINT:
    case SA_FIELD_SIZE:
    case SA_FIELD_RECT:
      return store_geometry (c, value, error);
    case SA_FIELD_BYTES:
    case SA_FIELD_BYTE_ARRAY:
      return store_bytes (c, value, error);
    case SA_FIELD_NUMBER_ARRAY:
      return store_number_array (c, value, error);
    case SA_FIELD_STRING_ARRAY:
      return store_strings (c, value, error);
    case SA_FIELD_MAP_STRING_STRING:
      return store_string_map (c, value, error);
    case SA_FIELD_EMBED:
    case SA_FIELD_OBJECT:
      return store_object (c, value, error);
    case SA_FIELD_OBJECT_ARRAY:
    case SA_FIELD_EMBED_ARRAY:
      return store_objects (c, value, error);
    default:
      return store_map (c, value, error);
    }
}

static gboolean
get_and_store (SaFieldContext *c,
               GObject *object,
               GError **error)
{
  GParamSpec *property = c->field->property;
  g_auto (GValue) value = G_VALUE_INIT;
  const GValue *field;

  if (property != NULL)
    {
      g_value_init (&value, property->value_type);
      g_object_get_property (object, property->name, &value);
      return store_field (c, &value, error);
    }

  field = sa_record_get_field (SA_RECORD (object), c->field->name);
  if (field == NULL && sa_record_find_layout_field (SA_RECORD (object), c->field->name) != NULL)
    {
      /* It was loaded in an older schema, which had no such field yet.  */
      sa_record_get_empty (c->field, &value);
      field = &value;
    }
  if (field == NULL)
    return sa_archive_set_error (c->archive, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                                 _("The record has no field of this name"));

  return store_field (c, field, error);
}

gboolean
sa_layout_store (const SaLayout *layout,
                 SaArchive *archive,
                 GObject *object,
                 guint schema,
                 GError **error)
{
  for (guint i = 0; i < layout->n_fields; i++)
    {
      SaFieldContext c = { archive, layout, &layout->fields[i] };
      gboolean success;

      if (!sa_field_is_in_schema (c.field, schema))
        continue;

      sa_archive_push_path (archive, c.field->name);
      success = get_and_store (&c, object, error);
      sa_archive_pop_path (archive);
      if (!success)
        return FALSE;
    }

  return TRUE;
}
