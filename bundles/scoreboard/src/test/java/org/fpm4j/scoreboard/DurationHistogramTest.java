package org.fpm4j.scoreboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DurationHistogramTest {
  @Test
  void bucketsAreThoseOfTheAgent() {
    assertEquals(0, DurationHistogram.bucket(-5));
    assertEquals(63, DurationHistogram.bucket(63));
    assertEquals(64, DurationHistogram.bucket(64));
    assertEquals(64, DurationHistogram.bucket(65));
    assertEquals(65, DurationHistogram.bucket(66));
    assertEquals(96, DurationHistogram.bucket(128));
    assertEquals(64 + (9 - 6) * 32 + 30, DurationHistogram.bucket(1000));
    assertEquals(1023, DurationHistogram.bucket(Long.MAX_VALUE));
  }

  @Test
  void everyBucketBeginsAtItsLowerBound() {
    for (int bucket = 1; bucket < ScoreboardLayout.DURATION_BUCKETS; bucket++) {
      long low = DurationHistogram.lowerBoundMicros(bucket);
      assertEquals(bucket, DurationHistogram.bucket(low));
      assertEquals(bucket - 1, DurationHistogram.bucket(low - 1));
    }
  }

  @Test
  void percentilesAreWithinA32ndOfTheTruth() {
    long[] counts = new long[ScoreboardLayout.DURATION_BUCKETS];
    for (int micros = 1; micros <= 10_000; micros++) {
      counts[DurationHistogram.bucket(micros)]++;
    }
    DurationHistogram histogram = new DurationHistogram(counts);
    for (double share : new double[] {0.01, 0.5, 0.95, 0.99, 1}) {
      double truth = share * 10_000;
      assertEquals(truth, (double) histogram.percentileMicros(share), truth / 32);
    }
    assertTrue(histogram.percentileMicros(0) <= 1);
    assertEquals(10_000, histogram.total());
  }

  @Test
  void emptyHistogramHasPercentileZero() {
    assertEquals(0, DurationHistogram.EMPTY.percentileMicros(0.99));
  }

  @Test
  void mergeCountsTheRequestsOfBoth() {
    DurationHistogram both = counted(3, 5).merge(counted(9, 1));
    assertEquals(6, both.total());
    assertEquals(9, both.percentileMicros(1));
  }

  @Test
  void forgedCountsStayCountable() {
    long[] stored = new long[ScoreboardLayout.DURATION_BUCKETS];
    Arrays.fill(stored, Long.MAX_VALUE);
    stored[0] = -1;
    DurationHistogram forged = DurationHistogram.ofStored(stored);
    assertEquals(0, forged.count(0));
    for (int generation = 0; generation < 100; generation++) {
      forged = forged.merge(forged);
    }
    assertTrue(forged.total() > 0 && forged.percentileMicros(1) > 0);
  }

  @Test
  void rejectsShareThatIsNone() {
    assertThrows(
        IllegalArgumentException.class, () -> DurationHistogram.EMPTY.percentileMicros(95));
    assertThrows(
        IllegalArgumentException.class, () -> DurationHistogram.EMPTY.percentileMicros(Double.NaN));
  }

  private static DurationHistogram counted(int bucket, long count) {
    long[] counts = new long[ScoreboardLayout.DURATION_BUCKETS];
    counts[bucket] = count;
    return new DurationHistogram(counts);
  }
}
