/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-archive-private.h"
#include "sockarch/archive/sa-deadline-private.h"
#include "sockarch/sa-error.h"
#include "sockarch/sa-i18n-private.h"
#include "sockarch/sa-unref-private.h"

#include <string.h>

/* How a storing archive gets bytes into its stream; and what flushing is in either direction.  */

/* What an archive over bytes begins with; over a stream it is the full size at once.  */
#define FIRST_SIZE 512

/* Forgets the first @count bytes of the buffer, which were sent.  */
static void
forget_sent (SaArchive *self,
             gsize count)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  gsize rest = (gsize) (self->cur - priv->buffer) - count;

  if (count > 0 && rest > 0)
    memmove (priv->buffer, priv->buffer + count, rest);

  priv->base_offset += count;
  self->cur = priv->buffer + rest;
  sa_archive_update_ends (self);
}

/* Sends what may be sent, in one call; what the stream does not take stays.  */
static gboolean
send_before (SaArchive *self,
             const SaDeadline *deadline,
             GError **failure)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  guint64 end = MIN (sa_archive_get_offset (self), priv->keep_offset);
  gsize size = (gsize) (end - priv->base_offset);
  gsize sent = 0;
  gboolean done;

  if (size == 0)
    return TRUE;

  g_autoptr (GOutputStream) output = g_object_ref (priv->output);

  priv->busy = TRUE;
  sa_archive_update_ends (self);
  done = g_output_stream_write_all (output, priv->buffer, size, &sent, deadline->cancellable, failure);
  priv->busy = FALSE;

  forget_sent (self, sent);
  return done;
}

/* The same within the time limit. The error is bare: the caller knows whether it matters.  */
gboolean
sa_archive_send (SaArchive *self,
                 GError **failure)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  SaDeadline deadline;
  gboolean done;

  sa_deadline_start (&deadline, priv->timeout, priv->cancellable);
  done = send_before (self, &deadline, failure);
  sa_archive_finish_deadline (priv, &deadline, failure);

  return done;
}

/* How much may be held that the stream does not take.  */
static gsize
get_most_held (SaArchivePrivate *priv)
{
  return (gsize) CLAMP (priv->limit->message_bytes, SA_ARCHIVE_BUFFER_SIZE, G_MAXSSIZE / 4);
}

/* Sends what is there to make room; says so in @blocked if the stream takes nothing now, which is no failure
 * yet.  */
static gboolean
send_for_room (SaArchive *self,
               GError **blocked,
               GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  GError *failure = NULL;
  gboolean sent;

  if (priv->output == NULL || priv->flush_task != NULL)
    return TRUE;

  g_object_ref (self);
  sent = sa_archive_send (self, &failure);
  if (priv->close_pending)
    sa_archive_close (self, NULL);
  sa_unref_after_wait (self, g_main_context_get_thread_default ());

  if (priv->closed)
    {
      g_clear_error (&failure);
      return sa_archive_check_open (self, error);
    }

  if (sent)
    return TRUE;
  if (!g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return sa_archive_take_error (self, error, failure);

  *blocked = failure;
  return TRUE;
}

gboolean
sa_archive_grow (SaArchive *self,
                 gsize count)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  gsize used = (gsize) (self->cur - priv->buffer);
  gsize capacity = MAX (priv->capacity, priv->output != NULL ? SA_ARCHIVE_BUFFER_SIZE : FIRST_SIZE);

  while (capacity - used < count)
    capacity *= 2;

  return sa_archive_resize_buffer (self, used, capacity);
}

