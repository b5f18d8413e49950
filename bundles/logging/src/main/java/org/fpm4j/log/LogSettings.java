package org.fpm4j.log;

/**
 * What the error log is told: {@code error_log}, {@code log_level}, {@code log_limit}, {@code
 * log_buffering} and {@code log.json}.
 *
 * @param target where lines go
 * @param level the least important level that is written; DEBUG also changes the form of the lines
 * @param limit bytes of one line with its newline, at least {@value #LEAST_LIMIT}: worker output is
 *     wrapped there, an overlong message is cut there
 * @param buffering whether worker output waits for the end of its line; without, each piece is
 *     written as it comes, and lines of several workers may mix, as in php-fpm; syslog gets whole
 *     lines in any case
 * @param json whether each line is a JSON object; worker output then waits for the end of its line
 */
public record LogSettings(
    LogTarget target, LogLevel level, int limit, boolean buffering, boolean json) {

  /** The smallest legal {@code log_limit}. */
  public static final int LEAST_LIMIT = 512;

  /** php-fpm's defaults, on standard error. */
  public static final LogSettings DEFAULT =
      new LogSettings(new LogTarget.StandardError(), LogLevel.NOTICE, 1024, true, false);

  /**
   * @throws IllegalArgumentException when the limit is below {@value #LEAST_LIMIT}
   */
  public LogSettings {
    if (limit < LEAST_LIMIT) {
      throw new IllegalArgumentException(
          "log_limit must be at least %d, is %d".formatted(LEAST_LIMIT, limit));
    }
  }

  /** Settings with {@code log_buffering = yes} and lines of text. */
  public LogSettings(LogTarget target, LogLevel level, int limit) {
    this(target, level, limit, true, false);
  }

  /** The same settings with another level. */
  public LogSettings withLevel(LogLevel other) {
    return new LogSettings(target, other, limit, buffering, json);
  }

  /** The same settings with another target. */
  public LogSettings withTarget(LogTarget other) {
    return new LogSettings(other, level, limit, buffering, json);
  }

  /** The same settings with or without JSON. */
  public LogSettings withJson(boolean wanted) {
    return new LogSettings(target, level, limit, buffering, wanted);
  }
}
