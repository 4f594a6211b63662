/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-one-byte.h"
#include "test-utils.h"

#include <sockarch/sockarch.h>

#include <glib/gstdio.h>
#include <string.h>

/* A GTlsConnection stands on a SaSocketFile as on any GIOStream; the peer is OpenSSL's own tool, or
 * another of the same kind. TLS needs everything that a pollable stream promises.  */

typedef struct
{
  char *dir;
  char *cert_path;
  char *key_path;
  GTlsCertificate *certificate;
  SaSocket *listener;
} Fixture;

static const char *missing;

#ifdef __SANITIZE_ADDRESS__
/* The leak check of GCC 12 crashes on the thread-local storage of the TLS backend, a module that is loaded
 * late.  */
const char *__asan_default_options (void);

const char *
__asan_default_options (void)
{
  return "intercept_tls_get_addr=0";
}
#endif

static void
set_up (Fixture *fixture,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  if (missing != NULL)
    return;

  fixture->dir = g_dir_make_tmp ("sockarch-tls-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->cert_path = g_build_filename (fixture->dir, "cert.pem", NULL);
  fixture->key_path = g_build_filename (fixture->dir, "key.pem", NULL);
  g_autoptr (GSubprocess) maker = g_subprocess_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error, "openssl", "req",
      "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
      "/CN=localhost", "-keyout", fixture->key_path, "-out", fixture->cert_path, NULL);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (maker, NULL, &error));
  g_assert_no_error (error);
  fixture->certificate = g_tls_certificate_new_from_files (fixture->cert_path, fixture->key_path, &error);
  g_assert_no_error (error);

  fixture->listener = sa_socket_new ();
  sa_socket_create (fixture->listener, 0, G_SOCKET_TYPE_STREAM, "127.0.0.1", &error);
  g_assert_no_error (error);
  sa_socket_listen (fixture->listener, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture,
           gconstpointer data)
{
  if (missing != NULL)
    return;

  sa_socket_close (fixture->listener, NULL);
  g_assert_finalize_object (fixture->listener);
  g_clear_object (&fixture->certificate);
  g_unlink (fixture->cert_path);
  g_unlink (fixture->key_path);
  g_rmdir (fixture->dir);
  g_free (fixture->cert_path);
  g_free (fixture->key_path);
  g_free (fixture->dir);
}

typedef struct
{
  GAsyncResult *result;
  gboolean done;
} Waiter;

static void
on_done (GObject *object,
         GAsyncResult *result,
         gpointer data)
{
  Waiter *waiter = data;

  waiter->result = g_object_ref (result);
  waiter->done = TRUE;
}

/* Iterates until the asynchronous call is done; the caller frees nothing.  */
static GAsyncResult *
wait_for (Waiter *waiter)
{
  test_wait_until (&waiter->done);
  waiter->done = FALSE;

  return waiter->result;
}

static void
handshake (GTlsConnection *connection)
{
  g_autoptr (GError) error = NULL;
  Waiter waiter = { NULL, };

  g_tls_connection_handshake_async (connection, G_PRIORITY_DEFAULT, NULL, on_done, &waiter);
  g_assert_true (g_tls_connection_handshake_finish (connection, wait_for (&waiter), &error));
  g_assert_no_error (error);
  g_object_unref (waiter.result);
}

static void
write_text (GIOStream *stream,
            const char *text)
{
  g_autoptr (GError) error = NULL;
  Waiter waiter = { NULL, };
  GOutputStream *output = g_io_stream_get_output_stream (stream);

  g_output_stream_write_all_async (output, text, strlen (text), 0, NULL, on_done, &waiter);
  g_assert_true (g_output_stream_write_all_finish (output, wait_for (&waiter), NULL, &error));
  g_assert_no_error (error);
  g_object_unref (waiter.result);
}

