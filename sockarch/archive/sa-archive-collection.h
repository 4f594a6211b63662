/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#if !defined(SA_INSIDE) && !defined(SA_COMPILATION)
#error "Only <sockarch/sockarch.h> can be included directly."
#endif

#include <sockarch/archive/sa-archive.h>

G_BEGIN_DECLS

/* MFC's collection classes as their Serialize writes them: a count, then the elements.  */

SA_AVAILABLE_IN_1_0
GBytes *sa_archive_read_byte_array (SaArchive *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_byte_array (SaArchive *self, GBytes *bytes, GError **error);
SA_AVAILABLE_IN_1_0
guint16 *sa_archive_read_word_array (SaArchive *self, gsize *length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_word_array (SaArchive *self, const guint16 *values, gsize length, GError **error);
SA_AVAILABLE_IN_1_0
guint32 *sa_archive_read_dword_array (SaArchive *self, gsize *length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_dword_array (SaArchive *self, const guint32 *values, gsize length, GError **error);
SA_AVAILABLE_IN_1_0
char **sa_archive_read_string_array (SaArchive *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_string_array (SaArchive *self, const char *const *strings, GError **error);
SA_AVAILABLE_IN_1_0
GPtrArray *sa_archive_read_object_array (SaArchive *self, GType expected_type, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_object_array (SaArchive *self, GPtrArray *objects, GError **error);
SA_AVAILABLE_IN_1_0
GListStore *sa_archive_read_object_list (SaArchive *self, GType expected_type, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_object_list (SaArchive *self, GListModel *objects, GError **error);
SA_AVAILABLE_IN_1_0
GHashTable *sa_archive_read_map_string_to_string (SaArchive *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_map_string_to_string (SaArchive *self, GHashTable *map, GError **error);
SA_AVAILABLE_IN_1_0
GHashTable *sa_archive_read_map_word_to_object (SaArchive *self, GType expected_type, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_map_word_to_object (SaArchive *self, GHashTable *map, GError **error);
SA_AVAILABLE_IN_1_0
GHashTable *sa_archive_read_map_string_to_object (SaArchive *self, GType expected_type, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_map_string_to_object (SaArchive *self, GHashTable *map, GError **error);

G_END_DECLS
