package org.fpm4j.scoreboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class DurationHistogramTest {
  @Test
  void bucketsAreThoseOfTheAgent() {
    assertEquals(0, DurationHistogram.bucket(-5));
    assertEquals(7, DurationHistogram.bucket(7));
    assertEquals(8, DurationHistogram.bucket(8));
    assertEquals(8, DurationHistogram.bucket(9));
    assertEquals(9, DurationHistogram.bucket(10));
    assertEquals(12, DurationHistogram.bucket(16));
    assertEquals(8 + (9 - 3) * 4 + 3, DurationHistogram.bucket(1000));
    assertEquals(159, DurationHistogram.bucket(Long.MAX_VALUE));
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
  void percentilesAreWithinAQuarterOfTheTruth() {
    long[] counts = new long[ScoreboardLayout.DURATION_BUCKETS];
    for (int micros = 1; micros <= 10_000; micros++) {
      counts[DurationHistogram.bucket(micros)]++;
    }
    DurationHistogram histogram = new DurationHistogram(counts);
    for (double share : new double[] {0.01, 0.5, 0.95, 0.99, 1}) {
      double truth = share * 10_000;
      assertEquals(truth, (double) histogram.percentileMicros(share), truth / 4);
    }
    assertTrue(histogram.percentileMicros(0) <= 1);
    assertEquals(10_000, histogram.total());
  }

  @Test
  void emptyHistogramHasPercentileZero() {
    assertEquals(0, DurationHistogram.EMPTY.percentileMicros(0.99));
  }

  @Test
  void subtractGivesWhatCameSinceAndNothingNegative() {
    DurationHistogram earlier = counted(3, 5);
    DurationHistogram later = counted(3, 7).merge(counted(9, 1));
    assertEquals(counted(3, 2).merge(counted(9, 1)), later.subtract(earlier));
    assertEquals(DurationHistogram.EMPTY, earlier.subtract(later));
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
