/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sockarch/sockarch.h"
#include "test-utils.h"

#include <glib/gstdio.h>
#include <string.h>

/* An archive gives way to TLS on the same connection, and another one is fed by the main loop on top of that,
 * as it would be by the socket itself.  */

#define N_MESSAGES 3
#define LENGTH 20000

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

typedef struct
{
  GTlsCertificate *certificate;
  /* First the one that sends, then the one under test.  */
  SaSocket *sockets[2];
  GIOStream *files[2];
  GIOStream *ends[2];
  guint n_messages;
  gboolean ended;
} Fixture;

typedef struct
{
  GAsyncResult *result;
  gboolean done;
} Waiter;

static void
on_done (GObject *object, GAsyncResult *result, gpointer data)
{
  Waiter *waiter = data;

  waiter->result = g_object_ref (result);
  waiter->done = TRUE;
}

static GTlsCertificate *
make_certificate (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *dir = g_dir_make_tmp ("sockarch-tls-XXXXXX", &error);
  g_autofree char *certificate = g_build_filename (dir, "cert.pem", NULL);
  g_autofree char *key = g_build_filename (dir, "key.pem", NULL);
  g_autoptr (GSubprocess) maker = g_subprocess_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error, "openssl", "req",
      "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
      "/CN=localhost", "-keyout", key, "-out", certificate, NULL);
  GTlsCertificate *made;

  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (maker, NULL, &error));
  made = g_tls_certificate_new_from_files (certificate, key, &error);
  g_assert_no_error (error);
  g_unlink (certificate);
  g_unlink (key);
  g_rmdir (dir);
  return made;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  if (missing != NULL)
    return;

  f->certificate = make_certificate ();
  sa_socket_new_pair (&f->sockets[0], &f->sockets[1], &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++)
    f->files[i] = G_IO_STREAM (sa_socket_file_new (f->sockets[i], &error));
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < 2; i++)
    {
      g_clear_object (&f->ends[i]);
      g_clear_object (&f->files[i]);
      if (f->sockets[i] != NULL)
        sa_socket_abort (f->sockets[i]);
      g_clear_object (&f->sockets[i]);
    }
  g_clear_object (&f->certificate);
}

static gboolean
on_accept_certificate (GTlsConnection *connection, GTlsCertificate *certificate, GTlsCertificateFlags errors)
{
  return TRUE;
}

static gboolean
has_hello (gpointer data)
{
  return g_socket_get_available_bytes (sa_socket_get_socket (((Fixture *) data)->sockets[1])) > 100;
}

/* What the client says first of TLS is read together with the last plain value, and must be given back.  */
static void
start_tls (Fixture *f)
{
  g_autoptr (SaArchive) out = sa_archive_new (f->files[0], SA_ARCHIVE_STORE);
  g_autoptr (SaArchive) in = sa_archive_new (f->files[1], SA_ARCHIVE_LOAD);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  Waiter waiters[2] = { { NULL } };

  sa_archive_write_string (out, "STARTTLS", NULL);
  g_assert_true (sa_archive_close (out, &error));
  f->ends[0] = g_tls_client_connection_new (f->files[0], NULL, &error);
  g_signal_connect (f->ends[0], "accept-certificate", G_CALLBACK (on_accept_certificate), NULL);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (f->ends[0]), 0, NULL, on_done, &waiters[0]);
  test_wait_in (NULL, has_hello, f);

  text = sa_archive_read_string (in, &error);
  g_assert_cmpstr (text, ==, "STARTTLS");
  g_assert_false (sa_archive_is_buffer_empty (in));
  g_assert_true (sa_archive_close (in, &error));
  f->ends[1] = g_tls_server_connection_new (f->files[1], f->certificate, &error);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (f->ends[1]), 0, NULL, on_done, &waiters[1]);
  for (guint i = 0; i < 2; i++)
    {
      test_wait_until (&waiters[i].done);
      g_assert_true (g_tls_connection_handshake_finish (G_TLS_CONNECTION (f->ends[i]), waiters[i].result,
                                                        &error));
      g_object_unref (waiters[i].result);
    }
  g_assert_no_error (error);
}

static void
on_load_ready (SaArchive *archive, Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  guint32 number;

  g_assert_true (sa_archive_begin_transaction (archive, NULL));
  number = sa_archive_read_uint32 (archive, NULL);
  text = sa_archive_read_string (archive, NULL);
  if (sa_archive_commit_transaction (archive, &error))
    {
      g_assert_cmpuint (number, ==, f->n_messages++);
      g_assert_cmpuint (strlen (text), ==, LENGTH);
    }
  else if (!g_error_matches (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE))
    {
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE);
      f->ended = TRUE;
    }
}

static void
flush (SaArchive *out)
{
  g_autoptr (GError) error = NULL;
  Waiter waiter = { NULL };

  sa_archive_flush_async (out, NULL, on_done, &waiter);
  test_wait_until (&waiter.done);
  g_assert_true (sa_archive_flush_finish (out, waiter.result, &error));
  g_assert_no_error (error);
  g_object_unref (waiter.result);
}

static void
close_stream (GIOStream *stream)
{
  Waiter waiter = { NULL };

  g_io_stream_close_async (stream, 0, NULL, on_done, &waiter);
  test_wait_until (&waiter.done);
  g_assert_true (g_io_stream_close_finish (stream, waiter.result, NULL));
  g_object_unref (waiter.result);
}

/* All at once, so that TLS has whole messages of which the socket below it knows nothing any more.  */
static void
test_ready (Fixture *f, gconstpointer data)
{
  g_autoptr (SaArchive) in = NULL;
  g_autoptr (SaArchive) out = NULL;
  g_autofree char *filling = g_strnfill (LENGTH, 'x');

  if (missing != NULL)
    {
      g_test_skip (missing);
      return;
    }

  start_tls (f);
  in = sa_archive_new (f->ends[1], SA_ARCHIVE_LOAD);
  out = sa_archive_new (f->ends[0], SA_ARCHIVE_STORE);
  g_signal_connect (in, "load-ready", G_CALLBACK (on_load_ready), f);
  sa_archive_set_read_ahead (in, TRUE);
  for (guint32 i = 0; i < N_MESSAGES; i++)
    {
      sa_archive_write_uint32 (out, i, NULL);
      sa_archive_write_string (out, filling, NULL);
    }
  flush (out);
  g_assert_true (sa_archive_close (out, NULL));
  close_stream (f->ends[0]);
  test_wait_until (&f->ended);
  g_assert_cmpuint (f->n_messages, ==, N_MESSAGES);
  sa_archive_abort (in);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_autofree char *openssl = g_find_program_in_path ("openssl");
  if (openssl == NULL)
    missing = "the openssl program is not installed";
  else if (!g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    missing = "GIO has no TLS backend: glib-networking is not installed";

  g_test_add ("/archive/tls/ready", Fixture, NULL, set_up, test_ready, tear_down);

  return g_test_run ();
}
