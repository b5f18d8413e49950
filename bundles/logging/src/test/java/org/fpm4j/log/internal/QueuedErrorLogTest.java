package org.fpm4j.log.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.fpm4j.log.LogLevel;
import org.fpm4j.log.LogSettings;
import org.fpm4j.log.LogTarget;
import org.fpm4j.log.WorkerOutput;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class QueuedErrorLogTest {

  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2025-11-21T10:00:00Z"), ZoneOffset.UTC);
  private static final String AT = "[21-Nov-2025 10:00:00] ";

  @TempDir Path directory;

  private final MemorySink stderr = MemorySink.open();
  private QueuedErrorLog log = log(stderr, false);

  @AfterEach
  void close() {
    log.close();
  }

  @Test
  void writesToStandardErrorUntilConfigured() {
    log.notice("fpm is running, pid %d", 7);
    log.debug("hidden");
    log.close();
    assertEquals(List.of(AT + "NOTICE: fpm is running, pid 7\n"), stderr.lines());
  }

  @Test
  void putsThePoolBeforeTheMessage() {
    log.pool("www").systemError("Permission denied", 13, "failed to chown() the socket '%s'", "/s");
    log.close();
    assertEquals(
        List.of(
            AT + "ERROR: [pool www] failed to chown() the socket '/s': Permission denied (13)\n"),
        stderr.lines());
  }

  @Test
  void takesTextWithPercentSignsAndWrongFormats() {
    log.error("100% of %s");
    log.error("%d children", "many");
    log.close();
    assertEquals(
        List.of(AT + "ERROR: 100% of %s\n", AT + "ERROR: %d children [many]\n"), stderr.lines());
  }

  @Test
  void createsTheFileForItsOwnerOnlyAndAppends() throws IOException {
    Path file = directory.resolve("error.log");
    toFile(file);
    log.warning("one");
    log.close();
    log = log(stderr, false);
    toFile(file);
    log.warning("two");
    log.close();
    assertEquals(List.of(AT + "WARNING: one", AT + "WARNING: two"), Files.readAllLines(file));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void copiesToStandardErrorUntilRunning() throws IOException {
    Path file = directory.resolve("error.log");
    log.configure(new LogSettings(new LogTarget.File(file), LogLevel.DEBUG, 1024));
    log.debug("detail");
    log.notice("starting");
    log.running();
    log.notice("serving");
    log.close();
    assertEquals(3, Files.readAllLines(file).size());
    assertEquals(1, stderr.lines().size());
    assertTrue(stderr.lines().get(0).endsWith(": starting\n"), stderr.lines()::toString);
  }

  @Test
  void jsonTakesEffectAtOnceAndEveryLineIsAnObject() throws IOException {
    Path file = directory.resolve("error.log");
    toFile(file);
    log.running();
    log.notice("text");
    log.configure(log.settings().withJson(true));
    log.pool("www").error("failed to open '%s'\nagain", "a\"b");
    log.configure(log.settings().withLevel(LogLevel.DEBUG));
    log.alert("%s", "\u00e9".repeat(2000));
    log.close();
    List<String> lines = Files.readAllLines(file);
    assertEquals(AT + "NOTICE: text", lines.get(0));
    assertEquals(
        "{\"time\":\"2025-11-21T10:00:00.000000Z\",\"level\":\"error\",\"pid\":7,\"pool\":\"www\","
            + "\"message\":\"failed to open 'a\\\"b'\\nagain\"}",
        lines.get(1));
    String expected =
        "\\{\"time\":\"[^\"]+\",\"level\":\"alert\",\"pid\":7,"
            + "\"method\":\"jsonTakesEffectAtOnceAndEveryLineIsAnObject\",\"line\":\\d+,"
            + "\"message\":\"\u00e9{510}\\.\\.\\.\"}";
    assertTrue(lines.get(2).matches(expected), lines.get(2));
  }

  @Test
  void syslogKeepsItsOwnForm() {
    LogTarget syslog = new LogTarget.Syslog("php-fpm", 24);
    LineForm form = log.form(LogSettings.DEFAULT.withTarget(syslog).withJson(true));
    String line = new String(form.line(LogLevel.ERROR, null, "text", 1024), UTF_8);
    assertTrue(line.startsWith("<27>"), line);
    assertTrue(line.endsWith(" php-fpm[7]: [ERROR] text\n"), line);
  }

  @Test
  void mirrorGetsWhatIsWrittenAndHoldsNobodyUp() throws IOException {
    MemorySink mirror = MemorySink.open();
    log.mirror(mirror);
    log.pool("www").error("it failed");
    log.debug("not written");
    log.endMirror(mirror);
    log.notice("only here");
    MemorySink blocked = MemorySink.blocked();
    log.mirror(blocked);
    log.notice("%s", "x".repeat(1000));
    log.notice("goes on");
    log.close();
    assertEquals(4, stderr.lines().size());
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (mirror.lines().isEmpty() && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertEquals(List.of("E[pool www] it failed"), mirror.lines());
  }

  @Test
  void mirrorThatLogsIsNotGivenWhatItLogs() throws IOException {
    List<String> given = new CopyOnWriteArrayList<>();
    CountDownLatch done = new CountDownLatch(2);
    log.mirror(
        new LineSink() {
          @Override
          public void write(byte[] line) {
            String text = new String(line, UTF_8);
            given.add(text);
            log.notice("told: %s", text);
            done.countDown();
          }

          @Override
          public void close() {}
        });
    log.notice("one");
    log.notice("two");
    assertTrue(awaits(done));
    assertEquals(List.of("None", "Ntwo"), given);
    log.close();
    assertEquals(4, stderr.lines().size());
  }

  private static boolean awaits(CountDownLatch done) {
    try {
      return done.await(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  @Test
  void namesTheLoggingMethodAtDebugLevel() throws IOException {
    log.configure(LogSettings.DEFAULT.withLevel(LogLevel.DEBUG));
    log.pool("www").debug("got %s", "it");
    log.close();
    String expected =
        "\\[21-Nov-2025 10:00:00\\.000000] DEBUG: pid 7,"
            + " namesTheLoggingMethodAtDebugLevel\\(\\), line \\d+: \\[pool www] got it\n";
    assertTrue(stderr.lines().get(0).matches(expected), stderr.lines()::toString);
  }

  @Test
  void followsARotatedFile() throws IOException {
    Path file = directory.resolve("error.log");
    toFile(file);
    log.notice("before");
    Path rotated = Files.move(file, directory.resolve("error.log.1"));
    log.notice("between");
    log.reopen();
    log.notice("after");
    log.close();
    assertEquals(List.of(AT + "NOTICE: after"), Files.readAllLines(file));
    await(rotated, 2);
  }

  @Test
  void keepsTheFormerTargetWhenTheNewOneCannotBeOpened() throws IOException {
    Path missing = directory.resolve("no/error.log");
    IOException refused = assertThrows(IOException.class, () -> toFile(missing));
    assertEquals(
        "failed to open error_log (%s): No such file or directory".formatted(missing),
        refused.getMessage());
    log.notice("still here");
    log.close();
    assertEquals(List.of(AT + "NOTICE: still here\n"), stderr.lines());
  }

  @Test
  void opensTheFileButStaysOnStandardErrorWhenForced() throws IOException {
    log.close();
    log = log(stderr, true);
    Path file = directory.resolve("error.log");
    toFile(file);
    log.notice("here");
    log.close();
    assertEquals(List.of(AT + "NOTICE: here\n"), stderr.lines());
    assertEquals(0, Files.size(file));
  }

  @Test
  void countsLinesAFullDiskRefuses() throws IOException {
    toFile(Path.of("/dev/full"));
    log.running();
    log.notice("lost");
    log.notice("lost too");
    log.close();
    assertEquals(2, log.dropped());
  }

  @Test
  void pipeWithoutReaderHoldsNobody() throws Exception {
    Path pipe = directory.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    toFile(pipe);
    log.notice("to the pipe");
    try (var reader = Files.newBufferedReader(pipe)) {
      assertEquals(AT + "NOTICE: to the pipe", reader.readLine());
    }
  }

  @Test
  void takesWorkerOutput() {
    WorkerOutput worker = log.workerOutput("www", 4711, true);
    worker.accept(WorkerOutput.Stream.STDERR, ByteBuffer.wrap("oops\n".getBytes(UTF_8)));
    log.close();
    assertEquals(
        List.of(AT + "WARNING: [pool www] child 4711 said into stderr: \"oops\"\n"),
        stderr.lines());
  }

  private void toFile(Path file) throws IOException {
    log.configure(LogSettings.DEFAULT.withTarget(new LogTarget.File(file)));
  }

  private static void await(Path file, int lines) throws IOException {
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (Files.readAllLines(file).size() < lines && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertEquals(lines, Files.readAllLines(file).size());
  }

  private static QueuedErrorLog log(LineSink stderr, boolean onlyStandardError) {
    QueuedErrorLog log = new QueuedErrorLog(CLOCK, 7, LogLevel.NOTICE, onlyStandardError, stderr);
    log.start();
    return log;
  }
}
