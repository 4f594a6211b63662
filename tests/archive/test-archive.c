/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-hex.h"
#include "test-streams.h"

/* Archives as such: their errors, transactions and limits; test-archive-end.c has how they end.  */

/* Life */

static void
test_new (void)
{
  g_autoptr (TestOutput) output = test_output_new ();
  g_autoptr (SaArchive) archive = sa_archive_new_store (G_OUTPUT_STREAM (output));

  g_assert_true (sa_archive_is_storing (archive));
  g_assert_false (sa_archive_is_loading (archive));
  g_assert_false (sa_archive_is_closed (archive));
  g_assert_true (sa_archive_is_buffer_empty (archive));
  g_assert_true (sa_archive_get_stream (archive) == G_OBJECT (output));
  g_assert_cmpuint (sa_archive_get_offset (archive), ==, 0);
  /* Making one does nothing with the stream.  */
  g_assert_cmpuint (output->n_writes, ==, 0);
}

static void
test_properties (void)
{
  g_autoptr (SaLimits) limits = sa_limits_new (SA_LIMITS_INTERNET);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (SaArchive) archive = g_object_new (
      SA_TYPE_ARCHIVE, "mode", SA_ARCHIVE_STORE, "cancellable", cancellable, "timeout", 7, "string-form",
      SA_STRING_NARROW, "code-page", "CP932", "time-form", SA_TIME_PLAIN_32, "byte-order",
      SA_BYTE_ORDER_BIG_ENDIAN, "allow-64bit", TRUE, "allow-big-tags", FALSE, "limits", limits, NULL);
  g_autoptr (SaArchive) other = sa_archive_new_store_bytes ();

  g_assert_true (sa_archive_get_cancellable (archive) == cancellable);
  g_assert_cmpuint (sa_archive_get_timeout (archive), ==, 7);
  g_assert_cmpint (sa_archive_get_string_form (archive), ==, SA_STRING_NARROW);
  g_assert_cmpstr (sa_archive_get_code_page (archive), ==, "CP932");
  g_assert_cmpint (sa_archive_get_time_form (archive), ==, SA_TIME_PLAIN_32);
  g_assert_cmpint (sa_archive_get_byte_order (archive), ==, SA_BYTE_ORDER_BIG_ENDIAN);
  g_assert_true (sa_archive_get_allow_64bit (archive));
  g_assert_false (sa_archive_get_allow_big_tags (archive));
  g_assert_true (sa_archive_get_limits (archive) == limits);

  g_assert_cmpint (sa_archive_get_string_form (other), ==, SA_STRING_WIDE);
  g_assert_cmpstr (sa_archive_get_code_page (other), ==, "WINDOWS-1252");
  g_assert_true (sa_archive_get_allow_big_tags (other));
  g_assert_false (sa_archive_get_allow_64bit (other));
  /* Limits that nobody set are not shared.  */
  g_assert_true (sa_archive_get_limits (other) != limits);
  g_assert_cmpuint (sa_limits_get_depth (sa_archive_get_limits (other)), ==, 256);
}

/* An archive that properties alone made wrong says so in every call.  */
static void
test_no_stream (void)
{
  g_autoptr (SaArchive) archive = g_object_new (SA_TYPE_ARCHIVE, "mode", SA_ARCHIVE_LOAD, NULL);
  g_autoptr (TestOutput) output = test_output_new ();
  g_autoptr (SaArchive) wrong = g_object_new (SA_TYPE_ARCHIVE, "mode", SA_ARCHIVE_LOAD, "stream", output,
             NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpuint (sa_archive_read_uint8 (archive, &error), ==, 0);
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NOT_SUPPORTED);
      g_clear_error (&error);
    }

  g_assert_cmpuint (sa_archive_read_uint8 (wrong, &error), ==, 0);
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (error->message, "TestOutput"));
}

/* Directions and errors */

