/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-impl-private.h"

#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <netinet/in.h>
#include <unistd.h>

/* The descriptor of a SaSocket: how it comes, is watched, and goes.  */

SaPoller *
sa_socket_ensure_poller (SaSocket *self,
                         GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  if (priv->poller == NULL)
    priv->poller = sa_poller_get (priv->context, priv->priority, error);

  return priv->poller;
}

/* The priority, or the context before there was a descriptor, has changed.  */
void
sa_socket_move_to_poller (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  g_autoptr (GError) error = NULL;
  gboolean watched = sa_watch_is_started (&priv->watch);

  if (priv->poller == NULL)
    return;

  SaPoller *poller = sa_poller_get (priv->context, priv->priority, &error);

  /* Out of descriptors: it stays where it is served.  */
  if (poller == NULL)
    {
      SA_NOTE (SOCKET, self, "cannot move: %s", error->message);
      return;
    }

  sa_watch_stop (&priv->watch);
  sa_socket_stop_idle_timer (self);
  sa_socket_stop_retry (self);
  sa_poller_unref (priv->poller);
  priv->poller = poller;

  /* What was known about readiness is asked anew: a new registration reports what holds.  */
  if (watched && !sa_socket_start_watch (self, &error))
    sa_socket_break (self, error);
  else if (watched)
    sa_watch_wake (&priv->watch);

  sa_socket_restart_idle_timer (self);
}

gboolean
sa_socket_is_inet (SaSocketPrivate *priv)
{
  return priv->family == AF_INET || priv->family == AF_INET6;
}

/* From here on the descriptor is ours.  */
void
sa_socket_take_fd (SaSocket *self,
                   int fd,
                   int family)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  g_assert (priv->fd < 0);

  priv->fd = fd;
  priv->family = (guint16) family;
}

/* Everything is watched for by its edge: what was seen is remembered here, and a socket that is not touched
 * costs nothing, whatever state it is in.  */
gboolean
sa_socket_start_watch (SaSocket *self,
                       GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  SaPoller *poller = sa_socket_ensure_poller (self, error);
  gboolean listens = priv->listener != NULL && priv->listener->is_open;
  SaPollEvents interest = SA_POLL_IN;

  if (poller == NULL)
    return FALSE;

  if (!listens)
    interest |= SA_POLL_OUT;
  if (priv->type == G_SOCKET_TYPE_STREAM && !listens)
    interest |= SA_POLL_END | SA_POLL_URGENT;

  return sa_watch_start (&priv->watch, poller, priv->fd, interest, SA_POLL_EDGE, error);
}

/* Nothing is known yet about what the descriptor can do; the poller will say.  */
void
sa_socket_begin_connection (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  priv->due = 0;
  /* What a turn of the earlier connection missed is not about this one.  */
  g_atomic_int_and (&priv->marks, MARK_CANCELLED);
  priv->declined = 0;
  priv->unsure = FALSE;
  priv->arrived = 0;
  priv->verify = FALSE;
  priv->receivable = FALSE;
  priv->peer_finished = FALSE;
  priv->urgent = FALSE;
  priv->receive_ended = FALSE;
  priv->fin_wanted = FALSE;
  priv->send_ended = FALSE;
  priv->want_send_ready = TRUE;
  priv->broken = FALSE;
  priv->drop = FALSE;
  priv->closed_here = FALSE;
  priv->told_closed = FALSE;
  priv->peer.any.sa_family = AF_UNSPEC;
  g_clear_error (&priv->error);

  sa_socket_restart_idle_timer (self);
}

/* Closes the descriptor, whoever owns it.  */
void
sa_socket_drop_fd (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  int fd = priv->fd;

  sa_watch_stop (&priv->watch);
  sa_socket_stop_idle_timer (self);
  sa_socket_stop_retry (self);
  priv->fd = -1;
  if (fd < 0)
    return;

  if (priv->socket != NULL)
    {
      g_socket_close (priv->socket, NULL);
      g_clear_object (&priv->socket);
    }
  else
    {
      close (fd);
    }
}

/* The local address that was wished for counts no more.  */
void
sa_socket_forget_origin (SaSocket *self)
{
  SaSocketOrigin *origin = sa_socket_private (self)->origin;

  if (origin == NULL)
    return;

  g_clear_object (&origin->bind_to);
  origin->bind_port = 0;
}

