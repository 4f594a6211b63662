/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-fake-resolver.h"
#include "test-one-byte.h"
#include "test-socket-utils.h"
#include "test-utils.h"

/* Connecting through the proxy that the system names: here our own, of each kind that GIO knows.  */

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
                         (GDestroyNotify) g_strfreev);
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

typedef enum
{
  FAULT_NONE,
  FAULT_REFUSE,   /* says no */
  FAULT_END,      /* ends before it has said anything */
  FAULT_HALF_END, /* ends in the middle of what it says */
  FAULT_GARBAGE,  /* says something else */
  FAULT_SILENCE,  /* says nothing until the client goes */
} Fault;

/* A proxy for one client: takes its request, answers, and then says back what comes.  */
typedef struct
{
  GSocket *listener;
  GSocket *peer;
  const char *kind; /* what its URI begins with */
  Fault fault;
  char *host; /* what the client asked for */
  guint port;
  gboolean resolved; /* by number */
  int done;          /* atomic: the client has gone */
} Proxy;

static gboolean
read_all (Proxy *proxy,
          guint8 *buffer,
          gsize size)
{
  for (gsize done = 0; done < size;)
    {
      gssize n = g_socket_receive (proxy->peer, (char *) buffer + done, size - done, NULL, NULL);

      if (n <= 0)
        return FALSE;
      done += (gsize) n;
    }

  return TRUE;
}

static void
write_all (Proxy *proxy,
           const void *data,
           gsize length)
{
  g_assert_cmpint (g_socket_send (proxy->peer, data, length, NULL, NULL), ==, (gssize) length);
}

