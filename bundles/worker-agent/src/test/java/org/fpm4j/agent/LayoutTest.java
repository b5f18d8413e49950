package org.fpm4j.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.fpm4j.agent.NativeTestPrograms.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** C, Java and the README say the same about every packet and every offset. */
class LayoutTest {

  @TempDir Path scratch;

  private List<String> compiled;

  @BeforeEach
  void askTheCompiler() throws IOException, InterruptedException {
    Outcome outcome = NativeTestPrograms.run(scratch, "layout");
    assertEquals(0, outcome.status(), outcome::output);
    compiled = outcome.output().lines().toList();
  }

  @Test
  void packetsAreTheSameInCAndJava() {
    List<String> java =
        Arrays.stream(PacketType.values())
            .map(type -> "packet " + type + " " + type.code + " " + type.bytes)
            .toList();

    assertEquals(lines("packet"), java);
  }

  @Test
  void readmeHasEveryPacket() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    for (PacketType type : PacketType.values()) {
      String row = "| " + type.code + " | `" + type + "` | " + type.bytes + " |";
      assertTrue(readme.contains(row), row);
    }
  }

  @Test
  void readmeHasEveryOffsetOfTheScoreboard() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    String header = between(readme, "### Header", "### Shared page");
    String shared = between(readme, "### Shared page", "### Slot");
    String slot = between(readme, "### Slot", "### Retiring");
    lines("header").forEach(line -> assertTrue(header.contains(row(line)), row(line)));
    lines("shared").forEach(line -> assertTrue(shared.contains(row(line)), row(line)));
    lines("slot").forEach(line -> assertTrue(slot.contains(row(line)), row(line)));
  }

  private List<String> lines(String kind) {
    try (Stream<String> lines = compiled.stream()) {
      return lines.filter(line -> line.startsWith(kind + " ")).toList();
    }
  }

  /** "slot pid 4" as the beginning of a row. */
  private static String row(String line) {
    String[] words = line.split(" ", -1);
    return "| " + words[2] + " | `" + words[1] + "` |";
  }

  private static String between(String text, String from, String to) {
    int start = text.indexOf(from);
    int end = text.indexOf(to, start);
    assertTrue(start >= 0 && end > start, from);
    return text.substring(start, end);
  }
}
