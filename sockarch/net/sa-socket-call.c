/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-call-private.h"

#include "sockarch/net/sa-socket-impl-private.h"

/* In any thread: the next turn ends what is marked.  */

void
sa_socket_cancel_op (SaSocket *self,
                     SaSocketOp *op)
{
  g_atomic_int_set (&op->cancelled, TRUE);
  sa_socket_set_mark (sa_socket_private (self), MARK_CANCELLED);
  sa_socket_wake (self);
}

void
sa_socket_cancel_entry (SaSocket *self,
                        SaSendEntry *entry)
{
  g_atomic_int_set (&entry->cancelled, TRUE);
  sa_socket_set_mark (sa_socket_private (self), MARK_CANCELLED);
  sa_socket_wake (self);
}

static gpointer
call_ref (gpointer data)
{
  SaSocketCall *call = data;

  g_atomic_int_inc (&call->ref_count);

  return call;
}

static void
call_unref (gpointer data)
{
  SaSocketCall *call = data;

  if (!g_atomic_int_dec_and_test (&call->ref_count))
    return;

  if (call->klass->clear != NULL)
    call->klass->clear (call);
  g_object_unref (call->socket);
  g_free (call);
}

static void
on_timer (SaTimer *timer)
{
  SaSocketCall *call = (SaSocketCall *) (void *) ((char *) timer - G_STRUCT_OFFSET (SaSocketCall, timer));
  g_autoptr (GError) error = NULL;

  if (call->klass->func != NULL && !sa_socket_remove_op (call->socket, &call->op))
    return;
  if (call->klass->func == NULL && !sa_socket_remove_entry (call->socket, &call->entry))
    {
      sa_socket_put_off (call->socket, &call->entry, timer);
      return;
    }

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  error = g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, _(call->klass->timed_out),
                       sa_socket_get_timeout (call->socket));
#pragma GCC diagnostic pop
  call->klass->fail (call, error);
}

/* In any thread, and perhaps when the call is over: what it marks is still there.  */
static void
on_cancelled (GCancellable *cancellable,
              gpointer data)
{
  SaSocketCall *call = data;

  if (call->klass->func != NULL)
    sa_socket_cancel_op (call->socket, &call->op);
  else
    sa_socket_cancel_entry (call->socket, &call->entry);
}

gpointer
sa_socket_call_new (const SaSocketCallClass *klass,
                    SaSocket *socket,
                    GTask *task)
{
  SaSocketCall *call = g_malloc0 (klass->size);

  call->klass = klass;
  call->ref_count = 1;
  call->socket = g_object_ref (socket);
  call->task = task;
  if (klass->func != NULL)
    call->op.func = klass->func;
  else
    call->entry.func = klass->sent;
  sa_timer_init (&call->timer, G_OBJECT (socket), on_timer);

  return call;
}

void
sa_socket_call_wait (SaSocketCall *call)
{
  SaSocketPrivate *priv = sa_socket_private (call->socket);
  GCancellable *cancellable = g_task_get_cancellable (call->task);

  if (priv->settings->timeout > 0)
    sa_timer_start (&call->timer, priv->poller, sa_socket_deadline (call->socket));

  if (call->klass->func != NULL)
    sa_socket_add_op (call->socket, &call->op);
  else
    sa_socket_queue_entry (call->socket, &call->entry);
  sa_cancel_set (&call->cancel, cancellable, G_CALLBACK (on_cancelled), call, call_ref, call_unref);
}

GTask *
sa_socket_call_end (SaSocketCall *call)
{
  GTask *task = g_steal_pointer (&call->task);

  sa_cancel_clear (&call->cancel);
  sa_timer_stop (&call->timer);
  call_unref (call);

  return task;
}
