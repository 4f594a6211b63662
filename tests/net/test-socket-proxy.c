/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-one-byte.h"
#include "test-socket-utils.h"
#include "test-utils.h"

/* Connecting through the proxy that the system names: here a SOCKS 5 one of our own.  */

static char *proxy_uri; /* what the resolver says */

typedef struct
{
  GObject parent;
} TestResolver;

typedef struct
{
  GObjectClass parent_class;
} TestResolverClass;

static gboolean
test_resolver_is_supported (GProxyResolver *self)
{
  return TRUE;
}

static char **
test_resolver_lookup (GProxyResolver *self,
                      const char *uri,
                      GCancellable *cancellable,
                      GError **error)
{
  const char *uris[] = { proxy_uri, NULL };

  return g_strdupv ((char **) uris);
}

static void
test_resolver_lookup_async (GProxyResolver *self,
                            const char *uri,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_return_pointer (task, test_resolver_lookup (self, uri, cancellable, NULL),
                         (GDestroyNotify)g_strfreev);
}

static char **
test_resolver_lookup_finish (GProxyResolver *self,
                             GAsyncResult *result,
                             GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
test_resolver_interface_init (GProxyResolverInterface *iface)
{
  iface->is_supported = test_resolver_is_supported;
  iface->lookup = test_resolver_lookup;
  iface->lookup_async = test_resolver_lookup_async;
  iface->lookup_finish = test_resolver_lookup_finish;
}

GType test_resolver_get_type (void);

G_DEFINE_TYPE_WITH_CODE (TestResolver, test_resolver, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (G_TYPE_PROXY_RESOLVER, test_resolver_interface_init))

static void
test_resolver_class_init (TestResolverClass *klass)
{
}

static void
test_resolver_init (TestResolver *self)
{
}

static void
receive_exactly (SaSocket *socket,
                 guint8 *buffer,
                 gsize size)
{
  for (gsize done = 0; done < size;)
    {
      gssize n = sa_socket_receive (socket, buffer + done, size - done, NULL, NULL);

      g_assert_cmpint (n, >, 0);
      done += (gsize) n;
    }
}

/* One client of a SOCKS 5 proxy: takes its request, answers with @reply, and then says back what comes.  */
typedef struct
{
  SaSocket *listener;
  guint8 reply;
  char *host;
  guint port;
} Proxy;

static gpointer
serve_proxy (gpointer data)
{
  Proxy *proxy = data;
  g_autoptr (SaSocket) peer = sa_socket_accept (proxy->listener, NULL, NULL);
  guint8 answer[10] = { 5, 0, 0, 1 };
  guint8 buffer[256];
  gssize n;

  receive_exactly (peer, buffer, 2);
  g_assert_cmpint (buffer[0], ==, 5);
  receive_exactly (peer, buffer + 2, buffer[1]);
  sa_socket_send (peer, answer, 2, NULL, NULL);

  receive_exactly (peer, buffer, 5);
  g_assert_cmpint (buffer[3], ==, 3);
  n = buffer[4];
  receive_exactly (peer, buffer, (gsize) n + 2);
  proxy->host = g_strndup ((char *) buffer, (gsize) n);
  proxy->port = (guint) buffer[n] << 8 | buffer[n + 1];

  answer[1] = proxy->reply;
  sa_socket_send (peer, answer, 10, NULL, NULL);
  while ((n = sa_socket_receive (peer, buffer, sizeof buffer, NULL, NULL)) > 0)
    sa_socket_send (peer, buffer, (gsize) n, NULL, NULL);

  return NULL;
}

static GThread *
begin_proxy (Proxy *proxy)
{
  g_autoptr (GMainContext) context = g_main_context_new ();

  /* The thread's own: nobody runs its context here.  */
  g_main_context_push_thread_default (context);
  proxy->listener = test_listener ();
  g_main_context_pop_thread_default (context);
  proxy_uri = g_strdup_printf ("socks5://127.0.0.1:%u", sa_socket_get_local_port (proxy->listener));

  return g_thread_new ("proxy", serve_proxy, proxy);
}

static void
end_proxy (Proxy *proxy,
           GThread *thread)
{
  g_thread_join (thread);
  g_clear_object (&proxy->listener);
  g_clear_pointer (&proxy->host, g_free);
  g_clear_pointer (&proxy_uri, g_free);
}

static void
test_socks (gconstpointer policy)
{
  Proxy proxy = { 0 };
  GThread *thread = begin_proxy (&proxy);
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (GError) error = NULL;

  sa_socket_set_enable_proxy (client, TRUE);
  sa_socket_set_wait_policy (client, (SaWaitPolicy) GPOINTER_TO_INT (policy));
  sa_socket_connect_to_host (client, "somewhere.invalid", 4711, NULL, &error);
  g_assert_no_error (error);
  test_assert_exchange (client, client);
  g_assert_cmpstr (proxy.host, ==, "somewhere.invalid");
  g_assert_cmpuint (proxy.port, ==, 4711);
  g_assert_true (sa_socket_close (client, NULL));
  end_proxy (&proxy, thread);
}

static void
test_refused (void)
{
  Proxy proxy = { .reply = 5 };
  GThread *thread = begin_proxy (&proxy);
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (GError) error = NULL;

  sa_socket_set_enable_proxy (client, TRUE);
  g_assert_false (sa_socket_connect_to_host (client, "somewhere.invalid", 4711, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  g_assert_nonnull (strstr (error->message, "somewhere.invalid"));
  g_assert_cmpint (sa_socket_get_state (client), ==, SA_SOCKET_STATE_NEW);
  end_proxy (&proxy, thread);
}

static void
test_unasked (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = NULL;
  g_autoptr (SaSocket) peer = NULL;

  proxy_uri = g_strdup ("socks5://127.0.0.1:1");
  test_connect (server, &client, &peer);
  test_assert_exchange (client, peer);
  g_clear_pointer (&proxy_uri, g_free);
}

static void
test_unknown_kind (void)
{
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (GError) error = NULL;

  proxy_uri = g_strdup_printf ("gopher://127.0.0.1:%u", sa_socket_get_local_port (server));
  sa_socket_set_enable_proxy (client, TRUE);
  g_assert_false (sa_socket_connect_to_host (client, "127.0.0.1", 4711, NULL, &error));
  g_assert_nonnull (error);
  g_clear_pointer (&proxy_uri, g_free);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_use_one_byte ();
  g_setenv ("GIO_USE_PROXY_RESOLVER", "test", TRUE);
  /* Makes the extension point.  */
  g_vfs_get_default ();
  g_io_extension_point_implement (G_PROXY_RESOLVER_EXTENSION_POINT_NAME, test_resolver_get_type (), "test",
                                  G_MAXINT);

  g_test_add_data_func ("/socket/proxy/socks/block", GINT_TO_POINTER (SA_WAIT_BLOCK), test_socks);
  g_test_add_data_func ("/socket/proxy/socks/dispatch", GINT_TO_POINTER (SA_WAIT_DISPATCH), test_socks);
  g_test_add_func ("/socket/proxy/refused", test_refused);
  g_test_add_func ("/socket/proxy/unasked", test_unasked);
  g_test_add_func ("/socket/proxy/unknown-kind", test_unknown_kind);

  return g_test_run ();
}
