/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/archive/sa-serializable.h"

/* sa_serializable_serialize () for whoever has looked the interface up before; once for a class, not for an
 * object.  */
gboolean sa_serializable_run (const SaSerializableInterface *iface, SaSerializable *self, SaArchive *archive,
                              GError **error);
