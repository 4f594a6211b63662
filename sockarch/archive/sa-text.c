/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-archive-private.h"
#include "sockarch/archive/sa-learn-private.h"
#include "sockarch/archive/sa-text-private.h"
#include "sockarch/archive/sa-wire-private.h"
#include "sockarch/sa-error.h"
#include "sockarch/sa-i18n-private.h"

#include <string.h>

gboolean
sa_text_set_bad (SaArchive *self,
                 gsize where,
                 GError **error)
{
  return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                               _("Character %zu of a string is not one that text can have; "
                                 "read the string with sa_archive_read_string_bytes()"),
                               where);
}

/* Turns characters of the wire into UTF-8; returns NULL if they are not all text.  */
char *
sa_text_decode (SaArchive *self,
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
          sa_text_set_bad (self, bad, error);
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
        sa_text_set_bad (self, bad, error);
      return text;
    }

  text[length] = '\0';
  return text;
}

/* Checks UTF-8 text, and finds out how long it is on the wire. After success, call sa_text_store ().  */
gboolean
sa_text_prepare (SaArchive *self,
                 const char *text,
                 gsize length,
                 SaStoredText *stored,
                 GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  gsize bad;

  *stored = (SaStoredText){ .text = text, .length = length, .wide = priv->string_form == SA_STRING_WIDE };

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
gboolean
sa_text_store (SaArchive *self,
               const guint8 *prefix,
               gsize prefix_size,
               SaStoredText *stored,
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

/* Checks the length of what comes against the limit. Even without one, what is added to the length or
 * multiplied with it later must not overflow.  */
gboolean
sa_text_check_limit (SaArchive *self,
                     guint64 length,
                     guint unit,
                     GError **error)
{
  guint64 limit = MIN (sa_archive_get_limit_values (self)->string_bytes, G_MAXSSIZE / 4);

  if (G_UNLIKELY (sa_archive_get_priv (self)->learning) && length <= G_MAXUINT64 / unit)
    sa_archive_learn_limit (self, SA_LEARN_STRING_BYTES, length * unit);
  if (length <= limit / unit)
    return TRUE;

  return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_LIMIT,
                               _("A string of %" PRIu64 " characters exceeds the limit of %"
                                 PRIu64 " bytes; raise SaLimits:string-bytes if the stream may be trusted"),
                               length, limit);
}
