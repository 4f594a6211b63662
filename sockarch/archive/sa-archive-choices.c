/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-archive-private.h"

/* The choices that a peer or a caller makes: plain properties of an archive, which may change between
 * values. Those on which it depends what bytes mean go back with a transaction.  */

/**
 * sa_archive_get_cancellable:
 * @self: an archive
 *
 * Gets what ends the waiting of calls. See #SaArchive:cancellable.
 *
 * Returns: (transfer none) (nullable): a #GCancellable, or %NULL
 * Since: 1.0
 */
GCancellable *
sa_archive_get_cancellable (SaArchive *self)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);

  return sa_archive_get_priv (self)->cancellable;
}

/**
 * sa_archive_set_cancellable:
 * @self: an archive
 * @cancellable: (nullable): a #GCancellable, or %NULL for none
 *
 * Sets what ends the waiting of calls. See #SaArchive:cancellable.
 *
 * Since: 1.0
 */
void
sa_archive_set_cancellable (SaArchive *self,
                            GCancellable *cancellable)
{
  SaArchivePrivate *priv;

  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));

  priv = sa_archive_get_priv (self);
  if (g_set_object (&priv->cancellable, cancellable))
    g_object_notify (G_OBJECT (self), "cancellable");
}

/**
 * sa_archive_get_timeout:
 * @self: an archive
 *
 * Gets how long a call may wait for the stream. See #SaArchive:timeout.
 *
 * Returns: milliseconds, or 0 for no limit
 * Since: 1.0
 */
guint
sa_archive_get_timeout (SaArchive *self)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), 0);

  return sa_archive_get_priv (self)->timeout;
}

/**
 * sa_archive_set_timeout:
 * @self: an archive
 * @milliseconds: milliseconds, or 0 for no limit
 *
 * Sets how long a call may wait for the stream. See #SaArchive:timeout.
 *
 * Since: 1.0
 */
void
sa_archive_set_timeout (SaArchive *self,
                        guint milliseconds)
{
  SaArchivePrivate *priv;

  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));

  priv = sa_archive_get_priv (self);
  if (priv->timeout == milliseconds)
    return;

  priv->timeout = milliseconds;
  g_object_notify (G_OBJECT (self), "timeout");
}

/**
 * sa_archive_get_string_form:
 * @self: an archive
 *
 * Gets how strings are stored. See #SaArchive:string-form.
 *
 * Returns: a form
 * Since: 1.0
 */
SaStringForm
sa_archive_get_string_form (SaArchive *self)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), 0);

  return sa_archive_get_priv (self)->string_form;
}

/**
 * sa_archive_set_string_form:
 * @self: an archive
 * @form: a form
 *
 * Sets how strings are stored. See #SaArchive:string-form.
 *
 * Since: 1.0
 */
void
sa_archive_set_string_form (SaArchive *self,
                            SaStringForm form)
{
  SaArchivePrivate *priv;

  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));

  priv = sa_archive_get_priv (self);
  if (priv->string_form == form)
    return;

  priv->string_form = form;
  priv->n_choices++;
  g_object_notify (G_OBJECT (self), "string-form");
}

/**
 * sa_archive_get_time_form:
 * @self: an archive
 *
 * Gets how a CTime is stored. See #SaArchive:time-form.
 *
 * Returns: a form
 * Since: 1.0
 */
SaTimeForm
sa_archive_get_time_form (SaArchive *self)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), 0);

  return sa_archive_get_priv (self)->time_form;
}

/**
 * sa_archive_set_time_form:
 * @self: an archive
 * @form: a form
 *
 * Sets how a CTime is stored. See #SaArchive:time-form.
 *
 * Since: 1.0
 */
void
sa_archive_set_time_form (SaArchive *self,
                          SaTimeForm form)
{
  SaArchivePrivate *priv;

  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));

  priv = sa_archive_get_priv (self);
  if (priv->time_form == form)
    return;

  priv->time_form = form;
  priv->n_choices++;
  g_object_notify (G_OBJECT (self), "time-form");
}

/**
 * sa_archive_get_byte_order:
 * @self: an archive
 *
 * Gets the byte order of numbers. See #SaArchive:byte-order.
 *
 * Returns: a byte order
 * Since: 1.0
 */
SaByteOrder
sa_archive_get_byte_order (SaArchive *self)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), 0);

  return sa_archive_get_priv (self)->byte_order;
}

/**
 * sa_archive_set_byte_order:
 * @self: an archive
 * @order: a byte order
 *
 * Sets the byte order of numbers. See #SaArchive:byte-order.
 *
 * Since: 1.0
 */
void
sa_archive_set_byte_order (SaArchive *self,
                           SaByteOrder order)
{
  SaArchivePrivate *priv;

  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));

  priv = sa_archive_get_priv (self);
  if (priv->byte_order == order)
    return;

  priv->byte_order = order;
  priv->n_choices++;
  sa_archive_update_ends (self);
  g_object_notify (G_OBJECT (self), "byte-order");
}

/**
 * sa_archive_get_allow_64bit:
 * @self: an archive
 *
 * Gets whether lengths and counts that need 64 bits may be stored. See #SaArchive:allow-64bit.
 *
 * Returns: %TRUE if they may
 * Since: 1.0
 */
gboolean
sa_archive_get_allow_64bit (SaArchive *self)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);

  return sa_archive_get_priv (self)->allow_64bit;
}

