/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-impl-private.h"

/* Those who wait without blocking: operations, for bytes or connections, and entries of the queue.
 *
 * Whoever is told may do anything, and also run a loop until another one was told. So each is taken off its
 * list alone, just before, and what is left is seen to by the turns of that loop.
 */

/* How many operations may be served in one turn of a socket, so that one busy socket does not keep the
 * others waiting.  */
#define MAX_OPS_A_TURN 64

static SaSocketOp *
take_op (SaSocketOp **link)
{
  SaSocketOp *op = *link;

  *link = op->next;
  op->next = NULL;

  return op;
}

/* In a turn, before somebody is told: a loop that is run there has a turn for what else can be done.  */
static void
prepare_to_tell (SaSocketPrivate *priv)
{
  if (priv->queue.done != NULL || (priv->ops != NULL && priv->receivable))
    sa_watch_wake (&priv->watch);
}

static SaSocketOp *
take_cancelled_op (SaSocketPrivate *priv)
{
  for (SaSocketOp **link = &priv->ops; *link != NULL; link = &(*link)->next)
    if (g_atomic_int_get (&(*link)->cancelled))
      return take_op (link);

  return NULL;
}

/* Ends what was marked.  */
void
sa_socket_serve_cancelled (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  g_autoptr (GError) error =
      g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _("Operation was cancelled"));

  while (sa_socket_take_mark (priv, MARK_CANCELLED))
    {
      SaSocketOp *op = take_cancelled_op (priv);
      SaSendEntry *entry = op == NULL ? sa_send_queue_take_cancelled (&priv->queue) : NULL;

      if (op == NULL && entry == NULL)
        return;

      /* There may be more.  */
      sa_socket_set_mark (priv, MARK_CANCELLED);
      sa_watch_wake (&priv->watch);
      if (op != NULL)
        {
          op->func (self, op, error);
          continue;
        }

      sa_socket_note_removed (self);
      if (entry->func != NULL)
        entry->func (entry, error);
    }
}

/* Gives what came to those who wait for it, at most once to each of those that wait now.  */
void
sa_socket_serve_ops (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  guint epoch = priv->epoch;
  guint n = 0;

  for (SaSocketOp *op = priv->ops; op != NULL && n < MAX_OPS_A_TURN; op = op->next)
    n++;

  for (; n > 0 && priv->ops != NULL && priv->receivable && !priv->ops->over; n--)
    {
      SaSocketOp *op = take_op (&priv->ops);

      prepare_to_tell (priv);
      if (op->func (self, op, NULL))
        {
          if (epoch != priv->epoch)
            return;
          continue;
        }

      if (epoch != priv->epoch)
        {
          g_autoptr (GError) error =
              g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED, _("The socket was closed"));

          op->func (self, op, error);
          return;
        }
      op->next = priv->ops;
      priv->ops = op;
    }
}

/* Tells those whose bytes are sent, or were given up, at most as many as there are now.  */
void
sa_socket_tell_sent (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  SaSendEntry *entry;

  for (guint n = sa_send_queue_count_done (&priv->queue); n > 0; n--)
    {
      entry = sa_send_queue_take_done (&priv->queue);
      if (entry == NULL)
        return;

      prepare_to_tell (priv);
      sa_send_entry_tell (entry, NULL);
    }
}

/* The end of those who wait, when no turn will come for them.  */
struct _SaEnding
{
  SaSocket *socket;  /* whose operations end, as far as they are marked, or NULL */
  SaSendQueue queue; /* what else ends */
  GError *error;     /* why */
  SaPoller *poller;  /* in whose context they are told */
  GSource *source;   /* what goes on in loops that they run; NULL until there is need for it */
};

static gboolean
has_more (const SaEnding *ending)
{
  const SaSocketOp *op = ending->socket != NULL ? sa_socket_private (ending->socket)->ops : NULL;

  return (op != NULL && op->over) || ending->queue.done != NULL || ending->queue.head != NULL;
}

static void tell_next (SaEnding *ending);

/* The others may have left the list by themselves, as by a timer.  */
static gboolean
on_loop_inside (gpointer ending)
{
  if (!has_more (ending))
    return G_SOURCE_REMOVE;

  tell_next (ending);

  return G_SOURCE_CONTINUE;
}

static GSource *
attach_source (SaEnding *ending,
               GSourceFunc func)
{
  GSource *source = g_idle_source_new ();

  g_source_set_can_recurse (source, func == on_loop_inside);
  g_source_set_priority (source, sa_poller_get_priority (ending->poller));
  g_source_set_callback (source, func, ending, NULL);
  g_source_set_static_name (source, "[sockarch] end");
  g_source_attach (source, sa_poller_get_context (ending->poller));

  return source;
}

