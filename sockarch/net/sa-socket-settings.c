/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-impl-private.h"

/* What a new socket has. The one reference that nobody holds keeps it.  */
SaSocketSettings sa_socket_default_settings = {
  .ref_count = 1,
  .interruptible = TRUE,
  .no_delay = TRUE,
  .multicast_loopback = TRUE,
  .multicast_ttl = 1,
  .reuse_address = TRUE,
  .backlog = SA_SOCKET_DEFAULT_BACKLOG,
  .linger = SA_SOCKET_DEFAULT_LINGER,
  .high_water_mark = SA_SOCKET_DEFAULT_HIGH_WATER_MARK,
};

/* @self has the settings of somebody else from here on, or none, when it goes.  */
void
sa_socket_share_settings (SaSocket *self,
                          SaSocketSettings *settings)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  SaSocketSettings *old = priv->settings;

  if (settings != NULL)
    g_atomic_int_inc (&settings->ref_count);
  priv->settings = settings;
  if (old != NULL && g_atomic_int_dec_and_test (&old->ref_count))
    g_free (old);
}

/* The settings of @self alone, to be changed.  */
SaSocketSettings *
sa_socket_change_settings (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  if (g_atomic_int_get (&priv->settings->ref_count) > 1)
    {
      SaSocketSettings *copy = g_memdup2 (priv->settings, sizeof *copy);

      g_atomic_int_set (&copy->ref_count, 0);
      sa_socket_share_settings (self, copy);
    }

  return priv->settings;
}

/**
 * sa_socket_get_wait_policy:
 * @self: a #SaSocket
 *
 * The value of #SaSocket:wait-policy.
 *
 * Returns: what a call does that cannot be finished now
 * Since: 1.0
 */
SaWaitPolicy
sa_socket_get_wait_policy (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), SA_WAIT_BLOCK);

  return (SaWaitPolicy) sa_socket_private (self)->wait_policy;
}

/**
 * sa_socket_set_wait_policy:
 * @self: a #SaSocket
 * @policy: what a call does that cannot be finished now
 *
 * Sets #SaSocket:wait-policy.
 *
 * Since: 1.0
 */
void
sa_socket_set_wait_policy (SaSocket *self,
                           SaWaitPolicy policy)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  g_return_if_fail (SA_IS_SOCKET (self));
  g_return_if_fail (policy <= SA_WAIT_DISPATCH);
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  if ((SaWaitPolicy) priv->wait_policy == policy)
    return;

  priv->wait_policy = (guint) policy & 3;
  sa_socket_notify (self, PROP_WAIT_POLICY);
}

/**
 * sa_socket_get_timeout:
 * @self: a #SaSocket
 *
 * The value of #SaSocket:timeout.
 *
 * Returns: the time in milliseconds, or 0 to wait for ever
 * Since: 1.0
 */
guint
sa_socket_get_timeout (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), 0);

  return sa_socket_private (self)->settings->timeout;
}

/**
 * sa_socket_set_timeout:
 * @self: a #SaSocket
 * @milliseconds: the time in milliseconds, or 0 to wait for ever
 *
 * Sets #SaSocket:timeout.
 *
 * Since: 1.0
 */
void
sa_socket_set_timeout (SaSocket *self,
                       guint milliseconds)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  g_return_if_fail (SA_IS_SOCKET (self));
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  if (priv->settings->timeout == milliseconds)
    return;

  sa_socket_change_settings (self)->timeout = milliseconds;
  sa_socket_notify (self, PROP_TIMEOUT);
}

/**
 * sa_socket_get_interruptible:
 * @self: a #SaSocket
 *
 * The value of #SaSocket:interruptible.
 *
 * Returns: whether a Unix signal ends a wait
 * Since: 1.0
 */
gboolean
sa_socket_get_interruptible (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), FALSE);

  return sa_socket_private (self)->settings->interruptible;
}

