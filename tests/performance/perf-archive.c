/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <sockarch/sockarch.h>

#include <string.h>

/* What a value costs in an archive, beside what it costs in a cursor written by hand and in GIO's data
 * streams. All run in turn, several times; the figures are medians, and the ratios are what to trust.
 *
 * Everyone writes into memory that is there already, and reads from it.  */

#define ROUNDS 7
#define N_NUMBERS 1000000
#define N_RECORDS 200000
#define SIZE (16 * 1024 * 1024)

static guint8 memory[SIZE];
static volatile guint64 sink;

/* A stream that forgets, and one that goes round.  */

#define TYPE_NOWHERE (nowhere_get_type ())
G_DECLARE_FINAL_TYPE (Nowhere, nowhere, PERF, NOWHERE, GOutputStream)

struct _Nowhere
{
  GOutputStream parent_instance;
};

G_DEFINE_FINAL_TYPE (Nowhere, nowhere, G_TYPE_OUTPUT_STREAM)

static gssize
nowhere_write (GOutputStream *stream,
               const void *buffer,
               gsize count,
               GCancellable *cancellable,
               GError **error)
{
  return (gssize) count;
}

static void
nowhere_class_init (NowhereClass *klass)
{
  G_OUTPUT_STREAM_CLASS (klass)->write_fn = nowhere_write;
}

static void
nowhere_init (Nowhere *self)
{
}

#define TYPE_ROUND (round_get_type ())
G_DECLARE_FINAL_TYPE (Round, round, PERF, ROUND, GInputStream)

struct _Round
{
  GInputStream parent_instance;

  gsize position;
};

G_DEFINE_FINAL_TYPE (Round, round, G_TYPE_INPUT_STREAM)

static gssize
round_read (GInputStream *stream, void *buffer, gsize count, GCancellable *cancellable, GError **error)
{
  Round *self = PERF_ROUND (stream);
  gsize size = MIN (count, SIZE - self->position);

  memcpy (buffer, memory + self->position, size);
  self->position = (self->position + size) % SIZE;
  return (gssize) size;
}

static void
round_class_init (RoundClass *klass)
{
  G_INPUT_STREAM_CLASS (klass)->read_fn = round_read;
}

static void
round_init (Round *self)
{
}

static SaArchive *
new_store (void)
{
  g_autoptr (GOutputStream) stream = g_object_new (TYPE_NOWHERE, NULL);

  return sa_archive_new_store (stream);
}

static SaArchive *
new_load (void)
{
  g_autoptr (GInputStream) stream = g_object_new (TYPE_ROUND, NULL);

  return sa_archive_new_load (stream);
}

static GDataOutputStream *
new_gio_store (void)
{
  g_autoptr (GOutputStream) stream = g_object_new (TYPE_NOWHERE, NULL);
  g_autoptr (GOutputStream) buffered = g_buffered_output_stream_new_sized (stream, 65536);
  GDataOutputStream *data = g_data_output_stream_new (buffered);

  g_data_output_stream_set_byte_order (data, G_DATA_STREAM_BYTE_ORDER_LITTLE_ENDIAN);
  return data;
}

static GDataInputStream *
new_gio_load (void)
{
  g_autoptr (GInputStream) stream = g_object_new (TYPE_ROUND, NULL);
  GDataInputStream *data = g_data_input_stream_new (stream);

  g_buffered_input_stream_set_buffer_size (G_BUFFERED_INPUT_STREAM (data), 65536);
  g_data_input_stream_set_byte_order (data, G_DATA_STREAM_BYTE_ORDER_LITTLE_ENDIAN);
  return data;
}

/* A cursor written by hand, over 64 KiB that go round.  */
typedef struct
{
  guint8 *cur;
  guint8 *end;
  guint8 *begin;
} Cursor;

static G_GNUC_NO_INLINE void
cursor_turn (Cursor *cursor)
{
  cursor->cur = cursor->begin;
}

#define CURSOR_PUT(cursor, type, value) \
  G_STMT_START \
  { \
    type put = (value); \
    if (G_UNLIKELY ((cursor).end - (cursor).cur < (gssize) sizeof put)) \
      cursor_turn (&(cursor)); \
    memcpy ((cursor).cur, &put, sizeof put); \
    (cursor).cur += sizeof put; \
  } \
  G_STMT_END

