package org.fpm4j.itests;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** Waits, with a deadline, for what other processes do and nothing tells of. */
final class Await {

  /** Long, for a busy machine: a test that passes does not wait for it. */
  static final Duration DEADLINE = Duration.ofSeconds(60);

  private static final long LOOK_EVERY_NANOS = Duration.ofMillis(10).toNanos();

  private Await() {}

  /** Looks at something; an {@link IOException} counts as not there yet. */
  interface Probe<T> {
    T look() throws IOException;
  }

  /** Waits until the condition holds. */
  static void until(String what, Probe<Boolean> condition) {
    value(what, condition, holds -> holds);
  }

  /** Waits for a value that is as wanted and returns it. */
  static <T> T value(String what, Probe<T> probe, Predicate<T> wanted) {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    T last = null;
    IOException failure = null;
    do {
      try {
        last = probe.look();
        failure = null;
        if (wanted.test(last)) {
          return last;
        }
      } catch (IOException e) {
        failure = e;
      }
      LockSupport.parkNanos(LOOK_EVERY_NANOS);
    } while (System.nanoTime() < deadline);
    String seen = failure == null ? "last seen: " + last : "last failure: " + failure;
    throw new AssertionError("not within " + DEADLINE.toSeconds() + " s: " + what + "; " + seen);
  }
}
