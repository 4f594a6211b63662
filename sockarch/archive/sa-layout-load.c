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
#include <string.h>

static GVariant *
take_fixed_array (const char *element_type,
                  gpointer values,
                  gsize size)
{
  g_autofree char *type = g_strconcat ("a", element_type, NULL);

  return g_variant_new_from_data (G_VARIANT_TYPE (type), values, size, TRUE, g_free, values);
}

/* Loading: each of these gives a value of the type that a record has, or fails.  */

static void
load_number (SaFieldContext *c,
             GValue *value,
             GError **error)
{
  SaArchive *archive = c->archive;

  switch (c->field->type)
    {
    case SA_FIELD_U8:
      g_value_set_int (value, sa_archive_read_uint8 (archive, error));
      break;
    case SA_FIELD_I8:
      g_value_set_int (value, sa_archive_read_int8 (archive, error));
      break;
    case SA_FIELD_U16:
      g_value_set_int (value, sa_archive_read_uint16 (archive, error));
      break;
    case SA_FIELD_I16:
      g_value_set_int (value, sa_archive_read_int16 (archive, error));
      break;
    case SA_FIELD_U32:
      g_value_set_uint (value, sa_archive_read_uint32 (archive, error));
      break;
    case SA_FIELD_I32:
      g_value_set_int (value, sa_archive_read_int32 (archive, error));
      break;
    case SA_FIELD_U64:
      g_value_set_uint64 (value, sa_archive_read_uint64 (archive, error));
      break;
    case SA_FIELD_I64:
      g_value_set_int64 (value, sa_archive_read_int64 (archive, error));
      break;
    case SA_FIELD_F32:
      g_value_set_float (value, sa_archive_read_float (archive, error));
      break;
    default:
      g_value_set_double (value, sa_archive_read_double (archive, error));
    }
}

static void
load_ole (SaFieldContext *c,
          GValue *value,
          GError **error)
{
  SaOleStatus status = SA_OLE_NULL;

  if (c->field->type == SA_FIELD_OLE_DATE_TIME)
    g_value_take_boxed (value, sa_archive_read_ole_date_time (c->archive, NULL, error));
  else if (c->field->type == SA_FIELD_OLE_DATE_TIME_SPAN)
    {
      double days = sa_archive_read_ole_date_time_span (c->archive, &status, error);

      g_value_set_double (value, status == SA_OLE_VALID ? days : NAN);
    }
  else
    {
      gint64 amount = sa_archive_read_ole_currency (c->archive, &status, error);

      g_value_take_string (value, status == SA_OLE_VALID ? sa_currency_to_string (amount) : NULL);
    }
}

static void
load_variant (SaFieldContext *c,
              GValue *value,
              GError **error)
{
  SaOleVt vt;
  g_autoptr (GVariant) variant = sa_archive_read_ole_variant (c->archive, &vt, error);

  if (variant != NULL)
    g_value_set_variant (value, g_variant_new ("(qv)", (guint16) vt, variant));
}

static void
load_geometry (SaFieldContext *c,
               GValue *value,
               GError **error)
{
  gint32 v[4];

  if (c->field->type == SA_FIELD_RECT)
    {
      if (sa_archive_read_rect (c->archive, &v[0], &v[1], &v[2], &v[3], error))
        g_value_set_variant (value, g_variant_new ("(iiii)", v[0], v[1], v[2], v[3]));
    }
  else if (c->field->type == SA_FIELD_POINT ? sa_archive_read_point (c->archive, &v[0], &v[1], error)
                                            : sa_archive_read_size (c->archive, &v[0], &v[1], error))
    g_value_set_variant (value, g_variant_new ("(ii)", v[0], v[1]));
}

/* GVariant has no 8 bit signed numbers and no floats; those are widened.  */
static void
load_widened (SaFieldContext *c,
              gsize count,
              GValue *value,
              GError **error)
{
  gsize length = 0;

  if (c->field->element == SA_FIELD_I8)
    {
      g_autofree gint8 *from = sa_archive_read_int8_array (c->archive, count, &length, error);
      gint16 *to = g_new (gint16, length + 1);

      for (gsize i = 0; i < length; i++)
        to[i] = from[i];
      g_value_take_variant (value, take_fixed_array ("n", to, length * sizeof (gint16)));
    }
  else
    {
      g_autofree float *from = sa_archive_read_float_array (c->archive, count, &length, error);
      double *to = g_new (double, length + 1);

      for (gsize i = 0; i < length; i++)
        to[i] = from[i];
      g_value_take_variant (value, take_fixed_array ("d", to, length * sizeof (double)));
    }
}

