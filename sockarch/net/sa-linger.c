/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-impl-private.h"

#include <unistd.h>

/* How much may be sent in one turn, so that a fast peer and a long queue do not keep the loop.  */
#define MAX_BYTES_A_TURN (1024 * 1024)

/* How long a datagram waits to be sent again, where nobody tells of room, in microseconds.  */
#define RETRY_STEP 20000

/* Held while one is begun. The thread that drops a socket need not be the one that runs its loop, where the
 * callbacks come as soon as there is a watch: they wait until the beginning is over.  */
static GMutex beginning;

/* What is left of a socket that was closed, or let go, while bytes were queued: it sends them and goes.  */
typedef struct
{
  SaWatch watch;     /* says when there is room */
  SaTimer timer;     /* when to try again, or to give up */
  gint64 deadline;   /* when to give up, in monotonic time */
  SaSendQueue queue; /* what is to be sent */
  SaPoller *poller;  /* serves both of them */
  GSocket *socket;   /* owns the descriptor, or NULL */
  int fd;            /* the descriptor */
  gboolean whole;    /* each entry is a datagram */
  guint ref_count;   /* of the loop's thread: those who are told, and one until the end */
} SaLinger;

static void
linger_unref (SaLinger *linger)
{
  if (--linger->ref_count > 0)
    return;

  sa_poller_unref (linger->poller);
  g_free (linger);
}

static void
end (SaLinger *linger,
     GIOErrorEnum code,
     const char *message)
{
  g_autoptr (GError) error = NULL;

  sa_watch_stop (&linger->watch);
  sa_timer_stop (&linger->timer);
  if (linger->socket != NULL)
    g_socket_close (linger->socket, NULL);
  else
    close (linger->fd);

  error = g_error_new_literal (G_IO_ERROR, (int) code, message);
  if (linger->queue.head != NULL)
    SA_NOTE (SOCKET, linger, "%zu queued bytes are lost: %s", linger->queue.bytes, message);
  if (linger->queue.head != NULL || linger->queue.done != NULL)
    sa_ending_finish (sa_ending_new (&linger->queue, linger->poller, error));
  g_clear_object (&linger->socket);
  linger_unref (linger);
}

/* Tells those whose bytes are sent. One of them may run a loop in which all of it ends.  */
static void
deliver (SaLinger *linger)
{
  SaSendEntry *entry;

  linger->ref_count++;
  while ((entry = sa_send_queue_take_done (&linger->queue)) != NULL)
    {
      if (linger->queue.done != NULL)
        sa_watch_wake (&linger->watch);
      sa_send_entry_tell (entry, NULL);
    }
  linger_unref (linger);
}

static void
await_beginning (void)
{
  g_mutex_lock (&beginning);
  g_mutex_unlock (&beginning);
}

/* As many of the vectors, and of the last one as much, as make @limit bytes.  */
static gsize
limit_vectors (GOutputVector *vectors,
               gsize n_vectors,
               gsize limit)
{
  for (gsize i = 0; i < n_vectors; i++)
    {
      if (vectors[i].size >= limit)
        {
          vectors[i].size = limit;
          return i + 1;
        }

      limit -= vectors[i].size;
    }

  return n_vectors;
}

/* One datagram after the other; one that cannot be sent does not keep the others. Returns 0 or EAGAIN.  */
static int
send_datagrams (SaLinger *linger)
{
  while (linger->queue.head != NULL)
    {
      gssize n = sa_socket_send_whole (linger->fd, linger->queue.head, 0);
      GError *error = NULL;

      if (n < 0 && sa_socket_is_would_block ((int) -n))
        return EAGAIN;
      if (n < 0)
        error = g_error_new_literal (G_IO_ERROR, (int) g_io_error_from_errno ((int) -n),
                                     g_strerror ((int) -n));

      sa_send_queue_finish_head (&linger->queue, error);
    }

  return 0;
}

