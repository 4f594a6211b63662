/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-layout-private.h"

#include "sockarch/archive/sa-class-registry-private.h"
#include "sockarch/archive/sa-layout-value-private.h"
#include "sockarch/sa-error.h"
#include "sockarch/sa-i18n-private.h"

#include <gio/gio.h>

/* More than any class has; a layout may come from a file that a program was given.  */
#define MAX_FIELDS 4096
/* With those of all that it embeds, which may embed the same class again and again: this is what loading one
 * costs even if none of it takes a byte.  */
#define MAX_TOTAL_FIELDS 65536
/* How deep embedded classes may be in each other.  */
#define MAX_DEPTH 256
/* What bytes[n] may ask for: every object has that many.  */
#define MAX_BYTES (1 << 20)

/* What stands in parentheses behind a type.  */
typedef enum
{
  ARGUMENT_NONE,
  ARGUMENT_CLASS,
  ARGUMENT_CLASS_OR_ANY,
  ARGUMENT_ELEMENT,
  ARGUMENT_SIZE,
} Argument;

typedef struct
{
  const char *name;
  SaFieldType type;
  Argument argument;
} TypeName;

/* In the order of the table in the manual.  */
static const TypeName type_names[] = {
  { "u8", SA_FIELD_U8, ARGUMENT_NONE },
  { "i8", SA_FIELD_I8, ARGUMENT_NONE },
  { "u16", SA_FIELD_U16, ARGUMENT_NONE },
  { "i16", SA_FIELD_I16, ARGUMENT_NONE },
  { "u32", SA_FIELD_U32, ARGUMENT_NONE },
  { "i32", SA_FIELD_I32, ARGUMENT_NONE },
  { "u64", SA_FIELD_U64, ARGUMENT_NONE },
  { "i64", SA_FIELD_I64, ARGUMENT_NONE },
  { "f32", SA_FIELD_F32, ARGUMENT_NONE },
  { "f64", SA_FIELD_F64, ARGUMENT_NONE },
  { "bool1", SA_FIELD_BOOL1, ARGUMENT_NONE },
  { "bool4", SA_FIELD_BOOL4, ARGUMENT_NONE },
  { "cstring", SA_FIELD_CSTRING, ARGUMENT_NONE },
  { "narrow", SA_FIELD_NARROW, ARGUMENT_NONE },
  { "wide", SA_FIELD_WIDE, ARGUMENT_NONE },
  { "time", SA_FIELD_TIME, ARGUMENT_NONE },
  { "timespan", SA_FIELD_TIME_SPAN, ARGUMENT_NONE },
  { "oledatetime", SA_FIELD_OLE_DATE_TIME, ARGUMENT_NONE },
  { "oledatetimespan", SA_FIELD_OLE_DATE_TIME_SPAN, ARGUMENT_NONE },
  { "currency", SA_FIELD_CURRENCY, ARGUMENT_NONE },
  { "variant", SA_FIELD_VARIANT, ARGUMENT_NONE },
  { "point", SA_FIELD_POINT, ARGUMENT_NONE },
  { "size", SA_FIELD_SIZE, ARGUMENT_NONE },
  { "rect", SA_FIELD_RECT, ARGUMENT_NONE },
  { "bytes", SA_FIELD_BYTES, ARGUMENT_SIZE },
  { "bytearray", SA_FIELD_BYTE_ARRAY, ARGUMENT_NONE },
  { "wordarray", SA_FIELD_NUMBER_ARRAY, ARGUMENT_NONE },
  { "dwordarray", SA_FIELD_NUMBER_ARRAY, ARGUMENT_NONE },
  { "array", SA_FIELD_NUMBER_ARRAY, ARGUMENT_ELEMENT },
  { "stringarray", SA_FIELD_STRING_ARRAY, ARGUMENT_NONE },
  { "stringlist", SA_FIELD_STRING_ARRAY, ARGUMENT_NONE },
  { "mapstrstr", SA_FIELD_MAP_STRING_STRING, ARGUMENT_NONE },
  { "embed", SA_FIELD_EMBED, ARGUMENT_CLASS },
  { "object", SA_FIELD_OBJECT, ARGUMENT_CLASS_OR_ANY },
  { "obarray", SA_FIELD_OBJECT_ARRAY, ARGUMENT_CLASS_OR_ANY },
  { "oblist", SA_FIELD_OBJECT_ARRAY, ARGUMENT_CLASS_OR_ANY },
  { "mapwordob", SA_FIELD_MAP_WORD_OBJECT, ARGUMENT_CLASS_OR_ANY },
  { "mapstrob", SA_FIELD_MAP_STRING_OBJECT, ARGUMENT_CLASS_OR_ANY },
};

