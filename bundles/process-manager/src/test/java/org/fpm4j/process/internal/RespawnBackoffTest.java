package org.fpm4j.process.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RespawnBackoffTest {

  private static final Duration YOUNG = Duration.ofMillis(5);

  private final RespawnBackoff backoff = new RespawnBackoff();

  @Test
  void replacesTheFirstYoungDeadAtOnceThenWaitsTwiceAsLongEachTime() {
    for (int i = 0; i < 3; i++) {
      assertEquals(Duration.ZERO, backoff.onDeath(YOUNG));
    }
    assertEquals(Duration.ofMillis(100), backoff.onDeath(YOUNG));
    assertEquals(Duration.ofMillis(200), backoff.onDeath(YOUNG));
    assertEquals(Duration.ofMillis(400), backoff.onDeath(YOUNG));
  }

  @Test
  void waitsTenSecondsAtMostHoweverManyDie() {
    Duration last = Duration.ZERO;
    for (int i = 0; i < 1000; i++) {
      last = backoff.onDeath(YOUNG);
    }
    assertEquals(Duration.ofSeconds(10), last);
  }

  @Test
  void forgetsTheYoungDeadOnceAWorkerLivedASecond() {
    for (int i = 0; i < 10; i++) {
      backoff.onDeath(YOUNG);
    }
    assertEquals(Duration.ZERO, backoff.onDeath(Duration.ofSeconds(1)));
    assertEquals(Duration.ZERO, backoff.onDeath(YOUNG));
  }
}
