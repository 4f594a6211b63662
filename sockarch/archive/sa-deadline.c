/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-deadline-private.h"

/* One thread, made at the first time limit, watches all of them. It is a thread because the one that waits
 * may be inside of a system call; and it is one for all since a time limit is rarely reached.  */
static GMutex watch_lock;
static GCond watch_changed;
/* The SaDeadlines that are running, the earliest first.  */
static GQueue watch_queue = G_QUEUE_INIT;
static GThread *watch_thread;

/* Cancels the earliest deadline; the lock is let go meanwhile, since cancelling calls strangers.  */
static void
expire_first (void)
{
  SaDeadline *deadline = g_queue_pop_head (&watch_queue);
  g_autoptr (GCancellable) cancellable = g_object_ref (deadline->cancellable);

  deadline->watched = FALSE;
  deadline->expired = TRUE;

  g_mutex_unlock (&watch_lock);
  g_cancellable_cancel (cancellable);
  g_mutex_lock (&watch_lock);
}

static gpointer
watch (gpointer unused)
{
  g_mutex_lock (&watch_lock);

  while (TRUE)
    {
      SaDeadline *first = g_queue_peek_head (&watch_queue);

      if (first == NULL)
        g_cond_wait (&watch_changed, &watch_lock);
      else if (first->when <= g_get_monotonic_time ())
        expire_first ();
      else
        g_cond_wait_until (&watch_changed, &watch_lock, first->when);
    }

  return NULL;
}

static int
compare_deadlines (gconstpointer a,
                   gconstpointer b,
                   gpointer user_data)
{
  const SaDeadline *first = a;
  const SaDeadline *second = b;

  return first->when < second->when ? -1 : first->when > second->when;
}

static void
on_parent_cancelled (GCancellable *parent,
                     gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
}

/* Starts a time limit; 0 is none.  */
void
sa_deadline_start (SaDeadline *self,
                   guint milliseconds,
                   GCancellable *parent)
{
  /* Whoever owns it may let go of it while the call waits.  */
  *self = (SaDeadline){ .cancellable = parent != NULL ? g_object_ref (parent) : NULL };
  if (milliseconds == 0)
    return;

  self->parent = self->cancellable;
  self->cancellable = g_cancellable_new ();
  if (parent != NULL)
    sa_cancel_set (&self->cancel, parent, G_CALLBACK (on_parent_cancelled), self->cancellable,
                   (GBoxedCopyFunc) g_object_ref, g_object_unref);

  self->when = g_get_monotonic_time () + (gint64) milliseconds * 1000;
  self->watched = TRUE;

  g_mutex_lock (&watch_lock);
  if (watch_thread == NULL)
    watch_thread = g_thread_new ("sa-deadline", watch, NULL);
  g_queue_insert_sorted (&watch_queue, self, compare_deadlines, NULL);
  if (g_queue_peek_head (&watch_queue) == self)
    g_cond_signal (&watch_changed);
  g_mutex_unlock (&watch_lock);
}

/* Ends a time limit; returns whether it was the time that cancelled.  */
gboolean
sa_deadline_stop (SaDeadline *self)
{
  gboolean expired;

  if (self->when == 0)
    {
      g_clear_object (&self->cancellable);
      return FALSE;
    }

  g_mutex_lock (&watch_lock);
  if (self->watched)
    g_queue_remove (&watch_queue, self);
  expired = self->expired;
  g_mutex_unlock (&watch_lock);

  if (self->parent != NULL)
    {
      /* The user's own cancelling goes before the time: it is the one that was meant.  */
      expired = expired && !g_cancellable_is_cancelled (self->parent);
      sa_cancel_clear (&self->cancel);
      g_clear_object (&self->parent);
    }

  g_clear_object (&self->cancellable);
  return expired;
}
