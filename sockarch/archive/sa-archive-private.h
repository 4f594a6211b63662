/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/archive/sa-archive.h"
#include "sockarch/archive/sa-code-page-private.h"
#include "sockarch/archive/sa-deadline-private.h"
#include "sockarch/archive/sa-limits-private.h"
#include "sockarch/sa-error.h"
#include "sockarch/sa-stream-result-private.h"

/* What the files that make up SaArchive share. In the order in which one builds a value on it:
 *
 *   if (!sa_archive_begin_composite (self, error))
 *     return FALSE;
 *   ok = ... values, path, tables ...;
 *   return sa_archive_end_composite (self, ok, error);
 *
 * A function that fails calls sa_archive_set_error () or sa_archive_take_error (), which decide whether the
 * error sticks, and returns; it has left the cursor where the value begins.  */

/* The size of the buffer, unless a value or a transaction needs a larger one.  */
#define SA_ARCHIVE_BUFFER_SIZE 65536

/* A place in the tables of objects and classes to which they can go back. What the words mean is the business
 * of the tables; it is small and of fixed size since one is taken for every outermost object.  */
typedef struct
{
  guint64 word[4];
} SaTablesMark;

/* What the archive asks of the tables of objects and classes, whose kind it does not know.  */
typedef struct
{
  /* A first mark is about to be set: give up what cannot wait any longer. Runs code of the program.  */
  void (*settle) (gpointer tables);
  /* Remembers where the tables are now.  */
  void (*save) (gpointer tables, SaTablesMark *mark);
  /* Goes back to @mark.  */
  void (*restore) (gpointer tables, const SaTablesMark *mark);
  /* @mark is not needed any more: what came after it stays.  */
  void (*release) (gpointer tables, const SaTablesMark *mark);
  /* The outermost object, transaction or flush is complete: a message ends here.  */
  void (*message_end) (gpointer tables);
  /* The archive is closed: drop every reference that the tables hold; they may still be asked things.  */
  void (*clear) (gpointer tables);
  /* The archive goes.  */
  void (*free) (gpointer tables);
  /* What is being loaded will not be finished: the archive is closed in the middle of it.  */
  void (*abandon) (gpointer tables);
} SaTablesFuncs;

/* One step of the path that error messages give, as in "CHive.children[3].name".  */
typedef struct
{
  /* A class or a field; belongs to whoever pushed it and lives at least until it is popped.  */
  const char *name;
  /* The element of a collection, or -1.  */
  gssize index;
} SaPathStep;

/* The choices on which it depends what bytes mean.  */
typedef struct
{
  SaStringForm string_form;
  SaTimeForm time_form;
  SaByteOrder byte_order;
  /* A reference, or NULL for the default one.  */
  SaCodePage *code_page;
} SaChoices;

/* What a transaction or an outermost object goes back to.  */
typedef struct
{
  /* The place in the stream.  */
  guint64 offset;
  /* The place in the tables.  */
  SaTablesMark tables;
  /* The path and the depth there.  */
  guint path_length;
  guint depth;
  SaChoices choices;
  /* Where the message might have gone to before; see SaArchivePrivate.  */
  guint64 message_end;
  /* Made by begin_composite, and so ended by end_composite.  */
  gboolean implicit;
  /* The bytes from here on are kept, so that one can really go back.  */
  gboolean keeps;
} SaArchiveMark;

/* How filling the buffer ended.  */
typedef enum
{
  SA_FILL_DONE,
  SA_FILL_AT_END,
  SA_FILL_FAILED,
} SaFillResult;

typedef struct _SaArchiveFeed SaArchiveFeed;

