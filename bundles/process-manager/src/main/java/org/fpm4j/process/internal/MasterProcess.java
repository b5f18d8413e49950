package org.fpm4j.process.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.fpm4j.config.MasterSettings;
import org.fpm4j.log.Log;
import org.fpm4j.posix.PosixException;
import org.fpm4j.posix.Processes;

/**
 * The global directives that concern the master's own process: {@code pid}, {@code
 * process.priority} and {@code rlimit_files}. What cannot be had is an error in the log and no
 * more: pools serve without it. Event loop only.
 */
final class MasterProcess {

  private static final String PID_FILE_MODE = "rw-r--r--";

  private final Log log;
  private Path pidFile;

  MasterProcess(Log log) {
    this.log = log;
  }

  /** Brings the directives into force, once. */
  void configure(MasterSettings settings) {
    settings.pidFile().ifPresent(this::writePid);
    settings
        .processPriority()
        .ifPresent(
            nice -> {
              if (Processes.effectiveUid() != 0) {
                log.notice(
                    "'process.priority' directive is ignored when FPM is not running as root");
                return;
              }
              attempt(
                  "set priority for the master process",
                  () -> Processes.nice(Processes.pid(), nice));
            });
    int files = settings.limits().files();
    if (files > 0) {
      attempt(
          "set rlimit_files to " + files,
          () -> Processes.openFilesLimit(new Processes.Limit(files, files)));
    }
  }

  private void writePid(Path file) {
    try {
      Files.deleteIfExists(file);
      Files.createFile(
          file,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PID_FILE_MODE)));
      Files.writeString(file, Integer.toString(Processes.pid()));
      pidFile = file;
    } catch (IOException e) {
      log.error("Unable to create the PID file (%s).: %s", file, e);
    }
  }

  private interface Attempt {
    void run() throws PosixException;
  }

  private void attempt(String what, Attempt attempt) {
    try {
      attempt.run();
    } catch (PosixException e) {
      log.error("Unable to %s: %s", what, e.getMessage());
    }
  }

  /** Removes the pid file; when the master ends. */
  void end() {
    try {
      if (pidFile != null) {
        Files.deleteIfExists(pidFile);
      }
    } catch (IOException e) {
      log.error("Unable to remove the PID file (%s).: %s", pidFile, e);
    }
  }
}
