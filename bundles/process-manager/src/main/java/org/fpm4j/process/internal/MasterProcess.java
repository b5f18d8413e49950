package org.fpm4j.process.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.fpm4j.config.MasterSettings;
import org.fpm4j.log.Log;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.Errno;
import org.fpm4j.posix.FileModes;
import org.fpm4j.posix.PosixException;
import org.fpm4j.posix.Processes;
import org.fpm4j.posix.SharedFile;

/**
 * The global directives that concern the master's own process: {@code pid}, {@code
 * process.priority} and {@code rlimit_files}. What cannot be had is an error in the log; pools
 * serve without it, but whether a start goes on without a pid file is the caller's to say. Event
 * loop only.
 */
final class MasterProcess {

  private static final int PID_FILE_MODE = 0644;

  private final Log log;
  private Path pidFile;

  MasterProcess(Log log) {
    this.log = log;
  }

  /** Brings the directives into force, once. */
  void configure(MasterSettings settings) {
    writePid(settings);
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

  /**
   * Writes the pid file, if there is to be one and it was not written before; what was there is
   * replaced.
   *
   * @return whether init scripts find what they look for; the reason is logged if not
   */
  boolean writePid(MasterSettings settings) {
    if (pidFile != null || settings.pidFile().isEmpty()) {
      return true;
    }
    Path file = settings.pidFile().get();
    try {
      create(file);
    } catch (PosixException e) {
      log.error(
          "Unable to create the PID file (%s).: %s (%d)", file, Errno.text(e.errno()), e.errno());
      return false;
    }
    pidFile = file;
    try {
      Files.writeString(file, Integer.toString(Processes.pid()));
      return true;
    } catch (IOException e) {
      log.error("Unable to write to the PID file.: %s", e.getMessage());
      end();
      return false;
    }
  }

  private static void create(Path file) throws PosixException {
    if (!Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException ignored) {
        // opening it says why
      }
    }
    try (Descriptor created = SharedFile.openOrCreate(file)) {
      FileModes.chmod(created, PID_FILE_MODE);
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
