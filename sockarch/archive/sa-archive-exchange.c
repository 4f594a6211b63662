/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

/* The exported functions are defined here under the names that the inline ones hide behind.  */
#define SA_NO_INLINE

#include "sockarch/archive/sa-archive-exchange.h"

#include "sockarch/archive/sa-archive-object.h"
#include "sockarch/archive/sa-archive-scalar.h"
#include "sockarch/archive/sa-archive-string.h"
#include "sockarch/archive/sa-archive-time.h"
#include "sockarch/archive/sa-archive-private.h"
#include "sockarch/sa-i18n-private.h"

/**
 * SECTION:sa-archive-exchange
 * @title: Exchange
 * @short_description: one line a field for both directions
 *
 * An exchange stores the value it is given when the archive stores, and replaces it by a loaded one when the
 * archive loads; so one `serialize` serves both directions and cannot get them out of step.
 *
 * In C, exchanges of one object are written one after another with %NULL for the error, and the last line is
 * `return sa_archive_check (archive, error);`: after a failure all further calls do nothing. When an exchange
 * fails, the value stays as it was.
 *
 * In bindings an exchange takes the value and gives the new one: `self.id = archive.exchange_uint32
 * (self.id)`.
 */

gboolean
sa_archive_went_well (SaArchive *self,
                      GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  if (error != NULL)
    return *error == NULL;

  return priv->error == NULL && !priv->closed && !priv->busy;
}

/**
 * sa_archive_exchange_boolean:
 * @self: a #SaArchive
 * @value: (inout): the value
 * @error: return location for a #GError
 *
 * Stores or loads a `bool` of one byte.
 *
 * Since: 1.0
 */
void
sa_archive_exchange_boolean (SaArchive *self,
                             gboolean *value,
                             GError **error)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (value != NULL);

  if (sa_archive_is_storing (self))
    sa_archive_write_boolean (self, *value, error);
  else
    {
      gboolean loaded = sa_archive_read_boolean (self, error);

      if (sa_archive_went_well (self, error))
        *value = loaded;
    }
}

/**
 * sa_archive_exchange_boolean32:
 * @self: a #SaArchive
 * @value: (inout): the value
 * @error: return location for a #GError
 *
 * Stores or loads a BOOL of four bytes.
 *
 * Since: 1.0
 */
void
sa_archive_exchange_boolean32 (SaArchive *self,
                               gboolean *value,
                               GError **error)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (value != NULL);

  if (sa_archive_is_storing (self))
    sa_archive_write_boolean32 (self, *value, error);
  else
    {
      gboolean loaded = sa_archive_read_boolean32 (self, error);

      if (sa_archive_went_well (self, error))
        *value = loaded;
    }
}

/**
 * sa_archive_exchange_int8:
 * @self: a #SaArchive
 * @value: (inout): the value
 * @error: return location for a #GError
 *
 * Stores or loads a signed 8-bit number.
 *
 * Since: 1.0
 */
void
sa_archive_exchange_int8 (SaArchive *self,
                          gint8 *value,
                          GError **error)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (value != NULL);

  if (sa_archive_is_storing (self))
    sa_archive_write_int8 (self, *value, error);
  else
    {
      gint8 loaded = sa_archive_read_int8 (self, error);

      if (sa_archive_went_well (self, error))
        *value = loaded;
    }
}

/**
 * sa_archive_exchange_uint8:
 * @self: a #SaArchive
 * @value: (inout): the value
 * @error: return location for a #GError
 *
 * Stores or loads an unsigned 8-bit number (BYTE).
 *
 * Since: 1.0
 */
void
sa_archive_exchange_uint8 (SaArchive *self,
                           guint8 *value,
                           GError **error)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (value != NULL);

  if (sa_archive_is_storing (self))
    sa_archive_write_uint8 (self, *value, error);
  else
    {
      guint8 loaded = sa_archive_read_uint8 (self, error);

      if (sa_archive_went_well (self, error))
        *value = loaded;
    }
}

/**
 * sa_archive_exchange_int16:
 * @self: a #SaArchive
 * @value: (inout): the value
 * @error: return location for a #GError
 *
 * Stores or loads a signed 16-bit number.
 *
 * Since: 1.0
 */
void
sa_archive_exchange_int16 (SaArchive *self,
                           gint16 *value,
                           GError **error)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (value != NULL);

  if (sa_archive_is_storing (self))
    sa_archive_write_int16 (self, *value, error);
  else
    {
      gint16 loaded = sa_archive_read_int16 (self, error);

      if (sa_archive_went_well (self, error))
        *value = loaded;
    }
}

/**
 * sa_archive_exchange_uint16:
 * @self: a #SaArchive
 * @value: (inout): the value
 * @error: return location for a #GError
 *
 * Stores or loads an unsigned 16-bit number (WORD).
 *
 * Since: 1.0
 */
void
sa_archive_exchange_uint16 (SaArchive *self,
                            guint16 *value,
                            GError **error)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (value != NULL);

  if (sa_archive_is_storing (self))
    sa_archive_write_uint16 (self, *value, error);
  else
    {
      guint16 loaded = sa_archive_read_uint16 (self, error);

      if (sa_archive_went_well (self, error))
        *value = loaded;
    }
}

