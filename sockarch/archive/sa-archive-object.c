/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-archive-object.h"

#include "sockarch/archive/sa-graph-private.h"
#include "sockarch/archive/sa-serializable.h"
#include "sockarch/sa-i18n-private.h"

/**
 * SECTION:sa-archive-object
 * @title: Objects in an archive
 * @short_description: object graphs with identity, classes, and schemas
 *
 * An object is stored once: the first sa_archive_write_object() of it writes its class and its fields, every
 * later one only a reference. So shared objects are still shared after loading, cycles close, and %NULL stays
 * %NULL. Classes and objects are numbered by one counter, an object before its fields, as MFC's CArchive
 * does.
 *
 * The classes an archive may write, and above all create, are those in its #SaArchive:registry and no others.
 *
 * Errors of these calls, besides those of every archive call:
 *
 * - %SA_ARCHIVE_ERROR_BAD_INDEX: a tag names an entry that does not exist, or a class where an object must be
 * - %SA_ARCHIVE_ERROR_BAD_CLASS: the class is not registered, or not of the expected type
 * - %SA_ARCHIVE_ERROR_BAD_SCHEMA: the schema number is not one that the registered class reads
 * - %SA_ARCHIVE_ERROR_NOT_SUPPORTED: an object to be stored is of no registered class
 * - %SA_ARCHIVE_ERROR_LIMIT: too deep, or too many objects for the #SaArchive:limits
 * - %SA_ARCHIVE_ERROR_NEED_MORE: the object is not complete yet; nothing was consumed
 *
 * After a failure in the middle of an object the archive keeps the error and refuses further work (unless a
 * transaction is open, which can be rolled back); what it was storing is not sent, not even in part.
 */

/* Classes without objects */

static const SaWireClass *
find_class (SaArchive *self,
            const char *name,
            GError **error)
{
  const SaWireClass *klass = sa_class_registry_lookup_name (sa_graph_get_registry (self, sa_graph_get (self)),
                                                            name);

  if (klass == NULL)
    sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_BAD_CLASS,
                          _("The class %s is not in the archive's class registry"), name);

  return klass;
}

/* A class is whole or not at all, but not a message: nothing is reset after it.  */
static gboolean
begin_class (SaArchive *self,
             SaMessage *message,
             GError **error)
{
  message->outermost = sa_archive_get_depth (self) == 0;

  return !message->outermost || sa_archive_begin_composite (self, error);
}

static gboolean
end_class (SaArchive *self,
           const SaMessage *message,
           gboolean success,
           GError **error)
{
  return message->outermost ? sa_archive_end_composite (self, success, error) : success;
}

static gboolean
read_class_tag (SaArchive *self,
                const char *expected_name,
                SaGraphTag *tag,
                GError **error)
{
  const SaWireClass *expected = NULL;

  if (expected_name != NULL)
    {
      expected = find_class (self, expected_name, error);
      if (expected == NULL)
        return FALSE;
    }

  if (!sa_graph_read_tag (self, tag, error))
    return FALSE;

  if (tag->klass == NULL)
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_BAD_INDEX,
                                 _("The stream has an object where a class is wanted"));

  return expected == NULL || sa_graph_check_class (self, tag->klass, G_TYPE_OBJECT, expected, error);
}

/* When loading there is no look-up by pointer; but few objects, and the first ones as a rule, are entered
 * by hand.  */
static gboolean
is_mapped (const SaGraph *graph,
           gpointer object)
{
  if (graph->table.by_pointer)
    return sa_object_table_lookup (&graph->table, object) != 0;

  for (guint i = graph->table.first; i < graph->table.n_entries; i++)
    if (graph->table.entries[i].pointer == object)
      return TRUE;

  return FALSE;
}

/* For what works in both directions.  */
static gboolean
check_open (SaArchive *self,
            GError **error)
{
  return sa_archive_is_loading (self) ? sa_archive_check_loading (self, error)
                                      : sa_archive_check_storing (self, error);
}

