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

/* Raw bytes */

/**
 * sa_archive_read_data: (skip)
 * @self: a loading archive
 * @buffer: (array length=count): where to put the bytes
 * @count: how many bytes to read
 * @error: return location for an error
 *
 * Reads raw bytes, as CArchive::Read: fewer than @count only if the stream ends before.
 *
 * Returns: how many bytes were read, or -1 on error
 * Since: 1.0
 */
gssize
sa_archive_read_data (SaArchive *self,
                      void *buffer,
                      gsize count,
                      GError **error)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), -1);
  g_return_val_if_fail (buffer != NULL || count == 0, -1);

  return sa_archive_take_data (self, buffer, count, TRUE, error);
}

/**
 * sa_archive_ensure_read: (skip)
 * @self: a loading archive
 * @buffer: (array length=count): where to put the bytes
 * @count: how many bytes to read
 * @error: return location for an error
 *
 * Reads exactly @count raw bytes, as CArchive::EnsureRead.
 *
 * Returns: %TRUE if they were read
 * Since: 1.0
 */
gboolean
sa_archive_ensure_read (SaArchive *self,
                        void *buffer,
                        gsize count,
                        GError **error)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (buffer != NULL || count == 0, FALSE);

  return sa_archive_take_data (self, buffer, count, FALSE, error) >= 0;
}

/**
 * sa_archive_dup_data: (rename-to sa_archive_read_data)
 * @self: a loading archive
 * @count: how many bytes to read
 * @length: (out): return location for how many there are
 * @error: return location for an error
 *
 * Reads raw bytes, as CArchive::Read: fewer than @count only if the stream ends before, and none at its end.
 * Memory grows no faster than bytes arrive.
 *
 * Returns: (transfer full) (array length=length) (element-type guint8): the bytes, or %NULL on error
 * Since: 1.0
 */
guint8 *
sa_archive_dup_data (SaArchive *self,
                     gsize count,
                     gsize *length,
                     GError **error)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);
  g_return_val_if_fail (length != NULL, NULL);

  return sa_archive_take_new_data (self, count, TRUE, length, error);
}

/**
 * sa_archive_dup_data_exactly: (rename-to sa_archive_ensure_read)
 * @self: a loading archive
 * @count: how many bytes to read
 * @length: (out): return location for how many there are, which is @count
 * @error: return location for an error
 *
 * Reads exactly @count raw bytes, as CArchive::EnsureRead. Memory grows no faster than bytes arrive.
 *
 * Returns: (transfer full) (array length=length) (element-type guint8): the bytes, or %NULL on error
 * Since: 1.0
 */
guint8 *
sa_archive_dup_data_exactly (SaArchive *self,
                             gsize count,
                             gsize *length,
                             GError **error)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);
  g_return_val_if_fail (length != NULL, NULL);

  return sa_archive_take_new_data (self, count, FALSE, length, error);
}

/**
 * sa_archive_read_bytes:
 * @self: a loading archive
 * @count: how many bytes to read
 * @error: return location for an error
 *
 * Reads exactly @count raw bytes. From an archive over bytes they are not copied.
 *
 * Returns: (transfer full): the bytes, or %NULL on error
 * Since: 1.0
 */
GBytes *
sa_archive_read_bytes (SaArchive *self,
                       gsize count,
                       GError **error)
{
  SaArchivePrivate *priv;
  guint8 *data;
  gsize length;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);

  priv = sa_archive_get_priv (self);
  if (priv->bytes != NULL)
    {
      gsize position = (gsize) (self->cur - priv->buffer);

      if (!sa_archive_ensure (self, count, error))
        return NULL;
      self->cur += count;
      return g_bytes_new_from_bytes (priv->bytes, position, count);
    }

  data = sa_archive_take_new_data (self, count, FALSE, &length, error);
  return data != NULL ? g_bytes_new_take (data, length) : NULL;
}

/**
 * sa_archive_write_data:
 * @self: a storing archive
 * @data: (array length=length) (element-type guint8): bytes
 * @length: how many bytes there are
 * @error: return location for an error
 *
 * Writes raw bytes, as CArchive::Write. Many of them go past the buffer.
 *
 * If the stream takes a part of them and then fails for a passing cause, they count as written; what remains
 * is sent by the next flush.
 *
 * Returns: %TRUE if the archive took the bytes
 * Since: 1.0
 */
gboolean
sa_archive_write_data (SaArchive *self,
                       const guint8 *data,
                       gsize length,
                       GError **error)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);

  return sa_archive_put_data (self, data, length, error);
}

/**
 * sa_archive_write_bytes:
 * @self: a storing archive
 * @bytes: bytes
 * @error: return location for an error
 *
 * Writes raw bytes; see sa_archive_write_data().
 *
 * Returns: %TRUE if the archive took the bytes
 * Since: 1.0
 */
