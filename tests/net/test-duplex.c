/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define _GNU_SOURCE

#include "sockarch/net/sa-socket-private.h"

#include "test-one-byte.h"
#include "test-socket-utils.h"
#include "test-utils.h"

#include <dlfcn.h>

/* Calls of SA_WAIT_BLOCK on one socket in several threads: one receives while another sends, and a third ends
 * both.  */

/* More than a send gets rid of at once, and not a multiple of anything.  */
#define BULK (6 * 1024 * 1024 + 77)

/* One half of a conversation, in a thread of its own.  */
typedef struct
{
  SaSocket *socket;
  guint32 seed;
  gsize size;
  GThread *thread;
  int is_over; /* atomic: the thread's call has ended */
  gssize result;
  GError *error;
} Half;

/* What both sides expect at a place.  */
static guint8
byte_at (guint32 seed,
         gsize place)
{
  guint32 x = (guint32) place * 2654435761u + seed;

  return (guint8) (x >> 24);
}

static gpointer
end_half (Half *half)
{
  g_atomic_int_set (&half->is_over, TRUE);
  g_main_context_wakeup (NULL);

  return NULL;
}

static gpointer
send_half (gpointer data)
{
  Half *half = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (half->seed);
  g_autofree guint8 *block = g_malloc (1024 * 1024);

  for (gsize done = 0; done < half->size && half->error == NULL;)
    {
      gsize most = (gsize) g_rand_int_range (rand, 1, 1024 * 1024);
      gsize part = MIN (most, half->size - done);

      for (gsize i = 0; i < part; i++)
        block[i] = byte_at (half->seed, done + i);
      if (sa_socket_send (half->socket, block, part, NULL, &half->error) == (gssize) part)
        done += part;
    }

  return end_half (half);
}

static gpointer
receive_half (gpointer data)
{
  Half *half = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (half->seed + 1);
  g_autofree guint8 *block = g_malloc (256 * 1024);

  for (gsize done = 0; done < half->size && half->error == NULL;)
    {
      gsize room = (gsize) g_rand_int_range (rand, 1, 256 * 1024);
      gssize n = sa_socket_receive (half->socket, block, room, NULL, &half->error);

      if (n <= 0)
        break;
      for (gssize i = 0; i < n; i++)
        g_assert_cmpuint (block[i], ==, byte_at (half->seed, done + (gsize) i));
      done += (gsize) n;
      half->result = (gssize) done;
    }

  return end_half (half);
}

/* All in one call, so that something is queued as long as it waits.  */
static gpointer
send_whole (gpointer data)
{
  Half *half = data;
  g_autofree guint8 *bulk = g_malloc (half->size);

  for (gsize i = 0; i < half->size; i++)
    bulk[i] = byte_at (half->seed, i);
  sa_socket_send (half->socket, bulk, half->size, NULL, &half->error);

  return end_half (half);
}

static void
begin_half (Half *half,
            GThreadFunc func)
{
  g_atomic_int_set (&half->is_over, FALSE);
  half->thread = g_thread_new ("half", func, half);
}

static gboolean
is_over (gpointer half)
{
  return g_atomic_int_get (&((Half *) half)->is_over);
}

/* The loop runs meanwhile, and has the events of all sockets.  */
static void
join_half (Half *half)
{
  test_wait_in (NULL, is_over, half);
  g_thread_join (half->thread);
}

/* Waits until a call waits on the socket.  */
static void
await_sleeper (SaSocket *socket)
{
  for (guint i = 0; !sa_socket_is_blocking (socket); i++)
    {
      g_assert_cmpuint (i, <, TEST_DEADLINE * 1000);
      g_usleep (1000);
    }
}

static void
make_ends (gboolean is_tcp,
           SaSocket **first,
           SaSocket **second)
{
  g_autoptr (SaSocket) server = is_tcp ? test_listener () : NULL;

  if (is_tcp)
    test_connect (server, first, second);
  else
    g_assert_true (sa_socket_new_pair (first, second, NULL));
  sa_socket_set_timeout (*first, TEST_DEADLINE * 1000);
  sa_socket_set_timeout (*second, TEST_DEADLINE * 1000);
}

