/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-large-private.h"
#include "sockarch/archive/sa-object-table-private.h"

#define MIN_CAPACITY 16
#define MIN_SLOT_BITS 5

void
sa_object_table_init (SaObjectTable *table,
                      gboolean by_pointer)
{
  *table = (SaObjectTable) { .by_pointer = by_pointer };
}

static void
rebuild_slots (SaObjectTable *table)
{
  guint bits = MIN_SLOT_BITS;

  if (!table->by_pointer)
    return;

  while ((1u << bits) < 2 * table->capacity)
    bits++;

  if (table->slots == NULL || bits != 64 - table->slot_shift)
    {
      g_free (table->slots);
      table->slots = g_new0 (SaTableSlot, (gsize) 1 << bits);
      sa_large_advise (table->slots, sizeof (SaTableSlot) << bits);
      table->slot_mask = (1u << bits) - 1;
      table->slot_shift = 64 - bits;
    }
  else
    memset (table->slots, 0, sizeof (SaTableSlot) << bits);

  for (guint i = table->first; i < table->n_entries; i++)
    {
      gpointer pointer = table->entries[i].pointer;

      *sa_object_table_find_slot (table, pointer) = (SaTableSlot) { pointer, i, table->entries[i].detail };
    }
}

static void
set_capacity (SaObjectTable *table,
              guint capacity)
{
  table->entries = g_renew (SaTableEntry, table->entries, capacity);
  sa_large_advise (table->entries, capacity * sizeof (SaTableEntry));
  table->capacity = capacity;
  rebuild_slots (table);
}

/* Only a hint, so one that cannot be met is passed over.  */
void
sa_object_table_reserve (SaObjectTable *table,
                         guint n_entries)
{
  guint capacity = MIN_CAPACITY;

  while (capacity < n_entries && capacity < 1u << 30)
    capacity *= 2;

  if (capacity > table->capacity)
    set_capacity (table, capacity);
}

void
sa_object_table_grow (SaObjectTable *table)
{
  set_capacity (table, MAX (MIN_CAPACITY, 2 * table->capacity));
}

/* Takes @pointer out, and moves those behind it up that had to go round it.  */
static void
remove_slot (SaObjectTable *table,
             gconstpointer pointer)
{
  guint mask = table->slot_mask;
  guint hole = (guint) (sa_object_table_find_slot (table, pointer) - table->slots);

  for (guint i = (hole + 1) & mask; table->slots[i].pointer != NULL; i = (i + 1) & mask)
    {
      guint home = sa_object_table_hash (table, table->slots[i].pointer);

      /* It may stay if its home lies, going round, behind the hole.  */
      if (((i - home) & mask) < ((i - hole) & mask))
        continue;

      table->slots[hole] = table->slots[i];
      hole = i;
    }

  table->slots[hole] = (SaTableSlot) { NULL };
}

/* Moves the objects of the entries into an array: their end may run code that comes back to the table.  */
static GPtrArray *
take_objects (const SaTableEntry *entries,
              guint n_entries)
{
  GPtrArray *objects = g_ptr_array_new_full (n_entries, g_object_unref);

  for (guint i = 0; i < n_entries; i++)
    if (entries[i].kind != SA_ENTRY_CLASS)
      g_ptr_array_add (objects, entries[i].pointer);

  return objects;
}

/* Starts the numbers again at 1. Nothing is freed until sa_object_table_purge ().  */
void
sa_object_table_reset (SaObjectTable *table)
{
  table->first = table->n_entries;
}

/* Goes back to when there were @n_entries and @first was the one with the number 1.  */
void
sa_object_table_restore (SaObjectTable *table,
                         guint n_entries,
                         guint first)
{
  g_autoptr (GPtrArray) objects = NULL;
  guint n_now = table->n_entries;

  /* Somebody has gone back further already.  */
  n_entries = MIN (n_entries, n_now);
  if (n_now == n_entries && table->first == first)
    return;

  objects = take_objects (table->entries + n_entries, n_now - n_entries);
  table->n_entries = n_entries;

  if (table->first != first)
    {
      /* An object may have been entered again since, so that its slot has the later position.  */
      table->first = first;
      rebuild_slots (table);
    }
  else if (table->by_pointer)
    {
      for (guint i = n_entries; i < n_now; i++)
        remove_slot (table, table->entries[i].pointer);
    }
}

/* Frees what a reset left, when nothing can go back to before it any more.  */
void
sa_object_table_purge (SaObjectTable *table)
{
  g_autoptr (GPtrArray) objects = NULL;

  if (table->first == 0)
    return;

  objects = take_objects (table->entries, table->first);
  table->n_entries -= table->first;
  memmove (table->entries, table->entries + table->first, table->n_entries * sizeof (SaTableEntry));

  /* One large message should not make every small one after it clear a large table.  */
  if (table->capacity > 64 && table->first < table->capacity / 8 && table->n_entries < table->capacity / 8)
    {
      table->first = 0;
      set_capacity (table, MAX (MIN_CAPACITY, table->capacity / 4));
    }
  else
    {
      table->first = 0;
      rebuild_slots (table);
    }
}

void
sa_object_table_clear (SaObjectTable *table)
{
  g_autoptr (GPtrArray) objects = take_objects (table->entries, table->n_entries);

  g_free (table->slots);
  g_free (table->entries);
  sa_object_table_init (table, table->by_pointer);
}
