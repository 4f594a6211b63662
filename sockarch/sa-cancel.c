/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/sa-cancel-private.h"

void
sa_cancel_set (SaCancel *self,
               GCancellable *cancellable,
               GCallback func,
               gpointer data,
               GBoxedCopyFunc ref,
               GDestroyNotify unref)
{
  if (cancellable == self->cancellable)
    return;

  sa_cancel_clear (self);
  if (cancellable == NULL)
    return;

  self->id = g_cancellable_connect (cancellable, func, ref (data), unref);
  if (self->id != 0)
    self->cancellable = g_object_ref (cancellable);
}

void
sa_cancel_clear (SaCancel *self)
{
  g_autoptr (GCancellable) cancellable = g_steal_pointer (&self->cancellable);

  if (cancellable != NULL)
    g_signal_handler_disconnect (cancellable, self->id);
}
