/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/sockarch.h"

/* A stream in which bytes come when the test says so, and which otherwise has nothing just now.  */

#define TEST_TYPE_DRIP (test_drip_get_type ())
G_DECLARE_FINAL_TYPE (TestDrip, test_drip, TEST, DRIP, GInputStream)

struct _TestDrip
{
  GInputStream parent_instance;

  GBytes *bytes;
  /* How many were given so far, and how many there are to give now.  */
  gsize position;
  gsize end;
  /* After the last one comes the end of the stream.  */
  gboolean ends;
};

static gssize
test_drip_read (GInputStream *stream,
                void *buffer,
                gsize count,
                GCancellable *cancellable,
                GError **error)
{
  TestDrip *self = TEST_DRIP (stream);
  gsize size = MIN (count, self->end - self->position);

  if (size == 0 && !self->ends)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "nothing now");
      return -1;
    }

  if (size > 0)
    memcpy (buffer, (const guint8 *) g_bytes_get_data (self->bytes, NULL) + self->position, size);
  self->position += size;

  return (gssize) size;
}

static gboolean
test_drip_is_readable (GPollableInputStream *stream)
{
  return TEST_DRIP (stream)->position < TEST_DRIP (stream)->end || TEST_DRIP (stream)->ends;
}

static void
test_drip_init_pollable (GPollableInputStreamInterface *iface)
{
  iface->is_readable = test_drip_is_readable;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestDrip, test_drip, G_TYPE_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM, test_drip_init_pollable))

static void
test_drip_finalize (GObject *object)
{
  g_bytes_unref (TEST_DRIP (object)->bytes);

  G_OBJECT_CLASS (test_drip_parent_class)->finalize (object);
}

static void
test_drip_class_init (TestDripClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_drip_finalize;
  G_INPUT_STREAM_CLASS (klass)->read_fn = test_drip_read;
}

static void
test_drip_init (TestDrip *self)
{
}

/* None of @bytes has come yet.  */
static inline TestDrip *
test_drip_new (GBytes *bytes)
{
  TestDrip *self = g_object_new (TEST_TYPE_DRIP, NULL);

  self->bytes = g_bytes_ref (bytes);

  return self;
}
