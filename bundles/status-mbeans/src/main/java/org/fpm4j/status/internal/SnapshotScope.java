package org.fpm4j.status.internal;

import java.util.function.Supplier;

/**
 * Gives a thread the same snapshot for as long as it reads several attributes, so that their sums
 * agree and a thousand slots are read once only. Any thread.
 */
final class SnapshotScope<T> {

  private final Supplier<T> source;

  // One scope per MBean, and during() removes the value: nothing leaks.
  @SuppressWarnings("ThreadLocalUsage")
  private final ThreadLocal<T> held = new ThreadLocal<>();

  SnapshotScope(Supplier<T> source) {
    this.source = source;
  }

  /** The held snapshot, or a new one outside {@link #during}. */
  T get() {
    T snapshot = held.get();
    return snapshot == null ? source.get() : snapshot;
  }

  /** Runs the body with one snapshot held, the one that is held already if there is one. */
  <R> R during(Supplier<R> body) {
    if (held.get() != null) {
      return body.get();
    }
    held.set(source.get());
    try {
      return body.get();
    } finally {
      held.remove();
    }
  }
}
