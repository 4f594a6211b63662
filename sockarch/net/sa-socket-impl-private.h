/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/net/sa-connector-private.h"
#include "sockarch/net/sa-poller-private.h"
#include "sockarch/net/sa-send-queue-private.h"
#include "sockarch/net/sa-socket-private.h"
#include "sockarch/net/sa-socket-system-private.h"
#include "sockarch/net/sa-socket.h"
#include "sockarch/sa-debug-private.h"
#include "sockarch/sa-i18n-private.h"

#include <errno.h>

G_BEGIN_DECLS

/* What the files of SaSocket share, and nobody else sees.  */

/* Each property has its number here, since every file tells of its own.  */
enum
{
  PROP_0,
  PROP_CONTEXT,
  PROP_STATE,
  PROP_WAIT_POLICY,
  PROP_TIMEOUT,
  PROP_INTERRUPTIBLE,
  PROP_KEEP_ACCEPTED,
  PROP_ACCEPT_TYPE,
  PROP_EVENT_MASK,
  PROP_PRIORITY,
  PROP_DISPATCH_BUDGET,
  PROP_BACKLOG,
  PROP_NO_DELAY,
  PROP_KEEPALIVE,
  PROP_KEEPALIVE_IDLE,
  PROP_KEEPALIVE_INTERVAL,
  PROP_KEEPALIVE_COUNT,
  PROP_USER_TIMEOUT,
  PROP_IDLE_TIMEOUT,
  PROP_LINGER,
  PROP_BROADCAST,
  PROP_REUSE_ADDRESS,
  PROP_SEND_BUFFER_SIZE,
  PROP_RECEIVE_BUFFER_SIZE,
  PROP_HIGH_WATER_MARK,
  PROP_LOW_WATER_MARK,
  PROP_BYTES_SENT,
  PROP_BYTES_RECEIVED,
  PROP_SEND_CALLS,
  PROP_RECEIVE_CALLS,
  PROP_QUEUED_BYTES,
  PROP_BUDGET_HITS,
  PROP_LAST_ERROR,
  N_PROPERTIES
};

typedef enum
{
  SIGNAL_ACCEPT_READY,
  SIGNAL_CONNECTED,
  SIGNAL_RECEIVE_READY,
  SIGNAL_SEND_READY,
  SIGNAL_OUT_OF_BAND_READY,
  SIGNAL_RECEIVE_ENDED,
  SIGNAL_CLOSED,
  N_SIGNALS
} SaSocketSignal;

/* What is to be told when the socket has its turn, in this order.  */
typedef enum
{
  DUE_CONNECTED = 1 << 0,
  DUE_ACCEPT = 1 << 1,
  DUE_OUT_OF_BAND = 1 << 2,
  DUE_RECEIVE = 1 << 3,
  DUE_SEND = 1 << 4,
  DUE_RECEIVE_ENDED = 1 << 5,
  DUE_CLOSED = 1 << 6,
} SaSocketDue;

/* What the program asked for: kept apart from the descriptor, and inherited by accepted sockets.  */
typedef struct
{
  guint timeout;             /* in milliseconds, of each waiting call */
  guint idle_timeout;        /* in milliseconds */
  guint linger;              /* in milliseconds */
  guint high_water_mark;     /* in bytes */
  guint low_water_mark;      /* in bytes */
  guint backlog;             /* for listen () */
  guint send_buffer_size;    /* in bytes; 0: the system's */
  guint receive_buffer_size; /* in bytes; 0: the system's */
  guint user_timeout;        /* in milliseconds; 0: the system's */
  guint16 keepalive_idle;    /* in seconds; 0: the system's */
  guint16 keepalive_interval; /* in seconds; 0: the system's */
  guint8 keepalive_count;    /* 0: the system's */
  guint8 wait_policy;        /* SaWaitPolicy */
  guint8 event_mask;         /* SaSocketEvents */
  guint interruptible : 1;   /* SIGINT ends waits of SA_WAIT_BLOCK */
  guint keep_accepted : 1;   /* hold accepted sockets until they close */
  guint no_delay : 1;        /* TCP_NODELAY */
  guint keepalive : 1;       /* SO_KEEPALIVE */
  guint broadcast : 1;       /* SO_BROADCAST */
  guint reuse_address : 1;   /* SO_REUSEADDR */
  guint reuse_address_set : 1; /* the program set it: then it counts for datagrams too */
} SaSocketSettings;

