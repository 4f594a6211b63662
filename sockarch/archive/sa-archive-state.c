/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-archive-private.h"
#include "sockarch/archive/sa-learn-private.h"
#include "sockarch/sa-debug-private.h"
#include "sockarch/sa-error.h"
#include "sockarch/sa-i18n-private.h"

/* The state of an archive beside its buffer: errors, the path for their messages, and the places that
 * transactions and outermost objects go back to.  */

/* Errors */

/* Whether trying again may go well, without the stream or the caller having done anything wrong.  */
gboolean
sa_archive_error_is_passing (const GError *error)
{
  return g_error_matches (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE) ||
         g_error_matches (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BUSY) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PENDING);
}

/* Whether the error says that the archive is shut for the moment or for good, which no other call needs to be
 * told: each finds out for itself.  */
gboolean
sa_archive_error_is_refusal (const GError *error)
{
  return g_error_matches (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BUSY) ||
         g_error_matches (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED);
}

/* Whether the place in the stream is lost with this error, even if a caller takes notice of it.  */
static gboolean
is_fatal (const GError *error,
          SaArchiveMode mode)
{
  if (sa_archive_error_is_passing (error))
    return FALSE;

  if (error->domain != SA_ARCHIVE_ERROR)
    return !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);

  switch (error->code)
    {
    case SA_ARCHIVE_ERROR_READ_ONLY:
    case SA_ARCHIVE_ERROR_WRITE_ONLY:
    case SA_ARCHIVE_ERROR_CLOSED:
    case SA_ARCHIVE_ERROR_NOT_SUPPORTED:
    case SA_ARCHIVE_ERROR_BUFFER_FULL:
      return FALSE;

    case SA_ARCHIVE_ERROR_LIMIT:
    case SA_ARCHIVE_ERROR_INVALID_DATA:
      /* A value that was not stored can be replaced by another one; one that cannot be read stays in the
       * way.  */
      return mode == SA_ARCHIVE_LOAD;

    default:
      return TRUE;
    }
}

/* Says in the message where it happened.  */
static void
add_place (SaArchive *self,
           GError *failure)
{
  g_autofree char *path = sa_archive_dup_path (self);
  g_autofree char *what = g_steal_pointer (&failure->message);
  guint64 offset = sa_archive_get_offset (self);

  if (path != NULL && sa_archive_get_priv (self)->inner_class != NULL)
    failure->message = g_strdup_printf (_("%s (at byte %" PRIu64 ", in %s, class %s)"), what, offset, path,
                                        sa_archive_get_priv (self)->inner_class);
  else if (path != NULL)
    failure->message = g_strdup_printf (_("%s (at byte %" PRIu64 ", in %s)"), what, offset, path);
  else
    failure->message = g_strdup_printf (_("%s (at byte %" PRIu64 ")"), what, offset);
}

gboolean
sa_archive_take_error (SaArchive *self,
                       GError **error,
                       GError *failure)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  gboolean inside = priv->depth > 0 || (priv->marks != NULL && priv->marks->len > 0);

  /* The first error is the one that explains the others.  */
  if (priv->error != NULL && !sa_archive_error_is_refusal (failure))
    {
      g_error_free (failure);
      return sa_archive_check_error (self, error);
    }

  add_place (self, failure);
  SA_NOTE (ARCHIVE, self, "%s", failure->message);

  /* What nobody takes notice of is kept for sa_archive_check (): a chain of calls must not go on after
   * it.  */
  if (!sa_archive_error_is_refusal (failure) && (inside || error == NULL || is_fatal (failure, priv->mode)))
    {
      priv->error = g_error_copy (failure);
      sa_archive_update_ends (self);
    }

  g_propagate_error (error, failure);
  return FALSE;
}

gboolean
sa_archive_hand_over (SaArchive *self,
                      GError **error,
                      GError *failure)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  if (error == NULL && priv->error == NULL && failure != NULL && !sa_archive_error_is_refusal (failure))
    {
      priv->error = g_error_copy (failure);
      sa_archive_update_ends (self);
    }

  if (failure != NULL)
    g_propagate_error (error, failure);

  return FALSE;
}

gboolean
sa_archive_set_error (SaArchive *self,
                      GError **error,
                      SaArchiveError code,
                      const char *format,
                      ...)
{
  GError *failure;
  va_list args;

  va_start (args, format);
  failure = g_error_new_valist (SA_ARCHIVE_ERROR, (int) code, format, args);
  va_end (args);

  return sa_archive_take_error (self, error, failure);
}

