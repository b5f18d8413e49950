package org.fpm4j.log;

/**
 * What the error log is told: {@code error_log}, {@code log_level}, {@code log_limit} and {@code
 * log_buffering}.
 *
 * @param target where lines go
 * @param level the least important level that is written; DEBUG also changes the form of the lines
 * @param limit bytes of one line with its newline, at least {@value #LEAST_LIMIT}: worker output is
 *     wrapped there, an overlong message is cut there
 * @param buffering whether worker output waits for the end of its line; without, each piece is
 *     written as it comes, and lines of several workers may mix, as in php-fpm; syslog gets whole
 *     lines in any case
 */
public record LogSettings(LogTarget target, LogLevel level, int limit, boolean buffering) {

  /** The smallest legal {@code log_limit}. */
  public static final int LEAST_LIMIT = 512;

  /** php-fpm's defaults, on standard error. */
  public static final LogSettings DEFAULT =
      new LogSettings(new LogTarget.StandardError(), LogLevel.NOTICE, 1024, true);

  /**
   * @throws IllegalArgumentException when the limit is below {@value #LEAST_LIMIT}
   */
  public LogSettings {
    if (limit < LEAST_LIMIT) {
      throw new IllegalArgumentException(
          "log_limit must be at least %d, is %d".formatted(LEAST_LIMIT, limit));
    }
  }

  /** Settings with {@code log_buffering = yes}. */
  public LogSettings(LogTarget target, LogLevel level, int limit) {
    this(target, level, limit, true);
  }

  /** The same settings with another level. */
  public LogSettings withLevel(LogLevel other) {
    return new LogSettings(target, other, limit, buffering);
  }

  /** The same settings with another target. */
  public LogSettings withTarget(LogTarget other) {
    return new LogSettings(other, level, limit, buffering);
  }
}
