package org.fpm4j.config.internal.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GlobTest {

  @TempDir Path directory;

  @BeforeEach
  void createFiles() throws IOException {
    for (String name : List.of("a.conf", "b.conf", "B.conf", ".hidden.conf", "c.txt", "[x]")) {
      Files.createFile(directory.resolve(name));
    }
    Files.createDirectories(directory.resolve("sub"));
    Files.createFile(directory.resolve("sub/d.conf"));
  }

  private List<String> expand(String pattern) throws IOException {
    String prefix = directory + "/";
    return Glob.expand(prefix + pattern).stream()
        .map(path -> path.substring(prefix.length()))
        .toList();
  }

  @Test
  void sortsByBytesAndPassesOverHiddenFiles() throws IOException {
    assertEquals(List.of("B.conf", "a.conf", "b.conf"), expand("*.conf"));
    assertEquals(List.of(".hidden.conf"), expand(".*.conf"));
  }

  @Test
  void knowsQuestionMarksAndBrackets() throws IOException {
    assertEquals(List.of("B.conf", "a.conf", "b.conf"), expand("?.conf"));
    assertEquals(List.of("a.conf", "b.conf"), expand("[a-b].conf"));
    assertEquals(List.of("B.conf", "b.conf"), expand("[!a].conf"));
    assertEquals(List.of("[x]"), expand("[[]x]"));
  }

  @Test
  void knowsClassesAndBackslashes() throws IOException {
    assertEquals(List.of("B.conf"), expand("[[:upper:]].conf"));
    assertEquals(List.of("B.conf", "a.conf"), expand("[![:digit:]b].conf"));
    assertEquals(List.of("[x]"), expand("\\[x\\]"));
    assertEquals(List.of("a.conf"), expand("\\a.con?"));
  }

  @Test
  void looksIntoDirectoriesOnly() throws IOException {
    assertEquals(List.of("sub/d.conf"), expand("*/*.conf"));
    assertEquals(List.of("a.conf"), expand("a.conf"));
    assertEquals(List.of(), expand("none.conf"));
  }

  @Test
  void failsWhereADirectoryIsMissing() {
    assertThrows(IOException.class, () -> expand("none/*.conf"));
  }
}
