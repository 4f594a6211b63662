/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-impl-private.h"

#include <fcntl.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/eventfd.h>
#endif

/* Who has a socket: the loop, for a turn, or calls of SA_WAIT_BLOCK. Of those there may be several, in
 * threads: one may receive while another sends. They touch the socket one at a time, and let others at it
 * while they sleep.  */

/* Protects the lists of those who sleep, of all sockets. It is taken only by calls that wait, and by what
 * ends such waits.  */
static GMutex sleep_lock;

/* Each thread that ever blocked has one pair of descriptors by which it is woken, as long as it lives.  */
typedef struct
{
  int read_fd;
  int write_fd;
} SaWakeup;

static void
wakeup_free (gpointer data)
{
  SaWakeup *wakeup = data;

  if (wakeup->write_fd != wakeup->read_fd)
    close (wakeup->write_fd);
  close (wakeup->read_fd);
  g_free (wakeup);
}

static GPrivate thread_wakeup = G_PRIVATE_INIT (wakeup_free);

/* NULL when there are no descriptors left: then the thread sleeps until its time is over, or the descriptor
 * is ready.  */
static SaWakeup *
get_wakeup (void)
{
  SaWakeup *wakeup = g_private_get (&thread_wakeup);
  int fds[2];

  if (wakeup != NULL)
    return wakeup;

#ifdef __linux__
  fds[0] = fds[1] = eventfd (0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (fds[0] < 0)
    return NULL;
#else
  if (pipe (fds) < 0)
    return NULL;
  for (int i = 0; i < 2; i++)
    {
      fcntl (fds[i], F_SETFL, O_NONBLOCK);
      fcntl (fds[i], F_SETFD, FD_CLOEXEC);
    }
#endif

  wakeup = g_new (SaWakeup, 1);
  wakeup->read_fd = fds[0];
  wakeup->write_fd = fds[1];
  g_private_set (&thread_wakeup, wakeup);

  return wakeup;
}

SaCallers *
sa_socket_ensure_callers (SaSocketPrivate *priv)
{
  SaCallers *callers = g_atomic_pointer_get (&priv->callers);

  if (G_LIKELY (callers != NULL))
    return callers;

  callers = g_new0 (SaCallers, 1);
  g_mutex_init (&callers->lock);
  if (g_atomic_pointer_compare_and_exchange (&priv->callers, NULL, callers))
    return callers;

  /* Another thread was faster.  */
  g_mutex_clear (&callers->lock);
  g_free (callers);

  return g_atomic_pointer_get (&priv->callers);
}

void
sa_socket_free_callers (SaSocketPrivate *priv)
{
  if (priv->callers == NULL)
    return;

  g_mutex_clear (&priv->callers->lock);
  g_clear_pointer (&priv->callers, g_free);
}

/* How often waits were cancelled.  */
int
sa_socket_get_cancels (const SaSocketPrivate *priv)
{
  const SaCallers *callers = g_atomic_pointer_get ((SaCallers **) &priv->callers);

  return callers != NULL ? g_atomic_int_get (&callers->cancels) : 0;
}

/* Begins to touch the socket. FALSE: there are no such calls, or this thread does so already, further up the
 * stack.  */
gboolean
sa_socket_lock_calls (SaSocketPrivate *priv)
{
  SaCallers *callers = g_atomic_pointer_get (&priv->callers);
  GThread *self;

  if (callers == NULL)
    return FALSE;

  self = g_thread_self ();
  if (g_atomic_pointer_get (&callers->owner) == self)
    return FALSE;

  g_mutex_lock (&callers->lock);
  g_atomic_pointer_set (&callers->owner, self);

  return TRUE;
}

void
sa_socket_unlock_calls (SaSocketPrivate *priv,
                        gboolean locked)
{
  if (!locked)
    return;

  g_atomic_pointer_set (&priv->callers->owner, NULL);
  g_mutex_unlock (&priv->callers->lock);
}

/* FALSE: a turn of the loop goes on in another thread.  */
static gboolean
enter_now (SaSocket *self,
           SaEntered *entered)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  *entered = SA_ENTERED_NONE;
  if (priv->wait_policy != SA_WAIT_BLOCK)
    return TRUE;

  sa_socket_ensure_callers (priv);
  while (TRUE)
    {
      int guard = g_atomic_int_get (&priv->guard);

      if (guard < 0)
        return g_main_context_is_owner (priv->context);
      if (!g_atomic_int_compare_and_exchange (&priv->guard, guard, guard + 1))
        continue;

      *entered = sa_socket_lock_calls (priv) ? SA_ENTERED_OUTER : SA_ENTERED_INNER;
      return TRUE;
    }
}

/* How long to leave a turn alone that goes on in another thread, in microseconds: mostly that is soon over,
 * but a handler may run a dialog.  */
static void
sleep_for_turn (guint n_slept)
{
  g_usleep (n_slept < 50 ? 100 : 2000);
}

/* The threads of a script block on sockets whose loop runs elsewhere: the loop is kept out meanwhile, and
 * catches up afterwards. In the thread that runs the loop there is nothing to be kept out of.  */
SaEntered
sa_socket_enter (SaSocket *self)
{
  SaEntered entered;

  for (guint n = 0; !enter_now (self, &entered); n++)
    sleep_for_turn (n);

  return entered;
}

/* Whether another thread is in a connect of SA_WAIT_BLOCK: it alone may touch what it has begun.  */
static gboolean
connects_elsewhere (SaSocket *self)
{
  GMainContext *context;
  gboolean connects;

  g_mutex_lock (&sleep_lock);
  context = sa_socket_origin (sa_socket_private (self))->wake_context;
  connects = context != NULL && !g_main_context_is_owner (context);
  g_mutex_unlock (&sleep_lock);

  return connects;
}

