/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-archive-private.h"

/**
 * sa_archive_is_loading:
 * @self: an archive
 *
 * Whether values come out of the archive.
 *
 * Returns: %TRUE if it loads
 * Since: 1.0
 */
gboolean
(sa_archive_is_loading) (SaArchive *self)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);

  return sa_archive_get_priv (self)->mode == SA_ARCHIVE_LOAD;
}

/**
 * sa_archive_is_storing:
 * @self: an archive
 *
 * Whether values go into the archive.
 *
 * Returns: %TRUE if it stores
 * Since: 1.0
 */
gboolean
(sa_archive_is_storing) (SaArchive *self)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);

  return sa_archive_get_priv (self)->mode == SA_ARCHIVE_STORE;
}

/**
 * sa_archive_is_closed:
 * @self: an archive
 *
 * Whether sa_archive_close() or sa_archive_abort() was called.
 *
 * Returns: %TRUE if it is closed
 * Since: 1.0
 */
gboolean
sa_archive_is_closed (SaArchive *self)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), TRUE);

  return sa_archive_get_priv (self)->closed || sa_archive_get_priv (self)->close_pending;
}

/**
 * sa_archive_is_buffer_empty:
 * @self: an archive
 *
 * Whether the buffer has nothing in it: when loading, that nothing was read ahead; when storing, that all was
 * sent. It says nothing about the stream. That something is there does not mean that a whole message is: see
 * #SaArchive::load-ready and sa_archive_begin_transaction() for that.
 *
 * Returns: %TRUE if the buffer is empty
 * Since: 1.0
 */
gboolean
sa_archive_is_buffer_empty (SaArchive *self)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), TRUE);

  return sa_archive_get_buffered (self) == 0;
}

/**
 * sa_archive_get_stream:
 * @self: an archive
 *
 * Gets what the archive was made over: a #GIOStream, a #GInputStream or a #GOutputStream. Before it is used
 * directly, flush; see sa_archive_flush().
 *
 * Returns: (transfer none) (nullable): the stream, or %NULL over bytes and after closing
 * Since: 1.0
 */
GObject *
sa_archive_get_stream (SaArchive *self)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);

  return sa_archive_get_priv (self)->stream;
}

/**
 * sa_archive_get_offset:
 * @self: an archive
 *
 * Gets how many bytes were loaded or stored so far.
 *
 * Returns: the number of bytes from where the archive began
 * Since: 1.0
 */
guint64
sa_archive_get_offset (SaArchive *self)
{
  SaArchivePrivate *priv;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), 0);

  priv = sa_archive_get_priv (self);
  return priv->base_offset + (guint64) (self->cur - priv->buffer);
}
