/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gio/gio.h>

/* How an archive waits on the main loop for the bytes of a stream without a buffer to put them in and without
 * allocating anything, whatever kind of stream that is: the class of the stream carries such a table as its
 * "sa-await" data. A stream without one is asked by g_input_stream_read_async (), which costs a buffer and a
 * GTask. */

/* Called once for each wait that was begun and not ended: bytes may be there, or the end, and a read that
 * does not wait finds out. @error says that the wait was cancelled, ran into a time limit, or that the stream
 * was closed. The stream is not pending any more, and another wait may be begun.  */
typedef void (*SaAwaitFunc) (gpointer data, const GError *error);

typedef struct
{
  /* Begins a wait, which makes the stream pending for GIO; @func comes in the thread-default context of now,
   * never from inside this call. FALSE if that cannot be had now: then a read tells why, or gives bytes.  */
  gboolean (*begin) (GInputStream *stream, SaAwaitFunc func, gpointer data);
  /* Reads what is there: bytes, 0 at the end, -1 with @error, or -2 if there is nothing now.  */
  gssize (*read) (GInputStream *stream, void *buffer, gsize size, GError **error);
  /* Ends the wait that was begun, without a call.  */
  void (*end) (GInputStream *stream);
  /* Makes the call come with %G_IO_ERROR_CANCELLED. From any thread, while a reference is held.  */
  void (*cancel) (GInputStream *stream);
} SaAwaitFuncs;

static inline GQuark
sa_await_quark (void)
{
  static GQuark quark;

  /* A fill asks for it.  */
  if (G_UNLIKELY (quark == 0))
    quark = g_quark_from_static_string ("sa-await");

  return quark;
}

static inline void
sa_await_install (GType stream_type,
                  const SaAwaitFuncs *funcs)
{
  g_type_set_qdata (stream_type, sa_await_quark (), (gpointer) funcs);
}

static inline const SaAwaitFuncs *
sa_await_lookup (GInputStream *stream)
{
  return g_type_get_qdata (G_OBJECT_TYPE (stream), sa_await_quark ());
}
