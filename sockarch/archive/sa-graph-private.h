/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/sa-error.h"

#include "sockarch/archive/sa-archive-object.h"
#include "sockarch/archive/sa-archive-private.h"
#include "sockarch/archive/sa-class-registry-private.h"
#include "sockarch/archive/sa-learn-private.h"
#include "sockarch/archive/sa-look-ahead-private.h"
#include "sockarch/archive/sa-object-table-private.h"
#include "sockarch/archive/sa-resume-private.h"

/* What may be asked for where an object is expected.  */
#define SA_IS_OBJECT_TYPE(type) (g_type_is_a ((type), G_TYPE_OBJECT) || G_TYPE_IS_INTERFACE (type))

/* What an archive knows of objects: the table of their numbers, and what goes with the one at hand.  */
typedef struct
{
  SaObjectTable table;
  /* Objects whose `loaded` is to be called when the outermost object is complete, in this order; NULL if
   * none.  */
  GPtrArray *loaded;
  /* What sa_archive_get_object_schema () says: that of the innermost object.  */
  guint schema;
  /* What sa_archive_set_object_schema () said for the objects in place that the one at hand goes on with;
   * SA_SCHEMA_UNKNOWN if nothing.  */
  guint passed_schema;
  /* Where the stack was when the outermost object began: how much of it nested ones may take does not
   * depend on what limits were set.  */
  const char *stack_base;
  /* How many bytes, from its begin on, the message of @resume's key needs at least: no use to try before. 0
   * if there is none.  */
  guint64 wanted;
  /* How much there was in the table before the outermost message.  */
  guint n_before;
  /* What the message had made when the archive was closed in the middle of it; NULL: it was not.  */
  GPtrArray *abandoned;
  /* How many objects in place the message has so far: they take no number, and the limit is theirs too.  */
  guint n_embedded;
  /* How many bytes, before what failed, will be read once more by the next try.  */
  guint64 in_vain;
  /* What is done of that message.  */
  SaResume resume;
  /* How many bytes those that are loading, from the innermost to the outermost, know to need after what
   * failed.  */
  guint64 pending;
  /* The read_object_async under way, of which there can be one; borrowed.  */
  GTask *read_task;
  /* What is learned from the stream; NULL if nobody asked.  */
  SaLearn *learn;
  gboolean reset_per_message;
  GObject *document;
  /* The registry of the classes in the table, which must outlive them even if the archive is given another
   * one.  */
  SaClassRegistry *registry;
  /* Former ones of these; NULL as a rule.  */
  GPtrArray *former_registries;
  /* What the object that was read last was expected to be: a type of objects, or 0 before the first.  */
  GType expected_type;
  /* The class of the object that was stored last: often it is that of the next one.  */
  GType last_type;
  const SaWireClass *last_class;
  /* The number of the class that was written last, if the table still has that there.  */
  guint last_class_number;
  /* For what is stored of arrays.  */
  SaLookAhead look_ahead;
} SaGraph;

/* A tag that was read: what comes before an object, or instead of one.  */
typedef struct
{
  /* The tag was that of a class; then @schema is the one that the stream gave it.  */
  const SaWireClass *klass;
  guint schema;
  /* Otherwise: the object that it refers to, or NULL.  */
  GObject *object;
} SaGraphTag;

/* What sa_archive_begin_message () has to tell sa_archive_end_message ().  */
typedef struct
{
  /* It is not part of another object: a message of its own.  */
  gboolean outermost;
  /* How long the table was before it.  */
  guint n_entries;
  SaResumeKey key;
} SaMessage;

/* Anything that is made of several values is loaded and stored whole or not at all, and the outermost such
 * thing is a message. Put it between these two; the second one needs to be called whenever the first one
 * gave TRUE.  */
gboolean sa_archive_begin_message (SaArchive *self, gconstpointer kind, GType type, SaMessage *message,
                                   GError **error);
gboolean sa_archive_end_message (SaArchive *self, const SaMessage *message, gboolean success, GError **error);

