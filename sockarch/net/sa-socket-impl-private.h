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
#include <netinet/in.h>

G_BEGIN_DECLS

/* What the files of SaSocket share, and nobody else sees.  */

#define SA_SOCKET_DEFAULT_BACKLOG 4096
#define SA_SOCKET_DEFAULT_LINGER 5000
#define SA_SOCKET_DEFAULT_HIGH_WATER_MARK (256 * 1024)

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
  PROP_ENABLE_PROXY,
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
  PROP_IPV6_ONLY,
  PROP_MULTICAST_LOOPBACK,
  PROP_MULTICAST_TTL,
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

/* What other threads leave for the one that runs the loop, or serves the socket next.  */
typedef enum
{
  MARK_MISSED = 1 << 0,    /* calls of SA_WAIT_BLOCK kept the loop out */
  MARK_CANCELLED = 1 << 1, /* some operation or entry was cancelled */
} SaSocketMarks;

/* Above the marks: SaPollEvents of the turns that were missed.  */
#define MISSED_EVENTS_SHIFT 8

/* What the program asked for: kept apart from the descriptor, and inherited by accepted sockets. Ten thousand
 * of them share one: whoever changes something takes a copy first.  */
typedef struct
{
  int ref_count;             /* atomic: the sockets that share it */
  guint timeout;             /* in milliseconds, of each waiting call */
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
  guint8 multicast_ttl;      /* how many routers multicast datagrams may pass, and one */
  guint interruptible : 1;   /* SIGINT ends waits of SA_WAIT_BLOCK */
  guint enable_proxy : 1;    /* connect through the system's proxy */
  guint no_delay : 1;        /* TCP_NODELAY */
  guint keepalive : 1;       /* SO_KEEPALIVE */
  guint broadcast : 1;       /* SO_BROADCAST */
  guint reuse_address : 1;   /* SO_REUSEADDR */
  guint ipv6_only : 1;       /* IPV6_V6ONLY */
  guint multicast_loopback : 1; /* this machine hears its own multicast */
  guint reuse_address_set : 1; /* the program set it: then it counts for datagrams too */
} SaSocketSettings;

/* An address as the kernel has it, in less room than a GSocketAddress.  */
typedef union
{
  struct sockaddr any; /* AF_UNSPEC: none */
  struct sockaddr_in ipv4;
  struct sockaddr_in6 ipv6;
} SaPeerName;

typedef struct _SaConnectCall SaConnectCall;

/* A call of SA_WAIT_BLOCK that sleeps, on its stack.  */
typedef struct _SaSleeper SaSleeper;

struct _SaSleeper
{
  SaSleeper *next;
  int fd; /* written to, it wakes; -1 when there was no descriptor left */
};

/* The calls on one socket that wait, or may, of all threads. Sockets of a main loop have none.  */
typedef struct
{
  int waiters;         /* atomic: those that wait */
  int cancels;         /* atomic: how often waits were cancelled: a wait sees that it changed */
  GMutex lock;         /* those of SA_WAIT_BLOCK touch the socket one at a time */
  GThread *owner;      /* atomic: who has that lock; NULL: nobody */
  SaSleeper *sleepers; /* those that sleep, under the lock of all sleepers */
} SaCallers;

/* How a call has the socket to itself.  */
typedef enum
{
  SA_ENTERED_NONE,  /* by being in the thread of the loop, or by never waiting */
  SA_ENTERED_INNER, /* by another call further up the stack */
  SA_ENTERED_OUTER, /* by the locks */
} SaEntered;

/* What only a listener has, so that ten thousand connections do not carry it.  */
typedef struct
{
  GHashTable *accepted; /* the sockets that keep-accepted holds: each is referenced */
  gboolean is_open;     /* it listens; otherwise it is left from then, for what it holds */
  SaTimer back_off;     /* when to look again, after descriptors ran out */
  guint delay;          /* of the back-off, in milliseconds; 0 when all is well */
} SaListener;

/* What only a socket that binds, connects, listens or sends Unix datagrams has.  */
typedef struct
{
  SaConnector *connector;    /* a connect under way */
  GTask *connect_task;       /* whom to tell of it, if it is an asynchronous call */
  SaConnectCall *connect_call; /* likewise, if it is a call that waits further up the stack */
  GSocketAddress *bind_to;   /* the local address that sa_socket_create () named; NULL: any */
  GMainContext *wake_context; /* wakes a thread that blocks on a context of its own; as sleepers; not held */
  GType accept_type;         /* what sa_socket_accept () makes; 0: a SaSocket */
  guint16 bind_port;         /* the port that sa_socket_create () named, if bind_to is NULL */
  guint16 retry_delay;       /* of retry, in milliseconds; 0 when all is well */
  SaTimer *retry;            /* when to send a datagram again, where nobody tells; NULL: never needed */
} SaSocketOrigin;

