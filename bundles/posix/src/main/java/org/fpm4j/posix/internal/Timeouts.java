package org.fpm4j.posix.internal;

/** Time limits in the unit the kernel's waiting calls take. */
final class Timeouts {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private Timeouts() {}

  /**
   * Rounds up, so that a timer is never found early; a limit of 24 days or more is cut to that.
   *
   * @param nanos negative for no limit
   * @return milliseconds, -1 for no limit
   */
  static int millis(long nanos) {
    if (nanos < 0) {
      return -1;
    }
    long millis = nanos / NANOS_PER_MILLI + (nanos % NANOS_PER_MILLI == 0 ? 0 : 1);
    return (int) Math.min(millis, Integer.MAX_VALUE);
  }
}
