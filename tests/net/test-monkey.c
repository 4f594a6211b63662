/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-monkey-ends.h"
#include "test-utils.h"

#include "sockarch/net/sa-poller-private.h"
#include "sockarch/net/sa-socket-system-private.h"

/* A program without sense: a number of sockets, at both ends of connections, on which random calls are made,
 * by the loop and from inside of whatever handler runs. What has to hold for any program is checked at each
 * step. `--seed` repeats the decisions, if not the kernel's; -m slow makes many runs.  */

#define MAX_DEPTH 3

typedef struct
{
  End *end;
  guint life;
  SaSocket *socket;
  Line *line;
  GCancellable *cancellable;
  char buffer[600];
} Call;

static GPtrArray *calls; /* the pending ones */
static char address[16]; /* of the listener */
static guint port;
static int depth;        /* how deep loops are nested */
static int callbacks;    /* on the stack, whose caller may hold the socket */
static guint steps;      /* left */

static void do_something (End *end);

/* Handlers */

static void
do_some_things (End *end,
                SaSocket *socket)
{
  for (guint n = dice (4); n > 0; n--)
    do_something (dice (2) == 0 && end->socket == socket ? end : &ends[dice (N_ENDS)]);
}

static void
receive_some (End *end)
{
  char bytes[4096];
  g_autoptr (GError) error = NULL;
  gssize n;

  if (end->reading > 0)
    return;

  n = sa_socket_receive (end->socket, bytes, 1 + dice (sizeof bytes), NULL, &error);
  if (n > 0 && is_connected (end))
    check_bytes (end, bytes, (gsize) n);
  else if (n == 0 && is_connected (end))
    check_whole (end);
}

static void
on_receive_ready (SaSocket *socket)
{
  End *end = enter (socket, TRUE);
  g_autoptr (GError) error = NULL;
  char byte;
  gssize n;

  /* An event is a fact: there are bytes, or an error has come meanwhile.  */
  g_assert_cmpint (state_of (end), ==, SA_SOCKET_STATE_CONNECTED);
  n = sa_socket_receive_with_flags (socket, &byte, 1, G_SOCKET_MSG_PEEK, NULL, &error);
  g_assert_cmpint (n, !=, 0);
  g_assert_false (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK));
  if (dice (4) != 0)
    receive_some (end);
  do_some_things (end, socket);
  leave (end, socket, TRUE);
}

static void
on_send_ready (SaSocket *socket)
{
  End *end = enter (socket, TRUE);

  g_assert_cmpint (state_of (end), ==, SA_SOCKET_STATE_CONNECTED);
  do_some_things (end, socket);
  leave (end, socket, TRUE);
}

static void
on_receive_ended (SaSocket *socket)
{
  End *end = enter (socket, TRUE);

  g_assert_cmpuint (end->told_ended++, ==, 0);
  check_whole (end);
  do_some_things (end, socket);
  if (end->socket == socket && end->told_closed == 0 && dice (2) == 0)
    sa_socket_close (socket, NULL);
  leave (end, socket, TRUE);
}

static void
on_closed (SaSocket *socket,
           const GError *error)
{
  End *end = enter (socket, FALSE);
  guint life = end->life;

  g_assert_cmpint (state_of (end), ==, SA_SOCKET_STATE_CLOSED);
  end->told_closed++;
  callbacks++;
  do_some_things (end, socket);
  callbacks--;
  if (end->socket == socket && end->life == life)
    g_assert_cmpuint (end->told_closed, ==, 1);
  leave (end, socket, FALSE);
}

static void
on_connected (SaSocket *socket,
              const GError *error)
{
  End *end = enter (socket, FALSE);

  g_assert_true (end->connecting);
  g_assert_cmpuint (end->told_connected++, ==, 0);
  end->connecting = FALSE;
  if (error == NULL)
    g_assert_cmpint (state_of (end), ==, SA_SOCKET_STATE_CONNECTED);
  else
    end->begun = FALSE;
  callbacks++;
  do_some_things (end, socket);
  callbacks--;
  leave (end, socket, FALSE);
}

static void
on_state (SaSocket *socket)
{
  for (End *end = ends; end < ends + N_ENDS; end++)
    {
      if (end->socket == socket && end->line == NULL && end->begun && !end->listens && end->side == 0 &&
          is_connected (end))
        end->line = claim_line (sa_socket_get_local_port (socket), 0);
    }
}

