/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-impl-private.h"

/* Receiving.  */

#include <sys/ioctl.h>

/* No datagram of IPv4 or IPv6 is longer.  */
#define MAX_DATAGRAM 65536

/* The most that a receive from a stream makes room for.  */
#define MAX_ROOM (16 * 1024 * 1024)

gboolean
sa_socket_check_receive (SaSocket *self,
                         GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  if (G_LIKELY (priv->fd >= 0 &&
                (priv->state == SA_SOCKET_STATE_CONNECTED || priv->type == G_SOCKET_TYPE_DATAGRAM ||
                 priv->state == SA_SOCKET_STATE_CLOSED)))
    return TRUE;

  if (priv->state == SA_SOCKET_STATE_CLOSED && priv->last_error != NULL && !priv->closed_here)
    g_propagate_error (error, g_error_copy (priv->last_error));
  else if (priv->state == SA_SOCKET_STATE_CLOSED)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, _("The socket is closed"));
  else
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED, _("The socket is not connected"));

  return FALSE;
}

/* The kernel has nothing more: its next edge will tell.  */
void
sa_socket_note_drained (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  priv->receivable = FALSE;
  priv->urgent = FALSE;
  priv->verify = FALSE;
  priv->due &= (guint8) ~(DUE_RECEIVE | DUE_ACCEPT);
  sa_watch_rearm (&priv->watch, SA_POLL_IN);
}

/* A receive of @size bytes gave @n. On TCP a short one means that the kernel has no more, unless an end or
 * urgent data stopped it; anywhere else only EAGAIN says so.  */
void
sa_socket_note_received (SaSocket *self,
                         gsize n,
                         gsize size)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  priv->bytes_received += n;
  sa_socket_touch (self);

  if (n < size && sa_socket_system->short_is_drained && sa_socket_is_inet (priv) &&
      priv->type == G_SOCKET_TYPE_STREAM && !priv->peer_finished && !priv->urgent)
    {
      sa_socket_note_drained (self);
      return;
    }

  priv->receivable = TRUE;
  sa_socket_note_rest (self);
}

static void
note_end (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  if (priv->receive_ended)
    return;

  SA_NOTE (SOCKET, self, "the peer has finished sending");
  priv->receive_ended = TRUE;
  priv->receivable = TRUE;
  priv->due &= (guint8) ~DUE_RECEIVE;
  priv->due |= DUE_RECEIVE_ENDED;
  if (!sa_socket_is_in_turn (priv))
    sa_watch_wake (&priv->watch);
}

static gssize
fail_receive (SaSocket *self,
              int errsv,
              GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  g_autoptr (GError) local = NULL;

  sa_socket_set_error_from_errno (self, &local, errsv, _("Could not receive from %s: %s"));
  if (priv->type == G_SOCKET_TYPE_STREAM && priv->state == SA_SOCKET_STATE_CONNECTED)
    {
      sa_socket_break (self, local);
      priv->due &= (guint8) ~DUE_RECEIVE;
    }
  g_propagate_error (error, g_steal_pointer (&local));

  return SA_SOCKET_FAILED;
}

/* Something was taken, or tried to be: events that the poller noted before may be out of date.  */
void
sa_socket_note_taking (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  priv->takes++;
  priv->declined = 0;
  if ((priv->due & (DUE_RECEIVE | DUE_ACCEPT)) != 0)
    priv->verify = TRUE;
  if (priv->poller != NULL)
    priv->taken_at = (guint) SA_POLLER_STAT (priv->poller, polls);
}

