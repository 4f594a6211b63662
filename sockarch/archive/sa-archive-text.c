/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-archive-private.h"
#include "sockarch/archive/sa-archive-string.h"
#include "sockarch/archive/sa-text-private.h"
#include "sockarch/archive/sa-wire-private.h"
#include "sockarch/sa-error.h"
#include "sockarch/sa-i18n-private.h"

#include <string.h>

/* Text without a length of its own */

/* Looks for a newline among @size bytes; returns what is before it, or G_MAXSIZE if there is none.  */
static gsize
find_newline (const guint8 *data,
              gsize from,
              gsize size,
              guint unit,
              gboolean swap)
{
  const guint8 *newline;

  if (unit == 1)
    {
      newline = from < size ? memchr (data + from, '\n', size - from) : NULL;
      return newline != NULL ? (gsize) (newline - data) : G_MAXSIZE;
    }

  for (gsize i = from; i + 1 < size; i += 2)
    {
      if (sa_wire_get_uint16 (data + i, swap) == '\n')
        return i;
    }

  return G_MAXSIZE;
}

/* How much of the line was searched by a try before this one: a peer that drips must not have all of it
 * searched for every byte.  */
static gsize
get_searched (SaArchive *self,
              guint choices)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  guint64 offset = sa_archive_get_offset (self);

  if (priv->line_offset != offset || priv->line_choices != choices)
    {
      priv->line_offset = offset;
      priv->line_choices = choices;
      priv->line_searched = 0;
    }

  return priv->line_searched;
}

/* Makes bytes up to and with a newline readable, or up to the end. *@size is without the newline, *@skip with
 * it.  */
static gboolean
ensure_line (SaArchive *self,
             guint unit,
             gsize *size,
             gsize *skip,
             GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  gboolean swap = sa_archive_is_swapped (self);
  guint choices = priv->n_choices;

  while (TRUE)
    {
      gsize buffered = sa_archive_get_buffered (self);
      SaFillResult result;

      *size = find_newline (self->cur, get_searched (self, choices), buffered, unit, swap);
      if (*size != G_MAXSIZE)
        {
          *skip = *size + unit;
          return TRUE;
        }

      /* The last of it may be the CR, which does not count.  */
      if (!sa_text_check_limit (self, buffered > unit ? buffered - unit : 0, 1, error))
        return FALSE;

      /* What a nested loop chose during the wait is for the next line.  */
      priv->line_choices = choices;
      priv->line_searched = buffered - buffered % unit;
      result = sa_archive_try_ensure (self, buffered + 1, error);
      if (result == SA_FILL_FAILED)
        return FALSE;
      if (result == SA_FILL_AT_END)
        {
          *size = buffered;
          *skip = buffered;
          return buffered % unit == 0 || sa_text_set_bad (self, buffered / unit, error);
        }
    }
}

/**
 * sa_archive_read_line:
 * @self: a loading archive
 * @error: return location for an error
 *
 * Reads a line of text, as CArchive::ReadString: up to a newline or the end of the stream. The newline is not
 * part of the line, and neither is a carriage return before it. The form of the text is what
 * #SaArchive:string-form says: set %SA_STRING_NARROW, and the #SaArchive:code-page, to read lines of a plain
 * text file.
 *
 * Returns: (transfer full) (nullable): the line; %NULL at the end of the stream, without an error, and on
 * error
 * Since: 1.0
 */
char *
sa_archive_read_line (SaArchive *self,
                      GError **error)
{
  SaArchivePrivate *priv;
  gboolean outermost;
  gboolean found;
  gboolean swap;
  guint unit;
  gsize size;
  gsize skip;
  char *line;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);

  if (!sa_archive_check_loading (self, error))
    return NULL;

  priv = sa_archive_get_priv (self);
  swap = sa_archive_is_swapped (self);
  unit = priv->string_form == SA_STRING_WIDE ? 2 : 1;
  outermost = sa_archive_begin_pieces (priv);
  found = ensure_line (self, unit, &size, &skip, error);
  sa_archive_end_pieces (priv, outermost);
  if (!found || skip == 0)
    return NULL;

  if (size >= unit &&
      (unit == 1 ? self->cur[size - 1] : sa_wire_get_uint16 (self->cur + size - 2, swap)) == '\r')
    size -= unit;
  if (!sa_text_check_limit (self, size, 1, error))
    return NULL;

  line = sa_text_decode (self, self->cur, size, unit == 2, error);
  if (line != NULL)
    self->cur += skip;

  return line;
}

/**
 * sa_archive_write_text:
 * @self: a storing archive
 * @text: text
 * @error: return location for an error
 *
 * Writes the characters of a text and nothing else, as CArchive::WriteString: no length, no newline. The form
 * is what
 * #SaArchive:string-form says. A CString is a different thing: see sa_archive_write_string().
 *
 * Returns: %TRUE if the archive took the text
 * Since: 1.0
 */
gboolean
sa_archive_write_text (SaArchive *self,
                       const char *text,
                       GError **error)
{
  SaStoredText stored;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (text != NULL, FALSE);

  if (!sa_text_prepare (self, text, strlen (text), &stored, error))
    return FALSE;

  return sa_text_store (self, (const guint8 *) "", 0, &stored, error);
}

