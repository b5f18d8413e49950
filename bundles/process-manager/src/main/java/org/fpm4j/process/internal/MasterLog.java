package org.fpm4j.process.internal;

import java.io.IOException;
import java.nio.file.Path;
import org.fpm4j.config.LogSettings;
import org.fpm4j.config.Notice;
import org.fpm4j.log.ErrorLog;
import org.fpm4j.log.LogLevel;
import org.fpm4j.log.LogTarget;

/** Brings the configured error log into force. Event loop only. */
final class MasterLog {

  private final ErrorLog log;
  private LogSettings inForce;

  MasterLog(ErrorLog log) {
    this.log = log;
  }

  /** Takes new settings; a target that cannot be opened is reported and the old one stays. */
  void configure(LogSettings wanted) {
    if (inForce != null && wanted.equals(inForce)) {
      return;
    }
    inForce = wanted;
    try {
      log.configure(
          new org.fpm4j.log.LogSettings(
              target(wanted),
              LogLevel.valueOf(wanted.level().name()),
              wanted.limit(),
              wanted.buffering(),
              wanted.json()));
    } catch (IOException e) {
      log.error("%s", e.getMessage());
    }
  }

  private static LogTarget target(LogSettings wanted) {
    if (wanted.errorLog().equals(LogSettings.SYSLOG)) {
      return new LogTarget.Syslog(wanted.syslogIdent(), wanted.syslogFacility());
    }
    return wanted.errorLog().isEmpty() || wanted.errorLog().equals("/dev/stderr")
        ? new LogTarget.StandardError()
        : new LogTarget.File(Path.of(wanted.errorLog()));
  }

  void write(Notice notice) {
    log.write(LogLevel.valueOf(notice.level().name()), notice.text());
  }

  /** The start is over: messages no longer go to standard error as well. */
  void running() {
    log.running();
  }

  /**
   * Opens the error log anew, after a rotation.
   *
   * @throws IOException when it cannot be opened, which was logged
   */
  void reopen() throws IOException {
    try {
      log.reopen();
      log.notice("error log file re-opened");
    } catch (IOException e) {
      log.error("unable to re-opened error log file: %s", e.getMessage());
      throw e;
    }
  }
}
