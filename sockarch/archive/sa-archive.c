/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-archive-object.h"
#include "sockarch/archive/sa-archive-private.h"
#include "sockarch/archive/sa-learn-private.h"
#include "sockarch/sa-enums.h"
#include "sockarch/sa-error.h"
#include "sockarch/sa-i18n-private.h"

/**
 * SECTION:sa-archive
 * @title: SaArchive
 * @short_description: Typed values in a stream, in MFC's format
 *
 * A #SaArchive puts typed values into a stream or gets them out of one, as MFC's CArchive does, and in the
 * same bytes: numbers, strings, counts, collections, times, and whole graphs of objects. It works over any
 * #GIOStream (a
 * #SaSocketFile, a file, a TLS connection), over one half of it, and over plain bytes. Each archive has one
 * direction; over a connection one makes two.
 *
 * |[<!-- language="C" -->
 * g_autoptr (SaArchive) out = sa_archive_new (stream, SA_ARCHIVE_STORE);
 * g_autoptr (SaArchive) in = sa_archive_new (stream, SA_ARCHIVE_LOAD);
 *
 * sa_archive_write_uint32 (out, 42, NULL);
 * sa_archive_write_string (out, "Fisher, Lon", NULL);
 * if (!sa_archive_flush (out, &error))
 *   return FALSE;
 *
 * number = sa_archive_read_uint32 (in, NULL);
 * name = sa_archive_read_string (in, NULL);
 * if (!sa_archive_check (in, &error))
 *   return FALSE;
 * ]|
 *
 * # The buffer
 *
 * Values go through one buffer. Storing, they leave it when it is full, and with sa_archive_flush(), which is
 * one call to the stream: flush at the end of each message. Loading, each read of the stream takes all that
 * is there, so an archive may hold bytes of the next message; sa_archive_is_buffer_empty() tells, and
 * sa_archive_steal_buffered() gives them out. Keep one archive for as long as the connection lasts.
 *
 * # Errors
 *
 * Faults of the stream keep their own domain, mostly %G_IO_ERROR; what is wrong with the archive or its data
 * is %SA_ARCHIVE_ERROR. Messages say at which byte, and inside of objects in which class and field.
 *
 * After some errors the place in the stream is lost: data that cannot be, the end inside a value, a broken
 * connection. Such an error sticks: all later calls do nothing and fail with it. Others pass:
 * %SA_ARCHIVE_ERROR_NEED_MORE, %SA_ARCHIVE_ERROR_BUSY, %G_IO_ERROR_WOULD_BLOCK, %G_IO_ERROR_CANCELLED and
 * %G_IO_ERROR_TIMED_OUT. A value that fails for one of those consumed or stored nothing, and one can try
 * again.
 *
 * An error that nobody takes (because %NULL was passed for it) sticks as well, so that a chain of calls does
 * not go on behind a gap; sa_archive_check() at its end hands it over. Inside of an object or a transaction
 * all errors stick, until the transaction ends.
 *
 * # Waiting
 *
 * A value that is not there yet is waited for, as the stream does it: in the manner of the
 * #SaSocket:wait-policy over a #SaSocketFile, blocking elsewhere. #SaArchive:cancellable and
 * #SaArchive:timeout apply to each call. A stream that does not wait makes the call fail with
 * %SA_ARCHIVE_ERROR_NEED_MORE.
 *
 * On a main loop, set #SaArchive:read-ahead and connect to #SaArchive::load-ready:
 *
 * |[<!-- language="C" -->
 * static void
 * on_load_ready (SaArchive *in, Peer *peer)
 * {
 *   g_autoptr (GError) error = NULL;
 *
 *   if (!sa_archive_begin_transaction (in, &error))
 *     ...
 *   guint32 kind = sa_archive_read_uint32 (in, NULL);
 *   g_autofree char *text = sa_archive_read_string (in, NULL);
 *   if (sa_archive_commit_transaction (in, &error))
 *     peer_got_message (peer, kind, text);
 *   else if (!g_error_matches (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_NEED_MORE))
 *     peer_gone (peer, error);
 * }
 * ]|
 *
 * There is no state to keep: a message that has come in part is tried again when there is more of it.
 *
 * # Ends
 *
 * sa_archive_close() flushes, gives unread bytes back to the stream, and lets go of it; the stream remains
 * open. sa_archive_abort() lets go and drops what is buffered. An archive of which the last reference is
 * dropped without either sends what the stream takes without waiting, and warns if that is not all.
 *
 * An archive belongs to one thread at a time. A call that comes while another one of the same archive waits
 * in a nested main loop fails with %SA_ARCHIVE_ERROR_BUSY.
 *
 * # Limits
 *
 * What comes from a stream is somebody else's. Every archive has #SaLimits, and creates objects only of the
 * classes in its #SaClassRegistry.
 */

