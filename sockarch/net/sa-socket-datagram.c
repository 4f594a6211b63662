/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-impl-private.h"

/* Datagrams to and from anybody.  */

static gboolean
check_datagram (SaSocket *self,
                GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  if (priv->type == G_SOCKET_TYPE_DATAGRAM && priv->fd >= 0)
    return TRUE;

  if (priv->type != G_SOCKET_TYPE_DATAGRAM)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                         _("Only a datagram socket can do this: see sa_socket_create()"));
  else
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, _("The socket is closed"));

  return FALSE;
}

/**
 * sa_socket_send_to:
 * @self: a datagram #SaSocket
 * @address: the address of the receiver
 * @data: (array length=length) (element-type guint8): the bytes
 * @length: how many bytes
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Sends one datagram to an address (MFC's SendTo). A broadcast address needs #SaSocket:broadcast. Datagrams
 * are not queued: under %SA_WAIT_NEVER the function fails with %G_IO_ERROR_WOULD_BLOCK if the kernel has no
 * room.
 *
 * Fails with %G_IO_ERROR_MESSAGE_TOO_LARGE, %G_IO_ERROR_PERMISSION_DENIED for a broadcast that was not
 * allowed, %G_IO_ERROR_NETWORK_UNREACHABLE, %G_IO_ERROR_CONNECTION_REFUSED for a Unix address where nobody
 * receives, %G_IO_ERROR_TIMED_OUT after #SaSocket:timeout, %G_IO_ERROR_CANCELLED and %G_IO_ERROR_CLOSED.
 *
 * Returns: @length, or -1 on error
 * Since: 1.0
 */
gssize
sa_socket_send_to (SaSocket *self,
                   GSocketAddress *address,
                   const guint8 *data,
                   gsize length,
                   GCancellable *cancellable,
                   GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  struct sockaddr_storage native;
  struct iovec vector = { (gpointer) data, length };
  struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };
  SaSocketWait wait = { 0 };
  g_autofree char *name = NULL;

  g_return_val_if_fail (SA_IS_SOCKET (self), -1);
  g_return_val_if_fail (G_IS_SOCKET_ADDRESS (address), -1);
  g_return_val_if_fail (data != NULL || length == 0, -1);
  g_return_val_if_fail (error == NULL || *error == NULL, -1);

  if (!check_datagram (self, error) || !g_socket_address_to_native (address, &native, sizeof native, error))
    return -1;
  if (cancellable != NULL && g_cancellable_set_error_if_cancelled (cancellable, error))
    return -1;

  message.msg_name = &native;
  message.msg_namelen = (socklen_t) g_socket_address_get_native_size (address);
  while (priv->fd >= 0)
    {
      gssize n;

      priv->send_calls++;
      n = sa_socket_system->sendmsg (priv->fd, &message, MSG_NOSIGNAL);
      if (n >= 0)
        {
          sa_socket_count_sent (self, (gsize) n);
          return n;
        }
      if (errno == EINTR)
        continue;
      if (!sa_socket_is_would_block (errno))
        break;

      priv->want_send_ready = TRUE;
      sa_watch_rearm (&priv->watch, SA_POLL_OUT);
      if (!sa_socket_wait (self, SA_POLL_OUT, &wait, cancellable, error))
        return -1;
    }

  name = sa_socket_describe_address (address);
  g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (errno), _("Could not send to %s: %s"), name,
               g_strerror (errno));

  return -1;
}

/* The address that a datagram for the host goes to.  */
static GSocketAddress *
resolve (SaSocket *self,
         const char *host,
         guint port,
         GCancellable *cancellable,
         GError **error)
{
  g_autoptr (GInetAddress) numeric = NULL;
  g_autolist (GInetAddress) addresses = NULL;

  if (port > G_MAXUINT16)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("Port %u is not between 0 and 65535"),
                   port);
      return NULL;
    }

  numeric = g_inet_address_new_from_string (host != NULL ? host : "255.255.255.255");
  if (numeric != NULL)
    return g_inet_socket_address_new (numeric, (guint16) port);

  addresses = g_resolver_lookup_by_name (g_resolver_get_default (), host, cancellable, error);
  if (addresses == NULL)
    return NULL;

  /* An IPv4 socket cannot use the IPv6 addresses of a host.  */
  for (GList *l = addresses; l != NULL; l = l->next)
    {
      if (sa_socket_private (self)->family == AF_INET6 ||
          g_inet_address_get_family (l->data) == G_SOCKET_FAMILY_IPV4)
        return g_inet_socket_address_new (l->data, (guint16) port);
    }

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE, _("%s has no IPv4 address"), host);

  return NULL;
}

