/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sockarch/net/sa-socket-private.h"
#include "sockarch/net/sa-socket-system-private.h"

#include "test-socket-utils.h"
#include "test-utils.h"

/* What is left of a socket when its last reference goes, and what stays of one that was closed.  */

#define MEGABYTE ((gsize) 1024 * 1024)

static int is_full;     /* atomic: the kernel takes nothing */
static int swallowed;   /* atomic: bytes that it took, which go nowhere */

static ssize_t
swallow (size_t length)
{
  if (g_atomic_int_get (&is_full))
    {
      errno = EAGAIN;
      return -1;
    }

  g_atomic_int_add (&swallowed, (int) length);

  return (ssize_t) length;
}

static ssize_t
swallow_send (int fd,
              const void *data,
              size_t length,
              int flags)
{
  return swallow (length);
}

static ssize_t
swallow_sendmsg (int fd,
                 const struct msghdr *message,
                 int flags)
{
  size_t length = 0;

  for (size_t i = 0; i < message->msg_iovlen; i++)
    length += message->msg_iov[i].iov_len;

  return swallow (length);
}

static void
use_swallowing_kernel (SaSocketSystem *system)
{
  *system = sa_socket_kernel;
  system->send = swallow_send;
  system->sendmsg = swallow_sendmsg;
  sa_socket_system = system;
  g_atomic_int_set (&swallowed, 0);
}

static SaSocket *
make_full_socket (SaSocket **peer,
                  gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *bytes = g_malloc0 (length);
  SaSocket *socket;

  sa_socket_new_pair (&socket, peer, &error);
  g_assert_no_error (error);
  sa_socket_set_wait_policy (socket, SA_WAIT_NEVER);
  sa_socket_set_high_water_mark (socket, (guint) (length + 1));
  g_atomic_int_set (&is_full, TRUE);
  g_assert_cmpint (sa_socket_send (socket, bytes, length, NULL, &error), ==, (gssize) length);
  g_assert_no_error (error);
  g_assert_cmpuint (sa_socket_get_queued_bytes (socket), ==, length);

  return socket;
}

static void
test_linger_is_fair (void)
{
  SaSocketSystem system;
  g_autoptr (SaSocket) peer = NULL;
  SaSocket *socket;
  int before = 0;

  use_swallowing_kernel (&system);
  socket = make_full_socket (&peer, 8 * MEGABYTE);
  g_object_unref (socket);
  g_atomic_int_set (&is_full, FALSE);
  while (swallowed < (int) (8 * MEGABYTE))
    {
      g_main_context_iteration (NULL, TRUE);
      g_assert_cmpint (swallowed - before, <=, (int) MEGABYTE);
      before = swallowed;
    }

  sa_socket_system = &sa_socket_kernel;
}

#define N_DROPPERS 4
#define N_DROPS 100

static gpointer
drop_sockets (gpointer data)
{
  g_ptr_array_unref (data);

  return NULL;
}

static gboolean
all_is_swallowed (gpointer data)
{
  return g_atomic_int_get (&swallowed) == N_DROPPERS * N_DROPS;
}

/* The loop sends what a dropped socket leaves while the thread that dropped it still hands it over.  */
static void
test_linger_in_thread (void)
{
  g_autoptr (GPtrArray) peers = g_ptr_array_new_with_free_func (g_object_unref);
  GPtrArray *sockets[N_DROPPERS];
  GThread *threads[N_DROPPERS];
  SaSocketSystem system;

  for (int round = 0; round < 5; round++)
    {
      use_swallowing_kernel (&system);
      for (int i = 0; i < N_DROPPERS; i++)
        {
          sockets[i] = g_ptr_array_new_with_free_func (g_object_unref);
          for (int j = 0; j < N_DROPS; j++)
            {
              SaSocket *peer;

              g_ptr_array_add (sockets[i], make_full_socket (&peer, 1));
              g_ptr_array_add (peers, peer);
            }
        }
      test_spin (NULL, 3);

      g_atomic_int_set (&is_full, FALSE);
      for (int i = 0; i < N_DROPPERS; i++)
        threads[i] = g_thread_new ("drop", drop_sockets, sockets[i]);
      test_wait_in (NULL, all_is_swallowed, NULL);
      for (int i = 0; i < N_DROPPERS; i++)
        g_thread_join (threads[i]);
      g_ptr_array_set_size (peers, 0);
    }

  sa_socket_system = &sa_socket_kernel;
}

