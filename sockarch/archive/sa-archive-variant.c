/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-archive-variant.h"

#include "sockarch/archive/sa-archive-scalar.h"
#include "sockarch/archive/sa-archive-string.h"
#include "sockarch/archive/sa-graph-private.h"
#include "sockarch/archive/sa-learn-private.h"
#include "sockarch/archive/sa-wire-private.h"
#include "sockarch/sa-i18n-private.h"

#include <math.h>
#include <string.h>

/**
 * SECTION:sa-archive-variant
 * @title: Variants in an archive
 * @short_description: COleVariant and GVariant
 *
 * A COleVariant is a type number and a value; it is given to programs as a #SaOleVt and a #GVariant, which
 * together lose nothing. #GVariant itself can go through an archive as well, with all its types, but that is
 * sockarch's own and unknown to MFC.
 */

typedef struct
{
  SaOleVt vt;
  /* The type of GVariant that stands for it.  */
  const char *type;
  /* The bytes of the value; for a text, those of its length.  */
  gsize size;
} VtInfo;

static const VtInfo vt_infos[] = {
  { SA_OLE_VT_EMPTY, "()", 0 }, { SA_OLE_VT_NULL, "()", 0 }, { SA_OLE_VT_I2, "n", 2 },
  { SA_OLE_VT_I4, "i", 4 },     { SA_OLE_VT_R4, "d", 4 },    { SA_OLE_VT_R8, "d", 8 },
  { SA_OLE_VT_CY, "x", 8 },     { SA_OLE_VT_DATE, "d", 8 },  { SA_OLE_VT_BSTR, "s", 4 },
  { SA_OLE_VT_ERROR, "i", 4 },  { SA_OLE_VT_BOOL, "b", 2 },  { SA_OLE_VT_I1, "n", 1 },
  { SA_OLE_VT_UI1, "y", 1 },    { SA_OLE_VT_UI2, "q", 2 },   { SA_OLE_VT_UI4, "u", 4 },
  { SA_OLE_VT_I8, "x", 8 },     { SA_OLE_VT_UI8, "t", 8 },   { SA_OLE_VT_INT, "i", 4 },
  { SA_OLE_VT_UINT, "u", 4 },
};

static const VtInfo *
find_vt (guint number)
{
  for (gsize i = 0; i < G_N_ELEMENTS (vt_infos); i++)
    if ((guint) vt_infos[i].vt == number)
      return &vt_infos[i];

  return NULL;
}

/* UTF-16 that stands at @data; NULL if it is broken or has a NUL in it, which would cut the string short.  */
static char *
decode_bstr (const guint8 *data,
             gsize size,
             gboolean swapped)
{
  g_autofree gunichar2 *units = g_new (gunichar2, size / 2 + 1);

  for (gsize i = 0; i < size / 2; i++)
    {
      units[i] = sa_wire_get_uint16 (data + 2 * i, swapped);
      if (units[i] == 0)
        return NULL;
    }

  return size % 2 == 0 ? g_utf16_to_utf8 (units, (long) (size / 2), NULL, NULL, NULL) : NULL;
}

/* Reads what stands behind the type and the length, which are there and are consumed only with it.  */
static GVariant *
read_bstr (SaArchive *self,
           GError **error)
{
  gboolean swapped = sa_archive_is_swapped (self);
  gsize size = sa_wire_get_uint32 (self->cur + 2, swapped);
  guint64 limit = sa_archive_get_limit_values (self)->string_bytes;
  char *text;

  if (G_UNLIKELY (sa_archive_get_priv (self)->learning))
    sa_archive_learn_limit (self, SA_LEARN_STRING_BYTES, size);
  if (size > limit)
    {
      sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_LIMIT,
                            _("A text of %zu bytes exceeds the limit of %" PRIu64), size,
                            limit);
      return NULL;
    }

  if (!sa_archive_check_available (self, size + 6, error) || !sa_archive_ensure (self, size + 6, error))
    return NULL;

  text = decode_bstr (self->cur + 6, size, swapped);
  if (text == NULL)
    {
      sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                            _("The text in a COleVariant is not valid UTF-16, or has a NUL in it"));
      return NULL;
    }

  self->cur += size + 6;

  return g_variant_new_take_string (text);
}

