/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-impl-private.h"

#include <gio/gunixsocketaddress.h>

/* Clients: how a SaSocket uses a connector.  */

/* Local addresses that can be had only once make the addresses of the peer be tried in turn.  */
static gboolean
has_wish (SaSocketPrivate *priv)
{
  return sa_socket_origin (priv)->bind_to != NULL || sa_socket_origin (priv)->bind_port != 0;
}

/* Makes a socket of the connector ready: options, and the local address that sa_socket_create () named.  */
static gboolean
prepare (GSocket *socket,
         gpointer data,
         GError **error)
{
  SaSocket *self = SA_SOCKET (data);
  SaSocketPrivate *priv = sa_socket_private (self);
  GSocketFamily family = g_socket_get_family (socket);
  g_autoptr (GSocketAddress) address = NULL;

  sa_socket_apply_early_options (self, g_socket_get_fd (socket));
  sa_socket_apply_options (self, g_socket_get_fd (socket), TRUE);
  if (priv->fd >= 0 || !has_wish (priv) || (family != G_SOCKET_FAMILY_IPV4 && family != G_SOCKET_FAMILY_IPV6))
    return TRUE;

  if (sa_socket_origin (priv)->bind_to != NULL)
    {
      address = g_object_ref (sa_socket_origin (priv)->bind_to);
    }
  else
    {
      g_autoptr (GInetAddress) any = g_inet_address_new_any (family);

      address = g_inet_socket_address_new (any, sa_socket_origin (priv)->bind_port);
    }

  return g_socket_bind (socket, address, priv->settings->reuse_address, error);
}

/* The connection is made: it becomes this socket's.  */
static gboolean
adopt (SaSocket *self,
       GSocket *socket,
       GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  int fd = g_socket_get_fd (socket);

  /* A socket that was bound before has its descriptor already, and a datagram one is watched.  */
  if (priv->fd >= 0)
    {
      sa_watch_stop (&priv->watch);
      g_clear_object (&priv->socket);
      priv->fd = -1;
    }

  if (sa_socket_start_connected (self, fd, (int) g_socket_get_family (socket), (GSocketType) priv->type,
                                 socket, error))
    {
      if (priv->options_changed)
        {
          sa_socket_apply_early_options (self, fd);
          sa_socket_apply_options (self, fd, FALSE);
        }
      return TRUE;
    }

  g_socket_close (socket, NULL);
  sa_socket_set_state (self, SA_SOCKET_STATE_NEW);

  return FALSE;
}

/* What the connector came to. Both arguments are taken. Gives the error back, if it is one.  */
static GError *
settle (SaSocket *self,
        GSocket *result,
        GError *error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  g_autoptr (GSocket) socket = result;
  guint epoch = priv->epoch;

  sa_socket_change_origin (priv)->connector = NULL;
  if (socket != NULL && adopt (self, socket, &error))
    {
      if (priv->epoch == epoch + 1)
        return NULL;

      /* A handler of notify::state did it.  */
      return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED, _("The socket was closed during the call"));
    }

  /* Not even an earlier peer of datagrams is left. Handlers of notify::state find the error, and may begin
   * another connect, which has none of it.  */
  if (priv->fd >= 0 && priv->type == G_SOCKET_TYPE_DATAGRAM)
    sa_connector_dissolve (priv->fd, NULL);
  sa_socket_keep_error (self, error);
  sa_socket_set_state (self, priv->fd >= 0 ? SA_SOCKET_STATE_BOUND : SA_SOCKET_STATE_NEW);

  return error;
}

/* What a connect leaves in a context of its own. Resolvers answer there, perhaps long after nobody wants to
 * know any more, and until then hold the context, with its descriptors.  */
typedef struct
{
  GMainContext *context;
  int is_quiet; /* atomic: nobody has anything to answer */
} SaConnectRest;

/* What a call that waits for the result looks at.  */
struct _SaConnectCall
{
  gboolean done; /* there is a result */
  GError *error; /* NULL: connected */
  SaConnectRest *rest; /* NULL unless the thread blocks */
};

static void
on_done_for_call (GSocket *socket,
                  GError *error,
                  gpointer data)
{
  SaSocket *self = SA_SOCKET (data);
  SaSocketPrivate *priv = sa_socket_private (self);
  SaConnectCall *call = g_steal_pointer (&sa_socket_change_origin (priv)->connect_call);
  SaEntered entered = sa_socket_enter_elsewhere (self);

  call->error = settle (self, socket, error);
  call->done = TRUE;
  sa_socket_leave (self, entered);
}

