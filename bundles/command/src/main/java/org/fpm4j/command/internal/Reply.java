package org.fpm4j.command.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * What a command answers.
 *
 * @param exitCode for the client's process, one of the constants
 * @param body whole lines, or empty
 * @param more writes what comes after the body, and takes its time; null if nothing does
 */
record Reply(int exitCode, String body, Follow more) {

  /** The rest of an answer that has no end of its own. */
  interface Follow {
    /** Runs on the client's thread until the sink is closed. */
    void to(Sink sink) throws IOException, InterruptedException;
  }

  /** Where the rest of an answer goes. */
  interface Sink {
    /** Whether the client is there and the master not about to stop. */
    boolean isOpen() throws IOException;

    /** Sends lines; fails if the client does not take them. */
    void write(String lines) throws IOException;
  }

  static final int OK = 0;

  /** The command was understood and failed. */
  static final int FAILED = 1;

  /** The command line is wrong (EX_USAGE of sysexits.h). */
  static final int USAGE = 64;

  /** The master is at fault (EX_SOFTWARE). */
  static final int INTERNAL = 70;

  Reply(int exitCode, String body) {
    this(exitCode, body, null);
  }

  /** An answer that lasts until the client goes. */
  static Reply following(Follow more) {
    return new Reply(OK, "", more);
  }

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