/* A socket that takes its time to go.  */
#define TEST_TYPE_SLOW_SOCKET (test_slow_socket_get_type ())
G_DECLARE_FINAL_TYPE (TestSlowSocket, test_slow_socket, TEST, SLOW_SOCKET, SaSocket)

struct _TestSlowSocket
{
  SaSocket parent;
  int is_going; /* atomic */
};

G_DEFINE_FINAL_TYPE (TestSlowSocket, test_slow_socket, SA_TYPE_SOCKET)

static int turns;   /* atomic: of the main loop */
static int is_gone; /* atomic: the socket */
static int calls; /* of handlers */

static void
test_slow_socket_dispose (GObject *object)
{
  int before = g_atomic_int_get (&turns);

  g_atomic_int_set (&TEST_SLOW_SOCKET (object)->is_going, TRUE);
  /* It goes in the loop when that holds the last reference.  */
  while (!g_main_context_is_owner (NULL) && g_atomic_int_get (&turns) < before + 3)
    g_thread_yield ();

  G_OBJECT_CLASS (test_slow_socket_parent_class)->dispose (object);
}

static void
test_slow_socket_receive_ready (SaSocket *socket)
{
  char byte;

  g_assert_false (g_atomic_int_get (&TEST_SLOW_SOCKET (socket)->is_going));
  g_assert_cmpint (sa_socket_receive (socket, &byte, 1, NULL, NULL), ==, 1);
  calls++;
}

static void
test_slow_socket_class_init (TestSlowSocketClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = test_slow_socket_dispose;
  SA_SOCKET_CLASS (klass)->receive_ready = test_slow_socket_receive_ready;
}

static void
test_slow_socket_init (TestSlowSocket *self)
{
}

static gpointer
drop_slowly (gpointer socket)
{
  g_object_unref (socket);
  g_atomic_int_set (&is_gone, TRUE);

  return NULL;
}

/* The last reference goes in another thread while the loop has bytes for the socket in each turn: its class
 * is not called any more once it has begun to go.  */
static void
test_drop_in_thread (void)
{
  g_autofree char *bytes = g_malloc0 (10000);

  for (int i = 0; i < 20; i++)
    {
      g_autoptr (SaSocket) socket = g_object_new (TEST_TYPE_SLOW_SOCKET, "wait-policy", SA_WAIT_NEVER, NULL);
      g_autoptr (GSocket) gsocket = NULL;
      GThread *thread;
      int fds[2];

      g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
      gsocket = g_socket_new_from_fd (fds[0], NULL);
      g_assert_true (sa_socket_attach (socket, gsocket, NULL));
      g_assert_cmpint (send (fds[1], bytes, 10000, 0), ==, 10000);
      for (calls = 0; calls < 3; )
        g_main_context_iteration (NULL, TRUE);

      sa_socket_set_idle_timeout (socket, 1);
      g_atomic_int_set (&is_gone, FALSE);
      thread = g_thread_new ("drop", drop_slowly, g_steal_pointer (&socket));
      while (!g_atomic_int_get (&is_gone))
        {
          g_main_context_iteration (NULL, FALSE);
          g_atomic_int_inc (&turns);
        }
      g_thread_join (thread);
      close (fds[1]);
    }
}

