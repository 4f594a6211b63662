/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-utils.h"

#include <sockarch/sockarch.h>

/* A class with a property for whatever a field can be; the values are kept as they come. Properties named
 * "x-…" are those that do not fit, or not any value.  */
#define TEST_TYPE_HOLDER (test_holder_get_type ())
G_DECLARE_DERIVABLE_TYPE (TestHolder, test_holder, TEST, HOLDER, GObject)

struct _TestHolderClass
{
  GObjectClass parent_class;
};

#define MAX_PROPERTIES 64

typedef struct
{
  GValue values[MAX_PROPERTIES];
} TestHolderPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (TestHolder, test_holder, G_TYPE_OBJECT)

#define TEST_TYPE_DERIVED (test_derived_get_type ())
G_DECLARE_FINAL_TYPE (TestDerived, test_derived, TEST, DERIVED, TestHolder)

struct _TestDerived
{
  TestHolder parent_instance;
};

G_DEFINE_FINAL_TYPE (TestDerived, test_derived, TEST_TYPE_HOLDER)

static void
test_derived_class_init (TestDerivedClass *klass)
{
}

static void
test_derived_init (TestDerived *self)
{
}

/* As derived as that one, and never registered.  */
#define TEST_TYPE_STRANGER (test_stranger_get_type ())
G_DECLARE_FINAL_TYPE (TestStranger, test_stranger, TEST, STRANGER, TestHolder)

struct _TestStranger
{
  TestHolder parent_instance;
};

G_DEFINE_FINAL_TYPE (TestStranger, test_stranger, TEST_TYPE_HOLDER)

static void
test_stranger_class_init (TestStrangerClass *klass)
{
}

static void
test_stranger_init (TestStranger *self)
{
}

static GValue *
get_place (GObject *object,
           guint property_id,
           GParamSpec *pspec)
{
  TestHolderPrivate *priv = test_holder_get_instance_private (TEST_HOLDER (object));
  GValue *place = &priv->values[property_id];

  if (!G_IS_VALUE (place))
    {
      g_value_init (place, pspec->value_type);
      g_param_value_set_default (pspec, place);
    }

  return place;
}

static void
test_holder_get_property (GObject *object,
                          guint property_id,
                          GValue *value,
                          GParamSpec *pspec)
{
  g_value_copy (get_place (object, property_id, pspec), value);
}

static void
test_holder_set_property (GObject *object,
                          guint property_id,
                          const GValue *value,
                          GParamSpec *pspec)
{
  g_value_copy (value, get_place (object, property_id, pspec));
}

static void
test_holder_dispose (GObject *object)
{
  TestHolderPrivate *priv = test_holder_get_instance_private (TEST_HOLDER (object));

  for (guint i = 0; i < MAX_PROPERTIES; i++)
    if (G_IS_VALUE (&priv->values[i]))
      g_value_unset (&priv->values[i]);

  G_OBJECT_CLASS (test_holder_parent_class)->dispose (object);
}

#define RW (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS)

