package org.fpm4j.stack.internal;

/** What was to be read is not there, or not what it should be. Carries no stack trace. */
final class UnreadableException extends Exception {

  private static final long serialVersionUID = 1L;

  UnreadableException(String what) {
    super(what, null, false, false);
  }
}
