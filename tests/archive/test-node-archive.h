/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "test-hex.h"
#include "test-node.h"

/* Archives that know the classes of the manual, and what is wanted of them.  */

/* A(10) -> B(20) -> A; then A again; then NULL.  */
#define CYCLE \
  "FF FF 01 00 05 00 43 4E 6F 64 65 0A 00 01 80 14 00 02 00 02 00 00 00"

static inline SaClassRegistry *
new_registry (void)
{
  SaClassRegistry *registry = sa_class_registry_new ();

  g_assert_true (sa_class_registry_add_class (registry, "CNode", TEST_TYPE_NODE, 1, NULL));
  g_assert_true (sa_class_registry_add_record (registry, "CLeaf", 2, "", NULL));
  g_assert_true (sa_class_registry_add_record (registry, "CPtr", 0, "p:object(*)", NULL));

  return registry;
}

static inline SaArchive *
new_store (void)
{
  g_autoptr (SaClassRegistry) registry = new_registry ();
  SaArchive *archive = sa_archive_new_store_bytes ();

  sa_archive_set_registry (archive, registry);

  return archive;
}

static inline SaArchive *
new_load (GBytes *bytes)
{
  g_autoptr (SaClassRegistry) registry = new_registry ();
  SaArchive *archive = sa_archive_new_load_bytes (bytes);

  sa_archive_set_registry (archive, registry);

  return archive;
}

static inline SaArchive *
new_load_hex (const char *hex)
{
  g_autoptr (GBytes) bytes = test_from_hex (hex);

  return new_load (bytes);
}

/* Loads an object, wants it to fail, and wants nothing to be left of it.  */
static inline void
assert_fails (const char *hex,
              GType expected_type,
              int code)
{
  g_autoptr (SaArchive) archive = new_load_hex (hex);
  g_autoptr (GError) error = NULL;
  int n_before = n_nodes;

  g_assert_null (sa_archive_read_object (archive, expected_type, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, code);
  g_assert_nonnull (strstr (error->message, "at byte"));
  g_clear_object (&archive);
  g_assert_cmpint (n_nodes, ==, n_before);
}
