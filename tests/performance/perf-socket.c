/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a socket costs its server: CPU time for each request, beside a bare epoll loop, the same as a source
 * of GLib's main loop ("loop": what no library on that can be better than), and GSocketConnection's
 * asynchronous calls, in one run. Times are noisy: the ratios to what ran just before are what counts.
 *
 *   perf-socket [--rounds N] [--requests N] [--idle N,N,…] [--scenario NAME]
 *
 * Each server is a process of its own (this program again); the client is this process, with plain system
 * calls, the same for all. It ends by itself.
 */
#define _GNU_SOURCE
#include "perf-servers.h"

#include <glib.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define CROWD 32
#define MESSAGE 64
#define BULK (64 * 1024)

static int n_rounds = 3;
static int n_requests = 20000;
static char *idle_list;
static char *only_scenario;
static const char *program;

static int n_idle;
static double idle_kib;

typedef struct
{
  pid_t pid;
  FILE *output;
  int port;
} Server;

/* The CPU time of a process and its threads so far, in nanoseconds, kernel included.  */
static gint64
cpu_time (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/schedstat", (int) pid);
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  return g_ascii_strtoll (text, NULL, 10);
}

static gint64
resident_kib (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/smaps_rollup", (int) pid);
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents (path, &text, NULL, NULL) || (line = strstr (text, "Private_Dirty:")) == NULL)
    return 0;
  return g_ascii_strtoll (line + strlen ("Private_Dirty:"), NULL, 10);
}

static void
pin_to (int cpu)
{
  cpu_set_t set;

  CPU_ZERO (&set);
  CPU_SET (cpu, &set);
  sched_setaffinity (0, sizeof set, &set);
}

static Server
start_server (const char *kind,
              int cpu)
{
  Server server = { 0 };
  int ends[2];

  if (pipe (ends) != 0)
    g_error ("pipe: %s", g_strerror (errno));
  server.pid = fork ();
  if (server.pid == 0)
    {
      pin_to (cpu);
      dup2 (ends[1], 1);
      close (ends[0]);
      close (ends[1]);
      execl (program, program, "--server", kind, NULL);
      _exit (127);
    }
  close (ends[1]);
  server.output = fdopen (ends[0], "r");
  if (fscanf (server.output, "%d", &server.port) != 1)
    g_error ("the server %s did not start", kind);

  return server;
}

static void
stop_server (Server *server)
{
  kill (server->pid, SIGTERM);
  waitpid (server->pid, NULL, 0);
  fclose (server->output);
}

static int
connect_to (int port,
            guint host)
{
  /* Addresses of 127.0.0.0/8 in turn, so that ports do not run out.  */
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons ((guint16) port),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK + host) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int one = 1;

  if (fd < 0 || connect (fd, (struct sockaddr *) &address, sizeof address) != 0)
    g_error ("connect: %s", g_strerror (errno));
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return fd;
}

static void
send_all (int fd,
          const char *data,
          size_t length)
{
  for (size_t done = 0; done < length;)
    {
      ssize_t n = send (fd, data + done, length - done, MSG_NOSIGNAL);

      if (n <= 0)
        g_error ("send: %s", g_strerror (errno));
      done += (size_t) n;
    }
}

static void
receive_all (int fd,
             char *data,
             size_t length)
{
  for (size_t done = 0; done < length;)
    {
      ssize_t n = recv (fd, data + done, length - done, 0);

      if (n <= 0)
        g_error ("recv: %s", n == 0 ? "the server closed" : g_strerror (errno));
      done += (size_t) n;
    }
}

/* At most CROWD connections, one message under way on each.  */
static void
run_echo (const int *fds,
          int count,
          int requests)
{
  char buffer[MESSAGE] = "";
  int epoll = epoll_create1 (EPOLL_CLOEXEC);
  struct epoll_event events[CROWD];
  int sent = 0;
  int answered = 0;

  for (int i = 0; i < count; i++, sent++)
    {
      struct epoll_event event = { .events = EPOLLIN, .data.fd = fds[i] };

      epoll_ctl (epoll, EPOLL_CTL_ADD, fds[i], &event);
      send_all (fds[i], buffer, MESSAGE);
    }
  while (answered < sent)
    {
      int ready = epoll_wait (epoll, events, CROWD, 10000);

      if (ready <= 0)
        g_error ("the server does not answer");
      for (int i = 0; i < ready; i++)
        {
          receive_all (events[i].data.fd, buffer, MESSAGE);
          answered++;
          if (sent < requests)
            {
              send_all (events[i].data.fd, buffer, MESSAGE);
              sent++;
            }
        }
    }
  close (epoll);
}

/* CPU nanoseconds for a request of @kind with @n_idle connections that say nothing; and KiB for each, in
 * @idle_kib.  */
