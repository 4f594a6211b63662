/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-archive-private.h"
#include "sockarch/archive/sa-archive-scalar.h"
#include "sockarch/archive/sa-archive-string.h"
#include "sockarch/archive/sa-wire-private.h"
#include "sockarch/sa-error.h"
#include "sockarch/sa-i18n-private.h"

#include <string.h>

/**
 * SECTION:sa-archive-string
 * @title: Strings and raw bytes
 * @short_description: CString, lines, counted text, blobs
 *
 * A program has text as UTF-8. On the wire a CString is a length and characters, in one of two forms: wide,
 * which is UTF-16 and loses nothing, and narrow, in the code page of the one who wrote it, which the stream
 * does not name. A reader accepts both. Which one is written, #SaArchive:string-form says; the code page is
 * #SaArchive:code-page.
 *
 * Some CStrings have no equivalent in UTF-8: those with a NUL inside, with half of a surrogate pair, or with
 * bytes that the code page does not have. They fail with %SA_ARCHIVE_ERROR_INVALID_DATA;
 * sa_archive_read_string_bytes() reads every string, as the bytes that it is.
 *
 * Text without a length of its own, as CArchive::WriteString and CEditView write it, does not say its form:
 * #SaArchive:string-form tells the reader too.
 *
 * Beside these errors all the functions fail as described in the section on errors of #SaArchive, with
 * %SA_ARCHIVE_ERROR_LIMIT for what is longer than #SaLimits:string-bytes, and with
 * %SA_ARCHIVE_ERROR_END_OF_FILE or %SA_ARCHIVE_ERROR_NEED_MORE for what is not there. A string of which only
 * a part has come is not consumed.
 */

/* Text on the wire and in memory */

static gboolean
set_bad_text (SaArchive *self,
              gsize where,
              GError **error)
{
  return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                               _("Character %zu of a string is not one that text can have; "
                                 "read the string with sa_archive_read_string_bytes()"),
                               where);
}

/* Turns characters of the wire into UTF-8; returns NULL if they are not all text.  */
static char *
decode_text (SaArchive *self,
             const guint8 *data,
             gsize size,
             gboolean wide,
             GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  gboolean swap = sa_archive_is_swapped (self);
  gsize length = size;
  gsize bad;
  char *text;

  if (wide)
    {
      bad = sa_wire_utf8_length (data, size / 2, swap, &length);
      if (bad != SA_WIRE_TEXT_GOOD)
        {
          set_bad_text (self, bad, error);
          return NULL;
        }

      text = g_malloc (length + 1);
      sa_wire_put_utf8 (text, data, size / 2, swap);
    }
  else if (sa_code_page_has_ascii (priv->code_page) && sa_wire_is_ascii (data, size))
    {
      text = g_malloc (length + 1);
      memcpy (text, data, length);
    }
  else
    {
      text = sa_code_page_to_utf8 (priv->code_page, data, size, &bad);
      if (text == NULL)
        set_bad_text (self, bad, error);
      return text;
    }

  text[length] = '\0';
  return text;
}

/* Text that is ready to be stored.  */
typedef struct
{
  /* The UTF-8 text.  */
  const char *text;
  gsize length;
  /* The form, and how many characters it has in that.  */
  gboolean wide;
  gsize characters;
  /* The bytes of narrow text that is not the same as UTF-8, or NULL.  */
  GByteArray *narrow;
} StoredText;

/* Checks UTF-8 text, and finds out how long it is on the wire. After success, call store_text ().  */
static gboolean
prepare_text (SaArchive *self,
              const char *text,
              gsize length,
              StoredText *stored,
              GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  gsize bad;

  *stored = (StoredText){ .text = text, .length = length, .wide = priv->string_form == SA_STRING_WIDE };

  if (!sa_archive_check_storing (self, error))
    return FALSE;

  bad = sa_wire_utf16_length (text, length, &stored->characters);
  if (bad != SA_WIRE_TEXT_GOOD)
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                                 _("A string is not UTF-8 from its byte %zu on"), bad);

  if (!stored->wide && !(sa_code_page_has_ascii (priv->code_page) && stored->characters == length &&
                         sa_wire_is_ascii ((const guint8 *) text, length)))
    {
      stored->narrow = sa_code_page_from_utf8 (priv->code_page, text, length, &bad);
      if (stored->narrow == NULL)
        return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                                     _("The code page %s lacks a character that a string has at its byte %zu"
                                        "; store it wide"),
                                     sa_code_page_get_name (priv->code_page), bad);
      stored->characters = stored->narrow->len;
    }

  if (stored->characters > priv->limit->string_bytes / (stored->wide ? 2 : 1))
    {
      g_clear_pointer (&stored->narrow, g_byte_array_unref);
      return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_LIMIT,
                                   _("A string exceeds the limit of %" PRIu64
                                     " bytes; raise SaLimits:string-bytes if strings may be that long"),
                                   priv->limit->string_bytes);
    }

  return TRUE;
}

