/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-one-byte.h"
#include "test-tcp-pair.h"

#include <sockarch/sockarch.h>

#include <errno.h>
#include <string.h>

/* Who holds whom, and what close, abort and the loss of the last reference do to each of the three
 * classes: the table in the class comment of SaSocketFile, seen from the peer.  */
typedef struct
{
  SaSocket *socket;
  SaSocketFile *file;
  SaArchive *in;
  SaArchive *out;
  guint closed; /* times SaSocket::closed came */
  int peer;
} Fixture;

static void
on_closed (SaSocket *socket,
           const GError *error,
           Fixture *fixture)
{
  fixture->closed++;
}

static void
set_up (Fixture *fixture,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) gsocket = g_socket_new_from_fd (test_open_tcp_pair (&fixture->peer), &error);

  g_assert_no_error (error);
  fixture->socket = sa_socket_new ();
  sa_socket_attach (fixture->socket, gsocket, &error);
  g_assert_no_error (error);
  sa_socket_set_timeout (fixture->socket, TEST_DEADLINE * 1000);
  g_signal_connect (fixture->socket, "closed", G_CALLBACK (on_closed), fixture);
  fixture->file = sa_socket_file_new (fixture->socket, &error);
  g_assert_no_error (error);
  fixture->in = sa_archive_new (G_IO_STREAM (fixture->file), SA_ARCHIVE_LOAD);
  fixture->out = sa_archive_new (G_IO_STREAM (fixture->file), SA_ARCHIVE_STORE);
}

