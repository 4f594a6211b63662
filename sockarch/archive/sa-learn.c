/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-learn-private.h"

#include "sockarch/archive/sa-graph-private.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include <glib/gstdio.h>

typedef struct
{
  /* One class can come with several schemas, of which each has a line.  */
  char *name;
  guint schema;
  /* It was in place, without a tag that says a schema.  */
  gboolean embedded;
  gboolean known;
  guint64 n_objects;
} LearnedClass;

struct _SaLearn
{
  /* In the order in which they came; the last one of a name is what its objects count for.  */
  GArray *classes;
  /* What each limit would have to allow.  */
  guint64 limits[SA_N_LEARN];
  /* Where the last object that was counted has its body, and how deep it is (another may begin at the same
   * byte inside of it): what is read again as more bytes come is not counted again.  */
  guint64 last_offset;
  guint last_depth;
};

/* As SaLimits calls them, but for what follows the dash.  */
static const char *const limit_names[SA_N_LEARN] = { "depth", "objects", "count", "string-bytes",
                                                     "message-bytes" };

static void
clear_class (gpointer data)
{
  LearnedClass *learned = data;

  g_free (learned->name);
}

static const char *
get_path (void)
{
  const char *path = g_getenv ("SA_LEARN");

  return path != NULL && *path != '\0' ? path : NULL;
}

gboolean
sa_learn_is_wanted (void)
{
  return get_path () != NULL;
}

SaLearn *
sa_learn_new (void)
{
  SaLearn *learn = g_new0 (SaLearn, 1);

  learn->classes = g_array_new (FALSE, FALSE, sizeof (LearnedClass));
  g_array_set_clear_func (learn->classes, clear_class);

  return learn;
}

/* The class may be registered by the time that it is read again.  */
void
sa_learn_class (SaLearn *learn,
                const char *name,
                guint schema,
                gboolean known)
{
  LearnedClass learned = { NULL, schema, FALSE, known, 0 };

  if (learn == NULL)
    return;

  for (guint i = 0; i < learn->classes->len; i++)
    {
      LearnedClass *other = &g_array_index (learn->classes, LearnedClass, i);

      if (!other->embedded && other->schema == schema && g_str_equal (other->name, name))
        {
          other->known |= known;
          return;
        }
    }

  learned.name = g_strdup (name);
  g_array_append_val (learn->classes, learned);
}

static LearnedClass *
find_class (SaLearn *learn,
            const char *name,
            gboolean embedded)
{
  for (guint i = learn->classes->len; i-- > 0;)
    {
      LearnedClass *learned = &g_array_index (learn->classes, LearnedClass, i);

      if (learned->embedded == embedded && g_str_equal (learned->name, name))
        return learned;
    }

  return NULL;
}

void
sa_learn_object (SaLearn *learn,
                 const char *name,
                 gboolean embedded,
                 guint64 offset,
                 guint depth,
                 guint n_entries)
{
  LearnedClass new_class = { NULL, 0, TRUE, TRUE, 0 };
  LearnedClass *learned;

  sa_learn_limit (learn, SA_LEARN_DEPTH, depth);
  sa_learn_limit (learn, SA_LEARN_OBJECTS, n_entries);
  if (offset < learn->last_offset || (offset == learn->last_offset && depth <= learn->last_depth))
    return;

  learn->last_offset = offset;
  learn->last_depth = depth;
  learned = find_class (learn, name, embedded);
  if (learned == NULL && embedded)
    {
      new_class.name = g_strdup (name);
      g_array_append_val (learn->classes, new_class);
      learned = find_class (learn, name, embedded);
    }
  if (learned != NULL)
    learned->n_objects++;
}

void
sa_learn_limit (SaLearn *learn,
                SaLearnedLimit limit,
                guint64 value)
{
  if (learn != NULL)
    learn->limits[limit] = MAX (learn->limits[limit], value);
}

void
sa_archive_learn_limit (SaArchive *self,
                        SaLearnedLimit limit,
                        guint64 value)
{
  if (!sa_archive_get_priv (self)->closed)
    sa_learn_limit (sa_graph_get (self)->learn, limit, value);
}

static char *
describe (const SaLearn *learn)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < learn->classes->len; i++)
    {
      const LearnedClass *learned = &g_array_index (learn->classes, LearnedClass, i);

      if (learned->embedded)
        g_string_append_printf (text, "embedded-class %s", learned->name);
      else
        g_string_append_printf (text, "%s %s schema %u", learned->known ? "class" : "unknown-class",
                                learned->name, learned->schema);
      g_string_append_printf (text, " objects %" PRIu64 "\n", learned->n_objects);
    }

  g_string_append (text, "limits");
  for (guint i = 0; i < SA_N_LEARN; i++)
    g_string_append_printf (text, " %s %" PRIu64, limit_names[i], learn->limits[i]);
  g_string_append (text, "\n\n");

  return g_string_free (text, FALSE);
}

/* In one call, so that the blocks of several processes do not mix.  */
static gboolean
append_to_file (const char *path,
                const char *text)
{
  gsize length = strlen (text);
  int fd = g_open (path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  gssize written;
  int saved_errno;

  if (fd < 0)
    return FALSE;

  do
    written = write (fd, text, length);
  while (written < 0 && errno == EINTR);

  saved_errno = written >= 0 ? ENOSPC : errno;
  close (fd);
  errno = saved_errno;

  return written == (gssize) length;
}

void
sa_learn_finish (SaLearn *learn)
{
  const char *path = get_path ();
  g_autofree char *text = NULL;

  if (learn == NULL)
    return;

  text = describe (learn);
  if (path != NULL && !append_to_file (path, text))
    g_warning ("What was learned from an archive cannot be written to %s, which SA_LEARN names: %s", path,
               g_strerror (errno));

  g_array_unref (learn->classes);
  g_free (learn);
}
