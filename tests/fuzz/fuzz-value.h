/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <sockarch/sockarch.h>

/* One of the things that an archive can load, to be stored again.  */

typedef enum
{
  FUZZ_OBJECT,
  FUZZ_EMBEDDED,
  FUZZ_OBJECT_ARRAY,
  FUZZ_OBJECT_LIST,
  FUZZ_WORD_MAP,
  FUZZ_STRING_MAP,
  FUZZ_CLASS,
  /* What an input that is of values has, in this order.  */
  FUZZ_OLE_DATE_TIME,
  FUZZ_OLE_VARIANT,
  FUZZ_VARIANT,
  FUZZ_TEXT_MAP,
  FUZZ_OLE_CURRENCY,
  FUZZ_OLE_DATE_TIME_SPAN,
  FUZZ_TIME,
  FUZZ_TIME_SPAN,
  FUZZ_BYTES,
  FUZZ_WORDS,
  FUZZ_DWORDS,
  FUZZ_TEXTS,
  FUZZ_TEXT,
  FUZZ_N_KINDS
} FuzzKind;

typedef struct
{
  FuzzKind kind;
  /* The value, or what else there is beside @pointer: a status, a type, a length.  */
  gpointer pointer;
  gint64 number;
  double real;
  guint what;
} FuzzValue;

/* TRUE if there is a value, which may be NULL.  */
static inline gboolean
fuzz_value_load (FuzzValue *value,
                 SaArchive *archive,
                 const char *class_name,
                 GType type,
                 GError **error)
{
  GError *failure = NULL;
  SaOleStatus status = SA_OLE_VALID;
  SaOleVt vt = SA_OLE_VT_EMPTY;
  gsize length = 0;

  switch (value->kind)
    {
    case FUZZ_OBJECT:
      value->pointer = sa_archive_read_object (archive, type, &failure);
      break;
    case FUZZ_EMBEDDED:
      value->pointer = sa_archive_read_embedded (archive, class_name, &failure);
      break;
    case FUZZ_OBJECT_ARRAY:
      value->pointer = sa_archive_read_object_array (archive, type, &failure);
      break;
    case FUZZ_OBJECT_LIST:
      value->pointer = sa_archive_read_object_list (archive, type, &failure);
      break;
    case FUZZ_WORD_MAP:
      value->pointer = sa_archive_read_map_word_to_object (archive, type, &failure);
      break;
    case FUZZ_STRING_MAP:
      value->pointer = sa_archive_read_map_string_to_object (archive, type, &failure);
      break;
    case FUZZ_CLASS:
      value->pointer = sa_archive_read_class (archive, NULL, NULL, &failure);
      break;
    case FUZZ_OLE_DATE_TIME:
      value->pointer = sa_archive_read_ole_date_time (archive, &status, &failure);
      value->what = status;
      break;
    case FUZZ_OLE_VARIANT:
      value->pointer = sa_archive_read_ole_variant (archive, &vt, &failure);
      value->what = vt;
      break;
    case FUZZ_VARIANT:
      value->pointer = sa_archive_read_variant (archive, NULL, &failure);
      break;
    case FUZZ_TEXT_MAP:
      value->pointer = sa_archive_read_map_string_to_string (archive, &failure);
      break;
    case FUZZ_OLE_CURRENCY:
      value->number = sa_archive_read_ole_currency (archive, &status, &failure);
      value->what = status;
      break;
    case FUZZ_OLE_DATE_TIME_SPAN:
      value->real = sa_archive_read_ole_date_time_span (archive, &status, &failure);
      value->what = status;
      break;
    case FUZZ_TIME:
      value->number = sa_archive_read_time (archive, &failure);
      break;
    case FUZZ_TIME_SPAN:
      value->number = sa_archive_read_time_span (archive, &failure);
      break;
    case FUZZ_BYTES:
      value->pointer = sa_archive_read_byte_array (archive, &failure);
      break;
    case FUZZ_WORDS:
      value->pointer = sa_archive_read_word_array (archive, &length, &failure);
      value->what = (guint) length;
      break;
    case FUZZ_DWORDS:
      value->pointer = sa_archive_read_dword_array (archive, &length, &failure);
      value->what = (guint) length;
      break;
    case FUZZ_TEXTS:
      value->pointer = sa_archive_read_string_array (archive, &failure);
      break;
    case FUZZ_TEXT:
    default:
      value->pointer = sa_archive_read_counted_text (archive, &failure);
      break;
    }

  g_assert_true (failure == NULL || value->pointer == NULL);
  if (failure == NULL)
    return TRUE;

  g_propagate_error (error, failure);
  return FALSE;
}

