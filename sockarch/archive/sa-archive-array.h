/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#if !defined(SA_INSIDE) && !defined(SA_COMPILATION)
#error "Only <sockarch/sockarch.h> can be included directly."
#endif

#include <sockarch/archive/sa-archive.h>

G_BEGIN_DECLS

/* Arrays of numbers in one call. No count is written: the reader must know it, or use
 * sa_archive_write_count().  */

SA_AVAILABLE_IN_1_0
gint8 *sa_archive_read_int8_array (SaArchive *self, gsize count, gsize *length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_archive_read_int8_array_into (SaArchive *self, gint8 *values, gsize count, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_int8_array (SaArchive *self, const gint8 *values, gsize count, GError **error);
SA_AVAILABLE_IN_1_0
gint16 *sa_archive_read_int16_array (SaArchive *self, gsize count, gsize *length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_archive_read_int16_array_into (SaArchive *self, gint16 *values, gsize count, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_int16_array (SaArchive *self, const gint16 *values, gsize count, GError **error);
SA_AVAILABLE_IN_1_0
guint16 *sa_archive_read_uint16_array (SaArchive *self, gsize count, gsize *length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_archive_read_uint16_array_into (SaArchive *self, guint16 *values, gsize count, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_uint16_array (SaArchive *self, const guint16 *values, gsize count, GError **error);
SA_AVAILABLE_IN_1_0
gint32 *sa_archive_read_int32_array (SaArchive *self, gsize count, gsize *length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_archive_read_int32_array_into (SaArchive *self, gint32 *values, gsize count, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_int32_array (SaArchive *self, const gint32 *values, gsize count, GError **error);
SA_AVAILABLE_IN_1_0
guint32 *sa_archive_read_uint32_array (SaArchive *self, gsize count, gsize *length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_archive_read_uint32_array_into (SaArchive *self, guint32 *values, gsize count, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_uint32_array (SaArchive *self, const guint32 *values, gsize count, GError **error);
SA_AVAILABLE_IN_1_0
gint64 *sa_archive_read_int64_array (SaArchive *self, gsize count, gsize *length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_archive_read_int64_array_into (SaArchive *self, gint64 *values, gsize count, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_int64_array (SaArchive *self, const gint64 *values, gsize count, GError **error);
SA_AVAILABLE_IN_1_0
guint64 *sa_archive_read_uint64_array (SaArchive *self, gsize count, gsize *length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_archive_read_uint64_array_into (SaArchive *self, guint64 *values, gsize count, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_uint64_array (SaArchive *self, const guint64 *values, gsize count, GError **error);
SA_AVAILABLE_IN_1_0
float *sa_archive_read_float_array (SaArchive *self, gsize count, gsize *length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_archive_read_float_array_into (SaArchive *self, float *values, gsize count, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_float_array (SaArchive *self, const float *values, gsize count, GError **error);
SA_AVAILABLE_IN_1_0
double *sa_archive_read_double_array (SaArchive *self, gsize count, gsize *length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_archive_read_double_array_into (SaArchive *self, double *values, gsize count, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_double_array (SaArchive *self, const double *values, gsize count, GError **error);

G_END_DECLS
