package org.fpm4j.posix;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileModesTest {
  @TempDir Path directory;

  private Path file() throws IOException {
    return Files.createFile(directory.resolve("socket"));
  }

  /** What getfacl prints, or skips the test where there is no getfacl. */
  private static List<String> accessList(Path path) throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/getfacl")), "getfacl is installed");
    Process getfacl =
        new ProcessBuilder("/usr/bin/getfacl", "-nc", "--absolute-names", path.toString()).start();
    String printed = new String(getfacl.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, getfacl.waitFor());
    return printed.strip().lines().toList();
  }

  @Test
  void setsModeAndOwner() throws Exception {
    Path path = file();
    FileModes.chmod(path, 0640);
    assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
    assumeTrue(Processes.effectiveUid() == 0, "only root gives files away");
    FileModes.chown(path, 33, FileModes.UNCHANGED);
    assertEquals(33, Files.getAttribute(path, "unix:uid"));
    assertEquals(0, Files.getAttribute(path, "unix:gid"));
  }

  @Test
  void namedUsersAndGroupsMayReadAndWrite() throws Exception {
    Path path = file();
    FileModes.chmod(path, 0600);
    FileModes.accessList(path, 0600, List.of(1000, 33), List.of(33, 7));
    assertEquals(
        List.of(
            "user::rw-",
            "user:33:rw-",
            "user:1000:rw-",
            "group::---",
            "group:7:rw-",
            "group:33:rw-",
            "mask::rw-",
            "other::---"),
        accessList(path));
  }

  @Test
  void keepsWhatTheModeGivesToGroupAndOthers() throws Exception {
    Path path = file();
    FileModes.accessList(path, 0664, List.of(33), List.of());
    assertEquals(
        List.of("user::rw-", "user:33:rw-", "group::rw-", "mask::rw-", "other::r--"),
        accessList(path));
  }

  @Test
  void namesTheFileThatIsMissing() {
    Path missing = directory.resolve("missing");
    PosixException refused =
        assertThrows(PosixException.class, () -> FileModes.chmod(missing, 0660));
    assertEquals(
        "chmod(" + missing + ", 0660): No such file or directory (2)", refused.getMessage());
  }
}
