/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#if !defined(SA_INSIDE) && !defined(SA_COMPILATION)
#error "Only <sockarch/sockarch.h> can be included directly."
#endif

#include <sockarch/archive/sa-archive.h>

G_BEGIN_DECLS

/* CString */

SA_AVAILABLE_IN_1_0
char *sa_archive_read_string (SaArchive *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gssize sa_archive_read_string_into (SaArchive *self, char *buffer, gsize size, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_string (SaArchive *self, const char *string, GError **error);
SA_AVAILABLE_IN_1_0
GBytes *sa_archive_read_string_bytes (SaArchive *self, SaStringForm *form, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_string_bytes (SaArchive *self, SaStringForm form, GBytes *characters,
                                        GError **error);

/* Raw bytes */

SA_AVAILABLE_IN_1_0
gssize sa_archive_read_data (SaArchive *self, void *buffer, gsize count, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_ensure_read (SaArchive *self, void *buffer, gsize count, GError **error);
SA_AVAILABLE_IN_1_0
guint8 *sa_archive_dup_data (SaArchive *self, gsize count, gsize *length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
guint8 *sa_archive_dup_data_exactly (SaArchive *self, gsize count, gsize *length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
GBytes *sa_archive_read_bytes (SaArchive *self, gsize count, GError **error) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_data (SaArchive *self, const guint8 *data, gsize length, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_bytes (SaArchive *self, GBytes *bytes, GError **error);

/* Text without a length: lines (CArchive::ReadString and WriteString), and what CEditView writes */

SA_AVAILABLE_IN_1_0
char *sa_archive_read_line (SaArchive *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_text (SaArchive *self, const char *text, GError **error);
SA_AVAILABLE_IN_1_0
char *sa_archive_read_text_to_end (SaArchive *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
char *sa_archive_read_counted_text (SaArchive *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_counted_text (SaArchive *self, const char *text, GError **error);

/* Not MFC: UTF-8 with a variable-length byte count */

SA_AVAILABLE_IN_1_0
char *sa_archive_read_utf8 (SaArchive *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_utf8 (SaArchive *self, const char *string, GError **error);
SA_AVAILABLE_IN_1_0
GBytes *sa_archive_read_blob (SaArchive *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_blob (SaArchive *self, GBytes *blob, GError **error);

G_END_DECLS
