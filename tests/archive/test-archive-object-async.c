/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "test-item.h"
#include "test-node.h"
#include "test-utils.h"

#include <gio/gunixinputstream.h>
#include <glib-unix.h>

/* An object that is nothing but bytes, read one at a time: the worst there is for reading by trying.  */
#define TEST_TYPE_HEAP (test_heap_get_type ())
G_DECLARE_FINAL_TYPE (TestHeap, test_heap, TEST, HEAP, GObject)

struct _TestHeap
{
  GObject parent_instance;
  guint32 size;
  guint32 sum;
};

static guint64 n_bytes_read;
static guint n_runs;
/* What a `serialize` does in its middle, if anything.  */
static void (*in_the_middle) (gpointer data);
static gpointer middle_data;

static gboolean
test_heap_serialize (SaSerializable *serializable,
                     SaArchive *archive,
                     GError **error)
{
  TestHeap *self = TEST_HEAP (serializable);

  n_runs++;
  sa_archive_exchange_uint32 (archive, &self->size, NULL);
  if (in_the_middle != NULL)
    in_the_middle (middle_data);
  for (guint32 i = 0; i < self->size && sa_archive_check (archive, NULL); i++)
    {
      guint8 byte = (guint8) i;

      sa_archive_exchange_uint8 (archive, &byte, NULL);
      self->sum += byte;
      n_bytes_read++;
    }

  return sa_archive_check (archive, error);
}

static void
test_heap_init_serializable (SaSerializableInterface *iface)
{
  iface->serialize = test_heap_serialize;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestHeap, test_heap, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SA_TYPE_SERIALIZABLE, test_heap_init_serializable))

static void
test_heap_class_init (TestHeapClass *klass)
{
}

static void
test_heap_init (TestHeap *self)
{
}

typedef struct
{
  SaArchive *archive;
  /* Where the bytes for the archive go in; -1 once it is closed.  */
  int peer;
  /* What is still to go in, a piece at each turn of the loop.  */
  GBytes *bytes;
  gsize sent;
  gsize piece;
  guint source;
  /* What came out.  */
  GPtrArray *objects;
  GError *error;
  guint n_wanted;
  gboolean done;
} Fixture;

static SaClassRegistry *
new_registry (void)
{
  SaClassRegistry *registry = sa_class_registry_new ();

  sa_class_registry_add_class (registry, "CNode", TEST_TYPE_NODE, 1, NULL);
  sa_class_registry_add_class (registry, "CHeap", TEST_TYPE_HEAP, 0, NULL);
  sa_class_registry_add_layout (registry, "CItem", TEST_TYPE_ITEM, 0, "value:u8 items:oblist(CItem)", NULL);
  sa_class_registry_add_record (registry, "CHeaps", 0, "heaps:array(embed(CHeap))", NULL);

  return registry;
}

static void
set_up (Fixture *fixture,
        gconstpointer data)
{
  g_autoptr (SaClassRegistry) registry = new_registry ();
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  int fds[2];

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, &error));
  g_assert_true (g_unix_set_fd_nonblocking (fds[0], TRUE, &error));
  g_assert_no_error (error);
  stream = g_unix_input_stream_new (fds[0], TRUE);
  fixture->archive = sa_archive_new_load (stream);
  sa_archive_set_registry (fixture->archive, registry);
  fixture->peer = fds[1];
  fixture->objects = g_ptr_array_new_with_free_func (g_object_unref);
}

static void
close_peer (Fixture *fixture)
{
  if (fixture->peer >= 0)
    close (fixture->peer);
  fixture->peer = -1;
}

static void
tear_down (Fixture *fixture,
           gconstpointer data)
{
  g_clear_handle_id (&fixture->source, g_source_remove);
  close_peer (fixture);
  g_clear_pointer (&fixture->bytes, g_bytes_unref);
  g_ptr_array_unref (fixture->objects);
  g_clear_error (&fixture->error);
  g_signal_handlers_disconnect_by_data (fixture->archive, fixture);
  sa_archive_close (fixture->archive, NULL);
  g_object_unref (fixture->archive);
}

