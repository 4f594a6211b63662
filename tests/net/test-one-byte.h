/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/net/sa-socket-system-private.h"

/* A kernel that takes and gives one byte at a time (and of very much, a few pages: nobody has all day), for
 * the run of a program in which SA_TEST_ONE_BYTE is set.  */

static inline size_t
test_one_byte_size (size_t size)
{
  return size > 4096 ? 4096 : MIN (size, 1);
}

/* A datagram is whole, or lost.  */
static inline gboolean
test_one_byte_is_stream (int fd)
{
  int type = 0;
  socklen_t length = sizeof type;

  return getsockopt (fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_STREAM;
}

static inline ssize_t
test_one_byte_recv (int fd,
                    void *buffer,
                    size_t size,
                    int flags)
{
  return recv (fd, buffer, test_one_byte_is_stream (fd) ? test_one_byte_size (size) : size, flags);
}

static inline ssize_t
test_one_byte_send (int fd,
                    const void *data,
                    size_t length,
                    int flags)
{
  size_t part = test_one_byte_is_stream (fd) ? test_one_byte_size (length) : length;

  /* The urgent byte is the last one of all.  */
  return send (fd, data, part, part < length ? flags & ~MSG_OOB : flags);
}

/* Of several pieces the first that is not empty is as much as a kernel takes.  */
static inline ssize_t
test_one_byte_sendmsg (int fd,
                       const struct msghdr *message,
                       int flags)
{
  size_t i = 0;

  if (message->msg_name != NULL || !test_one_byte_is_stream (fd))
    return sendmsg (fd, message, flags);

  while (i + 1 < message->msg_iovlen && message->msg_iov[i].iov_len == 0)
    i++;
  if (message->msg_iovlen == 0)
    return sendmsg (fd, message, flags);

  return test_one_byte_send (fd, message->msg_iov[i].iov_base, message->msg_iov[i].iov_len,
                             i + 1 < message->msg_iovlen ? flags & ~MSG_OOB : flags);
}

/* Counts of events are other ones then.  */
static inline gboolean
test_is_one_byte (void)
{
  return sa_socket_system != &sa_socket_kernel;
}

/* What one receive gives of @n bytes that are there.  */
static inline int
test_at_once (int n)
{
  return test_is_one_byte () ? MIN (n, 1) : n;
}

static inline void
test_use_one_byte (void)
{
  static SaSocketSystem one_byte;

  if (g_getenv ("SA_TEST_ONE_BYTE") == NULL)
    return;

  one_byte = sa_socket_kernel;
  one_byte.recv = test_one_byte_recv;
  one_byte.send = test_one_byte_send;
  one_byte.sendmsg = test_one_byte_sendmsg;
  one_byte.short_is_drained = FALSE;
  sa_socket_system = &one_byte;
}
