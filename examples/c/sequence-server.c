/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The server's column of the sequence of operations: socket, create, listen, accept, file, archives, values.
 * Usage: sequence-server [CLIENTS]
 */
#include "sequence.h"

#include <stdio.h>
#include <stdlib.h>

/* Reads every scalar type, and the two strings, and sends the same back.  */
static gboolean
answer_values (SaArchive *in,
               SaArchive *out,
               GError **error)
{
  int row = ROW_SCALARS;

  /* A call that fails makes the calls after it do nothing, so one check at the end is enough.  */
#define ANSWER(name, type, value, format) \
  { \
    type got = sa_archive_read_##name (in, NULL); \
    sequence_row (row++, "in.read_" #name " () = %" format, got); \
    sa_archive_write_##name (out, got, NULL); \
  }
  SEQUENCE_SCALARS (ANSWER)
#undef ANSWER

  g_autofree char *narrow = sa_archive_read_string (in, NULL);
  g_autofree char *wide = sa_archive_read_string (in, NULL);

  if (!sa_archive_check (in, error))
    return FALSE;

  sequence_row (ROW_NARROW, "in.read_string () = \"%s\"", narrow);
  sequence_row (ROW_WIDE, "in.read_string () = \"%s\"", wide);
  sa_archive_set_string_form (out, SA_STRING_NARROW);
  sa_archive_write_string (out, narrow, NULL);
  sa_archive_set_string_form (out, SA_STRING_WIDE);
  sa_archive_write_string (out, wide, NULL);
  sequence_row (ROW_ANSWER, "out.write_… () the same; out.flush ()");

  return sa_archive_flush (out, error);
}

/* Rebuilds a text that comes line by line, and answers with its SHA-256.  */
static gboolean
answer_text (SaArchive *in,
             SaArchive *out,
             GError **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint64 n_lines = sa_archive_read_count (in, error);

  for (guint64 i = 0; i < n_lines; i++)
    {
      g_autofree char *line = sa_archive_read_string (in, error);

      if (line == NULL)
        return FALSE;
      if (i > 0)
        g_checksum_update (checksum, (const guchar *) "\n", 1);
      g_checksum_update (checksum, (const guchar *) line, -1);
    }

  sequence_row (ROW_TEXT, "in.read_string () × %" G_GUINT64_FORMAT, n_lines);
  sequence_row (ROW_CHECKSUM, "out.write_string (\"%.16s…\")", g_checksum_get_string (checksum));

  return sa_archive_write_string (out, g_checksum_get_string (checksum), error) &&
         sa_archive_flush (out, error);
}

static gboolean
serve (SaSocket *peer,
       GError **error)
{
  g_autoptr (SaSocketFile) file = sa_socket_file_new (peer, error);

  if (file == NULL)
    return FALSE;
  sequence_row (ROW_FILE, "file = SocketFile (peer)");

  g_autoptr (SaArchive) in = sa_archive_new (G_IO_STREAM (file), SA_ARCHIVE_LOAD);
  g_autoptr (SaArchive) out = sa_archive_new (G_IO_STREAM (file), SA_ARCHIVE_STORE);
  sequence_row (ROW_ARCHIVES, "in, out = Archive (file, LOAD), Archive (file, STORE)");

  if (!answer_values (in, out, error) || !answer_text (in, out, error))
    return FALSE;

  /* The client closes: what is left is the end of the stream, which is no fault here.  */
  g_autoptr (GError) end = NULL;
  sa_archive_read_uint8 (in, &end);
  if (!g_error_matches (end, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE))
    {
      g_propagate_prefixed_error (error, g_steal_pointer (&end), "instead of the end of the stream: ");
      return FALSE;
    }
  sequence_row (ROW_END, "in: end of file; peer.close ()");

  return sa_archive_close (out, error) && sa_socket_close (peer, error);
}

static gboolean
run (int n_clients,
     GError **error)
{
  g_autoptr (SaSocket) server = sa_socket_new ();

  sequence_row (ROW_SOCKET, "server = Socket ()");
  if (!sa_socket_create (server, 0, G_SOCKET_TYPE_STREAM, NULL, error))
    return FALSE;
  sequence_row (ROW_CREATE, "server.create (0)");
  if (!sa_socket_listen (server, error))
    return FALSE;
  sequence_row (ROW_LISTEN, "server.listen ()");
  printf ("port\t%u\n", sa_socket_get_local_port (server));
  fflush (stdout);

  for (int i = 0; i < n_clients; i++)
    {
      g_autoptr (SaSocket) peer = sa_socket_accept (server, NULL, error);

      if (peer == NULL)
        return FALSE;
      sequence_row (ROW_ACCEPT, "peer = server.accept ()");
      if (!serve (peer, error))
        return FALSE;
    }

  return TRUE;
}

int
main (int argc,
      char **argv)
{
  g_autoptr (GError) error = NULL;

  if (run (argc > 1 ? atoi (argv[1]) : 1, &error))
    return EXIT_SUCCESS;

  fprintf (stderr, "%s: %s\n", argv[0], error->message);
  return EXIT_FAILURE;
}