static gboolean
send_piece (gpointer user_data)
{
  Fixture *fixture = user_data;
  gsize size = g_bytes_get_size (fixture->bytes);
  gsize count = MIN (fixture->piece, size - fixture->sent);
  gssize sent = write (fixture->peer, (const char *) g_bytes_get_data (fixture->bytes, NULL) + fixture->sent,
                       count);

  g_assert_cmpint (sent, ==, count);
  fixture->sent += count;
  if (fixture->sent < size)
    return G_SOURCE_CONTINUE;

  fixture->source = 0;

  return G_SOURCE_REMOVE;
}

/* Sends @hex, @piece bytes at each turn of the loop.  */
static void
start_sending (Fixture *fixture,
               GBytes *bytes,
               gsize piece)
{
  fixture->bytes = g_bytes_ref (bytes);
  fixture->piece = piece;
  fixture->source = g_idle_add_full (G_PRIORITY_DEFAULT, send_piece, fixture, NULL);
}

static void
on_object (GObject *source,
           GAsyncResult *result,
           gpointer user_data)
{
  Fixture *fixture = user_data;
  gpointer object = sa_archive_read_object_finish (SA_ARCHIVE (source), result, &fixture->error);

  if (object != NULL)
    g_ptr_array_add (fixture->objects, object);

  if (object != NULL && fixture->objects->len < fixture->n_wanted)
    sa_archive_read_object_async (fixture->archive, G_TYPE_OBJECT, NULL, on_object, fixture);
  else
    fixture->done = TRUE;
}

static void
read_objects (Fixture *fixture,
              guint n_wanted,
              GCancellable *cancellable)
{
  fixture->n_wanted = n_wanted;
  sa_archive_read_object_async (fixture->archive, G_TYPE_OBJECT, cancellable, on_object, fixture);
}

/* Three messages of which the second one refers to the first.  */
#define MESSAGES "FF FF 01 00 05 00 43 4E 6F 64 65 0A 00 00 00 01 80 14 00 02 00 01 80 1E 00 00 00"

static void
check_messages (Fixture *fixture)
{
  TestNode *first;
  TestNode *second;

  g_assert_no_error (fixture->error);
  g_assert_cmpuint (fixture->objects->len, ==, 3);
  first = g_ptr_array_index (fixture->objects, 0);
  second = g_ptr_array_index (fixture->objects, 1);
  g_assert_cmpuint (first->id, ==, 10);
  g_assert_true (second->next == first);
  g_assert_cmpint (second->n_loaded, ==, 1);
  g_assert_cmpuint (((TestNode *) g_ptr_array_index (fixture->objects, 2))->id, ==, 30);
}

static void
test_at_once (Fixture *fixture,
              gconstpointer data)
{
  g_autoptr (GBytes) bytes = test_from_hex (MESSAGES);

  start_sending (fixture, bytes, 1000);
  read_objects (fixture, 3, NULL);
  test_wait_until (&fixture->done);
  check_messages (fixture);
}

static void
test_dripping (Fixture *fixture,
               gconstpointer data)
{
  g_autoptr (GBytes) bytes = test_from_hex (MESSAGES);

  start_sending (fixture, bytes, 1);
  read_objects (fixture, 3, NULL);
  test_wait_until (&fixture->done);
  check_messages (fixture);
}

/* A large object in small pieces costs a few times its size, and not its square.  */
#define N_DRIPPED 100000
#define MAX_MULTIPLE 8
#define N_ITEMS 20000

