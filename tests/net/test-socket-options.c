/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sockarch/net/sa-socket-impl-private.h"
#include "test-one-byte.h"
#include "test-socket-utils.h"
#include "test-utils.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

/* Options reach the kernel, whenever they are set, and listeners hand their settings on.  */

static int
get_option (SaSocket *socket,
            int level,
            int name)
{
  int value = -1;
  socklen_t size = sizeof value;

  g_assert_cmpint (getsockopt (g_socket_get_fd (sa_socket_get_socket (socket)), level, name, &value, &size),
                   ==, 0);

  return value;
}

static void
set_all (SaSocket *socket)
{
  g_object_set (socket, "no-delay", FALSE, "keepalive", TRUE, "keepalive-idle", 11, "keepalive-interval", 12,
                "keepalive-count", 3, "user-timeout", 12345, "send-buffer-size", 40000, "receive-buffer-size",
                30000, NULL);
}

static void
assert_all (SaSocket *socket)
{
  g_assert_cmpint (get_option (socket, IPPROTO_TCP, TCP_NODELAY), ==, 0);
  g_assert_cmpint (get_option (socket, SOL_SOCKET, SO_KEEPALIVE), ==, 1);
  g_assert_cmpint (get_option (socket, IPPROTO_TCP, TCP_KEEPIDLE), ==, 11);
  g_assert_cmpint (get_option (socket, IPPROTO_TCP, TCP_KEEPINTVL), ==, 12);
  g_assert_cmpint (get_option (socket, IPPROTO_TCP, TCP_KEEPCNT), ==, 3);
  g_assert_cmpint (get_option (socket, IPPROTO_TCP, TCP_USER_TIMEOUT), ==, 12345);
  /* Linux doubles what it is asked for.  */
  g_assert_cmpint (get_option (socket, SOL_SOCKET, SO_SNDBUF), >=, 40000);
  g_assert_cmpint (get_option (socket, SOL_SOCKET, SO_SNDBUF), <=, 80000);
  g_assert_cmpint (get_option (socket, SOL_SOCKET, SO_RCVBUF), <=, 60000);
}

static void
test_before (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (GError) error = NULL;

  set_all (client);
  sa_socket_connect_to_host (client, "127.0.0.1", sa_socket_get_local_port (server), NULL, &error);
  g_assert_no_error (error);
  assert_all (client);
}

static void
test_after (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = NULL;
  g_autoptr (SaSocket) peer = NULL;

  test_connect (server, &client, &peer);
  g_assert_cmpint (get_option (client, IPPROTO_TCP, TCP_NODELAY), !=, 0);
  g_assert_cmpint (get_option (peer, IPPROTO_TCP, TCP_NODELAY), !=, 0);
  set_all (client);
  assert_all (client);
  g_object_set (client, "keepalive", FALSE, "no-delay", TRUE, NULL);
  g_assert_cmpint (get_option (client, SOL_SOCKET, SO_KEEPALIVE), ==, 0);
  g_assert_cmpint (get_option (client, IPPROTO_TCP, TCP_NODELAY), !=, 0);
}

static void
test_inherited (void)
{
  g_autoptr (SaSocket) server = sa_socket_new ();
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GError) error = NULL;

  set_all (server);
  g_object_set (server, "timeout", 4321, "wait-policy", SA_WAIT_DISPATCH, "event-mask", SA_SOCKET_EVENT_CLOSE,
                "priority", G_PRIORITY_LOW, "high-water-mark", 17, NULL);
  g_assert_true (sa_socket_create (server, 0, G_SOCKET_TYPE_STREAM, NULL, &error));
  g_assert_true (sa_socket_listen (server, &error));
  sa_socket_connect_to_host (client, "127.0.0.1", sa_socket_get_local_port (server), NULL, &error);
  g_assert_no_error (error);
  peer = sa_socket_accept (server, NULL, &error);
  g_assert_no_error (error);
  assert_all (peer);
  g_assert_cmpuint (sa_socket_get_timeout (peer), ==, 4321);
  g_assert_cmpint (sa_socket_get_wait_policy (peer), ==, SA_WAIT_DISPATCH);
  g_assert_cmpint (sa_socket_get_event_mask (peer), ==, SA_SOCKET_EVENT_CLOSE);
  g_assert_cmpint (sa_socket_get_priority (peer), ==, G_PRIORITY_LOW);
  g_assert_cmpuint (sa_socket_get_high_water_mark (peer), ==, 17);
}

