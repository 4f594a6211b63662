/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "test-utils.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

/* Two plain descriptors with a TCP connection between them. A read of @peer ends at the test's deadline.  */
static inline int
test_open_tcp_pair (int *peer)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  struct timeval deadline = { .tv_sec = TEST_DEADLINE };
  socklen_t length = sizeof address;
  int listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int on = 1;

  g_assert_cmpint (bind (listener, (struct sockaddr *) (gpointer) &address, length), ==, 0);
  g_assert_cmpint (listen (listener, 1), ==, 0);
  g_assert_cmpint (getsockname (listener, (struct sockaddr *) (gpointer) &address, &length), ==, 0);
  g_assert_cmpint (connect (fd, (struct sockaddr *) (gpointer) &address, length), ==, 0);
  *peer = accept (listener, NULL, NULL);
  g_assert_cmpint (*peer, >=, 0);
  close (listener);
  setsockopt (*peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt (*peer, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline);

  return fd;
}
