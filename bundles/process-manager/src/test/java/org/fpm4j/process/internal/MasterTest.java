package org.fpm4j.process.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.process.PoolState;
import org.fpm4j.process.ProcessEvent;
import org.junit.jupiter.api.Test;

class MasterTest extends MasterFixture {

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
  void retireAndKillNameWhatTheyDidNotFind() {
    serve(fixture.settings("www", PoolFixture.fixed(1)));
    IllegalArgumentException noPool =
        assertThrows(IllegalArgumentException.class, () -> master.retire("blog", 1));
    assertEquals("no pool 'blog', there are: www", noPool.getMessage());
    IllegalArgumentException noWorker =
        assertThrows(IllegalArgumentException.class, () -> master.kill("www", 1));
    assertEquals("no worker 1 in pool www", noWorker.getMessage());
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
}
