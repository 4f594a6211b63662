/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/archive/sa-record.h"

/* @class_name and @name are interned strings here.  */
SaRecord *sa_record_new_interned (const char *class_name);
void sa_record_take_field (SaRecord *self, const char *name, GValue *value);
