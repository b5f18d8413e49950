package org.fpm4j.config;

import static org.fpm4j.config.ChangeClass.LIVE;
import static org.fpm4j.config.ChangeClass.RESTART;
import static org.fpm4j.config.Directive.Kind.BOOLEAN;
import static org.fpm4j.config.Directive.Kind.DURATION;
import static org.fpm4j.config.Directive.Kind.INTEGER;
import static org.fpm4j.config.Directive.Kind.STRING;

import java.util.List;
import org.fpm4j.config.Directive.Kind;

/** The global directives as data, in the order of php-fpm's own table. */
final class GlobalDirectives {
  static final List<Directive> TABLE =
      List.of(
          row(
              "pid",
              STRING,
              "",
              "",
              "",
              RESTART,
              "File the master writes its pid to; relative to the prefix"),
          row(
              "error_log",
              STRING,
              "",
              "log/php-fpm.log",
              "a path, or syslog",
              LIVE,
              "File of the error log, or syslog; relative to the prefix"),
          row(
              "syslog.ident",
              STRING,
              "",
              "php-fpm",
              "",
              LIVE,
              "Name that stands before every message sent to syslog"),
          row(
              "syslog.facility",
              STRING,
              "",
              "DAEMON",
              "AUTH, AUTHPRIV, CRON, DAEMON, FTP, KERN, LPR, MAIL, NEWS, SYSLOG, USER, UUCP, LOCAL0 to LOCAL7",
              LIVE,
              "Syslog facility"),
          row(
              "log_buffering",
              BOOLEAN,
              "",
              "yes",
              "yes or no",
              LIVE,
              "Collect worker output to whole lines before it is written"),
          row(
              "log_level",
              STRING,
              "",
              "notice",
              "debug, notice, warning, error or alert",
              LIVE,
              "Least severe level written to the error log"),
          row(
              "log_limit",
              INTEGER,
              "bytes",
              "1024",
              "512 or more",
              LIVE,
              "Length at which a line of worker output is wrapped"),
          row(
              "emergency_restart_threshold",
              INTEGER,
              "crashes",
              "0",
              "0 = off",
              LIVE,
              "Crashes by SIGSEGV or SIGBUS within the interval that renew a pool's generation"),
          row(
              "emergency_restart_interval",
              DURATION,
              "s",
              "0",
              "0 = off",
              LIVE,
              "Window of emergency_restart_threshold"),
          row(
              "process_control_timeout",
              DURATION,
              "s",
              "0",
              "0 = off",
              LIVE,
              "Time a worker has to react to a signal before the next, harder one"),
          row(
              "process.max",
              INTEGER,
              "workers",
              "0",
              "0 or more, 0 = unlimited",
              LIVE,
              "Most workers over all pools"),
          row(
              "process.priority",
              INTEGER,
              "",
              "",
              "-19 to 20",
              RESTART,
              "Nice value of the master; only as root"),
          row(
              "daemonize",
              BOOLEAN,
              "",
              "yes",
              "yes or no",
              RESTART,
              "Return to the caller once the master is up"),
          row(
              "rlimit_files",
              INTEGER,
              "files",
              "0",
              "0 = leave",
              RESTART,
              "Limit of open descriptors of the master"),
          row(
              "rlimit_core",
              STRING,
              "bytes",
              "0",
              "0 or more, or unlimited; 0 = leave",
              RESTART,
              "Limit of the core file size of the master"),
          row(
              "events.mechanism",
              STRING,
              "",
              "",
              "epoll, poll or select",
              RESTART,
              "How the master waits for events; unset = the best there is"),
          row(
              "systemd_interval",
              DURATION,
              "s",
              "10",
              "0 = off",
              LIVE,
              "Time between notifications to systemd"));

  private GlobalDirectives() {}

  private static Directive row(
      String name,
      Kind kind,
      String unit,
      String fallback,
      String legal,
      ChangeClass changeClass,
      String description) {
    return new Directive(
        Directive.Scope.GLOBAL, name, kind, unit, fallback, legal, changeClass, description);
  }
}
