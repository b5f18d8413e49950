package org.fpm4j.process.internal;

import java.time.Duration;
import org.fpm4j.log.Log;
import org.fpm4j.log.LogLevel;
import org.fpm4j.posix.ExitStatus;
import org.fpm4j.posix.Signal;
import org.fpm4j.process.ProcessEvent;

/** Counts, logs and tells the ends of a pool's workers, in php-fpm's words. Event loop only. */
final class WorkerExits {

  private final String pool;
  private final PoolContext context;
  private final Log log;
  private final PoolCounters counters;
  private final OomEvents oom;

  WorkerExits(String pool, PoolContext context, Log log, PoolCounters counters, OomEvents oom) {
    this.pool = pool;
    this.context = context;
    this.log = log;
    this.counters = counters;
    this.oom = oom;
  }

  /** Whether php-fpm takes an end for a normal one: code 0 or SIGQUIT. */
  static boolean isOrderly(ExitStatus exit) {
    return exit.code() == 0 || exit.signal() == Signal.SIGQUIT.number();
  }

  /** Returns how long a worker that ends now has lived. */
  Duration lifetime(Worker worker) {
    return Duration.ofNanos(Math.max(0, context.loop().nanoTime() - worker.startNanos()));
  }

  /** Reports an end. One that was asked for is a DEBUG message, a crash a WARNING. */
  void report(Worker worker, ExitStatus exit) {
    boolean orderly = isOrderly(exit);
    if (exit.code() == 0 && !worker.isLeaving()) {
      counters.onRecycled();
    }
    Duration lifetime = lifetime(worker);
    boolean outOfMemory =
        exit.signal() == Signal.SIGKILL.number() && !worker.isLeaving() && oom.hasKilled();
    counters.onExited(ExitReason.of(worker, exit, outOfMemory), !exit.exited());
    String text =
        "child %d %s after %d.%06d seconds from start%s"
            .formatted(
                worker.pid(),
                exit,
                lifetime.toSeconds(),
                lifetime.toNanosPart() / 1000,
                outOfMemory ? ", killed by the kernel: out of memory" : "");
    boolean asked = worker.isSurplus() || (worker.isLeaving() && orderly);
    log.write(
        !context.isNormal() || asked
            ? LogLevel.DEBUG
            : orderly ? LogLevel.NOTICE : LogLevel.WARNING,
        text);
    context.tell(ProcessEvent.Type.WORKER_EXITED, pool, worker.pid(), text);
  }
}