typedef struct
{
  GMainContext *context;     /* where signals come and calls finish */
  SaPoller *poller;          /* watches the descriptor for that context; NULL before the first descriptor */
  SaWatch watch;             /* what the poller knows of this socket */
  SaTimer *idle_timer;       /* runs out when no byte came or went for idle-timeout; NULL: it never ran */
  GSocket *socket;           /* GIO's view, made when somebody asks; owns the descriptor then */
  SaSendQueue queue;         /* what the kernel did not take yet */
  SaSocketOp *ops;           /* who waits for bytes, or for connections */
  SaListener *listener;      /* NULL unless it listened */
  SaSocket *kept_by;         /* the listener that holds a reference on this socket; not held */
  SaSocketOrigin *origin;    /* what an accepted socket never has; NULL: all of it is 0 */
  SaCallers *callers;        /* the calls that wait; NULL: there was none; set atomically */
  SaPeerName peer;           /* who was connected over the Internet: known after the end too */
  guint idle_timeout;        /* in milliseconds; kept here as it is often set for one connection */
  GError *error;             /* what broke the connection, or a connect, and waits to be told */
  GError *last_error;        /* what the program can ask for */
  gpointer file;             /* the SaSocketFile that uses this socket; not held */
  guint64 bytes_sent;        /* statistics */
  guint64 bytes_received;    /* statistics */
  guint64 send_calls;        /* statistics */
  guint64 receive_calls;     /* statistics */
  SaSocketSettings *settings; /* what the program asked for; shared: see sa_socket_change_settings () */
  int fd;                    /* -1 when there is none */
  int priority;              /* of the poller */
  int guard;                 /* atomic: calls of SA_WAIT_BLOCK in progress, or -1: a turn of the loop is */
  guint marks;               /* atomic: SaSocketMarks */
  guint taken_at;            /* the poller's count of polls (its low half) at the last receive: finds stale
                              * events */
  guint declined;            /* bytes that a handler was told of and left, all of them; 0: none */
  guint takes;               /* receives and accepts so far: shows whether a handler made one */
  guint epoch;               /* counts closes: a handler that closed, or even connected anew, is noticed */
  guint16 held;              /* waits of SA_WAIT_DISPATCH on the stack: signals come after */
  guint16 turns;             /* of this socket on the stack: each holds a reference */
  guint16 emissions;         /* references that GObject and we hold for signals on the stack */
  guint16 family;            /* AF_* of the descriptor */
  guint turn_epoch;          /* when the innermost of the turns began */
  guint8 event_mask;         /* SaSocketEvents; as idle_timeout */
  guint8 state;              /* SaSocketState */
  guint8 due;                /* SaSocketDue */
  guint8 waiting;            /* SaPollEvents that a call waits for */
  guint8 arrived;            /* SaPollEvents that came since a wait of SA_WAIT_DISPATCH began */
  guint8 turn_depth;         /* of the innermost turn, see sa_socket_get_depth (); 0: none is on the stack */
  guint type : 3;            /* GSocketType */
  guint wait_policy : 2;     /* SaWaitPolicy; as idle_timeout */
  guint keep_accepted : 1;   /* hold accepted sockets until they close */
  guint verify : 1;          /* ask the kernel before saying that there is something to receive */
  guint receivable : 1;      /* not known to be drained */
  guint unsure : 1;          /* since @declined was counted, the kernel was not asked what came before */
  guint peer_finished : 1;   /* a FIN came: unread bytes may be before it */
  guint urgent : 1;          /* urgent data came: a short read says nothing */
  guint receive_ended : 1;   /* the end was received, or the half was shut down here */
  guint fin_wanted : 1;      /* the FIN follows the queue */
  guint send_ended : 1;      /* the FIN was sent, or nothing can be */
  guint want_send_ready : 1; /* a send would have blocked, or none was made yet */
  guint broken : 1;          /* an error ended the connection: tell it when no byte is left */
  guint touched : 1;         /* bytes came or went in this turn: the idle timer starts anew at its end */
  guint drop : 1;            /* nothing that is left to receive counts: an idle connection ran out */
  guint closing : 1;         /* close () is on the stack */
  guint postponed : 1;       /* a turn came inside of another one */
  guint closed_here : 1;     /* close () or abort () was called */
  guint options_changed : 1; /* while a connect was under way, whose sockets had theirs already */
  guint told_closed : 1;     /* the closed signal was emitted for this connection */
} SaSocketPrivate;

