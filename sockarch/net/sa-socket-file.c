/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-file.h"

struct _SaSocketFile
{
  GIOStream parent_instance;
};

G_DEFINE_FINAL_TYPE (SaSocketFile, sa_socket_file, G_TYPE_IO_STREAM)

static void
sa_socket_file_class_init (SaSocketFileClass *klass)
{
}

static void
sa_socket_file_init (SaSocketFile *self)
{
}