typedef struct
{
  /* What the archive was made over: a GIOStream, a GInputStream or a GOutputStream; NULL over bytes and after
   * closing. The whole GIOStream is held, since dropping it would close it under its half.  */
  GObject *stream;
  /* The half that is read from, and the half that is written to: at most one of the two, borrowed from
   * @stream.  */
  GInputStream *input;
  GOutputStream *output;
  /* The bytes that a loading archive without a stream reads; @buffer points into them then.  */
  GBytes *bytes;
  /* The one buffer, or NULL while there is nothing in it.  */
  guint8 *buffer;
  /* How large @buffer is; 0 when it belongs to @bytes.  */
  gsize capacity;
  /* Loading: where the bytes in the buffer end; the public end may be clipped before it.  */
  guint8 *data_end;
  /* The place in the stream of the first byte of @buffer, counted from where the archive began.  */
  guint64 base_offset;
  /* The place in the stream that the cursor may not pass: the end of what a message may have.  */
  guint64 message_end;
  /* The first byte that must stay in the buffer, because a transaction may return to it; G_MAXUINT64 if
   * none.  */
  guint64 keep_offset;
  /* From where on the message at hand is tried: its begin, or where it goes on; G_MAXUINT64 while it is only
   * asked whether to try at all.  */
  guint64 tried_from;
  /* How many bytes, from the cursor, the last value that was not complete needed at least.  */
  gsize wanted;
  /* How many bytes from @line_offset on have no newline in them, as long as @n_choices is what it was: the
   * next try to read the line goes on behind them.  */
  gsize line_searched;
  guint64 line_offset;
  guint line_choices;

  /* The error that all later calls return, or NULL.  */
  GError *error;
  /* Transactions that are open, outermost first; NULL until the first one.  */
  GArray *marks;
  /* Where in the object graph the archive is, for messages; NULL until the first step.  */
  GArray *path;
  /* What the class of the innermost object is called, if that is inside of another one, which the path begins
   * with; NULL otherwise.  */
  const char *inner_class;
  /* How many composites are open.  */
  guint depth;
  /* How long a composite, or a value that comes in pieces, has waited for the stream, in microseconds; and
   * when the read at hand began.  */
  gint64 waited;
  gint64 wait_began;
  /* The tables of objects and classes, which belong to sa-archive-object.c; NULL until the first object.  */
  gpointer tables;
  const SaTablesFuncs *tables_funcs;

  /* The choices; see the properties of the same names.  */
  SaArchiveMode mode;
  SaStringForm string_form;
  SaTimeForm time_form;
  SaByteOrder byte_order;
  guint timeout;
  GCancellable *cancellable;
  SaLimits *limits;
  SaClassRegistry *registry;
  /* How often a choice was changed on which it depends what bytes mean, or bytes were given back.  */
  guint n_choices;
  /* The numbers of @limits, or those of the default profile.  */
  const SaLimitValues *limit;
  /* How narrow text is converted; NULL for the default code page.  */
  SaCodePage *code_page;

  /* What is on its way on the main loop: reading ahead and fill_async; NULL when nothing is.  */
  SaArchiveFeed *feed;
  /* The result of a fill_async that is over, for the next one; NULL before the first.  */
  SaStreamResult *free_fill;
  /* The flush_async under way, which owns the bytes it writes.  */
  GTask *flush_task;

  /* The archive is closed: nothing may be done with it.  */
  guint closed : 1;
  /* There were bytes in the buffer then which nobody had sent.  */
  guint lost : 1;
  /* A value that comes in pieces is being loaded: they share one time limit.  */
  guint in_pieces : 1;
  /* It is inside a fill or a flush, from which a nested main loop may call back.  */
  guint busy : 1;
  /* close () was called while it was busy, and will be done when that ends.  */
  guint close_pending : 1;
  /* The input has ended: nothing comes after what is buffered.  */
  guint at_end : 1;
  /* END_OF_FILE was reported since @at_end was set.  */
  guint end_reported : 1;
  /* The input can say "not now", so that a message may have to be begun again.  */
  guint may_need_more : 1;
  /* The properties of construction are all set.  */
  guint constructed : 1;
  guint allow_64bit : 1;
  guint allow_big_tags : 1;
  guint read_ahead : 1;
  /* What is not buffered is "need more", since read_object_async only tries.  */
  guint no_wait : 1;
  /* It loads, and SA_LEARN was set when it was made: what limits are compared with is written down.  */
  guint learning : 1;
} SaArchivePrivate;

/* The offset of the private data of every archive, and its class: what a hot path needs in place of
 * calls.  */
extern int sa_archive_private_offset;
extern gpointer sa_archive_class_pointer;

static inline SaArchivePrivate *
sa_archive_get_priv (SaArchive *self)
{
  return (SaArchivePrivate *) G_STRUCT_MEMBER_P (self, sa_archive_private_offset);
}

/* The exported queries again, for code that has looked at the archive already.  */
#define sa_archive_is_loading(self) (sa_archive_get_priv (self)->mode == SA_ARCHIVE_LOAD)
#define sa_archive_is_storing(self) (sa_archive_get_priv (self)->mode == SA_ARCHIVE_STORE)

/* Whether numbers on the wire have the byte order that is not MFC's.  */
static inline gboolean
sa_archive_is_swapped (SaArchive *self)
{
  return sa_archive_get_priv (self)->byte_order == SA_BYTE_ORDER_BIG_ENDIAN;
}

