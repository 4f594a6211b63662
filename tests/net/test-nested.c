/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-one-byte.h"
#include "test-socket-utils.h"
#include "test-utils.h"

/* Handlers that run a loop after they did something to a socket. The program without sense (test-monkey.c)
 * came upon each of these.  */

typedef struct
{
  SaSocket *self;
  SaSocket *other;
  guint told;     /* signals so far */
  guint depth;    /* handlers on the stack */
  gboolean drops; /* the handler drops the last reference */
  gboolean done;  /* the first handler has ended, or the call */
} Story;

static void
send_text (SaSocket *socket,
           const char *text)
{
  g_autoptr (GError) error = NULL;
  gssize length = (gssize) strlen (text);

  g_assert_cmpint (sa_socket_send (socket, (const guint8 *) text, (gsize) length, NULL, &error), ==, length);
  g_assert_no_error (error);
}

static void
take_all (SaSocket *socket)
{
  g_autoptr (GError) error = NULL;
  char text[16];

  while (sa_socket_receive (socket, text, sizeof text, NULL, &error) > 0)
    ;
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
}

static void
attach_anew (SaSocket *socket)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) inner = sa_socket_detach (socket, &error);

  g_assert_no_error (error);
  sa_socket_attach (socket, inner, &error);
  g_assert_no_error (error);
}

static void
on_nothing (SaSocket *socket,
            gpointer data)
{
}

/* On another connection the socket may be told of inside of its own handler, but not when nobody holds
 * it.  */
static void
reattach_and_drop (SaSocket *socket,
                   Story *story)
{
  if (++story->told > 1)
    return;

  attach_anew (socket);
  if (story->drops)
    g_clear_object (&story->self);
  test_spin (NULL, 20);
  g_assert_cmpuint (story->told, ==, story->drops ? 1 : 2);
  story->done = TRUE;
}

static void
tell_in_nested_loop (gboolean drops,
                     guint more_handlers)
{
  Story story = { .drops = drops };
  GWeakRef weak;
  g_autoptr (GObject) alive = NULL;

  test_connect_never (&story.self, &story.other);
  g_weak_ref_init (&weak, story.self);
  g_signal_connect (story.self, "receive-ready", G_CALLBACK (reattach_and_drop), &story);
  for (guint i = 0; i < more_handlers; i++)
    g_signal_connect (story.self, "receive-ready", G_CALLBACK (on_nothing), NULL);
  send_text (story.other, "x");
  test_wait_until (&story.done);
  test_spin (NULL, 10);
  alive = g_weak_ref_get (&weak);
  g_assert_true ((alive == NULL) == drops);
  g_clear_object (&alive);
  g_clear_object (&story.self);
  g_clear_object (&story.other);
  g_weak_ref_clear (&weak);
}

static void
test_last_reference (void)
{
  for (guint more_handlers = 0; more_handlers < 3; more_handlers++)
    {
      tell_in_nested_loop (TRUE, more_handlers);
      tell_in_nested_loop (FALSE, more_handlers);
    }
}

/* The same in the signals that come from calls.  */
static void
count_told (SaSocket *socket,
            Story *story)
{
  story->told++;
}

static void
drop_and_loop (Story *story,
               guint told_inside)
{
  if (story->drops)
    g_clear_object (&story->self);
  test_spin (NULL, 20);
  g_assert_cmpuint (story->told, ==, story->drops ? 0 : told_inside);
  story->done = TRUE;
}

static void
hear_from_server (SaSocket *socket,
                  const GError *error,
                  Story *story)
{
  g_autoptr (SaSocket) peer = sa_socket_accept (story->other, NULL, NULL);

  g_assert_no_error (error);
  send_text (peer, "x");
  drop_and_loop (story, 0);
}

static void
attach_another (SaSocket *socket,
                const GError *error,
                Story *story)
{
  g_autoptr (SaSocket) third = NULL;
  g_autoptr (SaSocket) fourth = NULL;
  g_autoptr (GSocket) inner = NULL;

  if (story->done)
    return;

  story->done = TRUE;
  test_connect_never (&third, &fourth);
  inner = sa_socket_detach (third, NULL);
  sa_socket_attach (socket, inner, NULL);
  send_text (fourth, "x");
  drop_and_loop (story, 1);
}