static void
load_number_array (SaFieldContext *c,
                   GValue *value,
                   GError **error)
{
  SaFieldType element = c->field->element;
  gsize length = 0;
  gpointer values = NULL;
  guint64 count;

  if (!sa_collection_load_count (c->archive, sa_field_type_get_size (element), &count, error))
    return;

  switch (count > 0 ? (int) element : -1)
    {
    case SA_FIELD_I8:
    case SA_FIELD_F32:
      load_widened (c, count, value, error);
      return;
    case SA_FIELD_U8:
      values = sa_archive_dup_data_exactly (c->archive, count, &length, error);
      break;
    case SA_FIELD_U16:
      values = sa_archive_read_uint16_array (c->archive, count, &length, error);
      break;
    case SA_FIELD_I16:
      values = sa_archive_read_int16_array (c->archive, count, &length, error);
      break;
    case SA_FIELD_U32:
      values = sa_archive_read_uint32_array (c->archive, count, &length, error);
      break;
    case SA_FIELD_I32:
      values = sa_archive_read_int32_array (c->archive, count, &length, error);
      break;
    case SA_FIELD_U64:
      values = sa_archive_read_uint64_array (c->archive, count, &length, error);
      break;
    case SA_FIELD_I64:
      values = sa_archive_read_int64_array (c->archive, count, &length, error);
      break;
    case SA_FIELD_F64:
      values = sa_archive_read_double_array (c->archive, count, &length, error);
      break;
    default:
      break;
    }

  g_value_take_variant (value, take_fixed_array (sa_field_type_get_variant_type (element), values,
                                                 length * sa_field_type_get_size (element)));
}

/* How large a GVariant of the size @body becomes with @n offsets behind it; *@width is that of one.  */
static gsize
add_offsets (gsize body,
             gsize n,
             guint *width)
{
  for (*width = 1; *width < 8 && (guint64) (body + n * *width) >> (8 * *width) != 0; *width *= 2)
    continue;

  return body + n * *width;
}

static guint8 *
put_offset (guint8 *at,
            gsize offset,
            guint width)
{
  for (guint i = 0; i < width; i++, offset >>= 8)
    *at++ = (guint8) offset;

  return at;
}

/* Of keys and values, one after the other, an "a{ss}". A builder would keep three hundred bytes an entry, be
 * it empty, as long as it is not done: too many for what a stranger sends in two.  */
static GVariant *
new_string_map (const GPtrArray *strings)
{
  gsize n = strings->len / 2;
  gsize body = 0;
  gsize size;
  guint width, entry_width;
  guint8 *data, *at, *offsets;

  for (guint i = 0; i < 2 * n; i += 2)
    body += add_offsets (strlen (strings->pdata[i]) + strlen (strings->pdata[i + 1]) + 2, 1, &entry_width);

  size = add_offsets (body, n, &width);
  at = data = g_malloc (size);
  offsets = data + body;
  for (guint i = 0; i < 2 * n; i += 2)
    {
      gsize key = strlen (strings->pdata[i]) + 1;
      gsize value = strlen (strings->pdata[i + 1]) + 1;

      add_offsets (key + value, 1, &entry_width);
      memcpy (at, strings->pdata[i], key);
      memcpy (at + key, strings->pdata[i + 1], value);
      at = put_offset (at + key + value, key, entry_width);
      offsets = put_offset (offsets, (gsize) (at - data), width);
    }

  return g_variant_new_from_data (G_VARIANT_TYPE ("a{ss}"), data, size, TRUE, g_free, data);
}

static void
load_strings (SaFieldContext *c,
              GValue *value,
              GError **error)
{
  gboolean is_map = c->field->type == SA_FIELD_MAP_STRING_STRING;
  g_autoptr (GPtrArray) strings = sa_collection_load_strings (c->archive, is_map ? 2 : 1, error);

  if (strings == NULL)
    return;

  if (is_map)
    g_value_set_variant (value, new_string_map (strings));
  else
    g_value_take_boxed (value, g_ptr_array_steal (strings, NULL));
}