gboolean
sa_archive_check_error (SaArchive *self,
                        GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  if (priv->error == NULL)
    return TRUE;

  if (error != NULL && *error == NULL)
    *error = g_error_copy (priv->error);

  return FALSE;
}

/* The path */

void
sa_archive_push_path (SaArchive *self,
                      const char *name)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  SaPathStep step = { .name = name, .index = -1 };

  if (priv->path == NULL)
    priv->path = g_array_new (FALSE, FALSE, sizeof (SaPathStep));

  g_array_append_val (priv->path, step);
}

void
sa_archive_pop_path (SaArchive *self)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  if (priv->path->len > 0)
    g_array_set_size (priv->path, priv->path->len - 1);
}

/* How much of a long path is shown, at its begin and at its end: objects may lie a thousand deep.  */
#define PATH_FIRST 4
#define PATH_LAST 12

char *
sa_archive_dup_path (SaArchive *self)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  GString *text;

  if (priv->path == NULL || priv->path->len == 0)
    return NULL;

  text = g_string_new (NULL);
  for (guint i = 0; i < priv->path->len; i++)
    {
      const SaPathStep *step = &g_array_index (priv->path, SaPathStep, i);

      if (i == PATH_FIRST && priv->path->len > PATH_FIRST + PATH_LAST)
        {
          g_string_append (text, ".…");
          i = priv->path->len - PATH_LAST - 1;
          continue;
        }

      if (i > 0)
        g_string_append_c (text, '.');
      g_string_append (text, step->name);
      if (step->index >= 0)
        g_string_append_printf (text, "[%zd]", step->index);
    }

  return g_string_free (text, FALSE);
}

/* Marks */

static SaArchiveMark *
get_top_mark (SaArchivePrivate *priv)
{
  if (priv->marks == NULL || priv->marks->len == 0)
    return NULL;

  return &g_array_index (priv->marks, SaArchiveMark, priv->marks->len - 1);
}

/* The outermost place that somebody may go back to is what the buffer keeps.  */
static void
update_keep_offset (SaArchivePrivate *priv)
{
  priv->keep_offset = G_MAXUINT64;
  for (guint i = 0; i < priv->marks->len && priv->keep_offset == G_MAXUINT64; i++)
    {
      const SaArchiveMark *mark = &g_array_index (priv->marks, SaArchiveMark, i);

      if (mark->keeps)
        priv->keep_offset = mark->offset;
    }
}

static void
mark_clear (gpointer data)
{
  SaArchiveMark *mark = data;

  sa_code_page_unref (mark->choices.code_page);
}

static SaChoices
get_choices (SaArchivePrivate *priv)
{
  return (SaChoices){ priv->string_form, priv->time_form, priv->byte_order, priv->code_page };
}

/* Makes the choices again that were made then. What is read again after a transaction was rolled back must
 * mean the same as the first time, though something in it made the program choose anew.  */
static void
restore_choices (SaArchive *self,
                 const SaChoices *choices)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  SaChoices now = get_choices (priv);

  if (G_LIKELY (now.string_form == choices->string_form && now.time_form == choices->time_form &&
                now.byte_order == choices->byte_order && now.code_page == choices->code_page))
    return;

  g_object_freeze_notify (G_OBJECT (self));
  sa_archive_set_string_form (self, choices->string_form);
  sa_archive_set_time_form (self, choices->time_form);
  sa_archive_set_byte_order (self, choices->byte_order);
  if (now.code_page != choices->code_page)
    {
      priv->code_page = sa_code_page_ref (choices->code_page);
      sa_code_page_unref (now.code_page);
      g_object_notify (G_OBJECT (self), "code-page");
    }
  g_object_thaw_notify (G_OBJECT (self));
}

static void
push_mark (SaArchive *self,
           gboolean implicit,
           gboolean keeps)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  SaArchiveMark mark = {
    .offset = sa_archive_get_offset (self),
    .message_end = priv->message_end,
    .path_length = priv->path != NULL ? priv->path->len : 0,
    .depth = priv->depth,
    .choices = get_choices (priv),
    .implicit = implicit,
    .keeps = keeps,
  };

  sa_code_page_ref (priv->code_page);
  if (priv->marks == NULL)
    {
      priv->marks = g_array_new (FALSE, FALSE, sizeof (SaArchiveMark));
      g_array_set_clear_func (priv->marks, mark_clear);
    }

  if (priv->tables != NULL)
    priv->tables_funcs->save (priv->tables, &mark.tables);

  /* A message is what is inside of the outermost mark.  */
  if (priv->marks->len == 0)
    {
      guint64 room = G_MAXUINT64 - mark.offset;

      priv->message_end = mark.offset + MIN (priv->limit->message_bytes, room);
      priv->tried_from = mark.offset;
    }

  g_array_append_val (priv->marks, mark);
  update_keep_offset (priv);
  sa_archive_update_ends (self);
}