/* Whatever a test did, nothing must be left behind.  */
static void
tear_down (Fixture *fixture,
           gconstpointer data)
{
  if (fixture->out != NULL)
    sa_archive_abort (fixture->out);
  g_clear_object (&fixture->in);
  g_clear_object (&fixture->out);
  if (fixture->file != NULL)
    g_assert_finalize_object (fixture->file);
  if (fixture->socket != NULL)
    {
      sa_socket_abort (fixture->socket);
      while (g_main_context_iteration (NULL, FALSE))
        continue;
      g_assert_finalize_object (fixture->socket);
    }
  if (fixture->peer >= 0)
    close (fixture->peer);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

/* Leaves the socket alone: only the test holds it.  */
static void
drop_archives (Fixture *fixture)
{
  sa_archive_abort (fixture->out);
  g_assert_finalize_object (g_steal_pointer (&fixture->in));
  g_assert_finalize_object (g_steal_pointer (&fixture->out));
}

static void
drop_file (Fixture *fixture)
{
  drop_archives (fixture);
  g_assert_finalize_object (g_steal_pointer (&fixture->file));
}

static void
assert_open (Fixture *fixture)
{
  char byte;

  g_assert_cmpint (sa_socket_get_state (fixture->socket), ==, SA_SOCKET_STATE_CONNECTED);
  g_assert_cmpuint (fixture->closed, ==, 0);
  g_assert_cmpint (recv (fixture->peer, &byte, 1, MSG_DONTWAIT), ==, -1);
  g_assert_cmpint (errno, ==, EAGAIN);
}

static void
assert_peer_gets (Fixture *fixture,
                  const char *bytes,
                  gsize length)
{
  g_autofree char *buffer = g_malloc0 (length + 1);

  g_assert_cmpint (recv (fixture->peer, buffer, length, MSG_WAITALL), ==, (gssize) length);
  g_assert_cmpmem (buffer, length, bytes, length);
}

static void
assert_ended (Fixture *fixture)
{
  char byte;

  g_assert_cmpint (recv (fixture->peer, &byte, 1, 0), ==, 0);
}

static void
assert_reset (Fixture *fixture)
{
  char byte;

  g_assert_cmpint (recv (fixture->peer, &byte, 1, 0), ==, -1);
  g_assert_cmpint (errno, ==, ECONNRESET);
}

typedef struct
{
  SaSocket *socket;
  gssize length;
} Arrival;

static gboolean
has_arrived (gpointer data)
{
  const Arrival *arrival = data;

  return sa_socket_get_available_bytes (arrival->socket, NULL) >= arrival->length;
}

static void
wait_for_bytes (Fixture *fixture,
                gssize length)
{
  Arrival arrival = { fixture->socket, length };

  test_wait_in (NULL, has_arrived, &arrival);
}

static gboolean
is_gone (gpointer weak)
{
  return *(gpointer *) weak == NULL;
}

#define BLOCK (8 * 1024 * 1024)

typedef struct
{
  int fd;
  gsize length;
  int error; /* 0: the stream ended */
} Drain;

static gpointer
drain_in_thread (gpointer data)
{
  Drain *drain = data;
  char buffer[65536];
  gssize n;

  while ((n = recv (drain->fd, buffer, sizeof buffer, 0)) > 0)
    drain->length += (gsize) n;
  drain->error = n < 0 ? errno : 0;

  return NULL;
}

/* Queues more than the kernel takes.  */
static void
send_block (Fixture *fixture)
{
  g_autofree guint8 *block = g_malloc0 (BLOCK);

  sa_socket_set_wait_policy (fixture->socket, SA_WAIT_NEVER);
  sa_socket_set_high_water_mark (fixture->socket, 2 * BLOCK);
  sa_socket_set_linger (fixture->socket, TEST_DEADLINE * 1000);
  g_assert_cmpint (sa_socket_send (fixture->socket, block, BLOCK, NULL, NULL), ==, BLOCK);
  g_assert_cmpuint (sa_socket_get_queued_bytes (fixture->socket), >, 0);
}

typedef struct
{
  GThread *thread;
  gboolean joined;
} Joiner;

static gpointer
join_in_thread (gpointer data)
{
  Joiner *joiner = data;

  g_thread_join (joiner->thread);
  g_atomic_int_set (&joiner->joined, TRUE);
  g_main_context_wakeup (NULL);

  return NULL;
}

static gboolean
is_joined (gpointer joiner)
{
  return g_atomic_int_get (&((Joiner *) joiner)->joined);
}

/* Iterates while the peer reads all that comes.  */
static void
drain (Fixture *fixture,
       Drain *drain)
{
  Joiner joiner = { NULL, };

  drain->fd = fixture->peer;
  joiner.thread = g_thread_new ("drain", drain_in_thread, drain);
  g_autoptr (GThread) thread = g_thread_new ("join", join_in_thread, &joiner);
  test_wait_in (NULL, is_joined, &joiner);
  g_thread_join (g_steal_pointer (&thread));
}

/* SaSocket */

static void
test_socket_close (Fixture *fixture,
                   gconstpointer data)
{
  Drain result = { 0, };

  send_block (fixture);
  g_assert_true (sa_socket_close (fixture->socket, NULL));
  g_assert_cmpuint (fixture->closed, ==, 1);
  drain (fixture, &result);
  g_assert_cmpuint (result.length, ==, BLOCK);
  g_assert_cmpint (result.error, ==, 0);
  g_assert_cmpuint (fixture->closed, ==, 1);
}

static void
test_socket_abort (Fixture *fixture,
                   gconstpointer data)
{
  Drain result = { 0, };

  send_block (fixture);
  sa_socket_abort (fixture->socket);
  g_assert_cmpuint (fixture->closed, ==, 1);
  drain (fixture, &result);
  g_assert_cmpuint (result.length, <, BLOCK);
  g_assert_cmpint (result.error, ==, ECONNRESET);
}

/* What was queued is sent in the background; nobody is told.  */
static void
test_socket_drop (Fixture *fixture,
                  gconstpointer data)
{
  Drain result = { 0, };

  drop_file (fixture);
  send_block (fixture);
  g_assert_finalize_object (g_steal_pointer (&fixture->socket));
  g_assert_cmpuint (fixture->closed, ==, 0);
  drain (fixture, &result);
  g_assert_cmpuint (result.length, ==, BLOCK);
  g_assert_cmpint (result.error, ==, 0);
  g_assert_cmpuint (fixture->closed, ==, 0);
}

/* Unread input makes the kernel reset the connection.  */
static void
test_socket_drop_unread (Fixture *fixture,
                         gconstpointer data)
{
  drop_file (fixture);
  g_assert_cmpint (send (fixture->peer, "unread", 6, MSG_NOSIGNAL), ==, 6);
  wait_for_bytes (fixture, 6);
  g_assert_finalize_object (g_steal_pointer (&fixture->socket));
  assert_reset (fixture);
}

/* SaSocketFile */

static void
test_file_holds_socket (Fixture *fixture,
                        gconstpointer data)
{
  SaSocket *socket = fixture->socket;
  guint32 value = 0;

  g_object_add_weak_pointer (G_OBJECT (socket), (gpointer *) &socket);
  g_object_unref (g_steal_pointer (&fixture->socket));
  g_assert_nonnull (socket);
  g_assert_true (sa_archive_write_uint32 (fixture->out, 7, NULL));
  g_assert_true (sa_archive_flush (fixture->out, NULL));
  g_assert_cmpint (recv (fixture->peer, &value, 4, MSG_WAITALL), ==, 4);
  g_assert_cmpuint (GUINT32_FROM_LE (value), ==, 7);

  drop_file (fixture);
  g_assert_null (socket);
  assert_ended (fixture);
}

static void
test_file_close (Fixture *fixture,
                 gconstpointer data)
{
  g_assert_true (g_io_stream_close (G_IO_STREAM (fixture->file), NULL, NULL));
  g_assert_cmpint (sa_socket_get_state (fixture->socket), ==, SA_SOCKET_STATE_CLOSED);
  g_assert_cmpuint (fixture->closed, ==, 1);
  assert_ended (fixture);
}

static void
test_file_abort (Fixture *fixture,
                 gconstpointer data)
{
  sa_socket_file_abort (fixture->file);
  g_assert_cmpint (sa_socket_get_state (fixture->socket), ==, SA_SOCKET_STATE_CLOSED);
  g_assert_cmpuint (fixture->closed, ==, 1);
  assert_reset (fixture);
}

static void
test_file_drop (Fixture *fixture,
                gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  drop_file (fixture);
  assert_open (fixture);

  /* It may have another.  */
  fixture->file = sa_socket_file_new (fixture->socket, &error);
  g_assert_no_error (error);
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (fixture->file));
  g_assert_cmpint (g_output_stream_write (output, "again", 5, NULL, NULL), ==, 5);
  assert_peer_gets (fixture, "again", 5);
}

