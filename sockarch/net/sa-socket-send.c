/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-impl-private.h"

/* Sending: straight to the kernel as long as it takes everything, and through the queue otherwise.  */

/* How many vectors one sendmsg () is given: small, since it is only used for what the kernel did not take at
 * once.  */
#define MAX_VECTORS 16

/* How long the timer of an entry is put off, in microseconds, when a thread has the socket to itself.  */
#define PUT_OFF_STEP 10000

gboolean
sa_socket_check_send (SaSocket *self,
                      GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  if (G_LIKELY (priv->fd >= 0 && !priv->send_ended && !priv->fin_wanted &&
                (priv->state == SA_SOCKET_STATE_CONNECTED || priv->type == G_SOCKET_TYPE_DATAGRAM)))
    return TRUE;

  if (priv->last_error != NULL && (priv->broken || (priv->state == SA_SOCKET_STATE_CLOSED && priv->fd >= 0)))
    g_propagate_error (error, g_error_copy (priv->last_error));
  else if (priv->state == SA_SOCKET_STATE_CLOSED)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, _("The socket is closed"));
  else if (priv->state == SA_SOCKET_STATE_CONNECTED && !priv->fin_wanted)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED,
                         _("The peer has closed the connection"));
  else if (priv->state == SA_SOCKET_STATE_CONNECTED)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED,
                         _("The sending half of the connection has ended"));
  else
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED, _("The socket is not connected"));

  return FALSE;
}

void
sa_socket_count_sent (SaSocket *self,
                      gsize n)
{
  sa_socket_private (self)->bytes_sent += n;
  sa_socket_touch (self);
}

/* One try to send. Returns how many bytes the kernel took, or the errno, negative: what follows a failure may
 * change errno itself.  */
static gssize
send_now (SaSocket *self,
          const GOutputVector *vectors,
          gsize n_vectors,
          int flags)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  gssize n;

  do
    {
      priv->send_calls++;
      if (n_vectors == 1)
        {
          n = sa_socket_system->send (priv->fd, vectors->buffer, vectors->size, flags | MSG_NOSIGNAL);
        }
      else
        {
          /* GOutputVector is declared to be struct iovec.  */
          struct msghdr message = { .msg_iov = (struct iovec *) vectors, .msg_iovlen = n_vectors };

          n = sa_socket_system->sendmsg (priv->fd, &message, flags | MSG_NOSIGNAL);
        }
    }
  while (n < 0 && errno == EINTR);

  if (G_LIKELY (n >= 0))
    {
      sa_socket_count_sent (self, (gsize) n);
      return n;
    }

  n = -errno;
  if (sa_socket_is_would_block ((int) -n))
    sa_watch_rearm (&priv->watch, SA_POLL_OUT);

  return n;
}

/* The connection cannot send: notes it for the signals, and gives the error.  */
static void
fail_send (SaSocket *self,
           int errsv,
           GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  g_autoptr (GError) local = NULL;

  sa_socket_set_error_from_errno (self, &local, errsv, _("Could not send to %s: %s"));
  if (priv->type == G_SOCKET_TYPE_STREAM)
    sa_socket_break (self, local);
  g_propagate_error (error, g_steal_pointer (&local));
}

/* There is room again, as far as the library is concerned.  */
static void
note_room (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  if (!priv->want_send_ready || priv->queue.bytes > priv->settings->low_water_mark)
    return;

  priv->due |= DUE_SEND;
  if (!sa_socket_is_in_turn (priv))
    sa_watch_wake (&priv->watch);
}

/* Sends what is queued, as far as the kernel takes it. An error ends the connection; the queue is then
 * failed in the next turn.  */
void
sa_socket_flush (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  GOutputVector vectors[MAX_VECTORS];
  gboolean moved = FALSE;

  /* Who waits until nothing is queued looks again. The mark stays, for operations.  */
  if (G_UNLIKELY ((g_atomic_int_get (&priv->marks) & MARK_CANCELLED) != 0) &&
      sa_send_queue_drop_cancelled (&priv->queue))
    priv->arrived |= SA_POLL_OUT;

  if (priv->type != G_SOCKET_TYPE_STREAM)
    sa_socket_flush_datagrams (self);

  while (priv->queue.head != NULL && priv->type == G_SOCKET_TYPE_STREAM && priv->fd >= 0 && !priv->broken)
    {
      gsize n_vectors = sa_send_queue_fill (&priv->queue, vectors, MAX_VECTORS);
      gssize n = send_now (self, vectors, n_vectors, 0);

      if (n < 0 && sa_socket_is_would_block ((int) -n))
        break;
      if (n < 0)
        {
          fail_send (self, (int) -n, NULL);
          return;
        }

      sa_send_queue_advance (&priv->queue, (gsize) n);
      /* Who waits for room looks again: its bytes may be gone, and the kernel need not say more.  */
      priv->arrived |= SA_POLL_OUT;
      moved = TRUE;
    }

  if (moved && priv->callers != NULL && priv->callers->sleepers != NULL)
    sa_socket_wake_sleepers (self);
  if (priv->queue.done != NULL && !sa_socket_is_in_turn (priv))
    sa_watch_wake (&priv->watch);
  note_room (self);
  if (priv->fin_wanted)
    sa_socket_send_fin (self);
}

