/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/sa-types.h"

/* What a loading archive really needed, which SA_LEARN=file in the environment asks to be written down: the
 * classes with their schemas, and the numbers that limits would have to allow. One block of lines is
 * appended for each archive when it is closed.  */
typedef struct _SaLearn SaLearn;

/* The limits that are learned.  */
typedef enum
{
  SA_LEARN_DEPTH,
  SA_LEARN_OBJECTS,
  SA_LEARN_COUNT,
  SA_LEARN_STRING_BYTES,
  SA_LEARN_MESSAGE_BYTES,
  SA_N_LEARN
} SaLearnedLimit;

gboolean sa_learn_is_wanted (void);
SaLearn *sa_learn_new (void);
/* These bear NULL, which stands for not learning.  */
void sa_learn_class (SaLearn *learn, const char *name, guint schema, gboolean known);
void sa_learn_limit (SaLearn *learn, SaLearnedLimit limit, guint64 value);
/* @offset is where the fields begin, whether or not they have been read before. @learn is not NULL here.  */
void sa_learn_object (SaLearn *learn, const char *name, gboolean embedded, guint64 offset, guint depth,
                      guint n_entries);
/* Writes it down and frees it.  */
void sa_learn_finish (SaLearn *learn);

/* What a limit is compared with, whether or not it is within: to be called if the archive is learning.  */
void sa_archive_learn_limit (SaArchive *self, SaLearnedLimit limit, guint64 value);
