/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The servers of the scenario "records": records of two numbers and a double over one connection, by the
 * natural typed calls of each kind, which block. A reader reads them to the end and answers with a byte; a
 * writer is told how many are wanted, writes those, and closes.
 */
#include "perf-servers.h"

#include <sockarch/sockarch.h>

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUFFER (64 * 1024)

/* Where what was read goes, so that no compiler leaves it out.  */
static volatile guint64 sink;

static guint32
receive_count (int fd)
{
  guint32 count;

  if (recv (fd, &count, sizeof count, MSG_WAITALL) != sizeof count)
    g_error ("recv: %s", g_strerror (errno));

  return count;
}

/* The limit: a cursor over a buffer of 64 KiB.  */

static void
raw_read (int fd)
{
  static guint8 buffer[BUFFER];
  guint64 sum = 0;
  gsize have = 0;
  gssize n;

  while ((n = recv (fd, buffer + have, sizeof buffer - have, 0)) > 0)
    {
      const guint8 *cur = buffer;

      for (have += (gsize) n; have >= PERF_RECORD; have -= PERF_RECORD, cur += PERF_RECORD)
        {
          guint32 first, second;
          double third;

          memcpy (&first, cur, sizeof first);
          memcpy (&second, cur + 4, sizeof second);
          memcpy (&third, cur + 8, sizeof third);
          sum += first + second + (guint64) third;
        }
      memmove (buffer, cur, have);
    }
  sink = sum;
}

static void
raw_send (int fd,
          const guint8 *data,
          gsize length)
{
  for (gsize done = 0; done < length;)
    {
      gssize n = send (fd, data + done, length - done, MSG_NOSIGNAL);

      if (n <= 0)
        g_error ("send: %s", g_strerror (errno));
      done += (gsize) n;
    }
}

static void
raw_write (int fd,
           guint32 count)
{
  static guint8 buffer[BUFFER];
  guint8 *cur = buffer;

  for (guint32 i = 0; i < count; i++)
    {
      guint32 second = ~i;
      double third = i;

      memcpy (cur, &i, sizeof i);
      memcpy (cur + 4, &second, sizeof second);
      memcpy (cur + 8, &third, sizeof third);
      cur += PERF_RECORD;
      if (cur == buffer + sizeof buffer)
        {
          raw_send (fd, buffer, sizeof buffer);
          cur = buffer;
        }
    }
  raw_send (fd, buffer, (gsize) (cur - buffer));
}

/* sockarch, by the inline functions of the header and by those that the library exports.  */

static void
archive_read (SaSocketFile *file,
              gboolean is_inline)
{
  g_autoptr (SaArchive) in = sa_archive_new (G_IO_STREAM (file), SA_ARCHIVE_LOAD);
  g_autoptr (GError) error = NULL;
  guint64 sum = 0;

  while (is_inline && error == NULL)
    {
      sum += sa_archive_read_uint32 (in, &error);
      if (error != NULL)
        break;
      sum += sa_archive_read_uint32 (in, NULL);
      sum += (guint64) sa_archive_read_double (in, NULL);
    }
  while (!is_inline && error == NULL)
    {
      sum += (sa_archive_read_uint32) (in, &error);
      if (error != NULL)
        break;
      sum += (sa_archive_read_uint32) (in, NULL);
      sum += (guint64) (sa_archive_read_double) (in, NULL);
    }
  sink = sum;
}

static void
archive_write (SaSocketFile *file,
               guint32 count,
               gboolean is_inline)
{
  g_autoptr (SaArchive) out = sa_archive_new (G_IO_STREAM (file), SA_ARCHIVE_STORE);
  g_autoptr (GError) error = NULL;

  for (guint32 i = 0; is_inline && i < count; i++)
    {
      sa_archive_write_uint32 (out, i, NULL);
      sa_archive_write_uint32 (out, ~i, NULL);
      sa_archive_write_double (out, i, NULL);
    }
  for (guint32 i = 0; !is_inline && i < count; i++)
    {
      (sa_archive_write_uint32) (out, i, NULL);
      (sa_archive_write_uint32) (out, ~i, NULL);
      (sa_archive_write_double) (out, i, NULL);
    }
  if (!sa_archive_close (out, &error))
    g_error ("%s", error->message);
}

