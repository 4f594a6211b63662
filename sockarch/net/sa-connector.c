/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-connector-private.h"
#include "sockarch/net/sa-tunnel-stream-private.h"
#include "sockarch/sa-cancel-private.h"
#include "sockarch/sa-debug-private.h"
#include "sockarch/sa-i18n-private.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

/* How long an address is tried alone, in microseconds, before the next one joins (RFC 8305).  */
#define HEAD_START (250 * 1000)

/* How long to leave a Unix server alone that has no room for another connection, in microseconds.  */
#define TRY_AGAIN (10 * 1000)

/* One address that is being tried.  */
typedef struct
{
  SaWatch watch;            /* tells when the connect has ended */
  SaTimer again;            /* when to ask once more a Unix server whose queue is full */
  SaConnector *connector;   /* what it is a part of */
  GSocket *socket;          /* the socket that may become the connection; NULL when it has */
  GSocketAddress *address;  /* where to */
} SaAttempt;

struct _SaConnector
{
  int ref_count;                        /* atomic: the run itself, a question to the enumerator, and a
                                           handler on the cancellable */
  SaConnectorSetup setup;               /* what was asked for; its socket and poller are referenced */
  struct sockaddr_storage local;        /* the address of setup.socket, which a failure may take away */
  char *name;                           /* the destination, for messages */
  GSocketAddressEnumerator *enumerator; /* gives the addresses */
  GCancellable *inner;                  /* ends a question to the enumerator */
  SaCancel cancel;                      /* the handler on the caller's */
  SaWatch wakeup;                       /* brings the caller's cancellation into the context */
  SaTimer deadline;                     /* of the whole */
  SaTimer head_start;                   /* when the next address joins */
  GSocketConnection *tunnel;            /* GIO's view of a connection to a proxy, while that is talked to */
  GIOStream *tunnel_stream;             /* over which it is talked to */
  GSocketAddress *tunnel_address;       /* of that proxy, and what is behind it */
  GSocketAddress *next_address;         /* came while a proxy was talked to, and is for when that fails */
  GPtrArray *attempts;                  /* SaAttempt: those under way */
  GString *causes;                      /* why addresses failed, for the message */
  GError *error;                        /* the most telling failure so far */
  guint n_failed;                       /* addresses that failed */
  gboolean asking;                      /* a question to the enumerator is under way */
  gboolean exhausted;                   /* it has no more addresses */
  gboolean over;                        /* done or cancelled */
};

static void ask_for_address (SaConnector *self);
static void try_address (SaConnector *self, GSocketAddress *address);

/* GIO calls back with the connector, sooner or later, whatever becomes of it.  */
static gpointer
connector_ref (gpointer data)
{
  SaConnector *self = data;

  g_atomic_int_inc (&self->ref_count);

  return self;
}

static void
connector_unref (gpointer data)
{
  SaConnector *self = data;

  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  sa_poller_unref (self->setup.poller);
  g_clear_object (&self->setup.socket);
  g_clear_object (&self->enumerator);
  g_clear_object (&self->inner);
  g_clear_object (&self->tunnel);
  g_clear_object (&self->tunnel_stream);
  g_clear_object (&self->tunnel_address);
  g_clear_object (&self->next_address);
  g_ptr_array_unref (self->attempts);
  g_string_free (self->causes, TRUE);
  g_clear_error (&self->error);
  g_free (self->name);
  g_free (self);
}

static in_port_t *
get_port (struct sockaddr_storage *address)
{
  if (address->ss_family == AF_INET6)
    return &((struct sockaddr_in6 *) (void *) address)->sin6_port;
  if (address->ss_family == AF_INET)
    return &((struct sockaddr_in *) (void *) address)->sin_port;

  return NULL;
}

