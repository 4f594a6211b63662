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

static void
keep_result (GObject *source,
             GAsyncResult *result,
             gpointer data)
{
  g_assert_null (*(GAsyncResult **) data);
  *(GAsyncResult **) data = g_object_ref (result);
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
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED);
  g_assert_nonnull (strstr (error->message, "sa_socket_send_to()"));
  g_clear_error (&error);
  sa_socket_set_timeout (socket, 20);
  g_assert_cmpint (sa_socket_receive_from (socket, &byte, 1, NULL, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&error);
  g_assert_false (sa_socket_listen (socket, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

/* Datagrams have no end that could be waited for.  */
static void
test_close_gracefully (void)
{
  g_autoptr (SaSocket) first = make_datagram_socket ("127.0.0.1");
  g_autoptr (SaSocket) second = make_datagram_socket ("127.0.0.1");
  g_autoptr (SaSocket) third = make_datagram_socket ("127.0.0.1");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  sa_socket_connect_to_host (first, "127.0.0.1", sa_socket_get_local_port (second), NULL, &error);
  g_assert_no_error (error);
  g_assert_true (sa_socket_close_gracefully (first, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (sa_socket_get_state (first), ==, SA_SOCKET_STATE_CLOSED);
  sa_socket_connect_to_host (third, "127.0.0.1", sa_socket_get_local_port (second), NULL, &error);
  sa_socket_close_gracefully_async (third, NULL, keep_result, &result);
  test_wait_in (NULL, test_has_result, &result);
  g_assert_true (sa_socket_close_gracefully_finish (third, result, &error));
  g_assert_no_error (error);
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
  g_assert_nonnull (strstr (error->message, "SaSocket:broadcast"));
  g_clear_error (&error);
  sa_socket_set_broadcast (client, TRUE);
  g_assert_cmpint (
      sa_socket_send_to_host (client, "127.255.255.255", 9, (const guint8 *) "x", 1, NULL, &error), ==, 1);
  g_assert_no_error (error);
}

/* Joined on loopback, where the source is known. Not every kernel carries multicast there.  */
typedef struct
{
  const char *group;
  const char *host;   /* who sends */
  const char *bind;   /* where the receiver is bound; NULL: for both families */
} Multicast;

static const Multicast multicasts[] = {
  { "239.1.2.3", "127.0.0.1", "0.0.0.0" },
  { "239.1.2.4", "127.0.0.1", NULL },
  { "ff01::1:3", "::1", NULL },
};

static gboolean
is_received (SaSocket *client,
             SaSocket *server,
             const char *group)
{
  g_autoptr (GError) error = NULL;
  char text[16] = "";

  if (sa_socket_send_to_host (client, group, sa_socket_get_local_port (server), (const guint8 *) "all", 3,
                              NULL, &error) < 0)
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE);
      return FALSE;
    }
  if (sa_socket_receive (server, text, sizeof text, NULL, &error) < 0)
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
      return FALSE;
    }

  g_assert_cmpstr (text, ==, "all");

  return TRUE;
}

static void
test_multicast (gconstpointer data)
{
  const Multicast *m = data;
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (SaSocket) server = make_datagram_socket (m->bind);
  g_autoptr (GInetAddress) group = g_inet_address_new_from_string (m->group);
  g_autoptr (GInetAddress) source = g_inet_address_new_from_string (m->host);
  g_autoptr (GInetAddress) stranger =
    g_inet_address_new_from_string (strchr (m->host, ':') != NULL ? "fe80::1" : "127.0.0.9");
  g_autoptr (GError) error = NULL;
  gboolean carried;

  if (!sa_socket_create (client, 0, G_SOCKET_TYPE_DATAGRAM, m->host, NULL) ||
      !sa_socket_join_multicast_group (server, group, NULL, "lo", NULL) ||
      !sa_socket_set_multicast_interface (client, "lo", NULL))
    {
      g_test_skip ("the loopback interface of this machine takes no such group");
      return;
    }

  sa_socket_set_timeout (server, 500);
  carried = is_received (client, server, m->group);
  sa_socket_set_timeout (server, 50);
  g_assert_false (sa_socket_join_multicast_group (server, group, NULL, "lo", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_true (sa_socket_leave_multicast_group (server, group, NULL, "lo", &error));
  g_assert_no_error (error);
  g_assert_false (is_received (client, server, m->group));
  g_assert_false (sa_socket_leave_multicast_group (server, group, NULL, "lo", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);

  /* From one source only.  */
  g_assert_true (sa_socket_join_multicast_group (server, group, stranger, "lo", &error));
  g_assert_no_error (error);
  g_assert_false (is_received (client, server, m->group));
  g_assert_true (sa_socket_join_multicast_group (server, group, source, "lo", &error));
  g_assert_no_error (error);
  g_assert_false (sa_socket_join_multicast_group (server, group, source, "lo", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_clear_error (&error);
  if (carried)
    {
      sa_socket_set_timeout (server, 20000);
      g_assert_true (is_received (client, server, m->group));
    }
  g_assert_true (sa_socket_leave_multicast_group (server, group, source, "lo", &error));
  g_assert_no_error (error);
  sa_socket_set_timeout (server, 50);
  g_assert_false (is_received (client, server, m->group));
  if (!carried)
    g_test_skip ("the loopback interface of this machine carries no such multicast");
}

static void
test_multicast_errors (void)
{
  g_autoptr (SaSocket) server = make_datagram_socket ("127.0.0.1");
  g_autoptr (SaSocket) stream = sa_socket_new ();
  g_autoptr (GInetAddress) group = g_inet_address_new_from_string ("239.1.2.3");
  g_autoptr (GInetAddress) group6 = g_inet_address_new_from_string ("ff02::1:3");
  g_autoptr (GInetAddress) plain = g_inet_address_new_from_string ("127.0.0.1");
  g_autoptr (GInetAddress) plain6 = g_inet_address_new_from_string ("::1");
  const struct
  {
    SaSocket *socket;
    GInetAddress *group;
    GInetAddress *source;
    const char *interface;
    GIOErrorEnum code;
  } cases[] = {
    { server, plain, NULL, NULL, G_IO_ERROR_INVALID_ARGUMENT },
    { server, group, plain6, NULL, G_IO_ERROR_INVALID_ARGUMENT },
    { server, group, NULL, "no-such0", G_IO_ERROR_NOT_FOUND },
    { server, group6, NULL, NULL, G_IO_ERROR_NOT_SUPPORTED },
    { stream, group, NULL, NULL, G_IO_ERROR_NOT_SUPPORTED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (sa_socket_join_multicast_group (cases[i].socket, cases[i].group, cases[i].source,
                                                      cases[i].interface, &error));
      g_assert_error (error, G_IO_ERROR, (int) cases[i].code);
      g_clear_error (&error);
      g_assert_false (sa_socket_leave_multicast_group (cases[i].socket, cases[i].group, cases[i].source,
                                                       cases[i].interface, &error));
      g_assert_error (error, G_IO_ERROR, (int) cases[i].code);
    }
}

/* Options reach the kernel, before and after there is a descriptor, and in both families.  */
static void
test_multicast_options (void)
{
  g_autoptr (SaSocket) socket = sa_socket_new ();
  g_autoptr (GError) error = NULL;
  GSocket *plain;
  int value = 0;

  g_object_set (socket, "multicast-ttl", 7, "multicast-loopback", FALSE, NULL);
  g_assert_true (sa_socket_create (socket, 0, G_SOCKET_TYPE_DATAGRAM, NULL, &error));
  plain = sa_socket_get_socket (socket);
  g_assert_true (g_socket_get_option (plain, IPPROTO_IP, IP_MULTICAST_TTL, &value, NULL));
  g_assert_cmpint (value, ==, 7);
  g_assert_true (g_socket_get_option (plain, IPPROTO_IP, IP_MULTICAST_LOOP, &value, NULL));
  g_assert_cmpint (value, ==, 0);
  sa_socket_set_multicast_ttl (socket, 3);
  g_assert_true (g_socket_get_option (plain, IPPROTO_IP, IP_MULTICAST_TTL, &value, NULL));
  g_assert_cmpint (value, ==, 3);
  if (g_socket_get_family (plain) == G_SOCKET_FAMILY_IPV6)
    {
      g_assert_true (g_socket_get_option (plain, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &value, NULL));
      g_assert_cmpint (value, ==, 3);
    }

  g_assert_false (sa_socket_set_multicast_interface (socket, "no-such0", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
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

  /* Families do not mix.  */
  {
    g_autoptr (SaSocket) inet = make_datagram_socket (NULL);

    g_assert_cmpint (sa_socket_send_to (inet, address, (const guint8 *) "x", 1, NULL, &error), ==, -1);
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
    g_assert_nonnull (strstr (error->message, name));
    g_clear_error (&error);
    g_assert_cmpint (sa_socket_send_to_host (client, "127.0.0.1", 9, (const guint8 *) "x", 1, NULL, &error),
                     ==, -1);
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
    g_clear_error (&error);
  }

  /* It has an address now.  */
  g_assert_false (sa_socket_bind (server, client_address, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

/* A datagram that does not fit is an error with the sizes, and the next one is whole.  */
static void
test_cut (void)
{
  g_autoptr (SaSocket) client = make_datagram_socket ("127.0.0.1");
  g_autoptr (SaSocket) server = make_datagram_socket ("127.0.0.1");
  g_autoptr (GSocketAddress) address = sa_socket_get_local_address (server);
  g_autoptr (GSocketAddress) from = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *port = g_strdup_printf ("port %u", sa_socket_get_local_port (client));
  g_autofree guint8 *data = NULL;
  char text[16] = "";
  gsize length = 1;

  for (int i = 0; i < 5; i++)
    g_assert_cmpint (sa_socket_send_to (client, address, (const guint8 *) "0123456789", 10, NULL, &error),
                     ==, 10);

  g_assert_cmpint (sa_socket_receive_from (server, text, 4, &from, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE);
  g_assert_nonnull (strstr (error->message, "10 bytes"));
  g_assert_nonnull (strstr (error->message, "room for 4"));
  g_assert_nonnull (strstr (error->message, port));
  g_assert_null (from);
  g_assert_cmpstr (text, ==, "0123");
  g_clear_error (&error);

  g_assert_cmpint (sa_socket_receive (server, text, 4, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE);
  g_clear_error (&error);

  g_assert_null (sa_socket_receive_data_from (server, 9, &length, &from, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE);
  g_assert_cmpuint (length, ==, 0);
  g_clear_error (&error);

  /* Who only looks at it loses nothing.  */
  g_assert_cmpint (sa_socket_receive_with_flags (server, text, 4, G_SOCKET_MSG_PEEK, NULL, &error), ==, 4);
  g_assert_no_error (error);
  g_assert_cmpint (sa_socket_get_available_bytes (server, &error), ==, 10);
  g_assert_cmpint (sa_socket_receive (server, text, 10, NULL, &error), ==, 10);
  g_assert_no_error (error);

  data = sa_socket_receive_data_from (server, 10, &length, &from, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (data, length, "0123456789", 10);
}

/* However much is asked for, only what comes is allocated, and a large datagram is not cut.  */
static void
test_room (void)
{
  g_autofree char *name = g_strdup_printf ("sockarch-room-%d", getpid ());
  g_autoptr (GSocketAddress) address =
    g_unix_socket_address_new_with_type (name, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);
  g_autoptr (SaSocket) server = make_datagram_socket (NULL);
  g_autoptr (SaSocket) client = make_datagram_socket (NULL);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *large = g_malloc0 (100000);
  g_autofree guint8 *data = NULL;
  gsize length;

  g_assert_true (sa_socket_bind (server, address, &error));
  sa_socket_connect_to_address (client, G_SOCKET_CONNECTABLE (address), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sa_socket_send (client, large, 100000, NULL, &error), ==, 100000);
  g_assert_no_error (error);
  data = sa_socket_receive_data_from (server, G_MAXSIZE / 2, &length, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (length, ==, 100000);
  g_assert_cmpint (sa_socket_send (client, large, 100000, NULL, &error), ==, 100000);
  bytes = sa_socket_receive_bytes (server, G_MAXSIZE / 2, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 100000);
}

/* The asynchronous forms, by address, by number and by name.  */
static void
test_async (void)
{
  g_autoptr (SaSocket) client = make_datagram_socket ("127.0.0.1");
  g_autoptr (SaSocket) server = make_datagram_socket ("127.0.0.1");
  g_autoptr (GSocketAddress) address = sa_socket_get_local_address (server);
  const char *hosts[] = { NULL, "127.0.0.1", "localhost" };

  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autoptr (GAsyncResult) sent = NULL;
      g_autoptr (GAsyncResult) received = NULL;
      g_autoptr (GSocketAddress) from = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree guint8 *data = NULL;
      gsize length;

      sa_socket_receive_from_async (server, 100, NULL, keep_result, &received);
      if (hosts[i] == NULL)
        sa_socket_send_to_async (client, address, (const guint8 *) "hello", 5, NULL, keep_result, &sent);
      else
        sa_socket_send_to_host_async (client, hosts[i], sa_socket_get_local_port (server),
                                      (const guint8 *) "hello", 5, NULL, keep_result, &sent);
      g_assert_null (sent);
      g_assert_null (received);
      test_wait_in (NULL, test_has_result, &sent);
      g_assert_cmpint (sa_socket_send_to_finish (client, sent, &error), ==, 5);
      g_assert_no_error (error);
      test_wait_in (NULL, test_has_result, &received);
      data = sa_socket_receive_from_finish (server, received, &length, &from, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (data, length, "hello", 5);
      g_assert_cmpuint (g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (from)), ==,
                        sa_socket_get_local_port (client));
    }
}

static void
assert_send_fails (SaSocket *socket,
                   GAsyncResult **result,
                   GIOErrorEnum code)
{
  g_autoptr (GError) error = NULL;

  test_wait_in (NULL, test_has_result, result);
  g_assert_cmpint (sa_socket_send_to_finish (socket, *result, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, (int) code);
  g_clear_object (result);
}

/* Errors of one datagram are told to who sent it, and cancelled receives take nothing.  */
static void
test_async_errors (void)
{
  g_autoptr (SaSocket) client = make_datagram_socket ("127.0.0.1");
  g_autoptr (SaSocket) server = make_datagram_socket ("127.0.0.1");
  g_autoptr (SaSocket) stream = sa_socket_new ();
  g_autoptr (GSocketAddress) address = sa_socket_get_local_address (server);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *large = g_malloc0 (70000);
  gsize length;

  sa_socket_send_to_async (client, address, large, 70000, NULL, keep_result, &result);
  assert_send_fails (client, &result, G_IO_ERROR_MESSAGE_TOO_LARGE);
  sa_socket_send_async (client, large, 1, NULL, keep_result, &result);
  assert_send_fails (client, &result, G_IO_ERROR_NOT_CONNECTED);
  sa_socket_send_to_host_async (client, "127.0.0.1", 0, large, 1, NULL, keep_result, &result);
  assert_send_fails (client, &result, G_IO_ERROR_INVALID_ARGUMENT);
  sa_socket_send_to_async (stream, address, large, 1, NULL, keep_result, &result);
  assert_send_fails (stream, &result, G_IO_ERROR_NOT_SUPPORTED);

  sa_socket_receive_from_async (server, 100, cancellable, keep_result, &result);
  sa_socket_receive_from_async (server, 4, NULL, keep_result, &second);
  g_cancellable_cancel (cancellable);
  test_wait_in (NULL, test_has_result, &result);
  g_assert_null (sa_socket_receive_from_finish (server, result, &length, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (second);
  g_assert_cmpint (sa_socket_send_to (client, address, large, 5, NULL, &error), ==, 5);
  test_wait_in (NULL, test_has_result, &second);
  g_assert_null (sa_socket_receive_from_finish (server, second, &length, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE);
  g_clear_error (&error);
  g_clear_object (&second);

  /* A timeout, and a close.  */
  sa_socket_set_timeout (server, 20);
  sa_socket_receive_from_async (server, 4, NULL, keep_result, &second);
  test_wait_in (NULL, test_has_result, &second);
  g_assert_null (sa_socket_receive_from_finish (server, second, &length, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&error);
  g_clear_object (&second);
  sa_socket_set_timeout (server, 0);
  sa_socket_receive_from_async (server, 4, NULL, keep_result, &second);
  sa_socket_close (server, NULL);
  test_wait_in (NULL, test_has_result, &second);
  g_assert_null (sa_socket_receive_from_finish (server, second, &length, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

static void
count_sent (GObject *source,
            GAsyncResult *result,
            gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (sa_socket_send_to_finish (SA_SOCKET (source), result, &error), >=, 0);
  g_assert_no_error (error);
  ++*(guint *) data;
}

static gboolean
all_sent (gpointer data)
{
  return *(guint *) data == 100;
}

/* A full receiver makes datagrams wait in the queue: they come in order, one by one, empty ones too, also
 * when the sender is closed meanwhile.  */
static void
test_async_queue (gconstpointer close_early)
{
  g_autofree char *name = g_strdup_printf ("sockarch-queue-%d-%d", getpid (), close_early != NULL);
  g_autoptr (GSocketAddress) address =
    g_unix_socket_address_new_with_type (name, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);
  g_autoptr (SaSocket) server = make_datagram_socket (NULL);
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (GSocket) plain = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM, 0, NULL);
  g_autoptr (GError) error = NULL;
  guint n_sent = 0;

  g_assert_true (sa_socket_bind (server, address, &error));
  g_assert_true (sa_socket_attach (client, plain, &error));
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      /* Every tenth is empty.  */
      sa_socket_send_to_async (client, address, (const guint8 *) text, i % 10 == 9 ? 0 : strlen (text), NULL,
                               count_sent, &n_sent);
    }

  test_spin (NULL, 10);
  g_assert_cmpuint (n_sent, >, 0);
  g_assert_cmpuint (n_sent, <, 100);
  if (close_early != NULL)
    {
      sa_socket_set_wait_policy (client, SA_WAIT_NEVER);
      sa_socket_close (client, NULL);
    }
  sa_socket_set_wait_policy (server, SA_WAIT_DISPATCH);
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);
      char buffer[16];
      gssize n = sa_socket_receive (server, buffer, sizeof buffer, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpmem (buffer, (gsize) n, text, i % 10 == 9 ? 0 : strlen (text));
    }
  test_wait_in (NULL, all_sent, &n_sent);
}

/* What could not be made leaves nothing behind: neither the kind of socket nor the place it was to be at.  */
static void
test_taken_port (void)
{
  g_autoptr (SaSocket) first = sa_socket_new ();
  g_autoptr (SaSocket) second = sa_socket_new ();
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (GError) error = NULL;

  sa_socket_create (first, 0, G_SOCKET_TYPE_DATAGRAM, "127.0.0.1", &error);
  g_assert_no_error (error);
  g_assert_false (sa_socket_create (second, sa_socket_get_local_port (first), G_SOCKET_TYPE_DATAGRAM,
                                    "127.0.0.1", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_clear_error (&error);
  g_assert_cmpint (sa_socket_get_state (second), ==, SA_SOCKET_STATE_NEW);

  sa_socket_connect_to_host (second, "127.0.0.1", sa_socket_get_local_port (server), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_socket_get_socket_type (sa_socket_get_socket (second)), ==, G_SOCKET_TYPE_STREAM);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_use_one_byte ();

  g_test_add_func ("/datagram/taken-port", test_taken_port);
  g_test_add_func ("/datagram/send-to", test_send_to);
  g_test_add_func ("/datagram/empty", test_empty);
  g_test_add_func ("/datagram/connected", test_connected);
  g_test_add_func ("/datagram/events", test_events);
  g_test_add_func ("/datagram/errors", test_errors);
  g_test_add_func ("/datagram/close-gracefully", test_close_gracefully);
  g_test_add_func ("/datagram/refused", test_refused);
  g_test_add_func ("/datagram/broadcast", test_broadcast);
  for (guint i = 0; i < G_N_ELEMENTS (multicasts); i++)
    {
      g_autofree char *path = g_strdup_printf ("/datagram/multicast/%u", i);

      g_test_add_data_func (path, &multicasts[i], test_multicast);
    }
  g_test_add_func ("/datagram/multicast/errors", test_multicast_errors);
  g_test_add_func ("/datagram/multicast/options", test_multicast_options);
  g_test_add_func ("/datagram/unix", test_unix);
  g_test_add_func ("/datagram/cut", test_cut);
  g_test_add_func ("/datagram/room", test_room);
  g_test_add_func ("/datagram/async", test_async);
  g_test_add_func ("/datagram/async/errors", test_async_errors);
  g_test_add_data_func ("/datagram/async/queue", NULL, test_async_queue);
  g_test_add_data_func ("/datagram/async/queue/closed", "", test_async_queue);

  return g_test_run ();
}
