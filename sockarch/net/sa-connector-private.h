/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/net/sa-poller-private.h"

#include <sys/socket.h>

G_BEGIN_DECLS

/* One connect: asks a GSocketConnectable for addresses, and races them. Everything happens in the context of
 * the poller; the connector holds itself until it is done or cancelled.  */

typedef struct _SaConnector SaConnector;

/* Makes a socket ready before it connects: options and local address. Another family is another socket.  */
typedef gboolean (*SaConnectorPrepare) (GSocket *socket, gpointer data, GError **error);

/* One of the two is set; both belong to the callee. The connector is gone afterwards.  */
typedef void (*SaConnectorDone) (GSocket *socket, GError *error, gpointer data);

typedef struct
{
  SaPoller *poller;           /* where to wait */
  GSocketType type;           /* of the sockets to make */
  GSocket *socket;            /* a socket that exists already: the addresses are tried in turn; or NULL */
  gboolean in_turn;           /* one at a time, because the local address can be had only once */
  gboolean by_proxy;          /* through the proxy that the system names for the destination, if it does */
  gint64 deadline;            /* in the time of g_get_monotonic_time (), or G_MAXINT64 */
  const char *name;           /* what messages call the destination; NULL: what it calls itself */
  SaConnectorPrepare prepare; /* may be NULL */
  SaConnectorDone done;
  gpointer data;
} SaConnectorSetup;

/* Never calls back from inside. The thread must be able to acquire the context of the poller.  */
SaConnector *sa_connector_start (GSocketConnectable *address, const SaConnectorSetup *setup,
                                 GCancellable *cancellable);

/* Lives until nothing of the connect is left in the context: a resolver may answer when the connector is done
 * or cancelled long since. (transfer none)  */
GObject *sa_connector_get_enumerator (SaConnector *connector);

/* Nobody is called back.  */
void sa_connector_cancel (SaConnector *connector);

/* Makes a socket that is connected, or was about to be, as it was before: bound where it was bound. @local is
 * what its address was then, or NULL if it still is.  */
void sa_connector_dissolve (int fd, const struct sockaddr_storage *local);

G_END_DECLS
