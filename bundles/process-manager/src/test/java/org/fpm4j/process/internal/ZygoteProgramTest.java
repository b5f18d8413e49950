package org.fpm4j.process.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fpm4j.config.IniEntry;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.config.ProgramSettings;
import org.fpm4j.posix.Program;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZygoteProgramTest {

  private static final Path AGENT = Path.of("/run/agent.so");

  @TempDir private Path temp;
  private PoolSettings base;

  @BeforeEach
  void makeProgram() throws IOException {
    Path program = Files.createFile(temp.resolve("php-cgi"));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    base = new PoolFixture(temp).settings("www", PoolFixture.fixed(1));
  }

  private Program program(ProgramSettings program, Map<String, String> inherited)
      throws IOException {
    Identity identity = new Identity(33, 33, List.of(33, 44), "www-data", "/var/www");
    return new ZygoteProgram(PoolFixture.with(base, program), 3, Optional.of(identity))
        .program(AGENT, inherited);
  }

  private static ProgramSettings settings(String program, IniEntry... admin) {
    return new ProgramSettings(
        program,
        List.of(),
        Optional.of(Path.of("/etc/php/php.ini")),
        Optional.empty(),
        List.of(new IniEntry("memory_limit", "64M")),
        List.of(admin));
  }

  @Test
  void findsTheProgramOnTheMastersPath() throws IOException {
    Program found = program(settings("php-cgi"), Map.of("PATH", "/nowhere:" + temp));
    assertEquals(temp.resolve("php-cgi"), found.path());
  }

  @Test
  void missingProgramIsNamedWithWhereItWasSought() {
    IOException refused =
        assertThrows(IOException.class, () -> program(settings("nope"), Map.of("PATH", "/a:/b")));
    assertEquals(
        "program = nope: not found on PATH (/a:/b); install it or set an absolute path",
        refused.getMessage());
  }

  @Test
  void fileThatIsNotExecutableIsRefused() throws IOException {
    Path plain = Files.createFile(temp.resolve("plain"));
    IOException refused =
        assertThrows(IOException.class, () -> program(settings(plain.toString()), Map.of()));
    assertEquals("program = " + plain + ": the file is not executable", refused.getMessage());
  }

  @Test
  void iniEntriesReachPhpAsTheyWereWritten() throws IOException {
    Program found =
        program(
            settings(
                "php-cgi",
                new IniEntry("error_reporting", "E_ALL & ~E_DEPRECATED"),
                new IniEntry("open_basedir", "/srv;x=${y}"),
                new IniEntry("user_agent", "it's \"me\"")),
            Map.of("PATH", temp.toString()));
    assertEquals(
        List.of(
            temp.resolve("php-cgi").toString(),
            "-c",
            "/etc/php/php.ini",
            "-d",
            "memory_limit=64M",
            "-d",
            "error_reporting=E_ALL & ~E_DEPRECATED",
            "-d",
            "open_basedir='/srv;x=${y}'",
            "-d",
            "user_agent=\"it's \\\"me\\\"\""),
        found.arguments());
  }

  @Test
  void agentIsToldWhichValuesAreTheAdministratorsAndWhatToDisable() throws IOException {
    Program found =
        program(
            settings(
                "php-cgi",
                new IniEntry("open_basedir", "/srv"),
                new IniEntry("disable_functions", "exec"),
                new IniEntry("disable_functions", "system, passthru"),
                new IniEntry("disable_classes", "SplStack")),
            Map.of("PATH", temp.toString()));

    assertEquals("memory_limit", found.environment().get("FPM4J_PHP_VALUES"));
    assertEquals(
        "open_basedir\ndisable_functions\ndisable_classes",
        found.environment().get("FPM4J_PHP_ADMIN"));
    assertEquals("exec,system, passthru", found.environment().get("FPM4J_PHP_DISABLE_FUNCTIONS"));
    assertEquals("SplStack", found.environment().get("FPM4J_PHP_DISABLE_CLASSES"));
    assertFalse(found.arguments().toString().contains("disable_"), found.arguments()::toString);
  }

  @Test
  void clearedEnvironmentHoldsOnlyTheAccountAndTheAgentsOrders() throws IOException {
    Map<String, String> environment =
        program(settings("php-cgi"), Map.of("PATH", temp.toString(), "SECRET", "x")).environment();
    assertFalse(environment.containsKey("SECRET"));
    assertFalse(environment.containsKey("PATH"));
    assertEquals("www-data", environment.get("USER"));
    assertEquals("/var/www", environment.get("HOME"));
    assertEquals("33", environment.get("FPM4J_UID"));
    assertEquals("33,44", environment.get("FPM4J_GROUPS"));
    assertEquals("fpm4j: pool www", environment.get("FPM4J_WORKER_TITLE"));
    assertEquals(AGENT.toString(), environment.get("LD_PRELOAD"));
    assertTrue(environment.containsKey("PHP_FCGI_MAX_REQUESTS"));
  }
}
