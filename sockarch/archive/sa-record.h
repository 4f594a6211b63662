/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#if !defined(SA_INSIDE) && !defined(SA_COMPILATION)
#error "Only <sockarch/sockarch.h> can be included directly."
#endif

#include <sockarch/sa-types.h>

G_BEGIN_DECLS

#define SA_TYPE_RECORD (sa_record_get_type ())

SA_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (SaRecord, sa_record, SA, RECORD, GObject)

SA_AVAILABLE_IN_1_0
SaRecord *sa_record_new (const char *class_name) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
const char *sa_record_get_class_name (SaRecord *self);
SA_AVAILABLE_IN_1_0
char **sa_record_list_fields (SaRecord *self) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_record_has_field (SaRecord *self, const char *name);
SA_AVAILABLE_IN_1_0
const GValue *sa_record_get_field (SaRecord *self, const char *name);
SA_AVAILABLE_IN_1_0
const char *sa_record_get_field_type (SaRecord *self, const char *name);
SA_AVAILABLE_IN_1_0
gboolean sa_record_set_field (SaRecord *self, const char *name, const GValue *value, GError **error);

/* The same with the type said: sa-record-value.c */
SA_AVAILABLE_IN_1_0
gboolean sa_record_get_boolean (SaRecord *self, const char *name, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_record_set_boolean (SaRecord *self, const char *name, gboolean value, GError **error);
SA_AVAILABLE_IN_1_0
gint64 sa_record_get_int64 (SaRecord *self, const char *name, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_record_set_int64 (SaRecord *self, const char *name, gint64 value, GError **error);
SA_AVAILABLE_IN_1_0
guint64 sa_record_get_uint64 (SaRecord *self, const char *name, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_record_set_uint64 (SaRecord *self, const char *name, guint64 value, GError **error);
SA_AVAILABLE_IN_1_0
double sa_record_get_double (SaRecord *self, const char *name, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_record_set_double (SaRecord *self, const char *name, double value, GError **error);
SA_AVAILABLE_IN_1_0
const char *sa_record_get_string (SaRecord *self, const char *name, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_record_set_string (SaRecord *self, const char *name, const char *value, GError **error);
SA_AVAILABLE_IN_1_0
const char *const *sa_record_get_strings (SaRecord *self, const char *name, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_record_set_strings (SaRecord *self, const char *name, const char *const *value, GError **error);
SA_AVAILABLE_IN_1_0
GBytes *sa_record_get_bytes (SaRecord *self, const char *name, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_record_set_bytes (SaRecord *self, const char *name, GBytes *value, GError **error);
SA_AVAILABLE_IN_1_0
GDateTime *sa_record_get_date_time (SaRecord *self, const char *name, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_record_set_date_time (SaRecord *self, const char *name, GDateTime *value, GError **error);
SA_AVAILABLE_IN_1_0
GVariant *sa_record_get_variant (SaRecord *self, const char *name, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_record_set_variant (SaRecord *self, const char *name, GVariant *value, GError **error);
SA_AVAILABLE_IN_1_0
gpointer sa_record_get_object (SaRecord *self, const char *name, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_record_set_object (SaRecord *self, const char *name, gpointer value, GError **error);

G_END_DECLS