#define CURSOR_GET(cursor, type, value) \
  G_STMT_START \
  { \
    type got; \
    if (G_UNLIKELY ((cursor).end - (cursor).cur < (gssize) sizeof got)) \
      cursor_turn (&(cursor)); \
    memcpy (&got, (cursor).cur, sizeof got); \
    (cursor).cur += sizeof got; \
    (value) = got; \
  } \
  G_STMT_END

static guint8 window[65536];

static Cursor *
new_cursor (void)
{
  static Cursor cursor;

  cursor = (Cursor){ window, window + sizeof window, window };
  /* So that the compiler cannot know where it points.  */
  __asm__ volatile ("" : : "r"(&cursor) : "memory");
  return &cursor;
}

/* One thing measured: returns how many values it handled.  */
typedef guint64 (*Work) (void);

static guint64
u32_write_cursor (void)
{
  Cursor *cursor = new_cursor ();

  for (guint32 i = 0; i < N_NUMBERS; i++)
    {
      CURSOR_PUT (*cursor, guint32, i);
      __asm__ volatile ("" : : : "memory");
    }
  return N_NUMBERS;
}

static guint64
u32_read_cursor (void)
{
  Cursor *cursor = new_cursor ();
  guint64 sum = 0;

  for (guint32 i = 0; i < N_NUMBERS; i++)
    {
      guint32 value;

      CURSOR_GET (*cursor, guint32, value);
      sum += value;
      __asm__ volatile ("" : : : "memory");
    }
  sink = sum;
  return N_NUMBERS;
}

static guint64
u32_write_inline (void)
{
  g_autoptr (SaArchive) archive = new_store ();

  for (guint32 i = 0; i < N_NUMBERS; i++)
    {
      sa_archive_write_uint32 (archive, i, NULL);
      __asm__ volatile ("" : : : "memory");
    }
  sa_archive_close (archive, NULL);
  return N_NUMBERS;
}

static guint64
u32_read_inline (void)
{
  g_autoptr (SaArchive) archive = new_load ();
  guint64 sum = 0;

  for (guint32 i = 0; i < N_NUMBERS; i++)
    {
      sum += sa_archive_read_uint32 (archive, NULL);
      __asm__ volatile ("" : : : "memory");
    }
  sink = sum;
  return N_NUMBERS;
}

static guint64
u32_write_exported (void)
{
  g_autoptr (SaArchive) archive = new_store ();

  for (guint32 i = 0; i < N_NUMBERS; i++)
    (sa_archive_write_uint32) (archive, i, NULL);
  sa_archive_close (archive, NULL);
  return N_NUMBERS;
}

static guint64
u32_read_exported (void)
{
  g_autoptr (SaArchive) archive = new_load ();
  guint64 sum = 0;

  for (guint32 i = 0; i < N_NUMBERS; i++)
    sum += (sa_archive_read_uint32) (archive, NULL);
  sink = sum;
  return N_NUMBERS;
}

static guint64
u32_write_gio (void)
{
  g_autoptr (GDataOutputStream) data = new_gio_store ();

  for (guint32 i = 0; i < N_NUMBERS; i++)
    g_data_output_stream_put_uint32 (data, i, NULL, NULL);
  return N_NUMBERS;
}

static guint64
u32_read_gio (void)
{
  g_autoptr (GDataInputStream) data = new_gio_load ();
  guint64 sum = 0;

  for (guint32 i = 0; i < N_NUMBERS; i++)
    sum += g_data_input_stream_read_uint32 (data, NULL, NULL);
  sink = sum;
  return N_NUMBERS;
}

/* u8, u16, u32, u64, double, and a string of 12 characters, with exported functions */

static const char text[] = "hello, world";

static void
fill_records (void)
{
  g_autoptr (SaArchive) archive = sa_archive_new_store_bytes ();
  g_autoptr (GBytes) bytes = NULL;
  gsize size;

  sa_archive_set_string_form (archive, SA_STRING_NARROW);
  for (guint i = 0; i < N_RECORDS; i++)
    sa_archive_write (archive, NULL, "yqutds", 1, 2, i, (guint64) i, 1.5, text);

  bytes = sa_archive_steal_bytes (archive, NULL);
  memcpy (memory, g_bytes_get_data (bytes, &size), g_bytes_get_size (bytes));
}

