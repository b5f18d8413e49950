package org.fpm4j.log;

import java.util.Locale;
import java.util.Optional;

/** php-fpm's log levels, least important first. */
public enum LogLevel {
  DEBUG,
  NOTICE,
  WARNING,
  ERROR,
  ALERT;

  /**
   * Reads a value of the {@code log_level} directive.
   *
   * @param value the directive's text, in any case; {@code warn} is read as {@code warning}
   * @return the level, or empty when there is none of that name
   */
  public static Optional<LogLevel> parse(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "debug" -> Optional.of(DEBUG);
      case "notice" -> Optional.of(NOTICE);
      case "warning", "warn" -> Optional.of(WARNING);
      case "error" -> Optional.of(ERROR);
      case "alert" -> Optional.of(ALERT);
      default -> Optional.empty();
    };
  }
}
