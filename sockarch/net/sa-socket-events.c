/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-impl-private.h"

/* From the poller's events to signals.
 *
 * What the poller says, and what calls find out, is noted in the fields of the socket; what has to be told
 * is noted in `due`. When the socket has its turn, it first moves bytes for those who wait (the queue, the
 * operations), and then tells what is due and still true, in a fixed order. Every handler may close the
 * socket, which changes its epoch: then the turn is over. While a call of SA_WAIT_DISPATCH waits, or a
 * handler runs a loop, nothing is told; it is all still due afterwards.
 */

/* How often accept-ready may come in one turn.  */
#define MAX_ACCEPTS_A_TURN 16

/* How often receive-ready may come in one turn.  */
#define MAX_RECEIVES_A_TURN 8

static void
note_events (SaSocket *self,
             SaPollEvents events)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  priv->arrived |= (guint8) events;

  if ((events & SA_POLL_IN) != 0)
    {
      /* What was taken since the kernel said so may have been all.  */
      if ((int) (priv->taken_at - (guint) priv->watch.told_at) >= 0)
        priv->verify = TRUE;
      priv->receivable = TRUE;
      priv->due |= priv->state == SA_SOCKET_STATE_LISTENING ? DUE_ACCEPT : DUE_RECEIVE;
    }
  if ((events & SA_POLL_URGENT) != 0)
    {
      priv->urgent = TRUE;
      priv->due |= DUE_OUT_OF_BAND;
    }
  if ((events & (SA_POLL_END | SA_POLL_HANGUP | SA_POLL_ERROR)) != 0)
    {
      /* There may be bytes before the end, or none: the kernel has to be asked.  */
      priv->peer_finished |= priv->type == G_SOCKET_TYPE_STREAM;
      priv->receivable = TRUE;
      priv->verify = TRUE;
      priv->due |= DUE_RECEIVE;
    }
  if ((events & SA_POLL_HANGUP) != 0 && priv->type == G_SOCKET_TYPE_STREAM)
    {
      /* Nothing can be sent any more. On a connection that is merely over, its end will be received.  */
      priv->send_ended = TRUE;
    }
  if ((events & SA_POLL_ERROR) != 0 && priv->type == G_SOCKET_TYPE_STREAM)
    priv->broken = TRUE;
  if ((events & SA_POLL_OUT) != 0 && priv->want_send_ready &&
      priv->queue.bytes <= priv->settings->low_water_mark && !sa_socket_is_retrying (priv))
    priv->due |= DUE_SEND;
}

/* GObject holds the socket while handlers run, which says nothing of the program: see is_abandoned ().
 * Signals that tell no error ignore it.  */
static void
emit (SaSocket *self,
      SaSocketSignal signal,
      const GError *error)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  priv->emissions++;
  g_signal_emit (self, sa_socket_signals[signal], 0, error);
  priv->emissions--;
}

static void
emit_connected (SaSocket *self,
                const GError *error)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  if ((priv->event_mask & SA_SOCKET_EVENT_CONNECT) != 0)
    emit (self, SIGNAL_CONNECTED, error);
}

void
sa_socket_emit_closed (SaSocket *self,
                       const GError *error)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  if (priv->told_closed)
    return;

  priv->told_closed = TRUE;
  if ((priv->event_mask & SA_SOCKET_EVENT_CLOSE) != 0)
    emit (self, SIGNAL_CLOSED, error);
}

static void
tell_connected (SaSocket *self)
{
  g_autoptr (GError) error = g_steal_pointer (&sa_socket_private (self)->error);

  emit_connected (self, error);
}

/* What came in a loop inside of a turn, or of a handler outside of one, is told now that it is over.  */
static void
catch_up (SaSocketPrivate *priv)
{
  priv->postponed = FALSE;
  sa_watch_wake (&priv->watch);
}

/* The same outside of a turn, while somebody holds the socket. Other signals wait until the handler has
 * returned, as they do in a turn.  */
