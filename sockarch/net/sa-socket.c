/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-impl-private.h"

/**
 * SECTION:sa-socket
 * @title: SaSocket
 * @short_description: a socket with signals, for servers, clients and datagrams
 *
 * #SaSocket is a socket that belongs to a #GMainContext. A server makes one, gives it a port, listens and
 * accepts; a client makes one and connects; then both send and receive, directly or through a #SaSocketFile:
 *
 * |[<!-- language="C" -->
 * g_autoptr (SaSocket) server = sa_socket_new ();
 * g_autoptr (SaSocket) peer = NULL;
 *
 * if (!sa_socket_create (server, 7000, G_SOCKET_TYPE_STREAM, NULL, &error) ||
 *     !sa_socket_listen (server, &error))
 *   return FALSE;
 *
 * peer = sa_socket_accept (server, cancellable, &error);
 * ]|
 *
 * ## Waiting
 *
 * What a call does that cannot be finished now is said by #SaSocket:wait-policy, which may be changed between
 * calls. Under %SA_WAIT_BLOCK, the default, it blocks the thread: right for scripts, worker threads and
 * tests. Under %SA_WAIT_NEVER it fails with %G_IO_ERROR_WOULD_BLOCK and a signal says when to try again:
 * right for programs that live in a main loop. Under %SA_WAIT_DISPATCH the main context of the socket is
 * iterated until the call is done, so that code written as a straight line keeps a window alive. Such waits
 * nest: a wait begun inside another has to end before the outer one can return, so that #SaSocket:timeout
 * bounds the wait and not the return. A socket can wait once in each direction; another wait in the same
 * direction fails with %G_IO_ERROR_PENDING.
 *
 * Under %SA_WAIT_BLOCK threads may share a socket: one may receive while others send, one behind the other,
 * and a third may close it, or shut it down, which ends the calls of the others.
 *
 * Whatever the policy, a wait is ended by its #GCancellable and by sa_socket_cancel_blocking_call(), both
 * with %G_IO_ERROR_CANCELLED, by #SaSocket:timeout with %G_IO_ERROR_TIMED_OUT, and by closing the socket with
 * %G_IO_ERROR_CLOSED. None of these harms the connection: what was received stays received, and the message
 * of a send that was ended half-way says how many bytes of it were sent. The functions with `_async` in their
 * names never wait, under any policy.
 *
 * ## Signals
 *
 * Signals come in the main context that was the thread-default one when the socket was made, never from
 * another thread, and they tell facts: when #SaSocket::receive-ready comes there are bytes (or a datagram) to
 * receive, and it comes again, in this turn of the loop or the next one, for as long as a handler receives
 * something and leaves something. A handler that receives nothing is not called again before more has
 * arrived, and one that receives twice does no harm. Handlers may close the socket, drop the last reference
 * to it, or run a nested main loop: there asynchronous calls on the socket go on, and its signals wait until
 * the handler has returned.
 *
 * While an asynchronous receive, or an asynchronous read of a #SaSocketFile over the socket, is waiting,
 * arriving bytes go to it, and #SaSocket::receive-ready is not emitted for them.
 *
 * ## Ends and closing
 *
 * A connection ends in two parts. When the peer has finished sending and its last byte was received,
 * receiving gives 0 bytes and #SaSocket::receive-ended comes; sending is still possible. When both sides have
 * finished, when an error ends the connection, or when it is closed from this side, #SaSocket::closed comes,
 * once and last. It carries the error if it was one: a reset connection is told apart from one that ended
 * well.
 *
 * sa_socket_close() first sends what is queued, for at most #SaSocket:linger milliseconds; sa_socket_abort()
 * drops it and resets the connection. Dropping the last reference is like closing but never waits, and emits
 * nothing: what is queued is sent in the background. The kernel turns any close into a reset when bytes that
 * the peer sent were never received; sa_socket_close_gracefully() receives them first. A socket whose
 * #SaSocket::closed has come may be used for a new connection. Until it is, sa_socket_get_remote_address()
 * still says who was at the other end of an Internet connection.
 *
 * ## Sending
 *
 * All that is sent goes through one queue in the order of the calls, be it by sa_socket_send(),
 * sa_socket_send_async() or a #SaSocketFile. Normally the queue is empty and bytes go straight to the kernel.
 * What the kernel does not take is queued, up to #SaSocket:high-water-mark bytes; when that much is queued a
 * send waits, or fails with %G_IO_ERROR_WOULD_BLOCK. Small sends leave at once, since #SaSocket:no-delay is
 * set by default. A peer that is gone makes a send fail with an error and raises no `SIGPIPE`.
 *
 * ## Threads
 *
 * A socket is used in the thread that runs its main context. To give a connection to another thread,
 * sa_socket_detach() it here and sa_socket_attach() it to a socket made there. A thread that runs no main
 * loop may make sockets and use them under %SA_WAIT_BLOCK, as the threads of a script do, even while another
 * thread runs the context that they belong to: while a call waits, the loop leaves the socket alone.
 * sa_socket_cancel_blocking_call() and the #GCancellable of a call may be used from any thread, and the last
 * reference may be dropped in any. With `SA_DEBUG=threads` in the environment a call from a thread that is
 * not the one that runs the main context is a critical warning, which names both.
 *
 * ## Ownership
 *
 * A #SaSocketFile holds its socket; the socket does not hold the file. A #SaSocket that is connected and has
 * no reference left is closed; see #SaSocket:keep-accepted for programs in garbage collected languages.
 * Pending asynchronous calls hold the socket.
 *
 * Since: 1.0
 */

