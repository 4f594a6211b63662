/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define _GNU_SOURCE

#include "config.h"

#ifdef SA_POLLER_EPOLL

#include "sockarch/net/sa-poller-backend-private.h"
#include "sockarch/sa-debug-private.h"
#include "sockarch/sa-i18n-private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

/* One epoll instance for all watches: GLib polls its descriptor, and a turn of the loop costs the same
 * however many there are.  */

/* Events taken in one call.  */
#define MAX_EVENTS 256

static guint32
to_epoll (SaPollEvents events)
{
  return (events & SA_POLL_IN ? EPOLLIN : 0) |
         (events & SA_POLL_OUT ? EPOLLOUT : 0) |
         (events & SA_POLL_URGENT ? EPOLLPRI : 0) |
         (events & SA_POLL_END ? EPOLLRDHUP : 0);
}

static SaPollEvents
from_epoll (guint32 events)
{
  return (events & EPOLLIN ? SA_POLL_IN : 0) |
         (events & EPOLLOUT ? SA_POLL_OUT : 0) |
         (events & EPOLLPRI ? SA_POLL_URGENT : 0) |
         (events & EPOLLRDHUP ? SA_POLL_END : 0) |
         (events & EPOLLHUP ? SA_POLL_HANGUP : 0) |
         (events & EPOLLERR ? SA_POLL_ERROR : 0);
}

static gboolean
open_epoll (int *fd,
            GError **error)
{
  /* A child process must not inherit the set: what it did to it would be done to ours.  */
  *fd = epoll_create1 (EPOLL_CLOEXEC);
  if (*fd >= 0)
    return TRUE;

  int code = errno;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
               _("Could not create an epoll instance: %s"), g_strerror (code));

  return FALSE;
}

static gboolean
sa_poller_epoll_open (SaPoller *self,
                      GError **error)
{
  return open_epoll (&self->poll.fd, error);
}

static void
sa_poller_epoll_close (SaPoller *self)
{
  if (self->poll.fd >= 0)
    close (self->poll.fd);
  self->poll.fd = -1;
}

static int
control (SaPoller *self,
         int epoll_fd,
         int operation,
         const SaWatch *watch,
         SaPollEvents interest)
{
  struct epoll_event event = { 0, };

  event.events = to_epoll (interest) | (watch->mode == SA_POLL_EDGE ? (guint32) EPOLLET : 0);
  event.data.u64 = (guint64) self->slots[watch->slot].generation << 32 | watch->slot;
  SA_POLLER_COUNT (self, updates, 1);

  return epoll_ctl (epoll_fd, operation, watch->poll.fd, &event);
}

static gboolean
sa_poller_epoll_update (SaPoller *self,
                        SaWatch *watch,
                        SaPollEvents interest,
                        GError **error)
{
  if (interest == 0)
    {
      /* Fails where the descriptor was closed too early: then there is nothing left to remove.  */
      if (watch->registered)
        control (self, self->poll.fd, EPOLL_CTL_DEL, watch, 0);
      watch->registered = FALSE;
      return TRUE;
    }

  if (control (self, self->poll.fd, watch->registered ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, watch, interest) == 0)
    {
      watch->registered = TRUE;
      return TRUE;
    }

  int code = errno;
  g_set_error (error, G_IO_ERROR,
               code == EPERM ? G_IO_ERROR_NOT_SUPPORTED : (int) g_io_error_from_errno (code),
               _("Could not watch descriptor %d: %s"), watch->poll.fd, g_strerror (code));

  return FALSE;
}

/* A descriptor was closed before its watch was stopped, while a copy of it lives on (in a child process,
 * say). It cannot be taken out of the set any more, and would wake the loop for ever: the set is made anew
 * without it, under the same number, so that GLib need not know.  */
static void
rebuild (SaPoller *self)
{
  g_autoptr (GError) error = NULL;
  int fd;

  if (!open_epoll (&fd, &error))
    {
      SA_NOTE (POLLER, self, "cannot rid the set of a descriptor closed too early: %s", error->message);
      return;
    }

  for (guint i = 0; i < self->n_slots; i++)
    {
      SaWatch *watch = self->slots[i].watch;

      if (watch != NULL && watch->registered &&
          control (self, fd, EPOLL_CTL_ADD, watch, watch->interest) != 0)
        watch->registered = FALSE;
    }

  if (dup3 (fd, self->poll.fd, O_CLOEXEC) < 0)
    SA_NOTE (POLLER, self, "cannot replace the set: %s", g_strerror (errno));
  close (fd);
  SA_NOTE (POLLER, self, "a descriptor was closed before its watch was stopped; made a new set");
}

static gboolean
sa_poller_epoll_check (SaPoller *self)
{
  return self->poll.revents != 0;
}

/* One question to the kernel; returns how many it named.  */
static int
take_batch (SaPoller *self,
            gboolean *stale)
{
  struct epoll_event events[MAX_EVENTS];
  int n = epoll_wait (self->poll.fd, events, MAX_EVENTS, 0);

  SA_POLLER_COUNT (self, polls, 1);
  for (int i = 0; i < n; i++)
    {
      guint32 index = (guint32) events[i].data.u64;
      const SaPollerSlot *slot = index < self->n_slots ? &self->slots[index] : NULL;

      SA_POLLER_COUNT (self, events, 1);
      SA_POLLER_COUNT (self, visits, 1);
      if (slot != NULL && slot->watch != NULL && slot->generation == events[i].data.u64 >> 32)
        {
          sa_poller_add_event (self, slot->watch, from_epoll (events[i].events));
        }
      else
        {
          SA_POLLER_COUNT (self, stale, 1);
          *stale = TRUE;
        }
    }

  return n;
}

/* All that are ready now are named before anyone has a turn, so that the first round is as fair as any other.
 * The kernel names those in level mode again and again, one after the other: hence the limit. In a turn for
 * work that was left GLib has just asked, and may have heard of nothing.  */
static void
sa_poller_epoll_collect (SaPoller *self)
{
  gboolean stale = FALSE;
  gsize left = self->stats.watches / MAX_EVENTS + 1;

  if (self->poll.revents == 0)
    return;

  self->poll.revents = 0;
  while (take_batch (self, &stale) == MAX_EVENTS && --left > 0)
    continue;

  if (stale)
    rebuild (self);
}

const SaPollerBackend sa_poller_backend_epoll = {
  .name = "epoll",
  .open = sa_poller_epoll_open,
  .close = sa_poller_epoll_close,
  .update = sa_poller_epoll_update,
  .check = sa_poller_epoll_check,
  .collect = sa_poller_epoll_collect,
};

#endif