static void
test_work (Fixture *fixture,
           gconstpointer data)
{
  g_autoptr (SaArchive) store = sa_archive_new_store_bytes ();
  g_autoptr (SaClassRegistry) registry = new_registry ();
  g_autoptr (TestHeap) heap = g_object_new (TEST_TYPE_HEAP, NULL);
  g_autoptr (GBytes) bytes = NULL;

  heap->size = N_DRIPPED;
  sa_archive_set_registry (store, registry);
  g_assert_true (sa_archive_write_object (store, heap, NULL));
  bytes = sa_archive_steal_bytes (store, NULL);

  n_runs = 0;
  n_bytes_read = 0;
  start_sending (fixture, bytes, 10);
  read_objects (fixture, 1, NULL);
  test_wait_until (&fixture->done);
  g_assert_no_error (fixture->error);
  g_assert_cmpuint (((TestHeap *) g_ptr_array_index (fixture->objects, 0))->sum, ==, heap->sum);
  g_test_message ("%u runs, %" G_GUINT64_FORMAT " bytes", n_runs, n_bytes_read);
  g_assert_cmpuint (n_bytes_read, <=, MAX_MULTIPLE * N_DRIPPED);
}

/* What has a layout costs its size, in fields that are set, whatever the pieces.  */
static void
test_layout (Fixture *fixture,
             gconstpointer data)
{
  g_autoptr (SaArchive) store = sa_archive_new_store_bytes ();
  g_autoptr (SaClassRegistry) registry = new_registry ();
  g_autoptr (TestItem) list = new_item (0);
  g_autoptr (GBytes) bytes = NULL;

  list->items = g_ptr_array_new_with_free_func (g_object_unref);
  for (int i = 0; i < N_ITEMS; i++)
    g_ptr_array_add (list->items, new_item (i % 256));
  sa_archive_set_registry (store, registry);
  g_assert_true (sa_archive_write_object (store, list, NULL));
  bytes = sa_archive_steal_bytes (store, NULL);

  n_sets = n_made = 0;
  start_sending (fixture, bytes, 7);
  read_objects (fixture, 1, NULL);
  test_wait_until (&fixture->done);
  g_assert_no_error (fixture->error);
  g_assert_cmpuint (n_made, ==, N_ITEMS + 1);
  g_assert_cmpuint (n_sets, ==, 2 * (N_ITEMS + 1));
}

/* An object in place counts once for the limit, however often its `serialize` was run in vain.  */
#define N_HEAPS 30

static void
test_embedded_limit (Fixture *fixture,
                     gconstpointer data)
{
  const guint8 head[] = { 0xff, 0xff, 0, 0, 6, 0, 'C', 'H', 'e', 'a', 'p', 's', N_HEAPS, 0 };
  const guint8 heap[] = { 4, 0, 0, 0, 0, 1, 2, 3 };
  g_autoptr (SaLimits) limits = sa_limits_new (SA_LIMITS_LAN);
  GByteArray *array = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;

  g_byte_array_append (array, head, sizeof head);
  for (guint i = 0; i < N_HEAPS; i++)
    g_byte_array_append (array, heap, sizeof heap);
  bytes = g_byte_array_free_to_bytes (array);

  n_runs = 0;
  sa_limits_set_objects (limits, N_HEAPS);
  sa_archive_set_limits (fixture->archive, limits);
  start_sending (fixture, bytes, 1);
  read_objects (fixture, 1, NULL);
  test_wait_until (&fixture->done);
  g_assert_no_error (fixture->error);
  g_assert_cmpuint (n_runs, >, N_HEAPS);
}

/* A tree deep inside of others: each try goes down to there, and runs what is deepest once more.  */
#define DEPTH 200
#define HEIGHT 9

static void
append_words (GByteArray *bytes,
              guint16 first,
              guint16 second)
{
  guint16 words[] = { GUINT16_TO_LE (first), GUINT16_TO_LE (second) };

  g_byte_array_append (bytes, (const guint8 *) words, sizeof words);
}

/* @number is that of the object that comes next, @heap_class that of the class of the leaves, 0 before the
 * first.  */
