/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-archive-private.h"
#include "sockarch/archive/sa-deadline-private.h"
#include "sockarch/archive/sa-large-private.h"
#include "sockarch/archive/sa-learn-private.h"
#include "sockarch/sa-error.h"
#include "sockarch/sa-i18n-private.h"
#include "sockarch/sa-unref-private.h"

#include <string.h>

/* The one buffer of an archive, and how it meets the stream.
 *
 * Loading, the bytes from self->cur to priv->data_end are there and not consumed; those before self->cur are
 * kept only as far as priv->keep_offset says. Storing, the bytes from priv->buffer to self->cur are stored
 * and not sent.  */

/* The last buffer that was given back, for the next archive that needs one: one that is filled, flushed and
 * given back for each message costs neither malloc () nor fresh pages then.  */
static gpointer spare_buffer;

static guint8 *
take_buffer (void)
{
  guint8 *buffer = g_atomic_pointer_exchange (&spare_buffer, NULL);

  return buffer != NULL ? buffer : g_malloc (SA_ARCHIVE_BUFFER_SIZE);
}

void
sa_archive_free_buffer (guint8 *buffer,
                        gsize capacity)
{
  if (capacity != SA_ARCHIVE_BUFFER_SIZE ||
      !g_atomic_pointer_compare_and_exchange (&spare_buffer, NULL, buffer))
    g_free (buffer);
}

/* Sets the ends that the inline functions look at. The one of the other direction lies before the cursor, so
 * that they leave the fast path by themselves; so do both when something must be looked at for every
 * value.  */
void
sa_archive_update_ends (SaArchive *self)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  guint8 *end = priv->mode == SA_ARCHIVE_LOAD || priv->buffer == NULL ? priv->data_end
                                                                     : priv->buffer + priv->capacity;
  guint64 room = priv->message_end - priv->base_offset;

  if (priv->error != NULL || priv->closed || priv->busy || priv->byte_order != SA_BYTE_ORDER_LITTLE_ENDIAN)
    end = priv->buffer;
  else if ((guint64) (end - priv->buffer) > room)
    end = priv->buffer + (gsize) room;

  self->read_end = priv->mode == SA_ARCHIVE_LOAD ? end : priv->buffer;
  self->write_end = priv->mode == SA_ARCHIVE_STORE ? end : priv->buffer;
}

/* Lets go of the buffer with all that is in it.  */
void
sa_archive_drop_buffer (SaArchive *self)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  if (priv->bytes != NULL)
    g_clear_pointer (&priv->bytes, g_bytes_unref);
  else if (priv->buffer != NULL)
    sa_archive_free_buffer (priv->buffer, priv->capacity);

  priv->base_offset += (guint64) (self->cur - priv->buffer);
  priv->buffer = NULL;
  priv->capacity = 0;
  priv->data_end = NULL;
  priv->line_searched = 0;
  self->cur = NULL;
  sa_archive_update_ends (self);
}

/* Gives an empty buffer back.  */
void
sa_archive_drop_empty_buffer (SaArchive *self)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  /* Somebody may be reading into it just now.  */
  if (!priv->busy && priv->bytes == NULL && priv->buffer != NULL && priv->keep_offset == G_MAXUINT64)
    sa_archive_drop_buffer (self);
}

/* The same when it is not known yet whether a loading archive has anything in it.  */
void
sa_archive_drop_empty_input (SaArchive *self)
{
  if (sa_archive_get_buffered (self) == 0)
    sa_archive_drop_empty_buffer (self);
}

gsize
sa_archive_get_buffered (SaArchive *self)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  return priv->mode == SA_ARCHIVE_LOAD ? (gsize) (priv->data_end - self->cur)
                                       : (gsize) (self->cur - priv->buffer);
}

gsize
sa_archive_get_wanted (SaArchive *self)
{
  return sa_archive_get_priv (self)->wanted;
}

/* Begins a call into the stream, from which a nested main loop may call back into the archive.  */
gboolean
sa_archive_enter (SaArchive *self,
                  GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  if (priv->busy)
    return sa_archive_set_error (
        self, error, SA_ARCHIVE_ERROR_BUSY,
        _("The archive is waiting for its stream in another call, further up the stack; "
          "come back when that has returned"));

  priv->busy = TRUE;
  g_object_ref (self);
  sa_archive_update_ends (self);
  return TRUE;
}

/* Ends what sa_archive_enter () began, and closes if that was asked for meanwhile.  */
void
sa_archive_leave (SaArchive *self)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  priv->busy = FALSE;
  sa_archive_update_ends (self);
  if (priv->close_pending)
    sa_archive_close (self, NULL);
  sa_unref_after_wait (self, g_main_context_get_thread_default ());
}

