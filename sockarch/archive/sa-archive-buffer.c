/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-archive-private.h"
#include "sockarch/archive/sa-deadline-private.h"
#include "sockarch/sa-error.h"
#include "sockarch/sa-i18n-private.h"
#include "sockarch/sa-unread-private.h"

#include <string.h>

/* The one buffer of an archive, and how it meets the stream.
 *
 * Loading, the bytes from self->cur to priv->data_end are there and not consumed; those before self->cur are
 * kept only as far as priv->keep_offset says. Storing, the bytes from priv->buffer to self->cur are stored
 * and not sent.  */

/* What an archive over bytes begins with; over a stream it is the full size at once.  */
#define FIRST_SIZE 512

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
  guint8 *end = priv->mode == SA_ARCHIVE_LOAD ? priv->data_end : priv->buffer + priv->capacity;
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
  self->cur = NULL;
  sa_archive_update_ends (self);
}

/* Gives an empty buffer back.  */
void
sa_archive_drop_empty_buffer (SaArchive *self)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  if (priv->bytes == NULL && priv->buffer != NULL && priv->keep_offset == G_MAXUINT64)
    sa_archive_drop_buffer (self);
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
  g_object_unref (self);
}

static gboolean
check_open (SaArchive *self,
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
  if (!check_open (self, error))
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
  if (!check_open (self, error))
    return FALSE;

  if (sa_archive_get_priv (self)->mode != SA_ARCHIVE_STORE)
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_READ_ONLY,
                                 _("This archive loads; to store, make one with SA_ARCHIVE_STORE"));

  return TRUE;
}

/* Whether @count bytes more are within what one message may have.  */
static gboolean
check_message (SaArchive *self,
               gsize count,
               GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  if (G_LIKELY (count <= priv->message_end - sa_archive_get_offset (self) && count <= G_MAXSSIZE / 2))
    return TRUE;

  return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_LIMIT,
                               _("The message exceeds the limit of %" PRIu64
                                 " bytes; raise SaLimits:message-bytes if messages may be that long"),
                               priv->limit->message_bytes);
}

/* Changes the capacity and keeps what is in the buffer. @used bytes are in it.  */
static gboolean
resize_buffer (SaArchive *self,
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

  priv->buffer = buffer;
  priv->capacity = capacity;
  self->cur = buffer + position;
  priv->data_end = priv->mode == SA_ARCHIVE_LOAD ? buffer + used : buffer;
  sa_archive_update_ends (self);
  return TRUE;
}

/* Loading */

/* Makes room behind the bytes that are there: moves them to the front, and doubles the buffer if that is not
 * enough. It is only ever twice as large as what really came, whatever the stream promises.  */
static gboolean
make_input_room (SaArchive *self,
                 gsize room)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  guint64 offset = sa_archive_get_offset (self);
  guint64 first = MIN (offset, priv->keep_offset);
  gsize gone = priv->buffer != NULL ? (gsize) (first - priv->base_offset) : 0;
  gsize used = (gsize) (priv->data_end - priv->buffer);
  gsize capacity = MAX (priv->capacity, SA_ARCHIVE_BUFFER_SIZE);

  if (priv->capacity - used >= room && (priv->capacity - used >= gone || gone == 0))
    return TRUE;

  if (gone > 0)
    {
      memmove (priv->buffer, priv->buffer + gone, used - gone);
      priv->base_offset += gone;
      self->cur -= gone;
      priv->data_end -= gone;
      used -= gone;
    }

  while (capacity - used < room)
    capacity *= 2;

  if (capacity != priv->capacity && !resize_buffer (self, used, capacity))
    return FALSE;

  sa_archive_update_ends (self);
  return TRUE;
}

/* Adds bytes that came by another way than a fill: from the main loop, or back from a value that failed.  */
void
sa_archive_append_input (SaArchive *self,
                         const guint8 *data,
                         gsize length)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  if (!make_input_room (self, length))
    g_error ("%s: out of memory for %zu bytes", G_STRLOC, length);

  memcpy (priv->data_end, data, length);
  priv->data_end += length;
  sa_archive_update_ends (self);
}

