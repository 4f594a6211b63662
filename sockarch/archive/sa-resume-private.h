/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/archive/sa-archive-private.h"
#include "sockarch/archive/sa-class-registry-private.h"

/* How a message that was cut short goes on where it stopped: a layout at its field, a collection at its
 * element, instead of from the beginning. What each of those that are loading has done so far is a frame.
 * While a failure for want of bytes goes up, each leaves its frame, the innermost first; when the message
 * is tried again, each takes its frame back, the outermost first, and the innermost goes on at the place in
 * the stream where it stopped. The table of objects is not undone meanwhile.
 *
 * A `serialize` has no frame. It is run again, on a fresh object, and so is all that is inside of it.  */

typedef enum
{
  SA_FRAME_OBJECT,
  SA_FRAME_LAYOUT,
  SA_FRAME_COLLECTION,
} SaFrameKind;

typedef struct
{
  SaFrameKind kind;
  /* An object: itself. A collection: the container. Belongs to the frame.  */
  gpointer target;
  GDestroyNotify free_target;
  /* An object: its class and the schema that the stream gave it, and how much there was in the table and in
   * the list of loaded objects before it, and of objects in place.  */
  const SaWireClass *klass;
  guint schema;
  guint n_entries;
  guint n_loaded;
  guint n_embedded;
  /* A layout: the field, a collection: the element, that is the next one.  */
  guint64 index;
  /* A collection: how many there are.  */
  guint64 count;
  /* A map: whether the key of the next value has come already; and that key.  */
  gboolean has_key;
  char *key;
  guint word;
} SaFrame;

/* What is at hand of a message: how it is recognized when it is tried again.  */
typedef struct
{
  /* Where in the stream it begins.  */
  guint64 offset;
  /* What it is read as, and of which type its objects are to be: not to be confused with another thing that
   * somebody may try to read there.  */
  gconstpointer kind;
  GType type;
  /* With which choices of the archive; see SaArchivePrivate.  */
  guint n_choices;
} SaResumeKey;

static inline gboolean
sa_resume_key_equal (const SaResumeKey *a,
                     const SaResumeKey *b)
{
  return a->offset == b->offset && a->kind == b->kind && a->type == b->type && a->n_choices == b->n_choices;
}

typedef struct
{
  /* The innermost first; NULL until the first one.  */
  GArray *frames;
  /* Of the message that was tried last and was not complete: whose the frames are, if there are any.  */
  SaResumeKey key;
  /* Where in the stream to go on.  */
  guint64 offset;
  /* How many entries of the table, behind those that count, wait for the message to go on.  */
  guint n_kept;
  /* The frames wait for their message; otherwise they are being left or taken back.  */
  gboolean parked;
  /* The message at hand can be gone on with.  */
  gboolean allowed;
  /* The message that is going on is about to begin: what waits for it is not to be dropped.  */
  gboolean starting;
  /* How many calls from a `serialize`, or from other code of the program, are inside of the message.  */
  guint n_nested;
} SaResume;

/* Whether there are frames that were not taken back yet.  */
static inline gboolean
sa_resume_is_going_on (const SaResume *self)
{
  return self->frames != NULL && self->frames->len > 0;
}

/* Gives the next frame back, which must be of this kind, if there is one.  */
gboolean sa_resume_take_frame (SaResume *self, SaFrameKind kind, SaFrame *frame);

static inline gboolean
sa_resume_take (SaResume *self,
                SaFrameKind kind,
                SaFrame *frame)
{
  return G_UNLIKELY (sa_resume_is_going_on (self)) && sa_resume_take_frame (self, kind, frame);
}

/* For whoever fails in something that began at @offset: leaves the frame, or drops what is in it if the
 * message cannot be gone on with.  */
void sa_resume_leave (SaResume *self, SaArchive *archive, guint64 offset, SaFrame *frame);
/* Whether what fails now is gone on with later.  */
gboolean sa_resume_is_possible (const SaResume *self, SaArchive *archive);
void sa_resume_drop_frames (SaResume *self);
