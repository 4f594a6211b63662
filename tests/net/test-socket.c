/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <sockarch/sockarch.h>

#include "test-one-byte.h"
#include "test-socket-utils.h"
#include "test-utils.h"

#include <gio/gunixsocketaddress.h>
#include <string.h>

/* What a socket is: creation, addresses, state, and what goes wrong on the way.  */

static void
test_create (void)
{
  g_autoptr (SaSocket) socket = sa_socket_new ();
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (sa_socket_get_state (socket), ==, SA_SOCKET_STATE_NEW);
  g_assert_true (sa_socket_create (socket, 0, G_SOCKET_TYPE_STREAM, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (sa_socket_get_state (socket), ==, SA_SOCKET_STATE_NEW);
  g_assert_null (sa_socket_get_socket (socket));
  g_assert_null (sa_socket_get_local_address (socket));
  g_assert_cmpuint (sa_socket_get_local_port (socket), ==, 0);
}

static void
test_bad_port (void)
{
  g_autoptr (SaSocket) socket = sa_socket_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (sa_socket_create (socket, 70000, G_SOCKET_TYPE_STREAM, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "70000"));
  g_clear_error (&error);

  g_assert_false (sa_socket_connect_to_host (socket, "localhost", 70000, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

static void
test_bad_address (void)
{
  g_autoptr (SaSocket) socket = sa_socket_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (sa_socket_create (socket, 0, G_SOCKET_TYPE_STREAM, "localhost", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "localhost"));
  g_clear_error (&error);

  g_assert_false (sa_socket_create (socket, 0, G_SOCKET_TYPE_SEQPACKET, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

static void
test_refused (void)
{
  g_autoptr (SaSocket) socket = sa_socket_new ();
  g_autoptr (GError) error = NULL;
  guint port = test_unused_port ();
  g_autofree char *text = g_strdup_printf ("%u", port);

  g_assert_false (sa_socket_connect_to_host (socket, "127.0.0.1", port, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  g_assert_nonnull (strstr (error->message, "127.0.0.1"));
  g_assert_nonnull (strstr (error->message, text));
  g_assert_cmpint (sa_socket_get_state (socket), ==, SA_SOCKET_STATE_NEW);
  g_assert_error (sa_socket_get_last_error (socket), G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
}

static void
test_unknown_host (void)
{
  g_autoptr (SaSocket) socket = sa_socket_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (sa_socket_connect_to_host (socket, "no-such-host.invalid", 7, NULL, &error));
  g_assert_nonnull (error);
  g_assert_cmpuint (error->domain, ==, G_RESOLVER_ERROR);
  g_assert_nonnull (strstr (error->message, "no-such-host.invalid"));
}

/* After a failure the same socket may try another server.  */
static void
test_connect_again (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (sa_socket_connect_to_host (client, "127.0.0.1", test_unused_port (), NULL, &error));
  g_clear_error (&error);
  sa_socket_connect_to_host (client, "127.0.0.1", sa_socket_get_local_port (server), NULL, &error);
  g_assert_no_error (error);
  peer = sa_socket_accept (server, NULL, &error);
  g_assert_no_error (error);
  test_assert_exchange (client, peer);

  g_assert_true (sa_socket_close (client, &error));
  g_assert_cmpint (sa_socket_get_state (client), ==, SA_SOCKET_STATE_CLOSED);
  g_clear_object (&peer);

  sa_socket_connect_to_host (client, "127.0.0.1", sa_socket_get_local_port (server), NULL, &error);
  g_assert_no_error (error);
  peer = sa_socket_accept (server, NULL, &error);
  g_assert_no_error (error);
  test_assert_exchange (client, peer);
}

static void
test_addresses (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = NULL;
  g_autoptr (SaSocket) peer = NULL;
  g_autofree char *host = NULL;

  test_connect (server, &client, &peer);
  host = sa_socket_dup_remote_host (client);
  g_assert_cmpstr (host, ==, "127.0.0.1");
  g_assert_cmpuint (sa_socket_get_remote_port (client), ==, sa_socket_get_local_port (server));
  g_assert_cmpuint (sa_socket_get_local_port (client), ==, sa_socket_get_remote_port (peer));
  g_clear_pointer (&host, g_free);

  /* The listener serves both families, but an IPv4 peer looks like one.  */
  host = sa_socket_dup_remote_host (peer);
  g_assert_cmpstr (host, ==, "127.0.0.1");
}

static void
test_in_use (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) other = sa_socket_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (
      sa_socket_create (other, sa_socket_get_local_port (server), G_SOCKET_TYPE_STREAM, NULL, &error));
  g_assert_false (sa_socket_listen (other, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
}

static void
test_dual_stack (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *host = sa_socket_dup_local_host (server);

  if (g_strcmp0 (host, "::") != 0)
    {
      g_test_skip ("this machine has no IPv6");
      return;
    }

  if (!sa_socket_connect_to_host (client, "::1", sa_socket_get_local_port (server), NULL, &error))
    {
      g_test_skip ("this machine has no IPv6 loopback");
      return;
    }

  peer = sa_socket_accept (server, NULL, &error);
  g_assert_no_error (error);
  test_assert_exchange (client, peer);
}

/* A name with several addresses: the one where somebody listens is found.  */
static void
test_localhost (void)
{
  g_autoptr (SaSocket) server = sa_socket_new ();
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_socket_create (server, 0, G_SOCKET_TYPE_STREAM, "127.0.0.1", &error));
  g_assert_true (sa_socket_listen (server, &error));
  sa_socket_connect_to_host (client, "localhost", sa_socket_get_local_port (server), NULL, &error);
  g_assert_no_error (error);
  peer = sa_socket_accept (server, NULL, &error);
  g_assert_no_error (error);
  test_assert_exchange (client, peer);
}

static void
test_unix_path (void)
{
  g_autofree char *directory = g_dir_make_tmp ("sockarch-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "socket", NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (SaSocket) server = sa_socket_new ();
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GCredentials) credentials = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *host = NULL;

  g_assert_true (sa_socket_bind (server, address, &error));
  g_assert_cmpint (sa_socket_get_state (server), ==, SA_SOCKET_STATE_BOUND);
  g_assert_true (sa_socket_listen (server, &error));
  sa_socket_connect_to_address (client, G_SOCKET_CONNECTABLE (address), NULL, &error);
  g_assert_no_error (error);
  peer = sa_socket_accept (server, NULL, &error);
  g_assert_no_error (error);
  test_assert_exchange (client, peer);

  host = sa_socket_dup_remote_host (client);
  g_assert_cmpstr (host, ==, path);
  credentials = sa_socket_get_credentials (peer, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_credentials_get_unix_pid (credentials, NULL), ==, getpid ());

  g_unlink (path);
  g_rmdir (directory);
}

static void
test_unix_abstract (void)
{
  g_autofree char *name = g_strdup_printf ("sockarch-test-%d", getpid ());
  g_autofree char *shown = g_strconcat ("@", name, NULL);
  g_autoptr (GSocketAddress) address =
    g_unix_socket_address_new_with_type (name, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);
  g_autoptr (SaSocket) server = sa_socket_new ();
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *host = NULL;

  g_assert_true (sa_socket_bind (server, address, &error));
  g_assert_true (sa_socket_listen (server, &error));
  sa_socket_connect_to_address (client, G_SOCKET_CONNECTABLE (address), NULL, &error);
  g_assert_no_error (error);
  peer = sa_socket_accept (server, NULL, &error);
  g_assert_no_error (error);
  test_assert_exchange (client, peer);
  host = sa_socket_dup_remote_host (client);
  g_assert_cmpstr (host, ==, shown);
}

/* A Unix server whose queue is full has room later, and is waited for.  */
static gboolean
accept_all (gpointer data)
{
  SaSocket *server = data;
  g_autoptr (SaSocket) peer = sa_socket_accept (server, NULL, NULL);

  return G_SOURCE_CONTINUE;
}

static void
test_unix_full (void)
{
  g_autofree char *name = g_strdup_printf ("sockarch-full-%d", getpid ());
  g_autoptr (GSocketAddress) address =
    g_unix_socket_address_new_with_type (name, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);
  g_autoptr (SaSocket) server = sa_socket_new ();
  g_autoptr (GError) error = NULL;
  guint id = 0;

  sa_socket_set_backlog (server, 1);
  sa_socket_set_wait_policy (server, SA_WAIT_NEVER);
  g_assert_true (sa_socket_bind (server, address, &error));
  g_assert_true (sa_socket_listen (server, &error));
  for (int i = 0; i < 10; i++)
    {
      g_autoptr (SaSocket) client = sa_socket_new ();

      sa_socket_set_timeout (client, i < 5 ? 30 : 20000);
      sa_socket_set_wait_policy (client, SA_WAIT_DISPATCH);
      if (i == 5)
        id = g_idle_add (accept_all, server);
      if (!sa_socket_connect_to_address (client, G_SOCKET_CONNECTABLE (address), NULL, &error))
        {
          g_assert_cmpint (i, <, 5);
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
          g_clear_error (&error);
        }
    }
  g_source_remove (id);
}

/* A client that asked for a local port gets it.  */
static void
test_bound_client (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GError) error = NULL;
  guint port = test_unused_port ();

  g_assert_true (sa_socket_create (client, port, G_SOCKET_TYPE_STREAM, "127.0.0.1", &error));
  sa_socket_connect_to_host (client, "127.0.0.1", sa_socket_get_local_port (server), NULL, &error);
  g_assert_no_error (error);
  peer = sa_socket_accept (server, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sa_socket_get_remote_port (peer), ==, port);
}

static void
test_pair (void)
{
  g_autoptr (SaSocket) first = NULL;
  g_autoptr (SaSocket) second = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_socket_new_pair (&first, &second, &error));
  g_assert_cmpint (sa_socket_get_state (first), ==, SA_SOCKET_STATE_CONNECTED);
  test_assert_exchange (first, second);
  test_assert_exchange (second, first);
}

static void
test_attach_detach (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = NULL;
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (SaSocket) other = sa_socket_new ();
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (sa_socket_detach (other, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_INITIALIZED);
  g_clear_error (&error);

  test_connect (server, &client, &peer);
  socket = sa_socket_detach (peer, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sa_socket_get_state (peer), ==, SA_SOCKET_STATE_NEW);
  g_assert_false (sa_socket_attach (client, socket, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_true (sa_socket_attach (other, socket, &error));
  g_assert_no_error (error);
  test_assert_exchange (client, other);
  test_assert_exchange (other, client);
}

static void
test_not_connected (void)
{
  g_autoptr (SaSocket) socket = sa_socket_new ();
  g_autoptr (GError) error = NULL;
  char byte;

  g_assert_cmpint (sa_socket_send (socket, (const guint8 *) "x", 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED);
  g_clear_error (&error);
  g_assert_cmpint (sa_socket_receive (socket, &byte, 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED);
  g_clear_error (&error);
  g_assert_null (sa_socket_accept (socket, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_INITIALIZED);
}

static void
on_notify (SaSocket *socket,
           GParamSpec *pspec,
           GString *states)
{
  g_string_append_printf (states, "%d ", sa_socket_get_state (socket));
}

static void
test_state (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (GString) states = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  g_signal_connect (client, "notify::state", G_CALLBACK (on_notify), states);
  g_assert_true (
      sa_socket_connect_to_host (client, "127.0.0.1", sa_socket_get_local_port (server), NULL, &error));
  g_assert_true (sa_socket_close (client, &error));
  g_assert_cmpstr (states->str, ==, "2 3 5 ");
}

/* Every property can be set to what it gives, and tells only of changes.  */
static void
test_properties (void)
{
  g_autoptr (SaSocket) socket = sa_socket_new ();
  g_autofree GParamSpec **specs = NULL;
  guint n;

  specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (socket), &n);
  g_assert_cmpuint (n, >, 30);
  for (guint i = 0; i < n; i++)
    {
      g_auto (GValue) value = G_VALUE_INIT;

      g_object_get_property (G_OBJECT (socket), specs[i]->name, &value);
      if ((specs[i]->flags & G_PARAM_WRITABLE) != 0)
        {
          g_assert_true (g_param_value_defaults (specs[i], &value));
          g_object_set_property (G_OBJECT (socket), specs[i]->name, &value);
        }
    }
}

typedef struct
{
  guint port;
  gboolean had_error;
  gboolean again;
} Retry;

static void
connect_again (SaSocket *client,
               GParamSpec *property,
               Retry *retry)
{
  if (sa_socket_get_state (client) != SA_SOCKET_STATE_NEW || retry->again)
    return;

  retry->again = TRUE;
  retry->had_error = sa_socket_get_last_error (client) != NULL;
  sa_socket_connect_to_host (client, "127.0.0.1", retry->port, NULL, NULL);
}

/* Whoever hears by the state that a connect failed finds the error, and may try again at once.  */
static void
test_retry (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (GString) log = test_log (client);
  Retry retry = { sa_socket_get_local_port (server), FALSE, FALSE };

  sa_socket_set_wait_policy (client, SA_WAIT_NEVER);
  g_signal_connect (client, "notify::state", G_CALLBACK (connect_again), &retry);
  g_assert_true (sa_socket_connect_to_host (client, "127.0.0.1", test_unused_port (), NULL, NULL));
  test_wait_for_log (log, "s");
  g_assert_true (retry.again && retry.had_error);
  g_assert_cmpint (sa_socket_get_state (client), ==, SA_SOCKET_STATE_CONNECTED);
  g_assert_null (sa_socket_get_last_error (client));
  g_signal_handlers_disconnect_by_data (client, log);
}

/* What ended an earlier attempt says nothing about a connection that was accepted or attached since.  */
static void
test_error_of_before (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (SaSocket) peer = sa_socket_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (sa_socket_connect_to_host (peer, "127.0.0.1", test_unused_port (), NULL, NULL));
  g_assert_nonnull (sa_socket_get_last_error (peer));
  sa_socket_connect_to_host (client, "127.0.0.1", sa_socket_get_local_port (server), NULL, &error);
  g_assert_no_error (error);
  g_assert_true (sa_socket_accept_into (server, peer, NULL, &error));
  g_assert_no_error (error);
  g_assert_null (sa_socket_get_last_error (peer));
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_use_one_byte ();

  g_test_add_func ("/socket/create", test_create);
  g_test_add_func ("/socket/error-of-before", test_error_of_before);
  g_test_add_func ("/socket/retry", test_retry);
  g_test_add_func ("/socket/bad-port", test_bad_port);
  g_test_add_func ("/socket/bad-address", test_bad_address);
  g_test_add_func ("/socket/refused", test_refused);
  g_test_add_func ("/socket/unknown-host", test_unknown_host);
  g_test_add_func ("/socket/connect-again", test_connect_again);
  g_test_add_func ("/socket/addresses", test_addresses);
  g_test_add_func ("/socket/in-use", test_in_use);
  g_test_add_func ("/socket/dual-stack", test_dual_stack);
  g_test_add_func ("/socket/localhost", test_localhost);
  g_test_add_func ("/socket/unix/path", test_unix_path);
  g_test_add_func ("/socket/unix/abstract", test_unix_abstract);
  g_test_add_func ("/socket/unix/full", test_unix_full);
  g_test_add_func ("/socket/bound-client", test_bound_client);
  g_test_add_func ("/socket/pair", test_pair);
  g_test_add_func ("/socket/attach-detach", test_attach_detach);
  g_test_add_func ("/socket/not-connected", test_not_connected);
  g_test_add_func ("/socket/state", test_state);
  g_test_add_func ("/socket/properties", test_properties);

  return g_test_run ();
}
