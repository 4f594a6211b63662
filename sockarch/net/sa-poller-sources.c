/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define _GNU_SOURCE

#include "config.h"

#include "sockarch/net/sa-poller-backend-private.h"

#include <poll.h>

/* Where there is no epoll, GLib polls every descriptor itself, as it does with any GSource: correct
 * everywhere, but each turn of the loop costs time for each watch.
 *
 * poll () knows levels only. In edge mode a condition that was reported is not polled for again until the
 * owner says with sa_watch_rearm () that it saw its end. So an owner who reads nothing hears of no further
 * bytes until it has read, whereas with epoll it is told again.  */

#ifndef POLLRDHUP
#define POLLRDHUP 0
#endif

#define ALWAYS (SA_POLL_HANGUP | SA_POLL_ERROR)

static gboolean
sa_poller_sources_open (SaPoller *self,
                        GError **error)
{
  return TRUE;
}

static void
sa_poller_sources_close (SaPoller *self)
{
}

/* Polls for what is of interest and not reported yet. poll () reports a hang-up whatever is asked of it,
 * so that the descriptor has to leave the set when that was told.  */
static void
apply (SaPoller *self,
       SaWatch *watch,
       SaPollEvents interest)
{
  SaPollEvents events = watch->mode == SA_POLL_EDGE ? interest & watch->armed : interest;
  gboolean wanted = interest != 0 && (watch->mode == SA_POLL_LEVEL || (watch->armed & ALWAYS) != 0);

  watch->poll.events = (gushort) ((events & SA_POLL_IN ? POLLIN : 0) |
                                  (events & SA_POLL_OUT ? POLLOUT : 0) |
                                  (events & SA_POLL_URGENT ? POLLPRI : 0) |
                                  (events & SA_POLL_END ? POLLRDHUP : 0));
  if (wanted == watch->registered)
    return;

  watch->registered = wanted;
  watch->poll.revents = 0;
  SA_POLLER_COUNT (self, updates, 1);
  if (wanted)
    g_source_add_poll (&self->source, &watch->poll);
  else
    g_source_remove_poll (&self->source, &watch->poll);
}

static gboolean
sa_poller_sources_update (SaPoller *self,
                          SaWatch *watch,
                          SaPollEvents interest,
                          GError **error)
{
  watch->armed = (guint8) (interest | ALWAYS);
  apply (self, watch, interest);

  /* A thread that is just polling does not know of the change.  */
  if (watch->registered && !g_main_context_is_owner (self->context))
    g_main_context_wakeup (self->context);

  return TRUE;
}

/* GLib has just asked the kernel. Not every time it does so comes here, so that what was taken since may look
 * older than it is: then an event is verified for nothing.  */
static gboolean
sa_poller_sources_check (SaPoller *self)
{
  SA_POLLER_COUNT (self, polls, 1);
  for (guint i = 0; i < self->n_slots; i++)
    if (self->slots[i].watch != NULL && self->slots[i].watch->poll.revents != 0)
      return TRUE;

  return FALSE;
}

static void
sa_poller_sources_collect (SaPoller *self)
{
  for (guint i = 0; i < self->n_slots; i++)
    {
      SaWatch *watch = self->slots[i].watch;

      SA_POLLER_COUNT (self, visits, 1);
      if (watch == NULL || watch->poll.revents == 0)
        continue;

      guint revents = watch->poll.revents;
      SaPollEvents events = (revents & POLLIN ? SA_POLL_IN : 0) |
                            (revents & POLLOUT ? SA_POLL_OUT : 0) |
                            (revents & POLLPRI ? SA_POLL_URGENT : 0) |
                            (revents & POLLRDHUP ? SA_POLL_END : 0) |
                            (revents & POLLHUP ? SA_POLL_HANGUP : 0) |
                            (revents & (POLLERR | POLLNVAL) ? SA_POLL_ERROR : 0);

      watch->poll.revents = 0;
      if (watch->mode == SA_POLL_EDGE)
        {
          events &= watch->armed;
          watch->armed &= (guint8) ~(events & ALWAYS ? events | ALWAYS : events);
          apply (self, watch, watch->interest);
        }

      SA_POLLER_COUNT (self, events, 1);
      if (events != 0)
        sa_poller_add_event (self, watch, events);
    }
}

static void
sa_poller_sources_rearm (SaPoller *self,
                         SaWatch *watch,
                         SaPollEvents events)
{
  watch->armed |= (guint8) (events | ALWAYS);
  apply (self, watch, watch->interest);
  if (!g_main_context_is_owner (self->context))
    g_main_context_wakeup (self->context);
}

const SaPollerBackend sa_poller_backend_sources = {
  .name = "sources",
  .open = sa_poller_sources_open,
  .close = sa_poller_sources_close,
  .update = sa_poller_sources_update,
  .check = sa_poller_sources_check,
  .collect = sa_poller_sources_collect,
  .rearm = sa_poller_sources_rearm,
};
