/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sockarch/sockarch.h"
#include "test-utils.h"

#include <string.h>

/* An archive over a socket file: what reads ahead, what waits, and what must not.  */

typedef struct
{
  SaSocket *socket;
  SaSocket *peer_socket;
  SaSocketFile *file;
  SaSocketFile *peer_file;
  /* The archives under test load from one end and store at it; the peer's store at the other.  */
  SaArchive *in;
  SaArchive *out;
  SaArchive *peer_in;
  SaArchive *peer_out;
  guint n_ready;
  guint sum;
  GError *error;
  gboolean ended;
} Fixture;

static void
set_up (Fixture *f, gconstpointer policy)
{
  g_autoptr (GError) error = NULL;

  sa_socket_new_pair (&f->socket, &f->peer_socket, &error);
  g_assert_no_error (error);
  sa_socket_set_wait_policy (f->socket, (SaWaitPolicy) GPOINTER_TO_INT (policy));
  f->file = sa_socket_file_new (f->socket, &error);
  g_assert_no_error (error);
  f->peer_file = sa_socket_file_new (f->peer_socket, &error);
  g_assert_no_error (error);
  f->in = sa_archive_new (G_IO_STREAM (f->file), SA_ARCHIVE_LOAD);
  f->out = sa_archive_new (G_IO_STREAM (f->file), SA_ARCHIVE_STORE);
  f->peer_in = sa_archive_new (G_IO_STREAM (f->peer_file), SA_ARCHIVE_LOAD);
  f->peer_out = sa_archive_new (G_IO_STREAM (f->peer_file), SA_ARCHIVE_STORE);
}

static void
tear_down (Fixture *f, gconstpointer policy)
{
  g_clear_object (&f->in);
  g_clear_object (&f->out);
  g_clear_object (&f->peer_in);
  g_clear_object (&f->peer_out);
  g_clear_object (&f->file);
  g_clear_object (&f->peer_file);
  sa_socket_abort (f->socket);
  sa_socket_abort (f->peer_socket);
  g_clear_object (&f->socket);
  g_clear_object (&f->peer_socket);
  g_clear_error (&f->error);
}

static void
peer_sends (Fixture *f, guint32 first, guint count)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < count; i++)
    sa_archive_write_uint32 (f->peer_out, first + i, NULL);
  sa_archive_flush (f->peer_out, &error);
  g_assert_no_error (error);
}

/* What one archive read ahead, the next one over the same file reads.  */
static void
test_close_gives_back (Fixture *f, gconstpointer policy)
{
  g_autoptr (SaArchive) next = sa_archive_new (G_IO_STREAM (f->file), SA_ARCHIVE_LOAD);
  g_autoptr (GError) error = NULL;

  peer_sends (f, 1, 3);
  g_assert_cmpuint (sa_archive_read_uint32 (f->in, &error), ==, 1);
  g_assert_false (sa_archive_is_buffer_empty (f->in));
  g_assert_true (sa_archive_close (f->in, &error));
  g_assert_cmpuint (sa_archive_read_uint32 (next, &error), ==, 2);
  g_assert_cmpuint (sa_archive_read_uint32 (next, &error), ==, 3);
  g_assert_no_error (error);
}

static void
test_need_more (Fixture *f, gconstpointer policy)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpuint (sa_archive_read_uint64 (f->in, &error), ==, 0);
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE);
      g_clear_error (&error);
      if (i < 2)
        peer_sends (f, i + 1, 1);
      if (i == 0)
        continue;
      break;
    }

  g_assert_cmpuint (sa_archive_read_uint64 (f->in, &error), ==, G_GUINT64_CONSTANT (0x0000000200000001));
  g_assert_no_error (error);
}

/* A peer that reads nothing: what cannot be sent is kept and sent later, once, in order.  */
static void
test_would_block (Fixture *f, gconstpointer policy)
{
  g_autoptr (GError) error = NULL;
  guint32 stored = 0;
  guint32 loaded = 0;
  gboolean blocked = FALSE;

  while (!blocked)
    {
      for (guint i = 0; i < 10000; i++)
        g_assert_true (sa_archive_write_uint32 (f->out, stored++, NULL));
      blocked = !sa_archive_flush (f->out, &error);
      g_assert_cmpuint (stored, <, 50000000);
    }
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_clear_error (&error);

  while (blocked)
    {
      for (guint i = 0; i < 20000; i++)
        g_assert_cmpuint (sa_archive_read_uint32 (f->peer_in, NULL), ==, loaded++);
      test_spin (NULL, 3);
      blocked = !sa_archive_flush (f->out, NULL);
      g_assert_false (sa_archive_check (f->out, &error) && blocked);
      g_clear_error (&error);
    }

  while (loaded < stored)
    {
      test_spin (NULL, 1);
      g_assert_cmpuint (sa_archive_read_uint32 (f->peer_in, NULL), ==, loaded++);
    }
}

