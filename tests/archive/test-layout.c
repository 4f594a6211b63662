/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-node.h"
#include "test-utils.h"

/* A class that knows nothing of archives: its properties are all there is.  */
#define TEST_TYPE_PERSON (test_person_get_type ())
G_DECLARE_FINAL_TYPE (TestPerson, test_person, TEST, PERSON, GObject)

struct _TestPerson
{
  GObject parent_instance;
  char *full_name;
  int grade;
  gint64 balance;
  GDateTime *born;
  GListStore *children;
  GPtrArray *friends;
  TestPerson *partner;
};

enum
{
  PROP_FULL_NAME = 1,
  PROP_GRADE,
  PROP_BALANCE,
  PROP_BORN,
  PROP_CHILDREN,
  PROP_FRIENDS,
  PROP_PARTNER,
  PROP_WRITE_ONLY,
  PROP_READ_ONLY,
};

G_DEFINE_FINAL_TYPE (TestPerson, test_person, G_TYPE_OBJECT)

static void
test_person_get_property (GObject *object,
                          guint property_id,
                          GValue *value,
                          GParamSpec *pspec)
{
  TestPerson *self = TEST_PERSON (object);

  if (property_id == PROP_FULL_NAME)
    g_value_set_string (value, self->full_name);
  else if (property_id == PROP_GRADE)
    g_value_set_int (value, self->grade);
  else if (property_id == PROP_BALANCE)
    g_value_set_int64 (value, self->balance);
  else if (property_id == PROP_BORN)
    g_value_set_boxed (value, self->born);
  else if (property_id == PROP_CHILDREN)
    g_value_set_object (value, self->children);
  else if (property_id == PROP_FRIENDS)
    g_value_set_boxed (value, self->friends);
  else if (property_id == PROP_PARTNER)
    g_value_set_object (value, self->partner);
}

static void
test_person_set_property (GObject *object,
                          guint property_id,
                          const GValue *value,
                          GParamSpec *pspec)
{
  TestPerson *self = TEST_PERSON (object);

  if (property_id == PROP_FULL_NAME)
    {
      g_free (self->full_name);
      self->full_name = g_value_dup_string (value);
    }
  else if (property_id == PROP_GRADE)
    self->grade = g_value_get_int (value);
  else if (property_id == PROP_BALANCE)
    self->balance = g_value_get_int64 (value);
  else if (property_id == PROP_BORN)
    {
      g_clear_pointer (&self->born, g_date_time_unref);
      self->born = g_value_dup_boxed (value);
    }
  else if (property_id == PROP_FRIENDS)
    {
      g_clear_pointer (&self->friends, g_ptr_array_unref);
      self->friends = g_value_dup_boxed (value);
    }
  else if (property_id == PROP_PARTNER)
    g_set_object (&self->partner, g_value_get_object (value));
}

static void
test_person_dispose (GObject *object)
{
  TestPerson *self = TEST_PERSON (object);

  g_clear_object (&self->children);
  g_clear_object (&self->partner);
  g_clear_pointer (&self->friends, g_ptr_array_unref);
  g_clear_pointer (&self->born, g_date_time_unref);
  g_clear_pointer (&self->full_name, g_free);

  G_OBJECT_CLASS (test_person_parent_class)->dispose (object);
}

static void
test_person_class_init (TestPersonClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = test_person_get_property;
  object_class->set_property = test_person_set_property;
  object_class->dispose = test_person_dispose;

  g_object_class_install_property (object_class, PROP_FULL_NAME,
                                   g_param_spec_string ("full-name", NULL, NULL, NULL, flags));
  g_object_class_install_property (object_class, PROP_GRADE,
                                   g_param_spec_int ("grade", NULL, NULL, 0, 100, 0, flags));
  g_object_class_install_property (
      object_class, PROP_BALANCE,
      g_param_spec_int64 ("balance", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags));
  g_object_class_install_property (object_class, PROP_BORN,
                                   g_param_spec_boxed ("born", NULL, NULL, G_TYPE_DATE_TIME, flags));
  g_object_class_install_property (
      object_class, PROP_CHILDREN,
      g_param_spec_object ("children", NULL, NULL, G_TYPE_LIST_STORE, G_PARAM_READABLE));
  g_object_class_install_property (object_class, PROP_FRIENDS,
                                   g_param_spec_boxed ("friends", NULL, NULL, G_TYPE_PTR_ARRAY, flags));
  g_object_class_install_property (object_class, PROP_PARTNER,
                                   g_param_spec_object ("partner", NULL, NULL, TEST_TYPE_PERSON, flags));
  g_object_class_install_property (object_class, PROP_WRITE_ONLY,
                                   g_param_spec_int ("write-only", NULL, NULL, 0, 1, 0, G_PARAM_WRITABLE));
  g_object_class_install_property (object_class, PROP_READ_ONLY,
                                   g_param_spec_int ("read-only", NULL, NULL, 0, 1, 0, G_PARAM_READABLE));
}

