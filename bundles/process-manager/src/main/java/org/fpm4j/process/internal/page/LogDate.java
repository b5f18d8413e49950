package org.fpm4j.process.internal.page;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import org.fpm4j.log.Strftime;

/** A time as php-fpm's status page has it, in the local time zone. */
final class LogDate {

  private LogDate() {}

  /** Writes seconds since 1970 as a date. */
  static String of(String epochSeconds) {
    return of(Instant.ofEpochSecond(Long.parseLong(epochSeconds)).atZone(ZoneId.systemDefault()));
  }

  static String of(ZonedDateTime time) {
    return Strftime.format("%d/%b/%Y:%H:%M:%S %z", time);
  }
}
