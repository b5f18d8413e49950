package org.fpm4j.config;

import java.util.Optional;

/**
 * Why a pool, or the master's settings, could not be taken. What was in force before stays in
 * force.
 *
 * @param source the file, or the PID where no file is known
 * @param line line in the file from 1, -1 = unknown
 * @param pool the pool's name, empty = the global directives or the file as a whole
 * @param key the directive, empty if the line is none
 * @param value the value as written, empty if there is none
 * @param reason what is wrong, in php-fpm's words where it has some
 * @param legal the legal values, empty if the reason says enough
 */
public record Rejection(
    String source,
    int line,
    Optional<String> pool,
    String key,
    String value,
    String reason,
    String legal) {

  /** One line for a log: where, what, why, and what would be legal. */
  public String text() {
    StringBuilder text = new StringBuilder();
    pool.ifPresent(name -> text.append("[pool ").append(name).append("] "));
    text.append(source);
    if (line > 0) {
      text.append(':').append(line);
    }
    text.append(": ");
    if (!key.isEmpty()) {
      text.append(key).append(" = ").append(value.isEmpty() ? "(empty)" : value).append(": ");
    }
    text.append(reason);
    if (!legal.isEmpty()) {
      text.append(" (legal: ").append(legal).append(')');
    }
    return text.toString();
  }
}