/* Both ways at once, with four threads at two sockets. Nobody fails, and no byte is lost or out of place.  */
static void
test_both_ways (gconstpointer is_tcp)
{
  gsize size = test_is_one_byte () ? 64 * 1024 + 7 : BULK;
  g_autoptr (SaSocket) first = NULL;
  g_autoptr (SaSocket) second = NULL;
  GString *log;
  Half halves[4];

  make_ends (is_tcp != NULL, &first, &second);
  log = test_log (first);
  for (guint i = 0; i < G_N_ELEMENTS (halves); i++)
    {
      halves[i] = (Half){ .socket = i < 2 ? first : second, .size = size, .seed = i % 3 == 0 ? 17 : 4711 };
      begin_half (&halves[i], i % 2 == 0 ? send_half : receive_half);
    }
  for (guint i = 0; i < G_N_ELEMENTS (halves); i++)
    {
      join_half (&halves[i]);
      g_assert_no_error (halves[i].error);
    }

  g_assert_cmpint (halves[1].result, ==, (gssize) size);
  g_assert_cmpint (halves[3].result, ==, (gssize) size);
  g_assert_cmpuint (sa_socket_get_bytes_sent (first), ==, size);
  g_assert_cmpuint (sa_socket_get_bytes_received (first), ==, size);
  g_assert_cmpuint (sa_socket_get_queued_bytes (first), ==, 0);
  g_assert_cmpint (sa_socket_get_state (first), ==, SA_SOCKET_STATE_CONNECTED);
  g_signal_handlers_disconnect_by_data (first, log);
  g_string_free (log, TRUE);
}

/* Ends of a connection, by a thread that is in none of its calls.  */

static void
end_by_close (SaSocket *socket)
{
  sa_socket_set_linger (socket, 1);
  sa_socket_close (socket, NULL);
}

static void
end_by_close_now (SaSocket *socket)
{
  sa_socket_set_linger (socket, 0);
  sa_socket_close (socket, NULL);
}

static void
end_by_goodbye (SaSocket *socket)
{
  sa_socket_set_timeout (socket, 1);
  sa_socket_set_linger (socket, 1);
  sa_socket_close_gracefully (socket, NULL, NULL);
}

static void (*const ends[]) (SaSocket *socket) = { end_by_close, end_by_close_now, sa_socket_abort,
                                                   end_by_goodbye };
static const char *const end_names[] = { "close", "close-now", "abort", "close-gracefully" };

/* A receive that waits is told that the socket was closed, and the thread waits for other sockets as
 * before.  */
static void
test_end_of_receive (gconstpointer data)
{
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (SaSocket) first = NULL;
      g_autoptr (SaSocket) second = NULL;
      Half half;

      make_ends (i % 2 == 0, &first, &second);
      half = (Half){ .socket = first, .size = 1 };
      begin_half (&half, receive_half);
      await_sleeper (first);
      ends[GPOINTER_TO_UINT (data)] (first);
      join_half (&half);
      g_assert_error (half.error, G_IO_ERROR, G_IO_ERROR_CLOSED);
      g_clear_error (&half.error);
      g_assert_cmpint (sa_socket_get_state (first), ==, SA_SOCKET_STATE_CLOSED);
    }
}

/* So is a send, whose bytes are still the caller's then.  */
static void
test_end_of_send (gconstpointer data)
{
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (SaSocket) first = NULL;
      g_autoptr (SaSocket) second = NULL;
      Half half;

      make_ends (i % 2 == 0, &first, &second);
      half = (Half){ .socket = first, .size = 64 * 1024 * 1024 };
      begin_half (&half, send_half);
      await_sleeper (first);
      ends[GPOINTER_TO_UINT (data)] (first);
      join_half (&half);
      g_assert_error (half.error, G_IO_ERROR, G_IO_ERROR_CLOSED);
      g_clear_error (&half.error);
    }
}

/* Who closes waits for what another thread sends, as for whatever is queued.  */
static void
test_close_behind_send (void)
{
  gsize size = test_is_one_byte () ? 4 * 1024 * 1024 : BULK;
  g_autoptr (SaSocket) first = NULL;
  g_autoptr (SaSocket) second = NULL;
  g_autoptr (GError) error = NULL;
  Half sender, peer;

  make_ends (TRUE, &first, &second);
  sender = (Half){ .socket = first, .size = size };
  peer = (Half){ .socket = second, .size = size };
  begin_half (&sender, send_whole);
  await_sleeper (first);
  begin_half (&peer, receive_half);
  g_assert_true (sa_socket_shutdown (first, SA_SHUTDOWN_SENDS, &error));
  g_assert_no_error (error);
  join_half (&sender);
  g_assert_no_error (sender.error);
  join_half (&peer);
  g_assert_no_error (peer.error);
  g_assert_cmpint (peer.result, ==, (gssize) size);
}

