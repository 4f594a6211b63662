/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <sockarch/sockarch.h>

/* A program outside of the tree: built against the installed library with pkg-config alone, and with sockarch
 * as a meson subproject.  Each class is named, so that a missing export is found when this links.
 */
int
main (void)
{
  const GType types[] = {
    SA_TYPE_SOCKET, SA_TYPE_SOCKET_FILE, SA_TYPE_ARCHIVE, SA_TYPE_SERIALIZABLE, SA_TYPE_CLASS_REGISTRY,
  };
  guint major = sa_get_major_version ();
  guint minor = sa_get_minor_version ();
  guint micro = sa_get_micro_version ();

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    g_print ("%s\n", g_type_name (types[i]));
  g_print ("sockarch %u.%u.%u\n", major, minor, micro);
  if (!SA_CHECK_VERSION (1, 0, 0) || SA_CHECK_VERSION (2, 0, 0))
    return 1;
  return major == SA_MAJOR_VERSION && minor == SA_MINOR_VERSION && micro == SA_MICRO_VERSION ? 0 : 1;
}