/* The properties tell what an attached descriptor has, and only that.  */
static void
test_attached (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = NULL;
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (SaSocket) other = sa_socket_new ();
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) error = NULL;
  guint n_notified = 0;

  test_connect (server, &client, &peer);
  set_all (client);
  socket = sa_socket_detach (client, &error);
  g_assert_no_error (error);
  g_signal_connect_swapped (other, "notify::keepalive-count", G_CALLBACK (g_atomic_int_inc), &n_notified);
  g_object_set (other, "user-timeout", 77, "broadcast", TRUE, NULL);
  g_assert_true (sa_socket_attach (other, socket, &error));
  g_assert_false (sa_socket_get_no_delay (other));
  g_assert_true (sa_socket_get_keepalive (other));
  g_assert_cmpuint (sa_socket_get_keepalive_idle (other), ==, 11);
  g_assert_cmpuint (sa_socket_get_keepalive_interval (other), ==, 12);
  g_assert_cmpuint (sa_socket_get_keepalive_count (other), ==, 3);
  g_assert_cmpuint (sa_socket_get_user_timeout (other), ==, 12345);
  g_assert_false (sa_socket_get_broadcast (other));
  g_assert_cmpuint (n_notified, ==, 1);
#ifdef SO_BUF_LOCK
  {
    int locks;
    socklen_t size = sizeof locks;

    if (getsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_BUF_LOCK, &locks, &size) == 0)
      {
        g_assert_cmpuint (sa_socket_get_send_buffer_size (other), ==, 40000);
        g_assert_cmpuint (sa_socket_get_receive_buffer_size (other), ==, 30000);
      }
  }
#endif
  assert_all (other);

  /* Whose sizes the system chose keeps on choosing them.  */
  g_clear_object (&socket);
  g_clear_object (&client);
  client = sa_socket_new ();
  sa_socket_connect_to_host (client, "127.0.0.1", sa_socket_get_local_port (server), NULL, &error);
  g_assert_no_error (error);
  socket = sa_socket_detach (client, NULL);
  g_assert_true (sa_socket_attach (client, socket, &error));
  g_assert_true (sa_socket_get_no_delay (client));
  g_assert_cmpuint (sa_socket_get_send_buffer_size (client), ==, 0);
}

static void
set_after (int turns)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (GString) log = test_log (client);
  g_autoptr (GError) error = NULL;

  sa_socket_set_wait_policy (client, SA_WAIT_NEVER);
  /* A name: the sockets are made later, or have been, or both.  */
  sa_socket_connect_to_host (client, "127.0.0.1", sa_socket_get_local_port (server), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sa_socket_get_state (client), ==, SA_SOCKET_STATE_CONNECTING);
  for (int i = 0; i < turns && strchr (log->str, 'c') == NULL; i++)
    g_main_context_iteration (NULL, FALSE);
  set_all (client);
  test_wait_for_log (log, "c");
  assert_all (client);
}

/* What is set while a connect is under way counts, however far it got.  */
static void
test_while_connecting (void)
{
  for (int turns = 0; turns < 4; turns++)
    set_after (turns);
}

