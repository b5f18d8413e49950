package org.fpm4j.process.internal;

import org.fpm4j.posix.Signal;

/**
 * One worker in the master's table. Written on the event loop, read by any thread.
 *
 * <pre>
 *   FORKING --onWorker--> RUNNING --retire--> RETIRING --signal--> ENDING --onExited--> (removed)
 * </pre>
 *
 * A state is never left for an earlier one.
 */
final class Worker {

  /** Where a worker stands in its life. */
  enum State {
    /** Ordered from the zygote, not reported yet. */
    FORKING,
    RUNNING,
    /** Told to exit once it is idle. */
    RETIRING,
    /** Sent a signal that ends it. */
    ENDING
  }

  private static final long NANOS_PER_MILLI = 1_000_000;

  private final int slot;
  private volatile State state = State.FORKING;
  private volatile int pid;
  private volatile long startNanos;
  private volatile long startEpochMs;
  private volatile boolean surplus;
  private boolean killed;
  private volatile long stateSinceNanos;

  Worker(int slot) {
    this.slot = slot;
  }

  int slot() {
    return slot;
  }

  /** Returns the process id as the zygote reported it, 0 while forking. */
  int pid() {
    return pid;
  }

  /** Returns when it was forked, {@link System#nanoTime()}. */
  long startNanos() {
    return startNanos;
  }

  /** Returns when it was forked, milliseconds since 1970 by the clock of that time. */
  long startEpochMs() {
    return startEpochMs;
  }

  State state() {
    return state;
  }

  /** Whether it was told to go, gently or not. */
  boolean isLeaving() {
    return state.compareTo(State.RUNNING) > 0;
  }

  /** Whether it was surplus: its end is no event worth a line (php-fpm's "idle kill"). */
  boolean isSurplus() {
    return surplus;
  }

  void onForked(int newPid, long newStartNanos) {
    startEpochMs =
        System.currentTimeMillis() - (System.nanoTime() - newStartNanos) / NANOS_PER_MILLI;
    startNanos = newStartNanos;
    pid = newPid;
    if (state == State.FORKING) {
      state = State.RUNNING;
    }
  }

  /** Returns when it was told to go, or sent its first signal, {@link System#nanoTime()}. */
  long stateSinceNanos() {
    return stateSinceNanos;
  }

  void onRetire(long nowNanos) {
    advance(State.RETIRING, nowNanos);
  }

  void onSurplus() {
    surplus = true;
  }

  void onSignalled(Signal signal, long nowNanos) {
    advance(State.ENDING, nowNanos);
    killed |= signal == Signal.SIGKILL;
  }

  /** Whether it was sent a SIGKILL. */
  boolean isKilled() {
    return killed;
  }

  private void advance(State next, long nowNanos) {
    if (state.compareTo(next) < 0) {
      state = next;
      stateSinceNanos = nowNanos;
    }
  }
}
