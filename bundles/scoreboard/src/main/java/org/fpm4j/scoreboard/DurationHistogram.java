package org.fpm4j.scoreboard;

import static org.fpm4j.scoreboard.ScoreboardLayout.DURATION_BUCKETS;

import java.util.Arrays;

/**
 * Counts of request durations in log-linear buckets, HdrHistogram's layout: each microsecond up to
 * 64 µs has its own, above that each power of two has 32, so a bucket is at most a 32nd as wide as
 * its lower bound; the last one, from 6.8 · 10¹⁰ µs (19 hours), is open. Immutable.
 *
 * <p>bucket(v) = v for v &lt; 64, else 64 + (⌊log₂ v⌋ − 6) · 32 + ((v ≫ (⌊log₂ v⌋ − 5)) mod 32), at
 * most 1023; the worker agent computes the same.
 */
public final class DurationHistogram {
  private static final int LINEAR_BITS = 6;
  private static final int LINEAR = 1 << LINEAR_BITS;
  private static final int STEP_BITS = LINEAR_BITS - 1;
  private static final int STEPS = 1 << STEP_BITS;

  /** More than any worker serves, and small enough that no sum overflows. */
  private static final long MOST = 1L << 48;

  /** No request yet. */
  public static final DurationHistogram EMPTY = new DurationHistogram(new long[DURATION_BUCKETS]);

  private final long[] counts;

  /** Takes over an array of 1024 counts, none negative. */
  DurationHistogram(long[] counts) {
    this.counts = counts;
  }

  /** Takes over an array of 1024 counts as workers stored them, whatever they are. */
  static DurationHistogram ofStored(long[] counts) {
    for (int bucket = 0; bucket < counts.length; bucket++) {
      counts[bucket] = Math.min(MOST, Math.max(0, counts[bucket]));
    }
    return new DurationHistogram(counts);
  }

  /** The bucket of a duration in microseconds; a negative one is in the first. */
  public static int bucket(long micros) {
    if (micros < LINEAR) {
      return (int) Math.max(0, micros);
    }
    int log = Long.SIZE - 1 - Long.numberOfLeadingZeros(micros);
    int step = (int) (micros >>> (log - STEP_BITS)) & (STEPS - 1);
    return Math.min(DURATION_BUCKETS - 1, LINEAR + (log - LINEAR_BITS) * STEPS + step);
  }

  /**
   * The smallest duration, in microseconds, of a bucket.
   *
   * @throws IndexOutOfBoundsException if the bucket is not in 0..1024; 1024 is where the last one
   *     is taken to end
   */
  public static long lowerBoundMicros(int bucket) {
    if (bucket < 0 || bucket > DURATION_BUCKETS) {
      throw new IndexOutOfBoundsException("duration bucket " + bucket);
    }
    if (bucket < LINEAR) {
      return bucket;
    }
    int log = LINEAR_BITS + (bucket - LINEAR) / STEPS;
    int step = (bucket - LINEAR) % STEPS;
    return (long) (STEPS + step) << (log - STEP_BITS);
  }

  /** Requests counted in a bucket, 0..1023. */
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
    for (int bucket = 0; bucket < DURATION_BUCKETS; bucket++) {
      sum[bucket] = Math.min(MOST, sum[bucket] + other.counts[bucket]);
    }
    return new DurationHistogram(sum);
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