/**
 * SaArchive:
 *
 * Typed values going into a stream, or coming out of it.
 *
 * Since: 1.0
 */
G_DEFINE_FINAL_TYPE_WITH_CODE (SaArchive, sa_archive, G_TYPE_OBJECT, G_ADD_PRIVATE (SaArchive))

enum
{
  PROP_0,
  PROP_STREAM,
  PROP_MODE,
  PROP_BYTES,
  PROP_CANCELLABLE,
  PROP_TIMEOUT,
  PROP_STRING_FORM,
  PROP_CODE_PAGE,
  PROP_TIME_FORM,
  PROP_BYTE_ORDER,
  PROP_ALLOW_64BIT,
  PROP_ALLOW_BIG_TAGS,
  PROP_LIMITS,
  PROP_REGISTRY,
  PROP_READ_AHEAD,
  PROP_RESET_PER_MESSAGE,
  PROP_DOCUMENT,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

guint sa_archive_load_ready_signal;
int sa_archive_private_offset;
gpointer sa_archive_class_pointer;

/* Takes the half of the stream that the direction needs; what is wrong sticks, so that every call tells.  */
static void
open_stream (SaArchive *self)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  gboolean loading = priv->mode == SA_ARCHIVE_LOAD;

  if (priv->stream == NULL)
    {
      if (loading && priv->bytes == NULL)
        sa_archive_set_error (self, NULL, SA_ARCHIVE_ERROR_NOT_SUPPORTED,
                              _("An archive that loads needs a stream or bytes to load from"));
      return;
    }

  if (G_IS_IO_STREAM (priv->stream))
    {
      if (loading)
        priv->input = g_io_stream_get_input_stream (G_IO_STREAM (priv->stream));
      else
        priv->output = g_io_stream_get_output_stream (G_IO_STREAM (priv->stream));
    }
  else if (loading && G_IS_INPUT_STREAM (priv->stream))
    {
      priv->input = G_INPUT_STREAM (priv->stream);
    }
  else if (!loading && G_IS_OUTPUT_STREAM (priv->stream))
    {
      priv->output = G_OUTPUT_STREAM (priv->stream);
    }

  if (priv->input == NULL && priv->output == NULL)
    {
      sa_archive_set_error (self, NULL, SA_ARCHIVE_ERROR_NOT_SUPPORTED,
                            loading ? _("A %s cannot be loaded from") : _("A %s cannot be stored to"),
                            G_OBJECT_TYPE_NAME (priv->stream));
      return;
    }

  priv->may_need_more = G_IS_POLLABLE_INPUT_STREAM (priv->input) &&
                        g_pollable_input_stream_can_poll (G_POLLABLE_INPUT_STREAM (priv->input));
}

static void
sa_archive_constructed (GObject *object)
{
  SaArchive *self = SA_ARCHIVE (object);
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  G_OBJECT_CLASS (sa_archive_parent_class)->constructed (object);

  if (priv->bytes != NULL && (priv->mode != SA_ARCHIVE_LOAD || priv->stream != NULL))
    g_clear_pointer (&priv->bytes, g_bytes_unref);

  if (priv->bytes != NULL)
    {
      gsize size;
      const guint8 *data = g_bytes_get_data (priv->bytes, &size);

      /* Nothing is ever written to them: there is no room behind their end.  */
      priv->buffer = (guint8 *) (size > 0 ? data : (const guint8 *) "");
      priv->data_end = priv->buffer + size;
      self->cur = priv->buffer;
    }

  open_stream (self);
  sa_archive_update_ends (self);

  priv->constructed = TRUE;
  priv->learning = priv->mode == SA_ARCHIVE_LOAD && sa_learn_is_wanted ();
  if (priv->read_ahead && priv->mode == SA_ARCHIVE_LOAD)
    sa_archive_feed_start (self);
}

