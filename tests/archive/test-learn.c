/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-node.h"
#include "test-utils.h"

#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* What is written to the file that SA_LEARN names; each test has a file of its own.  */
typedef struct
{
  char *path;
} Fixture;

static void
set_up (Fixture *fixture,
        gconstpointer data)
{
  int fd = g_file_open_tmp ("sockarch-XXXXXX", &fixture->path, NULL);

  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  g_setenv ("SA_LEARN", fixture->path, TRUE);
}

static void
tear_down (Fixture *fixture,
           gconstpointer data)
{
  g_unsetenv ("SA_LEARN");
  g_unlink (fixture->path);
  g_free (fixture->path);
}

static void
assert_learned (Fixture *fixture,
                const char *wanted)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (fixture->path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, wanted);
}

static SaArchive *
with_registry (SaArchive *archive)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();

  sa_class_registry_add_class (registry, "CNode", TEST_TYPE_NODE, 1, NULL);
  sa_class_registry_add_record (registry, "CInner", 0, "a:u8", NULL);
  sa_class_registry_add_record (registry, "CFrame", 0,
                                "i:embed(CInner) t:cstring n:object(CNode) l:array(embed(CInner))", NULL);
  sa_archive_set_registry (archive, registry);

  return archive;
}

static SaArchive *
new_load (const char *hex)
{
  g_autoptr (GBytes) bytes = test_from_hex (hex);

  return with_registry (sa_archive_new_load_bytes (bytes));
}

#define NEW_OUTER "FF FF 00 00 06 00 43 46 72 61 6D 65 05"
#define NEW_NODE "FF FF 01 00 05 00 43 4E 6F 64 65"

static void
test_everything (Fixture *fixture,
                 gconstpointer data)
{
  g_autoptr (SaArchive) load =
      new_load (NEW_OUTER "03 61 62 63" NEW_NODE "01 00 03 80 02 00 00 00 02 00 07 08"
                          "FF FF 03 00 05 00 43 4E 6F 6E 65");
  g_autoptr (SaRecord) record = NULL;
  g_autoptr (GError) error = NULL;

  record = sa_archive_read_object (load, SA_TYPE_RECORD, &error);
  g_assert_no_error (error);
  g_assert_null (sa_archive_read_object (load, SA_TYPE_RECORD, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_CLASS);
  sa_archive_close (load, NULL);
  assert_learned (fixture, "class CFrame schema 0 objects 1\n"
                           "embedded-class CInner objects 3\n"
                           "class CNode schema 1 objects 2\n"
                           "unknown-class CNone schema 3 objects 0\n"
                           "limits depth 3 objects 5 count 2 string-bytes 3 message-bytes 40\n\n");
}

/* Strings and counts without any object, in two archives one after the other.  */
static void
test_appended (Fixture *fixture,
               gconstpointer data)
{
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (SaArchive) load =
          new_load ("FF FE FF 02 61 00 62 00 07 00 08 00 06 00 00 00 61 00 62 00 63 00");
      g_autofree char *text = sa_archive_read_string (load, NULL);
      g_autoptr (GVariant) variant = NULL;

      g_assert_cmpstr (text, ==, "ab");
      g_assert_cmpuint (sa_archive_read_count (load, NULL), ==, 7);
      variant = sa_archive_read_ole_variant (load, NULL, NULL);
      g_assert_cmpstr (g_variant_get_string (variant, NULL), ==, "abc");
    }

  assert_learned (fixture, "limits depth 0 objects 0 count 7 string-bytes 6 message-bytes 0\n\n"
                           "limits depth 0 objects 0 count 7 string-bytes 6 message-bytes 0\n\n");
}

typedef struct
{
  const char *property;
  guint64 value;
  const char *hex;
  const char *wanted;
} LimitCase;

/* What exceeds a limit is what the next one has to allow.  */
static const LimitCase limit_cases[] = {
  { "count", 3, NEW_OUTER "00 00 00 04 00 01 02 03 04", " count 4 " },
  { "string-bytes", 2, NEW_OUTER "03 61 62 63", " string-bytes 3 " },
  { "objects", 3, NEW_OUTER "00" NEW_NODE "00 00 00 00 00 00", " objects 4 " },
  { "depth", 1, NEW_OUTER "00 00 00 00 00", "limits depth 2 " },
  { "message-bytes", 14, NEW_OUTER "03 61 62 63", " message-bytes 17\n" },
};

