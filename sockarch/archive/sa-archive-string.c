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

/* Short strings of ASCII that are in the buffer as a whole, which is what most strings are. FALSE and
 * NULL say that it is not one of those, or that something else must be looked at.  */

static const guint8 *
peek_short_string (SaArchive *self,
                   gsize *length)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  gssize room = self->read_end - self->cur;

  if (room < 1 || self->cur[0] == 0xff || room < 1 + self->cur[0] || priv->learning)
    return NULL;

  *length = self->cur[0];
  if (*length > priv->limit->string_bytes || !sa_code_page_has_ascii (priv->code_page) ||
      !sa_wire_is_ascii (self->cur + 1, *length))
    return NULL;

  return self->cur + 1;
}

/* Copies text, and says whether all of it was ASCII. Words, the last of which overlaps the one before, since
 * the two calls for so few bytes would cost more than the bytes.  */
static inline gboolean
copy_ascii (guint8 *data,
            const char *text,
            gsize length)
{
  const guint64 tops = G_GUINT64_CONSTANT (0x8080808080808080);
  guint64 seen = 0;
  guint64 word;

  if (length < sizeof word)
    {
      for (gsize i = 0; i < length; i++)
        {
          data[i] = (guint8) text[i];
          seen |= data[i];
        }
      return (seen & tops) == 0;
    }

  for (gsize i = 0; i < length - sizeof word; i += sizeof word)
    {
      memcpy (&word, text + i, sizeof word);
      memcpy (data + i, &word, sizeof word);
      seen |= word;
    }

  memcpy (&word, text + length - sizeof word, sizeof word);
  memcpy (data + length - sizeof word, &word, sizeof word);

  return ((seen | word) & tops) == 0;
}

static inline gboolean
write_short_string (SaArchive *self,
                    const char *string,
                    gsize length)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  gboolean wide = priv->string_form == SA_STRING_WIDE;

  if (length >= 0xff || self->write_end - self->cur < (gssize) (4 + 2 * length) ||
      2 * length > priv->limit->string_bytes)
    return FALSE;

  if (!wide)
    {
      /* What lies behind the cursor is nobody's, so that it does no harm if the text turns out another.  */
      if (!sa_code_page_has_ascii (priv->code_page) || !copy_ascii (self->cur + 1, string, length))
        return FALSE;

      self->cur[0] = (guint8) length;
      self->cur += 1 + length;
      return TRUE;
    }

  if (!sa_wire_is_ascii ((const guint8 *) string, length))
    return FALSE;

  self->cur += sa_wire_put_string_length (self->cur, length, TRUE, FALSE);
  for (gsize i = 0; i < length; i++)
    sa_wire_put_uint16 (self->cur + 2 * i, (guint8) string[i], FALSE);
  self->cur += 2 * length;

  return TRUE;
}

gboolean
sa_text_put_short (SaArchive *self,
                   const char *text)
{
  return write_short_string (self, text, strlen (text));
}

static gboolean
ensure_pieces (SaArchive *self,
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
  if (!sa_text_check_limit (self, length->length, (guint) unit, error))
    return FALSE;

  *size = (gsize) length->length * unit;
  return sa_archive_check_available (self, length->size + *size, error) &&
         sa_archive_ensure (self, length->size + *size, error);
}

/* Makes a whole CString readable at the cursor, prefix and characters, and consumes nothing.  */
static gboolean
ensure_string (SaArchive *self,
               SaWireLength *length,
               gsize *size,
               GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  gboolean outermost = sa_archive_begin_pieces (priv);
  gboolean there = ensure_pieces (self, length, size, error);

  sa_archive_end_pieces (priv, outermost);

  return there;
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
  const guint8 *data;
  gsize size;
  char *text;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);

  data = peek_short_string (self, &size);
  if (data != NULL)
    {
      text = g_malloc (size + 1);
      memcpy (text, data, size);
      text[size] = '\0';
      self->cur += 1 + size;
      return text;
    }

  if (!ensure_string (self, &length, &size, error))
    return NULL;

  text = sa_text_decode (self, self->cur + length.size, size, length.wide, error);
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

  from = (const char *) peek_short_string (self, &count);
  if (from != NULL && count < size)
    {
      memcpy (buffer, from, count);
      buffer[count] = '\0';
      self->cur += 1 + count;
      return (gssize) count;
    }

  buffer[0] = '\0';
  if (!ensure_string (self, &length, &bytes, error))
    return -1;

  from = (const char *) self->cur + length.size;
  count = bytes;
  if (length.wide || !sa_code_page_has_ascii (sa_archive_get_priv (self)->code_page) ||
      !sa_wire_is_ascii (self->cur + length.size, bytes))
    {
      text = sa_text_decode (self, self->cur + length.size, bytes, length.wide, error);
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

/* Whether a string that long may be stored.  */
static gboolean
check_64bit (SaArchive *self,
             gsize characters,
             GError **error)
{
  if (characters < G_MAXUINT32 || sa_archive_get_priv (self)->allow_64bit)
    return TRUE;

  return sa_archive_set_error (
      self, error, SA_ARCHIVE_ERROR_NOT_SUPPORTED,
      _("A string of that length needs 64 bits; set SaArchive:allow-64bit if the reader "
        "knows that form"));
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
  SaStoredText stored;
  gsize length;
  gsize size;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);

  if (string == NULL)
    string = "";

  length = strlen (string);
  if (write_short_string (self, string, length))
    return TRUE;
  if (!sa_text_prepare (self, string, length, &stored, error))
    return FALSE;

  if (!check_64bit (self, stored.characters, error))
    {
      g_clear_pointer (&stored.narrow, g_byte_array_unref);
      return FALSE;
    }

  size = sa_wire_put_string_length (prefix, stored.characters, stored.wide, sa_archive_is_swapped (self));
  return sa_text_store (self, prefix, size, &stored, error);
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
  if (!sa_archive_check_storing (self, error) || !sa_text_check_limit (self, size, 1, error) ||
      !check_64bit (self, wide ? size / 2 : size, error))
    return FALSE;

  prefix_size = sa_wire_put_string_length (prefix, wide ? size / 2 : size, wide,
                                           sa_archive_is_swapped (self));
  if (!sa_archive_reserve (self, prefix_size + size, error))
    return FALSE;

  return sa_archive_append (self, prefix, prefix_size, error) && sa_archive_append (self, data, size, error);
}