/**
 * sa_socket_set_interruptible:
 * @self: a #SaSocket
 * @interruptible: whether a Unix signal ends a wait
 *
 * Sets #SaSocket:interruptible.
 *
 * Since: 1.0
 */
void
sa_socket_set_interruptible (SaSocket *self,
                             gboolean interruptible)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  g_return_if_fail (SA_IS_SOCKET (self));
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  interruptible = interruptible != FALSE;
  if (priv->settings->interruptible == (guint) interruptible)
    return;

  sa_socket_change_settings (self)->interruptible = (guint) interruptible & 1;
  sa_socket_notify (self, PROP_INTERRUPTIBLE);
}

/**
 * sa_socket_get_keep_accepted:
 * @self: a #SaSocket
 *
 * The value of #SaSocket:keep-accepted.
 *
 * Returns: whether accepted sockets are held until they close
 * Since: 1.0
 */
gboolean
sa_socket_get_keep_accepted (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), FALSE);

  return sa_socket_private (self)->keep_accepted;
}

/**
 * sa_socket_set_keep_accepted:
 * @self: a #SaSocket
 * @keep_accepted: whether accepted sockets are held until they close
 *
 * Sets #SaSocket:keep-accepted.
 *
 * Since: 1.0
 */
void
sa_socket_set_keep_accepted (SaSocket *self,
                             gboolean keep_accepted)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  g_return_if_fail (SA_IS_SOCKET (self));
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  keep_accepted = keep_accepted != FALSE;
  if (priv->keep_accepted == (guint) keep_accepted)
    return;

  priv->keep_accepted = (guint) keep_accepted & 1;
  if (!keep_accepted)
    sa_socket_release_accepted (self);
  sa_socket_notify (self, PROP_KEEP_ACCEPTED);
}

/**
 * sa_socket_get_accept_type:
 * @self: a #SaSocket
 *
 * The value of #SaSocket:accept-type.
 *
 * Returns: the type of accepted sockets
 * Since: 1.0
 */
GType
sa_socket_get_accept_type (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), G_TYPE_INVALID);

  GType type = sa_socket_origin (sa_socket_private (self))->accept_type;

  return type != 0 ? type : SA_TYPE_SOCKET;
}

/**
 * sa_socket_set_accept_type:
 * @self: a #SaSocket
 * @type: #SaSocket, or a subclass of it that can be made without arguments
 *
 * Sets #SaSocket:accept-type.
 *
 * Since: 1.0
 */
void
sa_socket_set_accept_type (SaSocket *self,
                           GType type)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  g_return_if_fail (SA_IS_SOCKET (self));
  g_return_if_fail (g_type_is_a (type, SA_TYPE_SOCKET) && !G_TYPE_IS_ABSTRACT (type));
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  if (sa_socket_get_accept_type (self) == type)
    return;

  sa_socket_change_origin (priv)->accept_type = type;
  sa_socket_notify (self, PROP_ACCEPT_TYPE);
}

/**
 * sa_socket_get_event_mask:
 * @self: a #SaSocket
 *
 * The value of #SaSocket:event-mask.
 *
 * Returns: the signals that are emitted
 * Since: 1.0
 */
SaSocketEvents
sa_socket_get_event_mask (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), SA_SOCKET_EVENT_NONE);

  return (SaSocketEvents) sa_socket_private (self)->event_mask;
}

/**
 * sa_socket_set_event_mask:
 * @self: a #SaSocket
 * @events: the signals that are emitted
 *
 * Sets #SaSocket:event-mask (MFC's AsyncSelect). The last call counts. What became true while a signal was
 * not wanted, and is true still, is told when it is wanted again. Any call, with the same @events too, has
 * #SaSocket::receive-ready or #SaSocket::accept-ready come once more if there is something: for a handler
 * that is connected after the bytes came, or has left them.
 *
 * Since: 1.0
 */
