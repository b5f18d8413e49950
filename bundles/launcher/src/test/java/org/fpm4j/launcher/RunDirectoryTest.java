package org.fpm4j.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {

  @TempDir private Path directory;

  @Test
  void standardPlaceDependsOnUserAndSession() {
    Map<String, String> session = Map.of("XDG_RUNTIME_DIR", "/run/user/1000");

    assertEquals(Path.of("/run/fpm4j"), RunDirectory.standard(0, session));
    assertEquals(Path.of("/run/user/1000/fpm4j"), RunDirectory.standard(1000, session));
    assertEquals(Path.of("/tmp/fpm4j-1000"), RunDirectory.standard(1000, Map.of()));
    assertEquals(
        Path.of("/tmp/fpm4j-1000"),
        RunDirectory.standard(1000, Map.of("XDG_RUNTIME_DIR", "relative")));
  }

  @Test
  void isMadeForItsOwnerAlone() throws Exception {
    Path path = directory.resolve("a/run");

    RunDirectory.create(path);

    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
  }

  @Test
  void readableByOthersIsAccepted() throws Exception {
    Path path = made("rwxr-xr-x");

    assertEquals(path, RunDirectory.create(path).path());
  }

  @Test
  void writableByOthersIsRefused() throws IOException {
    for (String mode : new String[] {"rwxrwx---", "rwx----w-", "rwxrwxrwx"}) {
      assertRefused("others may write to it (mode " + mode, made(mode));
    }
  }

  @Test
  void ownedBySomebodyElseIsRefused() throws IOException {
    assumeTrue(RunDirectory.ownUid() == 0, "only root can give a directory away");
    Path path = made("rwx------");
    Files.setAttribute(path, "unix:uid", 4711);

    assertRefused("it belongs to uid 4711, not to uid 0", path);
  }

  @Test
  void fileInItsPlaceIsRefused() throws IOException {
    assertRefused("it is not a directory", Files.createFile(directory.resolve("run")));
  }

  @Test
  void pathTooLongForSocketsIsRefused() {
    assertRefused("its path is longer than 94 bytes", directory.resolve("x".repeat(95)));
  }

  @Test
  void clientWithoutTheDirectoryLearnsThatNothingRuns() {
    CommandFailure failure =
        assertThrows(
            CommandFailure.class, () -> RunDirectory.existing(directory.resolve("missing")));

    assertEquals(ExitCode.NOT_RUNNING, failure.exitCode());
  }

  @Test
  void frameworkCacheIsDeletedWithAllInIt() throws Exception {
    RunDirectory run = RunDirectory.create(directory.resolve("run"));
    Files.createFile(Files.createDirectories(run.frameworkCache().resolve("a/b")).resolve("c"));

    run.deleteFrameworkCache();
    run.deleteFrameworkCache();

    assertTrue(Files.notExists(run.frameworkCache()));
    assertTrue(Files.exists(run.path()));
  }

  @Test
  void secondMasterIsKeptOutUntilTheFirstIsGone() throws Exception {
    RunDirectory run = RunDirectory.create(directory.resolve("run"));
    // This JVM's own second lock would be an OverlappingFileLockException: another process holds
    // it.
    Process other =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                LockHolder.class.getName(),
                run.path().toString())
            .start();
    try {
      assertEquals("locked", other.inputReader().readLine());
      CommandFailure failure = assertThrows(CommandFailure.class, run::lock);
      assertTrue(failure.getMessage().startsWith("another fpm4j runs with run directory "));
    } finally {
      other.destroyForcibly().onExit().join();
    }
    run.lock().close();
  }

  /** Takes the lock of the run directory named and keeps it until it is killed. */
  static final class LockHolder {

    private LockHolder() {}

    public static void main(String[] args) throws Exception {
      FileChannel lock = RunDirectory.create(Path.of(args[0])).lock();
      System.out.println("locked");
      System.in.read();
      lock.close();
    }
  }

  private Path made(String mode) throws IOException {
    Path path = Files.createDirectory(directory.resolve(mode));
    return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  private static void assertRefused(String reason, Path path) {
    CommandFailure failure = assertThrows(CommandFailure.class, () -> RunDirectory.create(path));
    assertEquals(ExitCode.INTERNAL, failure.exitCode());
    assertTrue(
        failure.getMessage().startsWith("run directory " + path + " refused: " + reason),
        failure.getMessage());
  }
}
