package org.fpm4j.process.internal;

/**
 * Whether a pool is saturated, and for how long in all it was. Written on the event loop, the time
 * read by any thread.
 */
final class Saturation {

  private static final long NONE = -1;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private volatile long pastMs;
  private volatile long sinceNanos = NONE;

  /** Goes on from a former master's time. */
  void restore(long formerMs) {
    pastMs = formerMs;
  }

  boolean isNow() {
    return sinceNanos != NONE;
  }

  /** It begins, unless it has begun; returns whether it has not been before. */
  boolean begin(long nowNanos) {
    if (isNow()) {
      return false;
    }
    sinceNanos = nowNanos == NONE ? 0 : nowNanos;
    return true;
  }

  /** It is over, unless it was not; returns whether it was. */
  boolean end(long nowNanos) {
    if (!isNow()) {
      return false;
    }
    pastMs = totalMs(nowNanos);
    sinceNanos = NONE;
    return true;
  }

  /** All the time until now, in milliseconds. */
  long totalMs(long nowNanos) {
    long since = sinceNanos;
    return since == NONE ? pastMs : pastMs + Math.max(0, (nowNanos - since) / NANOS_PER_MILLI);
  }
}
