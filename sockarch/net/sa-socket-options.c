/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-impl-private.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

/* Options of the kernel: noted when they are set, and given to every descriptor that comes. A descriptor
 * that has no such option (Unix sockets and TCP's) keeps what it has.  */

/* What a property is for the kernel.  */
typedef struct
{
  const char *property;
  int level;
  int name;
} SaKernelOption;

enum
{
  OPTION_SEND_BUFFER,
  OPTION_RECEIVE_BUFFER,
  OPTION_REUSE_ADDRESS,
  OPTION_IPV6_ONLY,
  OPTION_BROADCAST,
  OPTION_NO_DELAY,
  OPTION_KEEPALIVE,
  OPTION_KEEPALIVE_IDLE,
  OPTION_KEEPALIVE_INTERVAL,
  OPTION_KEEPALIVE_COUNT,
  OPTION_USER_TIMEOUT,
};

static const SaKernelOption options[] = {
  [OPTION_SEND_BUFFER] = { "send-buffer-size", SOL_SOCKET, SO_SNDBUF },
  [OPTION_RECEIVE_BUFFER] = { "receive-buffer-size", SOL_SOCKET, SO_RCVBUF },
  [OPTION_REUSE_ADDRESS] = { "reuse-address", SOL_SOCKET, SO_REUSEADDR },
  [OPTION_IPV6_ONLY] = { "ipv6-only", IPPROTO_IPV6, IPV6_V6ONLY },
  [OPTION_BROADCAST] = { "broadcast", SOL_SOCKET, SO_BROADCAST },
  [OPTION_NO_DELAY] = { "no-delay", IPPROTO_TCP, TCP_NODELAY },
  [OPTION_KEEPALIVE] = { "keepalive", SOL_SOCKET, SO_KEEPALIVE },
#ifdef TCP_KEEPIDLE
  [OPTION_KEEPALIVE_IDLE] = { "keepalive-idle", IPPROTO_TCP, TCP_KEEPIDLE },
#endif
#ifdef TCP_KEEPINTVL
  [OPTION_KEEPALIVE_INTERVAL] = { "keepalive-interval", IPPROTO_TCP, TCP_KEEPINTVL },
#endif
#ifdef TCP_KEEPCNT
  [OPTION_KEEPALIVE_COUNT] = { "keepalive-count", IPPROTO_TCP, TCP_KEEPCNT },
#endif
#ifdef TCP_USER_TIMEOUT
  [OPTION_USER_TIMEOUT] = { "user-timeout", IPPROTO_TCP, TCP_USER_TIMEOUT },
#else
  [OPTION_USER_TIMEOUT] = { NULL, 0, 0 },
#endif
};

/* A program that asked for something which the system does not give has to hear of it, and no call is there
 * that could fail.  */
static void
set_int (int fd,
         guint option,
         guint value)
{
  const SaKernelOption *o = &options[option];
  int native = (int) value;

  if (o->property != NULL && setsockopt (fd, o->level, o->name, &native, sizeof native) < 0)
    g_warning ("The system does not take %u for SaSocket:%s: %s", value, o->property, g_strerror (errno));
}

/* Those that count only if they are set before the connection is made.  */
void
sa_socket_apply_early_options (SaSocket *self,
                               int fd)
{
  const SaSocketSettings *settings = sa_socket_private (self)->settings;

  if (settings->send_buffer_size > 0)
    set_int (fd, OPTION_SEND_BUFFER, settings->send_buffer_size);
  if (settings->receive_buffer_size > 0)
    set_int (fd, OPTION_RECEIVE_BUFFER, settings->receive_buffer_size);
}

static void
apply_tcp_options (const SaSocketSettings *settings,
                   int fd,
                   gboolean is_new)
{
  if (settings->no_delay || !is_new)
    set_int (fd, OPTION_NO_DELAY, settings->no_delay);
  if (settings->keepalive || !is_new)
    set_int (fd, OPTION_KEEPALIVE, settings->keepalive);
  if (settings->keepalive_idle > 0)
    set_int (fd, OPTION_KEEPALIVE_IDLE, settings->keepalive_idle);
  if (settings->keepalive_interval > 0)
    set_int (fd, OPTION_KEEPALIVE_INTERVAL, settings->keepalive_interval);
  if (settings->keepalive_count > 0)
    set_int (fd, OPTION_KEEPALIVE_COUNT, settings->keepalive_count);
  if (settings->user_timeout > 0 || !is_new)
    set_int (fd, OPTION_USER_TIMEOUT, settings->user_timeout);
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
    {
      apply_tcp_options (priv->settings, fd, is_new);
      return;
    }

  if (priv->settings->broadcast || !is_new)
    set_int (fd, OPTION_BROADCAST, priv->settings->broadcast);
  sa_socket_apply_multicast_options (self, fd, domain, is_new);
}

