package org.fpm4j.process.internal;

import java.time.Duration;

/**
 * How long to wait before replacing a worker that died: not at all, unless workers die young one
 * after the other; then 100 ms, doubled each time up to 10 s. php-fpm has no such brake and forks
 * as fast as its workers crash. Not thread-safe.
 */
final class RespawnBackoff {

  /** A worker that lived this long did not die of its start. */
  static final Duration YOUNG = Duration.ofSeconds(1);

  private static final int FREE_DEATHS = 3;
  private static final Duration FIRST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private int youngDeaths;

  /** Notes a death after {@code lifetime} and returns the wait before the replacement. */
  Duration onDeath(Duration lifetime) {
    if (lifetime.compareTo(YOUNG) >= 0) {
      youngDeaths = 0;
      return Duration.ZERO;
    }
    youngDeaths++;
    if (youngDeaths <= FREE_DEATHS) {
      return Duration.ZERO;
    }
    int doublings = Math.min(youngDeaths - FREE_DEATHS - 1, 10);
    Duration wait = FIRST.multipliedBy(1L << doublings);
    return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
  }
}
