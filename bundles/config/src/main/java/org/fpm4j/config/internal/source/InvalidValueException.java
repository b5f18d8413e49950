package org.fpm4j.config.internal.source;

/** A value that is no value of its directive; the message is php-fpm's reason. */
public final class InvalidValueException extends Exception {
  private static final long serialVersionUID = 1;

  InvalidValueException(String reason) {
    super(reason);
  }

  /** The message, never null. */
  String reason() {
    return String.valueOf(getMessage());
  }
}
