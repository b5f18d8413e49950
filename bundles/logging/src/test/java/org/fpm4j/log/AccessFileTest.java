package org.fpm4j.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessFileTest {

  @TempDir Path temp;

  @Test
  void appendsAndSharesAFile() throws IOException {
    Path path = temp.resolve("access.log");
    try (AccessFile one = AccessFile.open(path);
        AccessFile two = AccessFile.open(path)) {
      assertEquals(0, one.write("a\n".getBytes(UTF_8)));
      assertEquals(0, two.write("b\nc\n".getBytes(UTF_8)));
      assertEquals(0, one.write("d\n".getBytes(UTF_8)));
    }
    assertEquals("a\nb\nc\nd\n", Files.readString(path));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
  }

  @Test
  void countsLinesAFullDeviceDoesNotTake() throws IOException {
    try (AccessFile full = AccessFile.open(Path.of("/dev/full"))) {
      assertEquals(2, full.write("a\nb\n".getBytes(UTF_8)));
      assertEquals("No space left on device", full.failure());
    }
  }

  @Test
  void saysWhyAFileCannotBeOpened() {
    Path path = temp.resolve("missing/access.log");
    IOException failure = assertThrows(IOException.class, () -> AccessFile.open(path));
    assertEquals(
        "failed to open access log (" + path + "): No such file or directory",
        failure.getMessage());
  }
}
