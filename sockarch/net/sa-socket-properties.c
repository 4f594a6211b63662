/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-impl-private.h"

#include "sockarch/sa-enums.h"

#define READABLE_FLAGS (G_PARAM_READABLE | G_PARAM_STATIC_STRINGS)
#define WRITABLE_FLAGS (G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS)

/* What the properties of SaSocket are called; what they do is done by the setters.  */

static GParamSpec *properties[N_PROPERTIES];

void
sa_socket_notify (SaSocket *self,
                  guint property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

void
sa_socket_get_property (GObject *object,
                        guint property_id,
                        GValue *value,
                        GParamSpec *pspec)
{
  SaSocket *self = SA_SOCKET (object);

  switch (property_id)
    {
    case PROP_CONTEXT:
      g_value_set_boxed (value, sa_socket_get_context (self));
      break;

    case PROP_STATE:
      g_value_set_enum (value, sa_socket_get_state (self));
      break;

    case PROP_WAIT_POLICY:
      g_value_set_enum (value, sa_socket_get_wait_policy (self));
      break;

    case PROP_TIMEOUT:
      g_value_set_uint (value, sa_socket_get_timeout (self));
      break;

    case PROP_INTERRUPTIBLE:
      g_value_set_boolean (value, sa_socket_get_interruptible (self));
      break;

    case PROP_KEEP_ACCEPTED:
      g_value_set_boolean (value, sa_socket_get_keep_accepted (self));
      break;

    case PROP_ACCEPT_TYPE:
      g_value_set_gtype (value, sa_socket_get_accept_type (self));
      break;

    case PROP_EVENT_MASK:
      g_value_set_flags (value, sa_socket_get_event_mask (self));
      break;

    case PROP_PRIORITY:
      g_value_set_int (value, sa_socket_get_priority (self));
      break;

    case PROP_DISPATCH_BUDGET:
      g_value_set_uint (value, sa_socket_get_dispatch_budget (self));
      break;

    case PROP_ENABLE_PROXY:
      g_value_set_boolean (value, sa_socket_get_enable_proxy (self));
      break;

    case PROP_BACKLOG:
      g_value_set_uint (value, sa_socket_get_backlog (self));
      break;

    case PROP_NO_DELAY:
      g_value_set_boolean (value, sa_socket_get_no_delay (self));
      break;

    case PROP_KEEPALIVE:
      g_value_set_boolean (value, sa_socket_get_keepalive (self));
      break;

    case PROP_KEEPALIVE_IDLE:
      g_value_set_uint (value, sa_socket_get_keepalive_idle (self));
      break;

    case PROP_KEEPALIVE_INTERVAL:
      g_value_set_uint (value, sa_socket_get_keepalive_interval (self));
      break;

    case PROP_KEEPALIVE_COUNT:
      g_value_set_uint (value, sa_socket_get_keepalive_count (self));
      break;

    case PROP_USER_TIMEOUT:
      g_value_set_uint (value, sa_socket_get_user_timeout (self));
      break;

    case PROP_IDLE_TIMEOUT:
      g_value_set_uint (value, sa_socket_get_idle_timeout (self));
      break;

    case PROP_LINGER:
      g_value_set_uint (value, sa_socket_get_linger (self));
      break;

    case PROP_BROADCAST:
      g_value_set_boolean (value, sa_socket_get_broadcast (self));
      break;

    case PROP_REUSE_ADDRESS:
      g_value_set_boolean (value, sa_socket_get_reuse_address (self));
      break;

    case PROP_IPV6_ONLY:
      g_value_set_boolean (value, sa_socket_get_ipv6_only (self));
      break;

    case PROP_MULTICAST_LOOPBACK:
      g_value_set_boolean (value, sa_socket_get_multicast_loopback (self));
      break;

    case PROP_MULTICAST_TTL:
      g_value_set_uint (value, sa_socket_get_multicast_ttl (self));
      break;

    case PROP_SEND_BUFFER_SIZE:
      g_value_set_uint (value, sa_socket_get_send_buffer_size (self));
      break;

    case PROP_RECEIVE_BUFFER_SIZE:
      g_value_set_uint (value, sa_socket_get_receive_buffer_size (self));
      break;

    case PROP_HIGH_WATER_MARK:
      g_value_set_uint (value, sa_socket_get_high_water_mark (self));
      break;

    case PROP_LOW_WATER_MARK:
      g_value_set_uint (value, sa_socket_get_low_water_mark (self));
      break;

    case PROP_BYTES_SENT:
      g_value_set_uint64 (value, sa_socket_get_bytes_sent (self));
      break;

    case PROP_BYTES_RECEIVED:
      g_value_set_uint64 (value, sa_socket_get_bytes_received (self));
      break;

    case PROP_SEND_CALLS:
      g_value_set_uint64 (value, sa_socket_get_send_calls (self));
      break;

    case PROP_RECEIVE_CALLS:
      g_value_set_uint64 (value, sa_socket_get_receive_calls (self));
      break;

    case PROP_QUEUED_BYTES:
      g_value_set_uint64 (value, sa_socket_get_queued_bytes (self));
      break;

    case PROP_BUDGET_HITS:
      g_value_set_uint64 (value, sa_socket_get_budget_hits (self));
      break;

    case PROP_LAST_ERROR:
      g_value_set_boxed (value, sa_socket_get_last_error (self));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

void
sa_socket_set_property (GObject *object,
                        guint property_id,
                        const GValue *value,
                        GParamSpec *pspec)
{
  SaSocket *self = SA_SOCKET (object);

  switch (property_id)
    {
    case PROP_WAIT_POLICY:
      sa_socket_set_wait_policy (self, g_value_get_enum (value));
      break;

    case PROP_TIMEOUT:
      sa_socket_set_timeout (self, g_value_get_uint (value));
      break;

    case PROP_INTERRUPTIBLE:
      sa_socket_set_interruptible (self, g_value_get_boolean (value));
      break;

    case PROP_KEEP_ACCEPTED:
      sa_socket_set_keep_accepted (self, g_value_get_boolean (value));
      break;

    case PROP_ACCEPT_TYPE:
      sa_socket_set_accept_type (self, g_value_get_gtype (value));
      break;

    case PROP_EVENT_MASK:
      sa_socket_set_event_mask (self, g_value_get_flags (value));
      break;

    case PROP_PRIORITY:
      sa_socket_set_priority (self, g_value_get_int (value));
      break;

    case PROP_DISPATCH_BUDGET:
      sa_socket_set_dispatch_budget (self, g_value_get_uint (value));
      break;

    case PROP_ENABLE_PROXY:
      sa_socket_set_enable_proxy (self, g_value_get_boolean (value));
      break;

    case PROP_BACKLOG:
      sa_socket_set_backlog (self, g_value_get_uint (value));
      break;

    case PROP_NO_DELAY:
      sa_socket_set_no_delay (self, g_value_get_boolean (value));
      break;

    case PROP_KEEPALIVE:
      sa_socket_set_keepalive (self, g_value_get_boolean (value));
      break;

    case PROP_KEEPALIVE_IDLE:
      sa_socket_set_keepalive_idle (self, g_value_get_uint (value));
      break;

    case PROP_KEEPALIVE_INTERVAL:
      sa_socket_set_keepalive_interval (self, g_value_get_uint (value));
      break;

    case PROP_KEEPALIVE_COUNT:
      sa_socket_set_keepalive_count (self, g_value_get_uint (value));
      break;

    case PROP_USER_TIMEOUT:
      sa_socket_set_user_timeout (self, g_value_get_uint (value));
      break;

    case PROP_IDLE_TIMEOUT:
      sa_socket_set_idle_timeout (self, g_value_get_uint (value));
      break;

    case PROP_LINGER:
      sa_socket_set_linger (self, g_value_get_uint (value));
      break;

    case PROP_BROADCAST:
      sa_socket_set_broadcast (self, g_value_get_boolean (value));
      break;

    case PROP_REUSE_ADDRESS:
      sa_socket_set_reuse_address (self, g_value_get_boolean (value));
      break;

    case PROP_IPV6_ONLY:
      sa_socket_set_ipv6_only (self, g_value_get_boolean (value));
      break;

    case PROP_MULTICAST_LOOPBACK:
      sa_socket_set_multicast_loopback (self, g_value_get_boolean (value));
      break;

    case PROP_MULTICAST_TTL:
      sa_socket_set_multicast_ttl (self, g_value_get_uint (value));
      break;

    case PROP_SEND_BUFFER_SIZE:
      sa_socket_set_send_buffer_size (self, g_value_get_uint (value));
      break;

    case PROP_RECEIVE_BUFFER_SIZE:
      sa_socket_set_receive_buffer_size (self, g_value_get_uint (value));
      break;

    case PROP_HIGH_WATER_MARK:
      sa_socket_set_high_water_mark (self, g_value_get_uint (value));
      break;

    case PROP_LOW_WATER_MARK:
      sa_socket_set_low_water_mark (self, g_value_get_uint (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

/* What a socket does.  */
static void
install_behaviour (void)
{
  /**
   * SaSocket:context:
   *
   * The main context in which the socket's signals come and its asynchronous calls finish: the
   * thread-default one of the thread that made the socket.
   *
   * Since: 1.0
   */
  properties[PROP_CONTEXT] =
    g_param_spec_boxed ("context", NULL, NULL, G_TYPE_MAIN_CONTEXT, READABLE_FLAGS);

  /**
   * SaSocket:state:
   *
   * Where the socket is in its life; `notify::state` tells of each change, and of the last one before
   * #SaSocket::closed comes.
   *
   * Since: 1.0
   */
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, SA_TYPE_SOCKET_STATE, SA_SOCKET_STATE_NEW, READABLE_FLAGS);

  /**
   * SaSocket:wait-policy:
   *
   * What a call does that cannot be finished now.
   *
   * Since: 1.0
   */
  properties[PROP_WAIT_POLICY] =
    g_param_spec_enum ("wait-policy", NULL, NULL, SA_TYPE_WAIT_POLICY, SA_WAIT_BLOCK, WRITABLE_FLAGS);

  /**
   * SaSocket:timeout:
   *
   * How long a call may wait, in milliseconds, before it fails with %G_IO_ERROR_TIMED_OUT; 0 waits for ever.
   * It counts for each call anew, also for the asynchronous ones and for a connect that was begun under
   * %SA_WAIT_NEVER.
   *
   * Since: 1.0
   */
  properties[PROP_TIMEOUT] =
    g_param_spec_uint ("timeout", NULL, NULL, 0, G_MAXUINT, 0, WRITABLE_FLAGS);

  /**
   * SaSocket:interruptible:
   *
   * Whether a Unix signal ends a wait of the %SA_WAIT_BLOCK policy with %G_IO_ERROR_CANCELLED. Only programs
   * that installed a handler for `SIGINT` see this, as Python does: it is how Ctrl-C ends a script that
   * waits.
   *
   * Since: 1.0
   */
  properties[PROP_INTERRUPTIBLE] =
    g_param_spec_boolean ("interruptible", NULL, NULL, TRUE, WRITABLE_FLAGS);

  /**
   * SaSocket:keep-accepted:
   *
   * Whether a listening socket holds a reference on each socket it accepted until that is closed. Programs
   * in garbage collected languages want it: there the last wrapper of a socket may vanish at any time.
   *
   * Since: 1.0
   */
  properties[PROP_KEEP_ACCEPTED] =
    g_param_spec_boolean ("keep-accepted", NULL, NULL, FALSE, WRITABLE_FLAGS);

  /**
   * SaSocket:accept-type:
   *
   * The type of the sockets that sa_socket_accept() makes: #SaSocket or a subclass of it that can be made
   * without arguments.
   *
   * Since: 1.0
   */
  properties[PROP_ACCEPT_TYPE] =
    g_param_spec_gtype ("accept-type", NULL, NULL, SA_TYPE_SOCKET, WRITABLE_FLAGS);

  /**
   * SaSocket:event-mask:
   *
   * Which signals are emitted. Accepted sockets start with the mask of their listener.
   *
   * Since: 1.0
   */
  properties[PROP_EVENT_MASK] =
    g_param_spec_flags ("event-mask", NULL, NULL, SA_TYPE_SOCKET_EVENTS, SA_SOCKET_EVENT_ALL, WRITABLE_FLAGS);

  /**
   * SaSocket:priority:
   *
   * The main loop priority of the socket's signals and asynchronous calls.
   *
   * Since: 1.0
   */
  properties[PROP_PRIORITY] =
    g_param_spec_int ("priority", NULL, NULL, G_MININT, G_MAXINT, G_PRIORITY_DEFAULT, WRITABLE_FLAGS);

  /**
   * SaSocket:dispatch-budget:
   *
   * For how many microseconds the sockets of this context and priority may be served, in one turn of the main
   * loop or in many that follow each other, before sources of lower priority (such as the redraw of a window)
   * have their turn. With 0 these come after each socket that was served. It is shared: the last value that
   * was set on any of these sockets counts.
   *
   * Since: 1.0
   */
  properties[PROP_DISPATCH_BUDGET] =
    g_param_spec_uint ("dispatch-budget", NULL, NULL, 0, G_MAXUINT, SA_POLLER_DEFAULT_BUDGET, WRITABLE_FLAGS);

  /**
   * SaSocket:enable-proxy:
   *
   * Whether a connect asks the system's proxy resolver about its destination, and goes through the SOCKS or
   * HTTP proxy that it names.
   *
   * Since: 1.0
   */
  properties[PROP_ENABLE_PROXY] =
    g_param_spec_boolean ("enable-proxy", NULL, NULL, FALSE, WRITABLE_FLAGS);
}

/* What the kernel is told.  */
static void
install_options (void)
{
  /**
   * SaSocket:backlog:
   *
   * How many connections may wait to be accepted; the system may allow fewer. Used by sa_socket_listen().
   *
   * Since: 1.0
   */
  properties[PROP_BACKLOG] =
    g_param_spec_uint ("backlog", NULL, NULL, 1, G_MAXINT, SA_SOCKET_DEFAULT_BACKLOG, WRITABLE_FLAGS);

  /**
   * SaSocket:no-delay:
   *
   * Whether small sends leave at once (`TCP_NODELAY`) rather than wait for the answer to the last ones.
   *
   * Since: 1.0
   */
  properties[PROP_NO_DELAY] =
    g_param_spec_boolean ("no-delay", NULL, NULL, TRUE, WRITABLE_FLAGS);

  /**
   * SaSocket:keepalive:
   *
   * Whether an idle connection is probed, so that a peer that vanished is noticed (`SO_KEEPALIVE`).
   *
   * Since: 1.0
   */
  properties[PROP_KEEPALIVE] =
    g_param_spec_boolean ("keepalive", NULL, NULL, FALSE, WRITABLE_FLAGS);

  /**
   * SaSocket:keepalive-idle:
   *
   * How many seconds a connection is idle before it is probed (`TCP_KEEPIDLE`); 0 leaves it to the system,
   * which mostly means two hours.
   *
   * Since: 1.0
   */
  properties[PROP_KEEPALIVE_IDLE] =
    g_param_spec_uint ("keepalive-idle", NULL, NULL, 0, 32767, 0, WRITABLE_FLAGS);

  /**
   * SaSocket:keepalive-interval:
   *
   * How many seconds lie between two probes (`TCP_KEEPINTVL`); 0 leaves it to the system.
   *
   * Since: 1.0
   */
  properties[PROP_KEEPALIVE_INTERVAL] =
    g_param_spec_uint ("keepalive-interval", NULL, NULL, 0, 32767, 0, WRITABLE_FLAGS);

  /**
   * SaSocket:keepalive-count:
   *
   * After how many unanswered probes the connection is over (`TCP_KEEPCNT`); 0 leaves it to the system.
   *
   * Since: 1.0
   */
  properties[PROP_KEEPALIVE_COUNT] =
    g_param_spec_uint ("keepalive-count", NULL, NULL, 0, 127, 0, WRITABLE_FLAGS);

  /**
   * SaSocket:user-timeout:
   *
   * How many milliseconds sent bytes may stay unacknowledged before the connection is over
   * (`TCP_USER_TIMEOUT`); 0 leaves it to the system.
   *
   * Since: 1.0
   */
  properties[PROP_USER_TIMEOUT] =
    g_param_spec_uint ("user-timeout", NULL, NULL, 0, G_MAXINT, 0, WRITABLE_FLAGS);

  /**
   * SaSocket:idle-timeout:
   *
   * After how many milliseconds without a byte in either direction a connection is closed with
   * %G_IO_ERROR_TIMED_OUT in #SaSocket::closed; 0 never does. It needs the main loop to run. Only streams
   * are closed by it, and none while a thread waits in a call under %SA_WAIT_BLOCK, which #SaSocket:timeout
   * bounds.
   *
   * Since: 1.0
   */
  properties[PROP_IDLE_TIMEOUT] =
    g_param_spec_uint ("idle-timeout", NULL, NULL, 0, G_MAXUINT, 0, WRITABLE_FLAGS);

  /**
   * SaSocket:linger:
   *
   * How many milliseconds sa_socket_close() and the release of the last reference allow for what is still
   * queued to be sent, before it is dropped.
   *
   * Since: 1.0
   */
  properties[PROP_LINGER] =
    g_param_spec_uint ("linger", NULL, NULL, 0, G_MAXUINT, SA_SOCKET_DEFAULT_LINGER, WRITABLE_FLAGS);

  /**
   * SaSocket:broadcast:
   *
   * Whether datagrams may be sent to broadcast addresses (`SO_BROADCAST`).
   *
   * Since: 1.0
   */
  properties[PROP_BROADCAST] =
    g_param_spec_boolean ("broadcast", NULL, NULL, FALSE, WRITABLE_FLAGS);

  /**
   * SaSocket:reuse-address:
   *
   * Whether an address may be bound again at once after a server on it ended (`SO_REUSEADDR`). Datagram
   * sockets do so only when it was set by the program, since there it lets two programs share a port.
   *
   * Since: 1.0
   */
  properties[PROP_REUSE_ADDRESS] =
    g_param_spec_boolean ("reuse-address", NULL, NULL, TRUE, WRITABLE_FLAGS);

  /**
   * SaSocket:ipv6-only:
   *
   * Whether a socket that is bound to an IPv6 address, `::` included, serves IPv6 alone, so that another may
   * have the port for IPv4 (`IPV6_V6ONLY`). It counts from the next bind, listen or connect on. With the
   * default one socket serves both, and IPv4 peers show their IPv4 addresses.
   *
   * Since: 1.0
   */
  properties[PROP_IPV6_ONLY] =
    g_param_spec_boolean ("ipv6-only", NULL, NULL, FALSE, WRITABLE_FLAGS);

  /**
   * SaSocket:multicast-loopback:
   *
   * Whether what this socket sends to a multicast group also comes to the members on this machine
   * (`IP_MULTICAST_LOOP`).
   *
   * Since: 1.0
   */
  properties[PROP_MULTICAST_LOOPBACK] =
    g_param_spec_boolean ("multicast-loopback", NULL, NULL, TRUE, WRITABLE_FLAGS);

  /**
   * SaSocket:multicast-ttl:
   *
   * How far datagrams to multicast groups go (`IP_MULTICAST_TTL`): 0 stays on this machine, 1 in the local
   * network, more pass as many routers less one.
   *
   * Since: 1.0
   */
  properties[PROP_MULTICAST_TTL] =
    g_param_spec_uint ("multicast-ttl", NULL, NULL, 0, 255, 1, WRITABLE_FLAGS);

  /**
   * SaSocket:send-buffer-size:
   *
   * The size in bytes of the kernel's send buffer (`SO_SNDBUF`), used from the next connect or listen on,
   * and at once if there is a descriptor; 0 leaves it to the system.
   *
   * Since: 1.0
   */
  properties[PROP_SEND_BUFFER_SIZE] =
    g_param_spec_uint ("send-buffer-size", NULL, NULL, 0, G_MAXINT, 0, WRITABLE_FLAGS);

  /**
   * SaSocket:receive-buffer-size:
   *
   * The size in bytes of the kernel's receive buffer (`SO_RCVBUF`), used from the next connect or listen on,
   * and at once if there is a descriptor; 0 leaves it to the system.
   *
   * Since: 1.0
   */
  properties[PROP_RECEIVE_BUFFER_SIZE] =
    g_param_spec_uint ("receive-buffer-size", NULL, NULL, 0, G_MAXINT, 0, WRITABLE_FLAGS);

  /**
   * SaSocket:high-water-mark:
   *
   * How many bytes may be queued inside the library before a send has to wait, or under %SA_WAIT_NEVER fails
   * with %G_IO_ERROR_WOULD_BLOCK.
   *
   * Since: 1.0
   */
  properties[PROP_HIGH_WATER_MARK] = g_param_spec_uint ("high-water-mark", NULL, NULL, 1, G_MAXUINT,
                                                        SA_SOCKET_DEFAULT_HIGH_WATER_MARK, WRITABLE_FLAGS);

  /**
   * SaSocket:low-water-mark:
   *
   * After a send that would have blocked, #SaSocket::send-ready comes once no more than this many bytes are
   * queued.
   *
   * Since: 1.0
   */
  properties[PROP_LOW_WATER_MARK] =
    g_param_spec_uint ("low-water-mark", NULL, NULL, 0, G_MAXUINT, 0, WRITABLE_FLAGS);
}

/* What happened.  */
static void
install_statistics (void)
{
  /**
   * SaSocket:bytes-sent:
   *
   * How many bytes the kernel has taken from this socket.
   *
   * Since: 1.0
   */
  properties[PROP_BYTES_SENT] =
    g_param_spec_uint64 ("bytes-sent", NULL, NULL, 0, G_MAXUINT64, 0, READABLE_FLAGS);

  /**
   * SaSocket:bytes-received:
   *
   * How many bytes were received on this socket.
   *
   * Since: 1.0
   */
  properties[PROP_BYTES_RECEIVED] =
    g_param_spec_uint64 ("bytes-received", NULL, NULL, 0, G_MAXUINT64, 0, READABLE_FLAGS);

  /**
   * SaSocket:send-calls:
   *
   * How many times the kernel was asked to send.
   *
   * Since: 1.0
   */
  properties[PROP_SEND_CALLS] =
    g_param_spec_uint64 ("send-calls", NULL, NULL, 0, G_MAXUINT64, 0, READABLE_FLAGS);

  /**
   * SaSocket:receive-calls:
   *
   * How many times the kernel was asked to receive.
   *
   * Since: 1.0
   */
  properties[PROP_RECEIVE_CALLS] =
    g_param_spec_uint64 ("receive-calls", NULL, NULL, 0, G_MAXUINT64, 0, READABLE_FLAGS);

  /**
   * SaSocket:queued-bytes:
   *
   * How many bytes wait inside the library to be sent.
   *
   * Since: 1.0
   */
  properties[PROP_QUEUED_BYTES] =
    g_param_spec_uint64 ("queued-bytes", NULL, NULL, 0, G_MAXUINT64, 0, READABLE_FLAGS);

  /**
   * SaSocket:budget-hits:
   *
   * How often the sockets of this context and priority used up their #SaSocket:dispatch-budget and had to
   * wait with more to do. After each time the sources of lower priority that were ready had their turn before
   * the next socket was served.
   *
   * Since: 1.0
   */
  properties[PROP_BUDGET_HITS] =
    g_param_spec_uint64 ("budget-hits", NULL, NULL, 0, G_MAXUINT64, 0, READABLE_FLAGS);

  /**
   * SaSocket:last-error:
   *
   * What ended the connection or the last connect, if it was an error.
   *
   * Since: 1.0
   */
  properties[PROP_LAST_ERROR] =
    g_param_spec_boxed ("last-error", NULL, NULL, G_TYPE_ERROR, READABLE_FLAGS);
}

void
sa_socket_install_properties (GObjectClass *object_class)
{
  install_behaviour ();
  install_options ();
  install_statistics ();

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}
