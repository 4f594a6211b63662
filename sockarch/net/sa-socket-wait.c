/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-impl-private.h"
#include "sockarch/sa-cancel-private.h"
#include "sockarch/sa-unref-private.h"

#include <signal.h>
#include <unistd.h>

/* The three ways to wait.  */

/* Whether a signal handler of the program wants to run, and needs the wait to end for that: an interpreter
 * only notes the signal and does the rest when the call returns. Ordinary programs keep the default
 * action.  */
static gboolean
wants_interrupts (void)
{
  struct sigaction action;

  return sigaction (SIGINT, NULL, &action) == 0 &&
         ((action.sa_flags & SA_SIGINFO) != 0 ||
          (action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN));
}

gint64
sa_socket_deadline (SaSocket *self)
{
  guint timeout = sa_socket_private (self)->settings->timeout;

  return timeout > 0 ? g_get_monotonic_time () + (gint64) timeout * 1000 : G_MAXINT64;
}

void
sa_socket_begin_wait (SaSocket *self,
                      SaSocketWait *wait)
{
  if (wait->deadline != 0)
    return;

  wait->deadline = sa_socket_deadline (self);
  wait->cancels = sa_socket_get_cancels (sa_socket_private (self));
}

static int
milliseconds_left (gint64 deadline)
{
  gint64 left;

  if (deadline == G_MAXINT64)
    return -1;

  left = deadline - g_get_monotonic_time ();

  return (int) CLAMP ((left + 999) / 1000, 0, G_MAXINT);
}

static void
set_timed_out (SaSocket *self,
               GError **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, _("Nothing happened for %u milliseconds"),
               sa_socket_private (self)->settings->timeout);
}

static gboolean
check_cancelled (SaSocket *self,
                 const SaSocketWait *wait,
                 GCancellable *cancellable,
                 GError **error)
{
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  if (sa_socket_get_cancels (sa_socket_private (self)) != wait->cancels)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _("The blocking call was cancelled"));
      return FALSE;
    }

  return TRUE;
}

/* For calls that do not only wait: FALSE if it was cancelled, or its time has run out.  */
gboolean
sa_socket_check_wait (SaSocket *self,
                      const SaSocketWait *wait,
                      GCancellable *cancellable,
                      GError **error)
{
  if (!check_cancelled (self, wait, cancellable, error))
    return FALSE;
  if (milliseconds_left (wait->deadline) != 0)
    return TRUE;

  set_timed_out (self, error);

  return FALSE;
}

static void
set_interrupted (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _("The call was interrupted by a signal"));
}

/* A Unix datagram socket is writable while the queue of the one that it sends to is full: the kernel tells
 * nobody when there is room.  */
static gboolean
is_blind (SaSocketPrivate *priv,
          SaPollEvents what)
{
  return what == SA_POLL_OUT && priv->family == AF_UNIX && priv->type == G_SOCKET_TYPE_DATAGRAM;
}

/* How long to wait before looking again, where nobody tells, in milliseconds.  */
#define BLIND_STEP 5

/* Asks the kernel whether the descriptor is ready, and for as long as that takes sends what is queued: the
 * peer may wait for it before it answers. Returns as sa_socket_poll ().  */
static int
poll_and_flush (SaSocket *self,
                short events,
                struct pollfd *fds,
                guint n_fds,
                gint64 deadline)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  guint epoch = priv->epoch;
  gboolean blind = priv->queue.head != NULL && sa_socket_is_retrying (priv);
  int left = milliseconds_left (deadline);
  int n;

  fds[0].events = priv->queue.head != NULL && !blind && !priv->broken ? (short) (events | POLLOUT) : events;
  n = sa_socket_poll (self, fds, n_fds, blind && (left < 0 || left > BLIND_STEP) ? BLIND_STEP : left);
  if (epoch == priv->epoch &&
      (n == 0 ? blind : n > 0 && fds[0].revents == POLLOUT && (events & POLLOUT) == 0))
    sa_socket_flush (self);

  return n;
}

/* Blocks until the descriptor is ready, or sending what is queued has shown that the connection is over, or
 * another thread has changed something. The first of @fds is the socket, the second what wakes.  */