static void
test_person_init (TestPerson *self)
{
  self->children = g_list_store_new (TEST_TYPE_PERSON);
}

static SaArchive *
new_store (SaClassRegistry *registry)
{
  SaArchive *archive = sa_archive_new_store_bytes ();

  sa_archive_set_registry (archive, registry);

  return archive;
}

static SaArchive *
new_load (SaClassRegistry *registry,
          GBytes *bytes)
{
  SaArchive *archive = sa_archive_new_load_bytes (bytes);

  sa_archive_set_registry (archive, registry);

  return archive;
}

/* Loads a record without a tag, wants every prefix to fail as cut off, and wants it to be stored as it
 * came.  */
static SaRecord *
round_trip (const char *layout,
            const char *hex)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (GBytes) bytes = test_from_hex (hex);
  g_autoptr (SaArchive) load = NULL;
  g_autoptr (SaArchive) store = NULL;
  g_autoptr (GBytes) stored = NULL;
  g_autoptr (GError) error = NULL;
  SaRecord *record;

  g_assert_true (sa_class_registry_add_record (registry, "CInner", 0, "n:u8", &error));
  g_assert_true (sa_class_registry_add_record (registry, "C", 0, layout, &error));
  g_assert_no_error (error);

  for (gsize i = 0; i < g_bytes_get_size (bytes); i++)
    {
      g_autoptr (GBytes) cut = g_bytes_new_from_bytes (bytes, 0, i);
      g_autoptr (SaArchive) archive = new_load (registry, cut);

      g_assert_null (sa_archive_read_embedded (archive, "C", &error));
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE);
      g_clear_error (&error);
    }

  load = new_load (registry, bytes);
  record = sa_archive_read_embedded (load, "C", &error);
  g_assert_no_error (error);
  g_assert_true (sa_archive_is_buffer_empty (load));

  store = new_store (registry);
  sa_archive_set_string_form (store, SA_STRING_NARROW);
  g_assert_true (sa_archive_serialize_embedded (store, record, &error));
  g_assert_no_error (error);
  stored = sa_archive_steal_bytes (store, NULL);
  g_assert_cmpmem (g_bytes_get_data (stored, NULL), g_bytes_get_size (stored), g_bytes_get_data (bytes, NULL),
                   g_bytes_get_size (bytes));

  return record;
}

static char *
print_variant (SaRecord *record)
{
  return g_variant_print (g_value_get_variant (sa_record_get_field (record, "v")), TRUE);
}

typedef struct
{
  const char *name;
  const char *type;
  const char *hex;
  /* What g_strdup_value_contents () says of the value.  */
  const char *value;
} TypeCase;

