/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-limits-private.h"
#include "sockarch/sa-enums.h"

/**
 * SECTION:sa-limits
 * @title: SaLimits
 * @short_description: How much an archive may take
 *
 * Whoever is at the other end of a stream decides what comes out of it. A #SaLimits says how much of it an
 * archive accepts: how long a string, how many elements, how many objects and how deep, how many bytes in one
 * message. What exceeds a limit fails with %SA_ARCHIVE_ERROR_LIMIT before memory is taken for it.
 *
 * Every #SaArchive has limits from the start, those of %SA_LIMITS_LAN. Beside them memory only ever grows as
 * bytes arrive, so that a large number alone costs nothing.
 *
 * Limits may be shared by many archives, and changed: the change counts from the next value on.
 */

/**
 * SaLimits:
 *
 * How much an archive may take from its stream.
 *
 * The named profiles have these values:
 *
 * |[<!-- language="plain" -->
 *                      internet          lan    trusted-file
 * string-bytes            1 MiB       16 MiB           1 GiB
 * count                  65 536    4 194 304   4 294 967 295
 * depth                      64          256            1024
 * objects                65 536    1 048 576   1 073 741 822
 * message-bytes           4 MiB      256 MiB        no limit
 * class-name-length          63           63              63
 * ]|
 *
 * Since: 1.0
 */
struct _SaLimits
{
  GObject parent_instance;

  /* What the properties say; archives look at it directly.  */
  SaLimitValues values;
  /* Where the values came from, unless they are set one by one.  */
  SaLimitsProfile profile;
};

static const SaLimitValues profiles[] = {
  [SA_LIMITS_LAN] = {
    .string_bytes = 16 * 1024 * 1024,
    .count = 4 * 1024 * 1024,
    .message_bytes = 256 * 1024 * 1024,
    .depth = 256,
    .objects = 1024 * 1024,
    .class_name_length = 63,
  },
  [SA_LIMITS_INTERNET] = {
    .string_bytes = 1024 * 1024,
    .count = 65536,
    .message_bytes = 4 * 1024 * 1024,
    .depth = 64,
    .objects = 65536,
    .class_name_length = 63,
  },
  [SA_LIMITS_TRUSTED_FILE] = {
    .string_bytes = 1024 * 1024 * 1024,
    .count = G_MAXUINT32,
    .message_bytes = G_MAXUINT64,
    .depth = 1024,
    .objects = 0x3ffffffe,
    .class_name_length = 63,
  },
};