gboolean
sa_archive_check_open (SaArchive *self,
                       GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  if (priv->closed)
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_CLOSED,
                                 _("The archive is closed; make another one over the stream to go on"));

  if (priv->busy)
    return sa_archive_set_error (
        self, error, SA_ARCHIVE_ERROR_BUSY,
        _("The archive is waiting for its stream in another call, further up the stack; "
          "come back when that has returned"));

  return sa_archive_check_error (self, error);
}

gboolean
sa_archive_check_loading (SaArchive *self,
                          GError **error)
{
  if (!sa_archive_check_open (self, error))
    return FALSE;

  if (sa_archive_get_priv (self)->mode != SA_ARCHIVE_LOAD)
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_WRITE_ONLY,
                                 _("This archive stores; to load, make one with SA_ARCHIVE_LOAD"));

  return TRUE;
}

gboolean
sa_archive_check_storing (SaArchive *self,
                          GError **error)
{
  if (!sa_archive_check_open (self, error))
    return FALSE;

  if (sa_archive_get_priv (self)->mode != SA_ARCHIVE_STORE)
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_READ_ONLY,
                                 _("This archive loads; to store, make one with SA_ARCHIVE_STORE"));

  return TRUE;
}

/* Whether @count bytes more are within what one message may have.  */
gboolean
sa_archive_check_message (SaArchive *self,
                          gsize count,
                          GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  if (G_LIKELY (count <= priv->message_end - sa_archive_get_offset (self) && count <= G_MAXSSIZE / 2))
    return TRUE;

  if (priv->learning && priv->message_end != G_MAXUINT64)
    sa_archive_learn_limit (self, SA_LEARN_MESSAGE_BYTES,
                            priv->limit->message_bytes + count
                                - (priv->message_end - sa_archive_get_offset (self)));

  return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_LIMIT,
                               _("The message exceeds the limit of %" PRIu64
                                 " bytes; raise SaLimits:message-bytes if messages may be that long"),
                               priv->limit->message_bytes);
}

/* Changes the capacity and keeps what is in the buffer. @used bytes are in it.  */
gboolean
sa_archive_resize_buffer (SaArchive *self,
                          gsize used,
                          gsize capacity)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  gsize position = (gsize) (self->cur - priv->buffer);
  guint8 *buffer;

  if (priv->buffer == NULL && capacity == SA_ARCHIVE_BUFFER_SIZE)
    buffer = take_buffer ();
  else
    buffer = g_try_realloc (priv->buffer, capacity);

  if (buffer == NULL)
    return FALSE;

  sa_large_advise (buffer, capacity);
  priv->buffer = buffer;
  priv->capacity = capacity;
  self->cur = buffer + position;
  priv->data_end = priv->mode == SA_ARCHIVE_LOAD ? buffer + used : buffer;
  sa_archive_update_ends (self);
  return TRUE;
}

static void
set_timed_out (SaArchivePrivate *priv,
               GError **failure)
{
  g_set_error (failure, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
               _("The stream was waited for %u milliseconds; see SaArchive:timeout"), priv->timeout);
}

/* All reads of one composite, or of one value, share a time limit: a peer that drips must not get it anew
 * with every byte. What the program does between them does not count.  */
static gboolean
shares_limit (const SaArchivePrivate *priv)
{
  return priv->timeout > 0 && (priv->depth > 0 || priv->in_pieces);
}

/* Starts the time limit of a read. FALSE: it was used up by those before.  */
gboolean
sa_archive_start_deadline (SaArchivePrivate *priv,
                           SaDeadline *deadline,
                           GError **failure)
{
  guint milliseconds = priv->timeout;

  if (shares_limit (priv))
    {
      gint64 left = (gint64) priv->timeout * 1000 - priv->waited;

      /* The user's own cancelling goes before the time.  */
      if (left <= 0 && !g_cancellable_set_error_if_cancelled (priv->cancellable, failure))
        set_timed_out (priv, failure);
      if (left <= 0)
        return FALSE;
      milliseconds = (guint) ((left + 999) / 1000);
      priv->wait_began = g_get_monotonic_time ();
    }

  sa_deadline_start (deadline, milliseconds, priv->cancellable);

  return TRUE;
}

/* Ends a time limit, and says so if it was that which ended the call.  */
void
sa_archive_finish_deadline (SaArchivePrivate *priv,
                            SaDeadline *deadline,
                            GError **failure)
{
  if (shares_limit (priv) && priv->wait_began != 0)
    priv->waited += g_get_monotonic_time () - priv->wait_began;
  priv->wait_began = 0;

  if (!sa_deadline_stop (deadline) || !g_error_matches (*failure, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_clear_error (failure);
  set_timed_out (priv, failure);
}
