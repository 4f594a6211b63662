/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <glib.h>

G_BEGIN_DECLS

/* The calls of the kernel on which bytes travel. Tests put others in their place: short writes, EINTR,
 * EAGAIN storms, resets, no descriptors left, one byte at a time.  */
typedef struct
{
  ssize_t (*recv) (int fd, void *buffer, size_t size, int flags);
  ssize_t (*recvfrom) (int fd, void *buffer, size_t size, int flags, struct sockaddr *address,
                       socklen_t *length);
  ssize_t (*send) (int fd, const void *data, size_t length, int flags);
  ssize_t (*sendmsg) (int fd, const struct msghdr *message, int flags);
  int (*accept) (int fd); /* gives a non-blocking descriptor that is closed on exec */
  int (*poll) (struct pollfd *fds, nfds_t n_fds, int timeout);
  gboolean short_is_drained; /* a short receive on TCP means that the kernel has no more */
} SaSocketSystem;

/* Two names for one thing nearly everywhere, and nowhere different things.  */
static inline gboolean
sa_socket_is_would_block (int errsv)
{
#if EAGAIN != EWOULDBLOCK
  if (errsv == EWOULDBLOCK)
    return TRUE;
#endif

  return errsv == EAGAIN;
}

/* The true ones.  */
extern const SaSocketSystem sa_socket_kernel;

/* The ones that are used.  */
extern const SaSocketSystem *sa_socket_system;

G_END_DECLS
