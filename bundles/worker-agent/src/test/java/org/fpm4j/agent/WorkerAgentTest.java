package org.fpm4j.agent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerAgentTest {

  @TempDir Path directory;

  @Test
  void deletesWhatEarlierVersionsHaveLeft() throws IOException {
    Path old = Files.writeString(directory.resolve("libfpm4j-agent-00000000.so"), "old");
    Path other = Files.writeString(directory.resolve("other.so"), "not ours");

    assertTrue(Files.exists(WorkerAgent.extractTo(directory)));

    assertFalse(Files.exists(old));
    assertTrue(Files.exists(other));
  }

  @Test
  void extractsAnExecutableLibraryAndNothingElse() throws IOException {
    Path library = WorkerAgent.extractTo(directory);

    assertTrue(library.isAbsolute());
    assertEquals(
        "rwxr-xr-x", PosixFilePermissions.toString(Files.getPosixFilePermissions(library)));
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(List.of(library), files.toList());
    }
  }

  @Test
  void leavesALibraryAloneThatARunningZygoteMayHaveMapped() throws IOException {
    Path library = WorkerAgent.extractTo(directory);
    Object before = Files.getAttribute(library, "unix:ino");

    assertEquals(library, WorkerAgent.extractTo(directory));
    assertEquals(before, Files.getAttribute(library, "unix:ino"));
  }

  @Test
  void replacesADamagedLibrary() throws IOException {
    Path library = WorkerAgent.extractTo(directory);
    byte[] content = Files.readAllBytes(library);
    Files.write(library, new byte[] {1, 2, 3});

    WorkerAgent.extractTo(directory);

    assertArrayEquals(content, Files.readAllBytes(library));
  }

  @Test
  void refusesAPathTheDynamicLoaderWouldSplit() throws IOException {
    Path blank = Files.createDirectory(directory.resolve("my pools"));

    assertThrows(IOException.class, () -> WorkerAgent.extractTo(blank));
  }
}