/* Stores what stands before the characters, and them, as one.  */
static gboolean
store_text (SaArchive *self,
            const guint8 *prefix,
            gsize prefix_size,
            StoredText *stored,
            GError **error)
{
  gsize size = stored->characters * (stored->wide ? 2 : 1);
  gboolean reserved = sa_archive_reserve (self, prefix_size + size, error);

  if (reserved)
    {
      memcpy (self->cur, prefix, prefix_size);
      self->cur += prefix_size;

      if (stored->wide)
        sa_wire_put_utf16 (self->cur, stored->text, stored->length, sa_archive_is_swapped (self));
      else if (size > 0)
        memcpy (self->cur, stored->narrow != NULL ? (const char *) stored->narrow->data : stored->text, size);
      self->cur += size;
    }

  g_clear_pointer (&stored->narrow, g_byte_array_unref);
  return reserved;
}

/* CString */

/* Checks the length of what comes against the limit.  */
static gboolean
check_string_limit (SaArchive *self,
                    guint64 length,
                    guint unit,
                    GError **error)
{
  guint64 limit = sa_archive_get_limit_values (self)->string_bytes;

  if (length <= limit / unit)
    return TRUE;

  return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_LIMIT,
                               _("A string of %" PRIu64 " characters exceeds the limit of %"
                                 PRIu64 " bytes; raise SaLimits:string-bytes if the stream may be trusted"),
                               length, limit);
}

/* Makes a whole CString readable at the cursor, prefix and characters, and consumes nothing.  */
static gboolean
ensure_string (SaArchive *self,
               SaWireLength *length,
               gsize *size,
               GError **error)
{
  gboolean swap = sa_archive_is_swapped (self);
  gsize unit;

  length->needed = 1;
  do
    {
      if (!sa_archive_ensure (self, length->needed, error))
        return FALSE;
    }
  while (!sa_wire_parse_string_length (self->cur, sa_archive_get_buffered (self), swap, length));

  if (length->length == G_MAXUINT64)
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                                 _("What is here cannot be the length of a string"));

  unit = length->wide ? 2 : 1;
  if (!check_string_limit (self, length->length, (guint) unit, error))
    return FALSE;

  *size = (gsize) length->length * unit;
  return sa_archive_check_available (self, length->size + *size, error) &&
         sa_archive_ensure (self, length->size + *size, error);
}

/**
 * sa_archive_read_string:
 * @self: a loading archive
 * @error: return location for an error
 *
 * Reads a CString of either form.
 *
 * Returns: (transfer full): the text, or %NULL on error
 * Since: 1.0
 */
char *
sa_archive_read_string (SaArchive *self,
                        GError **error)
{
  SaWireLength length;
  gsize size;
  char *text;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);

  if (!ensure_string (self, &length, &size, error))
    return NULL;

  text = decode_text (self, self->cur + length.size, size, length.wide, error);
  if (text != NULL)
    self->cur += length.size + size;

  return text;
}

/**
 * sa_archive_read_string_into: (skip)
 * @self: a loading archive
 * @buffer: (array length=size): where to put the text
 * @size: the size of @buffer in bytes
 * @error: return location for an error
 *
 * Reads a CString of either form into memory of the caller, which spares an allocation. The text ends with a
 * NUL.
 *
 * If it does not fit, this fails with %SA_ARCHIVE_ERROR_BUFFER_FULL and consumes nothing.
 *
 * Returns: the length of the text in bytes, without the NUL, or -1 on error
 * Since: 1.0
 */
gssize
sa_archive_read_string_into (SaArchive *self,
                             char *buffer,
                             gsize size,
                             GError **error)
{
  g_autofree char *text = NULL;
  SaWireLength length;
  const char *from;
  gsize bytes;
  gsize count;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), -1);
  g_return_val_if_fail (buffer != NULL && size > 0, -1);

  buffer[0] = '\0';
  if (!ensure_string (self, &length, &bytes, error))
    return -1;

  from = (const char *) self->cur + length.size;
  count = bytes;
  if (length.wide || !sa_code_page_has_ascii (sa_archive_get_priv (self)->code_page) ||
      !sa_wire_is_ascii (self->cur + length.size, bytes))
    {
      text = decode_text (self, self->cur + length.size, bytes, length.wide, error);
      if (text == NULL)
        return -1;
      from = text;
      count = strlen (text);
    }

  if (count >= size)
    {
      sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_BUFFER_FULL,
                            _("A string of %zu bytes does not fit into %zu"), count, size);
      return -1;
    }

  memcpy (buffer, from, count);
  buffer[count] = '\0';
  self->cur += length.size + bytes;
  return (gssize) count;
}

