/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sockarch/archive/sa-look-ahead-private.h"

#include <sockarch/sockarch.h>

#include "test-utils.h"

/* What is known of where objects keep their references, and that nothing depends on it.  */

#define N_OTHERS 5
#define N_KNOTS 40

/* Refers to others from its fields, from a copy on the stack, and from an array; all are borrowed.  */
typedef struct
{
  GObject parent_instance;

  GObject *next;
  GObject *others[N_OTHERS];
  GPtrArray *inner;
} Knot;

typedef struct
{
  GObjectClass parent_class;
} KnotClass;

typedef Knot BigKnot;
typedef KnotClass BigKnotClass;

GType knot_get_type (void);
GType big_knot_get_type (void);

static gboolean
knot_serialize (SaSerializable *serializable,
                SaArchive *archive,
                GError **error)
{
  Knot *self = (Knot *) serializable;
  GObject *copy = self->next;

  sa_archive_exchange_object (archive, &copy, G_TYPE_OBJECT, NULL);
  sa_archive_exchange_object (archive, &self->next, G_TYPE_OBJECT, NULL);
  for (guint i = 0; i < N_OTHERS; i++)
    sa_archive_exchange_object (archive, &self->others[i], G_TYPE_OBJECT, NULL);
  sa_archive_exchange_object_array (archive, &self->inner, G_TYPE_OBJECT, NULL);

  return sa_archive_check (archive, error);
}

static void
knot_serializable_init (SaSerializableInterface *iface)
{
  iface->serialize = knot_serialize;
}

G_DEFINE_TYPE_WITH_CODE (Knot, knot, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (SA_TYPE_SERIALIZABLE, knot_serializable_init))
G_DEFINE_TYPE (BigKnot, big_knot, knot_get_type ())

static void
knot_finalize (GObject *object)
{
  g_clear_pointer (&((Knot *) object)->inner, g_ptr_array_unref);

  G_OBJECT_CLASS (knot_parent_class)->finalize (object);
}

static void
knot_class_init (KnotClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = knot_finalize;
}

static void
knot_init (Knot *self)
{
}

static void
big_knot_class_init (BigKnotClass *klass)
{
}

static void
big_knot_init (BigKnot *self)
{
}

/* What is known */

static void
test_offsets (void)
{
  g_autoptr (GObject) first = g_object_new (knot_get_type (), NULL);
  g_autoptr (GObject) big = g_object_new (big_knot_get_type (), NULL);
  Knot *knot = (Knot *) first;
  SaLookAhead look_ahead = { NULL };

  sa_look_ahead_note (&look_ahead, &knot->next);
  sa_look_ahead_begin (&look_ahead, NULL);
  g_assert_cmpuint (look_ahead.n_offsets, ==, 0);

  sa_look_ahead_begin (&look_ahead, first);
  g_assert_null (sa_look_ahead_watch (&look_ahead, first));
  sa_look_ahead_note (&look_ahead, &look_ahead);
  sa_look_ahead_note (&look_ahead, knot + 1);
  sa_look_ahead_note (&look_ahead, (char *) (knot + 1) - sizeof (gpointer) + 1);
  sa_look_ahead_note (&look_ahead, (char *) knot - sizeof (gpointer));
  g_assert_cmpuint (look_ahead.n_offsets, ==, 0);

  sa_look_ahead_note (&look_ahead, &knot->inner);
  sa_look_ahead_note (&look_ahead, &knot->inner);
  sa_look_ahead_note (&look_ahead, &knot->next);
  g_assert_cmpuint (look_ahead.n_offsets, ==, 2);
  g_assert_cmpuint (look_ahead.offsets[0], ==, G_STRUCT_OFFSET (Knot, inner));
  g_assert_cmpuint (look_ahead.offsets[1], ==, G_STRUCT_OFFSET (Knot, next));

  for (guint i = 0; i < N_OTHERS; i++)
    sa_look_ahead_note (&look_ahead, &knot->others[i]);
  g_assert_cmpuint (look_ahead.n_offsets, ==, SA_LOOK_AHEAD_OFFSETS);

  /* Only the type that an array begins with is watched.  */
  g_assert_true (sa_look_ahead_watch (&look_ahead, big) == first);
  g_assert_null (look_ahead.watched);
  sa_look_ahead_begin (&look_ahead, first);
  g_assert_cmpuint (look_ahead.n_offsets, ==, SA_LOOK_AHEAD_OFFSETS);
  sa_look_ahead_begin (&look_ahead, big);
  g_assert_cmpuint (look_ahead.n_offsets, ==, 0);
}