typedef struct
{
  /* Where classes are that base () and embed () name.  */
  SaClassRegistry *registry;
  /* The class that the layout is for, for messages.  */
  const char *class_name;
  /* Where the properties are; NULL for a record.  */
  GObjectClass *object_class;
  const char *text;
  /* The next character.  */
  const char *cursor;
  const SaWireClass *base;
  GArray *fields;
  /* The schema that is stored.  */
  guint schema;
  /* How many fields there are with those of embedded classes, and how deep these are in each other.  */
  guint n_total;
  guint depth;
  /* The fewest bytes that the fields have in this schema.  */
  gsize min_size;
} Parser;

static gboolean fail (Parser *parser, const char *at, GError **error, const char *format, ...)
  G_GNUC_PRINTF (4, 5);

static gboolean
fail (Parser *parser,
      const char *at,
      GError **error,
      const char *format,
      ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);

  g_set_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA, _("Layout of class %s, column %u: %s"),
               parser->class_name, (guint) (at - parser->text) + 1, message);

  return FALSE;
}

/* The text from @start to the cursor.  */
static const char *
intern_from (Parser *parser,
             const char *start)
{
  g_autofree char *text = g_strndup (start, parser->cursor - start);

  return g_intern_string (text);
}

/* Letters, digits and "_", and "-" in names of fields; NULL if there are none.  */
static const char *
parse_word (Parser *parser,
            gboolean with_dash)
{
  const char *start = parser->cursor;

  while (g_ascii_isalnum (*parser->cursor) || *parser->cursor == '_' || (with_dash && *parser->cursor == '-'))
    parser->cursor++;

  return parser->cursor > start ? intern_from (parser, start) : NULL;
}

static gboolean
accept (Parser *parser,
        char character)
{
  if (*parser->cursor != character)
    return FALSE;

  parser->cursor++;

  return TRUE;
}

static gboolean
expect (Parser *parser,
        char character,
        GError **error)
{
  if (accept (parser, character))
    return TRUE;

  return fail (parser, parser->cursor, error, _("“%c” is missing"), character);
}

static gboolean
parse_number (Parser *parser,
              guint max,
              guint *number,
              GError **error)
{
  const char *start = parser->cursor;
  guint64 value;
  char *end = NULL;

  if (g_ascii_isdigit (*start))
    value = g_ascii_strtoull (start, &end, 10);
  if (end == NULL || value > max)
    return fail (parser, start, error, _("a number between 0 and %u is wanted"), max);

  parser->cursor = end;
  *number = (guint) value;

  return TRUE;
}

static const TypeName *
find_type (const char *name)
{
  for (gsize i = 0; name != NULL && i < G_N_ELEMENTS (type_names); i++)
    if (g_str_equal (type_names[i].name, name))
      return &type_names[i];

  return NULL;
}

static gboolean
parse_class (Parser *parser,
             SaLayoutField *field,
             gboolean or_any,
             GError **error)
{
  const char *start;

  if (!expect (parser, '(', error))
    return FALSE;

  start = parser->cursor;
  if (!or_any || !accept (parser, '*'))
    {
      field->class_name = parse_word (parser, FALSE);
      if (field->class_name == NULL ||
          !sa_class_name_is_valid (field->class_name, strlen (field->class_name)))
        return fail (parser, start, error, _("the name of a class is wanted"));
    }

  /* What is in place is made without asking the stream, so it must be known now; this also rules out a
   * class that contains itself.  */
  if (!or_any)
    {
      field->klass = sa_class_registry_lookup_name (parser->registry, field->class_name);
      if (field->klass == NULL)
        return fail (parser, start, error, _("class %s must be registered first"), field->class_name);
    }

  return expect (parser, ')', error);
}

