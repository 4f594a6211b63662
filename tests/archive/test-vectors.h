/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/sockarch.h"
#include "test-streams.h"
#include "test-utils.h"

/* A value, its bytes, and how it gets from one to the other.  */
typedef struct
{
  const char *name;
  const char *hex;
  /* Stores the value.  */
  gboolean (*store) (SaArchive *archive, GError **error);
  /* Loads a value, and if that goes well, asserts that it is the right one.  */
  void (*load) (SaArchive *archive, GError **error);
} TestVector;

/* Stored, the value is these bytes.  */
static void
test_vector_store (gconstpointer data)
{
  const TestVector *vector = data;
  g_autoptr (SaArchive) archive = sa_archive_new_store_bytes ();
  g_autoptr (GBytes) expected = test_from_hex (vector->hex);
  g_autoptr (GError) error = NULL;

  g_assert_true (vector->store (archive, &error));
  g_assert_no_error (error);

  g_autoptr (GBytes) bytes = sa_archive_steal_bytes (archive, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                   g_bytes_get_data (expected, NULL), g_bytes_get_size (expected));
}

/* Loaded, the bytes are the value, however they come.  */
static void
test_vector_load (gconstpointer data)
{
  const TestVector *vector = data;
  g_autoptr (GBytes) bytes = test_from_hex (vector->hex);
  g_autoptr (TestInput) dribble = test_input_new (bytes, 1);
  g_autoptr (SaArchive) from_bytes = sa_archive_new_load_bytes (bytes);
  g_autoptr (SaArchive) from_stream = sa_archive_new_load (G_INPUT_STREAM (dribble));
  g_autoptr (GError) error = NULL;

  vector->load (from_bytes, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sa_archive_get_offset (from_bytes), ==, g_bytes_get_size (bytes));
  g_assert_true (sa_archive_is_buffer_empty (from_bytes));

  vector->load (from_stream, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sa_archive_get_offset (from_stream), ==, g_bytes_get_size (bytes));
}

/* Cut at any byte, there is no value, and nothing is consumed.  */
static void
test_vector_cut (gconstpointer data)
{
  const TestVector *vector = data;
  g_autoptr (GBytes) bytes = test_from_hex (vector->hex);

  for (gsize size = 0; size < g_bytes_get_size (bytes); size++)
    {
      g_autoptr (GBytes) part = g_bytes_new_from_bytes (bytes, 0, size);
      g_autoptr (TestInput) dribble = test_input_new (part, 1);
      g_autoptr (SaArchive) from_bytes = sa_archive_new_load_bytes (part);
      g_autoptr (SaArchive) from_stream = sa_archive_new_load (G_INPUT_STREAM (dribble));
      g_autoptr (GError) error = NULL;

      vector->load (from_bytes, &error);
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE);
      g_assert_cmpuint (sa_archive_get_offset (from_bytes), ==, 0);
      g_clear_error (&error);

      vector->load (from_stream, &error);
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE);
      g_assert_cmpuint (sa_archive_get_offset (from_stream), ==, 0);
    }
}

/* Coming a byte at a time where nobody may wait, it is NEED_MORE until it is the value.  */
static void
test_vector_need_more (gconstpointer data)
{
  const TestVector *vector = data;
  g_autoptr (GBytes) bytes = test_from_hex (vector->hex);
  g_autoptr (TestInput) input = test_input_new (bytes, G_MAXSIZE);
  g_autoptr (SaArchive) archive = sa_archive_new_load (G_INPUT_STREAM (input));
  g_autoptr (GError) error = NULL;

  input->blocks = TRUE;
  for (input->end = 0; input->end < g_bytes_get_size (bytes); input->end++)
    {
      vector->load (archive, &error);
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE);
      g_assert_cmpuint (sa_archive_get_offset (archive), ==, 0);
      g_clear_error (&error);
    }

  vector->load (archive, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sa_archive_get_offset (archive), ==, g_bytes_get_size (bytes));
  g_assert_true (sa_archive_check (archive, &error));
}

/* Adds the four tests of each vector below @path.  */
static void
test_vectors_add (const char *path,
                  const TestVector *vectors,
                  gsize n_vectors)
{
  const struct
  {
    const char *name;
    GTestDataFunc func;
  } kinds[] = {
    { "store", test_vector_store },
    { "load", test_vector_load },
    { "cut", test_vector_cut },
    { "need-more", test_vector_need_more },
  };

  for (gsize i = 0; i < n_vectors; i++)
    {
      for (gsize j = 0; j < G_N_ELEMENTS (kinds); j++)
        {
          g_autofree char *name = g_strdup_printf ("%s/%s/%s", path, vectors[i].name, kinds[j].name);

          if (j > 0 || vectors[i].store != NULL)
            g_test_add_data_func (name, &vectors[i], kinds[j].func);
        }
    }
}
