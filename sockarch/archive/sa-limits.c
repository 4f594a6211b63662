/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-limits.h"

struct _SaLimits
{
  GObject parent_instance;
};

G_DEFINE_FINAL_TYPE (SaLimits, sa_limits, G_TYPE_OBJECT)

static void
sa_limits_class_init (SaLimitsClass *klass)
{
}

static void
sa_limits_init (SaLimits *self)
{
}