/* What 0 stands for cannot be asked of the system again: it holds for the next connection.  */
static void
set_unless_zero (int fd,
                 guint option,
                 guint value)
{
  if (value > 0)
    set_int (fd, option, value);
}

static void
apply_one_tcp_option (const SaSocketSettings *settings,
                      int fd,
                      guint property)
{
  if (property == PROP_NO_DELAY)
    set_int (fd, OPTION_NO_DELAY, settings->no_delay);
  else if (property == PROP_KEEPALIVE)
    set_int (fd, OPTION_KEEPALIVE, settings->keepalive);
  else if (property == PROP_KEEPALIVE_IDLE)
    set_unless_zero (fd, OPTION_KEEPALIVE_IDLE, settings->keepalive_idle);
  else if (property == PROP_KEEPALIVE_INTERVAL)
    set_unless_zero (fd, OPTION_KEEPALIVE_INTERVAL, settings->keepalive_interval);
  else if (property == PROP_KEEPALIVE_COUNT)
    set_unless_zero (fd, OPTION_KEEPALIVE_COUNT, settings->keepalive_count);
  else if (property == PROP_USER_TIMEOUT)
    set_int (fd, OPTION_USER_TIMEOUT, settings->user_timeout);
}

/* One of them was changed. The others are left alone: the program may have set them by itself.  */
void
sa_socket_apply_option (SaSocket *self,
                        guint property)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  const SaSocketSettings *settings = priv->settings;

  priv->options_changed = TRUE;
  if (priv->fd < 0)
    return;

  if (property == PROP_SEND_BUFFER_SIZE)
    set_unless_zero (priv->fd, OPTION_SEND_BUFFER, settings->send_buffer_size);
  else if (property == PROP_RECEIVE_BUFFER_SIZE)
    set_unless_zero (priv->fd, OPTION_RECEIVE_BUFFER, settings->receive_buffer_size);
  else if (!sa_socket_is_inet (priv))
    return;
  else if (priv->type == G_SOCKET_TYPE_STREAM)
    apply_one_tcp_option (settings, priv->fd, property);
  else if (property == PROP_BROADCAST)
    set_int (priv->fd, OPTION_BROADCAST, settings->broadcast);
  else
    sa_socket_apply_multicast_option (self, property);
}

/* What the descriptor has, or @fallback where there is no such option.  */
static guint
get_int (int fd,
         guint option,
         guint fallback)
{
  const SaKernelOption *o = &options[option];
  int value = 0;
  socklen_t size = sizeof value;

  if (o->property == NULL || getsockopt (fd, o->level, o->name, &value, &size) < 0 || value < 0)
    return fallback;

  return (guint) value;
}

/* A size of a buffer that a program chose; 0 if the system did, which may change its mind.  */
static guint
get_buffer_size (int fd,
                 guint option,
                 int bit)
{
#ifdef SO_BUF_LOCK
  int locks = 0;
  socklen_t size = sizeof locks;

  /* Linux tells the double of what it was asked for.  */
  if (getsockopt (fd, SOL_SOCKET, SO_BUF_LOCK, &locks, &size) == 0 && (locks & bit) != 0)
    return get_int (fd, option, 0) / 2;
#endif

  return 0;
}

static void
read_tcp_options (SaSocketSettings *settings,
                  int fd)
{
  settings->no_delay = get_int (fd, OPTION_NO_DELAY, settings->no_delay) != 0;
  settings->keepalive_idle = (guint16) MIN (get_int (fd, OPTION_KEEPALIVE_IDLE, 0), 32767);
  settings->keepalive_interval = (guint16) MIN (get_int (fd, OPTION_KEEPALIVE_INTERVAL, 0), 32767);
  settings->keepalive_count = (guint8) MIN (get_int (fd, OPTION_KEEPALIVE_COUNT, 0), 127);
  settings->user_timeout = get_int (fd, OPTION_USER_TIMEOUT, 0);
}