/* How long a call has waited already. Zeroed when the call begins: the clock is first read when it has to
 * wait.  */
typedef struct
{
  gint64 deadline; /* 0: not begun; G_MAXINT64: none */
  int cancels;     /* the socket's count when the wait began */
  gboolean again;  /* it waited already, for something that was not there then */
} SaSocketWait;

extern guint sa_socket_signals[N_SIGNALS];

/* sa-socket.c */
extern int sa_socket_private_offset;

/* As sa_socket_get_instance_private (), which only the file of the type has.  */
static inline SaSocketPrivate *
sa_socket_private (SaSocket *self)
{
  return (SaSocketPrivate *) (void *) ((char *) self + sa_socket_private_offset);
}

static inline void
sa_socket_set_mark (SaSocketPrivate *priv,
                    SaSocketMarks mark)
{
  g_atomic_int_or (&priv->marks, mark);
}

/* Whether it was set. Mostly it is not: that costs a look.  */
static inline gboolean
sa_socket_take_mark (SaSocketPrivate *priv,
                     SaSocketMarks mark)
{
  return ((guint) g_atomic_int_get (&priv->marks) & mark) != 0 &&
         (g_atomic_int_and (&priv->marks, ~(guint) mark) & mark) != 0;
}

/* The loop takes the socket, for a turn or for a timer, and gives it back with sa_socket_end_turn (). FALSE
 * while a thread blocks in a call, which has the socket to itself.  */
static inline gboolean
sa_socket_begin_turn (SaSocketPrivate *priv,
                      gboolean *outermost)
{
  while (TRUE)
    {
      int guard = g_atomic_int_get (&priv->guard);

      *outermost = guard == 0;
      if (guard > 0)
        return FALSE;
      if (guard < 0 || g_atomic_int_compare_and_exchange (&priv->guard, 0, -1))
        return TRUE;
    }
}

static inline void
sa_socket_end_turn (SaSocketPrivate *priv,
                    gboolean outermost)
{
  if (outermost)
    g_atomic_int_set (&priv->guard, 0);
}

/* How deep the thread is in callbacks of main loops, never 0.  */
static inline guint8
sa_socket_get_depth (void)
{
  return (guint8) (MIN (g_main_depth (), G_MAXUINT8 - 1) + 1);
}

/* Whether a turn of the socket is going on which will see to all that is noted. One that has called a handler
 * which runs a loop will not, as long as that goes on.  */
static inline gboolean
sa_socket_is_in_turn (const SaSocketPrivate *priv)
{
  return priv->turn_depth != 0 && priv->turn_depth == sa_socket_get_depth ();
}

extern const SaSocketOrigin sa_socket_no_origin;

/* To be read; other threads look for the wake_context.  */
static inline const SaSocketOrigin *
sa_socket_origin (const SaSocketPrivate *priv)
{
  const SaSocketOrigin *origin = g_atomic_pointer_get ((SaSocketOrigin **) &priv->origin);

  return origin != NULL ? origin : &sa_socket_no_origin;
}

/* To be changed.  */
static inline SaSocketOrigin *
sa_socket_change_origin (SaSocketPrivate *priv)
{
  if (priv->origin == NULL)
    g_atomic_pointer_set (&priv->origin, g_new0 (SaSocketOrigin, 1));

  return priv->origin;
}

void sa_socket_forget_origin (SaSocket *self);

/* sa-socket-settings.c */
extern SaSocketSettings sa_socket_default_settings;
void sa_socket_share_settings (SaSocket *self, SaSocketSettings *settings);
SaSocketSettings *sa_socket_change_settings (SaSocket *self);

/* sa-socket-properties.c */
void sa_socket_install_properties (GObjectClass *object_class);
void sa_socket_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec);
void sa_socket_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec);
void sa_socket_notify (SaSocket *self, guint property);

