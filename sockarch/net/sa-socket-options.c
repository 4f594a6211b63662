/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-impl-private.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

/* Options of the kernel: noted when they are set, and given to every descriptor that comes. A descriptor
 * that has no such option (Unix sockets and TCP's) keeps what it has.  */

static void
set_int (int fd,
         int level,
         int name,
         guint value)
{
  int native = (int) value;

  if (setsockopt (fd, level, name, &native, sizeof native) < 0)
    SA_NOTE (SOCKET, NULL, "fd %d: option %d of level %d: %s", fd, name, level, g_strerror (errno));
}

/* Those that count only if they are set before the connection is made.  */
void
sa_socket_apply_early_options (SaSocket *self,
                               int fd)
{
  const SaSocketSettings *settings = &sa_socket_private (self)->settings;

  if (settings->send_buffer_size > 0)
    set_int (fd, SOL_SOCKET, SO_SNDBUF, settings->send_buffer_size);
  if (settings->receive_buffer_size > 0)
    set_int (fd, SOL_SOCKET, SO_RCVBUF, settings->receive_buffer_size);
}

static void
apply_tcp_options (const SaSocketSettings *settings,
                   int fd,
                   gboolean is_new)
{
  if (settings->no_delay || !is_new)
    set_int (fd, IPPROTO_TCP, TCP_NODELAY, settings->no_delay);
  if (settings->keepalive || !is_new)
    set_int (fd, SOL_SOCKET, SO_KEEPALIVE, settings->keepalive);
#ifdef TCP_KEEPIDLE
  if (settings->keepalive_idle > 0)
    set_int (fd, IPPROTO_TCP, TCP_KEEPIDLE, settings->keepalive_idle);
#endif
#ifdef TCP_KEEPINTVL
  if (settings->keepalive_interval > 0)
    set_int (fd, IPPROTO_TCP, TCP_KEEPINTVL, settings->keepalive_interval);
#endif
#ifdef TCP_KEEPCNT
  if (settings->keepalive_count > 0)
    set_int (fd, IPPROTO_TCP, TCP_KEEPCNT, settings->keepalive_count);
#endif
#ifdef TCP_USER_TIMEOUT
  if (settings->user_timeout > 0)
    set_int (fd, IPPROTO_TCP, TCP_USER_TIMEOUT, settings->user_timeout);
#endif
}

/* Gives the descriptor what was asked for. A new one has the system's values; one that was accepted has
 * those of its listener, and may have to be told the opposite.  */
void
sa_socket_apply_options (SaSocket *self,
                         int fd,
                         gboolean is_new)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  int domain = AF_UNSPEC;
  socklen_t size = sizeof domain;

  getsockopt (fd, SOL_SOCKET, SO_DOMAIN, &domain, &size);
  if (domain != AF_INET && domain != AF_INET6)
    return;

  if (priv->type == G_SOCKET_TYPE_STREAM)
    apply_tcp_options (&priv->settings, fd, is_new);
  else if (priv->settings.broadcast || !is_new)
    set_int (fd, SOL_SOCKET, SO_BROADCAST, priv->settings.broadcast);
}

/* One of them was changed. What 0 stands for cannot be asked of the system again: it holds for the next
 * connection.  */
void
sa_socket_apply_option (SaSocket *self,
                        guint property)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  if (priv->fd < 0)
    return;

  if (property == PROP_SEND_BUFFER_SIZE || property == PROP_RECEIVE_BUFFER_SIZE)
    sa_socket_apply_early_options (self, priv->fd);
  else
    sa_socket_apply_options (self, priv->fd, FALSE);
}

/**
 * sa_socket_get_backlog:
 * @self: a #SaSocket
 *
 * The value of #SaSocket:backlog.
 *
 * Returns: how many connections may wait to be accepted, at least 1
 * Since: 1.0
 */
guint
sa_socket_get_backlog (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), 0);

  return sa_socket_private (self)->settings.backlog;
}