/* Types live on, so that what was looked at once needs no second look.  */
static inline gboolean
was_expected (SaArchive *self,
              GType expected_type)
{
  const SaGraph *graph = sa_archive_get_tables (self);

  return graph != NULL && expected_type != G_TYPE_INVALID && graph->expected_type == expected_type;
}

/**
 * sa_archive_read_object:
 * @self: a #SaArchive that loads
 * @expected_type: the type that the object must be of, or derive from; %G_TYPE_OBJECT for any registered
 *   class, #SA_TYPE_RECORD for any registered record
 * @error: return location for a #GError
 *
 * Reads an object, or a reference to one that was read before (CArchive::ReadObject). Name, schema, and type
 * of the class are checked before anything is created.
 *
 * %NULL is a value: in C, check @error (or sa_archive_check()) and not the result to know of a failure.
 *
 * Returns: (type GObject) (transfer full) (nullable): the object, or %NULL if that is what was stored, or on
 *   error
 * Since: 1.0
 */
gpointer
sa_archive_read_object (SaArchive *self,
                        GType expected_type,
                        GError **error)
{
  SaMessage message;
  GObject *object = NULL;
  gboolean success;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (sa_graph_load_reference (self, expected_type, (gpointer *) &object))
    return object;

  g_return_val_if_fail (was_expected (self, expected_type) || SA_IS_OBJECT_TYPE (expected_type), NULL);

  if (!sa_archive_check_loading (self, error) ||
      !sa_archive_begin_message (self, sa_archive_read_object, expected_type, &message, error))
    return NULL;

  sa_graph_get (self)->expected_type = expected_type;
  success = sa_graph_load (self, expected_type, NULL, message.outermost, &object, error);
  if (!sa_archive_end_message (self, &message, success, error))
    g_clear_object (&object);

  return object;
}

static inline gboolean
has_number (SaArchive *self,
            gconstpointer object)
{
  const SaGraph *graph = sa_archive_get_tables (self);

  return graph != NULL && sa_object_table_lookup (&graph->table, object) != 0;
}

/**
 * sa_archive_write_object:
 * @self: a #SaArchive that stores
 * @object: (type GObject) (nullable): the object, whose type is in the #SaArchive:registry, or %NULL
 * @error: return location for a #GError
 *
 * Writes an object with all that it points at, or a reference if this archive wrote it before
 * (CArchive::WriteObject). The archive holds a reference on it until sa_archive_reset_objects(), so that a
 * new object cannot be mistaken for one that has gone.
 *
 * The type must itself be registered: a type derived from a registered one is refused, as its own fields
 * would be lost.
 *
 * Returns: %TRUE if the object was stored, or %FALSE with @error set, and then nothing of it is sent
 * Since: 1.0
 */
gboolean
sa_archive_write_object (SaArchive *self,
                         gpointer object,
                         GError **error)
{
  SaMessage message;
  gboolean success;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (sa_graph_store_reference (self, object, G_TYPE_OBJECT))
    return TRUE;

  /* An object that has a number is not looked at: that would be most of the cost of a reference to it.  */
  g_return_val_if_fail (object == NULL || has_number (self, object) || G_IS_OBJECT (object), FALSE);

  if (!sa_archive_check_storing (self, error)
      || !sa_archive_begin_message (self, NULL, G_TYPE_NONE, &message, error))
    return FALSE;

  success = sa_graph_store (self, object, NULL, message.outermost, error);

  return sa_archive_end_message (self, &message, success, error);
}

/* An object of the caller's is kept as long as a layout may go on with it, so that no other one can come to
 * lie where it was.  */
static gboolean
run_in_place (SaArchive *self,
              const SaWireClass *klass,
              GObject *object,
              const SaMessage *message,
              GError **error)
{
  SaResume *resume = &sa_graph_get (self)->resume;
  SaFrame frame;

  if (sa_resume_take (resume, SA_FRAME_OBJECT, &frame))
    g_object_unref (frame.target);

  if (sa_graph_run (self, klass, object, SA_SCHEMA_UNKNOWN, message->outermost, error))
    return TRUE;

  if (klass != NULL && klass->layout != NULL)
    {
      frame = (SaFrame) { SA_FRAME_OBJECT, .target = g_object_ref (object), .free_target = g_object_unref };
      sa_resume_leave (resume, self, sa_archive_get_offset (self), &frame);
    }

  return FALSE;
}