/* sa-socket-descriptor.c */
SaPoller *sa_socket_ensure_poller (SaSocket *self, GError **error);
void sa_socket_move_to_poller (SaSocket *self);
void sa_socket_take_fd (SaSocket *self, int fd, int family);
gboolean sa_socket_start_watch (SaSocket *self, GError **error);
void sa_socket_begin_connection (SaSocket *self);
void sa_socket_drop_fd (SaSocket *self);
void sa_socket_forget (SaSocket *self);
void sa_socket_set_state (SaSocket *self, SaSocketState state);
void sa_socket_touch (SaSocket *self);
void sa_socket_restart_idle_timer (SaSocket *self);
void sa_socket_stop_idle_timer (SaSocket *self);
void sa_socket_stop_retry (SaSocket *self);
/* Whether what a full receiver did not take is sent again after a while: no use to try before.  */
gboolean sa_socket_is_retrying (const SaSocketPrivate *priv);
gboolean sa_socket_is_inet (SaSocketPrivate *priv);
void sa_socket_keep_error (SaSocket *self, const GError *error);

/* sa-socket-address.c */
gboolean sa_socket_bind_as_created (SaSocket *self, GError **error);
GSocketAddress *sa_socket_address_from_native (const struct sockaddr_storage *native, socklen_t length);
char *sa_socket_describe_address (GSocketAddress *address);
gboolean sa_socket_check_host (const char *host, GError **error);
char *sa_socket_describe_peer (SaSocket *self);
void sa_socket_remember_peer (SaSocket *self);
gboolean sa_socket_check_fresh (SaSocket *self, GError **error);
GSocket *sa_socket_make_bound (SaSocket *self, GSocketAddress *address, GError **error);
void sa_socket_set_error_from_errno (SaSocket *self, GError **error, int errsv, const char *format);

/* sa-socket-attach.c */
gboolean sa_socket_start_connected (SaSocket *self, int fd, int family, GSocketType type, GSocket *socket,
                                    GError **error);

/* sa-socket-options.c */
void sa_socket_apply_option (SaSocket *self, guint property);
void sa_socket_apply_early_options (SaSocket *self, int fd);
void sa_socket_apply_options (SaSocket *self, int fd, gboolean is_new);
void sa_socket_read_options (SaSocket *self, int fd);

/* sa-socket-multicast.c */
void sa_socket_apply_multicast_options (SaSocket *self, int fd, int family, gboolean is_new);
void sa_socket_apply_multicast_option (SaSocket *self, guint property);
void sa_socket_read_multicast_options (SaSocket *self, int fd);

/* sa-socket-events.c */
gboolean sa_socket_on_watch (SaWatch *watch, SaPollEvents events);
void sa_socket_look_again (SaSocket *self);
void sa_socket_note_rest (SaSocket *self);
void sa_socket_break (SaSocket *self, const GError *error);
void sa_socket_emit_closed (SaSocket *self, const GError *error);
void sa_socket_tell_connected (SaSocket *self, const GError *error);
void sa_socket_release_held (SaSocket *self);
void sa_socket_take_turn_later (SaSocket *self);

/* sa-socket-ops.c */
void sa_socket_serve_cancelled (SaSocket *self);
void sa_socket_serve_ops (SaSocket *self);
void sa_socket_tell_sent (SaSocket *self);
typedef struct _SaEnding SaEnding;
SaEnding *sa_socket_begin_ending (SaSocket *self, const GError *error);
SaEnding *sa_ending_new (SaSendQueue *queue, SaPoller *poller, const GError *error);
void sa_ending_finish (SaEnding *ending);

/* sa-socket-guard.c */
SaCallers *sa_socket_ensure_callers (SaSocketPrivate *priv);
int sa_socket_get_cancels (const SaSocketPrivate *priv);
SaEntered sa_socket_enter (SaSocket *self);
SaEntered sa_socket_enter_to_end (SaSocket *self);
gboolean sa_socket_enter_call (SaSocket *self, SaEntered *entered, GCancellable *cancellable, GError **error);
SaEntered sa_socket_enter_elsewhere (SaSocket *self);
void sa_socket_leave (SaSocket *self, SaEntered entered);
gboolean sa_socket_lock_calls (SaSocketPrivate *priv);
void sa_socket_unlock_calls (SaSocketPrivate *priv, gboolean locked);
int sa_socket_begin_sleep (SaSocket *self, SaSleeper *sleeper);
void sa_socket_end_sleep (SaSocket *self, SaSleeper *sleeper);
int sa_socket_poll (SaSocket *self, struct pollfd *fds, guint n_fds, int milliseconds);
gboolean sa_socket_take_wakeup (const struct pollfd *wakeup);
void sa_socket_wake_sleepers (SaSocket *self);
void sa_socket_free_callers (SaSocketPrivate *priv);
void sa_socket_set_wake_context (SaSocket *self, GMainContext *context);

