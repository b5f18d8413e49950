package org.fpm4j.fastcgi;

import java.util.Objects;

/**
 * How the application ended a request, specification section 5.5.
 *
 * @param appStatus the program's own status, its exit code as a rule; unsigned
 * @param protocolStatus whether it served the request at all
 */
public record RequestEnd(int appStatus, ProtocolStatus protocolStatus) {
  public RequestEnd {
    Objects.requireNonNull(protocolStatus, "protocolStatus");
  }
}
