package org.fpm4j.config.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import org.fpm4j.config.internal.source.Glob;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GlanceTest {

  private static final FileTime LONG_AGO = FileTime.fromMillis(1_000_000_000_000L);

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void writeFile() throws IOException {
    file = Files.writeString(directory.resolve("a.conf"), "pm = static\n");
    age();
  }

  private void age() throws IOException {
    Files.setLastModifiedTime(file, LONG_AGO);
    Files.setLastModifiedTime(directory, LONG_AGO);
  }

  private Glance glance() {
    List<String> paths = List.of("" + file, "" + directory, directory + "/missing.conf");
    return Glance.at(paths, List.of(), System.currentTimeMillis());
  }

  @Test
  void seesThatNothingIsDifferent() {
    Glance glance = glance();
    assertTrue(glance.isUnchanged());
    assertTrue(glance.isUnchanged());
  }

  @Test
  void seesAnEditInPlace() throws IOException {
    Glance glance = glance();
    Files.writeString(file, "pm = dynami\n");
    assertFalse(glance.isUnchanged());
  }

  @Test
  void looksSeldomAtFilesThatSomebodyElseWatches() throws IOException {
    Glance glance =
        Glance.at(List.of("" + directory), List.of("" + file), System.currentTimeMillis());
    Files.writeString(file, "pm = dynami\n");
    for (int i = 1; i < Glance.SELDOM; i++) {
      assertTrue(glance.isUnchanged());
    }
    assertFalse(glance.isUnchanged());
  }

  @Test
  void seesAFileReplacedByOneOfTheSameTime() throws IOException {
    Path other = Files.writeString(directory.resolve("other"), "pm = ondemand\n");
    Files.setLastModifiedTime(other, LONG_AGO);
    age();
    Glance glance = glance();
    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
    assertFalse(glance.isUnchanged());
  }

  @Test
  void seesFilesThatComeAndGo() throws IOException {
    Glance glance = glance();
    Path missing = Files.writeString(directory.resolve("missing.conf"), "");
    assertFalse(glance.isUnchanged());
    age();
    Files.setLastModifiedTime(missing, LONG_AGO);
    Glance later = glance();
    assertTrue(later.isUnchanged());
    Files.delete(missing);
    assertFalse(later.isUnchanged());
  }

  @Test
  void doesNotTrustAFileThatWasJustWritten() throws IOException {
    Files.writeString(file, "pm = dynamic\n");
    assertFalse(glance().isUnchanged());
  }

  @Test
  void knowsTheDirectoryOfAPatternWithoutWildcardsInIt() {
    assertEquals(Optional.of("/etc/pool.d/"), Glob.directory("/etc/pool.d/*.conf"));
    assertEquals(Optional.empty(), Glob.directory("/etc/*/www.conf"));
  }
}