guint8 *
sa_archive_get_input_room (SaArchive *self,
                           gsize *size)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  if (!make_input_room (self, 1))
    return NULL;

  *size = priv->capacity - (gsize) (priv->data_end - priv->buffer);
  return priv->data_end;
}

void
sa_archive_add_input (SaArchive *self,
                      gsize length)
{
  sa_archive_get_priv (self)->data_end += length;
  sa_archive_update_ends (self);
}

void
sa_archive_push_back (SaArchive *self,
                      const guint8 *data,
                      gsize length)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  gsize buffered = (gsize) (priv->data_end - self->cur);

  /* Bytes that belong to somebody else are still there, and must not be written to.  */
  if (priv->bytes != NULL)
    {
      self->cur -= length;
      return;
    }

  if ((gsize) (self->cur - priv->buffer) < length)
    {
      if (!make_input_room (self, length))
        g_error ("%s: out of memory for %zu bytes", G_STRLOC, length);

      /* The bytes came from before what is buffered, so the buffer begins that much earlier.  */
      gsize missing = length - (gsize) (self->cur - priv->buffer);

      memmove (self->cur + missing, self->cur, buffered);
      self->cur += missing;
      priv->data_end += missing;
      priv->base_offset -= missing;
    }

  self->cur -= length;
  memcpy (self->cur, data, length);
  sa_archive_update_ends (self);
}

/* Ends a time limit, and says so if it was that which ended the call.  */
static void
finish_deadline (SaArchivePrivate *priv,
                 SaDeadline *deadline,
                 GError **failure)
{
  if (!sa_deadline_stop (deadline) || !g_error_matches (*failure, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_clear_error (failure);
  g_set_error (failure, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
               _("The stream did not move for %u milliseconds; see SaArchive:timeout"), priv->timeout);
}

/* One read of the stream; returns how much came, 0 at the end, -1 on failure.  */
static gssize
read_stream (SaArchive *self,
             guint8 *data,
             gsize size,
             SaDeadline *deadline,
             GError **failure)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  g_autoptr (GInputStream) input = g_object_ref (priv->input);
  gssize count;

  priv->busy = TRUE;
  sa_archive_update_ends (self);
  count = g_input_stream_read (input, data, size, deadline->cancellable, failure);
  priv->busy = FALSE;

  return count;
}

/* Reads until @count bytes are buffered. Each read takes all that is there, as far as the buffer goes.  */
static SaFillResult
fill_from_stream (SaArchive *self,
                  gsize count,
                  GError **failure)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  SaFillResult result = SA_FILL_DONE;
  SaDeadline deadline;

  g_object_ref (self);
  sa_deadline_start (&deadline, priv->timeout, priv->cancellable);

  while (result == SA_FILL_DONE && sa_archive_get_buffered (self) < count)
    {
      gssize got = -1;

      if (!make_input_room (self, 1))
        g_set_error (failure, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BUFFER_FULL,
                     _("There is no memory for a buffer of more than %zu bytes"), priv->capacity);
      else
        got = read_stream (self, priv->data_end, priv->capacity - (gsize) (priv->data_end - priv->buffer),
                           &deadline, failure);

      if (got > 0)
        priv->data_end += got;
      else
        result = got == 0 ? SA_FILL_AT_END : SA_FILL_FAILED;
    }

  finish_deadline (priv, &deadline, failure);

  sa_archive_update_ends (self);
  if (priv->close_pending)
    sa_archive_close (self, NULL);
  g_object_unref (self);

  return result;
}

static SaFillResult
need_more (SaArchive *self,
           gsize count,
           GError **failure)
{
  sa_archive_get_priv (self)->wanted = count;
  g_set_error (failure, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE,
               _("Only %zu of at least %zu"
                 " bytes have come yet; try again when there are more"),
               sa_archive_get_buffered (self), count);

  return SA_FILL_FAILED;
}

