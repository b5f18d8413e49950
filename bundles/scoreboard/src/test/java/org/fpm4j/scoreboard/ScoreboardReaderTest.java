package org.fpm4j.scoreboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoreboardReaderTest {
  private static final RequestText INDEX =
      new RequestText("GET", "/index.php", "a=1", "/srv/index.php", "ann");

  @TempDir Path runDirectory;

  private MappedScoreboard scoreboard;
  private ScoreboardReader reader;

  @BeforeEach
  void createScoreboard() throws IOException {
    scoreboard =
        MappedScoreboard.create(
            runDirectory.resolve("www.1.scoreboard"), 4, new ScoreboardIdentity("www", 1, 0, 0));
    reader = scoreboard.reader();
  }

  @Test
  void followsAWorkerThroughARequest() {
    ScoreboardWriter worker = scoreboard.workerWriter(1);
    worker.start(4711, 1_000);
    assertEquals(Stage.FREE, reader.stage(1));
    worker.enter(Stage.ACCEPTING, 2_000);
    worker.countConnection();
    worker.beginRequest(10_000);
    worker.execute(INDEX, 12_000);

    SlotSnapshot running = reader.snapshot(1);
    assertEquals(4711, running.pid());
    assertEquals(Stage.EXECUTING, running.stage());
    assertEquals(12_000, running.stageSinceNanos());
    assertEquals(INDEX, running.request());
    assertTrue(running.textConsistent());
    assertEquals(1, running.accepted());
    assertEquals(0, running.requests());
    assertEquals(Duration.ofNanos(5_000), running.requestDuration(15_000));

    worker.finishRequest(40_000);
    worker.enter(Stage.ACCEPTING, 41_000);
    SlotSnapshot idle = reader.snapshot(1);
    assertTrue(idle.idle());
    assertEquals(1, idle.requests());
    assertEquals(40_000, idle.lastFinishNanos());
    assertEquals(Duration.ofNanos(30_000), idle.requestDuration(99_000));
    assertEquals(1, reader.totalAccepted(reader.slots()));
    assertEquals(1, reader.totalRequests(reader.slots()));
    assertEquals(1, reader.totalConnections(reader.slots()));
    assertEquals(1, reader.durations().count(DurationHistogram.bucket(30)));
  }

  @Test
  void totalsOutliveTheWorkerOfTheSlot() {
    ScoreboardWriter worker = scoreboard.workerWriter(0);
    worker.start(1, 0);
    worker.beginRequest(10);
    worker.finishRequest(20);
    worker.start(2, 30);
    assertEquals(0, reader.requests(0));
    assertEquals(1, reader.totalRequests(reader.slots()));
  }

  @Test
  void idleOnlyIfTheSlotBearsThePidTheMasterKnows() {
    int[] table = {10, 11, 12, 0};
    for (int slot = 0; slot < 4; slot++) {
      scoreboard.workerWriter(slot).start(10 + slot, 0);
      scoreboard.workerWriter(slot).enter(Stage.ACCEPTING, 0);
    }
    assertEquals(new WorkerCounts(3, 0, 0), reader.counts(slot -> table[slot]));
    table[1] = 999;
    assertEquals(new WorkerCounts(2, 1, 0), reader.counts(slot -> table[slot]));
  }

  @Test
  void workerOnAnIdleKeptAliveConnectionIsActiveAndCountedApart() {
    ScoreboardWriter worker = scoreboard.workerWriter(2);
    worker.start(7, 0);
    worker.keepAlive(5);
    assertEquals(new WorkerCounts(0, 1, 1), reader.counts(slot -> slot == 2 ? 7 : 0));
    assertTrue(reader.snapshot(2).keptAliveIdle());
    worker.beginRequest(6);
    assertEquals(new WorkerCounts(0, 1, 0), reader.counts(slot -> slot == 2 ? 7 : 0));
  }

  @Test
  void workerThatDiedWhileWritingTextDoesNotHoldUpTheReader() {
    ScoreboardWriter worker = scoreboard.workerWriter(0);
    worker.execute(INDEX, 1);
    worker.beginText();
    SlotSnapshot snapshot = reader.snapshot(0);
    assertFalse(snapshot.textConsistent());
    assertEquals(INDEX, snapshot.request());
    worker.endText();
    assertTrue(reader.snapshot(0).textConsistent());
  }

  @Test
  void consistentTextNeverMixesTwoRequests() throws InterruptedException {
    ScoreboardWriter worker = scoreboard.workerWriter(0);
    RequestText a = new RequestText("A", "a".repeat(127), "a", "a".repeat(255), "a");
    RequestText b = new RequestText("B", "b".repeat(127), "b", "b".repeat(255), "b");
    worker.execute(a, 0);
    Thread writer =
        new Thread(
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                worker.execute(b, 0);
                worker.execute(a, 0);
              }
            },
            "worker");
    writer.start();
    try {
      for (int i = 0; i < 20_000; i++) {
        SlotSnapshot snapshot = reader.snapshot(0);
        if (snapshot.textConsistent()) {
          assertTrue(
              snapshot.request().equals(a) || snapshot.request().equals(b),
              () -> "mixed: " + snapshot.request());
        }
      }
    } finally {
      writer.interrupt();
      writer.join();
    }
  }

  @Test
  void textIsCutToItsFieldAtACharacter() {
    scoreboard
        .workerWriter(0)
        .execute(new RequestText("PROPFINDPROPFINDX", "/" + "€".repeat(50), "", "", ""), 0);
    RequestText text = reader.snapshot(0).request();
    assertEquals("PROPFINDPROPFIN", text.method());
    assertEquals("/" + "€".repeat(42), text.uri());
  }

  @Test
  void refusesSlotsThatTheFileHasNot() {
    assertThrows(IndexOutOfBoundsException.class, () -> reader.pid(4));
    assertThrows(IndexOutOfBoundsException.class, () -> reader.snapshot(-1));
    assertThrows(IndexOutOfBoundsException.class, () -> scoreboard.masterWriter().retire(4, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> scoreboard.workerWriter(4));
  }
}
