/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#if !defined(SA_INSIDE) && !defined(SA_COMPILATION)
#error "Only <sockarch/sockarch.h> can be included directly."
#endif

#include <sockarch/archive/sa-archive.h>

G_BEGIN_DECLS

/* Several values in one call, named by a format string.  */

SA_AVAILABLE_IN_1_0
gboolean sa_archive_write (SaArchive *self, GError **error, const char *format, ...);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_read (SaArchive *self, GError **error, const char *format, ...);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_values (SaArchive *self, const char *format, const GValue *values, gsize n_values,
                                  GError **error);
SA_AVAILABLE_IN_1_0
GArray *sa_archive_read_values (SaArchive *self, const char *format, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
