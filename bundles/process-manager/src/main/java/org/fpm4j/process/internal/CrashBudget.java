package org.fpm4j.process.internal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.fpm4j.posix.ExitStatus;
import org.fpm4j.posix.Signal;

/**
 * A pool's {@code emergency_restart_threshold} and {@code emergency_restart_interval}: that many
 * workers ended by SIGSEGV or SIGBUS within the interval mean that the generation's shared memory
 * may be damaged. php-fpm restarts everything then, here the pool gets a new generation. Event loop
 * only.
 */
final class CrashBudget {

  private final Deque<Long> crashNanos = new ArrayDeque<>();

  /** Whether an end counts as a crash. */
  static boolean isCrash(ExitStatus exit) {
    return exit.signal() == Signal.SIGSEGV.number() || exit.signal() == Signal.SIGBUS.number();
  }

  /**
   * Notes a crash.
   *
   * @param threshold crashes that use the budget up, 0 for no limit
   * @return whether they are used up; counting starts anew then
   */
  boolean spend(long nowNanos, int threshold, Duration interval) {
    if (threshold <= 0 || interval.isZero()) {
      return false;
    }
    crashNanos.add(nowNanos);
    while (crashNanos.size() > threshold) {
      crashNanos.remove();
    }
    if (crashNanos.size() < threshold || nowNanos - crashNanos.element() > interval.toNanos()) {
      return false;
    }
    crashNanos.clear();
    return true;
  }
}