/* Sends what the stream takes without waiting; whether that is all.  */
static gboolean
send_without_waiting (SaArchive *self)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  GPollableOutputStream *pollable;
  gsize size = sa_archive_get_buffered (self);
  gsize sent = 0;

  if (size == 0 || priv->output == NULL || priv->error != NULL)
    return size == 0 || priv->output == NULL;

  if (!G_IS_POLLABLE_OUTPUT_STREAM (priv->output) ||
      !g_pollable_output_stream_can_poll (G_POLLABLE_OUTPUT_STREAM (priv->output)))
    {
      /* A file, or memory: what does not poll does not wait for a peer either.  */
      return g_output_stream_write_all (priv->output, priv->buffer, size, &sent, NULL, NULL);
    }

  pollable = G_POLLABLE_OUTPUT_STREAM (priv->output);
  while (sent < size)
    {
      gssize count =
          g_pollable_output_stream_write_nonblocking (pollable, priv->buffer + sent, size - sent, NULL, NULL);

      if (count <= 0)
        return FALSE;
      sent += (gsize) count;
    }

  return TRUE;
}

static void
sa_archive_dispose (GObject *object)
{
  SaArchive *self = SA_ARCHIVE (object);
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  if (!priv->closed)
    {
      gboolean stores = priv->mode == SA_ARCHIVE_STORE && priv->output != NULL;
      guint64 end = sa_archive_get_offset (self);
      gsize unsent;

      priv->busy = FALSE;
      /* What was complete before a transaction is as good as anything else.  */
      sa_archive_forget_transactions (self);
      unsent = stores ? sa_archive_get_buffered (self) : 0;

      if (stores && sa_archive_get_offset (self) < end)
        g_warning ("A SaArchive was dropped inside of a transaction: what it held is lost");
      if (unsent > 0 && !send_without_waiting (self))
        g_warning ("A SaArchive was dropped with %zu bytes that could not be sent at once: "
                   "call sa_archive_close () before", unsent);
      else if (priv->mode == SA_ARCHIVE_LOAD)
        {
          sa_archive_feed_stop (self);
          sa_archive_give_back (self);
        }

      sa_archive_detach (self);
    }

  g_clear_object (&priv->cancellable);
  G_OBJECT_CLASS (sa_archive_parent_class)->dispose (object);
}

static void
sa_archive_finalize (GObject *object)
{
  SaArchive *self = SA_ARCHIVE (object);
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  if (priv->tables != NULL)
    priv->tables_funcs->free (priv->tables);
  g_clear_pointer (&priv->marks, g_array_unref);
  g_clear_pointer (&priv->path, g_array_unref);
  g_clear_error (&priv->error);
  g_clear_object (&priv->free_fill);
  g_clear_object (&priv->limits);
  g_clear_object (&priv->registry);
  sa_code_page_unref (priv->code_page);

  G_OBJECT_CLASS (sa_archive_parent_class)->finalize (object);
}

