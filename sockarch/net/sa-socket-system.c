/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define _GNU_SOURCE
#include "config.h"

#include "sockarch/net/sa-socket-system-private.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int
accept_connection (int fd)
{
#ifdef HAVE_ACCEPT4
  return accept4 (fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
#else
  int peer = accept (fd, NULL, NULL);

  if (peer >= 0 && (fcntl (peer, F_SETFD, FD_CLOEXEC) < 0 || fcntl (peer, F_SETFL, O_NONBLOCK) < 0))
    {
      int errsv = errno;

      close (peer);
      errno = errsv;

      return -1;
    }

  return peer;
#endif
}

const SaSocketSystem sa_socket_kernel = {
  .recv = recv,
  .recvfrom = recvfrom,
  .send = send,
  .sendmsg = sendmsg,
  .accept = accept_connection,
  .poll = poll,
  .short_is_drained = TRUE,
};

const SaSocketSystem *sa_socket_system = &sa_socket_kernel;
