package org.fpm4j.posix;

/**
 * How a process ended, decoded from the status of wait(2).
 *
 * @param raw the status as waitpid(2) gave it
 * @see <a href="https://man7.org/linux/man-pages/man2/wait.2.html">wait(2)</a>
 */
public record ExitStatus(int raw) {
  /** Whether it ended by itself (exit or return from main). */
  public boolean exited() {
    return (raw & 0x7f) == 0;
  }

  /** The exit code 0–255, or -1 if a signal ended it. */
  public int code() {
    return exited() ? (raw >> 8) & 0xff : -1;
  }

  /** The number of the signal that ended it, or 0 if it exited. */
  public int signal() {
    return raw & 0x7f;
  }

  /** Whether a core file was written. */
  public boolean coreDumped() {
    return (raw & 0x80) != 0;
  }

  /**
   * In php-fpm's words: {@code exited with code 0}, {@code exited on signal 11 (SIGSEGV - core
   * dumped)}.
   */
  @Override
  public String toString() {
    if (exited()) {
      return "exited with code " + code();
    }
    String core = coreDumped() ? " - core dumped" : "";
    return "exited on signal " + signal() + " (" + Signal.label(signal()) + core + ")";
  }
}