/* Sends an entry that is not queued, until the kernel is full. Returns 0 when all of it was sent, otherwise
 * an errno: EAGAIN, after which the poller will say when there is room.  */
static int
send_entry (SaSocket *self,
            SaSendEntry *entry)
{
  GOutputVector vectors[MAX_VECTORS];

  while (entry->sent < entry->length)
    {
      gsize n_vectors = sa_send_entry_fill (entry, vectors, MAX_VECTORS);
      gssize n = send_now (self, vectors, n_vectors, 0);

      if (n < 0)
        return sa_socket_is_would_block ((int) -n) ? EAGAIN : (int) -n;

      sa_send_entry_advance (entry, (gsize) n);
    }

  return 0;
}

/* Goes on with an entry that is not queued, and of which the first try gave @n. Returns as
 * send_entry ().  */
static int
send_rest (SaSocket *self,
           SaSendEntry *entry,
           gssize n)
{
  if (n < 0)
    return sa_socket_is_would_block ((int) -n) ? EAGAIN : (int) -n;

  sa_send_entry_advance (entry, (gsize) n);

  return send_entry (self, entry);
}

static void
queue_entry (SaSocket *self,
             SaSendEntry *entry)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  int errsv = EAGAIN;

  entry->length = sa_send_vectors_length (entry->vectors, entry->n_vectors);
  if (priv->type != G_SOCKET_TYPE_STREAM)
    {
      sa_send_queue_push (&priv->queue, entry);
      sa_socket_flush (self);
      sa_watch_wake (&priv->watch);
      return;
    }
  if (priv->queue.head == NULL && !priv->broken && priv->fd >= 0)
    errsv = send_entry (self, entry);

  if (errsv == 0)
    {
      sa_send_queue_finish (&priv->queue, entry);
      sa_watch_wake (&priv->watch);
      return;
    }

  sa_send_queue_push (&priv->queue, entry);
  if (errsv != EAGAIN)
    fail_send (self, errsv, NULL);
}

/* Another thread has closed the socket since it was looked at.  */
static void
refuse_entry (SaSocket *self,
              SaSendEntry *entry)
{
  entry->length = sa_send_vectors_length (entry->vectors, entry->n_vectors);
  sa_socket_check_send (self, &entry->error);
  sa_send_queue_finish (&sa_socket_private (self)->queue, entry);
  sa_socket_take_turn_later (self);
}

/* A thread that blocks in a call sends it with what it has to send, or while it waits to receive: the loop is
 * kept out then.  */
void
sa_socket_queue_entry (SaSocket *self,
                       SaSendEntry *entry)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  gboolean locked = sa_socket_lock_calls (priv);

  if (G_LIKELY (priv->fd >= 0))
    queue_entry (self, entry);
  else
    refuse_entry (self, entry);
  if (locked && priv->callers->sleepers != NULL && priv->queue.head != NULL)
    sa_socket_wake_sleepers (self);
  sa_socket_unlock_calls (priv, locked);
}

/* An entry was taken out of the queue: what stood behind it goes on.  */
void
sa_socket_note_removed (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  priv->arrived |= SA_POLL_OUT;
  note_room (self);
  if (priv->fin_wanted)
    sa_socket_send_fin (self);
}

gboolean
sa_socket_remove_entry (SaSocket *self,
                        SaSendEntry *entry)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  gboolean outermost;
  gboolean removed;

  /* A thread that blocks in a send may just be sending it.  */
  if (!sa_socket_begin_turn (priv, &outermost))
    return FALSE;

  removed = entry->sent == 0 && sa_send_queue_remove (&priv->queue, entry);
  if (removed)
    sa_socket_note_removed (self);
  sa_socket_end_turn (priv, outermost);

  return removed;
}

void
sa_socket_put_off (SaSocket *self,
                   const SaSendEntry *entry,
                   SaTimer *timer)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  /* Half a message would be worse than a late one. After a close SaSocket:linger says when it is over.  */
  if (priv->fd >= 0 && entry->sent == 0 && !entry->finished && priv->poller != NULL)
    sa_timer_start (timer, priv->poller, g_get_monotonic_time () + PUT_OFF_STEP);
}