/* sa-socket-wait.c */
void sa_socket_set_broken (SaSocket *self, GError **error);
void sa_socket_set_ended_meanwhile (SaSocket *self, GError **error);
gboolean sa_socket_wait (SaSocket *self, SaPollEvents what, SaSocketWait *wait, GCancellable *cancellable,
                         GError **error);
gboolean sa_socket_wait_for_flag (SaSocket *self, const gboolean *flag, GMainContext *context,
                                  GError **error);
GMainContext *sa_socket_make_private_context (GError **error);
gint64 sa_socket_deadline (SaSocket *self);
void sa_socket_begin_wait (SaSocket *self, SaSocketWait *wait);
gboolean sa_socket_check_wait (SaSocket *self, const SaSocketWait *wait, GCancellable *cancellable,
                               GError **error);

/* sa-socket-send.c */
void sa_socket_flush (SaSocket *self);
void sa_socket_note_removed (SaSocket *self);
gboolean sa_socket_check_send (SaSocket *self, GError **error);
void sa_socket_count_sent (SaSocket *self, gsize n);

/* sa-socket-send-async.c */
void sa_socket_send_for_task (SaSocket *self, GTask *task, GSocketAddress *address, const guint8 *data,
                              gsize length);

/* sa-socket-datagram.c */
gboolean sa_socket_check_datagram (SaSocket *self, GError **error);
gboolean sa_socket_check_receiver (SaSocket *self, GSocketAddress *address, GError **error);
gssize sa_socket_send_datagram (SaSocket *self, GSocketAddress *address, const guint8 *data, gsize length,
                                int flags, GCancellable *cancellable, GError **error);
gssize sa_socket_send_whole (int fd, const SaSendEntry *entry, int flags);
gboolean sa_socket_is_full_in_secret (int fd);
void sa_socket_flush_datagrams (SaSocket *self);
gssize sa_socket_try_receive_from (SaSocket *self, void *buffer, gsize size, GSocketAddress **address,
                                   GError **error);
gssize sa_socket_refuse_cut (GSocketAddress *from, gsize length, gsize size, GError **error);

/* sa-socket-receive.c */
gssize sa_socket_find_room (SaSocket *self, gsize size, GCancellable *cancellable, GError **error);
gssize sa_socket_find_room_now (SaSocket *self, gsize size);
gboolean sa_socket_check_receive (SaSocket *self, GError **error);
gboolean sa_socket_probe (SaSocket *self);
void sa_socket_note_taking (SaSocket *self);
void sa_socket_note_drained (SaSocket *self);
void sa_socket_note_received (SaSocket *self, gsize n, gsize size);

/* sa-socket-accept.c */
void sa_socket_make_listener (SaSocket *self);
void sa_socket_release_accepted (SaSocket *self);
void sa_socket_forget_listener (SaSocket *self);
void sa_socket_leave_listener (SaSocket *self);

/* sa-socket-connect.c */
GTask *sa_socket_stop_connect (SaSocket *self, const GError *error);

/* sa-socket-thread.c */
void sa_socket_note_thread (SaSocket *self);
void sa_socket_find_wrong_thread (SaSocket *self, const char *call);

/* At the beginning of what must not be called while another thread runs the context.  */
#define SA_SOCKET_CHECK_THREAD(self) \
  G_STMT_START \
  { \
    if (G_UNLIKELY (sa_debug_get_flags () & SA_DEBUG_THREADS)) \
      sa_socket_find_wrong_thread ((self), G_STRFUNC); \
  } \
  G_STMT_END

/* The same for what may, since it blocks.  */
#define SA_SOCKET_CHECK_THREAD_UNLESS_BLOCKING(self) \
  G_STMT_START \
  { \
    if (sa_socket_private (self)->wait_policy != SA_WAIT_BLOCK) \
      SA_SOCKET_CHECK_THREAD (self); \
  } \
  G_STMT_END

/* sa-socket-close.c */
void sa_socket_let_go (SaSocket *self);
void sa_socket_send_fin (SaSocket *self);

/* sa-linger.c */
void sa_linger_start (SaPoller *poller, int fd, GSocket *socket, SaSendQueue *queue, guint milliseconds);

G_END_DECLS
