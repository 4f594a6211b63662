/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-one-byte.h"
#include "test-socket-utils.h"
#include "test-utils.h"

#include <gio/gunixsocketaddress.h>
#include <netinet/in.h>

/* Datagrams: to anybody, from anybody, connected, over Unix addresses, broadcast and multicast.  */

static SaSocket *
make_datagram_socket (const char *address)
{
  SaSocket *socket = sa_socket_new ();
  g_autoptr (GError) error = NULL;

  sa_socket_create (socket, 0, G_SOCKET_TYPE_DATAGRAM, address, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sa_socket_get_state (socket), ==, SA_SOCKET_STATE_BOUND);
  sa_socket_set_timeout (socket, 20000);

  return socket;
}

/* One socket for IPv4 and IPv6; the sender's address can be answered.  */
static void
test_send_to (void)
{
  g_autoptr (SaSocket) server = make_datagram_socket (NULL);
  g_autoptr (SaSocket) client = make_datagram_socket ("127.0.0.1");
  g_autoptr (GSocketAddress) from = NULL;
  g_autoptr (GError) error = NULL;
  char text[16] = "";

  g_assert_cmpint (sa_socket_send_to_host (client, "127.0.0.1", sa_socket_get_local_port (server),
                                           (const guint8 *) "hello", 5, NULL, &error), ==, 5);
  g_assert_no_error (error);
  g_assert_cmpint (sa_socket_receive_from (server, text, sizeof text, &from, NULL, &error), ==, 5);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "hello");
  g_assert_cmpuint (g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (from)), ==,
                    sa_socket_get_local_port (client));

  g_assert_cmpint (sa_socket_send_to (server, from, (const guint8 *) "you too", 7, NULL, &error), ==, 7);
  g_assert_no_error (error);
  g_assert_cmpint (sa_socket_receive (client, text, sizeof text, NULL, &error), ==, 7);
  g_assert_cmpstr (text, ==, "you too");
}

static void
test_empty (void)
{
  g_autoptr (SaSocket) first = make_datagram_socket ("127.0.0.1");
  g_autoptr (SaSocket) second = make_datagram_socket ("127.0.0.1");
  g_autoptr (GString) log = test_log (second);
  g_autoptr (GError) error = NULL;
  char byte;

  g_assert_cmpint (
      sa_socket_send_to_host (first, "127.0.0.1", sa_socket_get_local_port (second), NULL, 0, NULL, &error),
      ==, 0);
  g_assert_no_error (error);
  test_wait_for_log (log, "r");
  g_assert_cmpint (sa_socket_receive (second, &byte, 1, NULL, &error), ==, 0);
  g_assert_no_error (error);
  test_spin (NULL, 10);
  /* Nothing has ended by that.  */
  g_assert_null (strchr (log->str, 'e'));
}

static void
test_connected (void)
{
  g_autoptr (SaSocket) server = make_datagram_socket ("127.0.0.1");
  g_autoptr (SaSocket) client = make_datagram_socket (NULL);
  g_autoptr (GSocketAddress) from = NULL;
  g_autoptr (GError) error = NULL;
  char text[16] = "";

  sa_socket_connect_to_host (client, "127.0.0.1", sa_socket_get_local_port (server), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sa_socket_get_state (client), ==, SA_SOCKET_STATE_CONNECTED);
  g_assert_cmpint (sa_socket_send (client, (const guint8 *) "abc", 3, NULL, &error), ==, 3);
  g_assert_no_error (error);
  g_assert_cmpint (sa_socket_receive_from (server, text, sizeof text, &from, NULL, &error), ==, 3);
  g_assert_cmpint (sa_socket_send_to (server, from, (const guint8 *) "def", 3, NULL, &error), ==, 3);
  g_assert_cmpint (sa_socket_receive (client, text, sizeof text, NULL, &error), ==, 3);
  g_assert_cmpstr (text, ==, "def");
}

/* Each datagram is announced, the second one too when a handler takes one at a time.  */
static void
receive_one (SaSocket *socket,
             GString *received)
{
  char text[16];
  gssize n = sa_socket_receive (socket, text, sizeof text, NULL, NULL);

  g_assert_cmpint (n, >, 0);
  g_string_append_len (received, text, n);
}