/* Copies what is left of the vectors.  */
static GBytes *
copy_rest (const SaSendEntry *rest)
{
  GByteArray *copy = g_byte_array_sized_new ((guint) MIN (rest->length - rest->sent, G_MAXUINT));
  gsize offset = rest->offset;

  for (gsize i = rest->vector; i < rest->n_vectors; i++)
    {
      g_byte_array_append (copy, (const guint8 *) rest->vectors[i].buffer + offset,
                           (guint) (rest->vectors[i].size - offset));
      offset = 0;
    }

  return g_byte_array_free_to_bytes (copy);
}

/* Queues what is left of the vectors, which is part of @whole, or copied if that is NULL.  */
static void
queue_rest (SaSocket *self,
            const SaSendEntry *rest,
            GBytes *whole)
{
  g_autoptr (GBytes) bytes = NULL;

  bytes = whole != NULL ? g_bytes_new_from_bytes (whole, rest->sent, rest->length - rest->sent)
                        : copy_rest (rest);
  sa_send_queue_push (&sa_socket_private (self)->queue, sa_send_entry_new (bytes));
}

static gboolean
set_too_much (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       _("More than 4 GiB in one send: send less"));

  return FALSE;
}

/* Sends, or queues, what is not sent by a first try, whose result is @n; there was none if anything is
 * queued.  */
static gboolean
send_or_queue_rest (SaSocket *self,
                    const GOutputVector *vectors,
                    gsize n_vectors,
                    GBytes *whole,
                    gssize n,
                    GError **error)
{
  SaSendEntry rest = { .vectors = vectors, .n_vectors = n_vectors };
  int errsv = EAGAIN;

  rest.length = sa_send_vectors_length (vectors, n_vectors);
  if (sa_socket_private (self)->queue.head == NULL)
    errsv = send_rest (self, &rest, n);
  if (errsv == EAGAIN)
    queue_rest (self, &rest, whole);
  else if (errsv != 0)
    fail_send (self, errsv, error);

  return errsv == 0 || errsv == EAGAIN;
}

/* As a rule the kernel takes all of it at once, and nothing has to be remembered. What has to be is
 * referenced if the one vector is the whole of @whole.  */
static gboolean
try_send (SaSocket *self,
          const GOutputVector *vectors,
          gsize n_vectors,
          GBytes *whole,
          GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  gsize length = sa_send_vectors_length (vectors, n_vectors);
  gssize n = 0;

  if (!sa_socket_check_send (self, error))
    return FALSE;
  if (length > G_MAXUINT)
    return set_too_much (error);
  if (length == 0)
    return TRUE;

  /* A source of a stream above the priority of the socket comes here again and again, and would keep the loop
   * from making room.  */
  if (priv->queue.bytes >= priv->settings->high_water_mark && !sa_socket_is_in_turn (priv))
    {
      sa_socket_flush (self);
      if (!sa_socket_check_send (self, error))
        return FALSE;
    }

  if (priv->queue.bytes >= priv->settings->high_water_mark)
    {
      priv->want_send_ready = TRUE;
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK,
                   _("%zu bytes are queued already: wait for SaSocket::send-ready"),
                   priv->queue.bytes);
      return FALSE;
    }

  if (G_LIKELY (priv->queue.head == NULL))
    {
      n = send_now (self, vectors, MIN (n_vectors, MAX_VECTORS), 0);
      if (G_LIKELY (n == (gssize) length))
        return TRUE;
    }

  return send_or_queue_rest (self, vectors, n_vectors, whole, n, error);
}

gboolean
sa_socket_try_send_vectors (SaSocket *self,
                            const GOutputVector *vectors,
                            gsize n_vectors,
                            GError **error)
{
  return try_send (self, vectors, n_vectors, NULL, error);
}

static void
add_count (GError **error,
           gsize sent,
           gsize length)
{
  if (sent > 0)
    g_prefix_error (error, _("After %zu of %zu bytes were sent: "), sent,
                    length);
}

/* Waits until the kernel has the whole entry, which stands in the queue among the others, so that what
 * handlers send during the wait comes after it.  */