/* Drops what belonged to a connection that is over, so that another may be made.  */
void
sa_socket_forget (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  sa_socket_drop_fd (self);
  sa_socket_begin_connection (self);
  sa_socket_forget_origin (self);
  priv->type = G_SOCKET_TYPE_STREAM;
  priv->file = NULL;
}

void
sa_socket_set_state (SaSocket *self,
                     SaSocketState state)
{
  static const char *const names[] = { "new", "bound", "connecting", "connected", "listening", "closed" };
  SaSocketPrivate *priv = sa_socket_private (self);

  if (priv->state == state)
    return;

  SA_NOTE (SOCKET, self, "%s -> %s, fd %d", names[priv->state], names[state], priv->fd);
  priv->state = (guint8) state;
  sa_socket_notify (self, PROP_STATE);
}

/* What ended the connection or a connect, for those who ask later.  */
void
sa_socket_keep_error (SaSocket *self,
                      const GError *error)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  SA_NOTE (SOCKET, self, "error: %s", error->message);
  g_clear_error (&priv->last_error);
  priv->last_error = g_error_copy (error);
}

void
sa_socket_stop_idle_timer (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  if (priv->idle_timer != NULL)
    sa_timer_stop (priv->idle_timer);
}

static void start_idle_timer (SaSocket *self);

static void
on_idle_timer (SaTimer *timer)
{
  SaSocket *self = SA_SOCKET (timer->owner);
  SaSocketPrivate *priv = sa_socket_private (self);
  gboolean outermost;

  /* How long a thread waits in a call is for SaSocket:timeout to say.  */
  if (!sa_socket_begin_turn (priv, &outermost))
    {
      start_idle_timer (self);
      return;
    }

  if (priv->touched)
    {
      /* In a loop inside a handler: its turn has not ended, and bytes came or went.  */
      sa_socket_restart_idle_timer (self);
    }
  else
    {
      g_autoptr (GError) error = g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                                              _("Nothing came or went for %u milliseconds"),
                                              priv->idle_timeout);

      priv->drop = TRUE;
      sa_socket_break (self, error);
    }
  sa_socket_end_turn (priv, outermost);
}

/* Most sockets have none: it is made when it is first started, and stays.  */
static void
start_idle_timer (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  if (priv->idle_timer == NULL)
    {
      priv->idle_timer = g_new (SaTimer, 1);
      sa_timer_init_beside (priv->idle_timer, &priv->watch, on_idle_timer);
    }
  sa_timer_start (priv->idle_timer, priv->poller,
                  g_get_monotonic_time () + (gint64) priv->idle_timeout * 1000);
}

void
sa_socket_restart_idle_timer (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  priv->touched = FALSE;
  if (priv->idle_timeout > 0 && priv->fd >= 0 && priv->state == SA_SOCKET_STATE_CONNECTED &&
      priv->type == G_SOCKET_TYPE_STREAM &&
      priv->poller != NULL)
    start_idle_timer (self);
  else
    sa_socket_stop_idle_timer (self);
}

/* A byte came or went. One look at the clock is enough for all of a turn.  */
void
sa_socket_touch (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  if (G_LIKELY (priv->idle_timeout == 0))
    return;

  if (priv->turn_depth != 0)
    priv->touched = TRUE;
  else
    sa_socket_restart_idle_timer (self);
}

gboolean
sa_socket_is_stream (SaSocket *self)
{
  return sa_socket_private (self)->type == G_SOCKET_TYPE_STREAM;
}

int
sa_socket_get_fd (SaSocket *self)
{
  return sa_socket_private (self)->fd;
}

guint
sa_socket_get_epoch (SaSocket *self)
{
  return sa_socket_private (self)->epoch;
}

/* Nobody wants what is left to receive: an error closes the descriptor at once.  */
void
sa_socket_drop_rest (SaSocket *self)
{
  sa_socket_private (self)->drop = TRUE;
}

SaPoller *
sa_socket_get_poller (SaSocket *self)
{
  return sa_socket_private (self)->poller;
}

gboolean
sa_socket_has_file (SaSocket *self,
                    gconstpointer file)
{
  return sa_socket_private (self)->file == file;
}

gboolean
sa_socket_claim_file (SaSocket *self,
                      gpointer file)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  if (priv->file != NULL)
    return FALSE;

  priv->file = file;

  return TRUE;
}

void
sa_socket_release_file (SaSocket *self,
                        gpointer file)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  if (priv->file == file)
    priv->file = NULL;
}
