/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/sockarch.h"
#include "test-streams.h"
#include "test-utils.h"

#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <glib-unix.h>

/* An archive at the end of a pipe, on the main loop, where nobody waits.  */

typedef struct
{
  GInputStream *input;
  GOutputStream *output;
  SaArchive *archive;
  /* How often load-ready came, and the messages that were read in it.  */
  guint n_ready;
  GPtrArray *messages;
  /* What the handler met at the end.  */
  GError *error;
  gboolean ended;
  /* What a handler does after reading, if anything.  */
  void (*after) (gpointer fixture);
  /* How many messages a handler reads at most.  */
  guint most;
} Fixture;

static inline Fixture *
fixture_new (void)
{
  Fixture *f = g_new0 (Fixture, 1);
  g_autoptr (GError) error = NULL;
  int fds[2];

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, &error));
  f->input = g_unix_input_stream_new (fds[0], TRUE);
  f->output = g_unix_output_stream_new (fds[1], TRUE);
  f->archive = sa_archive_new_load (f->input);
  f->messages = g_ptr_array_new_with_free_func (g_free);
  f->most = 1;
  return f;
}

static inline void
fixture_free (Fixture *f)
{
  g_clear_object (&f->archive);
  g_object_unref (f->input);
  g_object_unref (f->output);
  g_ptr_array_unref (f->messages);
  g_clear_error (&f->error);
  g_free (f);
}

static inline gboolean
has_read (gpointer input)
{
  return g_atomic_int_get (&TEST_INPUT (input)->n_reads) > 0;
}

static inline Fixture *
fixture_new_thread (gconstpointer data, gsize length)
{
  Fixture *f = fixture_new ();
  g_autoptr (GBytes) bytes = g_bytes_new (data, length);

  g_object_unref (f->archive);
  g_object_unref (f->input);
  f->input = G_INPUT_STREAM (test_input_new (bytes, 2));
  f->archive = sa_archive_new_load (f->input);
  return f;
}

/* Lets the thread read, while the loop does not run.  */
static inline void
let_read (Fixture *f)
{
  for (guint i = 0; !has_read (f->input); i++)
    {
      g_assert_cmpuint (i, <, TEST_DEADLINE * 1000);
      g_usleep (1000);
    }
}
