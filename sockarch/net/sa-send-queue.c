/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-send-queue-private.h"

#include "sockarch/sa-i18n-private.h"

static void
free_own_entry (SaSendEntry *entry,
                const GError *error)
{
  g_bytes_unref (entry->bytes);
  g_clear_error (&entry->error);
  g_free (entry);
}

SaSendEntry *
sa_send_entry_new (GBytes *bytes)
{
  SaSendEntry *entry = g_new0 (SaSendEntry, 1);

  entry->func = free_own_entry;
  entry->bytes = g_bytes_ref (bytes);
  entry->own.buffer = g_bytes_get_data (bytes, &entry->own.size);
  entry->vectors = &entry->own;
  entry->n_vectors = 1;

  return entry;
}

void
sa_send_entry_advance (SaSendEntry *entry,
                       gsize n)
{
  g_assert (n <= entry->length - entry->sent);

  entry->sent += n;
  while (n > 0)
    {
      gsize left = entry->vectors[entry->vector].size - entry->offset;

      if (n < left)
        {
          entry->offset += n;
          return;
        }

      n -= left;
      entry->vector++;
      entry->offset = 0;
    }
}

gsize
sa_send_entry_fill (const SaSendEntry *entry,
                    GOutputVector *vectors,
                    gsize n_vectors)
{
  gsize offset = entry->offset;
  gsize n = 0;

  for (gsize i = entry->vector; i < entry->n_vectors && n < n_vectors; i++)
    {
      if (entry->vectors[i].size > offset)
        {
          vectors[n].buffer = (const char *) entry->vectors[i].buffer + offset;
          vectors[n].size = entry->vectors[i].size - offset;
          n++;
        }

      offset = 0;
    }

  return n;
}

void
sa_send_queue_push (SaSendQueue *queue,
                    SaSendEntry *entry)
{
  entry->next = NULL;
  entry->finished = FALSE;
  entry->length = sa_send_vectors_length (entry->vectors, entry->n_vectors);
  queue->bytes += entry->length - entry->sent;

  if (queue->tail != NULL)
    queue->tail->next = entry;
  else
    queue->head = entry;
  queue->tail = entry;
}

gboolean
sa_send_queue_remove (SaSendQueue *queue,
                      SaSendEntry *entry)
{
  SaSendEntry *previous = NULL;

  for (SaSendEntry *e = queue->head; e != NULL; previous = e, e = e->next)
    {
      if (e != entry)
        continue;

      if (previous != NULL)
        previous->next = e->next;
      else
        queue->head = e->next;
      if (queue->tail == e)
        queue->tail = previous;

      queue->bytes -= e->length - e->sent;
      e->next = NULL;

      return TRUE;
    }

  return FALSE;
}

void
sa_send_queue_finish (SaSendQueue *queue,
                      SaSendEntry *entry)
{
  entry->finished = TRUE;
  entry->next = NULL;
  if (entry->func == NULL)
    return;

  /* Nobody waits for those that free themselves: no need to come back for them.  */
  if (entry->func == free_own_entry)
    {
      free_own_entry (entry, NULL);
      return;
    }

  entry->next = queue->done != NULL ? queue->done->next : entry;
  if (queue->done != NULL)
    queue->done->next = entry;
  queue->done = entry;
}

static SaSendEntry *
pop_head (SaSendQueue *queue)
{
  SaSendEntry *entry = queue->head;

  queue->head = entry->next;
  if (queue->head == NULL)
    queue->tail = NULL;

  return entry;
}

void
sa_send_queue_finish_head (SaSendQueue *queue,
                           GError *error)
{
  SaSendEntry *entry = pop_head (queue);

  queue->bytes -= entry->length - entry->sent;
  if (error == NULL)
    entry->sent = entry->length;
  entry->error = error;
  sa_send_queue_finish (queue, entry);
}

