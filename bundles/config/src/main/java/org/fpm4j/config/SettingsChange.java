package org.fpm4j.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    return compare(Directive.Scope.POOL, PoolParts.BY_DIRECTIVE, before, after);
  }

  /** What changed in the global directives; the class is LIVE or RESTART. */
  public static SettingsChange between(MasterSettings before, MasterSettings after) {
    return compare(Directive.Scope.GLOBAL, MasterParts.BY_DIRECTIVE, before, after);
  }

  private static <S> SettingsChange compare(
      Directive.Scope scope, Map<String, Function<S, Object>> parts, S before, S after) {
    Set<String> changed = new TreeSet<>();
    ChangeClass costliest = ChangeClass.NONE;
    for (Directive directive : Directive.in(scope)) {
      Function<S, Object> part = parts.get(directive.name());
      if (part != null && !Objects.equals(part.apply(before), part.apply(after))) {
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

  /** Where each pool directive's value is; {@code prefix} shows only in the paths it completes. */
  static final class PoolParts {
    private static final Map<String, Function<PoolSettings, Object>> PARTS = new LinkedHashMap<>();
    static final Map<String, Function<PoolSettings, Object>> BY_DIRECTIVE =
        Collections.unmodifiableMap(PARTS);

    static {
      put("user", s -> s.worker().user());
      put("group", s -> s.worker().group());
      put("listen", s -> s.listen().address());
      put("listen.backlog", s -> s.listen().backlog());
      put("listen.acl_users", s -> s.listen().aclUsers());
      put("listen.acl_groups", s -> s.listen().aclGroups());
      put("listen.owner", s -> s.listen().owner());
      put("listen.group", s -> s.listen().group());
      put("listen.mode", s -> s.listen().mode());
      put(
          "listen.allowed_clients",
          s -> List.of(s.listen().allowedClients(), s.status().allowedClients()));
      put("process.priority", s -> s.worker().priority());
      put("process.dumpable", s -> s.worker().dumpable());
      put("pm", s -> s.pm().mode());
      put("pm.max_children", s -> s.pm().maxChildren());
      put("pm.start_servers", s -> s.pm().startServers());
      put("pm.min_spare_servers", s -> s.pm().minSpareServers());
      put("pm.max_spare_servers", s -> s.pm().maxSpareServers());
      put("pm.max_spawn_rate", s -> s.pm().maxSpawnRate());
      put("pm.process_idle_timeout", s -> s.pm().processIdleTimeout());
      put("pm.max_requests", s -> s.pm().maxRequests());
      put("pm.status_path", s -> s.status().statusPath());
      put("pm.status_listen", s -> s.status().statusListen());
      put("ping.path", s -> s.status().pingPath());
      put("ping.response", s -> s.status().pingResponse());
      put("access.log", s -> s.access().log());
      put("access.format", s -> s.access().format());
      put("access.suppress_path[]", s -> s.access().suppressPaths());
      put("slowlog", s -> s.request().slowlog());
      put("request_slowlog_timeout", s -> s.request().slowlogTimeout());
      put("request_slowlog_interval", s -> s.request().slowlogInterval());
      put("request_slowlog_trace_depth", s -> s.request().slowlogTraceDepth());
      put("request_terminate_timeout", s -> s.request().terminateTimeout());
      put("request_terminate_timeout_track_finished", s -> s.request().trackFinished());
      put("rlimit_files", s -> s.worker().limits().files());
      put("rlimit_core", s -> s.worker().limits().core());
      put("chroot", s -> s.worker().chroot());
      put("chdir", s -> s.worker().chdir());
      put("catch_workers_output", s -> s.worker().catchOutput());
      put("decorate_workers_output", s -> s.worker().decorateOutput());
      put("clear_env", s -> s.worker().clearEnv());
      put("security.limit_extensions", s -> s.worker().limitExtensions());
      put("apparmor_hat", s -> s.worker().apparmorHat());
      put("env[]", s -> s.worker().env());
      put("php_value[]", s -> s.program().phpValues());
      put("php_admin_value[]", s -> s.program().phpAdminValues());
      put("program", s -> s.program().program());
      put("program.args", s -> s.program().args());
      put("php.ini", s -> s.program().phpIni());
      put("php.ini_scan_dir", s -> s.program().phpIniScanDir());
      put("pm.start_timeout", s -> s.pm().startTimeout());
      put("pm.keep_idle_timeout", s -> s.pm().keepIdleTimeout());
      put("pm.max_requests_jitter", s -> s.pm().maxRequestsJitter());
      put("pm.max_worker_memory", s -> s.pm().maxWorkerMemoryBytes());
    }

    private PoolParts() {}

    private static void put(String directive, Function<PoolSettings, Object> part) {
      PARTS.put(directive, part);
    }
  }

  /** Where each global directive's value is. */
  static final class MasterParts {
    private static final Map<String, Function<MasterSettings, Object>> PARTS =
        new LinkedHashMap<>();
    static final Map<String, Function<MasterSettings, Object>> BY_DIRECTIVE =
        Collections.unmodifiableMap(PARTS);

    static {
      put("pid", MasterSettings::pidFile);
      put("error_log", s -> s.log().errorLog());
      put("syslog.ident", s -> s.log().syslogIdent());
      put("syslog.facility", s -> s.log().syslogFacility());
      put("log_buffering", s -> s.log().buffering());
      put("log_level", s -> s.log().level());
      put("log_limit", s -> s.log().limit());
      put("emergency_restart_threshold", MasterSettings::emergencyRestartThreshold);
      put("emergency_restart_interval", MasterSettings::emergencyRestartInterval);
      put("process_control_timeout", MasterSettings::processControlTimeout);
      put("process.max", MasterSettings::processMax);
      put("process.priority", MasterSettings::processPriority);
      put("daemonize", MasterSettings::daemonize);
      put("rlimit_files", s -> s.limits().files());
      put("rlimit_core", s -> s.limits().core());
      put("events.mechanism", MasterSettings::eventsMechanism);
      put("systemd_interval", MasterSettings::systemdInterval);
    }

    private MasterParts() {}

    private static void put(String directive, Function<MasterSettings, Object> part) {
      PARTS.put(directive, part);
    }
  }
}
