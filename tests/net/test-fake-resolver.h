/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gio/gio.h>

/* A resolver that knows what a test has told it, and nobody else.  */

typedef GResolver TestFakeResolver;
typedef GResolverClass TestFakeResolverClass;

static GHashTable *test_fake_names; /* name -> addresses, separated by blanks */

static GType test_fake_resolver_get_type (void);
G_DEFINE_TYPE (TestFakeResolver, test_fake_resolver, G_TYPE_RESOLVER)

static inline GList *
test_fake_resolver_lookup (GResolver *resolver,
                           const char *name,
                           GResolverNameLookupFlags flags,
                           GCancellable *cancellable,
                           GError **error)
{
  const char *text = g_hash_table_lookup (test_fake_names, name);
  g_auto (GStrv) addresses = g_strsplit (text != NULL ? text : "", " ", -1);
  GList *list = NULL;

  for (guint i = 0; addresses[i] != NULL; i++)
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (addresses[i]);
      GSocketFamily family = g_inet_address_get_family (address);

      if ((flags == G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY && family != G_SOCKET_FAMILY_IPV4) ||
          (flags == G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY && family != G_SOCKET_FAMILY_IPV6))
        continue;

      list = g_list_append (list, g_steal_pointer (&address));
    }

  if (list == NULL)
    g_set_error (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "No such name: %s", name);

  return list;
}

static inline GList *
test_fake_resolver_lookup_plain (GResolver *resolver,
                                 const char *name,
                                 GCancellable *cancellable,
                                 GError **error)
{
  return test_fake_resolver_lookup (resolver, name, G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT, cancellable, error);
}

static inline void
test_fake_resolver_free_list (gpointer list)
{
  g_list_free_full (list, g_object_unref);
}

static inline void
test_fake_resolver_lookup_async (GResolver *resolver,
                                 const char *name,
                                 GResolverNameLookupFlags flags,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, user_data);
  GError *error = NULL;
  GList *list = test_fake_resolver_lookup (resolver, name, flags, cancellable, &error);

  if (list == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, list, test_fake_resolver_free_list);
}

static inline void
test_fake_resolver_lookup_plain_async (GResolver *resolver,
                                       const char *name,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  test_fake_resolver_lookup_async (resolver, name, G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT, cancellable,
                                   callback, user_data);
}

static inline GList *
test_fake_resolver_lookup_finish (GResolver *resolver,
                                  GAsyncResult *result,
                                  GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
test_fake_resolver_class_init (TestFakeResolverClass *klass)
{
  klass->lookup_by_name = test_fake_resolver_lookup_plain;
  klass->lookup_by_name_async = test_fake_resolver_lookup_plain_async;
  klass->lookup_by_name_finish = test_fake_resolver_lookup_finish;
  klass->lookup_by_name_with_flags = test_fake_resolver_lookup;
  klass->lookup_by_name_with_flags_async = test_fake_resolver_lookup_async;
  klass->lookup_by_name_with_flags_finish = test_fake_resolver_lookup_finish;
}

static void
test_fake_resolver_init (TestFakeResolver *self)
{
}

static inline void
test_fake_resolver_install (void)
{
  g_autoptr (GResolver) resolver = g_object_new (test_fake_resolver_get_type (), NULL);

  test_fake_names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_resolver_set_default (resolver);
}

static inline void
test_fake_resolver_set (const char *name,
                        const char *addresses)
{
  g_hash_table_insert (test_fake_names, g_strdup (name), g_strdup (addresses));
}