static void
test_holder_class_init (TestHolderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamSpec *specs[] = {
    g_param_spec_char ("char", NULL, NULL, G_MININT8, G_MAXINT8, 0, RW),
    g_param_spec_uchar ("uchar", NULL, NULL, 0, G_MAXUINT8, 0, RW),
    g_param_spec_int ("int", NULL, NULL, G_MININT, G_MAXINT, 0, RW),
    g_param_spec_uint ("uint", NULL, NULL, 0, G_MAXUINT, 0, RW),
    g_param_spec_long ("long", NULL, NULL, G_MINLONG, G_MAXLONG, 0, RW),
    g_param_spec_ulong ("ulong", NULL, NULL, 0, G_MAXULONG, 0, RW),
    g_param_spec_int64 ("int64", NULL, NULL, G_MININT64, G_MAXINT64, 0, RW),
    g_param_spec_uint64 ("uint64", NULL, NULL, 0, G_MAXUINT64, 0, RW),
    g_param_spec_float ("float", NULL, NULL, -G_MAXFLOAT, G_MAXFLOAT, 0, RW),
    g_param_spec_double ("double", NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0, RW),
    g_param_spec_boolean ("boolean", NULL, NULL, FALSE, RW),
    g_param_spec_enum ("enum", NULL, NULL, SA_TYPE_STRING_FORM, SA_STRING_WIDE, RW),
    g_param_spec_flags ("flags", NULL, NULL, G_TYPE_APPLICATION_FLAGS, 0, RW),
    g_param_spec_string ("string", NULL, NULL, NULL, RW),
    g_param_spec_boxed ("date-time", NULL, NULL, G_TYPE_DATE_TIME, RW),
    g_param_spec_boxed ("bytes", NULL, NULL, G_TYPE_BYTES, RW),
    g_param_spec_boxed ("strings", NULL, NULL, G_TYPE_STRV, RW),
    g_param_spec_boxed ("array", NULL, NULL, G_TYPE_PTR_ARRAY, RW),
    g_param_spec_variant ("variant", NULL, NULL, G_VARIANT_TYPE_ANY, NULL, RW),
    g_param_spec_object ("object", NULL, NULL, G_TYPE_OBJECT, RW),
    g_param_spec_object ("model", NULL, NULL, G_TYPE_LIST_MODEL, RW),
    g_param_spec_object ("store", NULL, NULL, G_TYPE_LIST_STORE, RW),
    g_param_spec_int ("x-percent", NULL, NULL, 0, 100, 0, RW),
    g_param_spec_double ("x-ratio", NULL, NULL, 0, 1, 0, RW),
    g_param_spec_float ("x-ratio32", NULL, NULL, 0, 1, 0, RW),
    g_param_spec_unichar ("x-unichar", NULL, NULL, 0, RW),
    g_param_spec_variant ("x-text", NULL, NULL, G_VARIANT_TYPE_STRING, NULL, RW),
    g_param_spec_object ("x-holder", NULL, NULL, TEST_TYPE_HOLDER, RW),
    g_param_spec_object ("x-derived", NULL, NULL, TEST_TYPE_DERIVED, RW),
    g_param_spec_object ("x-action", NULL, NULL, G_TYPE_SIMPLE_ACTION, RW),
    g_param_spec_int ("x-write-only", NULL, NULL, 0, 1, 0, G_PARAM_WRITABLE),
    g_param_spec_int ("x-read-only", NULL, NULL, 0, 1, 0, G_PARAM_READABLE),
    g_param_spec_int ("x-construct", NULL, NULL, 0, 1, 0, RW | G_PARAM_CONSTRUCT_ONLY),
    g_param_spec_object ("x-read-only-store", NULL, NULL, G_TYPE_LIST_STORE, G_PARAM_READABLE),
    g_param_spec_pointer ("x-pointer", NULL, NULL, RW),
    g_param_spec_boxed ("x-hash", NULL, NULL, G_TYPE_HASH_TABLE, RW),
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (specs) < MAX_PROPERTIES);
  object_class->get_property = test_holder_get_property;
  object_class->set_property = test_holder_set_property;
  object_class->dispose = test_holder_dispose;
  for (guint i = 0; i < G_N_ELEMENTS (specs); i++)
    g_object_class_install_property (object_class, i + 1, specs[i]);
}

static void
test_holder_init (TestHolder *self)
{
}

static SaClassRegistry *
new_registry (const char *layout,
              GError **error)
{
  SaClassRegistry *registry = sa_class_registry_new ();

  g_assert_true (sa_class_registry_add_record (registry, "CInner", 0, "n:u8", NULL));
  sa_class_registry_add_layout (registry, "C", TEST_TYPE_HOLDER, 0, layout, error);

  return registry;
}

static TestHolder *
load (SaClassRegistry *registry,
      const char *hex,
      GError **error)
{
  g_autoptr (GBytes) bytes = test_from_hex (hex);
  g_autoptr (SaArchive) archive = sa_archive_new_load_bytes (bytes);
  TestHolder *holder;

  sa_archive_set_registry (archive, registry);
  holder = sa_archive_read_embedded (archive, "C", error);
  if (holder != NULL)
    g_assert_true (sa_archive_is_buffer_empty (archive));

  return holder;
}