/**
 * SaSocket:
 *
 * A socket for streams or datagrams over IPv4, IPv6 or Unix addresses, whose events are signals on a
 * #GMainContext, and whose calls wait as its #SaSocket:wait-policy says.
 *
 * It does what MFC's CAsyncSocket and CSocket did. All its fields are private.
 *
 * Since: 1.0
 */

G_DEFINE_TYPE_WITH_PRIVATE (SaSocket, sa_socket, G_TYPE_OBJECT)

guint sa_socket_signals[N_SIGNALS];

/* Where the private struct lies, for the other files of the class.  */
int sa_socket_private_offset;

const SaSocketOrigin sa_socket_no_origin;

static void
sa_socket_dispose (GObject *object)
{
  SaSocket *self = SA_SOCKET (object);

  sa_socket_let_go (self);

  G_OBJECT_CLASS (sa_socket_parent_class)->dispose (object);
}

static void
sa_socket_finalize (GObject *object)
{
  SaSocketPrivate *priv = sa_socket_private (SA_SOCKET (object));

  g_clear_pointer (&priv->poller, sa_poller_unref);
  g_clear_error (&priv->last_error);
  g_clear_pointer (&priv->idle_timer, g_free);
  sa_socket_forget_origin (SA_SOCKET (object));
  if (priv->origin != NULL)
    g_free (priv->origin->retry);
  g_clear_pointer (&priv->origin, g_free);
  sa_socket_share_settings (SA_SOCKET (object), NULL);
  sa_socket_free_callers (priv);
  g_main_context_unref (priv->context);

  G_OBJECT_CLASS (sa_socket_parent_class)->finalize (object);
}