void
sa_connector_dissolve (int fd,
                       const struct sockaddr_storage *local)
{
  const struct sockaddr nobody = { .sa_family = AF_UNSPEC };
  struct sockaddr_storage before = { 0 };
  struct sockaddr_storage after = { 0 };
  socklen_t size = sizeof before;
  in_port_t *port, *port_after;

  if (local != NULL)
    before = *local;
  else
    getsockname (fd, (struct sockaddr *) &before, &size);
  connect (fd, &nobody, sizeof nobody);

  /* A port that the system chose goes with the connection, even if it is still shown: it is taken back. Any
   * other is there, which EINVAL says.  */
  size = sizeof after;
  getsockname (fd, (struct sockaddr *) &after, &size);
  port = get_port (&before);
  port_after = get_port (&after);
  if (port == NULL || port_after == NULL || *port == 0)
    return;

  *port_after = *port;
  if (bind (fd, (const struct sockaddr *) &after, size) < 0 && errno != EINVAL)
    SA_NOTE (SOCKET, NULL, "fd %d: has lost its port", fd);
}

/* The socket that was given shall be as it was.  */
static void
dissolve (SaConnector *self)
{
  if (self->setup.socket != NULL)
    sa_connector_dissolve (g_socket_get_fd (self->setup.socket), &self->local);
}

static void
attempt_free (gpointer data)
{
  SaAttempt *attempt = data;

  sa_watch_stop (&attempt->watch);
  sa_timer_stop (&attempt->again);
  if (attempt->socket != NULL && attempt->socket != attempt->connector->setup.socket)
    g_socket_close (attempt->socket, NULL);
  else if (attempt->socket != NULL)
    dissolve (attempt->connector);
  g_clear_object (&attempt->socket);
  g_object_unref (attempt->address);
  g_free (attempt);
}

static void
stop (SaConnector *self)
{
  self->over = TRUE;
  sa_cancel_clear (&self->cancel);
  g_cancellable_cancel (self->inner);
  sa_watch_stop (&self->wakeup);
  sa_timer_stop (&self->deadline);
  sa_timer_stop (&self->head_start);
  if (self->tunnel != NULL)
    dissolve (self);
}

/* Ends the run. The callee may do anything, also begin another connect.  */
static void
finish (SaConnector *self,
        GSocket *socket,
        GError *error)
{
  stop (self);
  g_ptr_array_set_size (self->attempts, 0);
  self->setup.done (socket, error, self->setup.data);
  connector_unref (self);
}

static void
fail (SaConnector *self,
      GIOErrorEnum code,
      const char *message)
{
  GError *error = g_error_new (G_IO_ERROR, (int) code, _("Could not connect to %s: %s"), self->name, message);

  /* Those that failed already may be the ones that matter.  */
  if (self->causes->len > 0)
    {
      g_autofree char *text = g_steal_pointer (&error->message);

      error->message = g_strconcat (text, "; ", self->causes->str, NULL);
    }

  finish (self, NULL, error);
}

/* How much a failure says about the destination, rather than about this machine.  */
static int
weight (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    return 4;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return 3;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
    return 1;

  return 2;
}

/* Notes why one address failed; @error is taken.  */
static void
note_failure (SaConnector *self,
              GSocketAddress *address,
              GError *error)
{
  g_autofree char *text = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));

  SA_NOTE (SOCKET, self, "%s: %s", text, error->message);
  if (self->n_failed++ > 0)
    g_string_append (self->causes, "; ");
  g_string_append_printf (self->causes, "%s: %s", text, error->message);

  if (self->error == NULL || weight (error) > weight (self->error))
    {
      g_clear_error (&self->error);
      self->error = error;
    }
  else
    {
      g_error_free (error);
    }
}

/* Every address has failed, or there was none.  */
static void
give_up (SaConnector *self)
{
  GError *error = g_steal_pointer (&self->error);

  if (error == NULL)
    {
      fail (self, G_IO_ERROR_HOST_NOT_FOUND, _("it has no address"));
      return;
    }

  if (self->n_failed > 1)
    {
      g_free (error->message);
      error->message = g_strdup (self->causes->str);
    }
  g_prefix_error (&error, _("Could not connect to %s: "), self->name);
  finish (self, NULL, error);
}

/* What to do when an address has failed, or there are no more.  */
static void
go_on (SaConnector *self)
{
  g_autoptr (GSocketAddress) next = NULL;

  if (self->tunnel != NULL)
    return;

  next = g_steal_pointer (&self->next_address);
  if (next != NULL)
    try_address (self, next);
  else if (!self->exhausted)
    ask_for_address (self);
  else if (self->attempts->len == 0)
    give_up (self);
}