void
sa_socket_tell_connected (SaSocket *self,
                          const GError *error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  guint outer_epoch = priv->turn_epoch;

  priv->turn_epoch = priv->epoch;
  priv->turns++;
  emit_connected (self, error);
  priv->turns--;
  priv->turn_epoch = outer_epoch;
  if (priv->turns == 0 && priv->postponed)
    catch_up (priv);
}

/* A handler dropped the last reference: what its closure pointed to may be gone too, so nobody is told
 * anything more.  */
static gboolean
is_abandoned (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  return (guint) g_atomic_int_get ((int *) &G_OBJECT (self)->ref_count) <= priv->turns + priv->emissions;
}

/* FALSE: there is no connection any more, or the handler took none, or it closed the socket.  */
static gboolean
tell_one_accept (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  guint takes = priv->takes;
  guint epoch = priv->epoch;

  if (priv->verify && !sa_socket_is_readable (self))
    {
      sa_socket_note_drained (self);
      return FALSE;
    }

  priv->verify = FALSE;
  emit (self, SIGNAL_ACCEPT_READY, NULL);

  /* Out of descriptors, the back-off timer will look again.  */
  return epoch == priv->epoch && priv->state == SA_SOCKET_STATE_LISTENING && priv->receivable &&
         takes != priv->takes && priv->listener->delay == 0 && priv->held == 0 && !is_abandoned (self);
}

/* A crowd is let in by dozens: a turn of the loop for each would cost more than the rest.  */
static void
tell_accept (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  for (int i = 0; i < MAX_ACCEPTS_A_TURN; i++)
    {
      if (priv->ops != NULL || (priv->event_mask & SA_SOCKET_EVENT_ACCEPT) == 0)
        return;
      if (!tell_one_accept (self))
        return;

      priv->verify = TRUE;
    }

  priv->due |= DUE_ACCEPT;
}

static void
tell_out_of_band (SaSocket *self)
{
  if ((sa_socket_private (self)->event_mask & SA_SOCKET_EVENT_OUT_OF_BAND) != 0)
    emit (self, SIGNAL_OUT_OF_BAND_READY, NULL);
}

/* Whether a handler has left all that there is. The kernel names all that holds whenever something changes,
 * be it only that there is room to send. It does not count what is behind an urgent byte.  */
static gboolean
is_declined (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  return priv->declined != 0 && !priv->unsure && !priv->urgent &&
         (gssize) priv->declined == sa_socket_get_available_bytes (self, NULL);
}

/* What came while the handler ran is counted with the rest, but the kernel will say so in the next turn, if
 * it did: only what it says later is no news unless it is more.  */
static void
note_declined (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  priv->declined = (guint) MAX (sa_socket_get_available_bytes (self, NULL), 0);
  priv->unsure = TRUE;
}

/* FALSE: there is nothing more, or the handler took nothing, or the socket is another one now.  */
static gboolean
tell_one_receive (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  guint takes = priv->takes;
  guint epoch = priv->epoch;

  if (priv->verify && !sa_socket_probe (self))
    return FALSE;

  priv->verify = FALSE;
  if ((priv->event_mask & SA_SOCKET_EVENT_RECEIVE) == 0)
    return FALSE;

  if (G_UNLIKELY (is_declined (self)))
    return FALSE;

  emit (self, SIGNAL_RECEIVE_READY, NULL);
  if (epoch == priv->epoch && takes == priv->takes && priv->type == G_SOCKET_TYPE_STREAM && priv->fd >= 0)
    note_declined (self);

  /* A handler that received nothing is not asked again before more arrives.  */
  return epoch == priv->epoch && !priv->receive_ended && priv->receivable && takes != priv->takes;
}

/* What comes in large amounts is taken in several pieces, as long as no other socket waits: a turn of the
 * loop for each would cost as much as they do.  */
static void
tell_receive (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  for (int i = 0; i < MAX_RECEIVES_A_TURN; i++)
    {
      if (priv->ops != NULL || priv->receive_ended)
        return;
      if (!tell_one_receive (self))
        return;

      priv->verify = TRUE;
      if (priv->held > 0 || is_abandoned (self) || !sa_watch_is_alone (&priv->watch))
        break;
    }

  priv->due |= DUE_RECEIVE;
}