/**
 * sa_socket_send_to_host:
 * @self: a datagram #SaSocket
 * @host: (nullable): a host name or a numeric address, or %NULL to broadcast in the local network
 * @port: the port
 * @data: (array length=length) (element-type guint8): the bytes
 * @length: how many bytes
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Sends one datagram to a host; see sa_socket_send_to(). The name of a host is looked up in the calling
 * thread, which may take time under any policy; a numeric address never does.
 *
 * Fails as sa_socket_send_to(), with a %G_RESOLVER_ERROR if the name is not known, and with
 * %G_IO_ERROR_INVALID_ARGUMENT if @port is above 65535.
 *
 * Returns: @length, or -1 on error
 * Since: 1.0
 */
gssize
sa_socket_send_to_host (SaSocket *self,
                        const char *host,
                        guint port,
                        const guint8 *data,
                        gsize length,
                        GCancellable *cancellable,
                        GError **error)
{
  g_autoptr (GSocketAddress) address = NULL;

  g_return_val_if_fail (SA_IS_SOCKET (self), -1);
  g_return_val_if_fail (data != NULL || length == 0, -1);
  g_return_val_if_fail (error == NULL || *error == NULL, -1);

  if (!check_datagram (self, error))
    return -1;

  address = resolve (self, host, port, cancellable, error);

  return address != NULL ? sa_socket_send_to (self, address, data, length, cancellable, error) : -1;
}

/**
 * sa_socket_receive_from: (skip)
 * @self: a datagram #SaSocket
 * @buffer: (out caller-allocates) (array length=size) (element-type guint8): where the bytes go
 * @size: how many bytes at most
 * @address: (out) (transfer full) (optional) (nullable): return location for the sender's address
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Receives one datagram and tells who sent it (MFC's ReceiveFrom). What does not fit into @buffer is lost.
 *
 * Fails as sa_socket_receive().
 *
 * Returns: how many bytes were received, which may be 0, or -1 on error
 * Since: 1.0
 */
gssize
sa_socket_receive_from (SaSocket *self,
                        void *buffer,
                        gsize size,
                        GSocketAddress **address,
                        GCancellable *cancellable,
                        GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  struct sockaddr_storage native;
  SaSocketWait wait = { 0 };

  g_return_val_if_fail (SA_IS_SOCKET (self), -1);
  g_return_val_if_fail (buffer != NULL || size == 0, -1);
  g_return_val_if_fail (error == NULL || *error == NULL, -1);

  if (address != NULL)
    *address = NULL;
  if (!check_datagram (self, error))
    return -1;
  if (cancellable != NULL && g_cancellable_set_error_if_cancelled (cancellable, error))
    return -1;

  while (priv->fd >= 0)
    {
      socklen_t length = sizeof native;
      gssize n;

      priv->receive_calls++;
      n = sa_socket_system->recvfrom (priv->fd, buffer, size, 0, (struct sockaddr *) &native, &length);
      sa_socket_note_taking (self);
      if (n >= 0)
        {
          sa_socket_note_received (self, (gsize) n, size);
          if (address != NULL)
            *address = sa_socket_address_from_native (&native, length);
          return n;
        }
      if (errno == EINTR)
        continue;
      if (!sa_socket_is_would_block (errno))
        break;

      sa_socket_note_drained (self);
      if (!sa_socket_wait (self, SA_POLL_IN, &wait, cancellable, error))
        return -1;
    }

  g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (errno), _("Could not receive a datagram: %s"),
               g_strerror (errno));

  return -1;
}