static G_GNUC_NO_INLINE gboolean
reserve_slowly (SaArchive *self,
                gsize count,
                GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  g_autoptr (GError) blocked = NULL;
  gsize used;

  if (!sa_archive_check_storing (self, error) || !sa_archive_check_message (self, count, error))
    return FALSE;

  used = (gsize) (self->cur - priv->buffer);
  if (priv->capacity - used >= count && priv->buffer != NULL)
    return TRUE;

  if (used > 0)
    {
      if (!send_for_room (self, &blocked, error))
        return FALSE;

      used = (gsize) (self->cur - priv->buffer);
      if (priv->capacity - used >= count)
        return TRUE;
    }

  if (priv->output != NULL && priv->keep_offset == G_MAXUINT64 && used > 0 &&
      used + count > get_most_held (priv))
    {
      if (blocked == NULL)
        g_set_error (&blocked, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK,
                     _("%zu bytes wait to be sent already; wait for the flush"), used);
      return sa_archive_take_error (self, error, g_steal_pointer (&blocked));
    }

  if (!sa_archive_grow (self, count))
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_BUFFER_FULL,
                                 _("There is no memory for a buffer of %zu bytes"), used + count);

  return TRUE;
}

gboolean
sa_archive_reserve (SaArchive *self,
                    gsize count,
                    GError **error)
{
  if (G_LIKELY (self->write_end - self->cur >= (gssize) count && (gssize) count > 0))
    return TRUE;

  return reserve_slowly (self, count, error);
}

gboolean
sa_archive_append (SaArchive *self,
                   const guint8 *data,
                   gsize count,
                   GError **error)
{
  if (!sa_archive_reserve (self, count, error))
    return FALSE;

  if (count > 0)
    memcpy (self->cur, data, count);
  self->cur += count;
  return TRUE;
}

guint8 *
sa_archive_lend_output (SaArchive *self,
                        gsize *size,
                        gsize *capacity)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  guint64 offset = sa_archive_get_offset (self);
  guint64 end = MIN (offset, priv->keep_offset);
  gsize rest = (gsize) (offset - end);
  guint8 *data = priv->buffer;

  *size = (gsize) (end - priv->base_offset);
  *capacity = priv->capacity;
  if (*size == 0)
    return NULL;

  priv->buffer = NULL;
  priv->capacity = 0;
  priv->data_end = NULL;
  priv->base_offset = end;
  self->cur = NULL;
  sa_archive_update_ends (self);

  /* What belongs to a transaction stays here.  */
  if (rest > 0)
    {
      if (!sa_archive_grow (self, rest))
        g_error ("%s: out of memory for %zu bytes", G_STRLOC, rest);
      memcpy (self->cur, data + *size, rest);
      self->cur += rest;
    }

  return data;
}

void
sa_archive_unsend (SaArchive *self,
                   const guint8 *data,
                   gsize length)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  gsize used = (gsize) (self->cur - priv->buffer);

  if (!sa_archive_grow (self, length))
    g_error ("%s: out of memory for %zu bytes", G_STRLOC, length);

  memmove (priv->buffer + length, priv->buffer, used);
  memcpy (priv->buffer, data, length);
  priv->base_offset -= length;
  self->cur += length;
  sa_archive_update_ends (self);
}

/* Sends the buffer and @data behind it in one call. What of @data the stream does not take is buffered, once
 * any of it has gone: the value counts as stored then, and the next flush tells.  */
static gboolean
send_past_buffer (SaArchive *self,
                  const guint8 *data,
                  gsize count,
                  GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  g_autoptr (GOutputStream) output = g_object_ref (priv->output);
  gsize used = (gsize) (self->cur - priv->buffer);
  GOutputVector vectors[] = { { priv->buffer, used }, { data, count } };
  guint first = used > 0 ? 0 : 1;
  GError *failure = NULL;
  gsize sent = 0;
  SaDeadline deadline;
  gboolean done;

  if (!sa_archive_enter (self, error))
    return FALSE;

  sa_deadline_start (&deadline, priv->timeout, priv->cancellable);
  done = g_output_stream_writev_all (output, vectors + first, 2 - first, &sent, deadline.cancellable,
                                     &failure);
  sa_archive_finish_deadline (priv, &deadline, &failure);

  priv->busy = FALSE;
  forget_sent (self, MIN (sent, used));
  if (sent > used)
    priv->base_offset += sent - used;

  if (!done && sent > used && sa_archive_error_is_passing (failure) &&
      sa_archive_resize_buffer (self, 0, MAX (SA_ARCHIVE_BUFFER_SIZE, used + count - sent)))
    {
      memcpy (priv->buffer, data + (sent - used), used + count - sent);
      self->cur = priv->buffer + (used + count - sent);
      sa_archive_update_ends (self);
      g_clear_error (&failure);
    }

  sa_archive_leave (self);
  return failure == NULL || sa_archive_take_error (self, error, failure);
}

