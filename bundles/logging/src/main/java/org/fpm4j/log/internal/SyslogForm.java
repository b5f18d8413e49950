package org.fpm4j.log.internal;

import java.time.Clock;
import java.time.LocalDateTime;
import org.fpm4j.log.LogLevel;
import org.fpm4j.log.LogTarget;

/**
 * What syslog(3) sends for a line (RFC 3164): {@code <27>Nov 21 10:00:00 php-fpm[4711]: [ERROR]
 * text}. The severity is the message's own; php-fpm passes that of the configured log_level, so
 * that an alert and a notice look the same to the log daemon.
 */
final class SyslogForm extends LineForm {

  private static final LineForm BARE =
      new LineForm() {
        @Override
        String prefix(LogLevel level, Origin origin) {
          return "[" + level + "] " + (origin == null ? "" : origin);
        }
      };

  private final Clock clock;
  private final LogTarget.Syslog target;
  private final long pid;

  SyslogForm(Clock clock, LogTarget.Syslog target, long pid) {
    this.clock = clock;
    this.target = target;
    this.pid = pid;
  }

  @Override
  String prefix(LogLevel level, Origin origin) {
    return frame(level) + BARE.prefix(level, origin);
  }

  @Override
  String frame(LogLevel level) {
    StringBuilder line = new StringBuilder(64);
    line.append('<').append(target.facility() | severity(level)).append('>');
    Timestamp.appendSyslogDate(line, LocalDateTime.now(clock));
    line.append(' ').append(target.ident()).append('[').append(pid).append("]: ");
    return line.toString();
  }

  /** The numbers of syslog(3). */
  private static int severity(LogLevel level) {
    return switch (level) {
      case ALERT -> 1;
      case ERROR -> 3;
      case WARNING -> 4;
      case NOTICE -> 5;
      case DEBUG -> 7;
    };
  }

  @Override
  LineForm forStandardError() {
    return BARE;
  }
}