static void
test_drop_in_connected (gconstpointer drops)
{
  Story story = { .self = sa_socket_new (), .other = test_listener (), .drops = GPOINTER_TO_INT (drops) };

  sa_socket_set_wait_policy (story.self, SA_WAIT_NEVER);
  g_signal_connect (story.self, "connected", G_CALLBACK (hear_from_server), &story);
  g_signal_connect (story.self, "receive-ready", G_CALLBACK (count_told), &story);
  sa_socket_connect_to_host (story.self, "127.0.0.1", sa_socket_get_local_port (story.other), NULL, NULL);
  test_wait_until (&story.done);
  test_spin (NULL, 20);
  g_assert_cmpuint (story.told, ==, story.drops ? 0 : 1);
  g_clear_object (&story.self);
  g_clear_object (&story.other);
}

static void
test_drop_in_closed (gconstpointer drops)
{
  Story story = { .drops = GPOINTER_TO_INT (drops) };

  test_connect_never (&story.self, &story.other);
  g_signal_connect (story.self, "closed", G_CALLBACK (attach_another), &story);
  g_signal_connect (story.self, "receive-ready", G_CALLBACK (count_told), &story);
  sa_socket_close (story.self, NULL);
  g_assert_true (story.done);
  g_clear_object (&story.self);
  g_clear_object (&story.other);
}

/* Two sockets have something, and the first that is told takes what the other has.  */
static void
take_from_other (SaSocket *socket,
                 Story *story)
{
  SaSocket *victim = socket == story->self ? story->other : story->self;
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (story->told++, ==, 0);
  if (sa_socket_get_state (victim) == SA_SOCKET_STATE_LISTENING)
    {
      peer = sa_socket_accept (victim, NULL, &error);
      g_assert_no_error (error);
    }
  else
    {
      take_all (victim);
    }
  test_spin (NULL, 10);
  story->done = TRUE;
}

static void
test_taken_before (void)
{
  g_autoptr (SaSocket) first = NULL;
  g_autoptr (SaSocket) second = NULL;
  Story story = { NULL };

  test_connect_never (&story.self, &first);
  test_connect_never (&story.other, &second);
  g_signal_connect (story.self, "receive-ready", G_CALLBACK (take_from_other), &story);
  g_signal_connect (story.other, "receive-ready", G_CALLBACK (take_from_other), &story);
  test_spin (NULL, 10);
  send_text (first, "x");
  send_text (second, "y");
  test_wait_until (&story.done);
  test_spin (NULL, 10);
  g_clear_object (&story.self);
  g_clear_object (&story.other);
}

static void
test_accepted_before (void)
{
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (GError) error = NULL;
  Story story = { NULL };

  test_connect_never (&story.self, &peer);
  story.other = test_listener ();
  sa_socket_set_wait_policy (story.other, SA_WAIT_NEVER);
  g_signal_connect (story.self, "receive-ready", G_CALLBACK (take_from_other), &story);
  g_signal_connect (story.other, "accept-ready", G_CALLBACK (take_from_other), &story);
  test_spin (NULL, 10);
  send_text (peer, "x");
  sa_socket_connect_to_host (client, "127.0.0.1", sa_socket_get_local_port (story.other), NULL, &error);
  g_assert_no_error (error);
  test_wait_until (&story.done);
  test_spin (NULL, 10);
  g_clear_object (&story.self);
  g_clear_object (&story.other);
}

/* The same within one socket, where urgent bytes are told of before the others. The one byte is taken without
 * a look at what else there may be.  */
static void
take_one (SaSocket *socket)
{
  char byte;

  g_assert_cmpint (sa_socket_receive (socket, &byte, 1, NULL, NULL), ==, 1);
}

static gboolean
take_in_loop (gpointer data)
{
  take_one (((Story *) data)->self);

  return G_SOURCE_REMOVE;
}

static void
take_before_loop (SaSocket *socket,
                  Story *story)
{
  take_one (socket);
  test_spin (NULL, 10);
  story->done = TRUE;
}

static void
take_inside_loop (SaSocket *socket,
                  Story *story)
{
  g_idle_add (take_in_loop, story);
  test_spin (NULL, 10);
  story->done = TRUE;
}

