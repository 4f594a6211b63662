/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/archive/sa-archive-object.h"
#include "sockarch/archive/sa-class-registry-private.h"

/* What sa_archive_begin_message () has to tell sa_archive_end_message ().  */
typedef struct
{
  /* It is not part of another object: a message of its own.  */
  gboolean outermost;
  /* How long the table was before it.  */
  guint n_entries;
} SaMessage;

/* Anything that is made of several values is loaded and stored whole or not at all, and the outermost such thing is a
 * message. Put it between these two; the second one needs to be called whenever the first one gave TRUE.  */
gboolean sa_archive_begin_message (SaArchive *self, SaMessage *message, GError **error);
gboolean sa_archive_end_message (SaArchive *self, const SaMessage *message, gboolean success, GError **error);

/* As the public functions, for layouts and collections: inside of a message, and with the class that the objects must
 * be of (NULL for any) beside the type. NULL is a good object, so the result says whether it went well.  */
gboolean sa_archive_load_object (SaArchive *self, GType expected_type, const SaWireClass *expected_class,
                                 GObject **object, GError **error);
gboolean sa_archive_store_object (SaArchive *self, GObject *object, const SaWireClass *expected_class,
                                  GError **error);
GObject *sa_archive_load_embedded (SaArchive *self, const SaWireClass *klass, GError **error);
gboolean sa_archive_store_embedded (SaArchive *self, const SaWireClass *klass, GObject *object, GError **error);