static void
tell_send (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  if (!priv->want_send_ready || priv->send_ended || priv->fin_wanted)
    return;

  priv->want_send_ready = FALSE;
  if ((priv->event_mask & SA_SOCKET_EVENT_SEND) != 0)
    emit (self, SIGNAL_SEND_READY, NULL);
}

static void
tell_receive_ended (SaSocket *self)
{
  if ((sa_socket_private (self)->event_mask & SA_SOCKET_EVENT_RECEIVE) != 0)
    emit (self, SIGNAL_RECEIVE_ENDED, NULL);
}

/* The connection is over. After an error the descriptor stays for as long as there is something to receive:
 * closing it would lose that. Whoever is called on the way may close the socket: then that has told.  */
static void
tell_closed (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  g_autoptr (GError) error = g_steal_pointer (&priv->error);
  gboolean rest = error != NULL && !priv->drop && priv->fd >= 0 && !priv->receive_ended &&
                  sa_socket_get_available_bytes (self, NULL) > 0;
  guint epoch = priv->epoch;

  if (priv->fd >= 0)
    {
      g_autoptr (GError) closed =
          g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED, _("The connection is over"));

      sa_watch_stop (&priv->watch);
      sa_socket_stop_idle_timer (self);
      sa_socket_stop_retry (self);
      priv->send_ended = TRUE;
      if (!rest)
        sa_socket_drop_fd (self);
      epoch = ++priv->epoch;
      sa_socket_set_state (self, SA_SOCKET_STATE_CLOSED);
      sa_ending_finish (sa_socket_begin_ending (self, error != NULL ? error : closed));
    }

  if (epoch != priv->epoch)
    return;

  sa_socket_leave_listener (self);
  sa_socket_emit_closed (self, error);
}

/* The kernel told of an error. Where somebody else has asked for it, a send knows it still.  */
static void
find_error (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  int errsv = 0;
  socklen_t size = sizeof errsv;

  getsockopt (priv->fd, SOL_SOCKET, SO_ERROR, &errsv, &size);
  if (errsv != 0)
    {
      sa_socket_set_error_from_errno (self, &priv->error, errsv, _("The connection with %s broke: %s"));
      sa_socket_keep_error (self, priv->error);
    }
  else if (priv->queue.head != NULL)
    {
      priv->broken = FALSE;
      sa_socket_flush (self);
      sa_watch_wake (&priv->watch);
    }
}

/* Whether both halves have finished, or an error was seen and no byte is left that anybody wants.  */
static void
check_over (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  if (priv->state != SA_SOCKET_STATE_CONNECTED || priv->type != G_SOCKET_TYPE_STREAM)
    return;

  if (priv->broken && (priv->due & DUE_RECEIVE) == 0)
    {
      if (priv->error == NULL)
        find_error (self);

      priv->broken = priv->error != NULL;
      if (priv->broken)
        priv->due |= DUE_CLOSED;
    }

  if (priv->receive_ended && priv->send_ended && priv->queue.head == NULL)
    priv->due |= DUE_CLOSED;
}

/* An error ended the connection. What was received before it is offered first.  */
void
sa_socket_break (SaSocket *self,
                 const GError *error)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  if (priv->error == NULL)
    {
      priv->error = g_error_copy (error);
      sa_socket_keep_error (self, error);
    }

  priv->broken = TRUE;
  priv->send_ended = TRUE;
  priv->receivable = TRUE;
  priv->verify = TRUE;
  if (!priv->receive_ended && !priv->drop)
    priv->due |= DUE_RECEIVE;
  if (!sa_socket_is_in_turn (priv))
    sa_watch_wake (&priv->watch);
  if (priv->callers != NULL && priv->callers->sleepers != NULL)
    sa_socket_wake_sleepers (self);
}

/* FALSE: the turn is over, since somebody who was told closed the socket, dropped it, or waits for it.  */
static inline gboolean
tell_if_due (SaSocket *self,
             SaSocketDue due,
             void (*func) (SaSocket *self),
             guint epoch)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  if ((priv->due & due) == 0)
    return TRUE;

  priv->due &= (guint8) ~due;
  func (self);

  return epoch == priv->epoch && priv->held == 0 && !is_abandoned (self);
}

