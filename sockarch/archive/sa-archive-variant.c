/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-archive-variant.h"

#include "sockarch/sa-error.h"
#include "sockarch/sa-i18n-private.h"

/**
 * SECTION:sa-archive-variant
 * @title: Variants in an archive
 * @short_description: COleVariant and GVariant
 *
 * A COleVariant is a type number and a value; it is given to programs as a #SaOleVt and a #GVariant, which
 * together
 * lose nothing. #GVariant itself can go through an archive as well, with all its types, but that is
 * sockarch's own
 * and unknown to MFC.
 */

/**
 * sa_archive_read_ole_variant:
 * @self: a #SaArchive that loads
 * @vt: (out) (optional): return location for the type of the variant
 * @error: return location for a #GError
 *
 * Reads a COleVariant. The type of the #GVariant is the one that #SaOleVt lists.
 *
 * The length of a text (%SA_OLE_VT_BSTR) is taken as a number of bytes.
 *
 * Returns: (transfer full): the value, never floating; or %NULL with @error set:
 *   %SA_ARCHIVE_ERROR_NOT_SUPPORTED for a type that cannot be read, such as an interface pointer,
 *   %SA_ARCHIVE_ERROR_INVALID_DATA for broken text
 * Since: 1.0
 */
GVariant *
sa_archive_read_ole_variant (SaArchive *self,
                             SaOleVt *vt,
                             GError **error)
{
  return NULL;
}

/**
 * sa_archive_write_ole_variant:
 * @self: a #SaArchive that stores
 * @vt: the type
 * @value: (nullable): the value, of the type that #SaOleVt lists for @vt, consumed if it is floating; may be
 *   %NULL for %SA_OLE_VT_EMPTY and %SA_OLE_VT_NULL
 * @error: return location for a #GError
 *
 * Writes a COleVariant.
 *
 * Returns: %TRUE on success; %FALSE with @error set otherwise: %SA_ARCHIVE_ERROR_INVALID_DATA if @value is
 *   not of the type for @vt, or does not fit in it
 * Since: 1.0
 */
gboolean
sa_archive_write_ole_variant (SaArchive *self,
                              SaOleVt vt,
                              GVariant *value,
                              GError **error)
{
  return FALSE;
}

/**
 * sa_archive_read_variant:
 * @self: a #SaArchive that loads
 * @type_string: (nullable): the type that the variant must be of, which may be indefinite, or %NULL for any
 * @error: return location for a #GError
 *
 * Reads a #GVariant that sa_archive_write_variant() wrote. This is not MFC.
 *
 * Returns: (transfer full): the variant, in normal form and never floating; or %NULL with @error set:
 *   %SA_ARCHIVE_ERROR_INVALID_DATA if it is broken or of another type, %SA_ARCHIVE_ERROR_LIMIT if it is too
 *   long
 * Since: 1.0
 */
GVariant *
sa_archive_read_variant (SaArchive *self,
                         const char *type_string,
                         GError **error)
{
  return NULL;
}

/**
 * sa_archive_write_variant:
 * @self: a #SaArchive that stores
 * @variant: a #GVariant, consumed if it is floating
 * @error: return location for a #GError
 *
 * Writes a #GVariant with its type: the type string by sa_archive_write_utf8(), then the serialised data in
 * little
 * endian byte order by sa_archive_write_blob(). This is not MFC.
 *
 * Returns: %TRUE on success; %FALSE with @error set otherwise: %SA_ARCHIVE_ERROR_LIMIT if it is too long
 * Since: 1.0
 */
gboolean
sa_archive_write_variant (SaArchive *self,
                          GVariant *variant,
                          GError **error)
{
  return FALSE;
}
