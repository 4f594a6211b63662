/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "test-socket-utils.h"

#include "sockarch/net/sa-socket-private.h"

/* What the program without sense (test-monkey.c) knows of its sockets, and what has to hold for each of them
 * in any program.  */

#define N_ENDS 20

/* A connection: what each side sent is a pattern that the other one can check.  */
typedef struct
{
  guint key;           /* the client's port: begins the patterns */
  gsize sent[2];       /* by the client, by the server */
  gboolean claimed[2]; /* there is an End for that side */
  gboolean lossy;      /* a send failed: the pattern has bytes that never went */
} Line;

typedef struct
{
  SaSocket *socket;    /* NULL: the place is free */
  SaSocketFile *file;  /* a stream over it */
  Line *line;          /* NULL: not known */
  guint8 side;         /* in the line: 0 connected, 1 was accepted */
  gboolean listens;
  gsize received;      /* checked bytes */
  guint life;          /* the connections so far */
  guint told_closed;   /* in this life */
  guint told_ended;    /* in this life */
  guint told_connected; /* in this life */
  gboolean connecting; /* by signal */
  gboolean begun;      /* there was a connection, or a listener, in this life */
  gboolean ended_here; /* a half was shut down, or bytes are being dropped, from this side */
  guint reading;       /* an asynchronous read is pending: others would take its bytes */
  guint held;          /* waits of SA_WAIT_DISPATCH: nothing may be told */
  guint depth;         /* handlers of the poller on the stack */
} End;

static End ends[N_ENDS];
static GPtrArray *lines;

static guint
dice (guint sides)
{
  return (guint) g_test_rand_int_range (0, (gint32) sides);
}

static guint8
pattern (const Line *line,
         guint side,
         gsize position)
{
  return (guint8) (line->key * 31 + side * 101 + position * 7 + (position >> 8));
}

static Line *
claim_line (guint key,
            guint side)
{
  Line *line;

  for (guint i = 0; i < lines->len; i++)
    {
      line = lines->pdata[i];
      if (line->key == key && !line->claimed[side])
        {
          line->claimed[side] = TRUE;
          return line;
        }
    }

  line = g_new0 (Line, 1);
  line->key = key;
  line->claimed[side] = TRUE;
  g_ptr_array_add (lines, line);

  return line;
}

static SaSocketState
state_of (End *end)
{
  return sa_socket_get_state (end->socket);
}

static gboolean
is_connected (End *end)
{
  return end->socket != NULL && state_of (end) == SA_SOCKET_STATE_CONNECTED;
}

/* What holds between any two calls.  */
static void
check (End *end)
{
  SaSocketState state;

  if (end->socket == NULL)
    return;

  state = state_of (end);
  if (state == SA_SOCKET_STATE_NEW)
    g_assert_cmpint (sa_socket_get_fd (end->socket), ==, -1);
  if (state == SA_SOCKET_STATE_CONNECTED || state == SA_SOCKET_STATE_LISTENING)
    g_assert_cmpint (sa_socket_get_fd (end->socket), >=, 0);
  if (end->told_closed > 0 || state == SA_SOCKET_STATE_NEW)
    g_assert_cmpuint (sa_socket_get_queued_bytes (end->socket), ==, 0);
  if (end->told_closed > 0)
    g_assert_cmpint (state, ==, SA_SOCKET_STATE_CLOSED);
  g_assert_cmpint (sa_socket_is_blocking (end->socket), ==, end->held > 0);
}

static void
check_bytes (End *end,
             const char *bytes,
             gsize length)
{
  if (end->line == NULL)
    return;

  for (gsize i = 0; i < length; i++)
    g_assert_cmphex ((guint8) bytes[i], ==, pattern (end->line, !end->side, end->received + i));
  end->received += length;
  g_assert_cmpuint (end->received, <=, end->line->sent[!end->side]);
}

/* An end that the peer meant: everything came.  */
static void
check_whole (End *end)
{
  if (end->line != NULL && !end->line->lossy && !end->ended_here && end->reading == 0)
    g_assert_cmpuint (end->received, ==, end->line->sent[!end->side]);
}

static void
begin_life (End *end)
{
  if (end->begun)
    g_assert_cmpuint (end->told_closed, ==, 1);
  end->life++;
  end->line = NULL;
  end->received = 0;
  end->told_closed = end->told_ended = end->told_connected = 0;
  end->begun = TRUE;
  end->listens = end->ended_here = end->connecting = FALSE;
  end->depth = 0;
}

static End *
find_place (void)
{
  for (guint tries = 0; tries < 5; tries++)
    {
      End *end = &ends[dice (N_ENDS)];

      if (end->socket == NULL)
        return end;
    }

  return NULL;
}

/* At the beginning of a handler, and leave () at its end.  */
static End *
enter (SaSocket *socket,
       gboolean by_poller)
{
  for (End *end = ends; end < ends + N_ENDS; end++)
    {
      if (end->socket != socket)
        continue;

      g_assert_cmpuint (end->told_closed, ==, 0);
      g_assert_cmpuint (end->held, ==, 0);
      if (by_poller)
        g_assert_cmpuint (end->depth++, ==, 0);
      return end;
    }

  g_error ("A signal of a socket that nobody holds");
}

/* The handler's End may be another socket's by now.  */
static void
leave (End *end,
       SaSocket *socket,
       gboolean by_poller)
{
  if (end->socket == socket && by_poller && end->depth > 0)
    end->depth--;
  check (end);
}