static void
test_taken_by_urgent (gconstpointer data)
{
  Story story = { NULL };

  test_connect_never (&story.self, &story.other);
  g_signal_connect (story.self, "out-of-band-ready", G_CALLBACK (data), &story);
  g_signal_connect (story.self, "receive-ready", G_CALLBACK (count_told), &story);
  test_spin (NULL, 10);
  send_text (story.other, "x");
  g_assert_cmpint (
      sa_socket_send_with_flags (story.other, (const guint8 *) "!", 1, G_SOCKET_MSG_OOB, NULL, NULL), ==, 1);
  test_wait_until (&story.done);
  test_spin (NULL, 10);
  g_assert_cmpuint (story.told, ==, 0);
  g_clear_object (&story.self);
  g_clear_object (&story.other);
}

/* A receive on the connection that the handler began, of what the kernel spoke of before.  */
static void
on_received (GObject *source,
             GAsyncResult *result,
             gpointer data)
{
  g_autoptr (GError) error = NULL;
  gsize length;
  g_autofree guint8 *bytes = sa_socket_receive_finish (SA_SOCKET (source), result, &length, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (length, ==, 1);
  ((Story *) data)->done = TRUE;
}

static void
reattach_and_receive (SaSocket *socket,
                      Story *story)
{
  if (++story->told > 1)
    return;

  attach_anew (socket);
  test_spin (NULL, 20);
  g_assert_cmpuint (story->told, ==, 2);
  sa_socket_receive_async (socket, 1, NULL, on_received, story);
}

static void
test_receive_anew (void)
{
  Story story = { NULL };

  test_connect_never (&story.self, &story.other);
  g_signal_connect (story.self, "receive-ready", G_CALLBACK (reattach_and_receive), &story);
  send_text (story.other, "x");
  test_wait_until (&story.done);
  g_clear_object (&story.self);
  g_clear_object (&story.other);
}

/* With another priority the socket is served by another source, and yet not inside of its handler.  */
static void
change_priority (SaSocket *socket,
                 Story *story)
{
  g_assert_cmpuint (story->depth++, ==, 0);
  if (story->told++ == 0)
    {
      sa_socket_set_priority (socket, G_PRIORITY_HIGH);
      send_text (story->other, "y");
      test_spin (NULL, 20);
    }
  else
    {
      story->done = TRUE;
    }
  take_all (socket);
  story->depth--;
}

static void
test_priority (void)
{
  Story story = { NULL };

  test_connect_never (&story.self, &story.other);
  g_signal_connect (story.self, "receive-ready", G_CALLBACK (change_priority), &story);
  send_text (story.other, "x");
  while (story.told == 0)
    g_main_context_iteration (NULL, TRUE);
  send_text (story.other, "z");
  test_wait_until (&story.done);
  g_clear_object (&story.self);
  g_clear_object (&story.other);
}

/* Nothing is told inside of a handler of connected.  */
static void
on_inside (SaSocket *socket,
           Story *story)
{
  g_assert_cmpuint (story->depth, ==, 0);
  story->done = TRUE;
}

static void
run_loop_connected (SaSocket *socket,
                    const GError *error,
                    Story *story)
{
  g_autoptr (SaSocket) peer = sa_socket_accept (story->other, NULL, NULL);

  story->depth++;
  send_text (peer, "x");
  test_spin (NULL, 20);
  story->depth--;
}

static void
test_inside_connected (void)
{
  Story story = { .self = sa_socket_new (), .other = test_listener () };

  sa_socket_set_wait_policy (story.self, SA_WAIT_NEVER);
  g_signal_connect (story.self, "connected", G_CALLBACK (run_loop_connected), &story);
  g_signal_connect (story.self, "receive-ready", G_CALLBACK (on_inside), &story);
  g_signal_connect (story.self, "send-ready", G_CALLBACK (on_inside), &story);
  sa_socket_connect_to_host (story.self, "127.0.0.1", sa_socket_get_local_port (story.other), NULL, NULL);
  test_wait_until (&story.done);
  g_signal_handlers_disconnect_by_data (story.self, &story);
  g_clear_object (&story.self);
  g_clear_object (&story.other);
}

/* What waits for bytes, or to be sent, goes on in a loop inside of a handler. No signal comes there.  */

#define BULK (4 * 1024 * 1024)

static void
on_bulk_sent (GObject *source,
              GAsyncResult *result,
              gpointer story)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (sa_socket_send_finish (SA_SOCKET (source), result, &error), >, 0);
  g_assert_no_error (error);
  ((Story *) story)->done = TRUE;
}

