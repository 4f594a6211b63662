/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sockarch/net/sa-socket-private.h"

#include "test-one-byte.h"
#include "test-socket-utils.h"
#include "test-utils.h"

#include <errno.h>
#include <sys/socket.h>

/* Bytes that are queued when something ends: the connection, their time, their call. Whoever waits for them,
 * or behind them, is told.  */

/* More than the kernel takes.  */
#define BULK (8 * 1024 * 1024)

typedef struct
{
  SaSocket *socket;
  SaSocket *peer;
  GString *log;         /* of the socket */
  GAsyncResult *sent;   /* of a send */
  GAsyncResult *closed; /* of a close */
} Fixture;

static void
set_up (Fixture *f,
        gconstpointer is_tcp)
{
  g_autoptr (GError) error = NULL;

  if (GPOINTER_TO_INT (is_tcp))
    {
      test_connect_never (&f->socket, &f->peer);
    }
  else
    {
      sa_socket_new_pair (&f->socket, &f->peer, &error);
      g_assert_no_error (error);
      sa_socket_set_wait_policy (f->socket, SA_WAIT_NEVER);
      sa_socket_set_wait_policy (f->peer, SA_WAIT_NEVER);
    }
  f->log = test_log_connected (f->socket);
}

static void
tear_down (Fixture *f,
           gconstpointer is_tcp)
{
  g_signal_handlers_disconnect_by_data (f->socket, f->log);
  sa_socket_abort (f->socket);
  test_spin (NULL, 5);
  g_clear_object (&f->sent);
  g_clear_object (&f->closed);
  g_object_unref (f->socket);
  g_object_unref (f->peer);
  test_spin (NULL, 5);
  g_string_free (f->log, TRUE);
}

static void
begin_bulk (Fixture *f)
{
  g_autofree guint8 *bulk = g_malloc0 (BULK);

  sa_socket_send_async (f->socket, bulk, BULK, NULL, test_on_result, &f->sent);
  test_spin (NULL, 5);
  g_assert_cmpuint (sa_socket_get_queued_bytes (f->socket), >, 0);
}

/* Nothing is queued, and the kernel has no room.  */
static void
fill_kernel (SaSocket *socket)
{
  g_autofree guint8 *block = g_malloc0 (65536);

  while (sa_socket_send_with_flags (socket, block, 65536, 0, NULL, NULL) > 0)
    continue;
  while (sa_socket_send_with_flags (socket, block, 1, 0, NULL, NULL) > 0)
    continue;
}

/* Until the end.  */
static gboolean
drain (gpointer data)
{
  g_autofree guint8 *block = g_malloc (65536);
  gssize n;

  while ((n = sa_socket_receive (data, block, 65536, NULL, NULL)) > 0)
    continue;

  return n == 0;
}

