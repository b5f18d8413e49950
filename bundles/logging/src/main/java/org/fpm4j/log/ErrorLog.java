package org.fpm4j.log;

import java.io.IOException;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The master's error log, an OSGi service. Without {@link #configure} it writes to standard error
 * at NOTICE.
 *
 * <p>Lines are handed to a writer thread through a queue of bounded size. A full disk, a closed
 * standard error or a pipe that nobody reads costs lines, counted by {@link #dropped}, and stops
 * nobody. Any thread may call any method.
 */
@ProviderType
public interface ErrorLog extends Log {

  /**
   * Puts settings in force; lines already taken still go where they were meant to.
   *
   * @throws IOException when the target cannot be opened; the message names it and says why, and
   *     the former settings stay in force
   */
  void configure(LogSettings settings) throws IOException;

  /** The settings in force. */
  LogSettings settings();

  /**
   * Ends the start: until now messages of NOTICE and above that go to a file or to syslog were
   * copied to standard error, so that who starts the master sees them.
   */
  void running();

  /**
   * Opens the file anew by its path, after a log rotation; nothing to do for other targets.
   *
   * @throws IOException when it cannot be opened; lines go on to the old file
   */
  void reopen() throws IOException;

  /**
   * How many lines were lost since the start because they could not be written in time, or at all.
   */
  long dropped();

  /**
   * Begins to take the output of one worker.
   *
   * @param pid of the worker, for the line's prefix
   * @param decorated false for {@code decorate_workers_output = no}: bare text
   */
  WorkerOutput workerOutput(String pool, long pid, boolean decorated);
}
