/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "test-utils.h"

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

  /* Otherwise the kernel may take tens of megabytes that nobody receives, and nothing ever has to wait.  */
  sa_socket_set_receive_buffer_size (*client, 65536);
  sa_socket_set_receive_buffer_size (*peer, 65536);
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
  for (gssize n, done = 0; done < 4; done += n)
    {
      n = sa_socket_receive (to, text + done, sizeof text - (gsize) done, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (n, >, 0);
    }
  g_assert_cmpstr (text, ==, "ahoy");
}

/* A port where nobody listens: one that was free a moment ago.  */
static inline guint
test_unused_port (void)
{
  g_autoptr (SaSocket) server = test_listener ();

  return sa_socket_get_local_port (server);
}

/* Two connected sockets that never wait, as programs in a main loop have them.  */
static inline void
test_connect_never (SaSocket **client,
                    SaSocket **peer)
{
  g_autoptr (SaSocket) server = test_listener ();

  test_connect (server, client, peer);
  sa_socket_set_wait_policy (*client, SA_WAIT_NEVER);
  sa_socket_set_wait_policy (*peer, SA_WAIT_NEVER);
}

/* Writes down which signals came, one letter each: a(ccept) c(onnected) r(eceive) s(end) o(ut of band)
 * e(nded) x (closed), X (closed with an error), C (connected with an error).  */
static inline void
test_on_accept_ready (SaSocket *self,
                      GString *log)
{
  g_string_append_c (log, 'a');
}

static inline void
test_on_receive_ready (SaSocket *self,
                       GString *log)
{
  g_string_append_c (log, 'r');
}

static inline void
test_on_send_ready (SaSocket *self,
                    GString *log)
{
  g_string_append_c (log, 's');
}

static inline void
test_on_out_of_band_ready (SaSocket *self,
                           GString *log)
{
  g_string_append_c (log, 'o');
}

static inline void
test_on_receive_ended (SaSocket *self,
                       GString *log)
{
  g_string_append_c (log, 'e');
}

static inline void
test_on_closed (SaSocket *self,
                const GError *error,
                GString *log)
{
  g_string_append_c (log, error == NULL ? 'x' : 'X');
}

static inline void
test_on_connected (SaSocket *self,
                   const GError *error,
                   GString *log)
{
  g_string_append_c (log, error == NULL ? 'c' : 'C');
}

static inline GString *
test_log (SaSocket *socket)
{
  GString *log = g_string_new (NULL);

  g_signal_connect (socket, "accept-ready", G_CALLBACK (test_on_accept_ready), log);
  g_signal_connect (socket, "receive-ready", G_CALLBACK (test_on_receive_ready), log);
  g_signal_connect (socket, "send-ready", G_CALLBACK (test_on_send_ready), log);
  g_signal_connect (socket, "out-of-band-ready", G_CALLBACK (test_on_out_of_band_ready), log);
  g_signal_connect (socket, "receive-ended", G_CALLBACK (test_on_receive_ended), log);
  g_signal_connect (socket, "closed", G_CALLBACK (test_on_closed), log);
  g_signal_connect (socket, "connected", G_CALLBACK (test_on_connected), log);

  return log;
}

typedef struct
{
  GString *log;
  const char *wanted;
} TestLogWait;

static inline gboolean
test_log_has (gpointer data)
{
  TestLogWait *wait = data;

  return strstr (wait->log->str, wait->wanted) != NULL;
}

/* Runs the default context until the log has the text.  */
#define test_wait_for_log(log, text) \
  test_wait_in (NULL, test_log_has, (&(TestLogWait){ (log), (text) }))

/* The log of a socket that is connected, of what comes after its first send-ready.  */
static inline GString *
test_log_connected (SaSocket *socket)
{
  GString *log = test_log (socket);

  test_wait_for_log (log, "s");
  g_string_truncate (log, 0);

  return log;
}