static void
test_timeout (Fixture *f, gconstpointer policy)
{
  g_autoptr (GError) error = NULL;

  sa_archive_set_timeout (f->in, 20);
  g_assert_cmpuint (sa_archive_read_uint32 (f->in, &error), ==, 0);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&error);
  peer_sends (f, 5, 1);
  g_assert_cmpuint (sa_archive_read_uint32 (f->in, &error), ==, 5);
  g_assert_no_error (error);
}

static void
on_load_ready (SaArchive *archive, Fixture *f)
{
  g_autoptr (GError) error = NULL;
  guint32 number = sa_archive_read_uint32 (archive, &error);

  f->n_ready++;
  if (error == NULL)
    f->sum += number;
  else if (!g_error_matches (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE))
    {
      f->error = g_steal_pointer (&error);
      f->ended = TRUE;
    }
}

static gboolean
has_sum (gpointer data)
{
  return ((Fixture *) data)->sum >= 6;
}

static void
test_ready (Fixture *f, gconstpointer policy)
{
  g_signal_connect (f->in, "load-ready", G_CALLBACK (on_load_ready), f);
  sa_archive_set_read_ahead (f->in, TRUE);
  test_spin (NULL, 5);
  g_assert_cmpuint (f->n_ready, ==, 0);

  peer_sends (f, 1, 3);
  test_wait_in (NULL, has_sum, f);
  g_assert_cmpuint (f->n_ready, ==, 3);

  g_assert_true (sa_socket_shutdown (f->peer_socket, SA_SHUTDOWN_SENDS, NULL));
  test_wait_until (&f->ended);
  g_assert_error (f->error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE);
  g_assert_cmpuint (f->n_ready, ==, 4);

  /* The other direction is as it was.  */
  g_assert_true (sa_archive_write_uint32 (f->out, 7, NULL));
  g_assert_true (sa_archive_flush (f->out, NULL));
  g_assert_cmpuint (sa_archive_read_uint32 (f->peer_in, NULL), ==, 7);
}

/* What was received is not lost when the connection goes, not even by a reset.  */
static void
test_ready_then_reset (Fixture *f, gconstpointer policy)
{
  g_signal_connect (f->in, "load-ready", G_CALLBACK (on_load_ready), f);
  peer_sends (f, 1, 3);
  sa_archive_set_read_ahead (f->in, TRUE);
  while (f->n_ready == 0)
    g_main_context_iteration (NULL, TRUE);

  sa_socket_abort (f->peer_socket);
  test_wait_until (&f->ended);
  g_assert_cmpuint (f->sum, ==, 6);
}

typedef struct
{
  Fixture *fixture;
  gboolean done;
} Visit;

/* Comes while the archive waits in a nested loop.  */
static gboolean
visit (gpointer data)
{
  Visit *visit = data;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (sa_archive_read_uint32 (visit->fixture->in, &error), ==, 0);
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BUSY);
  peer_sends (visit->fixture, 9, 1);
  visit->done = TRUE;
  return G_SOURCE_REMOVE;
}

static void
test_dispatch (Fixture *f, gconstpointer policy)
{
  Visit data = { f, FALSE };
  g_autoptr (GError) error = NULL;

  g_idle_add (visit, &data);
  g_assert_cmpuint (sa_archive_read_uint32 (f->in, &error), ==, 9);
  g_assert_no_error (error);
  g_assert_true (data.done);
}

static gboolean
close_it (gpointer data)
{
  Fixture *f = data;

  g_assert_true (sa_archive_close (f->in, NULL));
  peer_sends (f, 9, 1);
  return G_SOURCE_REMOVE;
}

/* Closed from inside: what came for the call that waited goes back to the file.  */
static void
test_dispatch_close (Fixture *f, gconstpointer policy)
{
  g_autoptr (SaArchive) next = sa_archive_new (G_IO_STREAM (f->file), SA_ARCHIVE_LOAD);
  g_autoptr (GError) error = NULL;

  g_idle_add (close_it, f);
  g_assert_cmpuint (sa_archive_read_uint32 (f->in, &error), ==, 0);
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_cmpuint (sa_archive_read_uint32 (next, &error), ==, 9);
}

static void
on_filled (GObject *source, GAsyncResult *result, gpointer data)
{
  Fixture *f = data;

  g_assert_cmpint (sa_archive_fill_finish (SA_ARCHIVE (source), result, &f->error), ==, 4);
  f->ended = TRUE;
}

static void
test_fill (Fixture *f, gconstpointer policy)
{
  sa_archive_fill_async (f->in, NULL, on_filled, f);
  test_spin (NULL, 5);
  g_assert_false (f->ended);
  peer_sends (f, 7, 1);
  test_wait_until (&f->ended);
  g_assert_no_error (f->error);
  g_assert_cmpuint (sa_archive_read_uint32 (f->in, NULL), ==, 7);
}

/* A peer that vanishes in the middle of a string: an end that says so, and nothing of the string.  */
static void
test_vanished (Fixture *f, gconstpointer policy)
{
  const guint8 half[] = { 11, 'h', 'a', 'l', 'f' };
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_archive_write_data (f->peer_out, half, sizeof half, &error));
  g_assert_true (sa_archive_close (f->peer_out, &error));
  g_assert_true (sa_socket_close (f->peer_socket, &error));
  g_assert_no_error (error);

  g_assert_null (sa_archive_read_string (f->in, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE);
  g_assert_nonnull (strstr (error->message, "5 of"));
}

