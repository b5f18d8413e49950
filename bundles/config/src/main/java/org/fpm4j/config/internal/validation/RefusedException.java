package org.fpm4j.config.internal.validation;

import java.util.Optional;
import org.fpm4j.config.LogLevel;

/** A directive's value that the whole configuration, or the system, does not allow. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1;

  private final LogLevel level;
  private final String directive;
  private final boolean poolNamed;
  private final String logSuffix;

  private RefusedException(
      LogLevel level, String directive, String text, boolean poolNamed, String logSuffix) {
    super(text);
    this.level = level;
    this.directive = directive;
    this.poolNamed = poolNamed;
    this.logSuffix = logSuffix;
  }

  /** A refusal whose log line begins with the pool's name, if it is a pool's. */
  static RefusedException of(LogLevel level, String directive, String text) {
    return new RefusedException(level, directive, text, true, "");
  }

  /** A refusal whose log line does not name the pool, by php-fpm's whim. */
  static RefusedException withoutPool(LogLevel level, String directive, String text) {
    return new RefusedException(level, directive, text, false, "");
  }

  /** The same with something in the log line that is no news to anybody, such as errno 0. */
  RefusedException withLogSuffix(String suffix) {
    return new RefusedException(level, directive, text(), poolNamed, suffix);
  }

  LogLevel level() {
    return level;
  }

  /** The directive at fault, in brackets with its key for an array. */
  String directive() {
    return directive;
  }

  /** The message, never null. */
  String text() {
    return String.valueOf(getMessage());
  }

  /** php-fpm's log line. */
  String line(Optional<String> pool) {
    String named = poolNamed ? pool.map(name -> "[pool " + name + "] ").orElse("") : "";
    return named + text() + logSuffix;
  }
}
