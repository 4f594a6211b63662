/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#if !defined(SA_INSIDE) && !defined(SA_COMPILATION)
#error "Only <sockarch/sockarch.h> can be included directly."
#endif

#include <sockarch/sa-types.h>

G_BEGIN_DECLS

#define SA_TYPE_SERIALIZABLE (sa_serializable_get_type ())

SA_AVAILABLE_IN_1_0
G_DECLARE_INTERFACE (SaSerializable, sa_serializable, SA, SERIALIZABLE, GObject)

/**
 * SaSerializableInterface:
 * @parent_iface: the parent interface
 * @serialize: stores or loads the object's fields, in one order for both directions (MFC's Serialize)
 * @loaded: called once after the whole outermost object was loaded, members before those that point at them
 *
 * What a class implements whose objects go through a #SaArchive.
 *
 * Since: 1.0
 */
struct _SaSerializableInterface
{
  GTypeInterface parent_iface;

  gboolean (*serialize) (SaSerializable *self, SaArchive *archive, GError **error);
  void (*loaded) (SaSerializable *self, SaArchive *archive);

  /*< private >*/
  gpointer padding[6];
};

SA_AVAILABLE_IN_1_0
gboolean sa_serializable_serialize (SaSerializable *self, SaArchive *archive, GError **error);
SA_AVAILABLE_IN_1_0
void sa_serializable_loaded (SaSerializable *self, SaArchive *archive);

G_END_DECLS