/* Two that close at the same time leave a socket that can be closed again.  */
static gpointer
close_half (gpointer data)
{
  sa_socket_close (((Half *) data)->socket, NULL);

  return end_half (data);
}

static void
abort_while_closed (SaSocket *socket,
                    Half *half)
{
  if (half->thread != NULL)
    return;

  begin_half (half, close_half);
  /* Until the thread wants the socket, which nothing tells.  */
  g_usleep (20000);
  sa_socket_abort (socket);
}

static void
test_close_twice (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) first = NULL;
  g_autoptr (SaSocket) second = NULL;
  g_autoptr (GError) error = NULL;
  Half half = { NULL };

  test_connect (server, &first, &second);
  half.socket = first;
  g_signal_connect (first, "receive-ready", G_CALLBACK (abort_while_closed), &half);
  g_assert_cmpint (sa_socket_send (second, (const guint8 *) "x", 1, NULL, NULL), ==, 1);
  while (half.thread == NULL)
    g_main_context_iteration (NULL, TRUE);
  join_half (&half);
  g_signal_handlers_disconnect_by_data (first, &half);
  sa_socket_connect_to_host (first, "127.0.0.1", sa_socket_get_local_port (server), NULL, &error);
  g_assert_no_error (error);
  g_assert_true (sa_socket_close (first, NULL));
  g_assert_cmpint (sa_socket_get_state (first), ==, SA_SOCKET_STATE_CLOSED);
}

/* To the port that is its seed.  */
static gpointer
connect_half (gpointer data)
{
  Half *half = data;

  sa_socket_connect_to_host (half->socket, "127.0.0.1", half->seed, NULL, &half->error);

  return end_half (half);
}

/* A server that does not answer any more, as long as there are the @fillers.  */
static SaSocket *
make_full_server (GPtrArray *fillers)
{
  SaSocket *server = sa_socket_new ();

  sa_socket_set_backlog (server, 1);
  g_assert_true (sa_socket_create (server, 0, G_SOCKET_TYPE_STREAM, "127.0.0.1", NULL));
  g_assert_true (sa_socket_listen (server, NULL));
  for (guint i = 0; i < 8; i++)
    {
      SaSocket *filler = sa_socket_new ();

      g_ptr_array_add (fillers, filler);
      sa_socket_set_wait_policy (filler, SA_WAIT_NEVER);
      sa_socket_connect_to_host (filler, "127.0.0.1", sa_socket_get_local_port (server), NULL, NULL);
    }
  test_spin (NULL, 50);

  return server;
}

/* A connect that blocks, for want of an answer.  */
static void
test_end_of_connect (void)
{
  g_autoptr (GPtrArray) fillers = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (SaSocket) server = make_full_server (fillers);

  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (SaSocket) client = sa_socket_new ();
      Half half = { .socket = client, .seed = sa_socket_get_local_port (server) };

      begin_half (&half, connect_half);
      await_sleeper (client);
      ends[i % 2 == 0 ? 0 : 2] (client);
      join_half (&half);
      g_assert_nonnull (half.error);
      g_clear_error (&half.error);
      g_assert_cmpint (sa_socket_get_state (client), ==, SA_SOCKET_STATE_NEW);
    }
}

