package org.fpm4j.supervision.internal;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/** What sd_watchdog_enabled(3) reads. */
final class WatchdogPeriod {

  private WatchdogPeriod() {}

  /**
   * Returns how often the service manager's watchdog is to be fed: half the time it waits.
   *
   * @param pid of this process: WATCHDOG_USEC is meant for the process WATCHDOG_PID names, if it
   *     names one
   * @return zero if no watchdog waits for this process
   */
  static Duration of(Map<String, String> environment, int pid) {
    String micros = environment.getOrDefault("WATCHDOG_USEC", "");
    String whose = environment.getOrDefault("WATCHDOG_PID", Integer.toString(pid));
    if (!micros.matches("[0-9]{1,15}") || !whose.equals(Integer.toString(pid))) {
      return Duration.ZERO;
    }
    return Duration.of(Long.parseLong(micros), ChronoUnit.MICROS).dividedBy(2);
  }
}
