package org.fpm4j.process.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.config.ProgramSettings;
import org.fpm4j.config.RequestSettings;
import org.fpm4j.process.MasterState;
import org.fpm4j.process.PoolSnapshot;
import org.fpm4j.process.PoolState;
import org.fpm4j.process.ProcessEvent;
import org.fpm4j.process.SlowRequest;
import org.junit.jupiter.api.Test;

class MasterTest extends MasterFixture {

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
  void crashedWorkerIsReplacedAtOnceAndReportedInPhpFpmsWords() {
    FakeZygote zygote = serve(fixture.settings("www", PoolFixture.fixed(2)));
    int pid = zygote.pidBySlot.get(1);
    loop.advance(Duration.ofMillis(12_345));
    zygote.exit(1, SEGV, 0);
    assertEquals(List.of(1), zygote.orderedSlots);
    assertTrue(
        fixture.log.contains(
            "WARNING: [pool www] child "
                + pid
                + " exited on signal 11 (SIGSEGV) after 12.345000 seconds from start"),
        fixture.log.lines.toString());
    assertEquals(1, www().exitedBySignal());
  }

  @Test
  void workersThatDieYoungAreReplacedEverMoreSlowly() {
    FakeZygote zygote = serve(fixture.settings("www", PoolFixture.fixed(1)));
    for (int i = 0; i < 4; i++) {
      zygote.exit(0, SEGV, 0);
      zygote.forkAll(loop.nanoTime());
    }
    assertEquals(0, zygote.pidBySlot.size());
    loop.advance(Duration.ofMillis(99));
    assertEquals(List.of(), zygote.orderedSlots);
    loop.advance(Duration.ofMillis(1));
    assertEquals(List.of(0), zygote.orderedSlots);
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
  void reloadKeepsTheOldGenerationServingUntilTheNewOneTakesOver() {
    FakeZygote old = serve(fixture.settings("www", PoolFixture.fixed(3)));
    old.accept(0, loop.nanoTime());
    CompletableFuture<String> done = master.reload("www");
    final FakeZygote fresh = fixture.lastZygote();
    assertEquals(3, www().total());
    fresh.events.onReady();
    fresh.forkAll(loop.nanoTime());
    assertTrue(done.isDone());
    old.settle();
    assertEquals(4, www().total(), "three new workers, and the old one that is busy");
    assertFalse(old.cleanedUp);
    old.board.workerWriter(0).enter(org.fpm4j.scoreboard.Stage.ACCEPTING, loop.nanoTime());
    old.settle();
    assertTrue(old.cleanedUp);
    assertEquals(2, www().generation());
    assertEquals(List.of(), old.signals, "nobody was signalled");
  }

  @Test
  void reloadWhoseZygoteFailsLeavesTheOldGenerationAndSaysWhy() {
    FakeZygote old = serve(fixture.settings("www", PoolFixture.fixed(2)));
    CompletableFuture<String> done = master.reload("www");
    fixture.lastZygote().events.onSetUpFailed("setuid", 1);
    fixture.lastZygote().events.onGone("with code 70");
    CompletionException failure = assertThrows(CompletionException.class, done::join);
    assertTrue(failure.getMessage().contains("with code 70 (setuid: "), failure.getMessage());
    assertEquals(PoolState.RUNNING, www().state());
    assertEquals(2, old.pidBySlot.size());
    assertEquals(1, www().generation());
    assertTrue(www().lastError().contains("before its first accept()"));
  }

  @Test
  void poolThatCannotStartFailsAloneAndIsTriedAgain() {
    PoolSettings api = fixture.settings("api", PoolFixture.fixed(1));
    serve(api);
    fixture.launchFailure = "program = nope: not found on PATH";
    master.apply(configuration(api, fixture.settings("www", PoolFixture.fixed(1))));
    assertEquals(PoolState.FAILED, www().state());
    assertEquals("program = nope: not found on PATH", www().lastError());
    assertEquals(1, fixture.log.count("added, starting"), "not at the first start");
    fixture.launchFailure = "";
    loop.advance(Duration.ofSeconds(10));
    fixture.lastZygote().events.onReady();
    fixture.lastZygote().forkAll(loop.nanoTime());
    assertEquals(PoolState.RUNNING, www().state());
    assertTrue(events.stream().anyMatch(e -> e.type() == ProcessEvent.Type.POOL_RECOVERED));
  }

  @Test
  void poolThatFailsAtOnceDoesNotMakeTheMasterReadyBeforeTheOthers() throws IOException {
    PoolSettings api = fixture.settings("api", PoolFixture.fixed(1));
    Files.createDirectory(Path.of(api.listen().address()));
    master.apply(configuration(api, fixture.settings("www", PoolFixture.fixed(1))));
    assertFalse(master.isReady());
    fixture.lastZygote().events.onReady();
    fixture.lastZygote().forkAll(loop.nanoTime());
    assertTrue(master.isReady());
  }

  @Test
  void zygoteThatNeverAcceptsIsEndedAfterStartTimeout() {
    master.apply(configuration(fixture.settings("www", PoolFixture.fixed(1))));
    loop.advance(Duration.ofSeconds(30));
    assertTrue(fixture.lastZygote().killed);
    assertTrue(fixture.log.contains("pm.start_timeout (30 s)"));
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
  void rollChangeBootsANewGenerationWithTheNewSettings() {
    PoolSettings www = fixture.settings("www", PoolFixture.fixed(2));
    FakeZygote old = serve(www);
    ProgramSettings other =
        new ProgramSettings(
            "php-cgi8.2", List.of(), Optional.empty(), Optional.empty(), List.of(), List.of());
    master.apply(configuration(PoolFixture.with(www, other)));
    FakeZygote fresh = fixture.lastZygote();
    fresh.events.onReady();
    fresh.forkAll(loop.nanoTime());
    old.settle();
    assertTrue(old.cleanedUp);
    assertEquals("php-cgi8.2", master.pools().get("www").status().settings.program().program());
  }

  @Test
  void reloadAfterAFailedRollTriesTheWantedSettingsAgain() {
    PoolSettings www = fixture.settings("www", PoolFixture.fixed(1));
    serve(www);
    ProgramSettings other =
        new ProgramSettings(
            "php-cgi8.2", List.of(), Optional.empty(), Optional.empty(), List.of(), List.of());
    master.apply(configuration(PoolFixture.with(www, other)));
    fixture.lastZygote().events.onGone("with code 1");
    assertEquals("php-cgi", master.pools().get("www").status().settings.program().program());
    final CompletableFuture<String> done = master.reload("www");
    fixture.lastZygote().events.onReady();
    fixture.lastZygote().forkAll(loop.nanoTime());
    assertTrue(done.isDone());
    assertEquals("php-cgi8.2", master.pools().get("www").status().settings.program().program());
  }

  @Test
  void masterIsReloadingUntilItsPoolsServe() {
    serve(fixture.settings("www", PoolFixture.fixed(1)));
    CompletableFuture<String> done = master.reload();
    assertEquals(MasterState.RELOADING, master.state());
    fixture.lastZygote().events.onReady();
    fixture.lastZygote().forkAll(loop.nanoTime());
    assertTrue(done.isDone());
    assertEquals(MasterState.NORMAL, master.state());
  }

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

  @Test
  void crashesBeyondTheBudgetRenewTheGenerationOfTheirPool() {
    emergencyThreshold = 2;
    FakeZygote zygote = serve(fixture.settings("www", PoolFixture.fixed(4)));
    loop.advance(Duration.ofSeconds(5));
    zygote.exit(0, SEGV, 0);
    assertEquals(1, fixture.zygotes.size());
    zygote.exit(1, SEGV, 0);
    assertEquals(2, fixture.zygotes.size());
    assertTrue(
        fixture.log.contains(
            "failed processes threshold (2 in 60 sec) is reached, initiating reload"));
  }

  @Test
  void workersOfADeadZygoteServeOnWhileANewGenerationBoots() {
    FakeZygote old = serve(fixture.settings("www", PoolFixture.fixed(2)));
    old.accept(0, loop.nanoTime());
    old.events.onGone("on signal 9 (SIGKILL)");
    assertEquals(2, fixture.zygotes.size());
    assertEquals(2, www().total());
    FakeZygote fresh = fixture.lastZygote();
    fresh.events.onReady();
    fresh.forkAll(loop.nanoTime());
    assertEquals(4, www().total());
    assertEquals(2, www().draining());
    List.copyOf(fixture.orphans.values()).forEach(exit -> exit.accept(0));
    assertEquals(2, www().total());
    assertTrue(old.cleanedUp);
  }

  @Test
  void endForWantOfMemoryIsNamed() throws IOException {
    FakeZygote zygote = serve(fixture.settings("www", PoolFixture.fixed(2)));
    Files.writeString(temp.resolve("memory.events"), "oom 1\noom_kill 1\n");
    zygote.exit(0, 9, 0);
    zygote.exit(1, 9, 0);
    assertEquals(1, fixture.log.count("killed by the kernel: out of memory"));
    Files.writeString(temp.resolve("memory.events"), "oom 3\noom_kill 3\n");
    zygote.forkAll(loop.nanoTime());
    zygote.exit(0, 9, 0);
    zygote.exit(1, 9, 0);
    assertEquals(3, fixture.log.count("killed by the kernel: out of memory"));
  }

  @Test
  void countersOutliveTheMasterInTheLedgerUntilThePoolEnds() throws IOException {
    FakeZygote zygote = serve(fixture.settings("www", PoolFixture.fixed(2)));
    zygote.exit(0, SEGV, 0);
    loop.advance(SECOND);
    PoolCounters next = new PoolCounters();
    Path file = fixture.run.ledger("www");
    assertEquals(www().startEpochMs(), PoolLedger.open(file).restore(next));
    assertEquals(2, next.spawned);
    assertEquals(1, next.exitedBySignal);
    zygote.forkAll(loop.nanoTime());
    master.stop(true);
    loop.advance(SECOND);
    zygote.settle();
    assertTrue(stopped);
    assertFalse(Files.exists(file));
  }

  @Test
  void idleWorkerThatDoesNotRetireIsKilled() {
    FakeZygote zygote = serve(fixture.settings("www", PoolFixture.fixed(1)));
    int pid = zygote.pidBySlot.get(0);
    master.retire("www", pid);
    loop.advance(Duration.ofSeconds(6));
    assertEquals(List.of("SIGKILL " + pid), zygote.signals.subList(0, 1));
  }

  @Test
  void retireAndKillNameWhatTheyDidNotFind() {
    serve(fixture.settings("www", PoolFixture.fixed(1)));
    IllegalArgumentException noPool =
        assertThrows(IllegalArgumentException.class, () -> master.retire("blog", 1));
    assertEquals("no pool 'blog', there are: www", noPool.getMessage());
    IllegalArgumentException noWorker =
        assertThrows(IllegalArgumentException.class, () -> master.kill("www", 1));
    assertEquals("no worker 1 in pool www", noWorker.getMessage());
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

  private List<ProcessEvent.Type> masterEvents() {
    return events.stream().filter(e -> e.pool().isEmpty()).map(ProcessEvent::type).toList();
  }

  @Test
  void tellsItsOwnLifeAsEvents() {
    FakeZygote old = serve(fixture.settings("www", PoolFixture.fixed(1)));
    CompletableFuture<String> done = master.reload();
    assertEquals(
        List.of(ProcessEvent.Type.MASTER_READY, ProcessEvent.Type.MASTER_RELOADING),
        masterEvents());
    FakeZygote fresh = fixture.lastZygote();
    fresh.events.onReady();
    fresh.forkAll(loop.nanoTime());
    old.settle();
    assertTrue(done.isDone());
    master.stop(true);
    master.stop(false);
    assertEquals(
        List.of(
            ProcessEvent.Type.MASTER_RELOADED,
            ProcessEvent.Type.MASTER_STOPPING,
            ProcessEvent.Type.MASTER_STOPPING),
        masterEvents().subList(2, 5));
  }

  @Test
  void tellsTheEndOfAReloadThatFailed() {
    FakeZygote old = serve(fixture.settings("www", PoolFixture.fixed(1)));
    CompletableFuture<String> done = master.reload();
    fixture.lastZygote().events.onGone("on signal 9 (SIGKILL)");
    assertTrue(done.isCompletedExceptionally());
    ProcessEvent last = events.get(events.size() - 1);
    assertEquals(ProcessEvent.Type.MASTER_RELOADED, last.type());
    assertTrue(last.text().startsWith("reload failed: pool www: "), last.text());
    assertEquals(1, old.pidBySlot.size());
  }
}
