/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-impl-private.h"

#include <gio/gunixsocketaddress.h>
#include <string.h>
#include <sys/un.h>

/* Addresses: what a socket shall be bound to, and what it and its peer are called.  */

/* An address for people: "127.0.0.1 port 80", or what a Unix address is called.  */
char *
sa_socket_describe_address (GSocketAddress *address)
{
  if (G_IS_INET_SOCKET_ADDRESS (address))
    {
      GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS (address);
      g_autofree char *host = g_inet_address_to_string (g_inet_socket_address_get_address (inet));

      return g_strdup_printf (_("%s port %u"), host, (guint) g_inet_socket_address_get_port (inet));
    }

  return address != NULL ? g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address))
                         : g_strdup (_("the peer"));
}

char *
sa_socket_describe_peer (SaSocket *self)
{
  g_autoptr (GSocketAddress) address = sa_socket_get_remote_address (self);

  return sa_socket_describe_address (address);
}

/* @format has two places: for the name of the peer, and for what the system says.  */
void
sa_socket_set_error_from_errno (SaSocket *self,
                                GError **error,
                                int errsv,
                                const char *format)
{
  g_autofree char *peer = sa_socket_describe_peer (self);

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (errsv), format, peer, g_strerror (errsv));
#pragma GCC diagnostic pop
}

/* Whether it can be the name of a host.  */
gboolean
sa_socket_check_host (const char *host,
                      GError **error)
{
  if (*host == '/' || *host == '@')
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   _("“%s” is no host but a Unix address: give a GUnixSocketAddress"), host);
      return FALSE;
    }
  if (*host == '\0')
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           _("The name of the host is empty"));
      return FALSE;
    }

  return TRUE;
}

static gboolean
set_invalid (GError **error,
             const char *message)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, message);

  return FALSE;
}

/* Whether the socket can become something now. What is left of an earlier connection is dropped, once its end
 * was told.  */
gboolean
sa_socket_check_fresh (SaSocket *self,
                       GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  if (priv->state == SA_SOCKET_STATE_CLOSED && priv->held == 0 && (priv->due & DUE_CLOSED) != 0)
    {
      priv->due = 0;
      sa_socket_emit_closed (self, NULL);
    }
  if (priv->state == SA_SOCKET_STATE_CLOSED && priv->held == 0 && priv->told_closed)
    {
      sa_socket_forget (self);
      sa_socket_set_state (self, SA_SOCKET_STATE_NEW);
    }

  if (priv->state == SA_SOCKET_STATE_NEW)
    return TRUE;

  return set_invalid (error, _("The socket is in use already: close it first"));
}

/* Makes a bound socket of the right family, for listening or datagrams.  */
GSocket *
sa_socket_make_bound (SaSocket *self,
                      GSocketAddress *address,
                      GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  GSocketFamily family = g_socket_address_get_family (address);
  g_autoptr (GSocket) socket =
      g_socket_new (family, (GSocketType) priv->type, G_SOCKET_PROTOCOL_DEFAULT, error);
  gboolean reuse = priv->type == G_SOCKET_TYPE_STREAM
                       ? priv->settings->reuse_address
                       : priv->settings->reuse_address_set && priv->settings->reuse_address;

  if (socket == NULL)
    return NULL;

  /* One socket for both families or not, whatever the system's default is.  */
  if (family == G_SOCKET_FAMILY_IPV6)
    g_socket_set_option (socket, IPPROTO_IPV6, IPV6_V6ONLY, priv->settings->ipv6_only, NULL);
  sa_socket_apply_early_options (self, g_socket_get_fd (socket));

  if (!g_socket_bind (socket, address, reuse, error))
    {
      g_autofree char *name = sa_socket_describe_address (address);

      g_prefix_error (error, _("Could not bind to %s: "), name);
      return NULL;
    }

  return g_steal_pointer (&socket);
}

/* The descriptor of a socket made by GIO becomes ours; GIO's object stays its owner.  */
static void
adopt (SaSocket *self,
       GSocket *socket)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  sa_socket_take_fd (self, g_socket_get_fd (socket), (int) g_socket_get_family (socket));
  priv->socket = g_object_ref (socket);
}