static void
settle_in (End *end,
           SaSocket *socket,
           guint side)
{
  *end = (End){ .socket = socket, .side = (guint8) side, .life = end->life + 1 };
  sa_socket_set_wait_policy (socket, SA_WAIT_NEVER);
  g_signal_connect (socket, "receive-ready", G_CALLBACK (on_receive_ready), NULL);
  g_signal_connect (socket, "send-ready", G_CALLBACK (on_send_ready), NULL);
  g_signal_connect (socket, "receive-ended", G_CALLBACK (on_receive_ended), NULL);
  g_signal_connect (socket, "closed", G_CALLBACK (on_closed), NULL);
  g_signal_connect (socket, "connected", G_CALLBACK (on_connected), NULL);
  g_signal_connect (socket, "notify::state", G_CALLBACK (on_state), NULL);
}

/* A socket that was accepted, or that nobody has room for.  */
static void
take_in (SaSocket *peer)
{
  End *end = find_place ();
  guint key = sa_socket_get_remote_port (peer);

  if (end == NULL || key == 0)
    {
      g_object_unref (peer);
      return;
    }

  settle_in (end, peer, 1);
  end->line = claim_line (key, 1);
  end->begun = TRUE;
  /* The result of an asynchronous accept may wait for a turn of the loop, in which it is all over.  */
  end->told_closed = state_of (end) == SA_SOCKET_STATE_CLOSED ? 1 : 0;
  sa_socket_set_high_water_mark (peer, 1 + dice (100000));
}

static void
on_accept_ready (SaSocket *socket)
{
  End *end = enter (socket, TRUE);
  g_autoptr (GError) error = NULL;
  SaSocket *peer = sa_socket_accept (socket, NULL, &error);

  g_assert_no_error (error);
  take_in (peer);
  do_some_things (end, socket);
  leave (end, socket, TRUE);
}

/* Asynchronous calls */

static Call *
call_new (End *end)
{
  Call *call = g_new0 (Call, 1);

  call->end = end;
  call->life = end->life;
  call->socket = end->socket;
  call->line = end->line;
  call->cancellable = g_cancellable_new ();
  g_ptr_array_add (calls, call);

  return call;
}

/* Whether the call was about what is in that place now.  */
static gboolean
call_is_current (Call *call)
{
  return call->end->socket == call->socket && call->end->life == call->life;
}

static void
call_finish (Call *call,
             GAsyncResult *result)
{
  End *end = call->end;
  SaSocket *socket = call->socket;

  g_assert_true (g_ptr_array_remove (calls, call));
  g_object_unref (call->cancellable);
  g_free (call);
  callbacks++;
  if (end->socket == socket)
    do_some_things (end, socket);
  callbacks--;
}

static void
on_received (GObject *source,
             GAsyncResult *result,
             gpointer data)
{
  Call *call = data;
  g_autoptr (GError) error = NULL;
  gsize length;
  g_autofree guint8 *bytes = sa_socket_receive_finish (SA_SOCKET (source), result, &length, &error);

  g_assert_true ((bytes == NULL) == (error != NULL));
  if (call->end->socket == call->socket)
    call->end->reading--;
  if (bytes != NULL && length > 0 && call_is_current (call))
    check_bytes (call->end, (const char *) bytes, length);
  call_finish (call, result);
}

static void
on_read (GObject *source,
         GAsyncResult *result,
         gpointer data)
{
  Call *call = data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  if (call->end->socket == call->socket)
    call->end->reading--;
  if (n > 0 && call_is_current (call))
    check_bytes (call->end, call->buffer, (gsize) n);
  call_finish (call, result);
}

static void
on_sent (GObject *source,
         GAsyncResult *result,
         gpointer data)
{
  g_autoptr (GError) error = NULL;
  gssize n = sa_socket_send_finish (SA_SOCKET (source), result, &error);
  Call *call = data;

  g_assert_true ((n < 0) == (error != NULL));
  if (error != NULL && call->line != NULL)
    call->line->lossy = TRUE;
  call_finish (data, result);
}

static void
on_accepted (GObject *source,
             GAsyncResult *result,
             gpointer data)
{
  SaSocket *peer = sa_socket_accept_finish (SA_SOCKET (source), result, NULL);

  if (peer != NULL)
    take_in (peer);
  call_finish (data, result);
}

static void
on_goodbye (GObject *source,
            GAsyncResult *result,
            gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean success = sa_socket_close_gracefully_finish (SA_SOCKET (source), result, &error);

  g_assert_true (success == (error == NULL));
  call_finish (data, result);
}

