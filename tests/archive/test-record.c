/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-utils.h"

#include <sockarch/sockarch.h>

#include <math.h>

static const char all_fields[] =
    "u8:u8 i8:i8 u16:u16 i16:i16 u32:u32 i32:i32 u64:u64 i64:i64 f32:f32 f64:f64 b1:bool1 b4:bool4 s:cstring "
    "n:narrow w:wide t:time ts:timespan od:oledatetime os:oledatetimespan c:currency v:variant p:point "
    "z:size r:rect raw:bytes[3] ba:bytearray wa:wordarray ab:array(i8) af:array(f32) sa:stringarray "
    "sl:stringlist m:mapstrstr e:embed(CInner) o:object(CInner) x:object(*) oa:obarray(CInner) ol:oblist(*) "
    "ae:array(embed(CInner)) mw:mapwordob(*) ms:mapstrob(CInner)";

static SaClassRegistry *
new_registry (void)
{
  SaClassRegistry *registry = sa_class_registry_new ();
  g_autoptr (GError) error = NULL;

  sa_class_registry_add_record (registry, "CInner", 0, "n:u8", &error);
  g_assert_no_error (error);
  sa_class_registry_add_record (registry, "CDerived", 0, "base(CInner) m:u8", &error);
  g_assert_no_error (error);
  sa_class_registry_add_record (registry, "COther", 0, "n:u8", &error);
  g_assert_no_error (error);
  sa_class_registry_add_record (registry, "C", 0, all_fields, &error);
  g_assert_no_error (error);

  return registry;
}

static SaRecord *
create (SaClassRegistry *registry,
        const char *name)
{
  g_autoptr (GError) error = NULL;
  SaRecord *record = sa_class_registry_create_record (registry, name, &error);

  g_assert_no_error (error);

  return record;
}

static GBytes *
store (SaClassRegistry *registry,
       SaRecord *record)
{
  g_autoptr (SaArchive) archive = sa_archive_new_store_bytes ();
  g_autoptr (GError) error = NULL;

  sa_archive_set_registry (archive, registry);
  g_assert_true (sa_archive_write_object (archive, record, &error));
  g_assert_no_error (error);

  return sa_archive_steal_bytes (archive, NULL);
}

static SaRecord *
load (SaClassRegistry *registry,
      GBytes *bytes)
{
  g_autoptr (SaArchive) archive = sa_archive_new_load_bytes (bytes);
  g_autoptr (GError) error = NULL;
  SaRecord *record;

  sa_archive_set_registry (archive, registry);
  record = sa_archive_read_object (archive, SA_TYPE_RECORD, &error);
  g_assert_no_error (error);
  g_assert_true (sa_archive_is_buffer_empty (archive));

  return record;
}

/* Without a class anything goes in, and what is wrong is found when it is stored.  */
static void
test_without_class (void)
{
  g_autoptr (SaRecord) record = sa_record_new ("CThing");
  g_auto (GValue) value = G_VALUE_INIT;
  g_auto (GStrv) names = NULL;

  g_assert_cmpstr (sa_record_get_class_name (record), ==, "CThing");
  names = sa_record_list_fields (record);
  g_assert_cmpuint (g_strv_length (names), ==, 0);
  g_clear_pointer (&names, g_strfreev);

  g_value_init (&value, G_TYPE_INT);
  g_value_set_int (&value, 5);
  g_assert_true (sa_record_set_field (record, "b", &value, NULL));
  g_assert_true (sa_record_set_field (record, "a", &value, NULL));
  g_value_set_int (&value, 6);
  g_assert_true (sa_record_set_field (record, "b", &value, NULL));
  names = sa_record_list_fields (record);
  g_assert_cmpstrv (names, ((const char *const[]){ "b", "a", NULL }));
  g_assert_cmpint (g_value_get_int (sa_record_get_field (record, "b")), ==, 6);
  g_assert_null (sa_record_get_field (record, "c"));
  g_assert_false (sa_record_has_field (record, "c"));
  g_assert_null (sa_record_get_field_type (record, "a"));
}

