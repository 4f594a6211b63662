/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib-object.h>

/* The numbers that an archive gives to classes and objects: one counter for both, starting at 1. A loading
 * archive asks by number, a storing one by pointer. The table can go back to an earlier state, and can be
 * reset so that it can still go back to before that.  */

typedef enum
{
  SA_ENTRY_CLASS,
  /* An object that the archive made while loading, or was given while storing.  */
  SA_ENTRY_OBJECT,
  /* An object that the program entered by itself.  */
  SA_ENTRY_MAPPED,
} SaEntryKind;

typedef struct
{
  /* A SaWireClass, or a GObject on which the table holds a reference.  */
  gpointer pointer;
  /* Tags say what they take a number for; an entry of the other kind is an attack or a broken peer.  */
  SaEntryKind kind;
  /* Of a class: the schema that the stream gave it, for objects that follow. Of an object that was stored:
   * the number of its class.  */
  guint detail;
} SaTableEntry;

typedef struct
{
  /* NULL in a free slot.  */
  gpointer pointer;
  guint position;
  /* That of the entry, in room that would be lost: whoever refers to an object need not look at anything
   * else, which mostly would have to come from memory.  */
  guint detail;
} SaTableSlot;

typedef struct
{
  /* In the order of their numbers.  */
  SaTableEntry *entries;
  guint n_entries;
  guint capacity;
  /* The entry that has the number 1: those before it were forgotten by a reset that may yet be undone.  */
  guint first;
  /* Pointer to position: a hash table with open addressing, never more than half full; NULL when loading,
   * which has no use for it. An own one, since the look-up is most of the cost of storing an object.  */
  SaTableSlot *slots;
  /* One less than how many there are, which is a power of two; and how far a product has to be shifted to be
   * one of them.  */
  guint slot_mask;
  guint slot_shift;
  gboolean by_pointer;
} SaObjectTable;

void sa_object_table_init (SaObjectTable *table, gboolean by_pointer);
void sa_object_table_clear (SaObjectTable *table);
void sa_object_table_reserve (SaObjectTable *table, guint n_entries);
void sa_object_table_grow (SaObjectTable *table);
void sa_object_table_reset (SaObjectTable *table);
void sa_object_table_restore (SaObjectTable *table, guint n_entries, guint first);
void sa_object_table_purge (SaObjectTable *table);

static inline guint
sa_object_table_get_count (const SaObjectTable *table)
{
  return table->n_entries - table->first;
}

/* Multiplication spreads the low bits, which are alike in all pointers, to the high ones, which are used.  */
static inline guint
sa_object_table_hash (const SaObjectTable *table,
                      gconstpointer pointer)
{
  return (guint) (((guint64) GPOINTER_TO_SIZE (pointer) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15))
                  >> table->slot_shift);
}

/* The slot that has @pointer, or the free one where it belongs.  */
static inline SaTableSlot *
sa_object_table_find_slot (const SaObjectTable *table,
                           gconstpointer pointer)
{
  guint i = sa_object_table_hash (table, pointer);

  while (table->slots[i].pointer != NULL && table->slots[i].pointer != pointer)
    i = (i + 1) & table->slot_mask;

  return &table->slots[i];
}

/* That @pointer will be looked up soon.  */
static G_ALWAYS_INLINE inline void
sa_object_table_prefetch (const SaObjectTable *table,
                          gconstpointer pointer)
{
#ifdef __GNUC__
  if (table->slots != NULL)
    __builtin_prefetch (&table->slots[sa_object_table_hash (table, pointer)]);
#endif
}

/* Gives the next number to @pointer, which has none yet. Holds a reference on an object.  */
static inline void
sa_object_table_add (SaObjectTable *table,
                     SaEntryKind kind,
                     gpointer pointer,
                     guint detail)
{
  if (G_UNLIKELY (table->n_entries == table->capacity))
    sa_object_table_grow (table);

  if (table->by_pointer)
    *sa_object_table_find_slot (table, pointer) = (SaTableSlot) { pointer, table->n_entries, detail };

  table->entries[table->n_entries++] = (SaTableEntry) {
    .pointer = kind == SA_ENTRY_CLASS ? pointer : g_object_ref (pointer),
    .kind = kind,
    .detail = detail,
  };
}

/* The number of @pointer, or 0 if it has none; and its detail.  */
static inline guint
sa_object_table_lookup_detail (const SaObjectTable *table,
                               gconstpointer pointer,
                               guint *detail)
{
  const SaTableSlot *slot;

  if (G_UNLIKELY (table->slots == NULL))
    return 0;

  slot = sa_object_table_find_slot (table, pointer);
  if (slot->pointer == NULL || slot->position < table->first)
    return 0;

  *detail = slot->detail;

  return slot->position - table->first + 1;
}

static inline guint
sa_object_table_lookup (const SaObjectTable *table,
                        gconstpointer pointer)
{
  guint detail;

  return sa_object_table_lookup_detail (table, pointer, &detail);
}

/* The entry with this number, or NULL.  */
static inline const SaTableEntry *
sa_object_table_get (const SaObjectTable *table,
                     guint number)
{
  if (number == 0 || number > sa_object_table_get_count (table))
    return NULL;

  return &table->entries[table->first + number - 1];
}