static void
append_tree (GByteArray *bytes,
             guint height,
             guint16 *number,
             guint16 *heap_class)
{
  const guint8 first_heap[] = { 0xff, 0xff, 0, 0, 5, 0, 'C', 'H', 'e', 'a', 'p', 0, 0, 0, 0 };

  if (height == 0 && *heap_class == 0)
    {
      *heap_class = (*number)++;
      g_byte_array_append (bytes, first_heap, sizeof first_heap);
    }
  else if (height == 0)
    {
      const guint8 heap[] = { (guint8) *heap_class, (guint8) (0x80 | *heap_class >> 8), 0, 0, 0, 0 };

      g_byte_array_append (bytes, heap, sizeof heap);
    }
  (*number)++;
  if (height == 0)
    return;

  append_words (bytes, 0x8001, 2);
  for (guint i = 0; i < 2; i++)
    append_tree (bytes, height - 1, number, heap_class);
}

static void
test_deep (Fixture *fixture,
           gconstpointer data)
{
  g_autoptr (SaClassRegistry) registry = new_registry ();
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GBytes) sent = NULL;
  guint16 number = 2 + DEPTH;
  guint16 heap_class = 0;

  g_assert_true (sa_class_registry_add_record (registry, "C", 0, "children:oblist(*)", NULL));
  sa_archive_set_registry (fixture->archive, registry);
  g_byte_array_append (bytes, (const guint8 *) "\xff\xff\0\0\1\0C\1", 9);
  for (guint i = 1; i < DEPTH; i++)
    append_words (bytes, 0x8001, 1);
  append_tree (bytes, HEIGHT, &number, &heap_class);
  sent = g_bytes_new (bytes->data, bytes->len);

  n_runs = 0;
  start_sending (fixture, sent, 1);
  read_objects (fixture, 1, NULL);
  test_wait_until (&fixture->done);
  g_assert_no_error (fixture->error);
  g_test_message ("%u runs", n_runs);
  g_assert_cmpuint (n_runs, >=, 1 << HEIGHT);
  g_assert_cmpuint (n_runs, <=, (1 << HEIGHT) + 2 * bytes->len * 8 / (16 * DEPTH));
}

/* One byte more for every try in vain: there is an end to it.  */
static void
send_one (gpointer data)
{
  Fixture *fixture = data;
  guint8 byte = 0;

  g_assert_cmpint (write (fixture->peer, &byte, 1), ==, 1);
}

#define SMALL_MESSAGE 1000

static void
test_work_limit (Fixture *fixture,
                 gconstpointer data)
{
  g_autoptr (SaLimits) limits = sa_limits_new (SA_LIMITS_LAN);
  guint8 begin[SMALL_MESSAGE / 2] = "\xff\xff\0\0\5\0CHeap\x80\3\0\0";

  sa_limits_set_message_bytes (limits, SMALL_MESSAGE);
  sa_archive_set_limits (fixture->archive, limits);
  in_the_middle = send_one;
  middle_data = fixture;
  n_runs = 0;
  g_assert_cmpint (write (fixture->peer, begin, sizeof begin), ==, sizeof begin);
  read_objects (fixture, 1, NULL);
  test_wait_until (&fixture->done);
  in_the_middle = NULL;
  g_assert_error (fixture->error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_LIMIT);
  g_assert_nonnull (strstr (fixture->error->message, "tried in vain"));
  g_assert_cmpuint (n_runs, <, 40);
}

static void
set_flag (gpointer flag)
{
  *(gboolean *) flag = TRUE;
}

/* A `serialize` runs the main loop, in which the rest comes and the timer fires.  */
static void
spin_loop (gpointer data)
{
  gboolean fired = FALSE;

  g_timeout_add_once (60, set_flag, &fired);
  test_wait_until (&fired);
}

static void
test_nested_loop (Fixture *fixture,
                  gconstpointer data)
{
  g_autoptr (GBytes) bytes = test_from_hex ("FF FF 00 00 05 00 43 48 65 61 70 06 00 00 00 01 02 03 04 05 06");

  in_the_middle = spin_loop;
  n_runs = 0;
  start_sending (fixture, bytes, 1);
  read_objects (fixture, 1, NULL);
  test_wait_until (&fixture->done);
  in_the_middle = NULL;
  g_assert_no_error (fixture->error);
  g_assert_cmpuint (((TestHeap *) g_ptr_array_index (fixture->objects, 0))->size, ==, 6);
}

