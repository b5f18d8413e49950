package org.fpm4j.config.internal.validation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.fpm4j.config.Directive;
import org.fpm4j.config.Directive.Kind;
import org.fpm4j.config.Directive.Scope;
import org.fpm4j.config.LogLevel;
import org.fpm4j.config.ProcessManagerMode;
import org.fpm4j.config.internal.source.DirectiveSet;
import org.fpm4j.config.internal.source.KeyedValue;

/**
 * What {@code -tt} shows of checked sections, line by line as php-fpm: every directive of php-fpm,
 * set or not; those of fpm4j alone only if set.
 */
public final class DirectiveDump {

  private static final String UNDEFINED = "undefined";
  private static final Set<String> FILLED_IN = Set.of("syslog.ident", "security.limit_extensions");
  private static final Set<String> FLAGS = Set.of("php_flag[]", "php_admin_flag[]");
  private static final Set<String> OWN =
      Set.of(
          "access.json",
          "apparmor_hat",
          "log.json",
          "program",
          "program.args",
          "php.ini",
          "php.ini_scan_dir",
          "pm.start_timeout",
          "pm.keep_idle_timeout",
          "pm.max_requests_jitter",
          "pm.max_worker_memory",
          "request_slowlog_interval");

  private DirectiveDump() {}

  /** The block of one section, its heading first and a line of one blank last. */
  public static List<String> lines(DirectiveSet section) {
    List<String> lines = new ArrayList<>();
    lines.add("[" + (section.scope() == Scope.GLOBAL ? "global" : section.name()) + "]");
    for (Directive directive : Directive.in(section.scope())) {
      switch (directive.kind()) {
        case LIST ->
            section.suppressedPaths().forEach(path -> lines.add(line(directive.name(), path)));
        case MAP -> addEntries(section, directive, lines);
        default -> {
          if (!OWN.contains(directive.name())
              || (section.isSet(directive.name()) && !directive.name().equals("apparmor_hat"))) {
            lines.add(line(directive.name(), text(section, directive)));
          }
        }
      }
    }
    lines.add(" ");
    return lines;
  }

  private static void addEntries(DirectiveSet section, Directive directive, List<String> lines) {
    if (FLAGS.contains(directive.name())) {
      return;
    }
    for (KeyedValue entry : section.entries(directive.arrayName())) {
      lines.add(line(directive.arrayName() + "[" + entry.key() + "]", entry.value()));
    }
  }

  private static String line(String name, String value) {
    return "\t" + name + " = " + value;
  }

  private static String text(DirectiveSet section, Directive directive) {
    String name = directive.name();
    Object value = section.value(name);
    boolean set = section.isSet(name);
    switch (name) {
      case "process.priority" -> {
        return MasterChecks.hasPriority(section) ? value.toString() : UNDEFINED;
      }
      case "log_level" -> {
        return set ? ((LogLevel) value).name() : "unknown value";
      }
      case "events.mechanism" -> {
        return set ? value.toString() : "epoll";
      }
      case "pm" -> {
        return ((ProcessManagerMode) value).text().toLowerCase(Locale.ROOT);
      }
      case "pm.process_idle_timeout" -> {
        return value.toString();
      }
      default -> {
        if (value instanceof Boolean flag) {
          return flag ? "yes" : "no";
        }
        if (directive.kind() == Kind.DURATION) {
          return value + "s";
        }
        boolean shown = set || FILLED_IN.contains(name) || !(value instanceof String);
        return shown ? value.toString() : UNDEFINED;
      }
    }
  }
}