static void
wait_until_sent (SaSocket *self,
                 SaSendEntry *entry,
                 GCancellable *cancellable,
                 GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  SaSocketWait wait = { 0 };
  gboolean waited = TRUE;

  while (waited && !entry->finished && !priv->broken)
    {
      waited = sa_socket_wait (self, SA_POLL_OUT, &wait, cancellable, error);
      if (waited && !entry->finished)
        sa_socket_flush (self);
    }

  if (!entry->finished && sa_send_queue_remove (&priv->queue, entry))
    sa_socket_note_removed (self);
  if (entry->sent == entry->length)
    {
      if (!waited)
        g_clear_error (error);
      return;
    }

  if (waited && sa_socket_check_send (self, error))
    sa_socket_set_ended_meanwhile (self, error);
  add_count (error, entry->sent, entry->length);
}

/* As send_or_queue_rest (), waiting until all of it is sent.  */
static gboolean
send_rest_waiting (SaSocket *self,
                   const GOutputVector *vectors,
                   gsize n_vectors,
                   gssize n,
                   gsize *bytes_written,
                   GCancellable *cancellable,
                   GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  SaSendEntry entry = { .vectors = vectors, .n_vectors = n_vectors };
  int errsv = EAGAIN;

  entry.length = sa_send_vectors_length (vectors, n_vectors);
  if (priv->queue.head == NULL)
    errsv = send_rest (self, &entry, n);
  if (errsv == EAGAIN)
    {
      sa_send_queue_push (&priv->queue, &entry);
      wait_until_sent (self, &entry, cancellable, error);
    }
  else if (errsv != 0)
    {
      fail_send (self, errsv, error);
      add_count (error, entry.sent, entry.length);
    }
  *bytes_written = entry.sent;

  return entry.sent == entry.length;
}

static gboolean
send_until_gone (SaSocket *self,
                 const GOutputVector *vectors,
                 gsize n_vectors,
                 gsize *bytes_written,
                 GCancellable *cancellable,
                 GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  gsize length = sa_send_vectors_length (vectors, n_vectors);
  gssize n = 0;

  *bytes_written = 0;
  if (priv->wait_policy == SA_WAIT_NEVER)
    {
      if (!sa_socket_try_send_vectors (self, vectors, n_vectors, error))
        return FALSE;
      *bytes_written = length;
      return TRUE;
    }

  if (!sa_socket_check_send (self, error))
    return FALSE;

  if (priv->queue.head == NULL && length > 0)
    {
      n = send_now (self, vectors, MIN (n_vectors, MAX_VECTORS), 0);
      if (n == (gssize) length)
        *bytes_written = length;
    }
  if (n == (gssize) length)
    return TRUE;

  return send_rest_waiting (self, vectors, n_vectors, n, bytes_written, cancellable, error);
}

gboolean
sa_socket_send_vectors (SaSocket *self,
                        const GOutputVector *vectors,
                        gsize n_vectors,
                        gsize *bytes_written,
                        GCancellable *cancellable,
                        GError **error)
{
  SaEntered entered;
  gboolean success;

  *bytes_written = 0;
  if (!sa_socket_enter_call (self, &entered, cancellable, error))
    return FALSE;

  success = send_until_gone (self, vectors, n_vectors, bytes_written, cancellable, error);
  sa_socket_leave (self, entered);

  return success;
}

/**
 * sa_socket_send:
 * @self: a connected #SaSocket
 * @data: (array length=length) (element-type guint8): the bytes
 * @length: how many bytes
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Sends bytes (MFC's Send), or one datagram. All of @data is sent or queued: when the function returns
 * without an error it returns @length, and under %SA_WAIT_BLOCK and %SA_WAIT_DISPATCH the kernel has
 * everything.
 *
 * Fails with %G_IO_ERROR_WOULD_BLOCK, having sent nothing, if #SaSocket:wait-policy is %SA_WAIT_NEVER and
 * #SaSocket:high-water-mark bytes are queued already; then #SaSocket::send-ready says when to try again.
 * Fails with %G_IO_ERROR_TIMED_OUT after #SaSocket:timeout and with %G_IO_ERROR_CANCELLED, and then the
 * message says how many bytes were sent; %G_IO_ERROR_CONNECTION_CLOSED if the peer is gone (also known as
 * %G_IO_ERROR_BROKEN_PIPE), %G_IO_ERROR_CLOSED if the socket was closed or its sending half shut down,
 * %G_IO_ERROR_NOT_CONNECTED, and %G_IO_ERROR_MESSAGE_TOO_LARGE for a datagram that cannot be sent whole.
 *
 * Returns: @length, or -1 on error
 * Since: 1.0
 */
