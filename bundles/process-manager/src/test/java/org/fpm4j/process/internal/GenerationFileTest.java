package org.fpm4j.process.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.fpm4j.config.ListenSettings;
import org.fpm4j.config.PoolSettings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That each directive counts as its class says is tested where the directives are. */
class GenerationFileTest {

  @TempDir private Path temp;
  private PoolSettings settings;

  @BeforeEach
  void make() {
    settings = new PoolFixture(temp).settings("www", PoolFixture.fixed(1));
  }

  private PoolSettings listening(String address, int mode) {
    ListenSettings l = settings.listen();
    return new PoolSettings(
        settings.name(),
        settings.program(),
        new ListenSettings(
            address,
            l.backlog(),
            l.owner(),
            l.group(),
            mode,
            l.aclUsers(),
            l.aclGroups(),
            l.allowedClients()),
        settings.pm(),
        settings.worker(),
        settings.request(),
        settings.status(),
        settings.access());
  }

  @Test
  void onlyAnotherAddressOfTheSocketAsksForAnotherZygote() {
    String address = settings.listen().address();
    String before = GenerationFile.fingerprint(settings);

    assertEquals(before, GenerationFile.fingerprint(listening(address, 0600)));
    assertNotEquals(GenerationFile.socket(settings), GenerationFile.socket(listening(address, 0)));
    assertNotEquals(before, GenerationFile.fingerprint(listening("9001", 0660)));
  }

  @Test
  void readsWhatItWrote() throws IOException {
    Path file = temp.resolve("www.3.generation");
    GenerationFile note = new GenerationFile("www", 3, 5, 7, "[::1]:9000", "s", "f");
    note.write(file);
    assertEquals(note, GenerationFile.read(file));
  }

  @Test
  void changedSocketIsNotedWhereThereIsANote() throws IOException {
    Path file = temp.resolve("www.3.generation");
    GenerationFile.noteSocket(file, settings);
    assertEquals(false, Files.exists(file));

    new GenerationFile("www", 3, 5, 7, "9000", "", "f").write(file);
    GenerationFile.noteSocket(file, settings);
    assertEquals(GenerationFile.socket(settings), GenerationFile.read(file).socket());
  }
}
