/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "test-one-byte.h"
#include "test-tcp-pair.h"

#include <sockarch/sockarch.h>

#include <string.h>

/* A file over one end of a TCP connection; the other end is a plain descriptor that blocks.  */
typedef struct
{
  SaSocket *socket;
  SaSocketFile *file;
  GInputStream *input;   /* of the file, not held */
  GOutputStream *output; /* of the file, not held */
  int peer;
} Fixture;

static inline SaSocket *
new_connected (int *peer)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) gsocket = g_socket_new_from_fd (test_open_tcp_pair (peer), &error);

  g_assert_no_error (error);
  g_autoptr (SaSocket) socket = sa_socket_new ();
  sa_socket_attach (socket, gsocket, &error);
  g_assert_no_error (error);
  sa_socket_set_timeout (socket, TEST_DEADLINE * 1000);

  return g_steal_pointer (&socket);
}

static inline void
set_up (Fixture *fixture,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->socket = new_connected (&fixture->peer);
  fixture->file = sa_socket_file_new (fixture->socket, &error);
  g_assert_no_error (error);
  fixture->input = g_io_stream_get_input_stream (G_IO_STREAM (fixture->file));
  fixture->output = g_io_stream_get_output_stream (G_IO_STREAM (fixture->file));
}

static inline void
tear_down (Fixture *fixture,
           gconstpointer data)
{
  if (fixture->file != NULL)
    g_assert_finalize_object (fixture->file);
  if (fixture->socket != NULL)
    {
      sa_socket_abort (fixture->socket);
      /* Under SA_WAIT_BLOCK the loop tells those who waited, and holds the socket until then.  */
      while (g_main_context_iteration (NULL, FALSE))
        continue;
      g_assert_finalize_object (fixture->socket);
    }
  if (fixture->peer >= 0)
    close (fixture->peer);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static inline void
peer_send (Fixture *fixture,
           const char *text)
{
  g_assert_cmpint (send (fixture->peer, text, strlen (text), MSG_NOSIGNAL), ==, (gssize) strlen (text));
}

static inline void
assert_peer_gets (Fixture *fixture,
                  const char *text)
{
  gsize length = strlen (text);
  g_autofree char *buffer = g_malloc0 (length + 1);

  g_assert_cmpint (recv (fixture->peer, buffer, length, MSG_WAITALL), ==, (gssize) length);
  g_assert_cmpstr (buffer, ==, text);
}

static inline void
assert_peer_gets_end (Fixture *fixture)
{
  char byte;

  g_assert_cmpint (recv (fixture->peer, &byte, 1, 0), ==, 0);
}

static inline void
assert_read (Fixture *fixture,
             gsize size,
             const char *text)
{
  g_autoptr (GError) error = NULL;
  char buffer[100] = { 0, };

  g_assert_cmpuint (size, <, sizeof buffer);
  gsize done = 0;

  do
    {
      gssize n = g_input_stream_read (fixture->input, buffer + done, size - done, NULL, &error);

      g_assert_no_error (error);
      if (!test_is_one_byte () || *text == '\0')
        g_assert_cmpint (n, ==, (gssize) strlen (text));
      else
        g_assert_cmpint (n, >, 0);
      done += (gsize) n;
    }
  while (done < strlen (text));
  g_assert_cmpstr (buffer, ==, text);
}

/* The result of an asynchronous call, and where its callback came from.  */
typedef struct
{
  gssize n;
  GError *error;
  gboolean done;
  char *source;
} Result;

static inline void
result_clear (Result *result)
{
  g_clear_error (&result->error);
  g_clear_pointer (&result->source, g_free);
  *result = (Result) { 0, };
}

static inline void
note (Result *result)
{
  GSource *source = g_main_current_source ();

  result->source = g_strdup (source != NULL ? g_source_get_name (source) : NULL);
  g_assert_false (result->done);
  result->done = TRUE;
}

/* Grows by one with every handler that is connected anywhere.  */
static inline gulong
next_handler_id (GCancellable *cancellable)
{
  gulong id = g_signal_connect (cancellable, "cancelled", G_CALLBACK (g_object_unref), NULL);

  g_signal_handler_disconnect (cancellable, id);

  return id;
}

static inline gboolean
is_all_sent (gpointer socket)
{
  return sa_socket_get_queued_bytes (socket) == 0;
}

static inline gboolean
is_socket_gone (gpointer fixture)
{
  return ((Fixture *) fixture)->socket == NULL;
}

static inline void
on_read (GObject *object,
         GAsyncResult *res,
         gpointer data)
{
  Result *result = data;

  result->n = g_input_stream_read_finish (G_INPUT_STREAM (object), res, &result->error);
  note (result);
}

static inline void
on_skipped (GObject *object,
            GAsyncResult *res,
            gpointer data)
{
  Result *result = data;

  result->n = g_input_stream_skip_finish (G_INPUT_STREAM (object), res, &result->error);
  note (result);
}

static inline void
on_written (GObject *object,
            GAsyncResult *res,
            gpointer data)
{
  Result *result = data;

  result->n = g_output_stream_write_finish (G_OUTPUT_STREAM (object), res, &result->error);
  note (result);
}

static inline void
on_vectors_written (GObject *object,
                    GAsyncResult *res,
                    gpointer data)
{
  Result *result = data;
  gsize written = 0;

  g_output_stream_writev_all_finish (G_OUTPUT_STREAM (object), res, &written, &result->error);
  result->n = (gssize) written;
  note (result);
}

static inline void
on_output_closed (GObject *object,
                  GAsyncResult *res,
                  gpointer data)
{
  Result *result = data;

  result->n = g_output_stream_close_finish (G_OUTPUT_STREAM (object), res, &result->error);
  note (result);
}

static inline void
on_input_closed (GObject *object,
                 GAsyncResult *res,
                 gpointer data)
{
  Result *result = data;

  result->n = g_input_stream_close_finish (G_INPUT_STREAM (object), res, &result->error);
  note (result);
}

static inline void
on_file_closed (GObject *object,
                GAsyncResult *res,
                gpointer data)
{
  Result *result = data;

  result->n = g_io_stream_close_finish (G_IO_STREAM (object), res, &result->error);
  note (result);
}

static inline void
count_closed (SaSocket *socket,
              const GError *error,
              guint *count)
{
  (*count)++;
}

#define BLOCK (8 * 1024 * 1024)

typedef struct
{
  int fd;
  gsize length;
  guint sum;
} Drain;

static inline gpointer
drain_in_thread (gpointer data)
{
  Drain *drain = data;
  guint8 buffer[65536];
  gssize n;

  while ((n = recv (drain->fd, buffer, sizeof buffer, 0)) > 0)
    {
      for (gssize i = 0; i < n; i++)
        drain->sum = drain->sum * 31 + buffer[i];
      drain->length += (gsize) n;
    }

  return NULL;
}

static inline guint8 *
make_block_of (gsize length,
               guint *sum)
{
  guint8 *block = g_malloc (length);

  for (gsize i = 0; i < length; i++)
    {
      block[i] = (guint8) (i * 7 + (i >> 11));
      *sum = *sum * 31 + block[i];
    }

  return block;
}

static inline guint8 *
make_block (guint *sum)
{
  return make_block_of (BLOCK, sum);
}
