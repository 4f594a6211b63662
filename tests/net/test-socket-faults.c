/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define _GNU_SOURCE

#include "sockarch/net/sa-socket-private.h"
#include "sockarch/net/sa-socket-system-private.h"

#include "test-socket-utils.h"
#include "test-utils.h"

#include <dlfcn.h>

/* What the kernel may do and seldom does: interruptions, one byte at a time, resets at any point, and no
 * descriptors left. And how often it is asked.  */

static int interruptions;   /* how many of the next calls are interrupted */
static gssize reset_after;  /* so many calls work, then the connection is reset; -1: never */
static int shortages;       /* how many of the next accepts find no descriptor */
static int accepts;         /* how many were tried */
static int calls;           /* receives and sends */
static int warnings;        /* that were logged */

/* Structured messages are not what g_test_expect_message () expects.  */
static GLogWriterOutput
count_warnings (GLogLevelFlags level,
                const GLogField *fields,
                gsize n_fields,
                gpointer data)
{
  if (level != G_LOG_LEVEL_WARNING)
    return g_log_writer_default (level, fields, n_fields, data);

  warnings++;

  return G_LOG_WRITER_HANDLED;
}

static gboolean
is_interrupted (void)
{
  calls++;
  if (interruptions > 0)
    {
      interruptions--;
      errno = EINTR;
      return TRUE;
    }
  if (reset_after == 0)
    {
      errno = ECONNRESET;
      return TRUE;
    }
  if (reset_after > 0)
    reset_after--;

  return FALSE;
}

static ssize_t
one_recv (int fd,
          void *buffer,
          size_t size,
          int flags)
{
  return is_interrupted () ? -1 : recv (fd, buffer, MIN (size, 1), flags);
}

static ssize_t
one_send (int fd,
          const void *data,
          size_t length,
          int flags)
{
  return is_interrupted () ? -1 : send (fd, data, MIN (length, 1), flags);
}

static ssize_t
one_sendmsg (int fd,
             const struct msghdr *message,
             int flags)
{
  return one_send (fd, message->msg_iov[0].iov_base, message->msg_iov[0].iov_len, flags);
}

static int
scarce_accept (int fd)
{
  accepts++;
  if (shortages > 0)
    {
      shortages--;
      errno = EMFILE;
      return -1;
    }

  return sa_socket_kernel.accept (fd);
}

static ssize_t
counted_recv (int fd,
              void *buffer,
              size_t size,
              int flags)
{
  return is_interrupted () ? -1 : recv (fd, buffer, size, flags);
}

static ssize_t
counted_send (int fd,
              const void *data,
              size_t length,
              int flags)
{
  return is_interrupted () ? -1 : send (fd, data, length, flags);
}

static ssize_t
counted_sendmsg (int fd,
                 const struct msghdr *message,
                 int flags)
{
  return is_interrupted () ? -1 : sendmsg (fd, message, flags);
}

static void
begin_faults (gboolean one_byte)
{
  static SaSocketSystem faulty;

  faulty = sa_socket_kernel;
  faulty.recv = one_byte ? one_recv : counted_recv;
  faulty.send = one_byte ? one_send : counted_send;
  faulty.sendmsg = one_byte ? one_sendmsg : counted_sendmsg;
  faulty.accept = scarce_accept;
  interruptions = 0;
  reset_after = -1;
  shortages = 0;
  accepts = 0;
  calls = 0;
  warnings = 0;
  sa_socket_system = &faulty;
}

static void
end_faults (void)
{
  sa_socket_system = &sa_socket_kernel;
}

static const char text[] = "A text that takes its time on the way, byte by byte, and comes all the same.";

/* One byte at a time, under every policy.  */
static void
test_one_byte (gconstpointer policy)
{
  g_autoptr (SaSocket) client = NULL;
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GString) received = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  char buffer[16];

  test_connect_never (&client, &peer);
  begin_faults (TRUE);
  sa_socket_set_wait_policy (client, (SaWaitPolicy) GPOINTER_TO_INT (policy));
  sa_socket_set_wait_policy (peer, (SaWaitPolicy) GPOINTER_TO_INT (policy));
  interruptions = 3;
  g_assert_cmpint (sa_socket_send (client, (const guint8 *) text, strlen (text), NULL, &error), ==,
                   (gssize) strlen (text));
  g_assert_no_error (error);
  interruptions = 3;
  while (received->len < strlen (text))
    {
      gssize n = sa_socket_receive (peer, buffer, sizeof buffer, NULL, &error);

      if (n < 0)
        {
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
          g_clear_error (&error);
          g_main_context_iteration (NULL, FALSE);
          continue;
        }
      g_string_append_len (received, buffer, n);
    }
  g_assert_cmpstr (received->str, ==, text);
  end_faults ();
}

