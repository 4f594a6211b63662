/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sockarch/net/sa-poller-private.h"
#include "sockarch/net/sa-socket-private.h"
#include "test-one-byte.h"
#include "test-socket-utils.h"
#include "test-utils.h"

#include <gio/gunixsocketaddress.h>
#include <sys/socket.h>
#include <sys/un.h>

/* A receiver of Unix datagrams that is full, of the datagrams of somebody else: the kernel never says when it
 * has room, and says all the time that the sender could send. Whoever sends gets there, and asks seldom.  */

typedef struct
{
  int receiver;            /* does not receive until it is told to */
  guint n_full;            /* datagrams of somebody else that it has */
  GSocketAddress *address; /* its address */
  SaSocket *sender;
  SaPoller *poller; /* of the sender, as of all sockets of the main context */
  guint n_ready;    /* how often send-ready came */
  guint n_sent;     /* how many sends have ended well */
} Fixture;

static int
socket_bound_to (const struct sockaddr_un *address,
                 socklen_t size)
{
  int fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (fd, (const struct sockaddr *) address, size), ==, 0);

  return fd;
}

static void
fill (Fixture *f,
      const struct sockaddr_un *address,
      socklen_t size)
{
  int somebody = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  while (sendto (somebody, "x", 1, 0, (const struct sockaddr *) address, size) == 1)
    f->n_full++;
  g_assert_cmpint (errno, ==, EAGAIN);
  g_assert_cmpuint (f->n_full, >, 0);
  close (somebody);
}

static Fixture *
fixture_new (void)
{
  static int n;
  Fixture *f = g_new0 (Fixture, 1);
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM, 0, NULL);
  g_autofree char *name = g_strdup_printf ("sockarch-full-%d-%d", (int) getpid (), n++);
  g_autoptr (GError) error = NULL;
  struct sockaddr_un native;
  gssize size;

  f->address = g_unix_socket_address_new_with_type (name, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);
  size = g_socket_address_get_native_size (f->address);
  g_assert_true (g_socket_address_to_native (f->address, &native, sizeof native, &error));
  f->receiver = socket_bound_to (&native, (socklen_t) size);
  fill (f, &native, (socklen_t) size);

  f->sender = sa_socket_new ();
  g_assert_true (sa_socket_attach (f->sender, socket, &error));
  g_assert_no_error (error);
  sa_socket_set_timeout (f->sender, 20000);
  sa_socket_set_linger (f->sender, 20000);
  f->poller = sa_poller_ref (sa_socket_get_poller (f->sender));

  return f;
}

static void
fixture_free (Fixture *f)
{
  sa_poller_unref (f->poller);
  g_object_unref (f->sender);
  g_object_unref (f->address);
  close (f->receiver);
  g_free (f);
}

static void
expect (Fixture *f,
        const char *text)
{
  char buffer[16] = "";

  g_assert_cmpint (recv (f->receiver, buffer, sizeof buffer, MSG_DONTWAIT), ==, (gssize) strlen (text));
  g_assert_cmpstr (buffer, ==, text);
}

/* What somebody else had sent is received.  */
static void
make_room (Fixture *f)
{
  for (; f->n_full > 0; f->n_full--)
    expect (f, "x");
}

static void
send_once (SaSocket *sender,
           Fixture *f)
{
  g_autoptr (GError) error = NULL;

  f->n_ready++;
  if (sa_socket_send_to (sender, f->address, (const guint8 *) "abc", 3, NULL, &error) == 3)
    f->n_sent++;
  else
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
}

static gboolean
was_asked_often (gpointer data)
{
  return ((Fixture *) data)->n_ready >= 8;
}

static gboolean
was_sent (gpointer data)
{
  return ((Fixture *) data)->n_sent > 0;
}

/* send-ready says when to try again: not before some time has passed, and until it goes.  */
static void
test_never (void)
{
  Fixture *f = fixture_new ();
  const SaPollerStats *stats = sa_poller_get_stats (f->poller);

  sa_socket_set_wait_policy (f->sender, SA_WAIT_NEVER);
  g_signal_connect (f->sender, "send-ready", G_CALLBACK (send_once), f);
  test_wait_in (NULL, was_asked_often, f);
  /* The first one says that the socket is there; a timer was behind each of the others.  */
  g_assert_cmpuint (f->n_ready, <=, stats->timers + 1);

  make_room (f);
  test_wait_in (NULL, was_sent, f);
  expect (f, "abc");
  fixture_free (f);
}

static void
on_sent (GObject *source,
         GAsyncResult *result,
         gpointer data)
{
  Fixture *f = data;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (sa_socket_send_to_finish (SA_SOCKET (source), result, &error), ==, 3);
  g_assert_no_error (error);
  f->n_sent++;
}

static void
send_async (Fixture *f)
{
  sa_socket_send_to_async (f->sender, f->address, (const guint8 *) "def", 3, NULL, on_sent, f);
}

