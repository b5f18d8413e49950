package org.fpm4j.config.internal.validation;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.fpm4j.config.AccessLogSettings;
import org.fpm4j.config.IniEntry;
import org.fpm4j.config.ListenSettings;
import org.fpm4j.config.LogLevel;
import org.fpm4j.config.LogSettings;
import org.fpm4j.config.MasterSettings;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.config.ProcessManagerMode;
import org.fpm4j.config.ProcessManagerSettings;
import org.fpm4j.config.ProgramSettings;
import org.fpm4j.config.RequestSettings;
import org.fpm4j.config.ResourceLimits;
import org.fpm4j.config.StatusSettings;
import org.fpm4j.config.WorkerSettings;
import org.fpm4j.config.internal.source.DirectiveSet;
import org.fpm4j.config.internal.source.KeyedValue;

/** Makes settings of directives that passed every check. */
final class SettingsAssembly {

  private static final int PERMISSION_BITS = 0777;
  private static final int DEFAULT_SOCKET_MODE = 0660;

  private final RelativePaths paths;
  private final Map<String, String> environment;

  SettingsAssembly(RelativePaths paths, Map<String, String> environment) {
    this.paths = paths;
    this.environment = environment;
  }

  MasterSettings master(DirectiveSet global) {
    String errorLog = global.text("error_log");
    boolean syslog = errorLog.equalsIgnoreCase(LogSettings.SYSLOG);
    return new MasterSettings(
        new LogSettings(
            global.isSet("error_log") ? (syslog ? LogSettings.SYSLOG : errorLog) : "",
            (LogLevel) global.value("log_level"),
            global.number("log_limit"),
            global.flag("log_buffering"),
            global.text("syslog.ident"),
            global.number("syslog.facility"),
            global.flag("log.json")),
        path(global, "pid"),
        global.number("emergency_restart_threshold"),
        duration(global, "emergency_restart_interval"),
        duration(global, "process_control_timeout"),
        global.number("process.max"),
        priority(global),
        global.flag("daemonize"),
        limits(global),
        global.nonEmpty("events.mechanism"),
        duration(global, "systemd_interval"));
  }

  PoolSettings pool(DirectiveSet pool) {
    return new PoolSettings(
        pool.name(),
        program(pool),
        listen(pool),
        processManager(pool),
        worker(pool),
        request(pool),
        status(pool),
        new AccessLogSettings(
            path(pool, "access.log"),
            pool.text("access.format"),
            pool.suppressedPaths(),
            pool.flag("access.json")));
  }

  private static ProgramSettings program(DirectiveSet pool) {
    return new ProgramSettings(
        pool.text("program"),
        words(pool.text("program.args")),
        path(pool, "php.ini"),
        pool.nonEmpty("php.ini_scan_dir"),
        iniEntries(pool, "php_value"),
        iniEntries(pool, "php_admin_value"));
  }

  private static ListenSettings listen(DirectiveSet pool) {
    String address = pool.text("listen");
    return new ListenSettings(
        address,
        pool.number("listen.backlog"),
        pool.nonEmpty("listen.owner"),
        pool.nonEmpty("listen.group"),
        pool.nonEmpty("listen.mode")
            .map(mode -> Integer.parseInt(mode, 8) & PERMISSION_BITS)
            .orElse(DEFAULT_SOCKET_MODE),
        PoolSanity.listed(pool.text("listen.acl_users")),
        PoolSanity.listed(pool.text("listen.acl_groups")),
        allowedClients(pool, address));
  }

  /** As php-fpm's, the list is about TCP alone. */
  private static Optional<List<InetAddress>> allowedClients(DirectiveSet pool, String address) {
    return pool.isSet("listen.allowed_clients") && !SocketAddressText.isUnix(address)
        ? Optional.of(PoolSanity.allowedClients(pool))
        : Optional.empty();
  }

  private static ProcessManagerSettings processManager(DirectiveSet pool) {
    ProcessManagerMode mode = (ProcessManagerMode) pool.value("pm");
    boolean dynamic = mode == ProcessManagerMode.DYNAMIC;
    return new ProcessManagerSettings(
        mode,
        pool.number("pm.max_children"),
        dynamic ? pool.number("pm.start_servers") : 0,
        dynamic ? pool.number("pm.min_spare_servers") : 0,
        dynamic ? pool.number("pm.max_spare_servers") : 0,
        dynamic ? pool.number("pm.max_spawn_rate") : 0,
        mode == ProcessManagerMode.ONDEMAND
            ? duration(pool, "pm.process_idle_timeout")
            : Duration.ZERO,
        pool.number("pm.max_requests"),
        pool.number("pm.max_requests_jitter"),
        duration(pool, "pm.start_timeout"),
        duration(pool, "pm.keep_idle_timeout"),
        pool.bytes("pm.max_worker_memory"));
  }

  private WorkerSettings worker(DirectiveSet pool) {
    return new WorkerSettings(
        pool.nonEmpty("user"),
        pool.nonEmpty("group"),
        pool.flag("clear_env"),
        env(pool),
        path(pool, "chdir"),
        path(pool, "chroot"),
        limits(pool),
        priority(pool),
        pool.flag("process.dumpable"),
        pool.flag("catch_workers_output"),
        pool.flag("decorate_workers_output"),
        words(pool.text("security.limit_extensions")),
        pool.nonEmpty("apparmor_hat"));
  }

  private static RequestSettings request(DirectiveSet pool) {
    return new RequestSettings(
        duration(pool, "request_terminate_timeout"),
        pool.flag("request_terminate_timeout_track_finished"),
        duration(pool, "request_slowlog_timeout"),
        duration(pool, "request_slowlog_interval"),
        path(pool, "slowlog"),
        pool.number("request_slowlog_trace_depth"));
  }

  private StatusSettings status(DirectiveSet pool) {
    return new StatusSettings(
        pool.nonEmpty("pm.status_path"),
        pool.nonEmpty("pm.status_listen")
            .map(a -> SocketAddressText.isUnix(a) ? paths.absolute(a) : a),
        pool.nonEmpty("ping.path"),
        pool.text("ping.response"),
        pool.nonEmpty("pm.status_listen").flatMap(address -> allowedClients(pool, address)));
  }

  /** A value that begins with a dollar sign is the master's variable of that name. */
  private Map<String, String> env(DirectiveSet pool) {
    Map<String, String> env = new LinkedHashMap<>();
    for (KeyedValue entry : pool.entries("env")) {
      String value = entry.value();
      env.put(
          entry.key(),
          value.startsWith("$") ? environment.getOrDefault(value.substring(1), "") : value);
    }
    return env;
  }

  private static List<IniEntry> iniEntries(DirectiveSet pool, String array) {
    return pool.entries(array).stream()
        .map(entry -> new IniEntry(entry.key(), entry.value()))
        .toList();
  }

  private static Optional<Path> path(DirectiveSet section, String directive) {
    return section.nonEmpty(directive).map(Path::of);
  }

  private static Duration duration(DirectiveSet section, String directive) {
    return Duration.ofSeconds(section.number(directive));
  }

  private static OptionalInt priority(DirectiveSet section) {
    return MasterChecks.hasPriority(section)
        ? OptionalInt.of(section.number("process.priority"))
        : OptionalInt.empty();
  }

  private static ResourceLimits limits(DirectiveSet section) {
    return new ResourceLimits(section.number("rlimit_files"), section.number("rlimit_core"));
  }

  private static List<String> words(String text) {
    return Stream.of(text.split("[ \t]+")).filter(word -> !word.isEmpty()).toList();
  }
}
