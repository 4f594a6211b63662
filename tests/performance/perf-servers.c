/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define _GNU_SOURCE
#include "perf-servers.h"

#include <sockarch/sockarch.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUFFER (64 * 1024)

static gboolean sink;
static char buffer[BUFFER];

static void
announce (guint port)
{
  printf ("%u\n", port);
  fflush (stdout);
}

/* The limit: what the kernel alone costs.  */

static void
raw_accept (int epoll,
            int listener)
{
  int one = 1;
  int fd = accept4 (listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

  if (fd < 0)
    return;
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  epoll_ctl (epoll, EPOLL_CTL_ADD, fd, &event);
}

static void
raw_serve (int fd)
{
  ssize_t n = recv (fd, buffer, sizeof buffer, 0);

  if (n > 0 && !sink)
    n = send (fd, buffer, (size_t) n, MSG_NOSIGNAL);
  else if (n == 0 && sink)
    (void) !send (fd, "x", 1, MSG_NOSIGNAL);
  if (n <= 0)
    close (fd);
}

static gboolean
raw_listen (int *epoll,
            int *listener)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_ANY) };
  socklen_t length = sizeof address;
  struct epoll_event event = { .events = EPOLLIN };

  *listener = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  *epoll = epoll_create1 (EPOLL_CLOEXEC);
  if (bind (*listener, (struct sockaddr *) &address, sizeof address) != 0 || listen (*listener, 4096) != 0)
    return FALSE;
  getsockname (*listener, (struct sockaddr *) &address, &length);
  event.data.fd = *listener;
  epoll_ctl (*epoll, EPOLL_CTL_ADD, *listener, &event);
  announce (ntohs (address.sin_port));

  return TRUE;
}

static void
raw_turn (int epoll,
          int listener,
          int timeout)
{
  struct epoll_event events[256];
  int ready = epoll_wait (epoll, events, G_N_ELEMENTS (events), timeout);

  for (int i = 0; i < ready; i++)
    {
      if (events[i].data.fd == listener)
        raw_accept (epoll, listener);
      else
        raw_serve (events[i].data.fd);
    }
}

static int
run_raw (void)
{
  int epoll, listener;

  if (!raw_listen (&epoll, &listener))
    return 1;
  while (TRUE)
    raw_turn (epoll, listener, -1);
}

/* What GLib's loop costs more: the same epoll instance, polled by a bare GSource.  */

typedef struct
{
  GSource source;
  GPollFD poll;
  int listener;
} LoopSource;

static gboolean
loop_check (GSource *source)
{
  return ((LoopSource *) source)->poll.revents != 0;
}

static gboolean
loop_dispatch (GSource *source,
               GSourceFunc callback,
               gpointer user_data)
{
  const LoopSource *self = (LoopSource *) source;

  raw_turn (self->poll.fd, self->listener, 0);

  return G_SOURCE_CONTINUE;
}

static int
run_loop (void)
{
  static GSourceFuncs funcs = { .check = loop_check, .dispatch = loop_dispatch };
  GSource *source = g_source_new (&funcs, sizeof (LoopSource));
  LoopSource *self = (LoopSource *) source;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  self->poll.events = G_IO_IN;
  if (!raw_listen (&self->poll.fd, &self->listener))
    return 1;
  g_source_add_poll (source, &self->poll);
  g_source_set_can_recurse (source, TRUE);
  g_source_attach (source, NULL);
  g_main_loop_run (loop);

  return 0;
}

/* sockarch, by its signals */

static guint idle_timeout;
static gboolean fill;
static guint n_unfilled; /* how many of the next connections have no archive */

static void
on_receive_ready (SaSocket *socket)
{
  gssize n = sa_socket_receive (socket, buffer, sizeof buffer, NULL, NULL);

  if (n > 0 && !sink)
    sa_socket_send (socket, (const guint8 *) buffer, (gsize) n, NULL, NULL);
}

static void
on_receive_ended (SaSocket *socket)
{
  if (sink)
    sa_socket_send (socket, (const guint8 *) "x", 1, NULL, NULL);
  sa_socket_close (socket, NULL);
}

/* An archive over a file over the socket, filled whenever something comes.  */
static void
on_filled (GObject *source,
           GAsyncResult *result,
           gpointer stream)
{
  SaArchive *in = SA_ARCHIVE (source);
  gssize n = sa_archive_fill_finish (in, result, NULL);

  if (n <= 0)
    {
      g_io_stream_close (stream, NULL, NULL);
      g_object_unref (in);
      return;
    }
  sa_archive_read_data (in, buffer, (gsize) n, NULL);
  g_output_stream_write_all (g_io_stream_get_output_stream (stream), buffer, (gsize) n, NULL, NULL, NULL);
  sa_archive_fill_async (in, NULL, on_filled, stream);
}

