/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/sa-again-private.h"

/* A source that waits at the default priority, and a probe one priority below. GLib asks sources in the order
 * of their priority, and none after those that are ready: when the probe is asked, whatever is ready below is
 * dispatched in the same turn. It lets that happen twice, since g_main_context_pending () asks and does not
 * dispatch, and then makes the other ready. Where sources of others leave no turn to those below, the call
 * comes after a while all the same.  */

#define CHANCES 2
#define PATIENCE (2 * SA_AGAIN_BUDGET)

typedef struct
{
  GSource source;
  GSource *waiting; /* holds a reference */
  guint asked;      /* how often */
} SaAgainProbe;

static gboolean
probe_prepare (GSource *source,
               int *timeout)
{
  *timeout = 0;

  return FALSE;
}

static gboolean
probe_check (GSource *source)
{
  SaAgainProbe *self = (SaAgainProbe *) source;

  if (g_source_is_destroyed (self->waiting))
    {
      g_source_destroy (source);
    }
  else if (++self->asked >= CHANCES)
    {
      g_source_set_ready_time (self->waiting, 0);
      g_source_destroy (source);
    }

  return FALSE;
}

static gboolean
call (GSource *source,
      GSourceFunc func,
      gpointer data)
{
  return func != NULL ? func (data) : G_SOURCE_REMOVE;
}

static void
probe_finalize (GSource *source)
{
  g_source_unref (((SaAgainProbe *) source)->waiting);
}

static GSourceFuncs probe_funcs = {
  .prepare = probe_prepare,
  .check = probe_check,
  .dispatch = call,
  .finalize = probe_finalize,
};

static GSourceFuncs waiting_funcs = { .dispatch = call };

GSource *
sa_again_attach (GMainContext *context,
                 gint64 *since,
                 GSourceFunc func,
                 gpointer data,
                 GDestroyNotify notify)
{
  gint64 now = g_get_monotonic_time ();
  GSource *source = g_source_new (&waiting_funcs, sizeof (GSource));

  if (*since == 0)
    *since = now;
  gboolean rest = now - *since >= SA_AGAIN_BUDGET;
  g_source_set_static_name (source, "[sockarch] again");
  g_source_set_ready_time (source, rest ? now + PATIENCE : 0);
  g_source_set_callback (source, func, data, notify);
  if (rest)
    {
      g_autoptr (GSource) probe = g_source_new (&probe_funcs, sizeof (SaAgainProbe));

      ((SaAgainProbe *) probe)->waiting = g_source_ref (source);
      g_source_set_static_name (probe, "[sockarch] again, after others");
      g_source_set_priority (probe, G_PRIORITY_DEFAULT + 1);
      g_source_attach (probe, context);
      *since = now;
    }
  g_source_attach (source, context);

  return source;
}
