/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#if !defined(SA_INSIDE) && !defined(SA_COMPILATION)
#error "Only <sockarch/sockarch.h> can be included directly."
#endif

#include <sockarch/archive/sa-archive.h>

G_BEGIN_DECLS

/* COleVariant, and GLib's own GVariant, which is not MFC */

SA_AVAILABLE_IN_1_0
gboolean sa_archive_read_ole_variant (SaArchive *self, GValue *value, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_ole_variant (SaArchive *self, const GValue *value, GError **error);
SA_AVAILABLE_IN_1_0
GVariant *sa_archive_read_variant (SaArchive *self, const char *type_string, GError **error) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_variant (SaArchive *self, GVariant *variant, GError **error);

G_END_DECLS