/* The same for what ends the connection. A handler that blocks in a call itself, or a connect, would keep it
 * from that: they end.  */
SaEntered
sa_socket_enter_to_end (SaSocket *self)
{
  SaEntered entered;

  for (guint n = 0;; n++)
    {
      if (enter_now (self, &entered))
        {
          if (G_LIKELY (!connects_elsewhere (self)))
            return entered;
          sa_socket_leave (self, entered);
        }

      sa_socket_cancel_blocking_call (self);
      sleep_for_turn (n);
    }
}

/* The same for calls that wait, and can be ended.  */
gboolean
sa_socket_enter_call (SaSocket *self,
                      SaEntered *entered,
                      GCancellable *cancellable,
                      GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  SaSocketWait wait = { 0 };
  gboolean success = TRUE;

  if (G_LIKELY (enter_now (self, entered)))
    return TRUE;

  sa_socket_begin_wait (self, &wait);
  g_atomic_int_inc (&priv->callers->waiters);
  for (guint n = 0; success && !enter_now (self, entered); n++)
    {
      sleep_for_turn (n);
      success = sa_socket_check_wait (self, &wait, cancellable, error);
    }
  g_atomic_int_add (&priv->callers->waiters, -1);

  return success;
}

/* While a connection is being set up in a thread that does not run the loop: that must not tell of it
 * before.  */
SaEntered
sa_socket_enter_elsewhere (SaSocket *self)
{
  return g_main_context_is_owner (sa_socket_private (self)->context) ? SA_ENTERED_NONE
                                                                     : sa_socket_enter (self);
}

void
sa_socket_leave (SaSocket *self,
                 SaEntered entered)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  if (entered == SA_ENTERED_NONE)
    return;

  sa_socket_unlock_calls (priv, entered == SA_ENTERED_OUTER);

  /* In this order: a turn that finds the guard taken has marked it before we look.  */
  g_atomic_int_add (&priv->guard, -1);
  if (G_UNLIKELY ((g_atomic_int_get (&priv->marks) & MARK_MISSED) != 0))
    sa_watch_wake (&priv->watch);
}

/* The call goes to sleep until something wakes it; the others may touch the socket. Returns what it is to
 * poll, or -1.  */
int
sa_socket_begin_sleep (SaSocket *self,
                       SaSleeper *sleeper)
{
  SaCallers *callers = sa_socket_ensure_callers (sa_socket_private (self));
  const SaWakeup *wakeup = get_wakeup ();

  sleeper->fd = wakeup != NULL ? wakeup->write_fd : -1;
  g_mutex_lock (&sleep_lock);
  sleeper->next = callers->sleepers;
  callers->sleepers = sleeper;
  g_mutex_unlock (&sleep_lock);

  return wakeup != NULL ? wakeup->read_fd : -1;
}

void
sa_socket_end_sleep (SaSocket *self,
                     SaSleeper *sleeper)
{
  SaSleeper **place = &sa_socket_private (self)->callers->sleepers;

  g_mutex_lock (&sleep_lock);
  while (*place != sleeper)
    place = &(*place)->next;
  *place = sleeper->next;
  g_mutex_unlock (&sleep_lock);
}

/* Polls, and lets others touch the socket meanwhile. Returns as poll (), but the errno, negative, for a
 * failure.  */
int
sa_socket_poll (SaSocket *self,
                struct pollfd *fds,
                guint n_fds,
                int milliseconds)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  gboolean locked = g_atomic_pointer_get (&priv->callers->owner) == g_thread_self ();
  int n;

  sa_socket_unlock_calls (priv, locked);
  n = sa_socket_system->poll (fds, n_fds, milliseconds);
  if (n < 0)
    n = -errno;
  if (locked)
    sa_socket_lock_calls (priv);

  return n;
}

/* Whether the thread was woken, perhaps late: the byte may have been meant for a wait before this one.  */
gboolean
sa_socket_take_wakeup (const struct pollfd *wakeup)
{
  guint64 drained;

  return wakeup->revents != 0 && read (wakeup->fd, &drained, sizeof drained) > 0;
}

static void
wake (const SaSleeper *sleeper)
{
  static const guint64 one = 1;

  if (sleeper->fd >= 0 && write (sleeper->fd, &one, sizeof one) < 0)
    SA_NOTE (SOCKET, NULL, "fd %d: is being woken already", sleeper->fd);
}

/* Calls that sleep look again: something happened of which the kernel tells them nothing.  */
void
sa_socket_wake_sleepers (SaSocket *self)
{
  const SaWakeup *own = g_private_get (&thread_wakeup);
  SaSocketPrivate *priv = sa_socket_private (self);
  const SaCallers *callers = g_atomic_pointer_get (&priv->callers);
  const SaSleeper *sleeper;

  g_mutex_lock (&sleep_lock);
  for (sleeper = callers != NULL ? callers->sleepers : NULL; sleeper != NULL; sleeper = sleeper->next)
    if (own == NULL || sleeper->fd != own->write_fd)
      wake (sleeper);
  if (sa_socket_origin (priv)->wake_context != NULL)
    g_main_context_wakeup (sa_socket_origin (priv)->wake_context);
  g_mutex_unlock (&sleep_lock);
}

/* A connect goes on in @context, which is its own, or NULL: not any more.  */
void
sa_socket_set_wake_context (SaSocket *self,
                            GMainContext *context)
{
  g_mutex_lock (&sleep_lock);
  sa_socket_change_origin (sa_socket_private (self))->wake_context = context;
  g_mutex_unlock (&sleep_lock);
}
