/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

/* What a loading archive really needed, which SA_LEARN=file in the environment asks to be written down: the
 * classes with their schemas, and the numbers that limits would have to allow. One block of lines is
 * appended for each archive when it is closed.  */
typedef struct _SaLearn SaLearn;

/* NULL, which all the functions bear, unless it was asked for.  */
SaLearn *sa_learn_new (void);
void sa_learn_class (SaLearn *learn, const char *name, guint schema, gboolean known);
void sa_learn_object (SaLearn *learn, const char *name, guint depth, guint n_entries);
void sa_learn_count (SaLearn *learn, guint64 count);
void sa_learn_message (SaLearn *learn, guint64 size);
/* Writes it down and frees it.  */
void sa_learn_finish (SaLearn *learn);