static void
on_done_for_task (GSocket *socket,
                  GError *error,
                  gpointer data)
{
  SaSocket *self = SA_SOCKET (data);
  SaSocketPrivate *priv = sa_socket_private (self);
  g_autoptr (GTask) task = g_steal_pointer (&sa_socket_change_origin (priv)->connect_task);

  error = settle (self, socket, error);
  if (error == NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Nobody waits for it: the signal tells, now or when signals are not held back any more.  */
static void
on_done_for_signal (GSocket *socket,
                    GError *result,
                    gpointer data)
{
  g_autoptr (SaSocket) self = SA_SOCKET (data);
  SaSocketPrivate *priv = sa_socket_private (self);
  guint epoch = priv->epoch;
  g_autoptr (GError) error = settle (self, socket, result);

  /* The closed signal came already.  */
  if (priv->epoch - epoch > 1)
    return;

  if (priv->held == 0)
    {
      sa_socket_tell_connected (self, error);
      return;
    }

  priv->due |= DUE_CONNECTED;
  g_clear_error (&priv->error);
  priv->error = g_steal_pointer (&error);
}

static gboolean
check_connectable (SaSocket *self,
                   GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  /* Datagrams may change their peer.  */
  if (priv->state == SA_SOCKET_STATE_CONNECTED && priv->type == G_SOCKET_TYPE_DATAGRAM)
    return TRUE;

  return priv->state == SA_SOCKET_STATE_BOUND || sa_socket_check_fresh (self, error);
}

/* Whether the descriptor there is can be used: a datagram socket has one before it is known where it shall
 * be connected, which is replaced unless the program has bound it.  */
static gboolean
fits (SaSocketPrivate *priv,
      GSocketConnectable *address)
{
  return G_IS_UNIX_SOCKET_ADDRESS (address) == (priv->family == AF_UNIX) || has_wish (priv);
}

/* Whoever calls this sets the state when it is ready for what handlers do then: they may close the
 * socket.  */
static void
begin_connect (SaSocket *self,
               GSocketConnectable *address,
               const char *name,
               SaPoller *poller,
               SaConnectorDone done,
               GCancellable *cancellable)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  SaConnectorSetup setup = {
    .poller = poller,
    .type = (GSocketType) priv->type,
    .socket = fits (priv, address) ? sa_socket_get_socket (self) : NULL,
    .in_turn = has_wish (priv),
    .by_proxy = priv->settings->enable_proxy && priv->type == G_SOCKET_TYPE_STREAM,
    .deadline = sa_socket_deadline (self),
    .name = name,
    .prepare = prepare,
    .done = done,
    .data = self,
  };

  /* Its address was chosen for the earlier peer.  */
  if (priv->state == SA_SOCKET_STATE_CONNECTED)
    sa_connector_dissolve (priv->fd, NULL);

  g_clear_error (&priv->last_error);
  priv->options_changed = FALSE;
  sa_socket_change_origin (priv)->connector = sa_connector_start (address, &setup, cancellable);
}

/* Gives up a connect that is under way, because the socket is closed or not waited for any more. The task
 * that waited for it, if one did, is to be ended with the error when the socket can be used again.  */
GTask *
sa_socket_stop_connect (SaSocket *self,
                        const GError *error)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  if (sa_socket_origin (priv)->connector == NULL)
    return NULL;

  SaConnector *connector = g_steal_pointer (&priv->origin->connector);
  GTask *task = g_steal_pointer (&priv->origin->connect_task);
  SaConnectCall *call = g_steal_pointer (&priv->origin->connect_call);

  sa_connector_cancel (connector);
  if (call != NULL)
    {
      call->error = g_error_copy (error);
      call->done = TRUE;
    }
  else if (task == NULL)
    {
      /* The reference that on_done_for_signal () would have dropped.  */
      g_object_unref (self);
    }

  return task;
}

static void
on_enumerator_gone (gpointer data,
                    GObject *enumerator)
{
  SaConnectRest *rest = data;
  g_autoptr (GMainContext) context = g_main_context_ref (rest->context);

  g_atomic_int_set (&rest->is_quiet, TRUE);
  g_main_context_wakeup (context);
}