gboolean
sa_archive_write_bytes (SaArchive *self,
                        GBytes *bytes,
                        GError **error)
{
  const guint8 *data;
  gsize size;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (bytes != NULL, FALSE);

  data = g_bytes_get_data (bytes, &size);
  return sa_archive_put_data (self, data, size, error);
}

/* Not MFC */

static gboolean
ensure_pieces (SaArchive *self,
               gsize *prefix,
               gsize *size,
               GError **error)
{
  guint64 length = 0;
  gssize parsed = 0;

  for (gsize needed = 1; parsed == 0; needed++)
    {
      if (!sa_archive_ensure (self, needed, error))
        return FALSE;
      parsed = sa_wire_parse_varint (self->cur, needed, &length);
    }

  if (parsed < 0)
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                                 _("What is here cannot be the length of a string or blob"));
  if (!sa_text_check_limit (self, length, 1, error))
    return FALSE;

  *prefix = (gsize) parsed;
  *size = (gsize) length;
  return sa_archive_check_available (self, *prefix + *size, error) &&
         sa_archive_ensure (self, *prefix + *size, error);
}

/* Makes a variable-length size and that many bytes readable at the cursor, and consumes nothing.  */
static gboolean
ensure_blob (SaArchive *self,
             gsize *prefix,
             gsize *size,
             GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  gboolean outermost = sa_archive_begin_pieces (priv);
  gboolean there = ensure_pieces (self, prefix, size, error);

  sa_archive_end_pieces (priv, outermost);

  return there;
}

static gboolean
write_blob (SaArchive *self,
            const guint8 *data,
            gsize size,
            GError **error)
{
  guint8 prefix[SA_WIRE_MAX_VARINT];
  gsize prefix_size = sa_wire_put_varint (prefix, size);

  if (!sa_archive_check_storing (self, error) || !sa_text_check_limit (self, size, 1, error) ||
      !sa_archive_reserve (self, prefix_size + size, error))
    return FALSE;

  return sa_archive_append (self, prefix, prefix_size, error) && sa_archive_append (self, data, size, error);
}

/**
 * sa_archive_read_utf8:
 * @self: a loading archive
 * @error: return location for an error
 *
 * Reads text that sa_archive_write_utf8() wrote: a variable-length number of bytes, and UTF-8. Not MFC.
 *
 * Returns: (transfer full): the text, or %NULL on error
 * Since: 1.0
 */
char *
sa_archive_read_utf8 (SaArchive *self,
                      GError **error)
{
  const char *data;
  const char *end;
  gsize prefix;
  gsize size;
  char *text;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);

  if (!ensure_blob (self, &prefix, &size, error))
    return NULL;

  data = (const char *) self->cur + prefix;
  if (!g_utf8_validate_len (data, size, &end))
    {
      sa_text_set_bad (self, (gsize) (end - data), error);
      return NULL;
    }

  text = g_strndup (data, size);
  self->cur += prefix + size;
  return text;
}

/**
 * sa_archive_write_utf8:
 * @self: a storing archive
 * @string: text
 * @error: return location for an error
 *
 * Writes text as a variable-length number of bytes and UTF-8: the shortest form for most text. Not MFC.
 *
 * Returns: %TRUE if the archive took the text
 * Since: 1.0
 */
gboolean
sa_archive_write_utf8 (SaArchive *self,
                       const char *string,
                       GError **error)
{
  const char *end;
  gsize length;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (string != NULL, FALSE);

  length = strlen (string);
  if (!g_utf8_validate_len (string, length, &end))
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                                 _("A string is not UTF-8 from its byte %zu on"),
                                 (gsize) (end - string));

  return write_blob (self, (const guint8 *) string, length, error);
}

/**
 * sa_archive_read_blob:
 * @self: a loading archive
 * @error: return location for an error
 *
 * Reads bytes that sa_archive_write_blob() wrote: a variable-length number of bytes, and the bytes. Not MFC.
 *
 * Returns: (transfer full): the bytes, or %NULL on error
 * Since: 1.0
 */
GBytes *
sa_archive_read_blob (SaArchive *self,
                      GError **error)
{
  GBytes *blob;
  gsize prefix;
  gsize size;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);

  if (!ensure_blob (self, &prefix, &size, error))
    return NULL;

  blob = g_bytes_new (self->cur + prefix, size);
  self->cur += prefix + size;
  return blob;
}

/**
 * sa_archive_write_blob:
 * @self: a storing archive
 * @blob: bytes
 * @error: return location for an error
 *
 * Writes bytes with their number before them, in variable length. Not MFC.
 *
 * Returns: %TRUE if the archive took the bytes
 * Since: 1.0
 */
gboolean
sa_archive_write_blob (SaArchive *self,
                       GBytes *blob,
                       GError **error)
{
  const guint8 *data;
  gsize size;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (blob != NULL, FALSE);

  data = g_bytes_get_data (blob, &size);
  return write_blob (self, data, size, error);
}
