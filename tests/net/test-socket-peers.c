/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-one-byte.h"
#include "test-socket-utils.h"
#include "test-utils.h"

#include <gio/gunixsocketaddress.h>

/* Conversations with programs that are not ours: GIO's own client and service, socat, Python.  */

static const char line[] = "a line for the other side\n";

static void
echo_until_end (SaSocket *peer)
{
  g_autoptr (GError) error = NULL;
  char buffer[64];
  gssize n;

  while ((n = sa_socket_receive (peer, buffer, sizeof buffer, NULL, &error)) > 0)
    g_assert_cmpint (sa_socket_send (peer, (const guint8 *) buffer, (gsize) n, NULL, &error), ==, n);
  g_assert_no_error (error);
  g_assert_true (sa_socket_close (peer, &error));
}

/* A program that talks to our server by its standard input and output; NULL, with a skip, without it.  */
static GSubprocess *
spawn (const char *const *arguments)
{
  g_autofree char *path = g_find_program_in_path (arguments[0]);
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  if (path == NULL)
    {
      g_autofree char *reason = g_strdup_printf ("%s is not installed", arguments[0]);

      g_test_skip (reason);
      return NULL;
    }

  process =
      g_subprocess_newv (arguments, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);

  return process;
}

static void
assert_answer (GSubprocess *process)
{
  GInputStream *output = g_subprocess_get_stdout_pipe (process);
  g_autoptr (GError) error = NULL;
  char answer[64] = "";
  gsize n;

  g_input_stream_read_all (output, answer, strlen (line), &n, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (answer, ==, line);
}

static void
say (GSubprocess *process)
{
  GOutputStream *input = g_subprocess_get_stdin_pipe (process);

  g_assert_true (g_output_stream_write_all (input, line, strlen (line), NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (input, NULL, NULL));
}

static void
talk_to_client (SaSocket *server,
                const char *address)
{
  const char *arguments[] = { "socat", "-t", "10", "-", address, NULL };
  g_autoptr (GSubprocess) process = spawn (arguments);
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GError) error = NULL;

  if (process == NULL)
    return;

  say (process);
  sa_socket_set_timeout (server, TEST_DEADLINE * 1000);
  peer = sa_socket_accept (server, NULL, &error);
  g_assert_no_error (error);
  echo_until_end (peer);
  assert_answer (process);
  g_assert_true (g_subprocess_wait_check (process, NULL, NULL));
}

static void
test_socat_tcp (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autofree char *address = g_strdup_printf ("TCP4:127.0.0.1:%u", sa_socket_get_local_port (server));

  talk_to_client (server, address);
}

static void
test_socat_unix (void)
{
  g_autofree char *directory = g_dir_make_tmp ("sockarch-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "socket", NULL);
  g_autofree char *address = g_strdup_printf ("UNIX-CONNECT:%s", path);
  g_autoptr (GSocketAddress) unix_address = g_unix_socket_address_new (path);
  g_autoptr (SaSocket) server = sa_socket_new ();

  g_assert_true (sa_socket_bind (server, unix_address, NULL));
  g_assert_true (sa_socket_listen (server, NULL));
  talk_to_client (server, address);
  g_unlink (path);
  g_rmdir (directory);
}

static void
test_socat_udp (void)
{
  g_autoptr (SaSocket) server = sa_socket_new ();
  g_autoptr (GSocketAddress) from = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *address = NULL;
  g_autoptr (GError) error = NULL;
  char buffer[64];
  gssize n;

  g_assert_true (sa_socket_create (server, 0, G_SOCKET_TYPE_DATAGRAM, "127.0.0.1", &error));
  sa_socket_set_timeout (server, TEST_DEADLINE * 1000);
  address = g_strdup_printf ("UDP4:127.0.0.1:%u", sa_socket_get_local_port (server));
  process = spawn ((const char *[]){ "socat", "-t", "1", "-", address, NULL });
  if (process == NULL)
    return;

  say (process);
  n = sa_socket_receive_from (server, buffer, sizeof buffer, &from, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (n, ==, (gssize) strlen (line));
  g_assert_cmpint (sa_socket_send_to (server, from, (const guint8 *) buffer, (gsize) n, NULL, &error), ==, n);
  assert_answer (process);
  g_assert_true (g_subprocess_wait_check (process, NULL, NULL));
}

/* Python's socket module against a server with signals.  */
static void
echo (SaSocket *peer)
{
  char buffer[7];
  gssize n = sa_socket_receive (peer, buffer, sizeof buffer, NULL, NULL);

  if (n > 0)
    sa_socket_send (peer, (const guint8 *) buffer, (gsize) n, NULL, NULL);
}

static void
end (SaSocket *peer)
{
  sa_socket_close (peer, NULL);
}

static void
serve (SaSocket *server)
{
  SaSocket *peer = sa_socket_accept (server, NULL, NULL);

  g_signal_connect (peer, "receive-ready", G_CALLBACK (echo), NULL);
  g_signal_connect (peer, "receive-ended", G_CALLBACK (end), NULL);
  g_object_unref (peer);
}

static void
on_exited (GObject *source,
         GAsyncResult *result,
         gpointer exited)
{
  g_assert_true (g_subprocess_wait_check_finish (G_SUBPROCESS (source), result, NULL));
  *(gboolean *) exited = TRUE;
}

static void
test_python (void)
{
  static const char script[] =
    "import socket, sys\n"
    "s = socket.create_connection (('127.0.0.1', int (sys.argv[1])), 20)\n"
    "data = b'0123456789' * 1000\n"
    "s.sendall (data)\n"
    "s.shutdown (socket.SHUT_WR)\n"
    "got = b''\n"
    "while True:\n"
    "    piece = s.recv (4096)\n"
    "    if not piece: break\n"
    "    got += piece\n"
    "sys.exit (got != data)\n";
  g_autoptr (SaSocket) server = test_listener ();
  g_autofree char *port = g_strdup_printf ("%u", sa_socket_get_local_port (server));
  g_autoptr (GSubprocess) process = spawn ((const char *[]){ "python3", "-c", script, port, NULL });
  gboolean exited = FALSE;

  if (process == NULL)
    return;

  sa_socket_set_wait_policy (server, SA_WAIT_NEVER);
  sa_socket_set_keep_accepted (server, TRUE);
  g_signal_connect (server, "accept-ready", G_CALLBACK (serve), NULL);
  g_subprocess_wait_check_async (process, NULL, on_exited, &exited);
  test_wait_until (&exited);
}

/* GIO's client with our server, and our client with GIO's service.  */
static void
on_connected (GObject *source,
              GAsyncResult *result,
              gpointer data)
{
  *(GSocketConnection **) data =
    g_socket_client_connect_to_host_finish (G_SOCKET_CLIENT (source), result, NULL);
}

static gboolean
is_there (gpointer place)
{
  return *(gpointer *) place != NULL;
}

static void
test_gio_client (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (SaSocket) peer = NULL;
  char buffer[64] = "";
  gsize n;

  g_socket_client_connect_to_host_async (client, "127.0.0.1", (guint16)sa_socket_get_local_port (server),
                                         NULL, on_connected, &connection);
  test_wait_in (NULL, is_there, &connection);
  peer = sa_socket_accept (server, NULL, NULL);
  g_assert_nonnull (peer);
  g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), line,
                                            strlen (line), NULL, NULL, NULL));
  g_assert_true (g_socket_shutdown (g_socket_connection_get_socket (connection), FALSE, TRUE, NULL));
  echo_until_end (peer);
  g_assert_true (g_input_stream_read_all (g_io_stream_get_input_stream (G_IO_STREAM (connection)), buffer,
                                          sizeof buffer, &n, NULL, NULL));
  g_assert_cmpstr (buffer, ==, line);
}

