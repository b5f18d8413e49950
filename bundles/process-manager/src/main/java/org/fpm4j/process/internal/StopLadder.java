package org.fpm4j.process.internal;

import java.time.Duration;
import java.util.function.Supplier;
import org.fpm4j.event.EventLoop;
import org.fpm4j.event.Timer;
import org.fpm4j.log.Log;
import org.fpm4j.posix.Signal;
import org.fpm4j.process.MasterState;

/**
 * The steps of a stop, php-fpm's ({@code fpm_pctl_action_next}) with one difference: {@code
 * process_control_timeout = 0} lets a graceful stop take as long as the requests need, where
 * php-fpm then terminates them at once.
 *
 * <pre>
 *   finishing:   retire all -- process_control_timeout --> TERM -- 1 s --> KILL, every 1 s
 *   terminating: TERM -- process_control_timeout, at least 1 s --> KILL, every 1 s
 * </pre>
 *
 * Event loop only.
 */
final class StopLadder {

  private static final Duration RUNG = Duration.ofSeconds(1);

  private final EventLoop loop;
  private final Log log;
  private final Supplier<Iterable<Pool>> pools;
  private Timer next;

  StopLadder(EventLoop loop, Log log, Supplier<Iterable<Pool>> pools) {
    this.loop = loop;
    this.log = log;
    this.pools = pools;
  }

  /** Begins at the top; a stop that begins anew, harder, replaces the one under way. */
  void begin(MasterState state, Duration processControlTimeout) {
    cancel();
    if (state == MasterState.TERMINATING) {
      pools.get().forEach(Pool::end);
      signal(Signal.SIGTERM);
      Duration wait = processControlTimeout.compareTo(RUNG) > 0 ? processControlTimeout : RUNG;
      next = loop.schedule(wait, this::kill);
      return;
    }
    pools.get().forEach(Pool::drain);
    if (!processControlTimeout.isZero()) {
      next = loop.schedule(processControlTimeout, this::terminate);
    }
  }

  private void terminate() {
    log.warning("requests did not end within process_control_timeout, terminating children");
    pools.get().forEach(Pool::end);
    signal(Signal.SIGTERM);
    next = loop.schedule(RUNG, this::kill);
  }

  private void kill() {
    signal(Signal.SIGKILL);
    next = loop.schedule(RUNG, this::kill);
  }

  private void signal(Signal signal) {
    pools.get().forEach(pool -> pool.signalAll(signal));
  }

  /** Takes no further step. */
  void cancel() {
    if (next != null) {
      next.cancel();
      next = null;
    }
  }
}