static guint64
record_write_cursor (void)
{
  Cursor *cursor = new_cursor ();

  for (guint i = 0; i < N_RECORDS; i++)
    {
      if (cursor->end - cursor->cur < 64)
        cursor_turn (cursor);
      CURSOR_PUT (*cursor, guint8, 1);
      CURSOR_PUT (*cursor, guint16, 2);
      CURSOR_PUT (*cursor, guint32, i);
      CURSOR_PUT (*cursor, guint64, i);
      CURSOR_PUT (*cursor, double, 1.5);
      CURSOR_PUT (*cursor, guint8, 12);
      memcpy (cursor->cur, text, 12);
      cursor->cur += 12;
      __asm__ volatile ("" : : : "memory");
    }
  return N_RECORDS;
}

static guint64
record_write_inline (void)
{
  g_autoptr (SaArchive) archive = new_store ();

  sa_archive_set_string_form (archive, SA_STRING_NARROW);
  for (guint i = 0; i < N_RECORDS; i++)
    {
      sa_archive_write_uint8 (archive, 1, NULL);
      sa_archive_write_uint16 (archive, 2, NULL);
      sa_archive_write_uint32 (archive, i, NULL);
      sa_archive_write_uint64 (archive, i, NULL);
      sa_archive_write_double (archive, 1.5, NULL);
      sa_archive_write_string (archive, text, NULL);
    }
  sa_archive_close (archive, NULL);
  return N_RECORDS;
}

static guint64
record_write_exported (void)
{
  g_autoptr (SaArchive) archive = new_store ();

  sa_archive_set_string_form (archive, SA_STRING_NARROW);
  for (guint i = 0; i < N_RECORDS; i++)
    {
      (sa_archive_write_uint8) (archive, 1, NULL);
      (sa_archive_write_uint16) (archive, 2, NULL);
      (sa_archive_write_uint32) (archive, i, NULL);
      (sa_archive_write_uint64) (archive, i, NULL);
      (sa_archive_write_double) (archive, 1.5, NULL);
      sa_archive_write_string (archive, text, NULL);
    }
  sa_archive_close (archive, NULL);
  return N_RECORDS;
}

static guint64
record_write_wide (void)
{
  g_autoptr (SaArchive) archive = new_store ();

  for (guint i = 0; i < N_RECORDS; i++)
    {
      (sa_archive_write_uint8) (archive, 1, NULL);
      (sa_archive_write_uint16) (archive, 2, NULL);
      (sa_archive_write_uint32) (archive, i, NULL);
      (sa_archive_write_uint64) (archive, i, NULL);
      (sa_archive_write_double) (archive, 1.5, NULL);
      sa_archive_write_string (archive, text, NULL);
    }
  sa_archive_close (archive, NULL);
  return N_RECORDS;
}

static guint64
record_write_one_call (void)
{
  g_autoptr (SaArchive) archive = new_store ();

  sa_archive_set_string_form (archive, SA_STRING_NARROW);
  for (guint i = 0; i < N_RECORDS; i++)
    sa_archive_write (archive, NULL, "yqutds", 1, 2, i, (guint64) i, 1.5, text);
  sa_archive_close (archive, NULL);
  return N_RECORDS;
}

static guint64
record_write_gio (void)
{
  g_autoptr (GDataOutputStream) data = new_gio_store ();

  for (guint i = 0; i < N_RECORDS; i++)
    {
      guint64 bits = 0;

      g_data_output_stream_put_byte (data, 1, NULL, NULL);
      g_data_output_stream_put_uint16 (data, 2, NULL, NULL);
      g_data_output_stream_put_uint32 (data, i, NULL, NULL);
      g_data_output_stream_put_uint64 (data, i, NULL, NULL);
      g_data_output_stream_put_uint64 (data, bits, NULL, NULL);
      g_data_output_stream_put_byte (data, 12, NULL, NULL);
      g_data_output_stream_put_string (data, text, NULL, NULL);
    }
  return N_RECORDS;
}