/* A server that still holds what it accepted becomes a client, which hears of room to send.  */
static void
test_listener_becomes_client (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) other = test_listener ();
  g_autoptr (SaSocket) client = NULL;
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (SaSocket) other_peer = NULL;
  g_autoptr (GError) error = NULL;
  GString *log;

  sa_socket_set_keep_accepted (server, TRUE);
  test_connect (server, &client, &peer);
  sa_socket_close (server, &error);
  g_assert_no_error (error);

  log = test_log (server);
  sa_socket_connect_to_host (server, "127.0.0.1", sa_socket_get_local_port (other), NULL, &error);
  g_assert_no_error (error);
  test_wait_for_log (log, "s");
  sa_socket_set_timeout (other, 20000);
  other_peer = sa_socket_accept (other, NULL, &error);
  g_assert_no_error (error);
  test_assert_exchange (server, other_peer);
  sa_socket_close (other_peer, NULL);
  test_wait_for_log (log, "e");

  sa_socket_close (server, NULL);
  sa_socket_close (peer, NULL);
  g_string_free (log, TRUE);
}

/* And a server again, with what it accepted before.  */
static void
test_listener_again (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = NULL;
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (SaSocket) second_client = NULL;
  g_autoptr (SaSocket) second = NULL;
  g_autoptr (GError) error = NULL;

  sa_socket_set_keep_accepted (server, TRUE);
  test_connect (server, &client, &peer);
  sa_socket_close (server, NULL);
  sa_socket_create (server, 0, G_SOCKET_TYPE_STREAM, NULL, &error);
  g_assert_no_error (error);
  sa_socket_listen (server, &error);
  g_assert_no_error (error);
  test_connect (server, &second_client, &second);
  test_assert_exchange (second_client, second);
  test_assert_exchange (client, peer);
  sa_socket_close (peer, NULL);
  sa_socket_close (second, NULL);
}

