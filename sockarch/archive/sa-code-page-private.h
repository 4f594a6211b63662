/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

/* How narrow text is converted. Everywhere NULL stands for SA_CODE_PAGE_DEFAULT, which needs no memory.  */
typedef struct _SaCodePage SaCodePage;

#define SA_CODE_PAGE_DEFAULT "WINDOWS-1252"

gboolean sa_code_page_new (const char *name, SaCodePage **page, GError **error);
SaCodePage *sa_code_page_ref (SaCodePage *page);
void sa_code_page_unref (SaCodePage *page);
const char *sa_code_page_get_name (SaCodePage *page);
/* Whether bytes from 1 to 127 are ASCII there, so that most text needs no conversion.  */
gboolean sa_code_page_test_ascii (SaCodePage *page);

static inline gboolean
sa_code_page_has_ascii (SaCodePage *page)
{
  return page == NULL || sa_code_page_test_ascii (page);
}

char *sa_code_page_to_utf8 (SaCodePage *page, const guint8 *data, gsize length, gsize *bad);
GByteArray *sa_code_page_from_utf8 (SaCodePage *page, const char *text, gsize length, gsize *bad);