/* A half that something else holds goes on, and keeps its claim on the socket.  */
static void
test_file_drop_half_held (Fixture *fixture,
                          gconstpointer data)
{
  GInputStream *input = g_object_ref (g_io_stream_get_input_stream (G_IO_STREAM (fixture->file)));
  g_autoptr (GError) busy = NULL;
  g_autoptr (GError) error = NULL;
  char buffer[10];

  drop_file (fixture);
  g_assert_cmpint (send (fixture->peer, "still", 5, MSG_NOSIGNAL), ==, 5);
  g_assert_true (g_input_stream_read_all (input, buffer, 5, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_null (sa_socket_file_new (fixture->socket, &busy));
  g_assert_error (busy, G_IO_ERROR, G_IO_ERROR_BUSY);

  g_assert_finalize_object (input);
  assert_open (fixture);
  fixture->file = sa_socket_file_new (fixture->socket, &error);
  g_assert_no_error (error);
}

static void
on_read_after_drop (GObject *object,
                    GAsyncResult *result,
                    gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_input_stream_read_finish (G_INPUT_STREAM (object), result, &error), ==, 1);
  g_assert_no_error (error);
  *(gboolean *) data = TRUE;
}

/* A pending read holds what it needs.  */
static void
test_file_drop_while_reading (Fixture *fixture,
                              gconstpointer data)
{
  SaSocket *socket = fixture->socket;
  gboolean done = FALSE;
  char buffer[10];

  g_object_add_weak_pointer (G_OBJECT (socket), (gpointer *) &socket);
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (fixture->file)), buffer,
                             sizeof buffer, 0, NULL, on_read_after_drop, &done);
  drop_file (fixture);
  g_object_unref (g_steal_pointer (&fixture->socket));
  g_assert_nonnull (socket);
  g_assert_cmpint (send (fixture->peer, "x", 1, MSG_NOSIGNAL), ==, 1);
  test_wait_until (&done);
  test_wait_in (NULL, is_gone, &socket);
  assert_ended (fixture);
}

/* SaArchive */

