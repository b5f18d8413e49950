package org.fpm4j.log.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.fpm4j.log.WorkerOutput.Stream.STDERR;
import static org.fpm4j.log.WorkerOutput.Stream.STDOUT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.fpm4j.log.WorkerOutput.Stream;
import org.junit.jupiter.api.Test;

class WorkerLinesTest {

  private static final String STAMP = "[22-Nov-2026 03:17:27] WARNING: ";
  private static final String SAID = STAMP + "[pool www] child 4711 said into stderr: ";

  private final List<String> written = new ArrayList<>();
  private boolean suppressed;
  private String frame = "";
  private boolean unbuffered;
  private JsonForm json;
  private List<String> mirrored;

  private final WorkerLines.Lines lines =
      new WorkerLines.Lines() {
        @Override
        public byte[] prefix(String text) {
          return suppressed ? new byte[0] : (STAMP + text).getBytes(UTF_8);
        }

        @Override
        public byte[] frame() {
          return frame.getBytes(UTF_8);
        }

        @Override
        public int limit() {
          return 512;
        }

        @Override
        public boolean buffered() {
          return !unbuffered;
        }

        @Override
        public Optional<JsonForm> json() {
          return Optional.ofNullable(json);
        }

        @Override
        public boolean isMirrored() {
          return mirrored != null;
        }

        @Override
        public void mirror(String text) {
          mirrored.add(text);
        }

        @Override
        public void write(byte[] line) {
          written.add(new String(line, UTF_8));
        }
      };

  private WorkerLines worker = new WorkerLines(lines, "www", 4711, true);

  @Test
  void decoratesEachLineAndDropsEmptyOnes() {
    say(STDERR, "hello\n\nworld\n");
    assertEquals(List.of(SAID + "\"hello\"\n", SAID + "\"world\"\n"), written);
  }

  @Test
  void framesALineThatIsNotDecoratedAsItsTargetWants() {
    frame = "<28>";
    worker = new WorkerLines(lines, "www", 4711, false);
    say(STDERR, "hello\nworld\n");
    assertEquals(List.of("<28>hello\n", "<28>world\n"), written);
  }

  @Test
  void joinsALineFromAnySplit() {
    String text = "one \"quoted\" line\n";
    for (int split = 0; split <= text.length(); split++) {
      written.clear();
      say(STDERR, text.substring(0, split));
      say(STDERR, text.substring(split));
      assertEquals(List.of(SAID + "\"one \"quoted\" line\"\n"), written);
    }
  }

  @Test
  void withoutBufferingEachPieceIsWrittenAsItComes() {
    unbuffered = true;
    say(STDERR, "one");
    assertEquals(List.of(SAID + "\"one"), written);
    say(STDERR, " two\nthree");
    assertEquals(List.of(SAID + "\"one", " two\"\n", SAID + "\"three"), written);
    worker.flush();
    assertEquals("\"\n", written.get(3));
    say(STDERR, "x".repeat(600));
    String all = String.join("", written.subList(4, written.size()));
    assertEquals(2, all.split(SAID.replace("[", "\\["), -1).length - 1);
  }

  @Test
  void asJsonEveryLineIsAnObject() {
    json = new JsonForm(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC), 7);
    unbuffered = true;
    say(STDERR, "say \"");
    assertEquals(List.of(), written, "no half objects");
    json = null;
    say(STDERR, "\\\33\"\n");
    assertEquals(
        List.of(
            "{\"time\":\"1970-01-01T00:00:00.000000Z\",\"level\":\"warning\",\"pid\":4711,"
                + "\"pool\":\"www\",\"stream\":\"stderr\",\"message\":\"say \\\"\\\\\\u001b\\\"\"}\n"),
        written);
    say(STDERR, "text\n");
    assertEquals(SAID + "\"text\"\n", written.get(1), "from the next line on");
    json = new JsonForm(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC), 7);
    written.clear();
    say(STDOUT, "x".repeat(1000) + "\n");
    assertEquals(2, written.size(), "wrapped at log_limit");
    written.clear();
    say(STDOUT, "x".repeat(510) + "\u20ac\n");
    assertTrue(written.get(0).endsWith("xx\"}\n"), written.get(0));
    assertTrue(written.get(1).endsWith("\"message\":\"\u20ac\"}\n"), "not in two halves");
    worker.accept(STDOUT, ByteBuffer.wrap(new byte[] {(byte) 0xff, '\n'}));
    assertTrue(written.get(2).contains("\"message\":\"\uFFFD\""), written.get(2));
  }

  @Test
  void mirrorGetsTheLineWithoutItsTime() {
    mirrored = new ArrayList<>();
    unbuffered = true;
    say(STDERR, "one ");
    say(STDERR, "two\n");
    assertEquals(List.of("[pool www] child 4711 said into stderr: \"one two\""), mirrored);
  }

  @Test
  void endsALineWhenTheStreamChanges() {
    say(STDERR, "err");
    say(STDOUT, "out\n");
    assertEquals(
        List.of(SAID + "\"err\"\n", SAID.replace("stderr", "stdout") + "\"out\"\n"), written);
  }

  @Test
  void wrapsAtTheLimitAsPhpFpmDoes() {
    int room = 512 - SAID.length() - 3;
    say(STDERR, "x".repeat(2 * room + 100) + "\n");
    assertEquals(
        List.of(
            SAID + '"' + "x".repeat(room) + "\"\n",
            SAID + '"' + "x".repeat(room) + "\"\n",
            SAID + '"' + "x".repeat(100) + "\"\n"),
        written);
    assertEquals(512, written.get(0).length());
  }

  @Test
  void keepsALineWholeThatJustFits() {
    say(STDERR, "y".repeat(512 - SAID.length() - 3) + "\n");
    assertEquals(1, written.size());
  }

  @Test
  void saysThatThePipeClosedOnTheFirstLine() {
    say(STDERR, "dying");
    worker.closed(STDERR);
    assertEquals(List.of(SAID + "\"dying\", pipe is closed\n"), written);
  }

  @Test
  void keepsTheSuffixWithinTheLimit() {
    say(STDERR, "z".repeat(512 - SAID.length() - 3));
    worker.closed(STDERR);
    assertEquals(SAID + "\"\", pipe is closed\n", written.get(1));
  }

  @Test
  void writesACutLineWithoutSuffixAfterOthers() {
    say(STDERR, "first\ndying");
    worker.closed(STDERR);
    worker.closed(STDOUT);
    assertEquals(List.of(SAID + "\"first\"\n", SAID + "\"dying\"\n"), written);
  }

  @Test
  void writesBareTextUndecorated() {
    worker = new WorkerLines(lines, "www", 4711, false);
    say(STDOUT, "x".repeat(600) + "\npart");
    worker.closed(STDOUT);
    assertEquals(List.of("x".repeat(511) + "\n", "x".repeat(89) + "\n", "part\n"), written);
  }

  @Test
  void writesBareTextWhenTheLevelIsAboveWarning() {
    suppressed = true;
    say(STDERR, "text\n");
    assertEquals(List.of("text\n"), written);
  }

  private void say(Stream stream, String text) {
    worker.accept(stream, ByteBuffer.wrap(text.getBytes(UTF_8)));
  }
}
