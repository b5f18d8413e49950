package org.fpm4j.status.internal;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.fpm4j.process.ProcessEvent;

/**
 * Lets {@link #BURST} events of a type through at once and {@link #PER_SECOND} a second over time,
 * and counts the rest: a pool whose workers crash as fast as they start must not drown its
 * listeners. Event loop only, but for {@link #suppressed()}.
 */
final class Throttle {

  static final int BURST = 100;
  static final int PER_SECOND = 10;

  private static final double NANOS_PER_SECOND = 1e9;

  /** What may pass still, and what has not since the last that did. */
  private static final class Bucket {
    private double tokens = BURST;
    private long nanos;
    private long held;
  }

  private final LongSupplier nanoTime;
  private final Map<ProcessEvent.Type, Bucket> buckets = new EnumMap<>(ProcessEvent.Type.class);
  private volatile long suppressed;

  Throttle(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * Asks for one event.
   *
   * @return -1 if it is to be held back, else how many of its type were since the last that passed
   */
  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: the event loop
  long ask(ProcessEvent.Type type) {
    long now = nanoTime.getAsLong();
    Bucket bucket =
        buckets.computeIfAbsent(
            type,
            unused -> {
              Bucket fresh = new Bucket();
              fresh.nanos = now;
              return fresh;
            });
    double gained = (now - bucket.nanos) / NANOS_PER_SECOND * PER_SECOND;
    bucket.tokens = Math.min(BURST, bucket.tokens + gained);
    bucket.nanos = now;
    if (bucket.tokens < 1) {
      bucket.held++;
      suppressed++;
      return -1;
    }
    bucket.tokens--;
    long held = bucket.held;
    bucket.held = 0;
    return held;
  }

  /** How many were held back in all. */
  long suppressed() {
    return suppressed;
  }
}