static gboolean
on_incoming (GSocketService *service,
             GSocketConnection *connection,
             GObject *source,
             gpointer data)
{
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), line, strlen (line),
                             NULL, NULL, NULL);
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);

  return TRUE;
}

static void
test_gio_service (void)
{
  g_autoptr (GSocketService) service = g_socket_service_new ();
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (GError) error = NULL;
  guint16 port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (service), NULL, &error);
  char buffer[64] = "";

  g_assert_no_error (error);
  g_signal_connect (service, "incoming", G_CALLBACK (on_incoming), NULL);
  sa_socket_set_wait_policy (client, SA_WAIT_DISPATCH);
  sa_socket_set_timeout (client, TEST_DEADLINE * 1000);
  sa_socket_connect_to_host (client, "127.0.0.1", port, NULL, &error);
  g_assert_no_error (error);
  for (gssize n = 1, done = 0; done < (gssize) strlen (line); done += n)
    {
      n = sa_socket_receive (client, buffer + done, sizeof buffer - (gsize) done, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (n, >, 0);
    }
  g_assert_cmpstr (buffer, ==, line);
  g_assert_cmpint (sa_socket_receive (client, buffer, sizeof buffer, NULL, &error), ==, 0);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_use_one_byte ();

  g_test_add_func ("/socket/peers/socat/tcp", test_socat_tcp);
  g_test_add_func ("/socket/peers/socat/unix", test_socat_unix);
  g_test_add_func ("/socket/peers/socat/udp", test_socat_udp);
  g_test_add_func ("/socket/peers/python", test_python);
  g_test_add_func ("/socket/peers/gio/client", test_gio_client);
  g_test_add_func ("/socket/peers/gio/service", test_gio_service);

  return g_test_run ();
}
