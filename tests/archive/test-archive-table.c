/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-streams.h"
#include "test-utils.h"

#include <sockarch/sockarch.h>

/* Bytes of MFC that are made of several values, read by a layout, written again, and cut at every byte. What
 * is marked as a file is from one that a program of MFC wrote.  */
typedef struct
{
  const char *name;
  const char *layout;
  const char *hex;
  /* What is loaded, as print_value () writes it.  */
  const char *value;
  /* How it must be stored.  */
  SaStringForm string_form;
  SaTimeForm time_form;
} Table;

static const Table tables[] = {
  { "time/marked", "v:time", "0A 00 00 80 1B 0A 96 5D 00 00 00 00", "1570114075" },
  { "time/32", "v:time", "1B 0A 96 5D", "1570114075", .time_form = SA_TIME_PLAIN_32 },
  { "time/32/before", "v:time", "FF FF FF FF", "-1", .time_form = SA_TIME_PLAIN_32 },
  { "timespan", "v:timespan", "10 0E 00 00", "3600" },
  { "oledatetime", "v:oledatetime", "00 00 00 00 00 00 00 00 C0 D5 E1 40", "2000-01-01T00:00:00Z" },
  { "oledatetime/before", "v:oledatetime", "00 00 00 00 00 00 00 00 00 00 F4 BF", "1899-12-29T06:00:00Z" },
  { "oledatetimespan", "v:oledatetimespan", "00 00 00 00 00 00 00 00 00 00 F8 3F", "1.500000" },
  { "currency", "v:currency", "00 00 00 00 00 00 00 00 00 61 BC 00", "\"1234.56\"" },
  { "currency/negative", "v:currency", "00 00 00 00 FF FF FF FF 68 C5 FF FF", "\"-1.5\"" },
  { "variant/true", "v:variant", "0B 00 FF FF", "(11, <true>)" },
  { "variant/long", "v:variant", "03 00 FF FF FF FF", "(3, <-1>)" },
  { "variant/text", "v:variant", "08 00 04 00 00 00 68 00 69 00", "(8, <'hi'>)" },
  { "variants", "a:variant b:variant c:variant", "00 00 02 00 FE FF 05 00 00 00 00 00 00 00 F8 3F",
    "(0, <()>) (2, <int16 -2>) (5, <1.5>)" },
  { "bytearray", "v:bytearray", "03 00 01 02 FF", "01 02 FF" },
  { "wordarray", "v:wordarray", "02 00 01 00 02 00", "[1, 2]" },
  { "dwordarray", "v:dwordarray", "01 00 07 00 00 00", "[7]" },
  { "stringarray", "v:stringarray", "02 00 01 61 00", "['a', '']", SA_STRING_NARROW },
  { "stringlist/wide", "v:stringlist", "02 00 FF FE FF 01 E9 00 FF FE FF 00", "['é', '']" },
  { "mapstrstr", "v:mapstrstr", "02 00 01 61 01 31 01 62 00", "{'a': '1', 'b': ''}", SA_STRING_NARROW },
  { "mapwordob", "v:mapwordob(*)", "01 00 05 00 00 00", "[{5 NULL}]" },
  { "mapstrob", "v:mapstrob(CLeaf)", "02 00 01 61 FF FF 02 00 05 00 43 4C 65 61 66 01 62 02 00",
    "[{\"a\" CLeaf{}} {\"b\" #2}]", SA_STRING_NARROW },
  { "points", "v:array(embed(CPoint))", "01 00 01 00 00 00 02 00 00 00", "[CPoint{1 2}]" },
  { "doubles", "v:array(f64)", "01 00 00 00 00 00 00 00 F8 3F", "[1.5]" },
  { "empty", "a:obarray(*) b:oblist(*) c:mapstrob(*) d:bytearray", "00 00 00 00 00 00 00 00", "[] [] [] " },
  { "pointed-to", "v:object(CObArray)", "FF FF 00 00 08 00 43 4F 62 41 72 72 61 79 00 00", "CObArray{[]}" },
  { "structures", "a:size b:rect", "20 03 00 00 84 03 00 00 CF 00 00 00 5B FF FF FF D4 00 00 00 57 FF FF FF",
    "(800, 900) (207, -165, 212, -169)" },

  /* A -> B -> A; then A again, NULL, and two objects of another class.  */
  { "cycle", "a:object(*) b:object(*) c:object(*) d:object(*) e:object(*)",
    "FF FF 01 00 05 00 43 4E 6F 64 65 0A 00 01 80 14 00 02 00 02 00 00 00"
    "FF FF 02 00 05 00 43 4C 65 61 66 04 80",
    "CNode{10 CNode{20 #1}} #1 NULL CLeaf{} CLeaf{}" },

  /* File: the four students.  */
  { "students", "v:oblist(CStudent)",
    "04 00 FF FF 00 00 08 00 43 53 74 75 64 65 6E 74 0B 46 69 73 68 65 72 2C 20 4C 6F 6E 43 00 00 00"
    "01 80 0C 4D 65 79 65 72 73 2C 20 4C 69 73 61 50 00 00 00"
    "01 80 0D 53 65 67 68 65 72 73 2C 20 4A 6F 68 6E 5C 00 00 00"
    "01 80 0D 41 6E 64 65 72 73 6F 6E 2C 20 42 6F 62 57 00 00 00",
    "[CStudent{\"Fisher, Lon\" 67} CStudent{\"Meyers, Lisa\" 80} CStudent{\"Seghers, John\" 92} "
    "CStudent{\"Anderson, Bob\" 87}]",
    SA_STRING_NARROW },

  /* File: the first property of an ActiveX test container.  */
  { "ambient-property", "count:u16 first:object(CAmbientProperty)",
    "0D 00 FF FF 01 00 10 00 43 41 6D 62 69 65 6E 74 50 72 6F 70 65 72 74 79 3B FD FF FF"
    "08 55 73 65 72 4D 6F 64 65 0B 00 FF FF 01 00 00 00 01 00 00 00 01 00 00 00",
    "13 CAmbientProperty{-709 \"UserMode\" (11, <true>) 1 1 1}", SA_STRING_NARROW },

  /* File: the beginning of a Scribble document, with a stroke of one point.  */
  { "stroke", "size:size strokes:oblist(CStroke)",
    "20 03 00 00 84 03 00 00 01 00 FF FF 02 00 07 00 43 53 74 72 6F 6B 65"
    "CF 00 00 00 5B FF FF FF D4 00 00 00 57 FF FF FF 02 00 01 00 01 00 00 00 02 00 00 00",
    "(800, 900) [CStroke{(207, -165, 212, -169) 2 [CPoint{1 2}]}]" },

  /* The messages of CHATTER.  */
  { "chatter/says", "close:u16 text:cstring list:stringlist", "00 00 07 42 6F 62 3A 20 68 69 00 00",
    "0 \"Bob: hi\" []", SA_STRING_NARROW },
  { "chatter/says/wide", "close:u16 text:cstring list:stringlist",
    "00 00 FF FE FF 07 42 00 6F 00 62 00 3A 00 20 00 68 00 69 00 00 00", "0 \"Bob: hi\" []" },
  { "chatter/lines", "close:u16 text:cstring list:stringlist",
    "00 00 00 02 00 07 42 6F 62 3A 20 68 69 06 41 6C 3A 20 79 6F", "0 \"\" ['Bob: hi', 'Al: yo']",
    SA_STRING_NARROW },
  { "chatter/leaves", "close:u16 text:cstring list:stringlist",
    "01 00 0D 42 6F 62 3A 20 68 61 73 20 6C 65 66 74 00 00", "1 \"Bob: has left\" []", SA_STRING_NARROW },
};