static void
receive_some (SaSocket *socket,
              GString *received)
{
  char buffer[16];
  gssize n = sa_socket_receive (socket, buffer, sizeof buffer, NULL, NULL);

  if (n > 0)
    g_string_append_len (received, buffer, n);
}

static gboolean
has_text (gpointer received)
{
  return ((GString *) received)->len == strlen (text);
}

/* A short receive that says nothing about the kernel: the signal still comes for what is left. On a Unix
 * socket, where a short one never says anything.  */
static void
test_one_byte_signals (void)
{
  g_autoptr (SaSocket) first = NULL;
  g_autoptr (SaSocket) second = NULL;
  g_autoptr (GString) received = g_string_new (NULL);

  g_assert_true (sa_socket_new_pair (&first, &second, NULL));
  begin_faults (TRUE);
  sa_socket_set_wait_policy (second, SA_WAIT_NEVER);
  g_signal_connect (second, "receive-ready", G_CALLBACK (receive_some), received);
  sa_socket_send (first, (const guint8 *) text, strlen (text), NULL, NULL);
  test_wait_in (NULL, has_text, received);
  g_assert_cmpstr (received->str, ==, text);
  end_faults ();
}

/* A reset at each point of a conversation gives an error once, then the signal, and nothing hangs.  */
static void
test_reset_everywhere (void)
{
  for (gssize point = 0; point < 6; point++)
    {
      g_autoptr (SaSocket) client = NULL;
      g_autoptr (SaSocket) peer = NULL;
      g_autoptr (GString) log = NULL;
      g_autoptr (GError) error = NULL;
      gboolean failed = FALSE;
      char buffer[16];

      test_connect_never (&client, &peer);
      log = test_log (client);
      begin_faults (FALSE);
      reset_after = point;
      for (int i = 0; i < 10 && !failed; i++)
        {
          failed = sa_socket_send (client, (const guint8 *) "x", 1, NULL, &error) < 0;
          if (!failed && sa_socket_receive (client, buffer, 16, NULL, &error) < 0)
            {
              failed = !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
              if (!failed)
                g_clear_error (&error);
            }
        }
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
      test_wait_for_log (log, "X");
      g_assert_cmpint (sa_socket_get_state (client), ==, SA_SOCKET_STATE_CLOSED);
      end_faults ();
    }
}

static void
count_peer (SaSocket *server,
            int *peers)
{
  g_autoptr (SaSocket) peer = sa_socket_accept (server, NULL, NULL);

  if (peer != NULL)
    (*peers)++;
}

static gboolean
is_two (gpointer data)
{
  return *(int *) data == 2;
}

/* No descriptors: tried again at growing intervals, said once, and good again by itself.  */
static void
test_shortage_signals (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) first = sa_socket_new ();
  g_autoptr (SaSocket) second = sa_socket_new ();
  int peers = 0;

  begin_faults (FALSE);
  shortages = 4;
  sa_socket_set_wait_policy (server, SA_WAIT_NEVER);
  g_signal_connect (server, "accept-ready", G_CALLBACK (count_peer), &peers);
  sa_socket_connect_to_host (first, "127.0.0.1", sa_socket_get_local_port (server), NULL, NULL);
  sa_socket_connect_to_host (second, "127.0.0.1", sa_socket_get_local_port (server), NULL, NULL);
  test_wait_in (NULL, is_two, &peers);
  g_assert_cmpint (warnings, ==, 1);
  g_assert_cmpint (accepts, ==, 6);
  end_faults ();
}

static void
on_accepted (GObject *source,
             GAsyncResult *result,
             gpointer data)
{
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GError) error = NULL;

  peer = sa_socket_accept_finish (SA_SOCKET (source), result, &error);
  g_assert_no_error (error);
  (*(int *) data)++;
}

static void
test_shortage_async (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) first = sa_socket_new ();
  g_autoptr (SaSocket) second = sa_socket_new ();
  int peers = 0;

  begin_faults (FALSE);
  shortages = 4;
  sa_socket_accept_async (server, NULL, on_accepted, &peers);
  sa_socket_accept_async (server, NULL, on_accepted, &peers);
  sa_socket_connect_to_host (first, "127.0.0.1", sa_socket_get_local_port (server), NULL, NULL);
  sa_socket_connect_to_host (second, "127.0.0.1", sa_socket_get_local_port (server), NULL, NULL);
  test_wait_in (NULL, is_two, &peers);
  g_assert_cmpint (warnings, ==, 1);
  g_assert_cmpint (accepts, ==, 6);
  end_faults ();
}

