/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-one-byte.h"
#include "test-socket-utils.h"
#include "test-utils.h"

/* A callback may run a loop, a dialog that says what went wrong, and the others come meanwhile: each that is
 * due, in order, and none twice.  */

/* More than the kernel takes from a sender whose peer receives nothing.  */
#define BULK (8 * 1024 * 1024)

typedef struct
{
  SaSocket *self;
  SaSocket *other;
  GCancellable *cancellable;
  guint n_begun;
  guint n_told;
  gboolean drains; /* the peer receives all there is, until everybody is told */
  gboolean is_over; /* the first callback has returned */
  int code;        /* how each of them ends: a GIOErrorEnum, or -1: well */
} Story;

static gboolean
are_told (gpointer data)
{
  Story *story = data;
  g_autofree guint8 *block = g_malloc (65536);

  while (story->drains && sa_socket_receive (story->other, block, 65536, NULL, NULL) > 0)
    continue;

  return story->n_told == story->n_begun;
}

static gboolean
set_flag (gpointer flag)
{
  *(gboolean *) flag = TRUE;

  return G_SOURCE_REMOVE;
}

/* The first one waits for the others, and the second does as well; the last one for what comes after whatever
 * else is ready.  */
static void
note_told (Story *story,
           const GError *error)
{
  if (story->code < 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, G_IO_ERROR, story->code);

  g_assert_cmpuint (story->n_told, <, story->n_begun);
  if (++story->n_told <= 2)
    {
      test_wait_in (NULL, are_told, story);
    }
  else if (story->n_told == story->n_begun)
    {
      gboolean is_idle = FALSE;

      g_idle_add_full (G_PRIORITY_LOW, set_flag, &is_idle, NULL);
      test_wait_until (&is_idle);
    }
  story->is_over = TRUE;
}

static void
on_received (GObject *source,
             GAsyncResult *result,
             gpointer story)
{
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *bytes = NULL;
  gsize length;

  bytes = sa_socket_receive_finish (SA_SOCKET (source), result, &length, &error);
  note_told (story, error);
}

static void
on_sent (GObject *source,
         GAsyncResult *result,
         gpointer story)
{
  g_autoptr (GError) error = NULL;

  sa_socket_send_finish (SA_SOCKET (source), result, &error);
  note_told (story, error);
}

static void
begin_receives (Story *story,
                guint n)
{
  for (guint i = 0; i < n; i++, story->n_begun++)
    sa_socket_receive_async (story->self, 1, story->cancellable, on_received, story);
}

static void
begin_sends (Story *story,
             guint n)
{
  for (guint i = 0; i < n; i++, story->n_begun++)
    sa_socket_send_async (story->self, (const guint8 *) "ahoy", 4, story->cancellable, on_sent, story);
}

/* What is sent later waits.  */
static void
fill (Story *story)
{
  g_autofree guint8 *bulk = g_malloc0 (BULK);

  sa_socket_send_async (story->self, bulk, BULK, NULL, NULL, NULL);
  g_assert_cmpuint (sa_socket_get_queued_bytes (story->self), >, 0);
}

static void
begin (Story *story,
       int code)
{
  *story = (Story){ .code = code };
  test_connect_never (&story->self, &story->other);
  test_spin (NULL, 10);
}

static void
finish (Story *story)
{
  test_wait_in (NULL, are_told, story);
  test_wait_until (&story->is_over);
  g_clear_object (&story->self);
  g_clear_object (&story->other);
  g_clear_object (&story->cancellable);
}

static void
test_received (void)
{
  Story story;

  begin (&story, -1);
  begin_receives (&story, 4);
  g_assert_cmpint (sa_socket_send (story.other, (const guint8 *) "ahoy", 4, NULL, NULL), ==, 4);
  finish (&story);
}

static void
test_sent (void)
{
  Story story;

  begin (&story, -1);
  begin_sends (&story, 4);
  finish (&story);
}

static void
test_both (void)
{
  Story story;

  begin (&story, -1);
  g_assert_cmpint (sa_socket_send (story.other, (const guint8 *) "ahoy", 4, NULL, NULL), ==, 4);
  begin_sends (&story, 2);
  begin_receives (&story, 3);
  finish (&story);
}

static void
test_cancelled (void)
{
  Story story;

  begin (&story, G_IO_ERROR_CANCELLED);
  story.cancellable = g_cancellable_new ();
  fill (&story);
  begin_receives (&story, 2);
  begin_sends (&story, 2);
  g_cancellable_cancel (story.cancellable);
  finish (&story);
}

/* Both ends of a connection from this side; in a turn of the loop, or GTask would tell each in its own.  */

static gboolean
on_idle_close (gpointer data)
{
  Story *story = data;

  g_assert_true (sa_socket_close (story->self, NULL));
  g_assert_cmpuint (story->n_told, ==, story->n_begun);

  return G_SOURCE_REMOVE;
}

static void
test_closed (void)
{
  Story story;

  begin (&story, G_IO_ERROR_CLOSED);
  begin_receives (&story, 4);
  g_idle_add (on_idle_close, &story);
  finish (&story);
}

/* One whose time is over before the loop runs comes by that, and not again.  */
static void
on_received_late (GObject *source,
                  GAsyncResult *result,
                  gpointer data)
{
  Story *story = data;
  int code = story->n_told == 0 ? G_IO_ERROR_CLOSED : G_IO_ERROR_TIMED_OUT;
  g_autoptr (GError) error = NULL;
  gsize length;

  g_assert_null (sa_socket_receive_finish (SA_SOCKET (source), result, &length, &error));
  g_assert_error (error, G_IO_ERROR, code);
  if (++story->n_told > 1)
    return;

  g_usleep (310000);
  test_wait_in (NULL, are_told, story);
  test_spin (NULL, 5);
}

