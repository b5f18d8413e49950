package org.fpm4j.process.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
  void pidFileThatCannotBeWrittenIsAnErrorNamingItAndNoMore() {
    Path file = temp.resolve("missing/fpm4j.pid");
    process.configure(withPidFile(file));
    assertTrue(log.contains("ERROR: Unable to create the PID file (" + file + ")."));
    process.end();
  }
}