static const TypeCase type_cases[] = {
  { "u8", "u8", "FF", "255" },
  { "i8", "i8", "FF", "-1" },
  { "u16", "u16", "34 12", "4660" },
  { "i16", "i16", "FE FF", "-2" },
  { "u32", "u32", "FE FF FF FF", "4294967294" },
  { "i32", "i32", "FE FF FF FF", "-2" },
  { "u64", "u64", "FF FF FF FF FF FF FF FF", "18446744073709551615" },
  { "i64", "i64", "00 00 00 00 00 00 00 80", "-9223372036854775808" },
  { "f32", "f32", "00 00 C0 3F", "1.500000" },
  { "f64", "f64", "00 00 00 00 00 00 F8 3F", "1.500000" },
  { "bool1", "bool1", "01", "TRUE" },
  { "bool4", "bool4", "01 00 00 00", "TRUE" },
  { "cstring", "cstring", "04 6E 61 6D 65", "\"name\"" },
  { "narrow", "narrow", "04 6E 61 6D 65", "\"name\"" },
  { "wide", "wide", "FF FE FF 04 6E 00 61 00 6D 00 65 00", "\"name\"" },
  { "time", "time", "0A 00 00 80 1B 0A 96 5D 00 00 00 00", "1570114075" },
  { "timespan", "timespan", "10 0E 00 00", "3600" },
  { "oledatetimespan", "oledatetimespan", "00 00 00 00 00 00 00 00 00 00 F8 3F", "1.500000" },
  { "currency", "currency", "00 00 00 00 00 00 00 00 00 61 BC 00", "\"1234.56\"" },
  { "currency-null", "currency", "02 00 00 00 00 00 00 00 00 00 00 00", "NULL" },
  { "variant", "variant", "0B 00 FF FF", "(uint16 11, <true>)" },
  { "point", "point", "01 00 00 00 FF FF FF FF", "(1, -1)" },
  { "size", "size", "20 03 00 00 84 03 00 00", "(800, 900)" },
  { "rect", "rect", "CF 00 00 00 5B FF FF FF D4 00 00 00 57 FF FF FF", "(207, -165, 212, -169)" },
  { "wordarray", "wordarray", "02 00 01 00 02 00", "[uint16 1, 2]" },
  { "dwordarray", "dwordarray", "01 00 07 00 00 00", "[uint32 7]" },
  { "array-empty", "wordarray", "00 00", "@aq []" },
  { "array-u8", "array(u8)", "02 00 01 FF", "[byte 0x01, 0xff]" },
  { "array-i8", "array(i8)", "02 00 01 FF", "[int16 1, -1]" },
  { "array-i16", "array(i16)", "01 00 FF FF", "[int16 -1]" },
  { "array-i32", "array(i32)", "01 00 FF FF FF FF", "[-1]" },
  { "array-i64", "array(i64)", "01 00 FF FF FF FF FF FF FF FF", "[int64 -1]" },
  { "array-u64", "array(u64)", "01 00 FF FF FF FF FF FF FF FF", "[uint64 18446744073709551615]" },
  { "array-f32", "array(f32)", "01 00 00 00 C0 3F", "[1.5]" },
  { "array-f64", "array(f64)", "01 00 00 00 00 00 00 00 F8 3F", "[1.5]" },
  { "mapstrstr", "mapstrstr", "02 00 01 62 00 01 61 01 31", "{'b': '', 'a': '1'}" },
};

static void
test_type (gconstpointer data)
{
  const TypeCase *test = data;
  g_autofree char *layout = g_strconcat ("v:", test->type, NULL);
  g_autoptr (SaRecord) record = round_trip (layout, test->hex);
  const GValue *value = sa_record_get_field (record, "v");
  g_autofree char *text =
      G_VALUE_HOLDS_VARIANT (value) ? print_variant (record) : g_strdup_value_contents (value);

  g_assert_cmpstr (text, ==, test->value);
}

static void
test_strings (void)
{
  g_autoptr (SaRecord) record = round_trip ("v:stringarray w:stringlist", "02 00 01 61 00 00 00");

  g_assert_cmpstrv (g_value_get_boxed (sa_record_get_field (record, "v")),
                    ((const char *const[]){ "a", "", NULL }));
  g_assert_cmpstrv (g_value_get_boxed (sa_record_get_field (record, "w")), ((const char *const[]){ NULL }));
}

