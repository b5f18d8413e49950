package org.fpm4j.process.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.config.ProgramSettings;
import org.fpm4j.process.MasterState;
import org.fpm4j.process.PoolState;
import org.fpm4j.process.ProcessEvent;
import org.junit.jupiter.api.Test;

/** A new generation takes over, or does not come up. */
class MasterReloadTest extends MasterFixture {

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
  void zygoteThatNeverAcceptsIsEndedAfterStartTimeout() {
    master.apply(configuration(fixture.settings("www", PoolFixture.fixed(1))));
    loop.advance(Duration.ofSeconds(30));
    assertTrue(fixture.lastZygote().killed);
    assertTrue(fixture.log.contains("pm.start_timeout (30 s)"));
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
