package org.fpm4j.config.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares {@code check -tt} with php-fpm: with what was recorded of php-fpm 8.2, everywhere, and
 * with php-fpm itself where it is installed and the test is root as it was then.
 */
class ConfigurationCheckTest {

  private static final Path PHP_FPM = Path.of("/usr/sbin/php-fpm8.2");
  private static final Path DEBIANS_CONF = Path.of("/etc/php/8.2/fpm/php-fpm.conf");
  private static final Pattern CASE =
      Pattern.compile("(?s)==== ([^\n]*): exit (\\d+)\n(.*?)----\n(.*?)(?===== |\\z)");
  private static final Pattern TIME = Pattern.compile("(?m)^\\[\\d\\d-[^]]*\\] ");

  @TempDir Path directory;

  /** A configuration, and php-fpm's answer to it. */
  record Recorded(String name, int exit, String conf, List<String> lines) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** An exit code and what was printed, without times. */
  record Answer(int exit, String text) {
    List<String> lines() {
      return text.lines().filter(line -> !line.isBlank()).toList();
    }
  }

  static Stream<Recorded> recorded() throws IOException {
    try (InputStream in = ConfigurationCheckTest.class.getResourceAsStream("/php-fpm.recorded")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      List<Recorded> cases = new ArrayList<>();
      Matcher matcher = CASE.matcher(text);
      while (matcher.find()) {
        cases.add(
            new Recorded(
                matcher.group(1),
                Integer.parseInt(matcher.group(2)),
                matcher.group(3).replace("<CR>", "\r"),
                matcher.group(4).lines().toList()));
      }
      return cases.stream();
    }
  }

  private static Answer check(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int exit =
        ConfigurationCheck.run(
            List.of(args),
            "/no/such/home",
            System.getenv(),
            new PrintStream(out, true, StandardCharsets.UTF_8));
    return new Answer(exit, withoutTimes(out.toString(StandardCharsets.UTF_8)));
  }

  private static String withoutTimes(String text) {
    return TIME.matcher(text).replaceAll("");
  }