static void
assert_line (GDataInputStream *input,
             const char *expected)
{
  g_autoptr (GError) error = NULL;
  Waiter waiter = { NULL, };

  g_data_input_stream_read_line_async (input, 0, NULL, on_done, &waiter);
  g_autofree char *line = g_data_input_stream_read_line_finish (input, wait_for (&waiter), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (line, ==, expected);
  g_object_unref (waiter.result);
}

static void
close_stream (GIOStream *stream)
{
  g_autoptr (GError) error = NULL;
  Waiter waiter = { NULL, };

  g_io_stream_close_async (stream, 0, NULL, on_done, &waiter);
  g_assert_true (g_io_stream_close_finish (stream, wait_for (&waiter), &error));
  g_assert_no_error (error);
  g_object_unref (waiter.result);
}

static SaSocket *
accept_one (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  Waiter waiter = { NULL, };

  sa_socket_accept_async (fixture->listener, NULL, on_done, &waiter);
  SaSocket *peer = sa_socket_accept_finish (fixture->listener, wait_for (&waiter), &error);
  g_assert_no_error (error);
  g_object_unref (waiter.result);

  return peer;
}

static GIOStream *
new_file (SaSocket *socket)
{
  g_autoptr (GError) error = NULL;
  SaSocketFile *file = sa_socket_file_new (socket, &error);

  g_assert_no_error (error);

  return G_IO_STREAM (file);
}

static gboolean
on_accept_certificate (GTlsConnection *connection,
                       GTlsCertificate *certificate,
                       GTlsCertificateFlags errors,
                       gpointer data)
{
  return TRUE;
}

static GIOStream *
new_tls_client (GIOStream *base)
{
  g_autoptr (GError) error = NULL;
  GIOStream *tls = g_tls_client_connection_new (base, NULL, &error);

  g_assert_no_error (error);
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (on_accept_certificate), NULL);

  return tls;
}

static gboolean
skipped (void)
{
  if (missing != NULL)
    g_test_skip (missing);

  return missing != NULL;
}

static void
test_s_client (Fixture *fixture,
               gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  if (skipped ())
    return;

  g_autofree char *address = g_strdup_printf ("127.0.0.1:%u", sa_socket_get_local_port (fixture->listener));
  g_autoptr (GSubprocess) client =
    g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                      G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error,
                      "openssl", "s_client", "-quiet", "-connect", address, NULL);
  g_assert_no_error (error);

  g_autoptr (SaSocket) socket = accept_one (fixture);
  g_autoptr (GIOStream) file = new_file (socket);
  g_autoptr (GIOStream) tls = g_tls_server_connection_new (file, fixture->certificate, &error);
  g_assert_no_error (error);
  handshake (G_TLS_CONNECTION (tls));

  g_autoptr (GDataInputStream) from_client = g_data_input_stream_new (g_io_stream_get_input_stream (tls));
  g_autoptr (GDataInputStream) printed = g_data_input_stream_new (g_subprocess_get_stdout_pipe (client));
  GOutputStream *typed = g_subprocess_get_stdin_pipe (client);

  g_assert_true (g_output_stream_write_all (typed, "from the client\n", 16, NULL, NULL, &error));
  assert_line (from_client, "from the client");
  write_text (tls, "from the server\n");
  assert_line (printed, "from the server");
  close_stream (tls);
  g_assert_cmpint (sa_socket_get_state (socket), ==, SA_SOCKET_STATE_CLOSED);
  g_subprocess_force_exit (client);
  g_subprocess_wait (client, NULL, NULL);
}

static void
test_s_server (Fixture *fixture,
               gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint port = 0;

  if (skipped ())
    return;

  /* The server sends each line back in reverse.  */
  g_autoptr (GSubprocess) server = g_subprocess_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error, "openssl", "s_server",
      "-accept", "127.0.0.1:0", "-cert", fixture->cert_path, "-key", fixture->key_path, "-rev", NULL);
  g_assert_no_error (error);
  g_autoptr (GDataInputStream) printed = g_data_input_stream_new (g_subprocess_get_stdout_pipe (server));
  while (port == 0)
    {
      g_autofree char *line = g_data_input_stream_read_line (printed, NULL, NULL, &error);

      g_assert_no_error (error);
      g_assert_nonnull (line);
      if (g_str_has_prefix (line, "ACCEPT "))
        port = (guint) g_ascii_strtoull (strrchr (line, ':') + 1, NULL, 10);
    }

  g_autoptr (SaSocket) socket = sa_socket_new ();
  sa_socket_connect_to_host (socket, "127.0.0.1", port, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (GIOStream) file = new_file (socket);
  g_autoptr (GIOStream) tls = new_tls_client (file);
  handshake (G_TLS_CONNECTION (tls));
  g_autoptr (GDataInputStream) answers = g_data_input_stream_new (g_io_stream_get_input_stream (tls));
  write_text (tls, "stressed\n");
  assert_line (answers, "desserts");
  close_stream (tls);
  g_subprocess_force_exit (server);
  g_subprocess_wait (server, NULL, NULL);
}

