/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-serializable-private.h"

#include "sockarch/archive/sa-archive-private.h"
#include "sockarch/sa-error.h"
#include "sockarch/sa-i18n-private.h"

/**
 * SECTION:sa-serializable
 * @title: SaSerializable
 * @short_description: objects that store and load themselves
 *
 * A class implements #SaSerializable to say, field by field, what goes into an archive (MFC's
 * CObject::Serialize). One function serves both directions: the sa_archive_exchange_uint32() family stores a
 * field when the archive stores, and loads it when the archive loads.
 *
 * |[<!-- language="C" -->
 * static gboolean
 * my_node_serialize (SaSerializable *serializable,
 *                    SaArchive *archive,
 *                    GError **error)
 * {
 *   MyNode *self = MY_NODE (serializable);
 *
 *   sa_archive_exchange_uint16 (archive, &self->id, NULL);
 *   sa_archive_exchange_string (archive, &self->name, NULL);
 *   sa_archive_exchange_object (archive, &self->next, MY_TYPE_NODE, NULL);
 *
 *   return sa_archive_check (archive, error);
 * }
 * ]|
 *
 * The same in Python:
 *
 * |[<!-- language="Python" -->
 * class Node (GObject.Object, Sockarch.Serializable):
 *   __gtype_name__ = 'Node'
 *   id, name, next = 0, '', None
 *
 *   def do_serialize (self, archive):
 *     self.id = archive.exchange_uint16 (self.id)
 *     self.name = archive.exchange_string (self.name)
 *     self.next = archive.exchange_object (self.next, Node)
 *     return True
 * ]|
 *
 * The class must be one that g_object_new() can make without arguments, since that is how a loading archive
 * makes its objects; a Python class whose `__init__` is overridden must accept a call without arguments.
 *
 * In Python a class that derives from one which implements the interface, and has a `do_serialize` of its
 * own, must name `Sockarch.Serializable` among its bases again; otherwise PyGObject gives the function to the
 * base class too.
 *
 * A class whose fields are GObject properties needs no code at all: see sa_class_registry_add_layout().
 */

/**
 * SaSerializable:
 *
 * An object that can be stored in, and loaded from, a #SaArchive.
 *
 * Since: 1.0
 */

G_DEFINE_INTERFACE (SaSerializable, sa_serializable, G_TYPE_OBJECT)

static void
sa_serializable_default_init (SaSerializableInterface *iface)
{
}

/* Bindings print an exception and return FALSE without an error, and a forgotten return looks just the
 * same.  */
static void
set_silent_failure (GError **error,
                    SaSerializable *self)
{
  g_set_error (
      error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_FAILED,
      _("The serialize of class %s failed without saying why; it must return TRUE at its end, or FALSE "
        "with an error set"),
      G_OBJECT_TYPE_NAME (self));
}

gboolean
sa_serializable_explain (const SaSerializableInterface *iface,
                         SaSerializable *self,
                         SaArchive *archive,
                         GError *failure,
                         GError **error)
{
  if (iface->serialize == NULL)
    {
      g_set_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NOT_SUPPORTED,
                   _("The class %s does not implement serialize"), G_OBJECT_TYPE_NAME (self));
      return FALSE;
    }

  /* A caught and forgotten error of the archive says more than "failed".  */
  if (failure == NULL && sa_archive_check (archive, &failure))
    set_silent_failure (&failure, self);

  g_propagate_error (error, failure);

  return FALSE;
}

/**
 * sa_serializable_serialize:
 * @self: a #SaSerializable
 * @archive: the archive to store in or to load from
 * @error: return location for a #GError
 *
 * Stores or loads the fields of @self, without a tag in front of them: it is sa_archive_write_object() and
 * sa_archive_read_object() that put and take tags and then call this.
 *
 * Programs call this to run the `serialize` of another object as part of their own;
 * sa_archive_serialize_embedded() does the same and also keeps the path of errors, the depth limit, and the
 * schema.
 *
 * An implementation returns %TRUE, or %FALSE with an error set. One that breaks this rule is taken as failed:
 * %FALSE without an error becomes %SA_ARCHIVE_ERROR_FAILED (so does an exception in a Python implementation),
 * and %TRUE is not believed if an error is set or sa_archive_check() reports one. An implementation may be
 * run more than once, on fresh objects, while data is arriving, and must have no effect outside of @self.
 *
 * Returns: %TRUE if all fields were stored or loaded; %FALSE with @error set otherwise, where the error is
 *   the one the implementation set, or any that the archive's calls can give
 * Since: 1.0
 */
gboolean
sa_serializable_serialize (SaSerializable *self,
                           SaArchive *archive,
                           GError **error)
{
  g_return_val_if_fail (SA_IS_SERIALIZABLE (self), FALSE);
  g_return_val_if_fail (SA_IS_ARCHIVE (archive), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return sa_serializable_run (SA_SERIALIZABLE_GET_IFACE (self), self, archive, error);
}

/**
 * sa_serializable_loaded:
 * @self: a #SaSerializable
 * @archive: the archive that @self was loaded from
 *
 * Tells @self that it, and everything it points at, is complete. Archives call this once for each object
 * after the whole outermost object was loaded, those that are pointed at before those that point (in a cycle
 * one has to be the first). This is the place to compute what is not stored; the archive must not be read
 * from here.
 *
 * Since: 1.0
 */
void
sa_serializable_loaded (SaSerializable *self,
                        SaArchive *archive)
{
  SaSerializableInterface *iface;

  g_return_if_fail (SA_IS_SERIALIZABLE (self));
  g_return_if_fail (SA_IS_ARCHIVE (archive));

  iface = SA_SERIALIZABLE_GET_IFACE (self);
  if (iface->loaded != NULL)
    iface->loaded (self, archive);
}