static void
test_archive_close (Fixture *fixture,
                    gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  char buffer[20];

  /* Eight bytes come at once, four are loaded; the other four go back to the stream, which stays open.  */
  g_assert_cmpint (send (fixture->peer, "\001\000\000\000more", 8, MSG_NOSIGNAL), ==, 8);
  wait_for_bytes (fixture, 8);
  g_assert_cmpuint (sa_archive_read_uint32 (fixture->in, &error), ==, 1);
  g_assert_true (sa_archive_write_uint32 (fixture->out, 2, &error));
  g_assert_true (sa_archive_close (fixture->in, &error));
  g_assert_true (sa_archive_close (fixture->out, &error));
  g_assert_no_error (error);
  assert_peer_gets (fixture, "\002\000\000\000", 4);
  assert_open (fixture);
  g_assert_false (g_io_stream_is_closed (G_IO_STREAM (fixture->file)));

  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (fixture->file));
  g_assert_true (g_input_stream_read_all (input, buffer, 4, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (buffer, 4, "more", 4);
}

static void
test_archive_abort (Fixture *fixture,
                    gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_archive_write_uint32 (fixture->out, 2, &error));
  g_assert_no_error (error);
  sa_archive_abort (fixture->out);
  sa_archive_abort (fixture->in);
  assert_open (fixture);
  g_assert_cmpuint (sa_socket_get_bytes_sent (fixture->socket), ==, 0);
}

static void
test_archive_drop (Fixture *fixture,
                   gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  char buffer[20];

  g_assert_cmpint (send (fixture->peer, "\001\000\000\000more", 8, MSG_NOSIGNAL), ==, 8);
  wait_for_bytes (fixture, 8);
  g_assert_cmpuint (sa_archive_read_uint32 (fixture->in, &error), ==, 1);
  g_assert_true (sa_archive_write_uint32 (fixture->out, 2, &error));
  g_assert_no_error (error);
  g_assert_finalize_object (g_steal_pointer (&fixture->in));
  g_assert_finalize_object (g_steal_pointer (&fixture->out));
  assert_peer_gets (fixture, "\002\000\000\000", 4);
  assert_open (fixture);

  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (fixture->file));
  g_assert_true (g_input_stream_read_all (input, buffer, 4, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (buffer, 4, "more", 4);
}

/* An archive holds the whole stream: it is all that a program needs to keep.  */
static void
test_archive_holds_all (Fixture *fixture,
                        gconstpointer data)
{
  SaSocket *socket = fixture->socket;
  g_autoptr (GError) error = NULL;

  g_object_add_weak_pointer (G_OBJECT (socket), (gpointer *) &socket);
  g_assert_finalize_object (g_steal_pointer (&fixture->in));
  g_object_unref (g_steal_pointer (&fixture->file));
  g_object_unref (g_steal_pointer (&fixture->socket));
  g_assert_true (sa_archive_write_uint32 (fixture->out, 5, &error));
  g_assert_true (sa_archive_flush (fixture->out, &error));
  g_assert_no_error (error);
  assert_peer_gets (fixture, "\005\000\000\000", 4);
  g_assert_true (sa_archive_close (fixture->out, &error));
  g_assert_null (socket);
  assert_ended (fixture);
}

/* The socket is closed under the archive: what that has loaded stays there.  */
static void
test_socket_close_keeps_loaded (Fixture *fixture,
                                gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (send (fixture->peer, "\001\000\000\000\002\000\000\000", 8, MSG_NOSIGNAL), ==, 8);
  wait_for_bytes (fixture, 8);
  g_assert_cmpuint (sa_archive_read_uint32 (fixture->in, &error), ==, 1);
  sa_socket_close (fixture->socket, NULL);
  g_assert_cmpuint (sa_archive_read_uint32 (fixture->in, &error), ==, 2);
  g_assert_no_error (error);
  sa_archive_read_uint32 (fixture->in, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

#define ADD(path, func) g_test_add ("/ownership/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_use_one_byte ();

  ADD ("socket/close", test_socket_close);
  ADD ("socket/abort", test_socket_abort);
  ADD ("socket/drop", test_socket_drop);
  ADD ("socket/drop-unread", test_socket_drop_unread);
  ADD ("socket/close-keeps-loaded", test_socket_close_keeps_loaded);
  ADD ("file/holds-socket", test_file_holds_socket);
  ADD ("file/close", test_file_close);
  ADD ("file/abort", test_file_abort);
  ADD ("file/drop", test_file_drop);
  ADD ("file/drop-half-held", test_file_drop_half_held);
  ADD ("file/drop-while-reading", test_file_drop_while_reading);
  ADD ("archive/close", test_archive_close);
  ADD ("archive/abort", test_archive_abort);
  ADD ("archive/drop", test_archive_drop);
  ADD ("archive/holds-all", test_archive_holds_all);

  return g_test_run ();
}