static void
test_shortage_block (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GError) error = NULL;

  begin_faults (FALSE);
  shortages = 1;
  sa_socket_connect_to_host (client, "127.0.0.1", sa_socket_get_local_port (server), NULL, NULL);
  g_assert_null (sa_socket_accept (server, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TOO_MANY_OPEN_FILES);
  g_assert_cmpint (warnings, ==, 1);
  g_clear_error (&error);
  peer = sa_socket_accept (server, NULL, &error);
  g_assert_no_error (error);
  end_faults ();
}

static void
echo (SaSocket *socket,
      int *rounds)
{
  char buffer[4096];
  gssize n = sa_socket_receive (socket, buffer, sizeof buffer, NULL, NULL);

  g_assert_cmpint (n, ==, 64);
  sa_socket_send (socket, (const guint8 *) buffer, 64, NULL, NULL);
  (*rounds)++;
}

/* One round trip costs each side one receive and one send, and the loop one look at the kernel.  */
static void
test_system_calls (void)
{
  g_autoptr (SaSocket) client = NULL;
  g_autoptr (SaSocket) peer = NULL;
  SaPoller *poller;
  guint64 polls;
  guint64 updates;
  char message[64] = "";
  int rounds = 0;

  test_connect_never (&client, &peer);
  test_spin (NULL, 10);
  g_signal_connect (peer, "receive-ready", G_CALLBACK (echo), &rounds);
  sa_socket_set_event_mask (client, SA_SOCKET_EVENT_NONE);
  begin_faults (FALSE);
  poller = sa_socket_get_poller (peer);
  polls = sa_poller_get_stats (poller)->polls;
  updates = sa_poller_get_stats (poller)->updates;
  for (int i = 0; i < 100; i++)
    {
      send (g_socket_get_fd (sa_socket_get_socket (client)), message, sizeof message, 0);
      while (rounds <= i)
        g_main_context_iteration (NULL, TRUE);
      g_assert_cmpint (recv (g_socket_get_fd (sa_socket_get_socket (client)), message, 64, 0), ==, 64);
    }

  g_assert_cmpint (calls, ==, 200);
  g_assert_cmpuint (sa_socket_get_receive_calls (peer), ==, 100);
  g_assert_cmpuint (sa_socket_get_send_calls (peer), ==, 100);
  /* The client's own events come to the same poller.  */
  g_assert_cmpuint (sa_poller_get_stats (poller)->polls - polls, <=, 210);
  g_assert_cmpuint (sa_poller_get_stats (poller)->updates, ==, updates);
  end_faults ();
}

static gboolean spoils_errno; /* whether each lock that the library lets go changes errno, as it may */

/* In the place of GLib's, for the library.  */
void
g_mutex_unlock (GMutex *mutex)
{
  static void (*unlock) (GMutex *mutex);

  if (unlock == NULL)
    unlock = (void (*) (GMutex *)) dlsym (RTLD_NEXT, "g_mutex_unlock");
  unlock (mutex);
  if (spoils_errno)
    errno = ENOENT;
}

static void
receive_all (SaSocket *socket,
             gsize *received)
{
  char buffer[65536];
  gssize n;

  while ((n = sa_socket_receive (socket, buffer, sizeof buffer, NULL, NULL)) > 0)
    *received += (gsize) n;
}

#define BULK (8 * 1024 * 1024)

static gboolean
has_bulk (gpointer received)
{
  return *(gsize *) received == BULK;
}

