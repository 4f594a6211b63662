/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#if !defined(SA_INSIDE) && !defined(SA_COMPILATION)
#error "Only <sockarch/sockarch.h> can be included directly."
#endif

#include <gio/gio.h>
#include <sockarch/sa-version-macros.h>

G_BEGIN_DECLS

/* Named here because each is an argument in the other's interface.  */
typedef struct _SaArchive SaArchive;
typedef struct _SaClassRegistry SaClassRegistry;
typedef struct _SaRecord SaRecord;
typedef struct _SaSerializable SaSerializable;

G_END_DECLS