static void
sa_archive_get_property (GObject *object,
                         guint property_id,
                         GValue *value,
                         GParamSpec *pspec)
{
  SaArchive *self = SA_ARCHIVE (object);
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  switch (property_id)
    {
    case PROP_STREAM:
      g_value_set_object (value, priv->stream);
      break;
    case PROP_MODE:
      g_value_set_enum (value, priv->mode);
      break;
    case PROP_BYTES:
      g_value_set_boxed (value, priv->bytes);
      break;
    case PROP_CANCELLABLE:
      g_value_set_object (value, priv->cancellable);
      break;
    case PROP_TIMEOUT:
      g_value_set_uint (value, priv->timeout);
      break;
    case PROP_STRING_FORM:
      g_value_set_enum (value, priv->string_form);
      break;
    case PROP_CODE_PAGE:
      g_value_set_string (value, sa_archive_get_code_page (self));
      break;
    case PROP_TIME_FORM:
      g_value_set_enum (value, priv->time_form);
      break;
    case PROP_BYTE_ORDER:
      g_value_set_enum (value, priv->byte_order);
      break;
    case PROP_ALLOW_64BIT:
      g_value_set_boolean (value, priv->allow_64bit);
      break;
    case PROP_ALLOW_BIG_TAGS:
      g_value_set_boolean (value, priv->allow_big_tags);
      break;
    case PROP_LIMITS:
      g_value_set_object (value, sa_archive_get_limits (self));
      break;
    case PROP_REGISTRY:
      g_value_set_object (value, priv->registry);
      break;
    case PROP_READ_AHEAD:
      g_value_set_boolean (value, priv->read_ahead);
      break;
    case PROP_RESET_PER_MESSAGE:
      g_value_set_boolean (value, sa_archive_get_reset_per_message (self));
      break;
    case PROP_DOCUMENT:
      g_value_set_object (value, sa_archive_get_document (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

/* A code page that is set as a property has nowhere to say that it is not known, so every call says it.  */
static void
set_code_page_or_fail (SaArchive *self,
                       const char *code_page)
{
  g_autoptr (GError) error = NULL;

  if (code_page != NULL && !sa_archive_set_code_page (self, code_page, &error))
    sa_archive_fail (self, error);
}

static void
sa_archive_set_property (GObject *object,
                         guint property_id,
                         const GValue *value,
                         GParamSpec *pspec)
{
  SaArchive *self = SA_ARCHIVE (object);
  SaArchivePrivate *priv = sa_archive_get_priv (self);

  switch (property_id)
    {
    case PROP_STREAM:
      priv->stream = g_value_dup_object (value);
      break;
    case PROP_MODE:
      priv->mode = g_value_get_enum (value);
      break;
    case PROP_BYTES:
      priv->bytes = g_value_dup_boxed (value);
      break;
    case PROP_CANCELLABLE:
      sa_archive_set_cancellable (self, g_value_get_object (value));
      break;
    case PROP_TIMEOUT:
      sa_archive_set_timeout (self, g_value_get_uint (value));
      break;
    case PROP_STRING_FORM:
      sa_archive_set_string_form (self, g_value_get_enum (value));
      break;
    case PROP_CODE_PAGE:
      set_code_page_or_fail (self, g_value_get_string (value));
      break;
    case PROP_TIME_FORM:
      sa_archive_set_time_form (self, g_value_get_enum (value));
      break;
    case PROP_BYTE_ORDER:
      sa_archive_set_byte_order (self, g_value_get_enum (value));
      break;
    case PROP_ALLOW_64BIT:
      sa_archive_set_allow_64bit (self, g_value_get_boolean (value));
      break;
    case PROP_ALLOW_BIG_TAGS:
      sa_archive_set_allow_big_tags (self, g_value_get_boolean (value));
      break;
    case PROP_LIMITS:
      if (g_value_get_object (value) != NULL)
        sa_archive_set_limits (self, g_value_get_object (value));
      break;
    case PROP_REGISTRY:
      sa_archive_set_registry (self, g_value_get_object (value));
      break;
    case PROP_READ_AHEAD:
      sa_archive_set_read_ahead (self, g_value_get_boolean (value));
      break;
    case PROP_RESET_PER_MESSAGE:
      sa_archive_set_reset_per_message (self, g_value_get_boolean (value));
      break;
    case PROP_DOCUMENT:
      sa_archive_set_document (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
install_properties (GObjectClass *object_class)
{
  GParamFlags once = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  /**
   * SaArchive:stream:
   *
   * What the archive was made over: a #GIOStream, a #GInputStream or a #GOutputStream. %NULL over bytes,
   * and after closing.
   *
   * Since: 1.0
   */
  properties[PROP_STREAM] =
      g_param_spec_object ("stream", NULL, NULL, G_TYPE_OBJECT, once);

  /**
   * SaArchive:mode:
   *
   * The direction.
   *
   * Since: 1.0
   */
  properties[PROP_MODE] =
      g_param_spec_enum ("mode", NULL, NULL, SA_TYPE_ARCHIVE_MODE, SA_ARCHIVE_STORE, once);

  /**
   * SaArchive:bytes:
   *
   * What an archive without a stream loads from.
   *
   * Since: 1.0
   */
  properties[PROP_BYTES] =
      g_param_spec_boxed ("bytes", NULL, NULL, G_TYPE_BYTES, once);

  /**
   * SaArchive:cancellable:
   *
   * What ends the waiting of any call, with %G_IO_ERROR_CANCELLED. A value that was waited for is not
   * consumed.
   *
   * Since: 1.0
   */
  properties[PROP_CANCELLABLE] =
      g_param_spec_object ("cancellable", NULL, NULL, G_TYPE_CANCELLABLE, flags);

  /**
   * SaArchive:timeout:
   *
   * How long a call may wait for the stream, in milliseconds; 0 for as long as it takes. Then it fails
   * with %G_IO_ERROR_TIMED_OUT, and a value that was waited for is not consumed. It is the time of all waits
   * for one value, also for an object with all that is in it, however often some bytes of that come; the next
   * try has it anew. What reading a file takes counts as well.
   *
   * Since: 1.0
   */
  properties[PROP_TIMEOUT] =
      g_param_spec_uint ("timeout", NULL, NULL, 0, G_MAXUINT, 0, flags);

  /**
   * SaArchive:string-form:
   *
   * How strings are stored. Loading, a CString says its form itself; text without a length
   * (sa_archive_read_line() and its like) has the form that this says, in both directions.
   *
   * Since: 1.0
   */
  properties[PROP_STRING_FORM] =
      g_param_spec_enum ("string-form", NULL, NULL, SA_TYPE_STRING_FORM, SA_STRING_WIDE, flags);

  /**
   * SaArchive:code-page:
   *
   * In which code page narrow text is: a name that iconv knows, such as "WINDOWS-1251" or "CP932". The
   * stream does not say which it is. If it is set as a property to one that is not known, all calls fail
   * with %SA_ARCHIVE_ERROR_NOT_SUPPORTED; sa_archive_set_code_page() says so at once.
   *
   * Since: 1.0
   */
  properties[PROP_CODE_PAGE] =
      g_param_spec_string ("code-page", NULL, NULL, SA_CODE_PAGE_DEFAULT, flags);

  /**
   * SaArchive:time-form:
   *
   * How a CTime is stored. Loading, only %SA_TIME_PLAIN_64 must be told.
   *
   * Since: 1.0
   */
  properties[PROP_TIME_FORM] =
      g_param_spec_enum ("time-form", NULL, NULL, SA_TYPE_TIME_FORM, SA_TIME_MARKED, flags);

  /**
   * SaArchive:byte-order:
   *
   * The byte order of numbers on the wire. MFC has only one.
   *
   * Since: 1.0
   */
  properties[PROP_BYTE_ORDER] =
      g_param_spec_enum ("byte-order", NULL, NULL, SA_TYPE_BYTE_ORDER, SA_BYTE_ORDER_LITTLE_ENDIAN, flags);

  /**
   * SaArchive:allow-64bit:
   *
   * Whether lengths and counts that need 64 bits may be stored, which only 64-bit programs of MFC 7 and
   * later read.
   *
   * Since: 1.0
   */
  properties[PROP_ALLOW_64BIT] =
      g_param_spec_boolean ("allow-64bit", NULL, NULL, FALSE, flags);

  /**
   * SaArchive:allow-big-tags:
   *
   * Whether more than 32 766 classes and objects may be stored, which MFC 4 and later read.
   *
   * Since: 1.0
   */
  properties[PROP_ALLOW_BIG_TAGS] =
      g_param_spec_boolean ("allow-big-tags", NULL, NULL, TRUE, flags);

  /**
   * SaArchive:limits:
   *
   * How much the archive takes from its stream. Never %NULL when read: an archive has limits of its own
   * until others are set.
   *
   * Since: 1.0
   */
  properties[PROP_LIMITS] =
      g_param_spec_object ("limits", NULL, NULL, SA_TYPE_LIMITS, flags);

  /**
   * SaArchive:registry:
   *
   * The classes of which the archive loads and stores objects; %NULL for none.
   *
   * Since: 1.0
   */
  properties[PROP_REGISTRY] =
      g_param_spec_object ("registry", NULL, NULL, SA_TYPE_CLASS_REGISTRY, flags);

  /**
   * SaArchive:read-ahead:
   *
   * Whether a loading archive reads by itself, on the main context that was the thread-default one when
   * this was set, and emits #SaArchive::load-ready. As long as it does, no call waits: a value that has
   * not come is %SA_ARCHIVE_ERROR_NEED_MORE.
   *
   * The archive stops reading while the buffer is full and nobody consumes anything.
   *
   * Since: 1.0
   */
  properties[PROP_READ_AHEAD] =
      g_param_spec_boolean ("read-ahead", NULL, NULL, FALSE, flags);

  /**
   * SaArchive:reset-per-message:
   *
   * Whether classes and objects are forgotten after each outermost object; see
   * sa_archive_set_reset_per_message().
   *
   * Since: 1.0
   */
  properties[PROP_RESET_PER_MESSAGE] =
      g_param_spec_boolean ("reset-per-message", NULL, NULL, FALSE, flags);

  /**
   * SaArchive:document:
   *
   * The object that is being stored or loaded, for every `serialize` to see; it is not written itself.
   *
   * Since: 1.0
   */
  properties[PROP_DOCUMENT] =
      g_param_spec_object ("document", NULL, NULL, G_TYPE_OBJECT, flags);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
sa_archive_class_init (SaArchiveClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  sa_archive_class_pointer = klass;
  sa_archive_private_offset = g_type_class_get_instance_private_offset (klass);

  object_class->constructed = sa_archive_constructed;
  object_class->dispose = sa_archive_dispose;
  object_class->finalize = sa_archive_finalize;
  object_class->get_property = sa_archive_get_property;
  object_class->set_property = sa_archive_set_property;
  install_properties (object_class);

  /**
   * SaArchive::load-ready:
   * @self: the archive
   *
   * Emitted on the main loop while #SaArchive:read-ahead is set: after bytes arrived, and once a turn of the
   * loop as long as a handler consumes some and there are more. At the end of the stream it is emitted once
   * more, so that the handler meets %SA_ARCHIVE_ERROR_END_OF_FILE, or the error of the stream.
   *
   * A handler should read one message, in a transaction if it consists of several values; see the description
   * of
   * #SaArchive. It never waits: what is not there is %SA_ARCHIVE_ERROR_NEED_MORE. A handler may read
   * several messages, close the archive, drop it, or run a nested main loop.
   *
   * A handler that met %SA_ARCHIVE_ERROR_NEED_MORE and consumed nothing begins with the same message again.
   * It is not called before the bytes are there that the message is known to need at least; and once it has
   * been through more than eight times what has come of the message (and 4096 bytes), not before nothing has
   * come for 20 milliseconds, or longer the more that was; for 16 bytes more counts each object inside of
   * which the message stopped. So a peer that sends a message in single bytes costs a few times what it
   * sends. When a message was tried in vain sixteen times over what #SaLimits:message-bytes allows it to
   * have, reading fails with %SA_ARCHIVE_ERROR_LIMIT.
   *
   * Since: 1.0
   */
  sa_archive_load_ready_signal =
      g_signal_new ("load-ready", SA_TYPE_ARCHIVE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sa_archive_init (SaArchive *self)
{
  SaArchivePrivate *priv = sa_archive_get_instance_private (self);

  priv->limit = sa_limits_get_profile_values (SA_LIMITS_LAN);
  priv->message_end = G_MAXUINT64;
  priv->keep_offset = G_MAXUINT64;
  priv->allow_big_tags = TRUE;
}

/**
 * sa_archive_new:
 * @stream: a stream
 * @mode: whether to store or to load
 *
 * Makes an archive over a stream: one direction of it. The archive keeps the stream alive until it is closed,
 * and leaves it open then. It does nothing with the stream yet.
 *
 * Returns: (transfer full): a new archive
 * Since: 1.0
 */
SaArchive *
sa_archive_new (GIOStream *stream,
                SaArchiveMode mode)
{
  g_return_val_if_fail (G_IS_IO_STREAM (stream), NULL);

  return g_object_new (SA_TYPE_ARCHIVE, "stream", stream, "mode", mode, NULL);
}

/**
 * sa_archive_new_load:
 * @stream: a stream
 *
 * Makes an archive that loads from a stream.
 *
 * Returns: (transfer full): a new archive
 * Since: 1.0
 */
SaArchive *
sa_archive_new_load (GInputStream *stream)
{
  g_return_val_if_fail (G_IS_INPUT_STREAM (stream), NULL);

  return g_object_new (SA_TYPE_ARCHIVE, "stream", stream, "mode", SA_ARCHIVE_LOAD, NULL);
}

/**
 * sa_archive_new_store:
 * @stream: a stream
 *
 * Makes an archive that stores to a stream.
 *
 * Returns: (transfer full): a new archive
 * Since: 1.0
 */
SaArchive *
sa_archive_new_store (GOutputStream *stream)
{
  g_return_val_if_fail (G_IS_OUTPUT_STREAM (stream), NULL);

  return g_object_new (SA_TYPE_ARCHIVE, "stream", stream, "mode", SA_ARCHIVE_STORE, NULL);
}

/**
 * sa_archive_new_load_bytes:
 * @bytes: bytes
 *
 * Makes an archive that loads from bytes in memory, without copying them.
 *
 * Returns: (transfer full): a new archive
 * Since: 1.0
 */
SaArchive *
sa_archive_new_load_bytes (GBytes *bytes)
{
  g_return_val_if_fail (bytes != NULL, NULL);

  return g_object_new (SA_TYPE_ARCHIVE, "bytes", bytes, "mode", SA_ARCHIVE_LOAD, NULL);
}

/**
 * sa_archive_new_store_bytes:
 *
 * Makes an archive that stores in memory, for sa_archive_steal_bytes().
 *
 * Returns: (transfer full): a new archive
 * Since: 1.0
 */
SaArchive *
sa_archive_new_store_bytes (void)
{
  return g_object_new (SA_TYPE_ARCHIVE, "mode", SA_ARCHIVE_STORE, NULL);
}
