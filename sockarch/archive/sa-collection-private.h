/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/archive/sa-archive-collection.h"
#include "sockarch/archive/sa-graph-private.h"

/* What the public functions of collections and the layouts have in common: a count, then elements, inside
 * of a message that someone else has begun. Containers grow as elements arrive, whatever the count says.  */

/* How a map is made of its entries.  */
typedef struct
{
  /* The keys are words, by GUINT_TO_POINTER (); otherwise strings.  */
  gboolean with_words;
  gpointer (*make) (void);
  /* Takes over @key and @value (which may be NULL).  */
  void (*insert) (gpointer map, gpointer key, GObject *value);
  GDestroyNotify free;
  /* One for each entry, to which the limit of objects applies.  */
  gboolean makes_objects;
} SaMapFuncs;

GPtrArray *sa_collection_load_objects (SaArchive *archive,
                                       GType expected_type,
                                       const SaWireClass *expected_class,
                                       gboolean embedded,
                                       GError **error);
gboolean sa_collection_store_objects (SaArchive *archive,
                                      GPtrArray *objects,
                                      const SaWireClass *expected_class,
                                      gboolean embedded,
                                      GError **error);
/* @expected_type is the type of the list's items as well. It cannot hold NULL: that is an error.  */
GListStore *sa_collection_to_list (SaArchive *archive, GPtrArray *objects, GType item_type, GError **error);
GPtrArray *sa_collection_from_list (GListModel *list);
/* The map, or NULL.  */
gpointer sa_collection_load_map (SaArchive *archive,
                                 const SaMapFuncs *funcs,
                                 GType expected_type,
                                 const SaWireClass *expected_class,
                                 GError **error);
GPtrArray *sa_collection_load_strings (SaArchive *archive, gsize strings_per_element, GError **error);
gboolean sa_collection_load_count (SaArchive *archive, gsize min_size, guint64 *count, GError **error);
void sa_collection_unref_element (gpointer object);