/* A socket that the program made has its own options when it is accepted into, not those of the listener.  */
static void
test_accepted_into (void)
{
  g_autoptr (SaSocket) server = sa_socket_new ();
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (SaSocket) peer = sa_socket_new ();
  g_autoptr (GError) error = NULL;

  sa_socket_set_user_timeout (server, 7000);
  sa_socket_set_keepalive (server, TRUE);
  sa_socket_set_no_delay (server, FALSE);
  sa_socket_set_send_buffer_size (server, 200000);
  g_assert_true (sa_socket_create (server, 0, G_SOCKET_TYPE_STREAM, NULL, NULL));
  g_assert_true (sa_socket_listen (server, NULL));
  sa_socket_set_send_buffer_size (peer, 30000);
  sa_socket_set_receive_buffer_size (peer, 30000);
  sa_socket_connect_to_host (client, "127.0.0.1", sa_socket_get_local_port (server), NULL, &error);
  g_assert_no_error (error);
  g_assert_true (sa_socket_accept_into (server, peer, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (get_option (peer, IPPROTO_TCP, TCP_USER_TIMEOUT), ==, 0);
  g_assert_cmpint (get_option (peer, SOL_SOCKET, SO_KEEPALIVE), ==, 0);
  g_assert_cmpint (get_option (peer, IPPROTO_TCP, TCP_NODELAY), ==, 1);
  g_assert_cmpint (get_option (peer, SOL_SOCKET, SO_SNDBUF), ==, 60000);
  g_assert_cmpint (get_option (peer, SOL_SOCKET, SO_RCVBUF), ==, 60000);
}

/* What goes back to the system's while a connect is under way does so.  */
static void
test_back_while_connecting (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (GString) log = test_log (client);
  g_autoptr (GError) error = NULL;

  sa_socket_set_wait_policy (client, SA_WAIT_NEVER);
  sa_socket_set_user_timeout (client, 7000);
  sa_socket_connect_to_host (client, "127.0.0.1", sa_socket_get_local_port (server), NULL, &error);
  g_assert_no_error (error);
  /* The answer of the resolver, after which there is a socket.  */
  g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (sa_socket_get_state (client), ==, SA_SOCKET_STATE_CONNECTING);
  sa_socket_set_user_timeout (client, 0);
  test_wait_for_log (log, "c");
  g_assert_cmpint (get_option (client, IPPROTO_TCP, TCP_USER_TIMEOUT), ==, 0);
}

/* What an attached descriptor has is also told of multicast.  */
static void
test_attached_multicast (void)
{
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, 0, NULL);
  g_autoptr (SaSocket) other = sa_socket_new ();
  g_autoptr (GError) error = NULL;
  guint n_notified = 0;

  g_socket_set_multicast_ttl (socket, 7);
  g_socket_set_multicast_loopback (socket, FALSE);
  g_signal_connect_swapped (other, "notify::multicast-ttl", G_CALLBACK (g_atomic_int_inc), &n_notified);
  g_signal_connect_swapped (other, "notify::multicast-loopback", G_CALLBACK (g_atomic_int_inc), &n_notified);
  g_assert_true (sa_socket_attach (other, socket, &error));
  g_assert_cmpuint (sa_socket_get_multicast_ttl (other), ==, 7);
  g_assert_false (sa_socket_get_multicast_loopback (other));
  g_assert_cmpuint (n_notified, ==, 2);
}

/* One option is changed: what the program did to the others by itself stays.  */
static void
test_alone (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = NULL;
  g_autoptr (SaSocket) peer = NULL;

  test_connect (server, &client, &peer);
  g_socket_set_option (sa_socket_get_socket (client), IPPROTO_TCP, TCP_NODELAY, 0, NULL);
  sa_socket_set_keepalive (client, TRUE);
  g_assert_cmpint (get_option (client, IPPROTO_TCP, TCP_NODELAY), ==, 0);
  g_assert_cmpint (get_option (client, SOL_SOCKET, SO_KEEPALIVE), ==, 1);
  sa_socket_set_user_timeout (client, 123);
  sa_socket_set_user_timeout (client, 0);
  g_assert_cmpint (get_option (client, IPPROTO_TCP, TCP_USER_TIMEOUT), ==, 0);
}

/* An option that the system does not take is told by its name.  */
static void
test_refused (void)
{
  g_autoptr (SaSocket) stream = sa_socket_new ();
  g_autoptr (SaSocket) datagram = sa_socket_new ();
  g_autoptr (GError) error = NULL;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, 0);
      g_test_trap_assert_failed ();
      g_test_trap_assert_stderr ("*12345 for SaSocket:user-timeout*");
      return;
    }

  g_assert_true (sa_socket_create (datagram, 0, G_SOCKET_TYPE_DATAGRAM, "127.0.0.1", &error));
  g_object_set (stream, "no-delay", FALSE, "user-timeout", 12345, NULL);
  sa_socket_apply_options (stream, g_socket_get_fd (sa_socket_get_socket (datagram)), TRUE);
}

