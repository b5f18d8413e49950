package org.fpm4j.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.fpm4j.config.Directive.Scope;
import org.fpm4j.config.internal.Evaluations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsChangeTest {

  @Test
  void comparesEveryDirective() {
    assertEquals(
        names(Scope.POOL, Set.of("prefix", "php_flag[]", "php_admin_flag[]")),
        SettingsChange.PoolParts.BY_DIRECTIVE.keySet());
    assertEquals(names(Scope.GLOBAL, Set.of()), SettingsChange.MasterParts.BY_DIRECTIVE.keySet());
  }

  private static Set<String> names(Scope scope, Set<String> without) {
    Set<String> names =
        Directive.in(scope).stream().map(Directive::name).collect(Collectors.toSet());
    names.removeAll(without);
    return names;
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
}