/**
 * sa_socket_set_backlog:
 * @self: a #SaSocket
 * @backlog: how many connections may wait to be accepted, at least 1
 *
 * Sets #SaSocket:backlog.
 *
 * Since: 1.0
 */
void
sa_socket_set_backlog (SaSocket *self,
                       guint backlog)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  g_return_if_fail (SA_IS_SOCKET (self));
  g_return_if_fail (backlog >= 1 && backlog <= G_MAXINT);

  if (priv->settings.backlog == backlog)
    return;

  priv->settings.backlog = backlog;
  if (priv->state == SA_SOCKET_STATE_LISTENING)
    listen (priv->fd, (int) backlog);
  sa_socket_notify (self, PROP_BACKLOG);
}

/**
 * sa_socket_get_no_delay:
 * @self: a #SaSocket
 *
 * The value of #SaSocket:no-delay.
 *
 * Returns: whether small sends leave at once
 * Since: 1.0
 */
gboolean
sa_socket_get_no_delay (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), FALSE);

  return sa_socket_private (self)->settings.no_delay;
}

/**
 * sa_socket_set_no_delay:
 * @self: a #SaSocket
 * @no_delay: whether small sends leave at once
 *
 * Sets #SaSocket:no-delay.
 *
 * Since: 1.0
 */
void
sa_socket_set_no_delay (SaSocket *self,
                        gboolean no_delay)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  g_return_if_fail (SA_IS_SOCKET (self));

  no_delay = no_delay != FALSE;
  if (priv->settings.no_delay == (guint) no_delay)
    return;

  priv->settings.no_delay = (guint) no_delay & 1;
  sa_socket_apply_option (self, PROP_NO_DELAY);
  sa_socket_notify (self, PROP_NO_DELAY);
}

/**
 * sa_socket_get_keepalive:
 * @self: a #SaSocket
 *
 * The value of #SaSocket:keepalive.
 *
 * Returns: whether an idle connection is probed
 * Since: 1.0
 */
gboolean
sa_socket_get_keepalive (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), FALSE);

  return sa_socket_private (self)->settings.keepalive;
}

/**
 * sa_socket_set_keepalive:
 * @self: a #SaSocket
 * @keepalive: whether an idle connection is probed
 *
 * Sets #SaSocket:keepalive.
 *
 * Since: 1.0
 */
void
sa_socket_set_keepalive (SaSocket *self,
                         gboolean keepalive)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  g_return_if_fail (SA_IS_SOCKET (self));

  keepalive = keepalive != FALSE;
  if (priv->settings.keepalive == (guint) keepalive)
    return;

  priv->settings.keepalive = (guint) keepalive & 1;
  sa_socket_apply_option (self, PROP_KEEPALIVE);
  sa_socket_notify (self, PROP_KEEPALIVE);
}

/**
 * sa_socket_get_keepalive_idle:
 * @self: a #SaSocket
 *
 * The value of #SaSocket:keepalive-idle.
 *
 * Returns: seconds before the first probe, or 0 for the system's value
 * Since: 1.0
 */
guint
sa_socket_get_keepalive_idle (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), 0);

  return sa_socket_private (self)->settings.keepalive_idle;
}

/**
 * sa_socket_set_keepalive_idle:
 * @self: a #SaSocket
 * @seconds: seconds before the first probe, or 0 for the system's value
 *
 * Sets #SaSocket:keepalive-idle.
 *
 * Since: 1.0
 */
void
sa_socket_set_keepalive_idle (SaSocket *self,
                              guint seconds)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  g_return_if_fail (SA_IS_SOCKET (self));
  g_return_if_fail (seconds <= 32767);

  if (priv->settings.keepalive_idle == seconds)
    return;

  priv->settings.keepalive_idle = (guint16) seconds;
  sa_socket_apply_option (self, PROP_KEEPALIVE_IDLE);
  sa_socket_notify (self, PROP_KEEPALIVE_IDLE);
}

