/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The GAsyncResult of a stream half, or of an archive: what a GTask would be, but used again for the next
 * operation, since there is one at a time. A GTask costs more than the rest of a read.  */

#define SA_TYPE_STREAM_RESULT (sa_stream_result_get_type ())
G_DECLARE_FINAL_TYPE (SaStreamResult, sa_stream_result, SA, STREAM_RESULT, GObject)

/* Begins an operation of @stream. The callback will come in the thread-default main context of the
 * caller; @context is the one in which the operation is going to end, NULL if it is the same. *@result is a
 * free one, or NULL, and is taken for it.  */
SaStreamResult *sa_stream_result_begin (SaStreamResult **result, gpointer stream, GMainContext *context,
                                        GAsyncReadyCallback callback, gpointer user_data);

/* Ends it and calls back at once, which the function that began it must not do, or in a later turn of the
 * loop. Takes the result and @error, and gives the result back to *@free_result if nobody kept it.  */
void sa_stream_result_return (SaStreamResult *self, SaStreamResult **free_result, gssize n, GError *error);
void sa_stream_result_return_later (SaStreamResult *self, gssize n, GError *error);

gssize sa_stream_result_propagate (GAsyncResult *result, gpointer stream, GError **error);

G_END_DECLS