/* What only a listener has, so that ten thousand connections do not carry it.  */
typedef struct
{
  SaSocket *self;         /* the listener; not held */
  GHashTable *accepted;   /* the sockets that keep-accepted holds */
  SaTimer back_off;       /* when to look again, after descriptors ran out */
  guint delay;            /* of the back-off, in milliseconds; 0 when all is well */
} SaListener;

typedef struct
{
  GMainContext *context;     /* where signals come and calls finish */
  SaPoller *poller;          /* watches the descriptor for that context; NULL without a descriptor */
  SaWatch watch;             /* what the poller knows of this socket */
  SaTimer idle_timer;        /* runs out when no byte came or went for idle-timeout */
  GSocket *socket;           /* GIO's view, made when somebody asks; owns the descriptor then */
  SaSendQueue queue;         /* what the kernel did not take yet */
  SaSocketOp *ops;           /* who waits for bytes, or for connections */
  SaListener *listener;      /* NULL unless listening, or accept-type or keep-accepted were set */
  SaSocket *kept_by;         /* the listener that holds a reference on this socket, not held */
  SaConnector *connector;    /* a connect under way */
  GTask *connect_task;       /* whom to tell of it, if it is an asynchronous call */
  GSocketAddress *bind_to;   /* the local address that was asked for and is not bound yet */
  GError *error;             /* what broke the connection, and waits to be told */
  GError *last_error;        /* what the program can ask for */
  gpointer file;             /* the SaSocketFile that uses this socket; not held */
  guint64 bytes_sent;        /* statistics */
  guint64 bytes_received;    /* statistics */
  guint64 send_calls;        /* statistics */
  guint64 receive_calls;     /* statistics, and how a handler is seen to have received */
  guint64 received_at;       /* the poller's count of polls at the last receive: finds stale events */
  GType accept_type;         /* what sa_socket_accept () makes */
  SaSocketSettings settings; /* what the program asked for */
  int fd;                    /* -1 when there is none */
  int priority;              /* of the poller */
  guint epoch;               /* counts closes: a handler that closed, or even connected anew, is noticed */
  guint held;                /* waits of SA_WAIT_DISPATCH on the stack: signals come after */
  int waiters;               /* waiting calls, atomic: is_blocking may ask from any thread */
  int cancels;               /* cancelled so often, atomic: a wait sees that the number changed */
  guint16 family;            /* AF_* of the descriptor */
  guint8 state;              /* SaSocketState */
  guint8 due;                /* SaSocketDue */
  guint8 type;               /* GSocketType that was asked for */
  guint8 waiting;            /* SaPollEvents that a call waits for */
  guint8 arrived;            /* SaPollEvents that came since a wait began */
  guint verify : 1;          /* ask the kernel before saying that there is something to receive */
  guint receivable : 1;      /* not known to be drained */
  guint peer_finished : 1;   /* a FIN came: unread bytes may be before it */
  guint urgent : 1;          /* urgent data came: a short read says nothing */
  guint receive_ended : 1;   /* the end was received */
  guint receive_shut : 1;    /* shut down here */
  guint fin_wanted : 1;      /* the FIN follows the queue */
  guint send_ended : 1;      /* the FIN was sent, or nothing can be */
  guint want_send_ready : 1; /* a send would have blocked */
  guint corrupt : 1;         /* ECONNRESET or the like was seen */
  guint closing : 1;         /* close () is on the stack */
  guint dispatching : 1;     /* the watch's callback is on the stack */
  guint graceful : 1;        /* drop what comes until the end, then close */
  guint bound : 1;           /* the descriptor has a local address that the program asked for */
} SaSocketPrivate;

G_END_DECLS