  private static Answer phpFpm(String... args) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(PHP_FPM.toString()));
    command.addAll(List.of(args));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Answer(process.waitFor(), withoutTimes(text));
  }

  private Path write(String name, String text) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  @ParameterizedTest
  @MethodSource("recorded")
  void answersAsPhpFpmDidWhenRecorded(Recorded recorded) throws IOException {
    Set<String> base = new HashSet<>(recorded().findFirst().orElseThrow().lines());
    String conf = write("php-fpm.conf", recorded.conf()).toString();
    Answer answer = check("-tt", "-p", "/usr", "-y", conf);
    List<String> lines =
        answer.lines().stream()
            .map(line -> line.replace(conf, "/tmp/php-fpm.conf"))
            .filter(line -> recorded.name().equals("pool 0") || !base.contains(line))
            .toList();
    assertEquals(String.join("\n", recorded.lines()), String.join("\n", lines), recorded.conf());
    assertEquals(recorded.exit(), answer.exit());
  }

  /** One case in seven, because php-fpm takes its time; all with the property php-fpm.all. */
  static Stream<Recorded> recordedSample() throws IOException {
    List<Recorded> all = recorded().toList();
    int step = Boolean.getBoolean("php-fpm.all") ? 1 : 7;
    return IntStream.range(0, all.size()).filter(i -> i % step == 0).mapToObj(all::get);
  }

  @ParameterizedTest
  @MethodSource("recordedSample")
  void answersAsTheInstalledPhpFpm(Recorded recorded) throws Exception {
    assumeTrue(Files.isExecutable(PHP_FPM) && System.getProperty("user.name").equals("root"));
    String conf = write("php-fpm.conf", recorded.conf()).toString();
    assertEquals(phpFpm("-tt", "-p", "/usr", "-y", conf), check("-tt", "-p", "/usr", "-y", conf));
  }

  @Test
  void takesDebiansConfigurationUnchanged() throws Exception {
    assumeTrue(Files.isExecutable(PHP_FPM) && Files.isReadable(DEBIANS_CONF));
    assumeTrue(System.getProperty("user.name").equals("root"));
    String conf = DEBIANS_CONF.toString();
    Answer answer = check("-tt", "-y", conf);
    assertEquals(phpFpm("-tt", "-y", conf), answer);
    assertEquals(ConfigurationCheck.OK, answer.exit());
  }

  @Test
  void namesTheTrueLineAfterAnInclude() throws IOException {
    String bad = write("pool.d/bad.conf", "[x]\nfoo = 1\n").toString();
    String conf = write("php-fpm.conf", "[global]\n\ninclude = " + bad + "\n").toString();
    Answer answer = check("-t", "-y", conf);
    assertEquals(
        List.of(
            "ERROR: [" + bad + ":2] unknown entry 'foo'",
            "ERROR: Unable to include " + bad + " from " + conf + " at line 3",
            "ERROR: failed to load configuration file '" + conf + "'",
            "ERROR: FPM initialization failed"),
        answer.lines());
    assertEquals(ConfigurationCheck.REJECTED, answer.exit());
  }

  @Test
  void printsTheFailureOfEveryPoolInADirectory() throws IOException {
    write("org.fpm4j.pool-a.cfg", "listen = 9000\nuser = root\npm = static\n");
    write("org.fpm4j.pool-b.cfg", "listen = 9001\nuser = root\npm.max_children = 1\n");
    Answer answer = check("--etc", directory.toString());
    assertEquals(
        List.of(
            "ALERT: [pool a] pm.max_children must be a positive value",
            "ALERT: [pool b] the process manager is missing (static, dynamic or ondemand)",
            "ERROR: failed to post process the configuration",
            "ERROR: FPM initialization failed"),
        answer.lines());
  }

  @Test
  void readsADirectoryOfCfgAndConfFiles() throws IOException {
    write("org.fpm4j.master.cfg", "process.max = 9\n");
    write("org.fpm4j.pool-a.cfg", "listen = 9000\nuser = root\npm = static\npm.max_children = 1\n");
    write("b.conf", "[b]\nlisten = 9001\nuser = root\npm = static\npm.max_children = 2\n");
    Answer answer = check("-tt", "--etc", directory.toString());
    assertEquals(ConfigurationCheck.OK, answer.exit(), answer.text());
    assertTrue(answer.lines().contains("NOTICE: \tprocess.max = 9"));
    assertTrue(answer.lines().contains("NOTICE: [a]"));
    assertTrue(answer.lines().contains("NOTICE: [b]"));
  }

  @Test
  void namesFileLineAndNearestKeyOfAnUnknownOne() throws IOException {
    Path file = write("org.fpm4j.pool-a.cfg", "# comment\nlisten = 9000\npm.max_childern = 1\n");
    Answer answer = check("--etc", directory.toString());
    assertEquals("ERROR: [" + file + ":3] unknown entry 'pm.max_childern'", answer.lines().get(0));
  }

  @Test
  void answersUsageToAnUnknownOption() {
    assertEquals(ConfigurationCheck.USAGE, check("-x").exit());
    assertEquals(ConfigurationCheck.USAGE, check("-y").exit());
  }

  @Test
  void findsNothingWrongWithTheShippedDirectory() throws IOException {
    assumeTrue(Files.readString(Path.of("/etc/passwd")).contains("www-data:"));
    Path program = write("php-cgi", "");
    assertTrue(program.toFile().setExecutable(true));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int exit =
        ConfigurationCheck.run(
            List.of("--etc", "../../etc"),
            directory.toString(),
            Map.of("PATH", directory.toString()),
            new PrintStream(out, true, StandardCharsets.UTF_8));
    assertEquals(ConfigurationCheck.OK, exit, out.toString(StandardCharsets.UTF_8));
  }
}