static void
on_connect_done (GObject *source,
                 GAsyncResult *result,
                 gpointer data)
{
  Call *call = data;
  g_autoptr (GError) error = NULL;

  if (!sa_socket_connect_to_host_finish (SA_SOCKET (source), result, &error) && call_is_current (call) &&
      state_of (call->end) == SA_SOCKET_STATE_NEW)
    call->end->begun = FALSE;
  call_finish (call, result);
}

/* What may be done */

static void
do_send (End *end)
{
  gsize length = 1 + dice (dice (4) == 0 ? 60000 : 2000);
  g_autofree guint8 *bytes = g_malloc (length);
  g_autoptr (GError) error = NULL;

  if (end->line == NULL)
    return;

  for (gsize i = 0; i < length; i++)
    bytes[i] = pattern (end->line, end->side, end->line->sent[end->side] + i);
  if (dice (3) == 0)
    {
      /* What is begun after the end of sending fails, and was never in the pattern.  */
      if (end->ended_here || !is_connected (end))
        return;
      end->line->sent[end->side] += length;
      sa_socket_send_async (end->socket, bytes, length, NULL, on_sent, call_new (end));
      return;
    }

  /* All of it or nothing; the peer may have it before the call returns.  */
  Line *line = end->line;
  guint side = end->side;
  gssize n = sa_socket_send (end->socket, bytes, length, NULL, &error);

  if (n >= 0)
    g_assert_cmpint (n, ==, (gssize) length);
  if (n > 0)
    line->sent[side] += length;
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    line->lossy = TRUE;
}

static void
do_receive_async (End *end)
{
  Call *call;

  if (end->reading > 0)
    return;

  call = call_new (end);
  end->reading++;
  if (end->file == NULL && dice (4) == 0)
    end->file = sa_socket_file_new (end->socket, NULL);
  if (end->file != NULL && sa_socket_file_get_socket (end->file) == end->socket &&
      !g_input_stream_has_pending (g_io_stream_get_input_stream (G_IO_STREAM (end->file))))
    g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (end->file)), call->buffer,
                               sizeof call->buffer, G_PRIORITY_DEFAULT, call->cancellable, on_read, call);
  else
    sa_socket_receive_async (end->socket, 1 + dice (5000), call->cancellable, on_received, call);
}

static void
do_wait (End *end)
{
  SaSocket *socket = end->socket;
  g_autoptr (GError) error = NULL;
  char bytes[2000];
  guint life = end->life;
  gssize n;

  if (depth >= MAX_DEPTH || end->reading > 0 || end->held > 0)
    return;

  depth++;
  end->held++;
  end->reading++;
  sa_socket_set_timeout (socket, 1 + dice (3));
  sa_socket_set_wait_policy (socket, SA_WAIT_DISPATCH);
  n = sa_socket_receive (socket, bytes, sizeof bytes, NULL, &error);
  depth--;
  if (end->socket != socket)
    return;

  end->held--;
  end->reading--;
  if (n > 0 && end->life == life)
    check_bytes (end, bytes, (gsize) n);
  sa_socket_set_timeout (socket, 0);
  sa_socket_set_wait_policy (socket, SA_WAIT_NEVER);
}

static void
do_nested_loop (void)
{
  if (depth >= MAX_DEPTH)
    return;

  depth++;
  test_spin (NULL, dice (5));
  depth--;
}

static void
do_detach_attach (End *end)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = NULL;

  if (end->ended_here || end->told_ended > 0 || end->held > 0 || end->file != NULL ||
      sa_socket_get_last_error (end->socket) != NULL)
    return;

  socket = sa_socket_detach (end->socket, &error);
  if (socket == NULL)
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PENDING);
      return;
    }

  /* It is another one now, which may be served inside of the handler.  */
  end->depth = 0;
  g_assert_cmpint (state_of (end), ==, SA_SOCKET_STATE_NEW);
  sa_socket_attach (end->socket, socket, &error);
  g_assert_no_error (error);
}

/* The last reference, as far as the program is concerned.  */
static void
do_drop (End *end)
{
  SaSocket *socket = end->socket;
  gboolean held = depth > 0 || callbacks > 0 || state_of (end) == SA_SOCKET_STATE_CONNECTING;

  for (guint i = 0; i < calls->len; i++)
    held = held || ((Call *) calls->pdata[i])->socket == socket;

  /* What still uses it may tell of it; otherwise nobody does.  */
  if (held)
    g_signal_handlers_disconnect_by_data (socket, NULL);
  g_clear_object (&end->file);
  end->socket = NULL;
  end->life++;
  g_object_unref (socket);
}

