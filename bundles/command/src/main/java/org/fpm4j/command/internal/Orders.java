package org.fpm4j.command.internal;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.fpm4j.process.ProcessManager;

/** The commands that change something. They wait for the outcome. Any thread. */
final class Orders {

  /** A client that waits longer than any order takes is told so rather than kept for ever. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final ProcessManager manager;

  Orders(ProcessManager manager) {
    this.manager = manager;
  }

  List<Command> commands() {
    return List.of(
        new Command("reload", "[POOL]", "a new generation for one pool or all", this::reload),
        new Command("retire", "POOL PID", "let a worker finish and exit", this::retire),
        new Command("kill", "POOL PID", "end a worker at once", this::kill),
        new Command("drain", "POOL", "take no requests, until resumed", this::drain),
        new Command("resume", "POOL", "take requests again", this::resume),
        new Command("reset-maxima", "POOL", "look for the highest load anew", this::resetMaxima),
        new Command("reopen-logs", "", "open the log files anew, after a rotation", this::reopen),
        new Command(
            "stop", "[--graceful]", "end the master, now or after all requests", this::stop));
  }

  private Reply reload(Arguments arguments) throws UsageException, InterruptedException {
    Optional<String> pool = arguments.next();
    arguments.end();
    return outcome(pool.isPresent() ? manager.reload(pool.get()) : manager.reload());
  }

  private Reply retire(Arguments arguments) throws UsageException, InterruptedException {
    String pool = arguments.require("POOL");
    int pid = arguments.requirePid();
    arguments.end();
    return outcome(manager.retire(pool, pid));
  }

  private Reply kill(Arguments arguments) throws UsageException, InterruptedException {
    String pool = arguments.require("POOL");
    int pid = arguments.requirePid();
    arguments.end();
    return outcome(manager.kill(pool, pid));
  }

  private Reply drain(Arguments arguments) throws UsageException, InterruptedException {
    String pool = arguments.require("POOL");
    arguments.end();
    return outcome(manager.drain(pool));
  }

  private Reply resume(Arguments arguments) throws UsageException, InterruptedException {
    String pool = arguments.require("POOL");
    arguments.end();
    return outcome(manager.resume(pool));
  }

  private Reply resetMaxima(Arguments arguments) throws UsageException, InterruptedException {
    String pool = arguments.require("POOL");
    arguments.end();
    return outcome(manager.resetMaxima(pool));
  }

  private Reply reopen(Arguments arguments) throws UsageException, InterruptedException {
    arguments.end();
    return outcome(manager.reopenLogs());
  }

  private Reply stop(Arguments arguments) throws UsageException, InterruptedException {
    boolean graceful = arguments.flag("--graceful");
    arguments.end();
    return outcome(graceful ? manager.finish() : manager.terminate());
  }

  private static Reply outcome(CompletableFuture<String> order) throws InterruptedException {
    try {
      return Reply.ok(order.get(PATIENCE.toSeconds(), TimeUnit.SECONDS) + "\n");
    } catch (TimeoutException e) {
      return Reply.failed("still under way after " + Elapsed.text(PATIENCE) + ", goes on");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      boolean expected =
          cause instanceof IllegalArgumentException || cause instanceof IllegalStateException;
      return Reply.failed(expected ? cause.getMessage() : cause.toString());
    }
  }
}