/* A descriptor came that somebody else has made: the properties shall tell what it has.  */
void
sa_socket_read_options (SaSocket *self,
                        int fd)
{
  static const char *const names[] = {
    "no-delay", "keepalive", "keepalive-idle", "keepalive-interval", "keepalive-count", "user-timeout",
    "broadcast", "reuse-address", "ipv6-only", "send-buffer-size", "receive-buffer-size", "multicast-ttl",
    "multicast-loopback",
  };
  SaSocketPrivate *priv = sa_socket_private (self);
  SaSocketSettings *settings = sa_socket_change_settings (self);
  SaSocketSettings before = *settings;

  /* Whoever was told of the new state may have closed it.  */
  if (priv->fd != fd)
    return;

  settings->keepalive = get_int (fd, OPTION_KEEPALIVE, 0) != 0;
  settings->broadcast = get_int (fd, OPTION_BROADCAST, 0) != 0;
  settings->reuse_address = get_int (fd, OPTION_REUSE_ADDRESS, 0) != 0;
  settings->send_buffer_size = get_buffer_size (fd, OPTION_SEND_BUFFER, 1);
  settings->receive_buffer_size = get_buffer_size (fd, OPTION_RECEIVE_BUFFER, 2);
  if (priv->family == AF_INET6)
    settings->ipv6_only = get_int (fd, OPTION_IPV6_ONLY, 0) != 0;
  if (sa_socket_is_inet (priv) && priv->type == G_SOCKET_TYPE_STREAM)
    read_tcp_options (settings, fd);
  if (sa_socket_is_inet (priv) && priv->type == G_SOCKET_TYPE_DATAGRAM)
    sa_socket_read_multicast_options (self, fd);

  if (memcmp (&before, settings, sizeof before) == 0)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_object_notify (G_OBJECT (self), names[i]);
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

  return sa_socket_private (self)->settings->backlog;
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
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  if (priv->settings->backlog == backlog)
    return;

  sa_socket_change_settings (self)->backlog = backlog;
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

  return sa_socket_private (self)->settings->no_delay;
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
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  no_delay = no_delay != FALSE;
  if (priv->settings->no_delay == (guint) no_delay)
    return;

  sa_socket_change_settings (self)->no_delay = (guint) no_delay & 1;
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

  return sa_socket_private (self)->settings->keepalive;
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
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  keepalive = keepalive != FALSE;
  if (priv->settings->keepalive == (guint) keepalive)
    return;

  sa_socket_change_settings (self)->keepalive = (guint) keepalive & 1;
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

  return sa_socket_private (self)->settings->keepalive_idle;
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
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  if (priv->settings->keepalive_idle == seconds)
    return;

  sa_socket_change_settings (self)->keepalive_idle = (guint16) seconds;
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

  return sa_socket_private (self)->settings->keepalive_interval;
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
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  if (priv->settings->keepalive_interval == seconds)
    return;

  sa_socket_change_settings (self)->keepalive_interval = (guint16) seconds;
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

  return sa_socket_private (self)->settings->keepalive_count;
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
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  if (priv->settings->keepalive_count == count)
    return;

  sa_socket_change_settings (self)->keepalive_count = (guint8) count;
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

  return sa_socket_private (self)->settings->user_timeout;
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
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  if (priv->settings->user_timeout == milliseconds)
    return;

  sa_socket_change_settings (self)->user_timeout = milliseconds;
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

  return sa_socket_private (self)->settings->broadcast;
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
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  broadcast = broadcast != FALSE;
  if (priv->settings->broadcast == (guint) broadcast)
    return;

  sa_socket_change_settings (self)->broadcast = (guint) broadcast & 1;
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

  return sa_socket_private (self)->settings->reuse_address;
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
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  reuse = reuse != FALSE;
  sa_socket_change_settings (self)->reuse_address_set = TRUE;
  if (priv->settings->reuse_address == (guint) reuse)
    return;

  sa_socket_change_settings (self)->reuse_address = (guint) reuse & 1;
  sa_socket_notify (self, PROP_REUSE_ADDRESS);
}

/**
 * sa_socket_get_ipv6_only:
 * @self: a #SaSocket
 *
 * The value of #SaSocket:ipv6-only.
 *
 * Returns: whether an IPv6 address serves IPv6 alone
 * Since: 1.0
 */
gboolean
sa_socket_get_ipv6_only (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), FALSE);

  return sa_socket_private (self)->settings->ipv6_only;
}

/**
 * sa_socket_set_ipv6_only:
 * @self: a #SaSocket
 * @ipv6_only: whether an IPv6 address serves IPv6 alone
 *
 * Sets #SaSocket:ipv6-only.
 *
 * Since: 1.0
 */
void
sa_socket_set_ipv6_only (SaSocket *self,
                         gboolean ipv6_only)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  g_return_if_fail (SA_IS_SOCKET (self));
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  ipv6_only = ipv6_only != FALSE;
  if (priv->settings->ipv6_only == (guint) ipv6_only)
    return;

  sa_socket_change_settings (self)->ipv6_only = (guint) ipv6_only & 1;
  sa_socket_notify (self, PROP_IPV6_ONLY);
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

  return sa_socket_private (self)->settings->send_buffer_size;
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
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  if (priv->settings->send_buffer_size == bytes)
    return;

  sa_socket_change_settings (self)->send_buffer_size = bytes;
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

  return sa_socket_private (self)->settings->receive_buffer_size;
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
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  if (priv->settings->receive_buffer_size == bytes)
    return;

  sa_socket_change_settings (self)->receive_buffer_size = bytes;
  sa_socket_apply_option (self, PROP_RECEIVE_BUFFER_SIZE);
  sa_socket_notify (self, PROP_RECEIVE_BUFFER_SIZE);
}