static void
test_closed_late (void)
{
  Story story;

  begin (&story, G_IO_ERROR_CLOSED);
  for (; story.n_begun < 2; story.n_begun++)
    {
      sa_socket_set_timeout (story.self, story.n_begun == 0 ? 0 : 300);
      sa_socket_receive_async (story.self, 1, NULL, on_received_late, &story);
    }
  g_idle_add (on_idle_close, &story);
  story.is_over = TRUE;
  finish (&story);
}

static gboolean
on_idle_abort (gpointer data)
{
  Story *story = data;

  sa_socket_abort (story->self);
  g_assert_cmpuint (story->n_told, ==, story->n_begun);

  return G_SOURCE_REMOVE;
}

static void
test_aborted (void)
{
  Story story;

  begin (&story, G_IO_ERROR_CLOSED);
  fill (&story);
  begin_receives (&story, 2);
  begin_sends (&story, 2);
  g_idle_add (on_idle_abort, &story);
  finish (&story);
}

static void
test_reset (void)
{
  Story story;

  begin (&story, G_IO_ERROR_CONNECTION_CLOSED);
  fill (&story);
  begin_sends (&story, 4);
  sa_socket_abort (story.other);
  finish (&story);
}

/* What is queued when the socket is closed is sent in the background, or lost there.  */
static void
test_background (gconstpointer is_sent)
{
  Story story;

  begin (&story, is_sent != NULL ? -1 : G_IO_ERROR_CONNECTION_CLOSED);
  fill (&story);
  begin_sends (&story, 4);
  g_assert_true (sa_socket_close (story.self, NULL));
  g_assert_cmpuint (story.n_told, ==, 0);
  if (is_sent != NULL)
    story.drains = TRUE;
  else
    sa_socket_abort (story.other);
  finish (&story);
}

/* Those behind it are large, and go on being sent in the loop inside of the first one's callback.  */
static void
test_background_large (void)
{
  g_autofree guint8 *bulk = g_malloc0 (BULK);
  Story story;

  begin (&story, -1);
  for (story.n_begun = 0; story.n_begun < 3; story.n_begun++)
    sa_socket_send_async (story.self, bulk, BULK, NULL, on_sent, &story);
  g_assert_true (sa_socket_close (story.self, NULL));
  story.drains = TRUE;
  finish (&story);
}

/* An idle connection runs out in a loop inside of a callback.  */
static void
on_received_first (GObject *source,
                   GAsyncResult *result,
                   gpointer data)
{
  Story *story = data;
  g_autofree guint8 *bytes = NULL;
  gsize length;

  bytes = sa_socket_receive_finish (SA_SOCKET (source), result, &length, NULL);
  g_assert_cmpuint (length, ==, 1);
  begin_receives (story, 1);
  test_wait_in (NULL, are_told, story);
}

static void
test_idle_timeout (void)
{
  Story story;

  begin (&story, G_IO_ERROR_TIMED_OUT);
  sa_socket_set_idle_timeout (story.self, 30);
  sa_socket_receive_async (story.self, 1, NULL, on_received_first, &story);
  g_assert_cmpint (sa_socket_send (story.other, (const guint8 *) "x", 1, NULL, NULL), ==, 1);
  test_wait_until (&story.is_over);
  finish (&story);
}

/* A callback of a connection that is over makes another one, and calls on it: they are not ended with the
 * rest.  */
static void
on_received_anew (GObject *source,
                  GAsyncResult *result,
                  gpointer data)
{
  Story *story = data;
  g_autofree guint8 *bytes = NULL;
  gsize length;

  bytes = sa_socket_receive_finish (SA_SOCKET (source), result, &length, NULL);
  g_assert_cmpuint (length, ==, 1);
  story->is_over = TRUE;
}

static void
on_end_connect_anew (SaSocket *socket,
                     const GError *error,
                     Story *story)
{
  g_autoptr (SaSocket) first = NULL;
  g_autoptr (GSocket) inner = NULL;

  g_assert_true (sa_socket_new_pair (&first, &story->other, NULL));
  inner = sa_socket_detach (first, NULL);
  g_assert_true (sa_socket_attach (socket, inner, NULL));
  sa_socket_receive_async (socket, 1, NULL, on_received_anew, story);
  g_assert_cmpint (sa_socket_send (story->other, (const guint8 *) "x", 1, NULL, NULL), ==, 1);
}

static void
test_connect_anew (void)
{
  Story story;

  begin (&story, G_IO_ERROR_CONNECTION_CLOSED);
  g_signal_connect (story.self, "closed", G_CALLBACK (on_end_connect_anew), &story);
  sa_socket_abort (story.other);
  g_clear_object (&story.other);
  test_wait_until (&story.is_over);
  g_signal_handlers_disconnect_by_data (story.self, &story);
  finish (&story);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_use_one_byte ();

  g_test_add_func ("/in-callback/received", test_received);
  g_test_add_func ("/in-callback/sent", test_sent);
  g_test_add_func ("/in-callback/both", test_both);
  g_test_add_func ("/in-callback/cancelled", test_cancelled);
  g_test_add_func ("/in-callback/closed", test_closed);
  g_test_add_func ("/in-callback/closed-late", test_closed_late);
  g_test_add_func ("/in-callback/aborted", test_aborted);
  g_test_add_func ("/in-callback/reset", test_reset);
  g_test_add_data_func ("/in-callback/background/sent", "", test_background);
  g_test_add_data_func ("/in-callback/background/lost", NULL, test_background);
  g_test_add_func ("/in-callback/background/large", test_background_large);
  g_test_add_func ("/in-callback/idle-timeout", test_idle_timeout);
  g_test_add_func ("/in-callback/connect-anew", test_connect_anew);

  return g_test_run ();
}
