/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-stream-source-private.h"

typedef struct
{
  GSource source;
  GObject *stream;            /* whose readiness is asked for; the parent source holds it */
  SaSocketLink *link;         /* holds a reference: leads to the descriptor */
  SaStreamReadyFunc is_ready; /* what the stream knows beside the descriptor */
  gpointer tag;               /* of the descriptor, NULL if there was none */
  int fd;                     /* that is polled: when the socket has another one, it was closed */
} SaStreamSource;

static gboolean
is_closed (SaStreamSource *self)
{
  return !sa_socket_link_is_open (self->link) || sa_socket_get_fd (self->link->socket) != self->fd;
}

static gboolean
sa_stream_source_prepare (GSource *source,
                          int *timeout)
{
  SaStreamSource *self = (SaStreamSource *) source;

  *timeout = -1;

  /* A descriptor that is closed must not be polled: its number may be another's by now.  */
  if (self->tag != NULL && is_closed (self))
    g_source_remove_unix_fd (source, g_steal_pointer (&self->tag));

  return self->tag == NULL || self->is_ready (self->stream);
}

static gboolean
sa_stream_source_check (GSource *source)
{
  SaStreamSource *self = (SaStreamSource *) source;

  return is_closed (self) || self->is_ready (self->stream);
}

/* The parent calls the user.  */
static gboolean
sa_stream_source_dispatch (GSource *source,
                           GSourceFunc callback,
                           gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
sa_stream_source_finalize (GSource *source)
{
  SaStreamSource *self = (SaStreamSource *) source;

  sa_socket_link_unref (self->link);
}

static GSourceFuncs sa_stream_source_funcs = {
  .prepare = sa_stream_source_prepare,
  .check = sa_stream_source_check,
  .dispatch = sa_stream_source_dispatch,
  .finalize = sa_stream_source_finalize,
};

GSource *
sa_stream_source_new (GObject *stream,
                      SaSocketLink *link,
                      GIOCondition condition,
                      SaStreamReadyFunc is_ready,
                      GCancellable *cancellable)
{
  GSource *parent = g_pollable_source_new_full (stream, NULL, cancellable);
  g_autoptr (GSource) child = g_source_new (&sa_stream_source_funcs, sizeof (SaStreamSource));
  SaStreamSource *self = (SaStreamSource *) child;

  self->stream = stream;
  self->link = sa_socket_link_ref (link);
  self->is_ready = is_ready;
  self->fd = sa_socket_link_is_open (link) ? sa_socket_get_fd (link->socket) : -1;
  if (self->fd >= 0)
    self->tag = g_source_add_unix_fd (child, self->fd, condition | G_IO_HUP | G_IO_ERR);
  g_source_set_static_name (child, "sockarch stream");
  g_source_add_child_source (parent, child);

  return parent;
}
