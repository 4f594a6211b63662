/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-impl-private.h"

#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

/* Multicast: groups to receive from, and how far what is sent to one goes. A socket for both families has the
 * options of both.  */

typedef struct
{
  const char *property;
  int ipv4;
  int ipv6;
} SaMulticastOption;

static const SaMulticastOption loopback_option = { "multicast-loopback", IP_MULTICAST_LOOP,
                                                   IPV6_MULTICAST_LOOP };
static const SaMulticastOption ttl_option = { "multicast-ttl", IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS };

static void
set_option (int fd,
            int family,
            const SaMulticastOption *option,
            int value)
{
  if (setsockopt (fd, IPPROTO_IP, option->ipv4, &value, sizeof value) < 0 ||
      (family == AF_INET6 && setsockopt (fd, IPPROTO_IPV6, option->ipv6, &value, sizeof value) < 0))
    g_warning ("The system does not take %d for SaSocket:%s: %s", value, option->property,
               g_strerror (errno));
}

/* A new descriptor has the defaults of the properties.  */
void
sa_socket_apply_multicast_options (SaSocket *self,
                                   int fd,
                                   int family,
                                   gboolean is_new)
{
  const SaSocketSettings *settings = sa_socket_private (self)->settings;

  if (!settings->multicast_loopback || !is_new)
    set_option (fd, family, &loopback_option, settings->multicast_loopback);
  if (settings->multicast_ttl != 1 || !is_new)
    set_option (fd, family, &ttl_option, settings->multicast_ttl);
}

void
sa_socket_apply_multicast_option (SaSocket *self,
                                  guint property)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  if (property == PROP_MULTICAST_LOOPBACK)
    set_option (priv->fd, priv->family, &loopback_option, priv->settings->multicast_loopback);
  else if (property == PROP_MULTICAST_TTL)
    set_option (priv->fd, priv->family, &ttl_option, priv->settings->multicast_ttl);
}

static int
get_option (SaSocket *self,
            int fd,
            const SaMulticastOption *option)
{
  gboolean ipv6 = sa_socket_private (self)->family == AF_INET6;
  int value = -1;
  socklen_t size = sizeof value;

  if (getsockopt (fd, ipv6 ? IPPROTO_IPV6 : IPPROTO_IP, ipv6 ? option->ipv6 : option->ipv4, &value,
                  &size) < 0)
    return -1;

  return value;
}

void
sa_socket_read_multicast_options (SaSocket *self,
                                  int fd)
{
  SaSocketSettings *settings = sa_socket_change_settings (self);
  int loopback = get_option (self, fd, &loopback_option);
  int ttl = get_option (self, fd, &ttl_option);

  settings->multicast_loopback = loopback != 0;
  settings->multicast_ttl = ttl >= 0 ? (guint8) MIN (ttl, 255) : 1;
}

/**
 * sa_socket_get_multicast_loopback:
 * @self: a #SaSocket
 *
 * The value of #SaSocket:multicast-loopback.
 *
 * Returns: whether this machine hears its own multicast
 * Since: 1.0
 */
gboolean
sa_socket_get_multicast_loopback (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), FALSE);

  return sa_socket_private (self)->settings->multicast_loopback;
}

/**
 * sa_socket_set_multicast_loopback:
 * @self: a #SaSocket
 * @loopback: whether this machine hears its own multicast
 *
 * Sets #SaSocket:multicast-loopback.
 *
 * Since: 1.0
 */
void
sa_socket_set_multicast_loopback (SaSocket *self,
                                  gboolean loopback)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  g_return_if_fail (SA_IS_SOCKET (self));
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  loopback = loopback != FALSE;
  if (priv->settings->multicast_loopback == (guint) loopback)
    return;

  sa_socket_change_settings (self)->multicast_loopback = (guint) loopback & 1;
  sa_socket_apply_option (self, PROP_MULTICAST_LOOPBACK);
  sa_socket_notify (self, PROP_MULTICAST_LOOPBACK);
}

