/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-archive-private.h"
#include "sockarch/archive/sa-deadline-private.h"
#include "sockarch/sa-error.h"
#include "sockarch/sa-i18n-private.h"
#include "sockarch/sa-unread-private.h"
#include "sockarch/sa-unref-private.h"

#include <string.h>

/* How a loading archive gets bytes out of its stream.  */

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

  if (capacity != priv->capacity && !sa_archive_resize_buffer (self, used, capacity))
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

  if (!sa_archive_start_deadline (priv, &deadline, failure))
    return SA_FILL_FAILED;

  g_object_ref (self);

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

  sa_archive_finish_deadline (priv, &deadline, failure);

  sa_archive_update_ends (self);
  if (priv->close_pending)
    sa_archive_close (self, NULL);
  else if (priv->read_ahead && priv->feed == NULL && !priv->closed)
    sa_archive_feed_start (self);
  sa_unref_after_wait (self, g_main_context_get_thread_default ());

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
      *failure = sa_archive_feed_take_error (self);
      if (*failure != NULL)
        return SA_FILL_FAILED;
      if (priv->at_end)
        return SA_FILL_AT_END;

      if (sa_archive_feed_want_more (self, count))
        return sa_archive_get_buffered (self) >= count ? SA_FILL_DONE : need_more (self, count, failure);

      g_set_error_literal (failure, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_LIMIT,
                           _("A message comes in such small pieces that it was tried in vain too often"));
      return SA_FILL_FAILED;
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

  if (!sa_archive_check_loading (self, error) || !sa_archive_check_message (self, count, error))
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

  if (!sa_archive_start_deadline (priv, &deadline, failure))
    return SA_FILL_FAILED;

  g_object_ref (self);

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

  sa_archive_finish_deadline (priv, &deadline, failure);

  sa_archive_update_ends (self);
  if (priv->close_pending)
    sa_archive_close (self, NULL);
  else if (priv->read_ahead && priv->feed == NULL && !priv->closed)
    sa_archive_feed_start (self);
  sa_unref_after_wait (self, g_main_context_get_thread_default ());

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

gboolean
sa_archive_begin_pieces (SaArchivePrivate *priv)
{
  if (priv->depth > 0 || priv->in_pieces)
    return FALSE;

  priv->waited = 0;
  priv->in_pieces = TRUE;

  return TRUE;
}

void
sa_archive_end_pieces (SaArchivePrivate *priv,
                       gboolean outermost)
{
  if (outermost)
    priv->in_pieces = FALSE;
}

static gssize
take_data_slowly (SaArchive *self,
                  void *data,
                  gsize count,
                  gboolean may_be_short,
                  GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  GError *failure = NULL;
  SaFillResult result = SA_FILL_DONE;
  gsize done = 0;

  if (!sa_archive_check_loading (self, error) || !sa_archive_check_message (self, count, error))
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

gssize
sa_archive_take_data (SaArchive *self,
                      void *data,
                      gsize count,
                      gboolean may_be_short,
                      GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  gboolean outermost;
  gssize taken;

  if (G_LIKELY (self->read_end - self->cur >= (gssize) count && (gssize) count > 0))
    {
      memcpy (data, self->cur, count);
      self->cur += count;
      return (gssize) count;
    }

  outermost = sa_archive_begin_pieces (priv);
  taken = take_data_slowly (self, data, count, may_be_short, error);
  sa_archive_end_pieces (priv, outermost);

  return taken;
}

/* Where nobody waits, what is not there as a whole stays in the buffer, and is not copied for every try.  */
static gboolean
ensure_new_data (SaArchive *self,
                 gsize count,
                 gboolean may_be_short,
                 GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  SaFillResult result;

  if (count <= sa_archive_get_buffered (self) || (priv->feed == NULL && !priv->no_wait))
    return TRUE;

  result = sa_archive_try_ensure (self, count, error);
  return result == SA_FILL_DONE ||
         (result == SA_FILL_AT_END && (may_be_short || set_end_of_file (self, count, error)));
}

static guint8 *
take_new_data (SaArchive *self,
               gsize count,
               gboolean may_be_short,
               gsize *length,
               GError **error)
{
  g_autofree guint8 *data = NULL;
  gsize capacity;
  gsize done = 0;

  *length = 0;
  if (!sa_archive_check_loading (self, error) || !sa_archive_check_message (self, count, error))
    return NULL;
  if (!may_be_short && !sa_archive_check_available (self, count, error))
    return NULL;
  if (!ensure_new_data (self, count, may_be_short, error))
    return NULL;

  capacity = MIN (count, MAX (sa_archive_get_buffered (self), SA_ARCHIVE_BUFFER_SIZE));
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
            {
              sa_archive_push_back (self, data, done);
              sa_archive_get_priv (self)->wanted = count;
            }
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

guint8 *
sa_archive_take_new_data (SaArchive *self,
                          gsize count,
                          gboolean may_be_short,
                          gsize *length,
                          GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  gboolean outermost = sa_archive_begin_pieces (priv);
  guint8 *data = take_new_data (self, count, may_be_short, length, error);

  sa_archive_end_pieces (priv, outermost);

  return data;
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

  priv->line_searched = 0;
  /* What was begun here, and is not complete, begins anew: somebody else may take the bytes.  */
  priv->n_choices++;
  /* Where the stream ended is no end for what it has back.  */
  priv->at_end = FALSE;
  priv->end_reported = FALSE;
  priv->data_end = self->cur;
  sa_archive_update_ends (self);
  return TRUE;
}
