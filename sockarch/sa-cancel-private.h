/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A handler on the GCancellable of an operation, which may be cancelled in any thread, and which may end in a
 * handler of the very GCancellable::cancelled that would have ended it.
 *
 * g_cancellable_disconnect () waits until no handler runs any more: in such a handler it waits for itself,
 * and elsewhere for whatever the handlers of others wait for. So nobody waits here. Instead a handler that
 * just runs holds what it looks at, by a reference: it may find an operation that is over.  */
typedef struct
{
  GCancellable *cancellable; /* referenced; NULL: there is no handler */
  gulong id;                 /* of the handler */
} SaCancel;

/* Puts @func, with @data, in the place of what was there; @cancellable may be NULL. It is called at once if
 * that is cancelled already. With the same cancellable as before nothing is done: then @func and @data
 * have to be the same too. @ref is atomic, and @unref may come in the thread that cancels.  */
void sa_cancel_set (SaCancel *self, GCancellable *cancellable, GCallback func, gpointer data,
                    GBoxedCopyFunc ref, GDestroyNotify unref);
void sa_cancel_clear (SaCancel *self);

/* Before the operation begins anew on which handlers act: that of another one is not meant for it.  */
static inline void
sa_cancel_keep (SaCancel *self,
                GCancellable *cancellable)
{
  if (self->cancellable != cancellable)
    sa_cancel_clear (self);
}

G_END_DECLS
