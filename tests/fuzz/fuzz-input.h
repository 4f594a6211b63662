/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gio/gio.h>

/* A stream whose bytes come in pieces, and not always at once.  */

#define FUZZ_TYPE_INPUT (fuzz_input_get_type ())
G_DECLARE_FINAL_TYPE (FuzzInput, fuzz_input, FUZZ, INPUT, GInputStream)

struct _FuzzInput
{
  GInputStream parent_instance;

  const guint8 *data;
  gsize left;
  /* A read gives no more than this.  */
  gsize piece;
  /* Then each piece is of another size up to that.  */
  guint32 random;
  /* There is nothing just now every other time.  */
  gboolean stutters;
  gboolean pauses;
  /* Whoever has heard of the end hears nothing else any more.  */
  gboolean ended;
};

static gboolean
fuzz_input_is_readable (GPollableInputStream *stream)
{
  FuzzInput *self = FUZZ_INPUT (stream);

  return !self->stutters || self->pauses || self->ended;
}

static GSource *
fuzz_input_create_source (GPollableInputStream *stream,
                          GCancellable *cancellable)
{
  return g_pollable_source_new_full (stream, NULL, cancellable);
}

static void
fuzz_input_init_pollable (GPollableInputStreamInterface *iface)
{
  iface->is_readable = fuzz_input_is_readable;
  iface->create_source = fuzz_input_create_source;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FuzzInput, fuzz_input, G_TYPE_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM, fuzz_input_init_pollable))

/* The same numbers for the same seed, which is not 0.  */
static inline guint32
fuzz_next (guint32 *random)
{
  *random ^= *random << 13;
  *random ^= *random >> 17;
  *random ^= *random << 5;

  return *random;
}

static gssize
fuzz_input_read (GInputStream *stream,
                 void *buffer,
                 gsize count,
                 GCancellable *cancellable,
                 GError **error)
{
  FuzzInput *self = FUZZ_INPUT (stream);
  gsize piece = self->piece;

  self->pauses = !self->pauses;
  if (self->stutters && self->pauses && !self->ended)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "not now");
      return -1;
    }

  if (self->random != 0)
    piece = 1 + fuzz_next (&self->random) % piece;
  piece = MIN (piece, MIN (count, self->left));
  if (piece > 0)
    memcpy (buffer, self->data, piece);
  self->ended = piece == 0;
  self->data += piece;
  self->left -= piece;

  return (gssize) piece;
}

static void
fuzz_input_class_init (FuzzInputClass *klass)
{
  G_INPUT_STREAM_CLASS (klass)->read_fn = fuzz_input_read;
}

static void
fuzz_input_init (FuzzInput *self)
{
}

static inline SaArchive *
fuzz_archive_new (const guint8 *data,
                  gsize size,
                  gsize piece,
                  guint32 random,
                  gboolean stutters)
{
  g_autoptr (FuzzInput) input = g_object_new (FUZZ_TYPE_INPUT, NULL);

  input->data = data;
  input->left = size;
  input->piece = piece;
  input->random = random;
  input->stutters = stutters;

  return sa_archive_new_load (G_INPUT_STREAM (input));
}