/* Binds to any address: both families where the system has IPv6, otherwise IPv4.  */
static GSocket *
make_bound_to_any (SaSocket *self,
                   guint16 port,
                   GError **error)
{
  static const GSocketFamily families[] = { G_SOCKET_FAMILY_IPV6, G_SOCKET_FAMILY_IPV4 };
  g_autoptr (GError) local = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    {
      g_autoptr (GInetAddress) any = g_inet_address_new_any (families[i]);
      g_autoptr (GSocketAddress) address = g_inet_socket_address_new (any, port);
      GSocket *socket;

      g_clear_error (&local);
      socket = sa_socket_make_bound (self, address, &local);
      if (socket != NULL)
        return socket;

      /* Without IPv6 there is no such family, or no such address.  */
      if (!g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED) &&
          !g_error_matches (local, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT))
        break;
    }

  g_propagate_error (error, g_steal_pointer (&local));

  return NULL;
}

/* Binds as sa_socket_create () was told.  */
gboolean
sa_socket_bind_as_created (SaSocket *self,
                           GError **error)
{
  const SaSocketOrigin *origin = sa_socket_origin (sa_socket_private (self));
  g_autoptr (GSocket) socket = NULL;

  if (origin->bind_to != NULL)
    socket = sa_socket_make_bound (self, origin->bind_to, error);
  else
    socket = make_bound_to_any (self, origin->bind_port, error);
  if (socket == NULL)
    return FALSE;

  adopt (self, socket);

  return TRUE;
}

/* What was asked for cannot be had, and does not count any more: the socket is as new.  */
static gboolean
forget_wishes (SaSocket *self)
{
  sa_socket_forget_origin (self);
  sa_socket_private (self)->type = G_SOCKET_TYPE_STREAM;
  sa_socket_set_state (self, SA_SOCKET_STATE_NEW);

  return FALSE;
}

/* A bound datagram socket works at once.  */
static gboolean
start_datagrams (SaSocket *self,
                 GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  sa_socket_begin_connection (self);
  sa_socket_apply_options (self, priv->fd, TRUE);
  if (!sa_socket_start_watch (self, error))
    {
      sa_socket_drop_fd (self);
      return FALSE;
    }

  return TRUE;
}

/**
 * sa_socket_create:
 * @self: a new #SaSocket
 * @port: the port to be bound to, or 0 for one that the system chooses
 * @type: %G_SOCKET_TYPE_STREAM or %G_SOCKET_TYPE_DATAGRAM
 * @address: (nullable): the local address to be bound to, as a numeric IPv4 or IPv6 address, or %NULL for any
 *   address of both families
 * @error: return location for a #GError
 *
 * Says what kind of socket it shall be and where it shall be bound (MFC's Create).
 *
 * A datagram socket is bound at once. A stream socket only notes what is wanted: it is bound by
 * sa_socket_listen() or by the connect, which knows the address family; a taken port shows there. A client
 * that does not care for its local port need not call this at all.
 *
 * Fails with %G_IO_ERROR_INVALID_ARGUMENT if @port is above 65535, or @address is not an address, or @type is
 * neither of the two; and for datagrams with the errors of sa_socket_bind().
 *
 * Returns: %TRUE if the values are good
 * Since: 1.0
 */
gboolean
sa_socket_create (SaSocket *self,
                  guint port,
                  GSocketType type,
                  const char *address,
                  GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  g_autoptr (GSocketAddress) bind_to = NULL;

  g_return_val_if_fail (SA_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  if (!sa_socket_check_fresh (self, error))
    return FALSE;
  if (port > G_MAXUINT16)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("Port %u is not between 0 and 65535"),
                   port);
      return FALSE;
    }
  if (type != G_SOCKET_TYPE_STREAM && type != G_SOCKET_TYPE_DATAGRAM)
    return set_invalid (error, _("The type of a socket is stream or datagram"));
  if (address != NULL)
    {
      bind_to = g_inet_socket_address_new_from_string (address, port);
      if (bind_to == NULL)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       _("“%s” is not a numeric IPv4 or IPv6 address"), address);
          return FALSE;
        }
    }

  priv->type = (guint8) type;
  sa_socket_change_origin (priv)->bind_port = (guint16) port;
  g_set_object (&sa_socket_change_origin (priv)->bind_to, bind_to);
  if (type == G_SOCKET_TYPE_STREAM)
    return TRUE;

  if (!sa_socket_bind_as_created (self, error) || !start_datagrams (self, error))
    return forget_wishes (self);

  sa_socket_set_state (self, SA_SOCKET_STATE_BOUND);

  return TRUE;
}

/* A datagram socket that nobody gave an address to: it may still have another, of another family even.  */
static gboolean
has_any_address (SaSocketPrivate *priv)
{
  const SaSocketOrigin *origin = sa_socket_origin (priv);

  return priv->type == G_SOCKET_TYPE_DATAGRAM && priv->state == SA_SOCKET_STATE_BOUND &&
         origin->bind_to == NULL && origin->bind_port == 0;
}

