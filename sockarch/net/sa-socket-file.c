/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-file.h"

#include "sockarch/net/sa-socket-input-stream-private.h"
#include "sockarch/net/sa-socket-link-private.h"
#include "sockarch/net/sa-socket-output-stream-private.h"
#include "sockarch/net/sa-socket-private.h"
#include "sockarch/sa-i18n-private.h"

/**
 * SECTION:sa-socket-file
 * @title: SaSocketFile
 * @short_description: A connected socket as a GIO stream
 * @see_also: #SaSocket, #SaArchive
 *
 * A #SaSocketFile makes a #GIOStream of a connected stream #SaSocket (MFC's CSocketFile), so that
 * everything that takes a GIO stream works over it: a #SaArchive, a #GDataInputStream, a #GTlsConnection.
 *
 * |[<!-- language="C" -->
 * g_autoptr (SaSocketFile) file = sa_socket_file_new (socket, &error);
 * g_autoptr (SaArchive) in = sa_archive_new (G_IO_STREAM (file), SA_ARCHIVE_LOAD);
 * g_autoptr (SaArchive) out = sa_archive_new (G_IO_STREAM (file), SA_ARCHIVE_STORE);
 * ]|
 *
 * ## Reading and writing
 *
 * g_io_stream_get_input_stream() and g_io_stream_get_output_stream() give the two halves. A call on a
 * half that has to wait does what #SaSocket:wait-policy says, and obeys #SaSocket:timeout and its
 * #GCancellable; an asynchronous one waits in the main context of the socket whatever the policy is, and
 * is served without a thread and without a #GSource of its own, so that ten thousand pending reads cost a
 * turn of the loop nothing. Its io_priority has no meaning: see #SaSocket:priority.
 *
 * A read gives what is there, which may be less than was asked for; 0 is the end: the peer has finished
 * sending. This is what MFC calls archive compatible; who wants a full buffer calls
 * g_input_stream_read_all().
 *
 * Writes go through the send queue of the socket, in order with sa_socket_send(). Under %SA_WAIT_NEVER a
 * write takes all that it was given, or nothing, with %G_IO_ERROR_WOULD_BLOCK. Otherwise it returns when
 * the kernel has everything; if a timeout or a cancellation ends it in the middle, it gives the number of
 * bytes that were sent, and the next call gives the error. An asynchronous write of which some bytes were
 * sent goes on after those, so that no peer sees half of it, until it is sent or the connection is
 * closed. Several buffers in one g_output_stream_writev() become one packet where they fit.
 *
 * Of an asynchronous write whose #GCancellable was cancelled, g_output_stream_write_finish() says
 * %G_IO_ERROR_CANCELLED, although it may have sent all: so does GIO for every stream. Whoever wants to know
 * calls g_task_set_check_cancellable() with %FALSE on the #GAsyncResult, which is a #GTask, before.
 *
 * Both halves are pollable. The sources of g_pollable_input_stream_create_source() are for foreign users
 * that know no other way (#GTlsConnection): each costs every turn of the main loop some time, as with any
 * #GSource of a descriptor.
 *
 * The halves are not #GSeekable: bytes of a socket have no position. What was read too far is put back
 * with sa_socket_file_unread().
 *
 * While a read is pending, #SaSocket::receive-ready is not emitted. Use either the signals of the socket,
 * or its file.
 *
 * ## Ends
 *
 * Closing the output half finishes sending: the peer sees the end of the stream after all that was
 * queued, and may go on answering. Closing the input half says that nothing more will be read here; the
 * peer is not told. When both are closed the connection is over, and #SaSocket::closed comes.
 *
 * g_io_stream_close() closes the socket as sa_socket_close() does: what is queued is sent within
 * #SaSocket:linger, and operations that are pending end with %G_IO_ERROR_CLOSED.
 * g_io_stream_close_async() waits for what is queued without blocking, whatever the policy is, and then
 * closes; what is not sent within #SaSocket:linger is dropped, with %G_IO_ERROR_TIMED_OUT.
 * sa_socket_file_abort() resets the connection.
 *
 * ## Ownership
 *
 * The file holds a reference on its socket. When the last reference to the file is dropped it lets go of
 * the socket and closes nothing (as in MFC): a socket that others hold lives on, and can have a new file.
 * A half that is held, by a filter stream for instance, keeps working until it is dropped as well. A
 * socket has at most one file at a time.
 *
 * How each of the three classes ends:
 *
 * - A #SaSocket holds the #GSocket. sa_socket_close() sends what is queued within #SaSocket:linger, then
 *   ends the connection, and emits #SaSocket::closed. sa_socket_abort() drops what is queued and resets
 *   the connection. When the last reference is dropped it closes without waiting, and without a signal.
 * - A #SaSocketFile holds the #SaSocket. g_io_stream_close() closes the socket, sa_socket_file_abort()
 *   aborts it. When the last reference is dropped it lets the socket go.
 * - A #SaArchive holds the #GIOStream. sa_archive_close() flushes, gives unread bytes back, and leaves
 *   the stream open. sa_archive_abort() drops what it holds. When the last reference is dropped it sends
 *   what goes without waiting.
 *
 * ## Errors
 *
 * A file can only be made of a connected stream socket that has no other file: otherwise
 * sa_socket_file_new() fails. An object that was constructed by properties alone keeps that error, and
 * gives it from g_initable_init() and from every read and write.
 */

