package org.fpm4j.log.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.fpm4j.log.LogLevel;
import org.junit.jupiter.api.Test;

class StampedFormTest {

  private final LineForm form =
      new StampedForm(
          Clock.fixed(Instant.parse("2025-09-03T04:05:06.000789Z"), ZoneOffset.UTC), 4711);

  @Test
  void writesPhpFpmsLine() {
    assertEquals(
        "[03-Sep-2025 04:05:06] NOTICE: ready to handle connections\n",
        line(LogLevel.NOTICE, null, "ready to handle connections", 1024));
  }

  @Test
  void showsMicrosecondsPidAndOriginAtDebugLevel() {
    assertEquals(
        "[03-Sep-2025 04:05:06.000789] DEBUG: pid 4711, onExit(), line 87: one child gone\n",
        line(LogLevel.DEBUG, new LineForm.Origin("onExit", 87), "one child gone", 1024));
  }

  @Test
  void keepsOneMessageOnOneLine() {
    assertEquals(
        "[03-Sep-2025 04:05:06] ERROR: a  [pool evil] b\n",
        line(LogLevel.ERROR, null, "a\r\n[pool evil] b", 1024));
  }

  @Test
  void writesMessageWholeThatExceedsTheLimitButFitsTheBuffer() {
    assertEquals(2048, line(LogLevel.ERROR, null, "x".repeat(2048 - 31), 1024).length());
  }

  @Test
  void cutsMessageBeyondTheBufferToTheLimit() {
    String line = line(LogLevel.ERROR, null, "x".repeat(2048 - 30), 1024);
    assertEquals(1024, line.length());
    assertTrue(line.endsWith("xxx...\n"), line);
  }

  @Test
  void neverCutsWithinACharacter() {
    for (int pad = 0; pad < 4; pad++) {
      byte[] line =
          form.line(LogLevel.ERROR, null, "x".repeat(pad) + "\uD83D\uDC18".repeat(1000), 512);
      assertTrue(line.length <= 512);
      assertTrue(new String(line, UTF_8).endsWith("\uD83D\uDC18...\n"));
    }
  }

  private String line(LogLevel level, LineForm.Origin origin, String text, int limit) {
    return new String(form.line(level, origin, text, limit), UTF_8);
  }
}
