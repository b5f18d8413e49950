package org.fpm4j.log;

import java.time.DayOfWeek;
import java.time.ZonedDateTime;
import java.time.temporal.IsoFields;
import java.util.Locale;
import java.util.TimeZone;

/**
 * strftime(3) in the C locale, in which php-fpm runs, with glibc's extensions but for flags and
 * widths. A conversion there is none of stands for itself. Stateless; any thread.
 *
 * @see <a href="https://man7.org/linux/man-pages/man3/strftime.3.html">strftime(3)</a>
 */
public final class Strftime {

  private static final String[] DAYS = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"
  };
  private static final String[] MONTHS = {
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December"
  };

  private Strftime() {}

  /** Writes a time in its own zone. */
  public static String format(String format, ZonedDateTime time) {
    StringBuilder to = new StringBuilder(32);
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 == format.length()) {
        to.append(c);
        continue;
      }
      char conversion = format.charAt(++i);
      if ((conversion == 'E' || conversion == 'O') && i + 1 < format.length()) {
        conversion = format.charAt(++i); // the C locale has no alternative forms
      }
      append(to, conversion, time);
    }
    return to.toString();
  }

  private static void append(StringBuilder to, char conversion, ZonedDateTime time) {
    switch (conversion) {
      case 'a' -> to.append(day(time), 0, 3);
      case 'A' -> to.append(day(time));
      case 'b', 'h' -> to.append(month(time), 0, 3);
      case 'B' -> to.append(month(time));
      case 'c' -> to.append(format("%a %b %e %H:%M:%S %Y", time));
      case 'C' -> number(to, time.getYear() / 100, 2, '0');
      case 'd' -> number(to, time.getDayOfMonth(), 2, '0');
      case 'D', 'x' -> to.append(format("%m/%d/%y", time));
      case 'e' -> number(to, time.getDayOfMonth(), 2, ' ');
      case 'F' -> to.append(format("%Y-%m-%d", time));
      case 'g' -> number(to, time.get(IsoFields.WEEK_BASED_YEAR) % 100, 2, '0');
      case 'G' -> to.append(time.get(IsoFields.WEEK_BASED_YEAR));
      case 'H' -> number(to, time.getHour(), 2, '0');
      case 'I' -> number(to, hourOfHalf(time), 2, '0');
      case 'j' -> number(to, time.getDayOfYear(), 3, '0');
      case 'k' -> number(to, time.getHour(), 2, ' ');
      case 'l' -> number(to, hourOfHalf(time), 2, ' ');
      case 'm' -> number(to, time.getMonthValue(), 2, '0');
      case 'M' -> number(to, time.getMinute(), 2, '0');
      case 'n' -> to.append('\n');
      case 'p' -> to.append(time.getHour() < 12 ? "AM" : "PM");
      case 'P' -> to.append(time.getHour() < 12 ? "am" : "pm");
      case 'r' -> to.append(format("%I:%M:%S %p", time));
      case 'R' -> to.append(format("%H:%M", time));
      case 's' -> to.append(time.toEpochSecond());
      case 'S' -> number(to, time.getSecond(), 2, '0');
      case 't' -> to.append('\t');
      case 'T', 'X' -> to.append(format("%H:%M:%S", time));
      case 'u' -> to.append(time.getDayOfWeek().getValue());
      case 'U' -> number(to, week(time, DayOfWeek.SUNDAY), 2, '0');
      case 'V' -> number(to, time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR), 2, '0');
      case 'w' -> to.append(time.getDayOfWeek().getValue() % 7);
      case 'W' -> number(to, week(time, DayOfWeek.MONDAY), 2, '0');
      case 'y' -> number(to, time.getYear() % 100, 2, '0');
      case 'Y' -> to.append(time.getYear());
      case 'z' -> offset(to, time.getOffset().getTotalSeconds() / 60);
      case 'Z' -> to.append(zone(time));
      case '%' -> to.append('%');
      default -> to.append('%').append(conversion);
    }
  }

  private static String day(ZonedDateTime time) {
    return DAYS[time.getDayOfWeek().getValue() - 1];
  }

  private static String month(ZonedDateTime time) {
    return MONTHS[time.getMonthValue() - 1];
  }

  private static int hourOfHalf(ZonedDateTime time) {
    int hour = time.getHour() % 12;
    return hour == 0 ? 12 : hour;
  }

  /** Weeks of the year begun, the first with the first such day; days before it are in week 0. */
  private static int week(ZonedDateTime time, DayOfWeek first) {
    int since = Math.floorMod(time.getDayOfWeek().getValue() - first.getValue(), 7);
    return (time.getDayOfYear() - 1 + 7 - since) / 7;
  }

  private static void offset(StringBuilder to, int minutes) {
    to.append(minutes < 0 ? '-' : '+');
    number(to, Math.abs(minutes) / 60, 2, '0');
    number(to, Math.abs(minutes) % 60, 2, '0');
  }

  private static String zone(ZonedDateTime time) {
    return TimeZone.getTimeZone(time.getZone())
        .getDisplayName(
            time.getZone().getRules().isDaylightSavings(time.toInstant()),
            TimeZone.SHORT,
            Locale.ROOT);
  }

  private static void number(StringBuilder to, int number, int width, char pad) {
    String digits = Integer.toString(number);
    for (int i = digits.length(); i < width; i++) {
      to.append(pad);
    }
    to.append(digits);
  }
}
