/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define _GNU_SOURCE

#include "config.h"

#include "sockarch/net/sa-socket-impl-private.h"

#include <pthread.h>

/* SA_DEBUG=threads: finds calls from a thread that the socket does not belong to. Otherwise nothing is noted,
 * and a call costs a load and a test.  */

static G_DEFINE_QUARK (sa-socket-home, home)

static char *
describe_thread (void)
{
  char name[32] = "";

#ifdef __linux__
  pthread_getname_np (pthread_self (), name, sizeof name);
#endif

  return g_strdup_printf ("%p (%s)", (gpointer) g_thread_self (), name);
}

void
sa_socket_note_thread (SaSocket *self)
{
  g_object_set_qdata_full (G_OBJECT (self), home_quark (), describe_thread (), g_free);
}

/* A context that nobody runs may be used from everywhere.  */
static gboolean
is_run_elsewhere (GMainContext *context)
{
  if (g_main_context_is_owner (context))
    return FALSE;
  if (!g_main_context_acquire (context))
    return TRUE;

  g_main_context_release (context);

  return FALSE;
}

/* Said once for each socket: the first call is the one to look at.  */
void
sa_socket_find_wrong_thread (SaSocket *self,
                             const char *call)
{
  GMainContext *context = sa_socket_private (self)->context;
  g_autofree char *here = NULL;
  g_autofree char *home = NULL;

  if (!is_run_elsewhere (context))
    return;

  home = g_object_steal_qdata (G_OBJECT (self), home_quark ());
  if (home == NULL)
    return;

  here = describe_thread ();
  g_critical ("%s() was called in thread %s, but another thread runs the main context %p of the socket %p, "
              "which was made in thread %s: call it there, or give the connection away with "
              "sa_socket_detach()",
              call, here, (gpointer) context, (gpointer) self, home);
}
