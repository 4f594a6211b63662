/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-learn-private.h"

#include <inttypes.h>
#include <stdio.h>

typedef struct
{
  /* One class can come with several schemas, of which each has a line.  */
  char *name;
  guint schema;
  gboolean known;
  guint64 n_objects;
} LearnedClass;

struct _SaLearn
{
  /* In the order in which they came; the last one of a name is what its objects count for.  */
  GArray *classes;
  guint depth;
  guint n_entries;
  guint64 count;
  guint64 message_size;
};

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

SaLearn *
sa_learn_new (void)
{
  SaLearn *learn;

  if (get_path () == NULL)
    return NULL;

  learn = g_new0 (SaLearn, 1);
  learn->classes = g_array_new (FALSE, FALSE, sizeof (LearnedClass));
  g_array_set_clear_func (learn->classes, clear_class);

  return learn;
}

void
sa_learn_class (SaLearn *learn,
                const char *name,
                guint schema,
                gboolean known)
{
  LearnedClass learned = { NULL, schema, known, 0 };

  if (learn == NULL)
    return;

  for (guint i = 0; i < learn->classes->len; i++)
    {
      const LearnedClass *other = &g_array_index (learn->classes, LearnedClass, i);

      if (other->schema == schema && g_str_equal (other->name, name))
        return;
    }

  learned.name = g_strdup (name);
  g_array_append_val (learn->classes, learned);
}

void
sa_learn_object (SaLearn *learn,
                 const char *name,
                 guint depth,
                 guint n_entries)
{
  if (learn == NULL)
    return;

  learn->depth = MAX (learn->depth, depth);
  learn->n_entries = MAX (learn->n_entries, n_entries);

  for (guint i = learn->classes->len; i-- > 0;)
    {
      LearnedClass *learned = &g_array_index (learn->classes, LearnedClass, i);

      if (g_str_equal (learned->name, name))
        {
          learned->n_objects++;
          return;
        }
    }
}

void
sa_learn_count (SaLearn *learn,
                guint64 count)
{
  if (learn != NULL)
    learn->count = MAX (learn->count, count);
}

void
sa_learn_message (SaLearn *learn,
                  guint64 size)
{
  if (learn != NULL)
    learn->message_size = MAX (learn->message_size, size);
}

static char *
describe (const SaLearn *learn)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < learn->classes->len; i++)
    {
      const LearnedClass *learned = &g_array_index (learn->classes, LearnedClass, i);

      g_string_append_printf (text, "%s %s schema %u objects %" G_GUINT64_FORMAT "\n",
                              learned->known ? "class" : "unknown-class", learned->name, learned->schema,
                              learned->n_objects);
    }

  g_string_append_printf (text, "limits depth %u objects %u count %" PRIu64 " message-bytes %" PRIu64 "\n\n",
                          learn->depth, learn->n_entries, learn->count, learn->message_size);

  return g_string_free (text, FALSE);
}

void
sa_learn_finish (SaLearn *learn)
{
  const char *path = get_path ();
  g_autofree char *text = NULL;
  FILE *file;

  if (learn == NULL)
    return;

  text = describe (learn);
  file = path != NULL ? fopen (path, "ae") : NULL;
  if (file == NULL || fputs (text, file) < 0)
    g_warning ("What was learned from an archive cannot be written to the file that SA_LEARN names");
  if (file != NULL)
    fclose (file);

  g_array_unref (learn->classes);
  g_free (learn);
}
