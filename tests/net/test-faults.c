/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sockarch/net/sa-socket-system-private.h"
#include "sockarch/sockarch.h"
#include "test-socket-utils.h"
#include "test-utils.h"

#include <sys/resource.h>

/* A conversation of archives over a kernel that makes trouble: what one end says must come to the other
 * unchanged, or both must fail with an error that says why. And a process that really has no descriptors.  */

#define N_ROUNDS 6

/* A kind of trouble. Every so many calls one fails with an error; all move at most so many bytes.  */
typedef struct
{
  const char *name;
  int every;
  int errsv;
  gsize part;
  gboolean needs_poll; /* makes the kernel lie about what is there: only poll () forgives that */
} Trouble;

static const Trouble troubles[] = {
  { "none", 0, 0, G_MAXSIZE, FALSE },
  { "one-byte", 0, 0, 1, FALSE },
  { "short", 0, 0, 7, FALSE },
  { "interrupted", 2, EINTR, G_MAXSIZE, FALSE },
  { "interrupted-short", 3, EINTR, 5, FALSE },
  { "again-storm", 2, EAGAIN, 3, TRUE },
};

static Trouble trouble;
static int n_calls;       /* atomic: the two ends are two threads */
static int reset_at = -1; /* the call, counted from 0, that finds the connection reset */
static int n_accepts;     /* attempts */
static int n_warnings;    /* that were logged */

static GLogWriterOutput
count_warnings (GLogLevelFlags level,
                const GLogField *fields,
                gsize n_fields,
                gpointer data)
{
  if (level != G_LOG_LEVEL_WARNING)
    return g_log_writer_default (level, fields, n_fields, data);

  n_warnings++;

  return G_LOG_WRITER_HANDLED;
}

static gboolean
is_in_trouble (int fd)
{
  int call = g_atomic_int_add (&n_calls, 1);

  if (call == reset_at)
    {
      /* The other end shall see that it is over, too.  */
      shutdown (fd, SHUT_RDWR);
      errno = ECONNRESET;
      return TRUE;
    }
  if (trouble.every == 0 || call % trouble.every != 0)
    return FALSE;

  errno = trouble.errsv;

  return TRUE;
}

static ssize_t
faulty_recv (int fd,
             void *buffer,
             size_t size,
             int flags)
{
  return is_in_trouble (fd) ? -1 : recv (fd, buffer, MIN (size, trouble.part), flags);
}

static ssize_t
faulty_send (int fd,
             const void *data,
             size_t length,
             int flags)
{
  return is_in_trouble (fd) ? -1 : send (fd, data, MIN (length, trouble.part), flags);
}

static ssize_t
faulty_sendmsg (int fd,
                const struct msghdr *message,
                int flags)
{
  if (trouble.part == G_MAXSIZE)
    return is_in_trouble (fd) ? -1 : sendmsg (fd, message, flags);

  return faulty_send (fd, message->msg_iov[0].iov_base, message->msg_iov[0].iov_len, flags);
}

static int
faulty_accept (int fd)
{
  n_accepts++;
  if (trouble.every > 0 && n_accepts % trouble.every != 0)
    {
      errno = trouble.errsv;
      return -1;
    }

  return sa_socket_kernel.accept (fd);
}

static int
faulty_poll (struct pollfd *fds,
             nfds_t n_fds,
             int timeout)
{
  static int n_polls;

  if (trouble.errsv == EINTR && g_atomic_int_add (&n_polls, 1) % 2 == 0)
    {
      errno = EINTR;
      return -1;
    }

  return poll (fds, n_fds, timeout);
}

static void
begin_trouble (const Trouble *kind,
               int reset)
{
  static SaSocketSystem faulty;

  faulty = sa_socket_kernel;
  faulty.recv = faulty_recv;
  faulty.send = faulty_send;
  faulty.sendmsg = faulty_sendmsg;
  faulty.accept = faulty_accept;
  faulty.poll = faulty_poll;
  faulty.short_is_drained = kind->part == G_MAXSIZE;
  trouble = *kind;
  n_calls = 0;
  n_accepts = 0;
  n_warnings = 0;
  reset_at = reset;
  sa_socket_system = &faulty;
}

static void
end_trouble (void)
{
  sa_socket_system = &sa_socket_kernel;
}

/* One end of the conversation, and how far it came.  */
typedef struct
{
  SaArchive *in;
  SaArchive *out;
  SaSocketFile *file;
  guint port;      /* the client: where to connect */
  guint rounds;    /* messages that came unchanged */
  gboolean done;
  GError *error;
} Talker;

