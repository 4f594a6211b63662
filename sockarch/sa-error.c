/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/sa-error.h"

/**
 * SECTION:sa-error
 * @title: Errors
 * @short_description: what can go wrong with an archive
 *
 * Faults of the format of an archive are in the domain #SA_ARCHIVE_ERROR. Faults of the sockets, files and
 * streams below keep the domains of GLib, %G_IO_ERROR above all. The message says what happened, where, and
 * what to do.
 */

/**
 * sa_archive_error_quark:
 *
 * The error domain of archives; #SA_ARCHIVE_ERROR is short for it.
 *
 * Returns: the quark
 * Since: 1.0
 */
G_DEFINE_QUARK (sa-archive-error-quark, sa_archive_error)
