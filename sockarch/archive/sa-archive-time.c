/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-archive-time.h"

#include "sockarch/archive/sa-archive-private.h"
#include "sockarch/archive/sa-archive-scalar.h"
#include "sockarch/archive/sa-wire-private.h"
#include "sockarch/sa-error.h"
#include "sockarch/sa-i18n-private.h"

#include <math.h>

/**
 * SECTION:sa-archive-time
 * @title: Times and money in an archive
 * @short_description: CTime, CTimeSpan, COleDateTime, COleDateTimeSpan, COleCurrency
 *
 * CTime is a number of seconds since 1970 in UTC, and has three forms on the wire: see #SaTimeForm and
 * #SaArchive:time-form. The OLE types carry a status in front of the value: #SaOleStatus.
 *
 * COleDateTime is a calendar date and a time of day of no particular time zone. It is given to programs as a
 * #GDateTime in UTC, and of the #GDateTime to be written the calendar date and time of day in its own time
 * zone count. They are exact to the microsecond until 2079, and to forty of them everywhere.
 *
 * COleCurrency is an exact number of ten-thousandths; sa_currency_to_string() and sa_currency_from_string()
 * are the way from and to decimal text.
 */

/* What stands before the 64 bits of a CTime since MFC 8; as a time in 32 bits it is one of 1901.  */
#define TIME_MARKER 0x8000000au
/* An OLE date is a number of days from this one on: 1899-12-30.  */
#define OLE_ZERO_YEAR 1899
#define OLE_ZERO_MONTH 12
#define OLE_ZERO_DAY 30
/* The days of 0100-01-01, and of 9999-12-31 and the day after it.  */
#define OLE_FIRST_DAY (-657434)
#define OLE_END_DAY 2958466
/* All the OLE types have 4 bytes of status and 8 of value.  */
#define OLE_SIZE 12

#define USEC_PER_DAY (G_GINT64_CONSTANT (24) * 60 * 60 * G_USEC_PER_SEC)

/* Microseconds from the zero day of OLE, or FALSE if @days is none that OLE has. Before the zero day the
 * fraction counts away from it: -1.25 is a quarter of a day after the beginning of the day -1, not before
 * it.  */
static gboolean
ole_to_microseconds (double days,
                     gint64 *microseconds)
{
  double whole;
  double fraction;

  if (!isfinite (days))
    return FALSE;

  fraction = fabs (modf (days, &whole));
  if (whole < OLE_FIRST_DAY || whole >= OLE_END_DAY)
    return FALSE;

  *microseconds = (gint64) whole * USEC_PER_DAY + llround (fraction * (double) USEC_PER_DAY);

  return *microseconds < (gint64) OLE_END_DAY * USEC_PER_DAY;
}

static double
ole_from_microseconds (gint64 microseconds)
{
  gint64 day = microseconds / USEC_PER_DAY;
  gint64 rest = microseconds % USEC_PER_DAY;
  double fraction;
  double days;

  if (rest < 0)
    {
      rest += USEC_PER_DAY;
      day--;
    }

  fraction = (double) rest / (double) USEC_PER_DAY;
  days = day < 0 ? (double) day - fraction : (double) day + fraction;

  /* The last microseconds of a day may be no number of their own: they are those of the next midnight, which
   * before the zero day lies in the other direction; and after the last day is none.  */
  if (day < 0 && days <= (double) (day - 1))
    return (double) (day + 1);
  if (days >= OLE_END_DAY)
    return nextafter (OLE_END_DAY, 0);

  return days;
}

static GDateTime *
new_ole_zero (void)
{
  return g_date_time_new_utc (OLE_ZERO_YEAR, OLE_ZERO_MONTH, OLE_ZERO_DAY, 0, 0, 0);
}