static void
talker_start (Talker *talker,
              SaSocket *socket)
{
  talker->file = sa_socket_file_new (socket, &talker->error);
  g_assert_no_error (talker->error);
  talker->in = sa_archive_new (G_IO_STREAM (talker->file), SA_ARCHIVE_LOAD);
  talker->out = sa_archive_new (G_IO_STREAM (talker->file), SA_ARCHIVE_STORE);
}

static void
talker_clear (Talker *talker)
{
  if (talker->out != NULL)
    sa_archive_abort (talker->out);
  g_clear_object (&talker->out);
  g_clear_object (&talker->in);
  if (talker->file != NULL)
    g_io_stream_close (G_IO_STREAM (talker->file), NULL, NULL);
  g_clear_object (&talker->file);
}

static GBytes *
make_blob (guint round)
{
  gsize length = round * 211;
  guint8 *data = g_malloc (length);

  for (gsize i = 0; i < length; i++)
    data[i] = (guint8) (i * 31 + round);

  return g_bytes_new_take (data, length);
}

static gboolean
write_message (Talker *talker,
               guint round,
               GError **error)
{
  g_autoptr (GBytes) blob = make_blob (round);

  return sa_archive_write_uint32 (talker->out, round, error) &&
         sa_archive_write_string (talker->out, "f\303\274r die andere Seite", error) &&
         sa_archive_write_blob (talker->out, blob, error) &&
         sa_archive_write_uint64 (talker->out, G_GUINT64_CONSTANT (0x123456789abcdef0) + round, error);
}

/* Whether a whole message came; if so it is the one that was sent.  */
static gboolean
read_message (Talker *talker,
              guint round,
              GError **error)
{
  g_autoptr (GBytes) wanted = make_blob (round);
  g_autoptr (GBytes) blob = NULL;
  g_autoptr (GError) local = NULL;
  g_autofree char *text = NULL;
  guint64 tail = 0;
  guint32 number = sa_archive_read_uint32 (talker->in, &local);

  if (local == NULL)
    text = sa_archive_read_string (talker->in, &local);
  if (local == NULL)
    blob = sa_archive_read_blob (talker->in, &local);
  if (local == NULL)
    tail = sa_archive_read_uint64 (talker->in, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  g_assert_cmpuint (number, ==, round);
  g_assert_cmpstr (text, ==, "f\303\274r die andere Seite");
  g_assert_true (g_bytes_equal (blob, wanted));
  g_assert_cmpuint (tail, ==, G_GUINT64_CONSTANT (0x123456789abcdef0) + round);

  return TRUE;
}

/* The client: says N_ROUNDS things, and each time waits for the echo.  */
static gpointer
run_client (gpointer data)
{
  Talker *talker = data;
  g_autoptr (GMainContext) context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  {
    g_autoptr (SaSocket) socket = sa_socket_new ();

    sa_socket_set_timeout (socket, TEST_DEADLINE * 1000);
    if (sa_socket_connect_to_host (socket, "127.0.0.1", talker->port, NULL, &talker->error))
      {
        talker_start (talker, socket);
        while (talker->rounds < N_ROUNDS && write_message (talker, talker->rounds, &talker->error) &&
               sa_archive_flush (talker->out, &talker->error) &&
               read_message (talker, talker->rounds, &talker->error))
          talker->rounds++;
        talker_clear (talker);
      }
  }
  g_main_context_pop_thread_default (context);

  return NULL;
}

/* The server that waits in each call: until the client ends.  */
static void
serve_waiting (Talker *talker)
{
  while (read_message (talker, talker->rounds, &talker->error) &&
         write_message (talker, talker->rounds, &talker->error) &&
         sa_archive_flush (talker->out, &talker->error))
    talker->rounds++;
  talker->done = TRUE;
}

/* The server that never waits.  */
static void serve_some (Talker *talker);

static void
on_filled (GObject *source,
           GAsyncResult *result,
           gpointer data)
{
  Talker *talker = data;
  gssize n = sa_archive_fill_finish (SA_ARCHIVE (source), result, &talker->error);

  if (n == 0)
    g_set_error_literal (&talker->error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE, "the end");
  if (n <= 0)
    talker->done = TRUE;
  else
    serve_some (talker);
}

static void
on_flushed (GObject *source,
            GAsyncResult *result,
            gpointer data)
{
  Talker *talker = data;

  if (sa_archive_flush_finish (SA_ARCHIVE (source), result, &talker->error))
    {
      talker->rounds++;
      serve_some (talker);
    }
  else
    {
      talker->done = TRUE;
    }
}

static gboolean
is_passing (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) ||
         g_error_matches (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE);
}

