package org.fpm4j.config.internal.validation;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.fpm4j.config.LogLevel;
import org.fpm4j.config.LogSettings;
import org.fpm4j.config.internal.source.DirectiveSet;

/** php-fpm's checks of the global directives, in its order; resolves paths on the way. */
final class MasterChecks {

  private static final int LEAST_LOG_LIMIT = 512;
  private static final int UNSET_PRIORITY = 64;

  private final RelativePaths paths;

  MasterChecks(RelativePaths paths) {
    this.paths = paths;
  }

  void check(DirectiveSet global) throws RefusedException {
    if (global.isSet("pid")) {
      global.resolve("pid", paths.absolute(global.text("pid")));
    }
    if (global.number("log_limit") < LEAST_LOG_LIMIT) {
      throw refused("log_limit", "log_limit must be greater than " + LEAST_LOG_LIMIT);
    }
    if (global.number("process.max") < 0) {
      throw refused("process.max", "process_max can't be negative");
    }
    if (!isLegalPriority(global)) {
      throw refused("process.priority", "process.priority must be included into [-19,20]");
    }
    checkErrorLog(global);
    checkEvents(global);
    checkSigns(global);
  }

  /** php-fpm's range; 64 is its way to write "unset". */
  static boolean isLegalPriority(DirectiveSet section) {
    if (!hasPriority(section)) {
      return true;
    }
    int priority = section.number("process.priority");
    return priority >= -19 && priority <= 20;
  }

  static boolean hasPriority(DirectiveSet section) {
    return section.isSet("process.priority")
        && section.number("process.priority") != UNSET_PRIORITY;
  }

  private void checkErrorLog(DirectiveSet global) throws RefusedException {
    if (!global.isSet("error_log")
        || global.text("error_log").equalsIgnoreCase(LogSettings.SYSLOG)) {
      return;
    }
    String file = paths.absolute(global.text("error_log"));
    global.resolve("error_log", file);
    Optional<String> error = RelativePaths.appendError(file);
    if (error.isPresent()) {
      throw refused("error_log", "failed to open error_log (" + file + "): " + error.get());
    }
  }

  private static void checkEvents(DirectiveSet global) throws RefusedException {
    if (!global.isSet("events.mechanism")) {
      return;
    }
    String mechanism = global.text("events.mechanism");
    String known = mechanism.toLowerCase(Locale.ROOT);
    if (!List.of("epoll", "poll", "select").contains(known)) {
      throw refused(
          "events.mechanism",
          "event mechanism '" + mechanism + "' is not available on this system");
    }
    global.resolve("events.mechanism", known);
  }

  /** php-fpm lets these be negative, and then does as it happens. */
  private static void checkSigns(DirectiveSet global) throws RefusedException {
    for (String directive :
        List.of(
            "emergency_restart_threshold",
            "emergency_restart_interval",
            "process_control_timeout",
            "rlimit_files")) {
      if (global.number(directive) < 0) {
        throw refused(
            directive, directive + "(" + global.number(directive) + ") can't be negative");
      }
    }
    if (global.number("systemd_interval") < 0) {
      global.resolve("systemd_interval", 10);
    }
  }

  private static RefusedException refused(String directive, String text) {
    return RefusedException.of(LogLevel.ERROR, directive, text);
  }
}