static void
do_end (End *end)
{
  switch (dice (6))
    {
    case 0:
      end->ended_here = TRUE;
      if (is_connected (end))
        sa_socket_shutdown (end->socket, (SaShutdown) dice (3), NULL);
      break;
    case 1:
      sa_socket_abort (end->socket);
      break;
    case 2:
      end->ended_here = TRUE;
      /* What comes is dropped.  */
      end->line = NULL;
      if (is_connected (end))
        sa_socket_close_gracefully_async (end->socket, NULL, on_goodbye, call_new (end));
      break;
    case 3:
      if (end->held == 0)
        do_drop (end);
      break;
    default:
      sa_socket_close (end->socket, NULL);
      break;
    }
}

static void
do_connection_thing (End *end)
{
  static const int priorities[] = { G_PRIORITY_DEFAULT, G_PRIORITY_LOW, G_PRIORITY_HIGH };
  SaSocketEvents always = SA_SOCKET_EVENT_CLOSE | SA_SOCKET_EVENT_CONNECT;

  switch (dice (16))
    {
    case 0:
    case 1:
    case 2:
      if (!end->ended_here && is_connected (end))
        do_send (end);
      break;
    case 3:
    case 4:
      receive_some (end);
      break;
    case 5:
    case 6:
      do_receive_async (end);
      break;
    case 7:
      if (calls->len > 0)
        g_cancellable_cancel (((Call *) calls->pdata[dice (calls->len)])->cancellable);
      break;
    case 8:
      sa_socket_set_event_mask (end->socket, always | (dice (2) == 0 ? 0 : SA_SOCKET_EVENT_ALL));
      break;
    case 9:
      sa_socket_set_priority (end->socket, priorities[dice (3)]);
      break;
    case 10:
      do_detach_attach (end);
      break;
    case 11:
      do_nested_loop ();
      break;
    case 12:
      do_wait (end);
      break;
    case 13:
      sa_socket_set_high_water_mark (end->socket, 1 + dice (100000));
      sa_socket_set_low_water_mark (end->socket, dice (50000));
      break;
    case 14:
      sa_socket_set_dispatch_budget (end->socket, dice (2) * 1000);
      break;
    default:
      do_end (end);
      break;
    }
}

static void
do_connect (End *end)
{
  /* Whoever waits for the end of the old connection comes first.  */
  if (end->held > 0 || end->told_closed != (end->begun ? 1 : 0) || end->reading > 0)
    return;

  g_clear_object (&end->file);
  end->side = 0;
  begin_life (end);
  if (dice (3) == 0)
    {
      sa_socket_connect_to_host_async (end->socket, address, port, NULL, on_connect_done, call_new (end));
      return;
    }

  end->connecting = TRUE;
  g_assert_true (sa_socket_connect_to_host (end->socket, address, port, NULL, NULL));
}

static void
do_listener_thing (End *end)
{
  SaSocket *peer;

  switch (dice (4))
    {
    case 0:
      peer = sa_socket_accept (end->socket, NULL, NULL);
      if (peer != NULL)
        take_in (peer);
      break;
    case 1:
      sa_socket_accept_async (end->socket, NULL, on_accepted, call_new (end));
      break;
    case 2:
      sa_socket_set_priority (end->socket, dice (2) == 0 ? G_PRIORITY_DEFAULT : G_PRIORITY_LOW);
      break;
    default:
      do_detach_attach (end);
      break;
    }
}

static void
do_something (End *end)
{
  if (steps == 0)
    return;

  steps--;
  if (end->socket == NULL)
    settle_in (end, sa_socket_new (), 0);

  switch (state_of (end))
    {
    case SA_SOCKET_STATE_LISTENING:
      do_listener_thing (end);
      break;
    case SA_SOCKET_STATE_NEW:
    case SA_SOCKET_STATE_CLOSED:
      if (end != &ends[0])
        do_connect (end);
      break;
    case SA_SOCKET_STATE_CONNECTING:
      if (dice (8) == 0)
        sa_socket_close (end->socket, NULL);
      else
        do_nested_loop ();
      break;
    default:
      do_connection_thing (end);
      break;
    }
  check (end);
}

/* A kernel in a bad mood.  */
static size_t
some (size_t size)
{
  size_t few = 1 + dice (100);

  return dice (4) == 0 ? MIN (size, few) : size;
}