static void
assert_closed_file (SaSocketFile *file)
{
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (file));
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (file));
  g_autoptr (GError) error = NULL;
  char bytes[4];

  g_assert_cmpint (g_input_stream_read (input, bytes, sizeof bytes, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_cmpint (g_output_stream_write (output, "oops", 4, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

/* A file belongs to one connection: it neither reads nor ends the next one of its socket.  */
static void
test_old_file (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = NULL;
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (SaSocket) second = NULL;
  g_autoptr (SaSocketFile) old = NULL;
  g_autoptr (SaSocketFile) file = NULL;
  g_autoptr (GError) error = NULL;

  test_connect (server, &client, &peer);
  old = sa_socket_file_new (client, &error);
  g_assert_no_error (error);
  sa_socket_close (client, &error);
  g_assert_no_error (error);
  assert_closed_file (old);

  sa_socket_connect_to_host (client, "127.0.0.1", sa_socket_get_local_port (server), NULL, &error);
  g_assert_no_error (error);
  second = sa_socket_accept (server, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sa_socket_send (second, (const guint8 *) "news", 4, NULL, &error), ==, 4);
  assert_closed_file (old);
  file = sa_socket_file_new (client, &error);
  g_assert_no_error (error);
  assert_closed_file (old);
  g_assert_false (sa_socket_file_unread (old, (const guint8 *) "oops", 4, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_clear_error (&error);
  g_io_stream_close (G_IO_STREAM (old), NULL, &error);
  g_assert_no_error (error);
  sa_socket_file_abort (old);
  g_clear_object (&old);
  g_assert_cmpint (sa_socket_get_state (client), ==, SA_SOCKET_STATE_CONNECTED);
  g_assert_cmpint (sa_socket_get_available_bytes (client, NULL), >=, 0);
  test_assert_exchange (client, second);
}

/* One that was given away and taken back is another connection too, as far as anybody can tell.  */
static void
test_file_of_detached (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = NULL;
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (SaSocketFile) old = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) error = NULL;

  test_connect (server, &client, &peer);
  old = sa_socket_file_new (client, &error);
  socket = sa_socket_detach (client, &error);
  g_assert_no_error (error);
  assert_closed_file (old);
  sa_socket_attach (client, socket, &error);
  g_assert_no_error (error);
  assert_closed_file (old);
  g_clear_object (&old);
  test_assert_exchange (client, peer);
}

static void
assert_peer_is (SaSocket *socket,
                guint port)
{
  g_autofree char *host = sa_socket_dup_remote_host (socket);

  g_assert_cmpstr (host, ==, "127.0.0.1");
  g_assert_cmpuint (sa_socket_get_remote_port (socket), ==, port);
}

/* Who it was is asked for when it is gone.  */
static void
test_peer_stays_known (gconstpointer data)
{
  gboolean reset = GPOINTER_TO_INT (data);
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = NULL;
  g_autoptr (SaSocket) peer = NULL;
  guint port;
  GString *log;

  test_connect (server, &client, &peer);
  port = sa_socket_get_local_port (client);
  log = test_log (peer);
  assert_peer_is (peer, port);
  assert_peer_is (client, sa_socket_get_local_port (server));
  if (reset)
    {
      sa_socket_abort (client);
      test_wait_for_log (log, "X");
      g_assert_nonnull (strstr (sa_socket_get_last_error (peer)->message, "127.0.0.1"));
    }
  else
    {
      sa_socket_close (peer, NULL);
    }
  assert_peer_is (peer, port);
  assert_peer_is (client, sa_socket_get_local_port (server));

  sa_socket_create (peer, 0, G_SOCKET_TYPE_STREAM, NULL, NULL);
  g_assert_null (sa_socket_get_remote_address (peer));
  g_string_free (log, TRUE);
}

static gboolean
try_anew (SaSocket *socket)
{
  g_autoptr (GError) error = NULL;

  if (sa_socket_create (socket, 0, G_SOCKET_TYPE_STREAM, NULL, &error))
    return TRUE;

  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);

  return FALSE;
}

static void
on_state (SaSocket *socket,
          GParamSpec *pspec,
          GString *log)
{
  if (sa_socket_get_state (socket) != SA_SOCKET_STATE_CLOSED)
    return;

  g_string_append_c (log, '|');
  g_assert_false (try_anew (socket));
  sa_socket_close (socket, NULL);
  sa_socket_abort (socket);
}

static void
on_closed_anew (SaSocket *socket,
                const GError *error,
                gpointer data)
{
  g_assert_cmpint (sa_socket_get_state (socket), ==, SA_SOCKET_STATE_CLOSED);
  g_assert_true (try_anew (socket));
}

static void
on_receive_failed (GObject *object,
                   GAsyncResult *result,
                   gpointer data)
{
  g_autoptr (GError) error = NULL;
  gsize length;

  g_assert_null (sa_socket_receive_finish (SA_SOCKET (object), result, &length, &error));
  g_assert_nonnull (error);
  g_string_append_c (data, '-');
}

typedef enum
{
  END_BY_CLOSE,
  END_BY_ABORT,
  END_BY_RESET,
} End;

/* The state first, then the signal, and from then on the socket may be used anew.  */
static void
test_order_of_ends (gconstpointer data)
{
  End end = GPOINTER_TO_INT (data);
  g_autoptr (SaSocket) client = NULL;
  g_autoptr (SaSocket) peer = NULL;
  GString *log;

  test_connect_never (&client, &peer);
  test_spin (NULL, 10);
  log = test_log (client);
  g_signal_connect (client, "notify::state", G_CALLBACK (on_state), log);
  g_signal_connect (client, "closed", G_CALLBACK (on_closed_anew), NULL);
  sa_socket_receive_async (client, 10, NULL, on_receive_failed, log);
  if (end == END_BY_CLOSE)
    sa_socket_close (client, NULL);
  else if (end == END_BY_ABORT)
    sa_socket_abort (client);
  else
    sa_socket_abort (peer);
  test_wait_for_log (log, "-");
  test_spin (NULL, 10);

  g_string_replace (log, "-", "", 1);
  g_assert_cmpstr (log->str, ==, end == END_BY_RESET ? "|X" : "|x");
  g_assert_cmpint (sa_socket_get_state (client), ==, SA_SOCKET_STATE_NEW);
  g_string_free (log, TRUE);
}

static void
on_closed_connect (SaSocket *socket,
                   const GError *error,
                   gpointer port)
{
  g_autoptr (GError) failure = NULL;

  if (*(guint *) port == 0)
    return;

  sa_socket_connect_to_host (socket, "127.0.0.1", *(guint *) port, NULL, &failure);
  g_assert_no_error (failure);
  *(guint *) port = 0;
}

/* A handler of closed connects anew: the connection that it makes is whole.  */
static void
test_connect_in_closed (gconstpointer data)
{
  End end = GPOINTER_TO_INT (data);
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = NULL;
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (SaSocket) second = NULL;
  g_autoptr (GError) error = NULL;
  guint port = sa_socket_get_local_port (server);
  GString *log;

  test_connect (server, &client, &peer);
  log = test_log (client);
  g_signal_connect (client, "closed", G_CALLBACK (on_closed_connect), &port);
  if (end == END_BY_CLOSE)
    sa_socket_close (client, NULL);
  else if (end == END_BY_ABORT)
    sa_socket_abort (client);
  else
    sa_socket_abort (peer);
  if (end == END_BY_RESET)
    test_wait_for_log (log, "X");

  g_assert_cmpint (sa_socket_get_state (client), ==, SA_SOCKET_STATE_CONNECTED);
  second = sa_socket_accept (server, NULL, &error);
  g_assert_no_error (error);
  test_assert_exchange (client, second);
  test_assert_exchange (second, client);
  test_spin (NULL, 10);
  sa_socket_close (second, NULL);
  test_wait_for_log (log, "e");
  sa_socket_close (client, NULL);
  g_assert_true (g_str_has_suffix (log->str, "x"));
  g_string_free (log, TRUE);
}

/* A wait that runs the loop ends with a connection that is idle for too long.  */
static void
test_idle_in_wait (void)
{
  g_autoptr (SaSocket) socket = NULL;
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GError) error = NULL;
  GString *log;
  char byte;

  test_connect_never (&socket, &peer);
  sa_socket_set_wait_policy (socket, SA_WAIT_DISPATCH);
  log = test_log (socket);
  sa_socket_set_idle_timeout (socket, 20);
  alarm (TEST_DEADLINE);
  g_assert_cmpint (sa_socket_receive (socket, &byte, 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  test_wait_for_log (log, "X");
  alarm (0);
  g_string_free (log, TRUE);
}

/* A resolver that is asked, and does not answer before it may.  */
#define TEST_TYPE_RESOLVER (test_resolver_get_type ())
G_DECLARE_FINAL_TYPE (TestResolver, test_resolver, TEST, RESOLVER, GResolver)

struct _TestResolver
{
  GResolver parent;
};

G_DEFINE_FINAL_TYPE (TestResolver, test_resolver, G_TYPE_RESOLVER)

static GMutex resolver_lock;
static GCond resolver_changed;
static gboolean may_answer;
static gboolean is_polite; /* a question that is cancelled has its answer at once */

static void
wait_and_answer (GTask *task,
                 gpointer source,
                 gpointer data,
                 GCancellable *cancellable)
{
  g_mutex_lock (&resolver_lock);
  while (!may_answer)
    g_cond_wait (&resolver_changed, &resolver_lock);
  g_mutex_unlock (&resolver_lock);

  g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "unknown");
}

static void
let_resolver_answer (gboolean may)
{
  g_mutex_lock (&resolver_lock);
  may_answer = may;
  g_cond_broadcast (&resolver_changed);
  g_mutex_unlock (&resolver_lock);
}

static void
test_resolver_lookup (GResolver *resolver,
                      const char *hostname,
                      GResolverNameLookupFlags flags,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, user_data);

  g_task_set_return_on_cancel (task, is_polite);
  g_task_run_in_thread (task, wait_and_answer);
}

static GList *
test_resolver_finish (GResolver *resolver,
                      GAsyncResult *result,
                      GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
test_resolver_class_init (TestResolverClass *klass)
{
  G_RESOLVER_CLASS (klass)->lookup_by_name_with_flags_async = test_resolver_lookup;
  G_RESOLVER_CLASS (klass)->lookup_by_name_with_flags_finish = test_resolver_finish;
}

static void
test_resolver_init (TestResolver *self)
{
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

static gboolean
has_descriptors (gpointer n)
{
  return count_descriptors () <= GPOINTER_TO_UINT (n);
}

static gboolean
do_nothing (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
connect_in_vain (void)
{
  g_autoptr (SaSocket) socket = sa_socket_new ();
  g_autoptr (GError) error = NULL;

  sa_socket_set_timeout (socket, 20);
  g_assert_false (sa_socket_connect_to_host (socket, "slow.example", 1, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

/* A connect that blocks has given up, and the name is still being asked for: nothing of it stays.  */
static void
test_connect_leaves_nothing (gconstpointer polite)
{
  GResolver *before = g_resolver_get_default ();
  g_autoptr (GResolver) resolver = g_object_new (TEST_TYPE_RESOLVER, NULL);
  guint tick = g_timeout_add (5, do_nothing, NULL);
  guint n;

  is_polite = GPOINTER_TO_INT (polite);
  let_resolver_answer (FALSE);
  g_resolver_set_default (resolver);
  /* GLib opens some for itself, and what is left of the first may count too.  */
  test_spin (NULL, 3);
  connect_in_vain ();
  n = count_descriptors ();
  for (int i = 0; i < 4; i++)
    connect_in_vain ();
  let_resolver_answer (TRUE);
  test_wait_in (NULL, has_descriptors, GUINT_TO_POINTER (n));

  g_resolver_set_default (before);
  g_object_unref (before);
  g_source_remove (tick);
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/lifetime/linger/fair", test_linger_is_fair);
  g_test_add_func ("/lifetime/linger/thread", test_linger_in_thread);
  g_test_add_func ("/lifetime/wait/idle", test_idle_in_wait);
  g_test_add_func ("/lifetime/thread/drop", test_drop_in_thread);
  g_test_add_func ("/lifetime/listener/client", test_listener_becomes_client);
  g_test_add_func ("/lifetime/listener/again", test_listener_again);
  g_test_add_func ("/lifetime/file/old", test_old_file);
  g_test_add_func ("/lifetime/file/detached", test_file_of_detached);
  g_test_add_data_func ("/lifetime/peer/closed", GINT_TO_POINTER (FALSE), test_peer_stays_known);
  g_test_add_data_func ("/lifetime/peer/reset", GINT_TO_POINTER (TRUE), test_peer_stays_known);
  g_test_add_data_func ("/lifetime/order/close", GINT_TO_POINTER (END_BY_CLOSE), test_order_of_ends);
  g_test_add_data_func ("/lifetime/order/abort", GINT_TO_POINTER (END_BY_ABORT), test_order_of_ends);
  g_test_add_data_func ("/lifetime/order/reset", GINT_TO_POINTER (END_BY_RESET), test_order_of_ends);
  g_test_add_data_func ("/lifetime/anew/close", GINT_TO_POINTER (END_BY_CLOSE), test_connect_in_closed);
  g_test_add_data_func ("/lifetime/anew/abort", GINT_TO_POINTER (END_BY_ABORT), test_connect_in_closed);
  g_test_add_data_func ("/lifetime/anew/reset", GINT_TO_POINTER (END_BY_RESET), test_connect_in_closed);
  g_test_add_data_func ("/lifetime/connect/polite", GINT_TO_POINTER (TRUE), test_connect_leaves_nothing);
  g_test_add_data_func ("/lifetime/connect/stubborn", GINT_TO_POINTER (FALSE), test_connect_leaves_nothing);

  return g_test_run ();
}