static void
on_tunnel (GObject *source,
           GAsyncResult *result,
           gpointer data)
{
  SaConnector *self = data;
  GError *error = NULL;
  g_autoptr (GIOStream) stream = g_proxy_connect_finish (G_PROXY (source), result, &error);
  g_autoptr (GSocketConnection) tunnel = g_steal_pointer (&self->tunnel);
  g_autoptr (GIOStream) tunnel_stream = g_steal_pointer (&self->tunnel_stream);
  g_autoptr (GSocketAddress) address = g_steal_pointer (&self->tunnel_address);

  /* A proxy that wraps the stream, as one behind TLS does, leaves no descriptor to be used as a socket.  */
  if (stream != NULL && stream != tunnel_stream)
    error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                                 _("the proxy gives no plain connection: only SOCKS and HTTP ones do"));

  if (!self->over && error == NULL)
    {
      finish (self, g_object_ref (g_socket_connection_get_socket (tunnel)), NULL);
    }
  else if (!self->over)
    {
      dissolve (self);
      note_failure (self, address, g_steal_pointer (&error));
      go_on (self);
    }

  g_clear_error (&error);
  connector_unref (self);
}

/* The proxy has answered: it is told where to go on to.  */
static void
begin_tunnel (SaConnector *self,
              GSocket *socket,
              GProxyAddress *address)
{
  const char *protocol = g_proxy_address_get_protocol (address);
  g_autoptr (GProxy) proxy = g_proxy_get_default_for_protocol (protocol);
  GMainContext *context = sa_poller_get_context (self->setup.poller);

  if (proxy == NULL)
    {
      g_object_unref (socket);
      note_failure (
          self, G_SOCKET_ADDRESS (address),
          g_error_new (G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, _("unknown kind of proxy: %s"), protocol));
      go_on (self);
      return;
    }

  /* When the tunnel is dropped the socket stays, for who has another reference.  */
  self->tunnel = g_socket_connection_factory_create_connection (socket);
  self->tunnel_stream = sa_tunnel_stream_new (G_IO_STREAM (self->tunnel));
  self->tunnel_address = g_object_ref (G_SOCKET_ADDRESS (address));
  g_object_unref (socket);

  g_main_context_push_thread_default (context);
  g_proxy_connect_async (proxy, self->tunnel_stream, address, self->inner, on_tunnel,
                         connector_ref (self));
  g_main_context_pop_thread_default (context);
}

/* The first address that has answered; @socket is taken.  */
static void
succeed (SaConnector *self,
         GSocket *socket,
         GSocketAddress *address)
{
  if (!G_IS_PROXY_ADDRESS (address))
    {
      finish (self, socket, NULL);
      return;
    }

  sa_timer_stop (&self->head_start);
  g_ptr_array_set_size (self->attempts, 0);
  begin_tunnel (self, socket, G_PROXY_ADDRESS (address));
}

/* The attempt has come to its end; @error is taken.  */
static void
end_attempt (SaAttempt *attempt,
             GError *error)
{
  SaConnector *self = attempt->connector;
  g_autoptr (GSocketAddress) address = g_object_ref (attempt->address);
  GSocket *socket = error == NULL ? g_steal_pointer (&attempt->socket) : NULL;

  g_ptr_array_remove_fast (self->attempts, attempt);
  if (socket != NULL)
    {
      succeed (self, socket, address);
      return;
    }

  note_failure (self, address, error);
  go_on (self);
}

/* Connects, or goes on doing so. The attempt may be gone afterwards.  */
static void
drive_attempt (SaAttempt *attempt)
{
  SaPoller *poller = attempt->connector->setup.poller;
  GError *error = NULL;

  if (g_socket_connect (attempt->socket, attempt->address, NULL, &error))
    {
      end_attempt (attempt, NULL);
      return;
    }

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    {
      g_clear_error (&error);
      sa_timer_start (&attempt->again, poller, g_get_monotonic_time () + TRY_AGAIN);
      return;
    }

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PENDING))
    {
      g_clear_error (&error);
      if (sa_watch_start (&attempt->watch, poller, g_socket_get_fd (attempt->socket), SA_POLL_OUT,
                          SA_POLL_LEVEL, &error))
        return;
    }

  end_attempt (attempt, error);
}

