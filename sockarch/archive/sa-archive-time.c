/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/archive/sa-archive-time.h"

#include "sockarch/sa-error.h"
#include "sockarch/sa-i18n-private.h"

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
 * zone
 * count. Times are exact to the microsecond.
 *
 * COleCurrency is an exact number of ten-thousandths; sa_currency_to_string() and sa_currency_from_string()
 * are the
 * way from and to decimal text.
 */

/**
 * sa_archive_read_time:
 * @self: a #SaArchive that loads
 * @error: return location for a #GError
 *
 * Reads a CTime. The 4 byte and 12 byte forms tell themselves apart; only if #SaArchive:time-form is
 * %SA_TIME_64
 * are 8 bytes without a marker expected.
 *
 * Returns: seconds since 1970-01-01 00:00 UTC, or 0 with @error set
 * Since: 1.0
 */
gint64
sa_archive_read_time (SaArchive *self,
                      GError **error)
{
  return 0;
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
 *   %SA_TIME_32 and the time does not fit, or would be mistaken for the marker of the long form
 * Since: 1.0
 */
gboolean
sa_archive_write_time (SaArchive *self,
                       gint64 unix_seconds,
                       GError **error)
{
  return FALSE;
}

/**
 * sa_archive_read_time_span:
 * @self: a #SaArchive that loads
 * @error: return location for a #GError
 *
 * Reads a CTimeSpan: 4 bytes, or 8 if #SaArchive:time-form is %SA_TIME_64 (CTimeSpan::Serialize64).
 *
 * Returns: seconds, or 0 with @error set
 * Since: 1.0
 */
gint64
sa_archive_read_time_span (SaArchive *self,
                           GError **error)
{
  return 0;
}

/**
 * sa_archive_write_time_span:
 * @self: a #SaArchive that stores
 * @seconds: seconds, may be negative
 * @error: return location for a #GError
 *
 * Writes a CTimeSpan: 4 bytes, or 8 if #SaArchive:time-form is %SA_TIME_64.
 *
 * Returns: %TRUE on success; %FALSE with @error set otherwise: %SA_ARCHIVE_ERROR_INVALID_DATA if the span
 *   does not fit in 32 bits and the form is not %SA_TIME_64
 * Since: 1.0
 */
gboolean
sa_archive_write_time_span (SaArchive *self,
                            gint64 seconds,
                            GError **error)
{
  return FALSE;
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
  return NULL;
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
  return FALSE;
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
  return 0;
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
  return FALSE;
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
  return 0;
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
  return FALSE;
}

/**
 * sa_currency_to_string:
 * @ten_thousandths: an amount in ten-thousandths
 *
 * Gives the decimal text of an amount, such as "1234.56" or "-1.5": exact, without zeros at the end, and the
 * same in
 * every locale.
 *
 * Returns: (transfer full): the text
 * Since: 1.0
 */
char *
sa_currency_to_string (gint64 ten_thousandths)
{
  /* Unsigned, since the most negative number has no positive counterpart.  */
  guint64 amount = ten_thousandths < 0 ? -(guint64) ten_thousandths : (guint64) ten_thousandths;
  char *text = g_strdup_printf ("%s%" G_GUINT64_FORMAT ".%04u", ten_thousandths < 0 ? "-" : "", amount / 10000,
                                (guint) (amount % 10000));
  gsize length = strlen (text);

  while (text[length - 1] == '0')
    text[--length] = '\0';
  if (text[length - 1] == '.')
    text[--length] = '\0';

  return text;
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
  gboolean valid;
  guint64 amount = 0;
  int n_digits = 0;
  int n_decimals = -1;
  const char *p = text;

  g_return_val_if_fail (text != NULL, 0);
  g_return_val_if_fail (error == NULL || *error == NULL, 0);

  negative = *p == '-';
  if (*p == '-' || *p == '+')
    p++;

  valid = TRUE;
  for (; valid && *p != '\0'; p++)
    {
      if (*p == '.' && n_decimals < 0)
        n_decimals = 0;
      else if (!g_ascii_isdigit (*p))
        valid = FALSE;
      else if (n_decimals == 4)
        valid = *p == '0';
      else
        {
          valid = g_uint64_checked_mul (&amount, amount, 10)
                  && g_uint64_checked_add (&amount, amount, (guint64) (*p - '0'));
          n_digits++;
          n_decimals += n_decimals >= 0;
        }
    }

  for (n_decimals = MAX (n_decimals, 0); valid && n_decimals < 4; n_decimals++)
    valid = g_uint64_checked_mul (&amount, amount, 10);

  if (!valid || n_digits == 0 || amount > (guint64) G_MAXINT64 + (negative ? 1 : 0))
    {
      g_set_error (error, SA_ARCHIVE_ERROR, SA_ARCHIVE_ERROR_INVALID_DATA,
                   _("“%s” is not an amount: a decimal number between -922337203685477.5808 and "
                     "922337203685477.5807 with at most four decimal places is wanted"),
                   text);
      return 0;
    }

  return negative ? (gint64) - amount : (gint64) amount;
}
