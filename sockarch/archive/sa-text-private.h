/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/archive/sa-archive.h"

/* Text between memory, where it is UTF-8, and the wire of an archive.  */

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

gboolean sa_text_set_bad (SaArchive *self, gsize where, GError **error);
gboolean sa_text_check_limit (SaArchive *self, guint64 length, guint unit, GError **error);
char *sa_text_decode (SaArchive *self, const guint8 *data, gsize size, gboolean wide, GError **error);
gboolean sa_text_prepare (SaArchive *self, const char *text, gsize length, SaStoredText *stored,
                          GError **error);
gboolean sa_text_store (SaArchive *self, const guint8 *prefix, gsize prefix_size, SaStoredText *stored,
                        GError **error);
