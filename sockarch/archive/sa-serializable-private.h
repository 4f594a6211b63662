/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/archive/sa-archive-private.h"
#include "sockarch/archive/sa-serializable.h"

/* Says why a `serialize` failed that gave @failure, or no reason at all; returns FALSE.  */
gboolean sa_serializable_explain (const SaSerializableInterface *iface, SaSerializable *self,
                                  SaArchive *archive, GError *failure, GError **error);

/* sa_serializable_serialize () for whoever has looked the interface up before; once for a class, not for an
 * object.  */
static inline gboolean
sa_serializable_run (const SaSerializableInterface *iface,
                     SaSerializable *self,
                     SaArchive *archive,
                     GError **error)
{
  GError *failure = NULL;

  if (G_LIKELY (iface->serialize != NULL && iface->serialize (self, archive, &failure) && failure == NULL
                && sa_archive_get_priv (archive)->error == NULL))
    return TRUE;

  return sa_serializable_explain (iface, self, archive, failure, error);
}
