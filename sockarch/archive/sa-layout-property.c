/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-layout-private.h"

#include "sockarch/archive/sa-class-registry-private.h"
#include "sockarch/sa-error.h"
#include "sockarch/sa-i18n-private.h"

#include <gio/gio.h>

/* Which property can stand for which type of field. What cannot work for any object is refused when the
 * class is registered, and not when the first object comes.  */

typedef struct
{
  SaLayoutField *field;
  /* The class that the layout is for, for messages.  */
  const char *class_name;
  GParamSpec *property;
} Binding;

static gboolean fail (const Binding *b, GError **error, const char *format, ...) G_GNUC_PRINTF (3, 4);

static gboolean
fail (const Binding *b,
      GError **error,
      const char *format,
      ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);

  g_set_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_CLASS, _("Field %s of class %s: %s"),
               b->field->name, b->class_name, message);

  return FALSE;
}

static gboolean
is_integer_type (GType type)
{
  switch (G_TYPE_FUNDAMENTAL (type))
    {
    case G_TYPE_CHAR:
    case G_TYPE_UCHAR:
    case G_TYPE_INT:
    case G_TYPE_UINT:
    case G_TYPE_LONG:
    case G_TYPE_ULONG:
    case G_TYPE_INT64:
    case G_TYPE_UINT64:
    case G_TYPE_ENUM:
    case G_TYPE_FLAGS:
      return TRUE;
    default:
      return FALSE;
    }
}

/* Whether a list of objects can be had from and given to a property of @type.  */
static gboolean
is_list_type (GType type,
              gboolean or_array)
{
  return g_type_is_a (G_TYPE_LIST_STORE, type) || (or_array && type == G_TYPE_PTR_ARRAY);
}

static gboolean
is_list_field (const SaLayoutField *field)
{
  return field->type == SA_FIELD_OBJECT_ARRAY || field->type == SA_FIELD_EMBED_ARRAY
         || field->type == SA_FIELD_MAP_WORD_OBJECT || field->type == SA_FIELD_MAP_STRING_OBJECT;
}

static gboolean
type_fits (const SaLayoutField *field,
           GType type)
{
  switch (field->type)
    {
    case SA_FIELD_U8 ... SA_FIELD_I64:
    case SA_FIELD_TIME_SPAN:
      return is_integer_type (type);
    case SA_FIELD_F32:
      return type == G_TYPE_FLOAT || type == G_TYPE_DOUBLE;
    case SA_FIELD_TIME:
      return is_integer_type (type) || type == G_TYPE_DATE_TIME;
    case SA_FIELD_CURRENCY:
      return type == G_TYPE_STRING || type == G_TYPE_INT64;
    case SA_FIELD_EMBED:
    case SA_FIELD_OBJECT:
      return g_type_is_a (type, G_TYPE_OBJECT) || G_TYPE_IS_INTERFACE (type);
    case SA_FIELD_OBJECT_ARRAY:
    case SA_FIELD_EMBED_ARRAY:
      return is_list_type (type, TRUE);
    case SA_FIELD_MAP_WORD_OBJECT:
    case SA_FIELD_MAP_STRING_OBJECT:
      return is_list_type (type, FALSE);
    default:
      return type == sa_layout_field_get_value_type (field);
    }
}

/* The type of GVariant that a field is loaded as.  */
static char *
dup_variant_type (const SaLayoutField *field)
{
  switch (field->type)
    {
    case SA_FIELD_VARIANT:
      return g_strdup ("(qv)");
    case SA_FIELD_RECT:
      return g_strdup ("(iiii)");
    case SA_FIELD_NUMBER_ARRAY:
      return g_strconcat ("a", sa_field_type_get_variant_type (field->element), NULL);
    case SA_FIELD_MAP_STRING_STRING:
      return g_strdup ("a{ss}");
    default:
      return g_strdup ("(ii)");
    }
}

/* A property of a GVariant may be of one type of it only.  */
static gboolean
check_variant (const Binding *b,
               GError **error)
{
  g_autofree char *type = NULL;
  const GVariantType *wanted;

  if (!G_IS_PARAM_SPEC_VARIANT (b->property))
    return TRUE;

  type = dup_variant_type (b->field);
  wanted = G_PARAM_SPEC_VARIANT (b->property)->type;
  if (g_variant_type_is_subtype_of (G_VARIANT_TYPE (type), wanted))
    return TRUE;

  return fail (b, error, _("the property “%s” takes only a GVariant of type “%.*s”, not of type “%s”"),
               b->property->name, (int) g_variant_type_get_string_length (wanted),
               g_variant_type_peek_string (wanted), type);
}

/* What is in place is always of that very class; a pointer may be to one that derives from it, but if the
 * two types have nothing to do with each other, then to none.  */
static gboolean
check_object (const Binding *b,
              SaClassRegistry *registry,
              GError **error)
{
  GType type = b->property->value_type;
  const SaWireClass *klass = b->field->class_name != NULL
                                 ? sa_class_registry_lookup_name (registry, b->field->class_name)
                                 : NULL;

  if (klass == NULL || (b->field->type != SA_FIELD_EMBED && b->field->type != SA_FIELD_OBJECT)
      || g_type_is_a (klass->type, type))
    return TRUE;

  if (b->field->type == SA_FIELD_OBJECT && (g_type_is_a (type, klass->type) || G_TYPE_IS_INTERFACE (type)))
    return TRUE;

  return fail (b, error, _("the objects of class %s, whose type is %s, do not fit a property of type %s"),
               klass->name, g_type_name (klass->type), g_type_name (type));
}

gboolean
sa_layout_bind_property (SaLayoutField *field,
                         SaClassRegistry *registry,
                         const char *class_name,
                         GObjectClass *object_class,
                         GError **error)
{
  GParamSpec *property = g_object_class_find_property (object_class, field->name);
  Binding b = { field, class_name, property };

  if (property == NULL)
    return fail (&b, error, _("the type %s has no property of that name"),
                 G_OBJECT_CLASS_NAME (object_class));

  if ((property->flags & G_PARAM_READABLE) == 0)
    return fail (&b, error, _("the property “%s” cannot be read"), property->name);

  /* A list that the object made itself can be filled without being set.  */
  if (((property->flags & G_PARAM_WRITABLE) == 0 || (property->flags & G_PARAM_CONSTRUCT_ONLY) != 0)
      && (property->value_type != G_TYPE_LIST_STORE || !is_list_field (field)))
    return fail (&b, error, _("the property “%s” cannot be set after construction"), property->name);

  if (!type_fits (field, property->value_type))
    return fail (&b, error, _("the wire type %s does not fit a property of type %s"), field->wire_type,
                 g_type_name (property->value_type));

  if (!check_variant (&b, error) || !check_object (&b, registry, error))
    return FALSE;

  field->property = property;

  return TRUE;
}
