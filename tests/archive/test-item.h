/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/sockarch.h"

/* An object for layouts that counts what is done with it.  */

#define TEST_TYPE_ITEM (test_item_get_type ())
G_DECLARE_FINAL_TYPE (TestItem, test_item, TEST, ITEM, GObject)

struct _TestItem
{
  GObject parent_instance;
  int value;
  char *name;
  GPtrArray *items;
  TestItem *other;
};

enum
{
  PROP_VALUE = 1,
  PROP_NAME,
  PROP_ITEMS,
  PROP_OTHER,
};

static guint n_sets;
static guint n_made;
static guint n_alive;

G_DEFINE_FINAL_TYPE (TestItem, test_item, G_TYPE_OBJECT)

static void
test_item_get_property (GObject *object,
                        guint property_id,
                        GValue *value,
                        GParamSpec *pspec)
{
  TestItem *self = TEST_ITEM (object);

  if (property_id == PROP_VALUE)
    g_value_set_int (value, self->value);
  else if (property_id == PROP_NAME)
    g_value_set_string (value, self->name);
  else if (property_id == PROP_ITEMS)
    g_value_set_boxed (value, self->items);
  else
    g_value_set_object (value, self->other);
}

static void
test_item_set_property (GObject *object,
                        guint property_id,
                        const GValue *value,
                        GParamSpec *pspec)
{
  TestItem *self = TEST_ITEM (object);

  n_sets++;
  if (property_id == PROP_VALUE)
    self->value = g_value_get_int (value);
  else if (property_id == PROP_OTHER)
    g_set_object (&self->other, g_value_get_object (value));
  else if (property_id == PROP_NAME)
    {
      g_free (self->name);
      self->name = g_value_dup_string (value);
    }
  else
    {
      g_clear_pointer (&self->items, g_ptr_array_unref);
      self->items = g_value_dup_boxed (value);
    }
}

static void
test_item_dispose (GObject *object)
{
  TestItem *self = TEST_ITEM (object);

  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_clear_object (&self->other);

  G_OBJECT_CLASS (test_item_parent_class)->dispose (object);
}

static void
test_item_finalize (GObject *object)
{
  n_alive--;
  g_free (TEST_ITEM (object)->name);

  G_OBJECT_CLASS (test_item_parent_class)->finalize (object);
}

static void
test_item_class_init (TestItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = test_item_get_property;
  object_class->set_property = test_item_set_property;
  object_class->dispose = test_item_dispose;
  object_class->finalize = test_item_finalize;

  g_object_class_install_property (object_class, PROP_VALUE,
                                   g_param_spec_int ("value", NULL, NULL, 0, 255, 0, flags));
  g_object_class_install_property (object_class, PROP_NAME,
                                   g_param_spec_string ("name", NULL, NULL, NULL, flags));
  g_object_class_install_property (object_class, PROP_ITEMS,
                                   g_param_spec_boxed ("items", NULL, NULL, G_TYPE_PTR_ARRAY, flags));
  g_object_class_install_property (object_class, PROP_OTHER,
                                   g_param_spec_object ("other", NULL, NULL, TEST_TYPE_ITEM, flags));
}

static void
test_item_init (TestItem *self)
{
  n_made++;
  n_alive++;
}

static inline TestItem *
new_item (int value)
{
  return g_object_new (TEST_TYPE_ITEM, "value", value, NULL);
}
