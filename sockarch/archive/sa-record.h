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
void sa_record_set_field (SaRecord *self, const char *name, const GValue *value);

G_END_DECLS
