/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-utils.h"

gboolean
test_is_set (gpointer flag)
{
  return *(gboolean *) flag;
}

static gboolean
on_deadline (gpointer expired)
{
  *(gboolean *) expired = TRUE;

  return G_SOURCE_CONTINUE;
}

/* Iterates @context until @condition holds; a test that would hang fails instead, and says where.  */
void
test_wait_for (GMainContext *context,
               TestCondition condition,
               gpointer data,
               const char *file,
               int line,
               const char *what)
{
  g_autoptr (GSource) deadline = g_timeout_source_new_seconds (TEST_DEADLINE);
  gboolean expired = FALSE;

  g_source_set_callback (deadline, on_deadline, &expired, NULL);
  g_source_attach (deadline, context);

  while (!condition (data) && !expired)
    g_main_context_iteration (context, TRUE);

  g_source_destroy (deadline);
  if (expired && !condition (data))
    g_error ("%s:%d: %s did not happen in %d seconds", file, line, what, TEST_DEADLINE);
}

/* Lets everything run that is ready now, for at most @turns turns of the loop.  */
void
test_spin (GMainContext *context,
           guint turns)
{
  for (guint i = 0; i < turns; i++)
    g_main_context_iteration (context, FALSE);
}

/* Bytes from text such as "FF fe 01"; blanks are passed over.  */
GBytes *
test_from_hex (const char *hex)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  while (*hex != '\0')
    {
      if (g_ascii_isspace (*hex))
        {
          hex++;
          continue;
        }

      g_assert_cmpint (g_ascii_xdigit_value (hex[0]), >=, 0);
      g_assert_cmpint (g_ascii_xdigit_value (hex[1]), >=, 0);
      guint8 byte = (guint8) (g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]));
      g_byte_array_append (bytes, &byte, 1);
      hex += 2;
    }

  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

char *
test_to_hex (gconstpointer data,
             gsize length)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < length; i++)
    g_string_append_printf (text, "%s%02X", i > 0 ? " " : "", ((const guint8 *) data)[i]);

  return g_string_free (text, FALSE);
}

void
test_on_result (GObject *source,
                GAsyncResult *result,
                gpointer place)
{
  g_assert_null (*(GAsyncResult **) place);
  *(GAsyncResult **) place = g_object_ref (result);
}

gboolean
test_has_result (gpointer place)
{
  return *(GAsyncResult **) place != NULL;
}