/* The same, and it is the end that comes.  */
static void
close_and_spin (gpointer data)
{
  close_peer (data);
  spin_loop (data);
}

static void
test_nested_end (Fixture *fixture,
                 gconstpointer data)
{
  g_autoptr (GBytes) bytes = test_from_hex ("FF FF 00 00 05 00 43 48 65 61 70 06 00 00 00 01 02 03 04");

  in_the_middle = close_and_spin;
  middle_data = fixture;
  start_sending (fixture, bytes, 100);
  read_objects (fixture, 1, NULL);
  test_wait_until (&fixture->done);
  in_the_middle = NULL;
  g_assert_error (fixture->error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE);
}

static void
test_null (Fixture *fixture,
           gconstpointer data)
{
  g_autoptr (GBytes) bytes = test_from_hex ("00 00");

  start_sending (fixture, bytes, 1);
  read_objects (fixture, 1, NULL);
  test_wait_until (&fixture->done);
  g_assert_no_error (fixture->error);
  g_assert_cmpuint (fixture->objects->len, ==, 0);
}

static gboolean
close_when_sent (gpointer user_data)
{
  Fixture *fixture = user_data;

  if (fixture->source != 0)
    return G_SOURCE_CONTINUE;

  close_peer (fixture);

  return G_SOURCE_REMOVE;
}

static void
test_end (Fixture *fixture,
          gconstpointer data)
{
  g_autoptr (GBytes) bytes = test_from_hex ("FF FF 01 00 05 00 43 4E 6F 64 65 0A 00 01 80");

  start_sending (fixture, bytes, 3);
  g_idle_add (close_when_sent, fixture);
  read_objects (fixture, 1, NULL);
  test_wait_until (&fixture->done);
  g_assert_error (fixture->error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE);
  g_clear_object (&fixture->archive);
  g_assert_cmpint (n_nodes, ==, 0);
  fixture->archive = sa_archive_new_store_bytes ();
}

static void
test_bad (Fixture *fixture,
          gconstpointer data)
{
  g_autoptr (GBytes) bytes = test_from_hex ("FF FF 01 00 05 00 43 4E 6F 6E 65 0A 00 01 80");

  start_sending (fixture, bytes, 1);
  read_objects (fixture, 1, NULL);
  test_wait_until (&fixture->done);
  g_assert_error (fixture->error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BAD_CLASS);
}

static gboolean
cancel (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);

  return G_SOURCE_REMOVE;
}

/* What has come by then is not lost.  */
static void
test_cancel (Fixture *fixture,
             gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GBytes) first = test_from_hex ("FF FF 01 00 05 00 43 4E 6F 64 65 0A");
  g_autoptr (GBytes) rest = test_from_hex ("00 00 00");

  start_sending (fixture, first, 100);
  read_objects (fixture, 1, cancellable);
  g_timeout_add (40, cancel, cancellable);
  test_wait_until (&fixture->done);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  g_clear_error (&fixture->error);
  g_clear_pointer (&fixture->bytes, g_bytes_unref);
  fixture->sent = 0;
  fixture->done = FALSE;
  start_sending (fixture, rest, 100);
  read_objects (fixture, 1, NULL);
  test_wait_until (&fixture->done);
  g_assert_no_error (fixture->error);
  g_assert_cmpuint (((TestNode *) g_ptr_array_index (fixture->objects, 0))->id, ==, 10);
}

static void
on_busy (GObject *source,
         GAsyncResult *result,
         gpointer user_data)
{
  GError **error = user_data;

  g_assert_null (sa_archive_read_object_finish (SA_ARCHIVE (source), result, error));
}

static void
test_busy (Fixture *fixture,
           gconstpointer data)
{
  g_autoptr (GBytes) bytes = test_from_hex ("00 00");
  g_autoptr (GError) error = NULL;

  read_objects (fixture, 1, NULL);
  sa_archive_read_object_async (fixture->archive, G_TYPE_OBJECT, NULL, on_busy, &error);
  start_sending (fixture, bytes, 1);
  test_wait_until (&fixture->done);
  g_assert_no_error (fixture->error);
  g_assert_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_BUSY);
}