/* Tells what is due. TRUE: there is more for the next turn.  */
static gboolean
tell (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  guint epoch = priv->epoch;

  /* Somebody who waited for the bytes had them already.  */
  if (priv->due == 0 && !priv->broken && !priv->receive_ended)
    return FALSE;

  if (!tell_if_due (self, DUE_CONNECTED, tell_connected, epoch) ||
      !tell_if_due (self, DUE_ACCEPT, tell_accept, epoch) ||
      !tell_if_due (self, DUE_OUT_OF_BAND, tell_out_of_band, epoch) ||
      !tell_if_due (self, DUE_RECEIVE, tell_receive, epoch) ||
      !tell_if_due (self, DUE_SEND, tell_send, epoch) ||
      !tell_if_due (self, DUE_RECEIVE_ENDED, tell_receive_ended, epoch))
    return FALSE;

  check_over (self);

  return tell_if_due (self, DUE_CLOSED, tell_closed, epoch) && priv->due != 0;
}

static gboolean is_listened_to (SaSocket *self);

/* Moves bytes for those who wait, and tells what is due. TRUE: there is more for the next turn.  */
static gboolean
take_turn (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  guint8 outer_depth = priv->turn_depth;
  /* A handler runs a loop: bytes go on moving, and signals wait until it has returned.  */
  gboolean is_inner = priv->turns > 0 && priv->turn_epoch == priv->epoch;
  guint outer_epoch = priv->turn_epoch;
  guint epoch = priv->epoch;
  gboolean had_ops = priv->ops != NULL;
  gboolean more = FALSE;

  priv->turn_depth = sa_socket_get_depth ();
  priv->turn_epoch = epoch;
  priv->turns++;

  if (priv->queue.head != NULL && !sa_socket_is_retrying (priv))
    sa_socket_flush (self);
  if (G_UNLIKELY ((g_atomic_int_get (&priv->marks) & MARK_CANCELLED) != 0))
    sa_socket_serve_cancelled (self);
  if (priv->queue.done != NULL)
    sa_socket_tell_sent (self);
  if (G_UNLIKELY (priv->broken && priv->queue.head != NULL && priv->last_error != NULL))
    {
      g_autoptr (GError) error = g_error_copy (priv->last_error);

      sa_send_queue_release_calls (&priv->queue);
      sa_ending_finish (sa_ending_new (&priv->queue, priv->poller, error));
    }
  if (epoch == priv->epoch && priv->ops != NULL)
    sa_socket_serve_ops (self);

  /* The last of those who waited is gone: what it left is for the signals, which were silent for it.  */
  if (had_ops && epoch == priv->epoch && priv->ops == NULL &&
      (priv->due & (DUE_RECEIVE | DUE_ACCEPT)) == 0 && is_listened_to (self))
    sa_socket_look_again (self);

  if (G_UNLIKELY (is_inner))
    {
      priv->postponed = TRUE;
    }
  else if (epoch == priv->epoch && priv->held == 0 && !is_abandoned (self))
    {
      if ((priv->due & DUE_RECEIVE) == 0)
        priv->unsure = FALSE;
      more = tell (self) || priv->unsure;
    }
  if (priv->ops != NULL && priv->receivable)
    more = TRUE;
  priv->turns--;
  priv->turn_epoch = outer_epoch;
  priv->turn_depth = outer_depth;
  if (priv->touched)
    sa_socket_restart_idle_timer (self);
  if (G_UNLIKELY (priv->turns == 0 && (priv->postponed || epoch != priv->epoch)))
    {
      /* Also for what was begun on another connection inside of the turn of this one.  */
      catch_up (priv);
    }

  return more && epoch == priv->epoch;
}

