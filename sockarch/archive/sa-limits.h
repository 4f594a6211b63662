/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#if !defined(SA_INSIDE) && !defined(SA_COMPILATION)
#error "Only <sockarch/sockarch.h> can be included directly."
#endif

#include <sockarch/sa-types.h>

G_BEGIN_DECLS

/**
 * SaLimitsProfile:
 * @SA_LIMITS_LAN: peers that are known but may be broken; the default
 * @SA_LIMITS_INTERNET: strangers
 * @SA_LIMITS_TRUSTED_FILE: one's own documents, which may be large
 *
 * Named sets of limits for sa_limits_new(); the values are in the table of #SaLimits.
 *
 * Since: 1.0
 */
typedef enum
{
  SA_LIMITS_LAN,
  SA_LIMITS_INTERNET,
  SA_LIMITS_TRUSTED_FILE,
} SaLimitsProfile;

#define SA_TYPE_LIMITS (sa_limits_get_type ())

SA_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (SaLimits, sa_limits, SA, LIMITS, GObject)

SA_AVAILABLE_IN_1_0
SaLimits *sa_limits_new (SaLimitsProfile profile) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
guint64 sa_limits_get_string_bytes (SaLimits *self);
SA_AVAILABLE_IN_1_0
void sa_limits_set_string_bytes (SaLimits *self, guint64 bytes);
SA_AVAILABLE_IN_1_0
guint64 sa_limits_get_count (SaLimits *self);
SA_AVAILABLE_IN_1_0
void sa_limits_set_count (SaLimits *self, guint64 count);
SA_AVAILABLE_IN_1_0
guint sa_limits_get_depth (SaLimits *self);
SA_AVAILABLE_IN_1_0
void sa_limits_set_depth (SaLimits *self, guint depth);
SA_AVAILABLE_IN_1_0
guint sa_limits_get_objects (SaLimits *self);
SA_AVAILABLE_IN_1_0
void sa_limits_set_objects (SaLimits *self, guint objects);
SA_AVAILABLE_IN_1_0
guint64 sa_limits_get_message_bytes (SaLimits *self);
SA_AVAILABLE_IN_1_0
void sa_limits_set_message_bytes (SaLimits *self, guint64 bytes);
SA_AVAILABLE_IN_1_0
guint sa_limits_get_class_name_length (SaLimits *self);
SA_AVAILABLE_IN_1_0
void sa_limits_set_class_name_length (SaLimits *self, guint length);

G_END_DECLS