static gboolean
is_done_or_drains (gpointer data)
{
  Story *story = data;
  g_autofree guint8 *block = g_malloc (65536);

  while (sa_socket_receive (story->other, block, 65536, NULL, NULL) > 0)
    continue;

  return story->done;
}

static void
go_on_sending (SaSocket *socket,
               Story *story)
{
  g_assert_cmpuint (story->depth++, ==, 0);
  if (story->told++ == 0)
    {
      send_text (story->other, "more");
      test_wait_in (NULL, is_done_or_drains, story);
    }
  story->depth--;
  take_all (socket);
}

static void
test_go_on_sending (void)
{
  g_autofree guint8 *bulk = g_malloc0 (BULK);
  Story story = { NULL };

  test_connect_never (&story.self, &story.other);
  g_signal_connect (story.self, "receive-ready", G_CALLBACK (go_on_sending), &story);
  sa_socket_send_async (story.self, bulk, BULK, NULL, on_bulk_sent, &story);
  g_assert_false (story.done);
  send_text (story.other, "x");
  while (story.told == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (story.done);
  g_clear_object (&story.self);
  g_clear_object (&story.other);
}

static void
begin_receive (SaSocket *socket,
               Story *story)
{
  if (story->told++ > 0)
    return;

  sa_socket_receive_async (socket, 1, NULL, on_received, story);
  test_wait_until (&story->done);
  story->done = FALSE;
  sa_socket_receive_async (socket, 1, NULL, on_received, story);
  send_text (story->other, "y");
  test_wait_until (&story->done);
}

static void
begin_send (SaSocket *socket,
            Story *story)
{
  if (story->told++ > 0)
    return;

  sa_socket_send_async (socket, (const guint8 *) "z", 1, NULL, on_bulk_sent, story);
  test_wait_until (&story->done);
}

static void
test_begin_inside (gconstpointer handler)
{
  Story story = { NULL };

  test_connect_never (&story.self, &story.other);
  g_signal_connect (story.self, "receive-ready", (GCallback) handler, &story);
  send_text (story.other, "x");
  while (story.told == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (story.done);
  g_clear_object (&story.self);
  g_clear_object (&story.other);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_use_one_byte ();

  g_test_add_func ("/nested/last-reference", test_last_reference);
  g_test_add_data_func ("/nested/connected/held", GINT_TO_POINTER (FALSE), test_drop_in_connected);
  g_test_add_data_func ("/nested/connected/dropped", GINT_TO_POINTER (TRUE), test_drop_in_connected);
  g_test_add_data_func ("/nested/closed/held", GINT_TO_POINTER (FALSE), test_drop_in_closed);
  g_test_add_data_func ("/nested/closed/dropped", GINT_TO_POINTER (TRUE), test_drop_in_closed);
  g_test_add_func ("/nested/taken-before", test_taken_before);
  g_test_add_func ("/nested/accepted-before", test_accepted_before);
  g_test_add_data_func ("/nested/urgent/taken-before", (gconstpointer) take_before_loop,
                        test_taken_by_urgent);
  g_test_add_data_func ("/nested/urgent/taken-inside", (gconstpointer) take_inside_loop,
                        test_taken_by_urgent);
  g_test_add_func ("/nested/receive-anew", test_receive_anew);
  g_test_add_func ("/nested/priority", test_priority);
  g_test_add_func ("/nested/connected/inside", test_inside_connected);
  g_test_add_func ("/nested/going-on/sending", test_go_on_sending);
  g_test_add_data_func ("/nested/going-on/receive", (gconstpointer) begin_receive, test_begin_inside);
  g_test_add_data_func ("/nested/going-on/send", (gconstpointer) begin_send, test_begin_inside);

  return g_test_run ();
}
