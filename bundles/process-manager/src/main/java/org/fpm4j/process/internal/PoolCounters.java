package org.fpm4j.process.internal;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.fpm4j.process.ExitCounts;
import org.fpm4j.scoreboard.DurationHistogram;

/**
 * A pool's counters since its start. Written on the event loop only, read by any thread, so a plain
 * increment of a volatile field loses nothing; the peak of the queue is written by who measures it.
 */
final class PoolCounters {

  volatile long spawned;
  volatile long exited;
  volatile long exitedBySignal;
  volatile long recycled;
  final AtomicLongArray exits = new AtomicLongArray(ExitReason.COUNT);
  final Saturation saturation = new Saturation();
  volatile long maxChildrenReached;
  volatile long slowRequests;
  volatile int maxActive;
  final AtomicInteger maxListenQueue = new AtomicInteger();

  /** Requests begun in generations that are gone; the living ones are read from scoreboards. */
  volatile long acceptedInGoneGenerations;

  /** Microseconds those took together. */
  volatile long durationMicrosInGoneGenerations;

  /** Access records lost by workers of generations that are gone. */
  volatile long accessDroppedInGoneGenerations;

  /** Durations of requests finished in generations that are gone. */
  volatile DurationHistogram durationsInGoneGenerations = DurationHistogram.EMPTY;

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: the event loop
  void onSpawned() {
    spawned++;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: the event loop
  void onExited(ExitReason reason, boolean bySignal) {
    exited++;
    exits.incrementAndGet(reason.index());
    if (bySignal) {
      exitedBySignal++;
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: the event loop
  void onRecycled() {
    recycled++;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: the event loop
  void onMaxChildrenReached() {
    maxChildrenReached++;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: the event loop
  void onGenerationGone(Generation gone) {
    acceptedInGoneGenerations += gone.accepted();
    durationMicrosInGoneGenerations += gone.durationMicros();
    accessDroppedInGoneGenerations += gone.accessDropped();
    durationsInGoneGenerations = durationsInGoneGenerations.merge(gone.durations());
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: the event loop
  void onSlowRequest() {
    slowRequests++;
  }

  /** The exits by reason. */
  ExitCounts exitCounts() {
    return new ExitCounts(
        exits.get(ExitReason.RETIRED.index()),
        exits.get(ExitReason.ENDED.index()),
        exits.get(ExitReason.FAILED.index()),
        exits.get(ExitReason.KILLED.index()),
        exits.get(ExitReason.CRASHED.index()),
        exits.get(ExitReason.OUT_OF_MEMORY.index()));
  }

  /** Looks for the peaks anew. */
  void resetMaxima() {
    maxActive = 0;
    maxListenQueue.set(0);
  }

  void onLoad(int active, int queued) {
    if (active > maxActive) {
      maxActive = active;
    }
    onQueue(queued);
  }

  /** So many connections were seen to wait. Any thread. */
  void onQueue(int queued) {
    maxListenQueue.accumulateAndGet(queued, Math::max);
  }
}