/**
 * sa_socket_bind:
 * @self: a #SaSocket that is not bound yet
 * @address: the local address: a #GInetSocketAddress, or a #GUnixSocketAddress
 * @error: return location for a #GError
 *
 * Binds the socket to a local address (MFC's Bind). If sa_socket_create() was not called it becomes a stream
 * socket. A datagram socket that was created for any port of any address may still be bound, also to a Unix
 * address.
 *
 * Fails with %G_IO_ERROR_ADDRESS_IN_USE if another socket has that address, %G_IO_ERROR_PERMISSION_DENIED for
 * a port or path that this user may not have, %G_IO_ERROR_NOT_SUPPORTED for an address family that the system
 * does not have, and %G_IO_ERROR_INVALID_ARGUMENT for a socket that is bound or connected already.
 *
 * Returns: %TRUE if the socket is bound
 * Since: 1.0
 */
gboolean
sa_socket_bind (SaSocket *self,
                GSocketAddress *address,
                GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  g_autoptr (GSocket) socket = NULL;

  g_return_val_if_fail (SA_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (G_IS_SOCKET_ADDRESS (address), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  if (!has_any_address (priv) && !sa_socket_check_fresh (self, error))
    return FALSE;

  socket = sa_socket_make_bound (self, address, error);
  if (socket == NULL)
    return FALSE;

  sa_socket_drop_fd (self);
  adopt (self, socket);
  g_set_object (&sa_socket_change_origin (priv)->bind_to, address);
  if (priv->type == G_SOCKET_TYPE_DATAGRAM && !start_datagrams (self, error))
    return forget_wishes (self);

  sa_socket_set_state (self, SA_SOCKET_STATE_BOUND);

  return TRUE;
}

typedef int (*SaNameFunc) (int fd, struct sockaddr *address, socklen_t *length);

/* IPv4 peers of a socket for both families have IPv6 names that nobody wants to see.  */
static GSocketAddress *
unmap (GSocketAddress *address)
{
  GInetAddress *inet;
  const guint8 *bytes;
  g_autoptr (GInetAddress) ipv4 = NULL;
  GSocketAddress *unmapped;

  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return address;

  inet = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  if (g_inet_address_get_family (inet) != G_SOCKET_FAMILY_IPV6)
    return address;

  bytes = g_inet_address_to_bytes (inet);
  if (!IN6_IS_ADDR_V4MAPPED ((const struct in6_addr *) (const void *) bytes))
    return address;

  ipv4 = g_inet_address_new_from_bytes (bytes + 12, G_SOCKET_FAMILY_IPV4);
  unmapped =
      g_inet_socket_address_new (ipv4, g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)));
  g_object_unref (address);

  return unmapped;
}

GSocketAddress *
sa_socket_address_from_native (const struct sockaddr_storage *native,
                               socklen_t length)
{
  GSocketAddress *address;

  if (length < sizeof native->ss_family)
    return NULL;

  address = g_socket_address_new_from_native ((gpointer) native, length);

  return address != NULL ? unmap (address) : NULL;
}

static GSocketAddress *
get_address (SaSocket *self,
             SaNameFunc func)
{
  struct sockaddr_storage native;
  socklen_t length = sizeof native;
  int fd = sa_socket_private (self)->fd;

  if (fd < 0 || func (fd, (struct sockaddr *) &native, &length) < 0)
    return NULL;

  return sa_socket_address_from_native (&native, length);
}

/**
 * sa_socket_get_local_address:
 * @self: a #SaSocket
 *
 * The address of this end of the socket (MFC's GetSockName).
 *
 * Returns: (transfer full) (nullable): the address, or %NULL if the socket is not bound
 * Since: 1.0
 */
GSocketAddress *
sa_socket_get_local_address (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), NULL);

  return get_address (self, getsockname);
}

/* The kernel forgets the peer of a connection that was reset, and a closed descriptor has none: who wants to
 * tell of the end still needs the name.  */
void
sa_socket_remember_peer (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  socklen_t length = sizeof priv->peer;

  if (priv->type != G_SOCKET_TYPE_STREAM || !sa_socket_is_inet (priv) ||
      getpeername (priv->fd, &priv->peer.any, &length) < 0)
    priv->peer.any.sa_family = AF_UNSPEC;
}

/**
 * sa_socket_get_remote_address:
 * @self: a #SaSocket
 *
 * The address of the peer (MFC's GetPeerName). That of an Internet stream stays known when the connection has
 * ended or was reset, so that it can be told whose it was, until the socket is used anew.
 *
 * Returns: (transfer full) (nullable): the address, or %NULL if the socket is not connected
 * Since: 1.0
 */