static double
measure_idle (const char *kind)
{
  Server server = start_server (kind, 0);
  g_autofree int *idle = g_new0 (int, n_idle + 1);
  int active[PERF_ACTIVE];
  gint64 memory, start;

  for (int i = 0; i < PERF_ACTIVE; i++)
    active[i] = connect_to (server.port, 0);
  run_echo (active, PERF_ACTIVE, 1000);
  memory = resident_kib (server.pid);
  for (int i = 0; i < n_idle; i++)
    idle[i] = connect_to (server.port, (guint) i / 4000);
  run_echo (active, PERF_ACTIVE, 1000);
  idle_kib = n_idle > 0 ? (double) (resident_kib (server.pid) - memory) / n_idle : 0;

  start = cpu_time (server.pid);
  run_echo (active, PERF_ACTIVE, n_requests);
  double result = (double) (cpu_time (server.pid) - start) / n_requests;

  for (int i = 0; i < n_idle; i++)
    close (idle[i]);
  for (int i = 0; i < PERF_ACTIVE; i++)
    close (active[i]);
  stop_server (&server);

  return result;
}

static double
measure_without_idle (const char *kind)
{
  int saved = n_idle;

  n_idle = 0;
  double result = measure_idle (kind);
  n_idle = saved;

  return result;
}

/* One connection, one message at a time, both on one CPU; nanoseconds of wall clock for a round trip.  */
static double
measure_ping (const char *kind)
{
  Server server = start_server (kind, 0);
  int fd;
  gint64 start;

  pin_to (0);
  fd = connect_to (server.port, 0);
  run_echo (&fd, 1, 1000);
  start = g_get_monotonic_time ();
  run_echo (&fd, 1, n_requests);
  double result = 1000.0 * (double) (g_get_monotonic_time () - start) / n_requests;
  close (fd);
  stop_server (&server);
  pin_to (1);

  return result;
}

/* As many as come at once: they connect, are answered, and close.  */
static void
come_and_go (const Server *server,
             int count,
             guint host)
{
  int fds[CROWD];

  for (int i = 0; i < count; i++)
    fds[i] = connect_to (server->port, host);
  run_echo (fds, count, count);
  for (int i = 0; i < count; i++)
    close (fds[i]);
}

/* CPU nanoseconds of the server for a connection that is accepted, answered once and closed.  */
static double
measure_accept (const char *kind)
{
  Server server = start_server (kind, 0);
  int n_crowds = MAX (1, n_requests / 4 / CROWD);
  gint64 start;

  come_and_go (&server, CROWD, 0);
  start = cpu_time (server.pid);
  for (int i = 0; i < n_crowds; i++)
    come_and_go (&server, CROWD, (guint) i * CROWD / 4000);
  double result = (double) (cpu_time (server.pid) - start) / (n_crowds * CROWD);
  stop_server (&server);

  return result;
}

/* CPU nanoseconds of the server for a KiB that it receives in large pieces (and counts).  */
static double
measure_throughput (const char *kind)
{
  g_autofree char *sink = g_strdup_printf ("%s-sink", kind);
  Server server = start_server (sink, 0);
  g_autofree char *data = g_malloc0 (BULK);
  int fd = connect_to (server.port, 0);
  int n_blocks = n_requests / 4;
  char answer;
  gint64 start = cpu_time (server.pid);

  for (int i = 0; i < n_blocks; i++)
    send_all (fd, data, BULK);
  shutdown (fd, SHUT_WR);
  receive_all (fd, &answer, 1);
  double result = (double) (cpu_time (server.pid) - start) / ((double) n_blocks * BULK / 1024);
  close (fd);
  stop_server (&server);

  return result;
}

/* So many that making the objects counts for nothing, and the slowest ends today.  */
static guint32
count_records (const char *kind)
{
  return (guint32) n_requests * (g_str_equal (kind, "gio") ? 10 : 500);
}

/* CPU nanoseconds of the server for a record that it reads.  */
static double
measure_record_read (const char *kind)
{
  g_autofree char *reader = g_strdup_printf ("%s-read", kind);
  Server server = start_server (reader, 0);
  g_autofree char *data = g_malloc0 (BULK);
  int fd = connect_to (server.port, 0);
  int n_blocks = (int) (count_records (kind) / (BULK / PERF_RECORD));
  char answer;
  gint64 start = cpu_time (server.pid);

  for (int i = 0; i < n_blocks; i++)
    send_all (fd, data, BULK);
  shutdown (fd, SHUT_WR);
  receive_all (fd, &answer, 1);
  double result = (double) (cpu_time (server.pid) - start) / ((double) n_blocks * BULK / PERF_RECORD);
  close (fd);
  stop_server (&server);

  return result;
}

/* CPU nanoseconds of the server for a record that it writes.  */
static double
measure_record_write (const char *kind)
{
  g_autofree char *writer = g_strdup_printf ("%s-write", kind);
  Server server = start_server (writer, 0);
  g_autofree char *data = g_malloc (BULK);
  int fd = connect_to (server.port, 0);
  guint32 count = count_records (kind);
  gint64 start = cpu_time (server.pid);
  gsize done = 0;
  gssize n;

  send_all (fd, (const char *) &count, sizeof count);
  while ((n = recv (fd, data, BULK, 0)) > 0)
    done += (gsize) n;
  if (done != (gsize) count * PERF_RECORD)
    g_error ("the server wrote %" G_GSIZE_FORMAT " bytes", done);
  double result = (double) (cpu_time (server.pid) - start) / count;
  close (fd);
  stop_server (&server);

  return result;
}

