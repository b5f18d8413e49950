package org.fpm4j.config.internal.source;

/**
 * Where a directive was written.
 *
 * @param source a file's path, or a PID
 * @param line from 1, -1 = unknown
 */
public record Origin(String source, int line) {
  /** Of values nobody wrote. */
  public static final Origin DEFAULT = new Origin("", -1);
}
