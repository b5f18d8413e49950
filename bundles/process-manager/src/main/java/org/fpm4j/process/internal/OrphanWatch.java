package org.fpm4j.process.internal;

import java.util.function.IntConsumer;
import org.fpm4j.posix.Signal;

/**
 * Follows workers whose zygote died: they become children of the master, which is a child subreaper
 * ({@code prctl(2)}), or of init where it cannot be one. Called on the event loop.
 */
interface OrphanWatch {

  /** The status told for a worker that was nobody's child any more when it went. */
  int UNKNOWN_STATUS = 0;

  /** Calls {@code onExit} on the event loop with the wait status once the process has gone. */
  void watch(int pid, IntConsumer onExit);

  /** Signals a watched process; ignored for any other. */
  void signal(int pid, Signal signal);
}
