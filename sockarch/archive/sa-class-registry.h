/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#if !defined(SA_INSIDE) && !defined(SA_COMPILATION)
#error "Only <sockarch/sockarch.h> can be included directly."
#endif

#include <sockarch/sa-types.h>

G_BEGIN_DECLS

#define SA_TYPE_CLASS_REGISTRY (sa_class_registry_get_type ())

SA_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (SaClassRegistry, sa_class_registry, SA, CLASS_REGISTRY, GObject)

SA_AVAILABLE_IN_1_0
SaClassRegistry *sa_class_registry_new (void) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_class_registry_add_class (SaClassRegistry *self, const char *name, GType type, guint schema,
                                      GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_class_registry_add_layout (SaClassRegistry *self, const char *name, GType type, guint schema,
                                       const char *layout, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_class_registry_add_record (SaClassRegistry *self, const char *name, guint schema,
                                       const char *layout, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_class_registry_set_versionable (SaClassRegistry *self, const char *name, guint min_schema,
                                            guint max_schema, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_class_registry_contains (SaClassRegistry *self, const char *name);
SA_AVAILABLE_IN_1_0
char **sa_class_registry_list_names (SaClassRegistry *self) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
GType sa_class_registry_get_class_type (SaClassRegistry *self, const char *name);
SA_AVAILABLE_IN_1_0
guint sa_class_registry_get_class_schema (SaClassRegistry *self, const char *name);
SA_AVAILABLE_IN_1_0
const char *sa_class_registry_get_class_layout (SaClassRegistry *self, const char *name);
SA_AVAILABLE_IN_1_0
const char *sa_class_registry_get_class_name (SaClassRegistry *self, GType type);
SA_AVAILABLE_IN_1_0
SaRecord *sa_class_registry_create_record (SaClassRegistry *self, const char *name, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