/* Fills until @count bytes are buffered, which are more than there are now.  */
static SaFillResult
fill (SaArchive *self,
      gsize count,
      GError **failure)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  SaFillResult result;

  if (priv->input == NULL)
    return SA_FILL_AT_END;

  /* While the main loop feeds the archive, nobody else may read, and nobody waits.  */
  if (priv->feed != NULL)
    {
      const GError *why = sa_archive_feed_get_error (self);

      if (why != NULL)
        {
          *failure = g_error_copy (why);
          return SA_FILL_FAILED;
        }
      if (priv->at_end)
        return SA_FILL_AT_END;

      result = need_more (self, count, failure);
      sa_archive_feed_want_more (self);
      return result;
    }

  if (priv->no_wait)
    return priv->at_end ? SA_FILL_AT_END : need_more (self, count, failure);

  result = fill_from_stream (self, count, failure);
  if (priv->closed)
    {
      g_clear_error (failure);
      g_set_error (failure, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED, _("The archive was closed meanwhile"));
      return SA_FILL_FAILED;
    }

  if (g_error_matches (*failure, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    {
      g_clear_error (failure);
      return need_more (self, count, failure);
    }

  return result;
}

static gboolean
set_end_of_file (SaArchive *self,
                 gsize count,
                 GError **error)
{
  gsize buffered = sa_archive_get_buffered (self);

  sa_archive_get_priv (self)->end_reported = TRUE;
  if (buffered == 0)
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_END_OF_FILE,
                                 _("The stream has ended; %zu bytes were to come"), count);

  return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_END_OF_FILE,
                               _("The stream ended inside a value, after %zu of %zu"
                                 " bytes"),
                               buffered, count);
}

SaFillResult
sa_archive_try_ensure (SaArchive *self,
                       gsize count,
                       GError **error)
{
  GError *failure = NULL;
  SaFillResult result = SA_FILL_DONE;

  if (!sa_archive_check_loading (self, error) || !check_message (self, count, error))
    return SA_FILL_FAILED;

  if (sa_archive_get_buffered (self) < count)
    result = fill (self, count, &failure);
  if (result == SA_FILL_FAILED)
    sa_archive_take_error (self, error, failure);

  return result;
}

static G_GNUC_NO_INLINE gboolean
ensure_slowly (SaArchive *self,
               gsize count,
               GError **error)
{
  SaFillResult result = sa_archive_try_ensure (self, count, error);

  return result == SA_FILL_DONE || (result == SA_FILL_AT_END && set_end_of_file (self, count, error));
}

gboolean
sa_archive_ensure (SaArchive *self,
                   gsize count,
                   GError **error)
{
  if (G_LIKELY (self->read_end - self->cur >= (gssize) count && (gssize) count > 0))
    return TRUE;

  return ensure_slowly (self, count, error);
}

/* How many bytes a seekable stream has left; FALSE if it cannot tell.  */
static gboolean
ask_size (GInputStream *input,
          guint64 *left)
{
  GSeekable *seekable;
  goffset position;
  goffset end;

  if (!G_IS_SEEKABLE (input) || !g_seekable_can_seek (G_SEEKABLE (input)))
    return FALSE;

  seekable = G_SEEKABLE (input);
  position = g_seekable_tell (seekable);
  if (!g_seekable_seek (seekable, 0, G_SEEK_END, NULL, NULL))
    return FALSE;

  end = g_seekable_tell (seekable);
  if (!g_seekable_seek (seekable, position, G_SEEK_SET, NULL, NULL))
    return FALSE;

  *left = end > position ? (guint64) (end - position) : 0;
  return TRUE;
}

gboolean
sa_archive_check_available (SaArchive *self,
                            guint64 count,
                            GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  guint64 left = 0;

  /* What fits the buffer is not worth asking for.  */
  if (count <= sa_archive_get_buffered (self) || (priv->input != NULL && count <= SA_ARCHIVE_BUFFER_SIZE))
    return TRUE;

  if (priv->input != NULL && (priv->feed != NULL || !ask_size (priv->input, &left)))
    return TRUE;

  left += sa_archive_get_buffered (self);
  if (count <= left)
    return TRUE;

  priv->end_reported = TRUE;
  return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_END_OF_FILE,
                               _("A value of %" PRIu64 " bytes cannot be here: the stream ends after %"
                                 PRIu64),
                               count, left);
}

/* Reads straight into the caller's memory, past the buffer, which is empty by then; the last piece, if it is
 * small, goes by the buffer again, to take what follows with the same read.  */