static void
test_create (void)
{
  g_autoptr (SaClassRegistry) registry = new_registry ();
  g_autoptr (SaRecord) record = create (registry, "C");
  g_autoptr (SaRecord) loaded = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) again = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = sa_record_list_fields (record);
  g_auto (GStrv) wanted = g_strsplit (all_fields, " ", 0);

  g_assert_cmpuint (g_strv_length (names), ==, g_strv_length (wanted));
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *text = g_strconcat (names[i], ":", sa_record_get_field_type (record, names[i]), NULL);

      g_assert_cmpstr (text, ==, wanted[i]);
    }

  bytes = store (registry, record);
  loaded = load (registry, bytes);
  again = store (registry, loaded);
  g_assert_true (g_bytes_equal (bytes, again));
  g_assert_cmpstr (sa_record_get_field_type (loaded, "ae"), ==, "array(embed(CInner))");

  g_assert_null (sa_class_registry_create_record (registry, "CNone", &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_CLASS);
  g_clear_error (&error);
  sa_class_registry_add_layout (registry, "CStore", G_TYPE_LIST_STORE, 0, "", NULL);
  g_assert_null (sa_class_registry_create_record (registry, "CStore", &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_CLASS);
}

/* A record outlives the registry that it came from, and the class with it.  */
static void
test_outlives_registry (void)
{
  SaClassRegistry *registry = new_registry ();
  g_autoptr (SaRecord) record = create (registry, "CDerived");

  g_object_unref (registry);
  g_assert_true (sa_record_set_int64 (record, "m", 255, NULL));
  g_assert_false (sa_record_set_int64 (record, "m", 256, NULL));
  g_assert_cmpstr (sa_record_get_field_type (record, "n"), ==, "u8");
}

static const struct
{
  const char *field;
  gint64 min;
  guint64 max;
} ranges[] = {
  { "u8", 0, 255 },
  { "i8", -128, 127 },
  { "u16", 0, 65535 },
  { "i16", -32768, 32767 },
  { "u32", 0, G_MAXUINT32 },
  { "i32", G_MININT32, G_MAXINT32 },
  { "u64", 0, G_MAXUINT64 },
  { "i64", G_MININT64, G_MAXINT64 },
  { "t", G_MININT64, G_MAXINT64 },
  { "ts", G_MININT64, G_MAXINT64 },
};

static void
test_integers (void)
{
  g_autoptr (SaClassRegistry) registry = new_registry ();
  g_autoptr (SaRecord) record = create (registry, "C");

  for (gsize i = 0; i < G_N_ELEMENTS (ranges); i++)
    {
      const char *field = ranges[i].field;
      g_autoptr (GError) error = NULL;

      g_assert_true (sa_record_set_int64 (record, field, ranges[i].min, &error));
      g_assert_no_error (error);
      g_assert_cmpint (sa_record_get_int64 (record, field, &error), ==, ranges[i].min);
      g_assert_no_error (error);
      g_assert_true (sa_record_set_uint64 (record, field, ranges[i].max, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (sa_record_get_uint64 (record, field, &error), ==, ranges[i].max);
      g_assert_no_error (error);

      if (ranges[i].min != G_MININT64)
        {
          g_assert_false (sa_record_set_int64 (record, field, ranges[i].min - 1, &error));
          g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
          g_assert_nonnull (strstr (error->message, field));
          g_clear_error (&error);
        }
      if (ranges[i].max != G_MAXUINT64)
        {
          g_assert_false (sa_record_set_uint64 (record, field, ranges[i].max + 1, &error));
          g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
          g_clear_error (&error);
        }

      /* What was refused left the value alone.  */
      g_assert_cmpuint (sa_record_get_uint64 (record, field, NULL), ==, ranges[i].max);

      /* What JavaScript has for a number: as an integer or not at all.  */
      g_assert_true (sa_record_set_double (record, field, 7, &error));
      g_assert_cmpint (sa_record_get_int64 (record, field, NULL), ==, 7);
      g_assert_false (sa_record_set_double (record, field, 7.5, &error));
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
      g_clear_error (&error);
      g_assert_false (sa_record_set_double (record, field, NAN, NULL));
      g_assert_false (sa_record_set_string (record, field, "7", NULL));
      g_assert_false (sa_record_set_boolean (record, field, TRUE, NULL));
    }
}

static void
test_reals (void)
{
  g_autoptr (SaClassRegistry) registry = new_registry ();
  g_autoptr (SaRecord) record = create (registry, "C");
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_record_set_double (record, "f64", G_MAXDOUBLE, &error));
  g_assert_cmpfloat (sa_record_get_double (record, "f64", &error), ==, G_MAXDOUBLE);
  g_assert_true (sa_record_set_int64 (record, "f64", -5, &error));
  g_assert_cmpfloat (sa_record_get_double (record, "f64", &error), ==, -5);
  g_assert_true (sa_record_set_double (record, "f32", INFINITY, &error));
  g_assert_true (sa_record_set_double (record, "os", NAN, &error));
  g_assert_true (isnan (sa_record_get_double (record, "os", &error)));
  g_assert_no_error (error);

  g_assert_false (sa_record_set_double (record, "f32", 1e39, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
  g_clear_error (&error);
  /* More digits than a double has.  */
  g_assert_false (sa_record_set_int64 (record, "f64", (G_GINT64_CONSTANT (1) << 53) + 1, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
}

static void
test_texts (void)
{
  static const char *const fields[] = { "s", "n", "w" };
  g_autoptr (SaClassRegistry) registry = new_registry ();
  g_autoptr (SaRecord) record = create (registry, "C");
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      g_assert_true (sa_record_set_string (record, fields[i], "h\303\251", &error));
      g_assert_cmpstr (sa_record_get_string (record, fields[i], &error), ==, "h\303\251");
      g_assert_true (sa_record_set_string (record, fields[i], NULL, &error));
      g_assert_cmpstr (sa_record_get_string (record, fields[i], &error), ==, "");
      g_assert_no_error (error);
      g_assert_false (sa_record_set_string (record, fields[i], "\377", NULL));
      g_assert_false (sa_record_set_int64 (record, fields[i], 1, NULL));
    }

  g_assert_true (sa_record_set_strings (record, "sa", ((const char *const[]){ "a", "", NULL }), &error));
  g_assert_cmpstrv (sa_record_get_strings (record, "sa", &error), ((const char *const[]){ "a", "", NULL }));
  g_assert_no_error (error);
  g_assert_false (sa_record_set_strings (record, "s", ((const char *const[]){ "a", NULL }), NULL));
}

static void
test_money_and_time (void)
{
  g_autoptr (SaClassRegistry) registry = new_registry ();
  g_autoptr (SaRecord) record = create (registry, "C");
  g_autoptr (GDateTime) date = g_date_time_new_utc (2000, 1, 1, 6, 0, 0);
  g_autoptr (GDateTime) same = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_record_set_string (record, "c", "-1.5", &error));
  g_assert_cmpstr (sa_record_get_string (record, "c", &error), ==, "-1.5");
  g_assert_true (sa_record_set_int64 (record, "c", -15001, &error));
  g_assert_cmpstr (sa_record_get_string (record, "c", &error), ==, "-1.5001");
  g_assert_true (sa_record_set_string (record, "c", NULL, &error));
  g_assert_null (sa_record_get_string (record, "c", &error));
  g_assert_no_error (error);
  g_assert_false (sa_record_set_string (record, "c", "1.23456", &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
  g_clear_error (&error);

  g_assert_true (sa_record_set_date_time (record, "t", date, &error));
  g_assert_cmpint (sa_record_get_int64 (record, "t", &error), ==, 946706400);
  same = sa_record_get_date_time (record, "t", &error);
  g_assert_true (g_date_time_equal (date, same));
  g_clear_pointer (&same, g_date_time_unref);
  g_assert_no_error (error);
  g_assert_false (sa_record_set_date_time (record, "t", NULL, NULL));
  g_assert_true (sa_record_set_int64 (record, "t", G_MAXINT64, NULL));
  g_assert_null (sa_record_get_date_time (record, "t", &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
  g_clear_error (&error);

  g_assert_true (sa_record_set_date_time (record, "od", date, &error));
  same = sa_record_get_date_time (record, "od", &error);
  g_assert_true (g_date_time_equal (date, same));
  g_assert_true (sa_record_set_date_time (record, "od", NULL, &error));
  g_assert_null (sa_record_get_date_time (record, "od", &error));
  g_assert_no_error (error);
  g_assert_false (sa_record_set_int64 (record, "od", 1, NULL));
}

static void
test_variants (void)
{
  g_autoptr (SaClassRegistry) registry = new_registry ();
  g_autoptr (SaRecord) record = create (registry, "C");
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_record_set_variant (record, "p", g_variant_new ("(ii)", 3, -4), &error));
  g_assert_true (sa_record_set_variant (record, "v", g_variant_new ("(qv)", 11, g_variant_new_boolean (TRUE)),
                                        &error));
  g_assert_true (sa_record_set_variant (record, "wa", g_variant_new_parsed ("[@q 1, 2]"), &error));
  g_assert_true (sa_record_set_variant (record, "ab", g_variant_new_parsed ("[@n -128, 127]"), &error));
  g_assert_true (sa_record_set_variant (record, "m", g_variant_new_parsed ("{'a': 'b'}"), &error));
  g_assert_no_error (error);
  g_assert_cmpuint (g_variant_n_children (sa_record_get_variant (record, "wa", NULL)), ==, 2);

  g_assert_false (sa_record_set_variant (record, "wa", g_variant_new_parsed ("[1, 2]"), &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
  g_assert_nonnull (strstr (error->message, "aq"));
  g_clear_error (&error);
  g_assert_false (sa_record_set_variant (record, "ab", g_variant_new_parsed ("[@n 128]"), NULL));
  g_assert_false (sa_record_set_variant (record, "af", g_variant_new_parsed ("[1e39]"), NULL));
  g_assert_false (sa_record_set_variant (record, "r", g_variant_new ("(ii)", 3, -4), NULL));
  g_assert_false (sa_record_set_variant (record, "u8", g_variant_new_byte (1), NULL));

  g_assert_true (sa_record_set_variant (record, "p", NULL, &error));
  g_assert_true (g_variant_is_of_type (sa_record_get_variant (record, "p", NULL), G_VARIANT_TYPE ("(ii)")));
}

static void
test_raw (void)
{
  g_autoptr (SaClassRegistry) registry = new_registry ();
  g_autoptr (SaRecord) record = create (registry, "C");
  g_autoptr (GBytes) three = g_bytes_new_static ("abc", 3);
  g_autoptr (GBytes) four = g_bytes_new_static ("abcd", 4);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (g_bytes_get_size (sa_record_get_bytes (record, "raw", &error)), ==, 3);
  g_assert_true (sa_record_set_bytes (record, "raw", three, &error));
  g_assert_true (g_bytes_equal (sa_record_get_bytes (record, "raw", &error), three));
  g_assert_true (sa_record_set_bytes (record, "ba", four, &error));
  g_assert_true (sa_record_set_bytes (record, "ba", NULL, &error));
  g_assert_cmpuint (g_bytes_get_size (sa_record_get_bytes (record, "ba", &error)), ==, 0);
  g_assert_no_error (error);
  g_assert_false (sa_record_set_bytes (record, "raw", four, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
  g_assert_nonnull (strstr (error->message, "bytes[3]"));
}

static void
test_objects (void)
{
  g_autoptr (SaClassRegistry) registry = new_registry ();
  g_autoptr (SaRecord) record = create (registry, "C");
  g_autoptr (SaRecord) inner = create (registry, "CInner");
  g_autoptr (SaRecord) derived = create (registry, "CDerived");
  g_autoptr (SaRecord) other = create (registry, "COther");
  g_autoptr (SaRecord) named = sa_record_new ("CInner");
  g_autoptr (GListStore) list = g_list_store_new (SA_TYPE_RECORD);
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_record_set_object (record, "o", inner, &error));
  g_assert_true (sa_record_get_object (record, "o", &error) == inner);
  g_assert_true (sa_record_set_object (record, "o", named, &error));
  g_assert_true (sa_record_set_object (record, "o", derived, &error));
  g_assert_true (sa_record_set_object (record, "o", NULL, &error));
  g_assert_null (sa_record_get_object (record, "o", &error));
  g_assert_true (sa_record_set_object (record, "x", other, &error));
  g_assert_true (sa_record_set_object (record, "ol", list, &error));
  g_assert_true (sa_record_get_object (record, "ol", &error) == list);
  g_assert_true (sa_record_set_object (record, "ol", NULL, &error));
  g_assert_true (G_IS_LIST_STORE (sa_record_get_object (record, "ol", &error)));
  g_assert_no_error (error);

  g_assert_false (sa_record_set_object (record, "o", other, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_CLASS);
  g_assert_nonnull (strstr (error->message, "COther"));
  g_clear_error (&error);
  g_assert_false (sa_record_set_object (record, "o", list, NULL));
  g_assert_false (sa_record_set_object (record, "e", NULL, NULL));
  g_assert_false (sa_record_set_object (record, "ol", inner, NULL));
}

/* Of a record that has only the name of its class, what it embeds is looked at when it is stored.  */
static void
test_embedded_class (void)
{
  static const char *const names[] = { "CInner", "CDerived", "COther" };
  g_autoptr (SaClassRegistry) registry = new_registry ();

  sa_class_registry_add_record (registry, "CEmbedding", 0, "e:embed(CInner)", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (SaRecord) record = sa_record_new ("CEmbedding");
      g_autoptr (SaRecord) embedded = create (registry, names[i]);
      g_autoptr (SaArchive) archive = sa_archive_new_store_bytes ();
      g_autoptr (GError) error = NULL;

      g_assert_true (sa_record_set_object (record, "e", embedded, NULL));
      sa_archive_set_registry (archive, registry);
      if (i < 2)
        {
          g_assert_true (sa_archive_write_object (archive, record, &error));
          g_assert_no_error (error);
          continue;
        }

      g_assert_false (sa_archive_write_object (archive, record, &error));
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_CLASS);
      g_assert_nonnull (strstr (error->message, "COther"));
    }
}

static void
test_wrong_names (void)
{
  g_autoptr (SaClassRegistry) registry = new_registry ();
  g_autoptr (SaRecord) record = create (registry, "CInner");
  g_autoptr (GError) error = NULL;

  g_assert_false (sa_record_set_int64 (record, "none", 1, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
  g_assert_nonnull (strstr (error->message, "CInner"));
  g_clear_error (&error);
  g_assert_cmpint (sa_record_get_int64 (record, "none", &error), ==, 0);
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
  g_clear_error (&error);
  g_assert_null (sa_record_get_string (record, "n", &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
  g_assert_nonnull (strstr (error->message, "gint"));
  g_clear_error (&error);
  g_assert_false (sa_record_has_field (record, "none"));
  g_assert_cmpuint (sa_record_get_uint64 (record, "n", &error), ==, 0);
  g_assert_no_error (error);
}

/* Each element refers to the one before: what was loaded in a row is freed in a row, though the last one
 * alone keeps all the others.  */
static void
test_long_chain (void)
{
  const guint count = 100000;
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (SaArchive) store_archive = sa_archive_new_store_bytes ();
  g_autoptr (SaArchive) archive = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (SaRecord) holder = NULL;
  g_autoptr (SaRecord) last = NULL;
  g_autoptr (GError) error = NULL;

  sa_class_registry_add_record (registry, "CLink", 0, "before:object(CLink)", NULL);
  sa_class_registry_add_record (registry, "CHolder", 0, "links:oblist(CLink)", NULL);
  sa_archive_set_registry (store_archive, registry);

  sa_archive_write_count (store_archive, count, NULL);
  for (guint i = 0; i < count; i++)
    {
      g_autoptr (SaRecord) record = create (registry, "CLink");

      sa_record_set_object (record, "before", last, NULL);
      g_assert_true (sa_archive_write_object (store_archive, record, &error));
      g_assert_no_error (error);
      g_set_object (&last, record);
    }
  bytes = sa_archive_steal_bytes (store_archive, NULL);
  g_clear_object (&last);
  g_clear_object (&store_archive);

  archive = sa_archive_new_load_bytes (bytes);
  sa_archive_set_registry (archive, registry);
  holder = sa_archive_read_embedded (archive, "CHolder", &error);
  g_assert_no_error (error);
  g_clear_object (&archive);
  g_clear_object (&holder);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/record/without-class", test_without_class);
  g_test_add_func ("/record/create", test_create);
  g_test_add_func ("/record/outlives-registry", test_outlives_registry);
  g_test_add_func ("/record/integers", test_integers);
  g_test_add_func ("/record/reals", test_reals);
  g_test_add_func ("/record/texts", test_texts);
  g_test_add_func ("/record/money-and-time", test_money_and_time);
  g_test_add_func ("/record/variants", test_variants);
  g_test_add_func ("/record/raw", test_raw);
  g_test_add_func ("/record/objects", test_objects);
  g_test_add_func ("/record/embedded-class", test_embedded_class);
  g_test_add_func ("/record/wrong-names", test_wrong_names);
  g_test_add_func ("/record/long-chain", test_long_chain);

  return g_test_run ();
}