/* What the receive of an urgent byte gave. A failure says nothing about the connection.  */
static gssize
check_urgent (SaSocket *self,
              gssize n,
              GError **error)
{
  if (n > 0)
    {
      sa_socket_private (self)->bytes_received += (gsize) n;
      sa_watch_rearm (&sa_socket_private (self)->watch, SA_POLL_URGENT);
      return n;
    }
  /* EINVAL: there is none; EAGAIN: it was announced and has not come.  */
  if (n == 0 || errno == EINVAL || sa_socket_is_would_block (errno))
    return SA_SOCKET_WOULD_BLOCK;

  sa_socket_set_error_from_errno (self, error, errno, _("Could not receive urgent data from %s: %s"));

  return SA_SOCKET_FAILED;
}

/* One receive. Returns as sa_socket_try_receive () does.  */
static gssize
receive_now (SaSocket *self,
             void *buffer,
             gsize size,
             int flags,
             GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  /* Only of datagrams the kernel says how long they were: on TCP the flag drops bytes.  */
  int cut = priv->type != G_SOCKET_TYPE_STREAM && (flags & MSG_PEEK) == 0 ? MSG_TRUNC : 0;
  int errsv;
  gssize n;

  if (priv->receive_ended && (flags & MSG_OOB) == 0 && !priv->closed_here)
    return 0;
  if (!sa_socket_check_receive (self, error))
    return SA_SOCKET_FAILED;

  do
    {
      priv->receive_calls++;
      n = sa_socket_system->recv (priv->fd, buffer, size, flags | cut);
    }
  while (n < 0 && errno == EINTR);

  errsv = errno;
  if (G_UNLIKELY ((flags & MSG_OOB) != 0))
    return check_urgent (self, n, error);
  if ((flags & MSG_PEEK) == 0)
    sa_socket_note_taking (self);

  if (G_UNLIKELY (cut != 0 && n > 0 && (gsize) n > size))
    {
      sa_socket_note_received (self, size, size);
      return sa_socket_refuse_cut (NULL, (gsize) n, size, error);
    }
  if (n > 0 || (n == 0 && (size == 0 || priv->type != G_SOCKET_TYPE_STREAM)))
    {
      if (flags == 0)
        sa_socket_note_received (self, (gsize) n, size);
      return n;
    }
  if (n < 0 && sa_socket_is_would_block (errsv))
    sa_socket_note_drained (self);
  else if (n < 0)
    return fail_receive (self, errsv, error);
  if (priv->broken && priv->last_error != NULL && (n == 0 || priv->error != NULL))
    {
      /* The kernel tells an error once, and of some not at all: it shows an end afterwards, or nothing.  */
      g_propagate_error (error, g_error_copy (priv->last_error));
      return SA_SOCKET_FAILED;
    }
  if (n < 0)
    return SA_SOCKET_WOULD_BLOCK;
  note_end (self);

  return 0;
}

gssize
sa_socket_try_receive (SaSocket *self,
                       void *buffer,
                       gsize size,
                       GError **error)
{
  return receive_now (self, buffer, size, 0, error);
}

/* How many bytes, or how long a datagram, can be received; -1 with errno.  */
static int
count_available (SaSocketPrivate *priv)
{
  int available;

  return ioctl (priv->fd, FIONREAD, &available) < 0 ? -1 : available;
}

/* Asks the kernel whether there is something to receive; notes an end or an error that it finds instead.  */
gboolean
sa_socket_probe (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  gssize n;
  char byte;

  if (priv->type != G_SOCKET_TYPE_STREAM)
    {
      if (sa_socket_is_readable (self))
        return TRUE;

      sa_socket_note_drained (self);
      return FALSE;
    }

  /* A peek costs twice as much, but tells an end from nothing.  */
  if (count_available (priv) > 0)
    return TRUE;

  do
    n = recv (priv->fd, &byte, 1, MSG_PEEK);
  while (n < 0 && errno == EINTR);

  if (n > 0)
    return TRUE;

  if (n < 0 && sa_socket_is_would_block (errno))
    sa_socket_note_drained (self);
  else if (n < 0)
    fail_receive (self, errno, NULL);
  else if (priv->error == NULL)
    note_end (self);

  return FALSE;
}

