/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-impl-private.h"

/* Datagrams to and from anybody.  */

gboolean
sa_socket_check_datagram (SaSocket *self,
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

/* The kernel would say no more than that an argument is invalid.  */
gboolean
sa_socket_check_receiver (SaSocket *self,
                          GSocketAddress *address,
                          GError **error)
{
  gboolean is_unix = g_socket_address_get_family (address) == G_SOCKET_FAMILY_UNIX;
  g_autofree char *name = NULL;

  if (!sa_socket_check_datagram (self, error))
    return FALSE;
  if (is_unix == (sa_socket_private (self)->family == AF_UNIX))
    return TRUE;

  name = sa_socket_describe_address (address);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
               is_unix ? _("Could not send to %s: bind the socket to a Unix address first")
                       : _("Could not send to %s: the socket has a Unix address"),
               name);

  return FALSE;
}

/* Why the kernel did not take a datagram.  */
static void
set_send_error (SaSocket *self,
                const SaSendEntry *entry,
                int errsv,
                GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  g_autoptr (GSocketAddress) address = NULL;
  g_autofree char *name = NULL;

  if (entry->receiver == NULL && (errsv == EDESTADDRREQ || errsv == ENOTCONN))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED,
                           _("The datagram socket is not connected: connect it, or name the receiver with "
                             "sa_socket_send_to()"));
      return;
    }

  if (entry->receiver != NULL)
    address = sa_socket_address_from_native ((const struct sockaddr_storage *) (const void *) entry->receiver,
                                             entry->receiver_size);
  else
    address = sa_socket_get_remote_address (self);
  name = sa_socket_describe_address (address);
  if (errsv == EACCES && sa_socket_is_inet (priv) && !priv->settings->broadcast)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                 _("Could not send to %s: if that is a broadcast, allow it with SaSocket:broadcast"), name);
  else if (errsv == EMSGSIZE)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE,
                 _("Could not send to %s: %zu bytes are too many for one datagram"), name, entry->length);
  else
    g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (errsv), _("Could not send to %s: %s"), name,
                 g_strerror (errsv));
}

/* The kernel takes a datagram whole or not at all. Returns how many bytes that are, or the errno,
 * negative.  */
gssize
sa_socket_send_whole (int fd,
                      const SaSendEntry *entry,
                      int flags)
{
  struct msghdr message = { .msg_name = (gpointer) entry->receiver,
                            .msg_namelen = entry->receiver_size,
                            .msg_iov = (struct iovec *) entry->vectors,
                            .msg_iovlen = entry->n_vectors };
  gssize n;

  do
    n = sa_socket_system->sendmsg (fd, &message, flags | MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);

  return n >= 0 ? n : -errno;
}

/* Whether there is room, says the kernel that just took nothing: then it will not say when there is.  */
gboolean
sa_socket_is_full_in_secret (int fd)
{
  struct pollfd poll = { .fd = fd, .events = POLLOUT };

  return sa_socket_system->poll (&poll, 1, 0) > 0 && (poll.revents & POLLOUT) != 0;
}

/* A receiver of Unix datagrams that has no room tells those that are connected to it when it has, and nobody
 * else. Whoever sends by address is writable all the time, and each try that fails makes an event which says
 * so: it would try without end. So it tries after a while, a longer one each time.  */

/* In milliseconds */
#define RETRY_MIN 1
#define RETRY_MAX 50

static void
on_retry (SaTimer *timer)
{
  SaSocket *self = SA_SOCKET (timer->owner);
  SaSocketPrivate *priv = sa_socket_private (self);

  if (priv->want_send_ready)
    priv->due |= DUE_SEND;
  sa_watch_wake (&priv->watch);
}

gboolean
sa_socket_is_retrying (const SaSocketPrivate *priv)
{
  const SaTimer *retry = sa_socket_origin (priv)->retry;

  return retry != NULL && sa_timer_is_started (retry);
}

void
sa_socket_stop_retry (SaSocket *self)
{
  SaTimer *retry = sa_socket_origin (sa_socket_private (self))->retry;

  if (retry != NULL)
    sa_timer_stop (retry);
}

static void
note_full (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  SaSocketOrigin *origin;

  sa_watch_rearm (&priv->watch, SA_POLL_OUT);
  if (priv->poller == NULL || !sa_socket_is_full_in_secret (priv->fd))
    return;

  origin = sa_socket_change_origin (priv);
  if (origin->retry == NULL)
    {
      origin->retry = g_new (SaTimer, 1);
      sa_timer_init_beside (origin->retry, &priv->watch, on_retry);
    }
  if (sa_timer_is_started (origin->retry))
    return;

  origin->retry_delay = (guint16) CLAMP (origin->retry_delay * 2, RETRY_MIN, RETRY_MAX);
  sa_timer_start (origin->retry, priv->poller,
                  g_get_monotonic_time () + (gint64) origin->retry_delay * 1000);
}

