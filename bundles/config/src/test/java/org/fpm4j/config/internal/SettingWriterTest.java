package org.fpm4j.config.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fpm4j.config.ChangeRefusedException;
import org.fpm4j.config.internal.source.ConfigurationSources;
import org.fpm4j.config.internal.source.ConfigurationSources.PidProperties;
import org.fpm4j.config.internal.source.EtcDirectory.PidFile;
import org.fpm4j.config.internal.validation.Surroundings.Privilege;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingWriterTest {

  private static final String POOL = "org.fpm4j.pool";

  @TempDir Path directory;

  private final FakeConfigAdmin admin = new FakeConfigAdmin();

  private ConfigAdminReader reader() {
    return new ConfigAdminReader(admin.service(), Optional.empty(), Optional.of(directory));
  }

  private SettingWriter writer() {
    return new SettingWriter(reader(), Evaluations.surroundings(Privilege.USER));
  }

  private static Map<String, Object> properties(Path file) {
    Map<String, Object> properties = new HashMap<>(Evaluations.MINIMAL);
    properties.put("program", "sh");
    if (file != null) {
      properties.put(ConfigAdminReader.FILE_NAME, file.toUri().toString());
    }
    return properties;
  }

  private Path poolFile(String name) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("org.fpm4j.pool-" + name + ".cfg"),
            "# mine\nlisten = 9000\npm = static\npm.max_children = 1\nprogram = sh\n");
    admin.add(POOL + "~" + name, POOL, properties(file));
    return file;
  }

  @Test
  void changesTheFileOfThePool() throws Exception {
    Path file = poolFile("www");
    writer().write("www", "pm.max_children", Optional.of("9"), Optional.empty());
    writer().write("www", "env[A]", Optional.of("b c"), Optional.empty());
    assertEquals(
        "# mine\nlisten = 9000\npm = static\npm.max_children = 9\nprogram = sh\nenv[A] = b c\n",
        Files.readString(file));
    writer().write("www", "env[A]", Optional.empty(), Optional.empty());
    assertTrue(Files.readString(file).endsWith("program = sh\n"));
  }

  @Test
  void refusesWhatWouldBeRejectedAndWritesNothing() throws Exception {
    Path file = poolFile("www");
    String before = Files.readString(file);
    ChangeRefusedException refused =
        assertThrows(
            ChangeRefusedException.class,
            () -> writer().write("www", "pm.max_children", Optional.of("0"), Optional.empty()));
    assertTrue(refused.getMessage().contains("pm.max_children must be a positive value"));
    assertTrue(refused.getMessage().contains("(legal: 1 to 65536)"));
    assertEquals(before, Files.readString(file));
  }

  @Test
  void refusesPoolsThatAreNotInAFileItCanChange() {
    admin.add(POOL + "~x", POOL, properties(directory.resolve("org.fpm4j.pool-x.config")));
    for (String pool : List.of("x", "none", "")) {
      assertThrows(
          ChangeRefusedException.class,
          () -> writer().write(pool, "pm.max_children", Optional.of("2"), Optional.empty()));
    }
  }

  @Test
  void updatesAPidThatHasNoFile() throws Exception {
    admin.add(POOL + "~console", POOL, properties(null));
    writer().write("console", "pm.max_children", Optional.of("4"), Optional.empty());
    PidProperties pid = reader().get().pids().get(0);
    assertEquals("4", pid.properties().get("pm.max_children"));
    assertEquals("console", pid.pool());
  }

  @Test
  void namesFilesThatAreNotInConfigAdmin() throws Exception {
    poolFile("www");
    Path missing = Files.writeString(directory.resolve("org.fpm4j.pool-new.cfg"), "");
    Files.writeString(directory.resolve("x.conf"), "[a]\n");
    Files.writeString(directory.resolve("nginx.conf"), "server {}\n");
    ConfigurationSources sources = reader().get();
    assertEquals(List.of(missing), sources.unread().stream().map(PidFile::file).toList());
    assertEquals(List.of(directory.resolve("x.conf").toString()), sources.dropped());
    assertEquals(List.of("www"), sources.pids().stream().map(PidProperties::pool).toList());
  }
}
