package org.fpm4j.config.internal.validation;

import java.util.List;
import org.fpm4j.config.LogLevel;
import org.fpm4j.config.ProcessManagerMode;
import org.fpm4j.config.internal.source.DirectiveSet;
import org.fpm4j.config.internal.source.Findings;

/** php-fpm's checks of {@code pm} and how many workers it means, with its texts. */
final class ProcessManagerChecks {

  private static final int LEAST_BACKLOG = -1;

  private final Findings findings;

  ProcessManagerChecks(Findings findings) {
    this.findings = findings;
  }

  void check(DirectiveSet pool, DirectiveSet global) throws RefusedException {
    if (!pool.isSet("pm")) {
      throw refused("pm", "the process manager is missing (static, dynamic or ondemand)");
    }
    if (pool.number("pm.max_children") < 1) {
      throw refused("pm.max_children", "pm.max_children must be a positive value");
    }
    switch ((ProcessManagerMode) pool.value("pm")) {
      case STATIC -> {}
      case DYNAMIC -> checkDynamic(pool);
      case ONDEMAND -> checkOndemand(pool, global);
    }
  }

  private void checkDynamic(DirectiveSet pool) throws RefusedException {
    int most = pool.number("pm.max_children");
    int min = pool.number("pm.min_spare_servers");
    int max = pool.number("pm.max_spare_servers");
    if (min <= 0) {
      throw refused(
          "pm.min_spare_servers", "pm.min_spare_servers(" + min + ") must be a positive value");
    }
    if (max <= 0) {
      throw refused(
          "pm.max_spare_servers", "pm.max_spare_servers(" + max + ") must be a positive value");
    }
    if (min > most || max > most) {
      throw refused(
          max > most ? "pm.max_spare_servers" : "pm.min_spare_servers",
          ("pm.min_spare_servers(%d) and pm.max_spare_servers(%d)"
                  + " cannot be greater than pm.max_children(%d)")
              .formatted(min, max, most));
    }
    if (max < min) {
      throw refused(
          "pm.max_spare_servers",
          "pm.max_spare_servers(%d) must not be less than pm.min_spare_servers(%d)"
              .formatted(max, min));
    }
    checkStart(pool, min, max);
    if (pool.number("pm.max_spawn_rate") < 1) {
      throw refused("pm.max_spawn_rate", "pm.max_spawn_rate must be a positive value");
    }
  }

  private void checkStart(DirectiveSet pool, int min, int max) throws RefusedException {
    int start = pool.number("pm.start_servers");
    if (start <= 0) {
      start = min + (max - min) / 2;
      pool.resolve("pm.start_servers", start);
      findings.remark(
          LogLevel.NOTICE,
          "[pool %s] pm.start_servers is not set. It's been set to %d."
              .formatted(pool.name(), start));
    } else if (start < min || start > max) {
      throw refused(
          "pm.start_servers",
          ("pm.start_servers(%d) must not be less than pm.min_spare_servers(%d)"
                  + " and not greater than pm.max_spare_servers(%d)")
              .formatted(start, min, max));
    }
  }

  private void checkOndemand(DirectiveSet pool, DirectiveSet global) throws RefusedException {
    if (global.isSet("events.mechanism") && !global.text("events.mechanism").equals("epoll")) {
      throw refused(
          "pm",
          "ondemand process manager can ONLY be used when events.mechanism is either epoll (Linux)"
              + " or kqueue (*BSD).");
    }
    int idle = pool.number("pm.process_idle_timeout");
    if (idle < 1) {
      throw refused(
          "pm.process_idle_timeout",
          "pm.process_idle_timeout(" + idle + "s) must be greater than 0s");
    }
    int backlog = pool.number("listen.backlog");
    if (backlog < LEAST_BACKLOG) {
      findings.remark(
          LogLevel.WARNING,
          ("[pool %s] listen.backlog(%d) was too low for the ondemand process manager."
                  + " I updated it for you to %d.")
              .formatted(pool.name(), backlog, LEAST_BACKLOG));
      pool.resolve("listen.backlog", LEAST_BACKLOG);
    }
    for (String unused :
        List.of("pm.start_servers", "pm.min_spare_servers", "pm.max_spare_servers")) {
      pool.resolve(unused, 0);
    }
  }

  private static RefusedException refused(String directive, String text) {
    return RefusedException.of(LogLevel.ALERT, directive, text);
  }
}