static void
test_wrong_direction (void)
{
  g_autoptr (SaArchive) in = new_from_hex ("01 02");
  g_autoptr (SaArchive) out = sa_archive_new_store_bytes ();
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (sa_archive_read_uint16 (out, &error), ==, 0);
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_WRITE_ONLY);
  g_clear_error (&error);
  g_assert_null (sa_archive_read_string (out, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_WRITE_ONLY);
  g_clear_error (&error);
  g_assert_cmpint (sa_archive_read_data (out, NULL, 0, &error), ==, -1);
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_WRITE_ONLY);
  g_clear_error (&error);

  g_assert_false (sa_archive_write_uint16 (in, 1, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_READ_ONLY);
  g_clear_error (&error);
  g_assert_false (sa_archive_write_string (in, "x", &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_READ_ONLY);
  g_clear_error (&error);
  g_assert_false (sa_archive_write_data (in, NULL, 0, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_READ_ONLY);
  g_clear_error (&error);

  /* That is the caller's mistake, and changed nothing.  */
  g_assert_cmpuint (sa_archive_read_uint16 (in, &error), ==, 0x0201);
  g_assert_no_error (error);
}

/* The end inside a value sticks: a shorter value behind it would be nonsense.  */
static void
test_sticky (void)
{
  g_autoptr (SaArchive) archive = new_from_hex ("01 02");
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (sa_archive_read_uint32 (archive, &error), ==, 0);
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE);
  g_clear_error (&error);
  g_assert_cmpuint (sa_archive_read_uint8 (archive, &error), ==, 0);
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE);
  g_clear_error (&error);
  g_assert_false (sa_archive_check (archive, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE);
  g_clear_error (&error);
  g_assert_false (sa_archive_check (archive, NULL));
}

/* An error that nobody took stops the chain, and is told at its end.  */
static void
test_untaken (void)
{
  g_autoptr (GBytes) bytes = test_from_hex ("01 02 03 04");
  g_autoptr (TestInput) input = test_input_new (bytes, G_MAXSIZE);
  g_autoptr (SaArchive) archive = sa_archive_new_load (G_INPUT_STREAM (input));
  g_autoptr (GError) error = NULL;

  input->blocks = TRUE;
  input->end = 2;
  g_assert_cmpuint (sa_archive_read_uint32 (archive, NULL), ==, 0);
  g_assert_cmpuint (sa_archive_read_uint8 (archive, NULL), ==, 0);
  g_assert_false (sa_archive_check (archive, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE);
  g_clear_error (&error);

  /* It was a passing one, and now somebody knows.  */
  input->end = 4;
  g_assert_cmpuint (sa_archive_read_uint32 (archive, NULL), ==, 0x04030201);
  g_assert_true (sa_archive_check (archive, &error));
}

static void
test_fail (void)
{
  g_autoptr (SaArchive) archive = new_from_hex ("01 02");
  g_autoptr (GError) mine = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "nonsense");
  g_autoptr (GError) error = NULL;

  sa_archive_read_uint8 (archive, NULL);
  g_assert_false (sa_archive_fail (archive, mine));
  g_assert_cmpuint (sa_archive_read_uint8 (archive, &error), ==, 0);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_assert_cmpstr (error->message, ==, "nonsense (at byte 1)");
}

static void
test_message_has_offset (void)
{
  g_autoptr (SaArchive) archive = new_from_hex ("01 02 03");
  g_autoptr (GError) error = NULL;

  sa_archive_read_uint8 (archive, NULL);
  sa_archive_read_uint32 (archive, &error);
  g_assert_nonnull (strstr (error->message, "at byte 1"));
}

/* A chain of calls on an archive that is closed did not go well.  */
static void
test_check_closed (void)
{
  g_autoptr (SaArchive) out = sa_archive_new_store_bytes ();
  g_autoptr (SaArchive) in = new_from_hex ("01");
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_archive_close (out, NULL));
  sa_archive_write_uint8 (out, 1, NULL);
  g_assert_false (sa_archive_check (out, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED);
  g_clear_error (&error);

  sa_archive_abort (in);
  sa_archive_read_uint8 (in, NULL);
  g_assert_false (sa_archive_check (in, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED);
}

/* Objects with code */

#define TEST_TYPE_BODY (test_body_get_type ())
G_DECLARE_FINAL_TYPE (TestBody, test_body, TEST, BODY, GObject)

struct _TestBody
{
  GObject parent_instance;

  gboolean (*serialize) (TestBody *self, SaArchive *archive, GError **error);
};

static gboolean
test_body_serialize (SaSerializable *serializable, SaArchive *archive, GError **error)
{
  TestBody *self = TEST_BODY (serializable);

  return self->serialize (self, archive, error);
}

static void
test_body_iface_init (SaSerializableInterface *iface)
{
  iface->serialize = test_body_serialize;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestBody, test_body, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SA_TYPE_SERIALIZABLE, test_body_iface_init))

static void
test_body_class_init (TestBodyClass *klass)
{
}

static void
test_body_init (TestBody *self)
{
}

static TestBody *
test_body_new (gboolean (*serialize) (TestBody *self, SaArchive *archive, GError **error))
{
  TestBody *self = g_object_new (TEST_TYPE_BODY, NULL);

  self->serialize = serialize;
  return self;
}

/* However deep it was, a message is for somebody to read.  */
static void
test_message_long_path (void)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (GString) hex = g_string_new ("FF FF 00 00 05 00 43 4E 6F 64 65");
  g_autoptr (SaArchive) archive = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_class_registry_add_record (registry, "CNode", 0, "next:object(CNode)", &error));
  for (guint i = 0; i < 300; i++)
    g_string_append (hex, " 01 80");
  archive = new_from_hex (hex->str);
  sa_archive_set_registry (archive, registry);
  g_assert_null (sa_archive_read_object (archive, SA_TYPE_RECORD, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_LIMIT);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, "in CNode.next.next.next.…"));
  g_assert_cmpuint (strlen (error->message), <, 300);
}