static SaFillResult
read_past_buffer (SaArchive *self,
                  guint8 *data,
                  gsize count,
                  gsize *done,
                  GError **failure)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  SaFillResult result = SA_FILL_DONE;
  SaDeadline deadline;

  g_object_ref (self);
  sa_deadline_start (&deadline, priv->timeout, priv->cancellable);

  while (result == SA_FILL_DONE && count - *done >= SA_ARCHIVE_BUFFER_SIZE)
    {
      gssize got = read_stream (self, data + *done, count - *done, &deadline, failure);

      if (got > 0)
        {
          *done += (gsize) got;
          priv->base_offset += (guint64) got;
        }
      else
        {
          result = got == 0 ? SA_FILL_AT_END : SA_FILL_FAILED;
        }
    }

  finish_deadline (priv, &deadline, failure);

  sa_archive_update_ends (self);
  if (priv->close_pending)
    sa_archive_close (self, NULL);
  g_object_unref (self);

  return result;
}

/* What is buffered goes to @data + *@done, up to @count in all.  */
static void
copy_buffered (SaArchive *self,
               guint8 *data,
               gsize count,
               gsize *done)
{
  gsize size = MIN (sa_archive_get_buffered (self), count - *done);

  if (size == 0)
    return;

  memcpy (data + *done, self->cur, size);
  self->cur += size;
  *done += size;
}

gssize
sa_archive_take_data (SaArchive *self,
                      void *data,
                      gsize count,
                      gboolean may_be_short,
                      GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  GError *failure = NULL;
  SaFillResult result = SA_FILL_DONE;
  gsize done = 0;

  if (G_LIKELY (self->read_end - self->cur >= (gssize) count && (gssize) count > 0))
    {
      memcpy (data, self->cur, count);
      self->cur += count;
      return (gssize) count;
    }

  if (!sa_archive_check_loading (self, error) || !check_message (self, count, error))
    return -1;

  gsize buffered = sa_archive_get_buffered (self);
  gboolean past = buffered < count && count - buffered >= SA_ARCHIVE_BUFFER_SIZE && priv->input != NULL &&
                  priv->feed == NULL && !priv->no_wait && priv->keep_offset == G_MAXUINT64;

  if (past)
    {
      copy_buffered (self, data, count, &done);
      result = read_past_buffer (self, data, count, &done, &failure);
    }

  if (result == SA_FILL_DONE && !priv->closed && sa_archive_get_buffered (self) < count - done)
    result = fill (self, count - done, &failure);

  if (priv->closed && result != SA_FILL_FAILED)
    {
      result = SA_FILL_FAILED;
      g_set_error (&failure, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED,
                   _("The archive was closed meanwhile"));
    }

  if (g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    {
      g_clear_error (&failure);
      need_more (self, count - done, &failure);
    }

  if (result == SA_FILL_DONE || (result == SA_FILL_AT_END && may_be_short))
    {
      copy_buffered (self, data, count, &done);
      return (gssize) done;
    }

  if (done > 0 && !priv->closed)
    {
      sa_archive_push_back (self, data, done);
      priv->wanted = count;
    }

  if (result == SA_FILL_FAILED)
    sa_archive_take_error (self, error, failure);
  else
    set_end_of_file (self, count, error);

  return -1;
}

guint8 *
sa_archive_take_new_data (SaArchive *self,
                          gsize count,
                          gboolean may_be_short,
                          gsize *length,
                          GError **error)
{
  g_autofree guint8 *data = NULL;
  gsize capacity = MIN (count, MAX (sa_archive_get_buffered (self), SA_ARCHIVE_BUFFER_SIZE));
  gsize done = 0;

  *length = 0;
  if (!sa_archive_check_loading (self, error) || !check_message (self, count, error))
    return NULL;
  if (!may_be_short && !sa_archive_check_available (self, count, error))
    return NULL;

  do
    {
      guint8 *larger = g_try_realloc (data, capacity + 1);
      gssize got = -1;

      if (larger == NULL)
        {
          sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_BUFFER_FULL,
                                _("There is no memory for %zu bytes"), capacity);
        }
      else
        {
          data = larger;
          got = sa_archive_take_data (self, data + done, capacity - done, may_be_short, error);
        }

      if (got < 0)
        {
          if (done > 0 && !sa_archive_get_priv (self)->closed)
            sa_archive_push_back (self, data, done);
          return NULL;
        }

      done += (gsize) got;
      if (done < capacity)
        break;
      capacity = capacity > count / 2 ? count : 2 * capacity;
    }
  while (done < count);

  data[done] = 0;
  *length = done;
  return g_steal_pointer (&data);
}