gboolean
sa_socket_is_readable (SaSocket *self)
{
  struct pollfd fd = { sa_socket_private (self)->fd, POLLIN, 0 };

  /* Without a descriptor a read tells the end, or the error, at once.  */
  return fd.fd < 0 || poll (&fd, 1, 0) > 0;
}

gboolean
sa_socket_is_writable (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  struct pollfd fd = { priv->fd, POLLOUT, 0 };

  /* What is queued goes first. Without a descriptor a write fails at once.  */
  return priv->fd < 0 || (priv->queue.bytes < priv->settings->high_water_mark &&
                          (priv->queue.head != NULL || poll (&fd, 1, 0) > 0));
}

static gssize
receive_until_there (SaSocket *self,
                     void *buffer,
                     gsize size,
                     int flags,
                     GCancellable *cancellable,
                     GError **error)
{
  SaSocketWait wait = { 0 };

  if (cancellable != NULL && g_cancellable_set_error_if_cancelled (cancellable, error))
    return -1;

  while (TRUE)
    {
      gssize n = receive_now (self, buffer, size, flags, error);

      if (n != SA_SOCKET_WOULD_BLOCK)
        return n;

      if ((flags & MSG_OOB) != 0)
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, _("No urgent byte is there"));
          return -1;
        }

      if (!sa_socket_wait (self, SA_POLL_IN, &wait, cancellable, error))
        return -1;
    }
}

/* Receives as the wait policy says.  */
static gssize
receive_waiting (SaSocket *self,
                 void *buffer,
                 gsize size,
                 int flags,
                 GCancellable *cancellable,
                 GError **error)
{
  SaEntered entered;
  gssize n;

  if (!sa_socket_enter_call (self, &entered, cancellable, error))
    return -1;

  n = receive_until_there (self, buffer, size, flags, cancellable, error);
  sa_socket_leave (self, entered);

  return n;
}

/* How much memory a receive of at most @size bytes needs, whatever size somebody asks for. A datagram has to
 * fit, so a large one is waited for and asked for its length. Returns -1 if there will be none.  */
gssize
sa_socket_find_room (SaSocket *self,
                     gsize size,
                     GCancellable *cancellable,
                     GError **error)
{
  gssize length;

  if (size <= MAX_DATAGRAM)
    return (gssize) size;
  if (sa_socket_is_stream (self))
    return (gssize) MIN (size, MAX_ROOM);

  length = receive_waiting (self, NULL, 0, MSG_PEEK | MSG_TRUNC, cancellable, error);

  return length < 0 ? -1 : (gssize) MIN ((gsize) length, size);
}

/* The same when something is there.  */
gssize
sa_socket_find_room_now (SaSocket *self,
                         gsize size)
{
  if (size <= MAX_DATAGRAM)
    return (gssize) size;

  return CLAMP (count_available (sa_socket_private (self)), MAX_DATAGRAM, (gssize) MIN (size, MAX_ROOM));
}

/* A receive into memory that is made for it, and cut to what came.  */
static guint8 *
receive_data (SaSocket *self,
              gsize size,
              int flags,
              gsize *length,
              GCancellable *cancellable,
              GError **error)
{
  g_autofree guint8 *data = NULL;
  gssize room, n;

  *length = 0;
  room = sa_socket_find_room (self, size, cancellable, error);
  if (room < 0)
    return NULL;

  data = g_malloc ((gsize) MAX (room, 1));
  n = receive_waiting (self, data, (gsize) room, flags, cancellable, error);
  if (n < 0)
    return NULL;

  *length = (gsize) n;

  return n < room / 2 ? g_realloc (g_steal_pointer (&data), MAX (*length, 1)) : g_steal_pointer (&data);
}

