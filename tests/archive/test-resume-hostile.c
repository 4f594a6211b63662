/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sockarch/sockarch.h"
#include "test-streams.h"
#include "test-utils.h"

#include <sys/socket.h>

/* Messages that are cut short, with classes whose code does with the archive what it should not, or what few
 * do.  */

#define TEST_TYPE_HOOK (test_hook_get_type ())
G_DECLARE_FINAL_TYPE (TestHook, test_hook, TEST, HOOK, GObject)

struct _TestHook
{
  GObject parent_instance;
  int value;
  GObject *other;
};

static guint n_alive;
/* What the code of the class does; NULL for nothing.  */
static gboolean (*on_serialize) (TestHook *self, SaArchive *archive, GError **error);
static void (*on_set_value) (TestHook *self);
static void (*on_finalize) (void);
/* With which archive.  */
static SaArchive *hook_archive;
static guint n_calls;

static gboolean
test_hook_serialize (SaSerializable *serializable,
                     SaArchive *archive,
                     GError **error)
{
  return on_serialize (TEST_HOOK (serializable), archive, error);
}

static void
test_hook_init_serializable (SaSerializableInterface *iface)
{
  iface->serialize = test_hook_serialize;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestHook, test_hook, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SA_TYPE_SERIALIZABLE, test_hook_init_serializable))

static void
test_hook_get_property (GObject *object,
                        guint property_id,
                        GValue *value,
                        GParamSpec *pspec)
{
  TestHook *self = TEST_HOOK (object);

  if (property_id == 1)
    g_value_set_int (value, self->value);
  else
    g_value_set_object (value, self->other);
}

static void
test_hook_set_property (GObject *object,
                        guint property_id,
                        const GValue *value,
                        GParamSpec *pspec)
{
  TestHook *self = TEST_HOOK (object);

  if (property_id == 1)
    {
      self->value = g_value_get_int (value);
      if (on_set_value != NULL)
        on_set_value (self);
    }
  else
    g_set_object (&self->other, g_value_get_object (value));
}

static void
test_hook_dispose (GObject *object)
{
  g_clear_object (&TEST_HOOK (object)->other);

  G_OBJECT_CLASS (test_hook_parent_class)->dispose (object);
}

static void
test_hook_finalize (GObject *object)
{
  n_alive--;
  if (on_finalize != NULL)
    on_finalize ();

  G_OBJECT_CLASS (test_hook_parent_class)->finalize (object);
}

static void
test_hook_class_init (TestHookClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = test_hook_get_property;
  object_class->set_property = test_hook_set_property;
  object_class->dispose = test_hook_dispose;
  object_class->finalize = test_hook_finalize;

  g_object_class_install_property (object_class, 1, g_param_spec_int ("value", NULL, NULL, 0, 255, 0, flags));
  g_object_class_install_property (object_class, 2,
                                   g_param_spec_object ("other", NULL, NULL, G_TYPE_OBJECT, flags));
}

static void
test_hook_init (TestHook *self)
{
  n_alive++;
}

/* A dripping archive */

typedef struct
{
  TestInput *drip;
  SaArchive *archive;
} Fixture;

static SaClassRegistry *
new_registry (void)
{
  SaClassRegistry *registry = sa_class_registry_new ();
  g_autoptr (GError) error = NULL;

  if (on_serialize != NULL)
    sa_class_registry_add_class (registry, "CHook", TEST_TYPE_HOOK, 1, &error);
  else
    sa_class_registry_add_layout (registry, "CHook", TEST_TYPE_HOOK, 1, "value:u8 other:object(*)", &error);
  g_assert_no_error (error);
  sa_class_registry_add_record (registry, "CList", 1, "items:array(embed(CHook)) n:u8", &error);
  g_assert_no_error (error);
  sa_class_registry_add_record (registry, "CText", 1, "items:stringarray n:u32", &error);
  g_assert_no_error (error);

  return registry;
}