GSocketAddress *
sa_socket_get_remote_address (SaSocket *self)
{
  const SaSocketPrivate *priv = sa_socket_private (self);
  struct sockaddr_storage native = { 0 };

  g_return_val_if_fail (SA_IS_SOCKET (self), NULL);

  if (priv->peer.any.sa_family == AF_UNSPEC)
    return get_address (self, getpeername);

  memcpy (&native, &priv->peer, sizeof priv->peer);

  return sa_socket_address_from_native (&native, sizeof priv->peer);
}

static guint
get_port (GSocketAddress *address)
{
  return G_IS_INET_SOCKET_ADDRESS (address) ? g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address))
                                            : 0;
}

static char *
dup_host (GSocketAddress *address)
{
  if (G_IS_INET_SOCKET_ADDRESS (address))
    return g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));

  if (G_IS_UNIX_SOCKET_ADDRESS (address))
    {
      GUnixSocketAddress *unix_address = G_UNIX_SOCKET_ADDRESS (address);
      GUnixSocketAddressType type = g_unix_socket_address_get_address_type (unix_address);
      g_autofree char *name = NULL;

      if (type == G_UNIX_SOCKET_ADDRESS_ANONYMOUS)
        return NULL;

      name = g_utf8_make_valid (g_unix_socket_address_get_path (unix_address),
                                (gssize) g_unix_socket_address_get_path_len (unix_address));

      return g_strconcat (type == G_UNIX_SOCKET_ADDRESS_PATH ? "" : "@", name, NULL);
    }

  return NULL;
}

/**
 * sa_socket_get_local_port:
 * @self: a #SaSocket
 *
 * The port of this end of the socket: what a client of this server has to connect to.
 *
 * Returns: the port, or 0 if there is none
 * Since: 1.0
 */
guint
sa_socket_get_local_port (SaSocket *self)
{
  g_autoptr (GSocketAddress) address = NULL;

  g_return_val_if_fail (SA_IS_SOCKET (self), 0);

  address = sa_socket_get_local_address (self);

  return get_port (address);
}

/**
 * sa_socket_get_remote_port:
 * @self: a #SaSocket
 *
 * The port of the peer.
 *
 * Returns: the port, or 0 if there is none
 * Since: 1.0
 */
guint
sa_socket_get_remote_port (SaSocket *self)
{
  g_autoptr (GSocketAddress) address = NULL;

  g_return_val_if_fail (SA_IS_SOCKET (self), 0);

  address = sa_socket_get_remote_address (self);

  return get_port (address);
}

/**
 * sa_socket_dup_local_host:
 * @self: a #SaSocket
 *
 * The address of this end of the socket as text: a numeric IPv4 or IPv6 address, the path of a Unix socket,
 * or an abstract name after an `@`.
 *
 * Returns: (transfer full) (nullable): the address, or %NULL if there is none
 * Since: 1.0
 */
char *
sa_socket_dup_local_host (SaSocket *self)
{
  g_autoptr (GSocketAddress) address = NULL;

  g_return_val_if_fail (SA_IS_SOCKET (self), NULL);

  address = sa_socket_get_local_address (self);

  return dup_host (address);
}

/**
 * sa_socket_dup_remote_host:
 * @self: a #SaSocket
 *
 * The address of the peer as text, as in sa_socket_dup_local_host().
 *
 * Returns: (transfer full) (nullable): the address, or %NULL if there is none
 * Since: 1.0
 */
char *
sa_socket_dup_remote_host (SaSocket *self)
{
  g_autoptr (GSocketAddress) address = NULL;

  g_return_val_if_fail (SA_IS_SOCKET (self), NULL);

  address = sa_socket_get_remote_address (self);

  return dup_host (address);
}

/**
 * sa_socket_get_credentials:
 * @self: a #SaSocket that is connected to a Unix address
 * @error: return location for a #GError
 *
 * Which process and user the peer was when the connection was made.
 *
 * Fails with %G_IO_ERROR_NOT_SUPPORTED for other kinds of sockets.
 *
 * Returns: (transfer full): the credentials of the peer
 * Since: 1.0
 */
GCredentials *
sa_socket_get_credentials (SaSocket *self,
                           GError **error)
{
  GSocket *socket;

  g_return_val_if_fail (SA_IS_SOCKET (self), NULL);

  socket = sa_socket_get_socket (self);
  if (socket == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED, _("The socket is not connected"));
      return NULL;
    }
  if (sa_socket_private (self)->family != AF_UNIX)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                           _("Only Unix sockets know who their peer is"));
      return NULL;
    }

  return g_socket_get_credentials (socket, error);
}