static gboolean
take_guarded_turn (SaSocket *self,
                   const SaWatch *watch,
                   SaPollEvents events)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  gboolean outermost;
  gboolean more;

  if (G_UNLIKELY (!sa_socket_begin_turn (priv, &outermost)))
    {
      g_atomic_int_or (&priv->marks, MARK_MISSED | (guint) events << MISSED_EVENTS_SHIFT);
      /* The call may have ended just before.  */
      return g_atomic_int_get (&priv->guard) <= 0;
    }

  /* A thread may have closed the socket since the poller has chosen it.  */
  if (G_UNLIKELY (watch != NULL && !sa_watch_is_started (watch)))
    {
      sa_socket_end_turn (priv, outermost);
      return FALSE;
    }

  if (G_UNLIKELY ((g_atomic_int_get (&priv->marks) & MARK_MISSED) != 0))
    {
      guint marks = g_atomic_int_and (&priv->marks, MARK_CANCELLED);

      events |= marks >> MISSED_EVENTS_SHIFT;
      note_events (self, events);
      priv->receivable = TRUE;
      if (priv->want_send_ready && priv->queue.bytes <= priv->settings->low_water_mark &&
          sa_socket_is_writable (self))
        priv->due |= DUE_SEND;
      sa_socket_look_again (self);
    }
  else
    {
      note_events (self, events);
    }

  more = take_turn (self);
  sa_socket_end_turn (priv, outermost);

  return more;
}

gboolean
sa_socket_on_watch (SaWatch *watch,
                    SaPollEvents events)
{
  return take_guarded_turn (SA_SOCKET (watch->owner), watch, events);
}

/* Whether somebody would be told by a signal.  */
static gboolean
is_listened_to (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  SaSocketClass *klass = SA_SOCKET_GET_CLASS (self);

  if (priv->state == SA_SOCKET_STATE_LISTENING)
    return (priv->event_mask & SA_SOCKET_EVENT_ACCEPT) != 0 &&
           (klass->accept_ready != NULL ||
            g_signal_has_handler_pending (self, sa_socket_signals[SIGNAL_ACCEPT_READY], 0, TRUE));

  return (priv->event_mask & SA_SOCKET_EVENT_RECEIVE) != 0 &&
         (klass->receive_ready != NULL ||
          g_signal_has_handler_pending (self, sa_socket_signals[SIGNAL_RECEIVE_READY], 0, TRUE));
}

/* A call took something, and there may be more. Inside a turn the turn itself sees to it; a script that
 * never runs the loop pays nothing.  */
void
sa_socket_note_rest (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  if (!sa_socket_is_in_turn (priv) && (priv->due & (DUE_RECEIVE | DUE_ACCEPT)) == 0 &&
      (priv->ops != NULL || is_listened_to (self)))
    sa_socket_look_again (self);
}

static gboolean
on_idle (gpointer data)
{
  take_guarded_turn (SA_SOCKET (data), NULL, 0);

  /* No watch would bring a turn that was missed because of a call in another thread.  */
  return (g_atomic_int_get (&sa_socket_private (data)->marks) & MARK_MISSED) != 0;
}

/* A turn for a socket that is not watched any more.  */
void
sa_socket_take_turn_later (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, priv->priority);
  g_source_set_callback (source, on_idle, g_object_ref (self), g_object_unref);
  g_source_set_static_name (source, "[sockarch] last turn");
  g_source_attach (source, priv->context);
}

/* Something became due, or may have, outside of a turn.  */
void
sa_socket_look_again (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  if (priv->fd < 0 || !sa_watch_is_started (&priv->watch))
    return;

  priv->declined = 0;
  if (priv->receivable && !priv->receive_ended)
    {
      priv->due |= priv->state == SA_SOCKET_STATE_LISTENING ? DUE_ACCEPT : DUE_RECEIVE;
      priv->verify = TRUE;
    }

  if (!sa_socket_is_in_turn (priv))
    sa_watch_wake (&priv->watch);
}

/* The last wait of SA_WAIT_DISPATCH has ended: what happened meanwhile is told in the next turn.  */
void
sa_socket_release_held (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  if (priv->due == 0 && !priv->broken && !priv->send_ended)
    return;

  if (sa_watch_is_started (&priv->watch))
    sa_watch_wake (&priv->watch);
  else if (priv->due != 0)
    sa_socket_take_turn_later (self);
}
