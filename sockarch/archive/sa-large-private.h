/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

#ifdef G_OS_UNIX
#include <sys/mman.h>
#endif

/* From here on it pays, and what is lost at the end is little beside the whole.  */
#define SA_LARGE_SIZE (4 * 1024 * 1024)

/* Tells the kernel that all of a large new block will be used, so that it may come in large pages: small ones
 * are a fault each, and in random order (a hash table) a miss of the translation buffer as well, which
 * together would be most of the cost of storing a large graph. Only a hint.  */
static inline void
sa_large_advise (gpointer memory,
                 gsize size)
{
#ifdef MADV_HUGEPAGE
  const gsize page = 4096;
  guintptr begin = (guintptr) memory;
  guintptr end = (begin + size) & ~(guintptr) (page - 1);

  if (G_LIKELY (size < SA_LARGE_SIZE) || memory == NULL)
    return;

  begin = (begin + page - 1) & ~(guintptr) (page - 1);
  (void) madvise ((void *) begin, end - begin, MADV_HUGEPAGE);
#endif
}