static void
tell_next (SaEnding *ending)
{
  SaSocketPrivate *priv = ending->socket != NULL ? sa_socket_private (ending->socket) : NULL;
  SaSocketOp *op = priv != NULL && priv->ops != NULL && priv->ops->over ? take_op (&priv->ops) : NULL;
  SaSendEntry *entry = op == NULL ? sa_send_queue_take (&ending->queue) : NULL;

  /* It is always ready, and would keep others of a loop waiting for nothing.  */
  if (ending->source != NULL && !has_more (ending))
    g_source_destroy (ending->source);
  else if (ending->source == NULL && has_more (ending))
    ending->source = attach_source (ending, on_loop_inside);

  if (op != NULL)
    op->func (ending->socket, op, ending->error);
  else
    sa_send_entry_tell (entry, ending->error);
}

/* Tells all of them. In a loop that one of them runs the next ones have their turn.  */
static void
tell_all (SaEnding *ending)
{
  while (has_more (ending))
    tell_next (ending);

  g_clear_pointer (&ending->source, g_source_unref);
  g_clear_object (&ending->socket);
  g_error_free (ending->error);
  sa_poller_unref (ending->poller);
  g_free (ending);
}

static gboolean
on_loop (gpointer ending)
{
  tell_all (ending);

  return G_SOURCE_REMOVE;
}

/* Takes those who wait, if there are any: for sa_ending_finish (), when nothing is locked. Operations that
 * are begun meanwhile are not meant.  */
SaEnding *
sa_socket_begin_ending (SaSocket *self,
                        const GError *error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  SaEnding *ending;

  sa_send_queue_release_calls (&priv->queue);
  if (priv->ops == NULL && priv->queue.head == NULL && priv->queue.done == NULL)
    return NULL;

  for (SaSocketOp *op = priv->ops; op != NULL; op = op->next)
    op->over = TRUE;
  ending = sa_ending_new (&priv->queue, priv->poller, error);
  ending->socket = g_object_ref (self);

  return ending;
}

/* Takes what is queued.  */
SaEnding *
sa_ending_new (SaSendQueue *queue,
               SaPoller *poller,
               const GError *error)
{
  SaEnding *ending = g_new0 (SaEnding, 1);

  ending->queue = *queue;
  *queue = (SaSendQueue){ NULL };
  ending->poller = sa_poller_ref (poller);
  ending->error = g_error_copy (error);

  return ending;
}

/* Only under SA_WAIT_BLOCK a socket may be closed beside its loop, or beside the thread that runs it now and
 * then.  */
static gboolean
is_beside_loop (const SaEnding *ending)
{
  return !g_main_context_is_owner (sa_poller_get_context (ending->poller)) &&
         (ending->socket == NULL || sa_socket_private (ending->socket)->wait_policy == SA_WAIT_BLOCK);
}

/* Tells them, or lets the loop do it: who waits there must not be told in another thread. NULL: there is
 * nobody.  */
void
sa_ending_finish (SaEnding *ending)
{
  if (ending == NULL)
    return;

  if (!is_beside_loop (ending))
    tell_all (ending);
  else
    g_source_unref (attach_source (ending, on_loop));
}

void
sa_socket_wake (SaSocket *self)
{
  sa_watch_wake (&sa_socket_private (self)->watch);
}

void
sa_socket_add_op (SaSocket *self,
                  SaSocketOp *op)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  gboolean locked = sa_socket_lock_calls (priv);
  SaSocketOp **link = &priv->ops;

  while (*link != NULL)
    link = &(*link)->next;

  op->next = NULL;
  op->over = FALSE;
  *link = op;
  if (!sa_watch_is_started (&priv->watch))
    {
      /* After an error there may still be something to receive; after a close nothing, which it finds.  */
      priv->receivable = TRUE;
      sa_socket_take_turn_later (self);
    }
  else if (priv->receivable)
    {
      sa_watch_wake (&priv->watch);
    }
  sa_socket_unlock_calls (priv, locked);
}

gboolean
sa_socket_remove_op (SaSocket *self,
                     SaSocketOp *op)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  gboolean locked = sa_socket_lock_calls (priv);
  SaSocketOp **link = &priv->ops;
  gboolean found;

  while (*link != NULL && *link != op)
    link = &(*link)->next;
  found = *link != NULL;
  if (found)
    {
      take_op (link);
      sa_socket_look_again (self);
    }
  sa_socket_unlock_calls (priv, locked);

  return found;
}
