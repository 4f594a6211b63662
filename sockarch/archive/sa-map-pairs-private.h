/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* What a map has, in the order in which it is stored, and kept while that goes on: the code of an object, and
 * handlers that run while a stream is waited for, may change the map, and free what was in it.  */
typedef struct
{
  gpointer *keys;
  gpointer *values;
  guint count;
  /* What keeps them.  */
  GPtrArray *texts;
  GPtrArray *objects;
} SaMapPairs;

/* How a key or a value is kept.  */
typedef enum
{
  SA_MAP_BORROWED,
  SA_MAP_TEXT,
  SA_MAP_OBJECT,
} SaMapHold;

void sa_map_pairs_init (SaMapPairs *pairs, GHashTable *map, GCompareFunc compare, SaMapHold keys,
                        SaMapHold values);
void sa_map_pairs_clear (SaMapPairs *pairs);

G_END_DECLS
