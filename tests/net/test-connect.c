/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-fake-resolver.h"
#include "test-socket-utils.h"
#include "test-utils.h"

#include <gio/gunixsocketaddress.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <sys/socket.h>

/* Connecting where there is more than one address: which are tried, when, and what is left if none
 * answers.  */

/* A server at one address only.  */
static SaSocket *
listen_at (const char *address,
           guint port)
{
  SaSocket *server = sa_socket_new ();

  sa_socket_set_timeout (server, 20000);
  if (!sa_socket_create (server, port, G_SOCKET_TYPE_STREAM, address, NULL) ||
      !sa_socket_listen (server, NULL))
    g_clear_object (&server);

  return server;
}

/* An address that never answers: a server that does not accept, and has no room for more.  */
typedef struct
{
  int server;
  int clients[8]; /* what fills its queue */
  guint port;
} Silence;

static gboolean
begin_silence (Silence *silence,
               const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);
  g_autoptr (GSocketAddress) at = g_inet_socket_address_new (address, 0);
  struct sockaddr_storage native;
  socklen_t size = sizeof native;
  int family = g_inet_address_get_family (address);
  socklen_t length = (socklen_t) g_socket_address_get_native_size (at);
  int yes = 1;

  g_assert_true (g_socket_address_to_native (at, &native, sizeof native, NULL));
  silence->server = socket (family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (family == AF_INET6)
    setsockopt (silence->server, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
  if (silence->server < 0 || bind (silence->server, (struct sockaddr *) &native, length) < 0)
    return FALSE;

  g_assert_cmpint (listen (silence->server, 0), ==, 0);
  g_assert_cmpint (getsockname (silence->server, (struct sockaddr *) &native, &size), ==, 0);
  silence->port = g_ntohs (((struct sockaddr_in *) (void *) &native)->sin_port);
  for (guint i = 0; i < G_N_ELEMENTS (silence->clients); i++)
    {
      silence->clients[i] = socket (family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
      connect (silence->clients[i], (struct sockaddr *) &native, size);
    }

  return TRUE;
}

static void
let_clients_go (Silence *silence)
{
  for (guint i = 0; i < G_N_ELEMENTS (silence->clients); i++)
    if (silence->clients[i] >= 0)
      {
        close (silence->clients[i]);
        silence->clients[i] = -1;
      }
}

static void
end_silence (Silence *silence)
{
  let_clients_go (silence);
  close (silence->server);
}

/* Both at the same port, which a name has only one of.  */
static SaSocket *
begin_silence_and_server (Silence *silence,
                          const char *silent,
                          const char *good)
{
  for (int i = 0; i < 20; i++)
    {
      SaSocket *server;

      if (!begin_silence (silence, silent))
        return NULL;

      server = listen_at (good, silence->port);
      if (server != NULL)
        return server;

      end_silence (silence);
    }

  return NULL;
}

/* The first address is silent, and yet the connection is made with the second one, long before any
 * deadline of the kernel.  */
static void
test_head_start (gconstpointer silent)
{
  Silence silence;
  g_autoptr (SaSocket) server = begin_silence_and_server (&silence, silent, "127.0.0.1");
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *addresses = g_strconcat (silent, " 127.0.0.1 127.0.0.3", NULL);

  if (server == NULL)
    {
      g_test_skip ("this machine has no such loopback address");
      return;
    }

  test_fake_resolver_set ("two.test", addresses);
  sa_socket_set_timeout (client, 20000);
  sa_socket_connect_to_host (client, "two.test", silence.port, NULL, &error);
  g_assert_no_error (error);
  peer = sa_socket_accept (server, NULL, &error);
  g_assert_no_error (error);
  test_assert_exchange (client, peer);
  end_silence (&silence);
}

/* Addresses that count how often one was asked for.  */
typedef struct
{
  GSocketAddressEnumerator parent;
  char **addresses;
  guint port;
  guint *n_asked;
} TestEnumerator;

typedef GSocketAddressEnumeratorClass TestEnumeratorClass;

GType test_enumerator_get_type (void);
G_DEFINE_TYPE (TestEnumerator, test_enumerator, G_TYPE_SOCKET_ADDRESS_ENUMERATOR)

static GSocketAddress *
test_enumerator_next (GSocketAddressEnumerator *enumerator,
                      GCancellable *cancellable,
                      GError **error)
{
  TestEnumerator *self = (TestEnumerator *) enumerator;
  const char *text = self->addresses[*self->n_asked];

  if (text == NULL)
    return NULL;

  ++*self->n_asked;

  return g_inet_socket_address_new_from_string (text, self->port);
}

static void
test_enumerator_finalize (GObject *object)
{
  g_strfreev (((TestEnumerator *) object)->addresses);
  G_OBJECT_CLASS (test_enumerator_parent_class)->finalize (object);
}

static void
test_enumerator_class_init (TestEnumeratorClass *klass)
{
  klass->next = test_enumerator_next;
  G_OBJECT_CLASS (klass)->finalize = test_enumerator_finalize;
}

static void
test_enumerator_init (TestEnumerator *self)
{
}

typedef struct
{
  GObject parent;
  const char *addresses; /* separated by blanks */
  guint port;
  guint n_asked; /* how many addresses were given */
} TestAddresses;

typedef GObjectClass TestAddressesClass;

static GSocketAddressEnumerator *
test_addresses_enumerate (GSocketConnectable *connectable)
{
  TestAddresses *self = (TestAddresses *) connectable;
  TestEnumerator *enumerator = g_object_new (test_enumerator_get_type (), NULL);

  enumerator->addresses = g_strsplit (self->addresses, " ", -1);
  enumerator->port = self->port;
  enumerator->n_asked = &self->n_asked;

  return G_SOCKET_ADDRESS_ENUMERATOR (enumerator);
}

static void
test_addresses_iface_init (GSocketConnectableIface *iface)
{
  iface->enumerate = test_addresses_enumerate;
}

GType test_addresses_get_type (void);
G_DEFINE_TYPE_WITH_CODE (TestAddresses, test_addresses, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (G_TYPE_SOCKET_CONNECTABLE, test_addresses_iface_init))

static void
test_addresses_class_init (TestAddressesClass *klass)
{
}

static void
test_addresses_init (TestAddresses *self)
{
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestAddresses, g_object_unref)

static TestAddresses *
make_addresses (const char *addresses,
                guint port)
{
  TestAddresses *self = g_object_new (test_addresses_get_type (), NULL);

  self->addresses = addresses;
  self->port = port;

  return self;
}

/* No more addresses are tried than needed: one that answers at once is the only one.  */
static void
test_attempts (void)
{
  g_autoptr (SaSocket) server = listen_at ("127.0.0.1", 0);
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (GError) error = NULL;
  guint port = sa_socket_get_local_port (server);
  g_autoptr (TestAddresses) good = make_addresses ("127.0.0.1 127.0.0.2 127.0.0.3", port);
  g_autoptr (TestAddresses) late = make_addresses ("127.0.0.2 127.0.0.3 127.0.0.1 127.0.0.4", port);

  sa_socket_set_timeout (client, 20000);
  sa_socket_connect_to_address (client, G_SOCKET_CONNECTABLE (good), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (good->n_asked, ==, 1);
  sa_socket_close (client, NULL);

  sa_socket_connect_to_address (client, G_SOCKET_CONNECTABLE (late), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (late->n_asked, ==, 3);
}

/* When none answers, the error is the one that says most about the destination, and names them all.  */
static void
test_all_fail (void)
{
  static const char *const orders[] = { "224.0.0.1 127.0.0.2", "127.0.0.2 224.0.0.1" };
  guint port = test_unused_port ();

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      g_autoptr (TestAddresses) addresses = make_addresses (orders[i], port);
      g_autoptr (SaSocket) client = sa_socket_new ();
      g_autoptr (GError) error = NULL;

      sa_socket_set_timeout (client, 20000);
      g_assert_false (sa_socket_connect_to_address (client, G_SOCKET_CONNECTABLE (addresses), NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
      g_assert_nonnull (strstr (error->message, "224.0.0.1"));
      g_assert_nonnull (strstr (error->message, "127.0.0.2"));
      g_assert_cmpint (sa_socket_get_state (client), ==, SA_SOCKET_STATE_NEW);
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

/* Cancelled while two addresses are being tried: nothing of either is left.  */
static void
test_cancel (gconstpointer by_close)
{
  Silence silence;
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (TestAddresses) addresses = NULL;
  g_autoptr (GString) log = test_log (client);
  g_autoptr (GError) error = NULL;
  guint before, both;

  g_assert_true (begin_silence (&silence, "127.0.0.1"));
  addresses = make_addresses ("127.0.0.1 127.0.0.1", silence.port);
  sa_socket_set_wait_policy (client, SA_WAIT_NEVER);
  /* What the poller needs is there afterwards.  */
  g_assert_false (sa_socket_get_dispatch_budget (client) == 0);
  before = count_descriptors ();
  sa_socket_connect_to_address (client, G_SOCKET_CONNECTABLE (addresses), cancellable, &error);
  g_assert_no_error (error);
  both = before + 2;
  test_wait_in (NULL, has_descriptors, &both);
  g_assert_cmpuint (addresses->n_asked, ==, 2);
  if (by_close != NULL)
    {
      sa_socket_close (client, NULL);
      g_assert_cmpstr (log->str, ==, "x");
    }
  else
    {
      g_cancellable_cancel (cancellable);
      test_wait_for_log (log, "C");
      g_assert_cmpint (sa_socket_get_state (client), ==, SA_SOCKET_STATE_NEW);
      g_assert_error (sa_socket_get_last_error (client), G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
  g_assert_cmpuint (count_descriptors (), ==, before);
  test_spin (NULL, 10);
  g_assert_cmpuint (log->len, ==, 1);
  end_silence (&silence);
}

/* The deadline of the whole: what failed before is told.  */
static void
test_deadline (void)
{
  Silence silence;
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (TestAddresses) addresses = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (begin_silence (&silence, "127.0.0.1"));
  addresses = make_addresses ("127.0.0.2 127.0.0.1", silence.port);
  sa_socket_set_timeout (client, 50);
  g_assert_false (sa_socket_connect_to_address (client, G_SOCKET_CONNECTABLE (addresses), NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (error->message, "127.0.0.2"));
  end_silence (&silence);
}

/* Two addresses: a proxy that is silent for a while, and the destination itself, which is given only while
 * the proxy is being talked to.  */
typedef struct
{
  GSocketAddressEnumerator parent;
  GSocketAddress *proxy;
  GSocketAddress *direct;
  GTask *question;  /* the second, before it is answered */
  gboolean claimed; /* whether the second answer was taken */
} TestLate;

typedef GSocketAddressEnumeratorClass TestLateClass;

GType test_late_get_type (void);
static void test_late_iface_init (GSocketConnectableIface *iface);
G_DEFINE_TYPE_WITH_CODE (TestLate, test_late, G_TYPE_SOCKET_ADDRESS_ENUMERATOR,
                         G_IMPLEMENT_INTERFACE (G_TYPE_SOCKET_CONNECTABLE, test_late_iface_init))
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestLate, g_object_unref)

static void
test_late_next_async (GSocketAddressEnumerator *enumerator,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  TestLate *self = (TestLate *) enumerator;
  GTask *task = g_task_new (self, NULL, callback, user_data);

  if (self->proxy == NULL)
    {
      g_assert_null (self->question);
      self->question = task;
      return;
    }

  g_task_return_pointer (task, g_steal_pointer (&self->proxy), g_object_unref);
  g_object_unref (task);
}

static GSocketAddress *
test_late_next_finish (GSocketAddressEnumerator *enumerator,
                       GAsyncResult *result,
                       GError **error)
{
  TestLate *self = (TestLate *) enumerator;

  self->claimed = self->direct == NULL;

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* It gives its addresses once, and has no other enumerator than itself.  */
static GSocketAddressEnumerator *
test_late_enumerate (GSocketConnectable *connectable)
{
  return g_object_ref (G_SOCKET_ADDRESS_ENUMERATOR (connectable));
}

static void
test_late_iface_init (GSocketConnectableIface *iface)
{
  iface->enumerate = test_late_enumerate;
}

static void
test_late_class_init (TestLateClass *klass)
{
  klass->next_async = test_late_next_async;
  klass->next_finish = test_late_next_finish;
}

static void
test_late_init (TestLate *self)
{
}

static gboolean
late_was_asked (gpointer late)
{
  return ((TestLate *) late)->question != NULL;
}

static gboolean
late_was_answered (gpointer late)
{
  return ((TestLate *) late)->claimed;
}

/* Whoever asks something of the proxy is kept; those that only filled its queue went without a word.  */
static gboolean
on_request (int fd,
            GIOCondition condition,
            gpointer tunnel)
{
  char request[256];

  if (recv (fd, request, sizeof request, 0) > 0)
    *(int *) tunnel = fd;
  else
    close (fd);

  return G_SOURCE_REMOVE;
}

static gboolean
on_client (int server,
           GIOCondition condition,
           gpointer tunnel)
{
  int fd = accept (server, NULL, NULL);

  g_assert_cmpint (fd, >=, 0);
  g_unix_fd_add (fd, G_IO_IN, on_request, tunnel);

  return G_SOURCE_CONTINUE;
}

static gboolean
has_tunnel (gpointer tunnel)
{
  return *(int *) tunnel >= 0;
}

/* The address that came while a proxy was talked to is tried when that goes away.  */
static void
test_late_address (void)
{
  Silence silence;
  g_autoptr (SaSocket) server = listen_at ("127.0.0.1", 0);
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (TestLate) late = g_object_new (test_late_get_type (), NULL);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_from_string ("127.0.0.1");
  g_autoptr (GString) log = test_log (client);
  g_autoptr (GError) error = NULL;
  guint source;
  int tunnel = -1;

  g_assert_true (begin_silence (&silence, "127.0.0.1"));
  late->proxy = g_proxy_address_new (loopback, (guint16) silence.port, "http", "inside.test", 4711, NULL,
                                     NULL);
  late->direct = g_inet_socket_address_new (loopback, (guint16) sa_socket_get_local_port (server));
  sa_socket_set_timeout (client, 20000);
  sa_socket_set_wait_policy (client, SA_WAIT_NEVER);
  sa_socket_connect_to_address (client, G_SOCKET_CONNECTABLE (late), NULL, &error);
  g_assert_no_error (error);
  test_wait_in (NULL, late_was_asked, late);

  let_clients_go (&silence);
  source = g_unix_fd_add (silence.server, G_IO_IN, on_client, &tunnel);
  test_wait_in (NULL, has_tunnel, &tunnel);
  g_task_return_pointer (late->question, g_steal_pointer (&late->direct), g_object_unref);
  g_clear_object (&late->question);
  test_wait_in (NULL, late_was_answered, late);
  g_assert_cmpint (sa_socket_get_state (client), ==, SA_SOCKET_STATE_CONNECTING);
  g_assert_cmpstr (log->str, ==, "");

  close (tunnel);
  test_wait_for_log (log, "c");
  peer = sa_socket_accept (server, NULL, &error);
  g_assert_no_error (error);
  sa_socket_set_wait_policy (client, SA_WAIT_BLOCK);
  test_assert_exchange (client, peer);
  g_source_remove (source);
  end_silence (&silence);
}

static SaSocket *
make_bound (GSocketType type,
            const char *address,
            gboolean by_bind)
{
  SaSocket *socket = sa_socket_new ();
  g_autoptr (GError) error = NULL;

  sa_socket_set_timeout (socket, 20000);
  if (by_bind)
    {
      g_autoptr (GSocketAddress) at = g_inet_socket_address_new_from_string (address, 0);

      if (type == G_SOCKET_TYPE_DATAGRAM)
        sa_socket_create (socket, 0, type, NULL, &error);
      g_assert_no_error (error);
      sa_socket_bind (socket, at, &error);
    }
  else
    {
      sa_socket_create (socket, test_unused_port (), type, address, &error);
    }
  g_assert_no_error (error);

  return socket;
}

/* A socket that is bound tries the addresses in turn, and keeps its port.  */
static void
test_bound (gconstpointer by_bind)
{
  g_autoptr (SaSocket) server = listen_at ("127.0.0.1", 0);
  g_autoptr (SaSocket) client = make_bound (G_SOCKET_TYPE_STREAM, "127.0.0.1", by_bind != NULL);
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GError) error = NULL;
  guint port = sa_socket_get_local_port (client);

  test_fake_resolver_set ("turn.test", "127.0.0.2 127.0.0.3 127.0.0.1");
  sa_socket_connect_to_host (client, "turn.test", sa_socket_get_local_port (server), NULL, &error);
  g_assert_no_error (error);
  peer = sa_socket_accept (server, NULL, &error);
  g_assert_no_error (error);
  if (by_bind != NULL)
    g_assert_cmpuint (sa_socket_get_remote_port (peer), ==, port);
  test_assert_exchange (client, peer);
}

/* After a refusal, a deadline and a cancellation the bound socket can be used: to connect, and to listen.  */
static void
test_bound_again (void)
{
  Silence silence;
  g_autoptr (SaSocket) server = listen_at ("127.0.0.1", 0);
  g_autoptr (SaSocket) client = make_bound (G_SOCKET_TYPE_STREAM, "127.0.0.1", TRUE);
  g_autoptr (SaSocket) other = sa_socket_new ();
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GError) error = NULL;
  guint port = sa_socket_get_local_port (client);

  g_assert_true (begin_silence (&silence, "127.0.0.1"));
  g_assert_cmpuint (port, !=, 0);
  for (int i = 0; i < 3; i++)
    {
      g_assert_false (sa_socket_connect_to_host (client, "127.0.0.1", test_unused_port (), NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
      g_clear_error (&error);
      g_assert_cmpint (sa_socket_get_state (client), ==, SA_SOCKET_STATE_BOUND);
      g_assert_cmpuint (sa_socket_get_local_port (client), ==, port);

      sa_socket_set_timeout (client, 30);
      g_assert_false (sa_socket_connect_to_host (client, "127.0.0.1", silence.port, NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
      g_clear_error (&error);
      g_assert_cmpuint (sa_socket_get_local_port (client), ==, port);
      sa_socket_set_timeout (client, 20000);
    }

  sa_socket_connect_to_host (client, "127.0.0.1", sa_socket_get_local_port (server), NULL, &error);
  g_assert_no_error (error);
  peer = sa_socket_accept (server, NULL, &error);
  g_assert_cmpuint (sa_socket_get_remote_port (peer), ==, port);
  test_assert_exchange (client, peer);
  g_clear_object (&client);
  g_clear_object (&peer);

  client = make_bound (G_SOCKET_TYPE_STREAM, "127.0.0.1", TRUE);
  port = sa_socket_get_local_port (client);
  g_assert_false (sa_socket_connect_to_host (client, "127.0.0.1", test_unused_port (), NULL, NULL));
  g_assert_true (sa_socket_listen (client, &error));
  g_assert_no_error (error);
  sa_socket_connect_to_host (other, "127.0.0.1", port, NULL, &error);
  g_assert_no_error (error);
  end_silence (&silence);
}

static void
assert_talks_to (SaSocket *client,
                 SaSocket *server)
{
  g_autoptr (GSocketAddress) from = NULL;
  g_autoptr (GError) error = NULL;
  char text[8];

  g_assert_cmpint (sa_socket_send (client, (const guint8 *) "ping", 4, NULL, &error), ==, 4);
  g_assert_no_error (error);
  g_assert_cmpint (sa_socket_receive_from (server, text, sizeof text, &from, NULL, &error), ==, 4);
  g_assert_no_error (error);
  g_assert_cmpint (sa_socket_send_to (server, from, (const guint8 *) "pong", 4, NULL, &error), ==, 4);
  g_assert_no_error (error);
  g_assert_cmpint (sa_socket_receive (client, text, sizeof text, NULL, &error), ==, 4);
  g_assert_no_error (error);
}

/* Datagrams change their peer, of whatever family, and keep the port.  */
static void
test_datagram_again (void)
{
  g_autofree char *name = g_strdup_printf ("sockarch-again-%d", getpid ());
  g_autoptr (GSocketAddress) path =
    g_unix_socket_address_new_with_type (name, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);
  g_autoptr (SaSocket) first = make_bound (G_SOCKET_TYPE_DATAGRAM, "127.0.0.1", TRUE);
  g_autoptr (SaSocket) second = make_bound (G_SOCKET_TYPE_DATAGRAM, "127.0.0.2", TRUE);
  g_autoptr (SaSocket) local = sa_socket_new ();
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (GError) error = NULL;
  guint port;

  sa_socket_create (client, 0, G_SOCKET_TYPE_DATAGRAM, NULL, &error);
  g_assert_no_error (error);
  sa_socket_create (local, 0, G_SOCKET_TYPE_DATAGRAM, NULL, NULL);
  sa_socket_bind (local, path, &error);
  g_assert_no_error (error);
  sa_socket_set_timeout (client, 20000);
  port = sa_socket_get_local_port (client);

  for (int i = 0; i < 2; i++)
    {
      sa_socket_connect_to_host (client, "127.0.0.1", sa_socket_get_local_port (first), NULL, &error);
      g_assert_no_error (error);
      assert_talks_to (client, first);
      sa_socket_connect_to_host (client, "127.0.0.2", sa_socket_get_local_port (second), NULL, &error);
      g_assert_no_error (error);
      assert_talks_to (client, second);
      g_assert_cmpuint (sa_socket_get_local_port (client), ==, port);
    }

  /* A failure leaves it without a peer, and usable.  */
  g_assert_false (sa_socket_connect_to_host (client, "127.0.0.1", 0, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_cmpint (sa_socket_get_state (client), ==, SA_SOCKET_STATE_CONNECTED);
  g_assert_false (sa_socket_connect_to_host (client, "no-such-host.test", 9, NULL, &error));
  g_clear_error (&error);
  g_assert_cmpint (sa_socket_get_state (client), ==, SA_SOCKET_STATE_BOUND);
  g_assert_cmpint (sa_socket_send (client, (const guint8 *) "x", 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED);
  g_clear_error (&error);
  g_assert_cmpuint (sa_socket_get_local_port (client), ==, port);

  sa_socket_connect_to_address (client, G_SOCKET_CONNECTABLE (path), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sa_socket_send (client, (const guint8 *) "x", 1, NULL, &error), ==, 1);
  sa_socket_connect_to_host (client, "127.0.0.1", sa_socket_get_local_port (first), NULL, &error);
  g_assert_no_error (error);
  assert_talks_to (client, first);

  /* What the program has bound stays of its family.  */
  g_assert_false (sa_socket_connect_to_host (local, "127.0.0.1", 9, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_clear_error (&error);
  g_assert_false (sa_socket_connect_to_host (first, "::1", 9, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
}

/* A socket that is bound to IPv4 sends to the IPv4 address of a host, whatever comes first.  */
static void
test_send_to_host (void)
{
  g_autoptr (SaSocket) client = make_bound (G_SOCKET_TYPE_DATAGRAM, "127.0.0.1", TRUE);
  g_autoptr (SaSocket) server = make_bound (G_SOCKET_TYPE_DATAGRAM, "127.0.0.1", TRUE);
  g_autoptr (SaSocket) dual = sa_socket_new ();
  g_autoptr (GError) error = NULL;
  char byte;

  g_assert_true (sa_socket_create (dual, 0, G_SOCKET_TYPE_DATAGRAM, NULL, &error));
  test_fake_resolver_set ("both.test", "::1 127.0.0.1");
  test_fake_resolver_set ("six.test", "::1");
  g_assert_cmpint (sa_socket_send_to_host (client, "both.test", sa_socket_get_local_port (server),
                                           (const guint8 *) "x", 1, NULL, &error), ==, 1);
  g_assert_no_error (error);
  g_assert_cmpint (sa_socket_receive (server, &byte, 1, NULL, &error), ==, 1);
  g_assert_cmpint (sa_socket_send_to_host (client, "six.test", 9, (const guint8 *) "x", 1, NULL, &error), ==,
                   -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE);
  g_assert_nonnull (strstr (error->message, "six.test"));
}

/* Names that are none, and ports that are none.  */
static void
test_not_an_address (void)
{
  g_autoptr (SaSocket) socket = sa_socket_new ();
  g_autoptr (SaSocket) datagram = make_bound (G_SOCKET_TYPE_DATAGRAM, "127.0.0.1", TRUE);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketConnectable) host = g_network_address_new ("127.0.0.1", 0);
  static const char *const names[] = { "/tmp/socket", "@abstract", "" };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_assert_false (sa_socket_connect_to_host (socket, names[i], 9, NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      g_clear_error (&error);
      g_assert_cmpint (sa_socket_send_to_host (datagram, names[i], 9, (const guint8 *) "x", 1, NULL, &error),
                       ==, -1);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      g_clear_error (&error);
    }

  g_assert_false (sa_socket_connect_to_address (socket, G_SOCKET_CONNECTABLE (address), NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "127.0.0.1"));
  g_clear_error (&error);
  g_assert_false (sa_socket_connect_to_address (socket, host, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_fake_resolver_install ();

  g_test_add_data_func ("/connect/head-start/ipv6", "::1", test_head_start);
  g_test_add_data_func ("/connect/head-start/ipv4", "127.0.0.2", test_head_start);
  g_test_add_func ("/connect/attempts", test_attempts);
  g_test_add_func ("/connect/all-fail", test_all_fail);
  g_test_add_data_func ("/connect/cancel", NULL, test_cancel);
  g_test_add_data_func ("/connect/cancel/by-close", "", test_cancel);
  g_test_add_func ("/connect/deadline", test_deadline);
  g_test_add_func ("/connect/late-address", test_late_address);
  g_test_add_data_func ("/connect/bound/create", NULL, test_bound);
  g_test_add_data_func ("/connect/bound/bind", "", test_bound);
  g_test_add_func ("/connect/bound/again", test_bound_again);
  g_test_add_func ("/connect/datagram-again", test_datagram_again);
  g_test_add_func ("/connect/send-to-host", test_send_to_host);
  g_test_add_func ("/connect/not-an-address", test_not_an_address);

  return g_test_run ();
}
