/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#if !defined(SA_INSIDE) && !defined(SA_COMPILATION)
#error "Only <sockarch/sockarch.h> can be included directly."
#endif

#include <sockarch/archive/sa-archive.h>

G_BEGIN_DECLS

/**
 * SaOleVt:
 * @SA_OLE_VT_EMPTY: nothing; the #GVariant is an empty tuple, "()"
 * @SA_OLE_VT_NULL: the null of databases; "()"
 * @SA_OLE_VT_I2: 16 bits signed; "n"
 * @SA_OLE_VT_I4: 32 bits signed; "i"
 * @SA_OLE_VT_R4: a float; "d", which holds every float exactly
 * @SA_OLE_VT_R8: a double; "d"
 * @SA_OLE_VT_CY: an amount of money in ten-thousandths; "x"
 * @SA_OLE_VT_DATE: days since 1899-12-30 with their fraction; "d"
 * @SA_OLE_VT_BSTR: text; "s"
 * @SA_OLE_VT_ERROR: an error number; "i"
 * @SA_OLE_VT_BOOL: a truth value; "b"
 * @SA_OLE_VT_I1: 8 bits signed; "n", as #GVariant has no such type
 * @SA_OLE_VT_UI1: 8 bits unsigned; "y"
 * @SA_OLE_VT_UI2: 16 bits unsigned; "q"
 * @SA_OLE_VT_UI4: 32 bits unsigned; "u"
 * @SA_OLE_VT_I8: 64 bits signed; "x"
 * @SA_OLE_VT_UI8: 64 bits unsigned; "t"
 * @SA_OLE_VT_INT: 32 bits signed; "i"
 * @SA_OLE_VT_UINT: 32 bits unsigned; "u"
 *
 * The types of a COleVariant that an archive can hold (OLE's VARTYPE, with the same numbers), and the type of
 * #GVariant that stands for each.
 *
 * Since: 1.0
 */
typedef enum
{
  SA_OLE_VT_EMPTY = 0,
  SA_OLE_VT_NULL = 1,
  SA_OLE_VT_I2 = 2,
  SA_OLE_VT_I4 = 3,
  SA_OLE_VT_R4 = 4,
  SA_OLE_VT_R8 = 5,
  SA_OLE_VT_CY = 6,
  SA_OLE_VT_DATE = 7,
  SA_OLE_VT_BSTR = 8,
  SA_OLE_VT_ERROR = 10,
  SA_OLE_VT_BOOL = 11,
  SA_OLE_VT_I1 = 16,
  SA_OLE_VT_UI1 = 17,
  SA_OLE_VT_UI2 = 18,
  SA_OLE_VT_UI4 = 19,
  SA_OLE_VT_I8 = 20,
  SA_OLE_VT_UI8 = 21,
  SA_OLE_VT_INT = 22,
  SA_OLE_VT_UINT = 23,
} SaOleVt;

/* COleVariant, and GLib's own GVariant, which is not MFC */

SA_AVAILABLE_IN_1_0
GVariant *sa_archive_read_ole_variant (SaArchive *self, SaOleVt *vt, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_ole_variant (SaArchive *self, SaOleVt vt, GVariant *value, GError **error);
SA_AVAILABLE_IN_1_0
GVariant *sa_archive_read_variant (SaArchive *self, const char *type_string, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
SA_AVAILABLE_IN_1_0
gboolean sa_archive_write_variant (SaArchive *self, GVariant *variant, GError **error);

G_END_DECLS
