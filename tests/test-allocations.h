/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>
#include <stdlib.h>

/* Allocations of the whole process are counted here; GSlice, from which objects come, takes large pieces by
 * another function. For one file of a program.  */
static guint n_allocations;

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
extern void *__libc_malloc (size_t size);
extern void *__libc_calloc (size_t n, size_t size);
extern void *__libc_realloc (void *memory, size_t size);

void *
malloc (size_t size)
{
  n_allocations++;
  return __libc_malloc (size);
}

void *
calloc (size_t n,
        size_t size)
{
  n_allocations++;
  return __libc_calloc (n, size);
}

void *
realloc (void *memory,
         size_t size)
{
  n_allocations++;
  return __libc_realloc (memory, size);
}
#endif

/* Whether the functions above are those that are called: not under valgrind, or with a sanitizer.  */
static inline gboolean
can_count_allocations (void)
{
  guint before = n_allocations;
  g_autofree char *memory = g_strdup ("a");

  return memory != NULL && n_allocations == before + 1;
}