static inline gboolean
fuzz_value_store (const FuzzValue *value,
                  SaArchive *archive,
                  GError **error)
{
  switch (value->kind)
    {
    case FUZZ_OBJECT:
      return sa_archive_write_object (archive, value->pointer, error);
    case FUZZ_EMBEDDED:
      return sa_archive_serialize_embedded (archive, value->pointer, error);
    case FUZZ_OBJECT_ARRAY:
      return sa_archive_write_object_array (archive, value->pointer, error);
    case FUZZ_OBJECT_LIST:
      return sa_archive_write_object_list (archive, value->pointer, error);
    case FUZZ_WORD_MAP:
      return sa_archive_write_map_word_to_object (archive, value->pointer, error);
    case FUZZ_STRING_MAP:
      return sa_archive_write_map_string_to_object (archive, value->pointer, error);
    case FUZZ_CLASS:
      return sa_archive_write_class (archive, value->pointer, error);
    case FUZZ_OLE_DATE_TIME:
      return sa_archive_write_ole_date_time (archive, value->pointer, value->what, error);
    case FUZZ_OLE_VARIANT:
      return sa_archive_write_ole_variant (archive, value->what, value->pointer, error);
    case FUZZ_VARIANT:
      return sa_archive_write_variant (archive, value->pointer, error);
    case FUZZ_TEXT_MAP:
      return sa_archive_write_map_string_to_string (archive, value->pointer, error);
    case FUZZ_OLE_CURRENCY:
      return sa_archive_write_ole_currency (archive, value->number, value->what, error);
    case FUZZ_OLE_DATE_TIME_SPAN:
      return sa_archive_write_ole_date_time_span (archive, value->real, value->what, error);
    case FUZZ_TIME:
      return sa_archive_write_time (archive, value->number, error);
    case FUZZ_TIME_SPAN:
      return sa_archive_write_time_span (archive, value->number, error);
    case FUZZ_BYTES:
      return sa_archive_write_byte_array (archive, value->pointer, error);
    case FUZZ_WORDS:
      return sa_archive_write_word_array (archive, value->pointer, value->what, error);
    case FUZZ_DWORDS:
      return sa_archive_write_dword_array (archive, value->pointer, value->what, error);
    case FUZZ_TEXTS:
      return sa_archive_write_string_array (archive, value->pointer, error);
    case FUZZ_TEXT:
    default:
      return sa_archive_write_counted_text (archive, value->pointer, error);
    }
}

static inline void
fuzz_value_clear (FuzzValue *value)
{
  gpointer pointer = g_steal_pointer (&value->pointer);

  if (pointer == NULL)
    return;

  switch (value->kind)
    {
    case FUZZ_OBJECT:
    case FUZZ_EMBEDDED:
    case FUZZ_OBJECT_LIST:
      g_object_unref (pointer);
      break;
    case FUZZ_OBJECT_ARRAY:
      g_ptr_array_unref (pointer);
      break;
    case FUZZ_WORD_MAP:
    case FUZZ_STRING_MAP:
    case FUZZ_TEXT_MAP:
      g_hash_table_unref (pointer);
      break;
    case FUZZ_OLE_DATE_TIME:
      g_date_time_unref (pointer);
      break;
    case FUZZ_OLE_VARIANT:
    case FUZZ_VARIANT:
      g_variant_unref (pointer);
      break;
    case FUZZ_BYTES:
      g_bytes_unref (pointer);
      break;
    case FUZZ_TEXTS:
      g_strfreev (pointer);
      break;
    default:
      g_free (pointer);
      break;
    }
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FuzzValue, fuzz_value_clear)