static gboolean
poll_until_ready (SaSocket *self,
                  SaPollEvents what,
                  SaSocketWait *wait,
                  struct pollfd *fds,
                  guint n_fds,
                  GCancellable *cancellable,
                  GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  short events = what == SA_POLL_IN ? POLLIN : is_blind (priv, what) ? 0 : POLLOUT;
  guint epoch = priv->epoch;
  gboolean woken = FALSE;

  while (check_cancelled (self, wait, cancellable, error))
    {
      int n;

      if (woken)
        return TRUE;

      n = poll_and_flush (self, events, fds, n_fds, wait->deadline);
      if (epoch != priv->epoch)
        return TRUE;
      if (n == -EINTR)
        {
          if (priv->settings->interruptible && wants_interrupts ())
            {
              set_interrupted (error);
              return FALSE;
            }
          continue;
        }

      if (n > 0 && (fds[0].revents & ~(POLLOUT & ~events)) != 0)
        return TRUE;
      if (priv->broken && priv->error != NULL)
        return TRUE;
      if (milliseconds_left (wait->deadline) == 0)
        {
          set_timed_out (self, error);
          return FALSE;
        }
      woken = n > 0 && sa_socket_take_wakeup (&fds[1]);
    }

  return FALSE;
}

/* What is allowed, and seldom meant: said once.  */
static void
note_misuse (SaSocket *self)
{
  static gboolean said;
  GMainContext *context = sa_socket_private (self)->context;

  if (said)
    return;

  if (g_main_context_is_owner (context))
    {
      said = g_main_depth () > 0;
      if (said)
        SA_NOTE (SOCKET, self, "blocks the main loop that it belongs to: see SaSocket:wait-policy");
      return;
    }

  said = !g_main_context_acquire (context);
  if (said)
    SA_NOTE (SOCKET, self, "is used in a thread while another runs its main context: see sa_socket_detach()");
  else
    g_main_context_release (context);
}

static gboolean
wait_blocking (SaSocket *self,
               SaPollEvents what,
               SaSocketWait *wait,
               GCancellable *cancellable,
               GError **error)
{
  struct pollfd fds[3] = { { .fd = sa_socket_private (self)->fd }, { .events = POLLIN } };
  GPollFD cancel_fd = { .fd = -1 };
  SaSleeper sleeper;
  guint n_fds = 2;
  gboolean success;

  /* poll () leaves out what is no descriptor.  */
  fds[1].fd = sa_socket_begin_sleep (self, &sleeper);
  if (cancellable != NULL && g_cancellable_make_pollfd (cancellable, &cancel_fd))
    {
      fds[n_fds].fd = cancel_fd.fd;
      fds[n_fds++].events = POLLIN;
    }

  if (G_UNLIKELY (sa_debug_get_flags () & SA_DEBUG_SOCKET))
    note_misuse (self);

  success = poll_until_ready (self, what, wait, fds, n_fds, cancellable, error);

  sa_socket_end_sleep (self, &sleeper);
  if (cancel_fd.fd >= 0)
    g_cancellable_release_fd (cancellable);

  return success;
}

typedef struct
{
  SaTimer timer;         /* ends the wait */
  GMainContext *context; /* what to wake */
  gboolean expired;      /* the timer ran */
} SaDispatchWait;

static void
on_deadline (SaTimer *timer)
{
  SaDispatchWait *dispatch =
      (SaDispatchWait *) (void *) ((char *) timer - G_STRUCT_OFFSET (SaDispatchWait, timer));

  dispatch->expired = TRUE;
}

static void
on_cancelled (GCancellable *cancellable,
              gpointer context)
{
  g_main_context_wakeup (context);
}

typedef gboolean (*SaWaitCondition) (SaSocket *self, gconstpointer data);

/* Iterates the socket's context until the condition holds.  */
static gboolean
iterate_until (SaSocket *self,
               SaWaitCondition condition,
               gconstpointer data,
               SaSocketWait *wait,
               GCancellable *cancellable,
               GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  SaSocketClass *klass = SA_SOCKET_GET_CLASS (self);
  SaDispatchWait dispatch = { .context = priv->context };
  guint epoch = priv->epoch;
  SaCancel cancel = { NULL };
  gboolean success = FALSE;

  sa_timer_init (&dispatch.timer, NULL, on_deadline);
  if (wait->deadline != G_MAXINT64)
    sa_timer_start (&dispatch.timer, priv->poller, wait->deadline);
  sa_cancel_set (&cancel, cancellable, G_CALLBACK (on_cancelled), priv->context,
                 (GBoxedCopyFunc) g_main_context_ref, (GDestroyNotify) g_main_context_unref);

  while (check_cancelled (self, wait, cancellable, error))
    {
      if (condition (self, data))
        {
          success = TRUE;
          break;
        }
      if (epoch != priv->epoch)
        {
          sa_socket_set_ended_meanwhile (self, error);
          break;
        }
      if (dispatch.expired)
        {
          set_timed_out (self, error);
          break;
        }

      if (klass->message_pending != NULL)
        klass->message_pending (self);
      if (sa_socket_get_cancels (priv) == wait->cancels && epoch == priv->epoch)
        g_main_context_iteration (priv->context, TRUE);
    }

  sa_cancel_clear (&cancel);
  sa_timer_stop (&dispatch.timer);

  return success;
}

