/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#if !defined(SA_INSIDE) && !defined(SA_COMPILATION)
#error "Only <sockarch/sockarch.h> can be included directly."
#endif

#include <string.h>
#include <sockarch/archive/sa-archive-exchange.h>
#include <sockarch/archive/sa-archive-scalar.h>

/* The numbers of sa-archive-scalar.h again, as inline functions that hide behind the same names: while a
 * value fits between the cursor and the end, it is one comparison and one move; all else is the exported
 * function's business. Whatever must not take this way (the wrong direction, an error, the other byte order,
 * a limit) has moved the ends before the cursor.
 *
 * A program that defines SA_NO_INLINE calls the exported functions everywhere.  */
#if !defined(SA_NO_INLINE) && !defined(__GI_SCANNER__)

G_BEGIN_DECLS

#define SA_INLINE_SCALAR(name, type, wire_type, from_wire, to_wire) \
  static inline type \
  sa_archive_inline_read_##name (SaArchive *self, \
                                 GError **error) \
  { \
    if (G_LIKELY (self != NULL && self->read_end - self->cur >= (gssize) sizeof (wire_type))) \
      { \
        wire_type wire; \
\
        memcpy (&wire, self->cur, sizeof wire); \
        self->cur += sizeof wire; \
        return (type) from_wire (wire); \
      } \
\
    return (sa_archive_read_##name) (self, error); \
  } \
\
  static inline gboolean \
  sa_archive_inline_write_##name (SaArchive *self, \
                                  type value, \
                                  GError **error) \
  { \
    if (G_LIKELY (self != NULL && self->write_end - self->cur >= (gssize) sizeof (wire_type))) \
      { \
        wire_type wire = (wire_type) to_wire (value); \
\
        memcpy (self->cur, &wire, sizeof wire); \
        self->cur += sizeof wire; \
        return TRUE; \
      } \
\
    return (sa_archive_write_##name) (self, value, error); \
  } \
\
  static inline void \
  sa_archive_inline_exchange_##name (SaArchive *self, \
                                     type *value, \
                                     GError **error) \
  { \
    if (G_LIKELY (self != NULL && value != NULL)) \
      { \
        if (self->write_end - self->cur >= (gssize) sizeof (wire_type)) \
          { \
            sa_archive_inline_write_##name (self, *value, error); \
            return; \
          } \
        if (self->read_end - self->cur >= (gssize) sizeof (wire_type)) \
          { \
            *value = sa_archive_inline_read_##name (self, error); \
            return; \
          } \
      } \
\
    (sa_archive_exchange_##name) (self, value, error); \
  }

static inline float
sa_inline_float_from_wire (guint32 wire)
{
  float value;

  wire = GUINT32_FROM_LE (wire);
  memcpy (&value, &wire, sizeof value);
  return value;
}

static inline guint32
sa_inline_float_to_wire (float value)
{
  guint32 wire;

  memcpy (&wire, &value, sizeof wire);
  return GUINT32_TO_LE (wire);
}

static inline double
sa_inline_double_from_wire (guint64 wire)
{
  double value;

  wire = GUINT64_FROM_LE (wire);
  memcpy (&value, &wire, sizeof value);
  return value;
}

static inline guint64
sa_inline_double_to_wire (double value)
{
  guint64 wire;

  memcpy (&wire, &value, sizeof wire);
  return GUINT64_TO_LE (wire);
}

#define SA_INLINE_BOOLEAN(value) ((value) != 0)
#define SA_INLINE_BOOLEAN32(value) (GUINT32_TO_LE ((value) != 0))

SA_INLINE_SCALAR (boolean, gboolean, guint8, SA_INLINE_BOOLEAN, SA_INLINE_BOOLEAN)
SA_INLINE_SCALAR (boolean32, gboolean, guint32, SA_INLINE_BOOLEAN, SA_INLINE_BOOLEAN32)
SA_INLINE_SCALAR (int8, gint8, gint8, , )
SA_INLINE_SCALAR (uint8, guint8, guint8, , )
SA_INLINE_SCALAR (int16, gint16, gint16, GINT16_FROM_LE, GINT16_TO_LE)
SA_INLINE_SCALAR (uint16, guint16, guint16, GUINT16_FROM_LE, GUINT16_TO_LE)
SA_INLINE_SCALAR (int32, gint32, gint32, GINT32_FROM_LE, GINT32_TO_LE)
SA_INLINE_SCALAR (uint32, guint32, guint32, GUINT32_FROM_LE, GUINT32_TO_LE)
SA_INLINE_SCALAR (int64, gint64, gint64, GINT64_FROM_LE, GINT64_TO_LE)
SA_INLINE_SCALAR (uint64, guint64, guint64, GUINT64_FROM_LE, GUINT64_TO_LE)
SA_INLINE_SCALAR (float, float, guint32, sa_inline_float_from_wire, sa_inline_float_to_wire)
SA_INLINE_SCALAR (double, double, guint64, sa_inline_double_from_wire, sa_inline_double_to_wire)

#undef SA_INLINE_BOOLEAN
#undef SA_INLINE_BOOLEAN32
#undef SA_INLINE_SCALAR

#define sa_archive_read_boolean(self, error) sa_archive_inline_read_boolean ((self), (error))
#define sa_archive_read_boolean32(self, error) sa_archive_inline_read_boolean32 ((self), (error))
#define sa_archive_read_int8(self, error) sa_archive_inline_read_int8 ((self), (error))
#define sa_archive_read_uint8(self, error) sa_archive_inline_read_uint8 ((self), (error))
#define sa_archive_read_int16(self, error) sa_archive_inline_read_int16 ((self), (error))
#define sa_archive_read_uint16(self, error) sa_archive_inline_read_uint16 ((self), (error))
#define sa_archive_read_int32(self, error) sa_archive_inline_read_int32 ((self), (error))
#define sa_archive_read_uint32(self, error) sa_archive_inline_read_uint32 ((self), (error))
#define sa_archive_read_int64(self, error) sa_archive_inline_read_int64 ((self), (error))
#define sa_archive_read_uint64(self, error) sa_archive_inline_read_uint64 ((self), (error))
#define sa_archive_read_float(self, error) sa_archive_inline_read_float ((self), (error))
#define sa_archive_read_double(self, error) sa_archive_inline_read_double ((self), (error))

#define sa_archive_write_boolean(self, value, error)                                                         \
  sa_archive_inline_write_boolean ((self), (value), (error))
#define sa_archive_write_boolean32(self, value, error)                                                       \
  sa_archive_inline_write_boolean32 ((self), (value), (error))
#define sa_archive_write_int8(self, value, error) sa_archive_inline_write_int8 ((self), (value), (error))
#define sa_archive_write_uint8(self, value, error) sa_archive_inline_write_uint8 ((self), (value), (error))
#define sa_archive_write_int16(self, value, error) sa_archive_inline_write_int16 ((self), (value), (error))
#define sa_archive_write_uint16(self, value, error) sa_archive_inline_write_uint16 ((self), (value), (error))
#define sa_archive_write_int32(self, value, error) sa_archive_inline_write_int32 ((self), (value), (error))
#define sa_archive_write_uint32(self, value, error) sa_archive_inline_write_uint32 ((self), (value), (error))
#define sa_archive_write_int64(self, value, error) sa_archive_inline_write_int64 ((self), (value), (error))
#define sa_archive_write_uint64(self, value, error) sa_archive_inline_write_uint64 ((self), (value), (error))
#define sa_archive_write_float(self, value, error) sa_archive_inline_write_float ((self), (value), (error))
#define sa_archive_write_double(self, value, error) sa_archive_inline_write_double ((self), (value), (error))

#define sa_archive_exchange_boolean(self, value, error)                                                      \
  sa_archive_inline_exchange_boolean ((self), (value), (error))
#define sa_archive_exchange_boolean32(self, value, error)                                                    \
  sa_archive_inline_exchange_boolean32 ((self), (value), (error))
#define sa_archive_exchange_int8(self, value, error)                                                         \
  sa_archive_inline_exchange_int8 ((self), (value), (error))
#define sa_archive_exchange_uint8(self, value, error)                                                        \
  sa_archive_inline_exchange_uint8 ((self), (value), (error))
#define sa_archive_exchange_int16(self, value, error)                                                        \
  sa_archive_inline_exchange_int16 ((self), (value), (error))
#define sa_archive_exchange_uint16(self, value, error)                                                       \
  sa_archive_inline_exchange_uint16 ((self), (value), (error))
#define sa_archive_exchange_int32(self, value, error)                                                        \
  sa_archive_inline_exchange_int32 ((self), (value), (error))
#define sa_archive_exchange_uint32(self, value, error)                                                       \
  sa_archive_inline_exchange_uint32 ((self), (value), (error))
#define sa_archive_exchange_int64(self, value, error)                                                        \
  sa_archive_inline_exchange_int64 ((self), (value), (error))
#define sa_archive_exchange_uint64(self, value, error)                                                       \
  sa_archive_inline_exchange_uint64 ((self), (value), (error))
#define sa_archive_exchange_float(self, value, error)                                                        \
  sa_archive_inline_exchange_float ((self), (value), (error))
#define sa_archive_exchange_double(self, value, error)                                                       \
  sa_archive_inline_exchange_double ((self), (value), (error))

G_END_DECLS

#endif
