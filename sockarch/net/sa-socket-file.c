/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-file.h"

/**
 * SECTION:sa-socket-file
 * @title: SaSocketFile
 * @short_description: A connected socket as a GIO stream
 * @see_also: #SaSocket, #SaArchive
 *
 * A #SaSocketFile makes a #GIOStream of a connected stream #SaSocket (MFC's CSocketFile), so that everything that
 * takes a GIO stream works over it: a #SaArchive, a #GDataInputStream, a #GTlsConnection.
 *
 * |[<!-- language="C" -->
 * g_autoptr (SaSocketFile) file = sa_socket_file_new (socket, &error);
 * g_autoptr (SaArchive) in = sa_archive_new (G_IO_STREAM (file), SA_ARCHIVE_LOAD);
 * g_autoptr (SaArchive) out = sa_archive_new (G_IO_STREAM (file), SA_ARCHIVE_STORE);
 * ]|
 *
 * ## Reading and writing
 *
 * g_io_stream_get_input_stream() and g_io_stream_get_output_stream() give the two halves. A call on a half that has to
 * wait does what #SaSocket:wait-policy says, and obeys #SaSocket:timeout and its #GCancellable; an asynchronous one
 * waits in the main context of the socket whatever the policy is, and is served without a thread and without a #GSource
 * of its own, so that ten thousand pending reads cost a turn of the loop nothing.
 *
 * A read gives what is there, which may be less than was asked for; 0 is the end: the peer has finished sending. This
 * is what MFC calls archive compatible; who wants a full buffer calls g_input_stream_read_all().
 *
 * Writes go through the send queue of the socket, in order with sa_socket_send(). Under %SA_WAIT_NEVER a write takes all
 * that it was given, or nothing, with %G_IO_ERROR_WOULD_BLOCK. Otherwise it returns when the kernel has everything; if a
 * timeout or a cancellation ends it in the middle, it gives the number of bytes that were sent, and the next call gives
 * the error. Several buffers in one g_output_stream_writev() become one packet where they fit.
 *
 * Both halves are pollable. The sources of g_pollable_input_stream_create_source() are for foreign users that know no
 * other way (#GTlsConnection): each costs every turn of the main loop some time, as with any #GSource of a descriptor.
 *
 * The halves are not #GSeekable: bytes of a socket have no position. What was read too far is put back with
 * sa_socket_file_unread().
 *
 * While a read is pending, #SaSocket::receive-ready is not emitted. Use either the signals of the socket, or its file.
 *
 * ## Ends
 *
 * Closing the output half finishes sending: the peer sees the end of the stream after all that was queued, and may go
 * on answering. Closing the input half says that nothing more will be read here; the peer is not told. When both
 * halves are closed, g_io_stream_close() is still to be called, or the socket to be closed.
 *
 * g_io_stream_close() closes the socket as sa_socket_close() does: what is queued is sent within #SaSocket:linger, and
 * operations that are pending end with %G_IO_ERROR_CLOSED. sa_socket_file_abort() resets the connection.
 *
 * ## Ownership
 *
 * The file holds a reference on its socket. When the last reference to the file is dropped it lets go of the socket and
 * closes nothing (as in MFC): a socket that others hold lives on, and can have a new file. A half that is held, by a
 * filter stream for instance, keeps working until it is dropped as well. A socket has at most one file at a time.
 *
 * | | holds | close | abort | last reference dropped |
 * |-|-|-|-|-|
 * | #SaSocket | the #GSocket | sends what is queued within #SaSocket:linger, then ends; emits #SaSocket::closed | resets the connection, drops what is queued | as close, without waiting |
 * | #SaSocketFile | the #SaSocket | closes the socket | aborts the socket | lets the socket go |
 * | #SaArchive | the #GIOStream | flushes, gives unread bytes back, leaves the stream open | drops what it holds | flushes what fits without waiting |
 *
 * ## Errors
 *
 * A file can only be made of a connected stream socket that has no other file: otherwise sa_socket_file_new() fails. An
 * object that was constructed by properties alone keeps that error, and gives it from g_initable_init() and from every
 * read and write.
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
};

G_DEFINE_FINAL_TYPE (SaSocketFile, sa_socket_file, G_TYPE_IO_STREAM)

static void
sa_socket_file_class_init (SaSocketFileClass *klass)
{
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
 * Fails with %G_IO_ERROR_NOT_CONNECTED if the socket is not connected (yet), %G_IO_ERROR_CLOSED if it is closed,
 * %G_IO_ERROR_NOT_SUPPORTED if it is a datagram socket, and %G_IO_ERROR_BUSY if it has a file already.
 *
 * Returns: (transfer full): a new #SaSocketFile, or %NULL with @error set
 * Since: 1.0
 */

/**
 * sa_socket_file_get_socket:
 * @self: a #SaSocketFile
 *
 * The socket that the file is a view of, also after the file was closed.
 *
 * Returns: (transfer none) (nullable): the #SaSocket; %NULL if the file was constructed without one
 * Since: 1.0
 */

/**
 * sa_socket_file_unread:
 * @self: a #SaSocketFile
 * @data: (array length=length) (element-type guint8): bytes that were read from the file
 * @length: how many there are
 * @error: return location for a #GError
 *
 * Puts bytes back, so that they are read again before anything else: those put back last come first. They need
 * not be the ones that were read.
 *
 * Fails with %G_IO_ERROR_PENDING while a read is pending, %G_IO_ERROR_CLOSED if the file or its input half is closed,
 * and with the error of sa_socket_file_new() if the file never had a connected socket.
 *
 * Returns: %TRUE if the bytes will be read again
 * Since: 1.0
 */

/**
 * sa_socket_file_abort:
 * @self: a #SaSocketFile
 *
 * Closes the file and aborts its socket: drops what is queued and resets the connection, so that the peer knows that it
 * did not end well (see sa_socket_abort()). Operations that are pending end with %G_IO_ERROR_CLOSED. Does nothing if
 * the file is closed.
 *
 * Since: 1.0
 */
