package org.fpm4j.process.internal;

import java.time.Duration;
import org.fpm4j.event.EventLoop;
import org.fpm4j.log.Log;
import org.fpm4j.posix.Signal;

/**
 * Sees to it that workers told to go do go. One that is idle and does not answer its retire order
 * within {@link #ANSWER} is killed; one of an old generation that is still busy after {@code
 * process_control_timeout} is terminated, then killed; with the default of 0 it may take as long as
 * its request needs. Event loop only.
 */
final class LeaveWatch {

  static final Duration ANSWER = Duration.ofSeconds(5);

  private static final Duration RUNG = Duration.ofSeconds(1);

  private final EventLoop loop;
  private final Log log;

  LeaveWatch(EventLoop loop, Log log) {
    this.loop = loop;
    this.log = log;
  }

  /** Looks at all workers of a generation; called by the tick. */
  void check(Generation generation, Duration processControlTimeout) {
    for (Worker worker : generation.workers()) {
      if (worker.state() == Worker.State.RETIRING) {
        checkRetiring(generation, worker, processControlTimeout);
      } else if (worker.state() == Worker.State.ENDING && isOver(worker, RUNG)) {
        kill(generation, worker, log);
      }
    }
  }

  /** Kills a worker that outlived its SIGTERM, and says so once. */
  static void kill(Generation generation, Worker worker, Log log) {
    if (!worker.isKilled() && worker.pid() != 0) {
      log.warning("child %d did not end on SIGTERM, killing", worker.pid());
    }
    generation.signal(worker, Signal.SIGKILL);
  }

  private void checkRetiring(Generation generation, Worker worker, Duration timeout) {
    if (generation.isIdle(worker) && isOver(worker, ANSWER)) {
      log.warning("child %d is idle and does not retire, killing", worker.pid());
      generation.signal(worker, Signal.SIGKILL);
    } else if (generation.state() == Generation.State.DRAINING
        && !timeout.isZero()
        && isOver(worker, timeout)) {
      log.warning(
          "child %d did not finish within process_control_timeout (%d s), terminating",
          worker.pid(), timeout.toSeconds());
      generation.signal(worker, Signal.SIGTERM);
    }
  }

  private boolean isOver(Worker worker, Duration limit) {
    return loop.nanoTime() - worker.stateSinceNanos() >= limit.toNanos();
  }
}
