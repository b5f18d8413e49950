package org.fpm4j.config;

/**
 * The master's log.
 *
 * @param errorLog absolute path, or {@link #SYSLOG}; empty = standard error
 * @param level the least severe level written
 * @param limit longest line of worker output in bytes before it is wrapped, at least 512
 * @param buffering whether worker output is collected to whole lines before it is written
 * @param syslogIdent the name prepended to syslog messages
 * @param syslogFacility the syslog facility's number as in {@code <syslog.h>}, already shifted
 *     (DAEMON = 24)
 * @param json whether lines are JSON objects
 */
public record LogSettings(
    String errorLog,
    LogLevel level,
    int limit,
    boolean buffering,
    String syslogIdent,
    int syslogFacility,
    boolean json) {
  /** The value of {@link #errorLog} that sends the log to syslog. */
  public static final String SYSLOG = "syslog";
}