/* Why the connection is broken, which is not always known.  */
void
sa_socket_set_broken (SaSocket *self,
                      GError **error)
{
  const SaSocketPrivate *priv = sa_socket_private (self);

  if (priv->last_error != NULL)
    g_propagate_error (error, g_error_copy (priv->last_error));
  else
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED,
                         _("The peer has closed the connection"));
}

/* The connection of a call is over before its wait: the peer or the network ended it, or the program did.  */
void
sa_socket_set_ended_meanwhile (SaSocket *self,
                               GError **error)
{
  const SaSocketPrivate *priv = sa_socket_private (self);

  if (!priv->closed_here && (priv->broken || priv->state == SA_SOCKET_STATE_CLOSED))
    sa_socket_set_broken (self, error);
  else
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, _("The socket was closed during the call"));
}

/* Iterates, and holds the signals of the socket back meanwhile.  */
static gboolean
wait_dispatching (SaSocket *self,
                  SaWaitCondition condition,
                  gconstpointer data,
                  SaSocketWait *wait,
                  GCancellable *cancellable,
                  GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  gboolean success;

  if (sa_socket_ensure_poller (self, error) == NULL)
    return FALSE;

  if (!g_main_context_acquire (priv->context))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY,
                           _("The main context of the socket is run by another thread: call it from there"));
      return FALSE;
    }

  priv->held++;

  success = iterate_until (self, condition, data, wait, cancellable, error);

  priv->held--;
  if (priv->held == 0)
    sa_socket_release_held (self);
  g_main_context_release (priv->context);

  return success;
}

static gboolean
has_arrived (SaSocket *self,
             gconstpointer data)
{
  SaPollEvents what = *(const SaPollEvents *) data | SA_POLL_HANGUP | SA_POLL_ERROR;
  SaSocketPrivate *priv = sa_socket_private (self);

  if ((*(const SaPollEvents *) data & SA_POLL_IN) != 0)
    what |= SA_POLL_END;

  return (priv->arrived & what) != 0 || priv->broken;
}

static gboolean
has_broken (SaSocket *self,
            gconstpointer data)
{
  return sa_socket_private (self)->broken;
}

static void
set_would_block (SaPollEvents what,
                 GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK,
                       what == SA_POLL_IN ? _("Nothing is there yet: wait for the signal")
                                          : _("There is no room to send: wait for SaSocket::send-ready"));
}

static gboolean
wait_by_policy (SaSocket *self,
                SaPollEvents what,
                SaSocketWait *wait,
                GCancellable *cancellable,
                GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  if (priv->wait_policy == SA_WAIT_BLOCK)
    return wait_blocking (self, what, wait, cancellable, error);

  priv->arrived &= (guint8) ~(what | SA_POLL_END | SA_POLL_HANGUP | SA_POLL_ERROR);

  return wait_dispatching (self, is_blind (priv, what) ? has_broken : has_arrived, &what, wait, cancellable,
                           error);
}

static gboolean
wait_blindly (SaSocket *self,
              SaPollEvents what,
              SaSocketWait *wait,
              GCancellable *cancellable,
              GError **error)
{
  gint64 step_ends = g_get_monotonic_time () + BLIND_STEP * 1000;
  SaSocketWait step = { MIN (wait->deadline, step_ends), wait->cancels, FALSE };
  g_autoptr (GError) local = NULL;

  if (wait_by_policy (self, what, &step, cancellable, &local) ||
      (step_ends < wait->deadline && g_error_matches (local, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local));

  return FALSE;
}

/* Waits as the wait policy says, after a call has found nothing (or no room) there. TRUE: look again.  */
gboolean
sa_socket_wait (SaSocket *self,
                SaPollEvents what,
                SaSocketWait *wait,
                GCancellable *cancellable,
                GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  guint epoch = priv->epoch;
  gboolean success;

  if (priv->wait_policy == SA_WAIT_NEVER)
    {
      set_would_block (what, error);
      return FALSE;
    }
  /* Threads that send stand in the queue, one behind the other.  */
  if ((priv->waiting & what) != 0 && (what != SA_POLL_OUT || priv->wait_policy != SA_WAIT_BLOCK))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PENDING,
                           _("Another call on the socket waits for the same already"));
      return FALSE;
    }

  /* It broke, and nothing is left that was received before: that would have been found. Otherwise the kernel
   * has just said that there is no error, or has given it away.  */
  if (priv->broken && priv->error != NULL)
    {
      g_propagate_error (error, g_error_copy (priv->error));
      return FALSE;
    }
  if (what == SA_POLL_IN)
    priv->broken = FALSE;

  sa_socket_begin_wait (self, wait);
  /* The kernel may say again and again that there is something, and have nothing.  */
  if (wait->again && !sa_socket_check_wait (self, wait, cancellable, error))
    return FALSE;

  wait->again = TRUE;
  g_object_ref (self);
  priv->waiting |= (guint8) what;
  g_atomic_int_inc (&sa_socket_ensure_callers (priv)->waiters);
  success = is_blind (priv, what) ? wait_blindly (self, what, wait, cancellable, error)
                                  : wait_by_policy (self, what, wait, cancellable, error);
  g_atomic_int_add (&priv->callers->waiters, -1);
  priv->waiting &= (guint8) ~what;
  if (success && epoch != priv->epoch)
    {
      sa_socket_set_ended_meanwhile (self, error);
      success = FALSE;
    }
  sa_unref_after_wait (self, priv->context);

  return success;
}

