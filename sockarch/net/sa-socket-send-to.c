/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-impl-private.h"

#include <netinet/in.h>
#include <string.h>

/* Datagrams to hosts, and those that are sent without waiting.  */

/**
 * sa_socket_send_to_async:
 * @self: a datagram #SaSocket
 * @address: the address of the receiver
 * @data: (array length=length) (element-type guint8): the bytes, which are copied
 * @length: how many bytes
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @callback: (scope async) (nullable): called when the call is done
 * @user_data: data for @callback
 *
 * Sends one datagram without waiting: what the kernel has no room for is queued, behind what was queued
 * before. A call that is cancelled while it is queued sends nothing. See sa_socket_send_to().
 *
 * Since: 1.0
 */
void
sa_socket_send_to_async (SaSocket *self,
                         GSocketAddress *address,
                         const guint8 *data,
                         gsize length,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SA_IS_SOCKET (self));
  g_return_if_fail (G_IS_SOCKET_ADDRESS (address));
  g_return_if_fail (data != NULL || length == 0);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));
  SA_SOCKET_CHECK_THREAD (self);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sa_socket_send_to_async);
  sa_socket_send_for_task (self, task, address, data, length);
}

/**
 * sa_socket_send_to_finish:
 * @self: a #SaSocket
 * @result: the #GAsyncResult that the callback was given
 * @error: return location for a #GError
 *
 * Ends sa_socket_send_to_async(), and fails as sa_socket_send_to(), but never with %G_IO_ERROR_WOULD_BLOCK.
 *
 * Returns: the number of bytes, all that were given, or -1 on error
 * Since: 1.0
 */
gssize
sa_socket_send_to_finish (SaSocket *self,
                          GAsyncResult *result,
                          GError **error)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), -1);
  g_return_val_if_fail (g_task_is_valid (result, self), -1);

  return g_task_propagate_int (G_TASK (result), error);
}

/* A host by number: no look-up is needed. NULL without an error if it is a name.  */
static GSocketAddress *
parse_host (const char *host,
            guint port,
            GError **error)
{
  if (port == 0 || port > G_MAXUINT16)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   _("Port %u is not between 1 and 65535: give the one at which the receiver is bound"),
                   port);
      return NULL;
    }
  if (host != NULL && !sa_socket_check_host (host, error))
    return NULL;

  return g_inet_socket_address_new_from_string (host != NULL ? host : "255.255.255.255", port);
}

/* The family that the socket can send to; AF_UNSPEC: both.  */
static int
get_reach (SaSocket *self)
{
  struct sockaddr_in6 local;
  socklen_t size = sizeof local;
  int fd = sa_socket_private (self)->fd;
  int only = 0;
  socklen_t only_size = sizeof only;

  if (sa_socket_private (self)->family != AF_INET6)
    return sa_socket_private (self)->family;
  if (getsockname (fd, (struct sockaddr *) &local, &size) < 0)
    return AF_UNSPEC;
  if (IN6_IS_ADDR_V4MAPPED (&local.sin6_addr))
    return AF_INET;
  if (getsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, &only_size) == 0 && only != 0)
    return AF_INET6;

  return IN6_IS_ADDR_UNSPECIFIED (&local.sin6_addr) ? AF_UNSPEC : AF_INET6;
}

/* The addresses of a host that the socket can send to, in the order in which they shall be tried.  */
static GPtrArray *
choose_addresses (SaSocket *self,
                  const char *host,
                  guint port,
                  GList *found,
                  GError **error)
{
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (g_object_unref);
  int reach = get_reach (self);

  for (GList *l = found; l != NULL; l = l->next)
    {
      if (reach == AF_UNSPEC || (int) g_inet_address_get_family (l->data) == reach)
        g_ptr_array_add (addresses, g_inet_socket_address_new (l->data, (guint16) port));
    }

  if (addresses->len > 0)
    return g_steal_pointer (&addresses);

  if (reach == AF_INET || reach == AF_INET6)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE,
                 reach == AF_INET ? _("%s has no IPv4 address, and the socket is bound to one")
                                  : _("%s has no IPv6 address, and the socket is bound to one"),
                 host);
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                 _("Could not send to %s: the socket has a Unix address"), host);

  return NULL;
}

/* Whether another address of the host may do better.  */
static gboolean
is_unreachable (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
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
 * thread, which may take time under any policy; a numeric address never does. If the name has several
 * addresses the first is taken that the socket can send to: a socket that is bound to an IPv4 address sends
 * to IPv4 ones only.
 *
 * Fails as sa_socket_send_to(), with a %G_RESOLVER_ERROR if the name is not known, and with
 * %G_IO_ERROR_INVALID_ARGUMENT if @port is 0 or above 65535.
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
  g_autoptr (GSocketAddress) numeric = NULL;
  g_autoptr (GPtrArray) addresses = NULL;
  g_autolist (GInetAddress) found = NULL;
  g_autoptr (GError) local = NULL;

  g_return_val_if_fail (SA_IS_SOCKET (self), -1);
  g_return_val_if_fail (data != NULL || length == 0, -1);
  g_return_val_if_fail (error == NULL || *error == NULL, -1);
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  if (!sa_socket_check_datagram (self, error))
    return -1;
  numeric = parse_host (host, port, &local);
  if (numeric != NULL)
    return sa_socket_send_to (self, numeric, data, length, cancellable, error);

  if (local == NULL)
    found = g_resolver_lookup_by_name (g_resolver_get_default (), host, cancellable, &local);
  if (found != NULL)
    addresses = choose_addresses (self, host, port, found, &local);

  for (guint i = 0; addresses != NULL && i < addresses->len; i++)
    {
      gssize n;

      g_clear_error (&local);
      n = sa_socket_send_to (self, addresses->pdata[i], data, length, cancellable, &local);
      if (n >= 0)
        return n;
      if (!is_unreachable (local))
        break;
    }

  g_propagate_error (error, g_steal_pointer (&local));

  return -1;
}

