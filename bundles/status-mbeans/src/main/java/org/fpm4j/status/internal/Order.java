package org.fpm4j.status.internal;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for an order's outcome, but never long. */
final class Order {

  private static final Duration PATIENCE = Duration.ofMillis(900);

  private Order() {}

  /**
   * Returns what the order's future says, or that it goes on.
   *
   * @param subject names the order in that case: {@code reload of pool www}
   * @throws IllegalArgumentException as the process manager, no such pool or worker
   * @throws IllegalStateException as the process manager, or with the reason of any other failure
   */
  static String await(String subject, CompletableFuture<String> outcome) {
    try {
      return outcome.get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return subject + " accepted, goes on";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return subject + " accepted, goes on";
    } catch (ExecutionException e) {
      throw refused(e.getCause());
    }
  }

  /** A JMX client may not have our classes, so only the JDK's exceptions leave, without causes. */
  private static RuntimeException refused(Throwable cause) {
    return cause instanceof IllegalArgumentException
        ? new IllegalArgumentException(cause.getMessage())
        : new IllegalStateException(cause.getMessage());
  }
}