/* The string is a new one here, too.  */
static guint64
record_read_cursor (void)
{
  Cursor *cursor = new_cursor ();
  guint64 sum = 0;

  cursor->cur = memory;
  for (guint i = 0; i < N_RECORDS; i++)
    {
      g_autofree char *string = NULL;
      guint64 bits;
      double number;
      guint8 length;

      sum += cursor->cur[0];
      memcpy (&bits, cursor->cur + 1, 2);
      sum += (guint16) bits;
      memcpy (&bits, cursor->cur + 3, 4);
      sum += (guint32) bits;
      memcpy (&bits, cursor->cur + 7, 8);
      sum += bits;
      memcpy (&number, cursor->cur + 15, 8);
      sum += (guint64) number;
      length = cursor->cur[23];
      string = g_malloc (length + 1u);
      memcpy (string, cursor->cur + 24, length);
      string[length] = '\0';
      sum += (guint64) string[3];
      cursor->cur += 24 + length;
    }
  sink = sum;
  return N_RECORDS;
}

static guint64
record_read_inline (void)
{
  g_autoptr (SaArchive) archive = new_load ();
  guint64 sum = 0;

  for (guint i = 0; i < N_RECORDS; i++)
    {
      g_autofree char *string = NULL;

      sum += sa_archive_read_uint8 (archive, NULL);
      sum += sa_archive_read_uint16 (archive, NULL);
      sum += sa_archive_read_uint32 (archive, NULL);
      sum += sa_archive_read_uint64 (archive, NULL);
      sum += (guint64) sa_archive_read_double (archive, NULL);
      string = sa_archive_read_string (archive, NULL);
      sum += (guint64) string[3];
    }
  g_assert (sa_archive_check (archive, NULL));
  sink = sum;
  return N_RECORDS;
}

static guint64
record_read_exported (void)
{
  g_autoptr (SaArchive) archive = new_load ();
  guint64 sum = 0;

  for (guint i = 0; i < N_RECORDS; i++)
    {
      g_autofree char *string = NULL;

      sum += (sa_archive_read_uint8) (archive, NULL);
      sum += (sa_archive_read_uint16) (archive, NULL);
      sum += (sa_archive_read_uint32) (archive, NULL);
      sum += (sa_archive_read_uint64) (archive, NULL);
      sum += (guint64) (sa_archive_read_double) (archive, NULL);
      string = sa_archive_read_string (archive, NULL);
      sum += (guint64) string[3];
    }
  g_assert (sa_archive_check (archive, NULL));
  sink = sum;
  return N_RECORDS;
}

static guint64
record_read_into (void)
{
  g_autoptr (SaArchive) archive = new_load ();
  guint64 sum = 0;

  for (guint i = 0; i < N_RECORDS; i++)
    {
      char string[64];

      sum += (sa_archive_read_uint8) (archive, NULL);
      sum += (sa_archive_read_uint16) (archive, NULL);
      sum += (sa_archive_read_uint32) (archive, NULL);
      sum += (sa_archive_read_uint64) (archive, NULL);
      sum += (guint64) (sa_archive_read_double) (archive, NULL);
      sa_archive_read_string_into (archive, string, sizeof string, NULL);
      sum += (guint64) string[3];
    }
  sink = sum;
  return N_RECORDS;
}

static guint64
record_read_gio (void)
{
  g_autoptr (GDataInputStream) data = new_gio_load ();
  guint64 sum = 0;

  for (guint i = 0; i < N_RECORDS; i++)
    {
      g_autofree char *string = NULL;
      guint8 length;

      sum += g_data_input_stream_read_byte (data, NULL, NULL);
      sum += g_data_input_stream_read_uint16 (data, NULL, NULL);
      sum += g_data_input_stream_read_uint32 (data, NULL, NULL);
      sum += g_data_input_stream_read_uint64 (data, NULL, NULL);
      sum += g_data_input_stream_read_uint64 (data, NULL, NULL);
      length = g_data_input_stream_read_byte (data, NULL, NULL);
      string = g_malloc (length + 1u);
      g_input_stream_read_all (G_INPUT_STREAM (data), string, length, NULL, NULL, NULL);
      sum += (guint64) string[3];
    }
  sink = sum;
  return N_RECORDS;
}

/* Arrays of a million numbers */

static guint32 *numbers;
static guint32 *copies;

