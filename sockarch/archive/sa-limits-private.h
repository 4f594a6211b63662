/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/archive/sa-limits.h"

/* The numbers of a SaLimits, which an archive looks at without a call for each.  */
typedef struct
{
  /* The longest string, in bytes on the wire.  */
  guint64 string_bytes;
  /* The largest count of a collection.  */
  guint64 count;
  /* The bytes of one message: what a transaction or an outermost object may keep in memory.  */
  guint64 message_bytes;
  /* How deep objects may lie in objects.  */
  guint depth;
  /* How many entries the table of objects and classes may have.  */
  guint objects;
  /* The longest name of a class.  */
  guint class_name_length;
} SaLimitValues;

const SaLimitValues *sa_limits_get_values (SaLimits *self);
const SaLimitValues *sa_limits_get_profile_values (SaLimitsProfile profile);