G_DEFINE_FINAL_TYPE (SaLimits, sa_limits, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_PROFILE,
  PROP_STRING_BYTES,
  PROP_COUNT,
  PROP_DEPTH,
  PROP_OBJECTS,
  PROP_MESSAGE_BYTES,
  PROP_CLASS_NAME_LENGTH,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

/* The numbers behind @self, which change with it.  */
const SaLimitValues *
sa_limits_get_values (SaLimits *self)
{
  return &self->values;
}

const SaLimitValues *
sa_limits_get_profile_values (SaLimitsProfile profile)
{
  return &profiles[profile];
}

static void
sa_limits_get_property (GObject *object,
                        guint property_id,
                        GValue *value,
                        GParamSpec *pspec)
{
  SaLimits *self = SA_LIMITS (object);

  switch (property_id)
    {
    case PROP_PROFILE:
      g_value_set_enum (value, self->profile);
      break;
    case PROP_STRING_BYTES:
      g_value_set_uint64 (value, self->values.string_bytes);
      break;
    case PROP_COUNT:
      g_value_set_uint64 (value, self->values.count);
      break;
    case PROP_DEPTH:
      g_value_set_uint (value, self->values.depth);
      break;
    case PROP_OBJECTS:
      g_value_set_uint (value, self->values.objects);
      break;
    case PROP_MESSAGE_BYTES:
      g_value_set_uint64 (value, self->values.message_bytes);
      break;
    case PROP_CLASS_NAME_LENGTH:
      g_value_set_uint (value, self->values.class_name_length);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
sa_limits_set_property (GObject *object,
                        guint property_id,
                        const GValue *value,
                        GParamSpec *pspec)
{
  SaLimits *self = SA_LIMITS (object);

  switch (property_id)
    {
    case PROP_PROFILE:
      self->profile = g_value_get_enum (value);
      self->values = profiles[self->profile];
      break;
    case PROP_STRING_BYTES:
      sa_limits_set_string_bytes (self, g_value_get_uint64 (value));
      break;
    case PROP_COUNT:
      sa_limits_set_count (self, g_value_get_uint64 (value));
      break;
    case PROP_DEPTH:
      sa_limits_set_depth (self, g_value_get_uint (value));
      break;
    case PROP_OBJECTS:
      sa_limits_set_objects (self, g_value_get_uint (value));
      break;
    case PROP_MESSAGE_BYTES:
      sa_limits_set_message_bytes (self, g_value_get_uint64 (value));
      break;
    case PROP_CLASS_NAME_LENGTH:
      sa_limits_set_class_name_length (self, g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
sa_limits_class_init (SaLimitsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const SaLimitValues *lan = &profiles[SA_LIMITS_LAN];
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = sa_limits_get_property;
  object_class->set_property = sa_limits_set_property;

  /**
   * SaLimits:profile:
   *
   * The profile that the other values start from.
   *
   * Since: 1.0
   */
  properties[PROP_PROFILE] =
      g_param_spec_enum ("profile", NULL, NULL, SA_TYPE_LIMITS_PROFILE, SA_LIMITS_LAN,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * SaLimits:string-bytes:
   *
   * The longest string that may be read or written, in bytes on the wire.
   *
   * Since: 1.0
   */
  properties[PROP_STRING_BYTES] =
      g_param_spec_uint64 ("string-bytes", NULL, NULL, 0, G_MAXUINT64, lan->string_bytes, flags);

  /**
   * SaLimits:count:
   *
   * The largest count of a collection or blob that may be read.
   *
   * Since: 1.0
   */
  properties[PROP_COUNT] =
      g_param_spec_uint64 ("count", NULL, NULL, 0, G_MAXUINT64, lan->count, flags);

  /**
   * SaLimits:depth:
   *
   * How deep objects may lie in objects; it also bounds the stack that loading uses.
   *
   * Since: 1.0
   */
  properties[PROP_DEPTH] =
      g_param_spec_uint ("depth", NULL, NULL, 0, G_MAXUINT, lan->depth, flags);

  /**
   * SaLimits:objects:
   *
   * How many objects and classes may be in the table of an archive, and how many objects in place and
   * entries of maps in layouts (which are in no table) a message may have that is loaded.
   *
   * Since: 1.0
   */
  properties[PROP_OBJECTS] =
      g_param_spec_uint ("objects", NULL, NULL, 0, G_MAXUINT, lan->objects, flags);

  /**
   * SaLimits:message-bytes:
   *
   * How many bytes one message may have, up to and with this number: an outermost object, or what lies
   * between the begin and the end of an outermost transaction, objects and transactions inside of it
   * included. Bytes count by their place, so what is read again after going back counts once.
   *
   * Values outside of both are no message. Nothing is kept of them, so their sum has no limit; each has the
   * others, #SaLimits:string-bytes and #SaLimits:count.
   *
   * It also bounds what an archive keeps in memory while a message is not complete, and while its stream
   * takes nothing; and sixteen times as many bytes may be tried in vain of a message that comes in pieces,
   * see #SaArchive::load-ready.
   *
   * Since: 1.0
   */
  properties[PROP_MESSAGE_BYTES] =
      g_param_spec_uint64 ("message-bytes", NULL, NULL, 0, G_MAXUINT64, lan->message_bytes, flags);

  /**
   * SaLimits:class-name-length:
   *
   * The longest name of a class, in bytes; never more than 63.
   *
   * Since: 1.0
   */
  properties[PROP_CLASS_NAME_LENGTH] =
      g_param_spec_uint ("class-name-length", NULL, NULL, 0, 63, lan->class_name_length, flags);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
sa_limits_init (SaLimits *self)
{
}

/**
 * sa_limits_new:
 * @profile: what the values start from
 *
 * Makes limits with the values of a profile, which can then be changed.
 *
 * Returns: (transfer full): new limits
 * Since: 1.0
 */
SaLimits *
sa_limits_new (SaLimitsProfile profile)
{
  return g_object_new (SA_TYPE_LIMITS, "profile", profile, NULL);
}

/**
 * sa_limits_get_string_bytes:
 * @self: limits
 *
 * Gets the longest string, in bytes on the wire.
 *
 * Returns: the longest string, in bytes on the wire
 * Since: 1.0
 */
guint64
sa_limits_get_string_bytes (SaLimits *self)
{
  g_return_val_if_fail (SA_IS_LIMITS (self), 0);

  return self->values.string_bytes;
}

/**
 * sa_limits_set_string_bytes:
 * @self: limits
 * @bytes: the longest string, in bytes on the wire
 *
 * Sets the longest string, in bytes on the wire.
 *
 * Since: 1.0
 */
void
sa_limits_set_string_bytes (SaLimits *self,
                            guint64 bytes)
{
  g_return_if_fail (SA_IS_LIMITS (self));

  if (self->values.string_bytes == bytes)
    return;

  self->values.string_bytes = bytes;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STRING_BYTES]);
}

/**
 * sa_limits_get_count:
 * @self: limits
 *
 * Gets the largest count of a collection.
 *
 * Returns: the largest count of a collection
 * Since: 1.0
 */
guint64
sa_limits_get_count (SaLimits *self)
{
  g_return_val_if_fail (SA_IS_LIMITS (self), 0);

  return self->values.count;
}

/**
 * sa_limits_set_count:
 * @self: limits
 * @count: the largest count of a collection
 *
 * Sets the largest count of a collection.
 *
 * Since: 1.0
 */
void
sa_limits_set_count (SaLimits *self,
                     guint64 count)
{
  g_return_if_fail (SA_IS_LIMITS (self));

  if (self->values.count == count)
    return;

  self->values.count = count;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COUNT]);
}

/**
 * sa_limits_get_depth:
 * @self: limits
 *
 * Gets how deep objects may lie in objects.
 *
 * Returns: how deep objects may lie in objects
 * Since: 1.0
 */
guint
sa_limits_get_depth (SaLimits *self)
{
  g_return_val_if_fail (SA_IS_LIMITS (self), 0);

  return self->values.depth;
}

/**
 * sa_limits_set_depth:
 * @self: limits
 * @depth: how deep objects may lie in objects
 *
 * Sets how deep objects may lie in objects.
 *
 * Since: 1.0
 */
void
sa_limits_set_depth (SaLimits *self,
                     guint depth)
{
  g_return_if_fail (SA_IS_LIMITS (self));

  if (self->values.depth == depth)
    return;

  self->values.depth = depth;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DEPTH]);
}

/**
 * sa_limits_get_objects:
 * @self: limits
 *
 * Gets how many entries the table of classes and objects may have.
 *
 * Returns: how many entries the table of classes and objects may have
 * Since: 1.0
 */
guint
sa_limits_get_objects (SaLimits *self)
{
  g_return_val_if_fail (SA_IS_LIMITS (self), 0);

  return self->values.objects;
}

/**
 * sa_limits_set_objects:
 * @self: limits
 * @objects: how many entries the table of classes and objects may have
 *
 * Sets how many entries the table of classes and objects may have.
 *
 * Since: 1.0
 */
void
sa_limits_set_objects (SaLimits *self,
                       guint objects)
{
  g_return_if_fail (SA_IS_LIMITS (self));

  if (self->values.objects == objects)
    return;

  self->values.objects = objects;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OBJECTS]);
}