/**
 * sa_socket_get_multicast_ttl:
 * @self: a #SaSocket
 *
 * The value of #SaSocket:multicast-ttl.
 *
 * Returns: how many routers multicast datagrams may pass, and one
 * Since: 1.0
 */
guint
sa_socket_get_multicast_ttl (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), 0);

  return sa_socket_private (self)->settings->multicast_ttl;
}

/**
 * sa_socket_set_multicast_ttl:
 * @self: a #SaSocket
 * @ttl: how many routers multicast datagrams may pass, and one; at most 255
 *
 * Sets #SaSocket:multicast-ttl.
 *
 * Since: 1.0
 */
void
sa_socket_set_multicast_ttl (SaSocket *self,
                             guint ttl)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  g_return_if_fail (SA_IS_SOCKET (self));
  g_return_if_fail (ttl <= 255);
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  if (priv->settings->multicast_ttl == ttl)
    return;

  sa_socket_change_settings (self)->multicast_ttl = (guint8) ttl;
  sa_socket_apply_option (self, PROP_MULTICAST_TTL);
  sa_socket_notify (self, PROP_MULTICAST_TTL);
}

/* 0 with an error if there is no such interface; 0 without one leaves it to the system.  */
static guint
find_interface (const char *name,
                GError **error)
{
  guint index = name != NULL ? if_nametoindex (name) : 0;

  if (name != NULL && index == 0)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("There is no network interface “%s”"), name);

  return index;
}

static gboolean
check_multicast (SaSocket *self,
                 GError **error)
{
  if (!sa_socket_check_datagram (self, error))
    return FALSE;
  if (sa_socket_is_inet (sa_socket_private (self)))
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                       _("Only IPv4 and IPv6 have multicast groups"));

  return FALSE;
}

/**
 * sa_socket_set_multicast_interface:
 * @self: a datagram #SaSocket
 * @interface_name: (nullable): the network interface, or %NULL for the system's choice
 * @error: return location for a #GError
 *
 * Says through which interface datagrams to multicast groups leave (`IP_MULTICAST_IF`).
 *
 * Fails with %G_IO_ERROR_NOT_FOUND if there is no such interface, %G_IO_ERROR_NOT_SUPPORTED for sockets
 * without multicast, and %G_IO_ERROR_CLOSED.
 *
 * Returns: %TRUE if the interface will be used
 * Since: 1.0
 */
gboolean
sa_socket_set_multicast_interface (SaSocket *self,
                                   const char *interface_name,
                                   GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  g_autoptr (GError) local = NULL;
  struct ip_mreqn ipv4 = { 0 };
  int ipv6;

  g_return_val_if_fail (SA_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  if (!check_multicast (self, error))
    return FALSE;

  ipv6 = (int) find_interface (interface_name, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  ipv4.imr_ifindex = ipv6;
  if (setsockopt (priv->fd, IPPROTO_IP, IP_MULTICAST_IF, &ipv4, sizeof ipv4) == 0 &&
      (priv->family != AF_INET6 ||
       setsockopt (priv->fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, &ipv6, sizeof ipv6) == 0))
    return TRUE;

  g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (errno),
               _("Could not send to multicast groups through %s: %s"), interface_name, g_strerror (errno));

  return FALSE;
}

static void
fill_address (GInetAddress *address,
              struct sockaddr_storage *native)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);

  memset (native, 0, sizeof *native);
  native->ss_family = (sa_family_t) g_inet_address_get_family (address);
  if (native->ss_family == AF_INET6)
    memcpy (&((struct sockaddr_in6 *) (void *) native)->sin6_addr, bytes, 16);
  else
    memcpy (&((struct sockaddr_in *) (void *) native)->sin_addr, bytes, 4);
}