/* Two servers may share a port, one a family, if the one for IPv6 leaves IPv4 alone.  */
static void
test_ipv6_only (void)
{
  g_autoptr (SaSocket) six = sa_socket_new ();
  g_autoptr (SaSocket) four = sa_socket_new ();
  g_autoptr (SaSocket) both = sa_socket_new ();
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *host = NULL;
  guint port;

  sa_socket_set_ipv6_only (six, TRUE);
  g_assert_true (sa_socket_create (six, 0, G_SOCKET_TYPE_STREAM, NULL, &error));
  g_assert_true (sa_socket_listen (six, &error));
  g_assert_no_error (error);
  host = sa_socket_dup_local_host (six);
  if (g_strcmp0 (host, "::") != 0)
    {
      g_test_skip ("this machine has no IPv6");
      return;
    }

  port = sa_socket_get_local_port (six);
  g_assert_cmpint (get_option (six, IPPROTO_IPV6, IPV6_V6ONLY), ==, 1);
  g_assert_false (sa_socket_connect_to_host (client, "127.0.0.1", port, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  g_clear_error (&error);
  g_assert_true (sa_socket_create (four, port, G_SOCKET_TYPE_STREAM, "0.0.0.0", &error));
  g_assert_true (sa_socket_listen (four, &error));
  g_assert_no_error (error);
  g_assert_true (sa_socket_connect_to_host (client, "127.0.0.1", port, NULL, &error));

  g_assert_true (sa_socket_create (both, 0, G_SOCKET_TYPE_DATAGRAM, "::", &error));
  g_assert_cmpint (get_option (both, IPPROTO_IPV6, IPV6_V6ONLY), ==, 0);
}

/* A priority may be changed while the socket is in use: nothing is lost, and it counts.  */
static gboolean
set_flag (gpointer flag)
{
  *(gboolean *) flag = TRUE;

  return G_SOURCE_REMOVE;
}

static void
test_priority (void)
{
  g_autoptr (SaSocket) client = NULL;
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GString) log = NULL;
  gboolean idle_ran = FALSE;

  test_connect_never (&client, &peer);
  test_spin (NULL, 10);
  log = test_log (peer);
  sa_socket_send (client, (const guint8 *) "abc", 3, NULL, NULL);
  sa_socket_set_priority (peer, G_PRIORITY_LOW);
  g_idle_add (set_flag, &idle_ran);
  g_main_context_iteration (NULL, FALSE);
  g_assert_true (idle_ran);
  g_assert_cmpstr (log->str, ==, "");
  test_wait_for_log (log, "r");
}

static void
test_budget (void)
{
  g_autoptr (SaSocket) socket = sa_socket_new ();
  g_autoptr (SaSocket) other = sa_socket_new ();

  sa_socket_set_dispatch_budget (socket, 1234);
  g_assert_cmpuint (sa_socket_get_dispatch_budget (other), ==, 1234);
  sa_socket_set_dispatch_budget (other, 4000);
  g_assert_cmpuint (sa_socket_get_budget_hits (socket), ==, 0);
}

static void
test_statistics (void)
{
  g_autoptr (SaSocket) client = NULL;
  g_autoptr (SaSocket) peer = NULL;
  guint64 value;

  test_connect_never (&client, &peer);
  sa_socket_set_wait_policy (peer, SA_WAIT_BLOCK);
  test_assert_exchange (client, peer);
  g_assert_cmpuint (sa_socket_get_bytes_sent (client), ==, 4);
  g_assert_cmpuint (sa_socket_get_bytes_received (client), ==, 0);
  g_assert_cmpuint (sa_socket_get_bytes_received (peer), ==, 4);
  g_assert_cmpuint (sa_socket_get_send_calls (client), ==, test_is_one_byte () ? 4 : 1);
  g_assert_cmpuint (sa_socket_get_receive_calls (peer), >=, 1);
  g_object_get (client, "bytes-sent", &value, NULL);
  g_assert_cmpuint (value, ==, 4);
}

/* The official way to another thread: detach here, attach there.  */
static gpointer
serve_in_thread (gpointer data)
{
  g_autoptr (GSocket) socket = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GString) log = NULL;
  g_autoptr (GError) error = NULL;

  g_main_context_push_thread_default (context);
  {
    g_autoptr (SaSocket) peer = sa_socket_new ();
    char text[8];

    log = test_log (peer);
    g_assert_true (sa_socket_attach (peer, socket, &error));
    g_assert_true (sa_socket_get_context (peer) == context);
    test_wait_in (context, test_log_has, (&(TestLogWait){ log, "r" }));
    for (int n = 0; n < 4; n += test_at_once (4))
      g_assert_cmpint (sa_socket_receive (peer, text + n, 8 - (gsize) n, NULL, &error), ==, test_at_once (4));
    g_assert_cmpint (sa_socket_send (peer, (const guint8 *) text, 4, NULL, &error), ==, 4);
    g_assert_true (sa_socket_close (peer, &error));
  }
  g_main_context_pop_thread_default (context);

  return NULL;
}