gssize
sa_socket_send (SaSocket *self,
                const guint8 *data,
                gsize length,
                GCancellable *cancellable,
                GError **error)
{
  GOutputVector vector = { data, length };
  gsize sent;

  g_return_val_if_fail (SA_IS_SOCKET (self), -1);
  g_return_val_if_fail (data != NULL || length == 0, -1);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), -1);
  g_return_val_if_fail (error == NULL || *error == NULL, -1);
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  if (cancellable != NULL && g_cancellable_set_error_if_cancelled (cancellable, error))
    return -1;
  if (!sa_socket_is_stream (self))
    return sa_socket_send_datagram (self, NULL, data, length, 0, cancellable, error);

  return sa_socket_send_vectors (self, &vector, 1, &sent, cancellable, error) ? (gssize) sent : -1;
}

/**
 * sa_socket_send_bytes:
 * @self: a connected #SaSocket
 * @bytes: the bytes
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Sends bytes as sa_socket_send() does, but if they must be queued they are referenced and not copied.
 *
 * Returns: the size of @bytes, or -1 on error
 * Since: 1.0
 */
gssize
sa_socket_send_bytes (SaSocket *self,
                      GBytes *bytes,
                      GCancellable *cancellable,
                      GError **error)
{
  GOutputVector vector;

  g_return_val_if_fail (SA_IS_SOCKET (self), -1);
  g_return_val_if_fail (bytes != NULL, -1);
  g_return_val_if_fail (error == NULL || *error == NULL, -1);
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  vector.buffer = g_bytes_get_data (bytes, &vector.size);
  if (sa_socket_private (self)->wait_policy != SA_WAIT_NEVER || !sa_socket_is_stream (self))
    return sa_socket_send (self, vector.buffer, vector.size, cancellable, error);

  if (cancellable != NULL && g_cancellable_set_error_if_cancelled (cancellable, error))
    return -1;

  return try_send (self, &vector, 1, bytes, error) ? (gssize) vector.size : -1;
}

/* Waits until nothing is queued, and then until the kernel takes something.  */
static gssize
send_past_queue (SaSocket *self,
                 const GOutputVector *vector,
                 int flags,
                 SaSocketWait *wait,
                 GCancellable *cancellable,
                 GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  while (sa_socket_check_send (self, error))
    {
      if (priv->queue.head != NULL)
        sa_socket_flush (self);
      if (priv->send_ended)
        continue;
      if (priv->queue.head == NULL)
        {
          gssize n = send_now (self, vector, 1, flags);

          if (n >= 0)
            return n;
          if (!sa_socket_is_would_block ((int) -n))
            {
              fail_send (self, (int) -n, error);
              return -1;
            }
        }

      priv->want_send_ready = TRUE;
      if (!sa_socket_wait (self, SA_POLL_OUT, wait, cancellable, error))
        return -1;
    }

  return -1;
}

/**
 * sa_socket_send_with_flags:
 * @self: a connected #SaSocket
 * @data: (array length=length) (element-type guint8): the bytes
 * @length: how many bytes
 * @flags: #GSocketMsgFlags: %G_SOCKET_MSG_OOB marks the last byte as urgent, %G_SOCKET_MSG_DONTROUTE stays in
 *   the local network
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Sends bytes with flags, straight from @data, after all that is queued. Under %SA_WAIT_NEVER it may send
 * fewer bytes than asked, and fails with %G_IO_ERROR_WOULD_BLOCK if anything is queued; otherwise it is as
 * sa_socket_send().
 *
 * Returns: how many bytes were sent, or -1 on error
 * Since: 1.0
 */
gssize
sa_socket_send_with_flags (SaSocket *self,
                           const guint8 *data,
                           gsize length,
                           GSocketMsgFlags flags,
                           GCancellable *cancellable,
                           GError **error)
{
  SaSocketWait wait = { 0 };
  gsize sent = 0;
  SaEntered entered;
  gssize n = 0;

  g_return_val_if_fail (SA_IS_SOCKET (self), -1);
  g_return_val_if_fail (data != NULL || length == 0, -1);
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  if (cancellable != NULL && g_cancellable_set_error_if_cancelled (cancellable, error))
    return -1;
  if (!sa_socket_is_stream (self))
    return sa_socket_send_datagram (self, NULL, data, length, (int) flags, cancellable, error);
  if (!sa_socket_check_send (self, error))
    return -1;

  if (!sa_socket_enter_call (self, &entered, cancellable, error))
    return -1;

  while (sent < length)
    {
      GOutputVector vector = { data + sent, length - sent };

      n = send_past_queue (self, &vector, (int) flags, &wait, cancellable, error);
      if (n < 0)
        {
          add_count (error, sent, length);
          break;
        }

      sent += (gsize) n;
      if (sa_socket_private (self)->wait_policy == SA_WAIT_NEVER)
        break;
    }
  sa_socket_leave (self, entered);

  return n < 0 ? -1 : (gssize) sent;
}