static void
test_closed (Fixture *fixture,
             gconstpointer data)
{
  read_objects (fixture, 1, NULL);
  sa_archive_close (fixture->archive, NULL);
  test_wait_until (&fixture->done);
  g_assert_error (fixture->error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_CLOSED);
}

static void
on_load_ready (SaArchive *archive,
               gpointer user_data)
{
  Fixture *fixture = user_data;
  g_autoptr (GPtrArray) objects = NULL;
  g_autoptr (GError) error = NULL;

  objects = sa_archive_read_object_array (archive, TEST_TYPE_HEAP, &error);
  if (g_error_matches (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE))
    return;

  g_assert_no_error (error);
  g_ptr_array_extend_and_steal (fixture->objects, g_steal_pointer (&objects));
  fixture->done = TRUE;
}

/* A handler that tries at each byte: what is known to be lacking is not tried for, so that a list costs a
 * few times its length.  */
#define N_LISTED 2000
#define MAX_LIST_MULTIPLE 2

static void
test_handler (Fixture *fixture,
              gconstpointer data)
{
  g_autoptr (SaArchive) store = sa_archive_new_store_bytes ();
  g_autoptr (SaClassRegistry) registry = new_registry ();
  g_autoptr (GPtrArray) heaps = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GBytes) bytes = NULL;

  for (int i = 0; i < N_LISTED; i++)
    g_ptr_array_add (heaps, g_object_new (TEST_TYPE_HEAP, NULL));
  sa_archive_set_registry (store, registry);
  g_assert_true (sa_archive_write_object_array (store, heaps, NULL));
  bytes = sa_archive_steal_bytes (store, NULL);

  n_runs = 0;
  g_signal_connect (fixture->archive, "load-ready", G_CALLBACK (on_load_ready), fixture);
  sa_archive_set_read_ahead (fixture->archive, TRUE);
  start_sending (fixture, bytes, 1);
  test_wait_until (&fixture->done);
  g_assert_cmpuint (fixture->objects->len, ==, N_LISTED);
  g_test_message ("%u runs", n_runs);
  g_assert_cmpuint (n_runs, <=, MAX_LIST_MULTIPLE * N_LISTED);
}

/* Bytes that are all there need no loop to come, but are given by it all the same.  */
static void
test_memory (void)
{
  g_autoptr (SaClassRegistry) registry = new_registry ();
  g_autoptr (GBytes) bytes = test_from_hex (MESSAGES);
  Fixture fixture = { .archive = sa_archive_new_load_bytes (bytes) };

  fixture.objects = g_ptr_array_new_with_free_func (g_object_unref);
  sa_archive_set_registry (fixture.archive, registry);
  read_objects (&fixture, 4, NULL);
  g_assert_cmpuint (fixture.objects->len, ==, 0);
  test_wait_until (&fixture.done);
  g_assert_error (fixture.error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE);
  g_clear_error (&fixture.error);
  check_messages (&fixture);
  g_ptr_array_unref (fixture.objects);
  g_object_unref (fixture.archive);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/archive-object-async/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("at-once", test_at_once);
  ADD ("dripping", test_dripping);
  ADD ("work", test_work);
  ADD ("work-deep", test_deep);
  ADD ("work-limit", test_work_limit);
  ADD ("layout", test_layout);
  ADD ("embedded-limit", test_embedded_limit);
  ADD ("handler", test_handler);
  ADD ("nested-loop", test_nested_loop);
  ADD ("nested-end", test_nested_end);
  ADD ("null", test_null);
  ADD ("end", test_end);
  ADD ("bad", test_bad);
  ADD ("cancel", test_cancel);
  ADD ("busy", test_busy);
  ADD ("closed", test_closed);
#undef ADD
  g_test_add_func ("/archive-object-async/memory", test_memory);

  return g_test_run ();
}