/* Reads a value of a fixed size, which is there.  */
static GVariant *
read_fixed (SaArchive *self,
            SaOleVt vt)
{
  switch (vt)
    {
    case SA_OLE_VT_I1:
      return g_variant_new_int16 (sa_archive_read_int8 (self, NULL));
    case SA_OLE_VT_UI1:
      return g_variant_new_byte (sa_archive_read_uint8 (self, NULL));
    case SA_OLE_VT_I2:
      return g_variant_new_int16 (sa_archive_read_int16 (self, NULL));
    case SA_OLE_VT_UI2:
      return g_variant_new_uint16 (sa_archive_read_uint16 (self, NULL));
    case SA_OLE_VT_BOOL:
      return g_variant_new_boolean (sa_archive_read_int16 (self, NULL) != 0);
    case SA_OLE_VT_I4:
    case SA_OLE_VT_INT:
    case SA_OLE_VT_ERROR:
      return g_variant_new_int32 (sa_archive_read_int32 (self, NULL));
    case SA_OLE_VT_UI4:
    case SA_OLE_VT_UINT:
      return g_variant_new_uint32 (sa_archive_read_uint32 (self, NULL));
    case SA_OLE_VT_I8:
    case SA_OLE_VT_CY:
      return g_variant_new_int64 (sa_archive_read_int64 (self, NULL));
    case SA_OLE_VT_UI8:
      return g_variant_new_uint64 (sa_archive_read_uint64 (self, NULL));
    case SA_OLE_VT_R4:
      return g_variant_new_double (sa_archive_read_float (self, NULL));
    case SA_OLE_VT_R8:
    case SA_OLE_VT_DATE:
      return g_variant_new_double (sa_archive_read_double (self, NULL));
    default:
      return g_variant_new_tuple (NULL, 0);
    }
}

static gboolean
write_bstr (SaArchive *self,
            const char *text,
            GError **error)
{
  guint64 limit = sa_archive_get_limit_values (self)->string_bytes;
  g_autofree gunichar2 *units = NULL;
  long length = 0;

  units = g_utf8_to_utf16 (text, -1, NULL, &length, NULL);
  if (units == NULL)
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                                 _("The text is not valid UTF-8"));
  if ((guint64) length * 2 > limit || length > G_MAXINT32)
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_LIMIT,
                                 _("A text of %ld characters exceeds the limit of %" PRIu64 " bytes"), length,
                                 limit);

  if (!sa_archive_reserve (self, 6 + 2 * (gsize) length, error))
    return FALSE;

  sa_archive_write_uint16 (self, SA_OLE_VT_BSTR, NULL);
  sa_archive_write_uint32 (self, (guint32) length * 2, NULL);
  for (long i = 0; i < length; i++)
    sa_archive_write_uint16 (self, units[i], NULL);

  return TRUE;
}

/* Writes a value of a fixed size, for which there is room; FALSE if it does not fit in its type.  */
static gboolean
write_fixed (SaArchive *self,
             SaOleVt vt,
             GVariant *value)
{
  switch (vt)
    {
    case SA_OLE_VT_I1:
      return sa_archive_write_int8 (self, (gint8) g_variant_get_int16 (value), NULL);
    case SA_OLE_VT_UI1:
      return sa_archive_write_uint8 (self, g_variant_get_byte (value), NULL);
    case SA_OLE_VT_I2:
      return sa_archive_write_int16 (self, g_variant_get_int16 (value), NULL);
    case SA_OLE_VT_UI2:
      return sa_archive_write_uint16 (self, g_variant_get_uint16 (value), NULL);
    case SA_OLE_VT_BOOL:
      return sa_archive_write_int16 (self, g_variant_get_boolean (value) ? -1 : 0, NULL);
    case SA_OLE_VT_I4:
    case SA_OLE_VT_INT:
    case SA_OLE_VT_ERROR:
      return sa_archive_write_int32 (self, g_variant_get_int32 (value), NULL);
    case SA_OLE_VT_UI4:
    case SA_OLE_VT_UINT:
      return sa_archive_write_uint32 (self, g_variant_get_uint32 (value), NULL);
    case SA_OLE_VT_I8:
    case SA_OLE_VT_CY:
      return sa_archive_write_int64 (self, g_variant_get_int64 (value), NULL);
    case SA_OLE_VT_UI8:
      return sa_archive_write_uint64 (self, g_variant_get_uint64 (value), NULL);
    case SA_OLE_VT_R4:
      return sa_archive_write_float (self, (float) g_variant_get_double (value), NULL);
    case SA_OLE_VT_R8:
    case SA_OLE_VT_DATE:
      return sa_archive_write_double (self, g_variant_get_double (value), NULL);
    default:
      return TRUE;
    }
}