static gboolean
on_attempt (SaWatch *watch,
            SaPollEvents events)
{
  SaAttempt *attempt = (SaAttempt *) (void *) watch;
  GError *error = NULL;

  if (events == 0)
    return FALSE;

  g_socket_check_connect_result (attempt->socket, &error);
  end_attempt (attempt, error);

  return FALSE;
}

static void
on_again (SaTimer *timer)
{
  drive_attempt ((SaAttempt *) (void *) ((char *) timer - G_STRUCT_OFFSET (SaAttempt, again)));
}

/* Whether anything can come of it.  */
static gboolean
check_address (SaConnector *self,
               GSocketAddress *address,
               GError **error)
{
  GSocketFamily family = g_socket_address_get_family (address);

  if (G_IS_INET_SOCKET_ADDRESS (address) &&
      g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)) == 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           _("port 0 is none: give the one at which the peer is bound"));
      return FALSE;
    }
  if (self->setup.socket != NULL && g_socket_get_family (self->setup.socket) != family)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                           _("the socket is bound to an address of another family"));
      return FALSE;
    }

  return TRUE;
}

/* A socket for the address: a new one, or the one there is.  */
static GSocket *
make_socket (SaConnector *self,
             GSocketAddress *address,
             GError **error)
{
  g_autoptr (GSocket) socket = NULL;

  if (!check_address (self, address, error))
    return NULL;
  if (self->setup.socket != NULL)
    socket = g_object_ref (self->setup.socket);
  else
    socket = g_socket_new (g_socket_address_get_family (address), self->setup.type, G_SOCKET_PROTOCOL_DEFAULT,
                           error);
  if (socket == NULL)
    return NULL;
  if (self->setup.prepare != NULL && !self->setup.prepare (socket, self->setup.data, error))
    return NULL;

  g_socket_set_blocking (socket, FALSE);

  return g_steal_pointer (&socket);
}

/* An IPv4 address for a socket that was bound for both families.  */
static GSocketAddress *
fit_address (SaConnector *self,
             GSocketAddress *address)
{
  guint8 mapped[16] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
  g_autoptr (GInetAddress) ipv6 = NULL;
  GInetSocketAddress *inet;

  if (self->setup.socket == NULL || g_socket_get_family (self->setup.socket) != G_SOCKET_FAMILY_IPV6 ||
      g_socket_address_get_family (address) != G_SOCKET_FAMILY_IPV4)
    return g_object_ref (address);

  inet = G_INET_SOCKET_ADDRESS (address);
  memcpy (mapped + 12, g_inet_address_to_bytes (g_inet_socket_address_get_address (inet)), 4);
  ipv6 = g_inet_address_new_from_bytes (mapped, G_SOCKET_FAMILY_IPV6);

  return g_inet_socket_address_new (ipv6, g_inet_socket_address_get_port (inet));
}

static void
try_address (SaConnector *self,
             GSocketAddress *address)
{
  g_autoptr (GSocketAddress) fitting = fit_address (self, address);
  GError *error = NULL;
  GSocket *socket = make_socket (self, fitting, &error);
  SaAttempt *attempt;

  if (socket == NULL)
    {
      note_failure (self, address, error);
      go_on (self);
      return;
    }

  attempt = g_new0 (SaAttempt, 1);
  attempt->connector = self;
  attempt->socket = socket;
  attempt->address = g_steal_pointer (&fitting);
  sa_watch_init (&attempt->watch, NULL, on_attempt);
  sa_timer_init (&attempt->again, NULL, on_again);
  g_ptr_array_add (self->attempts, attempt);

  if (!self->setup.in_turn && self->setup.socket == NULL)
    sa_timer_start (&self->head_start, self->setup.poller, g_get_monotonic_time () + HEAD_START);
  drive_attempt (attempt);
}