/* As SA_IS_ARCHIVE, at the cost of a load and a comparison: the type is final, so there is one class.  */
#define SA_ARCHIVE_IS_VALID(self) \
  ((self) != NULL && (gpointer) ((GTypeInstance *) (self))->g_class == sa_archive_class_pointer)

/* Reading and writing bytes */

/* Makes at least @count bytes readable in one piece from self->cur on, filling as needed. On failure nothing
 * is consumed. Does not move self->cur against the stream, but may move the buffer: keep no pointers across
 * it.  */
gboolean sa_archive_ensure (SaArchive *self, gsize count, GError **error);
/* As sa_archive_ensure (), but that the stream ends before is no error.  */
SaFillResult sa_archive_try_ensure (SaArchive *self, gsize count, GError **error);
/* Makes room for @count bytes in one piece at self->cur; the caller writes them and moves self->cur.  */
gboolean sa_archive_reserve (SaArchive *self, gsize count, GError **error);
/* The same by a larger buffer alone, whatever waits in it; only for what must not fail half done.  */
gboolean sa_archive_grow (SaArchive *self, gsize count);
/* Stores @count bytes, a short value that was put together elsewhere.  */
gboolean sa_archive_append (SaArchive *self, const guint8 *data, gsize count, GError **error);
/* Copies the next @count bytes to @data, or (if @may_be_short) as many as there are before the end; -1 on
 * failure, when nothing is consumed. What is larger than the buffer goes past it.  */
gssize sa_archive_take_data (SaArchive *self, void *data, gsize count, gboolean may_be_short, GError **error);
/* The same into new memory, which grows no faster than bytes arrive, with a NUL behind them.  */
guint8 *sa_archive_take_new_data (SaArchive *self, gsize count, gboolean may_be_short, gsize *length,
                                  GError **error);
/* The reads of a value that comes in pieces begin, and end: they share one time limit. Returns what to end
 * them with: FALSE inside of what shares one already.  */
gboolean sa_archive_begin_pieces (SaArchivePrivate *priv);
void sa_archive_end_pieces (SaArchivePrivate *priv, gboolean outermost);
/* Puts bytes back before the cursor, which were consumed by a part of a value that then failed.  */
void sa_archive_push_back (SaArchive *self, const guint8 *data, gsize length);
/* Stores @count bytes; what is larger than the buffer goes past it.  */
gboolean sa_archive_put_data (SaArchive *self, const guint8 *data, gsize count, GError **error);
/* Whether @count more bytes can come at all: fails with END_OF_FILE if the stream is known to be shorter. Ask
 * before believing a length or a count.  */
gboolean sa_archive_check_available (SaArchive *self, guint64 count, GError **error);
/* Whether the archive may be used in this direction at all; for functions that begin with no byte.  */
gboolean sa_archive_check_loading (SaArchive *self, GError **error);
gboolean sa_archive_check_storing (SaArchive *self, GError **error);
/* The size of what is buffered and not consumed.  */
gsize sa_archive_get_buffered (SaArchive *self);
/* How many bytes from the cursor on the last NEED_MORE asked for; a lower bound of what a retry needs.  */
gsize sa_archive_get_wanted (SaArchive *self);

/* Errors; all return FALSE, so that a caller can return what they return */

/* Adds the place (offset and path) to a new error, makes it stick if it must, and hands it to the caller.  */
gboolean sa_archive_set_error (SaArchive *self, GError **error, SaArchiveError code, const char *format, ...)
    G_GNUC_PRINTF (4, 5);
/* The same for an error that came from elsewhere, which it takes over.  */
gboolean sa_archive_take_error (SaArchive *self, GError **error, GError *failure);
/* Gives an error on to a caller that an own function of the archive reported to another one of them.  */
gboolean sa_archive_hand_over (SaArchive *self, GError **error, GError *failure);
/* Whether what was read just now is a value. Whoever passes NULL for @error relies on the archive to keep
 * it; only that the archive is shut for the moment or for good is not kept.  */
gboolean sa_archive_went_well (SaArchive *self, GError **error);
/* Whether an error says "try again": nothing was consumed, and the archive is as it was.  */
gboolean sa_archive_error_is_passing (const GError *error);
gboolean sa_archive_error_is_refusal (const GError *error);

/* Fails with the error that sticks, if one does.  */
gboolean sa_archive_check_error (SaArchive *self, GError **error);

/* Composites: an object, or anything else that is made of values and is to be loaded and stored as a
 * whole.  */