/* A map of texts of any size is the GVariant that GLib itself makes, to the byte.  */
static void
test_string_maps (void)
{
  static const gsize counts[] = { 0, 1, 2, 60, 250, 5000 };
  static const gsize lengths[] = { 0, 1, 100, 251, 252, 253, 254, 255, 256, 65530, 65531, 65532, 65533 };

  for (guint i = 0; i < G_N_ELEMENTS (counts) * G_N_ELEMENTS (lengths); i++)
    {
      gsize n = counts[i % G_N_ELEMENTS (counts)];
      g_autofree char *text = g_strnfill (lengths[i / G_N_ELEMENTS (counts)], 'x');
      g_autoptr (SaArchive) out = sa_archive_new_store_bytes ();
      g_autoptr (SaArchive) in = NULL;
      g_autoptr (GVariant) expected = NULL;
      g_autoptr (GBytes) wire = NULL;
      g_autoptr (SaRecord) record = sa_record_new ("CMap");
      g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
      GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{ss}"));
      GVariant *loaded;

      /* All of it once is enough for the long ones.  */
      if (n > 2 && strlen (text) > 1000)
        continue;

      sa_archive_set_string_form (out, SA_STRING_NARROW);
      sa_archive_write_count (out, n, NULL);
      for (gsize k = 0; k < n; k++)
        {
          const char *value = k % 2 == 0 ? text : "";

          g_variant_builder_add (&builder, "{ss}", text, value);
          sa_archive_write_string (out, text, NULL);
          sa_archive_write_string (out, value, NULL);
        }
      expected = g_variant_ref_sink (g_variant_builder_end (&builder));
      wire = sa_archive_steal_bytes (out, NULL);
      in = sa_archive_new_load_bytes (wire);
      g_assert_true (sa_class_registry_add_record (registry, "CMap", 0, "v:mapstrstr", NULL));
      sa_archive_set_registry (in, registry);
      g_assert_true (sa_archive_serialize_embedded (in, record, NULL));
      loaded = g_value_get_variant (sa_record_get_field (record, "v"));
      g_assert_cmpmem (g_variant_get_data (loaded), g_variant_get_size (loaded),
                       g_variant_get_data (expected), g_variant_get_size (expected));
      g_assert_true (g_variant_equal (loaded, expected));
    }
}

static void
test_bytes (void)
{
  g_autoptr (SaRecord) record = round_trip ("v:bytes[3] w:bytearray z:bytes[0]", "01 02 03 02 00 04 05");
  GBytes *fixed = g_value_get_boxed (sa_record_get_field (record, "v"));
  GBytes *counted = g_value_get_boxed (sa_record_get_field (record, "w"));

  g_assert_cmpmem (g_bytes_get_data (fixed, NULL), g_bytes_get_size (fixed), "\1\2\3", 3);
  g_assert_cmpmem (g_bytes_get_data (counted, NULL), g_bytes_get_size (counted), "\4\5", 2);
}

static void
test_ole_date_time (void)
{
  g_autoptr (SaRecord) record =
      round_trip ("v:oledatetime n:oledatetime", "00 00 00 00 00 00 00 00 C0 D5 E1 40"
                                                 "02 00 00 00 00 00 00 00 00 00 00 00");
  g_autofree char *text = g_date_time_format_iso8601 (g_value_get_boxed (sa_record_get_field (record, "v")));

  g_assert_cmpstr (text, ==, "2000-01-01T00:00:00Z");
  g_assert_null (g_value_get_boxed (sa_record_get_field (record, "n")));
}

#define NEW_INNER "FF FF 00 00 06 00 43 49 6E 6E 65 72"

static void
test_objects (void)
{
  g_autoptr (SaRecord) record = round_trip (
      "e:embed(CInner) p:object(CInner) q:object(*) r:object(*) l:oblist(CInner) a:array(embed(CInner)) "
      "w:mapwordob(CInner) s:mapstrob(*)",
      "05" NEW_INNER "06 02 00 00 00 02 00 02 00 01 80 07 02 00 08 09 01 00 05 00 02 00 01 00 01 6B 00 00");
  GListModel *list = g_value_get_object (sa_record_get_field (record, "l"));
  GListModel *embedded = g_value_get_object (sa_record_get_field (record, "a"));
  GListModel *words = g_value_get_object (sa_record_get_field (record, "w"));
  GObject *p = g_value_get_object (sa_record_get_field (record, "p"));
  g_autoptr (GObject) first = g_list_model_get_item (list, 0);
  g_autoptr (SaRecord) entry = g_list_model_get_item (words, 0);

  g_assert_cmpint (g_value_get_int (sa_record_get_field (SA_RECORD (p), "n")), ==, 6);
  g_assert_true (g_value_get_object (sa_record_get_field (record, "q")) == p);
  g_assert_null (g_value_get_object (sa_record_get_field (record, "r")));
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 2);
  g_assert_true (first == p);
  g_assert_cmpuint (g_list_model_get_n_items (embedded), ==, 2);
  g_assert_cmpint (g_value_get_int (sa_record_get_field (entry, "key")), ==, 5);
  g_assert_true (g_value_get_object (sa_record_get_field (entry, "value")) == p);
}

