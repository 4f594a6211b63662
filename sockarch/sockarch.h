/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

/* The one header to include.  */

#define SA_INSIDE

#include <sockarch/sa-version.h>
#include <sockarch/sa-enums.h>
#include <sockarch/sa-error.h>
#include <sockarch/sa-types.h>

#include <sockarch/net/sa-socket.h>
#include <sockarch/net/sa-socket-file.h>

#include <sockarch/archive/sa-limits.h>
#include <sockarch/archive/sa-serializable.h>
#include <sockarch/archive/sa-class-registry.h>
#include <sockarch/archive/sa-record.h>
#include <sockarch/archive/sa-archive.h>
#include <sockarch/archive/sa-archive-scalar.h>
#include <sockarch/archive/sa-archive-string.h>
#include <sockarch/archive/sa-archive-array.h>
#include <sockarch/archive/sa-archive-record.h>
#include <sockarch/archive/sa-archive-time.h>
#include <sockarch/archive/sa-archive-variant.h>
#include <sockarch/archive/sa-archive-object.h>
#include <sockarch/archive/sa-archive-collection.h>
#include <sockarch/archive/sa-archive-exchange.h>
#include <sockarch/archive/sa-archive-async.h>

#undef SA_INSIDE
