package org.fpm4j.process.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.fpm4j.log.Log;
import org.fpm4j.posix.Descriptor;
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

  /** A worker of an ill will may have any number. */
  private static final int MOST_SOCKETS = 256;

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

  /**
   * Returns a copy of the first socket of theirs that is as wanted, and the caller's to close;
   * empty also where the kernel does not let this process reach into theirs, see pidfd_getfd(2).
   */
  Optional<Descriptor> socket(Predicate<Descriptor> wanted) {
    for (int pid : pids()) {
      try (Descriptor process = Processes.open(pid)) {
        for (int number : sockets(pid)) {
          Descriptor copy = Processes.copyDescriptor(process, number);
          if (wanted.test(copy)) {
            return Optional.of(copy);
          }
          copy.close();
        }
      } catch (IOException e) {
        log.debug("the sockets of process %d are out of reach: %s", pid, e.getMessage());
      }
    }
    return Optional.empty();
  }

  private static List<Integer> sockets(int pid) throws IOException {
    List<Integer> numbers = new ArrayList<>();
    Path directory = Path.of("/proc", Integer.toString(pid), "fd");
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(directory)) {
      for (Path descriptor : descriptors) {
        if (numbers.size() < MOST_SOCKETS
            && Files.readSymbolicLink(descriptor).toString().startsWith("socket:")) {
          numbers.add(Integer.parseInt(descriptor.getFileName().toString()));
        }
      }
    }
    return numbers;
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
