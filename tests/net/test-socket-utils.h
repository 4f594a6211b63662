/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <sockarch/sockarch.h>

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* What tests of sockets begin with. Everything is on loopback, at ports that the system chooses.  */

/* A server for both families.  */
static inline SaSocket *
test_listener (void)
{
  SaSocket *server = sa_socket_new ();
  g_autoptr (GError) error = NULL;

  sa_socket_create (server, 0, G_SOCKET_TYPE_STREAM, NULL, &error);
  g_assert_no_error (error);
  sa_socket_listen (server, &error);
  g_assert_no_error (error);

  return server;
}

/* A client and the server's end of its connection.  */
static inline void
test_connect (SaSocket *server,
              SaSocket **client,
              SaSocket **peer)
{
  g_autoptr (GError) error = NULL;

  *client = sa_socket_new ();
  sa_socket_set_timeout (*client, 20000);
  sa_socket_connect_to_host (*client, "127.0.0.1", sa_socket_get_local_port (server), NULL, &error);
  g_assert_no_error (error);
  sa_socket_set_timeout (server, 20000);
  *peer = sa_socket_accept (server, NULL, &error);
  g_assert_no_error (error);
}

/* What one sends the other receives; both wait as SA_WAIT_BLOCK says.  */
static inline void
test_assert_exchange (SaSocket *from,
                      SaSocket *to)
{
  g_autoptr (GError) error = NULL;
  char text[8] = "";

  g_assert_cmpint (sa_socket_send (from, (const guint8 *) "ahoy", 4, NULL, &error), ==, 4);
  g_assert_no_error (error);
  g_assert_cmpint (sa_socket_receive (to, text, sizeof text, NULL, &error), ==, 4);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "ahoy");
}

/* A port where nobody listens: one that was free a moment ago.  */
static inline guint
test_unused_port (void)
{
  g_autoptr (SaSocket) server = test_listener ();

  return sa_socket_get_local_port (server);
}