static void
serve_some (Talker *talker)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sa_archive_begin_transaction (talker->in, NULL));
  if (read_message (talker, talker->rounds, &error))
    {
      g_assert_true (sa_archive_commit_transaction (talker->in, NULL));
      g_assert_true (write_message (talker, talker->rounds, NULL));
      sa_archive_flush_async (talker->out, NULL, on_flushed, talker);
      return;
    }

  sa_archive_rollback_transaction (talker->in);
  if (is_passing (error))
    {
      sa_archive_fill_async (talker->in, NULL, on_filled, talker);
      return;
    }

  talker->error = g_steal_pointer (&error);
  talker->done = TRUE;
}

/* What an end may say that did not come through: it was reset, or the other one was and left.  */
static void
assert_clear_error (const GError *error)
{
  g_assert_nonnull (error);
  g_assert_cmpuint (strlen (error->message), >, 0);
  if (!g_error_matches (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_END_OF_FILE))
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
}

/* Runs one conversation; returns whether it went through. @policy is that of the server.  */
static gboolean
converse (SaWaitPolicy policy,
          const Trouble *kind,
          int reset)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GThread) thread = NULL;
  Talker client = { .port = sa_socket_get_local_port (server), };
  Talker talker = { .rounds = 0, };
  g_autoptr (GError) error = NULL;
  gboolean through;

  begin_trouble (kind, reset);
  thread = g_thread_new ("client", run_client, &client);
  sa_socket_set_timeout (server, TEST_DEADLINE * 1000);
  peer = sa_socket_accept (server, NULL, &error);
  g_assert_no_error (error);
  sa_socket_set_wait_policy (peer, policy);
  talker_start (&talker, peer);
  if (policy == SA_WAIT_NEVER)
    serve_some (&talker);
  else
    serve_waiting (&talker);
  test_wait_until (&talker.done);
  talker_clear (&talker);
  g_thread_join (g_steal_pointer (&thread));
  end_trouble ();

  /* The client had an answer to all that it counts; the server may have answered once more.  */
  g_assert_cmpuint (client.rounds, <=, talker.rounds + 1);
  assert_clear_error (talker.error);
  through = client.rounds == N_ROUNDS;
  if (through)
    g_assert_no_error (client.error);
  else
    assert_clear_error (client.error);
  g_clear_error (&talker.error);
  g_clear_error (&client.error);

  return through;
}

typedef struct
{
  const Trouble *trouble;
  SaWaitPolicy policy;
} Case;

static void
test_trouble (gconstpointer data)
{
  const Case *c = data;

  g_assert_true (converse (c->policy, c->trouble, -1));
}

/* A reset at each call of the conversation, one after another, until one goes through.  */
static void
test_reset (gconstpointer data)
{
  const Case *c = data;
  int point = 0;

  while (!converse (c->policy, c->trouble, point))
    {
      point++;
      g_assert_cmpint (point, <, 1000);
    }
  g_test_message ("reset at %d points", point);
  g_assert_cmpint (point, >=, 2 * N_ROUNDS);
}

/* From here on this process can open nothing more; returns what the limit was.  */
static struct rlimit
use_up_descriptors (void)
{
  struct rlimit before;
  struct rlimit now;
  int next = dup (0);

  g_assert_cmpint (next, >=, 0);
  close (next);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  now = before;
  now.rlim_cur = (rlim_t) next;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &now), ==, 0);

  return before;
}

typedef struct
{
  GPtrArray *peers;
  guint failures;
} Arrivals;

static void
on_accept_ready (SaSocket *server,
                 Arrivals *arrivals)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SaSocket) peer = sa_socket_accept (server, NULL, &error);

  if (peer != NULL)
    {
      g_ptr_array_add (arrivals->peers, g_steal_pointer (&peer));
      return;
    }
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TOO_MANY_OPEN_FILES);
  arrivals->failures++;
}

static gboolean
has_failed_often (gpointer data)
{
  return ((Arrivals *) data)->failures == 4;
}

static gboolean
has_two_peers (gpointer data)
{
  return ((Arrivals *) data)->peers->len == 2;
}

/* Connects a descriptor that was opened before.  */
static void
connect_plainly (GSocket *socket,
                 guint port)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", port);
  g_autoptr (GError) error = NULL;

  g_socket_connect (socket, address, NULL, &error);
  g_assert_no_error (error);
}

/* A server that has no descriptor left tries again a few times only, goes on serving those it has, and takes
 * the waiting connection as soon as it can.  */
