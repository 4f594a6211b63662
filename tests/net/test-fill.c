/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sockarch/sockarch.h"
#include "test-one-byte.h"
#include "test-tcp-pair.h"

/* An archive that is filled over a socket file, where it waits without a read of its own.  */

typedef struct
{
  SaSocket *socket;
  SaSocketFile *file;
  SaArchive *archive;
  int peer;          /* the other end */
  gboolean done;     /* the fill has ended: */
  gssize count;      /* with this */
  GError *error;     /* or that */
} Fixture;

static Fixture *
fixture_new (void)
{
  Fixture *f = g_new0 (Fixture, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new_from_fd (test_open_tcp_pair (&f->peer), &error);

  g_assert_no_error (error);
  f->socket = sa_socket_new ();
  sa_socket_attach (f->socket, socket, &error);
  g_assert_no_error (error);
  f->file = sa_socket_file_new (f->socket, &error);
  g_assert_no_error (error);
  f->archive = sa_archive_new (G_IO_STREAM (f->file), SA_ARCHIVE_LOAD);

  return f;
}

static void
fixture_free (Fixture *f)
{
  g_clear_object (&f->archive);
  g_object_unref (f->file);
  g_object_unref (f->socket);
  g_clear_error (&f->error);
  close (f->peer);
  g_free (f);
}

static void
on_filled (GObject *source,
           GAsyncResult *result,
           gpointer data)
{
  Fixture *f = data;
  g_autoptr (GObject) object = g_async_result_get_source_object (result);

  g_assert_true (object == source);
  g_assert_true (g_async_result_get_user_data (result) == data);
  g_assert_false (f->done);
  g_clear_error (&f->error);
  f->count = sa_archive_fill_finish (SA_ARCHIVE (source), result, &f->error);
  f->done = TRUE;
}

static void
begin_fill (Fixture *f,
            GCancellable *cancellable)
{
  f->done = FALSE;
  sa_archive_fill_async (f->archive, cancellable, on_filled, f);
  g_assert_false (f->done);
}

static void
send_number (Fixture *f,
             guint32 number)
{
  number = GUINT32_TO_LE (number);
  g_assert_cmpint (send (f->peer, &number, sizeof number, MSG_NOSIGNAL), ==, sizeof number);
}

static void
assert_filled_with (Fixture *f,
                    guint32 number)
{
  g_autoptr (GError) error = NULL;

  test_wait_until (&f->done);
  g_assert_no_error (f->error);
  g_assert_cmpint (f->count, ==, sizeof number);
  g_assert_cmpuint (sa_archive_read_uint32 (f->archive, &error), ==, number);
  g_assert_no_error (error);
}

static void
test_fill_messages (void)
{
  Fixture *f = fixture_new ();

  for (guint32 i = 0; i < 10; i++)
    {
      begin_fill (f, NULL);
      send_number (f, i);
      assert_filled_with (f, i);
    }
  fixture_free (f);
}

static void
test_fill_end (void)
{
  Fixture *f = fixture_new ();

  for (guint i = 0; i < 2; i++)
    {
      begin_fill (f, NULL);
      shutdown (f->peer, SHUT_WR);
      test_wait_until (&f->done);
      g_assert_no_error (f->error);
      g_assert_cmpint (f->count, ==, 0);
    }
  fixture_free (f);
}

static void
test_fill_cancel (void)
{
  Fixture *f = fixture_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  begin_fill (f, cancellable);
  test_spin (NULL, 3);
  g_assert_false (f->done);
  g_cancellable_cancel (cancellable);
  test_wait_until (&f->done);
  g_assert_error (f->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  begin_fill (f, cancellable);
  test_wait_until (&f->done);
  g_assert_error (f->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  begin_fill (f, NULL);
  send_number (f, 7);
  assert_filled_with (f, 7);
  fixture_free (f);
}

static void
test_fill_busy (void)
{
  Fixture *f = fixture_new ();
  Fixture other = { 0 };

  begin_fill (f, NULL);
  sa_archive_fill_async (f->archive, NULL, on_filled, &other);
  test_wait_until (&other.done);
  g_assert_error (other.error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BUSY);
  g_clear_error (&other.error);
  g_assert_false (f->done);
  send_number (f, 7);
  assert_filled_with (f, 7);
  fixture_free (f);
}

static void
test_fill_pending (void)
{
  Fixture *f = fixture_new ();
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (f->file));
  g_autoptr (GError) error = NULL;
  char byte;

  begin_fill (f, NULL);
  g_assert_cmpint (g_input_stream_read (input, &byte, 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PENDING);
  send_number (f, 7);
  assert_filled_with (f, 7);
  fixture_free (f);
}

/* The stream is free for others as soon as the archive is closed.  */
static void
test_fill_archive_closed (void)
{
  Fixture *f = fixture_new ();
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (f->file));
  g_autoptr (GError) error = NULL;
  guint32 number = 0;

  begin_fill (f, NULL);
  sa_archive_close (f->archive, &error);
  g_assert_no_error (error);
  g_assert_false (f->done);
  send_number (f, 7);
  g_input_stream_read_all (input, &number, sizeof number, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (GUINT32_FROM_LE (number), ==, 7);
  test_wait_until (&f->done);
  g_assert_error (f->error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED);
  fixture_free (f);
}

static void
test_fill_socket_closed (void)
{
  Fixture *f = fixture_new ();

  begin_fill (f, NULL);
  sa_socket_close (f->socket, NULL);
  test_wait_until (&f->done);
  g_assert_error (f->error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  fixture_free (f);
}

static void
test_fill_timeout (void)
{
  Fixture *f = fixture_new ();

  sa_socket_set_timeout (f->socket, 20);
  begin_fill (f, NULL);
  test_wait_until (&f->done);
  g_assert_error (f->error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  fixture_free (f);
}

static void
on_load_ready (SaArchive *archive,
               Fixture *f)
{
  f->count++;
  g_clear_error (&f->error);
  sa_archive_read_uint32 (archive, &f->error);
  f->done = TRUE;
}

/* A time limit is told once, and reading ahead goes on behind it.  */
static void
test_fill_timeout_passes (void)
{
  Fixture *f = fixture_new ();

  g_signal_connect (f->archive, "load-ready", G_CALLBACK (on_load_ready), f);
  sa_socket_set_timeout (f->socket, 20);
  sa_archive_set_read_ahead (f->archive, TRUE);
  for (int i = 1; i <= 2; i++)
    {
      f->done = FALSE;
      test_wait_until (&f->done);
      g_assert_error (f->error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
      g_assert_cmpint (f->count, ==, i);
    }

  send_number (f, 7);
  while (sa_archive_get_offset (f->archive) == 0)
    {
      f->done = FALSE;
      test_wait_until (&f->done);
    }
  g_assert_no_error (f->error);
  fixture_free (f);
}

/* Bytes that were put back need no waiting, and come first.  */
static void
test_fill_unread (void)
{
  Fixture *f = fixture_new ();
  g_autoptr (GError) error = NULL;
  const guint8 bytes[] = { 9, 0, 0, 0 };

  sa_socket_file_unread (f->file, bytes, sizeof bytes, &error);
  g_assert_no_error (error);
  begin_fill (f, NULL);
  assert_filled_with (f, 9);
  begin_fill (f, NULL);
  send_number (f, 7);
  assert_filled_with (f, 7);
  fixture_free (f);
}

/* Somebody who keeps the result can ask it again, whatever the archive does meanwhile.  */
static void
on_filled_keep (GObject *source,
                GAsyncResult *result,
                gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static gboolean
is_kept (gpointer data)
{
  return *(gpointer *) data != NULL;
}

static void
test_fill_result_kept (void)
{
  Fixture *f = fixture_new ();
  g_autoptr (GAsyncResult) result = NULL;

  sa_archive_fill_async (f->archive, NULL, on_filled_keep, &result);
  send_number (f, 7);
  test_wait_in (NULL, is_kept, &result);
  g_assert_cmpuint (sa_archive_read_uint32 (f->archive, NULL), ==, 7);
  begin_fill (f, NULL);
  send_number (f, 8);
  assert_filled_with (f, 8);
  g_assert_cmpint (sa_archive_fill_finish (f->archive, result, NULL), ==, 4);
  fixture_free (f);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_use_one_byte ();

  g_test_add_func ("/fill/messages", test_fill_messages);
  g_test_add_func ("/fill/end", test_fill_end);
  g_test_add_func ("/fill/cancel", test_fill_cancel);
  g_test_add_func ("/fill/busy", test_fill_busy);
  g_test_add_func ("/fill/pending", test_fill_pending);
  g_test_add_func ("/fill/archive-closed", test_fill_archive_closed);
  g_test_add_func ("/fill/socket-closed", test_fill_socket_closed);
  g_test_add_func ("/fill/timeout", test_fill_timeout);
  g_test_add_func ("/fill/timeout/passes", test_fill_timeout_passes);
  g_test_add_func ("/fill/unread", test_fill_unread);
  g_test_add_func ("/fill/result-kept", test_fill_result_kept);

  return g_test_run ();
}
