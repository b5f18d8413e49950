package org.fpm4j.launcher;

/** A command ends here: one message for the operator and the exit code that goes with it. */
final class CommandFailure extends Exception {

  private static final long serialVersionUID = 1L;

  private final int exitCode;

  /**
   * @param exitCode one of {@link ExitCode}
   * @param message one line, lower case, no full stop; may name the command to try
   */
  CommandFailure(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  CommandFailure(int exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  static CommandFailure usage(String message) {
    return new CommandFailure(ExitCode.USAGE, message + " (fpm4j help shows what there is)");
  }

  int exitCode() {
    return exitCode;
  }
}
