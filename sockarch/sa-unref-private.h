/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib-object.h>

/* Drops the reference on @object that was held during a wait. The call that waited still uses it: if a
 * nested main loop dropped every other reference, this one goes in a later turn of @context (NULL: the
 * default one).  */
void sa_unref_after_wait (gpointer object, GMainContext *context);