/* Takes the top mark away and leaves all as it is.  */
static void
release_mark (SaArchive *self)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  SaArchiveMark mark = *get_top_mark (priv);

  g_array_set_size (priv->marks, priv->marks->len - 1);
  update_keep_offset (priv);
  priv->message_end = mark.message_end;

  if (priv->tables != NULL)
    {
      priv->tables_funcs->release (priv->tables, &mark.tables);
      if (priv->marks->len == 0)
        priv->tables_funcs->message_end (priv->tables);
    }

  sa_archive_update_ends (self);
}

/* Takes the top mark away and goes back to it.  */
static void
return_to_mark (SaArchive *self)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  SaArchiveMark mark = *get_top_mark (priv);

  sa_code_page_ref (mark.choices.code_page);
  g_array_set_size (priv->marks, priv->marks->len - 1);
  update_keep_offset (priv);
  priv->message_end = mark.message_end;
  priv->depth = mark.depth;
  priv->wanted = 0;

  if (priv->path != NULL)
    g_array_set_size (priv->path, MIN (priv->path->len, mark.path_length));
  if (mark.keeps)
    self->cur = priv->buffer + (gsize) (mark.offset - priv->base_offset);
  sa_archive_update_ends (self);

  /* Objects that go, and handlers of notify, may call the archive: they find it as it was at the mark. What
   * the program calls holds it meanwhile.  */
  g_object_freeze_notify (G_OBJECT (self));
  restore_choices (self, &mark.choices);
  mark_clear (&mark);
  if (priv->tables != NULL)
    priv->tables_funcs->restore (priv->tables, &mark.tables);
  g_object_thaw_notify (G_OBJECT (self));
}

/* Ends them all, as closing does: what is not complete is not sent.  */
void
sa_archive_forget_transactions (SaArchive *self)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  if (priv->depth > 0 && priv->mode == SA_ARCHIVE_LOAD && priv->tables != NULL)
    priv->tables_funcs->abandon (priv->tables);
  while (get_top_mark (priv) != NULL)
    return_to_mark (self);
}

/* Before a mark is set: afterwards the archive may be in another place, or closed.  */
static void
settle_tables (SaArchivePrivate *priv)
{
  if (priv->tables != NULL && (priv->marks == NULL || priv->marks->len == 0))
    priv->tables_funcs->settle (priv->tables);
}

/* Composites */

/* Whether what is loaded may fail for a cause that passes, and must be there for another try.  */
static gboolean
may_be_interrupted (const SaArchivePrivate *priv)
{
  return priv->may_need_more || priv->feed != NULL || priv->no_wait ||
         (priv->input != NULL && (priv->timeout > 0 || priv->cancellable != NULL));
}

gboolean
sa_archive_begin_composite (SaArchive *self,
                            GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  gboolean loading = priv->mode == SA_ARCHIVE_LOAD;

  settle_tables (priv);
  if (!(loading ? sa_archive_check_loading (self, error) : sa_archive_check_storing (self, error)))
    return FALSE;

  if (G_UNLIKELY (priv->learning))
    sa_archive_learn_limit (self, SA_LEARN_DEPTH, (guint64) priv->depth + 1);
  if (priv->depth >= priv->limit->depth)
    return sa_archive_set_error (
        self, error, SA_ARCHIVE_ERROR_LIMIT,
        _("Objects lie more than %u deep in objects; raise SaLimits:depth if that is meant"),
        priv->limit->depth);

  if (priv->marks == NULL || priv->marks->len == 0)
    push_mark (self, TRUE, !loading || may_be_interrupted (priv));

  if (priv->depth++ == 0 && !priv->in_pieces)
    priv->waited = 0;
  return TRUE;
}

/* Keeps the error of a composite that failed by other means than the archive's own functions.  */
static void
keep_failure (SaArchive *self,
              GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  if (priv->error != NULL)
    return;

  if (error != NULL && *error != NULL)
    {
      GError *failure = g_steal_pointer (error);

      /* A refusal is not kept, so that it comes by here with its place. One of another archive is an error as
       * any.  */
      if (!sa_archive_error_is_refusal (failure))
        {
          sa_archive_take_error (self, error, failure);
        }
      else
        {
          if (!priv->closed && !priv->busy)
            priv->error = g_error_copy (failure);
          sa_archive_update_ends (self);
          g_propagate_error (error, failure);
        }
    }
  else
    {
      sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_FAILED, _("An object failed without saying why"));
    }
}

