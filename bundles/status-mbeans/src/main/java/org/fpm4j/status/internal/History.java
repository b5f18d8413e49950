package org.fpm4j.status.internal;

import org.fpm4j.process.ProcessEvent;

/**
 * What must be remembered of past events because no snapshot shows it. Told by the event loop's
 * thread, asked by any.
 */
final class History {

  private String lastReload = "";
  private String lastError = "";

  /** Whether there has been a generation: only then is a further one a reload. */
  private boolean served;

  synchronized void remember(ProcessEvent event) {
    switch (event.type()) {
      case GENERATION_READY -> served = true;
      case RELOAD_DONE -> lastReload = event.text();
      case GENERATION_FAILED -> {
        lastReload = served ? event.text() : lastReload;
        lastError = about(event);
      }
      case CONFIGURATION_REJECTED, EMERGENCY_RENEWAL, POOL_FAILED -> lastError = about(event);
      default -> {}
    }
  }

  private static String about(ProcessEvent event) {
    return event.pool().isEmpty() ? event.text() : "pool " + event.pool() + ": " + event.text();
  }

  /** Text of the last event that ended a reload, empty before the first. */
  synchronized String lastReload() {
    return lastReload;
  }

  /** What last failed, with the pool's name before it; empty if nothing did. */
  synchronized String lastError() {
    return lastError;
  }
}