/* Returns as sa_socket_send_whole ().  */
static gssize
send_now (SaSocket *self,
          const SaSendEntry *entry,
          int flags)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  gssize n = sa_socket_send_whole (priv->fd, entry, flags);

  priv->send_calls++;
  if (n < 0)
    {
      if (sa_socket_is_would_block ((int) -n))
        note_full (self);

      return n;
    }

  if (sa_socket_origin (priv)->retry_delay != 0)
    sa_socket_change_origin (priv)->retry_delay = 0;
  sa_socket_count_sent (self, (gsize) n);

  return n;
}

/* Sends the datagrams that are queued, as far as the kernel takes them. One that cannot be sent does not keep
 * the others.  */
void
sa_socket_flush_datagrams (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  while (priv->queue.head != NULL && priv->fd >= 0)
    {
      SaSendEntry *entry = priv->queue.head;
      gssize n = send_now (self, entry, 0);
      GError *error = NULL;

      if (n < 0 && sa_socket_is_would_block ((int) -n))
        return;
      if (n < 0)
        set_send_error (self, entry, (int) -n, &error);

      sa_send_queue_finish_head (&priv->queue, error);
    }
}

/* Only asynchronous calls queue datagrams: this one waits until all of theirs are gone, and the kernel takes
 * its own. @address may be NULL: the peer.  */
static gssize
send_datagram_until_gone (SaSocket *self,
                          GSocketAddress *address,
                          const guint8 *data,
                          gsize length,
                          int flags,
                          GCancellable *cancellable,
                          GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  GOutputVector vector = { data, length };
  struct sockaddr_storage native;
  SaSendEntry entry = { .vectors = &vector, .n_vectors = 1, .length = length };
  SaSocketWait wait = { 0 };

  if (address != NULL)
    {
      if (!sa_socket_check_receiver (self, address, error) ||
          !g_socket_address_to_native (address, &native, sizeof native, error))
        return -1;
      entry.receiver = (const struct sockaddr *) &native;
      entry.receiver_size = (socklen_t) g_socket_address_get_native_size (address);
    }

  while (sa_socket_check_send (self, error))
    {
      if (priv->queue.head != NULL)
        sa_socket_flush (self);
      if (priv->queue.head == NULL)
        {
          gssize n = send_now (self, &entry, flags);

          if (n >= 0)
            return n;
          if (!sa_socket_is_would_block ((int) -n))
            {
              set_send_error (self, &entry, (int) -n, error);
              return -1;
            }
        }

      priv->want_send_ready = TRUE;
      if (!sa_socket_wait (self, SA_POLL_OUT, &wait, cancellable, error))
        return -1;
    }

  return -1;
}

gssize
sa_socket_send_datagram (SaSocket *self,
                         GSocketAddress *address,
                         const guint8 *data,
                         gsize length,
                         int flags,
                         GCancellable *cancellable,
                         GError **error)
{
  SaEntered entered;
  gssize n;

  if (!sa_socket_enter_call (self, &entered, cancellable, error))
    return -1;

  n = send_datagram_until_gone (self, address, data, length, flags, cancellable, error);
  sa_socket_leave (self, entered);

  return n;
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
 * receives, %G_IO_ERROR_NOT_SUPPORTED for an address of another family, %G_IO_ERROR_TIMED_OUT after
 * #SaSocket:timeout, %G_IO_ERROR_CANCELLED and %G_IO_ERROR_CLOSED.
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
  g_return_val_if_fail (SA_IS_SOCKET (self), -1);
  g_return_val_if_fail (G_IS_SOCKET_ADDRESS (address), -1);
  g_return_val_if_fail (data != NULL || length == 0, -1);
  g_return_val_if_fail (error == NULL || *error == NULL, -1);
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  if (cancellable != NULL && g_cancellable_set_error_if_cancelled (cancellable, error))
    return -1;

  return sa_socket_send_datagram (self, address, data, length, 0, cancellable, error);
}