/* Ends the transactions that were begun inside of the composite and not ended there, as by an exception in
 * between: they can be ended by nobody any more.  */
static void
end_inner_transactions (SaArchive *self,
                        GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  const SaArchiveMark *mark;

  for (mark = get_top_mark (priv); mark != NULL && !mark->implicit && mark->depth >= priv->depth;
       mark = get_top_mark (priv))
    {
      if (priv->error == NULL)
        sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_FAILED,
                              _("A transaction was begun inside of an object and not ended there"));
      return_to_mark (self);
    }
}

gboolean
sa_archive_end_composite (SaArchive *self,
                          gboolean success,
                          GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  const SaArchiveMark *mark;

  /* Closing it from inside has ended everything already.  */
  if (priv->closed || priv->depth == 0)
    return success && sa_archive_check_error (self, error);

  if (!success)
    keep_failure (self, error);
  end_inner_transactions (self, error);
  success = sa_archive_check_error (self, error) && success;

  priv->depth--;
  mark = get_top_mark (priv);
  if (mark == NULL || !mark->implicit || mark->depth != priv->depth)
    return success;

  if (success)
    {
      release_mark (self);
      return TRUE;
    }

  gboolean undone = mark->keeps;

  return_to_mark (self);
  if (undone && error != NULL && sa_archive_error_is_passing (priv->error))
    g_clear_error (&priv->error);

  sa_archive_update_ends (self);
  return FALSE;
}

gboolean
sa_archive_can_go_back (SaArchive *self)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  return priv->mode == SA_ARCHIVE_LOAD && priv->marks->len == 1 && get_top_mark (priv)->implicit
         && get_top_mark (priv)->keeps;
}

void
sa_archive_go_to (SaArchive *self,
                  guint64 offset)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  self->cur = priv->buffer + (gsize) (offset - priv->base_offset);
  priv->tried_from = offset;
  sa_archive_update_ends (self);
}

/* Tables */

void
sa_archive_set_tables (SaArchive *self,
                       gpointer tables,
                       const SaTablesFuncs *funcs)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  g_assert (priv->tables == NULL);
  priv->tables = tables;
  priv->tables_funcs = funcs;

  /* Transactions that were begun before go back to empty tables.  */
  for (guint i = 0; priv->marks != NULL && i < priv->marks->len; i++)
    funcs->save (tables, &g_array_index (priv->marks, SaArchiveMark, i).tables);
}

/**
 * sa_archive_check:
 * @self: an archive
 * @error: return location for an error
 *
 * Says whether all went well so far: what a chain of calls that passed %NULL for their errors ends with.
 *
 * Fails with the first error that sticks. One that sticks only because nobody took it is handed over by this
 * call, if it was of the passing kind: then the archive can be used again. On a closed archive this is
 * %SA_ARCHIVE_ERROR_CLOSED, and inside of another call %SA_ARCHIVE_ERROR_BUSY, since no call can have gone
 * well then.
 *
 * Returns: %TRUE if there is no error
 * Since: 1.0
 */
gboolean
sa_archive_check (SaArchive *self,
                  GError **error)
{
  SaArchivePrivate *priv;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);

  priv = sa_archive_get_priv (self);
  if (sa_archive_check_open (self, error))
    return TRUE;

  if (priv->error != NULL && error != NULL && priv->depth == 0 && get_top_mark (priv) == NULL &&
      !is_fatal (priv->error, priv->mode))
    {
      g_clear_error (&priv->error);
      sa_archive_update_ends (self);
    }

  return FALSE;
}

/**
 * sa_archive_fail:
 * @self: an archive
 * @error: what is wrong
 *
 * Makes an error stick: for a `serialize` that finds values that cannot be, and for anything else after which
 * the archive must not be used. An error that sticks already is not replaced.
 *
 * Returns: %FALSE, so that one can return what this returns
 * Since: 1.0
 */
gboolean
sa_archive_fail (SaArchive *self,
                 const GError *error)
{
  SaArchivePrivate *priv;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (error != NULL, FALSE);

  priv = sa_archive_get_priv (self);
  if (priv->error == NULL && !priv->closed)
    {
      priv->error = g_error_copy (error);
      add_place (self, priv->error);
      sa_archive_update_ends (self);
    }

  return FALSE;
}

