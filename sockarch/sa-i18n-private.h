/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

/* For PRIu64 and its like: xgettext knows them, and does not know G_GUINT64_FORMAT.  */
#include <inttypes.h>

#include <glib.h>

/* Every message a user may see goes through _(); N_() only marks one for translation.  */
const char *sa_i18n_gettext (const char *message) G_GNUC_FORMAT (1);

#define _(message) (sa_i18n_gettext (message))
#define N_(message) (message)