static void
test_events (void)
{
  g_autoptr (SaSocket) first = make_datagram_socket ("127.0.0.1");
  g_autoptr (SaSocket) second = make_datagram_socket ("127.0.0.1");
  g_autoptr (GString) log = test_log (second);
  g_autoptr (GString) received = g_string_new (NULL);

  sa_socket_set_wait_policy (second, SA_WAIT_NEVER);
  g_signal_connect (second, "receive-ready", G_CALLBACK (receive_one), received);
  for (int i = 0; i < 5; i++)
    sa_socket_send_to_host (first, "127.0.0.1", sa_socket_get_local_port (second),
                            (const guint8 *) &"abcde"[i], 1, NULL, NULL);
  while (received->len < 5)
    g_main_context_iteration (NULL, TRUE);
  test_spin (NULL, 10);
  g_assert_cmpstr (received->str, ==, "abcde");
  g_assert_cmpuint (log->len, ==, 6);
}

static void
test_errors (void)
{
  g_autoptr (SaSocket) socket = make_datagram_socket ("127.0.0.1");
  g_autoptr (SaSocket) stream = sa_socket_new ();
  g_autofree guint8 *large = g_malloc0 (70000);
  g_autoptr (GError) error = NULL;
  char byte;

  g_assert_cmpint (sa_socket_send_to_host (socket, "127.0.0.1", 9, large, 70000, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE);
  g_clear_error (&error);
  g_assert_cmpint (sa_socket_send_to_host (socket, "127.0.0.1", 70000, large, 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_cmpint (sa_socket_send_to_host (stream, "127.0.0.1", 9, large, 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_clear_error (&error);
  g_assert_cmpint (sa_socket_send (socket, large, 1, NULL, &error), ==, -1);
  g_assert_nonnull (error);
  g_clear_error (&error);
  sa_socket_set_timeout (socket, 20);
  g_assert_cmpint (sa_socket_receive_from (socket, &byte, 1, NULL, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&error);
  g_assert_false (sa_socket_listen (socket, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

/* An answer of the network to a datagram that went nowhere does not end the socket.  */
static void
test_refused (void)
{
  g_autoptr (SaSocket) client = make_datagram_socket ("127.0.0.1");
  g_autoptr (SaSocket) gone = make_datagram_socket ("127.0.0.1");
  g_autoptr (SaSocket) server = make_datagram_socket ("127.0.0.1");
  g_autoptr (GError) error = NULL;
  guint port = sa_socket_get_local_port (gone);
  char byte;

  g_clear_object (&gone);
  g_assert_true (sa_socket_connect_to_host (client, "127.0.0.1", port, NULL, &error));
  g_assert_cmpint (sa_socket_send (client, (const guint8 *) "x", 1, NULL, &error), ==, 1);
  g_assert_cmpint (sa_socket_receive (client, &byte, 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  g_clear_error (&error);
  g_assert_cmpint (sa_socket_get_state (client), ==, SA_SOCKET_STATE_CONNECTED);
  g_assert_cmpint (sa_socket_send_to_host (client, "127.0.0.1", sa_socket_get_local_port (server),
                                           (const guint8 *) "y", 1, NULL, &error), ==, 1);
  g_assert_no_error (error);
  g_assert_cmpint (sa_socket_receive (server, &byte, 1, NULL, &error), ==, 1);
}

/* Broadcasting has to be allowed.  */
static void
test_broadcast (void)
{
  g_autoptr (SaSocket) client = make_datagram_socket ("127.0.0.1");
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (
      sa_socket_send_to_host (client, "127.255.255.255", 9, (const guint8 *) "x", 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  g_clear_error (&error);
  sa_socket_set_broadcast (client, TRUE);
  g_assert_cmpint (
      sa_socket_send_to_host (client, "127.255.255.255", 9, (const guint8 *) "x", 1, NULL, &error), ==, 1);
  g_assert_no_error (error);
}

static void
test_multicast (void)
{
  g_autoptr (SaSocket) client = make_datagram_socket ("127.0.0.1");
  g_autoptr (SaSocket) server = make_datagram_socket ("0.0.0.0");
  g_autoptr (GInetAddress) group = g_inet_address_new_from_string ("239.1.2.3");
  g_autoptr (GInetAddress) plain = g_inet_address_new_from_string ("127.0.0.1");
  g_autoptr (GError) error = NULL;
  char text[16] = "";

  g_assert_false (sa_socket_join_multicast_group (server, plain, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);

  if (!sa_socket_join_multicast_group (server, group, NULL, "lo", &error))
    {
      g_test_skip (error->message);
      return;
    }

  g_assert_true (g_socket_set_option (sa_socket_get_socket (client), IPPROTO_IP, IP_MULTICAST_IF, 0, NULL));
  g_socket_set_multicast_loopback (sa_socket_get_socket (client), TRUE);
  if (sa_socket_send_to_host (client, "239.1.2.3", sa_socket_get_local_port (server), (const guint8 *) "all",
                              3, NULL, &error) < 0)
    {
      g_test_skip (error->message);
      return;
    }

  sa_socket_set_timeout (server, 500);
  if (sa_socket_receive (server, text, sizeof text, NULL, &error) < 0)
    g_test_skip ("the loopback interface of this machine carries no multicast");
  else
    g_assert_cmpstr (text, ==, "all");
  g_assert_true (sa_socket_leave_multicast_group (server, group, NULL, "lo", NULL));
}

static void
test_unix (void)
{
  g_autofree char *name = g_strdup_printf ("sockarch-datagram-%d", getpid ());
  g_autoptr (GSocketAddress) address =
    g_unix_socket_address_new_with_type (name, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);
  g_autofree char *client_name = g_strconcat (name, "-client", NULL);
  g_autoptr (GSocketAddress) client_address =
    g_unix_socket_address_new_with_type (client_name, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);
  g_autoptr (SaSocket) server = make_datagram_socket (NULL);
  g_autoptr (SaSocket) client = make_datagram_socket (NULL);
  g_autoptr (SaSocket) connected = make_datagram_socket (NULL);
  g_autoptr (GSocketAddress) from = NULL;
  g_autoptr (GError) error = NULL;
  char text[16] = "";

  g_assert_true (sa_socket_bind (server, address, &error));
  g_assert_no_error (error);
  g_assert_true (sa_socket_bind (client, client_address, &error));
  g_assert_no_error (error);
  g_assert_cmpint (sa_socket_send_to (client, address, (const guint8 *) "abc", 3, NULL, &error), ==, 3);
  g_assert_no_error (error);
  g_assert_cmpint (sa_socket_receive_from (server, text, sizeof text, &from, NULL, &error), ==, 3);
  g_assert_cmpstr (text, ==, "abc");
  g_assert_cmpint (sa_socket_send_to (server, from, (const guint8 *) "def", 3, NULL, &error), ==, 3);
  g_assert_no_error (error);
  g_assert_cmpint (sa_socket_receive (client, text, sizeof text, NULL, &error), ==, 3);
  g_assert_cmpstr (text, ==, "def");

  sa_socket_connect_to_address (connected, G_SOCKET_CONNECTABLE (address), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sa_socket_send (connected, (const guint8 *) "ghi", 3, NULL, &error), ==, 3);
  g_assert_cmpint (sa_socket_receive (server, text, sizeof text, NULL, &error), ==, 3);
  g_assert_cmpstr (text, ==, "ghi");

  /* It has an address now.  */
  g_assert_false (sa_socket_bind (server, client_address, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_use_one_byte ();

  g_test_add_func ("/datagram/send-to", test_send_to);
  g_test_add_func ("/datagram/empty", test_empty);
  g_test_add_func ("/datagram/connected", test_connected);
  g_test_add_func ("/datagram/events", test_events);
  g_test_add_func ("/datagram/errors", test_errors);
  g_test_add_func ("/datagram/refused", test_refused);
  g_test_add_func ("/datagram/broadcast", test_broadcast);
  g_test_add_func ("/datagram/multicast", test_multicast);
  g_test_add_func ("/datagram/unix", test_unix);

  return g_test_run ();
}