/* array(u16), or array(embed(CFoo)) */
static gboolean
parse_element (Parser *parser,
               SaLayoutField *field,
               GError **error)
{
  const char *start;
  const TypeName *element;

  if (!expect (parser, '(', error))
    return FALSE;

  start = parser->cursor;
  element = find_type (parse_word (parser, FALSE));
  if (element != NULL && element->type == SA_FIELD_EMBED)
    {
      field->type = SA_FIELD_EMBED_ARRAY;
      if (!parse_class (parser, field, FALSE, error))
        return FALSE;
      if (field->klass->layout != NULL && sa_wire_class_get_min_size (field->klass) == 0)
        return fail (parser, start, error,
                     _("class %s has no bytes, so that any count of it would come for nothing"),
                     field->class_name);
    }
  else if (element != NULL && element->type <= SA_FIELD_F64)
    field->element = element->type;
  else
    return fail (parser, start, error, _("a number type from u8 to f64, or embed(), is wanted in array()"));

  return expect (parser, ')', error);
}

static gboolean
parse_argument (Parser *parser,
                SaLayoutField *field,
                Argument argument,
                GError **error)
{
  switch (argument)
    {
    case ARGUMENT_NONE:
      return TRUE;
    case ARGUMENT_CLASS:
    case ARGUMENT_CLASS_OR_ANY:
      return parse_class (parser, field, argument == ARGUMENT_CLASS_OR_ANY, error);
    case ARGUMENT_ELEMENT:
      return parse_element (parser, field, error);
    case ARGUMENT_SIZE:
      return expect (parser, '[', error) && parse_number (parser, MAX_BYTES, &field->size, error)
             && expect (parser, ']', error);
    default:
      g_return_val_if_reached (FALSE);
    }
}

static gboolean
parse_schemas (Parser *parser,
               SaLayoutField *field,
               GError **error)
{
  guint number = 0;

  field->min_schema = 0;
  field->max_schema = SA_SCHEMA_NOT_SERIAL;
  if (!accept (parser, '@'))
    return TRUE;

  if (!parse_number (parser, SA_SCHEMA_NOT_SERIAL - 1, &number, error))
    return FALSE;
  field->min_schema = (guint16) number;

  if (accept (parser, '-'))
    {
      const char *start = parser->cursor;

      if (!parse_number (parser, SA_SCHEMA_NOT_SERIAL - 1, &number, error))
        return FALSE;
      field->max_schema = (guint16) number;
      if (field->max_schema < field->min_schema)
        return fail (parser, start, error, _("the schemas %u to %u are none"), field->min_schema, number);
    }

  return TRUE;
}

static gboolean
parse_type (Parser *parser,
            SaLayoutField *field,
            GError **error)
{
  const char *start = parser->cursor;
  const char *name = parse_word (parser, FALSE);
  const TypeName *type = find_type (name);

  if (type == NULL)
    return fail (parser, start, error, _("“%s” is not a type of field"), name != NULL ? name : "");

  field->type = type->type;
  if (type->type == SA_FIELD_NUMBER_ARRAY)
    field->element = g_str_equal (name, "wordarray") ? SA_FIELD_U16 : SA_FIELD_U32;

  if (!parse_argument (parser, field, type->argument, error))
    return FALSE;

  field->wire_type = intern_from (parser, start);

  return parse_schemas (parser, field, error);
}

static gboolean
bind_property (Parser *parser,
               SaLayoutField *field,
               GError **error)
{
  return parser->object_class == NULL
         || sa_layout_bind_property (field, parser->registry, parser->class_name, parser->object_class,
                                     error);
}

/* Whether two fields would be the same one: of a record, or of an object, where the property counts.  */
static gboolean
is_same_field (const SaLayoutField *a,
               const SaLayoutField *b)
{
  return a->property != NULL ? a->property == b->property : a->name == b->name;
}