/* Reads the status, and makes sure that what follows it is there as well.  */
static gboolean
read_status (SaArchive *self,
             SaOleStatus *status,
             GError **error)
{
  gint32 number;

  if (!sa_archive_ensure (self, OLE_SIZE, error))
    return FALSE;

  number = (gint32) sa_wire_get_uint32 (self->cur, sa_archive_is_swapped (self));
  if (number < SA_OLE_VALID || number > SA_OLE_NULL)
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                                 _("%d is not a status of an OLE value"), number);

  self->cur += sizeof (guint32);
  *status = (SaOleStatus) number;

  return TRUE;
}

/* Makes room for all of it, so that it is stored whole or not at all.  */
static gboolean
write_status (SaArchive *self,
              SaOleStatus status,
              GError **error)
{
  return sa_archive_check_storing (self, error) && sa_archive_reserve (self, OLE_SIZE, error)
         && sa_archive_write_int32 (self, (gint32) status, error);
}

static gboolean
is_status (SaOleStatus status)
{
  return status == SA_OLE_VALID || status == SA_OLE_INVALID || status == SA_OLE_NULL;
}

/* Makes a whole CTime readable that may have a marker: 4 bytes, or 12 with it. It is left where it is until
 * the rest is there, so that nothing is lost if that takes time.  */
static gboolean
ensure_time (SaArchive *self,
             gboolean *is_marked,
             GError **error)
{
  SaArchivePrivate *priv = sa_archive_get_priv (self);
  gboolean outermost = sa_archive_begin_pieces (priv);
  gboolean there = sa_archive_ensure (self, 4, error);

  *is_marked = there && sa_wire_get_uint32 (self->cur, sa_archive_is_swapped (self)) == TIME_MARKER;
  if (*is_marked)
    there = sa_archive_ensure (self, 12, error);
  sa_archive_end_pieces (priv, outermost);

  return there;
}

/**
 * sa_archive_read_time:
 * @self: a #SaArchive that loads
 * @error: return location for a #GError
 *
 * Reads a CTime. The 4 byte and 12 byte forms tell themselves apart; only if #SaArchive:time-form is
 * %SA_TIME_PLAIN_64 are 8 bytes without a marker expected.
 *
 * Returns: seconds since 1970-01-01 00:00 UTC, or 0 with @error set
 * Since: 1.0
 */
gint64
sa_archive_read_time (SaArchive *self,
                      GError **error)
{
  gboolean is_marked;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), 0);

  if (!sa_archive_check_loading (self, error))
    return 0;
  if (sa_archive_get_priv (self)->time_form == SA_TIME_PLAIN_64)
    return sa_archive_read_int64 (self, error);
  if (!ensure_time (self, &is_marked, error))
    return 0;
  if (!is_marked)
    return sa_archive_read_int32 (self, error);

  self->cur += 4;

  return sa_archive_read_int64 (self, error);
}

/**
 * sa_archive_write_time:
 * @self: a #SaArchive that stores
 * @unix_seconds: seconds since 1970-01-01 00:00 UTC
 * @error: return location for a #GError
 *
 * Writes a CTime in the form that #SaArchive:time-form says.
 *
 * Returns: %TRUE on success; %FALSE with @error set otherwise: %SA_ARCHIVE_ERROR_INVALID_DATA if the form is
 *   %SA_TIME_PLAIN_32 and the time does not fit, or would be mistaken for the marker of the long form
 * Since: 1.0
 */
gboolean
sa_archive_write_time (SaArchive *self,
                       gint64 unix_seconds,
                       GError **error)
{
  SaTimeForm form;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);

  if (!sa_archive_check_storing (self, error))
    return FALSE;

  form = sa_archive_get_priv (self)->time_form;
  if (form == SA_TIME_PLAIN_64)
    return sa_archive_write_int64 (self, unix_seconds, error);
  if (form == SA_TIME_MARKED)
    return sa_archive_reserve (self, 12, error) && sa_archive_write_uint32 (self, TIME_MARKER, error)
           && sa_archive_write_int64 (self, unix_seconds, error);

  if (unix_seconds < G_MININT32 || unix_seconds > G_MAXINT32 || (guint32) unix_seconds == TIME_MARKER)
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                                 _("The time %" PRId64 " does not fit in 32 bits; choose another “time-form” "
                                   "if the peer can read it"),
                                 unix_seconds);

  return sa_archive_write_int32 (self, (gint32) unix_seconds, error);
}