/**
 * sa_socket_receive: (skip)
 * @self: a connected #SaSocket
 * @buffer: (out caller-allocates) (array length=size) (element-type guint8): where the bytes go
 * @size: how many bytes at most
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Receives what is there, at least one byte (MFC's Receive), or one datagram.
 *
 * Fails with %G_IO_ERROR_WOULD_BLOCK if there is nothing and #SaSocket:wait-policy is %SA_WAIT_NEVER,
 * %G_IO_ERROR_TIMED_OUT after #SaSocket:timeout, %G_IO_ERROR_CANCELLED, %G_IO_ERROR_PENDING if another
 * receive is waiting, %G_IO_ERROR_CONNECTION_CLOSED if the connection was reset, %G_IO_ERROR_CLOSED if the
 * socket was closed here, and %G_IO_ERROR_NOT_CONNECTED. A datagram that is longer than @size is taken and
 * cut: that is %G_IO_ERROR_MESSAGE_TOO_LARGE. sa_socket_get_available_bytes() tells its length before.
 *
 * Returns: how many bytes were received, 0 if the peer has finished sending, or -1 on error
 * Since: 1.0
 */
gssize
sa_socket_receive (SaSocket *self,
                   void *buffer,
                   gsize size,
                   GCancellable *cancellable,
                   GError **error)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), -1);
  g_return_val_if_fail (buffer != NULL || size == 0, -1);
  g_return_val_if_fail (error == NULL || *error == NULL, -1);
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  return receive_waiting (self, buffer, size, 0, cancellable, error);
}

/**
 * sa_socket_receive_data: (rename-to sa_socket_receive)
 * @self: a connected #SaSocket
 * @size: how many bytes at most
 * @length: (out): return location for how many bytes were received
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Receives what is there, at least one byte (MFC's Receive), or one datagram.
 *
 * Fails with %G_IO_ERROR_WOULD_BLOCK if there is nothing and #SaSocket:wait-policy is %SA_WAIT_NEVER,
 * %G_IO_ERROR_TIMED_OUT after #SaSocket:timeout, %G_IO_ERROR_CANCELLED, %G_IO_ERROR_PENDING if another
 * receive is waiting, %G_IO_ERROR_CONNECTION_CLOSED if the connection was reset, %G_IO_ERROR_CLOSED if the
 * socket was closed here, and %G_IO_ERROR_NOT_CONNECTED. A datagram that is longer than @size is taken and
 * cut: that is %G_IO_ERROR_MESSAGE_TOO_LARGE. sa_socket_get_available_bytes() tells its length before.
 *
 * Returns: (array length=length) (element-type guint8) (transfer full): the bytes; none if the peer has
 *   finished sending. Free them with g_free().
 * Since: 1.0
 */
guint8 *
sa_socket_receive_data (SaSocket *self,
                        gsize size,
                        gsize *length,
                        GCancellable *cancellable,
                        GError **error)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), NULL);
  g_return_val_if_fail (length != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  return receive_data (self, size, 0, length, cancellable, error);
}

/**
 * sa_socket_receive_bytes:
 * @self: a connected #SaSocket
 * @size: how many bytes at most
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Receives as sa_socket_receive() does.
 *
 * Returns: (transfer full): the bytes; none if the peer has finished sending
 * Since: 1.0
 */
