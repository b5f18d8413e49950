package org.fpm4j.process.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.config.RequestSettings;
import org.fpm4j.process.SlowRequest;
import org.junit.jupiter.api.Test;

/** Requests that take longer than they may. */
class MasterRequestTest extends MasterFixture {

  @Test
  void requestOverItsTimeoutIsTerminatedThenKilled() {
    PoolSettings www =
        PoolFixture.with(
            fixture.settings("www", PoolFixture.fixed(1)),
            new RequestSettings(
                Duration.ofSeconds(3), false, Duration.ZERO, Duration.ZERO, Optional.empty(), 20));
    FakeZygote zygote = serve(www);
    int pid = zygote.pidBySlot.get(0);
    zygote.execute(0, loop.nanoTime());
    loop.advance(Duration.ofSeconds(2));
    assertEquals(List.of(), zygote.signals);
    loop.advance(SECOND);
    assertEquals(List.of("SIGTERM " + pid), zygote.signals);
    assertTrue(
        fixture.log.contains(
            "WARNING: [pool www] child "
                + pid
                + ", script '/srv/slow.php' (request: \"GET /slow.php?a=1\") execution timed out"
                + " (3.000000 sec), terminating"),
        fixture.log.lines.toString());
    loop.advance(SECOND.multipliedBy(2));
    assertTrue(zygote.signals.contains("SIGKILL " + pid));
    String killing = "WARNING: [pool www] child " + pid + " did not end on SIGTERM, killing";
    assertEquals(1, Collections.frequency(fixture.log.lines, killing), "said once");
    zygote.exit(0, 9, 0);
    assertEquals(1, zygote.orderedSlots.size(), "it is replaced");
  }

  private FakeZygote serveSlowRequest(Duration interval) {
    PoolSettings www =
        PoolFixture.with(
            fixture.settings("www", PoolFixture.fixed(1)),
            new RequestSettings(
                Duration.ZERO, false, SECOND, interval, Optional.of(temp.resolve("slow.log")), 7));
    FakeZygote zygote = serve(www);
    zygote.execute(0, loop.nanoTime());
    loop.advance(Duration.ofSeconds(10));
    return zygote;
  }

  @Test
  void slowRequestIsCountedAndReportedOnceAndNotTouched() {
    FakeZygote zygote = serveSlowRequest(Duration.ZERO);
    assertEquals(1, www().slowRequests());
    assertEquals(List.of(), zygote.signals);
    assertEquals(1, fixture.log.count("executing too slow (1."));
    assertEquals(
        List.of(
            new SlowRequest(
                "www",
                zygote.pidBySlot.get(0),
                "/srv/slow.php",
                fixture.slowRequests.get(0).elapsedMicros(),
                temp.resolve("slow.log"),
                7)),
        fixture.slowRequests);
  }

  @Test
  void slowRequestIsReportedAgainAtItsIntervalAndCountedOnce() {
    serveSlowRequest(Duration.ofSeconds(3));
    assertEquals(1, www().slowRequests());
    assertEquals(
        List.of(1L, 4L, 7L),
        fixture.slowRequests.stream()
            .map(request -> request.elapsedMicros() / 1_000_000)
            .limit(3)
            .toList());
  }
}
