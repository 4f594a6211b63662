/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-record.h"

struct _SaRecord
{
  GObject parent_instance;
};

G_DEFINE_FINAL_TYPE (SaRecord, sa_record, G_TYPE_OBJECT)

static void
sa_record_class_init (SaRecordClass *klass)
{
}

static void
sa_record_init (SaRecord *self)
{
}
