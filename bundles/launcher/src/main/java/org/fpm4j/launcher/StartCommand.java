package org.fpm4j.launcher;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * {@code fpm4j start}: a master in a session of its own, its standard error appended to {@code
 * fpm4j.log} in the run directory. Returns when the master says that its pools are up or failed,
 * with what they complain of, or with the master's exit code and what it logged when it ends
 * before.
 */
final class StartCommand {

  private static final int DEFAULT_TIMEOUT_SECONDS = 60;

  private static final int END_WITHIN_SECONDS = 10;

  private static final int LINES_LIMIT_BYTES = 65_536;

  private static final Pattern TROUBLE = Pattern.compile("^\\[[^]]*\\] (ALERT|ERROR|WARNING): ");

  private final Path home;
  private final RunDirectory run;
  private final List<String> command = new ArrayList<>();
  private final int timeoutSeconds;
  private final PrintStream out;
  private final PrintStream err;

  StartCommand(Path home, Options options, PrintStream out, PrintStream err) throws CommandFailure {
    this.home = home;
    this.out = out;
    this.err = err;
    this.timeoutSeconds = options.seconds("--timeout", DEFAULT_TIMEOUT_SECONDS);
    Optional<Path> etc = options.path("--etc");
    Optional<Path> phpFpmConf = options.path("-y");
    boolean allowRoot = options.flag("-R");
    Path runPath = Main.runPath(options);
    options.operands(0, 0);
    this.run = RunDirectory.create(runPath);
    command.addAll(List.of("setsid", home.resolve("bin/fpm4j").toString(), "run"));
    command.addAll(List.of("--run", runPath.toString()));
    etc.ifPresent(path -> command.addAll(List.of("--etc", path.toString())));
    phpFpmConf.ifPresent(path -> command.addAll(List.of("-y", path.toString())));
    if (allowRoot) {
      command.add("-R");
    }
  }

  int run() throws CommandFailure {
    Optional<ProcessHandle> other = MasterLock.holder(run.masterLock());
    if (other.isPresent()) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "fpm4j already runs with run directory " + run.path() + ", pid " + other.get().pid());
    }
    try {
      return startAndWait();
    } catch (IOException e) {
      throw new CommandFailure(ExitCode.INTERNAL, "cannot start the master: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure(ExitCode.FAILED, "interrupted while the master starts", e);
    }
  }

  private int startAndWait() throws IOException, InterruptedException, CommandFailure {
    File log = run.log().toFile();
    long logged = log.length();
    try (WatchService created = home.getFileSystem().newWatchService()) {
      run.path().register(created, StandardWatchEventKinds.ENTRY_CREATE);
      Process master =
          new ProcessBuilder(command)
              .directory(new File("/"))
              .redirectInput(new File("/dev/null"))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.appendTo(log))
              .start();
      err.println("fpm4j: starting master " + master.pid() + ", log " + log);
      Thread cleanUp = new Thread(() -> end(master));
      Runtime.getRuntime().addShutdownHook(cleanUp);
      if (waitUntilReady(master, created)) {
        Runtime.getRuntime().removeShutdownHook(cleanUp);
        troubles(log, logged).forEach(err::println);
        out.println(master.pid());
        return ExitCode.OK;
      }
      int exitCode = master.waitFor();
      lines(log, logged).forEach(err::println);
      err.println("fpm4j: the master ended with exit code " + exitCode + " before it was ready");
      return exitCode == ExitCode.OK ? ExitCode.INTERNAL : exitCode;
    }
  }

  /** A start that fails or is interrupted leaves no master behind. */
  private static void end(Process master) {
    master.destroy();
    try {
      if (!master.waitFor(END_WITHIN_SECONDS, TimeUnit.SECONDS)) {
        master.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns false when the master ended; a stale command socket is refused and so waited for. */
  private boolean waitUntilReady(Process master, WatchService created)
      throws InterruptedException, CommandFailure {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(timeoutSeconds);
    while (System.nanoTime() < deadline) {
      if (saysReady()) {
        return true;
      }
      if (!master.isAlive()) {
        return false;
      }
      var key = created.poll(50, TimeUnit.MILLISECONDS);
      if (key != null) {
        key.pollEvents();
        key.reset();
      }
    }
    throw new CommandFailure(
        ExitCode.FAILED,
        "master " + master.pid() + " was not ready after " + timeoutSeconds + " s and is ended");
  }

  private boolean saysReady() throws CommandFailure {
    ByteArrayOutputStream reply = new ByteArrayOutputStream();
    try {
      return CommandChannel.ask(run, List.of("ready"), reply, reply) == ExitCode.OK;
    } catch (CommandFailure e) {
      if (e.exitCode() == ExitCode.NOT_RUNNING || e.exitCode() == ExitCode.INTERNAL) {
        return false;
      }
      throw e;
    }
  }

  /** A pool that failed does not keep the master from running, but is worth saying. */
  private static List<String> troubles(File log, long from) throws IOException {
    return lines(log, from).filter(line -> TROUBLE.matcher(line).find()).toList();
  }

  private static Stream<String> lines(File log, long from) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(log, "r")) {
      byte[] lines = new byte[(int) Math.min(file.length() - from, LINES_LIMIT_BYTES)];
      file.seek(file.length() - lines.length);
      file.readFully(lines);
      return new String(lines, StandardCharsets.UTF_8).lines();
    }
  }
}
