/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sockarch/net/sa-poller-private.h"
#include "test-one-byte.h"
#include "test-socket-utils.h"
#include "test-utils.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

/* Connections come and go in every way that they can; the process must not grow. Five thousand of them, and
 * a hundred thousand with -m slow.  */

#define N_QUICK 5000
#define N_SLOW 100000
#define N_WARM_UP 500

/* What may be left after all of them, in bytes: GLib's allocator keeps a few pages more when more was in use
 * at once. The smallest thing that one way of ending could forget makes more, even in the quick run.  */
#define TOLERANCE (24 * 1024)

typedef struct
{
  guint closed; /* signals that came, of both ends */
  guint answers;
} Counts;

/* How a connection ends.  */
typedef enum
{
  END_CLOSE,
  END_ABORT,
  END_DROP,
  END_ARCHIVE,
  N_ENDS,
} End;

static guint
count_descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  if (dir == NULL)
    return 0;
  while (g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

/* Bytes that the program has allocated; 0 where nobody counts them (a sanitizer, valgrind, another libc).  */
static gsize
count_memory (void)
{
#ifdef __GLIBC__
  return mallinfo2 ().uordblks;
#else
  return 0;
#endif
}

static void
on_receive_ready (SaSocket *peer)
{
  char buffer[64];
  gssize n = sa_socket_receive (peer, buffer, sizeof buffer, NULL, NULL);

  if (n > 0)
    sa_socket_send (peer, (const guint8 *) buffer, (gsize) n, NULL, NULL);
}

static void
on_closed (SaSocket *peer,
           const GError *error,
           Counts *counts)
{
  counts->closed++;
}

static void
on_ended (SaSocket *peer)
{
  sa_socket_close (peer, NULL);
}

static void
on_accept_ready (SaSocket *server,
                 Counts *counts)
{
  g_autoptr (SaSocket) peer = sa_socket_accept (server, NULL, NULL);

  if (peer == NULL)
    return;

  /* The listener keeps it until it closes.  */
  g_signal_connect (peer, "receive-ready", G_CALLBACK (on_receive_ready), NULL);
  g_signal_connect (peer, "receive-ended", G_CALLBACK (on_ended), NULL);
  g_signal_connect (peer, "closed", G_CALLBACK (on_closed), counts);
}

static void
on_answer (SaSocket *client,
           Counts *counts)
{
  char buffer[64];

  if (sa_socket_receive (client, buffer, sizeof buffer, NULL, NULL) > 0)
    counts->answers++;
}

typedef struct
{
  const guint *count;
  guint wanted;
} CountWait;

static gboolean
is_reached (gpointer data)
{
  CountWait *wait = data;

  return *wait->count >= wait->wanted;
}

static void
speak_by_archive (SaSocket *client)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SaSocketFile) file = sa_socket_file_new (client, &error);
  g_autoptr (SaArchive) out = NULL;

  g_assert_no_error (error);
  out = sa_archive_new (G_IO_STREAM (file), SA_ARCHIVE_STORE);
  g_assert_true (sa_archive_write_string (out, "hello", &error));
  g_assert_true (sa_archive_close (out, &error));
}

/* One connection, from its beginning to its end.  */
static void
come_and_go (SaSocket *server,
             Counts *counts,
             guint number)
{
  /* Many addresses: the ports of one run out while old connections rest in TIME_WAIT.  */
  g_autofree char *host = g_strdup_printf ("127.0.%u.%u", number / 100 % 200, number % 100 + 1);
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (GError) error = NULL;
  End end = number % N_ENDS;

  sa_socket_connect_to_host (client, host, sa_socket_get_local_port (server), NULL, &error);
  g_assert_no_error (error);
  sa_socket_set_wait_policy (client, SA_WAIT_NEVER);
  g_signal_connect (client, "receive-ready", G_CALLBACK (on_answer), counts);
  if (end == END_ARCHIVE)
    speak_by_archive (client);
  else
    sa_socket_send (client, (const guint8 *) "hello", 5, NULL, &error);
  g_assert_no_error (error);
  test_wait_in (NULL, is_reached, (&(CountWait){ &counts->answers, number + 1 }));

  if (end == END_CLOSE || end == END_ARCHIVE)
    g_assert_true (sa_socket_close (client, NULL));
  else if (end == END_ABORT)
    sa_socket_abort (client);
  g_clear_object (&client);
  test_wait_in (NULL, is_reached, (&(CountWait){ &counts->closed, number + 1 }));
}

static void
test_come_and_go (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  guint n = g_test_slow () ? N_SLOW : N_QUICK;
  Counts counts = { 0, 0 };
  guint descriptors = 0;
  gsize memory = 0;

  sa_socket_set_wait_policy (server, SA_WAIT_NEVER);
  sa_socket_set_keep_accepted (server, TRUE);
  g_signal_connect (server, "accept-ready", G_CALLBACK (on_accept_ready), &counts);
  for (guint i = 0; i < n; i++)
    {
      if (i == N_WARM_UP)
        {
          test_spin (NULL, 3);
          descriptors = count_descriptors ();
          memory = count_memory ();
        }
      come_and_go (server, &counts, i);
    }

  test_spin (NULL, 3);
  g_test_message ("%u connections; descriptors %u, then %u; bytes allocated %zu, then %zu", n, descriptors,
                  count_descriptors (), memory, count_memory ());
  g_assert_cmpuint (count_descriptors (), ==, descriptors);
  g_assert_cmpuint (count_memory (), <=, memory + TOLERANCE);
  g_assert_cmpuint (counts.closed, ==, n);
}

/* The epoll instance and the source go with the last socket.  */
static void
test_poller_goes (void)
{
  guint descriptors = count_descriptors ();

  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (SaSocket) client = NULL;
      g_autoptr (SaSocket) peer = NULL;

      test_connect_never (&client, &peer);
      g_assert_cmpuint (sa_poller_count (), ==, 1);
    }

  test_spin (NULL, 3);
  g_assert_cmpuint (sa_poller_count (), ==, 0);
  g_assert_cmpuint (count_descriptors (), <=, descriptors + 2);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_use_one_byte ();

  g_test_add_func ("/leaks/poller", test_poller_goes);
  g_test_add_func ("/leaks/connections", test_come_and_go);

  return g_test_run ();
}
