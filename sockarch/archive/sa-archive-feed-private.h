/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/archive/sa-archive-private.h"
#include "sockarch/sa-await-private.h"
#include "sockarch/sa-cancel-private.h"
#include "sockarch/sa-stream-result-private.h"

/* What the main loop does for an archive: one read that is under way, and who wants to know when it ends. It
 * may outlive the archive, since a read that is cancelled ends later.  */
struct _SaArchiveFeed
{
  /* One for the archive, one for the read, one for the turn of the loop that is to come.  */
  int references;
  /* Whose feed it is; NULL when that does not want it any more.  */
  SaArchive *owner;
  /* Where signals are emitted and reads end.  */
  GMainContext *context;
  /* Ends the read that is under way, or NULL if none ever was.  */
  GCancellable *cancellable;
  /* Where a read puts its bytes; NULL where the stream is only waited for.  */
  guint8 *chunk;
  /* Waits for a stream that can be polled.  */
  GSource *watch;
  /* The fill_async that waits, and how it hears that it is cancelled.  */
  SaStreamResult *fill;
  SaCancel fill_cancel;
  /* Why the stream gave nothing more.  */
  GError *error;
  /* Emits load-ready again in the next turn of the loop.  */
  GSource *again;
  /* When the chain of such turns began, or others had one; and whether one of them is on the stack.  */
  gint64 rested;
  gboolean in_again;
  /* How the stream is waited for without a read; NULL if it has no such way.  */
  const SaAwaitFuncs *await;
  /* A read is under way, or the wait for one.  */
  gboolean reading;
  gboolean awaiting;
  /* Where in the stream a message begins that was tried in vain, the least place that the next try needs
   * (0 if none was tried since load-ready was emitted last), and how many bytes all tries had.  */
  guint64 start;
  guint64 bound;
  guint64 vain;
  /* Emits load-ready when the stream was quiet for a while.  */
  GSource *quiet;
  /* A handler of load-ready is running, and something came meanwhile that it has to be told afterwards.  */
  gboolean emitting;
  gboolean missed;
};

/* How often a message that is not complete is tried, by load-ready and by read_object_async alike: when the
 * stream was quiet for a while, which becomes longer the more bytes have been tried in vain, and at most so
 * often over, of what a message may have.  */
#define SA_MAX_WORK_FACTOR 16
/* How often over what has come of a message may be tried in vain before that is waited for, and how many
 * bytes are too few to think of it.  */
#define SA_WORK_FACTOR 8
#define SA_FREE_WORK 4096
/* For as many bytes counts each object inside of which a try was: a message that goes on where it stopped
 * reads nothing anew, but goes down to there once more.  */
#define SA_LEVEL_WORK 16
/* Below that of what brings bytes: while more is there, it is not quiet.  */
#define SA_QUIET_PRIORITY (G_PRIORITY_DEFAULT + 10)

/* How long it must be quiet, in milliseconds.  */
static inline guint
sa_get_quiet_time (guint64 vain)
{
  return (guint) MIN (20 * (1 + vain / (1024 * 1024)), 1000);
}

static inline void
sa_drop_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

/* The feed of an archive, made for the main context of now if there was none.  */
SaArchiveFeed *sa_archive_feed_get (SaArchive *self);
/* Begins a read, unless one is under way or there is nothing to read any more.  */
void sa_archive_feed_read (SaArchiveFeed *feed);
/* Whether a read is under way that takes bytes out of the stream, and not just the wait for one.  */
static inline gboolean
sa_archive_feed_is_taking (const SaArchiveFeed *feed)
{
  return feed != NULL && feed->reading && !feed->awaiting && feed->watch == NULL;
}

/* Nobody wants to be told any more. A read that is under way is waited for: it may have bytes already.  */
void sa_archive_feed_release (SaArchiveFeed *feed);
