package org.fpm4j.launcher;

/** The exit codes of {@code fpm4j}, those of sysexits.h where one fits. */
final class ExitCode {

  static final int OK = 0;

  /** The command was understood and failed. */
  static final int FAILED = 1;

  /** No master runs with that run directory (the code of LSB init scripts). */
  static final int NOT_RUNNING = 3;

  /** The command line is wrong (EX_USAGE). */
  static final int USAGE = 64;

  /** The master or the machine below it failed (EX_SOFTWARE). */
  static final int INTERNAL = 70;

  /** The configuration is at fault (EX_CONFIG). */
  static final int CONFIGURATION = 78;

  private ExitCode() {}
}
