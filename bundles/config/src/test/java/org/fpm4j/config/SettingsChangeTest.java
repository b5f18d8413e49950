package org.fpm4j.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.fpm4j.config.Directive.Scope;
import org.fpm4j.config.internal.Evaluations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SettingsChangeTest {

  @Test
  void comparesEveryDirective() {
    PoolSettings pool = Evaluations.settings();
    MasterSettings master = new Evaluations().get().master();
    assertEquals(
        Set.of("prefix", "php_flag[]", "php_admin_flag[]"),
        without(Scope.POOL, name -> SettingsChange.value(pool, name)));
    assertEquals(Set.of(), without(Scope.GLOBAL, name -> SettingsChange.value(master, name)));
  }

  private static Set<String> without(Scope scope, Function<String, Optional<Object>> value) {
    return Directive.in(scope).stream()
        .map(Directive::name)
        .filter(name -> value.apply(name).isEmpty())
        .collect(Collectors.toSet());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pm.max_children | 7 | pm.max_children | LIVE",
        "request_terminate_timeout | 5s | request_terminate_timeout | LIVE",
        "access.suppress_path[] | /a | access.suppress_path[] | LIVE",
        "listen.allowed_clients | 127.0.0.1 | listen.allowed_clients | LIVE",
        "user | www-data | user | ROLL",
        "env[A] | 1 | env[] | ROLL",
        "php_flag[a] | on | php_value[] | ROLL",
        "php_admin_flag[a] | on | php_admin_value[] | ROLL",
        "rlimit_core | unlimited | rlimit_core | ROLL",
        "program.args | -x | program.args | ROLL",
        "listen | 9001 | listen | BIND",
        "listen.backlog | 5 | listen.backlog | BIND",
        "listen.mode | 0600 | listen.mode | BIND",
        "access.log | /dev/null | access.log | LIVE",
        "clear_env | off | clear_env | ROLL",
      })
  void classifiesAChange(String key, String value, String directive, ChangeClass changeClass) {
    assertEquals(
        new SettingsChange(Set.of(directive), changeClass),
        SettingsChange.between(Evaluations.settings(), Evaluations.settings(key, value)));
  }

  @Test
  void takesTheCostliestOfSeveralChanges() {
    SettingsChange change =
        SettingsChange.between(
            Evaluations.settings(),
            Evaluations.settings("listen", "9001", "user", "www-data", "pm.max_children", "2"));
    assertEquals(new TreeSet<>(Set.of("listen", "pm.max_children", "user")), change.directives());
    assertEquals(ChangeClass.BIND, change.changeClass());
  }

  @Test
  void findsNothingBetweenEqualSettings() {
    SettingsChange change =
        SettingsChange.between(
            Evaluations.settings("env[A]", "1", "listen.allowed_clients", "::1"),
            Evaluations.settings("listen.allowed_clients", "::1", "env[A]", "1"));
    assertEquals(new SettingsChange(Set.of(), ChangeClass.NONE), change);
  }

  @Test
  void ignoresWhatAModeDoesNotUse() {
    assertEquals(
        ChangeClass.NONE,
        SettingsChange.between(
                Evaluations.settings(), Evaluations.settings("pm.min_spare_servers", "3"))
            .changeClass());
  }

  @Test
  void classifiesGlobalChanges() {
    MasterSettings before = new Evaluations().get().master();
    assertEquals(
        new SettingsChange(Set.of("log_level"), ChangeClass.LIVE),
        SettingsChange.between(
            before, new Evaluations().master("log_level", "debug").get().master()));
    assertEquals(
        new SettingsChange(Set.of("events.mechanism"), ChangeClass.RESTART),
        SettingsChange.between(
            before, new Evaluations().master("events.mechanism", "poll").get().master()));
  }

  /** Another legal value for directives of a pool to which those of their kind are not legal. */
  private static final Map<String, String> OTHERS =
      Map.ofEntries(
          Map.entry("user", "www-data"),
          Map.entry("group", "www-data"),
          Map.entry("listen", "9001"),
          Map.entry("listen.backlog", "5"),
          Map.entry("listen.acl_users", "www-data"),
          Map.entry("listen.acl_groups", "www-data"),
          Map.entry("listen.owner", "www-data"),
          Map.entry("listen.group", "www-data"),
          Map.entry("listen.mode", "0600"),
          Map.entry("listen.allowed_clients", "127.0.0.1"),
          Map.entry("process.priority", "3"),
          Map.entry("process.dumpable", "yes"),
          Map.entry("pm", "ondemand"),
          Map.entry("pm.max_children", "7"),
          Map.entry("pm.start_servers", "2"),
          Map.entry("pm.min_spare_servers", "2"),
          Map.entry("pm.max_spare_servers", "4"),
          Map.entry("pm.max_spawn_rate", "3"),
          Map.entry("pm.process_idle_timeout", "3"),
          Map.entry("pm.max_requests", "3"),
          Map.entry("pm.status_path", "/s"),
          Map.entry("pm.status_listen", "9002"),
          Map.entry("ping.path", "/p"),
          Map.entry("ping.response", "x"),
          Map.entry("access.log", "/dev/null"),
          Map.entry("access.format", "%m"),
          Map.entry("access.suppress_path[]", "/a"),
          Map.entry("slowlog", "/dev/null"),
          Map.entry("request_slowlog_timeout", "1"),
          Map.entry("request_slowlog_trace_depth", "3"),
          Map.entry("request_terminate_timeout", "9"),
          Map.entry("request_terminate_timeout_track_finished", "yes"),
          Map.entry("rlimit_files", "100"),
          Map.entry("rlimit_core", "1"),
          Map.entry("chroot", "/tmp"),
          Map.entry("chdir", "/tmp"),
          Map.entry("catch_workers_output", "yes"),
          Map.entry("decorate_workers_output", "no"),
          Map.entry("clear_env", "no"),
          Map.entry("security.limit_extensions", ".php7"),
          Map.entry("apparmor_hat", "hat"),
          Map.entry("env[]", "env[A] 1"),
          Map.entry("php_value[]", "php_value[a] 1"),
          Map.entry("php_flag[]", "php_flag[a] on"),
          Map.entry("php_admin_value[]", "php_admin_value[a] 1"),
          Map.entry("php_admin_flag[]", "php_admin_flag[a] on"),
          Map.entry("program", "ls"),
          Map.entry("program.args", "-x"),
          Map.entry("php.ini", "/tmp"),
          Map.entry("php.ini_scan_dir", "/tmp"),
          Map.entry("pm.start_timeout", "3"),
          Map.entry("pm.keep_idle_timeout", "3"),
          Map.entry("pm.max_requests_jitter", "3"),
          Map.entry("pm.max_worker_memory", "3M"));

  private static String otherOfItsKind(Directive directive) {
    return switch (directive.kind()) {
      case BOOLEAN -> directive.fallback().equals("yes") ? "no" : "yes";
      case INTEGER, DURATION, SIZE -> "3";
      default -> "/tmp";
    };
  }

  /** What another value of a directive needs beside it to be legal, or to count. */
  private static List<String> companions(String directive) {
    return switch (directive) {
      case "pm.start_servers",
          "pm.min_spare_servers",
          "pm.max_spare_servers",
          "pm.max_spawn_rate" ->
          List.of(
              "pm",
              "dynamic",
              "pm.max_children",
              "5",
              "pm.min_spare_servers",
              "1",
              "pm.max_spare_servers",
              "3",
              "pm.start_servers",
              "3");
      case "pm.process_idle_timeout" -> List.of("pm", "ondemand");
      case "request_slowlog_timeout", "request_slowlog_trace_depth" ->
          List.of("slowlog", "/dev/null");
      case "ping.response" -> List.of("ping.path", "/p");
      default -> List.of();
    };
  }

  static Stream<Directive> directives() {
    return Directive.in(Scope.POOL).stream().filter(d -> !d.name().equals("prefix"));
  }

  @ParameterizedTest
  @MethodSource("directives")
  void everyDirectiveCountsInTheTextOfItsClassAlone(Directive directive) {
    String other = OTHERS.getOrDefault(directive.name(), otherOfItsKind(directive));
    List<String> before = new ArrayList<>(companions(directive.name()));
    List<String> after = new ArrayList<>(before);
    int space = directive.isArray() ? other.indexOf(' ') : -1;
    String key = space < 0 ? directive.name() : other.substring(0, space);
    if (after.contains(key)) {
      after.set(after.indexOf(key) + 1, other);
    } else {
      after.add(key);
      after.add(other.substring(space + 1));
    }
    PoolSettings one = Evaluations.settings(before.toArray(String[]::new));
    PoolSettings two = Evaluations.settings(after.toArray(String[]::new));

    for (ChangeClass each : List.of(ChangeClass.LIVE, ChangeClass.ROLL, ChangeClass.BIND)) {
      assertEquals(
          each == directive.changeClass(), !one.text(each).equals(two.text(each)), each.name());
    }
  }

  @Test
  void textDoesNotDependOnTheOrderOfTheEnvironment() {
    assertEquals(
        Evaluations.settings("env[A]", "1", "env[B]", "2").text(ChangeClass.ROLL),
        Evaluations.settings("env[B]", "2", "env[A]", "1").text(ChangeClass.ROLL));
  }
}
