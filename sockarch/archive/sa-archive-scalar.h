/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#if !defined(SA_INSIDE) && !defined(SA_COMPILATION)
#error "Only <sockarch/sockarch.h> can be included directly."
#endif

#include <sockarch/archive/sa-archive.h>

G_BEGIN_DECLS

/* Numbers, as operators << and >> of CArchive write and read them.  */

SA_AVAILABLE_IN_1_0
gboolean sa_archive_read_boolean (SaArchive *self, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_boolean (SaArchive *self, gboolean value, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_read_boolean32 (SaArchive *self, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_boolean32 (SaArchive *self, gboolean value, GError **error);
SA_AVAILABLE_IN_1_0
gint8 sa_archive_read_int8 (SaArchive *self, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_int8 (SaArchive *self, gint8 value, GError **error);
SA_AVAILABLE_IN_1_0
guint8 sa_archive_read_uint8 (SaArchive *self, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_uint8 (SaArchive *self, guint8 value, GError **error);
SA_AVAILABLE_IN_1_0
gint16 sa_archive_read_int16 (SaArchive *self, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_int16 (SaArchive *self, gint16 value, GError **error);
SA_AVAILABLE_IN_1_0
guint16 sa_archive_read_uint16 (SaArchive *self, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_uint16 (SaArchive *self, guint16 value, GError **error);
SA_AVAILABLE_IN_1_0
gint32 sa_archive_read_int32 (SaArchive *self, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_int32 (SaArchive *self, gint32 value, GError **error);
SA_AVAILABLE_IN_1_0
guint32 sa_archive_read_uint32 (SaArchive *self, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_uint32 (SaArchive *self, guint32 value, GError **error);
SA_AVAILABLE_IN_1_0
gint64 sa_archive_read_int64 (SaArchive *self, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_int64 (SaArchive *self, gint64 value, GError **error);
SA_AVAILABLE_IN_1_0
guint64 sa_archive_read_uint64 (SaArchive *self, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_uint64 (SaArchive *self, guint64 value, GError **error);
SA_AVAILABLE_IN_1_0
float sa_archive_read_float (SaArchive *self, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_float (SaArchive *self, float value, GError **error);
SA_AVAILABLE_IN_1_0
double sa_archive_read_double (SaArchive *self, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_double (SaArchive *self, double value, GError **error);

/* Structures of numbers */

SA_AVAILABLE_IN_1_0
gboolean sa_archive_read_point (SaArchive *self, gint32 *x, gint32 *y, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_point (SaArchive *self, gint32 x, gint32 y, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_read_size (SaArchive *self, gint32 *width, gint32 *height, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_size (SaArchive *self, gint32 width, gint32 height, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_read_rect (SaArchive *self, gint32 *left, gint32 *top, gint32 *right, gint32 *bottom,
                               GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_rect (SaArchive *self, gint32 left, gint32 top, gint32 right, gint32 bottom,
                                GError **error);

/* Counts of collections, and variable-length integers, which are not MFC */

SA_AVAILABLE_IN_1_0
guint64 sa_archive_read_count (SaArchive *self, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_count (SaArchive *self, guint64 count, GError **error);
SA_AVAILABLE_IN_1_0
guint64 sa_archive_read_varint (SaArchive *self, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_varint (SaArchive *self, guint64 value, GError **error);

G_END_DECLS

#include <sockarch/archive/sa-archive-inline.h>
