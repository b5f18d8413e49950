package org.fpm4j.process.internal;

import java.time.Duration;
import java.util.List;
import org.fpm4j.log.Log;

/**
 * Counts what a pool's access log has lost: records that did not fit in the pipe, and lines that
 * could not be written.
 */
final class AccessDrops {

  private static final Duration SILENCE = Duration.ofMinutes(1);

  private final Log log;
  private final PoolCounters counters;
  private final AccessLog accessLog;
  private long reported;
  private long reportedAtNanos = Long.MIN_VALUE;

  AccessDrops(Log log, PoolCounters counters, AccessLog accessLog) {
    this.log = log;
    this.counters = counters;
    this.accessLog = accessLog;
  }

  /** Requests that are missing in the access log since the pool's start. Any thread. */
  long total(List<Generation> generations) {
    return droppedByWorkers(generations) + accessLog.lost();
  }

  private long droppedByWorkers(List<Generation> generations) {
    long dropped = counters.accessDroppedInGoneGenerations;
    for (Generation generation : generations) {
      dropped += generation.accessDropped();
    }
    return dropped;
  }

  /** Reports, at most once a minute, that workers drop records. Event loop. */
  void check(List<Generation> generations, long nowNanos) {
    long dropped = droppedByWorkers(generations);
    boolean quiet =
        reportedAtNanos == Long.MIN_VALUE || nowNanos - reportedAtNanos >= SILENCE.toNanos();
    if (dropped > reported && quiet) {
      log.warning(
          "access log: %d requests are missing, their records found the pipe full",
          dropped - reported);
      reported = dropped;
      reportedAtNanos = nowNanos;
    }
  }
}
