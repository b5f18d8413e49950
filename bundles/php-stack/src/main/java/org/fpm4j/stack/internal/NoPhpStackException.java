package org.fpm4j.stack.internal;

/** A process has no PHP stack that can be read; the message is one line for the operator. */
final class NoPhpStackException extends Exception {

  private static final long serialVersionUID = 1L;

  private final boolean ended;

  NoPhpStackException(String why) {
    this(why, false);
  }

  private NoPhpStackException(String why, boolean ended) {
    super(why);
    this.ended = ended;
  }

  /** Returns the reason that there is no such process any more. */
  static NoPhpStackException ended(int pid) {
    return new NoPhpStackException("no PHP stack: process " + pid + " has ended", true);
  }

  /** Whether the process has ended: nothing is wrong then. */
  boolean isEnded() {
    return ended;
  }
}
