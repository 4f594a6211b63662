/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/sa-cancel-private.h"

/* A GCancellable that is cancelled after some time, or together with another one: a time limit for any call
 * of GIO, whatever kind of stream it waits in. Costs nothing if there is no time limit.
 *
 * It lives on the stack between sa_deadline_start () and sa_deadline_stop ().  */
typedef struct
{
  /* What the call is to be given, a reference; may be NULL.  */
  GCancellable *cancellable;
  /* Whose cancelling goes on to @cancellable, a reference, and the connection by which it does.  */
  GCancellable *parent;
  SaCancel cancel;
  /* When it is due, in the monotonic time of GLib.  */
  gint64 when;
  /* It is (or was) in the list of the thread that watches.  */
  gboolean watched;
  /* It was cancelled for its time.  */
  gboolean expired;
} SaDeadline;

void sa_deadline_start (SaDeadline *self, guint milliseconds, GCancellable *parent);
gboolean sa_deadline_stop (SaDeadline *self);