/**
 * sa_archive_read_time_span:
 * @self: a #SaArchive that loads
 * @error: return location for a #GError
 *
 * Reads a CTimeSpan: 4 bytes, or 8 if #SaArchive:time-form is %SA_TIME_PLAIN_64 (CTimeSpan::Serialize64).
 *
 * Returns: seconds, or 0 with @error set
 * Since: 1.0
 */
gint64
sa_archive_read_time_span (SaArchive *self,
                           GError **error)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), 0);

  if (!sa_archive_check_loading (self, error))
    return 0;

  return sa_archive_get_priv (self)->time_form == SA_TIME_PLAIN_64 ? sa_archive_read_int64 (self, error)
                                                             : sa_archive_read_int32 (self, error);
}

/**
 * sa_archive_write_time_span:
 * @self: a #SaArchive that stores
 * @seconds: seconds, may be negative
 * @error: return location for a #GError
 *
 * Writes a CTimeSpan: 4 bytes, or 8 if #SaArchive:time-form is %SA_TIME_PLAIN_64.
 *
 * Returns: %TRUE on success; %FALSE with @error set otherwise: %SA_ARCHIVE_ERROR_INVALID_DATA if the span
 *   does not fit in 32 bits and the form is not %SA_TIME_PLAIN_64
 * Since: 1.0
 */
gboolean
sa_archive_write_time_span (SaArchive *self,
                            gint64 seconds,
                            GError **error)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);

  if (!sa_archive_check_storing (self, error))
    return FALSE;

  if (sa_archive_get_priv (self)->time_form == SA_TIME_PLAIN_64)
    return sa_archive_write_int64 (self, seconds, error);

  if (seconds < G_MININT32 || seconds > G_MAXINT32)
    return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                                 _("The time span of %" PRId64 " seconds does not fit in 32 bits"), seconds);

  return sa_archive_write_int32 (self, (gint32) seconds, error);
}

/**
 * sa_archive_read_ole_date_time:
 * @self: a #SaArchive that loads
 * @status: (out) (optional): return location for the status
 * @error: return location for a #GError
 *
 * Reads a COleDateTime. A value outside of the years 100 to 9999 gives %NULL and %SA_OLE_INVALID, as in OLE.
 *
 * Returns: (transfer full) (nullable): the date and time, in UTC; %NULL if the status is not %SA_OLE_VALID,
 *   or with @error set: %SA_ARCHIVE_ERROR_INVALID_DATA if the status is none that OLE knows
 * Since: 1.0
 */
GDateTime *
sa_archive_read_ole_date_time (SaArchive *self,
                               SaOleStatus *status,
                               GError **error)
{
  g_autoptr (GDateTime) zero = NULL;
  SaOleStatus read_as = SA_OLE_NULL;
  gint64 microseconds = 0;
  double days;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), NULL);

  if (status != NULL)
    *status = SA_OLE_NULL;
  if (!sa_archive_check_loading (self, error) || !read_status (self, &read_as, error))
    return NULL;

  days = sa_archive_read_double (self, error);
  if (read_as == SA_OLE_VALID && !ole_to_microseconds (days, &microseconds))
    read_as = SA_OLE_INVALID;
  if (status != NULL)
    *status = read_as;
  if (read_as != SA_OLE_VALID)
    return NULL;

  zero = new_ole_zero ();

  return g_date_time_add (zero, microseconds);
}

/**
 * sa_archive_write_ole_date_time:
 * @self: a #SaArchive that stores
 * @date_time: (nullable): a date and time of the years 100 to 9999; may be %NULL only if @status is not
 *   %SA_OLE_VALID
 * @status: the status
 * @error: return location for a #GError
 *
 * Writes a COleDateTime. If @status is not %SA_OLE_VALID, the value is written as zero.
 *
 * Returns: %TRUE on success; %FALSE with @error set otherwise: %SA_ARCHIVE_ERROR_INVALID_DATA if @status is
 *   %SA_OLE_VALID and there is no @date_time, or none that OLE can represent
 * Since: 1.0
 */
