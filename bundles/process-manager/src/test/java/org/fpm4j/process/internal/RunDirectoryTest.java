package org.fpm4j.process.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {

  @TempDir private Path temp;

  @Test
  void makesAPrivateDirectoryAndWritesItsPid() throws IOException {
    Path path = temp.resolve("run");
    try (RunDirectory run = RunDirectory.open(path)) {
      assertEquals(
          "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(run.path())));
      assertEquals(
          ProcessHandle.current().pid() + "\n", Files.readString(path.resolve("master.lock")));
    }
  }

  @Test
  void refusesASecondMasterNamingTheFirst() throws IOException {
    try (RunDirectory run = RunDirectory.open(temp)) {
      IOException refused = assertThrows(IOException.class, () -> RunDirectory.open(temp));
      assertTrue(
          refused.getMessage().contains("(pid " + ProcessHandle.current().pid() + ")"),
          refused.getMessage());
      assertTrue(refused.getMessage().contains(run.path().toString()), refused.getMessage());
    }
    RunDirectory.open(temp).close();
  }

  @Test
  void keepsAnyPoolNameInsideTheDirectory() throws IOException {
    try (RunDirectory run = RunDirectory.open(temp)) {
      Path control = run.control("../a b", 3);
      assertEquals(run.path(), control.getParent());
      assertEquals("%2e%2e%2fa%20b.3.control", control.getFileName().toString());
      assertEquals("www.12.scoreboard", run.scoreboard("www", 12).getFileName().toString());
    }
  }

  @Test
  void refusesAPathTooLongForASocket() throws IOException {
    try (RunDirectory run = RunDirectory.open(temp)) {
      IOException refused = assertThrows(IOException.class, () -> run.control("p".repeat(108), 1));
      assertTrue(refused.getMessage().contains("107 bytes"), refused.getMessage());
    }
  }
}
