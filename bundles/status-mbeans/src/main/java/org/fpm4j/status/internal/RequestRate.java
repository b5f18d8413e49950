package org.fpm4j.status.internal;

import java.util.ArrayDeque;

/**
 * Requests per second, from a counter as it was at earlier readings: no timer runs for it. Any
 * thread.
 */
final class RequestRate {

  private static final long WINDOW_NANOS = 60_000_000_000L;
  private static final long SPACING_NANOS = 1_000_000_000L;

  private record Reading(long nanos, long count) {}

  /** At least a second apart; the first is the youngest of those a minute old, or the oldest. */
  private final ArrayDeque<Reading> readings = new ArrayDeque<>();

  /**
   * Notes a reading and returns the rate since the first one kept.
   *
   * @param nanos {@link System#nanoTime} of the reading
   * @param count requests until then
   * @return 0 at the first reading
   */
  synchronized double read(long nanos, long count) {
    while (readings.size() > 1 && nanos - second().nanos() >= WINDOW_NANOS) {
      readings.removeFirst();
    }
    if (readings.isEmpty() || nanos - readings.peekLast().nanos() >= SPACING_NANOS) {
      readings.addLast(new Reading(nanos, count));
    }
    Reading first = readings.peekFirst();
    long elapsed = nanos - first.nanos();
    return elapsed <= 0 ? 0 : Math.max(0, count - first.count()) * 1e9 / elapsed;
  }

  private Reading second() {
    return readings.stream().skip(1).findFirst().orElseThrow();
  }
}
