package org.fpm4j.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The place of one test: configuration, run directory and scripts below a short path everybody can
 * read, the masters started there, and after each test the check that they left nothing behind and
 * logged nothing unexpected.
 */
final class Site implements BeforeEachCallback, AfterEachCallback {

  private static final Path HOME =
      Path.of(System.getProperty("org.fpm4j.home")).toAbsolutePath().normalize();
  static final boolean ROOT = "root".equals(System.getProperty("user.name"));
  private static final Pattern TROUBLE = Pattern.compile("^\\[[^]]+\\] (WARNING|ERROR|ALERT): ");
  private static final Pattern LOG_LINE = Pattern.compile("^\\[[^]]+\\] [A-Z]+: .*");
  private static final Duration LAST_BUNDLE = Duration.ofSeconds(3);
  private static final Pattern LEFTOVER =
      Pattern.compile(".*\\.(control|scoreboard|generation|sock)");

  private final List<RunningMaster> masters = new ArrayList<>();
  private final List<Pattern> expected = new ArrayList<>();
  private Path root;

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    root = Files.createTempDirectory(Path.of("/tmp"), "fpm4j-it");
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createDirectory(etc());
    Files.createDirectory(path("www"));
    masters.clear();
    expected.clear();
  }

  Path path(String name) {
    return root.resolve(name);
  }

  Path etc() {
    return path("etc");
  }

  Path run() {
    return path("run");
  }

  Path socket(String pool) {
    return path(pool + ".sock");
  }

  PoolClient client(String pool) {
    return PoolClient.unix(socket(pool));
  }

  /** Writes a script into the web root. */
  Path script(String name, String code) {
    return write(path("www").resolve(name), code);
  }

  /** Writes the script that answers with its worker's pid. */
  Path pidScript() {
    return script("pid.php", "<?php echo getmypid();");
  }

  /** Writes a script that answers with its worker's pid once {@link #letGo} was called. */
  Path heldScript() {
    return script(
        "held.php",
        "<?php $end = microtime(true) + 300;"
            + " while (!file_exists(__DIR__ . '/go') && microtime(true) < $end) usleep(5000);"
            + " echo getmypid();");
  }

  /** Lets all requests to {@link #heldScript} be answered. */
  void letGo() {
    script("go", "");
  }

  /**
   * Writes a script that answers with its worker's pid after so many milliseconds, counted by the
   * clock because a signal would cut sleep() short.
   */
  Path slowScript(int milliseconds) {
    return script(
        "slow" + milliseconds + ".php",
        "<?php $end = microtime(true) + %d / 1000; while (microtime(true) < $end) usleep(5000);"
                .formatted(milliseconds)
            + " echo getmypid();");
  }

  /**
   * Writes a pool's file: a Unix socket open to all, www-data if this is root, and what {@code
   * settings} add to that or change.
   *
   * @param settings lines {@code key = value}
   */
  Path pool(String name, String... settings) {
    Map<String, String> lines = new LinkedHashMap<>();
    lines.put("listen", socket(name).toString());
    lines.put("listen.mode", "0666");
    if (ROOT) {
      lines.put("user", "www-data");
      lines.put("group", "www-data");
    }
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      lines.put(setting.substring(0, equals).strip(), setting.substring(equals + 1).strip());
    }
    return write(
        poolFile(name),
        lines.entrySet().stream()
            .map(line -> line.getKey() + " = " + line.getValue() + "\n")
            .collect(Collectors.joining()));
  }

  Path poolFile(String name) {
    return etc().resolve("org.fpm4j.pool-" + name + ".cfg");
  }

  /** Writes the file of the global directives. */
  Path global(String... settings) {
    return write(etc().resolve("org.fpm4j.master.cfg"), String.join("\n", settings) + "\n");
  }

  /** Writes a file as a careful editor saves: nobody sees half of it, or none for a moment. */
  Path write(Path file, String text) {
    try {
      Path draft = Files.createTempFile(root, "draft", "");
      Files.writeString(draft, text);
      Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rw-r--r--"));
      return Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts a master and waits until it is ready. */
  RunningMaster start() {
    return launch().awaitReady();
  }

  /**
   * Waits until the master has started all its bundles, before something is made scarce: those not
   * needed to serve start later, and Felix reports one that cannot be noted.
   */
  void awaitWholeStart() {
    Path cache = run().resolve("cache");
    Await.until(
        "the end of the start",
        () -> {
          try (Stream<Path> files = Files.walk(cache)) {
            long newest = files.mapToLong(file -> file.toFile().lastModified()).max().orElse(0);
            return System.currentTimeMillis() - newest > LAST_BUNDLE.toMillis();
          } catch (UncheckedIOException e) {
            throw e.getCause();
          }
        });
  }

  /** Starts a master with this site's directories; does not wait. */
  RunningMaster launch() {
    return launchWith("--etc", etc().toString());
  }

  /** Starts a master with this site's run directory; does not wait. */
  RunningMaster launchWith(String... options) {
    List<String> command = new ArrayList<>(List.of(program(), "run", "--run", run().toString()));
    command.addAll(List.of(options));
    return launchCommand(command);
  }

  /** Starts a master by a whole command line, which must exec it. */
  RunningMaster launchCommand(List<String> command) {
    try {
      File errors = path("errors." + masters.size()).toFile();
      Process process =
          new ProcessBuilder(command)
              .redirectInput(new File("/dev/null"))
              .redirectOutput(path("output").toFile())
              .redirectError(errors)
              .start();
      RunningMaster master = new RunningMaster(process, errors.toPath(), run());
      masters.add(master);
      return master;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String program() {
    return HOME.resolve("bin/fpm4j").toString();
  }

  /** Runs a command of {@code bin/fpm4j} on this site's run directory. */
  CommandOutcome command(String... words) {
    List<String> command = new ArrayList<>(List.of(program()));
    command.addAll(List.of(words));
    command.addAll(List.of("--run", run().toString()));
    return CommandOutcome.of(root, command);
  }

  /** Runs another program. */
  CommandOutcome shell(String... words) {
    return CommandOutcome.of(root, List.of(words));
  }

  PoolStatus status(String pool) {
    return awaitStatus(pool, "a status", any -> true);
  }

  /** Waits for a status as wanted. */
  PoolStatus awaitStatus(String pool, String what, Predicate<PoolStatus> wanted) {
    return Await.value(what, () -> PoolStatus.of(statusJson(), pool), wanted);
  }

  /** Asks as {@code status --json} does, without the JVM of a client: it may be asked often. */
  private String statusJson() throws IOException {
    Path commands = run().resolve("command.sock");
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(commands))) {
      channel.write(StandardCharsets.UTF_8.encode("status\n--json\n\n"));
      String reply =
          new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
      if (!reply.startsWith("0\n")) {
        throw new IOException("no status: " + reply);
      }
      return reply.substring(2);
    }
  }

  /** Returns the pids of a pool's workers, of all generations. */
  List<Integer> workers(String pool) {
    return titled("fpm4j: pool " + pool).stream().map(ProcessEntry::pid).toList();
  }

  /** Waits until the pool has so many workers and returns their pids. */
  List<Integer> awaitWorkers(String pool, int count) {
    return Await.value(
        count + " workers of pool " + pool, () -> workers(pool), pids -> pids.size() == count);
  }

  /** Waits until the pool has so many workers, none of them of those before; returns the pids. */
  List<Integer> awaitOthers(String pool, List<Integer> before, int count) {
    return Await.value(
        count + " workers of pool " + pool + ", none of " + before,
        () -> workers(pool),
        pids -> pids.size() == count && Collections.disjoint(pids, before));
  }

  /** Returns the pids of a pool's zygotes, of all generations. */
  List<Integer> zygotes(String pool) {
    List<ProcessEntry> titled = titled("fpm4j: zygote of pool " + pool);
    List<Integer> pids = titled.stream().map(ProcessEntry::pid).toList();
    // A worker that was just forked still has its parent's title.
    return titled.stream()
        .filter(process -> !pids.contains(process.parent()))
        .map(ProcessEntry::pid)
        .toList();
  }

  private List<ProcessEntry> titled(String title) {
    return ProcessEntry.servingFrom(run()).stream()
        .filter(process -> process.title().equals(title))
        .toList();
  }

  /** Says that a line of the log with this pattern is no trouble in this test. */
  void expectLog(String pattern) {
    expected.add(Pattern.compile(pattern));
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    Optional<Throwable> failure = context.getExecutionException();
    if (failure.isPresent() && failure.get() instanceof TimeoutException) {
      for (ThreadInfo thread : ManagementFactory.getThreadMXBean().dumpAllThreads(true, true)) {
        System.err.print(thread);
      }
    }
    try {
      checkEnd();
    } catch (AssertionError e) {
      failure.ifPresent(e::addSuppressed);
      throw e;
    } finally {
      clear(failure.isPresent());
    }
  }

  private void checkEnd() throws IOException {
    boolean killed = masters.stream().noneMatch(RunningMaster::isAlive) && !isEmpty();
    for (RunningMaster master : masters) {
      if (master.isAlive()) {
        assertEquals(
            0, master.stop(), () -> "exit code of the master that logged\n" + master.log());
        killed = false;
      }
    }
    if (killed) {
      start().stop();
    }
    for (RunningMaster master : masters) {
      assertEquals(List.of(), trouble(master), () -> "unexpected in the log\n" + master.log());
    }
    assertEquals(List.of(), ProcessEntry.servingFrom(run()), "processes left over");
    assertEquals(List.of(), leftovers(), "files left over");
  }

  private boolean isEmpty() {
    return ProcessEntry.servingFrom(run()).isEmpty();
  }

  private List<String> trouble(RunningMaster master) {
    return master.lines().stream()
        .filter(line -> TROUBLE.matcher(line).find() || !LOG_LINE.matcher(line).matches())
        .filter(line -> expected.stream().noneMatch(pattern -> pattern.matcher(line).find()))
        .toList();
  }

  private List<String> leftovers() throws IOException {
    if (!Files.exists(run())) {
      return List.of();
    }
    try (Stream<Path> here = Files.list(root);
        Stream<Path> running = Files.list(run())) {
      return Stream.concat(here, running)
          .map(Path::toString)
          .filter(name -> LEFTOVER.matcher(name).matches())
          .toList();
    }
  }

  private void clear(boolean failed) throws IOException {
    masters.stream().filter(RunningMaster::isAlive).forEach(RunningMaster::kill);
    ProcessEntry.servingFrom(run()).forEach(process -> Signals.trySend("KILL", process.pid()));
    if (failed) {
      masters.forEach(
          master -> System.err.println("master " + master.pid() + ":\n" + master.log()));
    }
    Await.until("nothing left in " + root, this::deleteAll);
  }

  /** Deletes everything; false or an exception if somebody who ends just now deletes as well. */
  private boolean deleteAll() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return Files.notExists(root);
  }
}