/* What the kernel says is not mistaken for what is done about it: that a call would block least of all.  */
static void
test_spoiled_errno (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = NULL;
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *bulk = g_malloc0 (BULK);
  gsize received = 0;
  char byte;

  test_connect (server, &client, &peer);
  sa_socket_set_wait_policy (server, SA_WAIT_NEVER);
  sa_socket_set_wait_policy (client, SA_WAIT_NEVER);
  sa_socket_set_wait_policy (peer, SA_WAIT_NEVER);
  sa_socket_set_high_water_mark (client, 2 * BULK);
  spoils_errno = TRUE;
  g_assert_null (sa_socket_accept (server, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_clear_error (&error);
  g_assert_cmpint (sa_socket_receive (client, &byte, 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_clear_error (&error);

  g_assert_cmpint (sa_socket_send (client, bulk, BULK, NULL, &error), ==, BULK);
  g_assert_no_error (error);
  g_assert_cmpuint (sa_socket_get_queued_bytes (client), >, 0);
  g_signal_connect (peer, "receive-ready", G_CALLBACK (receive_all), &received);
  test_wait_in (NULL, has_bulk, &received);
  spoils_errno = FALSE;
}

/* The kernel refuses to send, and tells nobody of it: who waits learns it all the same, also in a loop inside
 * of a handler.  */

typedef struct
{
  SaSocket *socket;
  guint n_told;
} Refusal;

static ssize_t
refuse_to_send (int fd,
                const void *buffer,
                size_t size,
                int flags)
{
  errno = ENOBUFS;

  return -1;
}

static void
on_sent_in_vain (GObject *source,
                 GAsyncResult *result,
                 gpointer refusal)
{
  g_assert_cmpint (sa_socket_send_finish (SA_SOCKET (source), result, NULL), ==, -1);
  ((Refusal *) refusal)->n_told++;
}

static void
on_received_in_vain (GObject *source,
                     GAsyncResult *result,
                     gpointer refusal)
{
  gsize length;

  g_assert_null (sa_socket_receive_finish (SA_SOCKET (source), result, &length, NULL));
  ((Refusal *) refusal)->n_told++;
}

static gboolean
on_idle_send (gpointer data)
{
  Refusal *refusal = data;
  static SaSocketSystem refusing;

  refusing = *sa_socket_system;
  refusing.send = refuse_to_send;
  sa_socket_system = &refusing;
  sa_socket_set_high_water_mark (refusal->socket, 1);
  g_assert_cmpint (sa_socket_send (refusal->socket, (const guint8 *) "x", 1, NULL, NULL), ==, -1);
  sa_socket_system = &sa_socket_kernel;

  return G_SOURCE_REMOVE;
}

static gboolean
are_refused (gpointer refusal)
{
  return ((Refusal *) refusal)->n_told == 2;
}

static void
run_loop_inside (SaSocket *socket,
                 Refusal *refusal)
{
  char byte;

  if (sa_socket_receive (socket, &byte, 1, NULL, NULL) != 1)
    return;

  g_idle_add (on_idle_send, refusal);
  sa_socket_receive_async (socket, 1, NULL, on_received_in_vain, refusal);
  test_wait_in (NULL, are_refused, refusal);
}

static void
test_refused_inside (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) peer = NULL;
  g_autofree guint8 *bulk = g_malloc0 (BULK);
  Refusal refusal = { NULL };

  test_connect (server, &refusal.socket, &peer);
  sa_socket_set_wait_policy (refusal.socket, SA_WAIT_NEVER);
  sa_socket_send_async (refusal.socket, bulk, BULK, NULL, on_sent_in_vain, &refusal);
  test_spin (NULL, 20);
  g_signal_connect (refusal.socket, "receive-ready", G_CALLBACK (run_loop_inside), &refusal);
  g_assert_cmpint (sa_socket_send (peer, (const guint8 *) "x", 1, NULL, NULL), ==, 1);
  test_wait_in (NULL, are_refused, &refusal);
  g_signal_handlers_disconnect_by_data (refusal.socket, &refusal);
  g_object_unref (refusal.socket);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_writer_func (count_warnings, NULL, NULL);

  g_test_add_data_func ("/socket/faults/one-byte/block", GINT_TO_POINTER (SA_WAIT_BLOCK), test_one_byte);
  g_test_add_data_func ("/socket/faults/one-byte/dispatch", GINT_TO_POINTER (SA_WAIT_DISPATCH),
                        test_one_byte);
  g_test_add_data_func ("/socket/faults/one-byte/never", GINT_TO_POINTER (SA_WAIT_NEVER), test_one_byte);
  g_test_add_func ("/socket/faults/one-byte/signals", test_one_byte_signals);
  g_test_add_func ("/socket/faults/reset-everywhere", test_reset_everywhere);
  g_test_add_func ("/socket/faults/shortage/signals", test_shortage_signals);
  g_test_add_func ("/socket/faults/shortage/async", test_shortage_async);
  g_test_add_func ("/socket/faults/shortage/block", test_shortage_block);
  g_test_add_func ("/socket/faults/system-calls", test_system_calls);
  g_test_add_func ("/socket/faults/spoiled-errno", test_spoiled_errno);
  g_test_add_func ("/socket/faults/refused-inside", test_refused_inside);

  return g_test_run ();
}