void
sa_socket_set_event_mask (SaSocket *self,
                          SaSocketEvents events)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  g_return_if_fail (SA_IS_SOCKET (self));
  g_return_if_fail ((events & ~SA_SOCKET_EVENT_ALL) == 0);
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  gboolean changed = (SaSocketEvents) priv->event_mask != events;

  priv->event_mask = (guint8) events;
  sa_socket_look_again (self);
  if (changed)
    sa_socket_notify (self, PROP_EVENT_MASK);
}

/**
 * sa_socket_get_priority:
 * @self: a #SaSocket
 *
 * The value of #SaSocket:priority.
 *
 * Returns: the priority in the main loop
 * Since: 1.0
 */
int
sa_socket_get_priority (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), G_PRIORITY_DEFAULT);

  return sa_socket_private (self)->priority;
}

/**
 * sa_socket_set_priority:
 * @self: a #SaSocket
 * @priority: the priority in the main loop, as %G_PRIORITY_DEFAULT
 *
 * Sets #SaSocket:priority. It may be changed at any time.
 *
 * Since: 1.0
 */
void
sa_socket_set_priority (SaSocket *self,
                        int priority)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  g_return_if_fail (SA_IS_SOCKET (self));
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  if (priv->priority == priority)
    return;

  priv->priority = priority;
  sa_socket_move_to_poller (self);
  sa_socket_notify (self, PROP_PRIORITY);
}

/**
 * sa_socket_get_dispatch_budget:
 * @self: a #SaSocket
 *
 * The value of #SaSocket:dispatch-budget.
 *
 * Returns: the time in microseconds
 * Since: 1.0
 */
guint
sa_socket_get_dispatch_budget (SaSocket *self)
{
  SaPoller *poller;

  g_return_val_if_fail (SA_IS_SOCKET (self), 0);

  poller = sa_socket_ensure_poller (self, NULL);

  return poller != NULL ? (guint) MIN (sa_poller_get_budget (poller), G_MAXUINT) : SA_POLLER_DEFAULT_BUDGET;
}

/**
 * sa_socket_set_dispatch_budget:
 * @self: a #SaSocket
 * @microseconds: the time in microseconds
 *
 * Sets #SaSocket:dispatch-budget, for all sockets of this context and priority.
 *
 * Since: 1.0
 */
void
sa_socket_set_dispatch_budget (SaSocket *self,
                               guint microseconds)
{
  SaPoller *poller;

  g_return_if_fail (SA_IS_SOCKET (self));
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  poller = sa_socket_ensure_poller (self, NULL);
  if (poller == NULL || sa_poller_get_budget (poller) == microseconds)
    return;

  sa_poller_set_budget (poller, microseconds);
  sa_socket_notify (self, PROP_DISPATCH_BUDGET);
}

/**
 * sa_socket_get_enable_proxy:
 * @self: a #SaSocket
 *
 * The value of #SaSocket:enable-proxy.
 *
 * Returns: whether the system's proxy is asked for
 * Since: 1.0
 */
gboolean
sa_socket_get_enable_proxy (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), FALSE);

  return sa_socket_private (self)->settings->enable_proxy;
}

/**
 * sa_socket_set_enable_proxy:
 * @self: a #SaSocket
 * @enable: whether to ask for the system's proxy
 *
 * Sets #SaSocket:enable-proxy. While connected by a proxy, sa_socket_get_remote_address() is that of the
 * proxy.
 *
 * Since: 1.0
 */
void
sa_socket_set_enable_proxy (SaSocket *self,
                            gboolean enable)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  g_return_if_fail (SA_IS_SOCKET (self));
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  enable = enable != FALSE;
  if (priv->settings->enable_proxy == (guint) enable)
    return;

  sa_socket_change_settings (self)->enable_proxy = (guint) enable & 1;
  sa_socket_notify (self, PROP_ENABLE_PROXY);
}

