package org.fpm4j.config;

/** A change that was not made; the message says why, with the legal values. */
public class ChangeRefusedException extends Exception {
  private static final long serialVersionUID = 1;

  /** A refusal with its reason. */
  public ChangeRefusedException(String message) {
    super(message);
  }

  /** A refusal because of a failure. */
  public ChangeRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
