package org.fpm4j.stack.internal;

/** A process has no PHP stack that can be read; the message is one line for the operator. */
final class NoPhpStackException extends Exception {

  private static final long serialVersionUID = 1L;

  NoPhpStackException(String why) {
    super(why);
  }
}