/**
 * sa_limits_get_message_bytes:
 * @self: limits
 *
 * Gets the size of a message in bytes.
 *
 * Returns: the size of a message in bytes
 * Since: 1.0
 */
guint64
sa_limits_get_message_bytes (SaLimits *self)
{
  g_return_val_if_fail (SA_IS_LIMITS (self), 0);

  return self->values.message_bytes;
}

/**
 * sa_limits_set_message_bytes:
 * @self: limits
 * @bytes: the size of a message in bytes
 *
 * Sets the size of a message in bytes.
 *
 * Since: 1.0
 */
void
sa_limits_set_message_bytes (SaLimits *self,
                             guint64 bytes)
{
  g_return_if_fail (SA_IS_LIMITS (self));

  if (self->values.message_bytes == bytes)
    return;

  self->values.message_bytes = bytes;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MESSAGE_BYTES]);
}

/**
 * sa_limits_get_class_name_length:
 * @self: limits
 *
 * Gets the longest name of a class, at most 63.
 *
 * Returns: the longest name of a class, at most 63
 * Since: 1.0
 */
guint
sa_limits_get_class_name_length (SaLimits *self)
{
  g_return_val_if_fail (SA_IS_LIMITS (self), 0);

  return self->values.class_name_length;
}

/**
 * sa_limits_set_class_name_length:
 * @self: limits
 * @length: the longest name of a class, at most 63
 *
 * Sets the longest name of a class, at most 63.
 *
 * Since: 1.0
 */
void
sa_limits_set_class_name_length (SaLimits *self,
                                 guint length)
{
  g_return_if_fail (SA_IS_LIMITS (self));
  g_return_if_fail (length <= 63);

  if (self->values.class_name_length == length)
    return;

  self->values.class_name_length = length;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CLASS_NAME_LENGTH]);
}