static void
test_base (void)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (GBytes) bytes = test_from_hex ("FF FF 00 00 08 00 43 44 65 72 69 76 65 64 01 02");
  g_autoptr (SaArchive) load = NULL;
  g_autoptr (SaRecord) record = NULL;
  g_auto (GStrv) names = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_class_registry_add_record (registry, "CBase", 3, "old:u8@1-2 a:u8@3", &error));
  g_assert_true (sa_class_registry_add_record (registry, "CDerived", 0, "base(CBase) b:u8", &error));
  g_assert_no_error (error);
  load = new_load (registry, bytes);
  record = sa_archive_read_object (load, SA_TYPE_RECORD, &error);
  g_assert_no_error (error);
  names = sa_record_list_fields (record);
  g_assert_cmpstrv (names, ((const char *const[]){ "a", "b", NULL }));
}

/* A class stands for those that derive from it where a layout names it.  */
static void
test_base_expected (void)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (GBytes) good = test_from_hex ("FF FF 00 00 04 00 43 50 74 72 FF FF 00 00 02 00 43 42");
  g_autoptr (GBytes) bad = test_from_hex ("FF FF 00 00 04 00 43 50 74 72 FF FF 00 00 02 00 43 58");
  g_autoptr (SaArchive) load = NULL;
  g_autoptr (GObject) object = NULL;
  g_autoptr (GError) error = NULL;

  sa_class_registry_add_record (registry, "CA", 0, "", NULL);
  sa_class_registry_add_record (registry, "CB", 0, "base(CA)", NULL);
  sa_class_registry_add_record (registry, "CX", 0, "", NULL);
  sa_class_registry_add_record (registry, "CPtr", 0, "p:object(CA)", NULL);

  load = new_load (registry, good);
  object = sa_archive_read_object (load, SA_TYPE_RECORD, &error);
  g_assert_no_error (error);
  g_assert_nonnull (object);

  g_clear_object (&load);
  load = new_load (registry, bad);
  g_assert_null (sa_archive_read_object (load, SA_TYPE_RECORD, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_CLASS);
  g_assert_nonnull (strstr (error->message, "CPtr.p"));
}

static void
test_schemas (void)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (GBytes) first = test_from_hex ("FF FF 01 00 01 00 43 0A 0B");
  g_autoptr (GBytes) third = test_from_hex ("FF FF 03 00 01 00 43 0A 0C");
  g_autoptr (SaArchive) load = NULL;
  g_autoptr (SaRecord) record = NULL;

  g_assert_true (sa_class_registry_add_record (registry, "C", 3, "a:u8 b:u8@1-2 c:u8@3", NULL));
  g_assert_true (sa_class_registry_set_versionable (registry, "C", 1, 3, NULL));

  load = new_load (registry, first);
  record = sa_archive_read_object (load, SA_TYPE_RECORD, NULL);
  g_assert_true (sa_record_has_field (record, "b"));
  g_assert_false (sa_record_has_field (record, "c"));
  g_clear_object (&record);
  g_clear_object (&load);
  load = new_load (registry, third);
  record = sa_archive_read_object (load, SA_TYPE_RECORD, NULL);
  g_assert_false (sa_record_has_field (record, "b"));
  g_assert_true (sa_record_has_field (record, "c"));
}

/* A record of an old schema is stored in that of now; what it did not have yet is as in a new one.  */
static void
test_schemas_up (void)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (GBytes) first = test_from_hex ("FF FF 01 00 01 00 43 0A");
  g_autoptr (GBytes) wanted = test_from_hex ("FF FF 02 00 01 00 43 0A 00 00 00 00 00 07 00 00");
  g_autoptr (SaArchive) load = NULL;
  g_autoptr (SaArchive) out = NULL;
  g_autoptr (SaRecord) record = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_class_registry_add_record (registry, "CIn", 0, "i:u8", NULL));
  g_assert_true (sa_class_registry_add_record (
      registry, "C", 2, "a:u8 s:narrow@2 l:oblist(*)@2 e:embed(CIn)@2 n:u8@2 k:u8@2 o:object(*)@2", NULL));
  g_assert_true (sa_class_registry_set_versionable (registry, "C", 1, 2, NULL));

  load = new_load (registry, first);
  record = sa_archive_read_object (load, SA_TYPE_RECORD, &error);
  g_assert_no_error (error);
  g_assert_true (sa_record_set_uint64 (record, "k", 7, NULL));
  out = new_store (registry);
  sa_archive_write_object (out, record, &error);
  g_assert_no_error (error);
  g_assert_false (sa_record_has_field (record, "s"));
  bytes = sa_archive_steal_bytes (out, NULL);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), g_bytes_get_data (wanted, NULL),
                   g_bytes_get_size (wanted));
}

