package org.fpm4j.scoreboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ScoreboardLayoutTest {
  /**
   * The numbers of layout version 1, written out once; a change of one of them is a new layout
   * version.
   */
  private static final Map<String, Integer> VERSION_1 =
      Map.ofEntries(
          Map.entry("MAGIC_OFFSET", 0),
          Map.entry("VERSION_OFFSET", 8),
          Map.entry("HEADER_SIZE_OFFSET", 12),
          Map.entry("SLOT_SIZE_OFFSET", 16),
          Map.entry("SLOT_COUNT_OFFSET", 20),
          Map.entry("LENGTH_OFFSET", 24),
          Map.entry("GENERATION_OFFSET", 32),
          Map.entry("ZYGOTE_PID_OFFSET", 36),
          Map.entry("CREATED_NANOS_OFFSET", 40),
          Map.entry("CREATED_EPOCH_MS_OFFSET", 48),
          Map.entry("POOL_OFFSET", 64),
          Map.entry("SETTINGS_SEQUENCE_OFFSET", 128),
          Map.entry("MAX_REQUESTS_OFFSET", 132),
          Map.entry("KEEP_IDLE_MS_OFFSET", 136),
          Map.entry("ALLOWED_COUNT_OFFSET", 140),
          Map.entry("MAX_REQUESTS_JITTER_OFFSET", 144),
          Map.entry("ALLOWED_CLIENTS_OFFSET", 192),
          Map.entry("STATUS_PATH_OFFSET", 2560),
          Map.entry("PING_PATH_OFFSET", 2688),
          Map.entry("PING_RESPONSE_OFFSET", 2816),
          Map.entry("ACCESS_LOG_OFFSET", 3072),
          Map.entry("ACCESS_NAMES_OFFSET", 3076),
          Map.entry("MAX_WORKER_MEMORY_OFFSET", 3840),
          Map.entry("LAST_YIELD_OFFSET", 4096),
          Map.entry("DURATION_COUNTS_OFFSET", 4160),
          Map.entry("STAGE_OFFSET", 0),
          Map.entry("PID_OFFSET", 4),
          Map.entry("TEXT_SEQUENCE_OFFSET", 8),
          Map.entry("FLAGS_OFFSET", 12),
          Map.entry("START_OFFSET", 16),
          Map.entry("STAGE_SINCE_OFFSET", 24),
          Map.entry("ACCEPTED_OFFSET", 32),
          Map.entry("REQUESTS_OFFSET", 40),
          Map.entry("REQUEST_START_OFFSET", 48),
          Map.entry("LAST_DURATION_OFFSET", 56),
          Map.entry("CONTENT_LENGTH_OFFSET", 64),
          Map.entry("LAST_CPU_OFFSET", 72),
          Map.entry("LAST_MEMORY_OFFSET", 80),
          Map.entry("TOTAL_ACCEPTED_OFFSET", 88),
          Map.entry("TOTAL_REQUESTS_OFFSET", 96),
          Map.entry("CONNECTIONS_OFFSET", 104),
          Map.entry("LAST_FINISH_OFFSET", 112),
          Map.entry("RETIRE_OFFSET", 128),
          Map.entry("METHOD_OFFSET", 1024),
          Map.entry("URI_OFFSET", 1040),
          Map.entry("QUERY_OFFSET", 1168),
          Map.entry("SCRIPT_OFFSET", 1680),
          Map.entry("USER_OFFSET", 1936),
          Map.entry("ACCESS_DROPPED_OFFSET", 2112),
          Map.entry("TOTAL_DURATION_OFFSET", 2120));

  @Test
  void offsetsAreThoseOfLayoutVersion1() throws IllegalAccessException {
    Map<String, Integer> offsets = new TreeMap<>();
    for (Field field : ScoreboardLayout.class.getFields()) {
      if (field.getName().endsWith("_OFFSET")) {
        offsets.put(field.getName(), field.getInt(null));
      }
    }
    assertEquals(new TreeMap<>(VERSION_1), offsets);
    assertEquals(1, ScoreboardLayout.VERSION);
  }

  @Test
  void fieldsEndWhereTheDiagramSays() {
    assertEquals(
        2240,
        ScoreboardLayout.ALLOWED_CLIENTS_OFFSET
            + ScoreboardLayout.MAX_ALLOWED_CLIENTS * ScoreboardLayout.ALLOWED_CLIENT_SIZE);
    assertEquals(
        12_352,
        ScoreboardLayout.DURATION_COUNTS_OFFSET + ScoreboardLayout.DURATION_BUCKETS * Long.BYTES);
    assertEquals(1968, ScoreboardLayout.TEXT_END);
    assertTrue(ScoreboardLayout.TEXT_END <= ScoreboardLayout.SLOT_SIZE);
  }

  @Test
  void magicReadsAsTextInTheFile() {
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(ScoreboardLayout.MAGIC);
    assertEquals("FPM4JSB1", new String(bytes.array(), StandardCharsets.US_ASCII));
  }

  @Test
  void fileLengthHasLimits() {
    assertEquals(16_384 + 5 * 4096, ScoreboardLayout.fileLength(5));
    assertThrows(IllegalArgumentException.class, () -> ScoreboardLayout.fileLength(0));
    assertThrows(IllegalArgumentException.class, () -> ScoreboardLayout.fileLength(65_537));
  }

  @Test
  void stagesKeepTheirNumbersAndLabels() {
    int number = 0;
    for (Stage stage : Stage.values()) {
      assertEquals(number++, stage.number());
      assertEquals(stage, Stage.of(stage.number()));
    }
    assertEquals("Getting request information", Stage.INFO.label());
    assertEquals(Stage.FREE, Stage.of(-1));
    assertEquals(Stage.FREE, Stage.of(7));
  }
}