gboolean
sa_archive_put_data (SaArchive *self,
                     const guint8 *data,
                     gsize count,
                     GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  if (count < SA_ARCHIVE_BUFFER_SIZE || priv->output == NULL || priv->flush_task != NULL ||
      priv->keep_offset != G_MAXUINT64)
    return sa_archive_append (self, data, count, error);

  if (!sa_archive_check_storing (self, error) || !sa_archive_check_message (self, count, error))
    return FALSE;

  return send_past_buffer (self, data, count, error);
}

/**
 * sa_archive_flush:
 * @self: an archive
 * @error: return location for an error
 *
 * Storing, sends all that is in the buffer, in one call to the stream, and flushes the stream. What belongs
 * to an open transaction stays. Bytes that the stream did not take stay too, so that it can be tried again;
 * none is ever sent twice.
 *
 * Loading, gives what was read ahead back to the stream, so that somebody else can read on there. That works
 * where the stream can seek, and over a #SaSocketFile; otherwise it is %SA_ARCHIVE_ERROR_NOT_SUPPORTED, and
 * nothing is lost: see sa_archive_steal_buffered(), which also tells of %SA_ARCHIVE_ERROR_BUSY.
 *
 * Over bytes there is nothing to do.
 *
 * Beside the errors of the stream, %G_IO_ERROR_WOULD_BLOCK says that the stream takes nothing now and may not
 * wait, and %G_IO_ERROR_TIMED_OUT that it took nothing for #SaArchive:timeout.
 *
 * Returns: %TRUE if nothing is left to do
 * Since: 1.0
 */
gboolean
sa_archive_flush (SaArchive *self,
                  GError **error)
{
  SaArchivePrivate *priv;
  GError *failure = NULL;
  SaDeadline deadline;
  gboolean done;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);

  priv = sa_archive_get_priv (self);
  if (!sa_archive_check_open (self, error))
    return FALSE;

  if (priv->mode == SA_ARCHIVE_LOAD)
    {
      if (priv->input == NULL)
        return TRUE;
      if (!sa_archive_feed_check_idle (self, error))
        return FALSE;
      if (sa_archive_give_back (self))
        return TRUE;
      return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_NOT_SUPPORTED,
                                   _("The stream cannot take back what was read ahead; steal it with "
                                     "sa_archive_steal_buffered()"));
    }

  if (priv->output == NULL)
    return TRUE;
  if (priv->flush_task != NULL)
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_BUSY, _("A flush is under way already"));

  if (!sa_archive_enter (self, error))
    return FALSE;

  g_autoptr (GOutputStream) output = g_object_ref (priv->output);

  sa_deadline_start (&deadline, priv->timeout, priv->cancellable);
  done = send_before (self, &deadline, &failure);
  if (done)
    {
      priv->busy = TRUE;
      sa_archive_update_ends (self);
      done = g_output_stream_flush (output, deadline.cancellable, &failure);
      priv->busy = FALSE;
    }
  sa_archive_finish_deadline (priv, &deadline, &failure);
  if (done && self->cur == priv->buffer)
    sa_archive_drop_empty_buffer (self);

  sa_archive_leave (self);
  return done || sa_archive_take_error (self, error, failure);
}