static gboolean
check_group (SaSocket *self,
             GInetAddress *group,
             GInetAddress *source,
             GError **error)
{
  g_autofree char *name = g_inet_address_to_string (group);
  GSocketFamily family = g_inet_address_get_family (group);

  if (!check_multicast (self, error))
    return FALSE;

  if (!g_inet_address_get_is_multicast (group))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("%s is not a multicast address"), name);
  else if (source != NULL && g_inet_address_get_family (source) != family)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 _("The source for the group %s is of another family"), name);
  else if (family == G_SOCKET_FAMILY_IPV6 && sa_socket_private (self)->family != AF_INET6)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                 _("The group %s is one of IPv6, and the socket is bound to an IPv4 address"), name);
  else
    return TRUE;

  return FALSE;
}

/* One call of the kernel for joining or leaving, of both families.  */
static gboolean
change_membership (SaSocket *self,
                   GInetAddress *group,
                   GInetAddress *source,
                   const char *interface_name,
                   gboolean join,
                   GError **error)
{
  int level = g_inet_address_get_family (group) == G_SOCKET_FAMILY_IPV6 ? IPPROTO_IPV6 : IPPROTO_IP;
  int fd = sa_socket_private (self)->fd;
  struct group_source_req of_source = { 0 };
  struct group_req of_all = { 0 };
  g_autoptr (GError) local = NULL;
  g_autofree char *name = NULL;
  int result, errsv;

  of_all.gr_interface = of_source.gsr_interface = find_interface (interface_name, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  fill_address (group, &of_all.gr_group);
  fill_address (group, &of_source.gsr_group);
  if (source != NULL)
    {
      fill_address (source, &of_source.gsr_source);
      result = setsockopt (fd, level, join ? MCAST_JOIN_SOURCE_GROUP : MCAST_LEAVE_SOURCE_GROUP, &of_source,
                           sizeof of_source);
    }
  else
    {
      result = setsockopt (fd, level, join ? MCAST_JOIN_GROUP : MCAST_LEAVE_GROUP, &of_all, sizeof of_all);
    }
  if (result == 0)
    return TRUE;

  errsv = errno;
  name = g_inet_address_to_string (group);
  if (join && errsv == EADDRINUSE)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS, _("The group %s was joined already"), name);
  else if (join && errsv == EADDRNOTAVAIL && source != NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                 _("The group %s was joined already, from this source"), name);
  else if (!join && (errsv == EADDRNOTAVAIL || errsv == EINVAL))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 _("The group %s was not joined, or with another source or interface"), name);
  else if (errsv == ENODEV)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE,
                 _("No network interface carries the group %s: name one"), name);
  else
    g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (errsv),
                 join ? _("Could not join the group %s: %s") : _("Could not leave the group %s: %s"), name,
                 g_strerror (errsv));

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
 * Receives what is sent to a multicast group from now on. A group may be joined for several sources, one call
 * each, and for several interfaces. A socket for both families may join groups of both.
 *
 * Fails with %G_IO_ERROR_INVALID_ARGUMENT if @group is no multicast address or @source is of another family,
 * %G_IO_ERROR_NOT_FOUND if there is no such interface, %G_IO_ERROR_EXISTS if the group was joined already,
 * %G_IO_ERROR_NETWORK_UNREACHABLE if the system knows no interface for it, %G_IO_ERROR_NOT_SUPPORTED for
 * sockets without such groups, and %G_IO_ERROR_CLOSED.
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
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  return check_group (self, group, source, error) &&
         change_membership (self, group, source, interface_name, TRUE, error);
}

/**
 * sa_socket_leave_multicast_group:
 * @self: a datagram #SaSocket
 * @group: the address of the group
 * @source: (nullable): the source given when the group was joined
 * @interface_name: (nullable): the interface given when the group was joined
 * @error: return location for a #GError
 *
 * Receives no more of what is sent to a multicast group. Closing the socket leaves all.
 *
 * Fails as sa_socket_join_multicast_group(), and with %G_IO_ERROR_NOT_FOUND if the group was not joined so.
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
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  return check_group (self, group, source, error) &&
         change_membership (self, group, source, interface_name, FALSE, error);
}