static void
assert_not_sent (Fixture *f,
                 int code)
{
  g_autoptr (GError) error = NULL;

  test_wait_in (NULL, test_has_result, &f->sent);
  g_assert_cmpint (sa_socket_send_finish (f->socket, f->sent, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, code);
}

/* The peer finishes first, and then there is nobody who receives.  */

static void
begin_bulk_after_end (Fixture *f)
{
  begin_bulk (f);
  sa_socket_shutdown (f->peer, SA_SHUTDOWN_SENDS, NULL);
  test_wait_for_log (f->log, "e");
}

static void
test_reset_after_end (Fixture *f,
                      gconstpointer is_tcp)
{
  begin_bulk_after_end (f);
  sa_socket_abort (f->peer);
  assert_not_sent (f, G_IO_ERROR_CONNECTION_CLOSED);
  test_wait_for_log (f->log, "X");
  g_assert_cmpint (sa_socket_get_state (f->socket), ==, SA_SOCKET_STATE_CLOSED);
}

static void
test_close_after_end (Fixture *f,
                      gconstpointer is_tcp)
{
  begin_bulk_after_end (f);
  sa_socket_close (f->peer, NULL);
  assert_not_sent (f, G_IO_ERROR_CONNECTION_CLOSED);
  test_wait_for_log (f->log, "X");
}

/* Nothing is queued any more, but the kernel has bytes that the peer will never have: no good end.  */
static void
assert_lost (Fixture *f)
{
  test_wait_for_log (f->log, "X");
  g_assert_error (sa_socket_get_last_error (f->socket), G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  g_assert_cmpint (sa_socket_get_state (f->socket), ==, SA_SOCKET_STATE_CLOSED);
}

static void
test_sent_after_end (Fixture *f,
                     gconstpointer is_tcp)
{
  sa_socket_close (f->peer, NULL);
  test_wait_for_log (f->log, "e");
  g_assert_cmpint (sa_socket_send (f->socket, (const guint8 *) "x", 1, NULL, NULL), ==, 1);
  assert_lost (f);
}

static void
test_unread_after_end (Fixture *f,
                       gconstpointer is_tcp)
{
  g_assert_cmpint (sa_socket_send (f->socket, (const guint8 *) "unread", 6, NULL, NULL), ==, 6);
  sa_socket_shutdown (f->peer, SA_SHUTDOWN_SENDS, NULL);
  test_wait_for_log (f->log, "e");
  g_assert_cmpuint (sa_socket_get_queued_bytes (f->socket), ==, 0);
  sa_socket_abort (f->peer);
  assert_lost (f);
}

static void
test_unread_after_shutdown (Fixture *f,
                            gconstpointer is_tcp)
{
  g_assert_cmpint (sa_socket_send (f->socket, (const guint8 *) "unread", 6, NULL, NULL), ==, 6);
  g_assert_true (sa_socket_shutdown (f->socket, SA_SHUTDOWN_RECEIVES, NULL));
  test_wait_for_log (f->log, "e");
  g_assert_cmpuint (sa_socket_get_queued_bytes (f->socket), ==, 0);
  sa_socket_abort (f->peer);
  assert_lost (f);
}

static void
assert_no_goodbye (Fixture *f,
                   int code)
{
  g_autoptr (GError) error = NULL;

  test_wait_in (NULL, test_has_result, &f->closed);
  g_assert_false (sa_socket_close_gracefully_finish (f->socket, f->closed, &error));
  g_assert_error (error, G_IO_ERROR, code);
  assert_not_sent (f, code);
}

/* A graceful close is none then.  */
static void
test_goodbye_reset (Fixture *f,
                    gconstpointer is_tcp)
{
  begin_bulk_after_end (f);
  sa_socket_close_gracefully_async (f->socket, NULL, test_on_result, &f->closed);
  test_spin (NULL, 5);
  g_assert_null (f->closed);
  sa_socket_abort (f->peer);
  assert_no_goodbye (f, G_IO_ERROR_CONNECTION_CLOSED);
}

static void
test_goodbye_idle (Fixture *f,
                   gconstpointer is_tcp)
{
  begin_bulk_after_end (f);
  sa_socket_close_gracefully_async (f->socket, NULL, test_on_result, &f->closed);
  sa_socket_set_idle_timeout (f->socket, 20);
  assert_no_goodbye (f, G_IO_ERROR_TIMED_OUT);
}

/* The end of the stream stands behind bytes whose time runs out.  */
static void
test_timed_out_fin (Fixture *f,
                    gconstpointer is_tcp)
{
  fill_kernel (f->socket);
  sa_socket_set_timeout (f->socket, 20);
  sa_socket_send_async (f->socket, (const guint8 *) "late", 4, NULL, test_on_result, &f->sent);
  test_spin (NULL, 5);
  g_assert_true (sa_socket_shutdown (f->socket, SA_SHUTDOWN_SENDS, NULL));
  assert_not_sent (f, G_IO_ERROR_TIMED_OUT);
  g_assert_cmpuint (sa_socket_get_queued_bytes (f->socket), ==, 0);
  test_wait_in (NULL, drain, f->peer);
}

static gboolean
cancel (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);

  return G_SOURCE_REMOVE;
}

/* A call waits until nothing is queued, and what was is cancelled.  */
static void
test_cancelled_wait (Fixture *f,
                     gconstpointer is_tcp)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  fill_kernel (f->socket);
  sa_socket_send_async (f->socket, (const guint8 *) "never", 5, cancellable, test_on_result, &f->sent);
  test_spin (NULL, 5);
  sa_socket_set_wait_policy (f->socket, SA_WAIT_DISPATCH);
  sa_socket_set_timeout (f->socket, TEST_DEADLINE * 1000);
  g_idle_add (cancel, cancellable);
  g_assert_true (sa_socket_shutdown (f->socket, SA_SHUTDOWN_SENDS, &error));
  g_assert_no_error (error);
  assert_not_sent (f, G_IO_ERROR_CANCELLED);
}

