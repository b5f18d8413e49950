package org.fpm4j.scoreboard;

import static org.fpm4j.scoreboard.ScoreboardLayout.DURATION_BUCKETS;

import java.util.Arrays;

/**
 * Counts of request durations in log-linear buckets: each microsecond up to 8 µs has its own, above
 * that each power of two has four, so a bucket is at most a quarter as wide as its lower bound; the
 * last one, from 1.9 · 10¹² µs (22 days), is open. Immutable.
 *
 * <p>bucket(v) = v for v &lt; 8, else 8 + (⌊log₂ v⌋ − 3) · 4 + ((v ≫ (⌊log₂ v⌋ − 2)) mod 4), at
 * most 159; the worker agent computes the same. The file's counts are 32 bits wide and wrap.
 */
public final class DurationHistogram {
  private static final int LINEAR = 8;
  private static final int STEPS = 4;

  /** No request yet. */
  public static final DurationHistogram EMPTY = new DurationHistogram(new long[DURATION_BUCKETS]);

  private final long[] counts;

  /** Takes over an array of 160 counts. */
  DurationHistogram(long[] counts) {
    this.counts = counts;
  }

  /** The bucket of a duration in microseconds; a negative one is in the first. */
  public static int bucket(long micros) {
    if (micros < LINEAR) {
      return (int) Math.max(0, micros);
    }
    int log = Long.SIZE - 1 - Long.numberOfLeadingZeros(micros);
    int step = (int) (micros >>> (log - 2)) & (STEPS - 1);
    return Math.min(DURATION_BUCKETS - 1, LINEAR + (log - 3) * STEPS + step);
  }

  /**
   * The smallest duration, in microseconds, of a bucket.
   *
   * @throws IndexOutOfBoundsException if the bucket is not in 0..160; 160 is where the last one is
   *     taken to end
   */
  public static long lowerBoundMicros(int bucket) {
    if (bucket < 0 || bucket > DURATION_BUCKETS) {
      throw new IndexOutOfBoundsException("duration bucket " + bucket);
    }
    if (bucket < LINEAR) {
      return bucket;
    }
    int log = 3 + (bucket - LINEAR) / STEPS;
    int step = (bucket - LINEAR) % STEPS;
    return (long) (STEPS + step) << (log - 2);
  }

  /** Requests counted in a bucket, 0..159. */
  public long count(int bucket) {
    return counts[bucket];
  }

  /** Requests counted. */
  public long total() {
    return Arrays.stream(counts).sum();
  }

  /**
   * The duration, in microseconds, that a share of the requests did not exceed, interpolated inside
   * its bucket; 0 if nothing was counted.
   *
   * @param share 0..1, 0.95 for the 95th percentile
   * @throws IllegalArgumentException if share is not in 0..1
   */
  public long percentileMicros(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("percentile share " + share + " not in 0..1");
    }
    double rank = Math.max(1, Math.ceil(share * total()));
    long before = 0;
    for (int bucket = 0; bucket < DURATION_BUCKETS; bucket++) {
      if (counts[bucket] > 0 && before + counts[bucket] >= rank) {
        long low = lowerBoundMicros(bucket);
        long width = lowerBoundMicros(bucket + 1) - low;
        return low + Math.round((rank - before) / counts[bucket] * (width - 1));
      }
      before += counts[bucket];
    }
    return 0;
  }

  /** The requests of both. */
  public DurationHistogram merge(DurationHistogram other) {
    long[] sum = counts.clone();
    Arrays.setAll(sum, bucket -> counts[bucket] + other.counts[bucket]);
    return new DurationHistogram(sum);
  }

  /**
   * The requests counted here and not yet in an earlier histogram of the same workers. A bucket
   * that has shrunk, because a count wrapped or a slot was cleared, counts as 0.
   */
  public DurationHistogram subtract(DurationHistogram earlier) {
    long[] difference = counts.clone();
    Arrays.setAll(difference, bucket -> Math.max(0, counts[bucket] - earlier.counts[bucket]));
    return new DurationHistogram(difference);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DurationHistogram that && Arrays.equals(counts, that.counts);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(counts);
  }

  @Override
  public String toString() {
    return "DurationHistogram[total=%d, p50=%dus, p95=%dus, p99=%dus]"
        .formatted(total(), percentileMicros(0.5), percentileMicros(0.95), percentileMicros(0.99));
  }
}
