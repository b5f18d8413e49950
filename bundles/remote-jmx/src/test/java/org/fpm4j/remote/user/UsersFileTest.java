package org.fpm4j.remote.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsersFileTest {

  @TempDir Path directory;

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private Path file;
  private UsersFile users;

  @BeforeEach
  void nameFile() {
    file = directory.resolve("jmx.users");
    users = new UsersFile(file);
  }

  private int command(String password, String... words) {
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    ByteArrayInputStream in = new ByteArrayInputStream(password.getBytes(StandardCharsets.UTF_8));
    return UserCommand.run(file, List.of(words), in, out, out);
  }

  @Test
  void knowsUsersByNameRoleAndPassword() throws IOException {
    assertEquals(0, command("correct horse\n", "ops", "control"));
    assertEquals(0, command("battery staple\n", "grafana", "monitor"));

    assertEquals(Set.of("ops", "grafana"), users.read().keySet());
    UsersFile.User ops = users.read().get("ops");
    assertEquals(Role.CONTROL, ops.role());
    assertTrue(ops.password().matches("correct horse".toCharArray()));
    assertFalse(ops.password().matches("battery staple".toCharArray()));
  }

  @Test
  void keepsOnlyHashesAndOnlyForItsOwner() throws IOException {
    command("correct horse", "ops", "control");

    assertFalse(Files.readString(file).contains("horse"));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void replacesAndRemovesUsersAndKeepsComments() throws IOException {
    command("correct horse", "ops", "control");
    Files.writeString(file, "\n# ours\n" + Files.readString(file));
    command("battery staple", "ops", "monitor");
    assertEquals(Role.MONITOR, users.read().get("ops").role());
    assertTrue(Files.readString(file).contains("# ours"));

    assertEquals(0, command("", "--remove", "ops"));
    assertEquals(1, command("", "--remove", "ops"));
    assertEquals(Set.of(), users.read().keySet());
  }

  @Test
  void refusesFileOpenToOthers() throws IOException {
    command("correct horse", "ops", "control");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

    IOException refused = assertThrows(IOException.class, users::read);
    assertTrue(refused.getMessage().contains("rw-r-----"), refused.getMessage());
    assertTrue(refused.getMessage().contains("chmod 600"), refused.getMessage());
    assertEquals(1, command("battery staple", "other", "control"));
  }

  @Test
  void namesLineThatIsNone() throws IOException {
    Files.writeString(file, "# users\nops admin secret\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

    IOException refused = assertThrows(IOException.class, users::read);
    assertTrue(refused.getMessage().contains(file + ":2"), refused.getMessage());
    assertFalse(refused.getMessage().contains("secret"), refused.getMessage());
  }

  @Test
  void commandRefusesShortPasswordsAndWrongWords() {
    assertEquals(1, command("short", "ops", "control"));
    assertEquals(64, command("correct horse", "ops", "admin"));
    assertEquals(64, command("correct horse", "o p s", "control"));
    assertEquals(64, command("correct horse", "ops"));
    assertFalse(Files.exists(file));
  }

  @Test
  void readsBackStoredHash() {
    PasswordHash hash = PasswordHash.of("correct horse".toCharArray());
    assertEquals(hash, PasswordHash.parse(hash.toString()));
    assertThrows(IllegalArgumentException.class, () -> PasswordHash.parse("plain text"));
    assertThrows(
        IllegalArgumentException.class,
        () -> PasswordHash.parse("pbkdf2-sha256:99999999:AA==:AA=="));
  }
}
