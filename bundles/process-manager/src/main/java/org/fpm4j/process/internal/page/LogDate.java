package org.fpm4j.process.internal.page;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;

/** strftime(3)'s {@code %d/%b/%Y:%H:%M:%S %z} in the C locale and the local time zone. */
final class LogDate {

  private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";
  private static final int SECONDS_PER_MINUTE = 60;
  private static final int SECONDS_PER_HOUR = 3600;

  private LogDate() {}

  /** Writes seconds since 1970 as a date. */
  static String of(String epochSeconds) {
    return of(Instant.ofEpochSecond(Long.parseLong(epochSeconds)).atZone(ZoneId.systemDefault()));
  }

  static String of(ZonedDateTime time) {
    int month = 3 * (time.getMonthValue() - 1);
    int offset = time.getOffset().getTotalSeconds();
    int distance = Math.abs(offset);
    return two(time.getDayOfMonth())
        + '/'
        + MONTHS.substring(month, month + 3)
        + '/'
        + time.getYear()
        + ':'
        + two(time.getHour())
        + ':'
        + two(time.getMinute())
        + ':'
        + two(time.getSecond())
        + (offset < 0 ? " -" : " +")
        + two(distance / SECONDS_PER_HOUR)
        + two(distance % SECONDS_PER_HOUR / SECONDS_PER_MINUTE);
  }

  private static String two(int number) {
    return number < 10 ? "0" + number : Integer.toString(number);
  }
}
