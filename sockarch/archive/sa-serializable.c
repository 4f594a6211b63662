/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-serializable.h"

G_DEFINE_INTERFACE (SaSerializable, sa_serializable, G_TYPE_OBJECT)

static void
sa_serializable_default_init (SaSerializableInterface *iface)
{
}
