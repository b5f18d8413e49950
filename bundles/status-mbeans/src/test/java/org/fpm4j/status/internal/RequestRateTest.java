package org.fpm4j.status.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class RequestRateTest {

  private static final long SECOND = 1_000_000_000L;

  private final RequestRate rate = new RequestRate();

  @Test
  void isZeroAtTheFirstReading() {
    assertEquals(0, rate.read(5 * SECOND, 1000));
  }

  @Test
  void countsFromTheFirstReadingWithinTheMinute() {
    rate.read(0, 1000);
    rate.read(10 * SECOND, 1100);
    assertEquals(20, rate.read(20 * SECOND, 1400));
  }

  @Test
  void forgetsWhatIsOlderThanAMinute() {
    for (int second = 0; second <= 60; second++) {
      rate.read(second * SECOND, 0);
    }
    for (int second = 61; second <= 120; second++) {
      rate.read(second * SECOND, (second - 60) * 5L);
    }
    assertEquals(5, rate.read(120 * SECOND, 300));
  }

  @Test
  void spansALongPauseBetweenReadings() {
    rate.read(0, 0);
    assertEquals(2, rate.read(300 * SECOND, 600));
  }

  @Test
  void isNotDisturbedByManyReadings() {
    rate.read(0, 0);
    for (int i = 1; i <= 100; i++) {
      rate.read(i * SECOND / 1000, i);
    }
    assertEquals(1000, rate.read(SECOND / 2, 500));
  }
}