static void
add_map_entry (gpointer list,
               gpointer key,
               GObject *object,
               GType key_type)
{
  g_autoptr (SaRecord) entry = sa_record_new_of_class (NULL);
  GValue value = G_VALUE_INIT;

  g_value_init (&value, key_type);
  if (key_type == G_TYPE_STRING)
    g_value_take_string (&value, key);
  else
    g_value_set_int (&value, (int) GPOINTER_TO_UINT (key));
  sa_record_take_field (entry, g_intern_static_string ("key"), &value);

  g_value_init (&value, G_TYPE_OBJECT);
  g_value_take_object (&value, object);
  sa_record_take_field (entry, g_intern_static_string ("value"), &value);

  g_list_store_append (list, entry);
}

static void
add_word_entry (gpointer list,
                gpointer key,
                GObject *object)
{
  add_map_entry (list, key, object, G_TYPE_INT);
}

static void
add_string_entry (gpointer list,
                  gpointer key,
                  GObject *object)
{
  add_map_entry (list, key, object, G_TYPE_STRING);
}

static gpointer
new_list_of_entries (void)
{
  return g_list_store_new (SA_TYPE_RECORD);
}

static const SaMapFuncs word_map = { TRUE, new_list_of_entries, add_word_entry, g_object_unref, TRUE };
static const SaMapFuncs string_map = { FALSE, new_list_of_entries, add_string_entry, g_object_unref, TRUE };

static void
load_map (SaFieldContext *c,
          GValue *value,
          GError **error)
{
  const SaMapFuncs *funcs = c->field->type == SA_FIELD_MAP_WORD_OBJECT ? &word_map : &string_map;
  const SaWireClass *klass;

  if (sa_field_get_class (c, &klass, error))
    g_value_take_object (value, sa_collection_load_map (c->archive, funcs, G_TYPE_OBJECT, klass, error));
}

/* What a list of objects of a class can have as the type of its items.  */
static GType
get_item_type (const SaWireClass *klass)
{
  return klass != NULL ? klass->type : G_TYPE_OBJECT;
}

static void
load_objects (SaFieldContext *c,
              GValue *value,
              GError **error)
{
  g_autoptr (GPtrArray) objects = NULL;
  const SaWireClass *klass;

  if (!sa_field_get_class (c, &klass, error))
    return;

  objects = sa_collection_load_objects (c->archive, G_TYPE_OBJECT, klass,
                                        c->field->type == SA_FIELD_EMBED_ARRAY, error);
  if (objects == NULL)
    return;

  if (G_VALUE_HOLDS (value, G_TYPE_PTR_ARRAY))
    g_value_take_boxed (value, g_steal_pointer (&objects));
  else
    g_value_take_object (value, sa_collection_to_list (c->archive, objects, get_item_type (klass), error));
}

static void
load_object (SaFieldContext *c,
             GType expected_type,
             GValue *value,
             GError **error)
{
  const SaWireClass *klass;
  GObject *object = NULL;

  if (!sa_field_get_class (c, &klass, error))
    return;

  if (c->field->type == SA_FIELD_OBJECT)
    sa_archive_load_object (c->archive, expected_type, klass, &object, error);
  else if (g_type_is_a (klass->type, expected_type))
    object = sa_archive_load_embedded (c->archive, klass, error);
  else
    sa_archive_set_error (c->archive, error, SA_ARCHIVE_ERROR_BAD_CLASS,
                          _("Objects of class %s, whose type is %s, do not fit a property of type %s"),
                          klass->name, g_type_name (klass->type), g_type_name (expected_type));

  g_value_take_object (value, object);
}

/* Loads one field into @value, which is of the type that records have for it, or of the property's if that
 * is another kind of container or of object.  */