/* Who waits for one in the loop finds the socket closed, and free for other threads.  */
static void
on_connect_ended (GObject *source,
                  GAsyncResult *result,
                  gpointer is_over)
{
  SaSocket *client = SA_SOCKET (source);
  g_autoptr (GError) error = NULL;
  Half half = { .socket = client, .size = 1 };

  g_assert_false (sa_socket_connect_to_host_finish (client, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_assert_cmpint (sa_socket_get_state (client), ==, SA_SOCKET_STATE_CLOSED);
  begin_half (&half, receive_half);
  join_half (&half);
  g_assert_error (half.error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_clear_error (&half.error);
  *(gboolean *) is_over = TRUE;
}

static gboolean
on_idle_close (gpointer socket)
{
  sa_socket_close (socket, NULL);

  return G_SOURCE_REMOVE;
}

static void
test_end_of_connect_async (void)
{
  g_autoptr (GPtrArray) fillers = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (SaSocket) server = make_full_server (fillers);
  g_autoptr (SaSocket) client = sa_socket_new ();
  gboolean is_over = FALSE;

  sa_socket_connect_to_host_async (client, "127.0.0.1", sa_socket_get_local_port (server), NULL,
                                   on_connect_ended, &is_over);
  test_spin (NULL, 20);
  g_idle_add (on_idle_close, client);
  test_wait_until (&is_over);
}

/* An accept as well.  */
static gpointer
accept_half (gpointer data)
{
  Half *half = data;
  g_autoptr (SaSocket) peer = sa_socket_accept (half->socket, NULL, &half->error);

  return end_half (half);
}

static void
test_end_of_accept (void)
{
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (SaSocket) server = test_listener ();
      Half half = { .socket = server };

      begin_half (&half, accept_half);
      await_sleeper (server);
      sa_socket_close (server, NULL);
      join_half (&half);
      g_assert_error (half.error, G_IO_ERROR, G_IO_ERROR_CLOSED);
      g_clear_error (&half.error);
    }
}

/* Ending one half ends the call that waits for it, well.  */
static void
test_shutdown (void)
{
  g_autoptr (SaSocket) first = NULL;
  g_autoptr (SaSocket) second = NULL;
  g_autoptr (GError) error = NULL;
  Half half;

  make_ends (TRUE, &first, &second);
  half = (Half){ .socket = first, .size = 1 };
  begin_half (&half, receive_half);
  await_sleeper (first);
  g_assert_true (sa_socket_shutdown (first, SA_SHUTDOWN_RECEIVES, &error));
  g_assert_no_error (error);
  join_half (&half);
  g_assert_no_error (half.error);
  g_assert_cmpint (half.result, ==, 0);
  test_assert_exchange (first, second);
}

/* A second receive, while one waits, is refused and does the first no harm.  */
static void
test_twice (void)
{
  g_autoptr (SaSocket) first = NULL;
  g_autoptr (SaSocket) second = NULL;
  g_autoptr (GError) error = NULL;
  guint8 byte = byte_at (0, 0);
  Half half;

  make_ends (TRUE, &first, &second);
  half = (Half){ .socket = first, .size = 1 };
  begin_half (&half, receive_half);
  await_sleeper (first);
  g_assert_cmpint (sa_socket_receive (first, &byte, 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PENDING);
  g_assert_cmpint (sa_socket_send (second, &byte, 1, NULL, NULL), ==, 1);
  join_half (&half);
  g_assert_no_error (half.error);
  g_assert_cmpint (half.result, ==, 1);
}

/* What a sender waits for may be sent by who waits to receive: then there need not be room again.  */

static GThread *deaf_thread; /* is not told by the kernel that there is room */
static const SaSocketSystem *hearing;

static int
poll_deaf (struct pollfd *fds,
           nfds_t n_fds,
           int timeout)
{
  if (g_thread_self () == g_atomic_pointer_get (&deaf_thread))
    fds[0].events = 0;

  return hearing->poll (fds, n_fds, timeout);
}

static gpointer
send_deaf (gpointer half)
{
  g_atomic_pointer_set (&deaf_thread, g_thread_self ());

  return send_whole (half);
}

static void
test_sent_by_other (void)
{
  gsize size = test_is_one_byte () ? 4 * 1024 * 1024 : BULK;
  g_autoptr (SaSocket) first = NULL;
  g_autoptr (SaSocket) second = NULL;
  SaSocketSystem deaf = *sa_socket_system;
  guint8 byte = byte_at (0, 0);
  Half sender, receiver, peer;

  hearing = sa_socket_system;
  deaf.poll = poll_deaf;
  sa_socket_system = &deaf;
  make_ends (TRUE, &first, &second);
  sender = (Half){ .socket = first, .size = size };
  begin_half (&sender, send_deaf);
  await_sleeper (first);
  receiver = (Half){ .socket = first, .size = 1 };
  begin_half (&receiver, receive_half);
  peer = (Half){ .socket = second, .size = size };
  begin_half (&peer, receive_half);
  join_half (&sender);
  g_assert_no_error (sender.error);
  join_half (&peer);
  g_assert_no_error (peer.error);
  g_assert_cmpint (sa_socket_send (second, &byte, 1, NULL, NULL), ==, 1);
  join_half (&receiver);
  g_assert_no_error (receiver.error);
  g_atomic_pointer_set (&deaf_thread, NULL);
  sa_socket_system = hearing;
}

/* What ends the connection for a sender, and the kernel tells of nobody else, ends it for who receives.  */

static int is_refusing; /* atomic: whether the kernel refuses to send */

static ssize_t
send_or_refuse (int fd,
                const void *buffer,
                size_t size,
                int flags)
{
  if (!g_atomic_int_get (&is_refusing))
    return hearing->send (fd, buffer, size, flags);

  errno = ENOBUFS;

  return -1;
}

static void
test_broken_by_other (void)
{
  g_autoptr (SaSocket) first = NULL;
  g_autoptr (SaSocket) second = NULL;
  SaSocketSystem refusing = *sa_socket_system;
  Half sender, receiver, peer;

  hearing = sa_socket_system;
  refusing.send = send_or_refuse;
  sa_socket_system = &refusing;
  make_ends (TRUE, &first, &second);
  sa_socket_set_timeout (first, 0);
  receiver = (Half){ .socket = first, .size = 1 };
  begin_half (&receiver, receive_half);
  await_sleeper (first);
  g_atomic_int_set (&is_refusing, TRUE);
  sender = (Half){ .socket = first, .size = 1 };
  begin_half (&sender, send_half);
  join_half (&sender);
  g_assert_error (sender.error, G_IO_ERROR, G_IO_ERROR_FAILED);
  join_half (&receiver);
  g_assert_error (receiver.error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_clear_error (&sender.error);
  g_clear_error (&receiver.error);
  g_atomic_int_set (&is_refusing, FALSE);
  peer = (Half){ .socket = second, .size = 1 };
  sa_socket_abort (first);
  begin_half (&peer, receive_half);
  join_half (&peer);
  g_clear_error (&peer.error);
  sa_socket_system = hearing;
}

/* A handler that has its turn, while threads want the socket.  */

typedef struct
{
  Half half;
  GThreadFunc func; /* what the thread calls */
  gboolean ends;    /* it must have ended before the handler does; otherwise it cannot */
  gboolean told;    /* the handler was called */
} Turn;

static void
on_turn (SaSocket *socket,
         Turn *turn)
{
  char byte;

  if (turn->told)
    return;

  turn->told = TRUE;
  begin_half (&turn->half, turn->func);
  if (turn->ends)
    test_wait_in (NULL, is_over, &turn->half);
  /* Nothing tells that something will not happen.  */
  for (guint i = 0; i < 20 && !turn->ends; i++)
    g_usleep (1000);
  g_assert_cmpint (is_over (&turn->half), ==, turn->ends);
  g_assert_cmpint (sa_socket_get_state (socket), ==, SA_SOCKET_STATE_CONNECTED);
  g_assert_cmpint (sa_socket_receive (socket, &byte, 1, NULL, NULL), ==, 1);
}

static gboolean
was_told (gpointer turn)
{
  return ((Turn *) turn)->told;
}

static void
take_turn (GThreadFunc func,
           guint timeout,
           Turn *turn)
{
  g_autoptr (SaSocket) first = NULL;
  g_autoptr (SaSocket) second = NULL;

  make_ends (TRUE, &first, &second);
  sa_socket_set_timeout (first, timeout);
  *turn = (Turn){ .half = { .socket = first, .size = 1 }, .func = func, .ends = timeout != 0 };
  g_signal_connect (first, "receive-ready", G_CALLBACK (on_turn), turn);
  g_assert_cmpint (sa_socket_send (second, (const guint8 *) "x", 1, NULL, NULL), ==, 1);
  test_wait_in (NULL, was_told, turn);
  join_half (&turn->half);
  g_signal_handlers_disconnect_by_data (first, turn);
}

/* How long the handler goes on must not matter for the time of the call.  */
static void
test_timeout_in_turn (void)
{
  Turn turn;

  take_turn (receive_half, 30, &turn);
  g_assert_error (turn.half.error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&turn.half.error);
}

/* But nobody takes the connection away from it.  */
static gpointer
abort_half (gpointer data)
{
  sa_socket_abort (((Half *) data)->socket);

  return end_half (data);
}

static gpointer
detach_half (gpointer data)
{
  Half *half = data;
  g_autoptr (GSocket) socket = sa_socket_detach (half->socket, &half->error);

  return end_half (half);
}

static gpointer
shut_half (gpointer data)
{
  Half *half = data;

  sa_socket_shutdown (half->socket, SA_SHUTDOWN_BOTH, &half->error);

  return end_half (half);
}

static void
test_end_in_turn (gconstpointer func)
{
  Turn turn;

  take_turn ((GThreadFunc) func, 0, &turn);
  g_assert_no_error (turn.half.error);
}

/* A handler that blocks in a call itself does not keep a thread from closing the socket.  */
static void
block_in_turn (SaSocket *socket,
               Half *half)
{
  g_autoptr (GError) error = NULL;
  char byte;

  if (half->thread != NULL)
    return;

  g_assert_cmpint (sa_socket_receive (socket, &byte, 1, NULL, NULL), ==, 1);
  begin_half (half, half->seed == 0 ? close_half : abort_half);
  g_assert_cmpint (sa_socket_receive (socket, &byte, 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_end_of_handler (gconstpointer abort)
{
  g_autoptr (SaSocket) first = NULL;
  g_autoptr (SaSocket) second = NULL;
  Half half = { .seed = abort != NULL };

  make_ends (TRUE, &first, &second);
  /* Only the test's own deadline would end the call.  */
  sa_socket_set_timeout (first, 0);
  half.socket = first;
  g_signal_connect (first, "receive-ready", G_CALLBACK (block_in_turn), &half);
  g_assert_cmpint (sa_socket_send (second, (const guint8 *) "x", 1, NULL, NULL), ==, 1);
  while (half.thread == NULL)
    g_main_context_iteration (NULL, TRUE);
  join_half (&half);
  g_assert_cmpint (sa_socket_get_state (first), ==, SA_SOCKET_STATE_CLOSED);
  g_signal_handlers_disconnect_by_data (first, &half);
}

/* The loop sends while a thread does: each message is whole, and each is told of.  */

#define N_MESSAGES 2000

static void
on_message_sent (GObject *source,
                 GAsyncResult *result,
                 gpointer n_sent)
{
  g_assert_cmpint (sa_socket_send_finish (SA_SOCKET (source), result, NULL), ==, 4);
  ++*(guint *) n_sent;
}

static gboolean
are_sent (gpointer n_sent)
{
  return *(guint *) n_sent == N_MESSAGES;
}

static gpointer
count_half (gpointer data)
{
  Half *half = data;
  g_autofree guint8 *block = g_malloc (65536);
  gssize n;

  while ((gsize) half->result < half->size &&
         (n = sa_socket_receive (half->socket, block, 65536, NULL, &half->error)) > 0)
    half->result += n;

  return end_half (half);
}

static void
test_async_beside (void)
{
  gsize size = test_is_one_byte () ? 64 * 1024 : BULK;
  g_autoptr (SaSocket) first = NULL;
  g_autoptr (SaSocket) second = NULL;
  Half sender, peer;
  guint n_sent = 0;

  make_ends (TRUE, &first, &second);
  sender = (Half){ .socket = first, .size = size };
  peer = (Half){ .socket = second, .size = size + 4 * N_MESSAGES };
  begin_half (&peer, count_half);
  begin_half (&sender, send_half);
  for (guint i = 0; i < N_MESSAGES; i++)
    {
      sa_socket_send_async (first, (const guint8 *) "ahoy", 4, NULL, on_message_sent, &n_sent);
      g_main_context_iteration (NULL, FALSE);
    }
  join_half (&sender);
  g_assert_no_error (sender.error);
  test_wait_in (NULL, are_sent, &n_sent);
  join_half (&peer);
  g_assert_no_error (peer.error);
  g_assert_cmpint (peer.result, ==, (gssize) peer.size);
}

/* A socket that is connected in a thread, and tells of nothing in the one of its loop before it is.  */

static gboolean is_slow; /* whether the kernel takes its time to say who the peer is */

/* In the place of the C library's, for the library.  */
int
getpeername (int fd,
             struct sockaddr *address,
             socklen_t *length)
{
  static int (*real) (int fd, struct sockaddr *address, socklen_t *length);

  if (real == NULL)
    real = (int (*) (int, struct sockaddr *, socklen_t *)) dlsym (RTLD_NEXT, "getpeername");
  if (is_slow)
    g_usleep (20000);

  return real (fd, address, length);
}

static void
note_state (SaSocket *socket,
            GString *states)
{
  g_string_append_c (states, sa_socket_get_state (socket) == SA_SOCKET_STATE_CONNECTED ? 'c' : '!');
}

static void
test_connect_elsewhere (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (GString) states = g_string_new (NULL);
  Half half = { .socket = client, .seed = sa_socket_get_local_port (server) };

  sa_socket_set_timeout (client, TEST_DEADLINE * 1000);
  g_signal_connect (client, "send-ready", G_CALLBACK (note_state), states);
  is_slow = TRUE;
  begin_half (&half, connect_half);
  join_half (&half);
  is_slow = FALSE;
  g_assert_no_error (half.error);
  test_spin (NULL, 20);
  g_assert_cmpstr (states->str, ==, "c");
  g_signal_handlers_disconnect_by_data (client, states);
}

/* On datagrams the kernel says for ever that there is something after the half was shut down.  */
static void
test_datagram_shut (void)
{
  g_autoptr (SaSocket) server = sa_socket_new ();
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (GError) error = NULL;
  char byte;

  g_assert_true (sa_socket_create (server, 0, G_SOCKET_TYPE_DATAGRAM, "127.0.0.1", NULL));
  g_assert_true (sa_socket_create (client, 0, G_SOCKET_TYPE_DATAGRAM, NULL, NULL));
  sa_socket_set_timeout (client, 20);
  sa_socket_connect_to_host (client, "127.0.0.1", sa_socket_get_local_port (server), NULL, &error);
  g_assert_no_error (error);
  g_assert_true (sa_socket_shutdown (client, SA_SHUTDOWN_RECEIVES, &error));
  g_assert_no_error (error);
  g_assert_cmpint (sa_socket_receive_from (client, &byte, 1, NULL, NULL, &error), ==, 0);
  g_assert_no_error (error);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_use_one_byte ();

  g_test_add_data_func ("/duplex/both-ways/tcp", "", test_both_ways);
  g_test_add_data_func ("/duplex/both-ways/unix", NULL, test_both_ways);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *receive = g_strconcat ("/duplex/end-of-receive/", end_names[i], NULL);
      g_autofree char *send = g_strconcat ("/duplex/end-of-send/", end_names[i], NULL);

      g_test_add_data_func (receive, GUINT_TO_POINTER (i), test_end_of_receive);
      g_test_add_data_func (send, GUINT_TO_POINTER (i), test_end_of_send);
    }
  g_test_add_func ("/duplex/end-of-accept", test_end_of_accept);
  g_test_add_func ("/duplex/end-of-connect", test_end_of_connect);
  g_test_add_func ("/duplex/end-of-connect-async", test_end_of_connect_async);
  g_test_add_data_func ("/duplex/end-of-handler/close", NULL, test_end_of_handler);
  g_test_add_data_func ("/duplex/end-of-handler/abort", "", test_end_of_handler);
  g_test_add_func ("/duplex/close-behind-send", test_close_behind_send);
  g_test_add_func ("/duplex/close-twice", test_close_twice);
  g_test_add_func ("/duplex/shutdown", test_shutdown);
  g_test_add_func ("/duplex/twice", test_twice);
  g_test_add_func ("/duplex/sent-by-other", test_sent_by_other);
  g_test_add_func ("/duplex/broken-by-other", test_broken_by_other);
  g_test_add_func ("/duplex/in-turn/timeout", test_timeout_in_turn);
  g_test_add_data_func ("/duplex/in-turn/abort", (gconstpointer) abort_half, test_end_in_turn);
  g_test_add_data_func ("/duplex/in-turn/detach", (gconstpointer) detach_half, test_end_in_turn);
  g_test_add_data_func ("/duplex/in-turn/shutdown", (gconstpointer) shut_half, test_end_in_turn);
  g_test_add_func ("/duplex/async-beside", test_async_beside);
  g_test_add_func ("/duplex/connect-elsewhere", test_connect_elsewhere);
  g_test_add_func ("/duplex/datagram-shut", test_datagram_shut);

  return g_test_run ();
}
