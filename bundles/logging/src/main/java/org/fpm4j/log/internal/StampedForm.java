package org.fpm4j.log.internal;

import java.time.Clock;
import java.time.LocalDateTime;
import org.fpm4j.log.LogLevel;

/**
 * php-fpm's line of a file or of standard error: {@code [21-Nov-2025 10:00:00] NOTICE: text}, and
 * with microseconds, pid and origin when {@code log_level} is debug. Local time.
 */
final class StampedForm extends LineForm {

  private final Clock clock;
  private final long pid;

  StampedForm(Clock clock, long pid) {
    this.clock = clock;
    this.pid = pid;
  }

  @Override
  String prefix(LogLevel level, Origin origin) {
    LocalDateTime now = LocalDateTime.now(clock);
    StringBuilder line = new StringBuilder(64).append('[');
    Timestamp.appendDate(line, now);
    if (origin != null) {
      Timestamp.appendMicros(line, now);
    }
    line.append("] ").append(level).append(": ");
    if (origin != null) {
      line.append("pid ").append(pid).append(", ").append(origin);
    }
    return line.toString();
  }
}