/* A peer that speaks another protocol: its bytes are no tags.  */
static void
test_not_an_archive (Fixture *f, gconstpointer policy)
{
  g_autoptr (GError) error = NULL;

  sa_archive_set_string_form (f->peer_out, SA_STRING_NARROW);
  g_assert_true (sa_archive_write_text (f->peer_out, "HTTP/1.1 400 Bad Request\r\n\r\n", &error));
  g_assert_true (sa_archive_flush (f->peer_out, &error));
  g_assert_no_error (error);

  g_assert_null (sa_archive_read_object (f->in, G_TYPE_OBJECT, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_INDEX);
}

#define N_NUMBERS 700000

typedef struct
{
  Fixture *fixture;
  GByteArray *received;
  GAsyncResult *result;
} Drain;

static gboolean
has_drained (gpointer data)
{
  Drain *drain = data;
  guint8 block[65536];
  gssize n;

  while ((n = sa_socket_receive (drain->fixture->peer_socket, block, sizeof block, NULL, NULL)) > 0)
    g_byte_array_append (drain->received, block, (guint) n);

  return drain->result != NULL;
}

static gboolean
has_all (gpointer data)
{
  has_drained (data);

  return ((Drain *) data)->received->len >= N_NUMBERS * sizeof (guint32);
}

/* A flush that is cancelled in the middle: what was sent is not sent again by the next one.  */
static void
test_flush_cancelled (Fixture *f, gconstpointer policy)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GByteArray) received = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  Drain drain = { f, received, NULL };

  sa_socket_set_wait_policy (f->peer_socket, SA_WAIT_NEVER);
  g_assert_true (sa_archive_begin_transaction (f->out, NULL));
  for (guint32 i = 0; i < N_NUMBERS; i++)
    sa_archive_write_uint32 (f->out, i, NULL);
  g_assert_true (sa_archive_commit_transaction (f->out, NULL));
  sa_archive_flush_async (f->out, cancellable, test_on_result, &drain.result);
  test_spin (NULL, 10);
  g_assert_null (drain.result);
  g_cancellable_cancel (cancellable);
  test_wait_in (NULL, has_drained, &drain);
  g_assert_false (sa_archive_flush_finish (f->out, drain.result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_clear_object (&drain.result);

  sa_archive_flush_async (f->out, NULL, test_on_result, &drain.result);
  test_wait_in (NULL, has_drained, &drain);
  g_assert_true (sa_archive_flush_finish (f->out, drain.result, &error));
  g_assert_no_error (error);
  test_wait_in (NULL, has_all, &drain);
  g_assert_cmpuint (received->len, ==, N_NUMBERS * sizeof (guint32));
  for (guint32 i = 0; i < N_NUMBERS; i++)
    g_assert_cmpuint (GUINT32_FROM_LE (((guint32 *) (gpointer) received->data)[i]), ==, i);
  g_object_unref (drain.result);
}

int
main (int argc, char *argv[])
{
  const struct
  {
    const char *path;
    SaWaitPolicy policy;
    void (*test) (Fixture *fixture, gconstpointer policy);
  } tests[] = {
    { "/archive/socket/vanished", SA_WAIT_BLOCK, test_vanished },
    { "/archive/socket/not-an-archive", SA_WAIT_BLOCK, test_not_an_archive },
    { "/archive/socket/close-gives-back", SA_WAIT_BLOCK, test_close_gives_back },
    { "/archive/socket/need-more", SA_WAIT_NEVER, test_need_more },
    { "/archive/socket/would-block", SA_WAIT_NEVER, test_would_block },
    { "/archive/socket/timeout", SA_WAIT_BLOCK, test_timeout },
    { "/archive/socket/timeout/dispatch", SA_WAIT_DISPATCH, test_timeout },
    { "/archive/socket/ready", SA_WAIT_BLOCK, test_ready },
    { "/archive/socket/ready/never", SA_WAIT_NEVER, test_ready },
    { "/archive/socket/ready/dispatch", SA_WAIT_DISPATCH, test_ready },
    { "/archive/socket/ready/then-reset", SA_WAIT_BLOCK, test_ready_then_reset },
    { "/archive/socket/dispatch", SA_WAIT_DISPATCH, test_dispatch },
    { "/archive/socket/dispatch/close", SA_WAIT_DISPATCH, test_dispatch_close },
    { "/archive/socket/flush-cancelled", SA_WAIT_BLOCK, test_flush_cancelled },
    { "/archive/socket/flush-cancelled/never", SA_WAIT_NEVER, test_flush_cancelled },
    { "/archive/socket/fill", SA_WAIT_BLOCK, test_fill },
    { "/archive/socket/fill/never", SA_WAIT_NEVER, test_fill },
  };

  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, GINT_TO_POINTER (tests[i].policy), set_up, tests[i].test, tear_down);

  return g_test_run ();
}
