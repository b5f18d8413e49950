package org.fpm4j.process.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.process.PoolSnapshot;
import org.fpm4j.process.PoolState;
import org.junit.jupiter.api.Test;

/** How many workers pools get: by mode, when connections wait, at their limits. */
class MasterScalingTest extends MasterFixture {

  @Test
  void staticPoolStartsItsWorkersOnceTheZygoteIsReady() {
    master.apply(configuration(fixture.settings("www", PoolFixture.fixed(4))));
    assertEquals(PoolState.STARTING, www().state());
    assertEquals(List.of(), fixture.lastZygote().orderedSlots);
    fixture.lastZygote().events.onReady();
    assertEquals(List.of(0, 1, 2, 3), fixture.lastZygote().orderedSlots);
    assertFalse(master.isReady());
    fixture.lastZygote().forkAll(loop.nanoTime());
    assertTrue(master.isReady());
    assertEquals(PoolState.RUNNING, www().state());
    assertEquals(4, www().idle());
    assertTrue(fixture.log.contains("NOTICE: ready to handle connections"));
  }

  @Test
  void waitingConnectionsGetWorkersAtOnceUpToMaxChildren() throws Exception {
    FakeZygote zygote = serve(fixture.settings("www", PoolFixture.dynamic(6, 2, 1, 3)));
    zygote.accept(0, loop.nanoTime());
    zygote.accept(1, loop.nanoTime());
    for (int i = 0; i < 10; i++) {
      connect();
    }
    reportWaiting();
    assertEquals(4, zygote.orderedSlots.size());
    zygote.forkAll(loop.nanoTime());
    for (int slot = 2; slot < 6; slot++) {
      zygote.accept(slot, loop.nanoTime());
    }
    loop.advance(QueueWatch.REST);
    reportWaiting();
    assertEquals(List.of(), zygote.orderedSlots);
    assertEquals(1, www().maxChildrenReached());
    assertTrue(
        fixture.log.contains(
            "[pool www] server reached pm.max_children setting (6), consider raising it"));
  }

  @Test
  void noWorkerIsForkedForAConnectionThatAnIdleOneWillTake() throws Exception {
    FakeZygote zygote = serve(fixture.settings("www", PoolFixture.dynamic(6, 2, 1, 3)));
    connect();
    reportWaiting();
    assertEquals(List.of(), zygote.orderedSlots);
  }

  @Test
  void queueWatchRestsBetweenReports() throws Exception {
    serve(fixture.settings("www", PoolFixture.dynamic(6, 2, 1, 3)));
    reportWaiting();
    var descriptor = master.pools().get("www").status().socket.descriptor();
    assertTrue(loop.watchedFor(descriptor).isEmpty());
    loop.advance(QueueWatch.REST);
    assertFalse(loop.watchedFor(descriptor).isEmpty());
  }

  @Test
  void ondemandPoolForksOnTheFirstConnectionAndRetiresWhenExpired() throws Exception {
    FakeZygote zygote = serve(fixture.settings("www", PoolFixture.ondemand(4)));
    assertEquals(0, www().total());
    connect();
    reportWaiting();
    assertEquals(List.of(0), zygote.orderedSlots);
    zygote.forkAll(loop.nanoTime());
    clients.get(0).close();
    loop.advance(Duration.ofSeconds(9));
    zygote.settle();
    assertEquals(1, www().total());
    loop.advance(Duration.ofSeconds(2));
    zygote.settle();
    assertEquals(0, www().total());
    assertEquals(0, fixture.log.count("NOTICE: [pool www] child"));
  }

  @Test
  void processMaxLimitsAllPoolsTogetherAndIsReportedOnce() {
    processMax = 5;
    PoolSettings www = fixture.settings("www", PoolFixture.fixed(4));
    PoolSettings api = fixture.settings("api", PoolFixture.fixed(4));
    master.apply(configuration(www, api));
    for (FakeZygote zygote : List.copyOf(fixture.zygotes)) {
      zygote.events.onReady();
      zygote.forkAll(loop.nanoTime());
    }
    assertEquals(5, master.workerCount());
    loop.advance(SECOND.multipliedBy(5));
    assertEquals(1, fixture.log.count("The maximum number of processes has been reached"));
  }

  @Test
  void liveChangeKeepsEveryWorker() {
    PoolSettings www = fixture.settings("www", PoolFixture.fixed(2));
    FakeZygote zygote = serve(www);
    master.apply(configuration(PoolFixture.with(www, PoolFixture.fixed(4))));
    assertEquals(List.of(2, 3), zygote.orderedSlots, "at once, not at the next tick");
    assertEquals(1, fixture.zygotes.size());
    assertEquals(2, zygote.pidBySlot.size());
  }

  @Test
  void totalIsIdlePlusActiveAndForgedPidsMakeNoIdleWorker() {
    FakeZygote zygote = serve(fixture.settings("www", PoolFixture.fixed(3)));
    zygote.accept(1, loop.nanoTime());
    zygote.board.workerWriter(2).start(1, loop.nanoTime());
    PoolSnapshot snapshot = www();
    assertEquals(3, snapshot.total());
    assertEquals(1, snapshot.idle());
    assertEquals(2, snapshot.active());
  }
}