GBytes *
sa_socket_receive_bytes (SaSocket *self,
                         gsize size,
                         GCancellable *cancellable,
                         GError **error)
{
  guint8 *data;
  gsize length;

  g_return_val_if_fail (SA_IS_SOCKET (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  data = receive_data (self, size, 0, &length, cancellable, error);

  return data != NULL ? g_bytes_new_take (data, length) : NULL;
}

/**
 * sa_socket_receive_with_flags: (skip)
 * @self: a connected #SaSocket
 * @buffer: (out caller-allocates) (array length=size) (element-type guint8): where the bytes go
 * @size: how many bytes at most
 * @flags: #GSocketMsgFlags: %G_SOCKET_MSG_PEEK leaves the bytes where they are, %G_SOCKET_MSG_OOB receives
 *   the urgent byte
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Receives as sa_socket_receive() does, with flags. With %G_SOCKET_MSG_OOB it never waits, and fails with
 * %G_IO_ERROR_WOULD_BLOCK if there is no urgent byte, or it has not come yet.
 *
 * Returns: how many bytes were received, 0 if the peer has finished sending, or -1 on error
 * Since: 1.0
 */
gssize
sa_socket_receive_with_flags (SaSocket *self,
                              void *buffer,
                              gsize size,
                              GSocketMsgFlags flags,
                              GCancellable *cancellable,
                              GError **error)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), -1);
  g_return_val_if_fail (buffer != NULL || size == 0, -1);
  g_return_val_if_fail (error == NULL || *error == NULL, -1);
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  return receive_waiting (self, buffer, size, (int) flags, cancellable, error);
}

/**
 * sa_socket_receive_data_with_flags: (rename-to sa_socket_receive_with_flags)
 * @self: a connected #SaSocket
 * @size: how many bytes at most
 * @flags: #GSocketMsgFlags: %G_SOCKET_MSG_PEEK leaves the bytes where they are, %G_SOCKET_MSG_OOB receives
 *   the urgent byte
 * @length: (out): return location for how many bytes were received
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Receives as sa_socket_receive() does, with flags. With %G_SOCKET_MSG_OOB it never waits, and fails with
 * %G_IO_ERROR_WOULD_BLOCK if there is no urgent byte, or it has not come yet.
 *
 * Returns: (array length=length) (element-type guint8) (transfer full): the bytes; none if the peer has
 *   finished sending. Free them with g_free().
 * Since: 1.0
 */
guint8 *
sa_socket_receive_data_with_flags (SaSocket *self,
                                   gsize size,
                                   GSocketMsgFlags flags,
                                   gsize *length,
                                   GCancellable *cancellable,
                                   GError **error)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), NULL);
  g_return_val_if_fail (length != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  return receive_data (self, size, (int) flags, length, cancellable, error);
}

/**
 * sa_socket_get_available_bytes:
 * @self: a connected #SaSocket
 * @error: return location for a #GError
 *
 * How many bytes can be received now, or how large the next datagram is (`FIONREAD`).
 *
 * Fails with %G_IO_ERROR_CLOSED or %G_IO_ERROR_NOT_CONNECTED.
 *
 * Returns: the number of bytes, or -1 on error
 * Since: 1.0
 */
gssize
sa_socket_get_available_bytes (SaSocket *self,
                               GError **error)
{
  int available;

  g_return_val_if_fail (SA_IS_SOCKET (self), -1);
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  if (!sa_socket_check_receive (self, error))
    return -1;

  available = count_available (sa_socket_private (self));
  if (available < 0)
    sa_socket_set_error_from_errno (self, error, errno, _("Could not ask what came from %s: %s"));

  return available;
}

/**
 * sa_socket_is_at_mark:
 * @self: a connected #SaSocket
 * @error: return location for a #GError
 *
 * Whether the next byte to be received is the one before which an urgent byte was sent (`SIOCATMARK`).
 *
 * Fails with %G_IO_ERROR_CLOSED or %G_IO_ERROR_NOT_CONNECTED, and %G_IO_ERROR_NOT_SUPPORTED where the
 * protocol has no urgent data.
 *
 * Returns: %TRUE if it is; %FALSE if not, or on error
 * Since: 1.0
 */
gboolean
sa_socket_is_at_mark (SaSocket *self,
                      GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  int at_mark;

  g_return_val_if_fail (SA_IS_SOCKET (self), FALSE);
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  if (!sa_socket_check_receive (self, error))
    return FALSE;

  at_mark = sockatmark (priv->fd);
  if (at_mark < 0)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, _("This kind of socket has no urgent data: %s"),
                 g_strerror (errno));

  return at_mark > 0;
}