static gboolean
flag_is_set (SaSocket *self,
             gconstpointer flag)
{
  return *(const gboolean *) flag;
}

/* Whether poll () was interrupted, in this thread.  */
static GPrivate interrupted;

static int
poll_noting_interrupts (GPollFD *fds,
                        guint n_fds,
                        int timeout)
{
  int n = g_poll (fds, n_fds, timeout);

  if (n < 0 && errno == EINTR)
    {
      g_private_set (&interrupted, GINT_TO_POINTER (TRUE));
      errno = EINTR;
    }

  return n;
}

/* A context for a call that blocks and yet has several things to wait for. Without descriptors
 * g_main_context_new () ends the program, so they are tried for first.  */
GMainContext *
sa_socket_make_private_context (GError **error)
{
  GMainContext *context;
  int ends[2];

  if (pipe (ends) < 0)
    {
      g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (errno), _("Could not begin to wait: %s"),
                   g_strerror (errno));
      return NULL;
    }
  close (ends[0]);
  close (ends[1]);
  context = g_main_context_new ();

  g_main_context_set_poll_func (context, poll_noting_interrupts);

  return context;
}

static gboolean
block_on_context (SaSocket *self,
                  const gboolean *flag,
                  GMainContext *context,
                  SaSocketWait *wait,
                  GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  gboolean success = TRUE;

  g_private_set (&interrupted, NULL);
  while (success && !*flag)
    {
      g_main_context_iteration (context, TRUE);
      success = check_cancelled (self, wait, NULL, error);
      if (success && !*flag && g_private_get (&interrupted) != NULL && priv->settings->interruptible &&
          wants_interrupts ())
        {
          set_interrupted (error);
          success = FALSE;
        }
      g_private_set (&interrupted, NULL);
    }

  return success;
}

/* Waits until something else has set the flag: by iterating @context, or the socket's own one if it is
 * NULL.  */
gboolean
sa_socket_wait_for_flag (SaSocket *self,
                         const gboolean *flag,
                         GMainContext *context,
                         GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  SaSocketWait wait = { G_MAXINT64, sa_socket_get_cancels (priv), FALSE };
  gboolean success;

  g_object_ref (self);
  g_atomic_int_inc (&sa_socket_ensure_callers (priv)->waiters);
  if (context != NULL)
    success = block_on_context (self, flag, context, &wait, error);
  else
    success = wait_dispatching (self, flag_is_set, flag, &wait, NULL, error);
  g_atomic_int_add (&priv->callers->waiters, -1);
  sa_unref_after_wait (self, priv->context);

  return success;
}

/**
 * sa_socket_is_blocking:
 * @self: a #SaSocket
 *
 * Whether a call on this socket is waiting now (MFC's IsBlocking): further up the stack, or in another
 * thread.
 *
 * Returns: %TRUE if a call waits
 * Since: 1.0
 */
gboolean
sa_socket_is_blocking (SaSocket *self)
{
  SaCallers *callers;

  g_return_val_if_fail (SA_IS_SOCKET (self), FALSE);

  callers = g_atomic_pointer_get (&sa_socket_private (self)->callers);

  return callers != NULL && g_atomic_int_get (&callers->waiters) > 0;
}

/**
 * sa_socket_cancel_blocking_call:
 * @self: a #SaSocket
 *
 * Ends the calls that wait on this socket now, with %G_IO_ERROR_CANCELLED (MFC's CancelBlockingCall). It may
 * be called from any thread. If no call waits nothing happens; asynchronous calls are not touched.
 *
 * Since: 1.0
 */
void
sa_socket_cancel_blocking_call (SaSocket *self)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  g_return_if_fail (SA_IS_SOCKET (self));

  g_atomic_int_inc (&sa_socket_ensure_callers (priv)->cancels);
  g_main_context_wakeup (priv->context);
  sa_socket_wake_sleepers (self);
}