static void
test_descriptors_accept (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) first = NULL;
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GSocket) late = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, 0, NULL);
  g_autoptr (GPtrArray) peers = g_ptr_array_new_with_free_func (g_object_unref);
  Arrivals arrivals = { peers, 0 };
  struct rlimit limit;

  /* Valgrind takes the connection, and drops it for want of a descriptor, which no kernel does.  */
  if (strstr (g_getenv ("LD_PRELOAD") != NULL ? g_getenv ("LD_PRELOAD") : "", "vgpreload") != NULL)
    {
      g_test_skip ("valgrind accepts what it cannot give a descriptor");
      return;
    }

  begin_trouble (&troubles[0], -1);
  test_connect (server, &first, &peer);
  g_ptr_array_add (peers, g_object_ref (peer));
  sa_socket_set_wait_policy (server, SA_WAIT_NEVER);
  g_signal_connect (server, "accept-ready", G_CALLBACK (on_accept_ready), &arrivals);
  test_spin (NULL, 10);
  n_accepts = 0;

  limit = use_up_descriptors ();
  connect_plainly (late, sa_socket_get_local_port (server));
  test_wait_in (NULL, has_failed_often, &arrivals);
  g_assert_cmpint (n_accepts, ==, 4);
  /* Between two attempts the loop has nothing to do.  */
  test_spin (NULL, 100);
  g_assert_cmpint (n_accepts, <=, 5);
  test_assert_exchange (first, peer);
  test_assert_exchange (peer, first);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);

  test_wait_in (NULL, has_two_peers, &arrivals);
  g_assert_cmpint (n_warnings, ==, 1);
  end_trouble ();
}

/* A listener that could not be attached is none: the socket can become a client.  */
static void
test_descriptors_attach (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GSocket) listener = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, 0, NULL);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) socket = NULL;
  g_autoptr (GString) log = NULL;
  g_autoptr (GError) error = NULL;
  struct rlimit limit;

  g_socket_bind (listener, any, TRUE, &error);
  g_socket_listen (listener, &error);
  g_assert_no_error (error);
  g_main_context_push_thread_default (context);
  socket = sa_socket_new ();
  log = test_log (socket);
  limit = use_up_descriptors ();
  if (sa_socket_attach (socket, listener, &error))
    {
      g_test_skip ("this way of asking the kernel needs no descriptor");
    }
  else
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TOO_MANY_OPEN_FILES);
      g_clear_error (&error);
    }
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  if (sa_socket_get_state (socket) == SA_SOCKET_STATE_NEW)
    {
      sa_socket_set_wait_policy (socket, SA_WAIT_NEVER);
      sa_socket_connect_to_host (socket, "127.0.0.1", sa_socket_get_local_port (server), NULL, &error);
      g_assert_no_error (error);
      test_wait_in (context, test_log_has, (&(TestLogWait){ log, "cs" }));
    }
  g_signal_handlers_disconnect_by_data (socket, log);
  g_clear_object (&socket);
  g_main_context_pop_thread_default (context);
}

/* A client without a descriptor says so, and can connect later.  */
static void
test_descriptors_connect (void)
{
  g_autoptr (SaSocket) server = test_listener ();
  g_autoptr (SaSocket) client = sa_socket_new ();
  g_autoptr (SaSocket) peer = NULL;
  g_autoptr (GError) error = NULL;
  guint port = sa_socket_get_local_port (server);
  struct rlimit limit = use_up_descriptors ();

  g_assert_false (sa_socket_connect_to_host (client, "127.0.0.1", port, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TOO_MANY_OPEN_FILES);
  g_clear_error (&error);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);

  sa_socket_connect_to_host (client, "127.0.0.1", port, NULL, &error);
  g_assert_no_error (error);
  peer = sa_socket_accept (server, NULL, &error);
  g_assert_no_error (error);
  test_assert_exchange (client, peer);
}

static void
add_cases (void)
{
  static const struct
  {
    const char *name;
    SaWaitPolicy policy;
  } policies[] = {
    { "block", SA_WAIT_BLOCK },
    { "dispatch", SA_WAIT_DISPATCH },
    { "never", SA_WAIT_NEVER },
  };

  for (gsize p = 0; p < G_N_ELEMENTS (policies); p++)
    {
      g_autofree char *reset = g_strconcat ("/faults/reset/", policies[p].name, NULL);

      for (gsize t = 0; t < G_N_ELEMENTS (troubles); t++)
        {
          g_autofree char *path = g_strconcat ("/faults/", troubles[t].name, "/", policies[p].name, NULL);
          Case *c = g_new (Case, 1);

          *c = (Case){ &troubles[t], policies[p].policy };
          if (troubles[t].needs_poll && c->policy != SA_WAIT_BLOCK)
            g_free (c);
          else
            g_test_add_data_func_full (path, c, test_trouble, g_free);
        }

      Case *c = g_new (Case, 1);

      *c = (Case){ &troubles[0], policies[p].policy };
      g_test_add_data_func_full (reset, c, test_reset, g_free);
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_writer_func (count_warnings, NULL, NULL);

  add_cases ();
  g_test_add_func ("/faults/descriptors/accept", test_descriptors_accept);
  g_test_add_func ("/faults/descriptors/connect", test_descriptors_connect);
  g_test_add_func ("/faults/descriptors/attach", test_descriptors_attach);

  return g_test_run ();
}
