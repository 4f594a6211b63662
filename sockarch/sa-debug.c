/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/sa-debug-private.h"
#include "sockarch/sa-i18n-private.h"

#include <stdarg.h>

#ifdef ENABLE_NLS
#include <libintl.h>
#endif

static const GDebugKey debug_keys[] = {
  { "socket", SA_DEBUG_SOCKET },
  { "archive", SA_DEBUG_ARCHIVE },
  { "poller", SA_DEBUG_POLLER },
  { "threads", SA_DEBUG_THREADS },
};

/* What the environment variable SA_DEBUG asks for; read once.  */
SaDebugFlags
sa_debug_get_flags (void)
{
  static gsize state;

  if (g_once_init_enter (&state))
    {
      gsize flags = g_parse_debug_string (g_getenv ("SA_DEBUG"), debug_keys, G_N_ELEMENTS (debug_keys));

      /* The top bit says that the variable was read, since zero means "not yet".  */
      g_once_init_leave (&state, flags | (gsize) 1 << 31);
    }

  return (SaDebugFlags) (state & 0xffff);
}

void
sa_debug_print (const char *category,
                gconstpointer object,
                const char *format,
                ...)
{
  g_autofree char *message = NULL;
  g_autofree char *name = g_ascii_strdown (category, -1);
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);

  g_printerr ("sockarch-%s [%p]: %s\n", name, object, message);
}

/* Looks @message up in the catalogue, which is bound at the first use: a library has no main ().  */
const char *
sa_i18n_gettext (const char *message)
{
#ifdef ENABLE_NLS
  static gsize bound;

  if (g_once_init_enter (&bound))
    {
      bindtextdomain (GETTEXT_PACKAGE, SA_LOCALEDIR);
      bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
      g_once_init_leave (&bound, 1);
    }

  return g_dgettext (GETTEXT_PACKAGE, message);
#else
  return message;
#endif
}
