package org.fpm4j.stack.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ElfImageTest {

  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin/java");
  private static final Path PHP = Path.of("/usr/bin/php-cgi8.2");

  @TempDir static Path temp;

  private static byte[] java;

  @BeforeAll
  static void readProgram() throws IOException {
    java = Files.readAllBytes(JAVA);
  }

  private static PhpProgram program(Path file) throws IOException, NoPhpStackException {
    try (FileChannel channel = FileChannel.open(file)) {
      return PhpProgram.of(channel, file.toString());
    }
  }

  @Test
  void programThatIsNotPhpIsNamed() {
    NoPhpStackException e = assertThrows(NoPhpStackException.class, () -> program(JAVA));
    assertEquals("no PHP stack: " + JAVA + " is not PHP", e.getMessage());
  }

  @Test
  void phpIsKnownByItsBuildIdAndSymbols() throws Exception {
    assumeTrue(Files.exists(PHP), "php-cgi8.2");
    PhpProgram program = program(PHP);
    assertEquals(ZendLayout.PHP_8_2, program.layout());
    assertTrue(program.executorGlobals() != program.sapiGlobals());
  }

  @Test
  void symbolsAreFoundByTheirWholeNameOnly() throws IOException {
    assumeTrue(Files.exists(PHP), "php-cgi8.2");
    try (FileChannel channel = FileChannel.open(PHP)) {
      Map<String, Long> found =
          new ElfImage(channel)
              .symbols(Set.of("executor_globals", "utor_globals", "executor_glob"));
      assertEquals(Set.of("executor_globals"), found.keySet());
    }
  }

  @Test
  void phpThatCannotBeReadIsToldApart() throws IOException {
    assumeTrue(Files.exists(PHP), "php-cgi8.2");
    assertRefused("API20220829,NTS\0", "API20220829,TS\0", "is a thread-safe (ZTS) build");
    assertRefused("API20220829,NTS\0", "API20391231,NTS\0", "has module API 20391231");
    assertRefused("\0executor_globals\0", "\0executor_hidden_\0", "stripped of the symbol");
  }

  private static void assertRefused(String original, String other, String reason)
      throws IOException {
    byte[] bytes = Files.readAllBytes(PHP);
    byte[] text = original.getBytes(StandardCharsets.ISO_8859_1);
    for (int i = 0; i + text.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + text.length, text, 0, text.length)) {
        byte[] by = other.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(by, 0, bytes, i, by.length);
      }
    }
    Path file = Files.write(temp.resolve("php"), bytes);
    NoPhpStackException e = assertThrows(NoPhpStackException.class, () -> program(file));
    assertTrue(e.getMessage().contains(reason), e.getMessage());
  }

  @Test
  void fileCutOffAnywhereIsAReasonNotACrash() throws IOException {
    for (int length = 0; length < java.length; length += 1 + length / 3) {
      Path cut = Files.write(temp.resolve("cut"), Arrays.copyOf(java, length));
      assertThrows(NoPhpStackException.class, () -> program(cut));
    }
  }

  @Test
  void damagedHeadersAreAReasonNotACrash() throws IOException {
    Random random = new Random(1);
    for (int round = 0; round < 500; round++) {
      byte[] damaged = java.clone();
      for (int i = 0; i < 6; i++) {
        int near = random.nextBoolean() ? 5 : damaged.length - 2000;
        damaged[near + random.nextInt(near == 5 ? 59 : 2000)] = (byte) random.nextInt();
      }
      Path file = Files.write(temp.resolve("damaged"), damaged);
      assertThrows(NoPhpStackException.class, () -> program(file));
    }
  }
}