static guint64
array_memcpy (void)
{
  memcpy (copies, numbers, 4 * N_NUMBERS);
  __asm__ volatile ("" : : "r"(copies) : "memory");
  return N_NUMBERS;
}

static guint64
array_read (SaByteOrder order)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (numbers, 4 * N_NUMBERS);
  g_autoptr (SaArchive) archive = sa_archive_new_load_bytes (bytes);

  sa_archive_set_byte_order (archive, order);
  sa_archive_read_uint32_array_into (archive, copies, N_NUMBERS, NULL);
  return N_NUMBERS;
}

static guint64
array_read_native (void)
{
  return array_read (SA_BYTE_ORDER_LITTLE_ENDIAN);
}

static guint64
array_read_swapped (void)
{
  return array_read (SA_BYTE_ORDER_BIG_ENDIAN);
}

static guint64
array_read_stream (void)
{
  g_autoptr (SaArchive) archive = new_load ();

  sa_archive_read_uint32_array_into (archive, copies, N_NUMBERS, NULL);
  return N_NUMBERS;
}

static guint64
array_write_swapped (void)
{
  g_autoptr (SaArchive) archive = new_store ();

  sa_archive_set_byte_order (archive, SA_BYTE_ORDER_BIG_ENDIAN);
  sa_archive_write_uint32_array (archive, numbers, N_NUMBERS, NULL);
  sa_archive_close (archive, NULL);
  return N_NUMBERS;
}

static const struct
{
  const char *name;
  Work work;
  /* The one that it is compared with: so many lines up.  */
  guint base;
} works[] = {
  { "u32 write, cursor by hand", u32_write_cursor, 0 },
  { "u32 write, inline", u32_write_inline, 1 },
  { "u32 write, exported", u32_write_exported, 2 },
  { "u32 write, GDataOutputStream", u32_write_gio, 3 },
  { "u32 read, cursor by hand", u32_read_cursor, 0 },
  { "u32 read, inline", u32_read_inline, 1 },
  { "u32 read, exported", u32_read_exported, 2 },
  { "u32 read, GDataInputStream", u32_read_gio, 3 },
  { "record write, cursor by hand", record_write_cursor, 0 },
  { "record write, narrow, inline", record_write_inline, 1 },
  { "record write, narrow", record_write_exported, 2 },
  { "record write, wide", record_write_wide, 3 },
  { "record write, one call", record_write_one_call, 4 },
  { "record write, GDataOutputStream", record_write_gio, 5 },
  { "record read, cursor by hand", record_read_cursor, 0 },
  { "record read, inline", record_read_inline, 1 },
  { "record read, exported", record_read_exported, 2 },
  { "record read, string into", record_read_into, 3 },
  { "record read, GDataInputStream", record_read_gio, 4 },
  { "u32 array, memcpy", array_memcpy, 0 },
  { "u32 array read, native", array_read_native, 1 },
  { "u32 array read, swapped", array_read_swapped, 2 },
  { "u32 array read, stream", array_read_stream, 3 },
  { "u32 array write, swapped, stream", array_write_swapped, 4 },
};

static int
compare (gconstpointer a, gconstpointer b)
{
  const double *first = a;
  const double *second = b;

  return *first < *second ? -1 : *first > *second;
}

int
main (void)
{
  double times[G_N_ELEMENTS (works)][ROUNDS];
  double medians[G_N_ELEMENTS (works)];

  numbers = g_new0 (guint32, N_NUMBERS);
  copies = g_new0 (guint32, N_NUMBERS);
  memset (memory, 1, sizeof memory);
  fill_records ();

  for (guint round = 0; round < ROUNDS; round++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (works); i++)
        {
          gint64 begin = g_get_monotonic_time ();
          guint64 count = works[i].work ();

          times[i][round] = (double) (g_get_monotonic_time () - begin) * 1000 / (double) count;
        }
    }

  for (guint i = 0; i < G_N_ELEMENTS (works); i++)
    {
      qsort (times[i], ROUNDS, sizeof (double), compare);
      medians[i] = times[i][ROUNDS / 2];
      g_print ("%-34s %8.2f ns", works[i].name, medians[i]);
      if (works[i].base > 0)
        g_print ("  %6.2f x", medians[i] / medians[i - works[i].base]);
      g_print ("\n");
    }

  return 0;
}
