package org.fpm4j.process.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.fpm4j.log.Log;
import org.fpm4j.posix.PosixException;
import org.fpm4j.posix.Processes;
import org.fpm4j.posix.Signal;

/**
 * Zygote and workers of a generation that cannot be taken over: nobody steers them, and they hold
 * the pool's address. They are found by what they have mapped, their scoreboard, which lies where
 * nobody else may open it; no file's content is believed, it may be what is damaged.
 */
final class Survivors {

  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final long LOOK_EVERY_NANOS = Duration.ofMillis(5).toNanos();
  private static final String ZYGOTE_TITLE = "fpm4j: zygote ";

  private final Path scoreboard;
  private final Log log;

  Survivors(Path scoreboard, Log log) {
    this.scoreboard = scoreboard;
    this.log = log;
  }

  /**
   * Ends them: the zygote first, which would start new workers; the workers after their requests or
   * after a second. Blocks until then, which a master that has not begun to serve can afford.
   *
   * @return how many there were
   */
  int end() {
    List<Integer> pids = pids();
    pids.stream().filter(Survivors::isZygote).forEach(pid -> signal(pid, Signal.SIGKILL));
    pids().stream()
        .filter(Predicate.not(Survivors::isZygote))
        .forEach(pid -> signal(pid, Signal.SIGQUIT));
    awaitEnd();
    pids().forEach(pid -> signal(pid, Signal.SIGKILL));
    awaitEnd();
    return pids.size();
  }

  private void awaitEnd() {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!pids().isEmpty() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(LOOK_EVERY_NANOS);
    }
  }

  /** Returns the other processes that have the scoreboard mapped now. */
  List<Integer> pids() {
    List<Integer> pids = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
      for (Path process : processes) {
        int pid = Integer.parseInt(process.getFileName().toString());
        // This master may have mapped it too, before it found it damaged.
        if (pid != Processes.pid() && maps(process)) {
          pids.add(pid);
        }
      }
    } catch (IOException e) {
      log.error("/proc cannot be listed: %s", e.getMessage());
    }
    return pids;
  }

  private boolean maps(Path process) {
    try {
      return Files.readString(process.resolve("maps"), StandardCharsets.ISO_8859_1)
          .contains(" " + scoreboard);
    } catch (IOException ignored) {
      // Gone meanwhile, or another user's and so none of ours.
      return false;
    }
  }

  private static boolean isZygote(int pid) {
    try {
      return Files.readString(
              Path.of("/proc", Integer.toString(pid), "cmdline"), StandardCharsets.ISO_8859_1)
          .startsWith(ZYGOTE_TITLE);
    } catch (IOException ignored) {
      // Gone meanwhile.
      return false;
    }
  }

  private void signal(int pid, Signal signal) {
    try {
      Processes.kill(pid, signal);
    } catch (PosixException e) {
      log.error("process %d cannot be ended: %s", pid, e.getMessage());
    }
  }
}