/* A datagram whose receiver is being looked up.  */
typedef struct
{
  char *host;
  guint port;
  GBytes *bytes;        /* what is to be sent */
  GPtrArray *addresses; /* GSocketAddress: where to; NULL before the look-up has ended */
  guint next;           /* the one to be tried next */
} SaHostCall;

static void
host_call_free (gpointer data)
{
  SaHostCall *call = data;

  g_free (call->host);
  g_bytes_unref (call->bytes);
  g_clear_pointer (&call->addresses, g_ptr_array_unref);
  g_free (call);
}

static void send_to_next (GTask *task);

static void
on_sent (GObject *source,
         GAsyncResult *result,
         gpointer data)
{
  g_autoptr (GTask) task = data;
  SaHostCall *call = g_task_get_task_data (task);
  GError *error = NULL;
  gssize n = sa_socket_send_to_finish (SA_SOCKET (source), result, &error);

  if (n >= 0)
    {
      g_task_return_int (task, n);
    }
  else if (is_unreachable (error) && call->next < call->addresses->len)
    {
      g_error_free (error);
      send_to_next (g_steal_pointer (&task));
    }
  else
    {
      g_task_return_error (task, error);
    }
}

/* The task is taken.  */
static void
send_to_next (GTask *task)
{
  SaHostCall *call = g_task_get_task_data (task);
  gsize length;
  const guint8 *data = g_bytes_get_data (call->bytes, &length);

  sa_socket_send_to_async (g_task_get_source_object (task), call->addresses->pdata[call->next++], data,
                           length, g_task_get_cancellable (task), on_sent, task);
}

static void
on_found (GObject *source,
          GAsyncResult *result,
          gpointer data)
{
  g_autoptr (GTask) task = data;
  SaHostCall *call = g_task_get_task_data (task);
  GError *error = NULL;
  g_autolist (GInetAddress) found = g_resolver_lookup_by_name_finish (G_RESOLVER (source), result, &error);
  SaSocket *self = g_task_get_source_object (task);

  /* It may have been closed meanwhile.  */
  if (found != NULL && sa_socket_check_datagram (self, &error))
    call->addresses = choose_addresses (self, call->host, call->port, found, &error);

  if (call->addresses != NULL)
    send_to_next (g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}

/**
 * sa_socket_send_to_host_async:
 * @self: a datagram #SaSocket
 * @host: (nullable): a host name or a numeric address, or %NULL to broadcast in the local network
 * @port: the port
 * @data: (array length=length) (element-type guint8): the bytes, which are copied
 * @length: how many bytes
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @callback: (scope async) (nullable): called when the call is done
 * @user_data: data for @callback
 *
 * Sends one datagram to a host without waiting, neither for the look-up of its name nor for room; see
 * sa_socket_send_to_host(). #SaSocket:timeout bounds the sending; the look-up has the resolver's own limit.
 *
 * Since: 1.0
 */
void
sa_socket_send_to_host_async (SaSocket *self,
                              const char *host,
                              guint port,
                              const guint8 *data,
                              gsize length,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GSocketAddress) numeric = NULL;
  GError *error = NULL;
  SaHostCall *call;
  GTask *task;

  g_return_if_fail (SA_IS_SOCKET (self));
  g_return_if_fail (data != NULL || length == 0);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));
  SA_SOCKET_CHECK_THREAD (self);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sa_socket_send_to_host_async);
  g_task_set_check_cancellable (task, FALSE);
  if (sa_socket_check_datagram (self, &error))
    numeric = parse_host (host, port, &error);
  if (numeric != NULL)
    {
      sa_socket_send_for_task (self, task, numeric, data, length);
      return;
    }
  if (error != NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }

  call = g_new0 (SaHostCall, 1);
  call->host = g_strdup (host);
  call->port = port;
  call->bytes = g_bytes_new (data, length);
  g_task_set_task_data (task, call, host_call_free);
  g_resolver_lookup_by_name_async (g_resolver_get_default (), host, cancellable, on_found, task);
}

/**
 * sa_socket_send_to_host_finish:
 * @self: a #SaSocket
 * @result: the #GAsyncResult that the callback was given
 * @error: return location for a #GError
 *
 * Ends sa_socket_send_to_host_async(), and fails as sa_socket_send_to_host(), but never with
 * %G_IO_ERROR_WOULD_BLOCK.
 *
 * Returns: the number of bytes, all that were given, or -1 on error
 * Since: 1.0
 */
gssize
sa_socket_send_to_host_finish (SaSocket *self,
                               GAsyncResult *result,
                               GError **error)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), -1);
  g_return_val_if_fail (g_task_is_valid (result, self), -1);

  return g_task_propagate_int (G_TASK (result), error);
}