/**
 * sa_archive_exchange_int32:
 * @self: a #SaArchive
 * @value: (inout): the value
 * @error: return location for a #GError
 *
 * Stores or loads a signed 32-bit number (int, LONG).
 *
 * Since: 1.0
 */
void
sa_archive_exchange_int32 (SaArchive *self,
                           gint32 *value,
                           GError **error)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (value != NULL);

  if (sa_archive_is_storing (self))
    sa_archive_write_int32 (self, *value, error);
  else
    {
      gint32 loaded = sa_archive_read_int32 (self, error);

      if (sa_archive_went_well (self, error))
        *value = loaded;
    }
}

/**
 * sa_archive_exchange_uint32:
 * @self: a #SaArchive
 * @value: (inout): the value
 * @error: return location for a #GError
 *
 * Stores or loads an unsigned 32-bit number (UINT, DWORD).
 *
 * Since: 1.0
 */
void
sa_archive_exchange_uint32 (SaArchive *self,
                            guint32 *value,
                            GError **error)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (value != NULL);

  if (sa_archive_is_storing (self))
    sa_archive_write_uint32 (self, *value, error);
  else
    {
      guint32 loaded = sa_archive_read_uint32 (self, error);

      if (sa_archive_went_well (self, error))
        *value = loaded;
    }
}

/**
 * sa_archive_exchange_int64:
 * @self: a #SaArchive
 * @value: (inout): the value
 * @error: return location for a #GError
 *
 * Stores or loads a signed 64-bit number (LONGLONG).
 *
 * Since: 1.0
 */
void
sa_archive_exchange_int64 (SaArchive *self,
                           gint64 *value,
                           GError **error)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (value != NULL);

  if (sa_archive_is_storing (self))
    sa_archive_write_int64 (self, *value, error);
  else
    {
      gint64 loaded = sa_archive_read_int64 (self, error);

      if (sa_archive_went_well (self, error))
        *value = loaded;
    }
}

/**
 * sa_archive_exchange_uint64:
 * @self: a #SaArchive
 * @value: (inout): the value
 * @error: return location for a #GError
 *
 * Stores or loads an unsigned 64-bit number (ULONGLONG).
 *
 * Since: 1.0
 */
void
sa_archive_exchange_uint64 (SaArchive *self,
                            guint64 *value,
                            GError **error)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (value != NULL);

  if (sa_archive_is_storing (self))
    sa_archive_write_uint64 (self, *value, error);
  else
    {
      guint64 loaded = sa_archive_read_uint64 (self, error);

      if (sa_archive_went_well (self, error))
        *value = loaded;
    }
}

/**
 * sa_archive_exchange_float:
 * @self: a #SaArchive
 * @value: (inout): the value
 * @error: return location for a #GError
 *
 * Stores or loads a float of four bytes.
 *
 * Since: 1.0
 */
void
sa_archive_exchange_float (SaArchive *self,
                           float *value,
                           GError **error)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (value != NULL);

  if (sa_archive_is_storing (self))
    sa_archive_write_float (self, *value, error);
  else
    {
      float loaded = sa_archive_read_float (self, error);

      if (sa_archive_went_well (self, error))
        *value = loaded;
    }
}

/**
 * sa_archive_exchange_double:
 * @self: a #SaArchive
 * @value: (inout): the value
 * @error: return location for a #GError
 *
 * Stores or loads a double of eight bytes.
 *
 * Since: 1.0
 */
void
sa_archive_exchange_double (SaArchive *self,
                            double *value,
                            GError **error)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (value != NULL);

  if (sa_archive_is_storing (self))
    sa_archive_write_double (self, *value, error);
  else
    {
      double loaded = sa_archive_read_double (self, error);

      if (sa_archive_went_well (self, error))
        *value = loaded;
    }
}

/**
 * sa_archive_exchange_time:
 * @self: a #SaArchive
 * @unix_seconds: (inout): seconds since 1970-01-01 00:00 UTC
 * @error: return location for a #GError
 *
 * Stores or loads a CTime: see sa_archive_write_time().
 *
 * Since: 1.0
 */
void
sa_archive_exchange_time (SaArchive *self,
                          gint64 *unix_seconds,
                          GError **error)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (unix_seconds != NULL);

  if (sa_archive_is_storing (self))
    sa_archive_write_time (self, *unix_seconds, error);
  else
    {
      gint64 loaded = sa_archive_read_time (self, error);

      if (sa_archive_went_well (self, error))
        *unix_seconds = loaded;
    }
}

/**
 * sa_archive_exchange_count:
 * @self: a #SaArchive
 * @count: (inout): the number of elements that follow
 * @error: return location for a #GError
 *
 * Stores or loads the count of a collection: see sa_archive_write_count().
 *
 * Since: 1.0
 */
void
sa_archive_exchange_count (SaArchive *self,
                           guint64 *count,
                           GError **error)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (count != NULL);

  if (sa_archive_is_storing (self))
    sa_archive_write_count (self, *count, error);
  else
    {
      guint64 loaded = sa_archive_read_count (self, error);

      if (sa_archive_went_well (self, error))
        *count = loaded;
    }
}
