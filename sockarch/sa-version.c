/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/sa-version.h"

/**
 * SECTION:sa-version
 * @title: Versions
 * @short_description: which sockarch a program is compiled with, and which it runs with
 *
 * Macros tell the version of the headers that a program was compiled with, functions the version of the
 * library that it runs with; the library may be newer. With #SA_VERSION_MAX_ALLOWED the compiler warns of
 * functions that are newer than the program wants to need.
 */

/**
 * sa_get_major_version:
 *
 * The major version of the library that the program runs with, which may be newer than the headers.
 *
 * Returns: the major version
 * Since: 1.0
 */
guint
sa_get_major_version (void)
{
  return SA_MAJOR_VERSION;
}

/**
 * sa_get_minor_version:
 *
 * The minor version of the library that the program runs with, which may be newer than the headers.
 *
 * Returns: the minor version
 * Since: 1.0
 */
guint
sa_get_minor_version (void)
{
  return SA_MINOR_VERSION;
}

/**
 * sa_get_micro_version:
 *
 * The micro version of the library that the program runs with, which may be newer than the headers.
 *
 * Returns: the micro version
 * Since: 1.0
 */
guint
sa_get_micro_version (void)
{
  return SA_MICRO_VERSION;
}
