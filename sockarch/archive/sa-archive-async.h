/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#if !defined(SA_INSIDE) && !defined(SA_COMPILATION)
#error "Only <sockarch/sockarch.h> can be included directly."
#endif

#include <sockarch/archive/sa-archive.h>

G_BEGIN_DECLS

/* Without waiting, on the main loop.  */

SA_AVAILABLE_IN_1_0
void sa_archive_fill_async (SaArchive *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer user_data);
SA_AVAILABLE_IN_1_0
gssize sa_archive_fill_finish (SaArchive *self, GAsyncResult *result, GError **error);
SA_AVAILABLE_IN_1_0
void sa_archive_flush_async (SaArchive *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_flush_finish (SaArchive *self, GAsyncResult *result, GError **error);
SA_AVAILABLE_IN_1_0
void sa_archive_close_async (SaArchive *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_close_finish (SaArchive *self, GAsyncResult *result, GError **error);

G_END_DECLS
