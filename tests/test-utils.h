/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gio/gio.h>

/* How long any wait of a test may take before the test fails, in seconds.  */
#define TEST_DEADLINE 20

/* Iterates @context (NULL: the default one) until *flag is TRUE; fails the test at the deadline.  */
#define test_wait_until(flag) test_wait_for (NULL, test_is_set, (gpointer) (flag), __FILE__, __LINE__, #flag)
#define test_wait_in(context, func, data) test_wait_for (context, func, data, __FILE__, __LINE__, #func)

typedef gboolean (*TestCondition) (gpointer data);

gboolean test_is_set (gpointer flag);
void test_wait_for (GMainContext *context, TestCondition condition, gpointer data, const char *file, int line,
                    const char *what);
void test_spin (GMainContext *context, guint turns);
GBytes *test_from_hex (const char *hex);
char *test_to_hex (gconstpointer data, gsize length);

/* A callback that keeps the result in a place which is empty; and whether it has come.  */
void test_on_result (GObject *source, GAsyncResult *result, gpointer place);
gboolean test_has_result (gpointer place);
