/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <sockarch/sockarch.h>

/* What both sides of the conversation agree on: every scalar type once, as (name, C type, value, format).  */
#define SEQUENCE_SCALARS(X) \
  X (boolean, gboolean, TRUE, "d") \
  X (boolean32, gboolean, TRUE, "d") \
  X (int8, gint8, -8, "d") \
  X (uint8, guint8, 200, "u") \
  X (int16, gint16, -12345, "d") \
  X (uint16, guint16, 54321, "u") \
  X (int32, gint32, -123456789, "d") \
  X (uint32, guint32, 3123456789u, "u") \
  X (int64, gint64, G_GINT64_CONSTANT (-1234567890123456), G_GINT64_FORMAT) \
  X (uint64, guint64, G_GUINT64_CONSTANT (9007199254740991), G_GUINT64_FORMAT) \
  X (float, float, 1.5f, "g") \
  X (double, double, 3.141592653589793, ".15g")

#define SEQUENCE_NARROW "Café crème à 10 €"
#define SEQUENCE_WIDE "Ελληνικά, 日本語, 😀"

/* The rows of the page's table.  */
enum
{
  ROW_SOCKET = 10,
  ROW_CREATE = 20,
  ROW_LISTEN = 30,
  ROW_CONNECT = 40,
  ROW_ACCEPT = 50,
  ROW_FILE = 60,
  ROW_ARCHIVES = 70,
  ROW_SCALARS = 100,
  ROW_NARROW = 150,
  ROW_WIDE = 151,
  ROW_ANSWER = 200,
  ROW_TEXT = 300,
  ROW_CHECKSUM = 310,
  ROW_END = 400,
};

void sequence_row (int row, const char *format, ...) G_GNUC_PRINTF (2, 3);
