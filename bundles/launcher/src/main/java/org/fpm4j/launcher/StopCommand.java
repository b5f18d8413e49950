package org.fpm4j.launcher;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * {@code fpm4j stop}: signals the master as php-fpm's users do, and returns when its process is
 * gone. What a dead master left serving is ended too. Signals and not the command channel, so that
 * a master that hangs can be stopped too.
 */
final class StopCommand {

  private static final int DEFAULT_TIMEOUT_SECONDS = 60;

  private static final long SILENT_FOR_MS = 1000;

  private static final long LOOK_EVERY_MS = 20;

  private final Path home;
  private final RunDirectory run;
  private final boolean graceful;
  private final int timeoutSeconds;
  private final PrintStream err;

  StopCommand(Path home, Options options, PrintStream err) throws CommandFailure {
    this.home = home;
    this.graceful = options.flag("--graceful");
    this.timeoutSeconds = options.seconds("--timeout", DEFAULT_TIMEOUT_SECONDS);
    this.run = Main.clientRunDirectory(options);
    this.err = err;
    options.operands(0, 0);
  }

  int run() throws CommandFailure {
    Optional<ProcessHandle> master = MasterLock.holder(run.masterLock());
    if (master.isEmpty()) {
      return endLeftovers();
    }
    long pid = master.get().pid();
    String signal = graceful ? "QUIT" : "TERM";
    try {
      signal(pid, signal);
      waitForEnd(master.get());
      return ExitCode.OK;
    } catch (IOException e) {
      throw new CommandFailure(ExitCode.FAILED, "cannot signal master " + pid + ": " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure(ExitCode.FAILED, "interrupted, master " + pid + " may still run", e);
    }
  }

  /** Ends the zygotes and workers that outlived their master, by a master that does only that. */
  private int endLeftovers() throws CommandFailure {
    try {
      if (!run.hasGenerations()) {
        throw run.notRunning();
      }
      err.println("fpm4j: the master is dead, ending what it left");
      List<String> command = new ArrayList<>();
      command.add(home.resolve("bin/fpm4j").toString());
      command.addAll(List.of("end", "--run", run.path().toString()));
      if (graceful) {
        command.add("--graceful");
      }
      Process end = new ProcessBuilder(command).inheritIO().start();
      if (!end.waitFor(timeoutSeconds, TimeUnit.SECONDS)) {
        throw new CommandFailure(
            ExitCode.FAILED, "not everything has ended after " + timeoutSeconds + " s");
      }
      return end.exitValue();
    } catch (IOException e) {
      throw new CommandFailure(ExitCode.INTERNAL, "cannot end what a dead master left: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure(ExitCode.FAILED, "interrupted, something may still run", e);
    }
  }

  private static void signal(long pid, String signal)
      throws IOException, InterruptedException, CommandFailure {
    Process kill =
        new ProcessBuilder("/bin/sh", "-c", "kill -" + signal + " " + pid).inheritIO().start();
    if (kill.waitFor() != 0) {
      throw new CommandFailure(ExitCode.FAILED, "cannot send " + signal + " to master " + pid);
    }
  }

  private void waitForEnd(ProcessHandle master) throws InterruptedException, CommandFailure {
    long start = System.nanoTime();
    boolean told = false;
    // The end of a process that is not our child is no event; onExit() looks every 300 ms itself.
    while (runs(master)) {
      long waitedMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      if (waitedMs > timeoutSeconds * 1000L) {
        throw new CommandFailure(
            ExitCode.FAILED,
            "master " + master.pid() + " still runs after " + timeoutSeconds + " s");
      }
      if (waitedMs > SILENT_FOR_MS && !told) {
        err.println("fpm4j: waiting for the end of master " + master.pid());
        told = true;
      }
      Thread.sleep(LOOK_EVERY_MS);
    }
  }

  /** A zombie counts as gone: whoever started the master may take its time to look. */
  private static boolean runs(ProcessHandle master) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(master.pid()), "stat"));
      return master.isAlive() && stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (IOException ignored) {
      // there is no such process any more
      return false;
    }
  }
}