static void
assert_refused (const char *layout,
                guint column)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autofree char *place = g_strdup_printf ("column %u:", column);
  g_autoptr (GError) error = NULL;

  g_assert_false (sa_class_registry_add_record (registry, "CBad", 0, layout, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
  g_assert_nonnull (strstr (error->message, "CBad"));
  if (strstr (error->message, place) == NULL)
    g_error ("“%s”: %s, wanted %s", layout, error->message, place);
}

static void
test_refused (void)
{
  assert_refused (":u8", 1);
  assert_refused ("a", 2);
  assert_refused ("a:", 3);
  assert_refused ("a:u9", 3);
  assert_refused ("a:u8,b:u8", 5);
  assert_refused ("a:u8 a:u8", 6);
  assert_refused ("a:bytes", 8);
  assert_refused ("a:bytes[", 9);
  assert_refused ("a:bytes[x]", 9);
  assert_refused ("a:bytes[99999999]", 9);
  assert_refused ("a:bytes[4", 10);
  assert_refused ("a:object", 9);
  assert_refused ("a:object(", 10);
  assert_refused ("a:object(1)", 10);
  assert_refused ("a:object(C", 11);
  assert_refused ("a:embed(*)", 9);
  assert_refused ("a:embed(CNone)", 9);
  assert_refused ("a:array(cstring)", 9);
  assert_refused ("a:array(u8", 11);
  assert_refused ("a:u8@", 6);
  assert_refused ("a:u8@3-", 8);
  assert_refused ("a:u8@70000", 6);
  assert_refused ("a:u8@3-2", 8);
  assert_refused ("a:u8@1-3 a:u16@3", 10);
  assert_refused ("a:u8 a:u16@3", 6);
  assert_refused ("1a:u8", 1);
  assert_refused ("-a:u8", 1);
  assert_refused ("base(CNone)", 6);
  assert_refused ("a:u8 base(CNone)", 6);
}

/* A type that changed from one schema to the other, as when a WORD became too small.  */
static void
test_changed_type (void)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (GBytes) old_bytes = test_from_hex ("FF FF 01 00 01 00 43 34 12 07");
  g_autoptr (GBytes) new_bytes = test_from_hex ("FF FF 02 00 01 00 43 34 12 00 00 07");
  g_autoptr (SaArchive) load = NULL;
  g_autoptr (SaArchive) store = NULL;
  g_autoptr (SaRecord) record = NULL;
  g_autoptr (GBytes) stored = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_class_registry_add_record (registry, "C", 2, "a:u16@0-1 a:u32@2 b:u8", &error));
  g_assert_no_error (error);
  g_assert_true (sa_class_registry_set_versionable (registry, "C", 0, 2, NULL));

  load = new_load (registry, old_bytes);
  record = sa_archive_read_object (load, SA_TYPE_RECORD, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sa_record_get_int64 (record, "a", NULL), ==, 0x1234);
  g_assert_cmpstr (sa_record_get_field_type (record, "a"), ==, "u32");

  store = new_store (registry);
  g_assert_true (sa_archive_write_object (store, record, &error));
  stored = sa_archive_steal_bytes (store, NULL);
  g_assert_true (g_bytes_equal (stored, new_bytes));
}

/* Embedding a class twice, and that one twice, and so on: cheap to write down, but not to load.  */
static void
test_endless_embedding (void)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (GError) error = NULL;
  int i;

  g_assert_true (sa_class_registry_add_record (registry, "C0", 0, "", NULL));
  for (i = 1; i < 64 && error == NULL; i++)
    {
      g_autofree char *name = g_strdup_printf ("C%d", i);
      g_autofree char *layout = g_strdup_printf ("a:embed(C%d) b:embed(C%d)", i - 1, i - 1);

      sa_class_registry_add_record (registry, name, 0, layout, &error);
    }

  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
  g_assert_cmpint (i, >, 10);
  g_assert_cmpint (i, <, 32);
}

static void
test_deep_embedding (void)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_class_registry_add_record (registry, "C0", 0, "a:u8", NULL));
  for (int i = 1; i < 1000 && error == NULL; i++)
    {
      g_autofree char *name = g_strdup_printf ("C%d", i);
      g_autofree char *layout = g_strdup_printf ("a:embed(C%d)", i - 1);

      sa_class_registry_add_record (registry, name, 0, layout, &error);
    }

  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
}