static void
install_readiness_signals (SaSocketClass *klass)
{
  /**
   * SaSocket::accept-ready:
   * @self: the #SaSocket
   *
   * A connection waits to be accepted (MFC's OnAccept). It comes again while a handler accepts and more
   * connections wait; a handler that accepts nothing is called again when another connection comes.
   *
   * Since: 1.0
   */
  sa_socket_signals[SIGNAL_ACCEPT_READY] =
    g_signal_new ("accept-ready", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  G_STRUCT_OFFSET (SaSocketClass, accept_ready), NULL, NULL, NULL, G_TYPE_NONE, 0);

  /**
   * SaSocket::receive-ready:
   * @self: the #SaSocket
   *
   * Bytes, or a datagram, can be received (MFC's OnReceive). It comes again, in this turn of the loop or the
   * next one, while a handler receives and leaves something; a handler that receives nothing is called again
   * when more arrives.
   *
   * Since: 1.0
   */
  sa_socket_signals[SIGNAL_RECEIVE_READY] =
    g_signal_new ("receive-ready", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  G_STRUCT_OFFSET (SaSocketClass, receive_ready), NULL, NULL, NULL, G_TYPE_NONE, 0);

  /**
   * SaSocket::send-ready:
   * @self: the #SaSocket
   *
   * There is room to send (MFC's OnSend): once after a connect or accept, and once after each time that a
   * send failed with %G_IO_ERROR_WOULD_BLOCK, when no more than #SaSocket:low-water-mark bytes are queued.
   *
   * Since: 1.0
   */
  sa_socket_signals[SIGNAL_SEND_READY] =
    g_signal_new ("send-ready", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  G_STRUCT_OFFSET (SaSocketClass, send_ready), NULL, NULL, NULL, G_TYPE_NONE, 0);

  /**
   * SaSocket::out-of-band-ready:
   * @self: the #SaSocket
   *
   * The peer sent urgent data (MFC's OnOutOfBandData): sa_socket_receive_with_flags() with %G_SOCKET_MSG_OOB
   * gets it.
   *
   * Since: 1.0
   */
  sa_socket_signals[SIGNAL_OUT_OF_BAND_READY] =
    g_signal_new ("out-of-band-ready", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  G_STRUCT_OFFSET (SaSocketClass, out_of_band_ready), NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
install_life_signals (SaSocketClass *klass)
{
  /**
   * SaSocket::connected:
   * @self: the #SaSocket
   * @error: (nullable): why the connect failed, or %NULL if it did not
   *
   * A connect that was begun under %SA_WAIT_NEVER has ended (MFC's OnConnect).
   *
   * Since: 1.0
   */
  sa_socket_signals[SIGNAL_CONNECTED] =
    g_signal_new ("connected", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  G_STRUCT_OFFSET (SaSocketClass, connected), NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);

  /**
   * SaSocket::receive-ended:
   * @self: the #SaSocket
   *
   * The peer has finished sending, and its last byte was received (a part of MFC's OnClose). Sending is still
   * possible. A program that has nothing more to say closes the socket here.
   *
   * Since: 1.0
   */
  sa_socket_signals[SIGNAL_RECEIVE_ENDED] =
    g_signal_new ("receive-ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  G_STRUCT_OFFSET (SaSocketClass, receive_ended), NULL, NULL, NULL, G_TYPE_NONE, 0);

  /**
   * SaSocket::closed:
   * @self: the #SaSocket
   * @error: (nullable): what broke the connection, or %NULL if it ended well or was closed here
   *
   * The connection is over (MFC's OnClose): both sides have finished, an error ended it, or it was closed
   * from this side. It is the last signal of a connection and comes once; #SaSocket:state has become
   * %SA_SOCKET_STATE_CLOSED, and its change been notified, before. From here on, the handlers included, the
   * socket may be used anew. The signal does not come from the release of the last reference.
   *
   * Since: 1.0
   */
  sa_socket_signals[SIGNAL_CLOSED] =
    g_signal_new ("closed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  G_STRUCT_OFFSET (SaSocketClass, closed), NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
sa_socket_class_init (SaSocketClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  sa_socket_private_offset = g_type_class_get_instance_private_offset (klass);

  object_class->dispose = sa_socket_dispose;
  object_class->finalize = sa_socket_finalize;
  object_class->get_property = sa_socket_get_property;
  object_class->set_property = sa_socket_set_property;

  sa_socket_install_properties (object_class);
  install_readiness_signals (klass);
  install_life_signals (klass);
}

static void
sa_socket_init (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_get_instance_private (self);

  priv->context = g_main_context_ref_thread_default ();
  priv->fd = -1;
  priv->priority = G_PRIORITY_DEFAULT;
  priv->type = G_SOCKET_TYPE_STREAM;
  priv->wait_policy = SA_WAIT_BLOCK;
  priv->event_mask = SA_SOCKET_EVENT_ALL;
  sa_socket_share_settings (self, &sa_socket_default_settings);

  if (G_UNLIKELY (sa_debug_get_flags () & SA_DEBUG_THREADS))
    sa_socket_note_thread (self);
  sa_watch_init (&priv->watch, G_OBJECT (self), sa_socket_on_watch);
  sa_watch_set_can_recurse (&priv->watch, TRUE);
}
