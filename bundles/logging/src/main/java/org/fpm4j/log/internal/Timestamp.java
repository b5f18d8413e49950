package org.fpm4j.log.internal;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;

/** strftime(3) in the C locale for the two forms logs need; the JDK's formatter costs start-up. */
final class Timestamp {

  private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

  private Timestamp() {}

  /** {@code %d-%b-%Y %H:%M:%S}, of the error log. */
  static void appendDate(StringBuilder to, LocalDateTime time) {
    appendTwo(to, time.getDayOfMonth(), '0').append('-');
    appendMonth(to, time).append('-').append(time.getYear()).append(' ');
    appendTime(to, time);
  }

  /** {@code %b %e %H:%M:%S}, of syslog (RFC 3164, section 4.1.2). */
  static void appendSyslogDate(StringBuilder to, LocalDateTime time) {
    appendMonth(to, time).append(' ');
    appendTwo(to, time.getDayOfMonth(), ' ').append(' ');
    appendTime(to, time);
  }

  /** RFC 3339 with microseconds, in UTC. */
  static String utc(Instant instant) {
    LocalDateTime time = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    StringBuilder to = new StringBuilder(27).append(time.getYear()).append('-');
    appendTwo(to, time.getMonthValue(), '0').append('-');
    appendTwo(to, time.getDayOfMonth(), '0').append('T');
    appendTime(to, time);
    return appendMicros(to, time).append('Z').toString();
  }

  /** A point and the microseconds of the second, six digits. */
  static StringBuilder appendMicros(StringBuilder to, LocalDateTime time) {
    String micros = Integer.toString(1_000_000 + time.get(ChronoField.MICRO_OF_SECOND));
    return to.append('.').append(micros, 1, micros.length());
  }

  private static StringBuilder appendMonth(StringBuilder to, LocalDateTime time) {
    int month = 3 * (time.getMonthValue() - 1);
    return to.append(MONTHS, month, month + 3);
  }

  private static void appendTime(StringBuilder to, LocalDateTime time) {
    appendTwo(to, time.getHour(), '0').append(':');
    appendTwo(to, time.getMinute(), '0').append(':');
    appendTwo(to, time.getSecond(), '0');
  }

  private static StringBuilder appendTwo(StringBuilder to, int number, char pad) {
    return (number < 10 ? to.append(pad) : to).append(number);
  }
}
