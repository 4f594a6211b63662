/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/sa-stream-result-private.h"

struct _SaStreamResult
{
  GObject parent;

  GObject *stream;              /* referenced from the beginning until the result is free again */
  GMainContext *context;        /* the caller's, if the operation ends in another; otherwise NULL */
  GMainContext *caller;         /* the caller's; held by @context, or by the socket of the stream */
  GAsyncReadyCallback callback; /* the caller's */
  gpointer user_data;           /* the caller's */
  GError *error;                /* why it failed, until it is propagated */
  gssize n;                     /* the bytes that were read or written; -1: failed */
};

static void sa_stream_result_iface_init (GAsyncResultIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SaStreamResult, sa_stream_result, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_ASYNC_RESULT, sa_stream_result_iface_init))

static gpointer
sa_stream_result_get_user_data (GAsyncResult *result)
{
  return SA_STREAM_RESULT (result)->user_data;
}

static GObject *
sa_stream_result_get_source_object (GAsyncResult *result)
{
  SaStreamResult *self = SA_STREAM_RESULT (result);

  return self->stream != NULL ? g_object_ref (self->stream) : NULL;
}

static gboolean
sa_stream_result_is_tagged (GAsyncResult *result,
                            gpointer tag)
{
  return FALSE;
}

static void
sa_stream_result_iface_init (GAsyncResultIface *iface)
{
  iface->get_user_data = sa_stream_result_get_user_data;
  iface->get_source_object = sa_stream_result_get_source_object;
  iface->is_tagged = sa_stream_result_is_tagged;
}

static void
sa_stream_result_clear (SaStreamResult *self)
{
  g_clear_error (&self->error);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_object (&self->stream);
}

static void
sa_stream_result_finalize (GObject *object)
{
  sa_stream_result_clear (SA_STREAM_RESULT (object));

  G_OBJECT_CLASS (sa_stream_result_parent_class)->finalize (object);
}

static void
sa_stream_result_class_init (SaStreamResultClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sa_stream_result_finalize;
}

static void
sa_stream_result_init (SaStreamResult *self)
{
}

static GMainContext *
get_thread_default (void)
{
  GMainContext *context = g_main_context_get_thread_default ();

  return context != NULL ? context : g_main_context_default ();
}

SaStreamResult *
sa_stream_result_begin (SaStreamResult **result,
                        gpointer stream,
                        GMainContext *context,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  SaStreamResult *self = g_steal_pointer (result);
  GMainContext *caller = get_thread_default ();

  if (self == NULL)
    self = g_object_new (SA_TYPE_STREAM_RESULT, NULL);

  self->stream = g_object_ref (stream);
  self->context = context != NULL && caller != context ? g_main_context_ref (caller) : NULL;
  self->caller = caller;
  self->callback = callback;
  self->user_data = user_data;
  self->n = -1;

  return self;
}

static void
call_back (SaStreamResult *self)
{
  GMainContext *caller = self->caller;
  gboolean push = get_thread_default () != caller;

  if (self->callback == NULL)
    return;

  if (push)
    g_main_context_push_thread_default (caller);
  self->callback (self->stream, G_ASYNC_RESULT (self), self->user_data);
  if (push)
    g_main_context_pop_thread_default (caller);
}

static gboolean
on_later (gpointer self)
{
  call_back (self);

  return G_SOURCE_REMOVE;
}

/* In the caller's context; the source owns the result then, so that it is not used again.  */
static void
call_back_later (SaStreamResult *self)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (source, "sockarch stream result");
  g_source_set_callback (source, on_later, self, g_object_unref);
  g_source_attach (source, self->caller);
}

void
sa_stream_result_return_later (SaStreamResult *self,
                               gssize n,
                               GError *error)
{
  self->n = n;
  self->error = error;
  call_back_later (self);
}

void
sa_stream_result_return (SaStreamResult *self,
                         SaStreamResult **free_result,
                         gssize n,
                         GError *error)
{
  if (self->context != NULL)
    {
      sa_stream_result_return_later (self, n, error);
      return;
    }

  self->n = n;
  self->error = error;

  /* The stream must outlive the callback: *@free_result is in it.  */
  g_autoptr (GObject) hold = g_object_ref (self->stream);

  call_back (self);

  /* Somebody may have kept it, to ask later; and another operation that was begun meanwhile has one of
   * its own.  */
  if (g_atomic_int_get ((int *) &G_OBJECT (self)->ref_count) > 1 || *free_result != NULL)
    {
      g_object_unref (self);
      return;
    }

  sa_stream_result_clear (self);
  *free_result = self;
}

gssize
sa_stream_result_propagate (GAsyncResult *result,
                            gpointer stream,
                            GError **error)
{
  g_return_val_if_fail (SA_IS_STREAM_RESULT (result), -1);

  SaStreamResult *self = SA_STREAM_RESULT (result);

  g_return_val_if_fail (self->stream == stream, -1);

  if (self->error != NULL)
    g_propagate_error (error, g_steal_pointer (&self->error));

  return self->n;
}
