package org.fpm4j.status.internal;

import org.fpm4j.process.ProcessEvent;

/**
 * What must be remembered of past events because no snapshot shows it. Told by the event loop's
 * thread, asked by any.
 */
final class History {

  private static final long RELIEVED = -1;

  private String lastReload = "";

  /** Whether there has been a generation: only then is a further one a reload. */
  private boolean served;

  private long saturatedMs;
  private long saturatedSinceEpochMs = RELIEVED;

  synchronized void remember(ProcessEvent event) {
    switch (event.type()) {
      case GENERATION_READY -> served = true;
      case RELOAD_DONE -> lastReload = event.text();
      case GENERATION_FAILED -> lastReload = served ? event.text() : lastReload;
      case POOL_SATURATED -> {
        if (saturatedSinceEpochMs == RELIEVED) {
          saturatedSinceEpochMs = event.epochMs();
        }
      }
      case POOL_RELIEVED -> {
        saturatedMs = saturatedMs(event.epochMs());
        saturatedSinceEpochMs = RELIEVED;
      }
      default -> {}
    }
  }

  /** Text of the last event that ended a reload, empty before the first. */
  synchronized String lastReload() {
    return lastReload;
  }

  /** How long the pool has been saturated in all, in milliseconds, until now. */
  long saturatedMs() {
    return saturatedMs(System.currentTimeMillis());
  }

  private synchronized long saturatedMs(long nowEpochMs) {
    return saturatedSinceEpochMs == RELIEVED
        ? saturatedMs
        : saturatedMs + Math.max(0, nowEpochMs - saturatedSinceEpochMs);
  }
}
