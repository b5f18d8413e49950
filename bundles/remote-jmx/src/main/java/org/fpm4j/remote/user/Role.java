package org.fpm4j.remote.user;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What a user of remote JMX may do. */
public enum Role {
  /** Reads attributes and gets notifications. */
  MONITOR,
  /** Also invokes operations and sets attributes. */
  CONTROL;

  /** The word in the users' file: {@code monitor} or {@code control}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The role of this word, empty if it is none. */
  public static Optional<Role> of(String word) {
    return Stream.of(values()).filter(role -> role.word().equals(word)).findFirst();
  }
}
