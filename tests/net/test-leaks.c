/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Connections come and go, with files and archives over them: neither descriptors nor memory are left behind.
 * `-m thorough` makes 100 000 of them.
 */
#include "test-utils.h"

#include <sockarch/sockarch.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#define WARM_UP 500

static guint
count_descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint count = 0;

  while (g_dir_read_name (dir) != NULL)
    count++;

  return count;
}

/* What the program holds of the heap; free memory that malloc () keeps for itself does not count.  */
static gsize
count_memory (void)
{
#if defined(__GLIBC__) && __GLIBC_PREREQ (2, 33)
  return mallinfo2 ().uordblks;
#else
  g_test_message ("this C library does not tell how much memory is in use: only descriptors are counted");
  return 0;
#endif
}

static SaSocket *
make_listener (void)
{
  g_autoptr (GError) error = NULL;
  SaSocket *listener = sa_socket_new ();

  g_assert_true (sa_socket_create (listener, 0, G_SOCKET_TYPE_STREAM, "127.0.0.1", &error));
  g_assert_true (sa_socket_listen (listener, &error));
  g_assert_no_error (error);

  return listener;
}

/* Ends by a reset, so that no port waits for its time to pass.  */
static void
converse (SaSocket *listener,
          gboolean archives)
{
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_socket_connect_to_host (client, "127.0.0.1", sa_socket_get_local_port (listener), NULL,
                                            &error));
  peer = sa_socket_accept (listener, NULL, &error);
  g_assert_no_error (error);

  if (archives)
    {
      g_autoptr (SaSocketFile) from = sa_socket_file_new (client, &error);
      g_autoptr (SaSocketFile) to = sa_socket_file_new (peer, &error);
      g_autoptr (SaArchive) store = sa_archive_new (G_IO_STREAM (from), SA_ARCHIVE_STORE);
      g_autoptr (SaArchive) load = sa_archive_new (G_IO_STREAM (to), SA_ARCHIVE_LOAD);
      g_autofree char *text = NULL;

      sa_archive_write_string (store, "a message", &error);
      g_assert_true (sa_archive_close (store, &error));
      text = sa_archive_read_string (load, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (text, ==, "a message");
    }
  sa_socket_abort (client);
}

static void
test_come_and_go (gconstpointer archives)
{
  g_autoptr (SaSocket) listener = make_listener ();
  guint n_connections = g_test_thorough () ? 50000 : 2000;
  guint descriptors = 0;
  gsize memory = 0;

  for (guint i = 0; i < WARM_UP + n_connections; i++)
    {
      if (i == WARM_UP)
        {
          test_spin (NULL, 10);
          descriptors = count_descriptors ();
          memory = count_memory ();
        }
      converse (listener, GPOINTER_TO_INT (archives));
      /* What a handler would see: the loop of the program turns now and then.  */
      if (i % 16 == 0)
        test_spin (NULL, 2);
    }
  test_spin (NULL, 10);

  g_test_message ("%u connections; %zu bytes before, %zu after", n_connections, memory, count_memory ());
  g_assert_cmpuint (count_descriptors (), ==, descriptors);
  /* A byte for every tenth connection would show.  */
  g_assert_cmpuint (count_memory (), <, memory + 64 + n_connections / 10);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/leaks/sockets", GINT_TO_POINTER (FALSE), test_come_and_go);
  g_test_add_data_func ("/leaks/archives", GINT_TO_POINTER (TRUE), test_come_and_go);

  return g_test_run ();
}