#define BLOCK (1024 * 1024)

/* Both ends in one loop, with much in both directions at once: neither may starve the other, or block.  */
static void
test_both_ends (Fixture *fixture,
                gconstpointer data)
{
  if (skipped ())
    return;

  g_autoptr (SaSocket) client_socket = sa_socket_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *sent = g_malloc (BLOCK);
  char *received[2] = { g_malloc0 (BLOCK), g_malloc0 (BLOCK) };
  Waiter handshakes[2] = { { NULL, }, };
  Waiter writes[2] = { { NULL, }, };
  Waiter reads[2] = { { NULL, }, };

  sa_socket_connect_to_host (client_socket, "127.0.0.1", sa_socket_get_local_port (fixture->listener), NULL,
                             &error);
  g_assert_no_error (error);
  g_autoptr (SaSocket) server_socket = accept_one (fixture);
  g_autoptr (GIOStream) client_file = new_file (client_socket);
  g_autoptr (GIOStream) server_file = new_file (server_socket);
  g_autoptr (GIOStream) client = new_tls_client (client_file);
  g_autoptr (GIOStream) server = g_tls_server_connection_new (server_file, fixture->certificate, &error);
  g_assert_no_error (error);
  GIOStream *ends[2] = { client, server };

  for (guint i = 0; i < 2; i++)
    g_tls_connection_handshake_async (G_TLS_CONNECTION (ends[i]), 0, NULL, on_done, &handshakes[i]);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (g_tls_connection_handshake_finish (G_TLS_CONNECTION (ends[i]),
                     wait_for (&handshakes[i]), &error));
      g_assert_no_error (error);
    }

  for (gsize i = 0; i < BLOCK; i++)
    sent[i] = (char) (i * 13 + (i >> 9));
  for (guint i = 0; i < 2; i++)
    {
      g_output_stream_write_all_async (g_io_stream_get_output_stream (ends[i]), sent, BLOCK, 0, NULL, on_done,
                                       &writes[i]);
      g_input_stream_read_all_async (g_io_stream_get_input_stream (ends[i]), received[i], BLOCK, 0, NULL,
                                     on_done, &reads[i]);
    }
  for (guint i = 0; i < 2; i++)
    {
      gsize n = 0;

      g_assert_true (g_output_stream_write_all_finish (g_io_stream_get_output_stream (ends[i]),
                                                       wait_for (&writes[i]), &n, &error));
      g_assert_no_error (error);
      g_assert_true (g_input_stream_read_all_finish (g_io_stream_get_input_stream (ends[i]),
                                                     wait_for (&reads[i]), &n, &error));
      g_assert_no_error (error);
      g_assert_cmpmem (received[i], n, sent, BLOCK);
    }

  for (guint i = 0; i < 2; i++)
    {
      g_object_unref (handshakes[i].result);
      g_object_unref (writes[i].result);
      g_object_unref (reads[i].result);
    }

  /* The end is told of inside of TLS. A close from the other side too would write to a peer that is gone.  */
  close_stream (client);
  GInputStream *input = g_io_stream_get_input_stream (server);
  g_input_stream_read_async (input, received[1], 1, 0, NULL, on_done, &reads[1]);
  g_assert_cmpint (g_input_stream_read_finish (input, wait_for (&reads[1]), &error), ==, 0);
  g_assert_no_error (error);
  g_object_unref (reads[1].result);
  close_stream (server_file);
  g_free (received[0]);
  g_free (received[1]);
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_use_one_byte ();

  g_autofree char *openssl = g_find_program_in_path ("openssl");
  if (openssl == NULL)
    missing = "the openssl program is not installed";
  else if (!g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    missing = "GIO has no TLS backend: glib-networking is not installed";

  g_test_add ("/tls/s-client", Fixture, NULL, set_up, test_s_client, tear_down);
  g_test_add ("/tls/s-server", Fixture, NULL, set_up, test_s_server, tear_down);
  g_test_add ("/tls/both-ends", Fixture, NULL, set_up, test_both_ends, tear_down);

  return g_test_run ();
}