/* Up to and with a byte.  */
static char *
read_until (Proxy *proxy,
            const char *end)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint8 byte;

  while (!g_str_has_suffix (text->str, end) && read_all (proxy, &byte, 1))
    {
      if (byte == '\0')
        break;
      g_string_append_c (text, (char) byte);
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
read_address (Proxy *proxy)
{
  guint8 b[4];

  g_assert_true (read_all (proxy, b, 4));
  proxy->host = g_strdup_printf ("%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
  proxy->resolved = TRUE;
}

static void
read_port (Proxy *proxy)
{
  guint8 b[2];

  g_assert_true (read_all (proxy, b, 2));
  proxy->port = (guint) b[0] << 8 | b[1];
}

static void
serve_socks4 (Proxy *proxy)
{
  guint8 request[2];
  guint8 answer[8] = { 0, proxy->fault == FAULT_REFUSE ? 0x5b : 0x5a };
  g_autofree char *user = NULL;

  g_assert_true (read_all (proxy, request, 2));
  g_assert_cmpint (request[0], ==, 4);
  g_assert_cmpint (request[1], ==, 1);
  read_port (proxy);
  read_address (proxy);
  user = read_until (proxy, "\1");
  if (g_str_has_prefix (proxy->host, "0.0.0."))
    {
      g_free (proxy->host);
      proxy->host = read_until (proxy, "\1");
      proxy->resolved = FALSE;
    }

  write_all (proxy, answer, proxy->fault == FAULT_HALF_END ? 3 : 8);
}

static void
serve_socks5 (Proxy *proxy)
{
  guint8 answer[10] = { 5, proxy->fault == FAULT_REFUSE ? 5 : 0, 0, 1 };
  guint8 buffer[256];

  g_assert_true (read_all (proxy, buffer, 2));
  g_assert_cmpint (buffer[0], ==, 5);
  g_assert_true (read_all (proxy, buffer + 2, buffer[1]));
  write_all (proxy, "\5\0", 2);
  g_assert_true (read_all (proxy, buffer, 4));
  if (buffer[3] == 1)
    {
      read_address (proxy);
    }
  else
    {
      g_assert_cmpint (buffer[3], ==, 3);
      g_assert_true (read_all (proxy, buffer, 1));
      g_assert_true (read_all (proxy, buffer + 1, buffer[0]));
      proxy->host = g_strndup ((char *) buffer + 1, buffer[0]);
    }
  read_port (proxy);
  write_all (proxy, answer, proxy->fault == FAULT_HALF_END ? 7 : 10);
}

static void
serve_http (Proxy *proxy)
{
  g_autofree char *request = read_until (proxy, "\r\n\r\n");
  const char *answer = proxy->fault == FAULT_REFUSE ? "HTTP/1.0 403 Forbidden\r\n\r\n"
                                                    : "HTTP/1.0 200 OK\r\n\r\n";
  g_auto (GStrv) words = g_strsplit_set (request, " :", -1);

  g_assert_cmpuint (g_strv_length (words), >, 3);
  g_assert_cmpstr (words[0], ==, "CONNECT");
  proxy->host = g_strdup (words[1]);
  proxy->port = (guint) g_ascii_strtoull (words[2], NULL, 10);
  write_all (proxy, answer, proxy->fault == FAULT_HALF_END ? 9 : strlen (answer));
}

static gpointer
serve_proxy (gpointer data)
{
  Proxy *proxy = data;
  char buffer[256];
  gssize n;

  proxy->peer = g_socket_accept (proxy->listener, NULL, NULL);
  g_assert_nonnull (proxy->peer);
  g_socket_set_timeout (proxy->peer, TEST_DEADLINE);
  if (proxy->fault == FAULT_GARBAGE)
    write_all (proxy, "Who are you?\r\n\r\n", 16);
  else if (proxy->fault == FAULT_SILENCE || proxy->fault == FAULT_END)
    g_assert_true (TRUE);
  else if (g_str_has_prefix (proxy->kind, "socks4"))
    serve_socks4 (proxy);
  else if (g_str_has_prefix (proxy->kind, "socks"))
    serve_socks5 (proxy);
  else
    serve_http (proxy);

  /* Who ends without having read all resets the connection: both are ends.  */
  if (proxy->fault == FAULT_NONE)
    {
      write_all (proxy, "hello", 5);
      while ((n = g_socket_receive (proxy->peer, buffer, sizeof buffer, NULL, NULL)) > 0)
        write_all (proxy, buffer, (gsize) n);
    }
  else if (proxy->fault == FAULT_SILENCE)
    {
      while (g_socket_receive (proxy->peer, buffer, sizeof buffer, NULL, NULL) > 0)
        continue;
    }
  g_socket_close (proxy->peer, NULL);
  g_clear_object (&proxy->peer);
  g_atomic_int_set (&proxy->done, TRUE);
  g_main_context_wakeup (NULL);

  return NULL;
}

static GThread *
begin_proxy (Proxy *proxy)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;

  proxy->listener = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, 0, NULL);
  g_assert_true (g_socket_bind (proxy->listener, address, TRUE, NULL));
  g_assert_true (g_socket_listen (proxy->listener, NULL));
  g_socket_set_timeout (proxy->listener, TEST_DEADLINE);
  bound = g_socket_get_local_address (proxy->listener, NULL);
  proxy_uri = g_strdup_printf ("%s://127.0.0.1:%u", proxy->kind,
                               (guint) g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));

  return g_thread_new ("proxy", serve_proxy, proxy);
}

static gboolean
is_done (gpointer proxy)
{
  return g_atomic_int_get (&((Proxy *) proxy)->done);
}

static void
end_proxy (Proxy *proxy,
           GThread *thread)
{
  test_wait_in (NULL, is_done, proxy);
  g_thread_join (thread);
  g_clear_object (&proxy->listener);
  g_clear_pointer (&proxy->host, g_free);
  g_clear_pointer (&proxy_uri, g_free);
}

static void
keep_result (GObject *source,
             GAsyncResult *result,
             gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static gboolean
log_has_any (gpointer data)
{
  return ((GString *) data)->len > 0;
}

/* By each policy, and asynchronously.  */
#define BY_ASYNC 3

static gboolean
connect_by (SaSocket *client,
            int policy,
            GCancellable *cancellable,
            GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GString) log = NULL;

  sa_socket_set_enable_proxy (client, TRUE);
  if (policy == BY_ASYNC)
    {
      sa_socket_connect_to_host_async (client, "inside.test", 4711, cancellable, keep_result, &result);
      test_wait_in (NULL, test_has_result, &result);
      return sa_socket_connect_to_host_finish (client, result, error);
    }

  sa_socket_set_wait_policy (client, (SaWaitPolicy) policy);
  if (policy != SA_WAIT_NEVER)
    return sa_socket_connect_to_host (client, "inside.test", 4711, cancellable, error);

  g_assert_true (sa_socket_connect_to_host (client, "inside.test", 4711, cancellable, error));
  log = test_log (client);
  test_wait_in (NULL, log_has_any, log);
  g_signal_handlers_disconnect_by_data (client, log);
  if (log->str[0] == 'C')
    g_propagate_error (error, g_error_copy (sa_socket_get_last_error (client)));
  sa_socket_set_wait_policy (client, SA_WAIT_BLOCK);

  return log->str[0] == 'c';
}

