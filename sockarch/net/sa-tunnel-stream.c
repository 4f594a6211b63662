/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-tunnel-stream-private.h"
#include "sockarch/sa-i18n-private.h"

typedef GFilterInputStream SaTunnelInput;
typedef GFilterInputStreamClass SaTunnelInputClass;

static GType sa_tunnel_input_get_type (void);
G_DEFINE_TYPE (SaTunnelInput, sa_tunnel_input, G_TYPE_FILTER_INPUT_STREAM)

static gssize
refuse_end (gssize n,
            gsize size,
            GError **error)
{
  if (n != 0 || size == 0)
    return n;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED,
                       _("the proxy ended the connection before it had answered"));

  return -1;
}

static gssize
sa_tunnel_input_read (GInputStream *stream,
                      void *buffer,
                      gsize size,
                      GCancellable *cancellable,
                      GError **error)
{
  GInputStream *base = g_filter_input_stream_get_base_stream (G_FILTER_INPUT_STREAM (stream));

  return refuse_end (g_input_stream_read (base, buffer, size, cancellable, error), size, error);
}

static void
on_read (GObject *source,
         GAsyncResult *result,
         gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  n = refuse_end (n, GPOINTER_TO_SIZE (g_task_get_task_data (task)), &error);
  if (n < 0)
    g_task_return_error (task, error);
  else
    g_task_return_int (task, n);
}

static void
sa_tunnel_input_read_async (GInputStream *stream,
                            void *buffer,
                            gsize size,
                            int priority,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GInputStream *base = g_filter_input_stream_get_base_stream (G_FILTER_INPUT_STREAM (stream));
  GTask *task = g_task_new (stream, cancellable, callback, user_data);

  g_task_set_source_tag (task, sa_tunnel_input_read_async);
  g_task_set_task_data (task, GSIZE_TO_POINTER (size), NULL);
  g_input_stream_read_async (base, buffer, size, priority, cancellable, on_read, task);
}

static gssize
sa_tunnel_input_read_finish (GInputStream *stream,
                             GAsyncResult *result,
                             GError **error)
{
  return g_task_propagate_int (G_TASK (result), error);
}

static void
sa_tunnel_input_class_init (SaTunnelInputClass *klass)
{
  GInputStreamClass *stream_class = G_INPUT_STREAM_CLASS (klass);

  stream_class->read_fn = sa_tunnel_input_read;
  stream_class->read_async = sa_tunnel_input_read_async;
  stream_class->read_finish = sa_tunnel_input_read_finish;
}

static void
sa_tunnel_input_init (SaTunnelInput *self)
{
}

GIOStream *
sa_tunnel_stream_new (GIOStream *base)
{
  g_autoptr (GInputStream) input = g_object_new (sa_tunnel_input_get_type (), "base-stream",
                                                 g_io_stream_get_input_stream (base), NULL);

  return g_simple_io_stream_new (input, g_io_stream_get_output_stream (base));
}