/* Whether the stream is one of which "the end" can be spoken: one that has a length.  */
static gboolean
check_has_end (SaArchive *self,
               GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  if (priv->input == NULL || (G_IS_SEEKABLE (priv->input) && g_seekable_can_seek (G_SEEKABLE (priv->input))))
    return TRUE;

  return sa_archive_set_error (
      self, error, SA_ARCHIVE_ERROR_NOT_SUPPORTED,
      _("Text up to the end needs a stream that has a length, such as a file; over a "
        "connection use sa_archive_read_counted_text()"));
}

/* Buffers all that there is.  */
static gboolean
fill_to_end (SaArchive *self,
             GError **error)
{
  SaFillResult result = SA_FILL_DONE;

  while (result == SA_FILL_DONE)
    {
      gsize size = sa_archive_get_buffered (self);

      if (!sa_text_check_limit (self, size, 1, error))
        return FALSE;
      result = sa_archive_try_ensure (self, size + 1, error);
    }

  return result == SA_FILL_AT_END;
}

/**
 * sa_archive_read_text_to_end:
 * @self: a loading archive
 * @error: return location for an error
 *
 * Reads text up to the end of the stream, as CEditView::SerializeRaw. The form of the text is what
 * #SaArchive:string-form says.
 *
 * On a stream that cannot seek, such as a connection, this fails with %SA_ARCHIVE_ERROR_NOT_SUPPORTED: it
 * would wait until the peer goes away.
 *
 * Returns: (transfer full): the text, or %NULL on error
 * Since: 1.0
 */
char *
sa_archive_read_text_to_end (SaArchive *self,
                             GError **error)
{
  gboolean outermost, found_end, wide;
  gsize size;
  char *text;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);

  if (!sa_archive_check_loading (self, error) || !check_has_end (self, error))
    return NULL;

  outermost = sa_archive_begin_pieces (sa_archive_get_priv (self));
  found_end = fill_to_end (self, error);
  sa_archive_end_pieces (sa_archive_get_priv (self), outermost);
  if (!found_end)
    return NULL;

  wide = sa_archive_get_priv (self)->string_form == SA_STRING_WIDE;
  size = sa_archive_get_buffered (self);
  if (wide && size % 2 != 0)
    {
      sa_text_set_bad (self, size / 2, error);
      return NULL;
    }

  text = sa_text_decode (self, self->cur, size, wide, error);
  if (text != NULL)
    self->cur += size;

  return text;
}

static char *
read_counted_text (SaArchive *self,
                   GError **error)
{
  gboolean wide;
  guint unit;
  guint64 size;
  char *text;

  if (!sa_archive_ensure (self, sizeof (guint32), error))
    return NULL;

  wide = sa_archive_get_priv (self)->string_form == SA_STRING_WIDE;
  unit = wide ? 2 : 1;
  size = sa_wire_get_uint32 (self->cur, sa_archive_is_swapped (self));
  if (!sa_text_check_limit (self, size, unit, error))
    return NULL;

  size *= unit;
  if (!sa_archive_check_available (self, sizeof (guint32) + size, error) ||
      !sa_archive_ensure (self, sizeof (guint32) + size, error))
    return NULL;

  text = sa_text_decode (self, self->cur + sizeof (guint32), size, wide, error);
  if (text != NULL)
    self->cur += sizeof (guint32) + size;

  return text;
}

/**
 * sa_archive_read_counted_text:
 * @self: a loading archive
 * @error: return location for an error
 *
 * Reads text as CEditView::Serialize writes it: a DWORD that says how many characters there are, and the
 * characters, in the form that #SaArchive:string-form says.
 *
 * Returns: (transfer full): the text, or %NULL on error
 * Since: 1.0
 */
char *
sa_archive_read_counted_text (SaArchive *self,
                              GError **error)
{
  SaArchivePrivate *priv;
  gboolean outermost;
  char *text;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);

  priv = sa_archive_get_priv (self);
  outermost = sa_archive_begin_pieces (priv);
  text = read_counted_text (self, error);
  sa_archive_end_pieces (priv, outermost);

  return text;
}

/**
 * sa_archive_write_counted_text:
 * @self: a storing archive
 * @text: text
 * @error: return location for an error
 *
 * Writes text as CEditView::Serialize does; see sa_archive_read_counted_text().
 *
 * Returns: %TRUE if the archive took the text
 * Since: 1.0
 */
gboolean
sa_archive_write_counted_text (SaArchive *self,
                               const char *text,
                               GError **error)
{
  guint8 prefix[sizeof (guint32)];
  SaStoredText stored;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (text != NULL, FALSE);

  if (!sa_text_prepare (self, text, strlen (text), &stored, error))
    return FALSE;

  if (stored.characters > G_MAXUINT32)
    {
      g_clear_pointer (&stored.narrow, g_byte_array_unref);
      return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                                   _("Counted text cannot have more than %u characters"), G_MAXUINT32);
    }

  sa_wire_put_uint32 (prefix, (guint32) stored.characters, sa_archive_is_swapped (self));
  return sa_text_store (self, prefix, sizeof prefix, &stored, error);
}
