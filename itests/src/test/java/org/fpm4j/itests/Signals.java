package org.fpm4j.itests;

import java.io.IOException;
import java.util.List;

/** Sends signals. */
final class Signals {

  private Signals() {}

  /** Sends a signal by its name without SIG; a process that is gone is an error. */
  static void send(String name, int pid) {
    if (!trySend(name, pid)) {
      throw new AssertionError("cannot send " + name + " to process " + pid);
    }
  }

  /** Sends a signal; returns false if it could not, because the process is gone as a rule. */
  static boolean trySend(String name, int pid) {
    try {
      return new ProcessBuilder(List.of("kill", "-s", name, Integer.toString(pid)))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      throw new AssertionError("cannot run kill", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
