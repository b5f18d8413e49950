package org.fpm4j.process.internal;

import java.time.Duration;
import java.util.function.Consumer;
import org.fpm4j.config.RequestSettings;
import org.fpm4j.process.SlowRequest;

/**
 * Counts a pool's slow requests and passes them on, if there is a slow log for them. Event loop
 * only.
 */
final class SlowReports implements RequestWatch.SlowReport {

  private final PoolStatus status;
  private final Consumer<SlowRequest> listeners;

  SlowReports(PoolStatus status, Consumer<SlowRequest> listeners) {
    this.status = status;
    this.listeners = listeners;
  }

  @Override
  public void onSlow(Worker worker, String script, Duration elapsed, boolean again) {
    if (!again) {
      status.counters.onSlowRequest();
    }
    RequestSettings request = status.settings.request();
    request
        .slowlog()
        .ifPresent(
            file ->
                listeners.accept(
                    new SlowRequest(
                        status.name,
                        worker.pid(),
                        script,
                        elapsed.toNanos() / 1000,
                        file,
                        request.slowlogTraceDepth())));
  }
}