static char *
store (SaClassRegistry *registry,
       TestHolder *holder,
       GError **error)
{
  g_autoptr (SaArchive) archive = sa_archive_new_store_bytes ();
  g_autoptr (GBytes) bytes = NULL;

  sa_archive_set_registry (archive, registry);
  sa_archive_set_string_form (archive, SA_STRING_NARROW);
  if (!sa_archive_serialize_embedded (archive, holder, error))
    return NULL;

  bytes = sa_archive_steal_bytes (archive, NULL);

  return test_to_hex (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

typedef struct
{
  const char *property;
  const char *type;
  const char *hex;
} Case;

static const Case round_trips[] = {
  { "char", "i8", "80" },
  { "int", "i8", "FF" },
  { "uchar", "u8", "FF" },
  { "int64", "u8", "C8" },
  { "int", "u16", "FF FF" },
  { "long", "i16", "00 80" },
  { "enum", "u8", "01" },
  { "enum", "i32", "00 00 00 00" },
  { "flags", "u32", "04 00 00 00" },
  { "uint", "u32", "FF FF FF FF" },
  { "ulong", "u32", "FF FF FF FF" },
  { "int", "i32", "00 00 00 80" },
  { "uint64", "u64", "FF FF FF FF FF FF FF FF" },
  { "int64", "i64", "00 00 00 00 00 00 00 80" },
  { "x-percent", "u8", "64" },
  { "x-unichar", "u16", "E9 00" },
  { "float", "f32", "FF FF 7F 7F" },
  { "double", "f32", "01 00 00 00" },
  { "double", "f64", "FF FF FF FF FF FF EF 7F" },
  { "double", "f64", "00 00 00 00 00 00 00 80" },
  { "x-ratio", "f64", "00 00 00 00 00 00 F0 3F" },
  { "boolean", "bool1", "01" },
  { "boolean", "bool4", "01 00 00 00" },
  { "string", "cstring", "02 68 E9" },
  { "string", "narrow", "00" },
  { "string", "wide", "FF FE FF 01 AC 20" },
  { "int64", "time", "0A 00 00 80 1B 0A 96 5D 00 00 00 00" },
  { "date-time", "time", "0A 00 00 80 1B 0A 96 5D 00 00 00 00" },
  { "date-time", "time", "0A 00 00 80 7F 41 F4 FF 3A 00 00 00" },
  { "date-time", "time", "0A 00 00 80 00 09 6E 88 F1 FF FF FF" },
  { "int", "timespan", "F0 F1 FF FF" },
  { "date-time", "oledatetime", "00 00 00 00 00 00 00 00 C0 D5 E1 40" },
  { "date-time", "oledatetime", "02 00 00 00 00 00 00 00 00 00 00 00" },
  { "double", "oledatetimespan", "00 00 00 00 00 00 00 00 00 00 F8 3F" },
  { "string", "currency", "00 00 00 00 FF FF FF FF 68 C5 FF FF" },
  { "string", "currency", "02 00 00 00 00 00 00 00 00 00 00 00" },
  { "int64", "currency", "00 00 00 00 00 00 00 80 00 00 00 00" },
  { "variant", "variant", "08 00 02 00 00 00 E9 00" },
  { "variant", "point", "01 00 00 00 FF FF FF FF" },
  { "variant", "size", "01 00 00 00 FF FF FF FF" },
  { "variant", "rect", "CF 00 00 00 5B FF FF FF D4 00 00 00 57 FF FF FF" },
  { "bytes", "bytes[2]", "00 FF" },
  { "bytes", "bytearray", "02 00 00 FF" },
  { "variant", "wordarray", "01 00 34 12" },
  { "variant", "dwordarray", "01 00 78 56 34 12" },
  { "variant", "array(u8)", "02 00 01 FF" },
  { "variant", "array(i8)", "02 00 01 80" },
  { "variant", "array(i16)", "01 00 FF FF" },
  { "variant", "array(i32)", "01 00 FF FF FF FF" },
  { "variant", "array(u64)", "01 00 FF FF FF FF FF FF FF FF" },
  { "variant", "array(i64)", "01 00 FF FF FF FF FF FF FF FF" },
  { "variant", "array(f32)", "01 00 00 00 C0 3F" },
  { "variant", "array(f64)", "01 00 00 00 00 00 00 00 F8 3F" },
  { "strings", "stringarray", "02 00 01 61 00" },
  { "strings", "stringlist", "00 00" },
  { "variant", "mapstrstr", "02 00 01 62 00 01 61 01 31" },
  { "object", "embed(CInner)", "07" },
  { "object", "object(CInner)", "FF FF 00 00 06 00 43 49 6E 6E 65 72 07" },
  { "object", "object(*)", "00 00" },
  { "store", "oblist(CInner)", "02 00 FF FF 00 00 06 00 43 49 6E 6E 65 72 07 02 00" },
  { "model", "obarray(*)", "00 00" },
  { "array", "obarray(*)", "02 00 FF FF 00 00 06 00 43 49 6E 6E 65 72 07 00 00" },
  { "array", "array(embed(CInner))", "02 00 01 02" },
  { "store", "array(embed(CInner))", "02 00 01 02" },
  { "store", "mapwordob(CInner)", "01 00 05 00 FF FF 00 00 06 00 43 49 6E 6E 65 72 07" },
  { "model", "mapstrob(*)", "01 00 01 6B 00 00" },
};

static void
test_round_trip (gconstpointer data)
{
  const Case *c = data;
  g_autofree char *layout = g_strconcat (c->property, ":", c->type, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SaClassRegistry) registry = new_registry (layout, &error);
  g_autoptr (TestHolder) holder = NULL;
  g_autofree char *hex = NULL;

  g_assert_no_error (error);
  holder = load (registry, c->hex, &error);
  g_assert_no_error (error);
  hex = store (registry, holder, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (hex, ==, c->hex);
}

/* What the property would cut, or would not take.  */
static const Case refused_values[] = {
  { "x-percent", "u8", "65" },
  { "x-percent", "i8", "FF" },
  { "int", "u32", "00 00 00 80" },
  { "uint", "i32", "FF FF FF FF" },
  { "char", "u8", "80" },
  { "uchar", "i64", "00 01 00 00 00 00 00 00" },
  { "int64", "u64", "00 00 00 00 00 00 00 80" },
  { "uint64", "i64", "FF FF FF FF FF FF FF FF" },
  { "enum", "u8", "63" },
  { "enum", "u32", "00 00 00 80" },
  { "flags", "u32", "00 00 00 80" },
  { "x-unichar", "u16", "00 D8" },
  { "float", "f32", "00 00 80 7F" },
  { "double", "f64", "00 00 00 00 00 00 F0 FF" },
  { "double", "f64", "00 00 00 00 00 00 F8 7F" },
  { "double", "oledatetimespan", "02 00 00 00 00 00 00 00 00 00 00 00" },
  { "x-ratio", "f64", "00 00 00 00 00 00 F8 3F" },
  { "x-ratio", "f64", "00 00 00 00 00 00 F8 7F" },
  { "x-ratio", "oledatetimespan", "02 00 00 00 00 00 00 00 00 00 00 00" },
  { "x-ratio32", "f32", "00 00 C0 7F" },
  { "int", "time", "0A 00 00 80 00 00 00 80 00 00 00 00" },
  { "date-time", "time", "0A 00 00 80 80 41 F4 FF 3A 00 00 00" },
  { "date-time", "time", "0A 00 00 80 FF 08 6E 88 F1 FF FF FF" },
  { "date-time", "time", "0A 00 00 80 FF FF FF FF FF FF FF 7F" },
  { "date-time", "time", "0A 00 00 80 00 00 00 00 00 00 00 80" },
  { "int64", "currency", "02 00 00 00 00 00 00 00 00 00 00 00" },
};

static void
test_refused_values (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refused_values); i++)
    {
      const Case *c = &refused_values[i];
      g_autofree char *layout = g_strconcat (c->property, ":", c->type, NULL);
      g_autofree char *path = g_strconcat ("C.", c->property, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (SaClassRegistry) registry = new_registry (layout, &error);
      g_autoptr (TestHolder) holder = NULL;

      g_assert_no_error (error);
      holder = load (registry, c->hex, &error);
      if (holder != NULL)
        g_error ("%s of %s was taken", c->hex, layout);
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
      g_assert_nonnull (strstr (error->message, path));
    }
}

typedef struct
{
  const char *layout;
  double value;
} RealCase;

/* What the wire type would change.  */
static void
test_refused_reals (void)
{
  static const RealCase cases[] = {
    { "double:f32", 1e39 },
    { "double:f32", -G_MAXDOUBLE },
    /* Half way between the last float and the one after it that there is not.  */
    { "double:f32", 0x1.ffffffp127 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SaClassRegistry) registry = new_registry (cases[i].layout, NULL);
      g_autoptr (TestHolder) holder = g_object_new (TEST_TYPE_HOLDER, "double", cases[i].value, NULL);
      g_autoptr (GError) error = NULL;

      g_assert_null (store (registry, holder, &error));
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
      g_assert_nonnull (strstr (error->message, "C.double"));
    }
}

static const struct
{
  const char *layout;
  /* What the message has to say.  */
  const char *word;
} refused_layouts[] = {
  { "none:u8", "no property" },
  { "x_write_only:u8", "read" },
  { "x_read_only:u8", "set" },
  { "x_construct:u8", "set" },
  { "x_read_only_store:object(*)", "set" },
  { "x_read_only_store:embed(CInner)", "set" },
  { "string:u8", "gchararray" },
  { "boolean:u8", "gboolean" },
  { "int:bool1", "bool1" },
  { "int:f64", "f64" },
  { "float:f64", "gfloat" },
  { "int:cstring", "cstring" },
  { "int64:oledatetime", "oledatetime" },
  { "int:currency", "currency" },
  { "bytes:stringarray", "stringarray" },
  { "strings:bytearray", "bytearray" },
  { "store:embed(CInner)", "CInner" },
  { "store:object(CInner)", "CInner" },
  { "x_holder:embed(CInner)", "CInner" },
  { "x_action:object(CInner)", "CInner" },
  { "array:mapwordob(*)", "GPtrArray" },
  { "x_text:point", "(ii)" },
  { "x_text:wordarray", "aq" },
  { "x_text:mapstrstr", "a{ss}" },
  { "x_text:variant", "(qv)" },
  { "x_pointer:u64", "gpointer" },
  { "x_hash:mapstrstr", "GHashTable" },
};

static void
test_refused_layouts (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refused_layouts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SaClassRegistry) registry = new_registry (refused_layouts[i].layout, &error);

      if (error == NULL)
        g_error ("%s was taken", refused_layouts[i].layout);
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_CLASS);
      g_assert_nonnull (strstr (error->message, refused_layouts[i].word));
      g_assert_nonnull (strstr (error->message, "class C"));
      g_assert_false (sa_class_registry_contains (registry, "C"));
    }
}