/**
 * SaSocketFile:
 *
 * A connected #SaSocket as a #GIOStream.
 *
 * Since: 1.0
 */
struct _SaSocketFile
{
  GIOStream parent;

  SaSocketLink *link;    /* what the file shares with its halves */
  SaSocket *socket;      /* as constructed; kept even if it was refused, for the property */
  GInputStream *input;   /* made when somebody asks: one half is often enough */
  GOutputStream *output; /* likewise */
  gboolean letting_go;   /* the last reference was dropped: GIOStream closes itself then, the socket stays */
};

enum
{
  PROP_0,
  PROP_SOCKET,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

static void sa_socket_file_initable_iface_init (GInitableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SaSocketFile, sa_socket_file, G_TYPE_IO_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, sa_socket_file_initable_iface_init))

/* Why no file can be made of the socket; NULL if one can.  */
static GError *
refuse (SaSocket *socket)
{
  if (socket == NULL)
    return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                                _("A socket file needs a socket: give the \"socket\" property"));

  if (!sa_socket_is_stream (socket))
    return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                                _("A datagram socket is not a stream: use the socket itself"));

  switch (sa_socket_get_state (socket))
    {
    case SA_SOCKET_STATE_CONNECTED:
      return NULL;

    case SA_SOCKET_STATE_CLOSED:
      return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED,
                                  _("The socket is closed: no socket file can be made of it"));

    case SA_SOCKET_STATE_CONNECTING:
      return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED,
                                  _("The socket is still connecting: make the socket file after "
                                    "SaSocket::connected"));

    case SA_SOCKET_STATE_LISTENING:
      return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED,
                                  _("The socket listens: make the socket file of a socket that it accepted"));

    case SA_SOCKET_STATE_NEW:
    case SA_SOCKET_STATE_BOUND:
    default:
      return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED,
                                  _("The socket is not connected: connect it before making a socket file"));
    }
}

static void
sa_socket_file_constructed (GObject *object)
{
  SaSocketFile *self = SA_SOCKET_FILE (object);

  G_OBJECT_CLASS (sa_socket_file_parent_class)->constructed (object);
  self->link = sa_socket_link_new (self->socket, refuse (self->socket));
}

static gboolean
sa_socket_file_initable_init (GInitable *initable,
                              GCancellable *cancellable,
                              GError **error)
{
  return sa_socket_link_check_usable (SA_SOCKET_FILE (initable)->link, error);
}

static void
sa_socket_file_initable_iface_init (GInitableIface *iface)
{
  iface->init = sa_socket_file_initable_init;
}

static GInputStream *
sa_socket_file_get_input_stream (GIOStream *stream)
{
  SaSocketFile *self = SA_SOCKET_FILE (stream);

  if (self->input == NULL)
    self->input = sa_socket_input_stream_new (self->link);

  return self->input;
}

static GOutputStream *
sa_socket_file_get_output_stream (GIOStream *stream)
{
  SaSocketFile *self = SA_SOCKET_FILE (stream);

  if (self->output == NULL)
    self->output = sa_socket_output_stream_new (self->link);

  return self->output;
}

/* The socket is closed: the halves are too, and it may have another file. A half on which an operation is
 * pending cannot be marked closed; it finds the link closed.  */
static void
mark_closed (SaSocketFile *self)
{
  sa_socket_link_close (self->link);
  if (self->input != NULL)
    g_input_stream_close (self->input, NULL, NULL);
  if (self->output != NULL)
    g_output_stream_close (self->output, NULL, NULL);
}

