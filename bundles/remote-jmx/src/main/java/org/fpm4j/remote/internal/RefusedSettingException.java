package org.fpm4j.remote.internal;

/** A setting that cannot be used; the message is one line with key, value and what is legal. */
final class RefusedSettingException extends Exception {

  private static final long serialVersionUID = 1L;

  /** A value that is not legal. */
  RefusedSettingException(String key, String value, String legal) {
    super(key + " = " + value + " (legal: " + legal + ")");
  }

  /** A value that is legal and does not work. */
  RefusedSettingException(String key, Object value, Exception reason) {
    super(key + " = " + value + ": " + reason.getMessage(), reason);
  }
}
