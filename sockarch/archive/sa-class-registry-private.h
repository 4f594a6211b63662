/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/archive/sa-class-registry.h"
#include "sockarch/archive/sa-layout-private.h"
#include "sockarch/archive/sa-serializable-private.h"

/* The longest class name that MFC's readers have room for.  */
#define SA_CLASS_NAME_MAX 63
/* The schema by which MFC marks a class that cannot be serialised.  */
#define SA_SCHEMA_NOT_SERIAL 0xffff

/* A registered class. It lives as long as the registry and never moves, so archives and layouts keep
 * pointers.  */
typedef struct _SaWireClass
{
  /* What streams call it; interned.  */
  const char *name;
  /* What objects are made of; SA_TYPE_RECORD if there is no code for the class.  */
  GType type;
  /* Keeps @type's class alive, as the parameter specifications in @layout belong to it.  */
  gpointer gobject_class;
  /* How objects serialise themselves, or NULL if they do not; looking it up is not cheap.  */
  const SaSerializableInterface *iface;
  /* The fields, or NULL if the objects serialise themselves.  */
  SaLayout *layout;
  /* The class that base () of the layout names, since nothing else knows what a record derives from.  */
  const struct _SaWireClass *base;
  /* What is stored, and what can be loaded.  */
  guint16 schema;
  guint16 min_schema;
  guint16 max_schema;
  /* There is no code for the class.  */
  guint is_record : 1;
} SaWireClass;

gboolean sa_class_name_is_valid (const char *name, gsize length);
const SaWireClass *sa_class_registry_lookup_name (SaClassRegistry *self, const char *name);
const SaWireClass *sa_class_registry_lookup_object (SaClassRegistry *self, GObject *object);
gboolean sa_wire_class_is_a (const SaWireClass *klass, const SaWireClass *expected);