static gboolean
sa_socket_file_close (GIOStream *stream,
                      GCancellable *cancellable,
                      GError **error)
{
  SaSocketFile *self = SA_SOCKET_FILE (stream);

  if (self->letting_go || !sa_socket_link_is_open (self->link))
    return TRUE;

  g_autoptr (SaSocket) socket = g_object_ref (self->socket);

  /* First, so that what is called from inside of close () finds the file closed.  */
  mark_closed (self);

  return sa_socket_close (socket, error);
}

/* An asynchronous close waits in the send queue, as an entry of no bytes behind all others.  */
typedef struct
{
  SaSendEntry entry; /* says that all is sent */
  SaTimer timer;     /* SaSocket:linger */
  GTask *task;       /* holds the file, and so its socket */
  guint epoch;       /* of the socket: it may have been closed, and be at another connection */
} SaFileClose;

static void
finish_close (SaFileClose *self,
              const GError *failure)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);
  SaSocketFile *file = SA_SOCKET_FILE (g_task_get_source_object (task));
  GError *error = failure != NULL ? g_error_copy (failure) : NULL;
  gboolean is_same = sa_socket_get_epoch (file->socket) == self->epoch;

  sa_timer_stop (&self->timer);
  g_free (self);

  if (is_same && error != NULL)
    sa_socket_abort (file->socket);
  else if (is_same)
    sa_socket_close (file->socket, &error);

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_all_sent (SaSendEntry *entry,
             const GError *error)
{
  finish_close ((SaFileClose *) (gpointer) entry, error);
}

static void
on_linger_over (SaTimer *timer)
{
  SaFileClose *self = (SaFileClose *) (gpointer) ((char *) timer - G_STRUCT_OFFSET (SaFileClose, timer));
  SaSocket *socket = SA_SOCKET (timer->owner);
  g_autoptr (GError) error = NULL;

  if (!sa_socket_remove_entry (socket, &self->entry))
    {
      sa_socket_put_off (socket, &self->entry, timer);
      return;
    }

  error = g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                       _("%zu queued bytes were not sent within %u milliseconds"),
                       sa_socket_get_queued_bytes (socket), sa_socket_get_linger (socket));
  finish_close (self, error);
}

static void
sa_socket_file_close_async (GIOStream *stream,
                            int priority,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  SaSocketFile *self = SA_SOCKET_FILE (stream);
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);
  GError *error = NULL;

  g_task_set_source_tag (task, sa_socket_file_close_async);
  g_task_set_check_cancellable (task, FALSE);
  if (!sa_socket_link_is_open (self->link) || sa_socket_get_queued_bytes (self->socket) == 0)
    {
      if (sa_socket_file_close (stream, cancellable, &error))
        g_task_return_boolean (task, TRUE);
      else
        g_task_return_error (task, error);
      return;
    }

  SaFileClose *closing = g_new0 (SaFileClose, 1);

  mark_closed (self);
  closing->entry.func = on_all_sent;
  closing->task = g_steal_pointer (&task);
  closing->epoch = sa_socket_get_epoch (self->socket);
  sa_socket_drop_rest (self->socket);
  sa_timer_init (&closing->timer, G_OBJECT (self->socket), on_linger_over);
  sa_timer_start (&closing->timer, sa_socket_get_poller (self->socket),
                  g_get_monotonic_time () + (gint64) sa_socket_get_linger (self->socket) * 1000);
  sa_socket_queue_entry (self->socket, &closing->entry);
}

static gboolean
sa_socket_file_close_finish (GIOStream *stream,
                             GAsyncResult *result,
                             GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, stream), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
