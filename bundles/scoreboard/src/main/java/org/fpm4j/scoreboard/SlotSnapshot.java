package org.fpm4j.scoreboard;

import java.time.Duration;

/**
 * One slot as it was at a moment. All of it is the worker's word: the master checks the pid against
 * its own table before it believes the rest. Times are CLOCK_MONOTONIC nanoseconds, as {@link
 * System#nanoTime()}; 0 is never. Counters and sizes are never negative: a value above {@link
 * Long#MAX_VALUE} is shown as 0.
 *
 * @param slot index of the slot
 * @param pid process id stored by the worker; 0 none
 * @param stage what the worker does; read before all other fields
 * @param stageSinceNanos time the stage began
 * @param startNanos time the worker started
 * @param accepted requests begun by this worker
 * @param requests requests finished by this worker
 * @param requestStartNanos time the request at hand, or else the last one, began
 * @param lastDurationNanos how long the last finished request took
 * @param contentLength bytes of the request's body by its CONTENT_LENGTH
 * @param lastCpuNanos CPU time, user and system, of the last finished request
 * @param lastMemoryBytes peak memory of the last finished request
 * @param connections connections accepted by all workers of the slot
 * @param lastFinishNanos time the last request ended
 * @param keptAliveIdle whether the worker waits for the next request on a kept-alive connection
 * @param retiring whether the worker has seen that it is to retire
 * @param request text of the request
 * @param textConsistent false if the text was written to during each try to read it, so that it may
 *     mix two requests
 */
public record SlotSnapshot(
    int slot,
    int pid,
    Stage stage,
    long stageSinceNanos,
    long startNanos,
    long accepted,
    long requests,
    long requestStartNanos,
    long lastDurationNanos,
    long contentLength,
    long lastCpuNanos,
    long lastMemoryBytes,
    long connections,
    long lastFinishNanos,
    boolean keptAliveIdle,
    boolean retiring,
    RequestText request,
    boolean textConsistent) {

  /** Whether the worker waits in accept(). */
  public boolean idle() {
    return stage == Stage.ACCEPTING;
  }

  /**
   * php-fpm's request duration: of the last request if idle, else since the request at hand began.
   * Never negative.
   *
   * @param nowNanos {@link System#nanoTime()}
   */
  public Duration requestDuration(long nowNanos) {
    long nanos = idle() ? lastDurationNanos : nowNanos - requestStartNanos;
    return Duration.ofNanos(Math.max(0, nanos));
  }

  /** php-fpm's last request CPU: percent of the last request's duration; 0 unless idle. */
  public double lastRequestCpuPercent() {
    return idle() && lastDurationNanos > 0 ? 100.0 * lastCpuNanos / lastDurationNanos : 0;
  }
}