/* That nothing depends on it */

static SaArchive *
new_archive (void)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  SaArchive *archive = sa_archive_new_store_bytes ();

  g_assert_true (sa_class_registry_add_class (registry, "CKnot", knot_get_type (), 1, NULL));
  g_assert_true (sa_class_registry_add_class (registry, "CBigKnot", big_knot_get_type (), 1, NULL));
  sa_archive_set_registry (archive, registry);

  return archive;
}

static gpointer
pick (GPtrArray *knots,
      GRand *random)
{
  return g_ptr_array_index (knots, (guint) g_rand_int_range (random, 0, (gint32) knots->len));
}

/* Knots of both types, and NULL, that refer to any of them; and some have an array of them.  */
static GPtrArray *
new_knots (GRand *random)
{
  GPtrArray *knots = g_ptr_array_new ();

  for (guint i = 0; i < N_KNOTS; i++)
    {
      GType type = g_rand_boolean (random) ? knot_get_type () : big_knot_get_type ();

      g_ptr_array_add (knots, g_rand_int_range (random, 0, 5) > 0 ? g_object_new (type, NULL) : NULL);
    }

  for (guint i = 0; i < N_KNOTS; i++)
    {
      Knot *knot = g_ptr_array_index (knots, i);

      if (knot == NULL)
        continue;
      knot->next = pick (knots, random);
      for (guint j = 0; j < N_OTHERS; j++)
        knot->others[j] = pick (knots, random);
      knot->inner = g_ptr_array_new ();
      for (guint j = i % 4 == 0 ? 2 * SA_LOOK_AHEAD : 0; j > 0; j--)
        g_ptr_array_add (knot->inner, pick (knots, random));
    }

  return knots;
}

static void
free_knots (GPtrArray *knots)
{
  for (guint i = 0; i < knots->len; i++)
    g_clear_object (&knots->pdata[i]);
  g_ptr_array_unref (knots);
}

static GBytes *
store (GPtrArray *knots,
       gboolean as_array)
{
  g_autoptr (SaArchive) archive = new_archive ();
  g_autoptr (GError) error = NULL;
  GBytes *bytes;

  if (as_array)
    {
      sa_archive_write_object_array (archive, knots, &error);
    }
  else
    {
      sa_archive_write_count (archive, knots->len, &error);
      for (guint i = 0; i < knots->len; i++)
        sa_archive_write_object (archive, g_ptr_array_index (knots, i), &error);
    }
  g_assert_no_error (error);
  bytes = sa_archive_steal_bytes (archive, &error);
  g_assert_no_error (error);

  return bytes;
}

/* The same bytes come of an array and of its elements one by one, whatever it begins with.  */
static void
test_same_bytes (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (26);

  for (guint i = 0; i < 50; i++)
    {
      GPtrArray *knots = new_knots (random);
      g_autoptr (GBytes) array = store (knots, TRUE);
      g_autoptr (GBytes) one_by_one = store (knots, FALSE);

      g_assert_true (g_bytes_equal (array, one_by_one));
      free_knots (knots);
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/look-ahead/offsets", test_offsets);
  g_test_add_func ("/look-ahead/same-bytes", test_same_bytes);

  return g_test_run ();
}
