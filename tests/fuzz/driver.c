/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <gio/gio.h>

/* What stands in for libFuzzer in an ordinary build: runs the target once for each file that it is given,
 * or that is in a directory that it is given, and for each of them cut off at half.  */

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static guint n_inputs;

static void
run_file (const char *path)
{
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  if (!g_file_get_contents (path, &contents, &size, &error))
    g_error ("%s", error->message);

  for (gsize length = size;; length /= 2)
    {
      /* In memory of its own, so that a read past the end is one past the block.  */
      g_autofree guint8 *copy = g_memdup2 (contents, length);

      LLVMFuzzerTestOneInput (copy, length);
      n_inputs++;
      if (length == 0 || length < size)
        break;
    }
}

static void
run_path (const char *path)
{
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  const char *name;

  if (directory == NULL)
    {
      run_file (path);
      return;
    }

  while ((name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (!g_str_has_suffix (name, ".license"))
        run_path (child);
    }
}

int
main (int argc,
      char **argv)
{
  for (int i = 1; i < argc; i++)
    run_path (argv[i]);

  g_print ("%u inputs\n", n_inputs);

  return n_inputs > 0 ? 0 : 1;
}
