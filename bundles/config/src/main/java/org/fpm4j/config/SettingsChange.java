package org.fpm4j.config;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Which directives differ between two settings, and what applying them takes.
 *
 * @param directives names as in {@link Directive#name}, sorted
 * @param changeClass the costliest class among them, NONE if there are none
 */
public record SettingsChange(Set<String> directives, ChangeClass changeClass) {

  /** Copies the set, sorted. */
  public SettingsChange {
    directives = Collections.unmodifiableSet(new TreeSet<>(directives));
  }

  /** What changed in a pool. The names of the pools are not compared. */
  public static SettingsChange between(PoolSettings before, PoolSettings after) {
    return compare(Directive.Scope.POOL, name -> value(before, name), name -> value(after, name));
  }

  /** What changed in the global directives; the class is LIVE or RESTART. */
  public static SettingsChange between(MasterSettings before, MasterSettings after) {
    return compare(Directive.Scope.GLOBAL, name -> value(before, name), name -> value(after, name));
  }

  private static SettingsChange compare(
      Directive.Scope scope,
      Function<String, Optional<Object>> before,
      Function<String, Optional<Object>> after) {
    Set<String> changed = new TreeSet<>();
    ChangeClass costliest = ChangeClass.NONE;
    for (Directive directive : Directive.in(scope)) {
      if (!before.apply(directive.name()).equals(after.apply(directive.name()))) {
        changed.add(directive.name());
        if (directive.changeClass().compareTo(costliest) > 0) {
          costliest = directive.changeClass();
        }
      }
    }
    return new SettingsChange(changed, costliest);
  }

  /** A text that is the same for equal values, in any process. */
  static String text(Object value) {
    return value instanceof Map<?, ?> map ? new TreeMap<>(map).toString() : value.toString();
  }

  /**
   * A pool directive's value in settings; empty if it has none of its own, as {@code prefix}, which
   * shows only in the paths it completes. A switch, for a table of lambdas takes 30 ms of a start.
   */
  static Optional<Object> value(PoolSettings s, String directive) {
    Object value =
        switch (directive) {
          case "user" -> s.worker().user();
          case "group" -> s.worker().group();
          case "listen" -> s.listen().address();
          case "listen.backlog" -> s.listen().backlog();
          case "listen.acl_users" -> s.listen().aclUsers();
          case "listen.acl_groups" -> s.listen().aclGroups();
          case "listen.owner" -> s.listen().owner();
          case "listen.group" -> s.listen().group();
          case "listen.mode" -> s.listen().mode();
          case "listen.allowed_clients" ->
              List.of(s.listen().allowedClients(), s.status().allowedClients());
          case "process.priority" -> s.worker().priority();
          case "process.dumpable" -> s.worker().dumpable();
          case "pm" -> s.pm().mode();
          case "pm.max_children" -> s.pm().maxChildren();
          case "pm.start_servers" -> s.pm().startServers();
          case "pm.min_spare_servers" -> s.pm().minSpareServers();
          case "pm.max_spare_servers" -> s.pm().maxSpareServers();
          case "pm.max_spawn_rate" -> s.pm().maxSpawnRate();
          case "pm.process_idle_timeout" -> s.pm().processIdleTimeout();
          case "pm.max_requests" -> s.pm().maxRequests();
          case "pm.status_path" -> s.status().statusPath();
          case "pm.status_listen" -> s.status().statusListen();
          case "ping.path" -> s.status().pingPath();
          case "ping.response" -> s.status().pingResponse();
          case "access.log" -> s.access().log();
          case "access.format" -> s.access().format();
          case "access.suppress_path[]" -> s.access().suppressPaths();
          case "access.json" -> s.access().json();
          case "slowlog" -> s.request().slowlog();
          case "request_slowlog_timeout" -> s.request().slowlogTimeout();
          case "request_slowlog_interval" -> s.request().slowlogInterval();
          case "request_slowlog_trace_depth" -> s.request().slowlogTraceDepth();
          case "request_terminate_timeout" -> s.request().terminateTimeout();
          case "request_terminate_timeout_track_finished" -> s.request().trackFinished();
          case "rlimit_files" -> s.worker().limits().files();
          case "rlimit_core" -> s.worker().limits().core();
          case "chroot" -> s.worker().chroot();
          case "chdir" -> s.worker().chdir();
          case "catch_workers_output" -> s.worker().catchOutput();
          case "decorate_workers_output" -> s.worker().decorateOutput();
          case "clear_env" -> s.worker().clearEnv();
          case "security.limit_extensions" -> s.worker().limitExtensions();
          case "apparmor_hat" -> s.worker().apparmorHat();
          case "env[]" -> s.worker().env();
          case "php_value[]" -> s.program().phpValues();
          case "php_admin_value[]" -> s.program().phpAdminValues();
          case "program" -> s.program().program();
          case "program.args" -> s.program().args();
          case "php.ini" -> s.program().phpIni();
          case "php.ini_scan_dir" -> s.program().phpIniScanDir();
          case "pm.start_timeout" -> s.pm().startTimeout();
          case "pm.keep_idle_timeout" -> s.pm().keepIdleTimeout();
          case "pm.max_requests_jitter" -> s.pm().maxRequestsJitter();
          case "pm.max_worker_memory" -> s.pm().maxWorkerMemoryBytes();
          default -> null;
        };
    return Optional.ofNullable(value);
  }

  /** A global directive's value in settings; empty if there is no such directive. */
  static Optional<Object> value(MasterSettings s, String directive) {
    Object value =
        switch (directive) {
          case "pid" -> s.pidFile();
          case "error_log" -> s.log().errorLog();
          case "syslog.ident" -> s.log().syslogIdent();
          case "syslog.facility" -> s.log().syslogFacility();
          case "log_buffering" -> s.log().buffering();
          case "log_level" -> s.log().level();
          case "log_limit" -> s.log().limit();
          case "log.json" -> s.log().json();
          case "emergency_restart_threshold" -> s.emergencyRestartThreshold();
          case "emergency_restart_interval" -> s.emergencyRestartInterval();
          case "process_control_timeout" -> s.processControlTimeout();
          case "process.max" -> s.processMax();
          case "process.priority" -> s.processPriority();
          case "daemonize" -> s.daemonize();
          case "rlimit_files" -> s.limits().files();
          case "rlimit_core" -> s.limits().core();
          case "events.mechanism" -> s.eventsMechanism();
          case "systemd_interval" -> s.systemdInterval();
          default -> null;
        };
    return Optional.ofNullable(value);
  }
}
