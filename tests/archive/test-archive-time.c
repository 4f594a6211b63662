/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-hex.h"

/* The three forms of 2019-10-03 14:47:55.  */
#define MARKED "0A 00 00 80 1B 0A 96 5D 00 00 00 00"
#define OLD "1B 0A 96 5D"
#define PLAIN "1B 0A 96 5D 00 00 00 00"
#define SECONDS G_GINT64_CONSTANT (0x5D960A1B)

static void
test_time_write (void)
{
  g_autoptr (SaArchive) store = sa_archive_new_store_bytes ();

  g_assert_true (sa_archive_write_time (store, SECONDS, NULL));
  sa_archive_set_time_form (store, SA_TIME_PLAIN_32);
  g_assert_true (sa_archive_write_time (store, SECONDS, NULL));
  sa_archive_set_time_form (store, SA_TIME_PLAIN_64);
  g_assert_true (sa_archive_write_time (store, SECONDS, NULL));
  g_assert_true (sa_archive_write_time (store, -1, NULL));
  assert_stored (store, MARKED " " OLD " " PLAIN " FF FF FF FF FF FF FF FF");
}

static void
test_time_read (void)
{
  g_autoptr (SaArchive) load = new_from_hex (MARKED OLD "FF FF FF FF" PLAIN);

  g_assert_cmpint (sa_archive_read_time (load, NULL), ==, SECONDS);
  g_assert_cmpint (sa_archive_read_time (load, NULL), ==, SECONDS);
  g_assert_cmpint (sa_archive_read_time (load, NULL), ==, -1);
  sa_archive_set_time_form (load, SA_TIME_PLAIN_64);
  g_assert_cmpint (sa_archive_read_time (load, NULL), ==, SECONDS);
}

static void
test_time_range (void)
{
  g_autoptr (SaArchive) store = sa_archive_new_store_bytes ();
  gint64 bad[] = { G_GINT64_CONSTANT (1) << 31, (gint64) G_MININT32 - 1, (gint64) G_MININT32 + 10 };

  sa_archive_set_time_form (store, SA_TIME_PLAIN_32);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (sa_archive_write_time (store, bad[i], &error));
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
    }

  g_assert_true (sa_archive_write_time (store, G_MAXINT32, NULL));
  g_assert_true (sa_archive_write_time (store, (gint64) G_MININT32 + 9, NULL));
}

/* The marker is not lost when what follows it is not there.  */
static void
test_time_cut (void)
{
  g_autoptr (SaArchive) load = new_from_hex ("0A 00 00 80 1B 0A 96 5D 00 00 00");
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (sa_archive_read_time (load, &error), ==, 0);
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE);
  g_assert_cmpuint (sa_archive_get_offset (load), ==, 0);
}

static void
test_time_span (void)
{
  g_autoptr (SaArchive) store = sa_archive_new_store_bytes ();
  g_autoptr (SaArchive) load = new_from_hex ("10 0E 00 00 FF FF FF FF");
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_archive_write_time_span (store, 3600, NULL));
  g_assert_false (sa_archive_write_time_span (store, (gint64) G_MAXINT32 + 1, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
  sa_archive_set_time_form (store, SA_TIME_PLAIN_64);
  g_assert_true (sa_archive_write_time_span (store, (gint64) G_MAXINT32 + 1, NULL));
  assert_stored (store, "10 0E 00 00 00 00 00 80 00 00 00 00");

  g_assert_cmpint (sa_archive_read_time_span (load, NULL), ==, 3600);
  g_assert_cmpint (sa_archive_read_time_span (load, NULL), ==, -1);
}

typedef struct
{
  const char *iso;
  double days;
} OleCase;

static const OleCase ole_cases[] = {
  { "2000-01-01T00:00:00Z", 36526 },      { "1899-12-30T00:00:00Z", 0 },
  { "1899-12-30T06:00:00Z", 0.25 },       { "1899-12-29T06:00:00Z", -1.25 },
  { "1899-12-29T00:00:00Z", -1 },         { "1899-12-28T12:00:00Z", -2.5 },
  { "0100-01-01T00:00:00Z", -657434 },    { "9999-12-31T00:00:00Z", 2958465 },
  { "2026-07-14T18:00:00Z", 46217.75 },
};

static void
test_ole_date_time (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ole_cases); i++)
    {
      g_autoptr (SaArchive) store = sa_archive_new_store_bytes ();
      g_autoptr (GDateTime) wanted = g_date_time_new_from_iso8601 (ole_cases[i].iso, NULL);
      g_autoptr (GDateTime) loaded = NULL;
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (SaArchive) load = NULL;
      g_autoptr (SaArchive) raw = NULL;
      g_autofree char *text = NULL;
      SaOleStatus status = SA_OLE_NULL;

      g_assert_true (sa_archive_write_ole_date_time (store, wanted, SA_OLE_VALID, NULL));
      bytes = sa_archive_steal_bytes (store, NULL);
      raw = sa_archive_new_load_bytes (bytes);
      g_assert_cmpint (sa_archive_read_int32 (raw, NULL), ==, SA_OLE_VALID);
      g_assert_cmpfloat (sa_archive_read_double (raw, NULL), ==, ole_cases[i].days);

      load = sa_archive_new_load_bytes (bytes);
      loaded = sa_archive_read_ole_date_time (load, &status, NULL);
      g_assert_cmpint (status, ==, SA_OLE_VALID);
      text = g_date_time_format_iso8601 (loaded);
      g_assert_cmpstr (text, ==, ole_cases[i].iso);
    }
}