static void
on_accept_ready (SaSocket *listener)
{
  SaSocket *peer;

  while ((peer = sa_socket_accept (listener, NULL, NULL)) != NULL)
    {
      if (fill && n_unfilled == 0)
        {
          SaSocketFile *file = sa_socket_file_new (peer, NULL);
          SaArchive *in = sa_archive_new (G_IO_STREAM (file), SA_ARCHIVE_LOAD);

          sa_archive_fill_async (in, NULL, on_filled, file);
          g_object_unref (file);
        }
      else
        {
          n_unfilled -= n_unfilled > 0;
          g_signal_connect (peer, "receive-ready", G_CALLBACK (on_receive_ready), NULL);
          g_signal_connect (peer, "receive-ended", G_CALLBACK (on_receive_ended), NULL);
        }
      if (idle_timeout > 0)
        sa_socket_set_idle_timeout (peer, idle_timeout);
      g_object_unref (peer);
    }
}

static int
run_sockarch (void)
{
  g_autoptr (SaSocket) listener = g_object_new (SA_TYPE_SOCKET, "wait-policy", SA_WAIT_NEVER,
                                                "keep-accepted", TRUE, "backlog", 4096, NULL);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;

  if (!sa_socket_create (listener, 0, G_SOCKET_TYPE_STREAM, "0.0.0.0", &error) ||
      !sa_socket_listen (listener, &error))
    g_error ("%s", error->message);
  g_signal_connect (listener, "accept-ready", G_CALLBACK (on_accept_ready), NULL);
  announce (sa_socket_get_local_port (listener));
  g_main_loop_run (loop);

  return 0;
}

/* GSocketService and GSocketConnection, asynchronously */

static void gio_read (GSocketConnection *connection, char *data);

static void
on_gio_written (GObject *stream,
                GAsyncResult *result,
                gpointer connection)
{
  char *data = g_object_get_data (connection, "data");

  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (stream), result, NULL, NULL))
    gio_read (connection, data);
  else
    g_object_unref (connection);
}

static void
on_gio_read (GObject *stream,
             GAsyncResult *result,
             gpointer connection)
{
  char *data = g_object_get_data (connection, "data");
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (stream), result, NULL);

  if (n > 0 && sink)
    gio_read (connection, data);
  else if (n > 0)
    g_output_stream_write_all_async (g_io_stream_get_output_stream (connection), data, (gsize) n, 0, NULL,
                                     on_gio_written, connection);
  else
    {
      if (n == 0 && sink)
        g_output_stream_write_all (g_io_stream_get_output_stream (connection), "x", 1, NULL, NULL, NULL);
      g_io_stream_close (connection, NULL, NULL);
      g_object_unref (connection);
    }
}

static void
gio_read (GSocketConnection *connection,
          char *data)
{
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (connection)), data,
                             sink ? BUFFER : 1024, 0, NULL, on_gio_read, connection);
}

static gboolean
on_gio_incoming (GSocketService *service,
                 GSocketConnection *connection)
{
  char *data = g_malloc (sink ? BUFFER : 1024);

  g_socket_set_option (g_socket_connection_get_socket (connection), IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  g_object_set_data_full (G_OBJECT (connection), "data", data, g_free);
  gio_read (g_object_ref (connection), data);

  return TRUE;
}

static int
run_gio (void)
{
  g_autoptr (GSocketService) service = g_socket_service_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  g_socket_listener_set_backlog (G_SOCKET_LISTENER (service), 4096);
  announce (g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (service), NULL, NULL));
  g_signal_connect (service, "incoming", G_CALLBACK (on_gio_incoming), NULL);
  g_main_loop_run (loop);

  return 0;
}

int
perf_serve (const char *kind)
{
  g_autofree char *base = g_strdup (kind);

  if (g_str_has_suffix (base, "-sink"))
    {
      sink = TRUE;
      base[strlen (base) - strlen ("-sink")] = '\0';
    }
  if (g_str_has_suffix (base, "-read") || g_str_has_suffix (base, "-write"))
    {
      gboolean writes = g_str_has_suffix (base, "-write");

      *strrchr (base, '-') = '\0';
      return perf_serve_records (base, writes);
    }
  idle_timeout = strcmp (base, "sockarch-idle-timeout") == 0 ? 600 * 1000 : 0;
  n_unfilled = strcmp (base, "sockarch-idle-fill") == 0 ? PERF_ACTIVE : 0;
  fill = n_unfilled > 0 || strcmp (base, "sockarch-fill") == 0;
  if (strcmp (base, "raw") == 0)
    return run_raw ();
  if (strcmp (base, "loop") == 0)
    return run_loop ();
  if (strcmp (base, "gio") == 0)
    return run_gio ();
  return run_sockarch ();
}
