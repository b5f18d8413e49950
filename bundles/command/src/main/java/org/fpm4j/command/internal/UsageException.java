package org.fpm4j.command.internal;

/** The client's words are not a command; the message says why, in one line. */
final class UsageException extends Exception {

  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }
}
