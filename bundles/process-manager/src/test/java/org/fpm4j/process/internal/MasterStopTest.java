package org.fpm4j.process.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.process.PoolState;
import org.junit.jupiter.api.Test;

/** Pools, workers and the master itself are told to end. */
class MasterStopTest extends MasterFixture {

  @Test
  void poolTakenOutOfTheConfigurationFinishesItsRequestsAndGoes() {
    PoolSettings api = fixture.settings("api", PoolFixture.fixed(1));
    serve(fixture.settings("www", PoolFixture.fixed(1)));
    final FakeZygote zygote = fixture.lastZygote();
    zygote.accept(0, loop.nanoTime());
    master.apply(configuration(api));
    loop.advance(SECOND);
    zygote.settle();
    assertEquals(PoolState.DRAINING, www().state());
    assertFalse(Files.exists(temp.resolve("www.sock")), "no new connection comes");
    zygote.board.workerWriter(0).enter(org.fpm4j.scoreboard.Stage.ACCEPTING, loop.nanoTime());
    zygote.settle();
    assertFalse(master.pools().containsKey("www"));
  }

  @Test
  void gracefulStopWaitsForRequestsHoweverLongByDefault() {
    FakeZygote zygote = serve(fixture.settings("www", PoolFixture.fixed(2)));
    zygote.accept(0, loop.nanoTime());
    master.stop(true);
    zygote.settle();
    loop.advance(Duration.ofHours(1));
    assertFalse(stopped);
    assertEquals(List.of(), zygote.signals);
    zygote.exit(0, 0, 0);
    zygote.settle();
    assertTrue(stopped);
    assertTrue(fixture.log.contains("NOTICE: exiting, bye-bye!"));
  }

  @Test
  void gracefulStopTerminatesThenKillsAfterProcessControlTimeout() {
    controlTimeout = Duration.ofSeconds(5);
    FakeZygote zygote = serve(fixture.settings("www", PoolFixture.fixed(1)));
    zygote.accept(0, loop.nanoTime());
    int pid = zygote.pidBySlot.get(0);
    master.stop(true);
    loop.advance(Duration.ofSeconds(5));
    assertEquals(List.of("SIGTERM " + pid), zygote.signals);
    loop.advance(SECOND);
    assertEquals(List.of("SIGTERM " + pid, "SIGKILL " + pid), zygote.signals);
  }

  @Test
  void terminatingWhileTheFirstWorkersAreForkedEndsTheMaster() {
    master.apply(configuration(fixture.settings("www", PoolFixture.fixed(2))));
    FakeZygote zygote = fixture.lastZygote();
    zygote.events.onReady();

    master.stop(false);
    zygote.forkAll(loop.nanoTime());
    assertEquals(2, zygote.signals.size(), "those forked meanwhile are killed");
    zygote.exit(0, 9, 0);
    zygote.exit(1, 9, 0);
    zygote.settle();

    assertTrue(stopped);
    assertEquals(1, fixture.zygotes.size(), "no other zygote is started");
  }

  @Test
  void terminatingOvertakesFinishingButNotTheOtherWayRound() {
    FakeZygote zygote = serve(fixture.settings("www", PoolFixture.fixed(1)));
    zygote.accept(0, loop.nanoTime());
    master.stop(true);
    master.stop(false);
    assertEquals(1, zygote.signals.size());
    master.stop(true);
    assertEquals(1, zygote.signals.size());
  }

  @Test
  void idleWorkerThatDoesNotRetireIsKilled() {
    FakeZygote zygote = serve(fixture.settings("www", PoolFixture.fixed(1)));
    int pid = zygote.pidBySlot.get(0);
    master.retire("www", pid);
    loop.advance(Duration.ofSeconds(6));
    assertEquals(List.of("SIGKILL " + pid), zygote.signals.subList(0, 1));
  }
}
