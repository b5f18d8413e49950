package org.fpm4j.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleOrderTest {

  @TempDir private Path home;

  @BeforeEach
  void makeFolders() throws IOException {
    Files.createDirectories(home.resolve("lib"));
    Files.createDirectories(home.resolve("bundles"));
  }

  @Test
  void startsGroupsAsWrittenAndUnnamedJarsLast() throws IOException {
    Files.writeString(home.resolve("lib/start-order"), "# why\n\nb.jar\na.jar\n\n\nc.jar\n");
    for (String jar : List.of("a.jar", "b.jar", "c.jar", "z.jar", "x.jar", "notes.txt")) {
      Files.createFile(home.resolve("bundles").resolve(jar));
    }
    assertEquals(
        List.of(jars("b.jar", "a.jar"), jars("c.jar"), jars("x.jar", "z.jar")),
        BundleOrder.of(home).groups());
  }

  @Test
  void refusesAnInstallationWithoutOrder() {
    assertThrows(NoSuchFileException.class, () -> BundleOrder.of(home));
  }

  private List<Path> jars(String... names) {
    return List.of(names).stream().map(home.resolve("bundles")::resolve).toList();
  }
}
