package org.fpm4j.config.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fpm4j.config.Configuration;
import org.fpm4j.config.Directive.Scope;
import org.fpm4j.config.internal.source.ConfigurationSources;
import org.fpm4j.config.internal.source.ConfigurationSources.PidProperties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriteBackTest {

  private static final String TEXT =
      """
      # The pool
      listen = 9000
      # How many
      pm.max_children = 1
      env[HOME] = ${env:HOME}
      """;

  @TempDir Path directory;

  private final WriteBack writeBack = new WriteBack();
  private final Map<String, Object> properties =
      new HashMap<>(
          Map.of(
              "listen", "9000", "pm.max_children", "1", "env[HOME]", "/root", "service.pid", "x"));
  private Path file;

  @BeforeEach
  void createFile() throws IOException {
    file = Files.writeString(directory.resolve("org.fpm4j.pool-www.cfg"), TEXT);
    evaluated(new Evaluations().get());
  }

  private void evaluated(Configuration configuration) {
    writeBack.accept(
        new ConfigurationSources(
            Optional.empty(),
            List.of(
                new PidProperties(
                    Scope.POOL, "www", "pid", Optional.of(file), Map.copyOf(properties))),
            List.of(),
            List.of()),
        configuration);
  }

  @Test
  void savesWhatAConsoleChangedAndKeepsTheRest() throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    properties.put("pm.max_children", 7);
    properties.put("env[HOME]", "/home");
    properties.remove("listen");
    properties.put("access.suppress_path[]", new String[] {"/a", "/b"});
    evaluated(new Evaluations().get());
    assertEquals(
        """
        # The pool
        # How many
        pm.max_children = 7
        env[HOME] = ${env:HOME}
        access.suppress_path[] = /a,/b
        """,
        Files.readString(file));
    assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    properties.put("pm.max_children", 8);
    evaluated(new Evaluations().get());
    assertEquals("8", CfgFile.read(file).entries().get(0).value());
  }

  @Test
  void leavesAFileAloneThatIsBeingEdited() throws IOException {
    String edited = TEXT.replace("= 1", "= 2");
    Files.writeString(file, edited);
    Files.setLastModifiedTime(file, FileTime.fromMillis(0));
    properties.put("pm.max_children", "3");
    evaluated(new Evaluations().get());
    assertEquals(edited, Files.readString(file));
  }

  @Test
  void savesNothingThatIsRejected() throws IOException {
    properties.put("pm.max_children", "0");
    evaluated(new Evaluations().pool("www", "pm.max_children", "0").get());
    assertEquals(TEXT, Files.readString(file));
  }
}