/**
 * sa_archive_set_allow_64bit:
 * @self: an archive
 * @allow: whether to allow it
 *
 * Sets whether lengths and counts that need 64 bits may be stored. See #SaArchive:allow-64bit.
 *
 * Since: 1.0
 */
void
sa_archive_set_allow_64bit (SaArchive *self,
                            gboolean allow)
{
  SaArchivePrivate *priv;

  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));

  priv = sa_archive_get_priv (self);
  if (priv->allow_64bit == (allow != FALSE))
    return;

  priv->allow_64bit = (allow != FALSE);
  g_object_notify (G_OBJECT (self), "allow-64bit");
}

/**
 * sa_archive_get_allow_big_tags:
 * @self: an archive
 *
 * Gets whether more than 32 766 classes and objects may be stored. See #SaArchive:allow-big-tags.
 *
 * Returns: %TRUE if they may
 * Since: 1.0
 */
gboolean
sa_archive_get_allow_big_tags (SaArchive *self)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);

  return sa_archive_get_priv (self)->allow_big_tags;
}

/**
 * sa_archive_set_allow_big_tags:
 * @self: an archive
 * @allow: whether to allow it
 *
 * Sets whether more than 32 766 classes and objects may be stored. See #SaArchive:allow-big-tags.
 *
 * Since: 1.0
 */
void
sa_archive_set_allow_big_tags (SaArchive *self,
                               gboolean allow)
{
  SaArchivePrivate *priv;

  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));

  priv = sa_archive_get_priv (self);
  if (priv->allow_big_tags == (allow != FALSE))
    return;

  priv->allow_big_tags = (allow != FALSE);
  g_object_notify (G_OBJECT (self), "allow-big-tags");
}

/**
 * sa_archive_get_registry:
 * @self: an archive
 *
 * Gets the classes of which the archive loads and stores objects. See #SaArchive:registry.
 *
 * Returns: (transfer none) (nullable): a registry, or %NULL
 * Since: 1.0
 */
SaClassRegistry *
sa_archive_get_registry (SaArchive *self)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);

  return sa_archive_get_priv (self)->registry;
}

/**
 * sa_archive_set_registry:
 * @self: an archive
 * @registry: (nullable): a registry, or %NULL for none
 *
 * Sets the classes of which the archive loads and stores objects. See #SaArchive:registry.
 *
 * Since: 1.0
 */
void
sa_archive_set_registry (SaArchive *self,
                         SaClassRegistry *registry)
{
  SaArchivePrivate *priv;

  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));

  priv = sa_archive_get_priv (self);
  if (!g_set_object (&priv->registry, registry))
    return;

  priv->n_choices++;
  g_object_notify (G_OBJECT (self), "registry");
}

/**
 * sa_archive_get_code_page:
 * @self: an archive
 *
 * Gets in which code page narrow text is. See #SaArchive:code-page.
 *
 * Returns: (transfer none): the name
 * Since: 1.0
 */
const char *
sa_archive_get_code_page (SaArchive *self)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);

  return sa_code_page_get_name (sa_archive_get_priv (self)->code_page);
}

/**
 * sa_archive_set_code_page:
 * @self: an archive
 * @code_page: the name of a code page, as iconv knows it
 * @error: return location for an error
 *
 * Sets in which code page narrow text is. See #SaArchive:code-page.
 *
 * Fails with %SA_ARCHIVE_ERROR_NOT_SUPPORTED if there is no such code page; then nothing changes.
 *
 * Returns: %TRUE if it was set
 * Since: 1.0
 */
gboolean
sa_archive_set_code_page (SaArchive *self,
                          const char *code_page,
                          GError **error)
{
  SaArchivePrivate *priv;
  SaCodePage *page;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (code_page != NULL, FALSE);

  priv = sa_archive_get_priv (self);
  if (!sa_code_page_new (code_page, &page, error))
    return FALSE;

  sa_code_page_unref (priv->code_page);
  priv->code_page = page;
  priv->n_choices++;
  g_object_notify (G_OBJECT (self), "code-page");
  return TRUE;
}

/**
 * sa_archive_get_limits:
 * @self: an archive
 *
 * Gets how much the archive takes from its stream. An archive for which none were set has limits of its own,
 * with the values of %SA_LIMITS_LAN, which may be changed.
 *
 * Returns: (transfer none): the limits
 * Since: 1.0
 */
SaLimits *
sa_archive_get_limits (SaArchive *self)
{
  SaArchivePrivate *priv;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);

  priv = sa_archive_get_priv (self);
  if (priv->limits == NULL)
    {
      priv->limits = sa_limits_new (SA_LIMITS_LAN);
      priv->limit = sa_limits_get_values (priv->limits);
    }

  return priv->limits;
}

/**
 * sa_archive_set_limits:
 * @self: an archive
 * @limits: limits
 *
 * Sets how much the archive takes from its stream. The archive refers to @limits: what is changed there later
 * counts here too. A message that has begun keeps the size it was allowed.
 *
 * Since: 1.0
 */
void
sa_archive_set_limits (SaArchive *self,
                       SaLimits *limits)
{
  SaArchivePrivate *priv;

  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (SA_IS_LIMITS (limits));

  priv = sa_archive_get_priv (self);
  if (!g_set_object (&priv->limits, limits))
    return;

  priv->limit = sa_limits_get_values (limits);
  priv->n_choices++;
  g_object_notify (G_OBJECT (self), "limits");
}
