/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/sa-error.h"

G_DEFINE_QUARK (sa-archive-error-quark, sa_archive_error)
