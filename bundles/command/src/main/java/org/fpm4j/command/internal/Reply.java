package org.fpm4j.command.internal;

import java.nio.charset.StandardCharsets;

/**
 * What a command answers.
 *
 * @param exitCode for the client's process, one of the constants
 * @param body whole lines, or empty
 */
record Reply(int exitCode, String body) {

  static final int OK = 0;

  /** The command was understood and failed. */
  static final int FAILED = 1;

  /** The command line is wrong (EX_USAGE of sysexits.h). */
  static final int USAGE = 64;

  /** The master is at fault (EX_SOFTWARE). */
  static final int INTERNAL = 70;

  static Reply ok(String body) {
    return new Reply(OK, body);
  }

  /** A failure, told in one line. */
  static Reply failed(String line) {
    return new Reply(FAILED, line + "\n");
  }

  /** As sent: the exit code in decimal on a line, the body up to the end of the stream. */
  byte[] encoded() {
    return (exitCode + "\n" + body).getBytes(StandardCharsets.UTF_8);
  }
}
