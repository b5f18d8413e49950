package org.fpm4j.health.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.apache.felix.hc.api.Result;
import org.apache.felix.hc.api.Result.Status;
import org.fpm4j.process.ExitCounts;
import org.fpm4j.process.PoolSnapshot;
import org.fpm4j.process.PoolState;
import org.fpm4j.process.RequestDurations;
import org.junit.jupiter.api.Test;

class PoolVerdictTest {

  private static PoolSnapshot pool(PoolState state, int idle, int active, int queued) {
    return new PoolSnapshot(
        "www",
        state,
        "static",
        "/run/www.sock",
        1,
        99,
        2000,
        idle,
        active,
        idle + active,
        0,
        2,
        2,
        0,
        queued,
        0,
        128,
        1,
        1,
        new RequestDurations(1, 2, 3),
        4,
        5,
        0,
        0,
        0,
        new ExitCounts(0, 0, 0, 0, 0, 0),
        0,
        0,
        "program not found",
        List.of());
  }

  private static Status status(PoolVerdict verdict, PoolState state) {
    return verdict.of(pool(state, 1, 1, 0)).getStatus();
  }

  @Test
  void onlyAFailedPoolIsNotLive() {
    assertEquals(Status.OK, status(PoolVerdict.LIVE, PoolState.RUNNING));
    assertEquals(Status.OK, status(PoolVerdict.LIVE, PoolState.STARTING));
    assertEquals(Status.OK, status(PoolVerdict.LIVE, PoolState.DRAINED));
    Result failed = PoolVerdict.LIVE.of(pool(PoolState.FAILED, 0, 0, 0));
    assertEquals(Status.CRITICAL, failed.getStatus());
    assertTrue(failed.toString().contains("program not found"), failed::toString);
  }

  @Test
  void poolThatTakesNoRequestsIsNotReady() {
    assertEquals(Status.OK, status(PoolVerdict.READY, PoolState.RUNNING));
    assertEquals(Status.OK, status(PoolVerdict.READY, PoolState.RELOADING));
    assertEquals(Status.TEMPORARILY_UNAVAILABLE, status(PoolVerdict.READY, PoolState.STARTING));
    assertEquals(Status.TEMPORARILY_UNAVAILABLE, status(PoolVerdict.READY, PoolState.DRAINED));
    assertEquals(Status.CRITICAL, status(PoolVerdict.READY, PoolState.FAILED));
  }

  @Test
  void saturatedPoolIsReadyWithAWarning() {
    assertEquals(Status.WARN, PoolVerdict.READY.of(pool(PoolState.RUNNING, 0, 2, 3)).getStatus());
  }
}
