/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#if !defined(SA_INSIDE) && !defined(SA_COMPILATION)
#error "Only <sockarch/sockarch.h> can be included directly."
#endif

#include <gio/gio.h>
#include <sockarch/sa-types.h>
#include <sockarch/archive/sa-class-registry.h>
#include <sockarch/archive/sa-limits.h>

G_BEGIN_DECLS

/**
 * SaArchiveMode:
 * @SA_ARCHIVE_STORE: values go into the archive
 * @SA_ARCHIVE_LOAD: values come out of the archive
 *
 * The one direction of a #SaArchive (CArchive::store and CArchive::load, with the same numbers).
 *
 * Since: 1.0
 */
typedef enum
{
  SA_ARCHIVE_STORE = 0,
  SA_ARCHIVE_LOAD = 1,
} SaArchiveMode;

/**
 * SaStringForm:
 * @SA_STRING_WIDE: UTF-16, which loses nothing and which every MFC program reads; the default
 * @SA_STRING_NARROW: one byte for a character in the archive's #SaArchive:code-page, as ANSI builds write
 *
 * How a storing archive writes a CString. A loading archive accepts both: the bytes say which it is.
 *
 * Since: 1.0
 */
typedef enum
{
  SA_STRING_WIDE,
  SA_STRING_NARROW,
} SaStringForm;

/**
 * SaTimeForm:
 * @SA_TIME_MARKED: a marker and 64 bits, 12 bytes (MFC 8 and later); the default
 * @SA_TIME_PLAIN_32: 32 bits (MFC 7.1 and earlier)
 * @SA_TIME_PLAIN_64: 64 bits without a marker (CTime::Serialize64); the only one that a reader must be told
 *
 * How a CTime is written.
 *
 * Since: 1.0
 */
typedef enum
{
  SA_TIME_MARKED,
  SA_TIME_PLAIN_32,
  SA_TIME_PLAIN_64,
} SaTimeForm;

/**
 * SaByteOrder:
 * @SA_BYTE_ORDER_LITTLE_ENDIAN: least significant byte first, as MFC; the default
 * @SA_BYTE_ORDER_BIG_ENDIAN: most significant byte first; not MFC
 *
 * The byte order of numbers on the wire.
 *
 * Since: 1.0
 */
typedef enum
{
  SA_BYTE_ORDER_LITTLE_ENDIAN,
  SA_BYTE_ORDER_BIG_ENDIAN,
} SaByteOrder;

#define SA_TYPE_ARCHIVE (sa_archive_get_type ())

SA_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (SaArchive, sa_archive, SA, ARCHIVE, GObject)

/* The head of the instance is public so that the functions of sa-archive-scalar.h can be inline: values go to
 * and come from @cur, up to @write_end or @read_end; the end that is not in use lies at or before @cur.  */
struct _SaArchive
{
  /*< private >*/
  GObject parent_instance;

  guint8 *cur;
  guint8 *read_end;
  guint8 *write_end;
};

SA_AVAILABLE_IN_1_0
SaArchive *sa_archive_new (GIOStream *stream, SaArchiveMode mode) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
SaArchive *sa_archive_new_load (GInputStream *stream) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
SaArchive *sa_archive_new_store (GOutputStream *stream) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
SaArchive *sa_archive_new_load_bytes (GBytes *bytes) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
SaArchive *sa_archive_new_store_bytes (void) G_GNUC_WARN_UNUSED_RESULT;

SA_AVAILABLE_IN_1_0
gboolean sa_archive_is_loading (SaArchive *self);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_is_storing (SaArchive *self);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_is_closed (SaArchive *self);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_is_buffer_empty (SaArchive *self);
SA_AVAILABLE_IN_1_0
GObject *sa_archive_get_stream (SaArchive *self);
SA_AVAILABLE_IN_1_0
guint64 sa_archive_get_offset (SaArchive *self);

SA_AVAILABLE_IN_1_0
gboolean sa_archive_flush (SaArchive *self, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_close (SaArchive *self, GError **error);
SA_AVAILABLE_IN_1_0
void sa_archive_abort (SaArchive *self);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_check (SaArchive *self, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_fail (SaArchive *self, const GError *error);
SA_AVAILABLE_IN_1_0
GBytes *sa_archive_steal_bytes (SaArchive *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
GBytes *sa_archive_steal_buffered (SaArchive *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Transactions */

SA_AVAILABLE_IN_1_0
gboolean sa_archive_begin_transaction (SaArchive *self, GError **error);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_commit_transaction (SaArchive *self, GError **error);
SA_AVAILABLE_IN_1_0
void sa_archive_rollback_transaction (SaArchive *self);

/* Choices */

SA_AVAILABLE_IN_1_0
GCancellable *sa_archive_get_cancellable (SaArchive *self);
SA_AVAILABLE_IN_1_0
void sa_archive_set_cancellable (SaArchive *self, GCancellable *cancellable);
SA_AVAILABLE_IN_1_0
guint sa_archive_get_timeout (SaArchive *self);
SA_AVAILABLE_IN_1_0
void sa_archive_set_timeout (SaArchive *self, guint milliseconds);
SA_AVAILABLE_IN_1_0
SaStringForm sa_archive_get_string_form (SaArchive *self);
SA_AVAILABLE_IN_1_0
void sa_archive_set_string_form (SaArchive *self, SaStringForm form);
SA_AVAILABLE_IN_1_0
const char *sa_archive_get_code_page (SaArchive *self);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_set_code_page (SaArchive *self, const char *code_page, GError **error);
SA_AVAILABLE_IN_1_0
SaTimeForm sa_archive_get_time_form (SaArchive *self);
SA_AVAILABLE_IN_1_0
void sa_archive_set_time_form (SaArchive *self, SaTimeForm form);
SA_AVAILABLE_IN_1_0
SaByteOrder sa_archive_get_byte_order (SaArchive *self);
SA_AVAILABLE_IN_1_0
void sa_archive_set_byte_order (SaArchive *self, SaByteOrder order);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_get_allow_64bit (SaArchive *self);
SA_AVAILABLE_IN_1_0
void sa_archive_set_allow_64bit (SaArchive *self, gboolean allow);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_get_allow_big_tags (SaArchive *self);
SA_AVAILABLE_IN_1_0
void sa_archive_set_allow_big_tags (SaArchive *self, gboolean allow);
SA_AVAILABLE_IN_1_0
gboolean sa_archive_get_read_ahead (SaArchive *self);
SA_AVAILABLE_IN_1_0
void sa_archive_set_read_ahead (SaArchive *self, gboolean read_ahead);
SA_AVAILABLE_IN_1_0
SaLimits *sa_archive_get_limits (SaArchive *self);
SA_AVAILABLE_IN_1_0
void sa_archive_set_limits (SaArchive *self, SaLimits *limits);
SA_AVAILABLE_IN_1_0
SaClassRegistry *sa_archive_get_registry (SaArchive *self);
SA_AVAILABLE_IN_1_0
void sa_archive_set_registry (SaArchive *self, SaClassRegistry *registry);

G_END_DECLS
