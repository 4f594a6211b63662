/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sequence.h"

#include <stdarg.h>
#include <stdio.h>

/* Says what was done; the row tells where it stands in the two columns.  */
void
sequence_row (int row,
              const char *format,
              ...)
{
  va_list args;

  printf ("%d\t", row);
  va_start (args, format);
  vprintf (format, args);
  va_end (args);
  putchar ('\n');
  fflush (stdout);
}