/**
 * sa_archive_write_string:
 * @self: a storing archive
 * @string: (nullable): text; %NULL is stored as the empty one
 * @error: return location for an error
 *
 * Writes a CString in the form that #SaArchive:string-form says.
 *
 * Fails with %SA_ARCHIVE_ERROR_INVALID_DATA if the text is not valid UTF-8, or if it is to be narrow and has
 * characters that the code page lacks.
 *
 * Returns: %TRUE if the archive took the string
 * Since: 1.0
 */
gboolean
sa_archive_write_string (SaArchive *self,
                         const char *string,
                         GError **error)
{
  guint8 prefix[SA_WIRE_MAX_PREFIX];
  StoredText stored;
  gsize size;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);

  if (string == NULL)
    string = "";

  if (!prepare_text (self, string, strlen (string), &stored, error))
    return FALSE;

  if (stored.characters >= G_MAXUINT32 && !sa_archive_get_priv (self)->allow_64bit)
    {
      g_clear_pointer (&stored.narrow, g_byte_array_unref);
      return sa_archive_set_error (
          self, error, SA_ARCHIVE_ERROR_NOT_SUPPORTED,
          _("A string of that length needs 64 bits; set SaArchive:allow-64bit if the reader "
            "knows that form"));
    }

  size = sa_wire_put_string_length (prefix, stored.characters, stored.wide, sa_archive_is_swapped (self));
  return store_text (self, prefix, size, &stored, error);
}

/**
 * sa_archive_read_string_bytes:
 * @self: a loading archive
 * @form: (out) (optional): return location for the form
 * @error: return location for an error
 *
 * Reads a CString of either form as the bytes that it is, whatever they are: characters of some code page if
 * it is narrow, and UTF-16 in the archive's byte order if it is wide.
 *
 * Returns: (transfer full): the characters, or %NULL on error
 * Since: 1.0
 */
GBytes *
sa_archive_read_string_bytes (SaArchive *self,
                              SaStringForm *form,
                              GError **error)
{
  SaWireLength length;
  GBytes *characters;
  gsize size;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);

  if (form != NULL)
    *form = SA_STRING_WIDE;
  if (!ensure_string (self, &length, &size, error))
    return NULL;

  if (form != NULL)
    *form = length.wide ? SA_STRING_WIDE : SA_STRING_NARROW;
  characters = g_bytes_new (self->cur + length.size, size);
  self->cur += length.size + size;
  return characters;
}

/**
 * sa_archive_write_string_bytes:
 * @self: a storing archive
 * @form: the form
 * @characters: the characters, as they are to be on the wire
 * @error: return location for an error
 *
 * Writes a CString of the given form, of any bytes; see sa_archive_read_string_bytes().
 *
 * Fails with %SA_ARCHIVE_ERROR_INVALID_DATA if a wide string is of an odd number of bytes.
 *
 * Returns: %TRUE if the archive took the string
 * Since: 1.0
 */
gboolean
sa_archive_write_string_bytes (SaArchive *self,
                               SaStringForm form,
                               GBytes *characters,
                               GError **error)
{
  guint8 prefix[SA_WIRE_MAX_PREFIX];
  gboolean wide = form == SA_STRING_WIDE;
  gsize prefix_size;
  const guint8 *data;
  gsize size;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (characters != NULL, FALSE);

  data = g_bytes_get_data (characters, &size);
  if (wide && size % 2 != 0)
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                                 _("A wide string cannot have an odd number of bytes, such as %zu"), size);
  if (!sa_archive_check_storing (self, error) || !check_string_limit (self, size, 1, error))
    return FALSE;

  prefix_size = sa_wire_put_string_length (prefix, wide ? size / 2 : size, wide,
                                           sa_archive_is_swapped (self));
  if (!sa_archive_reserve (self, prefix_size + size, error))
    return FALSE;

  return sa_archive_append (self, prefix, prefix_size, error) && sa_archive_append (self, data, size, error);
}

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

/* Makes bytes up to and with a newline readable, or up to the end. *@size is without the newline, *@skip with
 * it.  */