/**
 * sa_socket_receive_data_from: (rename-to sa_socket_receive_from)
 * @self: a datagram #SaSocket
 * @size: how many bytes at most
 * @length: (out): return location for how many bytes were received
 * @address: (out) (transfer full) (optional) (nullable): return location for the sender's address
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Receives one datagram and tells who sent it (MFC's ReceiveFrom). What is longer than @size is lost.
 *
 * Fails as sa_socket_receive().
 *
 * Returns: (array length=length) (element-type guint8) (transfer full): the bytes, which may be none. Free
 *   them with g_free().
 * Since: 1.0
 */
guint8 *
sa_socket_receive_data_from (SaSocket *self,
                             gsize size,
                             gsize *length,
                             GSocketAddress **address,
                             GCancellable *cancellable,
                             GError **error)
{
  g_autofree guint8 *data = NULL;
  gssize n;

  g_return_val_if_fail (SA_IS_SOCKET (self), NULL);
  g_return_val_if_fail (length != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  data = g_malloc (MAX (size, 1));
  n = sa_socket_receive_from (self, data, size, address, cancellable, error);
  *length = n > 0 ? (gsize) n : 0;

  return n >= 0 ? g_steal_pointer (&data) : NULL;
}

static gboolean
check_multicast (GInetAddress *group,
                 GError **error)
{
  g_autofree char *name = NULL;

  if (g_inet_address_get_is_multicast (group))
    return TRUE;

  name = g_inet_address_to_string (group);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("%s is not a multicast address"), name);

  return FALSE;
}

/**
 * sa_socket_join_multicast_group:
 * @self: a datagram #SaSocket that is bound
 * @group: the address of the group
 * @source: (nullable): receive only what this address sends, or %NULL for all
 * @interface_name: (nullable): the network interface, or %NULL for the system's choice
 * @error: return location for a #GError
 *
 * Receives what is sent to a multicast group from now on.
 *
 * Fails with %G_IO_ERROR_INVALID_ARGUMENT if @group is no multicast address, %G_IO_ERROR_NOT_FOUND or
 * %G_IO_ERROR_FAILED if there is no such interface, %G_IO_ERROR_NOT_SUPPORTED for sockets without multicast,
 * and %G_IO_ERROR_CLOSED.
 *
 * Returns: %TRUE if the group was joined
 * Since: 1.0
 */
gboolean
sa_socket_join_multicast_group (SaSocket *self,
                                GInetAddress *group,
                                GInetAddress *source,
                                const char *interface_name,
                                GError **error)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (G_IS_INET_ADDRESS (group), FALSE);
  g_return_val_if_fail (source == NULL || G_IS_INET_ADDRESS (source), FALSE);

  if (!check_datagram (self, error) || !check_multicast (group, error))
    return FALSE;

  return source != NULL ? g_socket_join_multicast_group_ssm (sa_socket_get_socket (self), group, source,
                                                             interface_name, error)
                        : g_socket_join_multicast_group (sa_socket_get_socket (self), group, FALSE,
                                                         interface_name, error);
}

/**
 * sa_socket_leave_multicast_group:
 * @self: a datagram #SaSocket
 * @group: the address of the group
 * @source: (nullable): the source given when the group was joined
 * @interface_name: (nullable): the interface given when the group was joined
 * @error: return location for a #GError
 *
 * Receives no more of what is sent to a multicast group.
 *
 * Fails as sa_socket_join_multicast_group(), and with %G_IO_ERROR_FAILED if the group was not joined.
 *
 * Returns: %TRUE if the group was left
 * Since: 1.0
 */
gboolean
sa_socket_leave_multicast_group (SaSocket *self,
                                 GInetAddress *group,
                                 GInetAddress *source,
                                 const char *interface_name,
                                 GError **error)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (G_IS_INET_ADDRESS (group), FALSE);
  g_return_val_if_fail (source == NULL || G_IS_INET_ADDRESS (source), FALSE);

  if (!check_datagram (self, error) || !check_multicast (group, error))
    return FALSE;

  return source != NULL ? g_socket_leave_multicast_group_ssm (sa_socket_get_socket (self), group, source,
                                                              interface_name, error)
                        : g_socket_leave_multicast_group (sa_socket_get_socket (self), group, FALSE,
                                                          interface_name, error);
}
