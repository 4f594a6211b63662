/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-map-pairs-private.h"

#include <stdlib.h>

static gpointer
keep (SaMapPairs *pairs,
      gpointer element,
      SaMapHold hold)
{
  if (element == NULL || hold == SA_MAP_BORROWED)
    return element;

  if (hold == SA_MAP_OBJECT)
    {
      g_ptr_array_add (pairs->objects, g_object_ref (element));
      return element;
    }

  element = g_strdup (element);
  g_ptr_array_add (pairs->texts, element);

  return element;
}

/* @compare is given pointers to keys, as qsort () does.  */
void
sa_map_pairs_init (SaMapPairs *pairs,
                   GHashTable *map,
                   GCompareFunc compare,
                   SaMapHold keys,
                   SaMapHold values)
{
  pairs->keys = g_hash_table_get_keys_as_array (map, &pairs->count);
  pairs->values = g_new (gpointer, pairs->count);
  pairs->texts = g_ptr_array_new_with_free_func (g_free);
  pairs->objects = g_ptr_array_new_with_free_func (g_object_unref);
  qsort (pairs->keys, pairs->count, sizeof (gpointer), compare);

  for (guint i = 0; i < pairs->count; i++)
    {
      pairs->values[i] = keep (pairs, g_hash_table_lookup (map, pairs->keys[i]), values);
      pairs->keys[i] = keep (pairs, pairs->keys[i], keys);
    }
}

void
sa_map_pairs_clear (SaMapPairs *pairs)
{
  g_free (pairs->keys);
  g_free (pairs->values);
  g_ptr_array_unref (pairs->texts);
  g_ptr_array_unref (pairs->objects);
}
