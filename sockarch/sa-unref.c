/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/sa-unref-private.h"

static gboolean
do_nothing (gpointer object)
{
  return G_SOURCE_REMOVE;
}

void
sa_unref_after_wait (gpointer object,
                     GMainContext *context)
{
  if (G_OBJECT (object)->ref_count > 1)
    {
      g_object_unref (object);
      return;
    }

  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_static_name (source, "[sockarch] dropped in a wait");
  g_source_set_callback (source, do_nothing, object, g_object_unref);
  g_source_attach (source, context);
}
