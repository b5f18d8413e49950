package org.fpm4j.scoreboard;

import java.util.Objects;

/**
 * What a scoreboard file says it belongs to.
 *
 * @param pool the pool's name, cut to 63 bytes of UTF-8 in the file
 * @param generation number of the pool's generation
 * @param createdNanos creation time, CLOCK_MONOTONIC nanoseconds ({@link System#nanoTime()})
 * @param createdEpochMs creation time, milliseconds since the epoch
 */
public record ScoreboardIdentity(
    String pool, int generation, long createdNanos, long createdEpochMs) {
  public ScoreboardIdentity {
    Objects.requireNonNull(pool, "pool");
  }
}
