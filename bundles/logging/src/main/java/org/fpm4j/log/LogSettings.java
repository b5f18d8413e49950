package org.fpm4j.log;

/**
 * What the error log is told: {@code error_log}, {@code log_level} and {@code log_limit}.
 *
 * @param target where lines go
 * @param level the least important level that is written; DEBUG also changes the form of the lines
 * @param limit bytes of one line with its newline, at least {@value #LEAST_LIMIT}: worker output is
 *     wrapped there, an overlong message is cut there
 */
public record LogSettings(LogTarget target, LogLevel level, int limit) {

  /** The smallest legal {@code log_limit}. */
  public static final int LEAST_LIMIT = 512;

  /** php-fpm's defaults, on standard error. */
  public static final LogSettings DEFAULT =
      new LogSettings(new LogTarget.StandardError(), LogLevel.NOTICE, 1024);

  /**
   * @throws IllegalArgumentException when the limit is below {@value #LEAST_LIMIT}
   */
  public LogSettings {
    if (limit < LEAST_LIMIT) {
      throw new IllegalArgumentException(
          "log_limit must be at least %d, is %d".formatted(LEAST_LIMIT, limit));
    }
  }

  /** The same settings with another level. */
  public LogSettings withLevel(LogLevel other) {
    return new LogSettings(target, other, limit);
  }

  /** The same settings with another target. */
  public LogSettings withTarget(LogTarget other) {
    return new LogSettings(other, level, limit);
  }
}