/* Elements that take no bytes would be as many as anybody likes to say.  */
static void
test_free_elements (void)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_class_registry_add_record (registry, "CEmpty", 5, "old:u8@1-4", NULL));
  g_assert_true (sa_class_registry_add_record (registry, "CAlso", 0, "a:embed(CEmpty)", NULL));
  g_assert_false (sa_class_registry_add_record (registry, "C", 0, "a:array(embed(CAlso))", &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
}

static void
assert_no_fit (const char *layout,
               const char *field)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (sa_class_registry_add_layout (registry, "CPerson", TEST_TYPE_PERSON, 0, layout, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_CLASS);
  g_assert_nonnull (strstr (error->message, field));
  g_assert_false (sa_class_registry_contains (registry, "CPerson"));
}

static void
test_property_no_fit (void)
{
  assert_no_fit ("none:u8", "none");
  assert_no_fit ("full-name:u8", "full-name");
  assert_no_fit ("grade:cstring", "grade");
  assert_no_fit ("grade:f64", "grade");
  assert_no_fit ("born:object(*)", "born");
  assert_no_fit ("full-name:oblist(*)", "full-name");
  assert_no_fit ("write_only:u8", "write_only");
  assert_no_fit ("read_only:u8", "read_only");
}

static SaClassRegistry *
new_person_registry (void)
{
  SaClassRegistry *registry = sa_class_registry_new ();
  g_autoptr (GError) error = NULL;

  sa_class_registry_add_layout (
      registry, "CPerson", TEST_TYPE_PERSON, 0,
      "full_name:cstring grade:u8 balance:currency born:time children:oblist(CPerson) "
      "friends:obarray(CPerson) partner:object(CPerson)",
      &error);
  g_assert_no_error (error);

  return registry;
}

static void
test_properties (void)
{
  g_autoptr (SaClassRegistry) registry = new_person_registry ();
  g_autoptr (TestPerson) a = g_object_new (TEST_TYPE_PERSON, "full-name", "Ada", "grade", 90, "balance",
                                           G_GINT64_CONSTANT (-15000), NULL);
  g_autoptr (TestPerson) b = g_object_new (TEST_TYPE_PERSON, "partner", a, NULL);
  g_autoptr (SaArchive) store = new_store (registry);
  g_autoptr (SaArchive) load = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (TestPerson) loaded = NULL;
  g_autoptr (TestPerson) child = NULL;
  g_autoptr (GError) error = NULL;

  a->born = g_date_time_new_from_unix_utc (-86400);
  b->born = g_date_time_new_from_unix_utc (0);
  g_list_store_append (a->children, b);
  a->friends = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (a->friends, g_object_ref (b));

  g_assert_true (sa_archive_write_object (store, a, &error));
  g_assert_no_error (error);
  bytes = sa_archive_steal_bytes (store, NULL);

  load = new_load (registry, bytes);
  loaded = sa_archive_read_object (load, TEST_TYPE_PERSON, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (loaded->full_name, ==, "Ada");
  g_assert_cmpint (loaded->grade, ==, 90);
  g_assert_cmpint (loaded->balance, ==, -15000);
  g_assert_cmpint (g_date_time_to_unix (loaded->born), ==, -86400);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (loaded->children)), ==, 1);
  child = g_list_model_get_item (G_LIST_MODEL (loaded->children), 0);
  g_assert_true (child->partner == loaded);
  g_assert_cmpuint (loaded->friends->len, ==, 1);
  g_assert_true (g_ptr_array_index (loaded->friends, 0) == child);

  g_object_run_dispose (G_OBJECT (a));
  g_object_run_dispose (G_OBJECT (loaded));
}

