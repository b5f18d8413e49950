package org.fpm4j.posix;

import java.net.SocketAddress;
import java.util.Objects;

/**
 * A Unix socket's name that is no path, which the JDK's addresses cannot say; see unix(7). People
 * write it with {@code @} for the NUL it begins with. Immutable.
 */
public final class AbstractAddress extends SocketAddress {
  private static final long serialVersionUID = 1L;

  private final String name;

  /**
   * Makes an address.
   *
   * @param name without the NUL before it; up to 107 bytes in UTF-8, which is checked at its use
   */
  public AbstractAddress(String name) {
    this.name = Objects.requireNonNull(name);
  }

  /** The name without the NUL before it. */
  public String name() {
    return name;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AbstractAddress address && name.equals(address.name);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public String toString() {
    return "@" + name;
  }
}