/* GIO's data streams */

static void
data_read (GSocketConnection *connection)
{
  GInputStream *stream = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  g_autoptr (GDataInputStream) in = g_data_input_stream_new (stream);
  g_autoptr (GError) error = NULL;
  guint64 sum = 0;

  g_buffered_input_stream_set_buffer_size (G_BUFFERED_INPUT_STREAM (in), BUFFER);
  g_data_input_stream_set_byte_order (in, G_DATA_STREAM_BYTE_ORDER_LITTLE_ENDIAN);
  while (error == NULL)
    {
      sum += g_data_input_stream_read_uint32 (in, NULL, &error);
      if (error != NULL)
        break;
      sum += g_data_input_stream_read_uint32 (in, NULL, NULL);
      sum += g_data_input_stream_read_uint64 (in, NULL, NULL);
    }
  sink = sum;
}

static void
data_write (GSocketConnection *connection,
            guint32 count)
{
  GOutputStream *stream = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_autoptr (GOutputStream) buffered = g_buffered_output_stream_new_sized (stream, BUFFER);
  g_autoptr (GDataOutputStream) out = g_data_output_stream_new (buffered);

  g_data_output_stream_set_byte_order (out, G_DATA_STREAM_BYTE_ORDER_LITTLE_ENDIAN);
  for (guint32 i = 0; i < count; i++)
    {
      g_data_output_stream_put_uint32 (out, i, NULL, NULL);
      g_data_output_stream_put_uint32 (out, ~i, NULL, NULL);
      g_data_output_stream_put_uint64 (out, i, NULL, NULL);
    }
  g_output_stream_flush (G_OUTPUT_STREAM (out), NULL, NULL);
}

static int
accept_one (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  if (bind (listener, (struct sockaddr *) &address, sizeof address) != 0 || listen (listener, 1) != 0)
    g_error ("listen: %s", g_strerror (errno));
  getsockname (listener, (struct sockaddr *) &address, &length);
  printf ("%d\n", ntohs (address.sin_port));
  fflush (stdout);

  return accept (listener, NULL, NULL);
}

static void
serve_sockarch (int fd,
                gboolean writes,
                guint32 count,
                gboolean is_inline)
{
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, NULL);
  g_autoptr (SaSocket) peer = sa_socket_new ();
  g_autoptr (SaSocketFile) file = NULL;
  g_autoptr (GError) error = NULL;

  if (!sa_socket_attach (peer, socket, &error) || (file = sa_socket_file_new (peer, &error)) == NULL)
    g_error ("%s", error->message);
  if (writes)
    archive_write (file, count, is_inline);
  else
    archive_read (file, is_inline);
}

static void
serve_gio (int fd,
           gboolean writes,
           guint32 count)
{
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, NULL);
  g_autoptr (GSocketConnection) connection = g_socket_connection_factory_create_connection (socket);

  if (writes)
    data_write (connection, count);
  else
    data_read (connection);
}

/* The wrappers close the descriptor that they are given; the process goes on with another one, so that the
 * client can be told, and can ask for the time that this has worked.  */
int
perf_serve_records (const char *kind,
                    gboolean writes)
{
  int fd = accept_one ();
  int own = dup (fd);
  guint32 count = writes ? receive_count (fd) : 0;

  if (g_str_equal (kind, "raw") && writes)
    raw_write (fd, count);
  else if (g_str_equal (kind, "raw"))
    raw_read (fd);
  else if (g_str_equal (kind, "gio"))
    serve_gio (fd, writes, count);
  else
    serve_sockarch (fd, writes, count, !g_str_equal (kind, "sockarch-calls"));

  if (!writes)
    raw_send (own, (const guint8 *) "x", 1);
  shutdown (own, SHUT_WR);
  pause ();

  return 0;
}