/**
 * sa_archive_begin_transaction:
 * @self: an archive
 * @error: return location for an error
 *
 * Begins a transaction: a number of values that are loaded or stored as one, whole or not at all.
 *
 * When loading, what is read remains in the buffer until the transaction ends, so that it can be read again.
 * When storing, nothing of it is sent before. Both are bounded by #SaLimits:message-bytes. An error inside of
 * a transaction sticks until it ends: the calls may pass %NULL, and sa_archive_commit_transaction() tells.
 *
 * A transaction covers the place in the stream, the tables of classes and objects, and everything else that
 * values change; and the choices by which bytes are read: #SaArchive:byte-order, #SaArchive:string-form,
 * #SaArchive:code-page and #SaArchive:time-form go back with it. Transactions can be nested. Each needs one
 * commit or rollback, in the same object; what is left open when that ends makes it fail. What a handler of
 * #SaArchive::load-ready leaves open is rolled back when that returns, and the archive has failed then,
 * unless for an error that passes.
 *
 * Fails with the error that sticks, if there is one, and with %SA_ARCHIVE_ERROR_BUSY or
 * %SA_ARCHIVE_ERROR_CLOSED.
 *
 * Returns: %TRUE if there is a transaction now
 * Since: 1.0
 */
gboolean
sa_archive_begin_transaction (SaArchive *self,
                              GError **error)
{
  g_autoptr (SaArchive) hold = NULL;
  SaArchivePrivate *priv;
  gboolean open;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);

  hold = g_object_ref (self);
  priv = sa_archive_get_priv (self);
  settle_tables (priv);
  open = priv->mode == SA_ARCHIVE_LOAD ? sa_archive_check_loading (self, error)
                                       : sa_archive_check_storing (self, error);
  if (open)
    push_mark (self, FALSE, TRUE);

  return open;
}

/**
 * sa_archive_commit_transaction:
 * @self: an archive with a transaction
 * @error: return location for an error
 *
 * Ends the innermost transaction for good, if all went well in it. Otherwise it ends as by
 * sa_archive_rollback_transaction(), and the error is that of the first call that failed.
 *
 * After %SA_ARCHIVE_ERROR_NEED_MORE, %G_IO_ERROR_CANCELLED and other passing errors the archive is as it was
 * before the transaction, and one can try again. Other errors stick: what is in the stream will not become
 * better.
 *
 * Returns: %TRUE if all went well
 * Since: 1.0
 */
gboolean
sa_archive_commit_transaction (SaArchive *self,
                               GError **error)
{
  g_autoptr (SaArchive) hold = NULL;
  SaArchivePrivate *priv;
  const SaArchiveMark *mark;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);

  hold = g_object_ref (self);
  priv = sa_archive_get_priv (self);
  if (priv->closed || priv->busy)
    return priv->mode == SA_ARCHIVE_LOAD ? sa_archive_check_loading (self, error)
                                         : sa_archive_check_storing (self, error);

  mark = get_top_mark (priv);
  g_return_val_if_fail (mark != NULL && !mark->implicit && mark->depth == priv->depth, FALSE);

  if (sa_archive_check_error (self, error))
    {
      release_mark (self);
      return TRUE;
    }

  return_to_mark (self);
  /* An object that went then may have taken the error already.  */
  if (error != NULL && priv->error != NULL && !is_fatal (priv->error, priv->mode))
    g_clear_error (&priv->error);

  sa_archive_update_ends (self);
  return FALSE;
}

/**
 * sa_archive_rollback_transaction:
 * @self: an archive with a transaction
 *
 * Goes back to where the innermost transaction was begun: what was read can be read again, what was stored is
 * forgotten. An error that came up inside of it does not stick any more.
 *
 * Since: 1.0
 */
void
sa_archive_rollback_transaction (SaArchive *self)
{
  g_autoptr (SaArchive) hold = NULL;
  SaArchivePrivate *priv;
  const SaArchiveMark *mark;

  g_return_if_fail (SA_ARCHIVE_IS_VALID (self));

  hold = g_object_ref (self);
  priv = sa_archive_get_priv (self);
  if (priv->closed)
    return;

  mark = get_top_mark (priv);
  g_return_if_fail (!priv->busy && mark != NULL && !mark->implicit && mark->depth == priv->depth);

  g_clear_error (&priv->error);
  return_to_mark (self);
}