static SaConnectRest *
connect_rest_new (GMainContext *context,
                  SaConnector *connector)
{
  SaConnectRest *rest = g_new0 (SaConnectRest, 1);

  rest->context = g_main_context_ref (context);
  g_object_weak_ref (sa_connector_get_enumerator (connector), on_enumerator_gone, rest);

  return rest;
}

static gpointer
run_rest (gpointer data)
{
  SaConnectRest *rest = data;

  while (!g_atomic_int_get (&rest->is_quiet))
    g_main_context_iteration (rest->context, TRUE);
  g_main_context_unref (rest->context);
  g_free (rest);

  return NULL;
}

/* Mostly the answers are there: that the question was cancelled. For a resolver that takes its time somebody
 * has to wait, and it shall not be the caller.  */
static void
connect_rest_settle (SaConnectRest *rest)
{
  GThread *thread;

  while (!g_atomic_int_get (&rest->is_quiet) && g_main_context_iteration (rest->context, FALSE))
    ;

  if (g_atomic_int_get (&rest->is_quiet))
    run_rest (rest);
  else if ((thread = g_thread_try_new ("sockarch connect", run_rest, rest, NULL)) != NULL)
    g_thread_unref (thread);
}

/* Begins a connect for a call that waits, in the context of @poller, which is its own if the thread blocks.
 * Whoever ends the connection in another thread finds it either not begun, or under way.  */
static gboolean
begin_connect_call (SaSocket *self,
                    GSocketConnectable *address,
                    const char *name,
                    SaPoller *poller,
                    SaConnectCall *call,
                    GCancellable *cancellable,
                    GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  SaEntered entered = sa_socket_enter (self);
  gboolean block = sa_poller_get_context (poller) != priv->context;
  gboolean success = check_connectable (self, error);

  if (success)
    {
      sa_socket_change_origin (priv)->connect_call = call;
      if (block)
        sa_socket_set_wake_context (self, sa_poller_get_context (poller));
      begin_connect (self, address, name, poller, on_done_for_call, cancellable);
      if (block)
        call->rest = connect_rest_new (sa_poller_get_context (poller), priv->origin->connector);
      sa_socket_set_state (self, SA_SOCKET_STATE_CONNECTING);
    }
  sa_socket_leave (self, entered);

  return success;
}

/* The thread waits: by a context of its own, or by iterating the socket's.  */
static gboolean
connect_waiting (SaSocket *self,
                 GSocketConnectable *address,
                 const char *name,
                 GCancellable *cancellable,
                 GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  g_autoptr (SaSocket) hold = g_object_ref (self);
  g_autoptr (GMainContext) context = NULL;
  g_autoptr (SaPoller) poller = NULL;
  g_autoptr (GError) local = NULL;
  SaConnectCall call = { FALSE };
  gboolean block = priv->wait_policy == SA_WAIT_BLOCK;

  context = block ? sa_socket_make_private_context (error) : g_main_context_ref (priv->context);
  if (context == NULL)
    return FALSE;
  poller = sa_poller_get (context, priv->priority, error);
  if (poller == NULL)
    return FALSE;
  if (!g_main_context_acquire (context))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY,
                           _("The main context of the socket is run by another thread: call it from there"));
      return FALSE;
    }

  if (!begin_connect_call (self, address, name, poller, &call, cancellable, &call.error))
    call.done = TRUE;
  else if (!sa_socket_wait_for_flag (self, &call.done, block ? context : NULL, &local) && !call.done)
    {
      sa_socket_stop_connect (self, local);
      sa_socket_set_state (self, priv->fd >= 0 ? SA_SOCKET_STATE_BOUND : SA_SOCKET_STATE_NEW);
    }
  g_main_context_release (context);
  if (call.rest != NULL)
    {
      sa_socket_set_wake_context (self, NULL);
      connect_rest_settle (call.rest);
    }

  if (call.error == NULL)
    return TRUE;

  g_propagate_error (error, call.error);

  return FALSE;
}

