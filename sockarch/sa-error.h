/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#if !defined(SA_INSIDE) && !defined(SA_COMPILATION)
#error "Only <sockarch/sockarch.h> can be included directly."
#endif

#include <glib.h>
#include <sockarch/sa-version-macros.h>

G_BEGIN_DECLS

/**
 * SA_ARCHIVE_ERROR:
 *
 * The error domain of what can be wrong with an archive or with what it reads; its codes are #SaArchiveError.
 * Faults of the stream below keep the domain they came with, mostly %G_IO_ERROR.
 *
 * Since: 1.0
 */
#define SA_ARCHIVE_ERROR (sa_archive_error_quark ())

/**
 * SaArchiveError:
 * @SA_ARCHIVE_ERROR_FAILED: something failed without saying why, as a `serialize` that returned %FALSE and
 *   set no error
 * @SA_ARCHIVE_ERROR_READ_ONLY: storing into an archive that loads
 * @SA_ARCHIVE_ERROR_END_OF_FILE: the stream ended inside a value
 * @SA_ARCHIVE_ERROR_WRITE_ONLY: loading from an archive that stores
 * @SA_ARCHIVE_ERROR_BAD_INDEX: a tag names an entry that the archive's table of classes and objects does not
 *   have, or one of the wrong kind; or the table is full
 * @SA_ARCHIVE_ERROR_BAD_CLASS: a class that is not registered, or is not of the expected type
 * @SA_ARCHIVE_ERROR_BAD_SCHEMA: the schema number is not one that the registered class can read
 * @SA_ARCHIVE_ERROR_BUFFER_FULL: there is no room for what is to be stored, and no stream to send it to
 * @SA_ARCHIVE_ERROR_LIMIT: a limit of the archive's #SaLimits would be exceeded
 * @SA_ARCHIVE_ERROR_NEED_MORE: the value is not complete yet and waiting was not allowed; nothing was
 *   consumed: try again when more has arrived
 * @SA_ARCHIVE_ERROR_BUSY: the archive is in the middle of another call, further up the stack
 * @SA_ARCHIVE_ERROR_NOT_SUPPORTED: this archive or its stream cannot do that at all
 * @SA_ARCHIVE_ERROR_CLOSED: the archive was closed
 * @SA_ARCHIVE_ERROR_INVALID_DATA: a value that cannot be represented: text outside the code page, a NUL in a
 *   string, a time out of range
 *
 * What can be wrong with an archive. The first eight are the causes of MFC's CArchiveException and have the
 * same numbers.
 *
 * Since: 1.0
 */
typedef enum
{
  SA_ARCHIVE_ERROR_FAILED = 1,
  SA_ARCHIVE_ERROR_READ_ONLY = 2,
  SA_ARCHIVE_ERROR_END_OF_FILE = 3,
  SA_ARCHIVE_ERROR_WRITE_ONLY = 4,
  SA_ARCHIVE_ERROR_BAD_INDEX = 5,
  SA_ARCHIVE_ERROR_BAD_CLASS = 6,
  SA_ARCHIVE_ERROR_BAD_SCHEMA = 7,
  SA_ARCHIVE_ERROR_BUFFER_FULL = 8,
  SA_ARCHIVE_ERROR_LIMIT = 20,
  SA_ARCHIVE_ERROR_NEED_MORE = 21,
  SA_ARCHIVE_ERROR_BUSY = 22,
  SA_ARCHIVE_ERROR_NOT_SUPPORTED = 23,
  SA_ARCHIVE_ERROR_CLOSED = 24,
  SA_ARCHIVE_ERROR_INVALID_DATA = 25,
} SaArchiveError;

SA_AVAILABLE_IN_1_0
GQuark sa_archive_error_quark (void);

G_END_DECLS
