package org.fpm4j.stack.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.fpm4j.log.Log;
import org.fpm4j.log.LogLevel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SlowLogFileTest {

  @TempDir Path temp;

  private final List<String> logged = new CopyOnWriteArrayList<>();
  private final Log log =
      new Log() {
        @Override
        public void write(LogLevel level, String text) {
          logged.add(level + ": " + text);
        }

        @Override
        public boolean isEnabled(LogLevel level) {
          return true;
        }
      };

  /** Waits for the writer: to close the log gives it a second, which may be too short. */
  private void awaitLogged() {
    while (logged.isEmpty()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void rotatedLogIsMadeAnewWithTheNextEntry() throws Exception {
    Path path = temp.resolve("slow.log");
    SlowLogFile first = new SlowLogFile(path, log);
    first.append("one\n", () -> logged.add("written"));
    awaitLogged();
    first.close();
    Files.move(path, temp.resolve("slow.log.1"));
    SlowLogFile second = new SlowLogFile(path, log);
    CountDownLatch both = new CountDownLatch(2);
    second.append("two\n", both::countDown);
    second.append("three\n", both::countDown);
    both.await();
    second.close();

    assertEquals("one\n", Files.readString(temp.resolve("slow.log.1")));
    assertEquals("two\nthree\n", Files.readString(path));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
    assertEquals(List.of("written"), logged);
  }

  @Test
  void fileThatCannotBeWrittenIsSaid() {
    SlowLogFile file = new SlowLogFile(temp.resolve("none/slow.log"), log);
    file.append("one\n", () -> logged.add("written"));
    awaitLogged();
    file.close();
    assertEquals(1, logged.size());
    assertTrue(logged.get(0).startsWith("ERROR: unable to write to slowlog ("), logged.toString());
  }

  @Test
  void fullQueueLosesEntriesAndSaysSo() throws Exception {
    Path pipe = temp.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    SlowLogFile file = new SlowLogFile(pipe, log);
    for (int i = 0; i < 80; i++) {
      file.append("entry " + i + "\n", () -> {});
    }
    assertTrue(logged.size() >= 10, logged.toString());
    assertEquals("WARNING: slowlog (" + pipe + ") takes nothing, an entry is lost", logged.get(0));
    try (BufferedReader reader = Files.newBufferedReader(pipe)) {
      assertEquals("entry 0", reader.readLine());
    }
    file.close();
  }
}
