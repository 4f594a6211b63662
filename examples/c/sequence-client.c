/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The client's column of the sequence of operations: socket, connect, file, archives, values.
 * Usage: sequence-client HOST PORT TEXT-FILE
 */
#include "sequence.h"

#include <stdio.h>
#include <stdlib.h>

static gboolean
send_values (SaArchive *out,
             GError **error)
{
  int row = ROW_SCALARS;

#define SEND(name, type, value, format) \
  sa_archive_write_##name (out, value, NULL); \
  sequence_row (row++, "out.write_" #name " (%" format ")", (type) value);
  SEQUENCE_SCALARS (SEND)
#undef SEND

  sa_archive_set_string_form (out, SA_STRING_NARROW);
  sa_archive_write_string (out, SEQUENCE_NARROW, NULL);
  sequence_row (ROW_NARROW, "out.write_string (\"%s\") narrow", SEQUENCE_NARROW);
  sa_archive_set_string_form (out, SA_STRING_WIDE);
  sa_archive_write_string (out, SEQUENCE_WIDE, NULL);
  sequence_row (ROW_WIDE, "out.write_string (\"%s\") wide", SEQUENCE_WIDE);

  return sa_archive_flush (out, error);
}

/* Counts what came back changed; the server sends every value as it got it.  */
static gboolean
check_values (SaArchive *in,
              GError **error)
{
  guint n_values = 2;
  guint n_wrong = 0;

#define CHECK(name, type, value, format) \
  n_wrong += sa_archive_read_##name (in, NULL) != (type) (value); \
  n_values++;
  SEQUENCE_SCALARS (CHECK)
#undef CHECK

  g_autofree char *narrow = sa_archive_read_string (in, NULL);
  g_autofree char *wide = sa_archive_read_string (in, NULL);

  if (!sa_archive_check (in, error))
    return FALSE;
  n_wrong += g_strcmp0 (narrow, SEQUENCE_NARROW) != 0;
  n_wrong += g_strcmp0 (wide, SEQUENCE_WIDE) != 0;
  if (n_wrong > 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%u values came back changed", n_wrong);
      return FALSE;
    }
  sequence_row (ROW_ANSWER, "in.read_… (): %u values, all equal", n_values);

  return TRUE;
}

static gboolean
send_text (SaArchive *in,
           SaArchive *out,
           const char *path,
           GError **error)
{
  g_autofree char *text = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, error))
    return FALSE;

  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *expected = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) text, length);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  sa_archive_write_count (out, g_strv_length (lines), NULL);
  for (char **line = lines; *line != NULL; line++)
    sa_archive_write_string (out, *line, NULL);
  if (!sa_archive_flush (out, error))
    return FALSE;
  sequence_row (ROW_TEXT, "out.write_string (line) × %u of %s", g_strv_length (lines), name);

  g_autofree char *answer = sa_archive_read_string (in, error);
  if (answer == NULL)
    return FALSE;
  if (g_strcmp0 (answer, expected) != 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s arrived as another text: %s", name,
                   answer);
      return FALSE;
    }
  sequence_row (ROW_CHECKSUM, "in.read_string (): the same SHA-256");

  return TRUE;
}

static gboolean
run (const char *host,
     guint port,
     const char *path,
     GError **error)
{
  g_autoptr (SaSocket) client = sa_socket_new ();

  sequence_row (ROW_SOCKET, "client = Socket ()");
  if (!sa_socket_create (client, 0, G_SOCKET_TYPE_STREAM, NULL, error))
    return FALSE;
  sequence_row (ROW_CREATE, "client.create (0)");
  if (!sa_socket_connect_to_host (client, host, port, NULL, error))
    return FALSE;
  sequence_row (ROW_CONNECT, "client.connect_to_host (\"%s\", %u)", host, port);

  g_autoptr (SaSocketFile) file = sa_socket_file_new (client, error);
  if (file == NULL)
    return FALSE;
  sequence_row (ROW_FILE, "file = SocketFile (client)");

  g_autoptr (SaArchive) in = sa_archive_new (G_IO_STREAM (file), SA_ARCHIVE_LOAD);
  g_autoptr (SaArchive) out = sa_archive_new (G_IO_STREAM (file), SA_ARCHIVE_STORE);
  sequence_row (ROW_ARCHIVES, "in, out = Archive (file, LOAD), Archive (file, STORE)");

  if (!send_values (out, error) || !check_values (in, error) || !send_text (in, out, path, error))
    return FALSE;

  sequence_row (ROW_END, "out.close (); client.close ()");

  return sa_archive_close (out, error) && sa_socket_close (client, error);
}

int
main (int argc,
      char **argv)
{
  g_autoptr (GError) error = NULL;

  if (argc != 4)
    {
      fprintf (stderr, "usage: %s HOST PORT TEXT-FILE\n", argv[0]);
      return 2;
    }
  if (run (argv[1], (guint) atoi (argv[2]), argv[3], &error))
    return EXIT_SUCCESS;

  fprintf (stderr, "%s: %s\n", argv[0], error->message);
  return EXIT_FAILURE;
}