static gboolean
serialize_transaction (TestBody *self, SaArchive *archive, GError **error)
{
  sa_archive_write_uint8 (archive, 1, NULL);
  return sa_archive_begin_transaction (archive, error) && sa_archive_write_uint8 (archive, 2, error);
}

static gboolean
serialize_transaction_fails (TestBody *self, SaArchive *archive, GError **error)
{
  serialize_transaction (self, archive, error);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "nonsense");
  return FALSE;
}

/* Also with an error of another archive, which would be no error of this one.  */
static gboolean
serialize_transaction_refused (TestBody *self, SaArchive *archive, GError **error)
{
  serialize_transaction (self, archive, error);
  serialize_transaction (self, archive, error);
  g_set_error_literal (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BUSY, "not now");
  return FALSE;
}

/* A transaction that the code of an object does not end ends with the object, which fails.  */
static void
test_transaction_left_open (void)
{
  g_autoptr (TestBody) forgets = test_body_new (serialize_transaction);
  g_autoptr (TestBody) fails = test_body_new (serialize_transaction_fails);
  g_autoptr (TestBody) refused = test_body_new (serialize_transaction_refused);
  g_autoptr (SaArchive) archive = sa_archive_new_store_bytes ();
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_archive_begin_transaction (archive, NULL));
  g_assert_false (sa_archive_serialize_embedded (archive, forgets, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_FAILED);
  g_clear_error (&error);
  sa_archive_rollback_transaction (archive);

  g_assert_true (sa_archive_begin_transaction (archive, NULL));
  g_assert_false (sa_archive_serialize_embedded (archive, fails, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_clear_error (&error);
  sa_archive_rollback_transaction (archive);

  g_assert_true (sa_archive_begin_transaction (archive, NULL));
  g_assert_false (sa_archive_serialize_embedded (archive, refused, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BUSY);
  g_clear_error (&error);
  sa_archive_rollback_transaction (archive);

  sa_archive_write_uint8 (archive, 3, NULL);
  assert_stored (archive, "03");

  g_assert_false (sa_archive_serialize_embedded (archive, forgets, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_false (sa_archive_check (archive, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_cmpuint (sa_archive_get_offset (archive), ==, 1);
}

/* Transactions */

static void
test_transaction_rollback_load (void)
{
  g_autoptr (GBytes) bytes = test_from_hex ("01 02 03 04 05");
  g_autoptr (TestInput) input = test_input_new (bytes, 1);
  g_autoptr (SaArchive) archive = sa_archive_new_load (G_INPUT_STREAM (input));

  g_assert_cmpuint (sa_archive_read_uint8 (archive, NULL), ==, 1);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_true (sa_archive_begin_transaction (archive, NULL));
      g_assert_cmpuint (sa_archive_read_uint16 (archive, NULL), ==, 0x0302);
      g_assert_cmpuint (sa_archive_read_uint8 (archive, NULL), ==, 4);
      sa_archive_rollback_transaction (archive);
      g_assert_cmpuint (sa_archive_get_offset (archive), ==, 1);
    }

  g_assert_true (sa_archive_begin_transaction (archive, NULL));
  g_assert_cmpuint (sa_archive_read_uint32 (archive, NULL), ==, 0x05040302);
  g_assert_true (sa_archive_commit_transaction (archive, NULL));
  g_assert_cmpuint (input->n_reads, ==, 5);
}

/* A transaction that is longer than the buffer is kept as a whole.  */
static void
test_transaction_long (void)
{
  g_autoptr (SaArchive) out = sa_archive_new_store_bytes ();

  for (guint i = 0; i < 50000; i++)
    sa_archive_write_uint32 (out, i, NULL);

  g_autoptr (GBytes) bytes = sa_archive_steal_bytes (out, NULL);
  g_autoptr (TestInput) input = test_input_new (bytes, 5000);
  g_autoptr (SaArchive) in = sa_archive_new_load (G_INPUT_STREAM (input));

  g_assert_cmpuint (sa_archive_read_uint32 (in, NULL), ==, 0);
  for (guint round = 0; round < 2; round++)
    {
      g_assert_true (sa_archive_begin_transaction (in, NULL));
      for (guint i = 1; i < 50000; i++)
        g_assert_cmpuint (sa_archive_read_uint32 (in, NULL), ==, i);
      if (round == 0)
        sa_archive_rollback_transaction (in);
      else
        g_assert_true (sa_archive_commit_transaction (in, NULL));
    }
}

static void
test_transaction_need_more (void)
{
  g_autoptr (GBytes) bytes = test_from_hex ("01 00 00 00 02 61 62");
  g_autoptr (TestInput) input = test_input_new (bytes, G_MAXSIZE);
  g_autoptr (SaArchive) archive = sa_archive_new_load (G_INPUT_STREAM (input));
  g_autoptr (GError) error = NULL;

  input->blocks = TRUE;
  for (input->end = 0; input->end < 7; input->end++)
    {
      g_assert_true (sa_archive_begin_transaction (archive, &error));
      sa_archive_read_uint32 (archive, NULL);
      g_free (sa_archive_read_string (archive, NULL));
      g_assert_false (sa_archive_commit_transaction (archive, &error));
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE);
      g_assert_cmpuint (sa_archive_get_offset (archive), ==, 0);
      g_clear_error (&error);
    }

  g_assert_true (sa_archive_begin_transaction (archive, &error));
  g_assert_cmpuint (sa_archive_read_uint32 (archive, NULL), ==, 1);

  g_autofree char *text = sa_archive_read_string (archive, NULL);

  g_assert_true (sa_archive_commit_transaction (archive, &error));
  g_assert_cmpstr (text, ==, "ab");
}

/* What is wrong sticks behind a commit, and is forgotten by a rollback.  */
static void
test_transaction_corrupt (void)
{
  g_autoptr (SaArchive) committed = new_from_hex ("01 00");
  g_autoptr (SaArchive) rolled_back = new_from_hex ("01 00");
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_archive_begin_transaction (committed, NULL));
  g_assert_null (sa_archive_read_string (committed, NULL));
  g_assert_false (sa_archive_commit_transaction (committed, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
  g_assert_false (sa_archive_check (committed, NULL));

  g_assert_true (sa_archive_begin_transaction (rolled_back, NULL));
  g_assert_null (sa_archive_read_string (rolled_back, NULL));
  sa_archive_rollback_transaction (rolled_back);
  g_assert_cmpuint (sa_archive_read_uint16 (rolled_back, NULL), ==, 1);
}

static void
test_transaction_store (void)
{
  g_autoptr (SaArchive) archive = sa_archive_new_store_bytes ();

  sa_archive_write_uint8 (archive, 1, NULL);
  g_assert_true (sa_archive_begin_transaction (archive, NULL));
  sa_archive_write_uint8 (archive, 2, NULL);
  sa_archive_rollback_transaction (archive);
  g_assert_true (sa_archive_begin_transaction (archive, NULL));
  sa_archive_write_uint8 (archive, 3, NULL);
  g_assert_true (sa_archive_commit_transaction (archive, NULL));
  assert_stored (archive, "01 03");
}

/* Nothing of it is sent before it is complete, however long it is; what was before it may go.  */
static void
test_transaction_holds (void)
{
  g_autoptr (TestOutput) output = test_output_new ();
  g_autoptr (SaArchive) archive = sa_archive_new_store (G_OUTPUT_STREAM (output));

  sa_archive_write_uint8 (archive, 1, NULL);
  g_assert_true (sa_archive_begin_transaction (archive, NULL));
  for (guint i = 0; i < 100000; i++)
    g_assert_true (sa_archive_write_uint32 (archive, i, NULL));
  g_assert_true (sa_archive_flush (archive, NULL));
  g_assert_cmpmem (output->taken->data, output->taken->len, "\1", 1);

  sa_archive_rollback_transaction (archive);
  sa_archive_write_uint8 (archive, 2, NULL);
  g_assert_true (sa_archive_flush (archive, NULL));
  g_assert_cmpmem (output->taken->data, output->taken->len, "\1\2", 2);
}

static void
test_transaction_nested (void)
{
  g_autoptr (SaArchive) archive = sa_archive_new_store_bytes ();

  g_assert_true (sa_archive_begin_transaction (archive, NULL));
  sa_archive_write_uint8 (archive, 1, NULL);
  g_assert_true (sa_archive_begin_transaction (archive, NULL));
  sa_archive_write_uint8 (archive, 2, NULL);
  sa_archive_rollback_transaction (archive);
  g_assert_true (sa_archive_begin_transaction (archive, NULL));
  sa_archive_write_uint8 (archive, 3, NULL);
  g_assert_true (sa_archive_commit_transaction (archive, NULL));
  g_assert_true (sa_archive_commit_transaction (archive, NULL));
  assert_stored (archive, "01 03");
}

/* Inside of a transaction every error sticks, also one that would pass and was taken.  */
static void
test_transaction_sticks (void)
{
  g_autoptr (SaArchive) archive = sa_archive_new_store_bytes ();
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_archive_begin_transaction (archive, NULL));
  sa_archive_write_uint8 (archive, 1, NULL);
  g_assert_false (sa_archive_write_string (archive, "\xff", &error));
  g_clear_error (&error);
  g_assert_false (sa_archive_write_uint8 (archive, 2, NULL));
  g_assert_false (sa_archive_commit_transaction (archive, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);

  sa_archive_write_uint8 (archive, 3, NULL);
  assert_stored (archive, "03");
}

/* A message that says how it is to be read says so again when it is read again.  */
static void
test_transaction_choices (void)
{
  g_autoptr (GBytes) bytes = test_from_hex ("01 00 00 00 07 02 82 A0");
  g_autoptr (TestInput) input = test_input_new (bytes, G_MAXSIZE);
  g_autoptr (SaArchive) archive = sa_archive_new_load (G_INPUT_STREAM (input));
  gboolean done = FALSE;

  input->blocks = TRUE;
  for (input->end = 0; !done; input->end++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;
      guint32 number;

      g_assert_true (sa_archive_begin_transaction (archive, NULL));
      if (sa_archive_read_uint8 (archive, NULL) == 1)
        sa_archive_set_byte_order (archive, SA_BYTE_ORDER_BIG_ENDIAN);
      sa_archive_set_string_form (archive, SA_STRING_NARROW);
      sa_archive_set_time_form (archive, SA_TIME_PLAIN_64);
      g_assert_true (sa_archive_set_code_page (archive, input->end % 2 ? "CP932" : "SHIFT_JIS", NULL));
      number = sa_archive_read_uint32 (archive, NULL);
      text = sa_archive_read_string (archive, NULL);
      done = sa_archive_commit_transaction (archive, &error);
      if (done)
        {
          g_assert_cmpuint (number, ==, 7);
          g_assert_cmpstr (text, ==, "\u3042");
          g_assert_cmpint (sa_archive_get_byte_order (archive), ==, SA_BYTE_ORDER_BIG_ENDIAN);
          g_assert_cmpstr (sa_archive_get_code_page (archive), !=, "WINDOWS-1252");
        }
      else
        {
          g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE);
          g_assert_cmpint (sa_archive_get_byte_order (archive), ==, SA_BYTE_ORDER_LITTLE_ENDIAN);
          g_assert_cmpint (sa_archive_get_string_form (archive), ==, SA_STRING_WIDE);
          g_assert_cmpint (sa_archive_get_time_form (archive), ==, SA_TIME_MARKED);
          g_assert_cmpstr (sa_archive_get_code_page (archive), ==, "WINDOWS-1252");
        }
    }
  g_assert_cmpuint (input->end, ==, 9);
}

static void
test_transaction_close (void)
{
  g_autoptr (TestOutput) output = test_output_new ();
  g_autoptr (SaArchive) archive = sa_archive_new_store (G_OUTPUT_STREAM (output));

  sa_archive_write_uint8 (archive, 1, NULL);
  g_assert_true (sa_archive_begin_transaction (archive, NULL));
  sa_archive_write_uint8 (archive, 2, NULL);
  g_assert_true (sa_archive_close (archive, NULL));
  g_assert_cmpmem (output->taken->data, output->taken->len, "\1", 1);
}

/* Limits */

static void
test_limits_profiles (void)
{
  g_autoptr (SaLimits) internet = sa_limits_new (SA_LIMITS_INTERNET);
  g_autoptr (SaLimits) lan = sa_limits_new (SA_LIMITS_LAN);
  g_autoptr (SaLimits) file = sa_limits_new (SA_LIMITS_TRUSTED_FILE);

  g_assert_cmpuint (sa_limits_get_string_bytes (internet), <, sa_limits_get_string_bytes (lan));
  g_assert_cmpuint (sa_limits_get_string_bytes (lan), <, sa_limits_get_string_bytes (file));
  g_assert_cmpuint (sa_limits_get_message_bytes (internet), ==, 4 * 1024 * 1024);
  g_assert_cmpuint (sa_limits_get_message_bytes (file), ==, G_MAXUINT64);
  g_assert_cmpuint (sa_limits_get_count (internet), ==, 65536);
  g_assert_cmpuint (sa_limits_get_objects (lan), ==, 1024 * 1024);
  g_assert_cmpuint (sa_limits_get_class_name_length (file), ==, 63);
}

static void
test_limits_notify (void)
{
  g_autoptr (SaLimits) limits = sa_limits_new (SA_LIMITS_LAN);
  guint n_changes = 0;

  g_signal_connect_swapped (limits, "notify::depth", G_CALLBACK (g_atomic_int_inc), &n_changes);
  sa_limits_set_depth (limits, 7);
  sa_limits_set_depth (limits, 7);
  g_object_set (limits, "depth", 8, NULL);
  g_assert_cmpuint (n_changes, ==, 2);
}

/* A message is what is in a transaction; outside of one there is no limit to a stream of numbers.  */
static void
test_limit_message_load (void)
{
  g_autoptr (SaArchive) archive = new_from_hex ("01 02 03 04 05 06 07 08 09 0A");
  g_autoptr (GError) error = NULL;

  sa_limits_set_message_bytes (sa_archive_get_limits (archive), 4);
  g_assert_cmpuint (sa_archive_read_uint32 (archive, NULL), ==, 0x04030201);
  g_assert_cmpuint (sa_archive_read_uint16 (archive, NULL), ==, 0x0605);

  g_assert_true (sa_archive_begin_transaction (archive, NULL));
  g_assert_cmpuint (sa_archive_read_uint16 (archive, NULL), ==, 0x0807);
  g_assert_cmpuint (sa_archive_read_uint16 (archive, NULL), ==, 0x0a09);
  g_assert_true (sa_archive_commit_transaction (archive, &error));
  g_assert_no_error (error);
}

/* To the byte, whatever is inside of what, and however often it is read.  */
static void
test_limit_message_exact (void)
{
  g_autoptr (SaArchive) archive = new_from_hex ("01 02 03 04 05 06 07 08 09 0A");
  g_autoptr (GError) error = NULL;

  sa_limits_set_message_bytes (sa_archive_get_limits (archive), 4);
  g_assert_true (sa_archive_begin_transaction (archive, NULL));
  for (guint i = 0; i < 5; i++)
    {
      g_assert_true (sa_archive_begin_transaction (archive, NULL));
      g_assert_cmpuint (sa_archive_read_uint32 (archive, NULL), ==, 0x04030201);
      sa_archive_rollback_transaction (archive);
    }
  g_assert_cmpuint (sa_archive_read_uint16 (archive, NULL), ==, 0x0201);
  g_assert_true (sa_archive_begin_transaction (archive, NULL));
  g_assert_cmpuint (sa_archive_read_uint16 (archive, NULL), ==, 0x0403);
  g_assert_true (sa_archive_commit_transaction (archive, NULL));
  g_assert_true (sa_archive_begin_transaction (archive, NULL));
  g_assert_cmpuint (sa_archive_read_uint8 (archive, &error), ==, 0);
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_LIMIT);
  sa_archive_rollback_transaction (archive);
  /* Going back at the limit leaves the transaction around it as it was.  */
  g_assert_true (sa_archive_commit_transaction (archive, NULL));
  g_assert_cmpuint (sa_archive_read_uint32 (archive, NULL), ==, 0x08070605);
}

static void
test_limit_message_exceeded (void)
{
  g_autoptr (SaArchive) in = new_from_hex ("01 02 03 04 05 06 07 08");
  g_autoptr (SaArchive) out = sa_archive_new_store_bytes ();
  g_autoptr (GError) error = NULL;

  sa_limits_set_message_bytes (sa_archive_get_limits (in), 4);
  g_assert_true (sa_archive_begin_transaction (in, NULL));
  sa_archive_read_uint16 (in, NULL);
  sa_archive_read_uint16 (in, NULL);
  g_assert_cmpuint (sa_archive_read_uint8 (in, &error), ==, 0);
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_LIMIT);
  g_clear_error (&error);
  g_assert_false (sa_archive_commit_transaction (in, NULL));

  sa_limits_set_message_bytes (sa_archive_get_limits (out), 4);
  g_assert_true (sa_archive_begin_transaction (out, NULL));
  g_assert_true (sa_archive_write_uint32 (out, 1, NULL));
  g_assert_false (sa_archive_write_uint8 (out, 1, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_LIMIT);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/archive/new", test_new);
  g_test_add_func ("/archive/properties", test_properties);
  g_test_add_func ("/archive/no-stream", test_no_stream);
  g_test_add_func ("/archive/error/wrong-direction", test_wrong_direction);
  g_test_add_func ("/archive/error/check-closed", test_check_closed);
  g_test_add_func ("/archive/error/message-has-long-path", test_message_long_path);
  g_test_add_func ("/archive/transaction/left-open", test_transaction_left_open);
  g_test_add_func ("/archive/transaction/choices", test_transaction_choices);
  g_test_add_func ("/archive/error/sticky", test_sticky);
  g_test_add_func ("/archive/error/untaken", test_untaken);
  g_test_add_func ("/archive/error/fail", test_fail);
  g_test_add_func ("/archive/error/message-has-offset", test_message_has_offset);
  g_test_add_func ("/archive/transaction/rollback", test_transaction_rollback_load);
  g_test_add_func ("/archive/transaction/long", test_transaction_long);
  g_test_add_func ("/archive/transaction/need-more", test_transaction_need_more);
  g_test_add_func ("/archive/transaction/corrupt", test_transaction_corrupt);
  g_test_add_func ("/archive/transaction/store", test_transaction_store);
  g_test_add_func ("/archive/transaction/holds", test_transaction_holds);
  g_test_add_func ("/archive/transaction/nested", test_transaction_nested);
  g_test_add_func ("/archive/transaction/sticks", test_transaction_sticks);
  g_test_add_func ("/archive/transaction/close", test_transaction_close);
  g_test_add_func ("/archive/limits/profiles", test_limits_profiles);
  g_test_add_func ("/archive/limits/notify", test_limits_notify);
  g_test_add_func ("/archive/limits/message", test_limit_message_load);
  g_test_add_func ("/archive/limits/message/exact", test_limit_message_exact);
  g_test_add_func ("/archive/limits/message/exceeded", test_limit_message_exceeded);

  return g_test_run ();
}
