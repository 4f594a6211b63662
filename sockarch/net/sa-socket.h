/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#if !defined(SA_INSIDE) && !defined(SA_COMPILATION)
#error "Only <sockarch/sockarch.h> can be included directly."
#endif

#include <gio/gio.h>
#include <sockarch/sa-version-macros.h>

G_BEGIN_DECLS

/**
 * SaWaitPolicy:
 * @SA_WAIT_NEVER: the call fails at once with %G_IO_ERROR_WOULD_BLOCK, and a signal says when to try again;
 *   a connect is begun and ends in #SaSocket::connected (as MFC's CAsyncSocket)
 * @SA_WAIT_BLOCK: the thread waits, ended by the result, the #GCancellable, #SaSocket:timeout, or a Unix
 *   signal if #SaSocket:interruptible
 * @SA_WAIT_DISPATCH: the socket's main context is iterated until the call is done, so that a window stays
 *   alive; signals of this socket come after (as MFC's CSocket)
 *
 * What a call on a #SaSocket does that cannot be finished now.
 *
 * Since: 1.0
 */
typedef enum
{
  SA_WAIT_NEVER,
  SA_WAIT_BLOCK,
  SA_WAIT_DISPATCH,
} SaWaitPolicy;

/**
 * SaSocketState:
 * @SA_SOCKET_STATE_NEW: nothing but intentions: no descriptor yet
 * @SA_SOCKET_STATE_BOUND: has a local address; a datagram socket sends and receives in this state
 * @SA_SOCKET_STATE_CONNECTING: a connect is under way
 * @SA_SOCKET_STATE_CONNECTED: has a peer
 * @SA_SOCKET_STATE_LISTENING: accepts connections
 * @SA_SOCKET_STATE_CLOSED: closed, aborted or broken; it may be used anew
 *
 * Where a #SaSocket is in its life.
 *
 * Since: 1.0
 */
typedef enum
{
  SA_SOCKET_STATE_NEW,
  SA_SOCKET_STATE_BOUND,
  SA_SOCKET_STATE_CONNECTING,
  SA_SOCKET_STATE_CONNECTED,
  SA_SOCKET_STATE_LISTENING,
  SA_SOCKET_STATE_CLOSED,
} SaSocketState;

/**
 * SaSocketEvents:
 * @SA_SOCKET_EVENT_NONE: no signal at all
 * @SA_SOCKET_EVENT_RECEIVE: #SaSocket::receive-ready and #SaSocket::receive-ended
 * @SA_SOCKET_EVENT_SEND: #SaSocket::send-ready
 * @SA_SOCKET_EVENT_OUT_OF_BAND: #SaSocket::out-of-band-ready
 * @SA_SOCKET_EVENT_ACCEPT: #SaSocket::accept-ready
 * @SA_SOCKET_EVENT_CONNECT: #SaSocket::connected
 * @SA_SOCKET_EVENT_CLOSE: #SaSocket::closed
 * @SA_SOCKET_EVENT_ALL: every signal, the default
 *
 * Which signals a #SaSocket emits (MFC's FD_ values given to AsyncSelect).
 *
 * Since: 1.0
 */
typedef enum /*< flags >*/
{
  SA_SOCKET_EVENT_NONE = 0,
  SA_SOCKET_EVENT_RECEIVE = 1 << 0,
  SA_SOCKET_EVENT_SEND = 1 << 1,
  SA_SOCKET_EVENT_OUT_OF_BAND = 1 << 2,
  SA_SOCKET_EVENT_ACCEPT = 1 << 3,
  SA_SOCKET_EVENT_CONNECT = 1 << 4,
  SA_SOCKET_EVENT_CLOSE = 1 << 5,
  SA_SOCKET_EVENT_ALL = (1 << 6) - 1,
} SaSocketEvents;

/**
 * SaShutdown:
 * @SA_SHUTDOWN_RECEIVES: nothing more is received
 * @SA_SHUTDOWN_SENDS: nothing more is sent: the peer gets the end of the stream after all that was queued
 * @SA_SHUTDOWN_BOTH: both
 *
 * Which half sa_socket_shutdown() ends (MFC's receives, sends and both, with the same numbers).
 *
 * Since: 1.0
 */
typedef enum
{
  SA_SHUTDOWN_RECEIVES = 0,
  SA_SHUTDOWN_SENDS = 1,
  SA_SHUTDOWN_BOTH = 2,
} SaShutdown;