/**
 * sa_socket_get_keepalive_interval:
 * @self: a #SaSocket
 *
 * The value of #SaSocket:keepalive-interval.
 *
 * Returns: seconds between probes, or 0 for the system's value
 * Since: 1.0
 */
guint
sa_socket_get_keepalive_interval (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), 0);

  return sa_socket_private (self)->settings.keepalive_interval;
}

/**
 * sa_socket_set_keepalive_interval:
 * @self: a #SaSocket
 * @seconds: seconds between probes, or 0 for the system's value
 *
 * Sets #SaSocket:keepalive-interval.
 *
 * Since: 1.0
 */
void
sa_socket_set_keepalive_interval (SaSocket *self,
                                  guint seconds)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  g_return_if_fail (SA_IS_SOCKET (self));
  g_return_if_fail (seconds <= 32767);

  if (priv->settings.keepalive_interval == seconds)
    return;

  priv->settings.keepalive_interval = (guint16) seconds;
  sa_socket_apply_option (self, PROP_KEEPALIVE_INTERVAL);
  sa_socket_notify (self, PROP_KEEPALIVE_INTERVAL);
}

/**
 * sa_socket_get_keepalive_count:
 * @self: a #SaSocket
 *
 * The value of #SaSocket:keepalive-count.
 *
 * Returns: probes without an answer, or 0 for the system's value
 * Since: 1.0
 */
guint
sa_socket_get_keepalive_count (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), 0);

  return sa_socket_private (self)->settings.keepalive_count;
}

/**
 * sa_socket_set_keepalive_count:
 * @self: a #SaSocket
 * @count: probes without an answer, or 0 for the system's value
 *
 * Sets #SaSocket:keepalive-count.
 *
 * Since: 1.0
 */
void
sa_socket_set_keepalive_count (SaSocket *self,
                               guint count)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  g_return_if_fail (SA_IS_SOCKET (self));
  g_return_if_fail (count <= 127);

  if (priv->settings.keepalive_count == count)
    return;

  priv->settings.keepalive_count = (guint8) count;
  sa_socket_apply_option (self, PROP_KEEPALIVE_COUNT);
  sa_socket_notify (self, PROP_KEEPALIVE_COUNT);
}

/**
 * sa_socket_get_user_timeout:
 * @self: a #SaSocket
 *
 * The value of #SaSocket:user-timeout.
 *
 * Returns: the time in milliseconds, or 0 for the system's value
 * Since: 1.0
 */
guint
sa_socket_get_user_timeout (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), 0);

  return sa_socket_private (self)->settings.user_timeout;
}

/**
 * sa_socket_set_user_timeout:
 * @self: a #SaSocket
 * @milliseconds: the time in milliseconds, or 0 for the system's value
 *
 * Sets #SaSocket:user-timeout.
 *
 * Since: 1.0
 */
void
sa_socket_set_user_timeout (SaSocket *self,
                            guint milliseconds)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  g_return_if_fail (SA_IS_SOCKET (self));
  g_return_if_fail (milliseconds <= G_MAXINT);

  if (priv->settings.user_timeout == milliseconds)
    return;

  priv->settings.user_timeout = milliseconds;
  sa_socket_apply_option (self, PROP_USER_TIMEOUT);
  sa_socket_notify (self, PROP_USER_TIMEOUT);
}

/**
 * sa_socket_get_broadcast:
 * @self: a #SaSocket
 *
 * The value of #SaSocket:broadcast.
 *
 * Returns: whether datagrams may be broadcast
 * Since: 1.0
 */
gboolean
sa_socket_get_broadcast (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), FALSE);

  return sa_socket_private (self)->settings.broadcast;
}

/**
 * sa_socket_set_broadcast:
 * @self: a #SaSocket
 * @broadcast: whether datagrams may be broadcast
 *
 * Sets #SaSocket:broadcast.
 *
 * Since: 1.0
 */