/**
 * sa_archive_serialize_embedded:
 * @self: a #SaArchive
 * @object: (type GObject): an object that exists in both directions
 * @error: return location for a #GError
 *
 * Stores or loads the fields of @object in place, without a tag: what `member.Serialize (ar)` does in MFC,
 * for an object that is part of another one or is a whole message. It takes no number; objects it points at
 * do.
 *
 * The fields are those of the layout registered for the type of @object, if there is one, and otherwise what
 * its `serialize` exchanges; it does not have to be registered then.
 *
 * Returns: %TRUE if the fields were stored or loaded, or %FALSE with @error set
 * Since: 1.0
 */
gboolean
sa_archive_serialize_embedded (SaArchive *self,
                               gpointer object,
                               GError **error)
{
  const SaWireClass *klass;
  SaMessage message;
  gboolean success;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (G_IS_OBJECT (object), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!check_open (self, error))
    return FALSE;

  klass = sa_class_registry_lookup_object (sa_graph_get_registry (self, sa_graph_get (self)), object);
  if (klass == NULL && !SA_IS_SERIALIZABLE (object))
    return sa_archive_set_error (
        self, error, SA_ARCHIVE_ERROR_NOT_SUPPORTED,
        _("The type %s neither implements SaSerializable nor has a layout in the archive's "
          "class registry"),
        G_OBJECT_TYPE_NAME (object));

  if (!sa_archive_begin_message (self, object, G_TYPE_NONE, &message, error))
    return FALSE;

  success = run_in_place (self, klass, object, &message, error);

  return sa_archive_end_message (self, &message, success, error);
}

/**
 * sa_archive_read_embedded:
 * @self: a #SaArchive that loads
 * @class_name: the wire name of a registered class
 * @error: return location for a #GError
 *
 * Makes an object of the class and loads its fields without a tag, as sa_archive_serialize_embedded() does
 * for an object that exists.
 *
 * Returns: (type GObject) (transfer full): the object, or %NULL with @error set
 * Since: 1.0
 */
gpointer
sa_archive_read_embedded (SaArchive *self,
                          const char *class_name,
                          GError **error)
{
  const SaWireClass *klass;
  GObject *object;
  SaMessage message;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);
  g_return_val_if_fail (class_name != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!sa_archive_check_loading (self, error))
    return NULL;

  klass = find_class (self, class_name, error);
  if (klass == NULL || !sa_archive_begin_message (self, klass, G_TYPE_NONE, &message, error))
    return NULL;

  object = sa_graph_load_embedded (self, klass, message.outermost, error);
  if (!sa_archive_end_message (self, &message, object != NULL, error))
    g_clear_object (&object);

  return object;
}

/**
 * sa_archive_read_class:
 * @self: a #SaArchive that loads
 * @expected_name: (nullable): the wire name of the class that it must be or derive from, or %NULL for any
 * @schema: (out) (optional): return location for the schema that was stored
 * @error: return location for a #GError
 *
 * Reads a class without an object (CArchive::ReadClass), as sa_archive_write_class() writes it. A tag of an
 * object is %SA_ARCHIVE_ERROR_BAD_INDEX here.
 *
 * Returns: (transfer full): the wire name, or %NULL with @error set
 * Since: 1.0
 */
char *
sa_archive_read_class (SaArchive *self,
                       const char *expected_name,
                       guint *schema,
                       GError **error)
{
  g_autoptr (SaArchive) hold = NULL;
  SaMessage message;
  SaGraphTag tag = { NULL, 0, NULL };
  gboolean success;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  /* Objects that go may drop the last reference.  */
  hold = g_object_ref (self);
  if (!sa_archive_check_loading (self, error) || !begin_class (self, &message, error))
    return NULL;

  success = read_class_tag (self, expected_name, &tag, error);
  if (!end_class (self, &message, success, error))
    return NULL;

  if (schema != NULL)
    *schema = tag.schema;

  return g_strdup (tag.klass->name);
}