/* What a number of fewer bits than its GVariant cannot be.  */
static gboolean
fits (SaOleVt vt,
      GVariant *value)
{
  if (vt == SA_OLE_VT_I1)
    return g_variant_get_int16 (value) >= G_MININT8 && g_variant_get_int16 (value) <= G_MAXINT8;
  if (vt == SA_OLE_VT_R4)
    return !isfinite (g_variant_get_double (value)) || isfinite ((float) g_variant_get_double (value));

  return TRUE;
}

static GVariant *
read_ole_variant (SaArchive *self,
                  SaOleVt *vt,
                  GError **error)
{
  const VtInfo *info;
  GVariant *value;
  guint number;

  if (!sa_archive_ensure (self, 2, error))
    return NULL;

  number = sa_wire_get_uint16 (self->cur, sa_archive_is_swapped (self));
  info = find_vt (number);
  if (info == NULL)
    {
      sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_NOT_SUPPORTED,
                            _("A COleVariant of type %u cannot be read"), number);
      return NULL;
    }

  if (!sa_archive_ensure (self, 2 + info->size, error))
    return NULL;

  if (info->vt == SA_OLE_VT_BSTR)
    {
      value = read_bstr (self, error);
      if (value == NULL)
        return NULL;
    }
  else
    {
      self->cur += 2;
      value = read_fixed (self, info->vt);
    }

  *vt = info->vt;

  return g_variant_ref_sink (value);
}

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
  SaOleVt found = SA_OLE_VT_EMPTY;
  SaArchivePrivate *priv;
  GVariant *value = NULL;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);

  priv = sa_archive_get_priv (self);
  if (sa_archive_check_loading (self, error))
    {
      gboolean outermost = sa_archive_begin_pieces (priv);

      value = read_ole_variant (self, &found, error);
      sa_archive_end_pieces (priv, outermost);
    }
  if (vt != NULL)
    *vt = found;

  return value;
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
  g_autoptr (GVariant) held = value != NULL ? g_variant_ref_sink (value) : NULL;
  const VtInfo *info;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);

  if (!sa_archive_check_storing (self, error))
    return FALSE;

  info = find_vt (vt);
  if (info == NULL)
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_NOT_SUPPORTED,
                                 _("A COleVariant of type %u cannot be written"), (guint) vt);

  if (held == NULL ? !g_str_equal (info->type, "()")
                   : !g_variant_is_of_type (held, G_VARIANT_TYPE (info->type)))
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                                 _("A COleVariant of type %u wants a GVariant of type “%s”, not “%s”"),
                                 (guint)vt, info->type,
                                 held != NULL ? g_variant_get_type_string (held) : "NULL");

  if (vt == SA_OLE_VT_BSTR)
    return write_bstr (self, g_variant_get_string (held, NULL), error);

  if (!fits (vt, held))
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                                 _("The number does not fit in a COleVariant of type %u"), (guint) vt);

  return sa_archive_reserve (self, 2 + info->size, error) &&
         sa_archive_write_uint16 (self, (guint16)vt, error) && write_fixed (self, vt, held);
}

/* GVariant keeps some thirty bytes for each letter of a type. No type that means something is as long.  */
#define MAX_TYPE_LENGTH 65535

