/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/archive/sa-object-table-private.h"

/* In a large graph nearly every look-up in the table of numbers has to wait for memory, which could bring
 * several things at once if it was asked in time. Who stores an array knows which objects come next; what
 * they refer to, only their `serialize` knows, but it does the same with each of them. So where the first
 * objects of an array keep their references is remembered, as offsets into the instance, and what the later
 * ones have there is announced to the table before their turn. It is no more than a hint: nothing that is
 * stored depends on it, and an object of another type than the first is passed over.  */

/* So many objects are watched, and announced before their turn.  */
#define SA_LOOK_AHEAD 8
#define SA_LOOK_AHEAD_OFFSETS 4

typedef struct
{
  /* Of what is watched: it, its type, and the bytes of an instance. @watched is borrowed, and NULL while no
   * object is watched.  */
  gconstpointer watched;
  GType type;
  gsize size;
  /* Where in it the references are.  */
  guint n_offsets;
  guint16 offsets[SA_LOOK_AHEAD_OFFSETS];
} SaLookAhead;

/* What is known stays, as long as arrays begin with the same type.  */
static inline void
sa_look_ahead_begin (SaLookAhead *self,
                     gconstpointer first)
{
  GTypeQuery query;

  if (first == NULL || G_TYPE_FROM_INSTANCE (first) == self->type)
    return;

  g_type_query (G_TYPE_FROM_INSTANCE (first), &query);
  self->type = query.type;
  self->size = query.instance_size;
  self->n_offsets = 0;
}

/* Watches @object, which may be NULL, while it is stored. Gives what was watched before, to be put back.  */
static inline gconstpointer
sa_look_ahead_watch (SaLookAhead *self,
                     gconstpointer object)
{
  gconstpointer outer = self->watched;

  self->watched = object != NULL && G_TYPE_FROM_INSTANCE (object) == self->type ? object : NULL;

  return outer;
}

/* That a reference at @place is stored.  */
static inline void
sa_look_ahead_note (SaLookAhead *self,
                    gconstpointer place)
{
  gsize offset = (gsize) ((const guint8 *) place - (const guint8 *) self->watched);

  if (G_LIKELY (self->watched == NULL) || self->n_offsets == SA_LOOK_AHEAD_OFFSETS
      || offset > MIN (self->size, G_MAXUINT16) - sizeof (gpointer))
    return;

  for (guint i = 0; i < self->n_offsets; i++)
    if (self->offsets[i] == offset)
      return;

  self->offsets[self->n_offsets++] = (guint16) offset;
}

/* Announces @object, which may be NULL, and what it refers to. Always inline, since compilers take a call to
 * be without effect, and out, that does nothing but to prefetch.  */
static G_ALWAYS_INLINE inline void
sa_look_ahead_announce (const SaLookAhead *self,
                        const SaObjectTable *table,
                        gconstpointer object)
{
  if (object == NULL)
    return;

  sa_object_table_prefetch (table, object);
  if (G_TYPE_FROM_INSTANCE (object) != self->type)
    return;

  for (guint i = 0; i < self->n_offsets; i++)
    sa_object_table_prefetch (table, *(const gpointer *) ((const guint8 *) object + self->offsets[i]));
}