/* What is in place is loaded with the object, without a number or a tag that anything would limit.  */
static gboolean
count_embedded (Parser *parser,
                const SaLayoutField *field,
                const char *at,
                GError **error)
{
  const SaLayout *inner = field->type == SA_FIELD_EMBED ? field->klass->layout : NULL;

  parser->n_total += 1 + (inner != NULL ? inner->n_total : 0);
  if (parser->n_total > MAX_TOTAL_FIELDS)
    return fail (parser, at, error, _("with those of the embedded classes there are more than %d fields"),
                 MAX_TOTAL_FIELDS);

  parser->depth = MAX (parser->depth, inner != NULL ? inner->depth + 1 : 1);
  if (parser->depth > MAX_DEPTH)
    return fail (parser, at, error, _("classes are embedded in each other more than %d deep"), MAX_DEPTH);

  return TRUE;
}

/* A field may change its type from one schema to another, but no schema may have it twice.  */
static gboolean
add_field (Parser *parser,
           const SaLayoutField *field,
           const char *at,
           GError **error)
{
  gsize size;

  for (guint i = 0; i < parser->fields->len; i++)
    {
      const SaLayoutField *other = &g_array_index (parser->fields, SaLayoutField, i);

      if (is_same_field (field, other) && field->min_schema <= other->max_schema &&
          field->max_schema >= other->min_schema)
        return fail (parser, at, error, _("there is a field %s already"), field->name);
    }

  if (parser->fields->len == MAX_FIELDS)
    return fail (parser, at, error, _("there are more than %d fields"), MAX_FIELDS);

  if (!count_embedded (parser, field, at, error))
    return FALSE;

  if (!g_size_checked_add (&size, parser->min_size, sa_field_get_min_size (field)))
    return fail (parser, at, error, _("the fields are larger than memory"));
  if (sa_field_is_in_schema (field, parser->schema))
    parser->min_size = size;

  g_array_append_val (parser->fields, *field);

  return TRUE;
}

/* Only the schema of the derived class is on the wire, so the fields of the base are those it has now.  */
static gboolean
parse_base (Parser *parser,
            const char *at,
            GError **error)
{
  SaLayoutField named = { 0 };
  const SaLayout *layout;

  if (parser->fields->len > 0 || parser->base != NULL)
    return fail (parser, at, error, _("base() must come first, and once"));
  if (!parse_class (parser, &named, FALSE, error))
    return FALSE;

  layout = named.klass->layout;
  if (layout == NULL || named.klass->is_record != (parser->object_class == NULL))
    return fail (parser, at, error, _("the base class %s has no layout of the same kind"), named.class_name);
  if (parser->object_class != NULL
      && !g_type_is_a (G_OBJECT_CLASS_TYPE (parser->object_class), named.klass->type))
    return fail (parser, at, error, _("the type %s does not derive from %s, the type of the base class %s"),
                 G_OBJECT_CLASS_NAME (parser->object_class), g_type_name (named.klass->type),
                 named.class_name);

  for (guint i = 0; i < layout->n_fields; i++)
    {
      SaLayoutField field = layout->fields[i];

      if (named.klass->schema < field.min_schema || named.klass->schema > field.max_schema)
        continue;

      field.min_schema = 0;
      field.max_schema = SA_SCHEMA_NOT_SERIAL;
      if (!bind_property (parser, &field, error) || !add_field (parser, &field, at, error))
        return FALSE;
    }

  parser->base = named.klass;

  return TRUE;
}

static gboolean
parse_field (Parser *parser,
             GError **error)
{
  SaLayoutField field = { 0 };
  const char *start = parser->cursor;

  field.name = parse_word (parser, TRUE);
  if (field.name == NULL || g_ascii_isdigit (*field.name) || *field.name == '-')
    return fail (parser, start, error, _("the name of a field is wanted"));

  if (*parser->cursor == '(' && g_str_equal (field.name, "base"))
    {
      if (!parse_base (parser, start, error))
        return FALSE;
    }
  else if (!expect (parser, ':', error) || !parse_type (parser, &field, error)
           || !bind_property (parser, &field, error) || !add_field (parser, &field, start, error))
    return FALSE;

  if (*parser->cursor != '\0' && !g_ascii_isspace (*parser->cursor))
    return fail (parser, parser->cursor, error, _("a blank is wanted between fields"));

  return TRUE;
}

