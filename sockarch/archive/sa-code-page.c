/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-code-page-private.h"
#include "sockarch/sa-error.h"
#include "sockarch/sa-i18n-private.h"

#include <string.h>

struct _SaCodePage
{
  /* One for the archive, and one for each transaction that may go back to this page.  */
  int references;
  /* The name, as it was given.  */
  char *name;
  /* The converters, opened once since opening costs a search for files.  */
  GIConv to_utf8;
  GIConv from_utf8;
  /* Bytes from 1 to 127 are ASCII here, so that most text needs no conversion.  */
  gboolean has_ascii;
};

/* What the bytes from 80 to 9F are in Windows code page 1252. The five that Microsoft's table leaves open are
 * the control characters of the same number, as Windows converts them.  */
static const guint16 windows_1252[32] = {
  0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
  0x2039, 0x0152, 0x008d, 0x017d, 0x008f, 0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
  0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178,
};

/* Converts as g_convert_with_iconv () does. A text that failed in the middle may have left a converter of a
 * code page with shifts in one of them, in which the next text does not begin.  */
static char *
convert (GIConv converter,
         const char *text,
         gsize length,
         gsize *read,
         gsize *written)
{
  g_iconv (converter, NULL, NULL, NULL, NULL);

  return g_convert_with_iconv (text, (gssize) length, converter, read, written, NULL);
}

/* Whether the code page writes a character that is not of ASCII with bytes that all are, as those with
 * shifts (ISO-2022-JP, HZ, UTF-7) do. Some converters let a shift pass that is not followed by what it needs,
 * so that it cannot be seen from the other side.  */
static gboolean
test_shifts (GIConv from_utf8)
{
  static const char *const samples[] = { "é", "ş", "α", "Ж", "א", "日", "中", "あ", "한", "ﾊ", "€" };

  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      gsize read = 0;
      gsize written = 0;
      g_autofree char *bytes = convert (from_utf8, samples[i], strlen (samples[i]), &read, &written);

      if (bytes != NULL && g_str_is_ascii (bytes))
        return TRUE;
    }

  return FALSE;
}

/* Whether text of ASCII is the same in the code page, both in itself and between other text. Code pages with
 * shifts and those that put a yen or an accent into ASCII are not like that.  */
static gboolean
test_ascii (GIConv to_utf8,
            GIConv from_utf8)
{
  char ascii[127];
  g_autofree char *text = NULL;
  gsize read = 0;
  gsize written = 0;

  for (guint i = 0; i < sizeof ascii; i++)
    ascii[i] = (char) (i + 1);

  text = convert (to_utf8, ascii, sizeof ascii, &read, &written);

  return text != NULL && read == sizeof ascii && written == sizeof ascii &&
         memcmp (text, ascii, written) == 0 && !test_shifts (from_utf8);
}

/* Opens the code page of that name, as iconv knows it; *@page is NULL for the default one.  */
gboolean
sa_code_page_new (const char *name,
                  SaCodePage **page,
                  GError **error)
{
  SaCodePage *self;
  GIConv to_utf8;
  GIConv from_utf8;

  *page = NULL;
  if (g_ascii_strcasecmp (name, SA_CODE_PAGE_DEFAULT) == 0)
    return TRUE;

  to_utf8 = g_iconv_open ("UTF-8", name);
  from_utf8 = g_iconv_open (name, "UTF-8");
  if (to_utf8 == (GIConv) -1 || from_utf8 == (GIConv) -1)
    {
      if (to_utf8 != (GIConv) -1)
        g_iconv_close (to_utf8);
      if (from_utf8 != (GIConv) -1)
        g_iconv_close (from_utf8);
      g_set_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NOT_SUPPORTED,
                   _("There is no code page “%s” here; `iconv -l` lists the names that can be used"), name);
      return FALSE;
    }

  self = g_new0 (SaCodePage, 1);
  self->references = 1;
  self->name = g_strdup (name);
  self->to_utf8 = to_utf8;
  self->from_utf8 = from_utf8;
  self->has_ascii = test_ascii (to_utf8, from_utf8);
  *page = self;

  return TRUE;
}