static void
test_thread (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = NULL;
  g_autoptr (SaSocket) peer = NULL;
  GSocket *socket;
  GThread *thread;
  char text[8];

  test_connect (server, &client, &peer);
  socket = sa_socket_detach (peer, NULL);
  thread = g_thread_new ("server", serve_in_thread, socket);
  g_assert_cmpint (sa_socket_send (client, (const guint8 *) "ahoy", 4, NULL, NULL), ==, 4);
  for (int n = 0; n < 4; n += test_at_once (4))
    g_assert_cmpint (sa_socket_receive (client, text, 8, NULL, NULL), ==, test_at_once (4));
  g_thread_join (thread);
}

/* Connections come and go, and nothing is left.  */
static guint
count_descriptors (void)
{
  g_autoptr (GDir) directory = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (directory) != NULL)
    n++;

  return n;
}

static void
test_no_leak (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  guint before = 0;

  for (int i = 0; i < 1000; i++)
    {
      g_autoptr (SaSocket) client = NULL;
      g_autoptr (SaSocket) peer = NULL;

      test_connect (server, &client, &peer);
      /* A reset leaves no port waiting.  */
      sa_socket_abort (client);
      test_spin (NULL, 1);
      if (i == 10)
        before = count_descriptors ();
    }

  g_assert_cmpuint (count_descriptors (), <=, before);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_use_one_byte ();

  g_test_add_func ("/socket/options/before", test_before);
  g_test_add_func ("/socket/options/after", test_after);
  g_test_add_func ("/socket/options/inherited", test_inherited);
  g_test_add_func ("/socket/options/attached", test_attached);
  g_test_add_func ("/socket/options/while-connecting", test_while_connecting);
  g_test_add_func ("/socket/options/accepted-into", test_accepted_into);
  g_test_add_func ("/socket/options/back-while-connecting", test_back_while_connecting);
  g_test_add_func ("/socket/options/attached/multicast", test_attached_multicast);
  g_test_add_func ("/socket/options/alone", test_alone);
  g_test_add_func ("/socket/options/refused", test_refused);
  g_test_add_func ("/socket/options/ipv6-only", test_ipv6_only);
  g_test_add_func ("/socket/options/priority", test_priority);
  g_test_add_func ("/socket/options/budget", test_budget);
  g_test_add_func ("/socket/options/statistics", test_statistics);
  g_test_add_func ("/socket/options/thread", test_thread);
  g_test_add_func ("/socket/options/no-leak", test_no_leak);

  return g_test_run ();
}
