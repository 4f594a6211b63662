/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#if !defined(SA_INSIDE) && !defined(SA_COMPILATION)
#error "Only <sockarch/sockarch.h> can be included directly."
#endif

#include <sockarch/archive/sa-archive.h>

G_BEGIN_DECLS

/* One line a field for both directions: stores *value, or loads it.  */

SA_AVAILABLE_IN_1_0
void sa_archive_exchange_boolean (SaArchive *self, gboolean *value, GError **error);
SA_AVAILABLE_IN_1_0
void sa_archive_exchange_boolean32 (SaArchive *self, gboolean *value, GError **error);
SA_AVAILABLE_IN_1_0
void sa_archive_exchange_int8 (SaArchive *self, gint8 *value, GError **error);
SA_AVAILABLE_IN_1_0
void sa_archive_exchange_uint8 (SaArchive *self, guint8 *value, GError **error);
SA_AVAILABLE_IN_1_0
void sa_archive_exchange_int16 (SaArchive *self, gint16 *value, GError **error);
SA_AVAILABLE_IN_1_0
void sa_archive_exchange_uint16 (SaArchive *self, guint16 *value, GError **error);
SA_AVAILABLE_IN_1_0
void sa_archive_exchange_int32 (SaArchive *self, gint32 *value, GError **error);
SA_AVAILABLE_IN_1_0
void sa_archive_exchange_uint32 (SaArchive *self, guint32 *value, GError **error);
SA_AVAILABLE_IN_1_0
void sa_archive_exchange_int64 (SaArchive *self, gint64 *value, GError **error);
SA_AVAILABLE_IN_1_0
void sa_archive_exchange_uint64 (SaArchive *self, guint64 *value, GError **error);
SA_AVAILABLE_IN_1_0
void sa_archive_exchange_float (SaArchive *self, float *value, GError **error);
SA_AVAILABLE_IN_1_0
void sa_archive_exchange_double (SaArchive *self, double *value, GError **error);
SA_AVAILABLE_IN_1_0
void sa_archive_exchange_time (SaArchive *self, gint64 *unix_seconds, GError **error);
SA_AVAILABLE_IN_1_0
void sa_archive_exchange_count (SaArchive *self, guint64 *count, GError **error);

/* The forms for C replace *value and free what was there; the others are what bindings see under their
 * names.  */

SA_AVAILABLE_IN_1_0
void sa_archive_exchange_string (SaArchive *self, char **value, GError **error);
SA_AVAILABLE_IN_1_0
char *sa_archive_exchange_string_value (SaArchive *self, const char *value, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
void sa_archive_exchange_bytes (SaArchive *self, GBytes **value, gsize count, GError **error);
SA_AVAILABLE_IN_1_0
GBytes *sa_archive_exchange_bytes_value (SaArchive *self, GBytes *value, gsize count, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
void sa_archive_exchange_byte_array (SaArchive *self, GBytes **value, GError **error);
SA_AVAILABLE_IN_1_0
GBytes *sa_archive_exchange_byte_array_value (SaArchive *self, GBytes *value, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
void sa_archive_exchange_string_array (SaArchive *self, char ***value, GError **error);
SA_AVAILABLE_IN_1_0
char **sa_archive_exchange_string_array_value (SaArchive *self, const char *const *value, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
void sa_archive_exchange_object (SaArchive *self, gpointer value, GType expected_type, GError **error);
SA_AVAILABLE_IN_1_0
gpointer sa_archive_exchange_object_value (SaArchive *self, gpointer value, GType expected_type,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
void sa_archive_exchange_object_array (SaArchive *self, GPtrArray **value, GType expected_type,
                                       GError **error);
SA_AVAILABLE_IN_1_0
GPtrArray *sa_archive_exchange_object_array_value (SaArchive *self, GPtrArray *value, GType expected_type,
                                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
void sa_archive_exchange_object_list (SaArchive *self, GListStore *list, GType expected_type, GError **error);

G_END_DECLS
