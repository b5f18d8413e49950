package org.fpm4j.fastcgi;

import java.util.Optional;

/** How a request ended for the protocol, specification section 5.5. */
public enum ProtocolStatus {
  REQUEST_COMPLETE(0),
  /** Refused: the application serves one request per connection at a time. */
  CANT_MPX_CONN(1),
  /** Refused: the application is out of some resource. */
  OVERLOADED(2),
  UNKNOWN_ROLE(3);

  private final int number;

  ProtocolStatus(int number) {
    this.number = number;
  }

  /** The number in an END_REQUEST record. */
  public int number() {
    return number;
  }

  /** The status of this number; empty for every other. */
  public static Optional<ProtocolStatus> of(int number) {
    for (ProtocolStatus status : values()) {
      if (status.number == number) {
        return Optional.of(status);
      }
    }
    return Optional.empty();
  }
}
