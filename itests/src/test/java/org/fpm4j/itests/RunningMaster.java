package org.fpm4j.itests;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** A {@code bin/fpm4j run} and what it wrote to standard error. */
final class RunningMaster {

  private static final Pattern READY = Pattern.compile("ready to handle connections");

  private final Process process;
  private final Path errors;
  private final UnixDomainSocketAddress commands;

  /**
   * @param errors the file its standard error goes to
   * @param run its run directory
   */
  RunningMaster(Process process, Path errors, Path run) {
    this.process = process;
    this.errors = errors;
    this.commands = UnixDomainSocketAddress.of(run.resolve("command.sock"));
  }

  int pid() {
    return (int) process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Waits until it says that it is ready and takes commands, which is a moment later. */
  RunningMaster awaitReady() {
    Await.until(
        "ready master " + pid() + ", which logged:\n" + log(),
        () -> {
          if (!process.isAlive()) {
            throw new AssertionError(
                "master ended with exit code " + process.exitValue() + ":\n" + log());
          }
          return READY.matcher(log()).find() && takesCommands();
        });
    return this;
  }

  private boolean takesCommands() {
    try (SocketChannel channel = SocketChannel.open(commands)) {
      return channel.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  /** Waits for a line that contains the pattern. */
  void awaitLog(String pattern) {
    awaitLog(pattern, 1);
  }

  /** Waits until so many lines contain the pattern. */
  void awaitLog(String pattern, int times) {
    Pattern wanted = Pattern.compile(pattern);
    try {
      Await.value(
          "in the log " + times + " x " + pattern,
          () -> lines().stream().filter(line -> wanted.matcher(line).find()).count(),
          count -> count >= times);
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "; log:\n" + log(), e);
    }
  }

  /** Returns the lines so far that contain the pattern. */
  List<String> logged(String pattern) {
    Pattern wanted = Pattern.compile(pattern);
    return lines().stream().filter(line -> wanted.matcher(line).find()).toList();
  }

  String log() {
    try {
      return Files.readString(errors, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new AssertionError("cannot read " + errors, e);
    }
  }

  List<String> lines() {
    return log().lines().toList();
  }

  /** Sends a signal by its name without SIG. */
  void signal(String name) {
    Signals.send(name, pid());
  }

  /** Waits for its end and returns the exit code, 128 + the signal's number if one ended it. */
  int awaitExit() {
    try {
      if (!process.waitFor(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("master " + pid() + " does not end; log:\n" + log());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** Ends it as an operator does, unless it ends already, and returns its exit code. */
  int stop() {
    Signals.trySend("TERM", pid());
    return awaitExit();
  }

  /** Ends it with SIGKILL; its workers serve on. */
  void kill() {
    process.destroyForcibly();
    awaitExit();
  }
}