gboolean
sa_archive_write_ole_date_time (SaArchive *self,
                                GDateTime *date_time,
                                SaOleStatus status,
                                GError **error)
{
  double days = 0;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (is_status (status), FALSE);

  if (!sa_archive_check_storing (self, error))
    return FALSE;

  if (status == SA_OLE_VALID)
    {
      g_autoptr (GDateTime) zero = new_ole_zero ();

      if (date_time == NULL)
        return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                                     _("There is no date, so its status cannot be “valid”"));
      if (g_date_time_get_year (date_time) < 100)
        return sa_archive_set_error (self, error, SA_ARCHIVE_ERROR_INVALID_DATA,
                                     _("A date before the year 100 cannot be stored as an OLE date"));

      /* OLE knows no time zones: what the clock and the calendar show is what counts.  */
      days = ole_from_microseconds (g_date_time_difference (date_time, zero)
                                    + g_date_time_get_utc_offset (date_time));
    }

  return write_status (self, status, error) && sa_archive_write_double (self, days, error);
}

/**
 * sa_archive_read_ole_date_time_span:
 * @self: a #SaArchive that loads
 * @status: (out) (optional): return location for the status
 * @error: return location for a #GError
 *
 * Reads a COleDateTimeSpan.
 *
 * Returns: days, with their fraction, or 0 with @error set: %SA_ARCHIVE_ERROR_INVALID_DATA if the status is
 *   none that OLE knows
 * Since: 1.0
 */
double
sa_archive_read_ole_date_time_span (SaArchive *self,
                                    SaOleStatus *status,
                                    GError **error)
{
  SaOleStatus read_as = SA_OLE_NULL;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), 0);

  if (status != NULL)
    *status = SA_OLE_NULL;
  if (!sa_archive_check_loading (self, error) || !read_status (self, &read_as, error))
    return 0;

  if (status != NULL)
    *status = read_as;

  return sa_archive_read_double (self, error);
}

/**
 * sa_archive_write_ole_date_time_span:
 * @self: a #SaArchive that stores
 * @days: days, with their fraction; may be negative
 * @status: the status
 * @error: return location for a #GError
 *
 * Writes a COleDateTimeSpan.
 *
 * Returns: %TRUE on success, %FALSE with @error set otherwise
 * Since: 1.0
 */
gboolean
sa_archive_write_ole_date_time_span (SaArchive *self,
                                     double days,
                                     SaOleStatus status,
                                     GError **error)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (is_status (status), FALSE);

  return write_status (self, status, error) && sa_archive_write_double (self, days, error);
}

/**
 * sa_archive_read_ole_currency:
 * @self: a #SaArchive that loads
 * @status: (out) (optional): return location for the status
 * @error: return location for a #GError
 *
 * Reads a COleCurrency, exactly.
 *
 * Returns: ten-thousandths, or 0 with @error set: %SA_ARCHIVE_ERROR_INVALID_DATA if the status is none that
 *   OLE knows. In JavaScript numbers beyond 2^53 lose their last digits
 * Since: 1.0
 */
gint64
sa_archive_read_ole_currency (SaArchive *self,
                              SaOleStatus *status,
                              GError **error)
{
  SaOleStatus read_as = SA_OLE_NULL;
  guint64 high;

  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), 0);

  if (status != NULL)
    *status = SA_OLE_NULL;
  if (!sa_archive_check_loading (self, error) || !read_status (self, &read_as, error))
    return 0;

  if (status != NULL)
    *status = read_as;

  /* The high half comes first, whatever the byte order.  */
  high = sa_archive_read_uint32 (self, error);

  return (gint64) (high << 32 | sa_archive_read_uint32 (self, error));
}

