/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#if !defined(SA_INSIDE) && !defined(SA_COMPILATION)
#error "Only <sockarch/sockarch.h> can be included directly."
#endif

#include <sockarch/archive/sa-archive.h>

G_BEGIN_DECLS

/**
 * SA_SCHEMA_UNKNOWN:
 *
 * What sa_archive_get_object_schema() returns where there is none: outside of a `serialize` that was called
 * for a tag.
 *
 * Since: 1.0
 */
#define SA_SCHEMA_UNKNOWN (G_MAXUINT)

SA_AVAILABLE_IN_1_0
gpointer sa_archive_read_object (SaArchive *self, GType expected_type, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
void sa_archive_read_object_async (SaArchive *self, GType expected_type, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data);
SA_AVAILABLE_IN_1_0
gpointer sa_archive_read_object_finish (SaArchive *self, GAsyncResult *result, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_object (SaArchive *self, gpointer object, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_serialize_embedded (SaArchive *self, gpointer object, GError **error);
SA_AVAILABLE_IN_1_0
gpointer sa_archive_read_embedded (SaArchive *self, const char *class_name, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
char *sa_archive_read_class (SaArchive *self, const char *expected_name, guint *schema, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_class (SaArchive *self, const char *class_name, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_serialize_class (SaArchive *self, const char *class_name, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_map_object (SaArchive *self, gpointer object, GError **error);
SA_AVAILABLE_IN_1_0
guint sa_archive_get_object_schema (SaArchive *self);
SA_AVAILABLE_IN_1_0
void sa_archive_set_object_schema (SaArchive *self, guint schema);
SA_AVAILABLE_IN_1_0
void sa_archive_reserve_objects (SaArchive *self, guint n_objects);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_reset_objects (SaArchive *self, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_get_reset_per_message (SaArchive *self);
SA_AVAILABLE_IN_1_0
void sa_archive_set_reset_per_message (SaArchive *self, gboolean reset);
SA_AVAILABLE_IN_1_0
gpointer sa_archive_get_document (SaArchive *self);
SA_AVAILABLE_IN_1_0
void sa_archive_set_document (SaArchive *self, gpointer document);

G_END_DECLS
