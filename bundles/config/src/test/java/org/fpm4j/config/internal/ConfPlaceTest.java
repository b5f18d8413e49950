package org.fpm4j.config.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;
import org.fpm4j.config.ChangeRefusedException;
import org.fpm4j.config.Configuration;
import org.fpm4j.config.internal.validation.Surroundings.Privilege;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfPlaceTest {

  private static final String POOL =
      "listen = %s\npm = static\npm.max_children = 1\nprogram = sh\n";

  private Path directory;
  private Path conf;

  @BeforeEach
  @BeforeProperty
  void createDirectory() throws IOException {
    directory = Files.createTempDirectory("fpm4j-conf");
    conf = directory.resolve("php-fpm.conf");
  }

  @AfterEach
  @AfterProperty
  void deleteDirectory() throws IOException {
    try (var files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }

  private String pool(String name, String... lines) {
    return "["
        + name
        + "]\n"
        + POOL.formatted(name.hashCode() % 1000 + 2000)
        + String.join("", lines);
  }

  private void write(String text) {
    try {
      Files.writeString(conf, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void set(String pool, String key, String value) throws ChangeRefusedException {
    new SettingWriter(
            new ConfigAdminReader(
                new FakeConfigAdmin().service(),
                Optional.of(conf.toString()),
                Optional.of(directory.resolve("etc"))),
            Evaluations.surroundings(Privilege.USER))
        .write(pool, key, Optional.ofNullable(value), Optional.of(evaluated()));
  }

  private Configuration evaluated() {
    return new Evaluations().conf(conf).get();
  }

  private String refusal(String pool, String key, String value) {
    String before = read(conf);
    String message =
        assertThrows(ChangeRefusedException.class, () -> set(pool, key, value)).getMessage();
    assertEquals(before, read(conf));
    return message;
  }

  @Test
  void replacesTheLineThatCountsAndNothingElse() throws Exception {
    write(
        "; mine\n"
            + pool("www", "  pm.max_requests= 5  ; a \"few\"\nPM.Max_Requests =7\r\n")
            + "; end");
    set("www", "pm.max_requests", "9");
    assertEquals(
        "; mine\n"
            + pool("www", "  pm.max_requests= 5  ; a \"few\"\nPM.Max_Requests =9\r\n")
            + "; end",
        read(conf));
    write(pool("www", "  pm.max_requests= 5  ; a \"few\"\n"));
    set("www", "pm.max_requests", "10");
    assertEquals(pool("www", "  pm.max_requests= 10  ; a \"few\"\n"), read(conf));
  }

  @Test
  void putsWhatIsNewBehindAnExampleElseAtTheEndOfTheSection() throws Exception {
    String b = pool("b");
    write(pool("a", ";pm.max_requests = 500\n\n; the end\n") + b);
    set("a", "pm.max_requests", "9");
    set("a", "env[A]", "x");
    assertEquals(
        pool("a", ";pm.max_requests = 500\npm.max_requests = 9\nenv[A] = x\n\n; the end\n") + b,
        read(conf));
  }

  @Test
  void changesTheIncludedFileThatDefinesThePool() throws Exception {
    Path real = Files.writeString(directory.resolve("real"), pool("www"));
    Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rw-r-----"));
    Path link = Files.createSymbolicLink(directory.resolve("www.conf"), real);
    write("[global]\ninclude = " + link + "\n");
    String main = read(conf);
    set("www", "pm.max_children", "4");
    assertEquals(4, evaluated().pools().get("www").pm().maxChildren());
    assertEquals(main, read(conf));
    assertTrue(Files.isSymbolicLink(link));
    assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(real)));
  }

  @Test
  void globalDirectivesGoWhereTheGlobalSectionEnds() throws Exception {
    String www = pool("www");
    write("; php-fpm\n\n" + www);
    set("", "log_level", "debug");
    assertEquals("; php-fpm\nlog_level = debug\n\n" + www, read(conf));
    write(www);
    set("", "process.max", "9");
    assertEquals("process.max = 9\n" + www, read(conf));
    write(www + "[global]\nlog_limit = 700\n[www]\n");
    set("", "process.max", "9");
    assertEquals(www + "[global]\nlog_limit = 700\nprocess.max = 9\n[www]\n", read(conf));
  }

  @Test
  void removesEveryLineOfADirective() throws Exception {
    write(pool("www", "pm.max_requests = 1\n", "chdir = /\n", "pm.max_requests = 2\n"));
    set("www", "pm.max_requests", null);
    set("www", "slowlog", null);
    assertEquals(pool("www", "chdir = /\n"), read(conf));
  }

  @Test
  void entriesOfArraysCountWhereTheyStandFirst() throws Exception {
    write(pool("www", "php_flag[a] = on\nphp_value[a] = 2\nenv[A] = 1\nenv[A] = 2\n"));
    set("www", "php_value[a]", "7");
    set("www", "env[A]", "3");
    assertEquals(
        pool("www", "php_value[a] = 7\nphp_value[a] = 2\nenv[A] = 3\nenv[A] = 2\n"), read(conf));
  }

  @Test
  void listsAreWrittenAsOneLineEach() throws Exception {
    write(pool("www", "access.suppress_path[] = /a\nchdir = /\naccess.suppress_path[] = /b\n"));
    set("www", "access.suppress_path[]", "/x, /y");
    assertEquals(
        pool("www", "access.suppress_path[] = /x\naccess.suppress_path[] = /y\nchdir = /\n"),
        read(conf));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a;b", "x=\"1\"", "a${HOME}", "it's", " a ", "null", "1|2", "$HOME/bin", "é"})
  void quotesWhatNeedsIt(String value) throws Exception {
    write(pool("www", "env[A] = old ; why\n"));
    set("www", "env[A]", "'" + value + "'");
    assertTrue(read(conf).contains(" ; why\n"));
    String expected = value.equals("$HOME/bin") ? "" : value;
    assertEquals(expected, evaluated().pools().get("www").worker().env().get("A"));
  }

  @Test
  void booleansAreWrittenAsTheyAreSaid() throws Exception {
    write(pool("www"));
    set("www", "clear_env", "no");
    assertTrue(read(conf).endsWith("clear_env = no\n"));
    assertFalse(evaluated().pools().get("www").worker().clearEnv());
  }

  @Test
  void refusesWhatWouldBeWrongAndWritesNothing() {
    write(pool("bad", "pm = never\n") + pool("www"));
    assertTrue(refusal("www", "pm.max_children", "0").contains("legal: 1 to 65536"));
    assertTrue(refusal("www", "pm.max_childern", "1").contains("nearest is 'pm.max_children'"));
    assertTrue(refusal("www", "env[A]", "a\nb").contains("no line"));
    assertTrue(refusal("www", "include", "/etc/passwd").contains("include"));
    assertTrue(refusal("none", "pm.max_children", "1").contains("not configured"));
  }

  @Test
  void refusesALineThatIsReadForSeveralPoolsAndAddsToThePoolsOwn() throws Exception {
    Path common = Files.writeString(directory.resolve("common"), "pm.max_requests = 5\n");
    String include = "include = " + common + "\n";
    write(pool("a", include) + pool("b", include, "chdir = /\n"));
    assertTrue(
        refusal("a", "pm.max_requests", "6").startsWith(common + ":1 is read for several pools"));
    assertEquals("pm.max_requests = 5\n", read(common));
    set("a", "env[A]", "x");
    assertEquals(
        pool("a", include, "env[A] = x\n") + pool("b", include, "chdir = /\n"), read(conf));
  }

  @Test
  void keepsBytesThatAreNoText() throws Exception {
    byte[] odd = ("; \u00ff\u00e4\n" + pool("www")).getBytes(StandardCharsets.ISO_8859_1);
    Files.write(conf, odd);
    set("www", "pm.max_children", "2");
    assertEquals(
        new String(odd, StandardCharsets.ISO_8859_1).replace("children = 1", "children = 2"),
        Files.readString(conf, StandardCharsets.ISO_8859_1));
  }

  @Provide
  Arbitrary<String> values() {
    return Arbitraries.strings()
        .withChars("ab =;\"'\\$[](){}!~^|&#\tyé")
        .ofMinLength(1)
        .ofMaxLength(8);
  }

  /** Either it is read back as it was meant, and nothing else is different, or it is refused. */
  @Property(tries = 300)
  void anyValueIsReadBackOrRefused(@ForAll("values") String value, @ForAll("values") String key)
      throws IOException {
    Files.writeString(conf, pool("www", "php_value[a] = 1 ; a\n", "chdir = /\n"));
    String entry = "php_value[" + key + "]";
    try {
      set("www", entry, "\"" + value + "\"");
    } catch (ChangeRefusedException e) {
      assertFalse(e.getMessage().isEmpty());
      return;
    }
    Configuration after = evaluated();
    assertEquals(0, after.rejections().size());
    assertTrue(
        after.pools().get("www").program().phpValues().stream()
            .anyMatch(ini -> ini.name().equals(key) && ini.value().equals(value)),
        () -> entry + " = " + value + ":\n" + read(conf));
  }
}