static SaArchive *
set_up (SaArchive *archive,
        const Table *table)
{
  g_autoptr (SaClassRegistry) registry = sa_class_registry_new ();
  g_autoptr (GError) error = NULL;
  static const struct
  {
    const char *name;
    guint schema;
    const char *layout;
  } classes[] = {
    { "CNode", 1, "id:u16 next:object(CNode)" },
    { "CLeaf", 2, "" },
    { "CPoint", 0, "x:i32 y:i32" },
    { "CObArray", 0, "items:obarray(*)" },
    { "CStudent", 0, "name:cstring grade:i32" },
    { "CAmbientProperty", 1, "id:i32 name:cstring value:variant a:u32 b:u32 c:u32" },
    { "CStroke", 2, "bounds:rect width:u16 points:array(embed(CPoint))" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (classes); i++)
    sa_class_registry_add_record (registry, classes[i].name, classes[i].schema, classes[i].layout, &error);
  sa_class_registry_add_record (registry, "Table", 0, table->layout, &error);
  g_assert_no_error (error);
  sa_archive_set_registry (archive, registry);
  sa_archive_set_string_form (archive, table->string_form);
  sa_archive_set_time_form (archive, table->time_form);

  return archive;
}

static void print_object (GString *text, gpointer object, GPtrArray *seen);

static void
print_value (GString *text,
             const GValue *value,
             GPtrArray *seen)
{
  g_auto (GValue) string = G_VALUE_INIT;

  if (G_VALUE_HOLDS (value, G_TYPE_LIST_STORE))
    {
      GListModel *list = g_value_get_object (value);

      g_string_append_c (text, '[');
      for (guint i = 0; i < g_list_model_get_n_items (list); i++)
        {
          g_autoptr (GObject) item = g_list_model_get_item (list, i);

          g_string_append (text, i > 0 ? " " : "");
          print_object (text, item, seen);
        }
      g_string_append_c (text, ']');
    }
  else if (G_VALUE_HOLDS_OBJECT (value))
    print_object (text, g_value_get_object (value), seen);
  else if (G_VALUE_HOLDS_VARIANT (value))
    {
      g_autofree char *printed = g_variant_print (g_value_get_variant (value), FALSE);

      g_string_append (text, printed);
    }
  else if (G_VALUE_HOLDS (value, G_TYPE_STRV))
    {
      g_autoptr (GVariant) strings = g_variant_ref_sink (g_variant_new_strv (g_value_get_boxed (value), -1));
      g_autofree char *printed = g_variant_print (strings, FALSE);

      g_string_append (text, printed);
    }
  else if (G_VALUE_HOLDS (value, G_TYPE_BYTES))
    {
      GBytes *bytes = g_value_get_boxed (value);
      g_autofree char *hex = test_to_hex (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

      g_string_append (text, hex);
    }
  else if (G_VALUE_HOLDS (value, G_TYPE_DATE_TIME))
    {
      g_autofree char *iso = g_date_time_format_iso8601 (g_value_get_boxed (value));

      g_string_append (text, iso);
    }
  else if (G_VALUE_HOLDS_STRING (value))
    g_string_append_printf (text, "\"%s\"", g_value_get_string (value));
  else
    {
      g_value_init (&string, G_TYPE_STRING);
      g_assert_true (g_value_transform (value, &string));
      g_string_append (text, g_value_get_string (&string));
    }
}

static void
print_fields (GString *text,
              SaRecord *record,
              GPtrArray *seen)
{
  g_auto (GStrv) fields = sa_record_list_fields (record);

  for (guint i = 0; fields[i] != NULL; i++)
    {
      g_string_append (text, i > 0 ? " " : "");
      print_value (text, sa_record_get_field (record, fields[i]), seen);
    }
}

/* An object that was printed before is the number that it had then: nothing else has a body.  */
static void
print_object (GString *text,
              gpointer object,
              GPtrArray *seen)
{
  const char *class_name;
  guint number;

  if (object == NULL)
    {
      g_string_append (text, "NULL");
      return;
    }

  if (g_ptr_array_find (seen, object, &number))
    {
      g_string_append_printf (text, "#%u", number + 1);
      return;
    }

  class_name = sa_record_get_class_name (object);
  g_ptr_array_add (seen, object);
  g_string_append_printf (text, "%s{", class_name != NULL ? class_name : "");
  print_fields (text, object, seen);
  g_string_append_c (text, '}');
}

static void
assert_value (const Table *table,
              SaRecord *record)
{
  g_autoptr (GPtrArray) seen = g_ptr_array_new ();
  g_autoptr (GString) text = g_string_new (NULL);

  print_fields (text, record, seen);
  g_assert_cmpstr (text->str, ==, table->value);
}

/* Objects may be in circles, which their dispose opens.  */
static void
free_record (SaRecord *record)
{
  g_autoptr (GPtrArray) seen = g_ptr_array_new ();
  g_autoptr (GString) text = g_string_new (NULL);

  print_object (text, record, seen);
  for (guint i = 0; i < seen->len; i++)
    g_object_ref (g_ptr_array_index (seen, i));
  for (guint i = 0; i < seen->len; i++)
    g_object_run_dispose (g_ptr_array_index (seen, i));

  g_ptr_array_set_free_func (seen, g_object_unref);
  g_object_unref (record);
}

static void
test_both_ways (gconstpointer data)
{
  const Table *table = data;
  g_autoptr (GBytes) bytes = test_from_hex (table->hex);
  g_autoptr (SaArchive) load = set_up (sa_archive_new_load_bytes (bytes), table);
  g_autoptr (SaArchive) store = set_up (sa_archive_new_store_bytes (), table);
  g_autoptr (GBytes) stored = NULL;
  g_autofree char *hex = NULL;
  g_autofree char *wanted = test_to_hex (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_autoptr (GError) error = NULL;
  SaRecord *record;

  record = sa_archive_read_embedded (load, "Table", &error);
  g_assert_no_error (error);
  g_assert_true (sa_archive_is_buffer_empty (load));
  assert_value (table, record);

  g_assert_true (sa_archive_serialize_embedded (store, record, &error));
  g_assert_no_error (error);
  stored = sa_archive_steal_bytes (store, NULL);
  hex = test_to_hex (g_bytes_get_data (stored, NULL), g_bytes_get_size (stored));
  g_assert_cmpstr (hex, ==, wanted);
  free_record (record);
}

static void
test_cut (gconstpointer data)
{
  const Table *table = data;
  g_autoptr (GBytes) bytes = test_from_hex (table->hex);

  for (gsize size = 0; size < g_bytes_get_size (bytes); size++)
    {
      g_autoptr (GBytes) part = g_bytes_new_from_bytes (bytes, 0, size);
      g_autoptr (TestInput) dribble = test_input_new (part, 1);
      g_autoptr (SaArchive) from_bytes = set_up (sa_archive_new_load_bytes (part), table);
      g_autoptr (SaArchive) from_stream = set_up (sa_archive_new_load (G_INPUT_STREAM (dribble)), table);
      g_autoptr (GError) error = NULL;

      g_assert_null (sa_archive_read_embedded (from_bytes, "Table", &error));
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE);
      g_clear_error (&error);
      g_assert_null (sa_archive_read_embedded (from_stream, "Table", &error));
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE);
    }
}

static void
test_need_more (gconstpointer data)
{
  const Table *table = data;
  g_autoptr (GBytes) bytes = test_from_hex (table->hex);
  g_autoptr (TestInput) input = test_input_new (bytes, G_MAXSIZE);
  g_autoptr (SaArchive) archive = set_up (sa_archive_new_load (G_INPUT_STREAM (input)), table);
  SaRecord *record = NULL;

  input->blocks = TRUE;
  for (input->end = 0; record == NULL; input->end++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (sa_archive_begin_transaction (archive, NULL));
      record = sa_archive_read_embedded (archive, "Table", NULL);
      if (sa_archive_commit_transaction (archive, &error))
        break;

      g_assert_null (record);
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE);
      g_assert_cmpuint (sa_archive_get_offset (archive), ==, 0);
      g_assert_cmpuint (input->end, <, g_bytes_get_size (bytes));
    }

  g_assert_cmpuint (sa_archive_get_offset (archive), ==, g_bytes_get_size (bytes));
  assert_value (table, record);
  free_record (record);
}

int
main (int argc,
      char *argv[])
{
  const struct
  {
    const char *name;
    GTestDataFunc func;
  } kinds[] = {
    { "both-ways", test_both_ways },
    { "cut", test_cut },
    { "need-more", test_need_more },
  };

  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (kinds); j++)
      {
        g_autofree char *name = g_strdup_printf ("/archive/table/%s/%s", tables[i].name, kinds[j].name);

        g_test_add_data_func (name, &tables[i], kinds[j].func);
      }

  return g_test_run ();
}
