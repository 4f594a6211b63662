/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-class-registry.h"

struct _SaClassRegistry
{
  GObject parent_instance;
};

G_DEFINE_FINAL_TYPE (SaClassRegistry, sa_class_registry, G_TYPE_OBJECT)

static void
sa_class_registry_class_init (SaClassRegistryClass *klass)
{
}

static void
sa_class_registry_init (SaClassRegistry *self)
{
}