sa_socket_file_set_property (GObject *object,
                             guint property_id,
                             const GValue *value,
                             GParamSpec *pspec)
{
  SaSocketFile *self = SA_SOCKET_FILE (object);

  switch (property_id)
    {
    case PROP_SOCKET:
      self->socket = g_value_dup_object (value);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
sa_socket_file_get_property (GObject *object,
                             guint property_id,
                             GValue *value,
                             GParamSpec *pspec)
{
  SaSocketFile *self = SA_SOCKET_FILE (object);

  switch (property_id)
    {
    case PROP_SOCKET:
      g_value_set_object (value, self->socket);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
sa_socket_file_dispose (GObject *object)
{
  SaSocketFile *self = SA_SOCKET_FILE (object);

  self->letting_go = TRUE;
  G_OBJECT_CLASS (sa_socket_file_parent_class)->dispose (object);
}

static void
sa_socket_file_finalize (GObject *object)
{
  SaSocketFile *self = SA_SOCKET_FILE (object);

  g_clear_object (&self->input);
  g_clear_object (&self->output);
  g_clear_pointer (&self->link, sa_socket_link_unref);
  g_clear_object (&self->socket);

  G_OBJECT_CLASS (sa_socket_file_parent_class)->finalize (object);
}

static void
sa_socket_file_class_init (SaSocketFileClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  object_class->constructed = sa_socket_file_constructed;
  object_class->set_property = sa_socket_file_set_property;
  object_class->get_property = sa_socket_file_get_property;
  object_class->dispose = sa_socket_file_dispose;
  object_class->finalize = sa_socket_file_finalize;
  stream_class->get_input_stream = sa_socket_file_get_input_stream;
  stream_class->get_output_stream = sa_socket_file_get_output_stream;
  stream_class->close_fn = sa_socket_file_close;
  stream_class->close_async = sa_socket_file_close_async;
  stream_class->close_finish = sa_socket_file_close_finish;

  /**
   * SaSocketFile:socket:
   *
   * The connected stream socket that the file is a view of; it is referenced.
   *
   * Since: 1.0
   */
  properties[PROP_SOCKET] =
    g_param_spec_object ("socket", NULL, NULL, SA_TYPE_SOCKET,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
sa_socket_file_init (SaSocketFile *self)
{
}

/**
 * sa_socket_file_new:
 * @socket: a connected stream #SaSocket
 * @error: return location for a #GError
 *
 * Makes a stream of a connected socket.
 *
 * Fails with %G_IO_ERROR_NOT_CONNECTED if the socket is not connected (yet), %G_IO_ERROR_CLOSED if it is
 * closed, %G_IO_ERROR_NOT_SUPPORTED if it is a datagram socket, and %G_IO_ERROR_BUSY if it has a file
 * already.
 *
 * Returns: (transfer full): a new #SaSocketFile, or %NULL with @error set
 * Since: 1.0
 */
SaSocketFile *
sa_socket_file_new (SaSocket *socket,
                    GError **error)
{
  g_return_val_if_fail (SA_IS_SOCKET (socket), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return g_initable_new (SA_TYPE_SOCKET_FILE, NULL, error, "socket", socket, NULL);
}

/**
 * sa_socket_file_get_socket:
 * @self: a #SaSocketFile
 *
 * The socket that the file is a view of, also after the file was closed.
 *
 * Returns: (transfer none) (nullable): the #SaSocket; %NULL if the file was constructed without one
 * Since: 1.0
 */
SaSocket *
sa_socket_file_get_socket (SaSocketFile *self)
{
  g_return_val_if_fail (SA_IS_SOCKET_FILE (self), NULL);

  return self->socket;
}

/**
 * sa_socket_file_unread:
 * @self: a #SaSocketFile
 * @data: (array length=length) (element-type guint8): bytes that were read from the file
 * @length: how many there are
 * @error: return location for a #GError
 *
 * Puts bytes back, so that they are read again before anything else: those put back last come first. They
 * need not be the ones that were read.
 *
 * Fails with %G_IO_ERROR_PENDING while a read is pending, %G_IO_ERROR_CLOSED if the file or its input
 * half is closed, and with the error of sa_socket_file_new() if the file never had a connected socket.
 *
 * Returns: %TRUE if the bytes will be read again
 * Since: 1.0
 */
gboolean
sa_socket_file_unread (SaSocketFile *self,
                       const guint8 *data,
                       gsize length,
                       GError **error)
{
  g_return_val_if_fail (SA_IS_SOCKET_FILE (self), FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (self));

  return sa_socket_input_stream_unread (SA_SOCKET_INPUT_STREAM (input), data, length, error);
}

/**
 * sa_socket_file_abort:
 * @self: a #SaSocketFile
 *
 * Closes the file and aborts its socket: drops what is queued and resets the connection, so that the peer
 * knows that it did not end well (see sa_socket_abort()). Operations that are pending end with
 * %G_IO_ERROR_CLOSED. Does nothing if the file is closed.
 *
 * Since: 1.0
 */
void
sa_socket_file_abort (SaSocketFile *self)
{
  g_return_if_fail (SA_IS_SOCKET_FILE (self));

  if (!sa_socket_link_is_open (self->link))
    return;

  g_autoptr (SaSocketFile) hold = g_object_ref (self);

  mark_closed (self);
  sa_socket_abort (self->socket);
  g_io_stream_close (G_IO_STREAM (self), NULL, NULL);
}
