/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/archive/sa-archive-private.h"

/* What strings, lines and counted text have in common: characters on the wire are UTF-8 in memory.  */

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
} SaStoredText;

/* Stores a short CString of ASCII if there is room for it in the buffer, which is what most are: FALSE says
 * that it is not one of those, or that something else must be looked at, and nothing was stored.  */
gboolean sa_text_put_short (SaArchive *self, const char *text);
/* Says that character @where of a string is not text; returns FALSE.  */
gboolean sa_text_set_bad (SaArchive *self, gsize where, GError **error);
/* Turns characters of the wire into UTF-8; returns NULL if they are not all text.  */
char *sa_text_decode (SaArchive *self, const guint8 *data, gsize size, gboolean wide, GError **error);
/* Checks UTF-8 text, and finds out how long it is on the wire. After success, call sa_text_store ().  */
gboolean sa_text_prepare (SaArchive *self, const char *text, gsize length, SaStoredText *stored,
                          GError **error);
/* Stores what stands before the characters, and them, as one.  */
gboolean sa_text_store (SaArchive *self, const guint8 *prefix, gsize prefix_size, SaStoredText *stored,
                        GError **error);
/* Checks the length of what comes against the limit.  */
gboolean sa_text_check_limit (SaArchive *self, guint64 length, guint unit, GError **error);
