package org.fpm4j.fastcgi;

import java.util.Optional;

/** What a web server asks the application to be, specification section 6. */
public enum Role {
  RESPONDER(1),
  AUTHORIZER(2),
  FILTER(3);

  private final int number;

  Role(int number) {
    this.number = number;
  }

  /** The number in a BEGIN_REQUEST record. */
  public int number() {
    return number;
  }

  /** The role of this number; empty for every other. */
  public static Optional<Role> of(int number) {
    for (Role role : values()) {
      if (role.number == number) {
        return Optional.of(role);
      }
    }
    return Optional.empty();
  }
}