/* Counts the depth against the limit; the outermost one begins a message: what is stored is held back, and
 * over a stream that may say "need more" what is loaded is kept, until it ends.  */
gboolean sa_archive_begin_composite (SaArchive *self, GError **error);
/* Ends what begin_composite began; must be called whether it went well or not. If not (@success is FALSE and
 * the error is in @error or was ignored), an outermost composite leaves neither bytes nor table entries; the
 * error sticks, unless it is a passing one and all could be undone. Returns @success, or FALSE if ending
 * failed.  */
gboolean sa_archive_end_composite (SaArchive *self, gboolean success, GError **error);
/* Whether the composite at hand is the outermost one, and what is loaded can be loaded again.  */
gboolean sa_archive_can_go_back (SaArchive *self);
/* Goes to a place in the stream that the buffer still holds.  */
void sa_archive_go_to (SaArchive *self, guint64 offset);

static inline guint
sa_archive_get_depth (SaArchive *self)
{
  return sa_archive_get_priv (self)->depth;
}

/* The path for messages */

void sa_archive_push_path (SaArchive *self, const char *name);
static inline void
sa_archive_set_path_index (SaArchive *self,
                           gssize index)
{
  const GArray *path = sa_archive_get_priv (self)->path;

  /* Closing the archive from inside of an object has taken the steps away.  */
  if (path != NULL && path->len > 0)
    g_array_index (path, SaPathStep, path->len - 1).index = index;
}

void sa_archive_pop_path (SaArchive *self);
/* The path as text; NULL at the top.  */
char *sa_archive_dup_path (SaArchive *self);

/* The tables of objects and classes */

void sa_archive_set_tables (SaArchive *self, gpointer tables, const SaTablesFuncs *funcs);

static inline gpointer
sa_archive_get_tables (SaArchive *self)
{
  return sa_archive_get_priv (self)->tables;
}

/* Limits */

static inline const SaLimitValues *
sa_archive_get_limit_values (SaArchive *self)
{
  return sa_archive_get_priv (self)->limit;
}

/* Between the files of the core; not for others */

void sa_archive_update_ends (SaArchive *self);
gboolean sa_archive_resize_buffer (SaArchive *self, gsize used, gsize capacity);
gboolean sa_archive_check_open (SaArchive *self, GError **error);
gboolean sa_archive_check_message (SaArchive *self, gsize count, GError **error);
gboolean sa_archive_start_deadline (SaArchivePrivate *priv, SaDeadline *deadline, GError **failure);
void sa_archive_finish_deadline (SaArchivePrivate *priv, SaDeadline *deadline, GError **failure);
void sa_archive_drop_buffer (SaArchive *self);
void sa_archive_drop_empty_buffer (SaArchive *self);
void sa_archive_drop_empty_input (SaArchive *self);
void sa_archive_free_buffer (guint8 *buffer, gsize capacity);
void sa_archive_append_input (SaArchive *self, const guint8 *data, gsize length);
/* Room for input behind what is there, and that @length bytes were put into it.  */
guint8 *sa_archive_get_input_room (SaArchive *self, gsize *size);
void sa_archive_add_input (SaArchive *self, gsize length);
/* Takes the bytes that may be sent out of the buffer, together with the memory; and puts some of them
 * back.  */
guint8 *sa_archive_lend_output (SaArchive *self, gsize *size, gsize *capacity);
void sa_archive_unsend (SaArchive *self, const guint8 *data, gsize length);
gboolean sa_archive_send (SaArchive *self, GError **error);
gboolean sa_archive_give_back (SaArchive *self);
gboolean sa_archive_enter (SaArchive *self, GError **error);
void sa_archive_leave (SaArchive *self);
void sa_archive_detach (SaArchive *self);
void sa_archive_forget_transactions (SaArchive *self);
gboolean sa_archive_check_not_lost (const SaArchivePrivate *priv, GError **error);

extern guint sa_archive_load_ready_signal;

void sa_archive_feed_start (SaArchive *self);
void sa_archive_feed_stop (SaArchive *self);
/* Fails with BUSY while a read may still bring bytes: whoever takes what is buffered would miss them.  */
gboolean sa_archive_feed_check_idle (SaArchive *self, GError **error);
/* Why a feed got no more bytes, or NULL. One that passes is told once, and the feed goes on.  */
GError *sa_archive_feed_take_error (SaArchive *self);
/* A value of @count bytes, or more, could not be read for want of them. FALSE if too much was tried in
 * vain.  */
gboolean sa_archive_feed_want_more (SaArchive *self, gsize count);
