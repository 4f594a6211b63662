/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gio/gio.h>
#include <string.h>

/* Streams that behave as badly as streams may: that give or take a few bytes at a time, or nothing just
 * now.  */

#define TEST_TYPE_INPUT (test_input_get_type ())
G_DECLARE_FINAL_TYPE (TestInput, test_input, TEST, INPUT, GInputStream)

struct _TestInput
{
  GInputStream parent_instance;

  GBytes *bytes;
  /* How many were given so far, how many there are to give now, and how many are given at once.  */
  gsize position;
  gsize end;
  gsize most;
  /* At the end there is G_IO_ERROR_WOULD_BLOCK, not the end.  */
  gboolean blocks;
  /* Set before it is used, it can be polled.  */
  gboolean can_poll;
  /* How long each read takes, in microseconds.  */
  gulong delay;
  /* How often it was read.  */
  guint n_reads;
};

static gboolean
test_input_can_poll (GPollableInputStream *stream)
{
  return TEST_INPUT (stream)->can_poll;
}

static gboolean
test_input_is_readable (GPollableInputStream *stream)
{
  TestInput *self = TEST_INPUT (stream);

  return self->position < self->end || !self->blocks;
}

static void
test_input_init_pollable (GPollableInputStreamInterface *iface)
{
  iface->can_poll = test_input_can_poll;
  iface->is_readable = test_input_is_readable;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestInput, test_input, G_TYPE_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM, test_input_init_pollable))

static gssize
test_input_read (GInputStream *stream,
                 void *buffer,
                 gsize count,
                 GCancellable *cancellable,
                 GError **error)
{
  TestInput *self = TEST_INPUT (stream);
  gsize size = MIN (MIN (count, self->most), self->end - self->position);

  if (self->delay > 0)
    g_usleep (self->delay);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return -1;

  g_atomic_int_inc (&self->n_reads);
  if (size == 0 && self->blocks)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "nothing now");
      return -1;
    }

  if (size > 0)
    memcpy (buffer, (const guint8 *) g_bytes_get_data (self->bytes, NULL) + self->position, size);
  self->position += size;
  return (gssize) size;
}

static void
test_input_finalize (GObject *object)
{
  g_bytes_unref (TEST_INPUT (object)->bytes);
  G_OBJECT_CLASS (test_input_parent_class)->finalize (object);
}

static void
test_input_class_init (TestInputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_input_finalize;
  G_INPUT_STREAM_CLASS (klass)->read_fn = test_input_read;
}

static void
test_input_init (TestInput *self)
{
}

G_GNUC_UNUSED static TestInput *
test_input_new (GBytes *bytes,
                gsize most)
{
  TestInput *self = g_object_new (TEST_TYPE_INPUT, NULL);

  self->bytes = g_bytes_ref (bytes);
  self->end = g_bytes_get_size (bytes);
  self->most = most;
  return self;
}

/* A stream that can be polled, in which bytes come when the test moves @end on, and that otherwise has
 * nothing just now.  */
G_GNUC_UNUSED static TestInput *
test_input_new_dripping (GBytes *bytes)
{
  TestInput *self = test_input_new (bytes, G_MAXSIZE);

  self->end = 0;
  self->blocks = TRUE;
  self->can_poll = TRUE;
  return self;
}

#define TEST_TYPE_OUTPUT (test_output_get_type ())
G_DECLARE_FINAL_TYPE (TestOutput, test_output, TEST, OUTPUT, GOutputStream)

struct _TestOutput
{
  GOutputStream parent_instance;

  GByteArray *taken;
  /* How many bytes are taken at once, and how many at all before G_IO_ERROR_WOULD_BLOCK (or @error).  */
  gsize most;
  gsize room;
  /* What comes instead of WOULD_BLOCK.  */
  GIOErrorEnum error;
  /* How often it was written to.  */
  guint n_writes;
};

G_DEFINE_FINAL_TYPE (TestOutput, test_output, G_TYPE_OUTPUT_STREAM)

static gssize
test_output_write (GOutputStream *stream,
                   const void *buffer,
                   gsize count,
                   GCancellable *cancellable,
                   GError **error)
{
  TestOutput *self = TEST_OUTPUT (stream);
  gsize size = MIN (MIN (count, self->most), self->room);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return -1;

  self->n_writes++;
  if (size == 0)
    {
      g_set_error (error, G_IO_ERROR, (int) self->error, "no room");
      return -1;
    }

  g_byte_array_append (self->taken, buffer, (guint) size);
  self->room -= size;
  return (gssize) size;
}

static void
test_output_finalize (GObject *object)
{
  g_byte_array_unref (TEST_OUTPUT (object)->taken);
  G_OBJECT_CLASS (test_output_parent_class)->finalize (object);
}

static void
test_output_class_init (TestOutputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_output_finalize;
  G_OUTPUT_STREAM_CLASS (klass)->write_fn = test_output_write;
}

static void
test_output_init (TestOutput *self)
{
  self->taken = g_byte_array_new ();
  self->most = G_MAXSIZE;
  self->room = G_MAXSIZE;
  self->error = G_IO_ERROR_WOULD_BLOCK;
}

G_GNUC_UNUSED static TestOutput *
test_output_new (void)
{
  return g_object_new (TEST_TYPE_OUTPUT, NULL);
}