static gboolean
load_field (SaFieldContext *c,
            GType expected_type,
            GValue *value,
            GError **error)
{
  GError *local_error = NULL;

  switch (c->field->type)
    {
    case SA_FIELD_U8 ... SA_FIELD_F64:
      load_number (c, value, &local_error);
      break;
    case SA_FIELD_BOOL1:
      g_value_set_boolean (value, sa_archive_read_boolean (c->archive, &local_error));
      break;
    case SA_FIELD_BOOL4:
      g_value_set_boolean (value, sa_archive_read_boolean32 (c->archive, &local_error));
      break;
    case SA_FIELD_CSTRING:
    case SA_FIELD_NARROW:
    case SA_FIELD_WIDE:
      g_value_take_string (value, sa_archive_read_string (c->archive, &local_error));
      break;
    case SA_FIELD_TIME:
      g_value_set_int64 (value, sa_archive_read_time (c->archive, &local_error));
      break;
    case SA_FIELD_TIME_SPAN:
      g_value_set_int64 (value, sa_archive_read_time_span (c->archive, &local_error));
      break;
    case SA_FIELD_OLE_DATE_TIME:
    case SA_FIELD_OLE_DATE_TIME_SPAN:
    case SA_FIELD_CURRENCY:
      load_ole (c, value, &local_error);
      break;
    case SA_FIELD_VARIANT:
      load_variant (c, value, &local_error);
      break;
    case SA_FIELD_POINT:
    case SA_FIELD_SIZE:
    case SA_FIELD_RECT:
      load_geometry (c, value, &local_error);
      break;
    case SA_FIELD_BYTES:
      g_value_take_boxed (value, sa_archive_read_bytes (c->archive, c->field->size, &local_error));
      break;
    case SA_FIELD_BYTE_ARRAY:
      g_value_take_boxed (value, sa_archive_read_byte_array (c->archive, &local_error));
      break;
    case SA_FIELD_NUMBER_ARRAY:
      load_number_array (c, value, &local_error);
      break;
    case SA_FIELD_STRING_ARRAY:
    case SA_FIELD_MAP_STRING_STRING:
      load_strings (c, value, &local_error);
      break;
    case SA_FIELD_EMBED:
    case SA_FIELD_OBJECT:
      load_object (c, expected_type, value, &local_error);
      break;
    case SA_FIELD_OBJECT_ARRAY:
    case SA_FIELD_EMBED_ARRAY:
      load_objects (c, value, &local_error);
      break;
    default:
      load_map (c, value, &local_error);
    }

  if (local_error == NULL)
    return TRUE;

  g_propagate_error (error, local_error);

  return FALSE;
}

/* Lists can be given as another container, objects as a narrower type; the rest is converted afterwards.  */
static GType
get_load_type (const SaLayoutField *field,
               GType target)
{
  GType type = sa_layout_field_get_value_type (field);

  return target == G_TYPE_PTR_ARRAY ? target : type;
}

static gboolean
load_and_set (SaFieldContext *c,
              GObject *object,
              GError **error)
{
  GParamSpec *property = c->field->property;
  g_auto (GValue) value = G_VALUE_INIT;
  GType target = property != NULL ? property->value_type : sa_layout_field_get_value_type (c->field);

  g_value_init (&value, get_load_type (c->field, target));
  if (!load_field (c, target, &value, error))
    return FALSE;

  if (property != NULL)
    return sa_field_set_property (c, object, &value, error);

  sa_record_take_field (SA_RECORD (object), c->field->name, &value);

  return TRUE;
}

/* Says what would have come after the field number @failed; returns FALSE.  */
static gboolean
add_pending (const SaLayout *layout,
             SaArchive *archive,
             guint failed,
             guint schema)
{
  guint64 size = 0;

  for (guint i = failed + 1; i < layout->n_fields; i++)
    if (sa_field_is_in_schema (&layout->fields[i], schema))
      size += sa_field_get_min_size (&layout->fields[i]);

  return sa_graph_add_pending (archive, size);
}

/* The code of a property may have read from the archive and failed. To set it once more would not undo what
 * it did before that, so the message begins anew.  */
static gboolean
was_set (SaResume *resume,
         SaArchive *archive,
         GError **error)
{
  if (G_LIKELY (sa_archive_get_priv (archive)->error == NULL))
    return TRUE;

  if (resume->n_nested == 0)
    resume->allowed = FALSE;

  return sa_archive_check_error (archive, error);
}

gboolean
sa_layout_load (const SaLayout *layout,
                SaArchive *archive,
                GObject *object,
                guint schema,
                GError **error)
{
  SaResume *resume = &sa_graph_get (archive)->resume;
  SaFrame frame = { SA_FRAME_LAYOUT };

  sa_resume_take (resume, SA_FRAME_LAYOUT, &frame);
  for (guint i = (guint) frame.index; i < layout->n_fields; i++)
    {
      SaFieldContext c = { archive, layout, &layout->fields[i] };
      guint64 start = sa_archive_get_offset (archive);
      gboolean success;

      if (!sa_field_is_in_schema (c.field, schema))
        continue;

      sa_archive_push_path (archive, c.field->name);
      success = load_and_set (&c, object, error) && was_set (resume, archive, error);
      sa_archive_pop_path (archive);
      if (!success)
        {
          frame.index = i;
          sa_resume_leave (resume, archive, start, &frame);
          return add_pending (layout, archive, i, schema);
        }
    }

  return TRUE;
}
