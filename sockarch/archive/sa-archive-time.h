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
 * SaOleStatus:
 * @SA_OLE_VALID: there is a value
 * @SA_OLE_INVALID: the value is out of range
 * @SA_OLE_NULL: there is no value
 *
 * The status that COleDateTime, COleDateTimeSpan and COleCurrency carry on the wire.
 *
 * Since: 1.0
 */
typedef enum
{
  SA_OLE_VALID = 0,
  SA_OLE_INVALID = 1,
  SA_OLE_NULL = 2,
} SaOleStatus;

SA_AVAILABLE_IN_1_0
gint64 sa_archive_read_time (SaArchive *self, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_time (SaArchive *self, gint64 unix_seconds, GError **error);
SA_AVAILABLE_IN_1_0
gint64 sa_archive_read_time_span (SaArchive *self, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_time_span (SaArchive *self, gint64 seconds, GError **error);
SA_AVAILABLE_IN_1_0
GDateTime *sa_archive_read_ole_date_time (SaArchive *self, SaOleStatus *status, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_ole_date_time (SaArchive *self, GDateTime *date_time, SaOleStatus status,
                                         GError **error);
SA_AVAILABLE_IN_1_0
double sa_archive_read_ole_date_time_span (SaArchive *self, SaOleStatus *status, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_ole_date_time_span (SaArchive *self, double days, SaOleStatus status,
                                              GError **error);
SA_AVAILABLE_IN_1_0
gint64 sa_archive_read_ole_currency (SaArchive *self, SaOleStatus *status, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_ole_currency (SaArchive *self, gint64 ten_thousandths, SaOleStatus status,
                                        GError **error);
SA_AVAILABLE_IN_1_0
char *sa_currency_to_string (gint64 ten_thousandths) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gint64 sa_currency_from_string (const char *text, GError **error);

G_END_DECLS