static gboolean
has_run_timers (gpointer data)
{
  return sa_poller_get_stats (((Fixture *) data)->poller)->timers >= 8;
}

/* What is queued is tried as seldom, and goes too.  */
static void
test_async (void)
{
  Fixture *f = fixture_new ();
  const SaPollerStats *stats = sa_poller_get_stats (f->poller);
  guint64 calls;

  send_async (f);
  calls = sa_socket_get_send_calls (f->sender);
  test_wait_in (NULL, has_run_timers, f);
  g_assert_cmpuint (sa_socket_get_send_calls (f->sender) - calls, <=, stats->timers + 1);
  g_assert_cmpuint (f->n_sent, ==, 0);

  make_room (f);
  test_wait_in (NULL, was_sent, f);
  expect (f, "def");
  fixture_free (f);
}

/* Also when the socket is closed meanwhile.  */
static void
test_async_closed (void)
{
  Fixture *f = fixture_new ();
  const SaPollerStats *stats = sa_poller_get_stats (f->poller);

  sa_socket_set_wait_policy (f->sender, SA_WAIT_NEVER);
  send_async (f);
  sa_socket_close (f->sender, NULL);
  test_wait_in (NULL, has_run_timers, f);
  g_assert_cmpuint (stats->callbacks, <=, stats->timers + 2);
  g_assert_cmpuint (f->n_sent, ==, 0);

  make_room (f);
  test_wait_in (NULL, was_sent, f);
  expect (f, "def");
  fixture_free (f);
}

static void
on_lost (GObject *source,
         GAsyncResult *result,
         gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (sa_socket_send_to_finish (SA_SOCKET (source), result, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  ((Fixture *) data)->n_sent++;
}

/* But not for longer than linger says.  */
static void
test_async_lost (void)
{
  Fixture *f = fixture_new ();

  sa_socket_set_wait_policy (f->sender, SA_WAIT_NEVER);
  sa_socket_set_linger (f->sender, 100);
  sa_socket_send_to_async (f->sender, f->address, (const guint8 *) "def", 3, NULL, on_lost, f);
  sa_socket_close (f->sender, NULL);
  test_wait_in (NULL, was_sent, f);
  make_room (f);
  fixture_free (f);
}

/* Another priority is another poller, which goes on.  */
static void
test_async_moved (void)
{
  Fixture *f = fixture_new ();

  send_async (f);
  sa_socket_set_priority (f->sender, G_PRIORITY_HIGH);
  make_room (f);
  test_wait_in (NULL, was_sent, f);
  expect (f, "def");
  fixture_free (f);
}

/* Atomic */
static int n_polls;

static int
count_poll (struct pollfd *fds,
            nfds_t n_fds,
            int timeout)
{
  if (n_fds > 1)
    g_atomic_int_inc (&n_polls);

  return poll (fds, n_fds, timeout);
}

typedef struct
{
  Fixture *f;
  int n_before; /* polls that have to be seen first */
} Reader;

static gpointer
read_later (gpointer data)
{
  Reader *reader = data;

  while (g_atomic_int_get (&n_polls) < reader->n_before)
    g_thread_yield ();
  make_room (reader->f);

  return NULL;
}

/* A call that waits for something else sends what is queued on the way, without asking all the time.  */
static void
test_queued_while_blocking (void)
{
  Fixture *f = fixture_new ();
  SaSocketSystem counting = *sa_socket_system;
  const SaSocketSystem *before = sa_socket_system;
  Reader reader = { f, 5 };
  g_autoptr (GError) error = NULL;
  guint64 calls;
  GThread *thread;

  counting.poll = count_poll;
  sa_socket_system = &counting;
  g_atomic_int_set (&n_polls, 0);
  send_async (f);
  calls = sa_socket_get_send_calls (f->sender);
  thread = g_thread_new ("reader", read_later, &reader);

  /* It waits behind what is queued.  */
  g_assert_cmpint (sa_socket_send_to (f->sender, f->address, (const guint8 *) "ghi", 3, NULL, &error), ==, 3);
  g_assert_no_error (error);
  g_thread_join (thread);
  /* Each wait of some milliseconds is for two tries, of the queue and behind it.  */
  g_assert_cmpuint (sa_socket_get_send_calls (f->sender) - calls, <=,
                    2 * (guint) g_atomic_int_get (&n_polls) + 3);
  sa_socket_system = before;

  expect (f, "def");
  expect (f, "ghi");
  test_wait_in (NULL, was_sent, f);
  fixture_free (f);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_use_one_byte ();

  g_test_add_func ("/datagram-full/never", test_never);
  g_test_add_func ("/datagram-full/async", test_async);
  g_test_add_func ("/datagram-full/async/closed", test_async_closed);
  g_test_add_func ("/datagram-full/async/lost", test_async_lost);
  g_test_add_func ("/datagram-full/async/moved", test_async_moved);
  g_test_add_func ("/datagram-full/queued-while-blocking", test_queued_while_blocking);

  return g_test_run ();
}