/* Microseconds survive in our times.  */
static void
test_ole_microseconds (void)
{
  g_autoptr (SaArchive) store = sa_archive_new_store_bytes ();
  g_autoptr (GDateTime) base = g_date_time_new_utc (2026, 7, 14, 23, 59, 59.999999);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (SaArchive) load = NULL;

  for (int i = 0; i < 1000; i++)
    {
      g_autoptr (GDateTime) time = g_date_time_add (base, i * G_GINT64_CONSTANT (86400000123));

      g_assert_true (sa_archive_write_ole_date_time (store, time, SA_OLE_VALID, NULL));
    }

  bytes = sa_archive_steal_bytes (store, NULL);
  load = sa_archive_new_load_bytes (bytes);
  for (int i = 0; i < 1000; i++)
    {
      g_autoptr (GDateTime) time = g_date_time_add (base, i * G_GINT64_CONSTANT (86400000123));
      g_autoptr (GDateTime) loaded = sa_archive_read_ole_date_time (load, NULL, NULL);

      g_assert_cmpint (g_date_time_difference (loaded, time), ==, 0);
    }
}

static GDateTime *
round_trip (GDateTime *time)
{
  g_autoptr (SaArchive) store = sa_archive_new_store_bytes ();
  g_autoptr (SaArchive) load = NULL;
  g_autoptr (GBytes) bytes = NULL;
  GDateTime *loaded;

  g_assert_true (sa_archive_write_ole_date_time (store, time, SA_OLE_VALID, NULL));
  bytes = sa_archive_steal_bytes (store, NULL);
  load = sa_archive_new_load_bytes (bytes);
  loaded = sa_archive_read_ole_date_time (load, NULL, NULL);
  g_assert_nonnull (loaded);

  return loaded;
}

/* The end of a day is never a whole day off, on either side of the zero day, and the last day has one.  */
static void
test_ole_end_of_day (void)
{
  static const char *const days[] = { "0100-01-01", "1000-06-01", "1899-12-28", "1899-12-29",
                                      "1899-12-30", "2078-12-31", "9999-12-30", "9999-12-31" };

  for (gsize i = 0; i < G_N_ELEMENTS (days); i++)
    {
      g_autofree char *iso = g_strdup_printf ("%sT23:59:59Z", days[i]);
      g_autoptr (GDateTime) base = g_date_time_new_from_iso8601 (iso, NULL);

      for (int microsecond = 999900; microsecond < 1000000; microsecond++)
        {
          g_autoptr (GDateTime) time = g_date_time_add (base, microsecond);
          g_autoptr (GDateTime) loaded = round_trip (time);

          g_assert_cmpint (ABS (g_date_time_difference (loaded, time)), <=, 41);
        }
    }
}

/* What the clock shows counts, wherever it hangs.  */
static void
test_ole_time_zone (void)
{
  g_autoptr (SaArchive) store = sa_archive_new_store_bytes ();
  g_autoptr (GDateTime) there = g_date_time_new_from_iso8601 ("2000-01-01T00:00:00+05:30", NULL);

  g_assert_true (sa_archive_write_ole_date_time (store, there, SA_OLE_VALID, NULL));
  assert_stored (store, "00 00 00 00 00 00 00 00 C0 D5 E1 40");
}