static gboolean
connect_by_policy (SaSocket *self,
                   GSocketConnectable *address,
                   const char *name,
                   GCancellable *cancellable,
                   GError **error)
{
  SaSocketPrivate *priv = sa_socket_private (self);

  if (cancellable != NULL && g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (priv->wait_policy != SA_WAIT_NEVER)
    return connect_waiting (self, address, name, cancellable, error);

  if (!check_connectable (self, error) || sa_socket_ensure_poller (self, error) == NULL)
    return FALSE;

  /* The connect holds the socket until it is over.  */
  begin_connect (g_object_ref (self), address, name, priv->poller, on_done_for_signal, cancellable);
  sa_socket_set_state (self, SA_SOCKET_STATE_CONNECTING);

  return TRUE;
}

static void
connect_for_task (SaSocket *self,
                  GSocketConnectable *address,
                  const char *name,
                  GTask *task)
{
  SaSocketPrivate *priv = sa_socket_private (self);
  GError *error = NULL;

  g_task_set_priority (task, priv->priority);
  g_task_set_check_cancellable (task, FALSE);
  if (g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), &error) ||
      !check_connectable (self, &error) || sa_socket_ensure_poller (self, &error) == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }

  sa_socket_change_origin (priv)->connect_task = task;
  begin_connect (self, address, name, priv->poller, on_done_for_task, g_task_get_cancellable (task));
  sa_socket_set_state (self, SA_SOCKET_STATE_CONNECTING);
}

/* A host and its name for messages, or NULL with an error.  */
static GSocketConnectable *
make_host (const char *host,
           guint port,
           char **name,
           GError **error)
{
  if (port == 0 || port > G_MAXUINT16)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   _("Port %u is not between 1 and 65535: give the one at which %s listens"), port, host);
      return NULL;
    }
  if (!sa_socket_check_host (host, error))
    return NULL;

  *name = g_strdup_printf (_("%s port %u"), host, port);

  return g_network_address_new (host, (guint16) port);
}

/**
 * sa_socket_connect_to_host:
 * @self: a #SaSocket that is not connected, or one for datagrams
 * @host: a host name, or a numeric IPv4 or IPv6 address
 * @port: the port
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Connects to a server (MFC's Connect). If the name has several addresses they are tried in turn, each with a
 * short head start over the next, and the first that answers is taken.
 *
 * Under %SA_WAIT_NEVER the connect is only begun: the function returns %TRUE, #SaSocket:state is
 * %SA_SOCKET_STATE_CONNECTING, and #SaSocket::connected tells the result.
 *
 * Fails with %G_IO_ERROR_CONNECTION_REFUSED if nobody listens there, %G_IO_ERROR_HOST_UNREACHABLE or
 * %G_IO_ERROR_NETWORK_UNREACHABLE, a %G_RESOLVER_ERROR if the name is not known, %G_IO_ERROR_TIMED_OUT after
 * #SaSocket:timeout, %G_IO_ERROR_CANCELLED, %G_IO_ERROR_ADDRESS_IN_USE if the local port that was asked for
 * is taken, %G_IO_ERROR_TOO_MANY_OPEN_FILES if the process is out of descriptors, %G_IO_ERROR_CLOSED if a
 * handler closed the socket meanwhile, and %G_IO_ERROR_INVALID_ARGUMENT for a socket that is connected or
 * listens, and for port 0 or one above 65535. The message names host and port. After a failure the socket may
 * try again.
 *
 * Returns: %TRUE if the socket is connected, or under %SA_WAIT_NEVER if the connect has begun
 * Since: 1.0
 */
gboolean
sa_socket_connect_to_host (SaSocket *self,
                           const char *host,
                           guint port,
                           GCancellable *cancellable,
                           GError **error)
{
  g_autoptr (GSocketConnectable) address = NULL;
  g_autofree char *name = NULL;

  g_return_val_if_fail (SA_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (host != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  address = make_host (host, port, &name, error);

  return address != NULL && connect_by_policy (self, address, name, cancellable, error);
}

/**
 * sa_socket_connect_to_host_async:
 * @self: a #SaSocket that is not connected
 * @host: a host name, or a numeric IPv4 or IPv6 address
 * @port: the port
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @callback: (scope async) (nullable): called when the call is done
 * @user_data: data for @callback
 *
 * Connects to a server without waiting; see sa_socket_connect_to_host(). #SaSocket::connected is not emitted.
 *
 * Since: 1.0
 */
void
sa_socket_connect_to_host_async (SaSocket *self,
                                 const char *host,
                                 guint port,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GSocketConnectable) address = NULL;
  g_autofree char *name = NULL;
  GError *error = NULL;
  GTask *task;

  g_return_if_fail (SA_IS_SOCKET (self));
  g_return_if_fail (host != NULL);
  SA_SOCKET_CHECK_THREAD (self);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sa_socket_connect_to_host_async);
  address = make_host (host, port, &name, &error);
  if (address == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }

  connect_for_task (self, address, name, task);
}