void
sa_socket_set_broadcast (SaSocket *self,
                         gboolean broadcast)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  g_return_if_fail (SA_IS_SOCKET (self));

  broadcast = broadcast != FALSE;
  if (priv->settings.broadcast == (guint) broadcast)
    return;

  priv->settings.broadcast = (guint) broadcast & 1;
  sa_socket_apply_option (self, PROP_BROADCAST);
  sa_socket_notify (self, PROP_BROADCAST);
}

/**
 * sa_socket_get_reuse_address:
 * @self: a #SaSocket
 *
 * The value of #SaSocket:reuse-address.
 *
 * Returns: whether an address may be bound again at once
 * Since: 1.0
 */
gboolean
sa_socket_get_reuse_address (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), FALSE);

  return sa_socket_private (self)->settings.reuse_address;
}

/**
 * sa_socket_set_reuse_address:
 * @self: a #SaSocket
 * @reuse: whether an address may be bound again at once
 *
 * Sets #SaSocket:reuse-address.
 *
 * Since: 1.0
 */
void
sa_socket_set_reuse_address (SaSocket *self,
                             gboolean reuse)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  g_return_if_fail (SA_IS_SOCKET (self));

  reuse = reuse != FALSE;
  priv->settings.reuse_address_set = TRUE;
  if (priv->settings.reuse_address == (guint) reuse)
    return;

  priv->settings.reuse_address = (guint) reuse & 1;
  sa_socket_notify (self, PROP_REUSE_ADDRESS);
}

/**
 * sa_socket_get_send_buffer_size:
 * @self: a #SaSocket
 *
 * The value of #SaSocket:send-buffer-size.
 *
 * Returns: the size in bytes, or 0 for the system's value
 * Since: 1.0
 */
guint
sa_socket_get_send_buffer_size (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), 0);

  return sa_socket_private (self)->settings.send_buffer_size;
}

/**
 * sa_socket_set_send_buffer_size:
 * @self: a #SaSocket
 * @bytes: the size in bytes, or 0 for the system's value
 *
 * Sets #SaSocket:send-buffer-size.
 *
 * Since: 1.0
 */
void
sa_socket_set_send_buffer_size (SaSocket *self,
                                guint bytes)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  g_return_if_fail (SA_IS_SOCKET (self));
  g_return_if_fail (bytes <= G_MAXINT);

  if (priv->settings.send_buffer_size == bytes)
    return;

  priv->settings.send_buffer_size = bytes;
  sa_socket_apply_option (self, PROP_SEND_BUFFER_SIZE);
  sa_socket_notify (self, PROP_SEND_BUFFER_SIZE);
}

/**
 * sa_socket_get_receive_buffer_size:
 * @self: a #SaSocket
 *
 * The value of #SaSocket:receive-buffer-size.
 *
 * Returns: the size in bytes, or 0 for the system's value
 * Since: 1.0
 */
guint
sa_socket_get_receive_buffer_size (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), 0);

  return sa_socket_private (self)->settings.receive_buffer_size;
}

/**
 * sa_socket_set_receive_buffer_size:
 * @self: a #SaSocket
 * @bytes: the size in bytes, or 0 for the system's value
 *
 * Sets #SaSocket:receive-buffer-size.
 *
 * Since: 1.0
 */
void
sa_socket_set_receive_buffer_size (SaSocket *self,
                                   guint bytes)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  g_return_if_fail (SA_IS_SOCKET (self));
  g_return_if_fail (bytes <= G_MAXINT);

  if (priv->settings.receive_buffer_size == bytes)
    return;

  priv->settings.receive_buffer_size = bytes;
  sa_socket_apply_option (self, PROP_RECEIVE_BUFFER_SIZE);
  sa_socket_notify (self, PROP_RECEIVE_BUFFER_SIZE);
}