/* As the public functions, for layouts and collections: inside of a message, and with the class that the
 * objects must be of (NULL for any) beside the type. NULL is a good object, so the result says whether it
 * went well.  */
gboolean sa_archive_load_object (SaArchive *self, GType expected_type, const SaWireClass *expected_class,
                                 GObject **object, GError **error);
gboolean sa_archive_store_object (SaArchive *self, GObject *object, const SaWireClass *expected_class,
                                  GError **error);
GObject *sa_archive_load_embedded (SaArchive *self, const SaWireClass *klass, GError **error);
gboolean sa_archive_store_embedded (SaArchive *self, const SaWireClass *klass, GObject *object,
                                    GError **error);

/* The state: sa-graph.c */

/* For whoever fails while more than @count bytes were still to come after that; saturates.  */
static inline gboolean
sa_graph_add_pending (SaArchive *self,
                      guint64 count)
{
  SaGraph *graph = sa_archive_get_tables (self);

  if (graph != NULL && !g_uint64_checked_add (&graph->pending, graph->pending, count))
    graph->pending = G_MAXUINT32;

  return FALSE;
}

/* How many bytes of the message that was not complete need not be read again.  */
static inline guint64
sa_graph_get_done (const SaGraph *graph)
{
  return graph->resume.parked ? graph->resume.offset - graph->resume.key.offset : 0;
}

SaGraph *sa_graph_make_tables (SaArchive *self);

static inline SaGraph *
sa_graph_get (SaArchive *self)
{
  SaGraph *graph = sa_archive_get_tables (self);

  return G_LIKELY (graph != NULL) ? graph : sa_graph_make_tables (self);
}

SaClassRegistry *sa_graph_get_registry (SaArchive *self, SaGraph *graph);
gboolean sa_graph_add (SaArchive *self, SaEntryKind kind, gpointer pointer, guint detail, GError **error);
void sa_graph_reset (SaArchive *self);
void sa_graph_add_loaded (SaArchive *self, GObject *object);
/* Drops what waits for a message to go on; it will be read from its begin.  */
void sa_graph_forget (SaArchive *self);
/* Takes those entries back that came after the first @n_entries and @n_loaded.  */
void sa_graph_drop_entries (SaGraph *graph, guint n_entries, guint n_loaded);

/* The shortest way for what most calls store and load: a reference to an object that has a number, in the
 * middle of another one and of the buffer. Both return FALSE, and have done nothing, where that is not
 * it.  */
gboolean sa_graph_store_reference (SaArchive *self, gconstpointer object, GType expected_type);
gboolean sa_graph_load_reference (SaArchive *self, GType expected_type, gpointer *object);

/* Tags and fields: sa-graph-io.c. With @counted, the message that the object is has been counted as its
 * depth.  */
gboolean sa_graph_write_class (SaArchive *self, const SaWireClass *klass, GError **error);
gboolean sa_graph_read_tag (SaArchive *self, SaGraphTag *tag, GError **error);
gboolean sa_graph_check_class (SaArchive *self, const SaWireClass *klass, GType expected_type,
                               const SaWireClass *expected_class, GError **error);
gboolean sa_graph_store (SaArchive *self,
                         GObject *object,
                         const SaWireClass *expected_class,
                         gboolean counted,
                         GError **error);
gboolean sa_graph_load (SaArchive *self,
                        GType expected_type,
                        const SaWireClass *expected_class,
                        gboolean counted,
                        GObject **object,
                        GError **error);
gboolean sa_graph_run (SaArchive *self,
                       const SaWireClass *klass,
                       GObject *object,
                       guint schema,
                       gboolean counted,
                       GError **error);
GObject *sa_graph_make (const SaWireClass *klass);
/* One object more in place, or one that is made for an entry of a map; FALSE at the limit.  */
gboolean sa_graph_count_embedded (SaArchive *self, GError **error);
GObject *sa_graph_load_embedded (SaArchive *self, const SaWireClass *klass, gboolean counted, GError **error);
