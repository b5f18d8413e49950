package org.fpm4j.process.internal;

import org.fpm4j.posix.ExitStatus;
import org.fpm4j.posix.Signal;

/** Why a worker ended; see {@link org.fpm4j.process.ExitCounts}. */
enum ExitReason {
  RETIRED(0),
  ENDED(1),
  FAILED(2),
  KILLED(3),
  CRASHED(4),
  OUT_OF_MEMORY(5);

  /** How many reasons there are. */
  static final int COUNT = 6;

  private final int index;

  ExitReason(int index) {
    this.index = index;
  }

  /** Its place, from 0, among the counts and in the ledger; never changes. */
  int index() {
    return index;
  }

  /** The reason of an end. */
  static ExitReason of(Worker worker, ExitStatus exit, boolean outOfMemory) {
    if (outOfMemory) {
      return OUT_OF_MEMORY;
    }
    if (exit.exited() && exit.code() != 0) {
      return FAILED;
    }
    if (exit.exited() || exit.signal() == Signal.SIGQUIT.number()) {
      return worker.isLeaving() ? RETIRED : ENDED;
    }
    return worker.state() == Worker.State.ENDING ? KILLED : CRASHED;
  }
}
