/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

/* Every message a user may see goes through _(); N_() only marks one for translation.  */
const char *sa_i18n_gettext (const char *message) G_GNUC_FORMAT (1);

#define _(message) (sa_i18n_gettext (message))
#define N_(message) (message)
