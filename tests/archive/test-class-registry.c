/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-node.h"
#include "test-utils.h"

static void
test_empty (void)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_auto (GStrv) names = sa_class_registry_list_names (registry);

  g_assert_cmpuint (g_strv_length (names), ==, 0);
  g_assert_false (sa_class_registry_contains (registry, "TestNode"));
  g_assert_cmpuint (sa_class_registry_get_class_type (registry, "TestNode"), ==, G_TYPE_INVALID);
  g_assert_cmpuint (sa_class_registry_get_class_schema (registry, "TestNode"), ==, SA_SCHEMA_UNKNOWN);
  g_assert_null (sa_class_registry_get_class_layout (registry, "TestNode"));
  g_assert_null (sa_class_registry_get_class_name (registry, TEST_TYPE_NODE));
}

static void
test_add (void)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = NULL;

  g_assert_true (sa_class_registry_add_class (registry, "CNode", TEST_TYPE_NODE, 7, &error));
  g_assert_no_error (error);
  g_assert_true (sa_class_registry_add_record (registry, "CPair", 0, "a:u8 b:u8", &error));
  g_assert_no_error (error);

  names = sa_class_registry_list_names (registry);
  g_assert_cmpstrv (names, ((const char *const[]){ "CNode", "CPair", NULL }));
  g_assert_cmpuint (sa_class_registry_get_class_type (registry, "CNode"), ==, TEST_TYPE_NODE);
  g_assert_cmpuint (sa_class_registry_get_class_type (registry, "CPair"), ==, SA_TYPE_RECORD);
  g_assert_cmpuint (sa_class_registry_get_class_schema (registry, "CNode"), ==, 7);
  g_assert_cmpstr (sa_class_registry_get_class_layout (registry, "CPair"), ==, "a:u8 b:u8");
  g_assert_null (sa_class_registry_get_class_layout (registry, "CNode"));
  g_assert_cmpstr (sa_class_registry_get_class_name (registry, TEST_TYPE_NODE), ==, "CNode");
  g_assert_null (sa_class_registry_get_class_name (registry, SA_TYPE_RECORD));
}

static void
test_names (void)
{
  static const char *const bad[] = { "", "1C", "C Node", "C-Node", "std::string", "C\xc3\xa9", NULL };
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autofree char *longest = g_strnfill (63, 'C');
  g_autofree char *too_long = g_strnfill (64, 'C');

  for (int i = 0; bad[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (sa_class_registry_add_record (registry, bad[i], 0, "", &error));
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_CLASS);
    }

  g_assert_false (sa_class_registry_add_record (registry, too_long, 0, "", NULL));
  g_assert_true (sa_class_registry_add_record (registry, longest, 0, "", NULL));
}

static void
test_twice (void)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_class_registry_add_class (registry, "CNode", TEST_TYPE_NODE, 0, NULL));
  g_assert_false (sa_class_registry_add_record (registry, "CNode", 0, "", &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_CLASS);
}

/* Two names for one type: which one would a storing archive take?  */
static void
test_ambiguous (void)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_class_registry_add_class (registry, "CNode", TEST_TYPE_NODE, 0, NULL));
  g_assert_false (sa_class_registry_add_class (registry, "COther", TEST_TYPE_NODE, 0, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_CLASS);
  g_assert_nonnull (strstr (error->message, "CNode"));
  g_assert_false (sa_class_registry_contains (registry, "COther"));
}

static void
test_types (void)
{
  GType bad[] = { G_TYPE_INVALID,       G_TYPE_INT,           G_TYPE_STRV,
                  SA_TYPE_SERIALIZABLE, G_TYPE_OUTPUT_STREAM, SA_TYPE_RECORD };
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (sa_class_registry_add_class (registry, "CBad", bad[i], 0, &error));
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_CLASS);
      g_clear_error (&error);
      g_assert_false (sa_class_registry_add_layout (registry, "CBad", bad[i], 0, "", &error));
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_CLASS);
    }
}

static void
test_not_serializable (void)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (sa_class_registry_add_class (registry, "CAction", G_TYPE_SIMPLE_ACTION, 0, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_CLASS);
  g_assert_nonnull (strstr (error->message, "add_layout"));
}

static void
test_schemas (void)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_class_registry_add_record (registry, "CLast", 65534, "", NULL));
  g_assert_false (sa_class_registry_add_record (registry, "CNot", 65535, "", &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_SCHEMA);
  g_clear_error (&error);
  g_assert_false (sa_class_registry_add_record (registry, "CFlag", 0x80000001, "", &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_SCHEMA);
  g_assert_nonnull (strstr (error->message, "set_versionable"));
}

static void
test_versionable (void)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_class_registry_add_record (registry, "CDoc", 5, "", NULL));
  g_assert_true (sa_class_registry_set_versionable (registry, "CDoc", 2, 6, &error));
  g_assert_no_error (error);

  g_assert_false (sa_class_registry_set_versionable (registry, "CDoc", 6, 7, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_SCHEMA);
  g_clear_error (&error);
  g_assert_false (sa_class_registry_set_versionable (registry, "CDoc", 0, 65535, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_SCHEMA);
  g_clear_error (&error);
  g_assert_false (sa_class_registry_set_versionable (registry, "CNone", 0, 1, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_CLASS);
}

/* A type whose class adds itself, under the same name, while it is being added.  */

#define TEST_TYPE_EAGER (test_eager_get_type ())
G_DECLARE_FINAL_TYPE (TestEager, test_eager, TEST, EAGER, GObject)

struct _TestEager
{
  GObject parent_instance;
};

static SaClassRegistry *eager_registry;

static gboolean
test_eager_serialize (SaSerializable *serializable,
                      SaArchive *archive,
                      GError **error)
{
  return TRUE;
}

static void
test_eager_init_serializable (SaSerializableInterface *iface)
{
  iface->serialize = test_eager_serialize;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestEager, test_eager, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SA_TYPE_SERIALIZABLE, test_eager_init_serializable))

static void
test_eager_class_init (TestEagerClass *klass)
{
  g_assert_true (sa_class_registry_add_record (eager_registry, "CEager", 0, "n:u8", NULL));
}

static void
test_eager_init (TestEager *self)
{
}

static void
test_added_by_class (void)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_auto (GStrv) names = NULL;
  g_autoptr (GError) error = NULL;

  eager_registry = registry;
  g_assert_false (sa_class_registry_add_class (registry, "CEager", TEST_TYPE_EAGER, 1, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_CLASS);
  names = sa_class_registry_list_names (registry);
  g_assert_cmpstrv (names, ((const char *const[]){ "CEager", NULL }));
  g_assert_true (sa_class_registry_add_class (registry, "COther", TEST_TYPE_EAGER, 1, NULL));
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/class-registry/empty", test_empty);
  g_test_add_func ("/class-registry/add", test_add);
  g_test_add_func ("/class-registry/names", test_names);
  g_test_add_func ("/class-registry/twice", test_twice);
  g_test_add_func ("/class-registry/ambiguous", test_ambiguous);
  g_test_add_func ("/class-registry/types", test_types);
  g_test_add_func ("/class-registry/not-serializable", test_not_serializable);
  g_test_add_func ("/class-registry/schemas", test_schemas);
  g_test_add_func ("/class-registry/versionable", test_versionable);
  g_test_add_func ("/class-registry/added-by-class", test_added_by_class);

  return g_test_run ();
}