static void
test_exceeded (Fixture *fixture,
               gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (limit_cases); i++)
    {
      g_autoptr (SaArchive) load = new_load (limit_cases[i].hex);
      g_autoptr (SaLimits) limits = sa_limits_new (SA_LIMITS_LAN);
      g_autofree char *text = NULL;
      g_autoptr (GError) error = NULL;

      g_file_set_contents (fixture->path, "", 0, NULL);
      g_object_set (limits, limit_cases[i].property, limit_cases[i].value, NULL);
      sa_archive_set_limits (load, limits);
      g_assert_null (sa_archive_read_object (load, SA_TYPE_RECORD, &error));
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_LIMIT);
      g_clear_object (&load);
      g_assert_true (g_file_get_contents (fixture->path, &text, NULL, NULL));
      if (strstr (text, limit_cases[i].wanted) == NULL)
        g_error ("“%s” is not in: %s", limit_cases[i].wanted, text);
    }
}

typedef struct
{
  gboolean done;
  guint n_needed_more;
  GObject *object;
} Dripping;

static void
on_load_ready (SaArchive *archive,
               Dripping *d)
{
  g_autoptr (GError) error = NULL;

  if (d->object != NULL)
    return;

  d->object = sa_archive_read_object (archive, SA_TYPE_RECORD, &error);
  d->done = d->object != NULL;
  if (d->done)
    return;

  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE);
  d->n_needed_more++;
}

/* Byte after byte, tried whenever that is of use: nothing is lost by beginning again, and nothing counted
 * twice.  */
static void
test_dripping (Fixture *fixture,
               gconstpointer data)
{
  g_autoptr (GBytes) bytes =
      test_from_hex (NEW_OUTER "03 61 62 63" NEW_NODE "01 00 03 80 02 00 00 00 02 00 07 08");
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (SaArchive) load = NULL;
  Dripping d = { FALSE, 0, NULL };
  int fds[2];

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  stream = g_unix_input_stream_new (fds[0], TRUE);
  load = with_registry (sa_archive_new_load (stream));
  sa_archive_set_read_ahead (load, TRUE);
  g_signal_connect (load, "load-ready", G_CALLBACK (on_load_ready), &d);
  for (gsize i = 0; i < g_bytes_get_size (bytes); i++)
    {
      int left = 1;

      g_assert_cmpint (write (fds[1], (const guint8 *) g_bytes_get_data (bytes, NULL) + i, 1), ==, 1);
      while (left > 0)
        {
          g_main_context_iteration (NULL, TRUE);
          g_assert_cmpint (ioctl (fds[0], FIONREAD, &left), ==, 0);
        }
    }

  test_wait_until (&d.done);
  g_assert_nonnull (d.object);
  g_assert_cmpuint (d.n_needed_more, >, 5);
  sa_archive_close (load, NULL);
  close (fds[1]);
  g_object_unref (d.object);
  assert_learned (fixture, "class CFrame schema 0 objects 1\n"
                           "embedded-class CInner objects 3\n"
                           "class CNode schema 1 objects 2\n"
                           "limits depth 3 objects 5 count 2 string-bytes 3 message-bytes 40\n\n");
}

/* A file that cannot be written is a warning, which says which one, and why.  */
static void
test_unwritable (Fixture *fixture,
                 gconstpointer data)
{
  g_autoptr (SaArchive) load = NULL;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, TEST_DEADLINE * G_USEC_PER_SEC, G_TEST_SUBPROCESS_DEFAULT);
      g_test_trap_assert_passed ();
      g_test_trap_assert_stderr ("*WARNING*/nowhere/at/all*No such file*");
      return;
    }

  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  g_setenv ("SA_LEARN", "/nowhere/at/all", TRUE);
  load = new_load ("00 00");
  g_assert_null (sa_archive_read_object (load, SA_TYPE_RECORD, NULL));
  sa_archive_close (load, NULL);
}

/* Storing has nothing to learn.  */
static void
test_store (Fixture *fixture,
            gconstpointer data)
{
  g_autoptr (SaArchive) store = with_registry (sa_archive_new_store_bytes ());
  g_autoptr (TestNode) node = test_node_new (1);

  g_assert_true (sa_archive_write_object (store, node, NULL));
  sa_archive_close (store, NULL);
  assert_learned (fixture, "");
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/learn/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("everything", test_everything);
  ADD ("appended", test_appended);
  ADD ("exceeded", test_exceeded);
  ADD ("dripping", test_dripping);
  ADD ("unwritable", test_unwritable);
  ADD ("store", test_store);
#undef ADD

  return g_test_run ();
}