/* Returns 0 when all is sent, otherwise an errno: EAGAIN for another turn.  */
static int
send_bytes (SaLinger *linger)
{
  GOutputVector vectors[16];
  gsize left = MAX_BYTES_A_TURN;

  while (linger->queue.head != NULL)
    {
      gsize n_vectors = sa_send_queue_fill (&linger->queue, vectors, G_N_ELEMENTS (vectors));
      struct msghdr message = { .msg_iov = (struct iovec *) vectors };
      ssize_t n;

      message.msg_iovlen = limit_vectors (vectors, n_vectors, left);
      n = left > 0 ? sa_socket_system->sendmsg (linger->fd, &message, MSG_NOSIGNAL) : 0;
      if (n < 0 && errno == EINTR)
        continue;
      /* There is still room, or there will be: the kernel says so again.  */
      if (left == 0)
        return EAGAIN;
      if (n < 0)
        return sa_socket_is_would_block (errno) ? EAGAIN : errno;

      sa_send_queue_advance (&linger->queue, (gsize) n);
      left -= (gsize) n;
    }

  return 0;
}

/* The kernel says that there is room, and takes nothing: a receiver of datagrams is full. Looks again after a
 * while.  */
static void
try_later (SaLinger *linger)
{
  sa_watch_set_interest (&linger->watch, 0, NULL);
  sa_timer_start (&linger->timer, linger->poller,
                  MIN (g_get_monotonic_time () + RETRY_STEP, linger->deadline));
}

static gboolean
on_room (SaWatch *watch,
         SaPollEvents events)
{
  SaLinger *linger = (SaLinger *) (void *) watch;
  int errsv;

  await_beginning ();
  sa_send_queue_drop_cancelled (&linger->queue);
  errsv = linger->whole ? send_datagrams (linger) : send_bytes (linger);
  if (errsv == EAGAIN && linger->whole && sa_socket_is_full_in_secret (linger->fd))
    try_later (linger);
  if (errsv == EAGAIN)
    deliver (linger);
  else if (errsv != 0)
    end (linger, g_io_error_from_errno (errsv), g_strerror (errsv));
  else
    end (linger, G_IO_ERROR_FAILED, "");

  return FALSE;
}

static void
on_timer (SaTimer *timer)
{
  SaLinger *linger = (SaLinger *) (void *) ((char *) timer - G_STRUCT_OFFSET (SaLinger, timer));

  await_beginning ();
  if (g_get_monotonic_time () < linger->deadline && sa_watch_set_interest (&linger->watch, SA_POLL_OUT, NULL))
    sa_timer_start (&linger->timer, linger->poller, linger->deadline);
  else
    end (linger, G_IO_ERROR_TIMED_OUT, _("The peer did not take them in time"));
}

/* Takes the descriptor, and what is queued, over; @socket is taken too.  */
void
sa_linger_start (SaPoller *poller,
                 int fd,
                 GSocket *socket,
                 SaSendQueue *queue,
                 guint milliseconds)
{
  SaLinger *linger = g_new0 (SaLinger, 1);
  g_autoptr (GError) error = NULL;
  int type = SOCK_STREAM;
  socklen_t size = sizeof type;

  linger->ref_count = 1;
  linger->queue = *queue;
  *queue = (SaSendQueue){ 0 };
  linger->poller = sa_poller_ref (poller);
  linger->socket = socket;
  linger->fd = fd;
  linger->deadline = g_get_monotonic_time () + (gint64) milliseconds * 1000;
  getsockopt (fd, SOL_SOCKET, SO_TYPE, &type, &size);
  linger->whole = type != SOCK_STREAM;
  sa_watch_init (&linger->watch, NULL, on_room);
  sa_watch_set_can_recurse (&linger->watch, TRUE);
  sa_timer_init (&linger->timer, NULL, on_timer);

  g_mutex_lock (&beginning);
  if (sa_watch_start (&linger->watch, poller, fd, SA_POLL_OUT, SA_POLL_LEVEL, &error))
    sa_timer_start (&linger->timer, poller, linger->deadline);
  g_mutex_unlock (&beginning);

  /* Without a watch no callback comes; with one it may be gone by now.  */
  if (error != NULL)
    end (linger, (GIOErrorEnum) error->code, error->message);
}