static gboolean
ensure_line (SaArchive *self,
             guint unit,
             gsize *size,
             gsize *skip,
             GError **error)
{
  gboolean swap = sa_archive_is_swapped (self);
  gsize searched = 0;

  while (TRUE)
    {
      gsize buffered = sa_archive_get_buffered (self);
      SaFillResult result;

      *size = find_newline (self->cur, searched, buffered, unit, swap);
      if (*size != G_MAXSIZE)
        {
          *skip = *size + unit;
          return TRUE;
        }

      if (!check_string_limit (self, buffered, 1, error))
        return FALSE;

      searched = buffered - buffered % unit;
      result = sa_archive_try_ensure (self, buffered + 1, error);
      if (result == SA_FILL_FAILED)
        return FALSE;
      if (result == SA_FILL_AT_END)
        {
          *size = buffered - buffered % unit;
          *skip = buffered;
          return TRUE;
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
  gboolean swap;
  guint unit;
  gsize size;
  gsize skip;
  char *line;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);

  if (!sa_archive_check_loading (self, error))
    return NULL;

  swap = sa_archive_is_swapped (self);
  unit = sa_archive_get_priv (self)->string_form == SA_STRING_WIDE ? 2 : 1;
  if (!ensure_line (self, unit, &size, &skip, error) || skip == 0)
    return NULL;

  if (size >= unit &&
      (unit == 1 ? self->cur[size - 1] : sa_wire_get_uint16 (self->cur + size - 2, swap)) == '\r')
    size -= unit;

  line = decode_text (self, self->cur, size, unit == 2, error);
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
  StoredText stored;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (text != NULL, FALSE);

  if (!prepare_text (self, text, strlen (text), &stored, error))
    return FALSE;

  return store_text (self, (const guint8 *) "", 0, &stored, error);
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
  SaFillResult result = SA_FILL_DONE;
  gboolean wide;
  gsize size;
  char *text;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);

  if (!sa_archive_check_loading (self, error) || !check_has_end (self, error))
    return NULL;

  while (result == SA_FILL_DONE)
    {
      size = sa_archive_get_buffered (self);
      if (!check_string_limit (self, size, 1, error))
        return NULL;
      result = sa_archive_try_ensure (self, size + 1, error);
    }
  if (result == SA_FILL_FAILED)
    return NULL;

  wide = sa_archive_get_priv (self)->string_form == SA_STRING_WIDE;
  size = sa_archive_get_buffered (self);
  if (wide && size % 2 != 0)
    {
      set_bad_text (self, size / 2, error);
      return NULL;
    }

  text = decode_text (self, self->cur, size, wide, error);
  if (text != NULL)
    self->cur += size;

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
  gboolean wide;
  guint unit;
  guint64 size;
  char *text;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);

  if (!sa_archive_ensure (self, sizeof (guint32), error))
    return NULL;

  wide = sa_archive_get_priv (self)->string_form == SA_STRING_WIDE;
  unit = wide ? 2 : 1;
  size = sa_wire_get_uint32 (self->cur, sa_archive_is_swapped (self));
  if (!check_string_limit (self, size, unit, error))
    return NULL;

  size *= unit;
  if (!sa_archive_check_available (self, sizeof (guint32) + size, error) ||
      !sa_archive_ensure (self, sizeof (guint32) + size, error))
    return NULL;

  text = decode_text (self, self->cur + sizeof (guint32), size, wide, error);
  if (text != NULL)
    self->cur += sizeof (guint32) + size;

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
  StoredText stored;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (text != NULL, FALSE);

  if (!prepare_text (self, text, strlen (text), &stored, error))
    return FALSE;

  if (stored.characters > G_MAXUINT32)
    {
      g_clear_pointer (&stored.narrow, g_byte_array_unref);
      return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                                   _("Counted text cannot have more than %u characters"), G_MAXUINT32);
    }

  sa_wire_put_uint32 (prefix, (guint32) stored.characters, sa_archive_is_swapped (self));
  return store_text (self, prefix, sizeof prefix, &stored, error);
}

/* Not MFC */

/* Makes a variable-length size and that many bytes readable at the cursor, and consumes nothing.  */
static gboolean
ensure_blob (SaArchive *self,
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
  if (!check_string_limit (self, length, 1, error))
    return FALSE;

  *prefix = (gsize) parsed;
  *size = (gsize) length;
  return sa_archive_check_available (self, *prefix + *size, error) &&
         sa_archive_ensure (self, *prefix + *size, error);
}

static gboolean
write_blob (SaArchive *self,
            const guint8 *data,
            gsize size,
            GError **error)
{
  guint8 prefix[SA_WIRE_MAX_VARINT];
  gsize prefix_size = sa_wire_put_varint (prefix, size);

  if (!sa_archive_check_storing (self, error) || !check_string_limit (self, size, 1, error) ||
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
      set_bad_text (self, (gsize) (end - data), error);
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
