package org.fpm4j.scoreboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A worker may write anything anywhere in the file, at any time; the master must not so much as
 * stumble.
 */
class HostileScoreboardTest {
  private static final int SLOTS = 8;

  @TempDir Path runDirectory;

  private Path file;
  private MappedScoreboard scoreboard;
  private MappedByteBuffer hostile;

  @BeforeEach
  void createScoreboard() throws IOException {
    file = runDirectory.resolve("www.1.scoreboard");
    scoreboard = MappedScoreboard.create(file, SLOTS, new ScoreboardIdentity("www", 1, 0, 0));
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      hostile = channel.map(MapMode.READ_WRITE, 0, channel.size());
    }
  }

  @Test
  void randomBytesInEveryFieldNeitherThrowNorLoop() {
    Random random = new Random(20261101);
    byte[] bytes = new byte[hostile.capacity()];
    assertTimeoutPreemptively(
        Duration.ofMinutes(3),
        () -> {
          for (int round = 0; round < 200; round++) {
            random.nextBytes(bytes);
            hostile.put(0, bytes);
            readEverything();
          }
        });
  }

  @Test
  void uniformBytesInEveryFieldNeitherThrowNorLoop() {
    byte[] bytes = new byte[hostile.capacity()];
    for (int value : new int[] {0xff, 0x7f, 0x80, 0xc3, 0xf4, 'A'}) {
      Arrays.fill(bytes, (byte) value);
      hostile.put(0, bytes);
      readEverything();
    }
  }

  private void readEverything() {
    ScoreboardReader reader = scoreboard.reader();
    assertEquals(SLOTS, reader.slots());
    for (int slot = 0; slot < SLOTS; slot++) {
      SlotSnapshot snapshot = reader.snapshot(slot);
      assertNotNull(snapshot.stage());
      assertTrue(snapshot.accepted() >= 0 && snapshot.requests() >= 0);
      assertTrue(snapshot.contentLength() >= 0 && snapshot.lastMemoryBytes() >= 0);
      assertTrue(snapshot.request().query().length() <= ScoreboardLayout.QUERY_SIZE);
      assertTrue(!snapshot.requestDuration(System.nanoTime()).isNegative());
      assertTrue(snapshot.lastRequestCpuPercent() >= 0);
    }
    assertTrue(reader.totalAccepted(reader.slots()) >= 0);
    assertTrue(reader.totalRequests(reader.slots()) >= 0);
    assertTrue(reader.totalConnections(reader.slots()) >= 0);
    DurationHistogram durations = reader.durations();
    assertTrue(durations.total() >= 0 && durations.percentileMicros(0.99) >= 0);
    assertTrue(durations.merge(durations).total() >= durations.total());
    assertEquals(SLOTS, reader.counts(slot -> slot + 1).total());
    scoreboard.masterWriter().publish(ScoreboardSettings.NEUTRAL);
    scoreboard.masterWriter().retire(0, 1);
  }

  @Test
  void forgedPidMakesNoIdleWorker() {
    for (int slot = 0; slot < SLOTS; slot++) {
      scoreboard.workerWriter(slot).start(1, 0);
      scoreboard.workerWriter(slot).enter(Stage.ACCEPTING, 0);
    }
    assertEquals(new WorkerCounts(0, 0, 0), scoreboard.reader().counts(slot -> 0));
    assertEquals(new WorkerCounts(0, SLOTS, 0), scoreboard.reader().counts(slot -> 4711));
  }

  @Test
  void fieldWithoutNulEndsAtItsSize() {
    byte[] bytes = new byte[ScoreboardLayout.SLOT_SIZE];
    Arrays.fill(bytes, (byte) 'A');
    hostile.put(ScoreboardLayout.HEADER_SIZE, bytes);
    RequestText text = scoreboard.reader().snapshot(0).request();
    assertEquals("A".repeat(ScoreboardLayout.METHOD_SIZE), text.method());
    assertEquals("A".repeat(ScoreboardLayout.USER_SIZE), text.user());
  }

  @Test
  void fileCutShortRaisesAnErrorAndNotASignal() throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(ScoreboardLayout.HEADER_SIZE);
    }
    // The JVM may deliver the error some instructions after the access, in the caller.
    assertThrows(
        InternalError.class,
        () -> {
          for (int i = 0; i < 1000; i++) {
            scoreboard.reader().snapshot(SLOTS - 1);
          }
        });
  }
}