/* Gives what was read ahead back to the stream; FALSE if that cannot take it, and then it stays here.  */
gboolean
sa_archive_give_back (SaArchive *self)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  gsize buffered = sa_archive_get_buffered (self);
  SaUnreadFunc unread;

  if (buffered == 0)
    return TRUE;
  if (priv->input == NULL)
    return FALSE;

  unread = sa_unread_lookup (priv->input);
  if (unread != NULL)
    {
      if (!unread (priv->input, self->cur, buffered))
        return FALSE;
    }
  else if (!G_IS_SEEKABLE (priv->input) || !g_seekable_can_seek (G_SEEKABLE (priv->input)) ||
           !g_seekable_seek (G_SEEKABLE (priv->input), -(goffset) buffered, G_SEEK_CUR, NULL, NULL))
    {
      return FALSE;
    }

  priv->data_end = self->cur;
  sa_archive_update_ends (self);
  return TRUE;
}

/* Storing */

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

/* Sends what may be sent, in one call; what the stream does not take stays. The error is bare: the caller
 * knows whether it matters.  */
gboolean
sa_archive_send (SaArchive *self,
                 GError **failure)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  guint64 end = MIN (sa_archive_get_offset (self), priv->keep_offset);
  gsize size = (gsize) (end - priv->base_offset);
  gsize sent = 0;
  gboolean done;
  SaDeadline deadline;

  if (size == 0)
    return TRUE;

  g_autoptr (GOutputStream) output = g_object_ref (priv->output);

  priv->busy = TRUE;
  sa_archive_update_ends (self);
  sa_deadline_start (&deadline, priv->timeout, priv->cancellable);
  done = g_output_stream_write_all (output, priv->buffer, size, &sent, deadline.cancellable, failure);
  finish_deadline (priv, &deadline, failure);
  priv->busy = FALSE;

  forget_sent (self, sent);
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
  g_object_unref (self);

  if (priv->closed)
    {
      g_clear_error (&failure);
      return check_open (self, error);
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

  return resize_buffer (self, used, capacity);
}

static G_GNUC_NO_INLINE gboolean
reserve_slowly (SaArchive *self,
                gsize count,
                GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  g_autoptr (GError) blocked = NULL;
  gsize used;

  if (!sa_archive_check_storing (self, error) || !check_message (self, count, error))
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
  finish_deadline (priv, &deadline, &failure);

  priv->busy = FALSE;
  forget_sent (self, MIN (sent, used));
  if (sent > used)
    priv->base_offset += sent - used;

  if (!done && sent > used && sa_archive_error_is_passing (failure) &&
      resize_buffer (self, 0, MAX (SA_ARCHIVE_BUFFER_SIZE, used + count - sent)))
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

  if (!sa_archive_check_storing (self, error) || !check_message (self, count, error))
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
 * nothing is lost: see sa_archive_steal_buffered().
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
  gboolean done;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);

  priv = sa_archive_get_priv (self);
  if (!check_open (self, error))
    return FALSE;

  if (priv->mode == SA_ARCHIVE_LOAD)
    {
      if (priv->input == NULL || sa_archive_give_back (self))
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

  done = sa_archive_send (self, &failure);
  if (done)
    {
      priv->busy = TRUE;
      sa_archive_update_ends (self);
      done = g_output_stream_flush (output, priv->cancellable, &failure);
      priv->busy = FALSE;
    }
  if (done && self->cur == priv->buffer)
    sa_archive_drop_empty_buffer (self);

  sa_archive_leave (self);
  return done || sa_archive_take_error (self, error, failure);
}
