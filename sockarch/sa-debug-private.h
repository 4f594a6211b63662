/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

/* What SA_DEBUG=socket,archive,poller,threads turns on.  */
typedef enum
{
  SA_DEBUG_SOCKET = 1 << 0,
  SA_DEBUG_ARCHIVE = 1 << 1,
  SA_DEBUG_POLLER = 1 << 2,
  SA_DEBUG_THREADS = 1 << 3,
} SaDebugFlags;

SaDebugFlags sa_debug_get_flags (void);
void sa_debug_print (const char *category, gconstpointer object, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* One line on standard error about @object, if the category was asked for; costs a load and a test
 * otherwise.  */
#define SA_NOTE(category, object, ...) \
  G_STMT_START \
  { \
    if (G_UNLIKELY (sa_debug_get_flags () & SA_DEBUG_##category)) \
      sa_debug_print (#category, (object), __VA_ARGS__); \
  } \
  G_STMT_END