/**
 * sa_archive_write_class:
 * @self: a #SaArchive that stores
 * @class_name: the wire name of a registered class
 * @error: return location for a #GError
 *
 * Writes a class without an object (CArchive::WriteClass): its name and schema the first time, a reference
 * later.
 *
 * Returns: %TRUE on success, %FALSE with @error set otherwise
 * Since: 1.0
 */
gboolean
sa_archive_write_class (SaArchive *self,
                        const char *class_name,
                        GError **error)
{
  const SaWireClass *klass;
  SaMessage message;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (class_name != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!sa_archive_check_storing (self, error))
    return FALSE;

  klass = find_class (self, class_name, error);
  if (klass == NULL || !begin_class (self, &message, error))
    return FALSE;

  return end_class (self, &message, sa_graph_write_class (self, klass, error), error);
}

/**
 * sa_archive_serialize_class:
 * @self: a #SaArchive
 * @class_name: the wire name of a registered class
 * @error: return location for a #GError
 *
 * Writes the class, or reads one and checks that it is this one (CArchive::SerializeClass).
 *
 * Returns: %TRUE on success, %FALSE with @error set otherwise
 * Since: 1.0
 */
gboolean
sa_archive_serialize_class (SaArchive *self,
                            const char *class_name,
                            GError **error)
{
  g_autofree char *name = NULL;
  GError *local_error = NULL;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (class_name != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (sa_archive_is_storing (self))
    return sa_archive_write_class (self, class_name, error);

  name = sa_archive_read_class (self, class_name, NULL, &local_error);
  if (name == NULL)
    {
      g_propagate_error (error, local_error);
      return FALSE;
    }

  return TRUE;
}

/**
 * sa_archive_map_object:
 * @self: a #SaArchive
 * @object: (type GObject): the object
 * @error: return location for a #GError
 *
 * Gives @object the next number without writing or reading anything (CArchive::MapObject), so that objects
 * can point at it: typically the document that they belong to. Both sides must do so at the same place. An
 * object that already has a number keeps it.
 *
 * Returns: %TRUE on success, %FALSE with @error set otherwise: %SA_ARCHIVE_ERROR_LIMIT if there are too many
 *   objects, %SA_ARCHIVE_ERROR_CLOSED
 * Since: 1.0
 */
gboolean
sa_archive_map_object (SaArchive *self,
                       gpointer object,
                       GError **error)
{
  g_autoptr (SaArchive) hold = NULL;
  SaGraph *graph;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (G_IS_OBJECT (object), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  hold = g_object_ref (self);
  sa_graph_forget (self);
  if (!check_open (self, error))
    return FALSE;

  graph = sa_graph_get (self);
  if (is_mapped (graph, object))
    return TRUE;

  return sa_graph_add (self, SA_ENTRY_MAPPED, object, 0, error);
}

/**
 * sa_archive_get_object_schema:
 * @self: a #SaArchive
 *
 * The schema of the object whose `serialize` is running: the number that was stored with its class when the
 * archive loads, and the registered one when it stores, so that one line serves both directions. Unlike
 * CArchive::GetObjectSchema it can be called any number of times.
 *
 * Returns: the schema, or %SA_SCHEMA_UNKNOWN outside of a `serialize` that was called for a tag, or that was
 *   passed one by sa_archive_set_object_schema()
 * Since: 1.0
 */
guint
sa_archive_get_object_schema (SaArchive *self)
{
  SaGraph *graph;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), SA_SCHEMA_UNKNOWN);

  graph = sa_archive_get_tables (self);

  return graph != NULL ? graph->schema : SA_SCHEMA_UNKNOWN;
}

/**
 * sa_archive_set_object_schema:
 * @self: a #SaArchive
 * @schema: what sa_archive_get_object_schema() shall return until the `serialize` that is running ends
 *
 * Passes a schema on to the `serialize` of a base class, or to embedded objects (CArchive::SetObjectSchema).
 * An embedded object that has a layout is loaded as one of this schema, which must be one that its class
 * loads. Without this call an embedded object does not know of a schema, and one with a layout has the
 * registered one.
 *
 * Since: 1.0
 */