/**
 * sa_socket_connect_to_host_finish:
 * @self: a #SaSocket
 * @result: the #GAsyncResult that the callback was given
 * @error: return location for a #GError
 *
 * Ends sa_socket_connect_to_host_async().
 *
 * Returns: %TRUE if the socket is connected
 * Since: 1.0
 */
gboolean
sa_socket_connect_to_host_finish (SaSocket *self,
                                  GAsyncResult *result,
                                  GError **error)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* What to call an address in messages: its own text has a colon where people look for a port.  */
static char *
name_address (GSocketConnectable *address)
{
  return G_IS_SOCKET_ADDRESS (address) ? sa_socket_describe_address (G_SOCKET_ADDRESS (address)) : NULL;
}

/**
 * sa_socket_connect_to_address:
 * @self: a #SaSocket that is not connected
 * @address: a #GSocketAddress, or another #GSocketConnectable as #GNetworkAddress or #GNetworkService
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @error: return location for a #GError
 *
 * Connects to an address, which may be a #GUnixSocketAddress; see sa_socket_connect_to_host(). A datagram
 * socket may be connected too: it then sends to that address and receives from no other. It may be connected
 * again to another peer; after a failure it has none.
 *
 * Fails with %G_IO_ERROR_CONNECTION_REFUSED if nobody listens there, %G_IO_ERROR_HOST_UNREACHABLE or
 * %G_IO_ERROR_NETWORK_UNREACHABLE, a %G_RESOLVER_ERROR if the name is not known, %G_IO_ERROR_TIMED_OUT after
 * #SaSocket:timeout, %G_IO_ERROR_CANCELLED, %G_IO_ERROR_ADDRESS_IN_USE if the local port that was asked for
 * is taken, %G_IO_ERROR_TOO_MANY_OPEN_FILES if the process is out of descriptors, %G_IO_ERROR_CLOSED if a
 * handler closed the socket meanwhile, and %G_IO_ERROR_INVALID_ARGUMENT for a socket that is connected or
 * listens, and for port 0 or one above 65535. The message names host and port. After a failure the socket may
 * try again.
 *
 * Returns: %TRUE if the socket is connected, or under %SA_WAIT_NEVER if the connect has begun
 * Since: 1.0
 */
gboolean
sa_socket_connect_to_address (SaSocket *self,
                              GSocketConnectable *address,
                              GCancellable *cancellable,
                              GError **error)
{
  g_autofree char *name = NULL;

  g_return_val_if_fail (SA_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (G_IS_SOCKET_CONNECTABLE (address), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING (self);

  name = name_address (address);

  return connect_by_policy (self, address, name, cancellable, error);
}

/**
 * sa_socket_connect_to_address_async:
 * @self: a #SaSocket that is not connected
 * @address: a #GSocketAddress, or another #GSocketConnectable as #GNetworkAddress or #GNetworkService
 * @cancellable: (nullable): a #GCancellable, or %NULL
 * @callback: (scope async) (nullable): called when the call is done
 * @user_data: data for @callback
 *
 * Connects to an address without waiting; see sa_socket_connect_to_address(). #SaSocket::connected is not
 * emitted.
 *
 * Since: 1.0
 */
void
sa_socket_connect_to_address_async (SaSocket *self,
                                    GSocketConnectable *address,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  g_autofree char *name = NULL;
  GTask *task;

  g_return_if_fail (SA_IS_SOCKET (self));
  g_return_if_fail (G_IS_SOCKET_CONNECTABLE (address));
  SA_SOCKET_CHECK_THREAD (self);

  name = name_address (address);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sa_socket_connect_to_address_async);
  connect_for_task (self, address, name, task);
}

/**
 * sa_socket_connect_to_address_finish:
 * @self: a #SaSocket
 * @result: the #GAsyncResult that the callback was given
 * @error: return location for a #GError
 *
 * Ends sa_socket_connect_to_address_async().
 *
 * Returns: %TRUE if the socket is connected
 * Since: 1.0
 */
gboolean
sa_socket_connect_to_address_finish (SaSocket *self,
                                     GAsyncResult *result,
                                     GError **error)
{
  g_return_val_if_fail (SA_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