/* The property ends at 100, the wire type at 255: neither side cuts.  */
static void
test_out_of_range (void)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (GBytes) bytes = test_from_hex ("65");
  g_autoptr (GBytes) good = test_from_hex ("64");
  g_autoptr (SaArchive) load = NULL;
  g_autoptr (SaArchive) store = NULL;
  g_autoptr (TestPerson) person = g_object_new (TEST_TYPE_PERSON, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_class_registry_add_layout (registry, "CPerson", TEST_TYPE_PERSON, 0, "grade:i8", NULL));
  load = new_load (registry, good);
  g_assert_true (sa_archive_serialize_embedded (load, person, &error));
  g_assert_no_error (error);
  g_assert_cmpint (person->grade, ==, 100);

  g_clear_object (&load);
  load = new_load (registry, bytes);
  g_assert_false (sa_archive_serialize_embedded (load, person, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
  g_assert_nonnull (strstr (error->message, "CPerson.grade"));
  g_clear_error (&error);

  person->grade = 128;
  store = new_store (registry);
  g_assert_false (sa_archive_serialize_embedded (store, person, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
  g_assert_nonnull (strstr (error->message, "128"));
}

/* The place of a fault, in a list in a list.  */
static void
test_path (void)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (GBytes) bytes = test_from_hex ("01 61 02 00 FF FF 00 00 05 00 43 4E 6F 64 65 01 62 00 00"
                                            "01 80 01 63 01 00 01 80 05 64");
  g_autoptr (SaArchive) load = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_class_registry_add_record (registry, "CNode", 0,
                 "name:cstring children:oblist(CNode)", NULL));
  load = new_load (registry, bytes);
  g_assert_null (sa_archive_read_embedded (load, "CNode", &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE);
  g_assert_nonnull (strstr (error->message, "CNode.children[1].children[0].name"));
}

static void
test_missing_field (void)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (SaRecord) record = sa_record_new ("C");
  g_autoptr (SaArchive) store = NULL;
  g_auto (GValue) value = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_class_registry_add_record (registry, "C", 0, "a:u8", NULL));
  store = new_store (registry);
  g_assert_true (sa_archive_begin_transaction (store, NULL));
  g_assert_false (sa_archive_write_object (store, record, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
  sa_archive_rollback_transaction (store);
  g_clear_error (&error);

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_static_string (&value, "text");
  g_assert_true (sa_record_set_field (record, "a", &value, NULL));
  g_assert_false (sa_archive_write_object (store, record, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
  g_assert_nonnull (strstr (error->message, "gchararray"));
}

/* A count that no memory is set aside for, as it cannot be true.  */
static void
test_lying_count (void)
{
  static const char *const layouts[] = { "v:oblist(*)",           "v:stringlist", "v:array(f64)",
                                         "v:mapstrstr",           "v:bytearray",  "v:mapwordob(*)",
                                         "v:array(embed(CByte))" };

  for (gsize i = 0; i < G_N_ELEMENTS (layouts); i++)
    {
      g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
      g_autoptr (GBytes) bytes = test_from_hex ("FF FF FF FF FF 7F");
      g_autoptr (SaArchive) load = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (sa_class_registry_add_record (registry, "CByte", 0, "a:u8", NULL));
      g_assert_true (sa_class_registry_add_record (registry, "C", 0, layouts[i], NULL));
      load = new_load (registry, bytes);
      g_assert_null (sa_archive_read_embedded (load, "C", &error));
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_LIMIT);
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (type_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/layout/type/", type_cases[i].name, NULL);

      g_test_add_data_func (path, &type_cases[i], test_type);
    }

  g_test_add_func ("/layout/type/strings", test_strings);
  g_test_add_func ("/layout/type/string-maps", test_string_maps);
  g_test_add_func ("/layout/type/bytes", test_bytes);
  g_test_add_func ("/layout/type/oledatetime", test_ole_date_time);
  g_test_add_func ("/layout/type/objects", test_objects);
  g_test_add_func ("/layout/base", test_base);
  g_test_add_func ("/layout/base/expected", test_base_expected);
  g_test_add_func ("/layout/schemas", test_schemas);
  g_test_add_func ("/layout/schemas/up", test_schemas_up);
  g_test_add_func ("/layout/refused", test_refused);
  g_test_add_func ("/layout/changed-type", test_changed_type);
  g_test_add_func ("/layout/endless-embedding", test_endless_embedding);
  g_test_add_func ("/layout/deep-embedding", test_deep_embedding);
  g_test_add_func ("/layout/free-elements", test_free_elements);
  g_test_add_func ("/layout/property/no-fit", test_property_no_fit);
  g_test_add_func ("/layout/property/round-trip", test_properties);
  g_test_add_func ("/layout/property/out-of-range", test_out_of_range);
  g_test_add_func ("/layout/path", test_path);
  g_test_add_func ("/layout/missing-field", test_missing_field);
  g_test_add_func ("/layout/lying-count", test_lying_count);

  return g_test_run ();
}