/* GIO 2.74 loses the eight bytes of each answer of a SOCKS 4 proxy, for which a sanitizer would blame us.  */
static const char *const kinds[] = {
#ifndef __SANITIZE_ADDRESS__
  "socks4",
  "socks4a",
#endif
  "socks5",
  "http",
};

/* What the proxy says right after its answer is not lost.  */
static void
test_connect_by (gconstpointer data)
{
  int policy = GPOINTER_TO_INT (data);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      Proxy proxy = { .kind = kinds[i] };
      GThread *thread = begin_proxy (&proxy);
      g_autoptr (SaSocket) client = sa_socket_new ();
      g_autoptr (GError) error = NULL;
      char text[8] = "";

      sa_socket_set_timeout (client, 20000);
      connect_by (client, policy, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (sa_socket_get_state (client), ==, SA_SOCKET_STATE_CONNECTED);
      for (gssize n, done = 0; done < 5; done += n)
        {
          n = sa_socket_receive (client, text + done, (gsize) (5 - done), NULL, &error);
          g_assert_no_error (error);
          g_assert_cmpint (n, >, 0);
        }
      g_assert_cmpstr (text, ==, "hello");
      test_assert_exchange (client, client);
      g_assert_true (sa_socket_close (client, NULL));
      g_assert_cmpstr (proxy.host, ==, proxy.resolved ? "127.0.0.9" : "inside.test");
      g_assert_cmpint (proxy.resolved, ==, strcmp (kinds[i], "socks4") == 0);
      g_assert_cmpuint (proxy.port, ==, 4711);
      end_proxy (&proxy, thread);
    }
}

static guint
count_descriptors (void)
{
  g_autoptr (GDir) directory = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (directory != NULL && g_dir_read_name (directory) != NULL)
    n++;

  return n;
}

static gboolean
has_descriptors (gpointer data)
{
  return count_descriptors () == *(guint *) data;
}

static gboolean
tick (gpointer unused)
{
  return G_SOURCE_CONTINUE;
}

/* Whatever the proxy does instead is an error of the connect, told at once, and nothing is left of it.  */
static void
test_faults (gconstpointer data)
{
  static const Fault faults[] = { FAULT_REFUSE, FAULT_END, FAULT_HALF_END, FAULT_GARBAGE };
  int policy = GPOINTER_TO_INT (data);
  guint before = 0;

  for (guint i = 0; i < G_N_ELEMENTS (kinds) * G_N_ELEMENTS (faults); i++)
    {
      Proxy proxy = { .kind = kinds[i / G_N_ELEMENTS (faults)], .fault = faults[i % G_N_ELEMENTS (faults)] };
      GThread *thread = begin_proxy (&proxy);
      g_autoptr (SaSocket) client = sa_socket_new ();
      g_autoptr (GError) error = NULL;
      guint ticker;

      g_test_message ("%s, fault %d", proxy.kind, proxy.fault);
      g_assert_false (connect_by (client, policy, NULL, &error));
      g_test_message ("%s", error->message);
      g_assert_cmpuint (error->domain, ==, G_IO_ERROR);
      g_assert_nonnull (strstr (error->message, "inside.test"));
      if (proxy.fault == FAULT_REFUSE)
        g_assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED) ||
                       g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PROXY_FAILED) ||
                       g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PROXY_NOT_ALLOWED));
      g_assert_cmpint (sa_socket_get_state (client), ==, SA_SOCKET_STATE_NEW);
      end_proxy (&proxy, thread);
      if (before == 0)
        before = count_descriptors ();
      /* A thread of GIO may be the last to let go, which wakes nobody.  */
      ticker = g_timeout_add (5, tick, NULL);
      test_wait_in (NULL, has_descriptors, &before);
      g_source_remove (ticker);
    }
}

