/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-utils.h"

#include <sockarch/sockarch.h>

/* An object that embeds others and says, before each, which schema these have.  */
#define TEST_TYPE_OUTER (test_outer_get_type ())
G_DECLARE_FINAL_TYPE (TestOuter, test_outer, TEST, OUTER, GObject)
#define TEST_TYPE_INNER (test_inner_get_type ())
G_DECLARE_FINAL_TYPE (TestInner, test_inner, TEST, INNER, GObject)

struct _TestInner
{
  GObject parent_instance;
  /* What it was told, and what it was told after it had set one itself.  */
  guint schema;
  TestInner *nested;
};

struct _TestOuter
{
  GObject parent_instance;
  TestInner *inner[3];
  guint schemas[3];
  SaRecord *record;
};

static gboolean
test_inner_serialize (SaSerializable *serializable,
                      SaArchive *archive,
                      GError **error)
{
  TestInner *self = TEST_INNER (serializable);

  self->schema = sa_archive_get_object_schema (archive);

  return self->nested == NULL || sa_archive_serialize_embedded (archive, self->nested, error);
}

static void
test_inner_init_serializable (SaSerializableInterface *iface)
{
  iface->serialize = test_inner_serialize;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestInner, test_inner, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SA_TYPE_SERIALIZABLE, test_inner_init_serializable))

static void
test_inner_dispose (GObject *object)
{
  g_clear_object (&TEST_INNER (object)->nested);
  G_OBJECT_CLASS (test_inner_parent_class)->dispose (object);
}

static void
test_inner_class_init (TestInnerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = test_inner_dispose;
}

static void
test_inner_init (TestInner *self)
{
}

/* Set by a test: what outer objects pass on before the record.  */
static guint record_schema = SA_SCHEMA_UNKNOWN;

static gboolean
test_outer_serialize (SaSerializable *serializable,
                      SaArchive *archive,
                      GError **error)
{
  TestOuter *self = TEST_OUTER (serializable);

  self->schemas[0] = sa_archive_get_object_schema (archive);
  if (!sa_archive_serialize_embedded (archive, self->inner[0], error))
    return FALSE;
  sa_archive_set_object_schema (archive, 7);
  if (!sa_archive_serialize_embedded (archive, self->inner[1], error))
    return FALSE;
  self->schemas[1] = sa_archive_get_object_schema (archive);
  sa_archive_set_object_schema (archive, 8);
  if (!sa_archive_serialize_embedded (archive, self->inner[2], error))
    return FALSE;
  self->schemas[2] = sa_archive_get_object_schema (archive);

  if (sa_archive_is_storing (archive))
    return sa_archive_write_uint8 (archive, 9, error);

  sa_archive_set_object_schema (archive, record_schema);
  g_clear_object (&self->record);
  self->record = sa_archive_read_embedded (archive, "CRecord", error);

  return self->record != NULL;
}

static void
test_outer_init_serializable (SaSerializableInterface *iface)
{
  iface->serialize = test_outer_serialize;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestOuter, test_outer, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SA_TYPE_SERIALIZABLE, test_outer_init_serializable))

static void
test_outer_dispose (GObject *object)
{
  TestOuter *self = TEST_OUTER (object);

  for (int i = 0; i < 3; i++)
    g_clear_object (&self->inner[i]);
  g_clear_object (&self->record);

  G_OBJECT_CLASS (test_outer_parent_class)->dispose (object);
}

static void
test_outer_class_init (TestOuterClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = test_outer_dispose;
}

static void
test_outer_init (TestOuter *self)
{
  for (int i = 0; i < 3; i++)
    {
      self->inner[i] = g_object_new (TEST_TYPE_INNER, NULL);
      self->inner[i]->nested = g_object_new (TEST_TYPE_INNER, NULL);
    }
}

static SaArchive *
with_registry (SaArchive *archive)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();

  g_assert_true (sa_class_registry_add_class (registry, "CFrame", TEST_TYPE_OUTER, 3, NULL));
  g_assert_true (sa_class_registry_add_record (registry, "CRecord", 5, "old:u8@1-4 new:u8@5", NULL));
  g_assert_true (sa_class_registry_set_versionable (registry, "CRecord", 1, 5, NULL));
  sa_archive_set_registry (archive, registry);

  return archive;
}

static void
check_outer (TestOuter *outer)
{
  g_assert_cmpuint (outer->schemas[0], ==, 3);
  g_assert_cmpuint (outer->inner[0]->schema, ==, SA_SCHEMA_UNKNOWN);
  g_assert_cmpuint (outer->inner[1]->schema, ==, 7);
  g_assert_cmpuint (outer->schemas[1], ==, 7);
  g_assert_cmpuint (outer->inner[2]->schema, ==, 8);
  g_assert_cmpuint (outer->schemas[2], ==, 8);
  /* It goes no deeper than to whom it was passed.  */
  for (int i = 0; i < 3; i++)
    g_assert_cmpuint (outer->inner[i]->nested->schema, ==, SA_SCHEMA_UNKNOWN);
}

static TestOuter *
load (GBytes *bytes,
      guint schema,
      GError **error)
{
  g_autoptr (SaArchive) archive = with_registry (sa_archive_new_load_bytes (bytes));
  TestOuter *outer;

  record_schema = schema;
  outer = sa_archive_read_object (archive, TEST_TYPE_OUTER, error);
  g_assert_cmpuint (sa_archive_get_object_schema (archive), ==, SA_SCHEMA_UNKNOWN);

  return outer;
}

static void
test_embedded (void)
{
  g_autoptr (SaArchive) store = with_registry (sa_archive_new_store_bytes ());
  g_autoptr (TestOuter) outer = g_object_new (TEST_TYPE_OUTER, NULL);
  g_autoptr (TestOuter) loaded = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_archive_write_object (store, outer, &error));
  g_assert_no_error (error);
  check_outer (outer);
  bytes = sa_archive_steal_bytes (store, NULL);

  loaded = load (bytes, SA_SCHEMA_UNKNOWN, &error);
  g_assert_no_error (error);
  check_outer (loaded);
  g_assert_true (sa_record_has_field (loaded->record, "new"));
  g_assert_false (sa_record_has_field (loaded->record, "old"));
  g_clear_object (&loaded);

  loaded = load (bytes, 2, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sa_record_get_int64 (loaded->record, "old", NULL), ==, 9);
  g_assert_false (sa_record_has_field (loaded->record, "new"));
  g_clear_object (&loaded);

  g_assert_null (load (bytes, 6, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_SCHEMA);
  g_assert_nonnull (strstr (error->message, "CRecord"));
}

/* Before the outermost object, as MFC programs do for a document.  */
static void
test_outermost (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\11", 1);
  g_autoptr (SaArchive) archive = with_registry (sa_archive_new_load_bytes (bytes));
  g_autoptr (SaRecord) record = NULL;
  g_autoptr (GError) error = NULL;

  sa_archive_set_object_schema (archive, 1);
  record = sa_archive_read_embedded (archive, "CRecord", &error);
  g_assert_no_error (error);
  g_assert_true (sa_record_has_field (record, "old"));
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/object-schema/embedded", test_embedded);
  g_test_add_func ("/object-schema/outermost", test_outermost);

  return g_test_run ();
}