/* Compiles a layout; @object_class is NULL for a record.  */
SaLayout *
sa_layout_new (SaClassRegistry *registry,
               const char *class_name,
               guint schema,
               GObjectClass *object_class,
               const char *text,
               GError **error)
{
  g_autoptr (GArray) fields = g_array_new (FALSE, FALSE, sizeof (SaLayoutField));
  Parser parser = { registry, class_name, object_class, text, text, NULL, fields, schema, 0, 1, 0 };
  SaLayout *layout;

  for (;;)
    {
      while (g_ascii_isspace (*parser.cursor))
        parser.cursor++;
      if (*parser.cursor == '\0')
        break;
      if (!parse_field (&parser, error))
        return NULL;
    }

  layout = g_new0 (SaLayout, 1);
  layout->text = g_strdup (text);
  layout->registry = registry;
  layout->base = parser.base;
  layout->n_total = parser.n_total;
  layout->depth = parser.depth;
  layout->min_size = parser.min_size;
  layout->n_fields = fields->len;
  layout->fields = g_memdup2 (fields->data, fields->len * sizeof (SaLayoutField));

  return layout;
}

void
sa_layout_free (SaLayout *layout)
{
  g_free (layout->text);
  g_free (layout->fields);
  g_free (layout);
}

/* The type of GVariant that an array of these numbers is given as; the width is that of the wire, so that
 * the whole array can be moved in one piece.  */
const char *
sa_field_type_get_variant_type (SaFieldType element)
{
  switch (element)
    {
    case SA_FIELD_U8:
      return "y";
    case SA_FIELD_U16:
      return "q";
    case SA_FIELD_I8:
    case SA_FIELD_I16:
      return "n";
    case SA_FIELD_U32:
      return "u";
    case SA_FIELD_I32:
      return "i";
    case SA_FIELD_U64:
      return "t";
    case SA_FIELD_I64:
      return "x";
    default:
      return "d";
    }
}

/* The type that the value of a field has in a record, and that a property may always have.  */
GType
sa_layout_field_get_value_type (const SaLayoutField *field)
{
  switch (field->type)
    {
    case SA_FIELD_U8:
    case SA_FIELD_I8:
    case SA_FIELD_U16:
    case SA_FIELD_I16:
    case SA_FIELD_I32:
      return G_TYPE_INT;
    case SA_FIELD_U32:
      return G_TYPE_UINT;
    case SA_FIELD_U64:
      return G_TYPE_UINT64;
    case SA_FIELD_I64:
    case SA_FIELD_TIME:
    case SA_FIELD_TIME_SPAN:
      return G_TYPE_INT64;
    case SA_FIELD_F32:
      return G_TYPE_FLOAT;
    case SA_FIELD_F64:
    case SA_FIELD_OLE_DATE_TIME_SPAN:
      return G_TYPE_DOUBLE;
    case SA_FIELD_BOOL1:
    case SA_FIELD_BOOL4:
      return G_TYPE_BOOLEAN;
    case SA_FIELD_CSTRING:
    case SA_FIELD_NARROW:
    case SA_FIELD_WIDE:
    case SA_FIELD_CURRENCY:
      return G_TYPE_STRING;
    case SA_FIELD_OLE_DATE_TIME:
      return G_TYPE_DATE_TIME;
    case SA_FIELD_VARIANT:
    case SA_FIELD_POINT:
    case SA_FIELD_SIZE:
    case SA_FIELD_RECT:
    case SA_FIELD_NUMBER_ARRAY:
    case SA_FIELD_MAP_STRING_STRING:
      return G_TYPE_VARIANT;
    case SA_FIELD_BYTES:
    case SA_FIELD_BYTE_ARRAY:
      return G_TYPE_BYTES;
    case SA_FIELD_STRING_ARRAY:
      return G_TYPE_STRV;
    case SA_FIELD_EMBED:
    case SA_FIELD_OBJECT:
      return G_TYPE_OBJECT;
    case SA_FIELD_OBJECT_ARRAY:
    case SA_FIELD_EMBED_ARRAY:
    case SA_FIELD_MAP_WORD_OBJECT:
    case SA_FIELD_MAP_STRING_OBJECT:
      return G_TYPE_LIST_STORE;
    default:
      g_return_val_if_reached (G_TYPE_INVALID);
    }
}
