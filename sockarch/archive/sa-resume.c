/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-resume-private.h"

static void
frame_clear (gpointer data)
{
  SaFrame *frame = data;

  if (frame->target != NULL && frame->free_target != NULL)
    frame->free_target (frame->target);
  g_free (frame->key);
}

gboolean
sa_resume_take_frame (SaResume *self,
                      SaFrameKind kind,
                      SaFrame *frame)
{
  guint last = self->frames->len - 1;

  *frame = g_array_index (self->frames, SaFrame, last);
  g_assert (frame->kind == kind);

  /* What is in it belongs to the caller now.  */
  g_array_index (self->frames, SaFrame, last) = (SaFrame) { kind };
  g_array_set_size (self->frames, last);

  return TRUE;
}

gboolean
sa_resume_is_possible (const SaResume *self,
                       SaArchive *archive)
{
  const SaArchivePrivate *priv = sa_archive_get_priv (archive);

  return self->allowed && self->n_nested == 0 && !priv->closed && priv->error != NULL
         && sa_archive_error_is_passing (priv->error) && sa_archive_can_go_back (archive);
}

void
sa_resume_leave (SaResume *self,
                 SaArchive *archive,
                 guint64 offset,
                 SaFrame *frame)
{
  /* A transaction that is open here will be rolled back: below it nobody knows where to go on.  */
  if (self->n_nested == 0 && !sa_archive_can_go_back (archive))
    self->allowed = FALSE;

  if (!sa_resume_is_possible (self, archive))
    {
      frame_clear (frame);
      return;
    }

  if (self->frames == NULL)
    {
      self->frames = g_array_new (FALSE, FALSE, sizeof (SaFrame));
      g_array_set_clear_func (self->frames, frame_clear);
    }

  /* Further in nobody knows how to go on.  */
  if (self->frames->len == 0)
    self->offset = offset;

  g_array_append_vals (self->frames, frame, 1);
}

void
sa_resume_drop_frames (SaResume *self)
{
  self->parked = FALSE;
  g_clear_pointer (&self->frames, g_array_unref);
}