static void
test_ole_status (void)
{
  g_autoptr (SaArchive) store = sa_archive_new_store_bytes ();
  /* Not a number, and a day after the last one; null; a status that there is not.  */
  g_autoptr (SaArchive) load = new_from_hex ("00 00 00 00 00 00 00 00 00 00 F8 7F"
                                         "00 00 00 00 00 00 00 00 41 92 46 41"
                                         "02 00 00 00 00 00 00 00 00 00 00 00"
                                         "03 00 00 00 00 00 00 00 00 00 00 00");
  g_autoptr (GDateTime) early = g_date_time_new_utc (99, 12, 31, 0, 0, 0);
  g_autoptr (GError) error = NULL;
  SaOleStatus status = SA_OLE_VALID;

  g_assert_null (sa_archive_read_ole_date_time (load, &status, &error));
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, SA_OLE_INVALID);
  g_assert_null (sa_archive_read_ole_date_time (load, &status, &error));
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, SA_OLE_INVALID);
  g_assert_null (sa_archive_read_ole_date_time (load, &status, &error));
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, SA_OLE_NULL);
  g_assert_null (sa_archive_read_ole_date_time (load, &status, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
  g_clear_error (&error);

  g_assert_false (sa_archive_write_ole_date_time (store, early, SA_OLE_VALID, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
  g_clear_error (&error);
  g_assert_false (sa_archive_write_ole_date_time (store, NULL, SA_OLE_VALID, &error));
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
  g_assert_true (sa_archive_write_ole_date_time (store, NULL, SA_OLE_NULL, NULL));
  assert_stored (store, "02 00 00 00 00 00 00 00 00 00 00 00");
}

static void
test_ole_span (void)
{
  g_autoptr (SaArchive) store = sa_archive_new_store_bytes ();
  g_autoptr (SaArchive) load = new_from_hex ("00 00 00 00 00 00 00 00 00 00 F8 3F");
  SaOleStatus status = SA_OLE_NULL;

  g_assert_true (sa_archive_write_ole_date_time_span (store, 1.5, SA_OLE_VALID, NULL));
  assert_stored (store, "00 00 00 00 00 00 00 00 00 00 F8 3F");
  g_assert_cmpfloat (sa_archive_read_ole_date_time_span (load, &status, NULL), ==, 1.5);
  g_assert_cmpint (status, ==, SA_OLE_VALID);
}

static void
test_currency (void)
{
  g_autoptr (SaArchive) store = sa_archive_new_store_bytes ();
  g_autoptr (SaArchive) load = new_from_hex ("00 00 00 00 00 00 00 00 00 61 BC 00"
                                         "00 00 00 00 FF FF FF FF 68 C5 FF FF");
  SaOleStatus status = SA_OLE_NULL;

  g_assert_true (sa_archive_write_ole_currency (store, 12345600, SA_OLE_VALID, NULL));
  g_assert_true (sa_archive_write_ole_currency (store, -15000, SA_OLE_VALID, NULL));
  assert_stored (store, "00 00 00 00 00 00 00 00 00 61 BC 00 00 00 00 00 FF FF FF FF 68 C5 FF FF");
  g_assert_cmpint (sa_archive_read_ole_currency (load, &status, NULL), ==, 12345600);
  g_assert_cmpint (status, ==, SA_OLE_VALID);
  g_assert_cmpint (sa_archive_read_ole_currency (load, NULL, NULL), ==, -15000);
}

static void
test_currency_text (void)
{
  static const struct
  {
    gint64 amount;
    const char *text;
  } cases[] = { { 12345600, "1234.56" }, { -15000, "-1.5" },  { 0, "0" },
                { 1, "0.0001" },         { -1, "-0.0001" },   { 10000, "1" },
                { 100000, "10" },        { G_MAXINT64, "922337203685477.5807" },
                { G_MININT64, "-922337203685477.5808" } };
  static const char *const bad[] = { "", "-", ".", "1,5", "1.23456", "1e3", " 1", "1 ", "0x1", "1.2.3", "--1",
                                     "922337203685477.5808", "99999999999999999999" };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = sa_currency_to_string (cases[i].amount);
      g_autoptr (GError) error = NULL;

      g_assert_cmpstr (text, ==, cases[i].text);
      g_assert_cmpint (sa_currency_from_string (text, &error), ==, cases[i].amount);
      g_assert_no_error (error);
    }

  g_assert_cmpint (sa_currency_from_string ("+1.50000", NULL), ==, 15000);
  g_assert_cmpint (sa_currency_from_string (".5", NULL), ==, 5000);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (sa_currency_from_string (bad[i], &error), ==, 0);
      g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA);
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/archive-time/time/write", test_time_write);
  g_test_add_func ("/archive-time/time/read", test_time_read);
  g_test_add_func ("/archive-time/time/range", test_time_range);
  g_test_add_func ("/archive-time/time/cut", test_time_cut);
  g_test_add_func ("/archive-time/time-span", test_time_span);
  g_test_add_func ("/archive-time/ole/date-time", test_ole_date_time);
  g_test_add_func ("/archive-time/ole/microseconds", test_ole_microseconds);
  g_test_add_func ("/archive-time/ole/end-of-day", test_ole_end_of_day);
  g_test_add_func ("/archive-time/ole/time-zone", test_ole_time_zone);
  g_test_add_func ("/archive-time/ole/status", test_ole_status);
  g_test_add_func ("/archive-time/ole/span", test_ole_span);
  g_test_add_func ("/archive-time/currency", test_currency);
  g_test_add_func ("/archive-time/currency/text", test_currency_text);

  return g_test_run ();
}
