/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "sockarch/archive/sa-layout-private.h"
#include "sockarch/archive/sa-record.h"

struct _SaWireClass;

SaRecord *sa_record_new_of_class (const struct _SaWireClass *klass);
const SaLayoutField *sa_record_find_layout_field (SaRecord *self, const char *name);
/* @name is an interned string here.  */
void sa_record_take_field (SaRecord *self, const char *name, GValue *value);

/* What fields are made of: sa-record-convert.c */
gboolean sa_record_convert (const struct _SaWireClass *klass, const SaLayoutField *field, const GValue *from,
                            GValue *to, GError **error);
/* What a new record has in the field; @value must be all zeros.  */
void sa_record_get_empty (const SaLayoutField *field, GValue *value);
SaRecord *sa_record_new_filled (const struct _SaWireClass *klass);