static int
compare_doubles (const void *a,
                 const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
median (double *values,
        int n)
{
  qsort (values, (size_t) n, sizeof *values, compare_doubles);
  return values[n / 2];
}

typedef double (*Measure) (const char *kind);

/* What is measured of one kind of server, and against the limits: the bare epoll, and the same as a source of
 * GLib's loop, which nothing on GLib can do better than. Each round measures those first, so that a slow
 * minute of the machine hits all.  */
typedef struct
{
  double value;
  double to_raw;
  double to_loop;
} Result;

static Result
compare_kind (Measure measure,
              Measure measure_limit,
              const char *kind,
              gboolean has_loop)
{
  g_autofree double *values = g_new (double, n_rounds);
  g_autofree double *to_raw = g_new (double, n_rounds);
  g_autofree double *to_loop = g_new (double, n_rounds);

  for (int i = 0; i < n_rounds; i++)
    {
      double raw = measure_limit ("raw");
      double loop = has_loop ? measure_limit ("loop") : raw;

      values[i] = measure (kind);
      to_raw[i] = values[i] / raw;
      to_loop[i] = values[i] / loop;
    }

  return (Result) { median (values, n_rounds), median (to_raw, n_rounds), median (to_loop, n_rounds) };
}

static void
print_result (const Result *result,
              const char *unit,
              gboolean has_loop)
{
  printf (" %9.1f %-16s %7.2f x raw", result->value, unit, result->to_raw);
  if (has_loop)
    printf (" %7.2f x loop", result->to_loop);
}

static void
compare (const char *what,
         const char *unit,
         Measure measure,
         const char *const *kinds)
{
  gboolean has_loop = g_strv_contains (kinds, "loop");

  for (; *kinds != NULL; kinds++)
    {
      Result result = compare_kind (measure, measure, *kinds, has_loop);

      printf ("%-22s %-22s", what, *kinds);
      print_result (&result, unit, has_loop);
      printf ("\n");
      fflush (stdout);
    }
}

static void
compare_idle (void)
{
  static const char *const kinds[] = { "loop", "sockarch", "sockarch-idle-timeout", "sockarch-idle-fill",
                                       "sockarch-fill", "gio" };

  for (guint k = 0; k < G_N_ELEMENTS (kinds); k++)
    {
      Result result = compare_kind (measure_idle, measure_without_idle, kinds[k], TRUE);

      printf ("%6d %-15s %-22s", n_idle, "idle", kinds[k]);
      print_result (&result, "ns CPU a request", TRUE);
      printf (", %.2f KiB each\n", idle_kib);
      fflush (stdout);
    }
}

static gboolean
wanted (const char *scenario)
{
  return only_scenario == NULL || strcmp (only_scenario, scenario) == 0;
}

static void
run_all (void)
{
  static const char *const peers[] = { "raw", "loop", "sockarch", "gio", NULL };
  static const char *const typed[] = { "raw", "sockarch", "sockarch-calls", "gio", NULL };

  pin_to (1);
  if (wanted ("ping"))
    compare ("ping-pong on one CPU", "ns", measure_ping, peers);
  if (wanted ("accept"))
    compare ("accept, answer, close", "ns CPU", measure_accept, peers);
  if (wanted ("throughput"))
    compare ("receive 64 KiB blocks", "ns CPU a KiB", measure_throughput, peers);
  if (wanted ("records"))
    {
      compare ("write 16-byte records", "ns CPU", measure_record_write, typed);
      compare ("read 16-byte records", "ns CPU", measure_record_read, typed);
    }
  if (wanted ("idle"))
    {
      g_auto (GStrv) counts = g_strsplit (idle_list != NULL ? idle_list : "0,1000,5000,10000", ",", -1);

      for (char **count = counts; *count != NULL; count++)
        {
          n_idle = atoi (*count);
          compare_idle ();
        }
    }
}

int
main (int argc,
      char **argv)
{
  g_autofree char *server = NULL;
  const GOptionEntry entries[] = {
    { "server", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &server, NULL, NULL },
    { "rounds", 0, 0, G_OPTION_ARG_INT, &n_rounds, "How often each is measured; the median counts", "N" },
    { "requests", 0, 0, G_OPTION_ARG_INT, &n_requests, "Requests in a measurement", "N" },
    { "idle", 0, 0, G_OPTION_ARG_STRING, &idle_list, "Numbers of idle connections", "N,N" },
    { "scenario", 0, 0, G_OPTION_ARG_STRING, &only_scenario,
      "ping, accept, throughput, records or idle", "NAME" },
    { NULL }
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  struct rlimit files;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      fprintf (stderr, "%s\n", error->message);
      return 2;
    }
  getrlimit (RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit (RLIMIT_NOFILE, &files);
  program = "/proc/self/exe";
  if (server != NULL)
    return perf_serve (server);
  run_all ();

  return 0;
}