void
sa_send_queue_advance (SaSendQueue *queue,
                       gsize n)
{
  queue->bytes -= n;

  while (queue->head != NULL)
    {
      SaSendEntry *entry = queue->head;
      gsize part = MIN (n, entry->length - entry->sent);

      sa_send_entry_advance (entry, part);
      n -= part;
      if (entry->sent < entry->length)
        break;

      sa_send_queue_finish (queue, pop_head (queue));
    }
}

gsize
sa_send_queue_fill (const SaSendQueue *queue,
                    GOutputVector *vectors,
                    gsize n_vectors)
{
  gsize n = 0;

  for (const SaSendEntry *entry = queue->head; entry != NULL && n < n_vectors; entry = entry->next)
    n += sa_send_entry_fill (entry, vectors + n, n_vectors - n);

  return n;
}

/* What was begun goes on: half a message would be worse.  */
static gboolean
is_cancelled (const SaSendEntry *entry)
{
  return g_atomic_int_get (&entry->cancelled) && entry->sent == 0;
}

SaSendEntry *
sa_send_queue_take_cancelled (SaSendQueue *queue)
{
  for (SaSendEntry *entry = queue->head; entry != NULL; entry = entry->next)
    {
      if (is_cancelled (entry))
        {
          sa_send_queue_remove (queue, entry);
          entry->finished = TRUE;

          return entry;
        }
    }

  return NULL;
}

gboolean
sa_send_queue_drop_cancelled (SaSendQueue *queue)
{
  gboolean dropped = FALSE;
  SaSendEntry *entry;

  while ((entry = sa_send_queue_take_cancelled (queue)) != NULL)
    {
      entry->error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _("Operation was cancelled"));
      sa_send_queue_finish (queue, entry);
      dropped = TRUE;
    }

  return dropped;
}

void
sa_send_queue_split (SaSendQueue *queue,
                     SaSendQueue *rest)
{
  SaSendEntry *entry = g_steal_pointer (&queue->head);
  gboolean cut = FALSE;

  queue->tail = NULL;
  queue->bytes = 0;
  while (entry != NULL)
    {
      SaSendEntry *next = entry->next;

      cut = cut || (entry->func == NULL && entry->sent > 0);
      sa_send_queue_push (cut || entry->func == NULL || is_cancelled (entry) ? rest : queue, entry);
      entry = next;
    }
}

void
sa_send_queue_release_calls (SaSendQueue *queue)
{
  SaSendEntry *next;

  for (SaSendEntry *entry = queue->head; entry != NULL; entry = next)
    {
      next = entry->next;
      if (entry->func == NULL && sa_send_queue_remove (queue, entry))
        entry->finished = TRUE;
    }
}

SaSendEntry *
sa_send_queue_take_done (SaSendQueue *queue)
{
  SaSendEntry *last = queue->done;
  SaSendEntry *entry;

  if (last == NULL)
    return NULL;

  entry = last->next;
  if (entry == last)
    queue->done = NULL;
  else
    last->next = entry->next;
  entry->next = NULL;

  return entry;
}

SaSendEntry *
sa_send_queue_take (SaSendQueue *queue)
{
  SaSendEntry *entry = sa_send_queue_take_done (queue);

  if (entry != NULL || queue->head == NULL)
    return entry;

  entry = pop_head (queue);
  queue->bytes -= entry->length - entry->sent;
  entry->next = NULL;

  return entry;
}

guint
sa_send_queue_count_done (const SaSendQueue *queue)
{
  guint n = 0;

  for (const SaSendEntry *entry = queue->done; entry != NULL; n++)
    entry = entry->next != queue->done ? entry->next : NULL;

  return n;
}

void
sa_send_entry_tell (SaSendEntry *entry,
                    const GError *error)
{
  g_autoptr (GError) own = g_steal_pointer (&entry->error);

  if (own != NULL)
    error = own;
  else if (entry->finished)
    error = NULL;

  entry->finished = TRUE;
  if (entry->func != NULL)
    entry->func (entry, error);
}
