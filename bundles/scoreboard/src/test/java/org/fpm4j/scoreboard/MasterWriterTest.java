package org.fpm4j.scoreboard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MasterWriterTest {
  @TempDir Path runDirectory;

  private Path file;
  private MappedScoreboard scoreboard;

  @BeforeEach
  void createScoreboard() throws IOException {
    file = runDirectory.resolve("www.1.scoreboard");
    scoreboard = MappedScoreboard.create(file, 2, new ScoreboardIdentity("www", 1, 0, 0));
  }

  @Test
  void newFileLetsAnyoneInAndNeverRecycles() throws IOException {
    ByteBuffer header = header();
    assertEquals(0, header.getInt(ScoreboardLayout.MAX_REQUESTS_OFFSET));
    assertEquals(ScoreboardLayout.ANYONE, header.getInt(ScoreboardLayout.ALLOWED_COUNT_OFFSET));
  }

  @Test
  void pathsThatDoNotFitAreNone() throws IOException {
    scoreboard.masterWriter().publishPages("/" + "p".repeat(126), "/" + "p".repeat(127), "pong");
    ByteBuffer header = header();
    assertEquals('p', header.get(ScoreboardLayout.STATUS_PATH_OFFSET + 126));
    assertEquals(0, header.get(ScoreboardLayout.STATUS_PATH_OFFSET + 127));
    assertEquals(0, header.get(ScoreboardLayout.PING_PATH_OFFSET));
    assertEquals('g', header.get(ScoreboardLayout.PING_RESPONSE_OFFSET + 3));
    assertEquals(0, header.getInt(ScoreboardLayout.SETTINGS_SEQUENCE_OFFSET) & 1);
    scoreboard.masterWriter().publishPages("", "", "");
    assertEquals(0, header().get(ScoreboardLayout.STATUS_PATH_OFFSET + 126));
  }

  @Test
  void settingsAreStoredAsTheAgentReadsThem() throws IOException {
    InetAddress v4 = InetAddress.getByName("192.0.2.1");
    InetAddress v6 = InetAddress.getByName("2001:db8::1");
    scoreboard
        .masterWriter()
        .publish(
            new ScoreboardSettings(
                500, 50, 5L << 30, Duration.ofSeconds(3), Optional.of(List.of(v4, v6))));
    ByteBuffer header = header();
    assertEquals(500, header.getInt(ScoreboardLayout.MAX_REQUESTS_OFFSET));
    assertEquals(50, header.getInt(ScoreboardLayout.MAX_REQUESTS_JITTER_OFFSET));
    assertEquals(5L << 30, header.getLong(ScoreboardLayout.MAX_WORKER_MEMORY_OFFSET));
    assertEquals(3000, header.getInt(ScoreboardLayout.KEEP_IDLE_MS_OFFSET));
    assertEquals(2, header.getInt(ScoreboardLayout.ALLOWED_COUNT_OFFSET));
    assertEquals(0, header.getInt(ScoreboardLayout.SETTINGS_SEQUENCE_OFFSET) & 1);
    byte[] first = new byte[16];
    header.get(ScoreboardLayout.ALLOWED_CLIENTS_OFFSET, first);
    assertArrayEquals(
        new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, (byte) 192, 0, 2, 1}, first);
    byte[] second = new byte[16];
    header.get(ScoreboardLayout.ALLOWED_CLIENTS_OFFSET + 16, second);
    assertArrayEquals(v6.getAddress(), second);
  }

  @Test
  void sequenceLeftOddByADeadMasterIsEvenAfterTheNextWrite() throws IOException {
    for (int left : new int[] {0, 1, 7, -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      put(ScoreboardLayout.SETTINGS_SEQUENCE_OFFSET, left);
      scoreboard.masterWriter().publish(ScoreboardSettings.NEUTRAL);
      int sequence = header().getInt(ScoreboardLayout.SETTINGS_SEQUENCE_OFFSET);
      assertEquals(0, sequence & 1);
      assertNotEquals(left, sequence);
    }
  }

  @Test
  void accessLogWishesAreStoredAsTheAgentReadsThem() throws IOException {
    AccessLogWishes wishes =
        new AccessLogWishes(true, List.of("HTTP_HOST", "A"), List.of("X-Answer"));
    scoreboard.masterWriter().publishAccessLog(Optional.of(wishes));
    byte[] expected = "eHTTP_HOST\0eA\0oX-Answer\0\0".getBytes(StandardCharsets.UTF_8);
    byte[] names = new byte[expected.length];
    header().get(ScoreboardLayout.ACCESS_NAMES_OFFSET, names);
    assertArrayEquals(expected, names);
    assertEquals(3, header().getInt(ScoreboardLayout.ACCESS_LOG_OFFSET));
    assertEquals(0, header().getInt(ScoreboardLayout.SETTINGS_SEQUENCE_OFFSET) & 1);

    scoreboard.masterWriter().publishAccessLog(Optional.empty());
    assertEquals(0, header().getInt(ScoreboardLayout.ACCESS_LOG_OFFSET));
    assertEquals(0, header().get(ScoreboardLayout.ACCESS_NAMES_OFFSET));
  }

  @Test
  void namesWithoutRoomInTheHeaderAreLeftOutAndTold() throws IOException {
    String tooLong = "L".repeat(128);
    List<String> many = new ArrayList<>(List.of(tooLong));
    for (int i = 0; i < 5; i++) {
      many.add(i + "N".repeat(120));
    }
    AccessLogWishes wishes =
        new AccessLogWishes(false, many, Collections.nCopies(34, "H").subList(0, 34));
    scoreboard.masterWriter().publishAccessLog(Optional.of(wishes));
    assertEquals(1, header().getInt(ScoreboardLayout.ACCESS_LOG_OFFSET));
    assertEquals(List.of(tooLong, "4" + "N".repeat(120)), wishes.unfulfilled().subList(0, 2));
    ByteBuffer header = header();
    int last = ScoreboardLayout.ACCESS_NAMES_OFFSET + ScoreboardLayout.ACCESS_NAMES_SIZE - 1;
    assertEquals(0, header.get(last));
  }

  @Test
  void retireReachesTheSlotOnly() {
    scoreboard.masterWriter().retire(1, 4711);
    assertEquals(0, scoreboard.workerWriter(0).retirePid());
    assertEquals(4711, scoreboard.workerWriter(1).retirePid());
    scoreboard.masterWriter().retire(1, 0);
    assertEquals(0, scoreboard.workerWriter(1).retirePid());
  }

  @Test
  void settingsBeyondTheFieldsAreRejected() throws IOException {
    InetAddress client = InetAddress.getLoopbackAddress();
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new ScoreboardSettings(
                0, 0, 0, Duration.ZERO, Optional.of(Collections.nCopies(129, client))));
    assertThrows(
        IllegalArgumentException.class,
        () -> new ScoreboardSettings(-1, 0, 0, Duration.ZERO, Optional.empty()));
    assertThrows(
        IllegalArgumentException.class,
        () -> new ScoreboardSettings(0, 0, 0, Duration.ofDays(50), Optional.empty()));
  }

  private ByteBuffer header() throws IOException {
    return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
  }

  private void put(int offset, int value) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).putInt(offset, value);
    Files.write(file, bytes);
    scoreboard = MappedScoreboard.attach(file);
  }
}
