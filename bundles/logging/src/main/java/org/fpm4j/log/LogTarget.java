package org.fpm4j.log;

import java.nio.file.Path;

/** Where the error log goes: the {@code error_log} directive, or nothing but standard error. */
public sealed interface LogTarget {

  /** Standard error of the master, and nothing else. */
  record StandardError() implements LogTarget {}

  /**
   * A file that is appended to, created with mode 0600 when missing. A named pipe or a device such
   * as {@code /dev/stderr} will do.
   *
   * @param path absolute, or relative to the master's working directory
   */
  record File(Path path) implements LogTarget {}

  /**
   * The system's log daemon on {@code /dev/log}.
   *
   * @param ident the {@code syslog.ident} directive
   * @param facility the facility's number as in {@code <syslog.h>}, already shifted (DAEMON = 24)
   */
  record Syslog(String ident, int facility) implements LogTarget {}
}
