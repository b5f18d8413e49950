package org.fpm4j.process.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Workers and zygotes end that were not told to. */
class MasterCrashTest extends MasterFixture {

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
}