/* Two spellings of one property are one field.  */
static void
test_same_property (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SaClassRegistry) registry = new_registry ("x_percent:u8 x-percent:u8", &error);

  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
  g_assert_nonnull (strstr (error->message, "column 14"));
}

/* A base class that the type does not have would let its objects be where they do not fit.  */
static void
test_base_type (void)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_class_registry_add_layout (registry, "CStore", G_TYPE_LIST_STORE, 0, "", &error));
  g_assert_no_error (error);
  g_assert_false (
      sa_class_registry_add_layout (registry, "C", TEST_TYPE_HOLDER, 0, "base(CStore) int:u8", &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
  g_assert_nonnull (strstr (error->message, "GListStore"));
  g_clear_error (&error);

  g_assert_true (sa_class_registry_add_layout (registry, "CBase", TEST_TYPE_HOLDER, 0, "int:u8", NULL));
  g_assert_true (sa_class_registry_add_layout (registry, "CDerived", TEST_TYPE_DERIVED, 0,
                                               "base(CBase) uint:u8", &error));
  g_assert_no_error (error);
}

/* An object that was mapped is of no registered class; it must fit the class and the property both.  */
static void
test_mapped (void)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (GBytes) bytes = test_from_hex ("01 00");
  GType types[] = { G_TYPE_LIST_STORE, TEST_TYPE_STRANGER, TEST_TYPE_DERIVED };
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_class_registry_add_layout (registry, "CHolder", TEST_TYPE_HOLDER, 0,
                                               "x_derived:object(CHolder)", &error));
  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (SaArchive) load = sa_archive_new_load_bytes (bytes);
      g_autoptr (GObject) mapped = g_object_new (types[i], NULL);
      g_autoptr (GObject) holder = NULL;

      sa_archive_set_registry (load, registry);
      g_assert_true (sa_archive_map_object (load, mapped, NULL));
      holder = sa_archive_read_embedded (load, "CHolder", &error);
      if (types[i] == TEST_TYPE_DERIVED)
        g_assert_no_error (error);
      else
        g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_CLASS);
      g_clear_error (&error);
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (round_trips); i++)
    {
      g_autofree char *path = g_strdup_printf ("/layout-property/round-trip/%02zu-%s-%s", i,
                                               round_trips[i].property, round_trips[i].type);

      g_test_add_data_func (path, &round_trips[i], test_round_trip);
    }

  g_test_add_func ("/layout-property/refused-values", test_refused_values);
  g_test_add_func ("/layout-property/refused-reals", test_refused_reals);
  g_test_add_func ("/layout-property/refused-layouts", test_refused_layouts);
  g_test_add_func ("/layout-property/same-property", test_same_property);
  g_test_add_func ("/layout-property/base-type", test_base_type);
  g_test_add_func ("/layout-property/mapped", test_mapped);

  return g_test_run ();
}
