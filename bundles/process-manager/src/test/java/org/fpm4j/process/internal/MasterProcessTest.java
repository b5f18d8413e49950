package org.fpm4j.process.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.fpm4j.config.LogLevel;
import org.fpm4j.config.LogSettings;
import org.fpm4j.config.MasterSettings;
import org.fpm4j.config.ResourceLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MasterProcessTest {

  @TempDir private Path temp;
  private final RecordingLog log = new RecordingLog();
  private final MasterProcess process = new MasterProcess(log);

  private static MasterSettings withPidFile(Path file) {
    return new MasterSettings(
        new LogSettings("", LogLevel.NOTICE, 1024, true, "fpm4j", 24, false),
        Optional.of(file),
        0,
        Duration.ZERO,
        Duration.ZERO,
        0,
        OptionalInt.empty(),
        false,
        ResourceLimits.INHERITED,
        Optional.empty(),
        Duration.ZERO);
  }

  @Test
  void writesThePidWithoutNewlineAndRemovesItAtTheEnd() throws IOException {
    Path file = temp.resolve("fpm4j.pid");
    Files.writeString(file, "stale");
    process.configure(withPidFile(file));
    assertEquals(Long.toString(ProcessHandle.current().pid()), Files.readString(file));
    process.end();
    assertFalse(Files.exists(file));
  }

  @Test
  void pidFileThatCannotBeWrittenIsAnErrorInPhpFpmsWords() {
    Path file = temp.resolve("missing/fpm4j.pid");
    assertFalse(process.writePid(withPidFile(file)));
    assertEquals(
        List.of(
            "ERROR: Unable to create the PID file (" + file + ").: No such file or directory (2)"),
        log.lines);
    process.end();
  }

  @Test
  void directoryInPlaceOfThePidFileStays() {
    assertFalse(process.writePid(withPidFile(temp)));
    assertTrue(
        log.contains("ERROR: Unable to create the PID file (" + temp + ").: Is a directory"));
    process.end();
    assertTrue(Files.exists(temp));
  }

  @Test
  void pidFileIsReadableByEverybody() throws IOException {
    Path file = temp.resolve("fpm4j.pid");
    assertTrue(process.writePid(withPidFile(file)));
    assertEquals(PosixFilePermissions.fromString("rw-r--r--"), Files.getPosixFilePermissions(file));
    process.end();
  }
}