#define SA_TYPE_SOCKET (sa_socket_get_type ())

SA_AVAILABLE_IN_1_0
G_DECLARE_DERIVABLE_TYPE (SaSocket, sa_socket, SA, SOCKET, GObject)

/**
 * SaSocketClass:
 * @parent_class: the parent class
 * @accept_ready: a connection waits; class handler of #SaSocket::accept-ready (MFC's OnAccept)
 * @connected: a connect ended; class handler of #SaSocket::connected (OnConnect)
 * @receive_ready: bytes can be received; class handler of #SaSocket::receive-ready (OnReceive)
 * @send_ready: there is room to send; class handler of #SaSocket::send-ready (OnSend)
 * @out_of_band_ready: urgent data waits; class handler of #SaSocket::out-of-band-ready (OnOutOfBandData)
 * @receive_ended: the peer will send no more; class handler of #SaSocket::receive-ended (half of OnClose)
 * @closed: the connection is over; class handler of #SaSocket::closed (the other half)
 * @message_pending: called in each turn of a %SA_WAIT_DISPATCH wait of this socket, before the main context
 *   is iterated (OnMessagePending); it may call sa_socket_cancel_blocking_call()
 *
 * What a subclass of #SaSocket may override.
 *
 * Since: 1.0
 */
struct _SaSocketClass
{
  GObjectClass parent_class;

  void (*accept_ready) (SaSocket *self);
  void (*connected) (SaSocket *self, const GError *error);
  void (*receive_ready) (SaSocket *self);
  void (*send_ready) (SaSocket *self);
  void (*out_of_band_ready) (SaSocket *self);
  void (*receive_ended) (SaSocket *self);
  void (*closed) (SaSocket *self, const GError *error);
  void (*message_pending) (SaSocket *self);

  /*< private >*/
  gpointer padding[8];
};

/* Making one */