static void
fixture_init (Fixture *self,
              const char *hex)
{
  g_autoptr (SaClassRegistry) registry = new_registry ();
  g_autoptr (GBytes) bytes = test_from_hex (hex);

  self->drip = test_input_new_dripping (bytes);
  self->archive = sa_archive_new_load (G_INPUT_STREAM (self->drip));
  sa_archive_set_registry (self->archive, registry);
  hook_archive = self->archive;
  n_calls = 0;
}

static void
fixture_clear (Fixture *self)
{
  g_clear_object (&self->archive);
  g_clear_object (&self->drip);
  hook_archive = NULL;
  on_serialize = NULL;
  on_set_value = NULL;
  on_finalize = NULL;
  g_assert_cmpuint (n_alive, ==, 0);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

/* Tries after each byte; gives what came, or the error that is not NEED_MORE.  */
static gpointer
drip_all (Fixture *self,
          GError **error)
{
  gsize size = g_bytes_get_size (self->drip->bytes);

  for (; self->drip->end <= size; self->drip->end++)
    {
      g_autoptr (GError) local_error = NULL;
      gpointer object = sa_archive_read_object (self->archive, G_TYPE_OBJECT, &local_error);

      if (g_error_matches (local_error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE))
        continue;

      if (local_error != NULL)
        g_propagate_error (error, g_steal_pointer (&local_error));
      return object;
    }

  g_assert_not_reached ();
}

static void
try_in_vain (Fixture *self,
             gsize end)
{
  g_autoptr (GError) error = NULL;

  self->drip->end = end;
  g_assert_null (sa_archive_read_object (self->archive, G_TYPE_OBJECT, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE);
}

/* A transaction that a `serialize` leaves open as it returns */

static gboolean
serialize_and_leave_open (TestHook *self,
                          SaArchive *archive,
                          GError **error)
{
  sa_archive_begin_transaction (archive, NULL);
  self->value = sa_archive_read_uint32 (archive, NULL);
  if (!sa_archive_check (archive, error))
    return FALSE;

  return sa_archive_commit_transaction (archive, error);
}

static void
test_open_transaction (void)
{
  g_auto (Fixture) fixture = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (TestHook) loaded = NULL;

  on_serialize = serialize_and_leave_open;
  fixture_init (&fixture, "FF FF 01 00 05 00 43 48 6F 6F 6B 07 00 00 00");
  loaded = drip_all (&fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpint (loaded->value, ==, 7);
}

/* The same of one inside of another object, which is complete: that is an error, as the manual says.  */
static gboolean
serialize_and_forget (TestHook *self,
                      SaArchive *archive,
                      GError **error)
{
  self->value = sa_archive_read_uint8 (archive, NULL);
  self->other = sa_archive_read_object (archive, G_TYPE_OBJECT, NULL);
  if (self->value == 2 && sa_archive_check (archive, NULL))
    sa_archive_begin_transaction (archive, NULL);
  else
    sa_archive_read_uint8 (archive, NULL);

  return sa_archive_check (archive, error);
}

static void
test_forgotten_transaction (void)
{
  g_auto (Fixture) fixture = { NULL };
  g_autoptr (GError) error = NULL;

  on_serialize = serialize_and_forget;
  fixture_init (&fixture, "FF FF 01 00 05 00 43 48 6F 6F 6B 01 01 80 02 00 00 05");
  g_assert_null (drip_all (&fixture, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "at byte 17"));
}

/* A part that is tried in one way and, if it is not there, in another: what the first way would have needed
 * is not waited for.  */
static gboolean
serialize_by_trial (TestHook *self,
                    SaArchive *archive,
                    GError **error)
{
  g_auto (GStrv) strings = NULL;

  sa_archive_begin_transaction (archive, NULL);
  strings = sa_archive_read_string_array (archive, NULL);
  sa_archive_rollback_transaction (archive);
  self->value = sa_archive_read_uint16 (archive, NULL);
  self->value = sa_archive_read_uint16 (archive, NULL);

  return sa_archive_check (archive, error);
}

static void
test_trial (void)
{
  g_auto (Fixture) fixture = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (TestHook) loaded = NULL;

  on_serialize = serialize_by_trial;
  fixture_init (&fixture, "FF FF 01 00 05 00 43 48 6F 6F 6B 00 10 07 00");
  loaded = drip_all (&fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpint (loaded->value, ==, 7);
}

/* Objects in place that are read by way of trial count once, as what is rolled back was never read.  */
#define N_TRIED 6

static gboolean
serialize_by_embedded_trial (TestHook *self,
                             SaArchive *archive,
                             GError **error)
{
  for (guint round = 0; round < 2; round++)
    {
      if (round == 0)
        sa_archive_begin_transaction (archive, NULL);
      for (guint i = 0; i < N_TRIED; i++)
        {
          g_autoptr (GObject) cell = sa_archive_read_embedded (archive, "CCell", NULL);
        }
      if (round == 0)
        sa_archive_rollback_transaction (archive);
    }

  return sa_archive_check (archive, error);
}

static void
test_embedded_trial (void)
{
  g_auto (Fixture) fixture = { NULL };
  g_autoptr (SaLimits) limits = sa_limits_new (SA_LIMITS_LAN);
  g_autoptr (TestHook) loaded = NULL;
  g_autoptr (GError) error = NULL;

  on_serialize = serialize_by_embedded_trial;
  fixture_init (&fixture, "FF FF 01 00 05 00 43 48 6F 6F 6B 01 02 03 04 05 06");
  sa_class_registry_add_record (sa_archive_get_registry (fixture.archive), "CCell", 0, "a:u8", NULL);
  sa_limits_set_objects (limits, N_TRIED);
  sa_archive_set_limits (fixture.archive, limits);
  loaded = drip_all (&fixture, &error);
  g_assert_no_error (error);
}

/* What was loaded by way of trial, and points at itself, goes with the trial.  */
static gboolean
serialize_by_cyclic_trial (TestHook *self,
                           SaArchive *archive,
                           GError **error)
{
  guint8 again[14];
  g_autoptr (GObject) tried = NULL;

  sa_archive_begin_transaction (archive, NULL);
  tried = sa_archive_read_object (archive, G_TYPE_OBJECT, NULL);
  g_assert_null (tried);
  sa_archive_rollback_transaction (archive);
  sa_archive_read_data (archive, again, sizeof again, NULL);

  return sa_archive_check (archive, error);
}

static void
test_cyclic_trial (void)
{
  g_autoptr (GError) error = NULL;
  SaClassRegistry *registry;
  gpointer weak;

  on_serialize = serialize_by_cyclic_trial;
  {
    g_auto (Fixture) fixture = { NULL };
    g_autoptr (TestHook) loaded = NULL;

    /* Number 4 has itself, and an object of a number that there is not.  */
    fixture_init (&fixture, "FF FF 01 00 05 00 43 48 6F 6F 6B FF FF 00 00 05 00 43 4C 6F 6F 70 04 00 63 00");
    registry = sa_archive_get_registry (fixture.archive);
    sa_class_registry_add_record (registry, "CLoop", 0, "next:object(*) bad:object(*)", NULL);
    weak = registry;
    g_object_add_weak_pointer (G_OBJECT (registry), &weak);
    loaded = drip_all (&fixture, &error);
    g_assert_no_error (error);
    g_assert_nonnull (loaded);
  }
  /* Records hold their registry.  */
  g_assert_null (weak);
}

/* The archive is closed while an object is loaded that points at itself.  */
static gboolean
serialize_and_abort (TestHook *self,
                     SaArchive *archive,
                     GError **error)
{
  self->other = g_object_ref (G_OBJECT (self));
  sa_archive_abort (archive);

  return sa_archive_check (archive, error);
}

static void
test_aborted_cycle (void)
{
  g_auto (Fixture) fixture = { NULL };
  g_autoptr (GError) error = NULL;

  on_serialize = serialize_and_abort;
  fixture_init (&fixture, "FF FF 01 00 05 00 43 48 6F 6F 6B 00");
  g_assert_null (drip_all (&fixture, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED);
  g_assert_cmpuint (n_alive, ==, 0);
}

/* The code of a property closes the archive, which had the last reference to the class.  */
static void
close_without_registry (TestHook *self)
{
  sa_archive_set_registry (hook_archive, NULL);
  sa_archive_close (hook_archive, NULL);
}

static void
test_property_closes (void)
{
  g_auto (Fixture) fixture = { NULL };
  g_autoptr (GError) error = NULL;

  on_set_value = close_without_registry;
  fixture_init (&fixture, "FF FF 01 00 05 00 43 48 6F 6F 6B 07 00 00");
  g_assert_null (drip_all (&fixture, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED);
}

/* Nor does an object that is being stored lose its beginning.  */
static void
on_closed (GObject *source,
           GAsyncResult *result,
           gpointer data)
{
  g_assert_false (sa_archive_close_finish (SA_ARCHIVE (source), result, data));
}

static GError *close_error;

static gboolean
serialize_and_close (TestHook *self,
                     SaArchive *archive,
                     GError **error)
{
  sa_archive_write_uint8 (archive, 1, NULL);
  sa_archive_close_async (archive, NULL, on_closed, &close_error);
  sa_archive_write_uint8 (archive, 2, NULL);

  return sa_archive_check (archive, error);
}

static gboolean
has_close_error (gpointer data)
{
  return close_error != NULL;
}

/* An archive that stores objects by @serialize.  */
static SaArchive *
new_hook_store (GOutputStream *stream,
                gboolean (*serialize) (TestHook *self, SaArchive *archive, GError **error))
{
  SaArchive *archive = sa_archive_new_store (stream);
  g_autoptr (SaClassRegistry) registry = NULL;

  on_serialize = serialize;
  registry = new_registry ();
  sa_archive_set_registry (archive, registry);

  return archive;
}

static void
test_store_closes (void)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (SaArchive) archive = new_hook_store (stream, serialize_and_close);
  g_autoptr (TestHook) hook = g_object_new (TEST_TYPE_HOOK, NULL);
  g_autoptr (GError) error = NULL;

  sa_archive_write_object (archive, hook, &error);
  g_assert_no_error (error);
  test_wait_in (NULL, has_close_error, NULL);
  g_assert_error (close_error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BUSY);
  g_clear_error (&close_error);
  g_assert_true (sa_archive_close (archive, &error));
  g_assert_no_error (error);
  /* The class, its name, and both values.  */
  g_assert_cmpuint (g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (stream)), ==, 13);
  on_serialize = NULL;
}

/* Code of an object that drops the last reference to its archive: that goes when the call is over.  */

static SaArchive *last_archive; /* the reference, and who watches */

static void
drop_last (void)
{
  g_clear_object (&last_archive);
}

static gboolean
serialize_and_drop (TestHook *self,
                    SaArchive *archive,
                    GError **error)
{
  gboolean loads = sa_archive_is_loading (archive);
  guint8 value = loads ? sa_archive_read_uint8 (archive, error) : 0;

  drop_last ();
  self->value = value;

  return loads ? value == 7 : sa_archive_write_uint8 (archive, 7, error);
}

static void
drop_last_by_hook (TestHook *self)
{
  drop_last ();
}

static void
test_last_reference (gconstpointer data)
{
  const char *way = data;
  g_auto (Fixture) fixture = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GObject) object = NULL;
  gpointer watch;

  if (g_str_equal (way, "serialize"))
    on_serialize = serialize_and_drop;
  else if (g_str_equal (way, "property"))
    on_set_value = drop_last_by_hook;
  else
    on_finalize = drop_last;
  fixture_init (&fixture, on_serialize != NULL ? "FF FF 01 00 05 00 43 48 6F 6F 6B 07"
                                               : "FF FF 01 00 05 00 43 48 6F 6F 6B 07 00 00");
  fixture.drip->end = g_bytes_get_size (fixture.drip->bytes);
  watch = last_archive = g_steal_pointer (&fixture.archive);
  g_object_add_weak_pointer (watch, &watch);

  if (g_str_equal (way, "rolled-back"))
    g_assert_true (sa_archive_begin_transaction (last_archive, NULL));
  object = sa_archive_read_object (last_archive, TEST_TYPE_HOOK, &error);
  g_assert_no_error (error);
  g_assert_nonnull (object);
  if (on_finalize != NULL)
    g_clear_object (&object);
  if (g_str_equal (way, "rolled-back"))
    sa_archive_rollback_transaction (last_archive);
  else if (g_str_equal (way, "reset"))
    g_assert_true (sa_archive_reset_objects (last_archive, NULL));
  else if (g_str_equal (way, "closed"))
    g_assert_true (sa_archive_close (last_archive, NULL));
  g_assert_null (last_archive);
  /* At once, without any loop.  */
  g_assert_null (watch);
}

static void
test_last_reference_store (void)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (TestHook) hook = g_object_new (TEST_TYPE_HOOK, NULL);
  g_autoptr (GError) error = NULL;
  gpointer watch;

  watch = last_archive = new_hook_store (stream, serialize_and_drop);
  g_object_add_weak_pointer (watch, &watch);
  g_assert_true (sa_archive_write_object (last_archive, hook, &error));
  g_assert_no_error (error);
  g_assert_null (watch);
  /* It was complete.  */
  g_assert_cmpuint (g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (stream)), ==, 12);
  on_serialize = NULL;
}

/* The error of another archive that is closed is an error as any: nothing of the object is sent.  */
static gboolean
serialize_with_other (TestHook *self,
                      SaArchive *archive,
                      GError **error)
{
  g_autoptr (SaArchive) other = sa_archive_new_store_bytes ();

  sa_archive_close (other, NULL);
  sa_archive_write_uint8 (archive, 1, NULL);

  return sa_archive_write_uint8 (other, 2, error);
}

static void
test_other_closed (void)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (SaArchive) archive = new_hook_store (stream, serialize_with_other);
  g_autoptr (TestHook) hook = g_object_new (TEST_TYPE_HOOK, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (sa_archive_write_object (archive, hook, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED);
  sa_archive_close (archive, NULL);
  g_assert_cmpuint (g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (stream)), ==, 0);
  on_serialize = NULL;
}

/* A commit that went well lets go of objects that were stored in it and forgotten again.  */
static void
test_last_reference_commit (void)
{
  g_autoptr (SaClassRegistry) registry = NULL;
  TestHook *hook = g_object_new (TEST_TYPE_HOOK, NULL);
  gpointer watch;

  on_finalize = drop_last;
  registry = new_registry ();
  watch = last_archive = sa_archive_new_store_bytes ();
  g_object_add_weak_pointer (watch, &watch);
  sa_archive_set_registry (last_archive, registry);
  g_assert_true (sa_archive_begin_transaction (last_archive, NULL));
  g_assert_true (sa_archive_write_object (last_archive, hook, NULL));
  g_object_unref (hook);
  sa_archive_reset_objects (last_archive, NULL);
  if (last_archive != NULL)
    sa_archive_commit_transaction (last_archive, NULL);
  g_clear_object (&last_archive);
  g_assert_null (watch);
  on_finalize = NULL;
}

/* The error of an object that found its archive closed names the place once.  */
static gboolean
close_and_serialize (TestHook *self,
                     SaArchive *archive,
                     GError **error)
{
  sa_archive_close (archive, NULL);

  return sa_archive_write_uint8 (archive, 2, error);
}

static void
test_closed_place (void)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (SaArchive) archive = new_hook_store (stream, close_and_serialize);
  g_autoptr (TestHook) hook = g_object_new (TEST_TYPE_HOOK, NULL);
  g_autoptr (GError) error = NULL;
  const char *place;

  g_assert_false (sa_archive_write_object (archive, hook, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED);
  place = strstr (error->message, "(at byte ");
  g_assert_nonnull (place);
  g_assert_null (strstr (place + 1, "(at byte "));
  on_serialize = NULL;
}

/* The code of a property that reads more, and passes NULL for the error: what it read before that failed is
 * not there twice.  */
static void
read_other (TestHook *self)
{
  g_clear_object (&self->other);
  self->other = sa_archive_read_object (hook_archive, G_TYPE_OBJECT, NULL);
  g_clear_object (&self->other);
}

static void
test_property_reads (void)
{
  g_auto (Fixture) fixture = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (TestHook) loaded = NULL;

  on_set_value = read_other;
  /* The outer object is number 2; what its property reads is number 3, which has nothing.  */
  fixture_init (&fixture, "FF FF 01 00 05 00 43 48 6F 6F 6B 07 01 80 00 00 00 00 00 03 00");
  loaded = drip_all (&fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpint (loaded->value, ==, 7);
  g_assert_true (TEST_IS_HOOK (loaded->other) && TEST_HOOK (loaded->other)->value == 0);
}

/* Objects that call the archive as they go */

static void
map_one (void)
{
  g_autoptr (GObject) object = g_object_new (G_TYPE_OBJECT, NULL);

  n_calls++;
  sa_archive_map_object (hook_archive, object, NULL);
}

static void
read_one (void)
{
  g_autoptr (GObject) object = NULL;

  n_calls++;
  object = sa_archive_read_object (hook_archive, G_TYPE_OBJECT, NULL);
}

static void
close_it (void)
{
  n_calls++;
  sa_archive_close (hook_archive, NULL);
}

static void (*const callers[]) (void) = { map_one, read_one, close_it };

/* A list with two objects in it, of which the second one waits, is dropped for something else.  */
static void
test_dropped (gconstpointer data)
{
  g_auto (Fixture) fixture = { NULL };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  guint way = GPOINTER_TO_UINT (data) / G_N_ELEMENTS (callers);

  fixture_init (&fixture, "FF FF 01 00 05 00 43 4C 69 73 74 02 00 07 00 00 08 "
                          "FF FF 01 00 05 00 43 48 6F 6F 6B 09 00 00 05 00 00 00 00 00 00 00 00");
  try_in_vain (&fixture, 30);
  on_finalize = callers[GPOINTER_TO_UINT (data) % G_N_ELEMENTS (callers)];

  if (way == 0)
    sa_archive_reset_objects (fixture.archive, NULL);
  else if (way == 1)
    sa_archive_begin_transaction (fixture.archive, &error);
  else if (way == 2)
    g_free (sa_archive_read_class (fixture.archive, NULL, NULL, &error));
  else
    g_clear_object (&fixture.archive);
  g_assert_cmpuint (n_calls, >, 0);
  on_finalize = NULL;
}

/* What a transaction loaded goes with it, and closes the archive or reads from it.  */
static void
test_rolled_back (gconstpointer data)
{
  g_auto (Fixture) fixture = { NULL };
  g_autoptr (GError) error = NULL;
  gpointer object;

  fixture_init (&fixture, "FF FF 01 00 05 00 43 48 6F 6F 6B 07 00 00 01 80 08 00 00");
  fixture.drip->end = 19;
  sa_archive_begin_transaction (fixture.archive, &error);
  g_assert_no_error (error);
  object = sa_archive_read_object (fixture.archive, G_TYPE_OBJECT, &error);
  g_assert_no_error (error);
  g_object_unref (object);

  on_finalize = callers[GPOINTER_TO_UINT (data)];
  sa_archive_rollback_transaction (fixture.archive);
  on_finalize = NULL;
  g_assert_cmpuint (n_calls, >, 0);
  if (!sa_archive_is_closed (fixture.archive))
    g_assert_cmpuint (sa_archive_get_offset (fixture.archive), <=, 14);
  sa_archive_read_uint32 (fixture.archive, &error);
}

/* What a message was known to need counts only as long as its bytes mean the same.  */
static void
test_other_choice (void)
{
  g_auto (Fixture) fixture = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (SaRecord) record = NULL;

  fixture_init (&fixture, "00 01 01 61 00 00 00 07");
  fixture.drip->end = 8;
  record = sa_archive_read_embedded (fixture.archive, "CText", &error);
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE);
  g_clear_error (&error);

  sa_archive_set_byte_order (fixture.archive, SA_BYTE_ORDER_BIG_ENDIAN);
  record = sa_archive_read_embedded (fixture.archive, "CText", &error);
  g_assert_no_error (error);
  g_assert_cmpint (sa_record_get_int64 (record, "n", NULL), ==, 7);
}

/* The stream ends while a nested loop runs in another object */

static gboolean
serialize_with_loop (TestHook *self,
                     SaArchive *archive,
                     GError **error)
{
  GSocket *peer = g_object_get_data (G_OBJECT (archive), "peer");
  GSocket *own = g_object_get_data (G_OBJECT (archive), "own");

  g_socket_close (peer, NULL);
  g_assert_true (g_socket_condition_timed_wait (own, G_IO_IN, 10 * G_USEC_PER_SEC, NULL, error));
  for (int i = 0; i < 20; i++)
    g_main_context_iteration (NULL, FALSE);

  return TRUE;
}

static void
on_read (GObject *source,
         GAsyncResult *result,
         gpointer user_data)
{
  GError **error = user_data;

  g_assert_null (sa_archive_read_object_finish (SA_ARCHIVE (source), result, error));
}

static void
test_end_in_loop (void)
{
  int fds[2];
  g_autoptr (SaClassRegistry) registry = NULL;
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GSocket) own = NULL;
  g_autoptr (GSocket) peer = NULL;
  g_autoptr (SaArchive) archive = NULL;
  g_autoptr (TestHook) hook = g_object_new (TEST_TYPE_HOOK, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) read_error = NULL;

  on_serialize = serialize_with_loop;
  registry = new_registry ();
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
  own = g_socket_new_from_fd (fds[0], NULL);
  peer = g_socket_new_from_fd (fds[1], NULL);
  connection = g_socket_connection_factory_create_connection (own);
  archive = sa_archive_new_load (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  sa_archive_set_registry (archive, registry);
  g_object_set_data (G_OBJECT (archive), "own", own);
  g_object_set_data (G_OBJECT (archive), "peer", peer);

  sa_archive_read_object_async (archive, G_TYPE_OBJECT, NULL, on_read, &read_error);
  g_assert_true (sa_archive_serialize_embedded (archive, hook, &error));
  g_assert_no_error (error);
  while (read_error == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (read_error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE);

  on_serialize = NULL;
}

int
main (int argc,
      char **argv)
{
  static const char *const ways[] = { "serialize", "property", "rolled-back", "reset", "closed" };

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/resume-hostile/open-transaction", test_open_transaction);
  g_test_add_func ("/resume-hostile/forgotten-transaction", test_forgotten_transaction);
  g_test_add_func ("/resume-hostile/trial", test_trial);
  g_test_add_func ("/resume-hostile/trial/embedded", test_embedded_trial);
  g_test_add_func ("/resume-hostile/trial/cyclic", test_cyclic_trial);
  g_test_add_func ("/resume-hostile/aborted-cycle", test_aborted_cycle);
  g_test_add_func ("/resume-hostile/property-closes", test_property_closes);
  g_test_add_func ("/resume-hostile/store-closes", test_store_closes);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autofree char *path = g_strconcat ("/resume-hostile/last-reference/", ways[i], NULL);

      g_test_add_data_func (path, ways[i], test_last_reference);
    }
  g_test_add_func ("/resume-hostile/last-reference/store", test_last_reference_store);
  g_test_add_func ("/resume-hostile/last-reference/commit", test_last_reference_commit);
  g_test_add_func ("/resume-hostile/other-closed", test_other_closed);
  g_test_add_func ("/resume-hostile/closed-place", test_closed_place);
  g_test_add_func ("/resume-hostile/property-reads", test_property_reads);
  for (guint i = 0; i < 4 * G_N_ELEMENTS (callers); i++)
    {
      g_autofree char *path = g_strdup_printf ("/resume-hostile/dropped/%u", i);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_dropped);
    }
  for (guint i = 0; i < G_N_ELEMENTS (callers); i++)
    {
      g_autofree char *path = g_strdup_printf ("/resume-hostile/rolled-back/%u", i);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_rolled_back);
    }
  g_test_add_func ("/resume-hostile/other-choice", test_other_choice);
  g_test_add_func ("/resume-hostile/end-in-loop", test_end_in_loop);

  return g_test_run ();
}