/* A proxy that says nothing is given up in time, and when it is asked for.  */
static gboolean
cancel_now (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);

  return G_SOURCE_REMOVE;
}

static gpointer
cancel_soon (gpointer cancellable)
{
  g_usleep (20000);
  g_cancellable_cancel (cancellable);

  return NULL;
}

static void
test_silence (gconstpointer data)
{
  int policy = GPOINTER_TO_INT (data);

  for (guint i = 0; i < G_N_ELEMENTS (kinds) * 2; i++)
    {
      Proxy proxy = { .kind = kinds[i / 2], .fault = FAULT_SILENCE };
      GThread *thread = begin_proxy (&proxy);
      GThread *canceller = NULL;
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (SaSocket) client = sa_socket_new ();
      g_autoptr (GError) error = NULL;

      if (i % 2 == 0)
        sa_socket_set_timeout (client, 30);
      else if (policy == SA_WAIT_BLOCK)
        canceller = g_thread_new ("canceller", cancel_soon, cancellable);
      else
        g_timeout_add (20, cancel_now, cancellable);
      g_assert_false (connect_by (client, policy, cancellable, &error));
      if (i % 2 == 0)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
      else
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpint (sa_socket_get_state (client), ==, SA_SOCKET_STATE_NEW);
      g_clear_pointer (&canceller, g_thread_join);
      /* It sees the end only if the client's descriptor has gone.  */
      end_proxy (&proxy, thread);
    }
}

/* A socket that is bound goes through a proxy as well, and survives its refusal.  */
static void
test_bound (void)
{
  Proxy proxy = { .kind = "socks5", .fault = FAULT_REFUSE };
  Proxy good = { .kind = "socks5" };
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (GSocketAddress) local = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GError) error = NULL;
  GThread *thread;
  guint port;

  g_assert_true (sa_socket_bind (client, local, &error));
  port = sa_socket_get_local_port (client);
  thread = begin_proxy (&proxy);
  g_assert_false (connect_by (client, SA_WAIT_BLOCK, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  g_clear_error (&error);
  g_assert_cmpint (sa_socket_get_state (client), ==, SA_SOCKET_STATE_BOUND);
  end_proxy (&proxy, thread);

  thread = begin_proxy (&good);
  g_assert_true (connect_by (client, SA_WAIT_BLOCK, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (sa_socket_get_local_port (client), ==, port);
  sa_socket_close (client, NULL);
  end_proxy (&good, thread);
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
  test_fake_resolver_install ();
  test_fake_resolver_set ("inside.test", "127.0.0.9");
  g_setenv ("GIO_USE_PROXY_RESOLVER", "test", TRUE);
  /* Makes the extension point.  */
  g_vfs_get_default ();
  g_io_extension_point_implement (G_PROXY_RESOLVER_EXTENSION_POINT_NAME, test_resolver_get_type (), "test",
                                  G_MAXINT);

  for (int i = 0; i <= BY_ASYNC; i++)
    {
      static const char *const names[] = { "never", "block", "dispatch", "async" };
      g_autofree char *connected = g_strdup_printf ("/socket/proxy/connect/%s", names[i]);
      g_autofree char *faults = g_strdup_printf ("/socket/proxy/faults/%s", names[i]);
      g_autofree char *silence = g_strdup_printf ("/socket/proxy/silence/%s", names[i]);

      g_test_add_data_func (connected, GINT_TO_POINTER (i), test_connect_by);
      g_test_add_data_func (faults, GINT_TO_POINTER (i), test_faults);
      g_test_add_data_func (silence, GINT_TO_POINTER (i), test_silence);
    }
  g_test_add_func ("/socket/proxy/bound", test_bound);
  g_test_add_func ("/socket/proxy/unasked", test_unasked);
  g_test_add_func ("/socket/proxy/unknown-kind", test_unknown_kind);

  return g_test_run ();
}
