/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-archive.h"

typedef struct
{
  GObject *stream;
} SaArchivePrivate;

G_DEFINE_FINAL_TYPE_WITH_CODE (SaArchive, sa_archive, G_TYPE_OBJECT, G_ADD_PRIVATE (SaArchive))

static void
sa_archive_class_init (SaArchiveClass *klass)
{
}

static void
sa_archive_init (SaArchive *self)
{
}