/**
 * sa_archive_write_ole_currency:
 * @self: a #SaArchive that stores
 * @ten_thousandths: the amount in ten-thousandths, as sa_currency_from_string() gives it
 * @status: the status
 * @error: return location for a #GError
 *
 * Writes a COleCurrency, exactly.
 *
 * Returns: %TRUE on success, %FALSE with @error set otherwise
 * Since: 1.0
 */
gboolean
sa_archive_write_ole_currency (SaArchive *self,
                               gint64 ten_thousandths,
                               SaOleStatus status,
                               GError **error)
{
  g_return_val_if_fail (SA_ARCHIVE_IS_VALID (self), FALSE);
  g_return_val_if_fail (is_status (status), FALSE);

  return write_status (self, status, error)
         && sa_archive_write_uint32 (self, (guint32) ((guint64) ten_thousandths >> 32), error)
         && sa_archive_write_uint32 (self, (guint32) ten_thousandths, error);
}

/**
 * sa_currency_to_string:
 * @ten_thousandths: an amount in ten-thousandths
 *
 * Gives the decimal text of an amount, such as "1234.56" or "-1.5": exact, without zeros at the end, and the
 * same in every locale.
 *
 * Returns: (transfer full): the text
 * Since: 1.0
 */
char *
sa_currency_to_string (gint64 ten_thousandths)
{
  /* Unsigned, since the most negative number has no positive counterpart.  */
  guint64 amount = ten_thousandths < 0 ? -(guint64) ten_thousandths : (guint64) ten_thousandths;
  char *text = g_strdup_printf ("%s%" PRIu64 ".%04u", ten_thousandths < 0 ? "-" : "", amount / 10000,
                                (guint) (amount % 10000));
  gsize length = strlen (text);

  while (text[length - 1] == '0')
    text[--length] = '\0';
  if (text[length - 1] == '.')
    text[--length] = '\0';

  return text;
}

/* The digits of @text without the point, in ten-thousandths; FALSE if it is not a decimal number of that
 * kind.  */
static gboolean
parse_amount (const char *text,
              guint64 *amount)
{
  int n_digits = 0;
  int n_decimals = -1;

  *amount = 0;
  for (; *text != '\0'; text++)
    {
      if (*text == '.' && n_decimals < 0)
        {
          n_decimals = 0;
          continue;
        }

      if (!g_ascii_isdigit (*text))
        return FALSE;

      if (n_decimals == 4)
        {
          if (*text != '0')
            return FALSE;
          continue;
        }

      if (!g_uint64_checked_mul (amount, *amount, 10)
          || !g_uint64_checked_add (amount, *amount, (guint64) (*text - '0')))
        return FALSE;

      n_digits++;
      if (n_decimals >= 0)
        n_decimals++;
    }

  for (n_decimals = MAX (n_decimals, 0); n_decimals < 4; n_decimals++)
    if (!g_uint64_checked_mul (amount, *amount, 10))
      return FALSE;

  return n_digits > 0;
}

/**
 * sa_currency_from_string:
 * @text: decimal text such as "1234.56" or "-1.5", with a point in every locale
 * @error: return location for a #GError
 *
 * Reads an amount from decimal text, exactly.
 *
 * Returns: the amount in ten-thousandths, or 0 with @error set: %SA_ARCHIVE_ERROR_INVALID_DATA if @text is
 *   not a decimal number, has more than four decimal places, or is out of range
 * Since: 1.0
 */
gint64
sa_currency_from_string (const char *text,
                         GError **error)
{
  gboolean negative;
  guint64 amount;

  g_return_val_if_fail (text != NULL, 0);
  g_return_val_if_fail (error == NULL || *error == NULL, 0);

  negative = *text == '-';
  if (!parse_amount (negative || *text == '+' ? text + 1 : text, &amount)
      || amount > (guint64) G_MAXINT64 + (negative ? 1 : 0))
    {
      g_set_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA,
                   _("“%s” is not an amount: a decimal number between -922337203685477.5808 and "
                     "922337203685477.5807 with at most four decimal places is wanted"),
                   text);
      return 0;
    }

  return (gint64) (negative ? -amount : amount);
}
