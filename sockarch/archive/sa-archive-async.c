/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-archive-async.h"
#include "sockarch/archive/sa-archive-private.h"

gboolean
sa_archive_get_read_ahead (SaArchive *self)
{
  return FALSE;
}

void
sa_archive_set_read_ahead (SaArchive *self,
                           gboolean read_ahead)
{
}

void
sa_archive_feed_stop (SaArchive *self)
{
}

const GError *
sa_archive_feed_get_error (SaArchive *self)
{
  return NULL;
}

void
sa_archive_feed_want_more (SaArchive *self)
{
}