/**
 * sa_socket_get_idle_timeout:
 * @self: a #SaSocket
 *
 * The value of #SaSocket:idle-timeout.
 *
 * Returns: the time in milliseconds, or 0 for none
 * Since: 1.0
 */
guint
sa_socket_get_idle_timeout (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), 0);

  return sa_socket_private (self)->idle_timeout;
}

/**
 * sa_socket_set_idle_timeout:
 * @self: a #SaSocket
 * @milliseconds: the time in milliseconds, or 0 for none
 *
 * Sets #SaSocket:idle-timeout.
 *
 * Since: 1.0
 */
void
sa_socket_set_idle_timeout (SaSocket *self,
                            guint milliseconds)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  g_return_if_fail (SA_IS_SOCKET (self));
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  if (priv->idle_timeout == milliseconds)
    return;

  priv->idle_timeout = milliseconds;
  sa_socket_restart_idle_timer (self);
  sa_socket_notify (self, PROP_IDLE_TIMEOUT);
}

/**
 * sa_socket_get_linger:
 * @self: a #SaSocket
 *
 * The value of #SaSocket:linger.
 *
 * Returns: the time in milliseconds that queued bytes are given
 * Since: 1.0
 */
guint
sa_socket_get_linger (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), 0);

  return sa_socket_private (self)->settings->linger;
}

/**
 * sa_socket_set_linger:
 * @self: a #SaSocket
 * @milliseconds: the time in milliseconds that queued bytes are given
 *
 * Sets #SaSocket:linger.
 *
 * Since: 1.0
 */
void
sa_socket_set_linger (SaSocket *self,
                      guint milliseconds)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  g_return_if_fail (SA_IS_SOCKET (self));
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  if (priv->settings->linger == milliseconds)
    return;

  sa_socket_change_settings (self)->linger = milliseconds;
  sa_socket_notify (self, PROP_LINGER);
}

/**
 * sa_socket_get_high_water_mark:
 * @self: a #SaSocket
 *
 * The value of #SaSocket:high-water-mark.
 *
 * Returns: how many bytes may be queued, at least 1
 * Since: 1.0
 */
guint
sa_socket_get_high_water_mark (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), 0);

  return sa_socket_private (self)->settings->high_water_mark;
}

/**
 * sa_socket_set_high_water_mark:
 * @self: a #SaSocket
 * @bytes: how many bytes may be queued, at least 1
 *
 * Sets #SaSocket:high-water-mark.
 *
 * Since: 1.0
 */
void
sa_socket_set_high_water_mark (SaSocket *self,
                               guint bytes)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  g_return_if_fail (SA_IS_SOCKET (self));
  g_return_if_fail (bytes > 0);
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  if (priv->settings->high_water_mark == bytes)
    return;

  sa_socket_change_settings (self)->high_water_mark = bytes;
  sa_socket_notify (self, PROP_HIGH_WATER_MARK);
}

/**
 * sa_socket_get_low_water_mark:
 * @self: a #SaSocket
 *
 * The value of #SaSocket:low-water-mark.
 *
 * Returns: how many bytes may be queued when there is room again
 * Since: 1.0
 */
guint
sa_socket_get_low_water_mark (SaSocket *self)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), 0);

  return sa_socket_private (self)->settings->low_water_mark;
}

/**
 * sa_socket_set_low_water_mark:
 * @self: a #SaSocket
 * @bytes: how many bytes may be queued when there is room again
 *
 * Sets #SaSocket:low-water-mark.
 *
 * Since: 1.0
 */
void
sa_socket_set_low_water_mark (SaSocket *self,
                              guint bytes)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  g_return_if_fail (SA_IS_SOCKET (self));
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  if (priv->settings->low_water_mark == bytes)
    return;

  sa_socket_change_settings (self)->low_water_mark = bytes;
  sa_socket_notify (self, PROP_LOW_WATER_MARK);
}