void
sa_archive_set_object_schema (SaArchive *self,
                              guint schema)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));

  sa_graph_get (self)->schema = schema;
  sa_graph_get (self)->passed_schema = schema;
}

/**
 * sa_archive_reserve_objects:
 * @self: a #SaArchive
 * @n_objects: how many objects and classes are expected
 *
 * Makes room in the table of objects ahead of time (CArchive::SetStoreParams and SetLoadParams). Only speed
 * depends on it. What the #SaArchive:limits do not permit is not reserved.
 *
 * Since: 1.0
 */
void
sa_archive_reserve_objects (SaArchive *self,
                            guint n_objects)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));

  sa_object_table_reserve (&sa_graph_get (self)->table, MIN (n_objects,
                           sa_archive_get_limit_values (self)->objects));
}

/**
 * sa_archive_reset_objects:
 * @self: a #SaArchive
 * @error: return location for a #GError
 *
 * Forgets all classes and objects: numbers begin at 1 again, and an object that was stored before is stored
 * whole, with the state it has by then. Both sides must do so at the same place. MFC has no such call; its
 * peers make a new archive instead.
 *
 * Returns: %TRUE on success; %FALSE with %SA_ARCHIVE_ERROR_BUSY in the middle of an object
 * Since: 1.0
 */
gboolean
sa_archive_reset_objects (SaArchive *self,
                          GError **error)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (sa_archive_get_depth (self) > 0)
    {
      g_set_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BUSY,
                   _("The objects cannot be reset in the middle of an object"));
      return FALSE;
    }

  g_object_ref (self);
  sa_graph_reset (self);
  g_object_unref (self);

  return TRUE;
}

/**
 * sa_archive_get_reset_per_message:
 * @self: a #SaArchive
 *
 * Whether classes and objects are forgotten after each outermost object.
 *
 * Returns: the property #SaArchive:reset-per-message
 * Since: 1.0
 */
gboolean
sa_archive_get_reset_per_message (SaArchive *self)
{
  SaGraph *graph;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);

  graph = sa_archive_get_tables (self);

  return graph != NULL && graph->reset_per_message;
}

/**
 * sa_archive_set_reset_per_message:
 * @self: a #SaArchive
 * @reset: whether to forget classes and objects after each outermost object
 *
 * Makes each outermost object (one that is not written or read by the `serialize` or layout of another) a
 * message of its own, as by sa_archive_reset_objects() after it. It keeps a long-lived connection from
 * holding every object that ever went through, and lets an object that has changed be sent again. The peer
 * must do the same, which MFC's does not; so it is %FALSE by default.
 *
 * Since: 1.0
 */
void
sa_archive_set_reset_per_message (SaArchive *self,
                                  gboolean reset)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));

  if (sa_archive_get_reset_per_message (self) == !!reset)
    return;

  sa_graph_get (self)->reset_per_message = !!reset;
  g_object_notify (G_OBJECT (self), "reset-per-message");
}

/**
 * sa_archive_get_document:
 * @self: a #SaArchive
 *
 * The object that the program set as the one being stored or loaded (CArchive::m_pDocument).
 *
 * Returns: (type GObject) (transfer none) (nullable): the property #SaArchive:document
 * Since: 1.0
 */
gpointer
sa_archive_get_document (SaArchive *self)
{
  SaGraph *graph;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);

  graph = sa_archive_get_tables (self);

  return graph != NULL ? graph->document : NULL;
}

/**
 * sa_archive_set_document:
 * @self: a #SaArchive
 * @document: (type GObject) (nullable): any object, which the archive keeps alive
 *
 * Sets an object for every `serialize` to see. It is not written, nor numbered: see sa_archive_map_object().
 *
 * Since: 1.0
 */
void
sa_archive_set_document (SaArchive *self,
                         gpointer document)
{
  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));
  g_return_if_fail (document == NULL || G_IS_OBJECT (document));

  if (sa_archive_get_document (self) == document)
    return;

  g_set_object (&sa_graph_get (self)->document, document);
  g_object_notify (G_OBJECT (self), "document");
}