SaCodePage *
sa_code_page_ref (SaCodePage *page)
{
  if (page != NULL)
    page->references++;

  return page;
}

void
sa_code_page_unref (SaCodePage *page)
{
  if (page == NULL || --page->references > 0)
    return;

  g_iconv_close (page->to_utf8);
  g_iconv_close (page->from_utf8);
  g_free (page->name);
  g_free (page);
}

const char *
sa_code_page_get_name (SaCodePage *page)
{
  return page != NULL ? page->name : SA_CODE_PAGE_DEFAULT;
}

gboolean
sa_code_page_test_ascii (SaCodePage *page)
{
  return page->has_ascii;
}

static char *
default_to_utf8 (const guint8 *data,
                 gsize length,
                 gsize *bad)
{
  g_autofree char *text = g_malloc (3 * length + 1);
  char *end = text;
  gsize size;

  for (gsize i = 0; i < length; i++)
    {
      gunichar c = data[i];

      if (c == 0)
        {
          *bad = i;
          return NULL;
        }

      if (c >= 0x80 && c < 0xa0)
        c = windows_1252[c - 0x80];
      end += g_unichar_to_utf8 (c, end);
    }

  *end++ = '\0';
  size = (gsize) (end - text);

  return g_realloc (g_steal_pointer (&text), size);
}

/* Returns @length bytes of narrow text as UTF-8 with a NUL at the end; or NULL, and in *@bad the byte that is
 * no character, or is a NUL.  */
char *
sa_code_page_to_utf8 (SaCodePage *page,
                      const guint8 *data,
                      gsize length,
                      gsize *bad)
{
  g_autofree char *text = NULL;
  gsize read = 0;
  gsize written = 0;

  if (page == NULL)
    return default_to_utf8 (data, length, bad);

  text = convert (page->to_utf8, (const char *) data, length, &read, &written);
  if (text == NULL || read < length)
    {
      *bad = read;
      return NULL;
    }

  if (memchr (text, '\0', written) != NULL)
    {
      const guint8 *nul = memchr (data, '\0', length);

      *bad = nul != NULL ? (gsize) (nul - data) : 0;
      return NULL;
    }

  return g_steal_pointer (&text);
}

static gboolean
default_from_char (gunichar c,
                   guint8 *byte)
{
  if (c < 0x80 || (c >= 0xa0 && c < 0x100))
    {
      *byte = (guint8) c;
      return TRUE;
    }

  for (guint i = 0; i < G_N_ELEMENTS (windows_1252); i++)
    {
      if (windows_1252[i] == c)
        {
          *byte = (guint8) (0x80 + i);
          return TRUE;
        }
    }

  return FALSE;
}

/* Returns valid UTF-8 as narrow text; or NULL, and in *@bad where a character is that the code page
 * lacks.  */
GByteArray *
sa_code_page_from_utf8 (SaCodePage *page,
                        const char *text,
                        gsize length,
                        gsize *bad)
{
  g_autoptr (GByteArray) bytes = NULL;
  const char *end = text + length;

  if (page != NULL)
    {
      gsize read = 0;
      gsize written = 0;
      char *narrow = convert (page->from_utf8, text, length, &read, &written);

      *bad = read;
      return narrow != NULL ? g_byte_array_new_take ((guint8 *) narrow, written) : NULL;
    }

  bytes = g_byte_array_sized_new ((guint) length);
  for (const char *p = text; p < end; p = g_utf8_next_char (p))
    {
      guint8 byte;

      if (!default_from_char (g_utf8_get_char (p), &byte))
        {
          *bad = (gsize) (p - text);
          return NULL;
        }
      g_byte_array_append (bytes, &byte, 1);
    }

  return g_steal_pointer (&bytes);
}