static gboolean
check_type_length (SaArchive *self,
                   const char *type,
                   GError **error)
{
  if (strlen (type) <= MAX_TYPE_LENGTH)
    return TRUE;

  return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_LIMIT,
                               _("The type of a GVariant is longer than %d letters"), MAX_TYPE_LENGTH);
}

/* The type string comes from the stream, and must be one before anything of GVariant sees it.  */
static gboolean
check_variant_type (SaArchive *self,
                    const char *type,
                    const char *expected,
                    GError **error)
{
  if (!check_type_length (self, type, error))
    return FALSE;

  if (!g_variant_type_string_is_valid (type) || !g_variant_type_is_definite (G_VARIANT_TYPE (type)))
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                                 _("A GVariant has no valid type"));

  if (expected != NULL && !g_variant_type_is_subtype_of (G_VARIANT_TYPE (type), G_VARIANT_TYPE (expected)))
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                                 _("The stream has a GVariant of type “%s” where “%s” is wanted"), type,
                                 expected);

  return TRUE;
}

static GVariant *
decode_variant (SaArchive *self,
                const char *type,
                GBytes *bytes,
                GError **error)
{
  g_autoptr (GVariant) variant =
      g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (type), bytes, FALSE));

  if (!g_variant_is_normal_form (variant))
    {
      sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                            _("A GVariant is not in normal form"));
      return NULL;
    }

  return G_BYTE_ORDER == G_BIG_ENDIAN ? g_variant_byteswap (variant) : g_steal_pointer (&variant);
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
 *   long, or its type has more than 65 535 letters
 * Since: 1.0
 */
GVariant *
sa_archive_read_variant (SaArchive *self,
                         const char *type_string,
                         GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *type = NULL;
  GVariant *variant = NULL;
  SaMessage message;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);
  g_return_val_if_fail (type_string == NULL || g_variant_type_string_is_valid (type_string), NULL);

  if (!sa_archive_check_loading (self, error) ||
      !sa_archive_begin_message (self, sa_archive_read_variant, G_TYPE_NONE, &message, error))
    return NULL;

  type = sa_archive_read_utf8 (self, error);
  if (type != NULL && check_variant_type (self, type, type_string, error))
    bytes = sa_archive_read_blob (self, error);
  if (bytes != NULL)
    variant = decode_variant (self, type, bytes, error);
  if (!sa_archive_end_message (self, &message, variant != NULL, error))
    g_clear_pointer (&variant, g_variant_unref);

  return variant;
}

/**
 * sa_archive_write_variant:
 * @self: a #SaArchive that stores
 * @variant: a #GVariant, consumed if it is floating
 * @error: return location for a #GError
 *
 * Writes a #GVariant with its type: the type string by sa_archive_write_utf8(), then the serialised data in
 * little endian byte order by sa_archive_write_blob(). This is not MFC.
 *
 * Returns: %TRUE on success; %FALSE with @error set otherwise: %SA_ARCHIVE_ERROR_LIMIT if it is too long
 * Since: 1.0
 */
gboolean
sa_archive_write_variant (SaArchive *self,
                          GVariant *variant,
                          GError **error)
{
  g_autoptr (GVariant) normal = NULL;
  g_autoptr (GBytes) bytes = NULL;
  SaMessage message;
  gboolean success;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (variant != NULL, FALSE);

  g_variant_ref_sink (variant);
  normal = g_variant_get_normal_form (variant);
  g_variant_unref (variant);
  if (G_BYTE_ORDER == G_BIG_ENDIAN)
    {
      GVariant *swapped = g_variant_byteswap (normal);

      g_variant_unref (normal);
      normal = swapped;
    }

  if (!sa_archive_check_storing (self, error)
      || !sa_archive_begin_message (self, NULL, G_TYPE_NONE, &message, error))
    return FALSE;

  bytes = g_variant_get_data_as_bytes (normal);
  success = check_type_length (self, g_variant_get_type_string (normal), error)
            && sa_archive_write_utf8 (self, g_variant_get_type_string (normal), error)
            && sa_archive_write_blob (self, bytes, error);

  return sa_archive_end_message (self, &message, success, error);
}
