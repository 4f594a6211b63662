/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <sockarch/sockarch.h>

/* An object that has a property of every type that a layout can fill.  */

#define FUZZ_THING_LAYOUT \
  "number:u16 text:cstring real:f32 flag:bool4 date:oledatetime raw:bytearray texts:stringlist " \
  "next:object(*) children:oblist(CO) form:u8 money:currency big:i64 value:variant"

#define FUZZ_TYPE_THING (fuzz_thing_get_type ())
G_DECLARE_FINAL_TYPE (FuzzThing, fuzz_thing, FUZZ, THING, GObject)

#define FUZZ_N_PROPERTIES 13

struct _FuzzThing
{
  GObject parent_instance;
  GValue values[FUZZ_N_PROPERTIES];
};

G_DEFINE_FINAL_TYPE (FuzzThing, fuzz_thing, G_TYPE_OBJECT)

static void
fuzz_thing_get_property (GObject *object,
                         guint id,
                         GValue *value,
                         GParamSpec *pspec)
{
  FuzzThing *self = FUZZ_THING (object);

  if (G_IS_VALUE (&self->values[id - 1]))
    g_value_copy (&self->values[id - 1], value);
}

static void
fuzz_thing_set_property (GObject *object,
                         guint id,
                         const GValue *value,
                         GParamSpec *pspec)
{
  FuzzThing *self = FUZZ_THING (object);

  if (G_IS_VALUE (&self->values[id - 1]))
    g_value_unset (&self->values[id - 1]);
  g_value_init (&self->values[id - 1], G_VALUE_TYPE (value));
  g_value_copy (value, &self->values[id - 1]);
}

static void
fuzz_thing_dispose (GObject *object)
{
  FuzzThing *self = FUZZ_THING (object);

  for (guint i = 0; i < FUZZ_N_PROPERTIES; i++)
    if (G_IS_VALUE (&self->values[i]))
      g_value_unset (&self->values[i]);

  G_OBJECT_CLASS (fuzz_thing_parent_class)->dispose (object);
}

static void
fuzz_thing_class_init (FuzzThingClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;
  GParamSpec *properties[FUZZ_N_PROPERTIES + 1] = {
    NULL,
    g_param_spec_int ("number", NULL, NULL, 0, 1000, 0, flags),
    g_param_spec_string ("text", NULL, NULL, NULL, flags),
    g_param_spec_double ("real", NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0, flags),
    g_param_spec_boolean ("flag", NULL, NULL, FALSE, flags),
    g_param_spec_boxed ("date", NULL, NULL, G_TYPE_DATE_TIME, flags),
    g_param_spec_boxed ("raw", NULL, NULL, G_TYPE_BYTES, flags),
    g_param_spec_boxed ("texts", NULL, NULL, G_TYPE_STRV, flags),
    g_param_spec_object ("next", NULL, NULL, G_TYPE_OBJECT, flags),
    g_param_spec_object ("children", NULL, NULL, G_TYPE_LIST_STORE, flags),
    g_param_spec_enum ("form", NULL, NULL, SA_TYPE_STRING_FORM, SA_STRING_WIDE, flags),
    g_param_spec_int64 ("money", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags),
    g_param_spec_long ("big", NULL, NULL, G_MININT32, G_MAXINT32, 0, flags),
    g_param_spec_variant ("value", NULL, NULL, G_VARIANT_TYPE ("(qv)"), NULL, flags),
  };

  object_class->get_property = fuzz_thing_get_property;
  object_class->set_property = fuzz_thing_set_property;
  object_class->dispose = fuzz_thing_dispose;
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
fuzz_thing_init (FuzzThing *self)
{
}