/* Who has closed a file receives nothing: when the connection breaks, nothing is kept for him.  */
static void
test_file (Fixture *f,
           gconstpointer is_tcp)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SaSocketFile) file = sa_socket_file_new (f->socket, &error);

  g_assert_no_error (error);
  begin_bulk (f);
  sa_socket_send (f->peer, (const guint8 *) "unread", 6, NULL, NULL);
  test_wait_for_log (f->log, "r");
  g_io_stream_close_async (G_IO_STREAM (file), 0, NULL, test_on_result, &f->closed);
  test_spin (NULL, 5);
  g_assert_null (f->closed);
  sa_socket_abort (f->peer);
  test_wait_in (NULL, test_has_result, &f->closed);
  g_assert_false (g_io_stream_close_finish (G_IO_STREAM (file), f->closed, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  g_assert_cmpint (sa_socket_get_state (f->socket), ==, SA_SOCKET_STATE_CLOSED);
  g_assert_cmpint (sa_socket_get_fd (f->socket), ==, -1);
}

/* What was queued is lost, and close says so.  */
static void
test_close_reset (Fixture *f,
                  gconstpointer is_tcp)
{
  g_autoptr (GError) error = NULL;

  begin_bulk (f);
  sa_socket_abort (f->peer);
  g_assert_false (sa_socket_close (f->socket, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  assert_not_sent (f, G_IO_ERROR_CLOSED);
}

/* A call that waits for bytes sends what is queued meanwhile, and that fails.  */
static void
test_receive (Fixture *f,
              gconstpointer is_tcp)
{
  g_autofree char *block = g_malloc (65536);
  g_autoptr (GError) error = NULL;
  char byte;

  begin_bulk (f);
  sa_socket_set_wait_policy (f->socket, SA_WAIT_BLOCK);
  sa_socket_set_timeout (f->socket, TEST_DEADLINE * 1000);
  g_assert_true (sa_socket_shutdown (f->peer, SA_SHUTDOWN_RECEIVES, &error));
  g_assert_no_error (error);
  /* The kernel speaks of it when there is room.  */
  while (recv (sa_socket_get_fd (f->peer), block, 65536, MSG_DONTWAIT) > 0)
    continue;
  g_assert_cmpint (sa_socket_receive (f->socket, &byte, 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
}

static gboolean
say_goodbye (gpointer data)
{
  Fixture *f = data;

  sa_socket_set_timeout (f->socket, 0);
  sa_socket_close_gracefully_async (f->socket, NULL, test_on_result, &f->closed);

  return G_SOURCE_REMOVE;
}

/* A handler says goodbye behind a send that waits, and whose time runs out.  */
static void
test_waiting_fin (Fixture *f,
                  gconstpointer is_tcp)
{
  g_autoptr (GError) error = NULL;

  fill_kernel (f->socket);
  sa_socket_set_wait_policy (f->socket, SA_WAIT_DISPATCH);
  sa_socket_set_timeout (f->socket, 50);
  g_idle_add (say_goodbye, f);
  g_assert_cmpint (sa_socket_send (f->socket, (const guint8 *) "late", 4, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  test_wait_in (NULL, drain, f->peer);
  sa_socket_close (f->peer, NULL);
  test_wait_in (NULL, test_has_result, &f->closed);
  g_assert_true (sa_socket_close_gracefully_finish (f->socket, f->closed, NULL));
}

/* A kernel in which things happen at a certain moment.  */

static const SaSocketSystem *system_before;
static SaSocketSystem moment;
static GCancellable *to_cancel;

static void
begin_moment (void)
{
  system_before = sa_socket_system;
  moment = *system_before;
  sa_socket_system = &moment;
}

static void
end_moment (void)
{
  sa_socket_system = system_before;
}

static ssize_t
cancel_and_send (int fd,
                 const struct msghdr *message,
                 int flags)
{
  if (to_cancel != NULL)
    g_cancellable_cancel (g_steal_pointer (&to_cancel));
  errno = EAGAIN;

  return -1;
}

static ssize_t
cancel_and_send_one (int fd,
                     const void *data,
                     size_t length,
                     int flags)
{
  return cancel_and_send (fd, NULL, flags);
}

/* It is cancelled just after a turn has tried to send it.  */
static void
test_cancelled_fin (Fixture *f,
                    gconstpointer is_tcp)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  fill_kernel (f->socket);
  sa_socket_send_async (f->socket, (const guint8 *) "never", 5, cancellable, test_on_result, &f->sent);
  test_spin (NULL, 5);
  g_assert_true (sa_socket_shutdown (f->socket, SA_SHUTDOWN_SENDS, NULL));
  begin_moment ();
  moment.send = cancel_and_send_one;
  moment.sendmsg = cancel_and_send;
  to_cancel = cancellable;
  sa_socket_wake (f->socket);
  assert_not_sent (f, G_IO_ERROR_CANCELLED);
  end_moment ();
  g_assert_null (to_cancel);
  test_wait_in (NULL, drain, f->peer);
}

static gint64 flood_ends;

static ssize_t
receive_flood (int fd,
               void *buffer,
               size_t size,
               int flags)
{
  return g_get_monotonic_time () < flood_ends ? (ssize_t) size : recv (fd, buffer, size, flags);
}

/* A peer that never stops is not waited for.  */
static void
test_goodbye_flood (Fixture *f,
                    gconstpointer is_tcp)
{
  static const SaWaitPolicy policies[] = { SA_WAIT_BLOCK, SA_WAIT_DISPATCH };

  begin_moment ();
  moment.recv = receive_flood;
  for (guint i = 0; i < G_N_ELEMENTS (policies); i++)
    {
      g_autoptr (SaSocket) socket = NULL;
      g_autoptr (SaSocket) peer = NULL;
      g_autoptr (GError) error = NULL;

      sa_socket_new_pair (&socket, &peer, NULL);
      sa_socket_set_wait_policy (socket, policies[i]);
      sa_socket_set_timeout (socket, 20);
      sa_socket_set_wait_policy (peer, SA_WAIT_NEVER);
      sa_socket_close (peer, NULL);
      flood_ends = g_get_monotonic_time () + 5 * G_USEC_PER_SEC;
      g_assert_false (sa_socket_close_gracefully (socket, NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
    }
  end_moment ();
}

static GThread *main_thread;
static int is_sending; /* atomic */
static int may_send;   /* atomic */

static ssize_t
send_when_allowed (int fd,
                   const struct msghdr *message,
                   int flags)
{
  if (g_thread_self () != main_thread && !g_atomic_int_get (&may_send))
    {
      gint64 deadline = g_get_monotonic_time () + TEST_DEADLINE * G_USEC_PER_SEC;

      g_atomic_int_set (&is_sending, TRUE);
      g_main_context_wakeup (NULL);
      while (!g_atomic_int_get (&may_send) && g_get_monotonic_time () < deadline)
        g_usleep (100);
    }

  return system_before->sendmsg (fd, message, flags);
}

static gpointer
send_in_thread (gpointer socket)
{
  return GINT_TO_POINTER (sa_socket_send (socket, (const guint8 *) "thread", 6, NULL, NULL));
}

/* The time of what a thread is just sending runs out: it is sent all the same.  */
static void
test_guarded_timer (Fixture *f,
                    gconstpointer is_tcp)
{
  SaPoller *poller = sa_socket_get_poller (f->socket);
  g_autofree char *block = g_malloc0 (65536);
  g_autoptr (GString) text = g_string_new (NULL);
  gint64 deadline = g_get_monotonic_time () + TEST_DEADLINE * G_USEC_PER_SEC;
  GThread *thread;
  gsize timers;

  fill_kernel (f->socket);
  sa_socket_set_wait_policy (f->socket, SA_WAIT_BLOCK);
  sa_socket_set_timeout (f->socket, 20);
  sa_socket_send_async (f->socket, (const guint8 *) "late", 4, NULL, test_on_result, &f->sent);
  sa_socket_set_timeout (f->socket, 0);
  timers = SA_POLLER_STAT (poller, timers);

  main_thread = g_thread_self ();
  is_sending = may_send = FALSE;
  begin_moment ();
  moment.sendmsg = send_when_allowed;
  thread = g_thread_new ("send", send_in_thread, f->socket);
  while (!sa_socket_is_blocking (f->socket))
    g_usleep (100);
  while (!g_atomic_int_get (&is_sending))
    {
      if (sa_socket_receive (f->peer, block, 65536, NULL, NULL) <= 0)
        g_usleep (100);
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    }
  while (SA_POLLER_STAT (poller, timers) < timers + 2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (f->sent);
  g_atomic_int_set (&may_send, TRUE);

  while (strcmp (text->str, "latethread") != 0)
    {
      gssize n = sa_socket_receive (f->peer, block, 65536, NULL, NULL);

      for (gssize i = 0; i < n; i++)
        if (block[i] != 0)
          g_string_append_c (text, block[i]);
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    }
  g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (thread)), ==, 6);
  end_moment ();
  test_wait_in (NULL, test_has_result, &f->sent);
  g_assert_cmpint (sa_socket_send_finish (f->socket, f->sent, NULL), ==, 4);
  g_assert_cmpuint (sa_socket_get_queued_bytes (f->socket), ==, 0);
}

/* After a close the time to linger says how long a send may take, and its own time does not count: nobody
 * looks at the clock every few milliseconds.  */
static void
test_lingering_timer (Fixture *f,
                      gconstpointer is_tcp)
{
  SaPoller *poller = sa_poller_get (NULL, G_PRIORITY_DEFAULT, NULL);
  gsize timers;

  fill_kernel (f->socket);
  sa_socket_set_timeout (f->socket, 1);
  sa_socket_set_linger (f->socket, 200);
  sa_socket_send_async (f->socket, (const guint8 *) "late", 4, NULL, test_on_result, &f->sent);
  g_assert_true (sa_socket_close (f->socket, NULL));
  timers = SA_POLLER_STAT (poller, timers);
  assert_not_sent (f, G_IO_ERROR_TIMED_OUT);
  g_assert_cmpuint (SA_POLLER_STAT (poller, timers) - timers, <=, 3);
  sa_poller_unref (poller);
}

/* And what is cancelled then, before its first byte, is not sent any more.  */
static void
test_lingering_cancel (Fixture *f,
                       gconstpointer is_tcp)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree guint8 *block = g_malloc (65536);
  gsize sent, received = 0;
  gssize n;

  fill_kernel (f->socket);
  sent = sa_socket_get_bytes_sent (f->socket);
  sa_socket_set_linger (f->socket, 20000);
  sa_socket_send_async (f->socket, (const guint8 *) "late", 4, cancellable, test_on_result, &f->sent);
  g_assert_true (sa_socket_close (f->socket, NULL));
  g_cancellable_cancel (cancellable);
  sa_socket_set_wait_policy (f->peer, SA_WAIT_DISPATCH);
  while ((n = sa_socket_receive (f->peer, block, 65536, NULL, NULL)) > 0)
    received += (gsize) n;
  g_assert_cmpint (n, ==, 0);
  g_assert_cmpuint (received, ==, sent);
  assert_not_sent (f, G_IO_ERROR_CANCELLED);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_use_one_byte ();

#define ADD(name, is_tcp, func) \
  g_test_add ("/queued/" name, Fixture, GINT_TO_POINTER (is_tcp), set_up, func, tear_down)
  ADD ("reset-after-end", TRUE, test_reset_after_end);
  ADD ("close-after-end", TRUE, test_close_after_end);
  ADD ("sent-after-end", TRUE, test_sent_after_end);
  ADD ("unread-after-end", TRUE, test_unread_after_end);
  ADD ("unread-after-shutdown", TRUE, test_unread_after_shutdown);
  ADD ("goodbye/reset", TRUE, test_goodbye_reset);
  ADD ("goodbye/idle-timeout", TRUE, test_goodbye_idle);
  ADD ("timed-out-fin", FALSE, test_timed_out_fin);
  ADD ("cancelled-wait", FALSE, test_cancelled_wait);
  ADD ("file", TRUE, test_file);
  ADD ("close-reset", TRUE, test_close_reset);
  ADD ("receive", FALSE, test_receive);
  ADD ("waiting-fin", FALSE, test_waiting_fin);
  ADD ("cancelled-fin", FALSE, test_cancelled_fin);
  ADD ("goodbye/flood", FALSE, test_goodbye_flood);
  ADD ("guarded-timer", FALSE, test_guarded_timer);
  ADD ("lingering/timer", FALSE, test_lingering_timer);
  ADD ("lingering/cancelled", FALSE, test_lingering_cancel);

  return g_test_run ();
}