SA_AVAILABLE_IN_1_0
SaSocket *sa_socket_new (void) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_socket_new_pair (SaSocket **first, SaSocket **second, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_socket_create (SaSocket *self, guint port, GSocketType type, const char *address, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_socket_bind (SaSocket *self, GSocketAddress *address, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_socket_attach (SaSocket *self, GSocket *socket, GError **error);
SA_AVAILABLE_IN_1_0
GSocket *sa_socket_detach (SaSocket *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
GSocket *sa_socket_get_socket (SaSocket *self);

/* Server */

SA_AVAILABLE_IN_1_0
gboolean sa_socket_listen (SaSocket *self, GError **error);
SA_AVAILABLE_IN_1_0
SaSocket *sa_socket_accept (SaSocket *self, GCancellable *cancellable,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
void sa_socket_accept_async (SaSocket *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data);
SA_AVAILABLE_IN_1_0
SaSocket *sa_socket_accept_finish (SaSocket *self, GAsyncResult *result,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_socket_accept_into (SaSocket *self, SaSocket *peer, GCancellable *cancellable, GError **error);
SA_AVAILABLE_IN_1_0
void sa_socket_accept_into_async (SaSocket *self, SaSocket *peer, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);
SA_AVAILABLE_IN_1_0
gboolean sa_socket_accept_into_finish (SaSocket *self, GAsyncResult *result, GError **error);

/* Client */

SA_AVAILABLE_IN_1_0
gboolean sa_socket_connect_to_host (SaSocket *self, const char *host, guint port, GCancellable *cancellable,
                                    GError **error);
SA_AVAILABLE_IN_1_0
void sa_socket_connect_to_host_async (SaSocket *self, const char *host, guint port, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data);
SA_AVAILABLE_IN_1_0
gboolean sa_socket_connect_to_host_finish (SaSocket *self, GAsyncResult *result, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_socket_connect_to_address (SaSocket *self, GSocketConnectable *address, GCancellable *cancellable,
                                       GError **error);
SA_AVAILABLE_IN_1_0
void sa_socket_connect_to_address_async (SaSocket *self, GSocketConnectable *address,
                                         GCancellable *cancellable, GAsyncReadyCallback callback,
                                         gpointer user_data);
SA_AVAILABLE_IN_1_0
gboolean sa_socket_connect_to_address_finish (SaSocket *self, GAsyncResult *result, GError **error);

/* Transfer */

SA_AVAILABLE_IN_1_0
gssize sa_socket_send (SaSocket *self, const guint8 *data, gsize length, GCancellable *cancellable,
                       GError **error);
SA_AVAILABLE_IN_1_0
void sa_socket_send_async (SaSocket *self, const guint8 *data, gsize length, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data);
SA_AVAILABLE_IN_1_0
gssize sa_socket_send_finish (SaSocket *self, GAsyncResult *result, GError **error);
SA_AVAILABLE_IN_1_0
gssize sa_socket_send_bytes (SaSocket *self, GBytes *bytes, GCancellable *cancellable, GError **error);
SA_AVAILABLE_IN_1_0
gssize sa_socket_send_with_flags (SaSocket *self, const guint8 *data, gsize length, GSocketMsgFlags flags,
                                  GCancellable *cancellable, GError **error);
SA_AVAILABLE_IN_1_0
gssize sa_socket_send_to (SaSocket *self, GSocketAddress *address, const guint8 *data, gsize length,
                          GCancellable *cancellable, GError **error);
SA_AVAILABLE_IN_1_0
void sa_socket_send_to_async (SaSocket *self, GSocketAddress *address, const guint8 *data, gsize length,
                              GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
SA_AVAILABLE_IN_1_0
gssize sa_socket_send_to_finish (SaSocket *self, GAsyncResult *result, GError **error);
SA_AVAILABLE_IN_1_0
gssize sa_socket_send_to_host (SaSocket *self, const char *host, guint port, const guint8 *data, gsize length,
                               GCancellable *cancellable, GError **error);
SA_AVAILABLE_IN_1_0
void sa_socket_send_to_host_async (SaSocket *self, const char *host, guint port, const guint8 *data,
                                   gsize length, GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer user_data);
SA_AVAILABLE_IN_1_0
gssize sa_socket_send_to_host_finish (SaSocket *self, GAsyncResult *result, GError **error);

SA_AVAILABLE_IN_1_0
gssize sa_socket_receive (SaSocket *self, void *buffer, gsize size, GCancellable *cancellable,
                          GError **error);
SA_AVAILABLE_IN_1_0
guint8 *sa_socket_receive_data (SaSocket *self, gsize size, gsize *length, GCancellable *cancellable,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
GBytes *sa_socket_receive_bytes (SaSocket *self, gsize size, GCancellable *cancellable,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
void sa_socket_receive_async (SaSocket *self, gsize size, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data);
SA_AVAILABLE_IN_1_0
guint8 *sa_socket_receive_finish (SaSocket *self, GAsyncResult *result, gsize *length,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gssize sa_socket_receive_with_flags (SaSocket *self, void *buffer, gsize size, GSocketMsgFlags flags,
                                     GCancellable *cancellable, GError **error);
SA_AVAILABLE_IN_1_0
guint8 *sa_socket_receive_data_with_flags (SaSocket *self, gsize size, GSocketMsgFlags flags, gsize *length,
                                           GCancellable *cancellable,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gssize sa_socket_receive_from (SaSocket *self, void *buffer, gsize size, GSocketAddress **address,
                               GCancellable *cancellable, GError **error);
SA_AVAILABLE_IN_1_0
guint8 *sa_socket_receive_data_from (SaSocket *self, gsize size, gsize *length, GSocketAddress **address,
                                     GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
void sa_socket_receive_from_async (SaSocket *self, gsize size, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data);
SA_AVAILABLE_IN_1_0
guint8 *sa_socket_receive_from_finish (SaSocket *self, GAsyncResult *result, gsize *length,
                                       GSocketAddress **address, GError **error) G_GNUC_WARN_UNUSED_RESULT;

SA_AVAILABLE_IN_1_0
gssize sa_socket_get_available_bytes (SaSocket *self, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_socket_is_at_mark (SaSocket *self, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_socket_is_blocking (SaSocket *self);
SA_AVAILABLE_IN_1_0
void sa_socket_cancel_blocking_call (SaSocket *self);

/* The end */

SA_AVAILABLE_IN_1_0
gboolean sa_socket_shutdown (SaSocket *self, SaShutdown how, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_socket_close (SaSocket *self, GError **error);
SA_AVAILABLE_IN_1_0
void sa_socket_abort (SaSocket *self);
SA_AVAILABLE_IN_1_0
gboolean sa_socket_close_gracefully (SaSocket *self, GCancellable *cancellable, GError **error);
SA_AVAILABLE_IN_1_0
void sa_socket_close_gracefully_async (SaSocket *self, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data);
SA_AVAILABLE_IN_1_0
gboolean sa_socket_close_gracefully_finish (SaSocket *self, GAsyncResult *result, GError **error);

/* Addresses */

SA_AVAILABLE_IN_1_0
GSocketAddress *sa_socket_get_local_address (SaSocket *self);
SA_AVAILABLE_IN_1_0
GSocketAddress *sa_socket_get_remote_address (SaSocket *self);
SA_AVAILABLE_IN_1_0
guint sa_socket_get_local_port (SaSocket *self);
SA_AVAILABLE_IN_1_0
guint sa_socket_get_remote_port (SaSocket *self);
SA_AVAILABLE_IN_1_0
char *sa_socket_dup_local_host (SaSocket *self);
SA_AVAILABLE_IN_1_0
char *sa_socket_dup_remote_host (SaSocket *self);
SA_AVAILABLE_IN_1_0
GCredentials *sa_socket_get_credentials (SaSocket *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_socket_join_multicast_group (SaSocket *self, GInetAddress *group, GInetAddress *source,
                                         const char *interface_name, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_socket_leave_multicast_group (SaSocket *self, GInetAddress *group, GInetAddress *source,
                                          const char *interface_name, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_socket_set_multicast_interface (SaSocket *self, const char *interface_name, GError **error);

/* State and behaviour */

SA_AVAILABLE_IN_1_0
SaSocketState sa_socket_get_state (SaSocket *self);
SA_AVAILABLE_IN_1_0
GMainContext *sa_socket_get_context (SaSocket *self);
SA_AVAILABLE_IN_1_0
SaWaitPolicy sa_socket_get_wait_policy (SaSocket *self);
SA_AVAILABLE_IN_1_0
void sa_socket_set_wait_policy (SaSocket *self, SaWaitPolicy policy);
SA_AVAILABLE_IN_1_0
guint sa_socket_get_timeout (SaSocket *self);
SA_AVAILABLE_IN_1_0
void sa_socket_set_timeout (SaSocket *self, guint milliseconds);
SA_AVAILABLE_IN_1_0
gboolean sa_socket_get_interruptible (SaSocket *self);
SA_AVAILABLE_IN_1_0
void sa_socket_set_interruptible (SaSocket *self, gboolean interruptible);
SA_AVAILABLE_IN_1_0
gboolean sa_socket_get_keep_accepted (SaSocket *self);
SA_AVAILABLE_IN_1_0
void sa_socket_set_keep_accepted (SaSocket *self, gboolean keep_accepted);
SA_AVAILABLE_IN_1_0
GType sa_socket_get_accept_type (SaSocket *self);
SA_AVAILABLE_IN_1_0
void sa_socket_set_accept_type (SaSocket *self, GType type);
SA_AVAILABLE_IN_1_0
SaSocketEvents sa_socket_get_event_mask (SaSocket *self);
SA_AVAILABLE_IN_1_0
void sa_socket_set_event_mask (SaSocket *self, SaSocketEvents events);
SA_AVAILABLE_IN_1_0
int sa_socket_get_priority (SaSocket *self);
SA_AVAILABLE_IN_1_0
void sa_socket_set_priority (SaSocket *self, int priority);
SA_AVAILABLE_IN_1_0
guint sa_socket_get_dispatch_budget (SaSocket *self);
SA_AVAILABLE_IN_1_0
void sa_socket_set_dispatch_budget (SaSocket *self, guint microseconds);

SA_AVAILABLE_IN_1_0
gboolean sa_socket_get_enable_proxy (SaSocket *self);
SA_AVAILABLE_IN_1_0
void sa_socket_set_enable_proxy (SaSocket *self, gboolean enable);

/* Options */

SA_AVAILABLE_IN_1_0
guint sa_socket_get_backlog (SaSocket *self);
SA_AVAILABLE_IN_1_0
void sa_socket_set_backlog (SaSocket *self, guint backlog);
SA_AVAILABLE_IN_1_0
gboolean sa_socket_get_no_delay (SaSocket *self);
SA_AVAILABLE_IN_1_0
void sa_socket_set_no_delay (SaSocket *self, gboolean no_delay);
SA_AVAILABLE_IN_1_0
gboolean sa_socket_get_keepalive (SaSocket *self);
SA_AVAILABLE_IN_1_0
void sa_socket_set_keepalive (SaSocket *self, gboolean keepalive);
SA_AVAILABLE_IN_1_0
guint sa_socket_get_keepalive_idle (SaSocket *self);
SA_AVAILABLE_IN_1_0
void sa_socket_set_keepalive_idle (SaSocket *self, guint seconds);
SA_AVAILABLE_IN_1_0
guint sa_socket_get_keepalive_interval (SaSocket *self);
SA_AVAILABLE_IN_1_0
void sa_socket_set_keepalive_interval (SaSocket *self, guint seconds);
SA_AVAILABLE_IN_1_0
guint sa_socket_get_keepalive_count (SaSocket *self);
SA_AVAILABLE_IN_1_0
void sa_socket_set_keepalive_count (SaSocket *self, guint count);
SA_AVAILABLE_IN_1_0
guint sa_socket_get_user_timeout (SaSocket *self);
SA_AVAILABLE_IN_1_0
void sa_socket_set_user_timeout (SaSocket *self, guint milliseconds);
SA_AVAILABLE_IN_1_0
guint sa_socket_get_idle_timeout (SaSocket *self);
SA_AVAILABLE_IN_1_0
void sa_socket_set_idle_timeout (SaSocket *self, guint milliseconds);
SA_AVAILABLE_IN_1_0
guint sa_socket_get_linger (SaSocket *self);
SA_AVAILABLE_IN_1_0
void sa_socket_set_linger (SaSocket *self, guint milliseconds);
SA_AVAILABLE_IN_1_0
gboolean sa_socket_get_broadcast (SaSocket *self);
SA_AVAILABLE_IN_1_0
void sa_socket_set_broadcast (SaSocket *self, gboolean broadcast);
SA_AVAILABLE_IN_1_0
gboolean sa_socket_get_reuse_address (SaSocket *self);
SA_AVAILABLE_IN_1_0
void sa_socket_set_reuse_address (SaSocket *self, gboolean reuse);
SA_AVAILABLE_IN_1_0
gboolean sa_socket_get_ipv6_only (SaSocket *self);
SA_AVAILABLE_IN_1_0
void sa_socket_set_ipv6_only (SaSocket *self, gboolean ipv6_only);
SA_AVAILABLE_IN_1_0
gboolean sa_socket_get_multicast_loopback (SaSocket *self);
SA_AVAILABLE_IN_1_0
void sa_socket_set_multicast_loopback (SaSocket *self, gboolean loopback);
SA_AVAILABLE_IN_1_0
guint sa_socket_get_multicast_ttl (SaSocket *self);
SA_AVAILABLE_IN_1_0
void sa_socket_set_multicast_ttl (SaSocket *self, guint ttl);
SA_AVAILABLE_IN_1_0
guint sa_socket_get_send_buffer_size (SaSocket *self);
SA_AVAILABLE_IN_1_0
void sa_socket_set_send_buffer_size (SaSocket *self, guint bytes);
SA_AVAILABLE_IN_1_0
guint sa_socket_get_receive_buffer_size (SaSocket *self);
SA_AVAILABLE_IN_1_0
void sa_socket_set_receive_buffer_size (SaSocket *self, guint bytes);
SA_AVAILABLE_IN_1_0
guint sa_socket_get_high_water_mark (SaSocket *self);
SA_AVAILABLE_IN_1_0
void sa_socket_set_high_water_mark (SaSocket *self, guint bytes);
SA_AVAILABLE_IN_1_0
guint sa_socket_get_low_water_mark (SaSocket *self);
SA_AVAILABLE_IN_1_0
void sa_socket_set_low_water_mark (SaSocket *self, guint bytes);

/* Statistics */

SA_AVAILABLE_IN_1_0
guint64 sa_socket_get_bytes_sent (SaSocket *self);
SA_AVAILABLE_IN_1_0
guint64 sa_socket_get_bytes_received (SaSocket *self);
SA_AVAILABLE_IN_1_0
guint64 sa_socket_get_send_calls (SaSocket *self);
SA_AVAILABLE_IN_1_0
guint64 sa_socket_get_receive_calls (SaSocket *self);
SA_AVAILABLE_IN_1_0
gsize sa_socket_get_queued_bytes (SaSocket *self);
SA_AVAILABLE_IN_1_0
guint64 sa_socket_get_budget_hits (SaSocket *self);
SA_AVAILABLE_IN_1_0
const GError *sa_socket_get_last_error (SaSocket *self);

G_END_DECLS