static ssize_t
recv_some (int fd,
           void *buffer,
           size_t size,
           int flags)
{
  return recv (fd, buffer, some (size), flags);
}

static ssize_t
send_some (int fd,
           const void *data,
           size_t length,
           int flags)
{
  return send (fd, data, some (length), flags);
}

static guint
count_descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

/* What is queued may be lost with the connection; then that is said.  */
static void
close_end (End *end)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_socket_close (end->socket, &error) == (error == NULL));
}

/* All are closed, and told so. The result of an asynchronous accept may come after that, with a connection
 * that others wait for the end of. Two that were dropped may wait for each other: their calls hold them.  */
static gboolean
all_over (gpointer data)
{
  g_autoptr (GPtrArray) cancellables = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < calls->len; i++)
    g_ptr_array_add (cancellables, g_object_ref (((Call *) calls->pdata[i])->cancellable));
  for (guint i = 0; i < cancellables->len; i++)
    g_cancellable_cancel (cancellables->pdata[i]);
  for (End *end = ends; end < ends + N_ENDS; end++)
    if (end->socket != NULL)
      close_end (end);

  return calls->len == 0;
}

static gboolean
no_pollers (gpointer data)
{
  return sa_poller_count () == 0;
}

/* At an address that other programs do not use: the last connects come after the listener has gone, and would
 * go to one of theirs if it has the port by then.  */
static SaSocket *
make_listener (void)
{
  SaSocket *server = sa_socket_new ();
  guint pid = (guint) getpid ();

  g_snprintf (address, sizeof address, "127.%u.%u.%u", 1 + pid / 65536 % 254, pid / 256 % 256,
              1 + pid % 254);
  g_assert_true (sa_socket_create (server, 0, G_SOCKET_TYPE_STREAM, address, NULL));
  g_assert_true (sa_socket_listen (server, NULL));

  return server;
}

static void
run (void)
{
  guint descriptors;
  GWeakRef weak[N_ENDS];

  lines = g_ptr_array_new_with_free_func (g_free);
  calls = g_ptr_array_new ();
  settle_in (&ends[0], make_listener (), 0);
  ends[0].begun = ends[0].listens = TRUE;
  g_signal_connect (ends[0].socket, "accept-ready", G_CALLBACK (on_accept_ready), NULL);
  port = sa_socket_get_local_port (ends[0].socket);
  descriptors = count_descriptors ();
  steps = 600;
  while (steps > 0)
    {
      do_something (&ends[dice (N_ENDS)]);
      test_spin (NULL, dice (3));
    }

  /* In the end all are closed and told so, and nothing is left.  */
  for (guint i = 0; i < N_ENDS; i++)
    {
      g_weak_ref_init (&weak[i], ends[i].socket);
      if (ends[i].socket == NULL)
        continue;
      if (state_of (&ends[i]) == SA_SOCKET_STATE_NEW)
        ends[i].begun = FALSE;
      close_end (&ends[i]);
      check (&ends[i]);
    }
  test_wait_in (NULL, all_over, NULL);
  test_spin (NULL, 50);
  for (guint i = 0; i < N_ENDS; i++)
    {
      if (ends[i].socket != NULL)
        g_assert_cmpuint (ends[i].told_closed, ==, ends[i].begun ? 1 : 0);
      g_clear_object (&ends[i].file);
      g_clear_object (&ends[i].socket);
    }
  test_wait_in (NULL, no_pollers, NULL);
  for (guint i = 0; i < N_ENDS; i++)
    {
      g_autoptr (GObject) alive = g_weak_ref_get (&weak[i]);

      g_assert_null (alive);
      g_weak_ref_clear (&weak[i]);
    }
  /* The listener, and its poller.  */
  g_assert_cmpuint (count_descriptors (), <=, descriptors);
  g_ptr_array_unref (lines);
  g_ptr_array_unref (calls);
}

static void
test_monkey (void)
{
  for (guint n = g_test_slow () ? 200 : 5; n > 0; n--)
    run ();
}

static void
test_short (void)
{
  SaSocketSystem moody = sa_socket_kernel;

  moody.recv = recv_some;
  moody.send = send_some;
  moody.short_is_drained = FALSE;
  sa_socket_system = &moody;
  test_monkey ();
  sa_socket_system = &sa_socket_kernel;
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/monkey/kernel", test_monkey);
  g_test_add_func ("/monkey/short", test_short);

  return g_test_run ();
}