static void
on_address (GObject *source,
            GAsyncResult *result,
            gpointer data)
{
  SaConnector *self = data;
  GError *error = NULL;
  g_autoptr (GSocketAddress) address =
    g_socket_address_enumerator_next_finish (G_SOCKET_ADDRESS_ENUMERATOR (source), result, &error);

  self->asking = FALSE;
  if (!self->over && address != NULL && self->tunnel == NULL)
    {
      try_address (self, address);
    }
  else if (!self->over && address != NULL)
    {
      self->next_address = g_object_ref (address);
    }
  else if (!self->over)
    {
      self->exhausted = TRUE;
      /* What the resolver says counts only if there was nothing to try.  */
      if (error != NULL && self->error == NULL)
        self->error = g_steal_pointer (&error);
      go_on (self);
    }

  g_clear_error (&error);
  connector_unref (self);
}

/* Resolvers work in the thread-default context.  */
static void
ask_for_address (SaConnector *self)
{
  GMainContext *context = sa_poller_get_context (self->setup.poller);

  sa_timer_stop (&self->head_start);
  if (self->over || self->asking || self->exhausted || self->tunnel != NULL)
    return;

  self->asking = TRUE;
  g_main_context_push_thread_default (context);
  g_socket_address_enumerator_next_async (self->enumerator, self->inner, on_address, connector_ref (self));
  g_main_context_pop_thread_default (context);
}

static SaConnector *
from_timer (SaTimer *timer,
            gsize offset)
{
  return (SaConnector *) (void *) ((char *) timer - offset);
}

static void
on_head_start (SaTimer *timer)
{
  ask_for_address (from_timer (timer, G_STRUCT_OFFSET (SaConnector, head_start)));
}

static void
on_deadline (SaTimer *timer)
{
  fail (from_timer (timer, G_STRUCT_OFFSET (SaConnector, deadline)), G_IO_ERROR_TIMED_OUT,
        _("no answer in time"));
}

static gboolean
on_wakeup (SaWatch *watch,
           SaPollEvents events)
{
  SaConnector *self = (SaConnector *) (void *) ((char *) watch - G_STRUCT_OFFSET (SaConnector, wakeup));

  if (!self->over)
    fail (self, G_IO_ERROR_CANCELLED, _("the operation was cancelled"));

  return FALSE;
}

static void
on_cancelled (GCancellable *cancellable,
              gpointer data)
{
  SaConnector *self = data;

  sa_watch_wake (&self->wakeup);
}

SaConnector *
sa_connector_start (GSocketConnectable *address,
                    const SaConnectorSetup *setup,
                    GCancellable *cancellable)
{
  SaConnector *self = g_new0 (SaConnector, 1);
  socklen_t size = sizeof self->local;
  g_autoptr (GError) error = NULL;

  self->ref_count = 1;
  self->setup = *setup;
  sa_poller_ref (self->setup.poller);
  if (self->setup.socket != NULL)
    {
      g_object_ref (self->setup.socket);
      getsockname (g_socket_get_fd (self->setup.socket), (struct sockaddr *) &self->local, &size);
    }
  self->name = setup->name != NULL ? g_strdup (setup->name) : g_socket_connectable_to_string (address);
  self->enumerator = setup->by_proxy ? g_socket_connectable_proxy_enumerate (address)
                                     : g_socket_connectable_enumerate (address);
  self->inner = g_cancellable_new ();
  self->attempts = g_ptr_array_new_with_free_func (attempt_free);
  self->causes = g_string_new (NULL);

  sa_timer_init (&self->deadline, NULL, on_deadline);
  sa_timer_init (&self->head_start, NULL, on_head_start);
  sa_watch_init (&self->wakeup, NULL, on_wakeup);
  if (!sa_watch_start (&self->wakeup, self->setup.poller, -1, 0, SA_POLL_LEVEL, &error))
    SA_NOTE (SOCKET, self, "cannot be cancelled: %s", error->message);
  if (setup->deadline != G_MAXINT64)
    sa_timer_start (&self->deadline, self->setup.poller, setup->deadline);
  sa_cancel_set (&self->cancel, cancellable, G_CALLBACK (on_cancelled), self, connector_ref,
                 connector_unref);

  ask_for_address (self);

  return self;
}

GObject *
sa_connector_get_enumerator (SaConnector *self)
{
  return G_OBJECT (self->enumerator);
}

void
sa_connector_cancel (SaConnector *self)
{
  stop (self);
  g_ptr_array_set_size (self->attempts, 0);
  connector_unref (self);
}
