package org.fpm4j.log;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Takes messages. Any thread may call; no call blocks or throws, whatever becomes of the message.
 *
 * <p>A format is one of {@link java.util.Formatter}; without arguments the text is taken as it
 * stands, so a message that may hold a percent sign goes in as {@code "%s", text}. Line breaks in a
 * message become blanks: one message is one line. The text starts in lower case and has no full
 * stop, as php-fpm's.
 */
@ProviderType
public interface Log {

  /** Writes a text as it stands, unless its level is below the configured one. */
  void write(LogLevel level, String text);

  /** Whether a message of this level is written, for callers whose arguments are dear. */
  boolean isEnabled(LogLevel level);

  /** Writes a message unless its level is below the configured one. */
  default void log(LogLevel level, String format, Object... arguments) {
    if (isEnabled(level)) {
      write(level, Message.text(format, arguments));
    }
  }

  /** The operator must act at once: the master or a pool cannot go on. */
  default void alert(String format, Object... arguments) {
    log(LogLevel.ALERT, format, arguments);
  }

  /** Something failed and the operator must act. */
  default void error(String format, Object... arguments) {
    log(LogLevel.ERROR, format, arguments);
  }

  /** Something is degraded; the message says what happens next. */
  default void warning(String format, Object... arguments) {
    log(LogLevel.WARNING, format, arguments);
  }

  /** An event of the life cycle. */
  default void notice(String format, Object... arguments) {
    log(LogLevel.NOTICE, format, arguments);
  }

  /** A single event, off by default. */
  default void debug(String format, Object... arguments) {
    log(LogLevel.DEBUG, format, arguments);
  }

  /**
   * php-fpm's SYSERROR: an ERROR with the failed system call's reason after it, as {@code text:
   * reason (errno)}.
   *
   * @param reason what strerror(3) says of {@code errno}
   * @param errno the error's number
   */
  default void systemError(String reason, int errno, String format, Object... arguments) {
    write(LogLevel.ERROR, "%s: %s (%d)".formatted(Message.text(format, arguments), reason, errno));
  }

  /** The same log with <code>[pool name]</code> before each message. */
  default Log pool(String name) {
    return new PoolLog(this, name);
  }
}