/* Receives one datagram whole. Returns as sa_socket_try_receive () does.  */
gssize
sa_socket_try_receive_from (SaSocket *self,
                            void *buffer,
                            gsize size,
                            GSocketAddress **address,
                            GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  g_autoptr (GSocketAddress) from = NULL;
  struct sockaddr_storage native;
  socklen_t length;
  int errsv;
  gssize n;

  /* After the half was shut down the kernel says for ever that there is something.  */
  if (priv->receive_ended && !priv->closed_here)
    return 0;

  do
    {
      length = sizeof native;
      priv->receive_calls++;
      n = sa_socket_system->recvfrom (priv->fd, buffer, size, MSG_TRUNC, (struct sockaddr *) &native,
                                      &length);
    }
  while (n < 0 && errno == EINTR);

  errsv = errno;
  sa_socket_note_taking (self);
  if (n < 0 && sa_socket_is_would_block (errsv))
    {
      sa_socket_note_drained (self);
      return SA_SOCKET_WOULD_BLOCK;
    }
  if (n < 0)
    {
      g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (errsv),
                   _("Could not receive a datagram: %s"), g_strerror (errsv));
      return SA_SOCKET_FAILED;
    }

  from = sa_socket_address_from_native (&native, length);
  sa_socket_note_received (self, MIN ((gsize) n, size), size);
  if ((gsize) n > size)
    return sa_socket_refuse_cut (from, (gsize) n, size, error);

  if (address != NULL)
    *address = g_steal_pointer (&from);

  return n;
}

/* A datagram was longer than the buffer: what did not fit is gone, and that must not look like success.  */
gssize
sa_socket_refuse_cut (GSocketAddress *from,
                      gsize length,
                      gsize size,
                      GError **error)
{
  g_autofree char *name = from != NULL ? sa_socket_describe_address (from) : NULL;

  if (name != NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE,
                 _("A datagram of %zu bytes came from %s, with room for %zu: the rest is lost"), length, name,
                 size);
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE,
                 _("A datagram of %zu bytes came, with room for %zu: the rest is lost"), length, size);

  return SA_SOCKET_FAILED;
}

/**
 * sa_socket_receive_from: (skip)
 * @self: a datagram #SaSocket
 * @buffer: (out caller-allocates) (array length=size) (element-type guint8): where the bytes go
 * @size: how many bytes at most
 * @address: (out) (transfer full) (optional) (nullable): return location for the sender's address; %NULL if
 *   the sender has none, as a Unix socket that was not bound
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Receives one datagram and tells who sent it (MFC's ReceiveFrom).
 *
 * A datagram that is longer than @size is taken and cut: the function fails with
 * %G_IO_ERROR_MESSAGE_TOO_LARGE, and the message has both sizes and the sender; the first @size bytes are in
 * @buffer. sa_socket_get_available_bytes() tells the length of the next datagram before.
 *
 * Fails also as sa_socket_receive().
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
  SaSocketWait wait = { 0 };
  SaEntered entered;
  gssize n = -1;

  g_return_val_if_fail (SA_IS_SOCKET (self), -1);
  g_return_val_if_fail (buffer != NULL || size == 0, -1);
  g_return_val_if_fail (error == NULL || *error == NULL, -1);
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  if (address != NULL)
    *address = NULL;
  if (cancellable != NULL && g_cancellable_set_error_if_cancelled (cancellable, error))
    return -1;

  if (!sa_socket_enter_call (self, &entered, cancellable, error))
    return -1;

  while (sa_socket_check_datagram (self, error))
    {
      n = sa_socket_try_receive_from (self, buffer, size, address, error);
      if (n != SA_SOCKET_WOULD_BLOCK)
        break;
      n = -1;
      if (!sa_socket_wait (self, SA_POLL_IN, &wait, cancellable, error))
        break;
    }
  sa_socket_leave (self, entered);

  return n;
}

/**
 * sa_socket_receive_data_from: (rename-to sa_socket_receive_from)
 * @self: a datagram #SaSocket
 * @size: how many bytes at most
 * @length: (out): return location for how many bytes were received
 * @address: (out) (transfer full) (optional) (nullable): return location for the sender's address; %NULL if
 *   the sender has none, as a Unix socket that was not bound
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Receives one datagram and tells who sent it (MFC's ReceiveFrom).
 *
 * A datagram that is longer than @size is lost: the function fails with %G_IO_ERROR_MESSAGE_TOO_LARGE, and
 * the message has both sizes and the sender. 65536 is enough for any on IPv4 and IPv6, and costs no more
 * than it holds.
 *
 * Fails also as sa_socket_receive().
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
  gssize room, n;

  g_return_val_if_fail (SA_IS_SOCKET (self), NULL);
  g_return_val_if_fail (length != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  *length = 0;
  if (address != NULL)
    *address = NULL;
  if (!sa_socket_check_datagram (self, error))
    return NULL;

  room = sa_socket_find_room (self, size, cancellable, error);
  if (room < 0)
    return NULL;

  data = g_malloc ((gsize) MAX (room, 1));
  n = sa_socket_receive_from (self, data, (gsize) room, address, cancellable, error);
  if (n < 0)
    return NULL;

  *length = (gsize) n;

  return n < room / 2 ? g_realloc (g_steal_pointer (&data), (gsize) MAX (n, 1)) : g_steal_pointer (&data);
}
