package org.fpm4j.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class DirectiveValuesTest {

  private static final PoolSettings WWW =
      new PoolSettings(
          "www",
          new ProgramSettings(
              "php-cgi",
              List.of("-q", "-n"),
              Optional.empty(),
              Optional.empty(),
              List.of(new IniEntry("memory_limit", "64M")),
              List.of()),
          new ListenSettings(
              "/run/www.sock",
              -1,
              Optional.of("www-data"),
              Optional.empty(),
              0660,
              List.of(),
              List.of(),
              Optional.empty()),
          new ProcessManagerSettings(
              ProcessManagerMode.ONDEMAND,
              20,
              0,
              0,
              0,
              32,
              Duration.ofSeconds(10),
              0,
              0,
              Duration.ofSeconds(30),
              Duration.ZERO,
              0),
          new WorkerSettings(
              Optional.empty(),
              Optional.empty(),
              true,
              Map.of("DB_PASSWORD", "secret"),
              Optional.empty(),
              Optional.empty(),
              ResourceLimits.INHERITED,
              OptionalInt.of(5),
              false,
              false,
              true,
              List.of(".php", ".phar"),
              Optional.empty()),
          new RequestSettings(
              Duration.ofSeconds(90), false, Duration.ZERO, Duration.ZERO, Optional.empty(), 20),
          new StatusSettings(
              Optional.empty(), Optional.empty(), Optional.empty(), "pong", Optional.empty()),
          new AccessLogSettings(Optional.empty(), "", List.of("/ping", "/live"), false));

  private final Map<String, String> values = DirectiveValues.of(WWW);

  @Test
  void writesValuesAsDirectivesDo() {
    assertEquals("ondemand", values.get("pm"));
    assertEquals("20", values.get("pm.max_children"));
    assertEquals("10s", values.get("pm.process_idle_timeout"));
    assertEquals("yes", values.get("clear_env"));
    assertEquals("0660", values.get("listen.mode"));
    assertEquals("www-data", values.get("listen.owner"));
    assertEquals("", values.get("listen.group"));
    assertEquals("5", values.get("process.priority"));
    assertEquals(".php .phar", values.get("security.limit_extensions"));
    assertEquals("64M", values.get("php_value[memory_limit]"));
    assertEquals("/live", values.get("access.suppress_path[1]"));
  }

  @Test
  void hidesValuesOfTheEnvironment() {
    assertEquals("(hidden)", values.get("env[DB_PASSWORD]"));
    assertTrue(values.values().stream().noneMatch("secret"::equals));
  }
}
